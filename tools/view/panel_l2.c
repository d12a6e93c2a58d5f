/*
 * panel_l2.c - what stands where in L2, layer by layer: a tensor is a box from the layer that makes
 * it to the last one that needs it.
 *
 *      | constants, program of this network      |   strips, not to scale
 *      | other networks | free                   |
 *  kB  | ########                                |   working memory to scale: up are addresses,
 *      |    ######|#####                         |   to the right layers; the cursor is the layer
 *      +----------|------------------------------+   that runs
 */
#include <stdio.h>
#include <string.h>

#include "npu/net_info.h"
#include "tools/view/plot.h"

enum { LABELS = 50, STRIP = 13, WHOLE = 12, MOST_PLACES = 400 };

typedef struct {
    const ui_t *ui;
    const view_model_t *m;
    const npu_prog_t *prog;
    const npu_compile_report_t *report;
    uint32_t size; /* of L2 */
    draw_rect_t plot;
    uint32_t columns; /* layers, and the core's operators behind them */
    int32_t layer;    /* that runs or is selected; -1: none */
    double top;       /* bytes of the working memory */
} map_t;

static uint32_t used_bytes(const npu_compile_report_t *r)
{
    return NPU_NET_BYTES + r->activations_bytes + r->program_bytes + r->constants_bytes +
           r->post_bytes;
}

/* The layer that runs, else the one that is selected. */
static int32_t layer_of(const ui_t *ui)
{
    const sensor_t *s = ui->model->sensor;
    const ui_select_t *select = &ui->ui->select;
    if (s != NULL && s->npu.running)
        return (int32_t)s->npu.layer_reg;
    return select->kind == HIT_LAYER && select->a < VIEW_LAYERS ? (int32_t)select->a : -1;
}

/* ---- strips ---- */

static void strip(const map_t *map, int32_t *y, draw_color_t color, const char *name,
                  uint64_t bytes)
{
    char text[80], amount[24];
    draw_rect_t rect = {map->plot.x, *y, map->plot.w, STRIP - 1};
    snprintf(text, sizeof(text), "%s  %s", plot_amount(amount, (double)bytes, "B"), name);
    draw_fill(map->ui->draw, rect, color);
    draw_text_cut(map->ui->draw, rect.x + 5, rect.y + (rect.h - draw_text_height(DRAW_SMALL)) / 2,
                  rect.w - 10, DRAW_SMALL, color == ui_back ? ui_dim : ui_back, text);
    *y += STRIP;
}

/* What the other networks have for themselves. */
static uint64_t others_bytes(const view_model_t *m)
{
    uint64_t bytes = 0;
    for (uint32_t n = 0; n < m->networks->count; n++)
        if (n != m->network)
            bytes += m->networks->prog[n].net[NPU_NET_OWN_BYTES_W];
    return bytes;
}

/* Top of the map below them. */
static int32_t draw_strips(const map_t *map, int32_t y)
{
    const npu_compile_report_t *r = map->report;
    uint64_t others = others_bytes(map->m), taken = used_bytes(r) + others;
    draw_color_t memory = ui_block_color("l2");
    strip(map, &y, memory, "constants: weights, tables", r->constants_bytes);
    strip(map, &y, plot_mix(memory, ui_face, 250), "program", r->program_bytes + r->post_bytes);
    if (others > 0)
        strip(map, &y, plot_mix(memory, ui_face, 500), "other networks", others);
    if (map->size > taken)
        strip(map, &y, ui_back, "free", map->size - taken);
    return y;
}

/* ---- the map ---- */

static draw_rect_t box_of(const map_t *map, const npu_place_plan_t *p)
{
    double per_layer = (double)map->plot.w / map->columns, per_byte = map->plot.h / map->top;
    int32_t x0 = (int32_t)(p->first_layer * per_layer),
            x1 = (int32_t)((p->last_layer + 1.0) * per_layer);
    int32_t y1 = (int32_t)(p->l2 * per_byte), y0 = (int32_t)(((double)p->l2 + p->bytes) * per_byte);
    x1 = x1 > x0 ? x1 : x0 + 1;
    y0 = y0 > y1 ? y0 : y1 + 1;
    return (draw_rect_t){map->plot.x + x0, map->plot.y + map->plot.h - y0, x1 - x0, y0 - y1};
}

