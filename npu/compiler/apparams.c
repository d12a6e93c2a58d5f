/*
 * apparams.c - a FlatBuffer written front to back: a table, then what it refers to.
 */
#include "npu/compiler/apparams.h"

#include <string.h>

typedef struct {
    uint8_t *to;
    size_t room, pos;
    bool full;
} writer_t;

/* ---- numbers ---- */

static void put_at(writer_t *w, size_t at, uint32_t value, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++)
        w->to[at + i] = (uint8_t)(value >> 8 * i);
}

/* Zeros; returns where they begin, 0 without room. */
static size_t take(writer_t *w, size_t bytes)
{
    size_t at = w->pos;
    if (w->full || bytes > w->room - w->pos) {
        w->full = true;
        return 0;
    }
    memset(w->to + at, 0, bytes);
    w->pos += bytes;
    return at;
}

static void align(writer_t *w, size_t to)
{
    take(w, (to - w->pos % to) % to);
}

static void put(writer_t *w, uint32_t value, uint32_t bytes)
{
    size_t at = take(w, bytes);
    if (!w->full)
        put_at(w, at, value, bytes);
}

/* The reference that stands at `at` now points to what comes next. */
static void point_here(writer_t *w, size_t at)
{
    align(w, 4);
    if (!w->full)
        put_at(w, at, (uint32_t)(w->pos - at), 4);
}

/* ---- tables, strings, vectors ---- */

typedef struct {
    uint32_t bytes; /* 1, 2, 4; a reference is 4 */
    uint32_t value;
    size_t at; /* where it went */
} field_t;

/* Numbers of 4 bytes first, then of 2 and 1: none needs a gap before it. */
static uint16_t lay_out(const field_t *f, uint32_t count, uint16_t *offset)
{
    uint16_t end = 4;
    for (uint32_t bytes = 4; bytes != 0; bytes /= 2)
        for (uint32_t i = 0; i < count; i++)
            if (f[i].bytes == bytes) {
                offset[i] = end;
                end = (uint16_t)(end + bytes);
            }
    return end;
}

/* What points here was set by point_here or must be set to the position that comes back. */
static size_t put_table(writer_t *w, field_t *f, uint32_t count)
{
    enum { FIELDS = 8 };
    uint16_t offset[FIELDS] = {0}, end = lay_out(f, count, offset);
    uint32_t vtable_bytes = 4 + 2 * count;
    align(w, 4);
    if (vtable_bytes % 4 != 0)
        take(w, 2); /* the table begins at a multiple of 4 */
    size_t vtable = w->pos;
    put(w, vtable_bytes, 2);
    put(w, end, 2);
    for (uint32_t i = 0; i < count; i++)
        put(w, offset[i], 2);
    size_t table = w->pos;
    put(w, (uint32_t)(table - vtable), 4);
    take(w, end - 4u);
    for (uint32_t i = 0; i < count && !w->full; i++) {
        f[i].at = table + offset[i];
        put_at(w, f[i].at, f[i].value, f[i].bytes);
    }
    return table;
}

static void put_string(writer_t *w, size_t from, const char *text)
{
    size_t bytes = strlen(text);
    point_here(w, from);
    put(w, (uint32_t)bytes, 4);
    size_t at = take(w, bytes + 1);
    if (!w->full)
        memcpy(w->to + at, text, bytes);
}

/* A vector of references, and where the first of them stands. */
static size_t put_vector(writer_t *w, size_t from, uint32_t count)
{
    point_here(w, from);
    put(w, count, 4);
    return take(w, 4 * (size_t)count);
}

/* The table at `table`, which `from` refers to. */
static void refer(writer_t *w, size_t from, size_t table)
{
    if (!w->full)
        put_at(w, from, (uint32_t)(table - from), 4);
}

/* ---- apParams ---- */

