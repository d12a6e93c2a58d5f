/*
 * core_bench.c - how many guest instructions a second of host CPU time the core does, cycles
 * counted: a loop of arithmetic, a sort of 1,024 words and a CRC, all in TCM; the same CRC with its
 * code in L2; and a loop that polls a register.
 */
#include <stdio.h>
#include <time.h>

#include "tests/logic/rig.h"

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* x = x * 1103515245 + 12345; y ^= x >> 7; y += x; over and over */
static const uint32_t arithmetic[] = {
    0x41c65537, /* lui a0, 0x41c65 */
    0xe6d50513, /* addi a0, a0, -403: 1103515245 */
    0x02a58633, /* mul a2, a1, a0 */
    0x00c60593, /* addi a1, a2, 12 */
    0x0075d693, /* srli a3, a1, 7 */
    0x00d74733, /* xor a4, a4, a3 */
    0x00b70733, /* add a4, a4, a1 */
    0x00178793, /* addi a5, a5, 1 */
    0xfe0794e3, /* bnez a5, -24 */
};

/* Insertion-free selection sort of 1,024 words at 0x10008000, refilled by a generator; for ever. */
static void put_sort(rig_t *rig)
{
    RIG_PROGRAM(rig, LUI(S0, 0x10008), ADDI(S1, S0, 0), ADDI(T0, ZERO, 1024), /* fill: */
                SLLI(T1, A0, 13), XOR(A0, A0, T1), SRLI(T1, A0, 17), XOR(A0, A0, T1),
                SLLI(T1, A0, 5), XOR(A0, A0, T1), SW(A0, 0, S1), ADDI(S1, S1, 4), ADDI(T0, T0, -1),
                BNE(T0, ZERO, -36),
                /* outer: s2 = s0 .. s1 - 4 */
                ADDI(S2, S0, 0), ADDI(T2, S2, 4), LW(A1, 0, S2),
                /* inner */
                LW(A2, 0, T2), BGE(A2, A1, 16), SW(A1, 0, T2), SW(A2, 0, S2), ADDI(A1, A2, 0),
                ADDI(T2, T2, 4), BLT(T2, S1, -24), ADDI(S2, S2, 4), ADDI(T3, S1, -4),
                BLT(S2, T3, -44), JAL(ZERO, -100));
}

/* Bitwise CRC-32 over the same 4 KiB, for ever. */
static void put_crc(rig_t *rig, uint32_t at)
{
    const uint32_t code[] = {LUI(S0, 0x10008),    LUI(S1, 0x10009),  LUI(A3, 0xedb88),
                             ADDI(A3, A3, 0x320), ADDI(T0, S0, 0),   LBU(A1, 0, T0),
                             XOR(A0, A0, A1),     ADDI(T1, ZERO, 8), ANDI(A2, A0, 1),
                             SRLI(A0, A0, 1),     SUB(A2, ZERO, A2), AND(A2, A2, A3),
                             XOR(A0, A0, A2),     ADDI(T1, T1, -1),  BNE(T1, ZERO, -24),
                             ADDI(T0, T0, 1),     BLTU(T0, S1, -44), JAL(ZERO, -52)};
    rig_put(rig, at, code, SIM_COUNT(code));
    rig->core.pc = at;
}

/* Until bit 0 of the serial port's status, which stays 0, is 1. */
static void put_poll(rig_t *rig)
{
    RIG_PROGRAM(rig, LUI(S0, 0x40001), LW(A0, 8, S0), ANDI(A0, A0, 1), BEQ(A0, ZERO, -8));
}

static void measure(const char *what, rig_t *rig)
{
    double best = 0, ratio = 0;
    rig->core.x[A0] = 1;
    rig_start(rig);
    for (int i = 0; i < 5; i++) {
        uint64_t before = rig->core.instructions, cycles = rig->core.cycle;
        double start = cpu_s();
        sim_run_until_ps(rig->sim, sim_now_ps(rig->sim) + 50 * SIM_PS_PER_MS);
        double mips = (double)(rig->core.instructions - before) / (cpu_s() - start) * 1e-6;
        ratio = (double)(rig->core.cycle - cycles) / (double)(rig->core.instructions - before);
        best = mips > best ? mips : best;
    }
    printf("core, %-10s %6.0f MIPS, %.2f cycles an instruction\n", what, best, ratio);
    rig_free(rig);
}

int main(void)
{
    rig_t *rig = rig_new();
    rig_program(rig, arithmetic, SIM_COUNT(arithmetic));
    measure("arithmetic", rig);
    rig = rig_new();
    put_sort(rig);
    measure("sort", rig);
    rig = rig_new();
    put_crc(rig, RIG_CODE);
    measure("crc", rig);
    rig = rig_new();
    put_crc(rig, RIG_L2);
    measure("crc in L2", rig);
    rig = rig_new();
    put_poll(rig);
    measure("poll", rig);
    return 0;
}
