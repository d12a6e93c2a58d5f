/*
 * onnx_move.c - operators that change shape or order, or move codes and leave them as they are.
 *
 * Most move nothing: a value gets another shape, or counts its dimensions in the other order. What
 * does move codes becomes a node of the graph.
 */
#include <math.h>
#include <string.h>

#include "npu/compiler/onnx_int.h"

/* ---- other shapes, other orders, other names ------------------------------------------------- */

/* Codes get a tensor of the new name; what they mean only a new shape. */
static void set_moved(onnx_t *r, const onnx_value_t *v)
{
    if (r->err != SIM_OK)
        return;
    onnx_value_t to = v->kind == ONNX_CODES ? onnx_renamed(r, v) : *v;
    onnx_set(r, &to);
}

/* An operand that may be moved: not a result that has no scale yet. */
static onnx_value_t *onnx_movable(onnx_t *r)
{
    onnx_value_t *v = onnx_input(r, 0);
    if (r->err == SIM_OK && (v->kind == ONNX_CODES || v->kind == ONNX_FLOAT))
        return v;
    if (r->err == SIM_OK && v->kind == ONNX_REAL && v->tensor != NPU_NO_TENSOR)
        return v;
    if (r->err == SIM_OK)
        onnx_wants_codes(r, v, "input");
    return NULL;
}

void onnx_identity(onnx_t *r)
{
    onnx_value_t *v = onnx_input(r, 0);
    if (r->err != SIM_OK)
        return;
    if (v->kind == ONNX_CODES)
        set_moved(r, v);
    else
        onnx_set(r, v);
}

/* Codes in another order: the graph then has the order of the model. */
static void transpose(onnx_t *r, const onnx_value_t *from, const uint32_t perm[NPU_GRAPH_DIMS])
{
    onnx_value_t v = *from, to;
    if (v.kind == ONNX_FLOAT || v.curve != NULL) {
        onnx_fail(r, "input: found floats, expected a QuantizeLinear before what moves them");
        return;
    }
    int32_t in = onnx_arranged(r, &v);
    to = v;
    for (uint32_t d = 0; d < v.dims; d++)
        to.shape[d] = v.shape[perm[d]];
    to.chw = false;
    to.tensor = onnx_result(r, in, v.dims, to.shape);
    npu_node_t *n = onnx_moved(r, NPU_NODE_TRANSPOSE, in, to.tensor);
    for (uint32_t d = 0; n != NULL && d < v.dims; d++)
        n->perm[d] = onnx_graph_axis(&v, perm[d]);
    onnx_set(r, &to);
}

/* Where each dimension comes from, but for leading ones, which have to stay. */
static bool read_perm(onnx_t *r, const onnx_value_t *v, uint32_t perm[NPU_GRAPH_DIMS])
{
    int64_t given[ONNX_MAX_RANK] = {0};
    uint32_t rank = v->leading + v->dims, seen = 0;
    uint32_t count = onnx_ints(r, "perm", given, ONNX_MAX_RANK);
    if (r->err == SIM_OK && count != 0 && count != rank)
        onnx_fail(r, "attribute perm: found %u numbers, expected %u", count, rank);
    memset(perm, 0, NPU_GRAPH_DIMS * sizeof(*perm));
    for (uint32_t d = 0; r->err == SIM_OK && d < rank; d++) {
        uint32_t from = count == 0 ? rank - 1 - d : onnx_axis(r, given[d], rank);
        seen |= 1u << from;
        if (d >= v->leading && from >= v->leading)
            perm[d - v->leading] = from - v->leading;
        else if (d != from)
            onnx_fail(r, "attribute perm: found %u to %u, expected leading dimensions to stay",
                      from, d);
    }
    if (r->err == SIM_OK && seen != (1u << rank) - 1)
        onnx_fail(r, "attribute perm: found an axis twice, expected each once");
    return r->err == SIM_OK;
}

void onnx_transpose(onnx_t *r)
{
    onnx_value_t *v = onnx_movable(r);
    uint32_t perm[NPU_GRAPH_DIMS];
    if (v == NULL || !read_perm(r, v, perm))
        return;
    onnx_value_t to = *v;
    if (onnx_permute(r, &to, perm))
        set_moved(r, &to);
    else
        transpose(r, v, perm);
}

