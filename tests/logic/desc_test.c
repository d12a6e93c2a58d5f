/*
 * desc_test.c - the "logic" key of a chip file; and edges without 128-bit division.
 */
#include "logic/clk.h"
#include "logic/desc.h"
#include "sim/rng.h"
#include "tests/test.h"

static logic_desc_t desc;
static sim_doc_t *doc;

/* Parses an object as the value of "logic"; returns the complaint. */
static const char *read_text(const char *text)
{
    char all[1024];
    snprintf(all, sizeof(all), "{\"logic\": %s}", text);
    doc = sim_doc_parse(all, strlen(all), "chip.json");
    sim_cfg_t root = sim_doc_root(doc), logic = sim_cfg_obj(&root, "logic");
    desc = logic_desc_default();
    logic_desc_read(&logic, &desc);
    return sim_doc_error(doc);
}

START_TEST(an_empty_object_is_the_default_chip)
{
    ck_assert_ptr_null(read_text("{}"));
    ck_assert_uint_eq(desc.clock_hz, 262500000);
    ck_assert_uint_eq(desc.l2.bytes, 8388480);
    ck_assert_uint_eq(desc.bus.l2_bytes, 8388480);
    ck_assert_uint_eq(desc.bus.tcm_bytes, 262144);
    ck_assert_uint_eq(desc.core.cost.load, 2);
    ck_assert_uint_eq(desc.core.reset_pc, 0);
    sim_doc_free(doc);
}
END_TEST

START_TEST(every_key_reaches_its_block)
{
    ck_assert_ptr_null(read_text(
        "{\"clock_hz\": 100000000, \"chip_id\": 7, \"tcm_bytes\": 1024, \"rom_bytes\": 512,"
        " \"mtime_hz\": 32768, \"uart_baud\": 9600,"
        " \"wdog_hz\": 32000, \"rng_cycles_per_word\": 64,"
        " \"dma_tcm_bytes_per_cycle\": 16, \"cci\": {\"hz\": 1000000},"
        " \"thermal\": {\"r_mk_per_w\": 40000, \"c_uj_per_k\": 2000, \"step_us\": 80000},"
        " \"core\": {\"reset_pc\": 268435456, \"hart_id\": 3, \"isa\": \"rv32ic_zicsr\","
        " \"user_mode\": false, \"pmp_regions\": 16, \"misaligned\": \"do\", \"cycles\": {\"div\": "
        "9, \"taken\": "
        "0}, \"icache\": {\"bytes\": 0, \"line_bytes\": 16, \"ways\": 4}},"
        " \"l2\": {\"bytes\": 65536, \"banks\": 4, \"beat_bytes\": 16, \"burst_bytes\": 64,"
        " \"latency_cycles\": 5, \"policy\": \"fixed\"}}"));
    ck_assert_uint_eq(desc.core.clk_hz, 100000000);
    ck_assert_uint_eq(desc.l2.clk_hz, 100000000);
    ck_assert_uint_eq(desc.uart.clk_hz, 100000000);
    ck_assert_uint_eq(desc.sys.clk_hz, 100000000);
    ck_assert_uint_eq(desc.timer.clk_hz, 100000000);
    ck_assert_uint_eq(desc.dma.clk_hz, 100000000);
    ck_assert_uint_eq(desc.dma.tcm_bytes_per_cycle, 16);
    ck_assert_uint_eq(desc.rng.clk_hz, 100000000);
    ck_assert_uint_eq(desc.rng.cycles_per_word, 64);
    ck_assert_uint_eq(desc.wdog.tick_hz, 32000);
    ck_assert_uint_eq(desc.cci.hz, 1000000);
    ck_assert_uint_eq(desc.thermal.r_mk_per_w, 40000);
    ck_assert_uint_eq(desc.thermal.c_uj_per_k, 2000);
    ck_assert_uint_eq(desc.thermal.step_us, 80000); /* RC */
    ck_assert_uint_eq(desc.sys.chip_id, 7);
    ck_assert_uint_eq(desc.bus.tcm_bytes, 1024);
    ck_assert_uint_eq(desc.bus.rom_bytes, 512);
    ck_assert_uint_eq(desc.clint.mtime_hz, 32768);
    ck_assert_uint_eq(desc.uart.baud, 9600);
    ck_assert_uint_eq(desc.core.reset_pc, 0x10000000);
    ck_assert_uint_eq(desc.core.hart_id, 3);
    ck_assert(!desc.core.m && !desc.core.a && desc.core.c && !desc.core.u);
    ck_assert(desc.core.misaligned);
    ck_assert_uint_eq(desc.core.pmp_regions, 16);
    ck_assert_uint_eq(desc.core.cost.div, 9);
    ck_assert_uint_eq(desc.core.cost.taken, 0);
    ck_assert_uint_eq(desc.core.cost.alu, 1);
    ck_assert_uint_eq(desc.core.icache.bytes, 0);
    ck_assert_uint_eq(desc.core.icache.line_bytes, 16);
    ck_assert_uint_eq(desc.core.icache.ways, 4);
    ck_assert_uint_eq(desc.l2.bytes, 65536);
    ck_assert_uint_eq(desc.bus.l2_bytes, 65536);
    ck_assert_uint_eq(desc.l2.banks, 4);
    ck_assert_uint_eq(desc.l2.beat_bytes, 16);
    ck_assert_uint_eq(desc.l2.burst_bytes, 64);
    ck_assert_uint_eq(desc.l2.latency_cycles, 5);
    ck_assert_int_eq(desc.l2.policy, L2_FIXED);
    sim_doc_free(doc);
}
END_TEST

