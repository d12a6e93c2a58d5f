/*
 * naive.h - RV32IMAC once more, one instruction at a time, straight from the manual: no decoded
 * form, no run-ahead, no cache. What the core of logic/core.h is compared with.
 *
 * It knows ROM, TCM, L2 without contention, one register (a word that reads back) and one
 * interrupt.
 */
#ifndef TESTS_LOGIC_NAIVE_H
#define TESTS_LOGIC_NAIVE_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t cycle; /* from this edge on */
    bool level;
} naive_irq_t;

typedef struct {
    uint32_t x[32], pc;
    uint64_t cycle, instret;
    uint64_t cycle_offset, instret_offset;
    uint32_t mstatus, mtvec, mscratch, mepc, mcause, mtval, mie;
    uint32_t reserved; /* address, or 1 */
    bool halted, asleep;
    uint64_t exceptions, interrupts;

    uint32_t rom_bytes, tcm_base, tcm_bytes, l2_base, l2_bytes, reg_addr;
    uint8_t *rom, *tcm, *l2; /* ROM is at 0 */
    uint32_t reg;
    uint32_t l2_cycles;     /* of an access */
    const naive_irq_t *irq; /* changes of the external interrupt, in order of time */
    uint32_t irqs;

    /* inside one instruction */
    bool trapped;
    uint64_t last_exception; /* instret then, or ~0 */
} naive_t;

/* Runs every instruction that starts at or before `cycle`. */
void naive_run(naive_t *n, uint64_t cycle);

#endif
