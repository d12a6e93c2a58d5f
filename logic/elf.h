/*
 * elf.h - ELF32 little-endian RISC-V executables into ROM, TCM or L2.
 *
 * The image is outside data: every offset, size and count is checked against what is there. Errors
 * are one line "file: byte N: what was found, what was expected".
 * Not modeled: relocation, dynamic linking, RVE and floating-point ABIs (refused).
 */
#ifndef LOGIC_ELF_H
#define LOGIC_ELF_H

#include "logic/bus.h"

typedef struct {
    uint32_t entry;
    uint32_t segments;   /* loaded */
    uint64_t load_bytes; /* in memory, zero fill included */
} elf_info_t;

enum { ELF_SEGMENTS = 64 };

/* A loadable segment that is not empty: its bytes go to paddr, the program expects them at vaddr
 * (elsewhere when its start-up code copies them: initialized data kept in flash). */
typedef struct {
    uint32_t vaddr, paddr, mem_bytes;
    uint32_t file_bytes; /* the rest of mem_bytes is zeros */
    bool writable;
} elf_segment_t;

/* Where the image wants memory, at most ELF_SEGMENTS places in file order. Checks the headers; what
 * is loaded is checked by elf_load. */
sim_err_t elf_segments(const uint8_t *image, size_t image_bytes, const char *file_name,
                       elf_segment_t segments[ELF_SEGMENTS], uint32_t *count, char *error,
                       size_t error_bytes);

/* Checks all of the image first, then pokes segments (at their physical addresses) through bus.
 * On failure nothing is poked and error has the message. info may be NULL. */
sim_err_t elf_load(bus_t *bus, const uint8_t *image, size_t image_bytes, const char *file_name,
                   elf_info_t *info, char *error, size_t error_bytes);

/* The value of a symbol; false when there is no symbol table or no such name. */
bool elf_symbol(const uint8_t *image, size_t image_bytes, const char *symbol, uint32_t *value);

#endif
