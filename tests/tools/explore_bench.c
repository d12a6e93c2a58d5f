/*
 * explore_bench.c - design points of MobileNetV1 224 a second of one core: thread CPU time, each
 * point another program unless it says otherwise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tools/explore/point.h"
#include "tools/explore/worker.h"

enum { LEVELS = 20 };

static double thread_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static space_t space;
static point_base_t base;

/* A point for each level of the one parameter, through everything that a sweep does but the
 * store. */
static void bench(const char *name, const char *model, const char *parameters)
{
    char text[4096], error[1024];
    double gene[SPACE_FREE];
    space_value_t value[SPACE_PARAMS + 1];
    evaluation_t e;
    const evaluate_desc_t desc = {.threads = 1};
    snprintf(text, sizeof(text),
             "{\"base\": {\"evaluate\": \"npu\", \"models\": [\"%s\"]}, \"parameters\": {%s}}",
             model, parameters);
    if (!space_parse(&space, text, strlen(text), "bench", evaluate_is_figure, error,
                     sizeof(error)) ||
        !point_base_load(&base, &space, error, sizeof(error))) {
        printf("skipped: %s: %s\n", name, error);
        space_free(&space);
        return;
    }
    evaluator_t *evaluator = evaluator_new();
    double start = 0;
    uint32_t refused = 0;
    for (uint64_t n = 0; n <= LEVELS; n++) {
        if (n == 1) /* the first one reads the model */
            start = thread_s();
        gene[0] = space_number(&space.param[0], n);
        char *config = space_values(&space, gene, value, error, sizeof(error))
                           ? point_config(&base, value, error, sizeof(error))
                           : NULL;
        if (config != NULL)
            evaluate(evaluator, config, &desc, &e);
        refused += config == NULL || e.outcome != EVALUATE_DONE;
        free(config);
    }
    double seconds = thread_s() - start;
    printf("%-34s %8.1f points/s, %u refused, %llu compiled, %llu run\n", name, LEVELS / seconds,
           refused, (unsigned long long)evaluator_work(evaluator).programs,
           (unsigned long long)evaluator_work(evaluator).inferences);
    evaluator_free(evaluator);
    point_base_free(&base);
    space_free(&space);
}

int main(void)
{
    const char *models = getenv("FOVEA_MODELS");
    char here[512], model[1024];
    snprintf(here, sizeof(here), "%s", models != NULL ? models : "../shared/models");
    snprintf(model, sizeof(model), "%s/mobilenet_v1_1.0_224_quant.tflite", here);
    bench("recompiled", model,
          "\"weight_bytes\": {\"field\": \"chip.npu.dma.weight_bytes_per_cycle\", "
          "\"range\": [8, 28], \"step\": 1}");
    bench("recompiled, Rice packed weights", model,
          "\"weight_bytes\": {\"field\": \"chip.npu.dma.weight_bytes_per_cycle\", "
          "\"range\": [8, 28], \"step\": 1}, \"packing\": {\"field\": "
          "\"chip.npu.dma.weight_compression\", \"expr\": \"if(weight_bytes > 0, 'rice', "
          "'none')\"}");
    bench("another clock", model,
          "\"hz\": {\"field\": [\"chip.npu.clk_hz\"], \"range\": [2e8, 3e8], \"step\": 5e6}");
    bench("another technology", model,
          "\"v\": {\"field\": \"tech.logic.voltage_v\", \"range\": [0.7, 0.9], \"step\": 0.01}");
    return 0;
}
