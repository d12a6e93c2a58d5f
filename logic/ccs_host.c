/*
 * ccs_host.c - the host's accesses: bytes become registers, grouped hold takes aside what is
 * retimed, rules are asked (ccs_rules.c), windows of other blocks are served.
 */
#include <assert.h>
#include <string.h>

#include "logic/ccs_int.h"

static void refuse(ccs_t *ccs, const char *name, uint32_t value, const char *why)
{
    sim_log(&ccs->comp, SIM_LOG_GUEST, "host write of 0x%x to %s: %s, refused", value, name, why);
}

static void changed(ccs_t *ccs)
{
    ccs->count++;
    ccs->status |= CCS_STATUS_HOST_WROTE;
    ccs_update_irq(ccs);
}

static void take(ccs_t *ccs, const ccs_reg_t *reg, uint32_t value)
{
    ccs_put(ccs, reg->addr, reg->bytes, value);
    ccs_derive(ccs);
}

static void release(ccs_t *ccs)
{
    for (uint32_t i = 0; i < ccs->helds; i++)
        take(ccs, ccs_find(&ccs->desc, (uint16_t)ccs->held[i].addr), ccs->held[i].value);
    memset(ccs->held, 0, sizeof(ccs->held));
    ccs->helds = 0;
}

/* NULL: not held. */
static const ccs_held_t *held_at(const ccs_t *ccs, uint16_t addr)
{
    for (uint32_t i = 0; i < ccs->helds; i++)
        if (ccs->held[i].addr == addr)
            return &ccs->held[i];
    return NULL;
}

static void hold(ccs_t *ccs, const ccs_reg_t *reg, uint32_t value)
{
    const ccs_held_t *old = held_at(ccs, reg->addr);
    uint32_t at = old != NULL ? (uint32_t)(old - ccs->held) : ccs->helds;
    assert(at < CCS_MAX_HELD); /* room for all that are retimed */
    ccs->held[at] = (ccs_held_t){reg->addr, value};
    ccs->helds += old == NULL;
}

static bool write_reg(ccs_t *ccs, const ccs_reg_t *reg, uint32_t value, bool whole)
{
    char error[160];
    value &= UINT32_MAX >> (32 - 8 * reg->bytes);
    if (!ccs_allowed(ccs, reg->addr, value, whole, error, sizeof(error))) {
        refuse(ccs, reg->name, value, error);
        return false;
    }
    ccs->host_writes++;
    if (reg->addr == CCS_SOFTWARE_RESET) {
        if (value != 0 && ccs->restart != NULL)
            ccs->restart(ccs->restart_ctx);
        return true;
    }
    if (reg->retimed && (ccs_get(ccs, CCS_HOLD, 1) & 1) != 0) {
        hold(ccs, reg, value);
        return true;
    }
    if (!reg->modeled && ccs_get(ccs, reg->addr, reg->bytes) != value)
        sim_log(&ccs->comp, SIM_LOG_UNIMP, "host write to %s: kept, without effect", reg->name);
    take(ccs, reg, value);
    if (reg->addr == CCS_HOLD && (value & 1) == 0)
        release(ccs);
    changed(ccs);
    return true;
}

static bool write_any(ccs_t *ccs, const ccs_reg_t *reg, uint32_t value, bool whole)
{
    const ccs_window_t *window = ccs_window_at(ccs, reg->addr);
    if (!reg->writable) {
        sim_log(&ccs->comp, SIM_LOG_GUEST,
                "host write of 0x%x to read-only register 0x%04x, ignored", value, reg->addr);
        return false;
    }
    if (window == NULL)
        return write_reg(ccs, reg, value, whole);
    ccs->host_writes++;
    return window->write(window->ctx, reg->addr, value);
}

