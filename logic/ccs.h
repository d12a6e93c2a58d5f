/*
 * ccs.h - the camera control registers that a host sees over CCI (I2C), and the clock tree they
 * set.
 *
 *   host ---- 16-bit register address, big-endian data ----> | CCS registers | <---- CCI page ----
 * core
 *
 * The host writes registers by the names and addresses of MIPI CCS 1.1 and of the IMX500 kernel
 * driver; the firmware sees every write (interrupt) and programs the blocks behind them. Registers
 * with a modeled meaning are in one table (ccs_regs); a write elsewhere is logged and lost.
 *
 * Timing:       a host write arrives whole, at once; the bus itself takes no time.
 * Modeled:      identity, mode select, exposure, analog gain, frame and line length, binning, the
 *               PLL's numbers, application parameters.
 * Not modeled:  I2C bit timing, grouped parameter hold, PLL changes while streaming, digital gain,
 *               orientation.
 */
#ifndef LOGIC_CCS_H
#define LOGIC_CCS_H

#include "sim/sim.h"

typedef struct {
    const char *name; /* CCS 1.1 or IMX500 driver name */
    uint16_t addr;
    uint8_t bytes; /* 1, 2 or 4, big-endian */
    bool writable; /* by the host */
    uint16_t reset;
    bool modeled; /* false: kept and read back, but nothing listens (UNIMP when it changes) */
} ccs_reg_t;

/* The table and its length. */
const ccs_reg_t *ccs_regs(uint32_t *count);

typedef struct {
    uint64_t inck_hz; /* the board's input clock; register 0x0136 is only what the host believes */
} ccs_desc_t;

/* What the PLL registers make of inck_hz (facts: IMX500 kernel driver's mode tables). */
typedef struct {
    uint64_t pixel_hz;    /* vt pixel rate: four pixels a vt_pix clock */
    uint64_t lane_bit_hz; /* of one CSI-2 data lane */
} ccs_pll_t;

/*
 * A range of registers that another block keeps: mailbox, temperature, download. It is asked for
 * whole registers; false from write: refused. The core sees them on the block's own page.
 */
typedef struct {
    uint16_t first, last;
    bool (*write)(void *ctx, uint16_t addr, uint32_t value);
    uint32_t (*read)(void *ctx, uint16_t addr);
    void *ctx;
} ccs_window_t;

#define CCS_MAX_WINDOWS 8

typedef struct {
    sim_comp_t comp;
    ccs_desc_t desc;
    ccs_window_t window[CCS_MAX_WINDOWS];
    uint32_t windows;
    sim_wire_t irq; /* out, optional: high while a host write was not acknowledged */
    /* What arrives of a host's write, which it may change; false: not acknowledged, nothing
     * arrives. NULL: what was sent. */
    bool (*line)(void *ctx, uint16_t *addr, uint32_t *value);
    void *line_ctx;

    uint8_t value[65536]; /* state: every register, big-endian, by address */
    uint32_t id, status, irq_enable, address, data8, data16;
    uint64_t host_writes, host_reads;
} ccs_t;

sim_err_t ccs_init(ccs_t *ccs, sim_t *sim, const ccs_desc_t *desc, const char *name);

/* False when all places are taken. */
bool ccs_add_window(ccs_t *ccs, const ccs_window_t *window);

/* Forgets what the core has set on its page and keeps the host's registers: a system reset. */
void ccs_reset_page(ccs_t *ccs);

/* The clock tree for the registers' present values. */
ccs_pll_t ccs_pll(const ccs_t *ccs);

/* One host access of a whole register. False: no such register, or read-only (logged). */
bool ccs_host_write(ccs_t *ccs, uint16_t addr, uint32_t value);
bool ccs_host_read(ccs_t *ccs, uint16_t addr, uint32_t *value);

/* One byte as the embedded data lines report it; 0 where there is no register. */
uint8_t ccs_byte(const ccs_t *ccs, uint16_t addr);

#endif
