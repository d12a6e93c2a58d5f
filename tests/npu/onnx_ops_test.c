/*
 * onnx_ops_test.c - every ONNX operator with random shapes, attributes, scales and types: what the
 * reader makes of it, run by the reference interpreter, against the operator's definition in float.
 *
 * Moves and functions of one value are equal in every code. What the machine requantizes in fixed
 * point (single rounding) differs by at most one code, where the definition's result lies within
 * float's error of the middle between two codes: less than one in a thousand of all. Averages have
 * more ties. The bounds are those of npu/compiler/README.md.
 */
#include <math.h>

#include "npu/compiler/compile.h"
#include "npu/compiler/onnx.h"
#include "npu/compiler/tensor_io.h"
#include "sim/rng.h"
#include "tests/npu/compile_exec.h"
#include "tests/npu/golden_ref.h"
#include "tests/npu/onnx_ref.h"
#include "tests/test.h"

#define SEEDS 150

typedef struct {
    onnx_write_t w;
    sim_stream_t random;
    uint32_t dims, shape[4]; /* of x */
    bool is_unsigned;        /* x */
    float scale;
    int32_t zero;
} case_t;

static uint32_t below(case_t *c, uint32_t n)
{
    return sim_stream_below(&c->random, n);
}

static float scale_near(case_t *c, float scale)
{
    return scale * sim_stream_range(&c->random, 0.5f, 2.0f);
}

static int32_t zero_of(case_t *c, bool is_unsigned)
{
    return (int32_t)below(c, 256) - (is_unsigned ? 0 : 128);
}

static int32_t code_type(bool is_unsigned)
{
    return is_unsigned ? ONNX__TENSOR_PROTO__DATA_TYPE__UINT8 : ONNX__TENSOR_PROTO__DATA_TYPE__INT8;
}

static void begin(case_t *c, uint64_t seed)
{
    *c = (case_t){.random = sim_stream(seed, 21, 0), .dims = 4};
    onnx_write_begin(&c->w);
    c->is_unsigned = below(c, 2) != 0;
    c->scale = scale_near(c, 0.03f);
    c->zero = zero_of(c, c->is_unsigned);
}

/* The input, N C H W or fewer dimensions, and what it means: x_f. */
static void input(case_t *c, uint32_t dims, uint32_t n1, uint32_t n2, uint32_t n3)
{
    const uint32_t shape[4] = {1, n1, n2, n3};
    c->dims = dims;
    memcpy(c->shape, shape, sizeof(shape));
    onnx_write_input(&c->w, "x", code_type(c->is_unsigned), dims, shape);
    onnx_write_dequantize(&c->w, "x", c->scale, c->zero, c->is_unsigned);
}

static void random_map(case_t *c, uint32_t least)
{
    uint32_t h = least + below(c, 6), w = least + below(c, 6);
    input(c, 4, 1 + below(c, 9), h, w);
}

/* Random codes as a constant k behind a DequantizeLinear: k_f. */
static void constant(case_t *c, uint32_t dims, const uint32_t *shape, bool is_unsigned, float scale,
                     int32_t zero)
{
    uint64_t count = 1;
    for (uint32_t d = 0; d < dims; d++)
        count *= shape[d];
    uint8_t *data = malloc(count);
    for (uint64_t i = 0; i < count; i++)
        data[i] = (uint8_t)sim_stream_u32(&c->random);
    onnx_write_raw(&c->w, "k", code_type(is_unsigned), dims, shape, data);
    onnx_write_dequantize(&c->w, "k", scale, zero, is_unsigned);
    free(data);
}

/* ---- operators with weights ------------------------------------------------------------------ */

