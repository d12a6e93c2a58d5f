/*
 * fuse.c - which nodes are computed together with the one before them, in one layer.
 *
 *   PAD --> CONV_2D --> RELU6 --> ADD --> QUANTIZE
 *     \______/ \__________________________/
 *    padding of   followers: vector work on each tile while it stands in L1, before the store
 *    the window
 *
 * A follower takes a result that nobody else reads, element by element; its other operand, if any,
 * is loaded beside the tile. One that only narrows the clamp of what it follows costs nothing. A
 * PAD goes into the windows of convolutions, where taps outside add as much as taps on the zero
 * point: nothing. Pools neither skip nor add padding, so theirs stays.
 *
 * A layer runs where its last node stands: there every operand exists.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/compile_int.h"

/* ---- what may follow ------------------------------------------------------------------------- */

typedef struct {
    npu_node_op_t op;
    uint32_t fuse; /* NPU_FUSE_* */
    bool relu;     /* of the family that follows element-wise arithmetic too */
} follower_t;

/* Operators whose result depends on the same element of each operand only. */
/* clang-format off */
static const follower_t followers[] = {
    {NPU_NODE_RELU,         NPU_FUSE_ACTIVATION, true},
    {NPU_NODE_RELU6,        NPU_FUSE_ACTIVATION, true},
    {NPU_NODE_RELU_N1_TO_1, NPU_FUSE_ACTIVATION, true},
    {NPU_NODE_LEAKY_RELU,   NPU_FUSE_ACTIVATION, true},
    {NPU_NODE_PRELU,        NPU_FUSE_ACTIVATION, true},
    {NPU_NODE_HARD_SWISH,   NPU_FUSE_ACTIVATION, false},
    {NPU_NODE_LOGISTIC,     NPU_FUSE_ACTIVATION, false},
    {NPU_NODE_TANH,         NPU_FUSE_ACTIVATION, false},
    {NPU_NODE_TABLE,        NPU_FUSE_ACTIVATION, false},
    {NPU_NODE_ADD,          NPU_FUSE_ADD,        false},
    {NPU_NODE_SUB,          NPU_FUSE_ADD,        false},
    {NPU_NODE_MUL,          NPU_FUSE_ADD,        false},
    {NPU_NODE_MAXIMUM,      NPU_FUSE_ADD,        false},
    {NPU_NODE_MINIMUM,      NPU_FUSE_ADD,        false},
    {NPU_NODE_QUANTIZE,     NPU_FUSE_REQUANTIZE, false},
};
/* clang-format on */

static const follower_t *follower_of(npu_node_op_t op)
{
    for (uint32_t i = 0; i < SIM_COUNT(followers); i++)
        if (followers[i].op == op)
            return &followers[i];
    return NULL;
}

static bool is_array_work(npu_node_op_t op)
{
    const cc_kind_t *kind = cc_kind_of(op);
    return kind != NULL && kind->mac != NULL;
}

static bool is_arithmetic(npu_node_op_t op)
{
    const follower_t *f = follower_of(op);
    return f != NULL && f->fuse == NPU_FUSE_ADD;
}

/* The fusions of the chip's tool chain (its target description): any activation after array work,
 * the relu family after element-wise arithmetic. The others go after both and after each other. */
static bool may_follow(const follower_t *f, npu_node_op_t before)
{
    if (f->fuse == NPU_FUSE_ACTIVATION)
        return is_array_work(before) || (f->relu && is_arithmetic(before));
    return is_array_work(before) || follower_of(before) != NULL;
}

/* ---- who makes and who reads a tensor -------------------------------------------------------- */

typedef struct {
    uint32_t maker; /* node; CC_NO_NODE */
    uint32_t reads; /* by nodes, and one for each place among the network's outputs */
} trace_t;

static void trace_tensors(const cc_t *cc, trace_t *trace)
{
    const npu_graph_t *g = cc->graph;
    for (uint32_t t = 0; t < g->tensors; t++)
        trace[t] = (trace_t){.maker = CC_NO_NODE};
    for (uint32_t n = 0; n < g->nodes; n++) {
        for (uint32_t k = 0; k < g->node[n].inputs; k++)
            if (g->node[n].input[k] != NPU_NO_TENSOR)
                trace[g->node[n].input[k]].reads++;
        for (uint32_t k = 0; k < g->node[n].outputs; k++)
            trace[g->node[n].output[k]].maker = n;
    }
    for (uint32_t o = 0; o < g->outputs; o++)
        trace[g->output[o]].reads++;
}

