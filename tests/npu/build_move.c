#include "tests/npu/build_move.h"

#include "tests/test.h"

static npu_tensor_t *tensor_of(build_t *b, int32_t t)
{
    return &b->graph.tensor[t];
}

/* A tensor of the scale of another. */
static int32_t like(build_t *b, int32_t t, uint32_t dims, const uint32_t *shape)
{
    return build_tensor(b, b->type, dims, shape, tensor_of(b, t)->scale[0],
                        tensor_of(b, t)->zero_point[0]);
}

static void set_outputs(build_t *b, npu_node_t *n, const int32_t *outputs, uint32_t count)
{
    int32_t *list = npu_graph_alloc(&b->graph, count * sizeof(*list));
    memcpy(list, outputs, count * sizeof(*list));
    n->output = list;
    n->outputs = count;
}

/* ---- by hand --------------------------------------------------------------------------------- */

void build_split(build_t *b, int32_t input, uint32_t axis, const uint32_t *sizes, uint32_t count,
                 int32_t *outputs)
{
    npu_tensor_t from = *tensor_of(b, input);
    bool alike = true;
    for (uint32_t i = 0; i < count; i++) {
        from.shape[axis] = sizes[i];
        alike = alike && sizes[i] == sizes[0];
        outputs[i] = like(b, input, from.dims, from.shape);
    }
    npu_node_t *n = build_node(b, alike ? NPU_NODE_SPLIT : NPU_NODE_SPLIT_V, &input, 1, outputs[0]);
    n->axis = axis;
    set_outputs(b, n, outputs, count);
}

int32_t build_pack(build_t *b, const int32_t *inputs, uint32_t count, uint32_t axis)
{
    npu_tensor_t from = *tensor_of(b, inputs[0]);
    uint32_t shape[NPU_GRAPH_DIMS];
    for (uint32_t d = 0; d <= from.dims; d++)
        shape[d] = d == axis ? count : from.shape[d < axis ? d : d - 1];
    int32_t result = like(b, inputs[0], from.dims + 1, shape);
    build_node(b, NPU_NODE_PACK, inputs, count, result)->axis = axis;
    return result;
}

void build_unpack(build_t *b, int32_t input, uint32_t axis, int32_t *outputs)
{
    npu_tensor_t from = *tensor_of(b, input);
    uint32_t shape[NPU_GRAPH_DIMS] = {0}, dims = 0, count = from.shape[axis];
    for (uint32_t d = 0; d < from.dims; d++)
        if (d != axis)
            shape[dims++] = from.shape[d];
    for (uint32_t i = 0; i < count; i++)
        outputs[i] = like(b, input, dims, shape);
    npu_node_t *n = build_node(b, NPU_NODE_UNPACK, &input, 1, outputs[0]);
    n->axis = axis;
    set_outputs(b, n, outputs, count);
}

int32_t build_slice(build_t *b, npu_node_op_t op, int32_t input, const build_range_t *range)
{
    npu_tensor_t from = *tensor_of(b, input);
    for (uint32_t d = 0; d < from.dims; d++)
        from.shape[d] = range[d].count;
    int32_t result = like(b, input, from.dims, from.shape);
    npu_node_t *n = build_node(b, op, &input, 1, result);
    for (uint32_t d = 0; d < from.dims; d++) {
        n->begin[d] = range[d].begin;
        n->step[d] = range[d].step;
        n->count[d] = range[d].count;
    }
    return result;
}

int32_t build_transpose(build_t *b, int32_t input, const uint32_t *perm)
{
    npu_tensor_t from = *tensor_of(b, input);
    uint32_t shape[NPU_GRAPH_DIMS];
    for (uint32_t d = 0; d < from.dims; d++)
        shape[d] = from.shape[perm[d]];
    int32_t result = like(b, input, from.dims, shape);
    memcpy(build_node(b, NPU_NODE_TRANSPOSE, &input, 1, result)->perm, perm,
           from.dims * sizeof(*perm));
    return result;
}

