/*
 * boot_check.c - is this header one of ours, and can it be obeyed? Touches no register.
 */
#include <stdbool.h>

#include "boot_image.h"

_Static_assert(BOOT_HEAD_WORDS + BOOT_SEGMENTS * BOOT_SEG_WORDS == BOOT_CRC_WORD, "one page");

uint32_t boot_crc_word(uint32_t crc, uint32_t word)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    crc ^= word; /* four bytes at once: the register is as wide */
    for (uint32_t i = 0; i < 8; i++)
        crc = crc >> 4 ^ table[crc & 15u];
    return crc;
}

uint32_t boot_crc(const uint32_t *words, uint32_t count)
{
    uint32_t crc = ~0u;
    for (uint32_t i = 0; i < count; i++)
        crc = boot_crc_word(crc, words[i]);
    return ~crc;
}

static bool inside(uint32_t at, uint32_t bytes, uint32_t base, uint32_t size)
{
    uint32_t offset = at - base;
    return offset < size && bytes <= size - offset;
}

static bool is_firmware(const uint32_t *segment)
{
    return segment[BOOT_SEG_KIND] == BOOT_KIND_FIRMWARE;
}

static bool allows(const boot_limits_t *limits, uint32_t kind)
{
    return (kind == BOOT_KIND_FIRMWARE || kind == BOOT_KIND_NETWORK) &&
           (limits->kinds >> kind & 1u) != 0;
}

static uint32_t check_kinds(const uint32_t *header, const boot_limits_t *limits)
{
    uint32_t count = header[BOOT_COUNT_W], firmware = 0;
    if (count == 0 || count > BOOT_SEGMENTS)
        return BOOT_E_SEGMENTS;
    for (uint32_t n = 0; n < count; n++) {
        const uint32_t *s = boot_segment(header, n);
        if (!allows(limits, s[BOOT_SEG_KIND]) || (is_firmware(s) && firmware != n))
            return BOOT_E_SEGMENTS;
        firmware += is_firmware(s);
    }
    return firmware != 0 || !allows(limits, BOOT_KIND_FIRMWARE) ? BOOT_E_FINE : BOOT_E_SEGMENTS;
}

static uint32_t check_segment(const uint32_t *header, const uint32_t *s, const boot_limits_t *l)
{
    uint32_t bytes = s[BOOT_SEG_BYTES], offset = s[BOOT_SEG_OFFSET], addr = s[BOOT_SEG_ADDR];
    if (bytes == 0 || offset < BOOT_HEADER_BYTES || !inside(offset, bytes, 0, header[BOOT_BYTES_W]))
        return BOOT_E_RANGE;
    bool fits = is_firmware(s) ? inside(addr, bytes, l->tcm_base, l->tcm_bytes)
                               : inside(addr, bytes, l->l2_base, l->l2_bytes);
    /* Firmware passes through L2. */
    if (!fits || bytes > l->l2_bytes || ((addr | bytes | offset) & 3u) != 0)
        return BOOT_E_ADDRESS;
    return BOOT_E_FINE;
}

static uint32_t check_entry(const uint32_t *header, const boot_limits_t *limits)
{
    if (!allows(limits, BOOT_KIND_FIRMWARE))
        return BOOT_E_FINE;
    uint32_t entry = header[BOOT_ENTRY_W];
    for (uint32_t n = 0; n < header[BOOT_COUNT_W]; n++) {
        const uint32_t *s = boot_segment(header, n);
        if (is_firmware(s) && (entry & 1u) == 0 &&
            inside(entry, 2, s[BOOT_SEG_ADDR], s[BOOT_SEG_BYTES]))
            return BOOT_E_FINE;
    }
    return BOOT_E_ENTRY;
}

uint32_t boot_check(const uint32_t *header, const boot_limits_t *limits)
{
    if (header[BOOT_MAGIC_W] != BOOT_MAGIC)
        return BOOT_E_NO_IMAGE;
    if (header[BOOT_VERSION_W] != BOOT_VERSION)
        return BOOT_E_VERSION;
    if (header[BOOT_CRC_WORD] != boot_crc(header, BOOT_CRC_WORD))
        return BOOT_E_HEADER;
    if (header[BOOT_BYTES_W] > limits->slot_bytes)
        return BOOT_E_RANGE;
    uint32_t error = check_kinds(header, limits);
    for (uint32_t n = 0; error == BOOT_E_FINE && n < header[BOOT_COUNT_W]; n++)
        error = check_segment(header, boot_segment(header, n), limits);
    return error != BOOT_E_FINE ? error : check_entry(header, limits);
}
