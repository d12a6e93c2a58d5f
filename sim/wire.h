/*
 * wire.h - a level from one block to any number of others (an interrupt line, a done pulse).
 *
 * A change reaches listeners at once, in the order they were connected. A listener may schedule
 * events but must not set wires back within the call: that is a combinational loop (asserted).
 */
#ifndef SIM_WIRE_H
#define SIM_WIRE_H

#include "sim/types.h"

#define SIM_WIRE_MAX_LISTENERS 8

typedef void (*sim_wire_fn_t)(void *ctx, bool level);

typedef struct {
    struct {
        sim_wire_fn_t changed;
        void *ctx;
    } listener[SIM_WIRE_MAX_LISTENERS];
    uint8_t listeners;
    bool level;
    bool busy;
} sim_wire_t;

/* Returns false when all places are taken. A zeroed wire is a valid, unconnected, low wire. */
bool sim_wire_connect(sim_wire_t *wire, sim_wire_fn_t changed, void *ctx);
static inline bool sim_wire_connected(const sim_wire_t *wire)
{
    return wire->listeners != 0;
}

/* Tells listeners only when the level changes. */
void sim_wire_set(sim_wire_t *wire, bool level);

/* High, then low: one notification each. */
void sim_wire_pulse(sim_wire_t *wire);

#endif
