/*
 * terms_test.c - each noise term alone, through the die: the law that its numbers promise.
 *
 * All terms are off but the one that is looked at; n is the number of samples that an estimate
 * rests on, limits are five of its sigmas or say otherwise.
 */
#include <math.h>

#include "pixel/bloom.h"
#include "pixel/columns.h"
#include "pixel/rare.h"
#include "tests/pixel/die.h"
#include "tests/test.h"

#define BLACK 64.0
#define GAIN16_DN (0.118 * 16) /* DN per electron at gain code 960 */
#define READ16_E 1.499         /* sqrt(1.49^2 + (2.60 / 16)^2) */

static pix_desc_t quiet(uint32_t width, uint32_t height)
{
    pix_desc_t desc = pix_desc_default();
    desc.width_px = width;
    desc.height_px = height;
    desc.noise = (pix_noise_t){.cds = true};
    desc.prnu = desc.dsnu_e = desc.dark_e_per_s = 0;
    desc.read_noise_e = desc.read_noise_at_gain1_e = 0;
    desc.temperature_c = desc.dark_at_c;
    return desc;
}

static void add_read_noise(pix_desc_t *desc)
{
    desc->read_noise_e = 1.49;
    desc->read_noise_at_gain1_e = 2.60;
}

typedef struct {
    double *mean; /* of each row, or column */
    uint32_t count;
} means_t;

typedef struct {
    uint32_t width, height;
    uint16_t *sample;
} shot_t;

static shot_t shoot_frame(const pix_desc_t *desc, pix_frame_t frame, float lux)
{
    die_t *die = die_new(desc, 1);
    die->lux[0] = die->lux[1] = die->lux[2] = lux;
    pix_size_t size = pix_frame_size(&frame);
    shot_t shot = {size.width_px, size.height_px, die_picture(die, &frame)};
    die_free(die);
    return shot;
}

static shot_t shoot(const pix_desc_t *desc, uint32_t gain_code, float lux, uint32_t number)
{
    pix_frame_t frame = die_latched(desc, DIE_FULL, number);
    frame.gain_code = gain_code;
    return shoot_frame(desc, frame, lux);
}

/* Of green photosites: column + row odd. */
static double mean_of(const shot_t *shot)
{
    double sum = 0;
    for (uint32_t i = 0; i < shot->width * shot->height; i++)
        sum += (i + i / shot->width) % 2 == 1 ? shot->sample[i] : 0;
    return sum / (shot->width * shot->height / 2);
}

static double mean_at(const pix_desc_t *desc, uint32_t gain_code, float lux)
{
    shot_t shot = shoot(desc, gain_code, lux, 1);
    double mean = mean_of(&shot);
    free(shot.sample);
    return mean;
}

static double variance(const double *x, uint32_t count)
{
    double sum = 0, squares = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum += x[i];
        squares += x[i] * x[i];
    }
    return squares / count - sum / count * (sum / count);
}

static double covariance(const double *x, const double *y, uint32_t count)
{
    double a = 0, b = 0, ab = 0;
    for (uint32_t i = 0; i < count; i++) {
        a += x[i];
        b += y[i];
        ab += x[i] * y[i];
    }
    return ab / count - a / count * (b / count);
}

/* Means of the green samples of each row, or each column. */
static means_t means_along(const shot_t *shot, bool rows)
{
    uint32_t count = rows ? shot->height : shot->width;
    means_t means = {calloc(count, sizeof(double)), count};
    uint32_t each = shot->width * shot->height / 2 / count;
    for (uint32_t i = 0; i < shot->width * shot->height; i++)
        if ((i + i / shot->width) % 2 == 1)
            means.mean[rows ? i / shot->width : i % shot->width] += (double)shot->sample[i] / each;
    return means;
}

static double variance_of(const pix_desc_t *desc, uint32_t gain_code, float lux)
{
    shot_t shot = shoot(desc, gain_code, lux, 1);
    uint32_t count = shot.width * shot.height;
    double *x = calloc(count, sizeof(*x));
    for (uint32_t i = 0; i < count; i++)
        x[i] = shot.sample[i];
    double var = variance(x, count);
    free(x);
    free(shot.sample);
    return var;
}

