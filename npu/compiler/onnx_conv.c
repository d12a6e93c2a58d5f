/*
 * onnx_conv.c - operators with weights: Conv, Gemm, MatMul, and their QLinear forms.
 *
 * Weights change their order (O I KH KW to O KH KW I, or to KH KW O for depthwise; K N to N K) and,
 * where needed, their type: int8 in a graph has zero point 0, uint8 one zero point for all.
 */
#include <math.h>
#include <string.h>

#include "npu/compiler/onnx_int.h"

/* ---- windows --------------------------------------------------------------------------------- */

enum { MAX_WINDOW = 4096 };

typedef struct {
    uint32_t size, kernel, stride, dilation, before, after;
} axis_t;

static uint32_t bounded(onnx_t *r, const char *what, int64_t value, int64_t least)
{
    if (value >= least && value <= MAX_WINDOW)
        return (uint32_t)value;
    onnx_fail(r, "%s: found %lld, expected %lld..%d", what, (long long)value, (long long)least,
              MAX_WINDOW);
    return 1;
}

/* Two integers of an attribute, for height and width. */
static void read_pair(onnx_t *r, const char *name, uint32_t *h, uint32_t *w)
{
    int64_t v[2] = {*h, *w};
    uint32_t found = onnx_ints(r, name, v, 2);
    if (found == 1)
        onnx_fail(r, "attribute %s: found 1 number, expected 2", name);
    *h = bounded(r, name, v[0], 1);
    *w = bounded(r, name, v[1], 1);
}

/* auto_pad SAME: total padding so that the result has size / stride elements, rounded up. */
static void pad_same(axis_t *a, bool upper)
{
    uint32_t results = (a->size + a->stride - 1) / a->stride;
    uint64_t covered =
        (uint64_t)(results - 1) * a->stride + npu_window_reach(a->kernel, a->dilation);
    uint32_t total = covered > a->size ? (uint32_t)(covered - a->size) : 0;
    a->before = (total + (upper ? 0 : 1)) / 2;
    a->after = total - a->before;
}

static bool results_of(onnx_t *r, axis_t *a, bool ceil_mode, uint32_t *results)
{
    uint64_t reach = (uint64_t)(a->kernel - 1) * a->dilation + 1;
    uint64_t padded = (uint64_t)a->size + a->before + a->after;
    if (reach > padded)
        return onnx_fail(r, "window: found a reach of %llu over %llu, expected less",
                         (unsigned long long)reach, (unsigned long long)padded);
    *results = (uint32_t)((padded - reach) / a->stride) + 1;
    uint64_t covered = (uint64_t)*results * a->stride + reach;
    /* one more, unless it would start behind the padded source */
    if (ceil_mode && (padded - reach) % a->stride != 0 &&
        (uint64_t)*results * a->stride < (uint64_t)a->size + a->before) {
        a->after += (uint32_t)(covered - padded);
        (*results)++;
    }
    return true;
}

/* auto_pad, or pads: top, left, bottom, right. */
static void read_padding(onnx_t *r, axis_t *h, axis_t *x)
{
    static const char *const auto_pads[] = {"NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"};
    enum { GIVEN, VALID, UPPER };
    int64_t pads[4] = {0};
    uint32_t how = onnx_choice(r, "auto_pad", auto_pads, 4), found = onnx_ints(r, "pads", pads, 4);
    if (found != 0 && found != 4)
        onnx_fail(r, "attribute pads: found %u numbers, expected 4", found);
    if (how == GIVEN) {
        h->before = bounded(r, "pads", pads[0], 0);
        x->before = bounded(r, "pads", pads[1], 0);
        h->after = bounded(r, "pads", pads[2], 0);
        x->after = bounded(r, "pads", pads[3], 0);
    }
    if (r->err == SIM_OK && how >= UPPER) {
        pad_same(h, how == UPPER);
        pad_same(x, how == UPPER);
    }
}

