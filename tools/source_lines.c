/*
 * source_lines.c - the one file that knows libdw.
 */
#include "tools/source_lines.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- arrays that grow ---- */

/* One element more; NULL, and no_memory set, without memory. */
static void *grow(source_lines_t *lines, void *array, uint32_t count, size_t bytes)
{
    bool full = count == 0 || (count >= 16 && (count & (count - 1)) == 0);
    if (!full)
        return array;
    void *more = realloc(array, (count < 16 ? 16 : 2 * (size_t)count) * bytes);
    if (more == NULL)
        lines->no_memory = true;
    return more;
}

/* A copy that stays, one line of it; file names repeat, so the last ones are looked at first. */
static const char *keep(source_lines_t *lines, const char *text)
{
    for (uint32_t i = lines->texts; i > 0 && i + 8 > lines->texts; i--)
        if (strcmp(lines->text[i - 1], text) == 0)
            return lines->text[i - 1];
    char **more = grow(lines, lines->text, lines->texts, sizeof(*more));
    char *copy = strdup(text);
    if (more != NULL)
        lines->text = more;
    if (more == NULL || copy == NULL) {
        lines->no_memory = true;
        free(copy);
        return "";
    }
    for (char *c = copy; *c != '\0'; c++)
        *c = (unsigned char)*c < ' ' || *c == 0x7f ? '?' : *c;
    lines->text[lines->texts++] = copy;
    return copy;
}

/* ---- lookup ---- */

const source_func_t *source_func_at(const source_lines_t *lines, uint32_t addr)
{
    uint32_t low = 0, high = lines->funcs;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const source_func_t *f = &lines->func[middle];
        if (addr < f->first)
            high = middle;
        else if (addr - f->first >= f->bytes)
            low = middle + 1;
        else
            return f;
    }
    return NULL;
}

const source_row_t *source_row_at(const source_lines_t *lines, uint32_t addr)
{
    uint32_t low = 0, high = lines->rows;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const source_row_t *r = &lines->row[middle];
        if (addr < r->first)
            high = middle;
        else if (addr - r->first >= r->bytes)
            low = middle + 1;
        else
            return r;
    }
    return NULL;
}

const char *source_place(const source_lines_t *lines, uint32_t addr, char text[SOURCE_PLACE])
{
    const source_row_t *row = source_row_at(lines, addr);
    const source_func_t *func = source_func_at(lines, addr);
    if (row != NULL) {
        const char *slash = strrchr(row->file, '/');
        snprintf(text, SOURCE_PLACE, "%.140s:%u", slash != NULL ? slash + 1 : row->file, row->line);
    } else if (func != NULL) {
        snprintf(text, SOURCE_PLACE, "%.140s+0x%x", func->name, addr - func->first);
    } else {
        snprintf(text, SOURCE_PLACE, "0x%08x", addr);
    }
    return text;
}

/* ---- sections and symbols ---- */

static bool is_code(const GElf_Shdr *section)
{
    return section->sh_type == SHT_PROGBITS && (section->sh_flags & SHF_EXECINSTR) != 0 &&
           section->sh_size != 0 && section->sh_addr + section->sh_size <= UINT64_C(1) << 32;
}

static void add_code(source_lines_t *lines, Elf_Scn *scn, const GElf_Shdr *section)
{
    const Elf_Data *data = elf_getdata(scn, NULL);
    if (data == NULL || data->d_buf == NULL || data->d_size != section->sh_size)
        return;
    source_code_t *more = grow(lines, lines->code, lines->codes, sizeof(*more));
    uint8_t *copy = malloc(data->d_size);
    if (more != NULL)
        lines->code = more;
    if (more == NULL || copy == NULL) {
        lines->no_memory = true;
        free(copy);
        return;
    }
    memcpy(copy, data->d_buf, data->d_size);
    lines->code[lines->codes++] =
        (source_code_t){(uint32_t)section->sh_addr, (uint32_t)section->sh_size, copy};
}

