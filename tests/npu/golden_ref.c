/*
 * golden_ref.c - slow and obvious. Definitions: TensorFlow Lite reference kernels; gemmlowp
 * fixedpoint/fixedpoint.h for SOFTMAX and LOGISTIC. Codes are handled in the tensor's own type.
 */
#include "tests/npu/golden_ref.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/npu/golden_ref_core.h"
#include "tests/npu/golden_ref_move.h"
#include "tests/npu/golden_ref_tensor.h"

/* ---- 32-bit fixed point ---------------------------------------------------------------------- */

static int32_t saturate32(int64_t x)
{
    return x > INT32_MAX ? INT32_MAX : x < INT32_MIN ? INT32_MIN : (int32_t)x;
}

/* 2 * a * b / 2^32, rounded to nearest. */
static int32_t high_mul(int32_t a, int32_t b)
{
    int64_t product = (int64_t)a * b;
    int64_t nudge = product >= 0 ? INT64_C(1) << 30 : 1 - (INT64_C(1) << 30);
    return saturate32((product + nudge) / (INT64_C(1) << 31));
}

/* x / 2^n, ties away from zero. */
static int32_t divide_pot(int32_t x, int n)
{
    int64_t magnitude = x < 0 ? -(int64_t)x : x;
    if (n > 0)
        magnitude = (magnitude + (INT64_C(1) << (n - 1))) >> n;
    return (int32_t)(x < 0 ? -magnitude : magnitude);
}

static int32_t shift_left_saturating(int32_t x, int n)
{
    return saturate32((int64_t)x * (INT64_C(1) << n));
}

typedef struct {
    int32_t mult;
    int shift; /* left > 0 */
} scale_t;

static scale_t quantize_scale(double real)
{
    scale_t s = {0, 0};
    if (real == 0.0)
        return s;
    double fraction = frexp(real, &s.shift);
    int64_t q = (int64_t)round(fraction * 2147483648.0);
    if (q == INT64_C(1) << 31) {
        q /= 2;
        s.shift++;
    }
    if (s.shift < -31)
        return (scale_t){0, 0};
    s.mult = (int32_t)q;
    return s;
}

static int32_t rescale(const golden_ref_t *r, int32_t x, scale_t s)
{
    if (r->single_rounding) {
        int64_t round = INT64_C(1) << (30 - s.shift);
        return (int32_t)(((int64_t)x * s.mult + round) >> (31 - s.shift));
    }
    int left = s.shift > 0 ? s.shift : 0, right = s.shift > 0 ? 0 : -s.shift;
    return divide_pot(high_mul((int32_t)((uint32_t)x << left), s.mult), right);
}

/* exp(x) for x <= 0 with so many integer bits, result in Q0.31: a Taylor polynomial around -1/8,
 * then a barrel of constants exp(-2^k). */
static int32_t exp_negative(int32_t x, int integer_bits)
{
    static const int32_t factor[7] = {1672461947, 1302514674, 790015084, 290630308,
                                      39332535,   720401,     242}; /* exp(-2^-2) .. exp(-2^4) */
    if (x == 0)
        return INT32_MAX;
    int quarter_bit = 29 - integer_bits;
    int32_t in_quarter = (x & ((1 << quarter_bit) - 1)) - (1 << quarter_bit);
    int32_t a = shift_left_saturating(in_quarter, integer_bits) + (1 << 28);
    int32_t a2 = high_mul(a, a), a3 = high_mul(a2, a), a4 = high_mul(a2, a2);
    int32_t tail = divide_pot(high_mul(divide_pot(a4, 2) + a3, 715827883) + a2, 1);
    int32_t result = saturate32((int64_t)1895147668 + high_mul(1895147668, a + tail));
    for (int k = 0; k < integer_bits + 2; k++)
        if ((in_quarter - x) >> (quarter_bit + k) & 1)
            result = high_mul(result, factor[k]);
    return result;
}

