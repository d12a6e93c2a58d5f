#include "sim/raw.h"

#include <stdlib.h>
#include <string.h>

#include "sim/dng.h"
#include "sim/file.h"
#include "sim/png.h"

sim_err_t sim_raw_read(const char *file, sim_raw_t *raw, char *error, size_t error_bytes)
{
    enum { MAX_BYTES = 1 << 30 };
    size_t bytes = 0;
    *raw = (sim_raw_t){0};
    uint8_t *data = sim_file_read(file, MAX_BYTES, &bytes, error, error_bytes);
    if (data == NULL)
        return SIM_EFILE;
    bool png = bytes >= 4 && memcmp(data, "\x89PNG", 4) == 0;
    sim_err_t err = png ? sim_png_decode_raw(data, bytes, file, raw, error, error_bytes)
                        : sim_dng_decode(data, bytes, file, raw, error, error_bytes);
    free(data);
    return err;
}

void sim_raw_free(sim_raw_t *raw)
{
    free(raw->data);
    *raw = (sim_raw_t){0};
}
