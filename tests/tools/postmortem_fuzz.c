/*
 * postmortem_fuzz.c - any bytes as a post-mortem packet; with the CRC put right, too, so that what
 * lies behind it is reached.
 */
#include <stdlib.h>
#include <string.h>

#include "firmware/include/fovea_postmortem.h"
#include "sim/hash.h"
#include "tools/postmortem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void look(const uint8_t *packet, size_t bytes)
{
    char error[160];
    if (!postmortem_check(packet, bytes, error, sizeof(error)))
        return;
    sim_json_t *line = postmortem_json(packet, NULL);
    free(sim_json_print(line, false));
    sim_json_free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    look(data, bytes);
    if (bytes < 4 || bytes > PM_MAX_BYTES)
        return 0;
    uint8_t *packet = malloc(bytes);
    if (packet == NULL)
        return 0;
    memcpy(packet, data, bytes);
    uint32_t crc = sim_crc32(0, packet, bytes - 4);
    for (int i = 0; i < 4; i++)
        packet[bytes - 4 + (size_t)i] = (uint8_t)(crc >> 8 * i);
    look(packet, bytes);
    free(packet);
    return 0;
}
