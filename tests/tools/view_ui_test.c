/*
 * view_ui_test.c - the window's frame: where things stand, what the bar and help say.
 */
#include "tests/tools/view_ui_rig.h"
#include "tools/view/control.h"

static const struct {
    uint32_t width, height;
} sizes[] = {{1280, 800}, {1920, 1200}, {2560, 1440}, {960, 600}, {3000, 700}, {1000, 2000}};

/* ---- where things stand ---- */

START_TEST(panels_fill_the_window_beside_each_other)
{
    rig_make(&rig);
    for (size_t s = 0; s < SIM_COUNT(sizes); s++) {
        rig_draw(&rig, sizes[s].width, sizes[s].height);
        draw_rect_t body = ui_body(sizes[s].width, sizes[s].height);
        int64_t area = 0;
        for (uint32_t i = 0; i < PANEL_COUNT; i++) {
            draw_rect_t panel = rig.ui.panel[i];
            ck_assert_msg(inside(panel, body), "%s at %u x %u", ui_panel_title[i], sizes[s].width,
                          sizes[s].height);
            ck_assert_int_ge(panel.w, 150);
            ck_assert_int_ge(panel.h, 50);
            area += (int64_t)(panel.w + UI_GAP) * (panel.h + UI_GAP);
            for (uint32_t j = 0; j < i; j++)
                ck_assert_msg(!overlap(panel, rig.ui.panel[j]), "%s and %s", ui_panel_title[i],
                              ui_panel_title[j]);
        }
        ck_assert_int_eq(area, (int64_t)(body.w + UI_GAP) * (body.h + UI_GAP)); /* no hole */
    }
    rig_free(&rig);
}
END_TEST

START_TEST(images_are_of_one_size_and_grow_with_the_window)
{
    int32_t before = 0;
    rig_make(&rig);
    for (size_t s = 0; s < 3; s++) {
        rig_draw(&rig, sizes[s].width, sizes[s].height);
        draw_rect_t first = rig.ui.panel[PANEL_IDEAL];
        for (uint32_t i = PANEL_IDEAL; i <= PANEL_HOST; i++) {
            ck_assert_int_eq(rig.ui.panel[i].y, first.y);
            ck_assert_int_eq(rig.ui.panel[i].h, first.h);
            ck_assert_int_le(abs(rig.ui.panel[i].w - first.w), 1);
        }
        ck_assert_int_gt(first.w * first.h, 5 * before / 4);
        before = first.w * first.h;
    }
    rig_free(&rig);
}
END_TEST

/* Of a STRING: what of it may be in. */
static void check_string(const draw_cmd_t *cmd, const char *text)
{
    draw_rect_t window = {0, 0, (int32_t)rig.draw.width, UI_BAR + UI_SEEK};
    for (uint32_t i = 0; i < PANEL_COUNT; i++)
        if (rig.ui.panel[i].w > 0 && ui_is_in(rig.ui.panel[i], cmd->rect.x, cmd->rect.y))
            window = rig.ui.panel[i];
    ck_assert_msg(inside(cmd->rect, window), "\"%s\" leaves its place at %u x %u", text,
                  rig.draw.width, rig.draw.height);
    ck_assert_int_eq(cmd->rect.w, draw_text_width(cmd->font, text));
}

START_TEST(text_stays_in_its_panel_and_in_the_bar)
{
    static const ui_select_t selected[] = {
        {.kind = HIT_PANEL},      {HIT_PIXEL, VIEW_RAW, 0, 3, 4}, {HIT_SPAN, 0, 0, 0, 0},
        {HIT_PACKET, 0, 0, 0, 0}, {HIT_BOX, 7, 0, 0, 0},          {HIT_BOX, 7, 1, 0, 0},
        {HIT_BLOCK, 4, 0, 0, 0},  {HIT_COMP, 0, 0, 0, 0},         {HIT_REGISTER, 0x9028, 0, 0, 0},
        {HIT_LINE, 0, 0, 0, 0}};
    rig_make(&rig);
    rig.play.changes = 1234;
    for (size_t s = 0; s < SIM_COUNT(sizes); s++)
        for (size_t i = 0; i < 2 * SIM_COUNT(selected); i++) {
            rig.ui.select = selected[i / 2];
            rig.ui.control = (uint32_t)i % CONTROL_COUNT;
            snprintf(rig.play.complaint, sizeof(rig.play.complaint), "%s",
                     i % 2 == 0 ? "" : "the scenario's host script sends files, and that is that");
            rig_draw(&rig, sizes[s].width, sizes[s].height);
            for (uint32_t c = 0; c < rig.draw.cmds; c++)
                if (rig.draw.cmd[c].op == DRAW_STRING)
                    check_string(&rig.draw.cmd[c], draw_string(&rig.draw, &rig.draw.cmd[c]));
        }
    rig_free(&rig);
}
END_TEST

