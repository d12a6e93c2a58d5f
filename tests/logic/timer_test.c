/*
 * timer_test.c - the 64-bit timers. Clock 1 GHz: edge n is at n * 1000 ps.
 */
#include "logic/timer.h"
#include "tests/test.h"

enum {
    STATUS = 0x04,
    CTRL = 0x20, /* of timer 0; timer 1 is 0x20 further */
    PRESCALE = 0x24,
    COUNT_LO = 0x28,
    COUNT_HI = 0x2c,
    CMP_LO = 0x30,
    CMP_HI = 0x34,
    CAPT_LO = 0x38,
    CAPT_HI = 0x3c,
    TIMER1 = 0x20,
    RUN = 1,
    RESTART = 2,
    STOP = 4,
    CAPTURE = 8,
    IRQ_MATCH = 16,
    IRQ_CAPTURE = 32,
};

/* The frame start, pulsed by an event of its own. */
typedef struct {
    sim_comp_t comp;
    sim_event_t pulse;
    sim_wire_t wire;
} camera_t;

static sim_t *sim;
static tmr_t tmr;
static camera_t camera;

static void on_pulse(void *ctx)
{
    camera_t *c = ctx;
    sim_wire_pulse(&c->wire);
}

static void make(void)
{
    static const sim_kind_t camera_kind = {.kind = "camera", .version = 1};
    tmr_desc_t desc = {.clk_hz = 1000000000};
    sim = sim_new();
    memset(&camera, 0, sizeof(camera));
    ck_assert_int_eq(tmr_init(&tmr, sim, &desc, "timer"), SIM_OK);
    ck_assert_int_eq(sim_comp_init(&camera.comp, sim, &camera_kind, "camera"), SIM_OK);
    sim_event_init(&camera.pulse, &camera.comp, "pulse", SIM_PRIO_DRIVE, on_pulse, &camera);
    ck_assert(tmr_connect_capture(&tmr, &camera.wire));
    sim_reset(sim);
}

static void drop(void)
{
    sim_free(sim);
}

static uint32_t get(uint32_t addr)
{
    return sim_reg_read(&tmr.comp, addr);
}

static void put(uint32_t addr, uint32_t value)
{
    sim_reg_write(&tmr.comp, addr, value);
}

static void run_to(uint64_t edge)
{
    sim_run_until_ps(sim, edge * 1000);
}

START_TEST(a_tick_is_prescale_plus_one_clocks_from_the_enabling_edge)
{
    make();
    run_to(7);
    put(PRESCALE, 9);
    put(CTRL, RUN);
    run_to(106);
    ck_assert_uint_eq(get(COUNT_LO), 9);
    run_to(107); /* 7 + 10 * 10 */
    ck_assert_uint_eq(get(COUNT_LO), 10);
    put(CTRL, 0);
    run_to(1000);
    ck_assert_uint_eq(get(COUNT_LO), 10);
    drop();
}
END_TEST

START_TEST(a_one_shot_stops_at_its_match)
{
    make();
    run_to(10);
    put(CMP_LO, 5);
    put(CTRL, RUN | STOP);
    sim_run_until_ps(sim, 14999);
    ck_assert_uint_eq(get(STATUS), 0);
    run_to(15);
    ck_assert_uint_eq(get(STATUS), 1);
    ck_assert_uint_eq(get(CTRL), STOP);
    run_to(100);
    ck_assert_uint_eq(get(COUNT_LO), 5);
    ck_assert_uint_eq(sim_next_event_ps(sim), SIM_NEVER_PS);
    drop();
}
END_TEST

START_TEST(a_one_shot_with_restart_is_ready_for_the_next)
{
    make();
    put(CMP_LO, 5);
    put(CTRL, RUN | STOP | RESTART);
    run_to(50);
    ck_assert_uint_eq(get(COUNT_LO), 0);
    put(STATUS, 1);
    put(CTRL, RUN | STOP | RESTART);
    run_to(54);
    ck_assert_uint_eq(get(STATUS), 0);
    run_to(55);
    ck_assert_uint_eq(get(STATUS), 1);
    drop();
}
END_TEST

