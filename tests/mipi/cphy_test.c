/*
 * C-PHY: words and symbols, headers, packets there and back, times against a naive model that sends
 * symbol by symbol.
 */
#include "mipi/cphy.h"

#include <string.h>

#include "mipi/lane_trace.h"
#include "mipi/phy.h"
#include "mipi/wire.h"
#include "tests/test.h"

static uint32_t random_below(uint64_t *state, uint32_t below)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % below;
}

static const uint8_t fs[] = {0x00, 0x01, 0x00, 0x1a};
static char error[200];

/* ---- words ---- */

START_TEST(every_word_has_symbols_of_its_own)
{
    for (uint32_t word = 0; word < 65536; word++) {
        uint8_t symbols[7];
        uint16_t back = 0;
        uint32_t flips = 0, wrong = 0;
        mipi_cphy_encode((uint16_t)word, symbols);
        for (uint32_t n = 0; n < 7; n++) {
            wrong += symbols[n] > 4;
            flips += symbols[n] == 4;
        }
        bool is_word = mipi_cphy_decode(symbols, &back);
        if (wrong != 0 || flips > 2 || !is_word || back != word) /* 65,536 asserts are slow */
            ck_abort_msg("word %04x: %u flips, back %04x", word, flips, back);
    }
}
END_TEST

START_TEST(of_all_symbol_sequences_65536_are_words)
{
    uint32_t words = 0;
    for (uint32_t all = 0; all < 78125; all++) {
        uint8_t symbols[7], again[7];
        uint16_t word;
        for (uint32_t n = 0, rest = all; n < 7; n++, rest /= 5)
            symbols[n] = (uint8_t)(rest % 5);
        if (!mipi_cphy_decode(symbols, &word))
            continue;
        words++;
        mipi_cphy_encode(word, again);
        if (memcmp(again, symbols, 7) != 0)
            ck_abort_msg("word %04x has two forms", word);
    }
    ck_assert_uint_eq(words, 65536);
    ck_assert(!mipi_cphy_decode((const uint8_t[]){0, 1, 2, 3, 5, 0, 0}, &(uint16_t){0}));
}
END_TEST

START_TEST(words_by_hand)
{
    const struct {
        uint16_t word;
        const char *symbols; /* the first on the wire first */
    } known[] = {
        {0x0000, "0000000"}, {0x3fff, "3333333"}, /* no flip: 14 bits */
        {0x1b1b, "3210321"},                      /* 01 10 11 00 01 10 11 from the top */
        {0x4000, "4000000"}, {0x5000, "0400000"}, /* one flip, its symbol is the top 4 less 4 */
        {0xafff, "3333334"}, {0xb000, "4400000"}, /* symbols 0 and 1 */
        {0xffff, "3333434"},                      /* symbols 4 and 6 */
        {0xc400, "4000004"}, {0xc800, "0440000"}, /* pairs 5 and 6 of the list */
    };
    for (size_t i = 0; i < SIM_COUNT(known); i++) {
        uint8_t symbols[7];
        mipi_cphy_encode(known[i].word, symbols);
        for (uint32_t n = 0; n < 7; n++)
            ck_assert_msg(symbols[n] == known[i].symbols[n] - '0', "%04x symbol %u: %u, not %c",
                          known[i].word, n, symbols[n], known[i].symbols[n]);
    }
}
END_TEST

/* The published list of pairs, each by its own word: symbols of data are 0. */
START_TEST(words_with_two_flips_are_in_the_order_of_the_list)
{
    static const char pairs[20][3] = {"01", "02", "03", "04", "05", "06", "12", "13", "14", "15",
                                      "16", "23", "24", "25", "26", "34", "35", "36", "45", "46"};
    for (uint32_t i = 0; i < SIM_COUNT(pairs); i++) {
        char expected[] = "0000000", found[] = "0000000";
        uint8_t symbols[7];
        expected[pairs[i][0] - '0'] = expected[pairs[i][1] - '0'] = '4';
        mipi_cphy_encode((uint16_t)((0x2c + i) << 10), symbols);
        for (uint32_t n = 0; n < 7; n++)
            found[n] = (char)('0' + symbols[n]);
        ck_assert_str_eq(found, expected);
    }
}
END_TEST

/* ---- packets ---- */

