#include "tools/judge.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"
#include "tools/cli.h"
#include "tools/difference.h"
#include "tools/event_judge.h"
#include "tools/execution.h"
#include "tools/golden.h"
#include "tools/network_judge.h"
#include "tools/recorded.h"
#include "tools/run.h"

enum { PATH = 1280 };

/* ---- the file ---- */

static void beside(const char *file, const char *name, char *out, size_t bytes)
{
    const char *slash = name[0] != '/' ? strrchr(file, '/') : NULL;
    int length = slash != NULL ? (int)(slash - file + 1) : 0;
    snprintf(out, bytes, "%.*s%s", length, file, name);
}

/* What a test may change of the scenario that it names: a file, or a number. */
static void read_changes(const sim_cfg_t *root, judge_case_t *t)
{
    scenario_flags_t *f = &t->flags;
    const struct {
        const char *key;
        bool is_file;
        const char **flag;
    } changes[] = {
        {"chip", true, &f->chip},        {"firmware", true, &f->firmware},
        {"network", true, &f->network},  {"scene", true, &f->scene},
        {"host_script", true, &f->host}, {"frames", false, &f->frames},
        {"seed", false, &f->seed},       {"scene_seed", false, &f->scene_seed},
    };
    _Static_assert(SIM_COUNT(changes) == SIM_COUNT(t->text), "a text for each");
    for (size_t i = 0; i < SIM_COUNT(changes); i++) {
        if (!sim_cfg_has(root, changes[i].key))
            continue;
        if (changes[i].is_file)
            beside(t->file, sim_cfg_str(root, changes[i].key, ""), t->text[i], SCENARIO_PATH);
        else
            snprintf(t->text[i], SCENARIO_PATH, "%llu",
                     (unsigned long long)sim_cfg_u64(root, changes[i].key, 0, UINT64_MAX, 0));
        *changes[i].flag = t->text[i];
    }
    sim_cfg_done(root);
}

bool judge_load(judge_case_t *t, const char *file, char *error, size_t error_bytes)
{
    memset(t, 0, sizeof(*t));
    snprintf(t->file, sizeof(t->file), "%s", file);
    snprintf(t->scenario, sizeof(t->scenario), "%s", file);
    sim_doc_t *doc = sim_doc_load(file);
    if (doc == NULL) {
        snprintf(error, error_bytes, "%s: out of memory", file);
        return false;
    }
    if (sim_doc_error(doc) == NULL) {
        sim_cfg_t root = sim_doc_root(doc);
        sim_cfg_need(&root, "expect");
        expect_read(&root, &t->expect);
        if (sim_cfg_has(&root, "scenario")) {
            beside(file, sim_cfg_str(&root, "scenario", ""), t->scenario, sizeof(t->scenario));
            read_changes(&root, t);
        }
    }
    const char *wrong = sim_doc_error(doc);
    if (wrong != NULL)
        snprintf(error, error_bytes, "%s", wrong);
    bool fine = wrong == NULL;
    sim_doc_free(doc);
    beside(file, t->expect.golden, t->golden, sizeof(t->golden));
    return fine;
}

/* ---- figures, counters, events ---- */

static void picture_of(const judge_case_t *t, const char *dir, int64_t frame, check_t *check)
{
    char path[PATH], error[512], name[EXPECT_NAME];
    snprintf(name, sizeof(name), "diff_%.120s.png", check->what);
    for (char *c = name; *c != '\0'; c++)
        *c = isalnum((unsigned char)*c) || strchr("._-", *c) != NULL ? *c : '_';
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    if (difference_boxes(dir, frame, t->expect.iou, path, error, sizeof(error)))
        snprintf(check->picture, sizeof(check->picture), "%s", name);
}

static check_t *add_range(verdict_t *v, const char *what, const expect_range_t *range, double value,
                          const char *unit)
{
    check_t *check = verdict_add(v, what, expect_holds(range, value));
    check->value = value;
    char text[96];
    bool has_unit = strcmp(unit, "1") != 0;
    expect_range_text(range, text, sizeof(text));
    snprintf(check->expected, sizeof(check->expected), "%s%s%s", text, has_unit ? " " : "",
             has_unit ? unit : "");
    if (isfinite(value))
        snprintf(check->found, sizeof(check->found), "%.10g%s%s", value, has_unit ? " " : "",
                 has_unit ? unit : "");
    else
        snprintf(check->found, sizeof(check->found), "none in the results");
    return check;
}

