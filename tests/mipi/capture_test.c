#include "mipi/capture.h"

#include "mipi/rx.h"
#include "sim/hash.h"
#include "sim/rng.h"
#include "tests/test.h"

#define LINES 3u
#define PACKETS (LINES + 2u)

/* ---- a small capture: FS, 3 RAW10 lines of 8 pixels, FE
 * ------------------------------------------- */
static uint8_t file[1024];
static size_t file_bytes;
static size_t record_at[PACKETS + 1]; /* of each record, the end record last */

static void write_capture(void)
{
    const mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
    mipi_capture_writer_t writer;
    char memory[sizeof(file)] = {0};
    FILE *stream = fmemopen(memory, sizeof(memory), "w");
    mipi_capture_begin(&writer, stream, &phy);
    for (uint32_t n = 0; n < PACKETS; n++) {
        uint8_t bytes[32], payload[10];
        size_t count;
        for (uint32_t i = 0; i < sizeof(payload); i++)
            payload[i] = (uint8_t)(n * 50 + i * 7);
        if (n == 0 || n + 1 == PACKETS)
            count = mipi_short_packet(bytes, 0, n == 0 ? MIPI_DT_FS : MIPI_DT_FE, 1);
        else
            count = mipi_long_packet(bytes, 0, MIPI_DT_RAW10, payload, sizeof(payload));
        record_at[n] = (size_t)ftell(stream);
        mipi_capture_packet(&writer, &(mipi_packet_t){.number = n,
                                                      .bytes = bytes,
                                                      .count = (uint32_t)count,
                                                      .start_ps = 1000000 * n,
                                                      .end_ps = 1000000 * n + 500000});
    }
    record_at[PACKETS] = (size_t)ftell(stream);
    mipi_capture_end(&writer);
    file_bytes = (size_t)ftell(stream);
    fclose(stream);
    memcpy(file, memory, file_bytes);
}

/* ---- everything that a reader and a receiver say about a file
 * --------------------------------------- */
typedef struct {
    bool opened;
    uint32_t packets, problems, events;
    mipi_capture_problem_t problem[16];
    mipi_rx_event_t event[16];
    uint32_t good_lines; /* whole, in a frame, with the right pixels */
} result_t;

static result_t result;

static void on_problem(void *ctx, const mipi_capture_problem_t *problem)
{
    (void)ctx;
    if (result.problems < SIM_COUNT(result.problem))
        result.problem[result.problems] = *problem;
    result.problems++;
}

static void on_event(void *ctx, const mipi_rx_event_t *event)
{
    (void)ctx;
    if (result.events < SIM_COUNT(result.event))
        result.event[result.events] = *event;
    result.events++;
}

static void on_frame(void *ctx, const mipi_rx_frame_t *frame)
{
    (void)ctx;
    const mipi_rx_stream_t *s = mipi_rx_stream(frame, MIPI_DT_RAW10);
    for (uint32_t line = 0; s != NULL && s->width_px == 8 && line < s->lines; line++) {
        uint16_t expected[8];
        uint8_t payload[10];
        for (uint32_t i = 0; i < sizeof(payload); i++)
            payload[i] = (uint8_t)((line + 1) * 50 + i * 7);
        mipi_unpack_row(10, SIM_SIMD_SCALAR)(expected, payload, 8);
        result.good_lines += memcmp(s->px + line * 8, expected, sizeof(expected)) == 0;
    }
}

/* Everything that a reader tells, as a hash: from memory and as a stream it is the same. */
static uint64_t told;

static void tell_problem(void *ctx, const mipi_capture_problem_t *problem)
{
    const uint64_t words[] = {(uint64_t)problem->kind, problem->packet, problem->offset,
                              problem->found, problem->expected};
    told = sim_hash(told, words, sizeof(words));
    if (ctx != NULL)
        on_problem(NULL, problem);
}

