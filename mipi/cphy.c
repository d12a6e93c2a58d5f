#include "mipi/cphy.h"

#include <stdio.h>
#include <string.h>

#include "sim/time.h"

#define FLIP 4u
#define MAX_PREPARE_NS 95u
#define SYNCS 2u
#define MAX_SKEW_UI 255u

mipi_cphy_desc_t mipi_cphy_desc_default(void)
{
    return (mipi_cphy_desc_t){
        .symbol_rate_hz = 1000000000,
        .lpx = {50, 0},
        .prepare = {50, 0},
        .hs_exit = {100, 0},
        .prebegin_ui = 98, /* assumed: with PREPARE longer than a receiver's settling at 1 Gs/s */
        .post_ui = 28,     /* assumed */
    };
}

/* ---- limits ---- */

static bool is_within(const mipi_cphy_desc_t *desc, mipi_dphy_time_t time, uint32_t low_ns,
                      uint32_t high_ns)
{
    sim_u128_t rate = desc->symbol_rate_hz;
    sim_u128_t value = time.ns * rate * 1000 + (sim_u128_t)time.ui * SIM_PS_PER_S;
    return value >= low_ns * rate * 1000 && value <= high_ns * rate * 1000;
}

bool mipi_cphy_too_long(const mipi_cphy_desc_t *desc)
{
    return !is_within(desc, desc->prepare, 0, MAX_PREPARE_NS);
}

static const char *check_times(const mipi_cphy_desc_t *desc, char *error, size_t error_bytes)
{
    const struct {
        const char *field;
        mipi_dphy_time_t value;
        uint32_t low_ns, high_ns;
    } limits[] = {
        {"lpx", desc->lpx, 50, UINT32_MAX},
        {"prepare", desc->prepare, 38, MAX_PREPARE_NS},
        {"hs_exit", desc->hs_exit, 100, UINT32_MAX},
    };
    for (size_t i = 0; i < SIM_COUNT(limits); i++) {
        if (is_within(desc, limits[i].value, limits[i].low_ns, limits[i].high_ns))
            continue;
        bool below = !is_within(desc, limits[i].value, limits[i].low_ns, UINT32_MAX);
        snprintf(error, error_bytes, "%s: %u ns + %u UI %s %u ns", limits[i].field,
                 limits[i].value.ns, limits[i].value.ui, below ? "below" : "above",
                 below ? limits[i].low_ns : limits[i].high_ns);
        return error;
    }
    return NULL;
}

static const char *check_counts(const mipi_cphy_desc_t *desc, char *error, size_t error_bytes)
{
    const struct {
        const char *field;
        uint64_t value, low, high, step;
    } counts[] = {
        {"symbol_rate_hz", desc->symbol_rate_hz, 80000000, UINT64_C(2500000000), 1},
        {"trios", desc->trios, 1, MIPI_MAX_TRIOS, 1},
        {"prebegin_ui", desc->prebegin_ui, 7, 448, MIPI_WORD_UI},
        {"post_ui", desc->post_ui, 7, 224, MIPI_WORD_UI},
        {"skew_ui[0]", desc->skew_ui[0], 0, MAX_SKEW_UI, 1},
        {"skew_ui[1]", desc->skew_ui[1], 0, MAX_SKEW_UI, 1},
        {"skew_ui[2]", desc->skew_ui[2], 0, MAX_SKEW_UI, 1},
    };
    for (size_t i = 0; i < SIM_COUNT(counts); i++) {
        uint64_t v = counts[i].value;
        if (v >= counts[i].low && v <= counts[i].high && v % counts[i].step == 0)
            continue;
        snprintf(error, error_bytes, "%s: %llu not in %llu..%llu%s", counts[i].field,
                 (unsigned long long)v, (unsigned long long)counts[i].low,
                 (unsigned long long)counts[i].high, counts[i].step == 1 ? "" : " in words of 7");
        return error;
    }
    return NULL;
}

