/*
 * clkrst.h - clocks and resets, by register page (PAGE_NPU, ... of fovea_regs.h).
 */
#ifndef FW_CLKRST_H
#define FW_CLKRST_H

#include "hal.h"

enum {
    RST_CAUSE_POWER_ON = 1,
    RST_CAUSE_WATCHDOG = 2,
    RST_CAUSE_SOFTWARE = 4,
    RST_CAUSE_BROWN_OUT = 8,
    RST_CAUSE_HOST = 16
};

/* False when the block keeps its clock: it is busy, or has no gate. */
bool clk_set(uint32_t page, bool on);

/* Returns when the block is as after power-on. */
void rst_block(uint32_t page);

/* Why the core started; forgets it. */
uint32_t rst_cause(void);

/* Everything from the start; memories stay. */
_Noreturn void rst_system(void);

#endif
