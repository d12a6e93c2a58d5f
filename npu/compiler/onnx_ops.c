/*
 * onnx_ops.c - the table of ONNX operators, and those without weights. An operator looks at its
 * operands' values, adds nodes to the graph, and says what its output is.
 */
#include <math.h>
#include <string.h>

#include "npu/compiler/onnx_int.h"

/* ---- Q and DQ, constants --------------------------------------------------------------------- */

static void op_quantize(onnx_t *r)
{
    onnx_value_t *v = onnx_input(r, 0), *scale = onnx_input(r, 1), *zero = onnx_optional(r, 2);
    if (r->err != SIM_OK)
        return;
    onnx_value_t codes = onnx_quantized(r, v, scale, zero, onnx_int(r, "axis", 1));
    onnx_set(r, &codes);
}

static void op_dequantize(onnx_t *r)
{
    onnx_value_t *v = onnx_input(r, 0), *scale = onnx_input(r, 1), *zero = onnx_optional(r, 2);
    if (r->err != SIM_OK)
        return;
    onnx_value_t real = onnx_dequantized(r, v, scale, zero, onnx_int(r, "axis", 1));
    onnx_set(r, &real);
}

static void op_constant(onnx_t *r)
{
    const Onnx__AttributeProto *tensor = onnx_attribute(r, "value");
    const Onnx__AttributeProto *one = onnx_attribute(r, "value_float");
    onnx_value_t v = {.kind = ONNX_NUMBERS, .tensor = NPU_NO_TENSOR};
    if (tensor != NULL && tensor->t != NULL) {
        v.proto = tensor->t;
        onnx_set(r, &v);
        return;
    }
    onnx_numbers_t *n = onnx_take(r, sizeof(*n));
    uint8_t *data = onnx_take(r, sizeof(float));
    if (r->err != SIM_OK)
        return;
    if (one == NULL) {
        onnx_fail(r, "found no attribute value or value_float, expected one of them");
        return;
    }
    uint32_t bits;
    memcpy(&bits, &one->f, sizeof(bits));
    for (uint32_t b = 0; b < 4; b++)
        data[b] = (uint8_t)(bits >> 8 * b);
    *n = (onnx_numbers_t){.type = NPU_TYPE_FLOAT32, .count = 1, .data = data};
    v.numbers = n;
    onnx_set(r, &v);
}

/* ---- element by element ---------------------------------------------------------------------- */

/* A quantized constant as a tensor beside a map or in the model's order, of the type of codes. */
static int32_t constant_operand(onnx_t *r, const onnx_value_t *v, bool map, uint32_t dims,
                                npu_type_t type)
{
    const onnx_numbers_t *n = v->numbers;
    uint32_t shape[NPU_GRAPH_DIMS] = {1, 1, 1, 1}, file[NPU_GRAPH_DIMS];
    uint8_t flip = n->type == type ? 0 : 0x80;
    if (n->type != NPU_TYPE_INT8 && n->type != NPU_TYPE_UINT8)
        onnx_fail(r, "constant: found %s, expected int8 or uint8", npu_type_name(n->type));
    if (v->scales != 1 || n->dims > dims || n->count == 0)
        onnx_fail(r, "constant: found %u scales, %u dimensions, expected 1 and at most %u",
                  v->scales, n->dims, dims);
    if (r->err != SIM_OK)
        return 0;
    for (uint32_t d = 0; d < n->dims; d++)
        shape[dims - n->dims + d] = n->shape[d];
    memcpy(file, shape, sizeof(file));
    if (map) {
        shape[1] = file[2];
        shape[2] = file[3];
        shape[3] = file[1];
    }
    int32_t t = onnx_tensor(r, onnx_output_name(r), type, dims, shape);
    uint8_t *data = onnx_take(r, n->count + 1);
    if (r->err != SIM_OK)
        return 0;
    uint64_t plane = (uint64_t)file[2] * file[3];
    for (uint64_t i = 0; i < n->count; i++)
        data[i] = n->data[map ? i % file[1] * plane + i / file[1] : i] ^ flip;
    onnx_at(r, t)->data = data;
    onnx_set_scale(r, t, v->scale[0],
                   v->zero[0] + (flip == 0                ? 0
                                 : type == NPU_TYPE_UINT8 ? 128
                                                          : -128));
    return t;
}

