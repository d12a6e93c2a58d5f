#include "tests/npu/build_math.h"

#include <string.h>

#include "tests/npu/build_move.h"
#include "tests/test.h"

static const npu_tensor_t *tensor(const build_t *b, int32_t t)
{
    return &b->graph.tensor[t];
}

static int32_t random_zero(build_t *b)
{
    return (int32_t)build_below(b, 256) - (b->type == NPU_TYPE_INT8 ? 128 : 0);
}

static uint32_t from_to(build_t *b, uint32_t low, uint32_t high)
{
    return low + build_below(b, high - low + 1);
}

/* Mostly ordinary, at times as far as shifts go. */
static float random_scale(build_t *b)
{
    static const float extreme[] = {1e-6f, 3e-4f, 0.9f, 8.0f, 40.0f};
    return build_below(b, 6) == 0 ? extreme[build_below(b, 5)]
                                  : sim_stream_range(&b->random, 0.005f, 0.1f);
}

/* ---- functions of one code ------------------------------------------------------------------- */

/* Another scale and zero point for the same map, so that the function sees them all. */
static int32_t rescaled(build_t *b, int32_t input)
{
    const npu_tensor_t *from = tensor(b, input);
    int32_t to = build_tensor(b, b->type, from->dims, from->shape, random_scale(b), random_zero(b));
    build_node(b, NPU_NODE_QUANTIZE, &input, 1, to);
    return to;
}

int32_t build_random_function(build_t *b, int32_t input)
{
    static const npu_node_op_t ops[] = {
        NPU_NODE_HARD_SWISH, NPU_NODE_LEAKY_RELU, NPU_NODE_LOGISTIC,     NPU_NODE_QUANTIZE,
        NPU_NODE_RELU,       NPU_NODE_RELU6,      NPU_NODE_RELU_N1_TO_1, NPU_NODE_TANH};
    npu_node_op_t op = ops[build_below(b, SIM_COUNT(ops))];
    int32_t at = rescaled(b, input), low = b->type == NPU_TYPE_INT8 ? -128 : 0;
    npu_tensor_t from = *tensor(b, at);
    float scale = from.scale[0] * sim_stream_range(&b->random, 0.05f, 20.0f);
    int32_t zero = random_zero(b);
    if (op == NPU_NODE_LOGISTIC) {
        scale = 1.0f / 256;
        zero = low;
    } else if (op == NPU_NODE_TANH) {
        scale = 1.0f / 128;
        zero = low + 128;
    } else if (op == NPU_NODE_RELU6) {
        scale = from.scale[0];
        zero = from.zero_point[0];
    }
    int32_t to = build_tensor(b, b->type, from.dims, from.shape, scale, zero);
    npu_node_t *n = build_node(b, op, &at, 1, to);
    n->alpha = build_below(b, 4) == 0 ? 0.0f : sim_stream_range(&b->random, 0.0f, 1.5f);
    return to;
}

int32_t build_other_type(build_t *b, int32_t input)
{
    npu_tensor_t from = *tensor(b, input);
    b->type = b->type == NPU_TYPE_INT8 ? NPU_TYPE_UINT8 : NPU_TYPE_INT8;
    float scale = from.scale[0] * sim_stream_range(&b->random, 0.05f, 20.0f);
    int32_t to = build_tensor(b, b->type, from.dims, from.shape, scale, random_zero(b));
    build_node(b, NPU_NODE_QUANTIZE, &input, 1, to);
    return build_below(b, 2) == 0 ? to : build_unary(b, NPU_NODE_RELU6, to);
}

/* ---- pairs ----------------------------------------------------------------------------------- */

/* Of the other operand: each dimension the map's own, or 1. */
static npu_hwc_t random_reach(build_t *b, npu_hwc_t size)
{
    uint32_t kind = build_below(b, 8);
    return (npu_hwc_t){(kind & 1u) != 0 ? size.h : 1, (kind & 2u) != 0 ? size.w : 1,
                       (kind & 4u) != 0 ? size.c : 1};
}

