/*
 * exposure_test.c - fine and long exposures, two exposures a row, global reset.
 */
#include "tests/pixel/die.h"
#include "tests/test.h"

/* n lines of 9398 clocks of 744 MHz */
#define LINES_PS(n) ((uint64_t)(n)*9398 * 125000 / 93)

/* ---- what the light is asked for ---- */

enum { MAX_ROWS = 48, MAX_FRAMES = 4 };
typedef struct {
    uint64_t start_ps[MAX_FRAMES][2][MAX_ROWS], end_ps[MAX_FRAMES][2][MAX_ROWS];
    uint64_t short_ps; /* exposures of less are the short ones */
} asked_t;

static void asking_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    asked_t *asked = *(asked_t *const *)ctx; /* one thread only */
    uint32_t row = (uint32_t)req->y_px, which = req->exposure_ps < asked->short_ps;
    if (req->frame < MAX_FRAMES) {
        asked->start_ps[req->frame][which][row] = req->start_ps;
        asked->end_ps[req->frame][which][row] = req->start_ps + req->exposure_ps;
    }
    for (uint32_t i = 0; i < req->width_px; i++)
        out->r[i] = out->g[i] = out->b[i] = 300;
}

static pix_desc_t plain(void)
{
    pix_desc_t desc = die_small();
    desc.psf_sigma_px = 0; /* a row asks for its own light only */
    return desc;
}

static void near_ps(uint64_t a, uint64_t b)
{
    ck_assert_msg(a - b + 50 <= 100, "%llu ps, not %llu", (unsigned long long)a,
                  (unsigned long long)b);
}

START_TEST(fine_integration_adds_clocks_to_the_coarse_lines)
{
    pix_desc_t desc = plain();
    die_t *die = die_new(&desc, 1);
    asked_t asked = {0}, *ctx = &asked;
    die->pix->light = (sim_light_t){asking_row, &ctx};
    die_set_mode(die, DIE_FULL);
    die_write(die, "PIX_COARSE", 20);
    die_write(die, "PIX_FINE", 744);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 1);
    for (uint32_t row = 0; row < 48; row++)
        near_ps(asked.end_ps[0][0][row] - asked.start_ps[0][0][row], LINES_PS(20) + 1000000);
    ck_assert_uint_eq(asked.start_ps[0][0][0], 0); /* begins with the stream */
    die_free(die);
}
END_TEST

START_TEST(the_long_exposure_shift_multiplies_frame_and_exposure)
{
    pix_desc_t desc = plain();
    die_t *die = die_new(&desc, 1);
    asked_t asked = {0}, *ctx = &asked;
    die->pix->light = (sim_light_t){asking_row, &ctx};
    die_set_mode(die, DIE_FULL);
    die_write(die, "PIX_COARSE", 100);
    die_write(die, "PIX_FRAME_LENGTH", 130);
    die_write(die, "PIX_EXP_SHIFT", 5);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 2);
    near_ps(asked.end_ps[1][0][7] - asked.start_ps[1][0][7], LINES_PS(3200));
    near_ps(die->frame[1].frame_start_ps - die->frame[0].frame_start_ps, LINES_PS(4160));
    die_free(die);
    /* the longest published: 0xffdc lines of the full mode, 2^7 times: 201.7 s */
    pix_desc_t imx500 = pix_desc_default();
    pix_frame_t frame = die_latched(&imx500, DIE_FULL, 0);
    frame.line_length_pck = 17900;
    frame.exposure_shift = 7;
    frame.frame_length_lines = 0xffdcu << 7;
    frame.coarse_lines = UINT32_MAX;
    ck_assert(pix_clamp(&imx500, &frame));
    ck_assert_uint_eq(frame.coarse_lines, (0xffdcu << 7) - 22);
    ck_assert_uint_eq(pix_frame_time_ps(&frame) / 1000000000, 201711);
}
END_TEST

/* ---- two exposures ---- */

static void stream_hdr(die_t *die, uint32_t delay)
{
    die_set_mode(die, DIE_FULL);
    die_write(die, "PIX_FRAME_LENGTH", 300);
    die_write(die, "PIX_COARSE", 160);
    die_write(die, "PIX_HDR", 1);
    die_write(die, "PIX_HDR_COARSE", 10);
    die_write(die, "PIX_HDR_DELAY", delay);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
}

