/*
 * core_debug.h - what a debugger or tracer sees of the core: stops, and notes of what it did.
 *
 * Nothing here changes what the core does, or when: breakpoints are marks in the decoded code,
 * watchpoints keep loads and stores out of the fast loop, notes make the core do one instruction
 * at a time. None of it is state: a snapshot has no breakpoints.
 *
 * A stop happens at the simulated time at which the instruction starts (breakpoint; watchpoint with
 * `early`) or after the one that did it (watchpoint, step): every other block stands at that time
 * too. `stop` usually calls sim_stop; the next run goes on with the instruction at pc.
 *
 * Not modeled: the debug specification's own triggers and debug mode. Watchpoints see what the core
 * does, not other masters of L2.
 */
#ifndef LOGIC_CORE_DEBUG_H
#define LOGIC_CORE_DEBUG_H

#include "sim/types.h"

#define CORE_MAX_BREAKS 128
#define CORE_MAX_WATCHES 32

typedef struct core core_t;

typedef enum {
    CORE_STOP_BREAK, /* before the instruction at addr */
    CORE_STOP_READ,  /* a load of addr was done; with `early`: is to be done */
    CORE_STOP_WRITE, /* the same with a store, or both */
    CORE_STOP_STEP,  /* one instruction, or trap, was done; addr is pc */
} core_stop_t;

enum { CORE_WATCH_READ = 1, CORE_WATCH_WRITE = 2 };

typedef struct {
    uint32_t addr, bytes; /* bytes 1..; does not wrap around */
    uint32_t kind;        /* CORE_WATCH_READ, CORE_WATCH_WRITE or both */
} core_watch_t;

/* An instruction that has retired. */
typedef struct {
    uint64_t cycle;    /* in which it started, or its fetch began to wait for L2 */
    uint64_t cycles;   /* that both took; WFI: without the sleep */
    uint32_t pc, mode; /* core_mode_t */
    uint32_t word;     /* its encoding; 16 bits when slots is 1 */
    uint8_t slots;     /* length in half words */
    uint8_t rd;        /* written register; 0: none */
    bool load, store;  /* then addr and bytes are meant; both: AMO, SC */
    uint32_t addr, bytes;
    uint32_t csr; /* number; 0: no CSR instruction */
    uint32_t next_pc;
} core_note_t;

/* A trap that was taken. */
typedef struct {
    uint64_t cycle;                   /* in which the handler's first instruction starts */
    uint32_t cause, epc, value, from; /* mcause, mepc, mtval; mode that was left */
} core_trap_t;

/* A listener. All of its functions may be NULL, and may change between instructions; none may
 * change the simulation but by sim_stop. */
typedef struct core_hooks core_hooks_t;
struct core_hooks {
    void (*insn)(void *ctx, const core_note_t *note);
    void (*trap)(void *ctx, const core_trap_t *trap);
    void (*stop)(void *ctx, core_stop_t why, uint32_t addr);
    void *ctx;
    core_hooks_t *next; /* the core's */
};

typedef struct {
    core_hooks_t *hooks; /* told in this order */
    uint32_t break_addr[CORE_MAX_BREAKS], breaks;
    core_watch_t watch[CORE_MAX_WATCHES];
    uint32_t watches;
    bool early;          /* watchpoints stop before the access, as triggers of RISC-V do */
    bool stepping;       /* stop after the next instruction */
    uint64_t past;       /* core_steps + 1 where the stop at pc's breakpoint has been; 0: nowhere */
    uint64_t early_past; /* the same of a watchpoint */
    bool unmarked;       /* decode breakpoints as what they are */
    core_note_t note;    /* of the instruction that runs, if `noted` */
    bool noted;
    uint64_t ahead; /* of core->cycle: when the instruction that is decoded starts */
    uint64_t fetch_began, fetch_done; /* cycles of the last wait for L2 */
} core_debug_t;

/* Listens until it is removed; hooks stay the caller's, and where they are. Adding twice is fine;
 * so is removing what is not there. */
void core_add_hooks(core_t *core, core_hooks_t *hooks);
void core_remove_hooks(core_t *core, core_hooks_t *hooks);

/* False when there are too many already. Adding twice is fine; so is removing what is not there. */
bool core_break_add(core_t *core, uint32_t addr);
void core_break_remove(core_t *core, uint32_t addr);
bool core_watch_add(core_t *core, core_watch_t watch);
void core_watch_remove(core_t *core, core_watch_t watch);

/* The run that follows stops after one instruction or trap. */
void core_step_one(core_t *core);
/* After pc was changed from outside: stops there count again. */
void core_moved(core_t *core);
/* Instructions and traps since the simulation began, resets or not: a place in the run. */
uint64_t core_steps(const core_t *core);

/* What the program would read, without its traps and effects, whatever the mode; false: there is no
 * such CSR on this chip. A write changes what a CSR instruction of machine mode would. */
bool core_csr_peek(const core_t *core, uint32_t number, uint32_t *value);
bool core_csr_poke(core_t *core, uint32_t number, uint32_t value);

/* The CSRs of this chip: number `index` from 0 on; false: there are no more. */
bool core_csr_at(const core_t *core, uint32_t index, uint32_t *number);
/* "mhpmcounter3h"; "csr0x7c0" when there is none of that number. Returns text. */
#define CORE_CSR_NAME 20
const char *core_csr_name(uint32_t number, char text[CORE_CSR_NAME]);

#endif
