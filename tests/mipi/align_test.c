#include "mipi/align.h"

#include "mipi/phy.h"
#include "mipi/rx.h"
#include "sim/rng.h"
#include "tests/test.h"

#define MAX_ROWS 2048

/* ---- a burst, row by row ------------------------------------------------------------------------
 */
static int16_t rows[MAX_ROWS][MIPI_ALIGN_LANES];
static uint32_t row_count;

/* Byte k goes over lane k mod lanes behind a sync byte; `trail` byte times of the inverse of the
 * last bit follow it; lane n begins late[n] byte times after the first. */
static void make_burst(const uint8_t *packet, uint32_t count, uint32_t lanes, const uint32_t *late,
                       uint32_t trail)
{
    for (uint32_t r = 0; r < row_count || r < count / lanes + 40; r++)
        for (uint32_t n = 0; n < MIPI_ALIGN_LANES; n++)
            rows[r][n] = -1;
    row_count = 0;
    for (uint32_t n = 0; n < lanes && n < count; n++) {
        uint32_t r = late == NULL ? 0 : late[n];
        int16_t last = 0xb8;
        rows[r++][n] = last;
        for (uint32_t k = n; k < count; k += lanes)
            rows[r++][n] = last = packet[k];
        for (uint32_t i = 0; i < trail; i++)
            rows[r++][n] = last & 0x80 ? 0x00 : 0xff;
        row_count = r > row_count ? r : row_count;
    }
}

/* ---- who listens --------------------------------------------------------------------------------
 */
static mipi_align_t align;
static uint8_t got[4096];
static uint32_t got_count, packets, events;
static uint64_t got_number;
static mipi_rx_event_t last;

static void on_packet(void *ctx, const mipi_packet_t *packet)
{
    (void)ctx;
    got_count = packet->count < sizeof(got) ? packet->count : (uint32_t)sizeof(got);
    memcpy(got, packet->bytes, got_count);
    got_number = packet->number;
    packets++;
}

static void on_event(void *ctx, const mipi_rx_event_t *event)
{
    (void)ctx;
    last = *event;
    events++;
}

static void open_align(uint32_t lanes, uint32_t used, uint32_t skew)
{
    const mipi_align_desc_t desc = {.lanes = lanes, .used = used, .max_skew_bytes = skew};
    ck_assert(mipi_align_init(&align, &desc, on_packet, on_event, NULL));
    packets = events = 0;
}

static void play(uint64_t number)
{
    mipi_align_begin(&align, &(mipi_packet_t){.number = number, .start_ps = 10 * number});
    for (uint32_t r = 0; r < row_count; r++)
        mipi_align_row(&align, rows[r]);
    mipi_align_end(&align);
}

static uint8_t packet[600];

static uint32_t line_of(uint16_t bytes, uint32_t seed)
{
    uint8_t payload[512];
    for (uint32_t i = 0; i < bytes; i++)
        payload[i] = (uint8_t)(i * 37 + seed);
    return (uint32_t)mipi_long_packet(packet, 0, MIPI_DT_RAW8, payload, bytes);
}

static void expect_whole(uint32_t count)
{
    ck_assert_uint_eq(packets, 1);
    ck_assert_uint_eq(got_count, count);
    ck_assert_mem_eq(got, packet, count);
}

/* One event, of this kind, and no packet. */
static void expect_lost(mipi_rx_kind_t kind)
{
    ck_assert_uint_eq(packets, 0);
    ck_assert_uint_eq(events, 1);
    ck_assert_str_eq(mipi_rx_kind_name(last.kind), mipi_rx_kind_name(kind));
}

/* ---- tests --------------------------------------------------------------------------------------
 */
