/*
 * bus.c - who answers at an address.
 */
#include "logic/bus.h"

#include <stdlib.h>
#include <string.h>

/* ---- the map ---- */

static bool inside(uint32_t addr, uint32_t bytes, uint32_t base, uint32_t size)
{
    uint32_t offset = addr - base;
    return offset < size && bytes <= size - offset;
}

static uint32_t page_of(uint32_t addr)
{
    return (addr - BUS_PAGE_BASE) / BUS_PAGE_BYTES;
}

bus_area_t bus_area(const bus_t *bus, uint32_t addr, uint32_t bytes)
{
    if (inside(addr, bytes, bus->desc.tcm_base, bus->desc.tcm_bytes))
        return BUS_TCM;
    if (inside(addr, bytes, bus->desc.rom_base, bus->desc.rom_bytes))
        return BUS_ROM;
    if (inside(addr, bytes, BUS_L2_BASE, bus->desc.l2_bytes))
        return BUS_L2;
    if (inside(addr, bytes, BUS_PAGE_BASE, BUS_PAGES * BUS_PAGE_BYTES) &&
        bytes <= BUS_PAGE_BYTES - addr % BUS_PAGE_BYTES && bus->page[page_of(addr)] != NULL)
        return BUS_REGS;
    return BUS_NOTHING;
}

void bus_fault(bus_t *bus, const char *what, uint32_t addr, uint32_t bytes)
{
    bus->faults++;
    sim_log(&bus->comp, SIM_LOG_GUEST, "%s of %u bytes at 0x%08x: nothing there answers that", what,
            bytes, addr);
}

/* ---- registers ---- */

/* The component whose register an aligned word at addr is; NULL, with the fault noted, if none. */
static sim_comp_t *reg_owner(bus_t *bus, const char *what, uint32_t addr, uint32_t bytes)
{
    if (bytes == 4 && addr % 4 == 0 && bus_area(bus, addr, 4) == BUS_REGS)
        return bus->page[page_of(addr)];
    bus_fault(bus, what, addr, bytes);
    return NULL;
}

/* A block without clock answers 0 and takes nothing. */
static bool is_gated(const bus_t *bus, const char *what, uint32_t addr)
{
    uint32_t page = page_of(addr);
    bool gated = page < 32 && (bus->gated >> page & 1) != 0;
    if (gated)
        sim_log(bus->page[page], SIM_LOG_GUEST, "%s at 0x%03x while its clock is off", what,
                addr % BUS_PAGE_BYTES);
    return gated;
}

bool bus_read_reg(bus_t *bus, uint32_t addr, uint32_t bytes, uint32_t *value)
{
    sim_comp_t *owner = reg_owner(bus, "load", addr, bytes);
    if (owner != NULL)
        *value = is_gated(bus, "load", addr) ? 0 : sim_reg_read(owner, addr % BUS_PAGE_BYTES);
    bus->read_bytes += owner != NULL ? bytes : 0;
    return owner != NULL;
}

bool bus_write_reg(bus_t *bus, uint32_t addr, uint32_t bytes, uint32_t value)
{
    sim_comp_t *owner = reg_owner(bus, "store", addr, bytes);
    if (owner != NULL && !is_gated(bus, "store", addr))
        sim_reg_write(owner, addr % BUS_PAGE_BYTES, value);
    bus->write_bytes += owner != NULL ? bytes : 0;
    return owner != NULL;
}

/* ---- loaders and debuggers ---- */

static uint8_t *ram_at(bus_t *bus, bus_area_t area, uint32_t addr)
{
    return area == BUS_TCM ? bus->tcm + (addr - bus->desc.tcm_base)
                           : bus->rom + (addr - bus->desc.rom_base);
}

static bool peek_reg(const bus_t *bus, uint32_t addr, uint8_t *data, uint32_t bytes)
{
    if (bytes != 4 || addr % 4 != 0)
        return false;
    uint32_t value = sim_reg_peek(bus->page[page_of(addr)], addr % BUS_PAGE_BYTES);
    for (uint32_t i = 0; i < 4; i++)
        data[i] = (uint8_t)(value >> 8 * i);
    return true;
}

bool bus_peek(bus_t *bus, uint32_t addr, void *data, uint32_t bytes)
{
    bus_area_t area = bus_area(bus, addr, bytes);
    switch (area) {
    case BUS_ROM:
    case BUS_TCM:
        memcpy(data, ram_at(bus, area, addr), bytes);
        return true;
    case BUS_L2:
        return sim_mem_peek(&bus->l2, addr, data, bytes);
    case BUS_REGS:
        return peek_reg(bus, addr, data, bytes);
    case BUS_NOTHING:
        break;
    }
    return false;
}

