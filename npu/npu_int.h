/*
 * npu_int.h - what the files of this folder share and nobody else sees.
 */
#ifndef NPU_NPU_INT_H
#define NPU_NPU_INT_H

#include "npu/npu.h"

/* Printable and NUL-terminated. */
bool npu_name_good(const char name[NPU_NAME_BYTES]);
/* Formats the complaint into error (unless NULL) and returns false. */
bool npu_wrong(char *error, size_t error_bytes, const char *fmt, ...) SIM_PRINTF(3, 4);

/* npu.c: the run. Cycle numbers count edges of the NPU's clock from time 0. */
uint64_t npu_now_cycle(const npu_t *npu);
uint64_t npu_edge_ps(const npu_t *npu, uint64_t cycle);
/* Wakes the machine at that cycle, or earlier when it is already due to wake. */
void npu_wake(npu_t *npu, uint64_t cycle);
/* Ends the run with an error once no burst is outstanding. */
void npu_stop(npu_t *npu, npu_error_t code, uint32_t index);
/* "instruction 57, conv of layer 3 (conv1),", for messages; returns text. */
#define NPU_SLOT_TEXT 160
const char *npu_slot_text(const npu_t *npu, const npu_slot_t *slot, char text[NPU_SLOT_TEXT]);
/* A request came back: true when the machine is only waiting for that to stop. */
bool npu_stopping(npu_t *npu);
void npu_finish(npu_t *npu, uint64_t cycle);

/* Where an engine has number n of its instructions that are not complete: first the one that runs,
 * then those that wait, then the next to issue. */
static inline uint32_t npu_place(const npu_t *npu, npu_engine_t e, uint32_t n)
{
    uint32_t place = npu->engine[e].head + n, places = npu->desc.queue_depth + 2;
    return place < places ? place : place - places;
}
static inline const npu_slot_t *npu_slot_at(const npu_t *npu, npu_engine_t e, uint32_t n)
{
    return &npu->engine[e].slot[npu_place(npu, e, n)];
}
/* Number n of those that wait. */
static inline const npu_slot_t *npu_waiting(const npu_t *npu, npu_engine_t e, uint32_t n)
{
    return npu_slot_at(npu, e, npu->engine[e].busy + n);
}

/* npu_perf.c */
/* Brings perf up to cycle, with the machine's state since account_cycle. */
void npu_account(const npu_t *npu, npu_perf_t *perf, uint64_t cycle);
/* The run is over: its counters go into the totals. */
void npu_perf_close(npu_t *npu);
void npu_perf_add(npu_perf_t *total, const npu_perf_t *perf);
/* What a decoded instruction will have done when it is complete. */
npu_work_t npu_work(const npu_desc_t *desc, const npu_slot_t *slot);
void npu_work_add(npu_work_t *sum, const npu_work_t *work);
/* A barrier completes: the layers before it have had their turn (npu_layer_report). */
void npu_perf_close_turn(npu_t *npu);
/* A span for each layer of the turn that is open: spans of a track may not overlap, and stripes take
 * their layers in turns. */
void npu_perf_trace_turn(const npu_t *npu);
/* In the order of the registers, 0..NPU_COUNTERS - 1. */
uint64_t npu_counter(const npu_perf_t *perf, uint32_t counter);

/* npu_bank.c */
/* Instructions have come or gone: sets npu->granted. */
void npu_bank_arbitrate(npu_t *npu);
/* Even, or odd, cycles from account_cycle to before cycle. */
uint64_t npu_bank_cycles(const npu_t *npu, uint64_t cycle, uint32_t odd);
void npu_bank_init(npu_t *npu);
uint64_t npu_bank_claims(const npu_t *npu, const npu_slot_t *slot);
/* What MAC and VEC did since account_cycle comes off their left_cycles. */
void npu_bank_progress(npu_t *npu, uint64_t cycle);
/* When the instruction of MAC or VEC will be complete if nothing changes from cycle on; UINT64_MAX:
 * never. */
uint64_t npu_bank_end(const npu_t *npu, npu_engine_t engine, uint64_t cycle);

/* npu_seq.c: one cycle. */
void npu_on_tick(void *ctx);
void npu_on_fetched(void *ctx, sim_mem_req_t *req);

/* npu_decode.c: fills slot but for ready_cycle; false: the instruction is wrong, the run was
 * stopped. */
bool npu_decode(npu_t *npu, const uint8_t *bytes, uint32_t index, npu_slot_t *slot);

/* npu_hazard.c: a program means what its instructions do one after the other. */
/* Whether the head of a queue may start as far as order goes; false: the run was stopped. */
bool npu_hazard_free(npu_t *npu, const npu_slot_t *slot);
/* An instruction is complete: what it wrote may be read. */
void npu_hazard_wrote(npu_t *npu, const npu_slot_t *slot);
size_t npu_written_bytes(const npu_t *npu, npu_mem_t mem); /* size of npu->written[mem] */

/* npu_late.c: bytes of L1 and L2 change later than instructions complete. */
bool npu_late_init(npu_t *npu); /* false: no memory */
void npu_late_free(npu_t *npu);
/* Wiring is done: from now on L2 tells when somebody looks. Where it cannot, or
 * where a port's `watch` is NULL by then, nothing is put off. */
void npu_late_watch(npu_t *npu);
/* An instruction of array, vector unit or DMA is complete; touch as in its slot. l2: where a LOAD
 * or STORE has its first byte in L2; all of its bytes are at the same distances from there. */
void npu_late_put(npu_t *npu, const npu_insn_t *insn, const npu_touch_t touch[NPU_MAX_TOUCHES],
                  uint8_t *l2);
/* Does what was put off. */
void npu_late_do(npu_t *npu);

/* npu_dma.c */
void npu_dma_init(npu_dma_t *dma, npu_t *npu, npu_engine_t engine, const char *event);
void npu_dma_reset(npu_dma_t *dma);
/* The engine's current instruction begins. */
void npu_dma_start(npu_dma_t *dma, uint64_t cycle);
/* No more bursts from now on; some may be out still. */
void npu_dma_stop(npu_dma_t *dma);
bool npu_dma_outstanding(const npu_dma_t *dma);
/* All bytes of the instruction have a place in memory. */
bool npu_dma_inside(const npu_dma_t *dma, const npu_insn_t *insn);
/* Bytes of the running instruction that have come through by now but are not in perf yet. */
uint64_t npu_dma_streamed_bytes(const npu_dma_t *dma);
/* Has the bytes of a finished instruction moved, unless they are packed; false when L2 has no such
 * place. */
bool npu_dma_move(npu_dma_t *dma, const npu_slot_t *slot);
/* Decodes a finished packed LOAD; false when its stream does not decode. */
bool npu_dma_unpack(npu_dma_t *dma, const npu_insn_t *insn);
uint64_t npu_dma_bytes(const npu_insn_t *insn);

#endif
