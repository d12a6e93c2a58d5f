/*
 * view_display_test.c - the viewer's window on a display: what a user does arrives as input, and
 * what is shown is on the screen. Needs Xvfb and xdotool.
 */
#include <time.h>
#include <unistd.h>

#include "tests/tools/display_rig.h"
#include "tools/view/window.h"

#define TITLE "fovea window test"

enum { SCREEN_W = 1600, SCREEN_H = 1000, PATIENCE_MS = 10000 };

static window_t *window;
static unsigned long id;
static draw_t list;

/* A window at the display's upper left corner that has the keyboard; false: skipped. */
static bool open_window(double scale)
{
    const char *why;
    char error[300];
    const window_desc_t desc = {.width = 800, .height = 500, .scale = scale, .title = TITLE};
    if (!window_is_built() || !display_start(FOVEA_OUT "/display", SCREEN_W, SCREEN_H, &why)) {
        test_skip(window_is_built() ? why : "this build has no SDL2");
        return false;
    }
    window = window_open(&desc, error, sizeof(error));
    ck_assert_msg(window != NULL, "%s", error);
    id = display_window(TITLE);
    display_user("windowmove --sync %lu 0 0", id);
    display_user("windowfocus --sync %lu", id);
    for (input_t input; window_input(window, &input, 300);)
        ; /* of its opening */
    return true;
}

static void close_window(void)
{
    window_close(window);
    display_stop();
    draw_free(&list);
}

/* The next input of that kind; others are passed over. */
static input_t next(input_kind_t kind)
{
    input_t input;
    for (uint32_t i = 0; i < 200 && window_input(window, &input, PATIENCE_MS); i++)
        if (input.kind == kind)
            return input;
    ck_abort_msg("no input of kind %d", kind);
}

static void show(uint32_t width, uint32_t height, draw_color_t color)
{
    draw_begin(&list, width, height);
    draw_fill(&list, (draw_rect_t){0, 0, (int32_t)width, (int32_t)height}, color);
    draw_fill(&list, (draw_rect_t){10, 20, 30, 40}, 0xff8000ff);
    window_show(window, &list);
}

/* The display's server is another process: what was shown comes to be seen. */
static void wait_for_pixel(uint32_t x, uint32_t y, uint32_t color)
{
    for (uint32_t ms = 0; ms < PATIENCE_MS && display_pixel(x, y) != color; ms += 20)
        nanosleep(&(struct timespec){0, 20000000}, NULL);
    ck_assert_uint_eq(display_pixel(x, y), color);
}

START_TEST(keys_arrive_as_their_characters)
{
    static const struct {
        const char *press;
        uint32_t key, mods;
    } keys[] = {{"a", 'a', 0},
                {"shift+a", 'A', INPUT_SHIFT},
                {"question", '?', INPUT_SHIFT},
                {"plus", '+', INPUT_SHIFT},
                {"minus", '-', 0},
                {"7", '7', 0},
                {"space", ' ', 0},
                {"period", '.', 0},
                {"Return", KEY_RETURN, 0},
                {"KP_Enter", KEY_RETURN, 0},
                {"Escape", KEY_ESCAPE, 0},
                {"BackSpace", KEY_BACKSPACE, 0},
                {"Tab", KEY_TAB, 0},
                {"shift+Tab", KEY_TAB, INPUT_SHIFT},
                {"Left", KEY_LEFT, 0},
                {"Right", KEY_RIGHT, 0},
                {"shift+Right", KEY_RIGHT, INPUT_SHIFT},
                {"Up", KEY_UP, 0},
                {"Down", KEY_DOWN, 0},
                {"Prior", KEY_PAGE_UP, 0},
                {"Next", KEY_PAGE_DOWN, 0},
                {"Home", KEY_HOME, 0},
                {"End", KEY_END, 0},
                {"Delete", KEY_DELETE, 0},
                {"F1", KEY_F1, 0},
                {"F11", KEY_F11, 0},
                {"ctrl+c", 'c', INPUT_CTRL},
                {"alt+x", 'x', INPUT_ALT}};
    if (!open_window(1))
        return;
    for (size_t i = 0; i < SIM_COUNT(keys); i++) {
        display_user("key %s", keys[i].press);
        input_t input = next(INPUT_KEY);
        ck_assert_msg(input.key == keys[i].key && input.mods == keys[i].mods, "%s: %#x, mods %u",
                      keys[i].press, input.key, input.mods);
    }
    input_t more; /* none came twice */
    while (window_input(window, &more, 200))
        ck_assert_int_ne(more.kind, INPUT_KEY);
    close_window();
}
END_TEST

START_TEST(a_key_that_is_held_repeats)
{
    if (!open_window(1))
        return;
    display_user("keydown j");
    for (uint32_t i = 0; i < 4; i++)
        ck_assert_uint_eq(next(INPUT_KEY).key, 'j');
    display_user("keyup j");
    close_window();
}
END_TEST

static void check_at(const input_t *input, int32_t x, int32_t y)
{
    ck_assert_int_eq(input->x, x);
    ck_assert_int_eq(input->y, y);
}

