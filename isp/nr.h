/*
 * nr.h - spatial noise reduction of Y, U and V that keeps edges.
 *
 *               +-- 4 line buffers --+
 *   row n+2 --->|  5 x 5 window      |---> Y U V of row n
 *               +--------------------+
 *
 * Every neighbor of a 5 x 5 window pulls the pixel x by what it differs, d, times a binomial
 * weight (1 4 6 4 1 down and across, of 256): fully up to a threshold t, less and less up to 2 t,
 * not at all beyond.
 *   f(d) = d for |d| <= t, sign(d) (2 t - |d|) up to 2 t, 0 above
 *   out  = x + ((strength * sum of weight * f(d) + 2048) >> 12)
 * That is one step of a W-estimator with the influence function of a triangle (a bilateral filter
 * with a fixed denominator), so it needs no division; a result lies between the window's smallest
 * and largest value. A step of more than 2 t and noise is left as high as it is.
 * In noise far below t it is linear: of a flat field of variance v, strength s = S / 16,
 * (1 - s + s 36/256)^2 + s^2 (70^2 - 36^2) / 256^2 of v is left: 0.0748 at 16.
 *
 * Timing:       2 lines of delay and pipe_cycles.
 * Modeled:      thresholds of Y and of U, V (0..127; 0 leaves a plane as it is), strength 0..16.
 * Not modeled:  thresholds that follow the signal (shot noise after the tone curve).
 */
#ifndef ISP_NR_H
#define ISP_NR_H

#include "isp/window.h"

typedef struct {
    uint32_t pipe_cycles; /* 1..255 */
    uint32_t max_width_px;
} nr_desc_t;

typedef struct {
    uint32_t threshold[3]; /* of Y, U, V */
    uint32_t strength;
} nr_job_t;

typedef struct {
    sim_comp_t comp;
    nr_desc_t desc;
    const yuv_rows_t *rows;

    win_t lines; /* state */
    uint64_t line_buffer_bytes;
} nr_t;

sim_err_t nr_init(nr_t *nr, sim_t *sim, const nr_desc_t *desc, const char *name);
void nr_free(nr_t *nr);

/* Makes row `row`; lines row-2..row+2 of nr->lines, as far as there are, must be the last in. */
void nr_row(const nr_t *nr, const nr_job_t *job, uint32_t row, uint32_t width_px,
            uint32_t height_px, uint8_t *const out[3]);

#endif