/* The end of a tensor's name says more than its beginning. */
static const char *short_name(const char *name)
{
    size_t length = strlen(name);
    for (size_t i = length; i > 1; i--)
        if (name[i - 2] == '/' && length - (i - 1) >= 3)
            return name + i - 1;
    return name;
}

/* Its name, and below it its bytes, where they say something. */
static void name_place(const map_t *map, const npu_place_plan_t *p, draw_rect_t box,
                       draw_color_t color)
{
    char amount[24];
    const char *name = short_name(p->name);
    int32_t high = draw_text_height(DRAW_SMALL), room = box.w - 5;
    int32_t least = draw_text_width(DRAW_SMALL, strlen(name) < 6 ? name : "mmmmmm");
    if (room < least || box.h < high - 1)
        return;
    plot_amount(amount, p->bytes, "B");
    bool both = box.h >= 2 * high + 2 && draw_text_width(DRAW_SMALL, amount) <= room;
    int32_t y = box.y + (box.h - (both ? 2 : 1) * high) / 2;
    draw_text_cut(map->ui->draw, box.x + 3, y, room, DRAW_SMALL, color, name);
    if (both)
        draw_text_cut(map->ui->draw, box.x + 3, y + high, room, DRAW_SMALL, color, amount);
}

static void draw_place(const map_t *map, uint32_t n)
{
    const npu_place_plan_t *p = &map->report->place[n];
    draw_t *draw = map->ui->draw;
    const ui_select_t *select = &map->ui->ui->select;
    uint64_t id = (uint64_t)map->m->network << 32 | n;
    draw_rect_t box = box_of(map, p);
    bool live = map->layer < 0 ||
                ((uint32_t)map->layer >= p->first_layer && (uint32_t)map->layer <= p->last_layer);
    draw_color_t color = ui_color(n), fill = live ? color : plot_mix(ui_back, color, 420);
    draw_rect_t inner = {box.x, box.y, box.w > 2 ? box.w - 1 : box.w,
                         box.h > 2 ? box.h - 1 : box.h};
    draw_fill(draw, inner, fill);
    if (select->kind == HIT_TENSOR && select->a == id)
        draw_frame(draw, inner, ui_bright);
    draw_hit(draw, inner, HIT_TENSOR, id, 0);
    name_place(map, p, box, live ? ui_back : ui_text);
}

/* Numbers of layers, with their names where columns are wide enough. */
static void draw_layer_axis(const map_t *map)
{
    enum { NAMED = 64 };
    int32_t y = map->plot.y + map->plot.h + 1;
    double per_layer = (double)map->plot.w / map->columns;
    uint32_t most = map->plot.w > 60 ? (uint32_t)(map->plot.w / 40) : 1;
    uint32_t step = per_layer >= 40 ? 1 : (uint32_t)plot_step(map->columns, most);
    step = step > 0 ? step : 1;
    draw_text(map->ui->draw, map->plot.x - 4, y, DRAW_SMALL, DRAW_RIGHT, ui_dim, "layer");
    for (uint32_t i = 0; i < map->columns; i += step) {
        char text[NPU_NAME_BYTES + 16];
        bool named = per_layer >= NAMED && i < map->report->layers;
        snprintf(text, sizeof(text), "%u %.*s", i, NPU_NAME_BYTES,
                 named ? short_name(map->report->layer[i].name) : "");
        draw_text_cut(map->ui->draw, map->plot.x + (int32_t)(i * per_layer) + 2, y,
                      (int32_t)(step * per_layer) - 4, DRAW_SMALL, ui_dim, text);
    }
}

static void draw_cursor(const map_t *map)
{
    double per_layer = (double)map->plot.w / map->columns;
    int32_t x0 = map->plot.x + (int32_t)(map->layer * per_layer);
    int32_t x1 = map->plot.x + (int32_t)((map->layer + 1) * per_layer);
    if (map->layer < 0 || (uint32_t)map->layer >= map->columns)
        return;
    draw_rect_t band = {x0, map->plot.y, x1 - x0 > 2 ? x1 - x0 : 2, map->plot.h};
    draw_fill(map->ui->draw, band, plot_fade(ui_bright, 40));
    draw_frame(map->ui->draw, band, ui_bright);
}

static void draw_map(const map_t *map)
{
    const npu_compile_report_t *r = map->report;
    draw_fill(map->ui->draw, map->plot, ui_back);
    plot_axis(map->ui, map->plot, map->top, "B");
    draw_rect_t before = draw_clip(map->ui->draw, map->plot);
    for (uint32_t i = 0; i < r->places && i < MOST_PLACES; i++)
        draw_place(map, i);
    draw_cursor(map);
    draw_unclip(map->ui->draw, before);
    draw_layer_axis(map);
}

