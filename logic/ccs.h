/*
 * ccs.h - the camera control registers that a host sees over CCI (I2C), and the clock tree they
 * set.
 *
 *   host --> | grouped | --> | CCS registers | <-- CCI page (irq) -- core
 *            |  hold   |     |  PLLs         | --> pixel clock, lane rate
 *
 * The host writes registers by the names and addresses of MIPI CCS 1.1 and of Sony's kernel
 * drivers; the firmware sees every write (interrupt) and programs the blocks behind them. Registers
 * are in one table (ccs_regs); a write elsewhere is logged and lost, but for the maker's space
 * (0x3000 and up), which keeps it without effect.
 *
 * Grouped hold: while grouped_parameter_hold is 1, retimed registers take writes, and read them
 *               back, but neither firmware nor embedded lines see them; 0 makes all of them count
 *               at once, with one interrupt.
 * PLLs:         dividers may be written in standby only, each within its limits. mode_select 1
 *               starts the PLLs with what is written then; settings that no clock comes out of are
 *               refused: the sensor stays in standby, with the clocks it had.
 * Timing:       that of the bus, cci.h.
 * Refused:      what a register has no meaning for, or a capability rules out; a stream whose
 *               settings make no sense together (ccs_rules.c). A register that was written in parts
 *               is judged when the stream starts.
 * Modeled:      identity, limits, frame and data formats, integration time, gains, frame and line
 *               length, window, output size, digital crop, subsampling, binning, orientation, test
 *               patterns, two exposures (HDR), long exposure, global reset, both ways into standby,
 *               software reset, PLLs, data transfer (nvm.h), application parameters.
 * Not modeled:  a single global reset between rolling frames (refused); time until a PLL locks; registers of
 *               what the capabilities say is not there: scaling, compression, second CCI address,
 *               flash strobe, PDAF, bracketing, sensor correction.
 */
#ifndef LOGIC_CCS_H
#define LOGIC_CCS_H

#include "sim/json.h"
#include "sim/sim.h"

/* What a register holds after power-up: the table's number, or a field of the description: as it
 * is, or in MHz as IEEE 754 single precision. */
typedef enum { CCS_NUMBER, CCS_U32, CCS_MHZ } ccs_from_t;

typedef struct {
    const char *name; /* of CCS 1.1 or of a kernel driver */
    uint16_t addr;
    uint8_t bytes; /* 1, 2 or 4, big-endian */
    bool writable; /* by the host */
    bool retimed;  /* taken aside by grouped_parameter_hold */
    bool modeled;  /* false: kept and read back, but nothing listens (UNIMP when it changes) */
    uint32_t reset;
    ccs_from_t from; /* otherwise than CCS_NUMBER: reset is the IMX500's */
    uint16_t offset; /* of that field in ccs_desc_t */
    uint16_t model;  /* only on the chip of that sensor_model_id; 0: on all */
} ccs_reg_t;

/* The table and its length. */
const ccs_reg_t *ccs_regs(uint32_t *count);

/* Limits of a PLL and of the dividers behind it. */
typedef struct {
    uint32_t pre_div[2], multiplier[2], sys_div[2], pix_div[2];
    uint64_t ip_hz[2];  /* input clock / pre_div */
    uint64_t vco_hz[2]; /* times the multiplier */
    uint64_t sys_hz[2]; /* / sys_div; of op: the bit rate of a lane */
    uint64_t pix_hz[2]; /* / pix_div */
} ccs_pll_limits_t;

/* Limits of geometry and timing, as the pixel die has them. */
typedef struct {
    uint32_t x_last, y_last, width, height, x_middle;
    uint32_t coarse_min, coarse_margin, fine_margin, gain_max;
    uint32_t frame_min, frame_max, frame_blank_min;
    uint32_t line_min, line_min_binned, line_max;
    uint32_t inc_max, black, raw_bits, data_format, pixel_order;
    uint32_t embedded; /* lines ahead of the image */
} ccs_timing_t;

/* The link as the transmitter has it. */
typedef struct {
    uint32_t signaling;              /* 2: D-PHY, 3: C-PHY */
    uint32_t signalings;             /* bits 2 and 3: those that it has */
    uint32_t lane_mode;              /* lanes (trios) - 1 */
    uint32_t dphy_lanes, cphy_lanes; /* bit n: n + 1 can be used */
    uint32_t dphy_rate, cphy_rate;   /* most on one of them, 16.16 Mb/s */
    uint32_t cphy_ctrl, cphy_lrte;   /* capabilities, as CCS has them */
    uint32_t line_bytes;             /* of its buffer for lines that are no image's */
} ccs_link_t;

/* The way to the tensor as the ISP has it: R, Gr, Gb, B. */
typedef struct {
    uint32_t gain[4], black[4];
} ccs_tensor_t;

