/*
 * trios.h - symbols of a C-PHY burst to packets: what align.h is for lanes.
 *
 *   trio 0   3444443 header 3444443 header words 4444444     \
 *   trio 1           3444443 header 3444443 header words ..  +--> cphy.h --> packet
 *
 * Each trio is searched for its own sync words, so skew does not matter. A packet ends where its
 * header says; behind it the next one of the burst (LRTE) begins with a sync word. With scrambling
 * all words behind a sync word are (scramble.h); symbols of no word stay as they are.
 */
#ifndef MIPI_TRIOS_H
#define MIPI_TRIOS_H

#include "mipi/cphy.h"
#include "mipi/room.h"
#include "mipi/rx_event.h"

#define MIPI_TRIO_MOST (4 * MIPI_ROOM_MOST) /* seven of them are two bytes */

typedef struct {
    uint8_t *symbols; /* 0..4; beyond MIPI_TRIO_MOST they are not kept */
    uint32_t count, room;
    bool begun, over;
} mipi_trio_t;

typedef struct {
    uint32_t trios;
    mipi_packet_fn_t packet;
    mipi_rx_event_fn_t event;
    void *ctx;
    mipi_trio_t trio[MIPI_MAX_TRIOS];
    uint8_t *out;
    mipi_packet_t now; /* number and times of the next packet */
    bool scrambled;
    uint16_t seed[MIPI_MAX_TRIOS];
} mipi_trios_t;

/* For 1..3 trios. False when there is no memory. Both functions are given ctx. */
bool mipi_trios_init(mipi_trios_t *t, uint32_t trios, mipi_packet_fn_t packet,
                     mipi_rx_event_fn_t event, void *ctx);
void mipi_trios_free(mipi_trios_t *t);

/* From the next burst on trios are scrambled, each with its seed. */
void mipi_trios_descramble(mipi_trios_t *t, const uint16_t seed[]);

/* A burst: begins, `at` gives the packet's number and times; a word time, seven symbols of each
 * trio, NULL where it is in LP; all are back in LP-111. Numbers as in align.h. */
void mipi_trios_begin(mipi_trios_t *t, const mipi_packet_t *at);
void mipi_trios_row(mipi_trios_t *t, const uint8_t *const symbols[]);
void mipi_trios_end(mipi_trios_t *t);

#endif
