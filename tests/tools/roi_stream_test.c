/*
 * roi_stream_test.c - the program that sends the region of what it found, on the simulated chip:
 * what leaves, and what never does.
 */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/json.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

#define DIR FOVEA_OUT "/roi_stream"

static char text[1 << 16], error[1024];

/* Two people cross a plain view, or nobody does. */
static void run(const char *name, const char *people, const char *settings, const char *host,
                const char *format, int frames)
{
    static char scenario[4096];
    char path[256];
    snprintf(scenario, sizeof(scenario),
             "{\"chip\": \"../../../logic/chips/imx500.json\","
             "\"firmware\": \"../../../build/firmware/roi_stream.elf\","
             "\"networks\": [\"../../../scenes/person_160.tflite\"],"
             "\"scene\": {\"seed\": 1, \"lux\": 500, \"camera\": {\"array_px\": [4056, 3040],"
             "\"height_m\": 2.9, \"focal_px\": 3950, \"horizon_px\": 430},"
             "\"background\": {\"kind\": \"room\", \"clutter\": [2, 2]}, \"people\": [%s]},"
             "\"settings\": {%s}, \"host\": [%s],"
             "\"output\": {\"format\": \"%s\", \"isp\": false}}",
             people, settings, host, format);
    snprintf(path, sizeof(path), DIR "/%s.json", name);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(system("rm -rf " DIR "/*"), 0);
    ck_assert_int_eq(sim_file_write(path, scenario, strlen(scenario), error, sizeof(error)),
                     SIM_OK);
    int code = fovea(text, sizeof(text), "run %s -n %d -o " DIR "/%s", path, frames, name);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
    ck_assert_msg(strstr(text, " 0 problems") != NULL, "%s", text);
}

#define TWO                                                                                        \
    "{\"direction\": \"in\", \"cross_s\": 0.3, \"depth_m\": 4.8},"                                 \
    "{\"direction\": \"out\", \"cross_s\": 0.2, \"depth_m\": 6.8}"

/* Most bytes of an image that left; how many did. */
static double most_bytes(const char *name, uint32_t *images)
{
    char path[256];
    double most = 0;
    snprintf(path, sizeof(path), DIR "/%s/stats.json", name);
    sim_doc_t *doc = sim_doc_load(path);
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    const sim_json_t *list = sim_json_find(sim_doc_root(doc).node, "images");
    *images = 0;
    for (const sim_json_t *i = sim_json_first(list); i != NULL; i = sim_json_next(i)) {
        most = fmax(most, sim_json_num(sim_json_find(i, "bytes"), NAN));
        ++*images;
    }
    sim_doc_free(doc);
    return most;
}

START_TEST(where_nobody_is_no_image_leaves)
{
    uint32_t images;
    run("nobody", "", "", "", "yuv420", 4);
    (void)most_bytes("nobody", &images);
    ck_assert_uint_eq(images, 0);
    ck_assert_int_ne(access(DIR "/nobody/rgb_00000.png", F_OK), 0);
}
END_TEST

/* Of frame 1 on: what frame 0 showed steers it. In no picture more than 640 x 480 samples, of
 * which YUV420 has 1.5 bytes each. */
START_TEST(the_region_of_the_frame_before_leaves)
{
    uint32_t images;
    run("two", TWO, "", "", "yuv420", 5);
    ck_assert(most_bytes("two", &images) <= 640 * 480 * 1.5 + 1000);
    ck_assert_uint_eq(images, 4);
    ck_assert_int_eq(access(DIR "/two/rgb_00003.png", F_OK), 0);
    ck_assert_int_ne(access(DIR "/two/rgb_00004.png", F_OK), 0);
}
END_TEST

/* The picture has the shape that roi_fit gives the region that the metadata tells. */
static void check_shape(const char *line, const char *file)
{
    sim_image_t png;
    sim_doc_t *doc = sim_doc_parse(line, strlen(line), "line");
    const sim_json_t *shown = sim_json_first(sim_json_find(sim_doc_root(doc).node, "image"));
    double w = sim_json_num(sim_json_find(shown, "w"), NAN);
    double h = sim_json_num(sim_json_find(shown, "h"), NAN);
    ck_assert(w > 300 && h > 900); /* a person and the margin */
    ck_assert_msg(sim_png_read(file, &png, error, sizeof(error)) == SIM_OK, "%s", error);
    double width = 640, height = 480;
    if (w * height >= h * width)
        height = floor(width * h / w);
    else
        width = floor(height * w / h);
    ck_assert_uint_eq(png.width_px, (uint32_t)width & ~1u);
    ck_assert_uint_eq(png.height_px, (uint32_t)height & ~1u);
    sim_image_free(&png);
    sim_doc_free(doc);
}

