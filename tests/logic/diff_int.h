/*
 * diff_int.h - the inside of the generator: who chooses, who emits.
 *
 *   diff_gen.c   programs            diff_insn.c   computing, memory, jumps
 *   diff_sys.c   modes, traps, CSRs, protection
 */
#ifndef TESTS_LOGIC_DIFF_INT_H
#define TESTS_LOGIC_DIFF_INT_H

#include "logic/core_int.h"
#include "sim/rng.h"
#include "tests/logic/diff.h"
#include "tests/logic/enc.h"

#define NOWHERE 0x90000000u /* nothing answers there */

typedef struct {
    diff_program_t *out;
    const diff_chip_t *chip;
    sim_stream_t s;
    uint8_t *code; /* where to emit: main or far page */
    uint32_t at;   /* the next byte of it */
    uint32_t base[3];
    uint32_t keep;    /* registers that are not written */
    uint32_t counter; /* of loops; the far page leaves it alone */
    uint32_t far_count, far_at[4];
    uint32_t depth;
    uint32_t whole;    /* bit b: base b's page has the same rights all over */
    uint32_t writable; /* bit b: anybody may read and write it */
    bool user, protects, irqs;
} gen_t;

/* What a program is made of, most of them an instruction or two. */
enum { NEEDS_C = 1, NEEDS_NO_C = 2, MAIN_ONLY = 4 };

typedef struct {
    void (*emit)(gen_t *g);
    uint32_t weight, needs;
} gen_item_t;

/* Both end with an item of no weight. */
extern const gen_item_t gen_insns[], gen_system[];

/* One of them. */
void gen_item(gen_t *g);
uint32_t gen_alu_word(gen_t *g);
void gen_constant(gen_t *g);
void gen_fence(gen_t *g);
void gen_access_data(gen_t *g);
/* A set of PMP entries, written. */
void gen_protect(gen_t *g);

/* ---- choice ---- */

static inline uint32_t below(gen_t *g, uint32_t n)
{
    return sim_stream_below(&g->s, n);
}

static inline bool one_in(gen_t *g, uint32_t n)
{
    return below(g, n) == 0;
}

/* Half of them small or near a power of two. */
static inline uint32_t value(gen_t *g)
{
    uint32_t v = sim_stream_u32(&g->s);
    switch (below(g, 4)) {
    case 0:
        return below(g, 9) - 4;
    case 1:
        return (1u << (v & 31)) - below(g, 2);
    default:
        return v;
    }
}

static inline uint32_t any(gen_t *g)
{
    return below(g, 32);
}

/* A register to write, x0 too. */
static inline uint32_t rd(gen_t *g)
{
    for (;;) {
        uint32_t r = below(g, 32);
        if ((g->keep >> r & 1) == 0)
            return r;
    }
}

static inline uint32_t rd_not_zero(gen_t *g)
{
    uint32_t r = rd(g);
    return r != ZERO ? r : rd_not_zero(g);
}

/* ---- emission ---- */

static inline void half(gen_t *g, uint32_t h)
{
    g->code[g->at++] = (uint8_t)h;
    g->code[g->at++] = (uint8_t)(h >> 8);
}

static inline void word(gen_t *g, uint32_t w)
{
    half(g, w);
    half(g, w >> 16);
}

static inline void put_word(gen_t *g, uint32_t at, uint32_t w)
{
    uint32_t kept = g->at;
    g->at = at;
    word(g, w);
    g->at = kept;
}

static inline uint32_t pc(const gen_t *g)
{
    return (g->code == (const uint8_t *)g->out->words ? DIFF_CODE : DIFF_FAR) + g->at;
}

static inline void li(gen_t *g, uint32_t r, uint32_t v)
{
    word(g, LUI(r, (v + 0x800) >> 12));
    word(g, ADDI(r, r, (int32_t)(v << 20) >> 20));
}

#endif
