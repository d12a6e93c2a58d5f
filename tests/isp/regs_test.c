/*
 * regs_test.c - enable, latching, limits, interrupts, reset, and descriptions that are refused.
 */
#include "tests/isp/slow.h"

/* ---- registers ---- */

START_TEST(a_disabled_isp_does_nothing)
{
    bench_t *b = bench_new();
    rig_write(b->rig, "ISP_CTRL", ISP_CTRL_TENSOR);
    bench_frame(b, 0, usual);
    ck_assert_uint_eq(sim_next_event_ps(b->rig->sim), SIM_NEVER_PS);
    ck_assert_uint_eq(b->rig->rows, 0);
    ck_assert_uint_eq(b->rig->isp.lines, 0);
    ck_assert_uint_eq(b->rig->isp.dropped_lines, 0);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATUS"), 0);
    bench_free(b);
}
END_TEST

START_TEST(enable_counts_from_the_next_frame_and_disable_too)
{
    bench_t *b = bench_new();
    rig_write(b->rig, "ISP_CTRL", 0);
    rig_lines(b->rig, &b->ref, 0, 3, b->raw, usual);
    image_only(b);
    line_at(b, 3, 160, 170);
    line_at(b, 4, 180, 190);
    line_at(b, 5, 200, 210);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 0);
    rig_lines(b->rig, &b->ref, 1, 3, b->raw, from_cycle(300));
    rig_write(b->rig, "ISP_CTRL", 0);
    for (uint32_t row = 3; row < HEIGHT; row++)
        rig_line(b->rig, &b->ref, 1, row, b->raw, from_cycle(300));
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 6);
    image_is_right(b);
    bench_frame(b, 2, from_cycle(600));
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 6);
    ck_assert_str_eq(b->rig->log, "");
    bench_free(b);
}
END_TEST

START_TEST(registers_are_latched_when_line_0_comes)
{
    bench_t *b = bench_new();
    bench_t *other = bench_new();
    other->ref.black[0] = 100;
    other->ref.gain_q8[1] = 300;
    other->ref.matrix_q10[4] = 900;
    other->ref.point[41] = 200;
    other->ref.tone = true;
    other->ref.roi_h = 130; /* 3 rows */
    other->ref.norm_val[2] = 77;
    bench_expect(other);
    rig_line(b->rig, &b->ref, 0, 0, b->raw, usual);
    rig_configure(b->rig, &other->ref, ADDR + 4096);
    for (uint32_t row = 1; row < HEIGHT; row++)
        rig_line(b->rig, &b->ref, 0, row, b->raw, usual);
    rig_run_dry(b->rig);
    image_is_right(b);
    tensor_is_right(b);
    bench_frame(b, 1, from_cycle(500));
    rig_run_dry(b->rig);
    ck_assert_mem_eq(b->rig->rgb, other->rgb, WIDTH * HEIGHT * 3);
    ck_assert_mem_eq(b->rig->mem.bytes + (ADDR + 4096 - RIG_MEM_BASE), other->tensor,
                     ref_tensor_bytes(&other->ref));
    bench_free(b);
    bench_free(other);
}
END_TEST

START_TEST(the_region_follows_the_window_and_its_flips)
{
    /* 24 x 8 samples of 128 x 64 array pixels from (32, 16) on: 16/3 and 8 pixels a sample */
    static const struct {
        uint32_t roi[4], seen_xy, seen_wh, sample[4];
    } cases[] = {
        {{0, 0, 256, 256}, 16u << 16 | 32, 64u << 16 | 128, {0, 0, 24, 8}},
        /* columns 40..71 are 8..39 of the window, samples 1..6; rows 60..: 44..63, 5..7 */
        {{40, 60, 32, 100}, 60u << 16 | 40, 20u << 16 | 32, {1, 5, 6, 3}},
        /* outside: the window's nearest pixel, column 127 and row 0: samples 23 and 0 */
        {{200, 2, 20, 3}, 16u << 16 | 159, 1u << 16 | 1, {23, 0, 1, 1}},
    };
    for (uint32_t flip = 0; flip < 4; flip++)
        for (size_t i = 0; i < SIM_COUNT(cases); i++) {
            bench_t *b = bench_new();
            const uint32_t *sample = cases[i].sample;
            uint16_t raw[24 * 8] = {0};
            b->ref.width_px = 24;
            b->ref.height_px = 8;
            b->ref.window = (sim_window_t){32, 16, 128, 64, flip & 1, flip >> 1};
            b->ref.roi_x = cases[i].roi[0];
            b->ref.roi_y = cases[i].roi[1];
            b->ref.roi_w = cases[i].roi[2];
            b->ref.roi_h = cases[i].roi[3];
            rig_configure(b->rig, &b->ref, ADDR);
            rig_frame(b->rig, &b->ref, 0, raw);
            ck_assert_uint_eq(b->rig->tensor_dones, 1);
            ck_assert_uint_eq(rig_read(b->rig, "ISP_SEEN_XY"), cases[i].seen_xy);
            ck_assert_uint_eq(rig_read(b->rig, "ISP_SEEN_WH"), cases[i].seen_wh);
            ck_assert_uint_eq(rig_read(b->rig, "ISP_SEEN_FLIP"), flip);
            const isp_frame_t *now = &b->rig->isp.now;
            ck_assert_uint_eq(now->roi_x, flip & 1 ? 24 - sample[0] - sample[2] : sample[0]);
            ck_assert_uint_eq(now->roi_y, flip & 2 ? 8 - sample[1] - sample[3] : sample[1]);
            ck_assert_uint_eq(now->roi_w, sample[2]);
            ck_assert_uint_eq(now->roi_h, sample[3]);
            bench_free(b);
        }
}
END_TEST