static void judge_figures(const judge_case_t *t, const char *dir, const figures_t *f, verdict_t *v)
{
    for (uint32_t i = 0; i < FIGURES; i++) {
        v->figure[i] = f->value[i];
        if (!t->expect.figure[i].given)
            continue;
        check_t *check = add_range(v, expect_figures[i].name, &t->expect.figure[i], f->value[i],
                                   expect_figures[i].unit);
        if (check->passed)
            continue;
        snprintf(check->where, sizeof(check->where), "%s", f->where[i]);
        if (f->frame[i] >= 0)
            picture_of(t, dir, f->frame[i], check);
    }
}

static void judge_counters(const expect_t *e, const char *dir, verdict_t *v)
{
    char path[PATH];
    snprintf(path, sizeof(path), "%s/stats.json", dir);
    sim_doc_t *doc = e->counters > 0 && access(path, R_OK) == 0 ? sim_doc_load(path) : NULL;
    bool there = doc != NULL && sim_doc_error(doc) == NULL;
    for (uint32_t i = 0; i < e->counters; i++) {
        double value = there ? figures_number(sim_doc_root(doc).node, e->counter[i].path) : NAN;
        (void)add_range(v, e->counter[i].path, &e->counter[i].range, value, "1");
    }
    sim_doc_free(doc);
}

/* What is nowhere is never told of: an expectation that there is none of it could not fail. */
static void check_places(const expect_event_t *event, const char *what,
                         const metadata_names_t *names, verdict_t *v)
{
    for (metadata_place_t p = METADATA_LINE; p < METADATA_PLACES; p++) {
        const char *name = event->filter.place[p];
        if (name[0] == '\0' || metadata_has_place(names, p, name))
            continue;
        check_t *check = verdict_add(v, what, false);
        snprintf(check->expected, sizeof(check->expected), "a %s of the scenario",
                 metadata_place_key[p]);
        snprintf(check->found, sizeof(check->found), "none that is called \"%.60s\"", name);
    }
}

static void judge_event(const judge_case_t *t, const expect_event_t *event, const char *dir,
                        const metadata_names_t *names, verdict_t *v)
{
    char what[EXPECT_NAME], text[EXPECT_NAME - 32], error[512];
    event_figures_t figures;
    bool read = event_judge(dir, event, &figures, error, sizeof(error));
    event_filter_text(&event->filter, text, sizeof(text));
    snprintf(what, sizeof(what), "event %s", text);
    check_places(event, what, names, v);
    for (uint32_t i = 0; i < EVENT_FIGURES; i++) {
        if (!event->figure[i].given)
            continue;
        bool count = i == EVENT_count;
        snprintf(what, sizeof(what), "event %s%s%s", text, count ? "" : " ",
                 count ? "" : expect_event_figures[i].name);
        check_t *check =
            add_range(v, what, &event->figure[i], figures.value[i], expect_event_figures[i].unit);
        if (!read)
            snprintf(check->found, sizeof(check->found), "%.500s", error);
        if (check->passed)
            continue;
        snprintf(check->where, sizeof(check->where), "%s", figures.where[i]);
        if (figures.frame[i] >= 0)
            picture_of(t, dir, figures.frame[i], check);
    }
}

static void judge_events(const judge_case_t *t, const char *dir, verdict_t *v)
{
    char path[PATH];
    snprintf(path, sizeof(path), "%s/config.json", dir);
    sim_doc_t *doc = t->expect.events > 0 && access(path, R_OK) == 0 ? sim_doc_load(path) : NULL;
    bool there = doc != NULL && sim_doc_error(doc) == NULL;
    metadata_names_t names = metadata_names(there ? sim_doc_root(doc).node : NULL);
    for (uint32_t i = 0; i < t->expect.events; i++)
        judge_event(t, &t->expect.event[i], dir, &names, v);
    sim_doc_free(doc);
}

/* ---- the whole ---- */

/* It has to fail, for the reason that is said: passed and failed change places. */
static void turn_around(const expect_t *e, verdict_t *v)
{
    char line[2048], first[CHECK_TEXT] = "";
    bool failed = false, right = false;
    for (size_t i = 0; i < v->checks; i++) {
        check_t *c = &v->check[i];
        if (c->passed)
            continue;
        verdict_line(c, line, sizeof(line));
        if (!failed)
            snprintf(first, sizeof(first), "%.500s", line);
        failed = true;
        right = right || strstr(line, e->reason) != NULL;
        c->passed = true;
    }
    v->expected_failure = right;
    check_t *check = verdict_add(v, "fails", right);
    snprintf(check->expected, sizeof(check->expected), "%s%.120s",
             e->reason[0] != '\0' ? "a failure with: " : "a failure", e->reason);
    snprintf(check->found, sizeof(check->found), "%s", failed ? first : "none");
}

