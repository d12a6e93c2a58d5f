/*
 * view_window_test.c - draw lists as pixels, without a display; images: view_scale_test.c.
 */
#include "tests/tools/view_pixel_rig.h"

START_TEST(areas_are_where_they_were_drawn_at_every_size)
{
    static const struct {
        uint32_t width, height, width_px, height_px;
        double scale;
    } sizes[] = {{1280, 800, 1280, 800, 1},
                 {1920, 1200, 1920, 1200, 1},
                 {1280, 800, 1920, 1200, 1.5},
                 {1280, 800, 2560, 1600, 2}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        window_t *window = open_or_skip(sizes[i].width, sizes[i].height, sizes[i].scale);
        if (window == NULL)
            return;
        draw_begin(&list, sizes[i].width, sizes[i].height);
        draw_fill(&list, (draw_rect_t){100, 200, 30, 40}, 0xff0000ff);
        draw_fill(&list, (draw_rect_t){130, 200, 50, 40}, 0x00ff00ff); /* side by side */
        sim_image_t image = shown(window);
        ck_assert_uint_eq(image.width_px, sizes[i].width_px);
        ck_assert_uint_eq(image.height_px, sizes[i].height_px);
        double scale = sizes[i].scale;
        ck_assert_uint_eq(count(&image, RED), (uint32_t)(30 * scale) * (uint32_t)(40 * scale));
        ck_assert_uint_eq(count(&image, 0x00ff00), (uint32_t)(50 * scale * 40 * scale));
        uint32_t x = (uint32_t)(100 * scale), y = (uint32_t)(200 * scale);
        ck_assert_uint_eq(px(&image, x, y), RED);
        ck_assert_uint_eq(px(&image, x - 1, y), BLACK);
        ck_assert_uint_eq(px(&image, x, y - 1), BLACK);
        ck_assert_uint_eq(px(&image, (uint32_t)(130 * scale) - 1, y), RED);
        ck_assert_uint_eq(px(&image, (uint32_t)(130 * scale), y), 0x00ff00);
        uint32_t width, height;
        window_size(window, &width, &height);
        ck_assert_uint_eq(width, sizes[i].width);
        ck_assert_uint_eq(height, sizes[i].height);
        sim_image_free(&image);
        window_close(window);
    }
    draw_free(&list);
}
END_TEST

/* Every font, each printable character of ASCII and some others, at three scales. */
START_TEST(text_stays_in_the_room_that_the_list_has_for_it)
{
    static const double scales[] = {1, 1.5, 2};
    static const char *const texts[] = {"The quick brown fox jumps over 1,234.5 lazy dogs: 100 %",
                                        "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~",
                                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                                        "abcdefghijklmnopqrstuvwxyz",
                                        "MMMMMWWWWWmmmmmwwwww@@@@@",
                                        "12 \xc2\xb5s \xc2\xb1 3 \xc2\xb0"
                                        "C \xe2\x86\x92 x\xc2\xb2 \xe2\x80\xa6",
                                        "iiiiiillllll||||.....,,,,"};
    for (size_t s = 0; s < sizeof(scales) / sizeof(scales[0]); s++) {
        window_t *window = open_or_skip(1280, 100, scales[s]);
        if (window == NULL)
            return;
        for (size_t i = 0; i < DRAW_FONT_COUNT * sizeof(texts) / sizeof(texts[0]); i++) {
            draw_font_t font = (draw_font_t)(i % DRAW_FONT_COUNT);
            draw_begin(&list, 1280, 100);
            draw_text(&list, 640, 40, font, (draw_align_t)(i % 3), 0xffffffff, "%s",
                      texts[i / DRAW_FONT_COUNT]);
            draw_rect_t room = list.cmd[0].rect;
            sim_image_t image = shown(window);
            draw_rect_t box = ink(&image);
            ck_assert_int_gt(box.w, 0);
            ck_assert_double_ge(box.x, (room.x - 1) * scales[s]);
            ck_assert_double_le(box.x + box.w, (room.x + room.w + 1) * scales[s]);
            ck_assert_double_ge(box.y, room.y * scales[s] - 1);
            ck_assert_double_le(box.y + box.h, (room.y + room.h) * scales[s] + 1);
            sim_image_free(&image);
        }
        window_close(window);
    }
    draw_free(&list);
}
END_TEST

