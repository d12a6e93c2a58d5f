/*
 * dng_test.c - RAW files: round trip, what raw converters make of them, files made without libtiff,
 * broken ones.
 */
#include "sim/dng.h"

#include <unistd.h>

#include "sim/file.h"
#include "sim/rng.h"
#include "tests/sim/tiff_maker.h"
#include "tests/test.h"

static char error[256], file[64];
static sim_raw_t raw;
static tiff_maker_t tiff;

/* A picture of random samples, every field set. */
static sim_raw_t picture(uint32_t width_px, uint32_t height_px, sim_bayer_t bayer)
{
    sim_raw_t out = {
        .width_px = width_px,
        .height_px = height_px,
        .bits = 10,
        .bayer = bayer,
        .data = malloc((size_t)width_px * height_px * 2),
        .black = {64, 65, 66, 67},
        .white = 1023,
        .has_color = true,
        .color_matrix = {0.5, -0.125, -0.25, -0.375, 1.25, 0.25, -0.0625, 0.25, 0.75},
        .neutral = {0.5, 1, 0.75},
        .exposure_s = 0.02,
        .f_number = 1.75,
        .iso = 400,
        .model = "Fovea test",
    };
    sim_stream_t s = sim_stream(1, 1, 1);
    for (size_t i = 0; i < (size_t)width_px * height_px; i++)
        out.data[i] = (uint16_t)(sim_stream_u32(&s) % 1024);
    return out;
}

static void name_file(void)
{
    snprintf(file, sizeof(file), "/tmp/fovea_%ld.dng", (long)getpid());
}

START_TEST(what_is_written_is_read_back)
{
    static const uint32_t sizes[][2] = {{1, 1}, {7, 3}, {640, 5}, {3, 480}};
    name_file();
    for (uint32_t i = 0; i < SIM_COUNT(sizes); i++) {
        sim_raw_t out = picture(sizes[i][0], sizes[i][1], (sim_bayer_t)i);
        ck_assert_msg(sim_dng_write(file, &out, error, sizeof(error)) == SIM_OK, "%s", error);
        ck_assert_msg(sim_raw_read(file, &raw, error, sizeof(error)) == SIM_OK, "%s", error);
        ck_assert_uint_eq(raw.width_px, out.width_px);
        ck_assert_uint_eq(raw.height_px, out.height_px);
        ck_assert_uint_eq(raw.bits, 10);
        ck_assert_uint_eq(raw.bayer, i);
        ck_assert_uint_eq(raw.white, 1023);
        ck_assert(raw.has_color);
        ck_assert_mem_eq(raw.black, out.black, sizeof(out.black));
        ck_assert_mem_eq(raw.color_matrix, out.color_matrix, sizeof(out.color_matrix));
        ck_assert_mem_eq(raw.neutral, out.neutral, sizeof(out.neutral));
        ck_assert_double_eq_tol(raw.exposure_s, 0.02, 1e-9);
        ck_assert_double_eq_tol(raw.f_number, 1.75, 1e-6);
        ck_assert_double_eq(raw.iso, 400);
        ck_assert_str_eq(raw.model, "Fovea test");
        ck_assert_mem_eq(raw.data, out.data, (size_t)out.width_px * out.height_px * 2);
        sim_raw_free(&raw);
        sim_raw_free(&out);
    }
    unlink(file);
}
END_TEST

START_TEST(two_writers_of_one_picture_agree_in_every_byte)
{
    sim_raw_t out = picture(16, 16, SIM_BAYER_RGGB);
    size_t bytes[2];
    uint8_t *data[2];
    name_file();
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(sim_dng_write(file, &out, error, sizeof(error)), SIM_OK);
        data[i] = sim_file_read(file, 1 << 20, &bytes[i], error, sizeof(error));
        ck_assert_ptr_nonnull(data[i]);
    }
    ck_assert_uint_eq(bytes[0], bytes[1]);
    ck_assert_mem_eq(data[0], data[1], bytes[0]);
    free(data[0]);
    free(data[1]);
    sim_raw_free(&out);
    unlink(file);
}
END_TEST

