#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "logic/ccs_int.h"

enum { STATUS_HOST_WROTE = 1u, CCS_BLOCK_ID = 0x00080001 };

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
    SIM_FIELD(ccs_t, pll),
    SIM_FIELD_KEPT(ccs_t, irq.level),
    SIM_FIELD_END,
};

static const sim_stat_t ccs_stats[] = {
    SIM_STAT(ccs_t, host_writes, "1", "registers written by the host"),
    SIM_STAT(ccs_t, host_reads,  "1", "registers read by the host"),
    SIM_STAT(ccs_t, pll.pixel_hz,    "Hz", "pixel clock of the newest stream"),
    SIM_STAT(ccs_t, pll.lane_bit_hz, "Hz", "bits of a lane of the link"),
    SIM_STAT_END,
};
/* clang-format on */

static ccs_t *as_ccs(sim_comp_t *comp)
{
    return (ccs_t *)(void *)comp;
}

static void put(ccs_t *ccs, uint16_t addr, uint32_t bytes, uint32_t value)
{
    for (uint32_t i = 0; i < bytes; i++)
        ccs->value[(uint16_t)(addr + i)] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
}

static uint32_t get(const ccs_t *ccs, uint16_t addr, uint32_t bytes)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        value = value << 8 | ccs->value[(uint16_t)(addr + i)];
    return value;
}

static void ccs_wrote_irq(sim_comp_t *comp, uint32_t value)
{
    ccs_t *ccs = as_ccs(comp);
    (void)value;
    sim_wire_set(&ccs->irq, (ccs->status & ccs->irq_enable) != 0);
}

static const ccs_window_t *window_at(const ccs_t *ccs, uint16_t addr)
{
    for (uint32_t i = 0; i < ccs->windows; i++)
        if (addr >= ccs->window[i].first && addr <= ccs->window[i].last)
            return &ccs->window[i];
    return NULL;
}

static uint32_t read_reg(const ccs_t *ccs, const ccs_reg_t *reg)
{
    const ccs_window_t *window = window_at(ccs, reg->addr);
    return window != NULL ? window->read(window->ctx, reg->addr) : get(ccs, reg->addr, reg->bytes);
}

/* The firmware may write any register: read-only ones are read-only to the host. */
static void ccs_wrote_data8(sim_comp_t *comp, uint32_t value)
{
    ccs_t *ccs = as_ccs(comp);
    put(ccs, (uint16_t)ccs->address, 1, value);
}

static void ccs_wrote_data16(sim_comp_t *comp, uint32_t value)
{
    ccs_t *ccs = as_ccs(comp);
    put(ccs, (uint16_t)ccs->address, 2, value);
}

static void ccs_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    ccs_t *ccs = as_ccs(comp);
    (void)addr;
    (void)peek;
    ccs->data8 = get(ccs, (uint16_t)ccs->address, 1);
    ccs->data16 = get(ccs, (uint16_t)ccs->address, 2);
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
            put(ccs, regs[i].addr, regs[i].bytes, ccs_power_up(&ccs->desc, regs[i].addr));
    memset(ccs->held, 0, sizeof(ccs->held));
    ccs->helds = 0;
    (void)ccs_pll_power_up(&ccs->desc, &ccs->pll, error, sizeof(error));
    ccs->host_writes = ccs->host_reads = 0;
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
    ccs_wrote_irq(&ccs->comp, 0);
}

ccs_pll_t ccs_pll(const ccs_t *ccs)
{
    return ccs->pll;
}

/* ---- the host ---- */

static void refuse(ccs_t *ccs, const char *name, uint32_t value, const char *why)
{
    sim_log(&ccs->comp, SIM_LOG_GUEST, "host write of 0x%x to %s: %s, refused", value, name, why);
}

static uint32_t get_reg(const void *ctx, uint16_t addr)
{
    const ccs_t *ccs = ctx;
    return get(ccs, addr, ccs_find(&ccs->desc, addr)->bytes);
}

