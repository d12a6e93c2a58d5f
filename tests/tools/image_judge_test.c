/*
 * image_judge_test.c - what images show of true boxes, with numbers worked out by hand.
 */
#include <math.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/image_judge.h"

#define DIR FOVEA_OUT "/image_judge"

static char error[1024];
static image_figures_t figures;

static void put(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof(path), DIR "/%s", name);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_msg(sim_file_write(path, text, strlen(text), error, sizeof(error)) == SIM_OK, "%s",
                  error);
}

#define BOX(id, x, y)                                                                              \
    "{\"id\":" id ",\"class\":\"person\",\"x\":" x ",\"y\":" y ",\"w\":100,\"h\":200}"
#define TRUE(frame, boxes) "{\"frame\":" frame ",\"boxes\":[" boxes "]}\n"
#define AREA(what, x, y, w, h)                                                                     \
    "{\"what\":\"" what "\",\"x\":" x ",\"y\":" y ",\"w\":" w ",\"h\":" h "}"
#define SAID(frame, areas) "{\"frame\":" frame ",\"boxes\":[],\"image\":[" areas "]}\n"
#define SILENT(frame) "{\"frame\":" frame ",\"boxes\":[]}\n"

static void judge(const char *metadata, const char *truth)
{
    put("metadata.jsonl", metadata);
    put("truth.jsonl", truth);
    ck_assert_msg(image_judge(DIR, &figures, error, sizeof(error)), "%s", error);
}

/* Two of 4 x 3 share a corner of 2 x 1: 12 + 12 - 2; a third lies within the first. */
START_TEST(areas_that_overlap_count_once)
{
    const image_area_t box = {0, 0, 100, 100};
    const image_area_t area[] = {{10, 10, 14, 13}, {12, 12, 16, 15}, {11, 11, 12, 12}};
    ck_assert_double_eq(image_covered(&box, area, 1), 12);
    ck_assert_double_eq(image_covered(&box, area, 2), 22);
    ck_assert_double_eq(image_covered(&box, area, 3), 22);
    const image_area_t small = {13, 12, 20, 20}; /* 1 x 1 of the first; 3 x 3 of the second */
    ck_assert_double_eq(image_covered(&small, area, 1), 1);
    ck_assert_double_eq(image_covered(&small, area, 2), 9);
    ck_assert_double_eq(image_covered(&small, area, 0), 0);
}
END_TEST

START_TEST(a_box_within_the_image_is_covered)
{
    judge(SAID("1", AREA("shown", "0", "0", "400", "400")), TRUE("1", BOX("1", "10", "10")));
    ck_assert_uint_eq(figures.images, 1);
    ck_assert(figures.cover == 1 && figures.least_cover == 1 && figures.bare == 1);
}
END_TEST

/* One box whole, one half: 3/4 of the area; the half one is the least. */
START_TEST(what_is_outside_is_not_covered)
{
    judge(SAID("1", AREA("shown", "0", "0", "350", "400")),
          TRUE("1", BOX("1", "10", "10") "," BOX("2", "300", "10")));
    ck_assert_double_eq(figures.cover, 0.75);
    ck_assert_double_eq(figures.least_cover, 0.5);
    ck_assert_int_eq(figures.least_cover_frame, 1);
    ck_assert_uint_eq(figures.least_cover_id, 2);
}
END_TEST

/* Frame 0 has no image yet and does not count; frame 2 has lost it, frame 4 is behind the last. */
START_TEST(frames_without_an_image_cover_nothing_once_there_was_one)
{
    judge(SILENT("0") SAID("1", AREA("shown", "0", "0", "400", "400")) SILENT("2")
              SAID("3", AREA("shown", "0", "0", "400", "400")) SILENT("4"),
          TRUE("0", BOX("1", "0", "0")) TRUE("1", BOX("1", "0", "0")) TRUE("2", BOX("1", "0", "0"))
              TRUE("3", BOX("1", "0", "0")) TRUE("4", BOX("1", "0", "0")));
    ck_assert_uint_eq(figures.boxes, 3);
    ck_assert_double_eq_tol(figures.cover, 2 / 3.0, 1e-12);
    ck_assert_double_eq(figures.least_cover, 0);
    ck_assert_int_eq(figures.least_cover_frame, 2);
}
END_TEST

/* Shown: the left 60 of 100 columns; hidden: the right 70, of which 30 are shown: 30 are bare. */
START_TEST(what_is_hidden_is_not_bare)
{
    judge(SAID("1",
               AREA("shown", "0", "0", "60", "400") "," AREA(
                   "mosaic", "30", "0", "200", "90") "," AREA("filled", "30", "80", "200", "200")),
          TRUE("1", BOX("7", "0", "0")));
    ck_assert_double_eq(figures.cover, 0.6);
    ck_assert_double_eq(figures.bare, 0.3);
    ck_assert_double_eq(figures.most_bare, 0.3);
    ck_assert_uint_eq(figures.most_bare_id, 7);
}
END_TEST

START_TEST(without_images_there_is_nothing_to_say)
{
    judge(SILENT("0"), TRUE("0", BOX("1", "0", "0")));
    ck_assert_uint_eq(figures.images, 0);
    ck_assert(isnan(figures.cover) && isnan(figures.most_bare));
}
END_TEST

START_TEST(hostile_lines_are_told)
{
    put("truth.jsonl", TRUE("0", BOX("1", "0", "0")));
    put("metadata.jsonl", "{\"frame\":0,\"image\":3}\n");
    ck_assert(!image_judge(DIR, &figures, error, sizeof(error)));
    ck_assert_msg(strstr(error, "metadata.jsonl:1: ") != NULL, "%s", error);
    put("metadata.jsonl", SAID("0", AREA("shown", "-5", "0", "1e9", "4")));
    ck_assert(!image_judge(DIR, &figures, error, sizeof(error)));
    put("metadata.jsonl", SAID("0", "7"));
    ck_assert(!image_judge(DIR, &figures, error, sizeof(error)));
}
END_TEST

TEST_MAIN("image judge", areas_that_overlap_count_once, a_box_within_the_image_is_covered,
          what_is_outside_is_not_covered, frames_without_an_image_cover_nothing_once_there_was_one,
          what_is_hidden_is_not_bare, without_images_there_is_nothing_to_say,
          hostile_lines_are_told)
