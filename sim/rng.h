/*
 * rng.h - counter-based random numbers: any number of any row at any time, on any thread.
 *
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3",
 * SC 2011). Key: the 64-bit seed. Counter: {column / 4, row, frame, purpose}; word (column % 4) of
 * the block is the number of that column. No state, no order, no drift.
 *
 * Noise of every pixel may take 7 of the 10 rounds: the fewest that pass all of TestU01's
 * SmallCrush, Crush and BigCrush (the paper, section 5 and table 2; 10 leave a margin).
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include "sim/types.h"

/* One row's worth of counter space. A purpose names one use ("shot", "read"), unique per seed. */
typedef struct {
    uint64_t seed;
    uint32_t purpose, frame, row;
} sim_rng_t;

/* The four words of one block; the primitive everything else is defined by. */
void sim_rng_block(uint64_t seed, const uint32_t counter[4], uint32_t out[4]);

/* The number of one column. */
uint32_t sim_rng_u32(const sim_rng_t *rng, uint32_t column);

/* Numbers of columns first..first+count-1; first must be a multiple of 4. Vectorized; every
 * level gives the same numbers. */
void sim_rng_fill_u32(const sim_rng_t *rng, uint32_t first, uint32_t count, uint32_t *out);

/* The same of Philox4x32-7: other numbers, in two thirds of the time. */
void sim_rng_fill7_u32(const sim_rng_t *rng, uint32_t first, uint32_t count, uint32_t *out);
void sim_rng_block7(uint64_t seed, const uint32_t counter[4], uint32_t out[4]);

/* A small sequential stream for set-up work (scene layout, tests): column is the state. */
typedef struct {
    sim_rng_t key;
    uint32_t column;
} sim_stream_t;
sim_stream_t sim_stream(uint64_t seed, uint32_t purpose, uint32_t index);
uint32_t sim_stream_u32(sim_stream_t *s);
/* Uniform in [0, 1), 24 bits. */
float sim_stream_unit(sim_stream_t *s);
/* Uniform in [low, high). */
float sim_stream_range(sim_stream_t *s, float low, float high);
/* Uniform in 0..n-1 (n > 0), multiply-shift. */
uint32_t sim_stream_below(sim_stream_t *s, uint32_t n);
/* Exponential of that mean, rounded down. */
uint64_t sim_stream_exponential(sim_stream_t *s, uint64_t mean);

#endif
