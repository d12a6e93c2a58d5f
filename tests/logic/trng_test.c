/*
 * trng_test.c - the random numbers: 100 clocks a word at 1 GHz, so word k is made at 100 (k + 1)
 * ns.
 */
#include "logic/rng.h"
#include "tests/test.h"

enum {
    CTRL = 0x04,
    STATUS = 0x08,
    DATA = 0x0c,
    READY = 1,
    FAILED = 2,
    EARLY = 4,
    STARTING = 8,
};

static sim_t *sim;
static rng_t rng;

static void make(uint64_t seed)
{
    rng_desc_t desc = {.clk_hz = 1000000000, .seed = seed, .cycles_per_word = 100};
    sim = sim_new();
    ck_assert_int_eq(rng_init(&rng, sim, &desc, "rng"), SIM_OK);
    sim_reset(sim);
}

static void drop(void)
{
    sim_free(sim);
}

static uint32_t get(uint32_t addr)
{
    return sim_reg_read(&rng.comp, addr);
}

static void put(uint32_t addr, uint32_t value)
{
    sim_reg_write(&rng.comp, addr, value);
}

static void run_to_ns(uint64_t ns)
{
    sim_run_until_ps(sim, ns * 1000);
}

/* By definition: Philox of the run's seed, purpose "TRNG". */
static uint32_t word(uint64_t seed, uint32_t k)
{
    uint32_t counter[4] = {k / 4, 0, 0, 0x54524e47}, out[4];
    sim_rng_block(seed, counter, out);
    return out[k % 4];
}

START_TEST(the_first_word_follows_the_start_up_test)
{
    make(5);
    put(CTRL, 1);
    ck_assert_uint_eq(get(STATUS), STARTING);
    run_to_ns(3200); /* 32 words tested */
    ck_assert_uint_eq(get(STATUS), 0);
    run_to_ns(3299);
    ck_assert_uint_eq(get(STATUS), 0);
    run_to_ns(3300);
    ck_assert_uint_eq(get(STATUS), READY | 1 << 8);
    ck_assert_uint_eq(get(DATA), word(5, 32));
    ck_assert_uint_eq(get(STATUS), 0);
    drop();
}
END_TEST

START_TEST(the_fifo_fills_and_the_source_rests)
{
    make(6);
    put(CTRL, 1);
    run_to_ns(3999);
    ck_assert_uint_eq(get(STATUS), READY | 7 << 8);
    run_to_ns(100000);
    ck_assert_uint_eq(get(STATUS), READY | 8 << 8);
    ck_assert_uint_eq(sim_next_event_ps(sim), SIM_NEVER_PS);
    for (uint32_t k = 0; k < 8; k++)
        ck_assert_uint_eq(get(DATA), word(6, 32 + k));
    run_to_ns(100099);
    ck_assert_uint_eq(get(STATUS), 0);
    run_to_ns(100100); /* a word's time after the first read */
    ck_assert_uint_eq(get(DATA), word(6, 40));
    drop();
}
END_TEST

START_TEST(reading_too_early_gives_zero_and_is_told)
{
    make(7);
    put(CTRL, 1);
    ck_assert_uint_eq(sim_reg_peek(&rng.comp, DATA), 0);
    ck_assert_uint_eq(rng.early_reads, 0); /* a debugger disturbs nothing */
    ck_assert_uint_eq(get(DATA), 0);
    ck_assert_uint_eq(get(STATUS), STARTING | EARLY);
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 1);
    put(STATUS, EARLY);
    ck_assert_uint_eq(get(STATUS), STARTING);
    drop();
}
END_TEST

START_TEST(a_peek_takes_nothing_out)
{
    make(8);
    put(CTRL, 1);
    run_to_ns(5000);
    ck_assert_uint_eq(sim_reg_peek(&rng.comp, DATA), word(8, 32));
    ck_assert_uint_eq(sim_reg_peek(&rng.comp, DATA), word(8, 32));
    ck_assert_uint_eq(get(STATUS), READY | 8 << 8);
    drop();
}
END_TEST

START_TEST(another_seed_gives_other_words)
{
    uint32_t first[2];
    for (uint32_t seed = 0; seed < 2; seed++) {
        make(seed);
        put(CTRL, 1);
        run_to_ns(4000);
        first[seed] = get(DATA);
        drop();
    }
    ck_assert_uint_ne(first[0], first[1]);
}
END_TEST

