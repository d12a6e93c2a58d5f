/*
 * cpu.h - which vector code this process may run. Every level gives the same bits.
 *
 * Files named *_avx2.c, *_avx512.c and *_amx.c are built with their own flags, only on x86-64
 * (SIM_X86 is 1), and reached only through tables indexed by level.
 */
#ifndef SIM_CPU_H
#define SIM_CPU_H

#include "sim/types.h"

#if defined(__x86_64__)
#define SIM_X86 1
#else
#define SIM_X86 0
#endif

typedef enum {
    SIM_SIMD_SCALAR,
    SIM_SIMD_AVX2,   /* AVX2, BMI2, PCLMULQDQ, FMA present; FMA is never used in results */
    SIM_SIMD_AVX512, /* F, BW, VL, DQ and VNNI */
    SIM_SIMD_AMX,    /* AVX-512 as above, and tiles of int8 that the process may use */
    SIM_SIMD_LEVELS
} sim_simd_t;

/* The best this machine has. */
sim_simd_t sim_simd_best(void);
/* The level in force: best, unless sim_simd_force lowered it. Read at init, not per line. */
sim_simd_t sim_simd(void);
/* Process-wide and before any model is made; a level the machine lacks is refused (false). */
bool sim_simd_force(sim_simd_t level);
const char *sim_simd_name(sim_simd_t level); /* "scalar", "avx2", "avx512", "amx" */

#endif
