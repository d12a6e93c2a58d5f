/*
 * photon_test.c - EMVA-1288-style measurements through the die: what was configured comes back.
 *
 * Pictures are 512 x 256 photosites of flat light; half are green: n = 65,536. The variance of a
 * variance estimate is 2 var^2 / n, of a mean var / n, of a covariance about var1 var2 / n: limits
 * are five such sigmas, or say otherwise. Two frames share the fixed patterns and nothing else:
 * their covariance is the patterns', and half the variance of their difference is the rest.
 */
#include <math.h>

#include "tests/pixel/die.h"
#include "tests/test.h"

static pix_desc_t bench_desc(void)
{
    pix_desc_t desc = pix_desc_default();
    desc.width_px = 512;
    desc.height_px = 256;
    desc.noise = (pix_noise_t){.cds = true}; /* the other terms: terms_test.c */
    return desc;
}

typedef struct {
    double n, mean, var_time, var_fixed; /* of one color, DN, DN^2 */
} flat_t;

/* Rounding to whole DN adds 1/12 DN^2 while the noise is wider than about half a DN. */
#define ROUNDING (1.0 / 12)

/* Green photosites (column + row odd in RGGB), or all of them. */
static flat_t measure(const die_t *die, pix_frame_t frame, bool green)
{
    pix_size_t size = pix_frame_size(&frame);
    uint16_t *one = die_picture(die, &frame);
    frame.frame++;
    uint16_t *two = die_picture(die, &frame);
    double n = 0, a = 0, b = 0, ab = 0, dd = 0;
    for (uint32_t i = 0; i < size.width_px * size.height_px; i++) {
        if (green && (i + i / size.width_px) % 2 == 0)
            continue;
        double x = one[i], y = two[i];
        n++, a += x, b += y, ab += x * y, dd += (x - y) * (x - y);
    }
    free(one);
    free(two);
    double difference = (a - b) / n;
    return (flat_t){n, (a + b) / (2 * n), (dd / n - difference * difference) / 2,
                    ab / n - a / n * (b / n)};
}

static flat_t measure_lux(const pix_desc_t *desc, die_mode_t mode, uint32_t gain_code, float lux)
{
    die_t *die = die_new(desc, 1);
    die->lux[0] = die->lux[1] = die->lux[2] = lux;
    pix_frame_t frame = die_latched(desc, mode, 5);
    frame.gain_code = gain_code;
    flat_t flat = measure(die, frame, true);
    die_free(die);
    return flat;
}

static void assert_near(double value, double expected, double sigma)
{
    ck_assert_double_le(fabs(value - expected), 5 * sigma);
}

/* The temporal variance of a difference of two frames has n degrees of freedom. */
static void assert_variance(const flat_t *flat, double expected)
{
    assert_near(flat->var_time, expected, expected * sqrt(2 / flat->n));
}

START_TEST(the_mean_is_black_level_plus_light_by_lens_filter_and_gain)
{
    /* By hand: lens 0.9 / (4 * 1.79^2) = 0.070223; photosite 2.4025e-12 m2; green catches 511.16
     * e-/s/lux: the sum over 10 nm of the CIE's table of D65 as photons, green's curve, the cut.
     * 300 lux, 1600 lines of 9398 clocks = 20.2108 ms: 3099.3 e-, dark current below 0.1 e-;
     * 0.118 DN/e-: 365.71 DN over 64. The table of D65 has two digits more than its components. */
    pix_desc_t desc = bench_desc();
    flat_t flat = measure_lux(&desc, DIE_FULL, 0, 300);
    ck_assert_double_eq_tol(flat.mean, 429.71, 0.22); /* noise: 6.6 / sqrt(2 n) = 0.02; PRNU 0.01 */
    flat_t binned = measure_lux(&desc, DIE_BINNED, 0, 300);
    ck_assert_double_eq_tol(binned.mean, 429.71, 0.22);
}
END_TEST

