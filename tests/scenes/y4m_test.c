/*
 * y4m_test.c - Y4M video: its first line, its samples, and what is no video.
 */
#include "scenes/scene_int.h"
#include "scenes/y4m.h"
#include "tests/test.h"

static char error[512];

static bool opens(const char *text, y4m_t *y4m)
{
    FILE *stream = fmemopen((void *)(uintptr_t)text, strlen(text), "rb");
    error[0] = '\0';
    bool fine = y4m_open(stream, "a.y4m", y4m, error, sizeof(error));
    fclose(stream);
    return fine;
}

START_TEST(the_first_line_tells_size_rate_and_coding)
{
    y4m_t y4m;
    ck_assert_msg(opens("YUV4MPEG2 W640 H480 F30000:1001 Ip A1:1 C420mpeg2 XYSCSS=420MPEG2 "
                        "XCOLORRANGE=FULL\n",
                        &y4m),
                  "%s", error);
    ck_assert_uint_eq(y4m.width_px, 640);
    ck_assert_uint_eq(y4m.height_px, 480);
    ck_assert_uint_eq(y4m.fps_num, 30000);
    ck_assert_uint_eq(y4m.fps_den, 1001);
    ck_assert_uint_eq(y4m.bits, 8);
    ck_assert_int_eq(y4m.levels, SCENE_LEVELS_FULL);
    ck_assert_uint_eq(y4m.frame_bytes, 640 * 480 * 3 / 2);
    ck_assert(opens("YUV4MPEG2 H2 W4\n", &y4m)); /* 420jpeg, rate and range not known */
    ck_assert_uint_eq(y4m.fps_num, 0);
    ck_assert_int_eq(y4m.levels, SCENE_LEVELS_AUTO);
    ck_assert_uint_eq(y4m.frame_bytes, 12);
    ck_assert(opens("YUV4MPEG2 W4 H2 F0:0\n", &y4m));
}
END_TEST

START_TEST(a_frame_is_as_long_as_its_planes)
{
    /* 5 x 3: chroma planes of 420 are 3 x 2, of 422 3 x 3, of 411 2 x 3. */
    static const struct {
        const char *name;
        size_t bytes;
    } known[] = {{"420jpeg", 27}, {"420paldv", 27}, {"422", 33},    {"444", 45},
                 {"411", 27},     {"mono", 15},     {"420p10", 54}, {"422p12", 66},
                 {"444p10", 90},  {"mono12", 30},   {"420p12", 54}, {"mono10", 30}};
    for (size_t i = 0; i < SIM_COUNT(known); i++) {
        char line[64];
        y4m_t y4m;
        snprintf(line, sizeof(line), "YUV4MPEG2 W5 H3 F1:1 C%s\n", known[i].name);
        ck_assert_msg(opens(line, &y4m), "%s", error);
        ck_assert_msg(y4m.frame_bytes == known[i].bytes, "%s: %zu", known[i].name, y4m.frame_bytes);
    }
}
END_TEST

START_TEST(what_is_no_video_is_told_in_one_line)
{
    static const struct {
        const char *text, *says;
    } wrong[] = {
        {"", "does not begin with YUV4MPEG2"},
        {"YUV4MPEG3 W4 H4\n", "does not begin with YUV4MPEG2"},
        {"YUV4MPEG2W4 H4\n", "does not begin with YUV4MPEG2"},
        {"\x89PNG\r\n\x1a\n", "does not begin with YUV4MPEG2"},
        {"YUV4MPEG2 W4 H4 F1:1", "no end"},
        {"YUV4MPEG2 W4\n", "no W and H"},
        {"YUV4MPEG2 W0 H4\n", "found 'W0'"},
        {"YUV4MPEG2 W4 H0\n", "found 'H0'"},
        {"YUV4MPEG2 W-4 H4\n", "found 'W-4'"},
        {"YUV4MPEG2 W16385 H1\n", "found 'W16385'"},
        {"YUV4MPEG2 W4 H99999999999999999999\n", "found 'H9999"},
        {"YUV4MPEG2 W16384 H16384\n", "at most 67108864 pixels"},
        {"YUV4MPEG2 W4 H4 F30\n", "found 'F30'"},
        {"YUV4MPEG2 W4 H4 F30:0\n", "found 'F30:0'"},
        {"YUV4MPEG2 W4 H4 F:1\n", "found 'F:1'"},
        {"YUV4MPEG2 W4 H4 It\n", "interlaced"},
        {"YUV4MPEG2 W4 H4 C420p16\n", "found 'C420p16'"},
        {"YUV4MPEG2 W4 H4 C444alpha\n", "found 'C444alpha'"},
    };
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        y4m_t y4m;
        ck_assert_msg(!opens(wrong[i].text, &y4m), "%s", wrong[i].text);
        ck_assert_msg(strncmp(error, "a.y4m: ", 7) == 0 && strstr(error, wrong[i].says) != NULL,
                      "%s", error);
        ck_assert_ptr_null(strchr(error, '\n'));
    }
}
END_TEST