/* ---- what it comes to ---- */

static void head_of_place(const npu_place_plan_t *p, plot_line_t *line)
{
    char amount[24];
    plot_put(line, ui_bright, "%s ", plot_amount(amount, p->bytes, "B"));
    plot_put(line, ui_dim, "at ");
    plot_put(line, ui_text, "%u", p->l2);
    plot_put(line, ui_dim, ", layers ");
    plot_put(line, ui_text, "%u..%u ", p->first_layer, p->last_layer);
    plot_put(line, ui_dim, "%s", short_name(p->name));
}

static uint64_t live_bytes(const map_t *map)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < map->report->places; i++) {
        const npu_place_plan_t *p = &map->report->place[i];
        if (map->layer >= (int32_t)p->first_layer && map->layer <= (int32_t)p->last_layer)
            bytes += p->bytes;
    }
    return bytes;
}

static void head_of_map(const map_t *map, plot_line_t *line)
{
    const npu_compile_report_t *r = map->report;
    char amount[24];
    plot_amount(amount, r->activations_bytes, "B");
    if (map->layer >= 0) {
        char live[24];
        plot_put(line, ui_bright, "live %s", plot_amount(live, (double)live_bytes(map), "B"));
        plot_put(line, ui_dim, " of ");
        plot_put(line, ui_text, "%s", amount);
        plot_put(line, ui_dim, " in layer %d", map->layer);
        return;
    }
    plot_put(line, ui_text, "%s ", amount);
    plot_put(line, ui_dim, "tensors");
    if (r->activations_bytes <= r->live_bound_bytes)
        plot_put(line, ui_dim, ", the least possible");
    else if (r->live_bound_bytes > 0)
        plot_put(line, ui_dim, ", %.1f %% over the least",
                 100.0 * ((double)r->activations_bytes / r->live_bound_bytes - 1));
}

static void draw_head(const map_t *map, draw_rect_t rect)
{
    const draw_hit_t *hit = plot_pointed(map->ui, rect, HIT_TENSOR);
    plot_line_t line = {map->ui->draw, rect.x + 6, rect.y + 1, rect.x + rect.w - 6, DRAW_SMALL};
    uint32_t place = hit != NULL ? (uint32_t)hit->a : UINT32_MAX;
    if (place < map->report->places)
        head_of_place(&map->report->place[place], &line);
    else
        head_of_map(map, &line);
}

/* ---- all of L2, to scale ---- */

static void part(const map_t *map, draw_rect_t bar, uint64_t from, uint64_t bytes,
                 draw_color_t color)
{
    double per_byte = (double)bar.h / map->size;
    int32_t y1 = (int32_t)((double)from * per_byte),
            y0 = (int32_t)((double)(from + bytes) * per_byte);
    y0 = y0 > y1 ? y0 : y1 + (bytes > 0);
    draw_fill(map->ui->draw, (draw_rect_t){bar.x, bar.y + bar.h - y0, bar.w, y0 - y1}, color);
}

/* Offset in L2 of a bus address of a network's table. */
static uint64_t offset_of(const npu_prog_t *prog, uint32_t word)
{
    uint32_t base = prog->net[NPU_NET_L2_BASE_W], addr = prog->net[word];
    return addr >= base ? addr - base : 0;
}

static void draw_whole(const map_t *map, draw_rect_t bar)
{
    draw_color_t memory = ui_block_color("l2");
    draw_fill(map->ui->draw, bar, ui_back);
    part(map, bar, 0, (uint64_t)map->top, plot_mix(ui_face, ui_accent, 700));
    for (uint32_t n = 0; n < map->m->networks->count; n++) {
        const npu_prog_t *prog = &map->m->networks->prog[n];
        part(map, bar, offset_of(prog, NPU_NET_OWN_ADDR_W), prog->net[NPU_NET_OWN_BYTES_W],
             n == map->m->network ? memory : plot_mix(memory, ui_face, 500));
    }
    draw_frame(map->ui->draw, bar, ui_edge);
}

/* ---- a network that came compiled ---- */