START_TEST(a_frame_is_a_point_wide_and_inside)
{
    for (uint32_t scale = 1; scale <= 2; scale++) {
        window_t *window = open_100(scale);
        if (window == NULL)
            return;
        draw_frame(&list, (draw_rect_t){10, 20, 30, 15}, 0xff0000ff);
        sim_image_t image = shown(window);
        ck_assert_uint_eq(count(&image, RED), (2 * 30 + 2 * 13) * scale * scale);
        ck_assert_uint_eq(px(&image, 10 * scale, 20 * scale), RED);
        ck_assert_uint_eq(px(&image, 40 * scale - 1, 35 * scale - 1), RED);
        ck_assert_uint_eq(px(&image, 11 * scale, 21 * scale), BLACK);
        done(window, &image);
    }
}
END_TEST

/* (below (255 - a) + color a) / 255, rounded: of 255 with 128 128; of 40 and 200 with 64
 * (40 * 191 + 200 * 64) / 255 = 80.2. */
START_TEST(what_can_be_seen_through_is_mixed_with_what_is_below)
{
    window_t *window = open_100(1);
    if (window == NULL)
        return;
    draw_fill(&list, (draw_rect_t){0, 0, 50, 50}, 0x282828ff);
    draw_fill(&list, (draw_rect_t){10, 10, 13, 3}, 0xc8c8c840); /* no multiple of four */
    draw_fill(&list, (draw_rect_t){60, 10, 7, 3}, 0xffffff80);
    draw_fill(&list, (draw_rect_t){80, 10, 7, 3}, 0xffffff00);
    sim_image_t image = shown(window);
    ck_assert_uint_eq(count(&image, 0x505050), 39);
    ck_assert_uint_eq(px(&image, 22, 12), 0x505050);
    ck_assert_uint_eq(px(&image, 23, 12), 0x282828);
    ck_assert_uint_eq(count(&image, 0x808080), 21);
    ck_assert_uint_eq(count(&image, BLACK), 100 * 80 - 50 * 50 - 21);
    done(window, &image);
}
END_TEST

START_TEST(level_and_upright_lines_are_sharp_and_have_both_ends)
{
    window_t *window = open_100(1);
    if (window == NULL)
        return;
    draw_line(&list, 10, 5, 19, 5, 1, 0xff0000ff);
    draw_line(&list, 30, 20, 30, 11, 3, 0x00ff00ff); /* upwards */
    draw_line(&list, 50, 50, 50, 50, 1, 0x0000ffff); /* a point */
    sim_image_t image = shown(window);
    ck_assert_uint_eq(count(&image, RED), 10);
    ck_assert_uint_eq(px(&image, 10, 5), RED);
    ck_assert_uint_eq(px(&image, 19, 5), RED);
    ck_assert_uint_eq(count(&image, 0x00ff00), 30);
    ck_assert_uint_eq(px(&image, 29, 11), 0x00ff00);
    ck_assert_uint_eq(px(&image, 31, 20), 0x00ff00);
    ck_assert_uint_eq(count(&image, 0x0000ff), 1);
    ck_assert_uint_eq(px(&image, 50, 50), 0x0000ff);
    done(window, &image);
}
END_TEST

static double brightness(const sim_image_t *image)
{
    double sum = 0;
    for (size_t i = 0; i < (size_t)image->width_px * image->height_px; i++)
        sum += image->data[3 * i] / 255.0;
    return sum;
}

/* Its area: as long as it is (and a point), times as wide. 60 and 25 across and down: 65 long; the
 * ends are upright cuts. */
START_TEST(oblique_lines_cover_their_area)
{
    static const struct {
        int32_t x0, y0, x1, y1;
    } lines[] = {{10, 10, 70, 35}, {70, 35, 10, 10}, {10, 35, 70, 10}, {20, 5, 45, 65}};
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        for (uint32_t thick = 1; thick <= 4; thick++)
            for (uint32_t scale = 1; scale <= 2; scale++) {
                window_t *window = open_100(scale);
                if (window == NULL)
                    return;
                draw_line(&list, lines[i].x0, lines[i].y0, lines[i].x1, lines[i].y1, thick,
                          0xffffffff);
                sim_image_t image = shown(window);
                double area = 65.0 * 61 / 60 * thick * scale * scale;
                ck_assert_double_eq_tol(brightness(&image), area, area * 0.01);
                uint32_t x = (uint32_t)lines[i].x0 * scale, y = (uint32_t)lines[i].y0 * scale;
                ck_assert_uint_gt(px(&image, x + scale / 2, y + scale / 2) & 0xff, 100);
                done(window, &image);
            }
}
END_TEST

