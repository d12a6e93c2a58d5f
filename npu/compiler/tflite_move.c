/*
 * tflite_move.c - attributes of the operators that move codes.
 *
 * What they mean is what the reference implementation makes of them: tensorflow/lite/kernels/
 * {split,split_v,slice,strided_slice,transpose,pack,unpack,pad}.cc and internal/
 * strided_slice_logic.h.
 */
#include "npu/compiler/tflite_int.h"

#define MAX_RANK 8 /* of a tensor in the file */

/* Fields of the options. */
enum { CONCAT_AXIS, CONCAT_ACT };
enum { STRIDED_BEGIN, STRIDED_END, STRIDED_ELLIPSIS, STRIDED_NEW, STRIDED_SHRINK, STRIDED_OFFSET };
enum { PACK_COUNT, PACK_AXIS };
enum { RESIZE_BILINEAR_ALIGN = 2, RESIZE_BILINEAR_HALF = 3 };
enum { RESIZE_NEAREST_ALIGN, RESIZE_NEAREST_HALF };

/* As the file counts: with leading dimensions of 1. */
static uint32_t full_rank(const npu_tensor_t *t)
{
    return t->leading + t->dims;
}

static uint32_t full_size(const npu_tensor_t *t, uint32_t d)
{
    return d < t->leading ? 1 : t->shape[d - t->leading];
}

/* ---- pieces beside each other ---------------------------------------------------------------- */

void tflite_read_concatenation(reader_t *r)
{
    int32_t axis = fb_i32(&r->fb, r->options, CONCAT_AXIS, 0);
    const npu_tensor_t *out = output(r, 0);
    if (out != NULL)
        r->node->axis = dimension(r, out, axis, "one of the output's dimensions");
    tflite_read_activation(r, CONCAT_ACT);
}

static void check_count(reader_t *r, uint32_t field, uint32_t expected)
{
    int32_t count = fb_i32(&r->fb, r->options, field, 0);
    char text[64];
    snprintf(text, sizeof(text), "%u, as tensors stand there", expected);
    if (!fb_failed(&r->fb) && count != (int64_t)expected)
        operator_fail(r, "the number of pieces:", count, text);
}

/* The constant axis of a split is input i. */
static void read_split_axis(reader_t *r, uint32_t i, const npu_tensor_t *value)
{
    int64_t axis = 0;
    if (constant_numbers(r, i, &axis, 1) == 1 && value != NULL)
        r->node->axis = dimension(r, value, axis, "one of the input's dimensions");
}

/* In the file the axis comes first; a node begins with what it splits. */
void tflite_read_split(reader_t *r)
{
    npu_node_t *n = r->node;
    const npu_tensor_t *value = input(r, 1);
    read_split_axis(r, 0, value);
    check_count(r, 0, n->outputs);
    for (uint32_t i = 0; !fb_failed(&r->fb) && i < n->outputs; i++) {
        const npu_tensor_t *out = output(r, i);
        if (out != NULL && (n->axis >= out->dims ||
                            (uint64_t)out->shape[n->axis] * n->outputs != value->shape[n->axis]))
            operator_fail(r, "output", i, "to be an equal share along the axis");
    }
    if (fb_failed(&r->fb))
        return;
    n->input++;
    n->inputs = 1;
}

void tflite_read_split_v(reader_t *r)
{
    npu_node_t *n = r->node;
    int64_t size[NPU_GRAPH_MAX_ENDS];
    read_split_axis(r, 2, input(r, 0));
    check_count(r, 0, n->outputs);
    if (!fb_failed(&r->fb) && constant_numbers(r, 1, size, NPU_GRAPH_MAX_ENDS) != n->outputs)
        operator_fail(r, "input", 1, "a size for each output there");
    for (uint32_t i = 0; !fb_failed(&r->fb) && i < n->outputs; i++) {
        const npu_tensor_t *out = output(r, i);
        bool rest = size[i] == -1; /* what the others leave */
        if (out != NULL && !rest && (n->axis >= out->dims || size[i] != out->shape[n->axis]))
            operator_fail(r, "size", size[i], "the output's, or -1");
    }
    n->inputs = fb_failed(&r->fb) ? n->inputs : 1;
}

