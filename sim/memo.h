/*
 * memo.h - results of pure functions that somebody keeps: found again under all that they were made
 * of, they need not be computed.
 *
 *   block: key --find--> there: its bytes        the block goes on as if it had computed them
 *              `-------> not: computes --keep--> for whoever asks next
 *
 * A key holds everything that reaches the result and that two askers of one memo may differ in.
 * Whoever hands a memo to a block answers for the rest: the block's desc, and what it sees of the
 * world, are the same for all that share it.
 */
#ifndef SIM_MEMO_H
#define SIM_MEMO_H

#include "sim/types.h"

typedef struct {
    const char *kind; /* whose result: a short name of letters */
    const void *data;
    size_t bytes;
} sim_memo_key_t;

typedef struct {
    /* Fills `to` with the `bytes` that were kept. False, and `to` may hold anything: there are
     * none, not so many, or damaged ones. */
    bool (*find)(void *ctx, const sim_memo_key_t *key, void *to, size_t bytes);
    /* Keeps a copy, if it can: whoever forgets only makes others compute. */
    void (*keep)(void *ctx, const sim_memo_key_t *key, const void *data, size_t bytes);
    void *ctx;
} sim_memo_t;

#endif
