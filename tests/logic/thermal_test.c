/*
 * thermal_test.c - temperature of the stack: the closed form of an RC, heat that is kept, profiles.
 */
#include <math.h>

#include "logic/thermal.h"
#include "tests/test.h"

#define MS SIM_PS_PER_MS
#define ZERO_C 273.15

static sim_t *sim;
static thermal_t thermal;
static uint64_t (*energy_at)(uint64_t time_ps);

/* 0.4 W. */
static uint64_t steady(uint64_t time_ps)
{
    return time_ps * 400;
}

static uint64_t nothing(uint64_t time_ps)
{
    (void)time_ps;
    return 0;
}

/* 1.2 W in every third 10 ms. */
static uint64_t pulses(uint64_t time_ps)
{
    uint64_t period = time_ps / (30 * MS), inside = time_ps % (30 * MS);
    inside = inside < 10 * MS ? inside : 10 * MS;
    return (period * 10 * MS + inside) * 1200;
}

static uint64_t energy_fj(void *ctx)
{
    (void)ctx;
    return energy_at(sim_now_ps(sim));
}

/* 50 K/W x 0.02 J/K: a second. */
static thermal_desc_t quick(int32_t ambient_mc)
{
    thermal_desc_t desc = thermal_desc_default();
    desc.self_heating = true;
    desc.profile[0].mc = desc.start_mc = ambient_mc;
    desc.points = 1;
    desc.r_mk_per_w = 50000;
    desc.c_uj_per_k = 20000;
    desc.step_us = 1000;
    return desc;
}

static void make(const thermal_desc_t *desc, uint64_t (*energy)(uint64_t time_ps))
{
    sim = sim_new();
    ck_assert_int_eq(thermal_init(&thermal, sim, desc, "th"), SIM_OK);
    thermal.energy_fj = energy_fj;
    energy_at = energy;
    ck_assert_int_eq(sim_check(sim), SIM_OK);
    sim_reset(sim);
    ck_assert_int_eq(sim_start(sim), SIM_OK);
}

static double die_c(uint64_t time_ps)
{
    sim_run_until_ps(sim, time_ps);
    return (double)thermal_die_uc(&thermal) * 1e-6;
}

START_TEST(a_share_is_that_of_the_exponential)
{
    static const uint64_t whole = UINT64_C(1000000000000);
    static const uint64_t part[] = {1, 17, 1000000, 999999937, 10000000000, 333333333333, whole};
    for (size_t i = 0; i < SIM_COUNT(part); i++) {
        double expected = -expm1(-(double)part[i] / (double)whole);
        double share = (double)thermal_share(part[i], whole) / 0x1p62;
        /* a unit of 2^-62 or two, and what a double holds */
        ck_assert_double_eq_tol(share, expected, 2 * 0x1p-62 + 1e-15 * expected);
    }
    ck_assert_uint_eq(thermal_share(0, 7), 0);
    ck_assert_double_eq_tol((double)thermal_share(7, 7) / 0x1p62, 1 - exp(-1), 1e-15);
}
END_TEST

static void check_response(const thermal_desc_t *desc, double watt, double from_c, double to_s)
{
    double r = desc->r_mk_per_w * 1e-3, tau = r * desc->c_uj_per_k * 1e-6;
    double ambient_c = desc->profile[0].mc * 1e-3;
    for (int i = 1; i <= 20; i++) {
        uint64_t step_ps = desc->step_us * SIM_PS_PER_US;
        uint64_t at_ps = (uint64_t)(to_s * i / 20 * 1e12) / step_ps * step_ps;
        double end_c = ambient_c + watt * r;
        double expected = from_c + (end_c - from_c) * -expm1(-(double)at_ps * 1e-12 / tau);
        ck_assert_double_eq_tol(die_c(at_ps), expected, 1e-4);
    }
}

START_TEST(steady_power_warms_up_along_the_closed_form)
{
    static const uint32_t step_us[] = {100, 1000, 7000, 1000000}; /* at most RC, a second */
    for (size_t i = 0; i < SIM_COUNT(step_us); i++) {
        thermal_desc_t desc = quick(25000);
        desc.step_us = step_us[i];
        make(&desc, steady);
        ck_assert(die_c(0) == 25);
        check_response(&desc, 0.4, 25, 8);
        ck_assert_double_eq_tol(die_c(20 * SIM_PS_PER_S), 25 + 0.4 * 50, 1e-5);
        sim_free(sim);
    }
}
END_TEST

START_TEST(a_slow_and_heavy_stack_follows_the_same_form)
{
    thermal_desc_t desc = quick(-20000);
    desc.c_uj_per_k = 1000000000; /* 1 kJ/K: 13.9 hours, steps of 2 x 10^-8 of that */
    make(&desc, steady);
    check_response(&desc, 0.4, -20, 50);
    sim_free(sim);
}
END_TEST

