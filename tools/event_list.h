/*
 * event_list.h - events that were found, as a table, JSON lines, CSV or their number.
 */
#ifndef TOOLS_EVENT_LIST_H
#define TOOLS_EVENT_LIST_H

#include <stdio.h>

#include "tools/event_filter.h"

typedef enum { EVENT_TABLE, EVENT_JSON, EVENT_CSV, EVENT_COUNT } event_format_t;

/* Counts are the caller's to begin with 0. */
typedef struct {
    FILE *to;
    event_format_t format;
    const event_filter_t *filter;
    const char *file; /* that is read, where there are several; NULL: not told */
    uint64_t found;   /* in all of them */
    uint64_t in_file; /* the caller sets it to 0 for each */
} event_list_t;

/* Looks at a line: a json_lines_fn_t, ctx an event_list_t. Each line of the list is written at
 * once; the first has a head where the format has one. */
bool event_list_take(void *ctx, const sim_cfg_t *line);
/* After each file. */
void event_list_end_file(event_list_t *list);
/* After the last one: a CSV without rows has its head all the same. */
void event_list_end(const event_list_t *list);

#endif
