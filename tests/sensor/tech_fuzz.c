/*
 * tech_fuzz.c - any text as a technology file: refused with its file named, or a meter that binds
 * to blocks or names what they lack, and whose parts add up.
 */
#include <stdlib.h>
#include <string.h>

#include "logic/energy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

typedef struct {
    sim_comp_t comp;
    sim_event_t work;
    uint64_t macs, banks[4];
} block_t;

static void on_work(void *ctx)
{
    block_t *block = ctx;
    block->macs += 1001;
    block->banks[block->macs % 4] += UINT64_C(1) << (block->macs % 30);
    sim_event_at(block->comp.sim, &block->work, sim_now_ps(block->comp.sim) + 333333);
}

static sim_err_t start(sim_comp_t *comp)
{
    on_work(comp);
    return SIM_OK;
}

static const sim_stat_t stats[] = {
    SIM_STAT(block_t, macs, "1", "scalar"),
    SIM_STAT_ARRAY(block_t, banks, "1", "array"),
    SIM_STAT_END,
};
static const sim_kind_t kind = {.kind = "block", .version = 1, .start = start, .stats = stats};

static void meter(const tech_t *tech)
{
    static energy_t energy;
    block_t block[2];
    sim_t *sim = sim_new();
    memset(block, 0, sizeof(block));
    if (sim == NULL || sim_comp_init(&block[0].comp, sim, &kind, "npu") != SIM_OK ||
        sim_comp_init(&block[1].comp, sim, &kind, "b1") != SIM_OK)
        abort();
    for (uint32_t i = 0; i < 2; i++)
        sim_event_init(&block[i].work, &block[i].comp, "work", SIM_PRIO_DRIVE, on_work, &block[i]);
    if (energy_init(&energy, sim, tech, "", false, "energy") == SIM_OK) {
        sim_reset(sim);
        if (sim_start(sim) != SIM_OK)
            abort();
        energy_frame(&energy, 1);
        sim_run_until_ps(sim, UINT64_C(3000000000));
        uint64_t total = energy_total_fj(&energy), phases = 0;
        for (uint32_t p = 0; p < ENERGY_PHASE_COUNT; p++)
            phases += energy_sum_fj(energy.state.phase_fj[p]);
        if (total != phases)
            abort();
    } else if (strstr(sim_error(sim), "blocks[") == NULL) {
        abort();
    }
    sim_free(sim);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static const tech_sizes_t sizes = {.pixel = 4e6, .mac = 2304, .l2_kib = 8191.875, .lane = 2};
    static tech_t tech;
    memset(&tech, 0, sizeof(tech));
    sim_doc_t *doc = sim_doc_parse((const char *)data, bytes, "fuzz");
    sim_cfg_t root = sim_doc_root(doc);
    tech_read(&root, TECH_LOGIC_DIE, &sizes, &tech);
    if (sim_doc_error(doc) == NULL)
        meter(&tech);
    else if (strncmp(sim_doc_error(doc), "fuzz:", 5) != 0)
        abort();
    sim_doc_free(doc);
    return 0;
}
