/*
 * view_film_test.c - films of the viewer's window: what is in the files, read by our own reader of
 * Y4M and by ffmpeg; names that are none.
 */
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scenes/y4m.h"
#include "sim/file.h"
#include "tests/test.h"
#include "tools/view/film.h"

#define DIR FOVEA_OUT "/film"

static char error[400];

static view_film_t *open_film(const char *name, uint32_t width, uint32_t height)
{
    const view_film_desc_t desc = {name, width, height, 30000, 1001};
    view_film_t *film = view_film_open(&desc, error, sizeof(error));
    ck_assert_msg(film != NULL, "%s", error);
    return film;
}

/* Each pixel of a color of its own, another one in each picture. */
static sim_image_t colored(uint32_t width, uint32_t height, uint32_t seed)
{
    sim_image_t image = {width, height, 3, malloc((size_t)width * height * 3)};
    ck_assert_ptr_nonnull(image.data);
    for (uint32_t i = 0; i < width * height * 3; i++)
        image.data[i] = (uint8_t)((i + seed) * 2654435761u >> 24);
    memcpy(image.data, "\xff\xff\xff\0\0\0\xff\0\0\0\xff\0\0\0\xff\x80\x80\x80", 18);
    return image;
}

static void add(view_film_t *film, const sim_image_t *image)
{
    ck_assert_msg(view_film_add(film, image, error, sizeof(error)), "%s", error);
}

static uint8_t srgb(float linear)
{
    double v = linear <= 0.0031308f ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
    return (uint8_t)(v * 255 + 0.5);
}

/* A row of a Y4M frame as bytes R G B. */
static void read_row(const y4m_t *y4m, const y4m_color_t *color, const uint8_t *frame, uint32_t row,
                     uint8_t *rgb)
{
    float *out[3], *scratch = malloc(3 * sizeof(float) * y4m->width_px);
    for (uint32_t c = 0; c < 3; c++)
        out[c] = malloc(sizeof(float) * y4m->width_px);
    y4m_row(y4m, color, frame, row, out, scratch);
    for (uint32_t x = 0; x < y4m->width_px; x++)
        for (uint32_t c = 0; c < 3; c++)
            rgb[3 * x + c] = srgb(out[c][x]);
    for (uint32_t c = 0; c < 3; c++)
        free(out[c]);
    free(scratch);
}

/* Limited range has 219 steps for 255: what comes back may be two codes off, three where all of Y,
 * Cb and Cr were rounded to the same side. */
static void check_frame(const y4m_t *y4m, const uint8_t *frame, const sim_image_t *image)
{
    uint8_t *rgb = malloc((size_t)y4m->width_px * 3);
    uint32_t off = 0;
    y4m_color_t color;
    y4m_color_init(&color, y4m, y4m->height_px > 576 ? SCENE_MATRIX_BT709 : SCENE_MATRIX_BT601,
                   y4m->levels);
    for (uint32_t y = 0; y < y4m->height_px; y++) {
        read_row(y4m, &color, frame, y, rgb);
        for (uint32_t i = 0; i < y4m->width_px * 3; i++)
            off += abs(rgb[i] - image->data[(size_t)y * y4m->width_px * 3 + i]) > 3;
    }
    ck_assert_uint_eq(off, 0);
    free(rgb);
}

static void check_y4m(const char *file, uint32_t width, uint32_t height, uint32_t pictures)
{
    y4m_t y4m;
    FILE *stream = fopen(file, "rb");
    ck_assert_ptr_nonnull(stream);
    ck_assert_msg(y4m_open(stream, file, &y4m, error, sizeof(error)), "%s", error);
    ck_assert_uint_eq(y4m.width_px, width);
    ck_assert_uint_eq(y4m.height_px, height);
    ck_assert_uint_eq(y4m.fps_num, 30000);
    ck_assert_uint_eq(y4m.fps_den, 1001);
    ck_assert_int_eq(y4m.levels, SCENE_LEVELS_LIMITED);
    uint8_t *frame = malloc(y4m.frame_bytes);
    for (uint32_t n = 0; n < pictures; n++) {
        ck_assert_int_eq(y4m_next(stream, file, n, error, sizeof(error)), 1);
        ck_assert_uint_eq(fread(frame, 1, y4m.frame_bytes, stream), y4m.frame_bytes);
        sim_image_t image = colored(width, height, n);
        check_frame(&y4m, frame, &image);
        sim_image_free(&image);
    }
    ck_assert_int_eq(y4m_next(stream, file, pictures, error, sizeof(error)), 0);
    free(frame);
    fclose(stream);
}

static void make_film(const char *name, uint32_t width, uint32_t height, uint32_t pictures)
{
    view_film_t *film = open_film(name, width, height);
    for (uint32_t n = 0; n < pictures; n++) {
        sim_image_t image = colored(width, height, n);
        add(film, &image);
        sim_image_free(&image);
    }
    ck_assert_uint_eq(view_film_pictures(film), pictures);
    ck_assert_msg(view_film_commit(film, error, sizeof(error)), "%s", error);
}

