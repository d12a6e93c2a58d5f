/*
 * sweep_plots.c - of a sweep's page: fronts as scatter plots, sensitivity, parallel coordinates.
 */
#include <math.h>
#include <string.h>

#include "tools/explore/sweep_page.h"
#include "tools/report/chart.h"

enum { WIDTH = 720, HEIGHT = 420, LEFT = 76, RIGHT = 14, TOP = 24, BOTTOM = 44, MOST_DOTS = 4000 };
enum { TICKS = 7, AXIS_GAP = 120, MOST_AXES = 14 };

/* ---- axes ---- */

typedef struct {
    const sheet_column_t *column;
    uint32_t at; /* column's number */
    double low, high;
    bool log;
} axis_t;

/* Values that span more than a power of ten stand on a logarithmic axis. */
static axis_t axis_of(const sheet_t *sheet, uint32_t column)
{
    axis_t a = {.column = &sheet->column[column], .at = column};
    a.low = a.column->low;
    a.high = a.column->high;
    a.log = !a.column->text && a.low > 0 && a.high / a.low > 10;
    if (!(a.high > a.low)) {
        a.low -= fmax(0.5, fabs(a.low) * 0.1);
        a.high += fmax(0.5, fabs(a.high) * 0.1);
    }
    return a;
}

/* 0..1; NAN: there is no value. */
static double axis_at(const axis_t *a, double v)
{
    return a->log ? log(v / a->low) / log(a->high / a->low) : (v - a->low) / (a->high - a->low);
}

/* Round values within the axis: 1, 2, 5 of each power of ten, or even steps. */
static uint32_t axis_ticks(const axis_t *a, double tick[3 * 40])
{
    static const double times[] = {1, 2, 5};
    uint32_t n = 0;
    if (!a->log) {
        double step = chart_step(a->high - a->low, TICKS);
        for (double v = ceil(a->low / step) * step; v <= a->high * (1 + 1e-12) && n < TICKS + 2;
             v += step)
            tick[n++] = fabs(v) < step * 1e-9 ? 0 : v;
        return n;
    }
    bool all = a->high / a->low < 1e3;
    double last = floor(log10(a->high));
    for (double d = floor(log10(a->low)); d <= last && n + 3 < 3 * 40; d++)
        for (uint32_t i = 0; i < (all ? SIM_COUNT(times) : 1); i++) {
            double v = times[i] * pow(10, d);
            if (v >= a->low && v <= a->high)
                tick[n++] = v;
        }
    return n;
}

static const char *axis_name(const axis_t *a, char text[96])
{
    snprintf(text, 96, a->column->unit[0] != '\0' ? "%s, %s" : "%s", a->column->name,
             a->column->unit);
    return text;
}

static double x_of(const axis_t *a, double v)
{
    return LEFT + axis_at(a, v) * (WIDTH - LEFT - RIGHT);
}

static double y_of(const axis_t *a, double v)
{
    return HEIGHT - BOTTOM - axis_at(a, v) * (HEIGHT - TOP - BOTTOM);
}

static void draw_axes(page_t *page, const axis_t *x, const axis_t *y)
{
    double tick[3 * 40];
    char text[96];
    uint32_t n = axis_ticks(x, tick);
    chart_line(page, LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM);
    chart_line(page, LEFT, TOP, LEFT, HEIGHT - BOTTOM);
    for (uint32_t i = 0; i < n; i++) {
        snprintf(text, sizeof(text), "%.6g", tick[i]);
        chart_line(page, x_of(x, tick[i]), TOP, x_of(x, tick[i]), HEIGHT - BOTTOM + 4);
        chart_text(page, x_of(x, tick[i]), HEIGHT - BOTTOM + 16, 0, text);
    }
    n = axis_ticks(y, tick);
    for (uint32_t i = 0; i < n; i++) {
        snprintf(text, sizeof(text), "%.6g", tick[i]);
        chart_line(page, LEFT - 4, y_of(y, tick[i]), WIDTH - RIGHT, y_of(y, tick[i]));
        chart_text(page, LEFT - 7, y_of(y, tick[i]) + 4, 1, text);
    }
    chart_text(page, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, 0, axis_name(x, text));
    chart_text(page, 4, TOP - 12, -1, axis_name(y, text));
}

