/*
 * panel_timeline.c - who works on which frame when: a color is a frame, so that one can follow it
 * from its first photon down to its last byte.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/view/lanes.h"

enum {
    LABELS = 62, /* points left of the plot */
    GAP = 2,     /* between groups of lanes */
    MOST_WIDE = 600,
    OPEN_ALPHA = 200
};

/* ---- how high a lane is ---- */

/* clang-format off */
/* least 0: it is drawn in another's; rank: the highest goes first where there is not enough room;
 * share of the room that is left; always: also before its track was heard of. */
static const struct {
    lane_id_t lane;
    int32_t least, rank, share;
    bool always, group; /* group: a gap above it */
} rows[] = {
    {LANE_EXPOSURE, 16, 0, 30, true,  false},
    {LANE_READOUT,  11, 1, 8,  true,  false},
    {LANE_ISP,      11, 1, 8,  true,  true},
    {LANE_TENSOR,    5, 6, 6,  false, false},
    {LANE_NPU,      11, 0, 10, true,  true},
    {LANE_LAYERS,   10, 5, 10, false, false},
    {LANE_LOAD,      4, 3, 8,  true,  false},
    {LANE_MAC,       4, 3, 8,  true,  false},
    {LANE_VEC,       4, 3, 8,  true,  false},
    {LANE_STORE,     4, 3, 8,  true,  false},
    {LANE_CORE,     11, 0, 10, true,  true},
    {LANE_IRQ,       5, 4, 8,  true,  false},
    {LANE_DMA,       5, 9, 6,  false, false},
    {LANE_CCI,       5, 8, 6,  false, false},
    {LANE_PINS,      5, 7, 6,  false, false},
    {LANE_PACKETS,   5, 3, 8,  false, true},
    {LANE_LINK,     11, 0, 10, true,  false},
};
/* clang-format on */
enum { ROWS = SIM_COUNT(rows) };

typedef struct {
    const ui_t *ui;
    lanes_t *lanes;
    bool detail;                       /* the end of one frame: no exposure in it */
    draw_rect_t plot, row[LANE_COUNT]; /* h 0: not shown */
    uint32_t wide;                     /* spans drawn so far */
} sheet_t;

static int32_t wanted(const bool on[ROWS])
{
    int32_t sum = 0;
    for (uint32_t i = 0; i < ROWS; i++)
        sum += on[i] ? rows[i].least + (rows[i].group ? GAP : 1) : 0;
    return sum;
}

/* Leaves out what matters least until the rest has room. */
static void choose(const sheet_t *s, bool on[ROWS])
{
    for (uint32_t i = 0; i < ROWS; i++)
        on[i] = (rows[i].always || s->lanes->lane[rows[i].lane].told) &&
                !(s->detail && rows[i].lane == LANE_EXPOSURE);
    for (int32_t rank = 9; rank > 0 && wanted(on) > s->plot.h; rank--)
        for (uint32_t i = 0; i < ROWS; i++)
            if (rows[i].rank == rank)
                on[i] = false;
}

static void place(sheet_t *s)
{
    bool on[ROWS];
    int32_t shares = 0, y = s->plot.y;
    choose(s, on);
    int32_t left = s->plot.h - wanted(on);
    left = left > 0 ? left : 0;
    for (uint32_t i = 0; i < ROWS; i++)
        shares += on[i] ? rows[i].share : 0;
    for (uint32_t i = 0; i < ROWS; i++) {
        if (!on[i])
            continue;
        int32_t high = rows[i].least + left * rows[i].share / shares;
        y += rows[i].group ? GAP : 1;
        s->row[rows[i].lane] = (draw_rect_t){s->plot.x, y, s->plot.w, high};
        y += s->row[rows[i].lane].h;
    }
    s->row[LANE_FIRMWARE] = s->row[LANE_CORE];
    if (y < s->plot.y + s->plot.h)
        s->plot.h = y - s->plot.y;
}

static void label(const sheet_t *s, draw_rect_t row, const char *text)
{
    draw_text(s->ui->draw, s->plot.x - 6, row.y + (row.h - draw_text_height(DRAW_SMALL)) / 2,
              DRAW_SMALL, DRAW_RIGHT, ui_dim, "%s", text);
}

static draw_rect_t from_to(draw_rect_t first, draw_rect_t last)
{
    first.h = last.y + last.h - first.y;
    return first;
}

