/*
 * rng_int.h - Philox4x32-10 constants and the vector versions of sim_rng_fill_u32.
 */
#ifndef SIM_RNG_INT_H
#define SIM_RNG_INT_H

#include "sim/rng.h"

/* Multipliers and Weyl increments of the key, from the paper, section 3.3 and table 2. */
#define PHILOX_M0 0xD2511F53u
#define PHILOX_M1 0xCD9E8D57u
#define PHILOX_W0 0x9E3779B9u
#define PHILOX_W1 0xBB67AE85u
#define PHILOX_ROUNDS 10
#define PHILOX_FEWER_ROUNDS 7

/* Make whole groups of blocks from block on, at most `blocks`; return how many they made. */
typedef uint32_t sim_rng_fill_t(const sim_rng_t *rng, uint32_t block, uint32_t blocks,
                                uint32_t *out);
sim_rng_fill_t sim_rng_fill_avx2, sim_rng_fill7_avx2;
sim_rng_fill_t sim_rng_fill_avx512, sim_rng_fill7_avx512;

#endif
