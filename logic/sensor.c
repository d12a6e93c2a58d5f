#include "logic/sensor.h"
#include "logic/sensor_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The pixel die's limits, as it clamps what is asked of it. */
static void tell_limits(const pix_desc_t *pixel, ccs_timing_t *timing)
{
    if (pixel->counter_hz == 0 || pixel->column_hz == 0)
        return; /* pix_init will say it */
    pix_frame_t full = pix_frame_default(pixel), least = full, most = full;
    full.x.bin = full.y.bin = 1;
    full.line_length_pck = least.line_length_pck = 0;
    least.x.size = least.y.size = 1;
    least.frame_length_lines = 0;
    most.line_length_pck = most.frame_length_lines = UINT32_MAX;
    most.x.even_inc = UINT32_MAX;
    pix_frame_t binned = full;
    binned.x.bin = binned.y.bin = 2;
    (void)pix_clamp(pixel, &full);
    (void)pix_clamp(pixel, &binned);
    (void)pix_clamp(pixel, &least);
    (void)pix_clamp(pixel, &most);
    *timing = (ccs_timing_t){
        .x_last = pixel->width_px - 1,
        .y_last = pixel->height_px - 1,
        .width = pixel->width_px,
        .height = pixel->height_px,
        .x_middle = pixel->width_px / 2,
        .coarse_min = pixel->coarse_min,
        .coarse_margin = pixel->coarse_margin,
        .fine_margin = 1,
        .gain_max = pixel->gain_code_max,
        .frame_min = least.frame_length_lines,
        .frame_max = most.frame_length_lines,
        .frame_blank_min = pixel->blank_lines_min,
        .line_min = full.line_length_pck,
        .line_min_binned = binned.line_length_pck,
        .line_max = most.line_length_pck,
        .inc_max = most.x.even_inc,
        .black = pixel->black_dn,
        .raw_bits = pixel->adc_bits,
        .data_format = pixel->adc_bits << 8 | pixel->adc_bits,
        .pixel_order = pixel->bayer,
        .embedded = timing->embedded,
    };
}

static void tell_link(const mipi_desc_t *mipi, ccs_desc_t *ccs)
{
    bool c = mipi->cphy.trios != 0;
    uint64_t rate = (ccs->op.sys_hz[1] << 16) / 1000000;
    if (c) /* 7 symbols for 16 bits: dividers of RAW8 and up */
        ccs->op.pix_div[0] = 8 * 7 / 16;
    ccs->op_lanes = mipi->signaling == MIPI_CPHY ? mipi->cphy.trios : mipi->dphy.lanes;
    ccs->link = (ccs_link_t){
        .signaling = (uint32_t)mipi->signaling,
        .signalings = 1u << MIPI_DPHY | (c ? 1u << MIPI_CPHY : 0),
        .lane_mode = ccs->op_lanes - 1,
        .dphy_lanes = (1u << mipi->dphy.lanes) - 1,
        .cphy_lanes = (1u << mipi->cphy.trios) - 1,
        .dphy_rate = (uint32_t)rate,
        .cphy_rate = c ? (uint32_t)(rate * 16 / 7) : 0,
        .cphy_ctrl = c ? 0x7 : 0, /* lengths and sequence of the preamble, manual times */
        .cphy_lrte = c ? 0xf : 0, /* spacers and delimiter, after short and long packets */
        .line_bytes = mipi->meta_line_bytes,
    };
}

