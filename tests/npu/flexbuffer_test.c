/*
 * flexbuffer_test.c - maps of numbers: a published one, written ones, broken ones.
 */
#include "npu/compiler/flexbuffer.h"
#include "tests/npu/flex_write.h"
#include "tests/test.h"

/* Options of a detection post-process as TensorFlow Lite Micro's tests have them
 * (micro/kernels/detection_postprocess_flexbuffers_generated_data.cc, none_regular_nms): the keys,
 * then what its hexadecimal digits say. */
static const char published_keys[] =
    "max_detections\0max_classes_per_detection\0detections_per_class\0use_regular_nms\0"
    "nms_score_threshold\0nms_iou_threshold\0num_classes\0y_scale\0x_scale\0h_scale\0w_scale";
static const char published_rest[] =
    "0b781294a44358336a11222b0b000000010000000b000000010000000000a0400100000003000000"
    "0000003f0000000002000000000000000000a0400000204100002041060e06060e0e066a0e0e0e372601";

static uint32_t published(uint8_t out[FLEX_ROOM])
{
    uint32_t at = sizeof(published_keys);
    memcpy(out, published_keys, at);
    for (const char *c = published_rest; *c != '\0'; c += 2) {
        char pair[3] = {c[0], c[1], '\0'};
        out[at++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return at;
}

static double get(const flex_map_t *map, const char *key)
{
    double value = -1;
    ck_assert_msg(flex_number(map, key, &value) == FLEX_NUMBER, "%s", key);
    return value;
}

START_TEST(a_published_map_reads_as_its_numbers)
{
    uint8_t data[FLEX_ROOM];
    flex_map_t map;
    double value;
    uint32_t bytes = published(data);
    ck_assert_uint_eq(bytes, 242);
    ck_assert(flex_map(data, bytes, &map));
    ck_assert_uint_eq(map.count, 11);
    ck_assert(get(&map, "max_detections") == 3);
    ck_assert(get(&map, "max_classes_per_detection") == 1);
    ck_assert(get(&map, "detections_per_class") == 1);
    ck_assert(get(&map, "use_regular_nms") == 0);
    ck_assert(get(&map, "nms_score_threshold") == 0);
    ck_assert(get(&map, "nms_iou_threshold") == 0.5);
    ck_assert(get(&map, "num_classes") == 2);
    ck_assert(get(&map, "y_scale") == 10 && get(&map, "x_scale") == 10);
    ck_assert(get(&map, "h_scale") == 5 && get(&map, "w_scale") == 5);
    ck_assert_int_eq(flex_number(&map, "max_detection", &value), FLEX_ABSENT);
    ck_assert_int_eq(flex_number(&map, "", &value), FLEX_ABSENT);
}
END_TEST

START_TEST(every_kind_of_number_in_both_widths_reads_back)
{
    static const flex_item_t items[] = {
        {"a", FLEX_AS_INT, -7},
        {"b", FLEX_AS_UINT, 4e9},
        {"c", FLEX_AS_FLOAT, -0.375},
        {"d", FLEX_AS_BOOL, 1},
        {"e", FLEX_AS_INDIRECT_INT, -1},
        {"f", FLEX_AS_INDIRECT_UINT, 12},
        {"g", FLEX_AS_INDIRECT_FLOAT, 0.5},
    };
    for (uint32_t width = 4; width <= 8; width += 4) {
        uint8_t data[FLEX_ROOM];
        flex_map_t map;
        uint32_t bytes = flex_write(items, SIM_COUNT(items), width, data);
        ck_assert(flex_map(data, bytes, &map));
        for (size_t i = 0; i < SIM_COUNT(items); i++)
            ck_assert(get(&map, items[i].key) == items[i].value);
    }
}
END_TEST

START_TEST(null_is_absent_and_a_string_is_no_number)
{
    static const flex_item_t items[] = {{"n", FLEX_AS_NULL, 0}, {"s", FLEX_AS_STRING, 0}};
    uint8_t data[FLEX_ROOM];
    flex_map_t map;
    double value;
    uint32_t bytes = flex_write(items, 2, 4, data);
    ck_assert(flex_map(data, bytes, &map));
    ck_assert_int_eq(flex_number(&map, "n", &value), FLEX_ABSENT);
    ck_assert_int_eq(flex_number(&map, "s", &value), FLEX_WRONG);
    ck_assert(!flex_map(data, 0, &map));
    ck_assert(!flex_map((const uint8_t *)"\x05\x04\x01", 3, &map)); /* the number 5 */
}
END_TEST

/* Cut anywhere, any byte wrong: a sanitizer would see what is read beyond the bytes. */
START_TEST(broken_maps_are_survived)
{
    uint8_t data[FLEX_ROOM];
    uint32_t bytes = published(data), readable = 0;
    for (uint32_t n = 0; n < bytes; n++) {
        flex_map_t map;
        double value;
        uint8_t *copy = malloc(n + 1);
        memcpy(copy, data + bytes - n, n); /* the end says where everything is */
        if (flex_map(copy, n, &map))
            flex_number(&map, "w_scale", &value);
        free(copy);
    }
    for (uint32_t i = 0; i < bytes; i++)
        for (uint32_t flip = 1; flip < 256; flip = 2 * flip + 1) {
            flex_map_t map;
            double value;
            uint8_t *copy = malloc(bytes);
            memcpy(copy, data, bytes);
            copy[i] ^= (uint8_t)flip;
            if (flex_map(copy, bytes, &map) &&
                flex_number(&map, "num_classes", &value) == FLEX_NUMBER)
                readable++;
            free(copy);
        }
    ck_assert_uint_gt(readable, 1000); /* most bytes are other keys and values */
}
END_TEST

TEST_MAIN("flexbuffers", a_published_map_reads_as_its_numbers,
          every_kind_of_number_in_both_widths_reads_back, null_is_absent_and_a_string_is_no_number,
          broken_maps_are_survived)
