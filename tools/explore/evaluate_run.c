/*
 * evaluate_run.c - scenarios on a chip, one after the other: the figures of expect.h.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli.h"
#include "tools/execution.h"
#include "tools/explore/evaluate_int.h"
#include "tools/figures.h"
#include "tools/run.h"

enum { DIRECTORY = 1200 };

/* What becomes of a figure of several scenarios: the mean, unless it is one of these. */
typedef enum { MEAN, SUM, MOST, LEAST } together_t;
static const together_t together[FIGURES] = {
    [FIGURE_count_error] = SUM,
    [FIGURE_link_problems] = SUM,
    [FIGURE_id_switches] = SUM,
    [FIGURE_fragments] = SUM,
    [FIGURE_latency_ms] = MOST,
    [FIGURE_readout_to_alert_ms] = MOST,
    [FIGURE_peak_mw] = MOST,
    [FIGURE_image_bare_most] = MOST,
    [FIGURE_image_cover_least] = LEAST,
    [FIGURE_heat_map] = LEAST,
};

/* One scenario without the figure is a point without it. */
static double add(together_t how, double sum, double value)
{
    if (isnan(sum) || isnan(value))
        return NAN;
    switch (how) {
    case MOST:
        return value > sum ? value : sum;
    case LEAST:
        return value < sum ? value : sum;
    default:
        return sum + value;
    }
}

static double *place_of(evaluation_t *e, uint32_t figure)
{
    for (uint32_t i = 0; i < EVALUATE_FIGURES; i++)
        if (strcmp(evaluate_names[i].name, expect_figures[figure].name) == 0)
            return &e->value[i];
    return NULL;
}

/* Adds what scenario n of `count` came to. */
static void add_figures(evaluation_t *e, const figures_t *f, uint32_t n, uint32_t count)
{
    for (uint32_t i = 0; i < FIGURES; i++) {
        double *to = place_of(e, i), share = together[i] == MEAN ? 1.0 / count : 1;
        *to = n == 0 ? f->value[i] * share : add(together[i], *to, f->value[i] * share);
    }
    double frames = f->value[FIGURE_frames];
    double link = frames > 0 ? f->value[FIGURE_link_bytes] / frames : NAN;
    double *of_frame = &e->value[EVALUATED_link_bytes_frame];
    *of_frame = n == 0 ? link / count : *of_frame + link / count;
    e->value[EVALUATED_energy_mj_frame] = e->value[EVALUATED_frame_energy_uj] / 1e3;
}

static void folder_of(const evaluate_job_t *job, uint32_t n, uint32_t count, char dir[DIRECTORY])
{
    if (count == 1)
        snprintf(dir, DIRECTORY, "%s", job->desc->out);
    else
        snprintf(dir, DIRECTORY, "%.1100s/%u", job->desc->out, n);
}

static bool read_results(const char *dir, double iou, figures_t *f, evaluation_t *e)
{
    char error[1024];
    return figures_read(dir, iou, f, error, sizeof(error)) || evaluate_fail(e, "%s", error);
}

typedef struct {
    const evaluate_job_t *job;
    tensors_t tensors;
} records_t;

static const sim_memo_t *on_scenario(void *ctx, const scenario_t *scenario)
{
    records_t *r = ctx;
    const evaluate_job_t *job = r->job;
    uint64_t most = job->desc->tensor_bytes, written = *job->tensor_bytes;
    return tensors_open(&r->tensors, job->desc->tensors, most > written ? most - written : 0,
                        scenario, sim_json_find(job->root.node, "chip"));
}

static void add_counts(tensors_count_t *to, const tensors_count_t *more)
{
    to->reused += more->reused;
    to->recorded += more->recorded;
    to->rejected += more->rejected;
}

