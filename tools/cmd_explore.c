/*
 * cmd_explore.c - fovea explore: a sweep over chips, technologies, scenarios; what came of it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"
#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/explore/engine.h"
#include "tools/explore/slurm.h"
#include "tools/explore/sweep_page.h"
#include "tools/explore/table.h"
#include "tools/explore/tasks.h"
#include "tools/interrupt.h"

enum { DEFAULT_BUDGET = 256 };

/* ---- what is asked of a file ---- */

typedef struct {
    const char *sql;
    bool mixed; /* one front of all models */
} ask_t;

typedef struct {
    const char *name, *args, *about;
    bool (*answer)(store_t *store, const ask_t *ask, table_format_t format, FILE *to);
    int needs; /* arguments */
    table_format_t format;
} question_t;

static bool answer_query(store_t *store, const ask_t *ask, table_format_t format, FILE *to)
{
    return table_query(store, ask->sql, format, to);
}

static bool answer_csv(store_t *store, const ask_t *ask, table_format_t format, FILE *to)
{
    (void)ask;
    return table_query(store, "SELECT * FROM points", format, to);
}

static bool answer_front(store_t *store, const ask_t *ask, table_format_t format, FILE *to)
{
    return table_front(store, ask->mixed, format, to);
}

/* Results that are there by now come in first, unless somebody writes the file at this moment. */
static void merge_first(const char *file)
{
    char error[STORE_ERROR];
    uint64_t results, points;
    store_t *store = store_open(file, error);
    bool expects = store != NULL && store_expects(store);
    store_close(store);
    store = expects ? store_edit(file, error) : NULL;
    if (expects && store == NULL)
        cli_fail(EXIT_FINE, "%s: results are not merged now", error);
    if (store != NULL && !store_merge_tasks(store, &results, &points))
        cli_fail(EXIT_FINE, "%s", store_error(store));
    store_close(store);
}

static bool answer_status(store_t *store, const ask_t *ask, table_format_t format, FILE *to)
{
    slurm_tasks_t t;
    (void)ask;
    if (!table_status(store, format, to))
        return false;
    if (format == TABLE_TEXT && slurm_tasks(store, &t))
        fprintf(to, "\nSlurm: %llu tasks queued, %llu run, %llu gone without a result%s\n",
                (unsigned long long)t.queued, (unsigned long long)t.running,
                (unsigned long long)t.gone,
                t.gone > 0 ? ": --engine slurm --resume submits them again" : "");
    return true;
}

static const question_t questions[] = {
    {"query", "FILE.db SQL", "What SQL says of a sweep; `points` has a row for each point.",
     answer_query, 2, TABLE_TEXT},
    {"csv", "FILE.db", "All points as CSV.", answer_csv, 1, TABLE_CSV},
    {"front", "FILE.db",
     "The points that no other is better than in all objectives, for each model.", answer_front, 1,
     TABLE_TEXT},
    {"status", "FILE.db", "How far a sweep is, and what went wrong.", answer_status, 1, TABLE_TEXT},
};

static int ask(const question_t *q, int argc, char **argv)
{
    const char *csv = NULL, *json = NULL, *mixed = NULL;
    char name[32], error[STORE_ERROR];
    const cli_opt_t opts[] = {
        {0, "csv", NULL, "as CSV", &csv},
        {0, "json", NULL, "as a JSON array of objects", &json},
        {0, "mixed", NULL, "one front of all models together", &mixed}, /* of front */
    };
    snprintf(name, sizeof(name), "explore %s", q->name);
    const cli_t cli = {
        name,     q->args, q->about, opts, SIM_COUNT(opts) - (q->answer != answer_front),
        q->needs, q->needs};
    char **args;
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if (csv != NULL && json != NULL)
        return cli_fail(EXIT_USAGE, "%s: --csv or --json, not both", name);
    if (q->answer == answer_status)
        merge_first(args[0]);
    store_t *store = store_open(args[0], error);
    if (store == NULL)
        return cli_fail(EXIT_USAGE, "%s", error);
    table_format_t format = json != NULL ? TABLE_JSON : csv != NULL ? TABLE_CSV : q->format;
    const ask_t how = {.sql = q->needs == 2 ? args[1] : NULL, .mixed = mixed != NULL};
    bool fine = q->answer(store, &how, format, stdout);
    int code = fine
                   ? EXIT_FINE
                   : cli_fail(EXIT_USAGE, "%s",
                              store_error(store)[0] != '\0' ? store_error(store) : "out of memory");
    store_close(store);
    return code;
}