/* 1 / (1 + x) for x in 0..1, both Q0.31: three steps of Newton-Raphson. */
static int32_t one_over_one_plus(int32_t x)
{
    int64_t sum = (int64_t)x + INT32_MAX;
    int32_t half = (int32_t)((sum + (sum >= 0 ? 1 : -1)) / 2);
    int32_t y = 1515870810 + high_mul(half, -1010580540); /* 48/17, -32/17 in Q2.29 */
    for (int i = 0; i < 3; i++) {
        int32_t error = (1 << 29) - high_mul(half, y);
        y += shift_left_saturating(high_mul(y, error), 2);
    }
    return shift_left_saturating(y, 1);
}

/* ---- tensors as numbers ---------------------------------------------------------------------- */

static const npu_tensor_t *tensor_of(const golden_ref_t *r, int32_t t)
{
    return &r->graph->tensor[t];
}

static int32_t get(const golden_ref_t *r, int32_t t, uint64_t i)
{
    uint8_t code = r->tensor[t][i];
    return tensor_of(r, t)->type == NPU_TYPE_INT8 ? (int8_t)code : code;
}

static int32_t lowest(const npu_tensor_t *t)
{
    return t->type == NPU_TYPE_INT8 ? -128 : 0;
}

static int32_t highest(const npu_tensor_t *t)
{
    return lowest(t) + 255;
}

static int32_t clamp(int32_t x, int32_t low, int32_t high)
{
    return x < low ? low : x > high ? high : x;
}

static void set(const golden_ref_t *r, int32_t t, uint64_t i, int32_t code)
{
    const npu_tensor_t *to = tensor_of(r, t);
    r->tensor[t][i] = (uint8_t)clamp(code, lowest(to), highest(to));
}

static uint64_t at(golden_map_t size, uint32_t y, uint32_t x, uint32_t c)
{
    return ((uint64_t)y * size.w + x) * size.c + c;
}

static int32_t to_code(const npu_tensor_t *t, float real)
{
    return t->zero_point[0] + (int32_t)roundf(real / t->scale[0]);
}

static int32_t activate(const golden_ref_t *r, const npu_node_t *n, int32_t code)
{
    const npu_tensor_t *t = tensor_of(r, n->output[0]);
    int32_t low = lowest(t), high = highest(t);
    if (n->activation == NPU_ACT_RELU || n->activation == NPU_ACT_RELU6)
        low = clamp(to_code(t, 0.0f), low, high);
    if (n->activation == NPU_ACT_RELU_N1_P1) {
        low = clamp(to_code(t, -1.0f), low, high);
        high = clamp(to_code(t, 1.0f), low, high);
    }
    if (n->activation == NPU_ACT_RELU6)
        high = clamp(to_code(t, 6.0f), low, high);
    return clamp(code, low, high);
}

/* ---- operators ------------------------------------------------------------------------------- */

static scale_t accumulator_scale(const golden_ref_t *r, const npu_node_t *n, uint32_t channel)
{
    float x = tensor_of(r, n->input[0])->scale[0];
    float w = golden_scale(tensor_of(r, n->input[1]), golden_channel_dim(n), channel);
    float y = tensor_of(r, n->output[0])->scale[0];
    bool per_tensor = tensor_of(r, n->input[1])->type == NPU_TYPE_UINT8 ||
                      (n->op == NPU_NODE_FULLY_CONNECTED && tensor_of(r, n->input[1])->scales == 1);
    double product = per_tensor ? (double)(x * w) : (double)x * (double)w;
    return quantize_scale(product / (double)y);
}

static int32_t bias_of(const golden_ref_t *r, const npu_node_t *n, uint32_t channel)
{
    if (n->inputs < 3 || n->input[2] == NPU_NO_TENSOR)
        return 0;
    int32_t bias;
    memcpy(&bias, r->tensor[n->input[2]] + 4 * (size_t)channel, 4); /* little-endian */
    return bias;
}