/* Weights k -> k_f with a scale for each index of `axis`, or one for all. */
static void weights(case_t *c, uint32_t dims, const uint32_t *shape, uint32_t axis)
{
    bool is_unsigned = below(c, 3) == 0, each = below(c, 2) != 0;
    if (!each) {
        int32_t zero = below(c, 2) != 0 ? zero_of(c, is_unsigned) : is_unsigned ? 128 : 0;
        constant(c, dims, shape, is_unsigned, scale_near(c, 0.01f), zero);
        return;
    }
    uint64_t count = 1;
    float scale[64];
    uint8_t zero[64], *data;
    for (uint32_t d = 0; d < dims; d++)
        count *= shape[d];
    data = malloc(count);
    for (uint64_t i = 0; i < count; i++)
        data[i] = (uint8_t)sim_stream_u32(&c->random);
    for (uint32_t i = 0; i < shape[axis]; i++) {
        scale[i] = scale_near(c, 0.01f);
        zero[i] = is_unsigned ? 128 : 0;
    }
    onnx_write_raw(&c->w, "k", code_type(is_unsigned), dims, shape, data);
    onnx_write_raw(&c->w, "k_s", ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, 1, &shape[axis], scale);
    onnx_write_raw(&c->w, "k_z", code_type(is_unsigned), 1, &shape[axis], zero);
    Onnx__NodeProto *n = onnx_write_node(&c->w, "DequantizeLinear", "k k_s k_z", "k_f");
    onnx_write_int(&c->w, n, "axis", below(c, 2) != 0 ? axis : (int64_t)axis - dims);
    free(data);
}

/* A bias b_f for n channels, as floats or as int32 behind a DequantizeLinear. Returns its name. */
static const char *bias(case_t *c, uint32_t n)
{
    int32_t data[64];
    float real[64];
    uint32_t how = below(c, 3);
    for (uint32_t i = 0; i < n; i++) {
        data[i] = (int32_t)below(c, 4000) - 2000;
        real[i] = (float)data[i] * 1e-3f;
    }
    if (how == 0)
        return "";
    if (how == 1) {
        onnx_write_raw(&c->w, "b_f", ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, 1, &n, real);
        return " b_f";
    }
    onnx_write_raw(&c->w, "b", ONNX__TENSOR_PROTO__DATA_TYPE__INT32, 1, &n, data);
    onnx_write_f32(&c->w, "b_s", 0.001f); /* not that of the accumulator: rounded to it */
    onnx_write_node(&c->w, "DequantizeLinear", "b b_s", "b_f");
    return " b_f";
}

static void window(case_t *c, Onnx__NodeProto *n, uint32_t kh, uint32_t kw, bool dilated)
{
    int64_t stride[2] = {1 + below(c, 3), 1 + below(c, 3)}, dilation[2] = {1, 1};
    if (dilated && below(c, 3) == 0) {
        dilation[0] = 1 + below(c, 2);
        dilation[1] = 1 + below(c, 2);
    }
    int64_t reach[2] = {(kh - 1) * dilation[0] + 1, (kw - 1) * dilation[1] + 1};
    int64_t pads[4];
    for (uint32_t i = 0; i < 4; i++)
        pads[i] = below(c, (uint32_t)reach[i % 2]);
    onnx_write_ints(&c->w, n, "strides", 2, stride);
    onnx_write_ints(&c->w, n, "dilations", 2, dilation);
    uint32_t how = below(c, 4);
    if (how == 0)
        onnx_write_string(&c->w, n, "auto_pad", "SAME_UPPER");
    else if (how == 1)
        onnx_write_string(&c->w, n, "auto_pad", "SAME_LOWER");
    else
        onnx_write_ints(&c->w, n, "pads", 4, pads);
}

static void conv(case_t *c, bool depthwise)
{
    uint32_t kh = 1 + below(c, 3), kw = 1 + below(c, 3);
    random_map(c, 5);
    if (depthwise && c->shape[1] == 1)
        depthwise = false;
    uint32_t outputs = depthwise ? c->shape[1] * (1 + below(c, 3)) : 1 + below(c, 9);
    const uint32_t shape[4] = {outputs, depthwise ? 1 : c->shape[1], kh, kw};
    char inputs[32];
    weights(c, 4, shape, 0);
    snprintf(inputs, sizeof(inputs), "x_f k_f%s", bias(c, outputs));
    Onnx__NodeProto *n = onnx_write_node(&c->w, "Conv", inputs, "f");
    onnx_write_int(&c->w, n, "group", depthwise ? c->shape[1] : 1);
    window(c, n, kh, kw, true);
}

static void add_conv(case_t *c)
{
    conv(c, false);
}

static void add_depthwise(case_t *c)
{
    conv(c, true);
}

