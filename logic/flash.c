#include "logic/flash.h"

#include <stdlib.h>
#include <string.h>

enum {
    BUSY = 0x01,
    LATCH = 0x02,
    PROTECT_SHIFT = 2,
    STATUS_LOCK = 0x80,
    STATUS_BITS = 0xfc,
    ERASED = 0xff,
    ADDRESS_BYTES = 3,
};

typedef enum {
    WRITE_STATUS,
    PROGRAM,
    ERASE_SECTOR,
    ERASE_BLOCK,
    ERASE_CHIP,
    LATCH_ON,
    LATCH_OFF,
    READ_ID,
    READ_STATUS,
    READ,
    READ_FAST
} action_t;

/* clang-format off */
static const struct {
    uint8_t code;
    action_t action;
    bool address, latch; /* it has an address, it needs the write enable latch */
} commands[] = {
    {0x01, WRITE_STATUS, false, true},  {0x02, PROGRAM,     true,  true},
    {0x03, READ,         true,  false}, {0x04, LATCH_OFF,   false, false},
    {0x05, READ_STATUS,  false, false}, {0x06, LATCH_ON,    false, false},
    {0x0b, READ_FAST,    true,  false}, {0x20, ERASE_SECTOR, true, true},
    {0x60, ERASE_CHIP,   false, true},  {0xc7, ERASE_CHIP,  false, true},
    {0xd8, ERASE_BLOCK,  true,  true},  {0x9f, READ_ID,     false, false},
};
/* clang-format on */

static uint32_t command_index(uint8_t code)
{
    uint32_t i = 0;
    while (i < SIM_COUNT(commands) && commands[i].code != code)
        i++;
    return i;
}

/* ---- what lasts ---- */

static void stay_busy(flash_t *f, uint32_t us)
{
    f->busy_until_ps = sim_now_ps(f->comp.sim) + us * SIM_PS_PER_US;
}

/* Bits 4:2 of the status: none, the upper 1/64, ... 1/2, all. */
static bool is_protected(const flash_t *f, uint32_t addr, uint32_t bytes)
{
    uint32_t level = f->status >> PROTECT_SHIFT & 7;
    uint32_t size = level == 7 ? f->desc.bytes : f->desc.bytes >> (7 - level);
    return level != 0 && addr + bytes > f->desc.bytes - size;
}

static bool may_change(flash_t *f, uint32_t addr, uint32_t bytes)
{
    if (!is_protected(f, addr, bytes))
        return true;
    f->refused++;
    sim_log(&f->comp, SIM_LOG_GUEST, "0x%06x is protected, nothing is written or erased", addr);
    return false;
}

static void erase(flash_t *f, uint32_t addr, uint32_t bytes, uint32_t us)
{
    addr &= ~(bytes - 1);
    if (!may_change(f, addr, bytes))
        return;
    memset(f->memory + addr, ERASED, bytes);
    f->erases++;
    stay_busy(f, us);
}

static void program(flash_t *f)
{
    uint32_t addr = f->addr & ~(FLASH_PAGE_BYTES - 1);
    if (f->taken < 1 + ADDRESS_BYTES + 1 || !may_change(f, addr, FLASH_PAGE_BYTES))
        return;
    for (uint32_t i = 0; i < FLASH_PAGE_BYTES; i++)
        f->memory[addr + i] &= f->page[i];
    f->programs++;
    stay_busy(f, f->desc.program_us);
}

static void write_status(flash_t *f)
{
    if (f->taken != 2)
        return;
    if ((f->status & STATUS_LOCK) != 0 && f->desc.write_protect) {
        f->refused++;
        sim_log(&f->comp, SIM_LOG_GUEST, "the status is locked and WP is low, it stays");
        return;
    }
    f->status = f->page[0] & STATUS_BITS;
    stay_busy(f, f->desc.status_us);
}

