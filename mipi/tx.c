#include "mipi/tx_int.h"

#include <stdlib.h>
#include <string.h>

/* ---- description --------------------------------------------------------------------------------
 */
mipi_desc_t mipi_desc_default(void)
{
    return (mipi_desc_t){
        .clk_hz = 262500000, /* assumed: the NPU's published clock */
        .signaling = MIPI_DPHY,
        .dphy = mipi_dphy_desc_default(),
        .cphy = mipi_cphy_desc_default(),
        .fifo_bytes = 20480,     /* assumed: 4 full-resolution RAW10 lines of 5,076 bytes */
        .meta_line_bytes = 4096, /* assumed */
        .embedded_lines = 2,     /* IMX500: 2 register lines before everything else */
        .frame_numbers = true,
    };
}

static void read_time(const sim_cfg_t *cfg, const char *key, mipi_dphy_time_t *time)
{
    sim_cfg_t obj = sim_cfg_obj(cfg, key);
    time->ns = (uint32_t)sim_cfg_u64(&obj, "ns", 0, 100000, time->ns);
    time->ui = (uint32_t)sim_cfg_u64(&obj, "ui", 0, 100000, time->ui);
    sim_cfg_done(&obj);
}

/* One number a lane. */
static void read_skew(const sim_cfg_t *cfg, uint32_t lanes, uint32_t *skew_ui)
{
    double skew[MIPI_MAX_LANES] = {0};
    if (!sim_cfg_has(cfg, "skew_ui"))
        return;
    sim_cfg_nums(cfg, "skew_ui", skew, lanes, 0, 255);
    for (uint32_t lane = 0; lane < lanes; lane++)
        skew_ui[lane] = (uint32_t)skew[lane];
}

static void read_dphy(const sim_cfg_t *cfg, mipi_dphy_desc_t *dphy)
{
    const struct {
        const char *key;
        mipi_dphy_time_t *time;
    } times[] = {
        {"lpx", &dphy->lpx},           {"hs_prepare", &dphy->hs_prepare},
        {"hs_zero", &dphy->hs_zero},   {"hs_trail", &dphy->hs_trail},
        {"hs_exit", &dphy->hs_exit},   {"clk_prepare", &dphy->clk_prepare},
        {"clk_zero", &dphy->clk_zero}, {"clk_pre", &dphy->clk_pre},
        {"clk_post", &dphy->clk_post}, {"clk_trail", &dphy->clk_trail},
    };
    sim_cfg_t obj = sim_cfg_obj(cfg, "dphy");
    dphy->lanes = (uint32_t)sim_cfg_u64(&obj, "lanes", 1, MIPI_MAX_LANES, dphy->lanes);
    dphy->gated_clock = sim_cfg_bool(&obj, "gated_clock", dphy->gated_clock);
    read_skew(&obj, dphy->lanes, dphy->skew_ui);
    dphy->deskew_initial_ui =
        (uint32_t)sim_cfg_u64(&obj, "deskew_initial_ui", 0, 1000000, dphy->deskew_initial_ui);
    dphy->deskew_periodic_ui =
        (uint32_t)sim_cfg_u64(&obj, "deskew_periodic_ui", 0, 1000000, dphy->deskew_periodic_ui);
    for (size_t i = 0; i < SIM_COUNT(times); i++)
        read_time(&obj, times[i].key, times[i].time);
    sim_cfg_done(&obj);
    char error[160];
    if (mipi_dphy_check(dphy, error, sizeof(error)) != NULL)
        sim_cfg_fail(cfg, "dphy", "%s", error);
}

static void read_cphy(const sim_cfg_t *cfg, mipi_cphy_desc_t *cphy)
{
    sim_cfg_t obj = sim_cfg_obj(cfg, "cphy");
    cphy->trios = (uint32_t)sim_cfg_u64(&obj, "trios", 0, MIPI_MAX_TRIOS, cphy->trios);
    read_skew(&obj, cphy->trios, cphy->skew_ui);
    read_time(&obj, "lpx", &cphy->lpx);
    read_time(&obj, "prepare", &cphy->prepare);
    read_time(&obj, "hs_exit", &cphy->hs_exit);
    cphy->prebegin_ui = (uint32_t)sim_cfg_u64(&obj, "prebegin_ui", 7, 448, cphy->prebegin_ui);
    cphy->post_ui = (uint32_t)sim_cfg_u64(&obj, "post_ui", 7, 224, cphy->post_ui);
    sim_cfg_done(&obj);
    char error[160];
    if (cphy->trios != 0 && mipi_cphy_check(cphy, error, sizeof(error)) != NULL)
        sim_cfg_fail(cfg, "cphy", "%s", error);
}

