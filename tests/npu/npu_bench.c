/*
 * npu_bench.c - how fast the host computes what the array computes: GMAC/s a kernel and level, and
 * the arithmetic of all MobileNetV1 1.0/224 layers (cut into tiles that fit L1), one thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "npu/desc.h"
#include "npu/kernel.h"

typedef struct {
    const char *name;
    npu_op_t op;
    uint32_t size, stride, in_c, c, k; /* size of the result, square */
} layer_t;

/* MobileNets (Howard et al. 2017), table 1, alpha 1, 224 x 224. */
static const layer_t layers[] = {
    {"3x3 s2 3-32", NPU_OP_CONV, 112, 2, 3, 32, 3},
    {"dw 32 @112", NPU_OP_DWCONV, 112, 1, 32, 32, 3},
    {"1x1 32-64 @112", NPU_OP_CONV, 112, 1, 32, 64, 1},
    {"dw s2 64 @56", NPU_OP_DWCONV, 56, 2, 64, 64, 3},
    {"1x1 64-128 @56", NPU_OP_CONV, 56, 1, 64, 128, 1},
    {"dw 128 @56", NPU_OP_DWCONV, 56, 1, 128, 128, 3},
    {"1x1 128-128 @56", NPU_OP_CONV, 56, 1, 128, 128, 1},
    {"dw s2 128 @28", NPU_OP_DWCONV, 28, 2, 128, 128, 3},
    {"1x1 128-256 @28", NPU_OP_CONV, 28, 1, 128, 256, 1},
    {"dw 256 @28", NPU_OP_DWCONV, 28, 1, 256, 256, 3},
    {"1x1 256-256 @28", NPU_OP_CONV, 28, 1, 256, 256, 1},
    {"dw s2 256 @14", NPU_OP_DWCONV, 14, 2, 256, 256, 3},
    {"1x1 256-512 @14", NPU_OP_CONV, 14, 1, 256, 512, 1},
    {"dw 512 @14", NPU_OP_DWCONV, 14, 1, 512, 512, 3},
    {"1x1 512-512 @14", NPU_OP_CONV, 14, 1, 512, 512, 1},
    {"dw 512 @14", NPU_OP_DWCONV, 14, 1, 512, 512, 3},
    {"1x1 512-512 @14", NPU_OP_CONV, 14, 1, 512, 512, 1},
    {"dw 512 @14", NPU_OP_DWCONV, 14, 1, 512, 512, 3},
    {"1x1 512-512 @14", NPU_OP_CONV, 14, 1, 512, 512, 1},
    {"dw 512 @14", NPU_OP_DWCONV, 14, 1, 512, 512, 3},
    {"1x1 512-512 @14", NPU_OP_CONV, 14, 1, 512, 512, 1},
    {"dw 512 @14", NPU_OP_DWCONV, 14, 1, 512, 512, 3},
    {"1x1 512-512 @14", NPU_OP_CONV, 14, 1, 512, 512, 1},
    {"dw s2 512 @7", NPU_OP_DWCONV, 7, 2, 512, 512, 3},
    {"1x1 512-1024 @7", NPU_OP_CONV, 7, 1, 512, 1024, 1},
    {"dw 1024 @7", NPU_OP_DWCONV, 7, 1, 1024, 1024, 3},
    {"1x1 1024-1024 @7", NPU_OP_CONV, 7, 1, 1024, 1024, 1},
    {"fc 1024-1001", NPU_OP_CONV, 1, 1, 1024, 1001, 1},
};

