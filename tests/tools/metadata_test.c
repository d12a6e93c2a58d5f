#include "tests/test.h"

#include "firmware/include/meta.h"
#include "sim/hash.h"
#include "sim/rng.h"
#include "tools/metadata.h"

static uint32_t packet[META_MAX_BYTES / 4];
static char error[160];

static const meta_head_t head = {.frame = 41, .network = 5, .time_ps = UINT64_C(0x123456789ab)};

/* What the firmware would send: two boxes, two lines, an event. */
static uint32_t build(void)
{
    static const det_box_t boxes[2] = {{10, 20, 110, 320, 250, 1},
                                       {4000, 3000, 4056, 3040, 128, 1}};
    static const uint16_t ids[2] = {7, 65535};
    static const meta_count_t counts[2] = {{3, 1}, {0, 1}};
    static const meta_event_t event = {META_EVENT_CROSSING, 1, 7, META_DIRECTION_OUT};
    meta_t meta;
    meta_begin(&meta, packet, sizeof(packet), &head);
    ck_assert(meta_add_boxes(&meta, boxes, ids, 2));
    ck_assert(meta_add_counts(&meta, counts, 2));
    ck_assert(meta_add_events(&meta, &event, 1));
    return meta_end(&meta, 40123);
}

static bool parse(uint32_t bytes, metadata_t *out)
{
    return metadata_parse((const uint8_t *)packet, bytes, out, error, sizeof(error));
}

/* The packet as a line, with names from the text of a configuration; the caller frees it. */
static char *line_of(uint32_t bytes, const char *config)
{
    metadata_t m;
    sim_doc_t *doc = sim_doc_parse(config, strlen(config), "config");
    ck_assert_ptr_null(sim_doc_error(doc));
    metadata_names_t names = metadata_names(sim_doc_root(doc).node);
    ck_assert_msg(parse(bytes, &m), "%s", error);
    sim_json_t *line = metadata_json(&m, &names);
    char *text = sim_json_print(line, false);
    sim_json_free(line);
    sim_doc_free(doc);
    return text;
}

