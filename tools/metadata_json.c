/*
 * metadata_json.c - a packet of metadata as a line of metadata.jsonl.
 */
#include "tools/metadata.h"

#include <string.h>

/* ---- names ---- */

typedef struct {
    uint32_t value;
    const char *text;
} name_t;

#define X(name, value, text) {value, text},
static const name_t classes[] = {META_CLASSES(X)};
static const name_t attribute_classes[] = {META_ATTRIBUTE_CLASSES(X)};
static const name_t directions[] = {META_DIRECTIONS(X)};
static const name_t states[] = {META_STATES(X)};
static const name_t gesture_kinds[] = {META_GESTURE_KINDS(X)};
static const name_t replies[] = {META_REPLIES(X)};
static const name_t faults[] = {META_FAULTS(X)};
static const name_t phases[] = {META_PHASES(X)};
static const name_t areas[] = {META_AREAS(X)};
#undef X

/* A value without a name, of a newer program, stays a number. */
static void add_named(sim_json_t *to, const char *key, uint32_t value, const name_t *names,
                      size_t count)
{
    size_t i = 0;
    while (i < count && names[i].value != value)
        i++;
    if (i < count)
        sim_json_add_str(to, key, names[i].text);
    else
        sim_json_add_u64(to, key, value);
}

#define ADD_NAMED(to, key, value, names) add_named(to, key, value, names, SIM_COUNT(names))

const char *const metadata_place_key[METADATA_PLACES] = {
    [METADATA_LINE] = "line", [METADATA_ZONE] = "zone", [METADATA_FACING] = "facing"};

metadata_names_t metadata_names(const sim_json_t *config)
{
    static const char *const lists[METADATA_PLACES] = {
        [METADATA_LINE] = "lines", [METADATA_ZONE] = "zones", [METADATA_FACING] = "facings"};
    const sim_json_t *settings = sim_json_find(config, "settings");
    const sim_json_t *scene = sim_json_find(config, "scene");
    metadata_names_t names = {.first = {[METADATA_LINE] = sim_json_find(scene, "line")}};
    for (uint32_t p = METADATA_LINE; p < METADATA_PLACES; p++) {
        names.list[p] = sim_json_find(settings, lists[p]);
        if (names.list[p] != NULL)
            names.first[p] = NULL;
        else
            names.list[p] = sim_json_find(scene, lists[p]);
    }
    return names;
}

static const char *name_of(const metadata_names_t *names, metadata_place_t place, uint32_t index)
{
    const sim_json_t *item = names->first[place];
    if (item == NULL || index > 0) {
        index -= item != NULL;
        item = sim_json_first(names->list[place]);
        while (item != NULL && index-- > 0)
            item = sim_json_next(item);
    }
    return sim_json_str(sim_json_find(item, "name"), NULL);
}

static bool is_listed(const metadata_names_t *names, metadata_place_t place, const char *name)
{
    uint32_t i = 0;
    for (const char *is; (is = name_of(names, place, i)) != NULL; i++)
        if (strcmp(is, name) == 0)
            return true;
    return false;
}

bool metadata_has_place(const metadata_names_t *names, metadata_place_t place, const char *name)
{
    bool known = names->first[place] != NULL || names->list[place] != NULL;
    bool number = name[strspn(name, "0123456789")] == '\0';
    return !known || number || is_listed(names, place, name) ||
           (place == METADATA_ZONE && is_listed(names, METADATA_LINE, name));
}

static void add_place(sim_json_t *to, const metadata_names_t *names, metadata_place_t place,
                      uint32_t index)
{
    const char *name = name_of(names, place, index);
    if (name != NULL)
        sim_json_add_str(to, metadata_place_key[place], name);
    else
        sim_json_add_u64(to, metadata_place_key[place], index);
}

static void add_share(sim_json_t *to, const char *key, uint32_t in_256)
{
    sim_json_add_num(to, key, in_256 / 256.0);
}

/* ---- sections ---- */

static void add_boxes(const metadata_t *m, const metadata_names_t *names, sim_json_t *line)
{
    sim_json_t *boxes = sim_json_add_array(line, "boxes");
    (void)names;
    for (uint32_t i = 0; i < m->boxes; i++) {
        metadata_box_t box = metadata_box(m, i);
        sim_json_t *item = sim_json_add_object(boxes, NULL);
        sim_json_add_u64(item, "id", box.id);
        ADD_NAMED(item, "class", box.class_id, classes);
        add_share(item, "score", box.score);
        sim_json_add_u64(item, "x", box.x);
        sim_json_add_u64(item, "y", box.y);
        sim_json_add_u64(item, "w", box.w);
        sim_json_add_u64(item, "h", box.h);
    }
}

