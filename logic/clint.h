/*
 * clint.h - software interrupt and machine timer of the core, page 8.
 *
 * mtime counts desc.mtime_hz since time 0 (plus what was written to it); `mtip` is high while
 * mtime >= mtimecmp. Reading MTIME_LO latches the upper half for MTIME_HI. mtimecmp resets to
 * all ones: no interrupt. `msip` follows bit 0 of MSIP.
 */
#ifndef LOGIC_CLINT_H
#define LOGIC_CLINT_H

#include "sim/sim.h"

typedef struct {
    uint64_t mtime_hz;
} clint_desc_t;

typedef struct {
    sim_comp_t comp;
    clint_desc_t desc;
    sim_event_t expire;
    sim_wire_t msip, mtip; /* out */

    uint32_t id, msip_reg, mtimecmp_lo, mtimecmp_hi, mtime_lo, mtime_hi;
    uint64_t mtime_offset;
} clint_t;

clint_desc_t clint_desc_default(void);
sim_err_t clint_init(clint_t *clint, sim_t *sim, const clint_desc_t *desc, const char *name);

#endif
