/*
 * onnx_value.c - what stands between the operators of an ONNX model: scales given and taken by
 * QuantizeLinear and DequantizeLinear, orders of dimensions, other names for the same bytes.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/onnx_int.h"

/* ---- tensors and nodes ----------------------------------------------------------------------- */

npu_tensor_t *onnx_at(onnx_t *r, int32_t tensor)
{
    return &r->graph->tensor[tensor];
}

/* Room for one element more; false after complaining. */
static bool grow(onnx_t *r, void **array, uint32_t *room, uint32_t count, size_t bytes)
{
    if (count < *room)
        return true;
    uint32_t more = *room == 0 ? 256 : 2 * *room;
    void *grown = realloc(*array, more * bytes);
    if (grown == NULL)
        return onnx_fail(r, "out of memory");
    *array = grown;
    *room = more;
    return true;
}

static bool grow_tensors(onnx_t *r)
{
    npu_graph_t *g = r->graph;
    uint32_t room = r->tensor_room;
    void *tensors = g->tensor, *infos = r->info;
    if (g->tensors == NPU_GRAPH_MAX_TENSORS)
        return onnx_fail(r, "found more than %d tensors, expected fewer", NPU_GRAPH_MAX_TENSORS);
    bool fine = grow(r, &tensors, &room, g->tensors, sizeof(*g->tensor));
    g->tensor = tensors;
    fine = fine && grow(r, &infos, &r->tensor_room, g->tensors, sizeof(*r->info));
    r->info = infos;
    return fine;
}

int32_t onnx_tensor(onnx_t *r, const char *name, npu_type_t type, uint32_t dims,
                    const uint32_t *shape)
{
    npu_graph_t *g = r->graph;
    if (r->err != SIM_OK || !grow_tensors(r))
        return 0;
    npu_tensor_t *t = &g->tensor[g->tensors];
    *t = (npu_tensor_t){.name = name, .type = type, .dims = dims, .bytes = npu_type_bytes(type)};
    for (uint32_t d = 0; d < dims; d++) {
        t->shape[d] = shape[d];
        t->bytes *= shape[d]; /* a wrap is caught by the graph check */
    }
    r->info[g->tensors] = (onnx_info_t){.maker = UINT32_MAX, .from = NPU_NO_TENSOR};
    return (int32_t)g->tensors++;
}

npu_node_t *onnx_node(onnx_t *r, npu_node_op_t op, const int32_t *inputs, uint32_t count,
                      int32_t output)
{
    npu_graph_t *g = r->graph;
    void *nodes = g->node;
    int32_t *list = onnx_take(r, (count + UINT64_C(1)) * sizeof(*list));
    if (r->err == SIM_OK && g->nodes == NPU_GRAPH_MAX_NODES)
        onnx_fail(r, "found more than %d nodes, expected fewer", NPU_GRAPH_MAX_NODES);
    if (r->err != SIM_OK || !grow(r, &nodes, &r->node_room, g->nodes, sizeof(*g->node)))
        return NULL;
    g->node = nodes;
    memcpy(list, inputs, count * sizeof(*list));
    list[count] = output;
    r->info[output].maker = g->nodes;
    npu_node_t *n = &g->node[g->nodes++];
    *n = (npu_node_t){.op = op, .inputs = count, .outputs = 1, .input = list};
    n->output = list + count;
    return n;
}

void onnx_set_scale(onnx_t *r, int32_t tensor, float scale, int32_t zero)
{
    npu_tensor_t *t = onnx_at(r, tensor);
    float *s = onnx_take(r, sizeof(*s));
    int32_t *z = onnx_take(r, sizeof(*z));
    if (r->err != SIM_OK)
        return;
    *s = scale;
    *z = zero;
    t->scale = s;
    t->zero_point = z;
    t->scales = 1;
}

bool onnx_same_scale(onnx_t *r, int32_t a, int32_t b)
{
    const npu_tensor_t *x = onnx_at(r, a), *y = onnx_at(r, b);
    return x->type == y->type && x->scales == 1 && y->scales == 1 && x->scale[0] == y->scale[0] &&
           x->zero_point[0] == y->zero_point[0];
}