START_TEST(any_skew_up_to_the_limit_is_taken_out_on_any_number_of_lanes)
{
    sim_stream_t rng = sim_stream(1, 0, 0);
    for (uint32_t lanes = 1; lanes <= MIPI_ALIGN_LANES; lanes++) {
        for (uint16_t bytes = 0; bytes < 40; bytes++) {
            uint32_t late[MIPI_ALIGN_LANES], count = line_of(bytes, lanes);
            for (uint32_t n = 0; n < lanes; n++)
                late[n] = sim_stream_below(&rng, 7);
            open_align(lanes, 0, 6);
            make_burst(packet, count, lanes, late, sim_stream_below(&rng, 4));
            play(5);
            ck_assert_uint_eq(events, 0);
            ck_assert_uint_eq(got_number, 5);
            expect_whole(count);
            mipi_align_free(&align);
        }
    }
}
END_TEST

START_TEST(a_lane_too_late_loses_the_burst)
{
    const uint32_t late[4] = {1, 0, 3, 0};
    open_align(4, 0, 2);
    make_burst(packet, line_of(20, 0), 4, late, 1);
    play(7);
    expect_lost(MIPI_RX_LANE_SKEW);
    ck_assert_uint_eq(last.lane, 2);
    ck_assert_uint_eq(last.found, 3);
    ck_assert_uint_eq(last.expected, 2);
    ck_assert_uint_eq(last.packet, 7);
    ck_assert_uint_eq(last.time_ps, 70);
    mipi_align_free(&align);
}
END_TEST

START_TEST(one_wrong_bit_in_a_sync_byte_is_reported_and_tolerated)
{
    uint32_t count = line_of(21, 3);
    for (uint32_t lane = 0; lane < 4; lane++) {
        for (uint32_t bit = 0; bit < 8; bit++) {
            open_align(4, 0, 4);
            make_burst(packet, count, 4, NULL, 2);
            rows[0][lane] ^= (int16_t)(1 << bit);
            play(0);
            ck_assert_uint_eq(events, 1);
            ck_assert_int_eq(last.kind, MIPI_RX_SOT);
            ck_assert(last.corrected);
            ck_assert_uint_eq(last.lane, lane);
            ck_assert_uint_eq(last.found, 0xb8u ^ 1u << bit);
            ck_assert_uint_eq(last.expected, 0xb8);
            expect_whole(count);
            mipi_align_free(&align);
        }
    }
}
END_TEST

START_TEST(two_wrong_bits_in_a_sync_byte_lose_the_burst)
{
    uint32_t count = line_of(21, 3);
    for (uint32_t a = 0; a < 8; a++) {
        for (uint32_t b = 0; b < a; b++) {
            open_align(2, 0, 4);
            make_burst(packet, count, 2, NULL, 2);
            rows[0][1] ^= (int16_t)(1 << a | 1 << b);
            play(0);
            expect_lost(MIPI_RX_SOT_SYNC);
            ck_assert_uint_eq(last.lane, 1);
            mipi_align_free(&align);
        }
    }
}
END_TEST

START_TEST(a_silent_lane_or_one_too_many_loses_the_burst)
{
    for (uint32_t lane = 0; lane < 4; lane++) {
        open_align(4, 0, 4);
        make_burst(packet, line_of(21, 3), 4, NULL, 2);
        for (uint32_t r = 0; r < row_count; r++)
            rows[r][lane] = -1;
        play(0);
        expect_lost(MIPI_RX_LANE_COUNT);
        ck_assert_uint_eq(last.found, 3);
        ck_assert_uint_eq(last.expected, 4);
        mipi_align_free(&align);
    }
    open_align(4, 2, 4); /* set for two lanes, and four are active */
    make_burst(packet, line_of(21, 3), 4, NULL, 2);
    play(0);
    expect_lost(MIPI_RX_LANE_COUNT);
    ck_assert_uint_eq(last.found, 4);
    ck_assert_uint_eq(last.expected, 2);
    mipi_align_free(&align);
    open_align(8, 0, 4); /* of eight lanes the sixth is missing, not the last four */
    make_burst(packet, line_of(21, 3), 8, NULL, 2);
    for (uint32_t r = 0; r < row_count; r++)
        rows[r][5] = -1;
    play(0);
    expect_lost(MIPI_RX_LANE_COUNT);
    mipi_align_free(&align);
}
END_TEST

