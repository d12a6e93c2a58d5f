/*
 * npu_desc_test.c - descriptions of the machine: what is refused, and what chip files say.
 */
#include "npu/npu.h"
#include "sim/json.h"
#include "tests/npu/npu_plain.h"
#include "tests/test.h"

START_TEST(a_machine_without_memory_or_with_an_impossible_part_is_refused)
{
    sim_t *sim = sim_new();
    static npu_t npu;
    npu_desc_t desc = npu_plain_desc();
    desc.queue_depth = 0;
    ck_assert_int_eq(npu_init(&npu, sim, &desc, "npu"), SIM_EDESC);
    ck_assert_str_eq(sim_error(sim), "npu.sequencer.queue_depth: 0 not in 1..16");
    desc.queue_depth = 1;
    ck_assert_int_eq(npu_init(&npu, sim, &desc, "npu"), SIM_OK);
    ck_assert_int_eq(sim_check(sim), SIM_EWIRE);
    ck_assert_str_eq(sim_error(sim), "npu.fetch: not connected");
    sim_free(sim);
    npu_free(&npu);
}
END_TEST

START_TEST(chip_data_is_read_strictly)
{
    static const char *const good =
        "{\"clk_hz\": 100000000, \"mac\": {\"taps\": 16, \"note\": \"x\"}}";
    static const char *const bad = "{\"mac\": {\"tapz\": 16}}";
    npu_desc_t desc = npu_plain_desc();
    sim_doc_t *doc = sim_doc_parse(good, strlen(good), "chip");
    sim_cfg_t cfg = sim_doc_root(doc);
    npu_desc_read(&cfg, &desc);
    ck_assert_ptr_null(sim_doc_error(doc));
    ck_assert_uint_eq(desc.clk_hz, 100000000);
    ck_assert_uint_eq(desc.mac_taps, 16);
    ck_assert_uint_eq(desc.mac_channels, 8); /* absent: kept */
    sim_doc_free(doc);
    doc = sim_doc_parse(bad, strlen(bad), "chip");
    cfg = sim_doc_root(doc);
    npu_desc_read(&cfg, &desc);
    ck_assert_ptr_nonnull(sim_doc_error(doc));
    ck_assert_ptr_nonnull(strstr(sim_doc_error(doc), "mac"));
    sim_doc_free(doc);
}
END_TEST

START_TEST(the_default_chip_file_says_what_the_default_description_says)
{
    npu_desc_t want = npu_desc_default(), desc = want;
    desc.dma_weight_bytes = desc.dw_pixels = desc.vec_transform_bytes = 1; /* must be read */
    desc.fuse = NPU_FUSE_ALL & ~want.fuse;
    desc.cascade = NPU_CASCADE_OFF;
    desc.overlap = NPU_OVERLAP_NODES;
    desc.layout_nodes = false;
    sim_doc_t *doc = sim_doc_load("logic/chips/imx500.json");
    sim_cfg_t root = sim_doc_root(doc), cfg = sim_cfg_obj(&root, "npu");
    npu_desc_read(&cfg, &desc);
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    ck_assert_mem_eq(&desc, &want, sizeof(desc));
    sim_doc_free(doc);
}
END_TEST

TEST_MAIN("npu descriptions", a_machine_without_memory_or_with_an_impossible_part_is_refused,
          chip_data_is_read_strictly, the_default_chip_file_says_what_the_default_description_says)