int32_t onnx_result(onnx_t *r, int32_t like, uint32_t dims, const uint32_t *shape)
{
    npu_type_t type = r->err == SIM_OK ? onnx_at(r, like)->type : NPU_TYPE_INT8;
    return onnx_tensor(r, onnx_output_name(r), type, dims, shape);
}

int32_t onnx_result_map(onnx_t *r, int32_t like, npu_hwc_t size)
{
    const uint32_t shape[4] = {1, size.h, size.w, size.c};
    int32_t t = onnx_result(r, like, 4, shape);
    if (r->err == SIM_OK)
        onnx_at(r, t)->channels_first = true;
    return t;
}

/* ---- orders ---------------------------------------------------------------------------------- */

static const uint32_t to_graph_axis[NPU_GRAPH_DIMS] = {0, 3, 1, 2};

/* One channel, or one pixel: the same bytes in either order. */
static bool either_order(npu_hwc_t s)
{
    return s.c == 1 || (uint64_t)s.h * s.w == 1;
}

static bool same_hwc(npu_hwc_t a, npu_hwc_t b)
{
    return a.h == b.h && a.w == b.w && a.c == b.c;
}

/* A name for a tensor that the model does not have. */
static const char *new_name(onnx_t *r, const char *base, const char *more)
{
    size_t bytes = strlen(base) + strlen(more) + 1;
    char *name = onnx_take(r, bytes);
    if (name != NULL)
        snprintf(name, bytes, "%s%s", base, more);
    return name == NULL ? "" : name;
}

npu_node_t *onnx_moved(onnx_t *r, npu_node_op_t op, int32_t from, int32_t to)
{
    npu_node_t *n = onnx_node(r, op, &from, 1, to);
    if (n == NULL)
        return NULL;
    const npu_tensor_t *t = onnx_at(r, from);
    if (t->scales == 1)
        onnx_set_scale(r, to, t->scale[0], t->zero_point[0]);
    r->info[to].from = from;
    return n;
}

/* The same bytes with other dimensions, unless it has them already. */
static int32_t reshaped(onnx_t *r, int32_t tensor, uint32_t dims, const uint32_t *shape)
{
    const npu_tensor_t *t = onnx_at(r, tensor);
    if (r->err != SIM_OK || (t->dims == dims && memcmp(t->shape, shape, dims * 4) == 0))
        return tensor;
    int32_t to = onnx_tensor(r, new_name(r, t->name, "(reshaped)"), t->type, dims, shape);
    onnx_moved(r, NPU_NODE_RESHAPE, tensor, to);
    return to;
}

/* The codes in another order: dimension d of the result is perm[d] of the tensor's. */
static int32_t transposed(onnx_t *r, int32_t tensor, const uint32_t perm[NPU_GRAPH_DIMS])
{
    uint32_t shape[NPU_GRAPH_DIMS];
    if (r->err != SIM_OK)
        return tensor;
    const npu_tensor_t *t = onnx_at(r, tensor);
    for (uint32_t d = 0; d < t->dims; d++)
        shape[d] = t->shape[perm[d]];
    int32_t to = onnx_tensor(r, new_name(r, t->name, "(transposed)"), t->type, t->dims, shape);
    npu_node_t *n = onnx_moved(r, NPU_NODE_TRANSPOSE, tensor, to);
    if (n != NULL)
        memcpy(n->perm, perm, sizeof(n->perm));
    return to;
}

int32_t onnx_map(onnx_t *r, const onnx_value_t *v)
{
    if (r->err != SIM_OK)
        return 0;
    if (v->dims != 4 || v->shape[0] != 1) {
        onnx_fail(r, "found %u dimensions, batch %u, expected 4 (N C H W), batch 1", v->dims,
                  v->dims == 0 ? 1 : v->shape[0]);
        return 0;
    }
    const npu_hwc_t want = {v->shape[2], v->shape[3], v->shape[1]};
    const uint32_t shape[4] = {1, want.h, want.w, want.c};
    const npu_tensor_t *t = onnx_at(r, v->tensor);
    bool as_it_is = t->dims == 4 && same_hwc(npu_tensor_hwc(t), want);
    if (as_it_is && (v->chw || either_order(want)))
        return v->tensor;
    npu_hwc_t has = npu_tensor_hwc(t);
    bool pixels = v->chw && has.c == want.c && (uint64_t)has.h * has.w == (uint64_t)want.h * want.w;
    if (pixels || (either_order(want) && (!v->chw || either_order(has))))
        return reshaped(r, v->tensor, 4, shape);
    static const uint32_t to_map[NPU_GRAPH_DIMS] = {0, 2, 3, 1};
    const uint32_t planes[4] = {1, want.c, want.h, want.w};
    return transposed(r, reshaped(r, onnx_plain(r, v), 4, planes), to_map);
}

