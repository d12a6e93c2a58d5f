#include "tests/logic/rig.h"

#include <stdio.h>
#include <stdlib.h>

/* Benchmarks use the rig too, so this is not Check's. */
static void must(const rig_t *rig, bool fine)
{
    if (fine)
        return;
    fprintf(stderr, "rig: %s\n", sim_error(rig->sim));
    exit(EXIT_FAILURE);
}

static void rig_log(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                    const char *line)
{
    rig_t *rig = ctx;
    (void)time_ps;
    snprintf(rig->last_log, sizeof(rig->last_log), "%s %s: %s", sim_log_level_name(level), name,
             line);
}

static void probe_wrote_value(sim_comp_t *comp, uint32_t value)
{
    rig_probe_t *probe = (rig_probe_t *)(void *)comp;
    (void)value;
    probe->writes++;
    probe->wrote_cycle = sim_now_ps(comp->sim) / 1000;
}

static void probe_wrote_level(sim_comp_t *comp, uint32_t value)
{
    sim_wire_set(&((rig_probe_t *)(void *)comp)->line, (value & 1) != 0);
}

static void probe_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    rig_probe_t *probe = (rig_probe_t *)(void *)comp;
    if (!peek)
        probe->reads++;
    if (addr == 0xff8)
        probe->stamp = (uint32_t)(sim_now_ps(comp->sim) / 1000);
}

#define R(member) offsetof(rig_probe_t, member)
static const sim_reg_t probe_regs[] = {
    {"PROBE_VALUE", "", 0x04, 0x0, 0xffffffff, 0x0, R(value), probe_wrote_value},
    {"PROBE_STAMP", "", 0xff8, 0x0, 0x0, 0x0, R(stamp), NULL},
    {"PROBE_LEVEL", "", 0xffc, 0x0, 0x1, 0x0, R(level), probe_wrote_level},
    SIM_REG_END,
};
static const sim_kind_t probe_kind = {
    .kind = "probe", .version = 1, .regs = probe_regs, .refresh = probe_refresh};

static void make(rig_t *rig, uint64_t clk_hz, uint64_t mtime_hz)
{
    bus_desc_t bus = {
        .rom_bytes = 4096, .tcm_base = BUS_TCM_BASE, .tcm_bytes = 65536, .l2_bytes = 65536};
    l2_desc_t l2 = l2_desc_default();
    core_desc_t core = core_desc_default();
    clint_desc_t clint = {.mtime_hz = mtime_hz};
    uart_desc_t uart = {.clk_hz = clk_hz, .baud = (uint32_t)(clk_hz / 100)};
    sys_desc_t sys = {.clk_hz = clk_hz, .chip_id = 0x500};
    l2.clk_hz = core.clk_hz = clk_hz;
    l2.bytes = bus.l2_bytes;
    core.reset_pc = RIG_CODE;
    must(rig, bus_init(&rig->bus, rig->sim, &bus, "bus") == SIM_OK);
    must(rig, l2_init(&rig->l2, rig->sim, &l2, "l2") == SIM_OK);
    must(rig, core_init(&rig->core, rig->sim, &rig->bus, &core, "core") == SIM_OK);
    must(rig, clint_init(&rig->clint, rig->sim, &clint, "clint") == SIM_OK);
    must(rig, intc_init(&rig->intc, rig->sim, "intc") == SIM_OK);
    must(rig, uart_init(&rig->uart, rig->sim, &uart, "uart") == SIM_OK);
    must(rig, sys_init(&rig->sys, rig->sim, &sys, "sys") == SIM_OK);
    must(rig, sim_comp_init(&rig->probe.comp, rig->sim, &probe_kind, "probe") == SIM_OK);
}

static void connect(rig_t *rig)
{
    must(rig, l2_port(&rig->l2, "core", &rig->bus.l2) == SIM_OK);
    must(rig, l2_port(&rig->l2, "other", &rig->other) == SIM_OK);
    must(rig, l2_port(&rig->l2, "core_fetch", &rig->core.icache.port) == SIM_OK);
    must(rig, bus_attach(&rig->bus, 0, &rig->sys.comp) == SIM_OK);
    must(rig, bus_attach(&rig->bus, 1, &rig->uart.comp) == SIM_OK);
    must(rig, bus_attach(&rig->bus, 2, &rig->intc.comp) == SIM_OK);
    must(rig, bus_attach(&rig->bus, 8, &rig->clint.comp) == SIM_OK);
    must(rig, bus_attach(&rig->bus, BUS_PAGES - 1, &rig->probe.comp) == SIM_OK);
    must(rig, core_connect(&rig->core, CORE_MEI, &rig->intc.meip));
    must(rig, core_connect(&rig->core, CORE_MSI, &rig->clint.msip));
    must(rig, core_connect(&rig->core, CORE_MTI, &rig->clint.mtip));
    must(rig, intc_connect(&rig->intc, 1, &rig->probe.line));
    must(rig, intc_connect(&rig->intc, 6, &rig->uart.irq));
}

rig_t *rig_new_hz(uint64_t clk_hz, uint64_t mtime_hz)
{
    rig_t *rig = calloc(1, sizeof(*rig));
    rig->clk_hz = clk_hz;
    rig->sim = sim_new();
    sim_set_log(rig->sim, rig_log, rig, SIM_LOG_DEBUG);
    make(rig, clk_hz, mtime_hz);
    connect(rig);
    must(rig, sim_check(rig->sim) == SIM_OK);
    sim_reset(rig->sim);
    return rig;
}

rig_t *rig_new(void)
{
    return rig_new_hz(RIG_HZ, 1000000);
}

void rig_set_icache(rig_t *rig, icache_desc_t desc)
{
    icache_t *c = &rig->core.icache;
    icache_free(c);
    must(rig,
         icache_init(c, rig->sim, &desc, BUS_L2_BASE, rig->bus.desc.l2_bytes, "core") == SIM_OK);
    rig->core.desc.icache = desc;
}

void rig_free(rig_t *rig)
{
    core_free(&rig->core);
    bus_free(&rig->bus);
    l2_free(&rig->l2);
    sim_free(rig->sim);
    free(rig);
}

void rig_put(rig_t *rig, uint32_t addr, const uint32_t *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint8_t bytes[4];
        for (uint32_t b = 0; b < 4; b++)
            bytes[b] = (uint8_t)(words[i] >> 8 * b);
        must(rig, bus_poke(&rig->bus, addr + 4 * i, bytes, 4));
    }
}

uint32_t rig_word(rig_t *rig, uint32_t addr)
{
    uint8_t bytes[4];
    must(rig, bus_peek(&rig->bus, addr, bytes, 4));
    return bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

void rig_program(rig_t *rig, const uint32_t *words, uint32_t count)
{
    const uint32_t stop = EBREAK;
    rig_put(rig, RIG_CODE, words, count);
    rig_put(rig, RIG_CODE + 4 * count, &stop, 1);
}

void rig_start(rig_t *rig)
{
    must(rig, sim_start(rig->sim) == SIM_OK);
}

void rig_run(rig_t *rig)
{
    uint64_t end_ps = sim_now_ps(rig->sim) + 2 * SIM_PS_PER_MS;
    rig_start(rig);
    while (rig->core.state == CORE_RUNS && sim_step(rig->sim, end_ps)) {
    }
}

void rig_run_to_cycle(rig_t *rig, uint64_t cycle)
{
    sim_run_until_ps(rig->sim, sim_edge_ps(cycle, rig->clk_hz));
}