/* The value with another shape of as many elements. What is more than the graph can count are
 * leading dimensions of 1. */
static void set_shape(onnx_t *r, const onnx_value_t *v, uint32_t dims, const int64_t *shape)
{
    onnx_value_t to = *v;
    uint64_t from = 1, elements = 1;
    for (to.leading = 0; dims > NPU_GRAPH_DIMS && *shape == 1; to.leading++, dims--)
        shape++;
    if (dims > NPU_GRAPH_DIMS) {
        onnx_fail(r, "shape: found %u dimensions, expected at most %d but for leading ones of 1",
                  to.leading + dims, NPU_GRAPH_DIMS);
        return;
    }
    for (uint32_t d = 0; d < v->dims; d++)
        from *= v->shape[d];
    to.dims = dims;
    for (uint32_t d = 0; d < dims; d++) {
        if (shape[d] < 1 || shape[d] > 65536) {
            onnx_fail(r, "shape: found dimension %u = %lld, expected 1..65536", d,
                      (long long)shape[d]);
            return;
        }
        to.shape[d] = (uint32_t)shape[d];
        elements *= to.shape[d];
    }
    if (elements != from)
        onnx_fail(r, "shape: found %llu elements, expected %llu", (unsigned long long)elements,
                  (unsigned long long)from);
    set_moved(r, &to);
}

void onnx_reshape(onnx_t *r)
{
    onnx_value_t *v = onnx_movable(r);
    int64_t shape[ONNX_MAX_RANK], rest = 1;
    uint32_t dims = onnx_integers(r, 1, "shape", shape, ONNX_MAX_RANK);
    bool zeros = onnx_int(r, "allowzero", 0) == 0;
    if (r->err != SIM_OK || v == NULL)
        return;
    for (uint32_t d = 0; d < v->dims; d++)
        rest *= v->shape[d];
    for (uint32_t d = 0; d < dims; d++) {
        if (shape[d] == 0 && zeros && d < v->leading + v->dims)
            shape[d] = d < v->leading ? 1 : v->shape[d - v->leading];
        if (shape[d] > 0)
            rest /= shape[d];
    }
    for (uint32_t d = 0, open = 0; d < dims; d++)
        if (shape[d] == -1 && open++ == 0)
            shape[d] = rest;
    set_shape(r, v, dims, shape);
}

void onnx_flatten(onnx_t *r)
{
    onnx_value_t *v = onnx_movable(r);
    int64_t axis = onnx_int(r, "axis", 1), shape[2] = {1, 1};
    if (r->err != SIM_OK || v == NULL)
        return;
    uint32_t split = axis == v->dims ? v->dims : onnx_axis(r, axis, v->dims);
    for (uint32_t d = 0; d < v->dims; d++)
        shape[d < split ? 0 : 1] *= v->shape[d];
    set_shape(r, v, 2, shape);
}

/* Axes as input 1, as a set of bits; of `dims` dimensions. */
uint32_t onnx_axes(onnx_t *r, uint32_t dims)
{
    int64_t axis[NPU_GRAPH_DIMS];
    uint32_t count = onnx_integers(r, 1, "axes", axis, NPU_GRAPH_DIMS), set = 0;
    for (uint32_t i = 0; r->err == SIM_OK && i < count; i++)
        set |= 1u << onnx_axis(r, axis[i], dims);
    return set;
}

void onnx_squeeze(onnx_t *r)
{
    onnx_value_t *v = onnx_movable(r);
    int64_t shape[NPU_GRAPH_DIMS];
    uint32_t dims = 0, set = 0;
    if (v == NULL)
        return;
    if (onnx_optional(r, 1) != NULL)
        set = onnx_axes(r, v->dims);
    else
        for (uint32_t d = 0; d < v->dims; d++)
            set |= (v->shape[d] == 1 ? 1u : 0) << d;
    for (uint32_t d = 0; d < v->dims; d++)
        if ((set >> d & 1) == 0)
            shape[dims++] = v->shape[d];
    if (r->err == SIM_OK)
        set_shape(r, v, dims, shape);
}

