#include "logic/spi.h"

#include <string.h>

#include "logic/edges.h"

enum { SPI_DATA = 0x14, BITS = 8, LEAST_DIV = 2, NOTHING = 0xff };
enum { /* of SPI_CTRL */
       ENABLE = 0x1,
       MODE3 = 0x2,
       SELECT_SHIFT = 4,
       SELECT = 0x100,
       NO_RX = 0x200,
       CTRL_BITS = ENABLE | MODE3 | 3 << SELECT_SHIFT | SELECT | NO_RX,
};
#define W1C_BITS (SPI_RX_LOST | SPI_DONE | SPI_MEM_ERROR)
#define IRQ_BITS (SPI_TX_EMPTY | SPI_RX_VALID | W1C_BITS)

static void wrote_ctrl(sim_comp_t *comp, uint32_t value);
static void wrote_div(sim_comp_t *comp, uint32_t value);
static void wrote_irq(sim_comp_t *comp, uint32_t value);
static void wrote_data(sim_comp_t *comp, uint32_t value);
static void wrote_go(sim_comp_t *comp, uint32_t value);

/* clang-format off */
#define R(member) offsetof(spi_t, member)
static const sim_reg_t spi_regs[] = {
    /* name         help                                                              addr  reset       rw_mask     w1c       member         side effect */
    {"SPI_ID",      "31:16: block id; 15:0: version",                                 0x00, 0x000f0001, 0x0,        0x0,      R(id),         NULL},
    {"SPI_CTRL",    "0: enable; 1: mode (0: mode 0, 1: mode 3); 5:4: chip select; 8: chip select low; 9: received bytes are dropped", 0x04, 0x0, CTRL_BITS, 0x0, R(ctrl), wrote_ctrl},
    {"SPI_DIV",     "15:0: clocks a bit, even, 2..",                                  0x08, 16,         0xffff,     0x0,      R(div),        wrote_div},
    {"SPI_STATUS",  "0: busy; 1: TX FIFO full; 2: TX FIFO empty; 3: received data; 4: received data lost, W1C; 5: transfer done, W1C; 6: transfer hit no memory, W1C", 0x0c, SPI_TX_EMPTY, 0x0, W1C_BITS, R(status), wrote_irq},
    {"SPI_IRQ_EN",  "6:2: interrupt on bits 6:2 of SPI_STATUS",                       0x10, 0x0,        IRQ_BITS,   0x0,      R(irq_enable), wrote_irq},
    {"SPI_DATA",    "7:0: write: byte to send; read: oldest received byte, which is taken out", 0x14, 0x0, 0x0,    0x0,      R(data),       wrote_data},
    {"SPI_ADDR",    "31:0: where a transfer puts its bytes",                          0x18, 0x0,        0xffffffff, 0x0,      R(addr),       NULL},
    {"SPI_COUNT",   "23:0: bytes of a transfer",                                      0x1c, 0x0,        0xffffff,   0x0,      R(count),      NULL},
    {"SPI_GO",      "0: write 1: start a transfer into memory; reads 0",              0x20, 0x0,        0x0,        0x0,      R(go),         wrote_go},
    {"SPI_CRC",     "31:0: CRC-32 of the bytes of the last transfer",                 0x24, 0x0,        0x0,        0x0,      R(crc),        NULL},
    SIM_REG_END,
};
/* clang-format on */

static spi_t *spi_of(sim_comp_t *comp)
{
    return (spi_t *)(void *)comp;
}

static void update(spi_t *spi)
{
    bool busy = spi->transfer || sim_event_pending(&spi->shifted);
    spi->status = (spi->status & W1C_BITS) | (busy ? SPI_BUSY : 0u) |
                  (spi->tx_count == SPI_FIFO_BYTES ? SPI_TX_FULL : 0u) |
                  (spi->tx_count == 0 ? SPI_TX_EMPTY : 0u) |
                  (spi->rx_count != 0 ? SPI_RX_VALID : 0u);
    sim_wire_set(&spi->irq, (spi->status & spi->irq_enable) != 0);
}

