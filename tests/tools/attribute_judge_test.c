/*
 * attribute_judge_test.c - attributes of tracks against ages of the truth, in results written by
 * hand.
 */
#include <math.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/attribute_judge.h"

#define DIR FOVEA_OUT "/attributes"

static char error[512];
static attribute_figures_t figures;

static void put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof(path), DIR "/%s", name);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(path, text, strlen(text), error, sizeof(error)), SIM_OK);
}

/* Of two people, 100 px wide, at the columns 0 and 500, the truth of so many frames. */
static void put_truth(int frames)
{
    char text[4096] = "";
    for (int i = 0; i < frames; i++)
        snprintf(
            text + strlen(text), sizeof(text) - strlen(text),
            "{\"frame\":%d,\"boxes\":[{\"id\":1,\"age\":\"child\",\"x\":0,\"y\":0,\"w\":100,"
            "\"h\":200},{\"id\":2,\"age\":\"senior\",\"x\":500,\"y\":0,\"w\":100,\"h\":200}]}\n",
            i);
    put("truth.jsonl", text);
}

/* A frame's report: one box of a track at column x, and what is said of it (empty: nothing). */
static void add(char *text, size_t bytes, int frame, int id, int x, const char *said)
{
    char *at = text + strlen(text);
    at += snprintf(at, bytes,
                   "{\"frame\":%d,\"boxes\":[{\"id\":%d,\"x\":%d,\"y\":0,\"w\":100,\"h\":200}]",
                   frame, id, x);
    if (said[0] != '\0')
        at += sprintf(at, ",\"attributes\":[{\"box\":0,\"class\":\"%s\"}]", said);
    strcpy(at, "}\n");
}

static double right(const char *metadata)
{
    put("metadata.jsonl", metadata);
    ck_assert_msg(attribute_judge(DIR, 0.4, &figures, error, sizeof(error)), "%s", error);
    return figures.right;
}

START_TEST(what_was_said_last_counts_for_whom_the_track_showed_most)
{
    char text[4096] = "";
    put_truth(12);
    add(text, sizeof(text), 0, 7, 500, "adult"); /* shows the senior first */
    for (int i = 1; i < 4; i++)
        add(text, sizeof(text), i, 7, 10, i < 3 ? "senior" : "child");
    for (int i = 4; i < 8; i++)
        add(text, sizeof(text), i, 8, 510, i == 4 ? "adult" : "");
    ck_assert_double_eq_tol(right(text), 0.5, 1e-12);
    ck_assert_uint_eq(figures.tracks, 2);
    ck_assert_str_eq(figures.where, "track 8 of person 2, senior, is adult");
}
END_TEST

START_TEST(short_tracks_and_those_of_nobody_are_not_judged)
{
    char text[4096] = "";
    put_truth(12);
    for (int i = 0; i < 2; i++)
        add(text, sizeof(text), i, 3, 0, "adult"); /* two frames */
    for (int i = 2; i < 6; i++)
        add(text, sizeof(text), i, 4, 250, "adult"); /* nobody */
    for (int i = 6; i < 10; i++)
        add(text, sizeof(text), i, 5, 0, "child");
    ck_assert_double_eq_tol(right(text), 1, 1e-12);
    ck_assert_uint_eq(figures.tracks, 1);
}
END_TEST

START_TEST(of_whom_nothing_was_said_is_wrong)
{
    char text[4096] = "";
    put_truth(12);
    for (int i = 0; i < 4; i++)
        add(text, sizeof(text), i, 3, 0, "child");
    for (int i = 4; i < 8; i++)
        add(text, sizeof(text), i, 4, 500, "");
    ck_assert_double_eq_tol(right(text), 0.5, 1e-12);
    ck_assert_str_eq(figures.where, "track 4 of person 2, senior, is not told");
}
END_TEST

START_TEST(without_attributes_there_is_no_figure)
{
    char text[4096] = "";
    put_truth(4);
    for (int i = 0; i < 4; i++)
        add(text, sizeof(text), i, 3, 0, "");
    ck_assert(isnan(right(text)));
    ck_assert(isnan(right("")));
}
END_TEST

START_TEST(hostile_lines_are_told_or_passed_over)
{
    put_truth(2);
    ck_assert(isnan(right("{\"frame\":0,\"boxes\":[{\"id\":1}],\"attributes\":[{\"box\":1e30,"
                          "\"class\":\"child\"},{\"box\":-1},{\"box\":5,\"class\":7},3]}\n")));
    put("metadata.jsonl", "{\"frame\":0,\n");
    ck_assert(!attribute_judge(DIR, 0.4, &figures, error, sizeof(error)));
    ck_assert_msg(strstr(error, "metadata.jsonl:1: ") != NULL, "%s", error);
}
END_TEST

TEST_MAIN("tools attribute judge", what_was_said_last_counts_for_whom_the_track_showed_most,
          short_tracks_and_those_of_nobody_are_not_judged, of_whom_nothing_was_said_is_wrong,
          without_attributes_there_is_no_figure, hostile_lines_are_told_or_passed_over)