void onnx_unsqueeze(onnx_t *r)
{
    onnx_value_t *v = onnx_movable(r);
    int64_t shape[NPU_GRAPH_DIMS];
    if (v == NULL)
        return;
    const onnx_numbers_t *axes = onnx_numbers(r, onnx_input(r, 1), "axes");
    uint32_t dims = axes == NULL ? 0 : v->dims + (uint32_t)axes->count;
    if (r->err == SIM_OK && (axes->count > NPU_GRAPH_DIMS || dims > NPU_GRAPH_DIMS))
        onnx_fail(r, "axes: found %llu for %u dimensions, expected at most %d in all",
                  (unsigned long long)axes->count, v->dims, NPU_GRAPH_DIMS);
    uint32_t set = r->err == SIM_OK ? onnx_axes(r, dims) : 0, from = 0;
    for (uint32_t d = 0; r->err == SIM_OK && d < dims; d++)
        shape[d] = (set >> d & 1) != 0 || from == v->dims ? 1 : v->shape[from++];
    if (r->err == SIM_OK)
        set_shape(r, v, dims, shape);
}

/* ---- Concat, Pad ----------------------------------------------------------------------------- */

/* The parts of a Concat in one order: their tensors; `whole` becomes the last one's value. */
static bool read_parts(onnx_t *r, int32_t *part, uint32_t parts, onnx_value_t *whole)
{
    bool map = false;
    for (uint32_t i = 0; r->err == SIM_OK && i < parts; i++) {
        const onnx_value_t *v = onnx_input(r, i);
        map = map || (v != NULL && v->dims == 4 && v->chw);
    }
    for (uint32_t i = 0; r->err == SIM_OK && i < parts; i++) {
        onnx_value_t v = *onnx_input(r, i);
        if (!onnx_wants_codes(r, &v, "input"))
            return false;
        v.tensor = map ? onnx_map(r, &v) : onnx_plain(r, &v);
        v.chw = map;
        if (i != 0 && v.dims != whole->dims)
            return onnx_fail(r, "found %u and %u dimensions, expected as many", whole->dims,
                             v.dims);
        *whole = v;
        part[i] = v.tensor;
    }
    return r->err == SIM_OK;
}

/* Parts of one scale keep it; else the QuantizeLinear behind says to which all are brought. */
void onnx_concat(onnx_t *r)
{
    uint32_t parts = (uint32_t)r->node->n_input, along = 0;
    int32_t *part = onnx_take(r, parts * sizeof(*part));
    onnx_value_t to = {0};
    bool same = true;
    if (part == NULL || !read_parts(r, part, parts, &to))
        return;
    uint32_t axis = onnx_axis(r, onnx_int(r, "axis", 1), to.dims);
    for (uint32_t i = 0; r->err == SIM_OK && i < parts; i++) {
        along += onnx_input(r, i)->shape[axis];
        same = same && onnx_same_scale(r, part[0], part[i]);
    }
    if (r->err != SIM_OK)
        return;
    to.shape[axis] = along;
    to.kind = ONNX_SUM;
    to.part = part;
    to.parts = parts;
    to.join = NPU_NODE_CONCATENATION;
    to.axis = onnx_graph_axis(&to, axis);
    to.low = -INFINITY;
    to.high = INFINITY;
    to.tensor = NPU_NO_TENSOR;
    if (same)
        to = onnx_joined(r, &to, part[0]);
    onnx_set(r, &to);
}

/* The new result of a move, in the order of v; v then stands for it. */
static npu_node_t *move_to(onnx_t *r, npu_node_op_t op, onnx_value_t *v, uint32_t output,
                           const uint32_t shape[NPU_GRAPH_DIMS])
{
    int32_t from = v->tensor;
    if (r->err != SIM_OK)
        return NULL;
    const npu_tensor_t t = *onnx_at(r, from);
    v->tensor = onnx_tensor(r, onnx_name_of(r, output), t.type, t.dims, shape);
    npu_node_t *n = onnx_moved(r, op, from, v->tensor);
    if (n != NULL)
        onnx_at(r, v->tensor)->channels_first = v->chw && t.dims == NPU_GRAPH_DIMS;
    return n;
}

