/*
 * icache.c - the lines, how they come from L2, and how the fast loop sees them.
 */
#include "logic/core_int.h"

#include <stdlib.h>
#include <string.h>

#define NO_LINE UINT32_MAX
#define VALID 1u
#define CROSSING_SLOTS 3 /* the instruction's two half words and the place behind it */

/* ---- lines ---- */

/* Slots of a line, and the place behind it. */
static uint32_t slots_of(const icache_t *c)
{
    return c->desc.line_bytes / 2 + 1;
}

static uint32_t line_base(const icache_t *c, uint32_t addr)
{
    return addr & ~(c->desc.line_bytes - 1);
}

static uint32_t first_way(const icache_t *c, uint32_t addr)
{
    return (addr >> c->line_shift) % (c->lines / c->ways) * c->ways;
}

/* Bytes of the line at base that are in L2. */
static uint32_t bytes_of(const icache_t *c, uint32_t base)
{
    uint32_t left = c->l2_bytes - (base - c->base);
    return left < c->desc.line_bytes ? left : c->desc.line_bytes;
}

static uint32_t line_of(const icache_t *c, uint32_t addr)
{
    if (!icache_is_for(c, addr))
        return NO_LINE;
    uint32_t i = first_way(c, addr), end = i + c->ways, tag = line_base(c, addr) | VALID;
    while (i < end && c->tag[i] != tag)
        i++;
    return i < end ? i : NO_LINE;
}

static void touch(icache_t *c, uint32_t line)
{
    uint32_t first = line - line % c->ways;
    uint8_t age = c->age[line];
    for (uint32_t i = first; i < first + c->ways; i++)
        c->age[i] = (uint8_t)(c->age[i] + (c->age[i] < age));
    c->age[line] = 0;
}

static uint32_t victim(const icache_t *c, uint32_t addr)
{
    uint32_t first = first_way(c, addr), oldest = first;
    for (uint32_t i = first; i < first + c->ways; i++) {
        if (c->tag[i] == 0)
            return i;
        if (c->age[i] == c->ways - 1)
            oldest = i;
    }
    return oldest;
}

static void void_line(icache_t *c, uint32_t line)
{
    for (uint32_t k = 0; k < 2 && c->code[k] != NULL; k++) {
        core_void_slots(c->code[k] + (size_t)line * slots_of(c), slots_of(c));
        core_void_slots(c->crossing[k] + (size_t)line * CROSSING_SLOTS, CROSSING_SLOTS);
    }
}

/* What begins in the line before may end in this one. */
static void put_line(icache_t *c, uint32_t base, const uint8_t *bytes)
{
    uint32_t line = victim(c, base), before = line_of(c, base - 1);
    c->tag[line] = base | VALID;
    memcpy(c->data + (size_t)line * c->desc.line_bytes, bytes, c->desc.line_bytes);
    touch(c, line);
    void_line(c, line);
    if (before != NO_LINE)
        void_line(c, before);
}

void icache_forget(icache_t *c)
{
    for (uint32_t i = 0; i < c->lines; i++)
        void_line(c, i);
}

void icache_clear(icache_t *c)
{
    memset(c->tag, 0, c->lines * sizeof(c->tag[0]));
}

void icache_drop(icache_t *c, uint32_t addr, uint32_t bytes)
{
    for (uint32_t i = 0; i < c->lines; i++)
        if (c->tag[i] != 0 && (uint64_t)(c->tag[i] & ~VALID) + c->desc.line_bytes > addr &&
            (c->tag[i] & ~VALID) < (uint64_t)addr + bytes)
            c->tag[i] = 0;
}

bool icache_peek(const icache_t *c, uint32_t addr, uint8_t *data, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++) {
        uint32_t line = line_of(c, addr + i);
        if (line == NO_LINE)
            return false;
        data[i] = c->data[(size_t)line * c->desc.line_bytes + (addr + i) % c->desc.line_bytes];
    }
    return true;
}

/* ---- what an instruction needs ---- */

static bool may_fetch(const core_t *core, uint32_t addr)
{
    return icache_is_for(&core->icache, addr) &&
           core_pmp_allows(core, core->mode, addr, 2, PMP_EXECUTE);
}

