/*
 * dphy.h - how long a packet occupies D-PHY data lanes.
 *
 *   LP-11 | LP-01 | LP-00   | HS-0  | B8   | bytes        | trail | LP-11 ...
 *         | TLPX  | PREPARE | ZERO  | sync | 8 UI a byte  | TRAIL | EXIT     next packet
 *   start ^                                ^ first_byte   ^ last_byte        ^ end
 *
 * All lanes start together; the packet lasts as long as its longest lane. A parameter is
 * nanoseconds plus unit intervals (UI = 1 / bit rate per lane); UIs are summed first and turned
 * into picoseconds once, so that times are exact to below one picosecond.
 *
 * With a gated clock the clock lane wakes before each packet (LPX + PREPARE + ZERO + PRE) and
 * sleeps after it (POST + TRAIL + EXIT).
 *
 * Not modeled: escape mode, bus turnaround, ULPS, de-skew calibration, skew between lanes, rounding
 * of times up to the transmitter's byte clock. Source: D-PHY v1.2 table 14 through Linux
 * phy-core-mipi-dphy.c (limits in mipi_dphy_check).
 */
#ifndef MIPI_DPHY_H
#define MIPI_DPHY_H

#include "sim/types.h"

#define MIPI_MAX_LANES 4u

typedef struct {
    uint32_t ns, ui;
} mipi_dphy_time_t;

typedef struct {
    uint64_t bit_rate_bps; /* of one lane */
    uint32_t lanes;        /* 1..4 */
    bool gated_clock;
    mipi_dphy_time_t lpx, hs_prepare, hs_zero, hs_trail, hs_exit;
    mipi_dphy_time_t clk_prepare, clk_zero, clk_pre, clk_post, clk_trail; /* gated clock only */
} mipi_dphy_desc_t;

/* What a packet costs, relative to its start. */
typedef struct {
    uint64_t first_byte_ps, last_byte_ps, end_ps;
} mipi_dphy_span_t;

/* 2 lanes of 888 Mb/s (IMX500), continuous clock, every parameter at its D-PHY v1.2 minimum. */
mipi_dphy_desc_t mipi_dphy_desc_default(void);

/* NULL, or which field breaks which limit: "hs_prepare: 30 ns + 4 UI below 40 ns + 4 UI". The
 * text is written to error. */
const char *mipi_dphy_check(const mipi_dphy_desc_t *desc, char *error, size_t error_bytes);

/* ns + UI in picoseconds, rounded down. */
uint64_t mipi_dphy_time_ps(const mipi_dphy_desc_t *desc, mipi_dphy_time_t time);

mipi_dphy_span_t mipi_dphy_packet(const mipi_dphy_desc_t *desc, uint32_t packet_bytes);

#endif