START_TEST(lanes_without_a_byte_of_a_short_packet_may_stay_in_lp)
{
    open_align(8, 0, 4);
    mipi_short_packet(packet, 3, MIPI_DT_FE, 77);
    make_burst(packet, 4, 8, NULL, 2);
    play(0);
    ck_assert_uint_eq(events, 0);
    expect_whole(4);
    mipi_align_free(&align);
}
END_TEST

START_TEST(a_lane_that_ends_before_the_others_is_named)
{
    uint32_t count = line_of(20, 9); /* 26 bytes: 9, 9, 8 on three lanes */
    open_align(3, 0, 4);
    make_burst(packet, count, 3, NULL, 0);
    rows[7][1] = rows[8][1] = rows[9][1] = -1; /* the sync byte and 6 of 9 bytes */
    play(0);
    ck_assert_uint_eq(events, 1);
    ck_assert_int_eq(last.kind, MIPI_RX_LANE_END);
    ck_assert_uint_eq(last.lane, 1);
    ck_assert_uint_eq(last.found, 6);
    ck_assert_uint_eq(last.expected, 9);
    expect_whole(19); /* up to the first byte that is missing: 6 rows of 3, and lane 0's seventh */
    mipi_align_free(&align);
}
END_TEST

START_TEST(what_follows_the_packet_and_is_no_trail_stays)
{
    uint32_t count = line_of(20, 9);
    open_align(2, 0, 4);
    make_burst(packet, count, 2, NULL, 2);
    rows[row_count - 1][0] ^= 0x10;
    play(0);
    ck_assert_uint_eq(packets, 1);
    ck_assert_uint_eq(got_count, count + 4);
    mipi_align_free(&align);
}
END_TEST

START_TEST(zeros_before_the_sync_byte_are_hs_zero)
{
    const uint32_t late[2] = {2, 3};
    uint32_t count = line_of(20, 9);
    open_align(2, 0, 1);
    make_burst(packet, count, 2, late, 2);
    rows[0][0] = rows[1][0] = rows[1][1] = rows[2][1] = 0;
    play(0);
    ck_assert_uint_eq(events, 0);
    expect_whole(count);
    mipi_align_free(&align);
}
END_TEST

START_TEST(a_deskew_burst_is_noted_and_no_packet)
{
    mipi_rx_t rx;
    mipi_rx_init(&rx, NULL, NULL);
    open_align(2, 0, 4);
    align.event = mipi_rx_event;
    align.ctx = &rx;
    for (uint32_t r = 0; r < 100; r++)
        rows[r][0] = rows[r][1] = r < 2 ? 0xff : 0xaa;
    row_count = 100;
    play(0);
    ck_assert_uint_eq(packets, 0);
    ck_assert_uint_eq(rx.counts[MIPI_RX_SKEW_CALIBRATION], 1);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    rows[50][1] = 0x0f; /* no clock pattern: a burst without sync bytes */
    play(1);
    ck_assert_uint_eq(rx.counts[MIPI_RX_SOT_SYNC], 2);
    ck_assert_uint_eq(rx.by[MIPI_RX_SOT_SYNC][0], 1);
    ck_assert_uint_eq(rx.by[MIPI_RX_SOT_SYNC][1], 1);
    mipi_align_free(&align);
    mipi_rx_free(&rx);
}
END_TEST

/* ---- the burst after a bad one ------------------------------------------------------------------
 */