/* The CRC of J and L1, one bit after the other. */
static uint16_t slow_crc(const uint8_t *bytes, uint32_t count)
{
    uint16_t crc = 0xffff;
    for (uint32_t i = 0; i < 8 * count; i++) {
        bool one = ((crc ^ bytes[i / 8] >> i % 8) & 1) != 0;
        crc = (uint16_t)(crc >> 1 ^ (one ? 0x8408 : 0));
    }
    return crc;
}

START_TEST(a_header_is_vcx_and_di_then_wc_then_their_crc)
{
    uint8_t packet[4];
    uint16_t words[3];
    mipi_header_encode(&(mipi_header_t){.vc = 14, .dt = 0x2b, .word = 5070}, packet);
    mipi_cphy_header(packet, words);
    ck_assert_uint_eq(words[0], 0x03ab); /* VCX 3, VC 2 */
    ck_assert_uint_eq(words[1], 0x13ce);
    ck_assert_uint_eq(words[2], slow_crc((const uint8_t[]){0xab, 0x03, 0xce, 0x13}, 4));
}
END_TEST

START_TEST(the_filler_is_what_csi_2_says)
{
    for (uint32_t n = 1; n <= 3; n++)
        for (uint32_t wc = 0; wc < 200; wc++) {
            uint32_t odd = wc % 2, filler = odd + 2 * ((n - (wc + 2 + odd) / 2 % n) % n);
            ck_assert_uint_eq(2 * n * mipi_cphy_payload_words(n, wc + 6), wc + 2 + filler);
        }
    ck_assert_uint_eq(mipi_cphy_payload_words(2, 4), 0);
}
END_TEST

/* Symbols of a packet on trios, with `before` preamble symbols. */
typedef struct {
    uint8_t symbol[3][4000];
    uint32_t count[3];
    const uint8_t *at[3];
} air_t;

static air_t air;

static void send(const uint8_t *packet, uint32_t bytes, uint32_t trios, uint32_t before)
{
    for (uint32_t trio = 0; trio < trios; trio++) {
        memset(air.symbol[trio], 3, before);
        air.count[trio] =
            before + mipi_cphy_send(packet, bytes, trios, trio, air.symbol[trio] + before);
        air.at[trio] = air.symbol[trio];
    }
}

static mipi_cphy_result_t receive(uint32_t trios, uint8_t *out, uint32_t *bytes)
{
    return mipi_cphy_receive(air.at, air.count, trios, out, bytes);
}

static uint8_t got[MIPI_MAX_PACKET_BYTES];

START_TEST(packets_of_any_length_come_back_from_any_number_of_trios)
{
    uint8_t payload[300], packet[306];
    for (uint32_t i = 0; i < sizeof(payload); i++)
        payload[i] = (uint8_t)(i * 7 + i / 11);
    for (uint32_t trios = 1; trios <= 3; trios++)
        for (uint32_t n = 0; n < 300; n += 1 + n / 40) {
            uint32_t back,
                count = (uint32_t)(n == 0 ? mipi_short_packet(packet, 9, MIPI_DT_FE, 77)
                                          : mipi_long_packet(packet, n % 16, MIPI_DT_RAW10, payload,
                                                             (uint16_t)(n - 1)));
            send(packet, count, trios, n % 40);
            ck_assert_uint_eq(air.count[0] - n % 40,
                              7 * (8 + mipi_cphy_payload_words(trios, count)));
            ck_assert_int_eq(receive(trios, got, &back), MIPI_CPHY_FINE);
            ck_assert_uint_eq(back, count);
            ck_assert_mem_eq(got, packet, count);
        }
}
END_TEST

START_TEST(one_copy_of_the_header_is_enough)
{
    uint8_t packet[106], payload[100] = {1, 2, 3};
    uint32_t back, count = (uint32_t)mipi_long_packet(packet, 0, MIPI_DT_RAW8, payload, 100);
    for (uint32_t at = 7; at < 28; at++) { /* the first copy on trio 0 */
        send(packet, count, 2, 0);
        air.symbol[0][at] = (uint8_t)((air.symbol[0][at] + 1) % 5);
        ck_assert_int_eq(receive(2, got, &back), MIPI_CPHY_ONE_HEADER);
        ck_assert_uint_eq(back, count);
        ck_assert_mem_eq(got, packet, count);
    }
    for (uint32_t copy = 0; copy < 2; copy++)
        for (uint32_t trio = 0; trio < 2; trio++)
            air.symbol[trio][7 + 28 * copy] = 5;
    ck_assert_int_eq(receive(2, got, &back), MIPI_CPHY_NO_HEADER);
    ck_assert_uint_eq(back, 0);
}
END_TEST

