/*
 * panel_console.c - what was said, when and by whom; the newest line at the bottom.
 */
#include "tools/view/plot.h"

/* clang-format off */
static const struct {
    const char *name;
    const draw_color_t *color;
} kinds[] = {
    [LINE_UART]  = {"uart",  &ui_text},
    [LINE_EVENT] = {"event", &ui_good},
    [LINE_HAND]  = {"hand",  &ui_accent},
    [LINE_LOG]   = {"log",   &ui_warn},
};
/* clang-format on */

/* When and by whom, where there is room for that; the text's left edge. */
static int32_t draw_source(const ui_t *ui, const view_line_t *line, draw_rect_t row)
{
    char time[24];
    int32_t digit = draw_text_width(DRAW_MONO, "0"), x = row.x + 6;
    if (row.w < 40 * digit)
        return x;
    draw_text(ui->draw, x + 11 * digit, row.y, DRAW_MONO, DRAW_RIGHT, ui_dim, "%s",
              ui_time(time, line->told_ps));
    draw_text(ui->draw, x + 12 * digit + digit / 2, row.y, DRAW_MONO, DRAW_LEFT,
              plot_fade(*kinds[line->kind].color, 170), "%s", kinds[line->kind].name);
    return x + 19 * digit;
}

static void draw_console_line(const ui_t *ui, uint64_t number, draw_rect_t row)
{
    const view_line_t *line = view_line(ui->model, number);
    if (ui->ui->select.kind == HIT_LINE && ui->ui->select.a == number)
        draw_fill(ui->draw, row, ui_edge);
    int32_t text = draw_source(ui, line, row);
    draw_text_cut(ui->draw, text, row.y, row.x + row.w - text - 6, DRAW_MONO,
                  *kinds[line->kind].color, line->text);
    draw_hit(ui->draw, row, HIT_LINE, number, 0);
}

void panel_console(const ui_t *ui, draw_rect_t rect)
{
    const view_ring_t *ring = &ui->model->lines;
    int32_t high = draw_text_height(DRAW_MONO), y = rect.y + rect.h - high - 2;
    if (ring->next == ring->first) {
        plot_empty(ui, rect, "nothing was said yet: UART, events on the link, changes by hand");
        return;
    }
    for (uint64_t n = ring->next; n > ring->first && y >= rect.y; n--, y -= high)
        draw_console_line(ui, n - 1, (draw_rect_t){rect.x, y, rect.w, high});
}
