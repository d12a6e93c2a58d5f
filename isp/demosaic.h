/*
 * demosaic.h - Bayer to RGB: bilinear, Malvar, He and Cutler's 5 x 5 linear filters, or along
 * edges.
 *
 *               +-- line buffers --+
 *   row n+2 --->|      window      |---> R, G, B of row n
 *   (n+4 EDGE)  +------------------+
 *
 * All samples are 12 bits and results clamped to 0..4095. Outside the frame, pixel -k is pixel k
 * and pixel w-1+k is pixel w-1-k, again and again where that is outside too: mirrored about the
 * edge pixel, which keeps the Bayer phase.
 *
 * BILINEAR  means of the nearest 2 or 4 samples of the color, rounded half up.
 *
 * MHC       H. S. Malvar, L. He, R. Cutler, "High-quality linear interpolation for demosaicing of
 * Bayer-patterned color images", ICASSP 2004, figure 2. Coefficients times 16 are integers:
 *
 *   green at R or B          R at green, R row        R at B, B at R
 *        . . -2 .  .            .  .  1  .  .           .  . -3 .  .
 *        . .  4 .  .            . -2  . -2  .           .  4  . 4  .
 *       -2 4  8 4 -2           -2  8 10  8 -2          -3  . 12 . -3
 *        . .  4 .  .            . -2  . -2  .           .  4  . 4  .
 *        . . -2 .  .            .  .  1  .  .           .  . -3 .  .
 *
 * R at green in a B row is the middle one transposed. A result is floor((sum + 8) / 16).
 *
 * EDGE      Differences of colors are smoother than colors, most of all along an edge (J. F.
 * Hamilton, J. E. Adams, US patent 5,629,734, 1997; I. Pekkucuksen, Y. Altunbasak, "Gradient based
 * threshold free color filter array interpolation", ICIP 2010). Ours in integers, for 16-bit lanes:
 *   bend    q = 2 (a + b - m) - aa - bb of five samples aa a m b bb of a row, and so of a column;
 *           q / 4 is green less color at a chroma sample m, -q / 4 the same at a green one
 *   smooth  row = floor((floor((q' + q'') / 2) + q) / 2), q' = -(q one to the left), q'' = -(q one
 *           to the right), with q of rows; column: one up, one down, with q of columns
 *   turn    dh = sum of floor(|q' - q''| / 4) + floor(|a - b| / 4) of rows, for the sample and its
 * two neighbors on either side in the row; dv the same five, of columns blend   d = row when dh <
 * floor(dv / 2), column when dv < floor(dh / 2), else both = floor((row
 *           + column) / 2); floor((row + both) / 2) when dh < dv - floor(dv / 4), and so for dv
 *   green   g = floor((4 m + d + 2) / 4) at a chroma sample, difference e = m - g
 *   colors  g + mean of e at the 2 or 4 nearest samples of that color, rounded half up
 *
 * Timing:       2 lines of delay (row n is complete when row n+2 is in) and pipe_cycles; EDGE 4
 *               lines and edge_pipe_cycles.
 * Buffers:      4 lines; for EDGE 6 and two rows of e, 13 bits a chroma sample.
 * Modeled:      all four Bayer orders, odd widths and heights from 4 pixels up.
 * Not modeled:  counts of clamps.
 */
#ifndef ISP_DEMOSAIC_H
#define ISP_DEMOSAIC_H

#include "isp/rows.h"

#define DEMOSAIC_LINES 9 /* that rows of EDGE are made of; hardware keeps fewer, and e */

/* ISP_DEMOSAIC */
typedef enum { DEMOSAIC_MHC, DEMOSAIC_BILINEAR, DEMOSAIC_EDGE, DEMOSAIC_KINDS } demosaic_kind_t;

typedef struct {
    uint32_t pipe_cycles, edge_pipe_cycles; /* 1..255 */
    uint32_t max_width_px;                  /* 4.. */
} demosaic_desc_t;

/* A frame. */
typedef struct {
    demosaic_kind_t kind;
    sim_bayer_t bayer;
    uint32_t width_px, height_px;
} demosaic_frame_t;

/* One row of linear RGB, as half rows: rgb[channel][column parity]. */
typedef struct {
    uint16_t *rgb[ISP_CHANNELS][2];
} demosaic_row_t;

typedef struct {
    sim_comp_t comp;
    demosaic_desc_t desc;
    const isp_rows_t *rows;

    int16_t *scratch;               /* rows of e by row mod 4, and work for one */
    uint32_t e_first, e_from, e_to; /* rows [from, to) of e are there, from pair `first` on */

    uint16_t *lines; /* state: DEMOSAIC_LINES lines, each two padded half rows */
    demosaic_frame_t now;
    uint64_t line_buffer_bytes;
} demosaic_t;

sim_err_t demosaic_init(demosaic_t *dm, sim_t *sim, const demosaic_desc_t *desc, const char *name);
void demosaic_free(demosaic_t *dm);

uint32_t demosaic_delay_lines(demosaic_kind_t kind);
uint32_t demosaic_pipe_cycles(const demosaic_t *dm, demosaic_kind_t kind);

void demosaic_begin(demosaic_t *dm, const demosaic_frame_t *frame);

/* Where the stages before put Bayer row `row`; demosaic_close_line mirrors its ends. */
isp_half_t demosaic_line(const demosaic_t *dm, uint32_t row);
void demosaic_close_line(demosaic_t *dm, uint32_t row);

/*
 * Makes row `row` of the frame, pairs of columns first..first+count-1, into out[..][first..]. Lines
 * row-4..row+4 (EDGE) or row-2..row+2, as far as the frame has them, must be the last written.
 */
void demosaic_row(demosaic_t *dm, uint32_t row, uint32_t first, uint32_t count,
                  const demosaic_row_t *out);

#endif
