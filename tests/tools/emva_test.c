/*
 * emva_test.c - fovea emva: what is measured is what the chip file says, also when it says
 * otherwise.
 */
#include <math.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/json.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

static char text[65536], error[256];
static const char *const chip_file = FOVEA_OUT "/emva_chip.json";

/* The default chip with some numbers replaced: {"\"key\": 1", "\"key\": 2"} and so on. */
static void write_chip(const char *const (*changes)[2], size_t count)
{
    size_t bytes;
    char *chip =
        (char *)sim_file_read("logic/chips/imx500.json", 1 << 20, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(chip);
    for (size_t i = 0; i < count; i++) {
        char *at = strstr(chip, changes[i][0]);
        ck_assert_msg(at != NULL, "%s is not in the chip file", changes[i][0]);
        char *changed = malloc(strlen(chip) + 64);
        sprintf(changed, "%.*s%s%s", (int)(at - chip), chip, changes[i][1],
                at + strlen(changes[i][0]));
        free(chip);
        chip = changed;
    }
    ck_assert_msg(sim_dir_make(FOVEA_OUT, error, sizeof(error)) == SIM_OK, "%s", error);
    ck_assert_int_eq(sim_file_write(chip_file, chip, strlen(chip), error, sizeof(error)), SIM_OK);
    free(chip);
}

static sim_doc_t *measured(const char *options)
{
    int code = fovea(text, sizeof(text), "emva --json %s", options);
    ck_assert_msg(code == 0, "%d: %s", code, text);
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "emva");
    ck_assert_ptr_null(sim_doc_error(doc));
    return doc;
}

static double value(sim_doc_t *doc, const char *name)
{
    sim_cfg_t root = sim_doc_root(doc);
    for (uint32_t i = 0; i < sim_cfg_count(&root, "results"); i++) {
        sim_cfg_t one = sim_cfg_at(&root, "results", i);
        if (strcmp(sim_cfg_str(&one, "name", ""), name) == 0)
            return sim_cfg_num(&one, "measured", -1e9, 1e9, NAN);
    }
    ck_abort_msg("no %s", name);
}

static void expect(sim_doc_t *doc, const char *name, double want, double share)
{
    double got = value(doc, name);
    ck_assert_msg(fabs(got - want) <= share * want, "%s: %g, not %g", name, got, want);
}

/* By hand, at gain 8: K = 0.118 * 8; read noise sqrt(1.49^2 + (2.60 / 8)^2) = 1.525, a tenth of
 * that in rows, 1.55 e-/s of dark current for 10 ms: 1.537; full well 959 / 0.944; dark current 1 *
 * 2^(5 / 8) and hot ones, 1e-4 of 50: 1.5422 * 1.005. Green's mean efficiency in 490..580 nm,
 * weighted with photons of D65, is 60.03 % (worked out apart from the CIE's table). */
START_TEST(the_default_chip_measures_as_its_file_says)
{
    sim_doc_t *doc = measured("--gain 8 --window 512");
    expect(doc, "system gain K", 0.944, 0.02);
    expect(doc, "quantum efficiency", 60.03, 0.02);
    expect(doc, "temporal dark noise", 1.537, 0.05);
    expect(doc, "dark current", 1.550, 0.05);
    expect(doc, "full well", 1015.9, 0.02);
    expect(doc, "DSNU", sqrt(0.3 * 0.3 + 0.125 * 0.125 / 0.944 / 0.944 / 12), 0.05);
    expect(doc, "PRNU", 0.702, 0.05);
    expect(doc, "maximum SNR", 10 * log10(1015.9), 0.02);
    sim_doc_free(doc);
}
END_TEST