bool onnx_window(onnx_t *r, npu_hwc_t in, const uint32_t kernel[2], npu_window_t *w, npu_hwc_t *out)
{
    axis_t h = {in.h, kernel[0], 1, 1, 0, 0}, x = {in.w, kernel[1], 1, 1, 0, 0};
    bool given = kernel[0] != 0;
    if (!given && onnx_attribute(r, "kernel_shape") == NULL)
        return onnx_fail(r, "attribute kernel_shape: found none, expected 2 numbers");
    read_pair(r, "kernel_shape", &h.kernel, &x.kernel);
    if (given && r->err == SIM_OK && (h.kernel != kernel[0] || x.kernel != kernel[1]))
        return onnx_fail(r, "attribute kernel_shape: found %ux%u, expected the weights' %ux%u",
                         h.kernel, x.kernel, kernel[0], kernel[1]);
    read_pair(r, "strides", &h.stride, &x.stride);
    read_pair(r, "dilations", &h.dilation, &x.dilation);
    if (r->err == SIM_OK)
        read_padding(r, &h, &x);
    bool ceil_mode = onnx_int(r, "ceil_mode", 0) != 0;
    if (r->err != SIM_OK || !results_of(r, &h, ceil_mode, &out->h) ||
        !results_of(r, &x, ceil_mode, &out->w))
        return false;
    *w = (npu_window_t){.kernel_h = h.kernel,
                        .kernel_w = x.kernel,
                        .stride_h = h.stride,
                        .stride_w = x.stride,
                        .dilation_h = h.dilation,
                        .dilation_w = x.dilation,
                        .pad_top = h.before,
                        .pad_left = x.before,
                        .pad_bottom = h.after,
                        .pad_right = x.after};
    return true;
}

/* ---- weights --------------------------------------------------------------------------------- */

/* How many codes lie between the type that the file has and the one that a graph can have: 0x80
 * changes one into the other. False when neither type will do. */
static bool weight_type(onnx_t *r, const onnx_value_t *w, npu_type_t *type, uint8_t *flip)
{
    npu_type_t from = w->numbers->type;
    int32_t middle = from == NPU_TYPE_INT8 ? 0 : 128;
    bool centered = true, one = true;
    for (uint32_t i = 0; i < w->scales; i++) {
        centered = centered && w->zero[i] == middle;
        one = one && w->zero[i] == w->zero[0];
    }
    if (!centered && (!one || w->scales > 1))
        return onnx_fail(r, "weights: found a scale for each channel and zero points, expected "
                            "int8 with 0 or uint8 with 128");
    if (w->zero[0] < (from == NPU_TYPE_INT8 ? -128 : 0) ||
        w->zero[0] > (from == NPU_TYPE_INT8 ? 127 : 255))
        return onnx_fail(r, "weights: found zero point %d, expected a code", w->zero[0]);
    *type = centered ? NPU_TYPE_INT8 : NPU_TYPE_UINT8;
    *flip = *type == from ? 0 : 0x80;
    return true;
}

/* Where element i of the graph's weights stands in the file's; NOWHERE: it is zero. */
#define NOWHERE UINT64_MAX
typedef uint64_t place_t(const uint32_t *shape, uint64_t i, const npu_hwc_t *map);

/* The weights as a constant tensor of a graph, scales along out_axis of its shape. */
static int32_t weights_tensor(onnx_t *r, const onnx_value_t *w, uint32_t file_axis, uint32_t dims,
                              const uint32_t *shape, uint32_t out_axis, place_t *place,
                              const npu_hwc_t *map)
{
    const onnx_numbers_t *n = w->numbers;
    npu_type_t type = NPU_TYPE_INT8;
    uint8_t flip = 0;
    if (w->scales > 1 && w->axis != file_axis)
        onnx_fail(r, "weights: found scales along axis %u, expected %u", w->axis, file_axis);
    if (r->err != SIM_OK || !weight_type(r, w, &type, &flip))
        return 0;
    int32_t t = onnx_tensor(r, onnx_output_name(r), type, dims, shape);
    uint64_t count = r->err == SIM_OK ? npu_tensor_elements(onnx_at(r, t)) : 0;
    uint8_t *data = onnx_take(r, count + 1);
    int32_t *zero = onnx_take(r, w->scales * sizeof(*zero));
    if (r->err != SIM_OK)
        return 0;
    for (uint32_t i = 0; i < w->scales; i++)
        zero[i] = flip == 0               ? w->zero[i]
                  : type == NPU_TYPE_INT8 ? w->zero[i] - 128
                                          : w->zero[i] + 128;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t from = place(shape, i, map);
        data[i] = from == NOWHERE ? (uint8_t)zero[0] : n->data[from] ^ flip;
    }
    npu_tensor_t *to = onnx_at(r, t);
    to->data = data;
    to->scale = w->scale;
    to->zero_point = zero;
    to->scales = w->scales;
    to->axis = w->scales > 1 ? out_axis : 0;
    return t;
}