static void tell_packet(const mipi_packet_t *packet)
{
    const uint64_t words[] = {packet->number, packet->count, packet->start_ps};
    told = sim_hash(told, words, sizeof(words));
    told = sim_hash(told, packet->bytes, packet->count);
}

static void read_stream(const uint8_t *data, size_t bytes)
{
    mipi_capture_reader_t reader;
    mipi_packet_t packet;
    FILE *stream =
        fmemopen(bytes == 0 ? (void *)"?" : (void *)(uintptr_t)data, bytes == 0 ? 1 : bytes, "r");
    if (bytes == 0)
        fgetc(stream);
    told = 0;
    if (mipi_capture_open_stream(&reader, stream, tell_problem, NULL))
        while (mipi_capture_next(&reader, &packet))
            tell_packet(&packet);
    mipi_capture_close(&reader);
    fclose(stream);
}

static void read_capture(const uint8_t *data, size_t bytes)
{
    mipi_capture_reader_t reader;
    mipi_packet_t packet;
    mipi_rx_t rx;
    read_stream(data, bytes);
    uint64_t streamed = told;
    told = 0;
    memset(&result, 0, sizeof(result));
    mipi_rx_init(&rx, NULL, &(mipi_rx_callbacks_t){.event = on_event, .frame = on_frame});
    result.opened = mipi_capture_open(&reader, data, bytes, tell_problem, &result);
    while (result.opened && mipi_capture_next(&reader, &packet)) {
        result.packets++;
        tell_packet(&packet);
        mipi_rx_packet(&rx, &packet);
    }
    mipi_rx_finish(&rx);
    mipi_rx_free(&rx);
    ck_assert_uint_eq(reader.problems, result.problems);
    ck_assert_uint_eq(streamed, told);
}

/* ---- tests --------------------------------------------------------------------------------------
 */
START_TEST(a_capture_comes_back_as_it_was)
{
    mipi_capture_reader_t reader;
    mipi_packet_t packet;
    write_capture();
    read_capture(file, file_bytes);
    ck_assert_uint_eq(result.packets, PACKETS);
    ck_assert_uint_eq(result.problems, 0);
    ck_assert_uint_eq(result.events, 0);
    ck_assert_uint_eq(result.good_lines, LINES);
    ck_assert(mipi_capture_open(&reader, file, file_bytes, NULL, NULL));
    ck_assert_uint_eq(reader.link.signaling, MIPI_DPHY);
    ck_assert_uint_eq(reader.link.lanes, 2);
    ck_assert_uint_eq(reader.link.bit_rate_bps, 888000000);
    for (uint32_t n = 0; n < PACKETS; n++) {
        ck_assert(mipi_capture_next(&reader, &packet));
        ck_assert_uint_eq(packet.number, n);
        ck_assert_uint_eq(packet.start_ps, 1000000 * n);
        ck_assert_uint_eq(packet.count, n == 0 || n == PACKETS - 1 ? 4 : 16);
    }
    ck_assert(!mipi_capture_next(&reader, &packet));
    ck_assert(!mipi_capture_next(&reader, &packet));
}
END_TEST

START_TEST(the_bytes_are_as_documented)
{
    write_capture();
    ck_assert_uint_eq(file_bytes, 32 + 2 * (28 + 4) + 3 * (28 + 16) + 28);
    ck_assert_mem_eq(file, "FOVEACS2\x01\0\0\0\x02\0\0\0", 16);
    /* 888,000,000 = 0x34EDCE00 */
    ck_assert_mem_eq(file + 16, "\x00\xce\xed\x34\0\0\0\0\x02\0\0\0", 12);
    uint32_t crc = sim_crc32(0, file, 28);
    for (uint32_t i = 0; i < 4; i++)
        ck_assert_uint_eq(file[28 + i], crc >> (8 * i) & 0xff);
    const uint8_t *second = file + record_at[1];
    ck_assert_mem_eq(second, "PKT1\x10\0\0\0\x01\0\0\0\0\0\0\0\x40\x42\x0f\0\0\0\0\0", 24);
    ck_assert_mem_eq(second + 28, "\x2b\x0a\x00", 3);
    ck_assert_mem_eq(file + record_at[PACKETS], "END!\0\0\0\0\x05\0\0\0\0\0\0\0", 16);
}
END_TEST

