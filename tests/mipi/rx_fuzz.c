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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const mipi_rx_desc_t desc = {.max_frame_bytes = 1 << 20};
    const mipi_rx_callbacks_t callbacks = {.frame = on_frame};
    mipi_rx_t rx;
    mipi_rx_init(&rx, &desc, &callbacks);
    mipi_rx_bytes(&rx, data, size);
    mipi_rx_finish(&rx);
    for (size_t at = 0; at < size;) { /* a length byte, then that many bytes */
        size_t left = size - at - 1, count = data[at] < left ? data[at] : left;
        mipi_rx_packet(&rx, &(mipi_packet_t){.number = rx.packets,
                                             .bytes = data + at + 1,
                                             .count = (uint32_t)count});
        at += 1 + count;
    }
    mipi_rx_finish(&rx);
    mipi_rx_free(&rx);
    return 0;
}
