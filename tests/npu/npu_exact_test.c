/*
 * npu_exact_test.c - compiled networks on the machine that wakes when something happens and on the
 * one that looks at every cycle: the same state, counters and layers, also where L1 has few ports.
 */
#include "npu/compiler/compile.h"
#include "tests/npu/compile_graph.h"
#include "tests/npu/golden_file.h"
#include "tests/npu/golden_machine.h"
#include "tests/test.h"

static const npu_compile_options_t options = {.rounding = NPU_ROUND_DOUBLE};

typedef struct {
    uint64_t hash, events;
    npu_perf_t perf;
    npu_layer_report_t layer[NPU_MAX_LAYERS];
} outcome_t;

static void run(const npu_desc_t *desc, const npu_prog_t *prog, bool exact, outcome_t *outcome)
{
    golden_machine_t m;
    golden_machine_init(&m, desc, prog);
    m.npu.exact = exact;
    memset(outcome, 0, sizeof(*outcome));
    ck_assert_uint_eq(golden_machine_try(&m), 0);
    outcome->hash = sim_state_hash(m.sim) ^ sim_hash(SIM_HASH_SEED, m.mem.bytes, m.mem.size);
    outcome->events = sim_events_fired(m.sim);
    outcome->perf = npu_perf(&m.npu);
    for (uint32_t n = 0; n < NPU_MAX_LAYERS; n++)
        npu_layer_report(&m.npu, n, &outcome->layer[n]);
    golden_machine_free(&m);
}

/* Returns the cycles of bank conflicts. */
static uint64_t compare(const npu_desc_t *desc, const npu_prog_t *prog, uint64_t seed)
{
    static outcome_t fast, exact;
    run(desc, prog, false, &fast);
    run(desc, prog, true, &exact);
    ck_assert_msg(fast.hash == exact.hash, "seed %llu: state", (unsigned long long)seed);
    ck_assert_mem_eq(&fast.perf, &exact.perf, sizeof(fast.perf));
    ck_assert_mem_eq(fast.layer, exact.layer, sizeof(fast.layer));
    ck_assert_uint_gt(exact.events, exact.perf.cycles); /* it did look */
    ck_assert_uint_lt(fast.events, exact.events);
    return fast.perf.mac_bank + fast.perf.vec_bank;
}

START_TEST(random_networks_give_the_same_in_both_ways)
{
    uint64_t conflicts = 0;
    for (uint64_t seed = 3000; seed < 3030; seed++) {
        build_t b;
        char error[256];
        npu_prog_t prog;
        build_random(&b, seed);
        npu_desc_t desc = build_desc(&b, seed);
        for (uint32_t m = 0; m < NPU_MEMS; m++) {
            desc.mem_banks[m] = 1 + build_below(&b, NPU_MAX_BANKS);
            desc.mem_ports[m] = 1 + build_below(&b, 3);
        }
        if (npu_compile(&b.graph, &desc, &options, &prog, NULL, error, sizeof(error)) == SIM_OK)
            conflicts += compare(&desc, &prog, seed);
        npu_prog_free(&prog);
        build_free(&b);
    }
    ck_assert_uint_gt(conflicts, 100); /* else this test sees too little */
}
END_TEST

START_TEST(real_networks_give_the_same_in_both_ways)
{
    static const char *const models[] = {"person_detect", "resnet8_cifar10_int8", "vww_96_int8"};
    const char *dir = test_models_dir();
    if (dir == NULL) {
        test_skip("no models");
        return;
    }
    uint64_t conflicts = 0;
    for (uint32_t i = 0; i < SIM_COUNT(models); i++)
        for (uint32_t ports = 1; ports <= 2; ports++) {
            npu_desc_t desc = npu_desc_default();
            npu_graph_t graph;
            npu_prog_t prog;
            char error[256];
            desc.mem_ports[NPU_MEM_ACT] = ports;
            golden_load_model(&graph, dir, models[i]);
            ck_assert_msg(npu_compile(&graph, &desc, &options, &prog, NULL, error, sizeof(error)) ==
                              SIM_OK,
                          "%s", error);
            conflicts += compare(&desc, &prog, i);
            npu_prog_free(&prog);
            npu_graph_free(&graph);
        }
    ck_assert_uint_gt(conflicts, 100); /* else this test sees too little */
}
END_TEST

TEST_MAIN("npu cycle by cycle", random_networks_give_the_same_in_both_ways,
          real_networks_give_the_same_in_both_ways)
