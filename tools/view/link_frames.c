/*
 * link_frames.c - the last frame on the link, from its packets.
 */
#include "tools/view/link_frames.h"

#include "mipi/packet.h"

#define UNKNOWN_FRAME_PS UINT64_C(200000000000) /* while the run has not told how long one is */

/* Going back through the packets of a channel. */
typedef enum { AFTER, WITHIN, BEFORE } where_t;

/* From one frame's readout to the next. */
static uint64_t frame_ps(const view_model_t *m)
{
    if (m->frames_done.next < m->frames_done.first + 2)
        return UNKNOWN_FRAME_PS;
    const timeline_frame_t *last = view_frame(m, m->frames_done.next - 1);
    const timeline_frame_t *before = view_frame(m, m->frames_done.next - 2);
    if (last->readout_start_ps <= before->readout_start_ps || last->frame <= before->frame)
        return UNKNOWN_FRAME_PS;
    return (last->readout_start_ps - before->readout_start_ps) / (last->frame - before->frame);
}

static void add_kind(const view_packet_t *packet, link_frames_t *out)
{
    out->raw |= packet->dt >= MIPI_DT_RAW8 && packet->dt <= MIPI_DT_RAW20;
    out->color |= mipi_dt_is_image(packet->dt) && packet->dt < MIPI_DT_RAW8;
    out->embedded |= packet->dt == MIPI_DT_EMBEDDED;
    out->metadata |= packet->dt >= MIPI_DT_USER1;
}

link_frames_t link_frames_of(const view_model_t *m)
{
    link_frames_t out = {0};
    where_t where[MIPI_VCS] = {AFTER};
    uint32_t within = 0;
    uint64_t reach_ps = frame_ps(m) * 3 / 2;
    for (uint64_t n = m->packets.next; n > m->packets.first; n--) {
        const view_packet_t *packet = view_packet(m, n - 1);
        uint32_t vc = packet->vc % MIPI_VCS;
        bool old = out.frames != 0 && packet->end_ps + reach_ps < out.end_ps;
        if (old && within == 0)
            return out;
        if (where[vc] == AFTER && packet->dt == MIPI_DT_FE) {
            where[vc] = old ? BEFORE : WITHIN;
            within += !old;
            out.frames += !old;
            out.end_ps = packet->end_ps > out.end_ps ? packet->end_ps : out.end_ps;
        }
        if (where[vc] != BEFORE) /* also of a frame that goes on */
            add_kind(packet, &out);
        if (where[vc] != WITHIN)
            continue;
        out.bytes += packet->bytes;
        out.packets++;
        if (packet->dt == MIPI_DT_FS) {
            where[vc] = BEFORE;
            within--;
        }
    }
    out.cut = within != 0;
    return out;
}

uint64_t link_raw_bytes(const view_picture_t *raw)
{
    uint64_t row = ((uint64_t)raw->width_px * raw->bits + 7) / 8 + MIPI_LONG_EXTRA_BYTES;
    return raw->height_px * row + 2 * MIPI_HEADER_BYTES;
}
