/*
 * tx_link.c - one packet at a time over the lanes: which, how long, and who hears it.
 */
#include "mipi/lanes.h"
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

static mipi_dphy_span_t span_of(const mipi_tx_t *tx, uint64_t bit_rate_bps, uint32_t bytes)
{
    mipi_dphy_desc_t dphy = tx->desc.dphy;
    dphy.bit_rate_bps = bit_rate_bps;
    return mipi_dphy_packet(&dphy, bytes);
}

uint64_t mipi_link_payload_ps(const mipi_tx_t *tx, uint32_t bytes)
{
    return span_of(tx, rate_now(tx), bytes + MIPI_LONG_EXTRA_BYTES).end_ps;
}

uint64_t mipi_tx_line_ps(const mipi_tx_t *tx, uint32_t bits, uint32_t width_px, uint32_t isp_bytes)
{
    uint64_t ps = 0;
    if (tx->ctrl & MIPI_CTRL_RAW)
        ps += mipi_link_payload_ps(tx, mipi_row_bytes(bits, width_px));
    if (tx->ctrl & MIPI_CTRL_ISP)
        ps += mipi_link_payload_ps(tx, isp_bytes);
    return ps;
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

void mipi_link_arbitrate(void *ctx)
{
    mipi_tx_t *tx = ctx;
    bool meta = choose_meta(tx);
    if (tx->link_busy || (!meta && !mipi_image_ready(tx)))
        return;
    tx->link_count = meta ? mipi_meta_build(tx) : mipi_image_count(tx);
    tx->link_busy = true;
    tx->link_meta = meta;
    tx->start_ps = sim_now_ps(tx->comp.sim);
    tx->link_bps = rate_now(tx);
    uint64_t taken_ps = span_of(tx, tx->link_bps, tx->link_count).end_ps;
    tx->link_busy_ps += taken_ps;
    sim_event_at(tx->comp.sim, &tx->packet_end, tx->start_ps + taken_ps);
}

static void deliver(mipi_tx_t *tx, uint8_t *bytes, const mipi_packet_t *packet)
{
    mipi_packet_t arrived = *packet;
    bool arrives = true;
    if (tx->fault_count != 0)
        tx->faults_done += mipi_fault_apply(tx->faults, tx->fault_count, tx->desc.dphy.lanes,
                                            packet->number, bytes, &arrived.count, &arrives) != 0;
    for (uint32_t i = 0; arrives && i < tx->listeners; i++)
        tx->listener[i].fn(tx->listener[i].ctx, &arrived);
}

void mipi_link_packet_end(void *ctx)
{
    mipi_tx_t *tx = ctx;
    uint8_t *bytes = tx->link_meta ? mipi_meta_bytes(tx) : mipi_image_bytes(tx);
    mipi_dphy_span_t span = span_of(tx, tx->link_bps, tx->link_count);
    mipi_packet_t packet = {
        .number = tx->packets++,
        .bytes = bytes,
        .count = tx->link_count,
        .start_ps = tx->start_ps,
        .first_byte_ps = tx->start_ps + span.first_byte_ps,
        .last_byte_ps = tx->start_ps + span.last_byte_ps,
        .end_ps = tx->start_ps + span.end_ps,
        .bit_rate_bps = tx->link_bps,
    };
    mipi_header_t header;
    mipi_header_decode(bytes, &header);
    tx->link_bytes += packet.count;
    tx->link_busy = false;
    deliver(tx, bytes, &packet);
    if (tx->link_meta)
        mipi_meta_left(tx, &header, &packet);
    else
        mipi_image_left(tx, &header, &packet);
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
