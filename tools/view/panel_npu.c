/*
 * panel_npu.c - what the NPU's array does in each layer: as wide as it takes, as high as the array
 * is used, and below what its cycles were.
 *
 *      100 % |      ####
 *            |##    ####      #      array: MACs of what it could do in these cycles
 *            |##############################
 *            |= compute, DMA, bank, ..      |  what each cycle was
 */
#include <stdio.h>
#include <string.h>

#include "tools/layers.h"
#include "tools/view/plot.h"

enum { LABELS = 34, GAP = 3, ROWS = 100 /* of the picture of classes, at most */ };

typedef struct {
    const ui_t *ui;
    const view_model_t *m;
    draw_rect_t used, split; /* the two charts */
    uint64_t cycles, macs;   /* of all layers */
    uint64_t classes[NPU_CLASSES];
    double peak;                   /* MACs a cycle; 0: not known */
    int32_t running;               /* layer; -1: none */
    int32_t left[VIEW_LAYERS + 1]; /* of a layer's bar, points from that of the chart */
} bars_t;

static draw_color_t class_color(uint32_t c)
{
    const draw_color_t color[NPU_CLASSES] = {
        [NPU_CLASS_COMPUTE] = ui_good,        [NPU_CLASS_FETCH] = ui_color(5),
        [NPU_CLASS_DMA] = ui_accent,          [NPU_CLASS_BANK] = ui_bad,
        [NPU_CLASS_DEPENDENCY] = ui_color(4), [NPU_CLASS_DRAIN] = ui_color(6),
    };
    return color[c];
}

static double used_of(const bars_t *b, uint64_t macs, uint64_t cycles)
{
    double used = cycles > 0 && b->peak > 0 ? (double)macs / ((double)cycles * b->peak) : 0;
    return used < 1 ? used : 1;
}

static void add_up(bars_t *b)
{
    for (uint32_t i = 0; i < b->m->layers; i++) {
        const npu_layer_report_t *r = &b->m->layer[i].report;
        if (!b->m->layer[i].known)
            continue;
        b->cycles += r->cycles;
        b->macs += r->macs;
        for (uint32_t c = 0; c < NPU_CLASSES; c++)
            b->classes[c] += r->classes[c];
    }
}

/* Where each layer's bar stands; one that was not seen has none. */
static void place(bars_t *b)
{
    uint64_t before = 0;
    for (uint32_t i = 0; i < b->m->layers; i++) {
        before += b->m->layer[i].known ? b->m->layer[i].report.cycles : 0;
        b->left[i + 1] = (int32_t)((double)before / (double)b->cycles * b->used.w);
    }
}

/* ---- the charts ---- */

/* A layer from column x to x + w: its cycles by class, 1 point wide each. */
static void paint_split(const bars_t *b, const npu_layer_report_t *r, uint8_t *px, int32_t high,
                        int32_t x, int32_t w)
{
    uint64_t sum = 0, all = 0;
    for (uint32_t c = 0; c < NPU_CLASSES; c++)
        all += r->classes[c];
    int32_t from = 0;
    for (uint32_t c = 0; c < NPU_CLASSES && all > 0; c++) {
        draw_color_t color = class_color(c);
        sum += r->classes[c];
        int32_t to = (int32_t)((double)sum / (double)all * high + 0.5);
        for (int32_t y = high - to; y < high - from; y++)
            for (int32_t i = x; i < x + w; i++)
                plot_pixel(px + 4 * ((size_t)y * (size_t)b->split.w + (size_t)i), color, 255);
        from = to;
    }
}

