#include "tests/npu/flex_write.h"

#include "tests/test.h"

typedef struct {
    uint8_t *out;
    uint32_t at;
} buffer_t;

static void put(buffer_t *b, uint64_t value, uint32_t bytes)
{
    ck_assert_uint_le(b->at + bytes, FLEX_ROOM);
    for (uint32_t i = 0; i < bytes; i++)
        b->out[b->at++] = (uint8_t)(value >> 8 * i);
}

static void put_back(buffer_t *b, uint32_t to, uint32_t bytes)
{
    put(b, b->at - to, bytes);
}

static bool is_indirect(flex_as_t as)
{
    return as == FLEX_AS_INDIRECT_INT || as == FLEX_AS_INDIRECT_UINT ||
           as == FLEX_AS_INDIRECT_FLOAT;
}

static void put_number(buffer_t *b, const flex_item_t *item, uint32_t width)
{
    float single = (float)item->value;
    uint32_t low;
    uint64_t bits;
    memcpy(&low, &single, sizeof(low));
    memcpy(&bits, &item->value, sizeof(bits));
    if (item->as == FLEX_AS_FLOAT || item->as == FLEX_AS_INDIRECT_FLOAT)
        put(b, width == 4 ? low : bits, width);
    else
        put(b, (uint64_t)(int64_t)item->value, width);
}

uint32_t flex_write(const flex_item_t *item, uint32_t count, uint32_t width, uint8_t out[FLEX_ROOM])
{
    buffer_t b = {out, 0};
    uint32_t key[32], value[32], log2 = width == 8 ? 3 : 2;
    ck_assert_uint_le(count, 32);
    for (uint32_t i = 0; i < count; i++) {
        key[i] = b.at;
        for (const char *c = item[i].key;; c++) {
            put(&b, (uint8_t)*c, 1);
            if (*c == '\0')
                break;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        value[i] = b.at;
        if (is_indirect(item[i].as))
            put_number(&b, &item[i], width);
    }
    put(&b, count, 2); /* the keys, offsets of two bytes */
    uint32_t keys = b.at;
    for (uint32_t i = 0; i < count; i++)
        put_back(&b, key[i], 2);
    put_back(&b, keys, width);
    put(&b, 2, width);
    put(&b, count, width);
    uint32_t map = b.at;
    for (uint32_t i = 0; i < count; i++) {
        if (is_indirect(item[i].as) || item[i].as == FLEX_AS_STRING)
            put_back(&b, value[i], width);
        else
            put_number(&b, &item[i], width);
    }
    for (uint32_t i = 0; i < count; i++)
        put(&b, (uint64_t)item[i].as << 2 | log2, 1);
    put_back(&b, map, 2);
    put(&b, 9 << 2 | log2, 1); /* a map */
    put(&b, 2, 1);
    return b.at;
}

uint32_t flex_write_detection(const npu_detection_t *d, uint8_t out[FLEX_ROOM])
{
    const flex_item_t items[] = {
        {"max_detections", FLEX_AS_INT, d->max_detections},
        {"max_classes_per_detection", FLEX_AS_INT, d->classes_per_detection},
        {"detections_per_class", FLEX_AS_UINT, d->detections_per_class},
        {"num_classes", FLEX_AS_INDIRECT_INT, d->classes},
        {"y_scale", FLEX_AS_FLOAT, (double)d->y_scale},
        {"x_scale", FLEX_AS_INDIRECT_FLOAT, (double)d->x_scale},
        {"h_scale", FLEX_AS_FLOAT, (double)d->h_scale},
        {"w_scale", FLEX_AS_FLOAT, (double)d->w_scale},
        {"nms_score_threshold", FLEX_AS_FLOAT, (double)d->score_threshold},
        {"nms_iou_threshold", FLEX_AS_FLOAT, (double)d->iou_threshold},
        {"use_regular_nms", FLEX_AS_BOOL, d->regular},
    };
    return flex_write(items, SIM_COUNT(items), 4, out);
}
