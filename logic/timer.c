/*
 * timer.c - COUNT is worked out when somebody looks; the one event of a timer is its next match.
 */
#include "logic/timer.h"

#include <string.h>

enum {
    ENABLE = 0x1,
    RESTART = 0x2,
    STOP = 0x4,
    CAPTURE = 0x8,
    IRQ_MATCH = 0x10,
    IRQ_CAPTURE = 0x20,
    CTRL_BITS = 0x3f,
    MATCHED = 0x1, /* of a timer's four bits of TIMER_STATUS */
    CAPTURED = 0x2,
    LOST = 0x4,
    STATUS_BITS = 4,
    STATUS_ALL = 0x77,
    UNIT_BASE = 0x20, /* registers of timer 0 */
    UNIT_BYTES = 0x20,
    AT_COUNT_LO = 0x08, /* within them */
    AT_CAPT_LO = 0x18,
};

static void wrote_status(sim_comp_t *comp, uint32_t value);
static void wrote_ctrl(sim_comp_t *comp, uint32_t number);
static void wrote_prescale(sim_comp_t *comp, uint32_t number);
static void wrote_cmp(sim_comp_t *comp, uint32_t number);
static void wrote_count(sim_comp_t *comp, uint32_t number, uint64_t keep, uint64_t set);

/* The side effects of one timer's registers. */
#define UNIT_EFFECTS(n)                                                                            \
    static void wrote_ctrl##n(sim_comp_t *comp, uint32_t value)                                    \
    {                                                                                              \
        (void)value;                                                                               \
        wrote_ctrl(comp, n);                                                                       \
    }                                                                                              \
    static void wrote_prescale##n(sim_comp_t *comp, uint32_t value)                                \
    {                                                                                              \
        (void)value;                                                                               \
        wrote_prescale(comp, n);                                                                   \
    }                                                                                              \
    static void wrote_cmp##n(sim_comp_t *comp, uint32_t value)                                     \
    {                                                                                              \
        (void)value;                                                                               \
        wrote_cmp(comp, n);                                                                        \
    }                                                                                              \
    static void wrote_count_lo##n(sim_comp_t *comp, uint32_t value)                                \
    {                                                                                              \
        wrote_count(comp, n, UINT64_C(0xffffffff00000000), value);                                 \
    }                                                                                              \
    static void wrote_count_hi##n(sim_comp_t *comp, uint32_t value)                                \
    {                                                                                              \
        wrote_count(comp, n, UINT32_MAX, (uint64_t)value << 32);                                   \
    }
UNIT_EFFECTS(0)
UNIT_EFFECTS(1)

