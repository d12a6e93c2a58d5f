/*
 * core.c - when the core runs; its inputs, tables and life.
 */
#include "logic/core_int.h"

#include <stdlib.h>
#include <string.h>

/* ---- running ---- */

bool core_step(core_t *core, const core_insn_t *in, bool on_time)
{
    return core_is_access(in) ? core_step_access(core, in, on_time)
                              : core_step_system(core, in, on_time);
}

void core_run_from_cycle(core_t *core)
{
    if (core->state == CORE_RUNS)
        sim_event_at(core->comp.sim, &core->run, clk_edge_ps(&core->clk, core->cycle));
}

/* Cycles before this one hold no event of anybody else, nor the end of the run. */
static uint64_t run_limit(const core_t *core, uint64_t now)
{
    uint64_t until_ps = sim_next_event_ps(core->comp.sim);
    uint64_t end_ps = sim_run_end_ps(core->comp.sim);
    uint64_t limit = now + CORE_RUN_AHEAD_CYCLES;
    if (end_ps < until_ps)
        until_ps = end_ps + 1;
    if (until_ps != SIM_NEVER_PS) {
        uint64_t first = clk_edge_at_or_after(&core->clk, until_ps);
        limit = first < limit ? first : limit;
    }
    return limit > now ? limit : now + 1; /* others of this very instant do not count */
}

/* Lets time come to where the core is; false when it cannot, as the run was stopped. */
static bool come(core_t *core, uint64_t *now)
{
    if (core->cycle == *now)
        return true;
    if (!sim_pass_to(core->comp.sim, clk_edge_ps(&core->clk, core->cycle)))
        return false;
    *now = core->cycles = core->cycle;
    return true;
}

/* Runs up to `limit`, or does one instruction that the fast loop cannot. */
static bool advance(core_t *core, uint64_t limit, uint64_t *now)
{
    core_code_t code;
    core_insn_t nowhere = {.op = OP_FAULT, .imm = core->pc};
    const core_insn_t *in = &nowhere;
    if (icache_is_for(&core->icache, core->pc) && core_lacks_code(core) &&
        !core_fetch(core, come(core, now)))
        return false;
    if (core_one_by_one(core))
        return core_advance_one(core, come(core, now));
    if (core_find_code(core, &code))
        in = core_execute(core, &code, limit);
    if (in != NULL && in->op == OP_BREAK)
        return core_advance_one(core, come(core, now));
    return in == NULL || in->op == OP_AWAY || core_step(core, in, come(core, now));
}

static bool interrupted(core_t *core, uint64_t *now)
{
    bool taken = core_interrupt(core, come(core, now));
    if (taken)
        core_one_done(core, false);
    return taken;
}

static void on_run(void *ctx)
{
    core_t *core = ctx;
    uint64_t now = core->cycle;
    while (core->state == CORE_RUNS && !core->sleeping && !core->waiting) {
        uint64_t limit = run_limit(core, now);
        if (core->cycle >= limit)
            break;
        bool goes_on =
            core_interrupt_waits(core) ? interrupted(core, &now) : advance(core, limit, &now);
        if (!goes_on || sim_stopped(core->comp.sim))
            break;
    }
    core->cycles = core->cycle;
    if (!core->sleeping && !core->waiting)
        core_run_from_cycle(core);
}

/* ---- inputs ---- */

static void wake(core_t *core)
{
    uint64_t now = clk_edge_at_or_after(&core->clk, sim_now_ps(core->comp.sim));
    core->sleeping = false;
    core->cycle = now > core->sleep_cycle ? now : core->sleep_cycle;
    core->wfi_cycles += core->cycle - core->sleep_cycle;
    sim_trace_span(core->comp.sim, "core", "asleep", clk_edge_ps(&core->clk, core->asleep_cycle),
                   clk_edge_ps(&core->clk, core->cycle), NULL);
    core_run_from_cycle(core);
}

