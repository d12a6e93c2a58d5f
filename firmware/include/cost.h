/*
 * cost.h - what pieces of a program cost: core cycles, the last time and the worst time.
 */
#ifndef FW_COST_H
#define FW_COST_H

#include "hal.h"

typedef struct cost {
    const char *name;
    uint32_t count, last, worst; /* cycles; pieces up to 2^32 cycles (16 s) */
    struct cost *next;           /* cost.c's */
} cost_t;

/* mcycle's low word. */
static inline uint32_t cost_now(void)
{
    uint32_t cycle;
    __asm__ volatile("csrr %0, mcycle" : "=r"(cycle));
    return cycle;
}

/* The piece that began at cost_now() == start ends now. From interrupt handlers too. */
void cost_end(cost_t *cost, uint32_t start);

/* The nth of all that ever ended, in the order of their first end; NULL: there are fewer. */
const cost_t *cost_nth(uint32_t n);

/* All of them on the serial port: "cost NAME COUNT LAST WORST" a line. */
void cost_print(void);

#endif