/* Weights must be constants that were quantized to 8 bits. */
static bool wants_weights(onnx_t *r, onnx_value_t *w, uint32_t dims)
{
    if (r->err != SIM_OK)
        return false;
    if (w->kind != ONNX_REAL || w->tensor != NPU_NO_TENSOR)
        return onnx_fail(r, "weights: found %s, expected a constant behind a DequantizeLinear",
                         w->kind == ONNX_NUMBERS ? "a float constant" : "a result of the network");
    if (w->numbers->type != NPU_TYPE_INT8 && w->numbers->type != NPU_TYPE_UINT8)
        return onnx_fail(r, "weights: found %s, expected int8 or uint8",
                         npu_type_name(w->numbers->type));
    if (w->numbers->dims != dims || w->numbers->count == 0)
        return onnx_fail(r, "weights: found %u dimensions, %llu elements, expected %u dimensions",
                         w->numbers->dims, (unsigned long long)w->numbers->count, dims);
    return true;
}

/* Weights of 4 bits stay so where the graph can have them: around 0. */
static uint32_t bits_of(onnx_t *r, const onnx_value_t *w, int32_t weights)
{
    return w->numbers->bits == 4 && onnx_at(r, weights)->type == NPU_TYPE_INT8 ? 4 : 8;
}

/* ---- bias ------------------------------------------------------------------------------------ */

/* Steps of the accumulator: the bias as it is where the scales agree, else the nearest one. */
static bool bias_step(const onnx_value_t *b, uint32_t i, double unit, int32_t *step)
{
    double real;
    const onnx_numbers_t *n = b->numbers;
    if (b->kind == ONNX_NUMBERS) {
        real = (double)onnx_f32(n, i);
    } else {
        uint32_t k = b->scales == 1 ? 0 : i;
        double scale = (double)b->scale[k], code = (double)onnx_i32(n, i) - (double)b->zero[k];
        if (fabs(scale / unit - 1.0) < 1e-5)
            unit = scale;
        real = code * scale;
    }
    double x = real / unit, below = floor(x), rest = x - below;
    bool odd = fmod(below, 2.0) != 0.0;
    double rounded = rest > 0.5 || (rest == 0.5 && odd) ? below + 1.0 : below;
    if (!(rounded >= -2147483648.0 && rounded <= 2147483647.0))
        return false;
    *step = (int32_t)rounded;
    return true;
}

/* An int32 constant in steps of input scale times weight scale. */
static int32_t bias_tensor(onnx_t *r, onnx_value_t *b, int32_t in, int32_t weights, uint32_t count)
{
    if (b == NULL || r->err != SIM_OK)
        return NPU_NO_TENSOR;
    if (b->kind == ONNX_NUMBERS)
        onnx_numbers(r, b, "bias");
    if (r->err == SIM_OK && (b->numbers == NULL || b->tensor != NPU_NO_TENSOR))
        onnx_fail(r, "bias: found a result of the network, expected a constant");
    if (r->err == SIM_OK && b->numbers->count != count)
        onnx_fail(r, "bias: found %llu elements, expected %u",
                  (unsigned long long)b->numbers->count, count);
    if (r->err == SIM_OK && b->kind == ONNX_NUMBERS && b->numbers->type != NPU_TYPE_FLOAT32)
        onnx_fail(r, "bias: found %s, expected float or codes behind a DequantizeLinear",
                  npu_type_name(b->numbers->type));
    int32_t t = onnx_tensor(r, onnx_output_name(r), NPU_TYPE_INT32, 1, &count);
    uint8_t *data = onnx_take(r, UINT64_C(4) * count + 1);
    if (r->err != SIM_OK)
        return NPU_NO_TENSOR;
    double in_scale = (double)onnx_at(r, in)->scale[0];
    for (uint32_t i = 0; i < count; i++) {
        int32_t step;
        if (!bias_step(b, i, in_scale * (double)npu_tensor_scale(onnx_at(r, weights), i), &step)) {
            onnx_fail(r, "bias %u: found more than 2^31 steps of the accumulator, expected fewer",
                      i);
            return NPU_NO_TENSOR;
        }
        for (uint32_t k = 0; k < 4; k++)
            data[4 * i + k] = (uint8_t)((uint32_t)step >> 8 * k);
    }
    onnx_at(r, t)->data = data;
    return t;
}

