/*
 * tflite_int.h - what the readers of operators share.
 */
#ifndef NPU_COMPILER_TFLITE_INT_H
#define NPU_COMPILER_TFLITE_INT_H

#include <stdio.h>

#include "npu/compiler/flatbuffer.h"
#include "npu/compiler/graph.h"

typedef struct {
    fb_t fb;
    npu_graph_t *graph;
    fb_vector_t codes, buffers;
    /* the operator being read */
    fb_table_t options;
    fb_vector_t custom; /* bytes of the options of a custom operator */
    npu_node_t *node;
    uint32_t index;
} reader_t;

typedef struct {
    uint32_t code;    /* BuiltinOperator */
    const char *name; /* of a custom operator: its custom code */
    npu_node_op_t op;
    void (*attributes)(reader_t *r); /* NULL: it has none that matter */
} builtin_t;

static inline void operator_fail(reader_t *r, const char *found, int64_t value,
                                 const char *expected)
{
    fb_fail(&r->fb, "operator %u (%s, \"%.80s\"): found %s %lld, expected %s", r->index,
            npu_node_op_name(r->node->op), r->node->name, found, (long long)value, expected);
}

/* Operand i, or NULL after complaining: attributes are worked out from shapes. */
static inline const npu_tensor_t *operand(reader_t *r, const int32_t *list, uint32_t count,
                                          uint32_t i)
{
    if (!fb_failed(&r->fb) && (i >= count || list[i] == NPU_NO_TENSOR))
        operator_fail(r, "operands:", count, "more");
    return fb_failed(&r->fb) ? NULL : &r->graph->tensor[list[i]];
}

static inline const npu_tensor_t *input(reader_t *r, uint32_t i)
{
    return operand(r, r->node->input, r->node->inputs, i);
}

static inline const npu_tensor_t *output(reader_t *r, uint32_t i)
{
    return operand(r, r->node->output, r->node->outputs, i);
}

/* Input i, an int32 or int64 constant of at most `max` numbers; returns how many, 0 after
 * complaining. */
static inline uint32_t constant_numbers(reader_t *r, uint32_t i, int64_t *numbers, uint32_t max)
{
    const npu_tensor_t *t = input(r, i);
    if (t == NULL)
        return 0;
    uint64_t count = npu_tensor_elements(t);
    bool wide = t->type == NPU_TYPE_INT64;
    if (t->data == NULL || count > max || (t->type != NPU_TYPE_INT32 && !wide)) {
        char expected[64];
        snprintf(expected, sizeof(expected), "a constant of at most %u integers there", max);
        operator_fail(r, "input", i, expected);
        return 0;
    }
    uint64_t pos = (uint64_t)(t->data - r->fb.data);
    for (uint32_t k = 0; k < count; k++)
        numbers[k] = wide ? fb_i64_at(&r->fb, pos + UINT64_C(8) * k) : npu_tensor_i32(t, k);
    return (uint32_t)count;
}

/* The dimension of t that a file calls `axis`: from the front, or negative, from the back; dims
 * after complaining. */
static inline uint32_t dimension(reader_t *r, const npu_tensor_t *t, int64_t axis,
                                 const char *expected)
{
    int64_t from_front = axis < 0 ? axis + t->dims : axis - t->leading;
    if (from_front >= 0 && from_front < t->dims)
        return (uint32_t)from_front;
    operator_fail(r, "axis", axis, expected);
    return t->dims;
}

/* tflite_move.c: options and constant operands, into r->node. What is wrong is complained of. */
void tflite_read_block(reader_t *r); /* DEPTH_TO_SPACE, SPACE_TO_DEPTH */
void tflite_read_concatenation(reader_t *r);
void tflite_read_expand_dims(reader_t *r);
void tflite_read_pack(reader_t *r);
void tflite_read_pad(reader_t *r);
void tflite_read_padv2(reader_t *r);
void tflite_read_resize_bilinear(reader_t *r);
void tflite_read_resize_nearest(reader_t *r);
void tflite_read_slice(reader_t *r);
void tflite_read_split(reader_t *r);
void tflite_read_split_v(reader_t *r);
void tflite_read_strided_slice(reader_t *r);
void tflite_read_transpose(reader_t *r);
void tflite_read_unpack(reader_t *r);

/* tflite_core.c */
void tflite_read_arg_max(reader_t *r);
void tflite_read_detection(reader_t *r);

/* tflite.c: NONE, RELU ... of a field of the options. */
void tflite_read_activation(reader_t *r, uint32_t field);

#endif