static bool is_constant(const onnx_value_t *v)
{
    return v->kind == ONNX_REAL && v->tensor == NPU_NO_TENSOR;
}

/* Two activations in one order, of one type; a constant beside an activation. */
static bool two_operands(onnx_t *r, onnx_value_t *a, onnx_value_t *b, int32_t in[2], bool *as_map)
{
    onnx_value_t *v[2] = {a, b};
    uint32_t dims = 0;
    bool map = *as_map = false;
    for (int i = 0; i < 2; i++) {
        if (!is_constant(v[i]) && !onnx_wants_codes(r, v[i], i == 0 ? "input 0" : "input 1"))
            return false;
        if (is_constant(v[i]))
            continue;
        if (dims != 0 && v[i]->dims != dims)
            return onnx_fail(r, "found %u and %u dimensions, expected as many", dims, v[i]->dims);
        dims = v[i]->dims;
        map = map || (v[i]->chw && dims == 4);
    }
    *as_map = map;
    if (is_constant(a) && is_constant(b))
        return onnx_fail(r, "found two constants, expected a result of the network");
    for (int i = 0; i < 2; i++)
        if (!is_constant(v[i]))
            in[i] = map ? onnx_map(r, v[i]) : onnx_plain(r, v[i]);
    for (int i = 0; r->err == SIM_OK && i < 2; i++)
        if (is_constant(v[i]))
            in[i] = constant_operand(r, v[i], map, dims, onnx_at(r, in[1 - i])->type);
    if (r->err == SIM_OK && onnx_at(r, in[0])->type != onnx_at(r, in[1])->type) {
        const npu_tensor_t t = *onnx_at(r, in[0]);
        onnx_value_t one = {.kind = ONNX_REAL, .tensor = in[1], .chw = map, .dims = dims};
        const npu_tensor_t *from = onnx_at(r, in[1]);
        int32_t step = t.type == NPU_TYPE_INT8 ? -128 : 128;
        in[1] = onnx_table(r, &one, t.type, from->scale[0], from->zero_point[0] + step);
    }
    return r->err == SIM_OK;
}

static void element_wise(onnx_t *r, npu_node_op_t op, onnx_value_t *a, onnx_value_t *b,
                         onnx_value_t *result)
{
    int32_t in[2];
    uint32_t shape[NPU_GRAPH_DIMS];
    bool map;
    if (!two_operands(r, a, b, in, &map))
        return;
    const npu_tensor_t x = *onnx_at(r, in[0]), y = *onnx_at(r, in[1]);
    for (uint32_t d = 0; d < x.dims; d++)
        shape[d] = x.shape[d] > y.shape[d] ? x.shape[d] : y.shape[d];
    int32_t to = onnx_result(r, in[0], x.dims, shape);
    onnx_node(r, op, in, 2, to);
    if (r->err != SIM_OK)
        return;
    onnx_at(r, to)->channels_first = map;
    if (map) {
        *result = onnx_map_value(ONNX_SUM, to, npu_tensor_hwc(onnx_at(r, to)));
        return;
    }
    *result = (onnx_value_t){.kind = ONNX_SUM, .dims = x.dims, .tensor = to};
    memcpy(result->shape, shape, sizeof(shape));
    result->low = -INFINITY;
    result->high = INFINITY;
}

static void binary(onnx_t *r, char sign, npu_node_op_t op)
{
    onnx_value_t result = {0}, *a = onnx_input(r, 0), *b = onnx_input(r, 1);
    if (r->err != SIM_OK || onnx_curve_of_two(r, sign, a, b))
        return;
    element_wise(r, op, a, b, &result);
    onnx_set(r, &result);
}

static void op_add(onnx_t *r)
{
    binary(r, '+', NPU_NODE_ADD);
}

static void op_sub(onnx_t *r)
{
    binary(r, '-', NPU_NODE_SUB);
}

static void op_mul(onnx_t *r)
{
    binary(r, '*', NPU_NODE_MUL);
}

