/*
 * npu.h - the neural processor as a component: registers, sequencer, queues, engines, counters.
 *
 *   tensor_ready --->+-----+---> done (one pulse per finished program)
 *   registers   ---->| NPU |---> irq  (level)
 *                    +-----+
 *         ports: fetch, load, store (three masters of L2, so that their contention is real)
 *
 * Timing, by definition, in cycles of desc.clk_hz. In each cycle, in this order:
 *   1. instructions that end now read and write L1 (DMA: also L2) and signal their semaphores;
 *      what is signaled in cycle n is visible from n + 1 on;
 *   2. the sequencer takes the next instruction, if it has arrived: one of its own runs when its
 *      waits are met (barrier, irq, end: and all engines are idle with empty queues); another goes
 *      into its engine's queue if that had a place at the start of the cycle, and can start
 *      decode_cycles later; after a barrier it takes none for barrier_cycles;
 *   3. idle engines, in the order load, store, mac, vec, start the head of their queue if its
 *      waits are met. An instruction of mac or vec ends when it has had its L1 ports in
 *      npu_insn_cycles cycles, a DMA at the later of its channel's pace and L2's answer to its
 *      last burst.
 * A DMA makes its first request dma_start_cycles after its start, then one whenever its channel is
 * free (a burst takes ceil(bytes / rate) cycles of it) and fewer than dma_bursts are outstanding.
 * A program starts in the cycle after the register write or tensor_ready.
 *
 * L1 banks. Memory m is mem_banks[m] slices of equal size (the last may be shorter), each with
 * mem_ports[m] ports. A running instruction claims every bank from the first to the last byte of
 * each of its operands. In each cycle
 *   a. the DMA unit, of which load and store are two channels, takes one port of every bank that
 *      either of them claims; it never waits;
 *   b. mac first in even cycles of the run, vec first in odd ones, an engine takes one port of
 *      each bank that it claims, or, where one of them has none left, nothing, and stands still.
 *
 * The model does not tick: it wakes when something can happen. With `exact` it looks at every
 * cycle.
 *
 * Hazards. A program means what its instructions do one after the other. An instruction that starts
 * while an earlier one (of a smaller index) is not complete, and writes a byte that the earlier one
 * touches or reads one that it writes (in L1, or L2 between the DMAs), ends the run with an error;
 * so does one of the array or the vector unit that would read a byte of L1 which nothing wrote
 * since the run began. npu/touch.h says which bytes an instruction touches.
 *
 * Modeled:      order, queues, semaphores, hazards, fetch, L1 and L2 contention, errors, accounts.
 * Not modeled:  words within a bank, and DMAs that wait for a bank. Bytes of L2 that
 *               nobody wrote are not followed: a load makes its bytes good. With `unchecked` the
 *               result of an instruction whose operands change while it runs is that of the
 *               operands at its end.
 */
#ifndef NPU_NPU_H
#define NPU_NPU_H

#include "npu/desc.h"
#include "npu/fnp.h"
#include "npu/kernel.h"
#include "sim/sim.h"

/* NPU_ERROR, bits 31:24; the instruction's index is in 23:0. */
typedef enum {
    NPU_ERROR_NONE,
    NPU_ERROR_ILLEGAL,   /* cannot be decoded */
    NPU_ERROR_L1,        /* an operand leaves L1 */
    NPU_ERROR_L2,        /* a DMA leaves memory */
    NPU_ERROR_DEADLOCK,  /* all wait; the index is the oldest instruction that does */
    NPU_ERROR_FETCH,     /* the program leaves memory */
    NPU_ERROR_NO_END,    /* the program has no `end` */
    NPU_ERROR_SEMAPHORE, /* counted above 65535 */
    NPU_ERROR_HAZARD,    /* starts before an earlier one that it conflicts with is complete;
                            NPU_ERROR_OTHER has the index of that one */
    NPU_ERROR_UNINIT,    /* array or vector unit would read a byte that this run did not write */
    NPU_ERROR_PACKED,    /* a packed LOAD whose stream does not decode, or on a chip that cannot */
    NPU_ERROR_L2_DATA,   /* memory answered with an error: what it holds is lost (ECC) */
    NPU_ERRORS
} npu_error_t;
const char *npu_error_name(npu_error_t error);

