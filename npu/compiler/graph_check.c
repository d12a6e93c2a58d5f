/*
 * graph_check.c - is a graph whole, and inside what the compiler knows? One rule a kind of node.
 */
#include <stdlib.h>

#include "npu/compiler/graph_check_int.h"

/* A kind of node: how many operands, and what must hold between them. */
typedef struct {
    const char *name;
    uint32_t min_inputs, max_inputs;
    bool (*holds)(const check_t *c);
    uint32_t max_outputs;
} rule_t;

static const rule_t rules[NPU_NODE_OPS];

const char *npu_node_op_name(npu_node_op_t op)
{
    return op < NPU_NODE_OPS ? rules[op].name : "unknown";
}

/* ---- tensors --------------------------------------------------------------------------------- */

static bool scales_hold(const check_t *c, const npu_tensor_t *t)
{
    int32_t low = t->type == NPU_TYPE_INT8 ? -128 : 0;
    int32_t high = t->type == NPU_TYPE_INT8 ? 127 : 255;
    bool code = t->type == NPU_TYPE_INT8 || t->type == NPU_TYPE_UINT8;
    for (uint32_t i = 0; i < t->scales; i++) {
        if (!(t->scale[i] >= 1e-30f && t->scale[i] <= 1e30f))
            return fail(c, "tensor \"%.80s\": scale %g, expected 1e-30..1e30", t->name,
                        (double)t->scale[i]);
        if (code && (t->zero_point[i] < low || t->zero_point[i] > high))
            return fail(c, "tensor \"%.80s\": zero point %d not in %d..%d", t->name,
                        t->zero_point[i], low, high);
    }
    return true;
}

static bool tensor_holds(const check_t *c, const npu_tensor_t *t)
{
    if (t->dims > NPU_GRAPH_DIMS)
        return fail(c, "tensor \"%.80s\": %u dimensions, expected at most %d", t->name, t->dims,
                    NPU_GRAPH_DIMS);
    uint64_t elements = 1;
    for (uint32_t d = 0; d < t->dims; d++) {
        if (t->shape[d] == 0 || t->shape[d] > 65536)
            return fail(c, "tensor \"%.80s\": dimension %u is %u, expected 1..65536", t->name, d,
                        t->shape[d]);
        elements *= t->shape[d];
    }
    if (elements > UINT64_C(1) << 28)
        return fail(c, "tensor \"%.80s\": %llu elements, expected at most 2^28", t->name,
                    (unsigned long long)elements);
    if (t->channels_first && t->dims != NPU_GRAPH_DIMS)
        return fail(c, "tensor \"%.80s\": channels first of %u dimensions, expected %d", t->name,
                    t->dims, NPU_GRAPH_DIMS);
    if (t->bytes != elements * npu_type_bytes(t->type))
        return fail(c, "tensor \"%.80s\": %llu bytes, expected %llu", t->name,
                    (unsigned long long)t->bytes,
                    (unsigned long long)elements * npu_type_bytes(t->type));
    return scales_hold(c, t);
}

/* ---- convolutions and pools ------------------------------------------------------------------ */

static bool axis_holds(const check_t *c, const char *axis, uint32_t size, uint32_t kernel,
                       uint32_t stride, uint32_t dilation, uint32_t before, uint32_t after,
                       uint32_t outputs)
{
    if (kernel < 1 || kernel > 256 || stride < 1 || stride > 256 || dilation < 1 || dilation > 256)
        return fail(c, "%s: kernel %u, stride %u, dilation %u, expected each 1..256", axis, kernel,
                    stride, dilation);
    uint32_t reach = npu_window_reach(kernel, dilation);
    if (before >= reach || after >= reach)
        return fail(c, "%s: padding %u and %u, expected less than the window's %u", axis, before,
                    after, reach);
    uint32_t padded = size + before + after;
    if (padded < reach || (padded - reach) / stride + 1 != outputs)
        return fail(c, "%s: a window of %u, stride %u, over %u does not make %u outputs", axis,
                    reach, stride, padded, outputs);
    return true;
}

