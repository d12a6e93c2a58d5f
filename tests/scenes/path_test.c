/*
 * path_test.c - where something on a path is, how far it has gone and where it looks.
 */
#include "scenes/scene_int.h"
#include "tests/test.h"

/* Reads the keys of a path; complaint: NULL, or what is expected in the complaint. */
static scene_path_t path_of(const char *text, uint64_t seed, const char *complaint)
{
    scene_path_t path;
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "t.json");
    sim_cfg_t root = sim_doc_root(doc);
    scene_path_read(&root, seed, 0, true, &path);
    sim_cfg_done(&root);
    const char *error = sim_doc_error(doc);
    if (complaint == NULL)
        ck_assert_msg(error == NULL, "%s", error);
    else
        ck_assert_msg(error != NULL && strstr(error, complaint) != NULL, "%s: %s", text,
                      error != NULL ? error : "no complaint");
    sim_doc_free(doc);
    return path;
}

static void check_same(const scene_path_t *a, const scene_path_t *b)
{
    ck_assert_uint_eq(a->count, b->count);
    ck_assert(a->smooth == b->smooth);
    ck_assert(a->repeat_s == b->repeat_s && a->heading_deg == b->heading_deg);
    ck_assert_mem_eq(a->point, b->point, sizeof(a->point[0]) * a->count);
}

#define NEAR(a, b) ck_assert_double_eq_tol((double)(a), (b), 1e-5)

/* 4 m to the right in 2 s, 1 s of rest, 3 m away in 1.5 s. */
static const char *const corner =
    "{\"path\": [{\"at_s\": 1, \"x_m\": -2, \"z_m\": 5}, {\"at_s\": 3, \"x_m\": 2, \"z_m\": 5},"
    " {\"at_s\": 4, \"x_m\": 2, \"z_m\": 5}, {\"at_s\": 5.5, \"x_m\": 2, \"z_m\": 8}]}";

START_TEST(between_points_it_goes_evenly)
{
    scene_path_t path = path_of(corner, 1, NULL);
    scene_step_t s = scene_path_at(&path, 1.5);
    NEAR(s.x_m, -1);
    NEAR(s.z_m, 5);
    NEAR(s.x_mps, 2);
    NEAR(s.z_mps, 0);
    NEAR(s.way_m, 1);
    s = scene_path_at(&path, 5);
    NEAR(s.x_m, 2);
    NEAR(s.z_m, 7);
    NEAR(s.z_mps, 2);
    NEAR(s.way_m, 6);
}
END_TEST

START_TEST(before_after_and_while_waiting_it_stands)
{
    static const struct {
        double time_s, x_m, z_m, way_m;
    } at[] = {{-1e6, -2, 5, 0}, {0.99, -2, 5, 0}, {3.5, 2, 5, 4}, {5.5, 2, 8, 7}, {1e6, 2, 8, 7}};
    scene_path_t path = path_of(corner, 1, NULL);
    for (size_t i = 0; i < SIM_COUNT(at); i++) {
        scene_step_t s = scene_path_at(&path, at[i].time_s);
        NEAR(s.x_m, at[i].x_m);
        NEAR(s.z_m, at[i].z_m);
        NEAR(s.way_m, at[i].way_m);
        NEAR(s.x_mps, 0);
        NEAR(s.z_mps, 0);
    }
}
END_TEST

START_TEST(it_looks_where_it_goes_and_turns_at_the_end_of_a_wait)
{
    scene_path_t path = path_of(corner, 1, NULL);
    static const struct {
        double time_s, x, z;
    } at[] = {
        {0, 1, 0}, {2, 1, 0}, {3.49, 1, 0}, {3.75, 0.70710678, 0.70710678}, /* half of the turn */
        {4, 0, 1}, {5, 0, 1}, {9, 0, 1}};
    for (size_t i = 0; i < SIM_COUNT(at); i++) {
        scene_step_t s = scene_path_at(&path, at[i].time_s);
        NEAR(s.dir_x, at[i].x);
        NEAR(s.dir_z, at[i].z);
    }
    for (double t = 0; t < 6; t += 0.01) { /* never jumps: 90 degrees in half a second */
        scene_step_t a = scene_path_at(&path, t), b = scene_path_at(&path, t + 0.01);
        ck_assert_double_gt((double)(a.dir_x * b.dir_x + a.dir_z * b.dir_z), 0.99);
        NEAR(a.dir_x * a.dir_x + a.dir_z * a.dir_z, 1);
    }
}
END_TEST

