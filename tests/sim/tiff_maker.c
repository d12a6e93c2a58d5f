#include "tests/sim/tiff_maker.h"

#include <string.h>

enum { HEADER_BYTES = 8, ROOM_ENTRIES = 20, ENTRY_BYTES = 12 };

static void put(uint8_t *to, uint32_t value, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)(value >> 8 * i);
}

uint32_t tiff_directory(tiff_maker_t *tiff)
{
    size_t room = 2 + ROOM_ENTRIES * ENTRY_BYTES + 4;
    tiff->bytes += tiff->bytes % 2;
    tiff->directory = tiff->bytes;
    tiff->entries = 0;
    memset(tiff->data + tiff->bytes, 0, room);
    tiff->bytes += room;
    return (uint32_t)tiff->directory;
}

void tiff_begin(tiff_maker_t *tiff, const void *pixels, size_t bytes)
{
    memcpy(tiff->data, "II*\0", 4);
    memcpy(tiff->data + HEADER_BYTES, pixels, bytes);
    tiff->bytes = HEADER_BYTES + bytes;
    put(tiff->data + 4, tiff_directory(tiff), 4);
}

static uint32_t size_of(uint16_t type)
{
    return type == TIFF_MAKER_BYTE    ? 1
           : type == TIFF_MAKER_SHORT ? 2
           : type == TIFF_MAKER_LONG  ? 4
                                      : 8;
}

void tiff_entry(tiff_maker_t *tiff, uint16_t tag, uint16_t type, uint32_t count,
                const uint32_t *values)
{
    uint32_t size = size_of(type);
    uint8_t *entry = tiff->data + tiff->directory + 2 + ENTRY_BYTES * tiff->entries++;
    put(tiff->data + tiff->directory, tiff->entries, 2);
    put(entry, tag, 2);
    put(entry + 2, type, 2);
    put(entry + 4, count, 4);
    uint8_t *to = entry + 8;
    if (size * count > 4) { /* elsewhere */
        to = tiff->data + tiff->bytes;
        put(entry + 8, (uint32_t)tiff->bytes, 4);
        tiff->bytes += (size * count + 1) / 2 * 2;
    }
    for (uint32_t i = 0; i < count; i++) {
        put(to + size * i, values[i], size < 4 ? size : 4);
        if (type == TIFF_MAKER_RATIONAL)
            put(to + size * i + 4, 1, 4);
    }
}

void tiff_one(tiff_maker_t *tiff, uint16_t tag, uint16_t type, uint32_t value)
{
    tiff_entry(tiff, tag, type, 1, &value);
}

void tiff_image(tiff_maker_t *tiff, uint32_t width_px, uint32_t height_px, uint32_t bits,
                uint32_t photometric, size_t bytes)
{
    tiff_one(tiff, 256, TIFF_MAKER_LONG, width_px);
    tiff_one(tiff, 257, TIFF_MAKER_LONG, height_px);
    tiff_one(tiff, 258, TIFF_MAKER_SHORT, bits);
    tiff_one(tiff, 259, TIFF_MAKER_SHORT, 1);
    tiff_one(tiff, 262, TIFF_MAKER_SHORT, photometric);
    tiff_one(tiff, 273, TIFF_MAKER_LONG, HEADER_BYTES);
    tiff_one(tiff, 277, TIFF_MAKER_SHORT, 1);
    tiff_one(tiff, 278, TIFF_MAKER_LONG, height_px);
    tiff_one(tiff, 279, TIFF_MAKER_LONG, (uint32_t)bytes);
}
