/* Any lanes into the aligner, and what it makes of them into the receiver: bursts whose rows are
 * the input's bytes, where 0xe0.. stand for LP, a sync byte, a burst's end. */
#include "mipi/rx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int16_t token(uint8_t byte)
{
    return byte == 0xe0 ? -1 : byte == 0xe1 ? 0xb8 : byte;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    const mipi_rx_desc_t rx_desc = {.max_frame_bytes = 1 << 20};
    const mipi_align_desc_t desc = {
        .lanes = 1u + data[0] % 8,
        .used = 1u + data[1] % (1u + data[0] % 8),
        .max_skew_bytes = 4,
        .lrte = (data[1] & 0x80) != 0,
        .scrambled = (data[1] & 0x40) != 0,
    };
    mipi_rx_t rx;
    mipi_align_t align;
    mipi_rx_init(&rx, &rx_desc, NULL);
    if (!mipi_align_init(&align, &desc, mipi_rx_packet, mipi_rx_event, &rx))
        return 0;
    mipi_packet_t at = {.number = 0};
    mipi_align_begin(&align, &at);
    for (size_t i = 2; i + desc.lanes <= size; i += desc.lanes) {
        int16_t row[MIPI_ALIGN_LANES];
        for (uint32_t n = 0; n < desc.lanes; n++)
            row[n] = token(data[i + n]);
        mipi_align_row(&align, row);
        if (data[i] != 0xe2)
            continue;
        mipi_align_end(&align);
        at.number++;
        mipi_align_begin(&align, &at);
    }
    mipi_align_end(&align);
    mipi_rx_finish(&rx);
    mipi_align_free(&align);
    mipi_rx_free(&rx);
    return 0;
}
