/*
 * onnx_int.h - what the parts of the ONNX reader share.
 *
 * value   what a name of the model stands for at the point reached: numbers of the file, codes,
 * what codes mean (real), or a float result that a QuantizeLinear has yet to give its scale (sum)
 */
#ifndef NPU_COMPILER_ONNX_INT_H
#define NPU_COMPILER_ONNX_INT_H

#include <onnx.pb-c.h>

#include "npu/compiler/onnx.h"

#define ONNX_NO_VALUE UINT32_MAX

/* ---- the file (onnx_file.c) ------------------------------------------------------------------ */

/* Counts what a model takes of host memory, and refuses more than its share. */
typedef struct {
    ProtobufCAllocator allocator;
    uint64_t left_bytes;
} onnx_memory_t;

/* The unpacked model, NULL after a failure: error says "file: byte N: ...". Free it with
 * onnx__model_proto__free_unpacked(model, &memory->allocator). */
Onnx__ModelProto *onnx_unpack(const uint8_t *image, size_t bytes, const char *file,
                              onnx_memory_t *memory, char *error, size_t error_bytes);

#define ONNX_MAX_RANK 8 /* leading dimensions of 1 included */

/* ---- values ---------------------------------------------------------------------------------- */

/* A constant of the model: little-endian, row by row. Codes of 4 bits are int8 here, unsigned ones
 * less 8, and so are their zero points. */
typedef struct {
    npu_type_t type;
    uint32_t bits; /* of int8: 8, or 4 */
    uint32_t dims, shape[NPU_GRAPH_DIMS];
    uint64_t count;
    const uint8_t *data;
} onnx_numbers_t;

typedef enum {
    ONNX_NONE,    /* not made yet */
    ONNX_NUMBERS, /* a constant */
    ONNX_FLOAT,   /* a float input of the graph */
    ONNX_CODES,   /* integers of a graph tensor */
    ONNX_REAL,    /* what they mean; or dequantized numbers, a constant; or a curve over codes */
    ONNX_SUM,     /* the result of a node that has no scale yet */
} onnx_kind_t;

typedef struct {
    onnx_kind_t kind;
    uint32_t dims, shape[NPU_GRAPH_DIMS]; /* as in the model */
    uint32_t leading;   /* but for so many leading dimensions of 1, where it has more than fit */
    bool chw;           /* the model has N C H W of what the tensor has as N H W C */
    int32_t tensor;     /* of the graph; NPU_NO_TENSOR for constants and before a Concat is made */
    const float *curve; /* REAL: the result for each code, lowest first, when not its meaning */
    float low, high;    /* SUM: clipped to */
    /* constants */
    const Onnx__TensorProto *proto; /* not looked at yet */
    const onnx_numbers_t *numbers;
    /* REAL constant: how it was quantized */
    const float *scale;
    const int32_t *zero;
    uint32_t scales, axis;
    /* SUM of a Concat, Max or Min, before its scale is known: parts that are brought to it first */
    const int32_t *part;
    uint32_t parts;
    npu_node_op_t join;
} onnx_value_t;

typedef struct {
    const char *name;
    uint32_t uses; /* as an input of nodes, and one for each place among the outputs */
    const Onnx__NodeProto *reader; /* the last node of them */
    onnx_value_t value;
} onnx_name_t;

/* What the graph does not say about a tensor. */
typedef struct {
    uint32_t maker; /* node; UINT32_MAX for inputs and constants */
    int32_t from;   /* the tensor that it is another name of; NPU_NO_TENSOR */
    bool named;     /* its name is final */
} onnx_info_t;

typedef struct {
    npu_graph_t *graph;
    const Onnx__GraphProto *model;
    const Onnx__NodeProto *node; /* being read; NULL outside */
    onnx_name_t *name;           /* a hash table of slots, a power of two */
    uint32_t slots;
    onnx_info_t *info; /* beside graph->tensor */
    uint32_t tensor_room, node_room;
    char *error;
    size_t error_bytes;
    sim_err_t err; /* first failure; later calls do nothing */
} onnx_t;

