/*
 * tflite_write.c - a FlatBuffer written front to back: a table first, what it refers to later.
 */
#include "tests/npu/tflite_write.h"

#include "tests/npu/flex_write.h"
#include "tests/test.h"

#define CUSTOM 32 /* BuiltinOperator of operators with a name of their own */

typedef tflite_image_t out_t;

static uint32_t put(out_t *o, const void *data, uint32_t bytes)
{
    if (o->bytes + bytes > o->capacity) {
        o->capacity = 2 * (o->bytes + bytes);
        o->data = realloc(o->data, o->capacity);
    }
    if (data == NULL)
        memset(o->data + o->bytes, 0, bytes);
    else
        memcpy(o->data + o->bytes, data, bytes);
    o->bytes += bytes;
    return o->bytes - bytes;
}

static void align(out_t *o, uint32_t to)
{
    while (o->bytes % to != 0)
        put(o, NULL, 1);
}

static void store(out_t *o, uint32_t at, uint64_t value, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        o->data[at + i] = (uint8_t)(value >> 8 * i);
}

/* A table of `fields` 32-bit fields (enough for every scalar here, little-endian), all present. */
static uint32_t put_table(out_t *o, uint32_t fields)
{
    align(o, 4);
    uint32_t vtable = put(o, NULL, 4 + 2 * fields);
    align(o, 4);
    uint32_t table = put(o, NULL, 4 + 4 * fields);
    store(o, vtable, 4 + 2 * fields, 2);
    store(o, vtable + 2, 4 + 4 * fields, 2);
    for (uint32_t f = 0; f < fields; f++)
        store(o, vtable + 4 + 2 * f, 4 + 4 * f, 2);
    store(o, table, table - vtable, 4);
    return table;
}

static void set_field(out_t *o, uint32_t table, uint32_t field, uint32_t value)
{
    store(o, table + 4 + 4 * field, value, 4);
}

/* Its vtable's slot becomes 0: absent. */
static void remove_field(out_t *o, uint32_t table, uint32_t field)
{
    uint32_t vtable = table - (uint32_t)(o->data[table] | o->data[table + 1] << 8);
    store(o, vtable + 4 + 2 * field, 0, 2);
}

/* Makes a field refer to what will be written next. */
static void refer(out_t *o, uint32_t at)
{
    align(o, 8);
    store(o, at, o->bytes - at, 4);
}

static uint32_t field_at(uint32_t table, uint32_t field)
{
    return table + 4 + 4 * field;
}

/* A vector for a field; count elements of element_bytes follow the count. Returns the first. */
static uint32_t put_vector(out_t *o, uint32_t table, uint32_t field, uint32_t count,
                           uint32_t element_bytes, const void *data)
{
    align(o, 8);
    put(o, NULL, 4); /* so that 8-byte elements are aligned */
    store(o, field_at(table, field), o->bytes - field_at(table, field), 4);
    put(o, &count, 4);
    return put(o, data, count * element_bytes);
}

static void put_string(out_t *o, uint32_t table, uint32_t field, const char *text)
{
    put_vector(o, table, field, (uint32_t)strlen(text), 1, text);
    put(o, "", 1);
}

/* A table in a vector (or field) at position `at`. */
static uint32_t put_table_for(out_t *o, uint32_t at, uint32_t fields)
{
    align(o, 4);
    uint32_t table = put_table(o, fields);
    store(o, at, table - at, 4);
    return table;
}

/* ---- the schema ------------------------------------------------------------------------------ */

/* Constants that the graph keeps in the node and the file in a tensor of its own. */
typedef struct {
    uint32_t node;
    npu_type_t type; /* int32, or that of the node's result: one code */
    int32_t values[NPU_GRAPH_MAX_ENDS];
    uint32_t shape[2], dims;
} extra_t;

#define MAX_EXTRAS 160

typedef struct {
    const npu_graph_t *graph;
    const tflite_odd_t *odd; /* may be NULL */
    extra_t *extra;          /* their numbers in the file follow those of the graph's tensors */
    uint32_t extras;
    out_t out;
} writer_t;

