/*
 * tx_link.c - one packet at a time over the lanes: which, how long, and who hears it.
 */
#include <string.h>

#include "mipi/tx_int.h"

void mipi_link_kick(mipi_tx_t *tx)
{
    if (!tx->link_busy)
        sim_event_at(tx->comp.sim, &tx->arbitrate, sim_now_ps(tx->comp.sim));
}

static uint64_t rate_now(const mipi_tx_t *tx)
{
    return tx->lane_bps != NULL ? tx->lane_bps(tx->lane_ctx) : tx->desc.dphy.bit_rate_bps;
}

/* What the registers would make of the chip's PHY; NULL: they are fine. */
static const char *make_phy(const mipi_tx_t *tx, const mipi_phy_regs_t *regs, uint64_t bps,
                            mipi_phy_t *phy, char *error, size_t error_bytes)
{
    const mipi_phy_chip_t chip = {tx->desc.signaling, &tx->desc.dphy, &tx->desc.cphy};
    return mipi_phy_make(&chip, tx->phy_regs != NULL ? regs : NULL, bps, phy, error, error_bytes);
}

static void registers_now(const mipi_tx_t *tx, mipi_phy_regs_t *regs)
{
    *regs = (mipi_phy_regs_t){0};
    if (tx->phy_regs != NULL)
        tx->phy_regs(tx->lane_ctx, regs);
}

bool mipi_tx_phy(const mipi_tx_t *tx, mipi_phy_t *phy, char *error, size_t error_bytes)
{
    mipi_phy_regs_t regs;
    registers_now(tx, &regs);
    return make_phy(tx, &regs, rate_now(tx), phy, error, error_bytes) == NULL;
}

static bool is_of(const mipi_phy_regs_t *a, uint64_t a_bps, const mipi_phy_regs_t *b,
                  uint64_t b_bps)
{
    return a_bps == b_bps && memcmp(a, b, sizeof(*a)) == 0;
}

/* The PHY that link_regs and link_bps stand for. */
static const mipi_phy_t *phy_of_link(mipi_tx_t *tx)
{
    char error[200];
    if (is_of(&tx->phy_of, tx->phy_of_bps, &tx->link_regs, tx->link_bps))
        return &tx->phy;
    (void)make_phy(tx, &tx->link_regs, tx->link_bps, &tx->phy, error, sizeof(error));
    tx->phy_of = tx->link_regs;
    tx->phy_of_bps = tx->link_bps;
    return &tx->phy;
}

/* A new burst goes by what the host and the PLL say now. Wrong settings are told once, and sent;
 * so are settings that make no sense. */
static const mipi_phy_t *latch_phy(mipi_tx_t *tx)
{
    char error[200];
    mipi_phy_regs_t regs;
    uint64_t bps = rate_now(tx);
    registers_now(tx, &regs);
    if (is_of(&regs, bps, &tx->link_regs, tx->link_bps))
        return phy_of_link(tx);
    tx->link_regs = regs;
    tx->link_bps = bps;
    tx->deskew_due = true;
    if (make_phy(tx, &regs, bps, &tx->phy, error, sizeof(error)) != NULL)
        sim_log(&tx->comp, SIM_LOG_GUEST, "%s", error);
    bool note = mipi_phy_note(&tx->phy, error, sizeof(error)) != NULL;
    if (note && !tx->link_noted)
        sim_log(&tx->comp, SIM_LOG_GUEST, "%s", error);
    tx->link_noted = note;
    return phy_of_link(tx);
}

/* With LRTE as close as packets can follow each other: in one burst. */
uint64_t mipi_link_packet_ps(const mipi_phy_t *phy, uint32_t packet_bytes, bool after_short)
{
    mipi_join_t join = after_short ? MIPI_AFTER_SHORT : MIPI_AFTER_LONG;
    return phy->lrte.on ? mipi_phy_packet(phy, join, packet_bytes).last_byte_ps
                        : mipi_phy_packet(phy, MIPI_OWN_BURST, packet_bytes).end_ps;
}