/* The maker's own registers that are not in the table are kept: drivers' lists are full of them. */
static bool write_unknown(ccs_t *ccs, uint16_t addr, uint8_t byte)
{
    if (addr < CCS_MAKER) {
        sim_log(&ccs->comp, SIM_LOG_GUEST, "host write of 0x%x to unknown register 0x%04x, ignored",
                byte, addr);
        return false;
    }
    sim_log(&ccs->comp, SIM_LOG_UNIMP,
            "host write to the maker's register 0x%04x: kept, without effect", addr);
    ccs->value[addr] = byte;
    ccs->unknown_writes++;
    return true;
}

/* As the host sees it. */
static uint32_t look(ccs_t *ccs, const ccs_reg_t *reg)
{
    const ccs_held_t *held = held_at(ccs, reg->addr);
    return held != NULL ? held->value : ccs_read_reg(ccs, reg);
}

/* ---- whole registers ---- */

bool ccs_host_write(ccs_t *ccs, uint16_t addr, uint32_t value)
{
    const ccs_reg_t *reg = ccs_find(&ccs->desc, addr);
    if (reg != NULL)
        return write_any(ccs, reg, value, true);
    sim_log(&ccs->comp, SIM_LOG_GUEST, "host write of 0x%x to unknown register 0x%04x, ignored",
            value, addr);
    return false;
}

bool ccs_host_read(ccs_t *ccs, uint16_t addr, uint32_t *value)
{
    const ccs_reg_t *reg = ccs_find(&ccs->desc, addr);
    *value = reg != NULL ? look(ccs, reg) : 0;
    ccs->host_reads += reg != NULL;
    return reg != NULL;
}

/* ---- bytes from the bus ---- */

static uint32_t all_bits(const ccs_reg_t *reg)
{
    return UINT32_MAX >> (32 - 8 * reg->bytes);
}

static uint32_t shift_of(const ccs_reg_t *reg, uint16_t addr)
{
    return 8 * (reg->bytes - 1u - (uint32_t)(addr - reg->addr));
}

/* What came of a register counts; what did not is as the host would read it. */
static bool commit(ccs_t *ccs)
{
    ccs_part_t part = ccs->part;
    const ccs_reg_t *reg = part.mask != 0 ? ccs_find(&ccs->desc, (uint16_t)part.addr) : NULL;
    ccs->part = (ccs_part_t){0};
    if (reg == NULL)
        return true;
    bool whole = part.mask == all_bits(reg);
    uint32_t rest = whole ? 0 : look(ccs, reg) & ~part.mask;
    return write_any(ccs, reg, rest | part.value, whole);
}

bool ccs_bus_write(ccs_t *ccs, uint16_t addr, uint8_t byte)
{
    const ccs_reg_t *reg = ccs_covering(&ccs->desc, addr);
    ccs_part_t *part = &ccs->part;
    bool fine = part->mask == 0 || (reg != NULL && reg->addr == part->addr) || commit(ccs);
    if (reg == NULL)
        return write_unknown(ccs, addr, byte) && fine;
    uint32_t mask = 0xffu << shift_of(reg, addr);
    part->addr = reg->addr;
    part->mask |= mask;
    part->value = (part->value & ~mask) | (uint32_t)byte << shift_of(reg, addr);
    return (part->mask != all_bits(reg) || commit(ccs)) && fine;
}

uint8_t ccs_bus_read(ccs_t *ccs, uint16_t addr)
{
    const ccs_reg_t *reg = ccs_covering(&ccs->desc, addr);
    ccs_part_t *latch = &ccs->latch;
    if (reg == NULL)
        return addr < CCS_MAKER ? 0 : ccs->value[addr];
    if (latch->mask == 0 || latch->addr != reg->addr || addr == reg->addr) {
        *latch = (ccs_part_t){reg->addr, look(ccs, reg), all_bits(reg)};
        ccs->host_reads++;
    }
    return (uint8_t)(latch->value >> shift_of(reg, addr));
}

bool ccs_bus_stop(ccs_t *ccs)
{
    ccs->latch = (ccs_part_t){0};
    return commit(ccs);
}