uint32_t tflite_code(npu_node_op_t op)
{
    static const uint32_t codes[NPU_NODE_OPS] = {
        [NPU_NODE_ADD] = 0,
        [NPU_NODE_AVERAGE_POOL_2D] = 1,
        [NPU_NODE_CONCATENATION] = 2,
        [NPU_NODE_CONV_2D] = 3,
        [NPU_NODE_DEPTHWISE_CONV_2D] = 4,
        [NPU_NODE_DEPTH_TO_SPACE] = 5,
        [NPU_NODE_DEQUANTIZE] = 6,
        [NPU_NODE_FULLY_CONNECTED] = 9,
        [NPU_NODE_LOGISTIC] = 14,
        [NPU_NODE_MAX_POOL_2D] = 17,
        [NPU_NODE_MUL] = 18,
        [NPU_NODE_RELU] = 19,
        [NPU_NODE_RELU_N1_TO_1] = 20,
        [NPU_NODE_TANH] = 28,
        [NPU_NODE_PRELU] = 54,
        [NPU_NODE_MAXIMUM] = 55,
        [NPU_NODE_MINIMUM] = 57,
        [NPU_NODE_TRANSPOSE_CONV] = 67,
        [NPU_NODE_LEAKY_RELU] = 98,
        [NPU_NODE_HARD_SWISH] = 117,
        [NPU_NODE_RELU6] = 21,
        [NPU_NODE_RESHAPE] = 22,
        [NPU_NODE_RESIZE_BILINEAR] = 23,
        [NPU_NODE_SOFTMAX] = 25,
        [NPU_NODE_SPACE_TO_DEPTH] = 26,
        [NPU_NODE_DETECTION_POSTPROCESS] = CUSTOM,
        [NPU_NODE_PAD] = 34,
        [NPU_NODE_TRANSPOSE] = 39,
        [NPU_NODE_MEAN] = 40,
        [NPU_NODE_SUB] = 41,
        [NPU_NODE_SQUEEZE] = 43,
        [NPU_NODE_STRIDED_SLICE] = 45,
        [NPU_NODE_SPLIT] = 49,
        [NPU_NODE_ARG_MAX] = 56,
        [NPU_NODE_PADV2] = 60,
        [NPU_NODE_SLICE] = 65,
        [NPU_NODE_EXPAND_DIMS] = 70,
        [NPU_NODE_PACK] = 83,
        [NPU_NODE_UNPACK] = 88,
        [NPU_NODE_RESIZE_NEAREST_NEIGHBOR] = 97,
        [NPU_NODE_SPLIT_V] = 102,
        [NPU_NODE_QUANTIZE] = 114,
    };
    return codes[op];
}

static uint32_t type_code(npu_type_t type)
{
    static const uint32_t codes[NPU_TYPES] = {[NPU_TYPE_FLOAT32] = 0,
                                              [NPU_TYPE_INT32] = 2,
                                              [NPU_TYPE_UINT8] = 3,
                                              [NPU_TYPE_INT64] = 4,
                                              [NPU_TYPE_INT8] = 9};
    return codes[type];
}

static extra_t *add_extra(writer_t *w, uint32_t node, uint32_t dims, uint32_t rows, uint32_t cols)
{
    ck_assert_uint_lt(w->extras, MAX_EXTRAS);
    extra_t *e = &w->extra[w->extras++];
    *e = (extra_t){.node = node, .type = NPU_TYPE_INT32, .dims = dims, .shape = {rows, cols}};
    return e;
}

static void add_list(writer_t *w, uint32_t node, const int32_t *values, uint32_t count)
{
    memcpy(add_extra(w, node, 1, count, 1)->values, values, count * sizeof(*values));
}

static void add_number(writer_t *w, uint32_t node, int32_t value)
{
    add_list(w, node, &value, 1);
}

