/*
 * enc.h - a tiny assembler: one function an instruction, in the order of operands of assembly.
 */
#ifndef TESTS_LOGIC_ENC_H
#define TESTS_LOGIC_ENC_H

#include <stdint.h>

/* clang-format off */
enum { ZERO, RA, SP, GP, TP, T0, T1, T2, S0, S1, A0, A1, A2, A3, A4, A5, A6, A7,
       S2, S3, S4, S5, S6, S7, S8, S9, S10, S11, T3, T4, T5, T6 };

enum { MSTATUS = 0x300, MISA = 0x301, MIE = 0x304, MTVEC = 0x305, MSCRATCH = 0x340, MEPC = 0x341,
       MCAUSE = 0x342, MTVAL = 0x343, MIP = 0x344, MCYCLE = 0xb00, MINSTRET = 0xb02,
       MCYCLEH = 0xb80, MINSTRETH = 0xb82 };

static inline uint32_t enc_r(uint32_t f7, uint32_t rs2, uint32_t rs1, uint32_t f3, uint32_t rd, uint32_t op)
{
    return f7 << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 | rd << 7 | op;
}
static inline uint32_t enc_i(int32_t imm, uint32_t rs1, uint32_t f3, uint32_t rd, uint32_t op)
{
    return (uint32_t)imm << 20 | rs1 << 15 | f3 << 12 | rd << 7 | op;
}
static inline uint32_t enc_s(int32_t imm, uint32_t rs2, uint32_t rs1, uint32_t f3)
{
    uint32_t u = (uint32_t)imm;
    return (u >> 5 & 0x7f) << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 | (u & 31) << 7 | 0x23;
}
static inline uint32_t enc_b(uint32_t f3, uint32_t rs1, uint32_t rs2, int32_t offset)
{
    uint32_t u = (uint32_t)offset;
    return (u >> 12 & 1) << 31 | (u >> 5 & 0x3f) << 25 | rs2 << 20 | rs1 << 15 | f3 << 12 |
           (u >> 1 & 0xf) << 8 | (u >> 11 & 1) << 7 | 0x63;
}

#define ALU_R(name, f7, f3) \
    static inline uint32_t name(uint32_t rd, uint32_t rs1, uint32_t rs2) { return enc_r(f7, rs2, rs1, f3, rd, 0x33); }
ALU_R(ADD, 0, 0) ALU_R(SUB, 32, 0) ALU_R(SLL, 0, 1) ALU_R(SLT, 0, 2) ALU_R(SLTU, 0, 3)
ALU_R(XOR, 0, 4) ALU_R(SRL, 0, 5) ALU_R(SRA, 32, 5) ALU_R(OR, 0, 6) ALU_R(AND, 0, 7)
ALU_R(MUL, 1, 0) ALU_R(MULH, 1, 1) ALU_R(MULHSU, 1, 2) ALU_R(MULHU, 1, 3)
ALU_R(DIV, 1, 4) ALU_R(DIVU, 1, 5) ALU_R(REM, 1, 6) ALU_R(REMU, 1, 7)
#undef ALU_R

#define ALU_I(name, f3) \
    static inline uint32_t name(uint32_t rd, uint32_t rs1, int32_t imm) { return enc_i(imm, rs1, f3, rd, 0x13); }
ALU_I(ADDI, 0) ALU_I(SLTI, 2) ALU_I(SLTIU, 3) ALU_I(XORI, 4) ALU_I(ORI, 6) ALU_I(ANDI, 7)
ALU_I(SLLI, 1) ALU_I(SRLI, 5)
#undef ALU_I
static inline uint32_t SRAI(uint32_t rd, uint32_t rs1, int32_t by) { return enc_i(by | 0x400, rs1, 5, rd, 0x13); }

#define LOADS(name, f3) \
    static inline uint32_t name(uint32_t rd, int32_t offset, uint32_t rs1) { return enc_i(offset, rs1, f3, rd, 0x03); }
LOADS(LB, 0) LOADS(LH, 1) LOADS(LW, 2) LOADS(LBU, 4) LOADS(LHU, 5)
#undef LOADS
#define STORES(name, f3) \
    static inline uint32_t name(uint32_t rs2, int32_t offset, uint32_t rs1) { return enc_s(offset, rs2, rs1, f3); }
STORES(SB, 0) STORES(SH, 1) STORES(SW, 2)
#undef STORES
#define BRANCHES(name, f3) \
    static inline uint32_t name(uint32_t rs1, uint32_t rs2, int32_t offset) { return enc_b(f3, rs1, rs2, offset); }
BRANCHES(BEQ, 0) BRANCHES(BNE, 1) BRANCHES(BLT, 4) BRANCHES(BGE, 5) BRANCHES(BLTU, 6) BRANCHES(BGEU, 7)
#undef BRANCHES
#define CSRS(name, f3) \
    static inline uint32_t name(uint32_t rd, uint32_t csr, uint32_t rs1) { return csr << 20 | rs1 << 15 | (uint32_t)f3 << 12 | rd << 7 | 0x73; }
CSRS(CSRRW, 1) CSRS(CSRRS, 2) CSRS(CSRRC, 3) CSRS(CSRRWI, 5) CSRS(CSRRSI, 6) CSRS(CSRRCI, 7)
#undef CSRS
#define AMOS(name, f5) \
    static inline uint32_t name(uint32_t rd, uint32_t rs2, uint32_t rs1) { return enc_r((uint32_t)f5 << 2, rs2, rs1, 2, rd, 0x2f); }
AMOS(AMOADD_W, 0) AMOS(AMOSWAP_W, 1) AMOS(SC_W, 3) AMOS(AMOXOR_W, 4) AMOS(AMOOR_W, 8) AMOS(AMOAND_W, 12)
AMOS(AMOMIN_W, 16) AMOS(AMOMAX_W, 20) AMOS(AMOMINU_W, 24) AMOS(AMOMAXU_W, 28)
#undef AMOS
static inline uint32_t LR_W(uint32_t rd, uint32_t rs1) { return enc_r(2u << 2, 0, rs1, 2, rd, 0x2f); }

/* imm20: the upper 20 bits as a number, as in assembly. */
static inline uint32_t LUI(uint32_t rd, uint32_t imm20) { return imm20 << 12 | rd << 7 | 0x37; }
static inline uint32_t AUIPC(uint32_t rd, uint32_t imm20) { return imm20 << 12 | rd << 7 | 0x17; }
static inline uint32_t JALR(uint32_t rd, int32_t offset, uint32_t rs1) { return enc_i(offset, rs1, 0, rd, 0x67); }
static inline uint32_t JAL(uint32_t rd, int32_t offset)
{
    uint32_t u = (uint32_t)offset;
    return (u >> 20 & 1) << 31 | (u >> 1 & 0x3ff) << 21 | (u >> 11 & 1) << 20 | (u >> 12 & 0xff) << 12 | rd << 7 | 0x6f;
}

enum { NOP = 0x00000013, ECALL = 0x00000073, EBREAK = 0x00100073, MRET = 0x30200073, WFI = 0x10500073,
       FENCE = 0x0ff0000f, FENCE_I = 0x0000100f, HALF_NOP = 0x0001 };
/* clang-format on */

#endif