START_TEST(what_is_warm_cools_and_what_is_cold_warms_without_power)
{
    static const int32_t start_mc[] = {85000, -40000};
    for (size_t i = 0; i < SIM_COUNT(start_mc); i++) {
        thermal_desc_t desc = quick(20000);
        desc.start_mc = start_mc[i];
        make(&desc, nothing);
        check_response(&desc, 0, start_mc[i] * 1e-3, 8);
        sim_free(sim);
    }
}
END_TEST

START_TEST(the_surroundings_may_change)
{
    thermal_desc_t desc = quick(20000);
    desc.profile[1] = (thermal_point_t){10 * SIM_PS_PER_S, 20000};
    desc.profile[2] = (thermal_point_t){110 * SIM_PS_PER_S, 70000}; /* 0.5 K/s */
    desc.points = 3;
    make(&desc, steady);
    ck_assert_double_eq_tol(die_c(10 * SIM_PS_PER_S), 40, 0.001);
    /* a ramp is followed a time constant late */
    ck_assert_double_eq_tol(die_c(60 * SIM_PS_PER_S), 40 + 0.5 * 49, 0.001);
    ck_assert_double_eq_tol(die_c(130 * SIM_PS_PER_S), 90, 0.001);
    sim_free(sim);
}
END_TEST

/* In: what was consumed. Stored: C times the rise. Out: through R, by trapezoids, which are off by
 * (step / RC)^2 / 12 of what changes. */
START_TEST(heat_that_comes_in_is_kept_or_leaves)
{
    thermal_desc_t desc = quick(25000);
    make(&desc, pulses);
    double before_c = 25, out_j = 0, most_c = 0;
    for (uint64_t n = 1; n <= 5000; n++) {
        double now_c = die_c(n * MS);
        out_j += ((before_c + now_c) / 2 - 25) / 50 * 1e-3;
        before_c = now_c;
        most_c = fmax(most_c, now_c);
    }
    double in_j = (double)pulses(5000 * MS) * 1e-15, stored_j = 0.02 * (before_c - 25);
    ck_assert_double_eq_tol(in_j, 2.004, 1e-9); /* 167 pulses of 12 mJ */
    ck_assert_double_eq_tol(stored_j + out_j, in_j, 1e-6 * in_j);
    ck_assert_uint_eq(thermal.most_mk, (uint64_t)((most_c + ZERO_C) * 1000));
    sim_free(sim);
}
END_TEST

START_TEST(pulses_ripple_about_their_mean)
{
    thermal_desc_t desc = quick(25000);
    make(&desc, pulses);
    double low_c = 1e9, high_c = -1e9;
    (void)die_c(15000 * MS);
    for (uint64_t n = 1; n <= 30; n++) {
        double now_c = die_c((15000 + n) * MS);
        low_c = fmin(low_c, now_c);
        high_c = fmax(high_c, now_c);
    }
    /* between pulses it falls by 1 - exp(-20 ms / 1 s) of its height above the ambient */
    double high = 60 * expm1(-0.01) / expm1(-0.03), low = high * exp(-0.02);
    ck_assert_double_eq_tol(high_c, 25 + high, 1e-3);
    ck_assert_double_eq_tol(low_c, 25 + low, 1e-3);
    sim_free(sim);
}
END_TEST

START_TEST(a_step_counts_when_its_instant_is_over)
{
    thermal_desc_t desc = quick(25000);
    make(&desc, steady);
    ck_assert(die_c(1 * MS - 1) == 25);
    double first_c = die_c(1 * MS);
    ck_assert_double_eq_tol(first_c, 25 - 20 * expm1(-0.001), 1e-6);
    ck_assert(die_c(2 * MS - 1) == first_c);
    ck_assert_uint_eq(thermal.start_mk, 298150);
    ck_assert_uint_eq(thermal.now_mk, 298169); /* 19.990 mK warmer */
    sim_free(sim);
}
END_TEST

static uint64_t too_much(uint64_t time_ps)
{
    return time_ps * 100000; /* 100 W */
}

START_TEST(heat_beyond_reason_is_held_at_the_highest_temperature)
{
    thermal_desc_t desc = quick(25000);
    make(&desc, too_much);
    ck_assert_double_eq_tol(die_c(20 * SIM_PS_PER_S), 200, 1e-5);
    sim_free(sim);
}
END_TEST

