/*
 * rows_vec.h - row kernels by hand, in terms of the vectors that the file which includes it has
 * included (vec_*.h). Same bits as rows_code.h.
 *
 * What is left of a row in place is copied into a vector's length and back; elsewhere the last
 * vector lies over the one before. Rows shorter than that are left to rows_code.h.
 */
#ifndef ISP_ROWS_VEC_H
#define ISP_ROWS_VEC_H

#include <string.h>

#include "isp/rows_code.h"

#define VEC_LANES (VEC_BYTES / 2u) /* of 16 bits */

/* ---- black level, gains ---- */

/* Samples of 12 bits, shifted, minus an offset: 16 bits saturate at 0. */
static inline uint32_t offset_some(vec_t x, uint32_t shift, uint32_t offset, uint16_t *out)
{
    vec_t from = vec_set16((int16_t)offset), white = vec_set16(ISP_WHITE_DN);
    x = vec_slln16(x, shift);
    vec_store(out, vec_minu16(vec_subsu16(x, from), white));
    return vec_count16(vec_aboveu16(from, x), 0);
}

static uint32_t blc_vec(const uint16_t *raw, uint32_t width_px, uint32_t shift,
                        const uint32_t offset_dn[2], isp_half_t out)
{
    uint32_t i = 0, clipped = 0;
    vec_t low = vec_set32(0xffff);
    for (; 2 * (i + VEC_LANES) <= width_px; i += VEC_LANES) {
        vec_t a = vec_load(raw + 2 * i), b = vec_load(raw + 2 * i + VEC_LANES);
        vec_t even = vec_join32(vec_and(a, low), vec_and(b, low));
        vec_t odd = vec_join32(vec_srl32(a, 16), vec_srl32(b, 16));
        clipped += offset_some(even, shift, offset_dn[0], out.even + i) +
                   offset_some(odd, shift, offset_dn[1], out.odd + i);
    }
    isp_half_t rest = {out.even + i, out.odd + i};
    return clipped + blc_row(raw + 2 * i, width_px - 2 * i, shift, offset_dn, rest);
}

/* Gains below 8: (v g + 2^7) >> 8 is (8 v 16 g + 2^14) >> 15. */
static uint32_t gain_vec(uint16_t *v, uint32_t count, uint32_t gain_q8)
{
    uint32_t i = 0, saturated = 0;
    vec_t white = vec_set16(ISP_WHITE_DN), gain = vec_set16(S16(gain_q8 << 4));
    for (; gain_q8 < 8 * 256 && i + VEC_LANES <= count; i += VEC_LANES) {
        vec_t x = vec_mulhrs(vec_sll16(vec_load(v + i), 3), gain);
        vec_store(v + i, vec_minu16(x, white));
        saturated += vec_count16(vec_aboveu16(x, white), 0);
    }
    return saturated + gain_row(v + i, count - i, gain_q8);
}

/* ---- color matrix ---- */

/* One row of the matrix on 16-bit lanes given as pairs (r, g) and (b, 1). */
static inline vec_t ccm_dot(vec_t rg, vec_t b1, vec_t k_rg, vec_t k_b1)
{
    return vec_sra32(vec_dot(vec_madd(rg, k_rg), b1, k_b1), 10);
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
        vec_t rg_low = vec_zip_low16(r, g), rg_high = vec_zip_high16(r, g);
        vec_t b1_low = vec_zip_low16(b, one), b1_high = vec_zip_high16(b, one);
        for (int c = 0; c < 3; c++) {
            vec_t low = ccm_dot(rg_low, b1_low, k_rg[c], k_b1[c]);
            vec_t high = ccm_dot(rg_high, b1_high, k_rg[c], k_b1[c]);
            vec_store(rgb[c] + i, vec_minu16(vec_packus32(low, high), white));
        }
    }
    uint16_t *rest[ISP_CHANNELS] = {rgb[0] + i, rgb[1] + i, rgb[2] + i};
    ccm_rows(rest, count - i, k);
}

/* ---- shading ---- */

typedef struct {
    vec_words_t first, step; /* gains at the nodes, Q26 with rounding, and from one to the next */
} shading_t;

/* Gains Q12 of two quarters of a vector, whose places are 32-bit lanes. */
static inline vec_t gain_at(const shading_t *s, vec_t place)
{
    vec_t node = vec_srl32(place, 8), fraction = vec_and(place, vec_set32(255));
    vec_t rise = vec_mul32(vec_look_up(s->step, node), fraction);
    return vec_srl32(vec_add32(vec_look_up(s->first, node), rise), 14);
}

