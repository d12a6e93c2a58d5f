/*
 * elf.c - ELF32 as in "Tool Interface Standard (TIS) Executable and Linking Format", version 1.2,
 * and the RISC-V ELF psABI (e_machine, e_flags).
 */
#include "logic/elf.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    PHDR_BYTES = 32,
    SHDR_BYTES = 40,
    SYM_BYTES = 16,
    ET_EXEC = 2,
    EM_RISCV = 243,
    PT_LOAD = 1,
    PF_W = 2,
    SHT_SYMTAB = 2,
    EF_RISCV_FLOAT_ABI = 0x6,
    EF_RISCV_RVE = 0x8,
};

/* An image being read. The first complaint is kept; afterwards everything reads as zero. */
typedef struct {
    const uint8_t *image;
    size_t bytes;
    const char *file;
    char *error;
    size_t error_bytes;
    bool failed;
} elf_t;

typedef struct {
    uint32_t type, offset, vaddr, paddr, file_bytes, mem_bytes, flags;
    size_t at; /* of the header itself */
} segment_t;

static void complain(elf_t *elf, size_t at, const char *fmt, ...) SIM_PRINTF(3, 4);

static void complain(elf_t *elf, size_t at, const char *fmt, ...)
{
    if (elf->failed)
        return;
    elf->failed = true;
    char what[160];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof(what), fmt, args);
    va_end(args);
    if (elf->error_bytes != 0)
        snprintf(elf->error, elf->error_bytes, "%s: byte %zu: %s", elf->file, at, what);
}

static uint32_t get(elf_t *elf, size_t at, uint32_t bytes)
{
    uint32_t value = 0;
    if (at > elf->bytes || bytes > elf->bytes - at) {
        complain(elf, at, "the file has only %zu bytes, expected %u here", elf->bytes, bytes);
        return 0;
    }
    for (uint32_t i = 0; i < bytes; i++)
        value |= (uint32_t)elf->image[at + i] << 8 * i;
    return value;
}

/* ---- headers ---- */

static void expect(elf_t *elf, size_t at, uint32_t bytes, const char *what, uint32_t expected)
{
    uint32_t found = get(elf, at, bytes);
    if (found != expected)
        complain(elf, at, "%s is 0x%x, expected 0x%x", what, found, expected);
}

static void check_header(elf_t *elf)
{
    expect(elf, 0, 4, "magic", 0x464c457f);
    expect(elf, 4, 1, "class", 1);           /* 32 bits */
    expect(elf, 5, 1, "byte order", 1);      /* little-endian */
    expect(elf, 16, 2, "type", ET_EXEC);     /* linked to fixed addresses */
    expect(elf, 18, 2, "machine", EM_RISCV); /* RISC-V */
    expect(elf, 20, 4, "version", 1);
    uint32_t flags = get(elf, 36, 4);
    if ((flags & (EF_RISCV_FLOAT_ABI | EF_RISCV_RVE)) != 0)
        complain(elf, 36, "flags are 0x%x, expected the ilp32 soft-float ABI", flags);
    if (get(elf, 44, 2) != 0)
        expect(elf, 42, 2, "program header size", PHDR_BYTES);
}

static segment_t segment_at(elf_t *elf, uint32_t index)
{
    segment_t s = {.at = (size_t)get(elf, 28, 4) + (size_t)index * PHDR_BYTES};
    s.type = get(elf, s.at, 4);
    s.offset = get(elf, s.at + 4, 4);
    s.vaddr = get(elf, s.at + 8, 4);
    s.paddr = get(elf, s.at + 12, 4);
    s.file_bytes = get(elf, s.at + 16, 4);
    s.mem_bytes = get(elf, s.at + 20, 4);
    s.flags = get(elf, s.at + 24, 4);
    return s;
}

static bool is_loaded(const segment_t *s)
{
    return s->type == PT_LOAD && s->mem_bytes != 0;
}

sim_err_t elf_segments(const uint8_t *image, size_t image_bytes, const char *file_name,
                       elf_segment_t segments[ELF_SEGMENTS], uint32_t *count, char *error,
                       size_t error_bytes)
{
    elf_t elf = {.image = image,
                 .bytes = image_bytes,
                 .file = file_name,
                 .error = error,
                 .error_bytes = error_bytes};
    check_header(&elf);
    uint32_t headers = get(&elf, 44, 2);
    *count = 0;
    for (uint32_t i = 0; i < headers && !elf.failed; i++) {
        segment_t s = segment_at(&elf, i);
        if (!is_loaded(&s))
            continue;
        if (*count == ELF_SEGMENTS) {
            complain(&elf, s.at, "more than %d segments to load", ELF_SEGMENTS);
            break;
        }
        segments[(*count)++] =
            (elf_segment_t){s.vaddr, s.paddr, s.mem_bytes, s.file_bytes, (s.flags & PF_W) != 0};
    }
    return elf.failed ? SIM_EPARSE : SIM_OK;
}

