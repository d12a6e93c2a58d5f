#include "tests/test.h"

#include "firmware/include/kalman.h"

enum { ONE = 1 << 20 }; /* a variance */

START_TEST(a_share_is_a_quotient)
{
    ck_assert_uint_eq(kal_share(1, 2), 32768);
    ck_assert_uint_eq(kal_share(0, 7), 0);
    ck_assert_uint_eq(kal_share(7, 7), 65536);
    ck_assert_uint_eq(kal_share(3u << 29, 1u << 31), 49152);
    uint32_t a = 1, b = 1;
    for (int i = 0; i < 10000; i++) {
        b = b * 1664525u + 1013904223u;
        a = (b ^ a) % ((b >> i % 31) + 1);
        uint32_t of = (b >> i % 31) | 1;
        double exact = (double)(a % of) / of;
        ck_assert_double_eq_tol(kal_share(a % of, of) / 65536.0, exact, 2 / 65536.0);
    }
}
END_TEST

/* F P F' + Q by hand: 16 + 2 x 3 + 4 + 8 / 4, 3 + 4 + 8 / 2, 4 + 8. */
START_TEST(a_step_adds_what_is_not_known)
{
    kal_cov_t cov = {16, 3, 4};
    kal_spread(&cov, 8, KAL_STEP);
    ck_assert_uint_eq(cov.place, 28);
    ck_assert_uint_eq(cov.both, 11);
    ck_assert_uint_eq(cov.speed, 12);
    kal_t k = {1000, -30};
    kal_step(&k, KAL_STEP);
    ck_assert_int_eq(k.place, 970);
}
END_TEST

/* Half a step: 1600 + 2 x 300 / 2 + 400 / 4 + 800 / 8 / 4, 300 + 400 / 2 + 800 / 4 / 2, 400 + 800
 * / 2. */
START_TEST(a_part_of_a_step_adds_its_part)
{
    kal_cov_t cov = {1600, 300, 400};
    kal_spread(&cov, 800, KAL_STEP / 2);
    ck_assert_uint_eq(cov.place, 2025);
    ck_assert_uint_eq(cov.both, 600);
    ck_assert_uint_eq(cov.speed, 800);
    kal_t k = {1000, -30};
    kal_step(&k, KAL_STEP / 2);
    ck_assert_int_eq(k.place, 985);
}
END_TEST

START_TEST(many_steps_at_once_are_one_after_another)
{
    kal_cov_t once = {ONE, ONE / 8, ONE / 32}, many = once;
    kal_t a = {1000, 7}, b = a;
    kal_spread(&once, ONE / 64, 7 * KAL_STEP + 100);
    kal_step(&a, 7 * KAL_STEP);
    for (int i = 0; i < 7; i++) {
        kal_spread(&many, ONE / 64, KAL_STEP);
        kal_step(&b, KAL_STEP);
    }
    kal_spread(&many, ONE / 64, 100);
    ck_assert_mem_eq(&once, &many, sizeof(once));
    ck_assert_int_eq(a.place, b.place);
}
END_TEST

/* K = [3, 1] / (3 + 1); P - K [3, 1] = [3/4, 1/4; 1/4, 3/4]. */
START_TEST(a_measurement_takes_its_share)
{
    kal_cov_t cov = {3 * ONE, ONE, ONE};
    kal_gain_t gain = kal_narrow(&cov, ONE);
    ck_assert_uint_eq(gain.place, 49152);
    ck_assert_uint_eq(gain.speed, 16384);
    ck_assert_uint_eq(cov.place, 3 * ONE / 4);
    ck_assert_uint_eq(cov.both, ONE / 4);
    ck_assert_uint_eq(cov.speed, 3 * ONE / 4);
    kal_t k = {1000, 20};
    kal_correct(&k, gain, 600);
    ck_assert_int_eq(k.place, 700);
    ck_assert_int_eq(k.speed, -80);
}
END_TEST

