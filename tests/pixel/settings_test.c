/*
 * settings_test.c - whatever stands in the registers: frames that hold together.
 */
#include "pixel/site.h"
#include "tests/pixel/die.h"
#include "tests/test.h"

enum { WIDTH = 64, HEIGHT = 48, MAX_SEEN = 5 };

typedef struct {
    pix_frame_t frame[MAX_SEEN];
    uint32_t frames, lines, next_row[2];
    uint64_t last_ps;
    const pix_t *pix;
} seen_t;

static void see_line(void *ctx, const sim_line_t *line)
{
    seen_t *seen = ctx;
    const pix_frame_t *now = &seen->pix->now;
    if (line->flags & SIM_LINE_FIRST) {
        ck_assert_uint_eq(seen->lines, 0);
        if (seen->frames < MAX_SEEN)
            seen->frame[seen->frames++] = *now;
    }
    pix_size_t size = pix_frame_size(now);
    ck_assert_uint_eq(line->width_px, size.width_px);
    ck_assert_uint_eq(line->height_px, size.height_px);
    ck_assert_uint_eq(line->bits, now->adc_bits);
    ck_assert_uint_lt(line->exposure, 2);
    ck_assert_uint_eq(line->row, seen->next_row[line->exposure]++);
    ck_assert_uint_ge(line->start_ps + 1, seen->last_ps);
    ck_assert_uint_gt(line->end_ps, line->start_ps);
    ck_assert_uint_le(line->window.x_px + line->window.width_px, WIDTH);
    ck_assert_uint_le(line->window.y_px + line->window.height_px, HEIGHT);
    for (uint32_t i = 0; i < line->width_px; i++)
        ck_assert_uint_lt(line->data.raw[i], 1u << line->bits);
    seen->last_ps = line->end_ps;
    seen->lines++;
    if (line->flags & SIM_LINE_LAST) {
        ck_assert_uint_eq(seen->lines, pix_frame_lines(now));
        seen->lines = seen->next_row[0] = seen->next_row[1] = 0;
    }
}

/* Rows of the array: when the first exposure of a frame begins there, when the last readout ends;
 * UINT64_MAX, 0: not read. */
static void span_of_rows(const pix_frame_t *frame, uint64_t *start, uint64_t *end)
{
    for (uint32_t y = 0; y < HEIGHT; y++) {
        start[y] = UINT64_MAX;
        end[y] = 0;
    }
    for (uint32_t line = 0; line < pix_frame_lines(frame); line++) {
        uint64_t from = pix_row_exposure_start_ps(frame, line);
        uint64_t to = pix_row_readout_end_ps(frame, line);
        ck_assert_uint_le(pix_row_exposure_end_ps(frame, line),
                          pix_row_readout_start_ps(frame, line) + 1);
        for (uint32_t i = 0; i < frame->y.bin; i++) {
            uint32_t y = pix_axis_site(&frame->y, pix_line_at(frame, line).sample, i);
            ck_assert_uint_lt(y, HEIGHT);
            start[y] = from < start[y] ? from : start[y];
            end[y] = to > end[y] ? to : end[y];
        }
    }
}

static void assert_frames_do_not_overlap(const seen_t *seen)
{
    uint64_t start[HEIGHT], end[HEIGHT], before[HEIGHT];
    for (uint32_t i = 0; i < seen->frames; i++) {
        span_of_rows(&seen->frame[i], start, end);
        for (uint32_t y = 0; y < HEIGHT; y++)
            ck_assert(i == 0 || start[y] == UINT64_MAX || start[y] + 1 >= before[y]);
        memcpy(before, end, sizeof(before));
    }
}

/* Small values, values around the limits, and any. */
static uint32_t random_value(sim_stream_t *s)
{
    static const uint32_t small[] = {0, 1, 2, 3, 7, 8, 10, 12, 22, 40, 64, 100, 0x101, 0x103};
    switch (sim_stream_below(s, 3)) {
    case 0:
        return small[sim_stream_below(s, SIM_COUNT(small))];
    case 1:
        return sim_stream_below(s, 300);
    default:
        return sim_stream_u32(s);
    }
}

