/*
 * timing_test.c - when rows and tensors leave, and what happens when they cannot; see slow.h for
 * the numbers.
 */
#include "tests/isp/slow.h"

/* ---- rows ---- */

/* Row n leaves 15 cycles behind line n + 2; the last two follow at 4 cycles each. */
START_TEST(rows_leave_two_lines_and_the_pipe_later)
{
    bench_t *b = bench_new();
    image_only(b);
    bench_frame(b, 7, usual);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 6);
    row_left(b, 0, 0, 155, 165);
    row_left(b, 1, 1, 175, 185);
    row_left(b, 2, 2, 195, 205);
    row_left(b, 3, 3, 215, 225);
    row_left(b, 4, 4, 225, 229);
    row_left(b, 5, 5, 229, 233);
    for (int row = 0; row < 6; row++) {
        uint32_t flags = row == 0 ? SIM_LINE_FIRST : row == 5 ? SIM_LINE_LAST : 0;
        ck_assert_uint_eq(b->rig->row[row].flags, flags);
        ck_assert_uint_eq(b->rig->row[row].frame, 7);
    }
    bench_free(b);
}
END_TEST

START_TEST(a_line_between_two_edges_counts_from_the_later_one)
{
    bench_t *b = bench_new();
    image_only(b);
    rig_timing_t late = usual;
    late.first_ps += 1;
    bench_frame(b, 0, late);
    rig_run_dry(b->rig);
    row_left(b, 0, 0, 156, 166);
    row_left(b, 5, 5, 230, 234);
    bench_free(b);
}
END_TEST

/* Edge n of 262.5 MHz is at floor(n * 80000 / 21) ps. Line 2 comes from 21 us, edge 5512.5, to
 * 29 us, edge 7612.5; the default pipe is 4 + 3 + 9 + 4 + 4 = 24. */
START_TEST(rows_leave_on_edges_of_the_logic_clock)
{
    isp_desc_t desc = rig_small();
    bench_t *b = bench_new_of(&desc);
    image_only(b);
    bench_frame(b, 0, (rig_timing_t){1000000, 10000000, 8000000});
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->row[0].start_ps, 21093333); /* 5537 */
    ck_assert_uint_eq(b->rig->row[0].end_ps, 29093333);   /* 7637 */
    bench_free(b);
}
END_TEST

START_TEST(a_line_takes_at_least_its_pixels_cycles)
{
    bench_t *b = bench_new();
    image_only(b);
    bench_frame(b, 0, (rig_timing_t){100 * CYCLE_PS, 20 * CYCLE_PS, 1 * CYCLE_PS});
    rig_run_dry(b->rig);
    row_left(b, 0, 0, 155, 159);
    row_left(b, 3, 3, 215, 219);
    bench_free(b);
}
END_TEST

/* S(0) P(0) = 100 104, S(1) P(1) = 104 108, S(2) P(2) = 108 112, S(3) P(3) = 130 140. */
START_TEST(lines_that_come_too_fast_queue_up_behind_each_other)
{
    bench_t *b = bench_new();
    image_only(b);
    line_at(b, 0, 100, 101);
    line_at(b, 1, 102, 103);
    line_at(b, 2, 104, 105);
    line_at(b, 3, 130, 140);
    rig_run_dry(b->rig);
    row_left(b, 0, 0, 123, 127);
    row_left(b, 1, 1, 145, 155);
    bench_free(b);
}
END_TEST

/* Row 0 would leave at 127; line 3 comes at 126. */
START_TEST(a_line_before_the_row_before_it_has_left_is_an_overrun)
{
    bench_t *b = bench_new();
    image_only(b);
    line_at(b, 0, 100, 101);
    line_at(b, 1, 102, 103);
    line_at(b, 2, 104, 105);
    line_at(b, 3, 125, 126);
    line_at(b, 4, 200, 210);
    line_at(b, 5, 220, 230);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 0);
    ck_assert_uint_eq(b->rig->isp.overruns, 1);
    ck_assert_uint_eq(b->rig->isp.dropped_lines, 3);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATUS"), ISP_STATUS_OVERRUN);
    ck_assert_int_eq(lines_logged(b), 1);
    ck_assert(logged(b, "error: frame 0:"));
    bench_frame(b, 1, from_cycle(300)); /* and the next frame is fine */
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 6);
    image_is_right(b);
    ck_assert_uint_eq(b->rig->isp.frames, 1);
    bench_free(b);
}
END_TEST

