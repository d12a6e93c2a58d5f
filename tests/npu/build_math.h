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
/* ADD, SUB, MUL of a map with itself. */
int32_t build_random_twin(build_t *b, int32_t input);
/* The codes of the other type, in another scale: uint8 to int8 or back. What follows has that type.
 */
int32_t build_other_type(build_t *b, int32_t input);
/* PAD of 1, 2, 3 or 4 dimensions, any of them. */
int32_t build_random_pad(build_t *b, int32_t input);
/* Windows of any shape: 7 x 7, 1 x 31, strides and dilations up to 15, unlike along the two axes.
 */
int32_t build_window_conv(build_t *b, int32_t input);
int32_t build_window_depthwise(build_t *b, int32_t input);
int32_t build_window_pool(build_t *b, int32_t input);
int32_t build_transpose_conv(build_t *b, int32_t input);
/* FULLY_CONNECTED: rows of features times a matrix, or a whole map. */
int32_t build_rows(build_t *b, int32_t input);
/* Over any axes but the first. */
int32_t build_random_mean(build_t *b, int32_t input);

#endif