/* Bits of NPU_CTRL and NPU_STATUS. */
#define NPU_CTRL_START 0x01u
#define NPU_CTRL_AUTO 0x02u /* start at tensor_ready */
#define NPU_CTRL_IRQ_DONE 0x04u
#define NPU_CTRL_IRQ_ERROR 0x08u
#define NPU_CTRL_IRQ_MARK 0x10u
#define NPU_STATUS_BUSY 0x01u
#define NPU_STATUS_DONE 0x02u
#define NPU_STATUS_ERROR 0x04u
#define NPU_STATUS_MARK 0x08u

/* Each cycle of a run has one class, the first of compute, bank, drain, DMA, fetch, dependency that
 * applies; X(name in C, name, definition). They add up to the cycles of the run. */
#define NPU_CLASS_TABLE(X)                                                                         \
    X(COMPUTE, "compute", "array or vector unit has an instruction and its L1 ports")              \
    X(FETCH, "fetch", "all engines are idle; the sequencer waits for an instruction from L2")      \
    X(DMA, "dma", "array and vector unit are idle, a DMA has an instruction")                      \
    X(BANK, "bank",                                                                                \
      "array or vector unit has an instruction, and none that has gets its L1 ports")              \
    X(DEPENDENCY, "dependency", "all engines are idle: semaphores, issue, decode, barriers")       \
    X(DRAIN, "drain",                                                                              \
      "as dma, the store DMA at work, and no instruction of its layer is queued for array or "     \
      "vector unit")

typedef enum {
#define X(name, text, help) NPU_CLASS_##name,
    NPU_CLASS_TABLE(X)
#undef X
        NPU_CLASSES
} npu_class_t;
const char *npu_class_name(npu_class_t c); /* "compute", "fetch", ... */

/* Cycles by which engines have an instruction: L load, S store, M array, V vector unit. These add
 * up to the cycles of the run as well; X(bits, name, who). */
#define NPU_OVERLAP_TABLE(X)                                                                       \
    X(0x0, NONE, "no engine")                                                                      \
    X(0x1, L, "load")                                                                              \
    X(0x2, S, "store")                                                                             \
    X(0x3, LS, "load, store")                                                                      \
    X(0x4, M, "array")                                                                             \
    X(0x5, LM, "load, array")                                                                      \
    X(0x6, SM, "store, array")                                                                     \
    X(0x7, LSM, "load, store, array")                                                              \
    X(0x8, V, "vector unit")                                                                       \
    X(0x9, LV, "load, vector unit")                                                                \
    X(0xa, SV, "store, vector unit")                                                               \
    X(0xb, LSV, "load, store, vector unit")                                                        \
    X(0xc, MV, "array, vector unit")                                                               \
    X(0xd, LMV, "load, array, vector unit")                                                        \
    X(0xe, SMV, "store, array, vector unit")                                                       \
    X(0xf, LSMV, "load, store, array, vector unit")
#define NPU_OVERLAPS 16

/* Other counters of one run; X(member, unit, definition). A cycle counts where the state that holds
 * through it, after steps 1 to 3 above, is the one that is named. */
