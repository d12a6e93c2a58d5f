/*
 * ui_input.c - what the user does, handed to keys and mouse, and what both of them do.
 */
#include "tools/view/inspect.h"
#include "tools/view/ui_int.h"

#define LEAST_SPAN_PS UINT64_C(100000)          /* 100 ns */
#define MOST_SPAN_PS UINT64_C(1000000000000000) /* 1000 s */

bool ui_is_in(draw_rect_t r, int32_t x, int32_t y)
{
    return x >= r.x && y >= r.y && (int64_t)x - r.x < r.w && (int64_t)y - r.y < r.h;
}

bool ui_is_image(ui_panel_t panel)
{
    return panel == PANEL_IDEAL || panel == PANEL_RAW || panel == PANEL_ISP || panel == PANEL_HOST;
}

const draw_hit_t *ui_find_hit(const view_ui_t *ui, const draw_t *draw, ui_hit_t kind,
                              ui_panel_t panel)
{
    for (uint32_t i = draw->hits; i > 0; i--) {
        const draw_hit_t *hit = &draw->hit[i - 1];
        if (hit->kind == (uint32_t)kind &&
            (panel == PANEL_COUNT || ui_is_in(ui->panel[panel], hit->rect.x, hit->rect.y)))
            return hit;
    }
    return NULL;
}

/* ---- selection, panels ---- */

bool ui_can_inspect(uint32_t kind)
{
    return kind == HIT_PIXEL || kind == HIT_SPAN || kind == HIT_PACKET || kind == HIT_TENSOR ||
           kind == HIT_LAYER || kind == HIT_BLOCK || kind == HIT_BOX || kind == HIT_REGISTER ||
           kind == HIT_COMP || kind == HIT_LINE;
}

void ui_select(view_ui_t *ui, ui_hit_t kind, uint64_t a, uint64_t b, uint32_t x, uint32_t y)
{
    ui->select = (ui_select_t){kind, a, b, x, y};
    ui->inspect_row = 0;
}

void ui_show_alone(view_ui_t *ui, ui_panel_t panel)
{
    ui->big = ui->big == panel ? PANEL_COUNT : panel;
    ui->focus = panel;
}

void ui_scroll_inspect(ui_do_t *d, int64_t rows)
{
    draw_rect_t panel = d->ui->panel[PANEL_INSPECT];
    if (panel.w == 0)
        return;
    draw_rect_t rect = ui_inside(panel);
    int64_t all = inspect_rows(d->model, d->ui, d->play, rect), room = inspect_room(rect);
    int64_t row = d->ui->inspect_row + rows, most = all > room ? all - room : 0;
    d->ui->inspect_row = (uint32_t)(row < 0 ? 0 : row > most ? most : row);
}

/* ---- time from left to right ---- */

void ui_shown_time(const view_ui_t *ui, const view_model_t *model, uint64_t *from_ps,
                   uint64_t *to_ps)
{
    uint64_t to = ui->end_ps != 0 ? ui->end_ps : model->now_ps;
    *to_ps = to > ui->span_ps ? to : ui->span_ps;
    *from_ps = *to_ps - ui->span_ps;
}

/* Nothing is later than now: from there on it follows the run. */
static void set_end(view_ui_t *ui, const view_model_t *model, double end)
{
    double least = (double)ui->span_ps;
    ui->end_ps = end >= (double)model->now_ps ? 0 : end <= least ? ui->span_ps : (uint64_t)end;
}

void ui_zoom_time(view_ui_t *ui, const view_model_t *model, double factor, uint64_t at_ps)
{
    uint64_t from, to;
    ui_shown_time(ui, model, &from, &to);
    double span = (double)ui->span_ps * factor;
    ui->span_ps = span < (double)LEAST_SPAN_PS  ? LEAST_SPAN_PS
                  : span > (double)MOST_SPAN_PS ? MOST_SPAN_PS
                                                : (uint64_t)span;
    double grown = (double)ui->span_ps / (double)(to - from);
    set_end(ui, model, (double)at_ps + ((double)to - (double)at_ps) * grown);
}

void ui_move_time(view_ui_t *ui, const view_model_t *model, double widths)
{
    uint64_t from, to;
    ui_shown_time(ui, model, &from, &to);
    set_end(ui, model, (double)to + widths * (double)ui->span_ps);
}

/* ---- all of it ---- */

/* A drag may leave the window, but not so far that differences are no numbers any more. */
static int32_t nearby(int32_t at)
{
    return at < INT16_MIN ? INT16_MIN : at > INT16_MAX ? INT16_MAX : at;
}

bool ui_input(view_ui_t *ui, const view_model_t *model, const draw_t *last, play_t *play,
              const input_t *input)
{
    ui_do_t d = {.ui = ui,
                 .model = model,
                 .last = last,
                 .play = play,
                 .key = input->key,
                 .mods = input->mods};
    input_t at = *input;
    at.x = nearby(at.x);
    at.y = nearby(at.y);
    switch (input->kind) {
    case INPUT_KEY:
        ui_key(&d);
        break;
    case INPUT_DOWN:
    case INPUT_UP:
    case INPUT_MOVE:
    case INPUT_WHEEL:
        ui_mouse(&d, &at);
        break;
    case INPUT_CLOSE:
        return false;
    default:
        break;
    }
    return !d.leave;
}
