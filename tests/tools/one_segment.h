/*
 * one_segment.h - the smallest network that a host can bring: an image of one segment for L2.
 */
#ifndef TESTS_TOOLS_ONE_SEGMENT_H
#define TESTS_TOOLS_ONE_SEGMENT_H

#include <stdlib.h>

#include "firmware/include/boot_image.h"
#include "sim/hash.h"
#include "tools/boot_image.h"

/* Where its segment lies in the image. */
static inline uint8_t *one_segment_data(const boot_image_t *image)
{
    return image->data + BOOT_HEADER_BYTES;
}

/* Zeros for addr; data NULL: no memory. The caller frees it. */
static inline boot_image_t one_segment(uint32_t addr, uint32_t bytes)
{
    uint32_t *header = calloc(1, BOOT_HEADER_BYTES + (size_t)bytes);
    if (header == NULL)
        return (boot_image_t){0};
    uint32_t *segment = header + BOOT_HEAD_WORDS;
    header[BOOT_MAGIC_W] = BOOT_MAGIC;
    header[BOOT_VERSION_W] = BOOT_VERSION;
    header[BOOT_BYTES_W] = BOOT_HEADER_BYTES + bytes;
    header[BOOT_COUNT_W] = 1;
    segment[BOOT_SEG_KIND] = BOOT_KIND_NETWORK;
    segment[BOOT_SEG_OFFSET] = BOOT_HEADER_BYTES;
    segment[BOOT_SEG_BYTES] = bytes;
    segment[BOOT_SEG_ADDR] = addr;
    return (boot_image_t){(uint8_t *)header, BOOT_HEADER_BYTES + bytes};
}

/* Its CRCs, when the data are there. */
static inline void one_segment_seal(boot_image_t *image)
{
    uint32_t *header = (uint32_t *)(void *)image->data, *segment = header + BOOT_HEAD_WORDS;
    segment[BOOT_SEG_CRC] = sim_crc32(0, one_segment_data(image), segment[BOOT_SEG_BYTES]);
    header[BOOT_CRC_WORD] = boot_crc(header, BOOT_CRC_WORD);
}

#endif
