/*
 * event_match.h - which reports tell which events.
 *
 * A report tells an event of the same key that is at most a window away in time. Of all ways to
 * pair them one to one it is that with the most pairs, and of those the one whose differences in
 * time, added, are least. On a line such pairs need not cross, so it is found by dynamic
 * programming: O(events * reports) of those that are near each other.
 */
#ifndef TOOLS_EVENT_MATCH_H
#define TOOLS_EVENT_MATCH_H

#include "sim/types.h"

typedef struct {
    uint32_t key; /* what, where, which way: equal or another one */
    double at_ps;
    int64_t match; /* index in the other list; below 0: none */
} event_item_t;

/* By key, then time: the order that event_match needs. For qsort of structs that begin with one. */
int event_item_order(const void *a, const void *b);

/* Fills in `match` of both lists, whose elements are `stride` bytes apart and begin with an item.
 * False without memory. */
bool event_match(void *events, size_t event_count, void *reports, size_t report_count,
                 size_t stride, double window_ps);

#endif