/* The instruction at pc, whose first half is here, goes on in the next line, and may. */
static bool crosses(const core_t *core)
{
    const icache_t *c = &core->icache;
    uint8_t low[2];
    return core->pc % c->desc.line_bytes == c->desc.line_bytes - 2 &&
           icache_peek(c, core->pc, low, 2) && (low[0] & 3) == 3 && may_fetch(core, core->pc + 2);
}

/* The half word whose line it lacks, in *addr; false: none. */
static bool lacks(core_t *core, uint32_t *addr)
{
    icache_t *c = &core->icache;
    uint32_t line = line_of(c, *addr = core->pc);
    if (line != NO_LINE) {
        touch(c, line);
        if (!crosses(core))
            return false;
        line = line_of(c, *addr = core->pc + 2);
        if (line != NO_LINE)
            touch(c, line);
    }
    return line == NO_LINE;
}

bool core_lacks_code(core_t *core)
{
    uint32_t addr;
    return may_fetch(core, core->pc) && lacks(core, &addr);
}

/* ---- from L2 ---- */

static void fill_at_once(core_t *core, uint32_t addr)
{
    icache_t *c = &core->icache;
    uint32_t base = line_base(c, addr), bytes = bytes_of(c, base);
    memset(c->line, 0, sizeof(c->line));
    sim_mem_peek(&c->port, base, c->line, bytes);
    sim_mem_moved(&c->port, &(sim_mem_rows_t){base, bytes, 1, 0, false});
    put_line(c, base, c->line);
}

static void start_fill(core_t *core, uint32_t addr)
{
    core->waiting = core->fetching = true;
    core->icache.wanted_addr = addr;
    if (core->debug.fetch_done != core->cycle)
        core->debug.fetch_began = core->cycle;
    sim_event_at(core->comp.sim, &core->request, clk_edge_ps(&core->clk, core->cycle + 1));
}

bool core_fetch(core_t *core, bool on_time)
{
    uint32_t addr;
    while (on_time && lacks(core, &addr)) {
        core->icache_misses++;
        if (core->speed == CORE_CYCLE) {
            start_fill(core, addr);
            return false;
        }
        fill_at_once(core, addr);
    }
    return on_time;
}

static void on_line(void *ctx, sim_mem_req_t *req)
{
    core_t *core = ctx;
    if (core->state != CORE_RUNS)
        return;
    uint64_t now = clk_edge_at_or_after(&core->clk, sim_now_ps(core->comp.sim));
    core->waiting = core->fetching = false;
    core->fetch_stalls += now - core->cycle;
    core->cycle = core->debug.fetch_done = now;
    if (req->error) {
        core_exception(core, CAUSE_FETCH_FAULT, core->icache.wanted_addr);
        core_one_done(core, false);
    } else {
        put_line(&core->icache, req->addr, core->icache.line);
    }
    core_run_from_cycle(core);
}

void core_request_line(core_t *core)
{
    icache_t *c = &core->icache;
    uint32_t base = line_base(c, c->wanted_addr);
    memset(c->line, 0, sizeof(c->line));
    c->req = (sim_mem_req_t){
        .addr = base,
        .bytes = bytes_of(c, base),
        .data = c->line,
        .done = on_line,
        .ctx = core,
    };
    sim_mem_request(&c->port, &c->req);
}

/* ---- for the fast loop ---- */

static core_code_t crossing_at(icache_t *c, uint32_t which, uint32_t line, uint32_t pc)
{
    icache_peek(c, pc, c->crossing_bytes, 4);
    return (core_code_t){.code = c->crossing[which] + (size_t)line * CROSSING_SLOTS,
                         .mem = c->crossing_bytes,
                         .base = pc,
                         .bytes = 2,
                         .mem_bytes = 4,
                         .more = true};
}

bool icache_find(core_t *core, core_code_t *code)
{
    icache_t *c = &core->icache;
    uint32_t which = core_code_of(core), line = line_of(c, core->pc);
    if (line == NO_LINE || !may_fetch(core, core->pc))
        return false;
    if (crosses(core)) {
        *code = crossing_at(c, which, line, core->pc);
        return true;
    }
    uint32_t base = line_base(c, core->pc), bytes = bytes_of(c, base);
    *code = (core_code_t){.code = c->code[which] + (size_t)line * slots_of(c),
                          .mem = c->data + (size_t)line * c->desc.line_bytes,
                          .base = base,
                          .bytes = bytes,
                          .mem_bytes = bytes,
                          .more = icache_is_for(c, base + bytes)};
    return true;
}

