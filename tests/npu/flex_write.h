/*
 * flex_write.h - writes a map of numbers as a FlexBuffer: the reader's other half, for tests.
 */
#ifndef TESTS_NPU_FLEX_WRITE_H
#define TESTS_NPU_FLEX_WRITE_H

#include "npu/compiler/graph.h"

typedef enum { /* their numbers in the format */
               FLEX_AS_NULL = 0,
               FLEX_AS_INT = 1,
               FLEX_AS_UINT = 2,
               FLEX_AS_FLOAT = 3,
               FLEX_AS_STRING = 5, /* with nothing behind it */
               FLEX_AS_INDIRECT_INT = 6,
               FLEX_AS_INDIRECT_UINT = 7,
               FLEX_AS_INDIRECT_FLOAT = 8,
               FLEX_AS_BOOL = 26,
} flex_as_t;

typedef struct {
    const char *key;
    flex_as_t as;
    double value;
} flex_item_t;

#define FLEX_ROOM 4096

/* width: bytes of a value, 4 or 8. Returns the bytes written into out. */
uint32_t flex_write(const flex_item_t *item, uint32_t count, uint32_t width,
                    uint8_t out[FLEX_ROOM]);

/* The options of the detection post-process under their names in TensorFlow. */
uint32_t flex_write_detection(const npu_detection_t *detection, uint8_t out[FLEX_ROOM]);

#endif
