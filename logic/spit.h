/*
 * spit.h - SPI target, page 18: what a host pushes into the sensor (mode 3, select low for a whole
 * transfer). Firmware and networks come this way; the core takes them out of a FIFO of 64 words.
 *
 *   host: spit_send --- 8 bits a byte ---> words, first byte lowest ---> FIFO ---> TGT_DATA --->
 * core
 *
 * A word is in the FIFO when its last bit is through: 32 bit times after the one before it. A word
 * that finds the FIFO full is lost (overrun). While it is not enabled nothing is taken.
 *
 * The bytes that a host may send are a tape that it hands over before the simulation starts; a
 * transfer is a piece of it.
 * Modeled:      time of every word, FIFO, interrupts; up to desc.most_hz (35 MHz in the IMX500's
 *               kernel driver).
 * Not modeled:  answers on MISO, other modes, transfers that are no whole words. FIFO and
 *               registers are assumed: the IMX500's are not published.
 */
#ifndef LOGIC_SPIT_H
#define LOGIC_SPIT_H

#include "sim/sim.h"

#define SPIT_WORDS 64u

typedef struct {
    uint32_t most_hz; /* 1.. */
} spit_desc_t;

typedef struct {
    sim_comp_t comp;
    spit_desc_t desc;
    sim_wire_t irq; /* out */
    sim_event_t word;
    const uint8_t *tape; /* the host's; set before sim_start */
    size_t tape_bytes;
    /* What arrives of a word that the host sent, which it may change; false: nothing. NULL: all. */
    bool (*line)(void *ctx, uint32_t *word);
    void *line_ctx;

    uint32_t id, ctrl, status, irq_enable, level, count, data;
    uint32_t fifo[SPIT_WORDS], first;
    uint64_t start_ps; /* of the transfer under way */
    uint32_t hz, at, sent_words, all_words;
    uint64_t words, transfers, lost;
} spit_t;

spit_desc_t spit_desc_default(void);
sim_err_t spit_init(spit_t *spit, sim_t *sim, const spit_desc_t *desc, const char *name);

/* Begins a transfer of tape[at .. at + bytes - 1] now; bytes is a multiple of 4. False, and nothing
 * done, while another is under way, or when that is no piece of the tape or hz is above most_hz. */
bool spit_send(spit_t *spit, uint32_t at, uint32_t bytes, uint32_t hz);
/* Whether one is, and when it ends. */
bool spit_sending(const spit_t *spit, uint64_t *end_ps);

#endif
