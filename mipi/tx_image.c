/*
 * tx_image.c - lines become packets in the FIFO; what does not fit is dropped and counted.
 */
#include <assert.h>
#include <string.h>

#include "mipi/embedded.h"
#include "mipi/tx_int.h"

/* Places that lines may take; the others are kept for the FS and FE of the frames in the FIFO.
 * Short packets take places, and none of fifo_bytes. */
#define LINE_PLACES (MIPI_FIFO_PACKETS - 2 * MIPI_FIFO_FRAMES)

/* ---- FIFO ---------------------------------------------------------------------------------------
 */
static mipi_fifo_freed_t freed_now(const mipi_tx_t *tx)
{
    if (tx->freed.at_ps == sim_now_ps(tx->comp.sim))
        return tx->freed;
    return (mipi_fifo_freed_t){0};
}

uint32_t mipi_fifo_level(const mipi_tx_t *tx)
{
    return tx->fifo_used + freed_now(tx).bytes;
}

static bool has_room(const mipi_tx_t *tx, uint32_t count, uint32_t places)
{
    return mipi_fifo_level(tx) + count <= tx->desc.fifo_bytes &&
           tx->fifo_packets + freed_now(tx).packets + places <= LINE_PLACES;
}

/* A line, and LS and LE around it. */
static uint32_t line_places(uint32_t ctrl)
{
    return ctrl & MIPI_CTRL_SYNC ? 3 : 1;
}

bool mipi_tx_has_room(const mipi_tx_t *tx, const sim_line_t *line)
{
    uint32_t count = mipi_line_bytes(tx->ctrl, line) + MIPI_LONG_EXTRA_BYTES;
    return count > tx->desc.fifo_bytes || has_room(tx, count, line_places(tx->ctrl));
}

/* Where the next packet of count bytes goes: to the end of the ring, or its start. It depends on
 * what was put in only, not on what has left. */
static uint8_t *fifo_place(mipi_tx_t *tx, uint32_t count)
{
    if (tx->ring_bytes - tx->ring_tail < count)
        tx->ring_tail = 0;
    return tx->ring + tx->ring_tail;
}

static void fifo_add(mipi_tx_t *tx, const mipi_source_t *from, uint32_t count)
{
    assert(tx->fifo_packets < MIPI_FIFO_PACKETS);
    uint32_t place = (tx->fifo_head + tx->fifo_packets++) % MIPI_FIFO_PACKETS;
    tx->fifo_offset[place] = tx->ring_tail;
    tx->fifo_count[place] = count;
    tx->fifo_tag[place] = from->tag;
    tx->fifo_source[place] = (uint32_t)(from - tx->source);
    tx->ring_tail += count;
    tx->fifo_in_bytes += count;
}

static void push_short(mipi_tx_t *tx, const mipi_source_t *from, uint32_t vc, uint8_t dt,
                       uint32_t word)
{
    uint8_t *out = fifo_place(tx, MIPI_HEADER_BYTES);
    mipi_short_packet(out, (uint8_t)vc, dt, (uint16_t)word);
    fifo_add(tx, from, MIPI_HEADER_BYTES);
}

void mipi_image_short(mipi_tx_t *tx, uint32_t what)
{
    if (!has_room(tx, 0, 1)) {
        tx->shorts_lost++;
        sim_log(&tx->comp, SIM_LOG_GUEST, "MIPI_SHORT 0x%08x: FIFO full, lost", what);
        return;
    }
    push_short(tx, &tx->source[MIPI_FROM_PIXEL], MIPI_SHORT_VC(what), MIPI_SHORT_DT(what),
               MIPI_SHORT_WORD(what));
    mipi_link_kick(tx);
}

static void lose_line(mipi_tx_t *tx, mipi_source_t *from, const sim_line_t *line,
                      uint32_t payload_bytes)
{
    tx->lines_lost++;
    tx->bytes_lost += payload_bytes;
    if (!from->overflow_logged)
        sim_log(&tx->comp, SIM_LOG_ERROR,
                "FIFO overflow: frame %u row %u, %u bytes lost, %u of %u in use", line->frame,
                line->row, payload_bytes, mipi_fifo_level(tx), tx->desc.fifo_bytes);
    from->overflow_logged = 1;
    mipi_tx_raise(tx, MIPI_IRQ_OVERFLOW);
}