#define NPU_PERF_TABLE(X)                                                                          \
    X(cycles, CYCLES, "cycles", "from start to done")                                              \
    X(load_busy, LOAD_BUSY, "cycles", "load DMA has an instruction")                               \
    X(store_busy, STORE_BUSY, "cycles", "store DMA has an instruction")                            \
    X(mac_busy, MAC_BUSY, "cycles", "array has an instruction")                                    \
    X(vec_busy, VEC_BUSY, "cycles", "vector unit has an instruction")                              \
    X(load_wait, LOAD_WAIT, "cycles", "load DMA idle, its next instruction waits for semaphores")  \
    X(store_wait, STORE_WAIT, "cycles", "the same, store DMA")                                     \
    X(mac_wait, MAC_WAIT, "cycles", "the same, array")                                             \
    X(vec_wait, VEC_WAIT, "cycles", "the same, vector unit")                                       \
    X(mac_bank, MAC_BANK, "cycles", "array has an instruction and not its L1 ports")               \
    X(vec_bank, VEC_BANK, "cycles", "the same, vector unit")                                       \
    X(fetch_stall, FETCH_STALL, "cycles", "sequencer waits for an instruction from L2")            \
    X(issue_stall, ISSUE_STALL, "cycles", "sequencer waits for a place in a queue")                \
    X(l2_read, L2_READ, "bytes", "read from L2: load DMA and instructions")                        \
    X(l2_written, L2_WRITTEN, "bytes", "written to L2")                                            \
    X(macs, MACS, "1", "multiply-accumulates of real channels and taps")                           \
    X(insns, INSNS, "1", "instructions completed")

typedef struct {
#define X(member, name, unit, help) uint64_t member;
    NPU_PERF_TABLE(X)
#undef X
    uint64_t split[NPU_CLASSES];    /* cycles by npu_class_t */
    uint64_t overlap[NPU_OVERLAPS]; /* cycles by who is busy: bit 0 load, 1 store, 2 mac, 3 vec */
} npu_perf_t;

enum {
#define X(member, name, unit, help) NPU_PERF_##name,
    NPU_PERF_TABLE(X)
#undef X
        NPU_PERFS
};
/* Counters in the order of their registers NPU_<NAME>_LO, _HI: NPU_PERF_TABLE, NPU_CYCLES_<class>,
 * NPU_OVERLAP_<who>. */
#define NPU_COUNTERS (NPU_PERFS + NPU_CLASSES + NPU_OVERLAPS)

/* What instructions that are complete have done since reset, for accounts of energy; X(member,
 * unit, definition). */
#define NPU_WORK_TABLE(X)                                                                          \
    X(conv_macs, "1", "of macs: CONV, weights of 8 bits")                                          \
    X(depthwise_macs, "1", "of macs: DWCONV, weights of 8 bits")                                   \
    X(narrow4_macs, "1", "of macs: weights of 4 bits")                                             \
    X(narrow2_macs, "1", "of macs: weights of 2 bits")                                             \
    X(idle_macs, "1",                                                                              \
      "more of 8 bits that the array could have done in their cycles: padding, fill, drain")       \
    X(vector_ops, "1", "elements times taps that the vector unit worked out")                      \
    X(vector_moves, "bytes", "bytes that it copied, filled or transposed")                         \
    X(l1_read, "bytes", "read from L1, each operand of an instruction once")                       \
    X(l1_written, "bytes", "written to L1, the same")                                              \
    X(weight_bytes, "bytes", "weights and parameters loaded, as they lie in L2")                   \
    X(activation_bytes, "bytes", "activations loaded from L2")

typedef struct {
#define X(member, unit, help) uint64_t member;
    NPU_WORK_TABLE(X)
#undef X
} npu_work_t;

/* A queued or running instruction. */
typedef struct {
    npu_insn_t insn;
    uint64_t ready_cycle; /* from then on it may start */
    uint32_t index;
    uint16_t reads, writes;             /* bit m: an operand in memory m of touch[] */
    npu_touch_t touch[NPU_MAX_TOUCHES]; /* operands; end 0: there is none */
    uint64_t banks;                     /* of L1 that they claim, see npu_bank.c */
    uint64_t cycles;                    /* npu_insn_cycles */
    uint64_t macs, l1_bytes;            /* for the accounts; each operand once */
    npu_work_t work;
} npu_slot_t;

