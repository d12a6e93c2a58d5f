#include "tools/htif.h"

#include "tools/guest.h"

#define CALL_WORDS 8u
#define CALL_ENOSYS UINT64_C(-38) /* Linux's number: the proxy kernel's calls are Linux's */
#define CALL_EFAULT UINT64_C(-14)
#define CALL_EBADF UINT64_C(-9)
enum { CALL_WRITE = 64, CALL_EXIT = 93 };
enum { CHUNK = 4096 };

static bool get64(htif_t *h, uint32_t addr, uint64_t *value)
{
    uint32_t half[2];
    bool fine = guest_get_words(h->bus, addr, half, 2);
    *value = fine ? (uint64_t)half[1] << 32 | half[0] : 0;
    return fine;
}

static void put64(htif_t *h, uint32_t addr, uint64_t value)
{
    const uint32_t half[2] = {(uint32_t)value, (uint32_t)(value >> 32)};
    guest_put_words(h->bus, addr, half, 2);
}

/* ---- system calls ---- */

static uint64_t call_write(htif_t *h, const uint64_t *call)
{
    FILE *to = call[1] == 1 ? h->out : call[1] == 2 ? h->err : NULL;
    if (to == NULL)
        return CALL_EBADF;
    uint32_t addr = (uint32_t)call[2], left = (uint32_t)call[3];
    if (call[2] >> 32 != 0 || call[3] >> 32 != 0 ||
        (left != 0 && !guest_readable(h->bus, addr, left)))
        return CALL_EFAULT;
    if (to == h->err)
        fflush(h->out);
    while (left != 0) {
        uint8_t data[CHUNK];
        uint32_t part = left < CHUNK ? left : CHUNK;
        guest_get(h->bus, addr, data, part);
        fwrite(data, 1, part, to);
        addr += part;
        left -= part;
    }
    return call[3];
}

/* True when it is to be answered. */
static bool system_call(htif_t *h, uint64_t block)
{
    uint64_t call[CALL_WORDS];
    if (block >> 32 != 0 || !guest_writable(h->bus, (uint32_t)block, 8 * CALL_WORDS))
        return false;
    for (uint32_t i = 0; i < CALL_WORDS; i++)
        get64(h, (uint32_t)block + 8 * i, &call[i]);
    if (call[0] == CALL_EXIT) {
        h->ended(h->ended_ctx, (uint32_t)call[1]);
        return false;
    }
    put64(h, (uint32_t)block, call[0] == CALL_WRITE ? call_write(h, call) : CALL_ENOSYS);
    return true;
}

/* ---- console ---- */

static uint64_t read_char(htif_t *h)
{
    fflush(h->out);
    int c = getc(h->in);
    return c == EOF ? 0 : 0x100u | (uint32_t)c;
}

/* ---- requests ---- */

static void answer(htif_t *h, uint64_t request, uint64_t result)
{
    if (h->answers)
        put64(h, h->fromhost, request >> 48 << 48 | result);
}

static void take(htif_t *h, uint64_t request)
{
    switch (request >> 48) {
    case 0x0000:
        if (system_call(h, request))
            answer(h, request, 1);
        break;
    case 0x0100:
        answer(h, request, read_char(h));
        break;
    case 0x0101:
        putc((int)(request & 0xff), h->out);
        break;
    default: /* no such device: taken, not answered */
        break;
    }
}

static void end(htif_t *h, uint64_t code)
{
    h->ended(h->ended_ctx, code >> 32 == 0 ? (uint32_t)code : UINT32_MAX);
}

void htif_poll(void *ctx)
{
    htif_t *h = ctx;
    uint64_t request, pending = 0;
    if (!get64(h, h->tohost, &request) || request == 0)
        return;
    if (request >> 48 == 0 && (request & 1) != 0) {
        end(h, request >> 1);
        return;
    }
    if (h->answers && get64(h, h->fromhost, &pending) && pending != 0)
        return;
    put64(h, h->tohost, 0);
    take(h, request);
}