/* ---- Conv ------------------------------------------------------------------------------------ */

/* shape O KH KW I of O I KH KW. */
static uint64_t conv_place(const uint32_t *shape, uint64_t i, const npu_hwc_t *map)
{
    (void)map;
    uint64_t c = i % shape[3], tap = i / shape[3] % ((uint64_t)shape[1] * shape[2]);
    uint64_t taps = (uint64_t)shape[1] * shape[2], o = i / shape[3] / taps;
    return (o * shape[3] + c) * taps + tap;
}

/* The same of O I/g KH KW, with g groups of channels: zero between groups. map->c is I/g, map->h
 * the outputs of a group. */
static uint64_t grouped_place(const uint32_t *shape, uint64_t i, const npu_hwc_t *map)
{
    uint64_t taps = (uint64_t)shape[1] * shape[2], o = i / shape[3] / taps, c = i % shape[3];
    if (c / map->c != o / map->h)
        return NOWHERE;
    return (o * map->c + c % map->c) * taps + i / shape[3] % taps;
}

/* shape 1 KH KW O of O 1 KH KW. */
static uint64_t depthwise_place(const uint32_t *shape, uint64_t i, const npu_hwc_t *map)
{
    (void)map;
    return i % shape[3] * shape[1] * shape[2] + i / shape[3];
}

static void convolve(onnx_t *r, onnx_value_t *x, onnx_value_t *w, onnx_value_t *b,
                     onnx_value_t *result)
{
    if (!onnx_wants_codes(r, x, "input") || !wants_weights(r, w, 4))
        return;
    const uint32_t *ws = w->numbers->shape; /* O, I of a group, KH, KW */
    int32_t in = onnx_map(r, x);
    npu_hwc_t size = {x->shape[2], x->shape[3], x->shape[1]}, out = {0, 0, ws[0]};
    int64_t groups = onnx_int(r, "group", 1);
    bool depthwise = groups > 1 && groups == size.c && ws[1] == 1 && ws[0] % size.c == 0;
    npu_window_t window;
    bool fits = groups >= 1 && groups <= size.c && ws[1] * groups == size.c && ws[0] % groups == 0;
    if (r->err == SIM_OK && !fits)
        onnx_fail(r, "group: found %lld of %u channels and weights of %u to %u, expected as many",
                  (long long)groups, size.c, ws[1], ws[0]);
    if (r->err != SIM_OK || !onnx_window(r, size, ws + 2, &window, &out))
        return;
    const uint32_t dense_shape[4] = {ws[0], ws[2], ws[3], size.c};
    const npu_hwc_t group = {ws[0] / (uint32_t)groups, 1, ws[1]};
    const uint32_t each_shape[4] = {1, ws[2], ws[3], ws[0]};
    int32_t inputs[3] = {in};
    inputs[1] = depthwise ? weights_tensor(r, w, 0, 4, each_shape, 3, depthwise_place, NULL)
                          : weights_tensor(r, w, 0, 4, dense_shape, 0,
                                           groups > 1 ? grouped_place : conv_place, &group);
    inputs[2] = bias_tensor(r, b, in, inputs[1], ws[0]);
    int32_t to = onnx_result_map(r, in, out);
    npu_node_t *n = onnx_node(r, depthwise ? NPU_NODE_DEPTHWISE_CONV_2D : NPU_NODE_CONV_2D, inputs,
                              inputs[2] == NPU_NO_TENSOR ? 2 : 3, to);
    if (n == NULL)
        return;
    n->window = window;
    n->weight_bits = bits_of(r, w, inputs[1]);
    n->depth_multiplier = depthwise ? ws[0] / size.c : 0;
    *result = onnx_map_value(ONNX_SUM, to, out);
}

void onnx_conv(onnx_t *r)
{
    onnx_value_t result = {0};
    convolve(r, onnx_input(r, 0), onnx_input(r, 1), onnx_optional(r, 2), &result);
    onnx_set(r, &result);
}

/* ---- ConvTranspose --------------------------------------------------------------------------- */

/* shape O KH KW I of I O KH KW. */
static uint64_t transposed_place(const uint32_t *shape, uint64_t i, const npu_hwc_t *map)
{
    (void)map;
    uint64_t taps = (uint64_t)shape[1] * shape[2], o = i / shape[3] / taps, c = i % shape[3];
    return (c * shape[0] + o) * taps + i / shape[3] % taps;
}

