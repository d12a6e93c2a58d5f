#include "tools/coverage.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/profile.h"

/* What one record of the file says, to be sorted by file, kind and line. */
typedef enum { ENTRY, BRANCH, LINE } kind_t;

typedef struct {
    const char *file;
    kind_t kind;
    uint32_t line, pc;
    uint64_t count, other; /* BRANCH: taken, not taken */
    const char *name;      /* ENTRY */
} item_t;

typedef struct {
    const source_lines_t *lines;
    const code_counts_t *counts;
    item_t *item;
    size_t items, room;
    bool no_memory;
} cover_t;

static void add(cover_t *c, const item_t *item)
{
    if (c->items == c->room) {
        size_t room = c->room != 0 ? 2 * c->room : 1024;
        item_t *more = realloc(c->item, room * sizeof(*more));
        c->no_memory |= more == NULL;
        if (more == NULL)
            return;
        c->item = more;
        c->room = room;
    }
    c->item[c->items++] = *item;
}

static uint64_t runs_of(const cover_t *c, uint32_t pc)
{
    const code_count_t *count = code_count_at(c->counts, pc);
    return count != NULL ? count->cost.instructions + count->trapped : 0;
}

/* Instructions begin at even addresses; what lies inside of one never ran. */
static void add_rows(cover_t *c)
{
    for (uint32_t i = 0; i < c->lines->rows; i++) {
        const source_row_t *row = &c->lines->row[i];
        item_t item = {.file = row->file, .kind = LINE, .line = row->line, .pc = row->first};
        for (uint32_t k = 0; k < row->bytes; k += 2) {
            uint64_t runs = runs_of(c, row->first + k);
            item.count = runs > item.count ? runs : item.count;
        }
        add(c, &item);
    }
}

static void add_funcs(cover_t *c)
{
    for (uint32_t i = 0; i < c->lines->funcs; i++) {
        const source_func_t *f = &c->lines->func[i];
        if (f->file != NULL && f->typed)
            add(c, &(item_t){.file = f->file,
                             .kind = ENTRY,
                             .line = f->line,
                             .pc = f->first,
                             .count = runs_of(c, f->first),
                             .name = f->name});
    }
}

static void add_branch(cover_t *c, uint32_t pc)
{
    const source_row_t *row = source_row_at(c->lines, pc);
    const code_count_t *count = code_count_at(c->counts, pc);
    item_t item = {.kind = BRANCH, .pc = pc};
    if (row == NULL)
        return;
    item.file = row->file;
    item.line = row->line;
    item.count = count != NULL ? count->taken : 0;
    item.other = count != NULL ? count->passed : 0;
    add(c, &item);
}

/* From each function's first instruction on, one after the other. */
static void add_branches(cover_t *c, const source_code_t *code)
{
    for (uint32_t i = 0; i < c->lines->funcs; i++) {
        const source_func_t *f = &c->lines->func[i];
        uint32_t at = f->first - code->first;
        if (at >= code->bytes || f->bytes > code->bytes - at)
            continue;
        const uint8_t *data = code->data + at;
        for (uint32_t k = 0; k + 2 <= f->bytes;) {
            uint32_t half = data[k] | (uint32_t)data[k + 1] << 8;
            if (profile_is_branch(half))
                add_branch(c, f->first + k);
            k += (half & 3) == 3 ? 4 : 2;
        }
    }
}

static int in_order(const void *a, const void *b)
{
    const item_t *x = a, *y = b;
    int files = strcmp(x->file, y->file);
    if (files != 0)
        return files;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return x->pc < y->pc ? -1 : x->pc > y->pc;
}

/* ---- the file ---- */

static void write_entries(const item_t *item, size_t count, FILE *to)
{
    size_t hit = 0;
    for (size_t i = 0; i < count; i++)
        fprintf(to, "FN:%u,%s\n", item[i].line, item[i].name);
    for (size_t i = 0; i < count; i++) {
        fprintf(to, "FNDA:%llu,%s\n", (unsigned long long)item[i].count, item[i].name);
        hit += item[i].count != 0;
    }
    fprintf(to, "FNF:%zu\nFNH:%zu\n", count, hit);
}

/* "-": the branch was never reached. */
static void write_way(const item_t *item, size_t block, int way, uint64_t count, FILE *to)
{
    fprintf(to, "BRDA:%u,%zu,%d,", item->line, block, way);
    if (item->count + item->other == 0)
        fputs("-\n", to);
    else
        fprintf(to, "%llu\n", (unsigned long long)count);
}

static void write_branches(const item_t *item, size_t count, FILE *to)
{
    size_t block = 0, hit = 0;
    for (size_t i = 0; i < count; i++) {
        block = i > 0 && item[i].line == item[i - 1].line ? block + 1 : 0;
        write_way(&item[i], block, 0, item[i].count, to);
        write_way(&item[i], block, 1, item[i].other, to);
        hit += (item[i].count != 0) + (size_t)(item[i].other != 0);
    }
    fprintf(to, "BRF:%zu\nBRH:%zu\n", 2 * count, hit);
}

static void write_lines(const item_t *item, size_t count, FILE *to)
{
    size_t lines = 0, hit = 0;
    for (size_t i = 0; i < count; lines++) {
        uint64_t most = 0;
        uint32_t line = item[i].line;
        for (; i < count && item[i].line == line; i++)
            most = item[i].count > most ? item[i].count : most;
        fprintf(to, "DA:%u,%llu\n", line, (unsigned long long)most);
        hit += most != 0;
    }
    fprintf(to, "LF:%zu\nLH:%zu\n", lines, hit);
}

/* How many items from the first on are of its file and kind. */
static size_t run_of(const item_t *item, size_t left, const char *file, kind_t kind)
{
    size_t n = 0;
    while (n < left && item[n].kind == kind && strcmp(item[n].file, file) == 0)
        n++;
    return n;
}

static size_t files_items(const item_t *item, size_t left)
{
    size_t n = 0;
    while (n < left && strcmp(item[n].file, item->file) == 0)
        n++;
    return n;
}

static void write_all(const cover_t *c, FILE *to)
{
    static void (*const write[])(const item_t *, size_t, FILE *) = {
        [ENTRY] = write_entries, [BRANCH] = write_branches, [LINE] = write_lines};
    fputs("TN:\n", to);
    for (size_t i = 0; i < c->items;) {
        const char *file = c->item[i].file;
        if (access(file, R_OK) != 0) {
            i += files_items(&c->item[i], c->items - i);
            continue;
        }
        fprintf(to, "SF:%s\n", file);
        for (kind_t kind = ENTRY; kind <= LINE; kind++) {
            size_t count = run_of(&c->item[i], c->items - i, file, kind);
            write[kind](&c->item[i], count, to);
            i += count;
        }
        fputs("end_of_record\n", to);
    }
}

bool coverage_write(const source_lines_t *lines, const code_counts_t *counts, FILE *to)
{
    cover_t c = {.lines = lines, .counts = counts};
    add_rows(&c);
    add_funcs(&c);
    for (uint32_t i = 0; i < lines->codes; i++)
        add_branches(&c, &lines->code[i]);
    if (c.items != 0)
        qsort(c.item, c.items, sizeof(*c.item), in_order);
    if (!c.no_memory)
        write_all(&c, to);
    free(c.item);
    return !c.no_memory;
}
