/*
 * timing_test.c - when rows are exposed and read. Times are worked out by hand from the kernel
 * driver's line lengths: n clocks of 744 MHz are floor(n * 1e6 / 744) ps.
 */
#include "tests/pixel/die.h"
#include "tests/test.h"

START_TEST(line_and_frame_times_are_those_of_the_driver_modes)
{
    pix_desc_t desc = pix_desc_default();
    pix_frame_t binned = {.clk_hz = 744000000, .line_length_pck = 9398, .frame_length_lines = 2637};
    pix_frame_t full = {.clk_hz = 744000000, .line_length_pck = 17900, .frame_length_lines = 4157};
    ck_assert_uint_eq(pix_line_time_ps(&binned), 12631720);     /* 12.632 us */
    ck_assert_uint_eq(pix_line_time_ps(&full), 24059139);       /* 24.059 us */
    ck_assert_uint_eq(pix_frame_time_ps(&binned), 33309846774); /* 30.02 fps */
    ck_assert_uint_eq(pix_frame_time_ps(&full), 100013844086);  /* 100.014 ms */
    ck_assert_uint_eq(die_size(&desc, DIE_BINNED).width_px, 2028);
    ck_assert_uint_eq(die_size(&desc, DIE_BINNED).height_px, 1520);
    ck_assert_uint_eq(die_size(&desc, DIE_FULL).width_px, 4056);
    ck_assert_uint_eq(die_size(&desc, DIE_FULL).height_px, 3040);
}
END_TEST

START_TEST(the_fastest_lines_give_the_published_readouts)
{
    pix_desc_t desc = pix_desc_default();
    pix_frame_t full = die_latched(&desc, DIE_FULL, 0), binned = die_latched(&desc, DIE_BINNED, 0);
    uint32_t pck[PIX_LIMITS];
    full.line_length_pck = binned.line_length_pck = 0;
    ck_assert(pix_clamp(&desc, &full));
    ck_assert(pix_clamp(&desc, &binned));
    uint64_t full_ps = 3040 * pix_line_time_ps(&full);
    uint64_t binned_ps = 1520 * pix_line_time_ps(&binned);
    full.asked_pck = binned.asked_pck = 0;
    ck_assert_int_eq(pix_row_limit(&desc, &full, pck), PIX_LIMIT_COLUMNS);
    ck_assert_int_eq(pix_row_limit(&desc, &binned, pck), PIX_LIMIT_ADC);
    ck_assert_uint_eq((full_ps + 5000000) / 10000000, 1652);  /* 16.52 ms */
    ck_assert_uint_eq((binned_ps + 5000000) / 10000000, 552); /* 5.52 ms */
}
END_TEST

START_TEST(rows_of_the_default_mode_leave_one_line_time_apart)
{
    pix_desc_t desc = pix_desc_default();
    die_t *die = die_new(&desc, 1);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 2);
    const die_frame_t *frame = &die->frame[0];
    ck_assert_uint_eq(frame->height_px, 1520);
    ck_assert_uint_eq(frame->frame_start_ps, 20210752688); /* after 1600 lines of exposure */
    ck_assert_uint_eq(frame->row[0].start_ps, 20210752688);
    ck_assert_uint_eq(frame->row[0].at_ps, 20223384408); /* 1601 lines */
    ck_assert_uint_eq(frame->row[1].at_ps, 20236016129);
    ck_assert_uint_eq(frame->row[1519].at_ps, 39410967741); /* 3120 lines */
    ck_assert_uint_eq(frame->row[1519].end_ps, 39410967741);
    ck_assert_uint_eq(frame->frame_end_ps, 39410967741);
    ck_assert_uint_eq(frame->row[0].flags, SIM_LINE_FIRST);
    ck_assert_uint_eq(frame->row[700].flags, 0);
    ck_assert_uint_eq(frame->row[1519].flags, SIM_LINE_LAST);
    ck_assert_uint_eq(die->frame[1].frame_start_ps, 53520599462); /* 2637 lines on */
    die_free(die);
}
END_TEST

