#include "mipi/lanes_read.h"

#include "mipi/lane_trace.h"
#include "mipi/rx.h"
#include "sim/rng.h"
#include "tests/test.h"

static mipi_rx_t rx;
static mipi_rx_event_t last;
static mipi_packet_t newest;
static uint8_t bytes[512];
static mipi_lanes_info_t info;

static void on_packet(void *ctx, const mipi_packet_t *packet)
{
    newest = *packet;
    memcpy(bytes, packet->bytes, packet->count < sizeof(bytes) ? packet->count : sizeof(bytes));
    mipi_rx_packet(ctx, packet);
}

static void on_event(void *ctx, const mipi_rx_event_t *event)
{
    (void)ctx;
    last = *event;
}

static bool read_n(const char *text, size_t count, uint32_t used)
{
    const mipi_align_desc_t desc = {.used = used, .max_skew_bytes = 4};
    FILE *stream = fmemopen((void *)(uintptr_t)text, count, "r");
    mipi_rx_init(&rx, NULL, &(mipi_rx_callbacks_t){.event = on_event});
    bool fine = mipi_lanes_read(stream, &desc, on_packet, mipi_rx_event, &rx, &info);
    fclose(stream);
    return fine;
}

static bool read(const char *text)
{
    return read_n(text, strlen(text), 0);
}

/* FS 1 and a RAW10 line of 4 pixels of VC 0 on two lanes, as the format's description says. */
static const char good[] = "CSI2LANES 1\n"
                           "lanes 2\n"
                           "rate 888\n"
                           "t 1000\n"
                           "burst\n"
                           "b8 b8\n"
                           "00 01\n"
                           "00 1a\n"
                           "trail\n"
                           "ff ff\n"
                           "end\n"
                           "gap 12\n"
                           "t 2000\n"
                           "burst\n"
                           "b8 b8\n"
                           "2b 05\n"
                           "00 09\n" /* ECC: 2b 05 00 -> columns 0 1 3 5, 8 10 */
                           "48 59\n"
                           "6a 7b\n"
                           "ff 6e\n"
                           "69 --\n" /* lane 1 is one byte shorter */
                           "trail\n"
                           "ff 00\n"
                           "end\n";

/* Worked out from the definitions, bit by bit. */
static uint8_t slow_ecc(uint32_t bits)
{
    static const uint8_t column[24] = {0x07, 0x0b, 0x0d, 0x0e, 0x13, 0x15, 0x16, 0x19,
                                       0x1a, 0x1c, 0x23, 0x25, 0x26, 0x29, 0x2a, 0x2c,
                                       0x31, 0x32, 0x34, 0x38, 0x1f, 0x2f, 0x37, 0x3b};
    uint8_t ecc = 0;
    for (uint32_t n = 0; n < 24; n++)
        ecc ^= bits >> n & 1 ? column[n] : 0;
    return ecc;
}

static uint16_t slow_crc(const uint8_t *data, uint32_t count)
{
    uint32_t crc = 0xffff;
    for (uint32_t n = 0; n < count * 8; n++)
        crc = crc >> 1 ^ (((crc ^ (uint32_t)data[n / 8] >> n % 8) & 1) != 0 ? 0x8408u : 0);
    return (uint16_t)crc;
}

/* The text above with the check bits put in. */
static char text[1024];
static const uint8_t pixels[5] = {0x48, 0x59, 0x6a, 0x7b, 0xff};

static void make_text(void)
{
    uint16_t crc = slow_crc(pixels, 5);
    char check[16];
    strcpy(text, good);
    snprintf(check, sizeof(check), "00 %02x\n48 59", slow_ecc(0x00052b));
    memcpy(strstr(text, "00 09\n48 59"), check, 11);
    snprintf(check, sizeof(check), "ff %02x\n%02x --", crc & 0xff, crc >> 8);
    memcpy(strstr(text, "ff 6e\n69 --"), check, 11);
}

