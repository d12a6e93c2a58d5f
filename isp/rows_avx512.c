/*
 * rows_avx512.c - row kernels for AVX-512.
 */
#include "isp/rows_int.h"
#include "isp/vec_avx512.h"

#include "isp/rows_vec.h"

/*
 * Segments instead of a table of 4096: a gather costs more. The exponent and the top two mantissa
 * bits of (float)x number the segment between points of gamma.h, 515 too high.
 */
static inline vec_t segment_of(vec_t x)
{
    __m512 value = _mm512_cvtepi32_ps(x);
    return _mm512_srli_epi32(_mm512_castps_si512(value), 21);
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
    vec_t index = vec_packus32(segment_of(vec_zip_low16(x, vec_zero())),
                               segment_of(vec_zip_high16(x, vec_zero())));
    index = _mm512_subs_epu16(index, vec_set16(515));
    vec_t d = vec_and(_mm512_sllv_epi16(x, look_up(t->s, index)), vec_set16(0x7fff));
    return vec_add16(look_up(t->y0, index), vec_mulhrs(look_up(t->dy, index), d));
}

static void gamma_vec(const uint16_t *even, const uint16_t *odd, uint32_t count,
                      const isp_curve_t *curve, uint8_t *out)
{
    segments_t t;
    if (curve->straight || count < VEC_LANES) {
        gamma_rows(even, odd, count, curve, out);
        return;
    }
    for (int half = 0; half < 2; half++) {
        t.y0[half] = vec_load(curve->y0 + 32 * half);
        t.dy[half] = vec_load(curve->dy + 32 * half);
        t.s[half] = vec_load(curve->s + 32 * half);
    }
    for (uint32_t i = 0; i < count; i = next_first(i, VEC_LANES, count)) {
        vec_t e = tone(&t, vec_load(even + i)), o = tone(&t, vec_load(odd + i));
        vec_store(out + 2 * i, vec_or(e, vec_sll16(o, 8)));
    }
}

const isp_rows_t isp_rows_avx512 = {
    .blc = blc_vec,
    .gain = gain_vec,
    .demosaic = demosaic_rows,
    .bilinear = bilinear_rows,
    .edge = edge_rows,
    .green = green_row,
    .ccm = ccm_vec,
    .gamma = gamma_vec,
    .interleave = interleave_vec,
    .accumulate = accumulate_vec,
    .integrate = integrate_vec,
    .divide = divide_row,
    .blend = blend_row,
    .defects = defects_vec,
    .shade = shade_vec,
    .temporal = temporal_row,
    .put_words = put_words_vec,
    .get_words = get_words_vec,
    .cell_sums = cell_sums,
    .cell_outside = cell_outside,
    .cell_grays = cell_grays,
    .gradients = gradients,
};
