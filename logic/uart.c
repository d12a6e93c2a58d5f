/*
 * uart.c - one event a byte sent; the status word is kept up to date at every change.
 */
#include "logic/uart.h"

#include <string.h>

#include "logic/edges.h"

enum {
    UART_DATA = 0x04,
    BITS_PER_BYTE = 10, /* start, 8 data, stop */
    TX_FULL = 0x1,
    TX_BUSY = 0x2,
    RX_VALID = 0x4,
    RX_OVERRUN = 0x8,
    TX_EMPTY = 0x10,
    IRQ_RX = 0x1,
    IRQ_TX = 0x2,
    IRQ_ROOM = 0x4,
};

static void uart_wrote_data(sim_comp_t *comp, uint32_t value);
static void uart_wrote_irq(sim_comp_t *comp, uint32_t value);
static void uart_wrote_baud(sim_comp_t *comp, uint32_t value);

/* clang-format off */
#define R(member) offsetof(uart_t, member)
static const sim_reg_t uart_regs[] = {
    /* name            help                                                        addr  reset       rw_mask  w1c  member       side effect */
    {"UART_ID",       "31:16: block id; 15:0: version",                            0x00, 0x00020001, 0x0,     0x0, R(id),       NULL},
    {"UART_DATA",     "7:0: write: byte to send; read: oldest received byte, which is taken out", 0x04, 0x0, 0x0, 0x0, R(data), uart_wrote_data},
    {"UART_STATUS",   "0: transmit FIFO full; 1: sending; 2: received data; 3: received data lost, W1C; 4: transmit FIFO empty", 0x08, TX_EMPTY, 0x0, RX_OVERRUN, R(status), uart_wrote_irq},
    {"UART_CTRL",     "0: interrupt on received data; 1: interrupt on transmit FIFO empty; 2: interrupt on transmit FIFO not full", 0x0c, 0x0, IRQ_RX | IRQ_TX | IRQ_ROOM, 0x0, R(ctrl), uart_wrote_irq},
    {"UART_BAUD_DIV", "19:0: clocks a bit, 1..",                                   0x10, 285,        0xfffff, 0x0, R(baud_div), uart_wrote_baud},
    SIM_REG_END,
};
/* clang-format on */

static uart_t *uart_of(sim_comp_t *comp)
{
    return (uart_t *)(void *)comp;
}

static void update(uart_t *uart)
{
    bool sending = sim_event_pending(&uart->shifted);
    uart->status = (uart->status & RX_OVERRUN) |
                   (uart->tx_count == UART_FIFO_BYTES ? TX_FULL : 0u) | (sending ? TX_BUSY : 0u) |
                   (uart->rx_count != 0 ? RX_VALID : 0u) | (uart->tx_count == 0 ? TX_EMPTY : 0u);
    bool rx = (uart->ctrl & IRQ_RX) != 0 && uart->rx_count != 0;
    bool tx = (uart->ctrl & IRQ_TX) != 0 && uart->tx_count == 0;
    bool room = (uart->ctrl & IRQ_ROOM) != 0 && uart->tx_count < UART_FIFO_BYTES;
    sim_wire_set(&uart->irq, rx || tx || room);
    sim_wire_set(&uart->tx_room, uart->tx_count < UART_FIFO_BYTES);
    sim_wire_set(&uart->rx_ready, uart->rx_count != 0);
}

/* Moves the oldest byte of the FIFO into the shifter, whose first bit starts at clock edge `start`.
 */
static void shift_next(uart_t *uart, uint64_t start)
{
    uart->shifting = uart->tx[uart->tx_first];
    uart->tx_first = (uart->tx_first + 1) % UART_FIFO_BYTES;
    uart->tx_count--;
    uart->shift_end_cycle = start + (uint64_t)BITS_PER_BYTE * uart->baud_div;
    sim_event_at(uart->comp.sim, &uart->shifted,
                 sim_edge_ps(uart->shift_end_cycle, uart->desc.clk_hz));
}

static void on_shifted(void *ctx)
{
    uart_t *uart = ctx;
    uint8_t byte = uart->shifting;
    uart->tx_bytes++;
    uart->tx_edges +=
        line_edges(1u << (BITS_PER_BYTE - 1) | (uint32_t)byte << 1, BITS_PER_BYTE, true);
    if (uart->tx_count != 0)
        shift_next(uart, uart->shift_end_cycle);
    update(uart);
    if (uart->sent != NULL)
        uart->sent(uart->sent_ctx, byte);
}

static void uart_wrote_data(sim_comp_t *comp, uint32_t value)
{
    uart_t *uart = uart_of(comp);
    if (uart->tx_count == UART_FIFO_BYTES) {
        uart->tx_lost++;
        sim_log(comp, SIM_LOG_GUEST, "write to UART_DATA while the transmit FIFO is full: lost");
        return;
    }
    uart->tx[(uart->tx_first + uart->tx_count++) % UART_FIFO_BYTES] = (uint8_t)value;
    if (!sim_event_pending(&uart->shifted))
        shift_next(uart, sim_edge_at_or_after(sim_now_ps(comp->sim), uart->desc.clk_hz));
    update(uart);
}

static void uart_wrote_irq(sim_comp_t *comp, uint32_t value)
{
    (void)value;
    update(uart_of(comp));
}

