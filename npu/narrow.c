/*
 * narrow.c - weights of 4 and 2 bits.
 */
#include "npu/narrow.h"

#include <assert.h>
#include <string.h>

void npu_narrow_pack(uint8_t *to, const int8_t *code, uint32_t count, uint32_t narrow)
{
    uint32_t bits = 8u >> narrow, each = 1u << narrow, mask = (1u << bits) - 1;
    for (uint32_t i = 0; i < count / each; i++) {
        uint32_t byte = 0;
        for (uint32_t k = 0; k < each; k++)
            byte |= ((uint32_t)code[i * each + k] & mask) << k * bits;
        to[i] = (uint8_t)byte;
    }
}

void npu_narrow_unpack(int8_t *to, const uint8_t *packed, uint32_t count, uint32_t narrow)
{
    uint32_t bits = 8u >> narrow, each = 1u << narrow, mask = (1u << bits) - 1;
    int32_t sign = 1 << (bits - 1);
    for (uint32_t i = 0; i < count / each; i++)
        for (uint32_t k = 0; k < each; k++)
            to[i * each + k] =
                (int8_t)((int32_t)((packed[i] >> k * bits & mask) ^ (uint32_t)sign) - sign);
}

static void compute_narrow(const npu_kernels_t *kernels, const npu_insn_t *insn, const npu_l1_t *l1)
{
    uint32_t bytes = npu_insn_wgt_bytes(insn);
    npu_insn_t wide = *insn;
    npu_l1_t memory = *l1;
    assert(l1->wide != NULL);
    npu_narrow_unpack((int8_t *)l1->wide, l1->data[NPU_MEM_WGT] + insn->wgt, bytes << insn->narrow,
                      insn->narrow);
    memory.data[NPU_MEM_WGT] = l1->wide;
    memory.bytes[NPU_MEM_WGT] = l1->bytes[NPU_MEM_WGT] << NPU_MAX_NARROW;
    wide.wgt = 0;
    wide.narrow = 0;
    kernels->run[insn->op](&wide, &memory);
}

void npu_compute(const npu_kernels_t *kernels, const npu_insn_t *insn, const npu_l1_t *l1)
{
    if (insn->narrow != 0)
        compute_narrow(kernels, insn, l1);
    else
        kernels->run[insn->op](insn, l1);
}
