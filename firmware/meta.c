#include "meta.h"

#include <string.h>

#include "fovea_metadata.h"

_Static_assert((int)DET_MAX_BOXES <= (int)META_MAX_BOXES, "every box has a place");

/* Words behind a section's head fit its 16 bits in a packet of this size. */
enum { MAX_WORDS = 0x10000 };

/* ---- fields ---- */

typedef struct {
    uint8_t word, low, bits;
} field_t;

#define X(name, word, low, bits, help) {word, low, bits},
static const field_t box_fields[] = {META_BOX(X)};
static const field_t event_fields[] = {META_EVENT(X)};
static const field_t count_fields[] = {META_COUNT(X)};
static const field_t heat_map_fields[] = {META_HEAT_MAP(X)};
static const field_t facing_fields[] = {META_FACING(X)};
static const field_t gesture_fields[] = {META_GESTURE(X)};
static const field_t attribute_fields[] = {META_ATTRIBUTE(X)};
static const field_t area_fields[] = {META_AREA(X)};
#undef X

#define FIELDS(table) table##_fields, sizeof(table##_fields) / sizeof(table##_fields[0])

/* value: one a field, in the order of its table; out is zero. */
static void put(uint32_t *out, const field_t *field, uint32_t fields, const uint32_t *value)
{
    for (uint32_t i = 0; i < fields; i++) {
        uint32_t most = UINT32_MAX >> (32 - field[i].bits);
        out[field[i].word] |= (value[i] < most ? value[i] : most) << field[i].low;
    }
}

/* ---- sections ---- */

static uint32_t section_end(const meta_t *meta, uint32_t head)
{
    return head + META_SECTION_HEAD_WORDS + (meta->words[head] >> 16);
}

/* The head of the section, or the end. */
static uint32_t find(const meta_t *meta, uint32_t type)
{
    uint32_t at = META_HEADER_WORDS;
    while (at < meta->used && (meta->words[at] & 0xffffu) != type)
        at = section_end(meta, at);
    return at;
}

/* Zeros for so many records of `words` each at the end of the section, which begins where there is
 * none. NULL: they do not fit. */
static uint32_t *grow(meta_t *meta, uint32_t type, uint32_t records, uint32_t words)
{
    uint32_t head = find(meta, type), heads = head == meta->used ? META_SECTION_HEAD_WORDS : 0;
    if ((uint64_t)records * words + heads > meta->room - meta->used)
        return NULL;
    if (records == 0)
        return meta->words + meta->used;
    if (heads != 0)
        meta->words[meta->used++] = type;
    uint32_t more = records * words, *end = meta->words + section_end(meta, head);
    uint32_t behind = (uint32_t)(meta->words + meta->used - end);
    memmove(end + more, end, 4 * behind);
    memset(end, 0, 4 * more);
    meta->words[head] += more << 16;
    meta->used += more;
    return end;
}

bool meta_add_boxes(meta_t *meta, const det_box_t *boxes, const uint16_t *ids, uint32_t count)
{
    uint32_t *out = grow(meta, META_SECTION_BOXES, count, META_BOXES_WORDS);
    for (uint32_t i = 0; out != NULL && i < count; i++, out += META_BOXES_WORDS) {
        const det_box_t *b = &boxes[i];
        const uint32_t value[] = {
            ids != NULL ? ids[i] : 0, b->class_id,     b->score,
            (uint32_t)b->x0,          (uint32_t)b->y0, (uint32_t)(b->x1 - b->x0),
            (uint32_t)(b->y1 - b->y0)};
        put(out, FIELDS(box), value);
    }
    return out != NULL;
}

bool meta_add_events(meta_t *meta, const meta_event_t *events, uint32_t count)
{
    uint32_t *out = grow(meta, META_SECTION_EVENTS, count, META_EVENTS_WORDS);
    for (uint32_t i = 0; out != NULL && i < count; i++, out += META_EVENTS_WORDS) {
        const meta_event_t *e = &events[i];
        put(out, FIELDS(event), (const uint32_t[]){e->track, e->kind, e->place, e->value});
    }
    return out != NULL;
}

bool meta_add_counts(meta_t *meta, const meta_count_t *lines, uint32_t count)
{
    uint32_t *out = grow(meta, META_SECTION_COUNTS, count, META_COUNTS_WORDS);
    for (uint32_t i = 0; out != NULL && i < count; i++, out += META_COUNTS_WORDS)
        put(out, FIELDS(count), (const uint32_t[]){lines[i].in, lines[i].out});
    return out != NULL;
}