START_TEST(the_metadata_say_what_the_picture_shows)
{
    size_t bytes;
    run("shape", TWO, "", "", "rgb888", 4);
    char *lines =
        (char *)sim_file_read(DIR "/shape/metadata.jsonl", 1 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(lines != NULL, "%s", error);
    lines[bytes - 1] = '\0';
    char *line = strtok(lines, "\n");
    ck_assert(line != NULL && strstr(line, "\"image\"") == NULL); /* nothing was known yet */
    for (int i = 0; i < 3; i++) {
        char file[256];
        line = strtok(NULL, "\n");
        ck_assert(line != NULL);
        snprintf(file, sizeof(file), DIR "/shape/rgb_%05d.png", i);
        check_shape(line, file);
    }
    free(lines);
}
END_TEST

#define WRITE(at) "{\"at\": \"" at "\", \"write\": \"app_ae_target\", \"value\": 700}"

/* camera.c takes all of a host's settings over whenever it writes one. Were the image on the link
 * among them, whole frames would leave. */
START_TEST(a_host_that_writes_settings_gets_no_whole_frame)
{
    uint32_t images;
    run("host", TWO, "",
        WRITE("10ms") "," WRITE("54.1ms") "," WRITE("60ms") "," WRITE("74ms") "," WRITE("87.3ms"),
        "yuv422", 4);
    ck_assert(most_bytes("host", &images) <= 640 * 480 * 2 + 1000);
    ck_assert_uint_eq(images, 3);
}
END_TEST

START_TEST(raw_pixels_never_leave)
{
    uint32_t images;
    run("raw", TWO, "", "", "raw", 3);
    (void)most_bytes("raw", &images);
    ck_assert_uint_eq(images, 0);
}
END_TEST

#define ONE "{\"direction\": \"in\", \"cross_s\": 0.2, \"depth_m\": 6.8}"

/* Of the first record with an image: the left and upper edge of what it shows. */
static void first_place(const char *file, uint32_t *x, uint32_t *y)
{
    size_t bytes;
    char *lines = (char *)sim_file_read(file, 1 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(lines != NULL, "%s", error);
    lines[bytes - 1] = '\0';
    char *key = strstr(lines, "\"what\":\"shown\",\"x\":");
    ck_assert(key != NULL && sscanf(key, "\"what\":\"shown\",\"x\":%u,\"y\":%u", x, y) == 2);
    free(lines);
}

/* Samples of the picture that differ from the first one of their cell. */
static uint32_t uneven(const sim_image_t *png, uint32_t x, uint32_t y, uint32_t cell)
{
    uint32_t count = 0;
    for (uint32_t r = 0; r < png->height_px; r++)
        for (uint32_t c = 0; c < png->width_px; c++) {
            uint32_t top = (r + y) / cell * cell, left = (c + x) / cell * cell;
            top = top > y ? top - y : 0;
            left = left > x ? left - x : 0;
            const uint8_t *a = png->data + 3 * ((size_t)r * png->width_px + c);
            const uint8_t *b = png->data + 3 * ((size_t)top * png->width_px + left);
            count += memcmp(a, b, 3) != 0;
        }
    return count;
}

/* One person fills the region: all of the picture is cells of 32 x 32 samples on the frame's grid,
 * a sample being 2 x 2 px. The same picture in the open is not. */
START_TEST(a_host_that_gets_a_mosaic_sees_one_color_a_cell)
{
    sim_image_t open, hidden;
    uint32_t x, y;
#define WHOLE "\"roi_width\": 4096, \"roi_height\": 4096"
    run("mosaic", ONE, WHOLE ", \"roi_privacy\": 2, \"roi_cell\": 32", "", "rgb888", 3);
    ck_assert_msg(sim_png_read(DIR "/mosaic/rgb_00000.png", &hidden, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
    first_place(DIR "/mosaic/metadata.jsonl", &x, &y);
    run("open", ONE, WHOLE, "", "rgb888", 3);
    ck_assert_msg(sim_png_read(DIR "/open/rgb_00000.png", &open, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    ck_assert(hidden.width_px > 100 && hidden.height_px > 400);
    ck_assert(open.width_px == hidden.width_px && open.height_px == hidden.height_px);
    ck_assert_uint_eq(uneven(&hidden, x / 2, y / 2, 32), 0);
    ck_assert_uint_gt(uneven(&open, x / 2, y / 2, 32), open.width_px * open.height_px / 2);
    sim_image_free(&open);
    sim_image_free(&hidden);
}
END_TEST

/* The gray of ISP_MASK_COLOR. */
START_TEST(who_is_filled_is_not_in_the_picture)
{
    sim_image_t png;
    uint32_t gray = 0;
    run("fill", ONE, WHOLE ", \"roi_privacy\": 1", "", "rgb888", 3);
    ck_assert_msg(sim_png_read(DIR "/fill/rgb_00001.png", &png, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    for (uint32_t i = 0; i < png.width_px * png.height_px * 3; i++)
        gray += png.data[i] == 0x80;
    ck_assert_uint_eq(gray, png.width_px * png.height_px * 3);
    sim_image_free(&png);
}
END_TEST

/* Privacy that a host asks for within a stream counts before the next image leaves: none of those
 * whose frames began later shows anybody. */
START_TEST(privacy_asked_for_in_a_stream_counts_at_once)
{
    sim_image_t png;
    uint32_t images, gray = 0;
    run("later", ONE, WHOLE,
        "{\"at\": \"frame:2+100\", \"write\": \"app_roi_privacy\", \"value\": 1}", "rgb888", 6);
    (void)most_bytes("later", &images);
    ck_assert_uint_ge(images, 4);
    char file[256];
    snprintf(file, sizeof(file), DIR "/later/rgb_%05u.png", images - 1);
    ck_assert_msg(sim_png_read(file, &png, error, sizeof(error)) == SIM_OK, "%s", error);
    for (uint32_t i = 0; i < png.width_px * png.height_px * 3; i++)
        gray += png.data[i] == 0x80;
    ck_assert_uint_eq(gray, png.width_px * png.height_px * 3);
    sim_image_free(&png);
}
END_TEST

TEST_MAIN("roi_stream", where_nobody_is_no_image_leaves, the_region_of_the_frame_before_leaves,
          the_metadata_say_what_the_picture_shows, a_host_that_writes_settings_gets_no_whole_frame,
          raw_pixels_never_leave, a_host_that_gets_a_mosaic_sees_one_color_a_cell,
          who_is_filled_is_not_in_the_picture, privacy_asked_for_in_a_stream_counts_at_once)
