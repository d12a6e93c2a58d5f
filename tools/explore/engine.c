#include "tools/explore/engine.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/hash.h"
#include "tools/execution.h"
#include "tools/explore/constraint.h"
#include "tools/explore/evaluate_int.h"
#include "tools/remove.h"

enum { LOOK_MS = 200 };                      /* at Ctrl-C, at the clock */
#define MAX_TENSOR_BYTES (UINT64_C(8) << 30) /* of records that a sweep writes */

typedef struct {
    const engine_desc_t *desc;
    engine_count_t *count;
    worker_t *worker;
    struct pollfd *poll;
    uint64_t next; /* point of the strategy */
    bool ended;
    char name[64]; /* of this process, for the store */
    double start;
    char *error;
    size_t error_bytes;
} engine_t;

static bool fail(engine_t *g, const char *why)
{
    snprintf(g->error, g->error_bytes, "%s", why);
    return false;
}

static bool fail_store(engine_t *g)
{
    return fail(g, store_error(g->desc->store));
}

/* ---- a point that is over ---- */

static store_state_t state_of(evaluate_outcome_t outcome)
{
    return outcome == EVALUATE_DONE      ? STORE_DONE
           : outcome == EVALUATE_REFUSED ? STORE_REFUSED
                                         : STORE_FAILED;
}

static void tell_strategy(engine_t *g, uint64_t n, const double *gene, const evaluation_t *e)
{
    char error[256];
    double figure[SPACE_OBJECTIVES];
    const space_t *s = g->desc->space;
    space_value_t value[SPACE_PARAMS + 1];
    bool fine = e->outcome == EVALUATE_DONE && space_values(s, gene, value, error, sizeof(error));
    for (uint32_t m = 0; fine && m < s->objectives; m++)
        figure[m] = constraint_number(s, value, e, s->objective[m].name);
    strategy_tell(g->desc->strategy, n, fine ? figure : NULL);
    g->count->over[state_of(e->outcome)]++;
}

static bool end_point(engine_t *g, uint64_t n, const double *gene, const worker_result_t *result)
{
    if (!store_end(g->desc->store, n, &result->e, result->seconds))
        return fail_store(g);
    g->count->tensors.reused += result->e.tensors.reused;
    g->count->tensors.recorded += result->e.tensors.recorded;
    g->count->tensors.rejected += result->e.tensors.rejected;
    tell_strategy(g, n, gene, &result->e);
    return true;
}

/* ---- a point that begins ---- */

/* What is known without a worker: the configuration, constraints of parameters alone. */
static char *prepare(engine_t *g, const double *gene, char **parameters, evaluation_t *e)
{
    char error[EVALUATE_REASON];
    const space_t *s = g->desc->space;
    space_value_t value[SPACE_PARAMS + 1];
    constraints_t constraints = {.space = s, .value = value};
    evaluation_clear(e);
    *parameters = NULL;
    if (!space_values(s, gene, value, error, sizeof(error))) {
        evaluate_refuse(e, "%s", error);
        return NULL;
    }
    *parameters = space_values_text(s, value);
    char *config = point_config(g->desc->base, value, error, sizeof(error));
    if (config == NULL)
        evaluate_refuse(e, "%s", error);
    else
        (void)constraints_hold(&constraints, e, false);
    return config;
}

static worker_t *idle_worker(engine_t *g)
{
    for (uint32_t i = 0; i < g->desc->workers; i++)
        if (!g->worker[i].busy)
            return &g->worker[i];
    return NULL;
}

static bool hand_out(engine_t *g, const worker_job_t *job, const char *config)
{
    worker_t *w = idle_worker(g);
    const worker_desc_t desc = {.space = g->desc->space,
                                .scratch = g->desc->scratch,
                                .tensors = g->desc->tensors,
                                .tensor_bytes = MAX_TENSOR_BYTES / g->desc->workers,
                                .evaluator = g->desc->evaluator};
    if (w->pid == 0 && !worker_start(g->worker, g->desc->workers, (uint32_t)(w - g->worker), &desc))
        return fail(g, "no more processes");
    (void)worker_send(w, job, config); /* one that is dead says so when it is asked */
    return true;
}

/* Begins point n; one that is refused at once is over at once. */
static bool begin_point(engine_t *g, uint64_t n, const double *gene)
{
    char *parameters, hash[POINT_HASH] = "";
    worker_result_t result = {.seconds = 0};
    worker_job_t job = {.point = n};
    memcpy(job.gene, gene, g->desc->space->free * sizeof(*gene));
    char *config = prepare(g, gene, &parameters, &result.e);
    if (config != NULL)
        point_hash(config, hash);
    bool fine = store_begin(g->desc->store, n, parameters, config, hash, g->name);
    if (!fine)
        fail_store(g);
    else if (result.e.outcome != EVALUATE_DONE)
        fine = end_point(g, n, gene, &result);
    else
        fine = hand_out(g, &job, config);
    free(parameters);
    free(config);
    return fine;
}

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* The file's point has to be the strategy's; one that is over, of the same files. */
static bool same_point(engine_t *g, uint64_t n, const double *gene, const char *parameters,
                       const char *there)
{
    evaluation_t *e = malloc(sizeof(*e));
    char *mine = NULL, *config = e != NULL ? prepare(g, gene, &mine, e) : NULL;
    bool same = same_text(mine, parameters);
    if (!same)
        snprintf(g->error, g->error_bytes,
                 "point %llu of the file is not that of the strategy: another fovea made it",
                 (unsigned long long)n);
    else if (there != NULL && !same_text(config, there)) {
        same = false;
        snprintf(g->error, g->error_bytes,
                 "point %llu of the file is over, and a file that it names (firmware, host script, "
                 "scene, ..) has changed since",
                 (unsigned long long)n);
    }
    free(e);
    free(mine);
    free(config);
    return same;
}

