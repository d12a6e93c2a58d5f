/*
 * spi.h - SPI controller, page 14: four chip selects, FIFOs of 16 bytes, and transfers into memory.
 *
 *   TX FIFO --->+---------+---> device[chip select]: one byte out, one byte in
 *   RX FIFO <---| shifter |<---
 *   port <------+---------+  (L2: a transfer of SPI_COUNT bytes, no core per byte)
 *
 * A byte takes 8 bits of SPI_DIV clocks each, the next one follows without a gap while there is
 * something to send. By bytes: what is written to SPI_DATA is sent, what comes back goes to the RX
 * FIFO (lost, and noted, when that is full; not kept at all with SPI_CTRL bit 9). In a transfer
 * (SPI_GO) 0xff is sent and what comes back goes to memory at SPI_ADDR in bursts of
 * SPI_BURST_BYTES, from one of two buffers while the other one fills; when both wait for memory,
 * the clock of the line stops. SPI_CRC is then the CRC-32 (IEEE 802.3) of these bytes.
 *
 * The chip select is a bit of SPI_CTRL: low while that is 1, at once. Without a device, or with one
 * that does not speak the mode, every byte reads 0xff.
 *
 * Modeled:      time of every byte, FIFOs, memory contention, interrupts.
 * Not modeled:  set-up and hold times of the chip select, dual and quad lines, transfers out of
 *               memory, modes 1 and 2, bits out of order. Divider and FIFO sizes are assumed.
 */
#ifndef LOGIC_SPI_H
#define LOGIC_SPI_H

#include "logic/clk.h"
#include "sim/sim.h"

#define SPI_FIFO_BYTES 16u
#define SPI_BURST_BYTES 64u
#define SPI_SELECTS 4u

/* Bits of SPI_STATUS; 2.. also of SPI_IRQ_EN. */
#define SPI_BUSY 0x01u
#define SPI_TX_FULL 0x02u
#define SPI_TX_EMPTY 0x04u
#define SPI_RX_VALID 0x08u
#define SPI_RX_LOST 0x10u /* W1C, as the next two */
#define SPI_DONE 0x20u
#define SPI_MEM_ERROR 0x40u

/* What hangs on a chip select. byte() gets the time at which the byte's last bit is through, which
 * may be before now, but never before that of a byte or a select earlier. */
typedef struct {
    bool mode0, mode3; /* which it speaks */
    void (*select)(void *ctx, bool on);
    uint8_t (*byte)(void *ctx, uint8_t out, uint64_t sck_hz, uint64_t at_ps);
    void *ctx;
} spi_device_t;

typedef struct {
    uint64_t clk_hz;
} spi_desc_t;

typedef struct {
    sim_comp_t comp;
    spi_desc_t desc;
    clk_t clk;
    sim_mem_port_t port;              /* in, required */
    spi_device_t device[SPI_SELECTS]; /* byte NULL: nothing there */
    sim_wire_t irq;                   /* out */
    /* What the controller sees of a byte that a device sent; NULL: that. */
    uint8_t (*line)(void *ctx, uint8_t in, uint64_t at_ps);
    void *line_ctx;
    sim_event_t shifted; /* the end of a byte, or of a burst of a transfer */
    sim_mem_req_t req[2];

    uint32_t id, ctrl, div, status, irq_enable, data, addr, count, go, crc;
    uint32_t selected; /* chip select that is low, plus one; 0: none */
    uint8_t tx[SPI_FIFO_BYTES], rx[SPI_FIFO_BYTES];
    uint32_t tx_first, tx_count, rx_first, rx_count;
    uint8_t shifting;                      /* the byte on the line */
    uint64_t start_cycle, end_cycle;       /* of what is on the line */
    uint32_t next_addr, unread, unwritten; /* of the transfer: bytes */
    uint32_t burst_bytes, burst;           /* on the line; which buffer */
    uint32_t bit_clocks;                   /* of what is on the line */
    uint8_t buffer[2][SPI_BURST_BYTES];
    bool writing[2]; /* the buffer waits for memory */
    bool transfer;
    uint64_t bytes, transfers, stall_cycles, rx_lost, idle_cycle, edges;
    uint32_t mosi; /* level */
} spi_t;

spi_desc_t spi_desc_default(void);
sim_err_t spi_init(spi_t *spi, sim_t *sim, const spi_desc_t *desc, const char *name);

#endif