/* The code that addr is in, of those from `from` on; NULL: none. */
static const source_code_t *code_at(const source_lines_t *lines, uint32_t from, uint64_t addr)
{
    for (uint32_t i = from; i < lines->codes; i++)
        if (addr >= lines->code[i].first && addr - lines->code[i].first < lines->code[i].bytes)
            return &lines->code[i];
    return NULL;
}

/* "$x" and the like mark code and data for disassemblers. */
static bool is_wanted(const GElf_Sym *symbol, const char *name)
{
    int type = GELF_ST_TYPE(symbol->st_info);
    return name != NULL && name[0] != '\0' && name[0] != '$' && name[0] != '.' &&
           symbol->st_shndx != SHN_UNDEF && (type == STT_FUNC || type == STT_NOTYPE);
}

static void add_symbol(source_lines_t *lines, const GElf_Sym *symbol, const char *name,
                       uint32_t first_code)
{
    const source_code_t *code = code_at(lines, first_code, symbol->st_value);
    if (code == NULL || !is_wanted(symbol, name) || symbol->st_shndx >= SHN_LORESERVE)
        return;
    bool typed = GELF_ST_TYPE(symbol->st_info) == STT_FUNC;
    uint64_t room = (uint64_t)code->first + code->bytes - symbol->st_value;
    uint64_t bytes = typed && symbol->st_size != 0 ? symbol->st_size : room;
    source_func_t *more = grow(lines, lines->func, lines->funcs, sizeof(*more));
    if (more == NULL)
        return;
    lines->func = more;
    lines->func[lines->funcs++] = (source_func_t){.first = (uint32_t)symbol->st_value,
                                                  .bytes = (uint32_t)(bytes < room ? bytes : room),
                                                  .name = keep(lines, name),
                                                  .typed = typed};
}

static void add_symbols(source_lines_t *lines, Elf *elf, Elf_Scn *scn, const GElf_Shdr *section,
                        uint32_t first_code)
{
    Elf_Data *data = elf_getdata(scn, NULL);
    size_t count = section->sh_entsize != 0 ? section->sh_size / section->sh_entsize : 0;
    GElf_Sym symbol;
    for (size_t i = 0; i < count && i <= INT32_MAX && data != NULL; i++)
        if (gelf_getsym(data, (int)i, &symbol) != NULL)
            add_symbol(lines, &symbol, elf_strptr(elf, section->sh_link, symbol.st_name),
                       first_code);
}

static void add_sections(source_lines_t *lines, Elf *elf, bool symbols, uint32_t first_code)
{
    GElf_Shdr section;
    for (Elf_Scn *scn = elf_nextscn(elf, NULL); scn != NULL; scn = elf_nextscn(elf, scn)) {
        if (gelf_getshdr(scn, &section) == NULL)
            continue;
        if (!symbols && is_code(&section))
            add_code(lines, scn, &section);
        if (symbols && section.sh_type == SHT_SYMTAB)
            add_symbols(lines, elf, scn, &section, first_code);
    }
}

/* Where two begin: the function before the label, then the longer one. */
static int by_address(const void *a, const void *b)
{
    const source_func_t *f = a, *g = b;
    if (f->first != g->first)
        return f->first < g->first ? -1 : 1;
    if (f->typed != g->typed)
        return f->typed ? -1 : 1;
    if (f->bytes != g->bytes)
        return f->bytes > g->bytes ? -1 : 1;
    return strcmp(f->name, g->name);
}

/* What no debug information declares begins where its first line is. */
static void declare_rest(source_lines_t *lines)
{
    for (uint32_t i = 0; i < lines->funcs; i++) {
        source_func_t *f = &lines->func[i];
        const source_row_t *row = f->file == NULL ? source_row_at(lines, f->first) : NULL;
        if (row != NULL) {
            f->file = row->file;
            f->line = row->line;
        }
    }
}