uint64_t mipi_link_payload_ps(const mipi_tx_t *tx, uint32_t bytes)
{
    char error[200];
    mipi_phy_t phy;
    (void)mipi_tx_phy(tx, &phy, error, sizeof(error));
    return mipi_link_packet_ps(&phy, bytes + MIPI_LONG_EXTRA_BYTES, false);
}

/* Metadata and image take turns, but a FIFO more than half full goes first. */
static bool choose_meta(const mipi_tx_t *tx)
{
    if (!mipi_meta_ready(tx))
        return false;
    if (!mipi_image_ready(tx))
        return true;
    return !tx->link_meta && tx->fifo_used <= tx->desc.fifo_bytes / 2;
}

/* Is a calibration burst sent before this packet, and how long is its pattern? */
static uint32_t deskew_ui(mipi_tx_t *tx, const mipi_phy_t *phy, bool image_start)
{
    bool first = tx->deskew_due && phy->deskew.initial_ui != 0;
    tx->deskew_due = false;
    if (first) {
        tx->deskew_frames = image_start;
        return phy->deskew.initial_ui;
    }
    if (!image_start || phy->deskew.periodic_ui == 0)
        return 0;
    bool now = tx->deskew_frames >= phy->deskew.interval_frames;
    tx->deskew_frames = now ? 1 : tx->deskew_frames + 1;
    return now ? phy->deskew.periodic_ui : 0;
}

static void set_busy(mipi_tx_t *tx, bool busy)
{
    tx->link_busy = busy;
    sim_wire_set(&tx->active, busy);
}

/* The next packet goes onto the lanes, behind a calibration burst if one is due. */
static void put_on_link(mipi_tx_t *tx, const mipi_phy_t *phy, bool meta, mipi_join_t join)
{
    tx->link_count = meta ? mipi_meta_build(tx) : mipi_image_count(tx);
    set_busy(tx, true);
    tx->link_meta = meta;
    tx->link_join = join;
    tx->bursts += join == MIPI_OWN_BURST;
    tx->deskew_now_ui = join == MIPI_OWN_BURST
                            ? deskew_ui(tx, phy, !meta && mipi_image_head_is(tx, MIPI_DT_FS))
                            : 0;
    tx->deskew_now_ps =
        tx->deskew_now_ui != 0 ? mipi_dphy_deskew_ps(&phy->dphy, tx->deskew_now_ui) : 0;
    tx->deskew_bursts += tx->deskew_now_ui != 0;
    tx->start_ps = sim_now_ps(tx->comp.sim) + tx->deskew_now_ps;
    mipi_span_t span = mipi_phy_packet(phy, join, tx->link_count);
    uint64_t taken_ps = phy->lrte.on ? span.last_byte_ps : span.end_ps;
    mipi_activity_begin(tx, phy, taken_ps);
    sim_event_at(tx->comp.sim, phy->lrte.on ? &tx->packet_last : &tx->packet_end,
                 tx->start_ps + taken_ps);
}

void mipi_link_arbitrate(void *ctx)
{
    mipi_tx_t *tx = ctx;
    bool meta = choose_meta(tx);
    if (tx->link_busy || (!meta && !mipi_image_ready(tx)))
        return;
    put_on_link(tx, latch_phy(tx), meta, MIPI_OWN_BURST);
}

static void deliver(mipi_tx_t *tx, uint8_t *bytes, const mipi_packet_t *packet)
{
    mipi_packet_t arrived = *packet;
    mipi_lane_state_t lanes;
    bool arrives = true;
    if (tx->fault_count != 0)
        tx->faults_done +=
            mipi_fault_apply(tx->faults, tx->fault_count, mipi_phy_lanes(packet->phy), &arrived,
                             bytes, &lanes, &arrives);
    for (uint32_t i = 0; arrives && i < tx->listeners; i++)
        tx->listener[i].fn(tx->listener[i].ctx, &arrived);
}