static void check_line(uint32_t bytes, const char *config, const char *expected)
{
    char *text = line_of(bytes, config);
    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(what_the_firmware_writes_the_host_reads)
{
    metadata_t m;
    uint32_t bytes = build();
    ck_assert_uint_eq(bytes, 4 * (8 + (1 + 2 * 3) + (1 + 2 * 2) + (1 + 2) + 1));
    ck_assert(parse(bytes, &m));
    ck_assert_uint_eq(m.frame, 41);
    ck_assert_uint_eq(m.network, 5);
    ck_assert_uint_eq(m.latency_us, 40123);
    ck_assert_uint_eq(m.time_ps, UINT64_C(0x123456789ab));
    ck_assert_uint_eq(m.count_in, 3);
    ck_assert_uint_eq(m.count_out, 2);
    ck_assert_uint_eq(m.boxes, 2);
    metadata_box_t box = metadata_box(&m, 1);
    ck_assert_uint_eq(box.id, 65535);
    ck_assert_uint_eq(box.score, 128);
    ck_assert_uint_eq(box.x, 4000);
    ck_assert_uint_eq(box.h, 40);
    metadata_event_t event = metadata_event(&m, 0);
    ck_assert_uint_eq(event.track, 7);
    ck_assert_uint_eq(event.kind, META_EVENT_CROSSING);
    ck_assert_uint_eq(event.place, 1);
    ck_assert_uint_eq(event.value, META_DIRECTION_OUT);
}
END_TEST

#define BOXES                                                                                      \
    "\"boxes\":[{\"id\":7,\"class\":\"person\",\"score\":0.9765625,\"x\":10,\"y\":20,\"w\":100,"   \
    "\"h\":300},{\"id\":65535,\"class\":\"person\",\"score\":0.5,\"x\":4000,\"y\":3000,\"w\":56,"  \
    "\"h\":40}]"
#define TIME "\"time_ps\":1250999896491"
#define START "{\"frame\":41," TIME ",\"network\":5,"

START_TEST(a_line_of_json_has_the_agreed_keys)
{
    check_line(build(), "{}",
               START BOXES ",\"counts\":{\"in\":3,\"out\":2,\"lines\":[{\"line\":0,\"in\":3,"
                           "\"out\":1},{\"line\":1,\"in\":0,\"out\":1}]},\"events\":[{\"type\":"
                           "\"crossing\"," TIME
                           ",\"id\":7,\"line\":1,\"direction\":\"out\"}],\"latency_us\":40123}");
}
END_TEST

START_TEST(names_come_from_the_settings_and_else_from_the_scene)
{
    check_line(
        build(),
        "{\"scene\":{\"lines\":[{\"name\":\"north\"},{\"name\":\"south\"}]},\"settings\":{}}",
        START BOXES ",\"counts\":{\"in\":3,\"out\":2,\"lines\":[{\"line\":\"north\","
                    "\"in\":3,\"out\":1},{\"line\":\"south\",\"in\":0,\"out\":1}]},"
                    "\"events\":[{\"type\":\"crossing\"," TIME ",\"id\":7,\"line\":"
                    "\"south\",\"direction\":\"out\"}],\"latency_us\":40123}");
    char *text =
        line_of(build(), "{\"scene\":{\"line\":{\"name\":\"a\"},\"lines\":[{\"name\":\"b\"}]},"
                         "\"settings\":{\"lines\":[{\"name\":\"left\"}]}}");
    ck_assert_ptr_nonnull(strstr(text, "{\"line\":\"left\",\"in\":3")); /* all of them */
    ck_assert_ptr_nonnull(strstr(text, "{\"line\":1,\"in\":0"));
    free(text);
}
END_TEST

START_TEST(each_kind_of_event_has_the_keys_that_it_needs)
{
    static const meta_event_t events[] = {{META_EVENT_ZONE_ENTER, 0, 1, 0},
                                          {META_EVENT_ZONE_LEAVE, 1, 2, 0},
                                          {META_EVENT_DWELL, 1, 3, 4500},
                                          {META_EVENT_INTRUSION, 0, 4, 0},
                                          {META_EVENT_LOITERING, 0, 5, 0},
                                          {META_EVENT_ALERT_END, 0, 0, 0},
                                          {META_EVENT_FACING_EMPTY, 2, 0, 0},
                                          {META_EVENT_FACING_FILLED, 0, 0, 0},
                                          {META_EVENT_GESTURE, 0, 6, META_GESTURE_PINCH},
                                          {META_EVENT_PRESENCE, 0, 0, 1},
                                          {META_EVENT_PRESENCE, 0, 0, 0},
                                          {META_EVENT_STOP, 0, 0, 0},
                                          {META_EVENT_RELEASE, 0, 0, 0},
                                          {META_EVENT_MEMORY_ERROR, 0, 0, 70000},
                                          {99, 3, 8, 77},
                                          {META_EVENT_CROSSING, 0, 9, 5}};
    meta_t meta;
    meta_begin(&meta, packet, sizeof(packet), &head);
    ck_assert(meta_add_events(&meta, events, SIM_COUNT(events)));
    check_line(
        meta_end(&meta, 1),
        "{\"scene\":{\"zones\":[{\"name\":\"door\"}],\"facings\":[{},{},{\"name\":\"cola\"}]}}",
        START "\"boxes\":[],\"counts\":{\"in\":0,\"out\":0},\"events\":["
              "{\"type\":\"zone_enter\"," TIME ",\"id\":1,\"zone\":\"door\"},"
              "{\"type\":\"zone_leave\"," TIME ",\"id\":2,\"zone\":1},"
              "{\"type\":\"dwell\"," TIME ",\"id\":3,\"zone\":1,\"ms\":4500},"
              "{\"type\":\"intrusion\"," TIME ",\"id\":4,\"zone\":\"door\"},"
              "{\"type\":\"loitering\"," TIME ",\"id\":5,\"zone\":\"door\"},"
              "{\"type\":\"alert_end\"," TIME ",\"zone\":\"door\"},"
              "{\"type\":\"facing_empty\"," TIME ",\"facing\":\"cola\"},"
              "{\"type\":\"facing_filled\"," TIME ",\"facing\":0},"
              "{\"type\":\"gesture\"," TIME ",\"id\":6,\"gesture\":\"pinch\"},"
              "{\"type\":\"presence\"," TIME ",\"present\":true},"
              "{\"type\":\"presence\"," TIME ",\"present\":false},"
              "{\"type\":\"stop\"," TIME ",\"zone\":\"door\"},"
              "{\"type\":\"release\"," TIME ",\"zone\":\"door\"},"
              "{\"type\":\"memory_error\"," TIME ",\"count\":70000},"
              "{\"type\":\"unknown\"," TIME ",\"id\":8,\"kind\":99,\"place\":3,\"value\":77},"
              "{\"type\":\"crossing\"," TIME ",\"id\":9,\"line\":0,\"direction\":5}],"
              "\"latency_us\":1}");
}
END_TEST

START_TEST(heat_map_stock_gestures_and_attributes_have_a_key_each)
{
    static const uint16_t cells[6] = {0, 1800, 3, 4, 5, 65535};
    static const meta_heat_map_t map = {3, 2, 1800, 60000, cells};
    static const meta_facing_t facings[2] = {{1, META_STATE_EMPTY, 64, 5200},
                                             {0, META_STATE_COVERED, 255, 0}};
    static const meta_gesture_t gesture = {7, META_GESTURE_WAVE, META_PHASE_HOLD, 192};
    static const det_box_t box = {1, 2, 3, 4, 128, 7};
    static const uint16_t id = 9;
    static const meta_attribute_t attribute = {0, META_ATTRIBUTE_SENIOR, 160};
    meta_t meta;
    meta_begin(&meta, packet, sizeof(packet), &head);
    ck_assert(meta_add_attributes(&meta, &attribute, 1)); /* before the box that it is of */
    ck_assert(meta_add_gestures(&meta, &gesture, 1));
    ck_assert(meta_add_heat_map(&meta, &map));
    ck_assert(meta_add_stock(&meta, facings, 2));
    ck_assert(meta_add_boxes(&meta, &box, &id, 1));
    check_line(meta_end(&meta, 2), "{\"scene\":{\"facings\":[{\"name\":\"milk\"}]}}",
               START "\"boxes\":[{\"id\":9,\"class\":7,\"score\":0.5,\"x\":1,\"y\":2,\"w\":2,"
                     "\"h\":2}],\"counts\":{\"in\":0,\"out\":0},\"events\":[],"
                     "\"heat_map\":{\"columns\":3,\"rows\":2,\"frames\":1800,\"interval_ms\":60000,"
                     "\"cells\":[[0,1800,3],[4,5,65535]]},"
                     "\"stock\":[{\"facing\":1,\"state\":\"empty\",\"share\":0.25,\"ms\":5200},"
                     "{\"facing\":\"milk\",\"state\":\"covered\",\"share\":0.99609375,\"ms\":0}],"
                     "\"gestures\":[{\"id\":7,\"gesture\":\"wave\",\"phase\":\"hold\",\"score\":"
                     "0.75}],\"attributes\":[{\"id\":9,\"box\":0,\"class\":\"senior\",\"score\":"
                     "0.625}],\"latency_us\":2}");
}
END_TEST

START_TEST(what_an_image_shows_has_a_key)
{
    static const meta_area_t areas[2] = {{META_AREA_SHOWN, 8, 16, 1024, 512},
                                         {META_AREA_FILLED, 24, 32, 40, 48}};
    meta_t meta;
    meta_begin(&meta, packet, sizeof(packet), &head);
    ck_assert(meta_add_image(&meta, areas, 2));
    check_line(meta_end(&meta, 2), "{}",
               START "\"boxes\":[],\"counts\":{\"in\":0,\"out\":0},\"events\":[],"
                     "\"image\":[{\"what\":\"shown\",\"x\":8,\"y\":16,\"w\":1024,\"h\":512},"
                     "{\"what\":\"filled\",\"x\":24,\"y\":32,\"w\":40,\"h\":48}],"
                     "\"latency_us\":2}");
}
END_TEST

START_TEST(any_flipped_bit_is_found)
{
    metadata_t m;
    uint32_t bytes = build();
    for (uint32_t bit = 0; bit < 8 * bytes; bit++) {
        packet[bit / 32] ^= 1u << (bit % 32);
        ck_assert_msg(!parse(bytes, &m), "bit %u passed", bit);
        packet[bit / 32] ^= 1u << (bit % 32);
    }
    ck_assert(parse(bytes, &m));
}
END_TEST

START_TEST(any_shorter_packet_is_refused_and_padding_is_not)
{
    metadata_t m;
    uint32_t bytes = build();
    for (uint32_t n = 0; n < bytes; n++)
        ck_assert(!parse(n, &m));
    ck_assert(parse(sizeof(packet), &m));
}
END_TEST

/* A packet of these words behind its header, with a CRC that is right. */
static uint32_t seal(const uint32_t *words, uint32_t count)
{
    meta_t meta;
    meta_begin(&meta, packet, sizeof(packet), &head);
    memcpy(packet + META_HEADER_WORDS, words, 4 * count);
    meta.used += count;
    return meta_end(&meta, 0);
}

START_TEST(sections_of_unknown_types_are_skipped_and_told)
{
    static const uint32_t words[] = {0x00020063, 1, 2, 0x00020003, 4, 3, 0x0000ffff, 0x00000000};
    check_line(seal(words, SIM_COUNT(words)), "{}",
               START "\"boxes\":[],\"counts\":{\"in\":4,\"out\":3,\"lines\":[{\"line\":0,\"in\":4,"
                     "\"out\":3}]},\"events\":[],\"unknown_sections\":3,\"latency_us\":0}");
}
END_TEST

START_TEST(sections_that_are_not_whole_are_refused_with_their_place)
{
    static const struct {
        uint32_t count, words[8];
        const char *error;
    } cases[] = {
        {1, {0x00010063}, "byte 32: found 0x1, expected no more words"},
        {2, {0x00020063, 0}, "byte 32: found 0x2, expected no more words"},
        {3, {0x00020001, 0, 0}, "byte 32: found 0x2, expected a section of whole records"},
        {6, {0x00020003, 1, 1, 0x00020003, 1, 1}, "byte 44: found 0x3, expected a type of section"},
        {2, {0x00000001, 0x00000001}, "byte 36: found 0x1, expected a type of section"},
        {1, {0x00000004}, "expected columns and rows"},
        {3, {0x00020004, 0, 0}, "byte 36: found 0x0, expected columns and rows"},
        {4, {0x00030004, 0x00010001, 0, 0}, "byte 36: found 0x10001, expected columns and rows"},
        {6, {0x00050004, 0x00010002, 0, 0, 0, 0}, "found 0x10002, expected columns and rows"},
        {4, {0x00030004, 0xffffffff, 0, 0}, "found 0xffffffff, expected columns and rows"},
        {2, {0x00010007, 0}, "byte 36: found 0x0, expected the index of a box"},
        {7, {0x00030001, 0, 0, 0, 0x00020007, 0, 1}, "byte 56: found 0x1, expected the index"},
    };
    metadata_t m;
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        ck_assert_msg(!parse(seal(cases[i].words, cases[i].count), &m), "case %zu passed", i);
        ck_assert_msg(strstr(error, cases[i].error) != NULL, "case %zu: %s", i, error);
    }
}
END_TEST

