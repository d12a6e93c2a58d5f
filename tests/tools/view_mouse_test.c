/*
 * view_mouse_test.c - clicks, drags and the wheel; and no input of any kind brings the window's
 * state out of range.
 */
#include "tests/tools/view_ui_rig.h"
#include "tools/view/control.h"
#include "tools/view/image_view.h"

/* ---- the mouse ---- */

/* The middle of what a panel has inside. */
static void middle(ui_panel_t panel, int32_t *x, int32_t *y)
{
    draw_rect_t r = ui_inside(rig.ui.panel[panel]);
    *x = r.x + r.w / 2;
    *y = r.y + r.h / 2;
}

static void pixel_at(int32_t x, int32_t y, uint32_t *column, uint32_t *row)
{
    const draw_hit_t *hit = ui_find_hit(&rig.ui, &rig.draw, HIT_PIXEL, PANEL_RAW);
    ck_assert_ptr_nonnull(hit);
    image_place_t place = image_place_of(&rig.model, &rig.ui, VIEW_RAW, hit->rect);
    ck_assert(image_pixel_at(&place, &rig.model.picture[VIEW_RAW], x, y, column, row));
}

START_TEST(the_wheel_zooms_to_single_pixels_around_the_pointer)
{
    uint32_t column, row, c, r;
    int32_t x, y;
    begin();
    middle(PANEL_RAW, &x, &y);
    x -= 60;
    y -= 40;
    pixel_at(x, y, &column, &row);
    for (int i = 0; i < 40; i++) {
        wheel(x, y, 1);
        pixel_at(x, y, &c, &r);
        ck_assert_int_le(abs((int)c - (int)column), 1);
        ck_assert_int_le(abs((int)r - (int)row), 1);
    }
    char dn[16];
    snprintf(dn, sizeof(dn), "%u", RIG_BLACK + c + r);
    check_shows(dn);
    click(x, y);
    ck_assert_int_eq(rig.ui.select.kind, HIT_PIXEL);
    ck_assert_uint_eq(rig.ui.select.x, c);
    ck_assert_uint_eq(rig.ui.select.y, r);
    wheel(x, y, -100);
    wheel(x, y, -100);
    ck_assert(rig.ui.zoom[VIEW_RAW].zoom <= 1);
    rig_free(&rig);
}
END_TEST

START_TEST(dragging_an_image_moves_it_and_selects_nothing)
{
    uint32_t column, row, c, r;
    int32_t x, y;
    begin();
    rig.ui.zoom[VIEW_RAW] = (ui_zoom_t){8, 0.5f, 0.5f};
    rig_draw(&rig, 1280, 800);
    middle(PANEL_RAW, &x, &y);
    pixel_at(x, y, &column, &row);
    drag(x, y, x + 50, y - 30);
    ck_assert_int_eq(rig.ui.select.kind, HIT_PANEL);
    pixel_at(x + 50, y - 30, &c, &r);
    ck_assert_int_le(abs((int)c - (int)column), 1);
    ck_assert_int_le(abs((int)r - (int)row), 1);
    ck_assert(!rig.ui.dragging);
    mouse(INPUT_MOVE, x, y);
    pixel_at(x + 50, y - 30, &c, &r);
    ck_assert_int_le(abs((int)c - (int)column), 1);
    rig_free(&rig);
}
END_TEST

START_TEST(the_wheel_on_the_timeline_keeps_the_time_under_the_pointer)
{
    uint64_t from, to;
    begin();
    rig.ui.end_ps = 30000000000;
    rig.ui.span_ps = 10000000000;
    rig_draw(&rig, 1280, 800);
    draw_rect_t plot = ui_find_hit(&rig.ui, &rig.draw, HIT_TIME, PANEL_TIMELINE)->rect;
    wheel(plot.x + plot.w / 4, plot.y + 20, 3); /* 22.5 ms */
    ui_shown_time(&rig.ui, &rig.model, &from, &to);
    ck_assert_double_eq_tol((double)(to - from), 1e10 / 1.3 / 1.3 / 1.3, 1e4);
    double at = (double)from + (double)(to - from) * (plot.w / 4) / plot.w;
    ck_assert_double_eq_tol(at, 22.5e9, 2e7);
    for (int i = 0; i < 200; i++)
        wheel(plot.x + plot.w / 4, plot.y + 20, 20);
    ck_assert_uint_ge(rig.ui.span_ps, 1000);
    rig_free(&rig);
}
END_TEST

