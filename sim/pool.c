/*
 * pool.c - threads that pull jobs from a queue of batches, under one lock.
 *
 * Jobs are coarse (bands of rows, tiles of a tensor), so a lock for each is nothing. A batch leaves
 * the queue when its last job is taken; its owner may reuse it when its last job is done.
 */
#include "sim/pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_THREADS 64

typedef struct {
    sim_pool_t *pool;
    uint32_t id;
    pthread_t thread;
} worker_t;

struct sim_pool {
    pthread_mutex_t lock;
    pthread_cond_t work;     /* a batch was queued, or the end has come */
    pthread_cond_t finished; /* a batch's last job is done */
    sim_batch_t *first, *last;
    bool ending;
    uint32_t threads; /* workers that run, plus the caller */
    worker_t worker[MAX_THREADS];
};

/* Runs the next job of the oldest batch. Called and returns with the lock held. */
static void run_one(sim_pool_t *pool, uint32_t worker)
{
    sim_batch_t *batch = pool->first;
    uint32_t job = batch->next++;
    if (batch->next == batch->jobs) {
        pool->first = batch->link;
        batch->queued = false;
    }
    pthread_mutex_unlock(&pool->lock);
    batch->fn(batch->ctx, job, worker);
    pthread_mutex_lock(&pool->lock);
    if (++batch->done == batch->jobs)
        pthread_cond_broadcast(&pool->finished);
}

static void *work(void *ctx)
{
    const worker_t *self = ctx;
    sim_pool_t *pool = self->pool;
    pthread_mutex_lock(&pool->lock);
    for (;;) {
        if (pool->first != NULL)
            run_one(pool, self->id);
        else if (pool->ending)
            break;
        else
            pthread_cond_wait(&pool->work, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

static uint32_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > MAX_THREADS ? MAX_THREADS : (uint32_t)count;
}

sim_pool_t *sim_pool_new(uint32_t threads)
{
    assert(threads <= MAX_THREADS);
    sim_pool_t *pool = calloc(1, sizeof(*pool));
    if (pool == NULL)
        return NULL;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->finished, NULL);
    uint32_t wanted = threads == 0 ? processors() : threads;
    for (pool->threads = 1; pool->threads < wanted; pool->threads++) {
        worker_t *w = &pool->worker[pool->threads];
        *w = (worker_t){.pool = pool, .id = pool->threads};
        if (pthread_create(&w->thread, NULL, work, w) != 0) {
            sim_pool_free(pool);
            return NULL;
        }
    }
    return pool;
}

void sim_pool_free(sim_pool_t *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->lock);
    assert(pool->first == NULL);
    pool->ending = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 1; i < pool->threads; i++)
        pthread_join(pool->worker[i].thread, NULL);
    pthread_cond_destroy(&pool->finished);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

uint32_t sim_pool_threads(const sim_pool_t *pool)
{
    return pool != NULL ? pool->threads : 1;
}

void sim_pool_submit(sim_pool_t *pool, sim_batch_t *batch, sim_job_fn_t fn, void *ctx,
                     uint32_t jobs)
{
    pthread_mutex_lock(&pool->lock);
    assert(!batch->queued && batch->done == batch->jobs); /* the batch is not in flight */
    *batch = (sim_batch_t){.fn = fn, .ctx = ctx, .jobs = jobs, .queued = jobs != 0};
    if (jobs != 0) {
        if (pool->first == NULL)
            pool->first = batch;
        else
            pool->last->link = batch;
        pool->last = batch;
        pthread_cond_broadcast(&pool->work);
    }
    pthread_mutex_unlock(&pool->lock);
}

void sim_pool_wait(sim_pool_t *pool, sim_batch_t *batch)
{
    pthread_mutex_lock(&pool->lock);
    while (batch->done != batch->jobs) {
        if (batch->queued)
            run_one(pool, 0); /* of this batch or of one before it */
        else
            pthread_cond_wait(&pool->finished, &pool->lock);
    }
    pthread_mutex_unlock(&pool->lock);
}

void sim_pool_run(sim_pool_t *pool, sim_job_fn_t fn, void *ctx, uint32_t jobs)
{
    for (uint32_t job = 0; pool == NULL && job < jobs; job++)
        fn(ctx, job, 0);
    if (pool == NULL)
        return;
    sim_batch_t batch = {0};
    sim_pool_submit(pool, &batch, fn, ctx, jobs);
    sim_pool_wait(pool, &batch);
}
