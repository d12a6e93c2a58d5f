/* What the views of the lanes write: CSI2LANES text and VCD. */
#include "mipi/wave.h"

#include <stdlib.h>
#include <string.h>

#include "mipi/align.h"
#include "mipi/lane_trace.h"
#include "mipi/lanes_read.h"
#include "mipi/scramble.h"
#include "tests/test.h"

static const uint8_t fs[] = {0x00, 0x01, 0x00, 0x1a};
static char text[1 << 20];

/* 1 Gb/s: every UI is a nanosecond. */
static mipi_phy_t link_of(uint32_t lanes)
{
    mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
    phy.dphy.bit_rate_bps = 1000000000;
    phy.dphy.lanes = lanes;
    return phy;
}

static mipi_packet_t packet_of(const mipi_phy_t *phy, const uint8_t *bytes, uint32_t count,
                               uint64_t start_ns)
{
    mipi_span_t span = mipi_phy_packet(phy, MIPI_OWN_BURST, count);
    return (mipi_packet_t){.bytes = bytes,
                           .count = count,
                           .start_ps = start_ns * 1000,
                           .first_byte_ps = start_ns * 1000 + span.first_byte_ps,
                           .last_byte_ps = start_ns * 1000 + span.last_byte_ps,
                           .end_ps = start_ns * 1000 + span.end_ps,
                           .bit_rate_bps = phy->dphy.bit_rate_bps,
                           .phy = phy};
}

/* Behind the other one in its burst. */
static mipi_packet_t join(mipi_packet_t *first, const uint8_t *bytes, uint32_t count,
                          mipi_join_t how)
{
    mipi_span_t span = mipi_phy_packet(first->phy, how, count);
    mipi_packet_t packet = packet_of(first->phy, bytes, count, 0);
    first->more = true;
    first->end_ps = first->last_byte_ps;
    packet.number = first->number + 1;
    packet.join = how;
    packet.start_ps = first->end_ps;
    packet.first_byte_ps = first->end_ps + span.first_byte_ps;
    packet.last_byte_ps = first->end_ps + span.last_byte_ps;
    packet.end_ps = first->end_ps + span.end_ps;
    return packet;
}

static const char *lanes_text(const mipi_phy_t *phy, const mipi_packet_t *packets, uint32_t count)
{
    FILE *stream = fmemopen(text, sizeof(text), "w");
    mipi_lane_trace_t trace;
    mipi_lane_trace_begin(&trace, stream, phy);
    for (uint32_t i = 0; i < count; i++)
        mipi_lane_trace_packet(&trace, &packets[i]);
    fclose(stream);
    return text;
}

#define TRAIL8(row) row row row row row row row row

START_TEST(a_late_lane_begins_and_ends_later)
{
    mipi_phy_t phy = link_of(2);
    phy.dphy.skew_ui[1] = 17; /* 2 byte times and a bit */
    const uint8_t bytes[] = {0x30, 0x01, 0x00, 0x80, 0x7f};
    mipi_packet_t p = packet_of(&phy, bytes, 5, 1);
    ck_assert_str_eq(lanes_text(&phy, &p, 1),
                     "CSI2LANES 1\nlanes 2\nrate 1000\nt 1000\nburst\nb8 --\n30 --\n00 b8\n7f 01\n"
                     "ff 80\nff 00\ntrail\n" TRAIL8("ff 00\n") "end\n");
}
END_TEST

START_TEST(packets_of_a_burst_stand_behind_spacers)
{
    mipi_phy_t phy = link_of(2);
    phy.lrte.on = phy.lrte.only_spacers = true;
    phy.lrte.after_short = 1;
    phy.lrte.after_long = 2;
    const uint8_t odd[] = {0x30, 0x01, 0x00, 0x80, 0x7f};
    mipi_packet_t p[3] = {packet_of(&phy, fs, 4, 1)};
    p[1] = join(&p[0], odd, 5, MIPI_AFTER_SHORT);
    p[2] = join(&p[1], fs, 4, MIPI_AFTER_LONG);
    ck_assert_str_eq(lanes_text(&phy, p, 3),
                     "CSI2LANES 1\nlanes 2\nrate 1000\nt 1000\nburst\nb8 b8\n00 01\n00 1a\n"
                     "ff ff\n30 01\n00 80\n7f ff\n"
                     "ff ff\nff ff\n00 01\n00 1a\ntrail\n" TRAIL8("ff ff\n") "end\n");
    phy.dphy.skew_ui[0] = 8; /* the same, lane 0 a row later */
    ck_assert_str_eq(lanes_text(&phy, p, 3),
                     "CSI2LANES 1\nlanes 2\nrate 1000\nt 1000\nburst\n-- b8\nb8 01\n00 1a\n"
                     "00 ff\nff 01\n30 80\n00 ff\n"
                     "7f ff\nff ff\nff 01\n00 1a\n00 ff\ntrail\n" TRAIL8("ff ff\n") "end\n");
}
END_TEST

