/*
 * png_maker.h - PNG files of any kind for tests, made without libpng: stored deflate blocks.
 */
#ifndef TESTS_SIM_PNG_MAKER_H
#define TESTS_SIM_PNG_MAKER_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    uint8_t data[4096];
    size_t bytes;
} png_maker_t;

/* Signature and IHDR. color: 0 gray, 2 RGB, 3 palette, 4 gray + alpha, 6 RGB + alpha. */
void png_begin(png_maker_t *png, uint32_t width_px, uint32_t height_px, uint8_t depth,
               uint8_t color, uint8_t interlace);
void png_chunk(png_maker_t *png, const char type[4], const void *data, size_t bytes);
/* raw: scan lines, each with its filter byte; at most 2,000 bytes. Then IEND. */
void png_end(png_maker_t *png, const void *raw, size_t bytes);

#endif