START_TEST(the_largest_picture_is_written_and_read_back)
{
    enum { SIDE = 8192 };
    sim_raw_t out = {.width_px = SIDE, .height_px = SIDE, .bits = 10, .white = 1023};
    name_file();
    out.data = calloc((size_t)SIDE * SIDE, sizeof(uint16_t));
    ck_assert_ptr_nonnull(out.data);
    out.data[(size_t)SIDE * SIDE - 1] = 1000;
    ck_assert_msg(sim_dng_write(file, &out, error, sizeof(error)) == SIM_OK, "%s", error);
    ck_assert_msg(sim_raw_read(file, &raw, error, sizeof(error)) == SIM_OK, "%s", error);
    unlink(file);
    ck_assert_uint_eq(raw.data[(size_t)SIDE * SIDE - 1], 1000);
    sim_raw_free(&raw);
    out.height_px++;
    ck_assert_int_eq(sim_dng_write(file, &out, error, sizeof(error)), SIM_EDESC);
    sim_raw_free(&out);
}
END_TEST

START_TEST(writing_where_nothing_can_be_written_is_reported)
{
    sim_raw_t out = picture(2, 2, SIM_BAYER_RGGB), empty = {.data = out.data};
    ck_assert_int_eq(sim_dng_write("/nonexistent/a.dng", &out, error, sizeof(error)), SIM_EFILE);
    ck_assert_str_eq(error, "/nonexistent/a.dng: No such file or directory");
    ck_assert_int_eq(sim_dng_write("/tmp/a.dng", &empty, error, sizeof(error)), SIM_EDESC);
    sim_raw_free(&out);
}
END_TEST

/* ---- what others read in it ---- */

/* Output of a command, at most sizeof(text) - 1 bytes; its length. */
static size_t output_of(const char *command, char *text, size_t room)
{
    FILE *pipe = popen(command, "r");
    ck_assert_ptr_nonnull(pipe);
    size_t bytes = fread(text, 1, room - 1, pipe);
    text[bytes] = '\0';
    pclose(pipe);
    return bytes;
}

static bool installed(const char *program)
{
    char command[64];
    snprintf(command, sizeof(command), "command -v %s >/dev/null", program);
    return system(command) == 0;
}

START_TEST(dcraw_sees_samples_colors_and_exposure)
{
    if (!installed("dcraw")) {
        test_skip("no dcraw");
        return;
    }
    enum { W = 64, H = 48 };
    static char text[W * H * 2 + 4096];
    char command[160];
    sim_raw_t out = picture(W, H, SIM_BAYER_GBRG);
    name_file();
    ck_assert_int_eq(sim_dng_write(file, &out, error, sizeof(error)), SIM_OK);

    snprintf(command, sizeof(command), "dcraw -i -v %s 2>&1", file);
    output_of(command, text, sizeof(text));
    static const char *const lines[] = {"Camera: Fovea",
                                        "ISO speed: 400",
                                        "Shutter: 1/50.0 sec",
                                        "Aperture: f/1.8",
                                        "Full size:     64 x 48",
                                        "Filter pattern: GB/RG",
                                        "Camera multipliers: 2.000000 1.000000 1.333333"};
    for (size_t i = 0; i < SIM_COUNT(lines); i++)
        ck_assert_msg(strstr(text, lines[i]) != NULL, "%s not in %s", lines[i], text);

    /* -E: samples as they are, with masked columns if there were any. 16-bit PGM, high byte first
     */
    snprintf(command, sizeof(command), "dcraw -4 -E -c %s 2>/dev/null", file);
    size_t bytes = output_of(command, text, sizeof(text));
    ck_assert_uint_gt(bytes, W * H * 2);
    const uint8_t *pgm = (const uint8_t *)text + bytes - W * H * 2;
    for (uint32_t i = 0; i < W * H; i++)
        ck_assert_uint_eq((uint32_t)pgm[2 * i] << 8 | pgm[2 * i + 1], out.data[i]);
    sim_raw_free(&out);
    unlink(file);
}
END_TEST

