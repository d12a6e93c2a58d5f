/*
 * image_view.h - a picture of the model in a rectangle of the window: where it stands, its pixels,
 * and which pixel is where.
 *
 *   active-array pixel <--image_to_point, image_from_point--> point of the window
 *   column and row of the picture <--image_pixel_rect, image_pixel_at--> point of the window
 *
 * Pictures are of different sizes and show different windows of the active array (binned, scaled,
 * cut out); what stands on them - boxes, zones - is in active-array pixels. So a place knows the
 * array only, and a picture stands in it where its window is. Aspect is that of the array.
 * Shown smaller, pixels are averaged (at most 4 x 4 of them for a point); larger, they are squares,
 * and where they are large enough their values stand in them.
 */
#ifndef TOOLS_VIEW_IMAGE_VIEW_H
#define TOOLS_VIEW_IMAGE_VIEW_H

#include "tools/view/ui.h"

#define IMAGE_STEP_MOST 48.0 /* points of an array pixel, at most */

/* The part of the array that a panel shows, and where. */
typedef struct {
    draw_rect_t area;   /* points; nothing of it is outside */
    sim_window_t shown; /* at zoom 1 all of this is in the area; w or h 0: nothing is */
    double left, top;   /* points: upper left corner of `shown`, maybe outside of area */
    double step;        /* points of an array pixel */
} image_place_t;

/* ---- where (image_view.c) ---- */

image_place_t image_place(draw_rect_t area, const sim_window_t *shown, const ui_zoom_t *zoom);
/* That of a picture's panel: area is the rectangle of its HIT_PIXEL. Regions stand where they are
 * in the frame that is read. */
image_place_t image_place_of(const view_model_t *model, const view_ui_t *ui,
                             view_picture_kind_t kind, draw_rect_t area);

/* Corners of array pixel x, y are x, y and x + 1, y + 1. */
void image_to_point(const image_place_t *place, double x, double y, double point[2]);
/* False: that point is beside what is shown. */
bool image_from_point(const image_place_t *place, double point_x, double point_y, double array[2]);
/* A box of array pixels, points; at least 1 x 1. */
draw_rect_t image_box(const image_place_t *place, double x, double y, double w, double h);

/* Column and row of the picture at a point; false: there is none. */
bool image_pixel_at(const image_place_t *place, const view_picture_t *picture, int32_t x, int32_t y,
                    uint32_t *column, uint32_t *row);
draw_rect_t image_pixel_rect(const image_place_t *place, const view_picture_t *picture,
                             uint32_t column, uint32_t row);
/* The middle of a pixel of the picture, array pixels. */
void image_pixel_array(const view_picture_t *picture, uint32_t column, uint32_t row,
                       double array[2]);
/* Points of a pixel of the picture, across. */
double image_pixel_points(const image_place_t *place, const view_picture_t *picture);
/* Upper left and lower right corner of all of it, points. */
void image_corners(const image_place_t *place, const view_picture_t *picture, double from[2],
                   double to[2]);

/* What is at that point now stays there while the zoom changes by a factor. */
void image_zoom_at(const image_place_t *place, int32_t x, int32_t y, float factor, ui_zoom_t *zoom);
/* Moves what is shown by so many points. */
void image_pan(const image_place_t *place, int32_t dx, int32_t dy, ui_zoom_t *zoom);
/* The picture under the pointer, whatever stands on it: its HIT_PIXEL; NULL: there is none. */
const draw_hit_t *image_hit_at(const draw_t *draw, int32_t x, int32_t y);

/* ---- its pixels (image_pixels.c) ---- */

/* How RAW is shown: small, squares of 2 x 2 of the mosaic are one color, averaged; large, it is the
 * mosaic. Both without black level, on the curve of sRGB. */
bool image_is_mosaic(const image_place_t *place, const view_picture_t *picture);
/* Letter of the color of a RAW pixel: "R", "Gr", "Gb", "B". */
const char *image_bayer_name(sim_bayer_t bayer, uint32_t column, uint32_t row);

/* The picture, dimmed below the newest row of its frame, and values where they fit. */
void image_draw(const ui_t *ui, const image_place_t *place, const view_picture_t *picture);

#endif
