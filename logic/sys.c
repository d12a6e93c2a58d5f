/*
 * sys.c - page 0.
 */
#include "logic/sys.h"

#include <string.h>

enum { SYS_TIME_LO = 0x0c, SYS_CYCLE_LO = 0x14 };

/* clang-format off */
#define R(member) offsetof(sys_t, member)
static const sim_reg_t sys_regs[] = {
    /* name           help                                              addr  reset       rw_mask     w1c  member       side effect */
    {"SYS_ID",        "31:16: block id; 15:0: version",                 0x00, 0x00010001, 0x0,        0x0, R(id),       NULL},
    {"SYS_CHIP_ID",   "31:0: chip id",                                  0x04, 0x0500,     0x0,        0x0, R(chip_id),  NULL},
    {"SYS_CLOCK_HZ",  "31:0: core clock, Hz",                           0x08, 262500000,  0x0,        0x0, R(clock_hz), NULL},
    {"SYS_TIME_LO",   "31:0: time, ps; a read latches SYS_TIME_HI",     0x0c, 0x0,        0x0,        0x0, R(time_lo),  NULL},
    {"SYS_TIME_HI",   "31:0: upper half, as of the last SYS_TIME_LO",   0x10, 0x0,        0x0,        0x0, R(time_hi),  NULL},
    {"SYS_CYCLE_LO",  "31:0: core clock edges; a read latches SYS_CYCLE_HI", 0x14, 0x0,   0x0,        0x0, R(cycle_lo), NULL},
    {"SYS_CYCLE_HI",  "31:0: upper half, as of the last SYS_CYCLE_LO",  0x18, 0x0,        0x0,        0x0, R(cycle_hi), NULL},
    {"SYS_SCRATCH",   "31:0: anything",                                 0x1c, 0x0,        0xffffffff, 0x0, R(scratch),  NULL},
    {"SYS_TCM_BYTES", "31:0: tightly coupled RAM, bytes",               0x20, 262144,     0x0,        0x0, R(tcm_bytes), NULL},
    {"SYS_L2_BYTES",  "31:0: L2, bytes",                                0x24, 8388480,    0x0,        0x0, R(l2_bytes), NULL},
    SIM_REG_END,
};
/* clang-format on */

static void latch(uint64_t value, uint32_t *low, uint32_t *high, bool peek)
{
    *low = (uint32_t)value;
    if (!peek)
        *high = (uint32_t)(value >> 32);
}

static void sys_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    sys_t *sys = (sys_t *)(void *)comp;
    uint64_t now_ps = sim_now_ps(comp->sim);
    if (addr == SYS_TIME_LO)
        latch(now_ps, &sys->time_lo, &sys->time_hi, peek);
    else if (addr == SYS_CYCLE_LO)
        latch(sim_cycles_at(now_ps, sys->desc.clk_hz), &sys->cycle_lo, &sys->cycle_hi, peek);
}

/* time_lo and cycle_lo are views of now, not state; what software latched is. */
static const sim_field_t sys_fields[] = {
    SIM_FIELD(sys_t, time_hi),
    SIM_FIELD(sys_t, cycle_hi),
    SIM_FIELD(sys_t, scratch),
    SIM_FIELD_END,
};

static void sys_reset(sim_comp_t *comp)
{
    sys_t *sys = (sys_t *)(void *)comp;
    sys->chip_id = sys->desc.chip_id;
    sys->clock_hz = (uint32_t)sys->desc.clk_hz;
    sys->tcm_bytes = sys->desc.tcm_bytes;
    sys->l2_bytes = sys->desc.l2_bytes;
}

static const sim_kind_t sys_kind = {
    .kind = "sys",
    .version = 1,
    .reset = sys_reset,
    .fields = sys_fields,
    .regs = sys_regs,
    .refresh = sys_refresh,
};
_Static_assert(offsetof(sys_t, comp) == 0, "comp stays first");

sys_desc_t sys_desc_default(void)
{
    return (sys_desc_t){
        .clk_hz = 262500000, .chip_id = 0x0500, .tcm_bytes = 262144, .l2_bytes = 8388480};
}

sim_err_t sys_init(sys_t *sys, sim_t *sim, const sys_desc_t *desc, const char *name)
{
    memset(sys, 0, sizeof(*sys));
    if (desc->clk_hz == 0 || desc->clk_hz > UINT32_MAX)
        return sim_fail(sim, SIM_EDESC, "%s.clk_hz: %llu not in 1..%u", name,
                        (unsigned long long)desc->clk_hz, UINT32_MAX);
    sim_err_t err = sim_comp_init(&sys->comp, sim, &sys_kind, name);
    sys->desc = *desc;
    return err;
}
