#include "tools/metadata.h"

#include <stdio.h>

#include "sim/hash.h"

/* Words of a record, by type of section. */
static const uint32_t record_words[META_SECTION_TYPES + 1] = {
#define X(name, type, words, help) [META_SECTION_##name] = (words),
    META_SECTIONS(X)
#undef X
};

static uint32_t word_at(const uint8_t *bytes, uint32_t index)
{
    const uint8_t *b = bytes + 4 * (size_t)index;
    return (uint32_t)b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* ---- checks ---- */

typedef struct {
    char *text;
    size_t bytes;
} error_t;

static bool complain(const error_t *error, uint32_t word, uint32_t found, const char *expected)
{
    snprintf(error->text, error->bytes, "metadata packet: byte %llu: found 0x%x, expected %s",
             4ull * word, found, expected);
    return false;
}

/* Magic, version, size, CRC. */
static bool check_frame(const uint8_t *bytes, size_t count, const error_t *error)
{
    if (count < 4 * (META_HEADER_WORDS + 1)) {
        snprintf(error->text, error->bytes, "metadata packet: %zu bytes, expected at least %d",
                 count, 4 * (META_HEADER_WORDS + 1));
        return false;
    }
    if (word_at(bytes, META_MAGIC) != META_MAGIC_VALUE)
        return complain(error, META_MAGIC, word_at(bytes, META_MAGIC), "FOVM");
    if (word_at(bytes, META_VERSION) != META_VERSION_VALUE)
        return complain(error, META_VERSION, word_at(bytes, META_VERSION),
                        "version 2 of the packet; others are not read");
    uint32_t total = word_at(bytes, META_TOTAL_BYTES);
    if (total % 4 != 0 || total < 4 * (META_HEADER_WORDS + 1) || total > count)
        return complain(error, META_TOTAL_BYTES, total, "its size in whole words, all of it there");
    uint32_t last = total / 4 - 1;
    if (word_at(bytes, last) != sim_crc32(0, bytes, 4 * (size_t)last))
        return complain(error, last, word_at(bytes, last), "the CRC-32 of the packet");
    return true;
}

static bool check_heat_map(const metadata_t *m, const error_t *error)
{
    const metadata_section_t *s = &m->section[META_SECTION_HEAT_MAP];
    if (s->first == 0)
        return true;
    bool fits = s->words >= META_HEAT_MAP_WORDS;
    if (fits) {
        metadata_heat_map_t map = metadata_heat_map(m);
        fits = s->words - META_HEAT_MAP_WORDS == ((uint64_t)map.columns * map.rows + 1) / 2;
    }
    return fits || complain(error, s->first, word_at(m->bytes, s->first),
                            "columns and rows of the cells behind");
}

static bool check_attributes(const metadata_t *m, const error_t *error)
{
    for (uint32_t i = 0; i < m->attributes; i++) {
        metadata_attribute_t a = metadata_attribute(m, i);
        if (a.box >= m->boxes)
            return complain(error, m->section[META_SECTION_ATTRIBUTES].first + i, a.box,
                            "the index of a box of the packet");
    }
    return true;
}

static bool take_section(metadata_t *m, uint32_t head, const error_t *error)
{
    uint32_t type = word_at(m->bytes, head) & 0xffffu, words = word_at(m->bytes, head) >> 16;
    if (words > m->words - head - META_SECTION_HEAD_WORDS)
        return complain(error, head, words, "no more words in a section than the packet has");
    if (type == META_SECTION_NONE || type > META_SECTION_TYPES) {
        m->unknown++;
        return true;
    }
    metadata_section_t *s = &m->section[type];
    if (s->first != 0)
        return complain(error, head, type, "a type of section that was not there before");
    *s = (metadata_section_t){head + META_SECTION_HEAD_WORDS, words};
    if (type != META_SECTION_HEAT_MAP && words % record_words[type] != 0)
        return complain(error, head, words, "a section of whole records");
    return type != META_SECTION_BOXES || words / META_BOXES_WORDS <= METADATA_MAX_BOXES ||
           complain(error, head, words / META_BOXES_WORDS, "at most 4096 boxes");
}

static uint32_t records(const metadata_t *m, uint32_t type)
{
    return m->section[type].words / record_words[type];
}

static void count_records(metadata_t *m)
{
    m->boxes = records(m, META_SECTION_BOXES);
    m->events = records(m, META_SECTION_EVENTS);
    m->lines = records(m, META_SECTION_COUNTS);
    m->facings = records(m, META_SECTION_STOCK);
    m->gestures = records(m, META_SECTION_GESTURES);
    m->attributes = records(m, META_SECTION_ATTRIBUTES);
    m->areas = records(m, META_SECTION_IMAGE);
    for (uint32_t i = 0; i < m->lines; i++) {
        m->count_in += metadata_count(m, i).in;
        m->count_out += metadata_count(m, i).out;
    }
}

bool metadata_parse(const uint8_t *bytes, size_t count, metadata_t *out, char *error,
                    size_t error_bytes)
{
    const error_t e = {error, error_bytes};
    if (!check_frame(bytes, count, &e))
        return false;
    *out = (metadata_t){
        .bytes = bytes,
        .words = word_at(bytes, META_TOTAL_BYTES) / 4 - 1,
        .frame = word_at(bytes, META_FRAME),
        .network = word_at(bytes, META_NETWORK),
        .latency_us = word_at(bytes, META_LATENCY_US),
        .time_ps = (uint64_t)word_at(bytes, META_TIME_HI) << 32 | word_at(bytes, META_TIME_LO),
    };
    for (uint32_t at = META_HEADER_WORDS; at < out->words;
         at += META_SECTION_HEAD_WORDS + (word_at(bytes, at) >> 16))
        if (!take_section(out, at, &e))
            return false;
    count_records(out);
    return check_heat_map(out, &e) && check_attributes(out, &e);
}

/* ---- records ---- */

static uint32_t field(const uint8_t *bytes, uint32_t word, uint32_t low, uint32_t bits)
{
    return word_at(bytes, word) >> low & UINT32_MAX >> (32 - bits);
}

static uint32_t record(const metadata_t *m, uint32_t type, uint32_t index)
{
    return m->section[type].first + index * record_words[type];
}

#define X(name, word, low, bits, help) field(m->bytes, at + (word), low, bits),

metadata_box_t metadata_box(const metadata_t *m, uint32_t index)
{
    uint32_t at = record(m, META_SECTION_BOXES, index);
    return (metadata_box_t){META_BOX(X)};
}

metadata_event_t metadata_event(const metadata_t *m, uint32_t index)
{
    uint32_t at = record(m, META_SECTION_EVENTS, index);
    return (metadata_event_t){META_EVENT(X)};
}

metadata_count_t metadata_count(const metadata_t *m, uint32_t index)
{
    uint32_t at = record(m, META_SECTION_COUNTS, index);
    return (metadata_count_t){META_COUNT(X)};
}

metadata_facing_t metadata_facing(const metadata_t *m, uint32_t index)
{
    uint32_t at = record(m, META_SECTION_STOCK, index);
    return (metadata_facing_t){META_FACING(X)};
}

metadata_gesture_t metadata_gesture(const metadata_t *m, uint32_t index)
{
    uint32_t at = record(m, META_SECTION_GESTURES, index);
    return (metadata_gesture_t){META_GESTURE(X)};
}

metadata_attribute_t metadata_attribute(const metadata_t *m, uint32_t index)
{
    uint32_t at = record(m, META_SECTION_ATTRIBUTES, index);
    return (metadata_attribute_t){META_ATTRIBUTE(X)};
}

metadata_area_t metadata_area(const metadata_t *m, uint32_t index)
{
    uint32_t at = record(m, META_SECTION_IMAGE, index);
    return (metadata_area_t){META_AREA(X)};
}

metadata_heat_map_t metadata_heat_map(const metadata_t *m)
{
    uint32_t at = record(m, META_SECTION_HEAT_MAP, 0);
    return (metadata_heat_map_t){META_HEAT_MAP(X)};
}

#undef X

uint32_t metadata_heat_cell(const metadata_t *m, uint32_t index)
{
    uint32_t at = record(m, META_SECTION_HEAT_MAP, 1) + index / 2;
    return field(m->bytes, at, 16 * (index % 2), 16);
}