START_TEST(a_panel_alone_leaves_room_for_what_is_selected)
{
    rig_make(&rig);
    for (uint32_t i = 0; i < PANEL_COUNT; i++)
        for (int selected = 0; selected < 2; selected++) {
            draw_rect_t body = ui_body(1280, 800);
            bool aside = selected != 0 && i != PANEL_INSPECT;
            rig.ui.big = (ui_panel_t)i;
            rig.ui.select.kind = selected != 0 ? HIT_BLOCK : HIT_PANEL;
            rig_draw(&rig, 1280, 800);
            draw_rect_t big = rig.ui.panel[i], inspector = rig.ui.panel[PANEL_INSPECT];
            ck_assert(inside(big, body));
            ck_assert_int_eq(big.h, body.h);
            ck_assert_int_eq(big.w + (aside ? inspector.w + UI_GAP : 0), body.w);
            ck_assert(!aside || !overlap(big, inspector));
            for (uint32_t j = 0; j < PANEL_COUNT; j++)
                ck_assert_int_eq(rig.ui.panel[j].w > 0, j == i || (aside && j == PANEL_INSPECT));
        }
    rig_free(&rig);
}
END_TEST

/* Every STRING that the tip has drawn on top of all else is in the window. */
static void check_tip(int32_t x, int32_t y, const char *text)
{
    put((input_t){.kind = INPUT_MOVE, .x = x, .y = y});
    ck_assert_msg(find(text) != NULL, "no \"%s\" at %d, %d", text, x, y);
    const draw_cmd_t *last = &rig.draw.cmd[rig.draw.cmds - 1];
    ck_assert_int_eq(last->op, DRAW_STRING);
    ck_assert(inside(last->rect, (draw_rect_t){0, 0, 1280, 800}));
}