/*
 * P. Kalata, "The tracking index" (1984): with L^2 = push / noise the gains settle at
 *     r = (4 + L - sqrt(8 L + L^2)) / 4, alpha = 1 - r^2, beta = 2 (2 - alpha) - 4 sqrt(1 - alpha)
 * L = 1/4: alpha 0.505137, beta 0.175866.
 */
START_TEST(gains_settle_where_theory_says)
{
    kal_cov_t cov = {ONE, 0, ONE};
    kal_gain_t gain = {0, 0};
    for (int i = 0; i < 100; i++) {
        kal_spread(&cov, ONE / 16, KAL_STEP);
        gain = kal_narrow(&cov, ONE);
    }
    ck_assert_double_eq_tol(gain.place / 65536.0, 0.505137, 2e-4);
    ck_assert_double_eq_tol(gain.speed / 65536.0, 0.175866, 2e-4);
}
END_TEST

/* The same in double precision; what is unseen now and then spreads. */
START_TEST(it_follows_a_filter_in_double_precision)
{
    kal_cov_t cov = {KAL_VARIANCE(28), 0, KAL_VARIANCE(24)};
    kal_t k = {256 * 400, 0};
    double p[2][2] = {{cov.place, 0}, {0, cov.speed}}, x = k.place, v = 0;
    double q = KAL_VARIANCE(512), r = KAL_VARIANCE(28);
    uint32_t random = 7;
    for (int i = 1; i < 300; i++) {
        random = random * 1664525u + 1013904223u;
        int32_t seen = 256 * (400 + 12 * i) + (int32_t)(random >> 20) - 2048;
        kal_spread(&cov, KAL_VARIANCE(512), KAL_STEP);
        kal_step(&k, KAL_STEP);
        x += v;
        p[0][0] += 2 * p[0][1] + p[1][1] + q / 4;
        p[0][1] += p[1][1] + q / 2;
        p[1][1] += q;
        if (i % 40 < 28) {
            kal_correct(&k, kal_narrow(&cov, KAL_VARIANCE(28)), seen);
            double s = p[0][0] + r, g0 = p[0][0] / s, g1 = p[0][1] / s, off = seen - x;
            x += g0 * off;
            v += g1 * off;
            p[1][1] -= g1 * p[0][1];
            p[0][1] -= g0 * p[0][1];
            p[0][0] -= g0 * p[0][0];
        }
        ck_assert_double_eq_tol(k.place, x, 64); /* a quarter of a pixel */
        ck_assert_double_eq_tol(cov.place / p[0][0], 1, 2e-3);
        ck_assert_double_eq_tol(cov.speed / p[1][1], 1, 2e-3);
    }
    ck_assert_double_eq_tol(k.speed, 12 * 256, 256);
}
END_TEST

START_TEST(what_is_unseen_for_ever_stays_in_its_words)
{
    kal_cov_t cov = {KAL_MOST - 1, KAL_MOST - 1, KAL_MOST - 1};
    for (int i = 0; i < 100000; i++)
        kal_spread(&cov, KAL_VARIANCE(16), i % 2 != 0 ? KAL_STEP : UINT32_MAX);
    ck_assert_uint_ge(cov.place, KAL_MOST);
    ck_assert_uint_le(cov.place, 5u * KAL_MOST);
    kal_gain_t gain = kal_narrow(&cov, KAL_VARIANCE(28));
    ck_assert_uint_gt(gain.place, 65000);
    ck_assert_uint_le(gain.place, 65536);
}
END_TEST

TEST_MAIN("firmware kalman", a_share_is_a_quotient, a_step_adds_what_is_not_known,
          a_part_of_a_step_adds_its_part, many_steps_at_once_are_one_after_another,
          a_measurement_takes_its_share, gains_settle_where_theory_says,
          it_follows_a_filter_in_double_precision, what_is_unseen_for_ever_stays_in_its_words)
