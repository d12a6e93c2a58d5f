/*
 * spit_test.c - a host pushes words into the SPI target. At 32 MHz a word takes exactly 1 us.
 */
#include "logic/spit.h"
#include "tests/test.h"

enum { CTRL = 0x04, STATUS = 0x08, IRQ_EN = 0x0c, LEVEL = 0x10, COUNT = 0x14, DATA = 0x18 };
enum { HZ = 32000000 };
#define US SIM_PS_PER_US

static sim_t *sim;
static spit_t spit;
static uint8_t tape[400];

static void make(void)
{
    spit_desc_t desc = spit_desc_default();
    sim = sim_new();
    ck_assert_int_eq(spit_init(&spit, sim, &desc, "spit"), SIM_OK);
    for (uint32_t i = 0; i < sizeof(tape); i++)
        tape[i] = (uint8_t)i;
    spit.tape = tape;
    spit.tape_bytes = sizeof(tape);
    sim_reset(sim);
    sim_reg_write(&spit.comp, CTRL, 1);
}

static uint32_t get(uint32_t addr)
{
    return sim_reg_read(&spit.comp, addr);
}

START_TEST(words_come_at_the_host_s_rate)
{
    uint64_t end_ps;
    make();
    ck_assert(!spit_sending(&spit, &end_ps));
    ck_assert(spit_send(&spit, 4, 12, HZ));
    ck_assert(!spit_send(&spit, 0, 4, HZ)); /* one at a time */
    ck_assert(spit_sending(&spit, &end_ps));
    ck_assert_uint_eq(end_ps, 3 * US);
    sim_run_until_ps(sim, US - 1);
    ck_assert_uint_eq(get(COUNT), 0);
    sim_run_until_ps(sim, US);
    ck_assert_uint_eq(get(COUNT), 1);
    ck_assert_uint_eq(get(STATUS), 0x8);
    ck_assert_uint_eq(sim_reg_peek(&spit.comp, DATA), 0x07060504);
    ck_assert_uint_eq(get(DATA), 0x07060504);
    ck_assert_uint_eq(get(COUNT), 0);
    ck_assert_uint_eq(get(DATA), 0);
    sim_run_until_ps(sim, 3 * US);
    ck_assert_uint_eq(get(STATUS), 0x8 | 0x4);
    ck_assert(!spit_sending(&spit, &end_ps));
    ck_assert_uint_eq(get(DATA), 0x0b0a0908);
    ck_assert_uint_eq(get(DATA), 0x0f0e0d0c);
    sim_reg_write(&spit.comp, STATUS, 0x4);
    ck_assert_uint_eq(get(STATUS), 0);
    sim_free(sim);
}
END_TEST

START_TEST(the_level_interrupts)
{
    make();
    sim_reg_write(&spit.comp, LEVEL, 2);
    sim_reg_write(&spit.comp, IRQ_EN, 1);
    ck_assert(spit_send(&spit, 0, 16, HZ));
    sim_run_until_ps(sim, 2 * US - 1);
    ck_assert(!spit.irq.level);
    sim_run_until_ps(sim, 2 * US);
    ck_assert(spit.irq.level);
    get(DATA);
    ck_assert(!spit.irq.level);
    sim_reg_write(&spit.comp, LEVEL, 0);
    ck_assert_uint_eq(get(LEVEL), 1);
    sim_reg_write(&spit.comp, LEVEL, 65);
    ck_assert_uint_eq(get(LEVEL), 64);
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 2);
    sim_free(sim);
}
END_TEST

START_TEST(a_full_fifo_loses_words)
{
    make();
    sim_reg_write(&spit.comp, IRQ_EN, 2);
    ck_assert(spit_send(&spit, 0, 4 * 66, HZ));
    sim_run_until_ps(sim, 64 * US);
    ck_assert(!spit.irq.level);
    sim_run_until_ps(sim, 70 * US);
    ck_assert(spit.irq.level);
    ck_assert_uint_eq(spit.lost, 2);
    ck_assert_uint_eq(get(COUNT), 64);
    for (uint32_t i = 0; i < 63; i++)
        get(DATA);
    ck_assert_uint_eq(get(DATA), 0xfffefdfc); /* the 64th, not the 66th */
    ck_assert(spit_send(&spit, 0, 8, HZ));
    sim_run_until_ps(sim, 80 * US);
    sim_reg_write(&spit.comp, CTRL, 3); /* empty it */
    ck_assert_uint_eq(get(COUNT), 0);
    sim_free(sim);
}
END_TEST

START_TEST(nobody_listens_while_it_is_off)
{
    make();
    sim_reg_write(&spit.comp, CTRL, 0);
    ck_assert(spit_send(&spit, 0, 8, HZ));
    sim_run_until_ps(sim, 10 * US);
    ck_assert_uint_eq(get(STATUS), 0);
    ck_assert_uint_eq(spit.words, 0);
    sim_free(sim);
}
END_TEST

START_TEST(what_is_no_transfer_is_refused)
{
    make();
    ck_assert(!spit_send(&spit, 0, 0, HZ));
    ck_assert(!spit_send(&spit, 0, 6, HZ));
    ck_assert(!spit_send(&spit, 396, 8, HZ));
    ck_assert(!spit_send(&spit, 404, 4, HZ));
    ck_assert(!spit_send(&spit, 0, 4, 35000001));
    ck_assert(spit_send(&spit, 396, 4, 35000000));
    sim_free(sim);
}
END_TEST

TEST_MAIN("logic SPI target", words_come_at_the_host_s_rate, the_level_interrupts,
          a_full_fifo_loses_words, nobody_listens_while_it_is_off, what_is_no_transfer_is_refused)