START_TEST(what_is_missing_is_told)
{
    uint8_t packet[106], payload[100] = {1, 2, 3};
    uint32_t back, count = (uint32_t)mipi_long_packet(packet, 0, MIPI_DT_RAW8, payload, 100);
    send(packet, count, 2, 21);
    memset(air.symbol[1], 3, 28);
    ck_assert_int_eq(receive(2, got, &back), MIPI_CPHY_SHORT); /* its second sync word counts */
    send(packet, count, 2, 21);
    memset(air.symbol[1], 3, air.count[1]);
    ck_assert_int_eq(receive(2, got, &back), MIPI_CPHY_NO_SYNC);
    send(packet, count, 2, 21);
    air.count[0]--;
    ck_assert_int_eq(receive(2, got, &back), MIPI_CPHY_SHORT);
    ck_assert_uint_eq(back, 0);
    send(packet, count, 2, 0);
    memset(air.symbol[0] + 56, 4, 7); /* 7 flips */
    ck_assert_int_eq(receive(2, got, &back), MIPI_CPHY_SYMBOLS);
    ck_assert_uint_eq(back, count);
    ck_assert_uint_eq(got[4] | got[5], 0);
    ck_assert_mem_eq(got + 6, packet + 6, 2);
}
END_TEST

/* Good bursts with symbols changed, taken out and cut: what is called fine is the packet. */
START_TEST(no_damage_is_taken_for_a_packet_or_leads_astray)
{
    uint8_t packet[66], payload[60];
    uint64_t r = 3;
    uint32_t kept = 0;
    for (uint32_t round = 0; round < 20000; round++) {
        uint32_t trios = 1 + random_below(&r, 3), bytes = random_below(&r, 60), back;
        for (uint32_t i = 0; i < bytes; i++)
            payload[i] = (uint8_t)random_below(&r, 256);
        uint32_t count =
            (uint32_t)mipi_long_packet(packet, 3, MIPI_DT_RAW8, payload, (uint16_t)bytes);
        send(packet, count, trios, random_below(&r, 30));
        for (uint32_t n = random_below(&r, 4); n > 0; n--) {
            uint32_t trio = random_below(&r, trios), at = random_below(&r, air.count[trio]);
            air.symbol[trio][at] = (uint8_t)random_below(&r, 7);
            if (random_below(&r, 4) == 0)
                air.count[trio] = at;
            if (air.count[trio] == 0)
                break;
        }
        mipi_cphy_result_t result = receive(trios, got, &back);
        ck_assert(back == 0 || back == count);
        ck_assert(back != 0 || result == MIPI_CPHY_NO_SYNC || result == MIPI_CPHY_NO_HEADER ||
                  result == MIPI_CPHY_SHORT);
        if (back == 0)
            continue;
        ck_assert_mem_eq(got, packet, 4);
        kept +=
            mipi_crc16(MIPI_CRC_START, got + 4, bytes) == (got[4 + bytes] | got[5 + bytes] << 8);
    }
    ck_assert_uint_gt(kept, 5000);
    const uint8_t *const nothing[3] = {got, got, got};
    ck_assert_int_eq(mipi_cphy_receive(nothing, (const uint32_t[3]){0, 0, 0}, 3, got, &kept),
                     MIPI_CPHY_NO_SYNC);
}
END_TEST

/* ---- times ---- */

static mipi_phy_t link_of(uint32_t trios)
{
    mipi_phy_t phy = {
        .signaling = MIPI_CPHY, .dphy = mipi_dphy_desc_default(), .cphy = mipi_cphy_desc_default()};
    phy.cphy.trios = trios;
    phy.cphy.symbol_rate_hz = 1000000000;
    return phy;
}

