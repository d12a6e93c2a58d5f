/*
 * fault_test.c - each way to damage a link, from the transmitter over the lanes to a receiver: the
 * counter that it is noticed by.
 */
#include "mipi/capture.h"
#include "tests/mipi/rig.h"
#include "tests/test.h"

#define NS UINT64_C(1000)

enum { WIDTH = 64, HEIGHT = 10, FRAMES = 4, FRAME_PACKETS = HEIGHT + 2 };

static rig_t rig;
static mipi_rx_t rx;
static uint16_t px[WIDTH * HEIGHT]; /* of every frame */
static uint32_t good_frames;

static void on_frame(void *ctx, const mipi_rx_frame_t *frame)
{
    (void)ctx;
    const mipi_rx_stream_t *s = mipi_rx_stream(frame, MIPI_DT_RAW10);
    good_frames += frame->complete && s != NULL && s->lines == HEIGHT && s->bad_lines == 0 &&
                   memcmp(s->px, px, sizeof(px)) == 0;
}

/* Four frames of FS, ten lines, FE on so many lanes, with these faults. Returns packets heard. */
static uint64_t send(uint32_t lanes, mipi_fault_t *faults, uint32_t count)
{
    mipi_desc_t desc = rig_desc();
    desc.dphy.lanes = lanes;
    for (uint32_t i = 0; i < SIM_COUNT(px); i++)
        px[i] = (uint16_t)(i * 37 & 0x3ff);
    rig_open(&rig, &desc);
    rig.tx.faults = faults;
    rig.tx.fault_count = count;
    mipi_rx_init(&rx, NULL, &(mipi_rx_callbacks_t){.frame = on_frame});
    good_frames = 0;
    mipi_tx_listen(&rig.tx, mipi_rx_packet, &rx);
    rig_lines(&rig, WIDTH, HEIGHT, HEIGHT * FRAMES, 1000 * NS, 10000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, 1000000 * NS);
    mipi_rx_finish(&rx);
    return rx.packets;
}

static void done(void)
{
    mipi_rx_free(&rx);
    rig_close(&rig);
}

static void counts(mipi_rx_kind_t kind, uint64_t expected)
{
    ck_assert_msg(rx.counts[kind] == expected, "%s: %llu, not %llu", mipi_rx_kind_name(kind),
                  (unsigned long long)rx.counts[kind], (unsigned long long)expected);
}

/* One fault; what it is noticed by, how often, and how many frames are good all the same. */
typedef struct {
    mipi_fault_t fault;
    mipi_rx_kind_t kind;
    uint32_t times, frames;
    bool nothing_else;
} case_t;

/* clang-format off */
static const case_t cases[] = {
    /* a bit of the header; of the payload; of the CRC */
    {{.packet = 3, .kind = MIPI_FAULT_FLIP, .arg = 9, .packets = 1},                   MIPI_RX_ECC_CORRECTED, 1, 4, true},
    {{.packet = 3, .kind = MIPI_FAULT_FLIP, .arg = 100, .packets = 2},                 MIPI_RX_CRC, 2, 3, true},
    {{.packet = 3, .kind = MIPI_FAULT_FLIP, .arg = 8 * 85, .packets = 1},              MIPI_RX_CRC, 1, 3, true},
    /* two neighbors in the header; a burst in the payload is never missed by a CRC-16 up to 16 bits */
    {{.packet = 3, .kind = MIPI_FAULT_BURST, .arg = 8, .extra = 2, .packets = 1},      MIPI_RX_ECC, 1, 3, true},
    {{.packet = 3, .kind = MIPI_FAULT_BURST, .arg = 200, .extra = 16, .packets = 3},   MIPI_RX_CRC, 3, 3, true},
    {{.packet = 3, .kind = MIPI_FAULT_TRUNCATE, .arg = 50, .packets = 1},              MIPI_RX_SHORT, 1, 3, true},
    {{.packet = 3, .kind = MIPI_FAULT_TRUNCATE, .arg = 2, .packets = 1},               MIPI_RX_HEADER, 1, 3, true},
    /* packets that are not there: FS, FE; a line without numbers is missed by nobody */
    {{.packet = 0, .kind = MIPI_FAULT_DROP, .packets = 1},                             MIPI_RX_NO_FRAME, 10, 3, false},
    {{.packet = 5, .kind = MIPI_FAULT_DROP, .packets = 1},                             MIPI_RX_NO_FRAME, 0, 3, true},
    {{.packet = 3, .kind = MIPI_FAULT_DROP_FE, .packets = 1},                          MIPI_RX_FS_OPEN, 1, 3, true},
    {{.packet = 0, .kind = MIPI_FAULT_DROP_FE, .packets = 2},                          MIPI_RX_FS_OPEN, 2, 2, true},
    /* lanes */
    {{.packet = 3, .kind = MIPI_FAULT_LOSE_LANE, .arg = 1, .packets = 5},              MIPI_RX_LANE_COUNT, 5, 3, true},
    {{.packet = 3, .kind = MIPI_FAULT_SYNC, .arg = 2, .extra = 0x10, .packets = 4},    MIPI_RX_SOT, 4, 4, true},
    {{.packet = 3, .kind = MIPI_FAULT_SYNC, .arg = 3, .extra = 0x11, .packets = 1},    MIPI_RX_SOT_SYNC, 1, 3, true},
    {{.packet = 3, .kind = MIPI_FAULT_SKEW, .arg = 3, .extra = 7, .packets = 2},       MIPI_RX_LANE_SKEW, 2, 3, true},
    {{.packet = 0, .kind = MIPI_FAULT_SKEW, .arg = 3, .extra = 6, .packets = 1000},    MIPI_RX_LANE_SKEW, 0, 4, true},
};
/* clang-format on */

