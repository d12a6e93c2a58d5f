#include "tests/npu/compile_graph.h"

#include "tests/npu/build_math.h"
#include "tests/npu/build_move.h"
#include "tests/npu/npu_plain.h"
#include "tests/test.h"

#define MAX_TENSORS 256
#define MAX_NODES 128
#define MAX_INPUTS 32
#define GRAPH_BYTES (UINT64_C(64) << 20)

uint32_t build_below(build_t *b, uint32_t n)
{
    return sim_stream_below(&b->random, n);
}

void build_begin(build_t *b, npu_type_t type, uint64_t seed)
{
    memset(b, 0, sizeof(*b));
    ck_assert(npu_graph_init(&b->graph, GRAPH_BYTES));
    b->graph.name = "built";
    b->graph.tensor = npu_graph_alloc(&b->graph, MAX_TENSORS * sizeof(*b->graph.tensor));
    b->graph.node = npu_graph_alloc(&b->graph, MAX_NODES * sizeof(*b->graph.node));
    b->type = type;
    b->random = sim_stream(seed, 1, 0);
}

void build_end(build_t *b, const int32_t *outputs, uint32_t count)
{
    int32_t *list = npu_graph_alloc(&b->graph, count * sizeof(*list));
    char error[256];
    memcpy(list, outputs, count * sizeof(*list));
    b->graph.output = list;
    b->graph.outputs = count;
    ck_assert_msg(npu_graph_check(&b->graph, error, sizeof(error)) == SIM_OK, "%s", error);
}

void build_free(build_t *b)
{
    npu_graph_free(&b->graph);
}

/* ---- tensors --------------------------------------------------------------------------------- */

int32_t build_tensor(build_t *b, npu_type_t type, uint32_t dims, const uint32_t *shape, float scale,
                     int32_t zero_point)
{
    ck_assert_uint_lt(b->graph.tensors, MAX_TENSORS);
    int32_t number = (int32_t)b->graph.tensors++;
    npu_tensor_t *t = &b->graph.tensor[number];
    char *name = npu_graph_alloc(&b->graph, 16);
    float *s = npu_graph_alloc(&b->graph, sizeof(*s));
    int32_t *z = npu_graph_alloc(&b->graph, sizeof(*z));
    snprintf(name, 16, "t%d", number);
    *s = scale;
    *z = zero_point;
    *t = (npu_tensor_t){
        .name = name, .type = type, .dims = dims, .scales = scale > 0, .scale = s, .zero_point = z};
    memcpy(t->shape, shape, dims * sizeof(*shape));
    t->bytes = npu_tensor_elements(t) * npu_type_bytes(type);
    return number;
}

int32_t build_map(build_t *b, uint32_t h, uint32_t w, uint32_t c, float scale, int32_t zero_point)
{
    uint32_t shape[4] = {1, h, w, c};
    return build_tensor(b, b->type, 4, shape, scale, zero_point);
}

static int32_t random_zero(build_t *b)
{
    return (int32_t)build_below(b, 256) - (b->type == NPU_TYPE_INT8 ? 128 : 0);
}

int32_t build_add_input(build_t *b, int32_t tensor)
{
    int32_t *list = (int32_t *)(uintptr_t)b->graph.input; /* ours: written here only */
    if (list == NULL)
        list = npu_graph_alloc(&b->graph, MAX_INPUTS * sizeof(*list));
    ck_assert_uint_lt(b->graph.inputs, MAX_INPUTS);
    list[b->graph.inputs++] = tensor;
    b->graph.input = list;
    return tensor;
}

int32_t build_input(build_t *b, uint32_t h, uint32_t w, uint32_t c)
{
    return build_add_input(b, build_map(b, h, w, c, 0.02f, random_zero(b)));
}

void build_random_data(build_t *b, int32_t tensor)
{
    npu_tensor_t *t = &b->graph.tensor[tensor];
    uint8_t *data = npu_graph_alloc(&b->graph, t->bytes);
    for (uint64_t i = 0; i < t->bytes; i++)
        data[i] = (uint8_t)sim_stream_u32(&b->random);
    t->data = data;
}

