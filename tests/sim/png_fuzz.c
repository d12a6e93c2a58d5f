/*
 * png_fuzz.c - any bytes as a PNG file. Checksums of chunks are put right first, or next to nothing
 * would get past them; headers that ask for much memory are skipped for speed.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/hash.h"
#include "sim/png.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void repair(uint8_t *file, size_t bytes)
{
    size_t at = 8;
    while (at + 12 <= bytes && get32(file + at) <= bytes - at - 12) {
        size_t length = get32(file + at) + 4; /* with the type */
        uint32_t crc = sim_crc32(0, file + at + 4, length);
        for (unsigned i = 0; i < 4; i++)
            file[at + 4 + length + i] = (uint8_t)(crc >> (24 - 8 * i));
        at += length + 8;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    char error[128];
    sim_image_t image;
    if (bytes > 24 && (data[16] | data[17] | data[18] | data[20] | data[21] | data[22]) > 3)
        return 0;
    uint8_t *file = malloc(bytes + 1);
    if (file == NULL)
        return 0;
    memcpy(file, data, bytes);
    repair(file, bytes);
    sim_png_decode(file, bytes, "fuzz.png", &image, error, sizeof(error));
    sim_image_free(&image);
    sim_raw_t raw;
    sim_png_decode_raw(file, bytes, "fuzz.png", &raw, error, sizeof(error));
    sim_raw_free(&raw);
    free(file);
    return 0;
}
