/*
 * view_keys_test.c - the viewer's keyboard: every key does what its help says.
 */
#include "tests/tools/view_ui_rig.h"
#include "tools/view/control.h"

/* ---- keys ---- */

/* Prepares, presses the key of that row, looks. */
typedef struct {
    ui_panel_t focus;
    void (*before)(void);
    bool (*after)(void);
} check_t;

static view_ui_t was;

static ui_zoom_t zoom_now(void)
{
    return rig.ui.zoom[VIEW_RAW];
}

static ui_zoom_t zoom_was(void)
{
    return was.zoom[VIEW_RAW];
}

static void zoomed(void)
{
    rig.ui.zoom[VIEW_RAW] = (ui_zoom_t){8, 0.5f, 0.5f};
}

static void helped(void)
{
    rig.ui.help = true;
}

static void second_row(void)
{
    rig.ui.control = 1;
}

static void typed(void)
{
    strcpy(rig.ui.typed, "10");
}

static void scrolled(void)
{
    rig.ui.inspect_row = 40;
}

static void earlier(void)
{
    rig.ui.span_ps = 1000000000;
    rig.ui.end_ps = 20000000000;
}

static void pixel(void)
{
    rig.ui.select = (ui_select_t){HIT_PIXEL, VIEW_RAW, 0, 10, 10};
}

static void slow(void)
{
    rig.play.speed = SPEED_10TH;
}

static bool no_help(void)
{
    return !rig.ui.help;
}

static bool host_has_focus(void)
{
    return rig.ui.focus == PANEL_ISP && was.focus == PANEL_RAW;
}

static bool raw_is_big(void)
{
    return rig.ui.big == PANEL_RAW && rig.ui.panel[PANEL_RAW].w == 1280 - 2 * UI_GAP &&
           rig.ui.panel[PANEL_ISP].w == 0;
}

static bool at_furthest(void)
{
    return rig.play.seeks == 1 && rig.play.sought_ps == rig.play.furthest_ps;
}

static bool full_speed(void)
{
    return rig.play.speed == SPEED_FULL;
}

static bool box_selected(void)
{
    return rig.ui.select.kind == HIT_BOX && rig.ui.select.a == 7;
}

static bool closer(void)
{
    return zoom_now().zoom > zoom_was().zoom;
}

static bool farther(void)
{
    return zoom_now().zoom < zoom_was().zoom;
}

static bool all_of_it(void)
{
    return zoom_now().zoom <= 1;
}

static bool up_there(void)
{
    return zoom_now().y < zoom_was().y && zoom_now().zoom >= zoom_was().zoom;
}

static bool down_there(void)
{
    return zoom_now().y > zoom_was().y;
}

static bool to_the_left(void)
{
    return zoom_now().x < zoom_was().x;
}

static bool to_the_right(void)
{
    return zoom_now().x > zoom_was().x;
}

static bool middle_pixel(void)
{
    return rig.ui.select.kind == HIT_PIXEL && rig.ui.select.a == VIEW_RAW &&
           abs((int)rig.ui.select.x - RIG_W / 2) <= 1 && abs((int)rig.ui.select.y - RIG_H / 2) <= 1;
}

static bool less_time(void)
{
    return rig.ui.span_ps < was.span_ps && rig.ui.end_ps < 20000000000;
}

static bool more_time(void)
{
    return rig.ui.span_ps > was.span_ps;
}

static bool before_that(void)
{
    return rig.ui.end_ps == 20000000000 - 250000000;
}

static bool after_that(void)
{
    return rig.ui.end_ps == 20000000000 + 250000000;
}

static bool follows(void)
{
    return rig.ui.end_ps == 0 && rig.ui.span_ps == 100000000000;
}

static bool row_0(void)
{
    return rig.ui.control == 0;
}

static bool row_2(void)
{
    return rig.ui.control == 2;
}

static bool gain_up(void)
{
    return rig.play.writes == 1 && rig.play.write[0].addr == 0x0204 && rig.play.write[0].value > 0;
}

static bool nothing_below(void)
{
    return rig.play.writes == 0 && strstr(rig.ui.note, "least") != NULL;
}