/* Lanes that are too thin for a name share one with their neighbors. */
static void label_thin(const sheet_t *s, int32_t high)
{
    const draw_rect_t *row = s->row;
    bool irq = row[LANE_IRQ].h > 0 && row[LANE_IRQ].h < high;
    bool packets = row[LANE_PACKETS].h > 0 && row[LANE_PACKETS].h < high;
    if (row[LANE_LOAD].h > 0 && row[LANE_LOAD].h < high)
        label(s, from_to(row[LANE_LOAD], row[LANE_STORE]), "engines");
    label(s, irq ? from_to(row[LANE_CORE], row[LANE_IRQ]) : row[LANE_CORE],
          irq ? "core, irq" : lane_label[LANE_CORE]);
    label(s, packets ? from_to(row[LANE_PACKETS], row[LANE_LINK]) : row[LANE_LINK],
          lane_label[LANE_LINK]);
}

static void draw_rows(const sheet_t *s)
{
    int32_t high = draw_text_height(DRAW_SMALL) - 2;
    for (uint32_t i = 0; i < ROWS; i++) {
        lane_id_t lane = rows[i].lane;
        draw_fill(s->ui->draw, s->row[lane], ui_back);
        if (s->row[lane].h >= high && lane != LANE_CORE && lane != LANE_LINK)
            label(s, s->row[lane], lane_label[lane]);
    }
    label_thin(s, high);
}

/* ---- colors ---- */

static draw_color_t lane_color(lane_id_t lane)
{
    switch (lane) {
    case LANE_CORE:
        return ui_block_color("core");
    case LANE_DMA:
        return ui_block_color("bus");
    case LANE_CCI:
        return ui_accent;
    case LANE_PINS:
        return ui_warn;
    case LANE_LINK:
    case LANE_PACKETS:
        return ui_block_color("link");
    default:
        return ui_text;
    }
}

static draw_color_t span_color(lane_id_t lane, int32_t frame)
{
    return frame >= 0 ? ui_color((uint32_t)frame) : lane_color(lane);
}

/* ---- exposures ---- */

/* Row y of the picture stands for a row of the frame: under the rolling shutter it is exposed that
 * much later, and read when its exposure ends. */
static void paint_exposure(const sheet_t *s, const lanes_shutter_t *e, uint8_t *px, uint32_t high)
{
    const lanes_t *l = s->lanes;
    double per_ps = (double)l->columns / (double)(l->time.to_ps - l->time.from_ps);
    const lanes_slant_t slant = lanes_slant(e);
    double shift = (double)slant.start_shift_ps, later = (double)slant.end_shift_ps;
    double begin = (double)slant.start_ps - (double)l->time.from_ps;
    double until = (double)slant.end_ps - (double)l->time.from_ps;
    double now = (double)s->ui->model->now_ps - (double)l->time.from_ps;
    draw_color_t color = ui_color((uint32_t)e->frame);
    for (uint32_t y = 0; y < high; y++) {
        double start = begin + shift * y / high, end = until + later * y / high, over = end;
        bool read = end <= now;
        end = read ? end : now;
        double x0 = start * per_ps, x1 = end * per_ps;
        for (int64_t x = x0 > 0 ? (int64_t)x0 : 0; x < x1 && x < l->columns; x++)
            plot_pixel(px + 4 * ((size_t)y * l->columns + (size_t)x), color, 150);
        double next = (over + later / high) * per_ps;
        for (int64_t x = x1 > 0 ? (int64_t)x1 : 0; read && x <= next && x < l->columns; x++)
            plot_pixel(px + 4 * ((size_t)y * l->columns + (size_t)x), ui_bright, 200);
    }
}

/* In the middle of what its middle row shows. */
static void name_exposure(const sheet_t *s, const lanes_shutter_t *e)
{
    char name[24];
    draw_rect_t row = s->row[LANE_EXPOSURE];
    const lanes_slant_t slant = lanes_slant(e);
    uint64_t start = slant.start_ps + slant.start_shift_ps / 2,
             end = slant.end_ps + slant.end_shift_ps / 2, now = s->ui->model->now_ps;
    if (start >= now)
        return;
    int32_t x0 = plot_x(&s->lanes->time, start),
            x1 = plot_x(&s->lanes->time, end < now ? end : now);
    x0 = x0 > row.x ? x0 : row.x;
    x1 = x1 < row.x + row.w ? x1 : row.x + row.w;
    snprintf(name, sizeof(name), "%s%d", x1 - x0 > 60 ? "frame " : "", e->frame);
    if (x1 - x0 > draw_text_width(DRAW_SMALL, name) + 8)
        draw_text(s->ui->draw, (x0 + x1) / 2, row.y + (row.h - draw_text_height(DRAW_SMALL)) / 2,
                  DRAW_SMALL, DRAW_CENTER, ui_bright, "%s", name);
}

