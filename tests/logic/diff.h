/*
 * diff.h - differential tests of the core: random programs, run under one monitor
 * (guest/diff_monitor.S) on our core and on QEMU, compared word by word.
 *
 *   diff_gen.c, diff_insn.c, diff_sys.c   a program from a seed; what is left out
 *   diff_csr.c   what is compared of each CSR
 *   diff_run.c   an image of programs, on both
 *   diff_cmp.c   signatures side by side; what is known to be otherwise in QEMU
 *
 * A program has two pages of code and two of data. Jumps go forward, but for counted loops and
 * returns, so it ends; it traps as it likes, DIFF_MAX_TRAPS times at most.
 */
#ifndef TESTS_LOGIC_DIFF_H
#define TESTS_LOGIC_DIFF_H

#include "logic/core.h"
#include "tests/logic/guest/diff.h"

#include <stdio.h>

/* A kind of chip, and how QEMU is told. */
typedef struct {
    const char *isa; /* "rv32imac" */
    bool u, pmp;
    bool aligned; /* programs keep to aligned accesses */
    bool locks;   /* programs lock PMP entries: QEMU keeps those over a reset, one program a run */
} diff_chip_t;

bool diff_chip_has(const diff_chip_t *chip, char extension);

typedef struct {
    uint32_t words[2 * DIFF_PAGE / 4];
    uint32_t code_bytes, far_bytes;
    uint32_t before_far; /* the last word of the main page */
    uint32_t flags, seed, vectored, exit;
    uint32_t p; /* the pair of registers that it leaves alone: p, p + 1 */
    uint32_t x[32];
    uint32_t items; /* what it was made of; fewer than asked for when there was no room */
    bool counts;    /* it writes to counters: minstret is not compared */
    bool waits;     /* it has a WFI, at which QEMU's icount jumps: the same */
} diff_program_t;

/* The same program for the same seed and index, up to its item max_items (of the top level): an
 * earlier cut is a prefix of a later one. */
void diff_generate(diff_program_t *program, const diff_chip_t *chip, uint64_t seed, uint32_t index,
                   uint32_t max_items);

/* ---- CSRs ---- */

typedef enum {
    DIFF_KEEP,    /* may be left with what was written */
    DIFF_PROBE,   /* is given back its value in the next instruction */
    DIFF_READ,    /* never written with success */
    DIFF_COUNTER, /* written by some programs, of which counters are not compared */
} diff_csr_use_t;

typedef struct {
    uint32_t first, last;
    diff_csr_use_t use;
    uint32_t compare; /* bits that must be equal; the access traps or not in any case */
    uint32_t write;   /* bits that programs write as they like; others as 0 */
    const char *why;  /* of what is left out */
} diff_csr_t;

extern const diff_csr_t diff_csrs[];
extern const size_t diff_csr_count;
const diff_csr_t *diff_csr_find(uint32_t number);
uint32_t diff_mstatus_compare(const diff_chip_t *chip);
/* Numbers without a row are illegal on both, but for some that QEMU has and we have not. */
bool diff_csr_only_qemu(uint32_t number);

/* ---- runs ---- */

#define DIFF_BATCH 500 /* programs of an image, at most */

typedef struct {
    uint32_t insn[128]; /* programs that executed it, by core_op_t */
    uint32_t csr[4096]; /* programs that executed an instruction with that number */
    uint32_t cause[32], interrupt[32];
    uint32_t programs, user, traps;
} diff_coverage_t;

typedef struct diff_bench diff_bench_t;

/* Builds the monitor in a folder of its own; NULL with one line on stderr when that fails. */
diff_bench_t *diff_bench_new(void);
void diff_bench_free(diff_bench_t *bench);

typedef struct {
    const diff_program_t *program[DIFF_BATCH];
    uint32_t count;
    uint8_t *ours,
        *qemus; /* count signatures of SIGN_BYTES; the bench keeps them to its next run */
} diff_batch_t;

/* Runs them on both. False, with one line on stderr, when one of the two did not end. */
bool diff_bench_run(diff_bench_t *bench, const diff_chip_t *chip, bool misaligned,
                    diff_batch_t *batch, diff_coverage_t *coverage);

/* ---- comparison ---- */

/* Whether signatures agree; the first difference as text otherwise. */
bool diff_same(const diff_program_t *program, const diff_chip_t *chip, const uint8_t *ours,
               const uint8_t *qemus, char *text, size_t text_bytes);
/* The program, disassembled, from its byte `from`. */
void diff_list(FILE *out, const diff_program_t *program, uint32_t from);

#endif
