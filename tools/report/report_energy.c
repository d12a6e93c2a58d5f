/*
 * report_energy.c - energy by block and phase, power over time, area.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/report/chart.h"
#include "tools/report/report.h"

enum { WIDTH = 1000, HEIGHT = 220, LEFT = 64, TOP = 8, COLUMNS = 450 };

/* ---- blocks and phases ---- */

static double phase_fj(const sim_json_t *phase, const char *block)
{
    return report_num(sim_json_find(phase, "blocks"), block);
}

/* Blocks below each other, phases as columns. */
static void write_matrix(page_t *page, const sim_json_t *energy)
{
    enum { MOST = 16 };
    const sim_json_t *phases = sim_json_find(energy, "phases"), *phase[MOST];
    page_column_t column[MOST + 4] = {{"block", NULL, false},
                                      {"energy", "of the whole run", true},
                                      {"share", NULL, true},
                                      {"leakage", "of the energy", true}};
    uint32_t count = 0;
    char amount[PAGE_AMOUNT];
    for (const sim_json_t *p = sim_json_first(phases); p != NULL && count < MOST;
         p = sim_json_next(p)) {
        phase[count] = p;
        column[4 + count++] = (page_column_t){sim_json_key(p), "while this was the phase", true};
    }
    page_table(page, NULL, column, 4 + count);
    const sim_json_t *blocks = sim_json_find(energy, "blocks");
    for (const sim_json_t *b = sim_json_first(blocks); b != NULL; b = sim_json_next(b)) {
        double fj = report_num(b, "fj"), share = fj / report_num(energy, "fj");
        page_row(page);
        page_cell(page, sim_json_key(b));
        page_number(page, fj, "%s", page_fj(amount, fj));
        report_percent(page, share);
        page_number(page, report_num(b, "leakage_fj"), "%s",
                    page_fj(amount, report_num(b, "leakage_fj")));
        for (uint32_t i = 0; i < count; i++) {
            double part = phase_fj(phase[i], sim_json_key(b));
            page_number(page, part, "%s", page_fj(amount, part));
        }
        page_row_end(page);
    }
    page_table_end(page);
}

static void draw_bars(page_t *page, const sim_json_t *energy)
{
    enum { BAR = 24, ROW = 30, LABEL = 90 };
    const sim_json_t *phases = sim_json_find(energy, "phases");
    const sim_json_t *blocks = sim_json_find(energy, "blocks");
    const char *name[CHART_COLORS];
    uint32_t count = 0, row = 0;
    double most = 0;
    for (const sim_json_t *b = sim_json_first(blocks); b != NULL && count < CHART_COLORS;
         b = sim_json_next(b))
        name[count++] = sim_json_key(b);
    for (const sim_json_t *p = sim_json_first(phases); p != NULL; p = sim_json_next(p))
        most = fmax(most, report_num(p, "fj"));
    if (!(most > 0) || count == 0)
        return;
    chart_legend(page, name, count);
    chart_begin(page, WIDTH, ROW * fmin(32, report_count(phases)) + 6, true, "Energy by phase");
    for (const sim_json_t *p = sim_json_first(phases); p != NULL && row < 32;
         p = sim_json_next(p), row++) {
        double x = LABEL;
        chart_text(page, LABEL - 6, ROW * row + 18, 1, sim_json_key(p));
        for (uint32_t b = 0; b < count; b++) {
            char hint[200], amount[PAGE_AMOUNT];
            double fj = fmax(0, phase_fj(p, name[b])), w = fj / most * (WIDTH - LABEL - 6);
            snprintf(hint, sizeof(hint), "%.40s, %.40s: %s", sim_json_key(p), name[b],
                     page_fj(amount, fj));
            chart_rect(page, x, ROW * row + 3, w, BAR, b, hint);
            x += w;
        }
    }
    chart_end(page);
}

/* ---- power over time ---- */

/* Of column c, ps. */
static double edge_ps(double from_ps, double to_ps, uint32_t c)
{
    return from_ps + (to_ps - from_ps) * c / COLUMNS;
}

/* Mean of each series in each column of the drawing. */
static void fill_columns(const run_trace_t *t, double from_ps, double to_ps,
                         double mean[COLUMNS][RUN_TRACE_SERIES])
{
    double column_ps = (to_ps - from_ps) / COLUMNS;
    uint32_t c = 0;
    for (uint32_t i = 0; i < t->samples; i++) {
        const run_trace_sample_t *s = &t->sample[i];
        double until = i + 1 < t->samples ? t->sample[i + 1].at_ps : to_ps;
        for (;; c++) {
            double low = fmax(s->at_ps, edge_ps(from_ps, to_ps, c));
            double high = fmin(until, edge_ps(from_ps, to_ps, c + 1));
            for (uint32_t k = 0; k < t->all_series && high > low; k++)
                mean[c][k] += s->value[k] * (high - low) / column_ps;
            if (c == COLUMNS - 1 || edge_ps(from_ps, to_ps, c + 1) >= until)
                break;
        }
    }
}

static double highest(const run_trace_t *t, double mean[COLUMNS][RUN_TRACE_SERIES])
{
    double most = 0;
    for (uint32_t c = 0; c < COLUMNS; c++) {
        double sum = 0;
        for (uint32_t k = 0; k < t->all_series; k++)
            sum += mean[c][k];
        most = fmax(most, sum);
    }
    return most;
}

