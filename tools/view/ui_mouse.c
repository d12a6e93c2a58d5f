/*
 * ui_mouse.c - clicks, drags and the wheel.
 *
 *   down --> what is there: button, bar, row of the control panel: at once
 *   move --> a drag, when it is more than SLACK points away from there: pans, or goes along the bar
 *   up   --> a click, when it was no drag: the inspector shows what is there
 */
#include <math.h>

#include "tools/view/control.h"
#include "tools/view/image_view.h"
#include "tools/view/ui_int.h"

enum { SLACK = 4, LEFT_BUTTON = 1, WHEEL_ROWS = 3, MOST_STEPS = 20 };
#define IMAGE_STEP 1.25 /* of the wheel */
#define TIME_STEP 1.3

static ui_panel_t panel_at(const view_ui_t *ui, int32_t x, int32_t y)
{
    for (uint32_t i = 0; i < PANEL_COUNT; i++)
        if (ui->panel[i].w > 0 && ui_is_in(ui->panel[i], x, y))
            return (ui_panel_t)i;
    return PANEL_COUNT;
}

/* ---- the bar of the run's time ---- */

static void seek(ui_do_t *d, int32_t x)
{
    const draw_hit_t *bar = ui_find_hit(d->ui, d->last, HIT_SEEK, PANEL_COUNT);
    if (bar != NULL)
        play_seek(d->play, ui_reach_ps((ui_reach_t){bar->a, bar->b}, bar->rect, x));
}

/* ---- down ---- */

static void press_control(ui_do_t *d, const draw_hit_t *hit)
{
    if (hit->a >= CONTROL_COUNT)
        return;
    control_t row = (control_t)hit->a;
    if (d->ui->control != row)
        d->ui->typed[0] = '\0';
    d->ui->control = row;
    d->ui->note[0] = '\0';
    if (hit->b < 2)
        control_step(d->model, d->ui, d->play, row, hit->b == 1);
    else if (control_address(row) != 0)
        ui_select(d->ui, HIT_REGISTER, control_address(row), 0, 0, 0);
}

static void down(ui_do_t *d, const input_t *input)
{
    view_ui_t *ui = d->ui;
    const draw_hit_t *hit = draw_at(d->last, input->x, input->y);
    ui_panel_t panel = panel_at(ui, input->x, input->y);
    if (input->button != LEFT_BUTTON)
        return;
    ui->dragging = true;
    ui->moved = false;
    ui->press_x = input->x;
    ui->press_y = input->y;
    ui->drag_kind = hit != NULL ? (ui_hit_t)hit->kind : HIT_COUNT;
    ui->drag_a = hit != NULL ? hit->a : 0;
    if (hit == NULL)
        return;
    if (ui->help) { /* it lies over everything */
        ui->help = false;
        ui->drag_kind = HIT_COUNT;
        return;
    }
    if (panel < PANEL_COUNT)
        ui->focus = panel;
    if (hit->kind == HIT_BUTTON && hit->a < BUTTON_COUNT)
        ui_press_button(d, (ui_button_t)hit->a);
    else if (hit->kind == HIT_SEEK)
        seek(d, input->x);
    else if (hit->kind == HIT_CONTROL)
        press_control(d, hit);
    else if (input->clicks == 2 && panel < PANEL_COUNT)
        ui_show_alone(ui, panel);
}

/* ---- moved ---- */

static void drag_image(ui_do_t *d, int32_t dx, int32_t dy)
{
    const draw_hit_t *hit = ui_find_hit(d->ui, d->last, HIT_PIXEL, d->ui->focus);
    if (hit == NULL || hit->a >= VIEW_PICTURES)
        return;
    view_picture_kind_t kind = (view_picture_kind_t)hit->a;
    image_place_t place = image_place_of(d->model, d->ui, kind, hit->rect);
    image_pan(&place, dx, dy, &d->ui->zoom[kind]);
}

static void drag_time(ui_do_t *d, int32_t dx)
{
    const draw_hit_t *plot = ui_find_hit(d->ui, d->last, HIT_TIME, PANEL_TIMELINE);
    if (plot != NULL && plot->rect.w > 0)
        ui_move_time(d->ui, d->model, -(double)dx / plot->rect.w);
}

