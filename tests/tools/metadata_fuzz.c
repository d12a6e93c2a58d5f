/*
 * metadata_fuzz.c - any bytes as a metadata packet; as its sections, too, with a header and a CRC
 * that are right, so that what lies behind them is reached.
 */
#include <stdlib.h>
#include <string.h>

#include "firmware/include/meta.h"
#include "tools/metadata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void look(const uint8_t *packet, size_t bytes)
{
    char error[160];
    metadata_t m;
    if (!metadata_parse(packet, bytes, &m, error, sizeof(error)))
        return;
    if (4 * (size_t)m.words + 4 > bytes || m.boxes > METADATA_MAX_BOXES)
        abort();
    sim_json_t *line = metadata_json(&m, NULL);
    free(sim_json_print(line, false));
    sim_json_free(line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    const meta_head_t head = {0};
    size_t words = bytes / 4, all = META_HEADER_WORDS + words + 1;
    meta_t meta;
    look(data, bytes);
    uint32_t *packet = malloc(4 * all); /* no byte more: a read beyond is seen */
    if (packet == NULL)
        return 0;
    meta_begin(&meta, packet, (uint32_t)(4 * all), &head);
    if (words > 0)
        memcpy(packet + meta.used, data, 4 * words);
    meta.used += (uint32_t)words;
    look((const uint8_t *)packet, meta_end(&meta, 0));
    free(packet);
    return 0;
}