/* What a click on it means: rectangles along its slant. */
static void hit_exposure(const sheet_t *s, const lanes_shutter_t *e)
{
    enum { SLICES = 6 };
    draw_rect_t row = s->row[LANE_EXPOSURE];
    const plot_time_t *t = &s->lanes->time;
    const lanes_slant_t slant = lanes_slant(e);
    for (int32_t i = 0; i < SLICES && e->number != LANES_OPEN; i++) {
        uint64_t start = slant.start_ps + slant.start_shift_ps * (uint64_t)i / SLICES,
                 end = slant.end_ps + slant.end_shift_ps * (uint64_t)(i + 1) / SLICES;
        int32_t x0 = plot_x(t, start), x1 = plot_x(t, end);
        int32_t y0 = row.h * i / SLICES, y1 = row.h * (i + 1) / SLICES;
        x0 = x0 > row.x ? x0 : row.x;
        x1 = x1 < row.x + row.w ? x1 : row.x + row.w;
        draw_hit(s->ui->draw, (draw_rect_t){x0, row.y + y0, x1 - x0, y1 - y0}, HIT_SPAN, e->number,
                 0);
    }
}

static bool is_exposure(const lanes_shutter_t *e)
{
    return e->exposure_end_ps > e->exposure_start_ps;
}

static void draw_exposures(const sheet_t *s)
{
    const lanes_t *l = s->lanes;
    draw_rect_t row = s->row[LANE_EXPOSURE];
    uint8_t *px = draw_image(s->ui->draw, row, l->columns, (uint32_t)row.h, false);
    if (px == NULL)
        return;
    memset(px, 0, 4 * (size_t)l->columns * (size_t)row.h);
    for (uint32_t i = 0; i < l->shutters; i++)
        if (is_exposure(&l->shutter[i]))
            paint_exposure(s, &l->shutter[i], px, (uint32_t)row.h);
    for (uint32_t i = 0; i < l->shutters; i++) {
        if (!is_exposure(&l->shutter[i]))
            continue;
        name_exposure(s, &l->shutter[i]);
        hit_exposure(s, &l->shutter[i]);
    }
}

/* ---- spans ---- */

/* All narrow spans of a lane: one picture, a column of points high 1. */
static void draw_narrow(const sheet_t *s, lane_id_t id)
{
    const lanes_t *l = s->lanes;
    const lane_t *lane = &l->lane[id];
    draw_rect_t row = s->row[id];
    uint8_t *px = lane->narrow > 0 ? draw_image(s->ui->draw, row, l->columns, 1, false) : NULL;
    if (px == NULL)
        return;
    for (uint32_t x = 0; x < l->columns; x++) {
        float cover = lane->cover[x] < 1 ? lane->cover[x] : 1;
        uint32_t alpha = cover > 0 ? 110 + (uint32_t)(145 * cover) : 0;
        plot_pixel(px + 4 * (size_t)x, id == LANE_CORE ? ui_back : span_color(id, lane->frame[x]),
                   id == LANE_CORE ? (uint32_t)(255 * cover) : alpha);
    }
    if (id == LANE_EXPOSURE)
        return;
    double per_column = (double)row.w / l->columns;
    for (uint32_t b = 0; b <= l->columns / LANES_BUCKET && b * LANES_BUCKET < l->columns; b++)
        if (lane->bucket[b] != 0)
            draw_hit(s->ui->draw,
                     (draw_rect_t){row.x + (int32_t)(b * LANES_BUCKET * per_column), row.y,
                                   (int32_t)(LANES_BUCKET * per_column + 1), row.h},
                     HIT_SPAN, lane->bucket[b] - 1, 0);
}

