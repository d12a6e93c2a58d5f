/*
 * two_segments.h - the smallest program: an ELF file of two segments of 8 bytes.
 */
#ifndef TESTS_TOOLS_TWO_SEGMENTS_H
#define TESTS_TOOLS_TWO_SEGMENTS_H

#include <stdint.h>
#include <string.h>

#define TWO_SEGMENTS_BYTES 124

static inline void elf_put32(uint8_t *at, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* Byte 52: program header of what is written; 84: of what is read, where it starts with an illegal
 * instruction; 116: the bytes of both. */
static inline void two_segments(uint8_t image[TWO_SEGMENTS_BYTES], uint32_t written, uint32_t read)
{
    static const uint8_t head[24] = {0x7f, 'E', 'L', 'F', 1, 1, 1, 0,   0, 0, 0,
                                     0,    0,   0,   0,   0, 2, 0, 243, 0, 1};
    memset(image, 0, TWO_SEGMENTS_BYTES);
    memcpy(image, head, sizeof(head));
    elf_put32(image + 24, read);
    elf_put32(image + 28, 52);
    image[42] = 32;
    image[44] = 2;
    for (uint32_t i = 0; i < 2; i++) {
        uint8_t *segment = image + 52 + 32 * i;
        elf_put32(segment, 1);
        elf_put32(segment + 4, 116);
        elf_put32(segment + 8, i == 0 ? written : read);
        elf_put32(segment + 12, i == 0 ? written : read);
        elf_put32(segment + 16, 8);
        elf_put32(segment + 20, 8);
        elf_put32(segment + 24, i == 0 ? 6 : 5);
    }
    elf_put32(image + 116, 0xffffffff); /* illegal */
}

#endif
