/*
 * core.h - the RISC-V core: RV32IMAC, Zicsr, Zifencei, machine and user mode, physical memory
 * protection; in order, one issue a cycle.
 *
 *            +------+  data, fetch   +-----+
 *   msip --->|      |<-------------->| TCM |   run ahead: no event per access
 *   mtip --->| core |     +-----+    +-----+
 *   meip --->|      |<--->| bus |--> registers   at their own cycle
 *   nmi ---->|      |     +-----+--> L2          through a memory port
 *            |      |<--- icache <---- L2          code, through one of its own
 *            +------+
 *               |
 *               +--> halt (level: the core stopped for good)
 *
 * Timing: each instruction starts at a clock edge and takes the cycles of CORE_COSTS; the next one
 * starts when it ends. What the core shares with others happens in the sample phase of the edge at
 * which the instruction starts, i.e. after every other block has settled: registers are read and
 * written, and interrupts are seen. An interrupt line that rises at time t is taken instead of the
 * first instruction that would start at or after t. An L2 access is requested one cycle after
 * the instruction's start and ends it when it is done. The cycle of load-use delay is charged to
 * the load, if the instruction after it in memory reads the loaded register. A branch backward is
 * predicted taken, one forward not. Code in L2 waits for its lines as icache.h says.
 *
 * Two speeds over one state, to be switched between any two instructions: at CORE_FUNCTIONAL every
 * instruction takes one cycle and accesses outside TCM are made at once, past the arbiter of L2.
 *
 * Inside one event the core runs ahead to the next pending event of the kernel or the end of the
 * run: nothing that could touch it lies in between, so the cut never shows.
 *
 * Extensions M, A, C, user mode, the number of protected regions, and whether misaligned accesses
 * of ROM and TCM trap or are done, are chip data; misa tells. CSRs: mvendorid marchid mimpid
 * mhartid mconfigptr mstatus (MIE MPIE MPP MPRV TW) mstatush misa mie mtvec (direct, vectored)
 * mscratch mepc mcause mtval mip mcountinhibit mcycle minstret mhpmcounter3-8 and mhpmevent3-8
 * (CORE_EVENTS), 9-31 (zero), and their high halves; with user mode mcounteren and menvcfg (zero);
 * with protection pmpcfg0-3 pmpaddr0-15; the read-only shadows cycle, instret, hpmcounter3-31.
 * Every other CSR and every reserved encoding traps as illegal. LR, SC and AMOs work on TCM,
 * aligned; elsewhere they are access faults. Code runs from ROM, TCM and L2; fetching elsewhere is
 * an access fault. There is no instruction cache in front of TCM: a store is seen by the next
 * fetch. In front of L2 there is one (icache.h): a store is seen after FENCE.I.
 *
 * A rise of nmi is a trap before all others, masked by nothing, to mtvec's base with mcause
 * 0x80000000. It overwrites mepc and mstatus: a handler that it interrupts cannot be resumed.
 *
 * An exception while mtvec is 0, or at the first instruction of its own handler, stops the core
 * for good: logged as an error, `halted` says why.
 *
 * Not modeled: triggers, custom CSRs; fetch alignment stalls, bank conflicts between fetch and data
 * in TCM; posted writes; misaligned accesses of L2 and registers (they trap).
 */
#ifndef LOGIC_CORE_H
#define LOGIC_CORE_H

#include "logic/bus.h"
#include "logic/clk.h"
#include "logic/core_debug.h"
#include "logic/icache.h"
#include "sim/sim.h"

/* The timing table: name, default cycles, meaning. All assumed: a small in-order core of this
 * class (two-cycle TCM, iterative divider that skips leading zeros). */
