/*
 * core.c - when the core runs, and everything that its fast loop does not do.
 */
#include "logic/core_int.h"

#include <stdlib.h>
#include <string.h>

#define RUN_AHEAD_CYCLES (1u << 20) /* at most, so that a run can be stopped from outside */
#define MTVEC_BASE 0xfffffffcu
#define MCAUSE_INTERRUPT 0x80000000u

/* ---- traps ---- */

const char *core_state_name(uint32_t state)
{
    static const char *const names[] = {
        [CORE_RUNS] = "runs",
        [CORE_NO_HANDLER] = "trap without a handler",
        [CORE_DOUBLE_FAULT] = "exception at the first instruction of the handler",
        [CORE_HALTED] = "halted",
    };
    return state < SIM_COUNT(names) ? names[state] : "unknown";
}

static void stop_for_good(core_t *core, core_state_t state)
{
    core->state = state;
    sim_event_cancel(core->comp.sim, &core->run);
    sim_event_cancel(core->comp.sim, &core->request);
    sim_wire_set(&core->halt, true);
}

static void enter_handler(core_t *core, uint32_t cause, uint32_t value)
{
    bool vectored = (core->mtvec & 1) != 0 && (cause & MCAUSE_INTERRUPT) != 0;
    core->mepc = core->pc;
    core->mcause = cause;
    core->mtval = value;
    core->mstatus = (core->mstatus & MSTATUS_MIE) != 0 ? MSTATUS_MPIE : 0;
    core->pc = (core->mtvec & MTVEC_BASE) + (vectored ? 4 * (cause & ~MCAUSE_INTERRUPT) : 0);
    core->cycle += core->desc.cost.trap;
    core->reserved = false;
}

/* The instruction at pc does not retire. */
static void take_exception(core_t *core, uint32_t cause, uint32_t value)
{
    core_state_t state = CORE_RUNS;
    if ((core->mtvec & MTVEC_BASE) == 0)
        state = CORE_NO_HANDLER;
    else if (core->excepted && core->exception_instret == core->instructions)
        state = CORE_DOUBLE_FAULT;
    core->exceptions++;
    core->excepted = true;
    core->exception_instret = core->instructions;
    if (state == CORE_RUNS) {
        enter_handler(core, cause, value);
        return;
    }
    sim_log(&core->comp, SIM_LOG_ERROR, "%s: mcause %u, pc 0x%08x, mtval 0x%08x",
            core_state_name(state), cause, core->pc, value);
    stop_for_good(core, state);
}

static bool interrupt_waits(const core_t *core)
{
    return (core->mstatus & MSTATUS_MIE) != 0 && (core->mip & core->mie) != 0;
}

/* External before software before timer: privileged specification, 3.1.9. False: see step. */
static bool take_interrupt(core_t *core, bool on_time)
{
    uint32_t waits = core->mip & core->mie, number = CORE_MTI;
    if ((waits & 1u << CORE_MEI) != 0)
        number = CORE_MEI;
    else if ((waits & 1u << CORE_MSI) != 0)
        number = CORE_MSI;
    if ((core->mtvec & MTVEC_BASE) != 0) {
        core->interrupts++;
        enter_handler(core, MCAUSE_INTERRUPT | number, 0);
        return true;
    }
    if (on_time) {
        sim_log(&core->comp, SIM_LOG_ERROR, "%s: interrupt %u, pc 0x%08x",
                core_state_name(CORE_NO_HANDLER), number, core->pc);
        stop_for_good(core, CORE_NO_HANDLER);
    }
    return on_time;
}

/* ---- single instructions ---- */

static void retire(core_t *core, const core_insn_t *in, uint32_t cycles)
{
    core->pc += in->slots * 2u;
    core->cycle += cycles;
    core->instructions++;
}

/* False: no such CSR, or it is read-only; nothing has changed then. */
static bool swap_csr(core_t *core, const core_insn_t *in, uint32_t *old)
{
    bool immediate = core_insn_info[in->op].format == FORMAT_CSRI;
    uint32_t operand = immediate ? in->rs1 : core->x[in->rs1];
    bool swaps = in->op == OP_CSRRW || in->op == OP_CSRRWI;
    bool clears = in->op == OP_CSRRC || in->op == OP_CSRRCI;
    if (!csr_read(core, in->imm, old))
        return false;
    if (!swaps && in->rs1 == 0)
        return true;
    return csr_write(core, in->imm, swaps ? operand : clears ? *old & ~operand : *old | operand);
}

