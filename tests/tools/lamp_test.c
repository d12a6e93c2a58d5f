/*
 * lamp_test.c - a scene's light under a lamp that is turned: which exposures see which light.
 */
#include "tests/test.h"
#include "tools/lamp.h"

enum { WIDTH = 5 };

static lamp_t lamp;
static pix_t pixel;

static void flat(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    (void)ctx;
    float *const plane[] = {out->r, out->g, out->b};
    for (uint32_t p = 0; p < 3; p++)
        for (uint32_t i = 0; (req->planes >> p & 1) != 0 && i < req->width_px; i++)
            plane[p][i] = 100.0f * (float)(p + 1);
}

/* Sample 2 of green of a row whose exposure begins then; red is not asked for. */
static float green(const sim_light_t *light, uint64_t start_ps)
{
    float r[WIDTH] = {-1}, g[WIDTH] = {0}, b[WIDTH] = {0};
    const sim_light_req_t req = {.width_px = WIDTH, .start_ps = start_ps, .planes = 6};
    light->row(light->ctx, &req, &(sim_light_row_t){r, g, b});
    ck_assert_float_eq(r[0], -1);
    ck_assert_float_eq(b[WIDTH - 1] * 2, g[2] * 3);
    return g[2];
}

START_TEST(an_exposure_sees_the_light_of_its_begin)
{
    lamp = (lamp_t){0};
    pixel = (pix_t){0};
    sim_light_t light = lamp_light(&lamp, (sim_light_t){flat, NULL});
    ck_assert_uint_eq(lamp_thousandths(&lamp), LAMP_NORMAL);
    ck_assert_float_eq(green(&light, 5000), 200);
    ck_assert(lamp_change(&lamp, &pixel, 1000, 250));
    ck_assert(lamp_change(&lamp, &pixel, 2000, 2000));
    ck_assert_float_eq(green(&light, 999), 200);
    ck_assert_float_eq(green(&light, 1000), 50);
    ck_assert_float_eq(green(&light, 1999), 50);
    ck_assert_float_eq(green(&light, 2000), 400);
    ck_assert_uint_eq(lamp_thousandths(&lamp), 2000);
}
END_TEST

START_TEST(there_is_an_end_to_changes)
{
    lamp = (lamp_t){0};
    pixel = (pix_t){0};
    for (uint32_t i = 0; i < LAMP_CHANGES; i++)
        ck_assert(lamp_change(&lamp, &pixel, i, i));
    ck_assert(!lamp_change(&lamp, &pixel, LAMP_CHANGES, 0));
    ck_assert_uint_eq(lamp_thousandths(&lamp), LAMP_CHANGES - 1);
}
END_TEST

/* Rows of a latched frame may be worked out on another thread: they keep their light. */
START_TEST(a_latched_frame_keeps_its_light)
{
    lamp = (lamp_t){0};
    pixel = (pix_t){.frames = 1};
    pix_desc_t desc = pix_desc_default();
    pixel.now = pix_frame_default(&desc);
    pixel.now.readout_pck = pixel.now.clk_hz;
    uint64_t last_ps = pix_row_exposure_start_ps(&pixel.now, pix_frame_lines(&pixel.now) - 1);
    sim_light_t light = lamp_light(&lamp, (sim_light_t){flat, NULL});
    ck_assert_uint_gt(last_ps, 0);
    ck_assert(lamp_change(&lamp, &pixel, last_ps / 2, 500));
    ck_assert_float_eq(green(&light, last_ps), 200);
    ck_assert_float_eq(green(&light, last_ps + 1), 100);
}
END_TEST

TEST_MAIN("lamp", an_exposure_sees_the_light_of_its_begin, there_is_an_end_to_changes,
          a_latched_frame_keeps_its_light)
