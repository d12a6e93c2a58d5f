/*
 * exec_loop.h - the fast loop, as EXECUTE, where an instruction takes SPEND(its cycles), and
 * MORE(cycles) that depend on its operands.
 *
 * One switch for all instructions, long by nature. `break` goes on with the next instruction;
 * `goto branch` takes a branch, `goto jump` goes on at pc `target`; `goto leave` hands `in` over.
 */
static const core_insn_t *EXECUTE(core_t *core, const core_code_t *code, uint64_t limit)
{
    uint32_t *const x = core->x;
    const core_window_t r = core->readable, w = core->writable;
    const uint32_t w_offset = w.base - core->bus->desc.tcm_base;
    const uint32_t odd = core->desc.c ? 0 : 2; /* no target has that bit */
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
            target = in->pc + in->imm;
            if ((target & odd) != 0)
                goto leave;
            x[in->rd] = in->pc + in->slots * 2u;
            goto jump;
        case OP_JALR:
            target = (x[in->rs1] + in->imm) & ~1u;
            if ((target & odd) != 0)
                goto leave;
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
            at = x[in->rs1] + in->imm - r.base;
            if (at >= r.bytes)
                goto leave;
            x[in->rd] = (r.mem[at] ^ 0x80u) - 0x80u;
            core->loads++;
            break;
        case OP_LBU:
            at = x[in->rs1] + in->imm - r.base;
            if (at >= r.bytes)
                goto leave;
            x[in->rd] = r.mem[at];
            core->loads++;
            break;
        case OP_LH:
            at = x[in->rs1] + in->imm - r.base;
            if (at >= r.bytes || at % 2 != 0)
                goto leave;
            x[in->rd] = (get16(r.mem + at) ^ 0x8000u) - 0x8000u;
            core->loads++;
            break;
        case OP_LHU:
            at = x[in->rs1] + in->imm - r.base;
            if (at >= r.bytes || at % 2 != 0)
                goto leave;
            x[in->rd] = get16(r.mem + at);
            core->loads++;
            break;
        case OP_LW:
            at = x[in->rs1] + in->imm - r.base;
            if (at >= r.bytes || at % 4 != 0)
                goto leave;
            x[in->rd] = get32(r.mem + at);
            core->loads++;
            break;
        case OP_SB:
            at = x[in->rs1] + in->imm - w.base;
            if (at >= w.bytes)
                goto leave;
            w.mem[at] = (uint8_t)x[in->rs2];
            stored(core, w_offset + at, 1);
            break;
        case OP_SH:
            at = x[in->rs1] + in->imm - w.base;
            if (at >= w.bytes || at % 2 != 0)
                goto leave;
            put16(w.mem + at, x[in->rs2]);
            stored(core, w_offset + at, 2);
            break;
        case OP_SW:
            at = x[in->rs1] + in->imm - w.base;
            if (at >= w.bytes || at % 4 != 0)
                goto leave;
            put32(w.mem + at, x[in->rs2]);
            stored(core, w_offset + at, 4);
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
            core->loads += in->op != OP_SC;
            if (core_atomic(core, in, at + w.base, w.mem + at))
                stored(core, w_offset + at, 4);
            break;
        case OP_FENCE:
        case OP_FENCE_I:
            break;
        default: /* CSR and system instructions, traps */
            goto leave;
        }
        SPEND(in->cycles);
        retired++;
        in += in->slots;
        continue;

    branch:
        target = in->pc + in->imm;
        if ((target & odd) != 0)
            goto leave;
    jump:
        SPEND(in->taken);
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
