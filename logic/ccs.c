#include <string.h>

#include "logic/ccs_int.h"

enum { CCS_BLOCK_ID = 0x00080001 };

/* clang-format off */
#define R(member) offsetof(ccs_t, member)
static void ccs_wrote_data8(sim_comp_t *comp, uint32_t value);
static void ccs_wrote_data16(sim_comp_t *comp, uint32_t value);
static void ccs_wrote_irq(sim_comp_t *comp, uint32_t value);
static const sim_reg_t ccs_page[] = {
    /* name         help                                             addr  reset         rw_mask w1c  member         side effect */
    {"CCI_ID",      "31:16: block id; 15:0: version",                0x00, CCS_BLOCK_ID, 0x0,    0x0, R(id),         NULL},
    {"CCI_STATUS",  "0: the host wrote a register, W1C",             0x04, 0x0,          0x0,    0x1, R(status),     ccs_wrote_irq},
    {"CCI_IRQ_EN",  "0: interrupt on a host write",                  0x08, 0x0,          0x1,    0x0, R(irq_enable), ccs_wrote_irq},
    {"CCI_ADDR",    "15:0: CCS register address for the data registers", 0x0c, 0x0,      0xffff, 0x0, R(address),    NULL},
    {"CCI_DATA8",   "7:0: the byte at CCI_ADDR",                     0x10, 0x0,          0xff,   0x0, R(data8),      ccs_wrote_data8},
    {"CCI_DATA16",  "15:0: the big-endian pair at CCI_ADDR",         0x14, 0x0,          0xffff, 0x0, R(data16),     ccs_wrote_data16},
    {"CCI_COUNT",   "31:0: times that registers changed by the host's writes", 0x18, 0x0,  0x0,    0x0, R(count),      NULL},
    SIM_REG_END,
};
#undef R

static const sim_field_t ccs_fields[] = {
    SIM_FIELD(ccs_t, value),       SIM_FIELD(ccs_t, status),      SIM_FIELD(ccs_t, irq_enable),
    SIM_FIELD(ccs_t, address),     SIM_FIELD(ccs_t, host_writes), SIM_FIELD(ccs_t, host_reads),
    SIM_FIELD(ccs_t, count),       SIM_FIELD(ccs_t, held),        SIM_FIELD(ccs_t, helds),
    SIM_FIELD(ccs_t, pll),         SIM_FIELD(ccs_t, part),        SIM_FIELD(ccs_t, latch),
    SIM_FIELD(ccs_t, unknown_writes),
    SIM_FIELD_KEPT(ccs_t, irq.level),
    SIM_FIELD_END,
};

static const sim_stat_t ccs_stats[] = {
    SIM_STAT(ccs_t, host_writes, "1", "registers written by the host"),
    SIM_STAT(ccs_t, host_reads,  "1", "registers read by the host"),
    SIM_STAT(ccs_t, unknown_writes, "1", "bytes written to the maker's registers that are not modeled"),
    SIM_STAT(ccs_t, pll.pixel_hz,    "Hz", "pixel clock of the newest stream"),
    SIM_STAT(ccs_t, pll.lane_bit_hz, "Hz", "bits of a lane of the link"),
    SIM_STAT_END,
};
/* clang-format on */

static ccs_t *as_ccs(sim_comp_t *comp)
{
    return (ccs_t *)(void *)comp;
}

void ccs_put(ccs_t *ccs, uint16_t addr, uint32_t bytes, uint32_t value)
{
    for (uint32_t i = 0; i < bytes; i++)
        ccs->value[(uint16_t)(addr + i)] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

uint32_t ccs_get(const ccs_t *ccs, uint16_t addr, uint32_t bytes)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        value = value << 8 | ccs->value[(uint16_t)(addr + i)];
    return value;
}

void ccs_update_irq(ccs_t *ccs)
{
    sim_wire_set(&ccs->irq, (ccs->status & ccs->irq_enable) != 0);
}

static void ccs_wrote_irq(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    ccs_update_irq(as_ccs(comp));
}

const ccs_window_t *ccs_window_at(const ccs_t *ccs, uint16_t addr)
{
    for (uint32_t i = 0; i < ccs->windows; i++)
        if (addr >= ccs->window[i].first && addr <= ccs->window[i].last)
            return &ccs->window[i];
    return NULL;
}

uint32_t ccs_read_reg(const ccs_t *ccs, const ccs_reg_t *reg)
{
    const ccs_window_t *window = ccs_window_at(ccs, reg->addr);
    return window != NULL ? window->read(window->ctx, reg->addr)
                          : ccs_get(ccs, reg->addr, reg->bytes);
}

