/*
 * temp.h - temperature of the logic die, 1/16 degree Celsius.
 */
#ifndef FW_TEMP_H
#define FW_TEMP_H

#include "hal.h"

/* One conversion of 9..12 bits; sleeps until it is done. */
int32_t temp_measure(uint32_t bits);

/* Converts every period_us and calls fn (an interrupt handler, which calls temp_crossed) when a
 * result is below low or above high. */
void temp_watch(int32_t low, int32_t high, uint32_t period_us, hal_irq_fn_t fn);

/* The result that crossed a threshold; clears the interrupt. */
int32_t temp_crossed(void);

#endif
