/*
 * intc.h - interrupt controller, page 2: up to 31 level inputs onto the core's MEIP.
 *
 * RAW shows the levels; PENDING = RAW & ENABLE; meip is high while PENDING is not 0. CLAIM reads
 * the number of the pending input of highest priority, i.e. the lowest number, 0 for none; it has
 * no side effect: levels are cleared at their source.
 * Faults: the next rise of an input can be lost (it reads low until its source falls and rises
 * again), and an input can be blocked for a while.
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
    /* A rise of the input was lost, or the level of a lost one came back to what it shows. May be
     * NULL. */
    void (*noted)(void *ctx, uint32_t number, bool lost);
    void *noted_ctx;

    uint32_t id, raw, enable, pending, claim;
    uint32_t level;      /* of the wires */
    uint32_t lose;       /* the next rise of these will be lost */
    uint32_t lost;       /* high, but seen as low: the rise was lost */
    uint32_t blocked;    /* seen as low for now */
    uint64_t interrupts; /* rises of meip */
    uint64_t lost_rises;
};

sim_err_t intc_init(intc_t *intc, sim_t *sim, const char *name);

/* Makes wire the input `number` (1..31). False when the number is bad or taken, or the wire is
 * full. */
bool intc_connect(intc_t *intc, uint32_t number, sim_wire_t *wire);

/* Loses the next rise of that input (1..31). */
void intc_lose(intc_t *intc, uint32_t number);
/* Blocks it, or lets its level through again. */
void intc_block(intc_t *intc, uint32_t number, bool blocked);

#endif
