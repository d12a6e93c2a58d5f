/*
 * meta.h - builds a metadata packet (fovea_metadata.h) in memory.
 *
 *     meta_begin(&meta, packet, sizeof(packet), &head);
 *     meta_add_boxes(&meta, boxes, ids, count);
 *     meta_add_events(&meta, events, count);
 *     bytes = meta_end(&meta, latency_us);
 *
 * Sections may be added in any order and a type several times: its records stand in one section, in
 * the order in which they came. What does not fit is not added, not even in part: the call returns
 * false and the packet stays as it was, so that the rest, or fewer, may still be added.
 */
#ifndef FW_META_H
#define FW_META_H

#include <stddef.h>

#include "detect.h"

typedef struct {
    uint32_t *words;
    uint32_t room, used; /* words; room: without the CRC */
} meta_t;

typedef struct {
    uint32_t frame, network;
    uint64_t time_ps; /* start of its exposure */
} meta_head_t;

typedef struct {
    uint8_t kind;   /* META_EVENT_... */
    uint8_t place;  /* line, zone or facing of kinds that have one */
    uint16_t track; /* 0: nobody's */
    uint32_t value; /* META_DIRECTION_.., ms, .. as the kind says */
} meta_event_t;

typedef struct {
    uint32_t in, out;
} meta_count_t;

typedef struct {
    uint16_t columns, rows;
    uint32_t frames, interval_ms;
    const uint16_t *cells; /* columns x rows, row by row */
} meta_heat_map_t;

typedef struct {
    uint16_t place;
    uint8_t state, share; /* META_STATE_...; 1/256 */
    uint32_t ms;          /* in that state */
} meta_facing_t;

typedef struct {
    uint16_t id;
    uint8_t kind, phase, score; /* META_GESTURE_..., META_PHASE_... */
} meta_gesture_t;

typedef struct {
    uint16_t box;            /* index of those that were added */
    uint8_t class_id, score; /* META_ATTRIBUTE_... */
} meta_attribute_t;

typedef struct {
    uint8_t kind;       /* META_AREA_... */
    int32_t x, y, w, h; /* active-array pixels */
} meta_area_t;

/* Room for bytes, at least 4 x (META_HEADER_WORDS + 1), at most 256 KiB of which are used; the
 * caller's until meta_end. */
void meta_begin(meta_t *meta, uint32_t *words, uint32_t bytes, const meta_head_t *head);
/* ids: one a box, or NULL: not tracked. */
bool meta_add_boxes(meta_t *meta, const det_box_t *boxes, const uint16_t *ids, uint32_t count);
bool meta_add_events(meta_t *meta, const meta_event_t *events, uint32_t count);
/* Of all lines, in their order. */
bool meta_add_counts(meta_t *meta, const meta_count_t *lines, uint32_t count);
/* False, too, where the packet has one already. */
bool meta_add_heat_map(meta_t *meta, const meta_heat_map_t *map);
bool meta_add_stock(meta_t *meta, const meta_facing_t *facings, uint32_t count);
bool meta_add_gestures(meta_t *meta, const meta_gesture_t *gestures, uint32_t count);
bool meta_add_attributes(meta_t *meta, const meta_attribute_t *attributes, uint32_t count);
/* Of the frame's image. */
bool meta_add_image(meta_t *meta, const meta_area_t *areas, uint32_t count);
/* Seals the packet and returns its bytes. */
uint32_t meta_end(meta_t *meta, uint32_t latency_us);

#endif