START_TEST(what_packets_cost_at_a_nanosecond_a_symbol)
{
    mipi_phy_t phy = link_of(2);
    /* 50 + 50 ns, 98 + 7 + 7 UI; 7 words; post 28 UI, exit 100 ns */
    mipi_span_t span = mipi_phy_packet(&phy, MIPI_OWN_BURST, 4);
    ck_assert_uint_eq(span.first_byte_ps, 212000);
    ck_assert_uint_eq(span.last_byte_ps, 261000);
    ck_assert_uint_eq(span.end_ps, 389000);
    /* 2535 + 2 bytes on 2 trios: 635 words */
    span = mipi_phy_packet(&phy, MIPI_OWN_BURST, 2541);
    ck_assert_uint_eq(span.last_byte_ps, 261000 + 635 * 7000);
    phy.lrte.on = true;
    phy.lrte.after_short = 2;
    ck_assert_uint_eq(mipi_phy_packet(&phy, MIPI_AFTER_SHORT, 4).first_byte_ps, 21000);
    ck_assert_uint_eq(mipi_phy_packet(&phy, MIPI_AFTER_LONG, 4).first_byte_ps, 7000);
    ck_assert_uint_eq(mipi_phy_lane_bps(&phy), UINT64_C(2285714285));
}
END_TEST

START_TEST(parameters_out_of_their_limits_are_named)
{
    mipi_cphy_desc_t good = link_of(3).cphy, d = good;
    ck_assert_ptr_null(mipi_cphy_check(&d, error, sizeof(error)));
    d.trios = 4;
    ck_assert_str_eq(mipi_cphy_check(&d, error, sizeof(error)), "trios: 4 not in 1..3");
    d = good;
    d.prebegin_ui = 20;
    ck_assert_str_eq(mipi_cphy_check(&d, error, sizeof(error)),
                     "prebegin_ui: 20 not in 7..448 in words of 7");
    d = good;
    d.post_ui = 231;
    ck_assert_str_eq(mipi_cphy_check(&d, error, sizeof(error)),
                     "post_ui: 231 not in 7..224 in words of 7");
    d = good;
    d.prepare = (mipi_dphy_time_t){95, 1};
    ck_assert_str_eq(mipi_cphy_check(&d, error, sizeof(error)),
                     "prepare: 95 ns + 1 UI above 95 ns");
    d = good;
    d.lpx = (mipi_dphy_time_t){0, 49};
    ck_assert_str_eq(mipi_cphy_check(&d, error, sizeof(error)), "lpx: 0 ns + 49 UI below 50 ns");
    d = good;
    d.prog_symbol[13] = 5;
    ck_assert_ptr_null(mipi_cphy_check(&d, error, sizeof(error)));
    d.prog_seq = true;
    ck_assert_str_eq(mipi_cphy_check(&d, error, sizeof(error)), "prog_symbol[13]: 5 not in 0..4");
}
END_TEST

/* ---- registers ---- */

