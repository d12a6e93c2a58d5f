/*
 * net_info.c - tensors of the network table, packed and unpacked.
 */
#include "npu/net_info.h"

#include <string.h>

const char *npu_dtype_name(uint32_t dtype)
{
    static const char *const names[NPU_DTYPES] = {"int8", "uint8", "float32", "int32", "int64"};
    return dtype < NPU_DTYPES ? names[dtype] : "unknown";
}

uint32_t npu_dtype_bytes(uint32_t dtype)
{
    static const uint8_t bytes[NPU_DTYPES] = {1, 1, 4, 4, 8};
    return bytes[dtype];
}

npu_net_tensor_t npu_net_tensor(const uint32_t word[NPU_TENSOR_WORDS])
{
    uint32_t format = word[NPU_TENSOR_FORMAT_W];
    npu_net_tensor_t t = {.addr = word[NPU_TENSOR_ADDR_W],
                          .dtype = format & 0xff,
                          .dims = format >> 8 & 0xff,
                          .zero_point = (int32_t)((format >> 16 ^ 0x8000) & 0xffff) - 0x8000,
                          .scale_bits = word[NPU_TENSOR_SCALE_W]};
    memcpy(t.shape, &word[NPU_TENSOR_DIM0_W], sizeof(t.shape));
    return t;
}

void npu_net_tensor_put(const npu_net_tensor_t *tensor, uint32_t word[NPU_TENSOR_WORDS])
{
    word[NPU_TENSOR_ADDR_W] = tensor->addr;
    word[NPU_TENSOR_FORMAT_W] =
        tensor->dtype | tensor->dims << 8 | (uint32_t)tensor->zero_point << 16;
    memcpy(&word[NPU_TENSOR_DIM0_W], tensor->shape, sizeof(tensor->shape));
    word[NPU_TENSOR_SCALE_W] = tensor->scale_bits;
}

uint64_t npu_net_tensor_elements(const npu_net_tensor_t *tensor)
{
    uint64_t n = 1;
    for (uint32_t d = 0; d < 4; d++)
        n *= tensor->shape[d];
    return n;
}

bool npu_shape_valid(uint32_t dims, const uint32_t shape[4])
{
    uint64_t elements = 1;
    for (uint32_t d = 0; d < 4; d++) {
        if (shape[d] < 1 || shape[d] > (d < dims ? 1u << 24 : 1))
            return false;
        elements *= shape[d];
        if (elements > 1u << 28)
            return false;
    }
    return dims >= 1 && dims <= 4;
}
