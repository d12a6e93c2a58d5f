/*
 * compile_check.h - what holds for every program that the compiler makes.
 */
#ifndef TESTS_NPU_COMPILE_CHECK_H
#define TESTS_NPU_COMPILE_CHECK_H

#include "npu/fnp.h"
#include "tests/npu/compile_graph.h"

/* Runs the program on a random input, one instruction after another: every kept tensor when it is
 * complete, and every output at the end, equals the reference. */
void compile_check_run(build_t *b, const npu_prog_t *prog, const npu_desc_t *desc, uint64_t seed);

/* An independent reckoning of what every instruction knows to be complete when it starts: each
 * hazard between engines is covered by waits. Quadratic in the number of instructions. */
void compile_check_waits(const npu_prog_t *prog, uint64_t seed);

#endif
