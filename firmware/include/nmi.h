/*
 * nmi.h - the non-maskable interrupt: the watchdog's first stage.
 *
 * It overwrites mepc and mstatus. Programs that listen to it therefore get another way into
 * interrupt handlers, which keeps both on the stack: what was interrupted goes on, handlers
 * included. Only in the few instructions of that way itself there is no way back, and the core
 * stops.
 */
#ifndef FW_NMI_H
#define FW_NMI_H

#include "hal.h"

/* Calls fn at an NMI from now on. */
void nmi_listen(hal_irq_fn_t fn);

/* Called by nmi_entry.S with the address that was interrupted. */
void nmi_dispatch(uint32_t pc);

#endif