/* A transposed convolution's window goes over its result, and makes its input. */
static bool window_holds(const check_t *c)
{
    const npu_window_t *w = &c->node->window;
    bool back = c->node->op == NPU_NODE_TRANSPOSE_CONV;
    npu_hwc_t i = npu_tensor_hwc(back ? out(c) : in(c, 0));
    npu_hwc_t o = npu_tensor_hwc(back ? in(c, 0) : out(c));
    return axis_holds(c, "height", i.h, w->kernel_h, w->stride_h, w->dilation_h, w->pad_top,
                      w->pad_bottom, o.h) &&
           axis_holds(c, "width", i.w, w->kernel_w, w->stride_w, w->dilation_w, w->pad_left,
                      w->pad_right, o.w);
}

/* Weights of few bits have codes of few bits. */
static bool width_holds(const check_t *c, const npu_tensor_t *w)
{
    uint32_t bits = c->node->weight_bits;
    if (bits == 0 || bits == 8)
        return true;
    if ((bits != 4 && bits != 2) || w->type != NPU_TYPE_INT8)
        return fail(c, "%s weights of %u bits, expected int8 of 8, 4 or 2", npu_type_name(w->type),
                    bits);
    int32_t most = (1 << (bits - 1)) - 1;
    for (uint64_t i = 0; i < w->bytes; i++)
        if ((int8_t)w->data[i] > most || (int8_t)w->data[i] < -most - 1)
            return fail(c, "weight %llu is %d, expected %d..%d in %u bits", (unsigned long long)i,
                        (int8_t)w->data[i], -most - 1, most, bits);
    return true;
}

/* Constant weights of the input's type, `scales` along their output axis, and a fitting bias. */
static bool weights_hold(const check_t *c, uint32_t dims, uint32_t out_axis)
{
    const npu_tensor_t *w = in(c, 1), *b = in(c, 2);
    if (w == NULL || w->data == NULL)
        return fail(c, "weights are not constant");
    if (w->type != NPU_TYPE_INT8 && w->type != NPU_TYPE_UINT8)
        return fail(c, "weights type %s, expected int8 or uint8", npu_type_name(w->type));
    if (w->dims != dims)
        return fail(c, "weights have %u dimensions, expected %u", w->dims, dims);
    uint32_t outputs = w->shape[out_axis];
    if (w->scales != 1 && (w->type != NPU_TYPE_INT8 || w->scales != outputs || w->axis != out_axis))
        return fail(c,
                    "weights have %u scales along dimension %u, expected 1 or (int8) %u along %u",
                    w->scales, w->axis, outputs, out_axis);
    for (uint32_t i = 0; w->type == NPU_TYPE_INT8 && i < w->scales; i++)
        if (w->zero_point[i] != 0)
            return fail(c, "int8 weights have zero point %d, expected 0", w->zero_point[i]);
    if (!width_holds(c, w))
        return false;
    if (b == NULL)
        return true;
    if (b->data == NULL || b->type != NPU_TYPE_INT32 || npu_tensor_elements(b) != outputs)
        return fail(c, "bias is %s of %llu elements, expected constant int32 of %u",
                    npu_type_name(b->type), (unsigned long long)npu_tensor_elements(b), outputs);
    return true;
}

static bool conv_holds(const check_t *c)
{
    if (!codes_hold(c) || !weights_hold(c, 4, 0) || !window_holds(c))
        return false;
    const npu_tensor_t *w = in(c, 1);
    npu_hwc_t i = npu_tensor_hwc(in(c, 0)), o = npu_tensor_hwc(out(c));
    if (w->shape[1] != c->node->window.kernel_h || w->shape[2] != c->node->window.kernel_w)
        return fail(c, "weights are %ux%u, the window %ux%u", w->shape[1], w->shape[2],
                    c->node->window.kernel_h, c->node->window.kernel_w);
    if (w->shape[3] != i.c || w->shape[0] != o.c)
        return fail(c, "weights take %u channels to %u, the tensors have %u and %u", w->shape[3],
                    w->shape[0], i.c, o.c);
    return true;
}

static bool depthwise_holds(const check_t *c)
{
    if (!codes_hold(c) || !weights_hold(c, 4, 3) || !window_holds(c))
        return false;
    const npu_tensor_t *w = in(c, 1);
    npu_hwc_t i = npu_tensor_hwc(in(c, 0)), o = npu_tensor_hwc(out(c));
    if (w->shape[0] != 1 || w->shape[1] != c->node->window.kernel_h ||
        w->shape[2] != c->node->window.kernel_w)
        return fail(c, "weights are %ux%ux%u, expected 1x%ux%u", w->shape[0], w->shape[1],
                    w->shape[2], c->node->window.kernel_h, c->node->window.kernel_w);
    if (w->shape[3] != o.c || c->node->depth_multiplier == 0 ||
        (uint64_t)i.c * c->node->depth_multiplier != o.c)
        return fail(c, "%u weights, multiplier %u: %u channels do not become %u", w->shape[3],
                    c->node->depth_multiplier, i.c, o.c);
    return true;
}

