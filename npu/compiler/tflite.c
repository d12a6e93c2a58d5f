/*
 * tflite.c - from the tables of a TensorFlow Lite model to the graph.
 *
 * Field numbers: tensorflow/compiler/mlir/lite/schema/schema.fbs. Kernels of the reference
 * implementation decide what an attribute means (facts cited at each).
 */
#include "npu/compiler/tflite.h"

#include <stdio.h>
#include <string.h>

#include "npu/compiler/tflite_int.h"

/* Field numbers. */
enum { MODEL_OPERATOR_CODES = 1, MODEL_SUBGRAPHS = 2, MODEL_BUFFERS = 4 };
enum { OPCODE_DEPRECATED = 0, OPCODE_CUSTOM = 1, OPCODE_BUILTIN = 3 };
enum { SUBGRAPH_TENSORS, SUBGRAPH_INPUTS, SUBGRAPH_OUTPUTS, SUBGRAPH_OPERATORS };
enum { TENSOR_SHAPE, TENSOR_TYPE, TENSOR_BUFFER, TENSOR_NAME, TENSOR_QUANT };
enum { QUANT_SCALE = 2, QUANT_ZERO_POINT = 3, QUANT_AXIS = 6 };
enum {
    OPERATOR_CODE,
    OPERATOR_INPUTS,
    OPERATOR_OUTPUTS,
    OPERATOR_OPTIONS = 4,
    OPERATOR_CUSTOM = 5
};
enum { BUFFER_DATA = 0, BUFFER_OFFSET = 1 };
enum { CONV_PADDING, CONV_STRIDE_W, CONV_STRIDE_H, CONV_ACT, CONV_DILATION_W, CONV_DILATION_H };
enum { DW_PADDING, DW_STRIDE_W, DW_STRIDE_H, DW_MULT, DW_ACT, DW_DILATION_W, DW_DILATION_H };
enum {
    TRANSPOSE_CONV_PADDING,
    TRANSPOSE_CONV_STRIDE_W,
    TRANSPOSE_CONV_STRIDE_H,
    TRANSPOSE_CONV_ACT
};
enum { POOL_PADDING, POOL_STRIDE_W, POOL_STRIDE_H, POOL_FILTER_W, POOL_FILTER_H, POOL_ACT };

#define PADDING_SAME 0
#define CUSTOM 32u    /* BuiltinOperator of operators with a name of their own */
#define MAX_LEADING 4 /* dimensions of 1 before the four that the graph counts */
#define MODEL_IDENTIFIER "TFL3"
/* Beyond the file's own bytes: tensors, nodes, lists. Real models need a few hundred KB. */
#define GRAPH_EXTRA_BYTES (UINT64_C(64) << 20)

static void *take(reader_t *r, uint64_t bytes)
{
    void *at = npu_graph_alloc(r->graph, bytes);
    if (at == NULL)
        fb_fail(&r->fb, "found more than %llu bytes of tables, expected a smaller model",
                (unsigned long long)GRAPH_EXTRA_BYTES);
    return at;
}

/* ---- tensors --------------------------------------------------------------------------------- */

static npu_type_t read_type(reader_t *r, fb_table_t tensor, const char *name)
{
    int8_t type = fb_i8(&r->fb, tensor, TENSOR_TYPE, 0);
    switch (type) { /* TensorType */
    case 0:
        return NPU_TYPE_FLOAT32;
    case 2:
        return NPU_TYPE_INT32;
    case 3:
        return NPU_TYPE_UINT8;
    case 4:
        return NPU_TYPE_INT64;
    case 9:
        return NPU_TYPE_INT8;
    default:
        fb_fail(&r->fb,
                "tensor \"%.80s\": found type %d, expected float32, int32, uint8, int64 "
                "or int8",
                name, type);
        return NPU_TYPE_INT8;
    }
}

