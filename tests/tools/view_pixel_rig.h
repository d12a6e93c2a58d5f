/*
 * view_pixel_rig.h - for tests of pixels: a list, shown in a window without a display. Each test
 * program that includes it has its own.
 */
#ifndef TESTS_TOOLS_VIEW_PIXEL_RIG_H
#define TESTS_TOOLS_VIEW_PIXEL_RIG_H

#include "tests/test.h"
#include "tools/view/window.h"

#define BLACK 0x000000
#define RED 0xff0000

static draw_t list;

/* No SDL2, or no font of Debian's: then no test of these can run. */
static inline window_t *open_or_skip(uint32_t width, uint32_t height, double scale)
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

static inline sim_image_t shown(window_t *window)
{
    sim_image_t image;
    window_show(window, &list);
    ck_assert(!list.no_memory);
    ck_assert(window_pixels(window, &image));
    ck_assert_uint_eq(image.channels, 3);
    return image;
}

/* Without a check: one costs more than all else here. */
static inline uint32_t rgb(const sim_image_t *image, uint32_t x, uint32_t y)
{
    const uint8_t *at = image->data + ((size_t)y * image->width_px + x) * 3;
    return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

static inline uint32_t px(const sim_image_t *image, uint32_t x, uint32_t y)
{
    ck_assert(x < image->width_px && y < image->height_px);
    return rgb(image, x, y);
}

static inline uint32_t count(const sim_image_t *image, uint32_t color)
{
    uint32_t found = 0;
    for (uint32_t y = 0; y < image->height_px; y++)
        for (uint32_t x = 0; x < image->width_px; x++)
            found += rgb(image, x, y) == color;
    return found;
}

/* Pixels that are not black: the box around them. */
static inline draw_rect_t ink(const sim_image_t *image)
{
    uint32_t left = image->width_px, top = image->height_px, right = 0, bottom = 0;
    for (uint32_t y = 0; y < image->height_px; y++)
        for (uint32_t x = 0; x < image->width_px; x++)
            if (rgb(image, x, y) != BLACK) {
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

static inline window_t *open_100(double scale)
{
    window_t *window = open_or_skip(100, 80, scale);
    draw_begin(&list, 100, 80);
    return window;
}

static inline void done(window_t *window, sim_image_t *image)
{
    sim_image_free(image);
    window_close(window);
    draw_free(&list);
}

#endif
