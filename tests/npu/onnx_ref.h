/*
 * onnx_ref.h - runs a model that onnx_write wrote as the ONNX operators are defined: in float, N C
 * H W, one element after another. It shares nothing with the reader.
 */
#ifndef TESTS_NPU_ONNX_REF_H
#define TESTS_NPU_ONNX_REF_H

#include "tests/npu/onnx_write.h"

typedef struct {
    const char *name;
    uint32_t dims, shape[4];
    uint64_t count;
    float *x; /* codes and integers as floats of the same value */
} onnx_ref_value_t;

typedef struct {
    const onnx_write_t *model;
    const Onnx__NodeProto *node;
    onnx_ref_value_t value[4 * ONNX_WRITE_MAX];
    uint32_t values;
} onnx_ref_t;

/* Runs it on the first input's codes (int8 or uint8, in the model's order). */
void onnx_ref_run(onnx_ref_t *ref, const onnx_write_t *model, const uint8_t *codes);
void onnx_ref_free(onnx_ref_t *ref);

/* A value by name; fails the test when there is none. */
const onnx_ref_value_t *onnx_ref_value(const onnx_ref_t *ref, const char *name);

#endif