START_TEST(the_pointer_is_told_what_it_is_on)
{
    begin();
#define X(name, label, key, help)                                                                  \
    {                                                                                              \
        draw_rect_t r = find_hit(HIT_BUTTON, BUTTON_##name, 0)->rect;                              \
        check_tip(r.x + 3, r.y + 3, help);                                                         \
    }
    UI_BUTTONS(X)
#undef X
    draw_rect_t host = rig.ui.panel[PANEL_HOST], array = rig.ui.panel[PANEL_RAW];
    check_tip(array.x + 20, array.y + 8, "(rolling shutter)");
    check_tip(host.x + host.w - 20, host.y + 8, "All that leaves the chip");
    check_shows_not("rolling shutter");
    for (uint32_t i = 0; i < PANEL_COUNT; i++) {
        put((input_t){.kind = INPUT_MOVE, .x = 2, .y = 2});
        uint32_t before = rig.draw.cmds;
        put((input_t){.kind = INPUT_MOVE, .x = rig.ui.panel[i].x + 20, .y = rig.ui.panel[i].y + 8});
        ck_assert_msg(rig.draw.cmds > before, "nothing about %s", ui_panel_title[i]);
    }
    draw_rect_t plus = find_hit(HIT_CONTROL, CONTROL_GAIN, 1)->rect;
    check_tip(plus.x + 5, plus.y + 5, "more analog gain");
    const draw_hit_t *bar = ui_find_hit(&rig.ui, &rig.draw, HIT_SEEK, PANEL_COUNT);
    check_tip(bar->rect.x + bar->rect.w / 2, bar->rect.y + 3, "496.");
    rig_free(&rig);
}
END_TEST

START_TEST(all_buttons_are_there_with_their_labels_in_them)
{
    static const char *const labels[BUTTON_COUNT] = {
#define X(name, label, key, help) label,
        UI_BUTTONS(X)
#undef X
    };
    rig_make(&rig);
    rig.play.paused = true;
    for (size_t s = 0; s < SIM_COUNT(sizes); s++) {
        rig_draw(&rig, sizes[s].width, sizes[s].height);
        for (uint32_t i = 0; i < BUTTON_COUNT; i++) {
            draw_rect_t r = find_hit(HIT_BUTTON, i, 0)->rect;
            bool labeled = false;
            ck_assert(inside(r, (draw_rect_t){0, 0, (int32_t)sizes[s].width, UI_BAR}));
            const draw_hit_t *top = draw_at(&rig.draw, r.x + r.w / 2, r.y + r.h / 2);
            ck_assert_uint_eq(top->kind, HIT_BUTTON);
            ck_assert_uint_eq(top->a, i);
            for (uint32_t c = 0; c < rig.draw.cmds; c++)
                labeled |= rig.draw.cmd[c].op == DRAW_STRING && inside(rig.draw.cmd[c].rect, r) &&
                           strcmp(draw_string(&rig.draw, &rig.draw.cmd[c]), labels[i]) == 0;
            ck_assert_msg(labeled, "%s", labels[i]);
        }
    }
    rig_free(&rig);
}
END_TEST

START_TEST(a_window_that_is_too_small_says_so)
{
    rig_make(&rig);
    rig_draw(&rig, 959, 800);
    check_shows("too small");
    check_shows("at least 960 x 600");
    ck_assert_uint_eq(rig.draw.hits, 0);
    rig_draw(&rig, 960, 599);
    check_shows("too small");
    put((input_t){.kind = INPUT_DOWN, .x = 30, .y = 30, .button = 1, .clicks = 2});
    rig_draw(&rig, 960, 600);
    check_shows_not("too small");
    rig_free(&rig);
}
END_TEST

START_TEST(the_bar_says_what_is_so)
{
    begin();
    check_shows("40.000 ms");
    check_shows("frame 2 of 30");
    check_shows("full speed, 0.052 x real time");
    check_shows("running");
    check_shows_not("by hand");
    rig.play.paused = true;
    rig.play.changes = 2;
    rig_draw(&rig, 1280, 800);
    check_shows("paused");
    check_shows("full speed; 2 changes by hand");
    rig.play.busy = true;
    rig_draw(&rig, 1280, 800);
    check_shows("on the way");
    rig.play.busy = false;
    rig.play.over = true;
    rig.play.now_ps = rig.play.furthest_ps;
    rig_draw(&rig, 1280, 800);
    check_shows("run complete");
    rig_free(&rig);
}
END_TEST

START_TEST(the_mark_of_now_stands_where_a_press_would_lead_to_now)
{
    rig_make(&rig);
    for (size_t i = 0; i < 3; i++) {
        rig.play.now_ps = (i + 1) * UINT64_C(200000000000);
        rig.play.furthest_ps = rig.play.now_ps;
        rig_draw(&rig, 1280, 800);
        const draw_hit_t *bar = ui_find_hit(&rig.ui, &rig.draw, HIT_SEEK, PANEL_COUNT);
        draw_rect_t mark = {0};
        for (uint32_t c = 0; c < rig.draw.cmds; c++)
            if (rig.draw.cmd[c].op == DRAW_FILL && rig.draw.cmd[c].color == ui_bright &&
                rig.draw.cmd[c].rect.y == bar->rect.y)
                mark = rig.draw.cmd[c].rect;
        ck_assert(inside(mark, bar->rect));
        uint64_t there = ui_reach_ps((ui_reach_t){bar->a, bar->b}, bar->rect, mark.x + 1);
        ck_assert_double_eq_tol((double)there, (double)rig.play.now_ps, 1e9);
    }
    rig_free(&rig);
}
END_TEST

START_TEST(a_run_without_results_has_an_end_as_well)
{
    rig_make(&rig);
    rig.model.frames_done = (view_ring_t){0};
    rig.model.picture[VIEW_RAW].told_ps = 131250000000; /* frame 2, 150 of 240 rows; of 30 */
    rig.play.furthest_ps = rig.play.now_ps = 131250000000;
    ck_assert_uint_eq(ui_reach(&rig.model, &rig.play).to_ps, 1500000000000);
    rig.play.over = true;
    ck_assert_uint_eq(ui_reach(&rig.model, &rig.play).to_ps, 131250000000);
    rig.play.over = false;
    rig.model.picture[VIEW_RAW].frame = 0; /* too early to say */
    ck_assert_uint_eq(ui_reach(&rig.model, &rig.play).to_ps, 131250000000);
    rig_free(&rig);
}
END_TEST

START_TEST(times_are_told_in_the_unit_that_suits_them)
{
    char text[24];
    ck_assert_str_eq(ui_time(text, 0), "0 ps");
    ck_assert_str_eq(ui_time(text, 999), "999 ps");
    ck_assert_str_eq(ui_time(text, 1000), "1.000 ns");
    ck_assert_str_eq(ui_time(text, 1234567), "1.235 us");
    ck_assert_str_eq(ui_time(text, UINT64_C(1234000000)), "1.234 ms");
    ck_assert_str_eq(ui_time(text, UINT64_C(90000000000000)), "90.000000 s");
    ck_assert_str_eq(ui_time(text, UINT64_C(1234567890123456)), "1234.568 s");
    ck_assert_uint_le(strlen(ui_time(text, UINT64_C(999999999999999))), 12);
    ck_assert_uint_le(strlen(ui_time(text, UINT64_C(999999999999999999))), 12);
    ck_assert_uint_le(strlen(ui_time(text, UINT64_C(999999999999))), 12);
    for (uint64_t ps = 1; ps < UINT64_MAX / 7; ps = ps * 7 + 3)
        ck_assert_uint_le(strlen(ui_time(text, ps)), 12);
    ck_assert_uint_le(strlen(ui_time(text, UINT64_MAX)), 12);
}
END_TEST

START_TEST(colors_of_numbers_and_blocks_stay_and_differ)
{
    for (uint32_t i = 0; i < 12; i++)
        for (uint32_t j = 0; j < i; j++)
            ck_assert_uint_ne(ui_color(i), ui_color(j));
    ck_assert_uint_eq(ui_color(3), ui_color(15));
    for (uint32_t i = 0; i < TECH_BLOCK_COUNT; i++)
        for (uint32_t j = 0; j < i; j++)
            ck_assert_uint_ne(ui_block_color(tech_block_names[i]),
                              ui_block_color(tech_block_names[j]));
    ck_assert_uint_eq(ui_block_color("gpio"), ui_block_color("gpio"));
}
END_TEST

/* ---- help ---- */

START_TEST(help_lists_every_key_and_cuts_none)
{
    rig_make(&rig);
    rig.ui.help = true;
    for (size_t s = 0; s < SIM_COUNT(sizes); s++) {
        rig_draw(&rig, sizes[s].width, sizes[s].height);
        draw_rect_t window = {0, 0, (int32_t)sizes[s].width, (int32_t)sizes[s].height};
        for (uint32_t i = 0; i < DO_COUNT; i++) {
            check_shows(ui_keys[i].shown);
            check_shows(ui_keys[i].help);
            ck_assert(inside(find(ui_keys[i].help)->rect, window));
        }
#define X(name, label, key, help) check_shows(help);
        UI_BUTTONS(X)
#undef X
#define X(what, help)                                                                              \
    check_shows(what);                                                                             \
    check_shows(help);
        UI_MOUSE(X)
#undef X
    }
    rig_free(&rig);
}
END_TEST

START_TEST(help_lies_over_everything_and_a_click_closes_it)
{
    begin();
    key('?');
    ck_assert(rig.ui.help);
    key('f'); /* means nothing now */
    ck_assert_int_eq(rig.ui.big, PANEL_COUNT);
    draw_rect_t raw = rig.ui.panel[PANEL_RAW];
    click(raw.x + raw.w / 2, raw.y + raw.h / 2);
    ck_assert(!rig.ui.help);
    ck_assert_int_eq(rig.ui.select.kind, HIT_PANEL);
    rig_free(&rig);
}
END_TEST

TEST_MAIN("tools view_ui", panels_fill_the_window_beside_each_other,
          images_are_of_one_size_and_grow_with_the_window, text_stays_in_its_panel_and_in_the_bar,
          a_panel_alone_leaves_room_for_what_is_selected, the_pointer_is_told_what_it_is_on,
          all_buttons_are_there_with_their_labels_in_them, a_window_that_is_too_small_says_so,
          the_bar_says_what_is_so, the_mark_of_now_stands_where_a_press_would_lead_to_now,
          a_run_without_results_has_an_end_as_well, times_are_told_in_the_unit_that_suits_them,
          colors_of_numbers_and_blocks_stay_and_differ, help_lists_every_key_and_cuts_none,
          help_lies_over_everything_and_a_click_closes_it)
