/*
 * lane_trace.h - the lanes of a link as text, for RTL test benches and scripts.
 *
 *   CSI2LANES 1          first line
 *   lanes 2              that the host has chosen
 *   rate 888             Mb/s per lane (information)
 *   t 1234               start of the next burst, ps (information)
 *   gap 12               byte times in LP-11 before the next burst
 *   burst                all lanes leave LP-11
 *   b8 b8                one byte time a row: the byte of each lane, the first is its sync byte;
 *   2b ef                `--` = this lane has not begun or is already back in LP-11
 *   trail                the rows up to `end` are HS-TRAIL: 00 or ff, opposite of the last bit
 *   ff 00
 *   end
 *
 * It shows what arrives: bytes are scrambled if the link does that, a lane is late by the whole
 * byte times of its skew and of what is wrong with it (mipi_lane_state_t), a calibration is a burst
 * of ff, ff, aa .. without sync bytes. Behind a packet of the same burst stand its spacers (ff),
 * and with HS-Idle rows of `--` and a new sync byte; lanes that ended early have a spacer.
 *
 * C-PHY has a form of its own, by the same rules: `CSI2TRIOS 1`, `trios N`, rate in Ms/s, a row is
 * a word time (7 UI), a token its 7 symbols in time order (3444443: sync), `post` stands for
 * `trail`. The preamble is not shown.
 *
 * The first lines are those of the first packet. Should the host change the PHY or the number of
 * lanes, first lines come again.
 */
#ifndef MIPI_LANE_TRACE_H
#define MIPI_LANE_TRACE_H

#include <stdio.h>

#include "mipi/packet.h"
#include "mipi/phy.h"

#define MIPI_MAX_LATE_ROWS 300u

/* The writer. Zeroed and begun once; errors show in ferror(stream). */
typedef struct {
    FILE *stream;
    mipi_phy_t phy; /* of packets that do not tell theirs */
    mipi_signaling_t signaling;
    uint32_t lanes; /* tokens of a row; 0: nothing is written yet */
    uint64_t rate_hz;
    uint64_t last_end_ps;
    bool any;
    struct {
        int32_t late[MIPI_MAX_LATE_ROWS]; /* tokens of the last rows */
        uint32_t rows, at;                /* how late it is */
        uint16_t lfsr;
    } lane[MIPI_MAX_LANES];
} mipi_lane_trace_t;

/* phy: of packets that do not tell theirs. */
void mipi_lane_trace_begin(mipi_lane_trace_t *trace, FILE *stream, const mipi_phy_t *phy);
void mipi_lane_trace_packet(void *trace, const mipi_packet_t *packet); /* a mipi_packet_fn_t */
/* A link that was silent has its first lines, too. */
void mipi_lane_trace_end(mipi_lane_trace_t *trace);

#endif
