/*
 * places.c - where tensors stand in L2.
 *
 *   place            bytes of their own, in one of the layouts, for so many layers
 *   same place       RESHAPE and its kin: other names for the same bytes
 *   part of a place  SPLIT, SLICE, UNPACK: a box of what they cut; CONCATENATION, PACK: what they
 *                    put together is a box of the result from the start, and its maker writes there
 *
 * What is read as one vector, or leaves the network, cannot be a part: its bytes are moved. So are
 * boxes of other strides than 1, and codes of another scale.
 */
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/compile_int.h"

static bool is_code(const npu_tensor_t *t)
{
    return t->type == NPU_TYPE_INT8 || t->type == NPU_TYPE_UINT8;
}

/* The same numbers, byte for byte, inside the chip. */
static bool same_codes(const cc_t *cc, int32_t a, int32_t b)
{
    return cc_tensor(cc, a)->scale[0] == cc_tensor(cc, b)->scale[0] &&
           cc_zero(cc, a) == cc_zero(cc, b);
}

static bool same_hwc(npu_hwc_t a, npu_hwc_t b)
{
    return a.h == b.h && a.w == b.w && a.c == b.c;
}

static npu_hwc_t size_of(const cc_t *cc, int32_t tensor)
{
    return npu_tensor_hwc(cc_tensor(cc, tensor));
}

static bool is_reshape(npu_node_op_t op)
{
    return op == NPU_NODE_RESHAPE || op == NPU_NODE_SQUEEZE || op == NPU_NODE_EXPAND_DIMS;
}

/* A float image comes as codes: whoever feeds it quantizes (tensor_io.h). A change between uint8
 * and int8 alone is none here. */
bool cc_is_alias(const cc_t *cc, const npu_node_t *n)
{
    if (cc_on_core(cc, n))
        return false;
    if (is_reshape(n->op))
        return true;
    return n->op == NPU_NODE_QUANTIZE &&
           (!is_code(cc_tensor(cc, n->input[0])) || same_codes(cc, n->input[0], n->output[0]));
}

/* ---- boxes ----------------------------------------------------------------------------------- */

static bool cuts(npu_node_op_t op)
{
    return op == NPU_NODE_SPLIT || op == NPU_NODE_SPLIT_V || op == NPU_NODE_UNPACK ||
           op == NPU_NODE_SLICE || op == NPU_NODE_STRIDED_SLICE;
}

static bool joins(npu_node_op_t op)
{
    return op == NPU_NODE_CONCATENATION || op == NPU_NODE_PACK;
}

/* Piece i of what a node cuts or joins. */
static int32_t piece_of(const npu_node_t *n, uint32_t i)
{
    return joins(n->op) ? n->input[i] : n->output[i];
}

static int32_t whole_of(const npu_node_t *n)
{
    return joins(n->op) ? n->output[0] : n->input[0];
}

/* First element and size of piece i along the whole's dimension d; false: not one by one. */
static bool range_of(const cc_t *cc, const npu_node_t *n, uint32_t i, uint32_t d, uint32_t *first,
                     uint32_t *count)
{
    bool stacks = n->op == NPU_NODE_PACK || n->op == NPU_NODE_UNPACK;
    *first = 0;
    *count = cc_tensor(cc, whole_of(n))->shape[d];
    if (n->op == NPU_NODE_SLICE || n->op == NPU_NODE_STRIDED_SLICE) {
        *first = (uint32_t)n->begin[d];
        *count = n->count[d];
        return *count == 1 || n->step[d] == 1;
    }
    for (uint32_t k = 0; d == n->axis && k <= i; k++) {
        *first += k == 0 ? 0 : *count;
        *count = stacks ? 1 : cc_tensor(cc, piece_of(n, k))->shape[d];
    }
    return true;
}

/* Where piece i begins in the whole; false when it is no box there with height, width and channels
 * of its own. */
static bool box_of(const cc_t *cc, const npu_node_t *n, uint32_t i, npu_hwc_t *first)
{
    uint32_t at[NPU_GRAPH_DIMS] = {0}, size[NPU_GRAPH_DIMS] = {1, 1, 1, 1};
    uint32_t dims = cc_tensor(cc, whole_of(n))->dims, before = NPU_GRAPH_DIMS - dims;
    if (before == 0 && cc_tensor(cc, whole_of(n))->shape[0] != 1)
        return false;
    for (uint32_t d = 0; d < dims; d++)
        if (!range_of(cc, n, i, d, &at[before + d], &size[before + d]))
            return false;
    *first = (npu_hwc_t){at[1], at[2], at[3]};
    return same_hwc((npu_hwc_t){size[1], size[2], size[3]}, size_of(cc, piece_of(n, i)));
}

