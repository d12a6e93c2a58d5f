/*
 * panel_power.c - power by block over time, energy of the last frame, temperature.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/time.h"
#include "tools/view/plot.h"

enum { LABELS = 50, COLUMNS = 1024, TABLE = 104, ROWS = 300, HEAT_LINES = 200 };

/* Mean power of each block in each column of points; -1 in its first block: not known. */
typedef struct {
    uint32_t columns, blocks;
    float mw[VIEW_SERIES][COLUMNS];
    float weight[COLUMNS];
    float most; /* sum of a column */
} stack_t;

static const view_counter_t *power_of(const view_model_t *m)
{
    const view_counter_t *c = view_counter(m, "power mW");
    return c != NULL && c->ring.next > c->ring.first ? c : NULL;
}

/* ---- over time ---- */

/* A sample holds from its time to that of the next. */
static void add_sample(stack_t *s, const float *mw, double x0, double x1)
{
    for (uint32_t x = x0 > 0 ? (uint32_t)x0 : 0; x < s->columns && x < x1; x++) {
        double from = x0 > x ? x0 : x, to = x1 < x + 1.0 ? x1 : x + 1.0;
        float weight = (float)(to - from);
        for (uint32_t b = 0; b < s->blocks; b++)
            s->mw[b][x] += mw[b] * weight;
        s->weight[x] += weight;
    }
}

static void make_stack(stack_t *s, const view_model_t *m, const view_counter_t *c,
                       const plot_time_t *time)
{
    memset(s, 0, sizeof(*s));
    s->blocks = c->count;
    s->columns = time->rect.w < COLUMNS ? (uint32_t)time->rect.w : COLUMNS;
    double per_ps = (double)s->columns / (double)(time->to_ps - time->from_ps);
    uint64_t until = m->now_ps;
    for (uint64_t n = c->ring.next; n > c->ring.first && until > time->from_ps; n--) {
        uint64_t at = c->sample[(n - 1) % VIEW_SAMPLES].at_ps;
        double x0 = ((double)at - (double)time->from_ps) * per_ps;
        double x1 = ((double)until - (double)time->from_ps) * per_ps;
        add_sample(s, c->sample[(n - 1) % VIEW_SAMPLES].value, x0, x1);
        until = at;
    }
    for (uint32_t x = 0; x < s->columns; x++) {
        float sum = 0;
        for (uint32_t b = 0; b < s->blocks && s->weight[x] > 0; b++)
            sum += s->mw[b][x] /= s->weight[x];
        s->most = sum > s->most ? sum : s->most;
    }
}

static void paint(const stack_t *s, const view_counter_t *c, uint8_t *px, uint32_t high, float top)
{
    draw_color_t color[VIEW_SERIES];
    for (uint32_t b = 0; b < s->blocks; b++)
        color[b] = ui_block_color(c->series[b]);
    for (uint32_t x = 0; x < s->columns; x++) {
        float sum = 0;
        uint32_t from = 0;
        for (uint32_t b = 0; b < s->blocks; b++) {
            sum += s->mw[b][x];
            uint32_t to = (uint32_t)(sum / top * (float)high + 0.5f);
            to = to < high ? to : high;
            for (uint32_t y = from; y < to; y++)
                plot_pixel(px + 4 * ((size_t)(high - 1 - y) * s->columns + x), color[b], 255);
            from = to > from ? to : from;
        }
    }
}

static void draw_stack(const ui_t *ui, const view_counter_t *c, draw_rect_t rect, int32_t times_y)
{
    stack_t s;
    plot_time_t time = plot_time(ui, rect);
    make_stack(&s, ui->model, c, &time);
    float step = (float)plot_step((double)s.most, 4), top = step * ceilf(s.most / step);
    top = top > 0 ? top : 1;
    draw_fill(ui->draw, rect, ui_back);
    plot_axis(ui, rect, (double)top / 1e3, "W");
    if (times_y >= 0)
        plot_time_axis(ui, &time, times_y);
    uint32_t high = rect.h < ROWS ? (uint32_t)rect.h : ROWS;
    uint8_t *px = draw_image(ui->draw, rect, s.columns, high, false);
    if (px == NULL)
        return;
    memset(px, 0, 4 * (size_t)s.columns * high);
    paint(&s, c, px, high, top);
}