/* What follows from other blocks' numbers: clocks from the PLLs, limits from the pixel die. */
static void derive(sensor_desc_t *desc)
{
    char error[160];
    ccs_pll_t pll;
    desc->logic.clocks.inck_hz = desc->ccs.inck_hz;
    desc->ccs.model = desc->logic.sys.chip_id;
    tell_link(&desc->mipi, &desc->ccs);
    memcpy(desc->ccs.tensor.gain, desc->isp.wb_gain_q8, sizeof(desc->ccs.tensor.gain));
    memcpy(desc->ccs.tensor.black, desc->isp.blc_dn, sizeof(desc->ccs.tensor.black));
    desc->ccs.timing.raw_bits = desc->pixel.adc_bits;
    desc->ccs.timing.data_format = desc->pixel.adc_bits << 8 | desc->pixel.adc_bits;
    desc->ccs.timing.embedded = desc->mipi.embedded_lines;
    if (!ccs_pll_power_up(&desc->ccs, &pll, error, sizeof(error)))
        return; /* ccs_init will say it */
    desc->pixel.clk_hz = pll.pixel_hz;
    desc->mipi.dphy.bit_rate_bps = pll.lane_bit_hz;
    tell_limits(&desc->pixel, &desc->ccs.timing);
}

static sensor_desc_t without_derived(void)
{
    return (sensor_desc_t){
        .ccs = ccs_desc_default(),
        .pixel = pix_desc_default(),
        .isp = isp_desc_default(),
        .npu = npu_desc_default(),
        .mipi = mipi_desc_default(),
        .logic = logic_desc_default(),
    };
}

sensor_desc_t sensor_desc_default(void)
{
    sensor_desc_t desc = without_derived();
    derive(&desc);
    return desc;
}

void sensor_desc_read(const sim_cfg_t *root, sensor_desc_t *desc)
{
    sim_cfg_t pixel = sim_cfg_obj(root, "pixel"), isp = sim_cfg_obj(root, "isp");
    sim_cfg_t npu = sim_cfg_obj(root, "npu"), mipi = sim_cfg_obj(root, "mipi");
    sim_cfg_t logic = sim_cfg_obj(root, "logic"), ccs = sim_cfg_obj(&logic, "ccs");
    char error[160];
    ccs_pll_t pll;
    pix_desc_read(&pixel, &desc->pixel);
    isp_desc_read(&isp, &desc->isp);
    npu_desc_read(&npu, &desc->npu);
    mipi_desc_read(&mipi, &desc->mipi);
    desc->ccs.inck_hz = sim_cfg_u64(&logic, "inck_hz", 6000000, 27000000, desc->ccs.inck_hz);
    ccs_desc_read(&ccs, &desc->ccs);
    logic_desc_read(&logic, &desc->logic);
    desc->npu.l2_base = desc->logic.l2.base;
    desc->npu.l2_bytes = desc->logic.l2.bytes;
    tech_names_read(root, &desc->tech);
    derive(desc);
    if (!ccs_pll_power_up(&desc->ccs, &pll, error, sizeof(error)))
        sim_cfg_fail(&logic, "ccs", "clocks after power-up: %s", error);
    sim_cfg_done(root);
}

sensor_t *sensor_new(void)
{
    return calloc(1, sizeof(sensor_t));
}

/* ---- the blocks ---- */

#define TRY(call)                                                                                  \
    do {                                                                                           \
        sim_err_t err_ = (call);                                                                   \
        if (err_ != SIM_OK)                                                                        \
            return err_;                                                                           \
    } while (0)