static bool one_digit(void)
{
    return strcmp(rig.ui.typed, "1") == 0;
}

static bool exposure_set(void)
{
    return rig.ui.typed[0] == '\0' && rig.play.writes == 1 && rig.play.write[0].addr == 0x0202;
}

static bool scrolled_by_minus_1(void)
{
    return rig.ui.inspect_row == 39;
}

static bool scrolled_by_1(void)
{
    return rig.ui.inspect_row == 41;
}

static bool scrolled_up(void)
{
    return rig.ui.inspect_row < 35;
}

static bool scrolled_down(void)
{
    return rig.ui.inspect_row > 45;
}

/* Rows with key 0 have tests of their own. */
static const check_t checks[DO_COUNT] = {
    [DO_ESCAPE] = {PANEL_RAW, helped, no_help},
    [DO_FOCUS] = {PANEL_RAW, NULL, host_has_focus},
    [DO_BIG] = {PANEL_RAW, NULL, raw_is_big},
    [DO_FURTHEST] = {PANEL_RAW, NULL, at_furthest},
    [DO_SLOW_BACK] = {PANEL_RAW, slow, full_speed},
    [DO_NEXT] = {PANEL_IDEAL, NULL, box_selected},
    [DO_BEFORE] = {PANEL_IDEAL, NULL, box_selected},
    [DO_IMAGE_IN] = {PANEL_RAW, NULL, closer},
    [DO_IMAGE_OUT] = {PANEL_RAW, zoomed, farther},
    [DO_IMAGE_ALL] = {PANEL_RAW, zoomed, all_of_it},
    [DO_IMAGE_UP] = {PANEL_RAW, zoomed, up_there},
    [DO_IMAGE_DOWN] = {PANEL_RAW, zoomed, down_there},
    [DO_IMAGE_LEFT] = {PANEL_RAW, zoomed, to_the_left},
    [DO_IMAGE_RIGHT] = {PANEL_RAW, zoomed, to_the_right},
    [DO_PIXEL] = {PANEL_RAW, NULL, middle_pixel},
    [DO_TIME_IN] = {PANEL_TIMELINE, earlier, less_time},
    [DO_TIME_OUT] = {PANEL_TIMELINE, earlier, more_time},
    [DO_TIME_BACK] = {PANEL_TIMELINE, earlier, before_that},
    [DO_TIME_ON] = {PANEL_TIMELINE, earlier, after_that},
    [DO_TIME_NOW] = {PANEL_TIMELINE, earlier, follows},
    [DO_ROW_UP] = {PANEL_CONTROL, second_row, row_0},
    [DO_ROW_DOWN] = {PANEL_CONTROL, second_row, row_2},
    [DO_ROW_MORE] = {PANEL_CONTROL, second_row, gain_up},
    [DO_ROW_LESS] = {PANEL_CONTROL, second_row, nothing_below},
    [DO_ROW_RUB] = {PANEL_CONTROL, typed, one_digit},
    [DO_ROW_SET] = {PANEL_CONTROL, typed, exposure_set},
    [DO_TEXT_UP] = {PANEL_INSPECT, scrolled, scrolled_by_minus_1},
    [DO_TEXT_DOWN] = {PANEL_INSPECT, scrolled, scrolled_by_1},
    [DO_PAGE_UP] = {PANEL_INSPECT, scrolled, scrolled_up},
    [DO_PAGE_DOWN] = {PANEL_INSPECT, scrolled, scrolled_down},
};

START_TEST(every_key_does_what_its_help_says)
{
    rig_make(&rig);
    for (uint32_t i = 0; i < DO_COUNT; i++) {
        const check_t *check = &checks[i];
        if (ui_keys[i].key == 0 || i == DO_QUIT)
            continue;
        ck_assert_msg(check->after != NULL, "no test of %s: %s", ui_keys[i].shown, ui_keys[i].help);
        view_ui_init(&rig.ui);
        fake_play_init(&rig.play, &rig.sensor->ccs.desc);
        rig.ui.focus = check->focus;
        if (check->before != NULL)
            check->before();
        rig_draw(&rig, 1280, 800);
        was = rig.ui;
        ck_assert_msg(!check->after(), "%s: as it was before", ui_keys[i].help);
        ck_assert(key(ui_keys[i].key));
        ck_assert_msg(check->after(), "%s: %s", ui_keys[i].shown, ui_keys[i].help);
    }
    ck_assert(!key('q'));
    ck_assert(!put((input_t){.kind = INPUT_CLOSE}));
    rig_free(&rig);
}
END_TEST

