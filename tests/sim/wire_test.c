/*
 * wire_test.c - levels and listeners.
 */
#include "sim/wire.h"
#include "tests/sim/dies.h"
#include "tests/test.h"

typedef struct {
    uint32_t rises, falls, order;
} ear_t;

static uint32_t calls;

static void hear(void *ctx, bool level)
{
    ear_t *ear = ctx;
    ear->rises += level;
    ear->falls += !level;
    ear->order = ++calls;
}

START_TEST(listeners_hear_changes_only_in_the_order_they_were_connected)
{
    sim_wire_t wire = {0};
    ear_t ears[2] = {{0}};
    calls = 0;
    ck_assert(!sim_wire_connected(&wire));
    ck_assert(sim_wire_connect(&wire, hear, &ears[0]));
    ck_assert(sim_wire_connect(&wire, hear, &ears[1]));
    ck_assert(sim_wire_connected(&wire));
    sim_wire_set(&wire, false); /* low already */
    ck_assert_uint_eq(calls, 0);
    sim_wire_set(&wire, true);
    sim_wire_set(&wire, true);
    ck_assert(wire.level);
    ck_assert_uint_eq(ears[0].rises, 1);
    ck_assert_uint_eq(ears[0].order, 1);
    ck_assert_uint_eq(ears[1].order, 2);
    sim_wire_set(&wire, false);
    ck_assert_uint_eq(ears[1].falls, 1);
    ck_assert_uint_eq(calls, 4);
}
END_TEST

START_TEST(a_pulse_is_one_rise_and_one_fall)
{
    sim_wire_t wire = {0};
    ear_t ear = {0};
    sim_wire_connect(&wire, hear, &ear);
    sim_wire_pulse(&wire);
    ck_assert_uint_eq(ear.rises, 1);
    ck_assert_uint_eq(ear.falls, 1);
    ck_assert(!wire.level);
}
END_TEST

START_TEST(a_wire_has_a_limited_number_of_listeners)
{
    sim_wire_t wire = {0};
    ear_t ear = {0};
    for (int i = 0; i < SIM_WIRE_MAX_LISTENERS; i++)
        ck_assert(sim_wire_connect(&wire, hear, &ear));
    ck_assert(!sim_wire_connect(&wire, hear, &ear));
    sim_wire_set(&wire, true);
    ck_assert_uint_eq(ear.rises, SIM_WIRE_MAX_LISTENERS);
}
END_TEST

START_TEST(an_unconnected_wire_can_be_set)
{
    sim_wire_t wire = {0};
    sim_wire_set(&wire, true);
    ck_assert(wire.level);
}
END_TEST

static void set_back(void *ctx, bool level)
{
    sim_wire_set(ctx, !level);
}

static void close_loop(void *ctx)
{
    sim_wire_t wire = {0};
    (void)ctx;
    sim_wire_connect(&wire, set_back, &wire);
    sim_wire_set(&wire, true);
}

START_TEST(a_combinational_loop_is_our_own_error)
{
    ck_assert(dies(close_loop, NULL));
}
END_TEST

TEST_MAIN("sim wire", listeners_hear_changes_only_in_the_order_they_were_connected,
          a_pulse_is_one_rise_and_one_fall, a_wire_has_a_limited_number_of_listeners,
          an_unconnected_wire_can_be_set, a_combinational_loop_is_our_own_error)
