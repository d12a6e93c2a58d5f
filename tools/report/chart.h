/*
 * chart.h - drawings within a page: SVG in the page's colors.
 *
 * Coordinates are CSS pixels of the drawing. Colors are numbers, CHART_COLORS of them, that differ
 * for people who are color-blind (M. Okabe and K. Ito, "Color Universal Design", 2008); the page's
 * style says what they are in light and dark.
 */
#ifndef TOOLS_REPORT_CHART_H
#define TOOLS_REPORT_CHART_H

#include "tools/report/page.h"

enum { CHART_COLORS = 10 };

/* A drawing of that size; wider than the page it scrolls within its box, unless fit. */
void chart_begin(page_t *page, double width_px, double height_px, bool fit, const char *title);
void chart_end(page_t *page);

/* hint: what is shown where the mouse rests; NULL: nothing. */
void chart_rect(page_t *page, double x, double y, double w, double h, uint32_t color,
                const char *hint);
/* A band between two slanted lines of time: its upper edge from x0 to x1, its lower one shifted. */
void chart_band(page_t *page, double x0, double x1, double shift, double y, double h,
                uint32_t color, const char *hint);
void chart_line(page_t *page, double x0, double y0, double x1, double y1);
/* side: -1 begins at x, 0 is in the middle of it, 1 ends there. */
void chart_text(page_t *page, double x, double y, int side, const char *text);

/* The same on a color, readable on any of them. */
void chart_label(page_t *page, double x, double y, const char *text);
/* The whole of which rectangles are parts. */
void chart_bed(page_t *page, double x, double y, double w, double h);

/* The distance of round ticks (1, 2 or 5 times a power of ten), at most `most` in range. */
double chart_step(double range, uint32_t most);
/* A time axis under the drawing: from_ps at x, to_ps at x + w. */
void chart_time_axis(page_t *page, double x, double y, double w, double top, double from_ps,
                     double to_ps);

/* Which color is what. */
void chart_legend(page_t *page, const char *const *name, uint32_t count);

#endif