START_TEST(nothing_is_drawn_outside_of_the_clip)
{
    for (uint32_t scale = 1; scale <= 2; scale++) {
        window_t *window = open_100(scale);
        if (window == NULL)
            return;
        draw_rect_t before = draw_clip(&list, (draw_rect_t){20, 30, 25, 12});
        draw_fill(&list, (draw_rect_t){0, 0, 100, 35}, 0x202020ff);
        draw_fill(&list, (draw_rect_t){0, 0, 100, 80}, 0x40404080);
        draw_frame(&list, (draw_rect_t){15, 32, 80, 40}, 0xffffffff);
        draw_line(&list, 0, 0, 99, 79, 3, 0xff0000ff);
        draw_line(&list, 0, 33, 99, 33, 3, 0xff0000ff);
        draw_text(&list, 0, 28, DRAW_LARGE, DRAW_LEFT, 0xffffffff, "MMMMMMMMMMMM");
        for (uint32_t smooth = 0; smooth < 2; smooth++) {
            uint8_t *at = draw_image(&list, (draw_rect_t){-50, 36, 200, 200}, 2, 2, smooth != 0);
            ck_assert_ptr_nonnull(at);
            memset(at, 200, 16);
        }
        sim_image_t image = shown(window);
        draw_rect_t box = ink(&image);
        ck_assert_int_eq(box.x, 20 * (int32_t)scale);
        ck_assert_int_eq(box.y, 30 * (int32_t)scale);
        ck_assert_int_eq(box.w, 25 * (int32_t)scale);
        ck_assert_int_eq(box.h, 12 * (int32_t)scale);
        sim_image_free(&image);
        draw_unclip(&list, before);
        draw_fill(&list, (draw_rect_t){99, 79, 1, 1}, 0xff0000ff);
        image = shown(window);
        ck_assert_uint_eq(px(&image, 100 * scale - 1, 80 * scale - 1), RED);
        done(window, &image);
    }
}
END_TEST

START_TEST(text_begins_and_ends_where_it_should)
{
    for (uint32_t scale = 1; scale <= 2; scale++) {
        window_t *window = open_100(scale);
        if (window == NULL)
            return;
        draw_rect_t box[3];
        for (uint32_t i = 0; i < 3; i++) {
            draw_begin(&list, 100, 80);
            draw_text(&list, 50, 20, DRAW_TEXT, (draw_align_t)i, 0xffffffff, "HIH");
            sim_image_t image = shown(window);
            box[i] = ink(&image);
            sim_image_free(&image);
        }
        int32_t s = (int32_t)scale; /* a stroke of H begins a point or two after its pen */
        ck_assert_int_ge(box[0].x, 50 * s);
        ck_assert_int_le(box[0].x, 52 * s);
        ck_assert_int_le(abs(2 * box[1].x + box[1].w - 100 * s), 2 * s);
        ck_assert_int_le(box[2].x + box[2].w, 50 * s);
        ck_assert_int_ge(box[2].x + box[2].w, 48 * s);
        window_close(window);
    }
    draw_free(&list);
}
END_TEST

/* '|' is in the middle of its column of 7 points. */
START_TEST(monospaced_text_keeps_to_its_columns)
{
    static const double scales[] = {1, 1.25, 1.5, 2};
    for (size_t s = 0; s < sizeof(scales) / sizeof(scales[0]); s++) {
        window_t *window = open_or_skip(400, 40, scales[s]);
        if (window == NULL)
            return;
        for (int32_t column = 0; column < 50; column += 7) {
            draw_begin(&list, 400, 40);
            draw_text(&list, 10, 10, DRAW_MONO, DRAW_LEFT, 0xffffffff, "%*s%*s", column + 1, "|",
                      49 - column, "");
            sim_image_t image = shown(window);
            draw_rect_t box = ink(&image);
            double middle = (box.x + box.w / 2.0) / scales[s];
            ck_assert_double_eq_tol(middle, 10 + column * 7 + 3.5, 1);
            sim_image_free(&image);
        }
        window_close(window);
    }
    draw_free(&list);
}
END_TEST