START_TEST(another_version_is_refused_and_named)
{
    metadata_t m;
    uint32_t bytes = build();
    packet[META_VERSION] = 1; /* before any CRC: it had another layout */
    ck_assert(!parse(bytes, &m));
    ck_assert_str_eq(error, "metadata packet: byte 4: found 0x1, expected version 2 of the packet; "
                            "others are not read");
}
END_TEST

START_TEST(a_wrong_size_is_refused)
{
    static const uint32_t wrong[] = {0, 32, 35, 37, UINT32_MAX, UINT32_MAX - 3};
    metadata_t m;
    uint32_t bytes = build();
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        packet[META_TOTAL_BYTES] = wrong[i];
        ck_assert(!parse(bytes, &m));
        ck_assert_ptr_nonnull(strstr(error, "byte 8: "));
    }
}
END_TEST

START_TEST(random_sections_with_a_right_crc_are_read_or_refused)
{
    sim_stream_t rng = sim_stream(3, 0, 0);
    uint32_t read = 0;
    for (uint32_t round = 0; round < 20000; round++) {
        uint32_t words[24], count = sim_stream_below(&rng, SIM_COUNT(words));
        for (uint32_t i = 0; i < count; i++) {
            uint32_t r = sim_stream_u32(&rng);
            words[i] = r % 2 != 0 ? r : (r >> 8) % 6 << 16 | (r >> 4) % 9;
        }
        metadata_t m;
        if (!parse(seal(words, count), &m))
            continue;
        sim_json_t *line = metadata_json(&m, NULL);
        free(sim_json_print(line, false));
        sim_json_free(line);
        read++;
    }
    ck_assert_uint_gt(read, 1000);
}
END_TEST

TEST_MAIN("metadata", what_the_firmware_writes_the_host_reads, a_line_of_json_has_the_agreed_keys,
          names_come_from_the_settings_and_else_from_the_scene,
          each_kind_of_event_has_the_keys_that_it_needs,
          heat_map_stock_gestures_and_attributes_have_a_key_each, what_an_image_shows_has_a_key,
          any_flipped_bit_is_found, any_shorter_packet_is_refused_and_padding_is_not,
          sections_of_unknown_types_are_skipped_and_told,
          sections_that_are_not_whole_are_refused_with_their_place,
          another_version_is_refused_and_named, a_wrong_size_is_refused,
          random_sections_with_a_right_crc_are_read_or_refused)
