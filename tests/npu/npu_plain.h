/*
 * npu_plain.h - chip data for tests: rates that are easy to count with whatever the calibration
 * says; everything overlaps, nodes are not set apart, no layout nodes.
 */
#ifndef TESTS_NPU_NPU_PLAIN_H
#define TESTS_NPU_NPU_PLAIN_H

#include "npu/desc.h"

static inline npu_desc_t npu_plain_desc(void)
{
    npu_desc_t d = npu_desc_default();
    d.dma_weight_bytes = 12;
    d.barrier_cycles = 0;
    d.conv_permille = d.point_permille = d.dw_permille = 600;
    d.dw_pixels = 1;
    d.vec_elements = 32;
    d.overlap = NPU_OVERLAP_ALL;
    d.layout_nodes = false;
    return d;
}

#endif
