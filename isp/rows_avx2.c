/*
 * rows_avx2.c - row kernels for AVX2.
 */
#include <immintrin.h>

#include "isp/rows_int.h"

#define VEC_LANES 16
typedef __m256i vec_t;

static inline vec_t vec_load(const uint16_t *p)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

static inline void vec_store(uint16_t *p, vec_t v)
{
    _mm256_storeu_si256((__m256i *)(void *)p, v);
}

static inline vec_t vec_set16(int16_t v)
{
    return _mm256_set1_epi16(v);
}

static inline vec_t vec_set32(int32_t v)
{
    return _mm256_set1_epi32(v);
}

static inline vec_t vec_zip_low(vec_t a, vec_t b)
{
    return _mm256_unpacklo_epi16(a, b);
}

static inline vec_t vec_zip_high(vec_t a, vec_t b)
{
    return _mm256_unpackhi_epi16(a, b);
}

static inline vec_t vec_madd(vec_t a, vec_t b)
{
    return _mm256_madd_epi16(a, b);
}

static inline vec_t vec_add32(vec_t a, vec_t b)
{
    return _mm256_add_epi32(a, b);
}

static inline vec_t vec_shift_right_10(vec_t v)
{
    return _mm256_srai_epi32(v, 10);
}

static inline vec_t vec_pack_unsigned(vec_t low, vec_t high)
{
    return _mm256_packus_epi32(low, high);
}

static inline vec_t vec_min(vec_t a, vec_t b)
{
    return _mm256_min_epu16(a, b);
}

#include "isp/rows_vec.h"

const isp_rows_t isp_rows_avx2 = {
    .blc = blc_row,
    .gain = gain_row,
    .demosaic = demosaic_rows,
    .bilinear = bilinear_rows,
    .edge = edge_rows,
    .green = green_row,
    .ccm = ccm_vec,
    .gamma = gamma_rows,
    .interleave = interleave_vec,
    .accumulate = accumulate_row,
    .blend = blend_row,
    .defects = find_defects,
    .shade = shade_row,
    .cell_sums = cell_sums,
    .cell_outside = cell_outside,
    .cell_grays = cell_grays,
    .gradients = gradients,
};
