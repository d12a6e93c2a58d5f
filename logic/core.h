/*
 * core.h - the RISC-V core: RV32IMAC, Zicsr, Zifencei, machine mode, in order, one issue a cycle.
 *
 *            +------+  data, fetch   +-----+
 *   msip --->|      |<-------------->| TCM |   run ahead: no event per access
 *   mtip --->| core |     +-----+    +-----+
 *   meip --->|      |<--->| bus |--> registers   at their own cycle
 *            +------+     +-----+--> L2          through a memory port
 *               |
 *               +--> halt (level: the core stopped for good)
 *
 * Timing: each instruction starts at a clock edge and takes the cycles of CORE_COSTS; the next one
 * starts when it ends. What the core shares with others happens in the sample phase of the edge at
 * which the instruction starts, i.e. after every other block has settled: registers are read and
 * written, and interrupts are seen. An interrupt line that rises at time t is taken instead of the
 * first instruction that would start at or after t. An L2 access is requested one cycle after
 * the instruction's start and ends it when it is done. The cycle of load-use delay is charged to
 * the load, if the instruction after it in memory reads the loaded register.
 *
 * Inside one event the core runs ahead to the next pending event of the kernel or the end of the
 * run: nothing that could touch it lies in between, so the cut never shows.
 *
 * Machine mode only; misa says so. CSRs: mvendorid marchid mimpid mhartid mconfigptr mstatus
 * mstatush misa mie mtvec (direct, vectored) mscratch mepc mcause mtval mip mcountinhibit (zero)
 * mcycle minstret mhpmcounter3-31 mhpmevent3-31 (zero) and their high halves, and the read-only
 * shadows cycle, instret. Every other CSR and every reserved encoding traps as illegal.
 * Misaligned accesses trap. LR, SC and AMOs work on TCM; elsewhere they are access faults. Code
 * runs from ROM and TCM; fetching elsewhere is an access fault. There is no instruction cache in
 * front of TCM: a store is seen by the next fetch, and FENCE.I only costs its cycles.
 *
 * An exception while mtvec is 0, or at the first instruction of its own handler, stops the core
 * for good: logged as an error, `halted` says why.
 *
 * Not modeled: U mode, PMP, triggers, performance events, custom CSRs; fetch alignment stalls,
 * bank conflicts between fetch and data in TCM; posted writes.
 */
#ifndef LOGIC_CORE_H
#define LOGIC_CORE_H

#include "logic/bus.h"
#include "logic/clk.h"
#include "sim/sim.h"

/* The timing table: name, default cycles, meaning. All assumed: a small in-order core of this
 * class (two-cycle TCM, iterative divider that skips leading zeros). */
/* clang-format off */
#define CORE_COSTS(X)                                                                    \
    /* name, default, least, meaning */                                                  \
    X(alu,      1, 1, "register and immediate operations, LUI, AUIPC, FENCE, WFI")       \
    X(mul,      2, 1, "MUL, MULH, MULHSU, MULHU")                                        \
    X(div,      2, 1, "DIV, DIVU, REM, REMU: fixed part; all of it when dividing by 0")  \
    X(div_bit,  1, 0, "DIV, DIVU, REM, REMU: for each significant bit of |dividend|")    \
    X(load,     2, 1, "load from TCM or ROM, LR")                                        \
    X(load_use, 1, 0, "more, when the next instruction reads the loaded register")       \
    X(store,    1, 1, "store to TCM, SC")                                                \
    X(amo,      3, 1, "AMO on TCM")                                                      \
    X(branch,   1, 1, "branch, JAL, JALR")                                               \
    X(taken,    2, 0, "more, when a branch is taken and for every jump")                 \
    X(csr,      3, 1, "CSR instruction")                                                 \
    X(fence_i,  4, 1, "FENCE.I: refill of the pipeline")                                 \
    X(trap,     4, 1, "entry into a handler, from the cycle in which the trap is seen")  \
    X(mret,     3, 1, "return from a handler")                                           \
    X(bus,      4, 1, "register access through the bus")
