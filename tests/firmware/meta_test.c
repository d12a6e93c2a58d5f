/*
 * meta_test.c - packets of metadata against words written by hand, and against a decoder of this
 * file's own, which knows the layout from firmware/README.md and not from the tables.
 */
#include "firmware/include/fovea_metadata.h"
#include "firmware/include/meta.h"
#include "sim/rng.h"
#include "tests/test.h"

static uint32_t packet[META_MAX_BYTES / 4];
static meta_t meta;

static const meta_head_t head = {.frame = 41, .network = 5, .time_ps = UINT64_C(0x123456789ab)};
static const det_box_t boxes[2] = {{10, 20, 110, 320, 250, 1}, {4000, 3000, 4056, 3040, 128, 1}};
static const uint16_t ids[2] = {7, 65535};
static const meta_event_t events[3] = {{META_EVENT_CROSSING, 1, 7, META_DIRECTION_OUT},
                                       {META_EVENT_DWELL, 2, 9, 4000},
                                       {META_EVENT_MEMORY_ERROR, 0, 0, 3}};
static const meta_count_t counts[2] = {{3, 2}, {0, 1}};
static const uint16_t cells[3] = {1, 2, 65535};
static const meta_heat_map_t map = {3, 1, 1800, 60000, cells};
static const meta_facing_t facing = {5, META_STATE_EMPTY, 12, 5200};
static const meta_gesture_t gesture = {7, META_GESTURE_WAVE, META_PHASE_BEGIN, 200};
static const meta_attribute_t attribute = {1, META_ATTRIBUTE_ADULT, 205};
static const meta_area_t areas[2] = {{META_AREA_SHOWN, 10, 20, 300, 100},
                                     {META_AREA_MOSAIC, 16, 24, 70000, 40}};

/* Bit by bit, as IEEE 802.3 says. */
static uint32_t slow_crc(const uint32_t *words, uint32_t count)
{
    uint32_t crc = UINT32_MAX;
    for (uint32_t bit = 0; bit < 32 * count; bit++) {
        uint32_t out = (crc ^ words[bit / 32] >> bit % 32) & 1u;
        crc = crc >> 1 ^ (out ? 0xedb88320u : 0);
    }
    return ~crc;
}

START_TEST(every_section_is_laid_out_as_published)
{
    static const uint32_t expected[] = {
        0x4d564f46, 2,          192,        41,         0x456789ab, 0x123,      5,
        40123,                                          /* header */
        0x00060001, 0xfa010007, 0x0014000a, 0x012c0064, /* boxes */
        0x8001ffff, 0x0bb80fa0, 0x00280038, 0x00060002, /* events */
        0x01010007, 2,          0x02040009, 4000,       0x000e0000, 3,          0x00040003,
        3,          2,          0,          1,                                     /* counts */
        0x00050004, 0x00010003, 1800,       60000,      0x00020001, 0xffff,        /* heat map */
        0x00020005, 0x0c020005, 5200,                                              /* stock */
        0x00010006, 0xc8110007,                                                    /* gestures */
        0x00010007, 0xcd020001,                                                    /* attributes */
        0x00060008, 0x0014000a, 0x0064012c, 1,          0x00180010, 0x0028ffff, 3, /* image */
    };
    meta_begin(&meta, packet, sizeof(packet), &head);
    ck_assert(meta_add_boxes(&meta, boxes, ids, 2));
    ck_assert(meta_add_events(&meta, events, 3));
    ck_assert(meta_add_counts(&meta, counts, 2));
    ck_assert(meta_add_heat_map(&meta, &map));
    ck_assert(meta_add_stock(&meta, &facing, 1));
    ck_assert(meta_add_gestures(&meta, &gesture, 1));
    ck_assert(meta_add_attributes(&meta, &attribute, 1));
    ck_assert(meta_add_image(&meta, areas, 2));
    ck_assert_uint_eq(meta_end(&meta, 40123), 192);
    for (size_t i = 0; i < sizeof(expected) / 4; i++)
        ck_assert_msg(packet[i] == expected[i], "word %zu: %08x", i, packet[i]);
    ck_assert_uint_eq(packet[47], slow_crc(packet, 47));
}
END_TEST