static sim_err_t make_fabric(sensor_t *s, sim_t *sim)
{
    const logic_desc_t *logic = &s->desc.logic;
    TRY(sys_init(&s->sys, sim, &logic->sys, "sensor.sys"));
    TRY(uart_init(&s->uart, sim, &logic->uart, "sensor.uart"));
    TRY(intc_init(&s->intc, sim, "sensor.intc"));
    TRY(ccs_init(&s->ccs, sim, &s->desc.ccs, "sensor.cci"));
    TRY(cci_init(&s->cci, sim, &s->ccs, &logic->cci, "board.cci"));
    nvm_desc_t nvm = nvm_desc_default();
    TRY(nvm_init(&s->nvm, sim, &nvm, &s->desc.ccs, "sensor.nvm"));
    TRY(clint_init(&s->clint, sim, &logic->clint, "sensor.clint"));
    TRY(tmr_init(&s->timer, sim, &logic->timer, "sensor.timer"));
    TRY(wdog_init(&s->wdog, sim, &logic->wdog, "sensor.wdog"));
    TRY(gpio_init(&s->gpio, sim, "sensor.gpio"));
    TRY(rng_init(&s->rng, sim, &logic->rng, "sensor.rng"));
    TRY(l2_init(&s->l2, sim, &logic->l2, "sensor.l2"));
    TRY(bus_init(&s->bus, sim, &logic->bus, "sensor.bus"));
    TRY(spi_init(&s->spi, sim, &logic->spi, "sensor.spi"));
    TRY(spit_init(&s->spit, sim, &logic->spit, "sensor.spit"));
    TRY(flash_init(&s->flash, sim, &logic->flash, "board.flash"));
    TRY(mailbox_init(&s->mailbox, sim, "sensor.mailbox"));
    TRY(temp_init(&s->temp, sim, &logic->temp, "sensor.temp"));
    TRY(thermal_init(&s->thermal, sim, &logic->thermal, "sensor.thermal"));
    TRY(clkrst_init(&s->clkrst, sim, &s->bus, &logic->clkrst, "sensor.clkrst"));
    TRY(dma_init(&s->dma, sim, &s->bus, &logic->dma, "sensor.dma"));
    return core_init(&s->core, sim, &s->bus, &logic->core, "sensor.core");
}

static sim_err_t make_path(sensor_t *s, sim_t *sim, sim_pool_t *pool)
{
    s->pixel.memo = s->memo;
    TRY(pix_init(&s->pixel, sim, &s->desc.pixel, "sensor.pixel", pool));
    TRY(isp_init(&s->isp, sim, &s->desc.isp, "sensor.isp"));
    s->isp.memo = s->memo;
    TRY(npu_init(&s->npu, sim, &s->desc.npu, "sensor.npu"));
    return mipi_tx_init(&s->mipi, sim, &s->desc.mipi, "sensor.mipi");
}

/* Behind the blocks: their counts are tallied first. */
static sim_err_t make_accounts(sensor_t *s, sim_t *sim)
{
    clocks_desc_t clocks = s->desc.logic.clocks;
    traffic_desc_t windows = traffic_desc_default();
    if (s->desc.tech.sample_ps != 0)
        windows.window_ps = s->desc.tech.sample_ps;
    clocks.window_ps = windows.window_ps;
    TRY(clocks_init(&s->clocks, sim, &clocks, "sensor.clocks"));
    return traffic_init(&s->traffic, sim, &s->l2, &s->bus, &windows, "sensor.traffic");
}

/* ---- what joins them ---- */

static sim_err_t connect_memory(sensor_t *s)
{
    TRY(l2_port(&s->l2, "core", &s->bus.l2));
    TRY(l2_port(&s->l2, "isp", &s->isp.port));
    TRY(l2_port(&s->l2, "npu_fetch", &s->npu.fetch));
    TRY(l2_port(&s->l2, "npu_load", &s->npu.load.port));
    TRY(l2_port(&s->l2, "npu_store", &s->npu.store.port));
    TRY(l2_port(&s->l2, "mipi", &s->mipi.mem));
    s->spi.device[0] = flash_device(&s->flash);
    TRY(l2_port(&s->l2, "spi", &s->spi.port));
    TRY(l2_port(&s->l2, "dma", &s->dma.l2));
    return l2_port(&s->l2, "core_fetch", &s->core.icache.port);
}

static sim_err_t connect_pages(sensor_t *s)
{
#define X(page, member) TRY(bus_attach(&s->bus, page, &s->member.comp));
    SENSOR_PAGES(X)
#undef X
    return SIM_OK;
}

static bool connect_irqs(sensor_t *s)
{
    bool fine = core_connect(&s->core, CORE_MEI, &s->intc.meip) &&
                core_connect(&s->core, CORE_MSI, &s->clint.msip) &&
                core_connect(&s->core, CORE_MTI, &s->clint.mtip) &&
                core_connect(&s->core, CORE_NMI, &s->wdog.nmi);
#define X(name, number, member) fine = fine && intc_connect(&s->intc, number, &s->member.irq);
    SENSOR_IRQS(X)
#undef X
    return fine;
}