static void add_axes(writer_t *w, uint32_t node, uint32_t axes)
{
    extra_t *e = add_extra(w, node, 1, 0, 1);
    for (uint32_t d = 0; d < NPU_GRAPH_DIMS; d++)
        if (axes >> d & 1u)
            e->values[e->shape[0]++] = (int32_t)d;
}

static void add_pads(writer_t *w, uint32_t node, uint32_t dims)
{
    const npu_node_t *n = &w->graph->node[node];
    extra_t *e = add_extra(w, node, 2, dims, 2);
    for (uint32_t i = 0; i < 2 * dims; i++)
        e->values[i] = (int32_t)n->pad[i / 2][i % 2];
    if (n->op == NPU_NODE_PAD)
        return;
    e = add_extra(w, node, 1, 1, 1);
    e->type = w->graph->tensor[n->output[0]].type;
    e->values[0] = n->pad_value;
}

/* Behind the last element; -1 going backwards is before the first, for which the file has a mask.
 */
static int32_t slice_end(const npu_node_t *n, uint32_t d)
{
    int32_t last = n->begin[d] + ((int32_t)n->count[d] - 1) * n->step[d];
    return last + (n->step[d] > 0 ? 1 : -1);
}

static void add_slice(writer_t *w, uint32_t node, uint32_t dims)
{
    const npu_node_t *n = &w->graph->node[node];
    bool strided = n->op == NPU_NODE_STRIDED_SLICE;
    int32_t second[NPU_GRAPH_DIMS];
    for (uint32_t d = 0; d < dims; d++)
        second[d] = strided ? slice_end(n, d) : (int32_t)n->count[d];
    add_list(w, node, n->begin, dims);
    add_list(w, node, second, dims);
    if (strided)
        add_list(w, node, n->step, dims);
}

static void add_sizes(writer_t *w, uint32_t node)
{
    const npu_node_t *n = &w->graph->node[node];
    extra_t *e = add_extra(w, node, 1, n->outputs, 1);
    for (uint32_t i = 0; i < n->outputs; i++)
        e->values[i] = (int32_t)w->graph->tensor[n->output[i]].shape[n->axis];
}

static void add_extras(writer_t *w, uint32_t node)
{
    bool odd = w->odd != NULL && w->odd->node == node && w->odd->lists > 0;
    for (uint32_t l = 0; odd && l < w->odd->lists; l++)
        add_list(w, node, w->odd->list[l].value, w->odd->list[l].count);
    if (odd)
        return;
    const npu_node_t *n = &w->graph->node[node];
    const npu_tensor_t *out = &w->graph->tensor[n->output[0]];
    uint32_t dims = w->graph->tensor[n->input[0]].dims;
    switch (n->op) {
    case NPU_NODE_MEAN:
        add_axes(w, node, n->axes);
        break;
    case NPU_NODE_PAD:
    case NPU_NODE_PADV2:
        add_pads(w, node, dims);
        break;
    case NPU_NODE_SLICE:
    case NPU_NODE_STRIDED_SLICE:
        add_slice(w, node, dims);
        break;
    case NPU_NODE_TRANSPOSE_CONV:
        add_list(w, node, (const int32_t *)out->shape, 4);
        break;
    case NPU_NODE_TRANSPOSE:
        add_list(w, node, (const int32_t *)n->perm, dims);
        break;
    case NPU_NODE_RESIZE_BILINEAR:
    case NPU_NODE_RESIZE_NEAREST_NEIGHBOR:
        add_list(w, node, (const int32_t *)out->shape + 1, 2);
        break;
    case NPU_NODE_SPLIT_V:
        add_sizes(w, node);
        add_number(w, node, (int32_t)n->axis);
        break;
    case NPU_NODE_ARG_MAX:
    case NPU_NODE_SPLIT:
        add_number(w, node, (int32_t)n->axis);
        break;
    case NPU_NODE_EXPAND_DIMS:
        for (uint32_t d = out->dims; d-- > 0;)
            if (out->shape[d] == 1) {
                add_number(w, node, (int32_t)d);
                break;
            }
        break;
    default:
        break;
    }
}