/* A value of which the axes are those of its tensor; false after complaining. */
static bool axes_of(onnx_t *r, onnx_value_t *v)
{
    const onnx_value_t *from = onnx_input(r, 0);
    if (r->err != SIM_OK)
        return false;
    *v = *from;
    if (!onnx_wants_codes(r, v, "input"))
        return false;
    onnx_arranged(r, v);
    return r->err == SIM_OK;
}

/* pads: before each axis, then after each. */
void onnx_pad(onnx_t *r)
{
    static const char *const modes[] = {"constant"};
    int64_t pads[2 * NPU_GRAPH_DIMS];
    uint32_t pad[NPU_GRAPH_DIMS][2] = {{0}};
    onnx_value_t v;
    if (!axes_of(r, &v))
        return;
    onnx_choice(r, "mode", modes, 1);
    uint32_t count = onnx_integers(r, 1, "pads", pads, 2 * NPU_GRAPH_DIMS);
    float value = onnx_scalar(r, 2, "constant_value", 0.0f);
    if (r->err == SIM_OK && (onnx_optional(r, 3) != NULL || count != 2 * v.dims))
        onnx_fail(r, "pads: found %u numbers, expected %u, for all axes", count, 2 * v.dims);
    if (r->err != SIM_OK)
        return;
    npu_tensor_t t = *onnx_at(r, v.tensor);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t d = i % v.dims, g = onnx_graph_axis(&v, d);
        if (pads[i] < 0 || pads[i] > 65536) {
            onnx_fail(r, "pads: found %lld, expected 0..65536", (long long)pads[i]);
            return;
        }
        pad[g][i / v.dims] = (uint32_t)pads[i];
        t.shape[g] += (uint32_t)pads[i];
        v.shape[d] += (uint32_t)pads[i];
    }
    npu_node_t *n = move_to(r, value == 0.0f ? NPU_NODE_PAD : NPU_NODE_PADV2, &v, 0, t.shape);
    if (n == NULL)
        return;
    memcpy(n->pad, pad, sizeof(pad));
    n->pad_value = onnx_code(value, t.scale[0], t.zero_point[0], t.type);
    onnx_set(r, &v);
}

/* ---- Slice, Split ---------------------------------------------------------------------------- */

/* Where each axis of the model begins, in which steps, and how many. */
typedef struct {
    int32_t begin[NPU_GRAPH_DIMS], step[NPU_GRAPH_DIMS];
    uint32_t count[NPU_GRAPH_DIMS];
} cut_t;

static cut_t whole(const onnx_value_t *v)
{
    cut_t cut = {{0}, {1, 1, 1, 1}, {0}};
    memcpy(cut.count, v->shape, sizeof(cut.count));
    return cut;
}

static void cut_out(onnx_t *r, const onnx_value_t *from, uint32_t output, const cut_t *cut)
{
    onnx_value_t v = *from;
    uint32_t shape[NPU_GRAPH_DIMS] = {0};
    for (uint32_t d = 0; d < v.dims; d++) {
        v.shape[d] = cut->count[d];
        shape[onnx_graph_axis(&v, d)] = cut->count[d];
    }
    npu_node_t *n = move_to(r, NPU_NODE_STRIDED_SLICE, &v, output, shape);
    for (uint32_t d = 0; n != NULL && d < v.dims; d++) {
        uint32_t g = onnx_graph_axis(&v, d);
        n->begin[g] = cut->begin[d];
        n->step[g] = cut->step[d];
        n->count[g] = cut->count[d];
    }
    onnx_set_output(r, output, &v);
}