/* ---- what must have bytes of its own --------------------------------------------------------- */

/* Of a tensor, while places are made. */
typedef struct {
    bool whole;   /* no part of anything */
    bool leaves;  /* the network, under some name */
    int32_t into; /* part of this one from the start, NPU_NO_TENSOR */
    npu_hwc_t at; /* where in it */
    bool written; /* by a layer */
} need_t;

static bool reads_flat(const cc_t *cc, const npu_node_t *n)
{
    npu_hwc_t s = size_of(cc, n->input[0]);
    return n->op == NPU_NODE_FULLY_CONNECTED && s.h * s.w > 1;
}

/* Backwards, since another name for the same bytes needs what those need. */
static void find_whole(const cc_t *cc, need_t *need)
{
    const npu_graph_t *g = cc->graph;
    for (uint32_t i = 0; i < cc->leavings; i++)
        need[cc->leaving[i]].whole = need[cc->leaving[i]].leaves = true;
    for (uint32_t k = g->nodes; k-- > 0;) {
        const npu_node_t *n = &cc->node[k];
        bool renamed = cc_is_alias(cc, n);
        if (reads_flat(cc, n) ||
            (renamed && (need[n->output[0]].whole ||
                         !same_hwc(size_of(cc, n->input[0]), size_of(cc, n->output[0])))))
            need[n->input[0]].whole = true;
        if (renamed && need[n->output[0]].leaves)
            need[n->input[0]].leaves = true;
        for (uint32_t o = 0; o < n->outputs; o++)
            need[n->output[o]].written = !renamed && !cc->fate[k].hidden && !cc_on_core(cc, n);
    }
}

/* Inputs of a joining node that their makers can write to where they belong. */
static void find_joined(const cc_t *cc, need_t *need)
{
    for (uint32_t k = cc->graph->nodes; k-- > 0;) {
        const npu_node_t *n = &cc->node[k];
        for (uint32_t i = 0; joins(n->op) && i < n->inputs; i++) {
            need_t *it = &need[n->input[i]];
            bool fits = it->written && !it->whole && it->into == NPU_NO_TENSOR &&
                        same_codes(cc, n->input[i], n->output[0]);
            if (fits && box_of(cc, n, i, &it->at))
                it->into = n->output[0];
        }
    }
}

/* ---- places ---------------------------------------------------------------------------------- */

void cc_add_place(cc_t *cc, int32_t tensor, npu_layout_t layout)
{
    cc->place_of[tensor] = cc->places;
    cc->place[cc->places++] = (cc_place_t){.tensor = tensor, .layout = layout};
}

static void make_part(cc_t *cc, int32_t tensor, int32_t whole, npu_hwc_t at)
{
    const cc_part_t *in = &cc->part[whole];
    cc->place_of[tensor] = cc->place_of[whole];
    cc->part[tensor] = (cc_part_t){true, {in->at.h + at.h, in->at.w + at.w, in->at.c + at.c}};
    cc->parts++;
}

/* The outermost result that a tensor is a part of gets the place; those between are parts too. */
static void give_place(cc_t *cc, const need_t *need, int32_t tensor, npu_layout_t layout)
{
    while (cc->place_of[tensor] == CC_NO_PLACE) {
        int32_t outer = tensor;
        while (need[outer].into != NPU_NO_TENSOR && cc->place_of[need[outer].into] == CC_NO_PLACE)
            outer = need[outer].into;
        if (need[outer].into == NPU_NO_TENSOR)
            cc_add_place(cc, outer, outer == tensor ? layout : NPU_LAYOUT_NHWC32);
        else
            make_part(cc, outer, need[outer].into, need[outer].at);
    }
}

/* A result that is its operand's bytes. */
static void share_place(cc_t *cc, int32_t from, int32_t to)
{
    cc_place_t *p = &cc->place[cc->place_of[from]];
    cc->place_of[to] = cc->place_of[from];
    cc->part[to] = cc->part[from];
    if (p->layout == NPU_LAYOUT_NHWC32 && size_of(cc, from).c != size_of(cc, to).c)
        p->layout = NPU_LAYOUT_DENSE;
}

