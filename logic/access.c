/*
 * access.c - loads, stores and atomics that the fast loop does not do: outside TCM, outside its
 * windows, misaligned, or faults.
 */
#include "logic/core_int.h"

#include <string.h>

typedef struct {
    uint32_t addr, bytes;
    bool store; /* faults are store faults: stores, SC, AMO */
    bool atomic;
} access_t;

static access_t access_of(const core_t *core, const core_insn_t *in)
{
    access_t a = {.addr = core->x[in->rs1] + in->imm, .bytes = 4};
    switch ((core_op_t)in->op) {
    case OP_LB:
    case OP_LBU:
        a.bytes = 1;
        break;
    case OP_LH:
    case OP_LHU:
        a.bytes = 2;
        break;
    case OP_LW:
        break;
    case OP_SB:
    case OP_SH:
    case OP_SW:
        a.bytes = in->op == OP_SB ? 1 : in->op == OP_SH ? 2 : 4;
        a.store = true;
        break;
    default:
        a.atomic = true;
        a.store = in->op != OP_LR;
        break;
    }
    return a;
}

bool core_is_access(const core_insn_t *in)
{
    return (in->op >= OP_LB && in->op <= OP_SW) || (in->op >= OP_LR && in->op <= OP_AMOMAXU);
}

static uint32_t extend(core_op_t op, uint32_t value)
{
    switch (op) {
    case OP_LB:
        return ((value & 0xff) ^ 0x80) - 0x80;
    case OP_LBU:
        return value & 0xff;
    case OP_LH:
        return ((value & 0xffff) ^ 0x8000) - 0x8000;
    case OP_LHU:
        return value & 0xffff;
    default:
        return value;
    }
}

static void count_access(core_t *core, bool store)
{
    core->loads += !store;
    core->stores += store;
}

static void access_fault(core_t *core, const access_t *a, uint32_t addr)
{
    core_exception(core, a->store ? CAUSE_STORE_FAULT : CAUSE_LOAD_FAULT, addr);
}

/* ---- rights ---- */

/* False at `wrong`, the first byte of the part that is not allowed: a misaligned access is one of
 * each word that it touches. Who may write may read: AMOs need no more. */
static bool allowed(const core_t *core, const access_t *a, uint32_t *wrong)
{
    uint32_t mode = core_data_mode(core), what = a->store ? PMP_WRITE : PMP_READ;
    uint32_t first = 4 - a->addr % 4 < a->bytes ? 4 - a->addr % 4 : a->bytes;
    *wrong = a->addr;
    if (!core_pmp_allows(core, mode, a->addr, first, what))
        return false;
    *wrong = a->addr + first;
    return first == a->bytes ||
           core_pmp_allows(core, mode, a->addr + first, a->bytes - first, what);
}

/* Kinds of watchpoints that it meets: an SC stores, even one that fails. */
static uint32_t watched(const core_t *core, const access_t *a)
{
    uint32_t kind = a->store ? CORE_WATCH_WRITE : CORE_WATCH_READ;
    if (core->debug.watches == 0)
        return 0;
    return core_watched(core, a->addr, a->bytes,
                        a->atomic && a->store ? kind | CORE_WATCH_READ : kind);
}

void core_note_access(const core_t *core, const core_insn_t *in, core_note_t *note)
{
    access_t a = access_of(core, in);
    note->addr = a.addr;
    note->bytes = a.bytes;
    note->store = a.store;
    note->load = !a.store || a.atomic;
}

/* ---- ROM and TCM ---- */

static void load_bytes(core_t *core, const core_insn_t *in, const access_t *a, const uint8_t *mem)
{
    uint8_t bytes[4] = {0};
    memcpy(bytes, mem, a->bytes);
    core->x[in->rd] = extend((core_op_t)in->op, get32(bytes));
    count_access(core, false);
}

static void store_bytes(core_t *core, const core_insn_t *in, const access_t *a, uint32_t offset)
{
    uint8_t bytes[4];
    put32(bytes, core->x[in->rs2]);
    memcpy(core->bus->tcm + offset, bytes, a->bytes);
    count_access(core, true);
    core_code_changed(core, offset, a->bytes);
}

