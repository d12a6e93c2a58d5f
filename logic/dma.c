/*
 * dma.c - each channel is a small machine that steps when its access is done.
 */
#include "logic/dma.h"

#include <stdio.h>
#include <string.h>

enum {
    CHANNEL_BASE = 0x40,
    CHANNEL_BYTES = 0x40,
    AT_BYTES_LO = 0x14, /* within a channel's registers */
    START = 0x1,        /* of DMAn_CTRL */
    ABORT = 0x2,
    IRQ_DONE = 0x4,
    IRQ_ERROR = 0x8,
    IRQ_TELL = 0x10,
    CTRL_BITS = IRQ_DONE | IRQ_ERROR | IRQ_TELL,
    BUSY = 0x1, /* of DMAn_STATUS; DONE, ERROR and TOLD sit one below their interrupt's bit */
    DONE = 0x2,
    FAILED = 0x4,
    TOLD = 0x8,
    ABORTED = 0x10,
    FLAGS = DONE | FAILED | TOLD | ABORTED,
    CODE_SHIFT = 8,
    DESC_BYTES = 4 * DMA_DESC_WORDS,
    KNOWN_FLAGS = DMA_FILL | DMA_FIXED_SOURCE | DMA_FIXED_DESTINATION | DMA_TELL | DMA_BYTES |
                  (DMA_LINES - 1) << DMA_LINE_SHIFT,
    REG_CYCLES = 4,
};

/* Words of a descriptor. */
enum { W_FLAGS, W_SOURCE, W_DEST, W_BYTES, W_ROWS, W_SOURCE_STRIDE, W_DEST_STRIDE, W_NEXT };

static void wrote_ctrl(sim_comp_t *comp, uint32_t number, uint32_t value);
static void wrote_status(sim_comp_t *comp, uint32_t value);

static void wrote_ctrl0(sim_comp_t *comp, uint32_t value)
{
    wrote_ctrl(comp, 0, value);
}
static void wrote_ctrl1(sim_comp_t *comp, uint32_t value)
{
    wrote_ctrl(comp, 1, value);
}
static void wrote_ctrl2(sim_comp_t *comp, uint32_t value)
{
    wrote_ctrl(comp, 2, value);
}
static void wrote_ctrl3(sim_comp_t *comp, uint32_t value)
{
    wrote_ctrl(comp, 3, value);
}

