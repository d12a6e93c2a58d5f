/*
 * desc.h - the "logic" key of a chip file: what the logic die's fabric is made of.
 */
#ifndef LOGIC_DESC_H
#define LOGIC_DESC_H

#include "logic/cci.h"
#include "logic/clint.h"
#include "logic/clkrst.h"
#include "logic/clocks.h"
#include "logic/core.h"
#include "logic/dma.h"
#include "logic/flash.h"
#include "logic/l2.h"
#include "logic/rng.h"
#include "logic/spi.h"
#include "logic/spit.h"
#include "logic/sys.h"
#include "logic/temp.h"
#include "logic/thermal.h"
#include "logic/timer.h"
#include "logic/uart.h"
#include "logic/wdog.h"
#include "sim/json.h"

/* clock_hz of the file goes to core, L2 and register blocks alike: they share one clock. */
typedef struct {
    uint64_t clock_hz;
    bus_desc_t bus;
    core_desc_t core;
    l2_desc_t l2;
    clint_desc_t clint;
    uart_desc_t uart;
    sys_desc_t sys;
    spi_desc_t spi;
    spit_desc_t spit;
    flash_desc_t flash; /* of the board */
    temp_desc_t temp;
    thermal_desc_t thermal; /* points 0: the pixel die's temperature_c */
    clkrst_desc_t clkrst;
    clocks_desc_t clocks;
    dma_desc_t dma;
    tmr_desc_t timer;
    wdog_desc_t wdog;
    rng_desc_t rng;
    cci_desc_t cci; /* the host's bus */
} logic_desc_t;

logic_desc_t logic_desc_default(void);

/* Reads the object (the value of "logic"); absent keys keep their defaults. What is wrong is in
 * sim_doc_error of the document. */
void logic_desc_read(const sim_cfg_t *cfg, logic_desc_t *desc);

#endif