static void read_shape(reader_t *r, fb_table_t table, npu_tensor_t *t)
{
    fb_vector_t shape = fb_vector(&r->fb, table, TENSOR_SHAPE, 4);
    while (t->leading + NPU_GRAPH_DIMS < shape.count && t->leading < MAX_LEADING &&
           fb_u32_at(&r->fb, shape.pos + UINT64_C(4) * t->leading) == 1)
        t->leading++;
    if (shape.count > t->leading + NPU_GRAPH_DIMS) {
        fb_fail(
            &r->fb,
            "tensor \"%.80s\": found %u dimensions, expected at most %d but for leading ones of 1",
            t->name, shape.count, NPU_GRAPH_DIMS);
        return;
    }
    uint64_t elements = 1;
    t->dims = shape.count - t->leading;
    for (uint32_t d = 0; d < t->dims; d++) {
        t->shape[d] = fb_u32_at(&r->fb, shape.pos + UINT64_C(4) * (t->leading + d));
        if (t->shape[d] == 0 || t->shape[d] > 65536)
            fb_fail(&r->fb, "tensor \"%.80s\": found dimension %u = %d, expected 1..65536", t->name,
                    d, (int32_t)t->shape[d]);
        elements *= t->shape[d]; /* at most (2^16)^3 * 2^32: a wrap is caught by the graph check */
    }
    t->bytes = elements * npu_type_bytes(t->type);
}

static void read_quantization(reader_t *r, fb_table_t table, npu_tensor_t *t)
{
    fb_t *fb = &r->fb;
    fb_table_t q = fb_sub(fb, table, TENSOR_QUANT);
    fb_vector_t scale = fb_vector(fb, q, QUANT_SCALE, 4);
    fb_vector_t zero = fb_vector(fb, q, QUANT_ZERO_POINT, 8);
    t->axis = fb_u32(fb, q, QUANT_AXIS, 0);
    if (scale.count == 0)
        return;
    if (zero.count != 0 && zero.count != scale.count) {
        fb_fail(fb, "tensor \"%.80s\": found %u scales and %u zero points, expected as many",
                t->name, scale.count, zero.count);
        return;
    }
    float *s = take(r, UINT64_C(4) * scale.count);
    int32_t *z = take(r, UINT64_C(4) * scale.count);
    if (fb_failed(fb))
        return;
    for (uint32_t i = 0; i < scale.count; i++) {
        int64_t zp = zero.count == 0 ? 0 : fb_i64_at(fb, zero.pos + UINT64_C(8) * i);
        if (zp < INT32_MIN || zp > INT32_MAX)
            fb_fail(fb, "tensor \"%.80s\": found zero point %lld, expected 32 bits", t->name,
                    (long long)zp);
        s[i] = fb_f32_at(fb, scale.pos + UINT64_C(4) * i);
        z[i] = (int32_t)zp;
    }
    t->scale = s;
    t->zero_point = z;
    t->scales = scale.count;
}

/* A tensor whose buffer has bytes is a constant. The bytes stay in the graph's copy of the file. */
static void read_data(reader_t *r, fb_table_t table, npu_tensor_t *t)
{
    fb_t *fb = &r->fb;
    uint32_t buffer = fb_u32(fb, table, TENSOR_BUFFER, 0);
    if (fb_failed(fb) || buffer == 0)
        return; /* buffer 0 is empty by convention */
    if (buffer >= r->buffers.count) {
        fb_fail(fb, "tensor \"%.80s\": found buffer %u, expected less than %u", t->name, buffer,
                r->buffers.count);
        return;
    }
    fb_table_t b = fb_table_at(fb, r->buffers, buffer);
    fb_vector_t data = fb_vector(fb, b, BUFFER_DATA, 1);
    if (data.count == 0) {
        if (fb_u32(fb, b, BUFFER_OFFSET, 0) > 1) /* 64-bit field; 1 is a placeholder */
            fb_fail(fb, "tensor \"%.80s\": found its data behind the FlatBuffer, expected inside",
                    t->name);
        return;
    }
    if (data.count != t->bytes)
        fb_fail(fb, "tensor \"%.80s\": found %u bytes of data at byte %u, expected %llu", t->name,
                data.count, data.pos, (unsigned long long)t->bytes);
    t->data = fb->data + data.pos;
}

