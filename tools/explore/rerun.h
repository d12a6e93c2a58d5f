/*
 * rerun.h - a point of a sweep once more, from its configuration alone.
 */
#ifndef TOOLS_EXPLORE_RERUN_H
#define TOOLS_EXPLORE_RERUN_H

#include "tools/explore/evaluate.h"

typedef struct {
    const char *point; /* FILE.db:ID */
    const char *out;   /* folder of a run's results; NULL: out/point_<ID> */
    bool full, json;
    uint32_t threads;
} rerun_desc_t;

/* Evaluates it, prints its figures beside those of the file. An exit code: EXIT_FAILED where one
 * differs. */
int rerun_point(const rerun_desc_t *desc);

#endif
