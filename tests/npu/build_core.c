#include "tests/npu/build_core.h"

#include "tests/npu/build_move.h"
#include "tests/test.h"

static const npu_tensor_t *tensor(const build_t *b, int32_t t)
{
    return &b->graph.tensor[t];
}

static int32_t like(build_t *b, int32_t input, npu_type_t type)
{
    const npu_tensor_t *t = tensor(b, input);
    return build_tensor(b, type, t->dims, t->shape, 0.0f, 0);
}

int32_t build_dequantize(build_t *b, int32_t input)
{
    int32_t result = like(b, input, NPU_TYPE_FLOAT32);
    build_node(b, NPU_NODE_DEQUANTIZE, &input, 1, result);
    return result;
}

int32_t build_arg_max(build_t *b, int32_t input, uint32_t axis, npu_type_t type)
{
    uint32_t shape[4], dims = 0;
    for (uint32_t d = 0; d < tensor(b, input)->dims; d++)
        if (d != axis)
            shape[dims++] = tensor(b, input)->shape[d];
    int32_t result = build_tensor(b, type, dims, shape, 0.0f, 0);
    build_node(b, NPU_NODE_ARG_MAX, &input, 1, result)->axis = axis;
    return result;
}

npu_detection_t build_options(build_t *b, uint32_t classes)
{
    return (npu_detection_t){.max_detections = 1 + build_below(b, 12),
                             .classes_per_detection = 1 + build_below(b, 2),
                             .detections_per_class = 1 + build_below(b, 6),
                             .classes = classes,
                             .y_scale = 10,
                             .x_scale = 10,
                             .h_scale = 5,
                             .w_scale = 5,
                             .score_threshold = sim_stream_range(&b->random, -0.5f, 1.0f),
                             .iou_threshold = sim_stream_range(&b->random, 0.2f, 0.8f),
                             .regular = build_below(b, 2) != 0};
}

static int32_t anchors_of(build_t *b, uint32_t boxes, npu_type_t type)
{
    uint32_t shape[2] = {boxes, 4};
    bool is_float = type == NPU_TYPE_FLOAT32;
    int32_t zero = type == NPU_TYPE_UINT8 ? 20 : -108;
    int32_t number = build_tensor(b, type, 2, shape, is_float ? 0.0f : 0.01f, is_float ? 0 : zero);
    npu_tensor_t *t = &b->graph.tensor[number];
    uint8_t *data = npu_graph_alloc(&b->graph, t->bytes);
    for (uint32_t i = 0; i < 4 * boxes; i++) {
        bool size = i % 4 >= 2;
        uint32_t code = size ? 10 + build_below(b, 40) : 25 * build_below(b, 4) + build_below(b, 4);
        float value = (float)code * 0.01f;
        if (is_float)
            memcpy(data + 4 * i, &value, 4);
        else
            data[i] = (uint8_t)((int32_t)code + zero);
    }
    t->data = data;
    return number;
}

void build_detection(build_t *b, int32_t boxes, int32_t scores, const npu_detection_t *options,
                     npu_type_t anchor_type, int32_t outputs[4])
{
    uint32_t places = options->max_detections * options->classes_per_detection;
    uint32_t edges[3] = {1, places, 4}, row[2] = {1, places}, one = 1;
    int32_t in[3] = {boxes, scores, anchors_of(b, tensor(b, boxes)->shape[1], anchor_type)};
    outputs[0] = build_tensor(b, NPU_TYPE_FLOAT32, 3, edges, 0.0f, 0);
    outputs[1] = build_tensor(b, NPU_TYPE_FLOAT32, 2, row, 0.0f, 0);
    outputs[2] = build_tensor(b, NPU_TYPE_FLOAT32, 2, row, 0.0f, 0);
    outputs[3] = build_tensor(b, NPU_TYPE_FLOAT32, 1, &one, 0.0f, 0);
    npu_node_t *n = build_node(b, NPU_NODE_DETECTION_POSTPROCESS, in, 3, outputs[0]);
    npu_detection_t *copy = npu_graph_alloc(&b->graph, sizeof(*copy));
    int32_t *list = npu_graph_alloc(&b->graph, 4 * sizeof(*list));
    *copy = *options;
    memcpy(list, outputs, 4 * sizeof(*list));
    n->detection = copy;
    n->output = list;
    n->outputs = 4;
}

/* ---- at random ------------------------------------------------------------------------------- */

/* A head of a detector: a convolution of the map, as one row of numbers for each box. */
static int32_t head(build_t *b, int32_t map, uint32_t numbers)
{
    build_conv_t k = {numbers, 1, 1, 1, 1, 1, 1, false, NPU_ACT_NONE};
    int32_t out = build_conv(b, map, &k);
    npu_hwc_t size = npu_tensor_hwc(tensor(b, out));
    uint32_t shape[3] = {1, size.h * size.w, numbers};
    int32_t rows =
        build_tensor(b, b->type, 3, shape, tensor(b, out)->scale[0], tensor(b, out)->zero_point[0]);
    build_node(b, NPU_NODE_RESHAPE, &out, 1, rows);
    return rows;
}

