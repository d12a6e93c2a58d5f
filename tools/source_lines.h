/*
 * source_lines.h - which function and source line the instruction at an address came from.
 *
 * Functions are the symbols of code; symbols without a type (assembly) count where no function
 * lies, up to the next symbol. Lines are the line table of DWARF 2 to 5; of a compilation unit with
 * functions only what lies in a function that has a symbol too: the linker leaves lines of dropped
 * sections at address 0. Several ELF files may be added that lie apart (boot ROM, firmware).
 *
 * Everything is sorted arrays of what a lookup needs: a lookup is a binary search.
 * File names are absolute, by the folder in which the compiler ran.
 * Not modeled: chains of inlined calls (an inlined instruction has its own line, in the function
 * around it); separate debug files.
 */
#ifndef TOOLS_SOURCE_LINES_H
#define TOOLS_SOURCE_LINES_H

#include "sim/types.h"

typedef struct {
    uint32_t first, bytes;
    const char *name;
    const char *file; /* where it is declared; NULL: unknown */
    uint32_t line;    /* 0: unknown */
    uint32_t unit;    /* of DWARF; 0: none */
    bool typed;       /* a function, not a bare label */
} source_func_t;

/* Instructions from first on; file and line tell where they came from. */
typedef struct {
    uint32_t first, bytes;
    const char *file;
    uint32_t line;
} source_row_t;

/* Code as it is in the file. */
typedef struct {
    uint32_t first, bytes;
    uint8_t *data;
} source_code_t;

typedef struct {
    source_func_t *func;
    source_row_t *row;
    source_code_t *code;
    uint32_t funcs, rows, codes; /* func and row are sorted and apart */
    char **text;                 /* what names point to */
    uint32_t texts;
    uint32_t units;
    bool no_memory;
} source_lines_t;

/* Adds an ELF file. False, with one line that names it, when it is none or memory is out; an ELF
 * without DWARF, or symbols, is fine. lines starts as zeros; source_lines_free is due after. */
bool source_lines_add(source_lines_t *lines, const uint8_t *image, size_t bytes, const char *file,
                      char *error, size_t error_bytes);
void source_lines_free(source_lines_t *lines);

/* NULL: unknown. */
const source_func_t *source_func_at(const source_lines_t *lines, uint32_t addr);
const source_row_t *source_row_at(const source_lines_t *lines, uint32_t addr);

/* "main.c:12", "memcpy+0x10", "0x10000000". Returns text. */
#define SOURCE_PLACE 160
const char *source_place(const source_lines_t *lines, uint32_t addr, char text[SOURCE_PLACE]);
/* For a message about one address of a program: " (main.c:12)", "" when the file does not know. */
const char *source_remark(const uint8_t *image, size_t bytes, uint32_t addr,
                          char text[SOURCE_PLACE]);

#endif