/* ---- a page of it ---- */

/* FILE.db: FILE.html beside it. */
static void default_page(const char *file, char *page, size_t bytes)
{
    size_t length = strlen(file);
    if (length > 3 && strcmp(file + length - 3, ".db") == 0)
        length -= 3;
    snprintf(page, bytes, "%.*s.html", (int)length, file);
}

static int report(int argc, char **argv)
{
    const char *out = NULL;
    char **args, error[SPACE_PATH], lacks[SPACE_PATH], path[SPACE_PATH];
    int count;
    const cli_opt_t opts[] = {
        {'o', "out", "FILE.html", "the page (default: FILE.html beside FILE.db)", &out}};
    const cli_t cli = {"explore report",
                       "FILE.db",
                       "Makes one page of HTML of a sweep: fronts, sensitivity, rooflines, points.",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       1};
    int over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    store_t *store = store_open(args[0], error);
    if (store == NULL)
        return cli_fail(EXIT_USAGE, "%s", error);
    default_page(args[0], path, sizeof(path));
    out = out != NULL ? out : path;
    FILE *to = sim_file_create(out, error, sizeof(error));
    int code = to == NULL ? cli_fail(EXIT_USAGE, "explore report: %s", error) : EXIT_FINE;
    if (to != NULL && !sweep_page_write(store, args[0], to, lacks, sizeof(lacks))) {
        sim_file_abandon(to, out);
        code = cli_fail(EXIT_USAGE, "explore report: %s: %s", args[0], lacks);
    } else if (to != NULL && sim_file_commit(to, out, error, sizeof(error)) != SIM_OK) {
        code = cli_fail(EXIT_FAILED, "explore report: %s", error);
    }
    store_close(store);
    if (code == EXIT_FINE)
        printf("%s\n", out);
    if (code == EXIT_FINE && lacks[0] != '\0')
        fprintf(stderr, "fovea: explore report: no plots: %s\n", lacks);
    return code;
}

/* ---- the sweep ---- */

typedef enum { ENGINE_LOCAL, ENGINE_SLURM, ENGINE_NONE, ENGINES } engine_kind_t;
static const char *const engine_names[ENGINES] = {"local", "slurm", "none"};

typedef struct {
    const char *space, *out, *tasks;
    engine_kind_t engine;
    uint64_t chunk;
    bool wait;
    bool resume, quiet;
    const char *strategy, *tensors;
    uint64_t budget, seed, workers, check; /* as given */
    bool has_budget, has_seed, has_check;
} options_t;

static void show(void *ctx, const engine_count_t *c)
{
    const bool *terminal = ctx;
    if (!*terminal)
        return;
    uint64_t over = c->over[STORE_DONE] + c->over[STORE_REFUSED] + c->over[STORE_FAILED];
    double rate = c->seconds > 0 ? (double)(over - c->before) / c->seconds : 0;
    fprintf(stderr, "\r%llu of %llu points, %llu refused, %llu failed, %.1f/s",
            (unsigned long long)over, (unsigned long long)c->total,
            (unsigned long long)c->over[STORE_REFUSED], (unsigned long long)c->over[STORE_FAILED],
            rate);
    if (rate > 0 && over < c->total)
        fprintf(stderr, ", %.0f s left", (double)(c->total - over) / rate);
    fputs("\033[K", stderr);
}