START_TEST(a_profile_is_straight_between_its_points)
{
    thermal_desc_t desc = thermal_desc_default();
    desc.profile[0] = (thermal_point_t){1 * SIM_PS_PER_S, 20000};
    desc.profile[1] = (thermal_point_t){3 * SIM_PS_PER_S, 60000};
    desc.profile[2] = (thermal_point_t){4 * SIM_PS_PER_S, 10000};
    desc.points = 3;
    ck_assert_int_eq(thermal_profile_mc(&desc, 0), 20000);
    ck_assert_int_eq(thermal_profile_mc(&desc, SIM_PS_PER_S), 20000);
    ck_assert_int_eq(thermal_profile_mc(&desc, SIM_PS_PER_S * 3 / 2), 30000);
    ck_assert_int_eq(thermal_profile_mc(&desc, 3 * SIM_PS_PER_S), 60000);
    ck_assert_int_eq(thermal_profile_mc(&desc, SIM_PS_PER_S * 7 / 2), 35000);
    ck_assert_int_eq(thermal_profile_mc(&desc, 100 * SIM_PS_PER_S), 10000);
}
END_TEST

START_TEST(without_self_heating_the_dies_are_as_the_profile_says)
{
    thermal_desc_t desc = thermal_desc_default();
    thermal_fix(&desc, -10.0004);
    desc.profile[1] = (thermal_point_t){2 * SIM_PS_PER_S, 30000};
    desc.profile[2] = (thermal_point_t){3 * SIM_PS_PER_S, 20000};
    desc.points = 3;
    make(&desc, steady);
    thermal.energy_fj = NULL;
    ck_assert(die_c(0) == -10);
    ck_assert(die_c(SIM_PS_PER_S) == 10);
    ck_assert(die_c(5 * SIM_PS_PER_S) == 20);
    ck_assert(sim_next_event_ps(sim) == SIM_NEVER_PS);
    (void)sim_state_hash(sim); /* settles */
    ck_assert_uint_eq(thermal.start_mk, 263150);
    ck_assert_uint_eq(thermal.most_mk, 303150);
    ck_assert_uint_eq(thermal.now_mk, 293150);
    sim_free(sim);
}
END_TEST

START_TEST(degrees_become_the_nearest_thousandth)
{
    ck_assert_int_eq(thermal_mc(44.3), 44300);
    ck_assert_int_eq(thermal_mc(-0.0006), -1);
    ck_assert_int_eq(thermal_mc(-0.0004), 0);
}
END_TEST

static void refused(const thermal_desc_t *desc, const char *part)
{
    sim_t *s = sim_new();
    thermal_t t;
    ck_assert_int_eq(thermal_init(&t, s, desc, "t"), SIM_EDESC);
    ck_assert_msg(strstr(sim_error(s), part) != NULL, "%s", sim_error(s));
    sim_free(s);
}

START_TEST(descriptions_out_of_range_are_refused)
{
    thermal_desc_t d = thermal_desc_default();
    refused(&d, "t.profile: 0 points");
    d = quick(20000);
    d.points = THERMAL_MAX_POINTS + 1;
    refused(&d, "t.profile: 65 points");
    d.points = 2;
    d.profile[1] = d.profile[0];
    refused(&d, "t.profile[1]: not after");
    d.profile[1] = (thermal_point_t){5, 200001};
    refused(&d, "t.profile[1]: 200001");
    d = quick(20000);
    d.start_mc = -100001;
    refused(&d, "t.start_mc: -100001");
    d = quick(20000);
    d.r_mk_per_w = 0;
    refused(&d, "R 0 mK/W");
    d = quick(20000);
    d.c_uj_per_k = 19; /* 0.95 ms */
    refused(&d, "t.step_us: 1000");
    d = quick(20000);
    d.step_us = 9;
    refused(&d, "t.step_us: 9");
}
END_TEST

START_TEST(self_heating_without_a_meter_is_refused)
{
    thermal_desc_t desc = quick(20000);
    thermal_t t;
    sim_t *s = sim_new();
    ck_assert_int_eq(thermal_init(&t, s, &desc, "t"), SIM_OK);
    ck_assert_int_eq(sim_check(s), SIM_EWIRE);
    ck_assert_str_eq(sim_error(s), "t.energy_fj: not connected");
    sim_free(s);
}
END_TEST

TEST_MAIN("logic thermal", a_share_is_that_of_the_exponential,
          steady_power_warms_up_along_the_closed_form, a_slow_and_heavy_stack_follows_the_same_form,
          what_is_warm_cools_and_what_is_cold_warms_without_power, the_surroundings_may_change,
          heat_that_comes_in_is_kept_or_leaves, pulses_ripple_about_their_mean,
          a_step_counts_when_its_instant_is_over,
          heat_beyond_reason_is_held_at_the_highest_temperature,
          a_profile_is_straight_between_its_points,
          without_self_heating_the_dies_are_as_the_profile_says,
          degrees_become_the_nearest_thousandth, descriptions_out_of_range_are_refused,
          self_heating_without_a_meter_is_refused)
