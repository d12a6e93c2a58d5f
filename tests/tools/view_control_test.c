/*
 * view_control_test.c - what the user's hand changes: values, ranges, writes, refusals.
 */
#include "tests/tools/view_ui_rig.h"
#include "tools/view/control.h"

/* A row of the IMX500 at its power-up clocks, ms: 9398 clocks of 744 MHz. */
#define LINE_MS (9398 / 744e3)

static control_state_t state_of(control_t row)
{
    return control_state(&rig.model, &rig.ui, &rig.play, row);
}

static bool step(control_t row, bool up)
{
    return control_step(&rig.model, &rig.ui, &rig.play, row, up);
}

static bool type(control_t row, const char *text)
{
    return control_type(&rig.model, &rig.ui, &rig.play, row, text);
}

static void check_text(control_t row, const char *expected)
{
    char text[96];
    control_text(&rig.model, &rig.ui, &rig.play, row, text, sizeof(text));
    ck_assert_str_eq(text, expected);
}

static void check_write(uint32_t n, uint16_t addr, uint32_t bytes, uint32_t value)
{
    ck_assert_uint_gt(rig.play.writes, n);
    ck_assert_uint_eq(rig.play.write[n].addr, addr);
    ck_assert_uint_eq(rig.play.write[n].bytes, bytes);
    ck_assert_uint_eq(rig.play.write[n].value, value);
}

static void load_networks(uint32_t count)
{
    rig.networks.count = count;
    for (uint32_t i = 0; i < count; i++)
        snprintf(rig.networks.prog[i].meta.name, sizeof(rig.networks.prog[i].meta.name), "net_%u",
                 i);
}

START_TEST(values_are_told_in_units_of_people)
{
    begin();
    load_networks(2);
    check_text(CONTROL_EXPOSURE, "20.21 ms, 1600 lines");
    check_text(CONTROL_GAIN, "x 1.00, code 0");
    check_text(CONTROL_DIGITAL, "x 1.00");
    check_text(CONTROL_FRAME, "2637 lines, 30.02 fps");
    check_text(CONTROL_LIGHT, "100.0 %");
    check_text(CONTROL_NETWORK, "0: net_0");
    check_text(CONTROL_SCORE, "0.50, 128 of 256");
    check_text(CONTROL_PATTERN, "0: off");
    check_text(CONTROL_STREAM, "off: standby");
    fake_put(&rig.play, 0x0204, 2, 768); /* 1024 / 256 */
    check_text(CONTROL_GAIN, "x 4.00, code 768");
    fake_put(&rig.play, 0x3210, 1, 2); /* times counted in four lines */
    check_text(CONTROL_FRAME, "2637 lines, 7.51 fps");
    rig_free(&rig);
}
END_TEST

START_TEST(ranges_are_those_of_the_limit_registers)
{
    begin();
    control_state_t s = state_of(CONTROL_EXPOSURE);
    ck_assert_uint_eq(s.least, 8);
    ck_assert_uint_eq(s.most, 2637 - 22);
    fake_put(&rig.play, 0x0350, 1, 1); /* the frame grows with it */
    ck_assert_uint_eq(state_of(CONTROL_EXPOSURE).most, 65535 - 22);
    fake_put(&rig.play, 0x0350, 1, 0);
    fake_put(&rig.play, 0x0340, 2, 10); /* shorter than the margin */
    ck_assert_uint_eq(state_of(CONTROL_EXPOSURE).most, 8);
    ck_assert_uint_eq(state_of(CONTROL_GAIN).most, 978);
    s = state_of(CONTROL_DIGITAL);
    ck_assert_uint_eq(s.least, 0x100);
    ck_assert_uint_eq(s.most, 0xffff);
    s = state_of(CONTROL_FRAME);
    ck_assert_uint_eq(s.least, 30);
    ck_assert_uint_eq(s.most, 0xffdc);
    rig_free(&rig);
}
END_TEST

START_TEST(a_typed_number_is_in_the_rows_unit)
{
    begin();
    ck_assert(type(CONTROL_EXPOSURE, "10"));
    check_write(0, 0x0202, 2, (uint32_t)(10 / LINE_MS + 0.5)); /* 792 */
    ck_assert(type(CONTROL_GAIN, "2"));
    check_write(1, 0x0204, 2, 512);
    ck_assert(type(CONTROL_FRAME, "3000"));
    check_write(2, 0x0340, 2, 3000);
    ck_assert(type(CONTROL_SCORE, "200"));
    check_write(3, 0x9000, 2, 200);
    ck_assert(type(CONTROL_PATTERN, "2"));
    check_write(4, 0x0600, 2, 2);
    ck_assert(type(CONTROL_STREAM, "1"));
    check_write(5, 0x0100, 1, 1);
    ck_assert(type(CONTROL_LIGHT, "12.5"));
    ck_assert_uint_eq(rig.play.light, 125);
    ck_assert_uint_eq(rig.play.writes, 6);
    rig_free(&rig);
}
END_TEST