START_TEST(a_period_is_cmp_ticks)
{
    make();
    put(PRESCALE, 2);
    put(CMP_LO, 4);
    put(CTRL, RUN | RESTART);
    run_to(11);
    ck_assert_uint_eq(get(COUNT_LO), 3);
    run_to(12); /* 4 ticks of 3 clocks */
    ck_assert_uint_eq(get(COUNT_LO), 0);
    ck_assert_uint_eq(get(STATUS), 1);
    put(STATUS, 1);
    run_to(23);
    ck_assert_uint_eq(get(STATUS), 0);
    run_to(24);
    ck_assert_uint_eq(get(STATUS), 1);
    run_to(36); /* nobody cleared the flag */
    ck_assert_uint_eq(get(STATUS), 5);
    run_to(12 * 1000);
    ck_assert_uint_eq(tmr.matches, 1000);
    ck_assert_uint_eq(tmr.lost, 998);
    drop();
}
END_TEST

START_TEST(the_count_has_64_bits_and_its_low_word_latches_the_high)
{
    make();
    put(COUNT_LO, 0xfffffffe);
    put(COUNT_HI, 6);
    put(CTRL, RUN);
    ck_assert_uint_eq(get(COUNT_LO), 0xfffffffe);
    run_to(3);
    ck_assert_uint_eq(get(COUNT_HI), 6); /* as of that read */
    ck_assert_uint_eq(sim_reg_peek(&tmr.comp, COUNT_LO), 1);
    ck_assert_uint_eq(get(COUNT_HI), 6); /* a debugger latches nothing */
    ck_assert_uint_eq(get(COUNT_LO), 1);
    ck_assert_uint_eq(get(COUNT_HI), 7);
    drop();
}
END_TEST

START_TEST(a_match_of_64_bits)
{
    make();
    put(COUNT_HI, 1);
    put(COUNT_LO, 0xfffffff0);
    put(CMP_HI, 2);
    put(CMP_LO, 5); /* 0x15 ticks on */
    put(CTRL, RUN);
    run_to(20);
    ck_assert_uint_eq(get(STATUS), 0);
    run_to(21);
    ck_assert_uint_eq(get(STATUS), 1);
    ck_assert_uint_eq(get(COUNT_LO), 5); /* and goes on */
    run_to(30);
    ck_assert_uint_eq(get(COUNT_LO), 14);
    drop();
}
END_TEST

START_TEST(a_compare_value_that_has_passed_is_2_to_the_64_ticks_away)
{
    make();
    put(CTRL, RUN);
    run_to(100);
    put(CMP_LO, 100); /* now */
    ck_assert_uint_eq(sim_next_event_ps(sim), SIM_NEVER_PS);
    put(CMP_LO, 99);
    ck_assert_uint_eq(sim_next_event_ps(sim), SIM_NEVER_PS);
    put(CMP_LO, 101);
    ck_assert_uint_eq(sim_next_event_ps(sim), 101000);
    drop();
}
END_TEST

START_TEST(a_new_compare_value_or_mode_leaves_the_prescaler_alone)
{
    make();
    put(PRESCALE, 9);
    put(CTRL, RUN);
    run_to(25);
    put(CMP_LO, 4);
    run_to(28);
    put(CTRL, RUN | RESTART);
    run_to(39);
    ck_assert_uint_eq(get(STATUS), 0);
    run_to(40);
    ck_assert_uint_eq(get(STATUS), 1);
    ck_assert_uint_eq(get(COUNT_LO), 0);
    drop();
}
END_TEST

START_TEST(a_new_prescaler_or_count_starts_a_whole_tick)
{
    make();
    put(PRESCALE, 9);
    put(CTRL, RUN);
    run_to(25); /* 2 ticks and a half */
    put(PRESCALE, 4);
    run_to(29);
    ck_assert_uint_eq(get(COUNT_LO), 2);
    run_to(30);
    ck_assert_uint_eq(get(COUNT_LO), 3);
    run_to(33);
    put(COUNT_LO, 100);
    run_to(37);
    ck_assert_uint_eq(get(COUNT_LO), 100);
    run_to(38);
    ck_assert_uint_eq(get(COUNT_LO), 101);
    drop();
}
END_TEST