static void assert_near(double value, double expected, double sigma)
{
    ck_assert_double_le(fabs(value - expected), 5 * sigma);
}

/* ---- shot noise ---- */

/* Green charge of one lux in the default exposure. */
static double e_per_lux(const pix_desc_t *desc, const pix_frame_t *frame)
{
    double e[PIX_COLORS];
    pix_electrons_per_lux_s(desc, PIX_GREEN, e);
    double clocks = (double)frame->coarse_lines * frame->line_length_pck + frame->fine_pck;
    return (e[0] + e[1] + e[2]) * clocks / (double)desc->clk_hz;
}

/* Chi-square of a histogram against Poisson, cells of at least 10 expected; df gets their number
 * less one. */
static double chi_square(const uint32_t *histogram, uint32_t cells, double n, double mean,
                         double *df)
{
    double chi = 0, expected = 0, seen = 0, left = n, seen_left = n;
    *df = 0;
    for (uint32_t k = 0; k < cells; k++) {
        expected += n * exp(k * log(mean) - mean - lgamma(k + 1.0));
        seen += histogram[k];
        if (expected < 10 || left - expected < 10)
            continue;
        chi += (seen - expected) * (seen - expected) / expected;
        left -= expected;
        seen_left -= seen;
        expected = seen = 0;
        ++*df;
    }
    return chi + (seen_left - left) * (seen_left - left) / left;
}

START_TEST(histograms_of_few_and_many_electrons_pass_a_chi_square_test)
{
    static const double means[] = {0.1, 1, 5, 30, 300};
    for (size_t i = 0; i < SIM_COUNT(means); i++) {
        pix_desc_t desc = quiet(1024, 512);
        desc.dn_per_e = 1;
        pix_frame_t frame = die_latched(&desc, DIE_FULL, 1);
        float lux = (float)(means[i] / e_per_lux(&desc, &frame));
        shot_t shot = shoot_frame(&desc, frame, lux);
        uint32_t histogram[1024] = {0};
        double n = 0, df;
        for (uint32_t j = 0; j < shot.width * shot.height; j++)
            if ((j + j / shot.width) % 2 == 1) {
                histogram[shot.sample[j] - 64]++;
                n++;
            }
        double chi = chi_square(histogram, 900, n, means[i], &df);
        /* Wilson and Hilferty: a chi-square beyond this has probability 1e-3 */
        double bound = df * pow(1 - 2 / (9 * df) + 3.09 * sqrt(2 / (9 * df)), 3);
        ck_assert_double_lt(chi, bound);
        free(shot.sample);
    }
}
END_TEST

/* ---- dark current ---- */

static uint32_t samples_from(const pix_desc_t *desc, uint32_t dn)
{
    shot_t shot = shoot(desc, 0, 0, 1);
    uint32_t found = 0;
    for (uint32_t i = 0; i < shot.width * shot.height; i++)
        found += shot.sample[i] >= dn;
    free(shot.sample);
    return found;
}

START_TEST(hot_photosites_have_exponential_dark_current_that_doubles_every_eight_kelvin)
{
    /* 5000 e-/s for 20.2108 ms: m = 101.05 e-. A Poisson number of an exponential mean is
     * geometric: P(N >= k) = (m / (1 + m))^k. 75 DN need 0.118 N >= 10.5, N >= 89. */
    pix_desc_t desc = quiet(1024, 256);
    desc.noise.hot_share = 0.05;
    desc.noise.hot_e_per_s = 5000;
    double n = 1024 * 256;
    for (double m = 101.05; m < 500; m *= 2) {
        double share = 0.05 * pow(m / (1 + m), 89);
        assert_near(samples_from(&desc, 75), n * share, sqrt(n * share));
        desc.temperature_c += 8;
    }
    desc.noise.hot_share = 0;
    ck_assert_uint_eq(samples_from(&desc, 65), 0);
}
END_TEST