START_TEST(another_chip_measures_as_another)
{
    static const char *const changes[][2] = {
        {"\"prnu\": 0.007", "\"prnu\": 0.02"},
        {"\"dsnu_e\": 0.3", "\"dsnu_e\": 1.5"},
        {"\"dark_e_per_s\": 1.0", "\"dark_e_per_s\": 20"},
        {"\"read_noise_e\": 1.49", "\"read_noise_e\": 4"},
        {"\"dn_per_e\": 0.118", "\"dn_per_e\": 0.2"},
        {"\"full_well_e\": 8180", "\"full_well_e\": 600"},
        {"\"knee_e\": 100", "\"knee_e\": 0"},
    };
    write_chip(changes, SIM_COUNT(changes));
    char options[256];
    snprintf(options, sizeof(options), "--gain 4 --window 512 --chip %s", chip_file);
    sim_doc_t *doc = measured(options);
    expect(doc, "system gain K", 0.8, 0.02);
    expect(doc, "temporal dark noise", sqrt(1.01 * (16 + 0.65 * 0.65) + 0.31), 0.05);
    expect(doc, "dark current", 20 * 1.5422 + 0.0077, 0.05);
    expect(doc, "full well", 600, 0.02);
    expect(doc, "DSNU", 1.5, 0.05);
    expect(doc, "PRNU", 2.0, 0.05);
    sim_doc_free(doc);
}
END_TEST

/* Measured on the real one (facts: sensor.md 2.3): 0.47 DN12/e-, clip at 8180 e-, 3.0 e- of read
 * noise at gain 1 and 1.5 at 16, 11.15 stops from the signal that equals its noise, s = sqrt(s +
 * noise^2), to the clip. */
START_TEST(the_imx477_measures_as_published)
{
    sim_doc_t *doc = measured("--chip logic/chips/imx477.json --bits 12 --window 512");
    double noise_e = value(doc, "temporal dark noise"), clip_e = value(doc, "full well");
    expect(doc, "system gain K", 0.47, 0.02);
    expect(doc, "full well", 8180, 0.02);
    expect(doc, "temporal dark noise", 3.0, 0.05);
    double equal_e = (1 + sqrt(1 + 4 * noise_e * noise_e)) / 2;
    ck_assert_double_eq_tol(log2(clip_e / equal_e), 11.15, 0.03);
    sim_doc_free(doc);
    doc = measured("--chip logic/chips/imx477.json --bits 12 --gain 16 --window 512");
    expect(doc, "temporal dark noise", 1.5, 0.05);
    sim_doc_free(doc);
}
END_TEST

/* Dark noise of 10 bits at gain 1 is below the 0.49 DN (variance 0.24) that EMVA 1288 6.6 puts in
 * its place: (0.49 / 0.118 + 1 / 2) / 0.6003 photons, and 8127 e- / 0.6003 of saturation above
 * that. */
START_TEST(a_dark_noise_that_is_mostly_quantization_is_not_taken_for_less)
{
    sim_doc_t *doc = measured("--window 256");
    expect(doc, "sensitivity threshold", 7.75, 0.02);
    expect(doc, "dynamic range", 20 * log10(13538 / 7.75), 0.01);
    ck_assert_ptr_nonnull(strstr(text, "not valid: dark noise below 0.49 DN"));
    sim_doc_free(doc);
}
END_TEST

/* 8 bits at gain 1: a dark noise of 3 e- is 0.09 DN, so all dark samples are alike, without
 * quantization's 1/12 DN^2 that those with light have; a slope from the dark point to these is 2.4
 * % too steep. 5.5 s of dark current are a quarter of a DN. */
