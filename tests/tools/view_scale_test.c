/*
 * view_scale_test.c - images of draw lists as pixels: square ones, averaged ones, what shines
 * through, parts of what is much larger.
 */
#include "tests/tools/view_pixel_rig.h"

static void put(uint8_t *at, uint32_t rgba)
{
    for (uint32_t c = 0; c < 4; c++)
        at[c] = (uint8_t)(rgba >> (24 - 8 * c));
}

START_TEST(an_image_without_smoothing_has_square_pixels)
{
    window_t *window = open_100(2);
    if (window == NULL)
        return;
    uint8_t *at = draw_image(&list, (draw_rect_t){10, 20, 30, 10}, 3, 1, false);
    put(at, 0xff0000ff);
    put(at + 4, 0x00ff00ff);
    put(at + 8, 0x0000ffff);
    sim_image_t image = shown(window);
    ck_assert_uint_eq(count(&image, RED), 20 * 20);
    ck_assert_uint_eq(count(&image, 0x00ff00), 20 * 20);
    ck_assert_uint_eq(count(&image, 0x0000ff), 20 * 20);
    ck_assert_uint_eq(px(&image, 20, 40), RED);
    ck_assert_uint_eq(px(&image, 39, 59), RED);
    ck_assert_uint_eq(px(&image, 40, 40), 0x00ff00);
    ck_assert_uint_eq(px(&image, 79, 59), 0x0000ff);
    done(window, &image);
}
END_TEST

START_TEST(an_even_image_stays_even_however_it_is_scaled)
{
    static const struct {
        int32_t w, h;
        uint32_t image_w, image_h;
    } sizes[] = {{90, 70, 7, 5}, {90, 70, 900, 700}, {33, 70, 97, 5}, {50, 50, 50, 50}};
    window_t *window = open_100(1);
    if (window == NULL)
        return;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        for (uint32_t code = 0; code < 256; code += code < 250 ? 11 : 1) {
            draw_begin(&list, 100, 80);
            draw_fill(&list, (draw_rect_t){0, 0, 100, 80}, 0x123456ff);
            uint32_t pixels = sizes[i].image_w * sizes[i].image_h, gray = code * 0x010101;
            uint8_t *at = draw_image(&list, (draw_rect_t){3, 4, sizes[i].w, sizes[i].h},
                                     sizes[i].image_w, sizes[i].image_h, true);
            for (uint32_t k = 0; k < pixels; k++)
                put(at + 4 * k, gray << 8 | 0xff);
            sim_image_t image = shown(window);
            ck_assert_uint_eq(count(&image, gray), (uint32_t)(sizes[i].w * sizes[i].h));
            ck_assert_uint_eq(count(&image, 0x123456),
                              100 * 80 - (uint32_t)(sizes[i].w * sizes[i].h));
            sim_image_free(&image);
        }
    window_close(window);
    draw_free(&list);
}
END_TEST

/* Of 3 pixels to 2: the first is a whole one and half of the second, over 1.5. */
START_TEST(a_smooth_image_shown_smaller_is_averaged)
{
    window_t *window = open_100(1);
    if (window == NULL)
        return;
    uint8_t *at = draw_image(&list, (draw_rect_t){10, 10, 20, 20}, 40, 40, true);
    for (uint32_t i = 0; i < 40 * 40; i++)
        put(at + 4 * i, (i % 40 + i / 40) % 2 != 0 ? 0xffffffff : 0x000000ff);
    at = draw_image(&list, (draw_rect_t){50, 50, 2, 1}, 3, 1, true);
    put(at, 0xf00000ff);
    put(at + 4, 0x00f000ff);
    put(at + 8, 0x0000f0ff);
    sim_image_t image = shown(window);
    for (uint32_t y = 10; y < 30; y++)
        for (uint32_t x = 10; x < 30; x++)
            ck_assert_uint_eq(px(&image, x, y), 0x808080); /* 127.5 */
    ck_assert_uint_eq(px(&image, 50, 50), 0xa05000);
    ck_assert_uint_eq(px(&image, 51, 50), 0x0050a0);
    done(window, &image);
}
END_TEST

/* Two pixels over eight: 0 and 240 are at 2 and 6, between them it goes in steps of 60. */
START_TEST(a_smooth_image_shown_larger_goes_from_pixel_to_pixel)
{
    static const uint32_t gray[8] = {0, 0, 30, 90, 150, 210, 240, 240};
    window_t *window = open_100(1);
    if (window == NULL)
        return;
    uint8_t *at = draw_image(&list, (draw_rect_t){10, 10, 8, 3}, 2, 1, true);
    put(at, 0x000000ff);
    put(at + 4, 0xf0f0f0ff);
    at = draw_image(&list, (draw_rect_t){30, 10, 3, 8}, 1, 2, true);
    put(at, 0x000000ff);
    put(at + 4, 0xf0f0f0ff);
    sim_image_t image = shown(window);
    for (uint32_t i = 0; i < 8; i++) {
        ck_assert_uint_eq(px(&image, 10 + i, 11), gray[i] * 0x010101);
        ck_assert_uint_eq(px(&image, 31, 10 + i), gray[i] * 0x010101);
    }
    done(window, &image);
}
END_TEST

/* What is transparent has no color of its own: red beside it fades, and nothing turns black. */
START_TEST(transparent_parts_of_an_image_show_what_is_below)
{
    for (uint32_t smooth = 0; smooth < 2; smooth++) {
        window_t *window = open_100(1);
        if (window == NULL)
            return;
        draw_fill(&list, (draw_rect_t){0, 0, 100, 80}, 0xff0000ff);
        uint8_t *at = draw_image(&list, (draw_rect_t){10, 10, 40, 30}, 2, 1, smooth != 0);
        put(at, 0xff0000ff);
        put(at + 4, 0x00ff0000);
        at = draw_image(&list, (draw_rect_t){60, 10, 20, 30}, 1, 1, smooth != 0);
        put(at, 0x0000ff80);
        sim_image_t image = shown(window);
        ck_assert_uint_eq(count(&image, RED) + count(&image, 0x7f0080), 100 * 80);
        ck_assert_uint_eq(count(&image, 0x7f0080), 20 * 30);
        done(window, &image);
    }
}
END_TEST

/* Zoomed so far that one of its pixels is as large as the window. */
START_TEST(an_image_may_be_much_larger_than_the_window)
{
    for (uint32_t smooth = 0; smooth < 2; smooth++) {
        window_t *window = open_100(1);
        if (window == NULL)
            return;
        const draw_rect_t rect = {-400000, -300000, 1000000, 1000000};
        uint8_t *at = draw_image(&list, rect, 1000, 1000, smooth != 0);
        for (uint32_t i = 0; i < 1000 * 1000; i++)
            put(at + 4 * i, (i % 1000 == 400 && i / 1000 == 300 ? 0xff0000ff : 0x00ff00ff));
        sim_image_t image = shown(window); /* its pixel 400, 300 is at 0, 0 .. 999, 999 */
        if (smooth == 0)
            ck_assert_uint_eq(count(&image, RED), 100 * 80);
        else /* a quarter of it, where four meet */
            ck_assert_uint_eq(px(&image, 0, 0) >> 16 & 0xff, 64);
        done(window, &image);
    }
}
END_TEST

TEST_MAIN("view scale", an_image_without_smoothing_has_square_pixels,
          an_even_image_stays_even_however_it_is_scaled, a_smooth_image_shown_smaller_is_averaged,
          a_smooth_image_shown_larger_goes_from_pixel_to_pixel,
          transparent_parts_of_an_image_show_what_is_below,
          an_image_may_be_much_larger_than_the_window)
