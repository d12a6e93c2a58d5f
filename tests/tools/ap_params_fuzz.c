/*
 * ap_params_fuzz.c - libFuzzer: any bytes are no apParams, or such as lines can be made of.
 */
#include <assert.h>

#include "tools/ap_params.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    ap_network_t network;
    char error[256];
    if (ap_read(data, bytes, 0, &network, error, sizeof(error)))
        for (uint32_t i = 0; i < network.outputs; i++)
            assert(ap_tensor_bytes(&network.output[i]) != 0);
    return 0;
}
