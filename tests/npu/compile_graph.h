/*
 * compile_graph.h - graphs built in memory, by hand or at random, for compiler tests.
 */
#ifndef TESTS_NPU_COMPILE_GRAPH_H
#define TESTS_NPU_COMPILE_GRAPH_H

#include "npu/compiler/graph.h"
#include "npu/desc.h"
#include "sim/rng.h"

typedef struct {
    npu_graph_t graph;
    npu_type_t type; /* of activations and weights */
    sim_stream_t random;
} build_t;

void build_begin(build_t *b, npu_type_t type, uint64_t seed);
/* Sets the outputs and checks the graph; fails the test, with the message, when it is not whole. */
void build_end(build_t *b, const int32_t *outputs, uint32_t count);
void build_free(build_t *b);

/* Tensors; each returns its number. zero_point is that of the type (uint8: 0..255). */
int32_t build_tensor(build_t *b, npu_type_t type, uint32_t dims, const uint32_t *shape, float scale,
                     int32_t zero_point);
int32_t build_map(build_t *b, uint32_t h, uint32_t w, uint32_t c, float scale, int32_t zero_point);
/* Appends to the graph's inputs: a map, or any tensor. */
int32_t build_input(build_t *b, uint32_t h, uint32_t w, uint32_t c);
int32_t build_add_input(build_t *b, int32_t tensor);
/* Random codes. */
int32_t build_constant(build_t *b, uint32_t h, uint32_t w, uint32_t c, float scale,
                       int32_t zero_point);

/* Makes a tensor a constant. */
void build_random_data(build_t *b, int32_t tensor);

/* The node that makes `output` from inputs, for the caller to fill in. Valid until the next. */
npu_node_t *build_node(build_t *b, npu_node_op_t op, const int32_t *inputs, uint32_t count,
                       int32_t output);

/* Whole layers with random weights; each returns its result. SAME or VALID padding. */
typedef struct {
    uint32_t channels, kernel_h, kernel_w, stride_h, stride_w, dilation_h, dilation_w;
    bool same;
    npu_activation_t activation;
} build_conv_t;
int32_t build_conv(build_t *b, int32_t input, const build_conv_t *conv);
int32_t build_depthwise(build_t *b, int32_t input, const build_conv_t *conv, uint32_t multiplier);
int32_t build_pool(build_t *b, int32_t input, const build_conv_t *pool, bool average);
int32_t build_fully_connected(build_t *b, int32_t input, uint32_t channels);
int32_t build_elementwise(build_t *b, npu_node_op_t op, int32_t left, int32_t right);
int32_t build_unary(build_t *b, npu_node_op_t op, int32_t input);
int32_t build_mean(build_t *b, int32_t input);
int32_t build_pad(build_t *b, int32_t input, uint32_t pad[3][2]);
int32_t build_concatenation(build_t *b, const int32_t *inputs, uint32_t count, uint32_t axis);
int32_t build_reshape(build_t *b, int32_t input, uint32_t h, uint32_t w, uint32_t c);

/* A network of a few random layers, any operator, one or two outputs. */
void build_random(build_t *b, uint64_t seed);

/* Small layers between many inputs (2 to 16: maps, vectors) and 1 to 16 outputs. */
void build_random_ends(build_t *b, uint64_t seed);

/* Convolutions and pools, pads before them, and behind them activations, rescaling, arithmetic with
 * constants and with what came before. */
void build_random_chain(build_t *b, uint64_t seed);

/* A machine for it: mostly with small L1 memories of random sizes, so that layers are cut in every
 * way there is. */
npu_desc_t build_desc(build_t *b, uint64_t seed);

uint32_t build_below(build_t *b, uint32_t n);

#endif
