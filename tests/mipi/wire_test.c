/*
 * Lanes against a naive model: every bit is sent one by one, times are sums of nanoseconds and
 * bits kept as fractions, the scrambler is sixteen flip-flops. It shares no code with mipi/ but the
 * description of the link.
 */
#include "mipi/wire.h"

#include <string.h>

#include "mipi/scramble.h"
#include "tests/test.h"

enum { MAX_BYTES = 400, MAX_EVENTS = 3 * MAX_BYTES, MAX_BITS = 8 * MAX_EVENTS };

/* ---- the naive lane ---- */

typedef struct {
    mipi_line_t line;
    uint64_t ps;
    uint8_t byte;
} event_t;

typedef struct {
    uint64_t rate;
    sim_u128_t now; /* ps times rate */
    event_t event[MAX_EVENTS];
    uint32_t events;
    bool flop[16]; /* of the scrambler */
    bool scrambles, last_bit;
} naive_t;

static void wait_ns(naive_t *n, uint64_t ns)
{
    n->now += (sim_u128_t)ns * 1000 * n->rate;
}

static void wait_bit(naive_t *n)
{
    n->now += 1000000000000u;
}

static void wait_time(naive_t *n, mipi_dphy_time_t time)
{
    wait_ns(n, time.ns);
    for (uint32_t i = 0; i < time.ui; i++)
        wait_bit(n);
}

static void note(naive_t *n, mipi_line_t line, uint8_t byte)
{
    n->event[n->events++] = (event_t){line, (uint64_t)(n->now / n->rate), byte};
}

static void seed(naive_t *n, uint16_t value)
{
    for (int i = 0; i < 16; i++)
        n->flop[i] = (value >> i & 1) != 0;
}

/* The bit that leaves, and a clock for the flip-flops: feedback into 0, 3, 4, 5. */
static bool scrambler_bit(naive_t *n)
{
    bool out = n->flop[15];
    for (int i = 15; i > 0; i--)
        n->flop[i] = n->flop[i - 1] != ((i == 3 || i == 4 || i == 5) && out);
    n->flop[0] = out;
    return out;
}

static void send_byte(naive_t *n, mipi_line_t line, uint8_t byte, bool scramble)
{
    bool bit[8];
    uint8_t sent = 0;
    for (int i = 0; i < 8; i++) {
        bit[i] = (byte >> i & 1) != 0;
        if (scramble && n->scrambles)
            bit[i] = bit[i] != scrambler_bit(n);
        sent = (uint8_t)(sent | (bit[i] ? 1 << i : 0));
    }
    note(n, line, sent);
    for (int i = 0; i < 8; i++) {
        n->last_bit = bit[i];
        wait_bit(n);
    }
}

static void send_zeros_and_ones(naive_t *n, uint32_t bits)
{
    note(n, MIPI_HS_0101, 0xaa);
    for (uint32_t i = 0; i < bits; i++) {
        n->last_bit = i % 2 != 0;
        wait_bit(n);
    }
}

static void start_high_speed(naive_t *n, const mipi_dphy_desc_t *d)
{
    if (d->gated_clock) {
        wait_time(n, d->lpx);
        wait_time(n, d->clk_prepare);
        wait_time(n, d->clk_zero);
        wait_time(n, d->clk_pre);
    }
    note(n, MIPI_LP01, 0);
    wait_time(n, d->lpx);
    note(n, MIPI_LP00, 0);
    wait_time(n, d->hs_prepare);
    note(n, MIPI_HS0, 0);
    wait_time(n, d->hs_zero);
}

static void stop_high_speed(naive_t *n, const mipi_dphy_desc_t *d)
{
    note(n, MIPI_HS_TRAIL, n->last_bit ? 0x00 : 0xff);
    wait_time(n, d->hs_trail);
    note(n, MIPI_LP11, 0);
}