static double thread_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The part of a layer that one instruction does: rows such that 256 KiB of accumulators hold it. */
static npu_insn_t insn_of(const layer_t *l)
{
    npu_insn_t insn = {.op = l->op,
                       .in_c = l->in_c,
                       .c = l->c,
                       .w = l->size,
                       .k_h = l->k,
                       .k_w = l->k,
                       .stride_h = l->stride,
                       .stride_w = l->stride,
                       .dil_h = 1,
                       .dil_w = 1,
                       .in_zp = -128,
                       .wgt_zp = 3};
    uint32_t lanes = npu_round_lanes(l->c), row_bytes = 4 * lanes * l->size;
    uint32_t rows = 65536 * 4 / row_bytes;
    insn.h = rows == 0 ? 1 : rows > l->size ? l->size : rows;
    while (l->size % insn.h != 0)
        insn.h--;
    insn.in_h = (insn.h - 1) * l->stride + l->k;
    insn.in_w = (l->size - 1) * l->stride + (l->k + 1) / 2; /* one column of padding each side */
    insn.pad_left = l->k / 2;
    insn.src = (npu_tile_t){0, insn.in_w * l->in_c, l->in_c};
    insn.dst = (npu_tile_t){0, row_bytes, 4 * lanes};
    return insn;
}

static npu_insn_t requant_of(const npu_insn_t *mac)
{
    return (npu_insn_t){.op = NPU_OP_REQUANT,
                        .h = mac->h,
                        .w = mac->w,
                        .c = mac->c,
                        .src = mac->dst,
                        .dst = {0, mac->w * mac->c, mac->c},
                        .out_zp = -128,
                        .out_min = -128,
                        .out_max = 127};
}

/* Best of several runs of the instruction, seconds. */
static double best_of(const npu_kernels_t *kernels, const npu_insn_t *insn, const npu_l1_t *l1)
{
    double best = 1e9;
    for (int i = 0; i < 7; i++) {
        double start = thread_seconds();
        kernels->run[insn->op](insn, l1);
        double took = thread_seconds() - start;
        best = took < best ? took : best;
    }
    return best;
}

static void bench_level(sim_simd_t level, const npu_l1_t *l1, bool each)
{
    const npu_kernels_t kernels = npu_kernels(level);
    double seconds[3] = {0}, macs[3] = {0}; /* conv, dwconv, requant */
    for (size_t i = 0; i < SIM_COUNT(layers); i++) {
        npu_insn_t insn = insn_of(&layers[i]), requant = requant_of(&insn);
        double times = (double)layers[i].size / insn.h;
        double took = times * best_of(&kernels, &insn, l1);
        double work = times * (double)npu_insn_macs(&insn);
        int kind = insn.op == NPU_OP_DWCONV;
        seconds[kind] += took;
        macs[kind] += work;
        seconds[2] += times * best_of(&kernels, &requant, l1);
        macs[2] += times * insn.h * insn.w * insn.c;
        if (each)
            printf("  %-18s %8.1f us %8.1f GMAC/s\n", layers[i].name, took * 1e6,
                   work / took * 1e-9);
    }
    printf("%-7s conv %7.2f ms %6.1f GMAC/s, dwconv %6.2f ms %5.1f GMAC/s, requant %5.2f ms "
           "%5.2f G/s, all %.2f ms\n",
           sim_simd_name(level), seconds[0] * 1e3, macs[0] / seconds[0] * 1e-9, seconds[1] * 1e3,
           macs[1] / seconds[1] * 1e-9, seconds[2] * 1e3, macs[2] / seconds[2] * 1e-9,
           (seconds[0] + seconds[1] + seconds[2]) * 1e3);
}

int main(int argc, char **argv)
{
    npu_l1_t l1 = {.bytes = {1 << 20, 2 << 20, 1 << 20, 1 << 20}};
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        l1.data[m] = aligned_alloc(64, l1.bytes[m]);
        if (l1.data[m] == NULL)
            return 1;
        for (uint32_t i = 0; i < l1.bytes[m]; i++)
            l1.data[m][i] = (uint8_t)(i * 2654435761u >> 24);
    }
    (void)argv;
    for (sim_simd_t level = SIM_SIMD_SCALAR; level <= sim_simd_best(); level++)
        bench_level(level, &l1, argc > 1);
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        free(l1.data[m]);
    return 0;
}