START_TEST(libraw_sees_black_white_pattern_and_exposure)
{
    if (!installed("raw-identify")) {
        test_skip("no raw-identify");
        return;
    }
    static char text[65536];
    char command[160];
    sim_raw_t out = picture(64, 48, SIM_BAYER_BGGR);
    name_file();
    ck_assert_int_eq(sim_dng_write(file, &out, error, sizeof(error)), SIM_OK);
    snprintf(command, sizeof(command), "raw-identify -v %s 2>&1", file);
    output_of(command, text, sizeof(text));
    static const char *const lines[] = {"ISO speed: 400",
                                        "Shutter: 1/50.0",
                                        "Filter pattern: BGGRBGGR",
                                        "Full size:     64 x 48",
                                        "cblack[6 .. 9]: 64 65 66 67",
                                        "DNG Illuminant 1: D65",
                                        "-0.3750\t1.2500\t0.2500"};
    for (size_t i = 0; i < SIM_COUNT(lines); i++)
        ck_assert_msg(strstr(text, lines[i]) != NULL, "%s not in %s", lines[i], text);
    sim_raw_free(&out);
    unlink(file);
}
END_TEST

/* ---- files made by hand ---- */

static sim_err_t decode(void)
{
    return sim_dng_decode(tiff.data, tiff.bytes, "a.dng", &raw, error, sizeof(error));
}

static void expect_samples(uint32_t width_px, uint32_t height_px, const uint16_t *want)
{
    ck_assert_msg(decode() == SIM_OK, "%s", error);
    ck_assert_uint_eq(raw.width_px, width_px);
    ck_assert_uint_eq(raw.height_px, height_px);
    ck_assert_mem_eq(raw.data, want, 2 * (size_t)width_px * height_px);
}

static void expect_refused(const char *want)
{
    ck_assert_int_eq(decode(), SIM_EPARSE);
    ck_assert_str_eq(error, want);
    sim_raw_free(&raw);
}

enum { GRAY = 1, RGB = 2, CFA = 32803 };
static const uint32_t two_two[2] = {2, 2}, rggb[4] = {0, 1, 1, 2};

START_TEST(packed_samples_of_10_and_12_bits_are_unpacked)
{
    /* 10 bits: 1023, 0, 513, 2 = 1111111111 0000000000 1000000001 0000000010 */
    static const uint8_t ten[5] = {0xff, 0xc0, 0x08, 0x04, 0x02};
    static const uint16_t ten_want[4] = {1023, 0, 513, 2};
    tiff_begin(&tiff, ten, sizeof(ten));
    tiff_image(&tiff, 4, 1, 10, GRAY, sizeof(ten));
    expect_samples(4, 1, ten_want);
    ck_assert_uint_eq(raw.bits, 10);
    ck_assert_uint_eq(raw.white, 1023);
    sim_raw_free(&raw);

    static const uint8_t twelve[6] = {0xab, 0xc1, 0x23, 0x00, 0x1f, 0xff}; /* two rows of two */
    static const uint16_t twelve_want[4] = {0xabc, 0x123, 0x001, 0xfff};
    tiff_begin(&tiff, twelve, sizeof(twelve));
    tiff_image(&tiff, 2, 2, 12, GRAY, sizeof(twelve));
    expect_samples(2, 2, twelve_want);
    ck_assert_uint_eq(raw.bits, 12);
    sim_raw_free(&raw);
}
END_TEST

START_TEST(plain_gray_has_no_colors_and_full_range)
{
    static const uint8_t px[3] = {0, 128, 255};
    static const uint16_t want[3] = {0, 128, 255};
    tiff_begin(&tiff, px, sizeof(px));
    tiff_image(&tiff, 3, 1, 8, GRAY, sizeof(px));
    expect_samples(3, 1, want);
    ck_assert(!raw.has_color);
    ck_assert_uint_eq(raw.white, 255);
    ck_assert_double_eq(raw.black[0], 0);
    sim_raw_free(&raw);
}
END_TEST

