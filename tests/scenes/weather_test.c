/*
 * weather_test.c - fog by distance, and rain as each row's exposure sees it.
 */
#include "film_help.h"
#include "scene_help.h"
#include "tests/test.h"

#define WIDTH 400

/* A row of the green plane at a time. */
static void row_at(scene_t *scene, float y_px, double time_s, double exposure_s, float *out)
{
    float other[WIDTH];
    sim_light_t light = scene_light(scene);
    sim_light_row_t row = {other, out, other};
    sim_light_req_t req = {.array_width_px = 4056,
                           .array_height_px = 3040,
                           .width_px = WIDTH,
                           .x0_px = 1,
                           .x_step_px = 10,
                           .y_px = y_px,
                           .start_ps = (uint64_t)(time_s * 1e12),
                           .exposure_ps = (uint64_t)(exposure_s * 1e12),
                           .planes = 2};
    ck_assert_int_eq(scene_prepare(scene, 1, WIDTH), SIM_OK);
    light.row(light.ctx, &req, &row);
}

START_TEST(at_the_visibility_a_twentieth_of_the_contrast_is_left)
{
    /* Black clothes 5 m away in fog of 5 m: 0.95 of what is seen is fog, of tone 0.72. At 5 m
     * there are 790 px/m, 1.2 m up is row 430 + 790 * 1.7 = 1773, the hip column 2028. */
    float line[WIDTH];
    scene_t *scene = scene_of(
        "{\"lux\": 1000, \"background\": {\"kind\": \"plain\", \"reflectance\": 0},"
        " \"weather\": {\"fog_m\": 5}, \"people\": [{\"direction\": \"in\", \"cross_s\": 1,"
        " \"depth_m\": 5, \"top\": [0, 0, 0], \"bottom\": [0, 0, 0], \"cloth\": \"plain\"}]}",
        0);
    row_at(scene, 1773, 1, 0, line);
    ck_assert_double_eq_tol((double)line[203], 1000 * 0.72 * 0.95, 2);
    ck_assert_double_eq_tol((double)line[20], 0, 1e-6); /* how far a plain wall is, nobody knows */
    scene_free(scene);
}
END_TEST

/* A room whose wall is 1 m away: of what falls only the layer at 0.8 m is before it. */
static scene_t *shower(const char *weather)
{
    char text[256];
    snprintf(text, sizeof(text),
             "{\"lux\": 1000, \"falloff\": 0, \"door\": {\"shown\": false}, \"background\":"
             " {\"wall\": \"paint\", \"wall_m\": 1, \"clutter\": 0}%s}",
             weather);
    return scene_of(text, 7);
}

/* How much of each sample drops cover; a drop is as bright as 1500 lux. */
static void covered(scene_t *wet, scene_t *dry, float y, double time_s, double exposure_s,
                    float *out)
{
    float without[WIDTH];
    row_at(wet, y, time_s, exposure_s, out);
    row_at(dry, y, time_s, exposure_s, without);
    for (int i = 0; i < WIDTH; i++)
        out[i] = (out[i] - without[i]) / (1500.0f - without[i]);
}

START_TEST(a_lower_row_sees_the_same_drops_when_they_have_fallen_there)
{
    /* 100 rows at 0.8 m and 3950 px are 20.253 mm: 3.1159 ms at 6.5 m/s. */
    float high[WIDTH], low[WIDTH], early[WIDTH];
    scene_t *wet = shower(", \"weather\": {\"rain\": 1}"), *dry = shower("");
    double most = 0, apart = 0;
    for (int k = 0; k < 20; k++) {
        float y = 200.0f + 37.0f * (float)k;
        double t = 0.5 + 0.013 * k;
        covered(wet, dry, y, t, 0.001, high);
        covered(wet, dry, y + 100, t + 100 * 0.8 / 3950 / 6.5, 0.001, low);
        covered(wet, dry, y + 100, t, 0.001, early);
        for (int i = 0; i < WIDTH; i++) {
            ck_assert_double_eq_tol((double)low[i], (double)high[i], 2e-3);
            most = (double)high[i] > most ? (double)high[i] : most;
            apart += (double)(high[i] > early[i] ? high[i] - early[i] : early[i] - high[i]);
        }
    }
    ck_assert_double_gt(most, 0.05);
    ck_assert_double_gt(apart, 0.1);
    scene_free(wet);
    scene_free(dry);
}
END_TEST