static void on_input(void *ctx, bool level)
{
    const core_input_t *input = ctx;
    core_t *core = input->core;
    uint32_t bit = input->irq == CORE_NMI ? 0 : 1u << input->irq;
    core->nmi |= level && input->irq == CORE_NMI;
    core->mip = level ? core->mip | bit : core->mip & ~bit;
    if (core->sleeping && core->state == CORE_RUNS && ((core->mip & core->mie) != 0 || core->nmi))
        wake(core);
}

bool core_connect(core_t *core, core_irq_t irq, sim_wire_t *wire)
{
    if (core->inputs == SIM_COUNT(core->input))
        return false;
    core_input_t *input = &core->input[core->inputs++];
    *input = (core_input_t){core, irq};
    return sim_wire_connect(wire, on_input, input);
}

static void on_poked(void *ctx, uint32_t addr, uint32_t bytes)
{
    core_t *core = ctx;
    uint32_t offset = addr - core->bus->desc.tcm_base;
    bool meets =
        addr < (uint64_t)core->reserved_addr + 4 && core->reserved_addr < (uint64_t)addr + bytes;
    core->reserved &= !meets;
    if (bytes != 0 && offset < core->bus->desc.tcm_bytes)
        core_code_changed(core, offset, bytes);
    else if (bytes != 0 && bus_area(core->bus, addr, bytes) == BUS_L2)
        icache_drop(&core->icache, addr, bytes);
    else if (bytes != 0)
        core_drop_code(core);
}

static void on_watching(void *ctx)
{
    core_close_windows(ctx);
}

void core_set_speed(core_t *core, core_speed_t speed)
{
    core->speed = speed;
}

void core_halt(core_t *core)
{
    if (core->state == CORE_RUNS)
        core_stop(core, CORE_HALTED);
}

void core_settle(core_t *core)
{
    if (core->sleeping) {
        uint64_t now = clk_cycles_at(&core->clk, sim_now_ps(core->comp.sim));
        uint64_t slept = now > core->sleep_cycle ? now - core->sleep_cycle : 0;
        core->wfi_cycles += slept;
        core->sleep_cycle += slept;
    }
    core->cycles = core->sleeping ? core->sleep_cycle : core->cycle;
}

/* ---- tables ---- */

static size_t age_bytes(const sim_comp_t *comp)
{
    return ((const core_t *)(const void *)comp)->icache.lines;
}

static size_t tag_bytes(const sim_comp_t *comp)
{
    return age_bytes(comp) * sizeof(uint32_t);
}

static size_t data_bytes(const sim_comp_t *comp)
{
    return age_bytes(comp) * ((const core_t *)(const void *)comp)->icache.desc.line_bytes;
}