int32_t build_constant(build_t *b, uint32_t h, uint32_t w, uint32_t c, float scale,
                       int32_t zero_point)
{
    int32_t t = build_map(b, h, w, c, scale, zero_point);
    build_random_data(b, t);
    return t;
}

/* A scale for each channel around `scale`: int8 weights. */
static void channel_scales(build_t *b, int32_t tensor, uint32_t axis, float scale)
{
    npu_tensor_t *t = &b->graph.tensor[tensor];
    uint32_t n = t->shape[axis];
    float *s = npu_graph_alloc(&b->graph, n * sizeof(*s));
    for (uint32_t i = 0; i < n; i++)
        s[i] = scale * sim_stream_range(&b->random, 0.5f, 2.0f);
    t->scale = s;
    t->zero_point = npu_graph_alloc(&b->graph, n * sizeof(*t->zero_point));
    t->scales = n;
    t->axis = axis;
}

static int32_t build_weights(build_t *b, const uint32_t *shape, uint32_t dims, uint32_t axis,
                             float scale)
{
    int32_t zero = b->type == NPU_TYPE_INT8 ? 0 : (int32_t)build_below(b, 256);
    int32_t w = build_tensor(b, b->type, dims, shape, scale, zero);
    build_random_data(b, w);
    if (b->type == NPU_TYPE_INT8 && build_below(b, 4) != 0)
        channel_scales(b, w, axis, scale);
    return w;
}

/* None at times. */
static int32_t build_bias(build_t *b, uint32_t n)
{
    if (build_below(b, 5) == 0)
        return NPU_NO_TENSOR;
    int32_t t = build_tensor(b, NPU_TYPE_INT32, 1, &n, 0.0f, 0);
    int32_t *data = npu_graph_alloc(&b->graph, n * sizeof(*data));
    for (uint32_t i = 0; i < n; i++)
        data[i] = (int32_t)build_below(b, 40000) - 20000;
    b->graph.tensor[t].data = (const uint8_t *)data;
    return t;
}

npu_node_t *build_node(build_t *b, npu_node_op_t op, const int32_t *inputs, uint32_t count,
                       int32_t output)
{
    ck_assert_uint_lt(b->graph.nodes, MAX_NODES);
    npu_node_t *n = &b->graph.node[b->graph.nodes++];
    int32_t *list = npu_graph_alloc(&b->graph, (count + 1) * sizeof(*list));
    memcpy(list, inputs, count * sizeof(*list));
    list[count] = output;
    *n = (npu_node_t){.op = op,
                      .name = b->graph.tensor[output].name,
                      .inputs = count,
                      .outputs = 1,
                      .input = list,
                      .output = list + count};
    return n;
}

/* ---- layers ---------------------------------------------------------------------------------- */

static npu_hwc_t size_of(const build_t *b, int32_t tensor)
{
    return npu_tensor_hwc(&b->graph.tensor[tensor]);
}

static float scale_of(const build_t *b, int32_t tensor)
{
    return b->graph.tensor[tensor].scale[0];
}

static int32_t zero_of(const build_t *b, int32_t tensor)
{
    return b->graph.tensor[tensor].zero_point[0];
}

static uint32_t pad_axis(bool same, uint32_t size, uint32_t kernel, uint32_t stride,
                         uint32_t dilation, uint32_t *before, uint32_t *after)
{
    uint32_t reach = npu_window_reach(kernel, dilation);
    *before = *after = 0;
    if (!same) {
        ck_assert_uint_ge(size, reach);
        return (size - reach) / stride + 1;
    }
    uint32_t outputs = (size + stride - 1) / stride;
    uint32_t needed = (outputs - 1) * stride + reach;
    uint32_t total = needed > size ? needed - size : 0;
    *before = total / 2;
    *after = total - total / 2;
    return outputs;
}

