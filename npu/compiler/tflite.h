/*
 * tflite.h - reads a TensorFlow Lite model (.tflite) into a graph.
 *
 *   bytes --flatbuffer.c--> tables, vectors --tflite.c--> npu_graph_t --> npu_graph_check
 *
 * Modeled:      files with identifier TFL3, one subgraph, the builtin operators of npu_node_op_t.
 * Not modeled:  buffers behind the FlatBuffer (files above 2 GiB), sparse and variable tensors,
 *               control flow, custom operators, float computation.
 * The reader trusts nothing: every offset is checked against the file, every count against what
 * the file can hold, and the finished graph is checked as a whole.
 */
#ifndef NPU_COMPILER_TFLITE_H
#define NPU_COMPILER_TFLITE_H

#include "npu/compiler/graph.h"

/*
 * Reads the model in image[0..bytes-1], which may be freed afterwards. file_name is for messages
 * and becomes graph->name. On failure graph is empty and error says
 * "file: byte N: found, expected" or "file: operator N (OP, "name"): found, expected".
 */
sim_err_t npu_tflite_read(const uint8_t *image, size_t bytes, const char *file_name,
                          npu_graph_t *graph, char *error, size_t error_bytes);

#endif