START_TEST(bursts_become_packets_with_their_times)
{
    make_text();
    ck_assert_msg(read(text), "%s", info.error);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    ck_assert_uint_eq(rx.packets, 2);
    ck_assert_uint_eq(info.lanes, 2);
    ck_assert_uint_eq(info.packets, 2);
    ck_assert_uint_eq(info.rate_mbps, 888);
    ck_assert_uint_eq(newest.number, 1);
    ck_assert_uint_eq(newest.start_ps, 2000);
    ck_assert_uint_eq(newest.count, 11);
    ck_assert_mem_eq(bytes + 4, pixels, 5);
    ck_assert(rx.channel[0].open);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(remarks_blanks_and_capitals_do_not_matter)
{
    const char *other = "CSI2LANES 1\r\n\r\nrate fast\r\nlanes 1 \r\nt soon\r\nburst\r\nB8\r\n"
                        "rate 7\r\n00\r\n01\r\nt 3\r\n00\r\n1A\r\n\r\ntrail\r\nff\r\nend\r\n";
    ck_assert_msg(read(other), "%s", info.error);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    ck_assert(rx.channel[0].open);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(a_lane_with_skew_is_aligned_and_a_lane_too_few_is_reported)
{
    const char *skew = "CSI2LANES 1\nlanes 2\nburst\n-- b8\n-- 01\nb8 1a\n00 ff\n00 ff\ntrail\n"
                       "ff ff\nend\n";
    ck_assert_msg(read(skew), "%s", info.error);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    ck_assert(rx.channel[0].open);
    mipi_rx_free(&rx);
    make_text();
    ck_assert(read_n(text, strlen(text), 1)); /* a receiver of one lane */
    ck_assert_uint_eq(rx.counts[MIPI_RX_LANE_COUNT], 2);
    ck_assert_uint_eq(last.time_ps, 2000);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(wrong_lines_are_named_with_their_number)
{
    const struct {
        const char *text, *error;
    } wrong[] = {
        {"\n", "line 1: found '', expected CSI2LANES 1 or CSI2TRIOS 1"},
        {"CSI2LANES 2\n", "line 1: found 'CSI2LANES 2', expected CSI2LANES 1 or CSI2TRIOS 1"},
        {"CSI2LANES 1\nburst\n", "line 2: found a burst, expected lanes before it"},
        {"CSI2LANES 1\nlanes 0\n", "line 2: found lanes '0', expected 1..8"},
        {"CSI2LANES 1\nlanes 9\n", "line 2: found lanes '9', expected 1..8"},
        {"CSI2LANES 1\nlanes 2x\n", "line 2: found lanes '2x', expected 1..8"},
        {"CSI2LANES 1\nlanes 2\nlanes 2\n", "line 3: found lanes again, expected them once"},
        {"CSI2LANES 1\nlanes 2\nb8 b8\n", "line 3: found 'b8 b8', expected lanes, gap or burst"},
        {"CSI2LANES 1\nlanes 2\nend\n", "line 3: found 'end', expected lanes, gap or burst"},
        {"CSI2LANES 1\ngap\n", "line 2: found 'gap', expected gap and a number"},
        {"CSI2LANES 1\ngap -1\n", "line 2: found 'gap -1', expected gap and a number"},
        {"CSI2LANES 1\nlanes 2\nburst\nb8\n",
         "line 4: found 'b8', expected 2 times two hex digits or --"},
        {"CSI2LANES 1\nlanes 2\nburst\nb8 b8 b8\n",
         "line 4: found 'b8 b8 b8', expected 2 times two hex digits or --"},
        {"CSI2LANES 1\nlanes 2\nburst\nb8 g0\n",
         "line 4: found 'b8 g0', expected 2 times two hex digits or --"},
        {"CSI2LANES 1\nlanes 2\nburst\nb8 b8\nburst\n",
         "line 5: found 'burst', expected 2 times two hex digits or --"},
        {"CSI2LANES 1\nlanes 2\nburst\nb8 b8\ntrail\nff 3c\n",
         "line 6: found '3c' on lane 1, expected 00, ff or -- in a trail"},
        {"CSI2LANES 1\nlanes 2\nburst\nb8 b8\n",
         "line 4: found the file's end, expected end of a burst"},
    };
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        ck_assert(!read(wrong[i].text));
        ck_assert_str_eq(info.error, wrong[i].error);
        mipi_rx_free(&rx);
    }
}
END_TEST

START_TEST(a_line_without_end_is_refused)
{
    char long_line[2000] = "CSI2LANES 1\nlanes 2\n";
    memset(long_line + strlen(long_line), 'x', 1900);
    ck_assert(!read(long_line));
    ck_assert_ptr_nonnull(strstr(info.error, "line 3: found 'xxxx"));
    ck_assert_ptr_nonnull(strstr(info.error, "at most 254 characters"));
    mipi_rx_free(&rx);
}
END_TEST

/* What the trace writes, the reader reads: packets of any size on 1 to 4 lanes. */
START_TEST(the_lane_trace_comes_back_as_it_was)
{
    static char file[1 << 20];
    for (uint32_t lanes = 1; lanes <= 4; lanes++) {
        mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
        mipi_lane_trace_t trace;
        phy.dphy.lanes = lanes;
        FILE *stream = fmemopen(file, sizeof(file), "w");
        mipi_lane_trace_begin(&trace, stream, &phy);
        uint64_t now = 0;
        for (uint16_t n = 0; n < 300; n++) {
            uint8_t packet[400], payload[300];
            for (uint32_t i = 0; i < sizeof(payload); i++)
                payload[i] = (uint8_t)(i * n);
            size_t count = n == 0 ? mipi_short_packet(packet, 6, MIPI_DT_FS, 1)
                                  : mipi_long_packet(packet, 6, MIPI_DT_USER1, payload, n);
            mipi_lane_trace_packet(&trace, &(mipi_packet_t){.number = n,
                                                            .bytes = packet,
                                                            .count = (uint32_t)count,
                                                            .start_ps = now,
                                                            .end_ps = now + 100000000});
            now += 200000000;
        }
        size_t size = (size_t)ftell(stream);
        fclose(stream);
        ck_assert_msg(read_n(file, size, 0), "%s", info.error);
        ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
        ck_assert_uint_eq(rx.packets, 300);
        ck_assert_uint_eq(newest.start_ps, now - 200000000);
        ck_assert_uint_eq(rx.channel[6].frame.stream[0].byte_count, 299 * 300 / 2);
        mipi_rx_free(&rx);
    }
}
END_TEST

/* ---- links of every kind, as they are traced ----------------------------------------------------
 */
enum { TRACED = 60 };

static mipi_phy_t random_phy(sim_stream_t *rng)
{
    mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
    phy.dphy.lanes = 1 + sim_stream_below(rng, 4);
    for (uint32_t n = 0; n < phy.dphy.lanes; n++)
        phy.dphy.skew_ui[n] = sim_stream_below(rng, 2) * sim_stream_below(rng, 48);
    phy.lrte.on = sim_stream_below(rng, 2) != 0;
    phy.lrte.only_spacers = sim_stream_below(rng, 2) != 0;
    phy.lrte.after_short = sim_stream_below(rng, 4);
    phy.lrte.after_long = sim_stream_below(rng, 4);
    phy.scramble.on = sim_stream_below(rng, 2) != 0;
    for (uint32_t n = 0; n < MIPI_MAX_LANES; n++)
        phy.scramble.seed[n] = (uint16_t)(sim_stream_u32(rng) | 1);
    return phy;
}

static mipi_phy_t random_cphy(sim_stream_t *rng)
{
    mipi_phy_t phy = {
        .signaling = MIPI_CPHY, .dphy = mipi_dphy_desc_default(), .cphy = mipi_cphy_desc_default()};
    phy.cphy.symbol_rate_hz = 1000000000;
    phy.cphy.trios = 1 + sim_stream_below(rng, 3);
    for (uint32_t n = 0; n < phy.cphy.trios; n++)
        phy.cphy.skew_ui[n] = sim_stream_below(rng, 2) * sim_stream_below(rng, 42);
    phy.lrte.on = sim_stream_below(rng, 2) != 0;
    phy.lrte.after_short = sim_stream_below(rng, 4);
    phy.lrte.after_long = sim_stream_below(rng, 4);
    phy.scramble.on = sim_stream_below(rng, 2) != 0;
    for (uint32_t n = 0; n < MIPI_MAX_TRIOS; n++)
        phy.scramble.seed[n] = (uint16_t)(sim_stream_u32(rng) | 1);
    return phy;
}

static struct {
    uint8_t bytes[64];
    uint32_t count;
} traced[TRACED];
static uint32_t traced_seen, traced_wrong;

static void compare(void *ctx, const mipi_packet_t *packet)
{
    (void)ctx;
    uint64_t n = packet->number;
    traced_wrong += n >= TRACED || packet->count != traced[n].count ||
                    memcmp(packet->bytes, traced[n].bytes, packet->count) != 0;
    traced_seen++;
}

static uint32_t notes, others;

static void note(void *ctx, const mipi_rx_event_t *event)
{
    (void)ctx;
    notes += mipi_rx_kind_is_note(event->kind);
    others += !mipi_rx_kind_is_note(event->kind);
}

/* Packets of all sizes, some of them in one burst. Returns how many calibrations there are. */
static uint32_t trace(sim_stream_t *rng, const mipi_phy_t *phy, FILE *stream)
{
    mipi_lane_trace_t lanes;
    uint64_t now = 1000000;
    uint32_t calibrations = 0;
    mipi_join_t how = MIPI_OWN_BURST;
    mipi_lane_trace_begin(&lanes, stream, phy);
    for (uint32_t n = 0; n < TRACED; n++) {
        uint8_t payload[48];
        uint32_t length = sim_stream_below(rng, sizeof(payload));
        for (uint32_t i = 0; i < length; i++)
            payload[i] = sim_stream_below(rng, 3) != 0 ? (uint8_t)sim_stream_u32(rng) : 0xff;
        bool is_short = sim_stream_below(rng, 3) == 0;
        traced[n].count = (uint32_t)(is_short ? mipi_short_packet(traced[n].bytes, 3, 0x08,
                                                                  (uint16_t)sim_stream_u32(rng))
                                              : mipi_long_packet(traced[n].bytes, 3, MIPI_DT_USER1,
                                                                 payload, (uint16_t)length));
        mipi_span_t span = mipi_phy_packet(phy, how, traced[n].count);
        mipi_packet_t packet = {.number = n,
                                .bytes = traced[n].bytes,
                                .count = traced[n].count,
                                .phy = phy,
                                .join = how,
                                .bit_rate_bps = mipi_phy_ui_hz(phy)};
        bool d = phy->signaling == MIPI_DPHY;
        if (d && how == MIPI_OWN_BURST && sim_stream_below(rng, 6) == 0) {
            packet.deskew_ui = 512;
            packet.deskew_ps = mipi_dphy_deskew_ps(&phy->dphy, 512);
            now += packet.deskew_ps;
            calibrations++;
        }
        packet.more = phy->lrte.on && n + 1 < TRACED && sim_stream_below(rng, 2) != 0;
        packet.start_ps = now;
        packet.first_byte_ps = now + span.first_byte_ps;
        packet.last_byte_ps = now + span.last_byte_ps;
        packet.end_ps = packet.more ? packet.last_byte_ps : now + span.end_ps;
        mipi_lane_trace_packet(&lanes, &packet);
        now = packet.end_ps + (packet.more ? 0 : 1000 * sim_stream_below(rng, 1000));
        how = !packet.more ? MIPI_OWN_BURST : is_short ? MIPI_AFTER_SHORT : MIPI_AFTER_LONG;
    }
    return calibrations;
}

START_TEST(every_kind_of_link_that_is_traced_is_read)
{
    static char file[1 << 18];
    sim_stream_t rng = sim_stream(21, 0, 0);
    for (uint32_t run = 0; run < 300; run++) {
        const mipi_phy_t phy = run % 3 == 0 ? random_cphy(&rng) : random_phy(&rng);
        FILE *stream = fmemopen(file, sizeof(file), "w");
        uint32_t calibrations = trace(&rng, &phy, stream);
        size_t size = (size_t)ftell(stream);
        fclose(stream);
        mipi_align_desc_t desc = {
            .max_skew_bytes = 6, .lrte = phy.lrte.on, .scrambled = phy.scramble.on};
        memcpy(desc.seed, phy.scramble.seed, sizeof(phy.scramble.seed));
        traced_seen = traced_wrong = notes = others = 0;
        stream = fmemopen(file, size, "r");
        ck_assert_msg(mipi_lanes_read(stream, &desc, compare, note, NULL, &info), "%s", info.error);
        fclose(stream);
        ck_assert_msg(traced_seen == TRACED && traced_wrong == 0 && others == 0,
                      "run %u: %u packets, %u wrong, %u events", run, traced_seen, traced_wrong,
                      others);
        ck_assert_uint_eq(notes, calibrations);
    }
}
END_TEST

/* ---- C-PHY --------------------------------------------------------------------------------------
 */
/* A burst of one trio: `sync`, the header (twice) of FS 1 on VC 0. */
static void make_trio(const char *sync, bool first_good, bool second_good)
{
    uint8_t fs[4], symbols[3][8] = {{0}};
    uint16_t words[MIPI_CPHY_HEADER_WORDS];
    mipi_short_packet(fs, 0, MIPI_DT_FS, 1);
    mipi_cphy_header(fs, words);
    for (uint32_t w = 0; w < 3; w++) {
        mipi_cphy_encode(words[w], symbols[w]);
        for (uint32_t i = 0; i < MIPI_WORD_UI; i++)
            symbols[w][i] = (uint8_t)(symbols[w][i] + '0');
    }
    const char *crc = (const char *)symbols[2], *wrong = "0000000";
    snprintf(text, sizeof(text),
             "CSI2TRIOS 1\ntrios 1\nburst\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n4444444\npost\n"
             "4444444\nend\n",
             sync, (char *)symbols[0], (char *)symbols[1], first_good ? crc : wrong, sync,
             (char *)symbols[0], (char *)symbols[1], second_good ? crc : wrong);
}

START_TEST(a_burst_of_symbols_becomes_a_packet_or_an_event)
{
    make_trio("3444443", true, true);
    ck_assert_msg(read(text), "%s", info.error);
    ck_assert(info.trios && info.lanes == 1 && info.packets == 1);
    ck_assert(rx.channel[0].open && mipi_rx_event_count(&rx) == 0);
    mipi_rx_free(&rx);
    for (int copy = 0; copy < 2; copy++) {
        make_trio("3444443", copy == 0, copy == 1);
        ck_assert(read(text));
        ck_assert(rx.channel[0].open && rx.counts[MIPI_RX_PH_COPY] == 1 && last.corrected);
        mipi_rx_free(&rx);
    }
    make_trio("3444443", false, false);
    ck_assert(read(text));
    ck_assert(!rx.channel[0].open && rx.counts[MIPI_RX_PH_CRC] == 1);
    ck_assert_uint_eq(info.packets, 1);
    mipi_rx_free(&rx);
    make_trio("0000000", true, true);
    ck_assert(read(text));
    ck_assert_uint_eq(rx.by[MIPI_RX_SOT_SYNC][0], 1);
    mipi_rx_free(&rx);
    memcpy(strstr(text, "0000000"), "3444453", 7);
    ck_assert(!read(text));
    ck_assert_str_eq(info.error,
                     "line 4: found '3444453', expected 1 times seven digits 0..4 or -------");
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(one_phy_may_follow_the_other)
{
    static char both[2 * sizeof(text)];
    make_trio("3444443", true, true);
    strcpy(both, text);
    make_text();
    strcat(both, text);
    ck_assert_msg(read(both), "%s", info.error);
    ck_assert_uint_eq(rx.counts[MIPI_RX_FS_OPEN], 1); /* FS 1 twice: counting begins anew */
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 1);
    ck_assert(!info.trios && info.lanes == 2 && info.packets == 3);
    mipi_rx_free(&rx);
}
END_TEST

/* The host changes lanes, then the PHY: two packets each way. */
START_TEST(a_link_that_changes_is_traced_in_sections)
{
    static char file[1 << 14];
    mipi_phy_t two = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()}, one = two;
    mipi_phy_t trios = {.signaling = MIPI_CPHY, .cphy = mipi_cphy_desc_default()};
    one.dphy.lanes = 1;
    trios.cphy.trios = 3;
    trios.cphy.symbol_rate_hz = 1000000000;
    const mipi_phy_t *const phys[] = {&one, &two, &trios, &one};
    mipi_lane_trace_t lanes;
    FILE *stream = fmemopen(file, sizeof(file), "w");
    mipi_lane_trace_begin(&lanes, stream, &two); /* of which no packet is: it does not show */
    for (uint32_t n = 0; n < 8; n++) {
        const uint8_t payload[4] = {(uint8_t)n, 1, 2, 3};
        traced[n].count = (uint32_t)mipi_long_packet(traced[n].bytes, 3, MIPI_DT_USER1, payload,
                                                     (uint16_t)(n % 5));
        mipi_lane_trace_packet(&lanes, &(mipi_packet_t){.number = n,
                                                        .bytes = traced[n].bytes,
                                                        .count = traced[n].count,
                                                        .phy = phys[n / 2],
                                                        .start_ps = 1000000 * n,
                                                        .end_ps = 1000000 * n + 900000});
    }
    mipi_lane_trace_end(&lanes);
    size_t size = (size_t)ftell(stream);
    fclose(stream);
    ck_assert_int_eq(strncmp(file, "CSI2LANES 1\nlanes 1\nrate 888\nt 0\nburst\n", 39), 0);
    uint32_t sections = 0;
    for (const char *at = file; (at = strstr(at, "CSI2")) != NULL; at++)
        sections++;
    ck_assert_uint_eq(sections, 4);
    traced_seen = traced_wrong = others = 0;
    stream = fmemopen(file, size, "r");
    const mipi_align_desc_t desc = {.max_skew_bytes = 6};
    ck_assert_msg(mipi_lanes_read(stream, &desc, compare, note, NULL, &info), "%s", info.error);
    fclose(stream);
    ck_assert(traced_seen == 8 && traced_wrong == 0 && others == 0);
    ck_assert(!info.trios && info.lanes == 1 && info.packets == 8);
}
END_TEST

START_TEST(a_silent_link_has_its_first_lines)
{
    char file[100] = "";
    const mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
    mipi_lane_trace_t lanes;
    FILE *stream = fmemopen(file, sizeof(file), "w");
    mipi_lane_trace_begin(&lanes, stream, &phy);
    mipi_lane_trace_end(&lanes);
    fclose(stream);
    ck_assert_str_eq(file, "CSI2LANES 1\nlanes 2\nrate 888\n");
}
END_TEST

START_TEST(any_edit_of_a_file_is_survived)
{
    sim_stream_t rng = sim_stream(3, 0, 0);
    uint32_t fine = 0;
    for (uint32_t run = 0; run < 4000; run++) {
        static const char some[] = "0123456789abf- \nburstendtrail\0x";
        char copy[sizeof(text)];
        if (run % 2 == 0)
            make_text();
        else
            make_trio("3444443", true, true);
        size_t length = strlen(text);
        memcpy(copy, text, sizeof(text));
        for (uint32_t edits = 1 + sim_stream_below(&rng, 3); edits > 0; edits--)
            copy[sim_stream_below(&rng, (uint32_t)length)] =
                some[sim_stream_below(&rng, sizeof(some))];
        fine += read_n(copy, length, 0);
        ck_assert(mipi_rx_event_count(&rx) < 10);
        mipi_rx_free(&rx);
    }
    ck_assert_uint_gt(fine, 200);
    ck_assert_uint_lt(fine, 3600);
}
END_TEST

TEST_MAIN("mipi lanes read", bursts_become_packets_with_their_times,
          remarks_blanks_and_capitals_do_not_matter,
          a_lane_with_skew_is_aligned_and_a_lane_too_few_is_reported,
          wrong_lines_are_named_with_their_number, a_line_without_end_is_refused,
          the_lane_trace_comes_back_as_it_was, every_kind_of_link_that_is_traced_is_read,
          a_burst_of_symbols_becomes_a_packet_or_an_event, one_phy_may_follow_the_other,
          a_link_that_changes_is_traced_in_sections, a_silent_link_has_its_first_lines,
          any_edit_of_a_file_is_survived)