static bool fully_connected_holds(const check_t *c)
{
    if (!codes_hold(c) || !weights_hold(c, 2, 0))
        return false;
    const npu_tensor_t *w = in(c, 1);
    uint64_t rows = npu_tensor_elements(in(c, 0)) / w->shape[1];
    npu_hwc_t i = npu_tensor_hwc(in(c, 0)), o = npu_tensor_hwc(out(c));
    bool vectors = rows <= 1 || (i.c == w->shape[1] && o.c == w->shape[0]);
    if (npu_tensor_elements(in(c, 0)) != rows * w->shape[1] || !vectors ||
        npu_tensor_elements(out(c)) != rows * w->shape[0])
        return fail(c, "weights take %u inputs to %u, the tensors have %llu and %llu", w->shape[1],
                    w->shape[0], (unsigned long long)npu_tensor_elements(in(c, 0)),
                    (unsigned long long)npu_tensor_elements(out(c)));
    return true;
}

static bool pool_holds(const check_t *c)
{
    if (!codes_hold(c) || !same_scale(c, in(c, 0)) || !window_holds(c))
        return false;
    if (c->node->window.dilation_h != 1 || c->node->window.dilation_w != 1)
        return fail(c, "dilated pool");
    if (npu_tensor_hwc(in(c, 0)).c != npu_tensor_hwc(out(c)).c)
        return fail(c, "%u channels become %u", npu_tensor_hwc(in(c, 0)).c,
                    npu_tensor_hwc(out(c)).c);
    return true;
}

/* ---- the rest -------------------------------------------------------------------------------- */

static bool reach_of(uint32_t a, uint32_t b, uint32_t o)
{
    return (a == o || a == 1) && (b == o || b == 1) && (a == o || b == o);
}

static bool elementwise_holds(const check_t *c)
{
    if (!codes_hold(c) || !code_holds(c, in(c, 1), "input 1"))
        return false;
    if (in(c, 1)->type != out(c)->type)
        return fail(c, "types %s and %s, expected equal ones", npu_type_name(in(c, 0)->type),
                    npu_type_name(in(c, 1)->type));
    npu_hwc_t a = npu_tensor_hwc(in(c, 0)), b = npu_tensor_hwc(in(c, 1));
    npu_hwc_t o = npu_tensor_hwc(out(c));
    if (!reach_of(a.h, b.h, o.h) || !reach_of(a.w, b.w, o.w) || !reach_of(a.c, b.c, o.c))
        return fail(c, "%ux%ux%u and %ux%ux%u do not make %ux%ux%u", a.h, a.w, a.c, b.h, b.w, b.c,
                    o.h, o.w, o.c);
    return true;
}

/* Elements, and pixels, of a batch are those of one higher map. */
static bool unary_holds(const check_t *c)
{
    return batch_codes_hold(c) && shape_is(c, npu_tensor_hwc(in(c, 0)));
}

/* The reference clamps RELU6 in the input's codes. */
static bool relu6_holds(const check_t *c)
{
    return unary_holds(c) && same_scale(c, in(c, 0));
}

/* The larger or smaller code is that of the larger or smaller number in one scale only. */
static bool extreme_holds(const check_t *c)
{
    return elementwise_holds(c) && same_scale(c, in(c, 0)) && same_scale(c, in(c, 1));
}

static bool leaky_relu_holds(const check_t *c)
{
    if (!(c->node->alpha >= 0.0f && c->node->alpha <= 1e6f))
        return fail(c, "alpha %g, expected 0..1e6", (double)c->node->alpha);
    return unary_holds(c);
}

/* The reference's product has 16 bits. */
static bool hard_swish_holds(const check_t *c)
{
    if (!unary_holds(c))
        return false;
    if (in(c, 0)->scale[0] / 128.0f >= out(c)->scale[0])
        return fail(c, "output scale %g, expected more than 1/128 of the input's %g",
                    (double)out(c)->scale[0], (double)in(c, 0)->scale[0]);
    return true;
}