/* clang-format off */
#define CORE_COSTS(X)                                                                    \
    /* name, default, least, meaning */                                                  \
    X(alu,        1, 1, "register and immediate operations, LUI, AUIPC, FENCE, WFI")       \
    X(mul,        2, 1, "MUL, MULH, MULHSU, MULHU")                                        \
    X(div,        2, 1, "DIV, DIVU, REM, REMU: fixed part; all of it when dividing by 0")  \
    X(div_bit,    1, 0, "DIV, DIVU, REM, REMU: for each significant bit of |dividend|")    \
    X(load,       2, 1, "load from TCM or ROM, LR")                                        \
    X(load_use,   1, 0, "more, when the next instruction reads the loaded register")       \
    X(store,      1, 1, "store to TCM, SC")                                                \
    X(misaligned, 1, 0, "more, for a load or store that is not aligned, where it is done") \
    X(amo,        3, 1, "AMO on TCM")                                                      \
    X(branch,     1, 1, "branch, JAL, JALR")                                               \
    X(taken,      1, 0, "more, for JAL, and a backward branch that is taken")              \
    X(mispredict, 2, 0, "more, for JALR, a forward branch that is taken, a backward not")  \
    X(csr,        3, 1, "CSR instruction")                                                 \
    X(fence_i,    4, 1, "FENCE.I: refill of the pipeline; lines of L2 wait for it again")                                 \
    X(trap,       4, 1, "entry into a handler, from the cycle in which the trap is seen")  \
    X(mret,       3, 1, "return from a handler")                                           \
    X(bus,        4, 1, "register access through the bus")

/* What mhpmcounter3-8 can count, by the number in their mhpmevent; other numbers are not taken. */
#define CORE_EVENTS(X)                                           \
    /* number, member of core_t, meaning */                      \
    X(1,  loads,      "loads, LR and AMO reads")                 \
    X(2,  stores,     "stores, SC and AMO writes")               \
    X(3,  taken,      "branches taken and jumps")                \
    X(4,  muls,       "multiplications")                         \
    X(5,  divs,       "divisions and remainders")                \
    X(6,  bus_stalls, "cycles lost to register accesses")        \
    X(7,  l2_stalls,  "cycles lost to L2 accesses")              \
    X(8,  wfi_cycles, "cycles asleep in WFI")                    \
    X(9,  interrupts, "interrupts taken")                        \
    X(10, exceptions, "exceptions taken")                         \
    X(11, icache_misses, "lines of code fetched from L2")         \
    X(12, fetch_stalls,  "cycles that fetches waited for L2")
/* clang-format on */

#define CORE_COST_MAX 100
#define CORE_PMP_REGIONS 16
#define CORE_COUNTERS 9 /* mcycle, (none), minstret, mhpmcounter3-8 */

typedef struct {
#define X(name, cycles, least, help) uint32_t name; /* least..100 */
    CORE_COSTS(X)
#undef X
} core_costs_t;

typedef struct {
    uint64_t clk_hz;
    uint32_t reset_pc;
    uint32_t hart_id;
    bool m, a, c, u;      /* extensions; u: user mode */
    bool misaligned;      /* such loads and stores of ROM and TCM are done; else they trap */
    uint32_t pmp_regions; /* 0..16; 0: no protection */
    core_costs_t cost;
    icache_desc_t icache;
} core_desc_t;

typedef enum { CORE_CYCLE, CORE_FUNCTIONAL } core_speed_t;

typedef enum {
    CORE_MSI = 3, /* software interrupt: bit numbers of mip and mie */
    CORE_MTI = 7,
    CORE_MEI = 11,
    CORE_NMI = 31, /* not in mip */
} core_irq_t;

typedef enum {
    CORE_RUNS,
    CORE_NO_HANDLER,   /* exception while mtvec is 0 */
    CORE_DOUBLE_FAULT, /* exception at the first instruction of the handler */
    CORE_HALTED,       /* by core_halt */
} core_state_t;

typedef struct {
    core_t *core;
    core_irq_t irq;
} core_input_t;

/* A piece of TCM that loads, or stores, may use without another look. bytes 0: none. */
typedef struct {
    uint8_t *mem;
    uint32_t base, bytes; /* multiples of 4 */
} core_window_t;

