/*
 * rows_vec.h - row kernels by hand, in terms of a vector of 16-bit lanes that the file which
 * includes it defines: vec_t, VEC_LANES and the vec_ functions. Same bits as rows_code.h, which
 * also does the last samples of a row.
 */
#ifndef ISP_ROWS_VEC_H
#define ISP_ROWS_VEC_H

#include "isp/rows_code.h"

/* One row of the matrix on 16-bit lanes given as pairs (r, g) and (b, 1). */
static inline vec_t ccm_dot(vec_t rg, vec_t b1, vec_t k_rg, vec_t k_b1)
{
    return vec_shift_right_10(vec_add32(vec_madd(rg, k_rg), vec_madd(b1, k_b1)));
}

static inline vec_t pair_of(int32_t low, int32_t high)
{
    return vec_set32((int32_t)(((uint32_t)high << 16) | ((uint32_t)low & 0xffff)));
}

/* Rounding rides along as coefficient 512 of a constant 1. */
static void ccm_vec(uint16_t *const rgb[ISP_CHANNELS], uint32_t count, const int16_t k[9])
{
    vec_t one = vec_set16(1), white = vec_set16(ISP_WHITE_DN), k_rg[3], k_b1[3];
    for (int c = 0; c < 3; c++) {
        k_rg[c] = pair_of(k[3 * c], k[3 * c + 1]);
        k_b1[c] = pair_of(k[3 * c + 2], 512);
    }
    uint32_t i = 0;
    for (; i + VEC_LANES <= count; i += VEC_LANES) {
        vec_t r = vec_load(rgb[0] + i), g = vec_load(rgb[1] + i), b = vec_load(rgb[2] + i);
        vec_t rg_low = vec_zip_low(r, g), rg_high = vec_zip_high(r, g);
        vec_t b1_low = vec_zip_low(b, one), b1_high = vec_zip_high(b, one);
        for (int c = 0; c < 3; c++) {
            vec_t low = ccm_dot(rg_low, b1_low, k_rg[c], k_b1[c]);
            vec_t high = ccm_dot(rg_high, b1_high, k_rg[c], k_b1[c]);
            vec_store(rgb[c] + i, vec_min(vec_pack_unsigned(low, high), white));
        }
    }
    uint16_t *rest[ISP_CHANNELS] = {rgb[0] + i, rgb[1] + i, rgb[2] + i};
    ccm_rows(rest, count - i, k);
}

/* 16 pixels of three planes: byte i of the result is byte i / 3 of plane i % 3. */
static void interleave_vec(const uint8_t *const rgb[ISP_CHANNELS], uint32_t width_px, uint8_t *out)
{
    __m128i take[3][3]; /* [16-byte piece][plane], -1: not from this plane */
    for (int piece = 0; piece < 3; piece++) {
        int8_t index[3][16];
        for (int i = 0; i < 16; i++) {
            int at = 16 * piece + i;
            for (int plane = 0; plane < 3; plane++)
                index[plane][i] = (int8_t)(at % 3 == plane ? at / 3 : -1);
        }
        for (int plane = 0; plane < 3; plane++)
            take[piece][plane] = _mm_loadu_si128((const __m128i *)(const void *)index[plane]);
    }
    uint32_t i = 0;
    for (; i + 16 <= width_px; i += 16) {
        __m128i r = _mm_loadu_si128((const __m128i *)(const void *)(rgb[0] + i));
        __m128i g = _mm_loadu_si128((const __m128i *)(const void *)(rgb[1] + i));
        __m128i b = _mm_loadu_si128((const __m128i *)(const void *)(rgb[2] + i));
        for (int piece = 0; piece < 3; piece++) {
            __m128i mixed = _mm_or_si128(_mm_or_si128(_mm_shuffle_epi8(r, take[piece][0]),
                                                      _mm_shuffle_epi8(g, take[piece][1])),
                                         _mm_shuffle_epi8(b, take[piece][2]));
            _mm_storeu_si128((__m128i *)(void *)(out + 3 * i + 16 * (uint32_t)piece), mixed);
        }
    }
    const uint8_t *const rest[ISP_CHANNELS] = {rgb[0] + i, rgb[1] + i, rgb[2] + i};
    interleave_rows(rest, width_px - i, out + 3 * i);
}

#endif