static const sim_field_t core_fields[] = {
    SIM_FIELD_AS(core_t, x, 32 * sizeof(uint32_t), SIM_STATE),
    SIM_FIELD(core_t, pc),
    SIM_FIELD(core_t, cycle),
    SIM_FIELD(core_t, mode),
    SIM_FIELD(core_t, mstatus),
    SIM_FIELD(core_t, mtvec),
    SIM_FIELD(core_t, mscratch),
    SIM_FIELD(core_t, mepc),
    SIM_FIELD(core_t, mcause),
    SIM_FIELD(core_t, mtval),
    SIM_FIELD(core_t, mie),
    SIM_FIELD(core_t, mip),
    SIM_FIELD(core_t, mcounteren),
    SIM_FIELD(core_t, mcountinhibit),
    SIM_FIELD(core_t, counter_base),
    SIM_FIELD(core_t, mhpmevent),
    SIM_FIELD(core_t, pmpcfg),
    SIM_FIELD(core_t, pmpaddr),
    SIM_FIELD(core_t, nmi),
    SIM_FIELD(core_t, reserved_addr),
    SIM_FIELD(core_t, reserved),
    SIM_FIELD(core_t, sleeping),
    SIM_FIELD(core_t, waiting),
    SIM_FIELD(core_t, fetching),
    SIM_FIELD(core_t, mem_op),
    SIM_FIELD(core_t, mem_rd),
    SIM_FIELD(core_t, mem_slots),
    SIM_FIELD(core_t, mem_data),
    SIM_FIELD(core_t, mem_addr),
    SIM_FIELD(core_t, state),
    SIM_FIELD(core_t, sleep_cycle),
    SIM_FIELD(core_t, exception_instret),
    SIM_FIELD(core_t, excepted),
    SIM_FIELD(core_t, halt.level),
    SIM_FIELD(core_t, cycles),
    SIM_FIELD(core_t, instructions),
    SIM_FIELD(core_t, loads),
    SIM_FIELD(core_t, stores),
    SIM_FIELD(core_t, taken),
    SIM_FIELD(core_t, muls),
    SIM_FIELD(core_t, divs),
    SIM_FIELD(core_t, bus_stalls),
    SIM_FIELD(core_t, l2_stalls),
    SIM_FIELD(core_t, wfi_cycles),
    SIM_FIELD(core_t, interrupts),
    SIM_FIELD(core_t, exceptions),
    SIM_FIELD(core_t, icache_misses),
    SIM_FIELD(core_t, fetch_stalls),
    SIM_FIELD(core_t, untaken),
    SIM_FIELD(core_t, csrs),
    SIM_FIELD(core_t, bus_accesses),
    SIM_FIELD(core_t, l2_accesses),
    SIM_FIELD(core_t, fetch_tcm_bytes),
    SIM_FIELD(core_t, fetch_rom_bytes),
    SIM_FIELD(core_t, fetch_cache_bytes),
    SIM_FIELD(core_t, awake_cycles),
    SIM_FIELD(core_t, local_accesses),
    SIM_FIELD(core_t, icache_fill_bytes),
    SIM_FIELD_BUF(core_t, icache.tag, tag_bytes),
    SIM_FIELD_BUF(core_t, icache.age, age_bytes),
    SIM_FIELD_BUF(core_t, icache.data, data_bytes),
    SIM_FIELD(core_t, icache.wanted_addr),
    SIM_FIELD(core_t, icache.line),
    SIM_FIELD_REQ(core_t, req),
    SIM_FIELD_REQ(core_t, icache.req),
    SIM_FIELD_KEPT(core_t, steps_before),
    SIM_FIELD_KEPT(core_t, asleep_cycle),
    SIM_FIELD_END,
};

static const sim_stat_t core_stats[] = {
    SIM_STAT(core_t, cycles, "cycles", "clock edges, asleep or not"),
    SIM_STAT(core_t, instructions, "1", "instructions retired"),
    SIM_STAT(core_t, loads, "1", "loads, LR and AMO reads"),
    SIM_STAT(core_t, stores, "1", "stores, SC and AMO writes"),
    SIM_STAT(core_t, taken, "1", "branches taken and jumps"),
    SIM_STAT(core_t, muls, "1", "multiplications"),
    SIM_STAT(core_t, divs, "1", "divisions and remainders"),
    SIM_STAT(core_t, bus_stalls, "cycles", "cycles lost to register accesses"),
    SIM_STAT(core_t, l2_stalls, "cycles", "cycles lost to L2 accesses"),
    SIM_STAT(core_t, wfi_cycles, "cycles", "cycles asleep in WFI"),
    SIM_STAT(core_t, interrupts, "1", "interrupts taken"),
    SIM_STAT(core_t, exceptions, "1", "exceptions taken"),
    SIM_STAT(core_t, icache_misses, "1", "lines of code fetched from L2"),
    SIM_STAT(core_t, fetch_stalls, "cycles", "cycles that fetches waited for L2"),
    SIM_STAT(core_t, untaken, "1", "branches not taken"),
    SIM_STAT(core_t, csrs, "1", "CSR instructions"),
    SIM_STAT(core_t, local_accesses, "1", "of loads and stores, those of TCM and ROM"),
    SIM_STAT(core_t, l2_accesses, "1", "the same, of L2"),
    SIM_STAT(core_t, bus_accesses, "1", "the same, of registers"),
    SIM_STAT(core_t, fetch_tcm_bytes, "bytes", "instructions retired that lie in TCM, 2 or 4 each"),
    SIM_STAT(core_t, fetch_rom_bytes, "bytes", "the same, in ROM"),
    SIM_STAT(core_t, fetch_cache_bytes, "bytes", "the same, in L2: out of the cache"),
    SIM_STAT(core_t, icache_fill_bytes, "bytes", "into the cache"),
    SIM_STAT(core_t, awake_cycles, "cycles", "cycles not asleep in WFI"),
    SIM_STAT_END,
};