START_TEST(a_y4m_film_has_the_colors_of_its_pictures)
{
    make_film(DIR "/small/film.y4m", 65, 33, 3); /* its folder is made; odd sides */
    check_y4m(DIR "/small/film.y4m", 65, 33, 3);
    make_film(DIR "/large.y4m", 20, 600, 2); /* BT.709 */
    check_y4m(DIR "/large.y4m", 20, 600, 2);
}
END_TEST

/* BT.601: white is 235, 128, 128; red 81, 90, 240 (0.299 * 219 + 16; 128 - 0.299 / 1.772 * 224;
 * 128 + 112). */
START_TEST(codes_of_y4m_are_those_of_the_standard)
{
    static const char head[] =
        "YUV4MPEG2 W6 H1 F30000:1001 Ip A1:1 C444 XCOLORRANGE=LIMITED\nFRAME\n";
    size_t bytes;
    make_film(DIR "/codes.y4m", 6, 1, 1);
    uint8_t *data = sim_file_read(DIR "/codes.y4m", 1000, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(data);
    ck_assert_uint_eq(bytes, strlen(head) + 18);
    ck_assert_mem_eq(data, head, strlen(head));
    static const uint8_t y[6] = {235, 16, 81, 145, 41, 126};
    static const uint8_t cb[6] = {128, 128, 90, 54, 240, 128};
    static const uint8_t cr[6] = {128, 128, 240, 34, 110, 128};
    ck_assert_mem_eq(data + strlen(head), y, 6);
    ck_assert_mem_eq(data + strlen(head) + 6, cb, 6);
    ck_assert_mem_eq(data + strlen(head) + 12, cr, 6);
    free(data);
}
END_TEST

START_TEST(a_film_has_its_name_when_it_is_complete)
{
    sim_image_t image = colored(8, 8, 0);
    view_film_t *film = open_film(DIR "/late.y4m", 8, 8);
    add(film, &image);
    ck_assert_int_ne(access(DIR "/late.y4m", F_OK), 0);
    view_film_abandon(film);
    ck_assert_int_ne(access(DIR "/late.y4m", F_OK), 0);
    ck_assert_int_ne(access(DIR "/late.y4m.part", F_OK), 0);
    view_film_abandon(NULL);
    sim_image_free(&image);
}
END_TEST

START_TEST(pictures_are_numbered_as_their_name_says)
{
    static const struct {
        const char *name, *last;
    } cases[] = {{DIR "/a_%04d.png", DIR "/a_0010.png"},
                 {DIR "/b/%d.png", DIR "/b/10.png"},
                 {DIR "/c%3dx.png", DIR "/c 10x.png"},
                 {DIR "/d%01d.png", DIR "/d10.png"}};
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        make_film(cases[i].name, 7, 5, 11);
        sim_image_t image, expected = colored(7, 5, 10);
        ck_assert_msg(sim_png_read(cases[i].last, &image, error, sizeof(error)) == SIM_OK, "%s",
                      error);
        ck_assert_uint_eq(image.width_px, 7);
        ck_assert_uint_eq(image.height_px, 5);
        ck_assert_mem_eq(image.data, expected.data, 7 * 5 * 3);
        sim_image_free(&image);
        sim_image_free(&expected);
    }
}
END_TEST

START_TEST(a_picture_of_another_size_is_cut_or_has_a_black_edge)
{
    view_film_t *film = open_film(DIR "/size_%d.png", 10, 8);
    sim_image_t larger = colored(12, 9, 1), smaller = colored(6, 5, 2), got;
    add(film, &larger);
    add(film, &smaller);
    ck_assert(view_film_commit(film, error, sizeof(error)));
    ck_assert_int_eq(sim_png_read(DIR "/size_0.png", &got, error, sizeof(error)), SIM_OK);
    for (uint32_t y = 0; y < 8; y++)
        ck_assert_mem_eq(got.data + y * 30, larger.data + y * 36, 30);
    sim_image_free(&got);
    ck_assert_int_eq(sim_png_read(DIR "/size_1.png", &got, error, sizeof(error)), SIM_OK);
    static const uint8_t black[30];
    for (uint32_t y = 0; y < 8; y++) {
        ck_assert_mem_eq(got.data + y * 30, y < 5 ? smaller.data + y * 18 : black, 18);
        ck_assert_mem_eq(got.data + y * 30 + 18, black, 12);
    }
    sim_image_free(&got);
    sim_image_free(&larger);
    sim_image_free(&smaller);
}
END_TEST

