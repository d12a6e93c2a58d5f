/*
 * wdog.h - window watchdog with two stages, page 11.
 *
 *   kick      |<-- WINDOW -->|<----- kicks are good ----->|<-- GRACE -->|
 *             0                                        TIMEOUT       reset request
 *                                                       NMI
 *
 * It counts ticks of its own slow clock, desc.tick_hz. Enabling starts it at the first tick at or
 * after the write, and so does each good kick: the key WDOG_KICK_KEY written to WDOG_KICK at or
 * after WINDOW ticks. After TIMEOUT ticks without one `nmi` rises; a kick still recovers (nmi
 * falls). GRACE ticks later `reset_req` rises and stays until this block is reset. A kick before
 * WINDOW, or with a wrong key, brings the first stage at once. A kick in the instant of an expiry
 * is too late for it. Once enabled it cannot be disabled but by a reset. WDOG_CTRL, WDOG_TIMEOUT,
 * WDOG_WINDOW and WDOG_GRACE take one write after WDOG_UNLOCK_KEY was written to WDOG_UNLOCK; other
 * writes are ignored and told (GUEST). New times count from the next good kick. `irq` is high while
 * an enabled bit of WDOG_STATUS is set: a firmware may learn that the window has opened. Not
 * modeled: stopping while a debugger holds the core (simulated time stops with it).
 */
#ifndef LOGIC_WDOG_H
#define LOGIC_WDOG_H

#include "sim/sim.h"

#define WDOG_UNLOCK_KEY 0x1ACCE551u /* any value would do: assumed */
#define WDOG_KICK_KEY 0x0D06F00Du

typedef struct {
    uint64_t tick_hz;
} wdog_desc_t;

typedef struct {
    sim_comp_t comp;
    wdog_desc_t desc;
    sim_event_t open, expire;
    sim_wire_t irq, nmi, reset_req; /* out */

    uint32_t id, status, irq_en, ctrl, unlock, timeout, window, grace, kick, count;
    uint64_t start_tick;                         /* of the stage that runs */
    uint32_t run_timeout, run_window, run_grace; /* as of the last kick */
    uint32_t stage;                              /* wdog_stage_t */
    uint64_t kicks, bad_kicks, locked_writes, expiries, resets;
} wdog_t;

typedef enum {
    WDOG_OFF,
    WDOG_WATCHING,
    WDOG_LATE,  /* nmi is high */
    WDOG_BITTEN /* reset_req is high */
} wdog_stage_t;

wdog_desc_t wdog_desc_default(void);
sim_err_t wdog_init(wdog_t *wdog, sim_t *sim, const wdog_desc_t *desc, const char *name);

#endif
