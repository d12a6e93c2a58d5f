/*
 * bus.h - the address map: boot ROM, tightly coupled RAM, L2 and pages of registers.
 *
 *   0x0000_0000  ROM    read and fetch, written only by bus_poke
 *   0x0400_0000  L2     through a memory port; fetches through the core's own (icache.h)
 *   0x1000_0000  TCM    the core's own, with a second port for the DMA: firmware code and data
 *   0x4000_0000  pages of 4 KiB, one component each: its sim_reg_t table
 *
 * Where ROM and TCM begin is data: a core without a sensor may have them elsewhere.
 *
 * The bus has no time of its own: the core pays bus cycles for registers, the L2 port tells its
 * own time. Registers are accessed as aligned 32-bit words only.
 * The DMA reaches the TCM and some of the pages: dma.h says how.
 */
#ifndef LOGIC_BUS_H
#define LOGIC_BUS_H

#include "sim/sim.h"

#define BUS_ROM_BASE 0x00000000u
#define BUS_L2_BASE 0x04000000u
#define BUS_TCM_BASE 0x10000000u
#define BUS_PAGE_BASE 0x40000000u
#define BUS_PAGE_BYTES 0x1000u
#define BUS_PAGES 64u
#define BUS_ROM_MAX (1u << 24)
#define BUS_TCM_MAX (1u << 28)

typedef struct {
    uint32_t rom_base, rom_bytes; /* multiples of 64 and 4; 0 (none), or 64 to BUS_ROM_MAX */
    uint32_t tcm_base, tcm_bytes; /* the same; 64 to BUS_TCM_MAX */
    uint32_t l2_bytes;            /* 0: no L2 */
} bus_desc_t;

typedef enum {
    BUS_NOTHING,
    BUS_ROM,
    BUS_TCM,
    BUS_L2,
    BUS_REGS,
} bus_area_t;

#define BUS_MAX_WATCHED 2048

/* How somebody came across a byte of TCM. */
typedef enum { BUS_MET_LOAD, BUS_MET_FETCH, BUS_MET_DMA, BUS_MET_STORE, BUS_MET_POKE } bus_met_t;

typedef struct {
    sim_comp_t comp;
    bus_desc_t desc;
    sim_mem_port_t l2; /* in; required when desc.l2_bytes is not 0 */
    sim_comp_t *page[BUS_PAGES];
    /* Somebody poked ROM, TCM or L2 (the core drops decoded instructions). May be NULL. */
    void (*poked)(void *ctx, uint32_t addr, uint32_t bytes);
    void *poked_ctx;
    /* The core has accessed a register, or something that did not answer (ok is false). Must not
     * change anything. May be NULL. */
    void (*accessed)(void *ctx, uint32_t addr, uint32_t bytes, bool write, uint32_t value, bool ok);
    void *accessed_ctx;

    /* Bytes of TCM with a fault: who comes across one is told, once. No state: whoever listens
     * knows them. While there are some, the core does not pass them by. */
    uint32_t watched[BUS_MAX_WATCHED], watches;
    void (*met)(void *ctx, uint32_t addr, bus_met_t how, uint64_t at_ps);
    void *met_ctx;
    void (*watching)(void *ctx); /* the core's: there is one more */
    void *watching_ctx;

    uint8_t *rom, *tcm;
    uint64_t dma_pages; /* bit n: the DMA may access page n; set while wiring */
    uint32_t gated;     /* bit n: page n has no clock; reads give 0, writes are lost (GUEST) */
    uint64_t faults, read_bytes, write_bytes; /* the last two: of registers */
} bus_t;

bus_desc_t bus_desc_default(void);

/* Allocates ROM and TCM (zeros; a reset keeps them, as SRAM does). */
sim_err_t bus_init(bus_t *bus, sim_t *sim, const bus_desc_t *desc, const char *name);
void bus_free(bus_t *bus);

/* Puts comp's registers at page n, i.e. at BUS_PAGE_BASE + n * BUS_PAGE_BYTES. */
sim_err_t bus_attach(bus_t *bus, uint32_t page, sim_comp_t *comp);

/* Where addr .. addr + bytes - 1 wholly lies. A page without component is BUS_NOTHING. */
bus_area_t bus_area(const bus_t *bus, uint32_t addr, uint32_t bytes);

/* One register access by the core, now. False, counted and logged as the guest's error, when
 * nothing answers or the access is not an aligned word. */
bool bus_read_reg(bus_t *bus, uint32_t addr, uint32_t bytes, uint32_t *value);
bool bus_write_reg(bus_t *bus, uint32_t addr, uint32_t bytes, uint32_t value);

/* Counts and logs an access that nothing answers (the core raises the fault). */
void bus_fault(bus_t *bus, const char *what, uint32_t addr, uint32_t bytes);

/* Loaders and debuggers: no time, no side effect in registers. Ranges must lie within one area;
 * registers can be peeked as aligned words and not poked. False, and nothing done, otherwise. */
bool bus_peek(bus_t *bus, uint32_t addr, void *data, uint32_t bytes);
bool bus_poke(bus_t *bus, uint32_t addr, const void *data, uint32_t bytes);

/* Watches a byte; false: there are too many. Once, however often it is said. */
bool bus_watch(bus_t *bus, uint32_t addr);
void bus_unwatch_all(bus_t *bus);
/* Flips a bit of TCM and watches its byte; false, and nothing done, where that cannot be. */
bool bus_flip(bus_t *bus, uint32_t addr, uint32_t bit);
/* Core and DMA: somebody came across these bytes. Call it while there are watches. */
void bus_meet(bus_t *bus, uint32_t addr, uint32_t bytes, bus_met_t how, uint64_t at_ps);

/* Writes the boot ROM: a jump to entry. */
void bus_set_boot(bus_t *bus, uint32_t entry);

#endif