/* ---- life ---- */

static void core_reset(sim_comp_t *comp)
{
    core_t *core = (core_t *)(void *)comp;
    sim_event_cancel(comp->sim, &core->run);
    sim_event_cancel(comp->sim, &core->request);
    core->halt.level = false;
    core->steps_before = core_steps(core);
    core->debug.fetch_done = 0;
    icache_reset(&core->icache);
    memset(core->x, 0, sizeof(*core) - offsetof(core_t, x));
    core->pc = core->desc.reset_pc;
    core->mode = CORE_MACHINE;
    core->mstatus = MSTATUS_MPP;
    core_pmp_changed(core);
}

/* Decoded code, regions and windows are worked out again. */
static void core_restored(sim_comp_t *comp)
{
    core_drop_code((core_t *)(void *)comp);
    core_pmp_changed((core_t *)(void *)comp);
}

static sim_err_t core_start(sim_comp_t *comp)
{
    core_t *core = (core_t *)(void *)comp;
    core->cycle = clk_edge_at_or_after(&core->clk, sim_now_ps(comp->sim));
    core->counter_base[0] = 0 - core->cycle;
    core_run_from_cycle(core);
    return SIM_OK;
}

static sim_err_t core_check(sim_comp_t *comp)
{
    const core_t *core = (const core_t *)(const void *)comp;
    const icache_t *c = &core->icache;
    if (c->lines == 0)
        return SIM_OK;
    if (c->port.request == NULL)
        return sim_fail(comp->sim, SIM_EWIRE, "%s.icache.port: not connected", comp->name);
    if (c->desc.line_bytes > c->port.max_burst_bytes)
        return sim_fail(comp->sim, SIM_EDESC,
                        "%s.icache.line_bytes: %u is more than a burst of L2, %u", comp->name,
                        c->desc.line_bytes, c->port.max_burst_bytes);
    return SIM_OK;
}

static void core_tally(sim_comp_t *comp)
{
    core_t *core = (core_t *)(void *)comp;
    core_settle(core);
    core->awake_cycles = core->cycles - core->wfi_cycles;
    core->local_accesses = core->loads + core->stores - core->bus_accesses - core->l2_accesses;
    core->icache_fill_bytes = core->icache_misses * core->icache.desc.line_bytes;
}

static const sim_kind_t core_kind = {
    .kind = "core",
    .version = 4,
    .tally = core_tally,
    .check = core_check,
    .reset = core_reset,
    .start = core_start,
    .restored = core_restored,
    .fields = core_fields,
    .stats = core_stats,
};
_Static_assert(offsetof(core_t, comp) == 0, "comp stays first");
_Static_assert(sizeof(core_insn_t) == 16, "the distance of two slots is a shift");

core_desc_t core_desc_default(void)
{
    return (core_desc_t){
        .clk_hz = 262500000,
        .reset_pc = BUS_ROM_BASE,
        .m = true,
        .a = true,
        .c = true,
        .u = true,
        .pmp_regions = 8,
        .icache = icache_desc_default(),
        .cost =
            {
#define X(name, cycles, least, help) .name = (cycles),
                CORE_COSTS(X)
#undef X
            },
    };
}

