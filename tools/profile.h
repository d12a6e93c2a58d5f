/*
 * profile.h - where a program spends its time: counts of each instruction and of each call, as a
 * callgrind file, folded stacks and an lcov file.
 *
 * Costs: instructions, cycles, stalls (of the cycles, those beyond one an instruction) and sleep
 * (cycles in WFI). The cycles of a trap belong to the first instruction of its handler; sleep
 * belongs to the WFI. Cycles and sleep together are all cycles from the first instruction to the
 * end of the last one. Who called whom: call_stack.h.
 */
#ifndef TOOLS_PROFILE_H
#define TOOLS_PROFILE_H

#include <stdio.h>

#include "logic/core.h"
#include "tools/call_stack.h"

typedef struct {
    const source_lines_t *lines;
    code_counts_t counts;
    calls_t calls;
    bool with_calls;
    bool began;
    uint32_t expected_pc; /* of the next instruction; another one: the core was reset, or moved */
    uint64_t end_cycle;   /* of what was seen last */
    uint64_t wfi_cycles;  /* then */
    code_count_t *last;   /* the instruction that was seen last */
    uint64_t trap_cycles; /* of a trap whose handler has not begun */
} profile_t;

/* with_calls: for profile_write_*; counts are there in either case. lines must outlive profile.
 * False without memory; profile_free is due in either case. */
bool profile_init(profile_t *profile, const source_lines_t *lines, bool with_calls);
void profile_free(profile_t *profile);

/* To be called by core_hooks_t's functions of these names. */
void profile_insn(profile_t *profile, const core_t *core, const core_note_t *note);
void profile_trap(profile_t *profile, const core_t *core, const core_trap_t *trap);
/* The run is over, and the core settled. */
void profile_end(profile_t *profile, const core_t *core);

/* The callgrind format, version 1; events Instructions Cycles Stalls Sleep. */
void profile_write_callgrind(const profile_t *profile, const char *command, FILE *to);
/* A line "caller;callee cycles" for each chain of callers: sleep is left out. */
void profile_write_stacks(const profile_t *profile, FILE *to);

/* Whether the encoding is a conditional branch. */
bool profile_is_branch(uint32_t word);

#endif
