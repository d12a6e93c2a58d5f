/*
 * detect.h - from the network's output tensors to boxes on the pixel array.
 *
 * Two kinds of network are understood, told apart by the shapes in the network table:
 * - a grid detector: scores [1, gh, gw, C] of C classes and boxes [1, gh, gw, 4] (left, top, right,
 *   bottom distances from the cell's center, in cells), in any order; with C = 4 the first of two
 *   alike are the scores. A cell's box is of its best class, class_id is that class's number from 1
 *   on. Boxes that overlap hide each other whatever their classes: a thing is of one class;
 * - a two-class classifier [1, 2] (background, person): one box as large as the region of interest.
 */
#ifndef FW_DETECT_H
#define FW_DETECT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    int32_t x0, y0, x1, y1; /* active-array pixels, x1 and y1 exclusive */
    uint8_t score;          /* 1/256 */
    uint8_t class_id;       /* 1.. */
} det_box_t;

typedef struct {
    int32_t x, y, w, h;  /* active-array pixels that the input tensor shows */
    bool flip_x, flip_y; /* its first column, row is the last of these */
    uint32_t turn;       /* quarter turns clockwise after that, 0..3 */
} det_roi_t;

/* How the array lies in such a tensor. */
typedef struct {
    bool sideways;       /* the tensor's columns are rows of the array */
    bool back_x, back_y; /* the array's columns, rows run backward in it */
} det_way_t;

/* Half a turn and three quarters reverse the array's columns, one quarter and half a turn its rows.
 */
static inline det_way_t det_way(const det_roi_t *roi)
{
    return (det_way_t){.sideways = (roi->turn & 1) != 0,
                       .back_x = roi->flip_x != (roi->turn >= 2),
                       .back_y = roi->flip_y != (roi->turn == 1 || roi->turn == 2)};
}

typedef struct {
    const int8_t *data; /* dense, C order */
    uint32_t dims[4];   /* leading ones where there are fewer than four */
    int32_t zero_point;
    float scale;
} det_tensor_t;

enum { DET_MAX_BOXES = 32, DET_MAX_CANDIDATES = 96, DET_MAX_CLASSES = 16 };

/* What a cell of a grid of gw by gh covers, pixels of the array; class_id and score are 0. */
det_box_t det_cell_box(det_roi_t roi, uint32_t gw, uint32_t gh, uint32_t cx, uint32_t cy);

/* Whether these are outputs that det_decode understands; no data are looked at. */
bool det_known(const det_tensor_t *tensors, uint32_t count);

/*
 * Fills out with at most DET_MAX_BOXES boxes of at least min_score, best first, after non-maximum
 * suppression. Returns their number; -1 unless det_known.
 */
int det_decode(const det_tensor_t *tensors, uint32_t count, det_roi_t roi, uint8_t min_score,
               det_box_t *out);

#endif
