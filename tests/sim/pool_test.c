/*
 * pool_test.c - every job once, batches in order, nothing left behind. Run it under
 * -fsanitize=thread too.
 */
#include "sim/pool.h"
#include "tests/test.h"

#include <stdatomic.h>

#define JOBS 1000

typedef struct {
    atomic_uint runs[JOBS];
    uint32_t threads;
    uint32_t values[JOBS]; /* plain: each is written by one job and read after wait */
} count_t;

static void count_job(void *ctx, uint32_t job, uint32_t worker)
{
    count_t *c = ctx;
    atomic_fetch_add(&c->runs[job], 1);
    if (worker >= c->threads)
        abort();
    c->values[job] = job * job;
}

static void expect_once(count_t *c, uint32_t jobs)
{
    for (uint32_t i = 0; i < JOBS; i++) {
        ck_assert_uint_eq(atomic_load(&c->runs[i]), i < jobs ? 1 : 0);
        if (i < jobs)
            ck_assert_uint_eq(c->values[i], i * i);
    }
}

START_TEST(every_job_runs_once_whatever_the_number_of_threads)
{
    for (uint32_t threads = 1; threads <= 8; threads++) {
        sim_pool_t *pool = sim_pool_new(threads);
        ck_assert_ptr_nonnull(pool);
        ck_assert_uint_eq(sim_pool_threads(pool), threads);
        for (uint32_t jobs = 0; jobs <= JOBS; jobs += 125) {
            count_t c = {.threads = threads};
            sim_pool_run(pool, count_job, &c, jobs);
            expect_once(&c, jobs);
        }
        sim_pool_free(pool);
    }
}
END_TEST

START_TEST(one_thread_for_each_processor_by_default)
{
    sim_pool_t *pool = sim_pool_new(0);
    ck_assert_ptr_nonnull(pool);
    ck_assert_uint_ge(sim_pool_threads(pool), 1);
    ck_assert_uint_le(sim_pool_threads(pool), 64);
    sim_pool_free(pool);
    sim_pool_free(NULL);
}
END_TEST

/* ---- one thread: nothing happens before wait, then in order ---- */

static uint32_t log_[16], log_count;

static void log_job(void *ctx, uint32_t job, uint32_t worker)
{
    const uint32_t *base = ctx;
    ck_assert_uint_eq(worker, 0);
    log_[log_count++] = *base + job;
}

START_TEST(with_one_thread_wait_runs_all_batches_so_far_in_order)
{
    sim_pool_t *pool = sim_pool_new(1);
    sim_batch_t a = {0}, b = {0}, c = {0};
    uint32_t bases[3] = {10, 20, 30};
    log_count = 0;
    sim_pool_submit(pool, &a, log_job, &bases[0], 2);
    sim_pool_submit(pool, &b, log_job, &bases[1], 2);
    sim_pool_submit(pool, &c, log_job, &bases[2], 1);
    ck_assert_uint_eq(log_count, 0);
    sim_pool_wait(pool, &b);
    ck_assert_uint_eq(log_count, 4);
    const uint32_t want[] = {10, 11, 20, 21, 30};
    ck_assert_mem_eq(log_, want, 4 * sizeof(want[0]));
    sim_pool_wait(pool, &a); /* done already */
    ck_assert_uint_eq(log_count, 4);
    sim_pool_wait(pool, &c);
    ck_assert_mem_eq(log_, want, sizeof(want));
    sim_pool_free(pool);
}
END_TEST

/* ---- more threads: jobs are taken in order ---- */

typedef struct {
    atomic_uint started; /* jobs of both batches, counted as they start */
    atomic_uint first_of_b;
} order_t;

typedef struct {
    order_t *shared;
    bool is_b;
} order_ctx_t;

static void order_job(void *ctx, uint32_t job, uint32_t worker)
{
    order_ctx_t *c = ctx;
    (void)worker;
    uint32_t place = atomic_fetch_add(&c->shared->started, 1);
    if (c->is_b && job == 0)
        atomic_store(&c->shared->first_of_b, place);
}

START_TEST(no_batch_overtakes_the_one_before_it)
{
    sim_pool_t *pool = sim_pool_new(4);
    for (int round = 0; round < 200; round++) {
        order_t shared = {0};
        order_ctx_t first = {&shared, false}, second = {&shared, true};
        sim_batch_t a = {0}, b = {0};
        sim_pool_submit(pool, &a, order_job, &first, 50);
        sim_pool_submit(pool, &b, order_job, &second, 50);
        sim_pool_wait(pool, &b);
        sim_pool_wait(pool, &a);
        /* three other workers may have taken a job of a and not counted it yet */
        ck_assert_uint_ge(atomic_load(&shared.first_of_b), 50 - 3);
        ck_assert_uint_eq(atomic_load(&shared.started), 100);
    }
    sim_pool_free(pool);
}
END_TEST

START_TEST(submits_and_waits_interleave_and_batches_are_reused)
{
    enum { RING = 5 };
    static count_t counts[RING];
    sim_batch_t batches[RING] = {{0}};
    sim_pool_t *pool = sim_pool_new(3);
    for (uint32_t i = 0; i < 500; i++) { /* like bands of rows that are computed ahead */
        uint32_t slot = i % RING;
        if (i >= RING) {
            sim_pool_wait(pool, &batches[slot]);
            expect_once(&counts[slot], 37 + slot);
        }
        memset(&counts[slot], 0, sizeof(counts[slot]));
        counts[slot].threads = 3;
        sim_pool_submit(pool, &batches[slot], count_job, &counts[slot], 37 + slot);
    }
    for (uint32_t slot = 0; slot < RING; slot++)
        sim_pool_wait(pool, &batches[slot]);
    sim_pool_free(pool);
}
END_TEST

START_TEST(a_batch_without_jobs_is_done_at_once)
{
    sim_pool_t *pool = sim_pool_new(2);
    sim_batch_t batch = {0};
    sim_pool_submit(pool, &batch, NULL, NULL, 0);
    sim_pool_wait(pool, &batch);
    sim_pool_free(pool);
}
END_TEST

START_TEST(without_a_pool_the_caller_does_every_job)
{
    static count_t count;
    count.threads = 1;
    ck_assert_uint_eq(sim_pool_threads(NULL), 1);
    sim_pool_run(NULL, count_job, &count, 37);
    expect_once(&count, 37);
}
END_TEST

/* ---- submit does not wait ---- */

static void wait_for_flag(void *ctx, uint32_t job, uint32_t worker)
{
    (void)job, (void)worker;
    while (atomic_load((atomic_uint *)ctx) == 0) {
    }
}

START_TEST(submit_returns_while_jobs_are_still_running)
{
    sim_pool_t *pool = sim_pool_new(2);
    sim_batch_t batch = {0};
    atomic_uint flag = 0;
    sim_pool_submit(pool, &batch, wait_for_flag, &flag, 1);
    atomic_store(&flag, 1); /* never reached if submit ran the job */
    sim_pool_wait(pool, &batch);
    sim_pool_free(pool);
}
END_TEST

TEST_MAIN("sim pool", every_job_runs_once_whatever_the_number_of_threads,
          one_thread_for_each_processor_by_default,
          with_one_thread_wait_runs_all_batches_so_far_in_order,
          no_batch_overtakes_the_one_before_it, submits_and_waits_interleave_and_batches_are_reused,
          a_batch_without_jobs_is_done_at_once, without_a_pool_the_caller_does_every_job,
          submit_returns_while_jobs_are_still_running)