static void read_phys(const sim_cfg_t *cfg, mipi_desc_t *desc)
{
    static const char *const names[] = {"dphy", "cphy"};
    read_dphy(cfg, &desc->dphy);
    read_cphy(cfg, &desc->cphy);
    uint32_t c = sim_cfg_enum(cfg, "signaling", names, 2, desc->signaling == MIPI_CPHY);
    desc->signaling = c != 0 ? MIPI_CPHY : MIPI_DPHY;
    if (c != 0 && desc->cphy.trios == 0)
        sim_cfg_fail(cfg, "signaling", "cphy, but cphy.trios is 0");
}

void mipi_desc_read(const sim_cfg_t *cfg, mipi_desc_t *desc)
{
    desc->clk_hz = sim_cfg_u64(cfg, "clk_hz", 1000000, 10000000000, desc->clk_hz);
    desc->fifo_bytes = (uint32_t)sim_cfg_u64(cfg, "fifo_bytes", 1024, 1 << 24, desc->fifo_bytes);
    desc->meta_line_bytes = (uint32_t)sim_cfg_u64(cfg, "meta_line_bytes", 16,
                                                  MIPI_MAX_PAYLOAD_BYTES, desc->meta_line_bytes);
    desc->embedded_lines = (uint32_t)sim_cfg_u64(cfg, "embedded_lines", 0, 8, desc->embedded_lines);
    desc->frame_numbers = sim_cfg_bool(cfg, "frame_numbers", desc->frame_numbers);
    read_phys(cfg, desc);
    sim_cfg_done(cfg);
}

static sim_err_t check_desc(sim_t *sim, const mipi_desc_t *desc, const char *name)
{
    char error[160];
    if (desc->clk_hz < 1000000 || desc->clk_hz > 10000000000)
        return sim_fail(sim, SIM_EDESC, "%s.clk_hz: %llu not in 1000000..10000000000", name,
                        (unsigned long long)desc->clk_hz);
    if (desc->fifo_bytes < 1024 || desc->fifo_bytes > 1 << 24)
        return sim_fail(sim, SIM_EDESC, "%s.fifo_bytes: %u not in 1024..16777216", name,
                        desc->fifo_bytes);
    if (desc->meta_line_bytes < 16 || desc->meta_line_bytes > MIPI_MAX_PAYLOAD_BYTES)
        return sim_fail(sim, SIM_EDESC, "%s.meta_line_bytes: %u not in 16..65535", name,
                        desc->meta_line_bytes);
    if (desc->embedded_lines > 8)
        return sim_fail(sim, SIM_EDESC, "%s.embedded_lines: %u not in 0..8", name,
                        desc->embedded_lines);
    if (mipi_dphy_check(&desc->dphy, error, sizeof(error)) != NULL)
        return sim_fail(sim, SIM_EDESC, "%s.dphy.%s", name, error);
    if ((desc->cphy.trios != 0 || desc->signaling == MIPI_CPHY) &&
        mipi_cphy_check(&desc->cphy, error, sizeof(error)) != NULL)
        return sim_fail(sim, SIM_EDESC, "%s.cphy.%s", name, error);
    return SIM_OK;
}

/* ---- registers ----------------------------------------------------------------------------------
 */
static void update_irq(mipi_tx_t *tx)
{
    sim_wire_set(&tx->irq, (tx->irq_status & tx->irq_enable) != 0);
}

void mipi_tx_raise(mipi_tx_t *tx, uint32_t bits)
{
    tx->irq_status |= bits;
    update_irq(tx);
}

static void wrote_irq(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update_irq((mipi_tx_t *)comp);
}

static void wrote_ctrl(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    mipi_activity_power((mipi_tx_t *)comp);
}

static void wrote_go(sim_comp_t *comp, uint32_t value)
{
    if (value & 1)
        mipi_meta_go((mipi_tx_t *)comp);
}

static void wrote_short(sim_comp_t *comp, uint32_t value)
{
    mipi_image_short((mipi_tx_t *)comp, value);
}

/* clang-format off */
#define R(member) offsetof(mipi_tx_t, member)
#define ID (MIPI_BLOCK_ID << 16 | MIPI_BLOCK_VERSION)
#define CTRL_BITS (MIPI_CTRL_RAW | MIPI_CTRL_EMBEDDED | MIPI_CTRL_META | MIPI_CTRL_ISP | MIPI_CTRL_HOLD | \
                   MIPI_CTRL_SMALL | MIPI_CTRL_SYNC | MIPI_CTRL_WIDE)
