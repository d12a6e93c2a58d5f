/*
 * kernel.h - what the MAC array and the vector unit compute: one instruction on L1 memory.
 * npu_l1_inside (npu/touch.h) must hold before a kernel runs.
 *
 * Scalar C is the definition; AVX2, AVX-512 VNNI and AMX variants of what takes time give the same
 * bits, for any program.
 * Hosts are little-endian: L1 bytes are read as host integers.
 */
#ifndef NPU_KERNEL_H
#define NPU_KERNEL_H

#include "npu/touch.h"
#include "sim/cpu.h"

/* The four memories of L1; at least 4-byte aligned. */
typedef struct {
    uint8_t *data[NPU_MEMS];
    uint32_t bytes[NPU_MEMS];
    uint8_t *wide; /* four times WGT: an instruction's narrow weights as int8 (npu/narrow.h) */
} npu_l1_t;

typedef void (*npu_kernel_fn_t)(const npu_insn_t *insn, const npu_l1_t *l1);

/* Copies `rows` pieces of `bytes` bytes, to_row and from_row bytes apart, in this order, from one
 * memory to another. */
typedef void (*npu_copy_fn_t)(uint8_t *to, size_t to_row, const uint8_t *from, size_t from_row,
                              uint32_t bytes, uint32_t rows);

typedef struct {
    npu_kernel_fn_t run[NPU_OPS]; /* by opcode; NULL for those of sequencer and DMA */
    npu_copy_fn_t copy;           /* what LOAD and STORE move */
} npu_kernels_t;

npu_kernels_t npu_kernels(sim_simd_t level);

#endif