static bool same_size(const cc_t *cc, int32_t a, int32_t b)
{
    npu_hwc_t x = npu_tensor_hwc(cc_tensor(cc, a)), y = npu_tensor_hwc(cc_tensor(cc, b));
    return x.h == y.h && x.w == y.w && x.c == y.c;
}

/* ---- followers ------------------------------------------------------------------------------- */

/* A table that clamps and does nothing else: to what the ends of it are. */
static bool is_clamp(const int8_t table[256])
{
    for (int32_t code = -128; code < 128; code++)
        if (table[code + 128] != npu_clamp(code, table[0], table[255]))
            return false;
    return true;
}

/* The node before n in its layer that does any work. */
static uint32_t worker_of(const cc_t *cc, uint32_t n)
{
    while (cc->fate[n].clamp)
        n = cc->fate[n].follows;
    return n;
}

/* Whether `before`, whose last act is a clamp of its own, can take n's too. */
static bool take_clamp(cc_t *cc, uint32_t n, uint32_t before)
{
    int8_t table[256];
    uint32_t worker = worker_of(cc, before);
    npu_node_op_t op = cc->node[worker].op;
    cc_fate_t *f = &cc->fate[worker];
    bool clamps =
        is_array_work(op) || op == NPU_NODE_ADD || op == NPU_NODE_SUB || op == NPU_NODE_MUL;
    if (!clamps || !cc_table(cc, &cc->node[n], table) || !is_clamp(table))
        return false;
    f->low = (int8_t)npu_clamp(f->low, table[0], table[255]);
    f->high = (int8_t)npu_clamp(f->high, table[0], table[255]);
    return true;
}

static uint32_t length_of(const cc_t *cc, uint32_t n)
{
    uint32_t length = 0;
    for (; cc->fate[n].follows != CC_NO_NODE; n = cc->fate[n].follows)
        length++;
    return length;
}

/* The operand of node n whose tile it may follow, the one made last; UINT32_MAX when there is none.
 */
static uint32_t find_chain(const cc_t *cc, uint32_t n, const trace_t *trace)
{
    const npu_node_t *node = &cc->node[n];
    const follower_t *f = follower_of(node->op);
    uint32_t found = UINT32_MAX, made = 0;
    for (uint32_t k = 0; f != NULL && (cc->fuse & f->fuse) != 0 && k < node->inputs; k++) {
        int32_t t = node->input[k];
        if (t == NPU_NO_TENSOR)
            continue;
        uint32_t maker = trace[t].maker;
        if (maker == CC_NO_NODE || trace[t].reads != 1 || !same_size(cc, t, node->output[0]) ||
            cc->fate[maker].main == CC_NO_NODE || !may_follow(f, cc->node[maker].op) ||
            length_of(cc, maker) == CC_MAX_FOLLOWERS || (found != UINT32_MAX && maker < made))
            continue;
        found = k;
        made = maker;
    }
    return found;
}

static void follow(cc_t *cc, uint32_t n, const trace_t *trace)
{
    uint32_t operand = find_chain(cc, n, trace);
    if (operand == UINT32_MAX)
        return;
    uint32_t before = trace[cc->node[n].input[operand]].maker;
    cc_fate_t *f = &cc->fate[n];
    f->main = cc->fate[before].main;
    f->follows = before;
    f->operand = operand;
    f->clamp = take_clamp(cc, n, before);
    cc->fate[before].hidden = true;
}

/* ---- products of a code with a function of it --------------------------------------------------
 */

/* x times f(x), as x * LOGISTIC(x) = SWISH, is a function of one code itself. f's result is nobody
 * else's. */
static bool is_function_of(const cc_t *cc, const trace_t *trace, int32_t result, int32_t x)
{
    uint32_t maker = trace[result].maker;
    return maker != CC_NO_NODE && trace[result].reads == 1 && cc->fate[maker].main == maker &&
           cc_kind_of(cc->node[maker].op) == &cc_kind_table && cc->node[maker].input[0] == x &&
           cc_tensor(cc, x)->data == NULL && same_size(cc, result, x);
}

