/*
 * dng_fuzz.c - any bytes as a DNG or TIFF file.
 */
#include "sim/dng.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char error[128];
    sim_raw_t raw;
    sim_dng_decode(data, bytes, "fuzz.dng", &raw, error, sizeof(error));
    sim_raw_free(&raw);
    return 0;
}
