/*
 * store_sweep.c - the part of a store that knows of sweeps: a new one, one that goes on, its plan.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/explore/point.h"
#include "tools/explore/store_int.h"
#include "tools/version.h"

/* ---- a new sweep ---- */

static const char schema[] =
    "CREATE TABLE sweep(space TEXT, file TEXT, evaluate TEXT, version TEXT, strategy TEXT,"
    " budget INTEGER, seed TEXT, base_hash TEXT);"
    "CREATE TABLE parameter(position INTEGER PRIMARY KEY, name TEXT, free INTEGER);"
    "CREATE TABLE objective(position INTEGER PRIMARY KEY, name TEXT, goal TEXT);"
    "CREATE TABLE figure(position INTEGER PRIMARY KEY, name TEXT, unit TEXT, help TEXT);"
    "CREATE TABLE point(id INTEGER PRIMARY KEY, hash TEXT, parameters TEXT, config TEXT,"
    " state TEXT NOT NULL, reason TEXT, seconds REAL, worker TEXT, checked TEXT,"
    " tensors_reused INTEGER, tensors_recorded INTEGER, tensors_rejected INTEGER);"
    "CREATE TABLE value(point INTEGER, name TEXT, number REAL, PRIMARY KEY(point, name))"
    " WITHOUT ROWID;";
static bool insert_sweep(store_t *s, const space_t *space, const store_sweep_t *sweep)
{
    char budget[24], seed[24], hash[24], file[SPACE_PATH], error[STORE_ERROR];
    if (!point_absolute(space->file, file, error, sizeof(error)))
        return store_blame(s, error);
    snprintf(budget, sizeof(budget), "%" PRIu64, sweep->budget);
    snprintf(seed, sizeof(seed), "%" PRIu64, sweep->seed);
    snprintf(hash, sizeof(hash), "%016" PRIx64, sweep->base_hash);
    const char *const row[] = {space->text,
                               file,
                               space_kind_names[space->kind],
                               fovea_version,
                               strategy_names[sweep->strategy],
                               budget,
                               seed,
                               hash};
    return store_change(s, "INSERT INTO sweep VALUES(?, ?, ?, ?, ?, ?, ?, ?)", row, SIM_COUNT(row));
}

static bool insert_names(store_t *s, const space_t *space)
{
    bool fine = true;
    for (uint32_t i = 0; fine && i < space->params; i++) {
        const char *const row[] = {space->param[i].name,
                                   space->param[i].kind != PARAM_EXPR ? "1" : "0"};
        fine = store_change(s, "INSERT INTO parameter(name, free) VALUES(?, ?)", row, 2);
    }
    for (uint32_t i = 0; fine && i < space->objectives; i++) {
        const char *const row[] = {space->objective[i].name,
                                   space->objective[i].most ? "max" : "min"};
        fine = store_change(s, "INSERT INTO objective(name, goal) VALUES(?, ?)", row, 2);
    }
    for (uint32_t i = 0; fine && i < EVALUATE_FIGURES; i++) {
        const evaluate_name_t *n = &evaluate_names[i];
        const char *const row[] = {n->name, n->unit, n->help};
        fine = !n->of[space->kind] ||
               store_change(s, "INSERT INTO figure(name, unit, help) VALUES(?, ?, ?)", row, 3);
    }
    return fine;
}

/* Names are letters, digits and _: they need no quotes inside. */
static bool create_view(store_t *s, const space_t *space)
{
    size_t room = 512 + (size_t)(space->params + EVALUATE_FIGURES) * 200;
    char *sql = malloc(room);
    if (sql == NULL)
        return store_blame(s, "out of memory");
    size_t at = (size_t)snprintf(sql, room, "CREATE VIEW points AS SELECT id, state");
    for (uint32_t i = 0; i < space->params; i++)
        at += (size_t)snprintf(sql + at, room - at, ", json_extract(parameters, '$.%s') AS \"%s\"",
                               space->param[i].name, space->param[i].name);
    for (uint32_t i = 0; i < EVALUATE_FIGURES; i++)
        if (evaluate_names[i].of[space->kind])
            at += (size_t)snprintf(
                sql + at, room - at,
                ", (SELECT number FROM value WHERE point = id AND name = '%s') AS \"%s\"",
                evaluate_names[i].name, evaluate_names[i].name);
    snprintf(sql + at, room - at, ", reason, seconds, checked%s FROM point ORDER BY id",
             space->kind == SPACE_RUN ? ", tensors_reused, tensors_recorded, tensors_rejected"
                                      : "");
    bool fine = store_run(s, sql);
    free(sql);
    return fine;
}

