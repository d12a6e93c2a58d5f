/*
 * host_image_test.c - images of every format as the host writes them: each is sent as packets, and
 * the file is compared with what is known of its pixels.
 */
#include "sim/dng.h"
#include "sim/file.h"
#include "sim/png.h"
#include "sim/rng.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/host.h"

#define DIR FOVEA_OUT "/host_image"

static char error[256];

/* `lines` payloads one after another, of bytes[0] and bytes[1] bytes in turn, as one frame. */
static void send(host_t *host, uint8_t dt, const uint8_t *payload, uint32_t lines,
                 const uint16_t bytes[2])
{
    uint8_t packet[256];
    uint64_t number = 0;
    uint32_t count = (uint32_t)mipi_short_packet(packet, 0, MIPI_DT_FS, 1);
    host_packet(host, &(mipi_packet_t){.number = number++, .bytes = packet, .count = count});
    for (uint32_t row = 0; row < lines; payload += bytes[row % 2], row++) {
        count = (uint32_t)mipi_long_packet(packet, 0, dt, payload, bytes[row % 2]);
        host_packet(host, &(mipi_packet_t){.number = number++, .bytes = packet, .count = count});
    }
    count = (uint32_t)mipi_short_packet(packet, 0, MIPI_DT_FE, 1);
    host_packet(host, &(mipi_packet_t){.number = number++, .bytes = packet, .count = count});
}

static void ignore(void *ctx, const link_problem_t *problem)
{
    (void)ctx, (void)problem;
}

/* The file that comes of it, whole. */
static void *file_of(uint8_t dt, const uint8_t *payload, uint32_t lines, uint16_t even,
                     uint16_t odd, host_format_t format, size_t *bytes)
{
    static const char *const names[] = {"raw_00000", "rgb_00000"};
    char name[256];
    host_t host;
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    host_init(&host, NULL, NULL, DIR);
    host.format = format;
    send(&host, dt, payload, lines, (uint16_t[]){even, odd});
    ck_assert_uint_eq(host.problems, 0);
    ck_assert_str_eq(host.error, "");
    ck_assert_uint_eq(host.raw_frames + host.rgb_frames, 1);
    snprintf(name, sizeof(name), DIR "/%s.%s", names[host.rgb_frames], host_format_names[format]);
    host_free(&host);
    void *file = sim_file_read(name, 1 << 20, bytes, error, sizeof(error));
    ck_assert_msg(file != NULL, "%s", error);
    return file;
}

/* Pixels of R G B as plain bytes. */
static void becomes(uint8_t dt, const char *payload, uint32_t lines, uint16_t even, uint16_t odd,
                    const char *pixels, size_t count)
{
    size_t bytes;
    void *file = file_of(dt, (const uint8_t *)payload, lines, even, odd, HOST_RAW, &bytes);
    ck_assert_uint_eq(bytes, count);
    ck_assert_mem_eq(file, pixels, count);
    free(file);
}

START_TEST(raw_samples_of_every_depth_are_written)
{
    /* the groups of facts/mipi.md; samples of 16 bits, low byte first */
    becomes(MIPI_DT_RAW8, "\x12\xab", 1, 2, 2, "\x12\0\xab\0", 4);
    becomes(MIPI_DT_RAW10, "\x48\x59\x6a\x7b\xff", 1, 5, 5, "\x23\x01\x67\x01\xab\x01\xef\x01", 8);
    becomes(MIPI_DT_RAW12, "\x12\x56\x73", 1, 3, 3, "\x23\x01\x67\x05", 4);
    becomes(MIPI_DT_RAW14, "\x04\x15\x26\x37\xe3\xb9\xbe", 1, 7, 7,
            "\x23\x01\x67\x05\xab\x09\xef\x0d", 8);
    becomes(MIPI_DT_RAW16, "\x12\x34\xab\xcd", 2, 2, 2, "\x34\x12\xcd\xab", 4);
    /* 12345 and ABCDE, of 32 bits */
    becomes(MIPI_DT_RAW20, "\x12\xd1\xab\x37\xb4", 1, 5, 5, "\x45\x23\x01\0\xde\xbc\x0a\0", 8);
}
END_TEST

START_TEST(a_png_of_raw_has_the_upper_eight_bits)
{
    const struct {
        uint8_t dt;
        const char *payload;
        uint16_t bytes;
        uint8_t first;
        uint32_t width_px;
    } sent[] = {{MIPI_DT_RAW14, "\x84\x15\x26\x37\xe3\xb9\xbe", 7, 0x84, 4},
                {MIPI_DT_RAW16, "\x92\x34", 2, 0x92, 1},
                {MIPI_DT_RAW20, "\x82\xd1\xab\x37\xb4", 5, 0x82, 2}};
    for (size_t i = 0; i < SIM_COUNT(sent); i++) {
        size_t bytes;
        sim_image_t image;
        void *file = file_of(sent[i].dt, (const uint8_t *)sent[i].payload, 1, sent[i].bytes, 0,
                             HOST_PNG, &bytes);
        ck_assert_int_eq(sim_png_decode(file, bytes, "png", &image, error, sizeof(error)), SIM_OK);
        ck_assert_uint_eq(image.width_px, sent[i].width_px);
        ck_assert_uint_eq(image.data[0], sent[i].first);
        sim_image_free(&image);
        free(file);
    }
}
END_TEST

