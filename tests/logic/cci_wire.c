#include "tests/logic/cci_wire.h"

#include <string.h>

/* ---- the two lines ---- */

typedef struct {
    wire_t *wire;
    uint64_t now_ps, base_ps;
    uint32_t clocks; /* since (repeated) START */
    uint64_t low_ps, hold_ps, setup_ps, stop_ps, free_ps;
    bool scl, host_sda, target_sda;

    /* the target's side */
    bool listening, selected, sending, first_byte, present;
    uint32_t bits, shift, received, device;
    uint8_t out, part[4], latch[4];
    uint16_t part_head, latch_head;
    uint32_t part_mask;
    bool latched;
} lines_t;

static void keep(lines_t *l, uint16_t addr, uint8_t byte)
{
    wire_t *w = l->wire;
    if (!w->writable[addr])
        return;
    w->memory[addr] = byte;
    w->store[w->stores++] = (wire_store_t){l->now_ps, addr, byte};
}

static void let_part(lines_t *l)
{
    for (uint16_t i = 0; i < 4; i++)
        if (l->part_mask >> i & 1)
            keep(l, (uint16_t)(l->part_head + i), l->part[i]);
    l->part_mask = 0;
}

static void take_data(lines_t *l, uint8_t byte)
{
    wire_t *w = l->wire;
    uint16_t addr = w->index++;
    if (l->part_mask != 0 && w->head[addr] != l->part_head)
        let_part(l);
    if (w->width[addr] == 0) {
        keep(l, addr, byte);
        return;
    }
    l->part_head = w->head[addr];
    l->part[addr - l->part_head] = byte;
    l->part_mask |= 1u << (addr - l->part_head);
    if (l->part_mask == (1u << w->width[addr]) - 1)
        let_part(l);
}

/* A register is taken whole with the first of its bytes that is asked for. */
static void load(lines_t *l)
{
    wire_t *w = l->wire;
    uint16_t addr = w->index++, head = w->head[addr];
    l->out = w->memory[addr];
    if (w->width[addr] == 0)
        return;
    if (!l->latched || l->latch_head != head || addr == head)
        memcpy(l->latch, &w->memory[head], w->width[addr]);
    l->latched = true;
    l->latch_head = head;
    l->out = l->latch[addr - head];
}

static void got_start(lines_t *l)
{
    l->listening = l->first_byte = true;
    l->selected = l->sending = l->latched = false;
    l->bits = l->shift = l->received = 0;
    l->target_sda = true;
}

static void got_stop(lines_t *l)
{
    let_part(l);
    l->listening = false;
}

/* Behind the eighth clock: whether it will acknowledge. */
static void got_byte(lines_t *l)
{
    uint8_t byte = (uint8_t)l->shift;
    if (l->first_byte) {
        l->selected = l->present && byte >> 1 == l->device;
        l->sending = l->selected && (byte & 1) != 0;
    }
    l->target_sda = !l->selected;
}

/* Behind the ninth clock: what was acknowledged counts. */
static void behind_ack(lines_t *l, bool acknowledged)
{
    wire_t *w = l->wire;
    uint8_t byte = (uint8_t)l->shift;
    bool data = l->selected && !l->first_byte && !l->sending;
    if (data && l->received == 0)
        w->index = (uint16_t)((w->index & 0xff) << 8 | byte); /* two bytes shift in */
    else if (data && l->received == 1)
        w->index = (uint16_t)(w->index << 8 | byte);
    else if (data)
        take_data(l, byte);
    l->received += data;
    if (l->sending && acknowledged)
        load(l);
    l->first_byte = false;
    l->bits = l->shift = 0;
    l->target_sda = l->sending && acknowledged ? l->out >> 7 & 1 : true;
}

static bool sda(const lines_t *l)
{
    return l->host_sda && l->target_sda;
}

static void set_sda(lines_t *l, bool level)
{
    bool before = sda(l);
    l->host_sda = level;
    if (l->scl && before && !sda(l))
        got_start(l);
    if (l->scl && !before && sda(l))
        got_stop(l);
}

static void rise(lines_t *l)
{
    l->scl = true;
    if (l->listening && l->bits < 8)
        l->shift = l->shift << 1 | sda(l);
    l->bits++;
}

static void fall(lines_t *l)
{
    bool level = sda(l);
    l->scl = false;
    if (!l->listening)
        return;
    if (l->bits == 9)
        behind_ack(l, !level);
    else if (l->bits == 8 && !l->sending)
        got_byte(l);
    else if (l->bits == 8)
        l->target_sda = true; /* the host's turn */
    else if (l->sending)
        l->target_sda = l->out >> (7 - l->bits) & 1;
}

