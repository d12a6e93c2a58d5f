/*
 * tx_meta.c - metadata: a queue of jobs, read from L2 into two line buffers, sent from the one that
 * is full.
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

/* ---- packing ------------------------------------------------------------------------------------
 */
enum { RAW10_BYTES = 4, RAW10_PACKED = 5, RAW10_LOW_BITS = 0x55 };

uint32_t mipi_meta_packed(uint32_t dest, uint32_t bytes)
{
    if (!(dest & MIPI_DEST_RAW10))
        return bytes;
    return (bytes + RAW10_BYTES - 1) / RAW10_BYTES * RAW10_PACKED;
}

/* In place, from the end. The low bits are those of register lines (SMIA): assumed. */
static void pack_raw10(uint8_t *line, uint32_t packed)
{
    for (uint32_t group = packed / RAW10_PACKED; group-- > 0;) {
        memmove(line + group * RAW10_PACKED, line + group * RAW10_BYTES, RAW10_BYTES);
        line[group * RAW10_PACKED + RAW10_BYTES] = RAW10_LOW_BITS;
    }
}

/* ---- the queue ----------------------------------------------------------------------------------
 */
/* Why the registers cannot be obeyed; NULL when they can. */
static const char *refusal(const mipi_tx_t *tx)
{
    if (!(tx->ctrl & MIPI_CTRL_META))
        return "metadata is off in MIPI_CTRL";
    if (tx->meta_jobs == MIPI_META_JOBS)
        return "the queue is full";
    if (tx->meta_bytes == 0 && tx->meta_lines == 0)
        return "MIPI_META_BYTES is 0";
    if (tx->meta_line == 0 ||
        mipi_meta_packed(tx->meta_dest, tx->meta_line) > tx->desc.meta_line_bytes)
        return "MIPI_META_LINE is 0 or larger than the line buffer";
    if (mipi_dt_is_short((uint8_t)MIPI_DEST_DT(tx->meta_dest)))
        return "MIPI_META_DEST names the data type of a short packet";
    if ((tx->meta_dest & MIPI_DEST_INLINE) && !(tx->ctrl & MIPI_CTRL_IMAGE))
        return "inline metadata without an image frame";
    return NULL;
}

/* Payload bytes of all its lines. */
static uint32_t job_bytes(const mipi_meta_job_t *job)
{
    return job->lines != 0 ? job->lines * job->line : job->bytes;
}

static uint32_t min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static mipi_meta_job_t take_oldest(mipi_tx_t *tx)
{
    mipi_meta_job_t job = tx->meta_job[0];
    memmove(tx->meta_job, tx->meta_job + 1, (MIPI_META_JOBS - 1) * sizeof(*tx->meta_job));
    tx->meta_job[--tx->meta_jobs] = (mipi_meta_job_t){0};
    return job;
}

/* The oldest job of the queue becomes the one that runs. */
static void begin(mipi_tx_t *tx)
{
    mipi_meta_job_t job = take_oldest(tx);
    bool first = !tx->meta_more;
    tx->meta_busy = true;
    tx->meta_more = false;
    tx->meta_started = tx->meta_started && !first;
    tx->meta_dest_now = job.dest;
    tx->meta_line_now = job.line;
    tx->meta_next_addr = job.addr;
    tx->meta_unfilled = tx->meta_unsent = job_bytes(&job);
    tx->meta_unread = min_u32(job.bytes, tx->meta_unsent);
    if (first)
        tx->meta_out = (mipi_tx_frame_t){.metadata = true, .vc = (uint8_t)MIPI_DEST_VC(job.dest)};
    tx->meta_out.frame = job.frame;
    tx->meta_step = first && !mipi_meta_is_inline(tx) ? MIPI_META_FS : MIPI_META_LINE;
    memset(tx->meta_buf, 0, sizeof(tx->meta_buf));
    tx->meta_fill = tx->meta_drain = 0;
    schedule_fetch(tx);
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
    tx->meta_job[tx->meta_jobs++] =
        (mipi_meta_job_t){tx->meta_addr,  tx->meta_bytes, tx->meta_line,
                          tx->meta_lines, tx->meta_dest,  tx->meta_frame};
    if (tx->meta_asked != NULL)
        tx->meta_asked(tx->frame_ctx, tx->meta_frame);
    if (!tx->meta_busy)
        begin(tx);
}

