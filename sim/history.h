/*
 * history.h - snapshots along the way, to go back to any time: the ground of reverse debugging.
 *
 *   time --> |--s0-----s1-----s2-----s3--now
 *                       ^ back to t: restore s1, run on to t ^
 *
 * The future of a snapshot is always the same, so going back and running on leads to the very same
 * states. Memory is bounded: when it is used up every other snapshot is given up and the distance
 * between them doubles. What is changed from outside (a debugger's write) must be told.
 */
#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H

#include "sim/types.h"

typedef struct sim_history sim_history_t;

typedef struct {
    uint64_t every_ps; /* between snapshots, 1.. */
    size_t max_bytes;  /* of all together; the first and those of changes stay in any case */
} sim_history_desc_t;

/* Begins at the present time; not inside of a run. sim must outlive it. NULL with sim_error. */
sim_history_t *sim_history_new(sim_t *sim, const sim_history_desc_t *desc);
void sim_history_free(sim_history_t *history); /* NULL is fine */

/* As sim_run_until_ps, with snapshots on the way; sim_stopped tells whether it stopped. False with
 * sim_error: no snapshot could be taken, and the run is where that was. */
bool sim_history_run(sim_history_t *history, uint64_t end_ps);

/* Puts the simulation where it was at at_ps, after all events of that time. Not before the begin of
 * the history nor after now (asserted). False with sim_error, or when the way there was stopped. */
bool sim_history_back(sim_history_t *history, uint64_t at_ps);

/* State was changed from outside, now: what was to come is no more. False with sim_error. */
bool sim_history_changed(sim_history_t *history);

uint64_t sim_history_begin_ps(const sim_history_t *history);
/* Of the newest snapshot at or before at_ps (not before the begin). */
uint64_t sim_history_snapshot_ps(const sim_history_t *history, uint64_t at_ps);
uint32_t sim_history_snapshots(const sim_history_t *history);
size_t sim_history_bytes(const sim_history_t *history);

#endif