/* Heads of the same kind at two scales, one behind the other, as SSD has them: int8 codes of one
 * scale, uint8 of any. */
static int32_t heads(build_t *b, int32_t map, int32_t coarse, uint32_t numbers)
{
    int32_t both[2] = {head(b, map, numbers), -1};
    if (coarse < 0)
        return both[0];
    both[1] = head(b, coarse, numbers);
    float scale = tensor(b, both[0])->scale[0];
    int32_t zero = tensor(b, both[0])->zero_point[0];
    if (b->type == NPU_TYPE_INT8) {
        const npu_tensor_t *t = tensor(b, both[1]);
        int32_t same = build_tensor(b, b->type, t->dims, t->shape, scale, zero);
        build_node(b, NPU_NODE_QUANTIZE, &both[1], 1, same);
        both[1] = same;
    }
    return build_concatenation_scaled(b, both, 2, 1, scale, zero);
}

static uint32_t random_detector(build_t *b, int32_t map, int32_t outputs[6])
{
    build_conv_t halves = {4 + build_below(b, 40), 3, 3, 2, 2, 1, 1, true, NPU_ACT_RELU};
    static const npu_type_t anchors[] = {NPU_TYPE_FLOAT32, NPU_TYPE_INT8, NPU_TYPE_UINT8};
    uint32_t classes = 1 + build_below(b, 4), background = build_below(b, 2);
    int32_t coarse = build_below(b, 2) == 0 ? build_conv(b, map, &halves) : -1;
    int32_t boxes = heads(b, map, coarse, 4 + build_below(b, 2)),
            scores = heads(b, map, coarse, classes + background);
    if (build_below(b, 2) == 0)
        scores = build_unary(b, NPU_NODE_LOGISTIC, scores);
    npu_detection_t options = build_options(b, classes);
    bool too = build_below(b, 3) == 0; /* the boxes themselves are an output as well */
    outputs[4] = boxes;
    if (build_below(b, 2) == 0)
        boxes = build_dequantize(b, boxes);
    if (build_below(b, 2) == 0)
        scores = build_dequantize(b, scores);
    build_detection(b, boxes, scores, &options, anchors[build_below(b, 3)], outputs);
    return too ? 5 : 4;
}

static uint32_t random_arg_max(build_t *b, int32_t map, int32_t outputs[6])
{
    npu_type_t type = build_below(b, 2) == 0 ? NPU_TYPE_INT32 : NPU_TYPE_INT64;
    if (build_below(b, 3) == 0)
        map = build_dequantize(b, map);
    outputs[0] = build_arg_max(b, map, 1 + build_below(b, 3), type);
    outputs[1] = map;
    return 1 + build_below(b, 2);
}

int32_t build_reshape_as_written(build_t *b, int32_t input, uint32_t dims, const uint32_t *shape)
{
    const npu_tensor_t *t = tensor(b, input);
    int32_t out = build_tensor(b, t->type, dims, shape, t->scales > 0 ? t->scale[0] : 0.0f,
                               t->scales > 0 ? t->zero_point[0] : 0);
    int32_t both[2] = {input, build_tensor(b, NPU_TYPE_INT32, 1, &dims, 0.0f, 0)};
    npu_tensor_t *list = &b->graph.tensor[both[1]];
    uint32_t *data = npu_graph_alloc(&b->graph, dims * sizeof(*data));
    memcpy(data, shape, dims * sizeof(*data));
    list->data = (const uint8_t *)data;
    build_node(b, NPU_NODE_RESHAPE, both, 2, out);
    return out;
}

/* Floats, in another shape, and back to codes. */
static uint32_t random_floats(build_t *b, int32_t map, int32_t outputs[6])
{
    npu_hwc_t size = npu_tensor_hwc(tensor(b, map));
    const uint32_t batch[4] = {size.h, 1, size.w, size.c};
    if (build_below(b, 2) == 0)
        map = build_shape(b, NPU_NODE_RESHAPE, map, 4, batch);
    outputs[0] = build_dequantize(b, map);
    uint32_t row[2] = {1, (uint32_t)npu_tensor_elements(tensor(b, map))};
    outputs[1] = build_reshape_as_written(b, outputs[0], 2, row);
    outputs[2] = build_tensor(b, b->type, 2, row, 0.031f, 5);
    build_node(b, NPU_NODE_QUANTIZE, outputs + 1, 1, outputs[2]);
    return 1 + build_below(b, 3);
}

uint32_t build_random_core(build_t *b, uint64_t seed)
{
    static uint32_t (*const tails[])(build_t *, int32_t,
                                     int32_t *) = {random_detector, random_arg_max, random_floats};
    int32_t outputs[6];
    build_begin(b, seed / 3 % 3 == 0 ? NPU_TYPE_UINT8 : NPU_TYPE_INT8, seed);
    int32_t in = build_input(b, 2 + build_below(b, 9), 2 + build_below(b, 9), 3);
    build_conv_t k = {4 + build_below(b, 30), 3, 3, 1, 1, 1, 1, true, NPU_ACT_RELU};
    uint32_t count = tails[seed % SIM_COUNT(tails)](b, build_conv(b, in, &k), outputs);
    build_end(b, outputs, count);
    return count;
}
