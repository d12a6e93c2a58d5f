/*
 * kernels.c - the row kernels one sample at a time: the reference for the vector levels.
 */
#include "pixel/kernels.h"

#include <math.h>
#include <string.h>

#define LANES 1u
#define OCTAVES 16u
#define GROUP 1u
#define SUM_GROUP 1u

typedef float f_t;
typedef uint32_t u_t;
typedef bool m_t;

/* clang-format off */
static inline f_t f_of(float x)                 { return x; }
static inline u_t u_of(uint32_t x)              { return x; }
static inline f_t f_load(const float *x)        { return *x; }
static inline u_t u_load(const uint32_t *x)     { return *x; }
static inline f_t f_from_s8(const int8_t *x)    { return (float)*x; }
static inline f_t f_from_u8(const uint8_t *x)   { return (float)*x; }
static inline void f_store(float *to, f_t x)    { *to = x; }
static inline void u_store(uint32_t *to, u_t x) { *to = x; }
static inline void u16_store(uint16_t *to, u_t x) { *to = (uint16_t)x; }
static inline void soon(const void *x)          { (void)x; } /* will be loaded */
static inline f_t add(f_t a, f_t b)             { return a + b; }
static inline f_t sub(f_t a, f_t b)             { return a - b; }
static inline f_t mul(f_t a, f_t b)             { return a * b; }
static inline f_t root(f_t a)                   { return sqrtf(a); }
static inline f_t least(f_t a, f_t b)           { return a < b ? a : b; }
static inline f_t most(f_t a, f_t b)            { return a > b ? a : b; }
static inline m_t below(f_t a, f_t b)           { return a < b; }
static inline m_t either(m_t a, m_t b)          { return a || b; }
static inline uint32_t bits_of(m_t m)           { return m; }
static inline m_t inverse(m_t m)                { return !m; }
static inline uint32_t lanes_of(m_t m)          { return m; }
static inline bool any(m_t m)                   { return m; }
static inline f_t pick(m_t m, f_t a, f_t b)     { return m ? a : b; }
static inline f_t pack(m_t m, f_t a)            { (void)m; return a; }
static inline f_t unpack(m_t m, f_t a)          { (void)m; return a; }
static inline f_t evens(f_t a, f_t b)           { (void)b; return a; }
static inline f_t odds(f_t a, f_t b)            { (void)a; return b; }
static inline f_t zip_low(f_t a, f_t b)         { (void)b; return a; }
static inline f_t zip_high(f_t a, f_t b)        { (void)a; return b; }
static inline u_t u_add(u_t a, u_t b)           { return a + b; }
static inline u_t u_sub(u_t a, u_t b)           { return a - b; }
static inline u_t u_and(u_t a, u_t b)           { return a & b; }
static inline u_t u_or(u_t a, u_t b)            { return a | b; }
static inline u_t u_and_or(u_t a, u_t b, u_t c) { return (a & b) | c; }
static inline u_t count_if(m_t m, u_t a)        { return a + m; }
static inline f_t lookup(const float *x, u_t i) { return x[i % 16]; }
static inline u_t u_shr1(u_t a)                 { return a >> 1; }
static inline u_t u_shr9(u_t a)                 { return a >> 9; }
static inline u_t u_shr23(u_t a)                { return a >> 23; }
static inline u_t u_shl16(u_t a)                { return a << 16; }
static inline u_t u_shl23(u_t a)                { return a << 23; }
static inline f_t f_from_u(u_t a)               { return (float)(int32_t)a; } /* below 2^31 */
static inline u_t u_from_f(f_t a)               { return (u_t)(int32_t)a; }   /* toward zero */
/* clang-format on */

static inline f_t f_from_bits(u_t a)
{
    f_t x;
    memcpy(&x, &a, sizeof(x));
    return x;
}

static inline u_t u_from_bits(f_t a)
{
    u_t x;
    memcpy(&x, &a, sizeof(x));
    return x;
}

#include "pixel/kernel_code.h"

PIX_KERNELS(pix_kernels_scalar);

const pix_kernels_t *pix_kernels_of(sim_simd_t level)
{
#if SIM_X86
    if (level >= SIM_SIMD_AVX512)
        return &pix_kernels_avx512;
    if (level == SIM_SIMD_AVX2)
        return &pix_kernels_avx2;
#endif
    (void)level;
    return &pix_kernels_scalar;
}
