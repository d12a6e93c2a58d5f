/*
 * wave.h - a Value Change Dump (IEEE 1364, section 18) of the link: clock lane and data lanes.
 *
 *   link.packet, link.what     number and kind of the packet ("RAW10.vc0") while its lanes are busy
 *   link.clk.p .n .hs .state   the clock lane
 *   link.laneN.p .n            the two wires as LP receivers see them: both 0 in high speed
 *   link.laneN.hs              high speed is on
 *   link.laneN.byte            since when this byte (sync, data, spacer, trail) is on the lane
 *   link.laneN.state           LP-11, LP-01, LP-00, HS-0, HS-sync, HS-data, .. (wire.h)
 *
 * C-PHY has link.trioN instead: .a .b .c (LP receivers), .hs, .word, .symbol (0..4, one a UI) and
 * .state. The first packet that is dumped tells which PHY it is; packets of the other are left out.
 *
 * Times are picoseconds of the simulation, to the picosecond. Strings and the rest are read by
 * GTKWave. Only packets `first`..`last` are there: a line of 2,535 bytes makes 35 kB.
 */
#ifndef MIPI_WAVE_H
#define MIPI_WAVE_H

#include <stdio.h>

#include "mipi/wire.h"

enum { MIPI_WAVE_SIGNALS = 2 + 7 * (MIPI_MAX_LANES + 1) };

typedef struct {
    uint64_t at_ps;
    uint32_t order; /* of edges at one time */
    uint32_t lane;  /* MIPI_CLOCK_LANE; above: the packet itself */
    uint32_t line;
    uint32_t value;
    uint32_t symbol; /* C-PHY */
} mipi_wave_edge_t;

/* Errors show in ferror(stream); `failed`: out of memory. */
typedef struct {
    FILE *stream;
    uint64_t first, last;
    uint32_t lanes;
    mipi_signaling_t signaling;
    bool begun, failed;
    uint64_t now_ps;
    mipi_wave_edge_t *edge; /* not written yet */
    size_t edges, room;
    char what[32];
    uint32_t shown[MIPI_WAVE_SIGNALS]; /* last values */
    uint16_t lfsr[MIPI_MAX_LANES];
} mipi_wave_t;

/* Packets numbered first..last, on a link with that many lanes or trios. */
void mipi_wave_begin(mipi_wave_t *wave, FILE *stream, uint32_t lanes, uint64_t first,
                     uint64_t last);
void mipi_wave_packet(void *wave, const mipi_packet_t *packet); /* a mipi_packet_fn_t */
/* Writes what is left and frees; false: something could not be written. */
bool mipi_wave_end(mipi_wave_t *wave);

#endif
