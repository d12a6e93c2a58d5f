/*
 * graph_check_int.h - what the rules of graph_check*.c share.
 */
#ifndef NPU_COMPILER_GRAPH_CHECK_INT_H
#define NPU_COMPILER_GRAPH_CHECK_INT_H

#include <stdarg.h>
#include <stdio.h>

#include "npu/compiler/graph.h"

typedef struct {
    const npu_graph_t *graph;
    const npu_node_t *node; /* the one being checked, NULL for the graph itself */
    char *error;
    size_t error_bytes;
} check_t;

static inline bool fail(const check_t *c, const char *fmt, ...) SIM_PRINTF(2, 3);
static inline bool fail(const check_t *c, const char *fmt, ...)
{
    char what[256];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    if (c->node == NULL)
        snprintf(c->error, c->error_bytes, "%s: %s", c->graph->name, what);
    else
        snprintf(c->error, c->error_bytes, "%s: layer %td %s \"%.80s\": %s", c->graph->name,
                 c->node - c->graph->node, npu_node_op_name(c->node->op), c->node->name, what);
    return false;
}

/* Input i of the node, NULL when absent. */
static inline const npu_tensor_t *in(const check_t *c, uint32_t i)
{
    if (i >= c->node->inputs || c->node->input[i] == NPU_NO_TENSOR)
        return NULL;
    return &c->graph->tensor[c->node->input[i]];
}

static inline const npu_tensor_t *out(const check_t *c)
{
    return &c->graph->tensor[c->node->output[0]];
}

static inline bool batch_is_one(const check_t *c, const npu_tensor_t *t, const char *role)
{
    if (t->dims == NPU_GRAPH_DIMS && t->shape[0] != 1)
        return fail(c, "%s \"%.80s\": %u maps (batch, leading dimensions), expected 1", role,
                    t->name, t->shape[0]);
    return true;
}

/* Codes that can be moved: int8 or uint8, of one scale. */
static inline bool movable_holds(const check_t *c, const npu_tensor_t *t, const char *role)
{
    if (t->type != NPU_TYPE_INT8 && t->type != NPU_TYPE_UINT8)
        return fail(c, "%s \"%.80s\": type %s, expected int8 or uint8", role, t->name,
                    npu_type_name(t->type));
    if (t->scales != 1)
        return fail(c, "%s \"%.80s\": %u scales, expected 1", role, t->name, t->scales);
    return true;
}

/* An activation the array can hold: such codes, batch 1. */
static inline bool code_holds(const check_t *c, const npu_tensor_t *t, const char *role)
{
    return movable_holds(c, t, role) && batch_is_one(c, t, role);
}

/* Input 0 and the output are codes of one type. */
static inline bool batch_codes_hold(const check_t *c)
{
    if (!movable_holds(c, in(c, 0), "input 0") || !movable_holds(c, out(c), "output"))
        return false;
    if (in(c, 0)->type != out(c)->type)
        return fail(c, "output type %s, expected the input's, %s", npu_type_name(out(c)->type),
                    npu_type_name(in(c, 0)->type));
    return true;
}

/* The same, batch 1. */
static inline bool codes_hold(const check_t *c)
{
    return batch_codes_hold(c) && batch_is_one(c, in(c, 0), "input 0") &&
           batch_is_one(c, out(c), "output");
}

/* Moves of codes leave scale and zero point alone. */
static inline bool same_scale(const check_t *c, const npu_tensor_t *t)
{
    const npu_tensor_t *o = out(c);
    if (t->scale[0] != o->scale[0] || t->zero_point[0] != o->zero_point[0])
        return fail(c, "input \"%.80s\": scale %g zero point %d, expected the output's %g %d",
                    t->name, (double)t->scale[0], t->zero_point[0], (double)o->scale[0],
                    o->zero_point[0]);
    return true;
}

static inline bool shape_is(const check_t *c, npu_hwc_t want)
{
    npu_hwc_t found = npu_tensor_hwc(out(c));
    if (found.h != want.h || found.w != want.w || found.c != want.c)
        return fail(c, "output is %ux%ux%u (h, w, channels), expected %ux%ux%u", found.h, found.w,
                    found.c, want.h, want.w, want.c);
    return true;
}

/* graph_check_core.c: what runs on the core */
bool check_arg_max(const check_t *c);
bool check_dequantize(const check_t *c);
bool check_detection(const check_t *c);
bool check_quantize(const check_t *c); /* of floats; of codes it is array work */

/* graph_check_move.c */
bool check_block(const check_t *c); /* DEPTH_TO_SPACE, SPACE_TO_DEPTH */
bool check_concatenation(const check_t *c);
bool check_pack(const check_t *c);
bool check_pad(const check_t *c);     /* PADV2 too */
bool check_reshape(const check_t *c); /* SQUEEZE, EXPAND_DIMS too */
bool check_resize(const check_t *c);
bool check_slice(const check_t *c); /* STRIDED_SLICE too */
bool check_split(const check_t *c); /* SPLIT_V too */
bool check_transpose(const check_t *c);
bool check_unpack(const check_t *c);

#endif
