/*
 * kernel_resize_avx2.c - RESIZE where the compiler may use AVX2.
 */
#include "npu/kernel_resize_int.h"

void npu_resize_avx2(const npu_insn_t *insn, const npu_l1_t *l1)
{
    resize_all(insn, l1);
}