static bool connect_dma(sensor_t *s)
{
    bool fine = true;
#define X(name, number, member, pulse)                                                             \
    fine = fine && dma_connect(&s->dma, number, &s->member, pulse);
    SENSOR_DMA_LINES(X)
#undef X
#define X(member) s->bus.dma_pages |= UINT64_C(1) << SENSOR_PAGE_##member;
    SENSOR_DMA_PAGES(X)
#undef X
    return fine;
}

static uint8_t embedded_reg(void *ctx, uint16_t addr)
{
    const sensor_t *s = ctx;
    return ccs_byte(&s->ccs, addr);
}

/* ---- clocks: lines and pulses pass a block by while its clock is off ---- */

static void line_to_isp(void *ctx, const sim_line_t *line)
{
    sensor_t *s = ctx;
    sim_line_sink_t sink = isp_sink(&s->isp);
    if (clkrst_on(&s->clkrst, SENSOR_PAGE_isp))
        sink.line(sink.ctx, line);
}

static void line_to_mipi(void *ctx, const sim_line_t *line)
{
    sensor_t *s = ctx;
    sim_line_sink_t sink = mipi_tx_line_sink(&s->mipi);
    if (clkrst_on(&s->clkrst, SENSOR_PAGE_mipi))
        sink.line(sink.ctx, line);
}

static bool link_wants_image(void *ctx)
{
    const sensor_t *s = ctx;
    return clkrst_on(&s->clkrst, SENSOR_PAGE_mipi) && (s->mipi.ctrl & MIPI_CTRL_ISP) != 0;
}

/* The rows of a frame of that width, and what the ISP makes of them. */
static mipi_rows_t rows_of(const sensor_t *s, uint32_t bits, uint32_t width_px)
{
    bool yuv = s->isp.regs.format != 0;
    return (mipi_rows_t){
        .bits = bits,
        .width_px = width_px,
        .isp_format = yuv ? SIM_LINE_YUV422 : SIM_LINE_RGB,
        .isp_width_px = isp_line_bytes(&s->isp, width_px) / (yuv ? 2 : 3),
    };
}

/* For any of the frame's rows: one that takes chroma along. */
static bool link_has_room(void *ctx)
{
    const sensor_t *s = ctx;
    mipi_rows_t rows = rows_of(s, 0, s->isp.now.width_px);
    const sim_line_t line = {.format = rows.isp_format, .width_px = rows.isp_width_px, .row = 1};
    return !link_wants_image(ctx) || mipi_tx_has_room(&s->mipi, &line);
}

mipi_row_cost_t sensor_row_cost(const sensor_t *s, uint32_t bits, uint32_t width_px)
{
    mipi_rows_t rows = rows_of(s, bits, width_px);
    if (!clkrst_on(&s->clkrst, SENSOR_PAGE_mipi))
        return (mipi_row_cost_t){0};
    return mipi_tx_row_cost(&s->mipi, &rows);
}

static uint64_t link_line_ps(void *ctx, uint32_t bits, uint32_t width_px)
{
    return sensor_row_cost(ctx, bits, width_px).ps;
}

static uint64_t pixel_clock_hz(void *ctx)
{
    return ccs_pll(&((sensor_t *)ctx)->ccs).pixel_hz;
}

static uint64_t lane_bps(void *ctx)
{
    return ccs_pll(&((sensor_t *)ctx)->ccs).lane_bit_hz;
}

static void phy_regs(void *ctx, mipi_phy_regs_t *regs)
{
    const ccs_t *ccs = &((sensor_t *)ctx)->ccs;
    regs->signaling = ccs->value[0x0111];
    regs->lane_mode = ccs->value[0x0114];
    memcpy(regs->value, ccs->value + MIPI_PHY_REGS_FIRST, sizeof(regs->value));
}

static void tensor_to_npu(void *ctx, bool level)
{
    sensor_t *s = ctx;
    if (clkrst_on(&s->clkrst, SENSOR_PAGE_npu))
        npu_tensor_ready(&s->npu, level);
}