START_TEST(rows_of_the_full_mode_leave_one_line_time_apart)
{
    pix_desc_t desc = pix_desc_default();
    desc.width_px = 64; /* the driver's timing, on a narrow array */
    die_t *die = die_new(&desc, 1);
    die_set_mode(die, DIE_FULL);
    die_write(die, "PIX_LINE_LENGTH", 17900);
    die_write(die, "PIX_FRAME_LENGTH", 4157);
    die_write(die, "PIX_COARSE", 8);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 2);
    uint64_t skew_ps = die->frame[0].row[3039].at_ps - die->frame[0].row[0].start_ps;
    ck_assert_uint_eq(skew_ps / 1000000, 73139); /* 73.14 ms */
    uint64_t period_ps = die->frame[1].frame_start_ps - die->frame[0].frame_start_ps;
    ck_assert_uint_le(period_ps - 100013844086, 1);
    die_free(die);
}
END_TEST

START_TEST(the_first_exposure_begins_when_the_stream_does)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    sim_run_until_ps(die->sim, 5000000001); /* the next clock edge: 3,720,001 */
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 1);
    const pix_timing_t *t = &die->frame[0].timing;
    ck_assert_uint_eq(t->exposure_start_ps, 5000001344);
    ck_assert_uint_eq(t->readout_start_ps, 25210754032); /* 3,720,001 + 1600 * 9398 clocks */
    ck_assert_uint_eq(t->exposure_end_ps, die->frame[0].row[23].start_ps);
    ck_assert_uint_eq(t->readout_end_ps, die->frame[0].row[23].at_ps);
    ck_assert_uint_eq(die_read(die, "PIX_SOF_LO"), 5000001344 & UINT32_MAX);
    ck_assert_uint_eq(die_read(die, "PIX_SOF_HI"), 5000001344 >> 32);
    die_free(die);
}
END_TEST

/* ---- what the light is asked for ---- */

typedef struct {
    uint64_t start_ps[4][48], end_ps[4][48];
    float y_px[48];
    float x0_px, x_step_px;
    uint32_t width_px;
} asked_t;

static void asking_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    asked_t *asked = *(asked_t *const *)ctx; /* one thread only */
    uint32_t row = (uint32_t)(req->y_px / req->x_step_px);
    if (req->frame < 4) {
        asked->start_ps[req->frame][row] = req->start_ps;
        asked->end_ps[req->frame][row] = req->start_ps + req->exposure_ps;
    }
    asked->y_px[row] = req->y_px;
    asked->x0_px = req->x0_px;
    asked->x_step_px = req->x_step_px;
    asked->width_px = req->width_px;
    for (uint32_t i = 0; i < req->width_px; i++)
        out->r[i] = out->g[i] = out->b[i] = 0;
}

START_TEST(a_row_asks_for_light_of_its_own_exposure_and_place)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    asked_t asked = {0}, *ctx = &asked;
    die->pix->light = (sim_light_t){asking_row, &ctx};
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 1);
    ck_assert_uint_eq(asked.width_px, 32);
    ck_assert(asked.x0_px == 0.5f && asked.x_step_px == 2);
    ck_assert(asked.y_px[0] == 0.5f && asked.y_px[23] == 46.5f);
    for (uint32_t row = 0; row < 24; row++) {
        ck_assert_uint_eq(asked.start_ps[0][row], sim_edge_ps(row * 9398, 744000000));
        ck_assert_uint_eq(asked.end_ps[0][row], die->frame[0].row[row].start_ps);
    }
    die_free(die);
}
END_TEST

START_TEST(the_full_mode_asks_for_every_photosite)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    asked_t asked = {0}, *ctx = &asked;
    die->pix->light = (sim_light_t){asking_row, &ctx};
    die_set_mode(die, DIE_FULL);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 1);
    ck_assert_uint_eq(asked.width_px, 64);
    ck_assert(asked.x0_px == 0 && asked.x_step_px == 1);
    ck_assert(asked.y_px[0] == 0 && asked.y_px[47] == 47);
    die_free(die);
}
END_TEST

/* ---- settings ---- */

