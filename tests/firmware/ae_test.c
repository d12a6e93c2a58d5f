/*
 * ae_test.c - auto exposure against a sensor of one line: brightness = light x time x gains,
 * clipped at full scale, settings two frames late.
 */
#include "tests/test.h"

#include <math.h>

#include "firmware/include/ae.h"
#include "sim/rng.h"

enum { SIDE = 64, TARGET = 737, DELAY = 2, FULL = 4095, SATURATED = 3800, CLIP_DN = 3836 };

static const ae_limits_t limits = {
    .coarse_min = 8, .coarse_max = 2615, .gain_code_max = 978, .digital_max = 1024};

static stats_zones_t zones;
static uint32_t bins[AE_COLORS][AE_BINS];
static const ae_hist_t hist = {bins[0], SIDE *SIDE, SATURATED / 32};

/* Every zone of 4 x 4 cells has this brightness, or none of it, saturated. */
static void fill(uint32_t dn)
{
    zones.width = zones.height = SIDE;
    for (uint32_t z = 0; z < ZONES; z++) {
        uint32_t count = dn > SATURATED ? 0 : 16;
        zones.zone[z] = (stats_zone_t){dn * count, 2 * dn * count, dn * count, count};
    }
}

/* ---- arithmetic ---- */

START_TEST(logarithms_and_powers_are_right_within_what_they_say)
{
    sim_stream_t s = sim_stream(1, 2, 3);
    ck_assert_int_eq(fx_log2(0), 0);
    for (uint32_t i = 0; i < 32; i++)
        ck_assert_int_eq(fx_log2(1u << i), (int32_t)(i << 16));
    for (int i = 0; i < 100000; i++) {
        uint32_t x = sim_stream_u32(&s) >> sim_stream_below(&s, 31);
        double off = fx_log2(x) - 65536.0 * log2(x > 0 ? x : 1);
        ck_assert_msg(off >= -15 && off <= 1, "log2(%u): %g", x, off);
        int32_t power = (int32_t)sim_stream_below(&s, 32 << 16) - (16 << 16);
        double exact = 65536.0 * exp2(power / 65536.0);
        off = fx_exp2(power) - exact;
        ck_assert_msg(off >= -1 - 3e-5 * exact && off <= 1 + 7e-5 * exact, "2^%d: %g", power, off);
    }
    ck_assert_uint_eq(fx_exp2(16 << 16), UINT32_MAX);
    ck_assert_uint_eq(fx_exp2(-(40 << 16)), 0);
}
END_TEST

/* ---- metering ---- */

static uint32_t meter(ae_metering_t metering)
{
    const ae_t ae = {.target = TARGET, .metering = metering, .clip = 100};
    return ae_meter(&ae, &zones, ae_highlights(&ae, &hist));
}

/* Weights of a row are 1 1 2 2 3 3 4 4 and back: 40; 1600 in all, 16 of each zone in the middle. */
START_TEST(the_middle_counts_sixteen_times_a_corner)
{
    fill(1000);
    ck_assert_uint_eq(meter(AE_CENTER), 1000 << 8);
    fill(0);
    zones.zone[0].g = 2 * 16 * 1000;
    ck_assert_uint_eq(meter(AE_CENTER), 160); /* 1000 / 1600 */
    zones.zone[0].g = 0;
    zones.zone[7 * ZONES_SIDE + 8].g = 2 * 16 * 1000;
    ck_assert_uint_eq(meter(AE_CENTER), 10 << 8); /* 16000 / 1600 */
}
END_TEST

START_TEST(for_the_average_all_zones_count_alike)
{
    fill(1000);
    ck_assert_uint_eq(meter(AE_AVERAGE), 1000 << 8);
    for (uint32_t z = 0; z < ZONES; z += 17) {
        fill(0);
        zones.zone[z].g = 2 * 16 * 1000;
        ck_assert_uint_eq(meter(AE_AVERAGE), 1000); /* 1000 / 256, 20.8 */
    }
}
END_TEST

