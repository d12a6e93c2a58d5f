/*
 * onednn_bench.c - the peer: oneDNN's u8 x s8 -> u8 convolutions of the 27 layers of MobileNetV1
 * 1.0/224 on one thread, at each instruction set that this processor has.
 *
 * Layouts are left to oneDNN, weights are laid out beforehand; bias, a scale per channel and the
 * cut to 8 bits belong to the convolution. Padded, rounded in float: not the NPU's bits, the same
 * work.
 */
#include <dnnl.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/npu/mobilenet_layers.h"

#define RUNS 151
#define MAX_CHANNELS 1024

typedef struct {
    dnnl_engine_t engine;
    dnnl_stream_t stream;
} peer_t;

static void must(dnnl_status_t status)
{
    if (status == dnnl_success)
        return;
    fprintf(stderr, "onednn_bench: oneDNN says %d\n", (int)status);
    _exit(1);
}

static double thread_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double d = *(const double *)a - *(const double *)b;
    return d < 0 ? -1 : d > 0;
}

/* As little numbers as keep the sums from being constant. */
static dnnl_memory_t memory_of(const peer_t *peer, const dnnl_memory_desc_t *desc)
{
    dnnl_memory_t memory;
    void *bytes;
    must(dnnl_memory_create(&memory, desc, peer->engine, DNNL_MEMORY_ALLOCATE));
    must(dnnl_memory_get_data_handle(memory, &bytes));
    for (size_t i = 0, n = dnnl_memory_desc_get_size(desc); i < n; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)(i * 2654435761u >> 27);
    return memory;
}

static dnnl_primitive_desc_t primitive_of(const peer_t *peer, const mobilenet_layer_t *l)
{
    const bool dw = l->op == NPU_OP_DWCONV;
    const int64_t in = (int64_t)l->size * l->stride, out = l->size, k = l->k, s = l->stride;
    const int64_t before = l->stride == 1 ? (k - 1) / 2 : 0,
                  after = (out - 1) * s + k - in - before;
    const dnnl_dims_t src_dims = {1, l->in_c, in, in}, dst_dims = {1, l->c, out, out};
    const dnnl_dims_t dense_dims = {l->c, l->in_c, k, k}, dw_dims = {l->c, 1, 1, k, k};
    const dnnl_dims_t bias_dims = {l->c}, strides = {s, s};
    const dnnl_dims_t pad_before = {before, before}, pad_after = {after, after};
    dnnl_memory_desc_t src, wgt, bias, dst;
    must(dnnl_memory_desc_init_by_tag(&src, 4, src_dims, dnnl_u8, dnnl_format_tag_any));
    must(dnnl_memory_desc_init_by_tag(&wgt, dw ? 5 : 4, dw ? dw_dims : dense_dims, dnnl_s8,
                                      dnnl_format_tag_any));
    must(dnnl_memory_desc_init_by_tag(&bias, 1, bias_dims, dnnl_s32, dnnl_x));
    must(dnnl_memory_desc_init_by_tag(&dst, 4, dst_dims, dnnl_u8, dnnl_format_tag_any));

    float scales[MAX_CHANNELS];
    for (uint32_t c = 0; c < l->c; c++)
        scales[c] = 0.001f + 0.000001f * (float)c;
    dnnl_primitive_attr_t attr;
    must(dnnl_primitive_attr_create(&attr));
    must(dnnl_primitive_attr_set_output_scales(attr, l->c, 1 << 1, scales));

    dnnl_convolution_desc_t conv;
    dnnl_primitive_desc_t desc;
    must(dnnl_convolution_forward_desc_init(&conv, dnnl_forward_inference, dnnl_convolution_direct,
                                            &src, &wgt, &bias, &dst, strides, pad_before,
                                            pad_after));
    must(dnnl_primitive_desc_create(&desc, &conv, attr, peer->engine, NULL));
    must(dnnl_primitive_attr_destroy(attr));
    return desc;
}

