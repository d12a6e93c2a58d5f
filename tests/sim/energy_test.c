/*
 * energy_test.c - energy from counts and time in whole femtojoules.
 */
#include "sim/energy.h"
#include "tests/test.h"

START_TEST(a_thousand_attojoules_are_a_femtojoule_and_the_rest_is_kept)
{
    sim_energy_t e = {0};
    sim_energy_count(&e, 3, 333); /* 999 aJ */
    ck_assert_uint_eq(e.fj, 0);
    sim_energy_count(&e, 1, 1);
    ck_assert_uint_eq(e.fj, 1);
    ck_assert_uint_eq(e.rest, 0);
    sim_energy_count(&e, 1, 2999);
    ck_assert_uint_eq(e.fj, 3);
    ck_assert_uint_eq(e.rest, 999);
}
END_TEST

/* 7 nW for 1 s are 7 nJ, 7,000,000 fJ; looked at at 1001 times that do not divide it. */
START_TEST(however_often_one_looks_the_sum_is_that_of_one_look)
{
    sim_energy_t often = {0}, once = {0};
    uint64_t passed = 0, second = UINT64_C(1000000000000);
    sim_energy_pass(&once, second, 7);
    ck_assert_uint_eq(once.fj, 7000000);
    for (uint64_t i = 0; i < 1000; i++) {
        sim_energy_pass(&often, 999999937 - i, 7);
        passed += 999999937 - i;
    }
    ck_assert_uint_lt(passed, second);
    sim_energy_pass(&often, second - passed, 7);
    ck_assert_uint_eq(often.fj, once.fj);
    ck_assert_uint_eq(often.rest, once.rest);
}
END_TEST

/* 2^33 events of 10^12 aJ: more than 64 bits of attojoules. */
START_TEST(products_beyond_64_bits_are_exact)
{
    sim_energy_t e = {.rest = 999};
    sim_energy_count(&e, UINT64_C(1) << 33, UINT64_C(1000000000001));
    /* 2^33 x (10^12 + 1) + 999 = 2^33 x 10^12 + 8,589,935,591 */
    ck_assert_uint_eq(e.fj, (UINT64_C(1) << 33) * 1000000000 + 8589935);
    ck_assert_uint_eq(e.rest, 591);
}
END_TEST

START_TEST(more_than_64_bits_of_femtojoules_are_the_most_there_is)
{
    sim_energy_t e = {.fj = UINT64_MAX - 5};
    sim_energy_count(&e, UINT64_C(1) << 40, UINT64_C(1) << 40);
    ck_assert_uint_eq(e.fj, UINT64_MAX);
}
END_TEST

TEST_MAIN("sim energy", a_thousand_attojoules_are_a_femtojoule_and_the_rest_is_kept,
          however_often_one_looks_the_sum_is_that_of_one_look, products_beyond_64_bits_are_exact,
          more_than_64_bits_of_femtojoules_are_the_most_there_is)