static void write_randomly(die_t *die, sim_stream_t *s, uint32_t registers)
{
    for (const sim_reg_t *reg = die->pix->comp.kind->regs; reg->name != NULL; reg++) {
        bool ours = strcmp(reg->name, "PIX_CTRL") != 0 && reg->rw_mask != 0;
        if (ours && sim_stream_below(s, 8) < registers)
            die_write(die, reg->name, random_value(s));
    }
}

START_TEST(random_registers_make_frames_that_hold_together)
{
    for (uint32_t seed = 0; seed < 150; seed++) {
        pix_desc_t desc = die_small();
        sim_stream_t s = sim_stream(seed, 9, 9);
        desc.blanking_delay = 2 + seed % 2;
        desc.too_short = seed % 4 == 3 ? PIX_REFUSE : PIX_STRETCH;
        desc.too_long = seed % 8 >= 4 ? PIX_CORRUPT : PIX_WAIT;
        die_t *die = die_new(&desc, 1);
        seen_t seen = {.pix = die->pix};
        ck_assert(pix_add_sink(die->pix, (sim_line_sink_t){see_line, &seen}));
        write_randomly(die, &s, sim_stream_below(&s, 8));
        die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
        if (die_read(die, "PIX_CTRL") == 0) { /* refused */
            die_write(die, "PIX_HOLD", 0);
            die_write(die, "PIX_LINE_LENGTH", 9398);
            die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
        }
        for (uint32_t frames = 1; frames <= 4; frames++) {
            write_randomly(die, &s, sim_stream_below(&s, 3));
            die_run_frames(die, frames);
        }
        assert_frames_do_not_overlap(&seen);
        die_free(die);
    }
}
END_TEST

START_TEST(settings_out_of_range_are_named_with_what_they_became)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    die_write(die, "PIX_X_START", 9);
    die_write(die, "PIX_Y_INC", 0x304);
    die_write(die, "PIX_DGAIN_B", 3);
    die_write(die, "PIX_PATTERN", 6);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    ck_assert_uint_eq(sim_log_count(die->sim, SIM_LOG_GUEST), 1);
    ck_assert_uint_eq(die->pix->next.x.start, 8);
    ck_assert_uint_eq(die->pix->next.x.size, 52); /* 55 left of 64: whole groups of 4 */
    ck_assert_uint_eq(die->pix->next.y.even_inc, 3);
    ck_assert_uint_eq(die->pix->next.y.odd_inc, 5);
    ck_assert_uint_eq(die->pix->next.digital_gain[PIX_PHASE_B], 0x100);
    ck_assert_uint_eq(die->pix->next.pattern, PIX_PATTERN_PN9);
    die_free(die);
}
END_TEST

START_TEST(no_frame_yet_has_no_size)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    ck_assert_uint_eq(pix_frame_size(&die->pix->now).width_px, 0);
    ck_assert_uint_eq(pix_frame_lines(&die->pix->now), 0);
    die_free(die);
}
END_TEST

/* Scripts place their steps by rows, and may name more than a window has. */
START_TEST(times_of_rows_past_the_last_go_on)
{
    pix_desc_t desc = die_small();
    for (uint32_t lines = 0; lines <= 10; lines += 10) {
        pix_frame_t frame = die_latched(&desc, DIE_FULL, 0);
        frame.short_lines = lines;
        frame.y.flip = 1;
        (void)pix_clamp(&desc, &frame);
        uint32_t last = pix_frame_lines(&frame) - 1;
        for (uint32_t row = last; row < last + 100; row++)
            ck_assert_uint_ge(pix_row_readout_start_ps(&frame, row + 1),
                              pix_row_readout_end_ps(&frame, row));
    }
}
END_TEST

TEST_MAIN("pixel settings", no_frame_yet_has_no_size, times_of_rows_past_the_last_go_on,
          random_registers_make_frames_that_hold_together,
          settings_out_of_range_are_named_with_what_they_became)
