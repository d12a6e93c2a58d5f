/*
 * draw.h - a picture of the window as data: rectangles, lines, text, images, and what can be
 * clicked.
 *
 *   panels --draw_*--> draw_t --+--> window_sdl.c: pixels of a window, or of a file
 *                               +--> draw_hit: what is under the pointer
 *                               +--> tests: what stands where
 *
 * Nothing here knows how it is shown. Coordinates are points: pixels at scale 1. A list owns all
 * that it refers to, so that one thread may make the next while another shows the last.
 */
#ifndef TOOLS_VIEW_DRAW_H
#define TOOLS_VIEW_DRAW_H

#include "sim/types.h"

typedef uint32_t draw_color_t; /* 0xRRGGBBAA */

typedef struct {
    int32_t x, y, w, h;
} draw_rect_t;

/* X(name, points, font): sizes of text. A line of it is as high as draw_text_height says. */
/* clang-format off */
#define DRAW_FONTS(X)                                                                              \
    X(SMALL, 10, MONO) X(MONO, 12, MONO) X(TEXT, 12, SANS) X(TITLE, 13, BOLD) X(LARGE, 20, BOLD)
/* clang-format on */
typedef enum {
#define X(name, points, face) DRAW_##name,
    DRAW_FONTS(X)
#undef X
        DRAW_FONT_COUNT
} draw_font_t;

typedef enum { DRAW_LEFT, DRAW_CENTER, DRAW_RIGHT } draw_align_t;

typedef enum {
    DRAW_FILL,
    DRAW_FRAME, /* 1 point wide, inside the rectangle */
    DRAW_LINE,
    DRAW_STRING,
    DRAW_IMAGE,
    DRAW_CLIP, /* from here on nothing outside of rect is drawn */
} draw_op_t;

typedef struct {
    draw_op_t op;
    draw_color_t color;
    draw_rect_t rect; /* LINE: from x, y to x + w, y + h; STRING: the room that it takes */
    draw_font_t font;
    draw_align_t align; /* STRING: the end of rect that it stands at */
    uint32_t thick;     /* LINE */
    size_t data;        /* STRING: text; IMAGE: pixels, 4 bytes R G B A each; offset into store */
    uint32_t image_w, image_h;
    bool smooth; /* IMAGE: averaged where it is shown larger or smaller; else nearest */
} draw_cmd_t;

/* What can be clicked: kinds are the viewer's (ui.h), a and b say which one. */
typedef struct {
    draw_rect_t rect;
    uint32_t kind;
    uint64_t a, b;
} draw_hit_t;

typedef struct {
    uint32_t width, height; /* of the window, points */
    draw_cmd_t *cmd;
    uint32_t cmds, cmd_room;
    draw_hit_t *hit;
    uint32_t hits, hit_room;
    uint8_t *store;
    size_t stored, store_room;
    draw_rect_t clip;
    bool no_memory; /* some of it is missing */
} draw_t;

/* Empties it for a window that large; what it allocated stays. A zeroed list is an empty one. */
void draw_begin(draw_t *draw, uint32_t width, uint32_t height);
void draw_free(draw_t *draw);

void draw_fill(draw_t *draw, draw_rect_t rect, draw_color_t color);
void draw_frame(draw_t *draw, draw_rect_t rect, draw_color_t color);
void draw_line(draw_t *draw, int32_t x0, int32_t y0, int32_t x1, int32_t y1, uint32_t thick,
               draw_color_t color);
/* y is the top of the line; x its left end, middle or right end. What is not UTF-8, or a control
 * character, is '?'. */
void draw_text(draw_t *draw, int32_t x, int32_t y, draw_font_t font, draw_align_t align,
               draw_color_t color, const char *fmt, ...) SIM_PRINTF(7, 8);
/* The same, cut with an ellipsis to so many points where it is longer; nothing where not even that
 * has room. */
void draw_text_cut(draw_t *draw, int32_t x, int32_t y, int32_t width, draw_font_t font,
                   draw_color_t color, const char *text);
/* Room for the pixels of an image, R G B A, to be filled in by the caller before its next call;
 * NULL without memory. */
uint8_t *draw_image(draw_t *draw, draw_rect_t rect, uint32_t image_w, uint32_t image_h,
                    bool smooth);
/* Returns what was clipped to before; drawing and hits are clipped to both. */
draw_rect_t draw_clip(draw_t *draw, draw_rect_t rect);
void draw_unclip(draw_t *draw, draw_rect_t before);

void draw_hit(draw_t *draw, draw_rect_t rect, uint32_t kind, uint64_t a, uint64_t b);
/* What was added last of what is there; NULL: nothing is. */
const draw_hit_t *draw_at(const draw_t *draw, int32_t x, int32_t y);

/* Of a line of text, points. Widths are those of fixed advances: exact for MONO and SMALL, an
 * estimate from above for others. */
int32_t draw_text_height(draw_font_t font);
int32_t draw_text_width(draw_font_t font, const char *text);

bool draw_is_mono(draw_font_t font);
/* The next character of UTF-8 text, which moves on past it; 0 at the end. '?', and past one byte,
 * where there is none. */
uint32_t draw_char(const char **text);

/* The text of a STRING. */
const char *draw_string(const draw_t *draw, const draw_cmd_t *cmd);

/* A rectangle made smaller by so much on each side, at most to nothing. */
draw_rect_t draw_inset(draw_rect_t rect, int32_t by);

#endif
