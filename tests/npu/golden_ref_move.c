/*
 * golden_ref_move.c - slow and obvious: for each element of a result, where it comes from.
 * Definitions: TensorFlow Lite's reference kernels (kernels/internal/reference/).
 */
#include "tests/npu/golden_ref_move.h"

#include <math.h>
#include <string.h>

#include "tests/npu/golden_ref_tensor.h"

typedef struct {
    uint32_t at[NPU_GRAPH_DIMS];
} index_t;

static const npu_tensor_t *tensor_of(const golden_ref_t *r, int32_t t)
{
    return &r->graph->tensor[t];
}

static uint64_t flat(const npu_tensor_t *t, index_t i)
{
    uint64_t at = 0;
    for (uint32_t d = 0; d < t->dims; d++)
        at = at * t->shape[d] + i.at[d];
    return at;
}

static index_t index_of(const npu_tensor_t *t, uint64_t at)
{
    index_t i = {{0}};
    for (uint32_t d = t->dims; d-- > 0; at /= t->shape[d])
        i.at[d] = (uint32_t)(at % t->shape[d]);
    return i;
}

static uint8_t *at(const golden_ref_t *r, int32_t t, index_t i)
{
    return &r->tensor[t][flat(tensor_of(r, t), i)];
}

/* ---- one to one ------------------------------------------------------------------------------ */

void golden_run_reshape(const golden_ref_t *r, const npu_node_t *n)
{
    memcpy(r->tensor[n->output[0]], r->tensor[n->input[0]], tensor_of(r, n->input[0])->bytes);
}

void golden_run_transpose(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *to = tensor_of(r, n->output[0]);
    for (uint64_t e = 0; e < golden_elements(to); e++) {
        index_t o = index_of(to, e), i = {{0}};
        for (uint32_t d = 0; d < to->dims; d++)
            i.at[n->perm[d]] = o.at[d];
        *at(r, n->output[0], o) = *at(r, n->input[0], i);
    }
}

/* The result has the same elements in the same order, whatever its dimensions. */
void golden_run_slice(const golden_ref_t *r, const npu_node_t *n)
{
    npu_tensor_t taken = {.dims = tensor_of(r, n->input[0])->dims};
    memcpy(taken.shape, n->count, sizeof(taken.shape));
    for (uint64_t e = 0; e < golden_elements(&taken); e++) {
        index_t i = index_of(&taken, e);
        for (uint32_t d = 0; d < taken.dims; d++)
            i.at[d] = (uint32_t)(n->begin[d] + (int32_t)i.at[d] * n->step[d]);
        r->tensor[n->output[0]][e] = *at(r, n->input[0], i);
    }
}

void golden_run_pad(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = tensor_of(r, n->input[0]), *to = tensor_of(r, n->output[0]);
    int32_t value = n->op == NPU_NODE_PADV2 ? n->pad_value : to->zero_point[0];
    memset(r->tensor[n->output[0]], value, to->bytes);
    for (uint64_t e = 0; e < golden_elements(from); e++) {
        index_t i = index_of(from, e), o = i;
        for (uint32_t d = 0; d < to->dims; d++)
            o.at[d] += n->pad[d][0];
        *at(r, n->output[0], o) = *at(r, n->input[0], i);
    }
}

/* depth_to_space.h: channel (by * block + bx) * depth + c goes to pixel (by, bx) of its block. */
static void move_blocks(const golden_ref_t *r, const npu_node_t *n, int32_t space, int32_t depth)
{
    const npu_tensor_t *s = tensor_of(r, space);
    for (uint64_t e = 0; e < golden_elements(s); e++) {
        index_t i = index_of(s, e), d = i;
        uint32_t by = i.at[1] % n->block, bx = i.at[2] % n->block;
        d.at[1] /= n->block;
        d.at[2] /= n->block;
        d.at[3] = (by * n->block + bx) * s->shape[3] + i.at[3];
        if (space == n->output[0])
            *at(r, space, i) = *at(r, depth, d);
        else
            *at(r, depth, d) = *at(r, space, i);
    }
}

void golden_run_depth_to_space(const golden_ref_t *r, const npu_node_t *n)
{
    move_blocks(r, n, n->output[0], n->input[0]);
}

void golden_run_space_to_depth(const golden_ref_t *r, const npu_node_t *n)
{
    move_blocks(r, n, n->input[0], n->output[0]);
}