static bool is_memory(const bus_t *bus, const segment_t *s)
{
    bus_area_t area = bus_area(bus, s->paddr, s->mem_bytes);
    return area == BUS_ROM || area == BUS_TCM || area == BUS_L2;
}

static void check_segment(elf_t *elf, const bus_t *bus, const segment_t *s)
{
    if (!is_loaded(s))
        return;
    if (s->file_bytes > s->mem_bytes)
        complain(elf, s->at + 16,
                 "segment of %u bytes in the file, expected at most its %u in memory",
                 s->file_bytes, s->mem_bytes);
    if (s->offset > elf->bytes || s->file_bytes > elf->bytes - s->offset)
        complain(elf, s->at + 4, "segment at %u of %u bytes, expected within the file's %zu",
                 s->offset, s->file_bytes, elf->bytes);
    if (!is_memory(bus, s))
        complain(elf, s->at + 12, "segment for 0x%08x of %u bytes, expected within ROM, TCM or L2",
                 s->paddr, s->mem_bytes);
}

static void check_entry(elf_t *elf, const bus_t *bus, uint32_t entry)
{
    bus_area_t area = bus_area(bus, entry, 2);
    if ((area != BUS_ROM && area != BUS_TCM) || entry % 2 != 0)
        complain(elf, 24, "entry is 0x%08x, expected an even address in ROM or TCM", entry);
}

/* ---- loading ---- */

static void fill_zero(bus_t *bus, uint32_t addr, uint32_t bytes)
{
    static const uint8_t zeros[4096];
    while (bytes != 0) {
        uint32_t part = bytes < sizeof(zeros) ? bytes : (uint32_t)sizeof(zeros);
        bus_poke(bus, addr, zeros, part);
        addr += part;
        bytes -= part;
    }
}

static void load_segment(elf_t *elf, bus_t *bus, const segment_t *s, elf_info_t *info)
{
    if (!is_loaded(s))
        return;
    if (s->file_bytes != 0)
        bus_poke(bus, s->paddr, elf->image + s->offset, s->file_bytes);
    fill_zero(bus, s->paddr + s->file_bytes, s->mem_bytes - s->file_bytes);
    info->segments++;
    info->load_bytes += s->mem_bytes;
}

sim_err_t elf_load(bus_t *bus, const uint8_t *image, size_t image_bytes, const char *file_name,
                   elf_info_t *info, char *error, size_t error_bytes)
{
    elf_t elf = {.image = image,
                 .bytes = image_bytes,
                 .file = file_name,
                 .error = error,
                 .error_bytes = error_bytes};
    check_header(&elf);
    elf_info_t found = {.entry = get(&elf, 24, 4)};
    check_entry(&elf, bus, found.entry);
    uint32_t segments = get(&elf, 44, 2);
    for (uint32_t i = 0; i < segments && !elf.failed; i++) {
        segment_t s = segment_at(&elf, i);
        check_segment(&elf, bus, &s);
    }
    if (elf.failed)
        return SIM_EPARSE;
    for (uint32_t i = 0; i < segments; i++) {
        segment_t s = segment_at(&elf, i);
        load_segment(&elf, bus, &s, &found);
    }
    if (info != NULL)
        *info = found;
    return SIM_OK;
}

/* ---- symbols ---- */

/* True when the name at `at`, within a table that ends at `end`, is `name`. */
static bool name_is(const elf_t *elf, size_t at, size_t end, const char *name)
{
    size_t bytes = strlen(name) + 1;
    return at <= end && bytes <= end - at && memcmp(elf->image + at, name, bytes) == 0;
}

static bool find_in_table(elf_t *elf, size_t section, size_t sections_at, const char *name,
                          uint32_t *value)
{
    size_t symbols = get(elf, section + 16, 4), bytes = get(elf, section + 20, 4);
    size_t strings = sections_at + (size_t)get(elf, section + 24, 4) * SHDR_BYTES;
    size_t text = get(elf, strings + 16, 4), text_bytes = get(elf, strings + 20, 4);
    if (elf->failed || text > elf->bytes || text_bytes > elf->bytes - text)
        return false;
    for (size_t at = symbols; at + SYM_BYTES <= symbols + bytes && !elf->failed; at += SYM_BYTES) {
        if (!name_is(elf, text + get(elf, at, 4), text + text_bytes, name))
            continue;
        *value = get(elf, at + 4, 4);
        return !elf->failed;
    }
    return false;
}

bool elf_symbol(const uint8_t *image, size_t image_bytes, const char *symbol, uint32_t *value)
{
    elf_t elf = {.image = image, .bytes = image_bytes, .file = ""};
    check_header(&elf);
    size_t sections_at = get(&elf, 32, 4);
    uint32_t sections = get(&elf, 48, 2);
    for (uint32_t i = 0; i < sections && !elf.failed; i++) {
        size_t at = sections_at + (size_t)i * SHDR_BYTES;
        if (get(&elf, at + 4, 4) == SHT_SYMTAB &&
            find_in_table(&elf, at, sections_at, symbol, value))
            return true;
    }
    return false;
}