static bool is_input(const npu_graph_t *g, int32_t tensor)
{
    for (uint32_t i = 0; i < g->inputs; i++)
        if (g->input[i] == tensor)
            return true;
    return false;
}

/* Planes keep their shape; constants stand elsewhere; and what comes in cannot be what goes out. */
static bool must_move(const cc_t *cc, const need_t *need, const npu_node_t *n)
{
    int32_t from = n->input[0], to = n->output[0];
    if (!is_reshape(n->op) || !is_code(cc_tensor(cc, from)))
        return false;
    if (cc->place_of[from] == CC_NO_PLACE)
        return true;
    const cc_place_t *p = &cc->place[cc->place_of[from]];
    return (p->layout == NPU_LAYOUT_PLANAR && !same_hwc(size_of(cc, from), size_of(cc, to))) ||
           (need[to].leaves && is_input(cc->graph, p->tensor));
}

/* Names node k's result as its operand, or makes it a move. */
static bool place_alias(cc_t *cc, const need_t *need, uint32_t k)
{
    const npu_node_t *n = &cc->node[k];
    cc_layer_t at = {.node = n}; /* for messages */
    int32_t from = n->input[0], to = n->output[0];
    if (must_move(cc, need, n)) {
        cc->fate[k].main = k; /* its layer is its own */
        bool same = same_hwc(size_of(cc, from), size_of(cc, to));
        give_place(cc, need, to, same ? NPU_LAYOUT_NHWC32 : NPU_LAYOUT_DENSE);
        return true;
    }
    if (cc->place_of[from] == CC_NO_PLACE)
        return cc_fail(cc, &at, SIM_EPARSE, "input is a constant, which is not supported");
    if (!is_code(cc_tensor(cc, from)) && !same_hwc(size_of(cc, from), size_of(cc, to)))
        return cc_fail(cc, &at, SIM_EPARSE, "reshapes the image before it is quantized");
    cc->fate[k].still = true;
    share_place(cc, from, to);
    return true;
}

/* Parts are boxes of the shape that the place was made for. */
static bool has_parts(const cc_t *cc, int32_t tensor)
{
    if (cc->place_of[tensor] == CC_NO_PLACE || !cc->use_parts)
        return false;
    int32_t first = cc->place[cc->place_of[tensor]].tensor;
    return cc->part[tensor].is || same_hwc(size_of(cc, tensor), size_of(cc, first));
}

static void place_results(cc_t *cc, const need_t *need, const npu_node_t *n)
{
    npu_hwc_t at;
    for (uint32_t o = 0; o < n->outputs; o++) {
        int32_t to = n->output[o];
        bool part = cuts(n->op) && has_parts(cc, n->input[0]) && !need[to].whole &&
                    need[to].into == NPU_NO_TENSOR && box_of(cc, n, o, &at);
        if (part)
            make_part(cc, to, n->input[0], at);
        else
            give_place(cc, need, to, NPU_LAYOUT_NHWC32);
    }
}

static bool place_tensors(cc_t *cc, const need_t *need)
{
    const npu_graph_t *g = cc->graph;
    for (uint32_t t = 0; t < g->tensors; t++)
        cc->place_of[t] = cc->constant_of[t] = CC_NO_PLACE;
    for (uint32_t i = 0; i < g->inputs; i++)
        cc_add_place(cc, g->input[i],
                     g->input[i] == cc->image ? NPU_LAYOUT_PLANAR : NPU_LAYOUT_DENSE);
    for (uint32_t n = 0; n < g->nodes; n++) {
        if (cc->fate[n].hidden)
            continue;
        if (cc_on_core(cc, &cc->node[n]))
            core_place(cc, &cc->node[n]);
        else if (!cc_is_alias(cc, &cc->node[n]))
            place_results(cc, need, &cc->node[n]);
        else if (!place_alias(cc, need, n))
            return false;
    }
    return true;
}

/* ---- layouts --------------------------------------------------------------------------------- */

