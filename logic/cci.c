#include "logic/cci.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { IDLE, BYTES, STOP }; /* phase: what `next` is the end of */
enum { INDEX_BYTES = 2, CLOCKS_A_BYTE = 9, RELEASED = 0xff };

/* Minimum times of a mode, ns: NXP UM10204 rev. 7, table 10. */
typedef struct {
    uint32_t most_hz, low, hold_start, setup_start, setup_stop, free;
} mode_t;

/* clang-format off */
static const mode_t modes[] = {
    /* most_hz  tLOW  tHD;STA tSU;STA tSU;STO tBUF */
    { 100000,   4700, 4000,   4700,   4000,   4700},
    { 400000,   1300,  600,    600,    600,   1300},
    {1000000,    500,  260,    260,    260,    500},
};

static const sim_field_t fields[] = {
    SIM_FIELD(cci_t, queue),   SIM_FIELD(cci_t, first),   SIM_FIELD(cci_t, count),
    SIM_FIELD(cci_t, phase),   SIM_FIELD(cci_t, active),  SIM_FIELD(cci_t, reading), SIM_FIELD(cci_t, sent),
    SIM_FIELD(cci_t, index),     SIM_FIELD(cci_t, shift),
    SIM_FIELD(cci_t, base_ps), SIM_FIELD(cci_t, free_ps), SIM_FIELD(cci_t, held_ps),
    SIM_FIELD(cci_t, writes),  SIM_FIELD(cci_t, reads),   SIM_FIELD(cci_t, bytes),
    SIM_FIELD(cci_t, naks),    SIM_FIELD(cci_t, refused), SIM_FIELD(cci_t, busy_ps), SIM_FIELD(cci_t, scl_clocks),
    SIM_FIELD_END,
};

static const sim_stat_t stats[] = {
    SIM_STAT(cci_t, writes,  "1",     "write transactions"),
    SIM_STAT(cci_t, reads,   "1",     "read transactions"),
    SIM_STAT(cci_t, bytes,   "bytes", "data bytes, either way"),
    SIM_STAT(cci_t, naks,    "1",     "transactions that ended without an acknowledge"),
    SIM_STAT(cci_t, refused, "1",     "registers that did not take what was written"),
    SIM_STAT(cci_t, busy_ps, "ps",    "time from START to STOP"),
    SIM_STAT(cci_t, scl_clocks, "1",  "clocks of SCL: 9 a byte, device and index included"),
    SIM_STAT_END,
};
/* clang-format on */

static const mode_t *mode_of(const cci_t *cci)
{
    const mode_t *mode = modes;
    while (mode->most_hz < cci->desc.hz)
        mode++;
    return mode;
}

/* From a fall of SCL to its next rise. */
static uint64_t low_ps(const cci_t *cci)
{
    uint64_t half = sim_edge_ps(1, 2 * (uint64_t)cci->desc.hz);
    uint64_t least = mode_of(cci)->low * SIM_PS_PER_NS;
    return half > least ? half : least;
}

static cci_xfer_t *current(cci_t *cci)
{
    return &cci->queue[cci->active][cci->first[cci->active]];
}

static uint64_t now_ps(const cci_t *cci)
{
    return sim_now_ps(cci->comp.sim);
}

/* ---- SCL ---- */

static void await_byte(cci_t *cci)
{
    uint64_t clocks = (uint64_t)CLOCKS_A_BYTE * (cci->sent + 1);
    cci->phase = BYTES;
    sim_event_at(cci->comp.sim, &cci->next, cci->base_ps + sim_edge_ps(clocks, cci->desc.hz));
}

/* SDA falls at start_ps. */
static void start_at(cci_t *cci, uint64_t start_ps, bool reading)
{
    cci->base_ps = start_ps + mode_of(cci)->hold_start * SIM_PS_PER_NS;
    cci->reading = reading;
    cci->sent = 0;
    await_byte(cci);
}

