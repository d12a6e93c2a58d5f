/*
 * topology.h - reads a network's layer list (.topo) into a graph with random weights: networks
 * whose weights are not public, networks that do not exist yet, studies of timing.
 *
 *   # a residual block; SAME padding, stride 1, the layer before it as input, unless said otherwise
 *   input  image 56 56 64               # name, height, width, channels
 *   a      conv  k=3 c=64 relu
 *   b      conv  k=3 c=64
 *   sum    add   from=b,image relu
 *   pool   avgpool k=7 s=7 pad=valid
 *   fc     fc    c=10
 *   out    softmax
 *
 * A line is a layer: its name, its operator, then keys and words in any order. "#" begins a
 * comment. Operators may also be called by TensorFlow Lite's names (CONV_2D).
 *
 *   | operator | keys | result |
 *   |---|---|---|
 *   | conv CONV_2D | k s d c pad bits, activation | c channels |
 *   | depthwise DEPTHWISE_CONV_2D | k s d mult pad bits, activation | mult (1) for each channel |
 *   | fc FULLY_CONNECTED | c bits, activation | 1 x 1 x c of all elements |
 *   | maxpool MAX_POOL_2D, avgpool AVERAGE_POOL_2D | k s pad, activation | |
 *   | globalpool | | AVERAGE_POOL_2D over the map |
 *   | transpose_conv TRANSPOSE_CONV | k s c pad bits, activation | pad=same: s times the map |
 *   | mean MEAN | | over height and width |
 *   | add ADD, sub SUB, mul MUL | from=x,y, activation | y may be 1 x 1 x c |
 *   | concat CONCATENATION | from=x,y,.. axis | axis: 1 height, 2 width, 3 channels (3) |
 *   | split SPLIT | parts axis | layers NAME.0, NAME.1, .. |
 *   | slice SLICE | shape=h,w,c begin step | a part of the map |
 *   | transpose TRANSPOSE | perm=2,1,3 | which axis of the input each of the result's is |
 *   | nearest RESIZE_NEAREST_NEIGHBOR, bilinear RESIZE_BILINEAR | to=28x28, flags | |
 *   | pad PAD | pad=top,left,bottom,right | zeros around |
 *   | flatten, reshape RESHAPE | shape=h,w,c | |
 *   | relu RELU, relu6 RELU6, logistic LOGISTIC, softmax SOFTMAX, hard_swish HARD_SWISH | | |
 *   | prelu PRELU | | random slopes up to 1/4, one a channel |
 *
 *   | key | meaning |
 *   |---|---|
 *   | from=a,b | inputs by name (the layer before it) |
 *   | k=3 k=3x5 | kernel, height x width |
 *   | s=2, d=2 | stride, dilation, likewise (1) |
 *   | c=64 | channels of the result |
 *   | pad=same pad=valid pad=1 pad=t,l,b,r | padding (same) |
 *   | bits=8 bits=4 bits=2 | width of the weights (8, or the file's) |
 *   | size=28x28 | checked against the result: a guard, never needed |
 *   | parts=4, parts=8,16,8 | equal parts, or the size of each (SPLIT_V) |
 *   | begin=y,x,c step=y,x,c | of a slice: its first element (0), and distances (1; STRIDED_SLICE) |
 *   | align_corners half_pixel_centers | flags of nearest and bilinear: where pixels lie |
 *   | relu relu6 | fused activation |
 *
 *   | line of its own | meaning |
 *   |---|---|
 *   | input NAME H W C | one or more, first |
 *   | output NAME NAME.. | the network's outputs (the last layer) |
 *   | bits N | width of all weights behind it that say nothing |
 *   | seed N | of the weights (1) |
 *
 * Weights are uniform, int8, one scale a layer; scales are chosen so that activations neither
 * vanish nor saturate. Every activation but the results of logistic and softmax has scale 0.05 and
 * zero point 0.
 */
#ifndef NPU_COMPILER_TOPOLOGY_H
#define NPU_COMPILER_TOPOLOGY_H

#include "npu/compiler/graph.h"

/*
 * Reads text[0..bytes-1]. file_name is for messages and becomes graph->name. On failure graph is
 * empty and error says "file:line: found, expected".
 */
sim_err_t npu_topology_read(const char *text, size_t bytes, const char *file_name,
                            npu_graph_t *graph, char *error, size_t error_bytes);

#endif