static void read_tensor(reader_t *r, fb_table_t table, npu_tensor_t *t)
{
    t->name = fb_string(&r->fb, table, TENSOR_NAME);
    t->type = read_type(r, table, t->name);
    read_shape(r, table, t);
    read_quantization(r, table, t);
    read_data(r, table, t);
}

/* A vector of tensor numbers, copied. */
static const int32_t *read_numbers(reader_t *r, fb_table_t table, uint32_t field, uint32_t *count,
                                   const char *what)
{
    fb_t *fb = &r->fb;
    fb_vector_t v = fb_vector(fb, table, field, 4);
    if (v.count > NPU_GRAPH_MAX_ENDS)
        fb_fail(fb, "byte %u: found %u %s, expected at most %d", v.pos, v.count, what,
                NPU_GRAPH_MAX_ENDS);
    int32_t *number = fb_failed(fb) ? NULL : take(r, UINT64_C(4) * (v.count + 1));
    if (number == NULL)
        return NULL;
    for (uint32_t i = 0; i < v.count; i++) {
        number[i] = (int32_t)fb_u32_at(fb, v.pos + UINT64_C(4) * i);
        if (number[i] < NPU_NO_TENSOR || number[i] >= (int64_t)r->graph->tensors)
            fb_fail(fb, "byte %llu: found tensor %d, expected -1..%u",
                    (unsigned long long)v.pos + UINT64_C(4) * i, number[i], r->graph->tensors - 1);
    }
    *count = v.count;
    return fb_failed(fb) ? NULL : number;
}

/* ---- attributes of operators ----------------------------------------------------------------- */

void tflite_read_activation(reader_t *r, uint32_t field)
{
    int8_t act = fb_i8(&r->fb, r->options, field, 0);
    if (act < 0 || act >= NPU_ACTS) /* TANH, SIGN_BIT */
        operator_fail(r, "fused activation", act, "0..3 (none, RELU, RELU_N1_TO_1, RELU6)");
    else
        r->node->activation = (npu_activation_t)act;
}

/* Padding of one axis as TensorFlow's SAME: half before (rounded down), the rest after. */
static void same_padding(uint32_t size, uint32_t kernel, uint32_t stride, uint32_t dilation,
                         uint32_t *before, uint32_t *after)
{
    int64_t outputs = ((int64_t)size + stride - 1) / stride;
    int64_t total = (outputs - 1) * stride + (int64_t)(kernel - 1) * dilation + 1 - size;
    if (total < 0)
        total = 0;
    *before = (uint32_t)(total / 2);
    *after = (uint32_t)(total - total / 2);
}

/* A stride or dilation; the graph check judges its size. */
static uint32_t positive(reader_t *r, uint32_t field, int32_t otherwise, const char *what)
{
    int32_t value = fb_i32(&r->fb, r->options, field, otherwise);
    if (value < 1 || value > 256) {
        operator_fail(r, what, value, "1..256");
        return 1;
    }
    return (uint32_t)value;
}

/* The window over a map of that size. */
static void set_window(reader_t *r, npu_hwc_t size, int8_t padding, uint32_t kernel_h,
                       uint32_t kernel_w)
{
    npu_window_t *w = &r->node->window;
    w->kernel_h = kernel_h;
    w->kernel_w = kernel_w;
    if (padding != PADDING_SAME && padding != 1)
        operator_fail(r, "padding", padding, "0 (SAME) or 1 (VALID)");
    if (padding != PADDING_SAME)
        return;
    same_padding(size.h, kernel_h, w->stride_h, w->dilation_h, &w->pad_top, &w->pad_bottom);
    same_padding(size.w, kernel_w, w->stride_w, w->dilation_w, &w->pad_left, &w->pad_right);
}

static void finish_window(reader_t *r, int8_t padding, uint32_t kernel_h, uint32_t kernel_w)
{
    const npu_tensor_t *in = input(r, 0);
    if (in != NULL)
        set_window(r, npu_tensor_hwc(in), padding, kernel_h, kernel_w);
}

static void read_weights_window(reader_t *r, int8_t padding)
{
    const npu_tensor_t *weights = input(r, 1);
    if (weights != NULL && weights->dims != 4)
        operator_fail(r, "weights of dimensions:", weights->dims, "4");
    else if (weights != NULL)
        finish_window(r, padding, weights->shape[1], weights->shape[2]);
}