START_TEST(rain_covers_as_much_at_any_exposure_but_less_clearly_at_long_ones)
{
    float line[WIDTH];
    scene_t *wet = shower(", \"weather\": {\"rain\": 1}"), *dry = shower("");
    double sum[2] = {0}, most[2] = {0};
    for (int e = 0; e < 2; e++) {
        for (int k = 0; k < 400; k++) {
            covered(wet, dry, 100.0f + 5.0f * (float)k, 0.02 * k, e == 0 ? 0.0005 : 0.03, line);
            for (int i = 0; i < WIDTH; i++) {
                sum[e] += (double)line[i];
                most[e] = (double)line[i] > most[e] ? (double)line[i] : most[e];
            }
        }
    }
    ck_assert_double_eq_tol(sum[1] / sum[0], 1, 0.15);
    ck_assert_double_gt(most[0], 4 * most[1]);
    scene_free(wet);
    scene_free(dry);
}
END_TEST

START_TEST(more_snow_covers_more)
{
    float line[WIDTH];
    scene_t *dry = shower("");
    double sum[2] = {0};
    for (int e = 0; e < 2; e++) {
        scene_t *wet =
            shower(e == 0 ? ", \"weather\": {\"snow\": 0.25}" : ", \"weather\": {\"snow\": 1}");
        for (int k = 0; k < 200; k++) {
            covered(wet, dry, 100.0f + 5.0f * (float)k, 0.5, 0.01, line);
            for (int i = 0; i < WIDTH; i++)
                sum[e] += (double)line[i];
        }
        scene_free(wet);
    }
    ck_assert_double_gt(sum[1] / sum[0], 3.0); /* four times, less what is before each other */
    ck_assert_double_lt(sum[1] / sum[0], 5.0);
    scene_free(dry);
}
END_TEST

/* Black both, so what is seen is rain. */
START_TEST(before_a_recording_it_rains_as_before_a_plain_wall)
{
    static const uint8_t black = 0;
    float film_line[WIDTH], plain_line[WIDTH];
    scene_t *film = film_scene("\"file\": \"%s\"}, \"weather\": {\"rain\": 1",
                               film_gray(0, "F10:1", &black, 1));
    scene_t *plain = scene_of("{\"lux\": 100, \"background\": {\"kind\": \"plain\", "
                              "\"reflectance\": 0}, \"weather\": {\"rain\": 1}}",
                              0);
    double sum = 0;
    for (int k = 0; k < 20; k++) {
        row_at(film, 100.0f + 70.0f * (float)k, 0.02 * k, 0.001, film_line);
        row_at(plain, 100.0f + 70.0f * (float)k, 0.02 * k, 0.001, plain_line);
        for (int i = 0; i < WIDTH; i++) {
            ck_assert_double_eq_tol((double)film_line[i], (double)plain_line[i], 1e-3);
            sum += (double)plain_line[i];
        }
    }
    ck_assert_double_gt(sum, 1000);
    scene_free(film);
    scene_free(plain);
    film_remove();
}
END_TEST

START_TEST(any_worker_sees_the_same_weather)
{
    scene_t *scene = scene_of("{\"weather\": {\"rain\": 0.5, \"snow\": 0.5, \"fog_m\": 30,"
                              " \"wind_mps\": -3}, \"background\": {\"kind\": \"car_park\"},"
                              " \"camera\": {\"array_px\": [1014, 760], \"focal_px\": 700,"
                              " \"pitch_deg\": 15}}",
                              2);
    picture_t a = picture_of(scene, 9, 16, 7);
    sim_light_t light = scene_light(scene);
    scene_timing_t timing = timing_of(9, 16);
    ck_assert_int_eq(scene_prepare(scene, 3, a.width), SIM_OK);
    float *line = malloc(3 * sizeof(float) * a.width);
    for (uint32_t y = timing.rows; y-- > 0;) { /* in another order, too */
        sim_light_req_t req = row_of(&timing, 9, y);
        req.worker = y % 3;
        sim_light_row_t out = {line, line + a.width, line + 2 * (size_t)a.width};
        light.row(light.ctx, &req, &out);
        for (int c = 0; c < 3; c++)
            ck_assert_mem_eq(a.plane[c] + (size_t)y * a.width, line + (size_t)c * a.width,
                             a.width * sizeof(float));
    }
    free(line);
    picture_free(&a);
    scene_free(scene);
}
END_TEST

TEST_MAIN("scene weather", at_the_visibility_a_twentieth_of_the_contrast_is_left,
          a_lower_row_sees_the_same_drops_when_they_have_fallen_there,
          rain_covers_as_much_at_any_exposure_but_less_clearly_at_long_ones, more_snow_covers_more,
          before_a_recording_it_rains_as_before_a_plain_wall, any_worker_sees_the_same_weather)
