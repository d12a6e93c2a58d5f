/*
 * desc.c - defaults of the logic die, and what a chip file says instead.
 */
#include "logic/desc.h"
#include "logic/isa.h"

logic_desc_t logic_desc_default(void)
{
    return (logic_desc_t){
        .clock_hz = 262500000,
        .bus = bus_desc_default(),
        .core = core_desc_default(),
        .l2 = l2_desc_default(),
        .clint = clint_desc_default(),
        .uart = uart_desc_default(),
        .sys = sys_desc_default(),
        .spi = spi_desc_default(),
        .spit = spit_desc_default(),
        .flash = flash_desc_default(),
        .temp = temp_desc_default(),
        .thermal = thermal_desc_default(),
        .clkrst = clkrst_desc_default(),
        .clocks = clocks_desc_default(),
        .dma = dma_desc_default(),
        .timer = tmr_desc_default(),
        .wdog = wdog_desc_default(),
        .rng = rng_desc_default(),
        .cci = cci_desc_default(),
    };
}

static uint32_t read_u32(const sim_cfg_t *cfg, const char *key, uint32_t low, uint32_t high,
                         uint32_t otherwise)
{
    return (uint32_t)sim_cfg_u64(cfg, key, low, high, otherwise);
}

static uint32_t read_power_of_two(const sim_cfg_t *cfg, const char *key, uint32_t low,
                                  uint32_t high, uint32_t otherwise)
{
    uint32_t value = read_u32(cfg, key, low, high, otherwise);
    if ((value & (value - 1)) != 0)
        sim_cfg_fail(cfg, key, "%u is no power of two", value);
    return value;
}

/* A line is one burst of L2 at most. */
static void read_icache(const sim_cfg_t *core, icache_desc_t *icache, uint32_t burst_bytes)
{
    sim_cfg_t cfg = sim_cfg_obj(core, "icache");
    uint32_t most = burst_bytes < ICACHE_MAX_LINE_BYTES ? burst_bytes : ICACHE_MAX_LINE_BYTES;
    icache->line_bytes = read_power_of_two(&cfg, "line_bytes", ICACHE_MIN_LINE_BYTES, most,
                                           icache->line_bytes < most ? icache->line_bytes : most);
    icache->ways = read_power_of_two(&cfg, "ways", 1, ICACHE_MAX_WAYS, icache->ways);
    icache->bytes = read_power_of_two(&cfg, "bytes", 0, ICACHE_MAX_BYTES, icache->bytes);
    uint32_t least = icache->line_bytes * (icache->ways > 2 ? icache->ways : 2);
    if (icache->bytes != 0 && icache->bytes < least)
        sim_cfg_fail(&cfg, "bytes", "%u is neither 0 nor at least %u: two lines, and one a way",
                     icache->bytes, least);
    sim_cfg_done(&cfg);
}

static const char *const misaligned[] = {"trap", "do"};

