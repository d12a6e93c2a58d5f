/*
 * script.h - the host's side of CCI and of the pins, at the times that a scenario names.
 *
 * A step on a pin happens at its time. One on the bus begins at its time, or when the steps before
 * it are through: the host waits for each.
 */
#ifndef TOOLS_SCRIPT_H
#define TOOLS_SCRIPT_H

#include "tools/scenario.h"

typedef struct {
    sim_comp_t comp;
    sensor_t *sensor;
    sim_event_t time;            /* of the next step */
    const scenario_step_t *step; /* the scenario's */
    uint32_t steps;
    uint32_t client; /* of the bus */
    bool repeats;    /* a write that is not acknowledged is sent once more */

    uint64_t *at_ps;  /* state: when each step comes; SIM_NEVER_PS: not known yet, or past */
    uint32_t *due;    /* steps for the bus, in the order of their times */
    uint8_t *through; /* of each step: 1 when it is */
    uint32_t dues, next;
    uint32_t again;                        /* 1: the one under way is sent once more */
    uint64_t done, failed, unacknowledged; /* failed: expectations that did not hold */
    uint64_t unreached;                    /* steps, at the end of a run */
} script_t;

/* After sensor_init. The caller owns script, zeroed; it must outlive sim. script_free in any case.
 */
sim_err_t script_init(script_t *script, sensor_t *sensor, const scenario_t *scenario);
void script_free(script_t *script);

/* The run is over. A step that is not through: NULL, or the first from *index on, which goes behind
 * it. */
void script_finish(script_t *script);
const scenario_step_t *script_unreached(const script_t *script, uint32_t *index);

#endif
