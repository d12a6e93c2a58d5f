/*
 * topology.c - lines of a layer list become tensors and nodes, weights come from a seed.
 *
 * Every tensor carries the root mean square that its values can be expected to have; weight scales
 * are chosen from it such that a convolution's results have TARGET.
 */
#include "npu/compiler/topology.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "npu/compiler/topology_line.h"
#include "sim/rng.h"

#define MAX_BYTES (UINT64_C(512) << 20)
#define MAX_LAYERS 4096u
#define MAX_WEIGHTS (UINT64_C(256) << 20)
#define SCALE 0.05f         /* of activations */
#define TARGET 0.8f         /* root mean square of results: 16 codes */
#define AFTER_RELU 0.70711f /* what is left of it: half the values are 0 */
#define LEAST 0.02f         /* codes are whole */
#define MOST 6.4f           /* and end at 127 */
#define WEIGHTS_PURPOSE 0x746f706fu

typedef struct topo topo_t;

typedef struct {
    const char *name, *tflite; /* both are understood */
    uint32_t keys, needs;      /* bits of topo_key_t: allowed, required */
    uint32_t min_inputs, max_inputs;
    void (*build)(topo_t *t);
    npu_node_op_t op;
} operator_t;

struct topo {
    topo_line_t line;
    npu_graph_t *graph;
    float *rms; /* of each tensor */
    uint32_t capacity;
    uint32_t bits; /* of weights that say nothing */
    uint64_t seed, weights;
    int32_t *layer; /* the result of each layer, in order; inputs too */
    uint32_t layers;
    int32_t *graph_input, *graph_output;
    /* the line being built */
    topo_keys_t keys;
    const operator_t *op;
    int32_t input[TOPO_MAX_FROM];
    uint32_t inputs;
    npu_node_t nowhere; /* stands in for a node after a failure */
};

static void *take(topo_t *t, uint64_t bytes)
{
    void *at = npu_graph_alloc(t->graph, bytes);
    if (at == NULL)
        topo_fail(&t->line, "the network needs more than %llu MiB",
                  (unsigned long long)(MAX_BYTES >> 20));
    return at;
}

static const char *copy_text(topo_t *t, const char *text)
{
    char *copy = take(t, strlen(text) + 1);
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
    float *s = take(t, sizeof(*s));
    int32_t *z = take(t, sizeof(*z));
    const char *copy = copy_text(t, name);
    if (s == NULL || z == NULL || copy == NULL)
        return -1;
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
    uint8_t *data = t->line.failed ? NULL : take(t, c->bytes);
    c->data = data;
    return data;
}

/* ---- nodes ----------------------------------------------------------------------------------- */

