/*
 * slurm_queue.c - what Slurm knows of a sweep's tasks.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/explore/slurm.h"

enum { TASK_NAME = 32 };

typedef struct {
    char name[TASK_NAME]; /* 1234_5 */
    bool runs, seen;
} queued_t;

typedef struct {
    queued_t *task;
    size_t tasks, room;
    slurm_tasks_t *sum;
    uint64_t submitted;
} queue_t;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const queued_t *)a)->name, ((const queued_t *)b)->name);
}

static bool add(queue_t *q, const char *name, bool runs)
{
    if (q->tasks == q->room) {
        size_t room = 2 * q->room + 256;
        queued_t *more = realloc(q->task, room * sizeof(*more));
        if (more == NULL)
            return false;
        q->task = more;
        q->room = room;
    }
    queued_t *t = &q->task[q->tasks++];
    *t = (queued_t){.runs = runs};
    snprintf(t->name, sizeof(t->name), "%s", name);
    return true;
}

/* Lines of a job's array and index, and its state. False: nobody answers. */
static bool ask_squeue(queue_t *q)
{
    char line[256], name[TASK_NAME], state[32];
    FILE *from = popen(
        "squeue --noheader --array --name=" SLURM_JOB_NAME " --format='%F_%K %T' 2>/dev/null", "r");
    bool fine = from != NULL;
    while (fine && fgets(line, sizeof(line), from) != NULL)
        if (sscanf(line, "%31s %31s", name, state) == 2)
            fine = add(q, name, strcmp(state, "PENDING") != 0);
    if (from != NULL && pclose(from) != 0)
        fine = false;
    if (fine && q->tasks > 0)
        qsort(q->task, q->tasks, sizeof(*q->task), by_name);
    return fine;
}

static bool on_task(void *ctx, const store_cell_t *cell, uint32_t cells, bool head)
{
    queue_t *q = ctx;
    queued_t key;
    if (head || cells != 1)
        return head;
    q->submitted++;
    snprintf(key.name, sizeof(key.name), "%s", cell[0].text);
    const queued_t *t =
        q->tasks > 0 ? bsearch(&key, q->task, q->tasks, sizeof(*q->task), by_name) : NULL;
    if (t == NULL)
        q->sum->gone++;
    else if (t->runs)
        q->sum->running++;
    else
        q->sum->queued++;
    if (t != NULL)
        snprintf(q->sum->job, sizeof(q->sum->job), "%.*s", (int)strcspn(t->name, "_"), t->name);
    return true;
}

bool slurm_tasks(store_t *store, slurm_tasks_t *tasks)
{
    queue_t q = {.sum = tasks};
    *tasks = (slurm_tasks_t){0};
    bool fine =
        store_has_jobs(store) && ask_squeue(&q) &&
        store_rows(store, "SELECT job FROM task WHERE NOT merged AND job IS NOT NULL", on_task, &q);
    free(q.task);
    return fine && q.submitted > 0;
}