START_TEST(all_four_digital_gains_change_in_one_frame)
{
    begin();
    ck_assert(type(CONTROL_DIGITAL, "2"));
    check_write(0, 0x0104, 1, 1); /* grouped_parameter_hold */
    for (uint32_t i = 0; i < 4; i++)
        check_write(1 + i, (uint16_t)(0x020e + 2 * i), 2, 0x200);
    check_write(5, 0x0104, 1, 0);
    ck_assert_uint_eq(rig.play.writes, 6);
    rig_free(&rig);
}
END_TEST

START_TEST(three_steps_are_a_stop_and_end_at_the_range)
{
    begin();
    for (int i = 0; i < 3; i++)
        ck_assert(step(CONTROL_GAIN, true));
    ck_assert_int_le(abs((int)state_of(CONTROL_GAIN).value - 512), 3);
    for (int i = 0; i < 3; i++)
        ck_assert(step(CONTROL_EXPOSURE, false));
    ck_assert_int_le(abs((int)state_of(CONTROL_EXPOSURE).value - 800), 2);
    for (int row = 0; row < CONTROL_COUNT; row++)
        for (int up = 0; up < 2; up++) {
            control_state_t s = state_of((control_t)row);
            int steps = 0;
            if (!s.known)
                continue;
            while (step((control_t)row, up != 0) && steps < 300)
                steps++;
            ck_assert_int_lt(steps, 300);
            s = state_of((control_t)row);
            ck_assert_uint_eq(s.value, up != 0 ? s.most : s.least);
            ck_assert_ptr_nonnull(strstr(rig.ui.note, up != 0 ? "most" : "least"));
        }
    rig_free(&rig);
}
END_TEST

START_TEST(what_cannot_be_is_refused_with_the_reason)
{
    begin();
    ck_assert(!type(CONTROL_EXPOSURE, "1000"));
    ck_assert_str_eq(rig.ui.note, "exposure: 1000 ms is out of range");
    ck_assert(!type(CONTROL_GAIN, "0.5"));
    ck_assert(!type(CONTROL_GAIN, "2x"));
    ck_assert_str_eq(rig.ui.note, "analog gain: 2x is no number");
    ck_assert(!type(CONTROL_GAIN, ""));
    ck_assert(!type(CONTROL_SCORE, "-1"));
    ck_assert(!type(CONTROL_SCORE, "nan"));
    ck_assert(!type(CONTROL_SCORE, "1e30"));
    ck_assert(!type(CONTROL_PATTERN, "5"));
    rig.networks.count = 1;
    ck_assert(!type(CONTROL_NETWORK, "1"));
    ck_assert_str_eq(rig.ui.note, "network: only one is loaded");
    rig.networks.count = 0;
    ck_assert(!step(CONTROL_NETWORK, true));
    ck_assert_uint_eq(rig.play.writes, 0);
    rig_draw(&rig, 1280, 800);
    check_shows("network: this run has none");
    rig_free(&rig);
}
END_TEST

START_TEST(a_run_that_cannot_be_changed_says_why)
{
    begin();
    rig.play.may_change = false;
    rig_draw(&rig, 1280, 800);
    check_shows("a recorded run is as it was");
    rig.ui.focus = PANEL_CONTROL;
    key('-');
    ck_assert_uint_eq(rig.play.writes, 0);
    check_shows("exposure: a recorded run is as it was");
    rig_free(&rig);
}
END_TEST

START_TEST(steps_add_up_while_a_write_waits_for_the_bus)
{
    begin();
    rig.play.slow_bus = true;
    for (int i = 0; i < 3; i++)
        ck_assert(step(CONTROL_EXPOSURE, false));
    control_state_t s = state_of(CONTROL_EXPOSURE);
    ck_assert(s.pending);
    ck_assert_int_le(abs((int)s.value - 800), 2);
    rig.play.now_ps += 6000000000; /* it never came */
    s = state_of(CONTROL_EXPOSURE);
    ck_assert(!s.pending);
    ck_assert_uint_eq(s.value, 1600);
    ck_assert(step(CONTROL_EXPOSURE, false));
    rig.play.now_ps -= 1000000000; /* back before it was asked for */
    ck_assert_uint_eq(state_of(CONTROL_EXPOSURE).value, 1600);
    rig_free(&rig);
}
END_TEST