/* Two or three groups of channels that do not see each other. */
static void add_grouped(case_t *c)
{
    uint32_t groups = 2 + below(c, 2), each = 1 + below(c, 3), outputs = groups * (1 + below(c, 3));
    const uint32_t shape[4] = {outputs, each, 1 + below(c, 3), 1 + below(c, 3)};
    char inputs[32];
    input(c, 4, groups * each, 5 + below(c, 6), 5 + below(c, 6));
    weights(c, 4, shape, 0);
    snprintf(inputs, sizeof(inputs), "x_f k_f%s", bias(c, outputs));
    Onnx__NodeProto *n = onnx_write_node(&c->w, "Conv", inputs, "f");
    onnx_write_int(&c->w, n, "group", groups);
    window(c, n, shape[2], shape[3], true);
}

static void add_conv_transpose(case_t *c)
{
    uint32_t outputs = 1 + below(c, 6), kh = 1 + below(c, 4), kw = 1 + below(c, 4);
    int64_t stride[2] = {1 + below(c, 3), 1 + below(c, 3)}, pads[4], more[2];
    input(c, 4, 5 + below(c, 5), 3 + below(c, 6),
          3 + below(c, 6)); /* more channels than an image */
    const uint32_t shape[4] = {c->shape[1], outputs, kh, kw};
    char inputs[32];
    weights(c, 4, shape, 1);
    snprintf(inputs, sizeof(inputs), "x_f k_f%s", bias(c, outputs));
    Onnx__NodeProto *n = onnx_write_node(&c->w, "ConvTranspose", inputs, "f");
    for (uint32_t i = 0; i < 4; i++)
        pads[i] = below(c, i % 2 == 0 ? kh : kw);
    for (uint32_t i = 0; i < 2; i++)
        more[i] = below(c, (uint32_t)stride[i]);
    onnx_write_ints(&c->w, n, "strides", 2, stride);
    onnx_write_ints(&c->w, n, "pads", 4, pads);
    onnx_write_ints(&c->w, n, "output_padding", 2, more);
}

static void add_gemm(case_t *c)
{
    uint32_t k = 1 + below(c, 30), n = 1 + below(c, 20);
    bool transposed = below(c, 2) != 0;
    const uint32_t shape[2] = {transposed ? n : k, transposed ? k : n};
    char inputs[32];
    input(c, 2, k, 1, 1);
    weights(c, 2, shape, transposed ? 0 : 1);
    snprintf(inputs, sizeof(inputs), "x_f k_f%s", bias(c, n));
    onnx_write_int(&c->w, onnx_write_node(&c->w, "Gemm", inputs, "f"), "transB", transposed);
}

/* Weights count H W C of the graph, the model's flattened map C H W. */
static void add_flattened_gemm(case_t *c)
{
    random_map(c, 1);
    uint32_t k = c->shape[1] * c->shape[2] * c->shape[3], n = 1 + below(c, 9);
    const uint32_t shape[2] = {k, n};
    weights(c, 2, shape, 1);
    onnx_write_node(&c->w, "Flatten", "x_f", "flat");
    onnx_write_node(&c->w, "Gemm", "flat k_f", "f");
}

static void add_matmul(case_t *c)
{
    uint32_t rows = 1 + below(c, 5), k = 1 + below(c, 20), n = 1 + below(c, 9);
    const uint32_t shape[2] = {k, n};
    input(c, 3, rows, k, 1);
    weights(c, 2, shape, 1);
    onnx_write_node(&c->w, "MatMul", "x_f k_f", "f");
}

/* ---- two operands ---------------------------------------------------------------------------- */

static void two(case_t *c, const char *op)
{
    uint32_t shape[4], how = below(c, 3);
    if (below(c, 3) == 0)
        input(c, 2, 1 + below(c, 20), 1, 1);
    else
        random_map(c, 1);
    memcpy(shape, c->shape, sizeof(shape));
    bool is_unsigned = below(c, 2) != 0;
    if (how == 0) { /* itself, through a pool that moves codes, or turned */
        onnx_write_node(&c->w, "Sub", "x_f x_f", "none");
        onnx_write_quantize(&c->w, "none", "n", 0.5f, 3, is_unsigned);
        onnx_write_dequantize(&c->w, "n", 0.5f, 3, is_unsigned);
        onnx_write_node(&c->w, op, "n_f x_f", "f");
        return;
    }
    for (uint32_t d = 0; d < c->dims; d++)
        shape[d] = below(c, 2) != 0 ? shape[d] : 1;
    uint32_t drop = below(c, 2) != 0 ? 1 : 0; /* fewer dimensions count from the right */
    constant(c, c->dims - drop, shape + drop, is_unsigned, scale_near(c, 0.05f),
             zero_of(c, is_unsigned));
    onnx_write_node(&c->w, op, how == 1 ? "x_f k_f" : "k_f x_f", "f");
}