START_TEST(clicks_wheel_and_drags_arrive_where_they_were)
{
    for (int32_t scale = 1; scale <= 2; scale++) {
        if (!open_window(scale))
            return;
        display_user("mousemove %d %d", 120 * scale, 50 * scale);
        input_t input = next(INPUT_MOVE);
        check_at(&input, 120, 50);
        for (uint32_t button = 1; button <= 3; button++) {
            display_user("click %u", button);
            input = next(INPUT_DOWN);
            check_at(&input, 120, 50);
            ck_assert_uint_eq(input.button, button);
            ck_assert_uint_eq(input.clicks, 1);
            input = next(INPUT_UP);
            ck_assert_uint_eq(input.button, button);
        }
        display_user("mousemove %d %d", 240 * scale, 50 * scale);
        display_user("click --repeat 2 --delay 50 1");
        ck_assert_uint_eq(next(INPUT_DOWN).clicks, 1);
        ck_assert_uint_eq(next(INPUT_DOWN).clicks, 2);
        display_user("click 4");
        input = next(INPUT_WHEEL);
        check_at(&input, 240, 50);
        ck_assert_int_eq(input.wheel, 1);
        display_user("click 5");
        ck_assert_int_eq(next(INPUT_WHEEL).wheel, -1);
        display_user("keydown ctrl mousedown 1 mousemove %d %d mouseup 1 keyup ctrl", 300 * scale,
                     200 * scale);
        ck_assert_uint_eq(next(INPUT_DOWN).mods, INPUT_CTRL);
        input = next(INPUT_MOVE);
        check_at(&input, 300, 200);
        input = next(INPUT_UP);
        check_at(&input, 300, 200);
        close_window();
    }
}
END_TEST

START_TEST(what_is_shown_is_on_the_screen_at_any_size)
{
    for (uint32_t scale = 1; scale <= 2; scale++) {
        if (!open_window(scale))
            return;
        uint32_t width, height;
        window_size(window, &width, &height);
        ck_assert_uint_eq(width, 800);
        ck_assert_uint_eq(height, 500);
        show(800, 500, 0x204060ff);
        wait_for_pixel(10 * scale, 20 * scale, 0xff8000);
        wait_for_pixel(40 * scale - 1, 60 * scale - 1, 0xff8000);
        wait_for_pixel(40 * scale, 60 * scale, 0x204060);
        if (scale == 1)
            wait_for_pixel(799, 499, 0x204060);
        display_user("windowsize %lu %u %u", id, 1500, 900);
        input_t input = next(INPUT_RESIZE);
        check_at(&input, 1500 / (int32_t)scale, 900 / (int32_t)scale);
        window_size(window, &width, &height);
        ck_assert_uint_eq(width, 1500 / scale);
        show(width, height, 0x602040ff);
        wait_for_pixel(1499, 899, 0x602040);
        wait_for_pixel(10 * scale, 20 * scale, 0xff8000);
        display_user("windowsize %lu %u %u", id, 850 * scale, 510 * scale);
        input = next(INPUT_RESIZE);
        check_at(&input, 850, 510);
        show(850, 510, 0x406020ff);
        wait_for_pixel(400, 300, 0x406020);
        close_window();
    }
}
END_TEST

/* Nobody shows anything anew. */
START_TEST(what_was_covered_comes_back)
{
    if (!open_window(1))
        return;
    show(800, 500, 0x204060ff);
    wait_for_pixel(300, 300, 0x204060);
    display_user("windowunmap --sync %lu", id);
    wait_for_pixel(300, 300, 0);
    display_user("windowmap --sync %lu", id);
    for (input_t input; window_input(window, &input, 1000);)
        ;
    wait_for_pixel(300, 300, 0x204060);
    close_window();
}
END_TEST

START_TEST(the_user_may_close_it)
{
    if (!open_window(1))
        return;
    show(800, 500, 0x204060ff);
    display_ask_to_close(id);
    next(INPUT_CLOSE);
    input_t input;
    while (window_input(window, &input, 200))
        ck_assert_int_ne(input.kind, INPUT_CLOSE); /* once is enough */
    close_window();
}
END_TEST

START_TEST(waiting_takes_the_time_that_it_may)
{
    struct timespec before, after;
    input_t input;
    if (!open_window(1))
        return;
    clock_gettime(CLOCK_MONOTONIC, &before);
    ck_assert(!window_input(window, &input, 250));
    clock_gettime(CLOCK_MONOTONIC, &after);
    double ms = (double)(after.tv_sec - before.tv_sec) * 1e3 +
                (double)(after.tv_nsec - before.tv_nsec) / 1e6;
    ck_assert_double_ge(ms, 240);
    ck_assert_double_le(ms, 5000);
    ck_assert_int_eq(input.kind, INPUT_NONE);
    close_window();
}
END_TEST

START_TEST(without_a_display_it_says_so)
{
    char error[300] = "";
    const window_desc_t desc = {.width = 800, .height = 500};
    if (!window_is_built()) {
        test_skip("this build has no SDL2");
        return;
    }
    setenv("SDL_VIDEODRIVER", "x11", 1);
    setenv("DISPLAY", ":98765", 1);
    ck_assert_ptr_null(window_open(&desc, error, sizeof(error)));
    ck_assert_msg(strstr(error, "no display") != NULL, "%s", error);
    ck_assert_ptr_null(strchr(error, '\n'));
    setenv("SDL_VIDEODRIVER", "", 1); /* set to nothing is not set */
    setenv("DISPLAY", "", 1);
    unsetenv("WAYLAND_DISPLAY");
    ck_assert_ptr_null(window_open(&desc, error, sizeof(error)));
    ck_assert_msg(strstr(error, "--screenshot") != NULL, "%s", error);
}
END_TEST

TEST_MAIN("view display", keys_arrive_as_their_characters, a_key_that_is_held_repeats,
          clicks_wheel_and_drags_arrive_where_they_were, what_is_shown_is_on_the_screen_at_any_size,
          what_was_covered_comes_back, the_user_may_close_it, waiting_takes_the_time_that_it_may,
          without_a_display_it_says_so)
