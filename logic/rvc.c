/*
 * rvc.c - compressed instructions as what they stand for: RISC-V unprivileged specification
 * 20191213, chapter 16, tables 16.5 to 16.7, RV32 columns. Floating point is not there: its
 * encodings are illegal, like the reserved ones. HINTs become the no-ops that they expand to.
 */
#include "logic/core_int.h"

enum { ZERO = 0, RA = 1, SP = 2 };

/* Bits high..low of half, moved to bit `to`. */
static uint32_t field(uint32_t half, uint32_t high, uint32_t low, uint32_t to)
{
    return (half >> low & ((2u << (high - low)) - 1)) << to;
}

static uint32_t sign_extend(uint32_t value, uint32_t bits)
{
    uint32_t sign = 1u << (bits - 1);
    return (value ^ sign) - sign;
}

/* ---- 32-bit formats ---- */

static uint32_t r_type(uint32_t match, uint32_t rd, uint32_t rs1, uint32_t rs2)
{
    return match | rd << 7 | rs1 << 15 | rs2 << 20;
}

static uint32_t i_type(uint32_t match, uint32_t rd, uint32_t rs1, uint32_t imm)
{
    return match | rd << 7 | rs1 << 15 | imm << 20;
}

static uint32_t s_type(uint32_t match, uint32_t rs1, uint32_t rs2, uint32_t imm)
{
    return match | rs1 << 15 | rs2 << 20 | field(imm, 4, 0, 7) | field(imm, 11, 5, 25);
}

static uint32_t b_type(uint32_t match, uint32_t rs1, uint32_t rs2, uint32_t imm)
{
    return match | rs1 << 15 | rs2 << 20 | field(imm, 11, 11, 7) | field(imm, 4, 1, 8) |
           field(imm, 10, 5, 25) | field(imm, 12, 12, 31);
}

static uint32_t j_type(uint32_t rd, uint32_t imm)
{
    return core_insn_info[OP_JAL].match | rd << 7 | field(imm, 19, 12, 12) |
           field(imm, 11, 11, 20) | field(imm, 10, 1, 21) | field(imm, 20, 20, 31);
}

static uint32_t match_of(core_op_t op)
{
    return core_insn_info[op].match;
}

/* ---- operands ---- */

static uint32_t reg_at(uint32_t half, uint32_t low)
{
    return half >> low & 31;
}

/* Three bits name x8..x15. */
static uint32_t short_reg_at(uint32_t half, uint32_t low)
{
    return 8 + (half >> low & 7);
}

static uint32_t imm6(uint32_t half)
{
    return sign_extend(field(half, 12, 12, 5) | field(half, 6, 2, 0), 6);
}

static uint32_t jump_offset(uint32_t half)
{
    return sign_extend(field(half, 12, 12, 11) | field(half, 11, 11, 4) | field(half, 10, 9, 8) |
                           field(half, 8, 8, 10) | field(half, 7, 7, 6) | field(half, 6, 6, 7) |
                           field(half, 5, 3, 1) | field(half, 2, 2, 5),
                       12);
}

static uint32_t branch_offset(uint32_t half)
{
    return sign_extend(field(half, 12, 12, 8) | field(half, 11, 10, 3) | field(half, 6, 5, 6) |
                           field(half, 4, 3, 1) | field(half, 2, 2, 5),
                       9);
}

/* ---- the three quadrants ---- */

static uint32_t quadrant_0(uint32_t half)
{
    uint32_t rd = short_reg_at(half, 2), rs1 = short_reg_at(half, 7);
    uint32_t word_offset = field(half, 12, 10, 3) | field(half, 6, 6, 2) | field(half, 5, 5, 6);
    uint32_t stack_offset = field(half, 12, 11, 4) | field(half, 10, 7, 6) | field(half, 6, 6, 2) |
                            field(half, 5, 5, 3);
    switch (half >> 13) {
    case 0: /* c.addi4spn; 0 is reserved, and the all-zero half is illegal by definition */
        return stack_offset != 0 ? i_type(match_of(OP_ADDI), rd, SP, stack_offset) : 0;
    case 2: /* c.lw */
        return i_type(match_of(OP_LW), rd, rs1, word_offset);
    case 6: /* c.sw */
        return s_type(match_of(OP_SW), rs1, rd, word_offset);
    default:
        return 0;
    }
}

