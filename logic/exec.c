/*
 * exec.c - the fast loop: instructions that touch registers and TCM only.
 *
 * Everything else leaves the loop and is done by core.c at its own time.
 */
#include "logic/core_int.h"

static uint32_t min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t max_u32(uint32_t a, uint32_t b)
{
    return a < b ? b : a;
}

static uint32_t shift_right_signed(uint32_t value, uint32_t by)
{
    uint32_t sign = 0u - (value >> 31);
    return value >> by | (sign << 1) << (31 - by);
}

static uint32_t mul_high(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)a * b >> 32);
}

/* a * b = unsigned product - (a < 0 ? b : 0) * 2^32 - (b < 0 ? a : 0) * 2^32, modulo 2^64. */
static uint32_t mul_high_signed(uint32_t a, uint32_t b)
{
    return mul_high(a, b) - (a >> 31 ? b : 0) - (b >> 31 ? a : 0);
}

static uint32_t mul_high_signed_unsigned(uint32_t a, uint32_t b)
{
    return mul_high(a, b) - (a >> 31 ? b : 0);
}

static uint32_t magnitude(uint32_t value)
{
    return value >> 31 ? 0u - value : value;
}

/* Division rounds toward zero; by zero it gives all ones and the dividend, as specified. The most
 * negative dividend by -1 comes out right by itself: its magnitude is its own negative. */
static uint32_t divide(core_op_t op, uint32_t a, uint32_t b)
{
    bool is_signed = op == OP_DIV || op == OP_REM, is_rem = op == OP_REM || op == OP_REMU;
    if (b == 0)
        return is_rem ? a : UINT32_MAX;
    if (!is_signed)
        return is_rem ? a % b : a / b;
    uint32_t result = is_rem ? magnitude(a) % magnitude(b) : magnitude(a) / magnitude(b);
    bool negative = is_rem ? a >> 31 != 0 : (a ^ b) >> 31 != 0;
    return negative ? 0u - result : result;
}

/* The iterative divider takes a step for each significant bit of the dividend. */
static uint32_t divider_steps(core_op_t op, uint32_t a, uint32_t b)
{
    if (op == OP_DIV || op == OP_REM)
        a = magnitude(a);
    uint32_t bits = 0;
    for (uint32_t step = 16; step != 0; step /= 2) {
        if (a >> step != 0) {
            a >>= step;
            bits += step;
        }
    }
    return b != 0 ? bits + a : 0;
}

static uint32_t modify(core_op_t op, uint32_t old, uint32_t value)
{
    switch (op) {
    case OP_AMOSWAP:
        return value;
    case OP_AMOADD:
        return old + value;
    case OP_AMOXOR:
        return old ^ value;
    case OP_AMOAND:
        return old & value;
    case OP_AMOOR:
        return old | value;
    case OP_AMOMIN:
        return (old ^ 0x80000000u) < (value ^ 0x80000000u) ? old : value;
    case OP_AMOMAX:
        return (old ^ 0x80000000u) < (value ^ 0x80000000u) ? value : old;
    case OP_AMOMINU:
        return min_u32(old, value);
    default:
        return max_u32(old, value);
    }
}

/* LR, SC, AMO on the word at `place` of TCM. True when it was written. */
static bool atomic(core_t *core, const core_insn_t *in, uint32_t addr, uint8_t *place)
{
    uint32_t old = get32(place), value = core->x[in->rs2];
    bool mine = core->reserved && core->reserved_addr == addr;
    if (in->op == OP_LR) {
        core->reserved = true;
        core->reserved_addr = addr;
        core->x[in->rd] = old;
        return false;
    }
    if (in->op == OP_SC) {
        core->reserved = false;
        core->x[in->rd] = !mine;
        if (mine)
            put32(place, value);
        return mine;
    }
    core->x[in->rd] = old;
    put32(place, modify((core_op_t)in->op, old, value));
    return true;
}

static void stored(core_t *core, uint32_t offset, uint32_t bytes)
{
    core->stores++;
    if (core->tcm_has_code[offset >> CODE_LINE_SHIFT])
        core_code_changed(core, offset, bytes);
}

