/*
 * energy_report_test.c - what is said of a meter whose account is made up here: two frames of 10 us
 * each, a microsecond outside of them, one network a frame.
 */
#include "tests/test.h"
#include <stdlib.h>

#include "tools/energy_report.h"

#define US UINT64_C(1000000)

static energy_t energy;
static tech_t tech;
static char text[1024];

static void make(void)
{
    memset(&energy, 0, sizeof(energy));
    tech = (tech_t){.node_nm = {65, 22}, .sample_ps = 4 * US, .parts = 3};
    tech.part[0] = (tech_part_t){.die = TECH_PIXEL_DIE, .block = TECH_ADC, .area_um2 = 2e6};
    tech.part[1] = (tech_part_t){.die = TECH_LOGIC_DIE, .block = TECH_NPU, .area_um2 = 3e6};
    tech.part[2] = (tech_part_t){.die = TECH_LOGIC_DIE, .block = TECH_ADC, .area_um2 = 1e6};
    energy.tech = &tech;
    energy.on = true;
    energy_state_t *s = &energy.state;
    s->now_ps = 21 * US;
    s->frames = 2;
    s->frames_ps = 20 * US;
    s->frames_fj[TECH_ADC] = 60000000;
    s->frames_fj[TECH_NPU] = 20000000;
    s->block_fj[TECH_ADC] = 61000000;
    s->block_fj[TECH_NPU] = 23000000;
    s->leakage[TECH_NPU].fj = 3000000;
    s->phase_fj[ENERGY_INFERENCE][TECH_NPU] = 18000000;
    s->phase_fj[ENERGY_INFERENCE][TECH_ADC] = 6000000;
    s->phase_fj[ENERGY_READOUT][TECH_ADC] = 55000000;
    s->phase_fj[ENERGY_READOUT][TECH_NPU] = 5000000;
    s->peak_total_fj = 36000000;
    s->count[TECH_MAX_ROWS + ENERGY_MACS] = 50000;
    s->count[TECH_MAX_ROWS + ENERGY_RUNS] = 2;
}

static double number(const sim_cfg_t *cfg, const char *key)
{
    sim_cfg_need(cfg, key);
    double value = sim_cfg_num(cfg, key, 0, 1e18, 0);
    ck_assert_msg(sim_doc_error(cfg->doc) == NULL, "%s", sim_doc_error(cfg->doc));
    return value;
}

static sim_doc_t *parse(sim_json_t *json)
{
    char *written = sim_json_print(json, false);
    sim_doc_t *doc = sim_doc_parse(written, strlen(written), "report");
    free(written);
    sim_json_free(json);
    return doc;
}

/* fJ in ps are mW; 2 x 50000 operations in 20 nJ are 5 a picojoule. */
START_TEST(a_summary_is_of_frames_that_are_over)
{
    make();
    sim_json_t *json = sim_json_object();
    energy_add_summary(json, &energy, 1000);
    sim_doc_t *doc = parse(json);
    sim_cfg_t root = sim_doc_root(doc), e = sim_cfg_obj(&root, "energy");
    sim_cfg_t blocks = sim_cfg_obj(&e, "frame_blocks_fj"), area = sim_cfg_obj(&e, "area_mm2");
    ck_assert_double_eq(number(&e, "frames"), 2);
    ck_assert_double_eq(number(&e, "frame_fj"), 40000000);
    ck_assert_double_eq(number(&e, "pixel_fj"), 40000);
    ck_assert_double_eq(number(&blocks, "adc"), 30000000);
    ck_assert_double_eq(number(&e, "inference_fj"), 12000000);
    ck_assert_double_eq(number(&e, "inference_npu_fj"), 10000000);
    ck_assert_double_eq_tol(number(&e, "npu_tops_per_w"), 5, 1e-9);
    ck_assert_double_eq_tol(number(&e, "mean_mw"), 4, 1e-9);
    ck_assert_double_eq_tol(number(&e, "peak_mw"), 9, 1e-9);
    ck_assert_double_eq(number(&area, "logic"), 4);
    ck_assert_double_eq(number(&area, "pixel"), 2);
    ck_assert_double_eq_tol(number(&e, "mean_mw_per_mm2"), 1, 1e-9); /* of the larger */
    sim_doc_free(doc);
}
END_TEST

START_TEST(stats_are_of_the_whole_run)
{
    make();
    sim_json_t *json = sim_json_object();
    energy_add_stats(json, &energy, NULL, 0);
    sim_doc_t *doc = parse(json);
    sim_cfg_t root = sim_doc_root(doc), e = sim_cfg_obj(&root, "energy");
    sim_cfg_t power = sim_cfg_obj(&e, "power"), area = sim_cfg_obj(&e, "area_mm2");
    sim_cfg_t pixel = sim_cfg_obj(&area, "pixel"), logic = sim_cfg_obj(&area, "logic");
    ck_assert_double_eq(number(&e, "fj"), 84000000);
    ck_assert_double_eq(number(&e, "outside_frames_fj"), 4000000);
    ck_assert_double_eq(number(&e, "leakage_fj"), 3000000);
    ck_assert_double_eq_tol(number(&power, "mean_mw"), 4, 1e-9);
    ck_assert_double_eq_tol(number(&power, "peak_mw"), 9, 1e-9);
    ck_assert_double_eq_tol(number(&power, "peak_mw_per_mm2"), 9. / 4, 1e-9);
    ck_assert_double_eq(number(&pixel, "adc"), 2);
    ck_assert_double_eq(number(&logic, "adc"), 1);
    ck_assert_double_eq(number(&logic, "npu"), 3);
    ck_assert(!sim_cfg_has(&pixel, "npu"));
    sim_doc_free(doc);
}
END_TEST

static const char *printed(void (*print)(const energy_t *, FILE *))
{
    FILE *to = fmemopen(text, sizeof(text), "w");
    ck_assert_ptr_nonnull(to);
    print(&energy, to);
    fclose(to);
    return text;
}

START_TEST(what_is_printed_has_units_and_the_blocks_that_matter)
{
    make();
    energy.state.frames_fj[TECH_LINK] = 100; /* less than a percent */
    ck_assert_str_eq(printed(energy_print_summary),
                     "40.00 nJ a frame: adc 30.00, npu 10.00; 4.0 mW mean, 9.0 peak; NPU 5.00 "
                     "TOPS/W");
    energy.state.frames_fj[TECH_ADC] = UINT64_C(3000000000000);
    energy.state.frames_fj[TECH_NPU] = UINT64_C(1000000000000);
    ck_assert_ptr_eq(strstr(printed(energy_print_summary), "2.00 mJ a frame: adc 1.50, npu 0.50;"),
                     text);
    energy.state.frames = 0; /* none is over: all of it, however long */
    energy.state.count[TECH_MAX_ROWS + ENERGY_MACS] = 0;
    ck_assert_str_eq(printed(energy_print_summary),
                     "84.00 nJ: adc 61.00, npu 23.00; 4.0 mW mean, 9.0 peak");
    energy.on = false;
    ck_assert_str_eq(printed(energy_print_summary), "not metered");
}
END_TEST

TEST_MAIN("energy reports", a_summary_is_of_frames_that_are_over, stats_are_of_the_whole_run,
          what_is_printed_has_units_and_the_blocks_that_matter)