/* "file: node \"name\" Op: ..." */
bool onnx_fail(onnx_t *r, const char *fmt, ...) SIM_PRINTF(2, 3);
/* Memory of the graph; NULL after complaining. */
void *onnx_take(onnx_t *r, uint64_t bytes);

onnx_name_t *onnx_find(onnx_t *r, const char *name);
bool onnx_is_known(const char *name); /* not empty, the mark of an absent input */

/* Input i of the node: never NULL while nothing failed. NULL means an optional one is absent. */
onnx_value_t *onnx_input(onnx_t *r, uint32_t i);
onnx_value_t *onnx_optional(onnx_t *r, uint32_t i);
/* The node's output i becomes value; its name, "" when there is none. */
void onnx_set_output(onnx_t *r, uint32_t i, const onnx_value_t *value);
const char *onnx_name_of(onnx_t *r, uint32_t i);
/* The same for the first output, which every node has. */
void onnx_set(onnx_t *r, const onnx_value_t *value);
const char *onnx_output_name(onnx_t *r);

/* ---- constants and attributes (onnx_const.c) ------------------------------------------------- */

/* A constant's content, checked and in one form; NULL after complaining, `what` in the message. */
const onnx_numbers_t *onnx_numbers(onnx_t *r, onnx_value_t *value, const char *what);
const onnx_numbers_t *onnx_numbers_of(onnx_t *r, const Onnx__TensorProto *proto);
float onnx_f32(const onnx_numbers_t *n, uint64_t i);
int32_t onnx_i32(const onnx_numbers_t *n, uint64_t i); /* int8, uint8 or int32 */
int64_t onnx_i64(const onnx_numbers_t *n, uint64_t i); /* any integer type */
/* Up to max integers of an input; count of them. */
uint32_t onnx_integers(onnx_t *r, uint32_t input, const char *what, int64_t *to, uint32_t max);
float onnx_scalar(onnx_t *r, uint32_t input, const char *what, float otherwise);

const Onnx__AttributeProto *onnx_attribute(const onnx_t *r, const char *name);
int64_t onnx_int(onnx_t *r, const char *name, int64_t otherwise);
float onnx_float(onnx_t *r, const char *name, float otherwise);
/* Integers of an attribute; leaves `to` alone and returns 0 when it is absent. */
uint32_t onnx_ints(onnx_t *r, const char *name, int64_t *to, uint32_t max);
/* Which of the strings an attribute is; complains about others. */
uint32_t onnx_choice(onnx_t *r, const char *name, const char *const *strings, uint32_t count);
/* An axis, negative ones counted from the end. */
uint32_t onnx_axis(onnx_t *r, int64_t axis, uint32_t dims);

/* ---- tensors and nodes of the graph (onnx_value.c) ------------------------------------------- */

int32_t onnx_tensor(onnx_t *r, const char *name, npu_type_t type, uint32_t dims,
                    const uint32_t *shape);
/* The new node, for the caller to fill in; NULL after complaining. Valid until the next. */
npu_node_t *onnx_node(onnx_t *r, npu_node_op_t op, const int32_t *inputs, uint32_t count,
                      int32_t output);
/* A node that moves codes from one tensor to another, which takes the first one's scale. */
npu_node_t *onnx_moved(onnx_t *r, npu_node_op_t op, int32_t from, int32_t to);
npu_tensor_t *onnx_at(onnx_t *r, int32_t tensor);
/* One scale and zero point. */
void onnx_set_scale(onnx_t *r, int32_t tensor, float scale, int32_t zero);
bool onnx_same_scale(onnx_t *r, int32_t a, int32_t b);
/* Result tensor of a node, named after its first output, of the type of `like`; `shape` is that of
 * the graph. */
int32_t onnx_result(onnx_t *r, int32_t like, uint32_t dims, const uint32_t *shape);
/* A map N H W C with the order set to N C H W of the file. */
int32_t onnx_result_map(onnx_t *r, int32_t like, npu_hwc_t size);

