#include "tests/test.h"

#include "firmware/include/fovea_metadata.h"
#include "firmware/include/meta.h"
#include "tools/metadata.h"

static uint32_t packet[META_MAX_BYTES / 4];

/* What the firmware would send: two boxes, one event. */
static uint32_t build(void)
{
    static const det_box_t boxes[2] = {{10, 20, 110, 320, 250, 1},
                                       {4000, 3000, 4056, 3040, 128, 1}};
    static const uint16_t ids[2] = {7, 65535};
    static trk_state_t tracker;
    trk_init(&tracker, 0, 0);
    tracker.count_in = 3;
    tracker.count_out = 2;
    tracker.events = 1;
    tracker.event[0] = (trk_event_t){META_EVENT_CROSSED_OUT, 7};
    meta_frame_t frame = {.frame = 41,
                          .network = 5,
                          .latency_us = 40123,
                          .time_ps = UINT64_C(0x123456789ab),
                          .boxes = boxes,
                          .ids = ids,
                          .box_count = 2,
                          .tracker = &tracker};
    return meta_build(&frame, packet);
}

static bool parse(uint32_t bytes, metadata_t *out, char error[160])
{
    return metadata_parse((const uint8_t *)packet, bytes, out, error, 160);
}

START_TEST(what_the_firmware_writes_the_host_reads)
{
    metadata_t m;
    char error[160];
    uint32_t bytes = build();
    ck_assert_uint_eq(bytes, 4 * (12 + 2 * 3 + 1 + 1));
    ck_assert(parse(bytes, &m, error));
    ck_assert_uint_eq(m.frame, 41);
    ck_assert_uint_eq(m.network, 5);
    ck_assert_uint_eq(m.latency_us, 40123);
    ck_assert_uint_eq(m.time_ps, UINT64_C(0x123456789ab));
    ck_assert_uint_eq(m.count_in, 3);
    ck_assert_uint_eq(m.count_out, 2);
    metadata_box_t box = metadata_box(&m, 1);
    ck_assert_uint_eq(box.id, 65535);
    ck_assert_uint_eq(box.score, 128);
    ck_assert_uint_eq(box.x, 4000);
    ck_assert_uint_eq(box.h, 40);
    ck_assert_uint_eq(metadata_event(&m, 0).track, 7);
}
END_TEST

START_TEST(a_line_of_json_has_the_agreed_keys)
{
    metadata_t m;
    char error[160];
    ck_assert(parse(build(), &m, error));
    sim_json_t *line = metadata_json(&m);
    char *text = sim_json_print(line, false);
    ck_assert_str_eq(
        text,
        "{\"frame\":41,\"time_ps\":1250999896491,\"network\":5,\"boxes\":[{\"id\":7,\"class\":"
        "\"person\",\"score\":0.9765625,\"x\":10,\"y\":20,\"w\":100,\"h\":300},{\"id\":65535,"
        "\"class\":\"person\",\"score\":0.5,\"x\":4000,\"y\":3000,\"w\":56,\"h\":40}],"
        "\"counts\":{\"in\":3,\"out\":2},\"events\":[{\"type\":\"crossed_out\",\"id\":7}],"
        "\"latency_us\":40123}");
    free(text);
    sim_json_free(line);
}
END_TEST

START_TEST(errors_of_memory_are_an_event_without_a_track)
{
    static trk_state_t tracker;
    const meta_frame_t frame = {.tracker = &tracker, .memory_errors = 70000};
    metadata_t m;
    char error[160];
    trk_init(&tracker, 0, 0);
    ck_assert(parse(meta_build(&frame, packet), &m, error));
    ck_assert_uint_eq(m.events, 1);
    sim_json_t *line = metadata_json(&m);
    char *text = sim_json_print(line, false); /* as many as 16 bits can say */
    ck_assert_ptr_nonnull(strstr(text, "\"events\":[{\"type\":\"memory_error\",\"count\":65535}]"));
    free(text);
    sim_json_free(line);
}
END_TEST

START_TEST(any_flipped_bit_is_found)
{
    metadata_t m;
    char error[160];
    uint32_t bytes = build();
    for (uint32_t bit = 0; bit < 8 * bytes; bit++) {
        packet[bit / 32] ^= 1u << (bit % 32);
        ck_assert_msg(!parse(bytes, &m, error), "bit %u passed", bit);
        packet[bit / 32] ^= 1u << (bit % 32);
    }
    ck_assert(parse(bytes, &m, error));
}
END_TEST

START_TEST(any_shorter_packet_is_refused_and_padding_is_not)
{
    metadata_t m;
    char error[160];
    uint32_t bytes = build();
    for (uint32_t n = 0; n < bytes; n++)
        ck_assert(!parse(n, &m, error));
    ck_assert(parse(sizeof(packet), &m, error));
}
END_TEST

START_TEST(absurd_counts_are_refused)
{
    metadata_t m;
    char error[160];
    uint32_t bytes = build();
    packet[META_BOXES] = UINT32_MAX / 3;
    ck_assert(!parse(bytes, &m, error));
    packet[META_BOXES] = 2;
    packet[META_EVENTS] = UINT32_MAX;
    ck_assert(!parse(bytes, &m, error));
}
END_TEST

TEST_MAIN("metadata", what_the_firmware_writes_the_host_reads, a_line_of_json_has_the_agreed_keys,
          errors_of_memory_are_an_event_without_a_track, any_flipped_bit_is_found,
          any_shorter_packet_is_refused_and_padding_is_not, absurd_counts_are_refused)
