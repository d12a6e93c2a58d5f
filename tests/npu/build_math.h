/*
 * build_math.h - operators that compute, as nodes with random attributes within what they allow.
 */
#ifndef TESTS_NPU_BUILD_MATH_H
#define TESTS_NPU_BUILD_MATH_H

#include "tests/npu/compile_graph.h"

/* A function of one code: HARD_SWISH, LEAKY_RELU, LOGISTIC, QUANTIZE, RELU.., TANH. */
int32_t build_random_function(build_t *b, int32_t input);
/* ADD, SUB, MUL, PRELU, MAXIMUM, MINIMUM with a constant or another map, broadcasting either way.
 */
int32_t build_random_pair(build_t *b, int32_t input);
int32_t build_transpose_conv(build_t *b, int32_t input);
/* Rows of features times a matrix. */
int32_t build_rows(build_t *b, int32_t input);
/* Over any axes but the first. */
int32_t build_random_mean(build_t *b, int32_t input);

#endif