START_TEST(lines_of_a_second_exposure_pass_by)
{
    bench_t *b = bench_new();
    for (uint32_t row = 0; row < HEIGHT; row++) {
        rig_line(b->rig, &b->ref, 0, row, b->raw, usual);
        sim_line_t other = {.bayer = b->ref.bayer,
                            .bits = b->ref.bits,
                            .width_px = WIDTH,
                            .height_px = HEIGHT,
                            .row = row,
                            .exposure = 1,
                            .start_ps = sim_now_ps(b->rig->sim),
                            .end_ps = sim_now_ps(b->rig->sim),
                            .data.raw = b->raw};
        b->rig->sink.line(b->rig->sink.ctx, &other);
    }
    rig_run_dry(b->rig);
    image_is_right(b);
    tensor_is_right(b);
    ck_assert_uint_eq(b->rig->isp.dropped_lines, 0);
    bench_free(b);
}
END_TEST

START_TEST(illegal_registers_are_put_right_at_the_next_frame_and_logged)
{
    static const struct {
        const char *name;
        uint32_t wrong, right;
    } cases[] = {
        {"ISP_WB_R", 0, 1},         {"ISP_WB_GB", 0, 1},         {"ISP_ROI_X", 256, 255},
        {"ISP_ROI_X", 0x1fff, 255}, {"ISP_ROI_Y", 300, 255},     {"ISP_ROI_W", 0, 1},
        {"ISP_ROI_H", 257, 256},    {"ISP_TENSOR_W", 0, 1},      {"ISP_TENSOR_W", 641, 640},
        {"ISP_TENSOR_H", 0, 1},     {"ISP_TENSOR_H", 4095, 640}, {"ISP_TENSOR_CH", 0, 3},
        {"ISP_TENSOR_CH", 2, 3},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        bench_t *b = bench_new();
        if (strncmp(cases[i].name, "ISP_ROI", 7) == 0) { /* leave only one thing wrong */
            rig_write(b->rig, "ISP_ROI_W", 1);
            rig_write(b->rig, "ISP_ROI_H", 1);
        }
        rig_write(b->rig, cases[i].name, cases[i].wrong);
        rig_line(b->rig, &b->ref, 0, 1, b->raw, usual); /* not a frame's first */
        ck_assert_uint_eq(rig_read(b->rig, cases[i].name), cases[i].wrong);
        ck_assert_str_eq(b->rig->log, "");
        rig_line(b->rig, &b->ref, 0, 0, b->raw, usual);
        ck_assert_uint_eq(rig_read(b->rig, cases[i].name), cases[i].right);
        ck_assert_int_eq(lines_logged(b), 1);
        ck_assert(logged(b, "guest: "));
        ck_assert(logged(b, cases[i].name));
        bench_free(b);
    }
}
END_TEST

START_TEST(interrupts_follow_status_and_enable_and_ones_clear)
{
    bench_t *b = bench_new();
    rig_write(b->rig, "ISP_IRQ_EN", ISP_STATUS_FRAME);
    bench_frame(b, 0, usual);
    sim_run_until_ps(b->rig->sim, 233 * CYCLE_PS - 1);
    ck_assert(!b->rig->isp.irq.level);
    sim_run_until_ps(b->rig->sim, 233 * CYCLE_PS); /* the last row has left */
    ck_assert(b->rig->isp.irq.level);
    rig_write(b->rig, "ISP_STATUS", ISP_STATUS_TENSOR | ISP_STATUS_OVERRUN);
    ck_assert(b->rig->isp.irq.level); /* other bits */
    rig_write(b->rig, "ISP_STATUS", ISP_STATUS_FRAME);
    ck_assert(!b->rig->isp.irq.level);
    rig_run_dry(b->rig); /* the tensor's bit is not enabled .. */
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATUS"), ISP_STATUS_TENSOR);
    ck_assert(!b->rig->isp.irq.level);
    rig_write(b->rig, "ISP_IRQ_EN", ISP_STATUS_TENSOR | ISP_STATUS_OVERRUN); /* .. until now */
    ck_assert(b->rig->isp.irq.level);
    rig_write(b->rig, "ISP_IRQ_EN", 0);
    ck_assert(!b->rig->isp.irq.level);
    ck_assert_uint_eq(b->rig->irq_rises, 2);
    ck_assert_uint_eq(b->rig->irq_falls, 2);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATUS"), ISP_STATUS_TENSOR);
    bench_free(b);
}
END_TEST

