/*
 * vec_avx512.h - as vec_avx2.h, twice as long; only *_avx512.c include it.
 */
#ifndef ISP_VEC_AVX512_H
#define ISP_VEC_AVX512_H

#include <immintrin.h>
#include <stdint.h>

#define VEC_BYTES 64
typedef __m512i vec_t;
typedef __mmask32 vec_mask_t;

/* clang-format off */
static inline vec_t vec_load(const void *p)          { return _mm512_loadu_si512(p); }
static inline void vec_store(void *p, vec_t a)       { _mm512_storeu_si512(p, a); }
static inline vec_t vec_zero(void)                   { return _mm512_setzero_si512(); }
static inline vec_t vec_set8(int8_t a)               { return _mm512_set1_epi8(a); }
static inline vec_t vec_set16(int16_t a)             { return _mm512_set1_epi16(a); }
static inline vec_t vec_set32(int32_t a)             { return _mm512_set1_epi32(a); }
static inline vec_t vec_and(vec_t a, vec_t b)        { return _mm512_and_si512(a, b); }
static inline vec_t vec_or(vec_t a, vec_t b)         { return _mm512_or_si512(a, b); }
static inline vec_t vec_add8(vec_t a, vec_t b)       { return _mm512_add_epi8(a, b); }
static inline vec_t vec_add16(vec_t a, vec_t b)      { return _mm512_add_epi16(a, b); }
static inline vec_t vec_add32(vec_t a, vec_t b)      { return _mm512_add_epi32(a, b); }
static inline vec_t vec_sub16(vec_t a, vec_t b)      { return _mm512_sub_epi16(a, b); }
static inline vec_t vec_sub32(vec_t a, vec_t b)      { return _mm512_sub_epi32(a, b); }
static inline vec_t vec_mul32(vec_t a, vec_t b)      { return _mm512_mullo_epi32(a, b); }
static inline vec_t vec_mulhrs(vec_t a, vec_t b)     { return _mm512_mulhrs_epi16(a, b); }
static inline vec_t vec_madd(vec_t a, vec_t b)       { return _mm512_madd_epi16(a, b); }
static inline vec_t vec_maddubs(vec_t a, vec_t b)    { return _mm512_maddubs_epi16(a, b); }
static inline vec_t vec_min16(vec_t a, vec_t b)      { return _mm512_min_epi16(a, b); }
static inline vec_t vec_max16(vec_t a, vec_t b)      { return _mm512_max_epi16(a, b); }
static inline vec_t vec_minu16(vec_t a, vec_t b)     { return _mm512_min_epu16(a, b); }
static inline vec_t vec_maxu16(vec_t a, vec_t b)     { return _mm512_max_epu16(a, b); }
static inline vec_t vec_subsu16(vec_t a, vec_t b)    { return _mm512_subs_epu16(a, b); }
static inline vec_t vec_slln16(vec_t a, uint32_t n)  { return _mm512_sll_epi16(a, _mm_cvtsi32_si128((int)n)); }
static inline vec_t vec_mulhiu16(vec_t a, vec_t b)   { return _mm512_mulhi_epu16(a, b); }
static inline vec_t vec_avgu16(vec_t a, vec_t b)     { return _mm512_avg_epu16(a, b); }
static inline vec_t vec_zip_low8(vec_t a, vec_t b)   { return _mm512_unpacklo_epi8(a, b); }
static inline vec_t vec_zip_high8(vec_t a, vec_t b)  { return _mm512_unpackhi_epi8(a, b); }
static inline vec_t vec_zip_low16(vec_t a, vec_t b)  { return _mm512_unpacklo_epi16(a, b); }
static inline vec_t vec_zip_high16(vec_t a, vec_t b) { return _mm512_unpackhi_epi16(a, b); }
static inline vec_t vec_packs16(vec_t a, vec_t b)    { return _mm512_packs_epi16(a, b); }
static inline vec_t vec_packus16(vec_t a, vec_t b)   { return _mm512_packus_epi16(a, b); }
static inline vec_t vec_packs32(vec_t a, vec_t b)    { return _mm512_packs_epi32(a, b); }
static inline vec_t vec_packus32(vec_t a, vec_t b)   { return _mm512_packus_epi32(a, b); }
#define vec_sll16(a, bits) _mm512_slli_epi16(a, bits)
#define vec_srl16(a, bits) _mm512_srli_epi16(a, bits)
#define vec_sra16(a, bits) _mm512_srai_epi16(a, bits)
#define vec_sll32(a, bits) _mm512_slli_epi32(a, bits)
#define vec_srl32(a, bits) _mm512_srli_epi32(a, bits)
#define vec_sra32(a, bits) _mm512_srai_epi32(a, bits)
/* clang-format on */