/* Who asked first; at the same instant the lower number. False: nobody asks. */
static bool arbitrate(cci_t *cci)
{
    const cci_xfer_t *oldest = NULL;
    for (uint32_t i = 0; i < cci->clients; i++) {
        const cci_xfer_t *xfer = &cci->queue[i][cci->first[i]];
        if (cci->count[i] == 0 || (oldest != NULL && xfer->asked_ps >= oldest->asked_ps))
            continue;
        oldest = xfer;
        cci->active = i;
    }
    return oldest != NULL;
}

static void on_start(void *ctx)
{
    cci_t *cci = ctx;
    if (!arbitrate(cci))
        return;
    cci_xfer_t *xfer = current(cci);
    xfer->start_ps = now_ps(cci);
    start_at(cci, xfer->start_ps, xfer->kind == CCI_READ_ON);
}

/* When the bus is free. */
static void await_start(cci_t *cci)
{
    uint64_t at_ps = now_ps(cci) > cci->free_ps ? now_ps(cci) : cci->free_ps;
    if (cci->phase == IDLE && !sim_event_pending(&cci->start))
        sim_event_at(cci->comp.sim, &cci->start, at_ps);
}

/* SCL has just fallen behind the last byte. */
static void begin_again(cci_t *cci)
{
    uint64_t setup_ps = mode_of(cci)->setup_start * SIM_PS_PER_NS;
    start_at(cci, now_ps(cci) + low_ps(cci) + setup_ps, true);
}

static void await_stop(cci_t *cci)
{
    uint64_t setup_ps = mode_of(cci)->setup_stop * SIM_PS_PER_NS;
    cci->phase = STOP;
    sim_event_at(cci->comp.sim, &cci->next, now_ps(cci) + low_ps(cci) + setup_ps);
}

/* ---- the target ---- */

static bool in_reset(const cci_t *cci)
{
    return now_ps(cci) < cci->held_ps;
}

static void note(cci_t *cci, bool taken)
{
    current(cci)->refused += !taken;
    cci->refused += !taken;
}

static void target_loads(cci_t *cci)
{
    cci->shift = in_reset(cci) ? (uint32_t)RELEASED : ccs_bus_read(cci->ccs, (uint16_t)cci->index);
}

static bool target_is(cci_t *cci, const cci_xfer_t *xfer)
{
    if (in_reset(cci) || xfer->device != ccs_device(cci->ccs))
        return false;
    if (cci->reading)
        target_loads(cci);
    return true;
}

/* Byte `at` behind the device's, of the host. */
static bool target_takes(cci_t *cci, cci_xfer_t *xfer, uint32_t at)
{
    uint8_t byte = (uint8_t)(at >= INDEX_BYTES ? xfer->data[at - INDEX_BYTES]
                                               : xfer->index >> 8 * (INDEX_BYTES - 1 - at));
    bool faulty = cci->line != NULL && xfer->kind == CCI_WRITE;
    if (in_reset(cci) || (faulty && !cci->line(cci->line_ctx, xfer, at, &byte)))
        return false;
    if (at < INDEX_BYTES) {
        cci->index = (cci->index << 8 | byte) & 0xffff;
        return true;
    }
    note(cci, ccs_bus_write(cci->ccs, (uint16_t)cci->index, byte));
    cci->index = (cci->index + 1) & 0xffff;
    xfer->moved++;
    return true;
}

/* The host does not acknowledge the last byte; the target has then sent all the same. */
static void host_takes(cci_t *cci, cci_xfer_t *xfer)
{
    xfer->data[xfer->moved++] = (uint8_t)cci->shift;
    cci->index = (cci->index + 1) & 0xffff;
    if (xfer->moved < xfer->bytes)
        target_loads(cci);
}

/* ---- a transaction ---- */

static bool byte_done(cci_t *cci, cci_xfer_t *xfer)
{
    if (cci->sent == 0)
        return target_is(cci, xfer);
    if (!cci->reading)
        return target_takes(cci, xfer, cci->sent - 1);
    host_takes(cci, xfer);
    return true;
}