START_TEST(a_binned_sample_has_a_share_of_its_hot_photosites)
{
    /* 0.05 of m = 101.05 e- at 0.118 DN/e- and gain 4: 2.385 DN in the mean, whatever the binning;
     * of a photosite's variance, below 2 * 0.05 (m 0.472)^2 + ..., four share a sample */
    pix_desc_t desc = quiet(512, 512);
    desc.noise.hot_share = 0.05;
    desc.noise.hot_e_per_s = 5000;
    double mean[2], var[2];
    for (uint32_t mode = 0; mode < 2; mode++) {
        pix_frame_t frame = die_latched(&desc, mode == 0 ? DIE_FULL : DIE_BINNED, 1);
        frame.gain_code = 768;
        shot_t shot = shoot_frame(&desc, frame, 0);
        uint32_t count = shot.width * shot.height;
        double *x = calloc(count, sizeof(*x));
        for (uint32_t i = 0; i < count; i++) {
            x[i] = shot.sample[i];
            mean[mode] = (i == 0 ? 0 : mean[mode]) + x[i] / count;
        }
        var[mode] = variance(x, count);
        assert_near(mean[mode], BLACK + 2.385, sqrt(var[mode] / count));
        free(x);
        free(shot.sample);
    }
    /* the fourth moment of an exponential is 24 m^4: a variance of rare ones is rough */
    ck_assert_double_eq_tol(var[1], var[0] / 4, 0.15 * var[0] / 4);
}
END_TEST

/* ---- reset noise and CDS ---- */

START_TEST(reset_noise_is_that_of_the_capacitance)
{
    /* 300 K; 3.2, 2.0, 1.6, 1.07 fF */
    static const double gain_uv[] = {50, 80, 100, 150}, e[] = {22.7, 18.0, 16.1, 13.1};
    for (size_t i = 0; i < SIM_COUNT(e); i++)
        ck_assert_double_eq_tol(pix_reset_noise_e(gain_uv[i], 26.85), e[i], 0.05);
    ck_assert(pix_reset_noise_e(0, 26.85) == 0);
}
END_TEST

START_TEST(cds_cancels_reset_noise_which_shows_without_it)
{
    pix_desc_t desc = quiet(512, 256);
    add_read_noise(&desc);
    desc.noise.conversion_gain_uv = 100;
    desc.temperature_c = 26.85;
    double n = 512 * 256, dn = 0.118 * 4; /* gain 4: sqrt(1.49^2 + 0.65^2) = 1.6256 e- */
    double with = dn * dn * 1.6256 * 1.6256 + 1.0 / 12;
    assert_near(variance_of(&desc, 768, 0), with, with * sqrt(2 / n));
    desc.noise.cds = false; /* one sample has half the variance of a difference of two */
    double without = dn * dn * (16.078 * 16.078 + 1.6256 * 1.6256 / 2) + 1.0 / 12;
    assert_near(variance_of(&desc, 768, 0), without, without * sqrt(2 / n));
    desc.noise.conversion_gain_uv = 0;
    double one = dn * dn * 1.6256 * 1.6256 / 2 + 1.0 / 12;
    assert_near(variance_of(&desc, 768, 0), one, 1.02 * one * sqrt(2 / n) + 0.001);
}
END_TEST

/* ---- random telegraph noise ---- */

