/*
 * uart.h - serial port, page 1: 8 data bits, no parity, 1 stop bit, FIFOs of 16 bytes.
 *
 * A byte takes 10 bits of BAUD_DIV clocks each; the sink gets it at the end of its stop bit. A
 * write to DATA while the transmit FIFO is full is lost (GUEST). A byte that arrives while the
 * receive FIFO is full is lost and sets the overrun flag. irq is high while an enabled condition
 * holds: received data, transmit FIFO empty, transmit FIFO not full.
 * A new BAUD_DIV counts from the next byte on.
 * Not modeled: break, parity, framing errors, flow control; received bytes come whole, at the
 * time of uart_receive.
 */
#ifndef LOGIC_UART_H
#define LOGIC_UART_H

#include "sim/sim.h"

#define UART_FIFO_BYTES 16

typedef struct {
    uint64_t clk_hz;
    uint32_t baud; /* reset value of the divider: nearest to clk_hz / baud, 16..1048575 */
} uart_desc_t;

typedef struct {
    sim_comp_t comp;
    uart_desc_t desc;
    sim_event_t shifted;                   /* end of the stop bit */
    sim_wire_t irq;                        /* out */
    sim_wire_t tx_room, rx_ready;          /* out, for the DMA: room to send, a byte received */
    void (*sent)(void *ctx, uint8_t byte); /* the other end of the line; may be NULL */
    void *sent_ctx;

    uint32_t id, data, status, ctrl, baud_div;
    uint8_t tx[UART_FIFO_BYTES], rx[UART_FIFO_BYTES];
    uint32_t tx_first, tx_count, rx_first, rx_count;
    uint8_t shifting; /* the byte on the line */
    uint64_t shift_end_cycle;
    uint64_t tx_bytes, rx_bytes, tx_lost, rx_lost, tx_edges;
} uart_t;

uart_desc_t uart_desc_default(void);
sim_err_t uart_init(uart_t *uart, sim_t *sim, const uart_desc_t *desc, const char *name);

/* A byte arrives now. */
void uart_receive(uart_t *uart, uint8_t byte);

#endif