/* What a command does when the chip select rises. */
static void finish(flash_t *f)
{
    const flash_desc_t *d = &f->desc;
    uint32_t address_bytes = commands[f->command].address ? ADDRESS_BYTES : 0;
    bool whole = f->taken == 1 + address_bytes;
    action_t action = commands[f->command].action;
    if (action == LATCH_ON && whole)
        f->status |= LATCH;
    if (action == LATCH_OFF && whole)
        f->status &= ~(uint32_t)LATCH;
    if (!commands[f->command].latch || (f->status & LATCH) == 0)
        return;
    if (action == WRITE_STATUS)
        write_status(f);
    else if (action == PROGRAM)
        program(f);
    else if (action == ERASE_SECTOR && whole)
        erase(f, f->addr, FLASH_SECTOR_BYTES, d->sector_us);
    else if (action == ERASE_BLOCK && whole)
        erase(f, f->addr, FLASH_BLOCK_BYTES, d->block_us);
    else if (action == ERASE_CHIP && whole)
        erase(f, 0, d->bytes, d->chip_us);
    f->status &= ~(uint32_t)LATCH;
}

/* ---- the line ---- */

static void on_select(void *ctx, bool on)
{
    flash_t *f = ctx;
    f->selected = on;
    if (!on && f->taken != 0 && !f->ignored)
        finish(f);
    f->taken = 0;
    f->ignored = false;
}

static void begin(flash_t *f, uint8_t code, uint64_t at_ps)
{
    f->command = command_index(code);
    f->addr = 0;
    memset(f->page, ERASED, sizeof(f->page));
    f->ignored = f->command == SIM_COUNT(commands);
    if (f->ignored)
        sim_log(&f->comp, SIM_LOG_GUEST, "command 0x%02x is unknown, ignored", code);
    else if (at_ps < f->busy_until_ps && commands[f->command].action != READ_STATUS) {
        sim_log(&f->comp, SIM_LOG_GUEST, "command 0x%02x while busy, ignored", code);
        f->ignored = true;
    }
    if (!f->ignored && commands[f->command].latch && (f->status & LATCH) == 0)
        sim_log(&f->comp, SIM_LOG_GUEST, "command 0x%02x without write enable, ignored", code);
}

static uint8_t read_next(flash_t *f)
{
    uint8_t value = f->memory[f->addr];
    f->addr = (f->addr + 1) % f->desc.bytes;
    f->reads++;
    return value;
}

static uint8_t id_byte(const flash_t *f, uint32_t n)
{
    uint32_t log2 = 0;
    while (f->desc.bytes >> log2 > 1)
        log2++;
    const uint32_t id[3] = {f->desc.maker, f->desc.kind, log2};
    return (uint8_t)id[n % 3];
}

/* Byte n, from 0, after command and address. */
static uint8_t data_byte(flash_t *f, uint32_t n, uint8_t out, uint64_t at_ps)
{
    switch (commands[f->command].action) {
    case READ_ID:
        return id_byte(f, n);
    case READ_STATUS:
        return (uint8_t)(f->status | (at_ps < f->busy_until_ps ? (uint32_t)BUSY : 0u));
    case READ:
        return read_next(f);
    case READ_FAST:
        return n == 0 ? ERASED : read_next(f);
    case PROGRAM:
        f->page[(f->addr + n) % FLASH_PAGE_BYTES] = out;
        return ERASED;
    case WRITE_STATUS:
        f->page[0] = out;
        return ERASED;
    default:
        return ERASED;
    }
}

static bool too_fast(const flash_t *f, uint64_t sck_hz)
{
    bool slow = commands[f->command].action == READ;
    return sck_hz > (slow ? f->desc.read_hz : f->desc.fast_hz);
}

static uint8_t on_byte(void *ctx, uint8_t out, uint64_t sck_hz, uint64_t at_ps)
{
    flash_t *f = ctx;
    uint32_t n = f->taken;
    f->taken += n < UINT32_MAX;
    if (n == 0)
        begin(f, out, at_ps);
    if (f->ignored || n == 0)
        return ERASED;
    if (too_fast(f, sck_hz)) {
        sim_log(&f->comp, SIM_LOG_GUEST, "clocked with %llu Hz, too fast for command 0x%02x",
                (unsigned long long)sck_hz, commands[f->command].code);
        f->ignored = true;
        return ERASED;
    }
    uint32_t address_bytes = commands[f->command].address ? ADDRESS_BYTES : 0;
    if (n > address_bytes)
        return data_byte(f, n - 1 - address_bytes, out, at_ps);
    f->addr = (f->addr << 8 | out) & (f->desc.bytes - 1);
    return ERASED;
}