/* The last instruction decoded whose index is this one modulo NPU_KNOWN; op 0: there was none. */
#define NPU_KNOWN 4096
typedef struct {
    uint8_t bytes[NPU_INSN_BYTES];
    npu_slot_t slot;
} npu_known_t;

/* Instructions stay where they were decoded: the one that runs, if any, those that wait, and behind
 * them the next to issue, see npu_slot_at (npu_int.h). */
typedef struct {
    npu_slot_t slot[NPU_MAX_QUEUE + 2]; /* ring of queue_depth + 2 */
    uint32_t head;                      /* place of the first */
    uint32_t count;                     /* that wait */
    uint64_t start_cycle;
    uint64_t end_cycle;   /* DMA: of the one that runs; UINT64_MAX while L2 decides */
    uint64_t left_cycles; /* array, vector unit: cycles with its ports that it still needs */
    uint64_t banks;       /* of L1 that it claims, see npu_bank.c */
    bool busy;            /* one runs */
} npu_engine_state_t;

typedef struct {
    sim_mem_port_t port;
    sim_mem_stream_t stream;           /* the whole instruction at once, where L2 can do that */
    sim_event_t issue;                 /* else: the next burst can be requested */
    sim_mem_req_t req[NPU_MAX_BURSTS]; /* ring: they complete in order */
    npu_engine_t engine;
    void *npu;

    bool streaming;
    sim_bursts_t bursts;
    uint64_t issue_cycle;   /* of the pending issue event */
    uint64_t free_cycle;    /* the channel can take the next burst */
    uint64_t decoded_cycle; /* a packed LOAD is decoded, not before; 0 otherwise */
    uint32_t oldest, outstanding;
    bool error; /* a burst left memory */
} npu_dma_t;

/* What a layer did; split is the run's when its last instruction completed. */
typedef struct {
    uint64_t insns; /* 0: layer not seen in this run */
    uint64_t end_cycle;
    uint64_t split[NPU_CLASSES];
    uint64_t busy[NPU_ENGINES];
    uint64_t macs, l1_bytes, l2_bytes;
    /* turns that a barrier has closed: their number, cycles, classes, beginning of the first */
    bool open; /* it completed something since */
    uint64_t turns, turn_cycles, turn_classes[NPU_CLASSES], turn_start_cycle;
} npu_layer_state_t;

typedef struct npu_late npu_late_t; /* see npu_late.c */

