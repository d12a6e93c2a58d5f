/*
 * core.c - what a network leaves to the core: which nodes, where their tensors stand, the list that
 * firmware runs (npu/post.h).
 *
 *   float input --QUANTIZE--> NPU ... NPU --+--> ARG_MAX
 *    (not the image)    before              +--> DEQUANTIZE --> DETECTION_POSTPROCESS
 *                                                       after
 *
 * The NPU runs once, so the core works before it or after it, never in between: only the head and
 * the tail of a network may. To the NPU's part an operand of the core is an output as any other:
 * it leaves (cc->leaving), dense, and stands to the end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/compile_int.h"

static bool is_code(const npu_tensor_t *t)
{
    return t->type == NPU_TYPE_INT8 || t->type == NPU_TYPE_UINT8;
}

/* Another name for numbers that are no codes. */
static bool is_rename(const npu_node_t *n)
{
    return n->op == NPU_NODE_RESHAPE || n->op == NPU_NODE_SQUEEZE || n->op == NPU_NODE_EXPAND_DIMS;
}

bool cc_on_core(const cc_t *cc, const npu_node_t *n)
{
    if (n->op == NPU_NODE_ARG_MAX || n->op == NPU_NODE_DETECTION_POSTPROCESS ||
        n->op == NPU_NODE_DEQUANTIZE)
        return true;
    return !is_code(cc_tensor(cc, n->input[0])) && n->input[0] != cc->image &&
           (n->op == NPU_NODE_QUANTIZE || is_rename(n));
}

/* ---- the border ------------------------------------------------------------------------------ */

/* The ISP writes planes; whoever writes the other inputs writes them as the file has them. */
static int32_t find_image(const npu_graph_t *g)
{
    for (uint32_t i = 0; i < g->inputs; i++) {
        const npu_tensor_t *t = &g->tensor[g->input[i]];
        uint32_t c = t->shape[NPU_GRAPH_DIMS - 1];
        bool image = t->dims == NPU_GRAPH_DIMS && (c == 1 || c == 3 || c == 4);
        if (image && (is_code(t) || t->type == NPU_TYPE_FLOAT32))
            return g->input[i];
    }
    return NPU_NO_TENSOR;
}

/* Who makes a tensor. */
typedef enum {
    GIVEN, /* an input or a constant */
    BY_NPU,
    BY_CORE_BEFORE,
    BY_CORE,
} maker_t;

static bool made_by_core(cc_t *cc, const npu_node_t *n, maker_t *maker)
{
    cc_layer_t at = {.node = n}; /* for messages */
    for (uint32_t k = 0; k < n->inputs; k++) {
        int32_t t = n->input[k];
        if (t == NPU_NO_TENSOR)
            continue;
        if (t == cc->image)
            return cc_fail(cc, &at, SIM_EPARSE,
                           "reads the image, which is for the NPU alone, on the core");
        if (k == 0 && is_rename(n) && cc_tensor(cc, t)->data != NULL)
            return cc_fail(cc, &at, SIM_EPARSE, "input is a constant, which is not supported");
        if (maker[t] == BY_NPU || (maker[t] == GIVEN && cc_tensor(cc, t)->data == NULL))
            cc->leaving[cc->leavings++] = t;
    }
    bool before = maker[n->input[0]] == GIVEN;
    for (uint32_t o = 0; o < n->outputs; o++)
        maker[n->output[o]] = before && is_rename(n)                 ? GIVEN
                              : before && n->op == NPU_NODE_QUANTIZE ? BY_CORE_BEFORE
                                                                     : BY_CORE;
    return true;
}

static bool made_by_npu(cc_t *cc, const npu_node_t *n, maker_t *maker)
{
    cc_layer_t at = {.node = n};
    for (uint32_t k = 0; k < n->inputs; k++) {
        int32_t t = n->input[k];
        if (t != NPU_NO_TENSOR && maker[t] == BY_CORE)
            return cc_fail(cc, &at, SIM_EPARSE,
                           "input %u \"%.80s\" is made by the core, which only runs at the end of "
                           "a network",
                           k, cc_tensor(cc, t)->name);
    }
    for (uint32_t o = 0; o < n->outputs; o++)
        maker[n->output[o]] = BY_NPU;
    return true;
}

static bool find_makers(cc_t *cc, maker_t *maker)
{
    const npu_graph_t *g = cc->graph;
    for (uint32_t i = 0; i < g->nodes; i++) {
        const npu_node_t *n = &g->node[i];
        if (!(cc_on_core(cc, n) ? made_by_core : made_by_npu)(cc, n, maker))
            return false;
    }
    for (uint32_t o = 0; o < g->outputs; o++)
        if (maker[g->output[o]] <= BY_NPU)
            cc->leaving[cc->leavings++] = g->output[o];
    return true;
}

