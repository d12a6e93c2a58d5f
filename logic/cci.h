/*
 * cci.h - the host's control bus: MIPI CCI, which is I2C with 16-bit register addresses.
 *
 *   clients: script, download, serve --> queue --> | START, bytes, STOP on SCL/SDA | --> ccs.h
 *   done callbacks <------------------------------ |  100 kHz, 400 kHz, 1 MHz      |
 *
 *   write          S  dev+W a  index a  index a  data a ...  P
 *   read           S  dev+W a  index a  index a  Sr dev+R a  data a ... data n  P
 *   read on        S  dev+R a  data a ... data n  P           from where the target stands
 *
 * Transactions are done one after another, in the order they were handed over (at one instant: by
 * number of the client). The register address goes up with every byte of data. Registers are
 * big-endian; all bytes of one in one transaction count at once, with the acknowledge of the last;
 * a part of one that is written alone counts alone (with STOP or the first byte of another
 * register). A read takes a whole register with its first byte.
 *
 * Timing:   9 SCL periods a byte, from n by sim_edge_ps; SCL is low for half a period but at least
 *           tLOW. START holds tHD;STA; a repeated START takes tLOW + tSU;STA + tHD;STA; STOP takes
 *           tLOW + tSU;STO; the next START waits tBUF. Minimum values of the mode (NXP UM10204 rev.
 *           7, table 10): standard up to 100 kHz, fast up to 400 kHz, fast-mode plus up to 1 MHz.
 * Target:   answers to one 7-bit address, that of register cci_address_ctrl (address << 1, as
 *           Linux's ccs-core.c has it), from the next START on; to nobody while it is held in reset
 *           (cci_hold; time 0 is after the wait that follows power-up). Then nothing acknowledges,
 *           and the host stops. All data are acknowledged: what a register refuses (read-only, out
 *           of range, none there) is logged, counted and lost, as on sensors whose drivers write
 *           long lists without asking.
 * Not modeled: clock stretching (the target needs none), other masters, the bridge chip of the
 *           camera module, rise and fall times (part of the periods), general call, addresses of 10
 *           bits.
 */
#ifndef LOGIC_CCI_H
#define LOGIC_CCI_H

#include "logic/ccs.h"

#define CCI_DEVICE 0x1au /* after power-up; facts: imx500.md 2.1 */
#define CCI_MIN_HZ 10000u
#define CCI_MAX_HZ 1000000u
#define CCI_MAX_BYTES 256u
#define CCI_MAX_CLIENTS 8u
#define CCI_MAX_EACH 4u /* transactions of one client that wait or are under way */

typedef enum { CCI_WRITE, CCI_READ, CCI_READ_ON } cci_kind_t;

/* One transaction, from START to STOP. */
typedef struct {
    uint64_t asked_ps;         /* out: submitted */
    uint64_t start_ps, end_ps; /* out: START, STOP */
    uint32_t kind;             /* cci_kind_t */
    uint32_t device;           /* 7 bits */
    uint32_t index;            /* of the first byte; not for CCI_READ_ON */
    uint32_t bytes;            /* of data, at most CCI_MAX_BYTES; reads: at least 1 */
    uint32_t client;           /* whose done is called */
    uint32_t tag;              /* the client's own */
    uint32_t nak;              /* out: 1: a byte was not acknowledged, the host has stopped there */
    uint32_t nak_at;           /* out: which one after that START, from 0, the device */
    uint32_t moved;            /* out: data bytes that came across */
    uint32_t refused;          /* out: registers that did not take the value; no host can see it */
    uint8_t data[CCI_MAX_BYTES];
} cci_xfer_t;

typedef struct {
    uint32_t hz; /* of SCL, CCI_MIN_HZ..CCI_MAX_HZ */
} cci_desc_t;

/* Called at STOP. xfer is valid during the call; new ones may be submitted in it. */
typedef void (*cci_done_t)(void *ctx, const cci_xfer_t *xfer);

typedef struct {
    sim_comp_t comp;
    cci_desc_t desc;
    ccs_t *ccs;
    sim_event_t start, next; /* next: end of a byte, or STOP */
    struct {
        cci_done_t done;
        void *ctx;
    } client[CCI_MAX_CLIENTS];
    uint32_t clients;
    /* What arrives of a byte of a write (at 0, 1: index; then data), which it may change; false:
     * the target does not see it, so nothing acknowledges. NULL: what was sent. */
    bool (*line)(void *ctx, const cci_xfer_t *xfer, uint32_t at, uint8_t *byte);
    void *line_ctx;

    cci_xfer_t queue[CCI_MAX_CLIENTS][CCI_MAX_EACH]; /* state from here on: rings */
    uint32_t first[CCI_MAX_CLIENTS], count[CCI_MAX_CLIENTS];
    uint32_t phase;
    uint32_t active;  /* client whose first one is under way */
    uint32_t reading; /* 1: behind dev+R */
    uint32_t sent;    /* whole bytes since (repeated) START */
    uint32_t index;   /* the target's current address */
    uint32_t shift;   /* the byte that the target sends */
    uint64_t base_ps; /* first fall of SCL after (repeated) START */
    uint64_t free_ps; /* the next START is not before */
    uint64_t held_ps; /* the target is in reset until then */
    uint64_t writes, reads, bytes, naks, refused, busy_ps, scl_clocks;
} cci_t;

cci_desc_t cci_desc_default(void); /* 400 kHz */

/* ccs is the target. The caller owns cci; it must outlive sim. */
sim_err_t cci_init(cci_t *cci, sim_t *sim, ccs_t *ccs, const cci_desc_t *desc, const char *name);

/* A new client of the bus, before sim_start; done may be NULL. At most CCI_MAX_CLIENTS (asserted).
 */
uint32_t cci_client(cci_t *cci, cci_done_t done, void *ctx);

/* Hands a transaction over (copied); fields marked out are not looked at. False, and nothing done:
 * the client has CCI_MAX_EACH of them here, or it is none that the bus can do. */
bool cci_submit(cci_t *cci, const cci_xfer_t *xfer);

/* To CCI_DEVICE: a write of a register of 1..4 bytes, most significant first; a read of bytes. */
cci_xfer_t cci_write_of(uint32_t client, uint32_t tag, uint16_t addr, uint32_t bytes,
                        uint32_t value);
cci_xfer_t cci_read_of(uint32_t client, uint32_t tag, uint16_t addr, uint32_t bytes);
/* The first up to 4 bytes of data, most significant first. */
uint32_t cci_value(const cci_xfer_t *xfer);

/* Nothing under way, nothing waiting. */
bool cci_idle(const cci_t *cci);

/* The target is in reset and answers to nobody until then. */
void cci_hold(cci_t *cci, uint64_t until_ps);

#endif