static void fold_product(cc_t *cc, uint32_t n, trace_t *trace)
{
    npu_node_t *node = &cc->node[n];
    uint32_t f = is_function_of(cc, trace, node->input[1], node->input[0]) ? 1 : 0;
    int32_t x = node->input[1 - f], result = node->input[f];
    int8_t table[256], *product;
    if (!is_function_of(cc, trace, result, x) ||
        !cc_table(cc, &cc->node[trace[result].maker], table) ||
        (product = malloc(sizeof(table))) == NULL)
        return;
    if (!cc_product_table(cc, node, 1 - f, table, product)) {
        free(product);
        return;
    }
    cc_fate_t *fate = &cc->fate[n];
    fate->table = product;
    fate->factor = trace[result].maker;
    cc->fate[fate->factor].hidden = true;
    cc->fate[fate->factor].main = CC_NO_NODE;
    node->op = NPU_NODE_TABLE;
    node->inputs = 1;
    cc->operand[node->input - cc->operand] = x;
    trace[x].reads--;
}

/* ---- PAD ------------------------------------------------------------------------------------- */

/* A window with that much more padding still touches its source everywhere, and its padding is a
 * number that instructions hold. */
static bool axis_takes(uint32_t before, uint32_t results, uint32_t reach, uint32_t stride,
                       uint32_t size)
{
    return before < reach && before <= 255 && (uint64_t)(results - 1) * stride < before + size;
}

static bool takes_padding(const cc_t *cc, const npu_node_t *n, const npu_node_t *pad)
{
    if ((n->op != NPU_NODE_CONV_2D && n->op != NPU_NODE_DEPTHWISE_CONV_2D) ||
        n->input[0] != pad->output[0])
        return false;
    npu_hwc_t in = npu_tensor_hwc(cc_tensor(cc, pad->input[0]));
    npu_hwc_t out = npu_tensor_hwc(cc_tensor(cc, n->output[0]));
    const npu_window_t *w = &n->window;
    return axis_takes(w->pad_top + pad->pad[1][0], out.h,
                      npu_window_reach(w->kernel_h, w->dilation_h), w->stride_h, in.h) &&
           axis_takes(w->pad_left + pad->pad[2][0], out.w,
                      npu_window_reach(w->kernel_w, w->dilation_w), w->stride_w, in.w);
}

/* Height and width of a map, with the zero point. */
static bool pads_a_map(const cc_t *cc, const npu_node_t *pad)
{
    const npu_tensor_t *in = cc_tensor(cc, pad->input[0]), *out = cc_tensor(cc, pad->output[0]);
    bool zeros = pad->op == NPU_NODE_PAD || pad->pad_value == out->zero_point[0];
    return zeros && out->dims == 4 && pad->pad[0][0] + pad->pad[0][1] == 0 &&
           pad->pad[3][0] + pad->pad[3][1] == 0 && in->data == NULL &&
           in->scale[0] == out->scale[0] &&
           cc_zero(cc, pad->input[0]) == cc_zero(cc, pad->output[0]);
}

static bool reads(const npu_node_t *n, int32_t tensor)
{
    for (uint32_t k = 0; k < n->inputs; k++)
        if (n->input[k] == tensor)
            return true;
    return false;
}

