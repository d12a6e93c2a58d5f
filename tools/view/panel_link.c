/*
 * panel_link.c - the MIPI link: how much of what it could carry it does, what waits in the FIFO,
 * the last packets one by one, and what all of them were.
 */
#include <stdio.h>
#include <string.h>

#include "mipi/packet.h"
#include "sim/time.h"
#include "tools/view/plot.h"

enum { LABELS = 52, CELL = 46, COLUMNS = 2048, ROWS = 200 };
#define LATELY_PS (100 * SIM_PS_PER_MS)

/* ---- what it can do, and does ---- */

typedef struct {
    uint32_t lanes; /* 0: not known */
    bool trios;
    uint64_t lane_bps;
    double bytes_per_s;
    uint32_t fifo_bytes;
} capacity_t;

static capacity_t capacity_of(const view_model_t *m)
{
    capacity_t c = {0};
    mipi_phy_t phy;
    char error[200];
    if (m->sensor == NULL)
        return c;
    mipi_tx_phy(&m->sensor->mipi, &phy, error, sizeof(error));
    c.lanes = mipi_phy_lanes(&phy);
    c.trios = phy.signaling == MIPI_CPHY;
    c.lane_bps = mipi_phy_lane_bps(&phy);
    c.bytes_per_s = (double)c.lanes * (double)c.lane_bps / 8;
    c.fifo_bytes = m->sensor->mipi.desc.fifo_bytes;
    return c;
}

/* Bytes a second of the last 100 ms, or of as long as packets go back. */
static double rate_lately(const view_model_t *m)
{
    uint64_t since = m->now_ps > LATELY_PS ? m->now_ps - LATELY_PS : 0, bytes = 0;
    uint64_t n = m->packets.next;
    for (; n > m->packets.first && view_packet(m, n - 1)->end_ps > since; n--)
        bytes += view_packet(m, n - 1)->bytes;
    if (n == m->packets.first && n > 0 && n < m->packets.next)
        since = view_packet(m, n)->start_ps;
    return m->now_ps > since ? (double)bytes * 1e12 / (double)(m->now_ps - since) : 0;
}

static draw_color_t type_color(uint8_t dt)
{
    if (mipi_dt_is_short(dt))
        return ui_dim;
    if (dt == MIPI_DT_EMBEDDED)
        return ui_color(4);
    if (dt >= MIPI_DT_USER1)
        return ui_good;
    if (dt >= MIPI_DT_RAW8)
        return ui_block_color("pixel");
    return dt >= MIPI_DT_YUV420_8 ? ui_accent : ui_edge;
}

/* ---- charts over time ---- */

/* Of each column of points: share of its time that packets take; most bytes in the FIFO. */
typedef struct {
    plot_time_t time;
    uint32_t columns;
    float busy[COLUMNS], fifo[COLUMNS];
    uint8_t type[COLUMNS];
    float most_fifo;
} chart_t;

static void add_busy(chart_t *c, const view_packet_t *p, double per_ps)
{
    double x0 =
        p->start_ps > c->time.from_ps ? (double)(p->start_ps - c->time.from_ps) * per_ps : 0;
    double x1 = (double)(p->end_ps - c->time.from_ps) * per_ps;
    for (uint32_t x = (uint32_t)x0; x < c->columns && x <= x1; x++) {
        double from = x0 > x ? x0 : x, to = x1 < x + 1.0 ? x1 : x + 1.0;
        c->busy[x] += (float)(to - from);
        if (!mipi_dt_is_short(p->dt) || c->type[x] == 0)
            c->type[x] = p->dt;
    }
}

/* It holds what it was told last. */
static void add_fills(chart_t *c, const view_model_t *m, double per_ps)
{
    uint64_t end = c->time.to_ps < m->now_ps ? c->time.to_ps : m->now_ps;
    for (uint64_t n = m->fills.next; n > m->fills.first; n--) {
        const view_fill_t *fill = view_fill(m, n - 1);
        uint64_t start = fill->at_ps > c->time.from_ps ? fill->at_ps : c->time.from_ps;
        if (start <= end) {
            uint32_t x1 = (uint32_t)((double)(end - c->time.from_ps) * per_ps);
            uint32_t x = (uint32_t)((double)(start - c->time.from_ps) * per_ps);
            for (; x <= x1 && x < c->columns; x++)
                if ((float)fill->fifo_bytes > c->fifo[x])
                    c->fifo[x] = (float)fill->fifo_bytes;
            if ((float)fill->fifo_bytes > c->most_fifo)
                c->most_fifo = (float)fill->fifo_bytes;
        }
        if (fill->at_ps < c->time.from_ps)
            break;
        end = fill->at_ps < end ? fill->at_ps : end;
    }
}