/* Not the tables twice: what a reset must leave, from the contract and the IMX500 facts. */
START_TEST(reset_values_are_the_published_ones)
{
    bench_t *b = bench_new();
    bench_frame(b, 0, usual);
    sim_reset(b->rig->sim);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_ID") >> 16, 5);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_CTRL"), 0);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_STATUS"), 0);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_BLC_GB"), 0x100);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_DIV_VAL0"), 1024);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_DIV_SHIFT2"), 6);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_NORM_VAL1"), 0x1800);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_NORM_SHIFT3"), 4);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_CLIP1"), 0x007f0180);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_GAMMA_0"), 0);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_GAMMA_41"), 255);
    ck_assert_uint_eq(rig_read(b->rig, "ISP_ROI_W"), 256);
    ck_assert_uint_eq(sim_next_event_ps(b->rig->sim), SIM_NEVER_PS);
    bench_free(b);
}
END_TEST

/* ---- descriptions ---- */

static bool refused(const isp_desc_t *desc)
{
    sim_t *sim = sim_new();
    isp_t *isp = malloc(sizeof(*isp));
    memset(isp, 0xee, sizeof(*isp)); /* init does not count on zeros */
    sim_err_t err = isp_init(isp, sim, desc, "isp");
    ck_assert(err == SIM_OK || strncmp(sim_error(sim), "isp", 3) == 0);
    isp_free(isp);
    free(isp);
    sim_free(sim);
    return err != SIM_OK;
}

START_TEST(a_desc_out_of_range_is_refused)
{
    isp_desc_t desc = rig_small();
    ck_assert(!refused(&desc));
    /* clang-format off */
#define WRONG(member, value) desc = rig_small(); desc.member = value; ck_assert_msg(refused(&desc), #member);
    WRONG(clk_hz, 0) WRONG(px_per_clk, 0) WRONG(px_per_clk, 17) WRONG(max_width_px, 3)
    WRONG(max_width_px, 8193) WRONG(max_height_px, 3) WRONG(max_height_px, 8193)
    WRONG(array_width_px, 0) WRONG(array_height_px, 0) WRONG(max_tensor_width_px, 0)
    WRONG(max_tensor_width_px, 4097) WRONG(max_tensor_height_px, 0) WRONG(blc.pipe_cycles, 256)
    WRONG(wb.pipe_cycles, 256) WRONG(demosaic_pipe_cycles, 256) WRONG(ccm.pipe_cycles, 256)
    WRONG(yuv_pipe_cycles, 256) WRONG(nr_pipe_cycles, 0) WRONG(sharpen_pipe_cycles, 256)
    WRONG(gamma.pipe_cycles, 256) WRONG(scaler_pipe_cycles, 256) WRONG(writer_slots, 0)
    WRONG(writer_slots, 17) WRONG(writer_outstanding, 0) WRONG(writer_outstanding, 9)
    WRONG(tnr_pipe_cycles, 0) WRONG(dpc_pipe_cycles, 0) WRONG(lsc_pipe_cycles, 256) WRONG(edge_pipe_cycles, 0)
    WRONG(lsc_q10[767], 4096) WRONG(defects, 513)
    WRONG(blc_dn[2], 4096) WRONG(wb_gain_q8[1], 0) WRONG(wb_gain_q8[1], 4096)
#undef WRONG
        /* clang-format on */
        desc = rig_small();
    desc.max_width_px = desc.max_height_px = 8192; /* 2^26 */
    ck_assert(refused(&desc));
}
END_TEST

START_TEST(four_image_sinks_fit_and_all_are_served)
{
    bench_t *b = bench_new();
    isp_t *isp = &b->rig->isp;
    for (int i = 1; i < ISP_MAX_SINKS; i++)
        ck_assert(isp_add_image_sink(isp, isp->image.sink[0]));
    ck_assert(!isp_add_image_sink(isp, isp->image.sink[0]));
    bench_frame(b, 0, usual);
    rig_run_dry(b->rig);
    ck_assert_uint_eq(b->rig->rows, 4 * HEIGHT);
    bench_free(b);
}
END_TEST

START_TEST(without_a_memory_the_check_complains)
{
    sim_t *sim = sim_new();
    isp_t *isp = calloc(1, sizeof(*isp));
    isp_desc_t desc = rig_small();
    ck_assert_int_eq(isp_init(isp, sim, &desc, "isp"), SIM_OK);
    ck_assert_int_eq(sim_check(sim), SIM_EWIRE);
    isp_free(isp);
    free(isp);
    sim_free(sim);
}
END_TEST

TEST_MAIN("isp registers", a_disabled_isp_does_nothing,
          enable_counts_from_the_next_frame_and_disable_too,
          registers_are_latched_when_line_0_comes, the_region_follows_the_window_and_its_flips,
          lines_of_a_second_exposure_pass_by,
          illegal_registers_are_put_right_at_the_next_frame_and_logged,
          interrupts_follow_status_and_enable_and_ones_clear, reset_values_are_the_published_ones,
          a_desc_out_of_range_is_refused, four_image_sinks_fit_and_all_are_served,
          without_a_memory_the_check_complains)