START_TEST(a_trap_under_cds_makes_three_peaks_and_without_two_levels)
{
    pix_desc_t desc = quiet(512, 256);
    desc.noise.rtn_share = 0.05;
    desc.noise.rtn_e = 4;
    desc.noise.rtn_us[0] = desc.noise.rtn_us[1] = desc.noise.cds_interval_us = 5;
    /* Filled with 1/2. After one interval exp(-2) = 0.1353 of the state is kept, so it goes up, or
     * down, with 1/2 (1 - (1/2 + 0.1353 / 2)) = 0.21617. It shows from 0.5 DN on: with probability
     * exp(-0.5 / (4 * 1.888)) = 0.93594; from 19.5 DN on with 0.07562. */
    double n = 512 * 256 * 0.05;
    uint32_t up = 0, down = 0, far = 0;
    shot_t shot = shoot(&desc, 960, 0, 1);
    for (uint32_t i = 0; i < 512 * 256; i++) {
        up += shot.sample[i] > 64;
        down += shot.sample[i] < 64;
        far += shot.sample[i] >= 84;
    }
    assert_near(up, n * 0.21617 * 0.93594, sqrt(n * 0.2023));
    assert_near(down, n * 0.21617 * 0.93594, sqrt(n * 0.2023));
    assert_near(far, n * 0.21617 * 0.07562, sqrt(n * 0.01635));
    free(shot.sample);
    desc.noise.cds = false;
    shot = shoot(&desc, 960, 0, 1);
    for (uint32_t i = up = 0; i < 512 * 256; i++) {
        up += shot.sample[i] > 64;
        ck_assert_uint_ge(shot.sample[i], 64);
    }
    assert_near(up, n * 0.5 * 0.93594, sqrt(n * 0.468));
    free(shot.sample);
}
END_TEST

START_TEST(a_trap_shifts_a_sample_by_its_amplitude_or_not_at_all)
{
    pix_desc_t desc = quiet(64, 48);
    desc.noise.rtn_share = 0.05;
    desc.noise.rtn_e = 20;
    desc.noise.rtn_us[0] = desc.noise.rtn_us[1] = desc.noise.cds_interval_us = 5;
    uint16_t low[64 * 48], high[64 * 48];
    uint32_t both = 0;
    memset(low, 0xff, sizeof(low));
    memset(high, 0, sizeof(high));
    for (uint32_t frame = 0; frame < 30; frame++) {
        shot_t shot = shoot(&desc, 0, 0, frame);
        for (uint32_t i = 0; i < 64 * 48; i++) {
            low[i] = shot.sample[i] < low[i] ? shot.sample[i] : low[i];
            high[i] = shot.sample[i] > high[i] ? shot.sample[i] : high[i];
        }
        free(shot.sample);
    }
    for (uint32_t i = 0; i < 64 * 48; i++) {
        both += high[i] > 64 && low[i] < 64;
        if (high[i] > 64 && low[i] < 64) /* 64 +- the same: halves are rounded up */
            ck_assert_int_le(abs(128 - high[i] - low[i]), 1);
    }
    ck_assert_uint_gt(both, 60); /* 154 traps, exp(-0.5 / 2.36) = 81 % of them show */
}
END_TEST

START_TEST(a_trap_counts_a_quarter_in_an_average_and_of_a_sum_only_one_is_read)
{
    pix_desc_t desc = quiet(512, 512);
    desc.noise.rtn_share = 0.05;
    desc.noise.rtn_e = 20;
    desc.noise.rtn_us[0] = desc.noise.rtn_us[1] = desc.noise.cds_interval_us = 5;
    /* moves with 2 * 0.21617 by amplitudes of mean square 2 * 20^2; four of them over 16, and 1/12
     * for rounding of what is not 0: at most */
    double moved = 0.05 * 2 * 0.21617 * 2 * 400 * 0.472 * 0.472;
    for (uint32_t sum = 0; sum < 2; sum++) {
        pix_frame_t frame = die_latched(&desc, DIE_BINNED, 1);
        frame.gain_code = 768;
        frame.bin_sum = sum;
        shot_t shot = shoot_frame(&desc, frame, 0);
        double squares = 0, expected = sum == 0 ? moved / 4 : moved;
        for (uint32_t i = 0; i < shot.width * shot.height; i++)
            squares += (shot.sample[i] - BLACK) * (shot.sample[i] - BLACK);
        squares /= shot.width * shot.height;
        ck_assert_double_eq_tol(squares, expected, 0.08 * expected);
        free(shot.sample);
    }
}
END_TEST