static void op_div(onnx_t *r)
{
    onnx_value_t *a = onnx_input(r, 0), *b = onnx_input(r, 1);
    if (r->err == SIM_OK && !onnx_curve_of_two(r, '/', a, b))
        onnx_fail(r, "input 1: found a result of the network or many numbers, expected one number");
}

/* A slope for each channel, or one for all, which is a curve. */
static void op_prelu(onnx_t *r)
{
    binary(r, 'p', NPU_NODE_PRELU);
}

/* The larger or smaller of two: codes of one scale, that of the QuantizeLinear behind. */
static void extreme(onnx_t *r, char sign, npu_node_op_t op)
{
    onnx_value_t *a = onnx_input(r, 0), *b = onnx_input(r, 1);
    if (r->err != SIM_OK || onnx_curve_of_two(r, sign, a, b))
        return;
    onnx_value_t to = *a;
    int32_t *part = onnx_take(r, 2 * sizeof(*part));
    if (!onnx_wants_codes(r, a, "input 0") || !onnx_wants_codes(r, b, "input 1"))
        return;
    bool map = a->dims == 4 && b->dims == 4 && (a->chw || b->chw);
    if (a->dims != b->dims)
        onnx_fail(r, "found %u and %u dimensions, expected as many", a->dims, b->dims);
    part[0] = map ? onnx_map(r, a) : onnx_plain(r, a);
    part[1] = map ? onnx_map(r, b) : onnx_plain(r, b);
    for (uint32_t d = 0; d < a->dims; d++)
        to.shape[d] = a->shape[d] > b->shape[d] ? a->shape[d] : b->shape[d];
    to.kind = ONNX_SUM;
    to.chw = map;
    to.tensor = NPU_NO_TENSOR;
    to.part = part;
    to.parts = 2;
    to.join = op;
    to.low = -INFINITY;
    to.high = INFINITY;
    onnx_set(r, &to);
}

static void op_max(onnx_t *r)
{
    extreme(r, '>', NPU_NODE_MAXIMUM);
}

static void op_min(onnx_t *r)
{
    extreme(r, '<', NPU_NODE_MINIMUM);
}

/* A, scale, zero, B, scale, zero, scale, zero. */
static void qlinear_binary(onnx_t *r, npu_node_op_t op)
{
    onnx_value_t sum = {0}, v[2];
    for (uint32_t i = 0; r->err == SIM_OK && i < 2; i++) {
        onnx_value_t *from = onnx_input(r, 3 * i);
        if (r->err == SIM_OK)
            v[i] =
                onnx_dequantized(r, from, onnx_input(r, 3 * i + 1), onnx_optional(r, 3 * i + 2), 0);
    }
    if (r->err == SIM_OK)
        element_wise(r, op, &v[0], &v[1], &sum);
    if (r->err != SIM_OK)
        return;
    onnx_value_t codes = onnx_quantized(r, &sum, onnx_input(r, 6), onnx_optional(r, 7), 0);
    onnx_set(r, &codes);
}

static void op_qlinear_add(onnx_t *r)
{
    qlinear_binary(r, NPU_NODE_ADD);
}

static void op_qlinear_mul(onnx_t *r)
{
    qlinear_binary(r, NPU_NODE_MUL);
}

/* ---- pools and means ------------------------------------------------------------------------- */

/* A node on a map that leaves scale and zero point alone; the result is REAL. */
static npu_node_t *same_scale_map(onnx_t *r, npu_node_op_t op, int32_t in, npu_hwc_t out)
{
    int32_t to = onnx_result_map(r, in, out);
    if (r->err == SIM_OK)
        onnx_set_scale(r, to, onnx_at(r, in)->scale[0], onnx_at(r, in)->zero_point[0]);
    onnx_value_t v = onnx_map_value(ONNX_REAL, to, out);
    onnx_set(r, &v);
    return onnx_node(r, op, &in, 1, to);
}