START_TEST(analog_gain_multiplies_signal_but_not_the_black_level)
{
    pix_desc_t desc = bench_desc();
    double signal = measure_lux(&desc, DIE_FULL, 0, 30).mean - 64;
    ck_assert_double_eq_tol(measure_lux(&desc, DIE_FULL, 512, 30).mean - 64, 2 * signal, 0.1);
    ck_assert_double_eq_tol(measure_lux(&desc, DIE_FULL, 960, 30).mean - 64, 16 * signal, 0.6);
    ck_assert_double_eq_tol(measure_lux(&desc, DIE_FULL, 960, 0).mean, 64, 0.1);
}
END_TEST

START_TEST(photon_transfer_returns_the_system_gain)
{
    pix_desc_t desc = bench_desc();
    static const uint32_t codes[] = {0, 512, 768};
    for (size_t i = 0; i < SIM_COUNT(codes); i++) {
        float lux = 400 / (float)(1 << i);
        flat_t bright = measure_lux(&desc, DIE_FULL, codes[i], lux);
        flat_t dim = measure_lux(&desc, DIE_FULL, codes[i], lux / 8);
        double gain = (bright.var_time - dim.var_time) / (bright.mean - dim.mean);
        double expected = 0.118 * (double)(1 << i);
        assert_near(gain, expected, expected * 8.0 / 7 * sqrt(2 / bright.n));
    }
}
END_TEST

START_TEST(read_noise_falls_with_gain_as_published)
{
    pix_desc_t desc = bench_desc();
    /* at gain 2: sqrt(1.49^2 + 1.30^2) = 1.977 e- of 0.236 DN; at gain 16: 1.499 e- of 1.888 DN;
     * dark current: 1 e-/s * 2^(5/8) * 20.2 ms = 0.0312 e- */
    flat_t gain2 = measure_lux(&desc, DIE_FULL, 512, 0);
    flat_t gain16 = measure_lux(&desc, DIE_FULL, 960, 0);
    assert_variance(&gain16, 1.888 * 1.888 * (1.499 * 1.499 + 0.0312) + ROUNDING);
    ck_assert_double_lt(gain2.var_time, 0.467 * 0.467 + ROUNDING + 0.01);
    ck_assert_double_gt(gain2.var_time, 0.467 * 0.467);
    ck_assert_double_eq_tol(pix_read_noise_e(&desc, 1), 2.997, 0.001);
    ck_assert_double_eq_tol(pix_read_noise_e(&desc, 16), 1.499, 0.001);
}
END_TEST

START_TEST(binning_averages_four_photosites)
{
    pix_desc_t desc = bench_desc();
    flat_t full = measure_lux(&desc, DIE_FULL, 960, 12);
    flat_t binned = measure_lux(&desc, DIE_BINNED, 960, 12);
    double expected = (full.var_time - ROUNDING) / 4 + ROUNDING;
    double sigma = expected * sqrt(2 / binned.n + 2 / full.n);
    assert_near(binned.var_time, expected, sigma);
}
END_TEST

START_TEST(photosite_gains_differ_by_the_configured_prnu)
{
    pix_desc_t desc = bench_desc();
    desc.prnu = 0.01;
    flat_t flat = measure_lux(&desc, DIE_FULL, 0, 500);
    double signal = flat.mean - 64, expected = signal * 0.01 * signal * 0.01;
    assert_near(flat.var_fixed, expected, (flat.var_time + 2 * expected) / sqrt(flat.n));
    flat = measure_lux(&desc, DIE_BINNED, 0, 500);
    assert_near(flat.var_fixed, expected / 4, (flat.var_time + expected) / sqrt(flat.n));
}
END_TEST

START_TEST(photosite_offsets_differ_by_the_configured_dsnu)
{
    pix_desc_t desc = bench_desc();
    desc.dsnu_e = 2;
    flat_t flat = measure_lux(&desc, DIE_FULL, 960, 0);
    double expected = 2 * 1.888 * 2 * 1.888;
    assert_near(flat.var_fixed, expected, (flat.var_time + 2 * expected) / sqrt(flat.n));
    desc.dsnu_e = 0;
    flat = measure_lux(&desc, DIE_FULL, 960, 0);
    assert_near(flat.var_fixed, 0, flat.var_time / sqrt(flat.n));
}
END_TEST

