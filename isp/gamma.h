/*
 * gamma.h - tone curve: 12-bit linear to 8-bit codes, piecewise linear over 42 points.
 *
 *               +---------+
 *   R G B ----->|  GAMMA  |-----> R G B, 8 bits, in column order
 *               +---------+
 *
 * The IMX500 has tables of 42 points that end in 0xff (registers 0xd850..); where its points lie
 * is not published. Assumed: point 0 at 0, then four points an octave, as a small float counts:
 * point 1 + 4 e + m at (4 + m) << e for e = 0..9, m = 0..3, and point 41 at 4096. That is exactly
 * 42 points over 12 bits, dense where the curve is steep. Between points a and b,
 * y = ya + ((yb - ya) * (x - xa) + half) >> log2(xb - xa), half = (xb - xa) / 2, floor shift.
 *
 * Timing:       streams; the line leaves pipe_cycles after it came. No line of delay.
 * Modeled:      one curve for the three channels; bypass (x >> 4).
 * Not modeled:  three separate tables.
 */
#ifndef ISP_GAMMA_H
#define ISP_GAMMA_H

#include "isp/demosaic.h"

#define GAMMA_POINTS 42

typedef struct {
    uint32_t pipe_cycles; /* 0..255 */
} gamma_desc_t;

typedef struct {
    sim_comp_t comp;
    gamma_desc_t desc;
    const isp_rows_t *rows;

    isp_curve_t curve; /* state: the expanded points */
} gamma_t;

sim_err_t gamma_init(gamma_t *gamma, sim_t *sim, const gamma_desc_t *desc, const char *name);

/* The input value of a point. */
uint32_t gamma_point_x(uint32_t point);

/* Loads the points' codes (0..255 each); NULL: bypass. */
void gamma_load(gamma_t *gamma, const uint32_t *points);

/* Pairs of columns first..first+count-1 into out[channel][2 * first ..]. */
void gamma_row(const gamma_t *gamma, const demosaic_row_t *row, uint32_t first, uint32_t count,
               uint8_t *const out[ISP_CHANNELS]);

#endif
