/*
 * yuv_rows_code.h - the row kernels of the image path, compiled once per SIMD level by the file
 * that includes it: plain loops of stride one on 16-bit integers, which compilers turn into vector
 * code of any width with the same bits.
 */
#ifndef ISP_YUV_ROWS_CODE_H
#define ISP_YUV_ROWS_CODE_H

#include "isp/yuv_rows.h"

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
 * then nothing. 2 clamp(d, -t, t) - clamp(d, -2 t, 2 t) is just that.
 */
static inline int16_t influence(uint8_t neighbor, int16_t center, int16_t t)
{
    int16_t d = S16(neighbor - center);
    return S16(2 * clamp_s16(d, S16(-t), t) - clamp_s16(d, S16(-2 * t), S16(2 * t)));
}

/* Two neighbors left and right at distance `at`, and the two of row pair a, b. */
static inline int16_t both(const uint8_t *row, uint32_t i, uint32_t at, int16_t x, int16_t t)
{
    return S16(influence(row[i + at], x, t) + influence((row - at)[i], x, t));
}

/* Weights 1 4 6 4 1 down and across; |sum| <= 220 t < 2^15. */
static void smooth_row(const uint8_t *const rows[WIN_LINES], uint32_t count, uint32_t threshold,
                       uint32_t strength, uint8_t *restrict out)
{
    const uint8_t *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3], *r4 = rows[4];
    int16_t t = S16(threshold), s = S16(strength);
    for (uint32_t i = 0; i < count; i++) {
        int16_t x = r2[i];
        int16_t far = S16(both(r0, i, 2, x, t) + both(r4, i, 2, x, t));
        int16_t knight = S16(both(r0, i, 1, x, t) + both(r4, i, 1, x, t) + both(r1, i, 2, x, t) +
                             both(r3, i, 2, x, t));
        int16_t straight =
            S16(influence(r0[i], x, t) + influence(r4[i], x, t) + both(r2, i, 2, x, t));
        int16_t near = S16(both(r1, i, 1, x, t) + both(r3, i, 1, x, t));
        int16_t next = S16(influence(r1[i], x, t) + influence(r3[i], x, t) + both(r2, i, 1, x, t));
        int16_t sum = S16(far + 4 * knight + 6 * straight + 16 * near + 24 * next);
        out[i] = (uint8_t)(x + ((sum * s + 2048) >> 12));
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

#define YUV_ROWS_TABLE                                                                             \
    {                                                                                              \
        .matrix = matrix_rows, .smooth = smooth_row, .sharpen = unsharp_row                        \
    }

#endif
