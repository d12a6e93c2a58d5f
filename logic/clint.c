/*
 * clint.c - mtime is worked out when somebody looks; the one event is its meeting with mtimecmp.
 */
#include "logic/clint.h"

#include <string.h>

enum { CLINT_MTIME_LO = 0x10 };

static void clint_wrote_msip(sim_comp_t *comp, uint32_t value);
static void clint_wrote_mtimecmp(sim_comp_t *comp, uint32_t value);
static void clint_wrote_mtime_lo(sim_comp_t *comp, uint32_t value);
static void clint_wrote_mtime_hi(sim_comp_t *comp, uint32_t value);

/* clang-format off */
#define R(member) offsetof(clint_t, member)
#define ALL 0xffffffffu
static const sim_reg_t clint_regs[] = {
    /* name                help                                              addr  reset       rw_mask w1c  member          side effect */
    {"CLINT_ID",          "31:16: block id; 15:0: version",                  0x00, 0x00090001, 0x0,    0x0, R(id),          NULL},
    {"CLINT_MSIP",        "0: software interrupt",                           0x04, 0x0,        0x1,    0x0, R(msip_reg),    clint_wrote_msip},
    {"CLINT_MTIMECMP_LO", "31:0: timer interrupt while mtime >= mtimecmp",   0x08, ALL,        ALL,    0x0, R(mtimecmp_lo), clint_wrote_mtimecmp},
    {"CLINT_MTIMECMP_HI", "31:0: upper half",                                0x0c, ALL,        ALL,    0x0, R(mtimecmp_hi), clint_wrote_mtimecmp},
    {"CLINT_MTIME_LO",    "31:0: timer; a read latches CLINT_MTIME_HI",      0x10, 0x0,        ALL,    0x0, R(mtime_lo),    clint_wrote_mtime_lo},
    {"CLINT_MTIME_HI",    "31:0: upper half, as of the last CLINT_MTIME_LO", 0x14, 0x0,        ALL,    0x0, R(mtime_hi),    clint_wrote_mtime_hi},
    SIM_REG_END,
};
/* clang-format on */

static clint_t *clint_of(sim_comp_t *comp)
{
    return (clint_t *)(void *)comp;
}

static uint64_t raw_time(const clint_t *clint)
{
    return sim_cycles_at(sim_now_ps(clint->comp.sim), clint->desc.mtime_hz);
}

static uint64_t mtime(const clint_t *clint)
{
    return raw_time(clint) + clint->mtime_offset;
}

static uint64_t mtimecmp(const clint_t *clint)
{
    return (uint64_t)clint->mtimecmp_hi << 32 | clint->mtimecmp_lo;
}

/* After mtime met mtimecmp, or either was written. */
static void update(clint_t *clint)
{
    sim_t *sim = clint->comp.sim;
    uint64_t now = mtime(clint), then = mtimecmp(clint);
    sim_event_cancel(sim, &clint->expire);
    if (now < then) {
        uint64_t left = then - now, raw = raw_time(clint);
        uint64_t at = left > UINT64_MAX - raw ? UINT64_MAX : raw + left;
        uint64_t at_ps = sim_edge_ps(at, clint->desc.mtime_hz);
        if (at_ps != SIM_NEVER_PS)
            sim_event_at(sim, &clint->expire, at_ps);
    }
    sim_wire_set(&clint->mtip, now >= then);
}

static void on_expire(void *ctx)
{
    update(ctx);
}

static void clint_wrote_msip(sim_comp_t *comp, uint32_t value)
{
    sim_wire_set(&clint_of(comp)->msip, (value & 1) != 0);
}

static void clint_wrote_mtimecmp(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update(clint_of(comp));
}

static void set_mtime(clint_t *clint, uint64_t value)
{
    clint->mtime_offset = value - raw_time(clint);
    update(clint);
}

static void clint_wrote_mtime_lo(sim_comp_t *comp, uint32_t value)
{
    clint_t *clint = clint_of(comp);
    set_mtime(clint, mtime(clint) >> 32 << 32 | value);
}

static void clint_wrote_mtime_hi(sim_comp_t *comp, uint32_t value)
{
    clint_t *clint = clint_of(comp);
    set_mtime(clint, (uint64_t)value << 32 | (uint32_t)mtime(clint));
}

static void clint_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    clint_t *clint = clint_of(comp);
    if (addr != CLINT_MTIME_LO)
        return;
    clint->mtime_lo = (uint32_t)mtime(clint);
    if (!peek)
        clint->mtime_hi = (uint32_t)(mtime(clint) >> 32);
}

static const sim_field_t clint_fields[] = {
    SIM_FIELD(clint_t, msip_reg),     SIM_FIELD(clint_t, mtimecmp_lo),
    SIM_FIELD(clint_t, mtimecmp_hi),  SIM_FIELD(clint_t, mtime_hi),
    SIM_FIELD(clint_t, mtime_offset), SIM_FIELD(clint_t, msip.level),
    SIM_FIELD(clint_t, mtip.level),   SIM_FIELD_END,
};

static void clint_reset(sim_comp_t *comp)
{
    clint_t *clint = clint_of(comp);
    sim_event_cancel(comp->sim, &clint->expire);
    clint->mtime_offset = 0;
    clint->msip.level = clint->mtip.level = false;
}

static const sim_kind_t clint_kind = {
    .kind = "clint",
    .version = 1,
    .reset = clint_reset,
    .fields = clint_fields,
    .regs = clint_regs,
    .refresh = clint_refresh,
};
_Static_assert(offsetof(clint_t, comp) == 0, "comp stays first");

clint_desc_t clint_desc_default(void)
{
    return (clint_desc_t){.mtime_hz = 1000000};
}

sim_err_t clint_init(clint_t *clint, sim_t *sim, const clint_desc_t *desc, const char *name)
{
    memset(clint, 0, sizeof(*clint));
    if (desc->mtime_hz == 0 || desc->mtime_hz > SIM_PS_PER_S)
        return sim_fail(sim, SIM_EDESC, "%s.mtime_hz: %llu not in 1..10^12", name,
                        (unsigned long long)desc->mtime_hz);
    sim_err_t err = sim_comp_init(&clint->comp, sim, &clint_kind, name);
    if (err != SIM_OK)
        return err;
    clint->desc = *desc;
    sim_event_init(&clint->expire, &clint->comp, "expire", SIM_PRIO_DRIVE, on_expire, clint);
    return SIM_OK;
}
