/*
 * nvm.h - the fuses of the sensor, and the CCS data transfer interface (0x0a00..0x0a43) through
 * which a host reads and programs them, a page of 64 bytes at a time.
 *
 *   page_select, ctrl: enable ---> page ---> 64 data registers     status: read_if_ready
 *   ctrl: enable, write ---> status: write_if_ready; data 0..63 ---> fuses of the page
 *
 * Reading:  each write of ctrl with `enable` fetches the page that page_select names; after read_us
 *           read_if_ready says that it is in the data registers.
 * Writing:  with `write`, too, write_if_ready says that data are taken; with the last of the 64 the
 *           page is programmed (the others are as the host has written them, or 0), which takes
 *           program_us without write_if_ready. page_select counts when ctrl is written. Fuses go
 * from 0 to 1 only: where the host wanted a 0 and the fuse is 1, data_corrupted says so. Wrong: a
 * page that is not there, data written while the interface does not take them: improper_if_usage.
 * clear_error takes both error bits back. As the Linux driver reads it:
 * drivers/media/i2c/ccs/ccs-core.c; bits: ccs-regs.asc. Assumed:  pages, times, and the layout of
 * page 0: module_model_id, both module revisions, module_manufacturer_id, serial_number, as their
 * registers have them; the rest is blank.
 */
#ifndef LOGIC_NVM_H
#define LOGIC_NVM_H

#include "logic/ccs.h"

#define NVM_PAGES 16u
#define NVM_PAGE_BYTES 64u

typedef struct {
    uint32_t read_us, program_us;
} nvm_desc_t;

typedef struct {
    sim_comp_t comp;
    nvm_desc_t desc;
    sim_event_t done; /* of the fetch or the programming */

    uint8_t fuse[NVM_PAGES * NVM_PAGE_BYTES]; /* state; lasts resets */
    uint8_t data[NVM_PAGE_BYTES];
    uint32_t ctrl, status, page;
    uint32_t open; /* the page that ctrl found selected */
    uint64_t pages_read, pages_programmed;
} nvm_t;

nvm_desc_t nvm_desc_default(void);

/* With what identity registers of ccs hold after power-up in page 0. */
sim_err_t nvm_init(nvm_t *nvm, sim_t *sim, const nvm_desc_t *desc, const ccs_desc_t *ccs,
                   const char *name);

/* The registers, for ccs_add_window. */
ccs_window_t nvm_window(nvm_t *nvm);

#endif