int32_t build_resize(build_t *b, npu_node_op_t op, int32_t input, uint32_t h, uint32_t w,
                     bool align_corners, bool half_pixel_centers)
{
    uint32_t shape[4] = {1, h, w, tensor_of(b, input)->shape[3]};
    int32_t result = like(b, input, 4, shape);
    npu_node_t *n = build_node(b, op, &input, 1, result);
    n->align_corners = align_corners;
    n->half_pixel_centers = half_pixel_centers;
    return result;
}

int32_t build_blocks(build_t *b, npu_node_op_t op, int32_t input, uint32_t block)
{
    npu_hwc_t s = npu_tensor_hwc(tensor_of(b, input));
    bool to_depth = op == NPU_NODE_SPACE_TO_DEPTH;
    uint32_t shape[4] = {1, to_depth ? s.h / block : s.h * block,
                         to_depth ? s.w / block : s.w * block,
                         to_depth ? s.c * block * block : s.c / (block * block)};
    int32_t result = like(b, input, 4, shape);
    build_node(b, op, &input, 1, result)->block = block;
    return result;
}

int32_t build_padv2(build_t *b, int32_t input, uint32_t pad[3][2], int32_t value)
{
    int32_t result = build_pad(b, input, pad);
    npu_node_t *n = &b->graph.node[b->graph.nodes - 1];
    n->op = NPU_NODE_PADV2;
    n->pad_value = value;
    return result;
}

int32_t build_shape(build_t *b, npu_node_op_t op, int32_t input, uint32_t dims,
                    const uint32_t *shape)
{
    int32_t result = like(b, input, dims, shape);
    build_node(b, op, &input, 1, result);
    return result;
}

int32_t build_concatenation_scaled(build_t *b, const int32_t *inputs, uint32_t count, uint32_t axis,
                                   float scale, int32_t zero_point)
{
    npu_tensor_t from = *tensor_of(b, inputs[0]);
    for (uint32_t i = 1; i < count; i++)
        from.shape[axis] += tensor_of(b, inputs[i])->shape[axis];
    int32_t result = build_tensor(b, b->type, from.dims, from.shape, scale, zero_point);
    build_node(b, NPU_NODE_CONCATENATION, inputs, count, result)->axis = axis;
    return result;
}

/* ---- at random ------------------------------------------------------------------------------- */

static uint32_t from_to(build_t *b, uint32_t low, uint32_t high)
{
    return low + build_below(b, high - low + 1);
}

static int32_t random_code(build_t *b)
{
    return (int32_t)build_below(b, 256) - (b->type == NPU_TYPE_INT8 ? 128 : 0);
}

/* An axis that may be cut or grown: not a batch of 1. */
static uint32_t random_axis(build_t *b, const npu_tensor_t *t)
{
    return t->dims == 4 && t->shape[0] == 1 ? from_to(b, 1, 3) : build_below(b, t->dims);
}

static uint32_t random_split(build_t *b, int32_t input, int32_t *outputs)
{
    npu_tensor_t from = *tensor_of(b, input);
    uint32_t axis = random_axis(b, &from), left = from.shape[axis], count = 0;
    uint32_t sizes[BUILD_MOVE_OUTPUTS];
    uint32_t share = left % 2 == 0 ? left / 2 : left % 3 == 0 ? left / 3 : left;
    bool even = build_below(b, 2) == 0 && left / share <= BUILD_MOVE_OUTPUTS;
    for (; left > 0; left -= sizes[count++]) {
        sizes[count] = even ? share : from_to(b, 1, left);
        if (count == BUILD_MOVE_OUTPUTS - 1)
            sizes[count] = left;
    }
    build_split(b, input, axis, sizes, count, outputs);
    return count;
}

static uint32_t random_slice(build_t *b, int32_t input, int32_t *outputs)
{
    npu_tensor_t from = *tensor_of(b, input);
    build_range_t range[NPU_GRAPH_DIMS];
    bool strided = build_below(b, 3) != 0;
    for (uint32_t d = 0; d < from.dims; d++) {
        uint32_t size = from.shape[d], first = build_below(b, size);
        bool whole = build_below(b, 3) == 0, backwards = strided && build_below(b, 4) == 0;
        uint32_t step = strided && build_below(b, 2) == 0 ? from_to(b, 1, 4) : 1;
        if (whole)
            first = backwards ? size - 1 : 0;
        uint32_t room = backwards ? first : size - 1 - first;
        uint32_t count = whole ? room / step + 1 : from_to(b, 1, room / step + 1);
        range[d] =
            (build_range_t){(int32_t)first, backwards ? -(int32_t)step : (int32_t)step, count};
    }
    outputs[0] = build_slice(b, strided ? NPU_NODE_STRIDED_SLICE : NPU_NODE_SLICE, input, range);
    return 1;
}

