/*
 * run_host.h - a run's host script: played, recorded, judged.
 */
#ifndef TOOLS_RUN_HOST_H
#define TOOLS_RUN_HOST_H

#include "tools/run.h"

/* Connects the player of the scenario's script, if there is one, after whoever else sets the SPI
 * target's tape. How it went, with a line in the run's error. */
int run_host_make(run_t *run);

/* At the end: counts the scenario's steps that were not reached; `warn`: a line on stderr for each
 * of the first. Then what script and steps found, and whether they came to their end. */
void run_host_finish(run_t *run, bool warn);
int run_host_judge(run_t *run);

/* When a run without frames is given up: so long after a frame began, or the script last did
 * something. */
uint64_t run_host_patience_ps(const run_t *run, uint64_t patience_ps);

#endif
