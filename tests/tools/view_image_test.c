/*
 * view_image_test.c - the viewer's images: which pixel is where, and how it is shown.
 */
#include <math.h>

#include "tests/tools/view_find.h"
#include "tools/view/image_view.h"

static draw_t list;

static const image_place_t *place_of(draw_rect_t area, sim_window_t shown, ui_zoom_t zoom)
{
    static image_place_t place;
    place = image_place(area, &shown, &zoom);
    return &place;
}

static const ui_zoom_t all_of_it = {1, 0.5f, 0.5f};
static const draw_rect_t area_4_3 = {10, 20, 400, 300};

static void check_point(const double at[2], double x, double y)
{
    ck_assert_double_eq_tol(at[0], x, 1e-9);
    ck_assert_double_eq_tol(at[1], y, 1e-9);
}

/* ---- which pixel is where ---- */

/* 4000 x 3000 of the array in 400 x 300 points: a point is ten of its pixels. */
START_TEST(array_pixels_and_points_map_there_and_back)
{
    const image_place_t *p = place_of(area_4_3, (sim_window_t){0, 0, 4000, 3000, 0, 0}, all_of_it);
    double at[2];
    image_to_point(p, 0, 0, at);
    check_point(at, 10, 20);
    image_to_point(p, 2000, 300, at);
    check_point(at, 210, 50);
    ck_assert(image_from_point(p, 210, 50, at));
    check_point(at, 2000, 300);
    ck_assert(!image_from_point(p, 9.9, 50, at));
    ck_assert(!image_from_point(p, 410, 50, at));
    check_rect(image_box(p, 1000, 600, 500, 900), 110, 80, 50, 90);
}
END_TEST

START_TEST(a_picture_of_another_shape_stands_in_the_middle)
{
    draw_rect_t area = {0, 0, 400, 400};
    const image_place_t *p = place_of(area, (sim_window_t){0, 0, 4000, 3000, 0, 0}, all_of_it);
    double at[2];
    image_to_point(p, 0, 0, at);
    check_point(at, 0, 50);
    image_to_point(p, 4000, 3000, at);
    check_point(at, 400, 350);
}
END_TEST

START_TEST(flips_turn_the_picture_and_what_stands_on_it)
{
    const image_place_t *p =
        place_of(area_4_3, (sim_window_t){400, 300, 2000, 1500, 1, 1}, all_of_it);
    double at[2];
    image_to_point(p, 400, 300, at); /* its first column is the window's last */
    check_point(at, 410, 320);
    image_to_point(p, 2400, 1800, at);
    check_point(at, 10, 20);
    ck_assert(image_from_point(p, 20, 30, at));
    check_point(at, 2350, 1750);
    check_rect(image_box(p, 2300, 1700, 100, 100), 10, 20, 20, 20);
}
END_TEST

/* 2 x 2 binned: 2000 x 1500 samples of 4000 x 3000, five of them a point. */
START_TEST(pixels_of_the_picture_map_to_points_and_to_the_array)
{
    const view_picture_t pic = {
        .width_px = 2000, .height_px = 1500, .window = {.width_px = 4000, .height_px = 3000}};
    const image_place_t *p = place_of(area_4_3, pic.window, all_of_it);
    uint32_t column, row;
    double at[2];
    ck_assert(image_pixel_at(p, &pic, 10, 20, &column, &row)); /* the middle of the point */
    ck_assert_uint_eq(column, 2);
    ck_assert_uint_eq(row, 2);
    ck_assert(image_pixel_at(p, &pic, 409, 319, &column, &row));
    ck_assert_uint_eq(column, 1997);
    ck_assert_uint_eq(row, 1497);
    ck_assert(!image_pixel_at(p, &pic, 410, 319, &column, &row));
    ck_assert(!image_pixel_at(p, &pic, 9, 20, &column, &row));
    image_pixel_array(&pic, 7, 9, at);
    check_point(at, 15, 19);
    ck_assert_double_eq_tol(image_pixel_points(p, &pic), 0.2, 1e-12);
}
END_TEST

