/*
 * vec_avx2.h - vectors of 8, 16 and 32-bit lanes as AVX2 has them, for *_vec.h; only *_avx2.c
 * include it. zip and pack work on each half of a vector apart: a pack undoes a zip.
 */
#ifndef ISP_VEC_AVX2_H
#define ISP_VEC_AVX2_H

#include <immintrin.h>
#include <stdint.h>

#define VEC_BYTES 32
typedef __m256i vec_t, vec_mask_t;

/* clang-format off */
static inline vec_t vec_load(const void *p)          { return _mm256_loadu_si256(p); }
static inline void vec_store(void *p, vec_t a)       { _mm256_storeu_si256(p, a); }
static inline vec_t vec_zero(void)                   { return _mm256_setzero_si256(); }
static inline vec_t vec_set8(int8_t a)               { return _mm256_set1_epi8(a); }
static inline vec_t vec_set16(int16_t a)             { return _mm256_set1_epi16(a); }
static inline vec_t vec_set32(int32_t a)             { return _mm256_set1_epi32(a); }
static inline vec_t vec_and(vec_t a, vec_t b)        { return _mm256_and_si256(a, b); }
static inline vec_t vec_or(vec_t a, vec_t b)         { return _mm256_or_si256(a, b); }
static inline vec_t vec_add8(vec_t a, vec_t b)       { return _mm256_add_epi8(a, b); }
static inline vec_t vec_add16(vec_t a, vec_t b)      { return _mm256_add_epi16(a, b); }
static inline vec_t vec_add32(vec_t a, vec_t b)      { return _mm256_add_epi32(a, b); }
static inline vec_t vec_sub16(vec_t a, vec_t b)      { return _mm256_sub_epi16(a, b); }
static inline vec_t vec_sub32(vec_t a, vec_t b)      { return _mm256_sub_epi32(a, b); }
static inline vec_t vec_mul32(vec_t a, vec_t b)      { return _mm256_mullo_epi32(a, b); }
static inline vec_t vec_mulhrs(vec_t a, vec_t b)     { return _mm256_mulhrs_epi16(a, b); }
static inline vec_t vec_madd(vec_t a, vec_t b)       { return _mm256_madd_epi16(a, b); }
static inline vec_t vec_maddubs(vec_t a, vec_t b)    { return _mm256_maddubs_epi16(a, b); }
static inline vec_t vec_min16(vec_t a, vec_t b)      { return _mm256_min_epi16(a, b); }
static inline vec_t vec_max16(vec_t a, vec_t b)      { return _mm256_max_epi16(a, b); }
static inline vec_t vec_minu16(vec_t a, vec_t b)     { return _mm256_min_epu16(a, b); }
static inline vec_t vec_maxu16(vec_t a, vec_t b)     { return _mm256_max_epu16(a, b); }
static inline vec_t vec_subsu16(vec_t a, vec_t b)    { return _mm256_subs_epu16(a, b); }
static inline vec_t vec_slln16(vec_t a, uint32_t n)  { return _mm256_sll_epi16(a, _mm_cvtsi32_si128((int)n)); }
static inline vec_t vec_mulhiu16(vec_t a, vec_t b)   { return _mm256_mulhi_epu16(a, b); }
static inline vec_t vec_avgu16(vec_t a, vec_t b)     { return _mm256_avg_epu16(a, b); }
static inline vec_t vec_zip_low8(vec_t a, vec_t b)   { return _mm256_unpacklo_epi8(a, b); }
static inline vec_t vec_zip_high8(vec_t a, vec_t b)  { return _mm256_unpackhi_epi8(a, b); }
static inline vec_t vec_zip_low16(vec_t a, vec_t b)  { return _mm256_unpacklo_epi16(a, b); }
static inline vec_t vec_zip_high16(vec_t a, vec_t b) { return _mm256_unpackhi_epi16(a, b); }
static inline vec_t vec_packs16(vec_t a, vec_t b)    { return _mm256_packs_epi16(a, b); }
static inline vec_t vec_packus16(vec_t a, vec_t b)   { return _mm256_packus_epi16(a, b); }
static inline vec_t vec_packs32(vec_t a, vec_t b)    { return _mm256_packs_epi32(a, b); }
static inline vec_t vec_packus32(vec_t a, vec_t b)   { return _mm256_packus_epi32(a, b); }
#define vec_sll16(a, bits) _mm256_slli_epi16(a, bits)
#define vec_srl16(a, bits) _mm256_srli_epi16(a, bits)
#define vec_sra16(a, bits) _mm256_srai_epi16(a, bits)
#define vec_sll32(a, bits) _mm256_slli_epi32(a, bits)
#define vec_srl32(a, bits) _mm256_srli_epi32(a, bits)
#define vec_sra32(a, bits) _mm256_srai_epi32(a, bits)
/* clang-format on */

