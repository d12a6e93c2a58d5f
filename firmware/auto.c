#include "auto.h"

#include "ae.h"
#include "awb.h"
#include "camera.h"
#include "fovea_settings.h"

enum { EV_STATISTICS = HAL_BIT(0) };
enum { SHOWS_AFTER = 2 };       /* frames: pixel/README.md, Timing */
enum { DIGITAL_MAX = 4 * 256 }; /* 8.8; more of it shows */
enum {
    CCS_ANALOG_GAIN_CODE_MAX = 0x0086,
    CCS_FRAME_LENGTH_LINES = 0x0340,
    CCS_COARSE_INTEGRATION_TIME_MIN = 0x1004,
    CCS_COARSE_INTEGRATION_TIME_MAX_MARGIN = 0x1006,
};
_Static_assert(STATS_ZONES == ZONES_SIDE && STATS_BINS == AE_BINS, "the ISP's statistics");

static void on_auto_task(uint32_t happened);

sched_task_t auto_task = {.name = "auto", .run = on_auto_task, .mask = EV_STATISTICS};

static cost_t ae_cost = {.name = "auto.exposure"}, awb_cost = {.name = "auto.white"};

static ae_t ae;
static awb_t awb;
static uint32_t on, block, highlights_dn;
static stats_zones_t zones;
static void (*watcher)(const stats_zones_t *zones);

/* ---- exposure ---- */

/* Half a period of lamps in lines of the newest frame, 24.8. */
static uint32_t flicker_lines_q8(void)
{
    uint32_t hz = hal_ccs_read16(APP_AE_FLICKER);
    uint32_t line_pck = reg_read(PIX_ROW_PCK) << reg_read(PIX_EXP_SHIFT);
    if (hz == 0 || line_pck == 0)
        return 0;
    uint32_t period_pck = reg_read(PIX_CLOCK_HZ) / hz;
    return period_pck / line_pck << 8 | (period_pck % line_pck << 8) / line_pck;
}

static ae_limits_t limits_now(void)
{
    uint32_t margin = hal_ccs_read16(CCS_COARSE_INTEGRATION_TIME_MAX_MARGIN);
    uint32_t least = hal_ccs_read16(CCS_COARSE_INTEGRATION_TIME_MIN);
    uint32_t length = hal_ccs_read16(CCS_FRAME_LENGTH_LINES);
    return (ae_limits_t){
        .coarse_min = least,
        .coarse_max = length > least + margin ? length - margin : least,
        .gain_code_max = hal_ccs_read16(CCS_ANALOG_GAIN_CODE_MAX),
        .digital_max = DIGITAL_MAX,
        .flicker_lines_q8 = flicker_lines_q8(),
    };
}

/* What the registers say now shows two frames after the one that was read before it was written; of
 * a stream that is to begin, in its first. */
static void note_exposure(uint32_t before)
{
    ae_exposure_t now = ae_taken(camera_exposure(), &ae.limits);
    bool streams = (reg_read(PIX_CTRL) & PIX_CTRL_STREAM) != 0;
    if (ae_total(&now) != ae.shown[0].total)
        ae_wrote(&ae, &now, before + (streams ? SHOWS_AFTER : 0), reg_read(PIX_FRAME) == before);
}

static void set_exposure(const ae_exposure_t *next)
{
    uint32_t before = reg_read(PIX_FRAME);
    camera_set_exposure(next);
    note_exposure(before);
}

static void expose(uint32_t frame)
{
    uint32_t start = cost_now();
    ae_exposure_t next;
    ae.limits = limits_now();
    if (ae_step(&ae, frame, ae_meter(&ae, &zones, highlights_dn), &next))
        set_exposure(&next);
    cost_end(&ae_cost, start);
}

/* ---- white balance ---- */

static void balance(void)
{
    uint32_t start = cost_now();
    awb_gains_t gains;
    if (awb_step(&awb, &zones, &gains))
        camera_set_white_balance(&gains);
    cost_end(&awb_cost, start);
}

/* ---- the task ---- */

static void tell(void)
{
    uint32_t share = awb.gray * 255 / ZONES;
    hal_ccs_write16(APP_AUTO_STATUS, (ae_settled(&ae) ? AUTO_IS_SETTLED : 0u) |
                                         (ae.at_limit ? AUTO_IS_AT_LIMIT : 0u) | share << 8);
}

static uint32_t fetch_highlights(void)
{
    const ae_hist_t hist = {
        .bin = (const volatile uint32_t *)(block + STATS_HIST_R), /* green and blue follow */
        .cells = zones.width * zones.height,
        .clipped = (reg_read(ISP_STATS_RANGE) >> 16) / (4096 / STATS_BINS),
    };
    return ae_highlights(&ae, &hist);
}

/* Of that frame; false: the next frame's are being written. */
static bool fetch(uint32_t frame)
{
    uint32_t cells = reg_read(block + STATS_CELLS), from = block + STATS_ZONE;
    zones.width = cells & 0xffffu;
    zones.height = cells >> 16;
    for (uint32_t z = 0; z < ZONES; z++, from += 16)
        zones.zone[z] = (stats_zone_t){.r = reg_read(from),
                                       .g = reg_read(from + 4),
                                       .b = reg_read(from + 8),
                                       .count = reg_read(from + 12)};
    highlights_dn = fetch_highlights();
    return reg_read(block + STATS_FRAME) == frame;
}

static void on_auto_task(uint32_t happened)
{
    uint32_t frame = reg_read(block + STATS_FRAME);
    (void)happened;
    if (!fetch(frame))
        return;
    if ((on & AUTO_EXPOSURE) != 0)
        expose(frame);
    if ((on & AUTO_WHITE_BALANCE) != 0)
        balance();
    tell();
    if (watcher != 0)
        watcher(&zones);
}

void auto_on_isp(uint32_t status)
{
    if ((status & ISP_STATUS_STATISTICS_DONE_MASK) != 0)
        sched_post(&auto_task, EV_STATISTICS);
}

/* ---- the host ---- */

static void switch_statistics(void)
{
    uint32_t held = hal_irq_hold(), ctrl = reg_read(ISP_CTRL) & ~ISP_CTRL_MAKE_STATISTICS_MASK;
    reg_write(ISP_CTRL, on != 0 || watcher != 0 ? ctrl | ISP_CTRL_MAKE_STATISTICS_MASK : ctrl);
    hal_irq_release(held);
}

bool auto_watch(void (*fn)(const stats_zones_t *zones))
{
    watcher = block != 0 ? fn : 0;
    switch_statistics();
    return watcher != 0;
}

void auto_apply_host(void)
{
    uint32_t before = reg_read(PIX_FRAME);
    camera_apply_settings();
    uint32_t target = hal_ccs_read16(APP_AE_TARGET);
    on = block != 0 ? hal_ccs_read16(APP_AUTO) : 0;
    uint32_t metering = hal_ccs_read16(APP_AE_METERING);
    ae.target = target == 0 ? 1 : target;
    ae.metering = metering <= AE_HIGHLIGHTS ? (ae_metering_t)metering : AE_CENTER;
    ae.clip = hal_ccs_read16(APP_AE_CLIP);
    ae.limits = limits_now();
    note_exposure(before);
    switch_statistics();
}

void auto_init(uint32_t stats_addr)
{
    block = stats_addr;
    reg_write(ISP_STATS_ADDR, block);
    reg_write(ISP_IRQ_EN, reg_read(ISP_IRQ_EN) | ISP_STATUS_STATISTICS_DONE_MASK);
    ae_init(&ae, 1);
    awb_init(&awb, reg_read(ISP_WB_GR));
}
