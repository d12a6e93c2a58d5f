#include "mipi/embedded.h"

#include <string.h>

enum {
    LINE_START = 0x0a,
    TAG_HIGH = 0xaa,
    TAG_LOW = 0xa5,
    TAG_VALUE = 0x5a,
    TAG_SKIP = 0x55,
    TAG_END = 0x07,
    DUMMY = 0x55,
};

uint32_t mipi_embedded_line_bytes(uint32_t width_px, uint32_t bits)
{
    return (uint32_t)(((uint64_t)width_px * bits / 8 + 15) / 16 * 16);
}

/* Every fifth byte of a RAW10 stream, every third of RAW12 and the last three of seven of RAW14
 * hold low pixel bits: dummies. */
static bool is_dummy(uint32_t bits, uint32_t at)
{
    return (bits == 10 && at % 5 == 4) || (bits == 12 && at % 3 == 2) || (bits == 14 && at % 7 > 3);
}

/* A cursor that steps over the dummies. */
typedef struct {
    uint8_t *line;
    uint32_t bytes, bits, at;
} writer_t;

static void put(writer_t *w, uint8_t byte)
{
    while (w->at < w->bytes && is_dummy(w->bits, w->at))
        w->line[w->at++] = DUMMY;
    if (w->at < w->bytes)
        w->line[w->at++] = byte;
}

static void put_tagged(writer_t *w, uint8_t tag, uint8_t data)
{
    put(w, tag);
    put(w, data);
}

/* Bytes that n more bytes take, dummies included, at most. */
static uint32_t room_for(uint32_t bits, uint32_t n)
{
    return bits == 14 ? n * 7 / 4 + 4 : n * 3 / 2 + 2;
}

uint32_t mipi_embedded_write(uint8_t *line, uint32_t line_bytes, uint32_t bits,
                             const mipi_embedded_reg_t *regs, uint32_t count)
{
    writer_t w = {line, line_bytes, bits, 0};
    uint32_t next = 0, n = 0; /* next: the address the reader has; 0 needs no setting */
    put(&w, LINE_START);
    for (; n < count && w.at + room_for(bits, 6 + 2) <= line_bytes; n++) {
        if (n == 0 || regs[n].addr >> 8 != next >> 8)
            put_tagged(&w, TAG_HIGH, (uint8_t)(regs[n].addr >> 8));
        if (n == 0 || (regs[n].addr & 0xff) != (next & 0xff))
            put_tagged(&w, TAG_LOW, (uint8_t)regs[n].addr);
        put_tagged(&w, TAG_VALUE, regs[n].value);
        next = regs[n].addr + 1u;
    }
    while (w.at < line_bytes)
        put(&w, TAG_END);
    return n;
}

/* The next byte that is no dummy; -1 at the end of the line or at a dummy that is not 55. */
static int take(const uint8_t *line, uint32_t line_bytes, uint32_t bits, uint32_t *at)
{
    while (*at < line_bytes && is_dummy(bits, *at)) {
        if (line[*at] != DUMMY)
            return -1;
        ++*at;
    }
    return *at < line_bytes ? line[(*at)++] : -1;
}

int mipi_embedded_read(const uint8_t *line, uint32_t line_bytes, uint32_t bits,
                       mipi_embedded_reg_t *regs, uint32_t max, uint32_t *at)
{
    uint32_t n = 0;
    uint16_t addr = 0;
    *at = 0;
    if (take(line, line_bytes, bits, at) != LINE_START) {
        *at = 0;
        return -1;
    }
    for (;;) {
        int tag = take(line, line_bytes, bits, at);
        uint32_t tag_at = *at - (tag >= 0);
        int data = tag < 0 ? -1 : take(line, line_bytes, bits, at);
        if (data < 0)
            return -1;
        if (tag == TAG_END && data == TAG_END)
            return (int)n;
        if (tag == TAG_HIGH) {
            addr = (uint16_t)((addr & 0x00ff) | data << 8);
        } else if (tag == TAG_LOW) {
            addr = (uint16_t)((addr & 0xff00) | data);
        } else if (tag == TAG_SKIP) {
            addr++;
        } else if (tag == TAG_VALUE) {
            if (n < max)
                regs[n++] = (mipi_embedded_reg_t){addr, (uint8_t)data};
            addr++;
        } else {
            *at = tag_at;
            return -1;
        }
    }
}
