/*
 * rom.c - the boot ROM: brings firmware and network from flash or host, and starts the firmware.
 *
 * The strap pins (BOOT_MODE) say where from. Of the flash, slot A is tried, then slot B; what came
 * of it is in boot_status, boot_error_a and boot_error_b of the CCS registers, which a host can
 * read. A host that sends images gets its replies as download.h says. Every segment's CRC is
 * compared before anything of an image runs.
 */
#include "download.h"
#include "flash.h"

enum {
    CCS_BOOT_STATUS = 0x9180,
    CCS_BOOT_ERROR_A = 0x9182,
    CCS_REF_STS_FATAL = 0xd013,
    SLOTS = 2,
    MODE_SPI = 1,
    MODE_HOST = 2
};

void rom_main(void);
void rom_trap(uint32_t cause);

/* L2 to the core's memory, which other masters cannot reach. */
static void copy_words(uint32_t to, uint32_t from, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i += 4)
        reg_write(to + i, reg_read(from + i));
}

static uint32_t load_segment(uint32_t slot, const uint32_t *s)
{
    bool firmware = s[BOOT_SEG_KIND] == BOOT_KIND_FIRMWARE;
    uint32_t bytes = s[BOOT_SEG_BYTES], crc;
    uint32_t addr = firmware ? L2_BASE : s[BOOT_SEG_ADDR];
    if (!flash_read_l2(slot + s[BOOT_SEG_OFFSET], addr, bytes, &crc))
        return BOOT_E_MEMORY;
    if (crc != s[BOOT_SEG_CRC])
        return firmware ? BOOT_E_FIRMWARE : BOOT_E_NETWORK;
    if (firmware)
        copy_words(s[BOOT_SEG_ADDR], addr, bytes);
    return BOOT_E_FINE;
}

static uint32_t load_image(uint32_t slot, const boot_limits_t *limits, uint32_t *entry)
{
    uint32_t header[BOOT_HEADER_WORDS];
    if (limits->slot_bytes == 0)
        return BOOT_E_NO_FLASH;
    flash_read(slot, header, sizeof(header));
    uint32_t error = boot_check(header, limits);
    for (uint32_t n = 0; error == BOOT_E_FINE && n < header[BOOT_COUNT_W]; n++)
        error = load_segment(slot, boot_segment(header, n));
    if (error == BOOT_E_FINE)
        hal_ccs_write32(DOWNLOAD_FW_VERSION, header[BOOT_BUILD_W]);
    *entry = header[BOOT_ENTRY_W];
    return error;
}

static _Noreturn void start(uint32_t entry)
{
    __asm__ volatile("csrw mtvec, zero\nfence.i\njr %0" ::"r"(entry) : "memory");
    __builtin_unreachable();
}

static void boot_from_flash(boot_limits_t *limits)
{
    limits->slot_bytes = flash_setup() / SLOTS;
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        uint32_t entry, error = load_image(slot * limits->slot_bytes, limits, &entry);
        hal_ccs_write16(CCS_BOOT_ERROR_A + 2 * slot, error);
        if (error != BOOT_E_FINE)
            continue;
        hal_ccs_write16(CCS_BOOT_STATUS, BOOT_S_SLOT_A + slot);
        start(entry);
    }
}

static void boot_from_host(const boot_limits_t *limits)
{
    download_t download = {.stream.limits = *limits, .state = DOWNLOAD_EMPTY};
    download_serve(&download);
    hal_ccs_write16(CCS_BOOT_STATUS, BOOT_S_HOST);
    start(download.entry);
}

void rom_main(void)
{
    boot_limits_t limits = {
        .tcm_base = TCM_BASE,
        .tcm_bytes = reg_read(SYS_TCM_BYTES) - BOOT_STACK_BYTES,
        .l2_base = L2_BASE,
        .l2_bytes = reg_read(SYS_L2_BYTES),
        .slot_bytes = reg_read(SYS_L2_BYTES),
        .kinds = BOOT_KINDS_ALL,
    };
    uint32_t mode = reg_read(BOOT_MODE);
    hal_ccs_write16(CCS_BOOT_STATUS, BOOT_S_LOADING);
    if (mode == MODE_SPI)
        boot_from_flash(&limits);
    else if (mode == MODE_HOST)
        boot_from_host(&limits);
    hal_ccs_write16(CCS_BOOT_STATUS, BOOT_S_FAILED);
}

void rom_trap(uint32_t cause)
{
    hal_ccs_write8(CCS_REF_STS_FATAL, 1);
    hal_ccs_write16(CCS_BOOT_ERROR_A, cause);
    hal_ccs_write16(CCS_BOOT_STATUS, BOOT_S_TRAP);
}