static uint32_t random_transpose(build_t *b, int32_t input, int32_t *outputs)
{
    uint32_t dims = tensor_of(b, input)->dims, perm[NPU_GRAPH_DIMS] = {0, 1, 2, 3};
    uint32_t first = dims == 4 && tensor_of(b, input)->shape[0] == 1 ? 1 : 0;
    for (uint32_t d = dims; d-- > first + 1;) {
        uint32_t other = from_to(b, first, d), kept = perm[d];
        perm[d] = perm[other];
        perm[other] = kept;
    }
    outputs[0] = build_transpose(b, input, perm);
    return 1;
}

static uint32_t random_resize(build_t *b, int32_t input, int32_t *outputs)
{
    npu_hwc_t s = npu_tensor_hwc(tensor_of(b, input));
    bool up = build_below(b, 3) != 0, twice = build_below(b, 3) == 0;
    uint32_t h = twice ? 2 * s.h : from_to(b, 1, up ? 3 * s.h : s.h);
    uint32_t w = twice ? 2 * s.w : from_to(b, 1, up ? 3 * s.w : s.w);
    uint32_t flags = build_below(b, 3);
    outputs[0] = build_resize(
        b, build_below(b, 2) == 0 ? NPU_NODE_RESIZE_BILINEAR : NPU_NODE_RESIZE_NEAREST_NEIGHBOR,
        input, build_below(b, 5) == 0 ? s.h : h, build_below(b, 5) == 0 ? s.w : w, flags == 1,
        flags == 2);
    return 1;
}

static uint32_t random_blocks(build_t *b, int32_t input, int32_t *outputs)
{
    npu_hwc_t s = npu_tensor_hwc(tensor_of(b, input));
    for (uint32_t block = 4; block > 1; block--) {
        if (s.c % (block * block) == 0 && build_below(b, 2) == 0) {
            outputs[0] = build_blocks(b, NPU_NODE_DEPTH_TO_SPACE, input, block);
            return 1;
        }
        if (s.h % block == 0 && s.w % block == 0) {
            outputs[0] = build_blocks(b, NPU_NODE_SPACE_TO_DEPTH, input, block);
            return 1;
        }
    }
    outputs[0] = build_blocks(b, NPU_NODE_SPACE_TO_DEPTH, input, 1);
    return 1;
}

/* Neighbors of equal scale: the input itself, clamped, or a constant. */
static int32_t random_neighbor(build_t *b, int32_t input)
{
    npu_tensor_t from = *tensor_of(b, input);
    bool batch = from.dims == 4 && from.shape[0] != 1; /* for moves only */
    if (build_below(b, 3) != 0)
        return batch || build_below(b, 2) == 0 ? input : build_unary(b, NPU_NODE_RELU6, input);
    int32_t t = like(b, input, from.dims, from.shape);
    build_random_data(b, t);
    return t;
}

static uint32_t random_pack(build_t *b, int32_t input, int32_t *outputs)
{
    npu_tensor_t from = *tensor_of(b, input);
    int32_t list[4] = {input};
    if (from.dims == 4)
        return random_transpose(b, input, outputs);
    uint32_t axis = from_to(b, from.dims == 3 && from.shape[0] == 1 ? 1 : 0, from.dims);
    uint32_t count = from_to(b, 1, 4);
    for (uint32_t i = 1; i < count; i++)
        list[i] = random_neighbor(b, input);
    outputs[0] = build_pack(b, list, count, axis);
    return 1;
}

static uint32_t random_unpack(build_t *b, int32_t input, int32_t *outputs)
{
    npu_tensor_t from = *tensor_of(b, input);
    uint32_t axis = build_below(b, from.dims);
    if (from.dims < 2 || from.shape[axis] > BUILD_MOVE_OUTPUTS)
        return random_split(b, input, outputs);
    build_unpack(b, input, axis, outputs);
    return from.shape[axis];
}

