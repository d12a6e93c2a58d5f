/*
 * wdog.c - one event for the end of the running stage, one for the opening of the window.
 */
#include "logic/wdog.h"

#include <string.h>

enum {
    WDOG_COUNT = 0x28,
    ENABLE = 0x1,
    OPEN = 0x1, /* of WDOG_STATUS */
    LATE = 0x2,
    BAD_KICK = 0x4,
};

static void wrote_status(sim_comp_t *comp, uint32_t value);
static void wrote_unlock(sim_comp_t *comp, uint32_t value);
static void wrote_ctrl(sim_comp_t *comp, uint32_t value);
static void wrote_timeout(sim_comp_t *comp, uint32_t value);
static void wrote_window(sim_comp_t *comp, uint32_t value);
static void wrote_grace(sim_comp_t *comp, uint32_t value);
static void wrote_kick(sim_comp_t *comp, uint32_t value);

/* clang-format off */
#define R(member) offsetof(wdog_t, member)
static const sim_reg_t wdog_regs[] = {
    /* name           help                                                  addr  reset       rw_mask w1c  member      side effect */
    {"WDOG_ID",      "31:16: block id; 15:0: version",                      0x00, 0x000c0001, 0x0,    0x0, R(id),      NULL},
    {"WDOG_STATUS",  "0: window open; 1: late, or kicked badly; 2: kicked too early or with a wrong key, W1C", 0x04, 0x0, 0x0, BAD_KICK, R(status), wrote_status},
    {"WDOG_IRQ_EN",  "2:0: interrupt on the same bit of WDOG_STATUS",       0x08, 0x0,        0x7,    0x0, R(irq_en),  wrote_status},
    {"WDOG_UNLOCK",  "31:0: write: 0x1acce551, then the next write to a locked register counts; read: 1 while unlocked", 0x0c, 0x0, 0x0, 0x0, R(unlock), wrote_unlock},
    {"WDOG_CTRL",    "0: enable, locked, cannot be cleared",                0x10, 0x0,        0x0,    0x0, R(ctrl),    wrote_ctrl},
    {"WDOG_TIMEOUT", "31:0: ticks from a kick to the NMI, 1.., locked",     0x14, 100000,     0x0,    0x0, R(timeout), wrote_timeout},
    {"WDOG_WINDOW",  "31:0: ticks from a kick to the next that is allowed, locked", 0x18, 0x0, 0x0,   0x0, R(window),  wrote_window},
    {"WDOG_GRACE",   "31:0: ticks from the NMI to the reset request, 1.., locked", 0x1c, 1000, 0x0,   0x0, R(grace),   wrote_grace},
    {"WDOG_KICK",    "31:0: write: 0x0d06f00d; reads 0",                    0x20, 0x0,        0x0,    0x0, R(kick),    wrote_kick},
    {"WDOG_COUNT",   "31:0: ticks left in this stage",                      WDOG_COUNT, 0x0,  0x0,    0x0, R(count),   NULL},
    SIM_REG_END,
};
/* clang-format on */

static wdog_t *wdog_of(sim_comp_t *comp)
{
    return (wdog_t *)(void *)comp;
}

static uint64_t next_tick(const wdog_t *wdog)
{
    return sim_edge_at_or_after(sim_now_ps(wdog->comp.sim), wdog->desc.tick_hz);
}

static void update_irq(wdog_t *wdog)
{
    sim_wire_set(&wdog->irq, (wdog->status & wdog->irq_en) != 0);
}

static void plan(wdog_t *wdog, sim_event_t *event, uint32_t ticks)
{
    sim_event_at(wdog->comp.sim, event, sim_edge_ps(wdog->start_tick + ticks, wdog->desc.tick_hz));
}

/* Enabled, or kicked well: the count starts with the times as they are set now. */
static void start(wdog_t *wdog)
{
    wdog->start_tick = next_tick(wdog);
    wdog->run_timeout = wdog->timeout;
    wdog->run_window = wdog->window;
    wdog->run_grace = wdog->grace;
    wdog->stage = WDOG_WATCHING;
    wdog->status &= ~(uint32_t)(OPEN | LATE);
    plan(wdog, &wdog->expire, wdog->run_timeout);
    if (wdog->run_window == 0)
        wdog->status |= OPEN;
    else
        plan(wdog, &wdog->open, wdog->run_window);
    update_irq(wdog);
    sim_wire_set(&wdog->nmi, false);
}