static void wrote_irq(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update(spi_of(comp));
}

static void wrote_div(sim_comp_t *comp, uint32_t value)
{
    spi_t *spi = spi_of(comp);
    if (spi->div >= LEAST_DIV && spi->div % 2 == 0)
        return;
    spi->div = spi->div < LEAST_DIV ? LEAST_DIV : spi->div + 1;
    if (spi->div > 0xffff)
        spi->div = 0xfffe;
    sim_log(comp, SIM_LOG_GUEST, "SPI_DIV %u is no even number from 2 on, %u is used", value,
            spi->div);
}

/* ---- the line ---- */

static uint64_t now_cycle(const spi_t *spi)
{
    return clk_edge_at_or_after(&spi->clk, sim_now_ps(spi->comp.sim));
}

static void shift(spi_t *spi, uint32_t bytes, uint64_t start_cycle)
{
    spi->start_cycle = start_cycle;
    spi->bit_clocks = spi->div;
    spi->end_cycle = start_cycle + (uint64_t)bytes * BITS * spi->bit_clocks;
    sim_event_at(spi->comp.sim, &spi->shifted, clk_edge_ps(&spi->clk, spi->end_cycle));
}

/* Byte n of what is on the line. */
static uint8_t exchange(spi_t *spi, uint8_t out, uint32_t n)
{
    uint64_t end = spi->start_cycle + (uint64_t)(n + 1) * BITS * spi->bit_clocks;
    spi->bytes++;
    spi->edges += 2 * BITS + line_edges(out, BITS, out & 1) + (out >> (BITS - 1) != spi->mosi);
    spi->mosi = out & 1;
    if (spi->selected == 0)
        return NOTHING;
    const spi_device_t *device = &spi->device[spi->selected - 1];
    bool speaks = (spi->ctrl & MODE3) != 0 ? device->mode3 : device->mode0;
    if (device->byte == NULL || !speaks)
        return NOTHING;
    uint64_t at_ps = clk_edge_ps(&spi->clk, end);
    uint8_t in = device->byte(device->ctx, out, spi->desc.clk_hz / spi->bit_clocks, at_ps);
    return spi->line != NULL ? spi->line(spi->line_ctx, in, at_ps) : in;
}

static void select(spi_t *spi, uint32_t selected)
{
    const uint32_t change[2] = {spi->selected, selected};
    spi->selected = selected;
    for (uint32_t i = 0; i < 2; i++) {
        const spi_device_t *device = change[i] != 0 ? &spi->device[change[i] - 1] : NULL;
        if (change[0] != change[1] && device != NULL && device->select != NULL)
            device->select(device->ctx, i == 1);
    }
}

static void wrote_ctrl(sim_comp_t *comp, uint32_t value)
{
    spi_t *spi = spi_of(comp);
    bool low = (spi->ctrl & (ENABLE | SELECT)) == (ENABLE | SELECT);
    (void)value;
    if ((spi->status & SPI_BUSY) != 0)
        sim_log(comp, SIM_LOG_GUEST, "SPI_CTRL written while a byte is on the line");
    select(spi, low ? (spi->ctrl >> SELECT_SHIFT & 3) + 1 : 0);
}

/* ---- by bytes ---- */

static void send_next(spi_t *spi, uint64_t start_cycle)
{
    spi->shifting = spi->tx[spi->tx_first];
    spi->tx_first = (spi->tx_first + 1) % SPI_FIFO_BYTES;
    spi->tx_count--;
    shift(spi, 1, start_cycle);
}

static void keep(spi_t *spi, uint8_t in)
{
    if ((spi->ctrl & NO_RX) != 0)
        return;
    if (spi->rx_count == SPI_FIFO_BYTES) {
        spi->rx_lost++;
        spi->status |= SPI_RX_LOST;
        return;
    }
    spi->rx[(spi->rx_first + spi->rx_count++) % SPI_FIFO_BYTES] = in;
}

static void byte_shifted(spi_t *spi)
{
    keep(spi, exchange(spi, spi->shifting, 0));
    if (spi->tx_count != 0)
        send_next(spi, spi->end_cycle);
}