/* Which packet does this byte of the file belong to (record and content)? */
static uint32_t packet_at(size_t offset)
{
    uint32_t n = 0;
    while (n < PACKETS && offset >= record_at[n + 1])
        n++;
    return n;
}

START_TEST(every_flipped_bit_is_found_and_named)
{
    write_capture();
    for (size_t bit = 0; bit < file_bytes * 8; bit++) {
        size_t at = bit / 8;
        file[at] ^= (uint8_t)(1u << bit % 8);
        read_capture(file, file_bytes);
        file[at] ^= (uint8_t)(1u << bit % 8);
        ck_assert(result.opened);
        ck_assert_uint_eq(result.packets, PACKETS); /* none is ever lost */
        ck_assert_uint_eq(result.problems + result.events, 1);
        uint32_t n = packet_at(at);
        size_t within = at - (at < 32 ? 0 : record_at[n]);
        if (at < 32) {
            ck_assert_int_eq(result.problem[0].kind, MIPI_CAPTURE_HEADER_FIXED);
            ck_assert_uint_eq(result.problem[0].offset, at);
        } else if (within < 28) {
            ck_assert_int_eq(result.problem[0].kind, MIPI_CAPTURE_RECORD_FIXED);
            ck_assert_uint_eq(result.problem[0].offset, at);
            ck_assert_uint_eq(result.problem[0].packet, n);
        } else {
            bool header = within < 28 + 4;
            ck_assert_int_eq(result.event[0].kind, header ? MIPI_RX_ECC_CORRECTED : MIPI_RX_CRC);
            ck_assert_uint_eq(result.event[0].packet, n);
        }
        bool pixels = within >= 28 + 4 && within < 28 + 4 + 10 && at >= 32;
        ck_assert_uint_eq(result.good_lines, LINES - (pixels ? 1 : 0));
    }
}
END_TEST

START_TEST(a_destroyed_record_costs_one_packet)
{
    write_capture();
    for (uint32_t n = 0; n < PACKETS; n++) {
        uint8_t copy[sizeof(file)];
        memcpy(copy, file, file_bytes);
        memset(copy + record_at[n], 0xa5, 28);
        read_capture(copy, file_bytes);
        ck_assert_uint_eq(result.packets, PACKETS - 1);
        ck_assert_int_eq(result.problem[0].kind, MIPI_CAPTURE_RECORD);
        ck_assert_uint_eq(result.problem[0].packet, n);
        ck_assert_uint_eq(result.problem[0].offset, record_at[n]);
        ck_assert_uint_eq(result.problem[0].found, record_at[n + 1] - record_at[n]);
        if (n + 1 < PACKETS) { /* the next record's number shows the gap */
            ck_assert_int_eq(result.problem[1].kind, MIPI_CAPTURE_NUMBER);
            ck_assert_uint_eq(result.problem[1].found, n + 1);
            ck_assert_uint_eq(result.problem[1].expected, n);
        }
        ck_assert_int_eq(result.problem[result.problems - 1].kind, MIPI_CAPTURE_COUNT);
    }
}
END_TEST

START_TEST(a_missing_record_shows_in_the_numbers)
{
    write_capture();
    size_t gap = record_at[2] - record_at[1];
    memmove(file + record_at[1], file + record_at[2], file_bytes - record_at[2]);
    read_capture(file, file_bytes - gap);
    ck_assert_uint_eq(result.packets, PACKETS - 1);
    ck_assert_uint_eq(result.problems, 2);
    ck_assert_int_eq(result.problem[0].kind, MIPI_CAPTURE_NUMBER);
    ck_assert_int_eq(result.problem[1].kind, MIPI_CAPTURE_COUNT);
    ck_assert_uint_eq(result.problem[1].found, PACKETS);
    ck_assert_uint_eq(result.problem[1].expected, PACKETS - 1);
}
END_TEST