/* A smaller map computed from the input: maxima over what is left out. */
static int32_t shrunk(build_t *b, int32_t input, npu_hwc_t want)
{
    npu_hwc_t size = npu_tensor_hwc(tensor(b, input));
    if (want.c != size.c || size.h > 255 || size.w > 255) /* one channel: a convolution */ {
        build_conv_t one = {.channels = want.c, .kernel_h = 1, .kernel_w = 1};
        one.stride_h = one.stride_w = one.dilation_h = one.dilation_w = 1;
        input = build_conv(b, input, &one);
    }
    build_conv_t all = {.channels = want.c, .same = false, .dilation_h = 1, .dilation_w = 1};
    all.kernel_h = all.stride_h = want.h == 1 ? size.h : 1;
    all.kernel_w = all.stride_w = want.w == 1 ? size.w : 1;
    return build_pool(b, input, &all, false);
}

int32_t build_random_pair(build_t *b, int32_t input)
{
    static const npu_node_op_t ops[] = {NPU_NODE_ADD,   NPU_NODE_SUB,     NPU_NODE_MUL,
                                        NPU_NODE_PRELU, NPU_NODE_MAXIMUM, NPU_NODE_MINIMUM};
    npu_node_op_t op = ops[build_below(b, SIM_COUNT(ops))];
    npu_hwc_t size = npu_tensor_hwc(tensor(b, input)), reach = random_reach(b, size);
    bool extreme = op == NPU_NODE_MAXIMUM || op == NPU_NODE_MINIMUM;
    float scale = tensor(b, input)->scale[0];
    int32_t zero = tensor(b, input)->zero_point[0], other;
    if (build_below(b, 2) == 0)
        other = build_constant(b, reach.h, reach.w, reach.c, extreme ? scale : random_scale(b),
                               extreme ? zero : random_zero(b));
    else
        other = shrunk(b, input, reach);
    if (extreme && tensor(b, other)->data == NULL) { /* both in one scale */
        npu_hwc_t s = npu_tensor_hwc(tensor(b, other));
        int32_t to = build_map(b, s.h, s.w, s.c, scale, zero);
        build_node(b, NPU_NODE_QUANTIZE, &other, 1, to);
        other = to;
    }
    bool turned = op != NPU_NODE_PRELU && build_below(b, 2) == 0;
    int32_t list[2] = {turned ? other : input, turned ? input : other};
    float sa = scale, so = tensor(b, other)->scale[0];
    float out = op == NPU_NODE_MUL || op == NPU_NODE_PRELU ? sa * so * 50.0f : sa > so ? sa : so;
    if (out < 1e-9f || out > 1e9f)
        out = 0.1f;
    int32_t to = build_map(b, size.h, size.w, size.c,
                           extreme ? scale : out * sim_stream_range(&b->random, 0.3f, 3.0f),
                           extreme ? zero : random_zero(b));
    npu_node_t *n = build_node(b, op, list, 2, to);
    if (op == NPU_NODE_ADD || op == NPU_NODE_SUB || op == NPU_NODE_MUL)
        n->activation = (npu_activation_t)build_below(b, NPU_ACTS);
    return to;
}

int32_t build_random_twin(build_t *b, int32_t input)
{
    static const npu_node_op_t ops[] = {NPU_NODE_ADD, NPU_NODE_SUB, NPU_NODE_MUL};
    return build_elementwise(b, ops[build_below(b, SIM_COUNT(ops))], input, input);
}

/* ---- pads ------------------------------------------------------------------------------------ */

int32_t build_random_pad(build_t *b, int32_t input)
{
    npu_hwc_t in = npu_tensor_hwc(tensor(b, input));
    uint32_t elements = in.h * in.w * in.c, dims = from_to(b, elements < 60000 ? 1 : 2, 4);
    uint32_t shape[4] = {1, in.h, in.w, in.c}, pad[4][2] = {{0}};
    if (dims < 4) { /* the same codes, the leading dimensions rolled into one */
        uint32_t first = dims == 1 ? elements : dims == 2 ? in.h * in.w : in.h;
        shape[4 - dims] = first;
        input = build_shape(b, NPU_NODE_RESHAPE, input, dims, shape + 4 - dims);
    }
    for (uint32_t d = dims == 4 ? 1 : 0; d < dims; d++)
        for (uint32_t side = 0; side < 2; side++)
            pad[d][side] = build_below(b, 2) == 0 ? build_below(b, 40) : 0;
    npu_tensor_t to = *tensor(b, input);
    for (uint32_t d = 0; d < dims; d++)
        to.shape[d] += pad[d][0] + pad[d][1];
    int32_t result = build_tensor(b, b->type, dims, to.shape, to.scale[0], to.zero_point[0]);
    memcpy(build_node(b, NPU_NODE_PAD, &input, 1, result)->pad, pad, sizeof(pad));
    return result;
}