static void damage(sim_stream_t *rng, uint32_t lanes)
{
    for (uint32_t hits = 1 + sim_stream_below(rng, 6); hits > 0; hits--) {
        uint32_t lane = sim_stream_below(rng, lanes), at = sim_stream_below(rng, row_count);
        switch (sim_stream_below(rng, 5)) {
        case 0: /* header, sync byte, word count */
            rows[at % 4][lane] ^= (int16_t)(sim_stream_u32(rng) & 0xff);
            break;
        case 1: /* anywhere */
            rows[at][lane] ^= (int16_t)(1u << sim_stream_below(rng, 8));
            break;
        case 2: /* the lane falls back into LP */
            for (uint32_t r = at; r < row_count; r++)
                rows[r][lane] = -1;
            break;
        case 3: /* all do */
            row_count = at + 1;
            break;
        default: /* more than the packet */
            for (uint32_t more = sim_stream_below(rng, 200); more > 0; more--, row_count++)
                for (uint32_t n = 0; n < lanes; n++)
                    rows[row_count][n] = (int16_t)(sim_stream_u32(rng) & 0xff);
            break;
        }
        for (uint32_t n = 0; n < lanes; n++)
            if (rows[at][n] < -1)
                rows[at][n] = -1;
        if (rows[at % 4][lane] < -1)
            rows[at % 4][lane] = -1;
    }
}

static mipi_rx_frame_t frame;
static uint32_t frames;
static uint8_t line[64];

static void on_frame(void *ctx, const mipi_rx_frame_t *f)
{
    (void)ctx;
    frame = *f;
    frames++;
    const mipi_rx_stream_t *s = mipi_rx_stream(f, MIPI_DT_USER1);
    memset(line, 0, sizeof(line));
    if (s != NULL && s->byte_count >= sizeof(line))
        memcpy(line, s->bytes + s->byte_count - sizeof(line), sizeof(line));
}

START_TEST(whatever_happens_to_a_burst_the_next_one_comes_out_whole)
{
    sim_stream_t rng = sim_stream(11, 0, 0);
    uint64_t lost = 0, damaged = 0;
    for (uint32_t lanes = 1; lanes <= 4; lanes++) {
        mipi_rx_t rx;
        mipi_rx_init(&rx, NULL, &(mipi_rx_callbacks_t){.frame = on_frame});
        mipi_align_desc_t desc = {.lanes = lanes, .max_skew_bytes = 4};
        ck_assert(mipi_align_init(&align, &desc, mipi_rx_packet, mipi_rx_event, &rx));
        for (uint32_t n = 0; n < 10000; n++) {
            uint8_t payload[64];
            for (uint32_t i = 0; i < sizeof(payload); i++)
                payload[i] = (uint8_t)sim_stream_u32(&rng);
            uint32_t count = 4, before = frames;
            switch (n % 3) { /* a header of any kind goes wrong */
            case 0:
                count = line_of((uint16_t)sim_stream_below(&rng, 300), n);
                break;
            case 1:
                mipi_short_packet(packet, 0, MIPI_DT_FE, 1);
                break;
            default:
                count = (uint32_t)mipi_long_packet(packet, 0, MIPI_DT_USER1, payload, 64);
                break;
            }
            make_burst(packet, count, lanes, NULL, 1);
            damage(&rng, lanes);
            uint64_t had = mipi_rx_event_count(&rx);
            play(4 * n);
            damaged += mipi_rx_event_count(&rx) != had;

            /* the next three: a frame of another channel */
            mipi_short_packet(packet, 9, MIPI_DT_FS, 1);
            make_burst(packet, 4, lanes, NULL, 1);
            play(4 * n + 1);
            count = (uint32_t)mipi_long_packet(packet, 9, MIPI_DT_USER1, payload, 64);
            make_burst(packet, count, lanes, NULL, 1);
            play(4 * n + 2);
            mipi_short_packet(packet, 9, MIPI_DT_FE, 1);
            make_burst(packet, 4, lanes, NULL, 1);
            play(4 * n + 3);
            bool whole = frames > before && frame.vc == 9 && frame.complete &&
                         frame.first_packet == 4 * n + 1 && memcmp(line, payload, 64) == 0;
            lost += !whole;
        }
        mipi_rx_finish(&rx);
        mipi_rx_free(&rx);
        mipi_align_free(&align);
    }
    ck_assert_uint_eq(lost, 0);
    ck_assert_uint_gt(damaged, 30000);
}
END_TEST