START_TEST(exposure_shows_two_frames_after_the_write_and_line_length_three)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    asked_t asked = {0}, *ctx = &asked;
    die->pix->light = (sim_light_t){asking_row, &ctx};
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    while (die->starts < 1)
        ck_assert(sim_step(die->sim, SIM_NEVER_PS));
    die_write(die, "PIX_LINE_LENGTH", 12000);
    die_write(die, "PIX_COARSE", 1000);
    die_run_frames(die, 4);
    static const uint32_t line_pck[] = {9398, 9398, 9398, 12000};
    static const uint32_t coarse[] = {1600, 1600, 1000, 1000};
    for (uint32_t frame = 0; frame < 4; frame++) {
        for (uint32_t row = 0; row < 24; row++) {
            uint64_t exposed = asked.end_ps[frame][row] - asked.start_ps[frame][row];
            uint64_t expected = sim_edge_ps((uint64_t)coarse[frame] * line_pck[frame], 744000000);
            ck_assert_uint_le(exposed - expected, 1);
            const die_row_t *seen = &die->frame[frame].row[row];
            uint64_t line_ps = sim_edge_ps(line_pck[frame], 744000000);
            ck_assert_uint_le(seen->end_ps - seen->start_ps - line_ps, 1);
        }
    }
    die_free(die);
}
END_TEST

START_TEST(a_setting_out_of_range_is_clamped_reported_and_logged_once)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    die_write(die, "PIX_FRAME_LENGTH", 100);
    die_write(die, "PIX_COARSE", 5000);
    die_write(die, "PIX_GAIN", 1000);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    ck_assert_uint_eq(die_read(die, "PIX_STATUS"), PIX_STATUS_CLAMPED);
    die_run_frames(die, 2);
    ck_assert_uint_eq(sim_log_count(die->sim, SIM_LOG_GUEST), 1);
    pix_timing_t t = die->frame[0].timing; /* coarse: 100 - 22 lines */
    ck_assert_uint_eq(t.readout_start_ps - t.exposure_start_ps, sim_edge_ps(78 * 9398, 744000000));
    ck_assert_uint_eq(die->pix->now.gain_code, 978);
    die_free(die);
}
END_TEST

START_TEST(every_limit_of_the_settings_is_the_published_one)
{
    pix_desc_t desc = pix_desc_default();
    pix_frame_t low = {.x = {.size = 4056, .bin = 2}, .y = {.size = 3040, .bin = 2}};
    low.adc_bits = 10;
    low.clk_hz = 744000000;
    ck_assert(pix_clamp(&desc, &low));
    /* 2 us and 1024 + 128 + 64 counts of 744 MHz: 3.6344 us */
    ck_assert_uint_eq(low.line_length_pck, 2704);
    ck_assert_uint_eq(low.frame_length_lines, 1542);
    ck_assert_uint_eq(low.coarse_lines, 8);
    pix_frame_t high = {
        .clk_hz = 744000000,
        .x = {0xfffe, 0xfffe, 1, 1, 15, 0},
        .y = {0xfffe, 0xfffe, 1, 1, 15, 0},
        .adc_bits = 15,
        .line_length_pck = 0xffff,
        .frame_length_lines = 0xffff,
        .coarse_lines = 0xffff,
        .fine_pck = 0xffff,
        .gain_code = 0xffff,
    };
    ck_assert(pix_clamp(&desc, &high));
    ck_assert_uint_eq(high.x.bin, 2);
    ck_assert_uint_eq(high.x.start, 4056 - 8); /* four samples of 2x2 */
    ck_assert_uint_eq(high.y.start, 3040 - 8);
    ck_assert_uint_eq(high.adc_bits, 12);
    ck_assert_uint_eq(high.line_length_pck, 0xfff0);
    ck_assert_uint_eq(high.fine_pck, 0xfff0 - 1);
    ck_assert_uint_eq(high.frame_length_lines, 0xffdc);
    ck_assert_uint_eq(high.coarse_lines, 0xffdc - 22);
    ck_assert_uint_eq(high.gain_code, 978);
    ck_assert(!pix_clamp(&desc, &high));
}
END_TEST