static bool waits_for_l2(const sensor_t *s, const sim_mem_port_t *port)
{
    return s->l2.master[port->master].queued != 0;
}

/* A DMA instruction counts from its start to its end: so it is the same burst by burst. One whose
 * end nobody takes note of any more has its bursts. */
static bool dma_on_bus(const npu_t *npu, npu_engine_t engine, const npu_dma_t *dma)
{
    return npu->hung ? dma->streaming || dma->outstanding != 0 : npu->engine[engine].busy;
}

static bool is_on_bus(void *ctx, uint32_t page)
{
    const sensor_t *s = ctx;
    switch (page) {
    case SENSOR_PAGE_isp:
        return waits_for_l2(s, &s->isp.port);
    case SENSOR_PAGE_npu:
        return waits_for_l2(s, &s->npu.fetch) ||
               dma_on_bus(&s->npu, NPU_ENGINE_LOAD, &s->npu.load) ||
               dma_on_bus(&s->npu, NPU_ENGINE_STORE, &s->npu.store);
    case SENSOR_PAGE_mipi:
        return waits_for_l2(s, &s->mipi.mem);
    case SENSOR_PAGE_spi:
        return waits_for_l2(s, &s->spi.port);
    case SENSOR_PAGE_dma:
        return waits_for_l2(s, &s->dma.l2);
    default:
        return false;
    }
}

static bool isp_working(const sim_comp_t *comp)
{
    const isp_t *isp = (const isp_t *)(const void *)comp;
    return isp->in_frame || isp->image.out.active;
}

static bool npu_working(const sim_comp_t *comp)
{
    return (((const npu_t *)(const void *)comp)->status_reg & NPU_STATUS_BUSY) != 0;
}

static bool mipi_working(const sim_comp_t *comp)
{
    const mipi_tx_t *tx = (const mipi_tx_t *)(const void *)comp;
    return tx->source[0].in_frame || tx->source[1].in_frame || tx->fifo_packets != 0 ||
           tx->meta_busy;
}

/* After power comes the sensor answers nobody for that many input clocks (Linux ccs.h,
 * CCS_RESET_DELAY_CLOCKS). */
enum { RESET_CLOCKS = 2400 };

static void hold_cci(sensor_t *s)
{
    cci_hold(&s->cci, sim_now_ps(s->sim) + sim_edge_ps(RESET_CLOCKS, s->desc.ccs.inck_hz));
}

static void on_software_reset(void *ctx)
{
    clkrst_request(&((sensor_t *)ctx)->clkrst, RST_HOST);
}

