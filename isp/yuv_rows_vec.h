/*
 * yuv_rows_vec.h - the kernels of yuv_rows_code.h by hand, in terms of the vectors that the file
 * which includes it has included (vec_*.h). Same bits; rows shorter than a vector are left to
 * yuv_rows_code.h. The last vector of a row lies over the one before: results go elsewhere, so that
 * some are made twice does no harm.
 */
#ifndef ISP_YUV_ROWS_VEC_H
#define ISP_YUV_ROWS_VEC_H

#include "isp/yuv_rows_code.h"

#define VEC_PX ((uint32_t)VEC_BYTES)

static inline vec_t pair_of16(int32_t low, int32_t high)
{
    return vec_set32((int32_t)((uint32_t)high << 16 | ((uint32_t)low & 0xffff)));
}

/* ---- matrix ---- */

typedef struct {
    vec_t xy, z, bias;
} matrix_row_t;

/* Pixels as pairs of 16-bit lanes (x, y) and (z, 0), a quarter of a vector of bytes in each. */
static inline vec_t matrix_quarters(const vec_t xy[4], const vec_t z[4], const matrix_row_t *k)
{
    vec_t out[4];
    for (int i = 0; i < 4; i++)
        out[i] = vec_sra32(vec_dot(vec_dot(k->bias, xy[i], k->xy), z[i], k->z), 13);
    return vec_packus16(vec_packs32(out[0], out[1]), vec_packs32(out[2], out[3]));
}

/* 16-bit lanes a0 b0 a1 b1 .. of two vectors of bytes; of each half of a vector: quarter by
 * quarter. */
static inline void widen_pairs(vec_t a, vec_t b, vec_t out[4])
{
    vec_t low = vec_zip_low8(a, b), high = vec_zip_high8(a, b), zero = vec_zero();
    out[0] = vec_zip_low8(low, zero);
    out[1] = vec_zip_high8(low, zero);
    out[2] = vec_zip_low8(high, zero);
    out[3] = vec_zip_high8(high, zero);
}

static void matrix_vec(const uint8_t *const in[3], uint32_t count, const yuv_matrix_t *m,
                       uint8_t *const out[3])
{
    matrix_row_t k[3];
    if (count < VEC_PX) {
        matrix_rows(in, count, m, out);
        return;
    }
    for (int c = 0; c < 3; c++)
        k[c] = (matrix_row_t){pair_of16(m->k[c][0], m->k[c][1]), pair_of16(m->k[c][2], 0),
                              vec_set32(m->bias[c])};
    for (uint32_t i = 0; i < count; i = next_first(i, VEC_PX, count)) {
        vec_t xy[4], z[4];
        widen_pairs(vec_load(in[0] + i), vec_load(in[1] + i), xy);
        widen_pairs(vec_load(in[2] + i), vec_zero(), z);
        for (int c = 0; c < 3; c++)
            vec_store(out[c] + i, matrix_quarters(xy, z, &k[c]));
    }
}

/* ---- windows of 5 x 5 ---- */

/* 1 4 6 4 1 down and across, but for the center's 36: weight, row and column of four pixels. */
/* clang-format off */
#define FOURS(X)                                                                                   \
    X( 1, r[0] - 2, r[0] + 2, r[4] - 2, r[4] + 2)                                                  \
    X( 4, r[0] - 1, r[0] + 1, r[4] - 1, r[4] + 1)                                                  \
    X( 4, r[1] - 2, r[1] + 2, r[3] - 2, r[3] + 2)                                                  \
    X( 6, r[0],     r[4],     r[2] - 2, r[2] + 2)                                                  \
    X(16, r[1] - 1, r[1] + 1, r[3] - 1, r[3] + 1)                                                  \
    X(24, r[1],     r[3],     r[2] - 1, r[2] + 1)
/* clang-format on */

/* Of the pixels in the low and in the high part of each half vector, in 16-bit lanes. */
typedef struct {
    vec_t low, high;
} sums_t;