START_TEST(cds_does_not_see_a_slow_trap)
{
    pix_trap_t slow = {.amplitude_e = 10, .filled = 0.5f, .kept = 1};
    uint32_t filled = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t word = i * 0x9e3779b9u;
        ck_assert(pix_trap_shift_e(&slow, true, word) == 0);
        filled += pix_trap_shift_e(&slow, false, word) == 10;
    }
    ck_assert_uint_gt(filled, 480); /* words spread evenly: one of two */
    ck_assert_uint_lt(filled, 520);
}
END_TEST

/* ---- columns ---- */

START_TEST(cds_leaves_of_a_column_offset_its_distance_to_a_whole_count)
{
    ck_assert_double_eq_tol(pix_column_residual_dn(3.3, 0.25), 0.05, 1e-12);
    ck_assert_double_eq_tol(pix_column_residual_dn(-1.13, 0.25), 0.12, 1e-12);
    ck_assert_double_eq_tol(pix_column_residual_dn(1.4, 1), 0.4, 1e-12);
    ck_assert(pix_column_residual_dn(2.5, 0) == 0); /* a counter without steps */
}
END_TEST

/* Fixed part of the variance of column means, from two frames. */
static double column_variance(const pix_desc_t *desc, uint32_t gain_code, float lux)
{
    shot_t one = shoot(desc, gain_code, lux, 1), two = shoot(desc, gain_code, lux, 2);
    means_t a = means_along(&one, false), b = means_along(&two, false);
    double fixed = covariance(a.mean, b.mean, a.count);
    free(one.sample);
    free(two.sample);
    free(a.mean);
    free(b.mean);
    return fixed;
}

START_TEST(columns_differ_by_their_whole_offset_without_cds_and_by_a_count_with_it)
{
    pix_desc_t desc = quiet(2048, 128);
    add_read_noise(&desc);
    desc.noise.column_offset_dn = 3;
    desc.noise.column_count_dn = 0.5;
    double with = 0.25 / 12, n = 2048; /* evenly spread over one count */
    /* noise of a mean of 64 samples: 1.888^2 1.499^2 / 64 = 0.126; halved without CDS */
    assert_near(column_variance(&desc, 960, 0), with, (with + 0.126) / sqrt(n));
    desc.noise.cds = false;
    assert_near(column_variance(&desc, 960, 0), 9, (9 + 0.063) * sqrt(2 / n));
    desc.noise.column_offset_dn = 0;
    assert_near(column_variance(&desc, 960, 0), 0, 0.063 / sqrt(n));
}
END_TEST

START_TEST(columns_differ_in_gain)
{
    pix_desc_t desc = quiet(2048, 128);
    desc.noise.column_gain = 0.01;
    double signal = mean_at(&desc, 0, 300) - BLACK, fixed = signal * signal * 1e-4;
    assert_near(column_variance(&desc, 0, 300), fixed, (fixed + 0.7) * sqrt(2.0 / 2048));
}
END_TEST

/* ---- rows ---- */

START_TEST(row_noise_is_one_draw_a_row_and_frame)
{
    pix_desc_t desc = quiet(64, 2048);
    add_read_noise(&desc);
    desc.noise.row_share = 1; /* as much as a photosite's */
    shot_t one = shoot(&desc, 960, 0, 1), two = shoot(&desc, 960, 0, 2);
    means_t a = means_along(&one, true), b = means_along(&two, true);
    double pixel = GAIN16_DN * GAIN16_DN * READ16_E * READ16_E;
    double rows = pixel * (1 + 1.0 / 32) + 1.0 / 12 / 32, n = 2048;
    assert_near(variance(a.mean, a.count), rows, rows * sqrt(2 / n));
    assert_near(covariance(a.mean, b.mean, a.count), 0, rows / sqrt(n));
    assert_near(covariance(a.mean, a.mean + 1, a.count - 1), 0, rows / sqrt(n));
    free(one.sample);
    free(two.sample);
    free(a.mean);
    free(b.mean);
}
END_TEST

