/*
 * raw_stages_test.c - defect and lens shading correction on what the pixel die really gives: hot
 * photosites among all noise, a lens that darkens its corners.
 */
#include <math.h>

#include "logic/sensor.h"
#include "tests/test.h"
#include "tools/charts.h"
#include "tools/develop.h"
#include "tools/sense.h"

static char error[512];

/* One binned frame of a gray wall. */
static void expose(const pix_desc_t *desc, const chart_t *chart, uint64_t exposure_ms, double gain,
                   sense_t *sense)
{
    ck_assert_msg(
        sense_open(sense, desc, chart_light(chart), 2, error, sizeof(error)) &&
            sense_set_exposure(sense, exposure_ms * SIM_PS_PER_MS, error, sizeof(error)) &&
            sense_set_gain(sense, gain, error, sizeof(error)) &&
            sense_frame(sense, 0, error, sizeof(error)),
        "%s", error);
}

static void set(develop_t *dev, const char *setting)
{
    ck_assert_msg(develop_set(dev, setting, error, sizeof(error)), "%s", error);
}

/* Codes are samples above black / 16 times gain: no colors, no tone curve. */
static void open_plain(develop_t *dev, const isp_desc_t *desc, const sim_raw_t *raw, uint32_t gain)
{
    static const char *const fixed[] = {"gamma=0",  "ccm.00=1024", "ccm.11=1024", "ccm.22=1024",
                                        "ccm.01=0", "ccm.02=0",    "ccm.10=0",    "ccm.12=0",
                                        "ccm.20=0", "ccm.21=0"};
    static const char *const colors[] = {"r", "gr", "gb", "b"};
    ck_assert_msg(develop_open(dev, desc, raw, error, sizeof(error)), "%s", error);
    for (size_t i = 0; i < SIM_COUNT(fixed); i++)
        set(dev, fixed[i]);
    for (size_t i = 0; i < 4; i++) {
        char setting[32];
        snprintf(setting, sizeof(setting), "wb.%s=%u", colors[i], 256 * gain);
        set(dev, setting);
    }
}

static void run(develop_t *dev, const sim_raw_t *raw)
{
    ck_assert_msg(develop_run(dev, raw, error, sizeof(error)), "%s", error);
}

/* ---- defects ---- */

/* The channel that was not interpolated there: RAW samples come through as they are. */
static uint32_t own_channel(sim_bayer_t bayer, uint32_t x, uint32_t y)
{
    static const uint8_t channel[4][4] = {
        [SIM_BAYER_GRBG] = {1, 0, 2, 1},
        [SIM_BAYER_RGGB] = {0, 1, 1, 2},
        [SIM_BAYER_BGGR] = {2, 1, 1, 0},
        [SIM_BAYER_GBRG] = {1, 2, 0, 1},
    };
    return channel[bayer][2 * (y & 1) + (x & 1)];
}

/* Samples of one channel that stand out by more than `sigmas` of its own noise, to either side;
 * quantiles tell mean and sigma, which outliers do not move. */
static uint32_t outliers(const sim_image_t *image, sim_bayer_t bayer, uint32_t channel,
                         double sigmas)
{
    uint32_t histogram[256] = {0}, all = 0, below = 0, quantile[3] = {0}, found = 0;
    for (uint32_t y = 0; y < image->height_px; y++)
        for (uint32_t x = 0; x < image->width_px; x++)
            if (own_channel(bayer, x, y) == channel) {
                histogram[image->data[3 * ((size_t)y * image->width_px + x) + channel]]++;
                all++;
            }
    static const double part[3] = {0.1587, 0.5, 0.8413};
    for (uint32_t code = 0; code < 256; code++)
        for (uint32_t k = (below += histogram[code], 0); k < 3; k++)
            quantile[k] += below < part[k] * all;
    double sigma = (quantile[2] - quantile[0]) / 2.0;
    sigma = sigma < 1 ? 1 : sigma;
    for (uint32_t code = 0; code < 256; code++)
        if (fabs(code - (double)quantile[1]) > sigmas * sigma)
            found += histogram[code];
    return found;
}

static uint32_t all_outliers(const develop_t *dev, sim_bayer_t bayer)
{
    uint32_t sum = 0;
    for (uint32_t c = 0; c < 3; c++)
        sum += outliers(&dev->image, bayer, c, 8);
    return sum;
}

/* A dim wall, a fifth of a second at 60 degrees and gain 8: dark current's tail stands out, all
 * noise is on. Noise is about 6 DN of 12 bits; 36 above the brightest neighbor is a defect. */
