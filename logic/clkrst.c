#include "logic/clkrst.h"

#include <assert.h>
#include <string.h>

const char *const boot_mode_names[BOOT_MODES] = {"memory", "spi", "host"};

static void wrote_enable(sim_comp_t *comp, uint32_t value);
static void wrote_block(sim_comp_t *comp, uint32_t value);
static void wrote_system(sim_comp_t *comp, uint32_t value);

/* clang-format off */
#define R(member) offsetof(clkrst_t, member)
static const sim_reg_t clkrst_regs[] = {
    /* name          help                                                             addr  reset         rw_mask     w1c         member         side effect */
    {"CLKRST_ID",    "31:16: block id; 15:0: version",                                0x00, 0x00120001,   0x0,        0x0,        R(id),         NULL},
    {"CLK_ENABLE",   "31:0: bit n: clock of the block on page n",                     0x04, 0xffffffff,   0xffffffff, 0x0,        R(clocks),     wrote_enable},
    {"CLK_REFUSED",  "31:0: bit n: page n was busy and kept its clock, W1C",          0x08, 0x0,          0x0,        0xffffffff, R(refused),    NULL},
    {"RST_BLOCK",    "31:0: write 1 to bit n: reset the block on page n; reads 1 until done", 0x0c, 0x0,  0x0,        0x0,        R(waiting),    wrote_block},
    {"RST_SYSTEM",   "15:0: write 0x5afe: system reset; reads 0",                     0x10, 0x0,          0x0,        0x0,        R(system_key), wrote_system},
    {"RST_CAUSE",    "0: power-on; 1: watchdog; 2: software; 3: brown-out; 4: the host; W1C", 0x14, RST_POWER_ON, 0x0,  0x1f,       R(cause),      NULL},
    {"BOOT_MODE",    "1:0: strap: 0 firmware is in place, 1 SPI flash, 2 host",       0x18, 0x0,          0x0,        0x0,        R(boot_mode),  NULL},
    SIM_REG_END,
};
/* clang-format on */

static clkrst_t *clkrst_of(sim_comp_t *comp)
{
    return (clkrst_t *)(void *)comp;
}

/* Half a clock after the edge that is `cycles` after now. */
static void schedule(clkrst_t *c, sim_event_t *event, uint64_t cycles)
{
    uint64_t hz = c->desc.clk_hz;
    uint64_t edge = sim_edge_at_or_after(sim_now_ps(c->comp.sim), hz) + cycles;
    uint64_t from = sim_edge_ps(edge, hz), to = sim_edge_ps(edge + 1, hz);
    sim_event_at(c->comp.sim, event, from + (to - from) / 2);
}

/* ---- the parts of a block: itself and what is named below it ---- */

static bool is_part(const sim_comp_t *comp, const sim_comp_t *block)
{
    size_t length = strlen(block->name);
    return strncmp(comp->name, block->name, length) == 0 &&
           (comp->name[length] == '\0' || comp->name[length] == '.');
}

static bool has_event(const sim_comp_t *block)
{
    for (const sim_comp_t *comp = sim_comp_first(block->sim); comp != NULL; comp = comp->next)
        for (const sim_event_t *ev = comp->events; ev != NULL && is_part(comp, block);
             ev = ev->next)
            if (sim_event_pending(ev))
                return true;
    return false;
}

static void reset_parts(const sim_comp_t *block)
{
    for (sim_comp_t *comp = sim_comp_first(block->sim); comp != NULL; comp = comp->next) {
        if (!is_part(comp, block))
            continue;
        sim_regs_reset(comp);
        if (comp->kind->reset != NULL)
            comp->kind->reset(comp);
    }
}

/* ---- clocks ---- */

static bool is_busy(const clkrst_t *c, uint32_t page)
{
    const clkrst_unit_t *unit = &c->unit[page];
    const sim_comp_t *block = c->bus->page[page];
    return has_event(block) || (unit->working != NULL && unit->working(block)) ||
           (unit->on_bus != NULL && unit->on_bus(unit->on_bus_ctx, page));
}

