/*
 * stats.h - statistics of the RAW frame for firmware: exposure, white balance, focus.
 *
 *                  +------------------------------------+
 *   samples ------>| cells: zones, histograms, AWB sums |
 *   ahead of WB    | green rows: focus windows          |---> block ---> memory port (frame end)
 *                  +------------------------------------+
 *
 * Samples are those that white balance gets: black at 0, defects and lens shading corrected, 12
 * bits. A cell is the 2 x 2 samples of columns 2i, 2i+1 and rows 2j, 2j+1: r, b, and g = Gr + Gb; a
 * last column or row without partner is not counted. A cell is in range when low <= s <= high for
 * all four samples: neither black nor saturated. All sums are exact.
 *
 *   zones        16 x 16 over the frame as it comes: zone z of w cells has the cells from
 *                floor(z w / 16) to floor((z + 1) w / 16) - 1. Sums of r, g, b and the count of the
 *                cells in range; none: they are 0.
 *   histograms   of r, of floor(g / 2) and of b of every cell, 128 bins of 32 DN
 *   awb          sums of r, g, b and the count of the cells in range that are in the window and
 *                whose colors are near gray: rg[0] g <= 512 r <= rg[1] g, and so b with bg
 *   focus        3 x 3 windows (split as zones are). Of greens of one row and one window that are
 *                neighbors (2 columns apart), d their difference, where |d| >= focus_min:
 *                sums of |d| and of d^2
 *
 * Windows are given in array pixels; isp.h says which samples they are. Of a window, the cells
 * from floor(x / 2) to floor((x + w) / 2) - 1 count.
 *
 * The block is STATS_BYTES of little-endian 32-bit words: STATS_TABLE; 64-bit sums are low word,
 * high word. It belongs to the frame whose number it begins with, and is written, one burst after
 * another, from the moment the last RGB row of that frame has left; ISP_STATUS.statistics tells
 * that it is complete. A frame that is dropped has none; while the block before is still being
 * written the frame's is lost (overrun).
 *
 * Timing:       a tap: no lines, no clocks.
 * Buffers:      the even row of a cell (12 bits a sample), the sums, and the block on its way.
 * Not modeled:  gradients across rows, flicker detection.
 */
#ifndef ISP_STATS_H
#define ISP_STATS_H

#include "isp/rows.h"

#define STATS_ZONES 16u
#define STATS_BINS 128u
#define STATS_FOCUS 3u

/* clang-format off */
/* X(name, words, what), in order. */
#define STATS_TABLE(X)                                                                             \
    X(FRAME,    1,    "frame number")                                                              \
    X(CELLS,    1,    "31:16: height; 15:0: width of the frame in cells")                          \
    X(ABOVE,    1,    "cells with a sample above the range")                                       \
    X(BELOW,    1,    "cells with a sample below it")                                              \
    X(AWB_R,    2,    "sum of r, 64 bits")                                                         \
    X(AWB_G,    2,    "sum of g, two a cell")                                                      \
    X(AWB_B,    2,    "sum of b")                                                                  \
    X(AWB_N,    2,    "cells")                                                                     \
    X(FOCUS,    36,   "windows in rows: sum of |d|, sum of d^2, 64 bits each")                     \
    X(HIST_R,   128,  "cells")                                                                     \
    X(HIST_G,   128,  "cells")                                                                     \
    X(HIST_B,   128,  "cells")                                                                     \
    X(ZONE,     1024, "zones in rows: sums of r, g, b, count of cells")
/* clang-format on */

#define STATS_WORDS 1456u
#define STATS_BYTES (4u * STATS_WORDS)

/* Samples [x, x + w) and [y, y + h). */
typedef struct {
    uint32_t x, y, w, h;
} stats_rect_t;

/* One frame. */
typedef struct {
    uint32_t addr, frame;
    sim_bayer_t bayer;
    uint32_t width_px, height_px;
    uint32_t low, high;      /* of the range, 0..4095 */
    uint32_t rg[2], bg[2];   /* least and most, 8.8 */
    stats_rect_t awb, focus; /* samples */
    uint32_t focus_min;
} stats_job_t;

/* 64-bit members first: no padding. */
typedef struct {
    uint64_t awb[4];                              /* r, g, b, cells */
    uint64_t focus[STATS_FOCUS * STATS_FOCUS][2]; /* |d|, d^2 */
    uint32_t zone[STATS_ZONES * STATS_ZONES][4];
    uint32_t hist[ISP_CHANNELS][STATS_BINS];
    uint32_t above, below;
} stats_sums_t;

typedef struct {
    uint32_t max_width_px; /* 4.. */
} stats_desc_t;

typedef struct {
    sim_comp_t comp;
    stats_desc_t desc;
    const isp_rows_t *rows;
    const sim_mem_port_t *port;                /* required before stats_end */
    sim_event_t *turn;                         /* required: calls stats_make_bursts */
    void (*on_done)(void *ctx, bool complete); /* the block of job.frame is in memory, or nowhere */
    void *ctx;
    sim_mem_req_t req;

    uint16_t *upper; /* state from here on: the even row of a cell, two half rows */
    stats_job_t job;
    stats_sums_t sums;
    uint8_t block[STATS_BYTES]; /* on its way to memory */
    uint32_t block_addr, block_frame, block_sent;
    bool writing, waiting; /* a block is under way; a burst of it is in memory's queue */
    bool bad_address;
    uint64_t end_ps; /* newest burst done */
    uint64_t blocks, lost_blocks, bytes_written, wait_cycles, buffer_bytes;
} stats_t;

sim_err_t stats_init(stats_t *st, sim_t *sim, const stats_desc_t *desc, const char *name);
void stats_free(stats_t *st);

/* A frame begins: sums are 0. */
void stats_begin(stats_t *st, const stats_job_t *job);
/* Its rows in order, as half rows. */
void stats_row(stats_t *st, uint32_t row, isp_half_t line);
/* It has ended: writes the block. False: the one before is still being written, this one is lost */
bool stats_end(stats_t *st);
/* Makes the block's next burst, at the turn. */
void stats_make_bursts(stats_t *st);

#endif