/* So many cells of a color in bin 119 (3808 to 3839), the rest in bin 10 (320 to 351). */
static void fill_hist(uint32_t color, uint32_t bright)
{
    memset(bins[color], 0, sizeof(bins[color]));
    bins[color][119] = bright;
    bins[color][10] = SIDE * SIDE - bright;
}

/* 1 % of 4096 cells: 40. 10 x 3824 + 30 x 336 over 40: 1208; x 737 / 3400: 261.9, 67034 / 256. */
START_TEST(the_brightest_samples_count_when_their_mean_is_above_its_bound)
{
    for (uint32_t color = 0; color < AE_COLORS; color++) {
        for (uint32_t c = 0; c < AE_COLORS; c++)
            fill_hist(c, c == color ? 10 : 0);
        fill(100);
        ck_assert_uint_eq(meter(AE_CENTER), 100 << 8);
        ck_assert_uint_eq(meter(AE_HIGHLIGHTS), 67034);
        fill(1000);
        ck_assert_uint_eq(meter(AE_HIGHLIGHTS), 1000 << 8); /* the mean is above its own */
        fill(100);
        fill_hist(color, 36); /* 36 x 3824 + 4 x 336 over 40: 3475; x 737 / 3400: 753.3 */
        ck_assert_uint_eq(meter(AE_HIGHLIGHTS), 192833);
        fill_hist(color, 37); /* 3562: too high; + 37 x 4095 over 40: 7350; 1593.2 */
        ck_assert_uint_eq(meter(AE_HIGHLIGHTS), 407864);
        fill_hist(color, 40); /* 3824 + 4095; 1716.6 */
        ck_assert_uint_eq(meter(AE_HIGHLIGHTS), 439439);
    }
}
END_TEST

START_TEST(saturated_cells_count_as_full_scale)
{
    fill(SATURATED + 1);
    ck_assert_uint_eq(meter(AE_CENTER), FULL << 8);
    fill(1000);
    for (uint32_t z = 0; z < ZONES; z++) { /* half of the cells */
        zones.zone[z].g /= 2;
        zones.zone[z].count /= 2;
    }
    ck_assert_uint_eq(meter(AE_CENTER), (1000 + FULL) * 128);
    zones.width = 0;
    ck_assert_uint_eq(meter(AE_CENTER), 0);
}
END_TEST

/* ---- time and gains ---- */

static ae_exposure_t split(double total, const ae_limits_t *l)
{
    return ae_split((int32_t)(total * 65536), l);
}

static void split_is(ae_exposure_t e, uint32_t coarse, uint32_t code, uint32_t digital)
{
    ck_assert_msg(e.coarse == coarse && e.gain_code == code && e.digital == digital,
                  "%u lines, code %u, %u, not %u, %u, %u", e.coarse, e.gain_code, e.digital, coarse,
                  code, digital);
}

START_TEST(time_comes_first_then_analog_then_digital_gain)
{
    ae_limits_t l = limits;
    l.coarse_max = 2048;
    split_is(split(10, &l), 1024, 0, 256);
    split_is(split(11, &l), 2048, 0, 256);
    split_is(split(12, &l), 2048, 512, 256);  /* 1024 / 512 = 2 */
    split_is(split(15, &l), 2048, 960, 256);  /* 16 */
    split_is(split(20, &l), 2048, 978, 1024); /* all there is */
    split_is(split(0, &l), 8, 0, 256);        /* no less */
    l.gain_code_max = 768;                    /* 4 */
    split_is(split(14, &l), 2048, 768, 512);
}
END_TEST

START_TEST(what_a_host_wrote_is_taken_as_the_pixel_die_takes_it)
{
    const ae_exposure_t low = {0, 0, 0}, high = {65535, 65535, 65535}, fine = {100, 512, 300};
    split_is(ae_taken(low, &limits), 8, 0, 256);
    split_is(ae_taken(high, &limits), 2615, 978, 65535);
    split_is(ae_taken(fine, &limits), 100, 512, 300);
}
END_TEST

