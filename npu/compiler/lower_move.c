/*
 * lower_move.c - layers that only move codes, as boxes for move.c.
 *
 *   CONCATENATION, PACK             one box an input, to its place in the result
 *   SPLIT, SPLIT_V, UNPACK          one box an output
 *   SLICE, STRIDED_SLICE            one box, every so many elements, perhaps backwards
 *   TRANSPOSE                       one box of other distances
 *   RESHAPE of planes               one box, to a dense result
 *   DEPTH_TO_SPACE, SPACE_TO_DEPTH  one box of five dimensions: blocks, rows and columns in them
 */
#include <math.h>
#include <string.h>

#include "npu/compiler/compile_int.h"

/* ---- where elements stand -------------------------------------------------------------------- */

/* Bytes from an index to the next of each dimension of a tensor; of a batch, maps of shape[1] rows.
 */
static void steps_of(const cc_value_t *v, const npu_tensor_t *t, int64_t step[NPU_GRAPH_DIMS])
{
    const int64_t of[NPU_GRAPH_DIMS] = {(int64_t)v->row * t->shape[1], v->row, v->pix, v->plane};
    for (uint32_t d = 0; d < t->dims; d++)
        step[d] = of[d + NPU_GRAPH_DIMS - t->dims];
}

/* The other dimensions of a tensor of so many, one of which is `axis`. */
static uint32_t without(uint32_t d, uint32_t axis)
{
    return d < axis ? d : d + 1;
}

static void add_dim(cc_move_t *m, uint32_t n, int64_t from, int64_t to)
{
    m->dim[m->dims++] = (cc_move_dim_t){n, from, to};
}

/* ---- the box of one piece -------------------------------------------------------------------- */

typedef struct {
    const npu_node_t *node;
    const npu_tensor_t *in, *out; /* of this piece */
    cc_value_t source, result;
    int64_t from[NPU_GRAPH_DIMS], to[NPU_GRAPH_DIMS];
    uint32_t before; /* along the axis: elements of pieces before this one */
} piece_t;

/* The part has the whole's dimensions. */
static void side_by_side(const piece_t *p, bool gather, cc_move_t *m)
{
    const npu_tensor_t *part = gather ? p->in : p->out;
    const int64_t *whole = gather ? p->to : p->from;
    *(gather ? &m->to : &m->from) += p->before * whole[p->node->axis];
    for (uint32_t d = 0; d < part->dims; d++)
        add_dim(m, part->shape[d], p->from[d], p->to[d]);
}

/* The part has not the dimension along which parts are stacked. */
static void stacked(const piece_t *p, bool gather, cc_move_t *m)
{
    const npu_tensor_t *part = gather ? p->in : p->out;
    const int64_t *whole = gather ? p->to : p->from;
    uint32_t axis = p->node->axis;
    *(gather ? &m->to : &m->from) += p->before * whole[axis];
    for (uint32_t d = 0; d < part->dims; d++)
        add_dim(m, part->shape[d], p->from[gather ? d : without(d, axis)],
                p->to[gather ? without(d, axis) : d]);
}

static void concatenation(const piece_t *p, cc_move_t *m)
{
    side_by_side(p, true, m);
}

static void split(const piece_t *p, cc_move_t *m)
{
    side_by_side(p, false, m);
}

static void pack(const piece_t *p, cc_move_t *m)
{
    stacked(p, true, m);
}

static void unpack(const piece_t *p, cc_move_t *m)
{
    stacked(p, false, m);
}

/* Dimensions of one element do not show: those of more follow each other on both sides. */
static void slice(const piece_t *p, cc_move_t *m)
{
    const npu_node_t *n = p->node;
    uint32_t to = 0;
    for (uint32_t d = 0; d < p->in->dims; d++) {
        m->from += n->begin[d] * p->from[d];
        if (n->count[d] == 1)
            continue;
        while (p->out->shape[to] == 1)
            to++;
        add_dim(m, n->count[d], n->step[d] * p->from[d], p->to[to++]);
    }
}

static void transpose(const piece_t *p, cc_move_t *m)
{
    for (uint32_t d = 0; d < p->out->dims; d++)
        add_dim(m, p->out->shape[d], p->from[p->node->perm[d]], p->to[d]);
}

/* The result is dense where its shape is another. */
static void reshape(const piece_t *p, cc_move_t *m)
{
    const cc_value_t *s = &p->source, *r = &p->result;
    bool same = s->size.h == r->size.h && s->size.w == r->size.w;
    int64_t pix = same ? r->pix : s->size.c;
    add_dim(m, s->size.h, s->row, same ? r->row : s->size.w * pix);
    add_dim(m, s->size.w, s->pix, pix);
    add_dim(m, s->size.c, s->plane, r->plane);
}

