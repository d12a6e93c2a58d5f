/*
 * icache.h - the core's instruction cache: what lies between its fetches and L2.
 *
 *           +------+  half words  +--------+  a line, one burst   +----+
 *   pc ---->| core |<-------------| icache |<--------------------| L2 |  master core_fetch
 *           +------+              +--------+                      +----+
 *
 * Code in ROM and TCM passes it by.
 *
 * Timing: an instruction whose bytes are there starts at once: a hit costs nothing. A line that is
 * not there is asked for one cycle after the instruction would have started, and the instruction
 * starts when the line is done: alone 1 + beats + latency_cycles of L2, more when others have the
 * bank. An interrupt that rises meanwhile is taken then, before the instruction. One that lies in
 * two lines needs both, the first one first.
 * A new line takes the first empty way of its set, else that of the line fetched from least
 * recently.
 *
 * Coherence: none. A line is a copy; stores (of the core too), DMA and all other masters of L2
 * change memory only. FENCE.I empties the cache, a debugger's or loader's write drops the lines it
 * meets. Both speeds of the core use it, so what a program computes is the same; at CORE_FUNCTIONAL
 * a line is there at once, past the arbiter.
 *
 * Errors: where the burst of a line is an error (two flipped bits of an ECC word anywhere in it),
 * the fetch is an access fault at the half word that needed it; the line is not kept.
 *
 * Without a cache (bytes 0) two line buffers remain: one set of two ways, under the same rules.
 *
 * Not modeled: prefetch, critical word first; parity of the cache; a load's load-use cycle where
 * the next instruction is not wholly in its line.
 */
#ifndef LOGIC_ICACHE_H
#define LOGIC_ICACHE_H

#include "sim/sim.h"

#define ICACHE_MAX_BYTES 65536u
#define ICACHE_MIN_LINE_BYTES 4u
#define ICACHE_MAX_LINE_BYTES 256u
#define ICACHE_MAX_WAYS 8u

typedef struct core_insn core_insn_t;

/* All powers of two. All assumed, for the reference chip too: a core of this class has 2 to 16 KiB.
 */
typedef struct {
    uint32_t bytes;      /* 0: no cache; at least two lines and a line a way, at most 65536 */
    uint32_t line_bytes; /* 4..256, and no more than a burst of L2 */
    uint32_t ways;       /* 1..8 */
} icache_desc_t;

typedef struct {
    icache_desc_t desc;
    sim_mem_port_t port;     /* in; required when there is an L2 */
    uint32_t lines, ways;    /* lines 0: there is no L2 */
    uint32_t line_shift;     /* of line_bytes */
    uint32_t base, l2_bytes; /* of L2 */
    /* Only speed: decoded as machine, as user mode sees them (core.h): the instructions of each
     * line, and the one that begins in its last half word and ends in the next line. */
    core_insn_t *code[2], *crossing[2];
    uint8_t crossing_bytes[4];
    sim_mem_req_t req;

    uint32_t *tag; /* state: address of each line, with bit 0 set; 0: empty */
    uint8_t *age;  /* its place in its set, 0: fetched from last */
    uint8_t *data;
    uint32_t wanted_addr; /* half word whose line is on its way */
    uint8_t line[ICACHE_MAX_LINE_BYTES];
} icache_t;

/* 4 KiB, lines of 64 bytes, 2 ways. */
icache_desc_t icache_desc_default(void);

/* Checks desc and makes an empty cache for an L2 of that place; l2_bytes may be 0. name: the
 * core's. */
sim_err_t icache_init(icache_t *cache, sim_t *sim, const icache_desc_t *desc, uint32_t l2_base,
                      uint32_t l2_bytes, const char *name);
void icache_free(icache_t *cache);
void icache_reset(icache_t *cache);

/* No copies are left: FENCE.I. */
void icache_clear(icache_t *cache);
/* The same of addr .. addr + bytes - 1. */
void icache_drop(icache_t *cache, uint32_t addr, uint32_t bytes);
/* Bytes as they would be fetched; false where they are not all here. Counts for no age. */
bool icache_peek(const icache_t *cache, uint32_t addr, uint8_t *data, uint32_t bytes);

#endif
