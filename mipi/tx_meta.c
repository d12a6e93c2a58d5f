/*
 * tx_meta.c - metadata: read from L2 into two line buffers, sent from the one that is full.
 */
#include <string.h>

#include "mipi/tx_int.h"

static uint8_t *room(const mipi_tx_t *tx, uint32_t buf)
{
    return tx->meta_room + buf * (tx->desc.meta_line_bytes + MIPI_LONG_EXTRA_BYTES);
}

/* The next edge of the logic clock after now. */
static void schedule_fetch(mipi_tx_t *tx)
{
    uint64_t edge = sim_cycles_at(sim_now_ps(tx->comp.sim), tx->desc.clk_hz) + 1;
    sim_event_at(tx->comp.sim, &tx->fetch, sim_edge_ps(edge, tx->desc.clk_hz));
}

/* ---- start --------------------------------------------------------------------------------------
 */
/* Why the registers cannot be obeyed; NULL when they can. */
static const char *refusal(const mipi_tx_t *tx)
{
    if (!(tx->ctrl & MIPI_CTRL_META))
        return "metadata is off in MIPI_CTRL";
    if (tx->meta_busy)
        return "the last metadata is still under way";
    if (tx->meta_bytes == 0)
        return "MIPI_META_BYTES is 0";
    if (tx->meta_line == 0 || tx->meta_line > tx->desc.meta_line_bytes)
        return "MIPI_META_LINE is 0 or larger than the line buffer";
    if (mipi_dt_is_short((uint8_t)MIPI_DEST_DT(tx->meta_dest)))
        return "MIPI_META_DEST names the data type of a short packet";
    if ((tx->meta_dest & MIPI_DEST_INLINE) && !(tx->ctrl & MIPI_CTRL_IMAGE))
        return "inline metadata without an image frame";
    return NULL;
}

void mipi_meta_go(mipi_tx_t *tx)
{
    const char *why = refusal(tx);
    if (why != NULL) {
        sim_log(&tx->comp, SIM_LOG_GUEST, "MIPI_META_GO ignored: %s", why);
        return;
    }
    if (!(tx->meta_dest & MIPI_DEST_INLINE) && (tx->ctrl & MIPI_CTRL_IMAGE) &&
        MIPI_DEST_VC(tx->meta_dest) == tx->image_vc)
        sim_log(&tx->comp, SIM_LOG_GUEST, "metadata frame on virtual channel %u of the image",
                tx->image_vc);
    tx->meta_busy = true;
    tx->meta_started = false;
    tx->meta_dest_now = tx->meta_dest;
    tx->meta_line_now = tx->meta_line;
    tx->meta_next_addr = tx->meta_addr;
    tx->meta_unread = tx->meta_unsent = tx->meta_bytes;
    tx->meta_step = mipi_meta_is_inline(tx) ? MIPI_META_LINE : MIPI_META_FS;
    tx->meta_out = (mipi_tx_frame_t){
        .metadata = true, .vc = (uint8_t)MIPI_DEST_VC(tx->meta_dest), .frame = tx->meta_frame};
    memset(tx->meta_buf, 0, sizeof(tx->meta_buf));
    tx->meta_fill = tx->meta_drain = 0;
    if (tx->meta_asked != NULL)
        tx->meta_asked(tx->frame_ctx, tx->meta_frame);
    schedule_fetch(tx);
}

/* ---- reading ------------------------------------------------------------------------------------
 */
static uint32_t min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

void mipi_meta_fetch(void *ctx)
{
    mipi_tx_t *tx = ctx;
    mipi_meta_buf_t *buf = &tx->meta_buf[tx->meta_fill];
    if (tx->meta_reading)
        return;
    if (buf->want_bytes == 0) {
        *buf = (mipi_meta_buf_t){.want_bytes = min_u32(tx->meta_line_now, tx->meta_unread)};
        memset(room(tx, tx->meta_fill) + MIPI_HEADER_BYTES, 0, tx->meta_line_now);
    }
    uint32_t left = buf->want_bytes - buf->have_bytes;
    if (left == 0)
        return; /* both buffers full, or all read: sending the older one comes back here */
    uint32_t burst = tx->mem.max_burst_bytes;
    tx->req = (sim_mem_req_t){
        .addr = tx->meta_next_addr,
        .bytes = min_u32(left, burst - (tx->meta_next_addr & (burst - 1))),
        .data = room(tx, tx->meta_fill) + MIPI_HEADER_BYTES + buf->have_bytes,
        .done = mipi_meta_read_done,
        .ctx = tx,
    };
    tx->meta_reading = true;
    tx->l2_reads++;
    sim_mem_request(&tx->mem, &tx->req);
}

