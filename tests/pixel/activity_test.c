/*
 * activity_test.c - what array and converters do, worked out by hand; at times within a frame, too.
 *
 * Out of reset a line takes 9398 clocks of 744 MHz and a frame 2637 lines, of which 1600 before the
 * first is read are its exposure; 2x2 photosites a sample; 10 bits.
 */
#include "tests/pixel/die.h"
#include "tests/test.h"

enum { LINE = 9398, COARSE = 1600, LENGTH = 2637 };

static die_t *die;
static pix_t *pix;

static void open_die(const pix_desc_t *desc)
{
    die = die_new(desc, 1);
    pix = die->pix;
}

static void open_small(void)
{
    pix_desc_t desc = die_small(); /* 64 x 48 */
    open_die(&desc);
}

/* Half of a line after so many. */
static void run_to_line(uint64_t lines)
{
    sim_run_until_ps(die->sim, sim_edge_ps(lines * LINE + LINE / 2, 744000000));
    sim_tally(die->sim);
}

static uint64_t lines_ps(uint64_t lines)
{
    return sim_edge_ps(lines * LINE, 744000000);
}

START_TEST(a_binned_frame_of_the_imx500)
{
    pix_desc_t desc = pix_desc_default();
    open_die(&desc);
    die_write(die, "PIX_PATTERN", PIX_PATTERN_SOLID); /* nobody looks at the image */
    die_write(die, "PIX_CTRL", 1);
    run_to_line(COARSE + 1520);
    ck_assert_uint_eq(pix->conversions_10, 2028 * 1520);
    ck_assert_uint_eq(pix->conversions_8 + pix->conversions_12, 0);
    ck_assert_uint_eq(pix->px_reads, 4056 * 3040);
    ck_assert_uint_eq(pix->read_rows, 3040);
    ck_assert_uint_eq(pix->column_settles, 2 * 2028 * 1520);
    ck_assert_uint_eq(pix->ramp_counts, 1520 * (1024 + 64 + 128));
    ck_assert_uint_eq(pix->die_bits, 10 * 2028 * 1520);
    ck_assert_uint_eq(pix->convert_ps, 1520 * pix_adc_time_ps(&desc, 10));
    ck_assert_uint_eq(pix->readout_ps, lines_ps(COARSE + 1520) - lines_ps(COARSE));
    /* the next frame's exposure has begun: 1600 lines before 1600 + 2637 */
    ck_assert_uint_eq(pix->shutter_rows, 3040 + 2 * (COARSE + 1520 - LENGTH + 1));
    ck_assert_uint_eq(pix->shutter_resets, pix->shutter_rows * 4056);
    die_free(die);
}
END_TEST

START_TEST(counters_are_true_within_exposure_and_readout)
{
    open_small();
    run_to_line(99);
    ck_assert_uint_eq(pix->standby_ps, sim_now_ps(die->sim));
    ck_assert_uint_eq(pix->shutter_rows, 0);
    sim_run_until_ps(die->sim, lines_ps(100));
    die_write(die, "PIX_CTRL", 1);
    run_to_line(100 + 10);
    ck_assert_uint_eq(pix->shutter_rows, 2 * 11); /* two array rows a line */
    ck_assert_uint_eq(pix->standby_ps, lines_ps(100));
    ck_assert_uint_eq(pix->stream_ps, sim_now_ps(die->sim) - lines_ps(100));
    run_to_line(100 + 30);
    ck_assert_uint_eq(pix->shutter_rows, 48);
    run_to_line(100 + COARSE + 5);
    ck_assert_uint_eq(pix->conversions_10, 5 * 32);
    ck_assert_uint_eq(pix->px_reads, 5 * 4 * 32);
    ck_assert_uint_le(pix->readout_ps - (lines_ps(5) + lines_ps(1) / 2), 2000);
    run_to_line(100 + LENGTH); /* exposure of the second */
    ck_assert_uint_eq(pix->shutter_rows, 48 + 2);
    ck_assert_uint_eq(pix->conversions_10, 24 * 32);
    ck_assert_uint_eq(pix->readout_ps, lines_ps(100 + COARSE + 24) - lines_ps(100 + COARSE));
    die_free(die);
}
END_TEST

START_TEST(an_exposure_that_is_given_up_has_reset_its_rows)
{
    open_small();
    die_write(die, "PIX_CTRL", 1);
    run_to_line(7);
    die_write(die, "PIX_CTRL", 0);
    uint64_t stopped_ps = sim_now_ps(die->sim);
    run_to_line(5000);
    ck_assert_uint_eq(pix->shutter_rows, 2 * 8);
    ck_assert_uint_eq(pix->stream_ps, stopped_ps);
    ck_assert_uint_eq(pix->standby_ps, sim_now_ps(die->sim) - stopped_ps);
    ck_assert_uint_eq(pix->px_reads, 0);
    die_free(die);
}
END_TEST