static void put(mipi_phy_regs_t *regs, uint16_t addr, uint32_t bytes, uint32_t value)
{
    for (uint32_t i = 0; i < bytes; i++)
        regs->value[addr - MIPI_PHY_REGS_FIRST + i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

static mipi_phy_t make(const mipi_phy_regs_t *regs, uint32_t trios, uint64_t rate,
                       const char *expected)
{
    mipi_dphy_desc_t dphy = mipi_dphy_desc_default();
    mipi_cphy_desc_t cphy = link_of(trios).cphy;
    const mipi_phy_chip_t chip = {MIPI_DPHY, &dphy, &cphy};
    mipi_phy_t phy;
    const char *wrong = mipi_phy_make(&chip, regs, rate, &phy, error, sizeof(error));
    if (expected == NULL)
        ck_assert_msg(wrong == NULL, "%s", wrong);
    else
        ck_assert_str_eq(wrong, expected);
    return phy;
}

START_TEST(the_host_chooses_c_phy_and_its_trios)
{
    mipi_phy_regs_t regs = {.signaling = 3, .lane_mode = 2};
    mipi_phy_t phy = make(&regs, 3, 1200000000, NULL);
    ck_assert_int_eq(phy.signaling, MIPI_CPHY);
    ck_assert_uint_eq(mipi_phy_lanes(&phy), 3);
    ck_assert_uint_eq(mipi_phy_ui_hz(&phy), 1200000000);
    make(&regs, 2, 1200000000, "csi_lane_mode: 2, expected 0..1 (2 trios)");
    make(&regs, 0, 1200000000, "csi_signaling_mode: 3, expected 2 (D-PHY)");
    regs.signaling = 4;
    make(&regs, 3, 1200000000, "csi_signaling_mode: 4, expected 2 (D-PHY) or 3 (C-PHY)");
    regs.signaling = 3;
    phy = make(&regs, 3, 1800000000, NULL); /* D-PHY's calibration is not C-PHY's */
    ck_assert_uint_eq(mipi_phy_deskew_ps(&phy, true), 0);
}
END_TEST

START_TEST(lengths_and_times_of_c_phy_come_from_registers)
{
    mipi_phy_regs_t regs = {.signaling = 3};
    put(&regs, 0x0841, 1, 0x80 | 9); /* 70 UI, programmed sequence */
    put(&regs, 0x0842, 1, 31);
    put(&regs, 0x0843, 1, 4 << 3 | 1); /* symbols 0 and 1 */
    put(&regs, 0x0849, 1, 2 << 3 | 3); /* 12 and 13 */
    mipi_phy_t phy = make(&regs, 1, 1000000000, NULL);
    ck_assert_uint_eq(phy.cphy.prebegin_ui, 70);
    ck_assert_uint_eq(phy.cphy.post_ui, 224);
    ck_assert_uint_eq(mipi_cphy_preamble_ui(&phy.cphy), 70 + 14 + 7);
    ck_assert_uint_eq(phy.cphy.prog_symbol[0], 1);
    ck_assert_uint_eq(phy.cphy.prog_symbol[1], 4);
    ck_assert_uint_eq(phy.cphy.prog_symbol[12], 3);
    ck_assert_uint_eq(phy.cphy.prog_symbol[13], 2);
    ck_assert_uint_eq(phy.cphy.prepare.ns, 50);
    put(&regs, 0x0808, 1, 2);
    put(&regs, 0x084e, 2, 59); /* 60 UI: 63 in words */
    put(&regs, 0x0850, 2, 50);
    phy = make(&regs, 1, 1000000000, NULL);
    ck_assert_uint_eq(phy.cphy.prepare.ui, 63);
    ck_assert_uint_eq(phy.cphy.lpx.ui, 56);
    make(&regs, 1, 600000000, "C-PHY at 600.000 Ms/s a trio: prepare: 0 ns + 60 UI above 95 ns");
    put(&regs, 0x0808, 1, 0);
    put(&regs, 0x0820, 4, 1600u << 16); /* on one trio: 700 Ms/s; 50 ns are 35 UI */
    phy = make(&regs, 1, 700000000, NULL);
    ck_assert_uint_eq(phy.cphy.lpx.ui, 35);
    ck_assert_uint_eq(phy.cphy.hs_exit.ui, 70);
    regs.lane_mode = 1; /* the same on two: 350 Ms/s; 17.5 UI, 3 words */
    phy = make(&regs, 2, 350000000, NULL);
    ck_assert_uint_eq(phy.cphy.lpx.ui, 21);
    ck_assert_uint_eq(phy.cphy.hs_exit.ui, 35);
}
END_TEST

/* ---- a naive trio ---- */

typedef struct {
    mipi_line_t line;
    uint64_t ps;
    uint16_t word;
} event_t;

typedef struct {
    uint64_t rate;
    sim_u128_t now; /* ps times rate */
    event_t event[4000];
    uint32_t events;
    bool flop[16], scrambles;
} naive_t;

static void wait_time(naive_t *n, mipi_dphy_time_t time)
{
    n->now += (sim_u128_t)time.ns * 1000 * n->rate + (sim_u128_t)time.ui * 1000000000000u;
}

static void note(naive_t *n, mipi_line_t line, uint16_t word)
{
    n->event[n->events++] = (event_t){line, (uint64_t)(n->now / n->rate), word};
}

static void send_word(naive_t *n, mipi_line_t line, uint16_t word, bool scramble)
{
    for (int i = 0; i < 16 && scramble && n->scrambles; i++) {
        bool out = n->flop[15];
        for (int k = 15; k > 0; k--)
            n->flop[k] = n->flop[k - 1] != ((k == 3 || k == 4 || k == 5) && out);
        n->flop[0] = out;
        word = (uint16_t)(word ^ (out ? 1 << i : 0));
    }
    note(n, line, word);
    for (int i = 0; i < 7; i++)
        wait_time(n, (mipi_dphy_time_t){0, 1});
}

static void send_header(naive_t *n, const mipi_packet_t *p, uint16_t seed)
{
    const uint8_t bytes[4] = {p->bytes[0], p->bytes[3] >> 6, p->bytes[1], p->bytes[2]};
    send_word(n, MIPI_HS_SYNC, 0, false);
    for (int i = 0; i < 16; i++)
        n->flop[i] = (seed >> i & 1) != 0;
    send_word(n, MIPI_HS_BYTE, (uint16_t)(bytes[0] + 256 * bytes[1]), true);
    send_word(n, MIPI_HS_BYTE, (uint16_t)(bytes[2] + 256 * bytes[3]), true);
    send_word(n, MIPI_HS_BYTE, slow_crc(bytes, 4), true);
}

static void naive_trio(naive_t *n, const mipi_packet_t *p, uint32_t trio)
{
    const mipi_cphy_desc_t *c = &p->phy->cphy;
    uint8_t filled[600] = {0};
    uint32_t bytes = p->count - 4;
    n->events = 0;
    n->rate = c->symbol_rate_hz;
    n->scrambles = p->phy->scramble.on;
    n->now = (sim_u128_t)p->start_ps * n->rate;
    wait_time(n, (mipi_dphy_time_t){0, c->skew_ui[trio]});
    if (p->join == MIPI_OWN_BURST) {
        note(n, MIPI_LP001, 0);
        wait_time(n, c->lpx);
        note(n, MIPI_LP000, 0);
        wait_time(n, c->prepare);
        note(n, MIPI_HS_PREAMBLE, 0);
        wait_time(n, (mipi_dphy_time_t){0, c->prebegin_ui});
        if (c->prog_seq) {
            send_word(n, MIPI_HS_PROG, 0, false);
            send_word(n, MIPI_HS_PROG, 0, false);
        }
        note(n, MIPI_HS_PREAMBLE, 0);
        wait_time(n, (mipi_dphy_time_t){0, 7});
    } else {
        uint32_t spacers =
            p->join == MIPI_AFTER_SHORT ? p->phy->lrte.after_short : p->phy->lrte.after_long;
        for (uint32_t i = 0; i < spacers; i++)
            send_word(n, MIPI_HS_SPACER, 0xffff, true);
    }
    send_header(n, p, p->phy->scramble.seed[trio]);
    send_header(n, p, p->phy->scramble.seed[trio]);
    memcpy(filled, p->bytes + 4, bytes);
    while (bytes % (2 * c->trios) != 0)
        bytes++;
    for (uint32_t word = 0; word < bytes / 2; word++)
        if (word % c->trios == trio)
            send_word(n, MIPI_HS_BYTE, (uint16_t)(filled[2 * word] + 256 * filled[2 * word + 1]),
                      true);
    if (p->more)
        return;
    note(n, MIPI_HS_POST, 0);
    wait_time(n, (mipi_dphy_time_t){0, c->post_ui});
    note(n, MIPI_LP111, 0);
}

static bool near(uint64_t a, uint64_t b)
{
    return a <= b + 1 && b <= a + 1;
}

START_TEST(every_edge_of_every_trio_is_where_the_symbols_put_it)
{
    static naive_t naive;
    static uint8_t bytes[420];
    uint64_t r = 9;
    for (uint32_t round = 0; round < 600; round++) {
        mipi_phy_t phy = link_of(1 + random_below(&r, 3));
        phy.cphy.symbol_rate_hz = 80000000 + random_below(&r, 2000000000);
        phy.cphy.lpx = (mipi_dphy_time_t){random_below(&r, 90), random_below(&r, 60)};
        phy.cphy.prepare = (mipi_dphy_time_t){random_below(&r, 90), random_below(&r, 60)};
        phy.cphy.prebegin_ui = 7 * (1 + random_below(&r, 64));
        phy.cphy.post_ui = 7 * (1 + random_below(&r, 32));
        phy.cphy.prog_seq = random_below(&r, 2) != 0;
        phy.scramble.on = random_below(&r, 2) != 0;
        phy.lrte.on = random_below(&r, 2) != 0;
        phy.lrte.after_short = random_below(&r, 4);
        phy.lrte.after_long = random_below(&r, 4);
        for (uint32_t trio = 0; trio < 3; trio++) {
            phy.cphy.skew_ui[trio] = random_below(&r, 100);
            phy.scramble.seed[trio] = (uint16_t)random_below(&r, 65536);
        }
        mipi_packet_t p = {.bytes = bytes,
                           .count = random_below(&r, 4) == 0 ? 4 : 6 + random_below(&r, 400),
                           .start_ps = random_below(&r, 2000000000),
                           .join = phy.lrte.on ? random_below(&r, 3) : 0,
                           .more = phy.lrte.on && random_below(&r, 2) != 0,
                           .phy = &phy};
        for (uint32_t i = 0; i < p.count; i++)
            bytes[i] = (uint8_t)random_below(&r, 256);
        for (uint32_t trio = 0; trio < phy.cphy.trios; trio++) {
            uint16_t lfsr = (uint16_t)random_below(&r, 65536);
            mipi_walk_t walk;
            mipi_edge_t edge;
            for (int i = 0; i < 16; i++)
                naive.flop[i] = (lfsr >> i & 1) != 0;
            naive_trio(&naive, &p, trio);
            mipi_walk_begin(&walk, &p, trio, lfsr);
            for (uint32_t i = 0; i < naive.events; i++) {
                const event_t *e = &naive.event[i];
                ck_assert(mipi_walk_next(&walk, &edge));
                ck_assert_msg(edge.line == e->line && edge.at_ps == e->ps && edge.value == e->word,
                              "round %u, edge %u: %s %04x at %llu, expected %s %04x at %llu", round,
                              i, mipi_line_name(edge.line), edge.value,
                              (unsigned long long)edge.at_ps, mipi_line_name(e->line), e->word,
                              (unsigned long long)e->ps);
            }
            ck_assert(!mipi_walk_next(&walk, &edge));
        }
        phy.cphy.skew_ui[0] = 0;
        naive_trio(&naive, &p, 0);
        mipi_span_t span = mipi_phy_packet(&phy, (mipi_join_t)p.join, p.count);
        wait_time(&naive, p.more ? (mipi_dphy_time_t){0, 0} : phy.cphy.hs_exit);
        ck_assert(near(p.start_ps + (p.more ? span.last_byte_ps : span.end_ps),
                       (uint64_t)(naive.now / naive.rate)));
    }
}
END_TEST

/* ---- text ---- */

START_TEST(trios_as_text)
{
    static char text[4096];
    mipi_phy_t phy = link_of(2);
    phy.cphy.post_ui = 14;
    phy.cphy.skew_ui[1] = 7;
    mipi_packet_t p = {.bytes = fs, .count = 4, .start_ps = 5000, .phy = &phy};
    FILE *stream = fmemopen(text, sizeof(text), "w");
    mipi_lane_trace_t trace;
    mipi_lane_trace_begin(&trace, stream, &phy);
    mipi_lane_trace_packet(&trace, &p);
    fclose(stream);
    /* PH-CRC of 00 00 01 00, made into symbols by hand: */
    uint8_t crc[8] = {0};
    mipi_cphy_encode(slow_crc((const uint8_t[]){0, 0, 1, 0}, 4), crc);
    for (uint32_t n = 0; n < 7; n++)
        crc[n] = (uint8_t)('0' + crc[n]);
    char expected[1024];
    snprintf(expected, sizeof(expected),
             "CSI2TRIOS 1\ntrios 2\nrate 1000\nt 5000\nburst\n3444443 -------\n0000000 3444443\n"
             "1000000 0000000\n%s 1000000\n3444443 %s\n0000000 3444443\n1000000 0000000\n"
             "%s 1000000\n4444444 %s\npost\n4444444 4444444\n4444444 4444444\nend\n",
             (char *)crc, (char *)crc, (char *)crc, (char *)crc);
    ck_assert_str_eq(text, expected);
}
END_TEST

TEST_MAIN("mipi cphy", every_word_has_symbols_of_its_own, of_all_symbol_sequences_65536_are_words,
          words_by_hand, words_with_two_flips_are_in_the_order_of_the_list,
          a_header_is_vcx_and_di_then_wc_then_their_crc, the_filler_is_what_csi_2_says,
          packets_of_any_length_come_back_from_any_number_of_trios,
          one_copy_of_the_header_is_enough, what_is_missing_is_told,
          no_damage_is_taken_for_a_packet_or_leads_astray,
          what_packets_cost_at_a_nanosecond_a_symbol, parameters_out_of_their_limits_are_named,
          the_host_chooses_c_phy_and_its_trios, lengths_and_times_of_c_phy_come_from_registers,
          every_edge_of_every_trio_is_where_the_symbols_put_it, trios_as_text)
