/*
 * time_test.c - edges of clocks and times as text.
 */
#include "sim/rng.h"
#include "sim/time.h"
#include "tests/test.h"

/* a * b as two words by schoolbook multiplication: independent of the 128-bit type. */
typedef struct {
    uint64_t high, low;
} wide_t;

static wide_t multiply(uint64_t a, uint64_t b)
{
    uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    uint64_t low = a0 * b0, cross1 = a1 * b0, cross2 = a0 * b1;
    uint64_t middle = (low >> 32) + (uint32_t)cross1 + (uint32_t)cross2;
    return (wide_t){a1 * b1 + (cross1 >> 32) + (cross2 >> 32) + (middle >> 32),
                    middle << 32 | (uint32_t)low};
}

static bool at_most(wide_t a, wide_t b)
{
    return a.high < b.high || (a.high == b.high && a.low <= b.low);
}

static uint64_t random64(sim_stream_t *s)
{
    uint64_t high = sim_stream_u32(s);
    return (high << 32 | sim_stream_u32(s)) >> sim_stream_below(s, 64);
}

/* edge <= n * 1e12 / hz < edge + 1 */
START_TEST(an_edge_is_the_floor_of_its_exact_time)
{
    sim_stream_t s = sim_stream(1, 2, 3);
    uint32_t saturated = 0;
    for (int i = 0; i < 200000; i++) {
        uint64_t n = random64(&s), hz = random64(&s) | 1;
        uint64_t edge = sim_edge_ps(n, hz);
        wide_t exact = multiply(n, SIM_PS_PER_S);
        ck_assert(at_most(multiply(edge, hz), exact));
        if (edge == SIM_NEVER_PS)
            saturated++;
        else
            ck_assert(!at_most(multiply(edge + 1, hz), exact));
    }
    ck_assert_uint_gt(saturated, 1000);
    ck_assert_uint_lt(saturated, 150000);
}
END_TEST

START_TEST(known_clocks_have_known_edges)
{
    ck_assert_uint_eq(sim_edge_ps(0, 262500000), 0);
    ck_assert_uint_eq(sim_edge_ps(1, 262500000), 3809); /* 80000 / 21 = 3809.52 */
    ck_assert_uint_eq(sim_edge_ps(2, 262500000), 7619); /* not 7618 */
    ck_assert_uint_eq(sim_edge_ps(21, 262500000), 80000);
    ck_assert_uint_eq(sim_edge_ps(7, 400000000), 17500);
    ck_assert_uint_eq(sim_edge_ps(9398, 744000000), 12631720); /* 12.6317204 us: one line */
    ck_assert_uint_eq(sim_edge_ps(3, 1), 3 * SIM_PS_PER_S);
}
END_TEST

START_TEST(clocks_do_not_drift_after_a_million_million_edges)
{
    const uint64_t n = UINT64_C(1000000000000);
    /* 1e24 / 262.5e6 = 3 809 523 809 523 809.52 */
    ck_assert_uint_eq(sim_edge_ps(n, 262500000), UINT64_C(3809523809523809));
    for (uint64_t i = 0; i < 1000; i++) /* 21 edges are 80,000 ps, there as at the start */
        ck_assert_uint_eq(sim_edge_ps(21 * n + i, 262500000),
                          UINT64_C(80000) * n + sim_edge_ps(i, 262500000));
}
END_TEST

START_TEST(edges_beyond_the_end_of_time_saturate)
{
    ck_assert(sim_edge_ps(UINT64_MAX, 1) == SIM_NEVER_PS);
    ck_assert(sim_edge_ps(18446745, 1) == SIM_NEVER_PS); /* 2^64 ps is 18446744.07 s */
    ck_assert_uint_eq(sim_edge_ps(18446744, 1), UINT64_C(18446744000000000000));
    ck_assert_uint_eq(sim_edge_ps(UINT64_MAX, SIM_PS_PER_S), UINT64_MAX);
    ck_assert_uint_eq(sim_edge_at_or_after(UINT64_MAX, UINT64_MAX), UINT64_MAX);
    ck_assert_uint_eq(sim_cycles_at(UINT64_MAX, UINT64_MAX), UINT64_MAX);
}
END_TEST