START_TEST(the_active_area_is_what_is_taken)
{
    uint16_t px[4 * 4], want[2 * 3];
    for (uint16_t i = 0; i < 16; i++)
        px[i] = i;
    for (uint16_t y = 0; y < 3; y++)
        for (uint16_t x = 0; x < 2; x++)
            want[2 * y + x] = (uint16_t)(4 * (y + 1) + x + 2);
    static const uint32_t area[4] = {1, 2, 4, 4};
    tiff_begin(&tiff, px, sizeof(px));
    tiff_image(&tiff, 4, 4, 16, CFA, sizeof(px));
    tiff_entry(&tiff, 33421, TIFF_MAKER_SHORT, 2, two_two);
    tiff_entry(&tiff, 33422, TIFF_MAKER_BYTE, 4, rggb);
    tiff_entry(&tiff, 50829, TIFF_MAKER_LONG, 4, area);
    expect_samples(2, 3, want);
    ck_assert_uint_eq(raw.bayer, SIM_BAYER_RGGB);
    sim_raw_free(&raw);
}
END_TEST

START_TEST(samples_go_through_the_linearization_table)
{
    static const uint8_t px[4] = {0, 1, 2, 9}; /* 9: beyond the table, its last entry */
    static const uint32_t table[3] = {5, 600, 60000};
    static const uint16_t want[4] = {5, 600, 60000, 60000};
    tiff_begin(&tiff, px, sizeof(px));
    tiff_image(&tiff, 2, 2, 8, CFA, sizeof(px));
    tiff_entry(&tiff, 33421, TIFF_MAKER_SHORT, 2, two_two);
    tiff_entry(&tiff, 33422, TIFF_MAKER_BYTE, 4, rggb);
    tiff_entry(&tiff, 50712, TIFF_MAKER_SHORT, 3, table);
    tiff_one(&tiff, 50717, TIFF_MAKER_LONG, 60000);
    expect_samples(2, 2, want);
    ck_assert_uint_eq(raw.white, 60000);
    ck_assert_uint_eq(raw.bits, 16);
    sim_raw_free(&raw);
}
END_TEST

START_TEST(one_black_level_holds_everywhere_and_two_by_rows)
{
    static const uint8_t px[4] = {0};
    static const uint32_t column[2] = {2, 1}, black[2] = {7, 9};
    tiff_begin(&tiff, px, sizeof(px));
    tiff_image(&tiff, 2, 2, 8, GRAY, sizeof(px));
    tiff_one(&tiff, 50714, TIFF_MAKER_RATIONAL, 16);
    ck_assert_int_eq(decode(), SIM_OK);
    for (int i = 0; i < 4; i++)
        ck_assert_double_eq(raw.black[i], 16);
    sim_raw_free(&raw);

    tiff_begin(&tiff, px, sizeof(px));
    tiff_image(&tiff, 2, 2, 8, GRAY, sizeof(px));
    tiff_entry(&tiff, 50713, TIFF_MAKER_SHORT, 2, column);
    tiff_entry(&tiff, 50714, TIFF_MAKER_RATIONAL, 2, black);
    ck_assert_int_eq(decode(), SIM_OK);
    static const double want[4] = {7, 7, 9, 9};
    ck_assert_mem_eq(raw.black, want, sizeof(want));
    sim_raw_free(&raw);
}
END_TEST

/* Cameras keep a small preview in the first directory. */
START_TEST(the_cfa_image_may_be_in_a_sub_directory)
{
    static const uint8_t px[4] = {1, 2, 3, 4};
    static const uint16_t want[4] = {1, 2, 3, 4};
    tiff_begin(&tiff, px, sizeof(px));
    tiff_image(&tiff, 1, 1, 8, RGB, 3);
    size_t first = tiff.directory;
    tiff_one(&tiff, 330, TIFF_MAKER_LONG, 0);
    uint8_t *place = tiff.data + first + 2 + 12 * (tiff.entries - 1) + 8;
    uint32_t sub = tiff_directory(&tiff);
    memcpy(place, &sub, 4);
    tiff_image(&tiff, 2, 2, 8, CFA, sizeof(px));
    tiff_entry(&tiff, 33421, TIFF_MAKER_SHORT, 2, two_two);
    tiff_entry(&tiff, 33422, TIFF_MAKER_BYTE, 4, rggb);
    expect_samples(2, 2, want);
    sim_raw_free(&raw);
}
END_TEST

/* ---- refused ---- */

