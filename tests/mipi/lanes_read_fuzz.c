/* Any text as CSI2LANES, and the packets in it into the receiver. Bytes from 0x80 on stand for
 * words. */
#include <string.h>

#include "mipi/lanes_read.h"
#include "mipi/rx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const words[16] = {"burst\n",
                                      "b8 b8\n",
                                      "-- 00\n",
                                      "trail\n",
                                      "end\n",
                                      "00 1a\n",
                                      "2b 05\n",
                                      "gap 3\n",
                                      "CSI2TRIOS 1\ntrios 1\n",
                                      "3444443\n",
                                      "0000000\n",
                                      "post\n",
                                      "burst\n3444443\n0000000\n1000000\n",
                                      "-------\n",
                                      "4444444\n",
                                      "CSI2LANES 1\nlanes 2\n"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char text[1 << 16];
    const mipi_rx_desc_t rx_desc = {.max_frame_bytes = 1 << 20};
    const mipi_align_desc_t desc = {.used = size > 0 ? data[0] % 4u : 0,
                                    .max_skew_bytes = 2,
                                    .lrte = size > 0 && (data[0] & 0x40) != 0};
    mipi_lanes_info_t info;
    mipi_rx_t rx;
    size_t at = 0;
    for (size_t i = 0; i < size && at + 64 < sizeof(text); i++) {
        if (i == 0)
            at = (size_t)snprintf(text, sizeof(text), "CSI2LANES 1\nlanes %u\n", 1 + data[0] % 3u);
        else if (data[i] < 0x80)
            text[at++] = (char)data[i];
        else
            at += (size_t)snprintf(text + at, sizeof(text) - at, "%s", words[data[i] % 16]);
    }
    if (at == 0)
        return 0;
    FILE *stream = fmemopen(text, at, "r");
    mipi_rx_init(&rx, &rx_desc, NULL);
    mipi_lanes_read(stream, &desc, mipi_rx_packet, mipi_rx_event, &rx, &info);
    fclose(stream);
    mipi_rx_finish(&rx);
    mipi_rx_free(&rx);
    return 0;
}