static void wrote_data(sim_comp_t *comp, uint32_t value)
{
    spi_t *spi = spi_of(comp);
    bool full = spi->tx_count == SPI_FIFO_BYTES;
    if ((spi->ctrl & ENABLE) == 0 || spi->transfer || full) {
        sim_log(comp, SIM_LOG_GUEST, "write to SPI_DATA while %s: lost",
                full            ? "the TX FIFO is full"
                : spi->transfer ? "a transfer runs"
                                : "it is off");
        return;
    }
    spi->tx[(spi->tx_first + spi->tx_count++) % SPI_FIFO_BYTES] = (uint8_t)value;
    if (!sim_event_pending(&spi->shifted))
        send_next(spi, now_cycle(spi));
    update(spi);
}

/* ---- transfers into memory ---- */

/* Up to the next boundary that a burst must not cross. */
static uint32_t burst_size(const spi_t *spi)
{
    uint32_t room = SPI_BURST_BYTES - spi->next_addr % SPI_BURST_BYTES;
    return spi->unread < room ? spi->unread : room;
}

static void begin_burst(spi_t *spi, uint64_t start_cycle)
{
    spi->burst_bytes = burst_size(spi);
    shift(spi, spi->burst_bytes, start_cycle);
}

static void write_burst(spi_t *spi)
{
    uint32_t b = spi->burst;
    spi->req[b].addr = spi->next_addr;
    spi->req[b].bytes = spi->burst_bytes;
    spi->req[b].write = true;
    spi->req[b].data = spi->buffer[b];
    spi->writing[b] = true;
    sim_mem_request(&spi->port, &spi->req[b]);
}

static void burst_shifted(spi_t *spi)
{
    uint8_t *to = spi->buffer[spi->burst];
    for (uint32_t i = 0; i < spi->burst_bytes; i++)
        to[i] = exchange(spi, NOTHING, i);
    spi->crc = sim_crc32(spi->crc, to, spi->burst_bytes);
    write_burst(spi);
    spi->next_addr += spi->burst_bytes;
    spi->unread -= spi->burst_bytes;
    spi->burst ^= 1;
    spi->idle_cycle = spi->end_cycle;
    if (spi->unread != 0 && !spi->writing[spi->burst])
        begin_burst(spi, spi->end_cycle);
}

static void on_written(void *ctx, sim_mem_req_t *req)
{
    spi_t *spi = ctx;
    spi->writing[req == &spi->req[1]] = false;
    spi->unwritten -= req->bytes;
    spi->status |= req->error ? SPI_MEM_ERROR : 0u;
    if (spi->unwritten == 0) {
        spi->transfer = false;
        spi->status |= SPI_DONE;
    } else if (spi->unread != 0 && !sim_event_pending(&spi->shifted)) {
        uint64_t now = now_cycle(spi);
        spi->stall_cycles += now - spi->idle_cycle;
        begin_burst(spi, now);
    }
    update(spi);
}

static void wrote_go(sim_comp_t *comp, uint32_t value)
{
    spi_t *spi = spi_of(comp);
    if ((value & 1) == 0)
        return;
    if ((spi->ctrl & ENABLE) == 0 || (spi->status & SPI_BUSY) != 0 || spi->count == 0) {
        sim_log(comp, SIM_LOG_GUEST, "SPI_GO while %s, ignored",
                spi->count == 0 ? "SPI_COUNT is 0" : "it is off or busy");
        return;
    }
    spi->transfer = true;
    spi->next_addr = spi->addr;
    spi->unread = spi->unwritten = spi->count;
    spi->crc = spi->burst = 0;
    spi->transfers++;
    begin_burst(spi, now_cycle(spi));
    update(spi);
}

static void on_shifted(void *ctx)
{
    spi_t *spi = ctx;
    if (spi->transfer)
        burst_shifted(spi);
    else
        byte_shifted(spi);
    update(spi);
}

