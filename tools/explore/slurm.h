/*
 * slurm.h - a sweep as job arrays of Slurm: task files (tasks.h), a script that does one, sbatch.
 *
 * What sbatch reads of its environment (SBATCH_PARTITION, SBATCH_TIMELIMIT, ..) says where and how
 * long. FILE.db stays with who submits; nodes need one folder, with fovea, space, its files, tasks.
 */
#ifndef TOOLS_EXPLORE_SLURM_H
#define TOOLS_EXPLORE_SLURM_H

#include "tools/explore/store.h"

#define SLURM_JOB_NAME "fovea"

typedef struct {
    const char *file;   /* FILE.db, with a plan; nobody else has it open to write */
    const char *folder; /* of the tasks; made */
    uint64_t chunk;     /* points a task */
    bool wait;          /* until all jobs are over; results are merged then */
    uint64_t check;     /* points in full that the space asks for: none are done here */
} slurm_desc_t;

/* Merges what is there, submits the rest. An exit code: EXIT_FAILED when sbatch fails, tasks of the
 * sweep are queued still, or points are missing after waiting. */
int slurm_sweep(const slurm_desc_t *desc);

/* Tasks of a sweep that were submitted and have no result yet. */
typedef struct {
    uint64_t queued, running;
    uint64_t gone; /* Slurm does not know them any more: they are to submit again */
    char job[24];  /* of one that is queued or runs */
} slurm_tasks_t;

/* Asks squeue. False: none were submitted, or there is no Slurm that answers. */
bool slurm_tasks(store_t *store, slurm_tasks_t *tasks);

#endif
