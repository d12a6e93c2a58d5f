/*
 * work.c - one task: its points through the engine into a store of this host, which then becomes
 * the result in one step. Databases do not live on shared folders: their locks do not hold there.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"
#include "tools/cli.h"
#include "tools/explore/tasks.h"
#include "tools/interrupt.h"
#include "tools/remove.h"
#include "tools/version.h"

enum { MAX_RESULT = 1 << 30 };

typedef struct {
    task_t task;
    space_t space;
    point_base_t base;
    evaluator_t *evaluator;
    strategy_t *strategy;
    char result[TASK_FILE], folder[SPACE_PATH], db[TASK_FILE], runs[TASK_FILE],
        tensors[TASK_FILE + 16];
    char error[1024];
} work_t;

/* ---- what it needs ---- */

static bool fail(work_t *w, const char *file, const char *why)
{
    snprintf(w->error, sizeof(w->error), "%.300s: %.300s", file, why);
    return false;
}

/* Space, base and fovea are those of the sweep. */
static bool load(work_t *w, const char *file)
{
    const task_t *t = &w->task;
    if (!task_load(&w->task, file, w->error, sizeof(w->error)))
        return false;
    if (strcmp(t->version, fovea_version) != 0)
        return fail(w, file, "is a task of another build of fovea");
    if (!space_load(&w->space, t->space, evaluate_is_figure, w->error, sizeof(w->error)))
        return false;
    if (task_space_hash(w->space.text) != t->space_hash)
        return fail(w, t->space, "the space has changed since the task was made");
    if (!point_base_load(&w->base, &w->space, w->error, sizeof(w->error)))
        return false;
    if (w->base.hash != t->sweep.base_hash)
        return fail(w, t->space, "chip, technology, scenario or model are not the sweep's");
    w->evaluator = evaluator_new();
    if (w->evaluator == NULL)
        return fail(w, file, "out of memory");
    for (uint32_t i = 0; i < w->space.models; i++)
        if (!evaluator_read(w->evaluator, w->base.model[i], w->error, sizeof(w->error)))
            return false;
    return true;
}

/* A folder of this host: $TMPDIR/fovea-XXXXXX. */
static bool make_folder(work_t *w)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(w->folder, sizeof(w->folder), "%s/fovea-XXXXXX",
             tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
    if (mkdtemp(w->folder) == NULL) {
        fail(w, w->folder, strerror(errno));
        w->folder[0] = '\0';
        return false;
    }
    snprintf(w->db, sizeof(w->db), "%s/task.db", w->folder);
    snprintf(w->runs, sizeof(w->runs), "%s/runs", w->folder);
    snprintf(w->tensors, sizeof(w->tensors), "%s/tensors", w->folder);
    return true;
}

/* ---- the points ---- */

static bool run_once(work_t *w, store_t *store, uint32_t jobs, engine_count_t *count)
{
    const task_t *t = &w->task;
    strategy_free(w->strategy);
    w->strategy = strategy_new(t->sweep.strategy, &w->space, t->sweep.seed, t->sweep.budget,
                               w->error, sizeof(w->error));
    const engine_desc_t desc = {
        .space = &w->space,
        .base = &w->base,
        .store = store,
        .strategy = w->strategy,
        .seed = t->sweep.seed,
        .workers = jobs,
        .scratch = w->runs,
        .tensors = w->tensors,
        .evaluator = w->evaluator,
        .total = t->points,
        .part = t->part,
        .parts = t->parts,
        .interrupted = interrupt_watch(),
    };
    return w->strategy != NULL && engine_run(&desc, count, w->error, sizeof(w->error));
}

/* Whoever ends a job kills its processes one by one: an evaluation that was killed before its
 * engine is no result yet. One that is killed again, of its own fault, is one. */
static bool run(work_t *w, uint32_t jobs, engine_count_t *count)
{
    store_t *store = store_create(w->db, &w->space, &w->task.sweep, w->error);
    bool fine = store != NULL && run_once(w, store, jobs, count);
    double first = count->seconds;
    if (fine && !count->interrupted && store_killed_again(store) > 0) {
        fine = run_once(w, store, jobs, count);
        count->seconds += first;
    }
    store_close(store);
    if (fine && count->interrupted)
        fine = fail(w, w->result, "interrupted; the task is to do again");
    return fine;
}

/* Under a name of its own first, since the same task may end elsewhere at this moment. */
static bool publish(work_t *w)
{
    size_t bytes;
    char host[64] = "", mine[TASK_FILE + 96];
    (void)gethostname(host, sizeof(host) - 1);
    snprintf(mine, sizeof(mine), "%s.%s.%ld", w->result, host, (long)getpid());
    uint8_t *data = sim_file_read(w->db, MAX_RESULT, &bytes, w->error, sizeof(w->error));
    bool fine = data != NULL &&
                sim_file_write(mine, data, bytes, w->error, sizeof(w->error)) == SIM_OK &&
                (rename(mine, w->result) == 0 || fail(w, w->result, strerror(errno)));
    free(data);
    return fine;
}

/* ---- the whole ---- */

/* Beside the task, with another ending. */
static bool name_result(const char *file, char result[TASK_FILE])
{
    size_t length = strlen(file);
    if (length < 6 || length >= SPACE_PATH || strcmp(file + length - 5, ".json") != 0)
        return false;
    snprintf(result, TASK_FILE, "%.*s.db", (int)(length - 5), file);
    return true;
}

static int work(work_t *w, const char *file, uint32_t jobs)
{
    engine_count_t count = {0};
    if (!load(w, file))
        return cli_fail(EXIT_USAGE, "%s", w->error);
    bool fine = make_folder(w) && run(w, jobs, &count) && publish(w);
    if (w->folder[0] != '\0')
        remove_all(w->folder);
    if (!fine)
        return cli_fail(EXIT_FAILED, "%s", w->error);
    printf("%s: %llu points in %.2f s\n", w->result, (unsigned long long)w->task.points,
           count.seconds);
    return EXIT_FINE;
}

int task_work(const char *file, uint32_t jobs)
{
    work_t *w = calloc(1, sizeof(*w));
    int code = EXIT_FINE;
    (void)interrupt_watch();
    interrupt_ignore_pipes();
    if (w == NULL)
        return cli_fail(EXIT_FAILED, "out of memory");
    if (!name_result(file, w->result))
        code = cli_fail(EXIT_USAGE, "%s: is no task file (.json)", file);
    else if (access(w->result, F_OK) == 0)
        printf("%s: is there\n", w->result);
    else
        code = work(w, file, jobs);
    strategy_free(w->strategy);
    evaluator_free(w->evaluator);
    point_base_free(&w->base);
    space_free(&w->space);
    task_free(&w->task);
    free(w);
    return code;
}