/* Size of the result along one axis; the window of the convolution that it undoes. */
static bool spread_axis(onnx_t *r, const axis_t *a, uint32_t more, uint32_t *result)
{
    uint64_t full = (uint64_t)a->stride * (a->size - 1) + a->kernel + more;
    if (a->before + a->after >= full || more >= a->stride || full > 65536)
        return onnx_fail(r,
                         "found %u elements, stride %u, kernel %u, pads %u and %u, output_padding "
                         "%u, expected a result of 1..65536",
                         a->size, a->stride, a->kernel, a->before, a->after, more);
    *result = (uint32_t)full - a->before - a->after;
    return true;
}

static bool spread_window(onnx_t *r, npu_hwc_t in, const uint32_t kernel[2], npu_window_t *w,
                          npu_hwc_t *out)
{
    axis_t h = {in.h, kernel[0], 1, 1, 0, 0}, x = {in.w, kernel[1], 1, 1, 0, 0};
    int64_t more[2] = {0, 0}, pads[4] = {0};
    read_pair(r, "strides", &h.stride, &x.stride);
    read_pair(r, "dilations", &h.dilation, &x.dilation);
    onnx_ints(r, "output_padding", more, 2);
    onnx_ints(r, "pads", pads, 4);
    if (r->err == SIM_OK && (h.dilation != 1 || x.dilation != 1))
        onnx_fail(r, "attribute dilations: found %ux%u, expected 1", h.dilation, x.dilation);
    if (r->err == SIM_OK && (onnx_attribute(r, "output_shape") != NULL ||
                             onnx_choice(r, "auto_pad", (const char *const[]){"NOTSET"}, 1) != 0))
        onnx_fail(r, "attribute output_shape: found one, expected pads");
    h.before = bounded(r, "pads", pads[0], 0);
    x.before = bounded(r, "pads", pads[1], 0);
    h.after = bounded(r, "pads", pads[2], 0);
    x.after = bounded(r, "pads", pads[3], 0);
    uint32_t more_h = bounded(r, "output_padding", more[0], 0);
    uint32_t more_w = bounded(r, "output_padding", more[1], 0);
    if (r->err != SIM_OK || !spread_axis(r, &h, more_h, &out->h) ||
        !spread_axis(r, &x, more_w, &out->w))
        return false;
    *w = (npu_window_t){h.kernel, x.kernel, h.stride, x.stride, 1,
                        1,        h.before, x.before, h.after,  x.after};
    return true;
}

void onnx_conv_transpose(onnx_t *r)
{
    onnx_value_t *x = onnx_input(r, 0), *w = onnx_input(r, 1);
    if (r->err != SIM_OK || !onnx_wants_codes(r, x, "input") || !wants_weights(r, w, 4))
        return;
    const uint32_t *ws = w->numbers->shape; /* I, O, KH, KW */
    int32_t inputs[3] = {onnx_map(r, x)};
    npu_hwc_t size = {x->shape[2], x->shape[3], x->shape[1]}, out = {0, 0, ws[1]};
    npu_window_t window;
    if (r->err == SIM_OK && (onnx_int(r, "group", 1) != 1 || ws[0] != size.c))
        onnx_fail(r, "group: found %lld, weights of %u channels for %u, expected 1 and as many",
                  (long long)onnx_int(r, "group", 1), ws[0], size.c);
    if (r->err != SIM_OK || !spread_window(r, size, ws + 2, &window, &out))
        return;
    const uint32_t shape[4] = {ws[1], ws[2], ws[3], ws[0]};
    inputs[1] = weights_tensor(r, w, 1, 4, shape, 0, transposed_place, NULL);
    inputs[2] = bias_tensor(r, onnx_optional(r, 2), inputs[0], inputs[1], ws[1]);
    int32_t to = onnx_result_map(r, inputs[0], out);
    npu_node_t *n =
        onnx_node(r, NPU_NODE_TRANSPOSE_CONV, inputs, inputs[2] == NPU_NO_TENSOR ? 2 : 3, to);
    if (n == NULL)
        return;
    n->window = window;
    n->weight_bits = bits_of(r, w, inputs[1]);
    onnx_value_t v = onnx_map_value(ONNX_SUM, to, out);
    onnx_set(r, &v);
}

/* ---- Gemm, MatMul ---------------------------------------------------------------------------- */