static bool step_csr(core_t *core, const core_insn_t *in, bool on_time)
{
    uint32_t old;
    if (swap_csr(core, in, &old)) {
        core->x[in->rd] = old;
        retire(core, in, in->cycles);
        return true;
    }
    uint8_t word[4] = {0};
    bus_peek(core->bus, core->pc, word, sizeof(word));
    if (on_time)
        take_exception(core, CAUSE_ILLEGAL, get32(word));
    return on_time;
}

static void step_mret(core_t *core, const core_insn_t *in)
{
    bool mpie = (core->mstatus & MSTATUS_MPIE) != 0;
    retire(core, in, in->cycles);
    core->mstatus = MSTATUS_MPIE | (mpie ? MSTATUS_MIE : 0);
    core->pc = core->mepc;
}

static void step_wfi(core_t *core, const core_insn_t *in)
{
    retire(core, in, in->cycles);
    core->sleeping = (core->mip & core->mie) == 0;
    core->sleep_cycle = core->cycle;
}

static void step_ebreak(core_t *core, const core_insn_t *in)
{
    if (core->on_ebreak != NULL && core->on_ebreak(core->on_ebreak_ctx, core))
        retire(core, in, in->cycles);
    else
        take_exception(core, CAUSE_BREAKPOINT, core->pc);
}

/* ---- accesses outside TCM ---- */

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

static bool is_access(const core_insn_t *in)
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

static void access_fault(core_t *core, const access_t *a)
{
    take_exception(core, a->store ? CAUSE_STORE_FAULT : CAUSE_LOAD_FAULT, a->addr);
}

static void access_rom(core_t *core, const core_insn_t *in, const access_t *a)
{
    uint8_t bytes[4] = {0};
    memcpy(bytes, core->bus->rom + (a->addr - core->bus->desc.rom_base), a->bytes);
    core->x[in->rd] = extend((core_op_t)in->op, get32(bytes));
    count_access(core, false);
    retire(core, in, in->cycles);
}

static void access_reg(core_t *core, const core_insn_t *in, const access_t *a)
{
    uint32_t value = 0;
    bool fine = a->store ? bus_write_reg(core->bus, a->addr, a->bytes, core->x[in->rs2])
                         : bus_read_reg(core->bus, a->addr, a->bytes, &value);
    if (!fine) {
        access_fault(core, a);
        return;
    }
    if (!a->store)
        core->x[in->rd] = value;
    count_access(core, a->store);
    core->bus_stalls += core->desc.cost.bus - 1;
    retire(core, in, core->desc.cost.bus);
}

/* Asks one cycle later, in the request phase; on_l2_done goes on. */
static void access_l2(core_t *core, const core_insn_t *in, const access_t *a)
{
    core->waiting = true;
    core->mem_op = in->op;
    core->mem_rd = in->rd;
    core->mem_slots = in->slots;
    core->mem_addr = a->addr;
    put32(core->mem_data, core->x[in->rs2]);
    sim_event_at(core->comp.sim, &core->request, clk_edge_ps(&core->clk, core->cycle + 1));
}

static void on_request(void *ctx)
{
    core_t *core = ctx;
    core_insn_t in = {.op = core->mem_op};
    access_t a = access_of(core, &in);
    core->req = (sim_mem_req_t){
        .addr = core->mem_addr,
        .bytes = a.bytes,
        .write = a.store,
        .data = core->mem_data,
        .done = core->req.done,
        .ctx = core,
    };
    sim_mem_request(&core->bus->l2, &core->req);
}

static void run_from_cycle(core_t *core)
{
    if (core->state == CORE_RUNS)
        sim_event_at(core->comp.sim, &core->run, clk_edge_ps(&core->clk, core->cycle));
}

static void on_l2_done(void *ctx, sim_mem_req_t *req)
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
        access_fault(core, &a);
    } else {
        if (!a.store)
            core->x[core->mem_rd] = extend((core_op_t)core->mem_op, get32(core->mem_data));
        count_access(core, a.store);
        retire(core, &in, cycles);
    }
    run_from_cycle(core);
}

/* False when it must happen at its own time and that has not come. */
static bool step_access(core_t *core, const core_insn_t *in, bool on_time)
{
    access_t a = access_of(core, in);
    bool aligned = a.addr % a.bytes == 0;
    bus_area_t area = bus_area(core->bus, a.addr, a.bytes);
    if (area == BUS_ROM && aligned && !a.store && !a.atomic) {
        access_rom(core, in, &a);
        return true;
    }
    if (!on_time)
        return false;
    if (!aligned) {
        take_exception(core, a.store ? CAUSE_STORE_MISALIGNED : CAUSE_LOAD_MISALIGNED, a.addr);
    } else if (area == BUS_REGS && !a.atomic) {
        access_reg(core, in, &a);
    } else if (area == BUS_L2 && !a.atomic) {
        access_l2(core, in, &a);
    } else {
        bus_fault(core->bus,
                  a.atomic  ? "atomic access"
                  : a.store ? "store"
                            : "load",
                  a.addr, a.bytes);
        access_fault(core, &a);
    }
    return true;
}