/* Sum over the window and over channels [first, first + count) of the input. */
static int32_t convolve(const golden_ref_t *r, const npu_node_t *n, uint32_t y, uint32_t x,
                        uint32_t first, uint32_t count, uint32_t oc)
{
    const npu_window_t *k = &n->window;
    golden_map_t in = golden_map(tensor_of(r, n->input[0]));
    const npu_tensor_t *weights = tensor_of(r, n->input[1]);
    int32_t in_zero = tensor_of(r, n->input[0])->zero_point[0];
    int32_t wgt_zero = golden_zero_point(weights, golden_channel_dim(n), oc);
    uint32_t kernel_h = weights->shape[1], kernel_w = weights->shape[2];
    int64_t sum = 0;
    for (uint32_t ky = 0; ky < kernel_h; ky++)
        for (uint32_t kx = 0; kx < kernel_w; kx++) {
            int64_t iy = (int64_t)y * k->stride_h - k->pad_top + ky * k->dilation_h;
            int64_t ix = (int64_t)x * k->stride_w - k->pad_left + kx * k->dilation_w;
            if (iy < 0 || ix < 0 || iy >= in.h || ix >= in.w)
                continue;
            for (uint32_t ic = 0; ic < count; ic++) {
                uint64_t w = n->op == NPU_NODE_DEPTHWISE_CONV_2D
                                 ? ((uint64_t)ky * kernel_w + kx) * weights->shape[3] + oc
                                 : (((uint64_t)oc * kernel_h + ky) * kernel_w + kx) * count + ic;
                sum +=
                    (int64_t)(get(r, n->input[1], w) - wgt_zero) *
                    (get(r, n->input[0], at(in, (uint32_t)iy, (uint32_t)ix, first + ic)) - in_zero);
            }
        }
    return (int32_t)sum;
}

static void run_conv(const golden_ref_t *r, const npu_node_t *n)
{
    bool depthwise = n->op == NPU_NODE_DEPTHWISE_CONV_2D;
    golden_map_t in = golden_map(tensor_of(r, n->input[0]));
    const npu_tensor_t *to = tensor_of(r, n->output[0]);
    golden_map_t out = golden_map(to);
    assert(golden_window_makes(&n->window, in, out));
    for (uint32_t oc = 0; oc < out.c; oc++) {
        scale_t scale = accumulator_scale(r, n, oc);
        uint32_t first = depthwise ? oc / (out.c / in.c) : 0;
        for (uint32_t y = 0; y < out.h; y++)
            for (uint32_t x = 0; x < out.w; x++) {
                int32_t acc = convolve(r, n, y, x, first, depthwise ? 1 : in.c, oc);
                acc = rescale(r, acc + bias_of(r, n, oc), scale) + to->zero_point[0];
                set(r, n->output[0], at(out, y, x, oc), activate(r, n, acc));
            }
    }
}

/* integer_ops/transpose_conv.h: every source pixel is spread over the results that its taps reach.
 */
static void run_transpose_conv(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *weights = tensor_of(r, n->input[1]), *to = tensor_of(r, n->output[0]);
    golden_map_t in = golden_map(tensor_of(r, n->input[0])), out = golden_map(to);
    const npu_window_t *k = &n->window;
    uint32_t kernel_h = weights->shape[1], kernel_w = weights->shape[2];
    int32_t in_zero = tensor_of(r, n->input[0])->zero_point[0];
    assert(golden_window_makes(k, out, in)); /* of the convolution that it undoes */
    int32_t *sum = calloc((size_t)out.h * out.w * out.c, sizeof(*sum));
    for (uint64_t i = 0; i < (uint64_t)in.h * in.w * in.c; i++) {
        int64_t y = (int64_t)(i / in.c / in.w) * k->stride_h - k->pad_top;
        int64_t x = (int64_t)(i / in.c % in.w) * k->stride_w - k->pad_left;
        int32_t value = get(r, n->input[0], i) - in_zero;
        for (uint64_t w = i % in.c; w < weights->bytes; w += in.c) {
            uint64_t tap = w / in.c, oc = tap / kernel_w / kernel_h;
            int64_t oy = y + (int64_t)(tap / kernel_w % kernel_h);
            int64_t ox = x + (int64_t)(tap % kernel_w);
            if (oy < 0 || ox < 0 || oy >= out.h || ox >= out.w)
                continue;
            sum[at(out, (uint32_t)oy, (uint32_t)ox, (uint32_t)oc)] +=
                value * (get(r, n->input[1], w) - golden_zero_point(weights, 0, (uint32_t)oc));
        }
    }
    for (uint64_t o = 0; o < (uint64_t)out.h * out.w * out.c; o++) {
        uint32_t oc = (uint32_t)(o % out.c);
        int32_t code = rescale(r, sum[o] + bias_of(r, n, oc), accumulator_scale(r, n, oc));
        set(r, n->output[0], o, activate(r, n, code + to->zero_point[0]));
    }
    free(sum);
}