static void span_name(char out[64], lane_id_t id, const lanes_span_t *span)
{
    bool frame = id == LANE_READOUT || id == LANE_ISP || id == LANE_NPU || id == LANE_FIRMWARE ||
                 id == LANE_TENSOR;
    if (span->number == LANES_OPEN && id == LANE_NPU && span->name != NULL)
        snprintf(out, 64, "frame %d, now %.40s", span->frame, span->name);
    else if (frame && span->frame >= 0)
        snprintf(out, 64, "%s%d", id == LANE_FIRMWARE ? "firmware " : "frame ", span->frame);
    else
        snprintf(out, 64, "%s", span->name != NULL ? span->name : "");
}

static void draw_wide(sheet_t *s, lane_id_t id, const lanes_span_t *span)
{
    char name[64];
    draw_t *draw = s->ui->draw;
    draw_rect_t row = s->row[id];
    int32_t x0 = plot_x(&s->lanes->time, span->start_ps),
            x1 = plot_x(&s->lanes->time, span->end_ps);
    x0 = x0 > row.x ? x0 : row.x;
    x1 = x1 < row.x + row.w ? x1 : row.x + row.w;
    draw_rect_t bar = {x0, row.y, x1 - x0 > 2 ? x1 - x0 - 1 : 1, row.h};
    draw_color_t color = id == LANE_CORE ? ui_back : span_color(id, span->frame);
    bool open = span->number == LANES_OPEN;
    if (s->wide++ >= MOST_WIDE)
        return;
    if (id == LANE_CORE)
        bar.w = x1 - x0;
    draw_fill(draw, bar, open && id != LANE_CORE ? plot_fade(color, OPEN_ALPHA) : color);
    if (!open)
        draw_hit(draw, bar, HIT_SPAN, span->number, 0);
    if (s->ui->ui->select.kind == HIT_SPAN && s->ui->ui->select.a == span->number && !open)
        draw_frame(draw, bar, ui_bright);
    span_name(name, id, span);
    int32_t high = draw_text_height(DRAW_SMALL);
    if (bar.w < 22 || bar.h < high - 1 || (id == LANE_CORE && bar.w < 60))
        return;
    draw_text_cut(draw, bar.x + 4, bar.y + (bar.h - high) / 2, bar.w - 6, DRAW_SMALL,
                  id == LANE_CORE ? plot_fade(ui_dim, 140) : ui_back, name);
}

static void draw_lane(sheet_t *s, lane_id_t id)
{
    const lane_t *lane = &s->lanes->lane[id];
    if (s->row[id].h == 0)
        return;
    draw_narrow(s, id);
    if (id == LANE_EXPOSURE)
        return; /* drawn as what it is */
    for (uint32_t i = 0; i < lane->wides; i++)
        draw_wide(s, id, &lane->wide[i]);
}

/* Of the core it is told when it is asleep: awake is what is left. */
static void draw_awake(const sheet_t *s)
{
    draw_rect_t row = s->row[LANE_CORE];
    int32_t now = plot_x(&s->lanes->time, s->ui->model->now_ps);
    now = now < row.x + row.w ? now : row.x + row.w;
    if (s->lanes->lane[LANE_CORE].told && now > row.x)
        draw_fill(s->ui->draw, (draw_rect_t){row.x, row.y, now - row.x, row.h},
                  plot_mix(ui_back, ui_block_color("core"), 450));
}

/* ---- around them ---- */

/* Where lanes are in a part of the panel: below a head, above the times. */
static draw_rect_t plot_of(draw_rect_t rect)
{
    int32_t text = draw_text_height(DRAW_SMALL);
    return (draw_rect_t){rect.x + LABELS, rect.y + text + 8, rect.w - LABELS - 6,
                         rect.h - 2 * text - 9};
}

/* The newest one whose way is over that began before that time. */
static const timeline_frame_t *newest_frame(const ui_t *ui, uint64_t until_ps)
{
    const view_model_t *m = ui->model;
    for (uint64_t n = m->frames_done.next; n > m->frames_done.first; n--)
        if (view_frame(m, n - 1)->exposure_start_ps < until_ps)
            return view_frame(m, n - 1);
    return NULL;
}

