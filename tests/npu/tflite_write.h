/*
 * tflite_write.h - writes a graph as a .tflite file image: the reader's other half, for tests.
 */
#ifndef TESTS_NPU_TFLITE_WRITE_H
#define TESTS_NPU_TFLITE_WRITE_H

#include "npu/compiler/graph.h"

typedef struct {
    uint8_t *data; /* the caller frees it */
    uint32_t bytes, capacity;
} tflite_image_t;

/* builtin_code of an operator, as in TensorFlow's schema. */
uint32_t tflite_code(npu_node_op_t op);

tflite_image_t tflite_write(const npu_graph_t *graph);

#endif