static void read_core(const sim_cfg_t *logic, core_desc_t *core, uint32_t burst_bytes)
{
    sim_cfg_t cfg = sim_cfg_obj(logic, "core");
    core->reset_pc = read_u32(&cfg, "reset_pc", 0, UINT32_MAX, core->reset_pc);
    core->hart_id = read_u32(&cfg, "hart_id", 0, UINT32_MAX, core->hart_id);
    const char *text = sim_cfg_str(&cfg, "isa", NULL);
    char error[256];
    isa_t isa;
    if (text != NULL && !isa_parse(text, &isa, error, sizeof(error)))
        sim_cfg_fail(&cfg, "isa", "%s", error);
    else if (text != NULL)
        isa_to_core(&isa, core);
    core->u = sim_cfg_bool(&cfg, "user_mode", core->u);
    core->pmp_regions = read_u32(&cfg, "pmp_regions", 0, CORE_PMP_REGIONS, core->pmp_regions);
    core->misaligned = sim_cfg_enum(&cfg, "misaligned", misaligned, 2, core->misaligned) != 0;
    sim_cfg_t cost = sim_cfg_obj(&cfg, "cycles");
#define X(name, cycles, least, help)                                                               \
    core->cost.name = read_u32(&cost, #name, least, CORE_COST_MAX, core->cost.name);
    CORE_COSTS(X)
#undef X
    sim_cfg_done(&cost);
    read_icache(&cfg, &core->icache, burst_bytes);
    sim_cfg_done(&cfg);
}

/* As sensor.c attaches them. */
static const char *const masters[] = {"core", "isp", "npu_fetch", "npu_load",  "npu_store",
                                      "mipi", "spi", "dma",       "core_fetch"};
_Static_assert(SIM_COUNT(masters) <= L2_MAX_MASTERS, "a rule each");

static void read_rule(const sim_cfg_t *all, l2_rule_t *rule)
{
    sim_cfg_t cfg = sim_cfg_obj(all, rule->master);
    rule->level = read_u32(&cfg, "level", 0, L2_MAX_LEVEL, rule->level);
    rule->bytes = read_u32(&cfg, "bytes", 0, L2_MAX_BUDGET_BYTES, rule->bytes);
    rule->window_cycles =
        read_u32(&cfg, "window_cycles", 0, L2_MAX_WINDOW_CYCLES, rule->window_cycles);
    if ((rule->bytes == 0) != (rule->window_cycles == 0))
        sim_cfg_fail(&cfg, "bytes", "%u in %u window_cycles is no budget; both or none are 0",
                     rule->bytes, rule->window_cycles);
    sim_cfg_done(&cfg);
}

static void read_rules(const sim_cfg_t *l2, l2_desc_t *desc)
{
    sim_cfg_t cfg = sim_cfg_obj(l2, "masters");
    for (uint32_t i = 0; i < SIM_COUNT(masters); i++) {
        desc->rule[i].master = masters[i];
        read_rule(&cfg, &desc->rule[i]);
    }
    sim_cfg_done(&cfg);
}

static void read_l2(const sim_cfg_t *logic, l2_desc_t *l2)
{
    sim_cfg_t cfg = sim_cfg_obj(logic, "l2");
    l2->bytes = read_u32(&cfg, "bytes", 1, BUS_TCM_BASE - BUS_L2_BASE, l2->bytes);
    l2->banks = read_power_of_two(&cfg, "banks", 1, L2_MAX_BANKS, l2->banks);
    l2->beat_bytes = read_power_of_two(&cfg, "beat_bytes", 4, 256, l2->beat_bytes);
    l2->burst_bytes = read_power_of_two(&cfg, "burst_bytes", l2->beat_bytes, 4096, l2->burst_bytes);
    l2->latency_cycles = read_u32(&cfg, "latency_cycles", 1, L2_MAX_LATENCY, l2->latency_cycles);
    l2->policy =
        (l2_policy_t)sim_cfg_enum(&cfg, "policy", l2_policy_names, L2_POLICIES, l2->policy);
    l2->starvation_cycles =
        read_u32(&cfg, "starvation_cycles", 0, L2_MAX_STARVATION_CYCLES, l2->starvation_cycles);
    read_rules(&cfg, l2);
    l2->ecc = (l2_ecc_t)sim_cfg_enum(&cfg, "ecc", l2_ecc_names, L2_ECCS, l2->ecc);
    if (l2->bytes % l2->beat_bytes != 0)
        sim_cfg_fail(&cfg, "bytes", "%u is no multiple of beat_bytes, %u", l2->bytes,
                     l2->beat_bytes);
    if (l2->ecc != L2_ECC_NONE && l2->bytes % ECC_WORD_BYTES != 0)
        sim_cfg_fail(&cfg, "bytes", "%u is no multiple of %u, a word with ECC", l2->bytes,
                     ECC_WORD_BYTES);
    sim_cfg_done(&cfg);
}

static void read_flash(const sim_cfg_t *logic, flash_desc_t *flash)
{
    sim_cfg_t cfg = sim_cfg_obj(logic, "flash");
    flash->bytes = read_power_of_two(&cfg, "bytes", FLASH_BLOCK_BYTES, 1u << 24, flash->bytes);
    flash->maker = read_u32(&cfg, "maker", 0, 255, flash->maker);
    flash->kind = read_u32(&cfg, "kind", 0, 255, flash->kind);
    flash->read_hz = sim_cfg_u64(&cfg, "read_hz", 1, 1000000000, flash->read_hz);
    flash->fast_hz = sim_cfg_u64(&cfg, "fast_hz", 1, 1000000000, flash->fast_hz);
    flash->program_us = read_u32(&cfg, "program_us", 0, 1000000000, flash->program_us);
    flash->sector_us = read_u32(&cfg, "sector_us", 0, 1000000000, flash->sector_us);
    flash->block_us = read_u32(&cfg, "block_us", 0, 1000000000, flash->block_us);
    flash->chip_us = read_u32(&cfg, "chip_us", 0, 1000000000, flash->chip_us);
    flash->status_us = read_u32(&cfg, "status_us", 0, 1000000000, flash->status_us);
    flash->write_protect = sim_cfg_bool(&cfg, "write_protect", flash->write_protect);
    sim_cfg_done(&cfg);
}

static void read_temp(const sim_cfg_t *logic, temp_desc_t *temp)
{
    sim_cfg_t cfg = sim_cfg_obj(logic, "temperature");
    temp->conversion_us = read_u32(&cfg, "conversion_us", 8, 1000000, temp->conversion_us) & ~7u;
    temp->offset_mc = (int32_t)sim_cfg_i64(&cfg, "offset_mc", -20000, 20000, temp->offset_mc);
    temp->noise_mc = read_u32(&cfg, "noise_mc", 0, 20000, temp->noise_mc);
    temp->low_mc = (int32_t)sim_cfg_i64(&cfg, "low_mc", -100000, 199999, temp->low_mc);
    temp->high_mc = (int32_t)sim_cfg_i64(&cfg, "high_mc", temp->low_mc + 1, 200000, temp->high_mc);
    sim_cfg_done(&cfg);
}

static void read_cci(const sim_cfg_t *logic, cci_desc_t *cci)
{
    sim_cfg_t cfg = sim_cfg_obj(logic, "cci");
    cci->hz = read_u32(&cfg, "hz", CCI_MIN_HZ, CCI_MAX_HZ, cci->hz);
    sim_cfg_done(&cfg);
}

static const char *const gates[] = {"none", "idle"};

static void read_clocks(const sim_cfg_t *logic, clocks_desc_t *clocks)
{
    sim_cfg_t cfg = sim_cfg_obj(logic, "clocks");
    for (uint32_t i = 0; i < CLOCKS_GATE_COUNT; i++) {
        clocks_rule_t *rule = &clocks->rule[i];
        sim_cfg_t block = sim_cfg_obj(&cfg, clocks_gate_names[i]);
        rule->idle = sim_cfg_enum(&block, "gate", gates, 2, rule->idle) != 0;
        rule->idle_cycles =
            read_u32(&block, "idle_cycles", 0, CLOCKS_MAX_IDLE_CYCLES, rule->idle_cycles);
        sim_cfg_done(&block);
    }
    sim_cfg_done(&cfg);
}

void logic_desc_read(const sim_cfg_t *cfg, logic_desc_t *desc)
{
    desc->clock_hz = sim_cfg_u64(cfg, "clock_hz", 1000000, UINT32_MAX, desc->clock_hz);
    desc->core.clk_hz = desc->l2.clk_hz = desc->clock_hz;
    desc->uart.clk_hz = desc->sys.clk_hz = desc->clkrst.clk_hz = desc->clock_hz;
    desc->dma.clk_hz = desc->timer.clk_hz = desc->rng.clk_hz = desc->clock_hz;
    desc->spi.clk_hz = desc->clock_hz;
    desc->sys.chip_id = read_u32(cfg, "chip_id", 0, UINT32_MAX, desc->sys.chip_id);
    desc->bus.rom_bytes = read_u32(cfg, "rom_bytes", 64, 1u << 20, desc->bus.rom_bytes) & ~3u;
    desc->bus.tcm_bytes = read_u32(cfg, "tcm_bytes", 64, 1u << 24, desc->bus.tcm_bytes) & ~3u;
    desc->clint.mtime_hz = sim_cfg_u64(cfg, "mtime_hz", 1, 1000000000, desc->clint.mtime_hz);
    desc->uart.baud = read_u32(cfg, "uart_baud", (uint32_t)(desc->clock_hz / 0xfffff) + 1,
                               (uint32_t)(desc->clock_hz / 16), desc->uart.baud);
    desc->wdog.tick_hz = sim_cfg_u64(cfg, "wdog_hz", 1, 1000000000, desc->wdog.tick_hz);
    desc->rng.cycles_per_word =
        read_u32(cfg, "rng_cycles_per_word", 1, 1000000, desc->rng.cycles_per_word);
    desc->dma.tcm_bytes_per_cycle =
        read_power_of_two(cfg, "dma_tcm_bytes_per_cycle", 4, 64, desc->dma.tcm_bytes_per_cycle);
    read_l2(cfg, &desc->l2);
    read_core(cfg, &desc->core, desc->l2.burst_bytes);
    desc->spit.most_hz = read_u32(cfg, "spi_target_hz", 1, 1000000000, desc->spit.most_hz);
    read_flash(cfg, &desc->flash);
    read_temp(cfg, &desc->temp);
    sim_cfg_t thermal = sim_cfg_obj(cfg, "thermal");
    thermal_desc_read(&thermal, &desc->thermal);
    read_cci(cfg, &desc->cci);
    read_clocks(cfg, &desc->clocks);
    desc->bus.l2_bytes = desc->sys.l2_bytes = desc->l2.bytes;
    desc->sys.tcm_bytes = desc->bus.tcm_bytes;
    sim_cfg_done(cfg);
}
