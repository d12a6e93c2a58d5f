/*
 * scale_test.c - how every term scales: one photosite, the average and the sum of 2 x 2, 12 bits.
 *
 * One term at a time; what is expected, in DN, is worked out in the tables: an average of n draws
 * has 1 / sqrt(n) of one, a sum of charge n or sqrt(n) of it before it is read, once, by one
 * column; 12 bits are 4 times finer than 10.
 */
#include <math.h>

#include "tests/pixel/die.h"
#include "tests/test.h"

enum { ONE, AVERAGE, SUM, TWELVE_BITS, READOUTS };
static const char *const names[READOUTS] = {"one", "average", "sum", "12 bits"};

#define GAIN16_DN 1.888 /* 0.118 * 16: per electron at gain code 960 */
#define GAIN1_DN 0.118
#define ROOT2 1.41421356

typedef struct {
    const char *name;
    void (*set)(pix_desc_t *);
    uint32_t gain_code;
    double e;              /* mean charge of a photosite, green */
    double want[READOUTS]; /* DN */
    double share;          /* that it may differ by */
} case_t;

static pix_desc_t quiet(void)
{
    pix_desc_t desc = pix_desc_default();
    desc.width_px = desc.height_px = 512;
    desc.noise = (pix_noise_t){.cds = true};
    desc.prnu = desc.dsnu_e = desc.dark_e_per_s = 0;
    desc.read_noise_e = desc.read_noise_at_gain1_e = 0;
    return desc;
}

typedef struct {
    double mean, sigma;
} level_t;

/* Of the green samples of red rows. */
static level_t level_of(const uint16_t *sample, pix_size_t size)
{
    double sum = 0, squares = 0, n = (double)size.width_px * size.height_px / 4;
    for (uint32_t y = 0; y < size.height_px; y += 2)
        for (uint32_t x = 1; x < size.width_px; x += 2) {
            double v = sample[y * size.width_px + x];
            sum += v / n;
            squares += v * v / n;
        }
    return (level_t){sum, sqrt(fmax(0, squares - sum * sum))};
}

static level_t measure(const pix_desc_t *desc, const case_t *c, uint32_t readout)
{
    bool binned = readout == AVERAGE || readout == SUM;
    pix_frame_t frame = die_latched(desc, binned ? DIE_BINNED : DIE_FULL, 1);
    frame.bin_sum = readout == SUM;
    frame.adc_bits = readout == TWELVE_BITS ? 12 : 10;
    frame.gain_code = c->gain_code;
    double e[PIX_COLORS], seconds = (double)pix_row_light_pck(&frame, 0) / (double)desc->clk_hz;
    pix_electrons_per_lux_s(desc, PIX_GREEN, e);
    die_t *die = die_new(desc, 1);
    die->lux[0] = die->lux[1] = die->lux[2] = (float)(c->e / seconds / (e[0] + e[1] + e[2]));
    uint16_t *sample = die_picture(die, &frame);
    level_t level = level_of(sample, pix_frame_size(&frame));
    free(sample);
    die_free(die);
    return level;
}

static void expect(const case_t *c, uint32_t readout, double got, double want)
{
    ck_assert_msg(fabs(got - want) <= c->share * fabs(want), "%s, %s: %g DN, expected %g", c->name,
                  names[readout], got, want);
}

/* Shot noise of c->e electrons a photosite comes on top, at gain 1. */
static double with_shot_noise(const case_t *c, uint32_t readout)
{
    static const double share[READOUTS] = {1, 1 / 4.0, 4, 4 * 4};
    return sqrt(c->want[readout] * c->want[readout] + GAIN1_DN * GAIN1_DN * c->e * share[readout]);
}

/* ---- what spreads ---- */

static void read_noise(pix_desc_t *d)
{
    d->read_noise_e = 4;
}

static void dsnu(pix_desc_t *d)
{
    d->dsnu_e = 4;
}

static void rows(pix_desc_t *d)
{
    d->read_noise_e = 0.4;
    d->noise.row_share = 10;
}

static void column_offset(pix_desc_t *d)
{
    d->noise.cds = false;
    d->noise.column_offset_dn = 8;
}

static void nothing(pix_desc_t *d)
{
    (void)d;
}

static void prnu(pix_desc_t *d)
{
    d->prnu = 0.1;
}

static void column_gain(pix_desc_t *d)
{
    d->noise.column_gain = 0.1;
}