/* Height and width of the result of a window. */
static npu_hwc_t set_window(const build_conv_t *k, npu_hwc_t in, npu_window_t *w)
{
    *w = (npu_window_t){.kernel_h = k->kernel_h,
                        .kernel_w = k->kernel_w,
                        .stride_h = k->stride_h,
                        .stride_w = k->stride_w,
                        .dilation_h = k->dilation_h,
                        .dilation_w = k->dilation_w};
    npu_hwc_t out = {0, 0, k->channels};
    out.h = pad_axis(k->same, in.h, k->kernel_h, k->stride_h, k->dilation_h, &w->pad_top,
                     &w->pad_bottom);
    out.w = pad_axis(k->same, in.w, k->kernel_w, k->stride_w, k->dilation_w, &w->pad_left,
                     &w->pad_right);
    return out;
}

#define OUT_SCALE 0.04f

/* A weight scale that spreads sums of n products over the codes of OUT_SCALE. */
static float weight_scale(const build_t *b, int32_t input, uint32_t n)
{
    float root = 1.0f; /* about the square root of n: precision does not matter */
    while (root * root < (float)n)
        root *= 1.2f;
    return OUT_SCALE * 45.0f / (74.0f * 74.0f * root * scale_of(b, input));
}

int32_t build_conv(build_t *b, int32_t input, const build_conv_t *k)
{
    npu_hwc_t in = size_of(b, input);
    npu_window_t window;
    npu_hwc_t out = set_window(k, in, &window);
    uint32_t shape[4] = {k->channels, k->kernel_h, k->kernel_w, in.c};
    float scale = weight_scale(b, input, in.c * k->kernel_h * k->kernel_w);
    int32_t list[3] = {input, build_weights(b, shape, 4, 0, scale), build_bias(b, k->channels)};
    int32_t result = build_map(b, out.h, out.w, out.c, OUT_SCALE, random_zero(b));
    npu_node_t *n = build_node(b, NPU_NODE_CONV_2D, list, 3, result);
    n->window = window;
    n->activation = k->activation;
    return result;
}

int32_t build_depthwise(build_t *b, int32_t input, const build_conv_t *k, uint32_t multiplier)
{
    npu_hwc_t in = size_of(b, input);
    npu_window_t window;
    npu_hwc_t out = set_window(k, in, &window);
    out.c = in.c * multiplier;
    uint32_t shape[4] = {1, k->kernel_h, k->kernel_w, out.c};
    float scale = weight_scale(b, input, k->kernel_h * k->kernel_w);
    int32_t list[3] = {input, build_weights(b, shape, 4, 3, scale), build_bias(b, out.c)};
    int32_t result = build_map(b, out.h, out.w, out.c, OUT_SCALE, random_zero(b));
    npu_node_t *n = build_node(b, NPU_NODE_DEPTHWISE_CONV_2D, list, 3, result);
    n->window = window;
    n->activation = k->activation;
    n->depth_multiplier = multiplier;
    return result;
}

int32_t build_pool(build_t *b, int32_t input, const build_conv_t *k, bool average)
{
    npu_hwc_t in = size_of(b, input);
    npu_window_t window;
    npu_hwc_t out = set_window(k, in, &window);
    int32_t result = build_map(b, out.h, out.w, in.c, scale_of(b, input), zero_of(b, input));
    npu_node_t *n =
        build_node(b, average ? NPU_NODE_AVERAGE_POOL_2D : NPU_NODE_MAX_POOL_2D, &input, 1, result);
    n->window = window;
    n->activation = k->activation;
    return result;
}

int32_t build_fully_connected(build_t *b, int32_t input, uint32_t channels)
{
    uint32_t count = (uint32_t)npu_tensor_elements(&b->graph.tensor[input]);
    uint32_t shape[2] = {channels, count};
    float scale = weight_scale(b, input, count);
    int32_t list[3] = {input, build_weights(b, shape, 2, 0, scale), build_bias(b, channels)};
    uint32_t to[2] = {1, channels};
    int32_t result = build_tensor(b, b->type, 2, to, OUT_SCALE, random_zero(b));
    build_node(b, NPU_NODE_FULLY_CONNECTED, list, 3, result);
    return result;
}