/* At 127 row 0 leaves and line 3 comes: whoever is first, both happen. */
START_TEST(a_line_at_the_instant_when_the_row_leaves_is_in_time_in_either_order)
{
    for (int line_first = 0; line_first < 2; line_first++) {
        bench_t *b = bench_new();
        image_only(b);
        rig_timing_t third = {126 * CYCLE_PS, 0, CYCLE_PS};
        if (line_first)
            rig_post_line(b->rig, &b->ref, 0, 3, b->raw, third);
        line_at(b, 0, 100, 101);
        line_at(b, 1, 102, 103);
        line_at(b, 2, 104, 105);
        if (!line_first)
            rig_post_line(b->rig, &b->ref, 0, 3, b->raw, third);
        line_at(b, 4, 200, 210);
        line_at(b, 5, 220, 230);
        rig_run_dry(b->rig);
        ck_assert_str_eq(b->rig->log, "");
        row_left(b, 0, 0, 123, 127);
        row_left(b, 1, 1, 141, 145); /* line 3 takes 126 .. 130: it has 4 cycles of pixels */
        image_is_right(b);
        bench_free(b);
    }
}
END_TEST

START_TEST(a_frame_cut_short_is_dropped_and_the_next_one_is_whole)
{
    bench_t *b = bench_new();
    rig_lines(b->rig, &b->ref, 0, 4, b->raw, usual);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 2);
    ck_assert_uint_eq(b->rig->tensor_dones, 0);
    bench_frame(b, 1, from_cycle(500));
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 2 + 6);
    row_left(b, 2, 0, 555, 565);
    image_is_right(b);
    ck_assert_uint_eq(b->rig->tensor_dones, 1);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_TENSOR_FRAME"), 1);
    tensor_is_right(b);
    ck_assert_uint_eq(b->rig->isp.frames, 1);
    ck_assert_uint_eq(b->rig->isp.lost_tensors, 1);
    ck_assert_uint_eq(b->rig->isp.overruns, 1);
    ck_assert(logged(b, "error: frame 0:"));
    bench_free(b);
}
END_TEST

/* The region's rows are 0..3: its tensor is complete although the frame is not. */
START_TEST(a_tensor_whose_rows_have_all_come_survives_the_end_of_its_frame)
{
    bench_t *b = bench_new();
    rig_lines(b->rig, &b->ref, 0, 6, b->raw, usual);
    bench_frame(b, 1, from_cycle(221)); /* line 0 comes at 231: row 5 has not left */
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->tensor_dones, 1);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_TENSOR_FRAME"), 0);
    tensor_is_right(b);
    bench_free(b);
}
END_TEST

START_TEST(lines_that_are_missing_or_of_another_frame_are_dropped)
{
    bench_t *b = bench_new();
    image_only(b);
    line_at(b, 0, 100, 110);
    line_at(b, 1, 120, 130);
    line_at(b, 1, 140, 150);
    rig_timing_t t = from_cycle(160);
    rig_line(b->rig, &b->ref, 9, 0, b->raw, (rig_timing_t){t.first_ps, 0, CYCLE_PS});
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 0);
    ck_assert_uint_eq(b->rig->isp.dropped_lines, 1);
    ck_assert_uint_eq(b->rig->isp.lines, 3);
    bench_free(b);
}
END_TEST

START_TEST(lines_that_no_frame_can_have_are_dropped)
{
    bench_t *b = bench_new();
    ref_t good = b->ref;
    static uint16_t raw[300 * 300];
    static const struct {
        uint32_t bits, width_px, height_px;
    } bad[] = {{7, 8, 6}, {13, 8, 6}, {10, 3, 6}, {10, 257, 6}, {10, 8, 3}, {10, 8, 257}};
    for (size_t i = 0; i < SIM_COUNT(bad); i++) {
        b->ref.bits = bad[i].bits;
        b->ref.width_px = bad[i].width_px;
        b->ref.height_px = bad[i].height_px;
        rig_line(b->rig, &b->ref, 0, 0, raw, from_cycle(100 + 100 * i));
        ck_assert_uint_eq(b->rig->isp.dropped_lines, i + 1);
    }
    b->ref = good;
    bench_frame(b, 1, from_cycle(1000));
    rig_run_dry(b->rig);
    image_is_right(b);
    bench_free(b);
}
END_TEST