START_TEST(a_line_of_code_is_no_longer_than_a_burst)
{
    ck_assert_ptr_null(read_text("{\"l2\": {\"beat_bytes\": 16, \"burst_bytes\": 32}}"));
    ck_assert_uint_eq(desc.core.icache.line_bytes, 32);
    sim_doc_free(doc);
    ck_assert_ptr_null(read_text("{\"l2\": {\"burst_bytes\": 4096}}"));
    ck_assert_uint_eq(desc.core.icache.line_bytes, 64);
    sim_doc_free(doc);
}
END_TEST

START_TEST(rules_of_masters_go_by_name)
{
    ck_assert_ptr_null(read_text("{\"l2\": {\"policy\": \"priority\", \"starvation_cycles\": 99,"
                                 " \"masters\": {\"dma\": {\"level\": 15}, \"npu_load\":"
                                 " {\"bytes\": 4096, \"window_cycles\": 300}}}}"));
    ck_assert_int_eq(desc.l2.policy, L2_PRIORITY);
    ck_assert_uint_eq(desc.l2.starvation_cycles, 99);
    for (uint32_t i = 0; i < L2_MAX_MASTERS; i++) {
        const l2_rule_t *r = &desc.l2.rule[i];
        bool dma = r->master != NULL && strcmp(r->master, "dma") == 0;
        bool load = r->master != NULL && strcmp(r->master, "npu_load") == 0;
        ck_assert_uint_eq(r->level, dma ? 15 : 0);
        ck_assert_uint_eq(r->bytes, load ? 4096 : 0);
        ck_assert_uint_eq(r->window_cycles, load ? 300 : 0);
    }
    sim_doc_free(doc);
}
END_TEST

START_TEST(mistakes_are_named_by_path)
{
    static const struct {
        const char *text, *complaint;
    } cases[] = {
        {"{\"clock\": 1}", "logic.clock"},
        {"{\"thermal\": {\"r_mk_per_w\": 0}}", "logic.thermal.r_mk_per_w"},
        {"{\"thermal\": {\"c_uj_per_k\": 19}}",
         "logic.thermal.step_us: 1000 us is more than R C, 950000 ns"},
        {"{\"core\": {\"cycles\": {\"alu\": 0}}}", "logic.core.cycles.alu"},
        {"{\"core\": {\"cycles\": {\"fdiv\": 9}}}", "logic.core.cycles.fdiv"},
        {"{\"core\": {\"icache\": {\"ways\": 3}}}", "logic.core.icache.ways: 3 is no power of two"},
        {"{\"core\": {\"icache\": {\"bytes\": 131072}}}", "logic.core.icache.bytes"},
        {"{\"core\": {\"icache\": {\"bytes\": 64}}}",
         "logic.core.icache.bytes: 64 is neither 0 nor at least 128"},
        {"{\"core\": {\"icache\": {\"line_bytes\": 512}}}", "logic.core.icache.line_bytes"},
        {"{\"l2\": {\"beat_bytes\": 16, \"burst_bytes\": 32}, \"core\": {\"icache\": "
         "{\"line_bytes\":"
         " 64}}}",
         "logic.core.icache.line_bytes"},
        {"{\"l2\": {\"burst_bytes\": 65}}", "logic.l2.burst_bytes: 65 is no power of two"},
        {"{\"l2\": {\"banks\": 6}}", "logic.l2.banks: 6 is no power of two"},
        {"{\"l2\": {\"policy\": \"lottery\"}}", "logic.l2.policy"},
        {"{\"l2\": {\"bytes\": 100}}", "logic.l2.bytes: 100 is no multiple of beat_bytes, 64"},
        {"{\"l2\": {\"starvation_cycles\": -1}}", "logic.l2.starvation_cycles"},
        {"{\"l2\": {\"masters\": {\"gpu\": {}}}}", "logic.l2.masters.gpu"},
        {"{\"l2\": {\"masters\": {\"core\": {\"level\": 16}}}}", "logic.l2.masters.core.level"},
        {"{\"l2\": {\"masters\": {\"dma\": {\"weight\": 1}}}}", "logic.l2.masters.dma.weight"},
        {"{\"l2\": {\"masters\": {\"dma\": {\"bytes\": 64}}}}",
         "logic.l2.masters.dma.bytes: 64 in 0 window_cycles is no budget"},
        {"{\"l2\": {\"masters\": {\"dma\": 3}}}", "logic.l2.masters.dma"},
        {"{\"l2\": {\"burst_bytes\": 32}}", "logic.l2.burst_bytes"},
        {"{\"tcm_bytes\": 1}", "logic.tcm_bytes"},
        {"{\"uart_baud\": 1}", "logic.uart_baud"},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        const char *complaint = read_text(cases[i].text);
        ck_assert_msg(complaint != NULL, "case %zu", i);
        ck_assert_msg(strstr(complaint, cases[i].complaint) != NULL, "case %zu: \"%s\"", i,
                      complaint);
        sim_doc_free(doc);
    }
}
END_TEST

