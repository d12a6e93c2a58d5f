/*
 * graph_check_move.c - rules of the operators that move codes from one place to another.
 */
#include "npu/compiler/graph_check_int.h"

/* ---- operands -------------------------------------------------------------------------------- */

static const npu_tensor_t *nth_out(const check_t *c, uint32_t i)
{
    return &c->graph->tensor[c->node->output[i]];
}

/* Codes of the result's type, and of its scale: a move leaves both alone. */
static bool moves_from(const check_t *c, uint32_t i)
{
    char role[32];
    snprintf(role, sizeof(role), "input %u", i);
    if (!movable_holds(c, in(c, i), role))
        return false;
    if (in(c, i)->type != out(c)->type)
        return fail(c, "input %u is %s, expected the output's type, %s", i,
                    npu_type_name(in(c, i)->type), npu_type_name(out(c)->type));
    return same_scale(c, in(c, i));
}

/* Input 0 and all outputs are codes of one type and scale. */
static bool moves(const check_t *c)
{
    for (uint32_t i = 0; i < c->node->outputs; i++) {
        const npu_tensor_t *o = nth_out(c, i);
        if (!movable_holds(c, o, "output"))
            return false;
        if (o->type != out(c)->type || o->scale[0] != out(c)->scale[0] ||
            o->zero_point[0] != out(c)->zero_point[0])
            return fail(c, "output %u: %s, scale %g zero point %d, expected output 0's %s %g %d", i,
                        npu_type_name(o->type), (double)o->scale[0], o->zero_point[0],
                        npu_type_name(out(c)->type), (double)out(c)->scale[0],
                        out(c)->zero_point[0]);
    }
    return moves_from(c, 0);
}

/* ---- shapes ---------------------------------------------------------------------------------- */

static bool rank_is(const check_t *c, const npu_tensor_t *t, const char *role, uint32_t dims)
{
    if (t->dims != dims)
        return fail(c, "%s \"%.80s\" has %u dimensions, expected %u", role, t->name, t->dims, dims);
    return true;
}

static bool maps(const check_t *c)
{
    return moves(c) && rank_is(c, in(c, 0), "input", 4) && rank_is(c, out(c), "output", 4) &&
           batch_is_one(c, in(c, 0), "input") && batch_is_one(c, out(c), "output");
}

/* Tensors that are laid side by side, or cut apart, along an axis are alike along all others. */
static bool alike_but_for(const check_t *c, const npu_tensor_t *part, const npu_tensor_t *whole,
                          const char *role, uint32_t i)
{
    if (part->dims != whole->dims)
        return fail(c, "%s %u has %u dimensions, expected %u", role, i, part->dims, whole->dims);
    for (uint32_t d = 0; d < whole->dims; d++)
        if (d != c->node->axis && part->shape[d] != whole->shape[d])
            return fail(c, "%s %u: dimension %u is %u, expected %u", role, i, d, part->shape[d],
                        whole->shape[d]);
    return true;
}

static bool axis_of(const check_t *c, const npu_tensor_t *whole)
{
    if (c->node->axis >= whole->dims)
        return fail(c, "axis %u of %u dimensions", c->node->axis, whole->dims);
    return true;
}

static bool adds_up(const check_t *c, uint64_t along, const npu_tensor_t *whole, const char *parts,
                    const char *role)
{
    if (along != whole->shape[c->node->axis])
        return fail(c, "%s add up to %llu along axis %u, the %s has %u", parts,
                    (unsigned long long)along, c->node->axis, role, whole->shape[c->node->axis]);
    return true;
}

/* `part` is `whole` without the axis, along which `whole` is `count`. */
static bool layer_of(const check_t *c, const npu_tensor_t *part, const npu_tensor_t *whole,
                     uint32_t count)
{
    uint32_t axis = c->node->axis;
    if (whole->dims == 0 || axis >= whole->dims || part->dims != whole->dims - 1)
        return fail(c, "axis %u of %u dimensions, %u without it", axis, whole->dims, part->dims);
    if (whole->shape[axis] != count)
        return fail(c, "dimension %u is %u, expected one for each of %u tensors", axis,
                    whole->shape[axis], count);
    for (uint32_t d = 0; d < part->dims; d++)
        if (part->shape[d] != whole->shape[d < axis ? d : d + 1])
            return fail(c, "dimension %u is %u, without the axis %u", d < axis ? d : d + 1,
                        whole->shape[d < axis ? d : d + 1], part->shape[d]);
    return true;
}