static void atomic_word(core_t *core, const core_insn_t *in, const access_t *a, uint32_t offset)
{
    core->loads += in->op != OP_SC;
    if (!core_atomic(core, in, a->addr, core->bus->tcm + offset))
        return;
    core->stores++;
    core_code_changed(core, offset, 4);
}

/* An SC that failed has done nothing; an AMO reads first. */
static void meet_watched(core_t *core, const core_insn_t *in, const access_t *a)
{
    if (in->op == OP_SC && core->x[in->rd] != 0 && in->rd != 0)
        return;
    bool writes = a->store && (!a->atomic || in->op == OP_SC);
    bus_meet(core->bus, a->addr, a->bytes, writes ? BUS_MET_STORE : BUS_MET_LOAD,
             clk_edge_ps(&core->clk, core->cycle));
}

static void access_tcm(core_t *core, const core_insn_t *in, const access_t *a)
{
    uint32_t offset = a->addr - core->bus->desc.tcm_base;
    bool aligned = a->addr % a->bytes == 0;
    if (a->atomic)
        atomic_word(core, in, a, offset);
    else if (a->store)
        store_bytes(core, in, a, offset);
    else
        load_bytes(core, in, a, core->bus->tcm + offset);
    if (core->bus->watches != 0)
        meet_watched(core, in, a);
    if (aligned)
        core_open_window(core, a->addr, a->store);
    core_retire(core, in, in->cycles + (aligned ? 0 : core->desc.cost.misaligned));
}

static void access_rom(core_t *core, const core_insn_t *in, const access_t *a)
{
    load_bytes(core, in, a, core->bus->rom + (a->addr - core->bus->desc.rom_base));
    core_retire(core, in, in->cycles + (a->addr % a->bytes == 0 ? 0 : core->desc.cost.misaligned));
}

/* ---- registers and L2 ---- */

static void tell(const core_t *core, const access_t *a, uint32_t value, bool ok)
{
    const bus_t *bus = core->bus;
    if (bus->accessed != NULL)
        bus->accessed(bus->accessed_ctx, a->addr, a->bytes, a->store, value, ok);
}

static void access_reg(core_t *core, const core_insn_t *in, const access_t *a)
{
    uint32_t value = 0;
    bool fine = a->store ? bus_write_reg(core->bus, a->addr, a->bytes, core->x[in->rs2])
                         : bus_read_reg(core->bus, a->addr, a->bytes, &value);
    tell(core, a, a->store ? core->x[in->rs2] : value, fine);
    if (!fine) {
        access_fault(core, a, a->addr);
        return;
    }
    if (!a->store)
        core->x[in->rd] = value;
    count_access(core, a->store);
    core->bus_accesses++;
    core->bus_stalls += core->speed == CORE_CYCLE ? core->desc.cost.bus - 1 : 0;
    core_retire(core, in, core->desc.cost.bus);
}

/* Past the arbiter, now. */
static void access_l2_at_once(core_t *core, const core_insn_t *in, const access_t *a)
{
    uint8_t bytes[4] = {0};
    put32(bytes, core->x[in->rs2]);
    if (a->store)
        sim_mem_poke(&core->bus->l2, a->addr, bytes, a->bytes);
    else if (sim_mem_peek(&core->bus->l2, a->addr, memset(bytes, 0, 4), a->bytes))
        core->x[in->rd] = extend((core_op_t)in->op, get32(bytes));
    sim_mem_moved(&core->bus->l2, &(sim_mem_rows_t){a->addr, a->bytes, 1, 0, a->store});
    count_access(core, a->store);
    core->l2_accesses++;
    core_retire(core, in, 1);
}

/* Asks one cycle later, in the request phase; core_on_l2_done goes on. */
static void access_l2(core_t *core, const core_insn_t *in, const access_t *a)
{
    if (core->speed == CORE_FUNCTIONAL) {
        access_l2_at_once(core, in, a);
        return;
    }
    core->waiting = true;
    core->mem_op = in->op;
    core->mem_rd = in->rd;
    core->mem_slots = in->slots;
    core->mem_addr = a->addr;
    put32(core->mem_data, core->x[in->rs2]);
    sim_event_at(core->comp.sim, &core->request, clk_edge_ps(&core->clk, core->cycle + 1));
}