static sim_err_t check_desc(sim_t *sim, const core_desc_t *d, const char *name)
{
    if (d->clk_hz == 0 || d->clk_hz > SIM_PS_PER_S)
        return sim_fail(sim, SIM_EDESC, "%s.clk_hz: %llu not in 1..10^12", name,
                        (unsigned long long)d->clk_hz);
    if (d->reset_pc % 2 != 0)
        return sim_fail(sim, SIM_EDESC, "%s.reset_pc: 0x%x is odd", name, d->reset_pc);
    if (d->reset_pc % 4 != 0 && !d->c)
        return sim_fail(sim, SIM_EDESC, "%s.reset_pc: 0x%x is no multiple of 4", name, d->reset_pc);
    if (d->pmp_regions > CORE_PMP_REGIONS)
        return sim_fail(sim, SIM_EDESC, "%s.pmp_regions: %u not in 0..%d", name, d->pmp_regions,
                        CORE_PMP_REGIONS);
#define X(member, cycles, least, help)                                                             \
    if (d->cost.member + 1 < (least) + 1u || d->cost.member > CORE_COST_MAX)                       \
        return sim_fail(sim, SIM_EDESC, "%s.cycles." #member ": %u not in %d..%d", name,           \
                        d->cost.member, least, CORE_COST_MAX);
    CORE_COSTS(X)
#undef X
    return SIM_OK;
}

/* User mode has slots of its own where protection can make it see other code than machine mode. */
static bool allocate_code(core_t *core)
{
    const bus_desc_t *d = &core->bus->desc;
    uint32_t modes = core->desc.u && core->desc.pmp_regions != 0 ? 2 : 1;
    bool fine = (core->tcm_has_code = calloc((d->tcm_bytes >> CODE_LINE_SHIFT) + 1, 1)) != NULL;
    for (uint32_t i = 0; i < modes; i++) {
        core->rom_code[i] = calloc(d->rom_bytes / 2 + 1, sizeof(core_insn_t));
        core->tcm_code[i] = calloc(d->tcm_bytes / 2 + 1, sizeof(core_insn_t));
        fine &= core->rom_code[i] != NULL && core->tcm_code[i] != NULL;
    }
    return fine;
}

sim_err_t core_init(core_t *core, sim_t *sim, bus_t *bus, const core_desc_t *desc, const char *name)
{
    memset(core, 0, sizeof(*core));
    sim_err_t err = check_desc(sim, desc, name);
    if (err == SIM_OK)
        err = sim_comp_init(&core->comp, sim, &core_kind, name);
    if (err != SIM_OK)
        return err;
    core->desc = *desc;
    core->clk = clk_make(desc->clk_hz);
    core->bus = bus;
    core->req.done = core_on_l2_done;
    core->req.ctx = core;
    core->icache.req.ctx = core;
    err = icache_init(&core->icache, sim, &desc->icache, BUS_L2_BASE, bus->desc.l2_bytes, name);
    if (err != SIM_OK)
        return err;
    if (!allocate_code(core))
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for decoded instructions", name);
    bus->poked = on_poked;
    bus->watching = on_watching;
    bus->watching_ctx = core;
    bus->poked_ctx = core;
    sim_event_init(&core->run, &core->comp, "run", SIM_PRIO_SAMPLE, on_run, core);
    sim_event_init(&core->request, &core->comp, "request", SIM_PRIO_REQUEST, core_on_request, core);
    return SIM_OK;
}

void core_free(core_t *core)
{
    for (uint32_t i = 0; i < 2; i++) {
        free(core->rom_code[i]);
        free(core->tcm_code[i]);
        core->rom_code[i] = core->tcm_code[i] = NULL;
    }
    free(core->tcm_has_code);
    core->tcm_has_code = NULL;
    icache_free(&core->icache);
}