START_TEST(a_network_is_chosen_where_there_are_several)
{
    begin();
    load_networks(3);
    ck_assert_uint_eq(state_of(CONTROL_NETWORK).most, 2);
    ck_assert(step(CONTROL_NETWORK, true));
    check_write(0, 0xd701, 1, 1);
    check_text(CONTROL_NETWORK, "1: net_1");
    fake_put(&rig.play, 0x0016, 2, 0x0477);
    check_text(CONTROL_NETWORK, "not on this chip");
    rig_free(&rig);
}
END_TEST

START_TEST(rows_are_changed_by_clicks_and_by_typing)
{
    begin();
    click_hit(HIT_CONTROL, CONTROL_GAIN, 1);
    ck_assert_uint_eq(rig.ui.control, CONTROL_GAIN);
    ck_assert_int_eq(rig.ui.focus, PANEL_CONTROL);
    check_write(0, 0x0204, 2, 211); /* 1024 - 1024 / 2^(1/3) */
    click_hit(HIT_CONTROL, CONTROL_EXPOSURE, 0);
    check_write(1, 0x0202, 2, 1270); /* 1600 / 2^(1/3) */
    draw_rect_t row = find_hit(HIT_CONTROL, CONTROL_FRAME, 2)->rect;
    click(row.x + 120, row.y + 5);
    ck_assert_uint_eq(rig.ui.control, CONTROL_FRAME);
    ck_assert_int_eq(rig.ui.select.kind, HIT_REGISTER);
    ck_assert_uint_eq(rig.ui.select.a, 0x0340);
    key('4');
    key('0');
    key('0');
    key('0');
    check_shows("4000_ lines");
    key(KEY_RETURN);
    check_write(2, 0x0340, 2, 4000);
    for (int i = 0; i < 30; i++)
        key('9');
    ck_assert_uint_lt(strlen(rig.ui.typed), sizeof(rig.ui.typed) - 1);
    key(KEY_UP);
    ck_assert_str_eq(rig.ui.typed, "");
    key(KEY_RETURN); /* nothing was typed */
    ck_assert_uint_eq(rig.ui.select.a, 0x020e);
    ck_assert_uint_eq(rig.play.writes, 3);
    rig_free(&rig);
}
END_TEST

START_TEST(a_narrow_panel_has_the_first_figure_and_a_wide_one_the_register)
{
    begin();
    check_shows("20.21 ms, 1600 lines");
    check_shows_not("coarse_integration_time");
    rig_draw(&rig, 960, 600);
    ck_assert_str_eq(draw_string(&rig.draw, find("20.21")), "20.21 ms");
    rig.ui.big = PANEL_CONTROL;
    rig_draw(&rig, 1280, 800);
    check_shows("0x0202 coarse_integration_time");
    check_shows("8 to 2615 lines; how long each row collects light");
    rig_free(&rig);
}
END_TEST

START_TEST(the_chosen_row_is_in_sight_in_a_small_window)
{
    begin();
    for (uint32_t i = 0; i < CONTROL_COUNT; i++) {
        rig.ui.control = i;
        rig_draw(&rig, 960, 600);
        draw_rect_t row = find_hit(HIT_CONTROL, i, 2)->rect;
        ck_assert_int_ge(row.y, rig.ui.panel[PANEL_CONTROL].y);
        ck_assert_int_le(row.y + 16, rig.ui.panel[PANEL_CONTROL].y + rig.ui.panel[PANEL_CONTROL].h);
    }
    rig_free(&rig);
}
END_TEST

TEST_MAIN("tools view_control", values_are_told_in_units_of_people,
          ranges_are_those_of_the_limit_registers, a_typed_number_is_in_the_rows_unit,
          all_four_digital_gains_change_in_one_frame, three_steps_are_a_stop_and_end_at_the_range,
          what_cannot_be_is_refused_with_the_reason, a_run_that_cannot_be_changed_says_why,
          steps_add_up_while_a_write_waits_for_the_bus, a_network_is_chosen_where_there_are_several,
          rows_are_changed_by_clicks_and_by_typing,
          a_narrow_panel_has_the_first_figure_and_a_wide_one_the_register,
          the_chosen_row_is_in_sight_in_a_small_window)
