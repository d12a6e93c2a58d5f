/*
 * tasks.h - a sweep in pieces: files that say which points, for whoever has a processor.
 *
 *   FILE.db --tasks--> DIR/000000.json --work (any host)--> DIR/000000.db --merge--> FILE.db
 *
 *   {"task": 0, "fovea": "0.1.0-3f91c07a64de", "space": "/abs/space.json", "space_hash": "..",
 *    "base_hash": "..", "strategy": "grid", "seed": "1", "budget": 640, "points": [[0, 63], ..]}
 *
 * points: ranges, both ends included. Space and what it names must be there under the same names
 * and have the same content; so must fovea. A result is a store of its own (store.h) that appears
 * whole, by a rename: a task that is killed leaves none, one that runs twice leaves one.
 */
#ifndef TOOLS_EXPLORE_TASKS_H
#define TOOLS_EXPLORE_TASKS_H

#include "tools/explore/engine.h"

enum { TASK_VERSION = 64, TASK_CHUNK = 64, TASK_MOST = 1000000, TASK_FILE = SPACE_PATH + 16 };

typedef struct {
    uint64_t task; /* its number */
    char version[TASK_VERSION];
    char space[SPACE_PATH]; /* file */
    uint64_t space_hash;    /* of its text */
    store_sweep_t sweep;
    engine_part_t *part; /* owned */
    uint32_t parts, room;
    uint64_t points;
} task_t;

/* False with a line that names the path in it. The caller zeroes task and frees it in any case. */
bool task_parse(task_t *task, const char *text, size_t bytes, const char *file, char *error,
                size_t error_bytes);
bool task_load(task_t *task, const char *file, char *error, size_t error_bytes);
void task_free(task_t *task);
uint64_t task_space_hash(const char *text);

typedef struct {
    uint64_t first, tasks, points; /* first: its number; others follow */
} tasks_count_t;

/* A task for each `chunk` points that are not over, into folder, which is made. False with a line:
 * evolve, whose points are bred from results, has no tasks; there are files of those names. */
bool tasks_plan(store_t *store, uint64_t chunk, const char *folder, tasks_count_t *count,
                char *error, size_t error_bytes);

/* Does a task, unless its result is there. An exit code: EXIT_FAILED when it was interrupted or
 * cannot write, EXIT_USAGE when the task is not one for this fovea and these files. */
int task_work(const char *file, uint32_t jobs);

#endif
