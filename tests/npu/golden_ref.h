/*
 * golden_ref.h - the oracle: runs a graph one element at a time, straight from the definitions.
 *
 * It shares nothing with npu/: own quantized multipliers, own fixed point, own clamps. It is
 * checked against the golden tensors of the reference engines, and then checks the compiler and
 * the machine on graphs for which no golden exists.
 */
#ifndef TESTS_NPU_GOLDEN_REF_H
#define TESTS_NPU_GOLDEN_REF_H

#include "npu/compiler/graph.h"

typedef struct {
    const npu_graph_t *graph;
    bool single_rounding;
    uint8_t **tensor; /* for each tensor its bytes, dense, in the tensor's own type */
} golden_ref_t;

/* Allocates every tensor (constants are copied in). The caller fills the graph's inputs. */
void golden_ref_init(golden_ref_t *ref, const npu_graph_t *graph, bool single_rounding);
void golden_ref_run(golden_ref_t *ref);
void golden_ref_free(golden_ref_t *ref);

/* Pixels (h * w * c bytes, interleaved) into the graph's first input: uint8 as they are, int8 minus
 * 128, float32 as x / 127.5 - 1. */
void golden_ref_set_pixels(golden_ref_t *ref, const uint8_t *pixels);

#endif