/* ---- life ---- */

icache_desc_t icache_desc_default(void)
{
    return (icache_desc_t){.bytes = 4096, .line_bytes = 64, .ways = 2};
}

static bool is_power_of_two(uint32_t value, uint32_t low, uint32_t high)
{
    return value >= low && value <= high && (value & (value - 1)) == 0;
}

static sim_err_t check_desc(sim_t *sim, const icache_desc_t *d, const char *name)
{
    if (!is_power_of_two(d->line_bytes, ICACHE_MIN_LINE_BYTES, ICACHE_MAX_LINE_BYTES))
        return sim_fail(sim, SIM_EDESC, "%s.icache.line_bytes: %u is no power of two in %u..%u",
                        name, d->line_bytes, ICACHE_MIN_LINE_BYTES, ICACHE_MAX_LINE_BYTES);
    if (!is_power_of_two(d->ways, 1, ICACHE_MAX_WAYS))
        return sim_fail(sim, SIM_EDESC, "%s.icache.ways: %u is no power of two in 1..%u", name,
                        d->ways, ICACHE_MAX_WAYS);
    uint32_t least = d->line_bytes * (d->ways > 2 ? d->ways : 2);
    if (d->bytes != 0 && !is_power_of_two(d->bytes, least, ICACHE_MAX_BYTES))
        return sim_fail(sim, SIM_EDESC,
                        "%s.icache.bytes: %u is neither 0 nor a power of two in %u..%u", name,
                        d->bytes, least, ICACHE_MAX_BYTES);
    return SIM_OK;
}

static bool allocate(icache_t *c)
{
    bool fine = true;
    c->tag = calloc(c->lines + 1, sizeof(c->tag[0]));
    c->age = calloc(c->lines + 1, 1);
    c->data = calloc(c->lines + 1, c->desc.line_bytes);
    for (uint32_t k = 0; k < 2; k++) {
        c->code[k] = calloc(c->lines + 1, slots_of(c) * sizeof(core_insn_t));
        c->crossing[k] = calloc(c->lines + 1, CROSSING_SLOTS * sizeof(core_insn_t));
        fine &= c->code[k] != NULL && c->crossing[k] != NULL;
    }
    return fine && c->tag != NULL && c->age != NULL && c->data != NULL;
}

sim_err_t icache_init(icache_t *c, sim_t *sim, const icache_desc_t *desc, uint32_t l2_base,
                      uint32_t l2_bytes, const char *name)
{
    sim_err_t err = check_desc(sim, desc, name);
    if (err != SIM_OK)
        return err;
    c->desc = *desc;
    c->base = l2_base;
    c->l2_bytes = l2_bytes;
    c->ways = desc->bytes != 0 ? desc->ways : 2;
    c->lines = l2_bytes == 0 ? 0 : desc->bytes != 0 ? desc->bytes / desc->line_bytes : 2;
    for (c->line_shift = 0; desc->line_bytes >> c->line_shift != 1;)
        c->line_shift++;
    c->req.done = on_line;
    if (!allocate(c))
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for the instruction cache", name);
    icache_reset(c);
    return SIM_OK;
}

void icache_free(icache_t *c)
{
    for (uint32_t k = 0; k < 2; k++) {
        free(c->code[k]);
        free(c->crossing[k]);
        c->code[k] = c->crossing[k] = NULL;
    }
    free(c->tag);
    free(c->age);
    free(c->data);
    c->tag = NULL;
    c->age = c->data = NULL;
}

void icache_reset(icache_t *c)
{
    icache_clear(c);
    memset(c->data, 0, (size_t)c->lines * c->desc.line_bytes);
    memset(c->line, 0, sizeof(c->line));
    c->wanted_addr = 0;
    for (uint32_t i = 0; i < c->lines; i++)
        c->age[i] = (uint8_t)(i % c->ways);
}
