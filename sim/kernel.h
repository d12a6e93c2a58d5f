/*
 * kernel.h - one simulation: its clock, its event heap, its components, its last error.
 *
 * There is no global state: two sim_t in one process do not know of each other.
 */
#ifndef SIM_KERNEL_H
#define SIM_KERNEL_H

#include "sim/types.h"

/* Returns NULL when the host is out of memory. */
sim_t *sim_new(void);
void sim_free(sim_t *sim);

uint64_t sim_now_ps(const sim_t *sim);

/* Time of the earliest pending event, SIM_NEVER_PS when there is none. */
uint64_t sim_next_event_ps(const sim_t *sim);

/* Life cycle, each over all components in the order of registration. First failure wins. */
sim_err_t sim_check(sim_t *sim);
void sim_reset(sim_t *sim);
sim_err_t sim_start(sim_t *sim);

/* Fires every event up to and including end_ps, then sets now to end_ps (unless stopped). */
void sim_run_until_ps(sim_t *sim, uint64_t end_ps);

/* Fires the next event, if there is one at or before end_ps. Returns false when there is none. */
bool sim_step(sim_t *sim, uint64_t end_ps);

/*
 * Until when the current sim_run_until_ps or sim_step may fire events (its end_ps); SIM_NEVER_PS
 * outside of one. A block that runs ahead inside an event stops here, so that the state at the end
 * of a run does not depend on where runs are cut.
 */
uint64_t sim_run_end_ps(const sim_t *sim);

/*
 * Inside an event that runs ahead: time moves on to at_ps, as if the event ended here and fired
 * again then, at a fraction of the cost. False, and nothing is done, when something else comes
 * first or at the same time: another event, the end of the run, a stop.
 */
bool sim_pass_to(sim_t *sim, uint64_t at_ps);

/* Makes sim_run_until_ps return after the event that calls it. The next run clears it. */
void sim_stop(sim_t *sim);
bool sim_stopped(const sim_t *sim);

/* Events fired since sim_new. */
uint64_t sim_events_fired(const sim_t *sim);

/* Shuffles ties of equal (time, priority) by seed; 0 keeps scheduling order, SIM_REVERSE turns it
 * round. Default: the environment's SIM_SHUFFLE is read by the tools, never here. */
#define SIM_REVERSE UINT64_MAX
void sim_set_shuffle(sim_t *sim, uint64_t seed);

/* Keeps the message and returns err: `return sim_fail(sim, SIM_EDESC, "%s.width: ...", name);` */
sim_err_t sim_fail(sim_t *sim, sim_err_t err, const char *fmt, ...) SIM_PRINTF(3, 4);

/* The message of the last sim_fail, "" when there was none. */
const char *sim_error(const sim_t *sim);

/* Hash over every component's fields and pending events: equal states, equal hashes. */
uint64_t sim_state_hash(const sim_t *sim);

#endif
