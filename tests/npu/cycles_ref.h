/*
 * cycles_ref.h - how long an instruction of the array or the vector unit takes, counted step by
 * step from the words of npu/README.md; shares nothing with npu/desc.c and npu/array*.c.
 */
#ifndef TESTS_NPU_CYCLES_REF_H
#define TESTS_NPU_CYCLES_REF_H

#include "npu/desc.h"

#define CYCLES_REF_COLUMNS 64 /* systolic grids at most */
#define CYCLES_REF_ROWS 64

/* Of an instruction that has its L1 ports in every cycle. */
uint64_t cycles_ref(const npu_desc_t *desc, const npu_insn_t *insn);

#endif