/* ---- one to many, many to one ---------------------------------------------------------------- */

void golden_run_split(const golden_ref_t *r, const npu_node_t *n)
{
    uint32_t first = 0;
    for (uint32_t k = 0; k < n->outputs; k++) {
        const npu_tensor_t *to = tensor_of(r, n->output[k]);
        for (uint64_t e = 0; e < golden_elements(to); e++) {
            index_t i = index_of(to, e);
            i.at[n->axis] += first;
            r->tensor[n->output[k]][e] = *at(r, n->input[0], i);
        }
        first += to->shape[n->axis];
    }
}

/* Element i of the k-th layer of a tensor along an axis that the layer has not. */
static index_t in_layer(index_t i, uint32_t axis, uint32_t k)
{
    for (uint32_t d = NPU_GRAPH_DIMS - 1; d > axis; d--)
        i.at[d] = i.at[d - 1];
    i.at[axis] = k;
    return i;
}

void golden_run_pack(const golden_ref_t *r, const npu_node_t *n)
{
    for (uint32_t k = 0; k < n->inputs; k++) {
        const npu_tensor_t *from = tensor_of(r, n->input[k]);
        for (uint64_t e = 0; e < golden_elements(from); e++)
            *at(r, n->output[0], in_layer(index_of(from, e), n->axis, k)) =
                r->tensor[n->input[k]][e];
    }
}

void golden_run_unpack(const golden_ref_t *r, const npu_node_t *n)
{
    for (uint32_t k = 0; k < n->outputs; k++) {
        const npu_tensor_t *to = tensor_of(r, n->output[k]);
        for (uint64_t e = 0; e < golden_elements(to); e++)
            r->tensor[n->output[k]][e] = *at(r, n->input[0], in_layer(index_of(to, e), n->axis, k));
    }
}

/* concatenation.h, ConcatenationWithScaling: float32 throughout. */
static uint8_t rescaled(const npu_tensor_t *from, const npu_tensor_t *to, uint8_t code)
{
    if (from->scale[0] == to->scale[0] && from->zero_point[0] == to->zero_point[0])
        return code;
    float inverse = 1.0f / to->scale[0];
    float scale = from->scale[0] * inverse;
    float bias = (float)-from->zero_point[0] * scale;
    float product = (float)code * scale;
    float value = roundf(product + bias);
    if (value > 1000.0f || value < -1000.0f) /* the reference's cast would be undefined */
        return value > 0.0f ? 255 : 0;
    int32_t result = (int32_t)value + to->zero_point[0];
    return (uint8_t)(result < 0 ? 0 : result > 255 ? 255 : result);
}

void golden_run_concatenation(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *to = tensor_of(r, n->output[0]);
    uint32_t first = 0;
    for (uint32_t k = 0; k < n->inputs; k++) {
        const npu_tensor_t *from = tensor_of(r, n->input[k]);
        for (uint64_t e = 0; e < golden_elements(from); e++) {
            index_t o = index_of(from, e);
            o.at[n->axis] += first;
            uint8_t code = r->tensor[n->input[k]][e];
            *at(r, n->output[0], o) = to->type == NPU_TYPE_UINT8 ? rescaled(from, to, code) : code;
        }
        first += from->shape[n->axis];
    }
}

/* ---- other sizes ----------------------------------------------------------------------------- */

/* resize_nearest_neighbor.h, GetNearestNeighbor. */
static uint32_t nearest(const npu_node_t *n, uint32_t at, uint32_t from, uint32_t to)
{
    bool corners = n->align_corners && to > 1;
    float scale = corners ? (float)(from - 1) / (float)(to - 1) : (float)from / (float)to;
    float offset = n->half_pixel_centers ? 0.5f : 0.0f;
    float position = ((float)at + offset) * scale;
    int32_t index = (int32_t)(n->align_corners ? roundf(position) : floorf(position));
    return (uint32_t)(index < (int32_t)from - 1 ? index : (int32_t)from - 1);
}

void golden_run_resize_nearest(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = tensor_of(r, n->input[0]), *to = tensor_of(r, n->output[0]);
    for (uint64_t e = 0; e < golden_elements(to); e++) {
        index_t i = index_of(to, e);
        for (uint32_t d = 1; d < 3; d++)
            i.at[d] = nearest(n, i.at[d], from->shape[d], to->shape[d]);
        r->tensor[n->output[0]][e] = *at(r, n->input[0], i);
    }
}