/* The die's temperature, between the least and the most that is to be seen. */
static void draw_heat(const ui_t *ui, const view_counter_t *c, draw_rect_t rect)
{
    plot_time_t time = plot_time(ui, rect);
    float least = 1e9f, most = -1e9f;
    uint64_t first = c->ring.next;
    while (first > c->ring.first) { /* and the one before the stretch */
        float value = c->sample[--first % VIEW_SAMPLES].value[0];
        least = fminf(least, value);
        most = fmaxf(most, value);
        if (c->sample[first % VIEW_SAMPLES].at_ps < time.from_ps)
            break;
    }
    float range = fmaxf(most - least, 0.01f);
    int32_t x = rect.x, y = 0, text = draw_text_height(DRAW_SMALL);
    draw_fill(ui->draw, rect, ui_back);
    uint64_t step = (c->ring.next - first) / HEAT_LINES + 1;
    for (uint64_t n = first; n < c->ring.next; n += step) {
        int32_t at = plot_x(&time, c->sample[n % VIEW_SAMPLES].at_ps);
        float part = (c->sample[n % VIEW_SAMPLES].value[0] - least) / range;
        int32_t high = rect.y + rect.h - 3 - (int32_t)(part * (float)(rect.h - 6));
        at = at > rect.x ? at : rect.x;
        if (n > first && at <= rect.x + rect.w)
            draw_line(ui->draw, x, y, at, high, 1, ui_warn);
        x = at;
        y = high;
    }
    draw_text(ui->draw, rect.x - 4, rect.y - 2, DRAW_SMALL, DRAW_RIGHT, ui_dim, "%.2f C",
              (double)most);
    draw_text(ui->draw, rect.x - 4, rect.y + rect.h - text + 2, DRAW_SMALL, DRAW_RIGHT, ui_dim,
              "%.2f", (double)least);
}

/* ---- by block ---- */

/* The number of the block of that name; TECH_BLOCK_COUNT: there is none. */
static uint32_t block_of(const char *name)
{
    uint32_t b = 0;
    while (b < TECH_BLOCK_COUNT && strcmp(tech_block_names[b], name) != 0)
        b++;
    return b;
}

/* How many blocks took more than that one. */
static uint32_t rank_of(const view_model_t *m, const view_counter_t *c, uint32_t series)
{
    uint32_t rank = 0, own = block_of(c->series[series]);
    for (uint32_t b = 0; b < c->count; b++) {
        uint32_t block = block_of(c->series[b]);
        uint64_t fj = block < TECH_BLOCK_COUNT ? m->energy_fj[block] : 0;
        uint64_t own_fj = own < TECH_BLOCK_COUNT ? m->energy_fj[own] : 0;
        rank += fj > own_fj || (fj == own_fj && b > series);
    }
    return rank;
}

/* A line a block, in the order of the stack from its top; those that took most where there is no
 * room for all. */
static void draw_table(const ui_t *ui, const view_counter_t *c, draw_rect_t rect)
{
    const view_model_t *m = ui->model;
    int32_t text = draw_text_height(DRAW_SMALL), y = rect.y, room = (rect.h + 2) / text;
    for (uint32_t b = c->count; b-- > 0 && y + text <= rect.y + rect.h + 2;) {
        if ((int64_t)rank_of(m, c, b) >= room)
            continue;
        char energy[24] = "";
        uint32_t block = block_of(c->series[b]);
        draw_rect_t row = {rect.x, y, rect.w, text};
        plot_line_t line = {ui->draw, rect.x, y, rect.x + rect.w, DRAW_SMALL};
        char name[16];
        snprintf(name, sizeof(name), "%-7.7s", c->series[b]);
        if (block < TECH_BLOCK_COUNT && ui->ui->select.kind == HIT_BLOCK &&
            ui->ui->select.a == block)
            draw_fill(ui->draw, row, ui_edge);
        plot_key(&line, ui_block_color(c->series[b]), name);
        line.x -= 8;
        if (block < TECH_BLOCK_COUNT && m->energy_known)
            plot_put(&line, ui_text, "%8s",
                     plot_amount(energy, (double)m->energy_fj[block] / 1e15, "J"));
        if (block < TECH_BLOCK_COUNT)
            draw_hit(ui->draw, row, HIT_BLOCK, block, 0);
        y += text;
    }
}

