/*
 * sweep_plots.c - of a sweep's page: fronts as scatter plots, sensitivity, parallel coordinates.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/explore/axis.h"
#include "tools/explore/pareto.h"
#include "tools/explore/sweep_page.h"
#include "tools/gnuplot.h"
#include "tools/report/chart.h"

enum {
    WIDTH = 680,
    HEIGHT = 430,
    MOST_DOTS = 4000,
    AXIS_GAP = 116,
    MOST_AXES = 14,
    BAR_PX = 19,
    LETTER = 8
};

static const double BAR_GAP = 0.6;

/* ---- plots of a page ---- */

bool sweep_plot_begin(sweep_page_t *sweep, plot_t *plot, double width_px, double height_px)
{
    bool fine = plot_begin(plot, &sweep->page, width_px, height_px, sweep->no_plots,
                           sizeof(sweep->no_plots));
    if (!fine)
        page_note(&sweep->page, "No plot: %s", sweep->no_plots);
    return fine;
}

void sweep_plot_end(sweep_page_t *sweep, plot_t *plot, const char *title)
{
    if (!plot_end(plot, title, sweep->no_plots, sizeof(sweep->no_plots)))
        page_note(&sweep->page, "No plot: %s", sweep->no_plots);
}

/* A point of the sweep as a mark: it leads to its line of the table. */
static uint32_t mark_point(sweep_page_t *sweep, plot_t *plot, const sheet_point_t *p,
                           const char *look)
{
    char hint[SWEEP_PAGE_TEXT], link[24];
    sweep_page_hint(sweep, p, hint);
    snprintf(link, sizeof(link), "p%llu", (unsigned long long)p->id);
    return plot_mark(plot, look, p->task, link, hint);
}

/* ---- fronts ---- */

typedef struct {
    const sheet_point_t *point;
    double x, y; /* as drawn */
    bool front;  /* of its task, nothing is better in these two objectives alone */
} spot_t;

typedef struct {
    const sheet_objective_t *a, *b; /* on x and y */
    axis_t x, y;
    spot_t *spot; /* by task, then from left to right; owned */
    uint32_t spots;
} pair_t;

static int by_place(const void *a, const void *b)
{
    const spot_t *p = a, *q = b;
    if (p->point->task != q->point->task)
        return p->point->task < q->point->task ? -1 : 1;
    if (p->x < q->x || p->x > q->x)
        return p->x < q->x ? -1 : 1;
    if (p->y < q->y || p->y > q->y)
        return p->y < q->y ? -1 : 1;
    return p->point->id < q->point->id ? -1 : p->point->id > q->point->id;
}

/* Which spots are on the fronts of their tasks. False: no memory. */
static bool find_fronts(pair_t *p)
{
    double *value = calloc(2 * (size_t)p->spots + 1, sizeof(*value));
    uint64_t *task = calloc((size_t)p->spots + 1, sizeof(*task));
    bool *in = calloc((size_t)p->spots + 1, sizeof(*in));
    bool fine = value != NULL && task != NULL && in != NULL;
    for (uint32_t i = 0; fine && i < p->spots; i++) {
        value[2 * i] = p->a->most ? -p->spot[i].x : p->spot[i].x;
        value[2 * i + 1] = p->b->most ? -p->spot[i].y : p->spot[i].y;
        task[i] = p->spot[i].point->task;
    }
    fine = fine && pareto_front(value, task, p->spots, 2, in);
    for (uint32_t i = 0; fine && i < p->spots; i++)
        p->spot[i].front = in[i];
    free(value);
    free(task);
    free(in);
    return fine;
}

/* False: no memory. The caller frees the spots in any case. */
static bool make_pair(const sheet_t *s, uint32_t first, uint32_t second, pair_t *p)
{
    *p = (pair_t){.a = &s->objective[first], .b = &s->objective[second]};
    p->x = axis_of(s, p->a->column);
    p->y = axis_of(s, p->b->column);
    p->spot = calloc((size_t)s->points + 1, sizeof(*p->spot));
    if (p->spot == NULL)
        return false;
    for (uint32_t i = 0; i < s->points; i++) {
        spot_t spot = {.point = &s->point[i]};
        spot.x = axis_drawn(&p->x, s->point[i].value[p->x.at]);
        spot.y = axis_drawn(&p->y, s->point[i].value[p->y.at]);
        if (s->point[i].done && isfinite(spot.x) && isfinite(spot.y))
            p->spot[p->spots++] = spot;
    }
    qsort(p->spot, p->spots, sizeof(*p->spot), by_place);
    return find_fronts(p);
}