static void run_fully_connected(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *weights = tensor_of(r, n->input[1]), *to = tensor_of(r, n->output[0]);
    int32_t in_zero = tensor_of(r, n->input[0])->zero_point[0];
    uint32_t outputs = weights->shape[0], depth = weights->shape[1];
    for (uint64_t result = 0; result < golden_elements(to); result++) {
        uint32_t o = (uint32_t)(result % outputs);
        int64_t sum = bias_of(r, n, o);
        for (uint32_t i = 0; i < depth; i++)
            sum += (int64_t)(get(r, n->input[1], (uint64_t)o * depth + i) -
                             golden_zero_point(weights, 0, o)) *
                   (get(r, n->input[0], result / outputs * depth + i) - in_zero);
        int32_t code = rescale(r, (int32_t)sum, accumulator_scale(r, n, o));
        set(r, n->output[0], result, activate(r, n, code + to->zero_point[0]));
    }
}

static int32_t add_or_sub(const golden_ref_t *r, const npu_node_t *n, int32_t a, int32_t b)
{
    float sa = tensor_of(r, n->input[0])->scale[0], sb = tensor_of(r, n->input[1])->scale[0];
    float so = tensor_of(r, n->output[0])->scale[0];
    double twice_max = 2.0 * (double)(sa > sb ? sa : sb);
    a = rescale(r, a * (1 << 20), quantize_scale((double)sa / twice_max));
    b = rescale(r, b * (1 << 20), quantize_scale((double)sb / twice_max));
    return rescale(r, n->op == NPU_NODE_SUB ? a - b : a + b,
                   quantize_scale(twice_max / ((double)(1 << 20) * (double)so)));
}

static int32_t multiply(const golden_ref_t *r, const npu_node_t *n, int32_t a, int32_t b)
{
    float sa = tensor_of(r, n->input[0])->scale[0], sb = tensor_of(r, n->input[1])->scale[0];
    double real = (double)sa * (double)sb / (double)tensor_of(r, n->output[0])->scale[0];
    return rescale(r, a * b, quantize_scale(real));
}

/* prelu.h */
static int32_t prelu(const golden_ref_t *r, const npu_node_t *n, int32_t x, int32_t alpha)
{
    double sx = (double)tensor_of(r, n->input[0])->scale[0];
    double sa = (double)tensor_of(r, n->input[1])->scale[0];
    double so = (double)tensor_of(r, n->output[0])->scale[0];
    return x >= 0 ? rescale(r, x, quantize_scale(sx / so))
                  : rescale(r, x * alpha, quantize_scale(sx * sa / so));
}

/* Both without their zero points; the result without its. */
static int32_t combine(const golden_ref_t *r, const npu_node_t *n, int32_t a, int32_t b)
{
    switch (n->op) {
    case NPU_NODE_MUL:
        return multiply(r, n, a, b);
    case NPU_NODE_PRELU:
        return prelu(r, n, a, b);
    case NPU_NODE_MAXIMUM:
        return a > b ? a : b;
    case NPU_NODE_MINIMUM:
        return a < b ? a : b;
    default:
        return add_or_sub(r, n, a, b);
    }
}

/* The operand of element e of the result, without its zero point. */
static int32_t operand(const golden_ref_t *r, const npu_node_t *n, uint32_t which, uint64_t e)
{
    const npu_tensor_t *t = tensor_of(r, n->input[which]);
    uint64_t i = golden_broadcast(t, tensor_of(r, n->output[0]), e);
    return get(r, n->input[which], i) - t->zero_point[0];
}

static void run_elementwise(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *to = tensor_of(r, n->output[0]);
    for (uint64_t e = 0; e < golden_elements(to); e++) {
        int32_t code = combine(r, n, operand(r, n, 0, e), operand(r, n, 1, e));
        set(r, n->output[0], e, activate(r, n, code + to->zero_point[0]));
    }
}

