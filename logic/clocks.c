/*
 * clocks.c - cycles of gated clocks, from the times at which the gates move.
 */
#include "logic/clocks.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *const clocks_domain_names[CLOCKS_DOMAINS] = {"sensor", "isp", "npu", "core", "link"};

const char *const clocks_gate_names[CLOCKS_GATE_COUNT] = {
#define X(name, domain) #name,
    CLOCKS_GATES(X)
#undef X
};

static const char *const tracks[CLOCKS_GATE_COUNT] = {
#define X(name, domain) "clock " #name,
    CLOCKS_GATES(X)
#undef X
};

static const clocks_domain_id_t domains[CLOCKS_GATE_COUNT] = {
#define X(name, domain) CLOCKS_##domain,
    CLOCKS_GATES(X)
#undef X
};

/* ---- a gate's account ---- */

/* Edges up to that time, without edge 0. */
static uint64_t edges(const clocks_gate_t *g, uint64_t at_ps)
{
    return clk_cycles_at(&g->clk, at_ps);
}

/* The block's own count of cycles asleep: up to `cycles` of it since the last time. A reset of the
 * block begins it anew. */
static uint64_t slept(clocks_gate_t *g, uint64_t cycles)
{
    uint64_t more = *g->asleep - (*g->asleep < g->asleep_seen ? 0 : g->asleep_seen);
    more = more < cycles ? more : cycles;
    g->asleep_seen = *g->asleep < g->asleep_seen ? more : g->asleep_seen + more;
    return more;
}

/* Brings the account up to now. */
static void tell(clocks_gate_t *g)
{
    uint64_t now = sim_now_ps(g->comp.sim), off = g->off_ps < now ? g->off_ps : now;
    if (now == g->told_ps || g->clk_hz == 0)
        return;
    off = off > g->told_ps ? off : g->told_ps;
    uint64_t from = edges(g, g->told_ps), all = edges(g, now) - from;
    uint64_t open = off == now ? all : off == g->told_ps ? 0 : edges(g, off) - from;
    if (g->asleep != NULL && g->rule.idle)
        open -= slept(g, open);
    g->clock_cycles += open;
    g->gated_cycles += all - open;
    g->told_ps = now;
}

static bool needed(const clocks_gate_t *g)
{
    if (g->needs[0] == NULL || !g->rule.idle)
        return true;
    for (uint32_t i = 0; i < CLOCKS_WIRES && g->needs[i] != NULL; i++)
        if (g->needs[i]->level)
            return true;
    return false;
}