static void begin_at(naive_t *n, uint64_t ps, const mipi_dphy_desc_t *d, uint32_t lane)
{
    n->now = (sim_u128_t)ps * n->rate;
    for (uint32_t i = 0; i < d->skew_ui[lane]; i++)
        wait_bit(n);
}

/* Everything that lane `lane` does for the packet. */
static void naive_lane(naive_t *n, const mipi_packet_t *p, uint32_t lane)
{
    const mipi_phy_t *phy = p->phy;
    const mipi_dphy_desc_t *d = &phy->dphy;
    uint32_t mine = 0, rows = 0;
    for (uint32_t k = 0; k < p->count; k++) {
        mine += k % d->lanes == lane;
        rows += k % d->lanes == 0;
    }
    n->events = 0;
    n->rate = d->bit_rate_bps;
    n->scrambles = phy->scramble.on;
    if (p->deskew_ui != 0) {
        begin_at(n, p->start_ps - p->deskew_ps, d, lane);
        start_high_speed(n, d);
        note(n, MIPI_HS_ONES, 0);
        for (int i = 0; i < 16; i++)
            wait_bit(n);
        send_zeros_and_ones(n, p->deskew_ui);
        stop_high_speed(n, d);
    }
    if (mine == 0 && p->join == MIPI_OWN_BURST && !p->more)
        return;
    begin_at(n, p->start_ps, d, lane);
    if (p->join == MIPI_OWN_BURST) {
        start_high_speed(n, d);
        send_byte(n, MIPI_HS_SYNC, 0xb8, false);
        seed(n, phy->scramble.seed[lane]);
    } else {
        uint32_t spacers =
            p->join == MIPI_AFTER_SHORT ? phy->lrte.after_short : phy->lrte.after_long;
        for (uint32_t i = 0; i < spacers; i++)
            send_byte(n, MIPI_HS_SPACER, 0xff, true);
        if (!phy->lrte.only_spacers) {
            note(n, MIPI_HS_IDLE, 0);
            wait_time(n, (mipi_dphy_time_t){60, 16});
            send_byte(n, MIPI_HS_SYNC, 0xb8, false);
            seed(n, phy->scramble.seed[lane]);
        }
    }
    for (uint32_t k = lane; k < p->count; k += d->lanes)
        send_byte(n, MIPI_HS_BYTE, p->bytes[k], true);
    if (!p->more)
        stop_high_speed(n, d);
    else if (mine < rows)
        send_byte(n, MIPI_HS_SPACER, 0xff, true);
}

/* ---- random links and packets ---- */

