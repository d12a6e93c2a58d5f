/*
 * crop.h - what a box shows, cut out of an image in L2 and made as large as a second network's
 * input.
 *
 *     crop_plan: which pixels, and between which of them each one of the result lies
 *     DMA: those pixels, word by word, to memory of the core
 *     crop_resize: bilinear, in integers
 *
 * The result shows the surroundings of the box's middle: CROP_HEIGHTS eighths of the box's height,
 * as wide as its own shape makes that, so that nothing is stretched. Outside of the image is its
 * nearest edge. Training cuts in the same way (tools/train/data.py). Touches no register.
 */
#ifndef FW_CROP_H
#define FW_CROP_H

#include "look.h"

enum { CROP_HEIGHTS = 9, CROP_SIDE = 128 /* longest of a result */ };
enum { CROP_COLUMNS = 2048 /* of a window, at most */ };

typedef struct {
    uint16_t low;  /* the nearer of two pixels of the window */
    uint16_t part; /* of the next one, 1/256 */
} crop_at_t;

typedef struct {
    uint32_t x, y, columns, rows; /* the window in the image; x and columns multiples of 4 */
    uint32_t width, height;       /* of the result */
    crop_at_t at_x[CROP_SIDE], at_y[CROP_SIDE];
} crop_t;

/* Of a box that is in the image for a part at least, and has a height. width and height: 1 to
 * CROP_SIDE; the image has at least 2 x 2 pixels. */
void crop_plan(crop_t *crop, const look_image_t *image, const det_box_t *box, uint32_t width,
               uint32_t height);

/* One plane: window has `rows` rows of `columns` codes, up to CROP_COLUMNS, out rows of
 * `row_bytes`. */
void crop_resize(const crop_t *crop, const int8_t *window, int8_t *out, uint32_t row_bytes);

#endif