/* ---- the rules ------------------------------------------------------------------------------- */

bool check_reshape(const check_t *c)
{
    bool code = in(c, 0)->type == NPU_TYPE_INT8 || in(c, 0)->type == NPU_TYPE_UINT8;
    if (code && !moves(c))
        return false;
    if (in(c, 0)->type != out(c)->type)
        return fail(c, "%s becomes %s", npu_type_name(in(c, 0)->type), npu_type_name(out(c)->type));
    if (npu_tensor_elements(in(c, 0)) != npu_tensor_elements(out(c)))
        return fail(c, "%llu elements become %llu",
                    (unsigned long long)npu_tensor_elements(in(c, 0)),
                    (unsigned long long)npu_tensor_elements(out(c)));
    return true;
}

/* uint8 codes of other scales are requantized, in float; the reference refuses int8 ones. */
bool check_concatenation(const check_t *c)
{
    uint64_t along = 0;
    if (!movable_holds(c, out(c), "output") || !axis_of(c, out(c)))
        return false;
    for (uint32_t i = 0; i < c->node->inputs; i++) {
        if (!movable_holds(c, in(c, i), "input"))
            return false;
        if (in(c, i)->type != out(c)->type)
            return fail(c, "input %u is %s, expected %s", i, npu_type_name(in(c, i)->type),
                        npu_type_name(out(c)->type));
        if (!alike_but_for(c, in(c, i), out(c), "input", i) ||
            (out(c)->type == NPU_TYPE_INT8 && !same_scale(c, in(c, i))))
            return false;
        along += in(c, i)->shape[c->node->axis];
    }
    return adds_up(c, along, out(c), "inputs", "output");
}

bool check_split(const check_t *c)
{
    uint64_t along = 0;
    if (!moves(c) || !axis_of(c, in(c, 0)))
        return false;
    for (uint32_t i = 0; i < c->node->outputs; i++) {
        if (!alike_but_for(c, nth_out(c, i), in(c, 0), "output", i))
            return false;
        along += nth_out(c, i)->shape[c->node->axis];
    }
    return adds_up(c, along, in(c, 0), "outputs", "input");
}

bool check_pack(const check_t *c)
{
    if (!moves(c))
        return false;
    for (uint32_t i = 0; i < c->node->inputs; i++)
        if (!moves_from(c, i) || !layer_of(c, in(c, i), out(c), c->node->inputs))
            return false;
    return true;
}

bool check_unpack(const check_t *c)
{
    if (!moves(c))
        return false;
    for (uint32_t i = 0; i < c->node->outputs; i++)
        if (!layer_of(c, nth_out(c, i), in(c, 0), c->node->outputs))
            return false;
    return true;
}

/* The elements of one dimension lie in the input. */
static bool slice_inside(const check_t *c, uint32_t d)
{
    const npu_node_t *n = c->node;
    int64_t size = in(c, 0)->shape[d], first = n->begin[d];
    int64_t last = first + ((int64_t)n->count[d] - 1) * n->step[d];
    if (n->count[d] == 0 || n->step[d] == 0 || first < 0 || first >= size || last < 0 ||
        last >= size)
        return fail(c, "dimension %u: %u elements from %d, each %d on, expected inside 0..%u", d,
                    n->count[d], n->begin[d], n->step[d], in(c, 0)->shape[d] - 1);
    return true;
}

/* The next dimension from d on that is not 1. */
static uint32_t next_dim(const uint32_t *shape, uint32_t dims, uint32_t d)
{
    while (d < dims && shape[d] == 1)
        d++;
    return d;
}