int32_t onnx_plain(onnx_t *r, const onnx_value_t *v)
{
    if (r->err != SIM_OK)
        return 0;
    if (!v->chw || either_order(npu_tensor_hwc(onnx_at(r, v->tensor))))
        return reshaped(r, v->tensor, v->dims, v->shape);
    return reshaped(r, transposed(r, v->tensor, to_graph_axis), v->dims, v->shape);
}

/* Whether the dimensions of the model are those of the tensor, N C H W of N H W C. */
static bool is_map(onnx_t *r, const onnx_value_t *v)
{
    const npu_tensor_t *t = onnx_at(r, v->tensor);
    return v->chw && v->dims == 4 && t->dims == 4 &&
           same_hwc(npu_tensor_hwc(t), (npu_hwc_t){v->shape[2], v->shape[3], v->shape[1]});
}

int32_t onnx_arranged(onnx_t *r, onnx_value_t *v)
{
    if (r->err != SIM_OK || is_map(r, v))
        return v->tensor;
    v->tensor = onnx_plain(r, v);
    v->chw = false;
    return v->tensor;
}

uint32_t onnx_graph_axis(const onnx_value_t *v, uint32_t axis)
{
    return v->chw ? to_graph_axis[axis] : axis;
}

onnx_value_t onnx_map_value(onnx_kind_t kind, int32_t tensor, npu_hwc_t size)
{
    return (onnx_value_t){.kind = kind,
                          .dims = 4,
                          .shape = {1, size.c, size.h, size.w},
                          .chw = true,
                          .tensor = tensor,
                          .low = -INFINITY,
                          .high = INFINITY};
}

/* Transpose: what becomes of the order. False when bytes would have to move. */
bool onnx_permute(onnx_t *r, onnx_value_t *v, const uint32_t perm[NPU_GRAPH_DIMS])
{
    onnx_value_t to = *v;
    bool plain = true, chw = v->dims == 4;
    onnx_arranged(r, v);
    to.tensor = v->tensor;
    for (uint32_t d = 0, last = 0, last_chw = 0; d < v->dims; d++) {
        uint32_t axis = onnx_graph_axis(v, perm[d]), as_chw = 0;
        to.shape[d] = v->shape[perm[d]];
        if (to.shape[d] == 1)
            continue; /* stands anywhere */
        plain = plain && axis >= last;
        last = axis;
        while (to_graph_axis[as_chw] != axis)
            as_chw++;
        chw = chw && as_chw >= last_chw;
        last_chw = as_chw;
    }
    /* the graph's axes in the order of the model: rising, or rising as N C H W counts them */
    to.chw = !plain;
    *v = to;
    return plain || chw;
}

/* ---- other names ----------------------------------------------------------------------------- */

onnx_value_t onnx_renamed(onnx_t *r, const onnx_value_t *v)
{
    onnx_value_t to = *v;
    if (r->err != SIM_OK)
        return to;
    npu_tensor_t from = *onnx_at(r, v->tensor);
    bool map = v->chw && !either_order(npu_tensor_hwc(&from));
    to.chw = map;
    to.tensor = onnx_result(r, v->tensor, map ? from.dims : v->dims, map ? from.shape : v->shape);
    if (onnx_moved(r, NPU_NODE_RESHAPE, v->tensor, to.tensor) == NULL)
        return to;
    onnx_at(r, to.tensor)->channels_first = map;
    r->info[to.tensor].named = true;
    return to;
}

/* The same codes in the other type: a node that costs nothing either. */
static onnx_value_t retyped(onnx_t *r, const onnx_value_t *v, npu_type_t type, float scale,
                            int32_t zero)
{
    onnx_value_t to = *v;
    npu_tensor_t from = *onnx_at(r, v->tensor);
    to.tensor = onnx_tensor(r, onnx_output_name(r), type, from.dims, from.shape);
    onnx_node(r, NPU_NODE_QUANTIZE, &v->tensor, 1, to.tensor);
    if (r->err != SIM_OK)
        return to;
    onnx_at(r, to.tensor)->channels_first = from.channels_first;
    onnx_set_scale(r, to.tensor, scale, zero);
    r->info[to.tensor].named = true;
    return to;
}