static uint64_t place_bytes(const cc_t *cc, const cc_place_t *p)
{
    npu_hwc_t s = size_of(cc, p->tensor);
    uint64_t pixels = (uint64_t)s.h * s.w;
    if (p->layout == NPU_LAYOUT_PLANAR)
        pixels = (uint64_t)npu_round_lanes(s.w) * ((s.h + 1) / 2 * 2);
    uint64_t c = p->layout == NPU_LAYOUT_NHWC32 ? npu_round_lanes(s.c) : s.c;
    if (p->layout == NPU_LAYOUT_DENSE)
        c *= npu_type_bytes(cc_tensor(cc, p->tensor)->type);
    return (pixels * c + CC_ALIGN - 1) / CC_ALIGN * CC_ALIGN;
}

/* A map that a fully connected layer reads as one vector has no gaps between its pixels. */
static void flatten_place(cc_t *cc, int32_t tensor)
{
    uint32_t place = cc->place_of[tensor];
    if (place != CC_NO_PLACE && cc->place[place].layout == NPU_LAYOUT_NHWC32)
        cc->place[place].layout = NPU_LAYOUT_DENSE;
}

static bool choose_layouts(cc_t *cc)
{
    const npu_graph_t *g = cc->graph;
    for (uint32_t i = 0; i < cc->leavings; i++) {
        cc_place_t *p = &cc->place[cc->place_of[cc->leaving[i]]];
        if (p->layout == NPU_LAYOUT_PLANAR)
            return cc_fail(cc, NULL, SIM_EPARSE, "output \"%.80s\" is the image that comes in",
                           cc_tensor(cc, cc->leaving[i])->name);
        p->layout = NPU_LAYOUT_DENSE;
    }
    for (uint32_t n = 0; n < g->nodes; n++)
        if (reads_flat(cc, &g->node[n]))
            flatten_place(cc, g->node[n].input[0]);
    for (uint32_t p = 0; p < cc->places; p++) {
        cc->place[p].size = size_of(cc, cc->place[p].tensor);
        cc->place[p].bytes = place_bytes(cc, &cc->place[p]);
    }
    for (uint32_t n = 0; n < g->nodes; n++)
        if (!cc->fate[n].hidden && (cuts(g->node[n].op) || joins(g->node[n].op)))
            cc->fate[n].still = cc_moves_nothing(cc, &cc->node[n]);
    return true;
}

/* ---- inputs -------------------------------------------------------------------------------- */

int32_t cc_code_tensor(const cc_t *cc, int32_t tensor)
{
    if (is_code(cc_tensor(cc, tensor)))
        return tensor;
    for (uint32_t t = 0; t < cc->graph->tensors; t++)
        if (cc->place_of[t] == cc->place_of[tensor] && !cc->part[t].is &&
            is_code(cc_tensor(cc, (int32_t)t)))
            return (int32_t)t;
    return NPU_NO_TENSOR;
}

/* Whoever feeds a float input can quantize it in one way only. */
static bool one_quantization(cc_t *cc, int32_t tensor)
{
    int32_t first = cc_code_tensor(cc, tensor);
    if (first == NPU_NO_TENSOR)
        return cc_fail(cc, NULL, SIM_EPARSE, "tensor \"%.80s\" is %s and never quantized",
                       cc_tensor(cc, tensor)->name, npu_type_name(cc_tensor(cc, tensor)->type));
    const npu_tensor_t *a = cc_tensor(cc, first);
    for (uint32_t t = 0; t < cc->graph->tensors; t++) {
        const npu_tensor_t *b = cc_tensor(cc, (int32_t)t);
        if (cc->place_of[t] == cc->place_of[tensor] && is_code(b) &&
            !same_codes(cc, first, (int32_t)t))
            return cc_fail(cc, NULL, SIM_EPARSE, "\"%.80s\" and \"%.80s\" quantize one input",
                           a->name, b->name);
    }
    return true;
}

bool make_places(cc_t *cc)
{
    need_t *need = calloc(cc->graph->tensors, sizeof(*need));
    if (need == NULL)
        return cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
    for (uint32_t t = 0; t < cc->graph->tensors; t++)
        need[t].into = NPU_NO_TENSOR;
    find_whole(cc, need);
    if (cc->use_parts)
        find_joined(cc, need);
    bool fine = place_tensors(cc, need) && choose_layouts(cc);
    free(need);
    return fine && (cc->image == NPU_NO_TENSOR || one_quantization(cc, cc->image));
}