/* Functions stay; labels end at the next symbol, and those inside of a function go. */
static void sort_funcs(source_lines_t *lines)
{
    source_func_t *f = lines->func;
    uint32_t kept = 0;
    if (lines->funcs == 0)
        return;
    qsort(f, lines->funcs, sizeof(*f), by_address);
    for (uint32_t i = 0; i < lines->funcs; i++) {
        source_func_t *last = kept > 0 ? &f[kept - 1] : NULL;
        bool inside = last != NULL && f[i].first - last->first < last->bytes;
        if (inside && (f[i].first == last->first || (last->typed && !f[i].typed)))
            continue;
        if (inside)
            last->bytes = f[i].first - last->first;
        f[kept++] = f[i];
    }
    lines->funcs = kept;
}

/* ---- line tables ---- */

static source_func_t *func_from(source_lines_t *lines, uint64_t addr)
{
    source_func_t *f = addr <= UINT32_MAX
                           ? (source_func_t *)(uintptr_t)source_func_at(lines, (uint32_t)addr)
                           : NULL;
    return f != NULL && f->first == addr ? f : NULL;
}

typedef struct {
    source_lines_t *lines;
    const char *dir; /* in which it was compiled; NULL: unknown */
    bool any;        /* the unit has functions with code */
} unit_t;

/* Kept, with the folder before it. */
static const char *keep_file(const unit_t *unit, const char *file)
{
    char path[4096];
    if (file[0] == '/' || unit->dir == NULL)
        return keep(unit->lines, file);
    snprintf(path, sizeof(path), "%s/%s", unit->dir, file);
    return keep(unit->lines, path);
}

static void declare(const unit_t *unit, source_func_t *f, Dwarf_Die *die)
{
    const char *file = dwarf_decl_file(die);
    int line = 0;
    f->unit = unit->lines->units;
    if (file == NULL || dwarf_decl_line(die, &line) != 0)
        return;
    f->file = keep_file(unit, file);
    f->line = (uint32_t)line;
}

/* A function of the unit: its parts that have symbols belong to the unit. */
static int on_function(Dwarf_Die *die, void *ctx)
{
    unit_t *unit = ctx;
    Dwarf_Addr base, begin, end;
    ptrdiff_t at = 0;
    while ((at = dwarf_ranges(die, at, &base, &begin, &end)) > 0) {
        source_func_t *f = func_from(unit->lines, begin);
        unit->any = true;
        if (f != NULL)
            declare(unit, f, die);
    }
    return DWARF_CB_OK;
}

static void add_row(const unit_t *unit, uint32_t first, uint32_t bytes, const char *file, int line)
{
    source_lines_t *lines = unit->lines;
    source_row_t *more = grow(lines, lines->row, lines->rows, sizeof(*more));
    if (more == NULL)
        return;
    lines->row = more;
    lines->row[lines->rows++] = (source_row_t){first, bytes, keep_file(unit, file), (uint32_t)line};
}

/* From one line of the table to the next. */
static void add_line(const unit_t *unit, Dwarf_Line *line, Dwarf_Line *next, uint32_t first_code)
{
    source_lines_t *lines = unit->lines;
    Dwarf_Addr begin, end;
    bool is_end;
    int number;
    const char *file = dwarf_linesrc(line, NULL, NULL);
    if (dwarf_lineaddr(line, &begin) != 0 || dwarf_lineaddr(next, &end) != 0 ||
        dwarf_lineendsequence(line, &is_end) != 0 || dwarf_lineno(line, &number) != 0)
        return;
    const source_code_t *code = code_at(lines, first_code, begin);
    if (is_end || file == NULL || number <= 0 || end <= begin || code == NULL ||
        end - code->first > code->bytes)
        return;
    const source_func_t *f = source_func_at(lines, (uint32_t)begin);
    if (unit->any && lines->funcs != 0 && (f == NULL || f->unit != lines->units))
        return;
    add_row(unit, (uint32_t)begin, (uint32_t)(end - begin), file, number);
}