static void moved(ui_do_t *d, const input_t *input)
{
    view_ui_t *ui = d->ui;
    ui->pointer_x = input->x;
    ui->pointer_y = input->y;
    if (!ui->dragging)
        return;
    int64_t dx = (int64_t)input->x - ui->press_x, dy = (int64_t)input->y - ui->press_y;
    bool far = dx > SLACK || dx < -SLACK || dy > SLACK || dy < -SLACK;
    if (!ui->moved && !far)
        return;
    ui->moved = true;
    ui->press_x = input->x;
    ui->press_y = input->y;
    if (ui->drag_kind == HIT_SEEK)
        seek(d, input->x);
    else if (ui->drag_kind == HIT_PIXEL || ui->drag_kind == HIT_BOX)
        drag_image(d, (int32_t)dx, (int32_t)dy);
    else if (ui->focus == PANEL_TIMELINE &&
             (ui->drag_kind == HIT_TIME || ui->drag_kind == HIT_SPAN))
        drag_time(d, (int32_t)dx);
}

/* ---- up ---- */

static void click_pixel(ui_do_t *d, const draw_hit_t *hit, int32_t x, int32_t y)
{
    uint32_t column, row;
    if (hit->a >= VIEW_PICTURES)
        return;
    view_picture_kind_t kind = (view_picture_kind_t)hit->a;
    image_place_t place = image_place_of(d->model, d->ui, kind, hit->rect);
    if (image_pixel_at(&place, &d->model->picture[kind], x, y, &column, &row))
        ui_select(d->ui, HIT_PIXEL, hit->a, 0, column, row);
}

static void up(ui_do_t *d, const input_t *input)
{
    view_ui_t *ui = d->ui;
    const draw_hit_t *hit = draw_at(d->last, input->x, input->y);
    if (input->button != LEFT_BUTTON)
        return;
    bool click = ui->dragging && !ui->moved && hit != NULL && hit->kind == (uint32_t)ui->drag_kind;
    ui->dragging = ui->moved = false;
    if (!click)
        return;
    if (hit->kind == HIT_PIXEL)
        click_pixel(d, hit, input->x, input->y);
    else if (ui_can_inspect(hit->kind))
        ui_select(ui, (ui_hit_t)hit->kind, hit->a, hit->b, 0, 0);
}

/* ---- wheel ---- */

static void wheel_time(ui_do_t *d, int32_t x, double steps)
{
    const draw_hit_t *plot = ui_find_hit(d->ui, d->last, HIT_TIME, PANEL_TIMELINE);
    uint64_t from, to;
    ui_shown_time(d->ui, d->model, &from, &to);
    uint64_t at = plot != NULL ? ui_reach_ps((ui_reach_t){from, to}, plot->rect, x) : to;
    ui_zoom_time(d->ui, d->model, pow(TIME_STEP, -steps), at);
}

static void wheel(ui_do_t *d, const input_t *input)
{
    view_ui_t *ui = d->ui;
    int32_t steps = input->wheel > MOST_STEPS    ? MOST_STEPS
                    : input->wheel < -MOST_STEPS ? -MOST_STEPS
                                                 : input->wheel;
    const draw_hit_t *image = image_hit_at(d->last, input->x, input->y);
    ui_panel_t panel = panel_at(ui, input->x, input->y);
    if (ui->help)
        return;
    if (image != NULL && image->a < VIEW_PICTURES) {
        view_picture_kind_t kind = (view_picture_kind_t)image->a;
        image_place_t place = image_place_of(d->model, ui, kind, image->rect);
        image_zoom_at(&place, input->x, input->y, (float)pow(IMAGE_STEP, steps), &ui->zoom[kind]);
    } else if (panel == PANEL_TIMELINE) {
        wheel_time(d, input->x, steps);
    } else if (panel == PANEL_INSPECT) {
        ui_scroll_inspect(d, -(int64_t)steps * WHEEL_ROWS);
    }
}

void ui_mouse(ui_do_t *d, const input_t *input)
{
    if (input->kind == INPUT_DOWN)
        down(d, input);
    else if (input->kind == INPUT_UP)
        up(d, input);
    else if (input->kind == INPUT_MOVE)
        moved(d, input);
    else if (input->kind == INPUT_WHEEL)
        wheel(d, input);
}