START_TEST(names_that_are_none_are_told_in_one_line)
{
    static const struct {
        const char *name, *why;
    } cases[] = {{"film.mp4", "ends in .y4m"},
                 {"film", "ends in .y4m"},
                 {"", "ends in .y4m"},
                 {"film.png", "needs %d"},
                 {"film_%s.png", "only be d"},
                 {"film_%n.png", "only be d"},
                 {"film_%-4d.png", "only be d"},
                 {"film_%99d.png", "only be d"},
                 {"film_%.3d.png", "only be d"},
                 {"film_%ld.png", "only be d"},
                 {"%d_%d.png", "more than one"},
                 {"film_%d%.png", "more than one"},
                 {"film_%%.png", "only be d"},
                 {"film%.png", "only be d"},
                 {"%d/film.png", "in a folder's name"},
                 {"film_%4294967297d.png", "only be d"}};
    for (size_t i = 0; i < SIM_COUNT(cases); i++) {
        const view_film_desc_t desc = {cases[i].name, 8, 8, 30, 1};
        ck_assert(!view_film_name_check(cases[i].name, error, sizeof(error)));
        ck_assert_msg(strstr(error, cases[i].why) != NULL, "%s", error);
        ck_assert_ptr_null(strchr(error, '\n'));
        memset(error, 0, sizeof(error));
        ck_assert_ptr_null(view_film_open(&desc, error, sizeof(error)));
        ck_assert_msg(strstr(error, cases[i].why) != NULL, "%s", error);
    }
    ck_assert(view_film_name_check("100%.y4m", error, sizeof(error)));
    char *longest = malloc(5000);
    memset(longest, 'a', 5000);
    memcpy(longest + 4995, ".y4m", 5);
    ck_assert(!view_film_name_check(longest, error, sizeof(error)));
    ck_assert_ptr_nonnull(strstr(error, "too long"));
    free(longest);
}
END_TEST

START_TEST(a_film_that_cannot_be_written_is_refused_before_it_begins)
{
    static const view_film_desc_t bad[] = {
        {DIR "/plain/film.y4m", 8, 8, 30, 1}, {DIR "/plain/film_%d.png", 8, 8, 30, 1},
        {"/proc/none/film.y4m", 8, 8, 30, 1}, {DIR "/folder.y4m", 8, 8, 30, 1},
        {DIR "/film.y4m", 0, 8, 30, 1},       {DIR "/film.y4m", 8, 20000, 30, 1},
        {DIR "/film.y4m", 8, 8, 30, 0}};
    ck_assert_int_eq(sim_dir_make(DIR "/folder.y4m", error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/plain", "x", 1, error, sizeof(error)), SIM_OK);
    for (size_t i = 0; i < SIM_COUNT(bad); i++) {
        error[0] = '\0';
        ck_assert_msg(view_film_open(&bad[i], error, sizeof(error)) == NULL, "%s", bad[i].name);
        ck_assert_uint_gt(strlen(error), 0);
        ck_assert_ptr_null(strchr(error, '\n'));
    }
}
END_TEST

START_TEST(a_full_disk_is_told)
{
    sim_image_t image = colored(100, 100, 0);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(symlink("/dev/full", DIR "/full.y4m"), 0);
    view_film_t *film = open_film(DIR "/full.y4m", 100, 100);
    error[0] = '\0';
    ck_assert(!view_film_add(film, &image, error, sizeof(error)));
    ck_assert_ptr_nonnull(strstr(error, "No space left"));
    view_film_abandon(film);
    film = open_film(DIR "/full.y4m", 2, 2); /* stays in the buffer until the end */
    add(film, &image);
    error[0] = '\0';
    ck_assert(!view_film_commit(film, error, sizeof(error)));
    ck_assert_ptr_nonnull(strstr(error, "No space left"));
    sim_image_free(&image);
}
END_TEST

START_TEST(ffmpeg_reads_the_film)
{
    if (system("command -v ffmpeg >/dev/null 2>&1") != 0) {
        test_skip("no ffmpeg");
        return;
    }
    make_film(DIR "/theirs.y4m", 64, 48, 4);
    ck_assert_int_eq(
        system("ffmpeg -v error -y -i " DIR "/theirs.y4m -pix_fmt rgb24 " DIR "/theirs_%d.png"), 0);
    for (uint32_t n = 0; n < 4; n++) {
        char name[200];
        sim_image_t image, expected = colored(64, 48, n);
        snprintf(name, sizeof(name), DIR "/theirs_%u.png", n + 1);
        ck_assert_msg(sim_png_read(name, &image, error, sizeof(error)) == SIM_OK, "%s", error);
        for (uint32_t i = 0; i < 64 * 48 * 3; i++)
            ck_assert_int_le(abs(image.data[i] - expected.data[i]), 4);
        sim_image_free(&image);
        sim_image_free(&expected);
    }
}
END_TEST

TEST_MAIN("view film", a_y4m_film_has_the_colors_of_its_pictures,
          codes_of_y4m_are_those_of_the_standard, a_film_has_its_name_when_it_is_complete,
          pictures_are_numbered_as_their_name_says,
          a_picture_of_another_size_is_cut_or_has_a_black_edge,
          names_that_are_none_are_told_in_one_line,
          a_film_that_cannot_be_written_is_refused_before_it_begins, a_full_disk_is_told,
          ffmpeg_reads_the_film)
