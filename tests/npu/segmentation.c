#include "tests/npu/segmentation.h"

build_conv_t segmentation_conv(uint32_t channels, uint32_t kernel, uint32_t stride,
                               npu_activation_t activation)
{
    return (build_conv_t){channels, kernel, kernel, stride, stride, 1, 1, true, activation};
}

/* MobileNetV2's block: expand, depthwise, project; the sum with its source where sizes allow. */
static int32_t block(build_t *b, int32_t at, uint32_t expand, uint32_t channels, uint32_t stride)
{
    build_conv_t widen = segmentation_conv(expand, 1, 1, NPU_ACT_RELU6);
    build_conv_t depth = segmentation_conv(0, 3, stride, NPU_ACT_RELU6);
    build_conv_t narrow = segmentation_conv(channels, 1, 1, NPU_ACT_NONE);
    bool residual = stride == 1 && npu_tensor_hwc(&b->graph.tensor[at]).c == channels;
    int32_t to = build_conv(b, build_depthwise(b, build_conv(b, at, &widen), &depth, 1), &narrow);
    return residual ? build_elementwise(b, NPU_NODE_ADD, at, to) : to;
}

int32_t segmentation_build(build_t *b, uint32_t size)
{
    build_conv_t stem = segmentation_conv(32, 3, 2, NPU_ACT_RELU6),
                 classes = segmentation_conv(21, 1, 1, NPU_ACT_NONE);
    build_conv_t depth = segmentation_conv(0, 3, 1, NPU_ACT_RELU6),
                 narrow = segmentation_conv(16, 1, 1, NPU_ACT_NONE);
    build_begin(b, NPU_TYPE_INT8, 99);
    int32_t at = build_conv(b, build_input(b, size, size, 3), &stem);
    at = build_conv(b, build_depthwise(b, at, &depth, 1), &narrow);
    at = block(b, at, 96, 24, 2);
    at = block(b, at, 144, 24, 1);
    at = block(b, at, 144, 32, 2);
    for (uint32_t i = 0; i < 2; i++)
        at = block(b, at, 192, 32, 1);
    at = block(b, at, 192, 64, 2);
    for (uint32_t i = 0; i < 3; i++)
        at = block(b, at, 384, 64, 1);
    at = block(b, at, 384, 96, 1);
    build_conv_t head = segmentation_conv(256, 1, 1, NPU_ACT_RELU);
    return build_conv(b, build_conv(b, at, &head), &classes);
}
