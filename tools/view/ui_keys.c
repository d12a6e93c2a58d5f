/*
 * ui_keys.c - the keyboard: everything that the mouse does, by the table in ui_int.h.
 */
#include <string.h>

#include "tools/view/control.h"
#include "tools/view/image_view.h"
#include "tools/view/inspect.h"
#include "tools/view/ui_int.h"

const ui_key_t ui_keys[DO_COUNT] = {
#define X(name, where, key, shown, help) {where, key, shown, help},
    UI_KEYS(X)
#undef X
};

const char *const ui_keys_title[KEYS_ALL] = {
    [KEYS_WINDOW] = "Everywhere",        [KEYS_IMAGE] = "In images",
    [KEYS_TIMELINE] = "In the timeline", [KEYS_CONTROL] = "In registers and light",
    [KEYS_INSPECT] = "In the inspector",
};

const char ui_panel_keys[PANEL_COUNT + 1] = "1234567890cd";

#define IMAGE_STEP 1.5f
#define IMAGE_MOVE 0.25 /* of the panel */
#define TIME_STEP 1.5
#define TIME_MOVE 0.25
#define FIRST_SPAN_PS (100 * SIM_PS_PER_MS)

keys_t ui_keys_of(ui_panel_t panel)
{
    return ui_is_image(panel)        ? KEYS_IMAGE
           : panel == PANEL_TIMELINE ? KEYS_TIMELINE
           : panel == PANEL_CONTROL  ? KEYS_CONTROL
           : panel == PANEL_INSPECT  ? KEYS_INSPECT
                                     : KEYS_WINDOW;
}

/* ---- buttons ---- */

static void next_speed(ui_do_t *d, uint32_t by)
{
    uint32_t speed = ((uint32_t)play_speed(d->play) + by) % SPEED_COUNT;
    play_set_speed(d->play, (play_speed_t)speed);
}

void ui_press_button(ui_do_t *d, ui_button_t button)
{
    switch (button) {
    case BUTTON_BEGIN:
        play_seek(d->play, play_begin_ps(d->play));
        break;
    case BUTTON_BACK:
        play_back(d->play);
        break;
    case BUTTON_PLAY:
        play_pause(d->play, !play_paused(d->play));
        break;
    case BUTTON_SLOW:
        next_speed(d, 1);
        break;
    case BUTTON_ROW:
        play_step(d->play, STEP_ROW);
        break;
    case BUTTON_FRAME:
        play_step(d->play, STEP_FRAME);
        break;
    case BUTTON_LAYER:
        play_step(d->play, STEP_NLAYER);
        break;
    case BUTTON_INSN:
        play_step(d->play, STEP_INSN);
        break;
    case BUTTON_PACKET:
        play_step(d->play, STEP_PACKET);
        break;
    case BUTTON_TRUTH:
        d->ui->truth = !d->ui->truth;
        break;
    case BUTTON_HELP:
        d->ui->help = !d->ui->help;
        break;
    default:
        break;
    }
}

/* ---- the window ---- */

static void escape(view_ui_t *ui)
{
    if (ui->help)
        ui->help = false;
    else if (ui->typed[0] != '\0' || ui->note[0] != '\0')
        ui->typed[0] = ui->note[0] = '\0';
    else if (ui->big < PANEL_COUNT)
        ui->big = PANEL_COUNT;
    else
        ui_select(ui, HIT_PANEL, 0, 0, 0, 0);
}

static void next_focus(view_ui_t *ui, bool back)
{
    uint32_t step = back ? PANEL_COUNT - 1 : 1;
    ui->focus = (ui_panel_t)((ui->focus + step) % PANEL_COUNT);
    if (ui->big < PANEL_COUNT)
        ui->big = ui->focus;
}

static bool same(const ui_select_t *s, const draw_hit_t *hit)
{
    return hit->kind == (uint32_t)s->kind && hit->a == s->a && hit->b == s->b;
}