START_TEST(a_tone_on_the_supply_makes_bands_at_the_rows_times)
{
    pix_desc_t desc = quiet(2048, 256);
    add_read_noise(&desc);
    desc.noise.banding_e = 5;
    desc.noise.banding_hz = 3210;
    pix_frame_t frame = die_latched(&desc, DIE_FULL, 3);
    frame.gain_code = 960;
    shot_t shot = shoot_frame(&desc, frame, 0);
    means_t rows = means_along(&shot, true);
    for (uint32_t row = 0; row < 256; row++) {
        double seconds = (double)pix_row_readout_start_ps(&frame, row) * 1e-12;
        double e = 5 * sin(2 * 3.14159265358979323846 * fmod(seconds * 3210, 1));
        /* noise of a mean of 1024 samples: 2.83 / 32 */
        assert_near(rows.mean[row], BLACK + e * GAIN16_DN, 2.85 / 32);
    }
    free(rows.mean);
    free(shot.sample);
}
END_TEST

/* ---- converter ---- */

START_TEST(the_converter_departs_from_a_line_by_an_s)
{
    pix_desc_t desc = quiet(512, 256);
    for (float lux = 50; lux < 800; lux += 150) {
        desc.noise.inl_dn = 0;
        double x = mean_at(&desc, 0, lux) - BLACK, u = x / 959;
        desc.noise.inl_dn = 8;
        double s = mean_at(&desc, 0, lux) - BLACK - x;
        /* noise of a mean: below 0.05; variance 0.118 x bends 8 * 10.4 * 3 / 959^2 of it: 0.02 */
        ck_assert_double_eq_tol(s, 8 * 6 * sqrt(3) * u * (1 - u) * (1 - 2 * u), 0.1);
    }
    ck_assert_double_eq_tol(mean_at(&desc, 0, 0), BLACK, 1e-9);
}
END_TEST

START_TEST(twelve_bits_resolve_a_quarter_of_ten)
{
    pix_desc_t desc = quiet(512, 256);
    desc.dn_per_e = 0.01; /* noise far below a step of ten bits: only rounding is left */
    pix_frame_t frame = die_latched(&desc, DIE_FULL, 1);
    double e = 1000, dn = e * 0.01; /* 10 DN of 10 bits, 40 of 12 */
    float lux = (float)((e + 20) / e_per_lux(&desc, &frame));
    shot_t ten = shoot_frame(&desc, frame, lux);
    frame.adc_bits = 12;
    shot_t twelve = shoot_frame(&desc, frame, lux);
    ck_assert_double_eq_tol(mean_of(&ten), BLACK + dn + 0.2, 0.2);
    ck_assert_double_eq_tol(mean_of(&twelve), 4 * (BLACK + dn + 0.2), 0.05);
    free(ten.sample);
    free(twelve.sample);
}
END_TEST

/* ---- saturation ---- */

START_TEST(a_well_bends_off_around_its_capacity)
{
    pix_desc_t desc = quiet(512, 256);
    desc.full_well_e = 2000;
    desc.noise.knee_e = 200;
    pix_frame_t frame = die_latched(&desc, DIE_FULL, 1);
    double lux = 1 / e_per_lux(&desc, &frame);
    /* 1500 e-: below 1800, a line. 2000: (200^2 + variance 2000) / 800 = 52.5 less. Far above: full
     */
    ck_assert_double_eq_tol(mean_at(&desc, 0, (float)(1500 * lux)), BLACK + 1500 * 0.118, 0.1);
    ck_assert_double_eq_tol(mean_at(&desc, 0, (float)(2000 * lux)), BLACK + 1947.5 * 0.118, 0.1);
    ck_assert_double_eq_tol(mean_at(&desc, 0, (float)(5000 * lux)), 300, 1e-9);
}
END_TEST