START_TEST(damage_after_a_gap_has_the_number_of_its_own_packet)
{
    write_capture();
    size_t gap = record_at[2] - record_at[1];
    memmove(file + record_at[1], file + record_at[2], file_bytes - record_at[2]);
    read_capture(file, record_at[3] - gap - 1);
    ck_assert_int_eq(result.problem[0].kind, MIPI_CAPTURE_NUMBER);
    ck_assert_int_eq(result.problem[1].kind, MIPI_CAPTURE_TRUNCATED);
    ck_assert_uint_eq(result.problem[1].packet, 2);
}
END_TEST

START_TEST(a_record_of_an_unknown_kind_is_skipped)
{
    write_capture();
    uint8_t *record = file + record_at[2];
    memcpy(record, "NEW1", 4);
    uint32_t crc = sim_crc32(0, record, 24);
    for (uint32_t i = 0; i < 4; i++)
        record[24 + i] = (uint8_t)(crc >> (8 * i));
    read_capture(file, file_bytes);
    ck_assert_uint_eq(result.packets, PACKETS - 1);
    ck_assert_int_eq(result.problem[0].kind, MIPI_CAPTURE_RECORD);
    ck_assert_uint_eq(result.problem[0].packet, 2);
}
END_TEST

START_TEST(a_file_cut_anywhere_is_reported)
{
    write_capture();
    for (size_t bytes = 0; bytes < file_bytes; bytes++) {
        read_capture(file, bytes);
        ck_assert_uint_ge(result.problems, 1);
        if (bytes < 32) {
            ck_assert(!result.opened);
            ck_assert_int_eq(result.problem[0].kind,
                             bytes == 0 ? MIPI_CAPTURE_NOT_A_CAPTURE : MIPI_CAPTURE_TRUNCATED);
            continue;
        }
        bool whole = false; /* does it end with a whole packet? */
        for (uint32_t n = 0; n <= PACKETS; n++)
            whole |= bytes == record_at[n];
        ck_assert_int_eq(result.problem[0].kind,
                         whole ? MIPI_CAPTURE_NO_END : MIPI_CAPTURE_TRUNCATED);
        ck_assert_uint_eq(result.problem[0].packet, packet_at(bytes));
        ck_assert_int_eq(result.problem[result.problems - 1].kind, MIPI_CAPTURE_NO_END);
    }
}
END_TEST

START_TEST(bytes_after_the_end_are_reported)
{
    write_capture();
    read_capture(file, file_bytes + 5);
    ck_assert_uint_eq(result.problems, 1);
    ck_assert_int_eq(result.problem[0].kind, MIPI_CAPTURE_AFTER_END);
    ck_assert_uint_eq(result.problem[0].offset, file_bytes);
    ck_assert_uint_eq(result.problem[0].found, 5);
}
END_TEST

START_TEST(other_files_are_refused)
{
    uint8_t png[64] = {0x89, 'P', 'N', 'G'};
    read_capture(png, sizeof(png));
    ck_assert(!result.opened);
    ck_assert_int_eq(result.problem[0].kind, MIPI_CAPTURE_NOT_A_CAPTURE);
    write_capture();
    file[8] = 2; /* version 2, with a CRC that fits */
    uint32_t crc = sim_crc32(0, file, 28);
    for (uint32_t i = 0; i < 4; i++)
        file[28 + i] = (uint8_t)(crc >> (8 * i));
    read_capture(file, file_bytes);
    ck_assert(!result.opened);
    ck_assert_int_eq(result.problem[0].kind, MIPI_CAPTURE_OTHER_VERSION);
    ck_assert_uint_eq(result.problem[0].found, 2);
}
END_TEST