static int32_t pool(const golden_ref_t *r, const npu_node_t *n, uint32_t y, uint32_t x, uint32_t c)
{
    const npu_window_t *k = &n->window;
    golden_map_t in = golden_map(tensor_of(r, n->input[0]));
    int32_t sum = 0, count = 0, max = INT32_MIN;
    for (uint32_t ky = 0; ky < k->kernel_h; ky++)
        for (uint32_t kx = 0; kx < k->kernel_w; kx++) {
            int64_t iy = (int64_t)y * k->stride_h - k->pad_top + ky;
            int64_t ix = (int64_t)x * k->stride_w - k->pad_left + kx;
            if (iy < 0 || ix < 0 || iy >= in.h || ix >= in.w)
                continue;
            int32_t code = get(r, n->input[0], at(in, (uint32_t)iy, (uint32_t)ix, c));
            max = code > max ? code : max;
            sum += code;
            count++;
        }
    if (n->op == NPU_NODE_MAX_POOL_2D)
        return max;
    return sum > 0 ? (sum + count / 2) / count : (sum - count / 2) / count;
}

static void run_pool(const golden_ref_t *r, const npu_node_t *n)
{
    golden_map_t out = golden_map(tensor_of(r, n->output[0]));
    assert(golden_window_makes(&n->window, golden_map(tensor_of(r, n->input[0])), out));
    for (uint32_t y = 0; y < out.h; y++)
        for (uint32_t x = 0; x < out.w; x++)
            for (uint32_t c = 0; c < out.c; c++)
                set(r, n->output[0], at(out, y, x, c), activate(r, n, pool(r, n, y, x, c)));
}

static void run_mean(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = tensor_of(r, n->input[0]), *to = tensor_of(r, n->output[0]);
    uint64_t results = golden_elements(to), elements = golden_elements(from);
    int32_t *sum = calloc(results, sizeof(*sum));
    for (uint64_t i = 0; i < elements; i++) {
        uint64_t rest = i, o = 0, weight = 1;
        for (uint32_t d = from->dims; d-- > 0;) {
            if (!(n->axes >> d & 1u)) {
                o += rest % from->shape[d] * weight;
                weight *= from->shape[d];
            }
            rest /= from->shape[d];
        }
        sum[o] += get(r, n->input[0], i);
    }
    int32_t count = (int32_t)(elements / results);
    scale_t scale = quantize_scale((double)from->scale[0] / (double)to->scale[0]);
    int widen = 31 - __builtin_clz((uint32_t)count);
    widen = widen < 31 + scale.shift ? widen : 31 + scale.shift;
    scale.mult = (int32_t)(((int64_t)scale.mult << widen) / count);
    scale.shift -= widen;
    for (uint64_t o = 0; o < results; o++)
        set(r, n->output[0], o,
            rescale(r, sum[o] - from->zero_point[0] * count, scale) + to->zero_point[0]);
    free(sum);
}

static void run_softmax(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = tensor_of(r, n->input[0]), *to = tensor_of(r, n->output[0]);
    double limit = r->single_rounding ? (double)(1 << 30) - 1.0 : 2147483647.0;
    double real = (double)n->beta * (double)from->scale[0] * (double)(1 << 26);
    scale_t scale = quantize_scale(real < limit ? real : limit);
    int32_t least = -(int32_t)floor(31.0 * (double)(1 << 26) / (double)(INT64_C(1) << scale.shift));
    uint32_t depth = from->dims == 0 ? 1 : from->shape[from->dims - 1];
    for (uint64_t row = 0; row < golden_elements(from); row += depth) {
        int32_t max = -128, sum = 0;
        for (uint32_t c = 0; c < depth; c++)
            max = get(r, n->input[0], row + c) > max ? get(r, n->input[0], row + c) : max;
        for (uint32_t c = 0; c < depth; c++) {
            int32_t diff = get(r, n->input[0], row + c) - max;
            if (diff >= least)
                sum += divide_pot(exp_negative(rescale(r, diff, scale), 5), 12);
        }
        int zeros = __builtin_clz((uint32_t)sum);
        int32_t inverse =
            one_over_one_plus((int32_t)(((uint32_t)sum << zeros) - (UINT32_C(1) << 31)));
        for (uint32_t c = 0; c < depth; c++) {
            int32_t diff = get(r, n->input[0], row + c) - max, p = 0;
            if (diff >= least)
                p = divide_pot(high_mul(inverse, exp_negative(rescale(r, diff, scale), 5)),
                               12 - zeros + 31 - 8);
            set(r, n->output[0], row + c, p + lowest(to));
        }
    }
}