/* The first stage: the NMI, and a last time to kick. */
static void be_late(wdog_t *wdog)
{
    wdog->expiries++;
    wdog->start_tick = next_tick(wdog);
    wdog->stage = WDOG_LATE;
    wdog->status |= OPEN | LATE;
    sim_event_cancel(wdog->comp.sim, &wdog->open);
    plan(wdog, &wdog->expire, wdog->run_grace);
    update_irq(wdog);
    sim_wire_set(&wdog->nmi, true);
}

static void bite(wdog_t *wdog)
{
    wdog->resets++;
    wdog->stage = WDOG_BITTEN;
    sim_wire_set(&wdog->reset_req, true);
}

static void on_expire(void *ctx)
{
    wdog_t *wdog = ctx;
    if (wdog->stage == WDOG_WATCHING)
        be_late(wdog);
    else
        bite(wdog);
}

static void on_open(void *ctx)
{
    wdog_t *wdog = ctx;
    wdog->status |= OPEN;
    update_irq(wdog);
}

/* ---- registers ---- */

static void wrote_status(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update_irq(wdog_of(comp));
}

static void wrote_unlock(sim_comp_t *comp, uint32_t value)
{
    wdog_t *wdog = wdog_of(comp);
    wdog->unlock = value == WDOG_UNLOCK_KEY;
    if (wdog->unlock == 0)
        sim_log(comp, SIM_LOG_GUEST, "WDOG_UNLOCK: 0x%08x is not the key", value);
}

/* Whether a write to a locked register counts; it locks again. */
static bool open_lock(wdog_t *wdog, const char *reg)
{
    bool was_open = wdog->unlock != 0;
    wdog->unlock = 0;
    wdog->locked_writes += !was_open;
    if (!was_open)
        sim_log(&wdog->comp, SIM_LOG_GUEST, "write to %s, which is locked: ignored", reg);
    return was_open;
}

static void set_ticks(wdog_t *wdog, const char *reg, uint32_t *ticks, uint32_t value,
                      uint32_t least)
{
    if (!open_lock(wdog, reg))
        return;
    if (value < least)
        sim_log(&wdog->comp, SIM_LOG_GUEST, "%s: 0 is no time, 1 is used", reg);
    *ticks = value < least ? least : value;
}

static void wrote_ctrl(sim_comp_t *comp, uint32_t value)
{
    wdog_t *wdog = wdog_of(comp);
    if (!open_lock(wdog, "WDOG_CTRL"))
        return;
    if ((value & ENABLE) == 0 && wdog->stage != WDOG_OFF)
        sim_log(comp, SIM_LOG_GUEST, "WDOG_CTRL: the watchdog cannot be disabled");
    if ((value & ENABLE) == 0 || wdog->stage != WDOG_OFF)
        return;
    wdog->ctrl = ENABLE;
    start(wdog);
}

static void wrote_timeout(sim_comp_t *comp, uint32_t value)
{
    set_ticks(wdog_of(comp), "WDOG_TIMEOUT", &wdog_of(comp)->timeout, value, 1);
}

static void wrote_window(sim_comp_t *comp, uint32_t value)
{
    set_ticks(wdog_of(comp), "WDOG_WINDOW", &wdog_of(comp)->window, value, 0);
}

static void wrote_grace(sim_comp_t *comp, uint32_t value)
{
    set_ticks(wdog_of(comp), "WDOG_GRACE", &wdog_of(comp)->grace, value, 1);
}

static void kick_badly(wdog_t *wdog, const char *why)
{
    wdog->bad_kicks++;
    sim_log(&wdog->comp, SIM_LOG_GUEST, "WDOG_KICK: %s", why);
    wdog->status |= BAD_KICK;
    if (wdog->stage == WDOG_WATCHING)
        be_late(wdog);
    update_irq(wdog);
}

static void wrote_kick(sim_comp_t *comp, uint32_t value)
{
    wdog_t *wdog = wdog_of(comp);
    if (wdog->stage == WDOG_OFF || wdog->stage == WDOG_BITTEN) {
        sim_log(comp, SIM_LOG_GUEST, "WDOG_KICK: the watchdog is not running, ignored");
    } else if (value != WDOG_KICK_KEY) {
        kick_badly(wdog, "a wrong key");
    } else if ((wdog->status & OPEN) == 0) {
        kick_badly(wdog, "before the window opens");
    } else {
        wdog->kicks++;
        sim_event_cancel(comp->sim, &wdog->open);
        start(wdog);
    }
}