static void make_chart(chart_t *c, const view_model_t *m, const plot_time_t *time)
{
    memset(c, 0, sizeof(*c));
    c->time = *time;
    c->columns = time->rect.w < COLUMNS ? (uint32_t)time->rect.w : COLUMNS;
    double per_ps = (double)c->columns / (double)(time->to_ps - time->from_ps);
    for (uint64_t n = m->packets.next; n > m->packets.first; n--) {
        const view_packet_t *p = view_packet(m, n - 1);
        if (p->end_ps <= time->from_ps)
            break;
        if (p->start_ps < time->to_ps)
            add_busy(c, p, per_ps);
    }
    add_fills(c, m, per_ps);
}

/* Bars from the bottom: value 1 is as high as rect. color 0: by type of packet. */
static void draw_chart(const ui_t *ui, const chart_t *c, const float *value, float scale,
                       draw_rect_t rect, draw_color_t color)
{
    size_t w = c->columns, h = rect.h < ROWS ? (size_t)rect.h : ROWS;
    draw_line(ui->draw, rect.x, rect.y, rect.x + rect.w - 1, rect.y, 1, ui_edge);
    uint8_t *px = draw_image(ui->draw, rect, c->columns, (uint32_t)h, false);
    if (px == NULL)
        return;
    memset(px, 0, 4 * w * h);
    for (size_t x = 0; x < w; x++) {
        float part = value[x] * scale;
        size_t high = (size_t)((part < 1 ? part : 1) * (float)h + 0.5f);
        high = high > 0 ? high : part > 0;
        for (size_t y = h - high; y < h; y++)
            plot_pixel(px + 4 * (y * w + x), color != 0 ? color : type_color(c->type[x]), 255);
    }
}

static void chart_label(const ui_t *ui, draw_rect_t rect, const char *name, const char *most)
{
    int32_t x = rect.x - 5, text = draw_text_height(DRAW_SMALL);
    if (rect.h >= 2 * text - 4) /* else there is room for one of them */
        draw_text(ui->draw, x, rect.y - 2, DRAW_SMALL, DRAW_RIGHT, ui_dim, "%s", most);
    draw_text(ui->draw, x, rect.y + rect.h - text + 2, DRAW_SMALL, DRAW_RIGHT, ui_dim, "%s", name);
}

/* ---- packets ---- */

static void draw_cell(const ui_t *ui, draw_rect_t cell, uint64_t number)
{
    const view_packet_t *p = view_packet(ui->model, number);
    int32_t text = draw_text_height(DRAW_SMALL);
    char amount[24];
    bool chosen = ui->ui->select.kind == HIT_PACKET && ui->ui->select.a == number;
    draw_fill(ui->draw, cell, ui_back);
    draw_fill(ui->draw, (draw_rect_t){cell.x, cell.y, cell.w, 3}, type_color(p->dt));
    draw_frame(ui->draw, cell, chosen ? ui_bright : ui_edge);
    draw_text_cut(ui->draw, cell.x + 3, cell.y + 3, cell.w - 4, DRAW_SMALL, ui_text,
                  mipi_dt_name(p->dt));
    if (cell.h >= 2 * text + 2)
        draw_text_cut(ui->draw, cell.x + 3, cell.y + 3 + text - 2, cell.w - 4, DRAW_SMALL, ui_dim,
                      plot_amount(amount, p->bytes, "B"));
    draw_hit(ui->draw, cell, HIT_PACKET, number, 0);
}

/* The newest on the right. */
static void draw_cells(const ui_t *ui, draw_rect_t rect)
{
    const view_ring_t *ring = &ui->model->packets;
    int32_t x = rect.x + rect.w - CELL;
    for (uint64_t n = ring->next; n > ring->first && x >= rect.x; n--, x -= CELL + 2)
        draw_cell(ui, (draw_rect_t){x, rect.y, CELL, rect.h}, n - 1);
}

/* ---- sums ---- */

typedef struct {
    uint64_t packets, bytes;
} sum_t;

/* A line a data type, those with most bytes first. */
static void draw_sums(const ui_t *ui, draw_rect_t rect)
{
    const view_model_t *m = ui->model;
    sum_t sum[64] = {0}, all = {0};
    int32_t text = draw_text_height(DRAW_SMALL), y = rect.y;
    for (uint64_t n = m->packets.first; n < m->packets.next; n++) {
        const view_packet_t *p = view_packet(m, n);
        sum[p->dt & 63].packets++;
        sum[p->dt & 63].bytes += p->bytes;
        all.bytes += p->bytes;
    }
    for (; y + text <= rect.y + rect.h; y += text) {
        uint8_t best = 0;
        for (uint8_t dt = 1; dt < 64; dt++)
            if (sum[dt].bytes > sum[best].bytes)
                best = dt;
        if (sum[best].packets == 0)
            return;
        char amount[24], name[32];
        plot_line_t line = {ui->draw, rect.x, y, rect.x + rect.w, DRAW_SMALL};
        snprintf(name, sizeof(name), "%-9.9s", mipi_dt_name(best));
        plot_key(&line, type_color(best), name);
        plot_put(&line, ui_text, "%5llu", (unsigned long long)sum[best].packets);
        plot_put(&line, ui_text, " %8s", plot_amount(amount, (double)sum[best].bytes, "B"));
        plot_put(&line, ui_dim, " %3.0f%%",
                 all.bytes > 0 ? 100.0 * (double)sum[best].bytes / (double)all.bytes : 0);
        sum[best] = (sum_t){0};
    }
}

