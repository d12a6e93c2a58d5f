/* Any bytes into the capture reader, what it finds into the receiver and the embedded-line parser.
 */
#include "mipi/capture.h"
#include "mipi/embedded.h"
#include "mipi/rx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const mipi_rx_desc_t desc = {.max_frame_bytes = 1 << 20};
    mipi_capture_reader_t reader;
    mipi_packet_t packet;
    mipi_rx_t rx;
    mipi_embedded_reg_t regs[16];
    uint32_t at;
    mipi_rx_init(&rx, &desc, NULL);
    if (mipi_capture_open(&reader, data, size, NULL, NULL)) {
        while (mipi_capture_next(&reader, &packet)) {
            mipi_rx_packet(&rx, &packet);
            for (uint32_t bits = 8; bits <= 12; bits += 2)
                mipi_embedded_read(packet.bytes, packet.count, bits, regs, 16, &at);
        }
    }
    mipi_rx_finish(&rx);
    mipi_rx_free(&rx);
    return 0;
}