/* Spots on a front, or the others, as a block of data; at most `most`, returns how many. */
static uint32_t put_spots(sweep_page_t *sweep, plot_t *plot, const pair_t *p, bool front,
                          uint32_t most)
{
    uint32_t count = 0;
    fprintf(plot->script, "$%s << EOD\n", front ? "front" : "others");
    for (uint32_t i = 0; i < p->spots && count < most; i++) {
        const spot_t *s = &p->spot[i];
        if (s->front != front)
            continue;
        uint32_t mark = mark_point(sweep, plot, s->point, front ? "dot front" : "dot");
        fprintf(plot->script, "%.17g %.17g %u\n", s->x, s->y, mark);
        count++;
    }
    fputs("EOD\n", plot->script);
    return count;
}

/* The edge of what a front reaches, in steps: where little of x is good one has y of the point to
 * the left, where much is good that of the point to the right. */
static void put_stairs(sweep_page_t *sweep, plot_t *plot, const pair_t *p)
{
    const spot_t *last = NULL;
    uint32_t mark = 0;
    fputs("$stairs << EOD\n", plot->script);
    for (uint32_t i = 0; i < p->spots; i++) {
        const spot_t *s = &p->spot[i];
        if (!s->front)
            continue;
        if (last == NULL || last->point->task != s->point->task) {
            fputs("\n", plot->script);
            const char *task = sheet_task(&sweep->sheet, s->point->task);
            mark = plot_mark(plot, "stairs", s->point->task, NULL, task[0] != '\0' ? task : NULL);
        } else {
            fprintf(plot->script, "%.17g %.17g %u\n", p->a->most ? last->x : s->x,
                    p->a->most ? s->y : last->y, mark);
        }
        fprintf(plot->script, "%.17g %.17g %u\n", s->x, s->y, mark);
        last = s;
    }
    fputs("EOD\n", plot->script);
}

static void draw_pair(sweep_page_t *sweep, pair_t *p, const char *title)
{
    plot_t plot;
    if (p->spots == 0) {
        page_note(&sweep->page, "No point has both.");
        return;
    }
    if (!sweep_plot_begin(sweep, &plot, WIDTH, HEIGHT))
        return;
    axis_put(&p->x, plot.script, "x");
    axis_put(&p->y, plot.script, "y");
    uint32_t front = put_spots(sweep, &plot, p, true, MOST_DOTS);
    uint32_t others = put_spots(sweep, &plot, p, false, MOST_DOTS - front);
    put_stairs(sweep, &plot, p);
    fputs("plot ", plot.script);
    if (others > 0)
        fputs("$others using 1:2:3 with points pt 7 ps 0.7 lc rgb variable, ", plot.script);
    fputs("$stairs using 1:2:3 with lines lc rgb variable, "
          "$front using 1:2:3 with points pt 7 ps 1.1 lc rgb variable\n",
          plot.script);
    sweep_plot_end(sweep, &plot, title);
    if (front + others < p->spots)
        page_note(&sweep->page, "%d points of %u, those of fronts first.", MOST_DOTS, p->spots);
}

static void write_pair(sweep_page_t *sweep, uint32_t first, uint32_t second)
{
    page_t *page = &sweep->page;
    pair_t p;
    char title[240];
    bool fine = make_pair(&sweep->sheet, first, second, &p);
    snprintf(title, sizeof(title), "%s (%s) against %s (%s)", p.y.column->name,
             p.b->most ? "much is good" : "little is good", p.x.column->name,
             p.a->most ? "much is good" : "little is good");
    page_markup(page, "<figure><h3>");
    page_text(page, title);
    page_markup(page, "</h3>\n");
    if (fine)
        draw_pair(sweep, &p, title);
    else
        page_note(page, "No plot: out of memory");
    page_markup(page, "</figure>\n");
    free(p.spot);
}