/* Every reader takes the padding, or none does. */
static void absorb_pad(cc_t *cc, uint32_t p, const trace_t *trace)
{
    const npu_node_t *pad = &cc->node[p];
    int32_t padded = pad->output[0];
    uint32_t takers = 0;
    if (!pads_a_map(cc, pad))
        return;
    for (uint32_t n = p + 1; n < cc->graph->nodes; n++)
        takers += takes_padding(cc, &cc->node[n], pad);
    if (takers == 0 || takers != trace[padded].reads)
        return;
    for (uint32_t n = p + 1; n < cc->graph->nodes; n++) {
        npu_node_t *taker = &cc->node[n];
        if (!reads(taker, padded))
            continue;
        cc->operand[taker->input - cc->operand] = pad->input[0];
        taker->window.pad_top += pad->pad[1][0];
        taker->window.pad_bottom += pad->pad[1][1];
        taker->window.pad_left += pad->pad[2][0];
        taker->window.pad_right += pad->pad[2][1];
        cc->fate[n].pad = p;
    }
    cc->fate[p].hidden = true;
    cc->fate[p].main = CC_NO_NODE;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static bool makes_layer(const cc_t *cc, const npu_node_t *n)
{
    return !cc_is_alias(cc, n) && !cc_on_core(cc, n);
}

/* Nodes with lists of operands of their own. */
static bool copy_nodes(cc_t *cc)
{
    const npu_graph_t *g = cc->graph;
    uint32_t operands = 0;
    for (uint32_t n = 0; n < g->nodes; n++)
        operands += g->node[n].inputs;
    cc->node = calloc(g->nodes + 1u, sizeof(*cc->node));
    cc->fate = calloc(g->nodes + 1u, sizeof(*cc->fate));
    cc->operand = calloc(operands + 1u, sizeof(*cc->operand));
    if (cc->node == NULL || cc->fate == NULL || cc->operand == NULL)
        return cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
    int32_t *list = cc->operand;
    for (uint32_t n = 0; n < g->nodes; n++) {
        cc->node[n] = g->node[n];
        memcpy(list, g->node[n].input, g->node[n].inputs * sizeof(*list));
        cc->node[n].input = list;
        list += g->node[n].inputs;
        cc->fate[n] = (cc_fate_t){.main = makes_layer(cc, &g->node[n]) ? n : CC_NO_NODE,
                                  .follows = CC_NO_NODE,
                                  .pad = CC_NO_NODE,
                                  .factor = CC_NO_NODE,
                                  .low = -128,
                                  .high = 127};
    }
    return true;
}

bool fuse_nodes(cc_t *cc)
{
    const npu_graph_t *g = cc->graph;
    trace_t *trace = calloc(g->tensors + 1u, sizeof(*trace));
    bool fine = copy_nodes(cc);
    if (fine && trace == NULL)
        fine = cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
    if (fine)
        trace_tensors(cc, trace);
    for (uint32_t n = 0; fine && n < g->nodes; n++) {
        npu_node_op_t op = cc->node[n].op;
        if ((op == NPU_NODE_PAD || op == NPU_NODE_PADV2) && (cc->fuse & NPU_FUSE_PAD) != 0)
            absorb_pad(cc, n, trace);
        if (op == NPU_NODE_MUL && (cc->fuse & NPU_FUSE_ACTIVATION) != 0)
            fold_product(cc, n, trace);
        if (cc->fate[n].main == n)
            follow(cc, n, trace);
    }
    free(trace);
    return fine;
}

void fuse_free(cc_t *cc)
{
    for (uint32_t n = 0; cc->fate != NULL && n < cc->graph->nodes; n++)
        free(cc->fate[n].table);
    free(cc->node);
    free(cc->fate);
    free(cc->operand);
}

/* ---- names ----------------------------------------------------------------------------------- */

static void append_op(char names[FUSE_NAMES_BYTES], const char *between, npu_node_op_t op)
{
    size_t used = strlen(names);
    snprintf(names + used, FUSE_NAMES_BYTES - used, "%s%s", used == 0 ? "" : between,
             npu_node_op_name(op));
}

/* As in the graph: a product is there with its other factor. */
static void append(const cc_t *cc, char names[FUSE_NAMES_BYTES], const char *between, uint32_t n)
{
    if (cc->fate[n].factor != CC_NO_NODE)
        append_op(names, between, cc->graph->node[cc->fate[n].factor].op);
    append_op(names, between, cc->graph->node[n].op);
}

void fuse_names(const cc_t *cc, const cc_layer_t *l, bool with_main, const char *between,
                char names[FUSE_NAMES_BYTES])
{
    uint32_t chain[CC_MAX_FOLLOWERS + 1], count = 0, n = l->last_node;
    names[0] = '\0';
    for (; cc->fate[n].follows != CC_NO_NODE; n = cc->fate[n].follows)
        chain[count++] = n;
    if (cc->fate[n].pad != CC_NO_NODE)
        append(cc, names, between, cc->fate[n].pad);
    if (with_main)
        append(cc, names, between, n);
    while (count > 0)
        append(cc, names, between, chain[--count]);
}
