/*
 * picture_test.c - a PNG as the world: decoding and fits.
 */
#include <unistd.h>

#include "scene_help.h"
#include "tests/test.h"

static char file[64]; /* of this process: several may run at once */

static void write_png(uint32_t width, uint32_t height, uint32_t channels, const uint8_t *data)
{
    char error[256];
    uint8_t *copy = malloc((size_t)width * height * channels);
    memcpy(copy, data, (size_t)width * height * channels);
    sim_image_t image = {width, height, channels, copy};
    snprintf(file, sizeof(file), "/tmp/fovea_picture_test_%ld.png", (long)getpid());
    ck_assert_int_eq(sim_png_write(file, &image, error, sizeof(error)), SIM_OK);
    free(copy);
}

/* One row of `width` samples that share an array of width x height; rgb one after another. */
static void pull(const scene_t *scene, uint32_t width, uint32_t height, uint32_t row, float *rgb)
{
    sim_light_req_t req = {.array_width_px = width,
                           .array_height_px = height,
                           .width_px = width,
                           .x_step_px = 1,
                           .y_px = (float)row,
                           .planes = 7};
    sim_light_row_t out = {rgb, rgb + width, rgb + 2 * (size_t)width};
    sim_light_t light = scene_light(scene);
    light.row(light.ctx, &req, &out);
}