/* Whether this sweep has point n to do; none after the last of its parts. */
static bool is_wanted(engine_t *g, uint64_t n)
{
    const engine_desc_t *d = g->desc;
    bool wanted = d->part == NULL;
    for (uint32_t i = 0; i < d->parts && !wanted; i++)
        wanted = n >= d->part[i].first && n <= d->part[i].last;
    g->ended = d->part != NULL && n >= d->part[d->parts - 1].last;
    return wanted;
}

/* From the store if it is over there. */
static bool take_point(engine_t *g, const double *gene)
{
    char *parameters = NULL, *config = NULL;
    store_state_t state = STORE_WAITING;
    evaluation_t *e = malloc(sizeof(*e));
    uint64_t n = g->next++;
    if (e == NULL)
        return fail(g, "out of memory");
    if (!is_wanted(g, n)) {
        free(e);
        return true;
    }
    bool there = store_point(g->desc->store, n, &state, e, &parameters, &config), fine = true;
    bool over = there && state != STORE_WAITING && state != STORE_RUNNING;
    if (store_error(g->desc->store)[0] != '\0')
        fine = fail_store(g);
    else if (there)
        fine = same_point(g, n, gene, parameters, over ? config : NULL);
    if (fine && over) {
        tell_strategy(g, n, gene, e);
        g->count->before++;
    } else if (fine) {
        fine = begin_point(g, n, gene);
    }
    free(e);
    free(parameters);
    free(config);
    return fine;
}

/* As many as there are idle workers, and as the strategy can tell now. */
static bool fill_workers(engine_t *g)
{
    double gene[SPACE_FREE];
    while (!g->ended && idle_worker(g) != NULL) {
        switch (strategy_next(g->desc->strategy, gene)) {
        case STRATEGY_POINT:
            if (!take_point(g, gene))
                return false;
            break;
        case STRATEGY_WAIT:
            return true;
        case STRATEGY_NO_MEMORY:
            return fail(g, "out of memory");
        default:
            g->ended = true;
        }
        if (g->desc->interrupted != NULL && *g->desc->interrupted != 0)
            return true;
    }
    return true;
}

/* ---- waiting ---- */

static uint32_t busy_workers(const engine_t *g)
{
    uint32_t busy = 0;
    for (uint32_t i = 0; i < g->desc->workers; i++)
        busy += g->worker[i].busy;
    return busy;
}

static bool is_interrupted(engine_t *g)
{
    g->count->interrupted = g->desc->interrupted != NULL && *g->desc->interrupted != 0;
    return g->count->interrupted;
}

static void show_progress(engine_t *g)
{
    g->count->seconds = execution_seconds() - g->start;
    if (g->desc->progress != NULL)
        g->desc->progress(g->desc->ctx, g->count);
}

/* Calls `over` for each worker that has something to say. False: an error. */
static bool wait_for_workers(engine_t *g, bool (*over)(engine_t *g, const worker_job_t *job,
                                                       const worker_result_t *result))
{
    worker_result_t result;
    for (uint32_t i = 0; i < g->desc->workers; i++)
        g->poll[i] =
            (struct pollfd){.fd = g->worker[i].busy ? g->worker[i].from : -1, .events = POLLIN};
    int ready = poll(g->poll, g->desc->workers, LOOK_MS);
    show_progress(g);
    for (uint32_t i = 0; ready > 0 && i < g->desc->workers; i++) {
        if (g->poll[i].fd < 0 || g->poll[i].revents == 0)
            continue;
        worker_job_t job = g->worker[i].job;
        (void)worker_receive(&g->worker[i], g->desc->space, &result);
        if (!over(g, &job, &result))
            return false;
    }
    return true;
}

static bool on_over(engine_t *g, const worker_job_t *job, const worker_result_t *result)
{
    return end_point(g, job->point, job->gene, result);
}

static bool evaluate_all(engine_t *g)
{
    while (!is_interrupted(g)) {
        if (!fill_workers(g))
            return false;
        if (busy_workers(g) == 0)
            return true;
        if (!wait_for_workers(g, on_over))
            return false;
    }
    return true;
}

/* ---- points in full ---- */

typedef struct {
    uint64_t point, key;
    bool over;
} sample_t;

typedef struct {
    sample_t *sample;
    size_t count, room;
    uint64_t seed;
    bool no_memory;
} samples_t;

