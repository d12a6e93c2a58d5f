/*
 * wdog.h - the window watchdog, in microseconds (ticks of its own clock). It cannot be stopped.
 *
 * Its first stage is the NMI: nmi.h. Its second is a reset: rst_cause of the next start says
 * RST_CAUSE_WATCHDOG.
 */
#ifndef FW_WDOG_H
#define FW_WDOG_H

#include "hal.h"

/* The NMI comes timeout after the last kick, or at once for one earlier than window after the one
 * before; the reset grace after the NMI. */
void wdog_start(uint32_t timeout, uint32_t window, uint32_t grace);

void wdog_kick(void);

/* Calls fn, as an interrupt handler, once after each kick when the window opens (window not 0): a
 * main loop that sleeps learns that it is time. */
void wdog_on_window(hal_irq_fn_t fn);

/* Ticks left until the NMI, or, after it, until the reset. */
uint32_t wdog_left(void);

/* Whether a kick was bad (too early, wrong key) since this was asked last. */
bool wdog_kicked_badly(void);

#endif