/* Answers in 1/128, from -1 to 1. */
static bool tanh_holds(const check_t *c)
{
    if (!unary_holds(c))
        return false;
    int32_t zero = out(c)->type == NPU_TYPE_INT8 ? 0 : 128;
    if (out(c)->scale[0] != 1.0f / 128 || out(c)->zero_point[0] != zero)
        return fail(c, "output scale %g zero point %d, expected 1/128 and %d",
                    (double)out(c)->scale[0], out(c)->zero_point[0], zero);
    return true;
}

/* SOFTMAX and LOGISTIC answer in 1/256, from 0. */
static bool probability_holds(const check_t *c)
{
    if (!unary_holds(c))
        return false;
    int32_t zero = out(c)->type == NPU_TYPE_INT8 ? -128 : 0;
    if (out(c)->scale[0] != 1.0f / 256 || out(c)->zero_point[0] != zero)
        return fail(c, "output scale %g zero point %d, expected 1/256 and %d",
                    (double)out(c)->scale[0], out(c)->zero_point[0], zero);
    if (c->node->op == NPU_NODE_SOFTMAX && !(c->node->beta > 1e-6f && c->node->beta < 1e6f))
        return fail(c, "beta %g, expected 1e-6..1e6", (double)c->node->beta);
    return true;
}

/* The table's types may differ: from int8 to uint8, say. */
static bool table_holds(const check_t *c)
{
    const npu_tensor_t *table = in(c, 1);
    if (!movable_holds(c, in(c, 0), "input 0") || !movable_holds(c, out(c), "output"))
        return false;
    if (table->data == NULL || table->type != out(c)->type || npu_tensor_elements(table) != 256)
        return fail(c, "table is %s of %llu elements, expected constant %s of 256",
                    npu_type_name(table->type), (unsigned long long)npu_tensor_elements(table),
                    npu_type_name(out(c)->type));
    return shape_is(c, npu_tensor_hwc(in(c, 0)));
}

static bool mean_holds(const check_t *c)
{
    if (!codes_hold(c))
        return false;
    uint64_t left = 1;
    for (uint32_t d = 0; d < in(c, 0)->dims; d++)
        if (!(c->node->axes >> d & 1u))
            left *= in(c, 0)->shape[d];
    if (c->node->axes == 0 || c->node->axes >> in(c, 0)->dims != 0)
        return fail(c, "axes 0x%x of %u dimensions", c->node->axes, in(c, 0)->dims);
    if (left != npu_tensor_elements(out(c)))
        return fail(c, "%llu means, the output has %llu elements", (unsigned long long)left,
                    (unsigned long long)npu_tensor_elements(out(c)));
    return true;
}