static bool run_one(const evaluate_job_t *job, run_t *run, const scenario_source_t *source,
                    const char *file, const char *dir)
{
    char error[1024];
    records_t records = {.job = job};
    bool recorded = job->desc->tensors != NULL && !job->desc->full;
    const run_desc_t desc = {
        .scenario = file,
        .out_dir = dir,
        .flags = {.source = source,
                  .scenes = job->desc->full ? NULL : job->scenes,
                  .no_images = !job->desc->images},
        .threads = job->desc->threads,
        .exact = job->desc->full,
        .trace_level = job->desc->images ? 0 : 1 + TRACE_FRAMES, /* nobody looks at it */
        .memo = recorded ? on_scenario : NULL,
        .memo_ctx = &records,
        .verbose = SIM_LOG_UNIMP,
        .shuffle = execution_shuffle(),
    };
    int code = run_scenario(run, &desc);
    add_counts(&job->e->tensors, &records.tensors.count);
    *job->tensor_bytes += records.tensors.written_bytes;
    if (code == EXIT_USAGE)
        return evaluate_refuse(job->e, "%s", run->error);
    if (code != EXIT_FINE)
        return evaluate_fail(job->e, "%s", run->error[0] != '\0' ? run->error : "the run failed");
    return run_write_summary(run, dir, error, sizeof(error)) || evaluate_fail(job->e, "%s", error);
}

/* Boxes are judged as the scenario's own expectations say. */
static double iou_of(const sim_cfg_t *scenario)
{
    const sim_json_t *expect = sim_json_find(scenario->node, "expect");
    return sim_json_num(sim_json_find(expect, "iou"), SCORE_MIN_IOU);
}

/* Cursors on what the configuration has for scenario n. */
static scenario_source_t source_of(const evaluate_job_t *job, const sim_cfg_t *item)
{
    sim_cfg_t tech = sim_cfg_obj(&job->root, "tech");
    scenario_source_t source = {.scenario = sim_cfg_obj(item, "data"),
                                .chip = sim_cfg_obj(&job->root, "chip"),
                                .tech = {sim_cfg_obj(&tech, "pixel"), sim_cfg_obj(&tech, "logic")}};
    snprintf(source.scenario.path, sizeof(source.scenario.path), "scenario"); /* as fields say */
    return source;
}

static bool evaluate_one(const evaluate_job_t *job, uint32_t n, uint32_t count)
{
    char dir[DIRECTORY];
    run_t *run = calloc(1, sizeof(*run));
    figures_t *f = calloc(1, sizeof(*f));
    sim_cfg_t item = sim_cfg_at(&job->root, "scenarios", n);
    scenario_source_t source = source_of(job, &item);
    folder_of(job, n, count, dir);
    bool fine = run != NULL && f != NULL;
    if (!fine)
        evaluate_fail(job->e, "out of memory");
    fine = fine && run_one(job, run, &source, sim_cfg_str(&item, "file", "scenario"), dir) &&
           read_results(dir, iou_of(&source.scenario), f, job->e);
    if (fine)
        add_figures(job->e, f, n, count);
    if (run != NULL)
        run_free(run);
    free(run);
    free(f);
    return fine;
}

static bool read_one(const evaluate_job_t *job, uint32_t n, uint32_t count)
{
    char error[RUN_ERROR];
    (void)count;
    sim_cfg_t item = sim_cfg_at(&job->root, "scenarios", n);
    scenario_source_t source = source_of(job, &item);
    const scenario_flags_t flags = {.source = &source, .scenes = job->scenes};
    scenario_t *scenario = calloc(1, sizeof(*scenario));
    bool fine = scenario != NULL && scenario_load(scenario, sim_cfg_str(&item, "file", "scenario"),
                                                  &flags, error, sizeof(error));
    if (scenario == NULL)
        evaluate_fail(job->e, "out of memory");
    else if (!fine)
        evaluate_refuse(job->e, "%s", error);
    if (scenario != NULL)
        scenario_free(scenario);
    free(scenario);
    return fine;
}

void run_evaluate(const evaluate_job_t *job)
{
    uint32_t count = sim_cfg_count(&job->root, "scenarios");
    for (uint32_t n = 0; n < count; n++)
        if (!(job->desc->only_read ? read_one : evaluate_one)(job, n, count))
            return;
    if (!job->desc->only_read)
        (void)evaluate_known(job);
}