static bool on_done_point(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    samples_t *s = ctx;
    if (head || cells != 2)
        return true;
    if (s->count == s->room) {
        size_t room = 2 * s->room + 256;
        sample_t *more = realloc(s->sample, room * sizeof(*more));
        s->no_memory = more == NULL;
        if (more == NULL)
            return false;
        s->sample = more;
        s->room = room;
    }
    const uint64_t both[] = {s->seed, (uint64_t)cell[0].integer};
    s->sample[s->count++] =
        (sample_t){(uint64_t)cell[0].integer, sim_hash(SIM_HASH_SEED, both, sizeof(both)),
                   cell[1].type != STORE_NULL};
    return true;
}

static int by_key(const void *a, const void *b)
{
    const sample_t *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->point < y->point ? -1 : x->point > y->point;
}

/* "same", or the first figure that is not. */
static void compare(const evaluation_t *fast, const evaluation_t *full, char *what, size_t bytes)
{
    snprintf(what, bytes, "same");
    if (full->outcome != EVALUATE_DONE) {
        snprintf(what, bytes, "in full: %s", full->reason);
        return;
    }
    for (uint32_t i = 0; i < EVALUATE_FIGURES; i++) {
        double a = fast->value[i], b = full->value[i];
        if ((isnan(a) && isnan(b)) || (!(a < b) && !(a > b) && isnan(a) == isnan(b)))
            continue;
        snprintf(what, bytes, "%s: %.17g, in full %.17g", evaluate_names[i].name, a, b);
        return;
    }
}

static bool on_full(engine_t *g, const worker_job_t *job, const worker_result_t *result)
{
    char what[EVALUATE_REASON + 32];
    store_state_t state;
    evaluation_t fast;
    if (!store_point(g->desc->store, job->point, &state, &fast, NULL, NULL))
        return fail_store(g);
    compare(&fast, &result->e, what, sizeof(what));
    g->count->checked++;
    g->count->differing += strcmp(what, "same") != 0;
    return store_checked(g->desc->store, job->point, what) || fail_store(g);
}

/* The gene is not in the store: with a configuration and no constraints none is needed. */
static bool send_full(engine_t *g, uint64_t point)
{
    char *config = NULL;
    store_state_t state;
    worker_job_t job = {.point = point, .full = true};
    if (!store_point(g->desc->store, point, &state, NULL, NULL, &config) || config == NULL) {
        free(config);
        return fail(g, "a point that is done has no configuration");
    }
    bool fine = hand_out(g, &job, config);
    free(config);
    return fine;
}

/* A sample that only seed and points decide on. */
static bool check_some(engine_t *g)
{
    samples_t s = {.seed = g->desc->seed};
    bool fine =
        store_rows(g->desc->store, "SELECT id, checked FROM point WHERE state = 'done' ORDER BY id",
                   on_done_point, &s) ||
        fail_store(g);
    if (s.no_memory)
        fine = fail(g, "out of memory");
    if (fine && s.count > 0)
        qsort(s.sample, s.count, sizeof(*s.sample), by_key);
    size_t wanted = s.count < g->desc->check ? s.count : g->desc->check;
    for (size_t i = 0; fine && i < wanted && !is_interrupted(g);) {
        if (s.sample[i].over || idle_worker(g) != NULL) {
            fine = s.sample[i].over || send_full(g, s.sample[i].point);
            i++;
        } else {
            fine = wait_for_workers(g, on_full);
        }
    }
    while (fine && busy_workers(g) > 0 && !is_interrupted(g))
        fine = wait_for_workers(g, on_full);
    free(s.sample);
    return fine;
}

/* ---- the whole ---- */

/* What workers had in hand goes back; checks leave nothing behind. */
static void stop_workers(engine_t *g)
{
    for (uint32_t i = 0; i < g->desc->workers; i++) {
        worker_t *w = &g->worker[i];
        if (w->busy && !w->job.full)
            (void)store_put_back(g->desc->store, w->job.point);
        worker_kill(w);
    }
}

static void name_process(char *name, size_t bytes)
{
    char host[40] = "";
    if (gethostname(host, sizeof(host) - 1) != 0)
        host[0] = '\0';
    snprintf(name, bytes, "%s:%ld", host, (long)getpid());
}

bool engine_run(const engine_desc_t *desc, engine_count_t *count, char *error, size_t error_bytes)
{
    engine_t g = {
        .desc = desc,
        .count = count,
        .error = error,
        .error_bytes = error_bytes,
        .start = execution_seconds(),
        .worker = calloc(desc->workers, sizeof(*g.worker)),
        .poll = calloc(desc->workers, sizeof(*g.poll)),
    };
    memset(count, 0, sizeof(*count));
    count->total = desc->total;
    name_process(g.name, sizeof(g.name));
    bool fine = g.worker != NULL && g.poll != NULL;
    if (!fine)
        fail(&g, "out of memory");
    remove_all(desc->scratch);
    fine = fine && evaluate_all(&g) && (count->interrupted || check_some(&g));
    if (g.worker != NULL && g.poll != NULL)
        stop_workers(&g);
    remove_all(desc->scratch);
    show_progress(&g);
    free(g.worker);
    free(g.poll);
    return fine;
}