/* ---- running ---- */

/*
 * Does the instruction at pc. What others can see (accesses, what the log and the halt wire tell)
 * happens at its own time: false when that has not come.
 */
static bool step(core_t *core, const core_insn_t *in, bool on_time)
{
    if (core_insn_info[in->op].format == FORMAT_CSR || core_insn_info[in->op].format == FORMAT_CSRI)
        return step_csr(core, in, on_time);
    if (in->op == OP_MRET) {
        step_mret(core, in);
        return true;
    }
    if (in->op == OP_WFI) {
        step_wfi(core, in);
        return true;
    }
    if (is_access(in))
        return step_access(core, in, on_time);
    if (!on_time)
        return false;
    if (in->op == OP_EBREAK)
        step_ebreak(core, in);
    else if (in->op == OP_ECALL)
        take_exception(core, CAUSE_ECALL_M, 0);
    else
        take_exception(core, in->op == OP_FAULT ? CAUSE_FETCH_FAULT : CAUSE_ILLEGAL, in->imm);
    return true;
}

/* Cycles before this one hold no event of anybody else, nor the end of the run. */
static uint64_t run_limit(const core_t *core, uint64_t now)
{
    uint64_t until_ps = sim_next_event_ps(core->comp.sim);
    uint64_t end_ps = sim_run_end_ps(core->comp.sim);
    uint64_t limit = now + RUN_AHEAD_CYCLES;
    if (end_ps < until_ps)
        until_ps = end_ps + 1;
    if (until_ps != SIM_NEVER_PS) {
        uint64_t first = clk_edge_at_or_after(&core->clk, until_ps);
        limit = first < limit ? first : limit;
    }
    return limit > now ? limit : now + 1; /* others of this very instant do not count */
}

static bool find_code(const core_t *core, core_code_t *code)
{
    const bus_t *bus = core->bus;
    core_code_t tcm = {core->tcm_code, bus->desc.tcm_base, bus->desc.tcm_bytes};
    core_code_t rom = {core->rom_code, bus->desc.rom_base, bus->desc.rom_bytes};
    *code = core->pc - tcm.base < tcm.bytes ? tcm : rom;
    return core->pc - code->base < code->bytes;
}

/* Runs up to `limit`, or does one instruction that the fast loop cannot. */
static bool advance(core_t *core, uint64_t limit, uint64_t now)
{
    core_code_t code;
    core_insn_t nowhere = {.op = OP_FAULT, .imm = core->pc};
    const core_insn_t *in = &nowhere;
    if (find_code(core, &code))
        in = core_execute(core, &code, limit);
    return in == NULL || step(core, in, core->cycle == now);
}

static void on_run(void *ctx)
{
    core_t *core = ctx;
    uint64_t now = core->cycle;
    while (core->state == CORE_RUNS && !core->sleeping && !core->waiting) {
        uint64_t limit = run_limit(core, now);
        if (core->cycle >= limit)
            break;
        bool goes_on = interrupt_waits(core) ? take_interrupt(core, core->cycle == now)
                                             : advance(core, limit, now);
        if (!goes_on || sim_stopped(core->comp.sim))
            break;
    }
    core->cycles = core->cycle;
    if (!core->sleeping && !core->waiting)
        run_from_cycle(core);
}

/* ---- inputs ---- */

static void wake(core_t *core)
{
    uint64_t now = clk_edge_at_or_after(&core->clk, sim_now_ps(core->comp.sim));
    core->sleeping = false;
    core->cycle = now > core->sleep_cycle ? now : core->sleep_cycle;
    core->wfi_cycles += core->cycle - core->sleep_cycle;
    run_from_cycle(core);
}

static void on_input(void *ctx, bool level)
{
    const core_input_t *input = ctx;
    core_t *core = input->core;
    core->mip = level ? core->mip | input->mip_bit : core->mip & ~input->mip_bit;
    if (core->sleeping && core->state == CORE_RUNS && (core->mip & core->mie) != 0)
        wake(core);
}

bool core_connect(core_t *core, core_irq_t irq, sim_wire_t *wire)
{
    if (core->inputs == SIM_COUNT(core->input))
        return false;
    core_input_t *input = &core->input[core->inputs++];
    *input = (core_input_t){core, 1u << irq};
    return sim_wire_connect(wire, on_input, input);
}