static void draw_layer(const bars_t *b, uint32_t n, int32_t x, int32_t w)
{
    const npu_layer_report_t *r = &b->m->layer[n].report;
    const ui_select_t *select = &b->ui->ui->select;
    int32_t high = (int32_t)(used_of(b, r->macs, r->cycles) * b->used.h + 0.5);
    high = high > 0 ? high : r->macs > 0;
    bool now = b->running == (int32_t)n, chosen = select->kind == HIT_LAYER && select->a == n;
    draw_rect_t column = {b->used.x + x, b->used.y, w, b->split.y + b->split.h - b->used.y};
    draw_color_t color = ui_block_color("npu");
    if (n % 2 == 1)
        draw_fill(b->ui->draw, (draw_rect_t){column.x, b->used.y, w, b->used.h},
                  plot_fade(ui_edge, 70));
    draw_fill(b->ui->draw,
              (draw_rect_t){column.x, b->used.y + b->used.h - high, w > 2 ? w - 1 : w, high},
              now ? ui_bright : color);
    if (now || chosen) {
        column.w = column.w > 2 ? column.w : 2;
        draw_frame(b->ui->draw, column, now ? ui_accent : ui_bright);
    }
    int32_t text = draw_text_height(DRAW_SMALL),
            name = draw_text_width(DRAW_SMALL, b->m->layer[n].name);
    if (w > name + 6 && high + text + 4 < b->used.h)
        draw_text(b->ui->draw, column.x + w / 2, b->used.y + b->used.h - high - text - 1,
                  DRAW_SMALL, DRAW_CENTER, ui_text, "%s", b->m->layer[n].name);
    draw_hit(b->ui->draw, column, HIT_LAYER, n, 0);
}

static void draw_bars(const bars_t *b)
{
    draw_fill(b->ui->draw, b->used, ui_back);
    draw_fill(b->ui->draw, b->split, ui_back);
    for (uint32_t i = 0; i <= 4; i++) {
        int32_t y = b->used.y + b->used.h - 1 - (int32_t)i * (b->used.h - 1) / 4;
        draw_line(b->ui->draw, b->used.x, y, b->used.x + b->used.w - 1, y, 1,
                  plot_fade(ui_edge, 150));
    }
    int32_t high = b->split.h < ROWS ? b->split.h : ROWS;
    uint8_t *px = draw_image(b->ui->draw, b->split, (uint32_t)b->split.w, (uint32_t)high, false);
    if (px == NULL)
        return;
    memset(px, 0, 4 * (size_t)b->split.w * (size_t)high);
    for (uint32_t i = 0; i < b->m->layers; i++)
        paint_split(b, &b->m->layer[i].report, px, high, b->left[i], b->left[i + 1] - b->left[i]);
    for (uint32_t i = 0; i < b->m->layers; i++)
        if (b->left[i + 1] > b->left[i])
            draw_layer(b, i, b->left[i], b->left[i + 1] - b->left[i]);
}

/* ---- text ---- */

static void draw_labels(const bars_t *b)
{
    draw_t *draw = b->ui->draw;
    int32_t text = draw_text_height(DRAW_SMALL), x = b->used.x - 4;
    draw_text(draw, x, b->used.y - 2, DRAW_SMALL, DRAW_RIGHT, ui_dim, "100%%");
    draw_text(draw, x, b->used.y + b->used.h / 2 - text / 2, DRAW_SMALL, DRAW_RIGHT, ui_dim,
              "array");
    draw_text(draw, x, b->used.y + b->used.h - text + 2, DRAW_SMALL, DRAW_RIGHT, ui_dim, "0");
    if (b->split.h >= text)
        draw_text(draw, x, b->split.y + (b->split.h - text) / 2, DRAW_SMALL, DRAW_RIGHT, ui_dim,
                  "cycle");
}

static void draw_legend(const bars_t *b, draw_rect_t rect, int32_t y)
{
    plot_line_t line = {b->ui->draw, rect.x + 6, y, rect.x + rect.w - 4, DRAW_SMALL};
    for (uint32_t i = 0; i < NPU_CLASSES; i++) {
        char name[40];
        if (200 * b->classes[i] < b->cycles) /* less than half a percent */
            continue;
        snprintf(name, sizeof(name), "%s %.0f%%", npu_class_name((npu_class_t)i),
                 100.0 * (double)b->classes[i] / (double)b->cycles);
        if (plot_key(&line, class_color(i), name) || line.y != y)
            continue;
        line.x = rect.x + 6; /* one more line */
        line.y += draw_text_height(DRAW_SMALL);
        plot_key(&line, class_color(i), name);
    }
}