/* A result that waits for its scale, with the axes averaged away. */
static void set_mean(onnx_t *r, int32_t in, uint32_t axes, const onnx_value_t *shape)
{
    uint32_t left[NPU_GRAPH_DIMS];
    onnx_value_t v = *shape;
    if (r->err != SIM_OK)
        return;
    const npu_tensor_t t = *onnx_at(r, in);
    for (uint32_t d = 0; d < t.dims; d++)
        left[d] = (axes >> d & 1) != 0 ? 1 : t.shape[d];
    v.kind = ONNX_SUM;
    v.curve = NULL;
    v.low = -INFINITY;
    v.high = INFINITY;
    v.tensor = onnx_result(r, in, t.dims, left);
    npu_node_t *n = onnx_node(r, NPU_NODE_MEAN, &in, 1, v.tensor);
    if (n == NULL)
        return;
    n->axes = axes;
    onnx_at(r, v.tensor)->channels_first = v.chw && v.dims == 4;
    onnx_set(r, &v);
}

static bool wants_map(onnx_t *r, onnx_value_t *v, int32_t *in, npu_hwc_t *size)
{
    if (!onnx_wants_codes(r, v, "input"))
        return false;
    *in = onnx_map(r, v);
    *size = (npu_hwc_t){v->shape[2], v->shape[3], v->shape[1]};
    return r->err == SIM_OK;
}

static void op_global_average(onnx_t *r)
{
    onnx_value_t *v = onnx_input(r, 0);
    npu_hwc_t size;
    int32_t in;
    if (r->err != SIM_OK || !wants_map(r, v, &in, &size))
        return;
    onnx_value_t shape = onnx_map_value(ONNX_SUM, in, (npu_hwc_t){1, 1, size.c});
    set_mean(r, in, 1u << 1 | 1u << 2, &shape);
}

/* The padding counts as elements of value 0: it is written out before the pool. */
static int32_t padded(onnx_t *r, int32_t in, npu_hwc_t *size, npu_window_t *w)
{
    npu_hwc_t out = {size->h + w->pad_top + w->pad_bottom, size->w + w->pad_left + w->pad_right,
                     size->c};
    int32_t to = onnx_result_map(r, in, out);
    npu_node_t *n = onnx_node(r, NPU_NODE_PAD, &in, 1, to);
    if (n == NULL)
        return in;
    onnx_set_scale(r, to, onnx_at(r, in)->scale[0], onnx_at(r, in)->zero_point[0]);
    n->pad[1][0] = w->pad_top;
    n->pad[1][1] = w->pad_bottom;
    n->pad[2][0] = w->pad_left;
    n->pad[2][1] = w->pad_right;
    w->pad_top = w->pad_bottom = w->pad_left = w->pad_right = 0;
    *size = out;
    return to;
}

/* Whether a QuantizeLinear of the same scale reads the node's result. */
static bool keeps_scale(onnx_t *r, int32_t in)
{
    const Onnx__NodeProto *n = onnx_find(r, r->node->output[0])->reader;
    if (n == NULL || n->op_type == NULL || strcmp(n->op_type, "QuantizeLinear") != 0 ||
        n->n_input < 2)
        return true;
    const onnx_numbers_t *s = onnx_numbers(r, &onnx_find(r, n->input[1])->value, "scale");
    return s != NULL && s->type == NPU_TYPE_FLOAT32 && s->count == 1 &&
           onnx_f32(s, 0) == onnx_at(r, in)->scale[0];
}

/* The mean of a window as a depthwise convolution with ones: rounds once, to the scale of the
 * result. Padding counts, with value 0. */
static void mean_by_weights(onnx_t *r, int32_t in, const npu_window_t *w, npu_hwc_t out)
{
    const uint32_t shape[4] = {1, w->kernel_h, w->kernel_w, out.c};
    uint64_t count = (uint64_t)w->kernel_h * w->kernel_w;
    int32_t inputs[2] = {in, onnx_tensor(r, onnx_output_name(r), NPU_TYPE_INT8, 4, shape)};
    uint8_t *ones = onnx_take(r, count * out.c);
    if (ones == NULL)
        return;
    memset(ones, 1, count * out.c);
    onnx_at(r, inputs[1])->data = ones;
    onnx_set_scale(r, inputs[1], 1.0f / (float)count, 0);
    int32_t to = onnx_result_map(r, in, out);
    npu_node_t *n = onnx_node(r, NPU_NODE_DEPTHWISE_CONV_2D, inputs, 2, to);
    if (n == NULL)
        return;
    n->window = *w;
    n->depth_multiplier = 1;
    onnx_value_t v = onnx_map_value(ONNX_SUM, to, out);
    onnx_set(r, &v);
}