/* ---- the array ------------------------------------------------------------------------------- */

/* Result and padding along one axis, as TensorFlow works them out. */
static uint32_t transposed_axis(bool same, uint32_t size, uint32_t kernel, uint32_t stride,
                                uint32_t more, uint32_t *before, uint32_t *after)
{
    *before = *after = 0;
    if (!same)
        return (size - 1) * stride + kernel + more % stride;
    uint32_t result = size * stride - more % stride;
    uint32_t needed = (size - 1) * stride + kernel;
    uint32_t total = needed > result ? needed - result : 0;
    *before = total / 2;
    *after = total - total / 2;
    return result;
}

int32_t build_transpose_conv(build_t *b, int32_t input)
{
    npu_hwc_t in = npu_tensor_hwc(tensor(b, input));
    npu_window_t w = {.kernel_h = from_to(b, 1, 5), .kernel_w = from_to(b, 1, 5)};
    w.stride_h = from_to(b, 1, 3);
    w.stride_w = build_below(b, 3) == 0 ? from_to(b, 1, 3) : w.stride_h;
    w.dilation_h = w.dilation_w = 1;
    bool same = build_below(b, 2) == 0;
    uint32_t c = from_to(b, 1, build_below(b, 3) == 0 ? 70 : 20);
    uint32_t h = transposed_axis(same, in.h, w.kernel_h, w.stride_h, build_below(b, 3), &w.pad_top,
                                 &w.pad_bottom);
    uint32_t wide = transposed_axis(same, in.w, w.kernel_w, w.stride_w, build_below(b, 3),
                                    &w.pad_left, &w.pad_right);
    build_conv_t like = {.channels = c, .kernel_h = w.kernel_h, .kernel_w = w.kernel_w};
    like.stride_h = like.stride_w = like.dilation_h = like.dilation_w = 1;
    like.same = true;
    /* weights, bias and scales of an ordinary convolution, put to another use */
    int32_t conv = build_conv(b, input, &like);
    npu_node_t *n = &b->graph.node[b->graph.nodes - 1];
    npu_tensor_t *out = &b->graph.tensor[conv];
    n->op = NPU_NODE_TRANSPOSE_CONV;
    n->window = w;
    n->activation = (npu_activation_t)build_below(b, NPU_ACTS);
    out->shape[1] = h;
    out->shape[2] = wide;
    out->bytes = npu_tensor_elements(out);
    return conv;
}

#define WORK (1u << 19) /* products at most: the oracle takes them one by one */

static uint32_t random_kernel(build_t *b)
{
    static const uint32_t large[] = {7, 9, 11, 15, 31};
    return build_below(b, 4) == 0 ? large[build_below(b, SIM_COUNT(large))] : from_to(b, 1, 7);
}

static uint32_t random_step(build_t *b)
{
    return build_below(b, 2) == 0 ? 1 : from_to(b, 1, build_below(b, 4) == 0 ? 15 : 5);
}

