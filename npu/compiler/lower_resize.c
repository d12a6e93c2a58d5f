/*
 * lower_resize.c - RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR: for each row and column of the result,
 * between which of the source it lies.
 *
 * Positions are those of TensorFlow Lite's reference kernels: resize_bilinear.h (int8: 10 bits of
 * fraction; uint8: float32, each operation rounded) and resize_nearest_neighbor.h (float32).
 */
#include <math.h>
#include <string.h>

#include "npu/compiler/compile_int.h"

/* Where a result lies on one axis: between two of the source, and how much of the second it takes,
 * as the record wants it. */
typedef struct {
    uint32_t low, high;
    int32_t part; /* of NPU_RESIZE_ONE, or the bits of a float32 */
} position_t;

typedef struct {
    const npu_node_t *node;
    bool floats;       /* uint8, bilinear */
    uint32_t from, to; /* elements of source and result along the axis */
} axis_t;

/* A scale rounded to 10 bits can lead beyond a small source; the reference then reads outside. */
static position_t position_10(const axis_t *a, uint32_t at)
{
    int64_t from = a->from, to = a->to, scale = (NPU_RESIZE_ONE * from + to / 2) / to;
    if (a->node->align_corners && to > 1)
        scale = (NPU_RESIZE_ONE * (from - 1) + (to - 1) / 2) / (to - 1);
    int64_t p = at * scale;
    if (a->node->half_pixel_centers)
        p += scale / 2 - NPU_RESIZE_ONE / 2;
    int64_t low = p / NPU_RESIZE_ONE, high = (p + NPU_RESIZE_ONE - 1) / NPU_RESIZE_ONE;
    low = low < 0 ? 0 : low < from ? low : from - 1;
    high = high < from ? high : from - 1;
    return (position_t){(uint32_t)low, (uint32_t)high, (int32_t)(p - low * NPU_RESIZE_ONE)};
}

static float float_scale(const axis_t *a)
{
    if (a->node->align_corners && a->to > 1)
        return (float)(a->from - 1) / (float)(a->to - 1);
    return (float)a->from / (float)a->to;
}

static position_t position_float(const axis_t *a, uint32_t at)
{
    float p = (float)at;
    if (a->node->half_pixel_centers)
        p = p + 0.5f;
    p = p * float_scale(a);
    if (a->node->half_pixel_centers)
        p = p - 0.5f;
    int32_t low = (int32_t)floorf(p), high = (int32_t)ceilf(p), last = (int32_t)a->from - 1;
    low = npu_clamp(low, 0, last);
    high = npu_clamp(high, 0, last);
    float part = p - (float)low;
    position_t position = {(uint32_t)low, (uint32_t)high, 0};
    memcpy(&position.part, &part, sizeof(part));
    return position;
}

static position_t nearest(const axis_t *a, uint32_t at)
{
    float p = (float)at;
    if (a->node->half_pixel_centers)
        p = p + 0.5f;
    p = p * float_scale(a);
    float whole = a->node->align_corners ? roundf(p) : floorf(p);
    uint32_t low = cc_min((uint32_t)whole, a->from - 1);
    return (position_t){low, low, 0};
}

static position_t position_of(const axis_t *a, uint32_t at)
{
    if (a->node->op == NPU_NODE_RESIZE_NEAREST_NEIGHBOR)
        return nearest(a, at);
    return a->floats ? position_float(a, at) : position_10(a, at);
}

static axis_t axis_of(const cc_t *cc, const cc_layer_t *l, bool rows)
{
    const npu_tensor_t *in = cc_tensor(cc, l->node->input[0]), *out = cc_tensor(cc, l->out);
    npu_hwc_t from = npu_tensor_hwc(in), to = npu_tensor_hwc(out);
    bool floats = out->type == NPU_TYPE_UINT8 && l->node->op == NPU_NODE_RESIZE_BILINEAR;
    return (axis_t){l->node, floats, rows ? from.h : from.w, rows ? to.h : to.w};
}

/* Appends the records of an axis; returns how many of the source each result is made of. */
static uint32_t put_records(const axis_t *a, uint8_t *at)
{
    uint32_t taps = 1;
    for (uint32_t i = 0; i < a->to; i++) {
        position_t p = position_of(a, i);
        cc_put_i32(at, 2 * i, (int32_t)(p.low | p.high << 16));
        cc_put_i32(at, 2 * i + 1, p.part);
        taps = p.part != 0 ? 2 : taps;
    }
    return taps;
}

static bool prepare_resize(cc_t *cc, cc_layer_t *l)
{
    axis_t rows = axis_of(cc, l, true), cols = axis_of(cc, l, false);
    uint8_t *at;
    l->ins = 1;
    l->params_bytes = NPU_PAR_RESIZE_BYTES * (rows.to + cols.to);
    l->params_at = cc_constant(cc, l->params_bytes, &at);
    if (at == NULL)
        return false;
    l->array.kernel_h = put_records(&rows, at);
    l->array.kernel_w = put_records(&cols, at + NPU_PAR_RESIZE_BYTES * rows.to);
    return cc_operand(cc, l, 0, 0, &l->in[0]);
}

static cc_span_t resize_span(const cc_t *cc, const cc_layer_t *l, bool rows, uint32_t first,
                             uint32_t count)
{
    axis_t a = axis_of(cc, l, rows);
    uint32_t low = position_of(&a, first).low, high = position_of(&a, first + count - 1).high;
    return (cc_span_t){low, high - low + 1, 0};
}

static void emit_resize(cc_t *cc, cc_layer_t *l, const cc_step_t *s)
{
    axis_t rows = axis_of(cc, l, true);
    npu_insn_t i = {.op = NPU_OP_RESIZE, .src = s->in[0], .dst = s->out};
    if (rows.floats)
        i.flags = NPU_FLAG_UNSIGNED;
    else if (cc->options.rounding == NPU_ROUND_SINGLE)
        i.flags = NPU_FLAG_SINGLE;
    i.h = s->h;
    i.w = s->w;
    i.c = s->c;
    i.in_h = s->rows.count;
    i.in_w = s->cols.count;
    i.k_h = l->array.kernel_h;
    i.k_w = l->array.kernel_w;
    i.par = s->par + NPU_PAR_RESIZE_BYTES * s->y;
    i.par2 = s->par + NPU_PAR_RESIZE_BYTES * (rows.to + s->x);
    cc_emit(cc, l, i);
}

const cc_kind_t cc_kind_resize = {
    .prepare = prepare_resize, .vec = emit_resize, .span = resize_span};