int32_t build_elementwise(build_t *b, npu_node_op_t op, int32_t left, int32_t right)
{
    npu_hwc_t l = size_of(b, left), r = size_of(b, right);
    float sl = scale_of(b, left), sr = scale_of(b, right);
    float scale = op == NPU_NODE_MUL ? sl * sr * 90.0f : (sl > sr ? sl : sr) * 1.3f;
    int32_t list[2] = {left, right};
    int32_t result = build_map(b, l.h > r.h ? l.h : r.h, l.w > r.w ? l.w : r.w,
                               l.c > r.c ? l.c : r.c, scale, random_zero(b));
    npu_node_t *n = build_node(b, op, list, 2, result);
    n->activation = (npu_activation_t)build_below(b, NPU_ACTS);
    return result;
}

int32_t build_unary(build_t *b, npu_node_op_t op, int32_t input)
{
    npu_tensor_t from = b->graph.tensor[input];
    float scale = from.scale[0] * sim_stream_range(&b->random, 0.7f, 1.5f);
    int32_t zero = random_zero(b);
    if (op == NPU_NODE_SOFTMAX || op == NPU_NODE_LOGISTIC) {
        scale = 1.0f / 256;
        zero = b->type == NPU_TYPE_INT8 ? -128 : 0;
    } else if (op == NPU_NODE_TANH) {
        scale = 1.0f / 128;
        zero = b->type == NPU_TYPE_INT8 ? 0 : 128;
    } else if (op == NPU_NODE_RELU6) {
        scale = from.scale[0];
        zero = from.zero_point[0];
    }
    int32_t result = build_tensor(b, b->type, from.dims, from.shape, scale, zero);
    npu_node_t *n = build_node(b, op, &input, 1, result);
    n->beta = op == NPU_NODE_SOFTMAX ? sim_stream_range(&b->random, 0.5f, 2.0f) : 0.0f;
    return result;
}

int32_t build_mean(build_t *b, int32_t input)
{
    npu_hwc_t in = size_of(b, input);
    int32_t result = build_map(b, 1, 1, in.c, scale_of(b, input) * 0.5f, random_zero(b));
    build_node(b, NPU_NODE_MEAN, &input, 1, result)->axes = 0x6; /* of N H W C */
    return result;
}

int32_t build_pad(build_t *b, int32_t input, uint32_t pad[3][2])
{
    npu_hwc_t in = size_of(b, input);
    int32_t result = build_map(b, in.h + pad[0][0] + pad[0][1], in.w + pad[1][0] + pad[1][1],
                               in.c + pad[2][0] + pad[2][1], scale_of(b, input), zero_of(b, input));
    memcpy(build_node(b, NPU_NODE_PAD, &input, 1, result)->pad[1], pad, 3 * sizeof(*pad));
    return result;
}

int32_t build_concatenation(build_t *b, const int32_t *inputs, uint32_t count, uint32_t axis)
{
    npu_hwc_t size = size_of(b, inputs[0]);
    for (uint32_t i = 1; i < count; i++) {
        npu_hwc_t more = size_of(b, inputs[i]);
        size.h += axis == 1 ? more.h : 0;
        size.w += axis == 2 ? more.w : 0;
        size.c += axis == 3 ? more.c : 0;
    }
    int32_t result =
        build_map(b, size.h, size.w, size.c, scale_of(b, inputs[0]), zero_of(b, inputs[0]));
    build_node(b, NPU_NODE_CONCATENATION, inputs, count, result)->axis = axis;
    return result;
}

int32_t build_reshape(build_t *b, int32_t input, uint32_t h, uint32_t w, uint32_t c)
{
    int32_t result = build_map(b, h, w, c, scale_of(b, input), zero_of(b, input));
    build_node(b, NPU_NODE_RESHAPE, &input, 1, result);
    return result;
}

/* ---- at random ------------------------------------------------------------------------------- */