static void tasks_legend(page_t *page, const sheet_t *s)
{
    const char *name[CHART_COLORS];
    uint32_t n = 0;
    for (; s->model >= 0 && n < s->tasks && n < CHART_COLORS; n++)
        name[n] = sheet_task(s, n);
    if (n > 0)
        chart_legend(page, name, n);
}

void sweep_fronts(sweep_page_t *sweep)
{
    page_t *page = &sweep->page;
    const sheet_t *s = &sweep->sheet;
    bool any = false;
    page_section(page, "fronts", "Pareto fronts");
    for (uint32_t i = 0; i < s->points; i++)
        any |= s->point[i].done;
    if (!any || s->objectives < 2) {
        page_note(page, any ? "A front takes two objectives." : "No point is done.");
        page_section_end(page);
        return;
    }
    page_markup(page,
                "<p>Large points with an edge, and the line of what they reach: no other point%s "
                "is better in both objectives of the plot. A point leads to its line of the "
                "table.</p>\n",
                s->model >= 0 ? " of the model" : "");
    tasks_legend(page, s);
    page_markup(page, "<div class=\"plots\">\n");
    for (uint32_t a = 0; a < s->objectives; a++)
        for (uint32_t b = a + 1; b < s->objectives; b++)
            write_pair(sweep, a, b);
    page_markup(page, "</div>\n");
    page_section_end(page);
}

/* ---- sensitivity ---- */

static const char *const kind_text[] = {
    [EFFECTS_FACTORIAL] =
        "First-order Sobol indices, exact: all points of the grid are done. What a line of them "
        "lacks of 100 % is interaction of parameters.",
    [EFFECTS_SAMPLE] = "First-order Sobol indices, estimated from the sample, chance taken off.",
    [EFFECTS_PARTIAL] =
        "Main effects by variance, chance taken off, and rank correlation: points were refused, or "
        "chosen by what others came to, so that parameters are not independent and shares overlap. "
        "They are no Sobol indices.",
};

static void effects_row(page_t *page, const sheet_t *s, const effects_t *e, uint32_t p)
{
    page_row(page);
    page_cell(page, s->column[e->column[p]].name);
    for (uint32_t m = 0; m < s->objectives; m++) {
        effect_t f = e->effect[p][m];
        page_number(page, f.share, isfinite(f.share) ? "%.1f %%" : "-", 100 * f.share);
        page_number(page, f.rank, isfinite(f.rank) ? "%+.2f" : "-", f.rank);
    }
    page_row_end(page);
}

/* A group of bars for each parameter, from above; a bar is 1 high, a group's distance GAP. */
static void put_bars(plot_t *plot, const sheet_t *s, const effects_t *e)
{
    FILE *to = plot->script;
    char text[AXIS_SHORT];
    double y = 0;
    fputs("$bars << EOD\n", to);
    for (uint32_t p = 0; p < e->params; p++, y += BAR_GAP)
        for (uint32_t m = 0; m < s->objectives; m++, y++) {
            double share = e->effect[p][m].share;
            const char *name = s->column[s->objective[m].column].name;
            fprintf(to, "%.6f %.2f %u ", isfinite(share) ? 100 * share : 0, y + 0.5,
                    plot_mark(plot, "bar", m, NULL, name));
            fprintf(to, isfinite(share) ? "\"%.1f %%\"\n" : "\"-\"\n", 100 * share);
        }
    fprintf(to, "EOD\nset yrange [%.2f:%.2f]\nset ytics scale 0 (", y, -BAR_GAP);
    for (uint32_t p = 0; p < e->params; p++) {
        fputs(p > 0 ? ", " : "", to);
        gnuplot_tick(to, axis_short(text, s->column[e->column[p]].name));
        fprintf(to, " %.2f", p * (s->objectives + BAR_GAP) + s->objectives / 2.0);
    }
    fputs(")\n", to);
}

