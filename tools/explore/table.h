/*
 * table.h - rows of a store for people and for other programs.
 */
#ifndef TOOLS_EXPLORE_TABLE_H
#define TOOLS_EXPLORE_TABLE_H

#include <stdio.h>

#include "tools/explore/store.h"

typedef enum { TABLE_TEXT, TABLE_CSV, TABLE_JSON } table_format_t;

/* What SQL gives: columns under each other; CSV (RFC 4180) with names in the first line; an array
 * of objects. False with store_error. */
bool table_query(store_t *store, const char *sql, table_format_t format, FILE *to);

/* The points that no other is better than in all objectives: parameters and objectives, by the
 * first objective. A model is a task, not a choice: each has a front of its own, unless `mixed`. */
bool table_front(store_t *store, bool mixed, table_format_t format, FILE *to);

/* States, reasons, what is left. */
bool table_status(store_t *store, table_format_t format, FILE *to);

#endif
