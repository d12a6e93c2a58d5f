/*
 * replay_test.c - cycles as the compiler reckons them against cycles of the machine.
 */
#include "npu/compiler/compile.h"
#include "npu/compiler/tensor_io.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/golden_file.h"
#include "tests/npu/golden_machine.h"
#include "tests/test.h"

/* Largest errors, in thousandths, of a whole network and of a layer; a layer may be off by
 * LAYER_CYCLES anyway, as when it is done while the one before it still stores. */
enum { NETWORK = 30, LAYER = 60, LAYER_CYCLES = 150 };

static uint64_t apart(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

static void check(const npu_graph_t *graph, const npu_desc_t *desc, npu_compile_options_t options,
                  uint64_t slack_cycles)
{
    char error[256];
    npu_prog_t prog;
    npu_compile_report_t report;
    golden_machine_t m;
    if (npu_compile(graph, desc, &options, &prog, &report, error, sizeof(error)) != SIM_OK)
        return; /* too small an L1: other tests say so */
    uint8_t *input = calloc(1, npu_input_bytes(&prog, 0));
    golden_machine_init(&m, desc, &prog);
    m.npu.timing_only = true;
    golden_machine_run(&m, input);
    uint64_t cycles = golden_machine_cycles(&m);
    ck_assert_msg(apart(report.estimate_cycles, cycles) * 1000 <=
                      cycles * NETWORK + 1000 * slack_cycles,
                  "%s: %llu cycles estimated, %llu taken", graph->name,
                  (unsigned long long)report.estimate_cycles, (unsigned long long)cycles);
    for (uint32_t i = 0; slack_cycles == 0 && i < report.layers; i++) {
        npu_layer_report_t layer;
        uint64_t estimate = report.layer[i].estimate_cycles;
        ck_assert(npu_layer_report(&m.npu, i, &layer));
        ck_assert_msg(apart(estimate, layer.cycles) * 1000 <=
                          layer.cycles * LAYER + 1000 * LAYER_CYCLES,
                      "%s, layer %u: %llu cycles estimated, %llu taken", graph->name, i,
                      (unsigned long long)estimate, (unsigned long long)layer.cycles);
    }
    free(input);
    golden_machine_free(&m);
    npu_compile_report_free(&report);
    npu_prog_free(&prog);
}

START_TEST(estimates_of_the_shared_networks_are_close)
{
    static const char *const models[] = {"person_detect", "vww_96_int8", "resnet8_cifar10_int8",
                                         "blazeface_front_128_int8", "mobilenet_v1_1.0_224_quant"};
    static const npu_compile_options_t options[] = {
        {.fuse = NPU_FUSE_AS_CHIP}, {.fuse = NPU_FUSE_ALL}, {.cascade = NPU_CASCADE_ALWAYS}};
    npu_desc_t desc = npu_desc_default();
    if (test_models_dir() == NULL) {
        test_skip("no model folder (FOVEA_MODELS)");
        return;
    }
    for (size_t i = 0; i < SIM_COUNT(models); i++) {
        npu_graph_t graph;
        golden_load_model(&graph, test_models_dir(), models[i]);
        for (size_t o = 0; o < SIM_COUNT(options); o++)
            check(&graph, &desc, options[o], 0);
        npu_graph_free(&graph);
    }
}
END_TEST

START_TEST(estimates_of_random_networks_are_close_on_any_machine)
{
    for (uint64_t seed = 0; seed < 150; seed++) {
        build_t b;
        build_random_chain(&b, seed);
        npu_desc_t desc = build_desc(&b, seed);
        desc.queue_depth = 1 + build_below(&b, 16);
        desc.decode_cycles = 1 + build_below(&b, 6);
        check(&b.graph, &desc, (npu_compile_options_t){.fuse = NPU_FUSE_ALL}, 100);
        build_free(&b);
    }
}
END_TEST

TEST_MAIN("npu compiler estimates", estimates_of_the_shared_networks_are_close,
          estimates_of_random_networks_are_close_on_any_machine)