void judge_results(const judge_case_t *t, const judge_desc_t *desc, const char *dir,
                   const char *run_error, verdict_t *v)
{
    char error[1024];
    figures_t *f = calloc(1, sizeof(*f));
    check_t *check = verdict_add(v, "run", run_error == NULL);
    snprintf(check->found, sizeof(check->found), "%.500s", run_error != NULL ? run_error : "");
    if (f == NULL) {
        v->no_memory = true;
    } else if (!figures_read(dir, t->expect.iou, f, error, sizeof(error))) {
        check = verdict_add(v, "results", false);
        snprintf(check->found, sizeof(check->found), "%.500s", error);
    } else if (run_error == NULL) {
        judge_figures(t, dir, f, v);
        judge_counters(&t->expect, dir, v);
        judge_events(t, dir, v);
        network_judge(&t->expect, dir, v);
        if (desc->scene_seed == NULL)
            golden_check(&t->expect, t->golden, dir, desc->update && !t->expect.fails, v);
    }
    free(f);
    if (t->expect.fails)
        turn_around(&t->expect, v);
}

/* False, with one line in error, when it cannot be said how it went. */
static bool judge_into(const judge_case_t *t, const judge_desc_t *desc, const char *dir,
                       const char *run_error, char *error, size_t error_bytes)
{
    char path[PATH];
    verdict_t verdict;
    verdict_init(&verdict);
    judge_results(t, desc, dir, run_error, &verdict);
    snprintf(path, sizeof(path), "%s/verdict.json", dir);
    bool fine = verdict_write(&verdict, path, error, error_bytes);
    verdict_free(&verdict);
    return fine;
}

static bool judge_new_run(const judge_case_t *t, const judge_desc_t *desc, const char *dir,
                          char *error, size_t error_bytes)
{
    run_desc_t r = {
        .scenario = t->scenario,
        .out_dir = dir,
        .flags = t->flags,
        .threads = desc->threads,
        .verbose = SIM_LOG_UNIMP,
        .shuffle = execution_shuffle(),
    };
    if (desc->scene_seed != NULL)
        r.flags.scene_seed = desc->scene_seed;
    run_t *run = calloc(1, sizeof(*run));
    if (run == NULL) {
        snprintf(error, error_bytes, "out of memory");
        return false;
    }
    bool went_well = run_scenario(run, &r) == EXIT_FINE;
    const char *why = run->error[0] != '\0' ? run->error : "the run failed";
    bool fine = (!went_well || run_write_summary(run, dir, error, error_bytes)) &&
                judge_into(t, desc, dir, went_well ? NULL : why, error, error_bytes);
    run_free(run);
    free(run);
    return fine;
}

/* What a recorded run said when it failed, by its verdict; empty: nothing, or never judged. */
static void recorded_failure(const char *folder, char *why, size_t bytes)
{
    char path[PATH], error[CHECK_TEXT];
    verdict_t verdict;
    verdict_init(&verdict);
    snprintf(path, sizeof(path), "%s/verdict.json", folder);
    bool known = access(path, R_OK) == 0 && verdict_read(&verdict, path, error, sizeof(error));
    for (size_t i = 0; known && i < verdict.checks; i++)
        if (strcmp(verdict.check[i].what, "run") == 0)
            snprintf(why, bytes, "%s", verdict.check[i].found);
    verdict_free(&verdict);
}

/* The problems that a recording's summary tells of are its own host's: who finds others fails. */
static void compare_problems(const char *dir, uint64_t problems, char *why, size_t bytes)
{
    char path[PATH];
    snprintf(path, sizeof(path), "%s/summary.json", dir);
    sim_doc_t *doc = access(path, R_OK) == 0 ? sim_doc_load(path) : NULL;
    double before = doc != NULL && sim_doc_error(doc) == NULL
                        ? figures_number(sim_doc_root(doc).node, "link.problems")
                        : NAN;
    sim_doc_free(doc);
    if (isfinite(before) && before != (double)problems)
        snprintf(why, bytes, "%llu problems of the link, the recording's host found %.0f",
                 (unsigned long long)problems, before);
}

static bool judge_recording(const judge_case_t *t, const judge_desc_t *desc, const char *dir,
                            char *error, size_t error_bytes)
{
    char why[CHECK_TEXT] = "";
    uint64_t problems = 0;
    if (!recorded_replay(desc->replay, dir, &problems, error, error_bytes))
        return false;
    recorded_failure(desc->replay, why, sizeof(why));
    if (why[0] == '\0')
        compare_problems(dir, problems, why, sizeof(why));
    return judge_into(t, desc, dir, why[0] != '\0' ? why : NULL, error, error_bytes);
}

bool judge_run(const judge_case_t *t, const judge_desc_t *desc, const char *dir, char *error,
               size_t error_bytes)
{
    return (desc->replay != NULL ? judge_recording : judge_new_run)(t, desc, dir, error,
                                                                    error_bytes);
}
