/*
 * code_counts.h - what each instruction of a program cost and did: a table by address, a page of
 * 8 KiB of code at a time, as they come.
 */
#ifndef TOOLS_CODE_COUNTS_H
#define TOOLS_CODE_COUNTS_H

#include "sim/types.h"

/* Cycles: of the instruction and, of a handler's first one, of the trap; sleep: in WFI. */
typedef struct {
    uint64_t instructions, cycles, stalls, sleep; /* stalls: of the cycles, those beyond one each */
} code_cost_t;

typedef struct {
    code_cost_t cost;
    uint64_t trapped;       /* exceptions instead of it */
    uint64_t taken, passed; /* of a branch */
} code_count_t;

enum { CODE_PAGE_SHIFT = 13, CODE_PAGE_SLOTS = 1 << 12, CODE_PAGES = 1 << 19 };

typedef struct {
    code_count_t **page; /* CODE_PAGES of them, NULL: nothing there ran */
    code_count_t spare;  /* takes what there is no memory for */
    bool no_memory;
} code_counts_t;

/* False without memory. code_counts_free is due in either case. */
bool code_counts_init(code_counts_t *counts);
void code_counts_free(code_counts_t *counts);

/* The place of the instruction at pc; never NULL. */
code_count_t *code_count_of(code_counts_t *counts, uint32_t pc);
/* The same for readers: NULL where nothing ran near. */
const code_count_t *code_count_at(const code_counts_t *counts, uint32_t pc);
/* The first instruction at or after *pc that cost something; false: there is none. */
const code_count_t *code_count_next(const code_counts_t *counts, uint64_t *pc);

void code_cost_add(code_cost_t *to, const code_cost_t *cost);
/* a - b */
code_cost_t code_cost_between(const code_cost_t *a, const code_cost_t *b);

#endif