bool bus_poke(bus_t *bus, uint32_t addr, const void *data, uint32_t bytes)
{
    bus_area_t area = bus_area(bus, addr, bytes);
    if (area != BUS_ROM && area != BUS_TCM && area != BUS_L2)
        return false;
    if (area == BUS_L2)
        sim_mem_poke(&bus->l2, addr, data, bytes);
    else
        memcpy(ram_at(bus, area, addr), data, bytes);
    if (bus->watches != 0)
        bus_meet(bus, addr, bytes, BUS_MET_POKE, sim_now_ps(bus->comp.sim));
    if (bus->poked != NULL)
        bus->poked(bus->poked_ctx, addr, bytes);
    return true;
}

/* ---- bytes that are watched ---- */

bool bus_watch(bus_t *bus, uint32_t addr)
{
    uint32_t i = 0;
    while (i < bus->watches && bus->watched[i] != addr)
        i++;
    if (i == BUS_MAX_WATCHED)
        return false;
    bus->watched[i] = addr;
    bus->watches += i == bus->watches;
    if (bus->watching != NULL)
        bus->watching(bus->watching_ctx);
    return true;
}

void bus_unwatch_all(bus_t *bus)
{
    bus->watches = 0;
}

bool bus_flip(bus_t *bus, uint32_t addr, uint32_t bit)
{
    if (bus_area(bus, addr, 1) != BUS_TCM || !bus_watch(bus, addr))
        return false;
    bus->tcm[addr - bus->desc.tcm_base] ^= (uint8_t)(1u << bit);
    if (bus->poked != NULL)
        bus->poked(bus->poked_ctx, addr, 1);
    return true;
}

void bus_meet(bus_t *bus, uint32_t addr, uint32_t bytes, bus_met_t how, uint64_t at_ps)
{
    for (uint32_t i = bus->watches; i-- > 0;) {
        uint32_t at = bus->watched[i];
        if (at - addr >= bytes)
            continue;
        bus->watched[i] = bus->watched[--bus->watches];
        if (bus->met != NULL)
            bus->met(bus->met_ctx, at, how, at_ps);
    }
}

/* lui t0, hi; jalr x0, lo(t0): the low part is signed, so the high part rounds to nearest. */
void bus_set_boot(bus_t *bus, uint32_t entry)
{
    uint32_t code[2] = {0x000002b7u | ((entry + 0x800u) & 0xfffff000u), 0x00028067u | entry << 20};
    uint8_t bytes[8];
    for (uint32_t i = 0; i < 8; i++)
        bytes[i] = (uint8_t)(code[i / 4] >> 8 * (i % 4));
    bus_poke(bus, bus->desc.rom_base, bytes, sizeof(bytes));
}

/* ---- set-up ---- */

static size_t rom_bytes(const sim_comp_t *comp)
{
    return ((const bus_t *)(const void *)comp)->desc.rom_bytes;
}

static size_t tcm_bytes(const sim_comp_t *comp)
{
    return ((const bus_t *)(const void *)comp)->desc.tcm_bytes;
}

static const sim_field_t bus_fields[] = {
    SIM_FIELD_BUF(bus_t, rom, rom_bytes),
    SIM_FIELD_BUF(bus_t, tcm, tcm_bytes),
    SIM_FIELD(bus_t, gated),
    SIM_FIELD(bus_t, faults),
    SIM_FIELD_KEPT(bus_t, read_bytes), /* reading a register changes nothing else */
    SIM_FIELD_KEPT(bus_t, write_bytes),
    SIM_FIELD_END,
};

static const sim_stat_t bus_stats[] = {
    SIM_STAT(bus_t, faults, "1", "accesses of the core that nothing answered"),
    SIM_STAT(bus_t, read_bytes, "bytes", "bytes of registers read by core and DMA"),
    SIM_STAT(bus_t, write_bytes, "bytes", "bytes of registers written by them"),
    SIM_STAT_END,
};

static sim_err_t bus_check(sim_comp_t *comp)
{
    const bus_t *bus = (const bus_t *)(const void *)comp;
    if (bus->desc.l2_bytes != 0 && bus->l2.request == NULL)
        return sim_fail(comp->sim, SIM_EWIRE, "%s.l2: not connected", comp->name);
    return SIM_OK;
}

static void bus_reset(sim_comp_t *comp)
{
    bus_t *bus = (bus_t *)(void *)comp;
    bus->faults = bus->gated = 0;
    bus->read_bytes = bus->write_bytes = 0;
}

