/*
 * rowtime_test.c - what sets the time of a row: register, single-slope ADC, columns, link; and what
 * a rolling shutter of that row time shows.
 */
#include <math.h>

#include "tests/pixel/die.h"
#include "tests/test.h"

/* ---- the ADC ---- */

static pix_desc_t adc_of(uint64_t counter_hz, uint32_t reset_permille)
{
    pix_desc_t desc = pix_desc_default();
    desc.counter_hz = counter_hz;
    desc.ramp_margin = 0;
    desc.reset_ramp_permille = reset_permille;
    desc.reset_settle_ns = desc.transfer_settle_ns = 0;
    return desc;
}

START_TEST(a_ramp_of_12_bits_at_200_mhz_takes_the_published_time)
{
    pix_desc_t desc = adc_of(200000000, 0); /* one ramp, two comparators: 4096 / 200 MHz */
    ck_assert_uint_eq(pix_adc_time_ps(&desc, 12), 20480000);
    ck_assert_uint_eq(pix_adc_time_ps(&desc, 10), 5120000);
    desc.ramp_margin = 100;
    desc.reset_ramp_permille = 125;
    desc.reset_settle_ns = 700;
    desc.transfer_settle_ns = 1300;
    /* 2 us and 4096 + 512 + 100 counts of 5 ns */
    ck_assert_uint_eq(pix_adc_time_ps(&desc, 12), 2000000 + 4708 * 5000);
}
END_TEST

START_TEST(counters_fit_the_imx500_row_from_the_derived_clocks_on)
{
    const uint64_t row_ps = 24059139;           /* 17900 clocks */
    pix_desc_t slow = adc_of(60000000, 0);      /* 1024 counts fit at any clock above 60 MHz */
    pix_desc_t low = adc_of(204000000, 200);    /* 12 bits with a fifth for reset: above 204.3 */
    pix_desc_t enough = adc_of(210000000, 200); /* 4915 counts: 23.4 us; leaves 0.65 us to settle */
    ck_assert_uint_le(pix_adc_time_ps(&slow, 10), row_ps);
    ck_assert_uint_gt(pix_adc_time_ps(&low, 12), row_ps);
    ck_assert_uint_le(pix_adc_time_ps(&enough, 12), row_ps);
}
END_TEST

START_TEST(full_hd_at_240_frames_a_second_converts_in_time)
{
    pix_desc_t desc =
        pix_desc_default(); /* the sibling's published 1080p: 10 bits, 3.858 us a row */
    ck_assert_uint_le(pix_adc_time_ps(&desc, 10), UINT64_C(1000000000000) / 240 / 1080);
    ck_assert_uint_gt(pix_adc_time_ps(&desc, 12), UINT64_C(1000000000000) / 240 / 1080);
}
END_TEST

START_TEST(each_of_the_four_can_be_the_one_that_sets_the_row_time)
{
    static const struct {
        uint32_t line, bits, link_pck, pck;
        pix_limit_t limit;
    } cases[] = {
        {9398, 10, 8801, 9398, PIX_LIMIT_REGISTER},
        {8801, 10, 8801, 8801, PIX_LIMIT_REGISTER},
        {8800, 10, 8801, 8801, PIX_LIMIT_LINK},
        {4000, 10, 0, 4043, PIX_LIMIT_COLUMNS}, /* 4056 * 744 / 746.4 */
        {4000, 12, 0, 6160, PIX_LIMIT_ADC},     /* 2 us * 744 and 4096 + 512 + 64 counts */
    };
    pix_desc_t desc = pix_desc_default();
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        pix_frame_t frame = die_latched(&desc, DIE_FULL, 0);
        uint32_t pck[PIX_LIMITS];
        frame.line_length_pck = cases[i].line;
        frame.adc_bits = cases[i].bits;
        frame.link_pck = cases[i].link_pck;
        ck_assert_int_eq(pix_clamp(&desc, &frame), cases[i].limit != PIX_LIMIT_REGISTER);
        ck_assert_uint_eq(frame.line_length_pck, cases[i].pck);
        ck_assert_int_eq(pix_row_limit(&desc, &frame, pck), cases[i].limit);
        ck_assert_uint_eq(pck[PIX_LIMIT_REGISTER], cases[i].line);
        ck_assert_uint_eq(pck[cases[i].limit], cases[i].pck);
    }
}
END_TEST

static uint64_t ten_us(void *ctx, uint32_t bits, uint32_t width_px)
{
    uint32_t *asked = ctx;
    asked[0] = bits;
    asked[1] = width_px;
    return 10000000;
}