static uint32_t random_concatenation(build_t *b, int32_t input, int32_t *outputs)
{
    int32_t list[5] = {input};
    uint32_t count = from_to(b, 1, 5), axis = random_axis(b, tensor_of(b, input));
    bool scaled = b->type == NPU_TYPE_UINT8 && build_below(b, 2) == 0;
    bool batch = tensor_of(b, input)->dims == 4 && tensor_of(b, input)->shape[0] != 1;
    for (uint32_t i = 1; i < count; i++)
        list[i] = scaled && !batch && build_below(b, 2) == 0 ? build_unary(b, NPU_NODE_RELU, input)
                                                             : random_neighbor(b, input);
    float scale = tensor_of(b, input)->scale[0];
    int32_t zero = tensor_of(b, input)->zero_point[0];
    if (scaled && build_below(b, 3) != 0) {
        scale *= sim_stream_range(&b->random, 0.4f, 2.5f);
        zero = build_below(b, 2) == 0 ? random_code(b) : zero;
    }
    outputs[0] = build_concatenation_scaled(b, list, count, axis, scale, zero);
    return 1;
}

static uint32_t random_padv2(build_t *b, int32_t input, int32_t *outputs)
{
    uint32_t pad[3][2];
    for (uint32_t i = 0; i < 6; i++)
        pad[i / 2][i % 2] = build_below(b, 3);
    outputs[0] = build_padv2(b, input, pad, random_code(b));
    return 1;
}

/* Dimensions of 1 go, or one comes. */
static uint32_t random_shape(build_t *b, int32_t input, int32_t *outputs)
{
    npu_tensor_t from = *tensor_of(b, input);
    uint32_t shape[NPU_GRAPH_DIMS], dims = 0;
    bool expand = from.dims < 4 && build_below(b, 2) == 0;
    uint32_t at = from.dims == 3 ? 0 : build_below(b, from.dims + 1);
    for (uint32_t d = 0; d < from.dims; d++) {
        if (expand && d == at)
            shape[dims++] = 1;
        if (expand || from.shape[d] != 1)
            shape[dims++] = from.shape[d];
    }
    if (expand && at == from.dims)
        shape[dims++] = 1;
    outputs[0] =
        build_shape(b, expand ? NPU_NODE_EXPAND_DIMS : NPU_NODE_SQUEEZE, input, dims, shape);
    return 1;
}

int32_t build_input_of(build_t *b, uint32_t max_dims)
{
    static const uint32_t channels[] = {1, 3, 4, 16, 32, 33, 36, 64};
    uint32_t dims = build_below(b, 3) == 0 ? from_to(b, 1, max_dims) : max_dims;
    uint32_t shape[4] = {1, from_to(b, 1, 12), from_to(b, 1, 12), channels[build_below(b, 8)]};
    int32_t *list = npu_graph_alloc(&b->graph, sizeof(*list));
    *list = build_tensor(b, b->type, dims, shape + 4 - dims, 0.02f, random_code(b));
    b->graph.input = list;
    b->graph.inputs = 1;
    return *list;
}

/* Factors of n that are not 1, or n. */
static uint32_t random_factor(build_t *b, uint32_t n)
{
    uint32_t factor = from_to(b, 1, n);
    while (n % factor != 0)
        factor--;
    return factor;
}

/* As a batch of maps, or whatever four dimensions it makes. */
static int32_t random_batch(build_t *b, int32_t input)
{
    uint32_t left = (uint32_t)npu_tensor_elements(tensor_of(b, input)), shape[4];
    for (uint32_t d = 3; d > 0; d--) {
        shape[d] = random_factor(b, left < 24        ? left
                                    : left % 16 == 0 ? 16
                                    : left % 12 == 0 ? 12
                                                     : 1);
        left /= shape[d];
    }
    shape[0] = left;
    return left > 4096 ? input : build_shape(b, NPU_NODE_RESHAPE, input, 4, shape);
}