static int64_t between(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* One axis: negative ends count from the end, all ends are clamped into the axis. */
static void cut_axis(onnx_t *r, cut_t *cut, uint32_t d, int64_t start, int64_t end, int64_t step)
{
    int64_t size = cut->count[d];
    if (step == 0 || step < -65536 || step > 65536) {
        onnx_fail(r, "steps: found %lld, expected -65536..65536, not 0", (long long)step);
        return;
    }
    start = start < 0 && start >= -size ? start + size : start;
    end = end < 0 && end >= -size ? end + size : end;
    int64_t count;
    if (step > 0) {
        start = between(start, 0, size);
        end = between(end, 0, size);
        count = end > start ? (end - start + step - 1) / step : 0;
    } else {
        start = between(start, 0, size - 1);
        end = between(end, -1, size - 1);
        count = start > end ? (start - end - step - 1) / -step : 0;
    }
    if (count == 0)
        onnx_fail(r, "axis %u: found no element between %lld and %lld, expected some", d,
                  (long long)start, (long long)end);
    cut->begin[d] = (int32_t)start;
    cut->step[d] = (int32_t)step;
    cut->count[d] = (uint32_t)count;
}

void onnx_slice(onnx_t *r)
{
    int64_t start[NPU_GRAPH_DIMS], end[NPU_GRAPH_DIMS], axis[NPU_GRAPH_DIMS] = {0, 1, 2, 3};
    int64_t step[NPU_GRAPH_DIMS] = {1, 1, 1, 1};
    onnx_value_t v;
    if (!axes_of(r, &v))
        return;
    uint32_t count = onnx_integers(r, 1, "starts", start, NPU_GRAPH_DIMS), same = count;
    uint32_t ends = onnx_integers(r, 2, "ends", end, NPU_GRAPH_DIMS), steps = count;
    if (onnx_optional(r, 3) != NULL)
        same = onnx_integers(r, 3, "axes", axis, NPU_GRAPH_DIMS);
    if (onnx_optional(r, 4) != NULL)
        steps = onnx_integers(r, 4, "steps", step, NPU_GRAPH_DIMS);
    if (r->err == SIM_OK && (ends != count || same != count || steps != count))
        onnx_fail(r, "found %u starts, %u ends, %u axes, %u steps, expected as many of each", count,
                  ends, same, steps);
    cut_t cut = whole(&v);
    for (uint32_t i = 0; r->err == SIM_OK && i < count; i++) {
        uint32_t d = onnx_axis(r, axis[i], v.dims);
        if (r->err == SIM_OK)
            cut_axis(r, &cut, d, start[i], end[i], step[i]);
    }
    if (r->err == SIM_OK)
        cut_out(r, &v, 0, &cut);
}

/* Sizes as input 1, or equal ones, of which the last may be smaller. */
void onnx_split(onnx_t *r)
{
    onnx_value_t v;
    uint32_t parts = (uint32_t)r->node->n_output;
    if (!axes_of(r, &v))
        return;
    uint32_t d = onnx_axis(r, onnx_int(r, "axis", 0), v.dims);
    const onnx_numbers_t *sizes = NULL;
    if (r->err == SIM_OK && onnx_optional(r, 1) != NULL)
        sizes = onnx_numbers(r, onnx_input(r, 1), "split");
    if (r->err == SIM_OK && sizes != NULL &&
        (sizes->count != parts || sizes->type == NPU_TYPE_FLOAT32))
        onnx_fail(r, "split: found %llu numbers, expected %u", (unsigned long long)sizes->count,
                  parts);
    if (r->err != SIM_OK)
        return;
    int64_t at = 0, size = v.shape[d], each = (size + parts - 1) / parts;
    for (uint32_t i = 0; r->err == SIM_OK && i < parts; i++) {
        int64_t n = sizes != NULL ? onnx_i64(sizes, i) : between(size - at, 0, each);
        cut_t cut = whole(&v);
        if (n < 1 || n > size - at) {
            onnx_fail(r, "split: found %lld of %lld along axis %u, expected 1..%lld", (long long)n,
                      (long long)size, d, (long long)(size - at));
            return;
        }
        cut.begin[d] = (int32_t)at;
        cut.count[d] = (uint32_t)n;
        cut_out(r, &v, i, &cut);
        at += n;
    }
    if (r->err == SIM_OK && at != size)
        onnx_fail(r, "split: found %lld along axis %u, expected %lld", (long long)at, d,
                  (long long)size);
}

/* ---- blocks and other sizes of maps ---------------------------------------------------------- */

/* A node on a map that leaves scale and zero point alone. */
static npu_node_t *map_to(onnx_t *r, npu_node_op_t op, onnx_value_t *v, npu_hwc_t out)
{
    const uint32_t shape[NPU_GRAPH_DIMS] = {1, out.h, out.w, out.c};
    int32_t tensor = onnx_map(r, v);
    *v = onnx_map_value(ONNX_REAL, tensor, out);
    return move_to(r, op, v, 0, shape);
}

static void blocks(onnx_t *r, npu_node_op_t op)
{
    static const char *const modes[] = {"DCR"};
    onnx_value_t v;
    if (!axes_of(r, &v))
        return;
    int64_t b = onnx_int(r, "blocksize", 0);
    onnx_choice(r, "mode", modes, 1);
    if (r->err == SIM_OK && (v.dims != 4 || b < 1 || b > 256))
        onnx_fail(r, "found %u dimensions, blocks of %lld, expected 4, 1..256", v.dims,
                  (long long)b);
    if (r->err != SIM_OK)
        return;
    uint32_t n = (uint32_t)b, c = v.shape[1], h = v.shape[2], w = v.shape[3];
    npu_hwc_t out = op == NPU_NODE_DEPTH_TO_SPACE ? (npu_hwc_t){h * n, w * n, c / (n * n)}
                                                  : (npu_hwc_t){h / n, w / n, c * n * n};
    npu_node_t *node = map_to(r, op, &v, out); /* what does not divide the graph check refuses */
    if (node == NULL)
        return;
    node->block = n;
    onnx_set(r, &v);
}

void onnx_depth_to_space(onnx_t *r)
{
    blocks(r, NPU_NODE_DEPTH_TO_SPACE);
}

void onnx_space_to_depth(onnx_t *r)
{
    blocks(r, NPU_NODE_SPACE_TO_DEPTH);
}

/* Where ONNX and where the graph's node look along one axis. */
typedef struct {
    uint32_t from, to;
    double scale; /* to / from, or as the file gives it */
} stretch_t;

enum { HALF_PIXEL, PYTORCH_HALF_PIXEL, ALIGN_CORNERS, ASYMMETRIC };

static double onnx_position(const stretch_t *s, uint32_t i, uint32_t mode)
{
    switch (mode) {
    case ALIGN_CORNERS:
        return s->to == 1 ? 0.0 : (double)i * (s->from - 1) / (s->to - 1);
    case ASYMMETRIC:
        return i / s->scale;
    case PYTORCH_HALF_PIXEL:
        return s->to == 1 ? 0.0 : (i + 0.5) / s->scale - 0.5;
    default:
        return (i + 0.5) / s->scale - 0.5;
    }
}

/* nearest_mode: round_prefer_floor, round_prefer_ceil, floor, ceil. */
static double onnx_nearest(double x, uint32_t how)
{
    double near = how == 0   ? ceil(x - 0.5)
                  : how == 1 ? floor(x + 0.5)
                  : how == 2 ? floor(x)
                             : ceil(x);
    return near;
}

/* RESIZE_NEAREST_NEIGHBOR of the reference implementation, in float as there. */
static uint32_t graph_nearest(const stretch_t *s, uint32_t i, bool align, bool half)
{
    float scale = align && s->to > 1 ? (float)(s->from - 1) / (float)(s->to - 1)
                                     : (float)s->from / (float)s->to;
    float x = ((float)i + (half ? 0.5f : 0.0f)) * scale;
    int64_t at = (int64_t)(align ? roundf(x) : floorf(x));
    return (uint32_t)between(at, 0, (int64_t)s->from - 1);
}

static bool nearest_agrees(const stretch_t *s, uint32_t mode, uint32_t how, bool align, bool half)
{
    for (uint32_t i = 0; i < s->to; i++) {
        double x = onnx_nearest(onnx_position(s, i, mode), how);
        x = x < 0.0 ? 0.0 : x > s->from - 1.0 ? s->from - 1.0 : x;
        if ((uint32_t)x != graph_nearest(s, i, align, half))
            return false;
    }
    return true;
}

/* The flags of the graph's node that look where ONNX does; false when none do. */
static bool resize_flags(const stretch_t s[2], bool nearest, uint32_t mode, uint32_t how,
                         npu_node_t *flags)
{
    for (uint32_t k = 0; k < 3; k++) {
        bool align = k == 1, half = k == 2;
        bool agrees;
        if (nearest)
            agrees = nearest_agrees(&s[0], mode, how, align, half) &&
                     nearest_agrees(&s[1], mode, how, align, half);
        else
            agrees = s[0].scale * s[0].from == s[0].to && s[1].scale * s[1].from == s[1].to &&
                     (mode == ALIGN_CORNERS ? align
                      : mode == ASYMMETRIC  ? k == 0
                                            : half) &&
                     (mode != PYTORCH_HALF_PIXEL || (s[0].to > 1 && s[1].to > 1));
        flags->align_corners = align;
        flags->half_pixel_centers = half;
        if (agrees)
            return true;
    }
    return false;
}

/* Size of the result from `sizes` or `scales`. */
static bool resize_to(onnx_t *r, const onnx_value_t *v, stretch_t s[2])
{
    bool sizes = onnx_optional(r, 3) != NULL;
    const onnx_numbers_t *n = onnx_numbers(r, onnx_input(r, sizes ? 3 : 2), "sizes or scales");
    if (n == NULL)
        return false;
    if (n->count != 4 || (n->type == NPU_TYPE_FLOAT32) == sizes ||
        onnx_attribute(r, "axes") != NULL)
        return onnx_fail(r,
                         "sizes or scales: found %s, %llu numbers, expected 4, one for each axis",
                         npu_type_name(n->type), (unsigned long long)n->count);
    for (uint32_t d = 0; d < 4; d++) {
        double scale = sizes ? (double)onnx_i64(n, d) / v->shape[d] : (double)onnx_f32(n, d);
        double size = sizes ? (double)onnx_i64(n, d) : floor(v->shape[d] * scale);
        if (!(size >= 1.0 && size <= 65536.0) || (d < 2 && size != v->shape[d]))
            return onnx_fail(r, "axis %u: found size %g, expected %s", d, size,
                             d < 2 ? "the input's" : "1..65536");
        if (d >= 2)
            s[d - 2] = (stretch_t){v->shape[d], (uint32_t)size, scale};
    }
    return true;
}

void onnx_resize(onnx_t *r)
{
    static const char *const modes[] = {"nearest", "linear"};
    static const char *const positions[] = {"half_pixel", "pytorch_half_pixel", "align_corners",
                                            "asymmetric"};
    static const char *const roundings[] = {"round_prefer_floor", "round_prefer_ceil", "floor",
                                            "ceil"};
    onnx_value_t v;
    stretch_t s[2];
    npu_node_t flags = {0};
    if (!axes_of(r, &v))
        return;
    bool nearest = onnx_choice(r, "mode", modes, 2) == 0;
    uint32_t mode = onnx_choice(r, "coordinate_transformation_mode", positions, 4);
    uint32_t how = onnx_choice(r, "nearest_mode", roundings, 4);
    if (r->err == SIM_OK && (v.dims != 4 || onnx_int(r, "antialias", 0) != 0))
        onnx_fail(r, "found %u dimensions, expected 4, without antialias", v.dims);
    if (r->err != SIM_OK || !resize_to(r, &v, s))
        return;
    if (!resize_flags(s, nearest, mode, how, &flags)) {
        onnx_fail(r, "found %s of %ux%u to %ux%u with mode %s, expected one that the graph has",
                  modes[nearest ? 0 : 1], s[0].from, s[1].from, s[0].to, s[1].to, positions[mode]);
        return;
    }
    npu_hwc_t out = {s[0].to, s[1].to, v.shape[1]};
    npu_node_t *n =
        map_to(r, nearest ? NPU_NODE_RESIZE_NEAREST_NEIGHBOR : NPU_NODE_RESIZE_BILINEAR, &v, out);
    if (n == NULL)
        return;
    n->align_corners = flags.align_corners;
    n->half_pixel_centers = flags.half_pixel_centers;
    onnx_set(r, &v);
}
