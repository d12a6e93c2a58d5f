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
    ck_assert_mem_eq(desc.qe, expected.qe, sizeof(desc.qe));
    ck_assert_mem_eq(desc.ir_cut, expected.ir_cut, sizeof(desc.ir_cut));
    /* clang-format off */
#define SAME(member) ck_assert(desc.member == expected.member);
    SAME(width_px) SAME(height_px) SAME(pitch_um) SAME(bayer) SAME(f_number)
    SAME(transmission) SAME(illuminant_k) SAME(magnification) SAME(shot) SAME(full_well_e) SAME(dark_e_per_s) SAME(dark_at_c)
    SAME(dark_doubling_k) SAME(temperature_c) SAME(dark_spread) SAME(prnu) SAME(dsnu_e)
    SAME(read_noise_e) SAME(read_noise_at_gain1_e) SAME(dn_per_e) SAME(adc_bits) SAME(black_dn)
    SAME(counter_hz) SAME(ramp_margin) SAME(reset_ramp_permille) SAME(reset_settle_ns)
    SAME(transfer_settle_ns) SAME(column_hz) SAME(too_short) SAME(too_long) SAME(blanking_delay)
    SAME(noise.cds) SAME(noise.cds_interval_us) SAME(noise.conversion_gain_uv)
    SAME(noise.hot_share) SAME(noise.hot_e_per_s) SAME(noise.rtn_share) SAME(noise.rtn_e)
    SAME(noise.rtn_us[0]) SAME(noise.rtn_us[1]) SAME(noise.column_gain)
    SAME(noise.column_offset_dn) SAME(noise.column_count_dn) SAME(noise.row_share)
    SAME(noise.banding_e) SAME(noise.banding_hz) SAME(noise.inl_dn) SAME(noise.knee_e)
    SAME(noise.bloom_share) SAME(noise.bloom_rows) SAME(noise.sun_share) SAME(noise.sun_clamp_e)
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
        {"{\"pixel\": {\"color\": {\"illuminant_k\": 0}}}", "pixel.color.illuminant_k"},
        {"{\"pixel\": {\"charge\": {\"full_well\": 1}}}", "pixel.charge.full_well"},
        {"{\"pixel\": {\"adc\": {\"bits\": 16}}}", "pixel.adc.bits"},
        {"{\"pixel\": {\"adc\": {\"bits\": 9}}}", "pixel.adc.bits"},
        {"{\"pixel\": {\"adc\": {\"bits\": 8, \"black_dn\": 129}}}", "pixel.adc.black_dn"},
        {"{\"pixel\": {\"adc\": {\"counter_hz\": 0}}}", "pixel.adc.counter_hz"},
        {"{\"pixel\": {\"cds\": {\"on\": 1}}}", "pixel.cds.on"},
        {"{\"pixel\": {\"hot\": {\"share\": 0.5}}}", "pixel.hot.share"},
        {"{\"pixel\": {\"rtn\": {\"times_us\": [2, 1]}}}", "pixel.rtn.times_us"},
        {"{\"pixel\": {\"rtn\": {\"times_us\": [0, 1]}}}", "pixel.rtn.times_us"},
        {"{\"pixel\": {\"columns\": {\"offset\": 1}}}", "pixel.columns.offset"},
        {"{\"pixel\": {\"rows\": {\"banding_hz\": -1}}}", "pixel.rows.banding_hz"},
        {"{\"pixel\": {\"curve\": {\"inl_dn\": 99}}}", "pixel.curve.inl_dn"},
        {"{\"pixel\": {\"saturation\": {\"bloom_rows\": 9}}}", "pixel.saturation.bloom_rows"},
        {"{\"pixel\": {\"sun\": {\"share\": 2}}}", "pixel.sun.share"},
        {"{\"pixel\": {\"timing\": {\"too_short\": \"maybe\"}}}", "pixel.timing.too_short"},
        {"{\"pixel\": {\"timing\": {\"too_long\": \"cut\"}}}", "pixel.timing.too_long"},
        {"{\"pixel\": {\"timing\": {\"blanking_delay\": 4}}}", "pixel.timing.blanking_delay"},
        {"{\"pixel\": {\"timing\": {\"clk_hz\": 1}}}", "pixel.timing.clk_hz"}, /* the PLL's */
        {"{\"pixel\": {\"dark\": 1}}", "pixel.dark"},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        pix_desc_t desc = pix_desc_default();
        const char *error = complaint(cases[i].text, &desc);
        ck_assert_msg(strstr(error, cases[i].part) != NULL, "%s: \"%s\"", cases[i].text, error);
    }
}
END_TEST

TEST_MAIN("pixel chip data", the_chip_file_says_what_the_defaults_say,
          a_wrong_chip_file_is_refused_with_the_place)