/* The packet on the link, as the last of its burst. */
static mipi_packet_t packet_on_link(mipi_tx_t *tx, uint8_t *bytes)
{
    const mipi_phy_t *phy = phy_of_link(tx);
    mipi_span_t span = mipi_phy_packet(phy, tx->link_join, tx->link_count);
    return (mipi_packet_t){
        .number = tx->packets++,
        .bytes = bytes,
        .count = tx->link_count,
        .start_ps = tx->start_ps,
        .first_byte_ps = tx->start_ps + span.first_byte_ps,
        .last_byte_ps = tx->start_ps + span.last_byte_ps,
        .end_ps = tx->start_ps + span.end_ps,
        .bit_rate_bps = mipi_phy_lane_bps(phy),
        .phy = phy,
        .join = tx->link_join,
        .deskew_ps = tx->deskew_now_ps,
        .deskew_ui = tx->deskew_now_ui,
    };
}

/* It leaves its source. */
static void let_go(mipi_tx_t *tx, const mipi_header_t *header, const mipi_packet_t *packet)
{
    if (tx->link_meta)
        mipi_meta_left(tx, header, packet);
    else
        mipi_image_left(tx, header, packet);
}

static uint8_t *bytes_on_link(mipi_tx_t *tx)
{
    return tx->link_meta ? mipi_meta_bytes(tx) : mipi_image_bytes(tx);
}

void mipi_link_packet_end(void *ctx)
{
    mipi_tx_t *tx = ctx;
    uint8_t *bytes = bytes_on_link(tx);
    mipi_packet_t packet = packet_on_link(tx, bytes);
    mipi_header_t header;
    mipi_header_decode(bytes, &header);
    mipi_activity_sent(tx, &packet);
    set_busy(tx, false);
    deliver(tx, bytes, &packet);
    let_go(tx, &header, &packet);
    mipi_activity_power(tx);
    mipi_link_kick(tx);
}

/* LRTE: whether the burst goes on is known only now, after all that this instant brings. */
void mipi_link_packet_last(void *ctx)
{
    mipi_tx_t *tx = ctx;
    uint8_t *bytes = bytes_on_link(tx);
    mipi_packet_t packet = packet_on_link(tx, bytes);
    mipi_header_t header;
    mipi_header_decode(bytes, &header);
    mipi_activity_sent(tx, &packet);
    tx->link_busy = false;
    let_go(tx, &header, &packet);
    bool meta = choose_meta(tx);
    packet.more = (meta || mipi_image_ready(tx)) && !(packet.phy->deskew.periodic_ui != 0 &&
                                                      !meta && mipi_image_head_is(tx, MIPI_DT_FS));
    if (packet.more)
        packet.end_ps = packet.last_byte_ps;
    deliver(tx, bytes, &packet);
    if (packet.more) {
        put_on_link(tx, packet.phy, meta,
                    mipi_dt_is_short(header.dt) ? MIPI_AFTER_SHORT : MIPI_AFTER_LONG);
        return;
    }
    tx->link_busy = true; /* with the end of the burst */
    mipi_activity_close(tx, packet.end_ps);
    sim_event_at(tx->comp.sim, &tx->burst_end, packet.end_ps);
}

void mipi_link_burst_end(void *ctx)
{
    mipi_tx_t *tx = ctx;
    set_busy(tx, false);
    mipi_activity_power(tx);
    mipi_link_kick(tx);
}

void mipi_link_frame_left(mipi_tx_t *tx, const mipi_tx_frame_t *frame)
{
    if (sim_tracing(tx->comp.sim)) {
        const char *const tracks[MIPI_VCS] = {"link.vc0",  "link.vc1",  "link.vc2",  "link.vc3",
                                              "link.vc4",  "link.vc5",  "link.vc6",  "link.vc7",
                                              "link.vc8",  "link.vc9",  "link.vc10", "link.vc11",
                                              "link.vc12", "link.vc13", "link.vc14", "link.vc15"};
        sim_trace_span(tx->comp.sim, tracks[frame->vc], frame->metadata ? "metadata" : "image",
                       frame->first_ps, frame->last_ps,
                       "\"frame\": %u, \"number\": %u, \"bytes\": %llu", frame->frame,
                       frame->number, (unsigned long long)frame->bytes);
    }
    if (tx->frame_sent != NULL)
        tx->frame_sent(tx->frame_ctx, frame);
}