const char *mipi_cphy_check(const mipi_cphy_desc_t *desc, char *error, size_t error_bytes)
{
    const char *wrong = check_counts(desc, error, error_bytes);
    uint32_t symbol = 0;
    if (wrong == NULL)
        wrong = check_times(desc, error, error_bytes);
    while (symbol < MIPI_CPHY_PROG_UI && desc->prog_symbol[symbol] <= FLIP)
        symbol++;
    if (wrong != NULL || symbol == MIPI_CPHY_PROG_UI || !desc->prog_seq)
        return wrong;
    snprintf(error, error_bytes, "prog_symbol[%u]: %u not in 0..4", symbol,
             desc->prog_symbol[symbol]);
    return error;
}

/* ---- words and symbols ---- */

/* Which symbols are flips, by the top 6 bits of the word: none up to 0F, one up to 2B (by the top
 * 4), else these two. */
enum { ONE_FLIP = 0x10, TWO_FLIPS = 0x2c };
static const uint8_t flip_pair[20][2] = {{0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}, {0, 6}, {1, 2},
                                         {1, 3}, {1, 4}, {1, 5}, {1, 6}, {2, 3}, {2, 4}, {2, 5},
                                         {2, 6}, {3, 4}, {3, 5}, {3, 6}, {4, 5}, {4, 6}};

/* Bit n: symbol n is a flip. */
static uint32_t flips_of(uint32_t word)
{
    uint32_t top = word >> 10;
    if (top < ONE_FLIP)
        return 0;
    if (top < TWO_FLIPS)
        return 1u << ((top >> 2) - (ONE_FLIP >> 2));
    const uint8_t *pair = flip_pair[top - TWO_FLIPS];
    return 1u << pair[0] | 1u << pair[1];
}

void mipi_cphy_encode(uint16_t word, uint8_t symbols[MIPI_WORD_UI])
{
    uint32_t flips = flips_of(word), data = word;
    for (uint32_t n = 0; n < MIPI_WORD_UI; n++) {
        if ((flips >> n & 1) != 0) {
            symbols[n] = FLIP;
            continue;
        }
        symbols[n] = (uint8_t)(data & 3); /* polarity, rotation */
        data >>= 2;
    }
}

/* The word's upper bits, where data have their number of bits; false: there is no such word. */
static bool top_of(uint32_t flips, uint32_t *top)
{
    if (flips == 0) {
        *top = 0;
        return true;
    }
    for (uint32_t n = 0; n < MIPI_WORD_UI; n++) {
        *top = (n + (ONE_FLIP >> 2)) << 12;
        if (flips == 1u << n)
            return true;
    }
    for (uint32_t i = 0; i < SIM_COUNT(flip_pair); i++) {
        *top = (i + TWO_FLIPS) << 10;
        if (flips == (1u << flip_pair[i][0] | 1u << flip_pair[i][1]))
            return true;
    }
    return false;
}

bool mipi_cphy_decode(const uint8_t symbols[MIPI_WORD_UI], uint16_t *word)
{
    uint32_t flips = 0, data = 0, bits = 0, top;
    for (uint32_t n = 0; n < MIPI_WORD_UI; n++) {
        if (symbols[n] > FLIP)
            return false;
        if (symbols[n] == FLIP) {
            flips |= 1u << n;
            continue;
        }
        data |= (uint32_t)symbols[n] << bits;
        bits += 2;
    }
    if (!top_of(flips, &top))
        return false;
    *word = (uint16_t)(top | data);
    return true;
}

/* ---- packets ---- */

static uint16_t header_crc(const uint16_t words[2])
{
    const uint8_t bytes[4] = {(uint8_t)words[0], (uint8_t)(words[0] >> 8), (uint8_t)words[1],
                              (uint8_t)(words[1] >> 8)};
    return mipi_crc16(MIPI_CRC_START, bytes, sizeof(bytes));
}

void mipi_cphy_header(const uint8_t *packet, uint16_t words[MIPI_CPHY_HEADER_WORDS])
{
    words[0] = (uint16_t)(packet[0] | packet[3] >> 6 << 8);
    words[1] = (uint16_t)(packet[1] | packet[2] << 8);
    words[2] = header_crc(words);
}

uint32_t mipi_cphy_payload_words(uint32_t trios, uint32_t packet_bytes)
{
    uint32_t bytes = packet_bytes > MIPI_HEADER_BYTES ? packet_bytes - MIPI_HEADER_BYTES : 0;
    return (bytes + 2 * trios - 1) / (2 * trios);
}