START_TEST(edge_at_or_after_is_the_first_such_edge)
{
    sim_stream_t s = sim_stream(4, 5, 6);
    for (int i = 0; i < 100000; i++) {
        uint64_t hz = 1 + sim_stream_below(&s, 2000000000);
        uint64_t time_ps = random64(&s) >> 1;
        uint64_t n = sim_edge_at_or_after(time_ps, hz);
        ck_assert_uint_ge(sim_edge_ps(n, hz), time_ps);
        ck_assert(n == 0 || sim_edge_ps(n - 1, hz) < time_ps);
    }
    ck_assert_uint_eq(sim_edge_at_or_after(0, 262500000), 0);
    ck_assert_uint_eq(sim_edge_at_or_after(3809, 262500000), 1);
    ck_assert_uint_eq(sim_edge_at_or_after(3810, 262500000), 2);
}
END_TEST

START_TEST(a_free_running_counter_counts_edges_up_to_now)
{
    sim_stream_t s = sim_stream(7, 8, 9);
    for (int i = 0; i < 100000; i++) {
        uint64_t hz = 1 + sim_stream_below(&s, 2000000000);
        uint64_t time_ps = random64(&s) >> 1;
        uint64_t n = sim_cycles_at(time_ps, hz);
        ck_assert_uint_le(sim_edge_ps(n, hz), time_ps);
        ck_assert(sim_edge_ps(n + 1, hz) > time_ps);
    }
    ck_assert_uint_eq(sim_cycles_at(3808, 262500000), 0);
    ck_assert_uint_eq(sim_cycles_at(3809, 262500000), 1);
    ck_assert_uint_eq(sim_cycles_at(SIM_PS_PER_S, 262500000), 262500000);
}
END_TEST

START_TEST(times_are_parsed)
{
    static const struct {
        const char *text;
        uint64_t ps;
    } good[] = {
        {"0s", 0},
        {"1ps", 1},
        {"12us", 12000000},
        {"1.5ms", 1500000000},
        {"0.001ns", 1},
        {"2.50000000000000000000s", UINT64_C(2500000000000)},
        {"007ns", 7000},
        {"18446744073709551614ps", UINT64_MAX - 1},
        {"18446744.073709551614s", UINT64_MAX - 1},
    };
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        uint64_t ps = 99;
        ck_assert_msg(sim_time_parse(good[i].text, &ps), "%s", good[i].text);
        ck_assert_uint_eq(ps, good[i].ps);
    }
}
END_TEST

START_TEST(what_is_not_a_time_is_refused_and_changes_nothing)
{
    static const char *const bad[] = {
        "",
        "s",
        "1",
        "1 s",
        " 1s",
        "1s ",
        "-1s",
        "+1s",
        "1e3s",
        "1.s",
        ".5s",
        "1.2.3s",
        "1,5s",
        "1min",
        "1sec",
        "1Ms",
        "0x10ps",
        "1.5ps",
        "0.0005ns",
        "1.2345ns" /* 0.5 ps */,
        "nan",
        "infs",
        "18446744073709551615ps" /* never */,
        "18446745s",
        "99999999999999999999999999999999999999999999999999999999999999999999s",
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        uint64_t ps = 99;
        ck_assert_msg(!sim_time_parse(bad[i], &ps), "%s", bad[i]);
        ck_assert_uint_eq(ps, 99);
    }
}
END_TEST

TEST_MAIN("sim time", an_edge_is_the_floor_of_its_exact_time, known_clocks_have_known_edges,
          clocks_do_not_drift_after_a_million_million_edges, edges_beyond_the_end_of_time_saturate,
          edge_at_or_after_is_the_first_such_edge, a_free_running_counter_counts_edges_up_to_now,
          times_are_parsed, what_is_not_a_time_is_refused_and_changes_nothing)
