#include "mipi/rx.h"

#include "sim/rng.h"
#include "tests/test.h"

static mipi_rx_t rx;
static mipi_rx_event_t last;  /* the newest event */
static mipi_rx_frame_t frame; /* a copy of the newest frame; its pointers are the receiver's */
static uint32_t frames;
static uint64_t number; /* of the next packet */

static void on_event(void *ctx, const mipi_rx_event_t *event)
{
    (void)ctx;
    last = *event;
}

static void on_frame(void *ctx, const mipi_rx_frame_t *f)
{
    (void)ctx;
    frame = *f;
    frames++;
}

static void open_rx(void)
{
    mipi_rx_init(&rx, NULL, &(mipi_rx_callbacks_t){.event = on_event, .frame = on_frame});
    frames = 0;
    number = 0;
}

static void send(const uint8_t *bytes, size_t count)
{
    mipi_rx_packet(&rx, &(mipi_packet_t){.number = number,
                                         .bytes = bytes,
                                         .count = (uint32_t)count,
                                         .start_ps = 1000 * number,
                                         .end_ps = 1000 * number + 900});
    number++;
}

static void send_short(uint8_t vc, uint8_t dt, uint16_t data)
{
    uint8_t out[4];
    send(out, mipi_short_packet(out, vc, dt, data));
}

static void send_long(uint8_t vc, uint8_t dt, const void *payload, uint16_t bytes)
{
    uint8_t out[4096];
    send(out, mipi_long_packet(out, vc, dt, payload, bytes));
}

/* The only event so far is of this kind. */
static void expect_only_of(mipi_rx_kind_t kind)
{
    ck_assert_msg(rx.counts[kind] == 1 && mipi_rx_event_count(&rx) == 1,
                  "%s: %llu, all: %llu, last: %s", mipi_rx_kind_name(kind),
                  (unsigned long long)rx.counts[kind], (unsigned long long)mipi_rx_event_count(&rx),
                  mipi_rx_kind_name(last.kind));
    ck_assert_int_eq(last.kind, kind);
}

/* ... and it names the newest packet. */
static void expect_only(mipi_rx_kind_t kind)
{
    expect_only_of(kind);
    ck_assert_uint_eq(last.packet, number - 1);
}

/* ---- frames -------------------------------------------------------------------------------------
 */