/* Where a result lies on one axis of the source: between two pixels, so far from the first. */
typedef struct {
    uint32_t low, high;
    int32_t part_10; /* int8: of 1024 */
    float part;      /* uint8 */
} between_t;

/* resize_bilinear.h, ComputeInterpolationValuesInteger. With few source pixels and many results
 * the scale, rounded to 10 bits, can lead beyond the source, which the reference then reads:
 * undefined there; the last pixel here. */
static between_t between_10(const npu_node_t *n, int32_t at, int32_t from, int32_t to)
{
    int32_t scale = (1024 * from + to / 2) / to;
    if (n->align_corners && to > 1)
        scale = (1024 * (from - 1) + (to - 1) / 2) / (to - 1);
    int32_t position = at * scale + (n->half_pixel_centers ? scale / 2 - 512 : 0);
    int32_t low = position / 1024, high = (position + 1023) / 1024;
    low = low < 0 ? 0 : low > from - 1 ? from - 1 : low;
    high = high > from - 1 ? from - 1 : high;
    return (between_t){(uint32_t)low, (uint32_t)high, position - 1024 * low, 0.0f};
}

/* ComputeInterpolationValues. */
static between_t between(const npu_node_t *n, uint32_t at, uint32_t from, uint32_t to)
{
    float scale = (float)from / (float)to;
    if (n->align_corners && to > 1)
        scale = (float)(from - 1) / (float)(to - 1);
    float position = (float)at * scale;
    if (n->half_pixel_centers) {
        position = ((float)at + 0.5f) * scale;
        position = position - 0.5f;
    }
    int32_t low = (int32_t)floorf(position), high = (int32_t)ceilf(position);
    low = low < 0 ? 0 : low;
    high = high < (int32_t)from - 1 ? high : (int32_t)from - 1;
    return (between_t){(uint32_t)low, (uint32_t)high, 0, position - (float)low};
}

/* The four codes around a result: first and second row, left and right of each. */
typedef struct {
    int32_t upper_left, upper_right, lower_left, lower_right;
} around_t;

static int8_t blend_int8(around_t a, int32_t y, int32_t x, bool single_rounding)
{
    int64_t sum = (int64_t)a.upper_left * (1024 - y) * (1024 - x) +
                  (int64_t)a.lower_left * y * (1024 - x) + (int64_t)a.upper_right * (1024 - y) * x +
                  (int64_t)a.lower_right * y * x;
    if (single_rounding)
        return (int8_t)((sum + (1 << 19)) >> 20);
    return (int8_t)((sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20));
}

/* Each product and sum is rounded to float32, in the order of the reference's expression. */
static uint8_t blend_uint8(around_t a, float y, float x)
{
    float upper = 1.0f - y, left = 1.0f - x;
    float sum = (float)a.upper_left * upper * left;
    sum = sum + (float)a.lower_left * y * left;
    sum = sum + (float)a.upper_right * upper * x;
    sum = sum + (float)a.lower_right * y * x;
    sum = sum + 0.5f;
    return (uint8_t)sum;
}

void golden_run_resize_bilinear(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = tensor_of(r, n->input[0]), *to = tensor_of(r, n->output[0]);
    bool is_signed = to->type == NPU_TYPE_INT8;
    for (uint64_t e = 0; e < golden_elements(to); e++) {
        index_t o = index_of(to, e);
        between_t b[2];
        for (uint32_t d = 0; d < 2; d++)
            b[d] = is_signed ? between_10(n, (int32_t)o.at[d + 1], (int32_t)from->shape[d + 1],
                                          (int32_t)to->shape[d + 1])
                             : between(n, o.at[d + 1], from->shape[d + 1], to->shape[d + 1]);
        int32_t code[4];
        for (uint32_t k = 0; k < 4; k++) {
            index_t i = {
                {0, k < 2 ? b[0].low : b[0].high, k % 2 == 0 ? b[1].low : b[1].high, o.at[3]}};
            uint8_t byte = *at(r, n->input[0], i);
            code[k] = is_signed ? (int8_t)byte : (int32_t)byte;
        }
        around_t a = {code[0], code[1], code[2], code[3]};
        r->tensor[n->output[0]][e] =
            is_signed ? (uint8_t)blend_int8(a, b[0].part_10, b[1].part_10, r->single_rounding)
                      : blend_uint8(a, b[0].part, b[1].part);
    }
}
