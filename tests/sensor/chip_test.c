/*
 * chip_test.c - chip files: the seeds of chip_fuzz are what the reader takes, or are called
 * refused_*; and what it takes becomes a sensor.
 */
#include <glob.h>

#include "logic/sensor.h"
#include "tests/test.h"

static void must_init(const sensor_desc_t *desc, const char *path)
{
    sim_t *sim = sim_new();
    sim_pool_t *pool = sim_pool_new(1);
    sensor_t *sensor = sensor_new();
    ck_assert_msg(sensor_init(sensor, sim, desc, pool) == SIM_OK, "%s: %s", path, sim_error(sim));
    sim_free(sim);
    sensor_free(sensor);
    sim_pool_free(pool);
}

START_TEST(the_reader_takes_its_seeds_and_refuses_those_called_so)
{
    glob_t found;
    ck_assert_int_eq(glob("tests/sensor/corpus/chip/*", 0, NULL, &found), 0);
    ck_assert_uint_ge(found.gl_pathc, 2);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        const char *path = found.gl_pathv[i];
        sensor_desc_t desc = sensor_desc_default();
        sim_doc_t *doc = sim_doc_load(path);
        sim_cfg_t root = sim_doc_root(doc);
        sensor_desc_read(&root, &desc);
        bool refused = strstr(path, "/refused_") != NULL;
        ck_assert_msg((sim_doc_error(doc) != NULL) == refused, "%s: %s", path,
                      refused ? "accepted" : sim_doc_error(doc));
        if (!refused)
            must_init(&desc, path);
        sim_doc_free(doc);
    }
    globfree(&found);
}
END_TEST

START_TEST(every_chip_of_the_folder_is_a_sensor)
{
    glob_t found;
    ck_assert_int_eq(glob("logic/chips/*.json", 0, NULL, &found), 0);
    ck_assert_uint_ge(found.gl_pathc, 5);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        sensor_desc_t desc = sensor_desc_default();
        sim_doc_t *doc = sim_doc_load(found.gl_pathv[i]);
        sim_cfg_t root = sim_doc_root(doc);
        sensor_desc_read(&root, &desc);
        ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
        must_init(&desc, found.gl_pathv[i]);
        sim_doc_free(doc);
    }
    globfree(&found);
}
END_TEST

/* Numbers that pixel/README.md lists for each chip. */
#define N(member) offsetof(pix_desc_t, member)
static const struct {
    const char *name;
    size_t at;
} listed[] = {
    {"charge.dark_e_per_s", N(dark_e_per_s)},
    {"charge.dark_spread", N(dark_spread)},
    {"hot.share", N(noise.hot_share)},
    {"hot.e_per_s", N(noise.hot_e_per_s)},
    {"charge.prnu", N(prnu)},
    {"charge.dsnu_e", N(dsnu_e)},
    {"charge.full_well_e", N(full_well_e)},
    {"saturation.knee_e", N(noise.knee_e)},
    {"saturation.bloom_share", N(noise.bloom_share)},
    {"cds.conversion_gain_uv", N(noise.conversion_gain_uv)},
    {"sun.share", N(noise.sun_share)},
    {"adc.read_noise_e", N(read_noise_e)},
    {"adc.read_noise_at_gain1_e", N(read_noise_at_gain1_e)},
    {"rtn.share", N(noise.rtn_share)},
    {"rtn.amplitude_e", N(noise.rtn_e)},
    {"columns.gain", N(noise.column_gain)},
    {"columns.offset_dn", N(noise.column_offset_dn)},
    {"columns.count_dn", N(noise.column_count_dn)},
    {"rows.share", N(noise.row_share)},
    {"rows.banding_e", N(noise.banding_e)},
    {"curve.inl_dn", N(noise.inl_dn)},
    {"adc.bits", N(adc_bits)},
    {"adc.dn_per_e", N(dn_per_e)},
    {"adc.black_dn", N(black_dn)},
    {"lens.focal_mm", N(focal_mm)},
    {"lens.psf_sigma_px", N(psf_sigma_px)},
};

static double listed_value(const pix_desc_t *pixel, size_t at)
{
    const char *place = (const char *)pixel + at;
    double value;
    if (at == N(adc_bits) || at == N(black_dn))
        return *(const uint32_t *)(const void *)place;
    memcpy(&value, place, sizeof(value));
    return value;
}
#undef N

START_TEST(the_readme_of_the_pixel_die_lists_what_the_chips_have)
{
    static const char *const chips[][2] = {
        {"imx500", "imx501"}, {"imx477", "imx477"}, {"vga-tiny", "vga-tiny"}};
    sensor_desc_t desc[3][2];
    char line[2048], name[64], path[64];
    double want[3];
    size_t found = 0;
    for (int c = 0; c < 6; c++) {
        desc[c / 2][c % 2] = sensor_desc_default();
        snprintf(path, sizeof(path), "logic/chips/%s.json", chips[c / 2][c % 2]);
        sim_doc_t *doc = sim_doc_load(path);
        sim_cfg_t root = sim_doc_root(doc);
        sensor_desc_read(&root, &desc[c / 2][c % 2]);
        sim_doc_free(doc);
    }
    FILE *readme = fopen("pixel/README.md", "r");
    ck_assert_ptr_nonnull(readme);
    while (fgets(line, sizeof(line), readme) != NULL) {
        if (sscanf(line, "| `%63[^`]` | %lf | %lf | %lf |", name, &want[0], &want[1], &want[2]) !=
            4)
            continue;
        ck_assert_msg(found < SIM_COUNT(listed) && strcmp(name, listed[found].name) == 0, "%s",
                      name);
        for (int c = 0; c < 6; c++)
            ck_assert_msg(listed_value(&desc[c / 2][c % 2].pixel, listed[found].at) == want[c / 2],
                          "%s of %s is not %g", name, chips[c / 2][c % 2], want[c / 2]);
        found++;
    }
    fclose(readme);
    ck_assert_uint_eq(found, SIM_COUNT(listed));
}
END_TEST

/* White of the pixel die comes out of balance and matrix as white, and so do pure colors: the
 * product of all three is 1 on the diagonal, within a last digit of gain and matrix. */
START_TEST(the_isp_s_colors_undo_those_of_the_pixel_die)
{
    sensor_desc_t desc = sensor_desc_default();
    static const int phase[PIX_COLORS] = {0, 1, 3}; /* of R, G, B in R, Gr, Gb, B */
    double e[PIX_COLORS][PIX_COLORS], white_green;
    for (uint32_t c = 0; c < PIX_COLORS; c++)
        pix_electrons_per_lux_s(&desc.pixel, c, e[c]);
    white_green = e[PIX_GREEN][0] + e[PIX_GREEN][1] + e[PIX_GREEN][2];
    for (uint32_t out = 0; out < 3; out++)
        for (uint32_t in = 0; in < 3; in++) {
            double sum = 0;
            for (uint32_t c = 0; c < PIX_COLORS; c++)
                sum += desc.isp.ccm_q10[3 * out + c] / 1024.0 * desc.isp.wb_gain_q8[phase[c]] /
                       (256 * 4095 / 3836.0) * e[c][in] / white_green;
            ck_assert_double_eq_tol(sum, in == out, 0.004);
        }
}
END_TEST

TEST_MAIN("sensor chip files", the_reader_takes_its_seeds_and_refuses_those_called_so,
          every_chip_of_the_folder_is_a_sensor,
          the_readme_of_the_pixel_die_lists_what_the_chips_have,
          the_isp_s_colors_undo_those_of_the_pixel_die)
