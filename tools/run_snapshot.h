/*
 * run_snapshot.h - snapshots of a run: taken at a time, taken now and then, begun with.
 *
 * A snapshot that was asked for has the content of all files of the run so far, so that another run
 * in another folder can go on from it. An automatic one, OUT/.autosnap, has their positions: the
 * files are where they were, and what was written later is cut.
 */
#ifndef TOOLS_RUN_SNAPSHOT_H
#define TOOLS_RUN_SNAPSHOT_H

#include "tools/run.h"

/* Each int is an exit code; run->error has a line unless EXIT_FINE. */

/* When the scenario is loaded: reads the snapshot to begin with, if there is one that fits. */
int run_snapshot_read(run_t *run, const run_desc_t *desc);
/* Opens the results: those that are gone on with, or new ones. */
int run_snapshot_open(run_t *run, const run_desc_t *desc);
/* Makes the run a component. False when that fails. */
bool run_snapshot_connect(run_t *run);
/* When the simulation has started: puts it where the snapshot was taken. */
int run_snapshot_begin(run_t *run);

/* until_ps, or the time of a snapshot before it. */
uint64_t run_snapshot_before(const run_t *run, uint64_t until_ps);
/* Takes what is due at this time, simulated or the host's; false when that failed. */
bool run_snapshot_take(run_t *run);
/* The run was interrupted: true when it can be gone on with (the results are left as they are). */
bool run_snapshot_interrupted(run_t *run);
/* The run is over: its automatic snapshot goes, unless it is to be gone on with. */
void run_snapshot_end(const run_t *run);

#endif
