/*
 * paint.h - draw lists to pixels: the same ones in a window and in a file, whatever the display.
 *
 *   draw_t --paint_list--> paint_t.px, 0x00RRGGBB
 *              ^
 *              '-- glyphs, by whoever has fonts (window_sdl.c)
 *
 * SDL2's software renderer takes 10 to 20 times as long for text, which is most of what the viewer
 * draws (two thousand strings a picture), and what it draws is not the same from version to
 * version.
 */
#ifndef TOOLS_VIEW_PAINT_H
#define TOOLS_VIEW_PAINT_H

#include "tools/view/draw.h"

#define PAINT_MAX_PX 16384 /* of a side */

/* A character at the paint's scale, pixels. */
typedef struct {
    int32_t left, top; /* of its box: from the pen, from the top of the line */
    int32_t width, height;
    int32_t advance;
    const uint8_t *cover; /* width * height: 0 nothing .. 255 all; NULL: it is blank */
} paint_glyph_t;

/* Of a character; NULL: nothing is drawn for it. Valid until the next call. */
typedef const paint_glyph_t *(*paint_glyph_fn_t)(void *fonts, draw_font_t font, uint32_t c);

typedef struct {
    uint32_t width, height;           /* pixels */
    double scale;                     /* pixels of a point */
    uint32_t *px;                     /* 0x00RRGGBB, rows without padding */
    int32_t left, top, right, bottom; /* what is drawn on: the clip; right, bottom: past it */
    paint_glyph_fn_t glyph;           /* NULL: no text is drawn */
    void *fonts;
} paint_t;

/* A zeroed paint, or one that had another size, becomes so large and black; keeps its fonts. False
 * without memory, or for a size above PAINT_MAX_PX: it has none then. */
bool paint_resize(paint_t *paint, uint32_t width, uint32_t height, double scale);
void paint_free(paint_t *paint);

/* All of it anew; black where the list has nothing. */
void paint_list(paint_t *paint, const draw_t *draw);

/* For paint.c: part of cmd's image that is inside of the clip; x0 .. y1 is all of it. */
void paint_image(const paint_t *paint, const uint8_t *rgba, const draw_cmd_t *cmd, int32_t x0,
                 int32_t y0, int32_t x1, int32_t y1);

/* color of 0xRRGGBB over below, alpha 0..255; exact, (below (255 - a) + color a) / 255 rounded. */
static inline uint32_t paint_mix(uint32_t below, uint32_t color, uint32_t alpha)
{
    uint32_t rb = (below & 0xff00ff) * (255 - alpha) + (color & 0xff00ff) * alpha + 0x800080;
    uint32_t g = (below >> 8 & 0xff) * (255 - alpha) + (color >> 8 & 0xff) * alpha + 0x80;
    rb = (rb + (rb >> 8 & 0xff00ff)) >> 8 & 0xff00ff;
    g = (g + (g >> 8)) >> 8;
    return rb | g << 8;
}

#endif
