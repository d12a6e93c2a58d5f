/* Any bytes into the receiver: as a stream, and as bursts cut where the input says. */
#include "mipi/rx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t sum; /* what comes out is read, so that a sanitizer sees it */

static void on_frame(void *ctx, const mipi_rx_frame_t *frame)
{
    (void)ctx;
    for (uint32_t i = 0; i < frame->streams; i++) {
        const mipi_rx_stream_t *s = &frame->stream[i];
        for (size_t k = 0; s->bits == 0 && k < s->byte_count; k++)
            sum += s->bytes[k];
        for (size_t k = 0; s->bits != 0 && k < (size_t)s->lines * s->width_px; k++)
            sum += s->px[k];
    }
}

/* What a host may be set for, by the first byte. */
static mipi_rx_desc_t desc_of(uint8_t byte)
{
    mipi_rx_desc_t desc = {.max_frame_bytes = 1 << 20};
    if (byte & 1)
        desc.max_line_bytes = 16;
    for (uint32_t vc = 0; (byte & 2) != 0 && vc < MIPI_VCS; vc += 2)
        desc.expect[vc] = UINT64_C(0x00ff3f0000070000) << byte / 4 % 4;
    return desc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const mipi_rx_desc_t desc = desc_of(data[0]);
    const mipi_rx_callbacks_t callbacks = {.frame = on_frame};
    mipi_rx_t rx;
    mipi_rx_init(&rx, &desc, &callbacks);
    mipi_rx_bytes(&rx, data, size);
    mipi_rx_finish(&rx);
    for (size_t at = 0; at < size;) { /* a length byte, then that many bytes, over any lanes */
        size_t left = size - at - 1, count = data[at] < left ? data[at] : left;
        const mipi_lane_state_t lanes = {.lanes = 1 + data[at] % 4,
                                         .lost = data[at] > 250,
                                         .late = {data[at] >> 5},
                                         .sync = {0, data[at] & 0x40}};
        mipi_rx_packet(&rx, &(mipi_packet_t){.number = rx.packets,
                                             .bytes = data + at + 1,
                                             .count = (uint32_t)count,
                                             .lanes = data[at] & 1 ? &lanes : NULL});
        at += 1 + count;
    }
    mipi_rx_finish(&rx);
    mipi_rx_free(&rx);
    return 0;
}
