#include "logic/ccs.h"

#include <string.h>

enum { STATUS_HOST_WROTE = 1u, CCS_BLOCK_ID = 0x00080001 };

/* clang-format off */
static const ccs_reg_t ccs_table[] = {
    /* name                      addr    bytes writable reset  modeled   facts: MIPI CCS 1.1; IMX500 kernel driver */
    {"module_model_id",          0x0000, 2, false, 0x0500, true},
    {"frame_count",              0x0005, 1, false, 0x00,   true},
    {"pixel_order",              0x0006, 1, false, 0x01,   true},  /* RGGB */
    {"ccs_version",              0x0007, 1, false, 0x11,   true},
    {"data_pedestal",            0x0008, 2, false, 64,     true},
    {"sensor_model_id",          0x0016, 2, false, 0x0500, true},
    {"mode_select",              0x0100, 1, true,  0,      true},
    {"image_orientation",        0x0101, 1, true,  0,      true},
    {"grouped_parameter_hold",   0x0104, 1, true,  0,      false},
    {"csi_data_format",          0x0112, 2, true,  0x0a0a, false},
    {"csi_lane_mode",            0x0114, 1, true,  1,      false},
    {"extclk_frequency_mhz",     0x0136, 2, true,  0x1b00, false}, /* as the driver writes it */
    {"temp_sensor_ctrl",         0x0138, 1, true,  0,      true},  /* temp.h */
    {"temp_sensor_output",       0x013a, 1, false, 0,      true},
    {"coarse_integration_time",  0x0202, 2, true,  0x0640, true},  /* the driver's default */
    {"analog_gain_code_global",  0x0204, 2, true,  0,      true},
    {"digital_gain_greenr",      0x020e, 2, true,  0x0100, false},
    {"vt_pix_clk_div",           0x0300, 2, true,  5,      false},
    {"vt_sys_clk_div",           0x0302, 2, true,  2,      false},
    {"pre_pll_clk_div",          0x0304, 2, true,  2,      false},
    {"pll_multiplier",           0x0306, 2, true,  155,    false},
    {"op_pix_clk_div",           0x0308, 2, true,  10,     false},
    {"op_sys_clk_div",           0x030a, 2, true,  1,      false},
    {"op_pre_pll_clk_div",       0x030c, 2, true,  2,      false},
    {"op_pll_multiplier",        0x030e, 2, true,  74,     false},
    {"pll_mode",                 0x0310, 1, true,  1,      false},
    {"frame_length_lines",       0x0340, 2, true,  2637,   true},  /* 1520 + the driver's VBLANK_MIN 1117 */
    {"line_length_pck",          0x0342, 2, true,  9398,   true},
    {"x_addr_start",             0x0344, 2, true,  0,      true},  /* active-array px */
    {"y_addr_start",             0x0346, 2, true,  0,      true},
    {"x_addr_end",               0x0348, 2, true,  4055,   true},
    {"y_addr_end",               0x034a, 2, true,  3039,   true},
    {"binning_mode",             0x0900, 1, true,  1,      true},
    {"binning_type",             0x0901, 1, true,  0x22,   true},
    /* Starts what the dd_ registers below ask for; rests at 0xff (assumed). */
    {"dd_cmd_int",               0x3080, 1, true,  0xff,   true},
    /* Application parameters: addresses and meaning are Fovea's own (assumed). */
    {"app_score_min",            0x9000, 2, true,  128,    true},  /* 1/256 */
    {"app_line_x",               0x9002, 2, true,  2028,   true},  /* active-array px */
    {"app_line_hysteresis",      0x9004, 2, true,  16,     true},  /* px */
    {"app_image_out",            0x9006, 2, true,  0,      true},  /* bit 0: RAW10 image on the link */
    /* Mailbox: mailbox.h (assumed). */
    {"mbx_command",              0x9100, 2, true,  0,      true},
    {"mbx_status",               0x9102, 2, false, 0,      true},
    {"mbx_result",               0x9104, 2, false, 0,      true},
    {"mbx_ack",                  0x9106, 2, true,  0,      true},
    {"mbx_event",                0x9108, 2, false, 0,      true},
#define X(n) {"mbx_data" #n,     0x9110 + 4 * n, 4, true, 0, true},
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)
#undef X
    /* What the boot ROM reports: firmware/include/boot_image.h (assumed). */
    {"boot_status",              0x9180, 2, false, 0,      true},
    {"boot_error_a",             0x9182, 2, false, 0,      true},
    {"boot_error_b",             0x9184, 2, false, 0,      true},
    /* Download of firmware and network, by the kernel driver's names (facts: IMX500 2.2); obeyed by
     * the boot ROM, firmware/download.c. */
    {"dd_st_trans_cmd",          0xd000, 1, true,  0,      true},
    {"dd_update_cmd",            0xd001, 1, true,  0,      true},
    {"dd_load_mode",             0xd002, 1, true,  0,      true},
    {"dd_image_type",            0xd003, 1, true,  0,      true},
    {"dd_download_div_num",      0xd004, 1, true,  0,      true},
    {"dd_flash_type",            0xd005, 1, true,  0,      true},
    {"dd_download_file_size",    0xd008, 4, true,  0,      true},
    {"dd_ref_sts_reply_cnt",     0xd010, 1, false, 0,      true},
    {"dd_ref_sts_err_cnt",       0xd011, 1, false, 0,      true},
    {"dd_ref_sts_detect_cnt",    0xd012, 1, false, 0,      true},
    {"dd_ref_sts_fatal",         0xd013, 1, false, 0,      true},
    {"dd_cmd_reply_sts",         0xd014, 1, false, 0,      true},
    {"dd_download_sts",          0xd015, 1, false, 0,      true},
    {"dd_err_sts",               0xd020, 1, false, 0,      true},
    {"dd_sys_state",             0xd02a, 1, false, 0,      true},
    {"main_fw_version",          0xd07c, 4, false, 0,      true},
    {"dwp_ap_vc_voff",           0xd500, 2, true,  0,      true},  /* inference crop, driver's names */
    {"dwp_ap_vc_hoff",           0xd502, 2, true,  0,      true},
    {"dwp_ap_vc_vsize",          0xd504, 2, true,  3040,   true},
    {"dwp_ap_vc_hsize",          0xd506, 2, true,  4056,   true},
};

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
    SIM_REG_END,
};
#undef R

