/*
 * energy.h - energy from counts, in whole femtojoules.
 *
 *   count x attojoule each, or ps x nanowatt --> parts of a femtojoule --> femtojoule
 *
 * What is left over below 1 fJ is kept, so that however often one looks, the sum is that of one
 * look at the end, rounded down: parts always add up to the whole. 2^64 fJ are 18 kJ, the most.
 */
#ifndef SIM_ENERGY_H
#define SIM_ENERGY_H

#include "sim/types.h"

#define SIM_AJ_PER_FJ UINT64_C(1000)
#define SIM_NW_PS_PER_FJ UINT64_C(1000000) /* 1 nW x 1 ps = 1e-21 J */

/* Parts that are no femtojoule yet, and femtojoules. */
typedef struct {
    uint64_t rest, fj;
} sim_energy_t;

/* Adds count x each parts, `parts` of which are 1 fJ. */
static inline void sim_energy_add(sim_energy_t *e, uint64_t count, uint64_t each, uint64_t parts)
{
    sim_u128_t sum = (sim_u128_t)count * each + e->rest;
    if ((uint64_t)(sum >> 64) == 0) { /* nearly always: a division of 64 bits by a constant */
        e->fj += (uint64_t)sum / parts;
        e->rest = (uint64_t)sum % parts;
    } else {
        sim_u128_t fj = e->fj + sum / parts;
        e->fj = fj < UINT64_MAX ? (uint64_t)fj : UINT64_MAX;
        e->rest = (uint64_t)(sum % parts);
    }
}

/* count events of `each` aJ; and `ps` picoseconds of a power in nW. */
static inline void sim_energy_count(sim_energy_t *e, uint64_t count, uint64_t aj)
{
    sim_energy_add(e, count, aj, SIM_AJ_PER_FJ);
}

static inline void sim_energy_pass(sim_energy_t *e, uint64_t ps, uint64_t nw)
{
    sim_energy_add(e, ps, nw, SIM_NW_PS_PER_FJ);
}

#endif
