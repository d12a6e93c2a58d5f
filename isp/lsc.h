/*
 * lsc.h - lens shading correction: a gain for each color and place of the array.
 *
 *                 +-----------------------------+
 *   samples ----->|  grid 16 x 12 x (R Gr Gb B) |-----> samples, in place
 *                 +-----------------------------+
 *
 * Node (i, j) is at array column i W / 15 and row j H / 11 of the W x H array: the first and the
 * last ones are its edges. The center of sample x of a frame w wide that shows array columns
 * [x0, x0 + ww) is at x0 + (2 x + 1) ww / (2 w), or x0 + ww less that when flipped; in units of
 * 1/256 of a grid interval, rounded down, p. Node i = floor(p / 256), f = p mod 256; rows alike
 * with 11 intervals. So a window, a binned and a flipped frame get the gains of their photosites.
 *
 *   gain_q12 = floor((sum of the four nodes' gain_q10 x weights (256 - f or f) + 2^13) / 2^14)
 *   out      = min(floor((v gain_q12 + 2^11) / 2^12), 4095)
 *
 * Gains are 0 to 4095 / 1024. Published: the size of the grid. Ours: where the nodes are, gains.
 *
 * Timing:       streams; pipe_cycles while it is on, else none. No line of delay.
 * Buffers:      the grid, 3 KB.
 * Not modeled:  gains that follow the color temperature: firmware writes another grid.
 */
#ifndef ISP_LSC_H
#define ISP_LSC_H

#include "isp/rows.h"

#define LSC_COLUMNS 16u
#define LSC_ROWS 12u
#define LSC_GAINS (LSC_COLUMNS * LSC_ROWS * 4u) /* nodes in rows; R, Gr, Gb, B of each */
#define LSC_ONE 1024u

typedef struct {
    uint32_t pipe_cycles;  /* 1..255 */
    uint32_t max_width_px; /* 4.. */
} lsc_desc_t;

/* A frame. */
typedef struct {
    uint32_t width_px, height_px;
    uint32_t array_width_px, array_height_px;
    sim_window_t window;
    sim_bayer_t bayer;
} lsc_frame_t;

typedef struct {
    sim_comp_t comp;
    lsc_desc_t desc;
    const isp_rows_t *rows;

    uint16_t grid[LSC_GAINS]; /* as written: Q10; state, reset by the owner */

    uint16_t *place; /* state from here on: p of the samples of two half rows */
    lsc_frame_t now;
    uint16_t gain[LSC_GAINS]; /* of the frame in progress */
    uint64_t saturated_px;
} lsc_t;

sim_err_t lsc_init(lsc_t *lsc, sim_t *sim, const lsc_desc_t *desc, const char *name);
void lsc_free(lsc_t *lsc);

/* A frame begins, with the grid as it is. */
void lsc_begin(lsc_t *lsc, const lsc_frame_t *frame);
void lsc_row(lsc_t *lsc, uint32_t row, isp_half_t line);

#endif