static uint32_t from_to(build_t *b, uint32_t low, uint32_t high)
{
    return low + build_below(b, high - low + 1);
}

static build_conv_t random_window(build_t *b, int32_t input)
{
    npu_hwc_t in = size_of(b, input);
    build_conv_t k = {.channels = from_to(b, 1, build_below(b, 3) == 0 ? 100 : 33)};
    k.same = build_below(b, 2) == 0;
    k.dilation_h = k.dilation_w = build_below(b, 4) == 0 ? 2 : 1;
    k.kernel_h = from_to(b, 1, 5);
    k.kernel_w = build_below(b, 3) == 0 ? from_to(b, 1, 4) : k.kernel_h;
    k.stride_h = from_to(b, 1, 3);
    k.stride_w = build_below(b, 3) == 0 ? from_to(b, 1, 3) : k.stride_h;
    k.activation = (npu_activation_t)build_below(b, NPU_ACTS);
    if (!k.same && npu_window_reach(k.kernel_h, k.dilation_h) > in.h)
        k.kernel_h = 1;
    if (!k.same && npu_window_reach(k.kernel_w, k.dilation_w) > in.w)
        k.kernel_w = 1;
    return k;
}

static int32_t random_pad(build_t *b, int32_t input)
{
    uint32_t pad[3][2];
    for (uint32_t i = 0; i < 6; i++)
        pad[i / 2][i % 2] = build_below(b, 3);
    return build_pad(b, input, pad);
}

/* A constant operand: a whole map, one value a channel, or one value. */
static int32_t random_operand(build_t *b, int32_t input)
{
    npu_hwc_t in = size_of(b, input);
    uint32_t kind = build_below(b, 3);
    return build_constant(b, kind == 0 ? in.h : 1, kind == 0 ? in.w : 1, kind == 2 ? 1 : in.c,
                          0.03f, random_zero(b));
}

static int32_t random_elementwise(build_t *b, int32_t input)
{
    static const npu_node_op_t ops[] = {NPU_NODE_ADD, NPU_NODE_SUB, NPU_NODE_MUL};
    npu_node_op_t op = ops[build_below(b, 3)];
    if (build_below(b, 2) == 0)
        return build_elementwise(b, op, input, random_operand(b, input));
    return build_elementwise(b, op, input, build_unary(b, NPU_NODE_RELU, input));
}

static int32_t random_reshape(build_t *b, int32_t input)
{
    npu_hwc_t in = size_of(b, input);
    if (in.w * in.c > 65536)
        return build_unary(b, NPU_NODE_RELU, input);
    return build_below(b, 2) == 0 ? build_reshape(b, input, in.w, in.h, in.c)
                                  : build_reshape(b, input, 1, in.h, in.w * in.c);
}

static int32_t random_concatenation(build_t *b, int32_t input)
{
    int32_t list[3] = {input, build_unary(b, NPU_NODE_RELU6, input), input};
    return build_concatenation(b, list, from_to(b, 2, 3), from_to(b, 1, 3));
}

static int32_t random_layer(build_t *b, int32_t input)
{
    build_conv_t k = random_window(b, input);
    switch (build_below(b, 19)) {
    case 0:
    case 1:
    case 2:
        return build_conv(b, input, &k);
    case 3:
    case 4:
        return build_depthwise(b, input, &k, 1);
    case 5:
        return build_depthwise(b, input, &k, from_to(b, 2, 5));
    case 6:
        k.dilation_h = k.dilation_w = 1;
        return build_pool(b, input, &k, build_below(b, 2) == 0);
    case 7:
        return random_elementwise(b, input);
    case 8:
        return random_pad(b, input);
    case 9:
        return random_concatenation(b, input);
    case 10:
        return random_reshape(b, input);
    case 11:
        return build_unary(b, build_below(b, 2) == 0 ? NPU_NODE_LOGISTIC : NPU_NODE_QUANTIZE,
                           input);
    case 12:
        return build_unary(b, NPU_NODE_RELU, input);
    case 13:
    case 14:
    case 15:
    case 16:
    case 17:
        return build_random_move_layer(b, input);
    default:
        return build_unary(b, NPU_NODE_SOFTMAX, input);
    }
}