START_TEST(gain_codes_follow_the_published_law)
{
    pix_desc_t desc = pix_desc_default();
    ck_assert(pix_analog_gain(0) == 1);
    ck_assert(pix_analog_gain(512) == 2);
    ck_assert(pix_analog_gain(960) == 16);
    ck_assert_double_eq_tol(pix_analog_gain(978), 22.26, 0.005);
    ck_assert_uint_eq(pix_gain_code(&desc, 4), 768);
    ck_assert_uint_eq(pix_gain_code(&desc, 0.1), 0);
    ck_assert_uint_eq(pix_gain_code(&desc, 1000), 978);
}
END_TEST

/* Exposure of each row begins when the frame before has been read there, or later. */
static void assert_no_row_is_exposed_while_it_is_read(const die_t *die, const asked_t *asked)
{
    for (uint32_t frame = 1; frame < 3; frame++) {
        uint32_t rows = die->frame[frame].height_px, before = die->frame[frame - 1].height_px;
        for (uint32_t row = 0; row < rows; row++) {
            uint32_t same = row * before / rows;
            ck_assert_uint_ge(asked->start_ps[frame][row], die->frame[frame - 1].row[same].end_ps);
        }
    }
}

START_TEST(a_frame_waits_for_its_own_long_exposure)
{
    pix_desc_t desc = die_small();
    desc.blanking_delay = 2; /* exposure and frame length change together */
    die_t *die = die_new(&desc, 1);
    asked_t asked = {0}, *ctx = &asked;
    die->pix->light = (sim_light_t){asking_row, &ctx};
    die_write(die, "PIX_FRAME_LENGTH", 100);
    die_write(die, "PIX_COARSE", 20);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_write(die, "PIX_FRAME_LENGTH", 1000); /* frame 0 is latched: these are frame 1's */
    die_write(die, "PIX_COARSE", 900);
    die_run_frames(die, 3);
    /* frame 1: 22 lines of margin and 900 of exposure after frame 0, instead of 100 */
    uint64_t gap = die->frame[1].frame_start_ps - die->frame[0].frame_start_ps;
    ck_assert_uint_le(gap - sim_edge_ps(922 * 9398, 744000000), 1);
    gap = die->frame[2].frame_start_ps - die->frame[1].frame_start_ps;
    ck_assert_uint_le(gap - sim_edge_ps(1000 * 9398, 744000000), 1);
    ck_assert_uint_eq(die->pix->stretched_frames, 1);
    assert_no_row_is_exposed_while_it_is_read(die, &asked);
    die_free(die);
}
END_TEST

/* The same where frames do not wait: 100 - 22 lines of exposure fit. */
START_TEST(a_frame_that_does_not_wait_is_corrupt_and_may_be_masked)
{
    for (uint32_t mask = 0; mask <= 1; mask++) {
        pix_desc_t desc = die_small();
        desc.blanking_delay = 2;
        desc.too_long = PIX_CORRUPT;
        die_t *die = die_new(&desc, 1);
        asked_t asked = {0}, *ctx = &asked;
        die->pix->light = (sim_light_t){asking_row, &ctx};
        die_write(die, "PIX_FRAME_LENGTH", 100);
        die_write(die, "PIX_COARSE", 20);
        die_write(die, "PIX_CTRL", PIX_CTRL_STREAM | (mask ? PIX_CTRL_MASK : 0));
        die_write(die, "PIX_FRAME_LENGTH", 1000);
        die_write(die, "PIX_COARSE", 900);
        die_run_frames(die, 3);
        const uint32_t lines[] = {20, 78, 900};
        for (uint32_t i = 0; i < 3; i++) {
            const pix_timing_t *t = &die->frame[i].timing;
            uint64_t exposed_ps = t->readout_start_ps - t->exposure_start_ps;
            ck_assert_uint_le(exposed_ps - sim_edge_ps(lines[i] * 9398, 744000000) + 1, 2);
            ck_assert_int_eq(die->frame[i].row == NULL, i == 1 && mask); /* none came */
        }
        uint64_t gap = die->frame[1].frame_start_ps - die->frame[0].frame_start_ps;
        ck_assert_uint_le(gap - sim_edge_ps(100 * 9398, 744000000), 1);
        gap = die->frame[2].frame_start_ps - die->frame[1].frame_start_ps;
        ck_assert_uint_le(gap - sim_edge_ps(1000 * 9398, 744000000), 1);
        ck_assert_uint_eq(die->pix->corrupt_frames, 1);
        ck_assert_uint_eq(die->pix->masked_frames, mask);
        ck_assert_uint_eq(die->pix->stretched_frames, 0);
        die_free(die);
    }
}
END_TEST

