/*
 * topology_build.c - operators of a layer list: tensors, weights from a seed, nodes.
 *
 * Every tensor carries the root mean square that its values can be expected to have; weight scales
 * are chosen from it such that a convolution's results have TARGET.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "npu/compiler/topology_int.h"
#include "sim/rng.h"

#define MAX_WEIGHTS (UINT64_C(256) << 20)
#define SCALE 0.05f         /* of activations */
#define TARGET 0.8f         /* root mean square of results: 16 codes */
#define AFTER_RELU 0.70711f /* what is left of it: half the values are 0 */
#define LEAST 0.02f         /* codes are whole */
#define MOST 6.4f           /* and end at 127 */
#define WEIGHTS_PURPOSE 0x746f706fu

void *topo_take(topo_t *t, uint64_t bytes)
{
    void *at = npu_graph_alloc(t->graph, bytes);
    if (at == NULL)
        topo_fail(&t->line, "the network needs more than %llu MiB",
                  (unsigned long long)(TOPO_MAX_BYTES >> 20));
    return at;
}

const char *topo_copy_text(topo_t *t, const char *text)
{
    char *copy = topo_take(t, strlen(text) + 1);
    if (copy != NULL)
        memcpy(copy, text, strlen(text) + 1);
    return copy;
}

/* ---- tensors --------------------------------------------------------------------------------- */

/* A tensor with one scale; -1 after a failure. */
static int32_t add_tensor(topo_t *t, const char *name, npu_type_t type, uint32_t dims,
                          const uint32_t *shape, float scale, int32_t zero)
{
    npu_graph_t *g = t->graph;
    float *s = topo_take(t, sizeof(*s));
    int32_t *z = topo_take(t, sizeof(*z));
    const char *copy = topo_copy_text(t, name);
    if (s == NULL || z == NULL || copy == NULL)
        return -1;
    if (g->tensors == NPU_GRAPH_MAX_TENSORS) {
        topo_fail(&t->line, "more than %d tensors", NPU_GRAPH_MAX_TENSORS);
        return -1;
    }
    npu_tensor_t *tensor = &g->tensor[g->tensors];
    *s = scale;
    *z = zero;
    *tensor = (npu_tensor_t){
        .name = copy, .type = type, .dims = dims, .scales = 1, .scale = s, .zero_point = z};
    memcpy(tensor->shape, shape, dims * sizeof(shape[0]));
    tensor->bytes = npu_tensor_elements(tensor) * npu_type_bytes(type);
    if (tensor->bytes > UINT64_C(1) << 30)
        topo_fail(&t->line, "\"%s\" has %llu bytes, expected at most 2^30", name,
                  (unsigned long long)tensor->bytes);
    return (int32_t)g->tensors++;
}

static npu_hwc_t size_of(const topo_t *t, int32_t tensor)
{
    return npu_tensor_hwc(&t->graph->tensor[tensor]);
}

static npu_hwc_t in_size(const topo_t *t)
{
    return size_of(t, t->input[0]);
}

static int32_t add_map(topo_t *t, const char *name, npu_hwc_t size, float scale, int32_t zero)
{
    const uint32_t shape[] = {1, size.h, size.w, size.c};
    return add_tensor(t, name, NPU_TYPE_INT8, 4, shape, scale, zero);
}

int32_t topo_add_input(topo_t *t, const char *name, npu_hwc_t size)
{
    int32_t tensor = t->line.failed ? -1 : add_map(t, name, size, SCALE, 0);
    if (tensor >= 0)
        t->rms[tensor] = 73.0f * SCALE; /* any code is as likely as another */
    return tensor;
}