START_TEST(every_pixel_is_found_again_in_its_own_rectangle)
{
    view_picture_t pic = {.width_px = 40, .height_px = 30};
    for (uint32_t flips = 0; flips < 4; flips++) {
        pic.window = (sim_window_t){100, 200, 80, 60, flips & 1, flips >> 1};
        const image_place_t *p = place_of(area_4_3, pic.window, (ui_zoom_t){3, 0.4f, 0.7f});
        for (uint32_t i = 0; i < 40 * 30; i++) {
            draw_rect_t r = image_pixel_rect(p, &pic, i % 40, i / 40);
            uint32_t column, row;
            if (!image_pixel_at(p, &pic, r.x + r.w / 2, r.y + r.h / 2, &column, &row))
                continue; /* outside of the area */
            ck_assert_uint_eq(column, i % 40);
            ck_assert_uint_eq(row, i / 40);
        }
        uint32_t column, row;
        ck_assert(image_pixel_at(p, &pic, 10, 20, &column, &row)); /* no margin when zoomed */
        ck_assert(image_pixel_at(p, &pic, 409, 319, &column, &row));
    }
}
END_TEST

START_TEST(the_wheel_keeps_what_is_under_the_pointer)
{
    const sim_window_t shown = {0, 0, 4000, 3000, 0, 0};
    ui_zoom_t zoom = all_of_it;
    double before[2], after[2];
    const image_place_t *p = place_of(area_4_3, shown, zoom);
    ck_assert(image_from_point(p, 110.5, 80.5, before));
    for (int i = 0; i < 5; i++) {
        image_zoom_at(p, 110, 80, 1.5f, &zoom);
        p = place_of(area_4_3, shown, zoom);
    }
    ck_assert_float_eq_tol(zoom.zoom, 7.59375f, 1e-4f);
    ck_assert(image_from_point(p, 110.5, 80.5, after));
    ck_assert_double_eq_tol(before[0], after[0], 0.01);
    ck_assert_double_eq_tol(before[1], after[1], 0.01);
    for (int i = 0; i < 9; i++) {
        image_zoom_at(p, 110, 80, 1 / 1.5f, &zoom);
        p = place_of(area_4_3, shown, zoom);
    }
    ck_assert_float_eq(zoom.zoom, 1);
    ck_assert_double_eq_tol(p->step, 0.1, 1e-9);
}
END_TEST

START_TEST(zoom_ends_and_dragging_stops_at_the_edge)
{
    const sim_window_t shown = {0, 0, 4000, 3000, 0, 0};
    ui_zoom_t zoom = all_of_it;
    const image_place_t *p = place_of(area_4_3, shown, zoom);
    image_zoom_at(p, 10, 20, 1e9f, &zoom);
    p = place_of(area_4_3, shown, zoom);
    ck_assert_double_eq_tol(p->step, IMAGE_STEP_MOST, 1e-4);
    image_pan(p, 1000000, -1000000, &zoom);
    p = place_of(area_4_3, shown, zoom);
    ck_assert_double_eq_tol(p->left, 10, 1e-6);
    ck_assert_double_eq_tol(p->top, 320 - 3000 * IMAGE_STEP_MOST, 0.01);
    image_pan(p, -48, 0, &zoom); /* one pixel */
    p = place_of(area_4_3, shown, zoom);
    ck_assert_double_eq_tol(p->left, 10 - 48, 0.05);
}
END_TEST

/* ---- how it is shown ---- */

static void draw_alone(const view_picture_t *pic, draw_rect_t area, ui_zoom_t zoom)
{
    sim_window_t shown = {0, 0, pic->width_px, pic->height_px, 0, 0};
    image_place_t place = image_place(area, &shown, &zoom);
    draw_begin(&list, 800, 600);
    image_draw(&(ui_t){.draw = &list}, &place, pic);
}

START_TEST(smaller_pixels_are_averaged)
{
    uint8_t rgb[4 * 4 * 3];
    for (uint32_t i = 0; i < 16; i++) { /* columns of 0 and 200, rows of 10 a row, 40 */
        rgb[3 * i] = i & 1 ? 200 : 0;
        rgb[3 * i + 1] = (uint8_t)(10 * (i / 4));
        rgb[3 * i + 2] = 40;
    }
    const view_picture_t pic = {.width_px = 4, .height_px = 4, .rows = 4, .px = {.rgb = rgb}};
    draw_alone(&pic, (draw_rect_t){5, 5, 2, 2}, all_of_it);
    const draw_cmd_t *image = first_of(&list, DRAW_IMAGE);
    check_rect(image->rect, 5, 5, 2, 2);
    ck_assert_uint_eq(image->image_w, 2);
    ck_assert(image->smooth);
    for (uint32_t y = 0; y < 2; y++) {
        const uint8_t *px = rgba_of(&list, image, y, y);
        ck_assert_uint_eq(px[0], 100);
        ck_assert_uint_eq(px[1], y == 0 ? 5 : 25);
        ck_assert_uint_eq(px[2], 40);
        ck_assert_uint_eq(px[3], 255);
    }
}
END_TEST

