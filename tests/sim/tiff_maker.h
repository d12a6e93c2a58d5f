/*
 * tiff_maker.h - TIFF files of any kind for tests, made without libtiff.
 */
#ifndef TESTS_SIM_TIFF_MAKER_H
#define TESTS_SIM_TIFF_MAKER_H

#include <stddef.h>
#include <stdint.h>

enum { TIFF_MAKER_BYTE = 1, TIFF_MAKER_SHORT = 3, TIFF_MAKER_LONG = 4, TIFF_MAKER_RATIONAL = 5 };

typedef struct {
    uint8_t data[4096];
    size_t bytes;
    size_t directory; /* where the open one's entries begin */
    uint32_t entries;
} tiff_maker_t;

/* Header, pixels as they are stored, and room for the first directory's entries. */
void tiff_begin(tiff_maker_t *tiff, const void *pixels, size_t bytes);
/* Opens another directory at the end of the file; returns its place. */
uint32_t tiff_directory(tiff_maker_t *tiff);
/* Tags in ascending order; values as numbers, rationals over 1. */
void tiff_entry(tiff_maker_t *tiff, uint16_t tag, uint16_t type, uint32_t count,
                const uint32_t *values);
void tiff_one(tiff_maker_t *tiff, uint16_t tag, uint16_t type, uint32_t value);
/* Size, bits, compression, strip: what every image needs; the pixels follow the header. */
void tiff_image(tiff_maker_t *tiff, uint32_t width_px, uint32_t height_px, uint32_t bits,
                uint32_t photometric, size_t bytes);

#endif