/* 100.5 lines each half period. */
START_TEST(without_flicker_times_are_whole_half_periods_from_one_on)
{
    ae_limits_t l = limits;
    l.flicker_lines_q8 = 25728;
    ck_assert_uint_eq(split(log2(90.5), &l).coarse, 90);
    ck_assert_uint_eq(split(log2(150), &l).coarse, 100);
    ck_assert_uint_eq(split(log2(202.5), &l).coarse, 201);
    ck_assert_uint_eq(split(log2(1010), &l).coarse, 1005);
    l.coarse_max = 250;
    ck_assert_uint_eq(split(log2(1010), &l).coarse, 201);
    l.coarse_max = 50;
    ck_assert_uint_eq(split(log2(1010), &l).coarse, 50); /* shorter than one: it flickers */
}
END_TEST

START_TEST(what_is_split_is_what_was_asked_for_as_finely_as_codes_are)
{
    ae_limits_t l = limits;
    for (int flicker = 0; flicker < 2; flicker++) {
        l.flicker_lines_q8 = flicker ? 202701 : 0; /* 791.8 lines */
        for (int32_t total = 3 << 16; total < (int32_t)(17.5 * 65536); total += 997) {
            ae_exposure_t e = ae_split(total, &l);
            double gain = 1024.0 / (1024 - e.gain_code) * e.digital / 256;
            double off = exp2(total / 65536.0) / (e.coarse * gain);
            double step = 1.0 / (1024 - e.gain_code); /* from one gain to the next */
            bool fine = off > 1 - 0.5 * step - 0.001 && off < 1 + 0.5 * step + 0.001;
            if (e.gain_code == l.gain_code_max)
                fine = off > 1 - 0.5 * step - 0.001 && off < 1.005;
            ck_assert_msg(fine, "%g: %u %u %u", total / 65536.0, e.coarse, e.gain_code, e.digital);
            ck_assert(fabs(ae_total(&e) / 65536.0 - log2(e.coarse * gain)) < 0.001);
        }
    }
}
END_TEST

/* ---- control ---- */

typedef struct {
    ae_t ae;
    ae_exposure_t shows[DELAY + 1]; /* of this frame and the next ones */
    uint32_t frame, changes;
    double dn; /* of the frame before, where nothing clips */
    uint32_t lamp_cells;
    double lamp; /* times as bright as the rest */
} plant_t;

static void plant_init(plant_t *p, ae_exposure_t first)
{
    *p = (plant_t){0};
    ae_init(&p->ae, TARGET);
    p->ae.limits = limits;
    ae_wrote(&p->ae, &first, 0, true);
    for (int i = 0; i <= DELAY; i++)
        p->shows[i] = first;
}

static uint32_t bin_of(double dn)
{
    return (uint32_t)(dn < CLIP_DN ? dn : CLIP_DN) / 32;
}

/* The lamp is somewhere at the edge: zones do not see it. */
static void show(const plant_t *p)
{
    fill((uint32_t)(p->dn < FULL ? p->dn + 0.5 : FULL));
    memset(bins, 0, sizeof(bins));
    for (uint32_t c = 0; c < AE_COLORS; c++) {
        bins[c][bin_of(p->dn)] += SIDE * SIDE - p->lamp_cells;
        bins[c][bin_of(p->dn * p->lamp)] += p->lamp_cells;
    }
}

/* One frame under `light` DN a line at gain 1; what is decided on it shows DELAY frames later. */
static void expose(plant_t *p, double light)
{
    const ae_exposure_t *e = &p->shows[0];
    ae_exposure_t next;
    p->dn = light * e->coarse * 1024 / (1024 - e->gain_code) * e->digital / 256;
    show(p);
    uint32_t dn = ae_highlights(&p->ae, &hist);
    bool write = ae_step(&p->ae, p->frame, ae_meter(&p->ae, &zones, dn), &next);
    if (write)
        ae_wrote(&p->ae, &next, p->frame + DELAY, true);
    p->changes += write;
    memmove(p->shows, p->shows + 1, DELAY * sizeof(p->shows[0]));
    if (write)
        p->shows[DELAY - 1] = next;
    p->shows[DELAY] = p->shows[DELAY - 1];
    p->frame++;
}

