/*
 * naive.h - RV32IMAC with user mode and protection once more, one instruction at a time, straight
 * from the manual: no decoded form, no run-ahead, no windows. What the core of
 * logic/core.h is compared with.
 *
 * It knows ROM, TCM, L2 without contention behind a cache of instructions, one register (a word
 * that reads back) and one interrupt.
 */
#ifndef TESTS_LOGIC_NAIVE_H
#define TESTS_LOGIC_NAIVE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t cycle; /* from this edge on */
    bool level;
} naive_irq_t;

enum { NAIVE_EVENTS = 13, NAIVE_LINES = 1024, NAIVE_LINE_BYTES = 256 };

/* A line of the cache: a copy of L2, and when it was fetched from last. */
typedef struct {
    bool full;
    uint32_t addr;
    uint64_t last_use;
    uint8_t bytes[NAIVE_LINE_BYTES];
} naive_line_t;

typedef struct {
    bool m, a, c, u, misaligned;
    uint32_t pmp_regions;

    uint32_t x[32], pc, mode;
    uint64_t cycle, instret;
    uint32_t mstatus, mtvec, mscratch, mepc, mcause, mtval, mie, mcounteren, mcountinhibit;
    uint32_t mhpmevent[9], pmpaddr[16];
    uint8_t pmpcfg[16];
    uint64_t counter[9]; /* 0 cycle, 2 instret, 3..8 events: as they read */
    uint32_t reserved;   /* address, or 1 */
    bool halted, asleep;
    uint64_t events[NAIVE_EVENTS]; /* by the numbers of CORE_EVENTS */

    uint32_t rom_base, rom_bytes, tcm_base, tcm_bytes, l2_base, l2_bytes, reg_addr;
    uint8_t *rom, *tcm, *l2;
    uint32_t reg;
    uint32_t l2_cycles; /* of an access */
    naive_line_t line[NAIVE_LINES];
    uint32_t lines, line_bytes, ways, fill_cycles; /* ways of a set lie side by side */
    uint64_t uses;
    const naive_irq_t *irq; /* changes of the external interrupt, in order of time */
    uint32_t irqs;

    /* inside one instruction */
    bool trapped;
    uint32_t late_csr, late_value; /* takes effect when the instruction is done; 0: none */
    uint64_t last_exception;       /* instret then, or ~0 */
} naive_t;

/* Runs every instruction that starts at or before `cycle`. */
void naive_run(naive_t *n, uint64_t cycle);

#endif