static void summarize(const engine_count_t *c, const char *file)
{
    uint64_t over = c->over[STORE_DONE] + c->over[STORE_REFUSED] + c->over[STORE_FAILED];
    printf("points    %llu: %llu done, %llu refused, %llu failed", (unsigned long long)over,
           (unsigned long long)c->over[STORE_DONE], (unsigned long long)c->over[STORE_REFUSED],
           (unsigned long long)c->over[STORE_FAILED]);
    if (c->before > 0)
        printf(" (%llu were there)", (unsigned long long)c->before);
    double rate = c->seconds > 0 ? (double)(over - c->before) / c->seconds : 0;
    printf("\ntime      %.2f s, %.1f points a second\n", c->seconds, rate);
    if (c->tensors.reused + c->tensors.recorded + c->tensors.rejected > 0)
        printf("tensors   %u of %u frames were there", c->tensors.reused,
               c->tensors.reused + c->tensors.recorded);
    if (c->tensors.rejected > 0)
        printf(", %u records were damaged", c->tensors.rejected);
    if (c->tensors.reused + c->tensors.recorded + c->tensors.rejected > 0)
        printf("\n");
    if (c->checked > 0)
        printf("checked   %llu in full, %llu differ\n", (unsigned long long)c->checked,
               (unsigned long long)c->differing);
    printf("results   %s\n", file);
}

static int tell_differing(store_t *store)
{
    (void)table_query(store, "SELECT id, parameters, checked FROM point WHERE checked <> 'same'",
                      TABLE_TEXT, stderr);
    return cli_fail(EXIT_FAILED, "explore: points that differ when they are evaluated in full");
}

static int judge(const engine_count_t *c, store_t *store, const char *file)
{
    if (c->interrupted)
        return cli_fail(EXIT_FAILED, "explore: interrupted; --resume --out %s goes on", file);
    if (store_number(store, "SELECT count(*) FROM point WHERE checked <> 'same'", 0) > 0)
        return tell_differing(store);
    if (c->over[STORE_DONE] == 0)
        return cli_fail(EXIT_FAILED,
                        "explore: no point could be evaluated: see `fovea explore "
                        "status %s`",
                        file);
    return EXIT_FINE;
}

static int run_engine(const options_t *o, const space_t *space, const point_base_t *base,
                      evaluator_t *evaluator, store_t *store, const store_sweep_t *sweep)
{
    char error[512];
    engine_count_t count;
    char scratch[SPACE_PATH + 8], tensors[SPACE_PATH + 16];
    bool terminal = isatty(STDERR_FILENO) != 0;
    snprintf(scratch, sizeof(scratch), "%s-runs", o->out);
    snprintf(tensors, sizeof(tensors), "%s/tensors", scratch);
    const char *records = o->tensors != NULL ? o->tensors : tensors;
    strategy_t *strategy =
        strategy_new(sweep->strategy, space, sweep->seed, sweep->budget, error, sizeof(error));
    if (strategy == NULL)
        return cli_fail(EXIT_USAGE, "%s", error);
    engine_desc_t desc = {
        .space = space,
        .base = base,
        .store = store,
        .strategy = strategy,
        .seed = sweep->seed,
        .workers = (uint32_t)o->workers,
        .scratch = scratch,
        .tensors = strcmp(records, "none") != 0 ? records : NULL,
        .evaluator = evaluator,
        .check = o->has_check ? (uint32_t)o->check : space->check,
        .total = sweep->budget,
        .interrupted = interrupt_watch(),
        .progress = show,
        .ctx = &terminal,
    };
    interrupt_ignore_pipes();
    bool fine = engine_run(&desc, &count, error, sizeof(error));
    strategy_free(strategy);
    if (terminal)
        fputc('\n', stderr);
    if (!fine)
        return cli_fail(EXIT_FAILED, "explore: %s", error);
    summarize(&count, o->out);
    return judge(&count, store, o->out);
}

/* A field that no chip has is a mistake of the space, not of its points: the first point tells. */
static bool fields_known(const space_t *space, const point_base_t *base, evaluator_t *evaluator,
                         char *error, size_t error_bytes)
{
    double gene[SPACE_FREE] = {0};
    space_value_t value[SPACE_PARAMS + 1];
    evaluation_t e;
    char *config = space_values(space, gene, value, error, error_bytes)
                       ? point_config(base, value, error, error_bytes)
                       : NULL;
    bool fine = config == NULL || evaluate_fields(evaluator, config, &e);
    if (!fine)
        snprintf(error, error_bytes, "%.300s: %s", space->file, e.reason);
    free(config);
    return fine;
}