static const sim_kind_t bus_kind = {
    .kind = "bus",
    .version = 2,
    .check = bus_check,
    .reset = bus_reset,
    .fields = bus_fields,
    .stats = bus_stats,
};
_Static_assert(offsetof(bus_t, comp) == 0, "comp stays first");

bus_desc_t bus_desc_default(void)
{
    return (bus_desc_t){.rom_base = BUS_ROM_BASE,
                        .rom_bytes = 8192,
                        .tcm_base = BUS_TCM_BASE,
                        .tcm_bytes = 256 * 1024,
                        .l2_bytes = 8388480};
}

/* Areas lie below 4 GiB and apart. */
static sim_err_t check_map(sim_t *sim, const bus_desc_t *d, const char *name)
{
    const struct {
        const char *name;
        uint64_t base, bytes;
    } area[] = {{"ROM", d->rom_base, d->rom_bytes},
                {"TCM", d->tcm_base, d->tcm_bytes},
                {"L2", BUS_L2_BASE, d->l2_bytes},
                {"register pages", BUS_PAGE_BASE, BUS_PAGES * BUS_PAGE_BYTES}};
    for (uint32_t i = 0; i < SIM_COUNT(area); i++) {
        uint64_t end = area[i].base + area[i].bytes;
        bool fine = end <= UINT64_C(1) << 32;
        for (uint32_t k = 0; k < SIM_COUNT(area); k++)
            fine &= k == i || area[k].bytes == 0 || end <= area[k].base ||
                    area[k].base + area[k].bytes <= area[i].base;
        if (!fine && area[i].bytes != 0)
            return sim_fail(sim, SIM_EDESC, "%s: no room for %s, 0x%llx bytes at 0x%08llx", name,
                            area[i].name, (unsigned long long)area[i].bytes,
                            (unsigned long long)area[i].base);
    }
    return SIM_OK;
}

static sim_err_t check_desc(sim_t *sim, const bus_desc_t *d, const char *name)
{
    bool rom_fits = d->rom_bytes >= 64 && d->rom_bytes <= BUS_ROM_MAX && d->rom_bytes % 4 == 0;
    if (!rom_fits && d->rom_bytes != 0)
        return sim_fail(sim, SIM_EDESC,
                        "%s.rom_bytes: %u is neither 0 nor a multiple of 4 in 64..%u", name,
                        d->rom_bytes, BUS_ROM_MAX);
    if (d->tcm_bytes < 64 || d->tcm_bytes > BUS_TCM_MAX || d->tcm_bytes % 4 != 0)
        return sim_fail(sim, SIM_EDESC, "%s.tcm_bytes: %u is no multiple of 4 in 64..%u", name,
                        d->tcm_bytes, BUS_TCM_MAX);
    if (d->rom_base % 64 != 0 || d->tcm_base % 64 != 0)
        return sim_fail(sim, SIM_EDESC, "%s: 0x%x or 0x%x is no multiple of 64", name, d->rom_base,
                        d->tcm_base);
    return check_map(sim, d, name);
}

sim_err_t bus_init(bus_t *bus, sim_t *sim, const bus_desc_t *desc, const char *name)
{
    memset(bus, 0, sizeof(*bus));
    sim_err_t err = check_desc(sim, desc, name);
    if (err == SIM_OK)
        err = sim_comp_init(&bus->comp, sim, &bus_kind, name);
    if (err != SIM_OK)
        return err;
    bus->desc = *desc;
    bus->rom = calloc(1, desc->rom_bytes + 1u); /* never NULL for none */
    bus->tcm = calloc(1, desc->tcm_bytes);
    if (bus->rom == NULL || bus->tcm == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for ROM and TCM", name);
    return SIM_OK;
}

void bus_free(bus_t *bus)
{
    free(bus->rom);
    free(bus->tcm);
    bus->rom = bus->tcm = NULL;
}

sim_err_t bus_attach(bus_t *bus, uint32_t page, sim_comp_t *comp)
{
    sim_t *sim = bus->comp.sim;
    if (page >= BUS_PAGES)
        return sim_fail(sim, SIM_EDESC, "%s: page %u of %s not in 0..%u", bus->comp.name, page,
                        comp->name, BUS_PAGES - 1);
    if (bus->page[page] != NULL)
        return sim_fail(sim, SIM_EDESC, "%s: page %u of %s is taken by %s", bus->comp.name, page,
                        comp->name, bus->page[page]->name);
    bus->page[page] = comp;
    return SIM_OK;
}
