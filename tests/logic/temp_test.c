/*
 * temp_test.c - the temperature sensor: what it reads, when, and what it tells.
 */
#include "logic/temp.h"
#include "tests/test.h"

enum { CTRL = 0x04, STATUS = 0x08, IRQ_EN = 0x0c, DATA = 0x10, HIGH = 0x14, LOW = 0x18 };
enum { PERIOD = 0x1c, H_CTRL = 0x0138, H_OUTPUT = 0x013a };
#define US SIM_PS_PER_US

static sim_t *sim;
static ccs_t ccs;
static temp_t temp;
static int64_t start_uc, uc_per_ms; /* of the die */

static int64_t die_uc(void *ctx)
{
    (void)ctx;
    return start_uc + uc_per_ms * (int64_t)(sim_now_ps(sim) / SIM_PS_PER_MS);
}

static temp_desc_t plain(int32_t mc)
{
    temp_desc_t desc = temp_desc_default();
    desc.noise_mc = 0;
    start_uc = mc * INT64_C(1000);
    uc_per_ms = 0;
    return desc;
}

static void make(const temp_desc_t *desc)
{
    ccs_desc_t ccs_desc = ccs_desc_default();
    sim = sim_new();
    ck_assert_int_eq(ccs_init(&ccs, sim, &ccs_desc, "cci"), SIM_OK);
    ck_assert_int_eq(temp_init(&temp, sim, desc, "temp"), SIM_OK);
    temp.die_uc = die_uc;
    ccs_window_t window = temp_window(&temp);
    ck_assert(ccs_add_window(&ccs, &window));
    sim_reset(sim);
}

static uint32_t get(uint32_t addr)
{
    return sim_reg_read(&temp.comp, addr);
}

static void put(uint32_t addr, uint32_t value)
{
    sim_reg_write(&temp.comp, addr, value);
}

static int32_t measure(int32_t mc, uint32_t ctrl)
{
    temp_desc_t desc = plain(mc);
    make(&desc);
    put(CTRL, ctrl);
    sim_run_until_ps(sim, 2000 * US);
    int32_t value = (int32_t)get(DATA);
    sim_free(sim);
    return value;
}

START_TEST(one_conversion_takes_its_time_and_interrupts)
{
    temp_desc_t desc = plain(45000);
    make(&desc);
    put(IRQ_EN, 0x2);
    put(CTRL, 0xd); /* once, 12 bits: 1600 us */
    sim_run_until_ps(sim, 1600 * US - 1);
    ck_assert_uint_eq(get(STATUS), 0x1);
    ck_assert_uint_eq(get(DATA), 0);
    sim_run_until_ps(sim, 1600 * US);
    ck_assert_uint_eq(get(STATUS), 0x2);
    ck_assert_uint_eq(get(DATA), 45 * 16);
    ck_assert(temp.irq.level);
    put(STATUS, 0x2);
    ck_assert(!temp.irq.level);
    sim_run_until_ps(sim, SIM_PS_PER_S);
    ck_assert_uint_eq(temp.conversions, 1);
    sim_free(sim);
}
END_TEST

START_TEST(fewer_bits_are_faster_and_coarser)
{
    temp_desc_t desc = plain(25437); /* 406.99 sixteenths */
    make(&desc);
    put(CTRL, 0x1); /* 9 bits: 200 us, steps of half a degree */
    sim_run_until_ps(sim, 200 * US - 1);
    ck_assert_uint_eq(get(STATUS), 0x1);
    sim_run_until_ps(sim, 200 * US);
    ck_assert_uint_eq(get(DATA), 400);
    sim_free(sim);
    ck_assert_int_eq(measure(25437, 0x5), 404);
    ck_assert_int_eq(measure(25437, 0x9), 406);
    ck_assert_int_eq(measure(25437, 0xd), 407);
}
END_TEST

START_TEST(below_zero_is_two_s_complement_and_the_range_ends)
{
    ck_assert_int_eq(measure(-10500, 0xd), -168);
    ck_assert_int_eq(measure(-10100, 0xd), -162);     /* -161.6 */
    ck_assert_int_eq(measure(-10100, 0x1), -168);     /* down to the next half degree */
    ck_assert_int_eq(measure(190000, 0xd), 125 * 16); /* clamped */
    ck_assert_int_eq(measure(-90000, 0xd), -40 * 16);
}
END_TEST

START_TEST(thresholds_are_compared_at_every_conversion)
{
    temp_desc_t desc = plain(20000);
    uc_per_ms = 100000; /* 100 degrees a second */
    make(&desc);
    put(HIGH, 30 * 16);
    put(LOW, 21 * 16);
    put(IRQ_EN, 0x4);
    put(PERIOD, 10000);
    put(CTRL, 0xe); /* again and again: at 0, 10, 20 ms: 20, 21, 22 degrees ... */
    sim_run_until_ps(sim, 2 * SIM_PS_PER_MS);
    ck_assert_uint_eq(get(STATUS), 0xa); /* 20: below 21 */
    put(STATUS, 0xe);
    sim_run_until_ps(sim, 12 * SIM_PS_PER_MS);
    ck_assert_uint_eq(get(STATUS), 0x2); /* 21 is not below 21 */
    sim_run_until_ps(sim, 102 * SIM_PS_PER_MS);
    ck_assert_uint_eq(get(DATA), 30 * 16);
    ck_assert(!temp.irq.level); /* 30 is not above 30 */
    sim_run_until_ps(sim, 112 * SIM_PS_PER_MS);
    ck_assert(temp.irq.level);
    ck_assert_uint_eq(temp.conversions, 12);
    put(CTRL, 0xc); /* stop */
    sim_run_until_ps(sim, SIM_PS_PER_S);
    ck_assert_uint_eq(temp.conversions, 12);
    sim_free(sim);
}
END_TEST