/* ---- scales given ---------------------------------------------------------------------------- */

int32_t onnx_round(float x)
{
    if (!(x < 1073741824.0f))
        return 1 << 30;
    if (x < -1073741824.0f)
        return -(1 << 30);
    float below = floorf(x), rest = x - below;
    int32_t n = (int32_t)below;
    return rest > 0.5f || (rest == 0.5f && (n & 1) != 0) ? n + 1 : n;
}

static int32_t lowest(npu_type_t type)
{
    return type == NPU_TYPE_INT8 ? -128 : 0;
}

static int32_t clamp(int32_t x, int32_t low, int32_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* Scales and zero points of a QuantizeLinear or DequantizeLinear. */
typedef struct {
    npu_type_t type; /* of the zero points */
    uint32_t bits;   /* of int8: 8, or 4 */
    uint32_t count;
    float *scale;
    int32_t *zero;
} quant_t;

/* The type of codes when no zero point says so. */
static npu_type_t default_type(onnx_t *r)
{
    int64_t type = onnx_int(r, "output_dtype", 0);
    return type == ONNX__TENSOR_PROTO__DATA_TYPE__INT8 ? NPU_TYPE_INT8 : NPU_TYPE_UINT8;
}

static bool read_quant(onnx_t *r, onnx_value_t *scale, onnx_value_t *zero, quant_t *q)
{
    const onnx_numbers_t *s = onnx_numbers(r, scale, "scale");
    const onnx_numbers_t *z = zero == NULL ? NULL : onnx_numbers(r, zero, "zero point");
    if (s == NULL || (zero != NULL && z == NULL))
        return false;
    if (s->type != NPU_TYPE_FLOAT32 || s->count == 0 || s->dims > 1)
        return onnx_fail(r,
                         "scale: found %s of %llu elements, %u dimensions, expected float of at "
                         "most one dimension",
                         npu_type_name(s->type), (unsigned long long)s->count, s->dims);
    if (z != NULL && (z->count != s->count || z->type == NPU_TYPE_FLOAT32))
        return onnx_fail(r, "zero point: found %s of %llu elements, expected integers, %llu",
                         npu_type_name(z->type), (unsigned long long)z->count,
                         (unsigned long long)s->count);
    if (onnx_int(r, "block_size", 0) != 0)
        return onnx_fail(r, "attribute block_size: found %lld, expected 0",
                         (long long)onnx_int(r, "block_size", 0));
    q->type = z == NULL ? default_type(r) : z->type;
    q->bits = z == NULL ? 8 : z->bits;
    q->count = (uint32_t)s->count;
    q->scale = onnx_take(r, q->count * sizeof(*q->scale));
    q->zero = onnx_take(r, q->count * sizeof(*q->zero));
    for (uint32_t i = 0; r->err == SIM_OK && i < q->count; i++) {
        q->scale[i] = onnx_f32(s, i);
        q->zero[i] = z == NULL ? 0 : (int32_t)onnx_i64(z, i);
        if (!(q->scale[i] >= 1e-30f && q->scale[i] <= 1e30f))
            return onnx_fail(r, "scale: found %g, expected 1e-30..1e30", (double)q->scale[i]);
    }
    return r->err == SIM_OK;
}

/* The scale of a tensor, and of those that it is another name of. */
static void take_scale(onnx_t *r, int32_t tensor, float scale, int32_t zero)
{
    for (int32_t t = tensor; r->err == SIM_OK && t != NPU_NO_TENSOR; t = r->info[t].from) {
        const npu_tensor_t *at = onnx_at(r, t);
        if (at->scales == 0)
            onnx_set_scale(r, t, scale, zero);
        else if (at->scale[0] != scale || at->zero_point[0] != zero)
            onnx_fail(r, "\"%.80s\": found scale %g zero point %d, expected %g %d as before",
                      at->name, (double)scale, zero, (double)at->scale[0], at->zero_point[0]);
    }
}

/* A scale for each index of an axis, or one for all. */
static uint32_t quant_axis(onnx_t *r, const quant_t *q, const onnx_numbers_t *n, int64_t axis)
{
    if (q->count == 1)
        return 0;
    uint32_t d = n->dims == 1 ? 0 : onnx_axis(r, axis, n->dims);
    if (r->err == SIM_OK && n->shape[d] != q->count)
        onnx_fail(r, "found %u scales for %u along axis %u, expected as many", q->count,
                  n->shape[d], d);
    return d;
}

onnx_value_t onnx_dequantized(onnx_t *r, const onnx_value_t *v, onnx_value_t *scale,
                              onnx_value_t *zero, int64_t axis)
{
    onnx_value_t to = *v;
    quant_t q;
    if (!read_quant(r, scale, zero, &q))
        return to;
    to.low = -INFINITY;
    to.high = INFINITY;
    if (v->kind == ONNX_NUMBERS) {
        to.numbers = onnx_numbers(r, &to, "input");
        to.scale = q.scale;
        to.zero = q.zero;
        to.scales = q.count;
        to.axis = to.numbers == NULL ? 0 : quant_axis(r, &q, to.numbers, axis);
        if (r->err == SIM_OK &&
            (to.numbers->type == NPU_TYPE_FLOAT32 || to.numbers->type == NPU_TYPE_INT64))
            onnx_fail(r, "input: found %s, expected int8, uint8 or int32",
                      npu_type_name(to.numbers->type));
    } else if (v->kind != ONNX_CODES) {
        onnx_fail(r, "input: found floats, expected codes");
    } else if (q.count != 1 || q.bits != 8) {
        onnx_fail(r, "found %u scales, %u bits of an activation, expected 1, 8", q.count, q.bits);
    } else {
        take_scale(r, v->tensor, q.scale[0], q.zero[0]);
    }
    to.kind = ONNX_REAL;
    return to;
}

/* ---- scales taken ---------------------------------------------------------------------------- */

int32_t onnx_code(float x, float scale, int32_t zero, npu_type_t type)
{
    return clamp(onnx_round(x / scale) + zero, lowest(type), lowest(type) + 255);
}

/* Weights that stand as floats in the file. */
static onnx_value_t quantized_numbers(onnx_t *r, onnx_value_t *v, const quant_t *q, int64_t axis)
{
    onnx_value_t to = *v;
    const onnx_numbers_t *from = onnx_numbers(r, v, "input");
    onnx_numbers_t *n = onnx_take(r, sizeof(*n));
    if (from == NULL || n == NULL)
        return to;
    uint8_t *data = onnx_take(r, from->count + 1);
    uint32_t d = quant_axis(r, q, from, axis);
    uint64_t inner = 1;
    if (from->type != NPU_TYPE_FLOAT32)
        onnx_fail(r, "input: found %s, expected float", npu_type_name(from->type));
    if (r->err != SIM_OK)
        return to;
    for (uint32_t k = d + 1; k < from->dims; k++)
        inner *= from->shape[k];
    for (uint64_t i = 0; i < from->count; i++) {
        uint64_t c = q->count == 1 ? 0 : i / inner % q->count;
        int32_t code = onnx_code(onnx_f32(from, i), q->scale[c], q->zero[c], q->type);
        data[i] = (uint8_t)(q->bits == 4 ? clamp(code, -8, 7) : code);
    }
    *n = *from;
    n->type = q->type;
    n->bits = q->bits;
    n->data = data;
    to.numbers = n;
    to.proto = NULL;
    return to;
}

static onnx_value_t as_codes(onnx_value_t v)
{
    v.kind = ONNX_CODES;
    v.curve = NULL;
    return v;
}

static bool may_clip(npu_node_op_t op)
{
    return op == NPU_NODE_CONV_2D || op == NPU_NODE_DEPTHWISE_CONV_2D ||
           op == NPU_NODE_FULLY_CONNECTED || op == NPU_NODE_ADD || op == NPU_NODE_SUB ||
           op == NPU_NODE_MUL || op == NPU_NODE_TRANSPOSE_CONV;
}

/* Bounds in codes, and whether they are those of an activation that the node can have. */
static bool clip_of(onnx_t *r, const onnx_value_t *v, int32_t *low, int32_t *high)
{
    static const struct {
        npu_activation_t act;
        float low, high;
    } acts[] = {{NPU_ACT_NONE, -INFINITY, INFINITY},
                {NPU_ACT_RELU, 0.0f, INFINITY},
                {NPU_ACT_RELU6, 0.0f, 6.0f},
                {NPU_ACT_RELU_N1_P1, -1.0f, 1.0f}};
    const npu_tensor_t *t = onnx_at(r, v->tensor);
    npu_node_t *maker = &r->graph->node[r->info[v->tensor].maker];
    int32_t zero = t->zero_point[0], min = lowest(t->type), max = min + 255;
    *low = onnx_code(v->low, t->scale[0], zero, t->type);
    *high = onnx_code(v->high, t->scale[0], zero, t->type);
    for (size_t i = 0; i < SIM_COUNT(acts); i++) {
        /* the compiler rounds bounds away from zero, as TFLite does */
        int32_t l = onnx_round(roundf(acts[i].low / t->scale[0]));
        int32_t h = onnx_round(roundf(acts[i].high / t->scale[0]));
        if (clamp(l + zero, min, max) == *low && clamp(h + zero, min, max) == *high &&
            (i == 0 || may_clip(maker->op))) {
            maker->activation = acts[i].act;
            return true;
        }
    }
    return false;
}

/* A table that clips codes to low..high. */
static int32_t clip_table(onnx_t *r, const onnx_value_t *v, int32_t low, int32_t high,
                          npu_type_t type, float scale, int32_t zero)
{
    const npu_tensor_t t = *onnx_at(r, v->tensor);
    onnx_value_t real = *v;
    float *curve = onnx_take(r, 256 * sizeof(*curve));
    for (int32_t i = 0; curve != NULL && i < 256; i++)
        curve[i] = t.scale[0] * (float)(clamp(i + lowest(t.type), low, high) - t.zero_point[0]);
    real.kind = ONNX_REAL;
    real.curve = curve;
    return onnx_table(r, &real, type, scale, zero);
}

/* The tensor itself may take the name. */
static bool rename_in_place(onnx_t *r, const onnx_value_t *v)
{
    npu_tensor_t *t = onnx_at(r, v->tensor);
    bool whole = v->chw ? is_map(r, v)
                        : t->dims == v->dims && !t->channels_first &&
                              memcmp(t->shape, v->shape, 4 * v->dims) == 0;
    if (!whole || r->info[v->tensor].named || r->info[v->tensor].maker == UINT32_MAX)
        return false;
    t->name = onnx_output_name(r);
    r->info[v->tensor].named = true;
    return true;
}

static onnx_value_t quantized_real(onnx_t *r, const onnx_value_t *v, npu_type_t type, float scale,
                                   int32_t zero)
{
    onnx_value_t to = *v;
    if (v->tensor == NPU_NO_TENSOR) {
        onnx_fail(r, "input: found a constant, expected a result of the network");
        return to;
    }
    const npu_tensor_t *t = onnx_at(r, v->tensor);
    bool same = v->curve == NULL && t->scale[0] == scale &&
                t->zero_point[0] - lowest(t->type) == zero - lowest(type);
    if (!same)
        to.tensor = onnx_table(r, v, type, scale, zero);
    else if (t->type != type)
        to = retyped(r, v, type, scale, zero);
    else if (!rename_in_place(r, v))
        to = onnx_renamed(r, v);
    return as_codes(to);
}

/* The result of a node gets its scale. Nodes make the type of their first input; another is one
 * more name. */
static onnx_value_t quantized_sum(onnx_t *r, const onnx_value_t *v, npu_type_t type, float scale,
                                  int32_t zero)
{
    const npu_tensor_t t = *onnx_at(r, v->tensor);
    onnx_value_t to = *v;
    int32_t low, high;
    if (t.scales != 0)
        onnx_fail(r, "input: found a second QuantizeLinear of one result, expected one");
    else
        onnx_set_scale(r, v->tensor, scale, zero - lowest(type) + lowest(t.type));
    if (r->err != SIM_OK)
        return to;
    if (!clip_of(r, v, &low, &high)) {
        to.tensor = clip_table(r, v, low, high, type, scale, zero);
    } else if (t.type != type) {
        to = retyped(r, v, type, scale, zero);
    } else {
        onnx_at(r, v->tensor)->name = onnx_output_name(r);
        r->info[v->tensor].named = true;
    }
    return as_codes(to);
}

/* Concat, Max, Min: each part is brought to the scale of the whole; rounding keeps the order. */
static onnx_value_t joined(onnx_t *r, const onnx_value_t *v, npu_type_t type, float scale,
                           int32_t zero)
{
    onnx_value_t to = *v;
    int32_t *part = onnx_take(r, v->parts * sizeof(*part));
    uint32_t shape[NPU_GRAPH_DIMS] = {0};
    for (uint32_t i = 0; r->err == SIM_OK && i < v->parts; i++) {
        onnx_value_t one = {.kind = ONNX_REAL, .tensor = v->part[i], .chw = v->chw};
        const npu_tensor_t t = *onnx_at(r, v->part[i]);
        bool same = t.type == type && t.scale[0] == scale && t.zero_point[0] == zero;
        part[i] = same ? v->part[i] : onnx_table(r, &one, type, scale, zero);
        for (uint32_t d = 0; d < t.dims; d++) {
            bool along = v->join == NPU_NODE_CONCATENATION && d == v->axis;
            uint32_t larger = shape[d] > t.shape[d] ? shape[d] : t.shape[d];
            shape[d] = along ? shape[d] + t.shape[d] : larger;
        }
    }
    if (r->err != SIM_OK)
        return to;
    to.tensor = onnx_tensor(r, onnx_output_name(r), type, v->dims, shape);
    npu_node_t *n = onnx_node(r, v->join, part, v->parts, to.tensor);
    if (n == NULL)
        return to;
    n->axis = v->axis;
    onnx_at(r, to.tensor)->channels_first = v->chw;
    onnx_set_scale(r, to.tensor, scale, zero);
    to.part = NULL;
    to.kind = ONNX_REAL;
    return to;
}

onnx_value_t onnx_joined(onnx_t *r, const onnx_value_t *v, int32_t like)
{
    const npu_tensor_t t = *onnx_at(r, like);
    return joined(r, v, t.type, t.scale[0], t.zero_point[0]);
}

onnx_value_t onnx_quantized(onnx_t *r, onnx_value_t *v, onnx_value_t *scale, onnx_value_t *zero,
                            int64_t axis)
{
    quant_t q;
    if (!read_quant(r, scale, zero, &q))
        return *v;
    if (q.type != NPU_TYPE_INT8 && q.type != NPU_TYPE_UINT8) {
        onnx_fail(r, "zero point: found %s, expected int8 or uint8", npu_type_name(q.type));
        return *v;
    }
    if (v->kind == ONNX_NUMBERS)
        return quantized_numbers(r, v, &q, axis);
    if (q.count != 1 || q.bits != 8) {
        onnx_fail(r, "found %u scales, %u bits of an activation, expected 1, 8", q.count, q.bits);
        return *v;
    }
    switch (v->kind) {
    case ONNX_FLOAT: /* at the border of the network, where whoever feeds it quantizes */
        return as_codes(retyped(r, v, q.type, q.scale[0], q.zero[0]));
    case ONNX_REAL:
        return quantized_real(r, v, q.type, q.scale[0], q.zero[0]);
    case ONNX_SUM:
        return v->part != NULL ? as_codes(joined(r, v, q.type, q.scale[0], q.zero[0]))
                               : quantized_sum(r, v, q.type, q.scale[0], q.zero[0]);
    default:
        onnx_fail(r, "input: found codes, expected floats");
        return *v;
    }
}

/* ---- what operators take --------------------------------------------------------------------- */

bool onnx_wants_codes(onnx_t *r, onnx_value_t *v, const char *what)
{
    if (r->err != SIM_OK)
        return false;
    if (v->kind == ONNX_REAL && v->curve == NULL && v->tensor != NPU_NO_TENSOR)
        return true;
    static const char *const found[] = {"nothing", "a float constant", "a float input",
                                        "codes",   "a float result",   "a float result"};
    return onnx_fail(r, "%s: found %s, expected a DequantizeLinear before it", what,
                     v->kind == ONNX_REAL && v->curve == NULL ? "a constant" : found[v->kind]);
}
