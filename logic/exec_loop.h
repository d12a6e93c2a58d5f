/*
 * exec_loop.h - the fast loop, as EXECUTE, where an instruction takes SPEND(its cycles), and
 * MORE(cycles) that depend on its operands; RETIRE() counts it, if RETIRED(count, cycles) needs that.
 *
 * One switch for all instructions, long by nature. `break` goes on with the next instruction;
 * `goto branch` takes a branch, `goto jump` goes on at pc `target`; `goto leave` hands `in` over.
 * What is short in 16 bits has cases of its own, so that a host knows the next instruction's place
 * without waiting for a load of this one's length. Each way on looks at cycles_left itself: where
 * they met to do so, every instruction would cost a jump and a test more.
 */
static const core_insn_t *EXECUTE(core_t *core, const core_code_t *code, uint64_t limit)
{
    uint32_t *const x = core->x;
    const core_window_t r = core->readable, w = core->writable;
    const uint32_t w_offset = w.base - core->bus->desc.tcm_base;
    const uint32_t r_words = r.bytes / 4, w_words = w.bytes / 4;
    const uint8_t *const has_code = core->tcm_has_code;
    const uint32_t odd = core->desc.c ? 0 : 2; /* no target has that bit */
    core_insn_t *in = code->code + (core->pc - code->base) / 2;
    const core_insn_t *const start = in;
    uint64_t retired = 0, counts = 0, jumps = 0;
    int64_t jumped = 0; /* over slots that were not run, in bytes; back: less than 0 */
    const int64_t budget = (int64_t)(limit - core->cycle);
    int64_t cycles_left = budget;
    const core_insn_t *left = NULL;
    uint32_t target, at;

    if (budget <= 0)
        goto stop;
    for (;;) {
        switch (in->fast) {
#define OP(name) OP_##name
#define SLOTS 2
#define NEXT next2
#include "logic/exec_short.h"
#undef OP
#undef SLOTS
#undef NEXT
#define OP(name) OP_SHORT_##name
#define SLOTS 1
#define NEXT next1
#include "logic/exec_short.h"
#undef OP
#undef SLOTS
#undef NEXT
        case OP_UNKNOWN:
            core->debug.ahead = (uint64_t)(budget - cycles_left);
            core_decode_slot(core, code, in);
            continue;
        case OP_AUIPC:
            x[in->rd] = in->imm;
            break;
        case OP_BLT:
            if ((int32_t)x[in->rs1] < (int32_t)x[in->rs2])
                goto branch;
            counts += C_UNTAKEN;
            break;
        case OP_BGE:
            if ((int32_t)x[in->rs1] >= (int32_t)x[in->rs2])
                goto branch;
            counts += C_UNTAKEN;
            break;
        case OP_BLTU:
            if (x[in->rs1] < x[in->rs2])
                goto branch;
            counts += C_UNTAKEN;
            break;
        case OP_BGEU:
            if (x[in->rs1] >= x[in->rs2])
                goto branch;
            counts += C_UNTAKEN;
            break;
        case OP_LB:
            at = x[in->rs1] + in->imm - r.base;
            if (at >= r.bytes)
                goto leave;
            x[in->rd] = (r.mem[at] ^ 0x80u) - 0x80u;
            counts += C_LOAD;
            break;
        case OP_LBU:
            at = x[in->rs1] + in->imm - r.base;
            if (at >= r.bytes)
                goto leave;
            x[in->rd] = r.mem[at];
            counts += C_LOAD;
            break;
        case OP_LH:
            at = x[in->rs1] + in->imm - r.base;
            if (at >= r.bytes || at % 2 != 0)
                goto leave;
            x[in->rd] = (get16(r.mem + at) ^ 0x8000u) - 0x8000u;
            counts += C_LOAD;
            break;
        case OP_LHU:
            at = x[in->rs1] + in->imm - r.base;
            if (at >= r.bytes || at % 2 != 0)
                goto leave;
            x[in->rd] = get16(r.mem + at);
            counts += C_LOAD;
            break;
        case OP_SB:
            at = x[in->rs1] + in->imm - w.base;
            if (at >= w.bytes)
                goto leave;
            w.mem[at] = (uint8_t)x[in->rs2];
            stored(core, has_code, w_offset + at, 1);
            counts += C_STORE;
            break;
        case OP_SH:
            at = x[in->rs1] + in->imm - w.base;
            if (at >= w.bytes || at % 2 != 0)
                goto leave;
            put16(w.mem + at, x[in->rs2]);
            stored(core, has_code, w_offset + at, 2);
            counts += C_STORE;
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
        case OP_SLL:
            x[in->rd] = x[in->rs1] << (x[in->rs2] & 31);
            break;
        case OP_SLT:
            x[in->rd] = (int32_t)x[in->rs1] < (int32_t)x[in->rs2];
            break;
        case OP_SLTU:
            x[in->rd] = x[in->rs1] < x[in->rs2];
            break;
        case OP_SRL:
            x[in->rd] = x[in->rs1] >> (x[in->rs2] & 31);
            break;
        case OP_SRA:
            x[in->rd] = shift_right_signed(x[in->rs1], x[in->rs2] & 31);
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
            MORE((uint64_t)core->desc.cost.div_bit *
                 divider_steps((core_op_t)in->op, x[in->rs1], x[in->rs2]));
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
            at = x[in->rs1] - w.base; /* who may write may read */
            if (at >= w.bytes || at % 4 != 0)
                goto leave;
            counts += in->op != OP_SC ? C_LOAD : 0;
            if (core_atomic(core, in, at + w.base, w.mem + at)) {
                stored(core, has_code, w_offset + at, 4);
                counts += C_STORE;
            }
            break;
        case OP_FENCE:
            break;
        /* CSR and system instructions, traps */
        LEAVES(CSRRW) LEAVES(CSRRS) LEAVES(CSRRC) LEAVES(CSRRWI) LEAVES(CSRRSI) LEAVES(CSRRCI)
        LEAVES(ECALL) LEAVES(EBREAK) LEAVES(MRET) LEAVES(WFI) LEAVES(FENCE_I)
        LEAVES(ILLEGAL) LEAVES(FAULT) LEAVES(FAR) LEAVES(BREAK) LEAVES(AWAY)
        /* and what is not used: with all values of a byte the switch need not look at its range */
        LEAVES(UNUSED) UNUSED_4(92) UNUSED_32(96) UNUSED_64(128) UNUSED_64(192)
            goto leave;
        }
    next2:
        SPEND(in->cycles);
        RETIRE();
        in += 2;
        if (cycles_left > 0)
            continue;
        goto stop;
    next1:
        SPEND(in->cycles);
        RETIRE();
        in += 1;
        if (cycles_left > 0)
            continue;
        goto stop;

    branch:
        SPEND(in->taken);
        RETIRE();
        jumps++;
        jumped += (int32_t)in->imm - SLOT_BYTES * in->slots;
        in = slot_at(in, (int32_t)in->imm);
        if (cycles_left > 0)
            continue;
        goto stop;
    jump:
        SPEND(in->taken);
        RETIRE();
        jumps++;
        jumped -= SLOT_BYTES * in->slots;
        if (target - code->base < code->bytes) {
            jumped -= (char *)in - (char *)code->code;
            in = code->code + (target - code->base) / 2;
            jumped += (char *)in - (char *)code->code;
            if (cycles_left > 0)
                continue;
            goto stop;
        }
        core->pc = target;
        goto done;

    leave:
        left = in;
        goto stop;
    }
stop:
    core->pc = code->base + (uint32_t)(in - code->code) * 2; /* the slot may not be decoded */
done:
    core->cycle += (uint64_t)(budget - cycles_left);
    core->instructions += RETIRED(retired, (uint64_t)(budget - cycles_left));
    core->loads += counts % C_UNTAKEN;
    core->untaken += counts / C_UNTAKEN % (C_STORE / C_UNTAKEN);
    core->stores += counts / C_STORE;
    *core_fetched(core, code->base) +=
        2 * (uint64_t)(((const char *)in - (const char *)start - jumped) / SLOT_BYTES);
    core->taken += jumps;
    return left;
}