/* reference/integer_ops/logistic.h, in Q4.27. */
static int32_t logistic(const golden_ref_t *r, scale_t scale, int32_t radius, int32_t x)
{
    if (x <= -radius)
        return -128;
    if (x >= radius)
        return 127;
    int32_t q = rescale(r, x, scale);
    int32_t p = one_over_one_plus(exp_negative(q < 0 ? q : -q, 4)); /* of the magnitude */
    if (q < 0)
        p = INT32_MAX - p;
    if (q == 0)
        p = 1 << 30;
    int32_t code = divide_pot(p, 23);
    return (code == 256 ? 255 : code) - 128;
}

static void run_logistic(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = tensor_of(r, n->input[0]), *to = tensor_of(r, n->output[0]);
    scale_t scale = quantize_scale((double)from->scale[0] * (double)(1 << 27));
    int32_t radius = (int32_t)floor(15.0 * (double)(1 << 27) / (double)(INT64_C(1) << scale.shift));
    for (uint64_t i = 0; i < golden_elements(from); i++) {
        int32_t x = get(r, n->input[0], i) - from->zero_point[0];
        set(r, n->output[0], i, logistic(r, scale, radius, x) + 128 + lowest(to));
    }
}

/* reference/tanh.h: (1 - exp(-2|x|)) / (1 + exp(-2|x|)) with the sign of x. */
static int32_t tanh_code(const golden_ref_t *r, scale_t scale, int32_t radius, int32_t x)
{
    if (x <= -radius)
        return -128;
    if (x >= radius)
        return 127;
    int32_t q = rescale(r, x, scale);
    int32_t e = exp_negative(q < 0 ? q : -q, 5); /* Q4.27 read as Q5.26 is twice as much */
    int64_t sum = (int64_t)e + INT32_MAX;
    int32_t half = (int32_t)((sum + (sum >= 0 ? 1 : -1)) / 2);
    int32_t y = 1515870810 + high_mul(half, -1010580540);
    for (int i = 0; i < 3; i++)
        y += shift_left_saturating(high_mul(y, (1 << 29) - high_mul(half, y)), 2);
    int32_t t = q == 0 ? 0 : shift_left_saturating(y - (1 << 29), 2);
    int32_t code = divide_pot(q < 0 ? -t : t, 24);
    return clamp(code, -128, 127);
}

static void run_tanh(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = tensor_of(r, n->input[0]), *to = tensor_of(r, n->output[0]);
    scale_t scale = quantize_scale((double)from->scale[0] * (double)(1 << 27));
    int32_t radius = (int32_t)floor(15.0 * (double)(1 << 27) / (double)(INT64_C(1) << scale.shift));
    for (uint64_t i = 0; i < golden_elements(from); i++) {
        int32_t x = get(r, n->input[0], i) - from->zero_point[0];
        set(r, n->output[0], i, tanh_code(r, scale, radius, x) + 128 + lowest(to));
    }
}

/* reference/hard_swish.h: numbers of 16 bits. */
static int32_t saturate16(int64_t x)
{
    return x > 32767 ? 32767 : x < -32768 ? -32768 : (int32_t)x;
}

static int32_t round_high_mul16(int32_t a, int32_t b)
{
    int32_t product = a * b;
    return saturate16((product + (product < 0 ? -16383 : 16384)) / 32768);
}

static int32_t to_16(int32_t mult)
{
    return mult >= INT32_MAX - 32768 ? 32767 : (mult + 32768) >> 16;
}