START_TEST(what_is_no_raw_picture_is_refused_with_the_reason)
{
    static const uint8_t px[12] = {0};
    static const uint32_t three[2] = {3, 2}, gggg[4] = {1, 1, 1, 1};
    tiff_begin(&tiff, px, sizeof(px));
    tiff_image(&tiff, 2, 2, 8, RGB, 12);
    expect_refused("a.dng: neither a CFA nor a gray image");
    tiff_begin(&tiff, px, sizeof(px));
    tiff_image(&tiff, 2, 2, 8, CFA, 4);
    expect_refused("a.dng: the CFA pattern is not 2 x 2");
    tiff_entry(&tiff, 33421, TIFF_MAKER_SHORT, 2, three);
    expect_refused("a.dng: the CFA pattern is not 2 x 2");
    tiff_begin(&tiff, px, sizeof(px));
    tiff_image(&tiff, 2, 2, 8, CFA, 4);
    tiff_entry(&tiff, 33421, TIFF_MAKER_SHORT, 2, two_two);
    tiff_entry(&tiff, 33422, TIFF_MAKER_BYTE, 4, gggg);
    expect_refused("a.dng: the CFA pattern is no Bayer pattern");
    tiff_begin(&tiff, px, sizeof(px));
    tiff_image(&tiff, 2, 2, 4, GRAY, 2);
    expect_refused("a.dng: expected one unsigned sample of 8 to 16 bits a pixel");
    tiff_begin(&tiff, px, sizeof(px));
    tiff_image(&tiff, 100000, 100000, 8, GRAY, 4);
    expect_refused("a.dng: image larger than 64 Mpixel");
    ck_assert_int_ne(sim_dng_decode("II*\0\x40\0\0\0", 8, "a.dng", &raw, error, sizeof(error)),
                     SIM_OK);
    ck_assert_ptr_eq(strstr(error, "a.dng: "), error);
    ck_assert_ptr_null(strstr(error + 1, "a.dng")); /* libtiff says the name, too: once is enough */
}
END_TEST

START_TEST(a_file_cut_or_damaged_at_any_byte_is_survived)
{
    sim_raw_t out = picture(8, 6, SIM_BAYER_RGGB);
    size_t bytes = 0;
    name_file();
    ck_assert_int_eq(sim_dng_write(file, &out, error, sizeof(error)), SIM_OK);
    uint8_t *data = sim_file_read(file, 1 << 20, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(data);
    unlink(file);
    uint32_t refused = 0;
    for (size_t cut = 0; cut < bytes; cut++) {
        uint8_t *copy = malloc(cut + 1); /* exact, for the sanitizer */
        memcpy(copy, data, cut);
        refused += sim_dng_decode(copy, cut, "cut", &raw, error, sizeof(error)) != SIM_OK;
        sim_raw_free(&raw);
        free(copy);
    }
    ck_assert_uint_gt(refused, 8);
    for (size_t at = 0; at < bytes; at++)
        for (uint32_t bit = 0; bit < 8; bit++) {
            data[at] ^= (uint8_t)(1u << bit);
            sim_dng_decode(data, bytes, "damaged", &raw, error, sizeof(error));
            sim_raw_free(&raw);
            data[at] ^= (uint8_t)(1u << bit);
        }
    free(data);
    sim_raw_free(&out);
    ck_assert_int_eq(sim_dng_decode("no", 2, "short", &raw, error, sizeof(error)), SIM_EPARSE);
}
END_TEST

TEST_MAIN("sim dng", what_is_written_is_read_back, two_writers_of_one_picture_agree_in_every_byte,
          the_largest_picture_is_written_and_read_back,
          writing_where_nothing_can_be_written_is_reported, dcraw_sees_samples_colors_and_exposure,
          libraw_sees_black_white_pattern_and_exposure,
          packed_samples_of_10_and_12_bits_are_unpacked, plain_gray_has_no_colors_and_full_range,
          the_active_area_is_what_is_taken, samples_go_through_the_linearization_table,
          one_black_level_holds_everywhere_and_two_by_rows, the_cfa_image_may_be_in_a_sub_directory,
          what_is_no_raw_picture_is_refused_with_the_reason,
          a_file_cut_or_damaged_at_any_byte_is_survived)
