/*
 * event_filter.h - which events of metadata.jsonl and truth.jsonl are looked for.
 *
 * An event is an object of a line's "events": "type", and as the type needs it "time_ps" (or that
 * of its line), "id", "line", "zone", "facing", "direction" and more (firmware/README.md). A place
 * that has no name is a number there, and found by its digits.
 */
#ifndef TOOLS_EVENT_FILTER_H
#define TOOLS_EVENT_FILTER_H

#include "tools/metadata.h"
#include "tools/when.h"

enum { EVENT_NAME = 64 };

extern const char *const event_types[];
extern const uint32_t event_type_count;

/* A text that is empty takes any. Rows of from and to do not count. */
typedef struct {
    uint32_t types; /* a bit each of event_types; 0: all, known or not */
    when_t from;
    bool has_to;
    when_t to; /* not in it */
    /* The event has such a place, called so. A zone's may be the name of the line that is crossed.
     */
    char place[METADATA_PLACES][EVENT_NAME];
    char direction[EVENT_NAME];
    bool has_id;
    uint64_t id;
} event_filter_t;

/* "crossing,dwell" as bits; false where one is none. */
bool event_filter_types(const char *text, uint32_t *types);

/* Whether the event of that line is looked for. */
bool event_filter_takes(const event_filter_t *filter, const sim_json_t *line,
                        const sim_json_t *event);

/* "crossing line door direction in from 1 to 2 s". */
void event_filter_text(const event_filter_t *filter, char *text, size_t bytes);

/* When it happened. */
double event_time_ps(const sim_json_t *line, const sim_json_t *event);
/* Where; NULL: nowhere. */
const sim_json_t *event_place(const sim_json_t *event);

/* The events of a line, one by one: NULL, the first; NULL again after the last. Complains in line
 * of what is no event. */
const sim_json_t *event_next(const sim_cfg_t *line, const sim_json_t *event);

#endif
