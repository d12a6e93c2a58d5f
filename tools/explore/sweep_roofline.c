/*
 * sweep_roofline.c - of a sweep's page: each layer of each model beside the roofs of its machine.
 *
 * The point of a model is that of its front with the best first objective. It runs once more,
 * timing only: the sweep keeps no layers.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/explore/point.h"
#include "tools/explore/sweep_page.h"
#include "tools/layers.h"
#include "tools/report/chart.h"

enum { WIDTH = 720, HEIGHT = 380, LEFT = 76, RIGHT = 14, TOP = 24, BOTTOM = 44, MOST_MODELS = 24 };

typedef struct {
    double x0, x1, y0, y1; /* decades */
    page_t *page;
} plot_t;

static double px(const plot_t *p, double v)
{
    return LEFT + (log10(v) - p->x0) / (p->x1 - p->x0) * (WIDTH - LEFT - RIGHT);
}

static double py(const plot_t *p, double v)
{
    return HEIGHT - BOTTOM - (log10(v) - p->y0) / (p->y1 - p->y0) * (HEIGHT - TOP - BOTTOM);
}

/* Only layers with MACs and bytes stand in it. */
static bool shown(const layer_row_t *row)
{
    return row->intensity > 0 && row->macs_per_cycle > 0;
}

static plot_t plot_of(page_t *page, const inference_t *in, double peak)
{
    plot_t p = {0, 1, floor(log10(peak)), ceil(log10(peak) + 0.1), page};
    for (uint32_t i = 0; i < in->prog->layer_count; i++) {
        layer_row_t row;
        if (!layers_row(in, i, &row) || !shown(&row))
            continue;
        p.x0 = fmin(p.x0, floor(log10(row.intensity)));
        p.x1 = fmax(p.x1, ceil(log10(row.intensity)));
        p.y0 = fmin(p.y0, floor(log10(row.macs_per_cycle)));
    }
    return p;
}

static void draw_grid(const plot_t *p)
{
    char text[48];
    for (double d = p->x0; d <= p->x1; d++) {
        snprintf(text, sizeof(text), "%g", pow(10, d));
        chart_line(p->page, px(p, pow(10, d)), TOP, px(p, pow(10, d)), HEIGHT - BOTTOM + 4);
        chart_text(p->page, px(p, pow(10, d)), HEIGHT - BOTTOM + 16, 0, text);
    }
    for (double d = p->y0; d <= p->y1; d++) {
        snprintf(text, sizeof(text), "%g", pow(10, d));
        chart_line(p->page, LEFT - 4, py(p, pow(10, d)), WIDTH - RIGHT, py(p, pow(10, d)));
        chart_text(p->page, LEFT - 7, py(p, pow(10, d)) + 4, 1, text);
    }
    chart_text(p->page, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 8, 0,
               "arithmetic intensity, MACs a byte of L2 traffic");
    chart_text(p->page, 4, TOP - 12, -1, "MACs a cycle");
}

/* min(peak, rate * intensity), within the plot. */
static void draw_roof(const plot_t *p, double peak, double rate, uint32_t color, const char *name)
{
    double left = fmax(pow(10, p->x0), pow(10, p->y0) / rate), knee = peak / rate;
    double right = pow(10, p->x1);
    if (left > right)
        return;
    knee = fmin(fmax(knee, left), right);
    page_markup(
        p->page,
        "<polyline class=\"strand front s%u\" points=\"%.1f,%.1f %.1f,%.1f %.1f,%.1f\"><title>",
        color, px(p, left), py(p, fmin(peak, left * rate)), px(p, knee),
        py(p, fmin(peak, knee * rate)), px(p, right), py(p, fmin(peak, right * rate)));
    page_text(p->page, name);
    page_markup(p->page, "</title></polyline>\n");
}

static void draw_layer(const plot_t *p, const layer_row_t *row, uint64_t cycles)
{
    double share = cycles > 0 ? (double)row->run.cycles / (double)cycles : 0;
    page_markup(p->page,
                "<circle class=\"dot front c%u\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>",
                row->roof_by == NPU_ENGINE_MAC ? 0 : 1, px(p, row->intensity),
                py(p, row->macs_per_cycle), 2.5 + 12 * sqrt(share));
    page_textf(
        p->page,
        "%.100s (%.40s): %.4g MACs/byte, %.4g MACs/cycle of a roof of %.4g by %s; %.1f %% of "
        "the cycles, long pole %s",
        row->layer->name, row->layer->op, row->intensity, row->macs_per_cycle, row->roof,
        layers_engine(row->roof_by), 100 * share, layers_engine(row->run.long_pole));
    page_markup(p->page, "</title></circle>\n");
}

