/*
 * worker.h - a process that evaluates points, one after the other.
 *
 *   engine --- job ---> worker (fork) --- evaluation ---> engine
 *
 * A worker keeps an evaluator. What goes wrong in a point (a crash, no end in time) ends the worker
 * and no one else; it also ends when its engine is gone, after its point.
 */
#ifndef TOOLS_EXPLORE_WORKER_H
#define TOOLS_EXPLORE_WORKER_H

#include <sys/types.h>

#include "tools/explore/evaluate.h"

typedef struct {
    uint64_t point;
    double gene[SPACE_FREE];
    bool full;
    uint32_t config_bytes; /* text that follows in the pipe, its NUL included */
} worker_job_t;

typedef struct {
    evaluation_t e;
    double seconds;
} worker_result_t;

typedef struct {
    pid_t pid; /* 0: none */
    int to, from;
    int log; /* what it prints */
    bool busy;
    worker_job_t job;
} worker_t;

/* What all workers of a sweep share. */
typedef struct {
    const space_t *space;
    const char *scratch;    /* a folder that they may make, for results that are not kept; the
                               caller removes it */
    const char *tensors;    /* a folder of records that they share (tensors.h); NULL: none */
    uint64_t tensor_bytes;  /* that each of them writes there, at most */
    evaluator_t *evaluator; /* with what the caller has read; each has a copy. NULL: none */
} worker_desc_t;

/* Number index of `workers` that are there or not yet (pid 0). False: no process, no pipe. */
bool worker_start(worker_t *all, uint32_t workers, uint32_t index, const worker_desc_t *desc);
/* Nothing of it is left. */
void worker_kill(worker_t *worker);

/* Gives it a point. False: it is dead. */
bool worker_send(worker_t *worker, const worker_job_t *job, const char *config);
/* Waits for its result. False: it died; result then has the reason, and a new one may be started.
 */
bool worker_receive(worker_t *worker, const space_t *space, worker_result_t *result);

#endif