START_TEST(hostile_lanes_do_no_harm)
{
    sim_stream_t rng = sim_stream(12, 0, 0);
    mipi_rx_t rx;
    mipi_rx_init(&rx, NULL, NULL);
    for (uint32_t run = 0; run < 2000; run++) {
        uint32_t lanes = 1 + sim_stream_below(&rng, 8);
        mipi_align_desc_t desc = {.lanes = lanes,
                                  .used = 1 + sim_stream_below(&rng, lanes),
                                  .max_skew_bytes = sim_stream_below(&rng, 9),
                                  .lrte = sim_stream_below(&rng, 2) != 0,
                                  .scrambled = sim_stream_below(&rng, 2) != 0};
        ck_assert(mipi_align_init(&align, &desc, mipi_rx_packet, mipi_rx_event, &rx));
        row_count = sim_stream_below(&rng, 60);
        for (uint32_t r = 0; r < row_count; r++)
            for (uint32_t n = 0; n < lanes; n++)
                rows[r][n] = sim_stream_below(&rng, 6) == 0 ? -1
                             : sim_stream_below(&rng, 3) == 0
                                 ? 0xb8
                                 : (int16_t)(sim_stream_u32(&rng) & 0xff);
        play(run);
        mipi_align_free(&align);
    }
    ck_assert_uint_gt(mipi_rx_event_count(&rx), 1000);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(a_lane_that_never_ends_is_cut)
{
    mipi_rx_t rx;
    mipi_rx_init(&rx, NULL, NULL);
    mipi_align_desc_t desc = {.lanes = 1};
    ck_assert(mipi_align_init(&align, &desc, mipi_rx_packet, mipi_rx_event, &rx));
    mipi_align_begin(&align, &(mipi_packet_t){.number = 0});
    for (uint32_t r = 0; r < MIPI_ROOM_MOST + 1000; r++)
        mipi_align_row(&align, (const int16_t[]){r == 0 ? 0xb8 : 0x11});
    mipi_align_end(&align);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 1);
    mipi_rx_free(&rx);
    mipi_align_free(&align);
}
END_TEST

/* With LRTE a frame may be one burst: here of 400 packets, some 200 kB on each of two lanes. */
START_TEST(a_burst_is_as_long_as_it_is)
{
    enum { PACKETS = 400, BYTES = 1000 };
    static uint8_t one[BYTES + 6], zeros[BYTES];
    const mipi_align_desc_t desc = {.lanes = 2, .lrte = true};
    const int16_t sync[2] = {0xb8, 0xb8}, trail[2] = {0xff, 0xff};
    size_t count = mipi_long_packet(one, 0, MIPI_DT_RAW8, zeros, BYTES);
    ck_assert(mipi_align_init(&align, &desc, on_packet, on_event, NULL));
    packets = events = 0;
    mipi_align_begin(&align, &(mipi_packet_t){.number = 7});
    mipi_align_row(&align, sync);
    for (int n = 0; n < PACKETS; n++)
        for (size_t k = 0; k < count; k += 2)
            mipi_align_row(&align, (const int16_t[]){one[k], one[k + 1]});
    mipi_align_row(&align, trail);
    mipi_align_end(&align);
    ck_assert_uint_eq(packets, PACKETS);
    ck_assert_uint_eq(events, 0);
    ck_assert_uint_eq(got_number, 7 + PACKETS - 1);
    ck_assert_uint_eq(got_count, sizeof(got) < count ? sizeof(got) : count);
    mipi_align_free(&align);
}
END_TEST

