/*
 * mobilenet_layers.h - the layers of MobileNetV1 1.0/224 with multiply-adds, for benchmarks.
 *
 * Source: Howard et al. 2017, "MobileNets", table 1, alpha 1, 224 x 224.
 */
#ifndef TESTS_NPU_MOBILENET_LAYERS_H
#define TESTS_NPU_MOBILENET_LAYERS_H

#include "npu/isa.h"

typedef struct {
    const char *name;
    npu_op_t op;
    uint32_t size, stride, in_c, c, k; /* size of the result, square */
    uint32_t times;                    /* that the layer stands in the network */
} mobilenet_layer_t;

/* clang-format off */
static const mobilenet_layer_t mobilenet_layers[] = {
    {"3x3 s2 3-32 @112",   NPU_OP_CONV,   112, 2,    3,   32, 3, 1},
    {"dw 32 @112",         NPU_OP_DWCONV, 112, 1,   32,   32, 3, 1},
    {"1x1 32-64 @112",     NPU_OP_CONV,   112, 1,   32,   64, 1, 1},
    {"dw s2 64 @56",       NPU_OP_DWCONV,  56, 2,   64,   64, 3, 1},
    {"1x1 64-128 @56",     NPU_OP_CONV,    56, 1,   64,  128, 1, 1},
    {"dw 128 @56",         NPU_OP_DWCONV,  56, 1,  128,  128, 3, 1},
    {"1x1 128-128 @56",    NPU_OP_CONV,    56, 1,  128,  128, 1, 1},
    {"dw s2 128 @28",      NPU_OP_DWCONV,  28, 2,  128,  128, 3, 1},
    {"1x1 128-256 @28",    NPU_OP_CONV,    28, 1,  128,  256, 1, 1},
    {"dw 256 @28",         NPU_OP_DWCONV,  28, 1,  256,  256, 3, 1},
    {"1x1 256-256 @28",    NPU_OP_CONV,    28, 1,  256,  256, 1, 1},
    {"dw s2 256 @14",      NPU_OP_DWCONV,  14, 2,  256,  256, 3, 1},
    {"1x1 256-512 @14",    NPU_OP_CONV,    14, 1,  256,  512, 1, 1},
    {"dw 512 @14",         NPU_OP_DWCONV,  14, 1,  512,  512, 3, 5},
    {"1x1 512-512 @14",    NPU_OP_CONV,    14, 1,  512,  512, 1, 5},
    {"dw s2 512 @7",       NPU_OP_DWCONV,   7, 2,  512,  512, 3, 1},
    {"1x1 512-1024 @7",    NPU_OP_CONV,     7, 1,  512, 1024, 1, 1},
    {"dw 1024 @7",         NPU_OP_DWCONV,   7, 1, 1024, 1024, 3, 1},
    {"1x1 1024-1024 @7",   NPU_OP_CONV,     7, 1, 1024, 1024, 1, 1},
};
/* clang-format on */

#endif