/* evaluate.h, finished */
static void draw(void *ctx, const inference_t *in)
{
    static const char *const names[] = {"array holds it up", "a DMA channel holds it up",
                                        "roof: activations' channel", "roof: weights' channel"};
    page_t *page = ctx;
    const npu_desc_t *desc = &in->npu.desc;
    double peak = npu_peak_macs(desc, 0);
    plot_t p = plot_of(page, in, peak);
    layer_row_t row;
    uint64_t cycles = 0;
    for (uint32_t i = 0; i < in->prog->layer_count; i++)
        cycles += layers_row(in, i, &row) ? row.run.cycles : 0;
    chart_legend(page, names, SIM_COUNT(names));
    chart_begin(page, WIDTH, HEIGHT, true, "Roofline");
    draw_grid(&p);
    draw_roof(&p, peak, npu_dma_rate(desc, NPU_MEM_ACT), 2,
              "array, and the channel of activations");
    draw_roof(&p, peak, npu_dma_rate(desc, NPU_MEM_WGT), 3, "array, and the channel of weights");
    for (uint32_t i = 0; i < in->prog->layer_count; i++)
        if (layers_row(in, i, &row) && shown(&row))
            draw_layer(&p, &row, cycles);
    chart_end(page);
    page_markup(page, "<p class=\"soft\">");
    page_textf(
        page,
        "Array: %.0f MACs a cycle of 8 bits; channels: %u bytes a cycle of activations, %u of "
        "weights. A circle's area is its share of %llu cycles. Layers without MACs are not "
        "in it.",
        peak, npu_dma_rate(desc, NPU_MEM_ACT), npu_dma_rate(desc, NPU_MEM_WGT),
        (unsigned long long)cycles);
    page_markup(page, "</p>\n");
}

/* The point of a task to show; NULL: none is done. */
static const sheet_point_t *best_of(const sheet_t *s, uint32_t task)
{
    const sheet_point_t *best = NULL;
    for (uint32_t i = 0; i < s->points; i++) {
        const sheet_point_t *p = &s->point[i];
        if (!p->done || p->task != task || (s->objectives > 0 && !p->front))
            continue;
        const sheet_objective_t *o = &s->objective[0];
        if (best == NULL ||
            (s->objectives > 0 && (o->most ? p->value[o->column] > best->value[o->column]
                                           : p->value[o->column] < best->value[o->column])))
            best = p;
    }
    return best;
}

static bool files_same(const char *config, char *error, size_t error_bytes)
{
    sim_doc_t *doc = sim_doc_parse(config, strlen(config), "point");
    bool fine = doc != NULL && sim_doc_error(doc) == NULL;
    snprintf(error, error_bytes, "its configuration cannot be read");
    fine = fine && point_files_same(sim_doc_root(doc).node, error, error_bytes);
    sim_doc_free(doc);
    return fine;
}

static void write_model(sweep_page_t *sweep, evaluator_t *evaluator, const sheet_point_t *point)
{
    page_t *page = &sweep->page;
    store_state_t state;
    char *config = NULL, error[1024], hint[SWEEP_PAGE_TEXT];
    evaluation_t e;
    const evaluate_desc_t how = {.finished = draw, .ctx = page};
    sweep_page_hint(sweep, point, hint);
    page_markup(page, "<h3>");
    page_text(page, sheet_task(&sweep->sheet, point->task));
    page_markup(page, "</h3>\n<p><a href=\"#p%llu\">", (unsigned long long)point->id);
    page_text(page, hint);
    page_markup(page, "</a></p>\n");
    if (!store_point(sweep->store, point->id, &state, NULL, NULL, &config) || config == NULL)
        page_note(page, "The file has no configuration of this point.");
    else if (!files_same(config, error, sizeof(error)))
        page_note(page, "No roofline: %s", error);
    else {
        evaluate(evaluator, config, &how, &e);
        if (e.outcome != EVALUATE_DONE)
            page_note(page, "No roofline: %s", e.reason);
    }
    free(config);
}

void sweep_rooflines(sweep_page_t *sweep)
{
    page_t *page = &sweep->page;
    page_section(page, "rooflines", "Rooflines");
    evaluator_t *evaluator = evaluator_new();
    if (strcmp(sweep->evaluate, space_kind_names[SPACE_NPU]) != 0)
        page_note(page, "Of sweeps of runs there are none: fovea report of a point run again has "
                        "the layers of its networks.");
    else if (evaluator == NULL || sweep->effects.points == 0)
        page_note(page, "No point is done.");
    else
        page_markup(page, "<p>Of each model the point of its front with the best first objective, "
                          "run once more.</p>\n");
    for (uint32_t task = 0; evaluator != NULL && task < sweep->sheet.tasks && task < MOST_MODELS &&
                            strcmp(sweep->evaluate, space_kind_names[SPACE_NPU]) == 0;
         task++) {
        const sheet_point_t *best = best_of(&sweep->sheet, task);
        if (best != NULL)
            write_model(sweep, evaluator, best);
    }
    evaluator_free(evaluator);
    page_section_end(page);
}
