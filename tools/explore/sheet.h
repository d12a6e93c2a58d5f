/*
 * sheet.h - a sweep as a table in memory: what a page of it is drawn from.
 *
 * Columns are parameters, then figures. A parameter that is not a number everywhere (names, true
 * and false beside text, lists) has levels: its value is the number of its text, in order of
 * appearance. Models are tasks: fronts and effects are looked for within each.
 */
#ifndef TOOLS_EXPLORE_SHEET_H
#define TOOLS_EXPLORE_SHEET_H

#include "tools/explore/evaluate.h"
#include "tools/explore/store.h"

enum { SHEET_COLUMNS = 256, SHEET_LEVELS = 1024, SHEET_POINTS = 20000 };

typedef struct {
    char name[EXPR_NAME], unit[16], help[160];
    bool parameter, free; /* free: no expression of others */
    bool text;            /* values are levels */
    char **level;         /* owned */
    uint32_t levels;
    uint32_t different; /* values of points that are done, at most SHEET_LEVELS counted */
    double low, high;   /* of points that are done; NAN: none */
    bool whole;         /* they have no fractions */
} sheet_column_t;

typedef struct {
    uint64_t id;
    bool done, front;
    uint32_t task; /* level of the column `model`; 0 where there is none */
    char state[12];
    char *reason;  /* owned; NULL: none */
    double *value; /* a value for each column; NAN: none */
} sheet_point_t;

typedef struct {
    uint32_t column;
    bool most;
} sheet_objective_t;

typedef struct {
    sheet_column_t column[SHEET_COLUMNS];
    uint32_t columns, params;
    sheet_objective_t objective[SPACE_OBJECTIVES];
    uint32_t objectives;
    int32_t model; /* column; below 0: none */
    uint32_t tasks;
    sheet_point_t *point; /* the first SHEET_POINTS by id */
    uint32_t points, room;
    uint64_t all; /* in the file */
    bool many;    /* more columns or levels than fit: those are left out */
    bool no_memory;
} sheet_t;

/* False: store_error, or out of memory when that is empty. The caller zeroes sheet and frees it in
 * any case. */
bool sheet_load(sheet_t *sheet, store_t *store);
void sheet_free(sheet_t *sheet);

/* Below 0: there is none of that name. */
int32_t sheet_find(const sheet_t *sheet, const char *name);
/* A value as text: the level's, or up to six digits; "-": none. text: room for numbers. */
const char *sheet_text(const sheet_column_t *column, double value, char text[32]);
/* "model" of a task; "" where there is none. */
const char *sheet_task(const sheet_t *sheet, uint32_t task);

#endif