START_TEST(nothing_to_say_is_a_header_and_a_crc)
{
    meta_begin(&meta, packet, sizeof(packet), &head);
    ck_assert(meta_add_boxes(&meta, NULL, NULL, 0));
    ck_assert(meta_add_events(&meta, NULL, 0));
    ck_assert_uint_eq(meta_end(&meta, 1), 36);
    ck_assert_uint_eq(packet[7], 1);
    ck_assert_uint_eq(packet[8], slow_crc(packet, 8));
}
END_TEST

START_TEST(a_value_too_large_for_its_field_is_the_largest_and_spares_its_neighbors)
{
    const det_box_t box = {70000, 1, 70001, 70002, 9, 1};
    const meta_gesture_t odd = {1, 99, 2, 3};
    meta_begin(&meta, packet, sizeof(packet), &head);
    ck_assert(meta_add_boxes(&meta, &box, NULL, 1));
    ck_assert(meta_add_gestures(&meta, &odd, 1));
    meta_end(&meta, 0);
    ck_assert_uint_eq(packet[9], 0x09010000);
    ck_assert_uint_eq(packet[10], 0x0001ffff); /* left */
    ck_assert_uint_eq(packet[11], 0xffff0001); /* height 70001 */
    ck_assert_uint_eq(packet[13], 0x032f0001); /* kind 15 */
}
END_TEST

START_TEST(records_of_a_type_stand_together_however_they_came)
{
    static uint32_t other[META_MAX_BYTES / 4];
    meta_t m;
    meta_begin(&m, other, sizeof(other), &head);
    ck_assert(meta_add_boxes(&m, boxes, ids, 2));
    ck_assert(meta_add_events(&m, events, 3));
    ck_assert(meta_add_stock(&m, &facing, 1));
    uint32_t bytes = meta_end(&m, 3);

    meta_begin(&meta, packet, sizeof(packet), &head);
    ck_assert(meta_add_boxes(&meta, boxes, ids, 1));
    ck_assert(meta_add_events(&meta, events, 1));
    ck_assert(meta_add_stock(&meta, &facing, 1));
    ck_assert(meta_add_events(&meta, events + 1, 2));
    ck_assert(meta_add_boxes(&meta, boxes + 1, ids + 1, 1));
    ck_assert_uint_eq(meta_end(&meta, 3), bytes);
    ck_assert_mem_eq(packet, other, bytes);
}
END_TEST

START_TEST(a_packet_has_one_heat_map)
{
    meta_begin(&meta, packet, sizeof(packet), &head);
    ck_assert(meta_add_heat_map(&meta, &map));
    ck_assert(!meta_add_heat_map(&meta, &map));
    ck_assert_uint_eq(meta_end(&meta, 0), 4 * (8 + 6 + 1));
}
END_TEST

/* Room for a header, one box with the section's head, and the CRC. */
START_TEST(what_does_not_fit_is_refused_whole_and_less_still_goes_in)
{
    uint32_t small[8 + 4 + 1 + 1] = {0};
    small[13] = 0x5a5a5a5a; /* behind it */
    meta_begin(&meta, small, 4 * 13 + 3, &head);
    ck_assert(!meta_add_boxes(&meta, boxes, ids, 2));
    ck_assert(!meta_add_boxes(&meta, boxes, ids, UINT32_MAX));
    ck_assert(!meta_add_heat_map(&meta, &map));
    ck_assert(meta_add_events(&meta, events, 1)); /* 3 of the 4 words */
    ck_assert(!meta_add_events(&meta, events, 1));
    ck_assert(!meta_add_gestures(&meta, &gesture, 1));
    ck_assert_uint_eq(meta_end(&meta, 0), 4 * 12);
    ck_assert_uint_eq(small[11], slow_crc(small, 11));

    meta_begin(&meta, small, 4 * 13, &head);
    ck_assert(meta_add_boxes(&meta, boxes, ids, 1));
    ck_assert(!meta_add_boxes(&meta, boxes, ids, 1));
    ck_assert(!meta_add_attributes(&meta, &attribute, 1));
    ck_assert_uint_eq(meta_end(&meta, 0), 4 * 13);
    ck_assert_uint_eq(small[13], 0x5a5a5a5a);
    ck_assert_uint_eq(small[12], slow_crc(small, 12));
}
END_TEST

