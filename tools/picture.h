/*
 * picture.h - drawing on an RGB image: rectangles, lines and small text; files of it.
 */
#ifndef TOOLS_PICTURE_H
#define TOOLS_PICTURE_H

#include "sim/png.h"

typedef struct {
    uint8_t r, g, b;
} rgb_t;

/* A frame of thickness px inside x, y, w, h; parts outside the image are left out. */
void picture_box(sim_image_t *image, int32_t x, int32_t y, int32_t w, int32_t h, int32_t thick,
                 rgb_t color);
void picture_fill(sim_image_t *image, int32_t x, int32_t y, int32_t w, int32_t h, rgb_t color);
/* From one place to another, as a square brush draws it. */
void picture_line(sim_image_t *image, float x0, float y0, float x1, float y1, int32_t thick,
                  rgb_t color);
/* Digits, letters and a few signs in a 5 x 7 font, each dot scale x scale; unknown ones are blank.
 */
void picture_text(sim_image_t *image, int32_t x, int32_t y, int32_t scale, rgb_t color,
                  const char *text);

/* Whether picture_write knows that kind of file: by its name .png, .ppm, .pgm, or without any. */
bool picture_knows(const char *file);
/* A PNG file, or by its name (.ppm, .pgm) one of netpbm's: larger and many times quicker. */
sim_err_t picture_write(const char *file, const sim_image_t *image, char *error,
                        size_t error_bytes);

#endif