START_TEST(eight_bits_measure_what_they_can_and_say_why_not_the_rest)
{
    for (uint32_t gain = 1; gain <= 4; gain *= 4) {
        char options[64];
        snprintf(options, sizeof(options), "--bits 8 --window 512 --gain %u", gain);
        sim_doc_t *doc = measured(options);
        expect(doc, "system gain K", 0.118 / 4 * gain, 0.02);
        expect(doc, "quantum efficiency", 60.03, 0.02);
        expect(doc, "full well", 239 / (0.118 / 4 * gain), 0.02); /* 255 less black, 16 */
        expect(doc, "dark current", 1.550, 0.05);
        expect(doc, "PRNU", 0.702, 0.05);
        sim_doc_free(doc);
    }
    ck_assert_int_eq(fovea(text, sizeof(text), "emva --bits 8 --window 256"), 0);
    ck_assert_ptr_nonnull(strstr(text, "The dark noise is 0.00 DN."));
    ck_assert_int_eq(fovea(text, sizeof(text), "emva --bits 8 --gain 16 --window 512"), 0);
    ck_assert_ptr_null(strstr(text, "The dark noise is"));
}
END_TEST

/* A tone of amplitude 0.5 e- has a variance of 0.125: temporal, since images are taken at any time;
 * of rows that were always at the same phase of it, it would be DSNU, 0.465 e-. */
START_TEST(a_tone_on_the_supply_is_temporal_noise)
{
    static const char *const changes[][2] = {{"\"banding_e\": 0", "\"banding_e\": 0.5"}};
    write_chip(changes, SIM_COUNT(changes));
    char options[256];
    snprintf(options, sizeof(options), "--gain 8 --window 512 --chip %s", chip_file);
    sim_doc_t *doc = measured(options);
    expect(doc, "temporal dark noise", sqrt(1.537 * 1.537 + 0.125), 0.015);
    expect(doc, "DSNU", 0.302, 0.05);
    sim_doc_free(doc);
}
END_TEST

/* One sample alone: half of the read noise's variance and sqrt(k T / (q g)) = 16.56 e- at 45 C, a
 * tenth of both in rows; a column's whole offset, 4 DN. */
START_TEST(without_cds_reset_noise_and_columns_show)
{
    static const char *const changes[][2] = {{"\"on\": true", "\"on\": false"}};
    write_chip(changes, SIM_COUNT(changes));
    char options[256];
    snprintf(options, sizeof(options), "--gain 8 --window 512 --chip %s", chip_file);
    sim_doc_t *doc = measured(options);
    expect(doc, "temporal dark noise", sqrt(1.01 * (274.2 + 1.525 * 1.525 / 2)), 0.05);
    expect(doc, "DSNU", sqrt(0.3 * 0.3 + 4 * 4 / 0.944 / 0.944), 0.05);
    sim_doc_free(doc);
}
END_TEST

/* 1.005 e-/s at 40 C, twice as much 8 K further on: 280.6 at 105 C, which fills the 1016 e- of gain
 * 8 in 3.6 s; 0.00098 at -40 C, a tenth of an electron in 100 s. */
START_TEST(dark_current_is_measured_hot_and_told_when_it_is_too_cold)
{
    static const char *const hot[][2] = {{"\"temperature_c\": 45", "\"temperature_c\": 105"}};
    static const char *const cold[][2] = {{"\"temperature_c\": 45", "\"temperature_c\": -40"}};
    char options[256];
    snprintf(options, sizeof(options), "--gain 8 --window 512 --chip %s", chip_file);
    write_chip(hot, 1);
    int code = fovea(text, sizeof(text), "emva --json %s", options);
    ck_assert_int_ge(code, 0);
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "emva");
    expect(doc, "dark current", 280.6, 0.05);
    sim_doc_free(doc);
    write_chip(cold, 1);
    doc = measured(options);
    ck_assert_ptr_nonnull(strstr(text, "not valid: too little in 100 s"));
    sim_doc_free(doc);
}
END_TEST

/* 2 DN at gain 16 are 1.06 e-, two thirds of the noise: a quarter of the samples ends at 0. */
START_TEST(a_dark_that_is_cut_off_at_zero_is_not_measured)
{
    static const char *const changes[][2] = {{"\"black_dn\": 64", "\"black_dn\": 2"}};
    write_chip(changes, 1);
    char options[256];
    snprintf(options, sizeof(options), "--gain 16 --window 256 --chip %s", chip_file);
    sim_doc_t *doc = measured(options);
    ck_assert_ptr_nonnull(strstr(text, "not valid: more than 0.5 % of the dark at 0"));
    sim_doc_free(doc);
}
END_TEST