/* clang-format on */

#define CORE_COST_MAX 100

typedef struct {
#define X(name, cycles, least, help) uint32_t name; /* least..100 */
    CORE_COSTS(X)
#undef X
} core_costs_t;

typedef struct {
    uint64_t clk_hz;
    uint32_t reset_pc;
    uint32_t hart_id;
    core_costs_t cost;
} core_desc_t;

typedef enum {
    CORE_MSI = 3, /* software interrupt: bit numbers of mip and mie */
    CORE_MTI = 7,
    CORE_MEI = 11,
} core_irq_t;

typedef enum {
    CORE_RUNS,
    CORE_NO_HANDLER,   /* exception while mtvec is 0 */
    CORE_DOUBLE_FAULT, /* exception at the first instruction of the handler */
    CORE_HALTED,       /* by core_halt */
} core_state_t;

typedef struct core core_t;
typedef struct core_insn core_insn_t; /* decoded instruction, private */

typedef struct {
    core_t *core;
    uint32_t mip_bit;
} core_input_t;

struct core {
    sim_comp_t comp;
    core_desc_t desc;
    clk_t clk;
    bus_t *bus;
    sim_event_t run;     /* execute from `cycle` on */
    sim_event_t request; /* put the L2 access on its port */
    sim_wire_t halt;     /* out, optional */
    /* EBREAK asks here first (semihosting); true: done, go on behind it. May be NULL. */
    bool (*on_ebreak)(void *ctx, core_t *core);
    void *on_ebreak_ctx;
    core_insn_t *rom_code, *tcm_code; /* decoded, a slot for every 2 bytes; only speed */
    uint8_t *tcm_has_code;            /* a flag for every 64 bytes */
    core_input_t input[3];
    uint32_t inputs;
    sim_mem_req_t req;

    uint32_t x[33]; /* x[32] takes what is written to x0 */
    uint32_t pc;
    uint64_t cycle; /* the edge at which the instruction at pc starts */
    uint64_t mcycle_offset, minstret_offset;
    uint32_t mstatus, mtvec, mscratch, mepc, mcause, mtval, mie, mip;
    uint32_t reserved_addr; /* LR's reservation, if `reserved` */
    bool reserved;
    bool sleeping; /* in WFI */
    bool waiting;  /* for L2; then the next three say what for */
    uint8_t mem_op, mem_rd, mem_slots;
    uint8_t mem_data[4];
    uint32_t mem_addr;
    uint32_t state;             /* core_state_t */
    uint64_t sleep_cycle;       /* start of WFI */
    uint64_t exception_instret; /* instructions retired when the last exception was taken */
    bool excepted;              /* there was one */

    uint64_t cycles, instructions, loads, stores, taken, muls, divs, bus_stalls, l2_stalls;
    uint64_t wfi_cycles, interrupts, exceptions;
};

core_desc_t core_desc_default(void);

/* The bus must be initialized; code lives in its ROM and TCM. */
sim_err_t core_init(core_t *core, sim_t *sim, bus_t *bus, const core_desc_t *desc,
                    const char *name);
void core_free(core_t *core);

/* Makes a level an interrupt input. False when the wire has no place left. */
bool core_connect(core_t *core, core_irq_t irq, sim_wire_t *wire);

/* Stops the core for good (an exit call, a debugger): state CORE_HALTED, halt rises. */
void core_halt(core_t *core);
/* "runs", "exception without a handler", ... */
const char *core_state_name(uint32_t state);

/* Brings cycles and wfi_cycles up to now; call before reading statistics. */
void core_settle(core_t *core);

/* The canonical text of the 2- or 4-byte instruction at pc, "addi a0, a0, 1"; returns its length
 * in bytes, 0 when the encoding is illegal (text is then ".word 0x..." or ".half 0x..."). */
uint32_t core_disassemble(uint32_t word, uint32_t pc, char *text, size_t text_bytes);

#endif
