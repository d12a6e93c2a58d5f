/*
 * store_int.h - between store.c, which has the file, and what knows of sweeps and tasks.
 */
#ifndef TOOLS_EXPLORE_STORE_INT_H
#define TOOLS_EXPLORE_STORE_INT_H

#include "tools/explore/store.h"

/* A file with a lock against others who write; whether it is a sweep's nobody has asked. make: a
 * new one, too. NULL with a line in error. */
store_t *store_file(const char *file, bool make, char *error);
/* Closes it; its error is the caller's. NULL. */
store_t *store_give_up(store_t *store, char *error);
/* From now on readers see whole transactions only. */
bool store_set_up_writing(store_t *store);
/* Whether a name is its file's. */
bool store_is_file(const store_t *store, const char *name);
/* How many tables and views; 0: an empty file; below 0: none can be read, store_error. */
double store_tables(store_t *store);
/* False: store_error. */
bool store_is_sweep(store_t *store);

/* Statements without results. */
bool store_run(store_t *store, const char *sql);
/* One statement that changes something, with texts for its question marks. */
bool store_change(store_t *store, const char *sql, const char *const *text, uint32_t count);

/* Strategy, budget, seed and base of a row, four cells in that order. False: fovea writes no such
 * plan. */
bool store_read_sweep(const store_cell_t *cell, store_sweep_t *sweep);

/* False; the store's error is `what` from now on; "FILE: what", unless it has one. */
bool store_fail(store_t *store, const char *what);
bool store_blame(store_t *store, const char *what);

#endif
