/*
 * explore_bench.c - points of a sweep a second of one core, in CPU time: designs of an NPU with
 * MobileNetV1 224, each another program unless it says otherwise; scenarios with an accuracy, with
 * and without tensors that are there already.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/explore/point.h"
#include "tools/explore/worker.h"
#include "tools/remove.h"

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static space_t space;
static point_base_t base;

typedef struct {
    uint32_t refused;
    uint64_t reused; /* frames */
} sum_t;

static void evaluate_point(evaluator_t *evaluator, uint64_t n, const evaluate_desc_t *desc,
                           sum_t *sum)
{
    char error[1024];
    double gene[SPACE_FREE];
    space_value_t value[SPACE_PARAMS + 1];
    evaluation_t e;
    gene[0] = space_number(&space.param[0], n);
    char *config = space_values(&space, gene, value, error, sizeof(error))
                       ? point_config(&base, value, error, sizeof(error))
                       : NULL;
    evaluation_clear(&e);
    if (config != NULL)
        evaluate(evaluator, config, desc, &e);
    sum->refused += config == NULL || e.outcome != EVALUATE_DONE;
    sum->reused += e.tensors.reused;
    free(config);
}

/* A point for each of the levels 0.. of the one free parameter, through everything that a sweep
 * does but the store; the first reads the model, or makes the records, and does not count. */
static void bench(const char *name, const char *of, const char *parameters, uint32_t levels,
                  const evaluate_desc_t *desc)
{
    char text[4096], error[1024];
    sum_t sum = {0};
    snprintf(text, sizeof(text), "{\"base\": {%s}, \"parameters\": {%s}}", of, parameters);
    if (!space_parse(&space, text, strlen(text), "bench", evaluate_is_figure, error,
                     sizeof(error)) ||
        !point_base_load(&base, &space, error, sizeof(error))) {
        printf("skipped: %s: %s\n", name, error);
        space_free(&space);
        return;
    }
    evaluator_t *evaluator = evaluator_new();
    evaluate_point(evaluator, 0, desc, &sum);
    double start = cpu_s();
    for (uint64_t n = 1; n <= levels; n++)
        evaluate_point(evaluator, n, desc, &sum);
    printf("%-34s %8.1f points/s, %u refused, ", name, levels / (cpu_s() - start), sum.refused);
    if (space.kind == SPACE_NPU)
        printf("%llu compiled, %llu run\n", (unsigned long long)evaluator_work(evaluator).programs,
               (unsigned long long)evaluator_work(evaluator).inferences);
    else
        printf("%llu frames were there\n", (unsigned long long)sum.reused);
    evaluator_free(evaluator);
    point_base_free(&base);
    space_free(&space);
}

static void bench_npu(void)
{
    enum { LEVELS = 20 };
    const evaluate_desc_t desc = {.threads = 1};
    const char *models = getenv("FOVEA_MODELS");
    char of[1200];
    snprintf(of, sizeof(of),
             "\"evaluate\": \"npu\", \"models\": [\"%.1000s/mobilenet_v1_1.0_224_quant.tflite\"]",
             models != NULL ? models : "../shared/models");
    bench("recompiled", of,
          "\"weight_bytes\": {\"field\": \"chip.npu.dma.weight_bytes_per_cycle\", "
          "\"range\": [8, 28], \"step\": 1}",
          LEVELS, &desc);
    bench("recompiled, Rice packed weights", of,
          "\"weight_bytes\": {\"field\": \"chip.npu.dma.weight_bytes_per_cycle\", "
          "\"range\": [8, 28], \"step\": 1}, \"packing\": {\"field\": "
          "\"chip.npu.dma.weight_compression\", \"expr\": \"if(weight_bytes > 0, 'rice', "
          "'none')\"}",
          LEVELS, &desc);
    bench("another clock", of,
          "\"hz\": {\"field\": [\"chip.npu.clk_hz\"], \"range\": [2e8, 3e8], \"step\": 5e6}",
          LEVELS, &desc);
    bench("another technology", of,
          "\"v\": {\"field\": \"tech.logic.voltage_v\", \"range\": [0.7, 0.9], \"step\": 0.01}",
          LEVELS, &desc);
}

/* 45 frames of 3 Mpx, precision and recall of people. */
static void bench_run(void)
{
    static const char of[] =
        "\"evaluate\": \"run\", \"scenarios\": [\"scenes/visitor_counter/few.json\"]";
    static const char clocks[] =
        "\"hz\": {\"field\": \"chip.npu.clk_hz\", \"range\": [1e8, 3e8], \"step\": 2.5e7}";
    enum { LEVELS = 8 };
    char folder[] = "/tmp/fovea-bench-XXXXXX", out[64], tensors[64];
    if (mkdtemp(folder) == NULL)
        return;
    snprintf(out, sizeof(out), "%s/run", folder);
    snprintf(tensors, sizeof(tensors), "%s/tensors", folder);
    evaluate_desc_t desc = {.out = out, .threads = 1};
    bench("scenario", of, clocks, LEVELS, &desc);
    desc.tensors = tensors;
    desc.tensor_bytes = 1 << 30;
    bench("scenario, tensors from records", of, clocks, LEVELS, &desc);
    remove_all(folder);
}

int main(void)
{
    bench_npu();
    bench_run();
    return 0;
}
