#include "flash.h"

enum {
    CMD_PROGRAM = 0x02,
    CMD_STATUS = 0x05,
    CMD_WRITE_ENABLE = 0x06,
    CMD_FAST_READ = 0x0b,
    CMD_ERASE_SECTOR = 0x20,
    CMD_ERASE_BLOCK = 0xd8,
    CMD_ID = 0x9f,
    STATUS_BUSY = 0x01,
    STATUS_NOBODY =
        0xff, /* the line without a chip: one with all these bits would take no command */
    ERASE_MOST_MS = 1000, /* what such chips may take, and some more */
    PAGE_MOST_MS = 20,
    MOST_HZ = 50000000, /* what any such chip can do */
    LEAST_LOG2 = 16,
    MOST_LOG2 = 24,
};

static void command(uint8_t code, uint32_t at)
{
    spi_select(true);
    spi_exchange(code);
    for (int shift = 16; shift >= 0; shift -= 8)
        spi_exchange((uint8_t)(at >> shift));
}

uint32_t flash_id(void)
{
    uint32_t id = 0;
    spi_select(true);
    spi_exchange(CMD_ID);
    for (uint32_t i = 0; i < 3; i++)
        id = id << 8 | spi_exchange(0);
    spi_select(false);
    return id;
}

uint32_t flash_setup(void)
{
    spi_setup(0, MOST_HZ);
    uint32_t log2 = flash_id() & 0xffu;
    return log2 >= LEAST_LOG2 && log2 <= MOST_LOG2 ? 1u << log2 : 0;
}

void flash_open(uint32_t at)
{
    command(CMD_FAST_READ, at);
    spi_exchange(0);
}

uint32_t flash_next_word(void)
{
    return spi_exchange_word();
}

void flash_close(void)
{
    spi_select(false);
}

void flash_read(uint32_t at, void *to, uint32_t bytes)
{
    uint8_t *out = to;
    flash_open(at);
    for (uint32_t i = 0; i < bytes; i++)
        out[i] = spi_exchange(0);
    flash_close();
}

bool flash_read_l2(uint32_t at, uint32_t addr, uint32_t bytes, uint32_t *crc)
{
    flash_open(at);
    bool fine = spi_to_memory(addr, bytes, crc);
    flash_close();
    return fine;
}

static uint8_t status(void)
{
    spi_select(true);
    spi_exchange(CMD_STATUS);
    uint8_t value = spi_exchange(0);
    spi_select(false);
    return value;
}

static void write_enable(void)
{
    spi_select(true);
    spi_exchange(CMD_WRITE_ENABLE);
    spi_select(false);
}

/* True: the chip was busy with the command, and is done in time. */
static bool was_taken(uint32_t most_ms)
{
    uint64_t start_ps = hal_time_ps(), most_ps = most_ms * UINT64_C(1000000000);
    for (bool busy = false;; busy = true) {
        uint8_t now = status();
        if (now == STATUS_NOBODY || (now & STATUS_BUSY) == 0)
            return busy && now != STATUS_NOBODY;
        if (hal_time_ps() - start_ps > most_ps)
            return false;
    }
}

static void begin_erase(uint8_t code, uint32_t at)
{
    write_enable();
    command(code, at);
    spi_select(false);
}

static void begin_page(uint32_t at, const uint8_t *from, uint32_t bytes)
{
    write_enable();
    command(CMD_PROGRAM, at);
    for (uint32_t i = 0; i < bytes; i++)
        spi_exchange(from[i]);
    spi_select(false);
}

bool flash_is_busy(void)
{
    uint8_t now = status();
    return now != STATUS_NOBODY && (now & STATUS_BUSY) != 0;
}

bool flash_begin_erase(uint32_t at)
{
    begin_erase(CMD_ERASE_BLOCK, at);
    return flash_is_busy();
}

bool flash_begin_page(uint32_t at, const void *from, uint32_t bytes)
{
    begin_page(at, from, bytes);
    return flash_is_busy();
}

bool flash_erase(uint32_t at)
{
    begin_erase(CMD_ERASE_SECTOR, at);
    return was_taken(ERASE_MOST_MS);
}

static bool write_page(uint32_t at, const uint8_t *from, uint32_t bytes)
{
    begin_page(at, from, bytes);
    return was_taken(PAGE_MOST_MS);
}

bool flash_write(uint32_t at, const void *from, uint32_t bytes)
{
    const uint8_t *next = from;
    while (bytes != 0) {
        uint32_t room = FLASH_PAGE - at % FLASH_PAGE;
        uint32_t part = bytes < room ? bytes : room;
        if (!write_page(at, next, part))
            return false;
        at += part;
        next += part;
        bytes -= part;
    }
    return true;
}