START_TEST(a_line_too_short_is_stretched_and_told)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    uint32_t asked[2];
    die->pix->link_line_ps = ten_us;
    die->pix->link_ctx = asked;
    die_write(die, "PIX_LINE_LENGTH", 3000);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 2);
    ck_assert_uint_eq(asked[0], 10);
    ck_assert_uint_eq(asked[1], 32);
    ck_assert_uint_eq(die_read(die, "PIX_ROW_PCK"), 7440);
    ck_assert_uint_eq(die_read(die, "PIX_CLOCK_HZ"), 744000000);
    ck_assert_uint_eq(die_read(die, "PIX_ROW_LIMIT"), PIX_LIMIT_LINK);
    ck_assert_uint_eq(die_read(die, "PIX_STATUS") & PIX_STATUS_CLAMPED, PIX_STATUS_CLAMPED);
    const die_row_t *row = &die->frame[1].row[3];
    ck_assert_uint_le(row->end_ps - row->start_ps - 10000000, 1);
    ck_assert_uint_eq(die->pix->stretched_lines, 2);
    ck_assert_uint_eq(die->pix->row_pck, 7440);
    ck_assert_uint_eq(die->pix->register_pck, 3000);
    ck_assert_uint_eq(die->pix->adc_pck, 2704);
    ck_assert_uint_eq(die->pix->column_pck, 32); /* 31.9 */
    ck_assert_uint_eq(die->pix->link_pck, 7440);
    ck_assert_uint_eq(sim_log_count(die->sim, SIM_LOG_GUEST), 1);
    die_free(die);
}
END_TEST

START_TEST(where_it_is_refused_no_stream_begins_and_a_running_one_keeps_its_settings)
{
    pix_desc_t desc = die_small();
    desc.too_short = PIX_REFUSE;
    desc.blanking_delay = 2;
    die_t *die = die_new(&desc, 1);
    die_write(die, "PIX_LINE_LENGTH", 2703);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    ck_assert_uint_eq(die_read(die, "PIX_CTRL"), 0);
    ck_assert_uint_eq(die_read(die, "PIX_STATUS"), PIX_STATUS_REFUSED);
    ck_assert_uint_eq(sim_next_event_ps(die->sim), SIM_NEVER_PS);
    die_write(die, "PIX_LINE_LENGTH", 2704);
    die_write(die, "PIX_COARSE", 30);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_write(die, "PIX_LINE_LENGTH", 100);
    die_write(die, "PIX_COARSE", 40);
    die_run_frames(die, 2);
    ck_assert_uint_eq(die->pix->now.frame, 1);
    ck_assert_uint_eq(die->pix->now.line_length_pck, 2704);
    ck_assert_uint_eq(die->pix->now.coarse_lines, 30);
    die_write(die, "PIX_LINE_LENGTH", 5000);
    die_run_frames(die, 4);
    ck_assert_uint_eq(die->pix->now.line_length_pck, 5000);
    ck_assert_uint_eq(die->pix->now.coarse_lines, 40);
    ck_assert_uint_eq(die->pix->refused_settings, 3);
    ck_assert_uint_eq(die->pix->stretched_lines, 0);
    die_free(die);
}
END_TEST

/* ---- rolling shutter ---- */

/* A narrow array as high as the sensor's: rows are what counts. */
static pix_desc_t tall(void)
{
    pix_desc_t desc = die_small();
    desc.height_px = 1520;
    desc.psf_sigma_px = 0;
    return desc;
}

typedef struct {
    double period_ps, on; /* on for that share of each period */
} lamp_t;

/* Light of a switched lamp, averaged over the exposure. */
static void lamp_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    const lamp_t *lamp = ctx;
    double edge[2] = {(double)req->start_ps, (double)(req->start_ps + req->exposure_ps)}, lit[2];
    for (int i = 0; i < 2; i++) { /* lit time since 0 */
        double periods = floor(edge[i] / lamp->period_ps),
               rest = edge[i] / lamp->period_ps - periods;
        lit[i] = (periods * lamp->on + fmin(rest, lamp->on)) * lamp->period_ps;
    }
    double share = (lit[1] - lit[0]) / (edge[1] - edge[0]);
    for (uint32_t i = 0; i < req->width_px; i++)
        out->r[i] = out->g[i] = out->b[i] = (float)(2e5 * share);
}