static void op_average_pool(onnx_t *r)
{
    static const uint32_t any[2] = {0, 0};
    onnx_value_t *v = onnx_input(r, 0);
    npu_hwc_t size, out;
    npu_window_t w;
    int32_t in;
    if (r->err != SIM_OK || !wants_map(r, v, &in, &size) || !onnx_window(r, size, any, &w, &out))
        return;
    out.c = size.c;
    bool pads = (w.pad_top | w.pad_left | w.pad_bottom | w.pad_right) != 0;
    bool counted = onnx_int(r, "count_include_pad", 0) != 0;
    if ((!pads || counted) && !keeps_scale(r, in)) {
        mean_by_weights(r, in, &w, out);
        return;
    }
    if (pads && counted)
        in = padded(r, in, &size, &w);
    npu_node_t *n = same_scale_map(r, NPU_NODE_AVERAGE_POOL_2D, in, out);
    if (n != NULL)
        n->window = w;
}

static void max_pool(onnx_t *r, bool whole)
{
    static const uint32_t any[2] = {0, 0};
    onnx_value_t *v = onnx_input(r, 0);
    npu_hwc_t size, out = {1, 1, 0};
    npu_window_t w;
    int32_t in;
    if (r->err != SIM_OK || !wants_map(r, v, &in, &size))
        return;
    if (whole)
        w = (npu_window_t){size.h, size.w, 1, 1, 1, 1, 0, 0, 0, 0};
    else if (!onnx_window(r, size, any, &w, &out))
        return;
    out.c = size.c;
    npu_node_t *n = same_scale_map(r, NPU_NODE_MAX_POOL_2D, in, out);
    if (n != NULL)
        n->window = w;
}

static void op_max_pool(onnx_t *r)
{
    max_pool(r, false);
}

static void op_global_max(onnx_t *r)
{
    max_pool(r, true);
}

/* Axes are an attribute up to opset 17, an input from 18 on. */
static void op_reduce_mean(onnx_t *r)
{
    onnx_value_t *v = onnx_input(r, 0);
    int64_t given[NPU_GRAPH_DIMS];
    uint32_t set = 0, axes = 0;
    if (r->err != SIM_OK || !onnx_wants_codes(r, v, "input"))
        return;
    uint32_t count = onnx_ints(r, "axes", given, NPU_GRAPH_DIMS);
    for (uint32_t i = 0; r->err == SIM_OK && i < count; i++)
        set |= 1u << onnx_axis(r, given[i], v->dims);
    if (r->err == SIM_OK && onnx_optional(r, 1) != NULL)
        set = onnx_axes(r, v->dims);
    if (set == 0)
        set = (1u << v->dims) - 1;
    onnx_value_t shape = *v;
    int32_t in = onnx_arranged(r, &shape);
    bool keep = onnx_int(r, "keepdims", 1) != 0;
    uint32_t dims = 0;
    for (uint32_t d = 0; r->err == SIM_OK && d < v->dims; d++) {
        bool gone = (set >> d & 1) != 0;
        axes |= (gone ? 1u : 0) << onnx_graph_axis(&shape, d);
        if (!gone || keep)
            shape.shape[dims++] = gone ? 1 : v->shape[d];
    }
    shape.dims = dims;
    set_mean(r, in, axes, &shape);
}

/* ---- softmax --------------------------------------------------------------------------------- */