/* (v g + 2^11) >> 12 is (8 v g + 2^14) >> 15. */
static inline uint32_t shade_some(const shading_t *s, uint16_t *v, const uint16_t *place)
{
    vec_t at = vec_load(place), white = vec_set16(ISP_WHITE_DN);
    vec_t gain = vec_packus32(gain_at(s, vec_zip_low16(at, vec_zero())),
                              gain_at(s, vec_zip_high16(at, vec_zero())));
    vec_t x = vec_mulhrs(vec_sll16(vec_load(v), 3), gain);
    vec_store(v, vec_minu16(x, white));
    return vec_count16(vec_aboveu16(x, white), 0);
}

static uint32_t shade_vec(uint16_t *v, const uint16_t *place, uint32_t count,
                          const uint32_t node[ISP_NODES])
{
    uint32_t first[ISP_NODES], step[ISP_NODES], saturated = 0, i = 0;
    if (count < VEC_LANES)
        return shade_row(v, place, count, node);
    for (uint32_t k = 0; k < ISP_NODES; k++) {
        first[k] = node[k] * 256 + (1u << 13);
        step[k] = k + 1 < ISP_NODES ? node[k + 1] - node[k] : 0;
    }
    shading_t s = {vec_words(first), vec_words(step)};
    for (; i + VEC_LANES <= count; i += VEC_LANES)
        saturated += shade_some(&s, v + i, place + i);
    uint16_t rest[VEC_LANES] = {0}, at[VEC_LANES] = {0};
    memcpy(rest, v + i, (count - i) * sizeof(*v));
    memcpy(at, place + i, (count - i) * sizeof(*v));
    saturated += shade_some(&s, rest, at);
    memcpy(v + i, rest, (count - i) * sizeof(*v));
    return saturated;
}

/* ---- defects ---- */

static inline vec_t threshold_vec(vec_t v, vec_t dn, vec_t q8)
{
    return vec_add16(dn, vec_mulhiu16(vec_sll16(v, 4), q8));
}

/* Of pairs so far: the extremes, the smallest difference and the mean of the pair that has it. */
typedef struct {
    vec_t high, low, difference, mean;
} pair_t;

static inline pair_t pair(const uint16_t *at, const uint16_t *opposite)
{
    vec_t a = vec_load(at), b = vec_load(opposite), high = vec_maxu16(a, b), low = vec_minu16(a, b);
    return (pair_t){high, low, vec_sub16(high, low), vec_avgu16(a, b)};
}

static inline pair_t with_pair(pair_t a, pair_t b)
{
    vec_mask_t less = vec_aboveu16(a.difference, b.difference);
    return (pair_t){vec_maxu16(a.high, b.high), vec_minu16(a.low, b.low),
                    vec_minu16(a.difference, b.difference), vec_pick16(less, b.mean, a.mean)};
}

typedef struct {
    vec_t hot_dn, hot_q8, cold_dn, cold_q8;
} limits_t;

/* Counts from lane `first` on. */
static inline void defects_some(isp_defects_t *job, const limits_t *limits, uint32_t i,
                                uint32_t first)
{
    const uint16_t *n = job->row[0] + i, *at = job->row[1] + i, *s = job->row[2] + i;
    pair_t p = with_pair(with_pair(pair(at - 1, at + 1), pair(n, s)), pair(n - 1, s + 1));
    p = with_pair(p, pair(n + 1, s - 1));
    vec_t x = vec_load(at);
    vec_t above = vec_add16(p.high, threshold_vec(p.high, limits->hot_dn, limits->hot_q8));
    vec_t below = vec_add16(x, threshold_vec(p.low, limits->cold_dn, limits->cold_q8));
    vec_mask_t hot = vec_aboveu16(x, above), cold = vec_aboveu16(p.low, below);
    vec_store(job->out + i, vec_pick16(vec_either(hot, cold), p.mean, x));
    job->hot += vec_count16(hot, first);
    job->cold += vec_count16(cold, first);
}

static void defects_vec(isp_defects_t *job)
{
    limits_t limits = {vec_set16(S16(job->hot_dn)), vec_set16(S16(job->hot_q8 << 4)),
                       vec_set16(S16(job->cold_dn)), vec_set16(S16(job->cold_q8 << 4))};
    uint32_t i = 0;
    if (job->all || job->count < VEC_LANES) {
        find_defects(job);
        return;
    }
    job->hot = job->cold = 0;
    for (; i + VEC_LANES <= job->count; i += VEC_LANES)
        defects_some(job, &limits, i, 0);
    if (i < job->count)
        defects_some(job, &limits, job->count - VEC_LANES, VEC_LANES - (job->count - i));
}

