/*
 * wdog_test.c - the window watchdog. Ticks of 1 us: tick n is at n * 1,000,000 ps.
 */
#include "logic/wdog.h"
#include "tests/test.h"

enum {
    STATUS = 0x04,
    IRQ_EN = 0x08,
    UNLOCK = 0x0c,
    CTRL = 0x10,
    TIMEOUT = 0x14,
    WINDOW = 0x18,
    GRACE = 0x1c,
    KICK = 0x20,
    COUNT = 0x28,
    OPEN = 1,
    LATE = 2,
    BAD = 4,
};

static sim_t *sim;
static wdog_t wdog;

static void make(void)
{
    wdog_desc_t desc = wdog_desc_default();
    sim = sim_new();
    ck_assert_uint_eq(desc.tick_hz, 1000000);
    ck_assert_int_eq(wdog_init(&wdog, sim, &desc, "wdog"), SIM_OK);
    sim_reset(sim);
}

static void drop(void)
{
    sim_free(sim);
}

static uint32_t get(uint32_t addr)
{
    return sim_reg_read(&wdog.comp, addr);
}

static void put(uint32_t addr, uint32_t value)
{
    sim_reg_write(&wdog.comp, addr, value);
}

static void set(uint32_t addr, uint32_t value)
{
    put(UNLOCK, 0x1acce551);
    put(addr, value);
}

static void kick(void)
{
    put(KICK, 0x0d06f00d);
}

static void run_to(uint64_t tick)
{
    sim_run_until_ps(sim, tick * SIM_PS_PER_US);
}

static void arm(uint32_t timeout, uint32_t window, uint32_t grace)
{
    make();
    set(TIMEOUT, timeout);
    set(WINDOW, window);
    set(GRACE, grace);
    set(CTRL, 1);
}

START_TEST(nmi_comes_first_and_the_reset_request_after_it)
{
    arm(100, 0, 20);
    run_to(99);
    ck_assert_uint_eq(get(COUNT), 1);
    sim_run_until_ps(sim, 100 * SIM_PS_PER_US - 1);
    ck_assert(!wdog.nmi.level);
    run_to(100);
    ck_assert(wdog.nmi.level);
    ck_assert_uint_eq(get(COUNT), 20);
    sim_run_until_ps(sim, 120 * SIM_PS_PER_US - 1);
    ck_assert(!wdog.reset_req.level);
    run_to(120);
    ck_assert(wdog.reset_req.level);
    kick(); /* too late */
    ck_assert(wdog.reset_req.level);
    ck_assert_uint_eq(wdog.kicks, 0);
    ck_assert_uint_eq(sim_next_event_ps(sim), SIM_NEVER_PS);
    drop();
}
END_TEST

START_TEST(kicks_keep_it_quiet)
{
    arm(100, 0, 20);
    for (uint64_t i = 1; i <= 1000; i++) {
        run_to(99 * i);
        kick();
    }
    ck_assert_uint_eq(wdog.kicks, 1000);
    ck_assert_uint_eq(wdog.expiries, 0);
    run_to(99099);
    ck_assert(!wdog.nmi.level);
    run_to(99100); /* 100 after the last */
    ck_assert(wdog.nmi.level);
    drop();
}
END_TEST

START_TEST(a_kick_between_ticks_counts_from_the_next)
{
    arm(100, 0, 20);
    sim_run_until_ps(sim, 50 * SIM_PS_PER_US + 1);
    kick();
    run_to(150);
    ck_assert(!wdog.nmi.level);
    run_to(151);
    ck_assert(wdog.nmi.level);
    drop();
}
END_TEST

START_TEST(a_kick_in_the_grace_recovers)
{
    arm(100, 0, 20);
    run_to(119);
    ck_assert_uint_eq(get(STATUS), OPEN | LATE);
    kick();
    ck_assert(!wdog.nmi.level);
    ck_assert_uint_eq(get(STATUS), OPEN);
    run_to(218);
    ck_assert(!wdog.nmi.level);
    run_to(219);
    ck_assert(wdog.nmi.level);
    ck_assert_uint_eq(wdog.expiries, 2);
    drop();
}
END_TEST

START_TEST(a_kick_before_the_window_is_as_bad_as_none)
{
    arm(100, 60, 20);
    run_to(59);
    ck_assert_uint_eq(get(STATUS), 0);
    kick();
    ck_assert(wdog.nmi.level);
    ck_assert_uint_eq(get(STATUS), OPEN | LATE | BAD);
    ck_assert_uint_eq(wdog.bad_kicks, 1);
    run_to(78);
    ck_assert(!wdog.reset_req.level);
    run_to(79);
    ck_assert(wdog.reset_req.level);
    drop();
}
END_TEST

