/*
 * elf_make.h - a small ELF file by hand: one or two segments, a symbol table.
 */
#ifndef TESTS_LOGIC_ELF_MAKE_H
#define TESTS_LOGIC_ELF_MAKE_H

#include <stdint.h>

#define ELF_MAKE_BYTES 420

/*
 * Byte 0: header. 52: program header of 8 file bytes at 116 for 0x10000000, 16 in memory.
 * 84: program header of 4 file bytes at 124 for 0x04000000. 128: section headers (none, .symtab,
 * .strtab). 248: symbols (none, "main" = 0x10000004, "tohost" = 0x10000100). 296: strings.
 */
void elf_make(uint8_t image[ELF_MAKE_BYTES]);

#endif
