/*
 * emit.h - collects instructions in program order and works out who must wait for whom.
 *
 * Lowering says what happens, in an order in which it could happen one at a time. From the bytes
 * each instruction reads and writes (L1 memories and L2) the emitter finds every hazard (read
 * after write, write after read, write after write) against earlier instructions of other engines
 * and turns the ones that are not implied by others into a semaphore each:
 *
 *     earlier instruction on engine P: signal S(P,E)      this one on engine E: wait S(P,E), 1
 *
 * Engines are in order, so one semaphore for each pair of engines is enough: waits and signals of
 * a pair meet in order. Everything else overlaps as far as queues and buffers allow, across
 * layers as well. So double buffering is only a matter of giving two steps different memory.
 */
#ifndef NPU_COMPILER_EMIT_H
#define NPU_COMPILER_EMIT_H

#include "npu/touch.h"

/* One contiguous range (a bound: tiles have gaps) that an instruction touches. */
typedef struct {
    uint32_t mem; /* npu_mem_t, or EMIT_L2 */
    uint32_t begin, end;
    bool write;
} emit_access_t;

#define EMIT_L2 NPU_MEM_L2
#define EMIT_MEMS (NPU_MEMS + 1)
#define EMIT_MAX_ACCESSES NPU_MAX_TOUCHES

/* What insn touches (npu/touch.h), holes included; returns how many. */
uint32_t emit_accesses(const npu_insn_t *insn, emit_access_t access[EMIT_MAX_ACCESSES]);

typedef struct emit_insn emit_insn_t;

typedef struct {
    emit_access_t range;
    npu_engine_t engine;
    uint32_t index;
} emit_record_t;

typedef struct {
    emit_record_t *record;
    uint32_t records, capacity;
} emit_history_t;

typedef struct {
    emit_insn_t *insn;
    uint32_t insns, capacity;
    uint32_t barriers;       /* places where semaphores ran out and everything had to stop */
    uint32_t constants_l2;   /* L2 from here on is never written: no hazards there */
    uint32_t used[NPU_MEMS]; /* highest L1 byte touched, plus one */
    emit_history_t history[EMIT_MEMS];
    uint32_t known[NPU_ENGINES][NPU_ENGINES]; /* [e][p]: instructions of p (index + 1) that are
                                                 complete before e's next one starts */
    uint32_t last[NPU_ENGINES];               /* index + 1 of the engine's last instruction */
    uint32_t order; /* bit per engine: the next instruction starts after all of its so far */
    bool no_memory;
} emit_t;

void emit_init(emit_t *emit, uint32_t constants_l2);
void emit_free(emit_t *emit);

/* The next instruction will wait for everything that these engines (a bit each) have been given. */
void emit_order(emit_t *emit, uint32_t engines);
/* Everything so far is complete before anything later. Returns its index. */
uint32_t emit_barrier(emit_t *emit, uint32_t layer);

/* Appends; waits and signals of insn are filled here. Returns its index. */
uint32_t emit_add(emit_t *emit, const npu_insn_t *insn);
/* The instruction as it stands now: later ones may still give it signals. */
const npu_insn_t *emit_at(const emit_t *emit, uint32_t index);

#endif