static uint32_t random_below(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

static mipi_dphy_time_t random_time(uint64_t *r, uint32_t ns, uint32_t ui)
{
    return (mipi_dphy_time_t){ns + random_below(r, 50), ui + random_below(r, 20)};
}

static mipi_phy_t random_phy(uint64_t *r)
{
    mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
    mipi_dphy_desc_t *d = &phy.dphy;
    d->bit_rate_bps = 80000000 + random_below(r, 2000000000) + random_below(r, 420000000);
    d->lanes = 1 + random_below(r, 4);
    d->gated_clock = random_below(r, 2) != 0;
    d->lpx = random_time(r, 50, 0);
    d->hs_prepare = random_time(r, 40, 4);
    d->hs_zero = random_time(r, 105, 6);
    d->hs_trail = random_time(r, 60, 8); /* never below 8 UI */
    d->hs_exit = random_time(r, 100, 0);
    d->clk_prepare = random_time(r, 38, 0);
    d->clk_zero = random_time(r, 262, 0);
    d->clk_pre = random_time(r, 0, 8);
    d->clk_post = random_time(r, 60, 52);
    d->clk_trail = random_time(r, 60, 0);
    for (uint32_t lane = 0; lane < 4; lane++)
        d->skew_ui[lane] = random_below(r, 2) * random_below(r, 256);
    phy.lrte.on = random_below(r, 2) != 0;
    phy.lrte.only_spacers = random_below(r, 2) != 0;
    phy.lrte.after_short = random_below(r, 4);
    phy.lrte.after_long = random_below(r, 4);
    phy.scramble.on = random_below(r, 2) != 0;
    for (uint32_t lane = 0; lane < 4; lane++)
        phy.scramble.seed[lane] = (uint16_t)(1 + random_below(r, 65535));
    return phy;
}

static void compare(const naive_t *n, mipi_walk_t *walk, uint32_t round)
{
    mipi_edge_t edge;
    for (uint32_t i = 0; i < n->events; i++) {
        const event_t *e = &n->event[i];
        ck_assert_msg(mipi_walk_next(walk, &edge), "round %u: %u edges, expected %u", round, i,
                      n->events);
        ck_assert_msg(edge.line == e->line && edge.at_ps == e->ps && edge.value == e->byte,
                      "round %u, edge %u: %s %02x at %llu ps, expected %s %02x at %llu", round, i,
                      mipi_line_name(edge.line), edge.value, (unsigned long long)edge.at_ps,
                      mipi_line_name(e->line), e->byte, (unsigned long long)e->ps);
    }
    ck_assert(!mipi_walk_next(walk, &edge));
}

static bool near(uint64_t a, uint64_t b)
{
    return a <= b + 1 && b <= a + 1;
}

/* A packet's first, last and end against the bits of lane 0, without its skew. */
static void compare_span(const mipi_packet_t *p, naive_t *n)
{
    mipi_span_t span = mipi_phy_packet(p->phy, (mipi_join_t)p->join, p->count);
    uint64_t first_ps = 0;
    for (uint32_t i = n->events; i-- > 0;)
        if (n->event[i].line == MIPI_HS_BYTE)
            first_ps = n->event[i].ps;
    ck_assert(near(p->start_ps + span.first_byte_ps, first_ps));
    if (p->more) {
        ck_assert(near(p->start_ps + span.last_byte_ps, (uint64_t)(n->now / n->rate)));
        return;
    }
    ck_assert_uint_eq(n->event[n->events - 1].line, MIPI_LP11);
    ck_assert(near(p->start_ps + span.last_byte_ps, n->event[n->events - 2].ps));
    if (p->phy->dphy.gated_clock) {
        wait_time(n, p->phy->dphy.clk_post);
        wait_time(n, p->phy->dphy.clk_trail);
    }
    wait_time(n, p->phy->dphy.hs_exit);
    ck_assert(near(p->start_ps + span.end_ps, (uint64_t)(n->now / n->rate)));
}

START_TEST(every_edge_of_every_lane_is_where_the_bits_put_it)
{
    static uint8_t bytes[MAX_BYTES];
    static naive_t naive, flat;
    uint64_t r = 6;
    for (uint32_t round = 0; round < 3000; round++) {
        mipi_phy_t phy = random_phy(&r), unskewed;
        mipi_packet_t p = {.bytes = bytes, .phy = &phy};
        p.count = 4 + random_below(&r, random_below(&r, 8) == 0 ? MAX_BYTES - 4 : 24);
        p.start_ps = 1000000000 + random_below(&r, 1000000000);
        p.join = phy.lrte.on ? random_below(&r, 3) : MIPI_OWN_BURST;
        p.more = phy.lrte.on && random_below(&r, 2) != 0;
        if (p.join == MIPI_OWN_BURST && random_below(&r, 4) == 0) {
            p.deskew_ui = 8 * (1 + random_below(&r, 64));
            p.deskew_ps = mipi_dphy_deskew_ps(&phy.dphy, p.deskew_ui);
        }
        for (uint32_t i = 0; i < p.count; i++)
            bytes[i] = (uint8_t)random_below(&r, 256);
        for (uint32_t lane = 0; lane < phy.dphy.lanes; lane++) {
            mipi_walk_t walk;
            uint16_t lfsr = (uint16_t)random_below(&r, 65536);
            seed(&naive, lfsr);
            naive_lane(&naive, &p, lane);
            mipi_walk_begin(&walk, &p, lane, lfsr);
            compare(&naive, &walk, round);
        }
        unskewed = phy;
        unskewed.dphy.skew_ui[0] = 0;
        p.phy = &unskewed;
        naive_lane(&flat, &p, 0);
        compare_span(&p, &flat);
    }
}
END_TEST

START_TEST(a_calibration_ends_where_its_packet_begins)
{
    static naive_t naive;
    uint64_t r = 7;
    for (uint32_t round = 0; round < 200; round++) {
        mipi_phy_t phy = random_phy(&r);
        const uint8_t bytes[4] = {0};
        memset(phy.dphy.skew_ui, 0, sizeof(phy.dphy.skew_ui));
        mipi_packet_t p = {.bytes = bytes, .count = 4, .phy = &phy, .start_ps = 1000000000};
        p.deskew_ui = 1024;
        p.deskew_ps = mipi_dphy_deskew_ps(&phy.dphy, 1024);
        naive_lane(&naive, &p, 0);
        uint32_t over = 0;
        while (naive.event[over].line != MIPI_LP11)
            over++;
        naive.now = (sim_u128_t)naive.event[over].ps * naive.rate;
        if (phy.dphy.gated_clock) {
            wait_time(&naive, phy.dphy.clk_post);
            wait_time(&naive, phy.dphy.clk_trail);
        }
        wait_time(&naive, phy.dphy.hs_exit);
        uint64_t end_ps = (uint64_t)(naive.now / naive.rate);
        ck_assert(end_ps <= p.start_ps && p.start_ps - end_ps <= 2);
    }
}
END_TEST

/* ---- by hand ---- */

static void expect_edge(mipi_walk_t *walk, mipi_line_t line, uint64_t ns, uint8_t byte)
{
    mipi_edge_t edge;
    ck_assert(mipi_walk_next(walk, &edge));
    ck_assert_str_eq(mipi_line_name(edge.line), mipi_line_name(line));
    ck_assert_uint_eq(edge.at_ps, ns * 1000);
    ck_assert_uint_eq(edge.value, byte);
}

/* 1 Gb/s; FS 1 on two lanes, the second one byte time and a half late. */
START_TEST(a_frame_start_on_two_lanes_state_by_state)
{
    const uint8_t fs[] = {0x00, 0x01, 0x00, 0x1a};
    mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
    phy.dphy.bit_rate_bps = 1000000000;
    phy.dphy.skew_ui[1] = 12;
    mipi_packet_t p = {.bytes = fs, .count = 4, .start_ps = 1000000, .phy = &phy};
    mipi_walk_t walk;
    mipi_edge_t edge;
    for (uint32_t lane = 0; lane < 2; lane++) {
        uint64_t late = lane * 12;
        mipi_walk_begin(&walk, &p, lane, 0);
        expect_edge(&walk, MIPI_LP01, 1000 + late, 0);
        expect_edge(&walk, MIPI_LP00, 1050 + late, 0);
        expect_edge(&walk, MIPI_HS0, 1094 + late, 0);
        expect_edge(&walk, MIPI_HS_SYNC, 1205 + late, 0xb8);
        expect_edge(&walk, MIPI_HS_BYTE, 1213 + late, fs[lane]);
        expect_edge(&walk, MIPI_HS_BYTE, 1221 + late, fs[2 + lane]);
        expect_edge(&walk, MIPI_HS_TRAIL, 1229 + late, 0xff);
        expect_edge(&walk, MIPI_LP11, 1293 + late, 0);
        ck_assert(!mipi_walk_next(&walk, &edge));
    }
    mipi_walk_begin(&walk, &p, MIPI_CLOCK_LANE, 0);
    ck_assert(!mipi_walk_next(&walk, &edge));
}
END_TEST

START_TEST(a_gated_clock_lane_state_by_state)
{
    const uint8_t fs[] = {0x00, 0x01, 0x00, 0x1a};
    mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
    phy.dphy.bit_rate_bps = 1000000000;
    phy.dphy.gated_clock = true;
    mipi_packet_t p = {.bytes = fs, .count = 4, .start_ps = 0, .phy = &phy};
    mipi_walk_t walk;
    mipi_edge_t edge;
    mipi_walk_begin(&walk, &p, MIPI_CLOCK_LANE, 0);
    expect_edge(&walk, MIPI_LP01, 0, 0);
    expect_edge(&walk, MIPI_LP00, 50, 0);
    expect_edge(&walk, MIPI_HS0, 88, 0);
    expect_edge(&walk, MIPI_HS_CLOCK, 350, 0);
    /* pre 8, data lanes' way 213, 2 byte times, trail 64, post 112 */
    expect_edge(&walk, MIPI_HS_TRAIL, 350 + 8 + 213 + 16 + 64 + 112, 0);
    expect_edge(&walk, MIPI_LP11, 823, 0);
    ck_assert(!mipi_walk_next(&walk, &edge));
    ck_assert_uint_eq(mipi_phy_packet(&phy, MIPI_OWN_BURST, 4).end_ps, 923000);
}
END_TEST

/* ---- scrambling ---- */

/* PCI Express Base Specification 2.1, appendix C: 00 scrambled from seed FFFF. */
START_TEST(the_sequence_from_ffff_is_the_published_table)
{
    const uint8_t table[] = {0xff, 0x17, 0xc0, 0x14, 0xb2, 0xe7, 0x02, 0x82,
                             0x72, 0x6e, 0x28, 0xa6, 0xbe, 0x6d, 0xbf, 0x8d};
    uint16_t lfsr = 0xffff;
    for (uint32_t i = 0; i < sizeof(table); i++)
        ck_assert_uint_eq(mipi_scramble_next(&lfsr), table[i]);
}
END_TEST

START_TEST(scrambling_twice_gives_the_bytes_back_in_any_pieces)
{
    uint8_t bytes[300], sent[300];
    uint16_t one = 0x1008, two = 0x1008;
    for (uint32_t i = 0; i < 300; i++)
        bytes[i] = sent[i] = (uint8_t)(i * i);
    mipi_scramble(&one, sent, 300);
    ck_assert_mem_ne(sent, bytes, 300);
    for (uint32_t at = 0, n = 1; at < 300; at += n, n = 1 + at % 7)
        mipi_scramble(&two, sent + at, at + n > 300 ? 300 - at : n);
    ck_assert_mem_eq(sent, bytes, 300);
}
END_TEST

/* Seed 1008 = 0001_0000_0000_1000: three zeros leave, then the one; from there the taps count. By
 * hand: after 3 shifts 8040; out 1: 0080 ^ 39 = 00b9; 4 zeros leave: 0b90; again 4, then from b900
 * a one: 7239, e472, c8dd (a one), 9183 (a one). */
START_TEST(the_first_byte_from_lane_0s_seed_by_hand)
{
    uint16_t lfsr = 0x1008;
    ck_assert_uint_eq(mipi_scramble_next(&lfsr), 0x08); /* bit 3 */
    ck_assert_uint_eq(lfsr, 0x00b9 << 4);
    ck_assert_uint_eq(mipi_scramble_next(&lfsr), 0xd0); /* 0x0b90: bits 4, 6, 7 */
}
END_TEST

TEST_MAIN("mipi wire", every_edge_of_every_lane_is_where_the_bits_put_it,
          a_calibration_ends_where_its_packet_begins, a_frame_start_on_two_lanes_state_by_state,
          a_gated_clock_lane_state_by_state, the_sequence_from_ffff_is_the_published_table,
          scrambling_twice_gives_the_bytes_back_in_any_pieces,
          the_first_byte_from_lane_0s_seed_by_hand)