START_TEST(text_has_its_color_and_lets_shine_through)
{
    window_t *window = open_100(2);
    if (window == NULL)
        return;
    draw_text(&list, 10, 10, DRAW_LARGE, DRAW_LEFT, 0xff0000ff, "HE");
    sim_image_t image = shown(window);
    ck_assert_uint_gt(count(&image, RED), 100);
    uint32_t full = count(&image, RED);
    uint32_t others = 0;
    for (size_t i = 0; i < (size_t)image.width_px * image.height_px; i++)
        others += image.data[3 * i + 1] != 0 || image.data[3 * i + 2] != 0;
    ck_assert_uint_eq(others, 0);
    sim_image_free(&image);
    draw_begin(&list, 100, 80);
    draw_text(&list, 10, 10, DRAW_LARGE, DRAW_LEFT, 0xff000080, "HE");
    image = shown(window);
    ck_assert_uint_eq(count(&image, 0x800000), full);
    done(window, &image);
}
END_TEST

/* More than are kept: what is rendered anew looks as it did. */
START_TEST(any_number_of_characters_can_be_shown)
{
    window_t *window = open_100(1);
    if (window == NULL)
        return;
    draw_text(&list, 5, 5, DRAW_TEXT, DRAW_LEFT, 0xffffffff, "Fovea \xce\xa9 42");
    sim_image_t before = shown(window);
    for (uint32_t c = 0x800; c < 0x1000; c += 8) {
        draw_begin(&list, 100, 80);
        for (uint32_t k = c; k < c + 8; k++) {
            const char text[4] = {(char)(0xe0 | k >> 12), (char)(0x80 | (k >> 6 & 63)),
                                  (char)(0x80 | (k & 63)), 0};
            draw_text(&list, 5, 5, DRAW_TEXT, DRAW_LEFT, 0xffffffff, "%s", text);
        }
        window_show(window, &list);
    }
    draw_begin(&list, 100, 80);
    draw_text(&list, 5, 5, DRAW_TEXT, DRAW_LEFT, 0xffffffff, "Fovea \xce\xa9 42");
    sim_image_t after = shown(window);
    ck_assert_mem_eq(before.data, after.data, 100 * 80 * 3);
    sim_image_free(&before);
    done(window, &after);
}
END_TEST

/* ---- the window itself ---- */

static void picture(uint32_t seed)
{
    draw_begin(&list, 300, 200);
    for (uint32_t i = 0; i < 60; i++) {
        int32_t x = (int32_t)((i * 37 + seed) % 280), y = (int32_t)(i * 53 % 180);
        draw_fill(&list, (draw_rect_t){x, y, 30, 9}, i * 0x04010300 + 0x90);
        draw_line(&list, x, y, y, x, 1 + i % 3, 0x80c0ffc0);
        draw_text(&list, x, y, (draw_font_t)(i % DRAW_FONT_COUNT), DRAW_LEFT, 0xffffffff, "%u", i);
    }
    uint8_t *at = draw_image(&list, (draw_rect_t){7, 9, 70, 50}, 31, 23, true);
    for (uint32_t i = 0; i < 31 * 23 * 4; i++)
        at[i] = (uint8_t)(i * 7);
}

START_TEST(one_list_has_the_same_pixels_each_time)
{
    window_t *one = open_or_skip(300, 200, 1.5);
    if (one == NULL)
        return;
    picture(0);
    sim_image_t first = shown(one);
    picture(5);
    sim_image_t other = shown(one);
    picture(0);
    sim_image_t again = shown(one);
    window_t *two = open_or_skip(300, 200, 1.5);
    sim_image_t elsewhere = shown(two);
    ck_assert_mem_ne(first.data, other.data, 450 * 300 * 3);
    ck_assert_mem_eq(first.data, again.data, 450 * 300 * 3);
    ck_assert_mem_eq(first.data, elsewhere.data, 450 * 300 * 3);
    sim_image_free(&first);
    sim_image_free(&other);
    sim_image_free(&again);
    window_close(two);
    done(one, &elsewhere);
}
END_TEST

