#include "tools/explore/evaluate.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/explore/evaluate_int.h"

const evaluate_name_t evaluate_names[EVALUATE_FIGURES] = {
#define X(name, unit, help) {#name, unit, help, {true, true}},
    EVALUATE_CHIP(X)
#undef X
#define X(name, unit, help) {#name, unit, help, {true, false}},
        EVALUATE_PROGRAM(X) EVALUATE_INFERENCE(X)
#undef X
#define X(name, unit, help) {#name, unit, help, {false, true}},
            EVALUATE_RUN(X)
#undef X
#define X(name, unit, path, factor, help)                                                          \
    {#name,                                                                                        \
     unit,                                                                                         \
     help,                                                                                         \
     {EVALUATED_##name == EVALUATED_npu_cycles || EVALUATED_##name == EVALUATED_mean_mw, true}},
                EXPECT_FIGURES(X)
#undef X
};

bool evaluate_is_figure(space_kind_t kind, const char *name)
{
    for (uint32_t i = 0; i < EVALUATE_FIGURES; i++)
        if (strcmp(evaluate_names[i].name, name) == 0)
            return evaluate_names[i].of[kind];
    return false;
}

void evaluation_clear(evaluation_t *e)
{
    memset(e, 0, sizeof(*e));
    for (uint32_t i = 0; i < EVALUATE_FIGURES; i++)
        e->value[i] = NAN;
}

static void set_reason(evaluation_t *e, evaluate_outcome_t outcome, const char *fmt, va_list args)
{
    e->outcome = outcome;
    vsnprintf(e->reason, sizeof(e->reason), fmt, args);
}

bool evaluate_refuse(evaluation_t *e, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    set_reason(e, EVALUATE_REFUSED, fmt, args);
    va_end(args);
    return false;
}

bool evaluate_fail(evaluation_t *e, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    set_reason(e, EVALUATE_FAILED, fmt, args);
    va_end(args);
    return false;
}

bool evaluate_known(const evaluate_job_t *job)
{
    return job->desc->known == NULL || job->desc->known(job->desc->ctx, job->e);
}

evaluator_t *evaluator_new(void)
{
    evaluator_t *e = calloc(1, sizeof(*e));
    if (e == NULL)
        return NULL;
    e->npu = npu_evaluator_new();
    e->chip = calloc(1, sizeof(*e->chip));
    if (e->npu != NULL && e->chip != NULL)
        return e;
    evaluator_free(e);
    return NULL;
}

void evaluator_free(evaluator_t *e)
{
    if (e == NULL)
        return;
    npu_evaluator_free(e->npu);
    kept_scenes_free(&e->scenes);
    free(e->chip);
    free(e);
}

evaluator_work_t evaluator_work(const evaluator_t *evaluator)
{
    return npu_evaluator_work(evaluator->npu);
}

bool evaluator_read(evaluator_t *evaluator, const char *model, char *error, size_t error_bytes)
{
    evaluation_t e;
    if (npu_evaluator_read(evaluator->npu, model, &e))
        return true;
    snprintf(error, error_bytes, "%s", e.reason);
    return false;
}

/* ---- the chip ---- */

/* The sim_cfg functions name fields as the space does: chip.npu.mac.rows. */
static bool read_chip(const evaluate_job_t *job, sensor_desc_t *chip)
{
    sim_cfg_t root = sim_cfg_obj(&job->root, "chip"), tech = sim_cfg_obj(&job->root, "tech");
    const sim_cfg_t die[TECH_DIES] = {sim_cfg_obj(&tech, "pixel"), sim_cfg_obj(&tech, "logic")};
    const sim_cfg_t *const dies[TECH_DIES] = {&die[0], &die[1]};
    *chip = sensor_desc_default();
    sensor_desc_read(&root, chip);
    if (sim_doc_error(job->doc) == NULL)
        sensor_tech_take(chip, dies);
    if (sim_doc_error(job->doc) != NULL)
        return evaluate_refuse(job->e, "%s", sim_doc_error(job->doc));
    return true;
}

static void tell_chip(const sensor_desc_t *chip, double *value)
{
    enum { UM2_OF_MM2 = 1000000 };
    double macs = npu_peak_macs(&chip->npu, 0), l1 = 0;
    for (uint32_t m = 0; m < NPU_MEMS; m++)
        l1 += chip->npu.mem_bytes[m];
    value[EVALUATED_macs_per_cycle] = macs;
    value[EVALUATED_tops] = 2 * macs * (double)chip->npu.clk_hz / 1e12;
    value[EVALUATED_l1_bytes] = l1;
    value[EVALUATED_l2_bytes] = chip->logic.l2.bytes;
    double pixel = tech_die_um2(&chip->tech, TECH_PIXEL_DIE) / UM2_OF_MM2;
    double logic = tech_die_um2(&chip->tech, TECH_LOGIC_DIE) / UM2_OF_MM2;
    value[EVALUATED_area_pixel_mm2] = pixel;
    value[EVALUATED_area_logic_mm2] = logic;
    value[EVALUATED_area_mm2] = pixel + logic;
    value[EVALUATED_area_npu_mm2] =
        tech_area_um2(&chip->tech, TECH_LOGIC_DIE, TECH_NPU) / UM2_OF_MM2;
    value[EVALUATED_area_l2_mm2] = tech_area_um2(&chip->tech, TECH_LOGIC_DIE, TECH_L2) / UM2_OF_MM2;
}

static void evaluate_job(evaluator_t *evaluator, evaluate_job_t *job)
{
    space_kind_t kind = (space_kind_t)sim_cfg_enum(&job->root, "evaluate", space_kind_names,
                                                   SPACE_KINDS, SPACE_NPU);
    if (!read_chip(job, evaluator->chip))
        return;
    tell_chip(evaluator->chip, job->e->value);
    if (!evaluate_known(job))
        return;
    job->chip = evaluator->chip;
    job->scenes = &evaluator->scenes;
    job->tensor_bytes = &evaluator->tensor_bytes;
    if (kind == SPACE_RUN)
        run_evaluate(job);
    else if (!job->desc->only_read)
        npu_evaluate(evaluator->npu, job);
}

void evaluate(evaluator_t *evaluator, const char *config, const evaluate_desc_t *desc,
              evaluation_t *e)
{
    evaluation_clear(e);
    sim_doc_t *doc = sim_doc_parse(config, strlen(config), "point");
    evaluate_job_t job = {.doc = doc, .desc = desc, .e = e};
    if (doc == NULL) {
        evaluate_fail(e, "out of memory");
        return;
    }
    job.root = sim_doc_root(doc);
    if (sim_doc_error(doc) != NULL)
        evaluate_fail(e, "%s", sim_doc_error(doc));
    else
        evaluate_job(evaluator, &job);
    sim_doc_free(doc);
}

/* Readers complain about values first; a chip of values that are fine has an unknown key, too. */
bool evaluate_fields(evaluator_t *evaluator, const char *config, evaluation_t *e)
{
    const evaluate_desc_t desc = {.only_read = true};
    evaluate(evaluator, config, &desc, e);
    return strstr(e->reason, ": unknown key") == NULL;
}