void core_on_request(void *ctx)
{
    core_t *core = ctx;
    if (core->fetching) {
        core_request_line(core);
        return;
    }
    core_insn_t in = {.op = core->mem_op};
    access_t a = access_of(core, &in);
    core->req = (sim_mem_req_t){
        .addr = core->mem_addr,
        .bytes = a.bytes,
        .write = a.store,
        .data = core->mem_data,
        .done = core_on_l2_done,
        .ctx = core,
    };
    sim_mem_request(&core->bus->l2, &core->req);
}

void core_on_l2_done(void *ctx, sim_mem_req_t *req)
{
    core_t *core = ctx;
    if (core->state != CORE_RUNS)
        return;
    core_insn_t in = {.op = core->mem_op, .slots = core->mem_slots};
    access_t a = access_of(core, &in);
    uint64_t now = clk_edge_at_or_after(&core->clk, sim_now_ps(core->comp.sim));
    uint32_t cycles = (uint32_t)(now - core->cycle);
    a.addr = core->mem_addr;
    core->waiting = false;
    core->l2_stalls += cycles - 1;
    if (req->error) {
        core->cycle = now;
        access_fault(core, &a, a.addr);
    } else {
        if (!a.store)
            core->x[core->mem_rd] = extend((core_op_t)core->mem_op, get32(core->mem_data));
        count_access(core, a.store);
        core->l2_accesses++;
        *core_fetched(core, core->pc) += in.slots * 2u;
        core->pc += in.slots * 2u;
        core->cycle = now;
        core->instructions++;
        core_hit_watch(core, a.addr, watched(core, &a));
    }
    core_one_done(core, !req->error);
    core_run_from_cycle(core);
}

/* ---- which of them ---- */

/* Private to the core: no matter when. */
static bool access_private(core_t *core, const core_insn_t *in, const access_t *a, bus_area_t area)
{
    if (area == BUS_TCM)
        access_tcm(core, in, a);
    else if (area == BUS_ROM && !a->store && !a->atomic)
        access_rom(core, in, a);
    else
        return false;
    return true;
}

static void access_others(core_t *core, const core_insn_t *in, const access_t *a, bus_area_t area)
{
    if (area == BUS_REGS && !a->atomic) {
        access_reg(core, in, a);
    } else if (area == BUS_L2 && !a->atomic) {
        access_l2(core, in, a);
    } else {
        const char *what = a->atomic ? "atomic access" : a->store ? "store" : "load";
        bus_fault(core->bus, what, a->addr, a->bytes);
        tell(core, a, a->store ? core->x[in->rs2] : 0, false);
        access_fault(core, a, a->addr);
    }
}

/* False when it must happen at its own time and that has not come. */
static bool access(core_t *core, const core_insn_t *in, const access_t *a, bool on_time)
{
    bus_area_t area = bus_area(core->bus, a->addr, a->bytes);
    bool split = core->desc.misaligned && !a->atomic && (area == BUS_TCM || area == BUS_ROM);
    bool aligned = a->addr % a->bytes == 0 || split;
    uint32_t wrong = a->addr;
    bool fine = aligned && allowed(core, a, &wrong);
    if (fine && access_private(core, in, a, area))
        return true;
    if (!on_time)
        return false;
    if (!aligned)
        core_exception(core, a->store ? CAUSE_STORE_MISALIGNED : CAUSE_LOAD_MISALIGNED, a->addr);
    else if (!fine)
        access_fault(core, a, wrong);
    else
        access_others(core, in, a, area);
    return true;
}

bool core_step_access(core_t *core, const core_insn_t *in, bool on_time)
{
    const access_t a = access_of(core, in);
    const uint32_t found = watched(core, &a);
    const uint64_t before = core->instructions;
    if ((found != 0 && !on_time) || core_watch_holds(core, a.addr, found) ||
        !access(core, in, &a, on_time))
        return false;
    if (core->instructions != before)
        core_hit_watch(core, a.addr, found);
    return true;
}