/* Worst of all: each operation at the ends of what a number can be. */
START_TEST(coordinates_of_any_size_are_drawn_without_harm)
{
    static const int32_t ends[] = {INT32_MIN, -100000, -1, 0, 50, 100000, INT32_MAX};
    enum { ENDS = sizeof(ends) / sizeof(ends[0]) };
    window_t *window = open_100(1.5);
    if (window == NULL)
        return;
    for (uint32_t i = 0; i < ENDS * ENDS * ENDS * ENDS; i++) {
        int32_t x = ends[i % ENDS], y = ends[i / ENDS % ENDS];
        int32_t w = ends[i / ENDS / ENDS % ENDS], h = ends[i / ENDS / ENDS / ENDS];
        const draw_rect_t rect = {x, y, w, h};
        draw_begin(&list, 100, 80);
        draw_fill(&list, rect, 0xff000080);
        draw_frame(&list, rect, 0x00ff00ff);
        draw_line(&list, x, y, w, h, i % 5 == 0 ? UINT32_MAX : 2, 0xffffffff);
        draw_text(&list, x, y, DRAW_TEXT, (draw_align_t)(i % 3), 0xffffffff, "far");
        uint8_t *at = draw_image(&list, rect, 2, 2, i % 2 != 0);
        if (at != NULL)
            memset(at, 128, 16);
        draw_clip(&list, rect);
        draw_fill(&list, rect, 0x0000ffff);
        window_show(window, &list);
    }
    window_close(window);
    draw_free(&list);
}
END_TEST

START_TEST(a_list_smaller_than_its_window_leaves_the_rest_black)
{
    window_t *window = open_100(1);
    if (window == NULL)
        return;
    draw_fill(&list, (draw_rect_t){0, 0, 100, 80}, 0xff0000ff);
    sim_image_t image = shown(window);
    sim_image_free(&image);
    draw_begin(&list, 10, 10);
    draw_fill(&list, (draw_rect_t){0, 0, 10, 10}, 0xff0000ff);
    image = shown(window);
    ck_assert_uint_eq(count(&image, RED), 100);
    ck_assert_uint_eq(count(&image, BLACK), 7900);
    input_t input;
    ck_assert(!window_input(window, &input, 10)); /* nobody is there */
    ck_assert_int_eq(input.kind, INPUT_NONE);
    window_title(window, "title");
    window_fullscreen(window, true);
    done(window, &image);
}
END_TEST

START_TEST(what_cannot_be_opened_is_told_in_one_line)
{
    static const struct {
        window_desc_t desc;
        const char *why;
    } cases[] = {
        {{.width = 100, .height = 80, .headless = true, .font_dir = "/nowhere"}, "fonts-dejavu"},
        {{.width = 100, .height = 80, .headless = true, .scale = 0.2}, "0.5..4"},
        {{.width = 100, .height = 80, .headless = true, .scale = 5}, "0.5..4"},
        {{.width = 100, .height = 80, .headless = true, .scale = -1}, "0.5..4"},
        {{.width = 0, .height = 80, .headless = true}, "size of the window"},
        {{.width = 100, .height = 20000, .headless = true}, "size of the window"},
        {{.width = 10000, .height = 80, .headless = true, .scale = 2}, "size of the window"}};
    if (!window_is_built()) {
        test_skip("this build has no SDL2");
        return;
    }
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char error[300] = "";
        ck_assert_ptr_null(window_open(&cases[i].desc, error, sizeof(error)));
        ck_assert_msg(strstr(error, cases[i].why) != NULL, "%s", error);
        ck_assert_ptr_null(strchr(error, '\n'));
    }
    window_close(NULL);
}
END_TEST

/* A build without SDL2 says what it needs. */
START_TEST(a_build_without_sdl_names_the_packages)
{
    char error[300] = "";
    const window_desc_t desc = {.width = 100, .height = 80, .headless = true};
    if (window_is_built())
        return;
    ck_assert_ptr_null(window_open(&desc, error, sizeof(error)));
    ck_assert_ptr_nonnull(strstr(error, "libsdl2-dev"));
    ck_assert_ptr_null(strchr(error, '\n'));
}
END_TEST

TEST_MAIN("view window", areas_are_where_they_were_drawn_at_every_size,
          text_stays_in_the_room_that_the_list_has_for_it, a_frame_is_a_point_wide_and_inside,
          what_can_be_seen_through_is_mixed_with_what_is_below,
          level_and_upright_lines_are_sharp_and_have_both_ends, oblique_lines_cover_their_area,
          nothing_is_drawn_outside_of_the_clip, text_begins_and_ends_where_it_should,
          monospaced_text_keeps_to_its_columns, text_has_its_color_and_lets_shine_through,
          any_number_of_characters_can_be_shown, one_list_has_the_same_pixels_each_time,
          coordinates_of_any_size_are_drawn_without_harm,
          a_list_smaller_than_its_window_leaves_the_rest_black,
          what_cannot_be_opened_is_told_in_one_line, a_build_without_sdl_names_the_packages)