/* A value of kind REAL without a curve that stands in a tensor, as operators on codes want it. */
bool onnx_wants_codes(onnx_t *r, onnx_value_t *v, const char *what);
/* The tensor of a 4-D value as N H W C; of any value in the model's own order and shape. */
int32_t onnx_map(onnx_t *r, const onnx_value_t *v);
int32_t onnx_plain(onnx_t *r, const onnx_value_t *v);
/* The tensor of a value, arranged so that its axes are those of the model, or of a map. */
int32_t onnx_arranged(onnx_t *r, onnx_value_t *v);
/* Transpose: what becomes of shape and order. False when bytes would have to move. */
bool onnx_permute(onnx_t *r, onnx_value_t *v, const uint32_t perm[NPU_GRAPH_DIMS]);
/* The graph's axis for an axis of the model. */
uint32_t onnx_graph_axis(const onnx_value_t *v, uint32_t axis);
/* A map as the model sees it: N C H W. */
onnx_value_t onnx_map_value(onnx_kind_t kind, int32_t tensor, npu_hwc_t size);

/* DequantizeLinear and QuantizeLinear, with the operands given. */
onnx_value_t onnx_dequantized(onnx_t *r, const onnx_value_t *v, onnx_value_t *scale,
                              onnx_value_t *zero, int64_t axis);
onnx_value_t onnx_quantized(onnx_t *r, onnx_value_t *v, onnx_value_t *scale, onnx_value_t *zero,
                            int64_t axis);
/* The same codes under the node's output name: a node that costs nothing. */
onnx_value_t onnx_renamed(onnx_t *r, const onnx_value_t *v);

/* A Concat, Max or Min with the scale of the tensor `like`. */
onnx_value_t onnx_joined(onnx_t *r, const onnx_value_t *v, int32_t like);

/* DequantizeLinear's inverse for one number. */
int32_t onnx_code(float x, float scale, int32_t zero, npu_type_t type);
/* Nearest integer, ties to even, saturated at +-2^30. */
int32_t onnx_round(float x);

/* ---- operators ------------------------------------------------------------------------------- */

/* onnx_ops.c: reads r->node. */
void onnx_operator(onnx_t *r);

/* onnx_fold.c: a node on integers that are known here; false when it is none. */
bool onnx_fold(onnx_t *r);

/* onnx_move.c */
void onnx_identity(onnx_t *r);
void onnx_transpose(onnx_t *r);
void onnx_reshape(onnx_t *r);
void onnx_flatten(onnx_t *r);
void onnx_squeeze(onnx_t *r);
void onnx_unsqueeze(onnx_t *r);
void onnx_concat(onnx_t *r);
void onnx_pad(onnx_t *r);
void onnx_slice(onnx_t *r);
void onnx_split(onnx_t *r);
void onnx_depth_to_space(onnx_t *r);
void onnx_space_to_depth(onnx_t *r);
void onnx_resize(onnx_t *r);
/* Axes as input 1, as a set of bits; of `dims` dimensions. */
uint32_t onnx_axes(onnx_t *r, uint32_t dims);

/* onnx_conv.c */
void onnx_conv(onnx_t *r);
void onnx_gemm(onnx_t *r);
void onnx_matmul(onnx_t *r);
void onnx_qlinear_conv(onnx_t *r);
void onnx_qlinear_matmul(onnx_t *r);
void onnx_conv_transpose(onnx_t *r);
/* kernel_shape, strides, dilations, pads, auto_pad, ceil_mode of the node; `kernel` from the
 * weights or {0, 0}. Fills the window and the size of the result. */
bool onnx_window(onnx_t *r, npu_hwc_t in, const uint32_t kernel[2], npu_window_t *w,
                 npu_hwc_t *out);

/* onnx_curve.c: functions of one value. */
void onnx_function(onnx_t *r);
void onnx_clip(onnx_t *r);
/* Two operands of which at least one is a scalar constant, or both curves over the same codes;
 * false when it is not such a case. op is '+', '-', '*', '/', '>' (the larger), '<' or 'p' (PRelu:
 * b is the slope). */
bool onnx_curve_of_two(onnx_t *r, char op, onnx_value_t *a, onnx_value_t *b);
/* A table node from codes to (scale, zero) of `type`, named after the node's output. */
int32_t onnx_table(onnx_t *r, const onnx_value_t *v, npu_type_t type, float scale, int32_t zero);

#endif
