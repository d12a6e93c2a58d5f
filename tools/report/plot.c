#include "tools/report/plot.h"

#include <stdlib.h>
#include <string.h>

#include "tools/gnuplot.h"
#include "tools/report/chart.h"

enum { LETTER_PX = 16, MOST_BYTES = 64 << 20, FITTING_PX = 760 };

/* Round points, thin axes on two sides, ticks that point outwards: the rest is the page's style. */
bool plot_begin(plot_t *plot, page_t *page, double width_px, double height_px, char *error,
                size_t error_bytes)
{
    *plot = (plot_t){.page = page, .width_px = width_px, .height_px = height_px};
    plot->script = gnuplot_begin(error, error_bytes);
    if (plot->script == NULL)
        return false;
    fprintf(plot->script,
            "set encoding utf8\n"
            "set terminal svg size %.0f,%.0f dynamic noenhanced font 'sans,%d'\n"
            "set key off\nset border 3\nset grid\nset tics nomirror out scale 0.5\n"
            "set xtics offset 0,0.4\n",
            width_px, height_px, LETTER_PX);
    return true;
}

uint32_t plot_mark(plot_t *plot, const char *look, uint32_t color, const char *link,
                   const char *hint)
{
    if (plot->marks == plot->room) {
        uint32_t room = plot->room == 0 ? 64 : 2 * plot->room;
        plot_mark_t *more = realloc(plot->mark, room * sizeof(*more));
        plot->no_memory |= more == NULL;
        if (more == NULL)
            return 0;
        plot->mark = more;
        plot->room = room;
    }
    plot_mark_t *m = &plot->mark[plot->marks];
    snprintf(m->look, sizeof(m->look), "%s k%u", look, color % CHART_COLORS);
    snprintf(m->link, sizeof(m->link), "%s", link != NULL ? link : "");
    m->hint = hint != NULL ? malloc(strlen(hint) + 1) : NULL;
    if (m->hint != NULL)
        memcpy(m->hint, hint, strlen(hint) + 1);
    plot->no_memory |= hint != NULL && m->hint == NULL;
    return ++plot->marks;
}

/* All of a file, with a 0 behind it; NULL: no memory, or far too much. The caller frees it. */
static char *text_of(FILE *file)
{
    long bytes = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (bytes < 0 || bytes > MOST_BYTES)
        return NULL;
    char *text = malloc((size_t)bytes + 1);
    rewind(file);
    if (text != NULL)
        text[fread(text, 1, (size_t)bytes, file)] = '\0';
    return text;
}

static void put_plot(const plot_t *plot, const char *svg, const char *title)
{
    bool wide = plot->width_px > FITTING_PX; /* scrolls where there is no room for it */
    page_markup(plot->page,
                "<div class=\"scroll\"%s><svg class=\"plot%s\" viewBox=\"0 0 %.0f %.0f\" "
                "width=\"%.0f\" role=\"group\" aria-label=\"",
                wide ? " tabindex=\"0\"" : "", wide ? " wide" : "", plot->width_px, plot->height_px,
                plot->width_px);
    page_text(plot->page, title);
    page_markup(plot->page, "\">\n");
    plot_put_svg(plot->page, svg, plot->mark, plot->marks);
    page_markup(plot->page, "</svg></div>\n");
}

bool plot_end(plot_t *plot, const char *title, char *error, size_t error_bytes)
{
    FILE *drawn = tmpfile();
    char *svg = NULL;
    if (drawn == NULL)
        fclose(plot->script);
    bool fine = drawn != NULL && gnuplot_run(plot->script, drawn, error, error_bytes);
    if (fine)
        svg = text_of(drawn);
    if (drawn == NULL || plot->no_memory || (fine && svg == NULL)) {
        snprintf(error, error_bytes, drawn == NULL ? "no temporary file" : "out of memory");
        fine = false;
    }
    if (fine)
        put_plot(plot, svg, title);
    for (uint32_t i = 0; i < plot->marks; i++)
        free(plot->mark[i].hint);
    free(plot->mark);
    free(svg);
    if (drawn != NULL)
        fclose(drawn);
    return fine;
}
