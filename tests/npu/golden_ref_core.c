#include "tests/npu/golden_ref_core.h"

#include "tests/npu/golden_ref_tensor.h"
#include "tests/npu/post_ref.h"
#include "tests/test.h"

/* Any tensor of codes or floats as real numbers; the caller frees them. */
static float *reals(const golden_ref_t *r, int32_t number)
{
    const npu_tensor_t *t = &r->graph->tensor[number];
    uint64_t count = golden_elements(t);
    float *value = malloc(count * sizeof(*value));
    for (uint64_t i = 0; i < count; i++) {
        uint8_t raw = r->tensor[number][i];
        int32_t code = t->type == NPU_TYPE_UINT8 ? raw : (int8_t)raw;
        if (t->type == NPU_TYPE_FLOAT32)
            memcpy(&value[i], r->tensor[number] + 4 * i, 4);
        else
            value[i] = (float)(code - t->zero_point[0]) * t->scale[0];
    }
    return value;
}

void golden_run_arg_max(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_tensor_t *from = &r->graph->tensor[n->input[0]];
    uint32_t inner = 1, count = from->shape[n->axis];
    uint64_t results = golden_elements(from) / count;
    float *value = reals(r, n->input[0]);
    for (uint32_t d = n->axis + 1; d < from->dims; d++)
        inner *= from->shape[d];
    for (uint64_t i = 0; i < results; i++) {
        uint64_t first = i / inner * inner * count + i % inner;
        int64_t index = post_ref_arg_max(value + first, count, inner);
        uint32_t bytes = golden_element_bytes(r->graph->tensor[n->output[0]].type);
        memcpy(r->tensor[n->output[0]] + bytes * i, &index, bytes); /* little-endian */
    }
    free(value);
}

void golden_run_detection(const golden_ref_t *r, const npu_node_t *n)
{
    const npu_detection_t *o = n->detection;
    const npu_tensor_t *boxes = &r->graph->tensor[n->input[0]];
    post_ref_detection_t d = {.boxes = boxes->shape[1],
                              .coordinates = boxes->shape[2],
                              .classes = o->classes,
                              .background = r->graph->tensor[n->input[1]].shape[2] - o->classes,
                              .max_detections = o->max_detections,
                              .classes_per_detection = o->classes_per_detection,
                              .detections_per_class = o->detections_per_class,
                              .y_scale = o->y_scale,
                              .x_scale = o->x_scale,
                              .h_scale = o->h_scale,
                              .w_scale = o->w_scale,
                              .score_threshold = o->score_threshold,
                              .iou_threshold = o->iou_threshold,
                              .regular = o->regular};
    float *in[3], *out[4];
    for (uint32_t i = 0; i < 3; i++)
        in[i] = reals(r, n->input[i]);
    for (uint32_t i = 0; i < 4; i++)
        out[i] = (float *)(void *)r->tensor[n->output[i]];
    ck_assert(post_ref_detect(&d, in[0], in[1], in[2], out[0], out[1], out[2], out[3]));
    for (uint32_t i = 0; i < 3; i++)
        free(in[i]);
}