/* Best and median time of a layer, microseconds. */
static void layer_us(const peer_t *peer, const mobilenet_layer_t *l, double *best, double *median)
{
    static const struct {
        int arg;
        dnnl_query_t what;
        int index;
    } args[] = {{DNNL_ARG_SRC, dnnl_query_src_md, 0},
                {DNNL_ARG_WEIGHTS, dnnl_query_weights_md, 0},
                {DNNL_ARG_BIAS, dnnl_query_weights_md, 1},
                {DNNL_ARG_DST, dnnl_query_dst_md, 0}};
    dnnl_primitive_desc_t desc = primitive_of(peer, l);
    dnnl_primitive_t conv;
    dnnl_exec_arg_t exec[SIM_COUNT(args)];
    double took[RUNS];
    must(dnnl_primitive_create(&conv, desc));
    for (size_t i = 0; i < SIM_COUNT(args); i++)
        exec[i] = (dnnl_exec_arg_t){
            args[i].arg,
            memory_of(peer, dnnl_primitive_desc_query_md(desc, args[i].what, args[i].index))};
    for (int run = -2; run < RUNS; run++) { /* two to warm up */
        double start = thread_us();
        must(dnnl_primitive_execute(conv, peer->stream, SIM_COUNT(args), exec));
        must(dnnl_stream_wait(peer->stream));
        took[run < 0 ? 0 : run] = thread_us() - start;
    }
    qsort(took, RUNS, sizeof(took[0]), by_value);
    *best = took[0];
    *median = took[RUNS / 2];
    for (size_t i = 0; i < SIM_COUNT(args); i++)
        must(dnnl_memory_destroy(exec[i].memory));
    must(dnnl_primitive_destroy(conv));
    must(dnnl_primitive_desc_destroy(desc));
}

/* In a process of its own: the instruction set of oneDNN is chosen once. */
static void bench_isa(const char *name, dnnl_cpu_isa_t isa, bool each)
{
    peer_t peer;
    double best = 0, median = 0, macs = 0;
    must(dnnl_set_max_cpu_isa(isa));
    if (dnnl_get_effective_cpu_isa() != isa) {
        printf("onednn_%s: this processor lacks it, left out\n", name);
        return;
    }
    must(dnnl_engine_create(&peer.engine, dnnl_cpu, 0));
    must(dnnl_stream_create(&peer.stream, peer.engine, dnnl_stream_default_flags));
    for (size_t i = 0; i < SIM_COUNT(mobilenet_layers); i++) {
        const mobilenet_layer_t *l = &mobilenet_layers[i];
        double layer_best, layer_median;
        layer_us(&peer, l, &layer_best, &layer_median);
        best += layer_best * l->times;
        median += layer_median * l->times;
        macs += (double)l->times * l->size * l->size * l->c * l->k * l->k *
                (l->op == NPU_OP_CONV ? l->in_c : 1);
        if (each)
            printf("  %-20s %8.1f us\n", l->name, layer_best);
    }
    printf("onednn_%s_best %.3f ms\n", name, best * 1e-3);
    printf("onednn_%s_median %.3f ms\n", name, median * 1e-3);
    printf("onednn_%s_rate %.0f GMAC/s\n", name, macs / best * 1e-3);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        dnnl_cpu_isa_t isa;
    } isas[] = {{"avx2", dnnl_cpu_isa_avx2},
                {"vnni", dnnl_cpu_isa_avx512_core_vnni},
                {"amx", dnnl_cpu_isa_avx512_core_amx}};
    bool each = argc > 1 && strcmp(argv[1], "each") == 0;
    for (size_t i = 0; i < SIM_COUNT(isas); i++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            omp_set_num_threads(1);
            bench_isa(isas[i].name, isas[i].isa, each);
            fflush(stdout);
            _exit(0);
        }
        int status = 1;
        if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
            return 1;
    }
    return 0;
}
