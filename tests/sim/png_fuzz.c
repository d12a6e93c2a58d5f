/*
 * png_fuzz.c - any bytes as a PNG file. Headers that ask for much memory are skipped for speed.
 */
#include "sim/png.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char error[128];
    sim_image_t image;
    if (bytes > 24 && (data[16] | data[17] | data[18] | data[20] | data[21] | data[22]) > 3)
        return 0;
    sim_png_decode(data, bytes, "fuzz.png", &image, error, sizeof(error));
    sim_image_free(&image);
    return 0;
}
