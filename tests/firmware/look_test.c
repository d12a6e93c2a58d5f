/*
 * look_test.c - looks of boxes in an image of 64 x 32 that shows 640 x 320 of the array from (100,
 * 50) on, ten array pixels each. Above all bodies are red, below blue.
 */
#include <string.h>

#include "tests/test.h"

#include "firmware/include/look.h"

enum { W = 64, H = 32, CODES = 128 }; /* a code of -128 is tone 0 */

static union {
    int8_t code[4][H][W];
    uint32_t word[H * W];
} pixels;
static look_image_t image;
/* Columns 20..59 of the image, rows 0..31: the bands are rows 5..13 and 18..28, columns 32..46. */
static const det_box_t box = {300, 50, 700, 370, 200, 1};

static void fill(uint32_t plane, uint32_t y0, uint32_t y1, int code)
{
    for (uint32_t y = y0; y < y1; y++)
        memset(pixels.code[plane][y], code, W);
}

static void setup(void)
{
    memset(&pixels, 0, sizeof(pixels));
    fill(0, 0, 16, 100);
    fill(2, 16, H, 60);
    image = (look_image_t){
        .pixels = pixels.word,
        .width = W,
        .height = H,
        .channels = 3,
        .row_bytes = W,
        .plane_bytes = W * H,
        .seen = {.x = 100, .y = 50, .w = 640, .h = 320},
    };
}

static void tones_are(const look_t *look, int r0, int g0, int b0, int r1, int g1, int b1)
{
    const int code[LOOK_TONES] = {r0, g0, b0, r1, g1, b1};
    ck_assert_uint_eq(look->tones, LOOK_TONES);
    for (int i = 0; i < LOOK_TONES; i++)
        ck_assert_int_eq(look->tone[i], (code[i] + CODES) * 16);
}

START_TEST(upper_and_lower_body_have_their_colors)
{
    setup();
    look_t look = look_at(&image, &box);
    tones_are(&look, 100, 0, 0, 0, 0, 60);
}
END_TEST

/* Of columns 20 + 40 x 10/32 = 32 to 20 + 40 x 22/32 = 47 all words that touch them: 32..47, of
 * which a half is 40 and a half -20. */
START_TEST(a_tone_is_a_mean_of_the_middle)
{
    setup();
    for (uint32_t y = 0; y < 16; y++)
        for (uint32_t x = 0; x < W; x++)
            pixels.code[1][y][x] = x < 32 ? 127 : x < 40 ? 40 : x < 48 ? -20 : -128;
    look_t look = look_at(&image, &box);
    tones_are(&look, 100, 10, 0, 0, 0, 60);
}
END_TEST

START_TEST(a_turned_image_is_read_where_the_body_is)
{
    look_t look;
    setup();
    image.seen.flip_y = true; /* row 0 shows the lowest row */
    look = look_at(&image, &box);
    tones_are(&look, 0, 0, 60, 100, 0, 0);
    image.seen.turn =
        2; /* by two quarters: upright, and mirrored, which uniform rows do not show */
    look = look_at(&image, &box);
    tones_are(&look, 100, 0, 0, 0, 0, 60);
}
END_TEST

/* By one quarter clockwise: what is above on the array is at the right in the image. */
START_TEST(an_image_on_its_side_has_the_head_at_the_right)
{
    setup();
    memset(&pixels, 0, sizeof(pixels));
    for (uint32_t y = 0; y < H; y++)
        memset(&pixels.code[0][y][W / 2], 100, W / 2);
    image.seen = (det_roi_t){.x = 0, .y = 0, .w = 320, .h = 640, .turn = 1};
    det_box_t tall = {100, 0, 200, 640, 200, 1};
    look_t look = look_at(&image, &tall);
    tones_are(&look, 100, 0, 0, 0, 0, 0);
}
END_TEST

START_TEST(luma_alone_is_two_tones_and_no_image_none)
{
    setup();
    image.channels = 1;
    look_t look = look_at(&image, &box);
    ck_assert_uint_eq(look.tones, 2);
    ck_assert_uint_eq(look.tone[0], (100 + CODES) * 16);
    ck_assert_uint_eq(look.tone[1], CODES * 16);
    image.pixels = NULL;
    ck_assert_uint_eq(look_at(&image, &box).tones, 0);
    setup();
    image.seen.w = 0;
    ck_assert_uint_eq(look_at(&image, &box).tones, 0);
}
END_TEST

/* Sanitizers would tell of a read outside. */
START_TEST(boxes_outside_or_without_area_read_the_edge)
{
    setup();
    const det_box_t odd[] = {{-9000, -9000, -8000, -8000, 1, 1}, {9000, 9000, 9999, 9999, 1, 1},
                             {739, 369, 740, 370, 1, 1},         {400, 100, 400, 100, 1, 1},
                             {-9000, -9000, 9999, 9999, 1, 1},   {700, 300, 300, 100, 1, 1}};
    for (uint32_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        for (image.seen.turn = 0; image.seen.turn < 4; image.seen.turn++)
            ck_assert_uint_eq(look_at(&image, &odd[i]).tones, LOOK_TONES);
}
END_TEST

/* 3 and 4 codes apart: 25. A quarter of the way from 128 + 4 to 128 is 128 + 3. */
START_TEST(distances_are_squared_codes_and_learning_is_a_part_of_the_way)
{
    look_t a = {.tones = LOOK_TONES}, b = {.tones = LOOK_TONES};
    for (int i = 0; i < LOOK_TONES; i++)
        a.tone[i] = b.tone[i] = CODES * 16;
    b.tone[1] += 3 * 16;
    b.tone[4] -= 4 * 16;
    ck_assert_uint_eq(look_distance(&a, &b), 25);
    ck_assert_uint_eq(look_distance(&b, &a), 25);
    look_learn(&b, &a, 2);
    ck_assert_uint_eq(b.tone[4], CODES * 16 - 3 * 16);
    ck_assert_uint_eq(b.tone[0], CODES * 16);
}
END_TEST

TEST_MAIN("firmware look", upper_and_lower_body_have_their_colors, a_tone_is_a_mean_of_the_middle,
          a_turned_image_is_read_where_the_body_is, an_image_on_its_side_has_the_head_at_the_right,
          luma_alone_is_two_tones_and_no_image_none, boxes_outside_or_without_area_read_the_edge,
          distances_are_squared_codes_and_learning_is_a_part_of_the_way)
