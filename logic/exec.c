/*
 * exec.c - the fast loop: instructions that touch registers and TCM only.
 *
 * Everything else leaves the loop and is done by access.c and trap.c at its own time. The loop is
 * in exec_loop.h, once for each speed.
 */
#include "logic/core_int.h"

#include <assert.h>

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

bool core_atomic(core_t *core, const core_insn_t *in, uint32_t addr, uint8_t *place)
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

static core_insn_t *slot_at(core_insn_t *in, int32_t bytes)
{
    return (core_insn_t *)(void *)((char *)in + bytes);
}

/* Loads, branches not taken and stores are counted in parts of one word: hosts have few registers,
 * and a counter in memory costs more than most instructions. A run ahead has no more of them than
 * cycles. */
#define C_LOAD UINT64_C(1)
#define C_UNTAKEN (UINT64_C(1) << 21)
#define C_STORE (UINT64_C(1) << 42)
_Static_assert(CORE_RUN_AHEAD_CYCLES < C_UNTAKEN, "no part reaches the next");

#define SLOT_BYTES ((int32_t)sizeof(core_insn_t)) /* in jumps: a slot is a half word */

/* At offset of TCM. */
static void stored(core_t *core, const uint8_t *has_code, uint32_t offset, uint32_t bytes)
{
    if (has_code[offset >> CODE_LINE_SHIFT])
        core_code_changed(core, offset, bytes);
}

/* Whether a word of that size at offset `at` of the window is aligned and in it: one comparison. */
static bool word_outside(uint32_t at, uint32_t words)
{
    return (at >> 2 | at << 30) >= words;
}

#define LEAVES(op) case OP_##op:
#define UNUSED_2(n)                                                                                \
    case (n):                                                                                      \
    case (n) + 1:
#define UNUSED_4(n) UNUSED_2(n) UNUSED_2((n) + 2)
#define UNUSED_8(n) UNUSED_4(n) UNUSED_4((n) + 4)
#define UNUSED_16(n) UNUSED_8(n) UNUSED_8((n) + 8)
#define UNUSED_32(n) UNUSED_16(n) UNUSED_16((n) + 16)
#define UNUSED_64(n) UNUSED_32(n) UNUSED_32((n) + 32)
#define OP_UNUSED 91
_Static_assert(OP_FAST_COUNT == OP_UNUSED, "the first unused case");

#define EXECUTE execute_cycles
#define SPEND(cycles) (cycles_left -= (int64_t)(cycles))
#define MORE(cycles) (cycles_left -= (int64_t)(cycles))
#define RETIRE() (retired++)
#define RETIRED(count, cycles) (count)
#include "logic/exec_loop.h"
#undef EXECUTE
#undef SPEND
#undef MORE
#undef RETIRE
#undef RETIRED

/* An instruction a cycle. */
#define EXECUTE execute_functional
#define SPEND(cycles) (cycles_left -= 1)
#define MORE(cycles) ((void)0)
#define RETIRE() ((void)0)
#define RETIRED(count, cycles) ((count) + (cycles))
#include "logic/exec_loop.h"

const core_insn_t *core_execute(core_t *core, const core_code_t *code, uint64_t limit)
{
    return core->speed == CORE_CYCLE ? execute_cycles(core, code, limit)
                                     : execute_functional(core, code, limit);
}
