/*
 * touch_ref.h - the bytes an instruction touches, one by one, from the formulas of npu/README.md;
 * shares nothing with npu/touch.c.
 */
#ifndef TESTS_NPU_TOUCH_REF_H
#define TESTS_NPU_TOUCH_REF_H

#include "npu/isa.h"

#define TOUCH_REF_READ 1u
#define TOUCH_REF_WRITE 2u
#define TOUCH_REF_MEMS (NPU_MEMS + 1) /* the last is L2 */

#define TOUCH_REF_OPERANDS 5

/* Calls fn once or more for every byte of every operand; operands are numbered in no special order,
 * and each is in one memory. */
typedef void (*touch_ref_fn_t)(void *ctx, uint32_t operand, uint32_t mem, uint64_t byte,
                               uint32_t how);
void touch_ref(const npu_insn_t *insn, touch_ref_fn_t fn, void *ctx);

#endif
