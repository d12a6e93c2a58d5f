/*
 * rng.h - random numbers, page 13: a noise source behind health tests and a FIFO of 8 words.
 *
 *   source --> health tests --> FIFO --> RNG_DATA
 *
 * Enabled, the source gives a word every desc.cycles_per_word clocks while the FIFO has room. The
 * first 32 words are tested and thrown away (start-up test: 1024 bits). A failed test sets bit 1 of
 * RNG_STATUS, empties the FIFO and stops the source; clearing the bit starts over with the start-up
 * test. Reading an empty FIFO gives 0, sets a bit of the status and is told (GUEST).
 *
 * Tests as of NIST SP 800-90B, with a false alarm in 2^20 and full entropy:
 *   4.4.1 repetition count, on words: C = 1 + ceil(20 / 32) = 2, i.e. a word that comes twice
 *   4.4.2 adaptive proportion, on bits: 589 of 1024 equal to the first of them
 *
 * The source is deterministic: word k is number k of sim/rng.h for desc.seed. Not modeled: a raw
 * bias, conditioning by a hash, an interrupt.
 */
#ifndef LOGIC_RNG_H
#define LOGIC_RNG_H

#include "sim/sim.h"

#define RNG_FIFO_WORDS 8

typedef struct {
    uint64_t clk_hz;
    uint64_t seed;            /* the run's */
    uint32_t cycles_per_word; /* 1..1000000 */
} rng_desc_t;

typedef enum {
    RNG_FAULT_NONE,
    RNG_FAULT_STUCK,  /* the source repeats its last word */
    RNG_FAULT_BIASED, /* three of four bits are 1 */
} rng_fault_t;

typedef struct {
    sim_comp_t comp;
    rng_desc_t desc;
    sim_event_t word; /* the source's next */
    sim_wire_t ready; /* out, for the DMA: a word is ready */
    /* A health test has failed. May be NULL. */
    void (*noted)(void *ctx);
    void *noted_ctx;

    uint32_t id, ctrl, status, data;
    uint32_t fault; /* rng_fault_t */
    uint32_t fifo[RNG_FIFO_WORDS], first, count;
    uint64_t drawn;     /* words of the source */
    uint32_t tested;    /* since the start-up test began, at most 32 */
    uint32_t last;      /* word; only with tested > 0 */
    uint32_t same_bits; /* of this window, equal to its first */
    uint32_t window;    /* words of it */
    bool first_bit;     /* of it */
    uint64_t words, reads, early_reads, failures;
} rng_t;

rng_desc_t rng_desc_default(void);
sim_err_t rng_init(rng_t *rng, sim_t *sim, const rng_desc_t *desc, const char *name);

/* What is wrong with the source from its next word on. */
void rng_set_fault(rng_t *rng, rng_fault_t fault);

#endif