/* ---- reading ------------------------------------------------------------------------------------
 */
/* The next line of the job goes into buf; false: it has none. */
static bool open_line(mipi_tx_t *tx, mipi_meta_buf_t *buf)
{
    uint32_t want = min_u32(tx->meta_line_now, tx->meta_unfilled);
    if (want == 0)
        return false;
    *buf = (mipi_meta_buf_t){.want_bytes = want, .data_bytes = min_u32(want, tx->meta_unread)};
    tx->meta_unfilled -= want;
    memset(room(tx, tx->meta_fill) + MIPI_HEADER_BYTES, 0,
           mipi_meta_packed(tx->meta_dest_now, tx->meta_line_now));
    return true;
}

static void line_is_there(mipi_tx_t *tx)
{
    tx->meta_fill ^= 1;
    mipi_link_kick(tx);
}

static void read_on(mipi_tx_t *tx, const mipi_meta_buf_t *buf)
{
    uint32_t left = buf->data_bytes - buf->have_bytes, burst = tx->mem.max_burst_bytes;
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

/* Until a read is under way, or both buffers are full, or the job is read: sending the older buffer
 * comes back here. */
void mipi_meta_fetch(void *ctx)
{
    mipi_tx_t *tx = ctx;
    while (tx->meta_busy && !tx->meta_reading) {
        mipi_meta_buf_t *buf = &tx->meta_buf[tx->meta_fill];
        bool fresh = buf->want_bytes == 0;
        if (fresh && !open_line(tx, buf))
            return;
        if (buf->have_bytes < buf->data_bytes)
            read_on(tx, buf);
        else if (fresh) /* of zeros */
            line_is_there(tx);
        else
            return;
    }
}

static void cut_is_over(mipi_tx_t *tx);

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
    if (tx->meta_cut) {
        cut_is_over(tx);
        return;
    }
    if (buf->have_bytes == buf->data_bytes)
        line_is_there(tx);
    if (tx->meta_unread > 0 || tx->meta_unfilled > 0)
        schedule_fetch(tx);
}

/* ---- sending ------------------------------------------------------------------------------------
 */
bool mipi_meta_ready(const mipi_tx_t *tx)
{
    const mipi_meta_buf_t *buf = &tx->meta_buf[tx->meta_drain];
    if (!tx->meta_busy || tx->meta_cut)
        return false;
    if (tx->meta_step == MIPI_META_FE)
        return true;
    /* FS, too, waits for the first line: as close as possible before it. */
    if (buf->want_bytes == 0 || buf->have_bytes < buf->data_bytes)
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
                                                       : tx->meta_buf[tx->meta_drain].want_bytes;
    bytes = mipi_meta_packed(tx->meta_dest_now, bytes);
    if (tx->meta_dest_now & MIPI_DEST_RAW10)
        pack_raw10(line + MIPI_HEADER_BYTES, bytes);
    return (uint32_t)mipi_long_packet(line, frame->vc, (uint8_t)MIPI_DEST_DT(tx->meta_dest_now),
                                      line + MIPI_HEADER_BYTES, (uint16_t)bytes);
}

/* Job and group are over. */
static void finish(mipi_tx_t *tx, const mipi_packet_t *packet)
{
    tx->meta_busy = false;
    tx->meta_started = false;
    tx->meta_out.last_ps = packet->last_byte_ps;
    tx->metadata_frames++;
    if (mipi_meta_is_inline(tx) && tx->meta_out.vc == tx->image_vc)
        tx->meta_in_frame = true;
    mipi_link_frame_left(tx, &tx->meta_out);
    mipi_tx_raise(tx, MIPI_IRQ_META_DONE);
}

