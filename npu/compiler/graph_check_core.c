/*
 * graph_check_core.c - rules of what runs on the core, or crosses the border to float.
 */
#include <math.h>
#include <string.h>

#include "npu/compiler/graph_check_int.h"

enum { MAX_BOXES = 65536, MAX_RESULTS = 65536 };

bool check_quantize(const check_t *c)
{
    const npu_tensor_t *i = in(c, 0);
    if (i->type != NPU_TYPE_FLOAT32 && !code_holds(c, i, "input 0"))
        return false;
    return code_holds(c, out(c), "output") && shape_is(c, npu_tensor_hwc(i));
}

bool check_dequantize(const check_t *c)
{
    if (!movable_holds(c, in(c, 0), "input 0")) /* one by one, so a batch will do */
        return false;
    if (out(c)->type != NPU_TYPE_FLOAT32)
        return fail(c, "output type %s, expected float32", npu_type_name(out(c)->type));
    return shape_is(c, npu_tensor_hwc(in(c, 0)));
}

/* Not a constant, codes or float32. */
static bool operand_holds(const check_t *c, uint32_t i)
{
    char role[32];
    snprintf(role, sizeof(role), "input %u", i);
    if (in(c, i)->data != NULL)
        return fail(c, "%s is a constant", role);
    return in(c, i)->type == NPU_TYPE_FLOAT32 || code_holds(c, in(c, i), role);
}

bool check_arg_max(const check_t *c)
{
    const npu_tensor_t *i = in(c, 0), *o = out(c);
    if (!operand_holds(c, 0))
        return false;
    if (o->type != NPU_TYPE_INT32 && o->type != NPU_TYPE_INT64)
        return fail(c, "output type %s, expected int32 or int64", npu_type_name(o->type));
    if (c->node->axis >= i->dims)
        return fail(c, "axis %u of %u dimensions", c->node->axis, i->dims);
    if (npu_tensor_elements(o) * i->shape[c->node->axis] != npu_tensor_elements(i))
        return fail(c, "%llu elements along axis %u of %u do not become %llu",
                    (unsigned long long)npu_tensor_elements(i), c->node->axis,
                    i->shape[c->node->axis], (unsigned long long)npu_tensor_elements(o));
    return true;
}

/* ---- detections ------------------------------------------------------------------------------ */

static bool options_hold(const check_t *c)
{
    const npu_detection_t *d = c->node->detection;
    const float scale[] = {d->y_scale, d->x_scale, d->h_scale, d->w_scale};
    for (uint32_t i = 0; i < 4; i++)
        if (!(scale[i] >= 1e-30f && scale[i] <= 1e30f))
            return fail(c, "scale %g of coordinate %u, expected 1e-30..1e30", (double)scale[i], i);
    if (!isfinite(d->score_threshold))
        return fail(c, "score threshold %g", (double)d->score_threshold);
    if (!(d->iou_threshold > 0.0f && d->iou_threshold <= 1.0f))
        return fail(c, "overlap threshold %g, expected more than 0, at most 1",
                    (double)d->iou_threshold);
    uint64_t results = (uint64_t)d->max_detections * d->classes_per_detection;
    if (results == 0 || results > MAX_RESULTS || d->detections_per_class == 0 || d->classes == 0)
        return fail(c,
                    "%u detections of %u classes each, %u of each class, %u classes: expected "
                    "none to be 0, at most %d results",
                    d->max_detections, d->classes_per_detection, d->detections_per_class,
                    d->classes, MAX_RESULTS);
    return true;
}

static bool anchors_hold(const check_t *c, uint32_t boxes)
{
    const npu_tensor_t *t = in(c, 2);
    if (t->data == NULL)
        return fail(c, "anchors \"%.80s\" are not constant", t->name);
    if (t->dims != 2 || t->shape[0] != boxes || t->shape[1] != 4)
        return fail(c, "anchors \"%.80s\": %u dimensions, %u x %u, expected %u x 4", t->name,
                    t->dims, t->dims > 0 ? t->shape[0] : 0, t->dims > 1 ? t->shape[1] : 0, boxes);
    if (t->type != NPU_TYPE_FLOAT32)
        return code_holds(c, t, "anchors");
    for (uint32_t i = 0; i < 4 * boxes; i++) {
        float value;
        memcpy(&value, t->data + 4 * (size_t)i, sizeof(value));
        if (!isfinite(value))
            return fail(c, "anchor %u has the number %g", i / 4, (double)value);
    }
    return true;
}

static bool results_hold(const check_t *c)
{
    const npu_detection_t *d = c->node->detection;
    uint64_t results = (uint64_t)d->max_detections * d->classes_per_detection;
    const uint64_t want[] = {4 * results, results, results, 1};
    for (uint32_t i = 0; i < 4; i++) {
        const npu_tensor_t *t = &c->graph->tensor[c->node->output[i]];
        if (t->type != NPU_TYPE_FLOAT32 || npu_tensor_elements(t) != want[i])
            return fail(c, "output %u is %s of %llu elements, expected float32 of %llu", i,
                        npu_type_name(t->type), (unsigned long long)npu_tensor_elements(t),
                        (unsigned long long)want[i]);
    }
    return true;
}

bool check_detection(const check_t *c)
{
    const npu_tensor_t *boxes = in(c, 0), *scores = in(c, 1);
    const npu_detection_t *d = c->node->detection;
    if (d == NULL || c->node->outputs != 4)
        return fail(c, "%u outputs%s, expected 4", c->node->outputs,
                    d == NULL ? ", no options" : "");
    if (!operand_holds(c, 0) || !operand_holds(c, 1) || !options_hold(c))
        return false;
    if (boxes->dims != 3 || boxes->shape[0] != 1 || boxes->shape[1] > MAX_BOXES ||
        boxes->shape[2] < 4)
        return fail(c, "input 0 \"%.80s\" is no list of at most %d boxes of 4 numbers or more",
                    boxes->name, MAX_BOXES);
    if (scores->dims != 3 || scores->shape[0] != 1 || scores->shape[1] != boxes->shape[1] ||
        (scores->shape[2] != d->classes && scores->shape[2] != d->classes + 1))
        return fail(c,
                    "input 1 \"%.80s\" has not %u boxes of %u classes, with or without background",
                    scores->name, boxes->shape[1], d->classes);
    return anchors_hold(c, boxes->shape[1]) && results_hold(c);
}