static void add_add(case_t *c)
{
    two(c, "Add");
}

static void add_sub(case_t *c)
{
    two(c, "Sub");
}

static void add_mul(case_t *c)
{
    two(c, "Mul");
}

/* A slope for each channel. */
static void add_prelu(case_t *c)
{
    random_map(c, 1);
    const uint32_t shape[3] = {c->shape[1], 1, 1};
    constant(c, 3, shape, false, scale_near(c, 0.005f), 0);
    onnx_write_node(&c->w, "PRelu", "x_f k_f", "f");
}

/* Of x and of what has another scale; or of a number. */
static void add_extreme(case_t *c)
{
    const char *op = below(c, 2) != 0 ? "Max" : "Min";
    bool is_unsigned = below(c, 2) != 0;
    random_map(c, 1);
    onnx_write_f32(&c->w, "number", scale_near(c, 0.5f));
    onnx_write_node(&c->w, "Neg", "x_f", "minus");
    onnx_write_quantize(&c->w, "minus", "m", scale_near(c, 0.03f), is_unsigned ? 100 : -5,
                        is_unsigned);
    onnx_write_dequantize(&c->w, "m", 0, 0, is_unsigned);
    onnx_write_node(&c->w, op, below(c, 3) == 0 ? "number m_f" : "x_f m_f", "f");
}

/* ---- pools, means, softmax ------------------------------------------------------------------- */

static void pool(case_t *c, const char *op, bool counted)
{
    uint32_t kh = 1 + below(c, 4), kw = 1 + below(c, 4);
    const int64_t kernel[2] = {kh, kw};
    random_map(c, 5);
    Onnx__NodeProto *n = onnx_write_node(&c->w, op, "x_f", "f");
    onnx_write_ints(&c->w, n, "kernel_shape", 2, kernel);
    window(c, n, kh, kw, false);
    if (!counted && below(c, 3) == 0)
        onnx_write_int(&c->w, n, "ceil_mode", 1);
    else if (strcmp(op, "AveragePool") == 0)
        onnx_write_int(&c->w, n, "count_include_pad", counted);
}

static void add_average_pool(case_t *c)
{
    pool(c, "AveragePool", false);
}

static void add_counted_pool(case_t *c)
{
    pool(c, "AveragePool", true);
}

static void add_max_pool(case_t *c)
{
    pool(c, "MaxPool", false);
}

static void add_global_average(case_t *c)
{
    random_map(c, 1);
    onnx_write_node(&c->w, "GlobalAveragePool", "x_f", "f");
}

static void add_reduce_mean(case_t *c)
{
    static const int64_t axes[2] = {2, -1};
    random_map(c, 1);
    Onnx__NodeProto *n = onnx_write_node(&c->w, "ReduceMean", "x_f", "f");
    onnx_write_ints(&c->w, n, "axes", 2, axes);
    onnx_write_int(&c->w, n, "keepdims", below(c, 2));
}

static void add_softmax(case_t *c)
{
    if (below(c, 2) != 0) {
        input(c, 2, 2 + below(c, 20), 1, 1);
        onnx_write_node(&c->w, "Softmax", "x_f", "f");
    } else {
        random_map(c, 1);
        onnx_write_int(&c->w, onnx_write_node(&c->w, "Softmax", "x_f", "f"), "axis", 1);
    }
}

/* ---- functions of one value ------------------------------------------------------------------ */

static void add_function(case_t *c)
{
    static const char *const ops[] = {"Relu",      "Sigmoid",   "Tanh", "Elu", "HardSigmoid",
                                      "HardSwish", "LeakyRelu", "Abs",  "Neg", "Exp"};
    const char *op = ops[below(c, SIM_COUNT(ops))];
    random_map(c, 1);
    if (below(c, 3) == 0) { /* two in a row are one table */
        onnx_write_node(&c->w, "Sigmoid", "x_f", "s");
        onnx_write_node(&c->w, op, "s", "f");
    } else {
        onnx_write_node(&c->w, op, "x_f", "f");
    }
}