/* Channel (by * block + bx) * channels + c of depth is pixel (by, bx) of its block. */
static void blocks(const piece_t *p, cc_move_t *m)
{
    bool to_depth = p->node->op == NPU_NODE_SPACE_TO_DEPTH;
    const int64_t *space = to_depth ? p->from : p->to, *depth = to_depth ? p->to : p->from;
    npu_hwc_t s = npu_tensor_hwc(to_depth ? p->in : p->out);
    uint32_t b = p->node->block;
    int64_t side[CC_MOVE_DIMS][2] = {{b * space[1], depth[1]},
                                     {space[1], b * s.c * depth[3]},
                                     {b * space[2], depth[2]},
                                     {space[2], s.c * depth[3]},
                                     {space[3], depth[3]}};
    uint32_t n[CC_MOVE_DIMS] = {s.h / b, b, s.w / b, b, s.c};
    for (uint32_t d = 0; d < CC_MOVE_DIMS; d++)
        add_dim(m, n[d], side[d][to_depth ? 0 : 1], side[d][to_depth ? 1 : 0]);
}

/* ---- the operators --------------------------------------------------------------------------- */

typedef enum { ONE, OF_INPUTS, OF_OUTPUTS } pieces_t;

typedef struct {
    pieces_t pieces;
    void (*box)(const piece_t *p, cc_move_t *m);
    uint32_t (*along)(const piece_t *p); /* elements of a piece along the axis */
} operator_t;

static uint32_t one(const piece_t *p)
{
    (void)p;
    return 1;
}

static uint32_t of_input(const piece_t *p)
{
    return p->in->shape[p->node->axis];
}

static uint32_t of_output(const piece_t *p)
{
    return p->out->shape[p->node->axis];
}

static operator_t operator_of(npu_node_op_t op)
{
    switch (op) {
    case NPU_NODE_CONCATENATION:
        return (operator_t){OF_INPUTS, concatenation, of_input};
    case NPU_NODE_PACK:
        return (operator_t){OF_INPUTS, pack, one};
    case NPU_NODE_SPLIT:
    case NPU_NODE_SPLIT_V:
        return (operator_t){OF_OUTPUTS, split, of_output};
    case NPU_NODE_UNPACK:
        return (operator_t){OF_OUTPUTS, unpack, one};
    case NPU_NODE_SLICE:
    case NPU_NODE_STRIDED_SLICE:
        return (operator_t){ONE, slice, one};
    case NPU_NODE_TRANSPOSE:
        return (operator_t){ONE, transpose, one};
    case NPU_NODE_RESHAPE:
    case NPU_NODE_SQUEEZE:
    case NPU_NODE_EXPAND_DIMS:
        return (operator_t){ONE, reshape, one};
    default:
        return (operator_t){ONE, blocks, one};
    }
}

static uint32_t count_pieces(const npu_node_t *n)
{
    pieces_t pieces = operator_of(n->op).pieces;
    return pieces == OF_INPUTS ? n->inputs : pieces == OF_OUTPUTS ? n->outputs : 1;
}

/* Piece i as a box; *before grows by what it takes along the axis. */
static cc_move_t piece(const cc_t *cc, const npu_node_t *n, uint32_t i, uint32_t *before)
{
    operator_t op = operator_of(n->op);
    int32_t in = n->input[op.pieces == OF_INPUTS ? i : 0];
    int32_t out = n->output[op.pieces == OF_OUTPUTS ? i : 0];
    piece_t p = {.node = n,
                 .in = cc_tensor(cc, in),
                 .out = cc_tensor(cc, out),
                 .source = cc_value(cc, in),
                 .result = cc_value(cc, out),
                 .before = *before};
    cc_move_t m = {.from = p.source.l2, .to = p.result.l2};
    steps_of(&p.source, p.in, p.from);
    steps_of(&p.result, p.out, p.to);
    op.box(&p, &m);
    *before += op.along(&p);
    return m;
}

/* ---- CONCATENATION of other scales ----------------------------------------------------------- */

static bool rescaled(const cc_t *cc, const npu_node_t *n, uint32_t i)
{
    if (n->op != NPU_NODE_CONCATENATION)
        return false;
    const npu_tensor_t *in = cc_tensor(cc, n->input[i]), *out = cc_tensor(cc, n->output[0]);
    return in->scale[0] != out->scale[0] || in->zero_point[0] != out->zero_point[0];
}