START_TEST(dragging_the_timeline_goes_along_it_but_not_beyond_now)
{
    begin();
    rig.ui.end_ps = 30000000000;
    rig.ui.span_ps = 10000000000;
    rig_draw(&rig, 1280, 800);
    draw_rect_t plot = ui_find_hit(&rig.ui, &rig.draw, HIT_TIME, PANEL_TIMELINE)->rect;
    int32_t x = plot.x + plot.w / 2, y = plot.y + plot.h - 3;
    drag(x, y, x + plot.w / 10, y);
    ck_assert_double_eq_tol((double)rig.ui.end_ps, 29e9, 3e7);
    drag(x, y, x - 3 * plot.w, y);
    ck_assert_uint_eq(rig.ui.end_ps, 0);
    rig_free(&rig);
}
END_TEST

START_TEST(the_bar_of_time_goes_where_it_is_pressed_and_dragged)
{
    begin();
    const draw_hit_t *bar = find_hit(HIT_SEEK, 0, 990000000000 + 2000000000);
    draw_rect_t r = bar->rect; /* 30 frames of 33 ms, from the readout of the first on */
    click(r.x + r.w / 2, r.y + 4);
    ck_assert_double_eq_tol((double)rig.play.sought_ps, 496e9, 1e9);
    mouse(INPUT_DOWN, r.x + 10, r.y + 4);
    mouse(INPUT_MOVE, r.x + r.w + 500, r.y + 300);
    ck_assert_uint_eq(rig.play.sought_ps, 992000000000);
    mouse(INPUT_MOVE, r.x - 500, r.y);
    ck_assert_uint_eq(rig.play.sought_ps, 0);
    mouse(INPUT_UP, 0, 0);
    uint32_t seeks = rig.play.seeks;
    mouse(INPUT_MOVE, r.x + 100, r.y);
    ck_assert_uint_eq(rig.play.seeks, seeks);
    rig_free(&rig);
}
END_TEST

START_TEST(a_double_click_shows_a_panel_alone_and_another_all)
{
    int32_t x, y;
    begin();
    for (uint32_t i = 0; i < PANEL_COUNT; i++) {
        if (i == PANEL_CONTROL) /* quick clicks on + */
            continue;
        middle((ui_panel_t)i, &x, &y);
        put((input_t){.kind = INPUT_DOWN, .x = x, .y = y, .button = 1, .clicks = 2});
        mouse(INPUT_UP, x, y);
        ck_assert_uint_eq(rig.ui.big, i);
        middle((ui_panel_t)i, &x, &y);
        put((input_t){.kind = INPUT_DOWN, .x = x, .y = y, .button = 1, .clicks = 2});
        mouse(INPUT_UP, x, y);
        ck_assert_uint_eq(rig.ui.big, PANEL_COUNT);
    }
    rig_free(&rig);
}
END_TEST

START_TEST(other_buttons_of_the_mouse_do_nothing)
{
    begin();
    draw_rect_t r = find_hit(HIT_BUTTON, BUTTON_PLAY, 0)->rect;
    put((input_t){.kind = INPUT_DOWN, .x = r.x + 2, .y = r.y + 2, .button = 3, .clicks = 1});
    put((input_t){.kind = INPUT_UP, .x = r.x + 2, .y = r.y + 2, .button = 3});
    ck_assert(!rig.play.paused);
    rig_free(&rig);
}
END_TEST

/* ---- whatever comes ---- */