/* Room for a payload; NULL, with the line counted as lost, when there is none. */
static uint8_t *open_line(mipi_tx_t *tx, mipi_source_t *from, const sim_line_t *line,
                          uint32_t payload_bytes, uint32_t places)
{
    if (from->dropping || payload_bytes > MIPI_MAX_PAYLOAD_BYTES ||
        !has_room(tx, payload_bytes + MIPI_LONG_EXTRA_BYTES, places)) {
        lose_line(tx, from, line, payload_bytes);
        return NULL;
    }
    return fifo_place(tx, payload_bytes + MIPI_LONG_EXTRA_BYTES) + MIPI_HEADER_BYTES;
}

/* Header and CRC around the payload that open_line gave room for. */
static void close_line(mipi_tx_t *tx, const mipi_source_t *from, uint8_t dt, const uint8_t *payload,
                       uint32_t payload_bytes)
{
    uint8_t *out = tx->ring + tx->ring_tail;
    uint32_t count =
        (uint32_t)mipi_long_packet(out, (uint8_t)from->vc, dt, payload, (uint16_t)payload_bytes);
    fifo_add(tx, from, count);
    tx->fifo_used += count;
    if (mipi_fifo_level(tx) > tx->fifo_peak_bytes)
        tx->fifo_peak_bytes = mipi_fifo_level(tx);
}

/* ---- lines --------------------------------------------------------------------------------------
 */
/* The registers that libcamera's cam_helper_imx500.cpp looks for, and CCS frame_count. */
static const uint16_t embedded_addr[] = {
    0x0005,                         /* frame_count */
    0x013a,                         /* temperature */
    0x0202, 0x0203, 0x0204, 0x0205, /* coarse_integration_time, analogue_gain */
    0x0340, 0x0341, 0x0342, 0x0343, /* frame_length_lines, line_length_pck */
};

/* All registers stand in the first line, the others are empty: a host finds everything at once. */
static void push_embedded(mipi_tx_t *tx, mipi_source_t *from, const sim_line_t *line)
{
    mipi_embedded_reg_t regs[SIM_COUNT(embedded_addr)];
    for (uint32_t i = 0; i < SIM_COUNT(embedded_addr); i++) {
        regs[i].addr = embedded_addr[i];
        regs[i].value =
            tx->embedded_reg == NULL ? 0 : tx->embedded_reg(tx->embedded_ctx, embedded_addr[i]);
    }
    uint32_t bytes = mipi_embedded_line_bytes(line->width_px, line->bits);
    for (uint32_t i = 0; i < tx->desc.embedded_lines; i++) {
        uint8_t *payload = open_line(tx, from, line, bytes, 1);
        if (payload == NULL)
            continue;
        mipi_embedded_write(payload, bytes, line->bits, regs, i == 0 ? SIM_COUNT(regs) : 0);
        close_line(tx, from, MIPI_DT_EMBEDDED, payload, bytes);
    }
}

/* Nothing of an image is in it, so nobody misses it where the FIFO is full. */
static void push_filler(mipi_tx_t *tx, const mipi_source_t *from)
{
    uint32_t bytes = MIPI_FILL_BYTES(from->fill), count = bytes + MIPI_LONG_EXTRA_BYTES;
    if (bytes == 0 || !has_room(tx, count, 1))
        return;
    uint8_t *payload = fifo_place(tx, count) + MIPI_HEADER_BYTES;
    memset(payload, 0, bytes);
    close_line(tx, from, MIPI_FILL_DT(from->fill), payload, bytes);
}

/* A line of RAW or of the ISP. LS and LE, where they are on, leave with it or not at all. */
static void push_line(mipi_tx_t *tx, mipi_source_t *from, const sim_line_t *line)
{
    uint8_t dt = mipi_line_dt(from->ctrl, line);
    bool sync = (from->ctrl & MIPI_CTRL_SYNC) != 0;
    if (dt == 0) {
        sim_log(&tx->comp, SIM_LOG_UNIMP, "RAW lines of %u bits, only 8, 10, .. 16", line->bits);
        return;
    }
    uint32_t bytes = mipi_line_bytes(from->ctrl, line);
    from->line = mipi_frame_number_next((uint16_t)from->line); /* a lost one counts, too */
    if (open_line(tx, from, line, bytes, line_places(from->ctrl)) == NULL)
        return;
    if (sync)
        push_short(tx, from, from->vc, MIPI_DT_LS, from->line);
    uint8_t *payload = fifo_place(tx, bytes + MIPI_LONG_EXTRA_BYTES) + MIPI_HEADER_BYTES;
    mipi_line_pack(tx, from->ctrl, line, payload);
    close_line(tx, from, dt, payload, bytes);
    if (sync)
        push_short(tx, from, from->vc, MIPI_DT_LE, from->line);
    push_filler(tx, from);
}