/* TFLite ConcatenationWithScaling: float32, each operation rounded. uint8 only (graph_check). */
static int8_t rescale(const npu_tensor_t *in, const npu_tensor_t *out, uint32_t code)
{
    float inverse = 1.0f / out->scale[0];
    float scale = in->scale[0] * inverse;
    float bias = (float)-in->zero_point[0] * scale;
    float steps = (float)code * scale;
    steps = roundf(steps + bias);
    if (!(steps >= -512.0f && steps <= 512.0f)) /* beyond any code; the cast would be undefined */
        steps = steps < 0.0f ? -512.0f : 512.0f;
    return (int8_t)(npu_clamp((int32_t)steps + out->zero_point[0], 0, 255) - 128);
}

/* A table for each input of another scale, one behind the other. */
static void put_tables(cc_t *cc, cc_layer_t *l)
{
    uint32_t tables = 0;
    for (uint32_t i = 0; i < l->node->inputs; i++)
        tables += rescaled(cc, l->node, i);
    if (tables == 0)
        return;
    uint8_t *at;
    l->params_bytes = tables * NPU_PAR_LUT_BYTES;
    l->params_at = cc_constant(cc, l->params_bytes, &at);
    for (uint32_t i = 0; at != NULL && i < l->node->inputs; i++) {
        if (!rescaled(cc, l->node, i))
            continue;
        const npu_tensor_t *in = cc_tensor(cc, l->node->input[i]), *out = cc_tensor(cc, l->out);
        for (uint32_t code = 0; code < NPU_PAR_LUT_BYTES; code++)
            *at++ = (uint8_t)rescale(in, out, code);
    }
}

/* ---- what stands where it belongs ------------------------------------------------------------ */

/* The maker of an input wrote it there, or an output is but a name for it. */
static bool in_place(const cc_t *cc, const npu_node_t *n, uint32_t i, const cc_move_t *m)
{
    pieces_t pieces = operator_of(n->op).pieces;
    uint32_t from = cc->place_of[n->input[pieces == OF_INPUTS ? i : 0]];
    uint32_t to = cc->place_of[n->output[pieces == OF_OUTPUTS ? i : 0]];
    bool still = from == to && m->from == m->to && !rescaled(cc, n, i);
    for (uint32_t d = 0; d < m->dims; d++)
        still = still && (m->dim[d].n == 1 || m->dim[d].from == m->dim[d].to);
    return still;
}

bool cc_moves_nothing(const cc_t *cc, const npu_node_t *n)
{
    uint32_t before = 0;
    for (uint32_t i = 0; i < count_pieces(n); i++) {
        cc_move_t m = piece(cc, n, i, &before);
        if (!in_place(cc, n, i, &m))
            return false;
    }
    return true;
}

/* ---- the kind -------------------------------------------------------------------------------- */

static bool prepare_move(cc_t *cc, cc_layer_t *l)
{
    uint32_t before = 0;
    uint64_t insns = 0, most = cc->desc->l2_bytes / NPU_INSN_BYTES;
    if (l->node->activation != NPU_ACT_NONE)
        return cc_fail(cc, l, SIM_EPARSE, "fused activation %d, expected none",
                       (int)l->node->activation);
    uint32_t sources = operator_of(l->node->op).pieces == OF_INPUTS ? l->node->inputs : 1;
    for (uint32_t i = 0; i < sources; i++)
        cc_place_constant(cc, l->node->input[i]);
    put_tables(cc, l);
    for (uint32_t i = 0; i < count_pieces(l->node); i++) {
        cc_move_t m = piece(cc, l->node, i, &before);
        insns += in_place(cc, l->node, i, &m) ? 0 : cc_move_insns(cc, &m);
    }
    if (insns > most)
        return cc_fail(cc, l, SIM_EFULL, "needs %llu instructions, L2 has room for %llu",
                       (unsigned long long)insns, (unsigned long long)most);
    return cc->err == SIM_OK;
}

static void run_move(cc_t *cc, cc_layer_t *l)
{
    uint32_t before = 0, table = l->params_at;
    for (uint32_t i = 0; i < count_pieces(l->node); i++) {
        cc_move_t m = piece(cc, l->node, i, &before);
        if (in_place(cc, l->node, i, &m))
            continue;
        if (operator_of(l->node->op).pieces == OF_INPUTS && rescaled(cc, l->node, i)) {
            m.translated = true;
            m.table = cc_take(cc, NPU_MEM_PAR, NPU_PAR_LUT_BYTES);
            cc_load_constants(cc, l, NPU_MEM_PAR, table, NPU_PAR_LUT_BYTES, m.table);
            table += NPU_PAR_LUT_BYTES;
        }
        cc_move(cc, l, &m);
    }
}

const cc_kind_t cc_kind_move = {.prepare = prepare_move, .run = run_move};
