/*
 * yuv_rows_code.h - the row kernels of the image path, compiled once per SIMD level by the file
 * that includes it: plain loops of stride one on 16-bit integers, which compilers turn into vector
 * code of any width with the same bits.
 */
#ifndef ISP_YUV_ROWS_CODE_H
#define ISP_YUV_ROWS_CODE_H

#include <string.h>

#include "isp/yuv_rows.h"

#define SMOOTH_PX 64u /* pixels at a time in smooth_row */
#define S16(expression) ((int16_t)(expression))

static inline int32_t clamp_s32(int32_t v, int32_t low, int32_t high)
{
    v = v < low ? low : v;
    return v > high ? high : v;
}

static inline int16_t clamp_s16(int16_t v, int16_t low, int16_t high)
{
    v = v < low ? low : v;
    return v > high ? high : v;
}

static inline void matrix_plane(const uint8_t *const in[3], uint32_t count, const int16_t k[3],
                                int32_t bias, uint8_t *restrict out)
{
    const uint8_t *x = in[0], *y = in[1], *z = in[2];
    int32_t k0 = k[0], k1 = k[1], k2 = k[2];
    for (uint32_t i = 0; i < count; i++)
        out[i] = (uint8_t)clamp_s32((k0 * x[i] + k1 * y[i] + k2 * z[i] + bias) >> 13, 0, 255);
}

static void matrix_rows(const uint8_t *const in[3], uint32_t count, const yuv_matrix_t *m,
                        uint8_t *const out[3])
{
    for (int c = 0; c < 3; c++)
        matrix_plane(in, count, m->k[c], m->bias[c], out[c]);
}

/*
 * How much a neighbor that differs by d counts: d up to the threshold t, less and less up to 2 t,
 * then nothing.
 */
static inline int16_t influence(uint8_t neighbor, int16_t center, int16_t t)
{
    int16_t d = S16(neighbor - center), sign = S16(d >> 15), size = S16((d ^ sign) - sign);
    int16_t left = S16(2 * t - size);
    left = left < 0 ? 0 : left;
    left = left < size ? left : size;
    return S16((left ^ sign) - sign);
}

/* Four neighbors of the same weight. */
static inline void add_four(int16_t *restrict sum, const uint8_t *restrict center,
                            const uint8_t *restrict a, const uint8_t *restrict b,
                            const uint8_t *restrict c, const uint8_t *restrict d, int16_t weight,
                            int16_t t)
{
    for (uint32_t i = 0; i < SMOOTH_PX; i++) {
        int16_t x = center[i];
        int16_t four = S16(influence(a[i], x, t) + influence(b[i], x, t) + influence(c[i], x, t) +
                           influence(d[i], x, t));
        sum[i] = S16(sum[i] + weight * four);
    }
}

static inline void move_by(const int16_t *restrict sum, const uint8_t *restrict center,
                           int32_t strength, uint8_t *restrict out)
{
    for (uint32_t i = 0; i < SMOOTH_PX; i++)
        out[i] = (uint8_t)(center[i] + ((sum[i] * strength + 2048) >> 12));
}

/* A few pixels: weights 1 4 6 4 1 down and across; |sum| <= 220 t < 2^15. */
static void smooth_some(const uint8_t *const r[WIN_LINES], uint32_t threshold, uint32_t strength,
                        uint8_t *out)
{
    int16_t sum[SMOOTH_PX] = {0}, t = S16(threshold);
    const uint8_t *x = r[2];
    add_four(sum, x, r[0] - 2, r[0] + 2, r[4] - 2, r[4] + 2, 1, t);
    add_four(sum, x, r[0] - 1, r[0] + 1, r[4] - 1, r[4] + 1, 4, t);
    add_four(sum, x, r[1] - 2, r[1] + 2, r[3] - 2, r[3] + 2, 4, t);
    add_four(sum, x, r[0], r[4], r[2] - 2, r[2] + 2, 6, t);
    add_four(sum, x, r[1] - 1, r[1] + 1, r[3] - 1, r[3] + 1, 16, t);
    add_four(sum, x, r[1], r[3], r[2] - 1, r[2] + 1, 24, t);
    move_by(sum, x, (int32_t)strength, out);
}