static void check_button(uint32_t button, bool by_key)
{
    static const uint32_t keys[BUTTON_COUNT] = {
#define X(name, label, key, help) key,
        UI_BUTTONS(X)
#undef X
    };
    view_ui_init(&rig.ui);
    fake_play_init(&rig.play, &rig.sensor->ccs.desc);
    rig.play.begin_ps = 5;
    rig_draw(&rig, 1280, 800);
    if (by_key)
        key(keys[button]);
    else
        click_hit(HIT_BUTTON, button, 0);
    const play_t *p = &rig.play;
    ck_assert(p->sought_ps == (button == BUTTON_BEGIN ? 5 : 0));
    ck_assert_uint_eq(p->seeks, button == BUTTON_BEGIN);
    ck_assert_uint_eq(p->backs, button == BUTTON_BACK);
    ck_assert_int_eq(p->paused, button == BUTTON_PLAY);
    ck_assert_int_eq(p->speed, button == BUTTON_SLOW ? SPEED_10TH : SPEED_FULL);
    ck_assert_int_eq(p->step, button == BUTTON_ROW      ? STEP_ROW
                              : button == BUTTON_FRAME  ? STEP_FRAME
                              : button == BUTTON_LAYER  ? STEP_NLAYER
                              : button == BUTTON_INSN   ? STEP_INSN
                              : button == BUTTON_PACKET ? STEP_PACKET
                                                        : -1);
    ck_assert_int_eq(rig.ui.truth, button != BUTTON_TRUTH);
    ck_assert_int_eq(rig.ui.help, button == BUTTON_HELP);
}

START_TEST(a_button_does_the_same_by_key_and_by_mouse)
{
    rig_make(&rig);
    for (uint32_t i = 0; i < BUTTON_COUNT; i++) {
        check_button(i, true);
        check_button(i, false);
    }
    rig_free(&rig);
}
END_TEST

START_TEST(slow_motion_comes_round_again)
{
    begin();
    for (uint32_t i = 0; i < SPEED_COUNT; i++)
        key('s');
    ck_assert_int_eq(rig.play.speed, SPEED_FULL);
    key('S');
    ck_assert_int_eq(rig.play.speed, SPEED_ROW);
    rig_free(&rig);
}
END_TEST

START_TEST(each_panel_has_a_key_that_shows_it_alone)
{
    begin();
    for (uint32_t i = 0; i < PANEL_COUNT; i++) {
        rig.ui.focus = PANEL_RAW;
        key((uint32_t)ui_panel_keys[i]);
        ck_assert_uint_eq(rig.ui.big, i);
        ck_assert_uint_eq(rig.ui.focus, i);
        rig.ui.focus = PANEL_RAW; /* where digits are not typed */
        key((uint32_t)ui_panel_keys[i]);
        ck_assert_uint_eq(rig.ui.big, PANEL_COUNT);
    }
    rig_free(&rig);
}
END_TEST

START_TEST(no_two_keys_of_a_panel_are_the_same)
{
    static const uint32_t buttons[BUTTON_COUNT] = {
#define X(name, label, key, help) key,
        UI_BUTTONS(X)
#undef X
    };
    for (uint32_t i = 0; i < DO_COUNT; i++) {
        for (uint32_t j = 0; j < i && ui_keys[i].key != 0; j++)
            ck_assert_msg(ui_keys[i].key != ui_keys[j].key ||
                              (ui_keys[i].where != ui_keys[j].where &&
                               ui_keys[i].where != KEYS_WINDOW && ui_keys[j].where != KEYS_WINDOW),
                          "%s and %s", ui_keys[i].help, ui_keys[j].help);
        for (uint32_t b = 0; b < BUTTON_COUNT; b++)
            ck_assert(ui_keys[i].key != buttons[b]);
        for (uint32_t p = 0; p < PANEL_COUNT; p++)
            ck_assert(ui_keys[i].key != (uint32_t)ui_panel_keys[p]);
    }
}
END_TEST