#define IRQ_BITS (MIPI_IRQ_META_DONE | MIPI_IRQ_OVERFLOW | MIPI_IRQ_FRAME_END | MIPI_IRQ_META_ERROR | \
                  MIPI_IRQ_META_LATE)
#define DEST_BITS (0xf3fu | MIPI_DEST_INLINE | MIPI_DEST_PAD | MIPI_DEST_MORE | MIPI_DEST_RAW10)

static const sim_reg_t mipi_regs[] = {
    {"MIPI_ID", "31:16: block id; 15:0: version",
     0x00, ID, 0, 0, R(id), NULL},
    {"MIPI_CTRL", "0: RAW lines; 1: embedded lines; 2: metadata; 3: lines of the ISP; "
     "4: hold the frame end of the image; 5: small lines of the ISP, RGB565 or YUV420; 6: line sync; 7: wide YUV422; "
     "all but metadata from the next frame on",
     0x04, 0, CTRL_BITS, 0, R(ctrl), wrote_ctrl},
    {"MIPI_STATUS", "0: packet on the link; 1: metadata under way; 2: between FS and FE of the "
     "image; 3: packets in the FIFO; 4: no place for metadata",
     0x08, 0, 0, 0, R(status), NULL},
    {"MIPI_IRQ", "0: metadata sent; 1: FIFO overflow; 2: image frame end sent; 3: metadata read "
     "from nowhere; 4: metadata late; W1C",
     0x0c, 0, 0, IRQ_BITS, R(irq_status), wrote_irq},
    {"MIPI_IRQ_EN", "4:0: interrupt when that bit of MIPI_IRQ is set",
     0x10, 0, IRQ_BITS, 0, R(irq_enable), wrote_irq},
    {"MIPI_IMAGE_VC", "3:0: virtual channel of the image, from the next frame on",
     0x14, 0, 0xf, 0, R(image_vc), NULL},
    {"MIPI_ISP_VC", "3:0: virtual channel of the ISP's image when RAW lines are sent, too, from the next frame on",
     0x18, 2, 0xf, 0, R(isp_vc), NULL},
    {"MIPI_META_ADDR", "31:0: bus address of the metadata",
     0x20, 0, UINT32_MAX, 0, R(meta_addr), NULL},
    {"MIPI_META_BYTES", "23:0: length of the metadata",
     0x24, 0, 0xffffff, 0, R(meta_bytes), NULL},
    {"MIPI_META_LINE", "15:0: bytes in one long packet, before they are packed",
     0x28, 1024, 0xffff, 0, R(meta_line), NULL},
    {"MIPI_META_DEST", "5:0: data type; 11:8: virtual channel; 16: inline, within the image frame "
     "of that channel; 17: fill the last line with zeros; 18: more of this frame follows; 19: packed as RAW10",
     0x2c, MIPI_DEST_RESET, DEST_BITS, 0, R(meta_dest), NULL},
    {"MIPI_META_FRAME", "31:0: sensor frame that the metadata belong to; for trace and statistics, all ones: none",
     0x30, 0, UINT32_MAX, 0, R(meta_frame), NULL},
    {"MIPI_META_GO", "0: write 1: send the metadata, after what waits; the META registers are then free for the next",
     0x34, 0, 0, 0, R(meta_go), wrote_go},
    {"MIPI_META_LINES", "15:0: lines to send, behind the metadata zeros, or as many as the metadata need if 0",
     0x38, 0, 0xffff, 0, R(meta_lines), NULL},
    {"MIPI_META_NS", "31:0: time on the link of a line of MIPI_META_LINE bytes, ns, rounded up",
     0x3c, 0, 0, 0, R(meta_ns), NULL},
    {"MIPI_FIFO_LEVEL", "31:0: bytes in the FIFO",
     0x40, 0, 0, 0, R(fifo_level), NULL},
    {"MIPI_LINES_LOST", "31:0: lines dropped since reset",
     0x44, 0, 0, 0, R(lines_dropped), NULL},
    {"MIPI_META_LOST", "31:0: inline metadata lines dropped since reset, late for their frame",
     0x48, 0, 0, 0, R(meta_dropped), NULL},
    {"MIPI_FILL", "15:0: bytes, of a packet behind each image line, 0 none; 16: null, not blanking; from the next frame on",
     0x4c, 0, 0x1ffff, 0, R(fill), NULL},
    {"MIPI_SHORT", "15:0: data, of a generic short packet that a write sends; 18:16: kind, its data type - 8; 27:24: virtual channel",
     0x50, 0, 0, 0, R(short_packet), wrote_short},
    SIM_REG_END,
};
#undef R
/* clang-format on */