static void wdog_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    wdog_t *wdog = wdog_of(comp);
    (void)peek;
    if (addr != WDOG_COUNT)
        return;
    uint64_t now = sim_cycles_at(sim_now_ps(comp->sim), wdog->desc.tick_hz);
    uint64_t ran = now > wdog->start_tick ? now - wdog->start_tick : 0;
    uint32_t whole = wdog->stage == WDOG_LATE ? wdog->run_grace : wdog->run_timeout;
    bool counts = wdog->stage == WDOG_WATCHING || wdog->stage == WDOG_LATE;
    wdog->count = counts && ran < whole ? whole - (uint32_t)ran : 0;
}

/* ---- tables ---- */

static const sim_field_t wdog_fields[] = {
    SIM_FIELD(wdog_t, status),
    SIM_FIELD(wdog_t, irq_en),
    SIM_FIELD(wdog_t, ctrl),
    SIM_FIELD(wdog_t, unlock),
    SIM_FIELD(wdog_t, timeout),
    SIM_FIELD(wdog_t, window),
    SIM_FIELD(wdog_t, grace),
    SIM_FIELD(wdog_t, start_tick),
    SIM_FIELD(wdog_t, run_timeout),
    SIM_FIELD(wdog_t, run_window),
    SIM_FIELD(wdog_t, run_grace),
    SIM_FIELD(wdog_t, stage),
    SIM_FIELD(wdog_t, irq.level),
    SIM_FIELD(wdog_t, nmi.level),
    SIM_FIELD(wdog_t, reset_req.level),
    SIM_FIELD(wdog_t, kicks),
    SIM_FIELD(wdog_t, bad_kicks),
    SIM_FIELD(wdog_t, locked_writes),
    SIM_FIELD(wdog_t, expiries),
    SIM_FIELD(wdog_t, resets),
    SIM_FIELD_END,
};

static const sim_stat_t wdog_stats[] = {
    SIM_STAT(wdog_t, kicks, "1", "good kicks"),
    SIM_STAT(wdog_t, bad_kicks, "1", "kicks too early or with a wrong key"),
    SIM_STAT(wdog_t, locked_writes, "1", "writes to locked registers"),
    SIM_STAT(wdog_t, expiries, "1", "times that the NMI rose"),
    SIM_STAT(wdog_t, resets, "1", "reset requests"),
    SIM_STAT_END,
};

static void wdog_reset(sim_comp_t *comp)
{
    wdog_t *wdog = wdog_of(comp);
    sim_event_cancel(comp->sim, &wdog->open);
    sim_event_cancel(comp->sim, &wdog->expire);
    wdog->start_tick = 0;
    wdog->run_timeout = wdog->run_window = wdog->run_grace = 0;
    wdog->stage = WDOG_OFF;
    wdog->irq.level = wdog->nmi.level = wdog->reset_req.level = false;
    wdog->kicks = wdog->bad_kicks = wdog->locked_writes = wdog->expiries = wdog->resets = 0;
}

static const sim_kind_t wdog_kind = {
    .kind = "wdog",
    .version = 1,
    .reset = wdog_reset,
    .fields = wdog_fields,
    .stats = wdog_stats,
    .regs = wdog_regs,
    .refresh = wdog_refresh,
};
_Static_assert(offsetof(wdog_t, comp) == 0, "comp stays first");

wdog_desc_t wdog_desc_default(void)
{
    return (wdog_desc_t){.tick_hz = 1000000};
}

sim_err_t wdog_init(wdog_t *wdog, sim_t *sim, const wdog_desc_t *desc, const char *name)
{
    memset(wdog, 0, sizeof(*wdog));
    if (desc->tick_hz == 0 || desc->tick_hz > 1000000000)
        return sim_fail(sim, SIM_EDESC, "%s.tick_hz: %llu not in 1..10^9", name,
                        (unsigned long long)desc->tick_hz);
    sim_err_t err = sim_comp_init(&wdog->comp, sim, &wdog_kind, name);
    if (err != SIM_OK)
        return err;
    wdog->desc = *desc;
    sim_event_init(&wdog->open, &wdog->comp, "open", SIM_PRIO_DRIVE, on_open, wdog);
    sim_event_init(&wdog->expire, &wdog->comp, "expire", SIM_PRIO_DRIVE, on_expire, wdog);
    return SIM_OK;
}