static void read_conv(reader_t *r)
{
    npu_window_t *w = &r->node->window;
    w->stride_w = positive(r, CONV_STRIDE_W, 0, "stride_w");
    w->stride_h = positive(r, CONV_STRIDE_H, 0, "stride_h");
    w->dilation_w = positive(r, CONV_DILATION_W, 1, "dilation_w");
    w->dilation_h = positive(r, CONV_DILATION_H, 1, "dilation_h");
    tflite_read_activation(r, CONV_ACT);
    read_weights_window(r, fb_i8(&r->fb, r->options, CONV_PADDING, 0));
}

static void read_depthwise(reader_t *r)
{
    npu_window_t *w = &r->node->window;
    w->stride_w = positive(r, DW_STRIDE_W, 0, "stride_w");
    w->stride_h = positive(r, DW_STRIDE_H, 0, "stride_h");
    w->dilation_w = positive(r, DW_DILATION_W, 1, "dilation_w");
    w->dilation_h = positive(r, DW_DILATION_H, 1, "dilation_h");
    tflite_read_activation(r, DW_ACT);
    read_weights_window(r, fb_i8(&r->fb, r->options, DW_PADDING, 0));
    /* The reference works the multiplier out of the shapes; the option may be absent. */
    const npu_tensor_t *in = input(r, 0), *weights = input(r, 1);
    if (in != NULL && weights != NULL)
        r->node->depth_multiplier = weights->shape[3] / npu_tensor_hwc(in).c;
}

static void read_pool(reader_t *r)
{
    npu_window_t *w = &r->node->window;
    w->stride_w = positive(r, POOL_STRIDE_W, 0, "stride_w");
    w->stride_h = positive(r, POOL_STRIDE_H, 0, "stride_h");
    w->dilation_w = w->dilation_h = 1;
    tflite_read_activation(r, POOL_ACT);
    finish_window(r, fb_i8(&r->fb, r->options, POOL_PADDING, 0),
                  positive(r, POOL_FILTER_H, 0, "filter_height"),
                  positive(r, POOL_FILTER_W, 0, "filter_width"));
}

static void read_activation_only(reader_t *r)
{
    tflite_read_activation(r, 0); /* AddOptions, SubOptions, MulOptions, FullyConnectedOptions */
}

static void read_mean(reader_t *r)
{
    int64_t axis[8];
    uint32_t count = constant_numbers(r, 1, axis, 8);
    const npu_tensor_t *in = input(r, 0);
    for (uint32_t i = 0; in != NULL && i < count; i++)
        r->node->axes |= 1u << dimension(r, in, axis[i], "one of the input's dimensions");
}

static void read_softmax(reader_t *r)
{
    r->node->beta = fb_f32(&r->fb, r->options, 0, 0.0f);
}

static void read_leaky_relu(reader_t *r)
{
    r->node->alpha = fb_f32(&r->fb, r->options, 0, 0.0f);
}

/* Inputs are the result's shape, weights, map, bias; here map, weights, bias. The padding is that
 * of the convolution from result to map. */
static void read_transpose_conv(reader_t *r)
{
    npu_node_t *n = r->node;
    npu_window_t *w = &n->window;
    if (n->inputs < 3) {
        operator_fail(r, "inputs:", n->inputs, "3 or 4");
        return;
    }
    int32_t *operands = take(r, 3 * sizeof(*operands));
    if (fb_failed(&r->fb))
        return;
    operands[0] = n->input[2];
    operands[1] = n->input[1];
    operands[2] = n->inputs > 3 ? n->input[3] : NPU_NO_TENSOR;
    n->input = operands;
    n->inputs = 3;
    const npu_tensor_t *weights = input(r, 1), *out = operand(r, n->output, n->outputs, 0);
    w->stride_w = positive(r, TRANSPOSE_CONV_STRIDE_W, 0, "stride_w");
    w->stride_h = positive(r, TRANSPOSE_CONV_STRIDE_H, 0, "stride_h");
    w->dilation_w = w->dilation_h = 1;
    tflite_read_activation(r, TRANSPOSE_CONV_ACT);
    if (weights == NULL || out == NULL || weights->dims != 4)
        operator_fail(r, "weights of dimensions:", weights == NULL ? 0 : weights->dims, "4");
    else
        set_window(r, npu_tensor_hwc(out), fb_i8(&r->fb, r->options, TRANSPOSE_CONV_PADDING, 0),
                   weights->shape[1], weights->shape[2]);
}