static void draw_regions(const map_t *map, draw_rect_t rect)
{
    const npu_prog_t *prog = map->prog;
    uint64_t free_at = offset_of(prog, NPU_NET_FREE_ADDR_W),
             free_bytes = prog->net[NPU_NET_FREE_BYTES_W],
             own_at = offset_of(prog, NPU_NET_OWN_ADDR_W),
             own_bytes = prog->net[NPU_NET_OWN_BYTES_W];
    const struct {
        const char *name;
        uint64_t at, bytes;
        draw_color_t color;
    } region[] = {{"constants, program", own_at, own_bytes, ui_block_color("l2")},
                  {"free", free_at, free_bytes, ui_edge},
                  {"tables, tensors", 0, free_at, plot_mix(ui_face, ui_accent, 700)}};
    int32_t line = draw_text_height(DRAW_TEXT) + 2, y = rect.y + 4;
    draw_rect_t bar = {rect.x + 8, rect.y + 6, 26, rect.h - 12};
    int32_t x = bar.x + bar.w + 12, room = rect.x + rect.w - x - 6;
    if (room < 20 || rect.h < 7 * line)
        return;
    draw_fill(map->ui->draw, bar, ui_back);
    for (size_t i = 0; i < SIM_COUNT(region); i++)
        part(map, bar, region[i].at, region[i].bytes, region[i].color);
    draw_frame(map->ui->draw, bar, ui_edge);
    draw_text_cut(map->ui->draw, x, y, room, DRAW_TEXT, ui_bright, prog->meta.name);
    draw_text_cut(map->ui->draw, x, y + line, room, DRAW_SMALL, ui_dim, "it came compiled (.fnp):");
    draw_text_cut(map->ui->draw, x, y + 2 * line - 3, room, DRAW_SMALL, ui_dim,
                  "its tensors are not known");
    y += 3 * line + 2;
    for (size_t i = 0; i < SIM_COUNT(region); i++, y += line) {
        char text[80], amount[24];
        snprintf(text, sizeof(text), "%s  %s", plot_amount(amount, (double)region[i].bytes, "B"),
                 region[i].name);
        draw_fill(map->ui->draw, (draw_rect_t){x, y + 4, 8, 8}, region[i].color);
        draw_text_cut(map->ui->draw, x + 14, y, room - 14, DRAW_TEXT, ui_text, text);
    }
}

void panel_l2(const ui_t *ui, draw_rect_t rect)
{
    const view_model_t *m = ui->model;
    if (m->networks == NULL || m->network >= m->networks->count) {
        plot_empty(ui, rect,
                   m->networks != NULL && m->networks->count == 0 ? "this run has no network"
                                                                  : "waiting for a network in L2");
        return;
    }
    map_t map = {.ui = ui,
                 .m = m,
                 .prog = &m->networks->prog[m->network],
                 .report = &m->networks->report[m->network],
                 .size = m->sensor != NULL ? m->sensor->l2.desc.bytes : 0,
                 .layer = layer_of(ui)};
    const npu_compile_report_t *r = map.report;
    map.columns = r->layers + r->steps > 0 ? r->layers + r->steps : 1;
    map.top = NPU_NET_BYTES;
    for (uint32_t i = 0; i < r->places; i++)
        if ((double)r->place[i].l2 + r->place[i].bytes > map.top)
            map.top = (double)r->place[i].l2 + r->place[i].bytes;
    if (map.size < used_bytes(r) + others_bytes(m))
        map.size = used_bytes(r) + (uint32_t)others_bytes(m);
    if (r->layers == 0) {
        map.size = m->sensor != NULL ? m->sensor->l2.desc.bytes : map.prog->meta.l2_peak_bytes;
        map.size = map.size > 0 ? map.size : 1;
        draw_regions(&map, rect);
        return;
    }
    int32_t text = draw_text_height(DRAW_SMALL), bottom = rect.y + rect.h - text - 2;
    map.plot = (draw_rect_t){rect.x + LABELS, 0, rect.w - LABELS - WHOLE - 12, 0};
    if (map.plot.w < 20 || rect.h < 2 * text + 4 * STRIP + 20)
        return;
    map.plot.y = draw_strips(&map, rect.y + text + 3) + 2;
    map.plot.h = bottom - map.plot.y;
    draw_rect_t whole = {rect.x + rect.w - WHOLE - 5, rect.y + text + 3, WHOLE,
                         bottom - rect.y - text - 3};
    draw_map(&map);
    draw_whole(&map, whole);
    draw_head(&map, rect);
}