START_TEST(a_switched_lamp_shows_bands_at_its_period_over_the_row_time)
{
    pix_desc_t desc = tall();
    for (uint32_t line_pck = 9398; line_pck <= 17900; line_pck += 17900 - 9398) {
        die_t *die = die_new(&desc, 1);
        lamp_t lamp = {1e12 / 1000, 0.5}; /* 1 kHz */
        die->pix->light = (sim_light_t){lamp_row, &lamp};
        pix_frame_t frame = die_latched(&desc, DIE_FULL, 0);
        frame.line_length_pck = line_pck;
        frame.coarse_lines = 8;
        ck_assert(!pix_clamp(&desc, &frame));
        uint16_t *picture = die_picture(die, &frame);
        uint32_t first = 0, last = 0, bands = 0;
        for (uint32_t row = 1; row < 1520; row++) {
            bool lit = picture[row * 64 + (row + 1) % 2] > 512; /* green photosites */
            if (lit && picture[(row - 1) * 64 + row % 2] <= 512) {
                first = bands++ == 0 ? row : first;
                last = row;
            }
        }
        double pitch = 1e-3 / (line_pck / 744e6); /* 79.166 and 41.564 rows */
        double seen = (double)(last - first) / (bands - 1);
        ck_assert_uint_ge(bands, 18);
        ck_assert_double_eq_tol(seen, pitch, 1.0 / (bands - 1));
        free(picture);
        die_free(die);
    }
}
END_TEST

/* A bar through the array's middle that turns, as bright columns beside x + tan(angle) (y - yc). */
typedef struct {
    double at_ps, rad_per_ps;
} bar_t;

static double bar_x(const bar_t *bar, double ps, double y)
{
    return 32 + tan((ps - bar->at_ps) * bar->rad_per_ps) * (y - 759.5);
}

static void bar_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    const bar_t *bar = ctx;
    double ps = (double)req->start_ps + 0.5 * (double)req->exposure_ps;
    double x = bar_x(bar, ps, (double)req->y_px);
    for (uint32_t i = 0; i < req->width_px; i++) {
        double column = (double)req->x0_px + (double)req->x_step_px * i;
        out->r[i] = out->g[i] = out->b[i] = fabs(column - x) < 4 ? 2e5f : 0;
    }
}

/* Middle of the bright samples of a row; -1: none, or cut by an edge. */
static double middle_of(const uint16_t *row)
{
    double sum = 0, count = 0;
    for (uint32_t x = 0; x < 64; x++)
        if (row[x] > 512)
            sum += x, count++;
    return count > 0 && row[0] <= 512 && row[63] <= 512 ? sum / count : -1;
}

START_TEST(a_turning_bar_bends_as_the_row_time_says)
{
    /* a turn in 2 s, upright when row 760 is read: 1520 rows of 12.632 us are 19.2 ms, 60 mrad */
    pix_desc_t desc = tall();
    for (int flip = 0; flip < 2; flip++) {
        die_t *die = die_new(&desc, 1);
        pix_frame_t frame = die_latched(&desc, DIE_FULL, 0);
        frame.coarse_lines = 8;
        frame.y.flip = (uint32_t)flip;
        double line_ps = 9398e6 / 744, start = (double)pix_row_readout_start_ps(&frame, 0);
        bar_t bar = {start + 760 * line_ps, 3.14159265 * 1e-12};
        die->pix->light = (sim_light_t){bar_row, &bar};
        uint16_t *picture = die_picture(die, &frame);
        uint32_t seen = 0;
        double bend = 0;
        for (uint32_t row = 0; row < 1520; row++) {
            double y = flip ? 1519 - row : row;
            double expected = bar_x(&bar, start + (row - 4.0) * line_ps, y);
            double is = middle_of(picture + row * 64);
            if (is < 0)
                continue;
            seen++;
            ck_assert_double_eq_tol(is, expected, 0.51);
            bend = fmax(bend, fabs(is - 32)); /* a global shutter would show it upright */
        }
        ck_assert_uint_ge(seen, 1500);
        ck_assert_double_gt(bend, 20);
        free(picture);
        die_free(die);
    }
}
END_TEST

TEST_MAIN("pixel row time", a_ramp_of_12_bits_at_200_mhz_takes_the_published_time,
          counters_fit_the_imx500_row_from_the_derived_clocks_on,
          full_hd_at_240_frames_a_second_converts_in_time,
          each_of_the_four_can_be_the_one_that_sets_the_row_time,
          a_line_too_short_is_stretched_and_told,
          where_it_is_refused_no_stream_begins_and_a_running_one_keeps_its_settings,
          a_switched_lamp_shows_bands_at_its_period_over_the_row_time,
          a_turning_bar_bends_as_the_row_time_says)