static void run_hard_swish(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = tensor_of(r, n->input[0]), *to = tensor_of(r, n->output[0]);
    float fine = 1.0f / 128.0f * from->scale[0];
    scale_t out = quantize_scale((double)(fine / to->scale[0]));
    scale_t relu = quantize_scale((double)(fine / (3.0f / 32768.0f)));
    for (uint64_t i = 0; i < golden_elements(from); i++) {
        int32_t x = (get(r, n->input[0], i) - from->zero_point[0]) * 128;
        int32_t on_out = round_high_mul16(x, to_16(out.mult)), gate = x;
        if (relu.shift > 0)
            gate = saturate16((int64_t)gate * (INT64_C(1) << (relu.shift - 1)));
        gate = round_high_mul16(gate, to_16(relu.mult));
        if (relu.shift > 0)
            gate = saturate16((int64_t)gate * 2);
        else
            gate = divide_pot(gate, -relu.shift);
        gate = (gate + 32768) >> 1; /* 0 .. 1 */
        int32_t code = divide_pot(saturate16(gate * on_out / 32768), -out.shift);
        set(r, n->output[0], i, code + to->zero_point[0]);
    }
}

/* reference/leaky_relu.h */
static void run_leaky_relu(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = tensor_of(r, n->input[0]), *to = tensor_of(r, n->output[0]);
    scale_t above = quantize_scale((double)(from->scale[0] / to->scale[0]));
    scale_t below = quantize_scale((double)(from->scale[0] * n->alpha / to->scale[0]));
    for (uint64_t i = 0; i < golden_elements(from); i++) {
        int32_t x = get(r, n->input[0], i) - from->zero_point[0];
        set(r, n->output[0], i, rescale(r, x, x >= 0 ? above : below) + to->zero_point[0]);
    }
}

static void run_quantize(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = tensor_of(r, n->input[0]), *to = tensor_of(r, n->output[0]);
    bool floats = from->type == NPU_TYPE_FLOAT32;
    scale_t scale = {0, 0};
    if (!floats)
        scale = quantize_scale((double)from->scale[0] / (double)to->scale[0]);
    for (uint64_t i = 0; i < golden_elements(from); i++) {
        if (floats)
            set(r, n->output[0], i,
                to_code(to, ((const float *)(void *)r->tensor[n->input[0]])[i]));
        else
            set(r, n->output[0], i,
                rescale(r, get(r, n->input[0], i) - from->zero_point[0], scale) +
                    to->zero_point[0]);
    }
}

static void run_dequantize(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = tensor_of(r, n->input[0]);
    float *out = (float *)(void *)r->tensor[n->output[0]];
    for (uint64_t i = 0; i < golden_elements(from); i++)
        out[i] = from->scale[0] * (float)(get(r, n->input[0], i) - from->zero_point[0]);
}

/* micro/kernels/activations.cc: requantized, then clamped at the codes of 0 and 6. */
static void run_relu(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = tensor_of(r, n->input[0]), *to = tensor_of(r, n->output[0]);
    npu_node_t clamped = *n;
    clamped.activation = n->op == NPU_NODE_RELU    ? NPU_ACT_RELU
                         : n->op == NPU_NODE_RELU6 ? NPU_ACT_RELU6
                                                   : NPU_ACT_RELU_N1_P1;
    scale_t scale = quantize_scale((double)from->scale[0] / (double)to->scale[0]);
    for (uint64_t i = 0; i < golden_elements(from); i++) {
        int32_t x = get(r, n->input[0], i) - from->zero_point[0];
        set(r, n->output[0], i, activate(r, &clamped, rescale(r, x, scale) + to->zero_point[0]));
    }
}

static void run_table(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = tensor_of(r, n->input[0]);
    for (uint64_t i = 0; i < golden_elements(from); i++)
        set(r, n->output[0], i,
            get(r, n->input[1], (uint64_t)(get(r, n->input[0], i) - lowest(from))));
}

/* ---- the graph ------------------------------------------------------------------------------- */

