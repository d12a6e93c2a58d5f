/*
 * chip_test.c - the chip file, and where its photon numbers come from.
 */
#include "pixel/pixel.h"
#include "tests/test.h"

static const char *complaint(const char *text, pix_desc_t *desc)
{
    static char kept[512];
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "chip.json");
    sim_cfg_t root = sim_doc_root(doc), pixel = sim_cfg_obj(&root, "pixel");
    pix_desc_read(&pixel, desc);
    const char *error = sim_doc_error(doc);
    snprintf(kept, sizeof(kept), "%s", error == NULL ? "" : error);
    sim_doc_free(doc);
    return kept;
}

START_TEST(the_chip_file_says_what_the_defaults_say)
{
    pix_desc_t expected = pix_desc_default(), desc;
    memset(&desc, 0, sizeof(desc));
    sim_doc_t *doc = sim_doc_load("logic/chips/imx500.json");
    sim_cfg_t root = sim_doc_root(doc), pixel = sim_cfg_obj(&root, "pixel");
    desc.seed = expected.seed; /* a scenario's, not a chip's */
    pix_desc_read(&pixel, &desc);
    ck_assert_ptr_null(sim_doc_error(doc));
    ck_assert_mem_eq(desc.photons_per_lux, expected.photons_per_lux, sizeof(desc.photons_per_lux));
    ck_assert_mem_eq(desc.qe, expected.qe, sizeof(desc.qe));
    ck_assert_mem_eq(desc.line_length_min, expected.line_length_min, sizeof(desc.line_length_min));
    /* clang-format off */
#define SAME(member) ck_assert(desc.member == expected.member);
    SAME(clk_hz) SAME(width_px) SAME(height_px) SAME(pitch_um) SAME(bayer) SAME(f_number)
    SAME(transmission) SAME(magnification) SAME(full_well_e) SAME(dark_e_per_s) SAME(dark_at_c)
    SAME(dark_doubling_k) SAME(temperature_c) SAME(dark_spread) SAME(prnu) SAME(dsnu_e)
    SAME(read_noise_e) SAME(read_noise_at_gain1_e) SAME(dn_per_e) SAME(adc_bits) SAME(black_dn)
    SAME(blank_lines_min) SAME(coarse_min) SAME(coarse_margin) SAME(gain_code_max)
#undef SAME
        /* clang-format on */
        sim_doc_free(doc);
}
END_TEST

START_TEST(a_wrong_chip_file_is_refused_with_the_place)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        {"{\"pixel\": {\"array\": {\"width_px\": 0}}}", "pixel.array.width_px"},
        {"{\"pixel\": {\"array\": {\"width_px\": 4058}}}", "pixel.array"},
        {"{\"pixel\": {\"array\": {\"bayer\": \"rgbg\"}}}", "pixel.array.bayer"},
        {"{\"pixel\": {\"lens\": {\"f_number\": \"wide\"}}}", "pixel.lens.f_number"},
        {"{\"pixel\": {\"color\": {\"qe_red\": [1, 0]}}}", "pixel.color.qe_red"},
        {"{\"pixel\": {\"color\": {\"qe_red\": [1, 0, 1.5]}}}", "pixel.color.qe_red"},
        {"{\"pixel\": {\"charge\": {\"full_well\": 1}}}", "pixel.charge.full_well"},
        {"{\"pixel\": {\"adc\": {\"bits\": 16}}}", "pixel.adc.bits"},
        {"{\"pixel\": {\"timing\": {\"clk_hz\": -1}}}", "pixel.timing.clk_hz"},
        {"{\"pixel\": {\"dark\": 1}}", "pixel.dark"},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        pix_desc_t desc = pix_desc_default();
        const char *error = complaint(cases[i].text, &desc);
        ck_assert_msg(strstr(error, cases[i].part) != NULL, "%s: \"%s\"", cases[i].text, error);
    }
}
END_TEST

/* CIE standard illuminant D65, 380..780 nm in steps of 10 (ISO 11664-2), and the photopic luminous
 * efficiency V (ISO 23539). */
static const double d65[] = {49.98,  54.65,  82.75,  91.49,  93.43,  86.68,  104.86, 117.01, 117.81,
                             114.86, 115.92, 108.81, 109.35, 107.80, 104.79, 107.69, 104.41, 104.05,
                             100.00, 96.33,  95.79,  88.69,  90.01,  89.60,  87.70,  83.29,  83.70,
                             80.03,  80.21,  82.28,  78.28,  69.72,  71.61,  74.35,  61.60,  69.89,
                             75.09,  63.59,  46.42,  66.81,  63.38};
static const double v[] = {
    3.9e-5,   1.2e-4,   3.96e-4, 1.21e-3, 4e-3,   0.0116, 0.023,   0.038, 0.06,  0.09098, 0.13902,
    0.20802,  0.323,    0.503,   0.71,    0.862,  0.954,  0.99495, 0.995, 0.952, 0.87,    0.757,
    0.631,    0.503,    0.381,   0.265,   0.175,  0.107,  0.061,   0.032, 0.017, 8.21e-3, 4.102e-3,
    2.091e-3, 1.047e-3, 5.2e-4,  2.49e-4, 1.2e-4, 6e-5,   3e-5,    1.5e-5};

/* Photons per second and square meter of 1 lux of D65 between two wavelengths (trapezoids). */
static double photons(int from_nm, int to_nm)
{
    const double h_c = 6.62607015e-34 * 299792458;
    double lux = 0, count = 0;
    for (size_t i = 0; i < SIM_COUNT(d65); i++)
        lux += 683 * d65[i] * v[i] * 10;
    for (int nm = from_nm; nm <= to_nm; nm += 10) {
        double end = nm == from_nm || nm == to_nm ? 0.5 : 1;
        count += end * 10 * d65[(nm - 380) / 10] * nm * 1e-9 / h_c;
    }
    return count / lux;
}

START_TEST(a_lux_of_daylight_brings_the_photons_that_follow_from_the_cie_tables)
{
    pix_desc_t desc = pix_desc_default();
    double red = photons(580, 680), green = photons(490, 580), blue = photons(400, 490);
    ck_assert_double_eq_tol(desc.photons_per_lux[PIX_RED], red, 0.005 * red);
    ck_assert_double_eq_tol(desc.photons_per_lux[PIX_GREEN], green, 0.005 * green);
    ck_assert_double_eq_tol(desc.photons_per_lux[PIX_BLUE], blue, 0.005 * blue);
}
END_TEST

TEST_MAIN("pixel chip data", the_chip_file_says_what_the_defaults_say,
          a_wrong_chip_file_is_refused_with_the_place,
          a_lux_of_daylight_brings_the_photons_that_follow_from_the_cie_tables)
