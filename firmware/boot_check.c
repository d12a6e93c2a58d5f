/*
 * boot_check.c - is this header one of ours, and can it be obeyed? Touches no register.
 */
#include <stdbool.h>

#include "boot_image.h"

_Static_assert(BOOT_HEAD_WORDS + BOOT_SEGMENTS * BOOT_SEG_WORDS == BOOT_CRC_WORD, "one page");

uint32_t boot_crc(const uint32_t *words, uint32_t count)
{
    uint32_t crc = 0xffffffffu;
    for (uint32_t i = 0; i < count; i++) {
        crc ^= words[i]; /* four bytes at once: the register is as wide */
        for (uint32_t bit = 0; bit < 32; bit++)
            crc = crc >> 1 ^ (0xedb88320u & (0u - (crc & 1u)));
    }
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

static uint32_t check_kinds(const uint32_t *header)
{
    uint32_t count = header[BOOT_COUNT_W], firmware = 0;
    if (count == 0 || count > BOOT_SEGMENTS)
        return BOOT_E_SEGMENTS;
    for (uint32_t n = 0; n < count; n++) {
        const uint32_t *s = boot_segment(header, n);
        if (is_firmware(s) ? firmware != n : s[BOOT_SEG_KIND] != BOOT_KIND_NETWORK)
            return BOOT_E_SEGMENTS;
        firmware += is_firmware(s);
    }
    return firmware != 0 ? BOOT_E_FINE : BOOT_E_SEGMENTS;
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

static uint32_t check_entry(const uint32_t *header)
{
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
    uint32_t error = check_kinds(header);
    for (uint32_t n = 0; error == BOOT_E_FINE && n < header[BOOT_COUNT_W]; n++)
        error = check_segment(header, boot_segment(header, n), limits);
    return error != BOOT_E_FINE ? error : check_entry(header);
}