/* A line within a frame that has another shape than its first does not overwrite anything. */
START_TEST(a_line_of_another_shape_within_a_frame_is_dropped)
{
    bench_t *b = bench_new();
    image_only(b);
    static uint16_t raw[300 * 4];
    line_at(b, 0, 100, 110);
    ref_t wide = b->ref;
    wide.width_px = 300;
    rig_line(b->rig, &wide, 0, 1, raw, (rig_timing_t){120 * CYCLE_PS, 0, CYCLE_PS});
    wide.width_px = 10;
    rig_line(b->rig, &wide, 0, 1, raw, (rig_timing_t){130 * CYCLE_PS, 0, CYCLE_PS});
    ck_assert_uint_eq(b->rig->isp.dropped_lines, 2);
    ck_assert_uint_eq(b->rig->isp.lines, 1);
    bench_free(b);
}
END_TEST

/* ---- tensor ---- */

/*
 * Row n leaves at 165 + 20 n. The tensor row is made 6 + 8 / 2 cycles later, at 175 + 20 n: two
 * requests of one beat, done after 1 + 8 and 2 + 8 cycles, the third when the first is done:
 * 184 + 1 + 8 = 193. So the last burst of row 3 is done at 253.
 */
START_TEST(tensor_done_comes_with_the_last_burst)
{
    bench_t *b = bench_new();
    rig_lines(b->rig, &b->ref, 4, HEIGHT, b->raw, usual);
    sim_run_until_ps(b->rig->sim, 253 * CYCLE_PS - 1);
    ck_assert_uint_eq(b->rig->tensor_dones, 0);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATUS") & ISP_STATUS_TENSOR, 0);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->mem.first_request_ps, 175 * CYCLE_PS);
    ck_assert_uint_eq(b->rig->mem.last_done_ps, 253 * CYCLE_PS);
    ck_assert_uint_eq(b->rig->mem.requests, 12);
    ck_assert_uint_eq(b->rig->mem.most_at_once, 2);
    ck_assert_uint_eq(b->rig->tensor_dones, 1);
    ck_assert_uint_eq(b->rig->tensor_done_ps, 253 * CYCLE_PS);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_TENSOR_FRAME"), 4);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATUS"), ISP_STATUS_FRAME | ISP_STATUS_TENSOR);
    tensor_is_right(b);
    row_left(b, 5, 5, 229, 233); /* the image does not care */
    bench_free(b);
}
END_TEST

/* 70 px are 96 bytes: from 0x..20 a burst of 96, then 32 + 64 and so on: never across 128. */
START_TEST(bursts_stay_within_their_aligned_blocks)
{
    isp_desc_t desc = slow_desc();
    bench_t *b = bench_new_of(&desc);
    b->ref.out_width_px = 70;
    b->ref.out_height_px = 4;
    rig_configure(b->rig, &b->ref, ADDR + 32);
    bench_expect(b);
    bench_frame(b, 0, (rig_timing_t){0, 1000 * CYCLE_PS, 10 * CYCLE_PS});
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->mem.rule_breaks, 0);
    /* 12 rows of 96 from offset 32 on; every fourth begins at 32, 0, 96, 64: 1, 1, 2, 2 bursts */
    ck_assert_uint_eq(b->rig->mem.requests, 18);
    ck_assert_mem_eq(b->rig->mem.bytes + (ADDR + 32 - RIG_MEM_BASE), b->tensor,
                     ref_tensor_bytes(&b->ref));
    bench_free(b);
}
END_TEST

/*
 * All six rows go into a 1 : 1 tensor. Row 3's tensor row is made at 225 + 10 = 235, so row 4, due
 * at 229, is held back twice, to 237; its tensor row is made at 247, so row 5, due at 241, waits
 * until 249. Its tensor row: 259. Bursts, two at a time, 9 cycles each:
 *   row 3: 235 -> 244, 236 -> 245, 244 -> 253; row 4: 247 -> 256, 253 -> 262, 256 -> 265;
 *   row 5: 262 -> 271, 265 -> 274, 271 -> 280.
 */
START_TEST(the_last_two_rows_wait_for_the_scaler_as_nothing_pushes_them)
{
    bench_t *b = bench_new();
    b->ref.roi_h = 256;
    b->ref.out_height_px = 6;
    rig_configure(b->rig, &b->ref, ADDR);
    bench_expect(b);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    row_left(b, 3, 3, 215, 225);
    row_left(b, 4, 4, 233, 237);
    row_left(b, 5, 5, 245, 249);
    ck_assert_uint_eq(b->rig->tensor_done_ps, 280 * CYCLE_PS);
    tensor_is_right(b);
    ck_assert_str_eq(b->rig->log, "");
    bench_free(b);
}
END_TEST