START_TEST(a_frame_is_put_together_by_channel_and_type)
{
    const uint8_t row[2][5] = {{0x48, 0x59, 0x6a, 0x7b, 0xff}, {0, 0, 0, 0, 0x39}};
    open_rx();
    send_short(0, MIPI_DT_FS, 1);
    send_long(0, MIPI_DT_EMBEDDED, "emb", 3);
    send_long(0, MIPI_DT_RAW10, row[0], 5);
    send_short(1, MIPI_DT_FS, 1); /* another channel in between */
    send_long(1, MIPI_DT_USER1, "meta", 4);
    send_long(1, MIPI_DT_USER1, "data", 4);
    send_long(0, MIPI_DT_RAW10, row[1], 5);
    send_long(1, MIPI_DT_USER1, "!", 1); /* a shorter last line is fine */
    send_short(1, MIPI_DT_FE, 1);
    ck_assert_uint_eq(frames, 1);
    ck_assert_uint_eq(frame.vc, 1);
    ck_assert_uint_eq(frame.streams, 1);
    ck_assert_uint_eq(frame.stream[0].lines, 3);
    ck_assert_uint_eq(frame.stream[0].line_bytes, 4);
    ck_assert_uint_eq(frame.stream[0].byte_count, 9);
    ck_assert_mem_eq(frame.stream[0].bytes, "metadata!", 9);
    ck_assert_uint_eq(frame.first_packet, 3);
    ck_assert_uint_eq(frame.last_packet, 8);
    ck_assert_uint_eq(frame.start_ps, 3000);
    ck_assert_uint_eq(frame.end_ps, 8900);
    send_short(0, MIPI_DT_FE, 1);
    ck_assert_uint_eq(frames, 2);
    ck_assert(frame.complete);
    ck_assert_uint_eq(frame.events, 0);
    ck_assert_uint_eq(frame.streams, 2);
    const mipi_rx_stream_t *image = mipi_rx_stream(&frame, MIPI_DT_RAW10);
    ck_assert_uint_eq(image->bits, 10);
    ck_assert_uint_eq(image->width_px, 4);
    ck_assert_uint_eq(image->lines, 2);
    const uint16_t expected[8] = {0x123, 0x167, 0x1ab, 0x1ef, 1, 2, 3, 0};
    ck_assert_mem_eq(image->px, expected, sizeof(expected));
    ck_assert_mem_eq(mipi_rx_stream(&frame, MIPI_DT_EMBEDDED)->bytes, "emb", 3);
    ck_assert_ptr_null(mipi_rx_stream(&frame, MIPI_DT_RAW12));
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(frames_follow_each_other_with_other_types_in_the_same_memory)
{
    open_rx();
    for (uint16_t n = 1; n <= 20; n++) {
        uint8_t raw[600];
        memset(raw, n, sizeof(raw));
        send_short(2, MIPI_DT_FS, n);
        send_long(2, n % 2 ? MIPI_DT_RAW8 : MIPI_DT_EMBEDDED, raw, (uint16_t)(n * 30));
        send_short(2, MIPI_DT_FE, n);
        ck_assert_uint_eq(frames, n);
        const mipi_rx_stream_t *s = &frame.stream[0];
        if (n % 2) {
            ck_assert_ptr_null(s->bytes);
            ck_assert_uint_eq(s->width_px, n * 30u);
            ck_assert_uint_eq(s->px[n * 30u - 1], n);
        } else {
            ck_assert_ptr_null(s->px);
            ck_assert_uint_eq(s->byte_count, n * 30u);
            ck_assert_uint_eq(s->bytes[n * 30u - 1], n);
        }
    }
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    mipi_rx_free(&rx);
}
END_TEST

/* ---- one thing wrong at a time
 * -------------------------------------------------------------------- */
START_TEST(a_corrected_header_is_reported_and_used)
{
    uint8_t out[4];
    open_rx();
    mipi_short_packet(out, 0, MIPI_DT_FS, 7);
    out[1] ^= 0x10;
    send(out, 4);
    expect_only(MIPI_RX_ECC_CORRECTED);
    ck_assert(last.corrected);
    send_short(0, MIPI_DT_FE, 7);
    ck_assert_uint_eq(frames, 1);
    ck_assert_uint_eq(frame.number, 7);
    ck_assert_uint_eq(frame.events, 1);
    send_short(0, MIPI_DT_FS, 8);
    send_short(0, MIPI_DT_FE, 8);
    ck_assert_uint_eq(frame.events, 0);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(a_header_with_two_wrong_bits_loses_its_packet)
{
    uint8_t out[16];
    open_rx();
    send_short(0, MIPI_DT_FS, 1);
    size_t bytes = mipi_long_packet(out, 0, MIPI_DT_RAW8, (const uint8_t *)"abcd", 4);
    out[0] ^= 0x05;
    send(out, bytes);
    expect_only(MIPI_RX_ECC);
    ck_assert(!last.corrected);
    send_short(0, MIPI_DT_FE, 1);
    ck_assert_uint_eq(frame.streams, 0);
    ck_assert_uint_eq(frame.events, 1); /* it may have been this frame's */
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(a_wrong_payload_is_reported_and_kept)
{
    uint8_t out[16];
    open_rx();
    send_short(0, MIPI_DT_FS, 1);
    size_t bytes = mipi_long_packet(out, 0, MIPI_DT_RAW8, (const uint8_t *)"123456789", 9);
    out[4] ^= 0x01;
    send(out, bytes);
    expect_only(MIPI_RX_CRC);
    ck_assert_uint_eq(last.found, 0x6f91);
    ck_assert_uint_ne(last.expected, 0x6f91);
    send_short(0, MIPI_DT_FE, 1);
    ck_assert_uint_eq(frame.stream[0].lines, 1);
    ck_assert_uint_eq(frame.stream[0].bad_lines, 1);
    ck_assert_uint_eq(frame.stream[0].px[0], '1' ^ 1);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(a_packet_cut_short_leaves_black)
{
    uint8_t out[16];
    open_rx();
    send_short(0, MIPI_DT_FS, 1);
    mipi_long_packet(out, 0, MIPI_DT_RAW8, (const uint8_t *)"abcd", 4);
    send(out, 6);
    expect_only(MIPI_RX_SHORT);
    ck_assert_uint_eq(last.found, 6);
    ck_assert_uint_eq(last.expected, 10);
    send_short(0, MIPI_DT_FE, 1);
    ck_assert_mem_eq(frame.stream[0].px, ((uint16_t[]){'a', 'b', 0, 0}), 8);
    mipi_rx_free(&rx);
    for (uint32_t count = 0; count < 4; count++) {
        open_rx();
        send(out, count);
        expect_only(MIPI_RX_HEADER);
        mipi_rx_free(&rx);
    }
}
END_TEST

START_TEST(bytes_beyond_the_packet_are_reported)
{
    uint8_t out[5] = {0};
    open_rx();
    mipi_short_packet(out, 0, MIPI_DT_FS, 1);
    send(out, 5);
    expect_only(MIPI_RX_EXTRA);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(frame_structure_is_checked)
{
    open_rx();
    send_long(3, MIPI_DT_RAW8, "x", 1);
    expect_only(MIPI_RX_NO_FRAME);
    mipi_rx_free(&rx);

    open_rx();
    send_short(3, MIPI_DT_FE, 1);
    expect_only(MIPI_RX_FE_CLOSED);
    mipi_rx_free(&rx);

    open_rx();
    send_short(3, MIPI_DT_FS, 1);
    send_long(3, MIPI_DT_RAW8, "x", 1);
    send_short(3, MIPI_DT_FS, 2);
    expect_only(MIPI_RX_FS_OPEN);
    ck_assert_uint_eq(frames, 1); /* handed out all the same */
    ck_assert(!frame.complete);
    ck_assert_uint_eq(frame.number, 1);
    mipi_rx_free(&rx);

    open_rx();
    send_short(3, MIPI_DT_FS, 5);
    send_short(3, MIPI_DT_FE, 6);
    expect_only(MIPI_RX_FE_NUMBER);
    mipi_rx_free(&rx);

    open_rx();
    send_short(3, MIPI_DT_FS, 5);
    mipi_rx_finish(&rx);
    expect_only(MIPI_RX_UNFINISHED);
    ck_assert_uint_eq(frames, 1);
    ck_assert(!frame.complete);
    mipi_rx_free(&rx);
}
END_TEST

/* Sends frames of these numbers; how many are out of sequence? */
static uint64_t sequence_errors(const uint16_t *numbers, size_t count)
{
    open_rx();
    for (size_t i = 0; i < count; i++) {
        send_short(0, MIPI_DT_FS, numbers[i]);
        send_short(0, MIPI_DT_FE, numbers[i]);
    }
    uint64_t errors = rx.counts[MIPI_RX_SEQUENCE];
    ck_assert_uint_eq(errors, mipi_rx_event_count(&rx));
    mipi_rx_free(&rx);
    return errors;
}

START_TEST(rgb_lines_are_cut_or_filled_to_the_first)
{
    open_rx();
    send_short(2, MIPI_DT_FS, 1);
    send_long(2, MIPI_DT_RGB888, "abcdef", 6);
    send_long(2, MIPI_DT_RGB888, "ghi", 3);
    send_long(2, MIPI_DT_RGB888, "jklmnopqr", 9);
    send_short(2, MIPI_DT_FE, 1);
    ck_assert_uint_eq(frame.stream[0].lines, 3);
    ck_assert_uint_eq(frame.stream[0].bad_lines, 2);
    ck_assert_uint_eq(rx.counts[MIPI_RX_LINE_BYTES], 2);
    ck_assert_uint_eq(frame.stream[0].byte_count, 18);
    ck_assert_mem_eq(frame.stream[0].bytes, "abcdefghi\0\0\0jklmno", 18);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(yuv420_lines_of_two_lengths_take_turns)
{
    open_rx();
    send_short(2, MIPI_DT_FS, 1);
    send_long(2, 0x18, "yyyy", 4); /* Y only */
    send_long(2, 0x18, "uyvyuyvy", 8);
    send_long(2, 0x18, "YYYY", 4);
    send_long(2, 0x18, "UYVYUYVY", 8);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    send_long(2, 0x18, "12345678", 8); /* a line too many: both are of the wrong length */
    send_long(2, 0x18, "abcd", 4);
    ck_assert_uint_eq(rx.counts[MIPI_RX_LINE_BYTES], 2);
    send_short(2, MIPI_DT_FE, 1);
    ck_assert_uint_eq(frame.stream[0].lines, 6);
    ck_assert_uint_eq(frame.stream[0].byte_count, 36);
    ck_assert_mem_eq(frame.stream[0].bytes, "yyyyuyvyuyvyYYYYUYVYUYVY1234abcd\0\0\0\0", 36);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(frame_numbers_are_checked)
{
    ck_assert_uint_eq(sequence_errors((uint16_t[]){0, 0, 0}, 3), 0);
    ck_assert_uint_eq(sequence_errors((uint16_t[]){1, 2, 3, 1, 2}, 5), 0); /* "reset to one" */
    ck_assert_uint_eq(sequence_errors((uint16_t[]){65534, 65535, 1}, 3), 0);
    ck_assert_uint_eq(sequence_errors((uint16_t[]){4, 6, 7}, 3), 1);
    ck_assert_uint_eq(sequence_errors((uint16_t[]){4, 4}, 2), 1);
    ck_assert_uint_eq(sequence_errors((uint16_t[]){65535, 0}, 2), 1);
    ck_assert_uint_eq(sequence_errors((uint16_t[]){0, 1}, 2), 1);
}
END_TEST

START_TEST(line_numbers_are_checked)
{
    const struct {
        uint16_t start[4], end[4];
        uint64_t errors;
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0, 0, 0}, 0}, {{1, 2, 3, 4}, {1, 2, 3, 4}, 0},
        {{1, 3, 5, 7}, {1, 3, 5, 7}, 0}, /* interlaced */
        {{1, 2, 4, 5}, {1, 2, 4, 5}, 1}, {{1, 2, 3, 4}, {1, 2, 9, 4}, 1},
    };
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        open_rx();
        send_short(0, MIPI_DT_FS, 1);
        for (int n = 0; n < 4; n++) {
            send_short(0, MIPI_DT_LS, cases[i].start[n]);
            send_long(0, MIPI_DT_RAW8, "x", 1);
            send_short(0, MIPI_DT_LE, cases[i].end[n]);
        }
        send_short(0, MIPI_DT_FE, 1);
        ck_assert_uint_eq(rx.counts[MIPI_RX_LINE_NUMBER], cases[i].errors);
        ck_assert_uint_eq(mipi_rx_event_count(&rx), cases[i].errors);
        mipi_rx_free(&rx);
    }
}
END_TEST

START_TEST(lines_of_another_length_keep_the_frames_geometry)
{
    open_rx();
    send_short(0, MIPI_DT_FS, 1);
    send_long(0, MIPI_DT_RAW8, "abcd", 4);
    send_long(0, MIPI_DT_RAW8, "ef", 2);
    expect_only(MIPI_RX_LINE_BYTES);
    send_long(0, MIPI_DT_RAW8, "ghijkl", 6);
    ck_assert_uint_eq(rx.counts[MIPI_RX_LINE_BYTES], 2);
    send_short(0, MIPI_DT_FE, 1);
    ck_assert_uint_eq(frame.stream[0].lines, 3);
    ck_assert_uint_eq(frame.stream[0].bad_lines, 2);
    const uint16_t expected[12] = {'a', 'b', 'c', 'd', 'e', 'f', 0, 0, 'g', 'h', 'i', 'j'};
    ck_assert_mem_eq(frame.stream[0].px, expected, sizeof(expected));
    mipi_rx_free(&rx);

    open_rx(); /* 7 bytes are one RAW10 group and a bit */
    send_short(0, MIPI_DT_FS, 1);
    send_long(0, MIPI_DT_RAW10, "abcdefg", 7);
    expect_only(MIPI_RX_LINE_BYTES);
    send_short(0, MIPI_DT_FE, 1);
    ck_assert_uint_eq(frame.stream[0].width_px, 4);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(data_types_without_meaning_are_reported_and_kept)
{
    open_rx();
    send_short(0, MIPI_DT_FS, 1);
    send_long(0, 0x25, "x", 1);
    expect_only(MIPI_RX_UNSUPPORTED_DT);
    ck_assert_uint_eq(last.found, 0x25);
    send_short(0, MIPI_DT_FE, 1);
    ck_assert_uint_eq(frame.stream[0].byte_count, 1);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(null_and_blanking_packets_are_dropped_anywhere)
{
    open_rx();
    send_long(0, MIPI_DT_NULL, "xx", 2);
    send_short(0, MIPI_DT_FS, 1);
    send_long(0, MIPI_DT_BLANKING, "xx", 2);
    send_short(0, MIPI_DT_FE, 1);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    ck_assert_uint_eq(frame.streams, 0);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(a_ninth_data_type_is_left_out)
{
    open_rx();
    send_short(0, MIPI_DT_FS, 1);
    for (uint8_t i = 0; i < 8; i++)
        send_long(0, (uint8_t)(MIPI_DT_USER1 + i), "x", 1);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    send_long(0, MIPI_DT_RAW8, "x", 1);
    expect_only(MIPI_RX_TOO_MANY_TYPES);
    mipi_rx_free(&rx);
}
END_TEST

/* A line without bytes takes 4 of memory, for its length. */
START_TEST(lines_without_bytes_take_memory_too)
{
    mipi_rx_init(&rx, &(mipi_rx_desc_t){.max_frame_bytes = 100},
                 &(mipi_rx_callbacks_t){.event = on_event, .frame = on_frame});
    number = frames = 0;
    send_short(0, MIPI_DT_FS, 1);
    for (int i = 0; i < 25; i++)
        send_long(0, MIPI_DT_EMBEDDED, "", 0);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    send_long(0, MIPI_DT_EMBEDDED, "", 0);
    expect_only(MIPI_RX_MEMORY);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(a_frame_larger_than_allowed_is_cut)
{
    mipi_rx_init(&rx, &(mipi_rx_desc_t){.max_frame_bytes = 100},
                 &(mipi_rx_callbacks_t){.event = on_event, .frame = on_frame});
    number = frames = 0;
    uint8_t line[40] = {0};
    send_short(0, MIPI_DT_FS, 1);
    send_long(0, MIPI_DT_USER1, line, 40);
    send_long(0, MIPI_DT_USER1, line, 40);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    send_long(0, MIPI_DT_USER1, line, 40);
    expect_only(MIPI_RX_MEMORY);
    send_short(0, MIPI_DT_FE, 1);
    ck_assert_uint_eq(frame.stream[0].lines, 2);
    send_short(0, MIPI_DT_FS, 2); /* every frame has its own limit */
    send_long(0, MIPI_DT_USER1, line, 40);
    send_long(0, MIPI_DT_USER1, line, 40);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 1);
    mipi_rx_free(&rx);
}
END_TEST

/* ---- byte streams
 * --------------------------------------------------------------------------------- */
static size_t small_stream(uint8_t *out)
{
    size_t n = mipi_short_packet(out, 0, MIPI_DT_FS, 1);
    n += mipi_long_packet(out + n, 0, MIPI_DT_RAW8, (const uint8_t *)"abcdefgh", 8);
    n += mipi_long_packet(out + n, 0, MIPI_DT_RAW8, (const uint8_t *)"ijklmnop", 8);
    n += mipi_short_packet(out + n, 0, MIPI_DT_FE, 1);
    return n;
}

START_TEST(packets_back_to_back_are_found)
{
    uint8_t bytes[64];
    open_rx();
    mipi_rx_bytes(&rx, bytes, small_stream(bytes));
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    ck_assert_uint_eq(rx.packets, 4);
    ck_assert_uint_eq(frame.stream[0].lines, 2);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(after_a_lost_header_the_stream_is_found_again)
{
    uint8_t bytes[64];
    size_t n = small_stream(bytes);
    bytes[4] ^= 0x03; /* two wrong bits in the first line's header */
    open_rx();
    mipi_rx_bytes(&rx, bytes, n);
    ck_assert_uint_eq(rx.counts[MIPI_RX_ECC], 1);
    ck_assert_uint_eq(frames, 1);
    ck_assert_uint_eq(frame.stream[0].px[0], 'i');
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(a_header_in_a_payload_does_not_fool_the_search)
{
    uint8_t bytes[64];
    size_t n = mipi_short_packet(bytes, 0, MIPI_DT_FS, 1);
    /* the payload contains a frame start that would fit, but nothing fits behind it */
    n +=
        mipi_long_packet(bytes + n, 0, MIPI_DT_RAW8, (const uint8_t *)"ab\x00\x01\x00\x1a??gh", 10);
    n += mipi_long_packet(bytes + n, 0, MIPI_DT_RAW8, (const uint8_t *)"ijklmnop", 8);
    n += mipi_short_packet(bytes + n, 0, MIPI_DT_FE, 1);
    bytes[4] ^= 0x03;
    open_rx();
    mipi_rx_bytes(&rx, bytes, n);
    expect_only_of(MIPI_RX_ECC);
    ck_assert_uint_eq(frames, 1);
    ck_assert_uint_eq(frame.stream[0].lines, 1);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(hostile_bytes_do_no_harm)
{
    sim_stream_t rng = sim_stream(99, 0, 0);
    static uint8_t bytes[8192];
    static const uint8_t payload[500];
    for (uint32_t run = 0; run < 300; run++) {
        mipi_rx_init(&rx, &(mipi_rx_desc_t){.max_frame_bytes = 1 << 16},
                     &(mipi_rx_callbacks_t){.event = on_event, .frame = on_frame});
        size_t n = 0;
        while (n + 600 < sizeof(bytes)) {
            uint32_t what = sim_stream_below(&rng, 4);
            uint8_t vc = (uint8_t)sim_stream_below(&rng, 3);
            if (what == 0)
                n += mipi_short_packet(bytes + n, vc, (uint8_t)sim_stream_below(&rng, 16),
                                       (uint16_t)sim_stream_below(&rng, 4));
            else if (what < 3)
                n += mipi_long_packet(bytes + n, vc, (uint8_t)(16 + sim_stream_below(&rng, 48)),
                                      payload, (uint16_t)sim_stream_below(&rng, 500));
            else
                for (uint32_t i = sim_stream_below(&rng, 30); i > 0; i--)
                    bytes[n++] = (uint8_t)sim_stream_u32(&rng);
        }
        for (uint32_t flips = sim_stream_below(&rng, 40); flips > 0; flips--)
            bytes[sim_stream_below(&rng, (uint32_t)n)] ^=
                (uint8_t)(1u << sim_stream_below(&rng, 8));
        mipi_rx_bytes(&rx, bytes, n);
        mipi_rx_finish(&rx);
        ck_assert_uint_gt(mipi_rx_event_count(&rx), 0);
        for (uint32_t vc = 0; vc < MIPI_VCS; vc++)
            ck_assert(!rx.channel[vc].open);
        mipi_rx_free(&rx);
    }
}
END_TEST

START_TEST(a_wrong_word_count_is_told_from_missing_bytes)
{
    uint8_t out[32];
    for (uint16_t wc = 4; wc <= 20; wc += 16) { /* fewer and more than are there */
        open_rx();
        send_short(0, MIPI_DT_FS, 1);
        size_t bytes = mipi_long_packet(out, 0, MIPI_DT_RAW8, (const uint8_t *)"123456789", 9);
        mipi_header_encode(&(mipi_header_t){.dt = MIPI_DT_RAW8, .word = wc}, out);
        send(out, bytes);
        ck_assert_uint_eq(rx.counts[MIPI_RX_WORD_COUNT], 1);
        ck_assert_uint_eq(rx.counts[MIPI_RX_SHORT] + rx.counts[MIPI_RX_EXTRA], 0);
        send_short(0, MIPI_DT_FE, 1);
        ck_assert_uint_eq(frame.stream[0].bad_lines, 1);
        mipi_rx_free(&rx);
    }
}
END_TEST

START_TEST(what_the_host_is_not_set_for_is_reported_and_left_out)
{
    const mipi_rx_desc_t desc = {
        .expect = {[2] = UINT64_C(1) << MIPI_DT_RAW8, [12] = UINT64_C(1) << MIPI_DT_USER1}};
    mipi_rx_init(&rx, &desc, &(mipi_rx_callbacks_t){.event = on_event, .frame = on_frame});
    frames = 0;
    send_short(2, MIPI_DT_FS, 1);
    send_long(2, MIPI_DT_RAW8, "abc", 3);
    send_long(2, MIPI_DT_NULL, "filler", 6);
    send_short(12, MIPI_DT_FS, 1);
    send_long(12, MIPI_DT_USER1, "abc", 3);
    send_short(12, MIPI_DT_FE, 1);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    ck_assert_uint_eq(frames, 1);
    send_long(2, MIPI_DT_EMBEDDED, "abc", 3);
    expect_only(MIPI_RX_UNSUPPORTED_DT);
    ck_assert_uint_eq(last.found, MIPI_DT_EMBEDDED);
    ck_assert_uint_eq(rx.by[MIPI_RX_UNSUPPORTED_DT][2], 1);
    send_short(2, 0x08, 1); /* a generic short packet, too */
    ck_assert_uint_eq(rx.by[MIPI_RX_UNSUPPORTED_DT][2], 2);
    send_short(3, MIPI_DT_FS, 1);
    ck_assert_int_eq(last.kind, MIPI_RX_UNEXPECTED_VC);
    ck_assert_uint_eq(last.found, 3);
    ck_assert(!rx.channel[3].open);
    send_short(2, MIPI_DT_FE, 1);
    ck_assert_uint_eq(frame.streams, 1);
    ck_assert_uint_eq(frame.events, 2);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(a_line_longer_than_the_buffer_is_left_out)
{
    mipi_rx_init(&rx, &(mipi_rx_desc_t){.max_line_bytes = 8},
                 &(mipi_rx_callbacks_t){.event = on_event, .frame = on_frame});
    number = 0;
    send_short(0, MIPI_DT_FS, 1);
    send_long(0, MIPI_DT_EMBEDDED, "12345678", 8);
    send_long(0, MIPI_DT_EMBEDDED, "123456789", 9);
    expect_only(MIPI_RX_LINE_BUFFER);
    ck_assert_uint_eq(last.found, 9);
    ck_assert_uint_eq(last.expected, 8);
    send_short(0, MIPI_DT_FE, 1);
    ck_assert_uint_eq(frame.stream[0].lines, 1);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(a_line_that_vanished_shows_in_the_number_of_lines)
{
    mipi_rx_init(&rx, &(mipi_rx_desc_t){.lines = {[0] = 3}},
                 &(mipi_rx_callbacks_t){.event = on_event, .frame = on_frame});
    number = 0;
    for (uint16_t n = 1; n <= 4; n++) { /* frames of 2, 3, 4 lines; and one of another channel */
        uint8_t vc = n == 4;
        send_short(vc, MIPI_DT_FS, n == 4 ? 1 : n);
        send_long(vc, MIPI_DT_EMBEDDED, "abc", 3);
        for (uint16_t line = 0; line <= n % 4; line++)
            send_long(vc, MIPI_DT_RAW8, "abc", 3);
        uint64_t before = rx.counts[MIPI_RX_FRAME_LINES];
        send_short(vc, MIPI_DT_FE, n == 4 ? 1 : n);
        ck_assert_uint_eq(rx.counts[MIPI_RX_FRAME_LINES] - before, n == 1 || n == 3);
        if (n == 3)
            ck_assert(last.found == 4 && last.expected == 3 && frame.events == 1);
    }
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 2);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(line_start_and_end_stand_around_all_lines_of_a_type_or_none)
{
    open_rx();
    send_short(0, MIPI_DT_FS, 1);
    send_long(0, MIPI_DT_EMBEDDED, "abc", 3); /* another type: without */
    for (uint16_t n = 1; n <= 2; n++) {
        send_short(0, MIPI_DT_LS, n);
        send_long(0, MIPI_DT_RAW8, "abc", 3);
        send_short(0, MIPI_DT_LE, n);
    }
    send_long(0, MIPI_DT_EMBEDDED, "abc", 3);
    ck_assert_uint_eq(mipi_rx_event_count(&rx), 0);
    send_long(0, MIPI_DT_RAW8, "abc", 3);
    expect_only(MIPI_RX_LINE_PAIRING);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(counters_are_by_channel_and_vcx_frames_have_their_own)
{
    open_rx();
    for (uint8_t vc = 0; vc < MIPI_VCS; vc++) {
        uint8_t out[16];
        for (uint8_t n = 0; n <= vc; n++) {
            send_short(vc, MIPI_DT_FS, 1);
            size_t bytes = mipi_long_packet(out, vc, MIPI_DT_USER1, (const uint8_t *)"abc", 3);
            out[6] ^= 1;
            send(out, bytes);
            send_short(vc, MIPI_DT_FE, 1);
        }
        ck_assert_uint_eq(rx.by[MIPI_RX_CRC][vc], vc + 1u);
    }
    ck_assert_uint_eq(mipi_rx_vcx_frame_errors(&rx), 0);
    send_short(3, MIPI_DT_FE, 1);
    ck_assert_uint_eq(mipi_rx_vcx_frame_errors(&rx), 0);
    send_short(4, MIPI_DT_FE, 1);
    send_short(15, MIPI_DT_FS, 1);
    send_short(15, MIPI_DT_FE, 2);
    ck_assert_uint_eq(mipi_rx_vcx_frame_errors(&rx), 2);
    mipi_rx_free(&rx);
}
END_TEST

START_TEST(every_event_has_a_name_and_a_sentence)
{
    for (uint32_t kind = 0; kind < MIPI_RX_EVENT_KINDS; kind++) {
        ck_assert_uint_gt(strlen(mipi_rx_kind_name((mipi_rx_kind_t)kind)), 2);
        ck_assert_uint_gt(strlen(mipi_rx_kind_text((mipi_rx_kind_t)kind)), 8);
    }
    ck_assert_str_eq(mipi_rx_kind_name(MIPI_RX_ECC_CORRECTED), "ecc_1bit");
}
END_TEST

TEST_MAIN("mipi rx", a_frame_is_put_together_by_channel_and_type,
          frames_follow_each_other_with_other_types_in_the_same_memory,
          a_corrected_header_is_reported_and_used, a_header_with_two_wrong_bits_loses_its_packet,
          a_wrong_payload_is_reported_and_kept, a_packet_cut_short_leaves_black,
          bytes_beyond_the_packet_are_reported, frame_structure_is_checked,
          rgb_lines_are_cut_or_filled_to_the_first, yuv420_lines_of_two_lengths_take_turns,
          frame_numbers_are_checked, line_numbers_are_checked,
          lines_of_another_length_keep_the_frames_geometry,
          data_types_without_meaning_are_reported_and_kept,
          null_and_blanking_packets_are_dropped_anywhere, a_ninth_data_type_is_left_out,
          lines_without_bytes_take_memory_too, a_frame_larger_than_allowed_is_cut,
          packets_back_to_back_are_found, after_a_lost_header_the_stream_is_found_again,
          a_header_in_a_payload_does_not_fool_the_search, hostile_bytes_do_no_harm,
          a_wrong_word_count_is_told_from_missing_bytes,
          what_the_host_is_not_set_for_is_reported_and_left_out,
          a_line_longer_than_the_buffer_is_left_out,
          a_line_that_vanished_shows_in_the_number_of_lines,
          line_start_and_end_stand_around_all_lines_of_a_type_or_none,
          counters_are_by_channel_and_vcx_frames_have_their_own,
          every_event_has_a_name_and_a_sentence)
