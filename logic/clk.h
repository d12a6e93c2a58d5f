/*
 * clk.h - edges of one clock as in sim/time.h, without 128-bit division: private to logic/.
 *
 * 1e12 / hz is reduced to num / den once; dividing by a constant then is a multiplication by its
 * rounded-down reciprocal, which is at most one too small. Beyond 64 bits it asks sim/time.h.
 */
#ifndef LOGIC_CLK_H
#define LOGIC_CLK_H

#include "sim/time.h"
#include "sim/types.h"

typedef struct {
    uint64_t hz, num, den;     /* num / den picoseconds a cycle */
    uint64_t per_num, per_den; /* floor((2^64 - 1) / num), ... / den */
} clk_t;

static inline clk_t clk_make(uint64_t hz)
{
    uint64_t a = SIM_PS_PER_S, b = hz;
    while (b != 0) {
        uint64_t rest = a % b;
        a = b;
        b = rest;
    }
    clk_t clk = {.hz = hz, .num = SIM_PS_PER_S / a, .den = hz / a};
    clk.per_num = UINT64_MAX / clk.num;
    clk.per_den = UINT64_MAX / clk.den;
    return clk;
}

static inline uint64_t clk_divide(uint64_t x, uint64_t by, uint64_t per)
{
    uint64_t quotient = (uint64_t)((sim_u128_t)x * per >> 64);
    return quotient + (x - quotient * by >= by);
}

/* sim_edge_ps */
static inline uint64_t clk_edge_ps(const clk_t *clk, uint64_t n)
{
    if (n > clk->per_num)
        return sim_edge_ps(n, clk->hz);
    return clk_divide(n * clk->num, clk->den, clk->per_den);
}

/* sim_edge_at_or_after */
static inline uint64_t clk_edge_at_or_after(const clk_t *clk, uint64_t time_ps)
{
    if (time_ps >= clk->per_den - clk->num / clk->den - 1)
        return sim_edge_at_or_after(time_ps, clk->hz);
    return clk_divide(time_ps * clk->den + clk->num - 1, clk->num, clk->per_num);
}

/* sim_cycles_at: the edge before the next one. Below 2^64 - 1. */
static inline uint64_t clk_cycles_at(const clk_t *clk, uint64_t time_ps)
{
    return clk_edge_at_or_after(clk, time_ps + 1) - 1;
}

#endif
