/*
 * script.h - the host's side of CCI and of the pins, at the times that a scenario names.
 */
#ifndef TOOLS_SCRIPT_H
#define TOOLS_SCRIPT_H

#include "tools/scenario.h"

typedef struct script script_t;

typedef struct {
    script_t *script;
    uint32_t index;
    char name[16]; /* of its event */
} script_step_ref_t;

struct script {
    sim_comp_t comp;
    sensor_t *sensor;
    const scenario_step_t *step; /* the scenario's */
    sim_event_t event[SCENARIO_MAX_STEPS];
    script_step_ref_t self[SCENARIO_MAX_STEPS];
    uint32_t steps;
    bool repeats; /* a write that is not acknowledged is sent once more */
    uint64_t done, failed; /* failed: expectations that did not hold */
};

/* After sensor_init. The caller owns script, zeroed; it must outlive sim. */
sim_err_t script_init(script_t *script, sensor_t *sensor, const scenario_t *scenario);

#endif
