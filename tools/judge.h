/*
 * judge.h - one scenario with expectations: read, run, judged. All of it happens in a process of
 * its own (suite.h).
 */
#ifndef TOOLS_JUDGE_H
#define TOOLS_JUDGE_H

#include "tools/scenario.h"
#include "tools/verdict.h"

/*
 * A test: a scenario with an `expect` section; or a file that names one and changes some of it:
 * {"scenario": "entrance.json", "frames": 3, "expect": {..}}, with names relative to it.
 */
typedef struct {
    char file[SCENARIO_PATH], scenario[SCENARIO_PATH], golden[SCENARIO_PATH];
    char text[8][SCENARIO_PATH]; /* what flags point to */
    scenario_flags_t flags;
    expect_t expect;
} judge_case_t;

/* False with one line in error. */
bool judge_load(judge_case_t *test, const char *file, char *error, size_t error_bytes);

typedef struct {
    bool update;            /* rewrite goldens */
    const char *scene_seed; /* another world: goldens do not hold; NULL: the scenario's */
    uint32_t threads;
    const char *replay; /* a recorded run's folder, judged instead of a new run; NULL: none */
} judge_desc_t;

/* Runs it (or replays a recording: recorded.h) into dir and writes summary.json and verdict.json
 * there. False, with one line in error, when it cannot be said how it went. */
bool judge_run(const judge_case_t *test, const judge_desc_t *desc, const char *dir, char *error,
               size_t error_bytes);

/* What the results of a run in dir come to. run_error: what the run said, NULL: it went well. */
void judge_results(const judge_case_t *test, const judge_desc_t *desc, const char *dir,
                   const char *run_error, verdict_t *verdict);

#endif
