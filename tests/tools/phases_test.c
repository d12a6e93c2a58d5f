/*
 * phases_test.c - latencies by phase: parts of one, sums over many.
 */
#include "tests/test.h"
#include "tools/phases.h"

#define MS 1000000000ull

/* Frame n: row 0 begins to be exposed at 10 n + 100 ms, for 2 ms; rows 1 us apart, the last is read
 * 5 ms after the first; tensor, NPU and result after 0.1, 0.5 and 0.9 ms. */
static void make_frames(timeline_frame_t *frame, uint32_t frames)
{
    for (uint32_t n = 0; n < frames; n++) {
        uint64_t start = (100 + 10 * n) * MS;
        frame[n] = (timeline_frame_t){.frame = n,
                                      .known = true,
                                      .exposure_start_ps = start,
                                      .exposure_end_ps = start + 7 * MS,
                                      .readout_start_ps = start + 2 * MS,
                                      .readout_end_ps = start + 7 * MS,
                                      .npu_start_ps = start + 7 * MS + MS / 10,
                                      .npu_end_ps = start + 7 * MS + MS / 2};
    }
}

START_TEST(an_entry_has_the_parts_of_the_frame_that_told_it)
{
    timeline_frame_t frame[4];
    make_frames(frame, 4);
    /* pin 3 is high at the start, falls, rises with frame 2's result; pin 0 means nothing */
    const phases_edge_t edge[] = {{1 * MS, 8},   {103 * MS, 1},
                                  {110 * MS, 0}, {127 * MS + MS / 2 + MS / 4, 8},
                                  {150 * MS, 0}, {160 * MS, 8}};
    phases_entry_t entry = {.enter_ps = 118 * MS, .row = 1000}; /* row 1000 begins 1 ms later */
    phases_find(&entry, frame, 4, 1000000, 10 * MS, edge, 6, 3);
    ck_assert(entry.alerted);
    ck_assert_uint_eq(entry.frame, 2);
    ck_assert_uint_eq(entry.alert_ps, 127 * MS + MS / 2 + MS / 4);
    ck_assert_int_eq(entry.part_ps[PHASES_wait], (int64_t)(3 * MS));
    ck_assert_int_eq(entry.part_ps[PHASES_exposure], (int64_t)(2 * MS));
    ck_assert_int_eq(entry.part_ps[PHASES_readout], (int64_t)(4 * MS));
    ck_assert_int_eq(entry.part_ps[PHASES_isp], (int64_t)(MS / 10));
    ck_assert_int_eq(entry.part_ps[PHASES_npu], (int64_t)(4 * MS / 10));
    ck_assert_int_eq(entry.part_ps[PHASES_firmware], (int64_t)(MS / 4));
    ck_assert_double_eq_tol(entry.phase, 0.7, 1e-12); /* 7 ms after the row of frame 1 */
}
END_TEST

START_TEST(without_a_rise_after_a_fall_nobody_was_told)
{
    timeline_frame_t frame[2];
    make_frames(frame, 2);
    const phases_edge_t high[] = {{1 * MS, 1}, {2 * MS, 3}, {3 * MS, 1}};
    const phases_edge_t falls[] = {{1 * MS, 1}, {108 * MS, 0}};
    const phases_edge_t early[] = {{1 * MS, 1}, {2 * MS, 0}, {3 * MS, 1}}; /* before any result */
    phases_entry_t entry = {.enter_ps = 50 * MS};
    phases_find(&entry, frame, 2, 1000000, 10 * MS, high, 3, 0);
    ck_assert(!entry.alerted);
    phases_find(&entry, frame, 2, 1000000, 10 * MS, falls, 2, 0);
    ck_assert(!entry.alerted);
    phases_find(&entry, frame, 2, 1000000, 10 * MS, early, 3, 0);
    ck_assert(!entry.alerted);
    phases_find(&entry, frame, 2, 1000000, 10 * MS, NULL, 0, 0);
    ck_assert(!entry.alerted);
}
END_TEST

START_TEST(a_box_that_was_early_waits_less_than_nothing)
{
    timeline_frame_t frame[4];
    make_frames(frame, 4);
    const phases_edge_t edge[] = {{1 * MS, 1}, {103 * MS, 0}, {118 * MS, 1}};
    phases_entry_t entry = {.enter_ps = 133 * MS, .row = 0};
    phases_find(&entry, frame, 4, 1000000, 10 * MS, edge, 3, 0);
    ck_assert_int_eq(entry.part_ps[PHASES_wait], -(int64_t)(23 * MS));
    ck_assert_double_eq_tol(entry.phase, 0.3, 1e-12);
}
END_TEST

/* Latencies 7, 9, 12 ms; the longest of each part, and a frame of 10 ms, are the bound. */
START_TEST(sums_have_the_worst_the_middle_and_the_bound)
{
    const phases_entry_t entry[4] = {
        {true, 100 * MS, 112 * MS, 0.99, 3, 0, {5 * MS, 1 * MS, 2 * MS, 1 * MS, 2 * MS, 1 * MS}},
        {.alerted = false},
        {true, 100 * MS, 107 * MS, 0.0, 3, 0, {0, 1 * MS, 3 * MS, 1 * MS, 1 * MS, 1 * MS}},
        {true, 100 * MS, 109 * MS, 0.98, 3, 0, {2 * MS, 1 * MS, 2 * MS, 1 * MS, 2 * MS, 1 * MS}},
    };
    phases_sum_t sum;
    ck_assert(phases_add_up(entry, 4, 10 * MS, &sum));
    ck_assert_uint_eq(sum.entries, 4);
    ck_assert_uint_eq(sum.alerts, 3);
    ck_assert_double_eq_tol(sum.min_ms, 7, 1e-9);
    ck_assert_double_eq_tol(sum.median_ms, 9, 1e-9);
    ck_assert_double_eq_tol(sum.worst_ms, 12, 1e-9);
    ck_assert_double_eq_tol(sum.bound_ms, 10 + 1 + 3 + 1 + 2 + 1, 1e-9);
    ck_assert_uint_eq(sum.bin[0].alerts, 1);
    ck_assert_uint_eq(sum.bin[PHASES_BINS - 1].alerts, 2);
    ck_assert_double_eq_tol(sum.bin[PHASES_BINS - 1].min_ms, 9, 1e-9);
    ck_assert_double_eq_tol(sum.bin[PHASES_BINS - 1].max_ms, 12, 1e-9);
    ck_assert(phases_add_up(entry + 1, 1, 10 * MS, &sum));
    ck_assert_uint_eq(sum.alerts, 0);
    ck_assert_double_eq_tol(sum.bound_ms, 0, 1e-12);
}
END_TEST

TEST_MAIN("tools phases", an_entry_has_the_parts_of_the_frame_that_told_it,
          without_a_rise_after_a_fall_nobody_was_told, a_box_that_was_early_waits_less_than_nothing,
          sums_have_the_worst_the_middle_and_the_bound)
