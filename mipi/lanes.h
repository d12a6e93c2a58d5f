/*
 * lanes.h - byte k of a packet travels on lane k mod N; and the text form of that.
 *
 * Lanes that run out of bytes end one byte time early; a lane without any byte stays in LP-11.
 * The text form "CSI2LANES 1" is for RTL test benches and scripts. It shows what arrives: bytes
 * are scrambled if the link does that, a lane is late by the whole byte times of its skew and of
 * what is wrong with it (mipi_lane_state_t), a calibration is a burst of ff, ff, aa .. without
 * sync bytes. Behind a packet of the same burst stand its spacers (ff), and with HS-Idle rows of
 * `--` and a new sync byte; lanes that ended early have a spacer.
 *
 *
 *   CSI2LANES 1          first line
 *   lanes 2              once, before the first burst
 *   rate 888             Mb/s per lane (information)
 *   t 1234               start of the next burst, ps (information)
 *   gap 12               byte times in LP-11 before the next burst
 *   burst                all lanes leave LP-11
 *   b8 b8                one byte time a row: the byte of each lane, the first is its sync byte;
 *   2b ef                `--` = this lane has not begun or is already back in LP-11
 *   trail                the rows up to `end` are HS-TRAIL: 00 or ff, opposite of the last bit
 *   ff 00
 *   end
 */
#ifndef MIPI_LANES_H
#define MIPI_LANES_H

#include <stdio.h>

#include "mipi/packet.h"
#include "mipi/phy.h"

/* Bytes of a packet that go over one lane. */
uint32_t mipi_lane_bytes(uint32_t lanes, uint32_t lane, uint32_t packet_bytes);

/* out[n] gets mipi_lane_bytes(lanes, n, bytes) bytes. */
void mipi_lanes_split(const uint8_t *packet, uint32_t bytes, uint32_t lanes, uint8_t *const out[]);

/*
 * Puts lanes together again, byte by byte in turn, until a lane runs dry. Returns the bytes
 * merged (at most max_bytes).
 */
uint32_t mipi_lanes_merge(const uint8_t *const in[], const uint32_t lane_bytes[], uint32_t lanes,
                          uint8_t *out, uint32_t max_bytes);

#define MIPI_SYNC_BYTE 0xb8u /* 0001_1101 in time order */
#define MIPI_MAX_LATE_ROWS 300u

/* Writer of the text form. Zeroed and begun once; errors show in ferror(stream). */
typedef struct {
    FILE *stream;
    mipi_phy_t phy; /* of packets that do not tell theirs */
    uint64_t bit_rate_bps;
    uint64_t last_end_ps;
    bool any;
    struct {
        int16_t late[MIPI_MAX_LATE_ROWS]; /* what it sent in the last rows; -1: nothing */
        uint32_t rows, at;                /* how late it is */
        uint16_t lfsr;
    } lane[MIPI_MAX_LANES];
} mipi_lane_trace_t;

void mipi_lane_trace_begin(mipi_lane_trace_t *trace, FILE *stream, const mipi_dphy_desc_t *dphy);
void mipi_lane_trace_packet(void *trace, const mipi_packet_t *packet); /* a mipi_packet_fn_t */

#endif