static void uart_wrote_baud(sim_comp_t *comp, uint32_t value)
{
    uart_t *uart = uart_of(comp);
    (void)value;
    if (uart->baud_div != 0)
        return;
    sim_log(comp, SIM_LOG_GUEST, "UART_BAUD_DIV 0 is no rate, 1 is used");
    uart->baud_div = 1;
}

/* A read of UART_DATA shows the oldest byte and takes it out; with none, 0. */
static void uart_refresh(sim_comp_t *comp, uint32_t addr, bool peek)
{
    uart_t *uart = uart_of(comp);
    if (addr != UART_DATA)
        return;
    uart->data = uart->rx_count != 0 ? uart->rx[uart->rx_first] : 0;
    if (peek || uart->rx_count == 0)
        return;
    uart->rx_first = (uart->rx_first + 1) % UART_FIFO_BYTES;
    uart->rx_count--;
    update(uart);
}

void uart_receive(uart_t *uart, uint8_t byte)
{
    if (uart->rx_count == UART_FIFO_BYTES) {
        uart->rx_lost++;
        uart->status |= RX_OVERRUN;
        return;
    }
    uart->rx[(uart->rx_first + uart->rx_count++) % UART_FIFO_BYTES] = byte;
    uart->rx_bytes++;
    update(uart);
}

static const sim_field_t uart_fields[] = {
    SIM_FIELD(uart_t, status),
    SIM_FIELD(uart_t, ctrl),
    SIM_FIELD(uart_t, baud_div),
    SIM_FIELD(uart_t, tx),
    SIM_FIELD(uart_t, rx),
    SIM_FIELD(uart_t, tx_first),
    SIM_FIELD(uart_t, tx_count),
    SIM_FIELD(uart_t, rx_first),
    SIM_FIELD(uart_t, rx_count),
    SIM_FIELD(uart_t, shifting),
    SIM_FIELD(uart_t, irq.level),
    SIM_FIELD(uart_t, tx_room.level),
    SIM_FIELD(uart_t, rx_ready.level),
    SIM_FIELD(uart_t, shift_end_cycle),
    SIM_FIELD(uart_t, tx_bytes),
    SIM_FIELD(uart_t, rx_bytes),
    SIM_FIELD(uart_t, tx_lost),
    SIM_FIELD(uart_t, tx_edges),
    SIM_FIELD(uart_t, rx_lost),
    SIM_FIELD_END,
};

static const sim_stat_t uart_stats[] = {
    SIM_STAT(uart_t, tx_bytes, "bytes", "bytes sent"),
    SIM_STAT(uart_t, tx_edges, "1", "changes of the line for that"),
    SIM_STAT(uart_t, rx_bytes, "bytes", "bytes received"),
    SIM_STAT(uart_t, tx_lost, "bytes", "bytes written to a full transmit FIFO"),
    SIM_STAT(uart_t, rx_lost, "bytes", "bytes that arrived at a full receive FIFO"),
    SIM_STAT_END,
};

static uint32_t divider(const uart_desc_t *desc)
{
    return (uint32_t)((desc->clk_hz + desc->baud / 2) / desc->baud);
}

static void uart_reset(sim_comp_t *comp)
{
    uart_t *uart = uart_of(comp);
    sim_event_cancel(comp->sim, &uart->shifted);
    uart->baud_div = divider(&uart->desc);
    memset(uart->tx, 0, sizeof(uart->tx));
    memset(uart->rx, 0, sizeof(uart->rx));
    uart->tx_first = uart->tx_count = uart->rx_first = uart->rx_count = 0;
    uart->shifting = 0;
    uart->shift_end_cycle = 0;
    uart->tx_bytes = uart->rx_bytes = uart->tx_lost = uart->rx_lost = 0;
    uart->tx_edges = 0;
    uart->irq.level = uart->rx_ready.level = false;
    uart->tx_room.level = true;
}

static const sim_kind_t uart_kind = {
    .kind = "uart",
    .version = 2,
    .reset = uart_reset,
    .fields = uart_fields,
    .stats = uart_stats,
    .regs = uart_regs,
    .refresh = uart_refresh,
};
_Static_assert(offsetof(uart_t, comp) == 0, "comp stays first");

uart_desc_t uart_desc_default(void)
{
    return (uart_desc_t){.clk_hz = 262500000, .baud = 921600};
}

sim_err_t uart_init(uart_t *uart, sim_t *sim, const uart_desc_t *desc, const char *name)
{
    memset(uart, 0, sizeof(*uart));
    if (desc->clk_hz == 0 || desc->clk_hz > UINT32_MAX)
        return sim_fail(sim, SIM_EDESC, "%s.clk_hz: %llu not in 1..%u", name,
                        (unsigned long long)desc->clk_hz, UINT32_MAX);
    if (desc->baud == 0 || divider(desc) < 16 || divider(desc) > 0xfffff)
        return sim_fail(sim, SIM_EDESC, "%s.baud: %u bauds are not 16..1048575 clocks a bit", name,
                        desc->baud);
    sim_err_t err = sim_comp_init(&uart->comp, sim, &uart_kind, name);
    if (err != SIM_OK)
        return err;
    uart->desc = *desc;
    sim_event_init(&uart->shifted, &uart->comp, "shifted", SIM_PRIO_DRIVE, on_shifted, uart);
    return SIM_OK;
}