/* VALID where it fits, else SAME; as many channels as the oracle has time for. */
static build_conv_t random_window(build_t *b, int32_t input)
{
    npu_hwc_t in = npu_tensor_hwc(tensor(b, input));
    build_conv_t k = {.kernel_h = random_kernel(b), .kernel_w = random_kernel(b)};
    if (build_below(b, 4) == 0) /* a line */
        *(build_below(b, 2) == 0 ? &k.kernel_h : &k.kernel_w) = 1;
    if (k.kernel_h * k.kernel_w > 256) /* L1 holds the weights of 32 x 32 channels */
        k.kernel_w = 7;
    k.stride_h = random_step(b);
    k.stride_w = build_below(b, 2) == 0 ? k.stride_h : random_step(b);
    k.dilation_h = random_step(b);
    k.dilation_w = random_step(b);
    bool fits = npu_window_reach(k.kernel_h, k.dilation_h) <= in.h &&
                npu_window_reach(k.kernel_w, k.dilation_w) <= in.w;
    k.same = !fits || build_below(b, 2) == 0;
    k.activation = (npu_activation_t)build_below(b, NPU_ACTS);
    uint64_t pixels = (uint64_t)((in.h - 1) / k.stride_h + 1) * ((in.w - 1) / k.stride_w + 1);
    uint64_t most = WORK / (pixels * k.kernel_h * k.kernel_w * in.c);
    k.channels = from_to(b, 1, most > 70 ? 70 : most < 1 ? 1 : (uint32_t)most);
    return k;
}

int32_t build_window_conv(build_t *b, int32_t input)
{
    build_conv_t k = random_window(b, input);
    return build_conv(b, input, &k);
}

int32_t build_window_depthwise(build_t *b, int32_t input)
{
    build_conv_t k = random_window(b, input);
    return build_depthwise(b, input, &k, build_below(b, 2) == 0 ? 1 : from_to(b, 2, 5));
}

int32_t build_window_pool(build_t *b, int32_t input)
{
    build_conv_t k = random_window(b, input);
    npu_hwc_t in = npu_tensor_hwc(tensor(b, input));
    k.dilation_h = k.dilation_w = 1;
    k.same = k.same || k.kernel_h > in.h || k.kernel_w > in.w;
    return build_pool(b, input, &k, build_below(b, 2) == 0);
}

static int32_t whole_map(build_t *b, int32_t input)
{
    uint64_t elements = npu_tensor_elements(tensor(b, input));
    uint64_t most = WORK / elements;
    return build_fully_connected(b, input, from_to(b, 1, most > 70 ? 70 : (uint32_t)most + 1));
}

int32_t build_rows(build_t *b, int32_t input)
{
    npu_hwc_t in = npu_tensor_hwc(tensor(b, input));
    if (build_below(b, 3) == 0 && npu_tensor_elements(tensor(b, input)) <= 65536) {
        int32_t result = whole_map(b, input);
        b->graph.node[b->graph.nodes - 1].activation = (npu_activation_t)build_below(b, NPU_ACTS);
        return result;
    }
    build_conv_t one = {.channels = from_to(b, 1, 40), .kernel_h = 1, .kernel_w = 1};
    one.stride_h = one.stride_w = one.dilation_h = one.dilation_w = 1;
    int32_t result = build_conv(b, input, &one);
    npu_node_t *n = &b->graph.node[b->graph.nodes - 1];
    npu_tensor_t *w = &b->graph.tensor[n->input[1]];
    n->op = NPU_NODE_FULLY_CONNECTED;
    n->window = (npu_window_t){0};
    n->activation = (npu_activation_t)build_below(b, NPU_ACTS);
    w->dims = 2;
    w->shape[1] = in.c;
    w->axis = 0;
    return result;
}

/* ---- means ----------------------------------------------------------------------------------- */

int32_t build_random_mean(build_t *b, int32_t input)
{
    npu_tensor_t from = *tensor(b, input);
    uint32_t axes = from_to(b, 1, 7) << 1 & ((1u << from.dims) - 1), shape[4], dims = 0;
    bool keep = build_below(b, 2) == 0;
    if (axes == 0)
        axes = 1u << (from.dims - 1);
    for (uint32_t d = 0; d < from.dims; d++)
        if (keep || (axes >> d & 1u) == 0)
            shape[dims++] = (axes >> d & 1u) != 0 ? 1 : from.shape[d];
    int32_t to = build_tensor(b, b->type, dims, shape, from.scale[0] * 0.6f, random_zero(b));
    build_node(b, NPU_NODE_MEAN, &input, 1, to)->axes = axes;
    return to;
}