void build_random(build_t *b, uint64_t seed)
{
    build_begin(b, seed % 3 == 0 ? NPU_TYPE_UINT8 : NPU_TYPE_INT8, seed);
    static const uint32_t channels[] = {1, 3, 4, 2, 33};
    bool wide = build_below(b, 4) == 0; /* then a row of a tile may not fit L1 */
    uint32_t w = wide ? from_to(b, 60, 200) : from_to(b, 1, 20);
    int32_t at =
        build_input(b, from_to(b, 1, wide ? 5 : 20), w, channels[build_below(b, wide ? 3 : 5)]);
    int32_t outputs[2] = {at, at};
    uint32_t layers = from_to(b, 1, 5);
    for (uint32_t i = 0; i < layers; i++) {
        npu_hwc_t size = size_of(b, at);
        if (i > 0 && (uint64_t)size.h * size.w * size.c > 60000)
            break;
        at = random_layer(b, at);
        outputs[build_below(b, 2)] = at;
    }
    bool small = npu_tensor_elements(&b->graph.tensor[at]) < 20000;
    if (build_below(b, 4) == 0)
        at = small && build_below(b, 2) == 0 ? build_fully_connected(b, at, 17) : build_mean(b, at);
    outputs[0] = at;
    bool two = outputs[1] != outputs[0] && outputs[1] != b->graph.input[0];
    build_end(b, outputs, two ? 2 : 1);
}

/* Maps of one size and vectors, in any order; the first of the maps may be the image. */
static int32_t random_end(build_t *b, npu_hwc_t size)
{
    uint32_t vector[2] = {1, from_to(b, 1, 70)};
    if (build_below(b, 3) == 0)
        return build_add_input(
            b, build_tensor(b, b->type, build_below(b, 2) + 1, vector, 0.02f, random_zero(b)));
    return build_input(b, size.h, size.w, size.c);
}

void build_random_ends(build_t *b, uint64_t seed)
{
    static const uint32_t channels[] = {1, 3, 4, 2, 33, 64};
    build_begin(b, seed % 3 == 0 ? NPU_TYPE_UINT8 : NPU_TYPE_INT8, seed);
    npu_hwc_t size = {from_to(b, 1, 9), from_to(b, 1, 9), channels[build_below(b, 6)]};
    uint32_t inputs = from_to(b, 2, 16), outputs = 0;
    int32_t output[16], sum = NPU_NO_TENSOR;
    for (uint32_t i = 0; i < inputs; i++)
        random_end(b, size);
    for (uint32_t i = 0; i < inputs; i++) {
        int32_t in = b->graph.input[i];
        if (b->graph.tensor[in].dims < 4)
            output[outputs++] = build_fully_connected(b, in, from_to(b, 1, 40));
        else if (sum == NPU_NO_TENSOR || build_below(b, 3) == 0)
            output[outputs++] = build_unary(b, NPU_NODE_RELU, in);
        else
            output[outputs++] = build_elementwise(b, NPU_NODE_ADD, sum, in);
        if (b->graph.tensor[in].dims == 4)
            sum = output[outputs - 1];
    }
    if (sum != NPU_NO_TENSOR)
        output[build_below(b, outputs)] = random_layer(b, sum);
    build_end(b, output, from_to(b, 1, outputs));
}

/* ---- windows, each with what may be fused into it ---------------------------------------------
 */

static int32_t chain_pad(build_t *b, int32_t at)
{
    uint32_t pad[3][2] = {{0}};
    for (uint32_t i = 0; i < 4; i++)
        pad[i / 2][i % 2] = build_below(b, 4);
    return build_pad(b, at, pad);
}

