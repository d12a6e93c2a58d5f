#include "tests/logic/naive.h"

#include <string.h>

/* ---- interrupts and traps ---- */

static bool irq_level(const naive_t *n, uint64_t cycle)
{
    bool level = false;
    for (uint32_t i = 0; i < n->irqs && n->irq[i].cycle <= cycle; i++)
        level = n->irq[i].level;
    return level;
}

static uint32_t mip(const naive_t *n)
{
    return irq_level(n, n->cycle) ? 1u << 11 : 0;
}

static void trap(naive_t *n, uint32_t cause, uint32_t value)
{
    n->mepc = n->pc;
    n->mcause = cause;
    n->mtval = value;
    n->mstatus = (n->mstatus & 8) ? 0x1880 : 0x1800; /* MPIE = MIE, MIE = 0, MPP = M */
    n->pc = n->mtvec & ~3u;
    if ((n->mtvec & 1) && (cause & 0x80000000u))
        n->pc += 4 * (cause & 0x7fffffffu);
    n->cycle += 4;
    n->reserved = 1;
}

static void exception(naive_t *n, uint32_t cause, uint32_t value)
{
    if (n->trapped)
        return;
    n->trapped = true;
    n->exceptions++;
    if ((n->mtvec & ~3u) == 0 || n->last_exception == n->instret)
        n->halted = true;
    else
        trap(n, cause, value);
    n->last_exception = n->instret;
}

/* ---- memory ---- */

static bool in(uint32_t addr, uint32_t bytes, uint32_t base, uint32_t size)
{
    return addr >= base && (uint64_t)addr + bytes <= (uint64_t)base + size;
}

static uint32_t gather(const uint8_t *p, uint32_t bytes)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        value += (uint32_t)p[i] << (8 * i);
    return value;
}

/* Returns the value and sets *cycles. */
static uint32_t load(naive_t *n, uint32_t addr, uint32_t bytes, uint32_t *cycles)
{
    if (addr % bytes != 0) {
        exception(n, 4, addr);
        return 0;
    }
    if (in(addr, bytes, n->tcm_base, n->tcm_bytes))
        return gather(n->tcm + (addr - n->tcm_base), bytes);
    if (in(addr, bytes, 0, n->rom_bytes))
        return gather(n->rom + addr, bytes);
    *cycles = n->l2_cycles;
    if (in(addr, bytes, n->l2_base, n->l2_bytes))
        return gather(n->l2 + (addr - n->l2_base), bytes);
    *cycles = 4;
    if (addr == n->reg_addr && bytes == 4)
        return n->reg;
    if (addr / 4096 == n->reg_addr / 4096 && bytes == 4)
        return 0; /* the register's page */
    exception(n, 5, addr);
    return 0;
}

