/*
 * sweep_page.h - a sweep as one page of HTML: space, fronts, effects, parallel coordinates,
 * rooflines, what was refused, every point.
 *
 * Everything is from the file, but for the rooflines: a point of each model is run once more for
 * its layers, when the model is what it was.
 */
#ifndef TOOLS_EXPLORE_SWEEP_PAGE_H
#define TOOLS_EXPLORE_SWEEP_PAGE_H

#include "tools/explore/effects.h"
#include "tools/report/plot.h"

enum { SWEEP_PAGE_TEXT = 1024 };

typedef struct {
    page_t page;
    store_t *store;
    const char *file; /* of the sweep, as `fovea run --point` takes it */
    sheet_t sheet;
    effects_t effects;
    sim_doc_t *space_doc; /* NULL: not readable */
    char strategy[16], evaluate[8], version[64], space_file[SPACE_PATH];
    char *space;        /* its text; owned */
    char no_plots[200]; /* why the last plot that failed did; "": all are there */
} sweep_page_t;

/* False with a line in error. True with one: the page is there, but for plots, and why. */
bool sweep_page_write(store_t *store, const char *file, FILE *to, char *error, size_t error_bytes);

/* ---- for the sections ---- */

/* "12: channels 8, feed in proportion; npu_ms 3.1, ..": what is shown where the mouse rests. */
void sweep_page_hint(const sweep_page_t *sweep, const sheet_point_t *point,
                     char text[SWEEP_PAGE_TEXT]);

/* As plot_begin and plot_end, with a note in the place of a plot that cannot be drawn. */
bool sweep_plot_begin(sweep_page_t *sweep, plot_t *plot, double width_px, double height_px);
void sweep_plot_end(sweep_page_t *sweep, plot_t *plot, const char *title);

typedef void sweep_section_t(sweep_page_t *sweep);
sweep_section_t sweep_fronts, sweep_effects, sweep_parallel, sweep_rooflines;

#endif
