/*
 * digital_test.c - behind the ADC: its bits, digital gain, test patterns.
 */
#include "tests/pixel/die.h"
#include "tests/test.h"

/* Kinds of photosites in the four orders, row by row of a cell, as PIX_PHASE_*. */
static const uint8_t cell[4][4] = {
    [SIM_BAYER_GRBG] = {PIX_PHASE_GR, PIX_PHASE_R, PIX_PHASE_B, PIX_PHASE_GB},
    [SIM_BAYER_RGGB] = {PIX_PHASE_R, PIX_PHASE_GR, PIX_PHASE_GB, PIX_PHASE_B},
    [SIM_BAYER_BGGR] = {PIX_PHASE_B, PIX_PHASE_GB, PIX_PHASE_GR, PIX_PHASE_R},
    [SIM_BAYER_GBRG] = {PIX_PHASE_GB, PIX_PHASE_B, PIX_PHASE_R, PIX_PHASE_GR},
};

static uint32_t phase_at(const pix_desc_t *desc, const pix_frame_t *frame, uint32_t at)
{
    uint32_t width = pix_frame_size(frame).width_px;
    return cell[pix_frame_bayer(desc, frame)][at / width % 2 * 2 + at % width % 2];
}

START_TEST(digital_gain_multiplies_what_is_above_black_by_color)
{
    static const uint32_t gain[PIX_PHASES] = {0x180, 0x100, 0x23f, 0xffff};
    for (uint32_t flip = 0; flip < 4; flip++) {
        pix_desc_t desc = die_small();
        die_t *die = die_new(&desc, 1);
        die->lux[0] = die->lux[1] = die->lux[2] = 20;
        pix_frame_t frame = die_latched(&desc, DIE_FULL, 0);
        frame.x.flip = flip & 1;
        frame.y.flip = flip >> 1;
        uint16_t *before = die_picture(die, &frame);
        memcpy(frame.digital_gain, gain, sizeof(gain));
        uint16_t *after = die_picture(die, &frame);
        uint32_t clipped = 0;
        for (uint32_t i = 0; i < 64 * 48; i++) {
            int64_t above = ((int64_t)before[i] - 64) * gain[phase_at(&desc, &frame, i)];
            int64_t rest = above % 256; /* to the nearest; halves upwards */
            int64_t dn = above / 256 + (rest >= 128) - (rest < -128) + 64;
            clipped += dn > 1023;
            ck_assert_int_eq(after[i], dn < 0 ? 0 : dn > 1023 ? 1023 : dn);
        }
        ck_assert_uint_gt(clipped, 0);
        free(before);
        free(after);
        die_free(die);
    }
}
END_TEST

START_TEST(dark_samples_below_black_level_are_multiplied_too)
{
    pix_desc_t desc = die_small();
    desc.read_noise_e = 60; /* 7 DN */
    die_t *die = die_new(&desc, 1);
    die->lux[0] = die->lux[1] = die->lux[2] = 0;
    pix_frame_t frame = die_latched(&desc, DIE_FULL, 0);
    uint16_t *before = die_picture(die, &frame);
    for (uint32_t i = 0; i < PIX_PHASES; i++)
        frame.digital_gain[i] = 0x400;
    uint16_t *after = die_picture(die, &frame);
    uint32_t below = 0;
    for (uint32_t i = 0; i < 64 * 48; i++) {
        int32_t dn = 64 + 4 * ((int32_t)before[i] - 64);
        below += dn < 64;
        ck_assert_int_eq(after[i], dn < 0 ? 0 : dn);
    }
    ck_assert_uint_gt(below, 1000);
    free(before);
    free(after);
    die_free(die);
}
END_TEST