START_TEST(hot_photosites_of_the_pixel_die_are_found_and_replaced)
{
    const chart_t chart = {chart_gray, 0.2f, 0, 1, 1};
    sensor_desc_t chip = sensor_desc_default();
    chip.pixel.temperature_c = 60;
    sense_t sense;
    develop_t dev;
    expose(&chip.pixel, &chart, 200, 8, &sense);
    open_plain(&dev, &chip.isp, &sense.raw, 15);
    run(&dev, &sense.raw);
    uint32_t before = all_outliers(&dev, sense.raw.bayer);
    set(&dev, "dpc=1");
    set(&dev, "dpc.hot=36");
    set(&dev, "dpc.cold=36");
    run(&dev, &sense.raw);
    uint32_t after = all_outliers(&dev, sense.raw.bayer);
    uint32_t found = dev.isp->regs.dpc_found;
    printf("8 sigma: %u before, %u after; %u of %u samples replaced\n", before, after, found,
           sense.raw.width_px * sense.raw.height_px);
    ck_assert_uint_gt(before, 200);
    ck_assert_uint_le(after, before / 20); /* what is left are pairs of neighbors */
    ck_assert_uint_lt(found, 4 * before);
    develop_close(&dev);
    sense_close(&sense);
}
END_TEST

/* ---- lens shading ---- */

enum { BLOCK = 64 };

/* Mean of a block's channel, in codes; a code is a floor. */
static double block_mean(const sim_image_t *image, uint32_t x0, uint32_t y0, uint32_t channel)
{
    double sum = 0;
    for (uint32_t y = y0; y < y0 + BLOCK; y++)
        for (uint32_t x = x0; x < x0 + BLOCK; x++)
            sum += image->data[3 * ((size_t)y * image->width_px + x) + channel];
    return sum / (BLOCK * BLOCK) + 0.5;
}

/* Largest and smallest block over the one in the middle. */
static void spread_of(const sim_image_t *image, uint32_t channel, double *low, double *high)
{
    double middle =
        block_mean(image, (image->width_px - BLOCK) / 2, (image->height_px - BLOCK) / 2, channel);
    *low = *high = 1;
    for (uint32_t y = 0; y + BLOCK <= image->height_px; y += BLOCK)
        for (uint32_t x = 0; x + BLOCK <= image->width_px; x += BLOCK) {
            double part = block_mean(image, x, y, channel) / middle;
            *low = part < *low ? part : *low;
            *high = part > *high ? part : *high;
        }
}

/* One over cos^4 at the nodes: (1 + r^2 / f^2)^2, r in mm from the center. */
static void make_grid(isp_desc_t *isp, const pix_desc_t *pixel)
{
    isp->lsc_on = true;
    for (uint32_t j = 0; j < LSC_ROWS; j++)
        for (uint32_t i = 0; i < LSC_COLUMNS; i++) {
            double x = pixel->width_px * (i / (LSC_COLUMNS - 1.0) - 0.5) * pixel->pitch_um * 1e-3;
            double y = pixel->height_px * (j / (LSC_ROWS - 1.0) - 0.5) * pixel->pitch_um * 1e-3;
            double tan2 = (x * x + y * y) / (pixel->focal_mm * pixel->focal_mm);
            for (uint32_t c = 0; c < 4; c++)
                isp->lsc_q10[4 * (LSC_COLUMNS * j + i) + c] =
                    (uint16_t)lround(1024 * (1 + tan2) * (1 + tan2));
        }
}

/* The corners of the module's lens get 0.35 of the middle's light. */
START_TEST(a_flat_field_behind_the_lens_is_flat_within_one_percent)
{
    const chart_t chart = {chart_gray, 1600, 0, 1, 1};
    sensor_desc_t chip = sensor_desc_default();
    chip.pixel.focal_mm = 4.74;
    sense_t sense;
    expose(&chip.pixel, &chart, 10, 1, &sense);
    for (int corrected = 0; corrected < 2; corrected++) {
        develop_t dev;
        if (corrected)
            make_grid(&chip.isp, &chip.pixel);
        open_plain(&dev, &chip.isp, &sense.raw, 1);
        run(&dev, &sense.raw);
        for (uint32_t c = 0; c < 3; c++) {
            double low, high;
            spread_of(&dev.image, c, &low, &high);
            printf("%s, channel %u: %.4f .. %.4f of the middle\n",
                   corrected ? "corrected" : "as it is", c, low, high);
            ck_assert(corrected ? low > 0.99 && high < 1.01 : low < 0.45);
        }
        develop_close(&dev);
    }
    sense_close(&sense);
}
END_TEST

TEST_MAIN("tools raw stages", hot_photosites_of_the_pixel_die_are_found_and_replaced,
          a_flat_field_behind_the_lens_is_flat_within_one_percent)
