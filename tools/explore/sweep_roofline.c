/*
 * sweep_roofline.c - of a sweep's page: each layer of each model beside the roofs of its machine.
 *
 * The point of a model is that of its front with the best first objective. It runs once more,
 * timing only: the sweep keeps no layers.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tools/explore/axis.h"
#include "tools/explore/point.h"
#include "tools/explore/sweep_page.h"
#include "tools/layers.h"
#include "tools/report/chart.h"

enum { WIDTH = 680, HEIGHT = 430, MOST_MODELS = 24 };

typedef struct {
    const inference_t *in;
    double peak, act, wgt; /* MACs a cycle; bytes a cycle of the channels */
    uint64_t cycles;
    axis_t x, y;
} roofs_t;

/* A layer by its number; only those with MACs and bytes stand in it. */
static bool layer_of(const inference_t *in, uint32_t i, layer_row_t *row)
{
    return layers_row(in, i, row) && row->intensity > 0 && row->macs_per_cycle > 0;
}

/* Both knees and all layers, a decade at least. */
static roofs_t roofs_of(const inference_t *in)
{
    const npu_desc_t *desc = &in->npu.desc;
    roofs_t r = {.in = in, .peak = npu_peak_macs(desc, 0)};
    layer_row_t row;
    r.act = npu_dma_rate(desc, NPU_MEM_ACT);
    r.wgt = npu_dma_rate(desc, NPU_MEM_WGT);
    double left = r.peak / fmax(r.act, r.wgt) / 2, right = 2 * r.peak / fmin(r.act, r.wgt);
    double low = r.peak / 12, high = r.peak * 1.5;
    for (uint32_t i = 0; i < in->prog->layer_count; i++) {
        r.cycles += layers_row(in, i, &row) ? row.run.cycles : 0;
        if (!layer_of(in, i, &row))
            continue;
        left = fmin(left, row.intensity);
        right = fmax(right, row.intensity);
        low = fmin(low, row.macs_per_cycle);
    }
    r.x = axis_from(left / 1.3, fmax(right * 1.3, left * 12),
                    "arithmetic intensity, MACs a byte of L2 traffic", "");
    r.y = axis_from(low / 1.3, high, "MACs a cycle", "");
    return r;
}

/* min(peak, rate * intensity), from edge to edge: what is beyond them gnuplot cuts off. */
static void put_roof(plot_t *plot, const roofs_t *r, double rate, uint32_t color, const char *name)
{
    double knee = r->peak / rate,
           at[3] = {fmin(r->x.low, knee) / 10, knee, fmax(r->x.high, knee) * 10};
    uint32_t mark = plot_mark(plot, "roof", color, NULL, name);
    for (uint32_t i = 0; i < 3; i++)
        fprintf(plot->script, "%.17g %.17g %u\n", at[i], fmin(r->peak, at[i] * rate), mark);
    fputc('\n', plot->script);
}

static void put_layer(plot_t *plot, const layer_row_t *row, uint64_t cycles)
{
    double share = cycles > 0 ? (double)row->run.cycles / (double)cycles : 0;
    char hint[SWEEP_PAGE_TEXT];
    snprintf(hint, sizeof(hint),
             "%.100s (%.40s): %.4g MACs/byte, %.4g MACs/cycle of a roof of %.4g by %s; %.1f %% of "
             "the cycles, long pole %s",
             row->layer->name, row->layer->op, row->intensity, row->macs_per_cycle, row->roof,
             layers_engine(row->roof_by), 100 * share, layers_engine(row->run.long_pole));
    fprintf(plot->script, "%.17g %.17g %.4f %u\n", row->intensity, row->macs_per_cycle,
            0.5 + 2.7 * sqrt(share),
            plot_mark(plot, "dot front", row->roof_by == NPU_ENGINE_MAC ? 0 : 1, NULL, hint));
}

static void put_script(plot_t *plot, const roofs_t *r)
{
    layer_row_t row;
    uint32_t layers = 0;
    axis_put(&r->x, plot->script, "x");
    axis_put(&r->y, plot->script, "y");
    fputs("$roofs << EOD\n", plot->script);
    put_roof(plot, r, r->act, 2, "array, and the channel of activations");
    put_roof(plot, r, r->wgt, 3, "array, and the channel of weights");
    fputs("EOD\n$layers << EOD\n", plot->script);
    for (uint32_t i = 0; i < r->in->prog->layer_count; i++)
        if (layer_of(r->in, i, &row)) {
            put_layer(plot, &row, r->cycles);
            layers++;
        }
    fprintf(plot->script, "EOD\nplot $roofs using 1:2:3 with lines lc rgb variable%s\n",
            layers > 0 ? ", $layers using 1:2:3:4 with points pt 7 ps variable lc rgb variable"
                       : "");
}

/* evaluate.h, finished */
static void draw(void *ctx, const inference_t *in)
{
    static const char *const names[] = {"array holds it up", "a DMA channel holds it up",
                                        "roof: activations' channel", "roof: weights' channel"};
    sweep_page_t *sweep = ctx;
    roofs_t r = roofs_of(in);
    plot_t plot;
    chart_legend(&sweep->page, names, SIM_COUNT(names));
    if (sweep_plot_begin(sweep, &plot, WIDTH, HEIGHT)) {
        put_script(&plot, &r);
        sweep_plot_end(sweep, &plot, "Roofline");
    }
    page_markup(&sweep->page, "<p class=\"soft\">");
    page_textf(
        &sweep->page,
        "Array: %.0f MACs a cycle of 8 bits; channels: %.0f bytes a cycle of activations, %.0f of "
        "weights. A circle's area is its share of %llu cycles. Layers without MACs are not "
        "in it.",
        r.peak, r.act, r.wgt, (unsigned long long)r.cycles);
    page_markup(&sweep->page, "</p>\n");
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
    const evaluate_desc_t how = {.finished = draw, .ctx = sweep};
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
