#include "tests/logic/naive.h"

#include <string.h>

#include "tests/logic/naive_arith.h"

/* ---- counters: everything that is counted ticks them ---- */

static void tick(naive_t *n, uint32_t counter, uint64_t times)
{
    if (!(n->mcountinhibit >> counter & 1))
        n->counter[counter] += times;
}

static void pass(naive_t *n, uint64_t cycles)
{
    n->cycle += cycles;
    tick(n, 0, cycles);
}

enum {
    LOADS = 1,
    STORES,
    TAKEN,
    MULS,
    DIVS,
    BUS_STALLS,
    L2_STALLS,
    ASLEEP,
    INTERRUPTS,
    EXCEPTIONS,
    MISSES,
    FETCH_STALLS
};

static void event(naive_t *n, uint32_t number, uint64_t times)
{
    n->events[number] += times;
    for (uint32_t i = 3; i < 9; i++)
        if (n->mhpmevent[i] == number)
            tick(n, i, times);
}

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
    /* MPIE = MIE, MIE = 0, MPP = mode; MPRV and TW stay */
    n->mstatus = (n->mstatus & 0x220000) | (n->mstatus & 8 ? 0x80 : 0) | n->mode << 11;
    n->mode = 3;
    n->pc = n->mtvec & ~3u;
    if ((n->mtvec & 1) && (cause & 0x80000000u))
        n->pc += 4 * (cause & 0x7fffffffu);
    pass(n, 4);
    n->reserved = 1;
}

