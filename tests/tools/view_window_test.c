/*
 * view_window_test.c - draw lists as pixels, without a display.
 */
#include "tests/test.h"
#include "tools/view/paint.h"
#include "tools/view/window.h"

#define BLACK 0x000000
#define RED 0xff0000

static draw_t list;

/* No SDL2, or no font of Debian's: then no test of these can run. */
static window_t *open_or_skip(uint32_t width, uint32_t height, double scale)
{
    char error[300];
    const window_desc_t desc = {.width = width, .height = height, .scale = scale, .headless = true};
    window_t *window = window_open(&desc, error, sizeof(error));
    if (window == NULL && !window_is_built())
        test_skip(error);
    else
        ck_assert_msg(window != NULL, "%s", error);
    return window;
}

static sim_image_t shown(window_t *window)
{
    sim_image_t image;
    window_show(window, &list);
    ck_assert(!list.no_memory);
    ck_assert(window_pixels(window, &image));
    ck_assert_uint_eq(image.channels, 3);
    return image;
}

static uint32_t px(const sim_image_t *image, uint32_t x, uint32_t y)
{
    ck_assert(x < image->width_px && y < image->height_px);
    const uint8_t *at = image->data + ((size_t)y * image->width_px + x) * 3;
    return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

static uint32_t count(const sim_image_t *image, uint32_t color)
{
    uint32_t found = 0;
    for (uint32_t y = 0; y < image->height_px; y++)
        for (uint32_t x = 0; x < image->width_px; x++)
            found += px(image, x, y) == color;
    return found;
}

/* Pixels that are not black: the box around them. */
static draw_rect_t ink(const sim_image_t *image)
{
    uint32_t left = image->width_px, top = image->height_px, right = 0, bottom = 0;
    for (uint32_t y = 0; y < image->height_px; y++)
        for (uint32_t x = 0; x < image->width_px; x++)
            if (px(image, x, y) != BLACK) {
                left = x < left ? x : left;
                right = x + 1 > right ? x + 1 : right;
                top = y < top ? y : top;
                bottom = y + 1;
            }
    if (right == 0)
        return (draw_rect_t){0, 0, 0, 0};
    return (draw_rect_t){(int32_t)left, (int32_t)top, (int32_t)(right - left),
                         (int32_t)(bottom - top)};
}

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

TEST_MAIN("view window", areas_are_where_they_were_drawn_at_every_size,
          text_stays_in_the_room_that_the_list_has_for_it)
