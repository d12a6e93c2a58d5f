/*
 * kernels_avx512.c - the row kernels sixteen samples at a time.
 */
#include <immintrin.h>

#include "pixel/kernels.h"

#define LANES 16u
#define OCTAVES 16u
#define GROUP 4u
#define SUM_GROUP 4u

typedef __m512 f_t;
typedef __m512i u_t;
typedef __mmask16 m_t;

/* clang-format off */
static inline __m128i bytes16(const void *x)    { return _mm_loadu_si128(x); }
static inline f_t f_of(float x)                 { return _mm512_set1_ps(x); }
static inline u_t u_of(uint32_t x)              { return _mm512_set1_epi32((int)x); }
static inline f_t f_load(const float *x)        { return _mm512_loadu_ps(x); }
static inline u_t u_load(const uint32_t *x)     { return _mm512_loadu_si512(x); }
static inline f_t f_from_u(u_t a)               { return _mm512_cvtepi32_ps(a); }
static inline u_t u_from_f(f_t a)               { return _mm512_cvttps_epi32(a); }
static inline f_t f_from_s8(const int8_t *x)    { return f_from_u(_mm512_cvtepi8_epi32(bytes16(x))); }
static inline f_t f_from_u8(const uint8_t *x)   { return f_from_u(_mm512_cvtepu8_epi32(bytes16(x))); }
static inline void f_store(float *to, f_t x)    { _mm512_storeu_ps(to, x); }
static inline void u_store(uint32_t *to, u_t x) { _mm512_storeu_si512(to, x); }
static inline void soon(const void *x)          { _mm_prefetch(x, _MM_HINT_T0); } /* will be loaded */
static inline f_t add(f_t a, f_t b)             { return _mm512_add_ps(a, b); }
static inline f_t sub(f_t a, f_t b)             { return _mm512_sub_ps(a, b); }
static inline f_t mul(f_t a, f_t b)             { return _mm512_mul_ps(a, b); }
static inline f_t root(f_t a)                   { return _mm512_sqrt_ps(a); }
static inline f_t least(f_t a, f_t b)           { return _mm512_min_ps(a, b); }
static inline f_t most(f_t a, f_t b)            { return _mm512_max_ps(a, b); }
static inline m_t below(f_t a, f_t b)           { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
static inline m_t either(m_t a, m_t b)          { return (m_t)(a | b); }
static inline uint32_t bits_of(m_t m)           { return m; }
static inline m_t inverse(m_t m)                { return (m_t)~m; }
static inline uint32_t lanes_of(m_t m)          { return (uint32_t)_mm_popcnt_u32(m); }
static inline bool any(m_t m)                   { return m != 0; }
static inline f_t pick(m_t m, f_t a, f_t b)     { return _mm512_mask_blend_ps(m, b, a); }
static inline f_t pack(m_t m, f_t a)            { return _mm512_maskz_compress_ps(m, a); }
static inline f_t unpack(m_t m, f_t a)          { return _mm512_maskz_expand_ps(m, a); }
static inline f_t evens(f_t a, f_t b)           { return _mm512_shuffle_ps(a, b, 0x88); }
static inline f_t odds(f_t a, f_t b)            { return _mm512_shuffle_ps(a, b, 0xdd); }
static inline f_t zip_low(f_t a, f_t b)         { return _mm512_unpacklo_ps(a, b); }
static inline f_t zip_high(f_t a, f_t b)        { return _mm512_unpackhi_ps(a, b); }
static inline u_t u_add(u_t a, u_t b)           { return _mm512_add_epi32(a, b); }
static inline u_t u_sub(u_t a, u_t b)           { return _mm512_sub_epi32(a, b); }
static inline u_t u_and(u_t a, u_t b)           { return _mm512_and_si512(a, b); }
static inline u_t u_or(u_t a, u_t b)            { return _mm512_or_si512(a, b); }
static inline u_t u_and_or(u_t a, u_t b, u_t c) { return _mm512_ternarylogic_epi32(a, b, c, 0xea); }
static inline u_t count_if(m_t m, u_t a)        { return _mm512_mask_add_epi32(a, m, a, u_of(1)); }
static inline f_t lookup(const float *x, u_t i) { return _mm512_permutexvar_ps(i, f_load(x)); }
static inline u_t u_shr1(u_t a)                 { return _mm512_srli_epi32(a, 1); }
static inline u_t u_shr9(u_t a)                 { return _mm512_srli_epi32(a, 9); }
static inline u_t u_shr23(u_t a)                { return _mm512_srli_epi32(a, 23); }
static inline u_t u_shl16(u_t a)                { return _mm512_slli_epi32(a, 16); }
static inline u_t u_shl23(u_t a)                { return _mm512_slli_epi32(a, 23); }
static inline f_t f_from_bits(u_t a)            { return _mm512_castsi512_ps(a); }
static inline u_t u_from_bits(f_t a)            { return _mm512_castps_si512(a); }
/* clang-format on */

static inline void u16_store(uint16_t *to, u_t x)
{
    _mm256_storeu_si256((void *)to, _mm512_cvtepi32_epi16(x));
}

#include "pixel/kernel_code.h"

PIX_KERNELS(pix_kernels_avx512);