START_TEST(long_and_short_rows_leave_in_the_order_they_are_read)
{
    pix_desc_t desc = plain();
    static const uint32_t delays[] = {13, 15, 41, 93, 95, 97, 201};
    for (size_t d = 0; d < SIM_COUNT(delays); d++) {
        pix_frame_t frame = die_latched(&desc, DIE_FULL, 0);
        frame.short_lines = 10;
        frame.short_delay = delays[d];
        ck_assert(!pix_clamp(&desc, &frame));
        ck_assert_uint_eq(pix_frame_lines(&frame), 96);
        uint32_t line = 0;
        uint64_t start = pix_row_readout_start_ps(&frame, 0);
        for (uint32_t slot = 0; slot < 96 + delays[d]; slot++) { /* whatever is read then */
            bool is_long = slot % 2 == 0 && slot / 2 < 48;
            uint32_t since = slot - delays[d];
            bool is_short = slot >= delays[d] && since % 2 == 0 && since / 2 < 48;
            ck_assert(!is_long || !is_short);
            if (!is_long && !is_short)
                continue;
            near_ps(pix_row_readout_start_ps(&frame, line) - start, LINES_PS(slot));
            uint64_t exposed = pix_row_dark_pck(&frame, line);
            ck_assert_uint_eq(exposed, (is_long ? 1600u : 10u) * 9398u);
            ck_assert_float_eq(pix_row_y_px(&frame, line), (float)(is_long ? slot : since) / 2);
            line++;
        }
        ck_assert_uint_eq(line, 96);
    }
}
END_TEST

START_TEST(no_exposure_of_a_row_overlaps_another_or_a_readout_of_it)
{
    static const uint32_t delays[] = {13, 41, 97};
    for (size_t d = 0; d < SIM_COUNT(delays); d++) {
        pix_desc_t desc = plain();
        die_t *die = die_new(&desc, 1);
        asked_t asked = {.short_ps = LINES_PS(20)}, *ctx = &asked;
        die->pix->light = (sim_light_t){asking_row, &ctx};
        stream_hdr(die, delays[d]);
        die_run_frames(die, 3);
        ck_assert_uint_eq(die->pix->clamped_settings, 0);
        for (uint32_t frame = 0; frame < 3; frame++)
            for (uint32_t row = 0; row < 48; row++) {
                near_ps(asked.end_ps[frame][0][row] - asked.start_ps[frame][0][row], LINES_PS(160));
                near_ps(asked.end_ps[frame][1][row] - asked.start_ps[frame][1][row], LINES_PS(10));
                ck_assert_uint_ge(asked.start_ps[frame][1][row],
                                  asked.end_ps[frame][0][row] + LINES_PS(1));
                if (frame > 0)
                    ck_assert_uint_ge(asked.start_ps[frame][0][row],
                                      asked.end_ps[frame - 1][1][row] + LINES_PS(1));
            }
        near_ps(die->frame[1].frame_start_ps - die->frame[0].frame_start_ps, LINES_PS(300));
        die_free(die);
    }
}
END_TEST

typedef struct {
    uint32_t lines, rows[2], first, last;
    double sum[2];
} seen_t;

static void see_line(void *ctx, const sim_line_t *line)
{
    seen_t *seen = ctx;
    seen->lines++;
    seen->first += (line->flags & SIM_LINE_FIRST) != 0;
    seen->last += (line->flags & SIM_LINE_LAST) != 0;
    ck_assert_uint_eq(line->row, seen->rows[line->exposure]++ % 48);
    ck_assert_uint_eq(line->height_px, 48);
    for (uint32_t i = 0; i < line->width_px; i++)
        seen->sum[line->exposure] += line->data.raw[i] - 64.0;
}

START_TEST(lines_tell_their_exposure_and_hold_its_light)
{
    pix_desc_t desc = plain();
    die_t *die = die_new(&desc, 2);
    seen_t seen = {0};
    ck_assert(pix_add_sink(die->pix, (sim_line_sink_t){see_line, &seen}));
    stream_hdr(die, 41);
    die_run_frames(die, 2);
    ck_assert_uint_eq(seen.lines, 2 * 96);
    ck_assert_uint_eq(seen.rows[0], 96);
    ck_assert_uint_eq(seen.rows[1], 96);
    ck_assert_uint_eq(seen.first, 2);
    ck_assert_uint_eq(seen.last, 2);
    /* 16 times the exposure; the short one has 2.3 DN: 6144 samples, sigma 0.65: 0.4 % */
    ck_assert_double_eq_tol(seen.sum[0] / seen.sum[1], 16, 0.4);
    die_free(die);
}
END_TEST