static void add_clip(case_t *c)
{
    random_map(c, 1);
    onnx_write_f32(&c->w, "low", -scale_near(c, 0.5f));
    onnx_write_f32(&c->w, "high", scale_near(c, 0.5f));
    static const char *const inputs[] = {"x_f low high", "x_f - high", "x_f low"};
    onnx_write_node(&c->w, "Clip", inputs[below(c, 3)], "f");
}

/* x * sigmoid(x), both curves over one tensor; and a scalar beside a value. */
static void add_swish(case_t *c)
{
    random_map(c, 1);
    onnx_write_node(&c->w, "Sigmoid", "x_f", "s");
    onnx_write_node(&c->w, "Mul", "s x_f", "m");
    onnx_write_f32(&c->w, "k", 1.5f);
    static const char *const ops[] = {"Add", "Sub", "Mul", "Div"};
    onnx_write_node(&c->w, ops[below(c, 4)], "m k", "f");
}

/* Clips behind arithmetic: as an activation where the bounds allow, else as a table. */
static void add_clipped(case_t *c)
{
    random_map(c, 1);
    const uint32_t shape[4] = {3, c->shape[1], 1, 1};
    weights(c, 4, shape, 0);
    onnx_write_node(&c->w, "Conv", "x_f k_f", "sum");
    if (below(c, 2) != 0) {
        onnx_write_node(&c->w, "Relu", "sum", "f");
        return;
    }
    onnx_write_f32(&c->w, "low", below(c, 2) != 0 ? 0.0f : -scale_near(c, 0.3f));
    onnx_write_f32(&c->w, "high", below(c, 2) != 0 ? 6.0f : scale_near(c, 0.3f));
    onnx_write_node(&c->w, "Clip", "sum low high", "f");
}

/* ---- moves ----------------------------------------------------------------------------------- */

static void add_transpose(case_t *c)
{
    int64_t perm[4] = {0, 1, 2, 3};
    random_map(c, 1);
    for (uint32_t i = 3; i > 1; i--) {
        uint32_t k = 1 + below(c, i);
        int64_t swapped = perm[i];
        perm[i] = perm[k];
        perm[k] = swapped;
    }
    onnx_write_ints(&c->w, onnx_write_node(&c->w, "Transpose", "x_f", "f"), "perm", 4, perm);
}

static void add_reshape(case_t *c)
{
    random_map(c, 1);
    int64_t c1 = c->shape[1], h = c->shape[2], w = c->shape[3];
    const int64_t shapes[4][4] = {
        {1, c1 * h, w, 1}, {1, c1, h * w, 1}, {1, h, c1, w}, {1, w, h, c1}};
    onnx_write_i64(&c->w, "shape", 4, shapes[below(c, 4)]);
    onnx_write_node(&c->w, "Reshape", "x_f shape", "f");
}

/* Reshaped and back: a map again, for an operator that wants one. */
static void add_shapes(case_t *c)
{
    const int64_t axes[2] = {2, 3}, kernel[2] = {2, 2};
    input(c, 4, 1 + below(c, 9), 1, 1);
    onnx_write_i64(&c->w, "axes", 2, axes);
    onnx_write_node(&c->w, "Squeeze", "x_f axes", "flat");
    onnx_write_node(&c->w, "Unsqueeze", "flat axes", "map");
    Onnx__NodeProto *n = onnx_write_node(&c->w, "MaxPool", "map", "f");
    const int64_t pads[4] = {1, 1, 0, 0};
    onnx_write_ints(&c->w, n, "kernel_shape", 2, kernel);
    onnx_write_ints(&c->w, n, "pads", 4, pads);
}

static void add_concat(case_t *c)
{
    random_map(c, 1);
    uint32_t axis = 1 + below(c, 3);
    bool is_unsigned = below(c, 2) != 0;
    onnx_write_node(&c->w, "Neg", "x_f", "minus");
    onnx_write_quantize(&c->w, "minus", "m", scale_near(c, 0.03f), is_unsigned ? 100 : -5,
                        is_unsigned);
    onnx_write_dequantize(&c->w, "m", 0, 0, is_unsigned);
    Onnx__NodeProto *n =
        onnx_write_node(&c->w, "Concat", below(c, 2) != 0 ? "x_f m_f x_f" : "x_f x_f", "f");
    onnx_write_int(&c->w, n, "axis", below(c, 2) != 0 ? axis : (int64_t)axis - 4);
}