/* The firmware may write any register: read-only ones are read-only to the host. */
static void ccs_wrote_data8(sim_comp_t *comp, uint32_t value)
{
    ccs_t *ccs = as_ccs(comp);
    ccs_put(ccs, (uint16_t)ccs->address, 1, value);
}

static void ccs_wrote_data16(sim_comp_t *comp, uint32_t value)
{
    ccs_t *ccs = as_ccs(comp);
    ccs_put(ccs, (uint16_t)ccs->address, 2, value);
}

static void ccs_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    ccs_t *ccs = as_ccs(comp);
    (void)addr;
    (void)peek;
    ccs->data8 = ccs_get(ccs, (uint16_t)ccs->address, 1);
    ccs->data16 = ccs_get(ccs, (uint16_t)ccs->address, 2);
}

/* The power-up clocks were found to run when the block was made. */
static void ccs_reset(sim_comp_t *comp)
{
    ccs_t *ccs = as_ccs(comp);
    char error[160];
    uint32_t count;
    const ccs_reg_t *regs = ccs_regs(&count);
    memset(ccs->value, 0, sizeof(ccs->value));
    for (uint32_t i = 0; i < count; i++)
        if (ccs_find(&ccs->desc, regs[i].addr) != NULL)
            ccs_put(ccs, regs[i].addr, regs[i].bytes, ccs_power_up(&ccs->desc, regs[i].addr));
    ccs_derive(ccs);
    memset(ccs->held, 0, sizeof(ccs->held));
    ccs->helds = 0;
    ccs->part = ccs->latch = (ccs_part_t){0};
    (void)ccs_pll_power_up(&ccs->desc, &ccs->pll, error, sizeof(error));
    ccs->host_writes = ccs->host_reads = ccs->unknown_writes = 0;
}

static const sim_kind_t ccs_kind = {
    .kind = "ccs",
    .version = 1,
    .reset = ccs_reset,
    .fields = ccs_fields,
    .stats = ccs_stats,
    .regs = ccs_page,
    .refresh = ccs_refresh,
};
_Static_assert(offsetof(ccs_t, comp) == 0, "comp stays first");

sim_err_t ccs_init(ccs_t *ccs, sim_t *sim, const ccs_desc_t *desc, const char *name)
{
    char error[160];
    ccs_pll_t pll;
    memset(ccs, 0, sizeof(*ccs));
    if (desc->inck_hz < desc->inck_range_hz[0] || desc->inck_hz > desc->inck_range_hz[1])
        return sim_fail(sim, SIM_EDESC, "%s.inck_hz: %llu not in %llu..%llu", name,
                        (unsigned long long)desc->inck_hz,
                        (unsigned long long)desc->inck_range_hz[0],
                        (unsigned long long)desc->inck_range_hz[1]);
    if (!ccs_pll_power_up(desc, &pll, error, sizeof(error)))
        return sim_fail(sim, SIM_EDESC, "%s: clocks after power-up: %s", name, error);
    ccs->desc = *desc;
    sim_err_t err = sim_comp_init(&ccs->comp, sim, &ccs_kind, name);
    if (err == SIM_OK)
        ccs_reset(&ccs->comp); /* registers are read before sim_reset */
    return err;
}

bool ccs_add_window(ccs_t *ccs, const ccs_window_t *window)
{
    if (ccs->windows == CCS_MAX_WINDOWS)
        return false;
    ccs->window[ccs->windows++] = *window;
    return true;
}

void ccs_reset_page(ccs_t *ccs)
{
    sim_regs_reset(&ccs->comp);
    ccs_update_irq(ccs);
}

ccs_pll_t ccs_pll(const ccs_t *ccs)
{
    return ccs->pll;
}

uint8_t ccs_byte(const ccs_t *ccs, uint16_t addr)
{
    const ccs_reg_t *reg = ccs_window_at(ccs, addr) != NULL ? ccs_covering(&ccs->desc, addr) : NULL;
    if (reg == NULL)
        return ccs->value[addr];
    return (uint8_t)(ccs_read_reg(ccs, reg) >> 8 * (reg->bytes - 1 - (addr - reg->addr)));
}

void ccs_frame_started(ccs_t *ccs, uint32_t frame)
{
    ccs_put(ccs, CCS_FRAME_COUNT, 1, frame & 0xff);
}

uint32_t ccs_device(const ccs_t *ccs)
{
    return ccs_get(ccs, CCS_CCI_ADDRESS, 1) >> 1;
}