/* ---- all of it ---- */

static void head_of_packet(const view_model_t *m, uint64_t number, plot_line_t *line)
{
    char text[24];
    const view_packet_t *p = view_packet(m, number);
    plot_put(line, ui_bright, "%s ", mipi_dt_name(p->dt));
    plot_put(line, ui_dim, "vc %u ", p->vc);
    plot_put(line, ui_text, "%u B ", p->bytes);
    plot_put(line, ui_dim, "in %s", ui_time(text, p->end_ps - p->start_ps));
}

static void draw_head(const ui_t *ui, draw_rect_t rect, const capacity_t *c)
{
    char amount[24];
    const view_model_t *m = ui->model;
    const draw_hit_t *hit = plot_pointed(ui, rect, HIT_PACKET);
    plot_line_t line = {ui->draw, rect.x + 6, rect.y + 1, rect.x + rect.w - 4, DRAW_SMALL};
    if (hit != NULL && hit->a >= m->packets.first && hit->a < m->packets.next) {
        head_of_packet(m, hit->a, &line);
    } else if (c->lanes > 0) {
        plot_put(&line, ui_bright, "%u %s ", c->lanes, c->trios ? "trios" : "lanes");
        plot_put(&line, ui_dim, "of ");
        plot_put(&line, ui_text, "%s", plot_amount(amount, (double)c->lane_bps, "b/s"));
        plot_put(&line, ui_dim, " = ");
        plot_put(&line, ui_text, "%s", plot_amount(amount, c->bytes_per_s, "B/s"));
    }
    double rate = rate_lately(m);
    line.x = rect.x + 6;
    line.y += draw_text_height(DRAW_SMALL);
    plot_put(&line, ui_dim, "now ");
    plot_put(&line, ui_bright, "%s", plot_amount(amount, rate, "B/s"));
    if (c->bytes_per_s > 0)
        plot_put(&line, ui_dim, ", %.3g %% of it", 100 * rate / c->bytes_per_s);
}

/* From top to bottom: two charts, the newest packets, sums. */
typedef struct {
    draw_rect_t busy, fifo, cells, sums;
    int32_t axis; /* y of the charts' times; -1: no room */
} link_layout_t;

static link_layout_t place(draw_rect_t rect)
{
    enum { TIMES_FROM = 60, MOST_SUMS = 8 };
    int32_t text = draw_text_height(DRAW_SMALL), cells = 2 * text + 3, width = rect.w - 12;
    int32_t y = rect.y + 2 * text + 6, bottom = rect.y + rect.h - 4;
    int32_t lines = (bottom - y) / 3 / text;
    int32_t sums = (lines < MOST_SUMS ? lines : MOST_SUMS) * text;
    int32_t high = (bottom - y - sums - cells - 12) / 2;
    link_layout_t l = {.axis = -1};
    bool times = high >= TIMES_FROM;
    high -= times ? text / 2 + 1 : 0;
    l.busy = (draw_rect_t){rect.x + LABELS, y, rect.w - LABELS - 6, high};
    l.fifo = (draw_rect_t){l.busy.x, y + high + 4, l.busy.w, high};
    y = l.fifo.y + high + 4;
    if (times) {
        l.axis = y - 3;
        y += text;
    }
    l.cells = (draw_rect_t){rect.x + 6, y, width, cells};
    y += cells + 4;
    l.sums = (draw_rect_t){rect.x + 6, y, width, bottom - y};
    return l;
}

void panel_link(const ui_t *ui, draw_rect_t rect)
{
    const view_model_t *m = ui->model;
    link_layout_t l = place(rect);
    if (m->packets.next == m->packets.first) {
        plot_empty(ui, rect, "waiting for the first packet on the link");
        return;
    }
    if (l.busy.w < 40 || l.busy.h < 8)
        return;
    capacity_t c = capacity_of(m);
    chart_t chart;
    char amount[24];
    plot_time_t time = plot_time(ui, l.busy);
    make_chart(&chart, m, &time);
    draw_fill(ui->draw, l.busy, ui_back);
    draw_fill(ui->draw, l.fifo, ui_back);
    time.rect.h = l.fifo.y + l.fifo.h - l.busy.y;
    plot_time_axis(ui, &time, l.axis);
    draw_chart(ui, &chart, chart.busy, 1, l.busy, 0);
    chart_label(ui, l.busy, "busy", "100%");
    float most = c.fifo_bytes > 0 ? (float)c.fifo_bytes : chart.most_fifo;
    draw_chart(ui, &chart, chart.fifo, most > 0 ? 1 / most : 0, l.fifo, ui_warn);
    chart_label(ui, l.fifo, "FIFO", plot_amount(amount, (double)most, "B"));
    draw_cells(ui, l.cells);
    draw_sums(ui, l.sums);
    draw_head(ui, rect, &c);
}
