/*
 * op_case.h - operators alone and at random: compiled for small machines, run one instruction at a
 * time, every tensor equal to the oracle's.
 */
#ifndef TESTS_NPU_OP_CASE_H
#define TESTS_NPU_OP_CASE_H

#include "tests/npu/compile_graph.h"

/* Appends nodes that read input; returns the result. */
typedef int32_t op_case_make_t(build_t *b, int32_t input);

/* What the operator reads: a map of any size, the network's input (with image) or behind it. */
int32_t op_case_source(build_t *b, bool image);

/* count graphs, among them each of the operators in its share: half of an equal one. */
void op_case_run(op_case_make_t *make, bool image, uint32_t count, const npu_node_op_t *ops,
                 uint32_t kinds);

#endif