START_TEST(hs_idle_is_rows_of_nothing_and_a_new_sync_byte)
{
    mipi_phy_t phy = link_of(1);
    phy.lrte.on = true;
    mipi_packet_t p[2] = {packet_of(&phy, fs, 4, 1)};
    p[1] = join(&p[0], fs, 4, MIPI_AFTER_SHORT); /* 60 ns + 16 UI: 9.5 byte times */
    ck_assert_str_eq(lanes_text(&phy, p, 2),
                     "CSI2LANES 1\nlanes 1\nrate 1000\nt 1000\nburst\nb8\n00\n01\n00\n1a\n"
                     "--\n--\n--\n--\n--\n--\n--\n--\n--\n--\nb8\n00\n01\n00\n1a\n"
                     "trail\n" TRAIL8("ff\n") "end\n");
}
END_TEST

START_TEST(a_calibration_is_a_burst_without_sync)
{
    mipi_phy_t phy = link_of(1);
    mipi_packet_t p = packet_of(&phy, fs, 4, 5000);
    p.deskew_ui = 32;
    p.deskew_ps = mipi_dphy_deskew_ps(&phy.dphy, 32); /* 355 ns + 62 UI */
    ck_assert_str_eq(lanes_text(&phy, &p, 1),
                     "CSI2LANES 1\nlanes 1\nrate 1000\nt 4583000\nburst\nff\nff\naa\naa\naa\naa\n"
                     "trail\n" TRAIL8("00\n") "end\nt 5000000\ngap 12\nburst\nb8\n00\n01\n00\n1a\n"
                                              "trail\n" TRAIL8("ff\n") "end\n");
}
END_TEST

START_TEST(what_is_wrong_with_lanes_is_seen)
{
    mipi_phy_t phy = link_of(2);
    mipi_packet_t p = packet_of(&phy, fs, 4, 1);
    const mipi_lane_state_t state = {.lanes = 2, .sync = {0x10, 0}, .late = {0, 1}};
    p.lanes = &state;
    ck_assert_str_eq(lanes_text(&phy, &p, 1),
                     "CSI2LANES 1\nlanes 2\nrate 1000\nt 1000\nburst\na8 --\n00 b8\n00 01\nff 1a\n"
                     "trail\n" TRAIL8("ff ff\n") "end\n");
    const mipi_lane_state_t lost = {.lanes = 2, .lost = 2};
    p.lanes = &lost;
    ck_assert_str_eq(lanes_text(&phy, &p, 1),
                     "CSI2LANES 1\nlanes 2\nrate 1000\nt 1000\nburst\nb8 --\n00 --\n00 --\n"
                     "trail\n" TRAIL8("ff --\n") "end\n");
}
END_TEST

START_TEST(lanes_are_scrambled_each_with_its_seed)
{
    mipi_phy_t phy = link_of(2);
    phy.scramble.on = true;
    phy.scramble.seed[0] = 0xffff; /* ff 17: the published table */
    phy.scramble.seed[1] = 0x1008; /* 08 d0: wire_test.c */
    mipi_packet_t p = packet_of(&phy, fs, 4, 1);
    /* 00 ^ ff, 01 ^ 08; 00 ^ 17, 1a ^ d0 = ca */
    ck_assert_str_eq(lanes_text(&phy, &p, 1),
                     "CSI2LANES 1\nlanes 2\nrate 1000\nt 1000\nburst\nb8 b8\nff 09\n17 ca\n"
                     "trail\n" TRAIL8("ff 00\n") "end\n");
}
END_TEST

