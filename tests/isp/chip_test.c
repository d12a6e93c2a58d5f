/*
 * chip_test.c - the ISP's part of the chip file: what it says, and what is refused.
 */
#include "isp/isp.h"
#include "tests/test.h"

/* Reads `text` as the "isp" object over the defaults; "" or the complaint. */
static isp_desc_t read_text(const char *text, char *error, size_t bytes)
{
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "chip.json");
    sim_cfg_t root = sim_doc_root(doc), cfg = sim_cfg_obj(&root, "isp");
    isp_desc_t desc = isp_desc_default();
    isp_desc_read(&cfg, &desc);
    snprintf(error, bytes, "%s", sim_doc_error(doc) ? sim_doc_error(doc) : "");
    sim_doc_free(doc);
    return desc;
}

static void same_desc(const isp_desc_t *a, const isp_desc_t *b)
{
    ck_assert_uint_eq(a->clk_hz, b->clk_hz);
    ck_assert_uint_eq(a->px_per_clk, b->px_per_clk);
    ck_assert_uint_eq(a->max_width_px, b->max_width_px);
    ck_assert_uint_eq(a->max_height_px, b->max_height_px);
    ck_assert_uint_eq(a->array_width_px, b->array_width_px);
    ck_assert_uint_eq(a->array_height_px, b->array_height_px);
    ck_assert_uint_eq(a->max_tensor_width_px, b->max_tensor_width_px);
    ck_assert_uint_eq(a->max_tensor_height_px, b->max_tensor_height_px);
    ck_assert_uint_eq(a->blc.pipe_cycles, b->blc.pipe_cycles);
    ck_assert_uint_eq(a->tnr_pipe_cycles, b->tnr_pipe_cycles);
    ck_assert_uint_eq(a->dpc_pipe_cycles, b->dpc_pipe_cycles);
    ck_assert_uint_eq(a->lsc_pipe_cycles, b->lsc_pipe_cycles);
    ck_assert_uint_eq(a->wb.pipe_cycles, b->wb.pipe_cycles);
    ck_assert_uint_eq(a->demosaic_pipe_cycles, b->demosaic_pipe_cycles);
    ck_assert_uint_eq(a->edge_pipe_cycles, b->edge_pipe_cycles);
    ck_assert_uint_eq(a->ccm.pipe_cycles, b->ccm.pipe_cycles);
    ck_assert_uint_eq(a->gamma.pipe_cycles, b->gamma.pipe_cycles);
    ck_assert_uint_eq(a->scaler_pipe_cycles, b->scaler_pipe_cycles);
    ck_assert_uint_eq(a->writer_slots, b->writer_slots);
    ck_assert_uint_eq(a->writer_outstanding, b->writer_outstanding);
    ck_assert_mem_eq(a->blc_dn, b->blc_dn, sizeof(a->blc_dn));
    ck_assert_mem_eq(a->wb_gain_q8, b->wb_gain_q8, sizeof(a->wb_gain_q8));
    ck_assert_mem_eq(a->ccm_q10, b->ccm_q10, sizeof(a->ccm_q10));
}

START_TEST(the_default_chip_file_says_what_the_defaults_say)
{
    sim_doc_t *doc = sim_doc_load("logic/chips/imx500.json");
    sim_cfg_t root = sim_doc_root(doc), cfg = sim_cfg_obj(&root, "isp");
    isp_desc_t expected = isp_desc_default(), desc;
    memset(&desc, 0, sizeof(desc));
    desc.clk_hz = 1; /* every number is in the file: nothing is left of these */
    isp_desc_read(&cfg, &desc);
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    same_desc(&desc, &expected);
    sim_doc_free(doc);
}
END_TEST

START_TEST(every_key_lands_in_its_field)
{
    char error[256];
    isp_desc_t desc = read_text(
        "{\"isp\": {\"clk_hz\": 100000000, \"px_per_clk\": 2, \"max_width_px\": 640,"
        " \"max_height_px\": 480, \"array_width_px\": 641, \"array_height_px\": 481,"
        " \"pipe_cycles\": {\"blc\": 1, \"tnr\": 11, \"dpc\": 12, \"lsc\": 13, \"wb\": 2, \"demosaic\": 3, "
        "\"demosaic_edge\": 14, "
        "\"ccm\": 4, \"gamma\": 5,"
        " \"scaler\": 6}, \"tensor\": {\"max_width_px\": 96, \"max_height_px\": 97,"
        " \"row_slots\": 7, \"outstanding_bursts\": 8}, \"black_dn12\": [1, 2, 3, 4],"
        " \"white_balance_q8\": [5, 6, 7, 8], \"color_matrix_q10\": [9, 8, 7, 6, 5, 4, 3, -2, 1],"
        " \"source\": \"a test\"}}",
        error, sizeof(error));
    ck_assert_str_eq(error, "");
    isp_desc_t expected = {
        .clk_hz = 100000000,
        .px_per_clk = 2,
        .max_width_px = 640,
        .max_height_px = 480,
        .array_width_px = 641,
        .array_height_px = 481,
        .max_tensor_width_px = 96,
        .max_tensor_height_px = 97,
        .blc = {1},
        .tnr_pipe_cycles = 11,
        .dpc_pipe_cycles = 12,
        .lsc_pipe_cycles = 13,
        .wb = {2},
        .demosaic_pipe_cycles = 3,
        .edge_pipe_cycles = 14,
        .ccm = {4},
        .gamma = {5},
        .scaler_pipe_cycles = 6,
        .writer_slots = 7,
        .writer_outstanding = 8,
        .blc_dn = {1, 2, 3, 4},
        .wb_gain_q8 = {5, 6, 7, 8},
        .ccm_q10 = {9, 8, 7, 6, 5, 4, 3, -2, 1},
    };
    same_desc(&desc, &expected);
}
END_TEST

