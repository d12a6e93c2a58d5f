/*
 * yuv_rows.h - row arithmetic of the 8-bit image path, in one table per SIMD level, as rows.h.
 *
 * One source (yuv_rows_code.h), compiled by yuv_rows.c, yuv_rows_avx2.c and yuv_rows_avx512.c.
 * Units: codes of 8 bits; a row is three planes, R G B or Y U V.
 */
#ifndef ISP_YUV_ROWS_H
#define ISP_YUV_ROWS_H

#include "isp/rows.h"

#define WIN_LINES 5 /* of every 5 x 5 window */

/* out[c] = clamp((sum over i of k[c][i] * in[i] + bias[c]) >> 13, 0, 255): k is Q13. */
typedef struct {
    int16_t k[3][3];
    int32_t bias[3]; /* rounding and offsets */
} yuv_matrix_t;

/* See sharpen.h. */
typedef struct {
    uint32_t amount, core, limit; /* 0..255 each */
    uint32_t low, high;           /* codes that a result stays within */
} sharpen_job_t;

/* rows[] may be read from [-2] to [count + 1]. */
typedef struct {
    void (*matrix)(const uint8_t *const in[3], uint32_t count, const yuv_matrix_t *m,
                   uint8_t *const out[3]);
    /* nr.h: threshold 0..127, strength 0..16 */
    void (*smooth)(const uint8_t *const rows[WIN_LINES], uint32_t count, uint32_t threshold,
                   uint32_t strength, uint8_t *out);
    void (*sharpen)(const uint8_t *const rows[WIN_LINES], uint32_t count, const sharpen_job_t *job,
                    uint8_t *out);
    /* yuv.h: one row, width even, into 2 * width_px bytes */
    void (*pack_422)(const uint8_t *const yuv[3], uint32_t width_px, uint8_t *out);
} yuv_rows_t;

/* The table of that level; a level that was not built gives the next lower one. */
const yuv_rows_t *yuv_rows(sim_simd_t level);

#endif
