#include "tools/core_trace.h"

#include <string.h>

static const char *const names[CORE_TRACE_KINDS] = {
#define X(name, help) #name,
    CORE_TRACE_EVENTS(X)
#undef X
};

bool core_trace_events(const char *text, uint32_t *what)
{
    *what = text == NULL ? CORE_TRACE_all : 0;
    while (text != NULL) {
        size_t length = strcspn(text, ",");
        uint32_t i = 0;
        while (i < CORE_TRACE_KINDS &&
               (strlen(names[i]) != length || memcmp(names[i], text, length) != 0))
            i++;
        if (i == CORE_TRACE_KINDS)
            return false;
        *what |= 1u << i;
        text = text[length] == ',' ? text + length + 1 : NULL;
    }
    return true;
}

static bool wants(const core_trace_t *t, uint32_t kind)
{
    return (t->what & 1u << kind) != 0;
}

static void begin_line(const core_trace_t *t, uint64_t cycle, uint32_t pc, uint32_t kind)
{
    char place[SOURCE_PLACE];
    uint64_t ps = sim_edge_ps(cycle, t->core->desc.clk_hz);
    fprintf(t->to, "%9llu.%06llu %10llu %08x %-22s %-4s ", (unsigned long long)(ps / 1000000),
            (unsigned long long)(ps % 1000000), (unsigned long long)cycle, pc,
            source_place(t->lines, pc, place), names[kind]);
}

/* ---- instructions ---- */

/* "[10002568].4", of a store to memory also what is there now. */
static const char *memory_text(const core_trace_t *t, const core_note_t *n, char text[40])
{
    bus_t *bus = t->core->bus;
    uint8_t b[4] = {0};
    int used = snprintf(text, 40, "[%08x].%u", n->addr, n->bytes);
    if (n->store && bus_area(bus, n->addr, n->bytes) != BUS_REGS &&
        bus_peek(bus, n->addr, b, n->bytes))
        snprintf(text + used, 40 - (size_t)used, "=%08x",
                 b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24);
    return text;
}

static void trace_insn(const core_trace_t *t, const core_note_t *n)
{
    char text[64], value[32] = "", place[40];
    core_disassemble(n->word, n->pc, text, sizeof(text));
    begin_line(t, n->cycle, n->pc, CORE_TRACE_AT_insn);
    if (n->rd != 0)
        snprintf(value, sizeof(value), "%s=%08x", core_reg_name(n->rd), t->core->x[n->rd]);
    if (n->load || n->store)
        fprintf(t->to, "%-28s %-12s %s\n", text, value, memory_text(t, n, place));
    else if (n->rd != 0)
        fprintf(t->to, "%-28s %s\n", text, value);
    else
        fprintf(t->to, "%s\n", text);
}

/* What the instruction left; what was there before is in rd, if that is not x0. */
static void trace_csr(const core_trace_t *t, const core_note_t *n)
{
    char name[CORE_CSR_NAME];
    uint32_t value = 0;
    core_csr_peek(t->core, n->csr, &value);
    begin_line(t, n->cycle, n->pc, CORE_TRACE_AT_csr);
    core_csr_name(n->csr, name);
    if (n->rd != 0)
        fprintf(t->to, "%s was 0x%08x, is 0x%08x\n", name, t->core->x[n->rd], value);
    else
        fprintf(t->to, "%s is 0x%08x\n", name, value);
}

void core_trace_insn(core_trace_t *t, const core_note_t *note)
{
    if (wants(t, CORE_TRACE_AT_insn))
        trace_insn(t, note);
    if (note->csr != 0 && wants(t, CORE_TRACE_AT_csr))
        trace_csr(t, note);
}

/* ---- traps ---- */

void core_trace_trap(core_trace_t *t, const core_trap_t *trap)
{
    bool interrupt = trap->cause >> 31 != 0;
    uint32_t cause = trap->cause & 0x7fffffff;
    char place[SOURCE_PLACE];
    if (!wants(t, CORE_TRACE_AT_trap))
        return;
    begin_line(t, trap->cycle, trap->epc, CORE_TRACE_AT_trap);
    fprintf(t->to, "%s %u (%s)", interrupt ? "interrupt" : "exception", cause,
            core_cause_name(trap->cause));
    if (!interrupt)
        fprintf(t->to, ", mtval 0x%08x", trap->value);
    fprintf(t->to, ", %s mode, to %08x %s\n", trap->from == CORE_USER ? "user" : "machine",
            t->core->pc, source_place(t->lines, t->core->pc, place));
}

void core_trace_end(core_trace_t *t)
{
    const core_t *core = t->core;
    if (!wants(t, CORE_TRACE_AT_trap) || core->state == CORE_RUNS || core->state == CORE_HALTED)
        return;
    begin_line(t, core->cycle, core->pc, CORE_TRACE_AT_trap);
    fprintf(t->to, "the core stopped: %s\n", core_state_name(core->state));
}

/* ---- registers ---- */

void core_trace_reg(core_trace_t *t, uint32_t addr, uint32_t bytes, bool write, uint32_t value,
                    bool ok)
{
    const core_t *core = t->core;
    if (!wants(t, CORE_TRACE_AT_regs))
        return;
    begin_line(t, core->cycle, core->pc, CORE_TRACE_AT_regs);
    fprintf(t->to, "%s ", write ? "store" : "load");
    if (!ok) {
        fprintf(t->to, "[%08x] %u bytes: refused\n", addr, bytes);
        return;
    }
    const sim_comp_t *block = core->bus->page[(addr - BUS_PAGE_BASE) / BUS_PAGE_BYTES];
    const sim_reg_t *reg = sim_reg_at(block, addr % BUS_PAGE_BYTES);
    if (reg != NULL)
        fprintf(t->to, "%s", reg->name);
    else
        fprintf(t->to, "0x%03x, no register", addr % BUS_PAGE_BYTES);
    fprintf(t->to, " (%s) %s 0x%08x\n", block->name, write ? "<-" : "->", value);
}