/* ---- frames -------------------------------------------------------------------------------------
 */
static void end_frame(mipi_tx_t *tx, mipi_source_t *from)
{
    if (!from->dropping)
        push_short(tx, from, from->vc, MIPI_DT_FE, from->number);
    from->in_frame = 0;
}

/* RAW alone, or embedded lines alone, take the pixel die's frames; the ISP's come beside them, or
 * are the image. */
static bool sends(uint32_t ctrl, uint32_t source)
{
    if (source == MIPI_FROM_ISP)
        return (ctrl & MIPI_CTRL_ISP) != 0;
    return (ctrl & MIPI_CTRL_RAW) != 0 ||
           ((ctrl & MIPI_CTRL_EMBEDDED) != 0 && (ctrl & MIPI_CTRL_ISP) == 0);
}

static bool is_second(uint32_t ctrl, uint32_t source)
{
    return source == MIPI_FROM_ISP && sends(ctrl, MIPI_FROM_PIXEL);
}

static void lose_frame(mipi_tx_t *tx, mipi_source_t *from, const sim_line_t *line)
{
    tx->frames_lost++;
    from->overflow_logged = 1;
    sim_log(&tx->comp, SIM_LOG_ERROR, "FIFO overflow: frame %u lost, %u frames wait", line->frame,
            tx->frames_queued);
    mipi_tx_raise(tx, MIPI_IRQ_OVERFLOW);
}

static void begin_frame(mipi_tx_t *tx, uint32_t source, const sim_line_t *line)
{
    mipi_source_t *from = &tx->source[source];
    if (from->in_frame)
        end_frame(tx, from); /* the sensor was stopped within a frame and has begun anew */
    bool second = is_second(tx->ctrl, source);
    *from = (mipi_source_t){.in_frame = sends(tx->ctrl, source),
                            .ctrl = tx->ctrl,
                            .vc = second ? tx->isp_vc : tx->image_vc,
                            .number = from->number,
                            .fill = tx->fill,
                            .tag = line->frame};
    if (!from->in_frame)
        return;
    from->dropping = tx->frames_queued + freed_now(tx).frames >= MIPI_FIFO_FRAMES;
    if (from->dropping) {
        lose_frame(tx, from, line);
        return;
    }
    tx->frames_queued++;
    from->number = mipi_tx_next_number(tx, from->vc);
    push_short(tx, from, from->vc, MIPI_DT_FS, from->number);
    if ((tx->ctrl & MIPI_CTRL_EMBEDDED) && !second)
        push_embedded(tx, from, line);
}

void mipi_image_line(void *ctx, const sim_line_t *line)
{
    mipi_tx_t *tx = ctx;
    uint32_t source = line->format == SIM_LINE_RAW ? MIPI_FROM_PIXEL : MIPI_FROM_ISP;
    mipi_source_t *from = &tx->source[source];
    if (line->flags & SIM_LINE_FIRST)
        begin_frame(tx, source, line);
    if (!from->in_frame)
        return;
    if (source == MIPI_FROM_ISP || (from->ctrl & MIPI_CTRL_RAW))
        push_line(tx, from, line);
    if (line->flags & SIM_LINE_LAST)
        end_frame(tx, from);
    mipi_link_kick(tx);
}

void mipi_tx_isp_dropped(void *ctx, bool level)
{
    mipi_tx_t *tx = ctx;
    mipi_source_t *from = &tx->source[MIPI_FROM_ISP];
    if (!level || !from->in_frame)
        return;
    end_frame(tx, from);
    mipi_link_kick(tx);
}

/* ---- the link's side ----------------------------------------------------------------------------
 */