START_TEST(escape_closes_one_thing_after_the_other)
{
    begin();
    rig.ui.help = true;
    rig.ui.big = PANEL_RAW;
    strcpy(rig.ui.typed, "1");
    ui_select(&rig.ui, HIT_BLOCK, 2, 0, 0, 0);
    key(KEY_ESCAPE);
    ck_assert(!rig.ui.help);
    ck_assert_str_eq(rig.ui.typed, "1");
    key(KEY_ESCAPE);
    ck_assert_str_eq(rig.ui.typed, "");
    ck_assert_int_eq(rig.ui.big, PANEL_RAW);
    key(KEY_ESCAPE);
    ck_assert_int_eq(rig.ui.big, PANEL_COUNT);
    ck_assert_int_eq(rig.ui.select.kind, HIT_BLOCK);
    key(KEY_ESCAPE);
    ck_assert_int_eq(rig.ui.select.kind, HIT_PANEL);
    rig_free(&rig);
}
END_TEST

START_TEST(the_inspector_goes_from_component_to_component)
{
    begin();
    rig.ui.focus = PANEL_INSPECT;
    key(']'); /* the first of the list */
    ck_assert_int_eq(rig.ui.select.kind, HIT_COMP);
    ck_assert_uint_eq(rig.ui.select.a, 0);
    key(']');
    ck_assert_uint_eq(rig.ui.select.a, 1);
    key('[');
    key('[');
    ck_assert_uint_gt(rig.ui.select.a, 20); /* the last one */
    key(']');
    ck_assert_uint_eq(rig.ui.select.a, 0);
    ui_select(&rig.ui, HIT_REGISTER, 0x0202, 0, 0, 0);
    rig_draw(&rig, 1280, 800);
    key(']');
    ck_assert_uint_eq(rig.ui.select.a, 0x0204);
    key('[');
    key('[');
    ck_assert_uint_eq(rig.ui.select.a, 0x0200);
    ui_select(&rig.ui, HIT_SPAN, 0, 0, 0, 0);
    rig_draw(&rig, 1280, 800);
    key(']');
    ck_assert_int_eq(rig.ui.select.kind, HIT_SPAN);
    rig_free(&rig);
}
END_TEST

START_TEST(control_and_arrows_go_from_pixel_to_pixel)
{
    begin();
    pixel();
    key_with(KEY_RIGHT, INPUT_CTRL);
    key_with(KEY_DOWN, INPUT_CTRL);
    ck_assert_uint_eq(rig.ui.select.x, 11);
    ck_assert_uint_eq(rig.ui.select.y, 11);
    ck_assert_int_eq(rig.play.step, -1); /* not a step of the run */
    for (int i = 0; i < 20; i++) {
        key_with(KEY_LEFT, INPUT_CTRL);
        key_with(KEY_UP, INPUT_CTRL);
    }
    ck_assert_uint_eq(rig.ui.select.x, 0);
    ck_assert_uint_eq(rig.ui.select.y, 0);
    rig.ui.select.x = RIG_W - 1;
    key_with(KEY_RIGHT, INPUT_CTRL);
    ck_assert_uint_eq(rig.ui.select.x, RIG_W - 1);
    rig_free(&rig);
}
END_TEST

TEST_MAIN("tools view_keys", every_key_does_what_its_help_says,
          a_button_does_the_same_by_key_and_by_mouse, slow_motion_comes_round_again,
          each_panel_has_a_key_that_shows_it_alone, no_two_keys_of_a_panel_are_the_same,
          escape_closes_one_thing_after_the_other, the_inspector_goes_from_component_to_component,
          control_and_arrows_go_from_pixel_to_pixel)
