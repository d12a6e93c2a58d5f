/*
 * charts_test.c - charts of known color and motion through pixel die and ISP, against what they
 * are.
 */
#include <math.h>

#include "logic/sensor.h"
#include "tests/test.h"
#include "tools/charts.h"
#include "tools/develop.h"
#include "tools/sense.h"

static const double PI = 3.14159265358979323846;
static char error[512];

/* One binned frame of a chart at gain 1, developed. */
static sim_image_t picture_of(const chart_t *chart, uint64_t exposure_us)
{
    sensor_desc_t chip = sensor_desc_default();
    sense_t sense;
    develop_t dev;
    ck_assert_msg(
        sense_open(&sense, &chip.pixel, chart_light(chart), 2, error, sizeof(error)) &&
            sense_set_exposure(&sense, exposure_us * SIM_PS_PER_US, error, sizeof(error)) &&
            sense_frame(&sense, 0, error, sizeof(error)),
        "%s", error);
    ck_assert_msg(develop_open(&dev, &chip.isp, &sense.raw, error, sizeof(error)), "%s", error);
    develop_set_colors(&dev, &sense.raw);
    ck_assert_msg(develop_run(&dev, &sense.raw, error, sizeof(error)), "%s", error);
    sim_image_t image = dev.image;
    dev.image.data = NULL;
    develop_close(&dev);
    sense_close(&sense);
    return image;
}

static double mean_at(const sim_image_t *image, float u, float v, uint32_t channel)
{
    uint32_t x0 = (uint32_t)(u * (float)image->width_px),
             y0 = (uint32_t)(v * (float)image->width_px);
    double sum = 0;
    for (uint32_t y = y0 - 40; y < y0 + 40; y++)
        for (uint32_t x = x0 - 40; x < x0 + 40; x++)
            sum += image->data[3 * ((size_t)y * image->width_px + x) + channel];
    return sum / (80 * 80);
}

/* White of 1585 lux for 10 ms is just full scale: 511.16 * 15.85 * 0.118 = 956 of 959 DN. Cyan
 * (patch 17) lies outside of sRGB: its red is taken as it comes. */
START_TEST(every_patch_of_the_color_chart_comes_out_as_its_code)
{
    const chart_t chart = {chart_colors, 1585, 0, 1, 1};
    sim_image_t image = picture_of(&chart, 10000);
    double sum = 0;
    for (uint32_t patch = 0; patch < 24; patch++) {
        uint8_t rgb[3];
        float u, v;
        chart_patch(patch, rgb, &u, &v);
        for (uint32_t c = 0; c < 3; c++) {
            double off = mean_at(&image, u, v, c) - rgb[c];
            sum += fabs(off);
            ck_assert_msg(fabs(off) < 6, "patch %u, channel %u: %+.1f of %u", patch, c, off,
                          rgb[c]);
        }
    }
    ck_assert_double_lt(sum / 72, 2);
    sim_image_free(&image);
}
END_TEST

/* Light of 1 + sin(2 pi 100 t), rows 9398 / 744 MHz apart: bands of 791.65 rows. */
START_TEST(a_lamp_s_flicker_makes_bands_of_the_computed_pitch)
{
    const chart_t chart = {chart_gray, 9000, 100, 1, 1};
    sim_image_t image = picture_of(&chart, 1000);
    double c = 0, s = 0, best = 0, best_pitch = 0;
    for (double pitch = 700; pitch < 900; pitch += 0.5) { /* the strongest tone of the row means */
        c = s = 0;
        for (uint32_t y = 0; y < 1500; y++) {
            double mean = 0, window = 0.5 - 0.5 * cos(2 * PI * y / 1500);
            for (uint32_t x = 0; x < 64; x++)
                mean += image.data[3 * ((size_t)y * image.width_px + 900 + x)] / 64.0;
            double light = pow(mean / 255, 2.2) - 0.2;
            c += window * light * cos(2 * PI * y / pitch);
            s += window * light * sin(2 * PI * y / pitch);
        }
        if (c * c + s * s > best) {
            best = c * c + s * s;
            best_pitch = pitch;
        }
    }
    ck_assert_double_eq_tol(best_pitch, 791.65, 25); /* fewer than two bands are seen */
    sim_image_free(&image);
}
END_TEST

TEST_MAIN("tools charts", every_patch_of_the_color_chart_comes_out_as_its_code,
          a_lamp_s_flicker_makes_bands_of_the_computed_pitch)