static const sim_field_t ccs_fields[] = {
    SIM_FIELD(ccs_t, value),       SIM_FIELD(ccs_t, status),      SIM_FIELD(ccs_t, irq_enable),
    SIM_FIELD(ccs_t, address),     SIM_FIELD(ccs_t, host_writes), SIM_FIELD(ccs_t, host_reads),
    SIM_FIELD_KEPT(ccs_t, irq.level),
    SIM_FIELD_END,
};

static const sim_stat_t ccs_stats[] = {
    SIM_STAT(ccs_t, host_writes, "1", "registers written by the host"),
    SIM_STAT(ccs_t, host_reads,  "1", "registers read by the host"),
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

static const ccs_reg_t *find(uint16_t addr)
{
    for (uint32_t i = 0; i < SIM_COUNT(ccs_table); i++)
        if (ccs_table[i].addr == addr)
            return &ccs_table[i];
    return NULL;
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

static void ccs_reset(sim_comp_t *comp)
{
    ccs_t *ccs = as_ccs(comp);
    memset(ccs->value, 0, sizeof(ccs->value));
    for (uint32_t i = 0; i < SIM_COUNT(ccs_table); i++)
        put(ccs, ccs_table[i].addr, ccs_table[i].bytes, ccs_table[i].reset);
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

const ccs_reg_t *ccs_regs(uint32_t *count)
{
    *count = SIM_COUNT(ccs_table);
    return ccs_table;
}

sim_err_t ccs_init(ccs_t *ccs, sim_t *sim, const ccs_desc_t *desc, const char *name)
{
    memset(ccs, 0, sizeof(*ccs));
    if (desc->inck_hz < 6000000 || desc->inck_hz > 27000000)
        return sim_fail(sim, SIM_EDESC, "%s.inck_hz: %llu not in 6000000..27000000", name,
                        (unsigned long long)desc->inck_hz);
    ccs->desc = *desc;
    sim_err_t err = sim_comp_init(&ccs->comp, sim, &ccs_kind, name);
    if (err == SIM_OK)
        ccs_reset(&ccs->comp); /* ccs_pll is asked for before sim_reset */
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
    uint64_t vt = ccs->desc.inck_hz * get(ccs, 0x0306, 2);
    uint64_t vt_div = (uint64_t)get(ccs, 0x0304, 2) * get(ccs, 0x0302, 2) * get(ccs, 0x0300, 2);
    uint64_t op = ccs->desc.inck_hz * get(ccs, 0x030e, 2);
    uint64_t op_div = (uint64_t)get(ccs, 0x030c, 2) * get(ccs, 0x030a, 2);
    return (ccs_pll_t){
        .pixel_hz = vt_div != 0 ? 4 * vt / vt_div : 0,
        .lane_bit_hz = op_div != 0 ? op / op_div : 0,
    };
}

bool ccs_host_write(ccs_t *ccs, uint16_t addr, uint32_t value)
{
    if (ccs->line != NULL && !ccs->line(ccs->line_ctx, &addr, &value))
        return false;
    const ccs_reg_t *reg = find(addr);
    if (reg == NULL || !reg->writable) {
        sim_log(&ccs->comp, SIM_LOG_GUEST, "host write of 0x%x to %s register 0x%04x, ignored",
                value, reg == NULL ? "unknown" : "read-only", addr);
        return false;
    }
    const ccs_window_t *window = window_at(ccs, addr);
    if (window != NULL) {
        ccs->host_writes++;
        return window->write(window->ctx, addr, value);
    }
    if (!reg->modeled && get(ccs, addr, reg->bytes) != value)
        sim_log(&ccs->comp, SIM_LOG_UNIMP, "host write to %s: kept, without effect", reg->name);
    put(ccs, addr, reg->bytes, value);
    ccs->host_writes++;
    ccs->status |= STATUS_HOST_WROTE;
    ccs_wrote_irq(&ccs->comp, 0);
    return true;
}

bool ccs_host_read(ccs_t *ccs, uint16_t addr, uint32_t *value)
{
    const ccs_reg_t *reg = find(addr);
    *value = reg != NULL ? read_reg(ccs, reg) : 0;
    ccs->host_reads += reg != NULL;
    return reg != NULL;
}

uint8_t ccs_byte(const ccs_t *ccs, uint16_t addr)
{
    for (uint32_t i = 0; window_at(ccs, addr) != NULL && i < SIM_COUNT(ccs_table); i++) {
        const ccs_reg_t *reg = &ccs_table[i];
        if (addr >= reg->addr && addr - reg->addr < reg->bytes)
            return (uint8_t)(read_reg(ccs, reg) >> 8 * (reg->bytes - 1 - (addr - reg->addr)));
    }
    return ccs->value[addr];
}