static void on_poked(void *ctx, uint32_t addr, uint32_t bytes)
{
    core_t *core = ctx;
    if (bytes == 0)
        return;
    if (addr - core->bus->desc.tcm_base < core->bus->desc.tcm_bytes)
        core_code_changed(core, addr - core->bus->desc.tcm_base, bytes);
    else
        memset(core->rom_code, 0, (core->bus->desc.rom_bytes / 2 + 1) * sizeof(core_insn_t));
}

void core_halt(core_t *core)
{
    if (core->state == CORE_RUNS)
        stop_for_good(core, CORE_HALTED);
}

void core_settle(core_t *core)
{
    if (core->sleeping) {
        uint64_t now = sim_cycles_at(sim_now_ps(core->comp.sim), core->desc.clk_hz);
        uint64_t slept = now > core->sleep_cycle ? now - core->sleep_cycle : 0;
        core->wfi_cycles += slept;
        core->sleep_cycle += slept;
    }
    core->cycles = core->sleeping ? core->sleep_cycle : core->cycle;
}

/* ---- tables ---- */

static const sim_field_t core_fields[] = {
    SIM_FIELD_AS(core_t, x, 32 * sizeof(uint32_t), SIM_STATE),
    SIM_FIELD(core_t, pc),
    SIM_FIELD(core_t, cycle),
    SIM_FIELD(core_t, mcycle_offset),
    SIM_FIELD(core_t, minstret_offset),
    SIM_FIELD(core_t, mstatus),
    SIM_FIELD(core_t, mtvec),
    SIM_FIELD(core_t, mscratch),
    SIM_FIELD(core_t, mepc),
    SIM_FIELD(core_t, mcause),
    SIM_FIELD(core_t, mtval),
    SIM_FIELD(core_t, mie),
    SIM_FIELD(core_t, mip),
    SIM_FIELD(core_t, reserved_addr),
    SIM_FIELD(core_t, reserved),
    SIM_FIELD(core_t, sleeping),
    SIM_FIELD(core_t, waiting),
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
    SIM_FIELD_REQ(core_t, req),
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
    SIM_STAT_END,
};

/* ---- life ---- */

static void core_reset(sim_comp_t *comp)
{
    core_t *core = (core_t *)(void *)comp;
    sim_event_cancel(comp->sim, &core->run);
    sim_event_cancel(comp->sim, &core->request);
    core->halt.level = false;
    memset(core->x, 0, sizeof(*core) - offsetof(core_t, x));
    core->pc = core->desc.reset_pc;
}

static sim_err_t core_start(sim_comp_t *comp)
{
    core_t *core = (core_t *)(void *)comp;
    core->cycle = clk_edge_at_or_after(&core->clk, sim_now_ps(comp->sim));
    core->mcycle_offset = 0 - core->cycle;
    run_from_cycle(core);
    return SIM_OK;
}

static const sim_kind_t core_kind = {
    .kind = "core",
    .version = 1,
    .reset = core_reset,
    .start = core_start,
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
#define X(member, cycles, least, help)                                                             \
    if (d->cost.member + 1 < (least) + 1u || d->cost.member > CORE_COST_MAX)                       \
        return sim_fail(sim, SIM_EDESC, "%s.cycles." #member ": %u not in %d..%d", name,           \
                        d->cost.member, least, CORE_COST_MAX);
    CORE_COSTS(X)
#undef X
    return SIM_OK;
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
    core->req.done = on_l2_done;
    core->req.ctx = core;
    core->rom_code = calloc(bus->desc.rom_bytes / 2 + 1, sizeof(core_insn_t));
    core->tcm_code = calloc(bus->desc.tcm_bytes / 2 + 1, sizeof(core_insn_t));
    core->tcm_has_code = calloc((bus->desc.tcm_bytes >> CODE_LINE_SHIFT) + 1, 1);
    if (core->rom_code == NULL || core->tcm_code == NULL || core->tcm_has_code == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for decoded instructions", name);
    bus->poked = on_poked;
    bus->poked_ctx = core;
    sim_event_init(&core->run, &core->comp, "run", SIM_PRIO_SAMPLE, on_run, core);
    sim_event_init(&core->request, &core->comp, "request", SIM_PRIO_REQUEST, on_request, core);
    return SIM_OK;
}

void core_free(core_t *core)
{
    free(core->rom_code);
    free(core->tcm_code);
    free(core->tcm_has_code);
    core->rom_code = core->tcm_code = NULL;
    core->tcm_has_code = NULL;
}