/* Two slots are full at 195; row 2's tensor row finds no room, and at 225 row 3 comes. */
START_TEST(a_tensor_is_given_up_when_the_memory_is_too_slow)
{
    bench_t *b = bench_new();
    b->rig->mem.latency_cycles = 1000;
    bench_frame(b, 0, usual);
    sim_run_until_ps(b->rig->sim, 225 * CYCLE_PS - 1);
    ck_assert_str_eq(b->rig->log, "");
    sim_run_until_ps(b->rig->sim, 225 * CYCLE_PS);
    ck_assert(logged(b, "error: frame 0:"));
    rig_run_dry(b->rig);
    ck_assert_int_eq(lines_logged(b), 1);
    ck_assert_uint_eq(b->rig->tensor_dones, 0);
    ck_assert_uint_eq(b->rig->mem.requests, 2); /* no burst after it was given up */
    ck_assert_uint_eq(b->rig->isp.lost_tensors, 1);
    ck_assert_uint_eq(b->rig->isp.overruns, 1);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATUS"), ISP_STATUS_FRAME | ISP_STATUS_OVERRUN);
    image_is_right(b); /* the image is whole, and in time */
    row_left(b, 5, 5, 229, 233);

    b->rig->mem.latency_cycles = 8; /* and so is the next tensor */
    bench_frame(b, 1, from_cycle(2000));
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->tensor_dones, 1);
    ck_assert_uint_eq(b->rig->tensor_done_ps, 2153 * CYCLE_PS);
    tensor_is_right(b);
    ck_assert_uint_eq(b->rig->isp.lost_tensors, 1);
    bench_free(b);
}
END_TEST

/* Slow enough to make rows wait, fast enough to lose none: same bytes. */
START_TEST(a_row_waits_for_room_and_then_leaves)
{
    bench_t *b = bench_new();
    b->rig->mem.latency_cycles =
        20;                   /* a row takes 1 + 20 + 1 + 20 = 42 cycles, they come every 20 */
    b->ref.out_height_px = 2; /* so every other row only: every 40 */
    b->ref.channels = 1;      /* and one burst each, done after 21 */
    rig_configure(b->rig, &b->ref, ADDR);
    bench_expect(b);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->tensor_done_ps, (225 + 10 + 21) * CYCLE_PS);
    tensor_is_right(b);

    b->ref.out_height_px = 4; /* row n at 175 + 20 n, each 22 .. 43 cycles after: one slot waits */
    b->ref.channels = 3;
    rig_configure(b->rig, &b->ref, ADDR);
    bench_expect(b);
    bench_frame(b, 1, (rig_timing_t){1000 * CYCLE_PS, 45 * CYCLE_PS, 10 * CYCLE_PS});
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->tensor_dones, 2);
    tensor_is_right(b);
    ck_assert_str_eq(b->rig->log, "");
    bench_free(b);
}
END_TEST

/*
 * Four slots take the whole tensor; twelve bursts of 301 cycles, two at a time, take until about
 * 2000, so the frame of cycle 500 has no tensor.
 */
START_TEST(a_frame_has_no_tensor_while_the_last_one_is_being_written)
{
    isp_desc_t desc = slow_desc();
    desc.writer_slots = 4;
    bench_t *b = bench_new_of(&desc);
    b->rig->mem.latency_cycles = 300;
    bench_frame(b, 0, usual);
    bench_frame(b, 1, from_cycle(500));
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 12);
    ck_assert_uint_eq(b->rig->tensor_dones, 1);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_TENSOR_FRAME"), 0);
    tensor_is_right(b);
    ck_assert_uint_eq(b->rig->isp.lost_tensors, 1);
    ck_assert_uint_eq(b->rig->isp.overruns, 1);
    ck_assert(logged(b, "error: frame 1:"));
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATUS"), 7);
    bench_frame(b, 2, from_cycle(4000));
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->tensor_dones, 2);
    bench_free(b);
}
END_TEST

/*
 * Tensor row 0 takes the only slot at 195, row 1 waits for it from 235 on. All source rows have
 * come, so that is no overrun: but the frame of cycle 500 begins, and sends its own rows, while the
 * scaler still holds one of frame 0. Row 0 is done at 195 + 1 + 1000, row 1 at 1196 + 1 + 1000.
 */