static void draw_effects(sweep_page_t *sweep)
{
    const sheet_t *s = &sweep->sheet;
    const effects_t *e = &sweep->effects;
    const char *name[SPACE_OBJECTIVES];
    plot_t plot;
    for (uint32_t m = 0; m < s->objectives; m++)
        name[m] = s->column[s->objective[m].column].name;
    chart_legend(&sweep->page, name, s->objectives);
    if (!sweep_plot_begin(sweep, &plot, WIDTH,
                          80 + BAR_PX * (e->params * (s->objectives + BAR_GAP) + BAR_GAP)))
        return;
    put_bars(&plot, s, e);
    fputs(
        "set xrange [0:113]\nset xtics 0,20,100 format '%g %%'\nset grid noytics\n"
        "set xlabel 'share of the variance' offset 0,0.5\n"
        "plot $bars using 1:2:(0):1:($2-0.42):($2+0.42):3 with boxxyerror fs solid noborder lc rgb "
        "variable, $bars using 1:2:4 with labels left offset 0.5,0\n",
        plot.script);
    sweep_plot_end(sweep, &plot, "Shares of the variance");
}

void sweep_effects(sweep_page_t *sweep)
{
    page_t *page = &sweep->page;
    const sheet_t *s = &sweep->sheet;
    const effects_t *e = &sweep->effects;
    page_column_t column[1 + 2 * SPACE_OBJECTIVES] = {{"parameter", NULL, false}};
    page_section(page, "effects", "Sensitivity: which parameter moves which objective");
    if (e->params == 0 || s->objectives == 0 || e->points < 3) {
        page_note(page, "It takes three points, an objective, and a parameter that varies.");
        page_section_end(page);
        return;
    }
    page_markup(page, "<p>%s%s</p>\n", kind_text[e->kind],
                s->model >= 0 ? " Within each model: objectives by its mean and deviation." : "");
    for (uint32_t m = 0; m < s->objectives; m++) {
        column[1 + 2 * m] =
            (page_column_t){s->column[s->objective[m].column].name, "share of its variance", true};
        column[2 + 2 * m] = (page_column_t){"rank", "Spearman's rank correlation, -1 to 1", true};
    }
    draw_effects(sweep);
    page_table(page, NULL, column, 1 + 2 * s->objectives);
    for (uint32_t p = 0; p < e->params; p++)
        effects_row(page, s, e, p);
    page_table_end(page);
    page_section_end(page);
}

/* ---- parallel coordinates ---- */

static uint32_t choose_axes(const sheet_t *s, axis_t axis[MOST_AXES])
{
    uint32_t n = 0;
    for (uint32_t c = 0; c < s->params && n + s->objectives < MOST_AXES; c++) {
        bool objective = false;
        for (uint32_t m = 0; m < s->objectives; m++)
            objective |= s->objective[m].column == c;
        if (s->column[c].free && s->column[c].different > 1 && !objective)
            axis[n++] = axis_of(s, c);
    }
    for (uint32_t m = 0; m < s->objectives && n < MOST_AXES; m++)
        axis[n++] = axis_of(s, s->objective[m].column);
    return n;
}

/* Whether a point has a value on each axis. */
static bool crosses(const sheet_point_t *p, const axis_t *axis, uint32_t axes)
{
    for (uint32_t n = 0; n < axes; n++)
        if (!isfinite(axis_drawn(&axis[n], p->value[axis[n].at])))
            return false;
    return p->done;
}

/* Points on a front of all objectives, or the others: a line of coordinates each, then its mark. */
static void put_strands(sweep_page_t *sweep, plot_t *plot, const axis_t *axis, uint32_t axes,
                        bool front, uint32_t most)
{
    const sheet_t *s = &sweep->sheet;
    uint32_t count = 0;
    for (uint32_t i = 0; i < s->points && count < most; i++) {
        const sheet_point_t *p = &s->point[i];
        if (p->front != front || !crosses(p, axis, axes))
            continue;
        for (uint32_t n = 0; n < axes; n++)
            fprintf(plot->script, "%.17g ", axis_drawn_parallel(&axis[n], p->value[axis[n].at]));
        fprintf(plot->script, "%u\n",
                mark_point(sweep, plot, p, front ? "strand front" : "strand"));
        count++;
    }
}