/* So is a model that is none. What is read here, workers need not read. */
static bool models_read(const point_base_t *base, evaluator_t *evaluator, char *error,
                        size_t error_bytes)
{
    for (uint32_t i = 0; i < base->space->models; i++)
        if (!evaluator_read(evaluator, base->model[i], error, error_bytes))
            return false;
    return true;
}

static store_sweep_t plan(const options_t *o, const space_t *space, const point_base_t *base)
{
    uint64_t points = space_points(space);
    store_sweep_t sweep = {.seed = o->has_seed ? o->seed : space->seed,
                           .budget = o->has_budget ? o->budget : space->budget,
                           .base_hash = base->hash,
                           .strategy = space->strategy};
    for (uint32_t i = 0; o->strategy != NULL && i < STRATEGIES; i++)
        if (strcmp(o->strategy, strategy_names[i]) == 0)
            sweep.strategy = (strategy_kind_t)i;
    if (sweep.budget == 0)
        sweep.budget = sweep.strategy == STRATEGY_GRID && points != 0 ? points : DEFAULT_BUDGET;
    if (points != 0 && sweep.budget > points)
        sweep.budget = points;
    return sweep;
}

/* A sweep that goes on has its strategy and seed; it may get more points. */
static bool fits_file(const options_t *o, const space_t *space, store_t *store,
                      const store_sweep_t *wanted, store_sweep_t *sweep)
{
    bool other_seed = o->has_seed && o->seed != sweep->seed;
    if (other_seed || (o->strategy != NULL && wanted->strategy != sweep->strategy)) {
        cli_fail(EXIT_USAGE, "%s: has strategy %s and seed %llu", o->out,
                 strategy_names[sweep->strategy], (unsigned long long)sweep->seed);
        return false;
    }
    uint64_t points = space_points(space);
    uint64_t budget = points != 0 && o->budget > points ? points : o->budget;
    if (!o->has_budget || budget == sweep->budget)
        return true;
    if (budget < sweep->budget) {
        cli_fail(EXIT_USAGE, "%s: has a budget of %llu points, it cannot get less", o->out,
                 (unsigned long long)sweep->budget);
        return false;
    }
    sweep->budget = budget;
    if (!store_extend(store, budget)) {
        cli_fail(EXIT_FAILED, "%s", store_error(store));
        return false;
    }
    return true;
}

static bool makes_sense(const space_t *space, const point_base_t *base, const store_sweep_t *sweep,
                        evaluator_t *evaluator, char *error, size_t error_bytes)
{
    strategy_t *fits =
        strategy_new(sweep->strategy, space, sweep->seed, sweep->budget, error, error_bytes);
    strategy_free(fits);
    return fits != NULL && fields_known(space, base, evaluator, error, error_bytes) &&
           models_read(base, evaluator, error, error_bytes);
}

/* The plan is in the file, which is closed. */
static int run_elsewhere(const options_t *o, const space_t *space)
{
    char folder[TASK_FILE];
    snprintf(folder, sizeof(folder), "%.1024s-tasks", o->out);
    if (o->engine == ENGINE_NONE) {
        printf("planned   %s\n", o->out);
        return EXIT_FINE;
    }
    const slurm_desc_t slurm = {.file = o->out,
                                .folder = o->tasks != NULL ? o->tasks : folder,
                                .chunk = o->chunk,
                                .wait = o->wait,
                                .check = space->check};
    return slurm_sweep(&slurm);
}

static int sweep_base(const options_t *o, const space_t *space, const point_base_t *base,
                      evaluator_t *evaluator)
{
    char error[1024];
    store_sweep_t sweep = plan(o, space, base), wanted = sweep;
    if (!makes_sense(space, base, &sweep, evaluator, error, sizeof(error)))
        return cli_fail(EXIT_USAGE, "%s", error);
    bool goes_on = o->resume && store_begun(o->out);
    store_t *store = goes_on ? store_resume(o->out, space, base->hash, &sweep, error)
                             : store_create(o->out, space, &sweep, error);
    if (store == NULL)
        return cli_fail(EXIT_USAGE, "%s", error);
    int code = EXIT_USAGE;
    bool fits = !goes_on || fits_file(o, space, store, &wanted, &sweep);
    if (fits && o->engine == ENGINE_LOCAL)
        code = run_engine(o, space, base, evaluator, store, &sweep);
    store_close(store);
    return fits && o->engine != ENGINE_LOCAL ? run_elsewhere(o, space) : code;
}