/*
 * One switch for all instructions, long by nature. `break` goes on with the next instruction;
 * `goto jump` goes on at pc `target`; `goto leave` hands `in` to core.c.
 */
const core_insn_t *core_execute(core_t *core, const core_code_t *code, uint64_t limit)
{
    uint32_t *const x = core->x;
    uint8_t *const tcm = core->bus->tcm;
    const uint32_t tcm_base = core->bus->desc.tcm_base, tcm_bytes = core->bus->desc.tcm_bytes;
    const uint32_t taken_cycles = core->desc.cost.taken;
    core_insn_t *in = code->code + (core->pc - code->base) / 2;
    uint64_t cycle = core->cycle, retired = 0;
    const core_insn_t *left = NULL;
    uint32_t target, at;

    while (cycle < limit) {
        switch ((core_op_t)in->op) {
        case OP_UNKNOWN:
            core_decode_slot(core, code, in);
            continue;
        case OP_LUI:
        case OP_AUIPC:
            x[in->rd] = in->imm;
            break;
        case OP_JAL:
            x[in->rd] = in->pc + in->slots * 2u;
            target = in->pc + in->imm;
            goto jump;
        case OP_JALR:
            target = (x[in->rs1] + in->imm) & ~1u;
            x[in->rd] = in->pc + in->slots * 2u;
            goto jump;
        case OP_BEQ:
            if (x[in->rs1] == x[in->rs2])
                goto branch;
            break;
        case OP_BNE:
            if (x[in->rs1] != x[in->rs2])
                goto branch;
            break;
        case OP_BLT:
            if ((int32_t)x[in->rs1] < (int32_t)x[in->rs2])
                goto branch;
            break;
        case OP_BGE:
            if ((int32_t)x[in->rs1] >= (int32_t)x[in->rs2])
                goto branch;
            break;
        case OP_BLTU:
            if (x[in->rs1] < x[in->rs2])
                goto branch;
            break;
        case OP_BGEU:
            if (x[in->rs1] >= x[in->rs2])
                goto branch;
            break;
        case OP_LB:
            at = x[in->rs1] + in->imm - tcm_base;
            if (at > tcm_bytes - 1)
                goto leave;
            x[in->rd] = (tcm[at] ^ 0x80u) - 0x80u;
            core->loads++;
            break;
        case OP_LBU:
            at = x[in->rs1] + in->imm - tcm_base;
            if (at > tcm_bytes - 1)
                goto leave;
            x[in->rd] = tcm[at];
            core->loads++;
            break;
        case OP_LH:
            at = x[in->rs1] + in->imm - tcm_base;
            if (at > tcm_bytes - 2 || at % 2 != 0)
                goto leave;
            x[in->rd] = (get16(tcm + at) ^ 0x8000u) - 0x8000u;
            core->loads++;
            break;
        case OP_LHU:
            at = x[in->rs1] + in->imm - tcm_base;
            if (at > tcm_bytes - 2 || at % 2 != 0)
                goto leave;
            x[in->rd] = get16(tcm + at);
            core->loads++;
            break;
        case OP_LW:
            at = x[in->rs1] + in->imm - tcm_base;
            if (at > tcm_bytes - 4 || at % 4 != 0)
                goto leave;
            x[in->rd] = get32(tcm + at);
            core->loads++;
            break;
        case OP_SB:
            at = x[in->rs1] + in->imm - tcm_base;
            if (at > tcm_bytes - 1)
                goto leave;
            tcm[at] = (uint8_t)x[in->rs2];
            stored(core, at, 1);
            break;
        case OP_SH:
            at = x[in->rs1] + in->imm - tcm_base;
            if (at > tcm_bytes - 2 || at % 2 != 0)
                goto leave;
            put16(tcm + at, x[in->rs2]);
            stored(core, at, 2);
            break;
        case OP_SW:
            at = x[in->rs1] + in->imm - tcm_base;
            if (at > tcm_bytes - 4 || at % 4 != 0)
                goto leave;
            put32(tcm + at, x[in->rs2]);
            stored(core, at, 4);
            break;
        case OP_ADDI:
            x[in->rd] = x[in->rs1] + in->imm;
            break;
        case OP_SLTI:
            x[in->rd] = (int32_t)x[in->rs1] < (int32_t)in->imm;
            break;
        case OP_SLTIU:
            x[in->rd] = x[in->rs1] < in->imm;
            break;
        case OP_XORI:
            x[in->rd] = x[in->rs1] ^ in->imm;
            break;
        case OP_ORI:
            x[in->rd] = x[in->rs1] | in->imm;
            break;
        case OP_ANDI:
            x[in->rd] = x[in->rs1] & in->imm;
            break;
        case OP_SLLI:
            x[in->rd] = x[in->rs1] << in->imm;
            break;
        case OP_SRLI:
            x[in->rd] = x[in->rs1] >> in->imm;
            break;
        case OP_SRAI:
            x[in->rd] = shift_right_signed(x[in->rs1], in->imm);
            break;
        case OP_ADD:
            x[in->rd] = x[in->rs1] + x[in->rs2];
            break;
        case OP_SUB:
            x[in->rd] = x[in->rs1] - x[in->rs2];
            break;
        case OP_SLL:
            x[in->rd] = x[in->rs1] << (x[in->rs2] & 31);
            break;
        case OP_SLT:
            x[in->rd] = (int32_t)x[in->rs1] < (int32_t)x[in->rs2];
            break;
        case OP_SLTU:
            x[in->rd] = x[in->rs1] < x[in->rs2];
            break;
        case OP_XOR:
            x[in->rd] = x[in->rs1] ^ x[in->rs2];
            break;
        case OP_SRL:
            x[in->rd] = x[in->rs1] >> (x[in->rs2] & 31);
            break;
        case OP_SRA:
            x[in->rd] = shift_right_signed(x[in->rs1], x[in->rs2] & 31);
            break;
        case OP_OR:
            x[in->rd] = x[in->rs1] | x[in->rs2];
            break;
        case OP_AND:
            x[in->rd] = x[in->rs1] & x[in->rs2];
            break;
        case OP_MUL:
            x[in->rd] = x[in->rs1] * x[in->rs2];
            core->muls++;
            break;
        case OP_MULH:
            x[in->rd] = mul_high_signed(x[in->rs1], x[in->rs2]);
            core->muls++;
            break;
        case OP_MULHSU:
            x[in->rd] = mul_high_signed_unsigned(x[in->rs1], x[in->rs2]);
            core->muls++;
            break;
        case OP_MULHU:
            x[in->rd] = mul_high(x[in->rs1], x[in->rs2]);
            core->muls++;
            break;
        case OP_DIV:
        case OP_DIVU:
        case OP_REM:
        case OP_REMU:
            cycle += (uint64_t)core->desc.cost.div_bit *
                     divider_steps((core_op_t)in->op, x[in->rs1], x[in->rs2]);
            x[in->rd] = divide((core_op_t)in->op, x[in->rs1], x[in->rs2]);
            core->divs++;
            break;
        case OP_LR:
        case OP_SC:
        case OP_AMOSWAP:
        case OP_AMOADD:
        case OP_AMOXOR:
        case OP_AMOAND:
        case OP_AMOOR:
        case OP_AMOMIN:
        case OP_AMOMAX:
        case OP_AMOMINU:
        case OP_AMOMAXU:
            at = x[in->rs1] - tcm_base;
            if (at > tcm_bytes - 4 || at % 4 != 0)
                goto leave;
            core->loads += in->op != OP_SC;
            if (atomic(core, in, at + tcm_base, tcm + at))
                stored(core, at, 4);
            break;
        case OP_FENCE:
        case OP_FENCE_I:
            break;
        default: /* CSR and system instructions, traps */
            goto leave;
        }
        cycle += in->cycles;
        retired++;
        in += in->slots;
        continue;

    branch:
        target = in->pc + in->imm;
        cycle += taken_cycles;
    jump:
        cycle += in->cycles;
        retired++;
        core->taken++;
        if (target - code->base < code->bytes) {
            in = code->code + (target - code->base) / 2;
            continue;
        }
        core->pc = target;
        goto done;

    leave:
        left = in;
        break;
    }
    core->pc = code->base + (uint32_t)(in - code->code) * 2; /* the slot may not be decoded */
done:
    core->cycle = cycle;
    core->instructions += retired;
    return left;
}
