/*
 * demosaic.h - Bayer to RGB by Malvar, He and Cutler's 5 x 5 linear filters.
 *
 *               +-- 4 line buffers --+
 *   row n+2 --->|  5 x 5 window      |---> R, G, B of row n
 *               +--------------------+
 *
 * H. S. Malvar, L. He, R. Cutler, "High-quality linear interpolation for demosaicing of
 * Bayer-patterned color images", ICASSP 2004, figure 2. Coefficients times 16 are integers:
 *
 *   green at R or B          R at green, R row        R at B, B at R
 *        . . -2 .  .            .  .  1  .  .           .  . -3 .  .
 *        . .  4 .  .            . -2  . -2  .           .  4  . 4  .
 *       -2 4  8 4 -2           -2  8 10  8 -2          -3  . 12 . -3
 *        . .  4 .  .            . -2  . -2  .           .  4  . 4  .
 *        . . -2 .  .            .  .  1  .  .           .  . -3 .  .
 *
 * R at green in a B row is the middle one transposed. A result is floor((sum + 8) / 16), clamped
 * to 0..4095. Outside the frame, pixel -k is pixel k and pixel w-1+k is pixel w-1-k: mirrored about
 * the edge pixel, which keeps the Bayer phase.
 *
 * Timing:       2 lines of delay (row n is complete when row n+2 is in) and pipe_cycles.
 * Modeled:      all four Bayer orders, odd widths and heights from 4 pixels up.
 * Not modeled:  edge-directed interpolation; clamps are not counted.
 */
#ifndef ISP_DEMOSAIC_H
#define ISP_DEMOSAIC_H

#include "isp/rows.h"

#define DEMOSAIC_LINES 5 /* of the window: 4 stored and the one that comes in */
#define DEMOSAIC_DELAY_LINES 2

typedef struct {
    uint32_t pipe_cycles;  /* 0..255 */
    uint32_t max_width_px; /* 4.. */
} demosaic_desc_t;

/* One row of linear RGB, as half rows: rgb[channel][column parity]. */
typedef struct {
    uint16_t *rgb[ISP_CHANNELS][2];
} demosaic_row_t;

typedef struct {
    sim_comp_t comp;
    demosaic_desc_t desc;
    const isp_rows_t *rows;

    uint16_t *lines; /* state: DEMOSAIC_LINES lines, each two padded half rows */
    uint64_t line_buffer_bytes;
} demosaic_t;

sim_err_t demosaic_init(demosaic_t *dm, sim_t *sim, const demosaic_desc_t *desc, const char *name);
void demosaic_free(demosaic_t *dm);

/* Where the stages before put Bayer row `row`; demosaic_close_line mirrors its ends. */
isp_half_t demosaic_line(const demosaic_t *dm, uint32_t row);
void demosaic_close_line(demosaic_t *dm, uint32_t row, uint32_t width_px);

/*
 * Makes row `row` of a frame of height_px lines, pairs of columns first..first+count-1, into
 * out[..][first..]. Lines row-2..row+2, as far as the frame has them, must be the last written.
 */
void demosaic_row(const demosaic_t *dm, sim_bayer_t bayer, uint32_t row, uint32_t height_px,
                  uint32_t first, uint32_t count, const demosaic_row_t *out);

#endif