START_TEST(a_kick_in_the_window_is_good)
{
    arm(100, 60, 20);
    run_to(60);
    ck_assert_uint_eq(get(STATUS), OPEN);
    kick();
    ck_assert(!wdog.nmi.level);
    ck_assert_uint_eq(get(STATUS), 0); /* shut again */
    run_to(119);
    ck_assert_uint_eq(get(STATUS), 0);
    run_to(120);
    ck_assert_uint_eq(get(STATUS), OPEN);
    drop();
}
END_TEST

START_TEST(a_wrong_key_is_a_bad_kick)
{
    arm(100, 0, 20);
    run_to(10);
    put(KICK, 0x0d06f00e);
    ck_assert(wdog.nmi.level);
    ck_assert_uint_eq(get(STATUS), OPEN | LATE | BAD);
    kick();
    ck_assert(!wdog.nmi.level);
    ck_assert_uint_eq(get(STATUS), OPEN | BAD);
    put(STATUS, BAD);
    ck_assert_uint_eq(get(STATUS), OPEN);
    drop();
}
END_TEST

START_TEST(a_window_that_opens_with_the_expiry_is_the_same_in_any_order)
{
    for (uint64_t seed = 0; seed < 16; seed++) {
        make();
        sim_set_shuffle(sim, seed);
        set(TIMEOUT, 50);
        set(WINDOW, 50);
        set(CTRL, 1);
        put(IRQ_EN, OPEN);
        run_to(50);
        ck_assert_uint_eq(get(STATUS), OPEN | LATE);
        ck_assert(wdog.irq.level && wdog.nmi.level);
        drop();
    }
}
END_TEST

START_TEST(locked_registers_take_one_write_after_the_key)
{
    make();
    put(TIMEOUT, 5);
    ck_assert_uint_eq(get(TIMEOUT), 100000);
    ck_assert_uint_eq(wdog.locked_writes, 1);
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 1);
    put(UNLOCK, 0x1acce551);
    ck_assert_uint_eq(get(UNLOCK), 1);
    put(TIMEOUT, 5);
    ck_assert_uint_eq(get(TIMEOUT), 5);
    ck_assert_uint_eq(get(UNLOCK), 0);
    put(TIMEOUT, 6); /* locked again */
    ck_assert_uint_eq(get(TIMEOUT), 5);
    put(UNLOCK, 0x1acce550);
    put(CTRL, 1);
    ck_assert_uint_eq(get(CTRL), 0);
    set(GRACE, 0); /* no time: 1 */
    ck_assert_uint_eq(get(GRACE), 1);
    drop();
}
END_TEST

START_TEST(it_cannot_be_disabled)
{
    arm(100, 0, 20);
    set(CTRL, 0);
    ck_assert_uint_eq(get(CTRL), 1);
    run_to(100);
    ck_assert(wdog.nmi.level);
    drop();
}
END_TEST

START_TEST(new_times_count_from_the_next_kick)
{
    arm(100, 0, 20);
    set(TIMEOUT, 30);
    run_to(90);
    ck_assert_uint_eq(get(COUNT), 10);
    kick();
    ck_assert_uint_eq(get(COUNT), 30);
    run_to(120);
    ck_assert(wdog.nmi.level);
    drop();
}
END_TEST

START_TEST(the_window_can_interrupt)
{
    arm(100, 60, 20);
    put(IRQ_EN, OPEN);
    run_to(59);
    ck_assert(!wdog.irq.level);
    run_to(60);
    ck_assert(wdog.irq.level);
    kick();
    ck_assert(!wdog.irq.level);
    put(IRQ_EN, LATE);
    run_to(160);
    ck_assert(wdog.irq.level);
    drop();
}
END_TEST

START_TEST(kicking_what_does_not_run_is_told)
{
    make();
    kick();
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 1);
    ck_assert_uint_eq(get(STATUS), 0);
    ck_assert_uint_eq(sim_next_event_ps(sim), SIM_NEVER_PS);
    drop();
}
END_TEST

START_TEST(reset_disables_it)
{
    make();
    uint64_t fresh = sim_state_hash(sim);
    set(TIMEOUT, 10);
    set(CTRL, 1);
    run_to(5000);
    ck_assert(wdog.reset_req.level);
    sim_reset(sim);
    ck_assert(!wdog.reset_req.level && !wdog.nmi.level);
    ck_assert(sim_state_hash(sim) == fresh);
    drop();
}
END_TEST

TEST_MAIN("logic watchdog", nmi_comes_first_and_the_reset_request_after_it, kicks_keep_it_quiet,
          a_kick_between_ticks_counts_from_the_next, a_kick_in_the_grace_recovers,
          a_kick_before_the_window_is_as_bad_as_none, a_kick_in_the_window_is_good,
          a_wrong_key_is_a_bad_kick, a_window_that_opens_with_the_expiry_is_the_same_in_any_order,
          locked_registers_take_one_write_after_the_key, it_cannot_be_disabled,
          new_times_count_from_the_next_kick, the_window_can_interrupt,
          kicking_what_does_not_run_is_told, reset_disables_it)
