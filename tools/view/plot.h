/*
 * plot.h - what panels of figures have in common: amounts, an axis of time, lines of text that stay
 * inside, and what is said where there is nothing yet.
 */
#ifndef TOOLS_VIEW_PLOT_H
#define TOOLS_VIEW_PLOT_H

#include "tools/view/ui.h"

/* ---- numbers ---- */

/* "8.39 MB", "158 mW", "146 k" with unit "": three digits, with the prefix that the value needs; at
 * most 12 characters with units of up to 4. value is in whole units. */
const char *plot_amount(char out[24], double value, const char *unit);
/* The least of 1, 2, 5 times a power of ten that divides `span` into at most `most` parts; 1 where
 * span is not positive. */
double plot_step(double span, uint32_t most);

/* ---- colors ---- */

/* color with that alpha, 0..255. */
draw_color_t plot_fade(draw_color_t color, uint32_t alpha);
/* permille of b, the rest a; opaque. */
draw_color_t plot_mix(draw_color_t a, draw_color_t b, uint32_t permille);
/* A pixel of draw_image. */
static inline void plot_pixel(uint8_t *rgba, draw_color_t color, uint32_t alpha)
{
    rgba[0] = (uint8_t)(color >> 24);
    rgba[1] = (uint8_t)(color >> 16);
    rgba[2] = (uint8_t)(color >> 8);
    rgba[3] = (uint8_t)alpha;
}

/* ---- text ---- */

/* A line of text that grows to the right and ends where its room does. */
typedef struct {
    draw_t *draw;
    int32_t x, y, right;
    draw_font_t font;
} plot_line_t;

/* Text goes behind what is there; what does not fit is cut, and what follows it is not drawn. */
void plot_put(plot_line_t *line, draw_color_t color, const char *fmt, ...) SIM_PRINTF(3, 4);
/* A square of that color and its name; false, and nothing drawn, where it does not fit whole. */
bool plot_key(plot_line_t *line, draw_color_t color, const char *name);

/* In the middle of rect, dim, in as many lines as it needs: what is awaited here. */
void plot_empty(const ui_t *ui, draw_rect_t rect, const char *text);

/* Of that kind, in rect, under the pointer: of what has been drawn so far. NULL: nothing is. */
const draw_hit_t *plot_pointed(const ui_t *ui, draw_rect_t rect, ui_hit_t kind);

/* ---- time ---- */

/* A stretch of time, drawn from rect.x to rect.x + rect.w. */
typedef struct {
    uint64_t from_ps, to_ps; /* from < to */
    draw_rect_t rect;
} plot_time_t;

/* What the user looks at: of the timeline, and of every panel that shows the same time. */
plot_time_t plot_time(const ui_t *ui, draw_rect_t rect);
/* Where a time is; outside of the stretch: just outside of rect. */
int32_t plot_x(const plot_time_t *time, uint64_t ps);
/* Round ticks: faint lines through rect, and their times at y where y is not negative. */
void plot_time_axis(const ui_t *ui, const plot_time_t *time, int32_t y);
/* Round ticks from 0 at the bottom of rect to `top` at its top, and their amounts to the left of
 * it. */
void plot_axis(const ui_t *ui, draw_rect_t rect, double top, const char *unit);

#endif
