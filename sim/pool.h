/*
 * pool.h - worker threads for function, never for time.
 *
 * A batch is n independent jobs whose results do not depend on who runs them or when. With one
 * thread, submit runs nothing and wait runs everything: same bits, no thread made.
 */
#ifndef SIM_POOL_H
#define SIM_POOL_H

#include "sim/types.h"

typedef struct sim_pool sim_pool_t;

/* job: 0..jobs-1; worker: 0..threads-1, fixed for the running thread (0 is the caller's). */
typedef void (*sim_job_fn_t)(void *ctx, uint32_t job, uint32_t worker);

/* Owned by the user; must stay until sim_pool_wait returned. Zero it before first use. */
typedef struct sim_batch {
    sim_job_fn_t fn;
    void *ctx;
    uint32_t jobs;
    uint32_t next, done; /* the pool's */
    struct sim_batch *link;
    bool queued;
} sim_batch_t;

/* threads: 1..64, the caller included; 0: one for each processor. NULL: no memory, no thread. */
sim_pool_t *sim_pool_new(uint32_t threads);
void sim_pool_free(sim_pool_t *pool);              /* NULL is fine; no batch may be queued */
uint32_t sim_pool_threads(const sim_pool_t *pool); /* NULL: 1 */

/* Starts a batch and returns at once. Batches run in the order of submission. */
void sim_pool_submit(sim_pool_t *pool, sim_batch_t *batch, sim_job_fn_t fn, void *ctx,
                     uint32_t jobs);
/* Helps until every job of batch is done. Only the thread that submitted may call it. */
void sim_pool_wait(sim_pool_t *pool, sim_batch_t *batch);
/* Submit and wait. pool NULL: the caller does all. */
void sim_pool_run(sim_pool_t *pool, sim_job_fn_t fn, void *ctx, uint32_t jobs);

#endif