/* Frames until it is within 10 % for good, of 40; `beyond`: farthest on the other side, a share. */
static uint32_t settle(plant_t *p, double light, bool up, double *beyond)
{
    uint32_t frames = 0;
    *beyond = 0;
    for (uint32_t n = 0; n < 40; n++) {
        expose(p, light);
        double share = p->dn / TARGET, over = up ? 1 - share : share - 1;
        if (fabs(share - 1) > 0.1)
            frames = n + 1;
        *beyond = over > *beyond ? over : *beyond;
    }
    return frames;
}

/* Dark to bright clips at 2.5 stops above: two rounds of two frames. */
START_TEST(four_stops_either_way_settle_in_five_frames_and_never_swing_over)
{
    const ae_exposure_t first = {1000, 0, 256};
    double beyond, light = (double)TARGET / 1000;
    plant_t p;
    plant_init(&p, first);
    for (int round = 0; round < 3; round++) {
        ck_assert_uint_le(settle(&p, light, true, &beyond), round == 0 ? 0 : 4);
        uint32_t changes = p.changes;
        ck_assert_uint_eq(settle(&p, light / 16, false, &beyond), DELAY);
        ck_assert_msg(beyond < 0.01, "%g beyond", beyond);
        ck_assert_uint_eq(p.changes - changes, 1);
        changes = p.changes;
        ck_assert_uint_eq(settle(&p, light, true, &beyond), 2 * DELAY);
        ck_assert_msg(beyond < 0.01, "%g beyond", beyond);
        ck_assert_uint_eq(p.changes - changes, 2);
        ck_assert(ae_settled(&p.ae));
    }
}
END_TEST

START_TEST(any_step_settles_and_then_nothing_moves)
{
    sim_stream_t s = sim_stream(7, 7, 7);
    plant_t p;
    plant_init(&p, (ae_exposure_t){1000, 0, 256});
    for (int i = 0; i < 300; i++) {
        /* 28 to 2^15 lines would do: 5 stops of time, 4 of gain within the limits */
        double light = TARGET / exp2(5 + 10 * (double)sim_stream_unit(&s)), beyond;
        uint32_t frames = settle(&p, light, false, &beyond);
        ck_assert_msg(frames <= 12, "%u frames at light %g", frames, light);
        uint32_t changes = p.changes;
        for (int n = 0; n < 10; n++)
            expose(&p, light);
        ck_assert_uint_eq(p.changes, changes);
        ck_assert(ae_settled(&p.ae) && !p.ae.at_limit);
    }
}
END_TEST

/* Any lamp: up to 5 % of the frame, up to 10 stops brighter, where 1 % may clip (40 cells). It
 * comes to rest, with the rest of the frame or the brightest 1 % at their bounds, whichever is
 * first. */
START_TEST(highlights_of_any_lamp_settle_with_less_than_their_share_clipped)
{
    sim_stream_t s = sim_stream(9, 9, 9);
    plant_t p;
    plant_init(&p, (ae_exposure_t){1000, 0, 256});
    p.ae.metering = AE_HIGHLIGHTS;
    p.ae.clip = 100;
    for (int i = 0; i < 500; i++) {
        double light = TARGET / exp2(12 + 3 * (double)sim_stream_unit(&s));
        p.lamp_cells = sim_stream_below(&s, 200);
        p.lamp = exp2(10 * (double)sim_stream_unit(&s));
        for (int n = 0; n < 300; n++)
            expose(&p, light);
        uint32_t changes = p.changes;
        for (int n = 0; n < 10; n++)
            expose(&p, light);
        ck_assert_uint_eq(p.changes, changes);
        double lamp_dn = fmin(p.dn * p.lamp, CLIP_DN);
        double top = fmin(p.lamp_cells / 40.0, 1);
        double bright = top * lamp_dn + (1 - top) * p.dn; /* of the brightest 40 cells */
        double error = fmax(log2(p.dn / TARGET), log2(bright / AE_HIGHLIGHT));
        ck_assert_msg(fabs(error) < 0.08, "%u cells x %g: %g, %g", p.lamp_cells, p.lamp, p.dn,
                      bright);
        ck_assert(p.lamp_cells < 40 || lamp_dn < SATURATED);
    }
}
END_TEST