uint32_t build_random_move(build_t *b, int32_t input, int32_t outputs[BUILD_MOVE_OUTPUTS])
{
    static uint32_t (*const any[])(build_t *, int32_t, int32_t *) = {
        random_split, random_slice,  random_transpose, random_concatenation,
        random_pack,  random_unpack, random_shape};
    static uint32_t (*const of_maps[])(build_t *, int32_t,
                                       int32_t *) = {random_resize, random_blocks, random_padv2};
    int32_t from = build_below(b, 8) == 0 ? random_batch(b, input) : input;
    npu_tensor_t t = *tensor_of(b, from);
    uint32_t all = SIM_COUNT(any) + (t.dims == 4 && t.shape[0] == 1 ? SIM_COUNT(of_maps) : 0);
    uint32_t pick = build_below(b, all);
    return pick < SIM_COUNT(any) ? any[pick](b, from, outputs)
                                 : of_maps[pick - SIM_COUNT(any)](b, from, outputs);
}

/* What nobody but moves can read, as one map. */
int32_t build_one_map(build_t *b, int32_t tensor)
{
    npu_hwc_t s = npu_tensor_hwc(tensor_of(b, tensor));
    uint32_t shape[3] = {s.h, s.w, s.c};
    bool batch = tensor_of(b, tensor)->dims == 4 && tensor_of(b, tensor)->shape[0] != 1;
    return batch ? build_shape(b, NPU_NODE_RESHAPE, tensor, 3, shape) : tensor;
}

/* What was cut is put together in another order, some pieces clamped in between. */
static int32_t put_together(build_t *b, int32_t *pieces, uint32_t count)
{
    uint32_t axis = b->graph.node[b->graph.nodes - 1].axis;
    for (uint32_t i = count; i-- > 1;) {
        uint32_t other = build_below(b, i + 1);
        int32_t kept = pieces[i];
        pieces[i] = pieces[other];
        pieces[other] = kept;
    }
    for (uint32_t i = 0; i < count; i++)
        if (build_below(b, 2) == 0)
            pieces[i] = build_unary(b, NPU_NODE_RELU6, pieces[i]);
    return build_concatenation(b, pieces, count, axis);
}

int32_t build_random_move_layer(build_t *b, int32_t input)
{
    int32_t outputs[BUILD_MOVE_OUTPUTS];
    uint32_t count = build_random_move(b, input, outputs);
    npu_node_op_t op = b->graph.node[b->graph.nodes - 1].op;
    bool split = op == NPU_NODE_SPLIT || op == NPU_NODE_SPLIT_V;
    if (split && tensor_of(b, outputs[0])->dims == 4 && tensor_of(b, outputs[0])->shape[0] == 1 &&
        tensor_of(b, b->graph.node[b->graph.nodes - 1].input[0])->shape[0] == 1 && count <= 6 &&
        build_below(b, 3) != 0)
        return put_together(b, outputs, count);
    int32_t result = build_one_map(b, outputs[build_below(b, count)]);
    npu_hwc_t s = npu_tensor_hwc(tensor_of(b, result));
    if (tensor_of(b, result)->dims == 4)
        return result;
    uint32_t shape[4] = {1, s.h, s.w, s.c};
    return build_shape(b, NPU_NODE_RESHAPE, result, 4, shape);
}

void build_moves_met(const uint32_t met[NPU_NODE_OPS], uint32_t least)
{
    static const npu_node_op_t ops[] = {NPU_NODE_CONCATENATION,
                                        NPU_NODE_DEPTH_TO_SPACE,
                                        NPU_NODE_EXPAND_DIMS,
                                        NPU_NODE_PACK,
                                        NPU_NODE_PADV2,
                                        NPU_NODE_RESIZE_BILINEAR,
                                        NPU_NODE_RESIZE_NEAREST_NEIGHBOR,
                                        NPU_NODE_SLICE,
                                        NPU_NODE_SPACE_TO_DEPTH,
                                        NPU_NODE_SPLIT,
                                        NPU_NODE_SPLIT_V,
                                        NPU_NODE_SQUEEZE,
                                        NPU_NODE_STRIDED_SLICE,
                                        NPU_NODE_TRANSPOSE,
                                        NPU_NODE_UNPACK};
    for (size_t i = 0; i < SIM_COUNT(ops); i++)
        ck_assert_msg(met[ops[i]] >= least, "%s met %u times", npu_node_op_name(ops[i]),
                      met[ops[i]]);
}
