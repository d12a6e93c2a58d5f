/*
 * service.h - what a program has that wants to be looked after: a guarded stack, marks of memory,
 * the panic path, and the cost of each interrupt handler.
 */
#ifndef FW_SERVICE_H
#define FW_SERVICE_H

#include "cost.h"
#include "memory.h"
#include "panic.h"

/* First thing in main. packet_l2 and then as for panic_init. Interrupts arrive from here on, those
 * enabled by hal_irq_enable and the core's timer; do not call nmi_listen or hal_irq_start. */
void service_start(uint32_t packet_l2, panic_then_t then);

/* Calls fn, as an interrupt handler, at the core's timer (CLINT): sched.c does. */
void service_on_timer(hal_irq_fn_t fn);

/* Called by service_entry.S. */
void service_dispatch(uint32_t cause);

#endif
