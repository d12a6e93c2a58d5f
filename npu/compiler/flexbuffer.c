#include "npu/compiler/flexbuffer.h"

#include <string.h>

/* flexbuffers.h, enum Type. */
enum {
    TYPE_NULL = 0,
    TYPE_INT = 1,
    TYPE_UINT = 2,
    TYPE_FLOAT = 3,
    TYPE_INDIRECT_INT = 6,
    TYPE_INDIRECT_UINT = 7,
    TYPE_INDIRECT_FLOAT = 8,
    TYPE_MAP = 9,
    TYPE_BOOL = 26,
};

static bool inside(const flex_map_t *m, uint64_t at, uint64_t bytes)
{
    return at <= m->bytes && bytes <= m->bytes - at;
}

static uint64_t unsigned_at(const flex_map_t *m, uint32_t at, uint32_t width)
{
    uint64_t value = 0;
    for (uint32_t b = 0; b < width; b++)
        value |= (uint64_t)m->data[at + b] << (8 * b);
    return value;
}

static double signed_at(const flex_map_t *m, uint32_t at, uint32_t width)
{
    uint64_t value = unsigned_at(m, at, width), sign = UINT64_C(1) << (8 * width - 1);
    return (value & sign) == 0 ? (double)value : -(double)((~value + 1) & ((sign << 1) - 1));
}

static double float_at(const flex_map_t *m, uint32_t at, uint32_t width)
{
    uint64_t bits = unsigned_at(m, at, width);
    uint32_t low = (uint32_t)bits;
    float single;
    double value;
    memcpy(&single, &low, sizeof(single));
    memcpy(&value, &bits, sizeof(value));
    return width == 4 ? (double)single : value;
}

/* Where the offset at `at` leads, if at least `bytes` stand there; false otherwise. */
static bool follow(const flex_map_t *m, uint32_t at, uint32_t width, uint32_t bytes, uint32_t *to)
{
    uint64_t back = unsigned_at(m, at, width);
    if (back > at || !inside(m, at - back, bytes))
        return false;
    *to = (uint32_t)(at - back);
    return true;
}

static bool good_width(uint64_t width)
{
    return width == 1 || width == 2 || width == 4 || width == 8;
}

/* A vector whose first element is at `at`: its count stands before it. */
static bool vector_at(const flex_map_t *m, uint32_t at, uint32_t width, uint32_t *count)
{
    if (at < width)
        return false;
    uint64_t n = unsigned_at(m, at - width, width);
    if (n > m->bytes || !inside(m, at, n * width))
        return false;
    *count = (uint32_t)n;
    return true;
}

bool flex_map(const uint8_t *data, uint32_t bytes, flex_map_t *map)
{
    uint32_t keys;
    *map = (flex_map_t){.data = data, .bytes = bytes};
    if (bytes < 3 || !good_width(data[bytes - 1]) || data[bytes - 1] > bytes - 2 ||
        data[bytes - 2] >> 2 != TYPE_MAP)
        return false;
    map->width = 1u << (data[bytes - 2] & 3);
    if (!follow(map, bytes - 2 - data[bytes - 1], data[bytes - 1], 0, &map->values) ||
        map->values < 3 * map->width || !vector_at(map, map->values, map->width, &map->count) ||
        !inside(map, map->values + (uint64_t)map->count * map->width, map->count))
        return false;
    uint64_t key_width = unsigned_at(map, map->values - 2 * map->width, map->width);
    if (!good_width(key_width) ||
        !follow(map, map->values - 3 * map->width, map->width, 0, &map->keys))
        return false;
    map->key_width = (uint32_t)key_width;
    return vector_at(map, map->keys, map->key_width, &keys) && keys == map->count;
}

static bool key_is(const flex_map_t *m, uint32_t i, const char *key)
{
    uint32_t at, bytes = (uint32_t)strlen(key) + 1;
    return follow(m, m->keys + i * m->key_width, m->key_width, bytes, &at) &&
           memcmp(m->data + at, key, bytes) == 0;
}

static flex_result_t number(uint32_t type, const flex_map_t *m, uint32_t at, uint32_t width,
                            double *value)
{
    bool is_float = type == TYPE_FLOAT || type == TYPE_INDIRECT_FLOAT;
    if (is_float && width < 4)
        return FLEX_WRONG;
    if (is_float)
        *value = float_at(m, at, width);
    else if (type == TYPE_INT || type == TYPE_INDIRECT_INT)
        *value = signed_at(m, at, width);
    else
        *value = (double)unsigned_at(m, at, width);
    return FLEX_NUMBER;
}

flex_result_t flex_number(const flex_map_t *map, const char *key, double *value)
{
    uint32_t i = 0;
    while (i < map->count && !key_is(map, i, key))
        i++;
    if (i == map->count)
        return FLEX_ABSENT;
    uint32_t packed = map->data[map->values + map->count * map->width + i];
    uint32_t type = packed >> 2, at = map->values + i * map->width;
    switch (type) {
    case TYPE_NULL:
        return FLEX_ABSENT;
    case TYPE_INT:
    case TYPE_UINT:
    case TYPE_FLOAT:
    case TYPE_BOOL:
        return number(type, map, at, map->width, value);
    case TYPE_INDIRECT_INT:
    case TYPE_INDIRECT_UINT:
    case TYPE_INDIRECT_FLOAT:
        if (!follow(map, at, map->width, 1u << (packed & 3), &at))
            return FLEX_WRONG;
        return number(type, map, at, 1u << (packed & 3), value);
    default:
        return FLEX_WRONG;
    }
}
