/*
 * build_core.h - nodes that run on the core, in graphs built in memory.
 */
#ifndef TESTS_NPU_BUILD_CORE_H
#define TESTS_NPU_BUILD_CORE_H

#include "tests/npu/compile_graph.h"

int32_t build_dequantize(build_t *b, int32_t input);
/* With its shape as a second, constant input, as converters write it. */
int32_t build_reshape_as_written(build_t *b, int32_t input, uint32_t dims, const uint32_t *shape);
/* Codes or floats; int32 or int64 comes out. */
int32_t build_arg_max(build_t *b, int32_t input, uint32_t axis, npu_type_t type);

/* Boxes 1 x N x 4 or more, scores 1 x N x classes (+ 1), codes or floats. Random anchors in
 * clusters, of anchor_type: float32 or codes. */
npu_detection_t build_options(build_t *b, uint32_t classes);
void build_detection(build_t *b, int32_t boxes, int32_t scores, const npu_detection_t *options,
                     npu_type_t anchor_type, int32_t outputs[4]);

/* A small network whose tail runs on the core: any of the operators, on codes or floats. A detector
 * has several heads. At most 6 outputs; returns how many. The graph is complete. */
uint32_t build_random_core(build_t *b, uint64_t seed);

#endif
