/*
 * plot.h - a plot of a page: gnuplot draws it, in the page's colors.
 *
 *   plot_begin    a script for gnuplot's SVG terminal
 *   plot_mark     a number for a point, a line or a bar; the script draws it in that color:
 *                 `lc rgb variable` with the number in its column
 *   plot_end      runs the script; what gnuplot wrote goes into the page, marks with look, link
 *                 and hint of their numbers, all else (axes, ticks, text) in the page's ink
 *
 * Text of files comes into a script by gnuplot_text alone, and hints never do. Letters are laid out
 * for LETTER_PX of the style; the page shows them smaller where there is room. No element has an
 * id: any number of plots stand in one page.
 */
#ifndef TOOLS_REPORT_PLOT_H
#define TOOLS_REPORT_PLOT_H

#include "tools/report/page.h"

typedef struct {
    char look[32]; /* classes of the page's style */
    char link[24]; /* id of what it leads to; "": nothing */
    char *hint;    /* owned; what is shown where the mouse rests; NULL: nothing */
} plot_mark_t;

typedef struct {
    page_t *page;
    FILE *script; /* for the caller, between plot_begin and plot_end */
    double width_px, height_px;
    plot_mark_t *mark; /* number n is mark[n - 1]; owned */
    uint32_t marks, room;
    bool no_memory;
} plot_t;

/* False with one line in error: no temporary file. */
bool plot_begin(plot_t *plot, page_t *page, double width_px, double height_px, char *error,
                size_t error_bytes);

/* Its number, from 1; 0: no memory, which plot_end tells. look: dot, strand, stairs, bar or roof of
 * the style, also with `front` behind it; color: of CHART_COLORS; link, hint: NULL for none. */
uint32_t plot_mark(plot_t *plot, const char *look, uint32_t color, const char *link,
                   const char *hint);

/* Ends the plot in any case. title: for who hears the page. False with one line in error (there is
 * no gnuplot, it failed, no memory), and nothing is in the page. */
bool plot_end(plot_t *plot, const char *title, char *error, size_t error_bytes);

/* The elements of a document as gnuplot's SVG terminal writes it, as those of the page; what the
 * terminal does not write is left out. */
void plot_put_svg(page_t *page, const char *svg, const plot_mark_t *mark, uint32_t marks);

#endif