static void put_quantization(out_t *o, uint32_t table, const npu_tensor_t *t)
{
    uint32_t q = put_table_for(o, field_at(table, 4), 7);
    set_field(o, q, 4, 0); /* details_type: none */
    set_field(o, q, 6, t->axis);
    uint32_t first = put_vector(o, q, 3, t->scales, 8, NULL);
    for (uint32_t i = 0; i < t->scales; i++)
        store(o, first + 8 * i, (uint64_t)(int64_t)t->zero_point[i], 8);
    put_vector(o, q, 2, t->scales, 4, t->scale);
    /* unused references must be absent: their vtable slots */
    static const uint32_t unused[] = {0, 1, 5};
    for (size_t i = 0; i < SIM_COUNT(unused); i++)
        remove_field(o, q, unused[i]);
}

static void put_tensor(writer_t *w, uint32_t at, uint32_t number, uint32_t buffer)
{
    out_t *o = &w->out;
    bool extra = number >= w->graph->tensors;
    const extra_t *e = extra ? &w->extra[number - w->graph->tensors] : NULL;
    const npu_tensor_t *t = extra ? NULL : &w->graph->tensor[number];
    bool quantized = !extra && t->scales > 0;
    npu_type_t type = extra ? e->type : t->type;
    uint32_t table = put_table_for(o, at, quantized ? 5 : 4);
    set_field(o, table, 1, type_code(type));
    set_field(o, table, 2, buffer);
    uint32_t shape[2 * NPU_GRAPH_DIMS] = {1, 1, 1, 1}, leading = extra ? 0 : t->leading;
    uint32_t dims = extra ? e->dims : t->dims;
    memcpy(shape + leading, extra ? e->shape : t->shape, dims * sizeof(*shape));
    put_vector(o, table, 0, leading + dims, 4, shape);
    put_string(o, table, 3, extra ? "extra" : t->name);
    if (quantized)
        put_quantization(o, table, t);
}

/* Options of the fields in order; SAME where anything is padded. */
static uint32_t options_of(const npu_node_t *n, uint32_t field[8])
{
    const npu_window_t *w = &n->window;
    uint32_t valid = w->pad_top + w->pad_left + w->pad_bottom + w->pad_right == 0;
    uint32_t act = (uint32_t)n->activation;
    switch (n->op) {
    case NPU_NODE_CONV_2D:
        memcpy(field,
               (uint32_t[]){valid, w->stride_w, w->stride_h, act, w->dilation_w, w->dilation_h},
               24);
        return 6;
    case NPU_NODE_DEPTHWISE_CONV_2D:
        memcpy(field,
               (uint32_t[]){valid, w->stride_w, w->stride_h, n->depth_multiplier, act,
                            w->dilation_w, w->dilation_h},
               28);
        return 7;
    case NPU_NODE_AVERAGE_POOL_2D:
    case NPU_NODE_MAX_POOL_2D:
        memcpy(field, (uint32_t[]){valid, w->stride_w, w->stride_h, w->kernel_w, w->kernel_h, act},
               24);
        return 6;
    case NPU_NODE_CONCATENATION:
        memcpy(field, (uint32_t[]){n->axis, act}, 8);
        return 2;
    case NPU_NODE_SOFTMAX:
        memcpy(field, &n->beta, 4);
        return 1;
    case NPU_NODE_LEAKY_RELU:
        memcpy(field, &n->alpha, 4);
        return 1;
    case NPU_NODE_TRANSPOSE_CONV:
        memcpy(field, (uint32_t[]){valid, w->stride_w, w->stride_h, act}, 16);
        return 4;
    case NPU_NODE_SPLIT:
    case NPU_NODE_SPLIT_V:
        field[0] = n->outputs;
        return 1;
    case NPU_NODE_PACK:
        memcpy(field, (uint32_t[]){n->inputs, n->axis}, 8);
        return 2;
    case NPU_NODE_UNPACK:
        memcpy(field, (uint32_t[]){n->outputs, n->axis}, 8);
        return 2;
    case NPU_NODE_DEPTH_TO_SPACE:
    case NPU_NODE_SPACE_TO_DEPTH:
        field[0] = n->block;
        return 1;
    case NPU_NODE_STRIDED_SLICE:
        for (uint32_t d = 0; d < NPU_GRAPH_DIMS; d++)
            field[1] |= (slice_end(n, d) < 0 ? 1u : 0u) << d; /* end_mask */
        return 5;
    case NPU_NODE_RESIZE_BILINEAR:
        memcpy(field, (uint32_t[]){0, 0, n->align_corners, n->half_pixel_centers}, 16);
        return 4;
    case NPU_NODE_RESIZE_NEAREST_NEIGHBOR:
        memcpy(field, (uint32_t[]){n->align_corners, n->half_pixel_centers}, 8);
        return 2;
    case NPU_NODE_ADD:
    case NPU_NODE_SUB:
    case NPU_NODE_MUL:
    case NPU_NODE_FULLY_CONNECTED:
        field[0] = act;
        return 1;
    default:
        return 0;
    }
}