static void add_counts(const metadata_t *m, const metadata_names_t *names, sim_json_t *line)
{
    sim_json_t *counts = sim_json_add_object(line, "counts");
    sim_json_add_u64(counts, "in", m->count_in);
    sim_json_add_u64(counts, "out", m->count_out);
    sim_json_t *lines = m->lines != 0 ? sim_json_add_array(counts, "lines") : NULL;
    for (uint32_t i = 0; i < m->lines; i++) {
        metadata_count_t count = metadata_count(m, i);
        sim_json_t *item = sim_json_add_object(lines, NULL);
        add_place(item, names, METADATA_LINE, i);
        sim_json_add_u64(item, "in", count.in);
        sim_json_add_u64(item, "out", count.out);
    }
}

typedef enum {
    SAYS_NOTHING,
    SAYS_MS,
    SAYS_COUNT,
    SAYS_DIRECTION,
    SAYS_GESTURE,
    SAYS_PRESENT,
    SAYS_REPLY,
    SAYS_FAULT,
    SAYS_VALUE /* a kind that we do not know */
} says_t;

static void add_value(sim_json_t *to, says_t says, uint32_t value)
{
    switch (says) {
    case SAYS_NOTHING:
        break;
    case SAYS_MS:
        sim_json_add_u64(to, "ms", value);
        break;
    case SAYS_COUNT:
        sim_json_add_u64(to, "count", value);
        break;
    case SAYS_DIRECTION:
        ADD_NAMED(to, "direction", value, directions);
        break;
    case SAYS_GESTURE:
        ADD_NAMED(to, "gesture", value, gesture_kinds);
        break;
    case SAYS_PRESENT:
        sim_json_add_bool(to, "present", value != 0);
        break;
    case SAYS_REPLY:
        ADD_NAMED(to, "reply", value, replies);
        break;
    case SAYS_FAULT:
        ADD_NAMED(to, "fault", value, faults);
        break;
    case SAYS_VALUE:
        sim_json_add_u64(to, "value", value);
        break;
    }
}

static void add_event(const metadata_t *m, const metadata_event_t *event,
                      const metadata_names_t *names, sim_json_t *item)
{
    static const struct {
        uint32_t kind;
        const char *text;
        metadata_place_t place;
        says_t says;
    } kinds[] = {
#define X(name, value, text, place, says, help) {value, text, METADATA_##place, SAYS_##says},
        META_EVENT_KINDS(X)
#undef X
            {META_EVENT_NONE, "unknown", METADATA_NOWHERE, SAYS_VALUE}};
    size_t k = 0;
    while (k < SIM_COUNT(kinds) - 1 && kinds[k].kind != event->kind)
        k++;
    sim_json_add_str(item, "type", kinds[k].text);
    sim_json_add_u64(item, "time_ps", m->time_ps);
    if (event->track != 0)
        sim_json_add_u64(item, "id", event->track);
    if (kinds[k].place != METADATA_NOWHERE)
        add_place(item, names, kinds[k].place, event->place);
    if (kinds[k].says == SAYS_VALUE) {
        sim_json_add_u64(item, "kind", event->kind);
        sim_json_add_u64(item, "place", event->place);
    }
    add_value(item, kinds[k].says, event->value);
}

static void add_events(const metadata_t *m, const metadata_names_t *names, sim_json_t *line)
{
    sim_json_t *events = sim_json_add_array(line, "events");
    for (uint32_t i = 0; i < m->events; i++) {
        metadata_event_t event = metadata_event(m, i);
        add_event(m, &event, names, sim_json_add_object(events, NULL));
    }
}

static void add_heat_map(const metadata_t *m, const metadata_names_t *names, sim_json_t *line)
{
    metadata_heat_map_t map = metadata_heat_map(m);
    sim_json_t *out = sim_json_add_object(line, "heat_map");
    (void)names;
    sim_json_add_u64(out, "columns", map.columns);
    sim_json_add_u64(out, "rows", map.rows);
    sim_json_add_u64(out, "frames", map.frames);
    sim_json_add_u64(out, "interval_ms", map.interval_ms);
    sim_json_t *cells = sim_json_add_array(out, "cells");
    for (uint32_t y = 0; y < map.rows; y++) {
        sim_json_t *row = sim_json_add_array(cells, NULL);
        for (uint32_t x = 0; x < map.columns; x++)
            sim_json_add_u64(row, NULL, metadata_heat_cell(m, y * map.columns + x));
    }
}