static void exception(naive_t *n, uint32_t cause, uint32_t value)
{
    if (n->trapped)
        return;
    n->trapped = true;
    event(n, EXCEPTIONS, 1);
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

/* Does PMP entry i match the byte at addr? */
static bool pmp_matches(const naive_t *n, uint32_t i, uint32_t addr)
{
    uint64_t word = addr >> 2, entry = n->pmpaddr[i], low = i > 0 ? n->pmpaddr[i - 1] : 0;
    uint64_t ones = entry ^ (entry + 1);
    switch (n->pmpcfg[i] >> 3 & 3) {
    case 0:
        return false;
    case 1:
        return low <= word && word < entry;
    case 2:
        return word == entry;
    default:
        return (word & ~ones) == (entry & ~ones);
    }
}

/* An aligned piece; the lowest entry that matches a byte of it decides. */
static bool pmp_allows(const naive_t *n, uint32_t mode, uint32_t addr, uint32_t bytes, uint8_t what)
{
    for (uint32_t i = 0; i < n->pmp_regions; i++) {
        uint32_t matching = 0;
        for (uint32_t k = 0; k < bytes; k++)
            matching += pmp_matches(n, i, addr + k);
        if (matching == 0)
            continue;
        bool unlocked = mode == 3 && !(n->pmpcfg[i] & 0x80);
        return matching == bytes && (unlocked || (n->pmpcfg[i] & what) == what);
    }
    return mode == 3 || n->pmp_regions == 0;
}

/* May a load or store of that be made? Else there was an exception of that cause. */
static bool may(naive_t *n, uint32_t addr, uint32_t bytes, uint8_t what, uint32_t cause)
{
    uint32_t mode = n->mode == 3 && (n->mstatus & 0x20000) ? n->mstatus >> 11 & 3 : n->mode;
    uint32_t first = addr / 4 == (addr + bytes - 1) / 4 ? bytes : 4 - addr % 4;
    if (!pmp_allows(n, mode, addr, first, what))
        exception(n, cause, addr);
    else if (first < bytes && !pmp_allows(n, mode, addr + first, bytes - first, what))
        exception(n, cause, addr + first);
    return !n->trapped;
}

/* Where what is not aligned is done all the same. */
static bool splits(const naive_t *n, uint32_t addr, uint32_t bytes)
{
    return n->misaligned && (in(addr, bytes, n->tcm_base, n->tcm_bytes) ||
                             in(addr, bytes, n->rom_base, n->rom_bytes));
}

static uint32_t load_from(naive_t *n, uint32_t addr, uint32_t bytes, uint32_t *cycles)
{
    if (in(addr, bytes, n->tcm_base, n->tcm_bytes))
        return gather(n->tcm + (addr - n->tcm_base), bytes);
    if (in(addr, bytes, n->rom_base, n->rom_bytes))
        return gather(n->rom + (addr - n->rom_base), bytes);
    *cycles = n->l2_cycles;
    if (in(addr, bytes, n->l2_base, n->l2_bytes)) {
        event(n, L2_STALLS, n->l2_cycles - 1);
        return gather(n->l2 + (addr - n->l2_base), bytes);
    }
    *cycles = 4;
    if (addr / 4096 == n->reg_addr / 4096 && bytes == 4) { /* the register's page */
        event(n, BUS_STALLS, 3);
        return addr == n->reg_addr ? n->reg : 0;
    }
    exception(n, 5, addr);
    return 0;
}

/* Returns the value and sets *cycles. */
static uint32_t load(naive_t *n, uint32_t addr, uint32_t bytes, uint32_t *cycles)
{
    uint32_t value = 0;
    if (addr % bytes != 0 && !splits(n, addr, bytes))
        exception(n, 4, addr);
    else if (may(n, addr, bytes, 1, 5))
        value = load_from(n, addr, bytes, cycles);
    *cycles += addr % bytes != 0;
    if (!n->trapped)
        event(n, LOADS, 1);
    return value;
}

static void store(naive_t *n, uint32_t addr, uint32_t bytes, uint32_t value, uint32_t *cycles)
{
    uint8_t *p = NULL;
    if (addr % bytes != 0 && !splits(n, addr, bytes)) {
        exception(n, 6, addr);
        return;
    }
    if (!may(n, addr, bytes, 2, 7))
        return;
    *cycles += addr % bytes != 0;
    if (in(addr, bytes, n->tcm_base, n->tcm_bytes)) {
        p = n->tcm + (addr - n->tcm_base);
    } else if (in(addr, bytes, n->l2_base, n->l2_bytes)) {
        p = n->l2 + (addr - n->l2_base);
        *cycles = n->l2_cycles;
        event(n, L2_STALLS, n->l2_cycles - 1);
    } else if (addr / 4096 == n->reg_addr / 4096 && bytes == 4) {
        n->reg = addr == n->reg_addr ? value : n->reg;
        *cycles = 4;
        event(n, BUS_STALLS, 3);
    } else {
        exception(n, 7, addr);
        return;
    }
    event(n, STORES, 1);
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

/* Does a fetch of the half at addr work? Of what is not in L2. */
static bool fetch(const naive_t *n, uint32_t addr, uint32_t *half)
{
    if (!pmp_allows(n, n->mode, addr, 2, 4))
        return false;
    if (in(addr, 2, n->tcm_base, n->tcm_bytes))
        *half = gather(n->tcm + (addr - n->tcm_base), 2);
    else if (in(addr, 2, n->rom_base, n->rom_bytes))
        *half = gather(n->rom + (addr - n->rom_base), 2);
    else
        return false;
    return true;
}

/* ---- the cache of instructions ---- */

static uint32_t set_of(const naive_t *n, uint32_t addr)
{
    return addr / n->line_bytes % (n->lines / n->ways);
}

/* The line that holds addr, or NULL. */
static naive_line_t *held(naive_t *n, uint32_t addr)
{
    for (uint32_t way = 0; way < n->ways; way++) {
        naive_line_t *line = &n->line[set_of(n, addr) * n->ways + way];
        if (line->full && line->addr == addr - addr % n->line_bytes)
            return line;
    }
    return NULL;
}

/* Into an empty way, or the one that was not used for longest. */
static void fill(naive_t *n, uint32_t addr)
{
    naive_line_t *set = &n->line[set_of(n, addr) * n->ways], *to = NULL;
    for (uint32_t way = 0; way < n->ways && to == NULL; way++)
        if (!set[way].full)
            to = &set[way];
    for (uint32_t way = 0; way < n->ways; way++)
        if (to == NULL || (to->full && set[way].last_use < to->last_use))
            to = &set[way];
    to->full = true;
    to->addr = addr - addr % n->line_bytes;
    to->last_use = ++n->uses;
    for (uint32_t i = 0; i < n->line_bytes; i++)
        to->bytes[i] =
            to->addr - n->l2_base + i < n->l2_bytes ? n->l2[to->addr - n->l2_base + i] : 0;
    event(n, MISSES, 1);
    event(n, FETCH_STALLS, n->fill_cycles);
    pass(n, n->fill_cycles);
}

typedef enum { GOT, NEVER, LATER } naive_fetch_t;

/* LATER: it had to wait for its line; try again, if no interrupt comes first. */
static naive_fetch_t fetch_now(naive_t *n, uint32_t addr, uint32_t *half)
{
    if (!in(addr, 2, n->l2_base, n->l2_bytes))
        return fetch(n, addr, half) ? GOT : NEVER;
    if (!pmp_allows(n, n->mode, addr, 2, 4))
        return NEVER;
    naive_line_t *line = held(n, addr);
    if (line == NULL) {
        fill(n, addr);
        return LATER;
    }
    line->last_use = ++n->uses;
    *half = gather(line->bytes + addr % n->line_bytes, 2);
    return GOT;
}

/* The half at addr, which comes after the load at pc: what is known of it already. In L2, that is
 * what lies in the load's line. */
static bool foresee(naive_t *n, uint32_t addr, uint32_t *half)
{
    if (!in(addr, 2, n->l2_base, n->l2_bytes))
        return fetch(n, addr, half);
    if (addr / n->line_bytes != n->pc / n->line_bytes || !pmp_allows(n, n->mode, addr, 2, 4))
        return false;
    *half = gather(held(n, addr)->bytes + addr % n->line_bytes, 2);
    return true;
}

/* ---- CSRs ---- */

static uint32_t counter_bits(uint32_t value)
{
    return value & 0x1fd; /* cycle, instret, 3..8 */
}

/* Is there a counter of that CSR? Which, and which half? */
static bool is_counter(uint32_t csr, uint32_t *which, bool *high)
{
    *which = csr & 0x1f;
    *high = (csr & 0x80) != 0;
    return (csr & ~0x9fu) == 0xb00 && *which != 1;
}

static bool csr_get(const naive_t *n, uint32_t csr, uint32_t *value)
{
    uint32_t which, level = csr >> 8 & 3;
    bool high, shadow = csr >> 8 == 0xc;
    *value = 0;
    if (shadow && (n->mode == 3 || (n->mcounteren >> (csr & 31) & 1)))
        csr -= 0x100; /* the machine's name of it */
    else if (n->mode < level || shadow)
        return false;
    if (is_counter(csr, &which, &high)) {
        if (which < 9)
            *value = (uint32_t)(n->counter[which] >> (high ? 32 : 0));
        return true;
    }
    if (csr >= 0x323 && csr <= 0x33f) {
        *value = csr < 0x329 ? n->mhpmevent[csr - 0x320] : 0;
        return true;
    }
    if (n->pmp_regions > 0 && csr >= 0x3a0 && csr < 0x3a4) {
        *value = gather(n->pmpcfg + 4 * (csr - 0x3a0), 4);
        return true;
    }
    if (n->pmp_regions > 0 && csr >= 0x3b0 && csr < 0x3c0) {
        *value = n->pmpaddr[csr - 0x3b0];
        return true;
    }
    switch (csr) {
    case 0x300:
        *value = n->mstatus;
        return true;
    case 0x301:
        *value = 0x40000100u | (n->m ? 1u << 12 : 0) | (n->a ? 1 : 0) | (n->c ? 4 : 0) |
                 (n->u ? 1u << 20 : 0);
        return true;
    case 0x304:
        *value = n->mie;
        return true;
    case 0x305:
        *value = n->mtvec;
        return true;
    case 0x306:
        *value = n->mcounteren;
        return n->u;
    case 0x30a:
    case 0x31a:
        return n->u;
    case 0x310:
        return true;
    case 0x320:
        *value = n->mcountinhibit;
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
    case 0xf11:
    case 0xf12:
    case 0xf13:
    case 0xf14:
    case 0xf15:
        return true;
    default:
        return false;
    }
}

static uint32_t new_mstatus(const naive_t *n, uint32_t value)
{
    uint32_t mpp = value & 0x1800;
    bool exists = mpp == 0x1800 || (mpp == 0 && n->u);
    return (value & (n->u ? 0x220088u : 0x88u)) | (exists ? mpp : n->mstatus & 0x1800);
}

static void pmp_set(naive_t *n, uint32_t csr, uint32_t value)
{
    if (csr >= 0x3b0) {
        uint32_t i = csr - 0x3b0;
        bool below = i < 15 && (n->pmpcfg[i + 1] & 0x98) == 0x88; /* of a locked TOR */
        if (i < n->pmp_regions && !(n->pmpcfg[i] & 0x80) && !below)
            n->pmpaddr[i] = value;
        return;
    }
    for (uint32_t k = 0; k < 4; k++) {
        uint32_t i = 4 * (csr - 0x3a0) + k;
        uint8_t cfg = (uint8_t)(value >> (8 * k) & 0x9f);
        if ((cfg & 3) == 2)
            cfg = (uint8_t)(cfg & ~2u); /* W without R is reserved */
        if (i < n->pmp_regions && !(n->pmpcfg[i] & 0x80))
            n->pmpcfg[i] = cfg;
    }
}

static void csr_set(naive_t *n, uint32_t csr, uint32_t value)
{
    switch (csr) {
    case 0x300:
        n->mstatus = new_mstatus(n, value);
        break;
    case 0x304:
        n->mie = value & 0x888;
        break;
    case 0x305:
        n->mtvec = value & ~2u;
        break;
    case 0x306:
        n->mcounteren = counter_bits(value);
        break;
    case 0x340:
        n->mscratch = value;
        break;
    case 0x341:
        n->mepc = value & (n->c ? ~1u : ~3u);
        break;
    case 0x342:
        n->mcause = value;
        break;
    case 0x343:
        n->mtval = value;
        break;
    default:
        if (csr >= 0x3a0 && csr < 0x3c0) {
            pmp_set(n, csr, value);
        } else { /* counters, when this instruction has been counted */
            n->late_csr = csr;
            n->late_value = value;
        }
        break;
    }
}

static void csr_set_late(naive_t *n)
{
    uint32_t csr = n->late_csr, value = n->late_value, which;
    bool high;
    n->late_csr = 0;
    if (csr == 0x320)
        n->mcountinhibit = counter_bits(value);
    else if (csr >= 0x323 && csr < 0x329 && value < NAIVE_EVENTS)
        n->mhpmevent[csr - 0x320] = value;
    else if (is_counter(csr, &which, &high) && which < 9)
        n->counter[which] = high ? (uint64_t)value << 32 | (uint32_t)n->counter[which]
                                 : n->counter[which] >> 32 << 32 | value;
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

static bool word_is_legal(const naive_t *n, uint32_t w)
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
        return f7 == 0 || (f7 == 1 && n->m) || (f7 == 0x20 && (f3 == 0 || f3 == 5));
    case 0x2f:
        return n->a && f3 == 2 &&
               (f5 < 2 || f5 == 3 || (f5 == 2 && bits(w, 24, 20) == 0) || f5 % 4 == 0);
    case 0x0f:
        return f3 < 2;
    case 0x73:
        return f3 == 0 ? w == 0x73 || w == 0x100073 || w == 0x30200073 || w == 0x10500073 : f3 != 4;
    default:
        return false;
    }
}

static bool next_reads(naive_t *n, uint32_t pc, uint32_t r)
{
    uint32_t low, high;
    if (r == 0 || !foresee(n, pc, &low))
        return false;
    if (low % 4 != 3)
        return n->c && half_reads(low, r);
    if (!foresee(n, pc + 2, &high))
        return false;
    uint32_t w = high << 16 | low, op = bits(w, 6, 0), f3 = bits(w, 14, 12);
    if (!word_is_legal(n, w))
        return false;
    bool first = op == 0x67 || op == 0x63 || op == 0x03 || op == 0x23 || op == 0x13 || op == 0x33 ||
                 op == 0x2f || (op == 0x73 && f3 >= 1 && f3 <= 3);
    bool second = op == 0x63 || op == 0x23 || op == 0x33 || (op == 0x2f && bits(w, 31, 27) != 2);
    return (first && bits(w, 19, 15) == r) || (second && bits(w, 24, 20) == r);
}

/* ---- instructions: each returns its cycles; *next is where to go on ---- */

/* A jump, or a branch that is taken. */
static uint32_t jump(naive_t *n, uint32_t *next, uint32_t target, bool foreseen)
{
    if (!n->c && target % 4 != 0) {
        exception(n, 0, target);
        return 0;
    }
    event(n, TAKEN, 1);
    *next = target;
    return foreseen ? 2 : 3;
}

/* Backward ones are predicted taken. */
static uint32_t branch(naive_t *n, uint32_t *next, int32_t offset, bool taken)
{
    if (taken)
        return jump(n, next, n->pc + (uint32_t)offset, offset < 0);
    return offset < 0 ? 3 : 1;
}

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
    if (!may(n, addr, 4, 3, 7))
        return 0;
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
    uint32_t mpp = n->mstatus >> 11 & 3;
    if (w == 0x73) {
        exception(n, n->mode == 3 ? 11 : 8, 0);
    } else if (w == 0x100073) {
        exception(n, 3, n->pc);
    } else if (n->mode == 0 && (w == 0x30200073 || (n->mstatus & 0x200000))) {
        illegal(n, w);
    } else if (w == 0x10500073) {
        n->asleep = true;
        return 1;
    } else {
        /* MIE = MPIE, MPIE = 1, MPP = the least mode; MPRV goes where the mode is not M */
        n->mstatus = (n->mstatus & (mpp == 3 ? 0x220000 : 0x200000)) |
                     (n->mstatus & 0x80 ? 0x88 : 0x80) | (n->u ? 0 : 0x1800);
        n->mode = mpp;
        *next = n->mepc;
    }
    return 3;
}

