/*
 * store_tasks.c - the part of a store that knows of tasks: which there are, what came of them.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/explore/store_int.h"
#include "tools/explore/tasks.h"

#define OVER "state IN ('done', 'refused', 'failed')"
/* Points of a result that are over there and not here. */
#define NEW                                                                                        \
    "t." OVER " AND t.id >= 0 AND t.id < (SELECT budget FROM main.sweep) AND NOT EXISTS "          \
    "(SELECT 1 FROM main.point m WHERE m.id = t.id AND m." OVER ")"

static bool change(store_t *s, const char *sql)
{
    return store_change(s, sql, NULL, 0);
}

/* ---- tasks ---- */

static bool has_tasks(store_t *s)
{
    return store_number(s, "SELECT count(*) FROM sqlite_master WHERE name = 'task'", 0) > 0;
}

/* Numbers that are below 0 or above all are nobody's tasks. */
uint64_t store_next_task(store_t *s)
{
    double next = has_tasks(s) ? store_number(s, "SELECT max(id) + 1 FROM task", 0) : 0;
    return next > 0 ? (uint64_t)fmin(next, TASK_MOST) : 0;
}

bool store_expects(store_t *s)
{
    return has_tasks(s) && store_number(s, "SELECT count(*) FROM task WHERE NOT merged", 0) > 0;
}

bool store_add_task(store_t *s, uint64_t task, const char *result, uint64_t points)
{
    char id[24], count[24];
    snprintf(id, sizeof(id), "%" PRIu64, task);
    snprintf(count, sizeof(count), "%" PRIu64, points);
    const char *const row[] = {id, result, count};
    return change(s, "CREATE TABLE IF NOT EXISTS task(id INTEGER PRIMARY KEY, result TEXT, "
                     "points INTEGER, merged INTEGER NOT NULL, job TEXT)") &&
           store_change(s,
                        "INSERT OR REPLACE INTO task(id, result, points, merged) "
                        "VALUES(?, ?, ?, 0)",
                        row, SIM_COUNT(row));
}

bool store_set_job(store_t *s, const char *job, uint64_t first, uint64_t tasks)
{
    char from[24], to[24];
    snprintf(from, sizeof(from), "%" PRIu64, first);
    snprintf(to, sizeof(to), "%" PRIu64, first + tasks);
    const char *const row[] = {job, from, to};
    return store_change(s,
                        "UPDATE task SET job = ?1 || '_' || (id - CAST(?2 AS INTEGER)) "
                        "WHERE id >= CAST(?2 AS INTEGER) AND id < CAST(?3 AS INTEGER)",
                        row, SIM_COUNT(row));
}

bool store_has_jobs(store_t *s)
{
    return has_tasks(s) &&
           store_number(s, "SELECT count(*) FROM task WHERE job IS NOT NULL AND NOT merged", 0) > 0;
}

/* ---- results ---- */

static bool add_points(store_t *s, const char *result, uint64_t *points)
{
    static const char same[] =
        "SELECT count(*) FROM task.sweep a, main.sweep b WHERE a.space = b.space AND a.version = "
        "b.version AND a.strategy = b.strategy AND a.seed = b.seed AND a.base_hash = b.base_hash";
    const char *const name[] = {result};
    double one = store_number(s, same, -1);
    if (one < 0)
        return false;
    if (one < 1)
        return store_fail(s, "is of another sweep: space, base, seed or fovea differ");
    double fresh = store_number(s, "SELECT count(*) FROM task.point t WHERE " NEW, -1);
    *points = fresh > 0 ? (uint64_t)fresh : 0;
    return fresh >= 0 &&
           change(s, "DELETE FROM main.value WHERE point IN "
                     "(SELECT t.id FROM task.point t WHERE " NEW ")") &&
           change(s, "INSERT INTO main.value SELECT v.point, v.name, v.number FROM task.point t "
                     "JOIN task.value v ON v.point = t.id WHERE " NEW) &&
           change(s, "INSERT OR REPLACE INTO main.point SELECT t.id, t.hash, t.parameters, "
                     "t.config, t.state, t.reason, t.seconds, t.worker, t.checked, "
                     "t.tensors_reused, t.tensors_recorded, t.tensors_rejected FROM task.point t "
                     "WHERE " NEW) &&
           (!has_tasks(s) ||
            store_change(s, "UPDATE main.task SET merged = 1 WHERE result = ?", name, 1));
}

bool store_merge(store_t *s, const char *result, uint64_t *points)
{
    const char *const name[] = {result};
    char why[STORE_ERROR];
    *points = 0;
    if (access(result, R_OK) != 0) /* ATTACH would make one */
        snprintf(why, sizeof(why), "%.300s: %s", result, strerror(errno));
    else if (store_is_file(s, result)) /* it would wait for itself */
        snprintf(why, sizeof(why), "%.300s: is the sweep itself", result);
    else if (!store_change(s, "ATTACH ? AS task", name, 1))
        snprintf(why, sizeof(why), "%.300s: cannot be read", result);
    else {
        bool fine =
            change(s, "BEGIN IMMEDIATE") && add_points(s, result, points) && change(s, "COMMIT");
        snprintf(why, sizeof(why), "%.250s: %.200s", result, fine ? "" : store_error(s));
        if (!fine)
            (void)change(s, "ROLLBACK");
        (void)change(s, "DETACH task");
        if (fine)
            return true;
    }
    *points = 0;
    return store_fail(s, why);
}

typedef struct {
    char **file;
    size_t count, room;
    bool no_memory;
} files_t;

static bool on_file(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    files_t *f = ctx;
    if (head || cells != 1)
        return head;
    if (access(cell[0].text, F_OK) != 0)
        return true;
    if (f->count == f->room) {
        size_t room = 2 * f->room + 64;
        char **more = realloc(f->file, room * sizeof(*more));
        f->no_memory = more == NULL;
        if (more == NULL)
            return false;
        f->file = more;
        f->room = room;
    }
    f->file[f->count] = strdup(cell[0].text);
    f->no_memory = f->file[f->count] == NULL;
    f->count += !f->no_memory;
    return !f->no_memory;
}

bool store_merge_tasks(store_t *s, uint64_t *results, uint64_t *points)
{
    files_t f = {.file = NULL};
    char why[STORE_ERROR] = "";
    *results = *points = 0;
    if (!has_tasks(s))
        return true;
    bool fine = store_rows(s, "SELECT result FROM task WHERE NOT merged ORDER BY id", on_file, &f);
    if (f.no_memory)
        fine = store_fail(s, "out of memory");
    if (!fine)
        snprintf(why, sizeof(why), "%s", store_error(s));
    for (size_t i = 0; i < f.count; i++) {
        uint64_t fresh;
        if (store_merge(s, f.file[i], &fresh)) {
            *results += 1;
            *points += fresh;
        } else {
            fine = false;
            snprintf(why, sizeof(why), "%s", store_error(s));
        }
        free(f.file[i]);
    }
    free(f.file);
    return fine || store_fail(s, why);
}

/* ---- what was killed ---- */

#define KILLED                                                                                     \
    "state = 'failed' AND (reason LIKE 'ended by signal 9 %' OR reason LIKE "                      \
    "'ended by signal 15 %')"

uint64_t store_killed_again(store_t *s)
{
    double killed = store_number(s, "SELECT count(*) FROM point WHERE " KILLED, 0);
    if (killed < 1 || !change(s, "UPDATE point SET state = 'waiting', reason = NULL WHERE " KILLED))
        return 0;
    return (uint64_t)killed;
}