/* 512 rows or columns give a sigma to 3 %, the 128 of a phase of binned ones to 6 %. */
/* clang-format off */
static const case_t spreads[] = {
    {"read noise", read_noise, 960, 0,
     {4 * GAIN16_DN, 2 * GAIN16_DN, 4 * GAIN16_DN, 16 * GAIN16_DN}, 0.03},
    {"DSNU", dsnu, 960, 0,
     {4 * GAIN16_DN, 2 * GAIN16_DN, 8 * GAIN16_DN, 16 * GAIN16_DN}, 0.03},
    {"row noise", rows, 960, 0,
     {4 * GAIN16_DN, 4 / ROOT2 * GAIN16_DN, 4 * GAIN16_DN, 16 * GAIN16_DN}, 0.17},
    {"column offset", column_offset, 0, 0, {8, 8 / ROOT2, 8, 32}, 0.17},
    {"shot noise", nothing, 0, 1000, {0}, 0.03},
    {"PRNU", prnu, 0, 1000, {100 * GAIN1_DN, 50 * GAIN1_DN, 200 * GAIN1_DN, 400 * GAIN1_DN}, 0.03},
    {"column gain", column_gain, 0, 1000, {100 * GAIN1_DN, 100 / ROOT2 * GAIN1_DN, 400 * GAIN1_DN, 400 * GAIN1_DN}, 0.17},
};
/* clang-format on */

START_TEST(what_spreads_is_averaged_or_added_as_its_place_in_the_readout_says)
{
    for (size_t i = 0; i < SIM_COUNT(spreads); i++)
        for (uint32_t readout = 0; readout < READOUTS; readout++) {
            pix_desc_t desc = quiet();
            spreads[i].set(&desc);
            expect(&spreads[i], readout, measure(&desc, &spreads[i], readout).sigma,
                   with_shot_noise(&spreads[i], readout));
        }
}
END_TEST

/* ---- what shifts ---- */

static void dark_current(pix_desc_t *d)
{
    d->dark_e_per_s = 5e4;
    d->dark_spread = 0;
    d->temperature_c = d->dark_at_c;
}

static void curve(pix_desc_t *d)
{
    d->noise.inl_dn = 0.5;
}

static void sun(pix_desc_t *d)
{
    d->dn_per_e = 0.025; /* a sum of four wells fits, too */
    d->noise.sun_share = 1;
    d->noise.sun_clamp_e = 500;
}

/* 5e4 e-/s in the default exposure of 1600 lines of 9398 clocks at 744 MHz: 1010.5 e-. The curve is
 * 0.5 DN of 10 bits off at u = (3 - sqrt 3) / 6 of its 959, 1717.4 e-; a sum of four such is at 4
 * u. Sun: a well of 8180 less 500. */
/* clang-format off */
static const case_t shifts[] = {
    {"dark current", dark_current, 0, 0, {119.24, 119.24, 476.98, 476.98}, 0.002},
    {"curve", curve, 0, 1717.4, {0.5, 0.5, -0.4686, 2}, 0.05},
    {"sun", sun, 0, 50000, {192, 192, 768, 768}, 0.002},
};
/* clang-format on */

START_TEST(what_shifts_is_that_of_one_photosite_or_of_all_that_are_added)
{
    for (size_t i = 0; i < SIM_COUNT(shifts); i++)
        for (uint32_t readout = 0; readout < READOUTS; readout++) {
            pix_desc_t desc = quiet(), without = quiet();
            shifts[i].set(&desc);
            double dark = readout == TWELVE_BITS ? 256 : 64;
            if (shifts[i].set == curve) /* the same charge, number by number, without it */
                dark = measure(&without, &shifts[i], readout).mean;
            expect(&shifts[i], readout, measure(&desc, &shifts[i], readout).mean - dark,
                   shifts[i].want[readout]);
        }
}
END_TEST

/* Of the same photosites: within the shot noise of 65536 x 1010 e-, 0.012 %. */
START_TEST(an_average_has_the_mean_dark_current_of_its_photosites)
{
    static const case_t dark = {.name = "dark current"};
    pix_desc_t desc = quiet();
    dark_current(&desc);
    desc.dark_spread = 0.4;
    double one = measure(&desc, &dark, ONE).mean - 64;
    ck_assert_double_eq_tol(measure(&desc, &dark, AVERAGE).mean - 64, one, 0.0006 * one);
    ck_assert_double_eq_tol(measure(&desc, &dark, SUM).mean - 64, 4 * one, 4 * 0.0006 * one);
}
END_TEST

TEST_MAIN("pixel scale", what_spreads_is_averaged_or_added_as_its_place_in_the_readout_says,
          what_shifts_is_that_of_one_photosite_or_of_all_that_are_added,
          an_average_has_the_mean_dark_current_of_its_photosites)
