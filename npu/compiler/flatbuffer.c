/*
 * flatbuffer.c - see the header for the format. Every position is 64 bits wide until it is checked.
 */
#include "npu/compiler/flatbuffer.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void fb_fail(fb_t *fb, const char *fmt, ...)
{
    if (fb->failed)
        return;
    fb->failed = true;
    int n = snprintf(fb->error, fb->error_bytes, "%s: ", fb->file);
    if (n < 0 || (size_t)n >= fb->error_bytes)
        return;
    va_list args;
    va_start(args, fmt);
    vsnprintf(fb->error + n, fb->error_bytes - (size_t)n, fmt, args);
    va_end(args);
}

/* Whether bytes [pos, pos + size) are in the file; complains when they are not. */
static bool inside(fb_t *fb, uint64_t pos, uint64_t size, const char *what)
{
    if (fb->failed)
        return false;
    if (size <= fb->bytes && pos <= fb->bytes - size)
        return true;
    fb_fail(fb, "byte %llu: found the end of the file (%u bytes), expected %llu bytes of %s",
            (unsigned long long)pos, fb->bytes, (unsigned long long)size, what);
    return false;
}

static uint64_t little(const uint8_t *at, uint32_t bytes)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < bytes; i++)
        value |= (uint64_t)at[i] << 8 * i;
    return value;
}

static uint64_t read_at(fb_t *fb, uint64_t pos, uint32_t bytes, const char *what)
{
    return inside(fb, pos, bytes, what) ? little(fb->data + pos, bytes) : 0;
}

static uint8_t fb_u8_at(fb_t *fb, uint64_t pos)
{
    return (uint8_t)read_at(fb, pos, 1, "a number");
}

uint32_t fb_u32_at(fb_t *fb, uint64_t pos)
{
    return (uint32_t)read_at(fb, pos, 4, "a number");
}

int64_t fb_i64_at(fb_t *fb, uint64_t pos)
{
    return (int64_t)read_at(fb, pos, 8, "a number");
}