/* The machine's softmax answers in 1/256; QuantizeLinear brings it to another scale, if it asks. */
static void op_softmax(onnx_t *r)
{
    onnx_value_t *from = onnx_input(r, 0);
    if (r->err != SIM_OK || !onnx_wants_codes(r, from, "input"))
        return;
    onnx_value_t v = *from;
    int32_t in = onnx_arranged(r, &v);
    uint32_t axis = onnx_axis(r, onnx_int(r, "axis", -1), v.dims);
    if (r->err != SIM_OK)
        return;
    const npu_tensor_t t = *onnx_at(r, in);
    if (t.dims == 0 || onnx_graph_axis(&v, axis) != t.dims - 1) {
        onnx_fail(r, "axis: found %u of %u dimensions, expected the channels", axis, v.dims);
        return;
    }
    v.tensor = onnx_result(r, in, t.dims, t.shape);
    npu_node_t *n = onnx_node(r, NPU_NODE_SOFTMAX, &in, 1, v.tensor);
    if (n == NULL)
        return;
    n->beta = 1.0f;
    onnx_at(r, v.tensor)->channels_first = v.chw;
    onnx_set_scale(r, v.tensor, 1.0f / 256, t.type == NPU_TYPE_INT8 ? -128 : 0);
    onnx_set(r, &v);
}

/* ---- ArgMax: indices, on the core --------------------------------------------------------------
 */

static void op_arg_max(onnx_t *r)
{
    onnx_value_t *from = onnx_input(r, 0);
    if (r->err != SIM_OK || !onnx_wants_codes(r, from, "input"))
        return;
    onnx_value_t v = *from;
    int32_t in = onnx_arranged(r, &v);
    uint32_t axis = onnx_axis(r, onnx_int(r, "axis", 0), v.dims), left[NPU_GRAPH_DIMS];
    uint32_t g = onnx_graph_axis(&v, axis), dims = 0, kept = 0;
    bool keep = onnx_int(r, "keepdims", 1) != 0;
    if (onnx_int(r, "select_last_index", 0) != 0)
        onnx_fail(r, "attribute select_last_index: found 1, expected 0");
    if (v.chw && g != NPU_GRAPH_DIMS - 1)
        onnx_fail(r, "axis: found %u of N C H W, expected the channels", axis);
    if (r->err != SIM_OK)
        return;
    const npu_tensor_t t = *onnx_at(r, in);
    for (uint32_t d = 0; d < t.dims; d++)
        if (keep || d != g)
            left[kept++] = d == g ? 1 : t.shape[d];
    for (uint32_t d = 0; d < v.dims; d++)
        if (keep || d != axis)
            v.shape[dims++] = d == axis ? 1 : v.shape[d];
    v.kind = ONNX_CODES;
    v.dims = dims;
    v.chw = false; /* one index for each pixel: the same in either order */
    v.tensor = onnx_tensor(r, onnx_output_name(r), NPU_TYPE_INT64, kept, left);
    npu_node_t *n = onnx_node(r, NPU_NODE_ARG_MAX, &in, 1, v.tensor);
    if (n != NULL)
        n->axis = g;
    onnx_set(r, &v);
}

/* ---- the table ------------------------------------------------------------------------------- */