/* ---- fronts ---- */

/* Of a task, whether nothing is better in these two objectives alone. */
static bool front_of_two(const sheet_t *s, const sheet_point_t *p, const sheet_objective_t *a,
                         const sheet_objective_t *b)
{
    double signs[2] = {a->most ? -1 : 1, b->most ? -1 : 1};
    double x = signs[0] * p->value[a->column], y = signs[1] * p->value[b->column];
    for (uint32_t i = 0; i < s->points; i++) {
        const sheet_point_t *o = &s->point[i];
        double ox = signs[0] * o->value[a->column], oy = signs[1] * o->value[b->column];
        if (o->done && o->task == p->task && ox <= x && oy <= y && (ox < x || oy < y))
            return false;
    }
    return true;
}

static void draw_dot(sweep_page_t *sweep, const sheet_point_t *p, double x, double y, bool front)
{
    char hint[SWEEP_PAGE_TEXT];
    page_t *page = &sweep->page;
    sweep_page_hint(sweep, p, hint);
    page_markup(
        page,
        "<a href=\"#p%llu\"><circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" class=\"dot c%u%s\"><title>",
        (unsigned long long)p->id, x, y, front ? "5" : "3.2", p->task % CHART_COLORS,
        front ? " front" : "");
    page_text(page, hint);
    page_markup(page, "</title></circle></a>\n");
}

static void draw_pair(sweep_page_t *sweep, uint32_t first, uint32_t second)
{
    page_t *page = &sweep->page;
    const sheet_t *s = &sweep->sheet;
    const sheet_objective_t *a = &s->objective[first], *b = &s->objective[second];
    axis_t x = axis_of(s, a->column), y = axis_of(s, b->column);
    char title[160];
    uint32_t dots = 0;
    snprintf(title, sizeof(title), "%s (%s) against %s (%s)", y.column->name,
             b->most ? "much is good" : "little is good", x.column->name,
             a->most ? "much is good" : "little is good");
    page_markup(page, "<h3>");
    page_text(page, title);
    page_markup(page, "</h3>\n");
    chart_begin(page, WIDTH, HEIGHT, true, title);
    draw_axes(page, &x, &y);
    for (uint32_t pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < s->points && dots < MOST_DOTS; i++) {
            const sheet_point_t *p = &s->point[i];
            if (!p->done || !isfinite(p->value[x.at]) || !isfinite(p->value[y.at]) ||
                front_of_two(s, p, a, b) != (pass == 1))
                continue;
            dots++;
            draw_dot(sweep, p, x_of(&x, p->value[x.at]), y_of(&y, p->value[y.at]), pass == 1);
        }
    chart_end(page);
    if (dots == MOST_DOTS)
        page_note(page, "The first %d points.", MOST_DOTS);
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
                "<p>Large points with an edge: no other point%s is better in both "
                "objectives of the plot. A point leads to its line of the table.</p>\n",
                s->model >= 0 ? " of the model" : "");
    tasks_legend(page, s);
    for (uint32_t a = 0; a < s->objectives; a++)
        for (uint32_t b = a + 1; b < s->objectives; b++)
            draw_pair(sweep, a, b);
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

