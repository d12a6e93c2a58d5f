#include "mipi/trios.h"

#include <stdlib.h>
#include <string.h>

#include "mipi/scramble.h"

static const uint8_t sync_word[MIPI_WORD_UI] = {3, 4, 4, 4, 4, 4, 3};

/* Where the first sync word from `at` on begins; count when there is none. */
static uint32_t find_sync(const mipi_trio_t *trio, uint32_t at)
{
    for (; at + MIPI_WORD_UI <= trio->count; at++)
        if (memcmp(trio->symbols + at, sync_word, MIPI_WORD_UI) == 0)
            return at;
    return trio->count;
}

static void report(const mipi_trios_t *t, mipi_rx_kind_t kind, uint32_t trio, uint32_t found,
                   uint32_t expected)
{
    const mipi_rx_event_t event = {
        .kind = kind,
        .packet = t->now.number,
        .time_ps = t->now.start_ps,
        .corrected = kind == MIPI_RX_PH_COPY,
        .lane = (uint8_t)trio,
        .found = found,
        .expected = expected,
    };
    t->event(t->ctx, &event);
}

/* All trios are there, and each has a sync word. */
static bool all_begun(const mipi_trios_t *t)
{
    uint32_t begun = 0, synced = 0;
    for (uint32_t n = 0; n < t->trios; n++)
        begun += t->trio[n].begun;
    if (begun < t->trios && begun > 0)
        report(t, MIPI_RX_LANE_COUNT, 0, begun, t->trios);
    if (begun < t->trios)
        return false;
    for (uint32_t n = 0; n < t->trios; n++) {
        bool found = find_sync(&t->trio[n], 0) < t->trio[n].count;
        if (!found)
            report(t, MIPI_RX_SOT_SYNC, n, 0, 0);
        synced += found;
    }
    return synced == t->trios;
}

/* The packet that begins with the first sync words from at[] on; at[] then is behind it. False: no
 * more can be read of the burst. */
static bool read_packet(mipi_trios_t *t, uint32_t at[])
{
    const uint8_t *symbols[MIPI_MAX_TRIOS];
    uint32_t counts[MIPI_MAX_TRIOS], bytes;
    for (uint32_t n = 0; n < t->trios; n++) {
        at[n] = find_sync(&t->trio[n], at[n]);
        symbols[n] = t->trio[n].symbols + at[n];
        counts[n] = t->trio[n].count - at[n];
    }
    mipi_cphy_result_t result = mipi_cphy_receive(symbols, counts, t->trios, t->out, &bytes);
    if (result == MIPI_CPHY_ONE_HEADER)
        report(t, MIPI_RX_PH_COPY, 0, 0, 0);
    else if (result == MIPI_CPHY_NO_HEADER)
        report(t, MIPI_RX_PH_CRC, 0, 0, 0);
    else if (bytes == 0)
        report(t, MIPI_RX_SHORT, 0, 0, 0);
    if (bytes == 0)
        return false;
    mipi_packet_t packet = t->now;
    packet.bytes = t->out;
    packet.count = bytes;
    t->packet(t->ctx, &packet);
    t->now.number++;
    uint32_t words = 2 * (1 + MIPI_CPHY_HEADER_WORDS) + mipi_cphy_payload_words(t->trios, bytes);
    for (uint32_t n = 0; n < t->trios; n++)
        at[n] += words * MIPI_WORD_UI;
    return true;
}

static bool any_sync(const mipi_trios_t *t, const uint32_t at[])
{
    for (uint32_t n = 0; n < t->trios; n++)
        if (find_sync(&t->trio[n], at[n]) < t->trio[n].count)
            return true;
    return false;
}

static void descramble_word(uint8_t *symbols, uint16_t *lfsr)
{
    uint8_t low = mipi_scramble_next(lfsr), high = mipi_scramble_next(lfsr);
    uint16_t word;
    if (mipi_cphy_decode(symbols, &word))
        mipi_cphy_encode((uint16_t)(word ^ (low | high << 8)), symbols);
}

/* From the first sync word on, in place; each one starts the sequence anew. */
static void descramble(mipi_trio_t *trio, uint16_t seed)
{
    uint16_t lfsr = seed;
    for (uint32_t at = find_sync(trio, 0); at + MIPI_WORD_UI <= trio->count; at += MIPI_WORD_UI) {
        if (memcmp(trio->symbols + at, sync_word, MIPI_WORD_UI) == 0)
            lfsr = seed;
        else
            descramble_word(trio->symbols + at, &lfsr);
    }
}

void mipi_trios_end(mipi_trios_t *t)
{
    uint32_t at[MIPI_MAX_TRIOS] = {0};
    bool good = all_begun(t);
    for (uint32_t n = 0; t->scrambled && n < t->trios; n++)
        descramble(&t->trio[n], t->seed[n]);
    while (good && any_sync(t, at))
        good = read_packet(t, at);
    t->now.number += !good; /* one that is lost has a number, too */
}

void mipi_trios_begin(mipi_trios_t *t, const mipi_packet_t *at)
{
    for (uint32_t n = 0; n < t->trios; n++)
        t->trio[n] = (mipi_trio_t){.symbols = t->trio[n].symbols, .room = t->trio[n].room};
    t->now = *at;
    t->now.bytes = NULL;
    t->now.count = 0;
    t->now.lanes = NULL;
}

void mipi_trios_row(mipi_trios_t *t, const uint8_t *const symbols[])
{
    for (uint32_t n = 0; n < t->trios; n++) {
        mipi_trio_t *trio = &t->trio[n];
        trio->over |= trio->begun && symbols[n] == NULL;
        if (symbols[n] == NULL || trio->over)
            continue;
        trio->begun = true;
        if (!mipi_room(&trio->symbols, &trio->room, trio->count + MIPI_WORD_UI, MIPI_TRIO_MOST))
            continue;
        memcpy(trio->symbols + trio->count, symbols[n], MIPI_WORD_UI);
        trio->count += MIPI_WORD_UI;
    }
}

bool mipi_trios_init(mipi_trios_t *t, uint32_t trios, mipi_packet_fn_t packet,
                     mipi_rx_event_fn_t event, void *ctx)
{
    *t = (mipi_trios_t){.trios = trios, .packet = packet, .event = event, .ctx = ctx};
    t->out = malloc(MIPI_MAX_PACKET_BYTES);
    bool fine = t->out != NULL;
    for (uint32_t n = 0; n < trios; n++)
        fine &= mipi_room(&t->trio[n].symbols, &t->trio[n].room, 1, MIPI_TRIO_MOST);
    if (!fine)
        mipi_trios_free(t);
    return fine;
}

void mipi_trios_descramble(mipi_trios_t *t, const uint16_t seed[])
{
    t->scrambled = true;
    memcpy(t->seed, seed, t->trios * sizeof(*seed));
}

void mipi_trios_free(mipi_trios_t *t)
{
    for (uint32_t n = 0; n < MIPI_MAX_TRIOS; n++)
        free(t->trio[n].symbols);
    free(t->out);
    *t = (mipi_trios_t){.trios = 0};
}
