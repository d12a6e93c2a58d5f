/*
 * png_test.c - round trip, every kind of PNG to 8-bit gray or RGB, broken files.
 */
#include "sim/png.h"
#include "sim/rng.h"
#include "tests/sim/png_maker.h"
#include "tests/test.h"

#include <unistd.h>

static char error[256];
static sim_image_t image;
static png_maker_t png;

static sim_err_t decode(void)
{
    return sim_png_decode(png.data, png.bytes, "a.png", &image, error, sizeof(error));
}

static void expect_pixels(uint32_t width_px, uint32_t height_px, uint32_t channels,
                          const uint8_t *want)
{
    ck_assert_msg(decode() == SIM_OK, "%s", error);
    ck_assert_uint_eq(image.width_px, width_px);
    ck_assert_uint_eq(image.height_px, height_px);
    ck_assert_uint_eq(image.channels, channels);
    ck_assert_mem_eq(image.data, want, (size_t)width_px * height_px * channels);
    sim_image_free(&image);
}

/* ---- round trip ---- */

START_TEST(what_is_written_is_read_back)
{
    char file[] = "/tmp/fovea_png_XXXXXX";
    int fd = mkstemp(file);
    ck_assert_int_ge(fd, 0);
    close(fd);
    sim_stream_t s = sim_stream(1, 1, 1);
    static const uint32_t sizes[][2] = {{1, 1}, {7, 3}, {640, 5}, {3, 480}};
    for (size_t i = 0; i < SIM_COUNT(sizes); i++)
        for (uint32_t channels = 1; channels <= 3; channels += 2) {
            size_t bytes = (size_t)sizes[i][0] * sizes[i][1] * channels;
            sim_image_t out = {sizes[i][0], sizes[i][1], channels, malloc(bytes)};
            for (size_t k = 0; k < bytes; k++)
                out.data[k] = (uint8_t)sim_stream_u32(&s);
            ck_assert_int_eq(sim_png_write(file, &out, error, sizeof(error)), SIM_OK);
            ck_assert_int_eq(sim_png_read(file, &image, error, sizeof(error)), SIM_OK);
            ck_assert_uint_eq(image.width_px, out.width_px);
            ck_assert_uint_eq(image.height_px, out.height_px);
            ck_assert_uint_eq(image.channels, channels);
            ck_assert_mem_eq(image.data, out.data, bytes);
            sim_image_free(&image);
            sim_image_free(&out);
        }
    unlink(file);
}
END_TEST

