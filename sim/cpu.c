/*
 * cpu.c - what vector instructions this processor and its operating system offer.
 *
 * The level is a property of the process, so this is the one mutable variable of file scope in the
 * project. __builtin_cpu_supports is the compiler's cpuid, and knows whether the operating system
 * saves the wide registers.
 */
#define _DEFAULT_SOURCE /* syscall() */
#include "sim/cpu.h"

#include <stdatomic.h>
#if SIM_X86 && defined(__linux__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#define NOT_ASKED (-1)

static atomic_int in_force = NOT_ASKED;

#if SIM_X86
/* Linux saves tiles only for a process that asked for it: arch_prctl(ARCH_REQ_XCOMP_PERM,
 * XFEATURE_XTILEDATA), Documentation/arch/x86/xstate.rst. Asking again does no harm. */
static bool has_tiles(void)
{
#if defined(__linux__)
    const long req_xcomp_perm = 0x1023, xtiledata = 18;
    const unsigned amx = 1u << 24 | 1u << 25; /* leaf 7, EDX: tiles, int8; clang 14 has no names */
    unsigned a, b, c, d = 0;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (d & amx) == amx &&
           syscall(SYS_arch_prctl, req_xcomp_perm, xtiledata) == 0;
#else
    return false;
#endif
}
#endif

sim_simd_t sim_simd_best(void)
{
#if SIM_X86
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") ||
        !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("pclmul"))
        return SIM_SIMD_SCALAR;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vnni"))
        return has_tiles() ? SIM_SIMD_AMX : SIM_SIMD_AVX512;
    return SIM_SIMD_AVX2;
#else
    return SIM_SIMD_SCALAR;
#endif
}

/* Asking the processor takes many microseconds on a virtual machine: once is enough. */
sim_simd_t sim_simd(void)
{
    int level = atomic_load_explicit(&in_force, memory_order_relaxed);
    if (level != NOT_ASKED)
        return (sim_simd_t)level;
    int best = (int)sim_simd_best();
    if (atomic_compare_exchange_strong(&in_force, &level, best))
        level = best;
    return (sim_simd_t)level;
}

bool sim_simd_force(sim_simd_t level)
{
    if (level > sim_simd_best())
        return false;
    atomic_store_explicit(&in_force, (int)level, memory_order_relaxed);
    return true;
}

const char *sim_simd_name(sim_simd_t level)
{
    static const char *const names[SIM_SIMD_LEVELS] = {"scalar", "avx2", "avx512", "amx"};
    return level < SIM_SIMD_LEVELS ? names[level] : "unknown";
}