/* ---- text ---- */

static void put_temperature(const view_model_t *m, plot_line_t *line)
{
    const view_counter_t *c = view_counter(m, "temperature");
    if (c != NULL && c->ring.next > c->ring.first)
        plot_put(line, ui_text, "%.2f C", view_value(c, 0));
    else if (m->sensor != NULL)
        plot_put(line, ui_text, "%.1f C given", (double)thermal_die_uc(&m->sensor->thermal) / 1e6);
    else
        plot_put(line, ui_dim, "not known");
}

static void draw_head(const ui_t *ui, const view_counter_t *c, draw_rect_t rect)
{
    const view_model_t *m = ui->model;
    double mw = 0, fj = 0;
    char amount[24];
    int32_t text = draw_text_height(DRAW_SMALL);
    plot_line_t line = {ui->draw, rect.x + 6, rect.y + 1, rect.x + rect.w - 4, DRAW_SMALL};
    for (uint32_t b = 0; b < c->count; b++)
        mw += view_value(c, b);
    for (uint32_t b = 0; b < TECH_BLOCK_COUNT; b++)
        fj += (double)m->energy_fj[b];
    plot_put(&line, ui_dim, "now ");
    plot_put(&line, ui_bright, "%s", plot_amount(amount, mw / 1e3, "W"));
    plot_put(&line, ui_dim, ", die ");
    put_temperature(m, &line);
    line.x = rect.x + 6;
    line.y += text;
    if (m->energy_known) {
        plot_put(&line, ui_dim, "frame %u took ", m->energy_frame);
        plot_put(&line, ui_bright, "%s", plot_amount(amount, fj / 1e15, "J"));
    } else {
        plot_put(&line, ui_dim, "no frame is over yet");
    }
}

void panel_power(const ui_t *ui, draw_rect_t rect)
{
    enum { TALL = 240, HEAT = 30 };
    const view_counter_t *c = power_of(ui->model), *heat = view_counter(ui->model, "temperature");
    int32_t text = draw_text_height(DRAW_SMALL), top = rect.y + 2 * text + 6;
    if (c == NULL) {
        plot_empty(ui, rect,
                   ui->model->sensor != NULL && !ui->model->sensor->energy.on
                       ? "this chip has no technology files: nothing is metered"
                       : "waiting for the first sample of the meter");
        return;
    }
    bool tall = rect.h >= TALL, warms = heat != NULL && heat->ring.next > heat->ring.first;
    draw_rect_t chart = {rect.x + LABELS, top, rect.w - LABELS - TABLE - 8,
                         rect.y + rect.h - top - 5 - (tall ? text : 0) - (warms ? HEAT + 4 : 0)};
    draw_rect_t table = {rect.x + rect.w - TABLE - 2, top - 1, TABLE, rect.y + rect.h - top - 3};
    if (chart.w >= 20 && chart.h >= 20) {
        draw_stack(ui, c, chart, tall ? rect.y + rect.h - text - 2 : -1);
        if (warms)
            draw_heat(ui, heat, (draw_rect_t){chart.x, chart.y + chart.h + 4, chart.w, HEAT});
    } else if (rect.w < TABLE || rect.h < 5 * text) {
        return;
    } else { /* figures alone */
        table.x = rect.x + 6;
        table.w = rect.w - 10;
    }
    draw_table(ui, c, table);
    draw_head(ui, c, rect);
}