uint8_t *mipi_image_bytes(const mipi_tx_t *tx)
{
    return tx->ring + tx->fifo_offset[tx->fifo_head];
}

uint32_t mipi_image_count(const mipi_tx_t *tx)
{
    return tx->fifo_count[tx->fifo_head];
}

bool mipi_image_open(const mipi_tx_t *tx, uint32_t vc)
{
    for (uint32_t i = 0; i < MIPI_SOURCES; i++)
        if (tx->image_open[i] && tx->image_frame[i].vc == vc)
            return true;
    return false;
}

static uint32_t head_vc(const mipi_tx_t *tx)
{
    const uint8_t *header = mipi_image_bytes(tx);
    return (uint32_t)(header[0] >> 6 | header[3] >> 6 << 2);
}

bool mipi_image_head_is(const mipi_tx_t *tx, uint8_t dt)
{
    return tx->fifo_packets > 0 && (mipi_image_bytes(tx)[0] & 0x3f) == dt;
}

bool mipi_image_overdue(const mipi_tx_t *tx)
{
    for (uint32_t i = 1; i < tx->fifo_packets; i++) {
        uint32_t place = (tx->fifo_head + i) % MIPI_FIFO_PACKETS;
        if (tx->fifo_source[place] == tx->fifo_source[tx->fifo_head] &&
            (tx->ring[tx->fifo_offset[place]] & 0x3f) == MIPI_DT_FS)
            return true;
    }
    return false;
}

/* FE waits for the inline metadata that belong into this frame, but not into the next one. */
bool mipi_image_ready(const mipi_tx_t *tx)
{
    if (!mipi_image_head_is(tx, MIPI_DT_FE))
        return tx->fifo_packets > 0;
    const mipi_source_t *from = &tx->source[tx->fifo_source[tx->fifo_head]];
    return !mipi_meta_holds(tx, head_vc(tx), from->ctrl) || mipi_image_overdue(tx);
}

static void fifo_drop_head(mipi_tx_t *tx, bool line, bool frame)
{
    uint32_t bytes = line ? tx->fifo_count[tx->fifo_head] : 0;
    tx->fifo_out_bytes += tx->fifo_count[tx->fifo_head];
    tx->freed = freed_now(tx);
    tx->freed.at_ps = sim_now_ps(tx->comp.sim);
    tx->freed.bytes += bytes;
    tx->freed.packets++;
    tx->freed.frames += frame;
    tx->fifo_used -= bytes;
    tx->frames_queued -= frame;
    tx->fifo_head = (tx->fifo_head + 1) % MIPI_FIFO_PACKETS;
    tx->fifo_packets--;
}

void mipi_image_left(mipi_tx_t *tx, const mipi_header_t *header, const mipi_packet_t *packet)
{
    uint32_t source = tx->fifo_source[tx->fifo_head];
    mipi_tx_frame_t *frame = &tx->image_frame[source];
    bool line = !mipi_dt_is_short(header->dt), end = header->dt == MIPI_DT_FE;
    bool filler = header->dt == MIPI_DT_NULL || header->dt == MIPI_DT_BLANKING;
    if (header->dt == MIPI_DT_FS) {
        *frame = (mipi_tx_frame_t){.vc = header->vc,
                                   .number = header->word,
                                   .frame = tx->fifo_tag[tx->fifo_head],
                                   .first_ps = packet->first_byte_ps};
        tx->image_open[source] = true;
        mipi_meta_image_began(tx, header->vc);
    } else if (header->dt == MIPI_DT_EMBEDDED) {
        tx->embedded_bytes += header->word;
    } else if (filler) {
        tx->filler_bytes += header->word;
    } else if (line) {
        tx->image_bytes += header->word;
        tx->lines_sent++;
    }
    if (line && !filler)
        frame->bytes += header->word;
    tx->shorts_sent += header->dt >= MIPI_DT_SHORT1 && !line;
    fifo_drop_head(tx, line, end);
    if (!end)
        return;
    frame->last_ps = packet->last_byte_ps;
    tx->image_open[source] = false;
    mipi_meta_image_over(tx, header->vc, tx->source[source].ctrl);
    tx->frames_sent++;
    mipi_link_frame_left(tx, frame);
    mipi_tx_raise(tx, MIPI_IRQ_FRAME_END);
}