/* clang-format off */
static const builtin_t builtins[] = {
    {0,   "ADD",                     NPU_NODE_ADD,                      read_activation_only},
    {1,   "AVERAGE_POOL_2D",         NPU_NODE_AVERAGE_POOL_2D,          read_pool},
    {2,   "CONCATENATION",           NPU_NODE_CONCATENATION,            tflite_read_concatenation},
    {3,   "CONV_2D",                 NPU_NODE_CONV_2D,                  read_conv},
    {4,   "DEPTHWISE_CONV_2D",       NPU_NODE_DEPTHWISE_CONV_2D,        read_depthwise},
    {5,   "DEPTH_TO_SPACE",          NPU_NODE_DEPTH_TO_SPACE,           tflite_read_block},
    {6,   "DEQUANTIZE",              NPU_NODE_DEQUANTIZE,               NULL},
    {9,   "FULLY_CONNECTED",         NPU_NODE_FULLY_CONNECTED,          read_activation_only},
    {14,  "LOGISTIC",                NPU_NODE_LOGISTIC,                 NULL},
    {17,  "MAX_POOL_2D",             NPU_NODE_MAX_POOL_2D,              read_pool},
    {18,  "MUL",                     NPU_NODE_MUL,                      read_activation_only},
    {19,  "RELU",                    NPU_NODE_RELU,                     NULL},
    {20,  "RELU_N1_TO_1",            NPU_NODE_RELU_N1_TO_1,             NULL},
    {21,  "RELU6",                   NPU_NODE_RELU6,                    NULL},
    {22,  "RESHAPE",                 NPU_NODE_RESHAPE,                  NULL},
    {23,  "RESIZE_BILINEAR",         NPU_NODE_RESIZE_BILINEAR,          tflite_read_resize_bilinear},
    {25,  "SOFTMAX",                 NPU_NODE_SOFTMAX,                  read_softmax},
    {26,  "SPACE_TO_DEPTH",          NPU_NODE_SPACE_TO_DEPTH,           tflite_read_block},
    {32,  "TFLite_Detection_PostProcess", NPU_NODE_DETECTION_POSTPROCESS, tflite_read_detection},
    {28,  "TANH",                    NPU_NODE_TANH,                     NULL},
    {34,  "PAD",                     NPU_NODE_PAD,                      tflite_read_pad},
    {39,  "TRANSPOSE",               NPU_NODE_TRANSPOSE,                tflite_read_transpose},
    {40,  "MEAN",                    NPU_NODE_MEAN,                     read_mean},
    {41,  "SUB",                     NPU_NODE_SUB,                      read_activation_only},
    {43,  "SQUEEZE",                 NPU_NODE_SQUEEZE,                  NULL},
    {45,  "STRIDED_SLICE",           NPU_NODE_STRIDED_SLICE,            tflite_read_strided_slice},
    {49,  "SPLIT",                   NPU_NODE_SPLIT,                    tflite_read_split},
    {56,  "ARG_MAX",                 NPU_NODE_ARG_MAX,                  tflite_read_arg_max},
    {54,  "PRELU",                   NPU_NODE_PRELU,                    NULL},
    {55,  "MAXIMUM",                 NPU_NODE_MAXIMUM,                  NULL},
    {57,  "MINIMUM",                 NPU_NODE_MINIMUM,                  NULL},
    {60,  "PADV2",                   NPU_NODE_PADV2,                    tflite_read_padv2},
    {65,  "SLICE",                   NPU_NODE_SLICE,                    tflite_read_slice},
    {67,  "TRANSPOSE_CONV",          NPU_NODE_TRANSPOSE_CONV,           read_transpose_conv},
    {70,  "EXPAND_DIMS",             NPU_NODE_EXPAND_DIMS,              tflite_read_expand_dims},
    {83,  "PACK",                    NPU_NODE_PACK,                     tflite_read_pack},
    {88,  "UNPACK",                  NPU_NODE_UNPACK,                   tflite_read_unpack},
    {97,  "RESIZE_NEAREST_NEIGHBOR", NPU_NODE_RESIZE_NEAREST_NEIGHBOR,  tflite_read_resize_nearest},
    {98,  "LEAKY_RELU",              NPU_NODE_LEAKY_RELU,               read_leaky_relu},
    {102, "SPLIT_V",                 NPU_NODE_SPLIT_V,                  tflite_read_split_v},
    {114, "QUANTIZE",                NPU_NODE_QUANTIZE,                 NULL},
    {117, "HARD_SWISH",              NPU_NODE_HARD_SWISH,               NULL},
};
/* Names of those that are known to exist but not supported, so that messages can use them. */
static const struct {
    uint32_t code;
    const char *name;
} unsupported[] = {
    {11, "L2_NORMALIZATION"}, {32, "CUSTOM"}, {36, "GATHER"},
    {37, "BATCH_TO_SPACE_ND"}, {38, "SPACE_TO_BATCH_ND"}, {53, "CAST"}, {69, "TILE"},
    {100, "MIRROR_PAD"}, {105, "REVERSE_V2"},
};
/* clang-format on */