START_TEST(a_damaged_header_does_not_stop_the_reader)
{
    write_capture();
    file[12] ^= 0xff;
    file[17] ^= 0xff;
    read_capture(file, file_bytes);
    ck_assert(result.opened);
    ck_assert_int_eq(result.problem[0].kind, MIPI_CAPTURE_HEADER);
    ck_assert_uint_eq(result.packets, PACKETS);
}
END_TEST

START_TEST(a_write_error_shows_in_the_stream)
{
    char small[40];
    const mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
    mipi_capture_writer_t writer;
    FILE *stream = fmemopen(small, sizeof(small), "w");
    setvbuf(stream, NULL, _IONBF, 0);
    mipi_capture_begin(&writer, stream, &phy);
    ck_assert(!ferror(stream));
    mipi_capture_end(&writer);
    ck_assert(ferror(stream));
    fclose(stream);
}
END_TEST

/* 3.5 windows of packets of all sizes. */
static size_t make_long_capture(uint8_t *data, size_t room)
{
    const mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
    static uint8_t packet[MIPI_MAX_PACKET_BYTES], payload[MIPI_MAX_PAYLOAD_BYTES];
    mipi_capture_writer_t writer;
    sim_stream_t rng = sim_stream(5, 0, 0);
    FILE *stream = fmemopen(data, room, "w");
    mipi_capture_begin(&writer, stream, &phy);
    while ((size_t)ftell(stream) < room - 2 * MIPI_MAX_PACKET_BYTES) {
        uint16_t bytes = (uint16_t)(sim_stream_u32(&rng) >> sim_stream_below(&rng, 17));
        for (uint32_t i = 0; i < bytes; i++)
            payload[i] = (uint8_t)(i * 13 + bytes);
        size_t count = mipi_long_packet(packet, 0, MIPI_DT_USER1, payload, bytes);
        mipi_capture_packet(&writer, &(mipi_packet_t){.bytes = packet, .count = (uint32_t)count});
        fflush(stream);
    }
    mipi_capture_end(&writer);
    fflush(stream);
    size_t bytes = (size_t)ftell(stream);
    fclose(stream);
    return bytes;
}

static bool sends_by(const mipi_capture_reader_t *reader, mipi_signaling_t signaling,
                     uint32_t lanes, uint64_t bit_rate_bps)
{
    return reader->link.signaling == signaling && reader->link.lanes == lanes &&
           reader->link.bit_rate_bps == bit_rate_bps;
}

/* Two lanes, then one of them, then three trios of 700 Ms/s: 1600 Mb/s each; then as many lanes of
 * that rate. */
START_TEST(a_link_that_changes_is_told)
{
    mipi_phy_t two = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()}, one = two;
    mipi_phy_t trios = {.signaling = MIPI_CPHY, .cphy = mipi_cphy_desc_default()};
    mipi_phy_t three = two;
    one.dphy.lanes = 1;
    three.dphy.lanes = 3;
    three.dphy.bit_rate_bps = 1600000000;
    trios.cphy.trios = 3;
    trios.cphy.symbol_rate_hz = 700000000;
    const mipi_phy_t *const phys[] = {&two, &two, &one, &one, &trios, &three};
    mipi_capture_writer_t writer;
    mipi_capture_reader_t reader;
    mipi_packet_t packet;
    FILE *stream = fmemopen(file, sizeof(file), "w");
    mipi_capture_begin(&writer, stream, &two);
    for (uint32_t n = 0; n < SIM_COUNT(phys); n++)
        mipi_capture_packet(
            &writer,
            &(mipi_packet_t){.bytes = (const uint8_t *)"\0\1\0\x1a", .count = 4, .phy = phys[n]});
    mipi_capture_end(&writer);
    size_t bytes = (size_t)ftell(stream);
    fclose(stream);
    ck_assert_uint_eq(bytes, 32 + 6 * (28 + 4) + 3 * 28 + 28);
    /* one lane of D-PHY from packet 2 on, 0x34EDCE00 bits a second */
    ck_assert_mem_eq(file + 32 + 2 * 32,
                     "LNK1\x02\x01\0\0\x02\0\0\0\0\0\0\0\x00\xce\xed\x34\0\0\0\0", 24);
    ck_assert(mipi_capture_open(&reader, file, bytes, NULL, NULL));
    for (uint32_t n = 0; n < SIM_COUNT(phys); n++) {
        ck_assert(mipi_capture_next(&reader, &packet));
        ck_assert(n >= 2 || sends_by(&reader, MIPI_DPHY, 2, 888000000));
        ck_assert(n < 2 || n >= 4 || sends_by(&reader, MIPI_DPHY, 1, 888000000));
        ck_assert(n != 4 || sends_by(&reader, MIPI_CPHY, 3, 1600000000));
        ck_assert(n != 5 || sends_by(&reader, MIPI_DPHY, 3, 1600000000));
    }
    ck_assert(!mipi_capture_next(&reader, &packet));
    ck_assert_uint_eq(reader.problems, 0);
}
END_TEST

