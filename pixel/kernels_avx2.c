/*
 * kernels_avx2.c - the row kernels eight samples at a time.
 */
#include <immintrin.h>

#include "pixel/kernels.h"

#define LANES 8u
#define OCTAVES 8u
#define GROUP 4u
#define SUM_GROUP 3u

typedef __m256 f_t;
typedef __m256i u_t;
typedef __m256 m_t; /* all bits of a lane, or none */

/* clang-format off */
static inline __m128i bytes8(const void *x)     { return _mm_loadl_epi64(x); }
static inline f_t f_of(float x)                 { return _mm256_set1_ps(x); }
static inline u_t u_of(uint32_t x)              { return _mm256_set1_epi32((int)x); }
static inline f_t f_load(const float *x)        { return _mm256_loadu_ps(x); }
static inline u_t u_load(const uint32_t *x)     { return _mm256_loadu_si256((const void *)x); }
static inline f_t f_from_u(u_t a)               { return _mm256_cvtepi32_ps(a); }
static inline u_t u_from_f(f_t a)               { return _mm256_cvttps_epi32(a); }
static inline f_t f_from_bits(u_t a)            { return _mm256_castsi256_ps(a); }
static inline f_t f_from_s8(const int8_t *x)    { return f_from_u(_mm256_cvtepi8_epi32(bytes8(x))); }
static inline f_t f_from_u8(const uint8_t *x)   { return f_from_u(_mm256_cvtepu8_epi32(bytes8(x))); }
static inline void f_store(float *to, f_t x)    { _mm256_storeu_ps(to, x); }
static inline void u_store(uint32_t *to, u_t x) { _mm256_storeu_si256((void *)to, x); }
static inline void soon(const void *x)          { _mm_prefetch(x, _MM_HINT_T0); } /* will be loaded */
static inline f_t add(f_t a, f_t b)             { return _mm256_add_ps(a, b); }
static inline f_t sub(f_t a, f_t b)             { return _mm256_sub_ps(a, b); }
static inline f_t mul(f_t a, f_t b)             { return _mm256_mul_ps(a, b); }
static inline f_t root(f_t a)                   { return _mm256_sqrt_ps(a); }
static inline f_t least(f_t a, f_t b)           { return _mm256_min_ps(a, b); }
static inline f_t most(f_t a, f_t b)            { return _mm256_max_ps(a, b); }
static inline m_t below(f_t a, f_t b)           { return _mm256_cmp_ps(a, b, _CMP_LT_OQ); }
static inline m_t either(m_t a, m_t b)          { return _mm256_or_ps(a, b); }
static inline uint32_t bits_of(m_t m)           { return (uint32_t)_mm256_movemask_ps(m); }
static inline m_t inverse(m_t m)                { return _mm256_xor_ps(m, f_from_bits(u_of(UINT32_MAX))); }
static inline uint32_t lanes_of(m_t m)          { return (uint32_t)_mm_popcnt_u32(bits_of(m)); }
static inline bool any(m_t m)                   { return _mm256_movemask_ps(m) != 0; }
static inline f_t pick(m_t m, f_t a, f_t b)     { return _mm256_blendv_ps(b, a, m); }
static inline f_t evens(f_t a, f_t b)           { return _mm256_shuffle_ps(a, b, 0x88); }
static inline f_t odds(f_t a, f_t b)            { return _mm256_shuffle_ps(a, b, 0xdd); }
static inline f_t zip_low(f_t a, f_t b)         { return _mm256_unpacklo_ps(a, b); }
static inline f_t zip_high(f_t a, f_t b)        { return _mm256_unpackhi_ps(a, b); }
static inline u_t u_add(u_t a, u_t b)           { return _mm256_add_epi32(a, b); }
static inline u_t u_sub(u_t a, u_t b)           { return _mm256_sub_epi32(a, b); }
static inline u_t u_and(u_t a, u_t b)           { return _mm256_and_si256(a, b); }
static inline u_t u_or(u_t a, u_t b)            { return _mm256_or_si256(a, b); }
static inline u_t u_and_or(u_t a, u_t b, u_t c) { return u_or(u_and(a, b), c); }
static inline u_t count_if(m_t m, u_t a)        { return _mm256_sub_epi32(a, _mm256_castps_si256(m)); }
static inline f_t lookup(const float *x, u_t i) { return _mm256_permutevar8x32_ps(f_load(x), i); }
static inline u_t u_shr1(u_t a)                 { return _mm256_srli_epi32(a, 1); }
static inline u_t u_shr9(u_t a)                 { return _mm256_srli_epi32(a, 9); }
static inline u_t u_shr23(u_t a)                { return _mm256_srli_epi32(a, 23); }
static inline u_t u_shl16(u_t a)                { return _mm256_slli_epi32(a, 16); }
static inline u_t u_shl23(u_t a)                { return _mm256_slli_epi32(a, 23); }
static inline u_t u_from_bits(f_t a)            { return _mm256_castps_si256(a); }
/* clang-format on */

/* A byte a lane: all bits of those in m. */
static inline uint64_t bytes_of(m_t m)
{
    return _pdep_u64(bits_of(m), UINT64_C(0x0101010101010101)) * 0xff;
}

static inline f_t arranged(f_t a, uint64_t lanes)
{
    __m128i eight = _mm_cvtsi64_si128((long long)lanes);
    return _mm256_permutevar8x32_ps(a, _mm256_cvtepu8_epi32(eight));
}

#define LANE_NUMBERS UINT64_C(0x0706050403020100)

/* m's lanes one behind the other, and the first lanes to m's. */
static inline f_t pack(m_t m, f_t a)
{
    return arranged(a, _pext_u64(LANE_NUMBERS, bytes_of(m)));
}

static inline f_t unpack(m_t m, f_t a)
{
    return arranged(a, _pdep_u64(LANE_NUMBERS, bytes_of(m)));
}

static inline void u16_store(uint16_t *to, u_t x)
{
    __m128i low = _mm256_castsi256_si128(x), high = _mm256_extracti128_si256(x, 1);
    _mm_storeu_si128((void *)to, _mm_packus_epi32(low, high));
}

#include "pixel/kernel_code.h"

PIX_KERNELS(pix_kernels_avx2);