bool check_slice(const check_t *c)
{
    const npu_node_t *n = c->node;
    if (!moves(c))
        return false;
    uint32_t dims = in(c, 0)->dims;
    for (uint32_t d = 0; d < dims; d++)
        if (!slice_inside(c, d))
            return false;
    uint32_t from = next_dim(n->count, dims, 0), to = next_dim(out(c)->shape, out(c)->dims, 0);
    while (from < dims && to < out(c)->dims && n->count[from] == out(c)->shape[to]) {
        from = next_dim(n->count, dims, from + 1);
        to = next_dim(out(c)->shape, out(c)->dims, to + 1);
    }
    if (from < dims)
        return fail(c, "%u elements of dimension %u do not make the output's shape", n->count[from],
                    from);
    if (to < out(c)->dims)
        return fail(c, "the output's dimension %u is %u, expected 1", to, out(c)->shape[to]);
    return true;
}

bool check_transpose(const check_t *c)
{
    const npu_node_t *n = c->node;
    uint32_t seen = 0;
    if (!moves(c) || !rank_is(c, out(c), "output", in(c, 0)->dims))
        return false;
    for (uint32_t d = 0; d < out(c)->dims; d++) {
        if (n->perm[d] >= out(c)->dims || (seen >> n->perm[d] & 1u) != 0)
            return fail(c, "dimension %u comes from %u, expected each of 0..%u once", d, n->perm[d],
                        out(c)->dims - 1);
        seen |= 1u << n->perm[d];
        if (out(c)->shape[d] != in(c, 0)->shape[n->perm[d]])
            return fail(c, "dimension %u is %u, expected %u of the input's dimension %u", d,
                        out(c)->shape[d], in(c, 0)->shape[n->perm[d]], n->perm[d]);
    }
    return true;
}

/* Space is the larger map of fewer channels. */
bool check_block(const check_t *c)
{
    uint64_t b = c->node->block;
    if (!maps(c))
        return false;
    bool to_depth = c->node->op == NPU_NODE_SPACE_TO_DEPTH;
    npu_hwc_t i = npu_tensor_hwc(in(c, 0)), o = npu_tensor_hwc(out(c));
    npu_hwc_t space = to_depth ? i : o, depth = to_depth ? o : i;
    if (b < 1 || b > 65536 || space.h != b * depth.h || space.w != b * depth.w ||
        depth.c != b * b * space.c)
        return fail(c, "%ux%ux%u does not become %ux%ux%u by blocks of %u", i.h, i.w, i.c, o.h, o.w,
                    o.c, c->node->block);
    return true;
}

/* The reference implementation refuses both flags at once as well. */
bool check_resize(const check_t *c)
{
    if (!maps(c))
        return false;
    if (in(c, 0)->shape[3] != out(c)->shape[3])
        return fail(c, "%u channels become %u", in(c, 0)->shape[3], out(c)->shape[3]);
    if (c->node->align_corners && c->node->half_pixel_centers)
        return fail(c, "align_corners and half_pixel_centers, expected at most one");
    return true;
}

bool check_pad(const check_t *c)
{
    if (!moves(c) || !rank_is(c, out(c), "output", in(c, 0)->dims) ||
        !batch_is_one(c, in(c, 0), "input") || !batch_is_one(c, out(c), "output"))
        return false;
    for (uint32_t d = 0; d < out(c)->dims; d++) {
        uint64_t want = (uint64_t)in(c, 0)->shape[d] + c->node->pad[d][0] + c->node->pad[d][1];
        if (want != out(c)->shape[d])
            return fail(c, "dimension %u: %u + %u + %u is not %u", d, in(c, 0)->shape[d],
                        c->node->pad[d][0], c->node->pad[d][1], out(c)->shape[d]);
    }
    int32_t low = out(c)->type == NPU_TYPE_INT8 ? -128 : 0;
    if (c->node->op == NPU_NODE_PADV2 &&
        (c->node->pad_value < low || c->node->pad_value > low + 255))
        return fail(c, "padding value %d not in %d..%d", c->node->pad_value, low, low + 255);
    return true;
}