static void mipi_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    mipi_tx_t *tx = (mipi_tx_t *)comp;
    (void)addr, (void)peek;
    tx->status = (tx->link_busy ? MIPI_STATUS_LINK : 0) |
                 (tx->meta_busy || tx->meta_jobs > 0 ? MIPI_STATUS_META : 0) |
                 (tx->image_open[0] || tx->image_open[1] ? MIPI_STATUS_FRAME : 0) |
                 (tx->fifo_packets > 0 ? MIPI_STATUS_FIFO : 0) |
                 (tx->meta_jobs == MIPI_META_JOBS ? MIPI_STATUS_FULL : 0);
    tx->fifo_level = mipi_fifo_level(tx);
    tx->lines_dropped = (uint32_t)tx->lines_lost;
    tx->meta_dropped = (uint32_t)tx->metadata_lines_lost;
    uint32_t line = mipi_meta_packed(tx->meta_dest, tx->meta_line);
    tx->meta_ns = (uint32_t)((mipi_link_payload_ps(tx, line) + 999) / 1000);
}

/* ---- component ----------------------------------------------------------------------------------
 */
static size_t ring_bytes(const sim_comp_t *comp)
{
    return ((const mipi_tx_t *)(const void *)comp)->ring_bytes;
}

static size_t meta_room_bytes(const sim_comp_t *comp)
{
    const mipi_tx_t *tx = (const mipi_tx_t *)(const void *)comp;
    return 2 * (size_t)(tx->desc.meta_line_bytes + MIPI_LONG_EXTRA_BYTES);
}

/* status, fifo_level, lines_dropped, meta_dropped and meta_ns are views of other fields, made when
 * they are read. */
#define F(member) SIM_FIELD(mipi_tx_t, member)
static const sim_field_t mipi_fields[] = {
    F(ctrl),
    F(irq_status),
    F(irq_enable),
    F(meta_addr),
    F(meta_bytes),
    F(meta_line),
    F(meta_lines),
    F(meta_dest),
    F(meta_frame),
    F(image_vc),
    F(isp_vc),
    F(fill),
    SIM_FIELD_BUF(mipi_tx_t, ring, ring_bytes),
    SIM_FIELD_BUF(mipi_tx_t, meta_room, meta_room_bytes),
    F(fifo_offset),
    F(fifo_count),
    F(fifo_tag),
    F(fifo_source),
    F(fifo_head),
    F(fifo_packets),
    F(fifo_used),
    F(ring_tail),
    F(frames_queued),
    F(freed),
    F(source),
    F(number),
    F(link_busy),
    F(link_meta),
    F(image_open),
    F(link_count),
    F(link_bps),
    F(link_regs),
    F(link_join),
    F(deskew_now_ui),
    F(deskew_frames),
    F(deskew_due),
    F(link_noted),
    F(deskew_now_ps),
    F(start_ps),
    F(image_frame),
    F(meta_out),
    F(meta_job),
    F(meta_jobs),
    F(meta_busy),
    F(meta_started),
    F(meta_reading),
    F(meta_more),
    F(meta_cut),
    F(meta_in_frame),
    F(meta_dest_now),
    F(meta_line_now),
    F(meta_next_addr),
    F(meta_unread),
    F(meta_unfilled),
    F(meta_unsent),
    F(meta_step),
    F(meta_buf),
    F(meta_fill),
    F(meta_drain),
    F(meta_short),
    F(packets),
    F(link_bytes),
    F(link_busy_ps),
    F(image_bytes),
    F(embedded_bytes),
    F(metadata_bytes),
    F(frames_sent),
    F(lines_sent),
    F(lines_lost),
    F(bytes_lost),
    F(frames_lost),
    F(fifo_peak_bytes),
    F(metadata_frames),
    F(metadata_lines_lost),
    F(l2_reads),
    F(l2_wait_cycles),
    F(faults_done),
    F(bursts),
    F(deskew_bursts),
    F(deskew_ps),
    F(filler_bytes),
    F(shorts_sent),
    F(shorts_lost),
    F(activity),
    F(lane_hs_ps),
    F(lane_lp_ps),
    F(lane_off_ps),
    F(clock_hs_ps),
    F(clock_lp_ps),
    F(clock_off_ps),
    F(lane_bursts),
    F(symbols),
    F(fifo_in_bytes),
    F(fifo_out_bytes),
    SIM_FIELD_KEPT(mipi_tx_t, irq.level),
    SIM_FIELD(mipi_tx_t, active.level),
    SIM_FIELD_REQ(mipi_tx_t, req),
    SIM_FIELD_END,
};
#undef F
_Static_assert(sizeof(mipi_activity_t) == 16 * 8, "hashed: no padding");
_Static_assert(sizeof(mipi_source_t) == 36, "hashed: no padding");
_Static_assert(sizeof(mipi_tx_frame_t) == 32, "hashed: no padding");
_Static_assert(sizeof(mipi_fifo_freed_t) == 24, "hashed: no padding");
_Static_assert(sizeof(mipi_phy_regs_t) == MIPI_PHY_REGS + 2, "hashed: no padding");

