/*
 * time.h - time is uint64_t picoseconds (213 days); a clock's edge n is computed from n.
 *
 * Periods are never rounded and added: edge n of a clock of clk_hz is floor(n * 1e12 / clk_hz),
 * in 128-bit arithmetic, so two clocks never drift against each other.
 */
#ifndef SIM_TIME_H
#define SIM_TIME_H

#include "sim/types.h"

#define SIM_PS_PER_NS UINT64_C(1000)
#define SIM_PS_PER_US UINT64_C(1000000)
#define SIM_PS_PER_MS UINT64_C(1000000000)
#define SIM_PS_PER_S UINT64_C(1000000000000)
#define SIM_NEVER_PS UINT64_MAX

/* Time of edge n (edge 0 is at 0). clk_hz must not be 0. Saturates at SIM_NEVER_PS. */
uint64_t sim_edge_ps(uint64_t n, uint64_t clk_hz);

/* The smallest n whose edge is at or after time_ps. */
uint64_t sim_edge_at_or_after(uint64_t time_ps, uint64_t clk_hz);

/* Number of edges at or before time_ps without edge 0: the value of a free-running counter. */
uint64_t sim_cycles_at(uint64_t time_ps, uint64_t clk_hz);

/*
 * Parses `<n><ps|ns|us|ms|s>` (n decimal, a fraction allowed: "1.5ms"). Returns false, and leaves
 * *time_ps alone, when the text is anything else or does not fit.
 */
bool sim_time_parse(const char *text, uint64_t *time_ps);

#endif