/* clang-format off */
#define MANY NPU_GRAPH_MAX_ENDS
static const struct {
    const char *op;
    uint32_t min_inputs, max_inputs;
    void (*read)(onnx_t *r);
    bool any_rank; /* knows of leading dimensions that the graph does not count */
} operators[] = {
    {"Abs",               1, 1,    onnx_function,          true},
    {"Add",               2, 2,    op_add,                 false},
    {"ArgMax",            1, 1,    op_arg_max,             false},
    {"AveragePool",       1, 1,    op_average_pool,        false},
    {"Clip",              1, 3,    onnx_clip,              false},
    {"Concat",            1, MANY, onnx_concat,            false},
    {"Constant",          0, 0,    op_constant,            false},
    {"Conv",              2, 3,    onnx_conv,              false},
    {"ConvTranspose",     2, 3,    onnx_conv_transpose,    false},
    {"DequantizeLinear",  2, 3,    op_dequantize,          true},
    {"DepthToSpace",      1, 1,    onnx_depth_to_space,    false},
    {"Div",               2, 2,    op_div,                 false},
    {"Dropout",           1, 3,    onnx_identity,          true},
    {"Elu",               1, 1,    onnx_function,          true},
    {"Exp",               1, 1,    onnx_function,          true},
    {"Flatten",           1, 1,    onnx_flatten,           false},
    {"Gemm",              2, 3,    onnx_gemm,              false},
    {"GlobalAveragePool", 1, 1,    op_global_average,      false},
    {"GlobalMaxPool",     1, 1,    op_global_max,          false},
    {"HardSigmoid",       1, 1,    onnx_function,          true},
    {"HardSwish",         1, 1,    onnx_function,          true},
    {"Identity",          1, 1,    onnx_identity,          true},
    {"LeakyRelu",         1, 1,    onnx_function,          true},
    {"MatMul",            2, 2,    onnx_matmul,            false},
    {"Max",               2, 2,    op_max,                 false},
    {"MaxPool",           1, 1,    op_max_pool,            false},
    {"Min",               2, 2,    op_min,                 false},
    {"Mul",               2, 2,    op_mul,                 false},
    {"Neg",               1, 1,    onnx_function,          true},
    {"PRelu",             2, 2,    op_prelu,               false},
    {"Pad",               2, 4,    onnx_pad,               false},
    {"QLinearAdd",        7, 8,    op_qlinear_add,         false},
    {"QLinearConv",       8, 9,    onnx_qlinear_conv,      false},
    {"QLinearMatMul",     8, 8,    onnx_qlinear_matmul,    false},
    {"QLinearMul",        7, 8,    op_qlinear_mul,         false},
    {"QuantizeLinear",    2, 3,    op_quantize,            true},
    {"ReduceMean",        1, 2,    op_reduce_mean,         false},
    {"Relu",              1, 1,    onnx_function,          true},
    {"Reshape",           2, 2,    onnx_reshape,           true},
    {"Resize",            1, 4,    onnx_resize,            false},
    {"Sigmoid",           1, 1,    onnx_function,          true},
    {"Slice",             3, 5,    onnx_slice,             false},
    {"Softmax",           1, 1,    op_softmax,             false},
    {"SpaceToDepth",      1, 1,    onnx_space_to_depth,    false},
    {"Split",             1, 2,    onnx_split,             false},
    {"Squeeze",           1, 2,    onnx_squeeze,           false},
    {"Sub",               2, 2,    op_sub,                 false},
    {"Tanh",              1, 1,    onnx_function,          true},
    {"Transpose",         1, 1,    onnx_transpose,         true},
    {"Unsqueeze",         2, 2,    onnx_unsqueeze,         false},
};
/* clang-format on */

/* Axes and shapes of other operators would miss them. */
static bool ranks_fit(onnx_t *r, const Onnx__NodeProto *n, bool any_rank)
{
    for (size_t i = 0; !any_rank && i < n->n_input; i++) {
        const onnx_name_t *name = onnx_is_known(n->input[i]) ? onnx_find(r, n->input[i]) : NULL;
        if (name != NULL && name->value.leading != 0)
            return onnx_fail(r, "input \"%.80s\": found %u dimensions, expected at most %d",
                             n->input[i], name->value.leading + name->value.dims, NPU_GRAPH_DIMS);
    }
    return true;
}

static size_t row_of(const char *op)
{
    size_t i = 0;
    while (i < SIM_COUNT(operators) && (op == NULL || strcmp(operators[i].op, op) != 0))
        i++;
    return i;
}

void onnx_operator(onnx_t *r)
{
    const Onnx__NodeProto *n = r->node;
    bool ours = !onnx_is_known(n->domain) || strcmp(n->domain, "ai.onnx") == 0 ||
                strcmp(n->domain, "com.microsoft") == 0;
    size_t i = ours ? row_of(n->op_type) : SIM_COUNT(operators);
    bool known = i < SIM_COUNT(operators);
    if (!ranks_fit(r, n, known && operators[i].any_rank))
        return;
    if (ours && n->op_type != NULL && onnx_fold(r))
        return;
    if (!known)
        onnx_fail(r,
                  "found an operator of domain \"%.40s\" that is not supported, expected another",
                  onnx_is_known(n->domain) ? n->domain : "ai.onnx");
    else if (n->n_input < operators[i].min_inputs || n->n_input > operators[i].max_inputs)
        onnx_fail(r, "found %zu inputs, expected %u..%u", n->n_input, operators[i].min_inputs,
                  operators[i].max_inputs);
    else
        operators[i].read(r);
}
