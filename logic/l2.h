/*
 * l2.h - the large on-chip SRAM: banks of single-port memory behind an arbiter.
 *
 *   core ----+        +---------+     +-------+
 *   npu  ----|  ports | arbiter |---->| bank 0|   one beat a cycle each
 *   isp  ----|------->| (one a  |---->| bank 1|   address bits choose the bank: a burst
 *   mipi ----+        |  bank)  |---->|  ...  |   lies in one bank, the next in the next
 *                     +---------+     +-------+
 *
 * Timing, by definition, in cycles of desc.clk_hz:
 *   - A master serves its requests in order, one burst at a time: its oldest request that has no
 *     grant is its head. The head competes for its bank from cycle `ready` on: the cycle of the
 *     request, or the one after the last beat of the master's previous burst, whichever is later.
 *   - In each cycle, each bank that is free picks one of the heads that compete for it (below).
 *   - A grant in cycle g occupies the bank and the master's port in g .. g + beats - 1, with
 *     beats = aligned beats that the burst touches. `done` is called in the drive phase of
 *     g + beats + latency_cycles. wait_cycles = g - ready.
 *   - A request outside the memory, longer than a burst or across a burst boundary takes no bank:
 *     it is done with error set, with the timing of one beat.
 *
 * Who is picked in cycle c, by the first of these in which two heads differ:
 *   1. starvation: a head with c - ready > starvation_cycles before those that waited less; of two
 *      such the one that waited longer. So nobody waits for more than starvation_cycles + masters x
 *      beats of a burst. 0: there is no bound.
 *   2. budget: a master within its budget before one that has used it up. A budget is a bucket of
 *      `bytes`, full at first, that gets bytes / window_cycles each cycle, to the brim; its
 *      master is within budget in c while something is in it (after the cycles up to c came in). A
 *      burst granted then takes beats x beat_bytes out, all in c, and may leave less than nothing:
 *      in the long run a master has its rate, whatever its bursts. A burst granted out of budget
 *      takes nothing: what nobody else wants is free. No budget: always within.
 *   3. level, with policy priority: the higher one.
 *   4. the turn: with policy fixed, who was attached first; else the next after the one that had
 *      the bank last.
 * A free bank never waits: levels and budgets say who, not when.
 *
 * Streams (sim/port.h) obey the same rules: their bursts become heads at the cycles that the rule
 * gives, and one event at their end is enough.
 *
 * The model does not tick. The arbiter's past is worked out when somebody asks (a request, a burst
 * that must be done): nothing can have happened in between. That makes about one event a burst,
 * and requests made anywhere within one instant compete as equals. tests/logic/l2_test.c compares
 * it with an arbiter that does tick.
 *
 * Errors: l2_flip flips bits. With desc.ecc secded each word of 8 bytes has 8 check bits (ecc.h). A
 * burst that reads a word, or writes a part of it, decodes it: a single flip is corrected, in
 * memory too; a double one makes the burst an error (the core traps, others stop) and stays.
 * Whoever writes the whole word gets rid of it. Registers on page 19 count and point at the last
 * one; their interrupt is input 15. L2_SCRUB decodes all of memory. The decoder takes no time
 * (assumed: inside latency_cycles). Peeks, pokes and a core at functional speed do not decode;
 * streams do not either, so who injects with ECC asks for bursts (npu.exact). Without ECC the first
 * who reads a flipped byte, wherever its data is moved, has met the flip; memory keeps it.
 *
 * Statistics: "<name>.bank<n>" and "<name>.master.<m>" are components of their own. A wait counts
 * for the bank that was waited for and, all of it, for the master that had it last before the
 * grant.
 *
 * Not modeled: refresh, power gating of banks, write buffers; time and bandwidth of a scrub; rules
 * that firmware changes (they are chip data; that of the reference chip is assumed).
 */
#ifndef LOGIC_L2_H
#define LOGIC_L2_H