/* Samples that are read along an axis. */
static uint32_t samples_read(const ccs_t *ccs, uint16_t y)
{
    uint32_t start = get(ccs, (uint16_t)(CCS_X_ADDR_START + 2 * y), 2);
    uint32_t end = get(ccs, (uint16_t)(CCS_X_ADDR_END + 2 * y), 2);
    uint32_t even = get(ccs, (uint16_t)(CCS_X_EVEN_INC + 4 * y), 2);
    uint32_t odd = get(ccs, (uint16_t)(CCS_X_ODD_INC + 4 * y), 2);
    uint32_t type = get(ccs, CCS_BINNING_MODE, 1) != 0 ? get(ccs, CCS_BINNING_TYPE, 1) : 0x11;
    uint32_t pair = (y == 0 ? type >> 4 : type & 0xf) * (even + odd); /* photosites of two */
    return pair != 0 && end >= start ? 2 * (end + 1 - start) / pair : 0;
}

/* CCS knows no such size; what is read is sent. */
static void judge_output(ccs_t *ccs)
{
    for (uint16_t y = 0; y < 2; y++) {
        uint32_t out = get(ccs, (uint16_t)(CCS_X_OUTPUT_SIZE + 2 * y), 2);
        uint32_t read = samples_read(ccs, y);
        if (out > read)
            sim_log(&ccs->comp, SIM_LOG_GUEST, "%c_output_size: %u, but %u are read", "xy"[y], out,
                    read);
    }
}

/* The PLLs start with the stream. */
static bool start_clocks(ccs_t *ccs, char *error, size_t error_bytes)
{
    ccs_clocks_t clocks = ccs_clocks(get_reg, ccs);
    ccs_pll_t pll;
    if (!ccs_clocks_run(&ccs->desc, &clocks, &pll, error, error_bytes))
        return false;
    ccs->pll = pll;
    judge_output(ccs);
    return true;
}

/* The last value that a register knows; those that are not here are judged by the pixel die. */
static uint32_t last_value(uint16_t addr)
{
    static const struct {
        uint16_t addr, last;
    } few[] = {
        {CCS_ORIENTATION, 3},        {CCS_X_EVEN_INC, 15},      {CCS_X_ODD_INC, 15},
        {CCS_X_EVEN_INC + 4, 15},    {CCS_X_ODD_INC + 4, 15},   {CCS_TEST_PATTERN_MODE, 4},
        {CCS_BINNING_WEIGHTING, 3},  {CCS_IMX477_EXP_SHIFT, 7}, {CCS_IMX500_EXP_SHIFT, 7},
        {CCS_GLOBAL_RESET_CTRL1, 1},
    };
    for (size_t i = 0; i < SIM_COUNT(few); i++)
        if (few[i].addr == addr)
            return few[i].last;
    return UINT32_MAX;
}

static bool allowed(ccs_t *ccs, uint16_t addr, uint32_t value, char *error, size_t bytes)
{
    bool streaming = get(ccs, CCS_MODE_SELECT, 1) != 0;
    const uint32_t *range = ccs_divider_range(&ccs->desc, addr);
    error[0] = '\0';
    if (addr >= CCS_PLL_FIRST && addr <= CCS_PLL_LAST && streaming)
        snprintf(error, bytes, "clocks change in standby only");
    else if (range != NULL && (value < range[0] || value > range[1]))
        snprintf(error, bytes, "expected %u..%u", range[0], range[1]);
    else if (value > last_value(addr))
        snprintf(error, bytes, "expected at most %u", last_value(addr));
    else if (addr == CCS_DATA_FORMAT && streaming)
        snprintf(error, bytes, "the format changes in standby only");
    else if (addr == CCS_DATA_FORMAT && value != 0x0808 && value != 0x0a0a && value != 0x0c0c)
        snprintf(error, bytes, "expected 0x0808, 0x0a0a, 0x0c0c");
    else if (addr == CCS_MODE_SELECT && value != 0 && !streaming)
        return start_clocks(ccs, error, bytes);
    return error[0] == '\0';
}

static void changed(ccs_t *ccs)
{
    ccs->count++;
    ccs->status |= STATUS_HOST_WROTE;
    ccs_wrote_irq(&ccs->comp, 0);
}

