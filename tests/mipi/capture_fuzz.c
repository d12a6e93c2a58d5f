/*
 * Any bytes into the capture reader, and what it finds into the receiver and the embedded-line
 * parser. Chance never makes a CRC-32, so the input is also used as edits of a good capture.
 */
#include <stdlib.h>
#include <string.h>

#include "mipi/capture.h"
#include "mipi/embedded.h"
#include "mipi/rx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const uint8_t *data, size_t size)
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
}

/* What is read from memory is what is read from a file. */
static void read_stream(const uint8_t *data, size_t size)
{
    mipi_capture_reader_t memory, stream;
    mipi_packet_t a, b;
    if (size == 0)
        return;
    FILE *file = fmemopen((void *)(uintptr_t)data, size, "r");
    bool fine = mipi_capture_open(&memory, data, size, NULL, NULL);
    if (mipi_capture_open_stream(&stream, file, NULL, NULL) != fine)
        abort();
    while (fine && mipi_capture_next(&memory, &a))
        if (!mipi_capture_next(&stream, &b) || a.count != b.count ||
            memcmp(a.bytes, b.bytes, a.count) != 0)
            abort();
    if (fine && (mipi_capture_next(&stream, &b) || memory.problems != stream.problems))
        abort();
    mipi_capture_close(&stream);
    fclose(file);
}

static size_t good_capture(uint8_t *file, size_t max)
{
    const mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
    mipi_capture_writer_t writer;
    FILE *stream = fmemopen(file, max, "w");
    mipi_capture_begin(&writer, stream, &phy);
    for (uint32_t n = 0; n < 5; n++) {
        uint8_t bytes[40], payload[20] = {0};
        size_t count = n % 4 == 0 ? mipi_short_packet(bytes, 0, n == 0 ? MIPI_DT_FS : MIPI_DT_FE, 1)
                                  : mipi_long_packet(bytes, 0, MIPI_DT_RAW10, payload, 20);
        mipi_capture_packet(
            &writer, &(mipi_packet_t){.number = n, .bytes = bytes, .count = (uint32_t)count});
    }
    mipi_capture_end(&writer);
    size_t bytes = (size_t)ftell(stream);
    fclose(stream);
    return bytes;
}

/* Each three bytes of input: where (16 bits), and what to xor there. The first cuts the file. */
static void read_edited(const uint8_t *data, size_t size)
{
    uint8_t file[512] = {0};
    size_t bytes = good_capture(file, sizeof(file));
    for (; size >= 3; data += 3, size -= 3)
        file[(size_t)(data[0] | data[1] << 8) % bytes] ^= data[2];
    if (size > 0)
        bytes -= data[0] % bytes;
    read_all(file, bytes);
    read_stream(file, bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_all(data, size);
    read_stream(data, size);
    read_edited(data, size);
    return 0;
}