/* clang-format off */
#define MANY NPU_GRAPH_MAX_ENDS
static const rule_t rules[NPU_NODE_OPS] = {
    [NPU_NODE_ADD]                    = {"ADD",                     2, 2,    elementwise_holds,      1},
    [NPU_NODE_ARG_MAX]                = {"ARG_MAX",                 1, 2,    check_arg_max,          1},
    [NPU_NODE_AVERAGE_POOL_2D]        = {"AVERAGE_POOL_2D",         1, 1,    pool_holds,             1},
    [NPU_NODE_CONCATENATION]          = {"CONCATENATION",           1, MANY, check_concatenation,    1},
    [NPU_NODE_CONV_2D]                = {"CONV_2D",                 2, 3,    conv_holds,             1},
    [NPU_NODE_DEPTH_TO_SPACE]         = {"DEPTH_TO_SPACE",          1, 1,    check_block,            1},
    [NPU_NODE_DEPTHWISE_CONV_2D]      = {"DEPTHWISE_CONV_2D",       2, 3,    depthwise_holds,        1},
    [NPU_NODE_DEQUANTIZE]             = {"DEQUANTIZE",              1, 1,    check_dequantize,       1},
    [NPU_NODE_DETECTION_POSTPROCESS]  = {"DETECTION_POSTPROCESS",   3, 3,    check_detection,        4},
    [NPU_NODE_EXPAND_DIMS]            = {"EXPAND_DIMS",             1, 2,    check_reshape,          1},
    [NPU_NODE_FULLY_CONNECTED]        = {"FULLY_CONNECTED",         2, 3,    fully_connected_holds,  1},
    [NPU_NODE_HARD_SWISH]             = {"HARD_SWISH",              1, 1,    hard_swish_holds,       1},
    [NPU_NODE_LEAKY_RELU]             = {"LEAKY_RELU",              1, 1,    leaky_relu_holds,       1},
    [NPU_NODE_LOGISTIC]               = {"LOGISTIC",                1, 1,    probability_holds,      1},
    [NPU_NODE_MAXIMUM]                = {"MAXIMUM",                 2, 2,    extreme_holds,          1},
    [NPU_NODE_MAX_POOL_2D]            = {"MAX_POOL_2D",             1, 1,    pool_holds,             1},
    [NPU_NODE_MEAN]                   = {"MEAN",                    1, 2,    mean_holds,             1},
    [NPU_NODE_MINIMUM]                = {"MINIMUM",                 2, 2,    extreme_holds,          1},
    [NPU_NODE_MUL]                    = {"MUL",                     2, 2,    elementwise_holds,      1},
    [NPU_NODE_PACK]                   = {"PACK",                    1, MANY, check_pack,             1},
    [NPU_NODE_PAD]                    = {"PAD",                     1, 2,    check_pad,              1},
    [NPU_NODE_PADV2]                  = {"PADV2",                   1, 3,    check_pad,              1},
    [NPU_NODE_PRELU]                  = {"PRELU",                   2, 2,    elementwise_holds,      1},
    [NPU_NODE_QUANTIZE]               = {"QUANTIZE",                1, 1,    check_quantize,         1},
    [NPU_NODE_RELU]                   = {"RELU",                    1, 1,    unary_holds,            1},
    [NPU_NODE_RELU6]                  = {"RELU6",                   1, 1,    relu6_holds,            1},
    [NPU_NODE_RELU_N1_TO_1]           = {"RELU_N1_TO_1",            1, 1,    unary_holds,            1},
    [NPU_NODE_RESHAPE]                = {"RESHAPE",                 1, 2,    check_reshape,          1},
    [NPU_NODE_RESIZE_BILINEAR]        = {"RESIZE_BILINEAR",         1, 2,    check_resize,           1},
    [NPU_NODE_RESIZE_NEAREST_NEIGHBOR]= {"RESIZE_NEAREST_NEIGHBOR", 1, 2,    check_resize,           1},
    [NPU_NODE_SLICE]                  = {"SLICE",                   1, 3,    check_slice,            1},
    [NPU_NODE_SOFTMAX]                = {"SOFTMAX",                 1, 1,    probability_holds,      1},
    [NPU_NODE_SPACE_TO_DEPTH]         = {"SPACE_TO_DEPTH",          1, 1,    check_block,            1},
    [NPU_NODE_SPLIT]                  = {"SPLIT",                   1, 1,    check_split,            MANY},
    [NPU_NODE_SPLIT_V]                = {"SPLIT_V",                 1, 1,    check_split,            MANY},
    [NPU_NODE_SQUEEZE]                = {"SQUEEZE",                 1, 1,    check_reshape,          1},
    [NPU_NODE_STRIDED_SLICE]          = {"STRIDED_SLICE",           1, 4,    check_slice,            1},
    [NPU_NODE_SUB]                    = {"SUB",                     2, 2,    elementwise_holds,      1},
    [NPU_NODE_TABLE]                  = {"TABLE",                   2, 2,    table_holds,            1},
    [NPU_NODE_TANH]                   = {"TANH",                    1, 1,    tanh_holds,             1},
    [NPU_NODE_TRANSPOSE_CONV]         = {"TRANSPOSE_CONV",          2, 3,    conv_holds,             1},
    [NPU_NODE_TRANSPOSE]              = {"TRANSPOSE",               1, 2,    check_transpose,        1},
    [NPU_NODE_UNPACK]                 = {"UNPACK",                  1, 1,    check_unpack,           MANY},
};
/* clang-format on */

/* ---- the graph ------------------------------------------------------------------------------- */

