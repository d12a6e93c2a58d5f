/*
 * flexbuffer_fuzz.c - any bytes as a map of numbers.
 */
#include "npu/compiler/flexbuffer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"max_detections", "y_scale", "a", ""};
    flex_map_t map;
    double value;
    if (size <= UINT32_MAX && flex_map(data, (uint32_t)size, &map))
        for (size_t i = 0; i < SIM_COUNT(keys); i++)
            flex_number(&map, keys[i], &value);
    return 0;
}