static void add_pad(case_t *c)
{
    int64_t pads[8] = {0};
    random_map(c, 1);
    for (uint32_t i = 1; i < 4; i++) {
        pads[i] = below(c, 3);
        pads[4 + i] = below(c, 3);
    }
    onnx_write_i64(&c->w, "pads", 8, pads);
    onnx_write_f32(&c->w, "value", c->scale * (float)((int32_t)below(c, 20) - 10));
    bool given = below(c, 2) != 0 && c->zero >= 10 - (c->is_unsigned ? 0 : 128) &&
                 c->zero <= 245 - (c->is_unsigned ? 0 : 128);
    onnx_write_node(&c->w, "Pad", given ? "x_f pads value" : "x_f pads", "f");
}

static void add_slice(case_t *c)
{
    random_map(c, 2);
    int64_t axes[2] = {2, 1 + 2 * (int64_t)below(c, 2)}, start[2], end[2], step[2];
    for (uint32_t i = 0; i < 2; i++) {
        start[i] = below(c, c->shape[axes[i]]);
        end[i] = start[i] + 1 + below(c, c->shape[axes[i]] - (uint32_t)start[i]);
        step[i] = 1 + below(c, 2);
    }
    onnx_write_i64(&c->w, "start", 2, start);
    onnx_write_i64(&c->w, "end", 2, end);
    onnx_write_i64(&c->w, "axes", 2, axes);
    onnx_write_i64(&c->w, "step", 2, step);
    onnx_write_node(&c->w, "Slice", "x_f start end axes step", "f");
}

/* The second of two parts. */
static void add_split(case_t *c)
{
    uint32_t axis = 1 + below(c, 3);
    random_map(c, 2);
    input(c, 4, c->shape[1] + 1, c->shape[2], c->shape[3]); /* at least 2 channels */
    c->w.graph.n_input = 1;
    c->w.inputs[0] = c->w.inputs[1];
    c->w.graph.n_node = 1;
    int64_t first = 1 + below(c, c->shape[axis] - 1);
    const int64_t sizes[2] = {first, c->shape[axis] - first};
    onnx_write_i64(&c->w, "sizes", 2, sizes);
    Onnx__NodeProto *n = onnx_write_node(&c->w, "Split", "x_f sizes", "other f");
    onnx_write_int(&c->w, n, "axis", axis);
}

static void add_blocks(case_t *c)
{
    uint32_t b = 1 + below(c, 3);
    bool to_space = below(c, 2) != 0;
    uint32_t k = 1 + below(c, 3), h = 1 + below(c, 3), w = 1 + below(c, 3);
    if (to_space)
        input(c, 4, k * b * b, h, w);
    else
        input(c, 4, k, h * b, w * b);
    Onnx__NodeProto *n =
        onnx_write_node(&c->w, to_space ? "DepthToSpace" : "SpaceToDepth", "x_f", "f");
    onnx_write_int(&c->w, n, "blocksize", b);
}

static void resize(case_t *c, bool linear)
{
    static const char *const modes[] = {"half_pixel", "align_corners", "asymmetric"};
    random_map(c, 2);
    uint32_t k = 1 + below(c, 3), mode = below(c, linear ? 2 : 3);
    const int64_t sizes[4] = {1, c->shape[1], c->shape[2] * k, c->shape[3] * k};
    onnx_write_i64(&c->w, "sizes", 4, sizes);
    Onnx__NodeProto *n = onnx_write_node(&c->w, "Resize", "x_f - - sizes", "f");
    onnx_write_string(&c->w, n, "mode", linear ? "linear" : "nearest");
    onnx_write_string(&c->w, n, "coordinate_transformation_mode", modes[mode]);
    if (!linear && mode == 1) /* ties are the graph's: upwards */
        onnx_write_string(&c->w, n, "nearest_mode", "round_prefer_ceil");
    if (!linear && mode == 2)
        onnx_write_string(&c->w, n, "nearest_mode", "floor");
}

static void add_nearest(case_t *c)
{
    resize(c, false);
}

static void add_linear(case_t *c)
{
    resize(c, true);
}

/* ---- running --------------------------------------------------------------------------------- */

/* A tensor's codes in the order of the model. */
static int32_t code_at(const golden_ref_t *ref, int32_t tensor, uint64_t i)
{
    const npu_tensor_t *t = &ref->graph->tensor[tensor];
    if (t->channels_first) {
        uint64_t plane = (uint64_t)t->shape[1] * t->shape[2];
        i = i % plane * t->shape[3] + i / plane;
    }
    uint8_t code = ref->tensor[tensor][i];
    return t->type == NPU_TYPE_INT8 ? (int8_t)code : code;
}

