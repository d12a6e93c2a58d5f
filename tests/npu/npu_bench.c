/*
 * npu_bench.c - how fast the host computes what the array and the vector unit compute: every
 * instruction of a program in order, without time, at every vector level, one thread.
 *
 *   npu_bench PROGRAM.fnp [each]     each: also layer by layer, at the best level
 *
 * Prints "name value unit": by kind, "moves" for LOAD and STORE, "layers" for CONV, DWCONV and
 * REQUANT together, and "all". A time is the best of many runs, of the thread's own CPU time less
 * the cost of reading its clock; the median stands behind it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "npu/fnp.h"
#include "npu/kernel.h"

#define MAX_RUNS 101
#define LEVEL_NS 1e9 /* spent on a level, about */

/* What is added up besides the kinds of instructions. */
enum { SUM_MOVES = NPU_OPS, SUM_LAYERS, SUM_ALL, SUMS };

typedef struct {
    npu_insn_t *insn;
    uint32_t count;
    npu_l1_t l1;
    uint8_t *l2;
    double clock_ns; /* one reading of the clock */
    double ns[SUMS][MAX_RUNS];
    double *layer_ns; /* of all runs */
} bench_t;

static double thread_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static double clock_cost_ns(void)
{
    double start = thread_ns(), end = start;
    for (int i = 0; i < 1000; i++)
        end = thread_ns();
    return (end - start) / 1000;
}

static void move(const bench_t *b, const npu_kernels_t *kernels, const npu_insn_t *i)
{
    for (uint32_t p = 0; p < i->planes; p++) {
        uint8_t *l1 = b->l1.data[i->mem] + i->l1 + (size_t)p * i->l1_plane;
        uint8_t *l2 = b->l2 + i->l2 + (size_t)p * i->l2_plane;
        if (i->op == NPU_OP_LOAD)
            kernels->copy(l1, i->l1_row, l2, i->l2_row, i->row_bytes, i->rows);
        else
            kernels->copy(l2, i->l2_row, l1, i->l1_row, i->row_bytes, i->rows);
    }
}

static void add(bench_t *b, uint32_t run, const npu_insn_t *insn, double ns)
{
    bool moves = insn->op == NPU_OP_LOAD || insn->op == NPU_OP_STORE;
    bool layers =
        insn->op == NPU_OP_CONV || insn->op == NPU_OP_DWCONV || insn->op == NPU_OP_REQUANT;
    b->ns[moves ? SUM_MOVES : insn->op][run] += ns;
    b->ns[SUM_LAYERS][run] += layers ? ns : 0;
    b->ns[SUM_ALL][run] += ns;
    b->layer_ns[insn->layer] += ns;
}

static void run_once(bench_t *b, const npu_kernels_t *kernels, uint32_t run)
{
    for (uint32_t i = 0; i < SUMS; i++)
        b->ns[i][run] = 0;
    double before = thread_ns();
    for (uint32_t n = 0; n < b->count; n++) {
        const npu_insn_t *insn = &b->insn[n];
        if (insn->op == NPU_OP_LOAD || insn->op == NPU_OP_STORE)
            move(b, kernels, insn);
        else if (kernels->run[insn->op] != NULL)
            kernels->run[insn->op](insn, &b->l1);
        double after = thread_ns();
        add(b, run, insn, after - before - b->clock_ns);
        before = after;
    }
}

static int by_value(const void *a, const void *b)
{
    double d = *(const double *)a - *(const double *)b;
    return d < 0 ? -1 : d > 0;
}

static void print(bench_t *b, const char *level, uint32_t sum, const char *name, uint32_t runs)
{
    double *ns = b->ns[sum], macs = 0;
    qsort(ns, runs, sizeof(ns[0]), by_value);
    if (ns[0] < 1000)
        return;
    for (uint32_t n = 0; n < b->count; n++)
        if (b->insn[n].op == sum || sum == SUM_LAYERS)
            macs += (double)npu_insn_macs(&b->insn[n]);
    printf("npu_%s_%s %.3f ms (median %.3f", level, name, ns[0] * 1e-6, ns[runs / 2] * 1e-6);
    if (macs > 0)
        printf(", %.1f GMAC/s", macs / ns[0]);
    printf(")\n");
}