/* The reset controller, the warmth of the stack, and what counts what others do. */
static bool lasts(const sensor_t *s, const sim_comp_t *comp)
{
    const char *const names[] = {s->clkrst.comp.name, s->thermal.comp.name, s->clocks.comp.name,
                                 s->traffic.comp.name};
    for (uint32_t i = 0; i < SIM_COUNT(names); i++)
        if (strncmp(comp->name, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* Everything below "sensor." but what lasts; the host's registers last a reset that is neither a
 * loss of power nor the host's own. */
static void restart(void *ctx, rst_cause_t why)
{
    sensor_t *s = ctx;
    bool cold = (why & (RST_BROWN_OUT | RST_HOST)) != 0;
    sim_tally(s->sim); /* counters that accounts look at begin anew */
    for (sim_comp_t *comp = sim_comp_first(s->sim); comp != NULL; comp = comp->next) {
        bool keep = strncmp(comp->name, "sensor.", 7) != 0 || lasts(s, comp);
        if (comp == &s->ccs.comp && !cold) {
            ccs_reset_page(&s->ccs);
            keep = true;
        }
        if (keep)
            continue;
        sim_regs_reset(comp);
        if (comp->kind->reset != NULL)
            comp->kind->reset(comp);
    }
    if (cold)
        hold_cci(s);
    s->core.comp.kind->start(&s->core.comp);
}

static void connect_resets(sensor_t *s)
{
    const clkrst_unit_t unit[CLKRST_PAGES] = {
        [SENSOR_PAGE_uart] = {.gate = true, .irq = &s->uart.irq},
        [SENSOR_PAGE_pixel] = {.gate = true, .irq = &s->pixel.irq},
        [SENSOR_PAGE_isp] = {.gate = true, .irq = &s->isp.irq, .working = isp_working},
        [SENSOR_PAGE_npu] = {.gate = true, .irq = &s->npu.irq, .working = npu_working},
        [SENSOR_PAGE_mipi] = {.gate = true, .irq = &s->mipi.irq, .working = mipi_working},
        [SENSOR_PAGE_dma] = {.gate = true, .irq = &s->dma.irq, .working = dma_busy},
        [SENSOR_PAGE_timer] = {.irq = &s->timer.irq},
        [SENSOR_PAGE_gpio] = {.irq = &s->gpio.irq},
        [SENSOR_PAGE_rng] = {.gate = true},
        [SENSOR_PAGE_spi] = {.gate = true, .irq = &s->spi.irq},
        [SENSOR_PAGE_spit] = {.irq = &s->spit.irq},
        [SENSOR_PAGE_mailbox] = {.irq = &s->mailbox.irq},
        [SENSOR_PAGE_temp] = {.irq = &s->temp.irq},
    };
    for (uint32_t page = 0; page < CLKRST_PAGES; page++) {
        clkrst_unit_t u = unit[page];
        u.on_bus = is_on_bus;
        u.on_bus_ctx = s;
        if (u.gate || u.irq != NULL)
            clkrst_add(&s->clkrst, page, &u);
    }
    s->clkrst.restart = restart;
    s->clkrst.restart_ctx = s;
}

/* ---- clocks: which domain, and who needs one ---- */

static uint64_t domain_hz(void *ctx, clocks_domain_id_t domain)
{
    const sensor_t *s = ctx;
    ccs_pll_t pll = ccs_pll(&s->ccs);
    switch (domain) {
    case CLOCKS_SENSOR:
        return pll.pixel_hz / s->desc.ccs.vt_lanes;
    case CLOCKS_LINK:
        return pll.lane_bit_hz / (s->ccs.value[0x0111] == 3 ? 7 : 8); /* C-PHY: symbols */
    case CLOCKS_ISP:
        return s->desc.isp.clk_hz;
    case CLOCKS_NPU:
        return s->desc.npu.clk_hz;
    default:
        return s->desc.logic.clock_hz;
    }
}

static void on_gated(void *ctx)
{
    sensor_t *s = ctx;
#define X(member)                                                                                  \
    clocks_enable(&s->clocks, CLOCKS_GATE_##member, clkrst_on(&s->clkrst, SENSOR_PAGE_##member));
    X(uart) X(pixel) X(isp) X(npu) X(mipi) X(dma) X(rng) X(spi)
#undef X
}

static bool connect_clocks(sensor_t *s)
{
    clocks_t *c = &s->clocks;
    const mipi_desc_t *link = &s->desc.mipi;
    bool by_bursts = link->dphy.gated_clock || link->signaling == MIPI_CPHY;
    c->hz = domain_hz;
    c->ctx = s;
    s->clkrst.gated = on_gated;
    s->clkrst.gated_ctx = s;
    clocks_sleeps(c, CLOCKS_GATE_core, &s->core.comp, &s->core.wfi_cycles);
    return clocks_need(c, CLOCKS_GATE_pixel, &s->pixel.active) &&
           clocks_need(c, CLOCKS_GATE_isp, &s->isp.active) &&
           clocks_need(c, CLOCKS_GATE_npu, &s->npu.active) &&
           clocks_need(c, CLOCKS_GATE_mipi, &s->mipi.active) &&
           (by_bursts || clocks_need(c, CLOCKS_GATE_mipi, &s->pixel.active));
}

static bool connect_host(sensor_t *s)
{
    const ccs_window_t windows[] = {mailbox_window(&s->mailbox), temp_window(&s->temp),
                                    nvm_window(&s->nvm)};
    bool fine = true;
    s->ccs.restart = on_software_reset;
    s->ccs.restart_ctx = s;
    for (uint32_t i = 0; i < SIM_COUNT(windows); i++)
        fine = fine && ccs_add_window(&s->ccs, &windows[i]);
    return fine;
}

/* ---- temperature ---- */

static int64_t die_uc(void *ctx)
{
    return thermal_die_uc(&((const sensor_t *)ctx)->thermal);
}

static void connect_thermal(sensor_t *s)
{
    s->pixel.die_uc = die_uc;
    s->pixel.die_ctx = s;
    s->temp.die_uc = die_uc;
    s->temp.die_ctx = s;
}

static sim_err_t connect_path(sensor_t *s, sim_t *sim)
{
    bool fine = pix_add_sink(&s->pixel, (sim_line_sink_t){line_to_isp, s}) &&
                pix_add_sink(&s->pixel, (sim_line_sink_t){line_to_mipi, s}) &&
                isp_add_image_sink(
                    &s->isp, (img_sink_t){{line_to_mipi, s}, link_wants_image, link_has_room}) &&
                sim_wire_connect(&s->isp.tensor_done, tensor_to_npu, s) &&
                sim_wire_connect(&s->isp.dropped, mipi_tx_isp_dropped, &s->mipi) &&
                connect_irqs(s) && connect_host(s) && connect_dma(s) && connect_clocks(s) &&
                tmr_connect_capture(&s->timer, &s->pixel.frame_start) &&
                sim_wire_connect(&s->wdog.reset_req, clkrst_on_watchdog, &s->clkrst);
    connect_resets(s);
    connect_thermal(s);
    s->pixel.link_line_ps = link_line_ps;
    s->pixel.link_ctx = s;
    s->pixel.clock_hz = pixel_clock_hz;
    s->pixel.clock_ctx = s;
    s->mipi.lane_bps = lane_bps;
    s->mipi.phy_regs = phy_regs;
    s->mipi.lane_ctx = s;
    s->mipi.embedded_reg = embedded_reg;
    s->mipi.embedded_ctx = s;
    return fine ? SIM_OK : sim_fail(sim, SIM_EWIRE, "sensor: a port has no place left");
}

/* ---- the timeline's ears ---- */

static void on_frame_start(void *ctx, bool level)
{
    sensor_t *s = ctx;
    if (!level)
        return;
    pix_timing_t t = pix_timing(&s->pixel);
    ccs_frame_started(&s->ccs, t.frame);
    timeline_frame_t *frame = timeline_at(&s->timeline, t.frame);
    frame->exposure_start_ps = t.exposure_start_ps;
    frame->exposure_end_ps = t.exposure_end_ps;
    frame->readout_start_ps = t.readout_start_ps;
    frame->readout_end_ps = t.readout_end_ps;
    frame->die_uc = s->pixel.now.die_uc;
    energy_frame(&s->energy, t.frame);
    energy_edge_at(&s->energy, t.readout_end_ps);
}

static void on_tensor(void *ctx, bool level)
{
    sensor_t *s = ctx;
    if (!level)
        return;
    s->timeline.npu_frame = s->isp.regs.tensor_frame;
    timeline_at(&s->timeline, s->timeline.npu_frame)->tensor_ready_ps = sim_now_ps(s->sim);
}

static void on_npu_done(void *ctx, bool level)
{
    sensor_t *s = ctx;
    if (!level)
        return;
    timeline_frame_t *frame = timeline_at(&s->timeline, s->timeline.npu_frame);
    frame->npu_start_ps = sim_edge_ps(s->npu.start_cycle, s->npu.desc.clk_hz);
    frame->npu_end_ps = sim_now_ps(s->sim);
    energy_edge(&s->energy);
}

static void on_meta_go(void *ctx, uint32_t frame)
{
    sensor_t *s = ctx;
    if (frame != MIPI_META_NO_FRAME)
        timeline_at(&s->timeline, frame)->firmware_end_ps = sim_now_ps(s->sim);
    energy_edge(&s->energy);
}

static void on_frame_sent(void *ctx, const mipi_tx_frame_t *frame)
{
    sensor_t *s = ctx;
    if (frame->metadata && frame->frame != MIPI_META_NO_FRAME)
        timeline_sent(&s->timeline, frame->frame, frame->vc, frame->first_ps, frame->last_ps);
    const timeline_image_t image = {.frame = frame->frame,
                                    .vc = frame->vc,
                                    .first_ps = frame->first_ps,
                                    .last_ps = frame->last_ps,
                                    .bytes = frame->bytes};
    if (!frame->metadata)
        timeline_image_sent(&s->timeline, &image);
    energy_edge(&s->energy);
}

static sim_err_t connect_timeline(sensor_t *s, sim_t *sim)
{
    TRY(timeline_init(&s->timeline, sim, "sensor.timeline"));
    s->mipi.frame_sent = on_frame_sent;
    s->mipi.meta_asked = on_meta_go;
    s->mipi.frame_ctx = s;
    bool fine = sim_wire_connect(&s->pixel.frame_start, on_frame_start, s) &&
                sim_wire_connect(&s->isp.tensor_done, on_tensor, s) &&
                sim_wire_connect(&s->npu.done, on_npu_done, s);
    return fine ? SIM_OK : sim_fail(sim, SIM_EWIRE, "sensor: a wire has no place left");
}

sim_err_t sensor_init(sensor_t *sensor, sim_t *sim, const sensor_desc_t *desc, sim_pool_t *pool)
{
    sensor->desc = *desc;
    derive(&sensor->desc);
    if (sensor->desc.logic.thermal.points == 0)
        thermal_fix(&sensor->desc.logic.thermal, desc->pixel.temperature_c);
    sensor->sim = sim;
    TRY(make_fabric(sensor, sim));
    TRY(make_path(sensor, sim, pool));
    TRY(connect_memory(sensor));
    TRY(make_accounts(sensor, sim));
    TRY(connect_pages(sensor));
    TRY(connect_path(sensor, sim));
    TRY(connect_timeline(sensor, sim));
    return sensor_meter_init(sensor, sim);
}

void sensor_free(sensor_t *sensor)
{
    if (sensor == NULL)
        return;
    pix_free(&sensor->pixel);
    isp_free(&sensor->isp);
    npu_free(&sensor->npu);
    mipi_tx_free(&sensor->mipi);
    core_free(&sensor->core);
    bus_free(&sensor->bus);
    l2_free(&sensor->l2);
    flash_free(&sensor->flash);
    free(sensor);
}

sim_err_t sensor_load_firmware(sensor_t *sensor, const uint8_t *elf, size_t bytes, const char *file,
                               char *error, size_t error_bytes)
{
    elf_info_t info;
    sim_err_t err = elf_load(&sensor->bus, elf, bytes, file, &info, error, error_bytes);
    if (err == SIM_OK)
        bus_set_boot(&sensor->bus, info.entry);
    return err;
}

sim_err_t sensor_load_rom(sensor_t *sensor, const uint8_t *elf, size_t bytes, const char *file,
                          char *error, size_t error_bytes)
{
    elf_info_t info;
    sim_err_t err = elf_load(&sensor->bus, elf, bytes, file, &info, error, error_bytes);
    if (err == SIM_OK && info.entry != sensor->desc.logic.core.reset_pc) {
        snprintf(error, error_bytes, "%s: entry is 0x%08x, expected 0x%08x where the core starts",
                 file, info.entry, sensor->desc.logic.core.reset_pc);
        err = SIM_EDESC;
    }
    return err;
}

sim_err_t sensor_load_network(sensor_t *sensor, const npu_prog_t *prog, char *error,
                              size_t error_bytes)
{
    if (!npu_prog_fits(prog, &sensor->desc.npu, error, error_bytes))
        return SIM_EDESC;
    if (!npu_prog_load(prog, &sensor->npu.load.port, sensor->desc.logic.l2.base)) {
        snprintf(error, error_bytes, "%s: does not fit the L2 of %u bytes", prog->meta.name,
                 sensor->desc.logic.l2.bytes);
        return SIM_EDESC;
    }
    return SIM_OK;
}