static void check_state(void)
{
    const view_ui_t *ui = &rig.ui;
    for (uint32_t i = 0; i < VIEW_PICTURES; i++) {
        ck_assert(ui->zoom[i].zoom >= 1 && ui->zoom[i].zoom <= 1e6f);
        ck_assert(ui->zoom[i].x >= 0 && ui->zoom[i].x <= 1);
        ck_assert(ui->zoom[i].y >= 0 && ui->zoom[i].y <= 1);
    }
    ck_assert(ui->big <= PANEL_COUNT);
    ck_assert(ui->focus < PANEL_COUNT);
    ck_assert(ui->span_ps >= 1000 && ui->span_ps <= UINT64_C(1000000000000000));
    ck_assert(ui->end_ps == 0 || ui->end_ps >= ui->span_ps || ui->end_ps >= rig.model.now_ps);
    ck_assert(ui->control < CONTROL_COUNT);
    ck_assert(memchr(ui->typed, '\0', sizeof(ui->typed)) != NULL);
    ck_assert(memchr(ui->note, '\0', sizeof(ui->note)) != NULL);
    ck_assert(ui->select.kind < HIT_COUNT);
    ck_assert(rig.play.speed < SPEED_COUNT);
    ck_assert(rig.play.step < STEP_KINDS);
}

static uint32_t chance(uint64_t *state, uint32_t most)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33) % most;
}

static uint32_t any_key(uint64_t *random)
{
    static const char common[] = " srnipt?+-,.zf[]SqQ123456789cd=";
    switch (chance(random, 4)) {
    case 0:
        return (uint32_t)common[chance(random, sizeof(common) - 1)];
    case 1:
        return KEY_LEFT + chance(random, KEY_DELETE - KEY_LEFT + 1);
    case 2:
        return (const uint32_t[]){KEY_ESCAPE, KEY_TAB, KEY_RETURN,
                                  KEY_BACKSPACE}[chance(random, 4)];
    default:
        return chance(random, 0x200) * (chance(random, 50) == 0 ? 0x1000000 : 1);
    }
}

static int32_t any_place(uint64_t *random, uint32_t size)
{
    return chance(random, 200) == 0 ? (int32_t)(chance(random, 2) == 0 ? INT32_MIN : INT32_MAX)
                                    : (int32_t)chance(random, size + 40) - 20;
}

static input_t any_input(uint64_t *random)
{
    input_t input = {.kind = (input_kind_t)chance(random, INPUT_CLOSE + 1),
                     .x = any_place(random, rig.draw.width),
                     .y = any_place(random, rig.draw.height),
                     .button = 1 + chance(random, 8) / 7,
                     .clicks = 1 + chance(random, 3),
                     .mods = chance(random, 8),
                     .key = any_key(random)};
    input.wheel = chance(random, 100) == 0 ? INT32_MIN : (int32_t)chance(random, 9) - 4;
    if (chance(random, 3) == 0 && rig.draw.hits > 0) { /* something that can be hit */
        draw_rect_t r = rig.draw.hit[chance(random, rig.draw.hits)].rect;
        input.x = r.x + (int32_t)chance(random, (uint32_t)r.w);
        input.y = r.y + (int32_t)chance(random, (uint32_t)r.h);
    }
    return input;
}

START_TEST(no_input_brings_it_out_of_range)
{
    uint64_t random = 1;
    uint32_t width = 1280, height = 800;
    begin();
    for (uint32_t i = 0; i < 100000; i++) {
        input_t input = any_input(&random);
        (void)ui_input(&rig.ui, &rig.model, &rig.draw, &rig.play, &input);
        check_state();
        if (chance(&random, 500) == 0) {
            width = 900 + chance(&random, 2000);
            height = 500 + chance(&random, 1200);
        }
        if (chance(&random, 300) == 0) { /* time goes on, or back */
            rig.play.now_ps = rig.model.now_ps = chance(&random, 1000) * UINT64_C(123456789);
            rig.play.may_change = chance(&random, 2) == 0;
            rig.play.slow_bus = chance(&random, 2) == 0;
            if (chance(&random, 4) == 0)
                view_model_back(&rig.model, rig.model.now_ps);
        }
        if (chance(&random, 25 * TEST_FEWER) == 0)
            rig_draw(&rig, width, height);
    }
    rig_free(&rig);
}
END_TEST

TEST_MAIN("tools view_mouse", the_wheel_zooms_to_single_pixels_around_the_pointer,
          dragging_an_image_moves_it_and_selects_nothing,
          the_wheel_on_the_timeline_keeps_the_time_under_the_pointer,
          dragging_the_timeline_goes_along_it_but_not_beyond_now,
          the_bar_of_time_goes_where_it_is_pressed_and_dragged,
          a_double_click_shows_a_panel_alone_and_another_all, other_buttons_of_the_mouse_do_nothing,
          no_input_brings_it_out_of_range)