/* What the file says and what the code's defaults say is the same chip. */
START_TEST(the_chip_file_says_what_the_defaults_say)
{
    doc = sim_doc_load("logic/chips/imx500.json");
    if (sim_doc_error(doc) != NULL && strstr(sim_doc_error(doc), "No such file") != NULL) {
        sim_doc_free(doc);
        test_skip("not run from the project's root");
        return;
    }
    sim_cfg_t root = sim_doc_root(doc), logic = sim_cfg_obj(&root, "logic");
    logic_desc_t defaults = logic_desc_default();
    sim_cfg_u64(&logic, "inck_hz", 1, UINT32_MAX, 1); /* ccs.h's */
    (void)sim_cfg_obj(&logic, "ccs");
    memset(&desc, 0, sizeof(desc));
    desc = defaults;
    logic_desc_read(&logic, &desc);
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    ck_assert_mem_eq(&desc.core.cost, &defaults.core.cost, sizeof(desc.core.cost));
    ck_assert_mem_eq(&desc.core.icache, &defaults.core.icache, sizeof(desc.core.icache));
    ck_assert_uint_eq(desc.clock_hz, defaults.clock_hz);
    ck_assert_uint_eq(desc.l2.bytes, defaults.l2.bytes);
    ck_assert_uint_eq(desc.l2.banks, defaults.l2.banks);
    ck_assert_uint_eq(desc.uart.baud, defaults.uart.baud);
    ck_assert_uint_eq(desc.sys.chip_id, defaults.sys.chip_id);
    sim_doc_free(doc);
}
END_TEST

START_TEST(edges_agree_with_the_kernels)
{
    static const uint64_t clocks[] = {262500000, 744000000, 1000000000,   1,
                                      3,         999999937, SIM_PS_PER_S, 32768};
    sim_stream_t s = sim_stream(5, 3, 0);
    for (size_t i = 0; i < SIM_COUNT(clocks); i++) {
        clk_t clk = clk_make(clocks[i]);
        for (uint32_t k = 0; k < 20000; k++) {
            uint64_t any = (uint64_t)sim_stream_u32(&s) << 32 | sim_stream_u32(&s);
            uint64_t n = any >> sim_stream_below(&s, 64);
            ck_assert_uint_eq(clk_edge_ps(&clk, n), sim_edge_ps(n, clocks[i]));
            ck_assert_uint_eq(clk_edge_at_or_after(&clk, n), sim_edge_at_or_after(n, clocks[i]));
            uint64_t edge = sim_edge_ps(n, clocks[i]);
            ck_assert_uint_eq(clk_edge_at_or_after(&clk, edge),
                              sim_edge_at_or_after(edge, clocks[i]));
            if (edge == 0 || edge == UINT64_MAX)
                continue;
            ck_assert_uint_eq(clk_cycles_at(&clk, edge - 1), sim_cycles_at(edge - 1, clocks[i]));
            ck_assert_uint_eq(clk_cycles_at(&clk, edge), sim_cycles_at(edge, clocks[i]));
        }
    }
}
END_TEST

TEST_MAIN("logic description", an_empty_object_is_the_default_chip, every_key_reaches_its_block,
          a_line_of_code_is_no_longer_than_a_burst, rules_of_masters_go_by_name,
          mistakes_are_named_by_path, the_chip_file_says_what_the_defaults_say,
          edges_agree_with_the_kernels)