#define CCS_MAX_POWER_UP 32u

typedef struct {
    uint64_t inck_hz; /* the board's input clock; register 0x0136 is only what the host believes */
    uint64_t inck_range_hz[2];
    uint32_t model;    /* sensor_model_id */
    uint32_t vt_lanes; /* pixels a vt_pix clock */
    uint32_t op_lanes; /* of the link */
    uint32_t fifo;     /* fifo_support_capability: 0 none, 1 derating, 2 overrating, too */
    ccs_pll_limits_t vt, op;
    ccs_timing_t timing;
    ccs_link_t link;
    ccs_tensor_t tensor;
    struct {
        uint16_t addr;
        uint32_t value;
    } power_up[CCS_MAX_POWER_UP]; /* other than in the table */
    uint32_t power_ups;
} ccs_desc_t;

/* The IMX500 on its module. */
ccs_desc_t ccs_desc_default(void);

/* Reads the "ccs" object of a chip file's "logic". */
void ccs_desc_read(const sim_cfg_t *cfg, ccs_desc_t *desc);

/* What the register holds after power-up; 0 where there is none. */
uint32_t ccs_power_up(const ccs_desc_t *desc, uint16_t addr);

/* What comes out of the PLLs. */
typedef struct {
    uint64_t pixel_hz;    /* vt pixel rate: vt_lanes pixels a vt_pix clock */
    uint64_t lane_bit_hz; /* of one CSI-2 data lane */
} ccs_pll_t;

/* Of the power-up values; false: they are out of range, and error says how. */
bool ccs_pll_power_up(const ccs_desc_t *desc, ccs_pll_t *pll, char *error, size_t error_bytes);

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
#define CCS_MAX_HELD 64u /* retimed registers */

typedef struct {
    uint32_t addr, value;
} ccs_held_t;

/* Bytes of one register: those of mask. mask 0: none. */
typedef struct {
    uint32_t addr, value, mask;
} ccs_part_t;

typedef struct {
    sim_comp_t comp;
    ccs_desc_t desc;
    ccs_window_t window[CCS_MAX_WINDOWS];
    uint32_t windows;
    sim_wire_t irq; /* out, optional: high while a host write was not acknowledged */

    /* The host has written software_reset. NULL: nothing happens. */
    void (*restart)(void *ctx);
    void *restart_ctx;

    uint8_t value[65536]; /* state: every register, big-endian, by address */
    uint32_t id, status, irq_enable, address, data8, data16, count;
    ccs_held_t held[CCS_MAX_HELD]; /* oldest first */
    uint32_t helds;
    ccs_pll_t pll;    /* running */
    ccs_part_t part;  /* came over the bus and waits for the rest */
    ccs_part_t latch; /* the register that the bus reads */
    uint64_t host_writes, host_reads, unknown_writes;
} ccs_t;

sim_err_t ccs_init(ccs_t *ccs, sim_t *sim, const ccs_desc_t *desc, const char *name);

/* False when all places are taken. */
bool ccs_add_window(ccs_t *ccs, const ccs_window_t *window);

/* Forgets what the core has set on its page and keeps the host's registers: a system reset. */
void ccs_reset_page(ccs_t *ccs);

/* The running clocks: those of the last mode_select 1, or of power-up. */
ccs_pll_t ccs_pll(const ccs_t *ccs);

/* The bus's side, a byte at a time (cci.h): a register counts with its last byte, or with what came
 * of it at ccs_bus_stop or the first byte of another one. False: a register did not take it. */
bool ccs_bus_write(ccs_t *ccs, uint16_t addr, uint8_t byte);
/* The first byte of a register takes all of it. */
uint8_t ccs_bus_read(ccs_t *ccs, uint16_t addr);
/* STOP, or a repeated START. */
bool ccs_bus_stop(ccs_t *ccs);

/* The 7-bit I2C address that it answers to: cci_address_ctrl. */
uint32_t ccs_device(const ccs_t *ccs);

/* The register that begins there; NULL: this chip has none. */
const ccs_reg_t *ccs_find(const ccs_desc_t *desc, uint16_t addr);

/* By its CCS name, or the number of its address; NULL: none. */
const ccs_reg_t *ccs_named(const char *name);

/* One host access of a whole register, at once: what the bus comes to. False: no such register,
 * read-only, or refused (logged). */
bool ccs_host_write(ccs_t *ccs, uint16_t addr, uint32_t value);
bool ccs_host_read(ccs_t *ccs, uint16_t addr, uint32_t *value);

/* Frame `frame` begins to be read: frame_count. */
void ccs_frame_started(ccs_t *ccs, uint32_t frame);

/* One byte as the embedded data lines report it; 0 where there is no register. */
uint8_t ccs_byte(const ccs_t *ccs, uint16_t addr);

#endif
