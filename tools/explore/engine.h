/*
 * engine.h - a sweep: points of a strategy, through workers, into a store.
 *
 *   strategy --> parameters --> configuration --> worker 0 .. n --> store
 *       ^                                                             |
 *       +------------------- objectives ------------------------------+
 *
 * What the store has already is not evaluated again. A point is in the store as `running` before a
 * worker has it, and is over in one transaction, so that whoever kills whom at what time, the next
 * run goes on with what was not over.
 */
#ifndef TOOLS_EXPLORE_ENGINE_H
#define TOOLS_EXPLORE_ENGINE_H

#include <signal.h>

#include "tools/explore/point.h"
#include "tools/explore/store.h"
#include "tools/explore/strategy.h"
#include "tools/explore/worker.h"

enum { ENGINE_MAX_WORKERS = 1024 };

typedef struct {
    uint64_t total;  /* points, at most */
    uint64_t before; /* of those over, what an earlier run left */
    uint64_t over[STORE_STATES];
    uint64_t checked, differing;
    tensors_count_t tensors; /* of this run */
    bool interrupted;
    double seconds; /* of this run */
} engine_count_t;

/* Points first..last of the strategy. */
typedef struct {
    uint64_t first, last;
} engine_part_t;

typedef struct {
    const space_t *space;
    const point_base_t *base;
    store_t *store;
    strategy_t *strategy;
    uint64_t seed;
    uint32_t workers, check;
    const char *scratch;    /* a folder of its own for workers; removed before and after */
    const char *tensors;    /* a folder of records for workers to share; NULL: none */
    evaluator_t *evaluator; /* workers begin with what it has read */
    uint64_t total;
    const engine_part_t *part; /* only those, in rising order; not with evolve. NULL: all */
    uint32_t parts;
    const volatile sig_atomic_t *interrupted; /* may be NULL */
    /* Now and then; may be NULL. */
    void (*progress)(void *ctx, const engine_count_t *count);
    void *ctx;
} engine_desc_t;

/* False with a line in error: the store cannot be written, no process can be made. Interrupted and
 * differing are no errors of this kind. */
bool engine_run(const engine_desc_t *desc, engine_count_t *count, char *error, size_t error_bytes);

#endif
