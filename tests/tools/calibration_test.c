/*
 * calibration_test.c - the run times that are published for the chip, on the default chip data.
 */
#include "npu/compiler/tensor_io.h"
#include "tests/test.h"
#include "tools/inference.h"
#include "tools/network.h"

/* Cycles of a layer list from npu/networks. */
static uint64_t cycles_of(const char *name, const sensor_desc_t *chip)
{
    char path[128], error[512];
    npu_prog_t prog = {0};
    network_options_t options = {0};
    snprintf(path, sizeof(path), "npu/networks/%s.topo", name);
    ck_assert_msg(network_load(path, &chip->npu, &options, &prog, error, sizeof(error)), "%s",
                  error);
    inference_t *in = calloc(1, sizeof(*in));
    ck_assert_msg(inference_init(in, chip, &prog), "%s", in->error);
    in->npu.timing_only = true;
    uint8_t *codes[1] = {calloc(1, npu_input_bytes(&prog, 0))};
    ck_assert_msg(inference_run(in, codes), "%s", in->error);
    uint64_t cycles = npu_perf(&in->npu).cycles;
    inference_free(in);
    free(in);
    free(codes[0]);
    npu_prog_free(&prog);
    return cycles;
}

/* 5 % of each: Sony's announcement (MobileNetV1), run logs of the MLonMCU project (the others). */
START_TEST(the_four_published_run_times_hold)
{
    static const struct {
        const char *name;
        double ms;
    } published[] = {{"mobilenet_v1", 3.1},
                     {"cifar_baseline", 0.080},
                     {"cifar_baseline_5x5", 0.210},
                     {"cifar_mininet", 0.220}};
    char error[512];
    sensor_desc_t chip;
    ck_assert_msg(chip_load(NULL, &chip, error, sizeof(error)), "%s", error);
    for (size_t i = 0; i < SIM_COUNT(published); i++) {
        uint64_t cycles = cycles_of(published[i].name, &chip);
        double ms = (double)cycles / (double)chip.npu.clk_hz * 1e3;
        ck_assert_msg(ms > 0.95 * published[i].ms && ms < 1.05 * published[i].ms,
                      "%s: %.4f ms, published %.3f", published[i].name, ms, published[i].ms);
    }
}
END_TEST

/* What the compiler may overlap costs nothing and saves something. */
START_TEST(each_kind_of_overlap_saves_cycles)
{
    char error[512];
    sensor_desc_t chip;
    ck_assert_msg(chip_load(NULL, &chip, error, sizeof(error)), "%s", error);
    chip.npu.overlap = 0;
    uint64_t none = cycles_of("cifar_mininet", &chip), before = none;
    for (uint32_t bit = 0; npu_overlap_name(bit) != NULL; bit++) {
        chip.npu.overlap = 1u << bit;
        uint64_t one = cycles_of("cifar_mininet", &chip);
        ck_assert_msg(one < none, "%s: %llu cycles, without %llu", npu_overlap_name(bit),
                      (unsigned long long)one, (unsigned long long)none);
        before = one < before ? one : before;
    }
    chip.npu.overlap = NPU_OVERLAP_ALL;
    ck_assert_uint_lt(cycles_of("cifar_mininet", &chip), before);
    chip.npu.layout_nodes = false;
    ck_assert_uint_lt(cycles_of("cifar_mininet", &chip), before);
}
END_TEST

TEST_MAIN("published run times", the_four_published_run_times_hold,
          each_kind_of_overlap_saves_cycles)