START_TEST(twelve_bits_are_four_times_finer_and_eight_four_times_coarser)
{
    static const uint32_t bits[] = {8, 10, 12};
    double mean[3] = {0};
    for (int i = 0; i < 3; i++) {
        pix_desc_t desc = die_small();
        die_t *die = die_new(&desc, 1);
        pix_frame_t frame = die_latched(&desc, DIE_FULL, 0);
        frame.adc_bits = bits[i];
        ck_assert(!pix_clamp(&desc, &frame));
        uint16_t *picture = die_picture(die, &frame);
        for (uint32_t k = 0; k < 64 * 48; k++)
            mean[i] += picture[k] / (64.0 * 48);
        free(picture);
        die->lux[0] = die->lux[1] = die->lux[2] = 1e6f;
        picture = die_picture(die, &frame);
        ck_assert_uint_eq(picture[100], (1u << bits[i]) - 1);
        free(picture);
        die_free(die);
    }
    ck_assert_double_gt(mean[1], 300); /* the same words of noise: means differ by rounding only */
    ck_assert_double_eq_tol(mean[0], mean[1] / 4, 0.05);
    ck_assert_double_eq_tol(mean[2], mean[1] * 4, 0.1);
}
END_TEST

START_TEST(bits_of_the_adc_are_those_of_the_lines)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    die_write(die, "PIX_ADC_BITS", 12);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 1);
    ck_assert_uint_eq(die->frame[0].line.bits, 12);
    die_free(die);
}
END_TEST

/* 8 lines of 9398 clocks and 1000 more. */
START_TEST(lines_tell_exposure_and_gain_of_their_frame)
{
    pix_desc_t desc = die_small();
    die_t *die = die_new(&desc, 1);
    die_write(die, "PIX_COARSE", 8);
    die_write(die, "PIX_FINE", 1000);
    die_write(die, "PIX_GAIN", 512);
    die_write(die, "PIX_DGAIN_B", 0x180);
    die_write(die, "PIX_CTRL", PIX_CTRL_STREAM);
    die_run_frames(die, 1);
    const sim_line_t *line = &die->frame[0].line;
    ck_assert_uint_eq(line->exposure_clk, 8 * 9398 + 1000);
    ck_assert_uint_eq(line->gain[PIX_PHASE_R], 512u << 16 | 0x100);
    ck_assert_uint_eq(line->gain[PIX_PHASE_B], 512u << 16 | 0x180);
    die_free(die);
}
END_TEST

/* ---- test patterns ---- */

static uint16_t *pattern_of(const pix_desc_t *desc, pix_frame_t *frame, uint32_t pattern)
{
    die_t *die = die_new(desc, 1);
    frame->pattern = pattern;
    ck_assert(!pix_clamp(desc, frame));
    uint16_t *picture = die_picture(die, frame);
    die_free(die);
    return picture;
}

START_TEST(the_solid_color_is_what_the_registers_say)
{
    pix_desc_t desc = die_small();
    for (uint32_t flip = 0; flip < 4; flip++) {
        pix_frame_t frame = die_latched(&desc, DIE_BINNED, 0);
        static const uint32_t color[PIX_PHASES] = {100, 0, 1023, 512};
        frame.x.flip = flip & 1;
        frame.y.flip = flip >> 1;
        memcpy(frame.pattern_dn, color, sizeof(color));
        uint16_t *picture = pattern_of(&desc, &frame, PIX_PATTERN_SOLID);
        for (uint32_t i = 0; i < 32 * 24; i++)
            ck_assert_uint_eq(picture[i], color[phase_at(&desc, &frame, i)]);
        free(picture);
    }
}
END_TEST

