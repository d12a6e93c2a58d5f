/*
 * boot_check_fuzz.c - any words as a header: what is taken lies where it says, counted in 64 bits.
 */
#include <stdlib.h>
#include <string.h>

#include "firmware/include/boot_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void must_be_inside(uint64_t at, uint64_t bytes, uint64_t base, uint64_t size)
{
    if (at < base || at + bytes > base + size || bytes == 0)
        abort();
}

static void check(const uint32_t *header, const boot_limits_t *l)
{
    if (boot_check(header, l) != BOOT_E_FINE)
        return;
    for (uint32_t n = 0; n < header[BOOT_COUNT_W]; n++) {
        const uint32_t *s = boot_segment(header, n);
        must_be_inside(s[BOOT_SEG_OFFSET], s[BOOT_SEG_BYTES], BOOT_HEADER_BYTES,
                       l->slot_bytes - BOOT_HEADER_BYTES);
        if (s[BOOT_SEG_KIND] == BOOT_KIND_FIRMWARE)
            must_be_inside(s[BOOT_SEG_ADDR], s[BOOT_SEG_BYTES], l->tcm_base, l->tcm_bytes);
        else
            must_be_inside(s[BOOT_SEG_ADDR], s[BOOT_SEG_BYTES], l->l2_base, l->l2_bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    static const boot_limits_t limits = {0x10000000, 0x3f800,  0x04000000,
                                         8388480,    1u << 23, BOOT_KINDS_ALL};
    uint32_t header[BOOT_HEADER_WORDS] = {0};
    memcpy(header, data, bytes < sizeof(header) ? bytes : sizeof(header));
    check(header, &limits);
    header[BOOT_MAGIC_W] = BOOT_MAGIC;
    header[BOOT_VERSION_W] = BOOT_VERSION;
    header[BOOT_CRC_WORD] = boot_crc(header, BOOT_CRC_WORD);
    check(header, &limits);
    return 0;
}