spi_device_t flash_device(flash_t *flash)
{
    if (!flash->desc.fitted)
        return (spi_device_t){0};
    return (spi_device_t){
        .mode0 = true, .mode3 = true, .select = on_select, .byte = on_byte, .ctx = flash};
}

/* ---- tables ---- */

static size_t memory_bytes(const sim_comp_t *comp)
{
    return ((const flash_t *)(const void *)comp)->desc.bytes;
}

#define F(member) SIM_FIELD(flash_t, member)
static const sim_field_t flash_fields[] = {
    SIM_FIELD_BUF(flash_t, memory, memory_bytes),
    F(status),
    F(busy_until_ps),
    F(selected),
    F(ignored),
    F(command),
    F(taken),
    F(addr),
    F(page),
    F(reads),
    F(programs),
    F(erases),
    F(refused),
    SIM_FIELD_END,
};
#undef F

static const sim_stat_t flash_stats[] = {
    SIM_STAT(flash_t, reads, "bytes", "bytes read"),
    SIM_STAT(flash_t, programs, "1", "pages programmed"),
    SIM_STAT(flash_t, erases, "1", "sectors, blocks or chips erased"),
    SIM_STAT(flash_t, refused, "1", "writes to what is protected"),
    SIM_STAT_END,
};

static void flash_reset(sim_comp_t *comp)
{
    flash_t *f = (flash_t *)(void *)comp;
    f->status = 0;
    f->busy_until_ps = 0;
    f->selected = f->ignored = false;
    f->command = f->taken = f->addr = 0;
    memset(f->page, 0, sizeof(f->page));
    f->reads = f->programs = f->erases = f->refused = 0;
}

static const sim_kind_t flash_kind = {
    .kind = "flash",
    .version = 1,
    .reset = flash_reset,
    .fields = flash_fields,
    .stats = flash_stats,
};
_Static_assert(offsetof(flash_t, comp) == 0, "comp stays first");

flash_desc_t flash_desc_default(void)
{
    return (flash_desc_t){
        .bytes = 1u << 24,
        .maker = 0xef,
        .kind = 0x40,
        .read_hz = 50000000,
        .fast_hz = 133000000,
        .program_us = 400,
        .sector_us = 45000,
        .block_us = 150000,
        .chip_us = 40000000,
        .status_us = 10000,
    };
}

sim_err_t flash_init(flash_t *flash, sim_t *sim, const flash_desc_t *desc, const char *name)
{
    memset(flash, 0, sizeof(*flash));
    if (desc->bytes < FLASH_BLOCK_BYTES || desc->bytes > 1u << 24 ||
        (desc->bytes & (desc->bytes - 1)) != 0)
        return sim_fail(sim, SIM_EDESC, "%s.bytes: %u is no power of two in 65536..16777216", name,
                        desc->bytes);
    flash->desc = *desc;
    if (!desc->fitted)
        return SIM_OK;
    sim_err_t err = sim_comp_init(&flash->comp, sim, &flash_kind, name);
    if (err != SIM_OK)
        return err;
    flash->memory = malloc(desc->bytes);
    if (flash->memory == NULL)
        return sim_fail(sim, SIM_ENOMEM, "%s: no memory for %u bytes", name, desc->bytes);
    memset(flash->memory, ERASED, desc->bytes);
    return SIM_OK;
}

void flash_free(flash_t *flash)
{
    free(flash->memory);
    flash->memory = NULL;
}

bool flash_load(flash_t *flash, uint32_t addr, const void *data, size_t bytes)
{
    if (flash->memory == NULL || addr > flash->desc.bytes || bytes > flash->desc.bytes - addr)
        return false;
    memcpy(flash->memory + addr, data, bytes);
    return true;
}