static void refuse(clkrst_t *c, uint32_t page)
{
    c->clocks |= 1u << page;
    c->refused |= 1u << page;
    c->gates_refused++;
    sim_log(&c->comp, SIM_LOG_GUEST, "CLK_ENABLE: %s is busy and keeps its clock",
            c->bus->page[page]->name);
}

static void set_gates(clkrst_t *c, uint32_t clocks)
{
    c->clocks = clocks;
    c->bus->gated = ~clocks;
    if (c->gated != NULL)
        c->gated(c->gated_ctx);
}

/* Bits without a block read 1: what has no gate always runs. */
static void wrote_enable(sim_comp_t *comp, uint32_t value)
{
    clkrst_t *c = clkrst_of(comp);
    uint32_t were_on = ~c->bus->gated & c->gates;
    c->clocks = value | ~c->gates;
    for (uint32_t page = 0; page < CLKRST_PAGES; page++)
        if ((were_on & ~c->clocks) >> page & 1 && is_busy(c, page))
            refuse(c, page);
    set_gates(c, c->clocks);
}

/* ---- resets of blocks ---- */

static bool must_wait(const clkrst_t *c, uint32_t page)
{
    const clkrst_unit_t *unit = &c->unit[page];
    return unit->on_bus != NULL && unit->on_bus(unit->on_bus_ctx, page);
}

static void tell(const clkrst_t *c, bool over)
{
    if (c->resets != NULL)
        c->resets(c->restart_ctx, over);
}

static void on_block_reset(void *ctx)
{
    clkrst_t *c = ctx;
    tell(c, false);
    for (uint32_t page = 0; page < CLKRST_PAGES; page++) {
        if ((c->waiting >> page & 1) == 0 || must_wait(c, page))
            continue;
        c->waiting &= ~(1u << page);
        c->block_resets++;
        if (c->unit[page].irq != NULL)
            sim_wire_set(c->unit[page].irq, false);
        reset_parts(c->bus->page[page]);
    }
    tell(c, true);
    if (c->waiting != 0)
        schedule(c, &c->block_reset, RST_POLL_CYCLES);
}

static void wrote_block(sim_comp_t *comp, uint32_t value)
{
    clkrst_t *c = clkrst_of(comp);
    if ((value & ~c->units) != 0)
        sim_log(comp, SIM_LOG_GUEST, "RST_BLOCK: no reset for pages 0x%08x", value & ~c->units);
    c->waiting |= value & c->units;
    if (c->waiting != 0)
        schedule(c, &c->block_reset, RST_DELAY_CYCLES);
}

/* ---- system reset ---- */

static void on_system_reset(void *ctx)
{
    clkrst_t *c = ctx;
    rst_cause_t why = (rst_cause_t)c->pending_cause;
    sim_event_cancel(c->comp.sim, &c->block_reset);
    c->waiting = c->refused = c->pending_cause = 0;
    set_gates(c, UINT32_MAX);
    c->cause |= why;
    c->system_resets++;
    sim_log(&c->comp, SIM_LOG_INFO, "system reset, cause 0x%x", why);
    tell(c, false);
    c->restart(c->restart_ctx, why);
    tell(c, true);
}

void clkrst_request(clkrst_t *clkrst, rst_cause_t why)
{
    clkrst->pending_cause |= why;
    if (!sim_event_pending(&clkrst->system_reset))
        schedule(clkrst, &clkrst->system_reset, RST_DELAY_CYCLES);
}

void clkrst_on_watchdog(void *clkrst, bool level)
{
    if (level)
        clkrst_request(clkrst, RST_WATCHDOG);
}