static uint32_t do_word(naive_t *n, uint32_t w, uint32_t *next)
{
    uint32_t rd = bits(w, 11, 7), f3 = bits(w, 14, 12), rs1 = n->x[bits(w, 19, 15)];
    uint32_t rs2 = n->x[bits(w, 24, 20)], imm_i = (uint32_t)sext(bits(w, 31, 20), 12), cycles = 1;
    uint32_t link;
    if (!word_is_legal(n, w)) {
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
        link = *next;
        cycles = jump(n, next,
                      n->pc + (uint32_t)sext(bits(w, 31, 31) << 20 | bits(w, 19, 12) << 12 |
                                                 bits(w, 20, 20) << 11 | bits(w, 30, 21) << 1,
                                             21),
                      true);
        set(n, rd, link);
        return cycles;
    case 0x67:
        link = *next;
        cycles = jump(n, next, (rs1 + imm_i) & ~1u, false);
        set(n, rd, link);
        return cycles;
    case 0x63:
        return branch(n, next,
                      sext(bits(w, 31, 31) << 12 | bits(w, 7, 7) << 11 | bits(w, 30, 25) << 5 |
                               bits(w, 11, 8) << 1,
                           13),
                      naive_branches(f3, rs1, rs2));
    case 0x03:
        return do_load(n, rd, rs1 + imm_i, f3, *next);
    case 0x23:
        return do_store(n, rs1 + (uint32_t)sext(bits(w, 31, 25) << 5 | rd, 12), 1u << f3, rs2);
    case 0x13:
        set(n, rd,
            naive_operate(f3, f3 == 5 && bits(w, 30, 30), rs1, f3 % 4 == 1 ? imm_i % 32 : imm_i));
        return 1;
    case 0x33:
        if (bits(w, 25, 25))
            event(n, f3 < 4 ? MULS : DIVS, 1);
        if (bits(w, 25, 25))
            set(n, rd, naive_multiply_divide(f3, rs1, rs2, &cycles));
        else
            set(n, rd, naive_operate(f3, bits(w, 30, 30) != 0, rs1, rs2));
        return cycles;
    case 0x2f:
        return do_atomic(n, w, *next);
    case 0x0f:
        for (uint32_t i = 0; i < n->lines && f3 == 1; i++)
            n->line[i].full = false;
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
    int32_t far = sext(bits(h, 12, 12) << 11 | bits(h, 8, 8) << 10 | bits(h, 10, 9) << 8 |
                           bits(h, 6, 6) << 7 | bits(h, 7, 7) << 6 | bits(h, 2, 2) << 5 |
                           bits(h, 11, 11) << 4 | bits(h, 5, 3) << 1,
                       12);
    int32_t near = sext(bits(h, 12, 12) << 8 | bits(h, 6, 5) << 6 | bits(h, 2, 2) << 5 |
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
        return jump(n, next, n->pc + (uint32_t)far, true);
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
            set(n, s1, naive_operate(5, bits(h, 11, 10) == 1, n->x[s1], bits(h, 6, 2)));
        else if (bits(h, 6, 5) == 0)
            set(n, s1, n->x[s1] - n->x[s2]);
        else
            set(n, s1,
                naive_operate(bits(h, 6, 5) == 1   ? 4
                              : bits(h, 6, 5) == 2 ? 6
                                                   : 7,
                              false, n->x[s1], n->x[s2]));
        return 1;
    case 5:
        return jump(n, next, n->pc + (uint32_t)far, true);
    default:
        return branch(n, next, near, (n->x[s1] == 0) == (f3 == 6));
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
        uint32_t cycles = jump(n, next, n->x[rd] & ~1u, false);
        if (b12)
            set(n, 1, link);
        return cycles;
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
    if (!n->c) {
        illegal(n, h);
        return 0;
    }
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
    naive_fetch_t first = fetch_now(n, n->pc, &low), second = GOT;
    if (first == GOT && low % 4 == 3)
        second = fetch_now(n, n->pc + 2, &high);
    if (first == NEVER || second == NEVER)
        exception(n, 1, first == NEVER ? n->pc : n->pc + 2);
    if (first != GOT || second != GOT)
        return;
    next = n->pc + (low % 4 == 3 ? 4 : 2);
    cycles = low % 4 == 3 ? do_word(n, high << 16 | low, &next) : do_half(n, low, &next);
    if (n->trapped)
        return;
    n->pc = next;
    n->instret++;
    pass(n, cycles);
    tick(n, 2, 1);
    csr_set_late(n);
}

void naive_run(naive_t *n, uint64_t cycle)
{
    while (!n->halted && n->cycle <= cycle) {
        bool pending = (mip(n) & n->mie) != 0;
        if (n->asleep && !pending) {
            pass(n, 1);
            event(n, ASLEEP, 1);
            continue;
        }
        n->asleep = false;
        if (pending && (n->mode == 0 || (n->mstatus & 8))) {
            event(n, INTERRUPTS, 1);
            trap(n, 0x8000000bu, 0);
        } else {
            step(n);
        }
    }
}