/* ---- lanes to packets again ---- */

typedef struct {
    uint8_t bytes[512];
    uint32_t count, packets, events;
} got_t;

static void on_packet(void *ctx, const mipi_packet_t *packet)
{
    got_t *got = ctx;
    memcpy(got->bytes, packet->bytes, packet->count);
    got->count = packet->count;
    got->packets++;
}

static void on_event(void *ctx, const mipi_rx_event_t *event)
{
    (void)event;
    ((got_t *)ctx)->events++;
}

/* The rows between `burst` and `end` of the text, descrambled, through the receiver's aligner. */
static void receive(const mipi_phy_t *phy, got_t *got)
{
    const mipi_align_desc_t desc = {.lanes = phy->dphy.lanes, .max_skew_bytes = 31};
    mipi_align_t align;
    uint16_t lfsr[MIPI_MAX_LANES];
    bool synced[MIPI_MAX_LANES] = {false};
    ck_assert(mipi_align_init(&align, &desc, on_packet, on_event, got));
    mipi_align_begin(&align, &(mipi_packet_t){0});
    for (char *line = strtok(strstr(text, "burst\n") + 6, "\n"); strcmp(line, "trail") != 0;
         line = strtok(NULL, "\n")) {
        int16_t row[MIPI_MAX_LANES];
        for (uint32_t lane = 0; lane < phy->dphy.lanes; lane++) {
            const char *token = line + 3 * lane;
            row[lane] = token[0] == '-' ? -1 : (int16_t)strtol(token, NULL, 16);
            if (row[lane] >= 0 && !synced[lane]) {
                ck_assert_int_eq(row[lane], MIPI_SYNC_BYTE);
                synced[lane] = true;
                lfsr[lane] = phy->scramble.seed[lane];
            } else if (row[lane] >= 0 && phy->scramble.on) {
                row[lane] ^= mipi_scramble_next(&lfsr[lane]);
            }
        }
        mipi_align_row(&align, row);
    }
    mipi_align_end(&align);
    mipi_align_free(&align);
}

START_TEST(skewed_and_scrambled_lanes_come_back_as_the_packet)
{
    uint8_t payload[200], packet[206];
    for (uint32_t lanes = 1; lanes <= 4; lanes++) {
        for (uint32_t bytes = 1; bytes <= 200; bytes += 13) {
            mipi_phy_t phy = link_of(lanes);
            got_t got = {0};
            phy.scramble.on = true;
            for (uint32_t lane = 0; lane < lanes; lane++) {
                phy.scramble.seed[lane] = (uint16_t)(0x1008 + lane);
                phy.dphy.skew_ui[lane] = (bytes * (lane + 3) % 7) * 8;
            }
            for (uint32_t i = 0; i < bytes; i++)
                payload[i] = (uint8_t)(i * bytes);
            uint32_t count =
                (uint32_t)mipi_long_packet(packet, 0, MIPI_DT_RAW8, payload, (uint16_t)bytes);
            mipi_packet_t p = packet_of(&phy, packet, count, 1000);
            lanes_text(&phy, &p, 1);
            receive(&phy, &got);
            ck_assert_uint_eq(got.packets, 1);
            ck_assert_uint_ge(got.count, count);
            ck_assert_mem_eq(got.bytes, packet, count);
        }
    }
}
END_TEST

/* ---- text to packets, by the receiver's reader ---- */

