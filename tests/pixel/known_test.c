/*
 * known_test.c - frames that a memo knows: the same accounts and samples, and no light is asked
 * for unless somebody looks.
 */
#include "tests/memo.h"
#include "tests/pixel/die.h"
#include "tests/test.h"

static memo_t memo;
static uint32_t asked; /* rows of light */

static void slanted_row(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    (void)ctx;
    asked++;
    for (uint32_t i = 0; i < req->width_px; i++) {
        out->r[i] = 200 + 40 * (float)i + 9 * req->y_px;
        out->g[i] = 100 + 10 * (float)(req->start_ps / 1000000 % 50);
        out->b[i] = 400;
    }
}

static die_t *open_die(const sim_memo_t *with, bool looked_at)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new_known(&desc, 1, with);
    die->pix->light = (sim_light_t){slanted_row, NULL};
    if (!looked_at)
        die->pix->sinks = 0;
    asked = memo.found = memo.missed = 0;
    return die;
}

static void run(die_t *die, uint32_t frames)
{
    die_write(die, "PIX_CTRL", 1);
    die_run_frames(die, frames);
    sim_tally(die->sim);
}

static void same_accounts(const pix_t *a, const pix_t *b)
{
    ck_assert_uint_gt(a->counter_clocks, 0);
    ck_assert_uint_eq(a->counter_clocks, b->counter_clocks);
    ck_assert_uint_eq(a->saturated_px, b->saturated_px);
    ck_assert_uint_eq(a->rows, b->rows);
    ck_assert_uint_eq(a->px_reads, b->px_reads);
    ck_assert_uint_eq(a->conversions_10, b->conversions_10);
    ck_assert_uint_eq(a->die_bits, b->die_bits);
    ck_assert_uint_eq(a->convert_ps, b->convert_ps);
    ck_assert_uint_eq(a->readout_ps, b->readout_ps);
    ck_assert_uint_eq(a->stream_ps, b->stream_ps);
}

START_TEST(accounts_of_known_frames_need_no_light)
{
    memo_init(&memo);
    die_t *plain = open_die(NULL, false);
    run(plain, 3);
    uint32_t needed = asked;
    ck_assert_uint_gt(plain->pix->saturated_px, 0);
    die_t *first = open_die(&memo.memo, false);
    run(first, 3);
    ck_assert_uint_eq(asked, needed);
    ck_assert_uint_eq(memo.entries, 3);
    die_t *second = open_die(&memo.memo, false);
    run(second, 3);
    ck_assert_uint_eq(asked, 0);
    ck_assert_uint_eq(memo.found, 3);
    same_accounts(first->pix, plain->pix);
    same_accounts(second->pix, plain->pix);
    die_free(plain);
    die_free(first);
    die_free(second);
    memo_free(&memo);
}
END_TEST

START_TEST(who_looks_at_a_known_frame_sees_its_samples)
{
    memo_init(&memo);
    die_t *plain = open_die(NULL, true), *first = open_die(&memo.memo, true);
    run(plain, 3);
    run(first, 3);
    die_t *second = open_die(&memo.memo, true);
    run(second, 3);
    ck_assert_uint_eq(memo.found, 3);
    ck_assert_uint_gt(asked, 0);
    same_accounts(second->pix, plain->pix);
    for (uint32_t f = 0; f < 3; f++) {
        const die_frame_t *a = &plain->frame[f], *b = &second->frame[f];
        ck_assert_uint_eq(a->width_px * a->height_px, 32 * 24);
        ck_assert_mem_eq(a->sample, first->frame[f].sample, 32 * 24 * sizeof(uint16_t));
        ck_assert_mem_eq(a->sample, b->sample, 32 * 24 * sizeof(uint16_t));
    }
    die_free(plain);
    die_free(first);
    die_free(second);
    memo_free(&memo);
}
END_TEST

static void set_nothing(die_t *die)
{
    (void)die;
}

static void set_exposure(die_t *die)
{
    die_write(die, "PIX_COARSE", die_read(die, "PIX_COARSE") + 1);
}

static void set_gain(die_t *die)
{
    die_write(die, "PIX_GAIN", 100);
}

static void set_bits(die_t *die)
{
    die_write(die, "PIX_ADC_BITS", 8);
}

static void set_later(die_t *die)
{
    sim_run_until_ps(die->sim, 2000); /* more than a pixel clock */
}

static int64_t warm(void *ctx)
{
    (void)ctx;
    return 60000001;
}

static void set_warmer(die_t *die)
{
    die->pix->die_uc = warm;
}

START_TEST(another_setting_time_or_temperature_is_another_frame)
{
    static void (*const set[])(die_t * die) = {set_nothing, set_exposure, set_gain,
                                               set_bits,    set_later,    set_warmer};
    for (uint32_t i = 0; i < SIM_COUNT(set); i++) {
        memo_init(&memo);
        die_t *first = open_die(&memo.memo, false);
        run(first, 2);
        die_t *plain = open_die(NULL, false);
        set[i](plain);
        run(plain, 2);
        die_t *other = open_die(&memo.memo, false);
        set[i](other);
        run(other, 2);
        ck_assert_msg(memo.found == (i == 0 ? 2 : 0), "%u: %u found", i, memo.found);
        same_accounts(other->pix, plain->pix);
        die_free(first);
        die_free(plain);
        die_free(other);
        memo_free(&memo);
    }
}
END_TEST

START_TEST(a_frame_that_was_cut_is_not_kept)
{
    memo_init(&memo);
    die_t *die = open_die(&memo.memo, false);
    die_write(die, "PIX_CTRL", 1);
    while (die->pix->row < 7)
        sim_run_until_ps(die->sim, sim_next_event_ps(die->sim));
    die_write(die, "PIX_CTRL", PIX_CTRL_CUT);
    die_run_frames(die, 1);
    ck_assert_uint_eq(die->pix->cut_frames, 1);
    ck_assert_uint_eq(memo.entries, 0);
    die_free(die);
    memo_free(&memo);
}
END_TEST

TEST_MAIN("pixel known", accounts_of_known_frames_need_no_light,
          who_looks_at_a_known_frame_sees_its_samples,
          another_setting_time_or_temperature_is_another_frame, a_frame_that_was_cut_is_not_kept)