void tflite_read_pack(reader_t *r)
{
    int32_t axis = fb_i32(&r->fb, r->options, PACK_AXIS, 0);
    const npu_tensor_t *out = output(r, 0);
    check_count(r, PACK_COUNT, r->node->inputs);
    if (out != NULL)
        r->node->axis = dimension(r, out, axis, "one of the output's dimensions");
}

void tflite_read_unpack(reader_t *r)
{
    int32_t axis = fb_i32(&r->fb, r->options, PACK_AXIS, 0);
    const npu_tensor_t *in = input(r, 0);
    check_count(r, PACK_COUNT, r->node->outputs);
    if (in != NULL)
        r->node->axis = dimension(r, in, axis, "one of the input's dimensions");
}

/* ---- slices ---------------------------------------------------------------------------------- */

/* The elements along one dimension, as the file counts them. */
typedef struct {
    int64_t begin, step, count;
} range_t;

/* Leading dimensions have but one element to take. */
static void put_range(reader_t *r, const npu_tensor_t *in, uint32_t d, range_t range)
{
    int64_t size = full_size(in, d), last = range.begin + (range.count - 1) * range.step;
    bool inside =
        range.count > 0 && range.begin >= 0 && range.begin < size && last >= 0 && last < size;
    if (!inside || range.step < -65536 || range.step > 65536) {
        char expected[128];
        snprintf(expected, sizeof(expected),
                 "at least one element in 0..%lld (%lld from %lld on, every %lld)",
                 (long long)size - 1, (long long)range.count, (long long)range.begin,
                 (long long)range.step);
        operator_fail(r, "slice of dimension", d, expected);
        return;
    }
    if (d < in->leading)
        return;
    r->node->begin[d - in->leading] = (int32_t)range.begin;
    r->node->step[d - in->leading] = (int32_t)range.step;
    r->node->count[d - in->leading] = (uint32_t)range.count;
}

void tflite_read_slice(reader_t *r)
{
    int64_t begin[MAX_RANK], size[MAX_RANK];
    const npu_tensor_t *in = input(r, 0);
    uint32_t begins = constant_numbers(r, 1, begin, MAX_RANK);
    uint32_t sizes = constant_numbers(r, 2, size, MAX_RANK);
    if (fb_failed(&r->fb))
        return;
    if (begins != full_rank(in) || sizes != begins) {
        operator_fail(r, "begins:", begins, "one, and a size, for each dimension of the input");
        return;
    }
    for (uint32_t d = 0; !fb_failed(&r->fb) && d < begins; d++) {
        bool rest = size[d] == -1;
        range_t range = {begin[d], 1, rest ? full_size(in, d) - begin[d] : size[d]};
        if (begin[d] < 0 || begin[d] > 65536 || size[d] < -1 || size[d] > 65536)
            range.count = 0; /* refused; the numbers may be too large to compute with */
        put_range(r, in, d, range);
    }
}

/* Operands and masks of a strided slice, all indexed by entry: one of a dimension, of an ellipsis,
 * of a dimension that the result has more. */
typedef struct {
    int64_t begin[MAX_RANK], end[MAX_RANK], step[MAX_RANK];
    uint32_t entries;
    uint32_t begin_mask, end_mask, ellipsis, added, shrink;
    bool offset; /* ends are counted from the begins */
} spec_t;

static bool has(uint32_t mask, uint32_t entry)
{
    return (mask >> entry & 1u) != 0;
}