static void store(naive_t *n, uint32_t addr, uint32_t bytes, uint32_t value, uint32_t *cycles)
{
    uint8_t *p = NULL;
    if (addr % bytes != 0) {
        exception(n, 6, addr);
    } else if (in(addr, bytes, n->tcm_base, n->tcm_bytes)) {
        p = n->tcm + (addr - n->tcm_base);
    } else if (in(addr, bytes, n->l2_base, n->l2_bytes)) {
        p = n->l2 + (addr - n->l2_base);
        *cycles = n->l2_cycles;
    } else if (addr / 4096 == n->reg_addr / 4096 && bytes == 4) {
        n->reg = addr == n->reg_addr ? value : n->reg;
        *cycles = 4;
    } else {
        exception(n, 7, addr);
    }
    for (uint32_t i = 0; p != NULL && i < bytes; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

/* ---- helpers of the decoder ---- */

static uint32_t bits(uint32_t word, int high, int low)
{
    return (word >> low) & (uint32_t)((1ull << (high - low + 1)) - 1);
}

static int32_t sext(uint32_t value, int width)
{
    return (int32_t)(value << (32 - width)) >> (32 - width);
}

static void set(naive_t *n, uint32_t rd, uint32_t value)
{
    if (rd != 0 && !n->trapped)
        n->x[rd] = value;
}

static void illegal(naive_t *n, uint32_t encoding)
{
    exception(n, 2, encoding);
}

/* Does a fetch of the half at addr work? */
static bool fetch(const naive_t *n, uint32_t addr, uint32_t *half)
{
    if (in(addr, 2, n->tcm_base, n->tcm_bytes))
        *half = gather(n->tcm + (addr - n->tcm_base), 2);
    else if (in(addr, 2, 0, n->rom_bytes))
        *half = gather(n->rom + addr, 2);
    else
        return false;
    return true;
}

/* ---- CSRs ---- */

static bool csr_get(const naive_t *n, uint32_t csr, uint32_t *value)
{
    uint64_t cycle = n->cycle + n->cycle_offset, instret = n->instret + n->instret_offset;
    *value = 0;
    switch (csr) {
    case 0x300:
        *value = n->mstatus;
        return true;
    case 0x301:
        *value = 0x40001105;
        return true;
    case 0x304:
        *value = n->mie;
        return true;
    case 0x305:
        *value = n->mtvec;
        return true;
    case 0x310:
    case 0x320:
        return true;
    case 0x340:
        *value = n->mscratch;
        return true;
    case 0x341:
        *value = n->mepc;
        return true;
    case 0x342:
        *value = n->mcause;
        return true;
    case 0x343:
        *value = n->mtval;
        return true;
    case 0x344:
        *value = mip(n);
        return true;
    case 0xb00:
    case 0xc00:
        *value = (uint32_t)cycle;
        return true;
    case 0xb80:
    case 0xc80:
        *value = (uint32_t)(cycle >> 32);
        return true;
    case 0xb02:
    case 0xc02:
        *value = (uint32_t)instret;
        return true;
    case 0xb82:
    case 0xc82:
        *value = (uint32_t)(instret >> 32);
        return true;
    case 0xf11:
    case 0xf12:
    case 0xf13:
    case 0xf14:
    case 0xf15:
        return true;
    default:
        return (csr >= 0x323 && csr <= 0x33f) || (csr >= 0xb03 && csr <= 0xb1f) ||
               (csr >= 0xb83 && csr <= 0xb9f);
    }
}

static void csr_set(naive_t *n, uint32_t csr, uint32_t value)
{
    uint64_t cycle = n->cycle + 3 + n->cycle_offset, instret = n->instret + 1 + n->instret_offset;
    uint64_t high = (uint64_t)value << 32;
    switch (csr) {
    case 0x300:
        n->mstatus = 0x1800 | (value & 0x88);
        break;
    case 0x304:
        n->mie = value & 0x888;
        break;
    case 0x305:
        n->mtvec = value & ~2u;
        break;
    case 0x340:
        n->mscratch = value;
        break;
    case 0x341:
        n->mepc = value & ~1u;
        break;
    case 0x342:
        n->mcause = value;
        break;
    case 0x343:
        n->mtval = value;
        break;
    case 0xb00:
        n->cycle_offset += ((cycle & ~0xffffffffull) | value) - cycle;
        break;
    case 0xb80:
        n->cycle_offset += (high | (uint32_t)cycle) - cycle;
        break;
    case 0xb02:
        n->instret_offset += ((instret & ~0xffffffffull) | value) - instret;
        break;
    case 0xb82:
        n->instret_offset += (high | (uint32_t)instret) - instret;
        break;
    default:
        break;
    }
}

static uint32_t do_csr(naive_t *n, uint32_t word)
{
    uint32_t funct3 = bits(word, 14, 12), rs1 = bits(word, 19, 15), csr = bits(word, 31, 20), old;
    uint32_t operand = funct3 & 4 ? rs1 : n->x[rs1];
    bool writes = (funct3 & 3) == 1 || rs1 != 0;
    if (!csr_get(n, csr, &old) || (writes && csr >> 10 == 3)) {
        illegal(n, word);
        return 0;
    }
    if (writes && (funct3 & 3) == 1)
        csr_set(n, csr, operand);
    else if (writes && (funct3 & 3) == 2)
        csr_set(n, csr, old | operand);
    else if (writes)
        csr_set(n, csr, old & ~operand);
    set(n, bits(word, 11, 7), old);
    return 3;
}

/* ---- arithmetic ---- */

static uint32_t multiply_divide(uint32_t funct3, uint32_t a, uint32_t b, uint32_t *cycles)
{
    int64_t sa = (int32_t)a, sb = (int32_t)b;
    uint64_t dividend = a;
    *cycles = 2;
    if (funct3 == 4 || funct3 == 6)
        dividend = (uint64_t)(sa < 0 ? -sa : sa);
    if (funct3 >= 4 && b != 0)
        for (; dividend != 0; dividend >>= 1)
            *cycles += 1;
    switch (funct3) {
    case 0:
        return (uint32_t)(sa * sb);
    case 1:
        return (uint32_t)((uint64_t)(sa * sb) >> 32);
    case 2:
        return (uint32_t)((uint64_t)(sa * (int64_t)(uint64_t)b) >> 32);
    case 3:
        return (uint32_t)((uint64_t)a * (uint64_t)b >> 32);
    case 4:
        return b == 0 ? 0xffffffff : (uint32_t)(sa / sb);
    case 5:
        return b == 0 ? 0xffffffff : a / b;
    case 6:
        return b == 0 ? a : (uint32_t)(sa % sb);
    default:
        return b == 0 ? a : a % b;
    }
}

static uint32_t operate(uint32_t funct3, bool alternate, uint32_t a, uint32_t b)
{
    switch (funct3) {
    case 0:
        return alternate ? a - b : a + b;
    case 1:
        return a << (b % 32);
    case 2:
        return (int32_t)a < (int32_t)b;
    case 3:
        return a < b;
    case 4:
        return a ^ b;
    case 5:
        return alternate ? (uint32_t)((int32_t)a >> (b % 32)) : a >> (b % 32);
    case 6:
        return a | b;
    default:
        return a & b;
    }
}

static bool branches(uint32_t funct3, uint32_t a, uint32_t b)
{
    switch (funct3) {
    case 0:
        return a == b;
    case 1:
        return a != b;
    case 4:
        return (int32_t)a < (int32_t)b;
    case 5:
        return (int32_t)a >= (int32_t)b;
    case 6:
        return a < b;
    default:
        return a >= b;
    }
}

/* ---- does the instruction at pc read register r? (for the load-use cycle) ---- */

static bool half_reads(uint32_t h, uint32_t r)
{
    uint32_t op = bits(h, 1, 0), f3 = bits(h, 15, 13), full = bits(h, 11, 7), rs2 = bits(h, 6, 2);
    uint32_t s1 = 8 + bits(h, 9, 7), s2 = 8 + bits(h, 4, 2);
    bool b12 = bits(h, 12, 12) != 0;
    if (op == 0)
        return (f3 == 0 && bits(h, 12, 5) != 0 && r == 2) || (f3 == 2 && r == s1) ||
               (f3 == 6 && (r == s1 || r == s2));
    if (op == 1) {
        if (f3 == 0)
            return r == full;
        if (f3 == 3)
            return full == 2 && r == 2 && (h & 0x107c) != 0;
        if (f3 == 4 && bits(h, 11, 10) == 2)
            return r == s1;
        if (f3 == 4)
            return !b12 && (r == s1 || (bits(h, 11, 10) == 3 && r == s2));
        return f3 >= 6 && r == s1;
    }
    if (f3 == 0)
        return !b12 && r == full;
    if (f3 == 2)
        return full != 0 && r == 2;
    if (f3 == 4 && rs2 != 0)
        return r == rs2 || (b12 && r == full);
    if (f3 == 4)
        return full != 0 && r == full;
    return f3 == 6 && (r == 2 || r == rs2);
}

static bool word_is_legal(uint32_t w)
{
    uint32_t f3 = bits(w, 14, 12), f7 = bits(w, 31, 25), f5 = bits(w, 31, 27);
    switch (bits(w, 6, 0)) {
    case 0x37:
    case 0x17:
    case 0x6f:
        return true;
    case 0x67:
        return f3 == 0;
    case 0x63:
        return f3 != 2 && f3 != 3;
    case 0x03:
        return f3 != 3 && f3 < 6;
    case 0x23:
        return f3 < 3;
    case 0x13:
        return f3 == 1 ? f7 == 0 : f3 == 5 ? f7 == 0 || f7 == 0x20 : true;
    case 0x33:
        return f7 < 2 || (f7 == 0x20 && (f3 == 0 || f3 == 5));
    case 0x2f:
        return f3 == 2 && (f5 < 2 || f5 == 3 || (f5 == 2 && bits(w, 24, 20) == 0) || f5 % 4 == 0);
    case 0x0f:
        return f3 < 2;
    case 0x73:
        return f3 == 0 ? w == 0x73 || w == 0x100073 || w == 0x30200073 || w == 0x10500073 : f3 != 4;
    default:
        return false;
    }
}

static bool next_reads(const naive_t *n, uint32_t pc, uint32_t r)
{
    uint32_t low, high;
    if (r == 0 || !fetch(n, pc, &low))
        return false;
    if (low % 4 != 3)
        return half_reads(low, r);
    if (!fetch(n, pc + 2, &high))
        return false;
    uint32_t w = high << 16 | low, op = bits(w, 6, 0), f3 = bits(w, 14, 12);
    if (!word_is_legal(w))
        return false;
    bool first = op == 0x67 || op == 0x63 || op == 0x03 || op == 0x23 || op == 0x13 || op == 0x33 ||
                 op == 0x2f || (op == 0x73 && f3 >= 1 && f3 <= 3);
    bool second = op == 0x63 || op == 0x23 || op == 0x33 || (op == 0x2f && bits(w, 31, 27) != 2);
    return (first && bits(w, 19, 15) == r) || (second && bits(w, 24, 20) == r);
}

/* ---- instructions: each returns its cycles; *next is where to go on ---- */

static uint32_t do_load(naive_t *n, uint32_t rd, uint32_t addr, uint32_t funct3, uint32_t after)
{
    uint32_t bytes = 1u << (funct3 & 3);
    uint32_t cycles = 2 + (next_reads(n, after, rd) ? 1 : 0);
    uint32_t value = load(n, addr, bytes, &cycles);
    if (funct3 < 2)
        value = (uint32_t)sext(value, (int)(8 * bytes));
    set(n, rd, value);
    return cycles;
}

static uint32_t do_store(naive_t *n, uint32_t addr, uint32_t bytes, uint32_t value)
{
    uint32_t cycles = 1;
    store(n, addr, bytes, value, &cycles);
    return cycles;
}

static uint32_t do_atomic(naive_t *n, uint32_t w, uint32_t after)
{
    uint32_t f5 = bits(w, 31, 27), rd = bits(w, 11, 7), addr = n->x[bits(w, 19, 15)];
    uint32_t value = n->x[bits(w, 24, 20)], none = 0, result;
    bool tcm = in(addr, 4, n->tcm_base, n->tcm_bytes);
    if (addr % 4 != 0 || !tcm) {
        exception(n, (f5 == 2 ? 4u : 6u) + (addr % 4 == 0), addr);
        return 0;
    }
    if (f5 == 2) {
        uint32_t cycles = do_load(n, rd, addr, 2, after);
        n->reserved = addr;
        return cycles;
    }
    if (f5 == 3) {
        bool works = n->reserved == addr;
        n->reserved = 1;
        if (works)
            store(n, addr, 4, value, &none);
        set(n, rd, !works);
        return 1;
    }
    uint32_t old = load(n, addr, 4, &none);
    int32_t so = (int32_t)old, sv = (int32_t)value;
    switch (f5) {
    case 0:
        result = old + value;
        break;
    case 1:
        result = value;
        break;
    case 4:
        result = old ^ value;
        break;
    case 8:
        result = old | value;
        break;
    case 12:
        result = old & value;
        break;
    case 16:
        result = so < sv ? old : value;
        break;
    case 20:
        result = so > sv ? old : value;
        break;
    case 24:
        result = old < value ? old : value;
        break;
    default:
        result = old > value ? old : value;
        break;
    }
    store(n, addr, 4, result, &none);
    set(n, rd, old);
    return 3;
}

static uint32_t do_system(naive_t *n, uint32_t w, uint32_t *next)
{
    if (bits(w, 14, 12) != 0)
        return do_csr(n, w);
    if (w == 0x73) {
        exception(n, 11, 0);
    } else if (w == 0x100073) {
        exception(n, 3, n->pc);
    } else if (w == 0x10500073) {
        n->asleep = true;
        return 1;
    } else {
        n->mstatus = (n->mstatus & 0x80) ? 0x1888 : 0x1880;
        *next = n->mepc;
    }
    return 3;
}

static uint32_t do_word(naive_t *n, uint32_t w, uint32_t *next)
{
    uint32_t rd = bits(w, 11, 7), f3 = bits(w, 14, 12), rs1 = n->x[bits(w, 19, 15)];
    uint32_t rs2 = n->x[bits(w, 24, 20)], imm_i = (uint32_t)sext(bits(w, 31, 20), 12), cycles = 1;
    if (!word_is_legal(w)) {
        illegal(n, w);
        return 0;
    }
    switch (bits(w, 6, 0)) {
    case 0x37:
        set(n, rd, w & 0xfffff000);
        return 1;
    case 0x17:
        set(n, rd, n->pc + (w & 0xfffff000));
        return 1;
    case 0x6f:
        set(n, rd, *next);
        *next = n->pc + (uint32_t)sext(bits(w, 31, 31) << 20 | bits(w, 19, 12) << 12 |
                                           bits(w, 20, 20) << 11 | bits(w, 30, 21) << 1,
                                       21);
        return 3;
    case 0x67:
        set(n, rd, *next);
        *next = (rs1 + imm_i) & ~1u;
        return 3;
    case 0x63:
        if (!branches(f3, rs1, rs2))
            return 1;
        *next = n->pc + (uint32_t)sext(bits(w, 31, 31) << 12 | bits(w, 7, 7) << 11 |
                                           bits(w, 30, 25) << 5 | bits(w, 11, 8) << 1,
                                       13);
        return 3;
    case 0x03:
        return do_load(n, rd, rs1 + imm_i, f3, *next);
    case 0x23:
        return do_store(n, rs1 + (uint32_t)sext(bits(w, 31, 25) << 5 | rd, 12), 1u << f3, rs2);
    case 0x13:
        set(n, rd, operate(f3, f3 == 5 && bits(w, 30, 30), rs1, f3 % 4 == 1 ? imm_i % 32 : imm_i));
        return 1;
    case 0x33:
        if (bits(w, 25, 25))
            set(n, rd, multiply_divide(f3, rs1, rs2, &cycles));
        else
            set(n, rd, operate(f3, bits(w, 30, 30) != 0, rs1, rs2));
        return cycles;
    case 0x2f:
        return do_atomic(n, w, *next);
    case 0x0f:
        return f3 == 0 ? 1 : 4;
    default:
        return do_system(n, w, next);
    }
}

static uint32_t do_quadrant_1(naive_t *n, uint32_t h, uint32_t *next)
{
    uint32_t full = bits(h, 11, 7), f3 = bits(h, 15, 13), s1 = 8 + bits(h, 9, 7);
    uint32_t s2 = 8 + bits(h, 4, 2);
    int32_t imm = sext(bits(h, 12, 12) << 5 | bits(h, 6, 2), 6);
    int32_t jump = sext(bits(h, 12, 12) << 11 | bits(h, 8, 8) << 10 | bits(h, 10, 9) << 8 |
                            bits(h, 6, 6) << 7 | bits(h, 7, 7) << 6 | bits(h, 2, 2) << 5 |
                            bits(h, 11, 11) << 4 | bits(h, 5, 3) << 1,
                        12);
    int32_t branch = sext(bits(h, 12, 12) << 8 | bits(h, 6, 5) << 6 | bits(h, 2, 2) << 5 |
                              bits(h, 11, 10) << 3 | bits(h, 4, 3) << 1,
                          9);
    int32_t stack = sext(bits(h, 12, 12) << 9 | bits(h, 4, 3) << 7 | bits(h, 5, 5) << 6 |
                             bits(h, 2, 2) << 5 | bits(h, 6, 6) << 4,
                         10);
    bool b12 = bits(h, 12, 12) != 0;
    switch (f3) {
    case 0:
        set(n, full, n->x[full] + (uint32_t)imm);
        return 1;
    case 1:
        set(n, 1, *next);
        *next = n->pc + (uint32_t)jump;
        return 3;
    case 2:
        set(n, full, (uint32_t)imm);
        return 1;
    case 3:
        if (imm == 0)
            illegal(n, h);
        else if (full == 2)
            set(n, 2, n->x[2] + (uint32_t)stack);
        else
            set(n, full, (uint32_t)imm << 12);
        return 1;
    case 4:
        if (bits(h, 11, 10) == 2)
            set(n, s1, n->x[s1] & (uint32_t)imm);
        else if (b12)
            illegal(n, h);
        else if (bits(h, 11, 10) < 2)
            set(n, s1, operate(5, bits(h, 11, 10) == 1, n->x[s1], bits(h, 6, 2)));
        else if (bits(h, 6, 5) == 0)
            set(n, s1, n->x[s1] - n->x[s2]);
        else
            set(n, s1,
                operate(bits(h, 6, 5) == 1   ? 4
                        : bits(h, 6, 5) == 2 ? 6
                                             : 7,
                        false, n->x[s1], n->x[s2]));
        return 1;
    case 5:
        *next = n->pc + (uint32_t)jump;
        return 3;
    default:
        if ((n->x[s1] == 0) != (f3 == 6))
            return 1;
        *next = n->pc + (uint32_t)branch;
        return 3;
    }
}

static uint32_t do_quadrant_2(naive_t *n, uint32_t h, uint32_t *next)
{
    uint32_t rd = bits(h, 11, 7), rs2 = bits(h, 6, 2), f3 = bits(h, 15, 13);
    bool b12 = bits(h, 12, 12) != 0;
    if (f3 == 0 && !b12) {
        set(n, rd, n->x[rd] << rs2);
        return 1;
    }
    if (f3 == 2 && rd != 0)
        return do_load(n, rd,
                       n->x[2] + (bits(h, 3, 2) << 6 | bits(h, 12, 12) << 5 | bits(h, 6, 4) << 2),
                       2, *next);
    if (f3 == 6)
        return do_store(n, n->x[2] + (bits(h, 8, 7) << 6 | bits(h, 12, 9) << 2), 4, n->x[rs2]);
    if (f3 == 4 && rs2 != 0) {
        set(n, rd, (b12 ? n->x[rd] : 0) + n->x[rs2]);
        return 1;
    }
    if (f3 == 4 && rd != 0) {
        uint32_t link = *next;
        *next = n->x[rd] & ~1u;
        if (b12)
            set(n, 1, link);
        return 3;
    }
    if (f3 == 4 && b12)
        exception(n, 3, n->pc);
    else
        illegal(n, h);
    return 0;
}

static uint32_t do_half(naive_t *n, uint32_t h, uint32_t *next)
{
    uint32_t rd = 8 + bits(h, 4, 2), base = n->x[8 + bits(h, 9, 7)], f3 = bits(h, 15, 13);
    uint32_t offset = bits(h, 5, 5) << 6 | bits(h, 12, 10) << 3 | bits(h, 6, 6) << 2;
    uint32_t stack =
        bits(h, 10, 7) << 6 | bits(h, 12, 11) << 4 | bits(h, 5, 5) << 3 | bits(h, 6, 6) << 2;
    if (h % 4 == 1)
        return do_quadrant_1(n, h, next);
    if (h % 4 == 2)
        return do_quadrant_2(n, h, next);
    if (f3 == 2)
        return do_load(n, rd, base + offset, 2, *next);
    if (f3 == 6)
        return do_store(n, base + offset, 4, n->x[rd]);
    if (f3 == 0 && stack != 0)
        set(n, rd, n->x[2] + stack);
    else
        illegal(n, h);
    return 1;
}

static void step(naive_t *n)
{
    uint32_t low = 0, high = 0, next, cycles = 0;
    n->trapped = false;
    if (!fetch(n, n->pc, &low)) {
        exception(n, 1, n->pc);
        return;
    }
    if (low % 4 == 3 && !fetch(n, n->pc + 2, &high)) {
        exception(n, 1, n->pc + 2);
        return;
    }
    next = n->pc + (low % 4 == 3 ? 4 : 2);
    cycles = low % 4 == 3 ? do_word(n, high << 16 | low, &next) : do_half(n, low, &next);
    if (n->trapped)
        return;
    n->pc = next;
    n->cycle += cycles;
    n->instret++;
}

void naive_run(naive_t *n, uint64_t cycle)
{
    while (!n->halted && n->cycle <= cycle) {
        bool pending = (mip(n) & n->mie) != 0;
        if (n->asleep && !pending) {
            n->cycle++;
            continue;
        }
        n->asleep = false;
        if (pending && (n->mstatus & 8)) {
            n->interrupts++;
            trap(n, 0x8000000bu, 0);
        } else {
            step(n);
        }
    }
}
