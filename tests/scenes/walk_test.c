/*
 * walk_test.c - people on paths: who walks is at the waypoints in time, and nothing jumps.
 */
#include <math.h>
#include <string.h>

#include "scenes/walk.h"
#include "tests/test.h"

static scene_path_t path_of(const char *text)
{
    scene_path_t path;
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "test.json");
    sim_cfg_t root = sim_doc_root(doc);
    scene_path_read(&root, 1, 0, true, &path);
    sim_cfg_done(&root);
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    sim_doc_free(doc);
    return path;
}

/* Walks 3 m to the right, 2 m away, stands 3 s, and comes back half a meter beside. */
static const char *const tour = "{\"path\": [{\"at_s\": 1, \"x_m\": -2, \"z_m\": 4},"
                                "{\"at_s\": 4, \"x_m\": 1, \"z_m\": 4},"
                                "{\"at_s\": 6, \"x_m\": 1, \"z_m\": 6},"
                                "{\"at_s\": 9, \"x_m\": 1, \"z_m\": 6},"
                                "{\"at_s\": 12, \"x_m\": -2, \"z_m\": 5.5}]}";

static void check_at(const scene_path_t *path, double time_s, double x, double z, double off_m)
{
    scene_going_t g = scene_walk_at(path, time_s);
    ck_assert_msg(hypot(g.spot.x_m - x, g.spot.z_m - z) <= off_m, "at %g s: %g %g", time_s,
                  g.spot.x_m, g.spot.z_m);
}

START_TEST(somebody_is_at_the_waypoints_in_time)
{
    scene_path_t path = path_of(tour);
    check_at(&path, -100, -2, 4, 1e-9);  /* stands before */
    check_at(&path, 2.5, -0.5, 4, 1e-6); /* 1.5 s at 1 m/s */
    check_at(&path, 5, 1, 5, 1e-6);
    check_at(&path, 4, 1, 4, 0.35);    /* a corner is cut */
    check_at(&path, 6.25, 1, 6, 1e-6); /* a stop takes 0.25 s more */
    check_at(&path, 8.75, 1, 6, 1e-6);
    check_at(&path, 100, -2, 5.5, 1e-9);
    ck_assert(scene_walk_at(&path, 2.5).speed_mps == 1.0);
    ck_assert(scene_walk_at(&path, 7.5).speed_mps == 0.0);
}
END_TEST

START_TEST(the_heading_is_that_of_the_walk_and_turns_late_in_a_stand)
{
    scene_path_t path = path_of(tour);
    scene_going_t g = scene_walk_at(&path, 2.5);
    ck_assert(g.spot.dx == 1.0 && g.spot.dz == 0.0);
    g = scene_walk_at(&path, 5);
    ck_assert(g.spot.dx == 0.0 && g.spot.dz == 1.0);
    g = scene_walk_at(&path, 7.5); /* as it came */
    ck_assert(g.spot.dx == 0.0 && g.spot.dz == 1.0);
    double back = sqrt(9.25); /* 3 m to the left, half a meter nearer */
    g = scene_walk_at(&path, 10.5);
    ck_assert_double_eq_tol(g.spot.dx, -3 / back, 1e-6);
    ck_assert_double_eq_tol(g.spot.dz, -0.5 / back, 1e-6);
}
END_TEST

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Any path, turns and stops among it. */
static scene_path_t any_path(uint32_t seed)
{
    scene_path_t path = {.count = 2 + next(&seed) % 9};
    double at = 0;
    for (uint32_t i = 0; i < path.count; i++) {
        path.point[i].at_s = at;
        path.point[i].x_m = next(&seed) % 400 * 0.01 - 2;
        path.point[i].z_m = next(&seed) % 400 * 0.01;
        if (i > 0 && next(&seed) % 3 == 0) {
            path.point[i].x_m = path.point[i - 1].x_m;
            path.point[i].z_m = path.point[i - 1].z_m;
        }
        at += 2.5 + next(&seed) % 300 * 0.01;
    }
    scene_path_finish(&path);
    return path;
}

START_TEST(nothing_jumps_on_any_path)
{
    for (uint32_t seed = 1; seed <= 100; seed++) {
        scene_path_t path = any_path(seed);
        double end = path.point[path.count - 1].at_s + 1;
        scene_going_t was = scene_walk_at(&path, -1);
        for (double t = -1; t < end; t += 0.005) {
            scene_going_t is = scene_walk_at(&path, t);
            double way = is.way_m - was.way_m;
            ck_assert(way >= -1e-9); /* never back */
            double step = hypot(is.spot.x_m - was.spot.x_m, is.spot.z_m - was.spot.z_m);
            ck_assert_msg(step <= way + 1e-6, "seed %u at %g s: %g m", seed, t, step);
            ck_assert_double_eq_tol(hypot(is.spot.dx, is.spot.dz), 1, 1e-5);
            double turn = hypot(is.spot.dx - was.spot.dx, is.spot.dz - was.spot.dz);
            /* A stand's turn of half a turn takes half a second at least (the middle of a stand
             * of 2.5 s has more), 1.5 times faster in its middle; a corner's at 2.3 m/s 0.3 s. */
            ck_assert_msg(turn < 0.2, "seed %u at %g s: heading by %g", seed, t, turn);
            ck_assert(fabs(is.speed_mps - was.speed_mps) < 0.06); /* 2.3 m/s in 0.2 s or more */
            was = is;
        }
    }
}
END_TEST

START_TEST(crossings_are_when_the_side_changes)
{
    uint32_t total = 0;
    for (uint32_t seed = 1; seed <= 50; seed++) {
        scene_path_t path = any_path(seed);
        scene_crossing_t got[64];
        uint32_t count = scene_walk_crossings(&path, got, 64), k = 0;
        double end = path.point[path.count - 1].at_s + 1;
        bool right = scene_walk_at(&path, -1).spot.x_m >= 0;
        for (double t = -1; t < end; t += 0.001) {
            bool now = scene_walk_at(&path, t).spot.x_m >= 0;
            if (now == right)
                continue;
            ck_assert_uint_lt(k, count);
            ck_assert_msg(fabs(got[k].at_s - t) < 0.0021, "seed %u: %g, seen at %g", seed,
                          got[k].at_s, t);
            ck_assert_int_eq(got[k].direction, now ? SCENE_IN : SCENE_OUT);
            k++;
            right = now;
        }
        ck_assert_uint_eq(k, count);
        total += count;
    }
    ck_assert_uint_gt(total, 50);
}
END_TEST

START_TEST(one_waypoint_is_a_stand)
{
    scene_path_t path =
        path_of("{\"path\": [{\"at_s\": 3, \"x_m\": 1, \"z_m\": 2}], \"heading_deg\": 270}");
    for (double t = 0; t < 6; t++) {
        scene_going_t g = scene_walk_at(&path, t);
        ck_assert(g.spot.x_m == 1 && g.spot.z_m == 2 && g.speed_mps == 0);
        ck_assert_double_eq_tol(g.spot.dx, 0, 1e-5);
        ck_assert_double_eq_tol(g.spot.dz, -1, 1e-5); /* looks at the camera */
    }
}
END_TEST

TEST_MAIN("scene walks", somebody_is_at_the_waypoints_in_time,
          the_heading_is_that_of_the_walk_and_turns_late_in_a_stand, nothing_jumps_on_any_path,
          crossings_are_when_the_side_changes, one_waypoint_is_a_stand)
