/*
 * trap.c - modes, exceptions, interrupts, and the instructions of the system.
 */
#include "logic/core_int.h"

#define MTVEC_BASE 0xfffffffcu
#define MCAUSE_INTERRUPT 0x80000000u

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

/* Privileged specification 20211203, table 3.6. */
const char *core_cause_name(uint32_t mcause)
{
    static const char *const exceptions[] = {
        "instruction address misaligned",
        "instruction access fault",
        "illegal instruction",
        "breakpoint",
        "load address misaligned",
        "load access fault",
        "store address misaligned",
        "store access fault",
        "environment call from user mode",
        "environment call from supervisor mode",
        "reserved",
        "environment call from machine mode",
    };
    static const char *const interrupts[] = {
        [0] = "NMI",
        [CORE_MSI] = "software interrupt",
        [CORE_MTI] = "timer interrupt",
        [CORE_MEI] = "external interrupt",
    };
    bool interrupt = (mcause & MCAUSE_INTERRUPT) != 0;
    uint32_t number = mcause & ~MCAUSE_INTERRUPT;
    const char *name = NULL;
    if (interrupt && number < SIM_COUNT(interrupts))
        name = interrupts[number];
    else if (!interrupt && number < SIM_COUNT(exceptions))
        name = exceptions[number];
    return name != NULL ? name : "reserved";
}

void core_stop(core_t *core, core_state_t state)
{
    core->state = state;
    sim_event_cancel(core->comp.sim, &core->run);
    sim_event_cancel(core->comp.sim, &core->request);
    sim_wire_set(&core->halt, true);
}

/* ---- modes ---- */

/* What loads and stores may do depends on MPRV and MPP too. */
void core_set_mstatus(core_t *core, uint32_t value)
{
    uint32_t before = core_data_mode(core);
    core->mstatus = value;
    if (core_data_mode(core) != before)
        core_close_windows(core);
}

static void enter(core_t *core, uint32_t mode, uint32_t mstatus)
{
    uint32_t before = core_data_mode(core);
    core->mode = mode;
    core->mstatus = mstatus;
    if (core_data_mode(core) != before)
        core_close_windows(core);
}

static void enter_handler(core_t *core, uint32_t cause, uint32_t value)
{
    bool vectored = (core->mtvec & 1) != 0 && (cause & MCAUSE_INTERRUPT) != 0;
    uint32_t from = core->mode;
    uint32_t kept = core->mstatus & (MSTATUS_MPRV | MSTATUS_TW);
    uint32_t mpie = (core->mstatus & MSTATUS_MIE) != 0 ? MSTATUS_MPIE : 0;
    core->mepc = core->pc;
    core->mcause = cause;
    core->mtval = value;
    enter(core, CORE_MACHINE, kept | mpie | core->mode << MSTATUS_MPP_SHIFT);
    core->pc = (core->mtvec & MTVEC_BASE) + (vectored ? 4 * (cause & ~MCAUSE_INTERRUPT) : 0);
    core->cycle += core->speed == CORE_CYCLE ? core->desc.cost.trap : 1;
    core->reserved = false;
    core_note_trap(core, from);
}

void core_exception(core_t *core, uint32_t cause, uint32_t value)
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
    sim_log(&core->comp, SIM_LOG_ERROR, "%s: mcause %u, pc 0x%08x, mtval 0x%08x: %s",
            core_state_name(state), cause, core->pc, value, core_cause_name(cause));
    core_stop(core, state);
}

/* ---- interrupts ---- */

/* User mode cannot mask them. */
bool core_interrupt_waits(const core_t *core)
{
    bool enabled = core->mode == CORE_USER || (core->mstatus & MSTATUS_MIE) != 0;
    return (enabled && (core->mip & core->mie) != 0) || core->nmi;
}

/* NMI, then external before software before timer: privileged specification, 3.1.9. */
static uint32_t next_cause(const core_t *core)
{
    uint32_t waits = core->mip & core->mie;
    if (core->nmi)
        return MCAUSE_INTERRUPT;
    if ((waits & 1u << CORE_MEI) != 0)
        return MCAUSE_INTERRUPT | CORE_MEI;
    return MCAUSE_INTERRUPT | ((waits & 1u << CORE_MSI) != 0 ? CORE_MSI : CORE_MTI);
}

bool core_interrupt(core_t *core, bool on_time)
{
    uint32_t cause = next_cause(core);
    if ((core->mtvec & MTVEC_BASE) != 0) {
        core->interrupts++;
        core->nmi = false;
        enter_handler(core, cause, 0);
        return true;
    }
    if (on_time) {
        sim_log(&core->comp, SIM_LOG_ERROR, "%s: mcause 0x%08x, pc 0x%08x: %s",
                core_state_name(CORE_NO_HANDLER), cause, core->pc, core_cause_name(cause));
        core_stop(core, CORE_NO_HANDLER);
    }
    return on_time;
}

/* ---- instructions ---- */