/* 32 columns of 64 and every other pair of rows of 48; 12 bits; no reset ramp. */
START_TEST(windows_bits_and_ramps_count)
{
    pix_desc_t desc = die_small();
    desc.reset_ramp_permille = 0;
    open_die(&desc);
    die_write(die, "PIX_BIN", 0x11);
    die_write(die, "PIX_X_SIZE", 32);
    die_write(die, "PIX_Y_INC", 0x103);
    die_write(die, "PIX_ADC_BITS", 12);
    die_write(die, "PIX_CTRL", 1);
    run_to_line(COARSE + 30);
    ck_assert_uint_eq(pix->rows, 24);
    ck_assert_uint_eq(pix->conversions_12, 24 * 32);
    ck_assert_uint_eq(pix->px_reads, 24 * 32);
    ck_assert_uint_eq(pix->read_rows, 24);
    ck_assert_uint_eq(pix->column_settles, 24 * 32);
    ck_assert_uint_eq(pix->ramp_counts, 24 * (4096 + 64));
    ck_assert_uint_eq(pix->die_bits, 24 * 32 * 12);
    ck_assert_uint_eq(pix->shutter_rows, 24);
    ck_assert_uint_eq(pix->shutter_resets, 24 * 64); /* of whole rows */
    die_free(die);
}
END_TEST

/* Long row r begins its exposure 2 r lines after the first, its short one so that it ends with the
 * readout 129 lines after the long one's. */
START_TEST(two_exposures_are_reset_and_read_twice)
{
    open_small();
    die_write(die, "PIX_HDR", 1); /* 100 lines short, 129 later */
    die_write(die, "PIX_CTRL", 1);
    run_to_line(8);
    ck_assert_uint_eq(pix->shutter_rows, 2 * 5);
    run_to_line(COARSE + 29 + 6);
    ck_assert_uint_eq(pix->shutter_rows, 2 * (24 + 4));
    run_to_line(COARSE + 129 + 50);
    ck_assert_uint_eq(pix->shutter_rows, 2 * 48);
    ck_assert_uint_eq(pix->conversions_10, 2 * 24 * 32);
    die_free(die);
}
END_TEST

START_TEST(a_global_reset_empties_all_rows_at_once)
{
    open_small();
    die_write(die, "PIX_GLOBAL", 1);
    sim_run_until_ps(die->sim, lines_ps(10));
    die_write(die, "PIX_CTRL", 1);
    sim_run_until_ps(die->sim, lines_ps(10) + 2000);
    sim_tally(die->sim);
    ck_assert_uint_eq(pix->shutter_rows, 48);
    die_free(die);
}
END_TEST

/* Even rows: green 100 and red 200, odd ones 300 and 400; and half of 128 counts of the reset. */
START_TEST(counters_run_for_as_long_as_the_codes_say)
{
    open_small();
    die_write(die, "PIX_PATTERN", PIX_PATTERN_SOLID);
    die_write(die, "PIX_PATTERN_GR", 100);
    die_write(die, "PIX_PATTERN_R", 200);
    die_write(die, "PIX_PATTERN_B", 300);
    die_write(die, "PIX_PATTERN_GB", 400);
    die_write(die, "PIX_CTRL", 1);
    run_to_line(COARSE + 24);
    ck_assert_uint_eq(pix->counter_clocks, 24 * 32 * 64 + 12 * 32 * 150 + 12 * 32 * 350);
    die_free(die);
}
END_TEST

START_TEST(codes_are_those_before_the_digital_gain)
{
    enum { W = 512, H = 48 };
    pix_desc_t desc = die_small();
    desc.width_px = W;
    desc.height_px = H;
    open_die(&desc);
    die_write(die, "PIX_BIN", 0x11);
    static const char *const gains[] = {"PIX_DGAIN_GR", "PIX_DGAIN_R", "PIX_DGAIN_B",
                                        "PIX_DGAIN_GB"};
    for (size_t i = 0; i < SIM_COUNT(gains); i++)
        die_write(die, gains[i], 0x200); /* 2 */
    die_write(die, "PIX_CTRL", 1);
    die_run_frames(die, 1);
    uint64_t sum = 0, all = W * H;
    for (uint64_t i = 0; i < all; i++)
        sum += 64 + (die->frame[0].sample[i] - 64u) / 2;
    double ratio = (double)(pix->counter_clocks - all * 64) / (double)sum;
    ck_assert_double_eq_tol(ratio, 1, 0.02);
    die_free(die);
}
END_TEST

TEST_MAIN("pixel activity", a_binned_frame_of_the_imx500,
          counters_are_true_within_exposure_and_readout,
          an_exposure_that_is_given_up_has_reset_its_rows, windows_bits_and_ramps_count,
          two_exposures_are_reset_and_read_twice, a_global_reset_empties_all_rows_at_once,
          counters_run_for_as_long_as_the_codes_say, codes_are_those_before_the_digital_gain)
