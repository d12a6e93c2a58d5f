/*
 * tflite_core.c - attributes of the operators that run on the core.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include "npu/compiler/flexbuffer.h"
#include "npu/compiler/tflite_int.h"

void tflite_read_arg_max(reader_t *r)
{
    int64_t axis;
    const npu_tensor_t *in = input(r, 0);
    if (in != NULL && constant_numbers(r, 1, &axis, 1) == 1)
        r->node->axis = dimension(r, in, axis, "one of the input's dimensions");
}

/* ---- options of the detection post-process ---- */

#define REQUIRED NAN

/* A number of the map; `otherwise` where it is absent, unless that is REQUIRED. */
static double option(reader_t *r, const flex_map_t *map, const char *key, double otherwise)
{
    double value = otherwise;
    flex_result_t found = flex_number(map, key, &value);
    if (found == FLEX_NUMBER && !isnan(value))
        return value;
    if (found == FLEX_ABSENT && !isnan(otherwise))
        return otherwise;
    fb_fail(&r->fb, "operator %u (%s, \"%.80s\"): found %s option %s, expected a number", r->index,
            npu_node_op_name(r->node->op), r->node->name, found == FLEX_ABSENT ? "no" : "a broken",
            key);
    return 0;
}

static uint32_t count_option(reader_t *r, const flex_map_t *map, const char *key, double otherwise)
{
    double value = option(r, map, key, otherwise);
    if (!fb_failed(&r->fb) && !(value >= 0 && value <= 1e9))
        fb_fail(&r->fb, "operator %u (%s, \"%.80s\"): found %s %g, expected 0..1e9", r->index,
                npu_node_op_name(r->node->op), r->node->name, key, value);
    return fb_failed(&r->fb) ? 0 : (uint32_t)value;
}

static float float_option(reader_t *r, const flex_map_t *map, const char *key)
{
    double value = option(r, map, key, REQUIRED);
    return fabs(value) > (double)FLT_MAX ? INFINITY : (float)value; /* the graph check complains */
}

/* Models are stored without the sizes of what the operator makes: it would set them. */
static void set_shape(reader_t *r, uint32_t i, uint32_t dims, uint32_t rows, uint32_t columns)
{
    if (output(r, i) == NULL)
        return;
    npu_tensor_t *t = &r->graph->tensor[r->node->output[i]];
    const uint32_t shape[3] = {1, rows, columns};
    if (t->dims != 0)
        return;
    t->dims = dims;
    memcpy(t->shape, shape, dims * sizeof(*shape));
    t->bytes = npu_tensor_elements(t) * npu_type_bytes(t->type);
}

void tflite_read_detection(reader_t *r)
{
    flex_map_t map;
    npu_detection_t *d = npu_graph_alloc(r->graph, sizeof(*d));
    if (d == NULL || !flex_map(r->fb.data + r->custom.pos, r->custom.count, &map)) {
        operator_fail(r, "options of bytes:", r->custom.count, "a FlexBuffer map");
        return;
    }
    d->max_detections = count_option(r, &map, "max_detections", REQUIRED);
    d->classes_per_detection = count_option(r, &map, "max_classes_per_detection", REQUIRED);
    d->detections_per_class = count_option(r, &map, "detections_per_class", 100);
    d->classes = count_option(r, &map, "num_classes", REQUIRED);
    d->y_scale = float_option(r, &map, "y_scale");
    d->x_scale = float_option(r, &map, "x_scale");
    d->h_scale = float_option(r, &map, "h_scale");
    d->w_scale = float_option(r, &map, "w_scale");
    d->score_threshold = float_option(r, &map, "nms_score_threshold");
    d->iou_threshold = float_option(r, &map, "nms_iou_threshold");
    d->regular = option(r, &map, "use_regular_nms", 0) != 0;
    r->node->detection = d;
    uint64_t results = (uint64_t)d->max_detections * d->classes_per_detection;
    if (fb_failed(&r->fb) || results == 0 || results > 65536)
        return;
    set_shape(r, 0, 3, (uint32_t)results, 4);
    set_shape(r, 1, 2, (uint32_t)results, 1);
    set_shape(r, 2, 2, (uint32_t)results, 1);
    set_shape(r, 3, 1, 1, 1);
}