/* Where each axis stands: ticks are to its left. Returns the width of all. */
static double place_axes(const axis_t *axis, uint32_t axes, double x_px[MOST_AXES])
{
    double at = 0, half = 0;
    char text[AXIS_SHORT];
    for (uint32_t n = 0; n < axes; n++) {
        const sheet_column_t *c = axis[n].column;
        double longest = 7;
        for (uint32_t i = 0; c->text && i < c->levels; i++)
            longest = fmax(longest, (double)strlen(axis_short(text, c->level[i])));
        half = (double)strlen(axis_short(text, axis[n].name)) * LETTER / 2;
        at += n == 0 ? fmax(longest * LETTER + 24, half) : fmax(longest * LETTER + 40, AXIS_GAP);
        x_px[n] = at;
    }
    return at + fmax(half, 12);
}

/* Names stand below their axes, every other one a line lower. */
static void put_parallel_axes(FILE *to, const axis_t *axis, uint32_t axes, const double *x_px,
                              double width_px)
{
    char text[AXIS_SHORT];
    fprintf(to,
            "set border 0\nset grid noxtics noytics\nunset ytics\nset style parallel front\n"
            "set xrange [0:%.0f]\nset lmargin at screen 0\nset rmargin at screen 1\n"
            "set bmargin 3.4\nset xtics scale 0 (",
            width_px);
    for (uint32_t n = 0; n < axes; n++) {
        fputs(n > 0 ? ", " : "", to);
        fputs(n % 2 == 1 ? "\"\\n\"." : "", to);
        gnuplot_tick(to, axis_short(text, axis[n].name));
        fprintf(to, " %.0f", x_px[n]);
    }
    fputs(")\n", to);
    for (uint32_t n = 0; n < axes; n++) { /* gnuplot's own line is as long as the values go */
        fprintf(to, "set arrow from %.0f, graph 0 to %.0f, graph 1 nohead\n", x_px[n], x_px[n]);
        axis_put_parallel(&axis[n], to, n + 1);
    }
}

static void draw_parallel(sweep_page_t *sweep, const axis_t *axis, uint32_t axes)
{
    plot_t plot;
    double x_px[MOST_AXES], width_px = place_axes(axis, axes, x_px);
    uint32_t front = 0, all = 0;
    for (uint32_t i = 0; i < sweep->sheet.points; i++) {
        bool whole = crosses(&sweep->sheet.point[i], axis, axes);
        front += whole && sweep->sheet.point[i].front;
        all += whole;
    }
    if (all == 0) {
        page_note(&sweep->page, "No point has a value on each axis.");
        return;
    }
    if (!sweep_plot_begin(sweep, &plot, width_px, HEIGHT))
        return;
    FILE *to = plot.script;
    put_parallel_axes(to, axis, axes, x_px, width_px);
    fputs("$strands << EOD\n", to); /* fronts are drawn last, but not left out for others */
    put_strands(sweep, &plot, axis, axes, false, front < MOST_DOTS ? MOST_DOTS - front : 0);
    put_strands(sweep, &plot, axis, axes, true, MOST_DOTS);
    fputs("EOD\nplot ", to);
    for (uint32_t n = 0; n < axes; n++)
        fprintf(to, "%s$strands using %u:%u with parallelaxes at %.0f lc rgb variable",
                n > 0 ? ", " : "", n + 1, axes + 1, x_px[n]);
    fputc('\n', to);
    sweep_plot_end(sweep, &plot, "Parallel coordinates");
    if (all > MOST_DOTS)
        page_note(&sweep->page, "%d points of %u, those of fronts first.", MOST_DOTS, all);
}

void sweep_parallel(sweep_page_t *sweep)
{
    page_t *page = &sweep->page;
    const sheet_t *s = &sweep->sheet;
    axis_t axis[MOST_AXES];
    uint32_t n = choose_axes(s, axis);
    page_section(page, "parallel", "Parallel coordinates");
    if (sweep->effects.points == 0 || n < 2) {
        page_note(page, "It takes a point that is done, and two axes.");
        page_section_end(page);
        return;
    }
    page_markup(page, "<p>A line is a point, from its parameters to its objectives; strong lines "
                      "are on a front of all objectives. Axes of more than a power of ten are "
                      "logarithmic.</p>\n");
    tasks_legend(page, s);
    draw_parallel(sweep, axis, n);
    page_section_end(page);
}
