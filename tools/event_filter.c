#include "tools/event_filter.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const event_types[] = {
#define X(name, value, text, place, says, help) text,
    META_EVENT_KINDS(X)
#undef X
        "unknown"};
const uint32_t event_type_count = SIM_COUNT(event_types);
_Static_assert(SIM_COUNT(event_types) <= 32, "a bit each");

bool event_filter_types(const char *text, uint32_t *types)
{
    *types = 0;
    for (;;) {
        size_t length = strcspn(text, ",");
        uint32_t i = 0;
        while (i < event_type_count &&
               (strlen(event_types[i]) != length || strncmp(event_types[i], text, length) != 0))
            i++;
        if (i == event_type_count)
            return false;
        *types |= 1u << i;
        if (text[length] == '\0')
            return true;
        text += length + 1;
    }
}

/* ---- events of a line ---- */

const sim_json_t *event_next(const sim_cfg_t *line, const sim_json_t *event)
{
    const sim_json_t *list = sim_json_find(line->node, "events");
    const sim_json_t *next = event == NULL ? sim_json_first(list) : sim_json_next(event);
    if (list != NULL && sim_json_kind(list) != SIM_JSON_ARRAY)
        sim_cfg_fail(line, "events", "must be an array");
    else if (next == NULL)
        return NULL;
    else if (sim_json_kind(next) != SIM_JSON_OBJECT)
        sim_cfg_fail(line, "events", "one of them is no object");
    else if (sim_json_kind(sim_json_find(next, "type")) != SIM_JSON_STR)
        sim_cfg_fail(line, "events", "one of them has no text \"type\"");
    else
        return next;
    return NULL;
}

double event_time_ps(const sim_json_t *line, const sim_json_t *event)
{
    return sim_json_num(sim_json_find(event, "time_ps"),
                        sim_json_num(sim_json_find(line, "time_ps"), 0));
}

const sim_json_t *event_place(const sim_json_t *event)
{
    const sim_json_t *place = NULL;
    for (uint32_t p = METADATA_LINE; p < METADATA_PLACES && place == NULL; p++)
        place = sim_json_find(event, metadata_place_key[p]);
    return place;
}

/* ---- the filter ---- */

static bool is_type(uint32_t types, const char *type)
{
    uint32_t i = 0;
    while (i < event_type_count && strcmp(event_types[i], type) != 0)
        i++;
    return types == 0 || (i < event_type_count && (types >> i & 1) != 0);
}

static bool is_called(const sim_json_t *value, const char *name)
{
    char digits[32];
    if (sim_json_kind(value) == SIM_JSON_NUM) {
        snprintf(digits, sizeof(digits), "%.0f", sim_json_num(value, 0));
        return strcmp(digits, name) == 0;
    }
    return strcmp(sim_json_str(value, ""), name) == 0;
}

/* Where a zone is asked for, a line is where it is crossed. */
static const sim_json_t *place_of(const sim_json_t *event, uint32_t place)
{
    const sim_json_t *value = sim_json_find(event, metadata_place_key[place]);
    return value == NULL && place == METADATA_ZONE
               ? sim_json_find(event, metadata_place_key[METADATA_LINE])
               : value;
}

static bool not_before(const when_t *when, const sim_json_t *line, double time_ps)
{
    return when->at_frame ? sim_json_num(sim_json_find(line, "frame"), -1) >= when->frame
                          : time_ps >= (double)when->at_ps;
}

bool event_filter_takes(const event_filter_t *filter, const sim_json_t *line,
                        const sim_json_t *event)
{
    double time_ps = event_time_ps(line, event);
    if (!is_type(filter->types, sim_json_str(sim_json_find(event, "type"), "")) ||
        !not_before(&filter->from, line, time_ps) ||
        (filter->has_to && not_before(&filter->to, line, time_ps)))
        return false;
    for (uint32_t p = METADATA_LINE; p < METADATA_PLACES; p++)
        if (filter->place[p][0] != '\0' && !is_called(place_of(event, p), filter->place[p]))
            return false;
    if (filter->direction[0] != '\0' &&
        !is_called(sim_json_find(event, "direction"), filter->direction))
        return false;
    return !filter->has_id || sim_json_num(sim_json_find(event, "id"), -1) == (double)filter->id;
}

/* ---- in words ---- */

typedef struct {
    char *text;
    size_t bytes, used;
} words_t;

SIM_PRINTF(2, 3) static void say(words_t *w, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    if (w->used < w->bytes) {
        int more = vsnprintf(w->text + w->used, w->bytes - w->used, fmt, args);
        w->used += more > 0 ? (size_t)more : 0;
    }
    va_end(args);
}

static void say_when(words_t *w, const char *word, const when_t *when)
{
    if (when->at_frame)
        say(w, " %s frame %u", word, when->frame);
    else
        say(w, " %s %.9g s", word, (double)when->at_ps / 1e12);
}

void event_filter_text(const event_filter_t *filter, char *text, size_t bytes)
{
    words_t w = {text, bytes, 0};
    const char *comma = "";
    for (uint32_t i = 0; i < event_type_count; i++)
        if ((filter->types >> i & 1) != 0) {
            say(&w, "%s%s", comma, event_types[i]);
            comma = ",";
        }
    for (uint32_t p = METADATA_LINE; p < METADATA_PLACES; p++)
        if (filter->place[p][0] != '\0')
            say(&w, " %s %s", metadata_place_key[p], filter->place[p]);
    if (filter->direction[0] != '\0')
        say(&w, " direction %s", filter->direction);
    if (filter->has_id)
        say(&w, " id %llu", (unsigned long long)filter->id);
    if (filter->from.at_frame || filter->from.at_ps > 0)
        say_when(&w, "from", &filter->from);
    if (filter->has_to)
        say_when(&w, "to", &filter->to);
}