bool meta_add_heat_map(meta_t *meta, const meta_heat_map_t *map)
{
    uint32_t cells = (uint32_t)map->columns * map->rows, words = (cells + 1) / 2;
    if (find(meta, META_SECTION_HEAT_MAP) != meta->used)
        return false;
    uint32_t *out = grow(meta, META_SECTION_HEAT_MAP, META_HEAT_MAP_WORDS + words, 1);
    if (out == NULL)
        return false;
    put(out, FIELDS(heat_map),
        (const uint32_t[]){map->columns, map->rows, map->frames, map->interval_ms});
    for (uint32_t i = 0; i < cells; i++)
        out[META_HEAT_MAP_WORDS + i / 2] |= (uint32_t)map->cells[i] << 16 * (i % 2);
    return true;
}

bool meta_add_stock(meta_t *meta, const meta_facing_t *facings, uint32_t count)
{
    uint32_t *out = grow(meta, META_SECTION_STOCK, count, META_STOCK_WORDS);
    for (uint32_t i = 0; out != NULL && i < count; i++, out += META_STOCK_WORDS) {
        const meta_facing_t *f = &facings[i];
        put(out, FIELDS(facing), (const uint32_t[]){f->place, f->state, f->share, f->ms});
    }
    return out != NULL;
}

bool meta_add_gestures(meta_t *meta, const meta_gesture_t *gestures, uint32_t count)
{
    uint32_t *out = grow(meta, META_SECTION_GESTURES, count, META_GESTURES_WORDS);
    for (uint32_t i = 0; out != NULL && i < count; i++, out += META_GESTURES_WORDS) {
        const meta_gesture_t *g = &gestures[i];
        put(out, FIELDS(gesture), (const uint32_t[]){g->id, g->kind, g->phase, g->score});
    }
    return out != NULL;
}

bool meta_add_attributes(meta_t *meta, const meta_attribute_t *attributes, uint32_t count)
{
    uint32_t *out = grow(meta, META_SECTION_ATTRIBUTES, count, META_ATTRIBUTES_WORDS);
    for (uint32_t i = 0; out != NULL && i < count; i++, out += META_ATTRIBUTES_WORDS) {
        const meta_attribute_t *a = &attributes[i];
        put(out, FIELDS(attribute), (const uint32_t[]){a->box, a->class_id, a->score});
    }
    return out != NULL;
}

bool meta_add_image(meta_t *meta, const meta_area_t *areas, uint32_t count)
{
    uint32_t *out = grow(meta, META_SECTION_IMAGE, count, META_IMAGE_WORDS);
    for (uint32_t i = 0; out != NULL && i < count; i++, out += META_IMAGE_WORDS) {
        const meta_area_t *a = &areas[i];
        put(out, FIELDS(area),
            (const uint32_t[]){(uint32_t)a->x, (uint32_t)a->y, (uint32_t)a->w, (uint32_t)a->h,
                               a->kind});
    }
    return out != NULL;
}

/* ---- the packet ---- */

void meta_begin(meta_t *meta, uint32_t *words, uint32_t bytes, const meta_head_t *head)
{
    uint32_t room = bytes / 4 < MAX_WORDS ? bytes / 4 : MAX_WORDS;
    *meta = (meta_t){.words = words, .room = room - 1, .used = META_HEADER_WORDS};
    words[META_MAGIC] = META_MAGIC_VALUE;
    words[META_VERSION] = META_VERSION_VALUE;
    words[META_FRAME] = head->frame;
    words[META_TIME_LO] = (uint32_t)head->time_ps;
    words[META_TIME_HI] = (uint32_t)(head->time_ps >> 32);
    words[META_NETWORK] = head->network;
}

/* Four bits a step: a table of 16 words serves a packet of a few hundred bytes well. */
static uint32_t crc32(const uint32_t *words, uint32_t count)
{
    static const uint32_t table[16] = {
        0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
        0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
    };
    uint32_t crc = 0xffffffffu;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t word = words[i];
        for (int nibble = 0; nibble < 8; nibble++, word >>= 4)
            crc = (crc >> 4) ^ table[(crc ^ word) & 15u];
    }
    return ~crc;
}

uint32_t meta_end(meta_t *meta, uint32_t latency_us)
{
    uint32_t bytes = 4 * (meta->used + 1);
    meta->words[META_TOTAL_BYTES] = bytes;
    meta->words[META_LATENCY_US] = latency_us;
    meta->words[meta->used] = crc32(meta->words, meta->used);
    return bytes;
}
