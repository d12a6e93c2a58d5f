/*
 * dma_traffic_test.c - the DMA beside a whole sensor at work: while the NPU computes, all four
 * channels copy in L2 and to the core's memory. Burst by burst or not, and in any order of ties,
 * nothing differs.
 */
#include "tests/test.h"
#include "tests/tools/snapshot_rig.h"

enum {
    DMA0 = 0x40009040,
    AREA = 0x04000000 + 6 * 1024 * 1024, /* of L2, above the demo's network */
    TCM = 0x10000000 + 0x20000,          /* above its firmware */
    DESC = AREA + 0x10000,
};

static void put_words(rig_t *rig, uint32_t addr, const uint32_t *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint8_t b[4] = {(uint8_t)words[i], (uint8_t)(words[i] >> 8), (uint8_t)(words[i] >> 16),
                        (uint8_t)(words[i] >> 24)};
        ck_assert(bus_poke(&rig->sensor->bus, addr + 4 * i, b, 4));
    }
}

/* Channel n moves 4 KiB for ever: 0 and 1 within L2, 2 from L2 to TCM, 3 back. */
static void start_channel(rig_t *rig, uint32_t n)
{
    uint32_t desc = DESC + 32 * n, l2 = AREA + 0x1000 * n, base = DMA0 + 0x40 * n;
    const uint32_t words[8] = {
        0, n == 3 ? (uint32_t)TCM : l2, n == 2 ? (uint32_t)TCM : l2 + 0x8000, 4096, 1, 0, 0, desc,
    };
    put_words(rig, desc, words, 8);
    ck_assert(bus_write_reg(&rig->sensor->bus, base + 8, 4, desc));
    ck_assert(bus_write_reg(&rig->sensor->bus, base, 4, 1));
}

/* The NPU is at work from 39.95 to 40.5 ms; then all is said, however its bursts were counted. */
static uint64_t run(const rig_options_t *options, uint64_t *npu_wait)
{
    rig_t *rig = rig_new(options);
    sim_run_until_ps(rig->sim, 40 * SIM_PS_PER_MS);
    for (uint32_t n = 0; n < 4; n++)
        start_channel(rig, n);
    sim_run_until_ps(rig->sim, 40900 * SIM_PS_PER_US);
    uint64_t hash = sim_state_hash(rig->sim);
    ck_assert_uint_gt(rig->sensor->dma.bytes, 1000000);
    const l2_master_t *load = &rig->sensor->l2.master[rig->sensor->npu.load.port.master];
    ck_assert_uint_gt(load->read_bytes, 100000);
    *npu_wait = load->wait_cycles;
    rig_free(rig);
    return hash;
}

START_TEST(the_dma_beside_the_npu_is_the_same_burst_by_burst_and_in_any_order)
{
    uint64_t wait, other_wait;
    uint64_t fast = run(&(rig_options_t){.threads = 1}, &wait);
    ck_assert_uint_gt(wait, 10); /* they did get in each other's way */
    ck_assert(run(&(rig_options_t){.threads = 2, .exact = true}, &other_wait) == fast);
    ck_assert_uint_eq(other_wait, wait);
    ck_assert(run(&(rig_options_t){.threads = 1, .shuffle = 4321}, &other_wait) == fast);
    ck_assert(run(&(rig_options_t){.threads = 1, .exact = true, .shuffle = 99}, &other_wait) ==
              fast);
}
END_TEST

/* The DMA before the rest, the NPU's loads with a budget below what they need. */
static void favor_dma(sensor_desc_t *desc)
{
    l2_desc_t *l2 = &desc->logic.l2;
    l2->policy = L2_PRIORITY;
    l2->starvation_cycles = 50;
    for (l2_rule_t *r = l2->rule; r < l2->rule + L2_MAX_MASTERS && r->master != NULL; r++) {
        if (strcmp(r->master, "dma") == 0)
            r->level = 3;
        if (strcmp(r->master, "npu_load") == 0) {
            r->bytes = 2048;
            r->window_cycles = 256;
        }
    }
}

START_TEST(levels_and_budgets_are_the_same_burst_by_burst_and_in_any_order)
{
    uint64_t plain, wait, other_wait;
    run(&(rig_options_t){.threads = 1}, &plain);
    uint64_t fast = run(&(rig_options_t){.threads = 1, .change = favor_dma}, &wait);
    ck_assert_uint_gt(wait, plain);
    ck_assert(run(&(rig_options_t){.threads = 2, .exact = true, .change = favor_dma},
                  &other_wait) == fast);
    ck_assert_uint_eq(other_wait, wait);
    ck_assert(run(&(rig_options_t){.threads = 1, .shuffle = 77, .change = favor_dma},
                  &other_wait) == fast);
}
END_TEST

/* A port that chip data has no name for could have no rule. */
START_TEST(every_master_of_the_sensor_has_a_name_in_chip_data)
{
    rig_t *rig = rig_new(&(rig_options_t){.threads = 1});
    const l2_t *l2 = &rig->sensor->l2;
    uint32_t named = 0;
    for (uint32_t i = 0; i < L2_MAX_MASTERS && l2->desc.rule[i].master != NULL; i++) {
        char name[64];
        snprintf(name, sizeof(name), "sensor.l2.master.%s", l2->desc.rule[i].master);
        ck_assert_str_eq(l2->master[i].comp.name, name); /* in this order, as stats.json tells */
        named++;
    }
    ck_assert_uint_eq(named, l2->masters);
    rig_free(rig);
}
END_TEST

TEST_MAIN("tools dma traffic", levels_and_budgets_are_the_same_burst_by_burst_and_in_any_order,
          every_master_of_the_sensor_has_a_name_in_chip_data,
          the_dma_beside_the_npu_is_the_same_burst_by_burst_and_in_any_order)