/* A read of SPI_DATA shows the oldest byte and takes it out; with none, 0. */
static void spi_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    spi_t *spi = spi_of(comp);
    if (addr != SPI_DATA)
        return;
    spi->data = spi->rx_count != 0 ? spi->rx[spi->rx_first] : 0;
    if (peek || spi->rx_count == 0)
        return;
    spi->rx_first = (spi->rx_first + 1) % SPI_FIFO_BYTES;
    spi->rx_count--;
    update(spi);
}

/* ---- tables ---- */

#define F(member) SIM_FIELD(spi_t, member)
static const sim_field_t spi_fields[] = {
    F(ctrl),        F(div),         F(status),     F(irq_enable), F(addr),
    F(count),       F(crc),         F(selected),   F(tx),         F(rx),
    F(tx_first),    F(tx_count),    F(rx_first),   F(rx_count),   F(shifting),
    F(start_cycle), F(end_cycle),   F(next_addr),  F(unread),     F(unwritten),
    F(burst),       F(burst_bytes), F(bit_clocks), F(buffer),     F(writing),
    F(transfer),    F(irq.level),   F(bytes),      F(transfers),  F(stall_cycles),
    F(rx_lost),     F(idle_cycle),  F(edges),      F(mosi),       SIM_FIELD_REQ(spi_t, req),
    SIM_FIELD_END,
};
#undef F

static const sim_stat_t spi_stats[] = {
    SIM_STAT(spi_t, bytes, "bytes", "bytes on the line"),
    SIM_STAT(spi_t, edges, "1", "changes of clock and MOSI for that"),
    SIM_STAT(spi_t, transfers, "1", "transfers into memory"),
    SIM_STAT(spi_t, stall_cycles, "cycles", "the line stood still for memory"),
    SIM_STAT(spi_t, rx_lost, "bytes", "bytes that came while the RX FIFO was full"),
    SIM_STAT_END,
};

static sim_err_t spi_check(sim_comp_t *comp)
{
    const spi_t *spi = spi_of(comp);
    if (spi->port.request == NULL)
        return sim_fail(comp->sim, SIM_EWIRE, "%s.port: not connected", comp->name);
    if (spi->port.max_burst_bytes < SPI_BURST_BYTES)
        return sim_fail(comp->sim, SIM_EDESC, "%s.port: bursts of %u bytes, %u are needed",
                        comp->name, spi->port.max_burst_bytes, SPI_BURST_BYTES);
    return SIM_OK;
}

static void spi_reset(sim_comp_t *comp)
{
    spi_t *spi = spi_of(comp);
    sim_event_cancel(comp->sim, &spi->shifted);
    select(spi, 0);
    memset(&spi->tx, 0, sizeof(*spi) - offsetof(spi_t, tx));
    spi->irq.level = false;
}

static const sim_kind_t spi_kind = {
    .kind = "spi",
    .version = 2,
    .check = spi_check,
    .reset = spi_reset,
    .fields = spi_fields,
    .stats = spi_stats,
    .regs = spi_regs,
    .refresh = spi_refresh,
};
_Static_assert(offsetof(spi_t, comp) == 0, "comp stays first");

spi_desc_t spi_desc_default(void)
{
    return (spi_desc_t){.clk_hz = 262500000};
}

sim_err_t spi_init(spi_t *spi, sim_t *sim, const spi_desc_t *desc, const char *name)
{
    memset(spi, 0, sizeof(*spi));
    if (desc->clk_hz == 0)
        return sim_fail(sim, SIM_EDESC, "%s.clk_hz: 0 is no clock", name);
    sim_err_t err = sim_comp_init(&spi->comp, sim, &spi_kind, name);
    if (err != SIM_OK)
        return err;
    spi->desc = *desc;
    spi->clk = clk_make(desc->clk_hz);
    for (uint32_t i = 0; i < 2; i++) {
        spi->req[i].done = on_written;
        spi->req[i].ctx = spi;
    }
    sim_event_init(&spi->shifted, &spi->comp, "shifted", SIM_PRIO_DRIVE, on_shifted, spi);
    return SIM_OK;
}
