/*
 * disasm.c - words to text: the base instruction and its operands, no pseudo-instructions.
 */
#include "logic/core_int.h"

#include <stdio.h>

/* Register names of the RISC-V calling convention. */
static const char *const reg_names[32] = {
    "zero", "ra", "sp", "gp", "tp",  "t0",  "t1", "t2", "s0", "s1", "a0",
    "a1",   "a2", "a3", "a4", "a5",  "a6",  "a7", "s2", "s3", "s4", "s5",
    "s6",   "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
};

const char *core_reg_name(uint32_t reg)
{
    return reg_names[reg % 32];
}

static void operands(const core_insn_t *in, char *text, size_t bytes)
{
    const char *rd = core_reg_name(in->rd), *rs1 = core_reg_name(in->rs1),
               *rs2 = core_reg_name(in->rs2);
    int32_t imm = (int32_t)in->imm;
    switch (core_insn_info[in->op].format) {
    case FORMAT_R:
        snprintf(text, bytes, " %s, %s, %s", rd, rs1, rs2);
        break;
    case FORMAT_I:
    case FORMAT_SHIFT:
        snprintf(text, bytes, " %s, %s, %d", rd, rs1, imm);
        break;
    case FORMAT_LOAD:
        snprintf(text, bytes, " %s, %d(%s)", rd, imm, rs1);
        break;
    case FORMAT_STORE:
        snprintf(text, bytes, " %s, %d(%s)", rs2, imm, rs1);
        break;
    case FORMAT_B:
        snprintf(text, bytes, " %s, %s, 0x%x", rs1, rs2, in->pc + in->imm);
        break;
    case FORMAT_U:
        snprintf(text, bytes, " %s, 0x%x", rd,
                 (in->op == OP_AUIPC ? in->imm - in->pc : in->imm) >> 12);
        break;
    case FORMAT_J:
        snprintf(text, bytes, " %s, 0x%x", rd, in->pc + in->imm);
        break;
    case FORMAT_LR:
        snprintf(text, bytes, " %s, (%s)", rd, rs1);
        break;
    case FORMAT_AMO:
        snprintf(text, bytes, " %s, %s, (%s)", rd, rs2, rs1);
        break;
    case FORMAT_CSR:
        snprintf(text, bytes, " %s, 0x%03x, %s", rd, in->imm, rs1);
        break;
    case FORMAT_CSRI:
        snprintf(text, bytes, " %s, 0x%03x, %u", rd, in->imm, in->rs1);
        break;
    case FORMAT_NONE:
        text[0] = '\0';
        break;
    }
}

uint32_t core_disassemble(uint32_t word, uint32_t pc, char *text, size_t text_bytes)
{
    bool is_half = (word & 3) != 3;
    core_insn_t in = core_decode_word(is_half ? rvc_expand(word & 0xffff) : word, pc);
    char args[48];
    if (in.op == OP_ILLEGAL) {
        snprintf(text, text_bytes, is_half ? ".half 0x%04x" : ".word 0x%08x",
                 is_half ? word & 0xffff : word);
        return 0;
    }
    operands(&in, args, sizeof(args));
    snprintf(text, text_bytes, "%s%s", core_insn_info[in.op].text, args);
    return is_half ? 2 : 4;
}