static void (*const run_op[NPU_NODE_OPS])(const golden_ref_t *, const npu_node_t *) = {
    [NPU_NODE_ADD] = run_elementwise,
    [NPU_NODE_ARG_MAX] = golden_run_arg_max,
    [NPU_NODE_AVERAGE_POOL_2D] = run_pool,
    [NPU_NODE_CONCATENATION] = golden_run_concatenation,
    [NPU_NODE_CONV_2D] = run_conv,
    [NPU_NODE_DEPTHWISE_CONV_2D] = run_conv,
    [NPU_NODE_DEPTH_TO_SPACE] = golden_run_depth_to_space,
    [NPU_NODE_DEQUANTIZE] = run_dequantize,
    [NPU_NODE_DETECTION_POSTPROCESS] = golden_run_detection,
    [NPU_NODE_EXPAND_DIMS] = golden_run_reshape,
    [NPU_NODE_FULLY_CONNECTED] = run_fully_connected,
    [NPU_NODE_HARD_SWISH] = run_hard_swish,
    [NPU_NODE_LEAKY_RELU] = run_leaky_relu,
    [NPU_NODE_LOGISTIC] = run_logistic,
    [NPU_NODE_MAXIMUM] = run_elementwise,
    [NPU_NODE_MINIMUM] = run_elementwise,
    [NPU_NODE_PRELU] = run_elementwise,
    [NPU_NODE_RELU_N1_TO_1] = run_relu,
    [NPU_NODE_TANH] = run_tanh,
    [NPU_NODE_TRANSPOSE_CONV] = run_transpose_conv,
    [NPU_NODE_MAX_POOL_2D] = run_pool,
    [NPU_NODE_MEAN] = run_mean,
    [NPU_NODE_MUL] = run_elementwise,
    [NPU_NODE_PACK] = golden_run_pack,
    [NPU_NODE_PADV2] = golden_run_pad,
    [NPU_NODE_PAD] = golden_run_pad,
    [NPU_NODE_QUANTIZE] = run_quantize,
    [NPU_NODE_RELU6] = run_relu,
    [NPU_NODE_RELU] = run_relu,
    [NPU_NODE_RESHAPE] = golden_run_reshape,
    [NPU_NODE_RESIZE_BILINEAR] = golden_run_resize_bilinear,
    [NPU_NODE_RESIZE_NEAREST_NEIGHBOR] = golden_run_resize_nearest,
    [NPU_NODE_SLICE] = golden_run_slice,
    [NPU_NODE_SOFTMAX] = run_softmax,
    [NPU_NODE_SPACE_TO_DEPTH] = golden_run_space_to_depth,
    [NPU_NODE_SPLIT] = golden_run_split,
    [NPU_NODE_SPLIT_V] = golden_run_split,
    [NPU_NODE_SQUEEZE] = golden_run_reshape,
    [NPU_NODE_STRIDED_SLICE] = golden_run_slice,
    [NPU_NODE_SUB] = run_elementwise,
    [NPU_NODE_TABLE] = run_table,
    [NPU_NODE_TRANSPOSE] = golden_run_transpose,
    [NPU_NODE_UNPACK] = golden_run_unpack,
};

void golden_ref_init(golden_ref_t *ref, const npu_graph_t *graph, bool single_rounding)
{
    ref->graph = graph;
    ref->single_rounding = single_rounding;
    ref->tensor = calloc(graph->tensors, sizeof(*ref->tensor));
    for (uint32_t t = 0; t < graph->tensors; t++) {
        ref->tensor[t] = calloc(1, graph->tensor[t].bytes + 1);
        if (graph->tensor[t].data != NULL)
            memcpy(ref->tensor[t], graph->tensor[t].data, graph->tensor[t].bytes);
    }
}

void golden_ref_run(golden_ref_t *ref)
{
    for (uint32_t n = 0; n < ref->graph->nodes; n++)
        run_op[ref->graph->node[n].op](ref, &ref->graph->node[n]);
}

void golden_ref_free(golden_ref_t *ref)
{
    for (uint32_t t = 0; t < ref->graph->tensors; t++)
        free(ref->tensor[t]);
    free(ref->tensor);
}

void golden_ref_set_pixels(golden_ref_t *ref, const uint8_t *pixels)
{
    int32_t t = ref->graph->input[0];
    npu_type_t type = ref->graph->tensor[t].type;
    for (uint64_t i = 0; i < golden_elements(&ref->graph->tensor[t]); i++) {
        if (type == NPU_TYPE_FLOAT32) {
            float x = (float)pixels[i] / 127.5f;
            ((float *)(void *)ref->tensor[t])[i] = x - 1.0f;
        } else {
            ref->tensor[t][i] = type == NPU_TYPE_INT8 ? pixels[i] ^ 0x80 : pixels[i];
        }
    }
}
