/*
 * difference.h - pictures of what differs: expected, found and difference side by side.
 */
#ifndef TOOLS_DIFFERENCE_H
#define TOOLS_DIFFERENCE_H

#include "sim/png.h"
#include "tools/figures.h"

/* How far two pictures of the same size are from each other. */
typedef struct {
    uint32_t most_dn;                  /* largest difference of a sample */
    uint32_t x_px, y_px;               /* the first sample that differs most */
    uint32_t left, top, width, height; /* box around all that differ by more than the tolerance */
    uint64_t samples;                  /* that differ by more than it */
    double psnr_db;                    /* infinite: equal */
} difference_t;

/* False when sizes or channels differ. */
bool difference_of(const sim_image_t *expected, const sim_image_t *found, uint32_t tolerance_dn,
                   difference_t *out);

/* Three panels; the third has the absolute difference, stretched so that the largest is white.
 * Images of different sizes have an empty third panel. */
bool difference_picture(const sim_image_t *expected, const sim_image_t *found, const char *file,
                        char *error, size_t error_bytes);

/*
 * A frame's boxes: the true ones, the reported ones, and those that have no partner: missed ones
 * red, false ones yellow. dir: of the results, whose picture of that frame is behind them where
 * there is one.
 */
bool difference_boxes(const char *dir, int64_t frame, double iou, const char *file, char *error,
                      size_t error_bytes);

#endif