START_TEST(a_packet_whose_lanes_are_late_or_lost_is_received_over_them)
{
    mipi_rx_t rx;
    mipi_rx_init(&rx, NULL, &(mipi_rx_callbacks_t){.event = on_event, .frame = on_frame});
    mipi_lane_state_t late = {.lanes = 4, .late = {0, 6, 2, 0}};
    mipi_lane_state_t later = {.lanes = 2, .late = {0, 7}};
    mipi_lane_state_t lost = {.lanes = 4, .lost = 1u << 2};
    mipi_lane_state_t sync = {.lanes = 4, .sync = {0, 0, 0, 0x40}};
    uint8_t fs[4];
    mipi_short_packet(fs, 1, MIPI_DT_FS, 1);
    mipi_packet_t p = {.bytes = fs, .count = 4, .lanes = &late};
    events = 0;
    mipi_rx_packet(&rx, &p);
    ck_assert_uint_eq(events, 0);
    ck_assert(rx.channel[1].open);
    p.bytes = packet;
    p.count = line_of(100, 0);
    packet[0] |= 0x40; /* VC 1: a bit of the header that is put right */
    mipi_rx_packet(&rx, &p);
    ck_assert_uint_eq(rx.counts[MIPI_RX_ECC_CORRECTED], 1);
    p.lanes = &sync;
    line_of(100, 0);
    mipi_rx_packet(&rx, &p);
    ck_assert_uint_eq(rx.by[MIPI_RX_SOT][3], 1);
    p.lanes = &lost;
    mipi_rx_packet(&rx, &p);
    ck_assert_uint_eq(rx.counts[MIPI_RX_LANE_COUNT], 1);
    p.lanes = &later;
    mipi_rx_packet(&rx, &p);
    ck_assert_uint_eq(rx.by[MIPI_RX_LANE_SKEW][1], 1);
    ck_assert_uint_eq(rx.packets, 5);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(skew_of_the_wires_is_taken_out_up_to_the_limit)
{
    mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
    mipi_packet_t p = {.bytes = packet, .phy = &phy};
    mipi_lane_state_t state;
    mipi_rx_t rx;
    mipi_rx_init(&rx, NULL, NULL);
    mipi_short_packet(packet, 0, MIPI_DT_FS, 1);
    p.count = 4;
    for (uint32_t ui = 0; ui < 64; ui++) {
        phy.dphy.skew_ui[1] = ui;
        ck_assert_int_eq(mipi_align_state(&p, &state), ui >= 8);
        ck_assert_uint_eq(state.late[1], ui / 8);
        mipi_rx_packet(&rx, &p);
        ck_assert_uint_eq(rx.counts[MIPI_RX_LANE_SKEW], ui < 56 ? 0 : ui - 55);
    }
    ck_assert_uint_eq(rx.by[MIPI_RX_LANE_SKEW][1], 8);
    phy.dphy.skew_ui[0] = 40; /* it is the difference that counts */
    mipi_rx_packet(&rx, &p);
    ck_assert_uint_eq(rx.counts[MIPI_RX_LANE_SKEW], 8);
    p.deskew_ui = 32768;
    mipi_rx_packet(&rx, &p);
    ck_assert_uint_eq(rx.counts[MIPI_RX_SKEW_CALIBRATION], 1);
    mipi_rx_free(&rx);
}
END_TEST

TEST_MAIN("mipi align", skew_of_the_wires_is_taken_out_up_to_the_limit,
          any_skew_up_to_the_limit_is_taken_out_on_any_number_of_lanes,
          a_lane_too_late_loses_the_burst, one_wrong_bit_in_a_sync_byte_is_reported_and_tolerated,
          two_wrong_bits_in_a_sync_byte_lose_the_burst,
          a_silent_lane_or_one_too_many_loses_the_burst,
          lanes_without_a_byte_of_a_short_packet_may_stay_in_lp,
          a_lane_that_ends_before_the_others_is_named,
          what_follows_the_packet_and_is_no_trail_stays, zeros_before_the_sync_byte_are_hs_zero,
          a_deskew_burst_is_noted_and_no_packet,
          whatever_happens_to_a_burst_the_next_one_comes_out_whole, hostile_lanes_do_no_harm,
          a_lane_that_never_ends_is_cut, a_burst_is_as_long_as_it_is,
          a_packet_whose_lanes_are_late_or_lost_is_received_over_them)
