/*
 * decode_test.c - `fovea decode`: two frames of RAW10, registers and RGB, as a capture and as
 * lanes.
 */
#include "mipi/embedded.h"
#include "mipi/lane_trace.h"
#include "sim/dng.h"
#include "sim/file.h"
#include "sim/json.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/host.h"

#define DIR FOVEA_OUT "/decode"
#define CAPTURE DIR "/link.csi2"
#define LANES DIR "/lanes.txt"

enum { WIDTH = 8, HEIGHT = 4, LINE_BYTES = 10, PACKETS = 2 * (HEIGHT + 3) + 5 };
enum { FS_1 = 0, EMBEDDED_1 = 1, LINE_1 = 2, FE_1 = HEIGHT + 2, RGB_FS = HEIGHT + 3 };

static char text[1 << 16], error[256];

/* ---- the link -----------------------------------------------------------------------------------
 */
typedef struct {
    uint8_t bytes[64];
    uint32_t count;
} sent_t;

static sent_t sent[PACKETS];
static uint32_t sent_count;

static void send_short(uint8_t vc, uint8_t dt, uint16_t word)
{
    sent_t *s = &sent[sent_count++];
    s->count = (uint32_t)mipi_short_packet(s->bytes, vc, dt, word);
}

static void send_long(uint8_t vc, uint8_t dt, const uint8_t *payload, uint16_t bytes)
{
    sent_t *s = &sent[sent_count++];
    s->count = (uint32_t)mipi_long_packet(s->bytes, vc, dt, payload, bytes);
}

static uint16_t pixel(uint32_t frame, uint32_t row, uint32_t column)
{
    return (uint16_t)((frame * 301 + row * 97 + column * 31) & 0x3ff);
}

static void send_frame(uint16_t number)
{
    static const mipi_embedded_reg_t regs[] = {{0x0202, 0x12}, {0x0203, 0x34}};
    uint8_t line[30], payload[LINE_BYTES];
    send_short(0, MIPI_DT_FS, number);
    mipi_embedded_write(line, sizeof(line), 10, regs, 2);
    send_long(0, MIPI_DT_EMBEDDED, line, sizeof(line));
    for (uint32_t row = 0; row < HEIGHT; row++) {
        uint16_t px[WIDTH];
        for (uint32_t x = 0; x < WIDTH; x++)
            px[x] = pixel(number, row, x);
        mipi_pack_row(10, SIM_SIMD_SCALAR)(payload, px, WIDTH);
        send_long(0, MIPI_DT_RAW10, payload, LINE_BYTES);
    }
    send_short(0, MIPI_DT_FE, number);
}

/* Frame 1 of RAW, a frame of two RGB lines on channel 2, a generic short packet, frame 2 of RAW. */
static void send_all(void)
{
    static const uint8_t rgb[2][6] = {{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}};
    sent_count = 0;
    send_frame(1);
    send_short(2, MIPI_DT_FS, 1);
    send_long(2, MIPI_DT_RGB888, rgb[0], 6);
    send_long(2, MIPI_DT_RGB888, rgb[1], 6);
    send_short(2, MIPI_DT_FE, 1);
    send_short(0, 0x08, 0xabcd);
    send_frame(2);
    ck_assert_uint_eq(sent_count, PACKETS);
}

static mipi_packet_t packet_of(uint32_t n)
{
    return (mipi_packet_t){.number = n,
                           .bytes = sent[n].bytes,
                           .count = sent[n].count,
                           .start_ps = UINT64_C(1000000000000) + 10000000 * n,
                           .end_ps = UINT64_C(1000000000000) + 10000000 * n + 5000000};
}

/* What is in sent[], as both kinds of file. */
static void write_files(void)
{
    const mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
    mipi_capture_writer_t capture;
    mipi_lane_trace_t trace;
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    FILE *file = fopen(CAPTURE, "wb"), *lanes = fopen(LANES, "wb");
    ck_assert(file != NULL && lanes != NULL);
    mipi_capture_begin(&capture, file, &phy);
    mipi_lane_trace_begin(&trace, lanes, &phy);
    for (uint32_t n = 0; n < PACKETS; n++) {
        const mipi_packet_t packet = packet_of(n);
        mipi_capture_packet(&capture, &packet);
        mipi_lane_trace_packet(&trace, &packet);
    }
    mipi_capture_end(&capture);
    ck_assert(fclose(file) == 0 && fclose(lanes) == 0);
}