/* From the first photon to the last byte: a bracket with an arrow at its end. */
static void draw_latency(const sheet_t *s, const timeline_frame_t *f, int32_t y)
{
    const plot_time_t *t = &s->lanes->time;
    draw_color_t color = ui_color(f->frame);
    int32_t x0 = plot_x(t, f->exposure_start_ps), x1 = plot_x(t, f->link_last_ps);
    if (x1 <= t->rect.x || x0 >= t->rect.x + t->rect.w || f->link_last_ps <= f->exposure_start_ps)
        return;
    draw_rect_t before = draw_clip(s->ui->draw, (draw_rect_t){t->rect.x, y, t->rect.w + 1, 7});
    draw_line(s->ui->draw, x0, y + 3, x1, y + 3, 1, color);
    draw_line(s->ui->draw, x0, y, x0, y + 6, 1, color);
    draw_line(s->ui->draw, x1 - 4, y, x1, y + 3, 1, color);
    draw_line(s->ui->draw, x1 - 4, y + 6, x1, y + 3, 1, color);
    draw_unclip(s->ui->draw, before);
}

/* The parts of a frame's way that are known, in ms. */
static void put_parts(plot_line_t *line, const timeline_frame_t *f)
{
    const struct {
        const char *name;
        uint64_t from_ps, to_ps;
    } part[] = {{"exposure", f->exposure_start_ps, f->readout_start_ps},
                {"readout", f->readout_start_ps, f->readout_end_ps},
                {"ISP", f->readout_end_ps, f->npu_start_ps},
                {"NPU", f->npu_start_ps, f->npu_end_ps},
                {"firmware", f->npu_end_ps, f->link_first_ps},
                {"link", f->link_first_ps, f->link_last_ps}};
    bool first = true;
    for (size_t i = 0; i < SIM_COUNT(part); i++) {
        if (part[i].from_ps == 0 || part[i].to_ps <= part[i].from_ps)
            continue;
        plot_put(line, ui_dim, "%s%s ", first ? " " : " + ", part[i].name);
        plot_put(line, ui_text, "%.3f", (double)(part[i].to_ps - part[i].from_ps) / 1e9);
        first = false;
    }
}

static void head_of_frame(const timeline_frame_t *f, plot_line_t *line)
{
    char text[24];
    plot_put(line, ui_color(f->frame), "frame %u ", f->frame);
    plot_put(line, ui_dim, " photon to alert ");
    plot_put(line, ui_bright, "%s", ui_time(text, f->link_last_ps - f->exposure_start_ps));
    if (f->readout_end_ps > 0 && f->link_last_ps > f->readout_end_ps) {
        plot_put(line, ui_dim, ", last row to alert ");
        plot_put(line, ui_bright, "%s", ui_time(text, f->link_last_ps - f->readout_end_ps));
    }
    plot_put(line, ui_dim, "  in ms:");
    put_parts(line, f);
}

/* "insn":7,"name":"conv" as a person would say it: insn 7, name conv. */
static void plain_args(char out[2 * VIEW_ARGS], const char *args)
{
    size_t n = 0;
    for (; *args != '\0' && n + 2 < 2 * VIEW_ARGS; args++) {
        if (*args == '"' || *args == ' ')
            continue;
        out[n++] = *args == ':' ? ' ' : *args;
        if (*args == ',')
            out[n++] = ' ';
    }
    out[n] = '\0';
}

static void head_of_span(const view_model_t *m, const view_span_t *span, plot_line_t *line)
{
    char text[24], args[2 * VIEW_ARGS];
    plain_args(args, span->args);
    plot_put(line, ui_dim, "%s ", m->track[span->track]);
    plot_put(line, ui_bright, "%s ", span->name);
    plot_put(line, ui_text, " %s", ui_time(text, span->end_ps - span->start_ps));
    plot_put(line, ui_dim, " from ");
    plot_put(line, ui_text, "%s", ui_time(text, span->start_ps));
    plot_put(line, ui_dim, "   %s", args);
}

static void draw_head(const sheet_t *s, const timeline_frame_t *frame, draw_rect_t rect)
{
    const view_model_t *m = s->ui->model;
    const draw_hit_t *hit = plot_pointed(s->ui, rect, HIT_SPAN);
    plot_line_t line = {s->ui->draw, s->plot.x, rect.y, rect.x + rect.w - 4, DRAW_SMALL};
    if (hit != NULL && hit->a >= m->spans.first && hit->a < m->spans.next)
        head_of_span(m, view_span(m, hit->a), &line);
    else if (frame != NULL)
        head_of_frame(frame, &line);
    else
        plot_put(&line, ui_dim, "a color is a frame%s",
                 m->packets.next == 0 ? "; no frame has left the sensor yet" : "");
    if (frame != NULL)
        draw_latency(s, frame, rect.y + draw_text_height(DRAW_SMALL) + 1);
}

