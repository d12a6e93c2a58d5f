/*
 * clocks.h - clock domains, and what of each domain's clock reaches a block: gates.
 *
 *                       +-- vt PLL --> sensor: pixel
 *   INCK (board) -------+-- op PLL --> link:   mipi
 *                       +-- PLL -----> isp: isp    npu: npu    core: core, fabric, dma, ...
 *
 *   a wire (`active`), CLK_ENABLE, WFI --> gate --> clock_cycles, gated_cycles
 *
 * A domain is a frequency and its ratio to INCK. A gate stands before the clock tree of one block.
 * It lets the clock through while the block is enabled (CLK_ENABLE, clkrst.h) and one of its wires
 * says that it is needed, and idle_cycles longer; a gate without wires, and one that is not to gate
 * when idle, while the block is enabled. The core's gate is closed while the core sleeps in WFI.
 * Gates are accounts: no block waits for its clock.
 *
 * Cycles: the cycle that ends at edge n of the domain's clock is one of clock_cycles if the gate
 * was open in it, else one of gated_cycles, so that both add up to the edges since time 0. Worked
 * out from the times at which gates move, not counted: exact at any time (sim_tally), and free
 * between.
 *
 * The trace has a track "clock <block>" for each gate: cycles with clock in windows of window_ps,
 * over their length, in MHz: the clock's frequency times the share of the window that it was on.
 *
 * The ISP needs its clock from the end of a frame's first line on (lines come whole) until the last
 * row, tensor and statistics have left. The link's clock is that of a lane's bytes (C-PHY: words of
 * 7 symbols); with a continuous clock lane it runs while the sensor streams. PLLs stand still in
 * standby: gated cycles of sensor and link are those that the set-up would have made.
 *
 * Not modeled: time to lock or to wake up; dividers of single blocks; clocks of memories (an
 *              access has its own energy); INCK's own tree.
 */
#ifndef LOGIC_CLOCKS_H
#define LOGIC_CLOCKS_H

#include "logic/clk.h"
#include "sim/sim.h"

typedef enum {
    CLOCKS_SENSOR,
    CLOCKS_ISP,
    CLOCKS_NPU,
    CLOCKS_CORE,
    CLOCKS_LINK,
    CLOCKS_DOMAINS
} clocks_domain_id_t;

extern const char *const clocks_domain_names[CLOCKS_DOMAINS]; /* "sensor", "isp", ... */

/* Blocks with a gate: X(name, domain). */
/* clang-format off */
#define CLOCKS_GATES(X)                                                                          \
    X(pixel, SENSOR) X(isp, ISP) X(npu, NPU) X(core, CORE) X(fabric, CORE) X(uart, CORE)            \
    X(dma, CORE) X(rng, CORE) X(spi, CORE) X(mipi, LINK)
/* clang-format on */

typedef enum {
#define X(name, domain) CLOCKS_GATE_##name,
    CLOCKS_GATES(X)
#undef X
        CLOCKS_GATE_COUNT
} clocks_gate_id_t;

extern const char *const clocks_gate_names[CLOCKS_GATE_COUNT];

/* What a gate does when nobody needs the clock. */
typedef struct {
    bool idle;            /* closes; else it stays open */
    uint32_t idle_cycles; /* after so many more; 0..2^20 */
} clocks_rule_t;

#define CLOCKS_MAX_IDLE_CYCLES (1u << 20)

typedef struct {
    uint64_t inck_hz;
    uint64_t window_ps; /* of the trace; 1 us to 1 s */
    clocks_rule_t rule[CLOCKS_GATE_COUNT];
} clocks_desc_t;

typedef struct {
    sim_comp_t comp;
    uint64_t hz, ratio_up, ratio_down; /* hz = INCK x up / down, in lowest terms */
} clocks_domain_t;

#define CLOCKS_WIRES 2

typedef struct clocks clocks_t;

typedef struct {
    sim_comp_t comp;
    clocks_t *clocks;
    clk_t clk;                             /* as the domain's, when the gate moved last */
    const sim_wire_t *needs[CLOCKS_WIRES]; /* NULL: no more */
    const uint64_t *asleep;                /* cycles without clock, counted by the block; or NULL */
    sim_comp_t *sleeper;                   /* that block */
    clocks_rule_t rule;
    clocks_domain_id_t domain;

    uint64_t clk_hz; /* of clk */
    uint64_t off_ps; /* open until then; SIM_NEVER_PS: open */
    uint64_t told_ps;
    uint64_t asleep_seen; /* of *asleep */
    bool enabled;
    uint64_t clock_cycles, gated_cycles; /* up to told_ps */
    uint64_t window_cycles;              /* clock_cycles when the window began */
    uint64_t last_cycles;                /* of the window before */
} clocks_gate_t;

struct clocks {
    sim_comp_t comp;
    clocks_desc_t desc;
    uint64_t (*hz)(void *ctx, clocks_domain_id_t domain); /* required; 0: not known yet */
    void *ctx;
    clocks_domain_t domain[CLOCKS_DOMAINS];
    clocks_gate_t gate[CLOCKS_GATE_COUNT];
    sim_event_t sample;

    uint64_t window; /* number of the one that runs */
};

/* INCK 24 MHz; windows of 100 us; blocks with wires close when idle: isp after 16 cycles, npu after
 * 64 (assumed). */
clocks_desc_t clocks_desc_default(void);

/* Domains are "<name>.<domain>", gates "<name>.<domain>.<block>". */
sim_err_t clocks_init(clocks_t *clocks, sim_t *sim, const clocks_desc_t *desc, const char *name);

/* The block needs its clock while the wire is high. False: a place is missing. */
bool clocks_need(clocks_t *clocks, clocks_gate_id_t gate, sim_wire_t *wire);

/* The block counts the cycles that it is without clock itself: *cycles, up to now after its tally,
 * if it has one. It is registered with sim before clocks, so that its tally runs first. */
void clocks_sleeps(clocks_t *clocks, clocks_gate_id_t gate, sim_comp_t *block,
                   const uint64_t *cycles);

/* What CLK_ENABLE says, from now on; when a clock's frequency may have changed, too. */
void clocks_enable(clocks_t *clocks, clocks_gate_id_t gate, bool enabled);

/* The end of a run: the trace gets the window that runs, too. */
void clocks_end(clocks_t *clocks);

#endif