START_TEST(a_period_shorter_than_a_conversion_is_a_conversion)
{
    temp_desc_t desc = plain(20000);
    make(&desc);
    put(PERIOD, 0);
    put(CTRL, 0xe);
    sim_run_until_ps(sim, 10 * 1600 * US);
    ck_assert_uint_eq(temp.conversions, 10);
    sim_free(sim);
}
END_TEST

START_TEST(the_host_reads_whole_degrees_in_its_range)
{
    static const struct {
        int32_t mc, host;
    } cases[] = {{45400, 45}, {45500, 46}, {-3500, -3}, {-3600, -4}, {99000, 80}, {-35000, -20}};
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        uint32_t value = 0;
        temp_desc_t desc = plain(cases[i].mc);
        make(&desc);
        ck_assert(ccs_host_read(&ccs, H_OUTPUT, &value));
        ck_assert_uint_eq(value, 0); /* nothing measured yet */
        ck_assert(ccs_host_write(&ccs, H_CTRL, 1));
        sim_run_until_ps(sim, 1600 * US);
        ck_assert(ccs_host_read(&ccs, H_OUTPUT, &value));
        ck_assert_int_eq((int8_t)value, cases[i].host);
        sim_run_until_ps(sim, 101600 * US); /* the second, after TEMP_PERIOD's 100 ms */
        ck_assert_uint_eq(temp.conversions, 2);
        ck_assert(ccs_host_write(&ccs, H_CTRL, 0));
        sim_run_until_ps(sim, SIM_PS_PER_S);
        ck_assert_uint_eq(temp.conversions, 2);
        sim_free(sim);
    }
}
END_TEST

START_TEST(errors_are_the_chip_s_offset_and_the_seed_s_noise)
{
    temp_desc_t desc = plain(45000);
    desc.offset_mc = 500;
    desc.noise_mc = 1000;
    make(&desc);
    put(PERIOD, 0);
    int32_t least = INT32_MAX, most = INT32_MIN;
    put(CTRL, 0xe);
    for (uint32_t i = 1; i <= 200; i++) {
        sim_run_until_ps(sim, i * 1600 * US);
        int32_t value = (int32_t)get(DATA);
        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    ck_assert_int_ge(least, 712); /* 44.5 and 46.5 degrees */
    ck_assert_int_le(most, 744);
    ck_assert_int_lt(least, 718); /* all of 200 within 5/8 of the range: (5/8)^200 */
    ck_assert_int_gt(most, 738);
    int32_t last = (int32_t)get(DATA);
    sim_free(sim);
    make(&desc); /* the same seed, the same noise */
    put(PERIOD, 0);
    put(CTRL, 0xe);
    sim_run_until_ps(sim, 200 * 1600 * US);
    ck_assert_int_eq((int32_t)get(DATA), last);
    sim_free(sim);
}
END_TEST

static void refused(const temp_desc_t *desc, const char *part)
{
    sim_t *s = sim_new();
    temp_t t;
    ck_assert_int_eq(temp_init(&t, s, desc, "t"), SIM_EDESC);
    ck_assert_msg(strstr(sim_error(s), part) != NULL, "%s", sim_error(s));
    sim_free(s);
}

START_TEST(descriptions_out_of_range_are_refused)
{
    temp_desc_t d = temp_desc_default();
    d.conversion_us = 12;
    refused(&d, "t.conversion_us: 12");
    d = temp_desc_default();
    d.high_mc = d.low_mc;
    refused(&d, "no range");
    d = temp_desc_default();
    d.noise_mc = 20001;
    refused(&d, "noise_mc 20001");
}
END_TEST

START_TEST(a_die_of_no_temperature_is_refused)
{
    temp_desc_t desc = temp_desc_default();
    sim_t *s = sim_new();
    temp_t t;
    ck_assert_int_eq(temp_init(&t, s, &desc, "t"), SIM_OK);
    ck_assert_int_eq(sim_check(s), SIM_EWIRE);
    ck_assert_str_eq(sim_error(s), "t.die_uc: not connected");
    sim_free(s);
}
END_TEST

TEST_MAIN("logic temperature sensor", one_conversion_takes_its_time_and_interrupts,
          fewer_bits_are_faster_and_coarser, below_zero_is_two_s_complement_and_the_range_ends,
          thresholds_are_compared_at_every_conversion,
          a_period_shorter_than_a_conversion_is_a_conversion,
          the_host_reads_whole_degrees_in_its_range,
          errors_are_the_chip_s_offset_and_the_seed_s_noise, descriptions_out_of_range_are_refused,
          a_die_of_no_temperature_is_refused)