/* ---- masks of 16-bit lanes ---- */

static inline vec_mask_t vec_aboveu16(vec_t a, vec_t b)
{
    return _mm512_cmpgt_epu16_mask(a, b);
}

static inline vec_mask_t vec_either(vec_mask_t a, vec_mask_t b)
{
    return a | b;
}

static inline vec_t vec_pick16(vec_mask_t mask, vec_t a, vec_t b)
{
    return _mm512_mask_blend_epi16(mask, b, a);
}

static inline uint32_t vec_count16(vec_mask_t mask, uint32_t first)
{
    return (uint32_t)_mm_popcnt_u32(mask >> first);
}

/* ---- what goes across a vector ---- */

typedef struct {
    vec_t all;
} vec_words_t;

static inline vec_words_t vec_words(const uint32_t word[16])
{
    return (vec_words_t){vec_load(word)};
}

static inline vec_t vec_look_up(vec_words_t words, vec_t at)
{
    return _mm512_permutexvar_epi32(at, words.all);
}

static inline vec_t vec_widen(const uint8_t *p)
{
    return _mm512_cvtepu8_epi32(_mm_loadu_si128((const __m128i *)(const void *)p));
}

static inline vec_t vec_join32(vec_t a, vec_t b)
{
    vec_t order = _mm512_set_epi64(7, 5, 3, 1, 6, 4, 2, 0);
    return _mm512_permutexvar_epi64(order, _mm512_packus_epi32(a, b));
}

static inline vec_t vec_integral(vec_t a)
{
    vec_t zero = _mm512_setzero_si512();
    a = _mm512_add_epi32(a, _mm512_alignr_epi32(a, zero, 15));
    a = _mm512_add_epi32(a, _mm512_alignr_epi32(a, zero, 14));
    a = _mm512_add_epi32(a, _mm512_alignr_epi32(a, zero, 12));
    return _mm512_add_epi32(a, _mm512_alignr_epi32(a, zero, 8));
}

static inline vec_t vec_last(vec_t a)
{
    return _mm512_permutexvar_epi32(_mm512_set1_epi32(15), a);
}

static inline void vec_store_zip(void *p, vec_t low, vec_t high)
{
    vec_t first = _mm512_set_epi64(11, 10, 3, 2, 9, 8, 1, 0);
    vec_t last = _mm512_set_epi64(15, 14, 7, 6, 13, 12, 5, 4);
    _mm512_storeu_si512(p, _mm512_permutex2var_epi64(low, first, high));
    _mm512_storeu_si512((vec_t *)p + 1, _mm512_permutex2var_epi64(low, last, high));
}

static inline vec_t vec_dot(vec_t sum, vec_t a, vec_t b)
{
    return _mm512_dpwssd_epi32(sum, a, b);
}

static inline vec_t vec_influence(vec_t a, vec_t x, vec_t twice)
{
    __mmask64 below = _mm512_cmplt_epu8_mask(a, x);
    vec_t zero = _mm512_setzero_si512(), d = _mm512_sub_epi8(a, x);
    vec_t size = _mm512_mask_sub_epi8(d, below, zero, d);
    vec_t left = _mm512_min_epu8(size, _mm512_subs_epu8(twice, size));
    return _mm512_mask_sub_epi8(left, below, zero, left);
}

#endif
