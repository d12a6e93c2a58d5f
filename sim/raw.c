#include "sim/raw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/dng.h"
#include "sim/file.h"
#include "sim/png.h"

static bool starts_with(const uint8_t *data, size_t bytes, const char *magic)
{
    return bytes >= strlen(magic) && memcmp(data, magic, strlen(magic)) == 0;
}

sim_err_t sim_raw_read(const char *file, sim_raw_t *raw, char *error, size_t error_bytes)
{
    enum { MAX_BYTES = 1 << 30 };
    size_t bytes = 0;
    *raw = (sim_raw_t){0};
    uint8_t *data = sim_file_read(file, MAX_BYTES, &bytes, error, error_bytes);
    if (data == NULL)
        return SIM_EFILE;
    sim_err_t err = SIM_EPARSE;
    if (starts_with(data, bytes, "\x89PNG"))
        err = sim_png_decode_raw(data, bytes, file, raw, error, error_bytes);
    else if (starts_with(data, bytes, "II*") || starts_with(data, bytes, "MM") ||
             starts_with(data, bytes, "II+"))
        err = sim_dng_decode(data, bytes, file, raw, error, error_bytes);
    else
        snprintf(error, error_bytes, "%s: neither a DNG or TIFF nor a PNG file", file);
    free(data);
    return err;
}

void sim_raw_free(sim_raw_t *raw)
{
    free(raw->data);
    *raw = (sim_raw_t){0};
}