/* ---- masks of 16-bit lanes ---- */

static inline vec_mask_t vec_aboveu16(vec_t a, vec_t b)
{
    return _mm256_xor_si256(_mm256_cmpeq_epi16(_mm256_subs_epu16(a, b), _mm256_setzero_si256()),
                            _mm256_set1_epi16(-1));
}

static inline vec_mask_t vec_either(vec_mask_t a, vec_mask_t b)
{
    return _mm256_or_si256(a, b);
}

/* Lane by lane a where the mask is, else b. */
static inline vec_t vec_pick16(vec_mask_t mask, vec_t a, vec_t b)
{
    return _mm256_blendv_epi8(b, a, mask);
}

/* How many lanes of the mask, from lane `first` on. */
static inline uint32_t vec_count16(vec_mask_t mask, uint32_t first)
{
    return (uint32_t)_mm_popcnt_u32((uint32_t)_mm256_movemask_epi8(mask) >> 2 * first) / 2;
}

/* ---- what goes across a vector ---- */

/* 16 words at the places 0..15 that 32-bit lanes say. */
typedef struct {
    vec_t half[2];
} vec_words_t;

static inline vec_words_t vec_words(const uint32_t word[16])
{
    return (vec_words_t){{vec_load(word), vec_load(word + 8)}};
}

static inline vec_t vec_look_up(vec_words_t words, vec_t at)
{
    __m256 low = _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(words.half[0], at));
    __m256 high = _mm256_castsi256_ps(_mm256_permutevar8x32_epi32(words.half[1], at));
    __m256 bit3 = _mm256_castsi256_ps(_mm256_slli_epi32(at, 28));
    return _mm256_castps_si256(_mm256_blendv_ps(low, high, bit3));
}

/* Bytes as 32-bit lanes. */
static inline vec_t vec_widen(const uint8_t *p)
{
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)(const void *)p));
}

/* 32-bit lanes of 16 bits of a, then of b. */
static inline vec_t vec_join32(vec_t a, vec_t b)
{
    return _mm256_permute4x64_epi64(_mm256_packus_epi32(a, b), 0xd8);
}

/* Each 32-bit lane becomes the sum of all up to it; the last lane in all. */
static inline vec_t vec_integral(vec_t a)
{
    a = _mm256_add_epi32(a, _mm256_slli_si256(a, 4));
    a = _mm256_add_epi32(a, _mm256_slli_si256(a, 8));
    vec_t lower = _mm256_permute2x128_si256(a, a, 0x08); /* 0, low half */
    return _mm256_add_epi32(a, _mm256_shuffle_epi32(lower, 0xff));
}

static inline vec_t vec_last(vec_t a)
{
    return _mm256_permutevar8x32_epi32(a, _mm256_set1_epi32(7));
}

/* Stores two vectors that were zipped low and high, in order. */
static inline void vec_store_zip(void *p, vec_t low, vec_t high)
{
    _mm256_storeu_si256(p, _mm256_permute2x128_si256(low, high, 0x20));
    _mm256_storeu_si256((vec_t *)p + 1, _mm256_permute2x128_si256(low, high, 0x31));
}

/* sum + the two products of each pair of 16-bit lanes */
static inline vec_t vec_dot(vec_t sum, vec_t a, vec_t b)
{
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
}

/* 8-bit lanes, d = a - x: d up to the threshold, less and less up to twice that, then 0. */
static inline vec_t vec_influence(vec_t a, vec_t x, vec_t twice)
{
    vec_t more = _mm256_subs_epu8(a, x), less = _mm256_subs_epu8(x, a);
    return _mm256_sub_epi8(_mm256_min_epu8(more, _mm256_subs_epu8(twice, more)),
                           _mm256_min_epu8(less, _mm256_subs_epu8(twice, less)));
}

#endif
