/*
 * l2.h - errors of the L2's memory, where it has ECC.
 *
 * The hardware corrects single flips and counts both kinds; an error that it cannot correct makes
 * the burst of whoever met it fail, and is an interrupt.
 */
#ifndef FW_L2_H
#define FW_L2_H

#include "hal.h"

typedef struct {
    uint32_t corrected, fatal; /* since the L2's last reset */
    uint32_t addr, master;     /* of the last fatal one: word, and number of the port (16: scrub) */
} l2_errors_t;

/* Listens for errors that are not corrected; fn is called in the interrupt. False, and nothing
 * done, where there is no ECC. */
bool l2_listen(hal_irq_fn_t fn);

l2_errors_t l2_errors(void);

/* One line on the serial port. */
void l2_print_errors(void);

#endif
