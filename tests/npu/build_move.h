/*
 * build_move.h - nodes that move codes, by hand or at random, in graphs built in memory.
 */
#ifndef TESTS_NPU_BUILD_MOVE_H
#define TESTS_NPU_BUILD_MOVE_H

#include "tests/npu/compile_graph.h"

/* Along dimension `axis`, sizes[i] of output i; all alike makes a SPLIT, else a SPLIT_V. */
void build_split(build_t *b, int32_t input, uint32_t axis, const uint32_t *sizes, uint32_t count,
                 int32_t *outputs);
int32_t build_pack(build_t *b, const int32_t *inputs, uint32_t count, uint32_t axis);
/* As many outputs as the dimension has. */
void build_unpack(build_t *b, int32_t input, uint32_t axis, int32_t *outputs);
/* Of every dimension of the input; op SLICE or STRIDED_SLICE. */
typedef struct {
    int32_t begin, step;
    uint32_t count;
} build_range_t;
int32_t build_slice(build_t *b, npu_node_op_t op, int32_t input, const build_range_t *range);
int32_t build_transpose(build_t *b, int32_t input, const uint32_t *perm);
int32_t build_resize(build_t *b, npu_node_op_t op, int32_t input, uint32_t h, uint32_t w,
                     bool align_corners, bool half_pixel_centers);
int32_t build_blocks(build_t *b, npu_node_op_t op, int32_t input, uint32_t block);
int32_t build_padv2(build_t *b, int32_t input, uint32_t pad[3][2], int32_t value);
/* RESHAPE, SQUEEZE or EXPAND_DIMS. */
int32_t build_shape(build_t *b, npu_node_op_t op, int32_t input, uint32_t dims,
                    const uint32_t *shape);
/* Inputs of any scale; the result has the given one. */
int32_t build_concatenation_scaled(build_t *b, const int32_t *inputs, uint32_t count, uint32_t axis,
                                   float scale, int32_t zero_point);

/* The network's input, of 1..max_dims dimensions. */
int32_t build_input_of(build_t *b, uint32_t max_dims);
/* One node, any operator of this file, any attributes, of any input; returns how many outputs. */
#define BUILD_MOVE_OUTPUTS 16
uint32_t build_random_move(build_t *b, int32_t input, int32_t outputs[BUILD_MOVE_OUTPUTS]);
/* A batch as one map, which every operator can read; others as they are. */
int32_t build_one_map(build_t *b, int32_t tensor);
/* The same as a layer of a network: one map comes out. */
int32_t build_random_move_layer(build_t *b, int32_t input);

/* Asserts that each operator that moves codes was met so often, by numbers of npu_node_op_t. */
void build_moves_met(const uint32_t met[NPU_NODE_OPS], uint32_t least);

#endif