START_TEST(who_waits_first_looks_where_it_will_go)
{
    static const double times_s[] = {-5, 0, 1, 2.5, 3.1, 9};
    scene_path_t path =
        path_of("{\"path\": [{\"at_s\": 0, \"x_m\": 1, \"z_m\": 5}, {\"at_s\": 2, \"x_m\": 1, "
                "\"z_m\": 5}, {\"at_s\": 3, \"x_m\": 1, \"z_m\": 5}, {\"at_s\": 5, \"x_m\": 1, "
                "\"z_m\": 9}]}",
                1, NULL);
    for (size_t i = 0; i < SIM_COUNT(times_s); i++) {
        scene_step_t s = scene_path_at(&path, times_s[i]);
        NEAR(s.dir_x, 0);
        NEAR(s.dir_z, 1);
    }
}
END_TEST

START_TEST(at_a_corner_and_on_its_way_back_it_turns_too)
{
    static const char *const texts[] = {
        "{\"path\": [{\"at_s\": 0, \"x_m\": 0, \"z_m\": 5}, {\"at_s\": 2, \"x_m\": 2, \"z_m\": 5},"
        " {\"at_s\": 4, \"x_m\": 2, \"z_m\": 3}]}",
        "{\"path\": [{\"at_s\": 0, \"x_m\": 0, \"z_m\": 5}, {\"at_s\": 2, \"x_m\": 2, \"z_m\": 5},"
        " {\"at_s\": 4, \"x_m\": 0, \"z_m\": 5}]}"};
    for (size_t i = 0; i < SIM_COUNT(texts); i++) {
        scene_path_t path = path_of(texts[i], 1, NULL);
        for (double t = 0; t < 4; t += 0.005) {
            scene_step_t a = scene_path_at(&path, t), b = scene_path_at(&path, t + 0.005);
            ck_assert_double_gt((double)(a.dir_x * b.dir_x + a.dir_z * b.dir_z), 0.99);
        }
        scene_step_t s = scene_path_at(&path, 1.74);
        NEAR(s.dir_x, 1);
        s = scene_path_at(&path, 2.0); /* half of it: toward the camera when there is a choice */
        NEAR(s.dir_x, i == 0 ? 0.70710678 : 0);
        NEAR(s.dir_z, i == 0 ? -0.70710678 : -1);
        s = scene_path_at(&path, 2.26);
        NEAR(s.dir_x, i == 0 ? 0 : -1);
    }
}
END_TEST

START_TEST(smooth_it_rounds_corners_and_rests_softly)
{
    /* Through (0,0), (1,0), (1,1) at 0, 1, 2 s: at the middle point the speed is ((1,1) - (0,0)) /
     * 2 s. The cubic with speeds (1, 0) and (0.5, 0.5) is at 0.5 s at x = 1/2 + (1 - 0.5) / 8, z =
     * -0.5 / 8. */
    scene_path_t path =
        path_of("{\"path_smooth\": true, \"path\": [{\"at_s\": 0, \"x_m\": 0, \"z_m\": 0},"
                " {\"at_s\": 1, \"x_m\": 1, \"z_m\": 0}, {\"at_s\": 2, \"x_m\": 1, \"z_m\": 1}]}",
                1, NULL);
    scene_step_t s = scene_path_at(&path, 0.5);
    NEAR(s.x_m, 0.5625);
    NEAR(s.z_m, -0.0625);
    s = scene_path_at(&path, 1);
    NEAR(s.x_m, 1);
    NEAR(s.x_mps, 0.5);
    NEAR(s.z_mps, 0.5);
    NEAR(s.dir_x, 0.70710678);
    ck_assert_double_gt(scene_path_at(&path, 2).way_m, 2.0); /* longer than the straight lines */
    ck_assert_double_lt(scene_path_at(&path, 2).way_m, 2.2);
    double last = -1;
    for (double t = 0; t <= 2; t += 0.01) {
        double way = scene_path_at(&path, t).way_m;
        ck_assert_double_gt(way, last);
        last = way;
    }

    char text[512];
    snprintf(text, sizeof(text), "{\"path_smooth\": true, %s", corner + 1);
    path = path_of(text, 1, NULL);
    ck_assert_double_lt(scene_path_at(&path, 2.99).x_mps, 0.1);
    ck_assert_double_lt(scene_path_at(&path, 4.01).z_mps, 0.1);
    NEAR(scene_path_at(&path, 3.5).x_m, 2);
}
END_TEST

START_TEST(a_path_may_repeat_and_the_way_goes_on)
{
    char text[512];
    snprintf(text, sizeof(text), "{\"path_repeat_s\": 10, %s", corner + 1);
    scene_path_t path = path_of(text, 1, NULL);
    scene_step_t s = scene_path_at(&path, 1.5 + 30);
    NEAR(s.x_m, -1);
    NEAR(s.way_m, 3 * 7 + 1);
    s = scene_path_at(&path, 8 + 30); /* waits for the next round at its end */
    NEAR(s.z_m, 8);
    NEAR(scene_path_at(&path, 0).x_m, -2);
}
END_TEST