/* image_orientation turns the order of colors, too. */
static void take(ccs_t *ccs, const ccs_reg_t *reg, uint32_t value)
{
    put(ccs, reg->addr, reg->bytes, value);
    if (reg->addr == CCS_ORIENTATION)
        put(ccs, CCS_PIXEL_ORDER, 1, ccs->desc.timing.pixel_order ^ (value & 3));
}

static void release(ccs_t *ccs)
{
    for (uint32_t i = 0; i < ccs->helds; i++)
        take(ccs, ccs_find(&ccs->desc, (uint16_t)ccs->held[i].addr), ccs->held[i].value);
    memset(ccs->held, 0, sizeof(ccs->held));
    ccs->helds = 0;
}

/* NULL: not held. */
static const ccs_held_t *held_at(const ccs_t *ccs, uint16_t addr)
{
    for (uint32_t i = 0; i < ccs->helds; i++)
        if (ccs->held[i].addr == addr)
            return &ccs->held[i];
    return NULL;
}

static void hold(ccs_t *ccs, const ccs_reg_t *reg, uint32_t value)
{
    const ccs_held_t *old = held_at(ccs, reg->addr);
    uint32_t at = old != NULL ? (uint32_t)(old - ccs->held) : ccs->helds;
    assert(at < CCS_MAX_HELD); /* room for all that are retimed */
    ccs->held[at] = (ccs_held_t){reg->addr, value};
    ccs->helds += old == NULL;
}

static bool write_reg(ccs_t *ccs, const ccs_reg_t *reg, uint32_t value)
{
    char error[160];
    value &= UINT32_MAX >> (32 - 8 * reg->bytes);
    if (!allowed(ccs, reg->addr, value, error, sizeof(error))) {
        refuse(ccs, reg->name, value, error);
        return false;
    }
    ccs->host_writes++;
    if (reg->retimed && (get(ccs, CCS_HOLD, 1) & 1) != 0) {
        hold(ccs, reg, value);
        return true;
    }
    if (!reg->modeled && get(ccs, reg->addr, reg->bytes) != value)
        sim_log(&ccs->comp, SIM_LOG_UNIMP, "host write to %s: kept, without effect", reg->name);
    take(ccs, reg, value);
    if (reg->addr == CCS_HOLD && (value & 1) == 0)
        release(ccs);
    changed(ccs);
    return true;
}

bool ccs_host_write(ccs_t *ccs, uint16_t addr, uint32_t value)
{
    if (ccs->line != NULL && !ccs->line(ccs->line_ctx, &addr, &value))
        return false;
    const ccs_reg_t *reg = ccs_find(&ccs->desc, addr);
    if (reg == NULL || !reg->writable) {
        sim_log(&ccs->comp, SIM_LOG_GUEST, "host write of 0x%x to %s register 0x%04x, ignored",
                value, reg == NULL ? "unknown" : "read-only", addr);
        return false;
    }
    const ccs_window_t *window = window_at(ccs, addr);
    if (window == NULL)
        return write_reg(ccs, reg, value);
    ccs->host_writes++;
    return window->write(window->ctx, addr, value);
}

bool ccs_host_read(ccs_t *ccs, uint16_t addr, uint32_t *value)
{
    const ccs_reg_t *reg = ccs_find(&ccs->desc, addr);
    const ccs_held_t *held = held_at(ccs, addr);
    *value = held != NULL ? held->value : reg != NULL ? read_reg(ccs, reg) : 0;
    ccs->host_reads += reg != NULL;
    return reg != NULL;
}

uint8_t ccs_byte(const ccs_t *ccs, uint16_t addr)
{
    uint32_t count;
    const ccs_reg_t *regs = ccs_regs(&count);
    for (uint32_t i = 0; window_at(ccs, addr) != NULL && i < count; i++) {
        const ccs_reg_t *reg = &regs[i];
        if (addr >= reg->addr && addr - reg->addr < reg->bytes)
            return (uint8_t)(read_reg(ccs, reg) >> 8 * (reg->bytes - 1 - (addr - reg->addr)));
    }
    return ccs->value[addr];
}