static void add_unit(source_lines_t *lines, Dwarf_Die *die, uint32_t first_code)
{
    Dwarf_Lines *table;
    size_t count;
    Dwarf_Attribute attribute;
    unit_t unit = {lines, NULL, false};
    unit.dir = dwarf_formstring(dwarf_attr(die, DW_AT_comp_dir, &attribute));
    lines->units++;
    if (dwarf_getsrclines(die, &table, &count) != 0)
        return;
    dwarf_getfuncs(die, on_function, &unit, 0);
    for (size_t i = 0; i + 1 < count && !lines->no_memory; i++)
        add_line(&unit, dwarf_onesrcline(table, i), dwarf_onesrcline(table, i + 1), first_code);
}

static void add_dwarf(source_lines_t *lines, Elf *elf, uint32_t first_code)
{
    Dwarf *dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
    Dwarf_Off at = 0, next;
    size_t header;
    if (dwarf == NULL)
        return;
    while (dwarf_nextcu(dwarf, at, &next, &header, NULL, NULL, NULL) == 0) {
        Dwarf_Die die;
        if (dwarf_offdie(dwarf, at + header, &die) != NULL)
            add_unit(lines, &die, first_code);
        at = next;
    }
    dwarf_end(dwarf);
}

static int by_first(const void *a, const void *b)
{
    const source_row_t *r = a, *s = b;
    return r->first < s->first ? -1 : r->first > s->first;
}

static void sort_rows(source_lines_t *lines)
{
    source_row_t *r = lines->row;
    uint32_t kept = 0;
    if (lines->rows == 0)
        return;
    qsort(r, lines->rows, sizeof(*r), by_first);
    for (uint32_t i = 0; i < lines->rows; i++) {
        if (kept > 0 && r[i].first == r[kept - 1].first)
            continue;
        if (kept > 0 && r[i].first - r[kept - 1].first < r[kept - 1].bytes)
            r[kept - 1].bytes = r[i].first - r[kept - 1].first;
        r[kept++] = r[i];
    }
    lines->rows = kept;
}

/* ---- files ---- */

bool source_lines_add(source_lines_t *lines, const uint8_t *image, size_t bytes, const char *file,
                      char *error, size_t error_bytes)
{
    uint32_t first_code = lines->codes;
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)(uintptr_t)image, bytes);
    if (elf == NULL || elf_kind(elf) != ELF_K_ELF) {
        snprintf(error, error_bytes, "%s: byte 0: no ELF file", file);
        elf_end(elf);
        return false;
    }
    add_sections(lines, elf, false, first_code);
    add_sections(lines, elf, true, first_code);
    sort_funcs(lines);
    add_dwarf(lines, elf, first_code);
    sort_rows(lines);
    declare_rest(lines);
    elf_end(elf);
    if (lines->no_memory)
        snprintf(error, error_bytes, "out of memory");
    return !lines->no_memory;
}

void source_lines_free(source_lines_t *lines)
{
    for (uint32_t i = 0; i < lines->texts; i++)
        free(lines->text[i]);
    for (uint32_t i = 0; i < lines->codes; i++)
        free(lines->code[i].data);
    free(lines->text);
    free(lines->code);
    free(lines->func);
    free(lines->row);
    *lines = (source_lines_t){0};
}

const char *source_remark(const uint8_t *image, size_t bytes, uint32_t addr,
                          char text[SOURCE_PLACE])
{
    source_lines_t lines = {0};
    char place[SOURCE_PLACE], error[256];
    text[0] = '\0';
    if (source_lines_add(&lines, image, bytes, "", error, sizeof(error)) &&
        source_func_at(&lines, addr) != NULL)
        snprintf(text, SOURCE_PLACE, " (%.150s)", source_place(&lines, addr, place));
    source_lines_free(&lines);
    return text;
}
