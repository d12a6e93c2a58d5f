/*
 * pmp.c - physical memory protection: privileged specification 20211203, 3.7. Granularity is 4
 * bytes; entries at and above desc.pmp_regions are zero.
 */
#include "logic/core_int.h"

enum { PMPCFG0 = 0x3a0, PMPADDR0 = 0x3b0 };

#define CFG_A 0x18u /* how pmpaddr gives the region */
#define CFG_TOR 0x08u
#define CFG_NA4 0x10u
#define CFG_NAPOT 0x18u
#define CFG_LOCK 0x80u
#define CFG_BITS 0x9fu

/* ---- who may ---- */

static core_region_t region_of(const core_t *core, uint32_t i)
{
    uint64_t addr = (uint64_t)core->pmpaddr[i] << 2;
    uint64_t bytes = 4;
    switch (core->pmpcfg[i] & CFG_A) {
    case CFG_TOR:
        return (core_region_t){i > 0 ? (uint64_t)core->pmpaddr[i - 1] << 2 : 0, addr};
    case CFG_NA4:
        return (core_region_t){addr, addr + 4};
    case CFG_NAPOT: /* k ones at the end: 2^(k+3) bytes */
        for (uint32_t ones = core->pmpaddr[i]; (ones & 1) != 0; ones >>= 1)
            bytes *= 2;
        bytes *= 2;
        return (core_region_t){addr & ~(bytes - 1), (addr & ~(bytes - 1)) + bytes};
    default:
        return (core_region_t){0, 0};
    }
}

bool core_pmp_allows(const core_t *core, uint32_t mode, uint32_t addr, uint32_t bytes,
                     uint32_t what)
{
    uint64_t first = addr, end = (uint64_t)addr + bytes;
    for (uint32_t i = 0; i < core->regions; i++) {
        const core_region_t *r = &core->region[i];
        if (r->end <= first || end <= r->first || r->first >= r->end)
            continue;
        if (mode == CORE_MACHINE && (core->pmpcfg[i] & CFG_LOCK) == 0)
            return r->first <= first && end <= r->end;
        return r->first <= first && end <= r->end && (core->pmpcfg[i] & what) == what;
    }
    return mode == CORE_MACHINE || core->desc.pmp_regions == 0;
}

uint32_t core_data_mode(const core_t *core)
{
    bool mprv = core->mode == CORE_MACHINE && (core->mstatus & MSTATUS_MPRV) != 0;
    return mprv ? (core->mstatus & MSTATUS_MPP) >> MSTATUS_MPP_SHIFT : core->mode;
}

/* ---- windows ---- */

/* Machine mode where no entry is on, and nobody watches. */
static bool unrestricted(const core_t *core, uint32_t mode)
{
    return (mode == CORE_MACHINE || core->desc.pmp_regions == 0) && core->regions == 0 &&
           core->debug.watches == 0 && core->bus->watches == 0;
}

void core_close_windows(core_t *core)
{
    const bus_t *bus = core->bus;
    core->readable = core->writable = (core_window_t){0};
    if (unrestricted(core, core_data_mode(core)))
        core->readable = core->writable =
            (core_window_t){bus->tcm, bus->desc.tcm_base, bus->desc.tcm_bytes};
}

/* Cuts the window around addr where the region begins and ends. */
static void cut(core_region_t *window, uint32_t addr, const core_region_t *r)
{
    const uint64_t at[2] = {r->first, r->end};
    for (uint32_t k = 0; k < 2 && r->first < r->end; k++) {
        if (at[k] <= addr)
            window->first = at[k] > window->first ? at[k] : window->first;
        else
            window->end = at[k] < window->end ? at[k] : window->end;
    }
}

/* As far around addr as no entry and no watchpoint begins or ends. */
void core_open_window(core_t *core, uint32_t addr, bool store)
{
    const bus_t *bus = core->bus;
    const uint32_t base = bus->desc.tcm_base;
    core_region_t w = {base, (uint64_t)base + bus->desc.tcm_bytes};
    if (core_watched(core, addr & ~3u, 4, CORE_WATCH_READ | CORE_WATCH_WRITE) != 0)
        return;
    for (uint32_t i = 0; i < core->regions; i++)
        cut(&w, addr, &core->region[i]);
    for (uint32_t i = 0; i < bus->watches; i++) {
        uint32_t word = bus->watched[i] & ~3u;
        if (word == (addr & ~3u))
            return;
        cut(&w, addr, &(core_region_t){word, (uint64_t)word + 4});
    }
    for (uint32_t i = 0; i < core->debug.watches; i++) {
        const core_watch_t *at = &core->debug.watch[i];
        uint64_t end = ((uint64_t)at->addr + at->bytes + 3) & ~UINT64_C(3);
        cut(&w, addr, &(core_region_t){at->addr & ~3u, end});
    }
    *(store ? &core->writable : &core->readable) = (core_window_t){
        bus->tcm + (w.first - base), (uint32_t)w.first, (uint32_t)(w.end - w.first)};
}

/* What an entry has to say about fetching can change in its region only, the old or the new one. */
static void change_region(core_t *core, uint32_t i)
{
    const core_region_t now = region_of(core, i), before = core->region[i];
    if (now.first == before.first && now.end == before.end &&
        core->pmpcfg[i] == core->region_cfg[i])
        return;
    core->region[i] = now;
    core->region_cfg[i] = core->pmpcfg[i];
    core_drop_range(core, before.first, before.end);
    core_drop_range(core, now.first, now.end);
}

void core_pmp_changed(core_t *core)
{
    core->regions = 0;
    for (uint32_t i = 0; i < core->desc.pmp_regions; i++) {
        change_region(core, i);
        if ((core->pmpcfg[i] & CFG_A) != 0)
            core->regions = i + 1;
    }
    core_close_windows(core);
}

/* ---- registers ---- */

static bool locked(const core_t *core, uint32_t i)
{
    return (core->pmpcfg[i] & CFG_LOCK) != 0;
}

/* Its address is also the beginning of the next entry, when that is a locked TOR. */
static bool addr_locked(const core_t *core, uint32_t i)
{
    return locked(core, i) || (i + 1 < CORE_PMP_REGIONS && locked(core, i + 1) &&
                               (core->pmpcfg[i + 1] & CFG_A) == CFG_TOR);
}

uint32_t core_pmp_read(const core_t *core, uint32_t number)
{
    return number >= PMPADDR0 ? core->pmpaddr[number - PMPADDR0]
                              : get32(core->pmpcfg + 4 * (number - PMPCFG0));
}

/* Write without read is reserved, and kept out. */
static uint8_t legal(uint32_t cfg)
{
    cfg &= CFG_BITS;
    return (uint8_t)((cfg & PMP_READ) != 0 ? cfg : cfg & ~(uint32_t)PMP_WRITE);
}

void core_pmp_write(core_t *core, uint32_t number, uint32_t value)
{
    if (number >= PMPADDR0) {
        uint32_t i = number - PMPADDR0;
        if (i < core->desc.pmp_regions && !addr_locked(core, i))
            core->pmpaddr[i] = value;
    } else {
        uint32_t first = 4 * (number - PMPCFG0);
        for (uint32_t i = first; i < first + 4 && i < core->desc.pmp_regions; i++, value >>= 8)
            if (!locked(core, i))
                core->pmpcfg[i] = legal(value);
    }
    core_pmp_changed(core);
}