START_TEST(everything_at_its_most_fits_what_programs_make_room_for)
{
    static det_box_t many[META_MAX_BOXES];
    static meta_event_t happened[META_MAX_EVENTS];
    static meta_count_t lines[META_MAX_LINES];
    static uint16_t grid[META_MAX_CELLS];
    static meta_facing_t shelf[META_MAX_FACINGS];
    static meta_gesture_t hands[META_MAX_BOXES];
    static meta_attribute_t people[META_MAX_BOXES];
    static meta_area_t image[META_MAX_AREAS];
    const meta_heat_map_t large = {META_MAX_CELLS / 8, 8, 1, 1, grid};
    meta_begin(&meta, packet, sizeof(packet), &head);
    ck_assert(meta_add_boxes(&meta, many, NULL, META_MAX_BOXES));
    ck_assert(meta_add_events(&meta, happened, META_MAX_EVENTS));
    ck_assert(meta_add_counts(&meta, lines, META_MAX_LINES));
    ck_assert(meta_add_heat_map(&meta, &large));
    ck_assert(meta_add_stock(&meta, shelf, META_MAX_FACINGS));
    ck_assert(meta_add_gestures(&meta, hands, META_MAX_BOXES));
    ck_assert(meta_add_attributes(&meta, people, META_MAX_BOXES));
    ck_assert(meta_add_image(&meta, image, META_MAX_AREAS));
    ck_assert_uint_eq(meta_end(&meta, 0), META_MAX_BYTES);
}
END_TEST

/* ---- any order, against what was added ---- */

enum { MOST = 40, ROUNDS = 2000 };

static struct {
    uint32_t boxes, events, facings;
    det_box_t box[MOST];
    uint16_t id[MOST];
    meta_event_t event[MOST];
    meta_facing_t facing[MOST];
} said;

static bool add_boxes(sim_stream_t *rng, uint32_t n)
{
    det_box_t *box = said.box + said.boxes;
    uint16_t *id = said.id + said.boxes;
    for (uint32_t i = 0; i < n; i++) {
        int32_t x = (int32_t)sim_stream_below(rng, 4000), y = (int32_t)sim_stream_below(rng, 3000);
        box[i] = (det_box_t){x,
                             y,
                             x + (int32_t)sim_stream_below(rng, 65536),
                             y + (int32_t)sim_stream_below(rng, 65536),
                             (uint8_t)sim_stream_below(rng, 256),
                             (uint8_t)sim_stream_below(rng, 256)};
        id[i] = (uint16_t)sim_stream_below(rng, 65536);
    }
    bool fits = meta_add_boxes(&meta, box, id, n);
    said.boxes += fits ? n : 0;
    return fits;
}

static bool add_events(sim_stream_t *rng, uint32_t n)
{
    meta_event_t *event = said.event + said.events;
    for (uint32_t i = 0; i < n; i++)
        event[i] =
            (meta_event_t){(uint8_t)sim_stream_below(rng, 256), (uint8_t)sim_stream_below(rng, 256),
                           (uint16_t)sim_stream_below(rng, 65536), sim_stream_u32(rng)};
    bool fits = meta_add_events(&meta, event, n);
    said.events += fits ? n : 0;
    return fits;
}

static bool add_facings(sim_stream_t *rng, uint32_t n)
{
    meta_facing_t *f = said.facing + said.facings;
    for (uint32_t i = 0; i < n; i++)
        f[i] = (meta_facing_t){(uint16_t)sim_stream_below(rng, 65536),
                               (uint8_t)sim_stream_below(rng, 256),
                               (uint8_t)sim_stream_below(rng, 256), sim_stream_u32(rng)};
    bool fits = meta_add_stock(&meta, f, n);
    said.facings += fits ? n : 0;
    return fits;
}

