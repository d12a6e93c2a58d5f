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

/* One node written with other numbers than the graph's: those that a file may spell in several
 * ways, and wrong ones. */
typedef struct {
    uint32_t node;
    uint32_t fields, field[8]; /* options; 0: none other */
    uint32_t lists;            /* constant operands behind the inputs; 0: none other */
    struct {
        uint32_t count;
        int32_t value[10];
    } list[3];
} tflite_odd_t;
tflite_image_t tflite_write_odd(const npu_graph_t *graph, const tflite_odd_t *odd);

#endif