static void add_stock(const metadata_t *m, const metadata_names_t *names, sim_json_t *line)
{
    sim_json_t *stock = sim_json_add_array(line, "stock");
    for (uint32_t i = 0; i < m->facings; i++) {
        metadata_facing_t facing = metadata_facing(m, i);
        sim_json_t *item = sim_json_add_object(stock, NULL);
        add_place(item, names, METADATA_FACING, facing.place);
        ADD_NAMED(item, "state", facing.state, states);
        add_share(item, "share", facing.share);
        sim_json_add_u64(item, "ms", facing.ms);
    }
}

static void add_gestures(const metadata_t *m, const metadata_names_t *names, sim_json_t *line)
{
    sim_json_t *gestures = sim_json_add_array(line, "gestures");
    (void)names;
    for (uint32_t i = 0; i < m->gestures; i++) {
        metadata_gesture_t gesture = metadata_gesture(m, i);
        sim_json_t *item = sim_json_add_object(gestures, NULL);
        sim_json_add_u64(item, "id", gesture.id);
        ADD_NAMED(item, "gesture", gesture.kind, gesture_kinds);
        ADD_NAMED(item, "phase", gesture.phase, phases);
        add_share(item, "score", gesture.score);
    }
}

static void add_attributes(const metadata_t *m, const metadata_names_t *names, sim_json_t *line)
{
    sim_json_t *attributes = sim_json_add_array(line, "attributes");
    (void)names;
    for (uint32_t i = 0; i < m->attributes; i++) {
        metadata_attribute_t attribute = metadata_attribute(m, i);
        sim_json_t *item = sim_json_add_object(attributes, NULL);
        sim_json_add_u64(item, "id", metadata_box(m, attribute.box).id);
        sim_json_add_u64(item, "box", attribute.box);
        ADD_NAMED(item, "class", attribute.class_id, attribute_classes);
        add_share(item, "score", attribute.score);
    }
}

static void add_image(const metadata_t *m, const metadata_names_t *names, sim_json_t *line)
{
    sim_json_t *image = sim_json_add_array(line, "image");
    (void)names;
    for (uint32_t i = 0; i < m->areas; i++) {
        metadata_area_t area = metadata_area(m, i);
        sim_json_t *item = sim_json_add_object(image, NULL);
        ADD_NAMED(item, "what", area.kind, areas);
        sim_json_add_u64(item, "x", area.x);
        sim_json_add_u64(item, "y", area.y);
        sim_json_add_u64(item, "w", area.w);
        sim_json_add_u64(item, "h", area.h);
    }
}

/* ---- a line ---- */

/* always: the key is there, and says none, where the section is not. */
static const struct {
    uint32_t type;
    bool always;
    void (*add)(const metadata_t *m, const metadata_names_t *names, sim_json_t *line);
} views[] = {
    {META_SECTION_BOXES, true, add_boxes},
    {META_SECTION_COUNTS, true, add_counts},
    {META_SECTION_EVENTS, true, add_events},
    {META_SECTION_HEAT_MAP, false, add_heat_map},
    {META_SECTION_STOCK, false, add_stock},
    {META_SECTION_GESTURES, false, add_gestures},
    {META_SECTION_ATTRIBUTES, false, add_attributes},
    {META_SECTION_IMAGE, false, add_image},
};
_Static_assert(SIM_COUNT(views) == META_SECTION_TYPES, "each section has a view");

sim_json_t *metadata_json(const metadata_t *m, const metadata_names_t *names)
{
    static const metadata_names_t nobody = {{NULL}, {NULL}};
    sim_json_t *line = sim_json_object();
    sim_json_add_u64(line, "frame", m->frame);
    sim_json_add_u64(line, "time_ps", m->time_ps);
    sim_json_add_u64(line, "network", m->network);
    for (size_t i = 0; i < SIM_COUNT(views); i++)
        if (views[i].always || m->section[views[i].type].first != 0)
            views[i].add(m, names != NULL ? names : &nobody, line);
    if (m->unknown != 0)
        sim_json_add_u64(line, "unknown_sections", m->unknown);
    sim_json_add_u64(line, "latency_us", m->latency_us);
    return line;
}