typedef struct {
    sim_comp_t comp; /* stays first */
    npu_desc_t desc;
    npu_kernels_t kernels;
    npu_l1_t l1; /* up to date after npu_late_do (npu_int.h) */
    sim_mem_watch_t watch;
    npu_late_t *late;     /* what complete instructions have yet to do to l1 and L2 */
    sim_mem_port_t fetch; /* required, as are load.port and store.port */
    npu_dma_t load, store;
    sim_wire_t done, irq; /* out */
    sim_wire_t active;    /* out: a program runs, so the clock is needed */
    sim_event_t tick;
    sim_mem_req_t fetch_req;
    bool timing_only; /* no numerics: every cycle and counter is right, no byte of L1 or L2 moves */
    bool exact;       /* an event for every cycle and burst; same results, slower */
    const npu_prog_t *names; /* for traces and messages: programs that may run; or NULL */
    uint32_t more_names;     /* of them beside the first */
    bool unchecked;          /* set to leave out the hazard checks, to see what they cost */
    /* Called when an instruction has completed; may be NULL. Must not change the simulation. */
    void (*on_insn)(void *ctx, uint32_t index);
    void *on_insn_ctx;
    uint32_t perf_regs[2 * NPU_COUNTERS]; /* what the last read saw */
    uint32_t id_reg;
    npu_perf_t shown;            /* total and the run under way: as its tally left it */
    uint64_t edge_num, edge_den; /* picoseconds of a cycle as a reduced fraction */
    double one_over_num, one_over_den;
    uint64_t one_port, two_ports; /* banks of L1 with so many, see npu_bank.c */
    npu_known_t *known;           /* decoded before, see npu_decode.c */
    bool marked; /* by a run, perhaps, since the last reset: L1 and what it keeps */

    /* registers */
    uint32_t ctrl_reg, status_reg, prog_addr, prog_count, l2_base, error_reg, mark_reg, layer_reg;
    uint32_t error_other_reg;

    /* the run */
    bool running, stopping;
    bool hung; /* a fault: until reset nothing happens any more */
    uint32_t error_code, error_index, error_other; /* of a stop that waits for outstanding bursts */
    uint64_t start_cycle, account_cycle;
    uint32_t sem[NPU_SEMAPHORES];
    uint32_t signal[2 * NPU_ENGINES], signals; /* semaphores that grow in the next cycle */
    uint64_t *written[NPU_MEMS];               /* a bit for each byte of L1: written in this run */
    npu_engine_state_t engine[NPU_ENGINES];
    /* Of array and vector unit, which have an instruction and get its ports (bits by npu_engine_t):
     * in even, in odd cycles of the run. */
    uint32_t granted[2];
    bool decoded;                                        /* the next to issue is */
    npu_engine_t for_engine;                             /* its engine, then */
    uint32_t prefetch[NPU_MAX_PREFETCH][NPU_INSN_WORDS]; /* ring, by index */
    uint32_t fetched, requested, issued;                 /* instructions of this run */
    uint64_t resume_cycle; /* no instruction issues before it: set-up after a barrier */
    bool fetching, fetch_waits, queue_waits;
    npu_perf_t perf;
    npu_layer_state_t *layers;
    uint32_t layers_seen; /* highest tag + 1 */
    uint64_t turn_cycle,
        turn_split[NPU_CLASSES]; /* when the last instruction before the last barrier completed */

    /* since reset */
    npu_perf_t total; /* of finished runs */
    npu_work_t work;
    uint64_t insn_bytes; /* fetched */
    uint64_t runs, failed_runs, tensors_skipped;
} npu_t;

/* Checks desc, allocates L1 and the layer table. The caller owns npu; it must outlive sim. */
sim_err_t npu_init(npu_t *npu, sim_t *sim, const npu_desc_t *desc, const char *name);
void npu_free(npu_t *npu);

/* A sim_wire_fn_t: the rising level starts the program if NPU_CTRL.auto is set. A tensor that comes
 * while the NPU is busy is skipped and counted. */
void npu_tensor_ready(void *npu, bool level);

/* A fault: its clocked logic stands still from now on, until it is reset; registers answer. */
void npu_hang(npu_t *npu);

/* The L1 memory, for tests and dumps. */
const uint8_t *npu_l1_bytes(npu_t *npu, npu_mem_t mem);

/* ---- accounts of the current or last run
 * ---------------------------------------------------------- */

/* Brought up to now. */
npu_perf_t npu_perf(const npu_t *npu);

/*
 * What a layer took: from the end of the layer that ended before it to its own end. A barrier
 * closes the turns of the layers before it; a layer that comes again has another, and they add up.
 */
typedef struct {
    uint64_t cycles;
    uint64_t start_ps, end_ps;     /* of the first turn, of the last */
    uint64_t classes[NPU_CLASSES]; /* add up to cycles */
    uint64_t busy[NPU_ENGINES];    /* of this layer's instructions, whenever they ran */
    uint64_t macs;
    uint64_t l1_bytes; /* every operand of every instruction once */
    uint64_t l2_bytes;
    uint64_t insns;
    npu_engine_t long_pole; /* busiest */
} npu_layer_report_t;

/* Layers are numbered by their tags; false for one that completed nothing. The cycles of all
 * layers of a finished run add up to npu_perf().cycles. */
bool npu_layer_report(const npu_t *npu, uint32_t layer, npu_layer_report_t *report);

/* Of the named programs the one that is to run, or runs; NULL: none is named. */
const npu_prog_t *npu_names(const npu_t *npu);

#endif
