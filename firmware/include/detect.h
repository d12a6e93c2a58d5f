/*
 * detect.h - from the network's output tensors to boxes on the pixel array.
 *
 * Two kinds of network are understood, told apart by the shapes in the network table:
 * - a grid detector: scores [1, gh, gw, 1] and boxes [1, gh, gw, 4] (left, top, right, bottom
 *   distances from the cell's center, in cells), in any order;
 * - a two-class classifier [1, 2] (background, person): one box as large as the region of interest.
 */
#ifndef FW_DETECT_H
#define FW_DETECT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int32_t x0, y0, x1, y1; /* active-array pixels, x1 and y1 exclusive */
    uint8_t score;          /* 1/256 */
    uint8_t class_id;
} det_box_t;

typedef struct {
    int32_t x, y, w, h;  /* active-array pixels that the input tensor shows */
    bool flip_x, flip_y; /* its first column, row is the last of these */
    uint32_t turn;       /* quarter turns clockwise after that, 0..3 */
} det_roi_t;

typedef struct {
    const int8_t *data; /* dense, C order */
    uint32_t dims[4];   /* leading ones where there are fewer than four */
    int32_t zero_point;
    float scale;
} det_tensor_t;

enum { DET_MAX_BOXES = 32, DET_MAX_CANDIDATES = 96 };

/* Whether these are outputs that det_decode understands; no data are looked at. */
bool det_known(const det_tensor_t *tensors, uint32_t count);

/*
 * Fills out with at most DET_MAX_BOXES boxes of at least min_score, best first, after non-maximum
 * suppression. Returns their number; -1 unless det_known.
 */
int det_decode(const det_tensor_t *tensors, uint32_t count, det_roi_t roi, uint8_t min_score,
               det_box_t *out);

#endif