static inline void rows_at(const uint8_t *const rows[WIN_LINES], uint32_t i,
                           const uint8_t *r[WIN_LINES])
{
    for (int k = 0; k < WIN_LINES; k++)
        r[k] = rows[k] + i;
}

/* Adds bytes a and b, each with its weight. */
static inline void add_weighted(sums_t *sum, vec_t a, vec_t b, int32_t weight_a, int32_t weight_b)
{
    vec_t weights = vec_set16(S16(weight_b << 8 | weight_a));
    sum->low = vec_add16(sum->low, vec_maddubs(weights, vec_zip_low8(a, b)));
    sum->high = vec_add16(sum->high, vec_maddubs(weights, vec_zip_high8(a, b)));
}

static inline vec_t influence_of(const uint8_t *neighbor, vec_t x, vec_t twice)
{
    return vec_influence(vec_load(neighbor), x, twice);
}

static inline sums_t influences(const uint8_t *const r[WIN_LINES], vec_t x, vec_t twice)
{
    sums_t sum = {vec_zero(), vec_zero()};
#define ADD(w, a, b, c, d)                                                                         \
    add_weighted(&sum, influence_of(a, x, twice), influence_of(b, x, twice), w, w);                \
    add_weighted(&sum, influence_of(c, x, twice), influence_of(d, x, twice), w, w);
    FOURS(ADD)
#undef ADD
    return sum;
}

/* Thresholds up to 31: four of them fit a byte. */
static inline sums_t small_influences(const uint8_t *const r[WIN_LINES], vec_t x, vec_t twice)
{
    sums_t sum = {vec_zero(), vec_zero()};
    int32_t weight[6], k = 0;
    vec_t four[6];
#define ADD(w, a, b, c, d)                                                                         \
    weight[k] = w;                                                                                 \
    four[k++] = vec_add8(vec_add8(influence_of(a, x, twice), influence_of(b, x, twice)),           \
                         vec_add8(influence_of(c, x, twice), influence_of(d, x, twice)));
    FOURS(ADD)
#undef ADD
    for (k = 0; k < 6; k += 2)
        add_weighted(&sum, four[k], four[k + 1], weight[k], weight[k + 1]);
    return sum;
}

/* (sum S + 2^11) >> 12 is (sum 8 S + 2^14) >> 15. */
static void smooth_vec(const uint8_t *const rows[WIN_LINES], uint32_t count, uint32_t threshold,
                       uint32_t strength, uint8_t *out)
{
    vec_t twice = vec_set8((int8_t)(2 * threshold)), part = vec_set16(S16(8 * strength));
    if (count < VEC_PX) {
        smooth_row(rows, count, threshold, strength, out);
        return;
    }
    for (uint32_t i = 0; i < count; i = next_first(i, VEC_PX, count)) {
        const uint8_t *r[WIN_LINES];
        rows_at(rows, i, r);
        vec_t x = vec_load(r[2]);
        sums_t sum = threshold <= 31 ? small_influences(r, x, twice) : influences(r, x, twice);
        vec_t by = vec_packs16(vec_mulhrs(sum.low, part), vec_mulhrs(sum.high, part));
        vec_store(out + i, vec_add8(x, by));
    }
}

/* Adds two pixels, weighted. */
static inline void add_pixels(sums_t *sum, const uint8_t *a, const uint8_t *b, int8_t weight)
{
    vec_t va = vec_load(a), vb = vec_load(b), weights = vec_set8(weight);
    sum->low = vec_add16(sum->low, vec_maddubs(vec_zip_low8(va, vb), weights));
    sum->high = vec_add16(sum->high, vec_maddubs(vec_zip_high8(va, vb), weights));
}

typedef struct {
    vec_t amount, core, limit, low, high;
} unsharp_t;

