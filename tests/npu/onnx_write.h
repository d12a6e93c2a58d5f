/*
 * onnx_write.h - writes small ONNX models for tests, with protobuf-c's packers.
 */
#ifndef TESTS_NPU_ONNX_WRITE_H
#define TESTS_NPU_ONNX_WRITE_H

#include <onnx.pb-c.h>

#include "sim/types.h"

enum { ONNX_WRITE_MAX = 64 }; /* nodes, initializers, attributes of a node, ends */

/* The caller may change what stands here, between writing and packing. All memory is kept in a list
 * and freed by onnx_write_end. */
typedef struct {
    Onnx__ModelProto model;
    Onnx__OperatorSetIdProto opset, *opsets[1];
    Onnx__GraphProto graph;
    Onnx__NodeProto *nodes[ONNX_WRITE_MAX];
    Onnx__TensorProto *initializers[ONNX_WRITE_MAX];
    Onnx__ValueInfoProto *inputs[ONNX_WRITE_MAX], *outputs[ONNX_WRITE_MAX];
    void **memory;
    size_t count;
} onnx_write_t;

void onnx_write_begin(onnx_write_t *w);
void onnx_write_end(onnx_write_t *w);

/* malloc'ed file image. */
uint8_t *onnx_write_pack(const onnx_write_t *w, size_t *bytes);

void onnx_write_input(onnx_write_t *w, const char *name, int32_t type, uint32_t dims,
                      const uint32_t *shape);
void onnx_write_output(onnx_write_t *w, const char *name);

/* Constants; type is an ONNX data type, data as its bytes are. */
Onnx__TensorProto *onnx_write_raw(onnx_write_t *w, const char *name, int32_t type, uint32_t dims,
                                  const uint32_t *shape, const void *data);
void onnx_write_f32(onnx_write_t *w, const char *name, float value); /* a scalar */
void onnx_write_i8(onnx_write_t *w, const char *name, int8_t value);
void onnx_write_u8(onnx_write_t *w, const char *name, uint8_t value);
void onnx_write_i64(onnx_write_t *w, const char *name, uint32_t count, const int64_t *data);

/* A node; inputs and outputs are names with blanks between, "-" for an absent one. */
Onnx__NodeProto *onnx_write_node(onnx_write_t *w, const char *op, const char *inputs,
                                 const char *outputs);
void onnx_write_int(onnx_write_t *w, Onnx__NodeProto *n, const char *name, int64_t value);
void onnx_write_ints(onnx_write_t *w, Onnx__NodeProto *n, const char *name, uint32_t count,
                     const int64_t *values);
void onnx_write_float(onnx_write_t *w, Onnx__NodeProto *n, const char *name, float value);
void onnx_write_string(onnx_write_t *w, Onnx__NodeProto *n, const char *name, const char *value);

/* "x" -> "x_f": DequantizeLinear with scale and zero point of x, constants "x_s" and "x_z", which
 * are written as well; and the other way. is_unsigned: uint8 instead of int8. */
void onnx_write_dequantize(onnx_write_t *w, const char *name, float scale, int32_t zero,
                           bool is_unsigned);
void onnx_write_quantize(onnx_write_t *w, const char *from, const char *name, float scale,
                         int32_t zero, bool is_unsigned);

#endif