bool core_find(cc_t *cc)
{
    const npu_graph_t *g = cc->graph;
    size_t most = g->outputs;
    cc->image = find_image(g);
    for (uint32_t i = 0; i < g->nodes; i++)
        most += cc_on_core(cc, &g->node[i]) ? g->node[i].inputs : 0;
    maker_t *maker = calloc(g->tensors, sizeof(*maker));
    cc->leaving = calloc(most, sizeof(*cc->leaving));
    bool fine = maker != NULL && cc->leaving != NULL;
    if (!fine)
        cc_fail(cc, NULL, SIM_ENOMEM, "out of memory");
    fine = fine && find_makers(cc, maker);
    free(maker);
    return fine;
}

/* ---- places and lifetimes -------------------------------------------------------------------- */

void core_place(cc_t *cc, const npu_node_t *n)
{
    if (is_rename(n)) {
        cc->place_of[n->output[0]] = cc->place_of[n->input[0]];
        return;
    }
    for (uint32_t o = 0; o < n->outputs; o++)
        cc_add_place(cc, n->output[o], NPU_LAYOUT_DENSE);
}

static bool is_step(const cc_t *cc, const npu_node_t *n)
{
    return cc_on_core(cc, n) && !is_rename(n);
}

static bool is_before(const cc_t *cc, const npu_node_t *n)
{
    for (uint32_t i = 0; n->op == NPU_NODE_QUANTIZE && i < cc->graph->inputs; i++)
        if (cc->place_of[cc->graph->input[i]] == cc->place_of[n->input[0]])
            return true;
    return false;
}

static void live(cc_t *cc, int32_t tensor, uint32_t first, uint32_t last)
{
    cc_place_t *p = &cc->place[cc->place_of[tensor]];
    p->first = first;
    p->last = last;
}

/* Operator k after the NPU counts as layer cc->layers + k. What the core makes stands to the end,
 * so that it can be looked at. */
void core_lifetimes(cc_t *cc)
{
    uint32_t end = cc->layers + cc->steps - 1, step = cc->layers;
    for (uint32_t i = 0; i < cc->graph->nodes; i++) {
        const npu_node_t *n = &cc->graph->node[i];
        if (!is_step(cc, n))
            continue;
        bool before = is_before(cc, n);
        for (uint32_t o = 0; o < n->outputs; o++)
            live(cc, n->output[o], before ? 0 : step, end);
        for (uint32_t k = 0; !before && k < n->inputs; k++)
            if (cc->place_of[n->input[k]] != CC_NO_PLACE &&
                cc->place[cc->place_of[n->input[k]]].last < step)
                cc->place[cc->place_of[n->input[k]]].last = step;
        step += before ? 0 : 1;
    }
    if (cc->scratch != CC_NO_PLACE) {
        cc->place[cc->scratch].first = cc->layers;
        cc->place[cc->scratch].last = end;
    }
}

/* ---- the list -------------------------------------------------------------------------------- */

/* Constants are floats on the core: anchors. */
static uint32_t constant_floats(cc_t *cc, const npu_tensor_t *t)
{
    uint8_t *at;
    uint64_t count = npu_tensor_elements(t);
    uint32_t offset = cc_constant(cc, (uint32_t)(4 * count), &at);
    for (uint64_t i = 0; at != NULL && i < count; i++) {
        int32_t code = t->type == NPU_TYPE_UINT8 ? t->data[i] : (int8_t)t->data[i];
        float value = is_code(t) ? (float)(code - t->zero_point[0]) * t->scale[0] : 0.0f;
        if (t->type == NPU_TYPE_FLOAT32)
            memcpy(&value, t->data + 4 * i, sizeof(value));
        memcpy(at + 4 * i, &value, sizeof(value));
    }
    return offset;
}

/* Number of a tensor in the list, which gets it if it has it not yet. Its address is known later;
 * until then it says where to look: a place, or an offset in the constants. */
static uint32_t list_tensor(cc_t *cc, int32_t tensor)
{
    const npu_tensor_t *t = cc_tensor(cc, tensor);
    for (uint32_t i = 0; i < cc->post.tensors; i++)
        if (cc->post_tensor[i] == tensor)
            return i;
    npu_net_tensor_t to = cc_net_tensor(cc, tensor);
    if (t->data != NULL) {
        to.dtype = NPU_DTYPE_FLOAT32;
        to.addr = constant_floats(cc, t);
    }
    uint32_t number = npu_post_add_tensor(&cc->post, &to);
    if (number == UINT32_MAX)
        cc_fail(cc, NULL, SIM_EFULL, "the core's operators have more than %u tensors",
                NPU_POST_MAX_TENSORS);
    else
        cc->post_tensor[number] = tensor;
    return number;
}

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