#include "logic/clk.h"
#include "logic/ecc.h"
#include "sim/sim.h"

#define L2_MAX_MASTERS 16
#define L2_MAX_BANKS 32
#define L2_MAX_LATENCY 30
#define L2_MAX_GRANTED 32  /* a power of two above L2_MAX_LATENCY + 1 */
#define L2_MAX_WOUNDS 2048 /* words with flipped bits that nobody has met */

typedef enum {
    L2_ROUND_ROBIN, /* per bank, the next master after the one that had it last */
    L2_FIXED,       /* the master that was attached first wins */
    L2_PRIORITY,    /* the master of the highest level wins; in turns among equals */
    L2_POLICIES
} l2_policy_t;

extern const char *const l2_policy_names[L2_POLICIES]; /* "round-robin", "fixed", "priority" */

#define L2_MAX_LEVEL 15
#define L2_MAX_BUDGET_BYTES (1u << 24)
#define L2_MAX_WINDOW_CYCLES (1u << 24)
#define L2_MAX_STARVATION_CYCLES (1u << 30)

/* What a master may expect. */
typedef struct {
    const char *master;            /* as given to l2_port; NULL: the rule is not used */
    uint32_t level;                /* 0..15, for L2_PRIORITY */
    uint32_t bytes, window_cycles; /* budget; both 1..2^24, or both 0: none */
} l2_rule_t;

typedef enum { L2_ECC_NONE, L2_ECC_SECDED, L2_ECCS } l2_ecc_t;
extern const char *const l2_ecc_names[L2_ECCS]; /* "none", "secded" */

/* Bits of L2_STATUS, the first two also of L2_IRQ_EN. */
#define L2_STATUS_CORRECTED 0x1u
#define L2_STATUS_FATAL 0x2u
#define L2_STATUS_ECC 0x4u

/* What became of the flipped bits of a word. */
typedef enum {
    L2_FLIP_CORRECTED,
    L2_FLIP_FATAL,       /* met, and there still */
    L2_FLIP_OVERWRITTEN, /* before anybody met them */
    L2_FLIP_MISSED,      /* read wrongly: more bits than the code is for, or there is none */
} l2_flip_end_t;

typedef struct {
    uint64_t clk_hz;
    uint32_t base;           /* bus address, a multiple of burst_bytes */
    uint32_t bytes;          /* a multiple of beat_bytes, at most 1 GiB */
    uint32_t banks;          /* 1..32, a power of two */
    uint32_t beat_bytes;     /* 4..256, a power of two */
    uint32_t burst_bytes;    /* beat_bytes..4096, a power of two; also the bank interleave */
    uint32_t latency_cycles; /* 1..30, from the last beat to done */
    l2_policy_t policy;
    uint32_t starvation_cycles;     /* 0..2^30 */
    l2_rule_t rule[L2_MAX_MASTERS]; /* at most one for a master */
    l2_ecc_t ecc;                   /* then bytes is a multiple of 8 */
} l2_desc_t;

/* Flipped bits of a word that nobody has met. */
typedef struct {
    uint64_t data, wrong; /* flipped; and those of them that a reader gets wrong */
    uint32_t word, check;
} l2_wound_t;

typedef struct {
    sim_comp_t comp;
    uint64_t free_cycle; /* the first cycle in which it can serve again */
    uint32_t last;       /* master that had it last */
    uint64_t busy_cycles, grants, conflicts, write_beats;
    uint64_t read_beats, ecc_words; /* follow from these, after a tally */
} l2_bank_t;

