/*
 * memo.h - a sim_memo_t that keeps everything in memory, and counts.
 */
#ifndef TESTS_MEMO_H
#define TESTS_MEMO_H

#include <stdlib.h>
#include <string.h>

#include "sim/memo.h"

enum { MEMO_MOST = 64 };

typedef struct {
    const char *kind;
    uint8_t *key, *data;
    size_t key_bytes, bytes;
} memo_entry_t;

typedef struct {
    memo_entry_t entry[MEMO_MOST];
    uint32_t entries, found, missed;
    sim_memo_t memo;
} memo_t;

static bool memo_is(const memo_entry_t *e, const sim_memo_key_t *key)
{
    return strcmp(e->kind, key->kind) == 0 && e->key_bytes == key->bytes &&
           memcmp(e->key, key->data, key->bytes) == 0;
}

static bool memo_find(void *ctx, const sim_memo_key_t *key, void *to, size_t bytes)
{
    memo_t *m = ctx;
    for (uint32_t i = 0; i < m->entries; i++) {
        if (!memo_is(&m->entry[i], key) || m->entry[i].bytes != bytes)
            continue;
        memcpy(to, m->entry[i].data, bytes);
        m->found++;
        return true;
    }
    m->missed++;
    return false;
}

static void memo_keep(void *ctx, const sim_memo_key_t *key, const void *data, size_t bytes)
{
    memo_t *m = ctx;
    if (m->entries == MEMO_MOST)
        return;
    memo_entry_t *e = &m->entry[m->entries++];
    *e = (memo_entry_t){key->kind, malloc(key->bytes), malloc(bytes), key->bytes, bytes};
    memcpy(e->key, key->data, key->bytes);
    memcpy(e->data, data, bytes);
}

static inline void memo_init(memo_t *m)
{
    *m = (memo_t){.memo = {memo_find, memo_keep, m}};
}

static inline void memo_free(memo_t *m)
{
    for (uint32_t i = 0; i < m->entries; i++) {
        free(m->entry[i].key);
        free(m->entry[i].data);
    }
    m->entries = 0;
}

#endif