START_TEST(a_frame_begins_with_its_line)
{
    static const char text[] = "FRAME\nFRAME Ip\nFRAMES\n";
    FILE *stream = fmemopen((void *)(uintptr_t)text, sizeof(text) - 1, "rb");
    ck_assert_int_eq(y4m_next(stream, "a", 0, error, sizeof(error)), 1);
    ck_assert_int_eq(y4m_next(stream, "a", 1, error, sizeof(error)), 1);
    ck_assert_int_eq(y4m_next(stream, "a", 2, error, sizeof(error)), -1);
    ck_assert_str_eq(error, "a: frame 2 does not begin with a line FRAME");
    ck_assert_int_eq(y4m_next(stream, "a", 3, error, sizeof(error)), 0);
    fclose(stream);
}
END_TEST

/* One row of a frame in linear light, values one after another: r, g, b. */
static void row_of_frame(const char *words, scene_matrix_t matrix, scene_levels_t levels,
                         const uint8_t *frame, uint32_t row, float *rgb)
{
    char line[96];
    y4m_t y4m;
    snprintf(line, sizeof(line), "YUV4MPEG2 %s\n", words);
    ck_assert_msg(opens(line, &y4m), "%s", error);
    y4m_color_t *color = malloc(sizeof(*color));
    float *scratch = malloc(3 * y4m.width_px * sizeof(float));
    float *const out[3] = {rgb, rgb + y4m.width_px, rgb + 2 * (size_t)y4m.width_px};
    y4m_color_init(color, &y4m, matrix, levels);
    y4m_row(&y4m, color, frame, row, out, scratch);
    free(scratch);
    free(color);
}

static void same(const float *rgb, const double *expected, int count, double within)
{
    for (int i = 0; i < count; i++)
        ck_assert_msg(fabs((double)rgb[i] - expected[i]) <= within, "%d: found %g, expected %g", i,
                      (double)rgb[i], expected[i]);
}

START_TEST(gray_goes_from_16_to_235_or_over_the_full_range)
{
    /* Linear light of 0.5: ((0.5 + 0.055) / 1.055)^2.4 = 0.214041. Limited: 125.5 would be the
     * middle, 125 is (125 - 16) / 219 = 0.497717 -> 0.211939. Below 16 and above 235: cut. */
    static const uint8_t limited[] = {16, 235, 125, 0, 255};
    static const uint8_t full[] = {0, 255, 128};
    float rgb[15];
    row_of_frame("W5 H1 Cmono", SCENE_MATRIX_BT601, SCENE_LEVELS_LIMITED, limited, 0, rgb);
    same(rgb, (const double[]){0, 1, 0.211939, 0, 1}, 5, 1e-5);
    same(rgb + 10, (const double[]){0, 1, 0.211939, 0, 1}, 5, 1e-5);
    row_of_frame("W3 H1 Cmono", SCENE_MATRIX_BT601, SCENE_LEVELS_FULL, full, 0, rgb);
    same(rgb, (const double[]){0, 1, 0.2158605}, 3, 1e-5);
}
END_TEST

START_TEST(ten_and_twelve_bits_are_two_bytes_low_one_first)
{
    /* 64 and 940 of 10 bits, 256 and 3760 of 12 are black and white; 502 is (502 - 64) / 876 = 0.5.
     * 0xffff is above the top: white. */
    static const uint8_t ten[] = {0x40, 0x00, 0xac, 0x03, 0xf6, 0x01, 0xff, 0xff};
    static const uint8_t twelve[] = {0x00, 0x01, 0xb0, 0x0e};
    static const uint8_t full[] = {0xff, 0x03, 0x00, 0x00};
    float rgb[12];
    row_of_frame("W4 H1 Cmono10", SCENE_MATRIX_BT709, SCENE_LEVELS_LIMITED, ten, 0, rgb);
    same(rgb, (const double[]){0, 1, 0.214041, 1}, 4, 1e-5);
    row_of_frame("W2 H1 Cmono12", SCENE_MATRIX_BT709, SCENE_LEVELS_LIMITED, twelve, 0, rgb);
    same(rgb, (const double[]){0, 1}, 2, 1e-5);
    row_of_frame("W2 H1 Cmono10", SCENE_MATRIX_BT709, SCENE_LEVELS_FULL, full, 0, rgb);
    same(rgb, (const double[]){1, 0}, 2, 1e-5);
}
END_TEST