START_TEST(noise_of_three_percent_moves_nothing)
{
    sim_stream_t s = sim_stream(8, 8, 8);
    plant_t p;
    plant_init(&p, (ae_exposure_t){1000, 0, 256});
    for (int i = 0; i < 1000; i++)
        expose(&p, TARGET / 1000.0 * (0.97 + 0.06 * (double)sim_stream_unit(&s)));
    ck_assert_uint_eq(p.changes, 0);
}
END_TEST

START_TEST(too_dark_or_too_bright_ends_at_the_limit_and_counts_as_settled)
{
    plant_t p;
    plant_init(&p, (ae_exposure_t){1000, 0, 256});
    for (int i = 0; i < 20; i++)
        expose(&p, 1e-4);
    ck_assert(p.ae.at_limit && ae_settled(&p.ae));
    split_is(p.shows[0], limits.coarse_max, limits.gain_code_max, limits.digital_max);
    for (int i = 0; i < 30; i++)
        expose(&p, 1e4);
    ck_assert(p.ae.at_limit && ae_settled(&p.ae));
    split_is(p.shows[0], limits.coarse_min, 0, 256);
    for (int i = 0; i < 20; i++)
        expose(&p, TARGET / 500.0);
    ck_assert(!p.ae.at_limit && ae_settled(&p.ae));
}
END_TEST

START_TEST(a_frame_whose_settings_are_not_known_is_not_judged)
{
    ae_t ae;
    ae_exposure_t e = {1000, 0, 256}, next;
    ae_init(&ae, TARGET);
    ae.limits = limits;
    ae_wrote(&ae, &e, 10, true);
    ck_assert(!ae_step(&ae, 9, TARGET << 4, &next)); /* before all that is known */
    ck_assert(ae_step(&ae, 10, TARGET << 4, &next)); /* a sixteenth: four stops more */
    ck_assert(fabs(ae_total(&next) / 65536.0 - log2(16000)) < 0.01);
    ae_wrote(&ae, &next, 12, false);
    ck_assert(!ae_step(&ae, 11, TARGET << 4, &next)); /* decided already */
    ck_assert(!ae_step(&ae, 12, TARGET << 4, &next)); /* either of the two */
    ck_assert(ae_step(&ae, 13, TARGET << 6, &next));  /* a quarter with the newer one */
    ck_assert(fabs(ae_total(&next) / 65536.0 - log2(64000)) < 0.01);
}
END_TEST

TEST_MAIN("firmware auto exposure", logarithms_and_powers_are_right_within_what_they_say,
          the_middle_counts_sixteen_times_a_corner, for_the_average_all_zones_count_alike,
          the_brightest_samples_count_when_their_mean_is_above_its_bound,
          saturated_cells_count_as_full_scale, time_comes_first_then_analog_then_digital_gain,
          what_a_host_wrote_is_taken_as_the_pixel_die_takes_it,
          without_flicker_times_are_whole_half_periods_from_one_on,
          what_is_split_is_what_was_asked_for_as_finely_as_codes_are,
          four_stops_either_way_settle_in_five_frames_and_never_swing_over,
          any_step_settles_and_then_nothing_moves,
          highlights_of_any_lamp_settle_with_less_than_their_share_clipped,
          noise_of_three_percent_moves_nothing,
          too_dark_or_too_bright_ends_at_the_limit_and_counts_as_settled,
          a_frame_whose_settings_are_not_known_is_not_judged)