/* One series as an area on those below it; base: the upper edge of these, moved up. */
static void draw_area(page_t *page, double mean[COLUMNS][RUN_TRACE_SERIES], uint32_t k,
                      double base[COLUMNS], double per_mw, const char *name)
{
    double per_column = (double)(WIDTH - LEFT - 10) / COLUMNS;
    page_markup(page, "<path class=\"c%u\" d=\"", k % CHART_COLORS);
    for (uint32_t c = 0; c < COLUMNS; c++) {
        double y = TOP + HEIGHT - (base[c] + mean[c][k]) * per_mw, x = LEFT + c * per_column;
        page_markup(page, "%s%.1f %.1f %.1f %.1f", c == 0 ? "M" : "L", x, y, x + per_column, y);
    }
    for (uint32_t c = COLUMNS; c-- > 0;) {
        double y = TOP + HEIGHT - base[c] * per_mw, x = LEFT + c * per_column;
        page_markup(page, "L%.1f %.1f %.1f %.1f", x + per_column, y, x, y);
        base[c] += mean[c][k];
    }
    page_markup(page, "z\"><title>");
    page_text(page, name);
    page_markup(page, "</title></path>\n");
}

static bool draw_power(report_t *report)
{
    page_t *page = &report->page;
    const run_trace_t *t = &report->trace;
    double base[COLUMNS] = {0}, to = report_num(report->stats, "time_ps"), most;
    const char *name[RUN_TRACE_SERIES];
    if (t->samples < 2 || !(to > t->sample[t->samples - 1].at_ps)) {
        page_note(page, "No power over time: trace.json has no counts of it.");
        return true;
    }
    double(*mean)[RUN_TRACE_SERIES] = calloc(COLUMNS, sizeof(*mean));
    if (mean == NULL)
        return report_fail(report, "out of memory");
    double from = t->sample[0].at_ps;
    fill_columns(t, from, to, mean);
    most = fmax(highest(t, mean), 1e-6);
    page_markup(page, "<h3>Power over time</h3>\n");
    for (uint32_t k = 0; k < t->all_series; k++)
        name[k] = t->series[k];
    chart_legend(page, name, t->all_series);
    chart_begin(page, WIDTH, TOP + HEIGHT + 28, true, "Power over time by block");
    chart_time_axis(page, LEFT, TOP + HEIGHT, WIDTH - LEFT - 10, TOP, from, to);
    double step = chart_step(most, 6);
    for (uint32_t i = 0; i <= 6 && i * step <= most; i++) {
        char text[PAGE_AMOUNT];
        double y = TOP + HEIGHT - i * step / most * HEIGHT;
        chart_line(page, LEFT, y, WIDTH - 10, y);
        snprintf(text, sizeof(text), "%.4g mW", i * step);
        chart_text(page, LEFT - 6, y + 4, 1, text);
    }
    for (uint32_t k = 0; k < t->all_series; k++)
        draw_area(page, mean, k, base, HEIGHT / most, t->series[k]);
    chart_end(page);
    page_markup(
        page,
        "<p class=\"soft\">Means of 1/%d of the time; the peak of the counters is higher.</p>\n",
        COLUMNS);
    free(mean);
    return true;
}

/* ---- area ---- */

static void write_area(page_t *page, const sim_json_t *areas)
{
    static const page_column_t column[] = {
        {"die", NULL, false}, {"block", NULL, false}, {"area, mm\xc2\xb2", NULL, true}};
    if (sim_json_first(areas) == NULL)
        return;
    page_fold(page, "Area");
    page_table(page, NULL, column, SIM_COUNT(column));
    for (const sim_json_t *die = sim_json_first(areas); die != NULL; die = sim_json_next(die))
        for (const sim_json_t *b = sim_json_first(die); b != NULL; b = sim_json_next(b)) {
            double mm2 = sim_json_num(b, NAN);
            if (strcmp(sim_json_key(b), "node_nm") == 0)
                continue;
            page_row(page);
            page_cell(page, sim_json_key(die));
            page_cell(page, sim_json_key(b));
            page_number(page, mm2, "%.4g", mm2);
            page_row_end(page);
        }
    page_table_end(page);
    page_fold_end(page);
}

bool report_energy(report_t *report)
{
    page_t *page = &report->page;
    const sim_json_t *energy = sim_json_find(report->stats, "energy");
    const sim_json_t *power = sim_json_find(energy, "power");
    char amount[PAGE_AMOUNT];
    page_section(page, "energy", "Energy by block and phase");
    if (energy == NULL) {
        page_note(page,
                  "stats.json has no energy: the chip names no technology (\"tech\" of its file).");
    } else {
        page_markup(page, "<p>");
        page_textf(page, "%s in all", page_fj(amount, report_num(energy, "fj")));
        page_textf(page, ", %s of it leakage; ", page_fj(amount, report_num(energy, "leakage_fj")));
        page_textf(page, "%s on average, ",
                   page_amount(amount, report_num(power, "mean_mw") / 1e3, "W"));
        page_textf(page, "at most %s.",
                   page_amount(amount, report_num(power, "peak_mw") / 1e3, "W"));
        page_markup(page, "</p>\n");
        draw_bars(page, energy);
        write_matrix(page, energy);
        if (!draw_power(report))
            return false;
        write_area(page, sim_json_find(energy, "area_mm2"));
    }
    page_section_end(page);
    return true;
}