uint16_t mipi_cphy_payload_word(const uint8_t *packet, uint32_t packet_bytes, uint32_t trios,
                                uint32_t trio, uint32_t n)
{
    uint32_t at = MIPI_HEADER_BYTES + 2 * (n * trios + trio);
    uint32_t low = at < packet_bytes ? packet[at] : 0;
    uint32_t high = at + 1 < packet_bytes ? packet[at + 1] : 0;
    return (uint16_t)(low | high << 8);
}

static void put_sync(uint8_t *symbols)
{
    for (uint32_t n = 0; n < MIPI_WORD_UI; n++)
        symbols[n] = (uint8_t)(MIPI_CPHY_SYNC >> 4 * n & 0xf);
}

uint32_t mipi_cphy_send(const uint8_t *packet, uint32_t packet_bytes, uint32_t trios, uint32_t trio,
                        uint8_t *symbols)
{
    uint16_t header[MIPI_CPHY_HEADER_WORDS];
    uint32_t words = mipi_cphy_payload_words(trios, packet_bytes);
    uint8_t *at = symbols;
    mipi_cphy_header(packet, header);
    for (uint32_t copy = 0; copy < SYNCS; copy++) {
        put_sync(at);
        at += MIPI_WORD_UI;
        for (uint32_t n = 0; n < MIPI_CPHY_HEADER_WORDS; n++, at += MIPI_WORD_UI)
            mipi_cphy_encode(header[n], at);
    }
    for (uint32_t n = 0; n < words; n++, at += MIPI_WORD_UI)
        mipi_cphy_encode(mipi_cphy_payload_word(packet, packet_bytes, trios, trio, n), at);
    return (uint32_t)(at - symbols);
}

static bool is_sync(const uint8_t *symbols)
{
    uint8_t sync[MIPI_WORD_UI];
    put_sync(sync);
    return memcmp(symbols, sync, MIPI_WORD_UI) == 0;
}

/* Where the words behind the first sync word begin; count: nowhere. */
static uint32_t behind_sync(const uint8_t *symbols, uint32_t count)
{
    for (uint32_t at = 0; at + MIPI_WORD_UI <= count; at++)
        if (is_sync(symbols + at))
            return at + MIPI_WORD_UI;
    return count;
}

static bool read_header(const uint8_t *symbols, uint16_t words[MIPI_CPHY_HEADER_WORDS])
{
    for (uint32_t n = 0; n < MIPI_CPHY_HEADER_WORDS; n++)
        if (!mipi_cphy_decode(symbols + n * MIPI_WORD_UI, &words[n]))
            return false;
    return words[2] == header_crc(words);
}

#define COPY_UI (MIPI_WORD_UI * MIPI_CPHY_HEADER_WORDS)
#define HEADERS_UI (2 * COPY_UI + MIPI_WORD_UI) /* with the sync word between them */

/* Of all copies on all trios, the first that is right. */
static bool find_header(const uint8_t *const at[], uint32_t trios, uint16_t *words, bool *all)
{
    bool found = false;
    *all = true;
    for (uint32_t n = 0; n < SYNCS * trios; n++) {
        uint16_t copy[MIPI_CPHY_HEADER_WORDS];
        bool fine = read_header(at[n / SYNCS] + (n % SYNCS) * (COPY_UI + MIPI_WORD_UI), copy);
        *all = *all && fine;
        if (fine && !found)
            memcpy(words, copy, sizeof(copy));
        found = found || fine;
    }
    return found;
}

/* Payload and CRC from the words of all trios; false: some symbols make no word. */
static bool read_payload(const uint8_t *const at[], uint32_t trios, uint8_t *out, uint32_t bytes)
{
    bool fine = true;
    for (uint32_t k = 0; 2 * k < bytes; k++) {
        uint16_t word = 0;
        fine = mipi_cphy_decode(at[k % trios] + k / trios * MIPI_WORD_UI, &word) && fine;
        out[2 * k] = (uint8_t)word;
        if (2 * k + 1 < bytes)
            out[2 * k + 1] = (uint8_t)(word >> 8);
    }
    return fine;
}