START_TEST(a_chip_that_sees_nothing_is_refused)
{
    static const char *const blind[][2] = {{"\"transmission\": 0.9", "\"transmission\": 0"}};
    write_chip(blind, 1);
    int code = fovea(text, sizeof(text), "emva --chip %s", chip_file);
    ck_assert_msg(code == 2, "%d: %s", code, text);
    ck_assert_msg(strstr(text, "see nothing of 490..580 nm") != NULL, "%s", text);
}
END_TEST

START_TEST(a_seed_of_its_own_gives_other_samples_of_the_same_chip)
{
    sim_doc_t *one = measured("--gain 8 --window 256 --seed 1"),
              *same = measured("--gain 8 --window 256 --seed 1 -j 3"),
              *two = measured("--gain 8 --window 256 --seed 2");
    ck_assert_double_eq(value(one, "DSNU"), value(same, "DSNU"));
    ck_assert_double_ne(value(one, "DSNU"), value(two, "DSNU"));
    sim_doc_free(one);
    sim_doc_free(same);
    sim_doc_free(two);
}
END_TEST

START_TEST(plots_and_numbers_are_written)
{
    if (system("command -v gnuplot >/dev/null") != 0) {
        test_skip("no gnuplot");
        return;
    }
    ck_assert_int_eq(fovea(text, sizeof(text), "emva --gain 8 --window 256 -o " FOVEA_OUT "/emva"),
                     0);
    static const char *const names[] = {"photon_transfer", "linearity", "snr", "dark_current"};
    for (size_t i = 0; i < SIM_COUNT(names); i++) {
        char path[256];
        sim_image_t image;
        snprintf(path, sizeof(path), FOVEA_OUT "/emva/%s.png", names[i]);
        ck_assert_msg(sim_png_read(path, &image, error, sizeof(error)) == SIM_OK, "%s", error);
        uint32_t dark = 0; /* something is drawn */
        for (size_t k = 0; k < (size_t)image.width_px * image.height_px; k++)
            dark += image.data[k * image.channels] < 128;
        ck_assert_uint_gt(dark, 1000);
        sim_image_free(&image);
    }
    ck_assert_int_eq(access(FOVEA_OUT "/emva/emva.json", F_OK), 0);
}
END_TEST

START_TEST(wrong_use_ends_with_one_line_and_code_2)
{
    static const char *const args[] = {"--gain 0.9", "--gain 23",          "--bits 7", "--bits 9",
                                       "--window 8", "--chip nosuch.json", "file"};
    for (size_t i = 0; i < SIM_COUNT(args); i++) {
        ck_assert_msg(fovea(text, sizeof(text), "emva %s", args[i]) == 2, "%s: %s", args[i], text);
        ck_assert_int_eq(line_count(text), 1);
    }
}
END_TEST

TEST_MAIN("tools emva", the_default_chip_measures_as_its_file_says,
          another_chip_measures_as_another, the_imx477_measures_as_published,
          a_dark_noise_that_is_mostly_quantization_is_not_taken_for_less,
          eight_bits_measure_what_they_can_and_say_why_not_the_rest,
          a_tone_on_the_supply_is_temporal_noise, without_cds_reset_noise_and_columns_show,
          dark_current_is_measured_hot_and_told_when_it_is_too_cold,
          a_dark_that_is_cut_off_at_zero_is_not_measured, a_chip_that_sees_nothing_is_refused,
          a_seed_of_its_own_gives_other_samples_of_the_same_chip, plots_and_numbers_are_written,
          wrong_use_ends_with_one_line_and_code_2)
