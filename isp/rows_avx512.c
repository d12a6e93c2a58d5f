/*
 * rows_avx512.c - row kernels for AVX-512.
 */
#include <immintrin.h>

#include "isp/rows_int.h"

#define VEC_LANES 32
typedef __m512i vec_t;

static inline vec_t vec_load(const uint16_t *p)
{
    return _mm512_loadu_si512((const __m512i *)(const void *)p);
}

static inline void vec_store(uint16_t *p, vec_t v)
{
    _mm512_storeu_si512((__m512i *)(void *)p, v);
}

static inline vec_t vec_set16(int16_t v)
{
    return _mm512_set1_epi16(v);
}

static inline vec_t vec_set32(int32_t v)
{
    return _mm512_set1_epi32(v);
}

static inline vec_t vec_zip_low(vec_t a, vec_t b)
{
    return _mm512_unpacklo_epi16(a, b);
}

static inline vec_t vec_zip_high(vec_t a, vec_t b)
{
    return _mm512_unpackhi_epi16(a, b);
}

static inline vec_t vec_madd(vec_t a, vec_t b)
{
    return _mm512_madd_epi16(a, b);
}

static inline vec_t vec_add32(vec_t a, vec_t b)
{
    return _mm512_add_epi32(a, b);
}

static inline vec_t vec_shift_right_10(vec_t v)
{
    return _mm512_srai_epi32(v, 10);
}

static inline vec_t vec_pack_unsigned(vec_t low, vec_t high)
{
    return _mm512_packus_epi32(low, high);
}

static inline vec_t vec_min(vec_t a, vec_t b)
{
    return _mm512_min_epu16(a, b);
}

#include "isp/rows_vec.h"

/*
 * Segments instead of a table of 4096: a gather costs more. The exponent and the top two mantissa
 * bits of (float)x number the segment between points of gamma.h, 515 too high.
 */
static inline __m512i segment_of(__m256i x)
{
    __m512 value = _mm512_cvtepi32_ps(_mm512_cvtepu16_epi32(x));
    __m512i index = _mm512_srli_epi32(_mm512_castps_si512(value), 21);
    return _mm512_max_epi32(_mm512_sub_epi32(index, _mm512_set1_epi32(515)),
                            _mm512_setzero_si512());
}

typedef struct {
    vec_t y0[2], dy[2], s[2];
} segments_t;

static inline vec_t look_up(const vec_t table[2], vec_t index)
{
    return _mm512_permutex2var_epi16(table[0], index, table[1]);
}

static inline vec_t tone(const segments_t *t, vec_t x)
{
    __m512i low = segment_of(_mm512_castsi512_si256(x));
    __m512i high = segment_of(_mm512_extracti64x4_epi64(x, 1));
    vec_t index = _mm512_inserti64x4(_mm512_castsi256_si512(_mm512_cvtepi32_epi16(low)),
                                     _mm512_cvtepi32_epi16(high), 1);
    vec_t d = _mm512_and_si512(_mm512_sllv_epi16(x, look_up(t->s, index)), vec_set16(0x7fff));
    return _mm512_add_epi16(look_up(t->y0, index), _mm512_mulhrs_epi16(look_up(t->dy, index), d));
}

static void gamma_vec(const uint16_t *even, const uint16_t *odd, uint32_t count,
                      const isp_curve_t *curve, uint8_t *out)
{
    segments_t t;
    for (int half = 0; half < 2; half++) {
        t.y0[half] = _mm512_loadu_si512(curve->y0 + 32 * half);
        t.dy[half] = _mm512_loadu_si512(curve->dy + 32 * half);
        t.s[half] = _mm512_loadu_si512(curve->s + 32 * half);
    }
    uint32_t i = 0;
    for (; !curve->straight && i + VEC_LANES <= count; i += VEC_LANES) {
        vec_t e = tone(&t, vec_load(even + i)), o = tone(&t, vec_load(odd + i));
        _mm512_storeu_si512(out + 2 * i, _mm512_or_si512(e, _mm512_slli_epi16(o, 8)));
    }
    gamma_rows(even + i, odd + i, count - i, curve, out + 2 * i);
}

const isp_rows_t isp_rows_avx512 = {
    .blc = blc_row,
    .gain = gain_row,
    .demosaic = demosaic_rows,
    .bilinear = bilinear_rows,
    .edge = edge_rows,
    .green = green_row,
    .ccm = ccm_vec,
    .gamma = gamma_vec,
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