START_TEST(dark_current_doubles_every_eight_kelvin_and_is_shot_noise)
{
    pix_desc_t desc = bench_desc();
    desc.dark_e_per_s = 5000; /* at 40 C; 20.2108 ms: 101.05 e-, 11.924 DN */
    desc.dark_spread = 0;
    static const double at_c[] = {32, 40, 48, 56}, factor[] = {0.5, 1, 2, 4};
    for (size_t i = 0; i < SIM_COUNT(at_c); i++) {
        desc.temperature_c = at_c[i];
        flat_t flat = measure_lux(&desc, DIE_FULL, 960, 0);
        double dark_e = 101.05 * factor[i], noise = 1.888 * 1.888 * (dark_e + 1.499 * 1.499);
        ck_assert_double_eq_tol(flat.mean, 64 + dark_e * 1.888, 0.002 * dark_e + 0.3);
        assert_variance(&flat, noise + ROUNDING);
    }
}
END_TEST

/* 8 K warmer each time it is asked. */
typedef struct {
    const sim_t *sim;
    uint64_t at_ps[DIE_MAX_FRAMES];
    uint32_t count;
} warming_t;

static int64_t warmer(void *ctx)
{
    warming_t *warming = ctx;
    warming->at_ps[warming->count] = sim_now_ps(warming->sim);
    return 32000000 + 8000000 * (int64_t)warming->count++;
}

static double mean_of(const die_frame_t *frame)
{
    double sum = 0;
    uint32_t count = frame->width_px * frame->height_px;
    for (uint32_t i = 0; i < count; i++)
        sum += frame->sample[i];
    return sum / count;
}

START_TEST(each_frame_has_the_dark_current_of_the_temperature_it_was_latched_at)
{
    pix_desc_t desc = bench_desc();
    desc.dark_e_per_s = 5000; /* as above */
    desc.dark_spread = 0;
    die_t *die = die_new(&desc, 2);
    warming_t warming = {.sim = die->sim};
    die->lux[0] = die->lux[1] = die->lux[2] = 0;
    die->pix->die_uc = warmer;
    die->pix->die_ctx = &warming;
    die_set_mode(die, DIE_FULL);
    die_write(die, "PIX_GAIN", 960);
    die_write(die, "PIX_CTRL", 1);
    die_run_frames(die, 4);
    ck_assert_uint_eq(warming.at_ps[0], 0);
    for (uint32_t i = 0; i < 4; i++) {
        double dark_e = 101.05 / 2 * (1 << i);
        ck_assert_double_eq_tol(mean_of(&die->frame[i]), 64 + dark_e * 1.888, 0.002 * dark_e + 0.3);
        ck_assert_uint_eq(warming.at_ps[i + 1], die->frame[i].frame_start_ps);
    }
    die_free(die);
}
END_TEST

START_TEST(dark_current_spreads_log_normally_from_photosite_to_photosite)
{
    pix_desc_t desc = bench_desc();
    desc.dark_e_per_s = 5000;
    desc.temperature_c = 40;
    desc.dark_spread = 0.4;
    desc.dsnu_e = 0;
    flat_t flat = measure_lux(&desc, DIE_FULL, 768, 0);
    double mean = 101.05 * 0.472, spread = mean * mean * (exp(0.4 * 0.4) - 1);
    ck_assert_double_eq_tol(flat.mean, 64 + mean, 0.01 * mean);
    ck_assert_double_eq_tol(flat.var_fixed, spread, 0.06 * spread); /* tails end at 3.3 sigma */
}
END_TEST

