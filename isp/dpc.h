/*
 * dpc.h - defect correction: photosites that a map names, and samples that stand out.
 *
 *              +-- 4 line buffers --+
 *   row n+2 -->|  5 x 5 window      |---> row n
 *              +--------------------+
 *
 * The neighbors of a sample are the eight of its color in the 5 x 5 around it: 2 columns, 2 rows
 * away. At the frame's edges a neighbor that is missing is the one on the other side.
 *
 *   search   v is hot when v > high + hot_dn + floor(high hot_q8 / 256), high the brightest
 *            neighbor; cold when v + cold_dn + floor(low cold_q8 / 256) < low, the darkest one
 *   map      photosites by their place in the array; the sample that one is in (a binned sample
 *            is of four) is replaced. A frame's window and flips are taken into account.
 *
 * A defect is replaced by floor((a + b + 1) / 2) of the opposite neighbors with the least |a - b|,
 * in this order when equal: left and right, above and below, upper left and lower right, upper
 * right and lower left. Neighbors are samples as they came, corrected or not.
 *
 * A star of one sample survives while it is within the threshold of its brightest neighbor.
 *
 * Timing:       2 lines of delay and pipe_cycles while the search or the map is on, else none.
 * Not modeled:  searching for two defects side by side (each hides the other; the map does not
 *               mind); subsampled frames use the map as if they were binned.
 */
#ifndef ISP_DPC_H
#define ISP_DPC_H

#include "isp/rows.h"

#define DPC_SITES 512u
#define DPC_LINES 5u /* of the window: 4 stored and the one that comes in */
#define DPC_DELAY_LINES 2u

typedef struct {
    uint32_t pipe_cycles;  /* 1..255 */
    uint32_t max_width_px; /* 4.. */
} dpc_desc_t;

/* What a frame is corrected with. */
typedef struct {
    uint32_t width_px, height_px;
    uint32_t search; /* 1: on */
    uint32_t hot_dn, hot_q8, cold_dn, cold_q8;
} dpc_frame_t;

typedef struct {
    sim_comp_t comp;
    dpc_desc_t desc;
    const isp_rows_t *rows;

    uint32_t
        site[DPC_SITES]; /* the map: row << 16 | column of the array; state, reset by the owner */

    uint16_t *lines; /* state from here on: DPC_LINES lines, each two padded half rows */
    dpc_frame_t now;
    uint32_t mark[DPC_SITES]; /* row << 16 | column of the frame, ascending */
    uint32_t marks, next_mark;
    uint32_t found; /* of this frame, by the search */
    uint64_t hot_px, cold_px, mapped_px, line_buffer_bytes;
} dpc_t;

sim_err_t dpc_init(dpc_t *dpc, sim_t *sim, const dpc_desc_t *desc, const char *name);
void dpc_free(dpc_t *dpc);

/* A frame begins; marks are those of dpc_mark until the next one. */
void dpc_begin(dpc_t *dpc, const dpc_frame_t *frame);
/* A sample that the map condemns, in any order; once each. */
void dpc_mark(dpc_t *dpc, uint32_t row, uint32_t column);

/* Where the stage before puts row `row`; dpc_close_line makes its ends. */
isp_half_t dpc_line(const dpc_t *dpc, uint32_t row);
void dpc_close_line(dpc_t *dpc, uint32_t row);
/* Corrects row `row`, in order. Lines row-2..row+2, as far as the frame has them, must be there. */
void dpc_row(dpc_t *dpc, uint32_t row, isp_half_t out);

#endif
