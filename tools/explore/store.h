/*
 * store.h - a sweep in a file: an SQLite database. The one place that knows sqlite3.
 *
 *   sweep      one row: space (text, file), fovea's version, strategy, budget, seed, hash of what
 *              it is based on
 *   parameter  position, name, free
 *   objective  position, name, goal
 *   figure     name, unit, help
 *   point      id (from 0, in the strategy's order), hash, parameters (JSON), config (point.h),
 *              state (running, waiting, done, refused, failed), reason, seconds, worker, checked
 *   value      point, name, number
 *   points     a view: a row a point, a column each parameter and figure
 *
 * Each change of a point is a transaction. Who writes has FILE-lock; readers need none.
 */
#ifndef TOOLS_EXPLORE_STORE_H
#define TOOLS_EXPLORE_STORE_H

#include "tools/explore/evaluate.h"

typedef struct store store_t;

typedef struct {
    uint64_t seed, budget, base_hash;
    strategy_kind_t strategy;
} store_sweep_t;

enum { STORE_ERROR = 512 };

/* A new file for a sweep; fails where one is. error: STORE_ERROR bytes. */
store_t *store_create(const char *file, const space_t *space, const store_sweep_t *sweep,
                      char *error);
/* One that is there, to go on: the space's text, the version of fovea and the base must be those
 * of the file, else NULL with a line; sweep is filled. What was `running` is `waiting` then. */
store_t *store_resume(const char *file, const space_t *space, uint64_t base_hash,
                      store_sweep_t *sweep, char *error);
/* More points than were planned. */
bool store_extend(store_t *store, uint64_t budget);
/* There is more in the file than a sweep that was killed before its first point leaves: nothing. */
bool store_begun(const char *file);
/* As it is, to add to it what others found out (store_merge). */
store_t *store_edit(const char *file, char *error);
/* To look at only. */
store_t *store_open(const char *file, char *error);
void store_close(store_t *store); /* NULL is fine */
/* After how many million steps of SQLite's machine a statement ends in an error: a file from
 * elsewhere may have views without an end. New stores: STORE_PATIENCE, less than a minute,
 * enough for millions of points. */
enum { STORE_PATIENCE = 2000 };
void store_set_patience(store_t *store, uint32_t million_steps);
const char *store_error(const store_t *store);

typedef enum {
    STORE_RUNNING,
    STORE_WAITING,
    STORE_DONE,
    STORE_REFUSED,
    STORE_FAILED,
    STORE_STATES
} store_state_t;
extern const char *const store_states[STORE_STATES];

/* What the file knows of point n: false: nothing, or an error (store_error is not empty then). e,
 * parameters and config may be NULL; the caller frees the texts. */
bool store_point(store_t *store, uint64_t n, store_state_t *state, evaluation_t *e,
                 char **parameters, char **config);
/* Begins a point (again). False: store_error. */
bool store_begin(store_t *store, uint64_t n, const char *parameters, const char *config,
                 const char *hash, const char *worker);
/* Ends it. */
bool store_end(store_t *store, uint64_t n, const evaluation_t *e, double seconds);
/* A point that was interrupted. */
bool store_put_back(store_t *store, uint64_t n);
/* Evaluated in full, too: "same", or what differs. */
bool store_checked(store_t *store, uint64_t n, const char *what);

/* ---- tasks (tasks.h) ---- */

/* Of the sweep of a file: the space's text and file, its plan. False: store_error. The caller frees
 * text and file. */
bool store_plan(store_t *store, store_sweep_t *sweep, char **text, char **file);
/* Tasks whose results are to come: the next one's number; a new one. Results are files. */
uint64_t store_next_task(store_t *store);
bool store_add_task(store_t *store, uint64_t task, const char *result, uint64_t points);
/* Tasks first, first + 1, .. are tasks 0, 1, .. of a job array of Slurm; whether any are. */
bool store_set_job(store_t *store, const char *job, uint64_t first, uint64_t tasks);
bool store_has_jobs(store_t *store);
/* Adds the points of a result (a store of the same sweep) that are not over here, in one
 * transaction: one that comes twice changes nothing. Its task is `merged` then. points: how many
 * were new. False: store_error; nothing is added. */
bool store_merge(store_t *store, const char *result, uint64_t *points);
/* Results of tasks that are not merged and there; merges each. False: store_error; the others are
 * merged all the same. */
bool store_merge_tasks(store_t *store, uint64_t *results, uint64_t *points);
/* Whether there are results of tasks to come. */
bool store_expects(store_t *store);
/* What a signal from outside has ended is to do again: how many. */
uint64_t store_killed_again(store_t *store);

/* One number that SQL gives; otherwise: nothing, NULL, or an error. */
double store_number(store_t *store, const char *sql, double otherwise);

/* A cell of a result. */
typedef enum { STORE_NULL, STORE_INTEGER, STORE_REAL, STORE_TEXT } store_type_t;
typedef struct {
    const char *name; /* of the column */
    store_type_t type;
    int64_t integer;
    double real;      /* of an integer, too; NAN of others */
    const char *text; /* of everything; "" of NULL */
} store_cell_t;
/* Once with the names of columns alone (head), then row by row. False ends it. */
typedef bool (*store_row_t)(void *ctx, const store_cell_t *cell, uint32_t cells, bool head);

/* Results of SQL that only reads: SELECT, one or several. False: store_error. */
bool store_rows(store_t *store, const char *sql, store_row_t row, void *ctx);

#endif
