/*
 * Symbols of any kind on 1 to 3 trios: the receiver never reads or writes beyond what there is, and
 * what it calls fine has a header that it would have sent.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "mipi/cphy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t packet[MIPI_MAX_PACKET_BYTES];
    const uint8_t *symbols[MIPI_MAX_TRIOS];
    uint32_t counts[MIPI_MAX_TRIOS], bytes;
    if (size < 1)
        return 0;
    uint32_t trios = 1 + data[0] % MIPI_MAX_TRIOS;
    size_t each = (size - 1) / trios;
    uint8_t *copy[MIPI_MAX_TRIOS];
    for (uint32_t trio = 0; trio < trios; trio++) {
        copy[trio] = malloc(each + 1);
        for (size_t i = 0; i < each; i++)
            copy[trio][i] = data[1 + trio * each + i] % 6;
        symbols[trio] = copy[trio];
        counts[trio] = (uint32_t)each;
    }
    mipi_cphy_result_t result = mipi_cphy_receive(symbols, counts, trios, packet, &bytes);
    bool kept =
        result == MIPI_CPHY_FINE || result == MIPI_CPHY_ONE_HEADER || result == MIPI_CPHY_SYMBOLS;
    assert(kept == (bytes != 0));
    if (kept) {
        mipi_header_t header;
        assert(mipi_header_decode(packet, &header) == MIPI_ECC_OK);
        assert(mipi_packet_bytes(&header) == bytes);
    }
    for (uint32_t trio = 0; trio < trios; trio++)
        free(copy[trio]);
    return 0;
}