static uint32_t bytes_of_part(const cci_t *cci, const cci_xfer_t *xfer)
{
    if (cci->reading)
        return 1 + xfer->bytes;
    return 1 + INDEX_BYTES + (xfer->kind == CCI_WRITE ? xfer->bytes : 0);
}

static void on_byte(cci_t *cci)
{
    cci_xfer_t *xfer = current(cci);
    bool ack = byte_done(cci, xfer);
    xfer->nak = !ack;
    xfer->nak_at = ack ? 0 : cci->sent;
    cci->sent++;
    cci->scl_clocks += CLOCKS_A_BYTE;
    if (ack && cci->sent < bytes_of_part(cci, xfer))
        await_byte(cci);
    else if (ack && xfer->kind == CCI_READ && !cci->reading)
        begin_again(cci);
    else
        await_stop(cci);
}

static void trace(const cci_t *cci, const cci_xfer_t *xfer)
{
    static const char *const what[] = {"write", "read", "read on"};
    char name[32];
    if (!sim_tracing(cci->comp.sim))
        return;
    snprintf(name, sizeof(name), "%s 0x%04x%s", what[xfer->kind], xfer->index,
             xfer->nak != 0 ? " NAK" : "");
    sim_trace_span(cci->comp.sim, "cci", name, xfer->start_ps, xfer->end_ps,
                   "\"device\": %u, \"bytes\": %u, \"value\": %u, \"refused\": %u", xfer->device,
                   xfer->bytes, cci_value(xfer), xfer->refused);
}

static void add_up(cci_t *cci, const cci_xfer_t *xfer)
{
    cci->writes += xfer->kind == CCI_WRITE;
    cci->reads += xfer->kind != CCI_WRITE;
    cci->bytes += xfer->moved;
    cci->naks += xfer->nak;
    cci->busy_ps += xfer->end_ps - xfer->start_ps;
}

static void on_stop(cci_t *cci)
{
    note(cci, ccs_bus_stop(cci->ccs));
    cci_xfer_t xfer = *current(cci);
    xfer.end_ps = now_ps(cci);
    cci->free_ps = xfer.end_ps + mode_of(cci)->free * SIM_PS_PER_NS;
    add_up(cci, &xfer);
    trace(cci, &xfer);
    memset(current(cci), 0, sizeof(xfer));
    cci->first[cci->active] = (cci->first[cci->active] + 1) % CCI_MAX_EACH;
    cci->count[cci->active]--;
    cci->phase = IDLE;
    if (!cci_idle(cci))
        await_start(cci);
    if (cci->client[xfer.client].done != NULL)
        cci->client[xfer.client].done(cci->client[xfer.client].ctx, &xfer);
}

static void on_next(void *ctx)
{
    cci_t *cci = ctx;
    if (cci->phase == BYTES)
        on_byte(cci);
    else
        on_stop(cci);
}

/* ---- the block ---- */

static void reset(sim_comp_t *comp)
{
    cci_t *cci = (cci_t *)(void *)comp;
    sim_event_cancel(comp->sim, &cci->start);
    sim_event_cancel(comp->sim, &cci->next);
    memset(cci->queue, 0, sizeof(cci->queue));
    memset(cci->first, 0, sizeof(cci->first));
    memset(cci->count, 0, sizeof(cci->count));
    cci->phase = cci->active = cci->reading = cci->sent = 0;
    cci->index = cci->shift = 0;
    cci->base_ps = cci->free_ps = cci->held_ps = 0;
    cci->writes = cci->reads = cci->bytes = cci->naks = cci->refused = cci->busy_ps = 0;
    cci->scl_clocks = 0;
}

static const sim_kind_t kind = {
    .kind = "cci", .version = 2, .reset = reset, .fields = fields, .stats = stats};
