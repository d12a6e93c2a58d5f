/*
 * array.c - the table of array kinds.
 */
#include "npu/array.h"

#include <assert.h>

const npu_array_kind_t *npu_array(const npu_desc_t *desc)
{
    static const npu_array_kind_t *const kinds[NPU_ARRAYS] = {
        [NPU_ARRAY_IMX500] = &npu_array_imx500,
        [NPU_ARRAY_WS] = &npu_array_ws,
        [NPU_ARRAY_OS] = &npu_array_os,
        [NPU_ARRAY_IS] = &npu_array_is,
    };
    assert(desc->mac_kind < NPU_ARRAYS);
    return kinds[desc->mac_kind];
}

const char *const *npu_array_names(void)
{
    static const char *const names[NPU_ARRAYS] = {"imx500", "ws", "os", "is"};
    return names;
}