static bool has_tasks(const space_t *space, const options_t *o)
{
    bool evolves = o->strategy != NULL ? strcmp(o->strategy, strategy_names[STRATEGY_EVOLVE]) == 0
                                       : space->strategy == STRATEGY_EVOLVE;
    const char *why = evolves              ? "evolve breeds points from results: it has no tasks"
                      : o->tensors != NULL ? "--tensors: each task has records of its own"
                                           : NULL;
    if (o->engine == ENGINE_LOCAL || why == NULL)
        return true;
    cli_fail(EXIT_USAGE, "%s: %s, only --engine local", o->space, why);
    return false;
}

static int sweep(const options_t *o)
{
    char error[1024];
    space_t *space = calloc(1, sizeof(*space));
    point_base_t *base = calloc(1, sizeof(*base));
    evaluator_t *evaluator = evaluator_new();
    int code = EXIT_USAGE;
    (void)interrupt_watch(); /* from the first moment on: the file is always left in order */
    if (space == NULL || base == NULL || evaluator == NULL)
        cli_fail(code, "out of memory");
    else if (!space_load(space, o->space, evaluate_is_figure, error, sizeof(error)))
        cli_fail(code, "%s", error);
    else if (space->kind == SPACE_NPU && space->models == 0)
        code = cli_fail(EXIT_FINE, "%s: none of its models is there, nothing to do", o->space);
    else if (!point_base_load(base, space, error, sizeof(error)))
        cli_fail(code, "%s", error);
    else if (has_tasks(space, o)) {
        if (space->missing > 0)
            cli_fail(EXIT_FINE, "%s: %u of its models are not there, left out", o->space,
                     space->missing);
        code = sweep_base(o, space, base, evaluator);
    }
    if (base != NULL)
        point_base_free(base);
    if (space != NULL)
        space_free(space);
    evaluator_free(evaluator);
    free(base);
    free(space);
    return code;
}

/* ---- the command line ---- */

/* out/<name of the space without folder and ending>.db */
static bool default_out(const char *space, char *out, size_t bytes)
{
    char error[512];
    const char *slash = strrchr(space, '/'), *name = slash != NULL ? slash + 1 : space;
    const char *dot = strrchr(name, '.');
    int length = dot != NULL && dot != name ? (int)(dot - name) : (int)strlen(name);
    snprintf(out, bytes, "out/%.*s.db", length, name);
    if (sim_dir_make("out", error, sizeof(error)) == SIM_OK)
        return true;
    cli_fail(EXIT_USAGE, "%s", error);
    return false;
}

static bool number(const cli_t *cli, const char *option, const char *text, uint64_t low,
                   uint64_t high, uint64_t *value)
{
    return text == NULL || cli_u64(cli, option, text, low, high, value);
}

static bool is_strategy(const char *name)
{
    for (uint32_t i = 0; i < STRATEGIES; i++)
        if (strcmp(name, strategy_names[i]) == 0)
            return true;
    return false;
}

static bool engine_of(const char *name, engine_kind_t *engine)
{
    for (uint32_t i = 0; i < ENGINES; i++) {
        if (name != NULL && strcmp(name, engine_names[i]) == 0) {
            *engine = (engine_kind_t)i;
            return true;
        }
    }
    return name == NULL;
}

static uint64_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > ENGINE_MAX_WORKERS ? ENGINE_MAX_WORKERS : (uint64_t)count;
}

static const struct {
    const char *name;
    int (*command)(int argc, char **argv);
} pieces[] = {
    {"report", report}, {"tasks", explore_tasks}, {"work", explore_work}, {"merge", explore_merge}};