START_TEST(a_frame_start_is_captured_at_the_next_edge)
{
    make();
    put(COUNT_HI, 3);
    put(CTRL, RUN | CAPTURE | IRQ_CAPTURE);
    sim_event_at(sim, &camera.pulse, 12345);
    run_to(20);
    ck_assert_uint_eq(get(STATUS), 2);
    ck_assert(tmr.irq.level);
    ck_assert_uint_eq(get(CAPT_LO), 13);
    ck_assert_uint_eq(get(CAPT_HI), 3);
    sim_event_at(sim, &camera.pulse, 40000);
    run_to(50);
    ck_assert_uint_eq(get(CAPT_LO), 40);
    ck_assert_uint_eq(get(STATUS), 6); /* the first was not fetched in time */
    put(STATUS, 6);
    ck_assert(!tmr.irq.level);
    ck_assert_uint_eq(tmr.captures, 2);
    drop();
}
END_TEST

START_TEST(a_capture_in_the_instant_of_a_restart_sees_it)
{
    for (uint64_t seed = 0; seed < 16; seed++) {
        make();
        sim_set_shuffle(sim, seed);
        put(CMP_LO, 10);
        put(CTRL, RUN | RESTART | CAPTURE);
        sim_event_at(sim, &camera.pulse, 10000);
        run_to(13);
        ck_assert_uint_eq(get(CAPT_LO), 0);
        ck_assert_uint_eq(get(COUNT_LO), 3);
        ck_assert_uint_eq(get(STATUS), 3);
        drop();
    }
}
END_TEST

START_TEST(timers_are_independent_and_share_an_interrupt)
{
    make();
    put(CMP_LO, 3);
    put(TIMER1 + CMP_LO, 5);
    put(CTRL, RUN | STOP);
    put(TIMER1 + CTRL, RUN | STOP | IRQ_MATCH);
    run_to(4);
    ck_assert_uint_eq(get(STATUS), 1);
    ck_assert(!tmr.irq.level); /* not enabled */
    run_to(5);
    ck_assert_uint_eq(get(STATUS), 0x11);
    ck_assert(tmr.irq.level);
    put(STATUS, 1);
    ck_assert(tmr.irq.level);
    put(STATUS, 0x10);
    ck_assert(!tmr.irq.level);
    put(TIMER1 + CTRL, 0);
    drop();
}
END_TEST

START_TEST(reset_stops_everything)
{
    make();
    uint64_t fresh = sim_state_hash(sim);
    put(CMP_LO, 3);
    put(PRESCALE, 7);
    put(CTRL, RUN | RESTART | IRQ_MATCH);
    run_to(100);
    ck_assert(tmr.irq.level);
    sim_reset(sim);
    ck_assert(!tmr.irq.level);
    ck_assert(sim_state_hash(sim) == fresh);
    ck_assert_uint_eq(sim_next_event_ps(sim), SIM_NEVER_PS);
    drop();
}
END_TEST

START_TEST(a_clock_of_zero_is_refused)
{
    tmr_desc_t desc = {0};
    sim = sim_new();
    ck_assert_int_eq(tmr_init(&tmr, sim, &desc, "timer"), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "timer.clk_hz: 0 not in 1..10^12");
    drop();
}
END_TEST

TEST_MAIN("logic timer", a_tick_is_prescale_plus_one_clocks_from_the_enabling_edge,
          a_one_shot_stops_at_its_match, a_one_shot_with_restart_is_ready_for_the_next,
          a_period_is_cmp_ticks, the_count_has_64_bits_and_its_low_word_latches_the_high,
          a_match_of_64_bits, a_compare_value_that_has_passed_is_2_to_the_64_ticks_away,
          a_new_compare_value_or_mode_leaves_the_prescaler_alone,
          a_new_prescaler_or_count_starts_a_whole_tick, a_frame_start_is_captured_at_the_next_edge,
          a_capture_in_the_instant_of_a_restart_sees_it,
          timers_are_independent_and_share_an_interrupt, reset_stops_everything,
          a_clock_of_zero_is_refused)
