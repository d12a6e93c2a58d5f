#include "tests/logic/elf_make.h"

#include <string.h>

static void put(uint8_t *p, uint32_t value, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        p[i] = (uint8_t)(value >> 8 * i);
}

static void words(uint8_t *p, const uint32_t *values, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        put(p + 4 * i, values[i], 4);
}

void elf_make(uint8_t image[ELF_MAKE_BYTES])
{
    static const uint32_t code[] = {1, 52, 0x10000000, 0x10000000, 0, 16, 5, 4};
    memset(image, 0, ELF_MAKE_BYTES);
    memcpy(image,
           "\x7f"
           "ELF\1\1\1",
           7);
    put(image + 16, 2, 2);   /* ET_EXEC */
    put(image + 18, 243, 2); /* EM_RISCV */
    put(image + 20, 1, 4);
    put(image + 24, 0x10000000, 4); /* entry */
    put(image + 28, 52, 4);
    put(image + 32, 128, 4);
    put(image + 36, 1, 4); /* EF_RISCV_RVC */
    put(image + 40, 52, 2);
    put(image + 42, 32, 2);
    put(image + 44, 2, 2);
    put(image + 46, 40, 2);
    put(image + 48, 3, 2);
    words(image + 52, code, 8);
    put(image + 56, 116, 4);
    put(image + 68, 8, 4); /* bytes in the file */
    const uint32_t data[] = {1, 124, 0x04000000, 0x04000000, 4, 4, 6, 4};
    words(image + 84, data, 8);
    memcpy(image + 116, "\1\2\3\4\5\6\7\x8\xa\xb\xc\xd", 12);
    const uint32_t symtab[] = {0, 2, 0, 0, 248, 48, 2, 1, 4, 16};
    const uint32_t strtab[] = {0, 3, 0, 0, 296, 13, 0, 0, 1, 0};
    words(image + 168, symtab, 10);
    words(image + 208, strtab, 10);
    const uint32_t symbols[] = {1, 0x10000004, 0, 0x10012, 6, 0x10000100, 0, 0x10011};
    words(image + 264, symbols, 8);
    memcpy(image + 296, "\0main\0tohost", 13);
}