START_TEST(a_dng_has_sixteen_of_twenty_bits)
{
    size_t bytes;
    sim_raw_t raw;
    void *file =
        file_of(MIPI_DT_RAW20, (const uint8_t *)"\x12\xd1\xab\x37\xb4", 1, 5, 5, HOST_DNG, &bytes);
    ck_assert_int_eq(sim_dng_decode(file, bytes, "dng", &raw, error, sizeof(error)), SIM_OK);
    ck_assert_uint_eq(raw.white, 65535);
    ck_assert_uint_eq(raw.data[0], 0x1234);
    ck_assert_uint_eq(raw.data[1], 0xabcd);
    sim_raw_free(&raw);
    free(file);
}
END_TEST

START_TEST(rgb565_grows_to_eight_bits)
{
    /* 11111 000000 00001 and 00000 111111 10000 */
    becomes(MIPI_DT_RGB565, "\x01\xf8\xf0\x07", 1, 4, 4, "\xff\x00\x08\x00\xff\x84", 6);
}
END_TEST

/* Without color Y is what R, G and B are, in full range exactly: so each sample shows where it is.
 */
START_TEST(gray_yuv_lines_show_every_luma_in_its_place)
{
    const char *gray = "\x11\x11\x11\x22\x22\x22\x33\x33\x33\x44\x44\x44";
    becomes(MIPI_DT_YUV422_8, "\x80\x11\x80\x22\x80\x33\x80\x44", 1, 8, 8, gray, 12);
    becomes(MIPI_DT_YUV422_10, "\x80\x11\x80\x22\x1b\x80\x33\x80\x44\xe4", 1, 10, 10, gray, 12);
    becomes(MIPI_DT_YUV420_8, "\x11\x22\x80\x33\x80\x44", 2, 2, 4, gray, 12);
    becomes(MIPI_DT_YUV420_8_CSPS, "\x11\x22\x80\x33\x80\x44", 2, 2, 4, gray, 12);
    becomes(MIPI_DT_YUV420_8, "\x11\x22\x33\x44", 1, 4, 0, gray, 12); /* a last line alone */
    becomes(MIPI_DT_YUV420_10, "\x11\x22\x33\x44\xff\x80\x11\x80\x22\x1b\x80\x33\x80\x44\xe4", 2, 5,
            10,
            "\x11\x11\x11\x22\x22\x22\x33\x33\x33\x44\x44\x44"
            "\x11\x11\x11\x22\x22\x22\x33\x33\x33\x44\x44\x44",
            24);
}
END_TEST

/* Four rows of two pixels; in 4:2:2 each row of a pair gets what in 4:2:0 the second one has. */
START_TEST(yuv420_has_the_chroma_of_two_lines_in_the_second)
{
    const uint8_t full[] = {90, 11, 170, 22, 90, 33, 170, 44, 30, 55, 200, 66, 30, 77, 200, 88};
    const uint8_t half[] = {11, 22, 90, 33, 170, 44, 55, 66, 30, 77, 200, 88};
    size_t a_bytes, b_bytes;
    void *a = file_of(MIPI_DT_YUV422_8, full, 4, 4, 4, HOST_RAW, &a_bytes);
    void *b = file_of(MIPI_DT_YUV420_8, half, 4, 2, 4, HOST_RAW, &b_bytes);
    ck_assert_uint_eq(a_bytes, 24);
    ck_assert_uint_eq(b_bytes, 24);
    ck_assert_mem_eq(a, b, 24);
    free(a);
    free(b);
}
END_TEST

START_TEST(lines_of_data_are_no_images)
{
    static const uint8_t dts[] = {MIPI_DT_NULL, MIPI_DT_BLANKING, MIPI_DT_EMBEDDED, 0x13,
                                  0x1a,         MIPI_DT_USER1};
    for (size_t i = 0; i < SIM_COUNT(dts); i++) {
        host_t host;
        host_init(&host, NULL, NULL, DIR);
        host.format = HOST_RAW;
        send(&host, dts[i], (const uint8_t *)"12345678", 2, (uint16_t[]){4, 4});
        ck_assert_uint_eq(host.raw_frames + host.rgb_frames, 0);
        host_free(&host);
    }
}
END_TEST

/* Lines of any type, number and length, in any format: a file or none, and no crash. */
START_TEST(lines_of_any_length_make_an_image_or_none)
{
    sim_stream_t rng = sim_stream(7, 1, 0);
    uint8_t payload[640];
    for (uint32_t i = 0; i < sizeof(payload); i++)
        payload[i] = (uint8_t)(i * 37);
    for (uint32_t round = 0; round < 600; round++) {
        uint8_t dt = (uint8_t)(0x18 + sim_stream_below(&rng, 0x18));
        uint16_t bytes[2] = {(uint16_t)sim_stream_below(&rng, 40), 0};
        bytes[1] = sim_stream_below(&rng, 2) ? bytes[0] : (uint16_t)sim_stream_below(&rng, 40);
        host_t host;
        host_init(&host, NULL, NULL, DIR);
        host.on_problem = ignore;
        host.format = (host_format_t)sim_stream_below(&rng, HOST_FORMAT_COUNT);
        send(&host, dt, payload, (uint32_t)sim_stream_below(&rng, 9), bytes);
        ck_assert_str_eq(host.error, "");
        host_free(&host);
    }
}
END_TEST

TEST_MAIN("host image", raw_samples_of_every_depth_are_written,
          a_png_of_raw_has_the_upper_eight_bits, a_dng_has_sixteen_of_twenty_bits,
          rgb565_grows_to_eight_bits, gray_yuv_lines_show_every_luma_in_its_place,
          yuv420_has_the_chroma_of_two_lines_in_the_second, lines_of_data_are_no_images,
          lines_of_any_length_make_an_image_or_none)
