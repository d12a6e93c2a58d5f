#include "tools/explore/rerun.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli.h"
#include "tools/explore/point.h"
#include "tools/explore/store.h"

/* FILE.db:ID: the last colon divides them. */
static bool split(const char *text, char file[SPACE_PATH], uint64_t *id)
{
    const char *colon = strrchr(text, ':');
    char *end;
    errno = 0;
    if (colon == NULL || colon[1] < '0' || colon[1] > '9' || colon - text >= SPACE_PATH)
        return false;
    *id = strtoull(colon + 1, &end, 10);
    snprintf(file, SPACE_PATH, "%.*s", (int)(colon - text), text);
    return *end == '\0' && errno == 0 && *id < SPACE_MAX_POINTS;
}

/* Its configuration, and what it came to; NULL after a message. */
static char *load_point(const char *file, uint64_t id, store_state_t *state, evaluation_t *before)
{
    char error[STORE_ERROR], *config = NULL;
    store_t *store = store_open(file, error);
    if (store == NULL) {
        cli_fail(EXIT_USAGE, "%s", error);
        return NULL;
    }
    if (!store_point(store, id, state, before, NULL, &config) && store_error(store)[0] != '\0')
        cli_fail(EXIT_USAGE, "%s", store_error(store));
    else if (config == NULL)
        cli_fail(EXIT_USAGE, "%s: no point %llu, or one without a configuration", file,
                 (unsigned long long)id);
    store_close(store);
    return config;
}

static bool files_same(const char *config)
{
    char error[1024];
    sim_doc_t *doc = sim_doc_parse(config, strlen(config), "point");
    bool fine = doc != NULL && sim_doc_error(doc) == NULL;
    if (!fine)
        cli_fail(EXIT_USAGE, "%s", doc != NULL ? sim_doc_error(doc) : "out of memory");
    else if (!point_files_same(sim_doc_root(doc).node, error, sizeof(error))) {
        cli_fail(EXIT_USAGE, "%s", error);
        fine = false;
    }
    sim_doc_free(doc);
    return fine;
}

static bool differs(double a, double b)
{
    return isnan(a) != isnan(b) || a < b || a > b;
}

static void print_json(const evaluation_t *e)
{
    static const char *const outcomes[] = {"done", "refused", "failed"};
    sim_json_t *object = sim_json_object();
    sim_json_add_str(object, "state", outcomes[e->outcome]);
    if (e->reason[0] != '\0')
        sim_json_add_str(object, "reason", e->reason);
    for (uint32_t i = 0; i < EVALUATE_FIGURES; i++)
        if (isfinite(e->value[i]))
            sim_json_add_num(object, evaluate_names[i].name, e->value[i]);
    char *text = sim_json_print(object, true);
    printf("%s\n", text != NULL ? text : "{}");
    free(text);
    sim_json_free(object);
}

static void print_text(const evaluation_t *e)
{
    if (e->reason[0] != '\0')
        printf("%s: %s\n", e->outcome == EVALUATE_REFUSED ? "refused" : "failed", e->reason);
    for (uint32_t i = 0; i < EVALUATE_FIGURES; i++)
        if (isfinite(e->value[i]))
            printf("%-20s %16.10g %s\n", evaluate_names[i].name, e->value[i],
                   strcmp(evaluate_names[i].unit, "1") != 0 ? evaluate_names[i].unit : "");
}

/* A point that a constraint refused has fewer figures than now, and one that failed none: only a
 * point that is done has something to be equal to. */
static int compare(const evaluation_t *before, const evaluation_t *now, store_state_t state)
{
    uint32_t count = 0;
    for (uint32_t i = 0; state == STORE_DONE && i < EVALUATE_FIGURES; i++) {
        if (!differs(before->value[i], now->value[i]))
            continue;
        fprintf(stderr, "%s: %.17g, in the file %.17g\n", evaluate_names[i].name, now->value[i],
                before->value[i]);
        count++;
    }
    if (count > 0)
        return cli_fail(EXIT_FAILED, "run: %u figures are not those of the file", count);
    return now->outcome == EVALUATE_DONE ? EXIT_FINE : EXIT_FAILED;
}

static int rerun(const rerun_desc_t *desc, const char *config, uint64_t id, store_state_t state,
                 const evaluation_t *before)
{
    char out[64];
    evaluation_t now;
    evaluator_t *evaluator = evaluator_new();
    evaluate_desc_t how = {
        .out = desc->out, .images = true, .full = desc->full, .threads = desc->threads};
    if (evaluator == NULL)
        return cli_fail(EXIT_FAILED, "out of memory");
    snprintf(out, sizeof(out), "out/point_%llu", (unsigned long long)id);
    if (how.out == NULL)
        how.out = out;
    evaluate(evaluator, config, &how, &now);
    evaluator_free(evaluator);
    (desc->json ? print_json : print_text)(&now);
    return compare(before, &now, state);
}

int rerun_point(const rerun_desc_t *desc)
{
    char file[SPACE_PATH];
    uint64_t id;
    store_state_t state;
    evaluation_t before;
    if (!split(desc->point, file, &id))
        return cli_fail(EXIT_USAGE, "run: --point: '%s' is not FILE.db:ID", desc->point);
    char *config = load_point(file, id, &state, &before);
    int code = EXIT_USAGE;
    if (config != NULL && files_same(config))
        code = rerun(desc, config, id, state, &before);
    free(config);
    return code;
}
