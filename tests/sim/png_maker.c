#include "tests/sim/png_maker.h"

#include <assert.h>
#include <string.h>

#include "sim/hash.h"

static void put32(uint8_t *out, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void append(png_maker_t *png, const void *data, size_t bytes)
{
    assert(png->bytes + bytes <= sizeof(png->data));
    if (bytes > 0)
        memcpy(png->data + png->bytes, data, bytes);
    png->bytes += bytes;
}

void png_chunk(png_maker_t *png, const char type[4], const void *data, size_t bytes)
{
    uint8_t word[4];
    put32(word, (uint32_t)bytes);
    append(png, word, 4);
    size_t start = png->bytes;
    append(png, type, 4);
    append(png, data, bytes);
    put32(word, sim_crc32(0, png->data + start, png->bytes - start));
    append(png, word, 4);
}

void png_begin(png_maker_t *png, uint32_t width_px, uint32_t height_px, uint8_t depth,
               uint8_t color, uint8_t interlace)
{
    uint8_t header[13] = {[8] = depth, [9] = color, [12] = interlace};
    put32(header, width_px);
    put32(header + 4, height_px);
    png->bytes = 0;
    append(png, "\x89PNG\r\n\x1a\n", 8);
    png_chunk(png, "IHDR", header, sizeof(header));
}

static uint32_t adler32(const uint8_t *data, size_t bytes)
{
    uint32_t a = 1, b = 0;
    for (size_t i = 0; i < bytes; i++) {
        a = (a + data[i]) % 65521;
        b = (b + a) % 65521;
    }
    return b << 16 | a;
}

void png_end(png_maker_t *png, const void *raw, size_t bytes)
{
    uint8_t zlib[2048 + 11] = {0x78, 0x01, 0x01}; /* deflate; one last block, stored */
    assert(bytes <= 2000);
    zlib[3] = (uint8_t)bytes;
    zlib[4] = (uint8_t)(bytes >> 8);
    zlib[5] = (uint8_t)~zlib[3];
    zlib[6] = (uint8_t)~zlib[4];
    memcpy(zlib + 7, raw, bytes);
    put32(zlib + 7 + bytes, adler32(raw, bytes));
    png_chunk(png, "IDAT", zlib, bytes + 11);
    png_chunk(png, "IEND", NULL, 0);
}