void core_retire(core_t *core, const core_insn_t *in, uint32_t cycles)
{
    *core_fetched(core, core->pc) += in->slots * 2u;
    core->pc += in->slots * 2u;
    core->cycle += core->speed == CORE_CYCLE ? cycles : 1;
    core->instructions++;
}

/* With the encoding in mtval, as it is in memory. */
static void illegal(core_t *core, const core_insn_t *in)
{
    uint8_t word[4] = {0};
    core_peek_code(core, word, in->slots * 2u);
    core_exception(core, CAUSE_ILLEGAL, get32(word));
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
        core->csrs++;
        core_retire(core, in, in->cycles);
        return true;
    }
    if (on_time)
        illegal(core, in);
    return on_time;
}

static void step_mret(core_t *core, const core_insn_t *in)
{
    uint32_t mie = (core->mstatus & MSTATUS_MPIE) != 0 ? MSTATUS_MIE : 0;
    uint32_t mode = (core->mstatus & MSTATUS_MPP) >> MSTATUS_MPP_SHIFT;
    uint32_t kept = core->mstatus & (mode == CORE_MACHINE ? MSTATUS_MPRV | MSTATUS_TW : MSTATUS_TW);
    uint32_t least = core->desc.u ? CORE_USER : CORE_MACHINE;
    core_retire(core, in, in->cycles);
    enter(core, mode, kept | MSTATUS_MPIE | mie | least << MSTATUS_MPP_SHIFT);
    core->pc = core->mepc;
}

static void step_wfi(core_t *core, const core_insn_t *in)
{
    core_retire(core, in, in->cycles);
    core->sleeping = (core->mip & core->mie) == 0 && !core->nmi;
    core->sleep_cycle = core->asleep_cycle = core->cycle;
}

static void step_ebreak(core_t *core, const core_insn_t *in)
{
    if (core->on_ebreak != NULL && core->on_ebreak(core->on_ebreak_ctx, core))
        core_retire(core, in, in->cycles);
    else
        core_exception(core, CAUSE_BREAKPOINT, core->pc);
}

static bool is_taken(const core_t *core, const core_insn_t *in)
{
    uint32_t a = core->x[in->rs1], b = core->x[in->rs2];
    bool less = (a ^ 0x80000000u) < (b ^ 0x80000000u);
    switch ((core_op_t)in->op) {
    case OP_BEQ:
        return a == b;
    case OP_BNE:
        return a != b;
    case OP_BLT:
        return less;
    case OP_BGE:
        return !less;
    case OP_BLTU:
        return a < b;
    case OP_BGEU:
        return a >= b;
    default:
        return true;
    }
}

/* A jump out of the memory that it is in, or to no multiple of 4 where it must be one: that is an
 * exception, at its own time. */
static bool step_far(core_t *core, const core_insn_t *in, bool on_time)
{
    uint32_t from = in->op == OP_JALR ? core->x[in->rs1] : in->pc, target = (from + in->imm) & ~1u;
    if (!is_taken(core, in)) {
        core->untaken++;
        core_retire(core, in, in->cycles);
    } else if ((target & 2) == 0 || core->desc.c) {
        if (in->op == OP_JAL)
            core->x[in->rd] = in->pc + in->slots * 2u;
        core->taken++;
        core_retire(core, in, in->taken);
        core->pc = target;
    } else {
        if (on_time)
            core_exception(core, CAUSE_FETCH_MISALIGNED, target);
        return on_time;
    }
    return true;
}

/* What is fetched from here on is in memory now. */
static void step_fence_i(core_t *core, const core_insn_t *in)
{
    core_retire(core, in, in->cycles);
    icache_clear(&core->icache);
}

/* What ends in a trap, or may. */
static void step_trap(core_t *core, const core_insn_t *in)
{
    if (in->op == OP_EBREAK)
        step_ebreak(core, in);
    else if (in->op == OP_ECALL)
        core_exception(core, core->mode == CORE_USER ? CAUSE_ECALL_U : CAUSE_ECALL_M, 0);
    else if (in->op == OP_FAULT)
        core_exception(core, CAUSE_FETCH_FAULT, in->imm);
    else
        illegal(core, in);
}

bool core_step_system(core_t *core, const core_insn_t *in, bool on_time)
{
    bool user = core->mode == CORE_USER;
    if (core_insn_info[in->op].format == FORMAT_CSR || core_insn_info[in->op].format == FORMAT_CSRI)
        return step_csr(core, in, on_time);
    if (in->op >= OP_JAL && in->op <= OP_BGEU)
        return step_far(core, in, on_time);
    if (in->op == OP_FENCE_I)
        step_fence_i(core, in);
    else if (in->op == OP_MRET && !user)
        step_mret(core, in);
    else if (in->op == OP_WFI && !(user && (core->mstatus & MSTATUS_TW) != 0))
        step_wfi(core, in);
    else if (!on_time)
        return false;
    else
        step_trap(core, in);
    return true;
}