/* Uniform codes of `bits` bits, symmetric; their root mean square. */
static float fill_weights(topo_t *t, uint8_t *at, uint64_t count, uint32_t bits)
{
    uint32_t top = (1u << (bits - 1)) - 1, word[256];
    sim_rng_t rng = {.seed = t->seed, .purpose = WEIGHTS_PURPOSE, .frame = t->graph->nodes};
    for (uint64_t done = 0; done < count; rng.row++) {
        sim_rng_fill_u32(&rng, 0, 256, word);
        for (uint32_t i = 0; i < sizeof(word) && done < count; i++) {
            uint32_t byte = word[i / 4] >> 8 * (i % 4) & 255u;
            at[done++] = (uint8_t)((int32_t)(byte * (2 * top + 1) >> 8) - (int32_t)top);
        }
    }
    return sqrtf((float)(top * (top + 1)) / 3.0f);
}

static uint8_t *constant_data(topo_t *t, int32_t tensor)
{
    npu_tensor_t *c = &t->graph->tensor[tensor];
    uint8_t *data = t->line.failed ? NULL : topo_take(t, c->bytes);
    c->data = data;
    return data;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

/* The line's node; its results are layers. */
static npu_node_t *add_node_of(topo_t *t, const int32_t *inputs, uint32_t count,
                               const int32_t *outputs, uint32_t results, float rms)
{
    npu_graph_t *g = t->graph;
    int32_t *operand = topo_take(t, (count + results) * sizeof(*operand));
    if (operand == NULL || t->line.failed)
        return &t->nowhere;
    memcpy(operand, inputs, count * sizeof(*operand));
    memcpy(operand + count, outputs, results * sizeof(*operand));
    npu_node_t *n = &g->node[g->nodes++];
    *n = (npu_node_t){.op = t->op->op,
                      .name = g->tensor[outputs[0]].name,
                      .inputs = count,
                      .outputs = results,
                      .input = operand,
                      .output = operand + count,
                      .activation = t->keys.activation,
                      .beta = 1.0f};
    rms *= t->keys.activation == NPU_ACT_NONE ? 1.0f : AFTER_RELU;
    for (uint32_t i = 0; i < results; i++) {
        t->rms[outputs[i]] = rms < LEAST ? LEAST : rms > MOST ? MOST : rms;
        topo_add_layer(t, outputs[i]);
    }
    return n;
}

static npu_node_t *add_node(topo_t *t, const int32_t *inputs, uint32_t count, int32_t output,
                            float rms)
{
    return add_node_of(t, inputs, count, &output, 1, rms);
}

static const char *layer_name(const topo_t *t)
{
    return t->line.word[0];
}

/* Along one axis: padding before and after, and results. */
static uint32_t window_axis(topo_t *t, uint32_t axis, uint32_t size, uint32_t pad[2])
{
    const topo_keys_t *k = &t->keys;
    uint32_t stride = k->stride[axis], reach = npu_window_reach(k->kernel[axis], k->dilation[axis]);
    uint32_t results = (size + stride - 1) / stride;
    pad[0] = k->pad_mode == TOPO_PAD_GIVEN ? k->pad[axis] : 0;
    pad[1] = k->pad_mode == TOPO_PAD_GIVEN ? k->pad[axis + 2] : 0;
    if (k->pad_mode == TOPO_PAD_SAME) { /* TensorFlow's rule */
        uint32_t span = (results - 1) * stride + reach;
        uint32_t total = span > size ? span - size : 0;
        pad[0] = total / 2;
        pad[1] = total - pad[0];
    }
    if (size + pad[0] + pad[1] < reach) {
        topo_fail(&t->line, "a window of %u does not fit %u with padding %u and %u", reach, size,
                  pad[0], pad[1]);
        return 1;
    }
    return (size + pad[0] + pad[1] - reach) / stride + 1;
}

static npu_window_t window_of(topo_t *t, npu_hwc_t *out)
{
    npu_hwc_t in = in_size(t);
    const topo_keys_t *k = &t->keys;
    uint32_t rows[2], cols[2];
    out->h = window_axis(t, 0, in.h, rows);
    out->w = window_axis(t, 1, in.w, cols);
    return (npu_window_t){.kernel_h = k->kernel[0],
                          .kernel_w = k->kernel[1],
                          .stride_h = k->stride[0],
                          .stride_w = k->stride[1],
                          .dilation_h = k->dilation[0],
                          .dilation_w = k->dilation[1],
                          .pad_top = rows[0],
                          .pad_bottom = rows[1],
                          .pad_left = cols[0],
                          .pad_right = cols[1]};
}

/* ---- convolutions ---------------------------------------------------------------------------- */

/* Weights of `shape` and a bias of `outputs`; `sum` products make one result. */
static void add_weights(topo_t *t, uint32_t dims, const uint32_t *shape, uint32_t outputs,
                        uint64_t sum, int32_t operand[3])
{
    npu_graph_t *g = t->graph;
    uint32_t bits = t->keys.bits != 0 ? t->keys.bits : t->bits;
    char name[TOPO_WORD_BYTES + 16];
    snprintf(name, sizeof(name), "%s/weights", layer_name(t));
    operand[0] = t->input[0];
    operand[1] = add_tensor(t, name, NPU_TYPE_INT8, dims, shape, 1.0f, 0);
    snprintf(name, sizeof(name), "%s/bias", layer_name(t));
    operand[2] = add_tensor(t, name, NPU_TYPE_INT32, 1, &outputs, 1.0f, 0);
    if (t->line.failed)
        return;
    t->weights += g->tensor[operand[1]].bytes;
    if (t->weights > MAX_WEIGHTS) {
        topo_fail(&t->line, "weights need more than %llu MiB",
                  (unsigned long long)(MAX_WEIGHTS >> 20));
        return;
    }
    uint8_t *data = constant_data(t, operand[1]), *bias = constant_data(t, operand[2]);
    if (data == NULL || bias == NULL)
        return;
    float codes = fill_weights(t, data, g->tensor[operand[1]].bytes, bits);
    float in_scale = g->tensor[t->input[0]].scale[0], rms = t->rms[t->input[0]];
    float *scale = topo_take(t, 2 * sizeof(*scale));
    if (scale == NULL)
        return;
    scale[0] = TARGET / (rms * sqrtf((float)sum) * codes);
    scale[1] = scale[0] * in_scale;
    g->tensor[operand[1]].scale = &scale[0];
    g->tensor[operand[2]].scale = &scale[1];
    int32_t most = (int32_t)(TARGET / 4 / scale[1]);
    sim_stream_t random = sim_stream(t->seed, WEIGHTS_PURPOSE + 1, g->nodes);
    for (uint32_t o = 0; o < outputs; o++) {
        int32_t value = (int32_t)sim_stream_below(&random, 2 * (uint32_t)most + 1) - most;
        for (uint32_t b = 0; b < 4; b++)
            bias[4 * o + b] = (uint8_t)((uint32_t)value >> 8 * b);
    }
}

static uint32_t bits_of(const topo_t *t)
{
    return t->keys.bits != 0 ? t->keys.bits : t->bits;
}

static void build_conv(topo_t *t)
{
    npu_hwc_t in = in_size(t), out = {.c = t->keys.channels};
    npu_window_t window = window_of(t, &out);
    const uint32_t shape[] = {out.c, window.kernel_h, window.kernel_w, in.c};
    int32_t operand[3];
    add_weights(t, 4, shape, out.c, (uint64_t)window.kernel_h * window.kernel_w * in.c, operand);
    npu_node_t *n = add_node(t, operand, 3, add_map(t, layer_name(t), out, SCALE, 0), TARGET);
    n->window = window;
    n->weight_bits = bits_of(t);
}

/* Along one axis: results of a transposed convolution, and the padding of the convolution that it
 * undoes. SAME is TensorFlow's: `stride` results for each pixel. */
static uint32_t unwind_axis(topo_t *t, uint32_t axis, uint32_t size, uint32_t pad[2])
{
    const topo_keys_t *k = &t->keys;
    uint64_t whole = (uint64_t)(size - 1) * k->stride[axis] + k->kernel[axis];
    uint64_t same = (uint64_t)size * k->stride[axis];
    pad[0] = k->pad_mode == TOPO_PAD_GIVEN ? k->pad[axis] : 0;
    pad[1] = k->pad_mode == TOPO_PAD_GIVEN ? k->pad[axis + 2] : 0;
    if (k->pad_mode == TOPO_PAD_SAME && whole > same) {
        pad[0] = (uint32_t)(whole - same) / 2;
        pad[1] = (uint32_t)(whole - same) - pad[0];
    }
    uint64_t results = k->pad_mode == TOPO_PAD_SAME ? same : whole - pad[0] - pad[1];
    if (whole <= (uint64_t)pad[0] + pad[1] || results > 65536) {
        topo_fail(&t->line, "padding %u and %u of %llu results, expected 1..65536 to be left",
                  pad[0], pad[1], (unsigned long long)whole);
        return 1;
    }
    return (uint32_t)results;
}

static void build_transpose_conv(topo_t *t)
{
    npu_hwc_t in = in_size(t), out = {.c = t->keys.channels};
    const topo_keys_t *k = &t->keys;
    uint32_t rows[2], cols[2];
    out.h = unwind_axis(t, 0, in.h, rows);
    out.w = unwind_axis(t, 1, in.w, cols);
    const uint32_t shape[] = {out.c, k->kernel[0], k->kernel[1], in.c};
    uint64_t taps = (uint64_t)k->kernel[0] * k->kernel[1], step = k->stride[0] * k->stride[1];
    int32_t operand[3];
    add_weights(t, 4, shape, out.c, (taps + step - 1) / step * in.c, operand);
    npu_node_t *n = add_node(t, operand, 3, add_map(t, layer_name(t), out, SCALE, 0), TARGET);
    n->weight_bits = bits_of(t);
    n->window = (npu_window_t){.kernel_h = k->kernel[0],
                               .kernel_w = k->kernel[1],
                               .stride_h = k->stride[0],
                               .stride_w = k->stride[1],
                               .dilation_h = 1,
                               .dilation_w = 1,
                               .pad_top = rows[0],
                               .pad_bottom = rows[1],
                               .pad_left = cols[0],
                               .pad_right = cols[1]};
}

static void build_depthwise(topo_t *t)
{
    npu_hwc_t in = in_size(t), out = {.c = in.c * t->keys.mult};
    npu_window_t window = window_of(t, &out);
    const uint32_t shape[] = {1, window.kernel_h, window.kernel_w, out.c};
    int32_t operand[3];
    add_weights(t, 4, shape, out.c, (uint64_t)window.kernel_h * window.kernel_w, operand);
    npu_node_t *n = add_node(t, operand, 3, add_map(t, layer_name(t), out, SCALE, 0), TARGET);
    n->window = window;
    n->depth_multiplier = t->keys.mult;
    n->weight_bits = bits_of(t);
}

static void build_fully_connected(topo_t *t)
{
    uint64_t in = npu_tensor_elements(&t->graph->tensor[t->input[0]]);
    if (in > 1u << 24) {
        topo_fail(&t->line, "%llu inputs, expected at most 2^24", (unsigned long long)in);
        return;
    }
    const uint32_t shape[] = {t->keys.channels, (uint32_t)in}, result[] = {1, t->keys.channels};
    int32_t operand[3];
    add_weights(t, 2, shape, t->keys.channels, in, operand);
    int32_t out = add_tensor(t, layer_name(t), NPU_TYPE_INT8, 2, result, SCALE, 0);
    add_node(t, operand, 3, out, TARGET)->weight_bits = bits_of(t);
}

/* ---- the rest -------------------------------------------------------------------------------- */

/* A result like input 0 in scale and zero point. */
static int32_t add_like_input(topo_t *t, npu_hwc_t size)
{
    const npu_tensor_t *in = &t->graph->tensor[t->input[0]];
    return add_map(t, layer_name(t), size, in->scale[0], in->zero_point[0]);
}

static void build_pool(topo_t *t)
{
    npu_hwc_t out = {.c = in_size(t).c};
    npu_window_t window = window_of(t, &out);
    float rms = t->rms[t->input[0]];
    add_node(t, t->input, 1, add_like_input(t, out), rms)->window = window;
}

static void build_global_pool(topo_t *t)
{
    npu_hwc_t in = in_size(t);
    t->keys.kernel[0] = in.h;
    t->keys.kernel[1] = in.w;
    t->keys.pad_mode = TOPO_PAD_VALID;
    build_pool(t);
}

/* Whether input 0 has height, width and channels. */
static bool is_map(topo_t *t)
{
    const npu_tensor_t *in = &t->graph->tensor[t->input[0]];
    return in->dims == 4 || topo_fail(&t->line, "\"%s\" is no map", in->name);
}

static void build_mean(topo_t *t)
{
    npu_hwc_t out = {1, 1, in_size(t).c};
    if (is_map(t))
        add_node(t, t->input, 1, add_like_input(t, out), t->rms[t->input[0]])->axes = 6; /* h, w */
}

static void build_binary(topo_t *t)
{
    float a = t->rms[t->input[0]], b = t->rms[t->input[1]];
    float rms = t->op->op == NPU_NODE_MUL ? a * b : sqrtf(a * a + b * b);
    add_node(t, t->input, 2, add_map(t, layer_name(t), in_size(t), SCALE, 0), rms);
}

static void build_concatenation(topo_t *t)
{
    const npu_tensor_t *first = &t->graph->tensor[t->input[0]];
    npu_hwc_t out = in_size(t);
    uint32_t *along = t->keys.axis == 1 ? &out.h : t->keys.axis == 2 ? &out.w : &out.c;
    float rms = t->rms[t->input[0]];
    for (uint32_t i = 1; i < t->inputs; i++) {
        const npu_tensor_t *in = &t->graph->tensor[t->input[i]];
        npu_hwc_t size = npu_tensor_hwc(in);
        if (in->scale[0] != first->scale[0] || in->zero_point[0] != first->zero_point[0])
            topo_fail(&t->line, "\"%s\" and \"%s\" have different scales", in->name, first->name);
        *along += t->keys.axis == 1 ? size.h : t->keys.axis == 2 ? size.w : size.c;
        rms = rms > t->rms[t->input[i]] ? rms : t->rms[t->input[i]];
    }
    add_node(t, t->input, t->inputs, add_like_input(t, out), rms)->axis = t->keys.axis;
}

static void build_pad(topo_t *t)
{
    npu_hwc_t out = in_size(t);
    const uint32_t *p = t->keys.pad;
    if (t->keys.pad_mode != TOPO_PAD_GIVEN) {
        topo_fail(&t->line, "pad: expected N or T,L,B,R");
        return;
    }
    out.h += p[0] + p[2];
    out.w += p[1] + p[3];
    npu_node_t *n = add_node(t, t->input, 1, add_like_input(t, out), t->rms[t->input[0]]);
    n->pad[1][0] = p[0];
    n->pad[1][1] = p[2];
    n->pad[2][0] = p[1];
    n->pad[2][1] = p[3];
}

static void build_reshape(topo_t *t)
{
    const uint32_t *s = t->keys.shape;
    npu_hwc_t out = {s[0], s[1], s[2]};
    add_node(t, t->input, 1, add_like_input(t, out), t->rms[t->input[0]]);
}

static void build_flatten(topo_t *t)
{
    const npu_tensor_t *in = &t->graph->tensor[t->input[0]];
    uint64_t elements = npu_tensor_elements(in);
    const uint32_t shape[] = {1, (uint32_t)elements};
    if (elements > 65536) {
        topo_fail(&t->line, "%llu elements, expected at most 65536", (unsigned long long)elements);
        return;
    }
    int32_t out =
        add_tensor(t, layer_name(t), NPU_TYPE_INT8, 2, shape, in->scale[0], in->zero_point[0]);
    add_node(t, t->input, 1, out, t->rms[t->input[0]]);
}

/* A result of the input's own shape. */
static void build_unary(topo_t *t)
{
    const npu_tensor_t *in = &t->graph->tensor[t->input[0]];
    bool probability = t->op->op == NPU_NODE_LOGISTIC || t->op->op == NPU_NODE_SOFTMAX;
    float rms = t->rms[t->input[0]];
    int32_t out =
        add_tensor(t, layer_name(t), NPU_TYPE_INT8, in->dims, in->shape,
                   probability ? 1.0f / 256 : in->scale[0], probability ? -128 : in->zero_point[0]);
    add_node(t, t->input, 1, out, probability ? 0.5f : rms * AFTER_RELU);
}

/* Slopes of 1/256 to 1/4. */
static void build_prelu(topo_t *t)
{
    char name[TOPO_WORD_BYTES + 16];
    uint32_t shape[] = {1, 1, in_size(t).c};
    snprintf(name, sizeof(name), "%s/slopes", layer_name(t));
    int32_t slopes = add_tensor(t, name, NPU_TYPE_INT8, 3, shape, 1.0f / 256, 0);
    uint8_t *code = slopes < 0 ? NULL : constant_data(t, slopes);
    sim_stream_t random = sim_stream(t->seed, WEIGHTS_PURPOSE + 2, t->graph->nodes);
    for (uint32_t c = 0; code != NULL && c < shape[2]; c++)
        code[c] = (uint8_t)(1 + sim_stream_below(&random, 64));
    const int32_t operand[] = {t->input[0], slopes};
    int32_t out = add_like_input(t, in_size(t));
    add_node(t, operand, 2, out, t->rms[t->input[0]] * AFTER_RELU);
}

/* ---- moves ----------------------------------------------------------------------------------- */

static void build_resize(topo_t *t)
{
    npu_hwc_t out = {t->keys.to[0], t->keys.to[1], in_size(t).c};
    if (!is_map(t))
        return;
    npu_node_t *n = add_node(t, t->input, 1, add_like_input(t, out), t->rms[t->input[0]]);
    n->align_corners = (t->keys.given & TOPO_BIT(ALIGN)) != 0;
    n->half_pixel_centers = (t->keys.given & TOPO_BIT(CENTERS)) != 0;
}

static void build_transpose(topo_t *t)
{
    npu_hwc_t in = in_size(t);
    const uint32_t from[] = {1, in.h, in.w, in.c}, *p = t->keys.perm;
    if (!is_map(t))
        return;
    npu_hwc_t out = {from[p[0]], from[p[1]], from[p[2]]};
    npu_node_t *n = add_node(t, t->input, 1, add_like_input(t, out), t->rms[t->input[0]]);
    memcpy(n->perm + 1, p, 3 * sizeof(p[0]));
}

/* The graph's check tells whether the slice is inside. */
static void build_slice(topo_t *t)
{
    const topo_keys_t *k = &t->keys;
    npu_hwc_t out = {k->shape[0], k->shape[1], k->shape[2]};
    if (!is_map(t))
        return;
    npu_node_t *n = add_node(t, t->input, 1, add_like_input(t, out), t->rms[t->input[0]]);
    n->op = (k->given & TOPO_BIT(STEP)) != 0 ? NPU_NODE_STRIDED_SLICE : NPU_NODE_SLICE;
    n->count[0] = 1;
    n->step[0] = 1;
    for (uint32_t d = 1; d < 4; d++) {
        n->begin[d] = (int32_t)k->begin[d - 1];
        n->step[d] = (int32_t)k->step[d - 1];
        n->count[d] = k->shape[d - 1];
    }
}

/* Sizes of the parts along the axis: as listed, or all alike. */
static uint32_t part_sizes(topo_t *t, uint32_t along, uint32_t size[TOPO_MAX_PARTS])
{
    const topo_keys_t *k = &t->keys;
    uint32_t parts = k->part_count == 1 ? k->part[0] : k->part_count, sum = 0;
    if (parts > TOPO_MAX_PARTS || (k->part_count == 1 && along % parts != 0)) {
        topo_fail(&t->line, "%u parts of %u, expected equal ones, at most %d", parts, along,
                  TOPO_MAX_PARTS);
        return 0;
    }
    for (uint32_t i = 0; i < parts; i++)
        sum += size[i] = k->part_count == 1 ? along / parts : k->part[i];
    if (sum != along)
        topo_fail(&t->line, "parts of %u in all, expected %u", sum, along);
    return parts;
}

static void build_split(topo_t *t)
{
    npu_hwc_t out = in_size(t);
    uint32_t axis = t->keys.axis, size[TOPO_MAX_PARTS];
    uint32_t *along = axis == 1 ? &out.h : axis == 2 ? &out.w : &out.c;
    int32_t result[TOPO_MAX_PARTS];
    const npu_tensor_t *in = &t->graph->tensor[t->input[0]];
    uint32_t parts = is_map(t) ? part_sizes(t, *along, size) : 0;
    for (uint32_t i = 0; i < parts && !t->line.failed; i++) {
        char name[TOPO_WORD_BYTES + 16];
        *along = size[i];
        snprintf(name, sizeof(name), "%s.%u", layer_name(t), i);
        if (topo_new_name(t, name))
            result[i] = add_map(t, name, out, in->scale[0], in->zero_point[0]);
    }
    if (t->line.failed)
        return;
    npu_node_t *n = add_node_of(t, t->input, 1, result, parts, t->rms[t->input[0]]);
    n->op = t->keys.part_count == 1 ? NPU_NODE_SPLIT : NPU_NODE_SPLIT_V;
    n->axis = axis;
}

/* ---- operators ------------------------------------------------------------------------------- */

#define B(key) TOPO_BIT(key)
#define WINDOW (B(KERNEL) | B(STRIDE) | B(PAD) | B(ACT))

/* clang-format off */
static const topo_operator_t operators[] = {
    {"conv",           "CONV_2D",                 WINDOW | B(DILATION) | B(CHANNELS) | B(BITS), B(KERNEL) | B(CHANNELS), 1, 1,             build_conv,            NPU_NODE_CONV_2D},
    {"depthwise",      "DEPTHWISE_CONV_2D",       WINDOW | B(DILATION) | B(MULT) | B(BITS),     B(KERNEL),               1, 1,             build_depthwise,       NPU_NODE_DEPTHWISE_CONV_2D},
    {"fc",             "FULLY_CONNECTED",         B(CHANNELS) | B(BITS) | B(ACT),               B(CHANNELS),             1, 1,             build_fully_connected, NPU_NODE_FULLY_CONNECTED},
    {"maxpool",        "MAX_POOL_2D",             WINDOW,                                       B(KERNEL),               1, 1,             build_pool,            NPU_NODE_MAX_POOL_2D},
    {"avgpool",        "AVERAGE_POOL_2D",         WINDOW,                                       B(KERNEL),               1, 1,             build_pool,            NPU_NODE_AVERAGE_POOL_2D},
    {"globalpool",     "globalpool",              0,                                            0,                       1, 1,             build_global_pool,     NPU_NODE_AVERAGE_POOL_2D},
    {"transpose_conv", "TRANSPOSE_CONV",          WINDOW | B(CHANNELS) | B(BITS),               B(KERNEL) | B(CHANNELS), 1, 1,             build_transpose_conv,  NPU_NODE_TRANSPOSE_CONV},
    {"mean",           "MEAN",                    0,                                            0,                       1, 1,             build_mean,            NPU_NODE_MEAN},
    {"add",            "ADD",                     B(ACT),                                       B(FROM),                 2, 2,             build_binary,          NPU_NODE_ADD},
    {"sub",            "SUB",                     B(ACT),                                       B(FROM),                 2, 2,             build_binary,          NPU_NODE_SUB},
    {"mul",            "MUL",                     B(ACT),                                       B(FROM),                 2, 2,             build_binary,          NPU_NODE_MUL},
    {"concat",         "CONCATENATION",           B(AXIS),                                      B(FROM),                 1, TOPO_MAX_FROM, build_concatenation,   NPU_NODE_CONCATENATION},
    {"split",          "SPLIT",                   B(AXIS) | B(PARTS),                           B(PARTS),                1, 1,             build_split,           NPU_NODE_SPLIT},
    {"slice",          "SLICE",                   B(BEGIN) | B(SHAPE) | B(STEP),                B(SHAPE),                1, 1,             build_slice,           NPU_NODE_SLICE},
    {"transpose",      "TRANSPOSE",               B(PERM),                                      B(PERM),                 1, 1,             build_transpose,       NPU_NODE_TRANSPOSE},
    {"pad",            "PAD",                     B(PAD),                                       B(PAD),                  1, 1,             build_pad,             NPU_NODE_PAD},
    {"reshape",        "RESHAPE",                 B(SHAPE),                                     B(SHAPE),                1, 1,             build_reshape,         NPU_NODE_RESHAPE},
    {"flatten",        "flatten",                 0,                                            0,                       1, 1,             build_flatten,         NPU_NODE_RESHAPE},
    {"nearest",        "RESIZE_NEAREST_NEIGHBOR", B(TO) | B(ALIGN) | B(CENTERS),                B(TO),                   1, 1,             build_resize,          NPU_NODE_RESIZE_NEAREST_NEIGHBOR},
    {"bilinear",       "RESIZE_BILINEAR",         B(TO) | B(ALIGN) | B(CENTERS),                B(TO),                   1, 1,             build_resize,          NPU_NODE_RESIZE_BILINEAR},
    {"relu",           "RELU",                    0,                                            0,                       1, 1,             build_unary,           NPU_NODE_RELU},
    {"relu6",          "RELU6",                   0,                                            0,                       1, 1,             build_unary,           NPU_NODE_RELU6},
    {"prelu",          "PRELU",                   0,                                            0,                       1, 1,             build_prelu,           NPU_NODE_PRELU},
    {"hard_swish",     "HARD_SWISH",              0,                                            0,                       1, 1,             build_unary,           NPU_NODE_HARD_SWISH},
    {"logistic",       "LOGISTIC",                0,                                            0,                       1, 1,             build_unary,           NPU_NODE_LOGISTIC},
    {"softmax",        "SOFTMAX",                 0,                                            0,                       1, 1,             build_unary,           NPU_NODE_SOFTMAX},
};
/* clang-format on */

const topo_operator_t *topo_find_operator(topo_t *t, const char *name)
{
    char names[320];
    size_t used = 0;
    names[0] = '\0';
    for (size_t i = 0; i < SIM_COUNT(operators); i++) {
        if (strcmp(name, operators[i].name) == 0 || strcmp(name, operators[i].tflite) == 0)
            return &operators[i];
        used += (size_t)snprintf(names + used, sizeof(names) - used, " %s", operators[i].name);
        used = used < sizeof(names) ? used : sizeof(names);
    }
    topo_fail(&t->line, "found operator \"%.40s\", expected one of%s", name, names);
    return NULL;
}