/* shape N K of N K; of K N; k counts H W C of the graph, C H W of the model. */
static uint64_t model_k(uint64_t k, const npu_hwc_t *map)
{
    return map == NULL ? k : k % map->c * map->h * map->w + k / map->c;
}

static uint64_t rows_place(const uint32_t *shape, uint64_t i, const npu_hwc_t *map)
{
    return i / shape[1] * shape[1] + model_k(i % shape[1], map);
}

static uint64_t columns_place(const uint32_t *shape, uint64_t i, const npu_hwc_t *map)
{
    return model_k(i % shape[1], map) * shape[0] + i / shape[1];
}

/* One row of codes: a fully connected layer. The input may be a map that was flattened in the
 * model's order: the weights take it in the graph's. */
static int32_t one_row(onnx_t *r, const onnx_value_t *x, onnx_value_t *w, onnx_value_t *b,
                       bool transposed, uint32_t k, uint32_t n)
{
    const uint32_t shape[2] = {n, k}, result[2] = {1, n};
    npu_hwc_t map = npu_tensor_hwc(onnx_at(r, x->tensor));
    int32_t inputs[3] = {x->tensor};
    inputs[1] = weights_tensor(r, w, transposed ? 0 : 1, 2, shape, 0,
                               transposed ? rows_place : columns_place, x->chw ? &map : NULL);
    inputs[2] = bias_tensor(r, b, x->tensor, inputs[1], n);
    int32_t to = onnx_result(r, x->tensor, 2, result);
    npu_node_t *node =
        onnx_node(r, NPU_NODE_FULLY_CONNECTED, inputs, inputs[2] == NPU_NO_TENSOR ? 2 : 3, to);
    if (node != NULL)
        node->weight_bits = bits_of(r, w, inputs[1]);
    return to;
}

/* Many rows: a 1 x 1 convolution along them. */
static int32_t many_rows(onnx_t *r, onnx_value_t *x, onnx_value_t *w, onnx_value_t *b,
                         bool transposed, uint32_t rows, uint32_t k, uint32_t n)
{
    const uint32_t shape[4] = {n, 1, 1, k}, flat[2] = {n, k}, map[4] = {1, 1, rows, k};
    onnx_value_t line = {.kind = ONNX_REAL, .tensor = onnx_plain(r, x), .dims = 4};
    memcpy(line.shape, map, sizeof(map));
    int32_t inputs[3] = {onnx_plain(r, &line)};
    inputs[1] = weights_tensor(r, w, transposed ? 0 : 1, 2, flat, 0,
                               transposed ? rows_place : columns_place, NULL);
    if (r->err != SIM_OK)
        return 0;
    onnx_at(r, inputs[1])->dims = 4;
    memcpy(onnx_at(r, inputs[1])->shape, shape, sizeof(shape));
    inputs[2] = bias_tensor(r, b, inputs[0], inputs[1], n);
    const uint32_t result[4] = {1, 1, rows, n};
    int32_t to = onnx_result(r, inputs[0], 4, result);
    npu_node_t *node =
        onnx_node(r, NPU_NODE_CONV_2D, inputs, inputs[2] == NPU_NO_TENSOR ? 2 : 3, to);
    if (node == NULL)
        return to;
    node->window = (npu_window_t){1, 1, 1, 1, 1, 1, 0, 0, 0, 0};
    node->weight_bits = bits_of(r, w, inputs[1]);
    return to;
}

/* Rows of x times a constant matrix. */
static void multiply(onnx_t *r, onnx_value_t *x, onnx_value_t *w, onnx_value_t *b, bool transposed,
                     onnx_value_t *result)
{
    if (!onnx_wants_codes(r, x, "input") || !wants_weights(r, w, 2))
        return;
    uint32_t k = w->numbers->shape[transposed ? 1 : 0], n = w->numbers->shape[transposed ? 0 : 1];
    uint64_t rows = 1;
    for (uint32_t d = 0; d + 1 < x->dims; d++)
        rows *= x->shape[d];
    if (x->dims == 0 || x->shape[x->dims - 1] != k || rows > 65536) {
        onnx_fail(r, "weights: found %ux%u for rows of %u, expected as many", k, n,
                  x->dims == 0 ? 1 : x->shape[x->dims - 1]);
        return;
    }
    int32_t to = rows == 1 ? one_row(r, x, w, b, transposed, k, n)
                           : many_rows(r, x, w, b, transposed, (uint32_t)rows, k, n);
    *result = (onnx_value_t){.kind = ONNX_SUM, .dims = x->dims, .tensor = to};
    memcpy(result->shape, x->shape, sizeof(x->shape));
    result->shape[x->dims - 1] = n;
    result->low = -INFINITY;
    result->high = INFINITY;
}