static uint32_t random_below(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

enum { SENT = 6, SENT_BYTES = 90 };

typedef struct {
    uint8_t bytes[SENT][SENT_BYTES];
    uint32_t count[SENT], packets, events;
} heard_t;

static void hear(void *ctx, const mipi_packet_t *packet)
{
    heard_t *heard = ctx;
    ck_assert_uint_lt(heard->packets, SENT);
    ck_assert_uint_le(packet->count, SENT_BYTES);
    memcpy(heard->bytes[heard->packets], packet->bytes, packet->count);
    heard->count[heard->packets++] = packet->count;
}

static void hear_event(void *ctx, const mipi_rx_event_t *event)
{
    ((heard_t *)ctx)->events++;
    (void)event;
}

static mipi_phy_t random_link(uint64_t *r)
{
    mipi_phy_t phy = link_of(1 + random_below(r, 4));
    phy.lrte.on = random_below(r, 2) != 0;
    phy.lrte.only_spacers = random_below(r, 2) != 0;
    phy.lrte.after_short = random_below(r, 4);
    phy.lrte.after_long = random_below(r, 4);
    phy.scramble.on = random_below(r, 2) != 0;
    for (uint32_t lane = 0; lane < MIPI_MAX_LANES; lane++) {
        phy.dphy.skew_ui[lane] = random_below(r, 48);
        phy.scramble.seed[lane] = (uint16_t)(1 + random_below(r, 65535));
    }
    return phy;
}

static uint32_t random_packet(uint64_t *r, uint8_t *packet)
{
    uint8_t payload[SENT_BYTES];
    uint32_t bytes = 1 + random_below(r, SENT_BYTES - 7);
    for (uint32_t i = 0; i < bytes; i++)
        payload[i] = (uint8_t)random_below(r, 256);
    if (random_below(r, 3) == 0)
        return (uint32_t)mipi_short_packet(packet, 1, MIPI_DT_FS, (uint16_t)bytes);
    return (uint32_t)mipi_long_packet(packet, 2, MIPI_DT_RAW8, payload, (uint16_t)bytes);
}

START_TEST(what_is_written_of_any_link_is_read_back)
{
    uint64_t r = 5;
    for (uint32_t round = 0; round < 400; round++) {
        uint8_t bytes[SENT][SENT_BYTES];
        mipi_phy_t phy = random_link(&r);
        mipi_packet_t sent[SENT];
        heard_t heard = {.packets = 0};
        for (uint32_t n = 0; n < SENT; n++) {
            uint32_t count = random_packet(&r, bytes[n]);
            bool joined = n > 0 && phy.lrte.on && random_below(&r, 2) != 0;
            bool after_short = n > 0 && sent[n - 1].count == 4;
            sent[n] = joined ? join(&sent[n - 1], bytes[n], count,
                                    after_short ? MIPI_AFTER_SHORT : MIPI_AFTER_LONG)
                             : packet_of(&phy, bytes[n], count, 10000 * (n + 1));
            sent[n].number = n;
        }
        lanes_text(&phy, sent, SENT);
        mipi_align_desc_t desc = {
            .max_skew_bytes = 6, .lrte = phy.lrte.on, .scrambled = phy.scramble.on};
        memcpy(desc.seed, phy.scramble.seed, sizeof(phy.scramble.seed));
        mipi_lanes_info_t info;
        FILE *stream = fmemopen(text, strlen(text), "r");
        bool fine = mipi_lanes_read(stream, &desc, hear, hear_event, &heard, &info);
        fclose(stream);
        ck_assert_msg(fine, "%s", info.error);
        ck_assert_uint_eq(heard.events, 0);
        ck_assert_uint_eq(heard.packets, SENT);
        for (uint32_t n = 0; n < SENT; n++) {
            ck_assert_uint_eq(heard.count[n], sent[n].count);
            ck_assert_mem_eq(heard.bytes[n], sent[n].bytes, sent[n].count);
        }
    }
}
END_TEST

/* ---- VCD ---- */

START_TEST(a_dump_of_a_short_packet_on_one_lane)
{
    mipi_phy_t phy = link_of(1);
    FILE *stream = fmemopen(text, sizeof(text), "w");
    mipi_wave_t wave;
    mipi_packet_t p = packet_of(&phy, fs, 4, 1000);
    mipi_wave_begin(&wave, stream, 1, 0, 9);
    mipi_wave_packet(&wave, &p);
    ck_assert(mipi_wave_end(&wave));
    fclose(stream);
    ck_assert_str_eq(text, "$comment packets 0 to 9 of the link $end\n"
                           "$timescale 1 ps $end\n$scope module link $end\n"
                           "$var integer 32 A packet $end\n$var string 1 B what $end\n"
                           "$scope module clk $end\n$var wire 1 C p $end\n$var wire 1 D n $end\n"
                           "$var wire 1 F hs $end\n$var string 1 I state $end\n$upscope $end\n"
                           "$scope module lane0 $end\n$var wire 1 J p $end\n$var wire 1 K n $end\n"
                           "$var wire 1 M hs $end\n$var wire 8 N byte [7:0] $end\n"
                           "$var string 1 P state $end\n$upscope $end\n"
                           "$upscope $end\n$enddefinitions $end\n"
                           "#1000000\nbx A\nsidle B\n0C\n0D\n1F\nsHS-clock I\n"
                           "1J\n1K\n0M\nbx N\nsLP-11 P\n"
                           "b00000000000000000000000000000000 A\nsFS.vc0 B\n"
                           "0J\nsLP-01 P\n#1050000\n0K\nsLP-00 P\n#1094000\n1M\nsHS-0 P\n"
                           "#1205000\nb10111000 N\nsHS-sync P\n#1213000\nb00000000 N\nsHS-data P\n"
                           "#1221000\nb00000001 N\n#1229000\nb00000000 N\n#1237000\nb00011010 N\n"
                           "#1245000\nb11111111 N\nsHS-trail P\n"
                           "#1309000\n1J\n1K\n0M\nbx N\nsLP-11 P\n"
                           "#1409000\nbx A\nsidle B\n");
}
END_TEST

/* The value that a signal has at a time, from the text. */
static long value_at(char signal, uint64_t ps)
{
    unsigned long long now = 0;
    long value = -1;
    for (const char *line = strstr(text, "$enddefinitions $end\n");
         line != NULL && *line != '\0';) {
        line = strchr(line, '\n') + 1;
        size_t length = strcspn(line, "\n");
        if (*line == '#')
            now = strtoull(line + 1, NULL, 10);
        if (now > ps)
            break;
        if (*line == 'b' && length > 0 && line[length - 1] == signal)
            value = line[1] == 'x' ? -1 : strtol(line + 1, NULL, 2);
        else if ((*line == '0' || *line == '1') && line[1] == signal)
            value = *line - '0';
    }
    return value;
}

/* C-PHY at 1 Gs/s: 50 + 50 ns, 105 UI of preamble, then words of 7 ns. */
START_TEST(a_dump_of_a_short_packet_on_one_trio)
{
    mipi_phy_t phy = {.signaling = MIPI_CPHY, .cphy = mipi_cphy_desc_default()};
    phy.cphy.trios = 1;
    mipi_packet_t p = {.bytes = fs, .count = 4, .start_ps = 1000000, .phy = &phy};
    p.end_ps = p.start_ps + mipi_phy_packet(&phy, MIPI_OWN_BURST, 4).end_ps;
    FILE *stream = fmemopen(text, sizeof(text), "w");
    mipi_wave_t wave;
    mipi_wave_begin(&wave, stream, 1, 0, 9);
    mipi_wave_packet(&wave, &p);
    ck_assert(mipi_wave_end(&wave));
    fclose(stream);
    const struct {
        char signal; /* J K L: a b c; M: hs; N: word; O: symbol */
        uint64_t ns;
        long value;
    } known[] = {
        {'J', 1000, 0}, {'K', 1000, 0}, {'L', 1000, 1},  {'L', 1050, 0}, {'M', 1099, 0},
        {'M', 1100, 1}, {'O', 1100, 3}, {'O', 1204, 3},  {'O', 1205, 3}, {'O', 1206, 4},
        {'O', 1210, 4}, {'O', 1211, 3}, {'O', 1212, 0},  {'N', 1212, 0}, {'N', 1219, 1},
        {'O', 1219, 1}, {'O', 1220, 0}, {'O', 1233, 3},  {'O', 1234, 4}, {'N', 1240, 0},
        {'N', 1247, 1}, {'O', 1247, 1}, {'O', 1261, 4},  {'M', 1288, 1}, {'M', 1289, 0},
        {'J', 1289, 1}, {'L', 1289, 1}, {'O', 1289, -1}, {'A', 1388, 0}, {'A', 1389, -1},
    };
    for (size_t i = 0; i < SIM_COUNT(known); i++)
        ck_assert_msg(value_at(known[i].signal, known[i].ns * 1000) == known[i].value,
                      "%c at %u ns: %ld, expected %ld", known[i].signal, (unsigned)known[i].ns,
                      value_at(known[i].signal, known[i].ns * 1000), known[i].value);
}
END_TEST

/* Times never go back, and in the middle of each byte time there stands its byte. */
START_TEST(a_dump_of_skewed_packets_in_one_burst_is_in_order_and_complete)
{
    mipi_phy_t phy = link_of(2);
    uint8_t bytes[3][9];
    phy.lrte.on = phy.lrte.only_spacers = true;
    phy.lrte.after_long = 1;
    phy.dphy.skew_ui[1] = 100;
    for (uint32_t i = 0; i < 27; i++)
        bytes[i / 9][i % 9] = (uint8_t)(37 * i + 5);
    mipi_packet_t p[3] = {packet_of(&phy, bytes[0], 9, 1000)};
    p[1] = join(&p[0], bytes[1], 9, MIPI_AFTER_LONG);
    p[2] = join(&p[1], bytes[2], 9, MIPI_AFTER_LONG);
    FILE *stream = fmemopen(text, sizeof(text), "w");
    mipi_wave_t wave;
    mipi_wave_begin(&wave, stream, 2, 0, 9);
    for (uint32_t i = 0; i < 3; i++)
        mipi_wave_packet(&wave, &p[i]);
    ck_assert(mipi_wave_end(&wave));
    fclose(stream);
    unsigned long long last = 0;
    for (const char *at = strstr(text, "\n#"); at != NULL; at = strstr(at + 1, "\n#")) {
        unsigned long long now = strtoull(at + 2, NULL, 10);
        ck_assert_uint_gt(now, last);
        last = now;
    }
    for (uint32_t i = 0; i < 3; i++)
        for (uint32_t k = 0; k < 9; k++) {
            uint64_t ps = p[i].first_byte_ps + (k / 2) * 8000 + 4000 + k % 2 * 100000;
            ck_assert_int_eq(value_at(k % 2 == 0 ? 'N' : 'U', ps), bytes[i][k]);
            ck_assert_int_eq(value_at('A', p[i].start_ps + 4000), (long)p[i].number);
        }
    ck_assert_int_eq(value_at('M', p[2].last_byte_ps + 63000), 1); /* trail: 64 ns */
    ck_assert_int_eq(value_at('M', p[2].last_byte_ps + 64000), 0);
    ck_assert_int_eq(value_at('T', p[2].last_byte_ps + 163000 - 8000), 1); /* a byte less, late */
    ck_assert_int_eq(value_at('T', p[2].last_byte_ps + 164000 - 8000), 0);
}
END_TEST

START_TEST(only_packets_of_the_range_are_dumped)
{
    mipi_phy_t phy = link_of(1);
    FILE *stream = fmemopen(text, sizeof(text), "w");
    mipi_wave_t wave;
    mipi_wave_begin(&wave, stream, 1, 3, 4);
    for (uint32_t n = 0; n < 8; n++) {
        mipi_packet_t p = packet_of(&phy, fs, 4, 1000 * (n + 1));
        p.number = n;
        mipi_wave_packet(&wave, &p);
    }
    ck_assert(mipi_wave_end(&wave));
    fclose(stream);
    ck_assert_ptr_null(strstr(text, "#3"));
    ck_assert_ptr_nonnull(strstr(text, "#4000000\n"));
    ck_assert_ptr_nonnull(strstr(text, "#5409000\n"));
    ck_assert_ptr_null(strstr(text, "#6"));
}
END_TEST

TEST_MAIN("mipi waves", a_late_lane_begins_and_ends_later, packets_of_a_burst_stand_behind_spacers,
          hs_idle_is_rows_of_nothing_and_a_new_sync_byte, a_calibration_is_a_burst_without_sync,
          what_is_wrong_with_lanes_is_seen, lanes_are_scrambled_each_with_its_seed,
          skewed_and_scrambled_lanes_come_back_as_the_packet,
          what_is_written_of_any_link_is_read_back, a_dump_of_a_short_packet_on_one_lane,
          a_dump_of_a_short_packet_on_one_trio,
          a_dump_of_skewed_packets_in_one_burst_is_in_order_and_complete,
          only_packets_of_the_range_are_dumped)
