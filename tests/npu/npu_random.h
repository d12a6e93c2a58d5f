/*
 * npu_random.h - random legal instructions and programs for round-trip tests.
 */
#ifndef TESTS_NPU_RANDOM_H
#define TESTS_NPU_RANDOM_H

#include "npu/fnp.h"
#include "sim/rng.h"

/* Any legal instruction of that opcode, every field used. */
npu_insn_t random_insn(sim_stream_t *rng, uint32_t op);

/* The same with small sizes: everything stays inside 128 KB of each L1 memory and 1 MB of L2. No
 * waits; layer tags 0..7; random signals. */
npu_insn_t random_small_insn(sim_stream_t *rng, uint32_t op);

/* A valid program with everything in it; prog must be empty. */
void random_prog(sim_stream_t *rng, uint32_t insns, npu_prog_t *prog);

#endif