/* ---- the host ---- */

/* One clock: SDA while SCL is low, then the line as it is read while SCL is high. */
static bool clock_bit(lines_t *l, bool level)
{
    __extension__ typedef unsigned __int128 wide_t;
    uint64_t end_ps =
        l->base_ps + (uint64_t)((wide_t)++l->clocks * UINT64_C(1000000000000) / l->wire->hz);
    set_sda(l, level);
    l->now_ps += l->low_ps;
    rise(l);
    bool seen = sda(l);
    l->now_ps = end_ps;
    fall(l);
    return seen;
}

static bool send_byte(lines_t *l, uint8_t byte)
{
    for (uint32_t i = 0; i < 8; i++)
        clock_bit(l, byte >> (7 - i) & 1);
    return !clock_bit(l, true);
}

static uint8_t get_byte(lines_t *l, bool last)
{
    uint8_t byte = 0;
    for (uint32_t i = 0; i < 8; i++)
        byte = (uint8_t)(byte << 1 | clock_bit(l, true));
    clock_bit(l, last);
    return byte;
}

static void start(lines_t *l)
{
    set_sda(l, false);
    l->now_ps += l->hold_ps;
    fall(l);
    l->base_ps = l->now_ps;
    l->clocks = 0;
}

static void start_again(lines_t *l)
{
    set_sda(l, true);
    l->now_ps += l->low_ps;
    l->scl = true;
    l->now_ps += l->setup_ps;
    start(l);
}

static void stop(lines_t *l)
{
    set_sda(l, false);
    l->now_ps += l->low_ps;
    l->scl = true;
    l->now_ps += l->stop_ps;
    set_sda(l, true);
}

static bool send(lines_t *l, cci_xfer_t *xfer, uint32_t *at, uint8_t byte)
{
    xfer->nak = !send_byte(l, byte);
    xfer->nak_at = xfer->nak ? *at : 0;
    ++*at;
    return !xfer->nak;
}

static bool address(lines_t *l, cci_xfer_t *xfer, uint32_t *at)
{
    return send(l, xfer, at, (uint8_t)(xfer->device << 1)) &&
           send(l, xfer, at, (uint8_t)(xfer->index >> 8)) &&
           send(l, xfer, at, (uint8_t)xfer->index);
}

static void get_all(lines_t *l, cci_xfer_t *xfer)
{
    uint32_t at = 0;
    if (!send(l, xfer, &at, (uint8_t)(xfer->device << 1 | 1)))
        return;
    for (; xfer->moved < xfer->bytes; xfer->moved++)
        xfer->data[xfer->moved] = get_byte(l, xfer->moved + 1 == xfer->bytes);
}

void wire_play(wire_t *wire, cci_xfer_t *xfer, uint64_t start_ps, uint32_t device, bool present)
{
    /* UM10204 table 10, us: 4.7 4.0 4.7 4.0 4.7; 1.3 0.6 0.6 0.6 1.3; 0.5 0.26 0.26 0.26 0.5 */
    bool standard = wire->hz <= 100000, fast = !standard && wire->hz <= 400000;
    uint64_t low = standard ? 4700000 : fast ? 1300000 : 500000;
    uint64_t half = UINT64_C(500000000000) / wire->hz;
    lines_t l = {.wire = wire,
                 .now_ps = start_ps,
                 .low_ps = half > low ? half : low,
                 .hold_ps = standard ? 4000000
                            : fast   ? 600000
                                     : 260000,
                 .setup_ps = standard ? 4700000
                             : fast   ? 600000
                                      : 260000,
                 .stop_ps = standard ? 4000000
                            : fast   ? 600000
                                     : 260000,
                 .free_ps = low,
                 .scl = true,
                 .host_sda = true,
                 .target_sda = true,
                 .present = present,
                 .device = device};
    uint32_t at = 0;
    wire->stores = 0;
    xfer->start_ps = start_ps;
    xfer->moved = 0;
    start(&l);
    bool fine = xfer->kind == CCI_READ_ON || address(&l, xfer, &at);
    if (fine && xfer->kind == CCI_READ)
        start_again(&l);
    if (fine && xfer->kind != CCI_WRITE)
        get_all(&l, xfer);
    for (; fine && xfer->kind == CCI_WRITE && xfer->moved < xfer->bytes && fine;
         xfer->moved += fine)
        fine = send(&l, xfer, &at, xfer->data[xfer->moved]);
    stop(&l);
    xfer->end_ps = l.now_ps;
    wire->free_ps = l.now_ps + l.free_ps;
}