START_TEST(a_word_that_comes_twice_fails_the_repetition_test)
{
    make(9);
    put(CTRL, 1);
    run_to_ns(5000);
    get(DATA);
    rng_set_fault(&rng, RNG_FAULT_STUCK);
    run_to_ns(5100);
    ck_assert_uint_eq(get(STATUS), FAILED); /* and what was in the FIFO is gone */
    ck_assert_uint_eq(rng.failures, 1);
    run_to_ns(50000);
    ck_assert_uint_eq(get(STATUS), FAILED);
    ck_assert_uint_eq(sim_next_event_ps(sim), SIM_NEVER_PS);
    drop();
}
END_TEST

START_TEST(clearing_the_failure_tests_from_the_start)
{
    make(10);
    put(CTRL, 1);
    rng_set_fault(&rng, RNG_FAULT_STUCK);
    run_to_ns(1000); /* 0, then 0 again */
    ck_assert_uint_eq(get(STATUS), FAILED);
    put(STATUS, FAILED);
    ck_assert_uint_eq(get(STATUS), STARTING);
    run_to_ns(2000); /* the same once more */
    ck_assert_uint_eq(get(STATUS), FAILED);
    rng_set_fault(&rng, RNG_FAULT_NONE);
    put(STATUS, FAILED);
    run_to_ns(2000 + 3299);
    ck_assert_uint_eq(get(STATUS), 0);
    run_to_ns(2000 + 3300);
    ck_assert_uint_eq(get(STATUS), READY | 1 << 8);
    drop();
}
END_TEST

START_TEST(a_biased_source_fails_the_proportion_test)
{
    uint32_t failed = 0;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        make(seed);
        rng_set_fault(&rng, RNG_FAULT_BIASED);
        put(CTRL, 1);
        run_to_ns(3200); /* one window of 1024 bits: found if its first bit is a 1, 3 times of 4 */
        failed += (get(STATUS) & FAILED) != 0;
        drop();
    }
    /* Binomial(40, 3/4): below 18 or above 40 is 5 standard deviations off. */
    ck_assert_uint_ge(failed, 18);
    ck_assert_uint_lt(failed, 40);
}
END_TEST

START_TEST(a_fair_source_passes_a_million_bits)
{
    make(11);
    put(CTRL, 1);
    for (uint64_t ns = 4000; ns < 3300000; ns += 100) {
        run_to_ns(ns);
        get(DATA);
    }
    ck_assert_uint_eq(rng.failures, 0);
    ck_assert_uint_eq(rng.early_reads, 0);
    ck_assert_uint_gt(rng.words, 32000);
    drop();
}
END_TEST

/* SP 800-90B, 4.4.2: C = 1 + critbinom(1024, 1/2, 1 - 2^-20); tails summed from the far end. */
START_TEST(the_cut_of_the_proportion_test_is_the_standard_s)
{
    double term = 1, tail = 0; /* C(1024, k) / 2^1024 underflows: in units of k = 512 */
    double sum = 1, above[1025] = {0};
    for (int k = 512; k < 1024; k++) {
        term *= (double)(1024 - k) / (k + 1);
        above[k + 1] = term;
        sum += 2 * term;
    }
    int k = 1024;
    for (; k > 512 && (tail + above[k]) / sum <= 1.0 / (1 << 20); k--)
        tail += above[k];
    ck_assert_int_eq(1 + k, 589);
}
END_TEST

START_TEST(disabled_it_is_still_and_starts_over)
{
    make(12);
    put(CTRL, 1);
    run_to_ns(5000);
    put(CTRL, 0);
    ck_assert_uint_eq(get(STATUS), 0);
    ck_assert_uint_eq(sim_next_event_ps(sim), SIM_NEVER_PS);
    put(CTRL, 1);
    run_to_ns(5000 + 3300);
    ck_assert_uint_eq(get(DATA), word(12, 40 + 32)); /* 40 were drawn before */
    drop();
}
END_TEST

START_TEST(impossible_descriptions_are_refused)
{
    rng_desc_t desc = {.clk_hz = 1000000000};
    sim = sim_new();
    ck_assert_int_eq(rng_init(&rng, sim, &desc, "rng"), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "rng.cycles_per_word: 0 not in 1..1000000");
    drop();
}
END_TEST

TEST_MAIN("logic random numbers", the_first_word_follows_the_start_up_test,
          the_fifo_fills_and_the_source_rests, reading_too_early_gives_zero_and_is_told,
          a_peek_takes_nothing_out, another_seed_gives_other_words,
          a_word_that_comes_twice_fails_the_repetition_test,
          clearing_the_failure_tests_from_the_start, a_biased_source_fails_the_proportion_test,
          a_fair_source_passes_a_million_bits, the_cut_of_the_proportion_test_is_the_standard_s,
          disabled_it_is_still_and_starts_over, impossible_descriptions_are_refused)
