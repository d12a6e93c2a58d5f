/*
 * dphy.h - how long a packet occupies D-PHY data lanes.
 *
 *   LP-11 | LP-01 | LP-00   | HS-0  | B8   | bytes        | trail | LP-11 ...
 *         | TLPX  | PREPARE | ZERO  | sync | 8 UI a byte  | TRAIL | EXIT     next packet
 *   start ^                                ^ first_byte   ^ last_byte        ^ end
 *
 * All lanes start together; the packet lasts as long as its longest lane. A parameter is
 * nanoseconds plus unit intervals (UI = 1 / bit rate per lane); UIs are summed first and turned
 * into picoseconds once, so that times are exact to below one picosecond. Times of packets are the
 * transmitter's; skew comes from the wires and is seen on the lanes (wire.h) only.
 *
 * With a gated clock the clock lane wakes before each burst (LPX + PREPARE + ZERO + PRE) and sleeps
 * after it: POST begins where the last data lane's trail ends, then TRAIL, EXIT.
 *
 * De-skew calibration: a burst of its own, 16 UI of ones and then 0101.. on all lanes, in place of
 * sync and bytes.
 *
 * Not modeled: escape mode, bus turnaround, ULPS, T_INIT and T_WAKEUP, the alternate calibration
 * sequence and preamble of v2.x. Sources: D-PHY v1.2 table 14 through Linux phy-core-mipi-dphy.c
 * (limits in mipi_dphy_check); lengths of the calibration from memory of v1.2 section 6.12
 * (assumed).
 */
#ifndef MIPI_DPHY_H
#define MIPI_DPHY_H

#include "sim/types.h"

#define MIPI_MAX_LANES 4u
#define MIPI_DESKEW_BPS UINT64_C(1500000000) /* above it the receiver needs de-skew calibration */
#define MIPI_DESKEW_SYNC_UI 16u              /* ones that it begins with */

typedef struct {
    uint32_t ns, ui;
} mipi_dphy_time_t;

typedef struct {
    uint64_t bit_rate_bps; /* of one lane */
    uint32_t lanes;        /* 1..4 */
    bool gated_clock;
    mipi_dphy_time_t lpx, hs_prepare, hs_zero, hs_trail, hs_exit;
    mipi_dphy_time_t clk_prepare, clk_zero, clk_pre, clk_post, clk_trail; /* gated clock only */
    uint32_t skew_ui[MIPI_MAX_LANES]; /* by which a lane arrives late, 0..255 */
    uint32_t deskew_initial_ui;       /* of 0101..: 32768 UI to 100 us */
    uint32_t deskew_periodic_ui;      /* 1024 UI to 10 us */
} mipi_dphy_desc_t;

/* What a packet costs, relative to its start. */
typedef struct {
    uint64_t first_byte_ps, last_byte_ps, end_ps;
} mipi_span_t;

/* When data lanes and a gated clock lane are in high speed: from HS-0 to the end of their trails.
 */
typedef struct {
    uint64_t lane_from_ps, lane_to_ps, clock_from_ps, clock_to_ps;
} mipi_hs_t;

/* 2 lanes of 888 Mb/s (IMX500), continuous clock, every parameter at its D-PHY v1.2 minimum. */
mipi_dphy_desc_t mipi_dphy_desc_default(void);

/* NULL, or which field breaks which limit: "hs_prepare: 30 ns + 4 UI below 40 ns + 4 UI". The
 * text is written to error. */
const char *mipi_dphy_check(const mipi_dphy_desc_t *desc, char *error, size_t error_bytes);

/* Is the parameter at that offset of the description above its limit? */
bool mipi_dphy_too_long(const mipi_dphy_desc_t *desc, size_t offset);

mipi_dphy_time_t mipi_dphy_sum(mipi_dphy_time_t a, mipi_dphy_time_t b);

/* ns + UI in picoseconds, rounded down. */
uint64_t mipi_dphy_time_ps(const mipi_dphy_desc_t *desc, mipi_dphy_time_t time);

/* From LP-11 to the first bit of data on lane 0, clock lane and sync included. */
mipi_dphy_time_t mipi_dphy_to_data(const mipi_dphy_desc_t *desc);

/* When the clock lane has woken and data lanes leave LP-11: 0 with a continuous clock. */
mipi_dphy_time_t mipi_dphy_to_request(const mipi_dphy_desc_t *desc);

/* THS-TRAIL, at least 8 UI. */
mipi_dphy_time_t mipi_dphy_trail(const mipi_dphy_desc_t *desc);

/* A packet that is a burst of its own. */
mipi_span_t mipi_dphy_packet(const mipi_dphy_desc_t *desc, uint32_t packet_bytes);

/* A packet whose first byte is `before` after its start, end with LP-11 again. */
mipi_span_t mipi_dphy_bytes(const mipi_dphy_desc_t *desc, mipi_dphy_time_t before,
                            uint32_t packet_bytes);

/* High speed of a burst whose last bit is that long after its start; joined: it has begun before.
 */
mipi_hs_t mipi_dphy_hs(const mipi_dphy_desc_t *desc, mipi_dphy_time_t last, bool joined);
/* From the start of such a burst to its last bit. */
mipi_dphy_time_t mipi_dphy_last(const mipi_dphy_desc_t *desc, mipi_dphy_time_t before,
                                uint32_t packet_bytes);
mipi_dphy_time_t mipi_dphy_deskew_last(const mipi_dphy_desc_t *desc, uint32_t pattern_ui);

/* A calibration burst with that many UI of 0101.., from LP-11 to the end of HS-EXIT. */
uint64_t mipi_dphy_deskew_ps(const mipi_dphy_desc_t *desc, uint32_t pattern_ui);

#endif
