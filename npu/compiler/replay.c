/*
 * replay.c - how long a program takes, reckoned in one pass over its instructions.
 *
 * Engines are in order, and so are the waits and signals of a semaphore (emit.h), so the time of an
 * instruction follows from those before it:
 *
 *   issue = after the one before it, one a cycle, when its queue has a place
 *   start = after decode, when its engine is free, a cycle after the signals it waits for
 *   end   = start + cc_insn_cycles
 *
 * Not modeled: fetch; L2 when others want it too; rows shorter than a burst.
 */
#include <stdlib.h>
#include <string.h>

#include "npu/compiler/compile_int.h"

typedef struct {
    const cc_t *cc;
    uint64_t *end;              /* of each instruction */
    uint64_t free[NPU_ENGINES]; /* when the engine is done with what it has */
    uint64_t left[NPU_ENGINES]
                 [NPU_MAX_QUEUE]; /* when its last instructions left the queue: a ring */
    uint32_t count[NPU_ENGINES];
    uint32_t signaler[NPU_SEMAPHORES]; /* where to look for the next signal */
    uint32_t taken[NPU_SEMAPHORES];    /* signals taken of that instruction: it may give two */
    uint64_t issue, quiet;             /* of the last instruction; all before it done */
} replay_t;

static uint64_t later(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static uint32_t signals_of(const npu_insn_t *insn, uint32_t semaphore)
{
    return (insn->signal[0] == semaphore) + (uint32_t)(insn->signal[1] == semaphore);
}

/* When the next signal of a semaphore is seen. */
static uint64_t next_signal(replay_t *r, uint32_t semaphore)
{
    uint32_t *at = &r->signaler[semaphore];
    while (signals_of(emit_at(&r->cc->emit, *at), semaphore) <= r->taken[semaphore]) {
        r->taken[semaphore] = 0;
        (*at)++;
    }
    r->taken[semaphore]++;
    return r->end[*at] + 1;
}

static void replay_insn(replay_t *r, uint32_t index)
{
    const npu_insn_t *insn = emit_at(&r->cc->emit, index);
    npu_engine_t e = npu_op_engine(insn->op);
    uint64_t *left = &r->left[e][r->count[e] % r->cc->desc->queue_depth];
    r->issue = e == NPU_ENGINE_SEQ ? later(r->issue, r->quiet) + 1 : later(r->issue + 1, *left);
    uint64_t start = later(r->issue + r->cc->desc->decode_cycles, r->free[e]);
    for (uint32_t w = 0; w < SIM_COUNT(insn->wait); w++)
        for (uint32_t n = 0; n < insn->wait[w].count; n++)
            start = later(start, next_signal(r, insn->wait[w].sem));
    if (e == NPU_ENGINE_SEQ)
        start = r->issue;
    else
        *left = start;
    r->count[e]++;
    r->issue += insn->op == NPU_OP_BARRIER ? r->cc->desc->barrier_cycles : 0;
    r->end[index] = start + (e == NPU_ENGINE_SEQ ? 0 : cc_insn_cycles(r->cc, insn));
    r->free[e] = r->end[index];
    r->quiet = later(r->quiet, r->end[index]);
}

bool replay_program(const cc_t *cc, uint64_t *end)
{
    replay_t *r = calloc(1, sizeof(*r));
    if (r == NULL)
        return false;
    r->cc = cc;
    r->end = end;
    for (uint32_t i = 0; i < cc->emit.insns; i++)
        replay_insn(r, i);
    free(r);
    return true;
}