START_TEST(rows_of_the_next_frame_do_not_touch_a_tensor_row_that_waits)
{
    isp_desc_t desc = slow_desc();
    desc.writer_slots = 1;
    bench_t *b = bench_new_of(&desc);
    b->ref.out_height_px = 2;
    b->ref.channels = 1;
    rig_configure(b->rig, &b->ref, ADDR);
    bench_expect(b);
    b->rig->mem.latency_cycles = 1000;
    bench_frame(b, 0, usual);
    uint16_t other[WIDTH * HEIGHT] = {0};
    rig_lines(b->rig, &b->ref, 1, HEIGHT, other, from_cycle(500));
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 12);
    ck_assert_uint_eq(b->rig->tensor_dones, 1);
    ck_assert_uint_eq(b->rig->tensor_done_ps, 2197 * CYCLE_PS);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_TENSOR_FRAME"), 0);
    tensor_is_right(b);
    ck_assert_int_eq(lines_logged(b), 1); /* frame 1 has no tensor */
    ck_assert_uint_eq(b->rig->isp.lost_tensors, 1);
    bench_free(b);
}
END_TEST

static void lost_at(uint32_t addr)
{
    bench_t *b = bench_new();
    rig_write(b->rig, "ISP_TENSOR_ADDR", addr);
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->tensor_dones, 0);
    ck_assert_uint_eq(b->rig->isp.lost_tensors, 1);
    ck_assert(logged(b, "guest: "));
    ck_assert_int_eq(lines_logged(b), 1);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATUS"), ISP_STATUS_FRAME | ISP_STATUS_OVERRUN);
    image_is_right(b);

    rig_write(b->rig, "ISP_TENSOR_ADDR", ADDR);
    bench_frame(b, 1, from_cycle(1000));
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->tensor_dones, 1);
    tensor_is_right(b);
    bench_free(b);
}

START_TEST(a_tensor_where_no_memory_is_is_lost_logged_once_and_raises_no_done)
{
    lost_at(0x30000000);
    lost_at(0xffffffe0);                        /* wraps around */
    lost_at(RIG_MEM_BASE + RIG_MEM_BYTES - 32); /* one row fits */
}
END_TEST

/* ---- order of events ---- */

/* The tensor's last burst is done at 253, when line 0 of the next frame comes: too early. */
START_TEST(a_frame_that_begins_with_the_last_burst_has_no_tensor_in_either_order)
{
    for (int line_first = 0; line_first < 2; line_first++) {
        bench_t *b = bench_new();
        bench_frame(b, 0, usual);
        rig_timing_t next = {243 * CYCLE_PS, 20 * CYCLE_PS, 10 * CYCLE_PS};
        if (!line_first)
            sim_run_until_ps(b->rig->sim, 252 * CYCLE_PS); /* the burst's event is older */
        rig_post_line(b->rig, &b->ref, 1, 0, b->raw, next);
        sim_run_until_ps(b->rig->sim, 253 * CYCLE_PS);
        ck_assert_uint_eq(b->rig->tensor_dones, 1);
        ck_assert_uint_eq(b->rig->isp.lost_tensors, 1);
        bench_free(b);
    }
}
END_TEST

TEST_MAIN("isp timing", rows_leave_two_lines_and_the_pipe_later,
          a_line_between_two_edges_counts_from_the_later_one,
          rows_leave_on_edges_of_the_logic_clock, a_line_takes_at_least_its_pixels_cycles,
          lines_that_come_too_fast_queue_up_behind_each_other,
          a_line_before_the_row_before_it_has_left_is_an_overrun,
          a_line_at_the_instant_when_the_row_leaves_is_in_time_in_either_order,
          a_frame_cut_short_is_dropped_and_the_next_one_is_whole,
          a_tensor_whose_rows_have_all_come_survives_the_end_of_its_frame,
          lines_that_are_missing_or_of_another_frame_are_dropped,
          lines_that_no_frame_can_have_are_dropped,
          a_line_of_another_shape_within_a_frame_is_dropped, tensor_done_comes_with_the_last_burst,
          bursts_stay_within_their_aligned_blocks,
          the_last_two_rows_wait_for_the_scaler_as_nothing_pushes_them,
          a_tensor_is_given_up_when_the_memory_is_too_slow, a_row_waits_for_room_and_then_leaves,
          a_frame_has_no_tensor_while_the_last_one_is_being_written,
          rows_of_the_next_frame_do_not_touch_a_tensor_row_that_waits,
          a_tensor_where_no_memory_is_is_lost_logged_once_and_raises_no_done,
          a_frame_that_begins_with_the_last_burst_has_no_tensor_in_either_order)
