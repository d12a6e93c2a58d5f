/*
 * npu_naive.h - a naive model of the machine: it looks at everything in every cycle. It follows the
 * definition in npu.h and the memory of npu_port.h; operands are sets of single bytes
 * (touch_ref.h), instructions take what cycles_ref.h counts.
 */
#ifndef TESTS_NPU_NAIVE_H
#define TESTS_NPU_NAIVE_H

#include "npu/npu.h"
#include "tests/npu/touch_ref.h"

#define NAIVE_INSNS 120
#define NAIVE_NEVER UINT64_MAX
#define NAIVE_LAYERS 4
#define NAIVE_CYCLES 1000000 /* a run takes fewer */
#define NAIVE_BYTES 8192     /* bytes of each L1 memory, and of L2 that DMAs touch */

typedef struct {
    uint64_t done[64]; /* cycles at which outstanding bursts come back, oldest first */
    uint32_t count;
    uint64_t free_cycle; /* of the master in memory */
} naive_port_t;

typedef struct {
    uint32_t queue[NPU_MAX_QUEUE], count; /* instruction numbers */
    uint64_t ready[NPU_MAX_QUEUE];
    uint32_t now;        /* the running one */
    uint64_t start, end; /* end: of DMAs */
    uint64_t left;       /* array, vector unit: cycles to go */
    bool busy;
} naive_engine_t;

/* What one instruction touches. */
typedef struct {
    uint8_t how[TOUCH_REF_MEMS][NAIVE_BYTES];
    struct {
        uint64_t first, end; /* byte, and behind the last one; end 0: there is no such operand */
        uint32_t mem;
    } operand[TOUCH_REF_OPERANDS];
    bool claims[NPU_MEMS][NPU_MAX_BANKS];
} naive_bytes_t;

typedef struct {
    const npu_desc_t *d;
    npu_insn_t insn[NAIVE_INSNS];
    uint32_t count;
    uint32_t sem[NPU_SEMAPHORES], signaled[NPU_SEMAPHORES];
    naive_engine_t engine[NPU_ENGINES];
    naive_port_t port[3];          /* fetch, load, store */
    uint64_t asked[3], channel[3]; /* bytes asked for; when the DMA's channel is free */
    uint64_t decoded[3];           /* when a packed stream is decoded; 0 for others */
    uint32_t fetched, requested, issued;
    uint64_t resume; /* nothing issues before this cycle */
    uint64_t start_of[NAIVE_INSNS], end_of[NAIVE_INSNS];
    uint64_t busy[NPU_ENGINES], wait[NPU_ENGINES], denied[NPU_ENGINES], fetch_stall, issue_stall;
    uint64_t split[NPU_CLASSES], overlap[NPU_OVERLAPS];
    uint8_t class_at[NAIVE_CYCLES]; /* npu_class_t of each cycle */
    bool granted[NPU_ENGINES];
    naive_bytes_t bytes[NAIVE_INSNS];
    bool written[NPU_MEMS][NAIVE_BYTES];
    bool checked, over;
    npu_error_t error;
    uint32_t error_index, error_other;
} naive_t;

/* n has desc, insn, count and checked set, end_of NAIVE_NEVER, everything else 0. Cycles are
 * counted from the start of the run; returns the last. */
uint64_t naive_run(naive_t *n);

/* The accounts of a layer after the run, as npu_layer_report has them; cycles of the run instead of
 * times. False when it completed nothing. */
typedef struct {
    uint64_t cycles, start, end, classes[NPU_CLASSES], busy[NPU_ENGINES];
    uint64_t macs, l1_bytes, l2_bytes, insns;
} naive_layer_t;
bool naive_layer(const naive_t *n, uint32_t layer, naive_layer_t *report);

/* Of an instruction. */
uint64_t naive_macs(const npu_insn_t *insn);
uint64_t naive_dma_bytes(const npu_insn_t *insn);

#endif
