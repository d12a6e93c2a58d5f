/*
 * kernel_resize.c - RESIZE for every host.
 */
#include "npu/kernel_resize_int.h"

void npu_resize_run(const npu_insn_t *insn, const npu_l1_t *l1)
{
    resize_all(insn, l1);
}
