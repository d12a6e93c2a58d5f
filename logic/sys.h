/*
 * sys.h - who and when, page 0: chip id, sizes, clock, time in picoseconds, core clock edges.
 *
 * Reading SYS_TIME_LO or SYS_CYCLE_LO latches the upper half for the _HI register.
 */
#ifndef LOGIC_SYS_H
#define LOGIC_SYS_H

#include "sim/sim.h"

typedef struct {
    uint64_t clk_hz;              /* of the core; below 2^32 */
    uint32_t chip_id;             /* 0x0500 */
    uint32_t tcm_bytes, l2_bytes; /* what there is, for programs that run on several chips */
} sys_desc_t;

typedef struct {
    sim_comp_t comp;
    sys_desc_t desc;

    uint32_t id, chip_id, clock_hz, time_lo, time_hi, cycle_lo, cycle_hi, scratch, tcm_bytes,
        l2_bytes;
} sys_t;

sys_desc_t sys_desc_default(void);
sim_err_t sys_init(sys_t *sys, sim_t *sim, const sys_desc_t *desc, const char *name);

#endif