START_TEST(a_change_of_mode_never_exposes_a_row_that_is_still_read)
{
    pix_desc_t desc = die_small();
    desc.blanking_delay = 2; /* so that frame 1 is the first of the new mode */
    die_t *die = die_new(&desc, 1);
    asked_t asked = {0}, *ctx = &asked;
    die->pix->light = (sim_light_t){asking_row, &ctx};
    die_set_mode(die, DIE_FULL);
    die_write(die, "PIX_LINE_LENGTH", 17900);
    die_write(die, "PIX_FRAME_LENGTH", 70);
    die_write(die, "PIX_COARSE", 48);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_set_mode(die, DIE_BINNED);
    die_write(die, "PIX_LINE_LENGTH", 9398);
    die_run_frames(die, 3);
    ck_assert_uint_eq(die->frame[0].width_px, 64);
    ck_assert_uint_eq(die->frame[1].width_px, 32);
    assert_no_row_is_exposed_while_it_is_read(die, &asked);
    die_free(die);
}
END_TEST

/* ---- stream ---- */

START_TEST(stream_off_finishes_the_frame_and_drops_the_next_exposure)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    while (die->starts < 1)
        ck_assert(sim_step(die->sim, SIM_NEVER_PS));
    die_write(die, "PIX_CTRL", 0);
    while (sim_step(die->sim, SIM_NEVER_PS))
        ;
    ck_assert_uint_eq(die->ends, 1);
    ck_assert_uint_eq(die->starts, 1);
    ck_assert_uint_eq(die->pix->rows, 24);
    ck_assert_uint_eq(die->pix->dropped_frames, 1);
    die_free(die);
}
END_TEST

START_TEST(a_stream_restarted_during_a_frame_exposes_anew_at_its_end)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    while (die->starts < 1)
        ck_assert(sim_step(die->sim, SIM_NEVER_PS));
    die_write(die, "PIX_CTRL", 0);
    die_write(die, "PIX_COARSE", 10);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 2);
    const pix_timing_t *t = &die->frame[1].timing;
    ck_assert_uint_le(t->exposure_start_ps - die->frame[0].frame_end_ps, 1345);   /* a clock */
    ck_assert_uint_le(t->readout_start_ps - t->exposure_start_ps - 126317204, 1); /* 10 lines */
    die_free(die);
}
END_TEST

START_TEST(an_idle_die_has_no_event)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    ck_assert_uint_eq(sim_next_event_ps(die->sim), SIM_NEVER_PS);
    die_free(die);
}
END_TEST

START_TEST(status_bits_raise_the_interrupt_until_cleared)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    die_write(die, "PIX_IRQ_EN", PIX_STATUS_FRAME_END);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    while (die->starts < 1)
        ck_assert(sim_step(die->sim, SIM_NEVER_PS));
    ck_assert_uint_eq(die_read(die, "PIX_STATUS"), PIX_STATUS_FRAME_START);
    ck_assert(!die->pix->irq.level);
    die_run_frames(die, 1);
    ck_assert_uint_eq(die_read(die, "PIX_STATUS"), PIX_STATUS_FRAME_START | PIX_STATUS_FRAME_END);
    ck_assert(die->pix->irq.level);
    die_write(die, "PIX_STATUS", PIX_STATUS_FRAME_START);
    ck_assert(die->pix->irq.level);
    die_write(die, "PIX_STATUS", PIX_STATUS_FRAME_END);
    ck_assert(!die->pix->irq.level);
    ck_assert_uint_eq(die_read(die, "PIX_STATUS"), 0);
    die_free(die);
}
END_TEST

