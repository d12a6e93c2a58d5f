/*
 * lens_test.c - vignetting, shading and blur on light of known shape.
 */
#include <math.h>

#include "pixel/lens.h"
#include "tests/test.h"

enum { W = 64, H = 48, ROOM = 1024 };
static float out_plane[3][W], scratch[ROOM];
static const sim_light_row_t out = {out_plane[0], out_plane[1], out_plane[2]};

/* A field of 100, 200, 300 lux with one bright photosite row and column. */
typedef struct {
    float column_px, row_px, bright; /* none where bright is 0 */
} world_t;

static void field(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *light)
{
    const world_t *world = ctx;
    float *const plane[3] = {light->r, light->g, light->b};
    for (uint32_t c = 0; c < 3; c++)
        for (uint32_t i = 0; i < req->width_px; i++) {
            float x = sim_light_x_px(req, i);
            bool lit = fabsf(x - world->column_px) < 0.5f * req->x_step_px ||
                       fabsf(req->y_px - world->row_px) < 0.5f;
            plane[c][i] = 100.0f * (float)(c + 1) + (lit ? world->bright : 0.0f);
        }
}

static pix_desc_t description(void)
{
    pix_desc_t d = pix_desc_default();
    d.width_px = W;
    d.height_px = H;
    return d;
}

static void see_gaps(const pix_desc_t *d, const world_t *world, float y_px, float step_px,
                     sim_gap_t gap)
{
    pix_lens_t lens = pix_lens_of(d);
    ck_assert_uint_le(pix_lens_room(&lens, W), ROOM);
    sim_light_t light = {field, world};
    sim_light_req_t req = {.array_width_px = W,
                           .array_height_px = H,
                           .width_px = sim_gap_samples(gap, (uint32_t)(W / step_px)),
                           .x_gap = gap,
                           .x0_px = (step_px - 1) / 2,
                           .x_step_px = step_px,
                           .y_px = y_px,
                           .planes = 7};
    pix_lens_row(&lens, &light, &req, step_px, scratch, &out);
}

static void see(const pix_desc_t *d, const world_t *world, float y_px, float step_px)
{
    see_gaps(d, world, y_px, step_px, (sim_gap_t){0, 0});
}

START_TEST(a_lens_of_zeros_changes_nothing)
{
    pix_desc_t d = description();
    const world_t world = {20, 10, 1000};
    see(&d, &world, 10, 1);
    for (int i = 0; i < W; i++)
        ck_assert_float_eq(out_plane[2][i], 1300);
    see(&d, &world, 11, 1);
    for (int i = 0; i < W; i++)
        ck_assert_float_eq(out_plane[0][i], i == 20 ? 1100 : 100);
}
END_TEST

/* Half diagonal 40 photosites of 1.55 um = 62 um; with that focal length the corner is at 45
 * degrees: cos^4 = 1/4. The outermost photosite's center is half a photosite further in. */
START_TEST(light_falls_off_with_the_fourth_power_of_the_cosine)
{
    pix_desc_t d = description();
    const world_t world = {0};
    d.focal_mm = 0.062;
    see(&d, &world, 0, 1);
    double u = (31.5 * 31.5 + 23.5 * 23.5) / 1600, want = 1 / ((1 + u) * (1 + u));
    for (int c = 0; c < 3; c++) {
        ck_assert_double_eq_tol((double)out_plane[c][0], 100 * (c + 1) * want, 1e-3);
        ck_assert_float_eq(out_plane[c][0], out_plane[c][W - 1]);
    }
    see(&d, &world, 23.5f, 1); /* the row through the center */
    u = 0.25 / 1600;
    ck_assert_double_eq_tol((double)out_plane[1][31], 200 / ((1 + u) * (1 + u)), 1e-3);
}
END_TEST