START_TEST(bars_go_from_white_over_the_colors_to_black)
{
    static const char *const bars[8] = {"RGB", "RG", "GB", "G", "RB", "R", "B", ""};
    static const char letter[PIX_PHASES] = {
        [PIX_PHASE_GR] = 'G', [PIX_PHASE_R] = 'R', [PIX_PHASE_B] = 'B', [PIX_PHASE_GB] = 'G'};
    pix_desc_t desc = die_small();
    pix_frame_t frame = die_latched(&desc, DIE_FULL, 0);
    uint16_t *picture = pattern_of(&desc, &frame, PIX_PATTERN_BARS);
    for (uint32_t i = 0; i < 64 * 48; i++) {
        bool on = strchr(bars[i % 64 / 8], letter[phase_at(&desc, &frame, i)]) != NULL;
        ck_assert_uint_eq(picture[i], on ? 1023 : 0);
    }
    free(picture);
    picture = pattern_of(&desc, &frame, PIX_PATTERN_FADE);
    ck_assert_uint_eq(picture[0], 1023);           /* white, first row */
    ck_assert_uint_eq(picture[47 * 64 + 1], 512);  /* last row: gray, */
    ck_assert_uint_eq(picture[47 * 64 + 57], 512); /* from black too */
    ck_assert_uint_eq(picture[24 * 64], 763);      /* 1023 - 511 * 24 / 47 = 1023 - 260 */
    ck_assert_uint_eq(picture[24 * 64 + 56], 261); /* black bar: 512 * 24 / 47 */
    ck_assert_uint_eq(picture[4], 1023);           /* right half of a bar: bits 1111 1111 11, */
    ck_assert_uint_eq(picture[24 * 64 + 4], 750);  /* 1011 1011 10, */
    ck_assert_uint_eq(picture[24 * 64 + 60], 273); /* 0100 0100 01 */
    free(picture);
    desc.height_px = 300;
    frame = die_latched(&desc, DIE_FULL, 0);
    picture = pattern_of(&desc, &frame, PIX_PATTERN_FADE);
    ck_assert_uint_eq(picture[254 * 64],
                      1023 - 508); /* 511 * 254 / 255 = 508.996; of 2 x 128 rows */
    ck_assert_mem_eq(picture, picture + 256 * 64, 44 * 64 * sizeof(*picture)); /* and again */
    free(picture);
}
END_TEST

/* The sequence of ITU-T O.150, nine ones first. */
START_TEST(pn9_is_the_standard_s_sequence_through_all_rows)
{
    static const uint8_t published[] = {0xff, 0x83, 0xdf, 0x17, 0x32, 0x09, 0x4e, 0xd1, 0xe7,
                                        0xcd, 0x8a, 0x91, 0xc6, 0xd5, 0xc4, 0xc4, 0x40, 0x21};
    pix_desc_t desc = die_small();
    for (uint32_t bits = 8; bits <= 12; bits += 2) {
        pix_frame_t frame = die_latched(&desc, DIE_FULL, 0);
        frame.adc_bits = bits;
        uint16_t *picture = pattern_of(&desc, &frame, PIX_PATTERN_PN9);
        uint32_t period = 511, ones = 0;
        uint8_t seen[511];
        for (uint32_t i = 0; i < 64 * 48 * bits; i++) {
            uint8_t bit = picture[i / bits] >> (bits - 1 - i % bits) & 1;
            if (i < 8 * sizeof(published))
                ck_assert_uint_eq(bit, published[i / 8] >> (7 - i % 8) & 1);
            if (i < period)
                ones += seen[i] = bit;
            ck_assert_uint_eq(bit, seen[i % period]);
        }
        ck_assert_uint_eq(ones, 256);
        free(picture);
    }
}
END_TEST

START_TEST(a_pattern_asks_for_no_light_and_knows_no_noise)
{
    pix_desc_t desc = die_small();
    pix_frame_t frame = die_latched(&desc, DIE_FULL, 0), next = die_latched(&desc, DIE_FULL, 1);
    frame.gain_code = 900;
    uint16_t *a = pattern_of(&desc, &frame, PIX_PATTERN_FADE);
    desc.seed++;
    uint16_t *b = pattern_of(&desc, &next, PIX_PATTERN_FADE);
    ck_assert_mem_eq(a, b, 64 * 48 * sizeof(*a));
    free(a);
    free(b);
}
END_TEST

TEST_MAIN("pixel digital part", digital_gain_multiplies_what_is_above_black_by_color,
          dark_samples_below_black_level_are_multiplied_too,
          twelve_bits_are_four_times_finer_and_eight_four_times_coarser,
          bits_of_the_adc_are_those_of_the_lines, lines_tell_exposure_and_gain_of_their_frame,
          the_solid_color_is_what_the_registers_say, bars_go_from_white_over_the_colors_to_black,
          pn9_is_the_standard_s_sequence_through_all_rows,
          a_pattern_asks_for_no_light_and_knows_no_noise)
