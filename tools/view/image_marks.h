/*
 * image_marks.h - what stands on a picture and below it: boxes with labels, outlines, the pixel
 * that is inspected, the caption.
 */
#ifndef TOOLS_VIEW_IMAGE_MARKS_H
#define TOOLS_VIEW_IMAGE_MARKS_H

#include "tools/view/image_view.h"

enum { MARKS_LABELS = 96 };

/* While a panel is drawn. */
typedef struct {
    const ui_t *ui;
    draw_t *draw;
    image_place_t place;
    draw_rect_t label[MARKS_LABELS]; /* where text stands already: no other is put there */
    uint32_t labels;
} marks_t;

/* The caption's lines: what is so, and what the picture is for who never saw one; "": none. */
typedef struct {
    char fact[160];
    const char *explains;
} caption_t;

/* Draws caption and background, and the rectangle of the picture becomes clickable; what follows is
 * clipped to that until marks_end. */
draw_rect_t marks_begin(marks_t *marks, const ui_t *ui, view_picture_kind_t kind, draw_rect_t panel,
                        const caption_t *caption);
/* before: what marks_begin returned. */
void marks_end(marks_t *marks, draw_rect_t before);

/* In the middle of an empty picture. */
void marks_await(marks_t *marks, const char *what);

/* A box in active-array pixels; identity as of HIT_BOX. First all boxes, then their labels, so that
 * no line runs through text; a label stands beside its box where there is room, else nowhere. */
typedef struct {
    double x, y, w, h;
    draw_color_t color;
    uint32_t identity;
    bool truth;
} mark_box_t;
void marks_box(marks_t *marks, const mark_box_t *box);
void marks_box_label(marks_t *marks, const mark_box_t *box, const char *label);

/* From corner to corner, array pixels; closed where there are more than two. */
void marks_outline(marks_t *marks, const scene_outline_t *outline, draw_color_t color,
                   const char *name);
/* Text on a plate, the first of these places that is free: above, below, inside at the top, at the
 * bottom; none: it is left out. */
void marks_label(marks_t *marks, draw_rect_t near, draw_color_t color, const char *text);
/* Text on a plate: small in the lower left corner; larger at the top. */
void marks_corner(marks_t *marks, draw_color_t color, const char *text);
void marks_head(marks_t *marks, draw_color_t color, const char *text);
/* The pixel that is inspected, in whatever picture, where it is in this one. */
void marks_selected(marks_t *marks);

/* The same color, so much (of 255) of it. */
draw_color_t marks_faint(draw_color_t color, uint32_t alpha);

#endif