/* Options of the only custom operator; the builtin ones are absent. */
static void put_custom(out_t *o, uint32_t table, const npu_detection_t *detection)
{
    uint8_t bytes[FLEX_ROOM];
    put_vector(o, table, 5, flex_write_detection(detection, bytes), 1, bytes);
    remove_field(o, table, 4);
}

/* In the file's list of codes, which has those that the graph uses, in the order of npu_node_op_t.
 */
static uint32_t code_number(const npu_graph_t *g, npu_node_op_t op)
{
    uint64_t used = 0;
    for (uint32_t n = 0; n < g->nodes; n++)
        used |= UINT64_C(1) << g->node[n].op;
    uint32_t number = 0;
    for (uint32_t o = 0; o < (uint32_t)op; o++)
        number += (uint32_t)(used >> o & 1u);
    return number;
}

static void put_operator(writer_t *w, uint32_t at, uint32_t number)
{
    out_t *o = &w->out;
    const npu_node_t *n = &w->graph->node[number];
    uint32_t field[8] = {0}, options = options_of(n, field);
    if (w->odd != NULL && w->odd->node == number && w->odd->fields > 0) {
        options = w->odd->fields;
        memcpy(field, w->odd->field, sizeof(field));
    }
    int32_t inputs[NPU_GRAPH_MAX_ENDS + 3];
    uint32_t count = n->inputs;
    memcpy(inputs, n->input, n->inputs * sizeof(*inputs));
    for (uint32_t e = 0; e < w->extras; e++)
        if (w->extra[e].node == number)
            inputs[count++] = (int32_t)(w->graph->tensors + e);
    if (n->op == NPU_NODE_SPLIT) { /* the axis comes first */
        int32_t value = inputs[0];
        inputs[0] = inputs[1];
        inputs[1] = value;
    }
    if (n->op == NPU_NODE_TRANSPOSE_CONV) { /* shape, weights, map, bias if any */
        const int32_t order[] = {inputs[count - 1], inputs[1], inputs[0], inputs[2]};
        count = inputs[2] == NPU_NO_TENSOR ? 3 : 4;
        memcpy(inputs, order, sizeof(order));
    }
    uint32_t table = put_table_for(o, at, n->detection != NULL ? 6 : options > 0 ? 5 : 4);
    set_field(o, table, 0, code_number(w->graph, n->op));
    put_vector(o, table, 1, count, 4, inputs);
    put_vector(o, table, 2, n->outputs, 4, n->output);
    if (n->detection != NULL)
        put_custom(o, table, n->detection);
    if (options == 0)
        return;
    uint32_t t = put_table_for(o, field_at(table, 4), options);
    for (uint32_t f = 0; f < options; f++)
        set_field(o, t, f, field[f]);
}