static int decode(const char *arguments)
{
    return fovea(text, sizeof(text), "decode %s", arguments);
}

static void says(const char *expected)
{
    ck_assert_msg(strcmp(text, expected) == 0, "found:\n%s\nexpected:\n%s", text, expected);
}

static bool there(const char *file)
{
    FILE *f = fopen(file, "rb");
    if (f != NULL)
        fclose(f);
    return f != NULL;
}

static const char *content(const char *file)
{
    size_t bytes;
    uint8_t *data = sim_file_read(file, sizeof(text) - 1, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    memcpy(text, data, bytes + 1);
    free(data);
    return text;
}

/* The object, behind what went to stderr. */
static sim_doc_t *parse_result(void)
{
    const char *from = strchr(text, '{');
    ck_assert_ptr_nonnull(from);
    return sim_doc_parse(from, strlen(from), "result");
}

/* ---- tests --------------------------------------------------------------------------------------
 */
START_TEST(a_capture_becomes_images_registers_and_lines)
{
    send_all();
    write_files();
    ck_assert_int_eq(decode(CAPTURE " -o " DIR "/a -p"), 0);
    says(CAPTURE ": 19 packets, 0 metadata frames, 3 images, 0 problems; 2 lanes of D-PHY, 888.0 "
                 "Mb/s each\n");
    ck_assert_int_eq(line_count(content(DIR "/a/packets.jsonl")), PACKETS);
    ck_assert_ptr_nonnull(strstr(
        text, "{\"packet\":2,\"time_ps\":1000020000000,\"vc\":0,\"dt\":43,\"type\":\"RAW10\","
              "\"word_count\":10,\"bytes\":16,\"good\":true}\n"));
    ck_assert_ptr_nonnull(strstr(text, "\"type\":\"generic short 1\",\"data\":43981,"));
    ck_assert_str_eq(content(DIR "/a/embedded.jsonl"),
                     "{\"packet\":1,\"time_ps\":1000010000000,\"vc\":0,\"frame\":1,\"registers\":"
                     "{\"0x0202\":18,\"0x0203\":52}}\n"
                     "{\"packet\":13,\"time_ps\":1000130000000,\"vc\":0,\"frame\":2,\"registers\":"
                     "{\"0x0202\":18,\"0x0203\":52}}\n");
    content(DIR "/a/frames.jsonl");
    ck_assert_int_eq(line_count(text), 3);
    ck_assert_ptr_nonnull(strstr(text, "\"file\":\"rgb_00000.png\",\"streams\":[{\"dt\":36,"
                                       "\"type\":\"RGB888\",\"lines\":2,\"bad_lines\":0,"
                                       "\"line_bytes\":6,\"width_px\":2}]}\n"));
    sim_image_t image;
    ck_assert_int_eq(sim_png_read(DIR "/a/raw_00001.png", &image, error, sizeof(error)), SIM_OK);
    ck_assert(image.width_px == WIDTH && image.height_px == HEIGHT);
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        ck_assert_uint_eq(image.data[i], pixel(2, i / WIDTH, i % WIDTH) >> 2);
    sim_image_free(&image);
    ck_assert_int_eq(sim_png_read(DIR "/a/rgb_00000.png", &image, error, sizeof(error)), SIM_OK);
    ck_assert_mem_eq(image.data, ((uint8_t[]){3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10}), 12);
    sim_image_free(&image);
}
END_TEST

START_TEST(raw_images_are_written_in_any_format)
{
    send_all();
    write_files();
    ck_assert_int_eq(decode(CAPTURE " -o " DIR "/raw -f raw"), 0);
    size_t bytes;
    uint8_t *raw = sim_file_read(DIR "/raw/raw_00000.raw", 1000, &bytes, error, sizeof(error));
    ck_assert_uint_eq(bytes, 2 * WIDTH * HEIGHT);
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        ck_assert_uint_eq(raw[2 * i] | (uint32_t)raw[2 * i + 1] << 8,
                          pixel(1, i / WIDTH, i % WIDTH));
    free(raw);
    ck_assert(there(DIR "/raw/rgb_00000.raw"));
    ck_assert_int_eq(decode(CAPTURE " -o " DIR "/dng --format dng"), 0);
    sim_raw_t dng;
    ck_assert_int_eq(sim_raw_read(DIR "/dng/raw_00000.dng", &dng, error, sizeof(error)), SIM_OK);
    ck_assert_uint_eq(dng.white, 1023);
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        ck_assert_uint_eq(dng.data[i], pixel(1, i / WIDTH, i % WIDTH));
    sim_raw_free(&dng);
    ck_assert(there(DIR "/dng/rgb_00000.png"));
    ck_assert_int_eq(decode(CAPTURE " -o " DIR "/none -f none"), 0);
    ck_assert(!there(DIR "/none/raw_00000.png") && there(DIR "/none/frames.jsonl"));
    ck_assert_int_eq(decode(CAPTURE " -f gif"), 2);
    says("fovea: decode: --format: 'gif', expected png, dng, raw or none\n");
}
END_TEST

START_TEST(lanes_are_decoded_as_a_capture_is)
{
    send_all();
    write_files();
    ck_assert_int_eq(decode(CAPTURE " -o " DIR "/a -p -f raw"), 0);
    ck_assert_int_eq(decode(LANES " -o " DIR "/b -p -f raw"), 0);
    says(LANES ": 19 packets, 0 metadata frames, 3 images, 0 problems; 2 lanes of D-PHY, 888.0 "
               "Mb/s each\n");
    static const char *const files[] = {"packets.jsonl", "embedded.jsonl", "frames.jsonl",
                                        "raw_00000.raw", "raw_00001.raw",  "rgb_00000.raw"};
    for (size_t i = 0; i < SIM_COUNT(files); i++) {
        char a[128], b[128];
        snprintf(a, sizeof(a), DIR "/a/%s", files[i]);
        snprintf(b, sizeof(b), DIR "/b/%s", files[i]);
        ck_assert_msg(same_file(a, b), "%s", files[i]);
    }
}
END_TEST

START_TEST(a_check_prints_a_line_for_each_violation)
{
    send_all();
    write_files();
    ck_assert_int_eq(decode(CAPTURE " --check"), 0);
    says("");
    sent[FS_1].bytes[1] ^= 0x10;       /* put right */
    sent[LINE_1].bytes[6] ^= 0x01;     /* CRC */
    sent[LINE_1 + 1].bytes[0] ^= 0x03; /* lost */
    sent[FE_1].count = 2;              /* cut */
    uint16_t right = mipi_crc16(MIPI_CRC_START, sent[LINE_1].bytes + 4, LINE_BYTES);
    uint16_t was = (uint16_t)(sent[LINE_1].bytes[14] | sent[LINE_1].bytes[15] << 8);
    char expected[1024];
    snprintf(expected, sizeof(expected),
             "packet 0, 1.000000000000 s, VC 0 FS: ecc_1bit: header bit corrected\n"
             "packet 2, 1.000020000000 s, VC 0 RAW10: crc: payload CRC wrong: found 0x%x, expected "
             "0x%x\n"
             "packet 3, 1.000030000000 s: ecc_2bit: header with several wrong bits, packet lost\n"
             "packet 6, 1.000060000000 s: incomplete_header: burst too short for a packet header: "
             "found 0x2, expected 0x4\n"
             "packet 12, 1.000120000000 s, VC 0 FS: fs_pairing: frame start inside a frame: found "
             "0x2, expected 0x1\n",
             was, right);
    write_files();
    ck_assert_int_eq(decode(CAPTURE " --check"), 1);
    says(expected);
    ck_assert_int_eq(decode(LANES " -c"), 1);
    says(expected);
}
END_TEST

START_TEST(the_result_is_one_object_of_json)
{
    send_all();
    sent[LINE_1].bytes[6] ^= 0x01;
    write_files();
    for (uint32_t check = 0; check < 2; check++) {
        ck_assert_int_eq(decode(check ? CAPTURE " --json --check" : CAPTURE " --json -o " DIR "/a"),
                         1);
        sim_doc_t *doc = parse_result();
        ck_assert_msg(sim_doc_error(doc) == NULL, "%s in %s", sim_doc_error(doc), text);
        sim_cfg_t root = sim_doc_root(doc), counters = sim_cfg_obj(&root, "counters");
        sim_cfg_t by = sim_cfg_obj(&root, "by_channel_or_lane"), crc = sim_cfg_obj(&by, "crc");
        ck_assert_uint_eq(sim_cfg_u64(&root, "packets", 0, 99, 0), PACKETS);
        ck_assert_uint_eq(sim_cfg_u64(&root, "problems", 0, 99, 0), 1);
        ck_assert_uint_eq(sim_cfg_u64(&counters, "crc", 0, 99, 0), 1);
        ck_assert_uint_eq(sim_cfg_u64(&counters, "ecc_2bit", 0, 99, 5), 0);
        ck_assert_uint_eq(sim_cfg_u64(&crc, "0", 0, 99, 0), 1);
        ck_assert_uint_eq(sim_cfg_count(&root, "violations"), check);
        if (check) {
            sim_cfg_t first = sim_cfg_at(&root, "violations", 0);
            ck_assert_str_eq(sim_cfg_str(&first, "what", ""), "crc");
            ck_assert_uint_eq(sim_cfg_u64(&first, "packet", 0, 99, 0), LINE_1);
        }
        sim_doc_free(doc);
    }
}
END_TEST

START_TEST(what_the_host_is_set_for_is_checked)
{
    send_all();
    write_files();
    ck_assert_int_eq(decode(CAPTURE " -c --expect 0:0x2b,0:0x12,2:36,0:8"), 0);
    ck_assert_int_eq(decode(CAPTURE " -c --expect 0:0x2b,0:0x12"), 1);
    ck_assert_int_eq(line_count(text), 5); /* channel 2, and the generic short packet */
    ck_assert_ptr_nonnull(strstr(text, "VC 2 RGB888: unexpected_vc: "));
    ck_assert_ptr_nonnull(strstr(text, "VC 0 generic short 1: unsupported_dt: "));
    ck_assert_int_eq(decode(CAPTURE " -c --line-buffer 10"), 1);
    ck_assert_int_eq(line_count(text), 2);
    ck_assert_ptr_nonnull(strstr(text, "VC 0 embedded: line_buffer_full: "));
    ck_assert_int_eq(decode(LANES " -c --lanes 1"), 1);
    ck_assert_int_eq(line_count(text), PACKETS);
    ck_assert_ptr_nonnull(strstr(text, ": lane_count: "));
    ck_assert_int_eq(decode(CAPTURE " -c --expect 0:0x2b:4,0:0x12,2:36:2,0:8"), 0);
    ck_assert_int_eq(decode(CAPTURE " -c --expect 0:0x2b:5,0:0x12,2:36,0:8"), 1);
    ck_assert_int_eq(line_count(text), 2);
    ck_assert_ptr_nonnull(strstr(text, "VC 0 FE: frame_lines: "));
    ck_assert_int_eq(decode(CAPTURE " --expect 0:1:"), 2);
    ck_assert_int_eq(decode(CAPTURE " --expect 0:0x12:2"), 2); /* no image */
    ck_assert_ptr_nonnull(strstr(text, "LINES of images"));
    ck_assert_int_eq(decode(CAPTURE " --expect 0:64"), 2);
    ck_assert_int_eq(decode(CAPTURE " --expect 16:1"), 2);
    ck_assert_int_eq(decode(CAPTURE " --expect 1"), 2);
    ck_assert_int_eq(decode(CAPTURE " --lanes 9"), 2);
}
END_TEST

/* All packets in one burst behind spacers, scrambled. */
START_TEST(scrambled_lanes_with_delimiters_are_decoded_when_it_is_known)
{
    mipi_phy_t phy = {.signaling = MIPI_DPHY, .dphy = mipi_dphy_desc_default()};
    mipi_lane_trace_t trace;
    phy.lrte.on = phy.lrte.only_spacers = true;
    phy.lrte.after_short = phy.lrte.after_long = 2;
    phy.scramble.on = true;
    phy.scramble.seed[0] = 0x1008;
    phy.scramble.seed[1] = 0x1188;
    send_all();
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    FILE *file = fopen(LANES, "wb");
    mipi_lane_trace_begin(&trace, file, &phy);
    uint64_t now = 0;
    for (uint32_t n = 0; n < PACKETS; n++) {
        mipi_packet_t packet = packet_of(n);
        packet.phy = &phy;
        packet.bit_rate_bps = phy.dphy.bit_rate_bps;
        packet.join = n == 0                   ? MIPI_OWN_BURST
                      : sent[n - 1].count == 4 ? MIPI_AFTER_SHORT
                                               : MIPI_AFTER_LONG;
        packet.more = n + 1 < PACKETS;
        mipi_span_t span = mipi_phy_packet(&phy, (mipi_join_t)packet.join, packet.count);
        packet.start_ps = now;
        packet.first_byte_ps = now + span.first_byte_ps;
        packet.last_byte_ps = now + span.last_byte_ps;
        packet.end_ps = now = now + (packet.more ? span.last_byte_ps : span.end_ps);
        mipi_lane_trace_packet(&trace, &packet);
    }
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(decode(LANES " -c --lrte --descramble 0x1008,0x1188"), 0);
    says("");
    ck_assert_int_eq(decode(LANES " -o " DIR "/lrte --lrte --descramble 0x1008,4488"), 0);
    says(LANES ": 19 packets, 0 metadata frames, 3 images, 0 problems; 2 lanes of D-PHY, 888.0 "
               "Mb/s each\n");
    ck_assert_int_eq(decode(LANES " -c --lrte"), 1);
    ck_assert_int_eq(decode(LANES " -c --descramble 0x1008,0x1188"), 1);
    ck_assert_int_eq(decode(LANES " -c --descramble 0x10008"), 2);
}
END_TEST

START_TEST(what_cannot_be_read_is_told_in_a_line)
{
    send_all();
    write_files();
    ck_assert_int_eq(decode(DIR "/none.csi2 -c"), 2);
    says("fovea: " DIR "/none.csi2: No such file or directory\n");
    ck_assert_int_eq(decode(DIR " -c"), 2);
    says("fovea: " DIR ": Is a directory\n");
    ck_assert_int_eq(sim_file_write(DIR "/empty", "", 0, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(decode(DIR "/empty -c"), 2);
    says("fovea: " DIR "/empty: byte 0: neither a link capture of version 1 nor CSI2LANES 1\n");
    content(LANES);
    memcpy(strstr(text, "burst\nb8 b8\n") + 9, "?", 1);
    ck_assert_int_eq(sim_file_write(LANES, text, strlen(text), error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(decode(LANES " -c"), 2);
    says("fovea: " LANES ": line 6: found 'b8 ?8', expected 2 times two hex digits or --\n");
    ck_assert_int_eq(decode(LANES " -c -j"), 2);
    sim_doc_t *doc = parse_result();
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s in %s", sim_doc_error(doc), text);
    sim_doc_free(doc);
    ck_assert_int_eq(decode(LANES " -o " DIR "/bad"), 2);
    ck_assert(!there(DIR "/bad/metadata.jsonl"));
}
END_TEST

/* A file that is cut says so, and what is there is decoded. */
START_TEST(a_cut_capture_is_a_violation)
{
    send_all();
    write_files();
    size_t bytes;
    uint8_t *data = sim_file_read(CAPTURE, 1 << 16, &bytes, error, sizeof(error));
    ck_assert_int_eq(sim_file_write(DIR "/cut.csi2", data, bytes - 40, error, sizeof(error)),
                     SIM_OK);
    free(data);
    ck_assert_int_eq(decode(DIR "/cut.csi2 -c"), 1);
    ck_assert_ptr_nonnull(strstr(text, ", byte "));
    ck_assert_ptr_nonnull(strstr(text, ": capture_truncated: file ends inside a record"));
    ck_assert_ptr_nonnull(strstr(text, ": capture_no_end: end record missing"));
    ck_assert_ptr_nonnull(strstr(text, ": unfinished_frame: input ended inside a frame"));
}
END_TEST

TEST_MAIN("tools decode", a_capture_becomes_images_registers_and_lines,
          raw_images_are_written_in_any_format, lanes_are_decoded_as_a_capture_is,
          a_check_prints_a_line_for_each_violation, the_result_is_one_object_of_json,
          what_the_host_is_set_for_is_checked,
          scrambled_lanes_with_delimiters_are_decoded_when_it_is_known,
          what_cannot_be_read_is_told_in_a_line, a_cut_capture_is_a_violation)