static float bits_to_float(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

float fb_f32_at(fb_t *fb, uint64_t pos)
{
    return bits_to_float(fb_u32_at(fb, pos));
}

/* ---- tables ---------------------------------------------------------------------------------- */

static fb_table_t table_at(fb_t *fb, uint64_t pos)
{
    fb_table_t none = {0, 0, 0, 0};
    int32_t back = (int32_t)read_at(fb, pos, 4, "a table");
    int64_t vtable = (int64_t)pos - back;
    if (fb->failed)
        return none;
    if (vtable < 0 || vtable > (int64_t)fb->bytes - 4) {
        fb_fail(fb, "byte %llu: found a vtable at byte %lld, expected one inside the file",
                (unsigned long long)pos, (long long)vtable);
        return none;
    }
    fb_table_t t = {(uint32_t)pos, (uint32_t)vtable,
                    (uint16_t)read_at(fb, (uint64_t)vtable, 2, "a vtable"),
                    (uint16_t)read_at(fb, (uint64_t)vtable + 2, 2, "a vtable")};
    if (t.vtable_bytes < 4 || t.table_bytes < 4)
        fb_fail(fb, "byte %u: found a vtable of %u bytes for a table of %u, expected 4 or more",
                t.vtable, t.vtable_bytes, t.table_bytes);
    inside(fb, t.vtable, t.vtable_bytes, "a vtable");
    inside(fb, t.pos, t.table_bytes, "a table");
    return fb->failed ? none : t;
}

/* Position of a field's `bytes` inside the file, 0 when the table has none. */
static uint32_t field_at(fb_t *fb, fb_table_t table, uint32_t field, uint32_t bytes)
{
    uint32_t slot = 4 + 2 * field;
    if (fb->failed || table.pos == 0 || slot + 2 > table.vtable_bytes)
        return 0;
    uint32_t offset = (uint32_t)little(fb->data + table.vtable + slot, 2);
    if (offset == 0)
        return 0;
    if (offset < 4 || offset + bytes > table.table_bytes) {
        fb_fail(fb, "byte %u: found field %u at %u, expected it inside a table of %u bytes",
                table.vtable + slot, field, offset, table.table_bytes);
        return 0;
    }
    return table.pos + offset;
}

static uint64_t scalar(fb_t *fb, fb_table_t table, uint32_t field, uint32_t bytes,
                       uint64_t otherwise)
{
    uint32_t pos = field_at(fb, table, field, bytes);
    return pos == 0 ? otherwise : little(fb->data + pos, bytes);
}

uint8_t fb_u8(fb_t *fb, fb_table_t table, uint32_t field, uint8_t otherwise)
{
    return (uint8_t)scalar(fb, table, field, 1, otherwise);
}

int8_t fb_i8(fb_t *fb, fb_table_t table, uint32_t field, int8_t otherwise)
{
    return (int8_t)(uint8_t)scalar(fb, table, field, 1, (uint8_t)otherwise);
}

uint16_t fb_u16(fb_t *fb, fb_table_t table, uint32_t field, uint16_t otherwise)
{
    return (uint16_t)scalar(fb, table, field, 2, otherwise);
}

uint32_t fb_u32(fb_t *fb, fb_table_t table, uint32_t field, uint32_t otherwise)
{
    return (uint32_t)scalar(fb, table, field, 4, otherwise);
}

int32_t fb_i32(fb_t *fb, fb_table_t table, uint32_t field, int32_t otherwise)
{
    return (int32_t)fb_u32(fb, table, field, (uint32_t)otherwise);
}

float fb_f32(fb_t *fb, fb_table_t table, uint32_t field, float otherwise)
{
    uint32_t pos = field_at(fb, table, field, 4);
    return pos == 0 ? otherwise : fb_f32_at(fb, pos);
}

/* ---- references ------------------------------------------------------------------------------ */

/* What the reference at pos points to. */
static uint64_t follow(fb_t *fb, uint64_t pos)
{
    uint64_t offset = read_at(fb, pos, 4, "a reference");
    if (!fb->failed && offset == 0)
        fb_fail(fb, "byte %llu: found a reference to itself, expected a later position",
                (unsigned long long)pos);
    return pos + offset;
}

fb_table_t fb_root(fb_t *fb, const char identifier[4])
{
    if (identifier != NULL && inside(fb, 0, 8, "a FlatBuffer") &&
        memcmp(fb->data + 4, identifier, 4) != 0)
        fb_fail(fb, "byte 4: found %02x %02x %02x %02x, expected the identifier \"%.4s\"",
                fb->data[4], fb->data[5], fb->data[6], fb->data[7], identifier);
    return table_at(fb, follow(fb, 0));
}

fb_table_t fb_sub(fb_t *fb, fb_table_t table, uint32_t field)
{
    uint32_t pos = field_at(fb, table, field, 4);
    return pos == 0 ? (fb_table_t){0, 0, 0, 0} : table_at(fb, follow(fb, pos));
}

fb_vector_t fb_vector(fb_t *fb, fb_table_t table, uint32_t field, uint32_t element_bytes)
{
    fb_vector_t none = {0, 0};
    uint32_t pos = field_at(fb, table, field, 4);
    if (pos == 0)
        return none;
    uint64_t start = follow(fb, pos);
    uint64_t count = read_at(fb, start, 4, "a vector");
    if (!inside(fb, start + 4, count * element_bytes, "a vector"))
        return none;
    return (fb_vector_t){(uint32_t)start + 4, (uint32_t)count};
}

const char *fb_string(fb_t *fb, fb_table_t table, uint32_t field)
{
    fb_vector_t v = fb_vector(fb, table, field, 1);
    if (v.pos == 0)
        return "";
    if (fb_u8_at(fb, (uint64_t)v.pos + v.count) != 0)
        fb_fail(fb, "byte %u: found a string without its final 0", v.pos);
    return fb->failed ? "" : (const char *)fb->data + v.pos;
}

fb_table_t fb_table_at(fb_t *fb, fb_vector_t vector, uint32_t i)
{
    assert(i < vector.count);
    return table_at(fb, follow(fb, vector.pos + UINT64_C(4) * i));
}
