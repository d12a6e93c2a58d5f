/*
 * trap_storm.h - tells that a program traps for ever: its own trap handler traps, or returns to
 * what traps.
 *
 * Counted are exceptions but ECALL, in machine mode with interrupts off, one after the other
 * without an interrupt in between. Such a row has no end when
 *
 *   it recurs   registers and RAM are what they were at an earlier one of the row, so all that was
 *               done since is done again; looked for from TRAP_STORM_SOME exceptions on
 *   it walks    one instruction had TRAP_STORM_MANY access faults in a row, nothing stored in
 *               between: a stack that grows outside of memory. One for every page of 4 KiB that
 *               there is, so that a program that looks for memory in steps of a page is not meant
 *
 * Not seen: what devices and counters would say later. A program that waits for a time by trapping
 * again and again, and keeps nothing of it in registers or RAM, would be ended.
 */
#ifndef TOOLS_TRAP_STORM_H
#define TOOLS_TRAP_STORM_H

#include "logic/core.h"

#define TRAP_STORM_SOME 4096u
#define TRAP_STORM_MANY (1u << 20)

/* All that decides what the program does next, but RAM and devices. */
typedef struct {
    uint32_t x[32];
    uint32_t csr[8];
    uint32_t pmpaddr[CORE_PMP_REGIONS];
    uint8_t pmpcfg[CORE_PMP_REGIONS];
} trap_state_t;

typedef struct {
    core_hooks_t hooks;
    core_t *core;
    bool found;
    core_trap_t trap, before; /* the last one; the last one elsewhere */
    uint64_t interrupts, stores;
    uint64_t row, faults; /* exceptions in a row; access faults of one instruction */
    trap_state_t state;   /* at an earlier one of the row */
    uint32_t recurred;    /* times that it came again */
    uint64_t ram;         /* hash, when it did first */
} trap_storm_t;

/* Listens to the core; stops the simulation (sim_stop) when it is `found`. */
void trap_storm_watch(trap_storm_t *storm, core_t *core);

#endif