static int32_t chain_window(build_t *b, int32_t at)
{
    build_conv_t k = {.channels = 1 + build_below(b, 70), .dilation_h = 1, .dilation_w = 1};
    npu_hwc_t size = size_of(b, at);
    k.same = build_below(b, 2) == 0;
    k.kernel_h = !k.same && size.h < 5 ? 1 : 1 + build_below(b, 4);
    k.kernel_w = !k.same && size.w < 5 ? 1 : 1 + build_below(b, 4);
    k.stride_h = k.stride_w = 1 + build_below(b, 2);
    k.activation = (npu_activation_t)build_below(b, NPU_ACTS);
    if (build_below(b, 8) == 0)
        return build_pool(b, at, &k, build_below(b, 2) == 0);
    if (build_below(b, 12) == 0 && size.h * size.w < 200)
        return build_transpose_conv(b, at);
    return build_below(b, 3) == 0 ? build_depthwise(b, at, &k, 1) : build_conv(b, at, &k);
}

/* With a constant, with what came before, or with another function of the same. */
static int32_t chain_arithmetic(build_t *b, int32_t at, int32_t before)
{
    static const npu_node_op_t ops[] = {NPU_NODE_ADD, NPU_NODE_SUB, NPU_NODE_MUL};
    npu_hwc_t size = size_of(b, at), other = size_of(b, before);
    bool same = size.h == other.h && size.w == other.w && size.c == other.c;
    uint32_t kind = build_below(b, 3);
    int32_t with = same ? before
                        : build_constant(b, kind == 0 ? size.h : 1, kind == 0 ? size.w : 1,
                                         kind == 2 ? 1 : size.c, 0.03f, 5);
    npu_node_op_t op = ops[build_below(b, 3)];
    return build_below(b, 2) == 0 ? build_elementwise(b, op, at, with)
                                  : build_elementwise(b, op, with, at);
}

static int32_t chain_follower(build_t *b, int32_t at, int32_t before)
{
    static const npu_node_op_t ops[] = {NPU_NODE_RELU, NPU_NODE_RELU6, NPU_NODE_LOGISTIC,
                                        NPU_NODE_QUANTIZE};
    switch (build_below(b, 5)) {
    case 0:
        return chain_arithmetic(b, at, before);
    case 4:
        return build_elementwise(b, NPU_NODE_MUL, at, build_unary(b, NPU_NODE_LOGISTIC, at));
    case 1:
        return build_random_pair(b, at);
    case 2:
        return build_random_function(b, at);
    default:
        return build_unary(b, ops[build_below(b, 4)], at);
    }
}

void build_random_chain(build_t *b, uint64_t seed)
{
    static const uint32_t channels[] = {3, 8, 33};
    build_begin(b, seed % 3 == 0 ? NPU_TYPE_UINT8 : NPU_TYPE_INT8, seed);
    int32_t at =
        build_input(b, 3 + build_below(b, 14), 3 + build_below(b, 14), channels[build_below(b, 3)]);
    int32_t outputs[2] = {at, at};
    for (uint32_t i = 1 + build_below(b, 3); i > 0; i--) {
        int32_t before = at;
        if (build_below(b, 2) == 0)
            at = chain_pad(b, at);
        at = chain_window(b, at);
        for (uint32_t k = build_below(b, 5); k > 0; k--)
            at = chain_follower(b, at, before);
        outputs[build_below(b, 2)] = at;
    }
    outputs[0] = at;
    build_end(b, outputs, outputs[1] != at && outputs[1] != b->graph.input[0] ? 2 : 1);
}

npu_desc_t build_desc(build_t *b, uint64_t seed)
{
    static const uint32_t bytes[] = {4096, 6144, 16384, 20000, 65536};
    npu_desc_t desc = npu_plain_desc();
    for (uint32_t m = 0; seed % 4 != 0 && m < NPU_MEMS; m++)
        desc.mem_bytes[m] = bytes[build_below(b, 5)];
    desc.layout_nodes = seed % 3 == 0;
    if (seed % 3 != 2)
        desc.overlap = build_below(b, NPU_OVERLAP_ALL + 1);
    return desc;
}