/* clang-format off */
#define R(member) offsetof(dma_t, member)
#define AT(n, offset) (CHANNEL_BASE + CHANNEL_BYTES * (n) + (offset))
#define CHANNEL_REGS(n)                                                                            \
    {"DMA" #n "_CTRL",       "0: start, reads 0; 1: abort, reads 0; 2: interrupt at the end of a chain; 3: interrupt on error; 4: interrupt when told", \
                                                                        AT(n, 0x00), 0x0, CTRL_BITS,  0x0,   R(ctrl[n]),       wrote_ctrl##n}, \
    {"DMA" #n "_STATUS",     "0: busy; 1: end of chain, W1C; 2: error, W1C; 3: told by a descriptor, W1C; 4: aborted, W1C; 15:8: error code (1 address, 2 misaligned, 3 empty, 4 flags, 5 memory)", \
                                                                        AT(n, 0x04), 0x0, 0x0,        FLAGS, R(status[n]),     wrote_status},  \
    {"DMA" #n "_FIRST",      "31:0: address of the first descriptor",   AT(n, 0x08), 0x0, 0xffffffff, 0x0,   R(first[n]),      NULL},          \
    {"DMA" #n "_AT",         "31:0: address of the descriptor that runs, or ran last", AT(n, 0x0c), 0x0, 0x0, 0x0, R(at[n]),   NULL},          \
    {"DMA" #n "_ERROR_ADDR", "31:0: where the error was",               AT(n, 0x10), 0x0, 0x0,        0x0,   R(error_addr[n]), NULL},          \
    {"DMA" #n "_BYTES_LO",   "31:0: bytes written by the run or the last; a read latches the upper half", AT(n, 0x14), 0x0, 0x0, 0x0, R(bytes_lo[n]), NULL}, \
    {"DMA" #n "_BYTES_HI",   "31:0: bytes, upper half as latched",      AT(n, 0x18), 0x0, 0x0,        0x0,   R(bytes_hi[n]),   NULL}
static const sim_reg_t dma_regs[] = {
    /* name    help                                  addr  reset       rw_mask w1c  member      side effect */
    {"DMA_ID",  "31:16: block id; 15:0: version",     0x00, 0x000a0001, 0x0,    0x0, R(id),      NULL},
    {"DMA_IRQ", "3:0: channels that interrupt",       0x04, 0x0,        0x0,    0x0, R(pending), NULL},
    CHANNEL_REGS(0),
    CHANNEL_REGS(1),
    CHANNEL_REGS(2),
    CHANNEL_REGS(3),
    SIM_REG_END,
};
/* clang-format on */

static dma_t *dma_of(sim_comp_t *comp)
{
    return (dma_t *)(void *)comp;
}

static uint64_t this_edge(const dma_t *dma)
{
    return clk_edge_at_or_after(&dma->clk, sim_now_ps(dma->comp.sim));
}

static void update_irq(dma_t *dma)
{
    dma->pending = 0;
    for (uint32_t n = 0; n < DMA_CHANNELS; n++)
        if ((dma->status[n] << 1 & dma->ctrl[n] & CTRL_BITS) != 0)
            dma->pending |= 1u << n;
    sim_wire_set(&dma->irq, dma->pending != 0);
}

/* ---- the descriptor that runs ---- */

static bool has(const dma_t *dma, uint32_t n, uint32_t flag)
{
    return (dma->word[n][W_FLAGS] & flag) != 0;
}

static uint32_t source_at(const dma_t *dma, uint32_t n)
{
    const uint32_t *w = dma->word[n];
    if (has(dma, n, DMA_FIXED_SOURCE))
        return w[W_SOURCE];
    return w[W_SOURCE] + dma->row[n] * w[W_SOURCE_STRIDE] + dma->offset[n];
}

static uint32_t destination_at(const dma_t *dma, uint32_t n)
{
    const uint32_t *w = dma->word[n];
    if (has(dma, n, DMA_FIXED_DESTINATION))
        return w[W_DEST];
    return w[W_DEST] + dma->row[n] * w[W_DEST_STRIDE] + dma->offset[n];
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Up to the end of the aligned piece that addr is in. */
static uint32_t room_at(const dma_t *dma, uint32_t addr)
{
    return dma->piece_bytes - addr % dma->piece_bytes;
}

/* A word of a page that the DMA may access. */
static bool is_register(const dma_t *dma, uint32_t addr)
{
    uint32_t page = (addr - BUS_PAGE_BASE) / BUS_PAGE_BYTES;
    return bus_area(dma->bus, addr & ~3u, 4) == BUS_REGS && (dma->bus->dma_pages >> page & 1) != 0;
}

/* Bytes of the next piece. */
static uint32_t cut_piece(const dma_t *dma, uint32_t n)
{
    uint32_t bytes = dma->word[n][W_BYTES] - dma->offset[n];
    bool reads = !has(dma, n, DMA_FILL);
    if (has(dma, n, DMA_BYTES))
        return 1;
    if (has(dma, n, DMA_FIXED_SOURCE | DMA_FIXED_DESTINATION) ||
        is_register(dma, destination_at(dma, n)) || (reads && is_register(dma, source_at(dma, n))))
        return 4;
    bytes = least(bytes, room_at(dma, destination_at(dma, n)));
    return reads ? least(bytes, room_at(dma, source_at(dma, n))) : bytes;
}

/* Bytes go between memory and a register at a fixed address. */
static dma_error_t check_bytes(const dma_t *dma, uint32_t n)
{
    const uint32_t *w = dma->word[n];
    bool from = is_register(dma, w[W_SOURCE]), to = is_register(dma, w[W_DEST]);
    uint32_t fixed = from ? DMA_FIXED_SOURCE : DMA_FIXED_DESTINATION;
    uint32_t others = DMA_FILL | DMA_FIXED_SOURCE | DMA_FIXED_DESTINATION;
    if (from == to || (w[W_FLAGS] & others) != fixed)
        return DMA_BAD_FLAGS;
    return w[from ? W_SOURCE : W_DEST] % 4 != 0 ? DMA_MISALIGNED : DMA_NO_ERROR;
}

static uint32_t line_of(const dma_t *dma, uint32_t n)
{
    return dma->word[n][W_FLAGS] >> DMA_LINE_SHIFT & (DMA_LINES - 1);
}

static dma_error_t check_descriptor(const dma_t *dma, uint32_t n)
{
    const uint32_t *w = dma->word[n];
    uint32_t words = w[W_DEST] | w[W_BYTES] | w[W_SOURCE_STRIDE] | w[W_DEST_STRIDE];
    if ((w[W_FLAGS] & ~(uint32_t)KNOWN_FLAGS) != 0 ||
        (line_of(dma, n) != 0 && dma->line[line_of(dma, n)].wire == NULL))
        return DMA_BAD_FLAGS;
    if (w[W_BYTES] == 0 || w[W_ROWS] == 0)
        return DMA_EMPTY;
    if (has(dma, n, DMA_BYTES))
        return check_bytes(dma, n);
    if (!has(dma, n, DMA_FILL))
        words |= w[W_SOURCE];
    return words % 4 != 0 ? DMA_MISALIGNED : DMA_NO_ERROR;
}

/* ---- the end of a run ---- */

static void stop(dma_t *dma, uint32_t n, uint32_t flags)
{
    dma->stage[n] = DMA_IDLE;
    dma->pulses &= ~(1u << line_of(dma, n));
    dma->starts[n] = dma->waits[n] = dma->asks[n] = dma->aborting[n] = false;
    dma->status[n] = (dma->status[n] & ~(uint32_t)BUSY) | flags;
    update_irq(dma);
}

static void fail(dma_t *dma, uint32_t n, dma_error_t error, uint32_t addr)
{
    static const char *const names[] = {"",      "bad address", "misaligned",
                                        "empty", "bad flags",   "memory error"};
    dma->errors++;
    dma->error_addr[n] = addr;
    sim_log(&dma->comp, SIM_LOG_GUEST, "channel %u: %s at 0x%08x, descriptor at 0x%08x", n,
            names[error], addr, dma->at[n]);
    stop(dma, n, FAILED | (uint32_t)error << CODE_SHIFT);
}

/* ---- accesses ---- */

static uint32_t access_addr(const dma_t *dma, uint32_t n)
{
    if (dma->stage[n] == DMA_FETCH)
        return dma->at[n];
    return dma->stage[n] == DMA_READ ? source_at(dma, n) : destination_at(dma, n);
}

static uint32_t access_bytes(const dma_t *dma, uint32_t n)
{
    if (dma->stage[n] == DMA_FETCH)
        return DESC_BYTES;
    return is_register(dma, access_addr(dma, n)) ? 4 : dma->piece[n];
}

/* There is something to do in the request phase of `edge`: all that channels do, they do there, in
 * the order of their numbers, after all that is done in that cycle is known. */
static void call(dma_t *dma, uint64_t edge)
{
    uint64_t at_ps = clk_edge_ps(&dma->clk, edge);
    if (!sim_event_pending(&dma->issue) || dma->issue.at_ps > at_ps)
        sim_event_at(dma->comp.sim, &dma->issue, at_ps);
}

/* The channel's stage has an access to make. */
static void ask(dma_t *dma, uint32_t n, dma_stage_t stage)
{
    dma->stage[n] = (uint32_t)stage;
    dma->asks[n] = true;
}

static void ask_l2(dma_t *dma, uint32_t n)
{
    sim_mem_req_t *req = &dma->req[n];
    req->addr = access_addr(dma, n);
    req->bytes = access_bytes(dma, n);
    req->write = dma->stage[n] == DMA_WRITE;
    req->data = dma->data[n];
    sim_mem_request(&dma->l2, req);
}

static void ask_tcm(dma_t *dma, uint32_t n)
{
    uint32_t width = dma->desc.tcm_bytes_per_cycle;
    uint32_t cycles = (access_bytes(dma, n) + width - 1) / width;
    uint64_t now = this_edge(dma);
    uint64_t start = now > dma->tcm_free_cycle ? now : dma->tcm_free_cycle;
    dma->tcm_free_cycle = start + cycles;
    dma->tcm_cycles += cycles;
    sim_event_at(dma->comp.sim, &dma->channel[n].tcm,
                 clk_edge_ps(&dma->clk, dma->tcm_free_cycle + 1));
}

static void ask_register(dma_t *dma, uint32_t n)
{
    uint64_t now = this_edge(dma);
    uint64_t start = now > dma->reg_free_cycle ? now : dma->reg_free_cycle;
    dma->reg_free_cycle = start + REG_CYCLES;
    sim_event_at(dma->comp.sim, &dma->channel[n].reg,
                 clk_edge_ps(&dma->clk, dma->reg_free_cycle - 1));
}

static void make_access(dma_t *dma, uint32_t n)
{
    uint32_t addr = access_addr(dma, n);
    bus_area_t area = bus_area(dma->bus, addr, access_bytes(dma, n));
    dma->asks[n] = false;
    if (area == BUS_L2)
        ask_l2(dma, n);
    else if (area == BUS_TCM)
        ask_tcm(dma, n);
    else if (is_register(dma, addr) && dma->stage[n] != DMA_FETCH)
        ask_register(dma, n);
    else
        fail(dma, n, DMA_BAD_ADDRESS, addr);
}

/* ---- pieces ---- */

static void begin_piece(dma_t *dma, uint32_t n)
{
    dma->waits[n] = false;
    dma->asks[n] = true;
    dma->piece[n] = cut_piece(dma, n);
    dma->stage[n] = has(dma, n, DMA_FILL) ? DMA_WRITE : DMA_READ;
    for (uint32_t i = 0; has(dma, n, DMA_FILL) && i < dma->piece[n]; i++)
        dma->data[n][i] = (uint8_t)(dma->word[n][W_SOURCE] >> 8 * (i % 4));
}

static void start_piece(dma_t *dma, uint32_t n)
{
    if (line_of(dma, n) != 0)
        dma->waits[n] = true;
    else
        begin_piece(dma, n);
}

/* Whether the line lets a piece pass now; a pulse is used up. */
static bool passes(dma_t *dma, uint32_t n)
{
    const dma_line_t *line = &dma->line[line_of(dma, n)];
    bool pulsed = (dma->pulses >> line->number & 1) != 0;
    if (line->pulse)
        dma->pulses &= ~(1u << line->number);
    return line->pulse ? pulsed : line->wire->level;
}

static void on_line(void *ctx, bool level)
{
    const dma_line_t *line = ctx;
    dma_t *dma = line->dma;
    bool wanted = false;
    for (uint32_t n = 0; n < DMA_CHANNELS; n++)
        wanted = wanted || ((dma->status[n] & BUSY) != 0 && line_of(dma, n) == line->number);
    if (!level || !wanted)
        return;
    if (line->pulse)
        dma->pulses |= 1u << line->number;
    call(dma, this_edge(dma) + 1);
}

bool dma_connect(dma_t *dma, uint32_t number, sim_wire_t *wire, bool pulse)
{
    if (number < 1 || number >= DMA_LINES || dma->line[number].wire != NULL)
        return false;
    dma->line[number] = (dma_line_t){dma, number, pulse, wire};
    return sim_wire_connect(wire, on_line, &dma->line[number]);
}

/* ---- the machine of a channel ---- */

static void fetch(dma_t *dma, uint32_t n, uint32_t addr)
{
    dma->at[n] = addr;
    dma->start_ps[n] = sim_now_ps(dma->comp.sim);
    if (addr % DESC_BYTES != 0)
        fail(dma, n, DMA_MISALIGNED, addr);
    else
        ask(dma, n, DMA_FETCH);
}

static void take_descriptor(dma_t *dma, uint32_t n)
{
    for (uint32_t i = 0; i < DMA_DESC_WORDS; i++) {
        const uint8_t *b = dma->data[n] + 4 * i;
        dma->word[n][i] = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
    }
    dma->row[n] = dma->offset[n] = 0;
    dma_error_t error = check_descriptor(dma, n);
    if (error != DMA_NO_ERROR)
        fail(dma, n, error, dma->at[n]);
    else
        start_piece(dma, n);
}

static void finish_descriptor(dma_t *dma, uint32_t n)
{
    char track[16];
    dma->descriptors++;
    snprintf(track, sizeof(track), "dma.%u", n);
    sim_trace_span(dma->comp.sim, track, has(dma, n, DMA_FILL) ? "fill" : "copy", dma->start_ps[n],
                   sim_now_ps(dma->comp.sim), "\"rows\":%u,\"row_bytes\":%u", dma->word[n][W_ROWS],
                   dma->word[n][W_BYTES]);
    if (has(dma, n, DMA_TELL)) {
        dma->status[n] |= TOLD;
        update_irq(dma);
    }
    if (dma->word[n][W_NEXT] != 0) {
        fetch(dma, n, dma->word[n][W_NEXT]);
        return;
    }
    dma->chains++;
    stop(dma, n, DONE);
}

static void finish_piece(dma_t *dma, uint32_t n)
{
    dma->moved[n] += dma->piece[n];
    dma->bytes += dma->piece[n];
    dma->offset[n] += dma->piece[n];
    if (dma->offset[n] == dma->word[n][W_BYTES]) {
        dma->offset[n] = 0;
        dma->row[n]++;
    }
    if (dma->aborting[n])
        return;
    if (dma->row[n] < dma->word[n][W_ROWS])
        start_piece(dma, n);
    else
        finish_descriptor(dma, n);
}

static void abort_run(dma_t *dma, uint32_t n)
{
    dma->aborts++;
    stop(dma, n, ABORTED);
}

/* The access of the channel's stage is done. */
static void step(dma_t *dma, uint32_t n)
{
    bool aborting = dma->aborting[n];
    if (dma->stage[n] == DMA_WRITE)
        finish_piece(dma, n);
    else if (dma->stage[n] == DMA_READ && !aborting)
        ask(dma, n, DMA_WRITE);
    else if (!aborting)
        take_descriptor(dma, n);
    if (aborting)
        abort_run(dma, n);
}

static void on_issue(void *ctx)
{
    dma_t *dma = ctx;
    for (uint32_t n = 0; n < DMA_CHANNELS; n++) {
        bool done = dma->done[n];
        dma->done[n] = false;
        if (dma->starts[n])
            fetch(dma, n, dma->first[n]);
        dma->starts[n] = false;
        if (done && dma->bad[n])
            fail(dma, n, DMA_MEMORY, dma->req[n].addr);
        else if (done)
            step(dma, n);
        if (dma->waits[n] && passes(dma, n))
            begin_piece(dma, n);
        if (dma->asks[n])
            make_access(dma, n);
    }
}

/* The channel goes on in the request phase of `edge`. */
static void note_done(dma_t *dma, uint32_t n, uint64_t edge)
{
    dma->done[n] = true;
    call(dma, edge);
}

static void on_l2_done(void *ctx, sim_mem_req_t *req)
{
    dma_channel_t *channel = ctx;
    channel->dma->bad[channel->number] = req->error;
    note_done(channel->dma, channel->number, this_edge(channel->dma));
}

static void on_tcm_done(void *ctx)
{
    dma_channel_t *channel = ctx;
    dma_t *dma = channel->dma;
    uint32_t n = channel->number;
    if (dma->stage[n] == DMA_WRITE)
        bus_poke(dma->bus, access_addr(dma, n), dma->data[n], access_bytes(dma, n));
    else
        bus_peek(dma->bus, access_addr(dma, n), dma->data[n], access_bytes(dma, n));
    if (dma->stage[n] != DMA_WRITE && dma->bus->watches != 0)
        bus_meet(dma->bus, access_addr(dma, n), access_bytes(dma, n), BUS_MET_DMA,
                 sim_now_ps(dma->comp.sim));
    dma->bad[n] = false;
    note_done(dma, n, this_edge(dma));
}

static void on_register(void *ctx)
{
    dma_channel_t *channel = ctx;
    dma_t *dma = channel->dma;
    uint32_t n = channel->number, addr = access_addr(dma, n), value = 0;
    uint8_t *data = dma->data[n];
    if (dma->stage[n] == DMA_WRITE) {
        for (uint32_t i = 0; i < dma->piece[n]; i++)
            value |= (uint32_t)data[i] << 8 * i;
        bus_write_reg(dma->bus, addr, 4, value);
    } else {
        bus_read_reg(dma->bus, addr, 4, &value);
        for (uint32_t i = 0; i < 4; i++)
            data[i] = (uint8_t)(value >> 8 * i);
    }
    dma->bad[n] = false;
    note_done(dma, n, this_edge(dma) + 1);
}

/* ---- registers ---- */

static void start(dma_t *dma, uint32_t n)
{
    if ((dma->status[n] & BUSY) != 0) {
        sim_log(&dma->comp, SIM_LOG_GUEST, "channel %u is busy: start ignored", n);
        return;
    }
    dma->status[n] = BUSY;
    dma->word[n][W_FLAGS] = 0; /* of the run before */
    dma->moved[n] = 0;
    dma->error_addr[n] = 0;
    dma->starts[n] = true;
    call(dma, this_edge(dma) + 1);
}

static void wrote_ctrl(sim_comp_t *comp, uint32_t number, uint32_t value)
{
    dma_t *dma = dma_of(comp);
    if ((value & ABORT) != 0 && dma->waits[number])
        abort_run(dma, number);
    else if ((value & ABORT) != 0)
        dma->aborting[number] = (dma->status[number] & BUSY) != 0;
    else if ((value & START) != 0)
        start(dma, number);
    update_irq(dma);
}

static void wrote_status(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update_irq(dma_of(comp));
}

static void dma_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    dma_t *dma = dma_of(comp);
    uint32_t n = (addr - CHANNEL_BASE) / CHANNEL_BYTES;
    if (addr < CHANNEL_BASE || (addr - CHANNEL_BASE) % CHANNEL_BYTES != AT_BYTES_LO)
        return;
    dma->bytes_lo[n] = (uint32_t)dma->moved[n];
    if (!peek)
        dma->bytes_hi[n] = (uint32_t)(dma->moved[n] >> 32);
}

bool dma_busy(const sim_comp_t *comp)
{
    const dma_t *dma = (const dma_t *)(const void *)comp;
    uint32_t status = 0;
    for (uint32_t n = 0; n < DMA_CHANNELS; n++)
        status |= dma->status[n];
    return (status & BUSY) != 0;
}

/* ---- tables ---- */

static const sim_field_t dma_fields[] = {
    SIM_FIELD(dma_t, pending),
    SIM_FIELD(dma_t, ctrl),
    SIM_FIELD(dma_t, status),
    SIM_FIELD(dma_t, first),
    SIM_FIELD(dma_t, at),
    SIM_FIELD(dma_t, error_addr),
    SIM_FIELD(dma_t, bytes_hi),
    SIM_FIELD(dma_t, stage),
    SIM_FIELD(dma_t, word),
    SIM_FIELD(dma_t, row),
    SIM_FIELD(dma_t, offset),
    SIM_FIELD(dma_t, piece),
    SIM_FIELD(dma_t, starts),
    SIM_FIELD(dma_t, done),
    SIM_FIELD(dma_t, bad),
    SIM_FIELD(dma_t, waits),
    SIM_FIELD(dma_t, asks),
    SIM_FIELD(dma_t, aborting),
    SIM_FIELD(dma_t, data),
    SIM_FIELD(dma_t, moved),
    SIM_FIELD(dma_t, start_ps),
    SIM_FIELD(dma_t, tcm_free_cycle),
    SIM_FIELD(dma_t, reg_free_cycle),
    SIM_FIELD(dma_t, pulses),
    SIM_FIELD(dma_t, irq.level),
    SIM_FIELD(dma_t, bytes),
    SIM_FIELD(dma_t, descriptors),
    SIM_FIELD(dma_t, chains),
    SIM_FIELD(dma_t, errors),
    SIM_FIELD(dma_t, aborts),
    SIM_FIELD(dma_t, tcm_cycles),
    SIM_FIELD_REQ(dma_t, req),
    SIM_FIELD_END,
};

static const sim_stat_t dma_stats[] = {
    SIM_STAT(dma_t, bytes, "bytes", "bytes written by all channels"),
    SIM_STAT(dma_t, descriptors, "1", "descriptors finished"),
    SIM_STAT(dma_t, chains, "1", "chains finished"),
    SIM_STAT(dma_t, errors, "1", "runs that an error ended"),
    SIM_STAT(dma_t, aborts, "1", "runs that were aborted"),
    SIM_STAT(dma_t, tcm_cycles, "cycles", "cycles of the TCM's second port"),
    SIM_STAT_END,
};

static sim_err_t dma_check(sim_comp_t *comp)
{
    dma_t *dma = dma_of(comp);
    if (dma->bus->desc.l2_bytes != 0 && dma->l2.request == NULL)
        return sim_fail(comp->sim, SIM_EWIRE, "%s.l2: not connected", comp->name);
    if (dma->l2.request == NULL)
        return SIM_OK;
    if (dma->l2.max_burst_bytes < DESC_BYTES)
        return sim_fail(comp->sim, SIM_EDESC, "%s: bursts of %u bytes, a descriptor has %d",
                        comp->name, dma->l2.max_burst_bytes, DESC_BYTES);
    dma->piece_bytes = least(DMA_PIECE_BYTES, dma->l2.max_burst_bytes);
    return SIM_OK;
}

static void dma_reset(sim_comp_t *comp)
{
    dma_t *dma = dma_of(comp);
    sim_event_cancel(comp->sim, &dma->issue);
    for (uint32_t n = 0; n < DMA_CHANNELS; n++) {
        sim_event_cancel(comp->sim, &dma->channel[n].tcm);
        sim_event_cancel(comp->sim, &dma->channel[n].reg);
    }
    dma->irq.level = false;
    memset(dma->stage, 0, sizeof(*dma) - offsetof(dma_t, stage));
}

static const sim_kind_t dma_kind = {
    .kind = "dma",
    .version = 1,
    .check = dma_check,
    .reset = dma_reset,
    .fields = dma_fields,
    .stats = dma_stats,
    .regs = dma_regs,
    .refresh = dma_refresh,
};
_Static_assert(offsetof(dma_t, comp) == 0, "comp stays first");

dma_desc_t dma_desc_default(void)
{
    return (dma_desc_t){.clk_hz = 262500000, .tcm_bytes_per_cycle = 8};
}

static sim_err_t check_desc(sim_t *sim, const dma_desc_t *d, const char *name)
{
    uint32_t width = d->tcm_bytes_per_cycle;
    if (d->clk_hz == 0 || d->clk_hz > SIM_PS_PER_S)
        return sim_fail(sim, SIM_EDESC, "%s.clk_hz: %llu not in 1..10^12", name,
                        (unsigned long long)d->clk_hz);
    if (width < 4 || width > 64 || (width & (width - 1)) != 0)
        return sim_fail(sim, SIM_EDESC, "%s.tcm_bytes_per_cycle: %u is no power of two in 4..64",
                        name, width);
    return SIM_OK;
}

sim_err_t dma_init(dma_t *dma, sim_t *sim, bus_t *bus, const dma_desc_t *desc, const char *name)
{
    static const char *const tcm[DMA_CHANNELS] = {"tcm0", "tcm1", "tcm2", "tcm3"};
    static const char *const reg[DMA_CHANNELS] = {"reg0", "reg1", "reg2", "reg3"};
    memset(dma, 0, sizeof(*dma));
    sim_err_t err = check_desc(sim, desc, name);
    if (err == SIM_OK)
        err = sim_comp_init(&dma->comp, sim, &dma_kind, name);
    if (err != SIM_OK)
        return err;
    dma->desc = *desc;
    dma->bus = bus;
    dma->piece_bytes = DMA_PIECE_BYTES;
    dma->clk = clk_make(desc->clk_hz);
    sim_event_init(&dma->issue, &dma->comp, "issue", SIM_PRIO_REQUEST, on_issue, dma);
    for (uint32_t n = 0; n < DMA_CHANNELS; n++) {
        dma_channel_t *channel = &dma->channel[n];
        *channel = (dma_channel_t){.dma = dma, .number = n};
        dma->req[n] = (sim_mem_req_t){.done = on_l2_done, .ctx = channel};
        sim_event_init(&channel->tcm, &dma->comp, tcm[n], SIM_PRIO_DRIVE, on_tcm_done, channel);
        sim_event_init(&channel->reg, &dma->comp, reg[n], SIM_PRIO_ARBITRATE, on_register, channel);
    }
    return SIM_OK;
}