/* ---- operators ------------------------------------------------------------------------------- */

static const char *unsupported_name(uint32_t code)
{
    for (size_t i = 0; i < SIM_COUNT(unsupported); i++)
        if (unsupported[i].code == code)
            return unsupported[i].name;
    return "unknown";
}

static const builtin_t *read_code(reader_t *r, uint32_t opcode_index)
{
    fb_t *fb = &r->fb;
    if (!fb_failed(fb) && opcode_index >= r->codes.count)
        fb_fail(fb, "operator %u \"%.80s\": found operator code %u, expected less than %u",
                r->index, r->node->name, opcode_index, r->codes.count);
    if (fb_failed(fb))
        return NULL;
    fb_table_t code = fb_table_at(fb, r->codes, opcode_index);
    int32_t old = fb_i8(fb, code, OPCODE_DEPRECATED, 0);
    int32_t builtin = fb_i32(fb, code, OPCODE_BUILTIN, 0);
    uint32_t number = (uint32_t)(builtin > old ? builtin : old); /* 127 in `old` means: the other */
    for (size_t i = 0; i < SIM_COUNT(builtins); i++)
        if (builtins[i].code == number &&
            (number != CUSTOM || strcmp(builtins[i].name, fb_string(fb, code, OPCODE_CUSTOM)) == 0))
            return &builtins[i];
    fb_fail(fb, "operator %u \"%.80s\": found %s %s(builtin code %u), which is not supported",
            r->index, r->node->name, unsupported_name(number), fb_string(fb, code, OPCODE_CUSTOM),
            number);
    return NULL;
}

static void read_operator(reader_t *r, fb_table_t table, uint32_t index)
{
    npu_node_t *n = &r->graph->node[index];
    r->index = index;
    r->node = n;
    n->name = "";
    n->input = read_numbers(r, table, OPERATOR_INPUTS, &n->inputs, "inputs");
    n->output = read_numbers(r, table, OPERATOR_OUTPUTS, &n->outputs, "outputs");
    if (!fb_failed(&r->fb) && n->outputs > 0 && n->output[0] >= 0)
        n->name = r->graph->tensor[n->output[0]].name;
    const builtin_t *b = read_code(r, fb_u32(&r->fb, table, OPERATOR_CODE, 0));
    if (b == NULL)
        return;
    n->op = b->op;
    r->options = fb_sub(&r->fb, table, OPERATOR_OPTIONS);
    r->custom = fb_vector(&r->fb, table, OPERATOR_CUSTOM, 1);
    if (b->attributes != NULL && !fb_failed(&r->fb))
        b->attributes(r);
}