int cmd_explore(int argc, char **argv)
{
    const char *jobs = NULL, *resume = NULL, *budget = NULL, *seed = NULL, *check = NULL;
    const char *engine = NULL, *chunk = NULL, *wait = NULL;
    options_t o = {.workers = processors(), .chunk = TASK_CHUNK};
    for (size_t i = 0; argc > 1 && i < SIM_COUNT(pieces); i++)
        if (strcmp(argv[1], pieces[i].name) == 0)
            return pieces[i].command(argc - 1, argv + 1);
    for (size_t i = 0; argc > 1 && i < SIM_COUNT(questions); i++)
        if (strcmp(argv[1], questions[i].name) == 0)
            return ask(&questions[i], argc - 1, argv + 1);
    const cli_opt_t opts[] = {
        {'o', "out", "FILE.db", "where the results go (default: out/<space>.db)", &o.out},
        {'j', "jobs", "N", "points at a time (default: one a processor); no effect on results",
         &jobs},
        {0, "resume", NULL, "go on with what FILE.db lacks", &resume},
        {0, "strategy", "NAME", "grid, random, sobol or evolve (default: the space's)",
         &o.strategy},
        {0, "budget", "N", "points at most (default: the space's; else the grid, or 256)", &budget},
        {0, "seed", "N", "of random, sobol, evolve (default: the space's)", &seed},
        {0, "check", "N",
         "evaluate so many points in full, too: the figures must be the same (default: the "
         "space's; else 2)",
         &check},
        {0, "tensors", "DIR",
         "keep what the front end makes of frames there, for later sweeps, too; none: make it "
         "every time (default: until the sweep ends)",
         &o.tensors},
        {0, "engine", "NAME",
         "local; slurm: task files and job arrays; none: a plan (default: local)", &engine},
        {0, "chunk", "N", "of slurm: points of a task (default: 64)", &chunk},
        {0, "tasks", "DIR", "of slurm: where task files go (default: FILE.db-tasks)", &o.tasks},
        {0, "wait", NULL, "of slurm: until the jobs are over", &wait},
    };
    const cli_t cli = {"explore",
                       "SPACE.json | query FILE.db SQL | csv FILE.db | front FILE.db | status "
                       "FILE.db | report FILE.db | tasks FILE.db | work TASK.json | merge FILE.db",
                       "Evaluates the points of a space; or tells what came of it.",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       1};
    char **args, out[SPACE_PATH];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    o.space = args[0];
    o.resume = resume != NULL;
    o.has_budget = budget != NULL;
    o.has_seed = seed != NULL;
    o.has_check = check != NULL;
    o.wait = wait != NULL;
    if (!engine_of(engine, &o.engine))
        return cli_fail(EXIT_USAGE, "explore: --engine: '%s' is none of local, slurm, none",
                        engine);
    if (o.engine != ENGINE_LOCAL && o.has_check)
        return cli_fail(EXIT_USAGE, "explore: --check is the local engine's: --resume --check N "
                                    "when all results are merged");
    if (o.engine != ENGINE_SLURM && (chunk != NULL || o.tasks != NULL || o.wait))
        return cli_fail(EXIT_USAGE,
                        "explore: --chunk, --tasks and --wait belong to --engine slurm");
    if (!number(&cli, "jobs", jobs, 1, ENGINE_MAX_WORKERS, &o.workers) ||
        !number(&cli, "budget", budget, 1, SPACE_MAX_POINTS, &o.budget) ||
        !number(&cli, "seed", seed, 0, UINT64_MAX, &o.seed) ||
        !number(&cli, "chunk", chunk, 1, SPACE_MAX_POINTS, &o.chunk) ||
        !number(&cli, "check", check, 0, 1u << 20, &o.check))
        return EXIT_USAGE;
    if (o.strategy != NULL && !is_strategy(o.strategy))
        return cli_fail(EXIT_USAGE,
                        "explore: --strategy: '%s' is none of grid, random, sobol, "
                        "evolve",
                        o.strategy);
    if (o.out == NULL && !default_out(o.space, out, sizeof(out)))
        return EXIT_USAGE;
    if (o.out == NULL)
        o.out = out;
    return sweep(&o);
}