/* All lines of the job have left. */
static void job_left(mipi_tx_t *tx, const mipi_packet_t *packet)
{
    if (tx->meta_dest_now & MIPI_DEST_MORE) {
        tx->meta_more = true;
        tx->meta_busy = false;
    } else if (mipi_meta_is_inline(tx)) {
        finish(tx, packet);
    } else {
        tx->meta_step = MIPI_META_FE;
    }
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
    } else {
        tx->metadata_bytes += header->word;
        frame->bytes += header->word;
        tx->meta_unsent -= tx->meta_buf[tx->meta_drain].want_bytes;
        tx->meta_buf[tx->meta_drain].want_bytes = 0;
        tx->meta_drain ^= 1;
        if (tx->meta_unsent == 0)
            job_left(tx, packet);
        else if ((tx->meta_unread > 0 || tx->meta_unfilled > 0) && !tx->meta_reading)
            schedule_fetch(tx);
    }
    if (!tx->meta_busy && tx->meta_jobs > 0)
        begin(tx);
}

/* ---- inline, and the image's frames
 * --------------------------------------------------------------
 */
/* Between the first packet of an inline group on vc and its end? */
static bool in_group(const mipi_tx_t *tx, uint32_t vc)
{
    bool begun = (tx->meta_busy && tx->meta_started && !tx->meta_cut) || tx->meta_more;
    return begun && mipi_meta_is_inline(tx) && tx->meta_out.vc == vc;
}

bool mipi_meta_holds(const mipi_tx_t *tx, uint32_t vc, uint32_t ctrl)
{
    bool owed = (ctrl & MIPI_CTRL_HOLD) && vc == tx->image_vc && !tx->meta_in_frame;
    return owed || in_group(tx, vc);
}

void mipi_meta_image_began(mipi_tx_t *tx, uint32_t vc)
{
    if (vc == tx->image_vc)
        tx->meta_in_frame = false;
}

static uint32_t lines_of(uint32_t bytes, uint32_t line)
{
    return (bytes + line - 1) / line;
}

static void cut_is_over(mipi_tx_t *tx)
{
    tx->meta_cut = tx->meta_busy = tx->meta_started = false;
    if (tx->meta_jobs > 0)
        begin(tx);
}

/* Takes the oldest job away; returns whether its group goes on behind it. */
static bool drop_job(mipi_tx_t *tx)
{
    mipi_meta_job_t job = take_oldest(tx);
    tx->metadata_lines_lost += lines_of(job_bytes(&job), job.line);
    return (job.dest & MIPI_DEST_MORE) != 0;
}

/* The rest of the group, as far as it is in the queue. */
static void cut(mipi_tx_t *tx)
{
    bool more = tx->meta_more || (tx->meta_dest_now & MIPI_DEST_MORE);
    if (tx->meta_busy)
        tx->metadata_lines_lost += lines_of(tx->meta_unsent, tx->meta_line_now);
    while (more && tx->meta_jobs > 0)
        more = drop_job(tx);
    tx->meta_more = false;
    tx->meta_unread = tx->meta_unfilled = tx->meta_unsent = 0;
    tx->meta_cut = tx->meta_busy;
    if (!tx->meta_reading)
        cut_is_over(tx);
}

void mipi_meta_image_over(mipi_tx_t *tx, uint32_t vc, uint32_t ctrl)
{
    if (!mipi_meta_holds(tx, vc, ctrl))
        return;
    sim_log(&tx->comp, SIM_LOG_ERROR,
            "a frame on virtual channel %u ends without all of its inline metadata", vc);
    if (in_group(tx, vc) || (tx->meta_busy && mipi_meta_is_inline(tx) && tx->meta_out.vc == vc))
        cut(tx);
    mipi_tx_raise(tx, MIPI_IRQ_META_LATE);
}
