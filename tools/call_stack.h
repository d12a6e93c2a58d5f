/*
 * call_stack.h - who called whom, seen from outside: by watching jumps, traps and the stack
 * pointer.
 *
 * Calls and returns are the hints of the unprivileged specification, 2.5: a jump that links to ra
 * or t0 calls, one through ra or t0 that links nowhere returns, to the frame with that return
 * address. A jump (or a fall) into another function is a tail call: the callee returns for both. A
 * trap begins a root of its own; what it costs is not the interrupted function's; mret ends it.
 *
 * sp that is loaded (not moved by a sum) to somewhere outside the stack that is in use is a switch
 * of stacks: the frames wait for sp to come back to where it was left; elsewhere new ones begin. A
 * return to nowhere that is known (longjmp, the first return into a new task) ends the frames whose
 * stack is gone.
 *
 * Not modeled: longjmp across stacks; frames beyond CALL_DEPTH count for the deepest one kept.
 */
#ifndef TOOLS_CALL_STACK_H
#define TOOLS_CALL_STACK_H

#include "logic/core_debug.h"
#include "tools/code_counts.h"
#include "tools/source_lines.h"

enum { CALL_DEPTH = 4096, CALL_STACKS = 64, CALL_UNKNOWN = UINT32_MAX };

/* Calls of one function from one place. */
typedef struct {
    uint32_t from;   /* address of the instruction */
    uint32_t callee; /* function, index; CALL_UNKNOWN */
    uint64_t calls;
    code_cost_t cost; /* inclusive; 0 for calls into a function that is being called already */
} call_edge_t;

/* A chain of callers. */
typedef struct {
    uint32_t parent; /* node; 0: a root */
    uint32_t func;
    bool repeats;    /* func is among the callers */
    uint64_t cycles; /* spent here, not below; asleep not counted */
} call_node_t;

typedef struct {
    uint32_t func, ret, sp, node, edge;
    bool tail, trap, counted;
    code_cost_t start; /* the clock when it was entered */
} call_frame_t;

typedef struct {
    call_frame_t *frame;
    uint32_t depth, room;
    uint32_t beyond;                        /* calls that found no room */
    uint32_t first_sp, highest_sp, left_sp; /* where it began; its other end; where it was left */
    code_cost_t left;                       /* the clock then */
    uint64_t left_order;
} call_stack_t;

typedef struct {
    const source_lines_t *lines;
    call_stack_t stack[CALL_STACKS];
    uint32_t stacks, now;
    call_edge_t *edge;
    call_node_t *node; /* [0] is nobody's */
    uint32_t edges, nodes, edge_room, node_room;
    uint32_t *edge_hash, *node_hash;
    code_cost_t clock; /* of all so far */
    uint64_t order;
    uint32_t func, func_first, func_bytes; /* that runs */
    uint32_t sp;
    bool no_memory;
} calls_t;

/* lines must outlive calls. False without memory; calls_free is due in either case. */
bool calls_init(calls_t *calls, const source_lines_t *lines);
void calls_free(calls_t *calls);

/* The program begins anew at pc (reset). */
void calls_begin(calls_t *calls, uint32_t pc, uint32_t sp);
/* Charges the function that runs. */
void calls_charge(calls_t *calls, const code_cost_t *cost);
/* The instruction has retired; sp is as it left it. Its cost has been charged. */
void calls_insn(calls_t *calls, const core_note_t *note, uint32_t sp);
/* A trap to the handler at pc. */
void calls_trap(calls_t *calls, uint32_t pc);
/* The run is over: what is still being called ends now. */
void calls_end(calls_t *calls);

#endif