static bool is_thing(const view_ui_t *ui, const draw_hit_t *hit)
{
    return hit->kind != HIT_PIXEL && ui_can_inspect(hit->kind) &&
           ui_is_in(ui->panel[ui->focus], hit->rect.x, hit->rect.y);
}

static uint64_t components(const view_model_t *model)
{
    uint64_t count = 0;
    if (model->sensor != NULL && model->sensor->sim != NULL)
        for (sim_comp_t *c = sim_comp_first(model->sensor->sim); c != NULL; c = c->next)
            count++;
    return count;
}

/* Where the inspector shows nothing to go to: the next component, the next CCS register. */
static void next_of_kind(ui_do_t *d, bool back)
{
    const ui_select_t *s = &d->ui->select;
    uint32_t count, at = 0;
    const ccs_reg_t *reg = ccs_regs(&count);
    uint64_t comps = components(d->model);
    if (s->kind == HIT_COMP && comps > 0)
        ui_select(d->ui, HIT_COMP, (s->a + (back ? comps - 1 : 1)) % comps, 0, 0, 0);
    if (s->kind != HIT_REGISTER)
        return;
    while (at < count && reg[at].addr != s->a)
        at++;
    at = (at + (back ? count - 1 : 1)) % count;
    ui_select(d->ui, HIT_REGISTER, reg[at].addr, 0, 0, 0);
}

/* Things of the panel, in the order in which they were drawn; the same one may be there often. */
static void next_thing(ui_do_t *d, bool back)
{
    view_ui_t *ui = d->ui;
    const draw_hit_t *before = NULL, *found = NULL, *end = NULL;
    bool seen = false;
    for (uint32_t i = 0; i < d->last->hits; i++) {
        const draw_hit_t *hit = &d->last->hit[back ? d->last->hits - 1 - i : i];
        if (!is_thing(ui, hit) || (before != NULL && before->kind == hit->kind &&
                                   before->a == hit->a && before->b == hit->b))
            continue;
        end = end == NULL ? hit : end;
        if (seen && !same(&ui->select, hit)) {
            found = hit;
            break;
        }
        seen |= same(&ui->select, hit);
        before = hit;
    }
    found = found != NULL ? found : end; /* round again */
    if (found != NULL)
        ui_select(ui, (ui_hit_t)found->kind, found->a, found->b, 0, 0);
    else if (ui->focus == PANEL_INSPECT)
        next_of_kind(d, back);
}

/* ---- images ---- */

static view_picture_kind_t picture_of(const ui_do_t *d, image_place_t *place)
{
    const draw_hit_t *hit = ui_find_hit(d->ui, d->last, HIT_PIXEL, d->ui->focus);
    if (hit == NULL || hit->a >= VIEW_PICTURES)
        return VIEW_PICTURES;
    *place = image_place_of(d->model, d->ui, (view_picture_kind_t)hit->a, hit->rect);
    return (view_picture_kind_t)hit->a;
}

static void middle_of(const image_place_t *place, int32_t *x, int32_t *y)
{
    *x = place->area.x + place->area.w / 2;
    *y = place->area.y + place->area.h / 2;
}