START_TEST(colors_are_those_of_the_stated_matrix)
{
    /* 100 % red, limited. BT.601: Y = 16 + 219 * .299 = 81.48, Cb = 128 - 224 * .299 / 1.772 =
     * 90.20, Cr = 240. BT.709: Y = 62.56, Cb = 128 - 224 * .2126 / 1.8556 = 102.34, Cr = 240.
     * Rounded codes: R, G, B are within half a code of 219: 0.0023 + its share of chroma, which the
     * curve makes less than 0.01 of light near white and below 0.001 near black. */
    static const uint8_t red601[] = {81, 90, 240}, red709[] = {63, 102, 240};
    static const double red[] = {1, 0, 0};
    float rgb[3];
    row_of_frame("W1 H1 C444", SCENE_MATRIX_BT601, SCENE_LEVELS_LIMITED, red601, 0, rgb);
    same(rgb, red, 3, 0.01);
    row_of_frame("W1 H1 C444", SCENE_MATRIX_BT709, SCENE_LEVELS_LIMITED, red709, 0, rgb);
    same(rgb, red, 3, 0.01);
    /* Read by the other one: red (63 - 16) / 219 + 1.402 / 2 = 0.9156, of light 0.8187. */
    row_of_frame("W1 H1 C444", SCENE_MATRIX_BT601, SCENE_LEVELS_LIMITED, red709, 0, rgb);
    ck_assert_float_eq_tol(rgb[0], 0.8187f, 1e-3f);
    /* Full range blue of BT.601: Y = 29.07, Cb = 255.5 -> 255, Cr = 128 - 127.5 * .114 / .701 =
     * 107.27. */
    static const uint8_t blue[] = {29, 255, 107};
    row_of_frame("W1 H1 C444", SCENE_MATRIX_BT601, SCENE_LEVELS_FULL, blue, 0, rgb);
    same(rgb, (const double[]){0, 0, 1}, 3, 0.01);
}
END_TEST

START_TEST(chroma_is_interpolated_from_where_its_samples_are)
{
    /* Two chroma samples over four luma ones: Cr 128, 168. With samples in the middle of pairs the
     * columns see weights of the second 0, 1/4, 3/4, 1; with samples on the left 0, 1/2, 1, 1. */
    static const uint8_t frame[] = {100, 100, 100, 100, 100, 100, 100, 100, 128, 128, 128, 168};
    float middle[12], left[12], one[3];
    row_of_frame("W4 H2 C420jpeg", SCENE_MATRIX_BT709, SCENE_LEVELS_FULL, frame, 1, middle);
    row_of_frame("W4 H2 C420mpeg2", SCENE_MATRIX_BT709, SCENE_LEVELS_FULL, frame, 1, left);
    static const struct {
        int column_middle, column_left; /* that sees this many quarters; -1: none */
        uint8_t quarters;
    } seen[] = {{0, 0, 0}, {1, -1, 1}, {-1, 1, 2}, {2, -1, 3}, {3, 2, 4}, {3, 3, 4}};
    for (size_t i = 0; i < SIM_COUNT(seen); i++) {
        const uint8_t px[] = {100, 128, (uint8_t)(128 + 10 * seen[i].quarters)};
        row_of_frame("W1 H1 C444", SCENE_MATRIX_BT709, SCENE_LEVELS_FULL, px, 0, one);
        if (seen[i].column_middle >= 0)
            ck_assert_float_eq_tol(middle[seen[i].column_middle], one[0], 1e-5f);
        if (seen[i].column_left >= 0)
            ck_assert_float_eq_tol(left[seen[i].column_left], one[0], 1e-5f);
    }
    ck_assert_float_gt(middle[3] - middle[0], 0.05f);
}
END_TEST

START_TEST(chroma_rows_lie_between_luma_rows_or_on_them)
{
    /* One column, four rows, Cr 128 and 168: row 1 of 420jpeg sees 1/4 of the second, of 420paldv
     * 1/2. */
    static const uint8_t frame[] = {100, 100, 100, 100, 128, 128, 128, 168};
    static const uint8_t quarter[] = {100, 128, 138}, half[] = {100, 128, 148};
    float rgb[3], expected[3];
    row_of_frame("W1 H4 C420jpeg", SCENE_MATRIX_BT709, SCENE_LEVELS_FULL, frame, 1, rgb);
    row_of_frame("W1 H1 C444", SCENE_MATRIX_BT709, SCENE_LEVELS_FULL, quarter, 0, expected);
    for (int c = 0; c < 3; c++)
        ck_assert_float_eq_tol(rgb[c], expected[c], 1e-5f);
    row_of_frame("W1 H4 C420paldv", SCENE_MATRIX_BT709, SCENE_LEVELS_FULL, frame, 1, rgb);
    row_of_frame("W1 H1 C444", SCENE_MATRIX_BT709, SCENE_LEVELS_FULL, half, 0, expected);
    for (int c = 0; c < 3; c++)
        ck_assert_float_eq_tol(rgb[c], expected[c], 1e-5f);
}
END_TEST

TEST_MAIN("scene y4m", the_first_line_tells_size_rate_and_coding, a_frame_is_as_long_as_its_planes,
          what_is_no_video_is_told_in_one_line, a_frame_begins_with_its_line,
          gray_goes_from_16_to_235_or_over_the_full_range,
          ten_and_twelve_bits_are_two_bytes_low_one_first, colors_are_those_of_the_stated_matrix,
          chroma_is_interpolated_from_where_its_samples_are,
          chroma_rows_lie_between_luma_rows_or_on_them)
