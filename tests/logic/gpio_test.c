/*
 * gpio_test.c - the pins.
 */
#include "logic/gpio.h"
#include "tests/test.h"

enum {
    DIR = 0x04,
    OUT = 0x08,
    SET = 0x0c,
    CLEAR = 0x10,
    IN = 0x14,
    IRQ_EN = 0x18,
    EDGE = 0x1c,
    HIGH = 0x20,
    LOW = 0x24,
    STATUS = 0x28,
};

static sim_t *sim;
static gpio_t gpio;
static uint32_t seen, moves;

static void on_moved(void *ctx, uint32_t levels, uint32_t changed)
{
    (void)ctx;
    ck_assert_uint_eq(levels ^ seen, changed);
    ck_assert_uint_ne(changed, 0);
    seen = levels;
    moves++;
}

static void make(void)
{
    sim = sim_new();
    seen = moves = 0;
    ck_assert_int_eq(gpio_init(&gpio, sim, "gpio"), SIM_OK);
    gpio.moved = on_moved;
    sim_reset(sim);
}

static void drop(void)
{
    sim_free(sim);
}

static uint32_t get(uint32_t addr)
{
    return sim_reg_read(&gpio.comp, addr);
}

static void put(uint32_t addr, uint32_t value)
{
    sim_reg_write(&gpio.comp, addr, value);
}

START_TEST(outputs_reach_the_pins_and_read_back)
{
    make();
    put(OUT, 0x8421);
    ck_assert_uint_eq(seen, 0); /* nobody drives */
    put(DIR, 0xff00);
    ck_assert_uint_eq(seen, 0x8400);
    ck_assert_uint_eq(get(IN), 0x8400);
    put(SET, 0x0300);
    ck_assert_uint_eq(seen, 0x8700);
    ck_assert_uint_eq(get(OUT), 0x8721);
    put(CLEAR, 0x8021);
    ck_assert_uint_eq(seen, 0x0700);
    ck_assert_uint_eq(get(OUT), 0x0700);
    ck_assert_uint_eq(get(SET), 0);
    ck_assert_uint_eq(moves, 3);
    drop();
}
END_TEST

START_TEST(the_board_drives_inputs)
{
    make();
    gpio_drive(&gpio, 3, true);
    gpio_drive(&gpio, 15, true);
    ck_assert_uint_eq(get(IN), 0x8008);
    gpio_drive(&gpio, 3, false);
    ck_assert_uint_eq(get(IN), 0x8000);
    ck_assert_uint_eq(gpio.changes, 3);
    drop();
}
END_TEST

START_TEST(the_chip_wins_against_the_board_and_says_so)
{
    make();
    put(DIR, 0x3);
    put(OUT, 0x2);
    gpio_drive(&gpio, 1, true); /* both high: fine */
    ck_assert_uint_eq(gpio.conflicts, 0);
    gpio_drive(&gpio, 0, true);
    ck_assert_uint_eq(get(IN), 0x2);
    ck_assert_uint_eq(gpio.conflicts, 1);
    ck_assert_uint_eq(sim_log_count(sim, SIM_LOG_GUEST), 1);
    put(DIR, 0x2); /* lets go */
    ck_assert_uint_eq(get(IN), 0x3);
    drop();
}
END_TEST

START_TEST(edges_are_kept_until_cleared)
{
    make();
    put(EDGE, 0x7);
    put(HIGH, 0x5); /* pin 0 rising, 1 falling, 2 both */
    put(LOW, 0x6);
    put(IRQ_EN, 0x7);
    for (uint32_t n = 0; n < 3; n++)
        gpio_drive(&gpio, n, true);
    ck_assert_uint_eq(get(STATUS), 0x5);
    ck_assert(gpio.irq.level);
    put(STATUS, 0x5);
    ck_assert_uint_eq(get(STATUS), 0);
    ck_assert(!gpio.irq.level);
    for (uint32_t n = 0; n < 3; n++)
        gpio_drive(&gpio, n, false);
    ck_assert_uint_eq(get(STATUS), 0x6);
    put(IRQ_EN, 0x1);
    ck_assert(!gpio.irq.level);
    drop();
}
END_TEST

START_TEST(levels_come_back_while_they_last)
{
    make();
    put(HIGH, 0x10);
    put(LOW, 0x20);
    put(IRQ_EN, 0x30);
    ck_assert_uint_eq(get(STATUS), 0x20); /* pin 5 is low */
    gpio_drive(&gpio, 5, true);
    ck_assert_uint_eq(get(STATUS), 0);
    gpio_drive(&gpio, 4, true);
    ck_assert(gpio.irq.level);
    put(STATUS, 0x10);
    ck_assert_uint_eq(get(STATUS), 0x10);
    ck_assert(gpio.irq.level);
    gpio_drive(&gpio, 4, false);
    ck_assert_uint_eq(get(STATUS), 0);
    ck_assert(!gpio.irq.level);
    drop();
}
END_TEST

START_TEST(an_output_can_interrupt_too)
{
    make();
    put(EDGE, 0x1);
    put(HIGH, 0x1);
    put(IRQ_EN, 0x1);
    put(DIR, 0x1);
    put(SET, 0x1);
    ck_assert(gpio.irq.level);
    drop();
}
END_TEST

static uint64_t span_start, span_end, spans;
static char span_track[32];

static void on_span(void *ctx, const char *track, const char *name, uint64_t start_ps,
                    uint64_t end_ps, const char *args)
{
    (void)ctx;
    (void)args;
    ck_assert_str_eq(name, "high");
    snprintf(span_track, sizeof(span_track), "%s", track);
    span_start = start_ps;
    span_end = end_ps;
    spans++;
}

START_TEST(a_high_is_a_span_of_the_trace)
{
    make();
    spans = 0;
    sim_set_trace(sim, on_span, NULL);
    put(DIR, 0x200);
    sim_run_until_ps(sim, 1000);
    put(SET, 0x200);
    sim_run_until_ps(sim, 5000);
    put(CLEAR, 0x200);
    ck_assert_uint_eq(spans, 1);
    ck_assert_str_eq(span_track, "gpio.pin9");
    ck_assert_uint_eq(span_start, 1000);
    ck_assert_uint_eq(span_end, 5000);
    drop();
}
END_TEST

START_TEST(a_reset_leaves_the_board_alone)
{
    make();
    gpio_drive(&gpio, 2, true);
    put(DIR, 0xf0);
    put(OUT, 0xf0);
    sim_reset(sim);
    ck_assert_uint_eq(get(IN), 0x4);
    ck_assert_uint_eq(get(OUT), 0);
    drop();
}
END_TEST

TEST_MAIN("logic gpio", outputs_reach_the_pins_and_read_back, the_board_drives_inputs,
          the_chip_wins_against_the_board_and_says_so, edges_are_kept_until_cleared,
          levels_come_back_while_they_last, an_output_can_interrupt_too,
          a_high_is_a_span_of_the_trace, a_reset_leaves_the_board_alone)