mipi_cphy_result_t mipi_cphy_receive(const uint8_t *const symbols[], const uint32_t counts[],
                                     uint32_t trios, uint8_t *out, uint32_t *packet_bytes)
{
    const uint8_t *at[MIPI_MAX_TRIOS];
    uint32_t left = UINT32_MAX;
    uint16_t words[MIPI_CPHY_HEADER_WORDS] = {0};
    bool all;
    *packet_bytes = 0;
    for (uint32_t trio = 0; trio < trios; trio++) {
        uint32_t from = behind_sync(symbols[trio], counts[trio]);
        at[trio] = symbols[trio] + from;
        left = counts[trio] - from < left ? counts[trio] - from : left;
    }
    if (left < HEADERS_UI)
        return left == 0 ? MIPI_CPHY_NO_SYNC : MIPI_CPHY_SHORT;
    if (!find_header(at, trios, words, &all))
        return MIPI_CPHY_NO_HEADER;
    mipi_header_t header = {
        .vc = (uint8_t)(words[0] >> 6 & 0xf), .dt = (uint8_t)(words[0] & 0x3f), .word = words[1]};
    uint32_t whole = (uint32_t)mipi_packet_bytes(&header);
    mipi_header_encode(&header, out);
    for (uint32_t trio = 0; trio < trios; trio++)
        at[trio] += HEADERS_UI;
    if (mipi_cphy_payload_words(trios, whole) > (left - HEADERS_UI) / MIPI_WORD_UI)
        return MIPI_CPHY_SHORT;
    *packet_bytes = whole;
    if (!read_payload(at, trios, out + MIPI_HEADER_BYTES, whole - MIPI_HEADER_BYTES))
        return MIPI_CPHY_SYMBOLS;
    return all ? MIPI_CPHY_FINE : MIPI_CPHY_ONE_HEADER;
}

/* ---- times ---- */

uint64_t mipi_cphy_time_ps(const mipi_cphy_desc_t *desc, mipi_dphy_time_t time)
{
    return time.ns * SIM_PS_PER_NS + sim_edge_ps(time.ui, desc->symbol_rate_hz);
}

uint32_t mipi_cphy_preamble_ui(const mipi_cphy_desc_t *desc)
{
    return desc->prebegin_ui + (desc->prog_seq ? MIPI_CPHY_PROG_UI : 0) + MIPI_CPHY_PREEND_UI;
}

mipi_dphy_time_t mipi_cphy_to_data(const mipi_cphy_desc_t *desc)
{
    mipi_dphy_time_t time = mipi_dphy_sum(desc->lpx, desc->prepare);
    time.ui += mipi_cphy_preamble_ui(desc) + MIPI_WORD_UI;
    return time;
}

/* From the header on: the sync word is before it. */
static uint32_t words_ui(const mipi_cphy_desc_t *desc, uint32_t packet_bytes)
{
    return HEADERS_UI + MIPI_WORD_UI * mipi_cphy_payload_words(desc->trios, packet_bytes);
}

uint32_t mipi_cphy_packet_ui(const mipi_cphy_desc_t *desc, uint32_t packet_bytes)
{
    return MIPI_WORD_UI + words_ui(desc, packet_bytes);
}

mipi_hs_t mipi_cphy_hs(const mipi_cphy_desc_t *desc, mipi_dphy_time_t before, bool joined,
                       uint32_t packet_bytes)
{
    mipi_dphy_time_t up = mipi_dphy_sum(desc->lpx, desc->prepare), down = before;
    down.ui += words_ui(desc, packet_bytes) + desc->post_ui;
    return (mipi_hs_t){.lane_from_ps = joined ? 0 : mipi_cphy_time_ps(desc, up),
                       .lane_to_ps = mipi_cphy_time_ps(desc, down)};
}

mipi_span_t mipi_cphy_words(const mipi_cphy_desc_t *desc, mipi_dphy_time_t before,
                            uint32_t packet_bytes)
{
    mipi_dphy_time_t last = {before.ns, before.ui + words_ui(desc, packet_bytes)};
    mipi_dphy_time_t end = mipi_dphy_sum(last, desc->hs_exit);
    end.ui += desc->post_ui;
    return (mipi_span_t){
        .first_byte_ps = mipi_cphy_time_ps(desc, before),
        .last_byte_ps = mipi_cphy_time_ps(desc, last),
        .end_ps = mipi_cphy_time_ps(desc, end),
    };
}
