/*
 * crop_test.c - crops of an image of 64 x 48 that shows 640 x 480 of the array from (100, 50) on,
 * ten array pixels each. Its codes are 2 x in plane 0 and 2 y in plane 1, so that each pixel of a
 * crop says where it was taken from, to half a pixel.
 */
#include <string.h>

#include "tests/test.h"

#include "firmware/include/crop.h"

enum { W = 64, H = 48, MOST = 64 };

static int8_t pixels[2][H][W];
static int8_t window[W * H], out[MOST * MOST];
static look_image_t image;
static crop_t crop;

static void setup(void)
{
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            pixels[0][y][x] = (int8_t)(2 * x);
            pixels[1][y][x] = (int8_t)(2 * y);
        }
    image = (look_image_t){.width = W,
                           .height = H,
                           .channels = 2,
                           .row_bytes = W,
                           .plane_bytes = W * H,
                           .seen = {.x = 100, .y = 50, .w = 640, .h = 480}};
}

/* As the DMA cuts it, then resized. */
static void make(const det_box_t *box, uint32_t width, uint32_t height, uint32_t plane)
{
    crop_plan(&crop, &image, box, width, height);
    ck_assert_uint_eq(crop.x % 4, 0);
    ck_assert_uint_eq(crop.columns % 4, 0);
    ck_assert_uint_le(crop.x + crop.columns, W);
    ck_assert_uint_le(crop.y + crop.rows, H);
    for (uint32_t y = 0; y < crop.rows; y++)
        memcpy(window + y * crop.columns, &pixels[plane][crop.y + y][crop.x], crop.columns);
    crop_resize(&crop, window, out, width);
}

/* Within one code: of rounding twice. */
static void expect_code(uint32_t x, uint32_t y, double code)
{
    int8_t is = out[y * crop.width + x];
    ck_assert_msg(is > code - 1.01 && is < code + 1.01, "%u, %u: %d, expected %g", x, y, is, code);
}

/* Columns 20..27 of the image, rows 16..31: middle (24, 24), 16 high. The crop is 18 high and 9
 * wide: columns 19.5 to 28.5, rows 15 to 33. Of 8 x 16 pixels the middles are at 19.5 + 9/8 (k +
 * 1/2) - 1/2 of pixels' middles. */
static const det_box_t box = {300, 210, 380, 370, 200, 1};

START_TEST(pixels_come_from_where_they_are_in_the_box)
{
    setup();
    for (uint32_t plane = 0; plane < 2; plane++) {
        make(&box, 8, 16, plane);
        for (uint32_t y = 0; y < 16; y++)
            for (uint32_t x = 0; x < 8; x++)
                expect_code(x, y,
                            plane == 0 ? 2 * (19.5 + 1.125 * (x + 0.5) - 0.5)
                                       : 2 * (15 + 1.125 * (y + 0.5) - 0.5));
    }
}
END_TEST

START_TEST(a_crop_can_be_larger_than_what_it_shows)
{
    setup();
    make(&box, 32, 64, 1);
    for (uint32_t y = 0; y < 64; y++)
        expect_code(31, y, 2 * (15 + 18.0 / 64 * (y + 0.5) - 0.5));
}
END_TEST

/* The box reaches over the image's left and upper edge: rows -8..7 of the image, columns -8..-1:
 * all of the crop is left of column 0. */
START_TEST(outside_the_image_is_its_nearest_edge)
{
    setup();
    const det_box_t beyond = {20, -30, 100, 130, 200, 1};
    make(&beyond, 8, 16, 0);
    for (uint32_t x = 0; x < 8; x++)
        expect_code(x, 0, x < 7 ? 0 : 0.1);
    make(&beyond, 8, 16, 1);
    expect_code(3, 0, 0);
    expect_code(3, 15, 2 * (-9 + 1.125 * 15.5 - 0.5));
}
END_TEST

/* Mirrored, the middle of the box is column 64 - 24; codes still say the image's columns. */
START_TEST(a_mirrored_image_is_cut_where_the_box_is)
{
    setup();
    image.seen.flip_x = true;
    make(&box, 8, 16, 0);
    for (uint32_t x = 0; x < 8; x++)
        expect_code(x, 5, 2 * (35.5 + 1.125 * (x + 0.5) - 0.5));
}
END_TEST

/* Turned by a quarter (include/detect.h), columns of the image are rows of the array from the
 * lowest on: rows 130..290 of 50..530 have their middle at 64 * (1 - 1/3) = 42.67. Rows are
 * columns: 300..380 of 100..740 are rows 15 to 21, so the crop is 6.75 high, and as wide. */
START_TEST(a_turned_image_is_cut_where_the_box_is)
{
    setup();
    image.seen.turn = 1;
    const det_box_t upper = {300, 130, 380, 290, 200, 1};
    for (uint32_t plane = 0; plane < 2; plane++) {
        make(&upper, 16, 16, plane);
        for (uint32_t i = 0; i < 16; i++) {
            double from = (plane == 0 ? 128.0 / 3 : 18) - 3.375 + 6.75 / 16 * (i + 0.5) - 0.5;
            expect_code(plane == 0 ? i : 5, plane == 0 ? 5 : i, 2 * from);
        }
    }
}
END_TEST

START_TEST(extreme_codes_and_boxes_stay_in_range)
{
    const det_box_t all = {-4000, -4000, 8000, 8000, 200, 1}, dot = {400, 300, 401, 301, 200, 1};
    setup();
    memset(pixels[0], -128, sizeof(pixels[0]));
    make(&all, 64, 64, 0);
    expect_code(0, 0, -128);
    memset(pixels[0], 127, sizeof(pixels[0]));
    make(&all, 1, 1, 0);
    expect_code(0, 0, 127);
    make(&dot, 64, 64, 0);
    expect_code(63, 63, 127);
}
END_TEST

TEST_MAIN("firmware crop", pixels_come_from_where_they_are_in_the_box,
          a_crop_can_be_larger_than_what_it_shows, outside_the_image_is_its_nearest_edge,
          a_mirrored_image_is_cut_where_the_box_is, a_turned_image_is_cut_where_the_box_is,
          extreme_codes_and_boxes_stay_in_range)