/* A master's queue: granted requests, the head, requests behind it. */
typedef struct {
    sim_comp_t comp;
    sim_mem_req_t *oldest, *head, *newest; /* next to be done, next to be granted, last made */
    uint64_t ready_cycle;                  /* of head */
    uint32_t head_bank, head_beats;
    uint64_t free_cycle;                 /* the port's: one after the last granted beat */
    uint32_t level;                      /* 0 when levels do not count */
    uint64_t budget, window_cycles;      /* bytes; 0: no budget */
    uint64_t missing, missing_cycle;     /* in the bucket in that cycle, in bytes / window_cycles */
    uint64_t done_cycle[L2_MAX_GRANTED]; /* of granted requests, ring */
    uint32_t first, granted;             /* oldest place of the ring, and how many */
    uint32_t queued;                     /* requests not done */
    sim_mem_stream_t *stream;            /* then head is its burst, and the queue is empty */
    uint64_t requests, errors, read_bytes, write_bytes, wait_cycles, longest_wait_cycles;
    uint64_t bank_wait_cycles[L2_MAX_BANKS];    /* of wait_cycles, for that bank */
    uint64_t behind_cycles[L2_MAX_MASTERS + 1]; /* ... behind that master; the last stays 0 */
} l2_master_t;

typedef struct {
    sim_comp_t comp;
    l2_desc_t desc;
    clk_t clk;
    sim_event_t done; /* the next burst that may be done */
    uint32_t beat_shift, burst_shift;
    uint32_t masters;
    bool ranked;                /* more than the turn decides */
    uint64_t now_ps, now_cycle; /* the last conversion, kept for the next one */
    bool completing; /* inside the done callbacks: one look at the plan at their end is enough */

    sim_wire_t irq; /* out */
    /* By which master (its number; 16: a scrub). May be NULL. */
    void (*noted)(void *ctx, uint32_t addr, l2_flip_end_t end, uint32_t who);
    void *noted_ctx;

    /* A burst's beats are granted, from that cycle on; told in any order. May be NULL. */
    void (*granted)(void *ctx, uint32_t bank, uint32_t who, uint64_t cycle, uint64_t beats);
    void *granted_ctx;

    uint32_t id, status, irq_enable, error_addr, error_master, corrected, fatal, scrub;
    l2_wound_t wound[L2_MAX_WOUNDS];
    uint32_t wounds;
    uint64_t ecc_corrected, ecc_fatal;

    const sim_mem_watch_t *watch; /* may be NULL */
    uint8_t *mem;                 /* whole cache lines of the host, of `room` */
    uint8_t *room;                /* as allocated */
    uint64_t settled_cycle;       /* every grant before this cycle is made */
    uint64_t planned_cycle;       /* of `done` */
    l2_bank_t bank[L2_MAX_BANKS];
    l2_master_t master[L2_MAX_MASTERS];
} l2_t;

/* clk_hz 262.5 MHz, 8,388,480 bytes at 0x04000000, 8 banks, beats of 64, bursts of 256, ... */
l2_desc_t l2_desc_default(void);

/* Allocates the memory (zeros). The caller owns l2; it must outlive sim. */
sim_err_t l2_init(l2_t *l2, sim_t *sim, const l2_desc_t *desc, const char *name);
void l2_free(l2_t *l2);

/* Attaches a master and fills *port. Before sim_check; fails when L2_MAX_MASTERS are attached or
 * the name is taken. The order of attaching is the order of priorities of L2_FIXED. */
sim_err_t l2_port(l2_t *l2, const char *master, sim_mem_port_t *port);

/* Bits of a word: 64, or 72 with ECC. */
static inline uint32_t l2_word_bits(const l2_t *l2)
{
    return l2->desc.ecc == L2_ECC_NONE ? ECC_DATA_BITS : ECC_BITS;
}

/* Flips one bit of the word of 8 bytes at addr, now. False, and nothing done, outside of memory and
 * when L2_MAX_WOUNDS other words wait. */
bool l2_flip(l2_t *l2, uint32_t addr, uint32_t bit);

/* As given to l2_port. */
const char *l2_master_name(const l2_t *l2, uint32_t master);

/* Makes the grants of the past now, so that the counters are up to date; call before reading
 * statistics. Never changes what happens. */
void l2_settle(l2_t *l2);

#endif