START_TEST(wrong_values_are_refused_with_their_path)
{
    static const struct {
        const char *text, *path;
    } cases[] = {
        {"{\"isp\": {\"clk_mhz\": 262}}", "isp.clk_mhz"},
        {"{\"isp\": {\"px_per_clk\": 17}}", "isp.px_per_clk"},
        {"{\"isp\": {\"max_width_px\": 3}}", "isp.max_width_px"},
        {"{\"isp\": {\"pipe_cycles\": {\"gamma\": 0}}}", "isp.pipe_cycles.gamma"},
        {"{\"isp\": {\"pipe_cycles\": {\"gama\": 2}}}", "isp.pipe_cycles.gama"},
        {"{\"isp\": {\"tensor\": {\"row_slots\": 17}}}", "isp.tensor.row_slots"},
        {"{\"isp\": {\"black_dn12\": [256, 256, 256]}}", "isp.black_dn12"},
        {"{\"isp\": {\"lens_shading_q10\": [1024]}}", "isp.lens_shading_q10"},
        {"{\"isp\": {\"defects\": [{\"x_px\": 4}]}}", "isp.defects[0]"},
        {"{\"isp\": {\"defects\": [{\"x_px\": 4056, \"y_px\": 0}]}}", "isp.defects[0].x_px"},
        {"{\"isp\": {\"defects\": [{\"x_px\": 1, \"y_px\": 1, \"z_px\": 0}]}}",
         "isp.defects[0].z_px"},
        {"{\"isp\": {\"white_balance_q8\": [0, 1, 1, 1]}}", "isp.white_balance_q8"},
        {"{\"isp\": {\"white_balance_q8\": [1.5, 1, 1, 1]}}", "isp.white_balance_q8"},
        {"{\"isp\": {\"color_matrix_q10\": [0, 0, 0, 0, 0, 0, 0, 0, 32768]}}",
         "isp.color_matrix_q10"},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        char error[256];
        read_text(cases[i].text, error, sizeof(error));
        ck_assert_msg(strstr(error, cases[i].path) != NULL, "%s: '%s'", cases[i].text, error);
    }
}
END_TEST

START_TEST(defects_and_shading_of_a_chip_are_read_and_the_stages_then_on)
{
    char text[8192] = "{\"isp\": {\"defects\": [{\"x_px\": 17, \"y_px\": 4}, {\"x_px\": 1,"
                      " \"y_px\": 2}], \"lens_shading_q10\": [1",
         error[256];
    for (uint32_t i = 1; i < LSC_GAINS; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), ",%u", i + 1);
    snprintf(text + strlen(text), sizeof(text) - strlen(text), "]}}");
    isp_desc_t desc = read_text(text, error, sizeof(error));
    ck_assert_str_eq(error, "");
    ck_assert_uint_eq(desc.defects, 2);
    ck_assert_uint_eq(desc.defect_site[0], 4u << 16 | 17);
    ck_assert_uint_eq(desc.defect_site[1], 2u << 16 | 1);
    ck_assert(desc.lsc_on);
    for (uint32_t i = 0; i < LSC_GAINS; i++)
        ck_assert_uint_eq(desc.lsc_q10[i], i + 1);
}
END_TEST

/* The manual shows the table; the chip has what the desc says. */
START_TEST(the_register_tables_reset_column_holds_for_the_default_chip)
{
    sim_t *sim = sim_new();
    static isp_t isp;
    isp_desc_t desc = isp_desc_default();
    ck_assert_int_eq(isp_init(&isp, sim, &desc, "isp"), SIM_OK);
    sim_reset(sim);
    uint32_t next = 0;
    for (const sim_reg_t *reg = isp.comp.kind->regs; reg->name != NULL; reg++) {
        ck_assert_msg(sim_reg_peek(&isp.comp, reg->addr) == reg->reset, "%s", reg->name);
        ck_assert_msg(reg->addr >= next && reg->addr % 4 == 0 && reg->addr < 0x1000, "%s",
                      reg->name);
        next = reg->addr + 4;
    }
    isp_free(&isp);
    sim_free(sim);
}
END_TEST

TEST_MAIN("isp chip", the_default_chip_file_says_what_the_defaults_say,
          every_key_lands_in_its_field, wrong_values_are_refused_with_their_path,
          defects_and_shading_of_a_chip_are_read_and_the_stages_then_on,
          the_register_tables_reset_column_holds_for_the_default_chip)