/* clang-format off */
#define R(member) offsetof(tmr_t, member)
#define ALL 0xffffffffu
#define AT(n, offset) (UNIT_BASE + UNIT_BYTES * (n) + (offset))
#define UNIT_REGS(n)                                                                               \
    {"TIMER" #n "_CTRL",     "0: count; 1: restart from 0 on a match; 2: stop on a match; 3: capture frame starts; 4: interrupt on match; 5: interrupt on capture", \
                                                                       AT(n, 0x00), 0, CTRL_BITS, 0, R(ctrl[n]),     wrote_ctrl##n},     \
    {"TIMER" #n "_PRESCALE", "15:0: clocks of a tick, less 1",         AT(n, 0x04), 0, 0xffff,    0, R(prescale[n]), wrote_prescale##n}, \
    {"TIMER" #n "_COUNT_LO", "31:0: count; a read latches the upper half", AT(n, 0x08), 0, ALL,   0, R(count_lo[n]), wrote_count_lo##n}, \
    {"TIMER" #n "_COUNT_HI", "31:0: count, upper half as latched",     AT(n, 0x0c), 0, ALL,       0, R(count_hi[n]), wrote_count_hi##n}, \
    {"TIMER" #n "_CMP_LO",   "31:0: compare value",                    AT(n, 0x10), 0, ALL,       0, R(cmp_lo[n]),   wrote_cmp##n},      \
    {"TIMER" #n "_CMP_HI",   "31:0: compare value, upper half",        AT(n, 0x14), 0, ALL,       0, R(cmp_hi[n]),   wrote_cmp##n},      \
    {"TIMER" #n "_CAPT_LO",  "31:0: captured count; a read latches the upper half", AT(n, 0x18), 0, 0, 0, R(capt_lo[n]), NULL},          \
    {"TIMER" #n "_CAPT_HI",  "31:0: captured count, upper half as latched", AT(n, 0x1c), 0, 0,    0, R(capt_hi[n]),  NULL}
static const sim_reg_t tmr_regs[] = {
    /* name          help                                addr  reset       rw_mask  w1c  member      side effect */
    {"TIMER_ID",     "31:16: block id; 15:0: version",   0x00, 0x000b0001, 0x0,     0x0, R(id),      NULL},
    {"TIMER_STATUS", "0: timer 0 matched; 1: timer 0 captured; 2: timer 0 lost one of these; 4: timer 1 matched; 5: timer 1 captured; 6: timer 1 lost one of these; W1C",
                                                         0x04, 0x0,        0x0,     STATUS_ALL, R(status), wrote_status},
    UNIT_REGS(0),
    UNIT_REGS(1),
    SIM_REG_END,
};
/* clang-format on */

static tmr_t *tmr_of(sim_comp_t *comp)
{
    return (tmr_t *)(void *)comp;
}

static uint64_t this_edge(const tmr_t *tmr)
{
    return sim_edge_at_or_after(sim_now_ps(tmr->comp.sim), tmr->desc.clk_hz);
}

static uint64_t cmp_of(const tmr_t *tmr, uint32_t n)
{
    return (uint64_t)tmr->cmp_hi[n] << 32 | tmr->cmp_lo[n];
}

/* COUNT after a match and `ticks` more. */
static uint64_t count_past(const tmr_t *tmr, uint32_t n, uint64_t ticks)
{
    uint64_t cmp = cmp_of(tmr, n);
    bool restarts = (tmr->ctrl[n] & RESTART) != 0;
    if ((tmr->ctrl[n] & STOP) != 0)
        return restarts ? 0 : cmp;
    if (!restarts)
        return cmp + ticks;
    return cmp == 0 ? ticks : ticks % cmp;
}

/* The match of that very edge may or may not have fired: the count is the same. */
static uint64_t count_at(const tmr_t *tmr, uint32_t n, uint64_t cycle)
{
    if (!tmr->running[n] || cycle <= tmr->base_cycle[n])
        return tmr->base_count[n];
    uint64_t ticks = (cycle - tmr->base_cycle[n]) / tmr->clocks[n];
    uint64_t left = cmp_of(tmr, n) - tmr->base_count[n]; /* 0: 2^64 */
    if (left == 0 || ticks < left)
        return tmr->base_count[n] + ticks;
    return count_past(tmr, n, ticks - left);
}

/* Moves the base to the last tick, or to this edge, from which the prescaler then starts again.
 * Matches before now have fired: only ticks lie between. */
static void rebase(tmr_t *tmr, uint32_t n, bool here)
{
    uint64_t edge = this_edge(tmr), clocks = tmr->clocks[n];
    uint64_t ticks = tmr->running[n] ? (edge - tmr->base_cycle[n]) / clocks : 0;
    tmr->base_count[n] += ticks;
    tmr->base_cycle[n] = here ? edge : tmr->base_cycle[n] + ticks * clocks;
}

static void plan(tmr_t *tmr, uint32_t n)
{
    sim_event_t *match = &tmr->unit[n].match;
    uint64_t left = cmp_of(tmr, n) - tmr->base_count[n], base = tmr->base_cycle[n];
    sim_event_cancel(tmr->comp.sim, match);
    if (!tmr->running[n] || left == 0 || left > (UINT64_MAX - base) / tmr->clocks[n])
        return;
    uint64_t at_ps = sim_edge_ps(base + left * tmr->clocks[n], tmr->desc.clk_hz);
    if (at_ps != SIM_NEVER_PS)
        sim_event_at(tmr->comp.sim, match, at_ps);
}

static void update_irq(tmr_t *tmr)
{
    bool irq = false;
    for (uint32_t n = 0; n < TMR_UNITS; n++) {
        uint32_t status = tmr->status >> STATUS_BITS * n;
        irq = irq || ((status & MATCHED) != 0 && (tmr->ctrl[n] & IRQ_MATCH) != 0) ||
              ((status & CAPTURED) != 0 && (tmr->ctrl[n] & IRQ_CAPTURE) != 0);
    }
    sim_wire_set(&tmr->irq, irq);
}

static void note(tmr_t *tmr, uint32_t n, uint32_t what)
{
    uint32_t shift = STATUS_BITS * n;
    if ((tmr->status >> shift & what) != 0) {
        tmr->status |= (uint32_t)LOST << shift;
        tmr->lost++;
    }
    tmr->status |= what << shift;
    update_irq(tmr);
}

static void on_match(void *ctx)
{
    tmr_unit_t *unit = ctx;
    tmr_t *tmr = unit->tmr;
    uint32_t n = unit->number;
    tmr->base_count[n] = count_past(tmr, n, 0);
    tmr->base_cycle[n] = this_edge(tmr);
    if ((tmr->ctrl[n] & STOP) != 0) {
        tmr->ctrl[n] &= ~(uint32_t)ENABLE;
        tmr->running[n] = false;
    }
    tmr->matches++;
    plan(tmr, n);
    note(tmr, n, MATCHED);
    sim_wire_pulse(&tmr->matched[n]);
}

static void on_capture(void *ctx, bool level)
{
    tmr_t *tmr = ctx;
    for (uint32_t n = 0; level && n < TMR_UNITS; n++) {
        if ((tmr->ctrl[n] & CAPTURE) == 0)
            continue;
        tmr->captured[n] = count_at(tmr, n, this_edge(tmr));
        tmr->captures++;
        note(tmr, n, CAPTURED);
    }
}

/* ---- registers ---- */

static void wrote_status(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update_irq(tmr_of(comp));
}

static void wrote_ctrl(sim_comp_t *comp, uint32_t number)
{
    tmr_t *tmr = tmr_of(comp);
    bool enabled = (tmr->ctrl[number] & ENABLE) != 0;
    rebase(tmr, number, enabled != tmr->running[number]);
    tmr->running[number] = enabled;
    plan(tmr, number);
    update_irq(tmr);
}

static void wrote_prescale(sim_comp_t *comp, uint32_t number)
{
    tmr_t *tmr = tmr_of(comp);
    rebase(tmr, number, true);
    tmr->clocks[number] = tmr->prescale[number] + 1;
    plan(tmr, number);
}

static void wrote_cmp(sim_comp_t *comp, uint32_t number)
{
    tmr_t *tmr = tmr_of(comp);
    rebase(tmr, number, false);
    plan(tmr, number);
}

static void wrote_count(sim_comp_t *comp, uint32_t number, uint64_t keep, uint64_t set)
{
    tmr_t *tmr = tmr_of(comp);
    rebase(tmr, number, true);
    tmr->base_count[number] = (tmr->base_count[number] & keep) | set;
    plan(tmr, number);
}

static void latch(uint64_t value, uint32_t *low, uint32_t *high, bool peek)
{
    *low = (uint32_t)value;
    if (!peek)
        *high = (uint32_t)(value >> 32);
}

static void tmr_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    tmr_t *tmr = tmr_of(comp);
    uint32_t n = (addr - UNIT_BASE) / UNIT_BYTES, offset = (addr - UNIT_BASE) % UNIT_BYTES;
    if (addr < UNIT_BASE)
        return;
    if (offset == AT_COUNT_LO) {
        uint64_t cycle = sim_cycles_at(sim_now_ps(comp->sim), tmr->desc.clk_hz);
        latch(count_at(tmr, n, cycle), &tmr->count_lo[n], &tmr->count_hi[n], peek);
    } else if (offset == AT_CAPT_LO) {
        latch(tmr->captured[n], &tmr->capt_lo[n], &tmr->capt_hi[n], peek);
    }
}

/* ---- tables ---- */

static const sim_field_t tmr_fields[] = {
    SIM_FIELD(tmr_t, status),
    SIM_FIELD(tmr_t, ctrl),
    SIM_FIELD(tmr_t, prescale),
    SIM_FIELD(tmr_t, count_hi),
    SIM_FIELD(tmr_t, cmp_lo),
    SIM_FIELD(tmr_t, cmp_hi),
    SIM_FIELD(tmr_t, capt_hi),
    SIM_FIELD(tmr_t, running),
    SIM_FIELD(tmr_t, clocks),
    SIM_FIELD(tmr_t, base_count),
    SIM_FIELD(tmr_t, base_cycle),
    SIM_FIELD(tmr_t, captured),
    SIM_FIELD(tmr_t, irq.level),
    SIM_FIELD(tmr_t, matches),
    SIM_FIELD(tmr_t, captures),
    SIM_FIELD(tmr_t, lost),
    SIM_FIELD_END,
};

static const sim_stat_t tmr_stats[] = {
    SIM_STAT(tmr_t, matches, "1", "times that a timer met its compare value"),
    SIM_STAT(tmr_t, captures, "1", "frame starts captured"),
    SIM_STAT(tmr_t, lost, "1", "of both, while the last one was not cleared"),
    SIM_STAT_END,
};

static void tmr_reset(sim_comp_t *comp)
{
    tmr_t *tmr = tmr_of(comp);
    for (uint32_t n = 0; n < TMR_UNITS; n++) {
        sim_event_cancel(comp->sim, &tmr->unit[n].match);
        tmr->running[n] = false;
        tmr->clocks[n] = 1;
        tmr->base_count[n] = tmr->base_cycle[n] = tmr->captured[n] = 0;
    }
    tmr->irq.level = false;
    tmr->matches = tmr->captures = tmr->lost = 0;
}

static const sim_kind_t tmr_kind = {
    .kind = "timer",
    .version = 1,
    .reset = tmr_reset,
    .fields = tmr_fields,
    .stats = tmr_stats,
    .regs = tmr_regs,
    .refresh = tmr_refresh,
};
_Static_assert(offsetof(tmr_t, comp) == 0, "comp stays first");

tmr_desc_t tmr_desc_default(void)
{
    return (tmr_desc_t){.clk_hz = 262500000};
}

sim_err_t tmr_init(tmr_t *tmr, sim_t *sim, const tmr_desc_t *desc, const char *name)
{
    static const char *const events[TMR_UNITS] = {"match0", "match1"};
    memset(tmr, 0, sizeof(*tmr));
    if (desc->clk_hz == 0 || desc->clk_hz > SIM_PS_PER_S)
        return sim_fail(sim, SIM_EDESC, "%s.clk_hz: %llu not in 1..10^12", name,
                        (unsigned long long)desc->clk_hz);
    sim_err_t err = sim_comp_init(&tmr->comp, sim, &tmr_kind, name);
    if (err != SIM_OK)
        return err;
    tmr->desc = *desc;
    for (uint32_t n = 0; n < TMR_UNITS; n++) {
        tmr_unit_t *unit = &tmr->unit[n];
        unit->tmr = tmr;
        unit->number = n;
        sim_event_init(&unit->match, &tmr->comp, events[n], SIM_PRIO_DRIVE, on_match, unit);
    }
    return SIM_OK;
}

bool tmr_connect_capture(tmr_t *tmr, sim_wire_t *wire)
{
    return sim_wire_connect(wire, on_capture, tmr);
}