static uint32_t add_to_sp(uint32_t half)
{
    uint32_t imm =
        sign_extend(field(half, 12, 12, 9) | field(half, 6, 6, 4) | field(half, 5, 5, 6) |
                        field(half, 4, 3, 7) | field(half, 2, 2, 5),
                    10);
    return imm != 0 ? i_type(match_of(OP_ADDI), SP, SP, imm) : 0;
}

static uint32_t load_upper(uint32_t half)
{
    uint32_t imm = imm6(half) << 12;
    return imm != 0 ? match_of(OP_LUI) | reg_at(half, 7) << 7 | imm : 0;
}

static uint32_t arithmetic(uint32_t half)
{
    static const core_op_t register_ops[] = {OP_SUB, OP_XOR, OP_OR, OP_AND};
    uint32_t rd = short_reg_at(half, 7);
    bool bit_12 = (half & 0x1000) != 0;
    uint32_t kind = half >> 10 & 3;
    if (kind == 2) /* c.andi */
        return i_type(match_of(OP_ANDI), rd, rd, imm6(half));
    if (bit_12) /* shifts by 32 and more; c.subw, c.addw */
        return 0;
    if (kind == 3)
        return r_type(match_of(register_ops[half >> 5 & 3]), rd, rd, short_reg_at(half, 2));
    return i_type(match_of(kind == 0 ? OP_SRLI : OP_SRAI), rd, rd, field(half, 6, 2, 0));
}

static uint32_t quadrant_1(uint32_t half)
{
    uint32_t rd = reg_at(half, 7);
    switch (half >> 13) {
    case 0: /* c.nop, c.addi */
        return i_type(match_of(OP_ADDI), rd, rd, imm6(half));
    case 1: /* c.jal */
        return j_type(RA, jump_offset(half));
    case 2: /* c.li */
        return i_type(match_of(OP_ADDI), rd, ZERO, imm6(half));
    case 3: /* c.addi16sp, c.lui */
        return rd == SP ? add_to_sp(half) : load_upper(half);
    case 4:
        return arithmetic(half);
    case 5: /* c.j */
        return j_type(ZERO, jump_offset(half));
    default: /* c.beqz, c.bnez */
        return b_type(match_of(half >> 13 == 6 ? OP_BEQ : OP_BNE), short_reg_at(half, 7), ZERO,
                      branch_offset(half));
    }
}

static uint32_t jump_move_add(uint32_t half)
{
    uint32_t rd = reg_at(half, 7), rs2 = reg_at(half, 2);
    bool link = (half & 0x1000) != 0;
    if (rs2 != 0) /* c.mv, c.add */
        return r_type(match_of(OP_ADD), rd, link ? rd : ZERO, rs2);
    if (rd != 0) /* c.jr, c.jalr */
        return i_type(match_of(OP_JALR), link ? RA : ZERO, rd, 0);
    return link ? match_of(OP_EBREAK) : 0;
}

static uint32_t quadrant_2(uint32_t half)
{
    uint32_t rd = reg_at(half, 7);
    switch (half >> 13) {
    case 0: /* c.slli; shifts by 32 and more are reserved */
        return (half & 0x1000) != 0 ? 0 : i_type(match_of(OP_SLLI), rd, rd, field(half, 6, 2, 0));
    case 2: /* c.lwsp */
        return rd == 0
                   ? 0
                   : i_type(match_of(OP_LW), rd, SP,
                            field(half, 12, 12, 5) | field(half, 6, 4, 2) | field(half, 3, 2, 6));
    case 4:
        return jump_move_add(half);
    case 6: /* c.swsp */
        return s_type(match_of(OP_SW), SP, reg_at(half, 2),
                      field(half, 12, 9, 2) | field(half, 8, 7, 6));
    default:
        return 0;
    }
}

uint32_t rvc_expand(uint32_t half)
{
    switch (half & 3) {
    case 0:
        return quadrant_0(half);
    case 1:
        return quadrant_1(half);
    case 2:
        return quadrant_2(half);
    default:
        return 0;
    }
}
