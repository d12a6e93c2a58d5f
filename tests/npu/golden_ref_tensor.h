/*
 * golden_ref_tensor.h - the oracle's own way to shapes, scales and elements (golden_ref.h), from
 * the members of a tensor and nothing else: a mistake in an accessor of the graph is not made
 * twice.
 */
#ifndef TESTS_NPU_GOLDEN_REF_TENSOR_H
#define TESTS_NPU_GOLDEN_REF_TENSOR_H

#include "tests/npu/golden_ref.h"

/* 1 for a scalar. */
uint64_t golden_elements(const npu_tensor_t *t);

/* Bytes of an element. */
uint32_t golden_element_bytes(npu_type_t type);

/* A map; fewer dimensions are the trailing ones, of four the first is 1. */
typedef struct {
    uint32_t h, w, c;
} golden_map_t;
golden_map_t golden_map(const npu_tensor_t *t);

/* Of what is at `index` of dimension `dim`, which is where several scales must belong. */
float golden_scale(const npu_tensor_t *t, uint32_t dim, uint32_t index);
int32_t golden_zero_point(const npu_tensor_t *t, uint32_t dim, uint32_t index);

/* Which dimension of a node's weights its output channels are: O KH KW I, 1 KH KW O, O I. */
uint32_t golden_channel_dim(const npu_node_t *n);

/* Where element e of the result `to` finds its operand in t: dimensions are matched from the last
 * on, those of 1 serve all (the rule of NumPy, which TFLite's kernels follow). */
uint64_t golden_broadcast(const npu_tensor_t *t, const npu_tensor_t *to, uint64_t e);

/* Whether a window over so many elements, with its padding, makes so many results: the last one
 * lies on the padded source, one more would not. */
bool golden_window_makes(const npu_window_t *w, golden_map_t from, golden_map_t to);

#endif