/* The last pixels are done in a copy. */
static void smooth_row(const uint8_t *const rows[WIN_LINES], uint32_t count, uint32_t threshold,
                       uint32_t strength, uint8_t *out)
{
    uint8_t copy[WIN_LINES][2 + SMOOTH_PX + 2] = {{0}}, last[SMOOTH_PX];
    for (uint32_t first = 0; first < count; first += SMOOTH_PX) {
        uint32_t left = count - first;
        const uint8_t *r[WIN_LINES];
        for (uint32_t k = 0; k < WIN_LINES; k++) {
            r[k] = rows[k] + first;
            if (left >= SMOOTH_PX)
                continue;
            memcpy(copy[k], r[k] - 2, left + 4);
            r[k] = copy[k] + 2;
        }
        smooth_some(r, threshold, strength, left < SMOOTH_PX ? last : out + first);
        if (left < SMOOTH_PX)
            memcpy(out + first, last, left);
    }
}

/* 1 4 6 4 1 down the columns of a window: 0..4080. */
static inline int16_t column_sum(const uint8_t *const rows[WIN_LINES], uint32_t i, int32_t at)
{
    return S16((rows[0] + at)[i] + (rows[4] + at)[i] + 4 * ((rows[1] + at)[i] + (rows[3] + at)[i]) +
               6 * (rows[2] + at)[i]);
}

static void unsharp_row(const uint8_t *const rows[WIN_LINES], uint32_t count,
                        const sharpen_job_t *job, uint8_t *restrict out)
{
    const uint8_t *const w[WIN_LINES] = {rows[0], rows[1], rows[2], rows[3], rows[4]};
    int32_t amount = (int32_t)job->amount;
    int16_t core = S16(job->core), limit = S16(job->limit);
    int16_t low = S16(job->low), high = S16(job->high);
    for (uint32_t i = 0; i < count; i++) {
        uint16_t across = (uint16_t)(column_sum(w, i, -2) + column_sum(w, i, 2) +
                                     4 * (column_sum(w, i, -1) + column_sum(w, i, 1)) +
                                     6 * column_sum(w, i, 0)); /* 65280 at most */
        int16_t blurred = S16(((uint32_t)across + 8) >> 4);
        int16_t detail = S16(16 * w[2][i] - blurred);
        int16_t kept = S16(detail - clamp_s16(detail, S16(-core), core));
        int16_t more = S16((kept * amount + 256) >> 9);
        out[i] = (uint8_t)clamp_s16(S16(w[2][i] + clamp_s16(more, S16(-limit), limit)), low, high);
    }
}

static inline uint8_t low_pass(const uint8_t *plane, uint32_t left, uint32_t x)
{
    return (uint8_t)((plane[left] + 2u * plane[x] + plane[x + 1] + 2) >> 2);
}

static void pack_422_row(const uint8_t *const yuv[3], uint32_t width_px, uint8_t *out)
{
    for (uint32_t x = 0; x + 1 < width_px; x += 2) {
        uint32_t left = x > 0 ? x - 1 : 1;
        out[2 * x] = low_pass(yuv[1], left, x);
        out[2 * x + 1] = yuv[0][x];
        out[2 * x + 2] = low_pass(yuv[2], left, x);
        out[2 * x + 3] = yuv[0][x + 1];
    }
}

#define YUV_ROWS_TABLE                                                                             \
    {                                                                                              \
        .matrix = matrix_rows, .smooth = smooth_row, .sharpen = unsharp_row,                       \
        .pack_422 = pack_422_row                                                                   \
    }

#endif