/* What the ring has lost, what is not yet, now. */
static void draw_bounds(const sheet_t *s)
{
    const plot_time_t *t = &s->lanes->time;
    int32_t lost = plot_x(t, s->lanes->known_ps), now = plot_x(t, s->ui->model->now_ps);
    int32_t right = s->plot.x + s->plot.w, bottom = s->plot.y + s->plot.h;
    if (lost > s->plot.x) {
        draw_fill(s->ui->draw, (draw_rect_t){s->plot.x, s->plot.y, lost - s->plot.x, s->plot.h},
                  plot_fade(ui_face, 200));
        draw_text_cut(s->ui->draw, s->plot.x + 4, s->plot.y + s->plot.h / 2, lost - s->plot.x - 8,
                      DRAW_SMALL, ui_dim, "not kept any more");
    }
    if (now < right)
        draw_fill(s->ui->draw, (draw_rect_t){now, s->plot.y, right - now, s->plot.h},
                  plot_fade(ui_face, 160));
    now = now < right ? now : right - 1;
    if (now >= s->plot.x)
        draw_line(s->ui->draw, now, s->plot.y, now, bottom, 1, ui_accent);
}

/* All that stands in a plot; the heads are the caller's. */
static void draw_sheet(sheet_t *s)
{
    place(s);
    s->lanes->time.rect = s->plot;
    draw_rows(s);
    if (!s->detail)
        draw_hit(s->ui->draw, s->plot, HIT_TIME, 0, 0);
    plot_time_axis(s->ui, &s->lanes->time, s->plot.y + s->plot.h + 1);
    draw_awake(s);
    if (!s->detail)
        draw_exposures(s);
    for (uint32_t i = 0; i < LANE_COUNT; i++)
        draw_lane(s, (lane_id_t)i);
    draw_bounds(s);
}

static bool begin(sheet_t *s, const plot_time_t *time)
{
    s->plot = time->rect;
    s->lanes = lanes_make(s->ui->model, time);
    if (s->lanes == NULL)
        s->ui->draw->no_memory = true;
    return s->lanes != NULL;
}

/* From shortly before the last row of a frame to its last byte: where the time after the readout
 * goes. */
static void draw_detail(const ui_t *ui, const timeline_frame_t *f, draw_rect_t rect)
{
    char text[24];
    sheet_t s = {.ui = ui, .detail = true};
    uint64_t whole = f->link_last_ps - f->readout_end_ps, before = whole / 10;
    before = before < f->readout_end_ps ? before : f->readout_end_ps;
    plot_time_t time = {f->readout_end_ps - before, f->link_last_ps + whole / 20 + 1,
                        plot_of(rect)};
    plot_line_t line = {ui->draw, time.rect.x, rect.y, rect.x + rect.w - 4, DRAW_SMALL};
    if (!begin(&s, &time))
        return;
    plot_put(&line, ui_color(f->frame), "frame %u ", f->frame);
    plot_put(&line, ui_dim, " from its last row to its last byte ");
    plot_put(&line, ui_bright, "%s", ui_time(text, whole));
    draw_sheet(&s);
    free(s.lanes);
}

void panel_timeline(const ui_t *ui, draw_rect_t rect)
{
    enum { TALL = 420, ENLARGED = 4 }; /* there the end of a frame has a plot of its own */
    sheet_t s = {.ui = ui};
    plot_time_t time = plot_time(ui, plot_of(rect));
    const timeline_frame_t *f = newest_frame(ui, time.to_ps);
    bool detail = rect.h >= TALL && f != NULL && f->readout_end_ps > 0 &&
                  f->link_last_ps > f->readout_end_ps &&
                  time.to_ps - time.from_ps > ENLARGED * (f->link_last_ps - f->readout_end_ps);
    draw_rect_t upper = {rect.x, rect.y, rect.w, detail ? rect.h * 11 / 20 : rect.h};
    time.rect = plot_of(upper);
    if (time.rect.w < 40 || time.rect.h < 40 || !begin(&s, &time))
        return;
    draw_sheet(&s);
    if (detail)
        draw_detail(ui, f,
                    (draw_rect_t){rect.x, rect.y + upper.h + 4, rect.w, rect.h - upper.h - 4});
    draw_head(&s, f, rect);
    free(s.lanes);
}
