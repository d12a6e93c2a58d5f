/*
 * timer.h - two 64-bit timers with prescaler, compare and capture, page 10.
 *
 *   frame_start --> capture --+
 *                             v
 *   clock --> prescaler --> COUNT == CMP --> match: status, irq, restart or stop
 *
 * While enabled, COUNT grows by one every PRESCALE + 1 clocks, counted from the edge of the write
 * that enabled it, changed PRESCALE or wrote COUNT. A match is the tick on which COUNT becomes CMP;
 * after it COUNT goes on, or is 0 at once (restart: a period is CMP ticks), or stays (stop: one
 * shot). A CMP that COUNT has passed is met 2^64 ticks later; CMP 0 with restart counts freely. A
 * frame start is captured as of the first clock edge at or after it. Reading a _LO register latches
 * its _HI; writing one half of COUNT keeps the other. Not modeled: capture of other wires, output
 * pins, PWM.
 */
#ifndef LOGIC_TIMER_H
#define LOGIC_TIMER_H

#include "sim/sim.h"

#define TMR_UNITS 2

typedef struct {
    uint64_t clk_hz;
} tmr_desc_t;

typedef struct tmr tmr_t; /* timer_t is POSIX's */

typedef struct {
    tmr_t *tmr;
    uint32_t number;
    sim_event_t match;
} tmr_unit_t;

struct tmr {
    sim_comp_t comp;
    tmr_desc_t desc;
    tmr_unit_t unit[TMR_UNITS];
    sim_wire_t irq;                /* out */
    sim_wire_t matched[TMR_UNITS]; /* out, for the DMA: a pulse a match */

    uint32_t id, status;
    uint32_t ctrl[TMR_UNITS], prescale[TMR_UNITS];
    uint32_t count_lo[TMR_UNITS], count_hi[TMR_UNITS]; /* count_lo: a view of now */
    uint32_t cmp_lo[TMR_UNITS], cmp_hi[TMR_UNITS];
    uint32_t capt_lo[TMR_UNITS], capt_hi[TMR_UNITS];
    bool running[TMR_UNITS];
    uint32_t clocks[TMR_UNITS];     /* a tick */
    uint64_t base_count[TMR_UNITS]; /* COUNT at edge base_cycle; from there it is computed */
    uint64_t base_cycle[TMR_UNITS];
    uint64_t captured[TMR_UNITS];
    uint64_t matches, captures, lost;
};

tmr_desc_t tmr_desc_default(void);
sim_err_t tmr_init(tmr_t *tmr, sim_t *sim, const tmr_desc_t *desc, const char *name);

/* The wire whose rises are captured. False when it has no place left. */
bool tmr_connect_capture(tmr_t *tmr, sim_wire_t *wire);

#endif