START_TEST(what_never_moves_has_its_heading)
{
    scene_path_t path = path_of("{\"path\": [{\"at_s\": 0, \"x_m\": 1, \"z_m\": 4}], "
                                "\"heading_deg\": 120}",
                                1, NULL);
    scene_step_t s = scene_path_at(&path, 3);
    NEAR(s.x_m, 1);
    NEAR(s.dir_x, -0.5);
    NEAR(s.dir_z, 0.8660254);
}
END_TEST

START_TEST(the_seed_draws_ranges_and_nothing_else)
{
    static const char *const text =
        "{\"path_delay_s\": [1, 3], \"heading_deg\": [0, 90], \"path\": [{\"at_s\": 0, \"x_m\":"
        " [-1, 1], \"z_m\": [4, 5]}, {\"at_s\": 2, \"x_m\": 7, \"z_m\": [6, 8]}]}";
    double seen[3] = {0};
    for (uint64_t seed = 1; seed <= 20; seed++) {
        scene_path_t a = path_of(text, seed, NULL), b = path_of(text, seed, NULL);
        check_same(&a, &b);
        ck_assert(a.point[0].at_s >= 1 && a.point[0].at_s < 3);
        NEAR(a.point[1].at_s - a.point[0].at_s, 2);
        ck_assert(a.point[0].x_m >= -1 && a.point[0].x_m < 1);
        ck_assert(a.point[1].z_m >= 6 && a.point[1].z_m < 8);
        ck_assert(a.point[1].x_m == 7);
        for (int k = 0; k < 3; k++) {
            double now = k == 0 ? a.point[0].x_m : k == 1 ? a.point[1].z_m : a.heading_deg;
            ck_assert(now != seen[k]);
            seen[k] = now;
        }
    }
}
END_TEST

START_TEST(what_is_wrong_is_named)
{
    path_of("{}", 1, "path");
    path_of("{\"path\": []}", 1, "path: 0 points, expected 1..24");
    path_of("{\"path\": [{\"at_s\": 0, \"x_m\": 0}]}", 1, "path[0].z_m");
    path_of("{\"path\": [{\"at_s\": 0, \"x_m\": 0, \"z_m\": 1e9}]}", 1, "path[0].z_m");
    path_of("{\"path\": [{\"at_s\": 0, \"x_m\": 0, \"z_m\": 4, \"y_m\": 1}]}", 1, "path[0].y_m");
    path_of("{\"path\": [{\"at_s\": 1, \"x_m\": 0, \"z_m\": 4}, {\"at_s\": 1, \"x_m\": 1, "
            "\"z_m\": 4}]}",
            1, "path[1].at_s: 1 is not after 1");
    path_of("{\"path_repeat_s\": 1, \"path\": [{\"at_s\": 1, \"x_m\": 0, \"z_m\": 4}, {\"at_s\": 3,"
            " \"x_m\": 1, \"z_m\": 4}]}",
            1, "path_repeat_s: 1 s is shorter");
    char text[4096] = "{\"path\": [", *at = text + strlen(text);
    for (int i = 0; i <= SCENE_MAX_WAYPOINTS; i++)
        at += sprintf(at, "%s{\"at_s\": %d, \"x_m\": 0, \"z_m\": 4}", i > 0 ? "," : "", i);
    sprintf(at, "]}");
    path_of(text, 1, "path: 25 points");
}
END_TEST

START_TEST(what_was_written_reads_back_equal)
{
    char text[512];
    snprintf(text, sizeof(text),
             "{\"path_delay_s\": [0, 1], \"path_repeat_s\": 60, \"heading_deg\": 10, %s",
             corner + 1);
    scene_path_t path = path_of(text, 5, NULL);
    sim_json_t *out = sim_json_object();
    scene_path_write(&path, out);
    char *written = sim_json_print(out, true);
    scene_path_t again = path_of(written, 6, NULL);
    check_same(&path, &again);
    free(written);
    sim_json_free(out);
}
END_TEST

TEST_MAIN("scene paths", between_points_it_goes_evenly, before_after_and_while_waiting_it_stands,
          it_looks_where_it_goes_and_turns_at_the_end_of_a_wait,
          who_waits_first_looks_where_it_will_go, at_a_corner_and_on_its_way_back_it_turns_too,
          smooth_it_rounds_corners_and_rests_softly, a_path_may_repeat_and_the_way_goes_on,
          what_never_moves_has_its_heading, the_seed_draws_ranges_and_nothing_else,
          what_is_wrong_is_named, what_was_written_reads_back_equal)