START_TEST(each_fault_is_noticed_by_its_counter)
{
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        mipi_fault_t fault = cases[i].fault;
        send(4, &fault, 1);
        counts(cases[i].kind, cases[i].times);
        if (cases[i].nothing_else)
            ck_assert_msg(mipi_rx_event_count(&rx) == cases[i].times, "case %zu", i);
        ck_assert_msg(good_frames == cases[i].frames, "case %zu: %u frames", i, good_frames);
        ck_assert_uint_eq(fault.hits, fault.done);
        ck_assert_uint_eq(rig.tx.faults_done, fault.hits);
        done();
    }
}
END_TEST

START_TEST(events_of_lanes_name_the_lane)
{
    mipi_fault_t faults[] = {
        {.packet = 2, .kind = MIPI_FAULT_SYNC, .arg = 2, .extra = 0x80, .packets = 3},
        {.packet = 7, .kind = MIPI_FAULT_SYNC, .arg = 1, .extra = 0xff, .packets = 2},
        {.packet = 7, .kind = MIPI_FAULT_SYNC, .arg = 0, .extra = 0x01, .packets = 1},
    };
    send(4, faults, 3);
    ck_assert_uint_eq(rx.by[MIPI_RX_SOT][2], 3);
    ck_assert_uint_eq(rx.by[MIPI_RX_SOT_SYNC][1], 2);
    ck_assert_uint_eq(rx.by[MIPI_RX_SOT][0], 1);
    done();
}
END_TEST

START_TEST(what_is_not_there_is_not_damaged)
{
    mipi_fault_t faults[] = {
        {.packet = 1, .kind = MIPI_FAULT_FLIP, .arg = 8 * 86, .packets = 1},
        {.packet = 1, .kind = MIPI_FAULT_BURST, .arg = 8 * 86, .extra = 8, .packets = 1},
        {.packet = 1, .kind = MIPI_FAULT_TRUNCATE, .arg = 86, .packets = 1},
        {.packet = 1, .kind = MIPI_FAULT_LOSE_LANE, .arg = 4, .packets = 1},
        {.packet = 1000, .kind = MIPI_FAULT_DROP, .packets = 1},
    };
    ck_assert_uint_eq(send(4, faults, SIM_COUNT(faults)), FRAMES * FRAME_PACKETS);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    ck_assert_uint_eq(rig.tx.faults_done, 0);
    for (uint32_t i = 0; i < SIM_COUNT(faults); i++)
        ck_assert(faults[i].hits == 0 && faults[i].done == (i < 4));
    done();
}
END_TEST

/* Of 4 x (10 x 86 + 8) bytes, 27776 bits, one in 100: 278 expected, its root 17. */
START_TEST(noise_has_its_rate_and_is_the_same_for_the_same_seed)
{
    uint64_t first[MIPI_RX_EVENT_KINDS];
    for (int run = 0; run < 3; run++) {
        mipi_fault_t noise = {
            .kind = MIPI_FAULT_NOISE, .arg = 100, .packets = UINT32_MAX, .seed = run == 2 ? 8 : 7};
        send(2, &noise, 1);
        ck_assert_uint_eq(noise.done, FRAMES * FRAME_PACKETS);
        if (run == 0)
            memcpy(first, rx.counts, sizeof(first));
        ck_assert_int_eq(memcmp(first, rx.counts, sizeof(first)) == 0, run < 2);
        /* a line has 7 wrong bits in the mean: one in a thousand has none */
        ck_assert_uint_ge(rx.counts[MIPI_RX_CRC] + rx.counts[MIPI_RX_ECC], 30);
        ck_assert_uint_ge(noise.hits, FRAMES * HEIGHT - 1);
        done();
    }
}
END_TEST

