/*
 * dma.h - copies and fills by the DMA: L2 and the core's memory, words, rows with strides; and
 * registers of UART, timers, pins and random source, paced by lines (DMA_LINE_UART_TX, ...).
 *
 * A descriptor must stay as it is until its channel is done. Source, destination, bytes and strides
 * are multiples of 4.
 */
#ifndef FW_DMA_H
#define FW_DMA_H

#include "hal.h"

enum { DMA_CHANNELS = 4 };

/* Flags of a descriptor. */
enum {
    DMA_FILL = HAL_BIT(0), /* source is the word to write */
    DMA_FIXED_SOURCE = HAL_BIT(1),
    DMA_FIXED_DESTINATION = HAL_BIT(2),
    DMA_TELL = HAL_BIT(3),
    DMA_BYTES = HAL_BIT(4), /* bytes in memory, the low byte of a register */
};
#define DMA_PACED(line) ((line) << 8)

/* Bits of a channel's status; 15:8 are an error code. */
enum {
    DMA_BUSY = DMA0_STATUS_BUSY_MASK,
    DMA_DONE = DMA0_STATUS_END_OF_CHAIN_MASK,
    DMA_FAILED = DMA0_STATUS_ERROR_MASK,
    DMA_TOLD = DMA0_STATUS_TOLD_BY_A_DESCRIPTOR_MASK,
    DMA_ABORTED = DMA0_STATUS_ABORTED_MASK,
};
enum { DMA_BAD_ADDRESS = 1, DMA_MISALIGNED, DMA_EMPTY, DMA_BAD_FLAGS, DMA_MEMORY };

typedef struct {
    _Alignas(32) uint32_t flags;
    uint32_t source, destination;
    uint32_t bytes, rows;
    uint32_t source_stride, destination_stride; /* from a row to the next; two's complement */
    uint32_t next;                              /* address of a descriptor, 0: the last */
} dma_desc_t;

/* One row. */
dma_desc_t dma_copy(void *to, const void *from, uint32_t bytes);
dma_desc_t dma_fill(void *to, uint32_t word, uint32_t bytes);

/* Bytes to or from a register, words from one; a piece whenever the line says so. */
dma_desc_t dma_send(uint32_t reg, const void *from, uint32_t bytes, uint32_t line);
dma_desc_t dma_receive(void *to, uint32_t reg, uint32_t bytes, uint32_t line);
dma_desc_t dma_collect(uint32_t *to, uint32_t reg, uint32_t words, uint32_t line);

/* Puts `next` behind desc. */
void dma_chain(dma_desc_t *desc, const dma_desc_t *next);

/* Starts a chain and sleeps until it ends. False: dma_error tells why. */
bool dma_run(uint32_t channel, const dma_desc_t *first);

/* Starts a chain. fn is called, as an interrupt handler, with what happened (DMA_DONE, DMA_FAILED,
 * DMA_TOLD), which is cleared. */
void dma_start(uint32_t channel, const dma_desc_t *first, void (*fn)(uint32_t status));

/* Ends a run after the access under way; returns when the channel is idle. */
void dma_abort(uint32_t channel);

uint32_t dma_status(uint32_t channel);
/* DMA_BAD_ADDRESS, ...; 0 for none. */
uint32_t dma_error(uint32_t channel);
uint32_t dma_error_addr(uint32_t channel);
/* Bytes written by the run, or the last one. */
uint64_t dma_bytes(uint32_t channel);

#endif