START_TEST(what_is_encoded_into_memory_is_what_a_file_has)
{
    uint8_t px[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, *data;
    const sim_image_t out = {2, 2, 3, px}, four = {1, 1, 4, px}, empty = {0, 1, 1, px};
    size_t bytes;
    ck_assert_int_eq(sim_png_encode(&out, &data, &bytes, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_png_decode(data, bytes, "a.png", &image, error, sizeof(error)), SIM_OK);
    ck_assert_mem_eq(image.data, px, sizeof(px));
    sim_image_free(&image);
    free(data);
    ck_assert_int_eq(sim_png_encode(&four, &data, &bytes, error, sizeof(error)), SIM_EDESC);
    ck_assert_int_lt(sim_png_encode(&empty, &data, &bytes, error, sizeof(error)), 0);
    ck_assert_ptr_null(data);
}
END_TEST

START_TEST(writing_where_nothing_can_be_written_is_reported)
{
    uint8_t px[4] = {0};
    const sim_image_t gray = {1, 1, 1, px}, four = {1, 1, 4, px}, empty = {0, 1, 1, px};
    ck_assert_int_eq(sim_png_write("/nonexistent/a.png", &gray, error, sizeof(error)), SIM_EFILE);
    ck_assert_str_eq(error, "/nonexistent/a.png: No such file or directory");
    ck_assert_int_eq(sim_png_write("/tmp/a.png", &four, error, sizeof(error)), SIM_EDESC);
    char file[64], part[80];
    snprintf(file, sizeof(file), "/tmp/fovea_empty_%ld.png", (long)getpid());
    snprintf(part, sizeof(part), "%s.part", file);
    ck_assert_int_lt(sim_png_write(file, &empty, error, sizeof(error)), 0);
    ck_assert_int_ne(access(file, F_OK), 0);
    ck_assert_int_ne(access(part, F_OK), 0);
}
END_TEST

/* ---- kinds ---- */

START_TEST(plain_gray_and_rgb_are_taken_as_they_are)
{
    png_begin(&png, 3, 2, 8, 0, 0);
    png_end(&png, "\0abc\0def", 8);
    expect_pixels(3, 2, 1, (const uint8_t *)"abcdef");
    png_begin(&png, 2, 1, 8, 2, 0);
    png_end(&png, "\0abcdef", 7);
    expect_pixels(2, 1, 3, (const uint8_t *)"abcdef");
}
END_TEST

START_TEST(sixteen_bits_become_eight_rounded)
{
    png_begin(&png, 4, 1, 16, 0, 0);
    png_end(&png, "\0\0\0\0\xff\x80\x00\xff\xff", 9); /* 0, 255, 32768, 65535 of 65535 */
    /* 255/257 = 0.99; 32768/257 = 127.50 is just above a half */
    expect_pixels(4, 1, 1, (const uint8_t *)"\x00\x01\x80\xff");
}
END_TEST

START_TEST(few_bits_are_stretched_to_eight)
{
    png_begin(&png, 4, 1, 2, 0, 0);
    png_end(&png, "\0\x1b", 2); /* 0 1 2 3 of 3 */
    expect_pixels(4, 1, 1, (const uint8_t *)"\x00\x55\xaa\xff");
    png_begin(&png, 3, 1, 1, 0, 0);
    png_end(&png, "\0\xa0", 2); /* 1 0 1 */
    expect_pixels(3, 1, 1, (const uint8_t *)"\xff\x00\xff");
}
END_TEST

START_TEST(a_palette_becomes_rgb)
{
    png_begin(&png, 3, 1, 8, 3, 0);
    png_chunk(&png, "PLTE", "\x01\x02\x03\xc8\x64\x32", 6);
    png_end(&png, "\0\x01\x00\x01", 4);
    expect_pixels(3, 1, 3, (const uint8_t *)"\xc8\x64\x32\x01\x02\x03\xc8\x64\x32");
}
END_TEST

START_TEST(alpha_is_composed_on_black)
{
    png_begin(&png, 3, 1, 8, 4, 0);
    png_end(&png, "\0\xc8\xff\xc8\x80\xc8\x00", 7);          /* 200 at 255, 128 and 0 of 255 */
    expect_pixels(3, 1, 1, (const uint8_t *)"\xc8\x64\x00"); /* 200 * 128 / 255 = 100.4 */
    png_begin(&png, 1, 1, 8, 6, 0);
    png_end(&png, "\0\xff\x80\x00\x33", 5);                  /* a fifth */
    expect_pixels(1, 1, 3, (const uint8_t *)"\x33\x1a\x00"); /* 51, 25.6, 0 */
    png_begin(&png, 2, 1, 8, 3, 0);
    png_chunk(&png, "PLTE", "\x0a\x14\x1e\xc8\x64\x32", 6);
    png_chunk(&png, "tRNS", "\x00", 1); /* color 0 is transparent */
    png_end(&png, "\0\x00\x01", 3);
    expect_pixels(2, 1, 3, (const uint8_t *)"\x00\x00\x00\xc8\x64\x32");
}
END_TEST

START_TEST(interlaced_images_are_put_together)
{
    /* Adam7, 2 x 2: pass 1 has (0,0), pass 6 has (1,0), pass 7 has row 1 */
    png_begin(&png, 2, 2, 8, 0, 1);
    png_end(&png, "\0a\0b\0cd", 7);
    expect_pixels(2, 2, 1, (const uint8_t *)"abcd");
}
END_TEST

/* ---- broken files ---- */

static void expect_refused(const char *why)
{
    ck_assert_int_eq(decode(), SIM_EPARSE);
    ck_assert_ptr_null(image.data);
    ck_assert_msg(strncmp(error, "a.png: ", 7) == 0, "%s", error);
    if (why != NULL)
        ck_assert_str_eq(error + 7, why);
}

START_TEST(other_files_are_refused)
{
    png.bytes = 0;
    expect_refused("not a PNG file");
    memcpy(png.data, "GIF89a..", 8);
    png.bytes = 8;
    expect_refused("not a PNG file");
    ck_assert_int_eq(sim_png_read("/nonexistent.png", &image, error, sizeof(error)), SIM_EFILE);
    ck_assert_str_eq(error, "/nonexistent.png: No such file or directory");
}
END_TEST

START_TEST(a_file_cut_short_anywhere_is_refused)
{
    png_begin(&png, 3, 2, 8, 0, 0);
    png_end(&png, "\0abc\0def", 8);
    size_t whole = png.bytes;
    for (png.bytes = 0; png.bytes < whole; png.bytes++)
        expect_refused(NULL);
    png.bytes = 40; /* in the data chunk's header */
    expect_refused("file ends too early");
    png.bytes = whole;
    expect_pixels(3, 2, 1, (const uint8_t *)"abcdef");
}
END_TEST

START_TEST(flipped_bits_are_refused_or_harmless)
{
    png_begin(&png, 3, 2, 8, 0, 1);
    png_end(&png, "\0a\0b\0c\0def", 10);
    uint32_t refused = 0;
    for (size_t bit = 0; bit < png.bytes * 8; bit++) {
        png.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        refused += decode() != SIM_OK;
        sim_image_free(&image);
        png.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    ck_assert_uint_gt(refused, png.bytes * 8 * 9 / 10); /* each chunk has a CRC */
}
END_TEST

START_TEST(images_above_64_mpixel_are_refused_before_memory_is_taken)
{
    png_begin(&png, 8193, 8192, 8, 2, 0);
    png_end(&png, "", 0);
    expect_refused("image larger than 64 Mpixel");
    png_begin(&png, 1000000, 1000000, 8, 2, 0);
    png_end(&png, "", 0);
    expect_refused("image larger than 64 Mpixel");
}
END_TEST

START_TEST(impossible_headers_are_refused)
{
    static const uint8_t depth_color[][2] = {{3, 0}, {4, 2}, {16, 3}, {8, 1}, {8, 7}, {0, 0}};
    for (size_t i = 0; i < SIM_COUNT(depth_color); i++) {
        png_begin(&png, 1, 1, depth_color[i][0], depth_color[i][1], 0);
        png_end(&png, "\0\0\0\0\0\0\0", 7);
        expect_refused(NULL);
    }
    png_begin(&png, 0, 1, 8, 0, 0);
    png_end(&png, "\0", 1);
    expect_refused(NULL);
    png_begin(&png, 1, 1, 8, 3, 0); /* a palette image without a palette */
    png_end(&png, "\0\0", 2);
    expect_refused(NULL);
}
END_TEST

/* ---- RAW pictures ---- */

static sim_err_t decode_raw(sim_raw_t *raw)
{
    return sim_png_decode_raw(png.data, png.bytes, "a.png", raw, error, sizeof(error));
}

START_TEST(a_gray_png_of_16_or_8_bits_is_a_raw_picture)
{
    static const uint8_t wide[] = {0, 0x01, 0x02, 0xff, 0xff, 0, 0x00, 0x40, 0x03, 0xff};
    static const uint16_t wide_want[] = {0x0102, 0xffff, 0x0040, 0x03ff};
    sim_raw_t raw;
    png_begin(&png, 2, 2, 16, 0, 0);
    png_end(&png, wide, sizeof(wide));
    ck_assert_msg(decode_raw(&raw) == SIM_OK, "%s", error);
    ck_assert_uint_eq(raw.bits, 16);
    ck_assert_uint_eq(raw.white, 65535);
    ck_assert_mem_eq(raw.data, wide_want, sizeof(wide_want));
    sim_raw_free(&raw);

    static const uint8_t narrow[] = {0, 7, 255};
    static const uint16_t narrow_want[] = {7, 255};
    png_begin(&png, 2, 1, 8, 0, 0);
    png_end(&png, narrow, sizeof(narrow));
    ck_assert_int_eq(decode_raw(&raw), SIM_OK);
    ck_assert_uint_eq(raw.white, 255);
    ck_assert_mem_eq(raw.data, narrow_want, sizeof(narrow_want));
    sim_raw_free(&raw);
}
END_TEST

START_TEST(colors_and_few_bits_are_no_raw_picture)
{
    static const uint8_t line[] = {0, 1, 2, 3};
    static const struct {
        uint8_t depth, color;
    } kinds[] = {{8, 2}, {8, 4}, {4, 0}};
    for (size_t i = 0; i < SIM_COUNT(kinds); i++) {
        sim_raw_t raw;
        png_begin(&png, 1, 1, kinds[i].depth, kinds[i].color, 0);
        png_end(&png, line, kinds[i].color == 2 ? 4 : kinds[i].color == 4 ? 3 : 2);
        ck_assert_int_eq(decode_raw(&raw), SIM_EPARSE);
        ck_assert_str_eq(error, "a.png: a RAW picture is gray, 8 or 16 bits, without alpha");
        sim_raw_free(&raw);
    }
}
END_TEST

TEST_MAIN("sim png", what_is_written_is_read_back, what_is_encoded_into_memory_is_what_a_file_has,
          writing_where_nothing_can_be_written_is_reported,
          plain_gray_and_rgb_are_taken_as_they_are, sixteen_bits_become_eight_rounded,
          few_bits_are_stretched_to_eight, a_palette_becomes_rgb, alpha_is_composed_on_black,
          interlaced_images_are_put_together, other_files_are_refused,
          a_file_cut_short_anywhere_is_refused, flipped_bits_are_refused_or_harmless,
          images_above_64_mpixel_are_refused_before_memory_is_taken, impossible_headers_are_refused,
          a_gray_png_of_16_or_8_bits_is_a_raw_picture, colors_and_few_bits_are_no_raw_picture)