START_TEST(larger_pixels_are_squares)
{
    uint8_t rgb[2 * 2 * 3] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    const view_picture_t pic = {.width_px = 2, .height_px = 2, .rows = 2, .px = {.rgb = rgb}};
    draw_alone(&pic, (draw_rect_t){0, 0, 20, 20}, all_of_it);
    const draw_cmd_t *image = first_of(&list, DRAW_IMAGE);
    check_rect(image->rect, 0, 0, 20, 20);
    ck_assert_uint_eq(image->image_w, 2);
    ck_assert_uint_eq(image->image_h, 2);
    ck_assert(!image->smooth);
    ck_assert_int_eq(memcmp(rgba_of(&list, image, 1, 1), "\x0a\x0b\x0c\xff", 4), 0);
    ck_assert_uint_eq(count_of(&list, DRAW_STRING), 0); /* 10 points hold no number */
}
END_TEST

START_TEST(rows_of_the_frame_before_are_dimmed)
{
    uint8_t rgb[2 * 4 * 3];
    memset(rgb, 200, sizeof(rgb));
    const view_picture_t pic = {.width_px = 2, .height_px = 4, .rows = 3, .px = {.rgb = rgb}};
    draw_alone(&pic, (draw_rect_t){0, 0, 2, 4}, all_of_it);
    const draw_cmd_t *image = first_of(&list, DRAW_IMAGE);
    ck_assert_uint_eq(rgba_of(&list, image, 0, 2)[0], 200);
    uint8_t old = rgba_of(&list, image, 0, 3)[0];
    ck_assert_uint_lt(old, 170);
    ck_assert_uint_gt(old, 100);
}
END_TEST

/* RGGB: red 1023, green and blue at the black level. */
static void red_mosaic(uint16_t *raw, uint32_t width, uint32_t height)
{
    for (uint32_t i = 0; i < width * height; i++)
        raw[i] = (i % width) % 2 == 0 && (i / width) % 2 == 0 ? 1023 : 64;
}

START_TEST(raw_is_one_color_of_four_samples_or_the_mosaic)
{
    uint16_t raw[8 * 8];
    view_picture_t pic = {.width_px = 8,
                          .height_px = 8,
                          .rows = 8,
                          .bits = 10,
                          .black = 64,
                          .bayer = SIM_BAYER_RGGB,
                          .px = {.raw = raw}};
    red_mosaic(raw, 8, 8);
    draw_alone(&pic, (draw_rect_t){0, 0, 4, 4}, all_of_it);
    const draw_cmd_t *image = first_of(&list, DRAW_IMAGE);
    ck_assert_int_eq(memcmp(rgba_of(&list, image, 1, 1), "\xff\x00\x00\xff", 4), 0);
    pic.bayer = SIM_BAYER_BGGR; /* the same samples are blue then */
    draw_alone(&pic, (draw_rect_t){0, 0, 4, 4}, all_of_it);
    image = first_of(&list, DRAW_IMAGE);
    ck_assert_int_eq(memcmp(rgba_of(&list, image, 1, 1), "\x00\x00\xff\xff", 4), 0);
    pic.bayer = SIM_BAYER_RGGB;
    draw_alone(&pic, (draw_rect_t){0, 0, 80, 80}, all_of_it);
    image = first_of(&list, DRAW_IMAGE);
    ck_assert_uint_eq(image->image_w, 8);
    ck_assert_uint_eq(rgba_of(&list, image, 2, 2)[0], 255);
    ck_assert_uint_eq(rgba_of(&list, image, 1, 0)[1], 0); /* green without light */
}
END_TEST