void onnx_gemm(onnx_t *r)
{
    onnx_value_t result = {0}, *x = onnx_input(r, 0);
    float alpha = onnx_float(r, "alpha", 1.0f), beta = onnx_float(r, "beta", 1.0f);
    if (alpha != 1.0f || (beta != 1.0f && onnx_optional(r, 2) != NULL))
        onnx_fail(r, "alpha, beta: found %g, %g, expected 1", (double)alpha, (double)beta);
    if (onnx_int(r, "transA", 0) != 0)
        onnx_fail(r, "attribute transA: found 1, expected 0");
    if (r->err == SIM_OK)
        multiply(r, x, onnx_input(r, 1), onnx_optional(r, 2), onnx_int(r, "transB", 0) != 0,
                 &result);
    onnx_set(r, &result);
}

void onnx_matmul(onnx_t *r)
{
    onnx_value_t result = {0};
    multiply(r, onnx_input(r, 0), onnx_input(r, 1), NULL, false, &result);
    onnx_set(r, &result);
}

/* ---- QLinear forms: x, scale, zero, w, scale, zero, scale, zero (, bias) ----------------------
 */

static void finish(onnx_t *r, onnx_value_t *sum)
{
    if (r->err != SIM_OK)
        return;
    onnx_value_t codes = onnx_quantized(r, sum, onnx_input(r, 6), onnx_optional(r, 7), 0);
    onnx_set(r, &codes);
}

static bool operands(onnx_t *r, onnx_value_t *x, onnx_value_t *w, int64_t axis)
{
    onnx_value_t *from = onnx_input(r, 0), *weights = onnx_input(r, 3);
    if (r->err != SIM_OK)
        return false;
    *x = onnx_dequantized(r, from, onnx_input(r, 1), onnx_optional(r, 2), 0);
    if (r->err == SIM_OK)
        *w = onnx_dequantized(r, weights, onnx_input(r, 4), onnx_optional(r, 5), axis);
    return r->err == SIM_OK;
}

/* The bias of QLinearConv is int32 in steps of the accumulator. */
static bool bias_operand(onnx_t *r, const onnx_value_t *x, const onnx_value_t *w, onnx_value_t *b)
{
    onnx_value_t *from = onnx_optional(r, 8);
    if (from == NULL)
        return false;
    *b = *from;
    b->numbers = onnx_numbers(r, b, "bias");
    float *scale = onnx_take(r, w->scales * sizeof(*scale));
    int32_t *zero = onnx_take(r, w->scales * sizeof(*zero));
    if (r->err == SIM_OK && b->numbers->type != NPU_TYPE_INT32)
        onnx_fail(r, "bias: found %s, expected int32", npu_type_name(b->numbers->type));
    if (r->err == SIM_OK && w->scales > 1 && b->numbers->count != w->scales)
        onnx_fail(r, "bias: found %llu elements, expected %u",
                  (unsigned long long)b->numbers->count, w->scales);
    if (r->err != SIM_OK)
        return false;
    for (uint32_t i = 0; i < w->scales; i++)
        scale[i] = onnx_at(r, x->tensor)->scale[0] * w->scale[i];
    b->kind = ONNX_REAL;
    b->scale = scale;
    b->zero = zero;
    b->scales = w->scales;
    return true;
}

void onnx_qlinear_conv(onnx_t *r)
{
    onnx_value_t x, w, b, sum = {0};
    if (!operands(r, &x, &w, 0) || !onnx_wants_codes(r, &x, "input") || !wants_weights(r, &w, 4))
        return;
    bool biased = bias_operand(r, &x, &w, &b);
    if (r->err == SIM_OK)
        convolve(r, &x, &w, biased ? &b : NULL, &sum);
    finish(r, &sum);
}

void onnx_qlinear_matmul(onnx_t *r)
{
    onnx_value_t x, w, sum = {0};
    if (operands(r, &x, &w, 1))
        multiply(r, &x, &w, NULL, false, &sum);
    finish(r, &sum);
}