/* The line's node with `inputs` operands; its result is the layer. */
static npu_node_t *add_node(topo_t *t, const int32_t *inputs, uint32_t count, int32_t output,
                            float rms)
{
    npu_graph_t *g = t->graph;
    int32_t *operand = take(t, (count + 1) * sizeof(*operand));
    if (operand == NULL || t->line.failed)
        return &t->nowhere;
    memcpy(operand, inputs, count * sizeof(*operand));
    operand[count] = output;
    npu_node_t *n = &g->node[g->nodes++];
    *n = (npu_node_t){.op = t->op->op,
                      .name = g->tensor[output].name,
                      .inputs = count,
                      .outputs = 1,
                      .input = operand,
                      .output = operand + count,
                      .activation = t->keys.activation,
                      .beta = 1.0f};
    rms *= t->keys.activation == NPU_ACT_NONE ? 1.0f : AFTER_RELU;
    t->rms[output] = rms < LEAST ? LEAST : rms > MOST ? MOST : rms;
    t->layer[t->layers++] = output;
    return n;
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
    float *scale = take(t, 2 * sizeof(*scale));
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

static void build_mean(topo_t *t)
{
    npu_hwc_t out = {1, 1, in_size(t).c};
    if (t->graph->tensor[t->input[0]].dims != 4) {
        topo_fail(&t->line, "\"%s\" is no map", t->graph->tensor[t->input[0]].name);
        return;
    }
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

/* ---- operators ------------------------------------------------------------------------------- */

#define B(key) (1u << TOPO_##key)
#define WINDOW (B(KERNEL) | B(STRIDE) | B(PAD) | B(ACT))

/* clang-format off */
static const operator_t operators[] = {
    {"conv",       "CONV_2D",           WINDOW | B(DILATION) | B(CHANNELS) | B(BITS), B(KERNEL) | B(CHANNELS), 1, 1, build_conv,            NPU_NODE_CONV_2D},
    {"depthwise",  "DEPTHWISE_CONV_2D", WINDOW | B(DILATION) | B(MULT) | B(BITS),     B(KERNEL),               1, 1, build_depthwise,       NPU_NODE_DEPTHWISE_CONV_2D},
    {"fc",         "FULLY_CONNECTED",   B(CHANNELS) | B(BITS) | B(ACT),               B(CHANNELS),             1, 1, build_fully_connected, NPU_NODE_FULLY_CONNECTED},
    {"maxpool",    "MAX_POOL_2D",       WINDOW,                                       B(KERNEL),               1, 1, build_pool,            NPU_NODE_MAX_POOL_2D},
    {"avgpool",    "AVERAGE_POOL_2D",   WINDOW,                                       B(KERNEL),               1, 1, build_pool,            NPU_NODE_AVERAGE_POOL_2D},
    {"globalpool", "globalpool",        0,                                            0,                       1, 1, build_global_pool,     NPU_NODE_AVERAGE_POOL_2D},
    {"mean",       "MEAN",              0,                                            0,                       1, 1, build_mean,            NPU_NODE_MEAN},
    {"add",        "ADD",               B(ACT),                                       B(FROM),                 2, 2, build_binary,          NPU_NODE_ADD},
    {"sub",        "SUB",               B(ACT),                                       B(FROM),                 2, 2, build_binary,          NPU_NODE_SUB},
    {"mul",        "MUL",               B(ACT),                                       B(FROM),                 2, 2, build_binary,          NPU_NODE_MUL},
    {"concat",     "CONCATENATION",     B(AXIS),                                      B(FROM),                 1, TOPO_MAX_FROM, build_concatenation, NPU_NODE_CONCATENATION},
    {"pad",        "PAD",               B(PAD),                                       B(PAD),                  1, 1, build_pad,             NPU_NODE_PAD},
    {"reshape",    "RESHAPE",           B(SHAPE),                                     B(SHAPE),                1, 1, build_reshape,         NPU_NODE_RESHAPE},
    {"flatten",    "flatten",           0,                                            0,                       1, 1, build_flatten,         NPU_NODE_RESHAPE},
    {"relu",       "RELU",              0,                                            0,                       1, 1, build_unary,           NPU_NODE_RELU},
    {"relu6",      "RELU6",             0,                                            0,                       1, 1, build_unary,           NPU_NODE_RELU6},
    {"logistic",   "LOGISTIC",          0,                                            0,                       1, 1, build_unary,           NPU_NODE_LOGISTIC},
    {"softmax",    "SOFTMAX",           0,                                            0,                       1, 1, build_unary,           NPU_NODE_SOFTMAX},
};
/* clang-format on */

static const operator_t *find_operator(topo_t *t, const char *name)
{
    char names[256];
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

/* ---- lines ----------------------------------------------------------------------------------- */

static int32_t find_layer(topo_t *t, const char *name)
{
    for (uint32_t i = t->layers; i-- > 0;)
        if (strcmp(t->graph->tensor[t->layer[i]].name, name) == 0)
            return t->layer[i];
    topo_fail(&t->line, "found \"%.60s\", expected the name of a layer above", name);
    return 0;
}

static bool new_name(topo_t *t, const char *name)
{
    for (uint32_t i = 0; i < t->layers; i++)
        if (strcmp(t->graph->tensor[t->layer[i]].name, name) == 0)
            return topo_fail(&t->line, "a second layer is called \"%.60s\"", name);
    if (t->layers == t->capacity)
        return topo_fail(&t->line, "more than %u layers", t->capacity);
    if (strchr(name, ',') != NULL || strchr(name, '=') != NULL)
        return topo_fail(&t->line, "found the name \"%.60s\", expected one without , and =", name);
    return true;
}

static bool word_count(topo_t *t, uint32_t low, uint32_t high, const char *form)
{
    if (t->line.words >= low && t->line.words <= high)
        return true;
    return topo_fail(&t->line, "found %u words, expected \"%s\"", t->line.words, form);
}

static void read_input(topo_t *t)
{
    char(*word)[TOPO_WORD_BYTES] = t->line.word;
    if (!word_count(t, 5, 5, "input NAME HEIGHT WIDTH CHANNELS") || !new_name(t, word[1]))
        return;
    npu_hwc_t size = {topo_number(&t->line, word[2], 1, 65536, "height"),
                      topo_number(&t->line, word[3], 1, 65536, "width"),
                      topo_number(&t->line, word[4], 1, 65536, "channels")};
    if (t->graph->nodes > 0)
        topo_fail(&t->line, "an input after a layer, expected inputs first");
    if (t->graph->inputs == NPU_GRAPH_MAX_ENDS)
        topo_fail(&t->line, "more than %d inputs", NPU_GRAPH_MAX_ENDS);
    int32_t tensor = t->line.failed ? -1 : add_map(t, word[1], size, SCALE, 0);
    if (tensor < 0)
        return;
    t->rms[tensor] = 73.0f * SCALE; /* any code is as likely as another */
    t->layer[t->layers++] = tensor;
    t->graph_input[t->graph->inputs++] = tensor;
}

static void read_output(topo_t *t)
{
    for (uint32_t w = 1; w < t->line.words && !t->line.failed; w++) {
        int32_t tensor = find_layer(t, t->line.word[w]);
        if (t->graph->outputs == NPU_GRAPH_MAX_ENDS)
            topo_fail(&t->line, "more than %d outputs", NPU_GRAPH_MAX_ENDS);
        else
            t->graph_output[t->graph->outputs++] = tensor;
    }
}

static void find_inputs(topo_t *t)
{
    const operator_t *op = t->op;
    t->inputs = 0;
    if (t->layers == 0) {
        topo_fail(&t->line, "a layer before any input");
        return;
    }
    for (uint32_t i = 0; i < t->keys.from_count; i++)
        t->input[t->inputs++] = find_layer(t, t->keys.from[i]);
    if (t->inputs == 0)
        t->input[t->inputs++] = t->layer[t->layers - 1];
    if (t->inputs < op->min_inputs || t->inputs > op->max_inputs)
        topo_fail(&t->line, "%u inputs, expected %u", t->inputs, op->min_inputs);
}

static void check_size(topo_t *t)
{
    npu_hwc_t size = size_of(t, t->layer[t->layers - 1]);
    if ((t->keys.given & B(SIZE)) == 0 || (size.h == t->keys.size[0] && size.w == t->keys.size[1]))
        return;
    topo_fail(&t->line, "the result is %ux%u, the line says %ux%u", size.h, size.w, t->keys.size[0],
              t->keys.size[1]);
}

static void read_layer(topo_t *t)
{
    if (!word_count(t, 2, TOPO_MAX_WORDS, "NAME OPERATOR KEYS..") || !new_name(t, layer_name(t)))
        return;
    t->op = find_operator(t, t->line.word[1]);
    if (t->op == NULL || !topo_read_keys(&t->line, 2, t->op->keys, &t->keys))
        return;
    uint32_t missing = t->op->needs & ~t->keys.given;
    if (missing != 0) {
        topo_fail(&t->line, "%s without %s", t->op->name,
                  (missing & B(KERNEL)) != 0     ? "k="
                  : (missing & B(CHANNELS)) != 0 ? "c="
                  : (missing & B(FROM)) != 0     ? "from="
                  : (missing & B(PAD)) != 0      ? "pad="
                                                 : "shape=");
        return;
    }
    find_inputs(t);
    if (!t->line.failed)
        t->op->build(t);
    if (!t->line.failed)
        check_size(t);
}

static void read_line(topo_t *t)
{
    char(*word)[TOPO_WORD_BYTES] = t->line.word;
    if (strcmp(word[0], "input") == 0) {
        read_input(t);
    } else if (strcmp(word[0], "output") == 0) {
        read_output(t);
    } else if (strcmp(word[0], "seed") == 0) {
        if (word_count(t, 2, 2, "seed N"))
            t->seed = topo_number(&t->line, word[1], 0, UINT32_MAX, "seed");
    } else if (strcmp(word[0], "bits") == 0) {
        if (word_count(t, 2, 2, "bits N"))
            t->bits = topo_bits(&t->line, word[1]);
    } else {
        read_layer(t);
    }
}

/* ---- the network ----------------------------------------------------------------------------- */

static uint32_t count_lines(const char *text, size_t bytes)
{
    uint32_t lines = 1;
    for (size_t i = 0; i < bytes && lines < MAX_LAYERS; i++)
        lines += text[i] == '\n';
    return lines;
}

static bool make_room(topo_t *t, const char *file_name, const char *text, size_t bytes)
{
    npu_graph_t *g = t->graph;
    t->capacity = count_lines(text, bytes);
    g->name = copy_text(t, file_name);
    g->tensor = take(t, 3 * (uint64_t)t->capacity * sizeof(*g->tensor));
    g->node = take(t, t->capacity * sizeof(*g->node));
    t->rms = take(t, 3 * (uint64_t)t->capacity * sizeof(*t->rms));
    t->layer = take(t, t->capacity * sizeof(*t->layer));
    t->graph_input = take(t, NPU_GRAPH_MAX_ENDS * sizeof(*t->graph_input));
    t->graph_output = take(t, NPU_GRAPH_MAX_ENDS * sizeof(*t->graph_output));
    g->input = t->graph_input;
    g->output = t->graph_output;
    return !t->line.failed;
}

static void read_lines(topo_t *t, const char *text, size_t bytes)
{
    const char *end = text + bytes;
    while (!t->line.failed && topo_next_line(&t->line, &text, end))
        if (t->line.words > 0 && !t->line.failed)
            read_line(t);
    if (!t->line.failed && t->graph->nodes == 0)
        topo_fail(&t->line, "no layer");
    if (!t->line.failed && t->graph->outputs == 0)
        t->graph_output[t->graph->outputs++] = t->layer[t->layers - 1];
}

sim_err_t npu_topology_read(const char *text, size_t bytes, const char *file_name,
                            npu_graph_t *graph, char *error, size_t error_bytes)
{
    topo_t t = {.line = {.file = file_name, .error = error, .error_bytes = error_bytes},
                .graph = graph,
                .bits = 8,
                .seed = 1};
    if (!npu_graph_init(graph, MAX_BYTES)) {
        snprintf(error, error_bytes, "%s: out of memory", file_name);
        return SIM_ENOMEM;
    }
    if (make_room(&t, file_name, text, bytes))
        read_lines(&t, text, bytes);
    sim_err_t err = t.line.failed ? SIM_EPARSE : npu_graph_check(graph, error, error_bytes);
    if (err != SIM_OK)
        npu_graph_free(graph);
    return err;
}