START_TEST(excess_charge_flows_a_quarter_to_each_neighbor)
{
    float q[5][5] = {{0}}, over[5][5], *mean[5], *scratch[5];
    for (uint32_t i = 0; i < 5; i++) {
        mean[i] = q[i];
        scratch[i] = over[i];
    }
    q[2][2] = 1000 + 1600; /* 1600 over, half of it spills: 200 each; nobody else overflows */
    pix_bloom(mean, scratch, 2, 5, 1000, 0.5f);
    ck_assert(q[2][2] == 1000 && q[2][1] == 200 && q[2][3] == 200 && q[2][0] == 0);
    memset(q, 0, sizeof(q));
    /* 1500 to each of its neighbors. In the second step they are 500 over: 62.5 flow from the
     * middle to its left, and as much from above */
    q[1][2] = 1000 + 12000;
    pix_bloom(mean, scratch, 2, 5, 1000, 0.5f);
    ck_assert(q[2][2] == 1000 && q[2][1] == 125 && q[2][3] == 125);
}
END_TEST

static void spot_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    (void)ctx;
    for (uint32_t i = 0; i < req->width_px; i++) {
        bool lit = i == 20 && req->y_px > 19.5f && req->y_px < 20.5f;
        out->r[i] = out->g[i] = out->b[i] = lit ? 1e5f : 0;
    }
}

START_TEST(a_bright_spot_grows_by_as_many_rows_as_charge_may_flow)
{
    pix_desc_t desc = quiet(64, 48);
    desc.full_well_e = 4000; /* 472 DN */
    for (uint32_t reach = 0; reach <= PIX_BLOOM_MAX; reach += 2) {
        desc.noise.bloom_share = reach == 0 ? 0 : 1;
        desc.noise.bloom_rows = reach;
        die_t *die = die_new(&desc, 1);
        die->pix->light = (sim_light_t){spot_row, NULL};
        pix_frame_t frame = die_latched(&desc, DIE_FULL, 1);
        uint16_t *picture = die_picture(die, &frame);
        for (uint32_t y = 0; y < 48; y++)
            for (uint32_t x = 0; x < 64; x++) {
                uint32_t far = (uint32_t)(abs((int)x - 20) + abs((int)y - 20));
                ck_assert_int_eq(picture[y * 64 + x] > 64, far <= reach);
                if (far == 0)
                    ck_assert_uint_eq(picture[y * 64 + x], 64 + 472);
            }
        free(picture);
        die_free(die);
    }
}
END_TEST

START_TEST(the_sun_turns_black_unless_the_reset_sample_is_clamped)
{
    pix_desc_t desc = quiet(64, 48);
    desc.full_well_e = 4000;
    desc.noise.sun_share = 0.01;
    desc.noise.sun_clamp_e = 1e6;
    /* 400,000 e- bring 4000 into the reset sample: nothing is left of the difference; 200,000 bring
     * 2000: half of the well */
    pix_frame_t frame = die_latched(&desc, DIE_FULL, 1);
    double lux = 1 / e_per_lux(&desc, &frame);
    ck_assert_double_eq_tol(mean_at(&desc, 0, (float)(450000 * lux)), BLACK, 1e-9);
    ck_assert_double_eq_tol(mean_at(&desc, 0, (float)(200000 * lux)), BLACK + 236, 1e-9);
    ck_assert_double_eq_tol(mean_at(&desc, 0, (float)(1000 * lux)), BLACK + 118, 1);
    desc.noise.sun_clamp_e = 500;
    ck_assert_double_eq_tol(mean_at(&desc, 0, (float)(450000 * lux)), BLACK + 3500 * 0.118, 0.5);
    desc.noise.cds = false; /* no difference, no black sun */
    ck_assert_double_eq_tol(mean_at(&desc, 0, (float)(450000 * lux)), BLACK + 472, 1e-9);
}
END_TEST

/* ---- all together ---- */

static pix_desc_t noisy(void)
{
    pix_desc_t desc = pix_desc_default();
    desc.width_px = 1100; /* more than one span, the last one ragged */
    desc.height_px = 48;
    desc.full_well_e = 3000;
    desc.noise.hot_share = desc.noise.rtn_share = 0.05;
    desc.noise.banding_e = 5;
    desc.noise.bloom_share = 0.5;
    desc.noise.sun_share = 0.001;
    return desc;
}