/* As they were written before the header told the PHY. */
START_TEST(older_files_are_read)
{
    mipi_capture_reader_t reader;
    write_capture();
    memset(file + 24, 0, 4);
    uint32_t crc = sim_crc32(0, file, 28);
    for (uint32_t i = 0; i < 4; i++)
        file[28 + i] = (uint8_t)(crc >> (8 * i));
    read_capture(file, file_bytes);
    ck_assert(result.packets == PACKETS && result.problems == 0);
    ck_assert(mipi_capture_open(&reader, file, file_bytes, NULL, NULL));
    ck_assert(sends_by(&reader, (mipi_signaling_t)0, 2, 888000000));
}
END_TEST

START_TEST(a_stream_is_read_as_memory_is_wherever_it_is_damaged)
{
    const size_t room = 7 * MIPI_CAPTURE_WINDOW_BYTES / 2;
    uint8_t *data = malloc(room), *copy = malloc(room);
    size_t bytes = make_long_capture(data, room);
    sim_stream_t rng = sim_stream(6, 0, 0);
    ck_assert_uint_gt(bytes, 3 * MIPI_CAPTURE_WINDOW_BYTES);
    read_capture(data, bytes);
    ck_assert_uint_eq(result.problems, 0);
    for (uint32_t run = 0; run < 24; run++) {
        memcpy(copy, data, bytes);
        for (uint32_t hits = 1 + sim_stream_below(&rng, 5); hits > 0; hits--) {
            /* near the ends of windows as anywhere else */
            size_t at = sim_stream_below(&rng, (uint32_t)bytes - 200000);
            if (run % 2)
                at = (1 + at % 3) * MIPI_CAPTURE_WINDOW_BYTES - sim_stream_below(&rng, 70000);
            memset(copy + at, (int)run, sim_stream_below(&rng, run % 3 ? 100 : 100000));
        }
        read_capture(copy, bytes - (run % 4 ? 0 : sim_stream_below(&rng, 70000)));
    }
    free(copy);
    free(data);
}
END_TEST

TEST_MAIN("mipi capture", a_stream_is_read_as_memory_is_wherever_it_is_damaged,
          a_capture_comes_back_as_it_was, the_bytes_are_as_documented,
          every_flipped_bit_is_found_and_named, a_destroyed_record_costs_one_packet,
          a_missing_record_shows_in_the_numbers,
          damage_after_a_gap_has_the_number_of_its_own_packet,
          a_record_of_an_unknown_kind_is_skipped, a_file_cut_anywhere_is_reported,
          bytes_after_the_end_are_reported, other_files_are_refused,
          a_damaged_header_does_not_stop_the_reader, a_link_that_changes_is_told,
          older_files_are_read, a_write_error_shows_in_the_stream)