static uint64_t wrong_bits;
static uint8_t sent_bytes[FRAME_PACKETS * FRAMES][128];

static void keep(void *ctx, const mipi_packet_t *packet)
{
    (void)ctx;
    memcpy(sent_bytes[packet->number], packet->bytes, packet->count);
}

static void compare(void *ctx, const mipi_packet_t *packet)
{
    (void)ctx;
    for (uint32_t i = 0; i < packet->count; i++)
        for (uint8_t x = packet->bytes[i] ^ sent_bytes[packet->number][i]; x != 0;
             x = (uint8_t)(x & (x - 1)))
            wrong_bits++;
}

static void run_with(mipi_packet_fn_t fn, mipi_fault_t *fault)
{
    mipi_desc_t desc = rig_desc();
    rig_open(&rig, &desc);
    rig.tx.faults = fault;
    rig.tx.fault_count = fault != NULL;
    mipi_tx_listen(&rig.tx, fn, NULL);
    rig_lines(&rig, WIDTH, HEIGHT, HEIGHT * FRAMES, 1000 * NS, 10000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, 1000000 * NS);
    rig_close(&rig);
}

START_TEST(the_bit_error_rate_is_as_said)
{
    for (uint32_t i = 0; i < SIM_COUNT(px); i++)
        px[i] = (uint16_t)(i * 37 & 0x3ff);
    run_with(keep, NULL);
    const uint32_t rates[] = {20, 100, 1000};
    for (size_t i = 0; i < SIM_COUNT(rates); i++) {
        double bits = 0, want = 0;
        for (uint64_t seed = 0; seed < 40; seed++) {
            mipi_fault_t noise = {
                .kind = MIPI_FAULT_NOISE, .arg = rates[i], .packets = UINT32_MAX, .seed = seed};
            wrong_bits = 0;
            run_with(compare, &noise);
            bits += (double)wrong_bits;
            want += 8.0 * FRAMES * (HEIGHT * 86 + 8) / rates[i];
        }
        double ratio = bits / want; /* 1100 of 1 in 1000 in all: 3 sigma are 9 % */
        ck_assert_msg(ratio > 0.91 && ratio < 1.09, "1 in %u: %f", rates[i], ratio);
    }
}
END_TEST

START_TEST(a_capture_has_what_the_lanes_gave)
{
    static char file[1 << 14];
    mipi_fault_t faults[] = {
        {.packet = 2, .kind = MIPI_FAULT_LOSE_LANE, .arg = 1, .packets = 1},
        {.packet = 3, .kind = MIPI_FAULT_SKEW, .arg = 1, .extra = 3, .packets = 1},
        {.packet = 4, .kind = MIPI_FAULT_SYNC, .arg = 0, .extra = 0x81, .packets = 1},
    };
    mipi_desc_t desc = rig_desc();
    mipi_capture_writer_t writer;
    mipi_capture_reader_t reader;
    mipi_packet_t packet;
    uint32_t packets = 0;
    desc.dphy.lanes = 2;
    FILE *stream = fmemopen(file, sizeof(file), "w");
    mipi_capture_begin(&writer, stream,
                       &(mipi_phy_t){.signaling = MIPI_DPHY, .dphy = desc.dphy});
    rig_open(&rig, &desc);
    rig.tx.faults = faults;
    rig.tx.fault_count = SIM_COUNT(faults);
    mipi_tx_listen(&rig.tx, mipi_capture_packet, &writer);
    rig_lines(&rig, WIDTH, HEIGHT, HEIGHT, 1000 * NS, 10000 * NS, px);
    rig_start(&rig);
    rig_write(&rig, RIG_CTRL, MIPI_CTRL_RAW);
    sim_run_until_ps(rig.sim, 1000000 * NS);
    rig_close(&rig);
    mipi_capture_end(&writer);
    size_t bytes = (size_t)ftell(stream);
    fclose(stream);
    mipi_rx_init(&rx, NULL, NULL);
    ck_assert(mipi_capture_open(&reader, (const uint8_t *)file, bytes, NULL, NULL));
    for (; mipi_capture_next(&reader, &packet); packets++)
        mipi_rx_packet(&rx, &packet);
    ck_assert_uint_eq(reader.problems, 0);
    ck_assert_uint_eq(packets, FRAME_PACKETS - 2);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    mipi_rx_free(&rx);
}
END_TEST

TEST_MAIN("mipi fault", each_fault_is_noticed_by_its_counter, events_of_lanes_name_the_lane,
          what_is_not_there_is_not_damaged, noise_has_its_rate_and_is_the_same_for_the_same_seed,
          the_bit_error_rate_is_as_said, a_capture_has_what_the_lanes_gave)