/* ---- sums of the scaler ---- */

static void accumulate_vec(uint32_t *sum, const uint8_t *code, uint32_t count, uint32_t weight)
{
    const uint32_t lanes = VEC_LANES / 2;
    vec_t by = vec_set32((int32_t)weight); /* of at most 8192 rows: below 2^15 */
    uint32_t i = 0;
    for (; i + lanes <= count; i += lanes)
        vec_store(sum + i, vec_add32(vec_load(sum + i), vec_madd(vec_widen(code + i), by)));
    accumulate_row(sum + i, code + i, count - i, weight);
}

static void integrate_vec(uint32_t *sum, uint32_t count)
{
    const uint32_t lanes = VEC_LANES / 2;
    vec_t before = vec_zero();
    uint32_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        vec_t up_to = vec_add32(vec_integral(vec_load(sum + i)), before);
        vec_store(sum + i, up_to);
        before = vec_last(up_to);
    }
    if (i > 0 && i < count)
        sum[i] += sum[i - 1];
    integrate_row(sum + i, count - i);
}

/* ---- words of temporal noise reduction ---- */

/* Eight pairs of words of 12 bits as 24 bytes: 16 are stored twice, 4 more are overwritten. */
static inline void put_pairs(const uint16_t *even, const uint16_t *odd, uint8_t *out)
{
    const __m128i join = _mm_set1_epi32(4096 << 16 | 1);
    const __m128i take = _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
    __m128i e = _mm_loadu_si128((const void *)even), o = _mm_loadu_si128((const void *)odd);
    __m128i low = _mm_madd_epi16(_mm_unpacklo_epi16(e, o), join);
    __m128i high = _mm_madd_epi16(_mm_unpackhi_epi16(e, o), join);
    _mm_storeu_si128((void *)out, _mm_shuffle_epi8(low, take));
    _mm_storeu_si128((void *)(out + 12), _mm_shuffle_epi8(high, take));
}

/* And back; four bytes more are read. */
static inline void get_pairs(const uint8_t *in, uint16_t *even, uint16_t *odd)
{
    const __m128i give = _mm_setr_epi8(0, 1, 2, -1, 3, 4, 5, -1, 6, 7, 8, -1, 9, 10, 11, -1);
    const __m128i word = _mm_set1_epi32(0xfff);
    __m128i low = _mm_shuffle_epi8(_mm_loadu_si128((const void *)in), give);
    __m128i high = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(in + 12)), give);
    _mm_storeu_si128((void *)even,
                     _mm_packus_epi32(_mm_and_si128(low, word), _mm_and_si128(high, word)));
    _mm_storeu_si128((void *)odd,
                     _mm_packus_epi32(_mm_srli_epi32(low, 12), _mm_srli_epi32(high, 12)));
}

static void put_words_vec(isp_half_t words, uint32_t width_px, bool packed, uint8_t *row)
{
    uint32_t pairs = width_px / 2, i = 0;
    for (; packed && i + 10 <= pairs; i += 8)
        put_pairs(words.even + i, words.odd + i, row + 3 * i);
    for (; !packed && i + VEC_LANES <= pairs; i += VEC_LANES) {
        vec_t even = vec_load(words.even + i), odd = vec_load(words.odd + i);
        vec_store_zip(row + 4 * i, vec_zip_low16(even, odd), vec_zip_high16(even, odd));
    }
    isp_half_t rest = {words.even + i, words.odd + i};
    put_words(rest, width_px - 2 * i, packed, row + (packed ? 3 : 4) * i);
}

static void get_words_vec(const uint8_t *row, uint32_t width_px, bool packed, isp_half_t words)
{
    uint32_t pairs = width_px / 2, i = 0;
    vec_t low = vec_set32(0xffff);
    for (; packed && i + 10 <= pairs; i += 8)
        get_pairs(row + 3 * i, words.even + i, words.odd + i);
    for (; !packed && i + VEC_LANES <= pairs; i += VEC_LANES) {
        vec_t a = vec_load(row + 4 * i), b = vec_load(row + 4 * i + VEC_BYTES);
        vec_store(words.even + i, vec_join32(vec_and(a, low), vec_and(b, low)));
        vec_store(words.odd + i, vec_join32(vec_srl32(a, 16), vec_srl32(b, 16)));
    }
    isp_half_t rest = {words.even + i, words.odd + i};
    get_words(row + (packed ? 3 : 4) * i, width_px - 2 * i, packed, rest);
}

/* ---- interleaving ---- */

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
