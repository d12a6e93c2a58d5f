/*
 * timer.h - two 64-bit timers. A tick is `clocks` core clocks, 1..65536.
 */
#ifndef FW_TIMER_H
#define FW_TIMER_H

#include "hal.h"

enum { TIMERS = 2 };

/* Calls fn, as an interrupt handler, once after `ticks` (1..), or every `ticks`. */
void timer_once(uint32_t timer, uint32_t clocks, uint64_t ticks, hal_irq_fn_t fn);
void timer_every(uint32_t timer, uint32_t clocks, uint64_t ticks, hal_irq_fn_t fn);

/* Counts up from 0 for ever; at each frame start notes the count and calls fn. */
void timer_follow_frames(uint32_t timer, uint32_t clocks, hal_irq_fn_t fn);

void timer_stop(uint32_t timer);
uint64_t timer_count(uint32_t timer);
/* The count at the last frame start. */
uint64_t timer_captured(uint32_t timer);
/* True once after a match or capture came before the one before it was handled. */
bool timer_lost(uint32_t timer);

#endif
