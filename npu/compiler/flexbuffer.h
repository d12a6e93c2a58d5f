/*
 * flexbuffer.h - numbers out of a FlexBuffer whose root is a map: options of custom operators.
 *
 * FlexBuffers internals: the last byte is the width of the root value in bytes, the one before its
 * packed type (type << 2 | log2 of a width), the value stands before them. Offsets count back from
 * where they stand. A map is a vector of values (count before it, one packed type a value behind
 * it) with two more numbers before the count: the offset to its vector of keys, and their width.
 *
 * The bytes are outside data: every position is checked, whatever is wrong is just not found.
 * Not modeled: strings, vectors and nested maps as values.
 */
#ifndef NPU_COMPILER_FLEXBUFFER_H
#define NPU_COMPILER_FLEXBUFFER_H

#include "sim/types.h"

typedef struct {
    const uint8_t *data;
    uint32_t bytes;
    uint32_t values, width, count; /* position of the first value, bytes of each, how many */
    uint32_t keys, key_width;      /* the same of the keys */
} flex_map_t;

/* data must outlive map. False: the root is no map, or not inside the bytes. */
bool flex_map(const uint8_t *data, uint32_t bytes, flex_map_t *map);

typedef enum {
    FLEX_ABSENT, /* no such key, or null */
    FLEX_NUMBER, /* integer, float or bool */
    FLEX_WRONG,  /* something else, or not inside the bytes */
} flex_result_t;

flex_result_t flex_number(const flex_map_t *map, const char *key, double *value);

#endif