_Static_assert(offsetof(cci_t, comp) == 0, "comp stays first");
_Static_assert(sizeof(cci_xfer_t) == 3 * 8 + 10 * 4 + CCI_MAX_BYTES, "no padding");

cci_desc_t cci_desc_default(void)
{
    return (cci_desc_t){.hz = 400000};
}

sim_err_t cci_init(cci_t *cci, sim_t *sim, ccs_t *ccs, const cci_desc_t *desc, const char *name)
{
    memset(cci, 0, sizeof(*cci));
    if (desc->hz < CCI_MIN_HZ || desc->hz > CCI_MAX_HZ)
        return sim_fail(sim, SIM_EDESC, "%s.hz: %u not in %u..%u", name, desc->hz, CCI_MIN_HZ,
                        CCI_MAX_HZ);
    cci->desc = *desc;
    cci->ccs = ccs;
    sim_err_t err = sim_comp_init(&cci->comp, sim, &kind, name);
    if (err != SIM_OK)
        return err;
    sim_event_init(&cci->start, &cci->comp, "start", SIM_PRIO_SAMPLE, on_start, cci);
    sim_event_init(&cci->next, &cci->comp, "next", SIM_PRIO_REQUEST, on_next, cci);
    return SIM_OK;
}

uint32_t cci_client(cci_t *cci, cci_done_t done, void *ctx)
{
    assert(cci->clients < CCI_MAX_CLIENTS);
    cci->client[cci->clients].done = done;
    cci->client[cci->clients].ctx = ctx;
    return cci->clients++;
}

static bool is_possible(const cci_t *cci, const cci_xfer_t *xfer)
{
    uint32_t least = xfer->kind == CCI_WRITE ? 0 : 1;
    return xfer->client < cci->clients && cci->count[xfer->client] < CCI_MAX_EACH &&
           xfer->kind <= CCI_READ_ON && xfer->device <= 0x7f && xfer->index <= 0xffff &&
           xfer->bytes >= least && xfer->bytes <= CCI_MAX_BYTES;
}

bool cci_submit(cci_t *cci, const cci_xfer_t *xfer)
{
    if (!is_possible(cci, xfer))
        return false;
    uint32_t client = xfer->client, kept = xfer->kind == CCI_WRITE ? xfer->bytes : 0;
    uint32_t at = (cci->first[client] + cci->count[client]++) % CCI_MAX_EACH;
    cci_xfer_t *to = &cci->queue[client][at];
    *to = *xfer;
    memset(to->data + kept, 0, CCI_MAX_BYTES - kept);
    to->asked_ps = now_ps(cci);
    to->start_ps = to->end_ps = 0;
    to->nak = to->nak_at = to->moved = to->refused = 0;
    await_start(cci);
    return true;
}

cci_xfer_t cci_read_of(uint32_t client, uint32_t tag, uint16_t addr, uint32_t bytes)
{
    return (cci_xfer_t){.kind = CCI_READ,
                        .device = CCI_DEVICE,
                        .index = addr,
                        .bytes = bytes,
                        .client = client,
                        .tag = tag};
}

cci_xfer_t cci_write_of(uint32_t client, uint32_t tag, uint16_t addr, uint32_t bytes,
                        uint32_t value)
{
    cci_xfer_t xfer = cci_read_of(client, tag, addr, bytes);
    xfer.kind = CCI_WRITE;
    assert(bytes <= 4);
    for (uint32_t i = 0; i < bytes; i++)
        xfer.data[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
    return xfer;
}

uint32_t cci_value(const cci_xfer_t *xfer)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < xfer->bytes && i < 4; i++)
        value = value << 8 | xfer->data[i];
    return value;
}

bool cci_idle(const cci_t *cci)
{
    for (uint32_t i = 0; i < cci->clients; i++)
        if (cci->count[i] != 0)
            return false;
    return true;
}

void cci_hold(cci_t *cci, uint64_t until_ps)
{
    cci->held_ps = until_ps;
}