START_TEST(settings_that_do_not_fit_two_exposures_are_clamped)
{
    pix_desc_t desc = plain();
    pix_frame_t frame = die_latched(&desc, DIE_FULL, 0);
    frame.short_lines = 500;
    frame.short_delay = 100;
    frame.frame_length_lines = 0;
    frame.coarse_lines = UINT32_MAX;
    frame.global_reset = 1;
    ck_assert(pix_clamp(&desc, &frame));
    ck_assert_uint_eq(frame.short_delay, 101);
    ck_assert_uint_eq(frame.short_lines, 99);                   /* between the two readouts */
    ck_assert_uint_eq(frame.frame_length_lines, 95 + 101 + 22); /* last short row, blanking */
    ck_assert_uint_eq(frame.coarse_lines, 218 - 102);
    ck_assert_uint_eq(frame.global_reset, 0);
}
END_TEST

/* ---- global reset ---- */

START_TEST(after_a_global_reset_exposure_grows_from_row_to_row)
{
    pix_desc_t desc = plain();
    die_t *die = die_new(&desc, 1);
    asked_t asked = {0}, *ctx = &asked;
    die->pix->light = (sim_light_t){asking_row, &ctx};
    die_set_mode(die, DIE_FULL);
    die_write(die, "PIX_COARSE", 60);
    die_write(die, "PIX_FRAME_LENGTH", 100);
    die_write(die, "PIX_GLOBAL", 1);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 2);
    for (uint32_t frame = 0; frame < 2; frame++)
        for (uint32_t row = 0; row < 48; row++) {
            ck_assert_uint_eq(asked.start_ps[frame][0][row], asked.start_ps[frame][0][0]);
            near_ps(asked.end_ps[frame][0][row] - asked.start_ps[frame][0][row],
                    LINES_PS(60 + row));
        }
    /* the next reset waits until the last row is read: 48 lines and 60 instead of 100 */
    near_ps(die->frame[1].frame_start_ps - die->frame[0].frame_start_ps, LINES_PS(108));
    ck_assert_uint_eq(die->pix->stretched_frames, 2); /* frame 1 and the one begun after it */
    die_free(die);
}
END_TEST

START_TEST(a_shutter_ends_the_light_of_all_rows_but_not_their_dark_current)
{
    pix_desc_t desc = plain();
    desc.dark_e_per_s = 20000;
    desc.dark_at_c = desc.temperature_c;
    desc.dark_spread = 0;
    desc.read_noise_e = desc.read_noise_at_gain1_e = desc.dsnu_e = 0;
    die_t *die = die_new(&desc, 1);
    asked_t asked = {0}, *ctx = &asked;
    die->pix->light = (sim_light_t){asking_row, &ctx};
    die_set_mode(die, DIE_FULL);
    die_write(die, "PIX_COARSE", 60);
    die_write(die, "PIX_FRAME_LENGTH", 200);
    die_write(die, "PIX_LINE_LENGTH", 60000); /* 80.645 us: rows differ by 1.6 e- each */
    die_write(die, "PIX_GLOBAL", 1);
    die_write(die, "PIX_SHUTTER", 30);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 1);
    for (uint32_t row = 0; row < 48; row++)
        near_ps(asked.end_ps[0][0][row] - asked.start_ps[0][0][row], 30 * UINT64_C(80645161));
    ck_assert_uint_eq(die->frame[0].timing.exposure_end_ps, 30 * UINT64_C(80645161) + 8);
    /* 24 rows on: 24 * 80.645 us * 20000 e-/s * 0.118 DN/e- = 4.567 DN more in the mean */
    double sum[2] = {0};
    for (uint32_t i = 0; i < 64 * 48; i++)
        sum[i / (64 * 24)] += die->frame[0].sample[i] / (64.0 * 24);
    ck_assert_double_eq_tol(sum[1] - sum[0], 4.567, 0.8); /* shot noise 4 DN, 1536 samples each */
    die_free(die);
}
END_TEST

TEST_MAIN("pixel exposures", fine_integration_adds_clocks_to_the_coarse_lines,
          the_long_exposure_shift_multiplies_frame_and_exposure,
          long_and_short_rows_leave_in_the_order_they_are_read,
          no_exposure_of_a_row_overlaps_another_or_a_readout_of_it,
          lines_tell_their_exposure_and_hold_its_light,
          settings_that_do_not_fit_two_exposures_are_clamped,
          after_a_global_reset_exposure_grows_from_row_to_row,
          a_shutter_ends_the_light_of_all_rows_but_not_their_dark_current)