static void set_attributes(const npu_node_t *n, npu_post_op_t *op)
{
    const npu_detection_t *d = n->detection;
    if (n->op == NPU_NODE_ARG_MAX)
        op->attr[0] = n->axis;
    if (n->op != NPU_NODE_DETECTION_POSTPROCESS)
        return;
    op->attr[NPU_POST_DET_MAX_DETECTIONS] = d->max_detections;
    op->attr[NPU_POST_DET_CLASSES_PER_DETECTION] = d->classes_per_detection;
    op->attr[NPU_POST_DET_DETECTIONS_PER_CLASS] = d->detections_per_class;
    op->attr[NPU_POST_DET_CLASSES] = d->classes;
    op->attr[NPU_POST_DET_Y_SCALE] = bits_of(d->y_scale);
    op->attr[NPU_POST_DET_X_SCALE] = bits_of(d->x_scale);
    op->attr[NPU_POST_DET_H_SCALE] = bits_of(d->h_scale);
    op->attr[NPU_POST_DET_W_SCALE] = bits_of(d->w_scale);
    op->attr[NPU_POST_DET_SCORE_THRESHOLD] = bits_of(d->score_threshold);
    op->attr[NPU_POST_DET_IOU_THRESHOLD] = bits_of(d->iou_threshold);
    op->attr[NPU_POST_DET_REGULAR] = d->regular;
}

static uint32_t code_of(npu_node_op_t op)
{
    return op == NPU_NODE_ARG_MAX      ? NPU_POST_ARG_MAX
           : op == NPU_NODE_QUANTIZE   ? NPU_POST_QUANTIZE
           : op == NPU_NODE_DEQUANTIZE ? NPU_POST_DEQUANTIZE
                                       : NPU_POST_DETECTION_POSTPROCESS;
}

static bool list_node(cc_t *cc, const npu_node_t *n)
{
    npu_post_op_t op = {.code = code_of(n->op)};
    memset(op.in, 0xff, sizeof(op.in)); /* NPU_POST_NONE */
    memset(op.out, 0xff, sizeof(op.out));
    uint32_t ins = n->op == NPU_NODE_DETECTION_POSTPROCESS ? n->inputs : 1; /* not the axis */
    for (uint32_t k = 0; k < ins; k++)
        op.in[k] = list_tensor(cc, n->input[k]);
    for (uint32_t o = 0; o < n->outputs; o++)
        op.out[o] = list_tensor(cc, n->output[o]);
    set_attributes(n, &op);
    cc_short_name(cc, op.name, n->name);
    if (cc->err == SIM_OK && npu_post_add_op(&cc->post, &op) == UINT32_MAX)
        cc_fail(cc, NULL, SIM_EFULL, "more than %u operators for the core", NPU_POST_MAX_OPS);
    return cc->err == SIM_OK;
}

static bool list_nodes(cc_t *cc, bool before)
{
    for (uint32_t i = 0; i < cc->graph->nodes; i++) {
        const npu_node_t *n = &cc->graph->node[i];
        if (is_step(cc, n) && is_before(cc, n) == before && !list_node(cc, n))
            return false;
    }
    return true;
}

bool core_list(cc_t *cc)
{
    uint32_t scratch = 0;
    cc->scratch = CC_NO_PLACE;
    if (!list_nodes(cc, true))
        return false;
    cc->post.before = cc->post.ops;
    if (!list_nodes(cc, false))
        return false;
    for (uint32_t i = 0; i < cc->post.ops; i++) {
        uint32_t bytes = npu_post_scratch_bytes(&cc->post, &cc->post.op[i]);
        scratch = bytes > scratch ? bytes : scratch;
    }
    cc->post.scratch_bytes = scratch;
    cc->steps = cc->post.ops - cc->post.before;
    cc->table_bytes = cc->post.ops == 0 ? 0 : cc_align(4 * npu_post_words(&cc->post));
    if (scratch == 0)
        return true;
    cc->scratch = cc->places;
    cc->place[cc->places++] = (cc_place_t){.tensor = cc->post_tensor[cc->post.op[0].out[0]],
                                           .layout = NPU_LAYOUT_DENSE,
                                           .bytes = cc_align(scratch)};
    return true;
}

void core_finish(cc_t *cc, npu_post_t *post)
{
    if (cc->post.ops == 0)
        return;
    *post = cc->post;
    memset(&cc->post, 0, sizeof(cc->post));
    post->l2 = cc->program_l2 - cc->table_bytes;
    post->scratch_l2 = cc->scratch == CC_NO_PLACE ? 0 : cc->place[cc->scratch].l2;
    for (uint32_t i = 0; i < post->tensors; i++) {
        uint32_t place = cc->place_of[cc->post_tensor[i]];
        bool constant = place == CC_NO_PLACE;
        post->tensor[i].addr =
            cc->desc->l2_base +
            (constant ? cc->constants_l2 + post->tensor[i].addr : cc->place[place].l2);
    }
}
