/*
 * heat_judge_test.c - heat maps against the truth's, with numbers worked out by hand.
 */
#include <math.h>
#include <unistd.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/heat_judge.h"

#define DIR FOVEA_OUT "/heat_judge"

static char error[1024];
static heat_figures_t figures;

static void put(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof(path), DIR "/%s", name);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_msg(sim_file_write(path, text, strlen(text), error, sizeof(error)) == SIM_OK, "%s",
                  error);
}

/* An array of 400 x 200, cells of 100 x 100. Somebody's foot is at 150, 149 in frames 0 to 2 and
 * at 350, 49 in frame 3. */
static void put_truth(void)
{
#define FOOT(frame, x, y)                                                                          \
    "{\"frame\":" frame ",\"boxes\":[{\"id\":1,\"class\":\"person\",\"x\":" x ",\"y\":" y          \
    ",\"w\":20,\"h\":40}]}\n"
    put("config.json", "{\"chip_data\":{\"pixel\":{\"array\":{\"width_px\":400,"
                       "\"height_px\":200}}}}");
    put("truth.jsonl", FOOT("0", "140", "110") FOOT("1", "140", "110") FOOT("2", "140", "110")
                           FOOT("3", "340", "10"));
}

#define MAP(frame, frames, cells)                                                                  \
    "{\"frame\":" frame ",\"boxes\":[],\"heat_map\":{\"columns\":4,\"rows\":2,\"frames\":" frames  \
    ",\"interval_ms\":1,\"cells\":" cells "}}\n"

static void judge(void)
{
    ck_assert_msg(heat_judge(DIR, &figures, error, sizeof(error)), "%s", error);
}

START_TEST(correlation_is_pearsons)
{
    const double a[] = {1, 2, 3, 4}, b[] = {2, 4, 6, 8}, c[] = {4, 3, 2, 1}, d[] = {1, 3, 2, 4};
    const double flat[] = {5, 5, 5, 5}, other[] = {7, 7, 7, 7};
    ck_assert_double_eq_tol(heat_correlation(a, b, 4), 1, 1e-12);
    ck_assert_double_eq_tol(heat_correlation(a, c, 4), -1, 1e-12);
    ck_assert_double_eq_tol(heat_correlation(a, d, 4), 0.8, 1e-12); /* 4 / sqrt(5 * 5) */
    ck_assert_double_eq(heat_correlation(a, flat, 4), 0);
    ck_assert_double_eq(heat_correlation(flat, other, 4), 1);
}
END_TEST

START_TEST(a_map_of_the_true_feet_correlates_fully)
{
    put_truth();
    put("metadata.jsonl", MAP("4", "4", "[[0,0,0,1],[0,3,0,0]]"));
    judge();
    ck_assert_uint_eq(figures.maps, 1);
    ck_assert_double_eq_tol(figures.least, 1, 1e-12);
    ck_assert_int_eq(figures.least_frame, 4);
}
END_TEST

/* Truth 0 0 0 1 0 3 0 0, said 0 0 0 1 3 0 0 0: sums of products 1 - 16/8 = -1, of squares
 * 10 - 16/8 = 8 each. */
START_TEST(a_foot_in_the_wrong_cell_is_told)
{
    put_truth();
    put("metadata.jsonl", MAP("4", "4", "[[0,0,0,1],[3,0,0,0]]"));
    judge();
    ck_assert_double_eq_tol(figures.least, -1.0 / 8, 1e-12);
}
END_TEST

START_TEST(each_map_is_of_its_own_frames_and_the_worst_counts)
{
    put_truth();
    put("metadata.jsonl",
        MAP("2", "2", "[[0,0,0,0],[0,2,0,0]]") MAP("4", "2", "[[0,0,0,1],[0,0,0,1]]"));
    judge(); /* the second: truth 0 0 0 1 0 1 0 0, said 0 0 0 1 0 0 0 1: 0.5 / 1.5 */
    ck_assert_uint_eq(figures.maps, 2);
    ck_assert_int_eq(figures.least_frame, 4);
    ck_assert_double_eq_tol(figures.least, 1.0 / 3, 1e-12);
}
END_TEST

START_TEST(without_maps_there_is_no_figure)
{
    put_truth();
    put("metadata.jsonl", "{\"frame\":0,\"boxes\":[]}\n");
    judge();
    ck_assert_uint_eq(figures.maps, 0);
    ck_assert(isnan(figures.least));
}
END_TEST

START_TEST(a_malformed_map_is_told_with_its_line)
{
    put_truth();
    put("metadata.jsonl", MAP("2", "2", "[]") "{\"frame\":3,\"heat_map\":{\"columns\":0}}\n");
    ck_assert(!heat_judge(DIR, &figures, error, sizeof(error)));
    ck_assert_msg(strstr(error, "metadata.jsonl:2") != NULL, "%s", error);
    put("metadata.jsonl", "{\"frame\":3,\"heat_map\":{\"columns\":65535,\"rows\":65535}}\n");
    ck_assert(!heat_judge(DIR, &figures, error, sizeof(error)));
    put("metadata.jsonl", MAP("4", "4", "[[1,{},3],7]")); /* what is no number is 0 */
    judge();
}
END_TEST

TEST_MAIN("heat maps against the truth", correlation_is_pearsons,
          a_map_of_the_true_feet_correlates_fully, a_foot_in_the_wrong_cell_is_told,
          each_map_is_of_its_own_frames_and_the_worst_counts, without_maps_there_is_no_figure,
          a_malformed_map_is_told_with_its_line)