/* clang-format off */
#define S(member, unit, help) SIM_STAT(mipi_tx_t, member, unit, help)
static const sim_stat_t mipi_stats[] = {
    S(packets,         "1",      "packets sent"),
    S(link_bytes,      "bytes",  "bytes of all packets, headers and CRCs included"),
    S(link_busy_ps,    "ps",     "time the link was taken, LP transitions included"),
    S(image_bytes,     "bytes",  "payload of image lines"),
    S(embedded_bytes,  "bytes",  "payload of embedded lines"),
    S(metadata_bytes,  "bytes",  "payload of metadata"),
    S(frames_sent,     "1",      "image frames sent"),
    S(lines_sent,      "lines",  "image lines sent"),
    S(lines_lost,      "lines",  "image and embedded lines dropped: FIFO full"),
    S(bytes_lost,      "bytes",  "payload of the dropped lines"),
    S(frames_lost,     "1",      "image frames dropped whole: FIFO full of frames"),
    S(fifo_peak_bytes, "bytes",  "highest FIFO level"),
    S(metadata_frames, "1",      "metadata frames sent"),
    S(metadata_lines_lost, "lines", "inline metadata lines dropped: late for their frame"),
    S(l2_reads,        "1",      "bursts read from L2"),
    S(l2_wait_cycles,  "cycles", "cycles those waited for other masters"),
    S(faults_done,     "1",      "packets damaged on purpose"),
    S(bursts,          "1",      "HS bursts; with LRTE of several packets"),
    S(deskew_bursts,   "1",      "de-skew calibrations sent"),
    S(deskew_ps,       "ps",     "time they took, in link_busy_ps, too"),
    S(filler_bytes,    "bytes",  "payload of null and blanking packets"),
    S(shorts_sent,     "1",      "generic short packets sent"),
    S(shorts_lost,     "1",      "generic short packets dropped: no place in the FIFO"),
    S(lane_hs_ps,      "ps",     "data lanes, or trios, in high speed: sum over them"),
    S(lane_lp_ps,      "ps",     "the same, low power (LP-11 and the way to high speed)"),
    S(lane_off_ps,     "ps",     "the same, off: MIPI_CTRL sends nothing, or the lane is not in use"),
    S(clock_hs_ps,     "ps",     "clock lane in high speed"),
    S(clock_lp_ps,     "ps",     "the same, low power"),
    S(clock_off_ps,    "ps",     "the same, off; with C-PHY always"),
    S(lane_bursts,     "1",      "times that a lane went to high speed: sum over them"),
    S(symbols,         "1",      "C-PHY: symbols of packets, sum over trios"),
    S(fifo_in_bytes,   "bytes",  "written into the FIFO, headers and CRCs included"),
    S(fifo_out_bytes,  "bytes",  "read out of it"),
    SIM_STAT_END,
};
#undef S
/* clang-format on */

static sim_err_t mipi_check(sim_comp_t *comp)
{
    const mipi_tx_t *tx = (mipi_tx_t *)comp;
    if (tx->mem.request == NULL || tx->mem.max_burst_bytes == 0)
        return sim_fail(comp->sim, SIM_EWIRE, "%s.mem: not connected", comp->name);
    return SIM_OK;
}

