/*
 * ccs_channels.c - what may be written about the IMX500's channels 6 to 9 (facts: IMX500 3), and
 * what must fit together before a stream starts. Limits are the kernel driver's (lines), the
 * transmitter's (its line buffer) and the standard's; that sizes are multiples of 4 and that no
 * channel claims an image's data type is assumed.
 */
#include <stdio.h>

#include "logic/ccs_int.h"

enum {
    OUTPUT = 0x3050,
    METADATA = 0x3052,
    X_SIZE = 0x3054,
    Y_SIZE = 0x305c,
    VC = 0x3064,
    DATA_TYPE = 0x3068,
    PACKING = 0x306c,
    END = 0x3070,
};
enum { CHANNELS = 4, FIRST = 6, X_MIN = 16, Y_MAX = 2045, VC_MAX = 15 };
enum { PACKING_8_BITS = 2, PACKING_10_BITS = 3 };

/* Embedded, generic, user defined: lines of bytes. */
static bool is_bytes(uint32_t dt)
{
    return (dt >= 0x12 && dt <= 0x16) || (dt >= 0x30 && dt <= 0x37);
}

/* NULL: it may. */
static const char *expected(uint16_t addr, uint32_t value)
{
    if (addr >= PACKING)
        return value == PACKING_8_BITS || value == PACKING_10_BITS ? NULL
                                                                   : "2 (8 bits) or 3 (10 bits)";
    if (addr >= DATA_TYPE)
        return is_bytes(value) ? NULL : "0x12..0x16 or 0x30..0x37";
    if (addr >= VC)
        return value <= VC_MAX ? NULL : "0..15";
    if (addr >= Y_SIZE)
        return value <= Y_MAX ? NULL : "0..2045 lines";
    return value >= X_MIN && value % 4 == 0 ? NULL : "a multiple of 4, 16 at least";
}

static bool is_channel(uint16_t addr)
{
    return addr >= X_SIZE && addr < END;
}

bool ccs_channel_allowed(uint16_t addr, uint32_t value, char *error, size_t bytes)
{
    const char *want = is_channel(addr) ? expected(addr, value) : NULL;
    if (want != NULL)
        snprintf(error, bytes, "expected %s", want);
    return want == NULL;
}

static bool judge(const ccs_t *ccs, uint16_t addr, uint16_t size, char *error, size_t bytes)
{
    uint32_t value = ccs_get(ccs, addr, size);
    const char *want = expected(addr, value);
    if (want != NULL)
        snprintf(error, bytes, "%s 0x%x, expected %s", ccs_find(&ccs->desc, addr)->name, value,
                 want);
    return want == NULL;
}

bool ccs_channels_fit(const ccs_t *ccs, char *error, size_t bytes)
{
    if (ccs_find(&ccs->desc, OUTPUT) == NULL || ccs_get(ccs, OUTPUT, 1) == 0 ||
        ccs_get(ccs, METADATA, 1) == 0)
        return true;
    for (uint16_t n = 0; n < CHANNELS; n++) {
        uint16_t x = (uint16_t)(X_SIZE + 2 * n), y = (uint16_t)(Y_SIZE + 2 * n);
        if (!judge(ccs, x, 2, error, bytes) || !judge(ccs, y, 2, error, bytes))
            return false;
        uint32_t line = ccs_get(ccs, x, 2), most = ccs->desc.link.line_bytes;
        if (ccs_get(ccs, (uint16_t)(PACKING + n), 1) == PACKING_10_BITS)
            line = line / 4 * 5;
        if (line <= most)
            continue;
        snprintf(error, bytes, "channel %u: lines of %u bytes on the link, expected at most %u",
                 FIRST + n, line, most);
        return false;
    }
    return true;
}
