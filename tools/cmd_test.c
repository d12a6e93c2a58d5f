/*
 * cmd_test.c - fovea test: the regression suite.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/file.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/suite.h"
#include "tools/suite_report.h"

enum { MAX_PATHS = 1 << 16, MAX_PARALLEL = 1024 };

static uint32_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > MAX_PARALLEL ? MAX_PARALLEL : (uint32_t)count;
}

/* False after a message. A number that is not given stays. */
static bool number(const cli_t *cli, const char *option, const char *text, uint64_t high,
                   uint32_t *value)
{
    uint64_t given = *value;
    bool fine = text == NULL || cli_u64(cli, option, text, 1, high, &given);
    *value = (uint32_t)given;
    return fine;
}

/* A file that cannot be written is told before the run, not after it. */
typedef struct {
    const char *name;
    FILE *to; /* NULL: nobody wants it */
} junit_t;

static int write_junit(const suite_t *suite, junit_t *junit)
{
    char error[1024];
    if (junit->to == NULL)
        return EXIT_FINE;
    FILE *to = junit->to;
    junit->to = NULL;
    suite_junit(suite, to);
    if (sim_file_commit(to, junit->name, error, sizeof(error)) != SIM_OK)
        return cli_fail(EXIT_USAGE, "%s", error);
    return EXIT_FINE;
}

static int write_seeds(const suite_t *suite)
{
    char csv[1280], error[1024];
    snprintf(csv, sizeof(csv), "%s/seeds.csv", suite->desc.out);
    if (suite->desc.seeds > 0 && !suite_csv(suite, csv, error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s", error);
    return EXIT_FINE;
}

static int run(suite_t *suite, const suite_report_t *report, junit_t *junit)
{
    int code = suite_run(suite);
    if (suite->error[0] != '\0')
        return cli_fail(code, "test: %s", suite->error);
    suite_report_end(report, suite);
    int told = write_junit(suite, junit), listed = write_seeds(suite);
    return told != EXIT_FINE ? told : listed != EXIT_FINE ? listed : code;
}

static int add_and_run(suite_t *suite, char *const *paths, int count, const suite_report_t *report,
                       junit_t *junit)
{
    char error[1024];
    for (int i = 0; i < count; i++)
        if (!suite_add(suite, paths[i]))
            return cli_fail(EXIT_USAGE, "test: %s", suite->error);
    if (junit->name != NULL) {
        junit->to = sim_file_create(junit->name, error, sizeof(error));
        if (junit->to == NULL)
            return cli_fail(EXIT_USAGE, "test: --junit: %s", error);
    }
    int code = run(suite, report, junit);
    if (junit->to != NULL)
        sim_file_abandon(junit->to, junit->name);
    return code;
}

int cmd_test(int argc, char **argv)
{
    const char *jobs = NULL, *update = NULL, *tap = NULL, *seeds = NULL;
    const char *schema = NULL, *keep = NULL;
    junit_t junit = {NULL, NULL};
    suite_report_t report = {.to = stdout};
    suite_desc_t desc = {.out = "out/test",
                         .parallel = processors(),
                         .begin = suite_report_begin,
                         .tell = suite_report_tell,
                         .ctx = &report};
    const cli_opt_t opts[] = {
        {'j', "jobs", "N", "scenarios at a time (default: one a processor)", &jobs},
        {0, "update", NULL, "rewrite golden files, and tell what moved by how much", &update},
        {0, "junit", "FILE", "the results as JUnit XML, too", &junit.name},
        {0, "tap", NULL, "the results as TAP on standard output", &tap},
        {0, "filter", "PATTERN", "only names that match: a part of the path, or a pattern with *",
         &desc.filter},
        {0, "seeds", "N",
         "scene seeds 1 to N of each: mean, spread, DIR/seeds.csv; no golden files", &seeds},
        {0, "replay", "DIR",
         "judge recorded runs instead: their link.csi2 decoded anew; DIR: what an earlier test "
         "left, or one run",
         &desc.replay},
        {'k', "keep", NULL,
         "all results of what passed; default: without trace.json and frames, with --seeds also "
         "without link.csi2",
         &keep},
        {'o', "out", "DIR", "where results go (default: out/test)", &desc.out},
        {0, "schema", NULL, "the keys of `expect` as a table, and no tests", &schema},
    };
    const cli_t cli = {"test",
                       "[PATH...]",
                       "Runs scenarios that have an `expect` section; folders: all below them "
                       "(default: scenes).",
                       opts,
                       SIM_COUNT(opts),
                       0,
                       MAX_PATHS};
    char **args, *scenes[] = {"scenes"};
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if (schema != NULL) {
        expect_print_schema(stdout);
        return EXIT_FINE;
    }
    if (!number(&cli, "jobs", jobs, MAX_PARALLEL, &desc.parallel) ||
        !number(&cli, "seeds", seeds, SUITE_MAX_SEEDS, &desc.seeds))
        return EXIT_USAGE;
    desc.threads = desc.parallel < processors() ? processors() / desc.parallel : 1;
    desc.update = update != NULL;
    desc.keep = keep != NULL;
    report.tap = tap != NULL;
    if (desc.update && desc.seeds > 0)
        return cli_fail(EXIT_USAGE,
                        "test: --update not together with --seeds: they have no golden files");
    suite_t suite;
    suite_init(&suite, &desc);
    int code =
        add_and_run(&suite, count > 0 ? args : scenes, count > 0 ? count : 1, &report, &junit);
    suite_free(&suite);
    return code;
}