static void on_image(ui_do_t *d, ui_act_t act)
{
    image_place_t place;
    int32_t x, y;
    uint32_t column, row;
    view_picture_kind_t kind = picture_of(d, &place);
    if (kind == VIEW_PICTURES)
        return;
    ui_zoom_t *zoom = &d->ui->zoom[kind];
    int32_t across = (int32_t)(place.area.w * IMAGE_MOVE);
    int32_t down = (int32_t)(place.area.h * IMAGE_MOVE);
    middle_of(&place, &x, &y);
    switch (act) {
    case DO_IMAGE_IN:
        image_zoom_at(&place, x, y, IMAGE_STEP, zoom);
        break;
    case DO_IMAGE_OUT:
        image_zoom_at(&place, x, y, 1 / IMAGE_STEP, zoom);
        break;
    case DO_IMAGE_ALL:
        *zoom = (ui_zoom_t){1, 0.5f, 0.5f};
        break;
    case DO_IMAGE_UP:
        image_pan(&place, 0, down, zoom);
        break;
    case DO_IMAGE_DOWN:
        image_pan(&place, 0, -down, zoom);
        break;
    case DO_IMAGE_LEFT:
        image_pan(&place, across, 0, zoom);
        break;
    case DO_IMAGE_RIGHT:
        image_pan(&place, -across, 0, zoom);
        break;
    default:
        if (image_pixel_at(&place, &d->model->picture[kind], x, y, &column, &row))
            ui_select(d->ui, HIT_PIXEL, kind, 0, column, row);
        break;
    }
}

/* Ctrl and an arrow: the pixel beside the inspected one. */
static bool move_pixel(ui_do_t *d)
{
    ui_select_t *s = &d->ui->select;
    bool arrow = d->key >= KEY_LEFT && d->key <= KEY_DOWN;
    if (!arrow || (d->mods & INPUT_CTRL) == 0 || ui_keys_of(d->ui->focus) != KEYS_IMAGE)
        return false;
    if (s->kind != HIT_PIXEL || s->a >= VIEW_PICTURES)
        return true;
    const view_picture_t *p = &d->model->picture[s->a];
    if (d->key == KEY_LEFT && s->x > 0)
        s->x--;
    else if (d->key == KEY_RIGHT && s->x + 1 < p->width_px)
        s->x++;
    else if (d->key == KEY_UP && s->y > 0)
        s->y--;
    else if (d->key == KEY_DOWN && s->y + 1 < p->height_px)
        s->y++;
    return true;
}

/* ---- the timeline ---- */

static void on_timeline(ui_do_t *d, ui_act_t act)
{
    uint64_t from, to;
    ui_shown_time(d->ui, d->model, &from, &to);
    if (act == DO_TIME_IN || act == DO_TIME_OUT) {
        uint64_t at = d->ui->end_ps == 0 ? to : from + (to - from) / 2;
        ui_zoom_time(d->ui, d->model, act == DO_TIME_IN ? 1 / TIME_STEP : TIME_STEP, at);
    } else if (act == DO_TIME_NOW) {
        d->ui->end_ps = 0;
        d->ui->span_ps = FIRST_SPAN_PS;
    } else {
        ui_move_time(d->ui, d->model, act == DO_TIME_ON ? TIME_MOVE : -TIME_MOVE);
    }
}

/* ---- the control panel ---- */

static void choose_row(view_ui_t *ui, uint32_t by)
{
    ui->control = (ui->control + by) % CONTROL_COUNT;
    ui->typed[0] = ui->note[0] = '\0';
}

static void set_row(ui_do_t *d, control_t row)
{
    if (d->ui->typed[0] != '\0') {
        control_type(d->model, d->ui, d->play, row, d->ui->typed);
        d->ui->typed[0] = '\0';
    } else if (control_address(row) != 0) {
        ui_select(d->ui, HIT_REGISTER, control_address(row), 0, 0, 0);
    }
}

/* Whether the key was a digit of a number. */
static bool type(ui_do_t *d)
{
    char *typed = d->ui->typed;
    size_t length = strlen(typed);
    bool digit = (d->key >= '0' && d->key <= '9') || d->key == '.';
    if (d->ui->focus != PANEL_CONTROL || !digit)
        return false;
    if (length + 1 < 12) {
        typed[length] = (char)d->key;
        typed[length + 1] = '\0';
    }
    d->ui->note[0] = '\0';
    return true;
}

