/*
 * decode.c - words to decoded instructions, and the slots that keep them.
 */
#include "logic/core_int.h"

#include <string.h>

/* clang-format off */
const core_insn_info_t core_insn_info[OP_COUNT] = {
    [OP_UNKNOWN] = {"unknown", FORMAT_NONE, 0, 1, offsetof(core_costs_t, alu)}, /* matches nothing */
#define X(op, text, format, mask, match, cycles) \
    [OP_##op] = {text, FORMAT_##format, mask, match, offsetof(core_costs_t, cycles)},
    CORE_INSNS(X)
#undef X
    [OP_ILLEGAL] = {"illegal", FORMAT_NONE, 0, 1, offsetof(core_costs_t, trap)},
    [OP_FAULT] = {"fault", FORMAT_NONE, 0, 1, offsetof(core_costs_t, trap)},
    [OP_FAR] = {"far jump", FORMAT_NONE, 0, 1, offsetof(core_costs_t, branch)},
    [OP_BREAK] = {"breakpoint", FORMAT_NONE, 0, 1, offsetof(core_costs_t, trap)},
    [OP_AWAY] = {"elsewhere", FORMAT_NONE, 0, 1, offsetof(core_costs_t, alu)},
};
/* clang-format on */

/* ---- one word ---- */

/* The signed immediate; shifted arithmetic right as the specification draws it. */
static uint32_t immediate(core_format_t format, uint32_t word)
{
    uint32_t sign = 0u - (word >> 31);
    switch (format) {
    case FORMAT_I:
    case FORMAT_LOAD:
        return sign << 11 | (word >> 20 & 0x7ff);
    case FORMAT_STORE:
        return sign << 11 | (word >> 25 & 0x3f) << 5 | (word >> 7 & 0x1f);
    case FORMAT_B:
        return sign << 12 | (word >> 7 & 1) << 11 | (word >> 25 & 0x3f) << 5 |
               (word >> 8 & 0xf) << 1;
    case FORMAT_U:
        return word & 0xfffff000;
    case FORMAT_J:
        return sign << 20 | (word >> 12 & 0xff) << 12 | (word >> 20 & 1) << 11 |
               (word >> 21 & 0x3ff) << 1;
    case FORMAT_SHIFT:
        return word >> 20 & 0x1f;
    case FORMAT_CSR:
    case FORMAT_CSRI:
        return word >> 20;
    default:
        return 0;
    }
}

/* The table has the instructions of an opcode (bits 6:2 of words that end with ones) together. */
static core_op_t op_of(uint32_t word)
{
    static const uint8_t first[32] = {
        [0x00] = OP_LB,  [0x03] = OP_FENCE, [0x04] = OP_ADDI, [0x05] = OP_AUIPC,
        [0x08] = OP_SB,  [0x0b] = OP_LR,    [0x0c] = OP_ADD,  [0x0d] = OP_LUI,
        [0x18] = OP_BEQ, [0x19] = OP_JALR,  [0x1b] = OP_JAL,  [0x1c] = OP_CSRRW,
    };
    uint32_t op = first[word >> 2 & 31];
    if (op == OP_UNKNOWN || (word & 3) != 3)
        return OP_ILLEGAL;
    while (op < OP_ILLEGAL && (word & core_insn_info[op].mask) != core_insn_info[op].match)
        op++;
    return (core_op_t)op;
}

core_insn_t core_decode_word(uint32_t word, uint32_t pc)
{
    core_op_t op = op_of(word);
    core_insn_t insn = {
        .op = (uint8_t)op,
        .rd = (uint8_t)(word >> 7 & 31),
        .rs1 = (uint8_t)(word >> 15 & 31),
        .rs2 = (uint8_t)(word >> 20 & 31),
        .imm = immediate(core_insn_info[op].format, word),
        .pc = pc,
    };
    if (insn.rd == 0)
        insn.rd = 32;
    if (op == OP_AUIPC)
        insn.imm += pc;
    if (op == OP_ILLEGAL)
        insn.imm = word;
    return insn;
}

uint32_t core_insn_reads(const core_insn_t *insn, uint8_t rs[2])
{
    rs[0] = insn->rs1;
    rs[1] = insn->rs2;
    switch (core_insn_info[insn->op].format) {
    case FORMAT_R:
    case FORMAT_STORE:
    case FORMAT_B:
    case FORMAT_AMO:
        return 2;
    case FORMAT_I:
    case FORMAT_SHIFT:
    case FORMAT_LOAD:
    case FORMAT_LR:
    case FORMAT_CSR:
        return 1;
    default:
        return 0;
    }
}

/* ---- slots ---- */

uint32_t core_code_of(const core_t *core)
{
    return core->mode == CORE_USER && core->tcm_code[1] != NULL;
}

bool core_find_code(core_t *core, core_code_t *code)
{
    const bus_t *bus = core->bus;
    const bus_desc_t *d = &bus->desc;
    uint32_t which = core_code_of(core);
    core_code_t tcm = {core->tcm_code[which], bus->tcm, d->tcm_base, d->tcm_bytes, d->tcm_bytes, 0};
    core_code_t rom = {core->rom_code[which], bus->rom, d->rom_base, d->rom_bytes, d->rom_bytes, 0};
    *code = core->pc - tcm.base < tcm.bytes ? tcm : rom;
    return core->pc - code->base < code->bytes || icache_find(core, code);
}

void core_void_slots(core_insn_t *slots, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        slots[i].fast = OP_UNKNOWN;
}

static bool has_extension(const core_t *core, const core_insn_t *insn)
{
    return (core->desc.m || insn->op < OP_MUL || insn->op > OP_REMU) &&
           (core->desc.a || insn->op < OP_LR || insn->op > OP_AMOMAXU);
}

/* The half at offset. False: what stands there instead is in *op. */
static bool fetch(const core_t *core, const core_code_t *code, uint32_t offset, uint32_t *half,
                  uint8_t *op)
{
    *op = OP_FAULT;
    if (!core_pmp_allows(core, core->mode, code->base + offset, 2, PMP_EXECUTE))
        return false;
    if (code->mem_bytes < 2 || offset > code->mem_bytes - 2) {
        *op = code->more ? OP_AWAY : OP_FAULT;
        return false;
    }
    *half = get16(code->mem + offset);
    return true;
}

static core_insn_t illegal(uint32_t encoding, uint32_t pc)
{
    return (core_insn_t){.op = OP_ILLEGAL, .rd = 32, .imm = encoding, .pc = pc};
}

static core_insn_t decode_half(const core_t *core, uint32_t half, uint32_t pc)
{
    core_insn_t insn = core_decode_word(rvc_expand(half), pc);
    return core->desc.c && has_extension(core, &insn) && insn.op != OP_ILLEGAL ? insn
                                                                               : illegal(half, pc);
}

/* Decodes at offset: everything but cycles. */
static core_insn_t decode_at(const core_t *core, const core_code_t *code, uint32_t offset)
{
    uint32_t pc = code->base + offset, low, high;
    core_insn_t insn = {.rd = 32, .slots = 1, .imm = pc, .pc = pc};
    if (!fetch(core, code, offset, &low, &insn.op))
        return insn;
    if ((low & 3) != 3) {
        insn = decode_half(core, low, pc);
        insn.slots = 1;
    } else if (!fetch(core, code, offset + 2, &high, &insn.op)) {
        insn.imm = pc + 2;
    } else {
        insn = core_decode_word(high << 16 | low, pc);
        if (!has_extension(core, &insn))
            insn = illegal(high << 16 | low, pc);
        insn.slots = 2;
    }
    return insn;
}

static bool is_load(const core_insn_t *insn)
{
    return (insn->op >= OP_LB && insn->op <= OP_LHU) || insn->op == OP_LR;
}

static bool uses(const core_insn_t *insn, uint8_t reg)
{
    uint8_t rs[2];
    uint32_t count = core_insn_reads(insn, rs);
    return (count > 0 && rs[0] == reg) || (count > 1 && rs[1] == reg);
}

/* Fixed cycles of insn, which ends at offset `next`; the one behind it counts where it is here. */
static void set_cycles(const core_t *core, const core_code_t *code, core_insn_t *insn,
                       uint32_t next)
{
    const core_costs_t *cost = &core->desc.cost;
    bool backward = insn->imm >> 31 != 0;
    uint32_t cycles, more = 0;
    memcpy(&cycles, (const char *)cost + core_insn_info[insn->op].cost, sizeof(cycles));
    insn->taken = (uint8_t)(cycles + (insn->op == OP_JAL || (insn->op != OP_JALR && backward)
                                          ? cost->taken
                                          : cost->mispredict));
    if (insn->op >= OP_BEQ && insn->op <= OP_BGEU && backward)
        more = cost->mispredict;
    if (is_load(insn)) {
        core_insn_t follower = decode_at(core, code, next);
        more = uses(&follower, insn->rd) ? cost->load_use : 0;
    }
    insn->cycles = (uint8_t)(cycles + more);
}

static bool is_direct(const core_insn_t *insn)
{
    return insn->op == OP_JAL || (insn->op >= OP_BEQ && insn->op <= OP_BGEU);
}

/* The fast loop can go there. */
static bool is_near(const core_t *core, const core_code_t *code, uint32_t target)
{
    uint32_t odd = core->desc.c ? 0 : 2;
    return target - code->base < code->bytes && (target & odd) == 0;
}

void core_peek_code(const core_t *core, uint8_t *bytes, uint32_t count)
{
    if (!icache_peek(&core->icache, core->pc, bytes, count))
        bus_peek(core->bus, core->pc, bytes, count);
}

core_insn_t core_decode_plain(const core_t *core, const core_insn_t *slot)
{
    uint8_t bytes[4] = {0};
    core_peek_code(core, bytes, slot->slots * 2u);
    uint32_t word = slot->slots == 1 ? rvc_expand(get16(bytes)) : get32(bytes);
    core_insn_t insn = core_decode_word(word, core->pc);
    insn.slots = slot->slots;
    return insn;
}

static uint8_t fast_op(const core_insn_t *insn)
{
    static const uint8_t shorts[OP_COUNT] = {
#define X(op) [OP_##op] = OP_SHORT_##op,
        CORE_SHORTS(X)
#undef X
    };
    return insn->slots == 1 && shorts[insn->op] != 0 ? shorts[insn->op] : insn->op;
}

/* A store to any byte that this slot depends on must find its line flagged: 8 bytes from offset. */
static void flag_lines(core_t *core, uint32_t offset)
{
    uint32_t last = core->bus->desc.tcm_bytes - 1;
    uint32_t end = last - offset < 7 ? last : offset + 7;
    core->tcm_has_code[offset >> CODE_LINE_SHIFT] = 1;
    core->tcm_has_code[end >> CODE_LINE_SHIFT] = 1;
}

void core_decode_slot(core_t *core, const core_code_t *code, core_insn_t *insn)
{
    uint32_t offset = (uint32_t)(insn - code->code) * 2;
    *insn = decode_at(core, code, offset);
    bool far = is_direct(insn) && !is_near(core, code, insn->pc + insn->imm);
    if (insn->op != OP_FAULT)
        set_cycles(core, code, insn, offset + insn->slots * 2u);
    if (is_direct(insn) && !far)
        insn->imm *= sizeof(core_insn_t) / 2; /* what the fast loop adds: a slot for 2 bytes */
    if (code->mem == core->bus->tcm && offset < code->bytes)
        flag_lines(core, offset);
    else if (code->mem == core->bus->rom && offset / 2 >= core->rom_slots)
        core->rom_slots = offset / 2 + 1;
    if (core->bus->watches != 0 && insn->op != OP_FAULT)
        bus_meet(core->bus, code->base + offset, insn->slots * 2u, BUS_MET_FETCH,
                 clk_edge_ps(&core->clk, core->cycle + core->debug.ahead));
    insn->fast = far ? OP_FAR : fast_op(insn);
    if (core->debug.breaks != 0 && insn->op != OP_AWAY && core_is_break(core, code->base + offset))
        insn->op = insn->fast = OP_BREAK;
}

/* The slot at offset o depends on bytes o .. o + 7: itself, and after a load its follower. */
void core_code_changed(core_t *core, uint32_t offset, uint32_t bytes)
{
    uint32_t first = offset < 6 ? 0 : (offset - 6) / 2, last = (offset + bytes - 1) / 2;
    for (uint32_t k = 0; k < 2 && core->tcm_code[k] != NULL; k++)
        for (uint32_t i = first; i <= last; i++)
            core->tcm_code[k][i].fast = OP_UNKNOWN;
}

/* Of 64 bytes of TCM, or fewer at its end. */
static void drop_line(core_t *core, uint32_t offset)
{
    uint32_t room = core->bus->desc.tcm_bytes - offset, line = 1u << CODE_LINE_SHIFT;
    core->tcm_has_code[offset >> CODE_LINE_SHIFT] = 0;
    core_code_changed(core, offset, room < line ? room : line);
}

static void drop_rom(core_t *core)
{
    for (uint32_t k = 0; k < 2 && core->rom_code[k] != NULL; k++)
        core_void_slots(core->rom_code[k], core->rom_slots);
    core->rom_slots = 0;
}

void core_drop_range(core_t *core, uint64_t first, uint64_t end)
{
    const bus_desc_t *d = &core->bus->desc;
    const uint64_t base = d->tcm_base, tcm_end = base + d->tcm_bytes;
    if (first < (uint64_t)d->rom_base + d->rom_bytes && end > d->rom_base)
        drop_rom(core);
    if (first < (uint64_t)BUS_L2_BASE + d->l2_bytes && end > BUS_L2_BASE)
        icache_forget(&core->icache);
    first = first > base ? first : base;
    end = end < tcm_end ? end : tcm_end;
    if (first >= end)
        return;
    const uint8_t *flags = core->tcm_has_code, *at = flags + ((first - base) >> CODE_LINE_SHIFT);
    const uint8_t *last = flags + ((end - 1 - base) >> CODE_LINE_SHIFT);
    while (at <= last && (at = memchr(at, 1, (size_t)(last - at) + 1)) != NULL)
        drop_line(core, (uint32_t)(at++ - flags) << CODE_LINE_SHIFT);
}

void core_drop_code(core_t *core)
{
    core_drop_range(core, 0, UINT64_MAX);
}
