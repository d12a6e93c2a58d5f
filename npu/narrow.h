/*
 * narrow.h - weights of 4 and 2 bits: packed in L2 and L1, int8 where they are multiplied.
 *
 * Instructions carry `narrow`, the number of halvings: 0 for 8 bits, 1 for 4, 2 for 2. Packed
 * weights are the bytes of the int8 layout (isa.h), two's complement, 2 or 4 to a byte, the first
 * in the lowest bits; so they are as many bytes, shifted right by `narrow`. What they compute is
 * what int8 weights of the same values would; what changes is bytes, and the time of the imx500
 * array, of which the lanes double with each halving (published: 32, 64, 128 lanes).
 */
#ifndef NPU_NARROW_H
#define NPU_NARROW_H

#include "npu/kernel.h"

#define NPU_MAX_NARROW 2

/* count is a multiple of 1 << narrow. A code beyond the width loses its upper bits. */
void npu_narrow_pack(uint8_t *to, const int8_t *code, uint32_t count, uint32_t narrow);
void npu_narrow_unpack(int8_t *to, const uint8_t *packed, uint32_t count, uint32_t narrow);

/* Runs an instruction of array or vector unit, its weights widened into l1->wide when narrow.
 * npu_l1_inside must hold. */
void npu_compute(const npu_kernels_t *kernels, const npu_insn_t *insn, const npu_l1_t *l1);

#endif