typedef struct {
    uint32_t spans;
    uint64_t exposure_start_ps, exposure_end_ps, readout_start_ps, readout_end_ps;
    char exposure[64]; /* its args */
} spans_t;

static void keep_span(void *ctx, const char *track, const char *name, uint64_t start_ps,
                      uint64_t end_ps, const char *args)
{
    spans_t *spans = ctx;
    spans->spans++;
    ck_assert_str_eq(name, "frame 0");
    if (strcmp(track, "pixel.readout") == 0) {
        spans->readout_start_ps = start_ps;
        spans->readout_end_ps = end_ps;
    } else {
        ck_assert_str_eq(track, "pixel.exposure.0");
        snprintf(spans->exposure, sizeof(spans->exposure), "%s", args);
        spans->exposure_start_ps = start_ps;
        spans->exposure_end_ps = end_ps;
    }
}

START_TEST(a_frame_leaves_spans_of_exposure_and_readout)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    spans_t spans = {0};
    sim_set_trace(die->sim, keep_span, &spans);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 1);
    ck_assert_uint_eq(spans.spans, 2);
    ck_assert_uint_eq(spans.exposure_start_ps, 0);
    ck_assert_uint_eq(spans.exposure_end_ps, sim_edge_ps(1623 * 9398, 744000000));
    ck_assert_uint_eq(spans.readout_start_ps, sim_edge_ps(1600 * 9398, 744000000));
    ck_assert_uint_eq(spans.readout_end_ps, sim_edge_ps(1624 * 9398, 744000000));
    ck_assert_str_eq(spans.exposure, "\"frame\": 0, \"lines\": 1600");
    die_free(die);
    die = die_new(&desc, 1);
    sim_set_trace(die->sim, keep_span, &spans);
    die_write(die, "PIX_GLOBAL", 1);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 1);
    ck_assert_str_eq(spans.exposure, "\"frame\": 0, \"lines\": 1600, \"global\": 1");
    die_free(die);
}
END_TEST

START_TEST(identity_black_level_and_frame_number_can_be_read_but_not_written)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    die_write(die, "PIX_ID", 0);
    die_write(die, "PIX_BLACK", 0);
    ck_assert_uint_eq(die_read(die, "PIX_ID"), 0x00040002);
    ck_assert_uint_eq(die_read(die, "PIX_BLACK"), 64);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 3);
    ck_assert_uint_eq(die_read(die, "PIX_FRAME"), 2);
    ck_assert_uint_eq(die->pix->frames, 3);
    die_free(die);
}
END_TEST

TEST_MAIN("pixel timing", line_and_frame_times_are_those_of_the_driver_modes,
          the_fastest_lines_give_the_published_readouts,
          rows_of_the_default_mode_leave_one_line_time_apart,
          rows_of_the_full_mode_leave_one_line_time_apart,
          the_first_exposure_begins_when_the_stream_does,
          a_row_asks_for_light_of_its_own_exposure_and_place,
          the_full_mode_asks_for_every_photosite,
          exposure_shows_two_frames_after_the_write_and_line_length_three,
          a_setting_out_of_range_is_clamped_reported_and_logged_once,
          every_limit_of_the_settings_is_the_published_one, gain_codes_follow_the_published_law,
          a_frame_waits_for_its_own_long_exposure,
          a_frame_that_does_not_wait_is_corrupt_and_may_be_masked,
          a_change_of_mode_never_exposes_a_row_that_is_still_read,
          stream_off_finishes_the_frame_and_drops_the_next_exposure,
          a_stream_restarted_during_a_frame_exposes_anew_at_its_end, an_idle_die_has_no_event,
          status_bits_raise_the_interrupt_until_cleared,
          a_frame_leaves_spans_of_exposure_and_readout,
          identity_black_level_and_frame_number_can_be_read_but_not_written)