void mipi_meta_read_done(void *ctx, sim_mem_req_t *req)
{
    mipi_tx_t *tx = ctx;
    mipi_meta_buf_t *buf = &tx->meta_buf[tx->meta_fill];
    tx->meta_reading = false;
    tx->l2_wait_cycles += req->wait_cycles;
    tx->meta_next_addr += req->bytes;
    tx->meta_unread -= req->bytes;
    buf->have_bytes += req->bytes;
    if (req->error) {
        sim_log(&tx->comp, SIM_LOG_GUEST, "metadata at 0x%08x: no memory there", req->addr);
        mipi_tx_raise(tx, MIPI_IRQ_META_ERROR);
    }
    if (buf->have_bytes == buf->want_bytes) {
        tx->meta_fill ^= 1;
        mipi_link_kick(tx);
    }
    if (tx->meta_unread > 0)
        schedule_fetch(tx);
}

/* ---- sending ------------------------------------------------------------------------------------
 */
bool mipi_meta_ready(const mipi_tx_t *tx)
{
    const mipi_meta_buf_t *buf = &tx->meta_buf[tx->meta_drain];
    if (!tx->meta_busy)
        return false;
    if (tx->meta_step == MIPI_META_FE)
        return true;
    /* FS, too, waits for the first line: as close as possible before it. */
    if (buf->want_bytes == 0 || buf->have_bytes < buf->want_bytes)
        return false;
    if (!mipi_meta_is_inline(tx))
        return true;
    return mipi_image_open(tx, tx->meta_out.vc) && !mipi_image_head_is(tx, MIPI_DT_EMBEDDED);
}

uint8_t *mipi_meta_bytes(mipi_tx_t *tx)
{
    if (tx->meta_step == MIPI_META_LINE)
        return room(tx, tx->meta_drain);
    return tx->meta_short;
}

uint32_t mipi_meta_build(mipi_tx_t *tx)
{
    mipi_tx_frame_t *frame = &tx->meta_out;
    if (tx->meta_step == MIPI_META_FS)
        frame->number = mipi_tx_next_number(tx, frame->vc);
    tx->meta_started = true;
    if (tx->meta_step != MIPI_META_LINE) {
        uint8_t dt = tx->meta_step == MIPI_META_FS ? MIPI_DT_FS : MIPI_DT_FE;
        return (uint32_t)mipi_short_packet(tx->meta_short, frame->vc, dt, frame->number);
    }
    uint8_t *line = room(tx, tx->meta_drain);
    uint32_t bytes = tx->meta_dest_now & MIPI_DEST_PAD ? tx->meta_line_now
                                                       : tx->meta_buf[tx->meta_drain].have_bytes;
    return (uint32_t)mipi_long_packet(line, frame->vc, (uint8_t)MIPI_DEST_DT(tx->meta_dest_now),
                                      line + MIPI_HEADER_BYTES, (uint16_t)bytes);
}

static void finish(mipi_tx_t *tx, const mipi_packet_t *packet)
{
    tx->meta_busy = false;
    tx->meta_out.last_ps = packet->last_byte_ps;
    tx->metadata_frames++;
    mipi_link_frame_left(tx, &tx->meta_out);
    mipi_tx_raise(tx, MIPI_IRQ_META_DONE);
}

void mipi_meta_left(mipi_tx_t *tx, const mipi_header_t *header, const mipi_packet_t *packet)
{
    mipi_tx_frame_t *frame = &tx->meta_out;
    if (frame->first_ps == 0)
        frame->first_ps = packet->first_byte_ps;
    if (tx->meta_step == MIPI_META_FS) {
        tx->meta_step = MIPI_META_LINE;
        return;
    }
    if (tx->meta_step == MIPI_META_FE) {
        finish(tx, packet);
        return;
    }
    tx->metadata_bytes += header->word;
    frame->bytes += header->word;
    tx->meta_unsent -= tx->meta_buf[tx->meta_drain].have_bytes;
    tx->meta_buf[tx->meta_drain].want_bytes = 0;
    tx->meta_drain ^= 1;
    if (tx->meta_unsent > 0) {
        if (tx->meta_unread > 0 && !tx->meta_reading)
            schedule_fetch(tx);
    } else if (mipi_meta_is_inline(tx)) {
        finish(tx, packet);
    } else {
        tx->meta_step = MIPI_META_FE;
    }
}
