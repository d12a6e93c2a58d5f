/*
 * wire.c - levels and who listens to them.
 */
#include "sim/wire.h"

#include <assert.h>

bool sim_wire_connect(sim_wire_t *wire, sim_wire_fn_t changed, void *ctx)
{
    if (wire->listeners == SIM_WIRE_MAX_LISTENERS)
        return false;
    wire->listener[wire->listeners].changed = changed;
    wire->listener[wire->listeners].ctx = ctx;
    wire->listeners++;
    return true;
}

void sim_wire_set(sim_wire_t *wire, bool level)
{
    if (level == wire->level)
        return;
    assert(!wire->busy); /* a combinational loop */
    wire->busy = true;
    wire->level = level;
    for (uint8_t i = 0; i < wire->listeners; i++)
        wire->listener[i].changed(wire->listener[i].ctx, level);
    wire->busy = false;
}

void sim_wire_pulse(sim_wire_t *wire)
{
    sim_wire_set(wire, true);
    sim_wire_set(wire, false);
}
