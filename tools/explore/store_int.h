/*
 * store_int.h - what files beside store.c may do to a store.
 */
#ifndef TOOLS_EXPLORE_STORE_INT_H
#define TOOLS_EXPLORE_STORE_INT_H

#include "tools/explore/store.h"

/* One statement that changes something, with texts for its question marks. */
bool store_change(store_t *store, const char *sql, const char *const *text, uint32_t count);

/* False; the store's error is `what` from now on. */
bool store_fail(store_t *store, const char *what);

#endif
