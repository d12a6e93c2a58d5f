/*
 * infer_bench.c - MobileNetV1 224 through compiler and machine: thread CPU time, best and median.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "npu/compiler/tensor_io.h"
#include "tools/inference.h"
#include "tools/network.h"

enum { RUNS = 15 };

static double thread_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double print(const char *name, double ms[RUNS])
{
    qsort(ms, RUNS, sizeof(ms[0]), by_value);
    printf("%-26s %8.2f ms best, %.2f median\n", name, ms[0], ms[RUNS / 2]);
    return ms[0];
}

static void bench(inference_t *in, uint8_t *codes, const char *name)
{
    double ms[RUNS];
    uint64_t events = sim_events_fired(in->sim);
    for (int i = 0; i < RUNS; i++) {
        if (!inference_load(in, &codes))
            return;
        double start = thread_ms();
        if (!inference_go(in))
            return;
        ms[i] = thread_ms() - start;
    }
    npu_perf_t perf = npu_perf(&in->npu);
    double best = print(name, ms);
    printf("%-26s %8.1f M cycles/s, %.1f GMAC/s, %llu cycles, %llu events a run\n", "",
           (double)perf.cycles / best * 1e-3, (double)in->prog->meta.macs / best * 1e-6,
           (unsigned long long)perf.cycles,
           (unsigned long long)(sim_events_fired(in->sim) - events) / RUNS);
}

static void bench_all(inference_t *in, uint8_t *codes)
{
    bench(in, codes, "numerics and cycles");
    in->npu.unchecked = true;
    bench(in, codes, "without hazard checks");
    in->npu.timing_only = true;
    bench(in, codes, "timing only, the same");
    in->npu.unchecked = false;
    bench(in, codes, "timing only");
    in->npu.timing_only = false;
    in->npu.exact = true;
    bench(in, codes, "every burst an event");
}

static bool compile(const char *model, const npu_desc_t *desc, npu_prog_t *prog)
{
    double ms[RUNS];
    char error[512];
    network_options_t options = {0};
    for (int i = 0; i < RUNS; i++) {
        double start = thread_ms();
        npu_prog_free(prog);
        memset(prog, 0, sizeof(*prog));
        if (!network_load(model, desc, &options, prog, error, sizeof(error))) {
            printf("skipped: model: %s\n", error);
            return false;
        }
        ms[i] = thread_ms() - start;
    }
    print("compile", ms);
    return true;
}

int main(void)
{
    const char *models = getenv("FOVEA_MODELS");
    char model[1024], error[512];
    npu_prog_t prog = {0};
    sensor_desc_t desc;
    snprintf(model, sizeof(model), "%s/mobilenet_v1_1.0_224_quant.tflite",
             models != NULL ? models : "../shared/models");
    if (!chip_load(NULL, &desc, error, sizeof(error)) || !compile(model, &desc.npu, &prog))
        return 0;
    uint8_t *codes = calloc(1, npu_input_bytes(&prog, 0));
    inference_t *in = calloc(1, sizeof(*in));
    if (codes != NULL && in != NULL && inference_init(in, &desc, &prog))
        bench_all(in, codes);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%-26s %8.1f MB\n", "resident memory, largest", (double)usage.ru_maxrss / 1024);
    if (in != NULL && in->prog != NULL)
        inference_free(in);
    free(in);
    free(codes);
    npu_prog_free(&prog);
    return 0;
}