/* Every required input is there; each is a constant or made[] already. Then marks the outputs. */
static bool operands_hold(const check_t *c, bool *made)
{
    const npu_node_t *n = c->node;
    const rule_t *rule = &rules[n->op];
    uint32_t required = rule->max_inputs == MANY ? MANY : rule->min_inputs;
    for (uint32_t i = 0; i < n->inputs; i++) {
        int32_t t = n->input[i];
        if (t == NPU_NO_TENSOR && i >= required)
            continue;
        if (t < 0 || (uint32_t)t >= c->graph->tensors)
            return fail(c, "input %u is tensor %d, expected one of %u", i, t, c->graph->tensors);
        if (!made[t] && c->graph->tensor[t].data == NULL)
            return fail(c, "input %u \"%.80s\" is used before it is made", i,
                        c->graph->tensor[t].name);
    }
    for (uint32_t i = 0; i < n->outputs; i++) {
        int32_t t = n->output[i];
        if (t < 0 || (uint32_t)t >= c->graph->tensors)
            return fail(c, "output %u is tensor %d, expected one of %u", i, t, c->graph->tensors);
        if (made[t] || c->graph->tensor[t].data != NULL)
            return fail(c, "output %u \"%.80s\" is made twice", i, c->graph->tensor[t].name);
        made[t] = true;
    }
    return true;
}

static bool node_holds(const check_t *c, bool *made)
{
    const npu_node_t *n = c->node;
    if (n->op >= NPU_NODE_OPS || n->activation >= NPU_ACTS)
        return fail(c, "operator %d, activation %d: unknown", (int)n->op, (int)n->activation);
    const rule_t *rule = &rules[n->op];
    if (n->inputs < rule->min_inputs || n->inputs > rule->max_inputs || n->outputs < 1 ||
        n->outputs > rule->max_outputs)
        return fail(c, "%u inputs and %u outputs, expected %u..%u and %s%u", n->inputs, n->outputs,
                    rule->min_inputs, rule->max_inputs, rule->max_outputs > 1 ? "1.." : "",
                    rule->max_outputs);
    return operands_hold(c, made) && rule->holds(c);
}

static bool ends_hold(const check_t *c, const int32_t *end, uint32_t ends, const char *what)
{
    if (ends == 0 || ends > NPU_GRAPH_MAX_ENDS)
        return fail(c, "%u %ss, expected 1..%d", ends, what, NPU_GRAPH_MAX_ENDS);
    for (uint32_t i = 0; i < ends; i++) {
        if (end[i] < 0 || (uint32_t)end[i] >= c->graph->tensors)
            return fail(c, "%s %u is tensor %d, expected one of %u", what, i, end[i],
                        c->graph->tensors);
        const npu_tensor_t *t = &c->graph->tensor[end[i]];
        if (t->data != NULL)
            return fail(c, "%s %u \"%.80s\" is a constant", what, i, t->name);
        bool input = end == c->graph->input;
        if ((input || t->channels_first) && !batch_is_one(c, t, what))
            return false;
    }
    return true;
}

static bool graph_holds(check_t *c, bool *made)
{
    const npu_graph_t *g = c->graph;
    if (g->nodes == 0 || g->nodes > NPU_GRAPH_MAX_NODES || g->tensors == 0 ||
        g->tensors > NPU_GRAPH_MAX_TENSORS)
        return fail(c, "%u nodes and %u tensors, expected 1..%d of each", g->nodes, g->tensors,
                    NPU_GRAPH_MAX_NODES);
    for (uint32_t t = 0; t < g->tensors; t++)
        if (!tensor_holds(c, &g->tensor[t]))
            return false;
    if (!ends_hold(c, g->input, g->inputs, "graph input") ||
        !ends_hold(c, g->output, g->outputs, "graph output"))
        return false;
    for (uint32_t i = 0; i < g->inputs; i++) {
        if (made[g->input[i]])
            return fail(c, "graph input %u \"%.80s\" is listed twice", i,
                        g->tensor[g->input[i]].name);
        made[g->input[i]] = true;
    }
    for (uint32_t n = 0; n < g->nodes; n++) {
        c->node = &g->node[n];
        if (!node_holds(c, made))
            return false;
    }
    c->node = NULL;
    for (uint32_t i = 0; i < g->outputs; i++)
        if (!made[g->output[i]])
            return fail(c, "graph output %u \"%.80s\" is never made", i,
                        g->tensor[g->output[i]].name);
    return true;
}

sim_err_t npu_graph_check(const npu_graph_t *graph, char *error, size_t error_bytes)
{
    check_t c = {graph, NULL, error, error_bytes};
    bool *made = calloc(graph->tensors + 1u, sizeof(*made));
    if (made == NULL) {
        snprintf(error, error_bytes, "%s: out of memory", graph->name);
        return SIM_ENOMEM;
    }
    bool holds = graph_holds(&c, made);
    free(made);
    return holds ? SIM_OK : SIM_EPARSE;
}
