/*
 * wire.h - what one lane of D-PHY, or trio of C-PHY, does while a packet is sent: its states, one
 * after another, with their times at the receiver (the transmitter's plus the lane's skew).
 *
 *   LP-11 -> LP-01 -> LP-00 -> HS-0 -> sync -> bytes -> trail -> LP-11
 *
 *   calibration before it:  LP-01, LP-00, HS-0, ones, 0101.., trail, LP-11
 *   behind another packet:  spacers, [HS-Idle, sync], bytes
 *   gated clock lane:       LP-01, LP-00, HS-0, clock .. HS-0, LP-11; one that is not gated
 *                           has no edges
 *
 *   trio:                   LP-111, LP-001, LP-000, preamble, [programmed sequence, preamble],
 *                           sync, header, sync, header, words, post, LP-111; behind another packet:
 *                           spacers, sync, header, ..
 *
 * Views of a link (lane trace, VCD) are made of this; the transmitter itself needs none of it.
 */
#ifndef MIPI_WIRE_H
#define MIPI_WIRE_H

#include "mipi/lanes.h"

#define MIPI_SPACER_BYTE 0xffu
#define MIPI_SPACER_WORD 0xffffu
#define MIPI_DESKEW_BYTE 0xaau /* 0101_0101 in time order */
#define MIPI_CLOCK_LANE UINT32_MAX

typedef enum {
    MIPI_LP11,
    MIPI_LP01,
    MIPI_LP00,
    MIPI_HS0,
    MIPI_HS_CLOCK,
    MIPI_HS_ONES, /* of a calibration */
    MIPI_HS_0101,
    MIPI_HS_SYNC,
    MIPI_HS_BYTE, /* of the packet */
    MIPI_HS_SPACER,
    MIPI_HS_IDLE,
    MIPI_HS_TRAIL,
    MIPI_LP111, /* C-PHY; with HS_SYNC, _BYTE (a word), _SPACER */
    MIPI_LP001,
    MIPI_LP000,
    MIPI_HS_PREAMBLE,
    MIPI_HS_PROG,
    MIPI_HS_POST,
    MIPI_LINES
} mipi_line_t;

const char *mipi_line_name(mipi_line_t line);

typedef struct {
    mipi_line_t line;
    uint64_t at_ps; /* since when */
    uint16_t value; /* of HS_SYNC (D-PHY), _BYTE, _SPACER, _0101, as sent; of HS_TRAIL: 00 or ff */
    uint64_t from_ps; /* at_ps is this and `at`, to find times of symbols within */
    mipi_dphy_time_t at;
} mipi_edge_t;

enum { MIPI_WIRE_STEPS = 16 };

typedef struct {
    const mipi_packet_t *packet;
    uint32_t lane;
    struct {
        mipi_line_t line;
        uint64_t from_ps; /* + at: its begin */
        mipi_dphy_time_t at;
        uint32_t count; /* of bytes, 8 UI each, or words, 7 UI each */
    } step[MIPI_WIRE_STEPS];
    uint32_t steps, now, done; /* bytes of the step that is now */
    uint32_t data;             /* bytes or words of the packet so far */
    uint16_t lfsr;
    uint16_t last;
} mipi_walk_t;

/*
 * From before the packet's first edge. packet->phy must be there. lfsr: what the walk over the
 * packet before left in walk->lfsr, where it is joined to it.
 */
void mipi_walk_begin(mipi_walk_t *walk, const mipi_packet_t *packet, uint32_t lane, uint16_t lfsr);

/* UI of a byte, or of a word. */
uint32_t mipi_wire_unit_ui(const mipi_phy_t *phy);

/* The next edge of this lane; false: no more. */
bool mipi_walk_next(mipi_walk_t *walk, mipi_edge_t *edge);

#endif
