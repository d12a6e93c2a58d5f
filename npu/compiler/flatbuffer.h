/*
 * flatbuffer.h - bounds-checked reading of FlatBuffers: tables, vectors, strings.
 *
 * FlatBuffers internals: a table at p has its vtable at p - i32[p]; the vtable is u16 own size,
 * u16 table size, then one u16 a field: its offset in the table, 0 for "default". References are
 * unsigned and relative to where they stand; a vector is u32 count, then elements.
 *
 * The first failure is kept ("file: byte N: ..."); after it every read gives 0, an absent table or
 * an empty vector, so callers check fb_failed() where it is convenient. A position inside the file
 * is never 0, so 0 means absent.
 */
#ifndef NPU_COMPILER_FLATBUFFER_H
#define NPU_COMPILER_FLATBUFFER_H

#include "sim/types.h"

typedef struct {
    const uint8_t *data;
    uint32_t bytes;
    const char *file;
    char *error;
    size_t error_bytes;
    bool failed;
} fb_t;

typedef struct {
    uint32_t pos; /* 0: absent */
    uint32_t vtable;
    uint16_t vtable_bytes, table_bytes;
} fb_table_t;

typedef struct {
    uint32_t pos; /* of the first element */
    uint32_t count;
} fb_vector_t;

/* Keeps the first message: "file: <message>". */
void fb_fail(fb_t *fb, const char *fmt, ...) SIM_PRINTF(2, 3);
static inline bool fb_failed(const fb_t *fb)
{
    return fb->failed;
}

/* Little-endian reads at a position that need not be in the file. */
uint32_t fb_u32_at(fb_t *fb, uint64_t pos);
int64_t fb_i64_at(fb_t *fb, uint64_t pos);
float fb_f32_at(fb_t *fb, uint64_t pos);

/* The root table; the file must carry this identifier in bytes 4..7 (NULL: none is looked for). */
fb_table_t fb_root(fb_t *fb, const char identifier[4]);

/* Scalar fields; the default where the table has none. */
uint8_t fb_u8(fb_t *fb, fb_table_t table, uint32_t field, uint8_t otherwise);
uint16_t fb_u16(fb_t *fb, fb_table_t table, uint32_t field, uint16_t otherwise);
int8_t fb_i8(fb_t *fb, fb_table_t table, uint32_t field, int8_t otherwise);
uint32_t fb_u32(fb_t *fb, fb_table_t table, uint32_t field, uint32_t otherwise);
int32_t fb_i32(fb_t *fb, fb_table_t table, uint32_t field, int32_t otherwise);
float fb_f32(fb_t *fb, fb_table_t table, uint32_t field, float otherwise);

/* References. A string is NUL-terminated and valid as long as the file's bytes; "" when absent. */
fb_table_t fb_sub(fb_t *fb, fb_table_t table, uint32_t field);
fb_vector_t fb_vector(fb_t *fb, fb_table_t table, uint32_t field, uint32_t element_bytes);
const char *fb_string(fb_t *fb, fb_table_t table, uint32_t field);

/* Element i of a vector of tables; i must be less than count (asserted). */
fb_table_t fb_table_at(fb_t *fb, fb_vector_t vector, uint32_t i);

#endif
