/*
 * dma.h - memory mover: four channels that follow chains of descriptors, page 9.
 *
 *   registers --> channel 0..3 --> one port of L2 (a master of its own)
 *   lines ----------^   |
 *                       +--------> second port of the TCM
 *                       +--------> registers of the pages that bus_t.dma_pages names
 *
 * A descriptor is 8 words in L2 or TCM, at a multiple of 32:
 *
 *   0  flags   bit 0 fill, 1 fixed source, 2 fixed destination, 3 tell (sets bit 3 of DMAn_STATUS),
 *              4 bytes; 15:8 line that paces, 0 none
 *   1  source address, or with `fill` the word that is written
 *   2  destination address
 *   3  bytes of a row          } neither may be 0
 *   4  rows                    }
 *   5  bytes from a row to the next, source; two's complement
 *   6  the same, destination
 *   7  next descriptor, 0: the last
 *
 * Addresses, bytes and strides are multiples of 4. A channel reads its descriptor, then by turns
 * reads and writes pieces that cross no aligned 256 bytes (less where L2's bursts are shorter) on
 * either side, in ascending order, then goes on with the next descriptor. A fixed address, and a
 * register, is accessed word by word: such pieces are words. With `bytes` they are bytes in memory,
 * of any alignment, and the low byte of a register at a fixed address. Overlapping blocks get what
 * that order gives.
 *
 * With a line, each piece waits for it: while the line of a FIFO is high it goes on at once, a
 * timer's match lets one piece pass (a second match before that is lost). One channel a line.
 *
 * Timing: an access is made in the cycle in which the channel's last one was done, the first one
 * cycle after the write to DMAn_CTRL. Channels that ask in the same cycle queue by number, so that
 * one waits while another is served. L2 tells its own time (l2.h). The TCM port moves
 * desc.tcm_bytes_per_cycle, one access after the other; an access is done one cycle after its last.
 * The core's own accesses to TCM are never delayed; an instruction that starts before that cycle
 * sees the memory as it was, one that starts in it or later as it is. Decoded code is dropped.
 *
 * Errors end the channel's run; DMAn_STATUS has the code, DMAn_ERROR_ADDR the address (of the
 * descriptor for codes 2 to 4, of the burst for 5). Abort ends it after the access under way.
 * Every burst is an event on the fast path too: there is nothing that --exact could change.
 * A write to TCM breaks an LR reservation of the core on that word.
 * Not modeled: ROM as source, lines of other blocks, priorities of channels.
 */
#ifndef LOGIC_DMA_H
#define LOGIC_DMA_H

#include "logic/bus.h"
#include "logic/clk.h"
#include "sim/sim.h"

#define DMA_CHANNELS 4
#define DMA_DESC_WORDS 8
#define DMA_LINES 8 /* 1..7 are usable */
#define DMA_PIECE_BYTES 256

/* Flags of a descriptor. */
enum {
    DMA_FILL = 0x1,
    DMA_FIXED_SOURCE = 0x2,
    DMA_FIXED_DESTINATION = 0x4,
    DMA_TELL = 0x8,
    DMA_BYTES = 0x10,
    DMA_LINE_SHIFT = 8,
};

/* Codes in bits 15:8 of DMAn_STATUS. */
typedef enum {
    DMA_NO_ERROR,
    DMA_BAD_ADDRESS, /* neither L2 nor TCM */
    DMA_MISALIGNED,
    DMA_EMPTY,     /* no bytes or no rows */
    DMA_BAD_FLAGS, /* one that does not exist, or that does not go with the addresses */
    DMA_MEMORY,    /* L2 met an error that its ECC does not correct */
} dma_error_t;

typedef struct {
    uint64_t clk_hz;
    uint32_t tcm_bytes_per_cycle; /* 4..64, a power of two */
} dma_desc_t;

typedef struct dma dma_t;

typedef struct {
    dma_t *dma;
    uint32_t number;
    sim_event_t tcm; /* the access to TCM is done */
    sim_event_t reg; /* the access to a register is made */
} dma_channel_t;

/* What paces: a level, or the pulses that are noted in `pulses`. */
typedef struct {
    dma_t *dma;
    uint32_t number;
    bool pulse;
    const sim_wire_t *wire;
} dma_line_t;

struct dma {
    sim_comp_t comp;
    dma_desc_t desc;
    bus_t *bus;
    clk_t clk;
    sim_mem_port_t l2; /* in; required when the bus has L2 */
    sim_wire_t irq;    /* out */
    sim_event_t issue; /* accesses of this cycle */
    dma_line_t line[DMA_LINES];
    uint32_t piece_bytes; /* at most */
    dma_channel_t channel[DMA_CHANNELS];
    sim_mem_req_t req[DMA_CHANNELS];

    uint32_t id, pending; /* channels that interrupt */
    uint32_t ctrl[DMA_CHANNELS], status[DMA_CHANNELS], first[DMA_CHANNELS], at[DMA_CHANNELS];
    uint32_t error_addr[DMA_CHANNELS], bytes_lo[DMA_CHANNELS], bytes_hi[DMA_CHANNELS];
    uint32_t stage[DMA_CHANNELS];                /* dma_stage_t */
    uint32_t word[DMA_CHANNELS][DMA_DESC_WORDS]; /* the descriptor that runs */
    uint32_t row[DMA_CHANNELS], offset[DMA_CHANNELS], piece[DMA_CHANNELS];
    bool starts[DMA_CHANNELS];   /* written to DMAn_CTRL */
    bool done[DMA_CHANNELS];     /* the access of its stage */
    bool bad[DMA_CHANNELS];      /* with an error of L2 */
    bool waits[DMA_CHANNELS];    /* for its line, with the next piece */
    bool asks[DMA_CHANNELS];     /* for the access of its stage */
    bool aborting[DMA_CHANNELS]; /* after the access under way */
    uint8_t data[DMA_CHANNELS][DMA_PIECE_BYTES];
    uint64_t moved[DMA_CHANNELS];    /* bytes, this run */
    uint64_t start_ps[DMA_CHANNELS]; /* of the descriptor */
    uint64_t tcm_free_cycle, reg_free_cycle;
    uint32_t pulses; /* bit n: of line n, not used yet */
    uint64_t bytes, descriptors, chains, errors, aborts, tcm_cycles;
};

typedef enum {
    DMA_IDLE,
    DMA_FETCH, /* the descriptor */
    DMA_READ,
    DMA_WRITE
} dma_stage_t;

dma_desc_t dma_desc_default(void);

/* The bus must be initialized; the caller fills dma->l2 by l2_port. */
sim_err_t dma_init(dma_t *dma, sim_t *sim, bus_t *bus, const dma_desc_t *desc, const char *name);

/* Makes wire the line `number` (1..7): its level, or each of its rises. False when the number is
 * bad or taken, or the wire has no place left. */
bool dma_connect(dma_t *dma, uint32_t number, sim_wire_t *wire, bool pulse);

/* Whether any channel runs. */
bool dma_busy(const sim_comp_t *dma);

#endif
