/*
 * panic.h - how a program dies: exceptions, assertions, the watchdog's NMI.
 *
 *     registers saved, own stack --> packet in __postmortem --> on the link --> serial port -->
 * stop or reset
 *
 * Nothing of the dead program's stack is used, so an overflow of it (memory.h) ends here too.
 * service.h leads here; the packet is fovea_postmortem.h's.
 */
#ifndef FW_PANIC_H
#define FW_PANIC_H

#include "hal.h"

typedef enum { PANIC_STOP, PANIC_RESET } panic_then_t;

/* packet_l2: where a packet (PM_MAX_BYTES) may be put for the link, in L2; 0: it is not sent.
 * First thing in a program: looks for RST_CAUSE before anybody clears it. */
void panic_init(uint32_t packet_l2, panic_then_t then);

/* Called first when the program dies, before anything is sent, with interrupts off and whatever
 * else is broken: puts pins where they do no harm. */
void panic_first(hal_irq_fn_t fn);

/* The name of what runs now, for the packet; NULL: nothing. Returns the one before. */
const char *panic_task(const char *name);

/* RST_CAUSE as panic_init found it. */
uint32_t panic_reset_cause(void);

/* What a program before the last reset left; NULL: nothing. */
const uint32_t *panic_last(void);
void panic_forget(void);

/* Sends what panic_last has, if anything; true then. Waits until the link took it. */
bool panic_send_last(void);

/* Dies. In service_entry.S: an ECALL, so that all registers are in the packet. */
_Noreturn void panic_assert(const char *text, const char *file, uint32_t line);

#define PANIC_ASSERT(true_or_dead)                                                                 \
    ((true_or_dead) ? (void)0 : panic_assert(#true_or_dead, __FILE__, __LINE__))

/* Called by service_entry.S: x1..x31, mcause, mepc, mtval. */
_Noreturn void panic_trap(const uint32_t *registers, uint32_t cause, uint32_t pc, uint32_t value);

#endif
