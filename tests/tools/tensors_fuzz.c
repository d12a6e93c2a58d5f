/*
 * tensors_fuzz.c - any bytes as a record of a tensor, and records with any bytes changed.
 */
#include <stdlib.h>
#include <string.h>

#include "tools/explore/tensors.h"

enum { KEY = 16, CONTENT = 64, RECORD = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static const uint8_t key_bytes[KEY] = "a frame's key";
static const sim_memo_key_t key = {"isp", key_bytes, KEY};

/* A record is taken only if it is the one that its content makes. */
static void judge(const uint8_t *file, size_t bytes)
{
    uint8_t content[CONTENT] = {0}, record[RECORD];
    uint8_t *copy = malloc(bytes + 1); /* reading past it is seen */
    memcpy(copy, file, bytes);
    if (tensors_unpack(copy, bytes, &key, content, CONTENT)) {
        tensors_record(&key, content, CONTENT, record);
        if (bytes != tensors_record_bytes(&key, CONTENT) || memcmp(record, file, bytes) != 0)
            abort();
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    uint8_t content[CONTENT], out[CONTENT], record[RECORD];
    size_t record_bytes = tensors_record_bytes(&key, CONTENT);
    judge(data, bytes);
    for (size_t i = 0; i < CONTENT; i++)
        content[i] = bytes > 0 ? data[i % bytes] : 0;
    tensors_record(&key, content, CONTENT, record);
    if (!tensors_unpack(record, record_bytes, &key, out, CONTENT) ||
        memcmp(out, content, CONTENT) != 0)
        abort();
    for (size_t i = 0; i + 1 < bytes; i += 2)
        record[data[i] % record_bytes] ^= data[i + 1];
    judge(record, bytes % 7 == 0 ? bytes % record_bytes : record_bytes);
    return 0;
}
