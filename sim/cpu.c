/*
 * cpu.c - what vector instructions this processor and its operating system offer.
 *
 * The level is a property of the process, so this is the one mutable variable of file scope in the
 * project. __builtin_cpu_supports is the compiler's cpuid, and knows whether the operating system
 * saves the wide registers.
 */
#include "sim/cpu.h"

#include <stdatomic.h>

#define NOT_FORCED (-1)

static atomic_int forced = NOT_FORCED;

sim_simd_t sim_simd_best(void)
{
#if SIM_X86
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vnni"))
        return SIM_SIMD_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return SIM_SIMD_AVX2;
#endif
    return SIM_SIMD_SCALAR;
}

sim_simd_t sim_simd(void)
{
    int level = atomic_load_explicit(&forced, memory_order_relaxed);
    return level == NOT_FORCED ? sim_simd_best() : (sim_simd_t)level;
}

bool sim_simd_force(sim_simd_t level)
{
    if (level > sim_simd_best())
        return false;
    atomic_store_explicit(&forced, (int)level, memory_order_relaxed);
    return true;
}

const char *sim_simd_name(sim_simd_t level)
{
    static const char *const names[SIM_SIMD_LEVELS] = {"scalar", "avx2", "avx512"};
    return level < SIM_SIMD_LEVELS ? names[level] : "unknown";
}
