/*
 * metadata.h - the host's reader of metadata packets (firmware/include/fovea_metadata.h).
 */
#ifndef TOOLS_METADATA_H
#define TOOLS_METADATA_H

#include "sim/json.h"
#include "sim/types.h"

#define METADATA_MAX_BOXES 4096

typedef struct {
    uint32_t id, class_id, score; /* score in 1/256 */
    uint32_t x, y, w, h;          /* active-array pixels */
} metadata_box_t;

typedef struct {
    uint32_t kind, track;
} metadata_event_t;

/* A checked packet. boxes and events are read by index from the packet itself. */
typedef struct {
    const uint8_t *bytes;
    uint32_t frame, network, boxes, events, count_in, count_out, latency_us;
    uint64_t time_ps;
} metadata_t;

/* Checks magic, version, sizes and CRC. False with the reason ("byte N: found, expected"). */
bool metadata_parse(const uint8_t *bytes, size_t count, metadata_t *out, char *error,
                    size_t error_bytes);
metadata_box_t metadata_box(const metadata_t *metadata, uint32_t index);
metadata_event_t metadata_event(const metadata_t *metadata, uint32_t index);

/* A line of metadata.jsonl; the caller frees it. */
sim_json_t *metadata_json(const metadata_t *metadata);

#endif
