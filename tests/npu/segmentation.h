/*
 * segmentation.h - a network that labels every pixel, on MobileNetV2's blocks.
 */
#ifndef TESTS_NPU_SEGMENTATION_H
#define TESTS_NPU_SEGMENTATION_H

#include "tests/npu/compile_graph.h"

/* SAME padding, no dilation. */
build_conv_t segmentation_conv(uint32_t channels, uint32_t kernel, uint32_t stride,
                               npu_activation_t activation);

/* Begins a graph: a backbone as DeepLab uses it, 21 classes at a sixteenth of the size, whose
 * tensor it returns. The caller ends the graph. */
int32_t segmentation_build(build_t *b, uint32_t size);

#endif
