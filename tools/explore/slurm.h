/*
 * slurm.h - a sweep as job arrays of Slurm: task files (tasks.h), a script that does one, sbatch.
 *
 * What sbatch reads of its environment (SBATCH_PARTITION, SBATCH_TIMELIMIT, ..) says where and how
 * long. FILE.db stays with who submits; nodes need one folder, with fovea, space, its files, tasks.
 */
#ifndef TOOLS_EXPLORE_SLURM_H
#define TOOLS_EXPLORE_SLURM_H

#include "sim/types.h"

typedef struct {
    const char *file;   /* FILE.db, with a plan; nobody else has it open to write */
    const char *folder; /* of the tasks; made */
    uint64_t chunk;     /* points a task */
    bool wait;          /* until all jobs are over; results are merged then */
} slurm_desc_t;

/* Merges what is there, submits the rest. An exit code: EXIT_FAILED when sbatch fails, or points
 * are missing after waiting. */
int slurm_sweep(const slurm_desc_t *desc);

#endif