static void put_layer(const bars_t *b, uint32_t n, plot_line_t *line)
{
    const view_layer_t *layer = &b->m->layer[n];
    plot_put(line, ui_accent, "%u ", n);
    plot_put(line, ui_bright, "%s ", layer->name);
    plot_put(line, ui_dim, "%s ", layer->op);
}

static void put_layer_figures(const bars_t *b, uint32_t n, plot_line_t *line)
{
    const npu_layer_report_t *r = &b->m->layer[n].report;
    char amount[24];
    plot_put(line, ui_text, "%s ", plot_amount(amount, (double)r->cycles, ""));
    plot_put(line, ui_dim, "cycles, ");
    plot_put(line, ui_text, "%.1f%%", 100 * used_of(b, r->macs, r->cycles));
    plot_put(line, ui_dim, " of array, ");
    plot_put(line, ui_text, "%s", layers_engine(r->long_pole));
}

static void put_totals(const bars_t *b, plot_line_t *line)
{
    char amount[24];
    uint64_t hz = b->m->sensor != NULL ? b->m->sensor->npu.desc.clk_hz : 0;
    plot_put(line, ui_bright, "%s ", plot_amount(amount, (double)b->cycles, ""));
    plot_put(line, ui_dim, "cycles");
    if (hz != 0)
        plot_put(line, ui_text, ", %.3f ms", (double)b->cycles * 1000 / (double)hz);
    plot_put(line, ui_dim, ", array ");
    plot_put(line, ui_bright, "%.1f%%", 100 * used_of(b, b->macs, b->cycles));
}

/* Two lines: the layer that is pointed at, runs or is selected; else the whole inference. */
static void draw_head(const bars_t *b, draw_rect_t rect)
{
    const draw_hit_t *hit = plot_pointed(b->ui, rect, HIT_LAYER);
    const ui_select_t *select = &b->ui->ui->select;
    int64_t n = hit != NULL                 ? (int64_t)hit->a
                : b->running >= 0           ? b->running
                : select->kind == HIT_LAYER ? (int64_t)select->a
                                            : -1;
    int32_t text = draw_text_height(DRAW_SMALL);
    plot_line_t line = {b->ui->draw, rect.x + 6, rect.y + 1, rect.x + rect.w - 4, DRAW_SMALL};
    put_totals(b, &line);
    line.x = rect.x + 6;
    line.y += text;
    if (n >= 0 && n < b->m->layers) {
        put_layer(b, (uint32_t)n, &line);
        line.x = rect.x + 6;
        line.y += text;
        put_layer_figures(b, (uint32_t)n, &line);
    } else {
        plot_put(&line, ui_dim, "%u layers; width is cycles", b->m->layers);
        line.x = rect.x + 6;
        line.y += text;
        plot_put(&line, ui_dim, "height: MACs of what it could do");
    }
}

void panel_npu(const ui_t *ui, draw_rect_t rect)
{
    const view_model_t *m = ui->model;
    bars_t b = {.ui = ui, .m = m, .running = -1};
    if (m->sensor != NULL) {
        b.peak = npu_peak_macs(&m->sensor->npu.desc, 0);
        b.running = m->sensor->npu.running ? (int32_t)m->sensor->npu.layer_reg : -1;
    }
    add_up(&b);
    if (b.cycles == 0) {
        plot_empty(ui, rect,
                   m->networks != NULL && m->networks->count == 0
                       ? "this run has no network"
                       : "waiting for the first inference to complete");
        return;
    }
    int32_t text = draw_text_height(DRAW_SMALL), top = rect.y + 3 * text + 5;
    int32_t bottom = rect.y + rect.h - 2 * text - 4, high = bottom - top - GAP;
    if (rect.w < LABELS + 40 || high < 30)
        return;
    int32_t split = high / 3;
    b.used = (draw_rect_t){rect.x + LABELS, top, rect.w - LABELS - 6, high - split};
    b.split = (draw_rect_t){b.used.x, top + high - split + GAP, b.used.w, split};
    place(&b);
    draw_bars(&b);
    draw_labels(&b);
    draw_legend(&b, rect, bottom + 3);
    draw_head(&b, rect);
}