static void bench_level(bench_t *b, sim_simd_t level)
{
    const npu_kernels_t kernels = npu_kernels(level);
    const char *name = sim_simd_name(level);
    uint32_t runs = 0;
    run_once(b, &kernels, 0); /* to warm up */
    memset(b->layer_ns, 0, NPU_MAX_LAYERS * sizeof(*b->layer_ns));
    for (double start = thread_ns(); runs < 3 || thread_ns() - start < LEVEL_NS; runs++) {
        if (runs == MAX_RUNS)
            break;
        run_once(b, &kernels, runs);
    }
    for (uint32_t op = 0; op < NPU_OPS; op++)
        if (npu_opinfo(op) != NULL)
            print(b, name, op, npu_opinfo(op)->name, runs);
    print(b, name, SUM_MOVES, "moves", runs);
    print(b, name, SUM_LAYERS, "layers", runs);
    print(b, name, SUM_ALL, "all", runs);
    for (uint32_t l = 0; l < NPU_MAX_LAYERS; l++)
        b->layer_ns[l] /= runs;
}

static bool bench_make(bench_t *b, const npu_prog_t *prog)
{
    const npu_desc_t desc = npu_desc_default();
    b->count = prog->insn_count;
    b->insn = calloc(b->count, sizeof(*b->insn));
    b->layer_ns = calloc(NPU_MAX_LAYERS, sizeof(*b->layer_ns));
    b->l2 = aligned_alloc(64, (desc.l2_bytes + 63) / 64 * 64);
    bool there = b->insn != NULL && b->layer_ns != NULL && b->l2 != NULL;
    for (uint32_t m = 0; m < NPU_MEMS; m++) {
        b->l1.bytes[m] = desc.mem_bytes[m];
        b->l1.data[m] = aligned_alloc(64, desc.mem_bytes[m]);
        there = there && b->l1.data[m] != NULL;
        for (uint32_t i = 0; there && i < b->l1.bytes[m]; i++)
            b->l1.data[m][i] = (uint8_t)(i * 2654435761u >> 24);
    }
    for (uint32_t i = 0; there && i < desc.l2_bytes; i++)
        b->l2[i] = (uint8_t)(i * 2654435761u >> 24);
    for (uint32_t i = 0; there && i < prog->blob_count; i++)
        memcpy(b->l2 + prog->blobs[i].l2, prog->blobs[i].data, prog->blobs[i].bytes);
    for (uint32_t n = 0; there && n < b->count; n++)
        there = npu_insn_decode(prog->insns[n], &b->insn[n], NULL, 0);
    b->clock_ns = clock_cost_ns();
    return there;
}

int main(int argc, char **argv)
{
    static bench_t b;
    npu_prog_t prog = {0};
    char error[256];
    if (argc < 2) {
        fprintf(stderr, "usage: npu_bench PROGRAM.fnp [each]\n");
        return 2;
    }
    if (npu_fnp_read(argv[1], &prog, error, sizeof(error)) != SIM_OK) {
        fprintf(stderr, "npu_bench: %s\n", error);
        return 2;
    }
    if (!bench_make(&b, &prog))
        return 1;
    for (sim_simd_t level = SIM_SIMD_SCALAR; level <= sim_simd_best(); level++)
        bench_level(&b, level);
    for (uint32_t l = 0; l < prog.layer_count && argc > 2; l++)
        printf("  %-50s %8.1f us\n", prog.layers[l].name, b.layer_ns[l] * 1e-3);
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        free(b.l1.data[m]);
    free(b.l2);
    free(b.insn);
    free(b.layer_ns);
    npu_prog_free(&prog);
    return 0;
}