static void check_boxes(const uint32_t *w, uint32_t words)
{
    ck_assert_uint_eq(words, 3 * said.boxes);
    for (uint32_t i = 0; i < said.boxes; i++, w += 3) {
        const det_box_t *b = &said.box[i];
        ck_assert_uint_eq(w[0] & 0xffff, said.id[i]);
        ck_assert_uint_eq(w[0] >> 16 & 0xff, b->class_id);
        ck_assert_uint_eq(w[0] >> 24, b->score);
        ck_assert_int_eq((int32_t)(w[1] & 0xffff), b->x0);
        ck_assert_int_eq((int32_t)(w[1] >> 16), b->y0);
        ck_assert_int_eq((int32_t)(w[2] & 0xffff), b->x1 - b->x0);
        ck_assert_int_eq((int32_t)(w[2] >> 16), b->y1 - b->y0);
    }
}

static void check_events(const uint32_t *w, uint32_t words)
{
    ck_assert_uint_eq(words, 2 * said.events);
    for (uint32_t i = 0; i < said.events; i++, w += 2) {
        const meta_event_t *e = &said.event[i];
        ck_assert_uint_eq(w[0], (uint32_t)e->place << 24 | (uint32_t)e->kind << 16 | e->track);
        ck_assert_uint_eq(w[1], e->value);
    }
}

static void check_facings(const uint32_t *w, uint32_t words)
{
    ck_assert_uint_eq(words, 2 * said.facings);
    for (uint32_t i = 0; i < said.facings; i++, w += 2) {
        const meta_facing_t *f = &said.facing[i];
        ck_assert_uint_eq(w[0], (uint32_t)f->share << 24 | (uint32_t)f->state << 16 | f->place);
        ck_assert_uint_eq(w[1], f->ms);
    }
}

static void check_packet(uint32_t bytes)
{
    void (*const check[])(const uint32_t *w, uint32_t words) = {
        [1] = check_boxes, [2] = check_events, [5] = check_facings};
    uint32_t end = bytes / 4 - 1, seen = 0;
    ck_assert_uint_eq(packet[2], bytes);
    for (uint32_t at = 8; at < end; at += 1 + (packet[at] >> 16)) {
        uint32_t type = packet[at] & 0xffff;
        ck_assert(type == 1 || type == 2 || type == 5);
        ck_assert_uint_eq(seen & 1u << type, 0);
        seen |= 1u << type;
        check[type](packet + at + 1, packet[at] >> 16);
    }
    ck_assert_int_eq((seen & 2) != 0, said.boxes != 0);
    ck_assert_int_eq((seen & 4) != 0, said.events != 0);
    ck_assert_int_eq((seen & 32) != 0, said.facings != 0);
    ck_assert_uint_eq(packet[end], slow_crc(packet, end));
}

START_TEST(what_was_taken_comes_out_in_its_order_and_nothing_else)
{
    sim_stream_t rng = sim_stream(8, 0, 0);
    uint32_t refused = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t room = 4 * (9 + sim_stream_below(&rng, 60));
        memset(&said, 0, sizeof(said));
        memset(packet, 0xaa, sizeof(packet));
        meta_begin(&meta, packet, room, &head);
        for (uint32_t step = 0; step < 8; step++) {
            bool (*const add[])(sim_stream_t *, uint32_t) = {add_boxes, add_events, add_facings};
            refused += !add[sim_stream_below(&rng, 3)](&rng, sim_stream_below(&rng, 5));
        }
        uint32_t bytes = meta_end(&meta, round);
        ck_assert_uint_le(bytes, room);
        check_packet(bytes);
        ck_assert_uint_eq(packet[room / 4], 0xaaaaaaaa);
    }
    ck_assert_uint_gt(refused, ROUNDS / 4);
    ck_assert_uint_lt(refused, 7 * ROUNDS);
}
END_TEST

TEST_MAIN("firmware meta", every_section_is_laid_out_as_published,
          nothing_to_say_is_a_header_and_a_crc,
          a_value_too_large_for_its_field_is_the_largest_and_spares_its_neighbors,
          records_of_a_type_stand_together_however_they_came, a_packet_has_one_heat_map,
          what_does_not_fit_is_refused_whole_and_less_still_goes_in,
          everything_at_its_most_fits_what_programs_make_room_for,
          what_was_taken_comes_out_in_its_order_and_nothing_else)