static void wrote_system(sim_comp_t *comp, uint32_t value)
{
    if (value == RST_SYSTEM_KEY)
        clkrst_request(clkrst_of(comp), RST_SOFTWARE);
    else
        sim_log(comp, SIM_LOG_GUEST, "RST_SYSTEM: 0x%x is not the key, ignored", value);
}

/* ---- tables ---- */

static const sim_field_t clkrst_fields[] = {
    SIM_FIELD(clkrst_t, clocks),        SIM_FIELD(clkrst_t, refused),
    SIM_FIELD(clkrst_t, waiting),       SIM_FIELD(clkrst_t, cause),
    SIM_FIELD(clkrst_t, boot_mode),     SIM_FIELD(clkrst_t, pending_cause),
    SIM_FIELD(clkrst_t, system_resets), SIM_FIELD(clkrst_t, block_resets),
    SIM_FIELD(clkrst_t, gates_refused), SIM_FIELD_END,
};

static const sim_stat_t clkrst_stats[] = {
    SIM_STAT(clkrst_t, system_resets, "1", "system resets"),
    SIM_STAT(clkrst_t, block_resets, "1", "blocks reset by register"),
    SIM_STAT(clkrst_t, gates_refused, "1", "clocks of busy blocks that stayed on"),
    SIM_STAT_END,
};

static sim_err_t clkrst_check(sim_comp_t *comp)
{
    if (clkrst_of(comp)->restart == NULL)
        return sim_fail(comp->sim, SIM_EWIRE, "%s.restart: not connected", comp->name);
    return SIM_OK;
}

static void clkrst_reset(sim_comp_t *comp)
{
    clkrst_t *c = clkrst_of(comp);
    sim_event_cancel(comp->sim, &c->block_reset);
    sim_event_cancel(comp->sim, &c->system_reset);
    c->boot_mode = c->desc.boot;
    c->pending_cause = 0;
    c->system_resets = c->block_resets = c->gates_refused = 0;
    c->bus->gated = 0;
}

static const sim_kind_t clkrst_kind = {
    .kind = "clkrst",
    .version = 1,
    .check = clkrst_check,
    .reset = clkrst_reset,
    .fields = clkrst_fields,
    .stats = clkrst_stats,
    .regs = clkrst_regs,
};
_Static_assert(offsetof(clkrst_t, comp) == 0, "comp stays first");

clkrst_desc_t clkrst_desc_default(void)
{
    return (clkrst_desc_t){.clk_hz = 262500000, .boot = BOOT_MEMORY};
}

sim_err_t clkrst_init(clkrst_t *clkrst, sim_t *sim, bus_t *bus, const clkrst_desc_t *desc,
                      const char *name)
{
    memset(clkrst, 0, sizeof(*clkrst));
    if (desc->clk_hz == 0)
        return sim_fail(sim, SIM_EDESC, "%s.clk_hz: 0 is no clock", name);
    if (desc->boot >= BOOT_MODES)
        return sim_fail(sim, SIM_EDESC, "%s.boot: %d is no way to boot", name, (int)desc->boot);
    sim_err_t err = sim_comp_init(&clkrst->comp, sim, &clkrst_kind, name);
    if (err != SIM_OK)
        return err;
    clkrst->desc = *desc;
    clkrst->bus = bus;
    sim_event_init(&clkrst->block_reset, &clkrst->comp, "block_reset", SIM_PRIO_SAMPLE,
                   on_block_reset, clkrst);
    sim_event_init(&clkrst->system_reset, &clkrst->comp, "system_reset", SIM_PRIO_SAMPLE,
                   on_system_reset, clkrst);
    return SIM_OK;
}

void clkrst_add(clkrst_t *clkrst, uint32_t page, const clkrst_unit_t *unit)
{
    assert(page < CLKRST_PAGES && clkrst->bus->page[page] != NULL);
    clkrst->unit[page] = *unit;
    clkrst->units |= 1u << page;
    clkrst->gates |= (uint32_t)unit->gate << page;
}