static void on_control(ui_do_t *d, ui_act_t act)
{
    view_ui_t *ui = d->ui;
    control_t row = ui->control < CONTROL_COUNT ? (control_t)ui->control : CONTROL_EXPOSURE;
    size_t length = strlen(ui->typed);
    switch (act) {
    case DO_ROW_UP:
        choose_row(ui, CONTROL_COUNT - 1);
        break;
    case DO_ROW_DOWN:
        choose_row(ui, 1);
        break;
    case DO_ROW_MORE:
    case DO_ROW_LESS:
        ui->typed[0] = '\0';
        control_step(d->model, ui, d->play, row, act == DO_ROW_MORE);
        break;
    case DO_ROW_RUB:
        if (length > 0)
            ui->typed[length - 1] = '\0';
        break;
    default:
        set_row(d, row);
        break;
    }
}

/* ---- the inspector ---- */

static void on_inspector(ui_do_t *d, ui_act_t act)
{
    int64_t page = inspect_room(ui_inside(d->ui->panel[PANEL_INSPECT])) - 1;
    ui_scroll_inspect(d, act == DO_TEXT_UP     ? -1
                         : act == DO_TEXT_DOWN ? 1
                         : act == DO_PAGE_UP   ? -page
                                               : page);
}

/* ---- a key ---- */

static void on_window(ui_do_t *d, ui_act_t act)
{
    switch (act) {
    case DO_QUIT:
        d->leave = true;
        break;
    case DO_ESCAPE:
        escape(d->ui);
        break;
    case DO_FOCUS:
        next_focus(d->ui, (d->mods & INPUT_SHIFT) != 0);
        break;
    case DO_BIG:
        ui_show_alone(d->ui, d->ui->focus);
        break;
    case DO_FURTHEST:
        play_seek(d->play, play_furthest_ps(d->play));
        break;
    case DO_SLOW_BACK:
        next_speed(d, SPEED_COUNT - 1);
        break;
    case DO_NEXT:
    case DO_BEFORE:
        next_thing(d, act == DO_BEFORE);
        break;
    default:
        break;
    }
}

static bool press_panel(ui_do_t *d)
{
    const char *at = d->key > 0 && d->key < 0x80 ? strchr(ui_panel_keys, (int)d->key) : NULL;
    if (at != NULL)
        ui_show_alone(d->ui, (ui_panel_t)(at - ui_panel_keys));
    return at != NULL;
}

static bool press_key_of(ui_do_t *d, keys_t where)
{
    for (uint32_t i = 0; i < DO_COUNT; i++) {
        ui_act_t act = (ui_act_t)i;
        if (ui_keys[i].where != where || ui_keys[i].key != d->key)
            continue;
        if (where == KEYS_WINDOW)
            on_window(d, act);
        else if (where == KEYS_IMAGE)
            on_image(d, act);
        else if (where == KEYS_TIMELINE)
            on_timeline(d, act);
        else if (where == KEYS_CONTROL)
            on_control(d, act);
        else
            on_inspector(d, act);
        return true;
    }
    return false;
}

static bool press_button_key(ui_do_t *d)
{
    static const uint32_t keys[BUTTON_COUNT] = {
#define X(name, label, key, help) key,
        UI_BUTTONS(X)
#undef X
    };
    for (uint32_t i = 0; i < BUTTON_COUNT; i++)
        if (keys[i] == d->key) {
            ui_press_button(d, (ui_button_t)i);
            return true;
        }
    return false;
}

void ui_key(ui_do_t *d)
{
    if (d->key == 0)
        return;
    if (d->key == '=')
        d->key = '+'; /* where + is above it */
    if (d->ui->help && d->key != KEY_ESCAPE && d->key != '?' && d->key != 'q')
        return;
    if (move_pixel(d) || type(d))
        return;
    keys_t where = ui_keys_of(d->ui->focus);
    if ((where != KEYS_WINDOW && press_key_of(d, where)) || press_key_of(d, KEYS_WINDOW))
        return;
    if (!press_button_key(d))
        press_panel(d);
}
