/*
 * intc.h - interrupt controller, page 2: up to 31 level inputs onto the core's MEIP.
 *
 * RAW shows the levels; PENDING = RAW & ENABLE; meip is high while PENDING is not 0. CLAIM reads
 * the number of the pending input of highest priority, i.e. the lowest number, 0 for none; it has
 * no side effect: levels are cleared at their source.
 * Not modeled: priorities and threshold, edge-triggered inputs.
 */
#ifndef LOGIC_INTC_H
#define LOGIC_INTC_H

#include "sim/sim.h"

#define INTC_SOURCES 32 /* 1..31 are usable */

typedef struct intc intc_t;

typedef struct {
    intc_t *intc;
    uint32_t number;
} intc_input_t;

struct intc {
    sim_comp_t comp;
    sim_wire_t meip; /* out */
    intc_input_t input[INTC_SOURCES];

    uint32_t id, raw, enable, pending, claim;
    uint64_t interrupts; /* rises of meip */
};

sim_err_t intc_init(intc_t *intc, sim_t *sim, const char *name);

/* Makes wire the input `number` (1..31). False when the number is bad or taken, or the wire is
 * full. */
bool intc_connect(intc_t *intc, uint32_t number, sim_wire_t *wire);

#endif