static void put_subgraph(writer_t *w, uint32_t at)
{
    out_t *o = &w->out;
    const npu_graph_t *g = w->graph;
    uint32_t table = put_table_for(o, at, 4), tensors = g->tensors + w->extras, buffer = 1;
    put_vector(o, table, 1, g->inputs, 4, g->input);
    put_vector(o, table, 2, g->outputs, 4, g->output);
    uint32_t first = put_vector(o, table, 0, tensors, 4, NULL);
    for (uint32_t t = 0; t < tensors; t++)
        put_tensor(w, first + 4 * t, t,
                   t >= g->tensors || g->tensor[t].data != NULL ? buffer++ : 0);
    first = put_vector(o, table, 3, g->nodes, 4, NULL);
    for (uint32_t n = 0; n < g->nodes; n++)
        put_operator(w, first + 4 * n, n);
}

static void put_buffer(out_t *o, uint32_t at, const void *data, uint32_t bytes)
{
    uint32_t table = put_table_for(o, at, data == NULL ? 0 : 1);
    if (data != NULL)
        put_vector(o, table, 0, bytes, 1, data);
}

static void put_buffers(writer_t *w, uint32_t model)
{
    const npu_graph_t *g = w->graph;
    uint32_t count = 1 + w->extras;
    for (uint32_t t = 0; t < g->tensors; t++)
        count += g->tensor[t].data != NULL;
    uint32_t at = put_vector(&w->out, model, 4, count, 4, NULL);
    put_buffer(&w->out, at, NULL, 0);
    for (uint32_t t = 0; t < g->tensors; t++)
        if (g->tensor[t].data != NULL)
            put_buffer(&w->out, at += 4, g->tensor[t].data, (uint32_t)g->tensor[t].bytes);
    for (uint32_t e = 0; e < w->extras; e++) {
        const extra_t *x = &w->extra[e];
        uint32_t numbers = x->shape[0] * (x->dims == 2 ? x->shape[1] : 1);
        put_buffer(&w->out, at += 4, x->values, numbers * npu_type_bytes(x->type));
    }
}

static void put_codes(writer_t *w, uint32_t model)
{
    out_t *o = &w->out;
    uint32_t count = code_number(w->graph, NPU_NODE_OPS);
    uint32_t at = put_vector(o, model, 1, count, 4, NULL);
    for (uint32_t op = 0; op < NPU_NODE_OPS; op++) {
        if (code_number(w->graph, op + 1) == code_number(w->graph, op))
            continue;
        uint32_t code = tflite_code((npu_node_op_t)op);
        uint32_t table = put_table_for(o, at, 4);
        at += 4;
        set_field(o, table, 0, code);
        set_field(o, table, 3, code);
        if (code == CUSTOM)
            put_string(o, table, 1, "TFLite_Detection_PostProcess");
        else
            remove_field(o, table, 1);
    }
}

tflite_image_t tflite_write(const npu_graph_t *graph)
{
    return tflite_write_odd(graph, NULL);
}

tflite_image_t tflite_write_odd(const npu_graph_t *graph, const tflite_odd_t *odd)
{
    writer_t w = {.graph = graph, .odd = odd, .extra = calloc(MAX_EXTRAS, sizeof(*w.extra))};
    for (uint32_t n = 0; n < graph->nodes; n++)
        add_extras(&w, n);
    put(&w.out, NULL, 4);
    put(&w.out, "TFL3", 4);
    refer(&w.out, 0);
    uint32_t model = put_table_for(&w.out, 0, 5);
    uint32_t vtable = model - (uint32_t)(w.out.data[model] | w.out.data[model + 1] << 8);
    store(&w.out, vtable + 4 + 2 * 3, 0, 2); /* no description */
    set_field(&w.out, model, 0, 3);          /* schema version */
    put_codes(&w, model);
    uint32_t subgraph = put_vector(&w.out, model, 2, 1, 4, NULL);
    put_subgraph(&w, subgraph);
    put_buffers(&w, model);
    free(w.extra);
    return w.out;
}