/* ---- the model ------------------------------------------------------------------------------- */

static bool count_in(reader_t *r, fb_vector_t v, uint32_t max, const char *what)
{
    if (!fb_failed(&r->fb) && (v.count == 0 || v.count > max))
        fb_fail(&r->fb, "byte %u: found %u %s, expected 1..%u", v.pos, v.count, what, max);
    return !fb_failed(&r->fb);
}

static void read_subgraph(reader_t *r, fb_table_t subgraph)
{
    npu_graph_t *g = r->graph;
    fb_vector_t tensors = fb_vector(&r->fb, subgraph, SUBGRAPH_TENSORS, 4);
    fb_vector_t operators = fb_vector(&r->fb, subgraph, SUBGRAPH_OPERATORS, 4);
    if (!count_in(r, tensors, NPU_GRAPH_MAX_TENSORS, "tensors") ||
        !count_in(r, operators, NPU_GRAPH_MAX_NODES, "operators"))
        return;
    g->tensor = take(r, tensors.count * sizeof(*g->tensor));
    g->node = take(r, operators.count * sizeof(*g->node));
    for (uint32_t i = 0; !fb_failed(&r->fb) && i < tensors.count; i++)
        read_tensor(r, fb_table_at(&r->fb, tensors, i), &g->tensor[i]);
    g->tensors = tensors.count;
    g->input = read_numbers(r, subgraph, SUBGRAPH_INPUTS, &g->inputs, "graph inputs");
    g->output = read_numbers(r, subgraph, SUBGRAPH_OUTPUTS, &g->outputs, "graph outputs");
    for (uint32_t i = 0; !fb_failed(&r->fb) && i < operators.count; i++)
        read_operator(r, fb_table_at(&r->fb, operators, i), i);
    g->nodes = operators.count;
}

static void read_model(reader_t *r)
{
    fb_table_t model = fb_root(&r->fb, MODEL_IDENTIFIER);
    r->codes = fb_vector(&r->fb, model, MODEL_OPERATOR_CODES, 4);
    r->buffers = fb_vector(&r->fb, model, MODEL_BUFFERS, 4);
    fb_vector_t subgraphs = fb_vector(&r->fb, model, MODEL_SUBGRAPHS, 4);
    if (count_in(r, subgraphs, 1, "subgraphs"))
        read_subgraph(r, fb_table_at(&r->fb, subgraphs, 0));
}

/* The graph points into a copy of the file that it owns. */
static bool copy_image(reader_t *r, const uint8_t *image, size_t bytes, const char *file_name)
{
    uint8_t *copy = npu_graph_alloc(r->graph, bytes + 1);
    char *name = npu_graph_alloc(r->graph, strlen(file_name) + 1);
    if (copy == NULL || name == NULL)
        return false;
    memcpy(copy, image, bytes);
    memcpy(name, file_name, strlen(file_name) + 1);
    r->graph->name = name;
    r->fb.data = copy;
    r->fb.file = name;
    return true;
}

sim_err_t npu_tflite_read(const uint8_t *image, size_t bytes, const char *file_name,
                          npu_graph_t *graph, char *error, size_t error_bytes)
{
    memset(graph, 0, sizeof(*graph));
    if (bytes >= INT32_MAX) {
        snprintf(error, error_bytes, "%s: found %zu bytes, expected less than 2 GiB", file_name,
                 bytes);
        return SIM_EPARSE;
    }
    reader_t r = {.fb = {.bytes = (uint32_t)bytes, .error = error, .error_bytes = error_bytes},
                  .graph = graph};
    if (!npu_graph_init(graph, bytes + strlen(file_name) + GRAPH_EXTRA_BYTES) ||
        !copy_image(&r, image, bytes, file_name)) {
        snprintf(error, error_bytes, "%s: out of memory", file_name);
        npu_graph_free(graph);
        return SIM_ENOMEM;
    }
    read_model(&r);
    sim_err_t err = fb_failed(&r.fb) ? SIM_EPARSE : npu_graph_check(graph, error, error_bytes);
    if (err != SIM_OK)
        npu_graph_free(graph);
    return err;
}