static void draw_effects(page_t *page, const sheet_t *s, const effects_t *e)
{
    enum { BAR = 16, LABEL = 170, LONG = 500 };
    const char *name[SPACE_OBJECTIVES];
    double y = 2;
    for (uint32_t m = 0; m < s->objectives; m++)
        name[m] = s->column[s->objective[m].column].name;
    chart_legend(page, name, s->objectives);
    chart_begin(page, LABEL + LONG + 60, e->params * (s->objectives * BAR + 8.0) + 4, true,
                "Shares of the variance");
    for (uint32_t p = 0; p < e->params; p++, y += 8) {
        chart_text(page, LABEL - 6, y + 11, 1, s->column[e->column[p]].name);
        for (uint32_t m = 0; m < s->objectives; m++, y += BAR) {
            double share = e->effect[p][m].share;
            char text[48];
            snprintf(text, sizeof(text), isfinite(share) ? "%.1f %%" : "-", 100 * share);
            if (isfinite(share))
                chart_rect(page, LABEL, y, fmax(1, share * LONG), BAR - 3, m, name[m]);
            chart_text(page, LABEL + (isfinite(share) ? fmax(1, share * LONG) : 0) + 5, y + 11, -1,
                       text);
        }
    }
    chart_end(page);
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
    draw_effects(page, s, e);
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

static double height_of(const axis_t *a, double v)
{
    return TOP + 20 + (1 - axis_at(a, v)) * (HEIGHT - TOP - 60);
}

static void draw_strand(sweep_page_t *sweep, const sheet_point_t *p, const axis_t *axis, uint32_t n)
{
    char hint[SWEEP_PAGE_TEXT];
    for (uint32_t i = 0; i < n; i++)
        if (!isfinite(axis_at(&axis[i], p->value[axis[i].at])))
            return;
    page_markup(&sweep->page, "<a href=\"#p%llu\"><polyline class=\"strand s%u%s\" points=\"",
                (unsigned long long)p->id, p->task % CHART_COLORS, p->front ? " front" : "");
    for (uint32_t i = 0; i < n; i++)
        page_markup(&sweep->page, "%d,%.1f ", AXIS_GAP / 2 + (int)i * AXIS_GAP,
                    height_of(&axis[i], p->value[axis[i].at]));
    page_markup(&sweep->page, "\"><title>");
    sweep_page_hint(sweep, p, hint);
    page_text(&sweep->page, hint);
    page_markup(&sweep->page, "</title></polyline></a>\n");
}

static void draw_parallel_axis(page_t *page, const axis_t *a, double x, uint32_t n)
{
    char text[40];
    double tick[3 * 40];
    chart_line(page, x, TOP + 20, x, HEIGHT - 40);
    chart_text(page, x, n % 2 == 0 ? HEIGHT - 22 : HEIGHT - 8, 0, a->column->name);
    for (uint32_t i = 0; a->column->text && i < a->column->levels && i < 24; i++) {
        if (i < a->low || i > a->high)
            continue;
        const char *level = a->column->level[i];
        snprintf(text, sizeof(text), "%.18s", level);
        chart_text(page, x + 4, height_of(a, i) + 4, -1, text);
    }
    uint32_t ticks = a->column->text ? 0 : axis_ticks(a, tick);
    for (uint32_t i = 0; i < ticks; i++) {
        snprintf(text, sizeof(text), "%.6g", tick[i]);
        chart_line(page, x - 3, height_of(a, tick[i]), x + 3, height_of(a, tick[i]));
        chart_text(page, x + 5, height_of(a, tick[i]) + 4, -1, text);
    }
}

void sweep_parallel(sweep_page_t *sweep)
{
    page_t *page = &sweep->page;
    const sheet_t *s = &sweep->sheet;
    axis_t axis[MOST_AXES];
    uint32_t n = choose_axes(s, axis), drawn = 0;
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
    chart_begin(page, n * (double)AXIS_GAP + 30, HEIGHT, false, "Parallel coordinates");
    for (uint32_t pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < s->points && drawn < MOST_DOTS; i++)
            if (s->point[i].done && s->point[i].front == (pass == 1)) {
                draw_strand(sweep, &s->point[i], axis, n);
                drawn++;
            }
    for (uint32_t i = 0; i < n; i++)
        draw_parallel_axis(page, &axis[i], AXIS_GAP / 2.0 + i * (double)AXIS_GAP, i);
    chart_end(page);
    page_section_end(page);
}