START_TEST(charge_stops_at_the_full_well)
{
    pix_desc_t desc = bench_desc();
    desc.full_well_e = 2000; /* 236 DN */
    flat_t flat = measure_lux(&desc, DIE_FULL, 0, 3000);
    ck_assert_double_eq_tol(flat.mean, 300, 0.02);
    ck_assert_double_lt(flat.var_time, 0.3); /* no shot noise left */
    flat = measure_lux(&desc, DIE_BINNED, 0, 3000);
    ck_assert_double_eq_tol(flat.mean, 300, 0.02);
}
END_TEST

START_TEST(samples_stop_at_the_ends_of_the_converter)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    pix_frame_t frame = die_latched(&desc, DIE_FULL, 0);
    uint16_t out[64];
    die->lux[0] = die->lux[1] = die->lux[2] = 1e5f;
    ck_assert_uint_eq(pix_row(die->pix, &frame, 3, 0, out), 64);
    for (uint32_t i = 0; i < 64; i++)
        ck_assert_uint_eq(out[i], 1023);
    die->lux[0] = die->lux[1] = die->lux[2] = -1e5f; /* no such light: taken as none */
    ck_assert_uint_eq(pix_row(die->pix, &frame, 3, 0, out), 0);
    for (uint32_t i = 0; i < 64; i++)
        ck_assert(out[i] > 58 && out[i] < 70);
    die_free(die);
}
END_TEST

START_TEST(an_ideal_die_shows_only_the_photons)
{
    pix_desc_t desc = bench_desc();
    desc.prnu = desc.dsnu_e = desc.dark_e_per_s = 0;
    desc.read_noise_e = desc.read_noise_at_gain1_e = 0;
    flat_t dark = measure_lux(&desc, DIE_FULL, 0, 0);
    ck_assert(dark.mean == 64 && dark.var_time == 0);
    /* at DN = e-, few photons: 0.05 lux make 0.5234 e-; variance and mean are one and the same */
    desc.dn_per_e = 1;
    flat_t dim = measure_lux(&desc, DIE_FULL, 0, 0.05f);
    assert_near(dim.mean - 64, 0.5234, sqrt(0.5234 / (2 * dim.n)));
    assert_near(dim.var_time, 0.5234, 0.5234 * sqrt((2 + 1 / 0.5234) / dim.n));
}
END_TEST

/* Every sample of a frame is the mean, rounded. */
START_TEST(without_shot_noise_charge_is_its_mean)
{
    pix_desc_t desc = bench_desc();
    desc.prnu = desc.dsnu_e = desc.dark_spread = 0;
    desc.read_noise_e = desc.read_noise_at_gain1_e = 0;
    desc.shot = false;
    flat_t flat = measure_lux(&desc, DIE_FULL, 0, 300),
           binned = measure_lux(&desc, DIE_BINNED, 0, 3);
    ck_assert(flat.var_time == 0 && fabs(flat.var_fixed) < 1e-6);
    ck_assert(binned.var_time == 0 && fabs(binned.var_fixed) < 1e-6);
    desc.shot = true;
    flat_t counted = measure_lux(&desc, DIE_FULL, 0, 300);
    assert_near(counted.mean, flat.mean, 0.1 + sqrt(counted.var_time / counted.n));
    ck_assert_double_gt(counted.var_time, 10);
}
END_TEST

TEST_MAIN("pixel photons", the_mean_is_black_level_plus_light_by_lens_filter_and_gain,
          analog_gain_multiplies_signal_but_not_the_black_level,
          photon_transfer_returns_the_system_gain, read_noise_falls_with_gain_as_published,
          binning_averages_four_photosites, photosite_gains_differ_by_the_configured_prnu,
          photosite_offsets_differ_by_the_configured_dsnu,
          dark_current_doubles_every_eight_kelvin_and_is_shot_noise,
          each_frame_has_the_dark_current_of_the_temperature_it_was_latched_at,
          dark_current_spreads_log_normally_from_photosite_to_photosite,
          charge_stops_at_the_full_well, samples_stop_at_the_ends_of_the_converter,
          an_ideal_die_shows_only_the_photons, without_shot_noise_charge_is_its_mean)