store_t *store_create(const char *file, const space_t *space, const store_sweep_t *sweep,
                      char *error)
{
    store_t *s = store_file(file, true, error);
    if (s == NULL)
        return NULL;
    double tables = store_tables(s);
    if (tables > 0)
        store_blame(s, "is there already: --resume goes on with it");
    bool fine = tables == 0 && store_set_up_writing(s) && store_run(s, "BEGIN IMMEDIATE") &&
                store_run(s, schema) && insert_sweep(s, space, sweep) && insert_names(s, space) &&
                create_view(s, space) && store_run(s, "COMMIT");
    return fine ? s : store_give_up(s, error);
}

/* ---- one that is there ---- */

typedef struct {
    store_t *store;
    const space_t *space;
    store_sweep_t *sweep;
    uint64_t base_hash;
    bool fine;
} resume_t;

bool store_read_sweep(const store_cell_t *cell, store_sweep_t *sweep)
{
    uint32_t i = 0;
    while (i < STRATEGIES && strcmp(cell[0].text, strategy_names[i]) != 0)
        i++;
    if (i == STRATEGIES || cell[1].integer < 1 || cell[1].integer > (int64_t)SPACE_MAX_POINTS)
        return false;
    sweep->strategy = (strategy_kind_t)i;
    sweep->budget = (uint64_t)cell[1].integer;
    sweep->seed = strtoull(cell[2].text, NULL, 10);
    sweep->base_hash = strtoull(cell[3].text, NULL, 16);
    return true;
}

static bool on_sweep(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    resume_t *r = ctx;
    char hash[24], what[256];
    if (head || cells != 6)
        return head;
    snprintf(hash, sizeof(hash), "%016" PRIx64, r->base_hash);
    r->fine = false;
    if (strcmp(cell[1].text, fovea_version) != 0) {
        snprintf(what, sizeof(what), "made by fovea %.40s, this is %.40s", cell[1].text,
                 fovea_version);
        return store_blame(r->store, what);
    }
    if (strcmp(cell[0].text, r->space->text) != 0)
        return store_blame(r->store, "is of another space: the file has changed since");
    if (strcmp(cell[5].text, hash) != 0)
        return store_blame(r->store, "chip, technology, scenario or model have changed since");
    r->fine = store_read_sweep(&cell[2], r->sweep);
    return r->fine || store_blame(r->store, "the plan of its sweep is none: strategy or budget");
}

store_t *store_resume(const char *file, const space_t *space, uint64_t base_hash,
                      store_sweep_t *sweep, char *error)
{
    store_t *s = store_file(file, false, error);
    if (s == NULL)
        return NULL;
    resume_t r = {s, space, sweep, base_hash, false};
    bool fine = store_is_sweep(s) &&
                store_rows(s, "SELECT space, version, strategy, budget, seed, base_hash FROM sweep",
                           on_sweep, &r) &&
                r.fine && store_set_up_writing(s) &&
                store_run(s, "UPDATE point SET state = 'waiting', worker = NULL "
                             "WHERE state = 'running'");
    return fine ? s : store_give_up(s, error);
}

bool store_extend(store_t *s, uint64_t budget)
{
    char number[24];
    snprintf(number, sizeof(number), "%" PRIu64, budget);
    const char *const row[] = {number};
    return store_change(s, "UPDATE sweep SET budget = ?", row, 1);
}

/* ---- the plan ---- */

typedef struct {
    store_sweep_t *sweep;
    char **text, **file;
    bool fine;
} plan_t;

static bool on_plan(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    plan_t *p = ctx;
    if (head || cells != 6)
        return head;
    p->fine = store_read_sweep(&cell[2], p->sweep);
    *p->text = strdup(cell[0].text);
    *p->file = strdup(cell[1].text);
    return false;
}

bool store_plan(store_t *s, store_sweep_t *sweep, char **text, char **file)
{
    plan_t p = {sweep, text, file, true};
    *text = *file = NULL;
    if (!store_rows(s, "SELECT space, file, strategy, budget, seed, base_hash FROM sweep", on_plan,
                    &p))
        return false;
    if (!p.fine)
        return store_blame(s, "the plan of its sweep is none: strategy or budget");
    return (*text != NULL && *file != NULL) || store_fail(s, "out of memory");
}
