/*
 * evaluate_int.h - between evaluate.c and the two kinds of evaluation.
 */
#ifndef TOOLS_EXPLORE_EVALUATE_INT_H
#define TOOLS_EXPLORE_EVALUATE_INT_H

#include "logic/sensor.h"
#include "tools/explore/evaluate.h"
#include "tools/kept_scenes.h"

typedef struct npu_evaluator npu_evaluator_t;

struct evaluator {
    npu_evaluator_t *npu;
    kept_scenes_t scenes;
    uint64_t tensor_bytes; /* of records that it has written */
    sensor_desc_t *chip;   /* of the configuration at hand */
};

typedef struct {
    sim_doc_t *doc;
    sim_cfg_t root;
    const sensor_desc_t *chip;
    kept_scenes_t *scenes; /* of runs; the evaluator's, as is the next */
    uint64_t *tensor_bytes;
    const evaluate_desc_t *desc;
    evaluation_t *e;
} evaluate_job_t;

/* Both return false. */
bool evaluate_refuse(evaluation_t *e, const char *fmt, ...) SIM_PRINTF(2, 3);
bool evaluate_fail(evaluation_t *e, const char *fmt, ...) SIM_PRINTF(2, 3);
/* More is known: false where that ends it. */
bool evaluate_known(const evaluate_job_t *job);

npu_evaluator_t *npu_evaluator_new(void);
void npu_evaluator_free(npu_evaluator_t *evaluator);
bool npu_evaluator_read(npu_evaluator_t *evaluator, const char *model, evaluation_t *e);
void npu_evaluate(npu_evaluator_t *evaluator, const evaluate_job_t *job);
evaluator_work_t npu_evaluator_work(const npu_evaluator_t *evaluator);

void run_evaluate(const evaluate_job_t *job);

#endif