static void mipi_reset(sim_comp_t *comp)
{
    mipi_tx_t *tx = (mipi_tx_t *)comp;
    sim_event_cancel(comp->sim, &tx->arbitrate);
    sim_event_cancel(comp->sim, &tx->packet_end);
    sim_event_cancel(comp->sim, &tx->packet_last);
    sim_event_cancel(comp->sim, &tx->burst_end);
    sim_event_cancel(comp->sim, &tx->fetch);
    memset(tx->ring, 0, tx->ring_bytes);
    memset(tx->meta_room, 0, meta_room_bytes(comp));
    memset((char *)tx + offsetof(mipi_tx_t, fifo_offset), 0,
           sizeof(*tx) - offsetof(mipi_tx_t, fifo_offset));
    mipi_activity_reset(tx);
    tx->irq.level = false; /* the listener is being reset, too */
    sim_wire_set(&tx->active, false);
}

static void mipi_tally(sim_comp_t *comp)
{
    mipi_activity_count((mipi_tx_t *)comp);
}

static const sim_kind_t mipi_kind = {
    .kind = "mipi",
    .version = 6,
    .tally = mipi_tally,
    .check = mipi_check,
    .reset = mipi_reset,
    .fields = mipi_fields,
    .stats = mipi_stats,
    .regs = mipi_regs,
    .refresh = mipi_refresh,
};
_Static_assert(offsetof(mipi_tx_t, comp) == 0, "comp stays first");

/*
 * Packets lie in the ring in one piece, so a piece at its end may stay unused, always less than
 * one packet. With room for one packet beyond the FIFO's size that never costs capacity.
 */
static uint32_t ring_size(uint32_t fifo_bytes)
{
    uint32_t longest = fifo_bytes < MIPI_MAX_PACKET_BYTES ? fifo_bytes : MIPI_MAX_PACKET_BYTES;
    return fifo_bytes + longest + MIPI_FIFO_PACKETS * MIPI_HEADER_BYTES;
}

sim_err_t mipi_tx_init(mipi_tx_t *tx, sim_t *sim, const mipi_desc_t *desc, const char *name)
{
    sim_err_t err = check_desc(sim, desc, name);
    if (err != SIM_OK)
        return err;
    memset(tx, 0, sizeof(*tx));
    tx->desc = *desc;
    tx->req = (sim_mem_req_t){.done = mipi_meta_read_done, .ctx = tx};
    for (uint32_t i = 0; i < SIM_COUNT(tx->pack); i++)
        tx->pack[i] = mipi_pack_row(8 + 2 * i, sim_simd());
    tx->ring_bytes = ring_size(desc->fifo_bytes);
    tx->ring = calloc(1, tx->ring_bytes);
    tx->meta_room = calloc(1, meta_room_bytes(&tx->comp));
    if (tx->ring == NULL || tx->meta_room == NULL) {
        mipi_tx_free(tx);
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for the FIFO", name);
    }
    err = sim_comp_init(&tx->comp, sim, &mipi_kind, name);
    if (err != SIM_OK) {
        mipi_tx_free(tx);
        return err;
    }
    sim_event_init(&tx->arbitrate, &tx->comp, "arbitrate", SIM_PRIO_ARBITRATE, mipi_link_arbitrate,
                   tx);
    sim_event_init(&tx->packet_end, &tx->comp, "packet_end", SIM_PRIO_DRIVE, mipi_link_packet_end,
                   tx);
    sim_event_init(&tx->packet_last, &tx->comp, "packet_last", SIM_PRIO_ARBITRATE,
                   mipi_link_packet_last, tx);
    sim_event_init(&tx->burst_end, &tx->comp, "burst_end", SIM_PRIO_DRIVE, mipi_link_burst_end, tx);
    sim_event_init(&tx->fetch, &tx->comp, "fetch", SIM_PRIO_REQUEST, mipi_meta_fetch, tx);
    return SIM_OK;
}

void mipi_tx_free(mipi_tx_t *tx)
{
    free(tx->ring);
    free(tx->meta_room);
    tx->ring = tx->meta_room = NULL;
}

sim_line_sink_t mipi_tx_line_sink(mipi_tx_t *tx)
{
    return (sim_line_sink_t){mipi_image_line, tx};
}

bool mipi_tx_listen(mipi_tx_t *tx, mipi_packet_fn_t fn, void *ctx)
{
    if (tx->listeners == MIPI_LISTENERS)
        return false;
    tx->listener[tx->listeners].fn = fn;
    tx->listener[tx->listeners++].ctx = ctx;
    return true;
}

uint16_t mipi_tx_next_number(mipi_tx_t *tx, uint32_t vc)
{
    if (tx->desc.frame_numbers)
        tx->number[vc] = mipi_frame_number_next(tx->number[vc]);
    return tx->number[vc];
}