static scene_t *load(scene_fit_t fit, double lux)
{
    char error[256];
    scene_t *scene;
    ck_assert_int_eq(scene_load_png(file, fit, lux, 6500, &scene, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(scene_prepare(scene, 1, 64), SIM_OK);
    unlink(file);
    return scene;
}

START_TEST(codes_become_linear_light)
{
    /* IEC 61966-2-1 by hand: 0 -> 0; 10 -> 10/255/12.92 = 0.0030353; 128 -> ((0.50196 + 0.055) /
     * 1.055)^2.4 = 0.21586; 188 -> 0.50289; 255 -> 1. */
    static const uint8_t codes[] = {0, 10, 128, 188, 255};
    static const double linear[] = {0, 0.0030353, 0.2158605, 0.5028865, 1};
    float rgb[15];
    write_png(5, 1, 1, codes);
    scene_t *scene = load(SCENE_FIT_STRETCH, 1000);
    pull(scene, 5, 1, 0, rgb);
    for (int i = 0; i < 5; i++)
        for (int c = 0; c < 3; c++)
            ck_assert_double_eq_tol((double)rgb[c * 5 + i], 1000 * linear[i], 0.01);
    scene_free(scene);
}
END_TEST

START_TEST(channels_and_rows_keep_their_places)
{
    static const uint8_t px[] = {255, 0, 0,   0,   255, 0, /* red, green */
                                 0,   0, 255, 255, 255, 255};
    float rgb[6];
    write_png(2, 2, 3, px);
    scene_t *scene = load(SCENE_FIT_STRETCH, 100);
    static const float top[] = {100, 0, 0, 100, 0, 0}, bottom[] = {0, 100, 0, 100, 100, 100};
    pull(scene, 2, 2, 0, rgb);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq_tol((double)rgb[i], (double)top[i], 1e-3);
    pull(scene, 2, 2, 1, rgb);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq_tol((double)rgb[i], (double)bottom[i], 1e-3);
    scene_free(scene);
}
END_TEST

START_TEST(an_enlarged_pixel_stays_a_square_with_soft_edges)
{
    static const uint8_t px[] = {0, 255};
    float rgb[15];
    write_png(2, 1, 1, px);
    scene_t *scene = load(SCENE_FIT_STRETCH, 80);
    pull(scene, 4, 1, 0, rgb); /* sample centers at -0.25, 0.25, 0.75, 1.25 of the picture */
    static const double even[] = {0, 0, 80, 80};
    for (int i = 0; i < 4; i++)
        ck_assert_double_eq_tol((double)rgb[i], even[i], 1e-3);
    pull(scene, 5, 1, 0, rgb); /* the third sits on the edge */
    static const double odd[] = {0, 0, 40, 80, 80};
    for (int i = 0; i < 5; i++)
        ck_assert_double_eq_tol((double)rgb[i], odd[i], 1e-3);
    scene_free(scene);
}
END_TEST

START_TEST(a_coarse_view_sees_means)
{
    /* 8 stripes of light and dark seen by 2 samples: gray, not one of the stripes. */
    uint8_t px[64];
    float rgb[6];
    for (int i = 0; i < 64; i++)
        px[i] = i % 2 == 0 ? 0 : 255;
    write_png(8, 8, 1, px);
    scene_t *scene = load(SCENE_FIT_STRETCH, 100);
    pull(scene, 2, 2, 0, rgb);
    ck_assert_double_eq_tol((double)rgb[0], 50, 0.1);
    ck_assert_double_eq_tol((double)rgb[1], 50, 0.1);
    scene_free(scene);
}
END_TEST

/* A white square in the scene's 4056 x 3040: what of a row and a column is lit, in pixels. */
static void lit(scene_fit_t fit, uint32_t *columns, uint32_t *rows)
{
    static const uint8_t white[] = {255, 255, 255, 255};
    float rgb[3 * 64];
    write_png(2, 2, 1, white);
    scene_t *scene = load(fit, 10);
    *columns = *rows = 0;
    sim_light_req_t req = {.array_width_px = 4056,
                           .array_height_px = 3040,
                           .width_px = 4056,
                           .x_step_px = 1,
                           .y_px = 1520,
                           .planes = 1};
    float *line = malloc(4056 * sizeof(float));
    sim_light_row_t out = {line, rgb, rgb};
    ck_assert_int_eq(scene_prepare(scene, 1, 4056), SIM_OK);
    sim_light_t light = scene_light(scene);
    light.row(light.ctx, &req, &out);
    for (int x = 0; x < 4056; x++)
        *columns += line[x] > 5;
    for (uint32_t y = 0; y < 3040; y += 8) {
        req.y_px = (float)y + 3.5f;
        light.row(light.ctx, &req, &out);
        *rows += line[2028] > 5 ? 8 : 0;
    }
    free(line);
    scene_free(scene);
}

START_TEST(a_square_picture_fits_three_ways)
{
    uint32_t columns, rows;
    lit(SCENE_FIT_STRETCH, &columns, &rows);
    ck_assert_uint_eq(columns, 4056);
    ck_assert_uint_eq(rows, 3040);
    lit(SCENE_FIT_CONTAIN, &columns, &rows); /* 3040 x 3040, 508 black at each side */
    ck_assert_uint_ge(columns, 3039);
    ck_assert_uint_le(columns, 3041);
    ck_assert_uint_eq(rows, 3040);
    lit(SCENE_FIT_COVER, &columns, &rows);
    ck_assert_uint_eq(columns, 4056);
    ck_assert_uint_eq(rows, 3040);
}
END_TEST

START_TEST(cover_cuts_what_reaches_beyond)
{
    /* Three bands in a square picture that covers 4:3: of its height 0.7495 stays, so the top band
     * of 1/4 loses all but (0.25 - 0.1252) / 0.7495 = 16.6 % of the array's rows. */
    static const uint8_t bands[] = {255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255};
    float rgb[3 * 4];
    write_png(4, 4, 1, bands);
    scene_t *scene = load(SCENE_FIT_COVER, 10);
    sim_light_req_t req = {.array_width_px = 4056,
                           .array_height_px = 3040,
                           .width_px = 1,
                           .x0_px = 2000,
                           .x_step_px = 1,
                           .planes = 1};
    sim_light_row_t out = {rgb, rgb + 4, rgb + 8};
    sim_light_t light = scene_light(scene);
    uint32_t bright = 0;
    for (uint32_t y = 0; y < 1520; y++) {
        req.y_px = (float)y;
        light.row(light.ctx, &req, &out);
        bright += rgb[0] > 5; /* the middle of the ramp to black is the band's edge */
    }
    ck_assert_double_eq_tol(bright / 3040.0, 0.1665, 0.003);
    scene_free(scene);
}
END_TEST

START_TEST(a_missing_picture_is_named)
{
    char error[256];
    scene_t *scene = (scene_t *)1;
    ck_assert_int_lt(scene_load_png("/nowhere/at/all.png", SCENE_FIT_STRETCH, 1, 6500, &scene,
                                    error, sizeof(error)),
                     0);
    ck_assert_ptr_null(scene);
    ck_assert_ptr_nonnull(strstr(error, "/nowhere/at/all.png"));
}
END_TEST

TEST_MAIN("scene picture", codes_become_linear_light, channels_and_rows_keep_their_places,
          an_enlarged_pixel_stays_a_square_with_soft_edges, a_coarse_view_sees_means,
          a_square_picture_fits_three_ways, cover_cuts_what_reaches_beyond,
          a_missing_picture_is_named)