/* Half of the range above black is 188 of 255 on the curve of sRGB. */
START_TEST(raw_is_shown_without_black_level_on_the_curve_of_srgb)
{
    uint16_t raw[4] = {64 + 2016, 64 + 2016, 64 + 2016, 64 + 2016};
    const view_picture_t pic = {
        .width_px = 2, .height_px = 2, .rows = 2, .bits = 12, .black = 64, .px = {.raw = raw}};
    draw_alone(&pic, (draw_rect_t){0, 0, 1, 1}, all_of_it);
    const uint8_t *px = rgba_of(&list, first_of(&list, DRAW_IMAGE), 0, 0);
    for (uint32_t c = 0; c < 3; c++)
        ck_assert_uint_eq(px[c], 188);
}
END_TEST

START_TEST(values_stand_in_large_pixels)
{
    uint16_t raw[4] = {101, 102, 103, 1004};
    uint8_t rgb[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 211, 12};
    view_picture_t pic = {.width_px = 2,
                          .height_px = 2,
                          .rows = 2,
                          .bits = 10,
                          .bayer = SIM_BAYER_GRBG,
                          .px = {.raw = raw}};
    draw_alone(&pic, (draw_rect_t){0, 0, 60, 60}, all_of_it);
    static const char *const texts[] = {"Gr", "R", "B", "Gb", "101", "102", "103", "1004"};
    for (uint32_t i = 0; i < SIM_COUNT(texts); i++)
        ck_assert_msg(has_text(&list, texts[i]), "%s", texts[i]);
    const draw_rect_t *at = &find_text(&list, "103")->rect; /* lower left */
    ck_assert(at->x >= 0 && at->x + at->w <= 30 && at->y >= 30 && at->y + at->h <= 60);
    draw_alone(&pic, (draw_rect_t){0, 0, 40, 40}, all_of_it);
    ck_assert_uint_eq(count_of(&list, DRAW_STRING), 0);
    pic.px.rgb = rgb;
    pic.bits = 0;
    draw_alone(&pic, (draw_rect_t){0, 0, 90, 90}, all_of_it);
    ck_assert(has_text(&list, "211"));
    ck_assert_uint_eq(count_of(&list, DRAW_STRING), 12);
}
END_TEST

/* Odd sizes, sizes of one, areas of nothing: no byte beside the picture (the sanitizers look). */
START_TEST(pictures_of_any_size_fit_areas_of_any_size)
{
    static const uint32_t sizes[] = {1, 2, 3, 5, 16, 33};
    static const int32_t areas[] = {0, 1, 2, 7, 31, 200};
    for (uint32_t i = 0; i < SIM_COUNT(sizes) * SIM_COUNT(sizes) * SIM_COUNT(areas); i++) {
        uint32_t w = sizes[i % 6], h = sizes[i / 6 % 6];
        uint16_t *raw = calloc((size_t)w * h, 2);
        uint8_t *rgb = calloc((size_t)w * h, 3);
        ck_assert(raw != NULL && rgb != NULL);
        view_picture_t pic = {.width_px = w, .height_px = h, .rows = h / 2, .bits = 10};
        draw_rect_t area = {3, 3, areas[i / 36], areas[(i + 1) % 6]};
        for (float zoom = 1; zoom < 200; zoom *= 3.7f) {
            pic.px.raw = raw;
            pic.bits = 10;
            draw_alone(&pic, area, (ui_zoom_t){zoom, 0.9f, 0.1f});
            pic.px.rgb = rgb;
            pic.bits = 0;
            draw_alone(&pic, area, (ui_zoom_t){zoom, 0.1f, 0.9f});
        }
        free(raw);
        free(rgb);
    }
}
END_TEST

TEST_MAIN("tools view images", array_pixels_and_points_map_there_and_back,
          a_picture_of_another_shape_stands_in_the_middle,
          flips_turn_the_picture_and_what_stands_on_it,
          pixels_of_the_picture_map_to_points_and_to_the_array,
          every_pixel_is_found_again_in_its_own_rectangle,
          the_wheel_keeps_what_is_under_the_pointer, zoom_ends_and_dragging_stops_at_the_edge,
          smaller_pixels_are_averaged, larger_pixels_are_squares,
          rows_of_the_frame_before_are_dimmed, raw_is_one_color_of_four_samples_or_the_mosaic,
          raw_is_shown_without_black_level_on_the_curve_of_srgb, values_stand_in_large_pixels,
          pictures_of_any_size_fit_areas_of_any_size)