static int64_t clamped(int64_t x, int64_t low, int64_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* An index from the back counts from the end; what lies outside is moved to the border: behind the
 * last element, or, going backwards, before the first. */
static int64_t resolved(int64_t index, int64_t size, int64_t step)
{
    if (index < 0)
        index += size;
    return step > 0 ? clamped(index, 0, size) : clamped(index, -1, size - 1);
}

static range_t entry_range(const spec_t *s, uint32_t e, int64_t size)
{
    int64_t step = s->step[e], low = step > 0 ? 0 : size - 1, high = step > 0 ? size : -1;
    int64_t begin = has(s->begin_mask, e) ? low : resolved(s->begin[e], size, step);
    if (has(s->shrink, e))
        return (range_t){begin, 1, 1};
    int64_t end = s->end[e] + (s->offset ? begin : 0);
    end = has(s->end_mask, e) ? high : resolved(end, size, step);
    int64_t way = step > 0 ? end - begin : begin - end, pace = step > 0 ? step : -step;
    return (range_t){begin, step, way <= 0 ? 0 : (way + pace - 1) / pace};
}

static bool read_spec(reader_t *r, spec_t *s)
{
    uint32_t mask[STRIDED_OFFSET];
    s->entries = constant_numbers(r, 1, s->begin, MAX_RANK);
    uint32_t ends = constant_numbers(r, 2, s->end, MAX_RANK);
    uint32_t steps = constant_numbers(r, 3, s->step, MAX_RANK);
    if (!fb_failed(&r->fb) && (ends != s->entries || steps != s->entries))
        operator_fail(r, "begins:", s->entries, "as many ends and strides");
    for (uint32_t e = 0; !fb_failed(&r->fb) && e < s->entries; e++)
        if (s->step[e] == 0 || s->step[e] < INT32_MIN || s->step[e] > INT32_MAX ||
            s->begin[e] < INT32_MIN || s->begin[e] > INT32_MAX || s->end[e] < INT32_MIN ||
            s->end[e] > INT32_MAX)
            operator_fail(r, "stride", s->step[e], "one other than 0, and all in 32 bits");
    for (uint32_t f = 0; f < STRIDED_OFFSET; f++)
        mask[f] = fb_u32(&r->fb, r->options, f, 0);
    s->begin_mask = mask[STRIDED_BEGIN];
    s->end_mask = mask[STRIDED_END];
    s->ellipsis = mask[STRIDED_ELLIPSIS] & ((1u << s->entries) - 1);
    s->added = mask[STRIDED_NEW] & ((1u << s->entries) - 1) & ~s->ellipsis;
    s->shrink = mask[STRIDED_SHRINK];
    s->offset = fb_u8(&r->fb, r->options, STRIDED_OFFSET, 0) != 0;
    if ((s->ellipsis & (s->ellipsis - 1)) != 0)
        operator_fail(r, "ellipsis_mask", s->ellipsis, "at most one bit");
    return !fb_failed(&r->fb);
}

/* Dimensions of the input that the spec's other entries leave to an ellipsis, or to its end. */
static uint32_t left_over(reader_t *r, const spec_t *s, uint32_t rank)
{
    uint32_t taken = 0;
    for (uint32_t e = 0; e < s->entries; e++)
        taken += !has(s->ellipsis, e) && !has(s->added, e);
    if (taken > rank)
        operator_fail(r, "dimensions:", taken, "no more than the input has");
    return taken > rank ? 0 : rank - taken;
}

void tflite_read_strided_slice(reader_t *r)
{
    spec_t s;
    const npu_tensor_t *in = input(r, 0);
    if (in == NULL || !read_spec(r, &s))
        return;
    uint32_t d = 0, left = left_over(r, &s, full_rank(in));
    for (uint32_t e = 0; !fb_failed(&r->fb) && e <= s.entries; e++) {
        bool whole = e == s.entries || has(s.ellipsis, e); /* the end is an ellipsis, too */
        for (; whole && left > 0 && !fb_failed(&r->fb); left--, d++)
            put_range(r, in, d, (range_t){0, 1, full_size(in, d)});
        if (whole || has(s.added, e) || fb_failed(&r->fb))
            continue;
        put_range(r, in, d, entry_range(&s, e, full_size(in, d)));
        d++;
    }
}

/* ---- other orders ---------------------------------------------------------------------------- */

void tflite_read_transpose(reader_t *r)
{
    int64_t perm[MAX_RANK];
    const npu_tensor_t *in = input(r, 0);
    uint32_t count = constant_numbers(r, 1, perm, MAX_RANK);
    if (fb_failed(&r->fb))
        return;
    uint32_t rank = full_rank(in);
    if (count != rank) {
        operator_fail(r, "permutation of dimensions:", count, "as many as the input has");
        return;
    }
    for (uint32_t d = 0; d < rank; d++) {
        int64_t from = perm[d] < 0 ? perm[d] + rank : perm[d];
        bool leads = d < in->leading; /* then it must stay */
        if (from < 0 || from >= rank || leads != (from < in->leading) || (leads && from != d))
            operator_fail(r, "permuted dimension", perm[d], "one of the input's");
        else if (!leads)
            r->node->perm[d - in->leading] = (uint32_t)from - in->leading;
    }
}

void tflite_read_block(reader_t *r)
{
    int32_t block = fb_i32(&r->fb, r->options, 0, 0);
    if (block < 1 || block > 65536)
        operator_fail(r, "block_size", block, "1..65536");
    r->node->block = (uint32_t)block;
}

void tflite_read_expand_dims(reader_t *r)
{
    int64_t axis = 0;
    const npu_tensor_t *out = output(r, 0);
    if (constant_numbers(r, 1, &axis, 1) == 1 && out != NULL && full_rank(out) > 0 &&
        (axis < -(int64_t)full_rank(out) || axis >= full_rank(out) ||
         full_size(out, (uint32_t)(axis < 0 ? axis + full_rank(out) : axis)) != 1))
        operator_fail(r, "axis", axis, "one of the output's dimensions, of 1");
}

/* ---- sizes ----------------------------------------------------------------------------------- */

void tflite_read_pad(reader_t *r)
{
    int64_t pad[2 * MAX_RANK];
    const npu_tensor_t *in = input(r, 0);
    uint32_t count = constant_numbers(r, 1, pad, 2 * MAX_RANK);
    if (in == NULL || fb_failed(&r->fb))
        return;
    if (count != 2 * full_rank(in)) {
        operator_fail(r, "paddings:", count, "two for each dimension of the input");
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        bool leads = i / 2 < in->leading;
        if (pad[i] < 0 || pad[i] > (leads ? 0 : 65536))
            operator_fail(r, "padding", pad[i], leads ? "0 of a leading dimension" : "0..65536");
        else if (!leads)
            r->node->pad[i / 2 - in->leading][i % 2] = (uint32_t)pad[i];
    }
}

/* The value is a code of the output's scale. */
void tflite_read_padv2(reader_t *r)
{
    tflite_read_pad(r);
    const npu_tensor_t *value = input(r, 2), *out = output(r, 0);
    if (value == NULL || out == NULL)
        return;
    bool code =
        value->type == out->type && (value->type == NPU_TYPE_INT8 || value->type == NPU_TYPE_UINT8);
    if (!code || value->data == NULL || npu_tensor_elements(value) != 1)
        operator_fail(r, "input", 2, "a constant of one code of the output's type there");
    else if (value->scales > 0 && out->scales > 0 &&
             (value->scale[0] != out->scale[0] || value->zero_point[0] != out->zero_point[0]))
        operator_fail(r, "input", 2, "the output's scale and zero point there");
    else
        r->node->pad_value =
            value->type == NPU_TYPE_INT8 ? (int8_t)value->data[0] : (int32_t)value->data[0];
}

static void read_resize(reader_t *r, uint32_t align, uint32_t half)
{
    int64_t size[2];
    const npu_tensor_t *out = output(r, 0);
    r->node->align_corners = fb_u8(&r->fb, r->options, align, 0) != 0;
    r->node->half_pixel_centers = fb_u8(&r->fb, r->options, half, 0) != 0;
    uint32_t count = constant_numbers(r, 1, size, 2);
    if (fb_failed(&r->fb))
        return;
    npu_hwc_t to = npu_tensor_hwc(out);
    if (count != 2 || size[0] != to.h || size[1] != to.w)
        operator_fail(r, "input", 1, "the height and width of the output there");
}

void tflite_read_resize_bilinear(reader_t *r)
{
    read_resize(r, RESIZE_BILINEAR_ALIGN, RESIZE_BILINEAR_HALF);
}

void tflite_read_resize_nearest(reader_t *r)
{
    read_resize(r, RESIZE_NEAREST_ALIGN, RESIZE_NEAREST_HALF);
}
