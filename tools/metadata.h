/*
 * metadata.h - the host's reader of metadata packets (firmware/include/fovea_metadata.h).
 */
#ifndef TOOLS_METADATA_H
#define TOOLS_METADATA_H

#include "firmware/include/fovea_metadata.h"
#include "sim/json.h"
#include "sim/types.h"

#define METADATA_MAX_BOXES 4096

/* Words of the packet behind a section's head; first 0: it is not there. */
typedef struct {
    uint32_t first, words;
} metadata_section_t;

/* A checked packet. Records are read by index from the packet itself. */
typedef struct {
    const uint8_t *bytes;
    uint32_t words; /* without the CRC */
    uint32_t frame, network, latency_us;
    uint64_t time_ps;
    metadata_section_t section[META_SECTION_TYPES + 1];                  /* by type */
    uint32_t boxes, events, lines, facings, gestures, attributes, areas; /* records of each */
    uint32_t count_in, count_out;                                        /* of all lines */
    uint32_t unknown; /* sections that were skipped */
} metadata_t;

/* Records; members in the order of the tables, META_BOX and so on, which say what they are. */
typedef struct {
    uint32_t id, class_id, score; /* score in 1/256 */
    uint32_t x, y, w, h;          /* active-array pixels */
} metadata_box_t;

typedef struct {
    uint32_t track, kind, place, value;
} metadata_event_t;

typedef struct {
    uint32_t in, out;
} metadata_count_t;

typedef struct {
    uint32_t columns, rows, frames, interval_ms;
} metadata_heat_map_t;

typedef struct {
    uint32_t place, state, share, ms;
} metadata_facing_t;

typedef struct {
    uint32_t id, kind, phase, score;
} metadata_gesture_t;

typedef struct {
    uint32_t box, class_id, score;
} metadata_attribute_t;

typedef struct {
    uint32_t x, y, w, h, kind;
} metadata_area_t;

/* Checks magic, version, sizes and CRC, then that sections are whole, each type once and of whole
 * records. False with the reason ("byte N: found, expected"). */
bool metadata_parse(const uint8_t *bytes, size_t count, metadata_t *out, char *error,
                    size_t error_bytes);
/* index: below the packet's number of them. */
metadata_box_t metadata_box(const metadata_t *metadata, uint32_t index);
metadata_event_t metadata_event(const metadata_t *metadata, uint32_t index);
metadata_count_t metadata_count(const metadata_t *metadata, uint32_t index);
metadata_facing_t metadata_facing(const metadata_t *metadata, uint32_t index);
metadata_gesture_t metadata_gesture(const metadata_t *metadata, uint32_t index);
metadata_attribute_t metadata_attribute(const metadata_t *metadata, uint32_t index);
metadata_area_t metadata_area(const metadata_t *metadata, uint32_t index); /* of the image */
/* Where the section is there. Cells: below columns x rows. */
metadata_heat_map_t metadata_heat_map(const metadata_t *metadata);
uint32_t metadata_heat_cell(const metadata_t *metadata, uint32_t index);

/* ---- as JSON ---- */

/* Where something happens: on the wire an index, to people a name. */
typedef enum {
    METADATA_NOWHERE,
    METADATA_LINE,
    METADATA_ZONE,
    METADATA_FACING,
    METADATA_PLACES
} metadata_place_t;

extern const char *const metadata_place_key[METADATA_PLACES]; /* "line"; NULL: nowhere */

/* Objects with "name" in the order of the indices: `first` where there is one, then those of an
 * array. NULL: not known. */
typedef struct {
    const sim_json_t *first[METADATA_PLACES], *list[METADATA_PLACES];
} metadata_names_t;

/* Those of a run's config.json: "lines", "zones" and "facings" of "settings", else of "scene",
 * whose "line" comes before its "lines". Valid as long as config. */
metadata_names_t metadata_names(const sim_json_t *config);

/* Is there a place of that name, or number? Also where names are not known. A zone is called so,
 * too, where a line is: a crossing of a line answers to both. */
bool metadata_has_place(const metadata_names_t *names, metadata_place_t place, const char *name);

/* A line of metadata.jsonl; the caller frees it. What has no name is told by its number. */
sim_json_t *metadata_json(const metadata_t *metadata, const metadata_names_t *names);

#endif