START_TEST(each_color_is_shaded_by_its_own_numbers)
{
    pix_desc_t d = description();
    const world_t world = {0};
    d.shading[PIX_RED][0] = -0.5;
    d.shading[PIX_BLUE][1] = -0.25;
    see(&d, &world, 0, 1);
    double u = (31.5 * 31.5 + 23.5 * 23.5) / 1600;
    ck_assert_double_eq_tol((double)out_plane[0][0], 100 * (1 - 0.5 * u), 1e-3);
    ck_assert_float_eq(out_plane[1][0], 200);
    ck_assert_double_eq_tol((double)out_plane[2][0], 300 * (1 - 0.25 * u * u), 1e-3);
}
END_TEST

/* Sigma 1: weights exp(-i^2 / 2) for i = 0..3, their sum 1 + 2 (0.60653 + 0.13534 + 0.01111). */
START_TEST(a_bright_line_is_spread_as_a_gaussian_both_ways)
{
    static const double share[4] = {0.399050, 0.242036, 0.054006, 0.004433};
    pix_desc_t d = description();
    d.psf_sigma_px = 1;
    const world_t column = {20, -100, 1000}, row = {-100, 10, 1000};
    see(&d, &column, 30, 1);
    for (int i = 0; i < W; i++) {
        int away = abs(i - 20);
        ck_assert_double_eq_tol((double)out_plane[0][i], 100 + (away < 4 ? 1000 * share[away] : 0),
                                0.01);
    }
    for (int y = 5; y < 16; y++) {
        see(&d, &row, (float)y, 1);
        int away = abs(y - 10);
        for (int i = 0; i < W; i++)
            ck_assert_double_eq_tol((double)out_plane[2][i],
                                    300 + (away < 4 ? 1000 * share[away] : 0), 0.01);
    }
}
END_TEST

START_TEST(a_binned_row_is_blurred_by_half_as_many_samples)
{
    static const double share[3] = {0.786986, 0.106507, 0}; /* sigma 0.5: exp(-2) = 0.135335 */
    pix_desc_t d = description();
    d.psf_sigma_px = 1;
    const world_t column = {20.5f, -100, 1000};
    see(&d, &column, 30.5f, 2);
    for (int i = 0; i < W / 2; i++) {
        int away = abs(i - 10);
        ck_assert_double_eq_tol((double)out_plane[0][i], 100 + (away < 2 ? 1000 * share[away] : 0),
                                0.5);
    }
}
END_TEST

START_TEST(blur_keeps_flat_light_as_it_is)
{
    pix_desc_t d = description();
    const world_t world = {0};
    for (int i = 1; i <= 16; i++) {
        d.psf_sigma_px = i * 0.25;
        see(&d, &world, 0, 1);
        for (int x = 0; x < W; x++)
            ck_assert_double_eq_tol((double)out_plane[1][x], 200, 0.001);
    }
}
END_TEST

START_TEST(samples_that_are_left_out_change_none_of_the_others)
{
    static float whole[3][W];
    pix_desc_t d = description();
    const world_t world = {20, 10, 1000};
    d.psf_sigma_px = 1.3;
    d.focal_mm = 0.062;
    d.shading[PIX_BLUE][0] = -0.3;
    see(&d, &world, 9, 1);
    memcpy(whole, out_plane, sizeof(whole));
    see_gaps(&d, &world, 9, 1, (sim_gap_t){1, 2}); /* 0 2 5 7 10 .. 60 62 */
    uint32_t at = 0;
    for (uint32_t i = 0; i < 26; at += i % 2 == 0 ? 2 : 3, i++)
        for (int c = 0; c < 3; c++)
            ck_assert(out_plane[c][i] == whole[c][at]);
    ck_assert_uint_eq(at, 65); /* the next one would be outside */
}
END_TEST

TEST_MAIN("pixel lens", a_lens_of_zeros_changes_nothing,
          light_falls_off_with_the_fourth_power_of_the_cosine,
          each_color_is_shaded_by_its_own_numbers, a_bright_line_is_spread_as_a_gaussian_both_ways,
          a_binned_row_is_blurred_by_half_as_many_samples, blur_keeps_flat_light_as_it_is,
          samples_that_are_left_out_change_none_of_the_others)