static inline vec_t clamp_vec(vec_t v, vec_t low, vec_t high)
{
    return vec_min16(vec_max16(v, low), high);
}

/* Pixels and sums in 16-bit lanes; (kept A + 2^8) >> 9 is (kept 64 A + 2^14) >> 15. */
static inline vec_t unsharp(vec_t x, vec_t sum, const unsharp_t *job)
{
    vec_t zero = vec_zero(), blurred = vec_srl16(vec_add16(sum, vec_set16(8)), 4);
    vec_t detail = vec_sub16(vec_sll16(x, 4), blurred);
    vec_t small = clamp_vec(detail, vec_sub16(zero, job->core), job->core);
    vec_t more = vec_mulhrs(vec_sub16(detail, small), job->amount);
    vec_t y = vec_add16(x, clamp_vec(more, vec_sub16(zero, job->limit), job->limit));
    return clamp_vec(y, job->low, job->high);
}

static void unsharp_vec(const uint8_t *const rows[WIN_LINES], uint32_t count,
                        const sharpen_job_t *job, uint8_t *out)
{
    unsharp_t k = {vec_set16(S16(64 * job->amount)), vec_set16(S16(job->core)),
                   vec_set16(S16(job->limit)), vec_set16(S16(job->low)), vec_set16(S16(job->high))};
    vec_t center = vec_set16(36);
    if (count < VEC_PX) {
        unsharp_row(rows, count, job, out);
        return;
    }
    for (uint32_t i = 0; i < count; i = next_first(i, VEC_PX, count)) {
        const uint8_t *r[WIN_LINES];
        rows_at(rows, i, r);
        vec_t x = vec_load(r[2]);
        vec_t low = vec_zip_low8(x, vec_zero()), high = vec_zip_high8(x, vec_zero());
        sums_t sum = {vec_maddubs(low, center), vec_maddubs(high, center)};
#define ADD(w, a, b, c, d)                                                                         \
    add_pixels(&sum, a, b, w);                                                                     \
    add_pixels(&sum, c, d, w);
        FOURS(ADD)
#undef ADD
        vec_store(out + i, vec_packus16(unsharp(low, sum.low, &k), unsharp(high, sum.high, &k)));
    }
}

/* ---- 4:2:2 ---- */

/* Pairs as 16-bit lanes: (1 2 1) / 4 of a plane at its even columns; column -1 is at x[-1]. */
static inline vec_t low_pass_vec(const uint8_t *x)
{
    vec_t here = vec_load(x), before = vec_load(x - 1), byte = vec_set16(0xff);
    vec_t ends = vec_add16(vec_and(before, byte), vec_srl16(here, 8));
    vec_t sum = vec_add16(ends, vec_add16(vec_sll16(vec_and(here, byte), 1), vec_set16(2)));
    return vec_srl16(sum, 2);
}

/* Columns 0 and 1 have none to their left. */
static void pack_422_vec(const uint8_t *const yuv[3], uint32_t width_px, uint8_t *out)
{
    uint32_t inner = width_px - 2;
    if (width_px < VEC_PX + 2) {
        pack_422_row(yuv, width_px, out);
        return;
    }
    pack_422_row(yuv, 2, out);
    for (uint32_t i = 0; i < inner; i = next_first(i, VEC_PX, inner)) {
        vec_t u = low_pass_vec(yuv[1] + 2 + i), v = low_pass_vec(yuv[2] + 2 + i);
        vec_t uv = vec_or(u, vec_sll16(v, 8)), y = vec_load(yuv[0] + 2 + i);
        vec_store_zip(out + 2 * (2 + i), vec_zip_low8(uv, y), vec_zip_high8(uv, y));
    }
}

#define YUV_ROWS_VEC_TABLE                                                                         \
    {                                                                                              \
        .matrix = matrix_vec, .smooth = smooth_vec, .sharpen = unsharp_vec,                        \
        .pack_422 = pack_422_vec                                                                   \
    }

#endif