static void put_dims(writer_t *w, size_t from, const ap_tensor_t *t)
{
    size_t refs = put_vector(w, from, t->dims);
    for (uint32_t i = 0; i < t->dims; i++) {
        const ap_dim_t *d = &t->dim[i];
        field_t f[] = {
            {1, d->id, 0}, {2, d->size, 0}, {1, d->serialization, 0}, {1, d->padding, 0}};
        refer(w, refs + 4 * i, put_table(w, f, SIM_COUNT(f)));
    }
}

static uint32_t float_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof(bits));
    return bits;
}

/* Outputs have one field more, bitsPerElement in the middle. */
static void put_tensor(writer_t *w, size_t from, const ap_tensor_t *t, bool output)
{
    field_t f[8] = {{1, t->id, 0}, {4, 0, 0}, {1, t->dims, 0}, {4, 0, 0}};
    uint32_t n = 4;
    if (output)
        f[n++] = (field_t){1, t->bits, 0};
    f[n++] = (field_t){2, t->shift, 0};
    f[n++] = (field_t){4, float_bits(t->scale), 0};
    f[n++] = (field_t){1, t->format, 0};
    refer(w, from, put_table(w, f, n));
    put_string(w, f[1].at, t->name);
    put_dims(w, f[3].at, t);
}

static void put_tensors(writer_t *w, size_t from, const ap_tensor_t *t, uint32_t count, bool output)
{
    size_t refs = put_vector(w, from, count);
    for (uint32_t i = 0; i < count; i++)
        put_tensor(w, refs + 4 * i, &t[i], output);
}

size_t ap_write(const ap_network_t *n, uint8_t *to, size_t room)
{
    writer_t w = {to, room, 0, false};
    field_t root[] = {{4, 0, 0}};
    field_t network[] = {{2, n->id, 0}, {4, 0, 0}, {4, 0, 0}, {4, 0, 0}, {4, 0, 0}};
    size_t start = take(&w, 4);
    refer(&w, start, put_table(&w, root, SIM_COUNT(root)));
    size_t networks = put_vector(&w, root[0].at, 1);
    refer(&w, networks, put_table(&w, network, SIM_COUNT(network)));
    put_string(&w, network[1].at, n->name);
    put_string(&w, network[2].at, n->type);
    put_tensors(&w, network[3].at, n->input, n->inputs, false);
    put_tensors(&w, network[4].at, n->output, n->outputs, true);
    align(&w, 4);
    return w.full ? 0 : w.pos;
}

/* ---- lines ---- */

uint32_t ap_tensor_bytes(const ap_tensor_t *t)
{
    uint64_t bytes = t->bits / 8u;
    for (uint32_t i = 0; i < t->dims; i++) {
        bytes *= t->dim[i].size == 0 ? 0 : (uint64_t)t->dim[i].size + t->dim[i].padding;
        if (bytes > UINT32_MAX)
            return 0;
    }
    return (uint32_t)bytes;
}

static uint32_t lines_of(uint32_t bytes, uint32_t line_bytes)
{
    return (uint32_t)(((uint64_t)bytes + line_bytes - 1) / line_bytes);
}

uint32_t ap_header_lines(uint32_t ap_bytes, uint32_t line_bytes)
{
    return lines_of(AP_HEADER_BYTES + ap_bytes, line_bytes);
}

static uint32_t body_lines(const ap_tensor_t *t, uint32_t count, uint32_t line_bytes)
{
    uint32_t lines = 0;
    for (uint32_t i = 0; i < count; i++)
        lines += lines_of(ap_tensor_bytes(&t[i]), line_bytes);
    return lines;
}

uint32_t ap_input_lines(const ap_network_t *n, uint32_t ap_bytes, uint32_t line_bytes)
{
    return ap_header_lines(ap_bytes, line_bytes) + body_lines(n->input, n->inputs, line_bytes);
}

uint32_t ap_output_lines(const ap_network_t *n, uint32_t ap_bytes, uint32_t line_bytes)
{
    return ap_header_lines(ap_bytes, line_bytes) + body_lines(n->output, n->outputs, line_bytes);
}
