/*
 * clkrst.h - clock gates, resets and the reason of the last one, page 17.
 *
 *   watchdog ----> +--------+ ----> clock and reset of each block, by the number of its page
 *   brown-out ---> | CLKRST | ----> system reset: every block and the core; memories keep
 *   registers ---> +--------+       what they hold
 *
 * Clock gate: CLK_ENABLE bit n is the clock of the block on page n. While it is off, the block's
 * registers read 0 and writes are lost (both logged as the guest's error), lines and pulses of
 * other blocks pass it by, and its state stays. A block that is busy (it has an event pending, or
 * its owner says so) keeps its clock: the write is refused for that block, logged, and noted in
 * CLK_REFUSED. A block without work costs nothing in the model either way.
 *
 * Reset of a block: RST_BLOCK bit n. Its registers and state become what they are after power-on,
 * counters and statistics included. It waits, the bit reading 1, until the block has no memory
 * access under way (a bus must not lose its master in the middle of a burst).
 *
 * System reset: RST_SYSTEM written with its key, the watchdog, a brown-out, or the host's
 * software_reset. Every block is reset, the core starts again at its reset vector, RST_CAUSE tells
 * why. ROM, TCM and L2 keep their contents. The host's CCS registers stay too, but for the last
 * two.
 *
 * Timing: resets take effect half a clock after an edge, so that nothing else happens at that
 * instant: RST_DELAY_CYCLES after the request; waiting ones look again every RST_POLL_CYCLES.
 * Not modeled: power domains, decay of memory without power, reset of external parts, dividers.
 */
#ifndef LOGIC_CLKRST_H
#define LOGIC_CLKRST_H

#include "logic/bus.h"

#define CLKRST_PAGES 32u /* pages with a gate: bits of one register */
#define RST_DELAY_CYCLES 2u
#define RST_POLL_CYCLES 16u
#define RST_SYSTEM_KEY 0x5afeu

/* Bits of RST_CAUSE, and what a system reset is asked for with. */
typedef enum {
    RST_POWER_ON = 0x1,
    RST_WATCHDOG = 0x2,
    RST_SOFTWARE = 0x4,
    RST_BROWN_OUT = 0x8,
    RST_HOST = 0x10, /* CCS software_reset */
} rst_cause_t;

typedef enum { BOOT_MEMORY, BOOT_SPI, BOOT_HOST, BOOT_MODES } boot_mode_t;
extern const char *const boot_mode_names[BOOT_MODES]; /* "memory", "spi", "host" */

/* A block as the reset controller knows it. */
typedef struct {
    bool gate;                                /* it has one; otherwise its clock always runs */
    sim_wire_t *irq;                          /* falls at reset; may be NULL */
    bool (*working)(const sim_comp_t *comp);  /* busy without an event; may be NULL */
    bool (*on_bus)(void *ctx, uint32_t page); /* memory access under way; may be NULL */
    void *on_bus_ctx;
} clkrst_unit_t;

typedef struct {
    uint64_t clk_hz;
    boot_mode_t boot; /* the strap pins, for the boot ROM */
} clkrst_desc_t;

typedef struct {
    sim_comp_t comp;
    clkrst_desc_t desc;
    bus_t *bus; /* whose pages it gates and resets */
    clkrst_unit_t unit[CLKRST_PAGES];
    uint32_t units, gates;                       /* bits of pages that can be reset, and gated */
    void (*restart)(void *ctx, rst_cause_t why); /* resets all but this block; required */
    void *restart_ctx;
    /* Before anything is reset, and when all of it is: with restart_ctx. May be NULL. */
    void (*resets)(void *ctx, bool over);
    void (*gated)(void *ctx); /* clocks were switched; may be NULL */
    void *gated_ctx;
    sim_event_t block_reset, system_reset;

    uint32_t id, clocks, refused, waiting, system_key, cause, boot_mode;
    uint32_t pending_cause;
    uint64_t system_resets, block_resets, gates_refused;
} clkrst_t;

clkrst_desc_t clkrst_desc_default(void);
sim_err_t clkrst_init(clkrst_t *clkrst, sim_t *sim, bus_t *bus, const clkrst_desc_t *desc,
                      const char *name);

/* Gives the block on `page` (attached to the bus) a reset and, if it has one, a gate. */
void clkrst_add(clkrst_t *clkrst, uint32_t page, const clkrst_unit_t *unit);

/* Whether the clock of that page runs: pages without a gate always do. */
static inline bool clkrst_on(const clkrst_t *clkrst, uint32_t page)
{
    return (clkrst->gates >> page & 1) == 0 || (clkrst->clocks >> page & 1) != 0;
}

/* Asks for a system reset; of several causes before it happens, all are noted. */
void clkrst_request(clkrst_t *clkrst, rst_cause_t why);

/* A wire listener: a rising level is the watchdog's reset. */
void clkrst_on_watchdog(void *clkrst, bool level);

#endif
