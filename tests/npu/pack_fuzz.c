/*
 * pack_fuzz.c - any bytes as a packed stream: refused or decoded, never beyond the end; and packed
 * again they come back.
 */
#include <stdlib.h>
#include <string.h>

#include "npu/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_bytes(void *ctx, uint32_t at, uint8_t *to, uint32_t bytes)
{
    memcpy(to, (const uint8_t *)ctx + at, bytes);
    return true;
}

/* The first two bytes say how many the stream becomes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3 || size > 100000)
        return 0;
    uint32_t bytes = 1 + ((uint32_t)data[0] | (uint32_t)data[1] << 8);
    uint32_t stream_bytes = (uint32_t)size - 2, room = 2 * bytes + 100;
    uint8_t *stream = malloc(stream_bytes), *to = malloc(bytes), *again = malloc(room);
    memcpy(stream, data + 2, stream_bytes);
    if (npu_unpack(read_bytes, stream, stream_bytes, to, bytes)) {
        uint32_t packed = npu_pack(to, bytes, again, room);
        if (packed == 0 || packed > stream_bytes) /* the encoder's choice is the best there is */
            abort();
        uint8_t *back = malloc(bytes);
        if (!npu_unpack(read_bytes, again, packed, back, bytes) || memcmp(to, back, bytes) != 0)
            abort();
        free(back);
    }
    free(stream);
    free(to);
    free(again);
    return 0;
}