static void fill(const golden_ref_t *ref, const uint8_t *codes)
{
    int32_t in = ref->graph->input[0];
    const npu_tensor_t *t = &ref->graph->tensor[in];
    uint64_t plane = t->channels_first ? (uint64_t)t->shape[1] * t->shape[2] : 1;
    for (uint64_t i = 0; i < t->bytes; i++)
        ref->tensor[in][t->channels_first ? i % plane * t->shape[3] + i / plane : i] = codes[i];
}

/* The compiled program, fed and read in the order of the model, gives the same codes. */
static void check_program(const npu_graph_t *graph, const golden_ref_t *ref, const uint8_t *codes,
                          const char *op, uint64_t seed)
{
    npu_prog_t prog;
    compile_exec_t exec;
    char error[256];
    npu_desc_t desc = npu_desc_default();
    desc.l2_bytes = 1 << 19; /* less to fill */
    npu_compile_options_t options = {.rounding = NPU_ROUND_SINGLE};
    ck_assert_msg(npu_compile(graph, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK,
                  "%s %llu: %s", op, (unsigned long long)seed, error);
    compile_exec_init(&exec, &prog, &desc, sim_simd());
    ck_assert(npu_input_write(&prog, 0, &exec.port, codes));
    compile_exec_run(&exec);
    uint8_t *out = malloc(npu_output_bytes(&prog, 0));
    ck_assert(npu_output_read(&prog, 0, &exec.port, out));
    for (uint64_t i = 0; i < npu_output_bytes(&prog, 0); i++)
        ck_assert_msg(out[i] == (uint8_t)code_at(ref, graph->output[0], i),
                      "%s %llu: code %llu of the program differs", op, (unsigned long long)seed,
                      (unsigned long long)i);
    free(out);
    compile_exec_free(&exec);
    npu_prog_free(&prog);
}

/* A scale that spreads the float result over the codes. */
static float spread(const onnx_ref_value_t *f)
{
    float most = 1e-3f;
    for (uint64_t i = 0; i < f->count; i++)
        most = fmaxf(most, fabsf(f->x[i]));
    return most / 97.3f; /* no whole number: else codes of moves lie in the middle between two */
}

/* Codes that differ from the definition, of how many. */
typedef struct {
    uint64_t differ, codes;
} share_t;

static void compare(case_t *c, const uint8_t *codes, const char *op, uint64_t seed, int32_t most,
                    share_t *share)
{
    char error[256] = "";
    size_t bytes;
    npu_graph_t graph;
    golden_ref_t got;
    onnx_ref_t want;
    uint8_t *image = onnx_write_pack(&c->w, &bytes);
    ck_assert_msg(npu_onnx_read(image, bytes, "a.onnx", &graph, error, sizeof(error)) == SIM_OK,
                  "%s %llu: %s", op, (unsigned long long)seed, error);
    golden_ref_init(&got, &graph, true);
    fill(&got, codes);
    golden_ref_run(&got);
    onnx_ref_run(&want, &c->w, codes);
    const onnx_ref_value_t *y = onnx_ref_value(&want, "y");
    ck_assert_str_eq(graph.tensor[graph.output[0]].name, "y");
    ck_assert_uint_eq(graph.tensor[graph.output[0]].bytes, y->count);
    for (uint64_t i = 0; i < y->count; i++) {
        int32_t is = code_at(&got, graph.output[0], i), should = (int32_t)y->x[i];
        ck_assert_msg(abs(is - should) <= most, "%s %llu: code %llu is %d, expected %d", op,
                      (unsigned long long)seed, (unsigned long long)i, is, should);
        share->differ += is != should;
        share->codes++;
    }
    if (seed % 6 == 0)
        check_program(&graph, &got, codes, op, seed);
    onnx_ref_free(&want);
    golden_ref_free(&got);
    npu_graph_free(&graph);
    free(image);
}

typedef enum { ANY, INPUTS, PROBABILITY } result_scale_t;

static void run_case(void (*add)(case_t *c), const char *op, result_scale_t kind, int32_t most,
                     share_t *share, uint64_t seed)
{
    case_t c;
    onnx_ref_t floats;
    begin(&c, seed);
    add(&c);
    uint8_t codes[4096];
    for (uint32_t i = 0; i < sizeof(codes); i++)
        codes[i] = (uint8_t)sim_stream_u32(&c.random);
    onnx_ref_run(&floats, &c.w, codes);
    float scale = spread(onnx_ref_value(&floats, "f"));
    onnx_ref_free(&floats);
    bool is_unsigned = below(&c, 2) != 0;
    int32_t zero = zero_of(&c, is_unsigned) / 2;
    if (kind == PROBABILITY) {
        scale = 1.0f / 256;
        zero = is_unsigned ? 0 : -128;
    }
    if (kind == INPUTS || (kind == ANY && below(&c, 4) == 0)) {
        scale = c.scale;
        zero = c.zero;
        is_unsigned = c.is_unsigned;
    }
    onnx_write_quantize(&c.w, "f", "y", scale, zero, is_unsigned);
    onnx_write_output(&c.w, "y");
    compare(&c, codes, op, seed, most, share);
    onnx_write_end(&c.w);
}

/* clang-format off */
static const struct {
    const char *op;
    void (*add)(case_t *c);
    int32_t most;      /* codes between what is and what should be */
    uint32_t one_in;   /* at most one code in so many differs; of no account where most is 0 */
    result_scale_t scale;
} operators[] = {
    {"function",          add_function,       0, 0,    ANY},
    {"Clip",              add_clip,           0, 0,    ANY},
    {"swish",             add_swish,          0, 0,    ANY},
    {"MaxPool",           add_max_pool,       0, 0,    ANY},
    {"Transpose",         add_transpose,      0, 0,    ANY},
    {"Reshape",           add_reshape,        0, 0,    ANY},
    {"shapes",            add_shapes,         0, 0,    ANY},
    {"Concat",            add_concat,         0, 0,    ANY},
    {"Pad",               add_pad,            0, 0,    ANY},
    {"Slice",             add_slice,          0, 0,    ANY},
    {"Split",             add_split,          0, 0,    ANY},
    {"blocks",            add_blocks,         0, 0,    ANY},
    {"Resize",            add_nearest,        0, 0,    ANY},
    {"Max, Min",          add_extreme,        0, 0,    ANY},
    {"ConvTranspose",     add_conv_transpose, 1, 1000, ANY},
    {"PRelu",             add_prelu,          1, 1000, ANY},
    {"Conv",              add_conv,           1, 1000, ANY},
    {"grouped",           add_grouped,        1, 1000, ANY},
    {"depthwise",         add_depthwise,      1, 1000, ANY},
    {"Gemm",              add_gemm,           1, 1000, ANY},
    {"Flatten, Gemm",     add_flattened_gemm, 1, 1000, ANY},
    {"MatMul",            add_matmul,         1, 1000, ANY},
    {"Conv, Clip",        add_clipped,        1, 1000, ANY},
    {"Add",               add_add,            1, 1000, ANY},
    {"Sub",               add_sub,            1, 1000, ANY},
    {"Mul",               add_mul,            1, 1000, ANY},
    {"GlobalAveragePool", add_global_average, 1, 80,   ANY},
    {"ReduceMean",        add_reduce_mean,    1, 80,   ANY},
    {"AveragePool",       add_counted_pool,   1, 40,   ANY},
    {"AveragePool, pads", add_average_pool,   1, 11,   INPUTS},
    {"Softmax",           add_softmax,        0, 0,    PROBABILITY},
    {"Resize linear",     add_linear,         2, 10,   INPUTS},
};
/* clang-format on */

START_TEST(every_operator_is_as_near_to_its_definition_as_stated)
{
    for (size_t i = 0; i < SIM_COUNT(operators); i++) {
        share_t share = {0, 0};
        for (uint64_t seed = 0; seed < SEEDS; seed++)
            run_case(operators[i].add, operators[i].op, operators[i].scale, operators[i].most,
                     &share, seed);
        ck_assert_uint_gt(share.codes, SEEDS);
        ck_assert_msg(operators[i].one_in * share.differ <= share.codes,
                      "%s: %llu of %llu codes differ", operators[i].op,
                      (unsigned long long)share.differ, (unsigned long long)share.codes);
    }
}
END_TEST

TEST_MAIN("npu ONNX operators", every_operator_is_as_near_to_its_definition_as_stated)