static uint64_t least_divisor(uint64_t a, uint64_t b)
{
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void set_hz(clocks_t *clocks, clocks_domain_id_t domain, uint64_t hz)
{
    clocks_domain_t *d = &clocks->domain[domain];
    uint64_t by = least_divisor(hz, clocks->desc.inck_hz);
    d->hz = hz;
    d->ratio_up = hz / by;
    d->ratio_down = clocks->desc.inck_hz / by;
}

static void take_hz(clocks_gate_t *g)
{
    uint64_t hz = g->clocks->hz(g->clocks->ctx, g->domain);
    if (hz == g->clk_hz || hz == 0)
        return;
    set_hz(g->clocks, g->domain, hz);
    g->clk_hz = hz;
    g->clk = clk_make(hz);
}

/* Something that the gate depends on has changed. */
static void move(clocks_gate_t *g)
{
    uint64_t now = sim_now_ps(g->comp.sim);
    bool was_open = g->off_ps == SIM_NEVER_PS;
    tell(g);
    take_hz(g);
    if (!g->enabled)
        g->off_ps = g->off_ps < now ? g->off_ps : now;
    else if (needed(g))
        g->off_ps = SIM_NEVER_PS;
    else if (was_open)
        g->off_ps = clk_edge_ps(&g->clk, clk_edge_at_or_after(&g->clk, now) + g->rule.idle_cycles);
}

static void on_need(void *ctx, bool level)
{
    (void)level;
    move(ctx);
}

void clocks_enable(clocks_t *clocks, clocks_gate_id_t gate, bool enabled)
{
    clocks->gate[gate].enabled = enabled;
    move(&clocks->gate[gate]);
}

/* ---- windows ---- */

static void trace_window(const clocks_t *clocks, uint32_t gate)
{
    const clocks_gate_t *g = &clocks->gate[gate];
    uint64_t window_ps = clocks->desc.window_ps, cycles = g->clock_cycles - g->window_cycles;
    if (cycles == g->last_cycles && clocks->window != 0)
        return; /* as before */
    uint64_t khz = (uint64_t)((sim_u128_t)cycles * 1000000000 / window_ps);
    char values[2 * SIM_TRACE_ROOM];
    sim_trace_put(values, "MHz", khz, 3);
    sim_trace_values(clocks->comp.sim, tracks[gate], clocks->window * window_ps, values);
}

static void tell_all(clocks_t *clocks)
{
    for (uint32_t i = 0; i < CLOCKS_GATE_COUNT; i++)
        tell(&clocks->gate[i]);
}

/* All gates are told up to now. */
static void settle(clocks_t *clocks)
{
    for (const clocks_gate_t *g = clocks->gate; g < clocks->gate + CLOCKS_GATE_COUNT; g++)
        if (g->sleeper != NULL && g->sleeper->kind->tally != NULL)
            g->sleeper->kind->tally(g->sleeper);
    tell_all(clocks);
}

void clocks_end(clocks_t *clocks)
{
    settle(clocks);
    for (uint32_t i = 0; i < CLOCKS_GATE_COUNT && sim_counting(clocks->comp.sim); i++)
        trace_window(clocks, i);
}

static void schedule(clocks_t *clocks)
{
    sim_event_at(clocks->comp.sim, &clocks->sample, (clocks->window + 1) * clocks->desc.window_ps);
}

static void on_sample(void *ctx)
{
    clocks_t *clocks = ctx;
    clocks_end(clocks);
    for (clocks_gate_t *g = clocks->gate; g < clocks->gate + CLOCKS_GATE_COUNT; g++) {
        g->last_cycles = g->clock_cycles - g->window_cycles;
        g->window_cycles = g->clock_cycles;
    }
    clocks->window++;
    schedule(clocks);
}

/* ---- tables ---- */

static const sim_field_t domain_fields[] = {
    SIM_FIELD(clocks_domain_t, hz),
    SIM_FIELD(clocks_domain_t, ratio_up),
    SIM_FIELD(clocks_domain_t, ratio_down),
    SIM_FIELD_END,
};

static const sim_stat_t domain_stats[] = {
    SIM_STAT(clocks_domain_t, hz, "Hz", "frequency, as set up last"),
    SIM_STAT(clocks_domain_t, ratio_up, "1", "it is INCK times this"),
    SIM_STAT(clocks_domain_t, ratio_down, "1", "... over this"),
    SIM_STAT_END,
};

static const sim_field_t gate_fields[] = {
    SIM_FIELD(clocks_gate_t, clk_hz),       SIM_FIELD(clocks_gate_t, off_ps),
    SIM_FIELD(clocks_gate_t, told_ps),      SIM_FIELD(clocks_gate_t, asleep_seen),
    SIM_FIELD(clocks_gate_t, enabled),      SIM_FIELD(clocks_gate_t, clock_cycles),
    SIM_FIELD(clocks_gate_t, gated_cycles), SIM_FIELD(clocks_gate_t, window_cycles),
    SIM_FIELD(clocks_gate_t, last_cycles),  SIM_FIELD_END,
};

static const sim_stat_t gate_stats[] = {
    SIM_STAT(clocks_gate_t, clock_cycles, "cycles", "cycles with the block's clock on"),
    SIM_STAT(clocks_gate_t, gated_cycles, "cycles", "cycles of the domain without it"),
    SIM_STAT_END,
};

static sim_err_t clocks_check(sim_comp_t *comp)
{
    if (((const clocks_t *)(const void *)comp)->hz == NULL)
        return sim_fail(comp->sim, SIM_EWIRE, "%s.hz: not connected", comp->name);
    return SIM_OK;
}

static void gate_reset(sim_comp_t *comp)
{
    clocks_gate_t *g = (clocks_gate_t *)(void *)comp;
    g->told_ps = g->off_ps = sim_now_ps(comp->sim);
    g->clk_hz = g->asleep_seen = 0;
    g->clock_cycles = g->gated_cycles = g->window_cycles = g->last_cycles = 0;
    g->enabled = true;
}

/* All blocks are as after a reset now. */
static sim_err_t gate_start(sim_comp_t *comp)
{
    move((clocks_gate_t *)(void *)comp);
    return SIM_OK;
}

static void clocks_tally(sim_comp_t *comp)
{
    tell_all((clocks_t *)(void *)comp);
}

static void clocks_reset(sim_comp_t *comp)
{
    clocks_t *clocks = (clocks_t *)(void *)comp;
    sim_event_cancel(comp->sim, &clocks->sample);
    clocks->window = 0;
}

static sim_err_t clocks_start(sim_comp_t *comp)
{
    schedule((clocks_t *)(void *)comp);
    return SIM_OK;
}

static void gate_restored(sim_comp_t *comp)
{
    clocks_gate_t *g = (clocks_gate_t *)(void *)comp;
    if (g->clk_hz != 0)
        g->clk = clk_make(g->clk_hz);
}

static const sim_field_t clocks_fields[] = {SIM_FIELD(clocks_t, window), SIM_FIELD_END};

static const sim_kind_t clocks_kind = {
    .kind = "clocks",
    .version = 1,
    .check = clocks_check,
    .reset = clocks_reset,
    .start = clocks_start,
    .tally = clocks_tally,
    .fields = clocks_fields,
};
static const sim_kind_t domain_kind = {
    .kind = "clock_domain", .version = 1, .fields = domain_fields, .stats = domain_stats};
static const sim_kind_t gate_kind = {
    .kind = "clock_gate",
    .version = 1,
    .reset = gate_reset,
    .start = gate_start,
    .restored = gate_restored,
    .fields = gate_fields,
    .stats = gate_stats,
};
_Static_assert(offsetof(clocks_t, comp) == 0, "comp stays first");
_Static_assert(offsetof(clocks_domain_t, comp) == 0, "comp stays first");
_Static_assert(offsetof(clocks_gate_t, comp) == 0, "comp stays first");

/* ---- set-up ---- */

clocks_desc_t clocks_desc_default(void)
{
    clocks_desc_t desc = {.inck_hz = 24000000, .window_ps = 100 * SIM_PS_PER_US};
    for (uint32_t i = 0; i < CLOCKS_GATE_COUNT; i++)
        desc.rule[i].idle = true;
    desc.rule[CLOCKS_GATE_isp].idle_cycles = 16;
    desc.rule[CLOCKS_GATE_npu].idle_cycles = 64;
    return desc;
}

static sim_err_t add_domains(clocks_t *clocks, sim_t *sim)
{
    char name[128];
    sim_err_t err = SIM_OK;
    for (uint32_t i = 0; i < CLOCKS_DOMAINS && err == SIM_OK; i++) {
        snprintf(name, sizeof(name), "%s.%s", clocks->comp.name, clocks_domain_names[i]);
        err = sim_comp_init(&clocks->domain[i].comp, sim, &domain_kind, name);
    }
    return err;
}

static sim_err_t add_gates(clocks_t *clocks, sim_t *sim)
{
    char name[160];
    sim_err_t err = SIM_OK;
    for (uint32_t i = 0; i < CLOCKS_GATE_COUNT && err == SIM_OK; i++) {
        clocks_gate_t *g = &clocks->gate[i];
        g->clocks = clocks;
        g->domain = domains[i];
        g->rule = clocks->desc.rule[i];
        snprintf(name, sizeof(name), "%s.%s.%s", clocks->comp.name, clocks_domain_names[g->domain],
                 clocks_gate_names[i]);
        err = sim_comp_init(&g->comp, sim, &gate_kind, name);
    }
    return err;
}

sim_err_t clocks_init(clocks_t *clocks, sim_t *sim, const clocks_desc_t *desc, const char *name)
{
    memset(clocks, 0, sizeof(*clocks));
    if (desc->inck_hz == 0)
        return sim_fail(sim, SIM_EDESC, "%s.inck_hz: 0 is no clock", name);
    if (desc->window_ps < SIM_PS_PER_US || desc->window_ps > SIM_PS_PER_S)
        return sim_fail(sim, SIM_EDESC, "%s.window_ps: %" PRIu64 " not in 10^6..10^12", name,
                        desc->window_ps);
    for (uint32_t i = 0; i < CLOCKS_GATE_COUNT; i++)
        if (desc->rule[i].idle_cycles > CLOCKS_MAX_IDLE_CYCLES)
            return sim_fail(sim, SIM_EDESC, "%s.%s.idle_cycles: %u not in 0..%u", name,
                            clocks_gate_names[i], desc->rule[i].idle_cycles,
                            CLOCKS_MAX_IDLE_CYCLES);
    clocks->desc = *desc;
    sim_err_t err = sim_comp_init(&clocks->comp, sim, &clocks_kind, name);
    if (err != SIM_OK)
        return err;
    sim_event_init(&clocks->sample, &clocks->comp, "sample", SIM_PRIO_OBSERVE, on_sample, clocks);
    err = add_domains(clocks, sim);
    return err == SIM_OK ? add_gates(clocks, sim) : err;
}

bool clocks_need(clocks_t *clocks, clocks_gate_id_t gate, sim_wire_t *wire)
{
    clocks_gate_t *g = &clocks->gate[gate];
    uint32_t i = 0;
    while (i < CLOCKS_WIRES && g->needs[i] != NULL)
        i++;
    if (i == CLOCKS_WIRES || !sim_wire_connect(wire, on_need, g))
        return false;
    g->needs[i] = wire;
    return true;
}

void clocks_sleeps(clocks_t *clocks, clocks_gate_id_t gate, sim_comp_t *block,
                   const uint64_t *cycles)
{
    clocks->gate[gate].sleeper = block;
    clocks->gate[gate].asleep = cycles;
}
