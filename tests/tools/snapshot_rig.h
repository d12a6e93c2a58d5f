/*
 * snapshot_rig.h - a whole sensor with its scene and host script, whose outputs are one hash.
 */
#ifndef TESTS_TOOLS_SNAPSHOT_RIG_H
#define TESTS_TOOLS_SNAPSHOT_RIG_H

#include "sim/snapshot.h"
#include "tools/scenario.h"
#include "tools/script.h"

typedef struct {
    sim_comp_t comp; /* an observer: what was heard is part of a snapshot */
    scenario_t scenario;
    sim_t *sim;
    sim_pool_t *pool;
    sensor_t *sensor;
    script_t script;
    npu_prog_t program;
    uint64_t heard; /* every packet, byte of the UART, span of the trace and message */
} rig_t;

typedef struct {
    uint32_t threads; /* 1..4 */
    bool exact, raw;
    uint64_t shuffle;
    void (*change)(sensor_desc_t *desc); /* of the chip; may be NULL */
} rig_options_t;

/* Draws the scene of all rigs, once; rig_new does when nobody has. Most of the time of making a rig
 * is that. */
void rig_prepare(void);

/* Ready to run: checked, reset, started. Aborts when something is wrong. */
rig_t *rig_new(const rig_options_t *options);
void rig_free(rig_t *rig);

/* State hash and everything heard, brought up to now. */
uint64_t rig_hash(rig_t *rig);

#endif