static void ramp_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    (void)ctx;
    for (uint32_t i = 0; i < req->width_px; i++) {
        float x = req->x0_px + req->x_step_px * (float)i;
        out->r[i] = out->g[i] = out->b[i] = x * x * 0.002f;
    }
}

START_TEST(with_all_terms_any_row_alone_is_the_same_at_any_vector_level)
{
    pix_desc_t desc = noisy();
    sim_simd_t best = sim_simd();
    for (uint32_t kind = 0; kind < 4; kind++) {
        desc.noise.cds = kind != 2;
        pix_frame_t frame = die_latched(&desc, kind == 1 ? DIE_BINNED : DIE_FULL, 3);
        if (kind == 3) { /* a window, every other pair of photosites, mirrored */
            frame.x.start = 6, frame.x.size = 800, frame.x.odd_inc = 3, frame.x.flip = 1;
            frame.y.start = 4, frame.y.size = 32, frame.y.odd_inc = 3, frame.y.flip = 1;
        }
        uint32_t lines = pix_frame_lines(&frame), width = pix_frame_size(&frame).width_px;
        uint16_t *first = NULL, *out = calloc(pix_row_room(&frame), sizeof(*out));
        for (int level = SIM_SIMD_SCALAR; level <= (int)best; level++) {
            ck_assert(sim_simd_force((sim_simd_t)level));
            die_t *die = die_new(&desc, 1);
            die->pix->light = (sim_light_t){ramp_row, NULL};
            first = first == NULL ? die_picture(die, &frame) : first;
            for (uint32_t i = 0; i < lines; i++) {
                uint32_t row = (i * 7 + 5) % lines;
                pix_row(die->pix, &frame, row, 0, out);
                ck_assert_mem_eq(out, first + (size_t)row * width, width * sizeof(*out));
            }
            die_free(die);
        }
        free(first);
        free(out);
    }
    ck_assert(sim_simd_force(best));
}
END_TEST

START_TEST(a_term_out_of_range_is_refused)
{
    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(1);
    pix_t *pix = calloc(1, sizeof(*pix));
    pix_desc_t desc = die_small();
    desc.noise.rtn_us[1] = desc.noise.rtn_us[0] / 2;
    ck_assert_int_eq(pix_init(pix, sim, &desc, "pixel", pool), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "pixel.noise: hot, rtn or bloom out of range");
    pix_free(pix);
    free(pix);
    sim_pool_free(pool);
    sim_free(sim);
}
END_TEST

TEST_MAIN("pixel noise terms", histograms_of_few_and_many_electrons_pass_a_chi_square_test,
          hot_photosites_have_exponential_dark_current_that_doubles_every_eight_kelvin,
          a_binned_sample_has_a_share_of_its_hot_photosites, reset_noise_is_that_of_the_capacitance,
          cds_cancels_reset_noise_which_shows_without_it,
          a_trap_under_cds_makes_three_peaks_and_without_two_levels,
          a_trap_counts_a_quarter_in_an_average_and_of_a_sum_only_one_is_read,
          a_trap_shifts_a_sample_by_its_amplitude_or_not_at_all, cds_does_not_see_a_slow_trap,
          cds_leaves_of_a_column_offset_its_distance_to_a_whole_count,
          columns_differ_by_their_whole_offset_without_cds_and_by_a_count_with_it,
          columns_differ_in_gain, row_noise_is_one_draw_a_row_and_frame,
          a_tone_on_the_supply_makes_bands_at_the_rows_times,
          the_converter_departs_from_a_line_by_an_s, twelve_bits_resolve_a_quarter_of_ten,
          a_well_bends_off_around_its_capacity, excess_charge_flows_a_quarter_to_each_neighbor,
          a_bright_spot_grows_by_as_many_rows_as_charge_may_flow,
          the_sun_turns_black_unless_the_reset_sample_is_clamped,
          with_all_terms_any_row_alone_is_the_same_at_any_vector_level,
          a_term_out_of_range_is_refused)
