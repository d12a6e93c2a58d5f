#include "tools/metadata.h"

#include <stdio.h>

#include "firmware/include/fovea_metadata.h"
#include "sim/hash.h"

static uint32_t word_at(const uint8_t *bytes, uint32_t index)
{
    const uint8_t *b = bytes + 4 * (size_t)index;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static bool complain(char *error, size_t error_bytes, uint32_t word, uint32_t found,
                     const char *expected)
{
    snprintf(error, error_bytes, "metadata packet: byte %u: found 0x%x, expected %s", 4 * word,
             found, expected);
    return false;
}

/* The header's own idea of the packet's size must be what its records need and be there. */
static bool size_fits(const uint8_t *bytes, size_t count)
{
    uint64_t boxes = word_at(bytes, META_BOXES), events = word_at(bytes, META_EVENTS);
    uint64_t words = META_HEADER_WORDS + boxes * META_BOX_WORDS + events * META_EVENT_WORDS + 1;
    return boxes <= METADATA_MAX_BOXES && events <= METADATA_MAX_BOXES &&
           word_at(bytes, META_TOTAL_BYTES) == 4 * words && 4 * words <= count;
}

bool metadata_parse(const uint8_t *bytes, size_t count, metadata_t *out, char *error,
                    size_t error_bytes)
{
    if (count < 4 * (META_HEADER_WORDS + 1)) {
        snprintf(error, error_bytes, "metadata packet: %zu bytes, expected at least %d", count,
                 4 * (META_HEADER_WORDS + 1));
        return false;
    }
    if (word_at(bytes, META_MAGIC) != META_MAGIC_VALUE)
        return complain(error, error_bytes, META_MAGIC, word_at(bytes, META_MAGIC), "FOVM");
    if (word_at(bytes, META_VERSION) != META_VERSION_VALUE)
        return complain(error, error_bytes, META_VERSION, word_at(bytes, META_VERSION),
                        "version 1");
    if (!size_fits(bytes, count))
        return complain(error, error_bytes, META_TOTAL_BYTES, word_at(bytes, META_TOTAL_BYTES),
                        "the size of its records, all of them there");
    uint32_t last = word_at(bytes, META_TOTAL_BYTES) / 4 - 1;
    if (word_at(bytes, last) != sim_crc32(0, bytes, 4 * (size_t)last))
        return complain(error, error_bytes, last, word_at(bytes, last), "the CRC-32 of the packet");
    *out = (metadata_t){
        .bytes = bytes,
        .frame = word_at(bytes, META_FRAME),
        .network = word_at(bytes, META_NETWORK),
        .boxes = word_at(bytes, META_BOXES),
        .events = word_at(bytes, META_EVENTS),
        .count_in = word_at(bytes, META_COUNT_IN),
        .count_out = word_at(bytes, META_COUNT_OUT),
        .latency_us = word_at(bytes, META_LATENCY_US),
        .time_ps = (uint64_t)word_at(bytes, META_TIME_HI) << 32 | word_at(bytes, META_TIME_LO),
    };
    return true;
}

static uint32_t field(const uint8_t *bytes, uint32_t word, uint32_t low, uint32_t bits)
{
    return word_at(bytes, word) >> low & ((1u << bits) - 1u);
}

metadata_box_t metadata_box(const metadata_t *metadata, uint32_t index)
{
    uint32_t first = META_HEADER_WORDS + index * META_BOX_WORDS;
    uint32_t value[] = {
#define X(name, word, low, bits, help) field(metadata->bytes, first + word, low, bits),
        META_BOX(X)
#undef X
    };
    enum {
#define X(name, word, low, bits, help) BOX_##name,
        META_BOX(X)
#undef X
    };
    return (metadata_box_t){value[BOX_ID],  value[BOX_CLASS], value[BOX_SCORE], value[BOX_LEFT],
                            value[BOX_TOP], value[BOX_WIDTH], value[BOX_HEIGHT]};
}

metadata_event_t metadata_event(const metadata_t *metadata, uint32_t index)
{
    uint32_t first = META_HEADER_WORDS + metadata->boxes * META_BOX_WORDS;
    uint32_t at = first + index * META_EVENT_WORDS;
    return (metadata_event_t){field(metadata->bytes, at, 0, 16),
                              field(metadata->bytes, at, 16, 16)};
}

static void add_event(const metadata_event_t *event, sim_json_t *item)
{
    static const struct {
        uint32_t kind;
        const char *name, *key;
    } kinds[] = {
#define X(name, value, text, key) {value, text, key},
        META_EVENT_KINDS(X)
#undef X
    };
    const char *name = "unknown", *key = "id";
    for (size_t i = 0; i < SIM_COUNT(kinds); i++)
        if (kinds[i].kind == event->kind) {
            name = kinds[i].name;
            key = kinds[i].key;
        }
    sim_json_add_str(item, "type", name);
    sim_json_add_u64(item, key, event->track);
}

static void add_boxes(const metadata_t *metadata, sim_json_t *line)
{
    sim_json_t *boxes = sim_json_add_array(line, "boxes");
    for (uint32_t i = 0; i < metadata->boxes; i++) {
        metadata_box_t box = metadata_box(metadata, i);
        sim_json_t *item = sim_json_add_object(boxes, NULL);
        sim_json_add_u64(item, "id", box.id);
        if (box.class_id == META_CLASS_PERSON)
            sim_json_add_str(item, "class", "person");
        else
            sim_json_add_u64(item, "class", box.class_id);
        sim_json_add_num(item, "score", box.score / 256.0);
        sim_json_add_u64(item, "x", box.x);
        sim_json_add_u64(item, "y", box.y);
        sim_json_add_u64(item, "w", box.w);
        sim_json_add_u64(item, "h", box.h);
    }
}

sim_json_t *metadata_json(const metadata_t *metadata)
{
    sim_json_t *line = sim_json_object();
    sim_json_add_u64(line, "frame", metadata->frame);
    sim_json_add_u64(line, "time_ps", metadata->time_ps);
    sim_json_add_u64(line, "network", metadata->network);
    add_boxes(metadata, line);
    sim_json_t *counts = sim_json_add_object(line, "counts");
    sim_json_add_u64(counts, "in", metadata->count_in);
    sim_json_add_u64(counts, "out", metadata->count_out);
    sim_json_t *events = sim_json_add_array(line, "events");
    for (uint32_t i = 0; i < metadata->events; i++) {
        metadata_event_t event = metadata_event(metadata, i);
        add_event(&event, sim_json_add_object(events, NULL));
    }
    sim_json_add_u64(line, "latency_us", metadata->latency_us);
    return line;
}