/* What a PMP entry covers: first to before end. */
typedef struct {
    uint64_t first, end;
} core_region_t;

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
    /* Only speed: instructions decoded as machine, as user mode sees them (the same where there is
     * no protection), a slot for every 2 bytes; a flag for every 64 bytes of TCM with some. */
    core_insn_t *rom_code[2], *tcm_code[2];
    uint32_t rom_slots; /* of the ROM's, none behind these is decoded */
    uint8_t *tcm_has_code;
    core_window_t readable, writable;
    core_region_t region[CORE_PMP_REGIONS]; /* as pmpcfg and pmpaddr have it */
    uint8_t region_cfg[CORE_PMP_REGIONS];
    icache_t icache;
    uint32_t regions; /* up to the last that is on */
    core_speed_t speed;
    core_debug_t debug;
    core_input_t input[4];
    uint32_t inputs;
    sim_mem_req_t req;
    uint64_t steps_before; /* core_steps at the last reset; not reset, and no state of the chip */
    uint64_t asleep_cycle; /* start of the last WFI, whoever has counted since; for the trace */

    uint32_t x[33]; /* x[32] takes what is written to x0 */
    uint32_t pc;
    uint64_t cycle; /* the edge at which the instruction at pc starts */
    uint32_t mode;  /* core_mode_t */
    uint32_t mstatus, mtvec, mscratch, mepc, mcause, mtval, mie, mip, mcounteren, mcountinhibit;
    uint64_t counter_base[CORE_COUNTERS]; /* what a counter has beside the count it follows */
    uint32_t mhpmevent[CORE_COUNTERS];
    uint8_t pmpcfg[CORE_PMP_REGIONS];
    uint32_t pmpaddr[CORE_PMP_REGIONS];
    bool nmi;               /* to be taken */
    uint32_t reserved_addr; /* LR's reservation, if `reserved` */
    bool reserved;
    bool sleeping; /* in WFI */
    bool waiting;  /* for L2 */
    bool fetching; /* then for a line of code; else the next three say what for */
    uint8_t mem_op, mem_rd, mem_slots;
    uint8_t mem_data[4];
    uint32_t mem_addr;
    uint32_t state;             /* core_state_t */
    uint64_t sleep_cycle;       /* start of WFI, or as far as it has been counted */
    uint64_t exception_instret; /* instructions retired when the last exception was taken */
    bool excepted;              /* there was one */

    uint64_t cycles, instructions, loads, stores, taken, muls, divs, bus_stalls, l2_stalls;
    uint64_t wfi_cycles, interrupts, exceptions, icache_misses, fetch_stalls;
    uint64_t untaken, csrs, bus_accesses, l2_accesses;
    uint64_t fetch_tcm_bytes, fetch_rom_bytes, fetch_cache_bytes;
    uint64_t awake_cycles, local_accesses,
        icache_fill_bytes; /* follow from others, after a tally */
};

typedef enum { CORE_USER = 0, CORE_MACHINE = 3 } core_mode_t;

/* RV32IMAC with user mode and 8 protected regions; misaligned accesses trap. */
core_desc_t core_desc_default(void);

/* The bus must be initialized. Where it has an L2, icache.port is connected before sim_check. */
sim_err_t core_init(core_t *core, sim_t *sim, bus_t *bus, const core_desc_t *desc,
                    const char *name);
void core_free(core_t *core);

/* Makes a level an interrupt input (CORE_NMI: its rise). False when the wire has no place left. */
bool core_connect(core_t *core, core_irq_t irq, sim_wire_t *wire);

/* Stops the core for good (an exit call, a debugger): state CORE_HALTED, halt rises. */
void core_halt(core_t *core);
/* "runs", "exception without a handler", ... */
const char *core_state_name(uint32_t state);
/* Of an mcause: "illegal instruction", "timer interrupt", "NMI"; "reserved". */
const char *core_cause_name(uint32_t mcause);

/* From the next instruction on. Never changes what the program computes. */
void core_set_speed(core_t *core, core_speed_t speed);

/* Brings cycles and wfi_cycles up to now; call before reading statistics. */
void core_settle(core_t *core);

/* Of x<reg>, modulo 32, in the calling convention: "a0". */
const char *core_reg_name(uint32_t reg);

/* The canonical text of the 2- or 4-byte instruction at pc, "addi a0, a0, 1"; returns its length
 * in bytes, 0 when the encoding is illegal (text is then ".word 0x..." or ".half 0x..."). */
uint32_t core_disassemble(uint32_t word, uint32_t pc, char *text, size_t text_bytes);

#endif
