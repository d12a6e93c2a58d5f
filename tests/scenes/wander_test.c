/*
 * wander_test.c - crowds on paths, whatever the seed: nobody appears in the view, nobody walks into
 * anybody.
 */
#include <math.h>

#include "scene_help.h"
#include "scenes/world_int.h"
#include "tests/test.h"

#define SEEDS 40

static const char *const views[] = {
    "", ", \"camera\": {\"height_m\": 3.5, \"pitch_deg\": 30, \"focal_px\": 2600}"};

static scene_t *crowd(const char *motion, const char *view, const char *more, uint64_t seed)
{
    char text[512];
    snprintf(text, sizeof(text),
             "{\"min_visible\": 0, \"background\": {\"kind\": \"plain\"}%s,"
             " \"crowd\": {\"motion\": \"%s\"%s}}",
             view, motion, more);
    return scene_of(text, seed);
}

static void where(const scene_person_t *p, double time_s, double at[2])
{
    scene_place_t place;
    scene_kind_person.place(p, time_s, &place);
    at[0] = place.x_m;
    at[1] = place.z_m;
}

/* Is somebody under way at a time, and not beside the view? */
static bool is_out(const scene_person_t *p, double time_s)
{
    return time_s > p->path.point[0].at_s && time_s < p->path.point[p->path.count - 1].at_s;
}

static void check_apart(const scene_desc_t *desc, double from_s, double to_s)
{
    for (double t = from_s; t < to_s; t += 0.25) {
        for (uint32_t i = 1; i < desc->people_count; i++) {
            double a[2], b[2];
            where(&desc->people[i], t, a);
            for (uint32_t k = 0; k < i && is_out(&desc->people[i], t); k++) {
                where(&desc->people[k], t, b);
                if (is_out(&desc->people[k], t))
                    ck_assert_msg(hypot(a[0] - b[0], a[1] - b[1]) > 0.5,
                                  "%u and %u at %g s: %g %g, %g %g", i, k, t, a[0], a[1], b[0],
                                  b[1]);
            }
        }
    }
}

START_TEST(nobody_comes_nearer_than_half_a_meter)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        scene_t *wander = crowd("wander", views[seed & 1], ", \"duration_s\": 40", seed);
        scene_t *across = crowd("diagonal", views[seed & 1], ", \"duration_s\": 10", seed);
        check_apart(scene_desc(wander), 0, 40);
        check_apart(scene_desc(across), 0, 10);
        scene_free(wander);
        scene_free(across);
    }
}
END_TEST

/* How many can be seen at a time. */
static uint32_t seen_at(const scene_t *scene, double time_s, uint32_t id)
{
    scene_truth_t truth;
    scene_timing_t timing = timing_of(0, 2);
    uint32_t count = 0;
    timing.start_ps = (uint64_t)(time_s * 1e12);
    scene_truth(scene, &timing, 0, &truth);
    for (uint32_t i = 0; i < truth.count; i++)
        count += id == 0 || truth.box[i].id == id;
    return count;
}

START_TEST(everybody_comes_and_leaves_beside_the_view)
{
    for (uint64_t seed = 1; seed <= SEEDS / 2; seed++) {
        scene_t *scene = crowd(seed & 2 ? "wander" : "diagonal", views[seed & 1],
                               ", \"duration_s\": 12, \"carry\": \"any\", \"age\": \"any\"", seed);
        const scene_desc_t *desc = scene_desc(scene);
        for (uint32_t i = 0; i < desc->people_count; i++) {
            const scene_path_t *path = &desc->people[i].path;
            double ends[2] = {path->point[0].at_s, path->point[path->count - 1].at_s};
            for (uint32_t e = 0; e < 2; e++)
                if (ends[e] > 0)
                    ck_assert_uint_eq(seen_at(scene, ends[e] + (e == 0 ? -0.1 : 0.3), i + 1), 0);
        }
        scene_free(scene);
    }
}
END_TEST

START_TEST(wanderers_stand_at_places_in_the_view)
{
    uint32_t people = 0, seen = 0, looks = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        scene_t *scene = crowd("wander", views[seed & 1],
                               ", \"duration_s\": 60, \"rate_per_s\": 0.2, \"visits\": [2, 4],"
                               " \"dwell_s\": [3, 5]",
                               seed);
        const scene_desc_t *desc = scene_desc(scene);
        people += desc->people_count;
        for (uint32_t i = 0; i < desc->people_count; i++) {
            const scene_path_t *path = &desc->people[i].path;
            ck_assert(path->count >= 2 + 2 * 2 && path->count <= 2 + 2 * 4);
            for (uint32_t k = 1; k + 2 < path->count; k += 2) {
                const scene_waypoint_t *p = &path->point[k];
                double stays = p[1].at_s - p->at_s, px[2];
                ck_assert(p[1].x_m == p->x_m && p[1].z_m == p->z_m);
                ck_assert(stays >= 3 && stays <= 5);
                ck_assert(p->z_m >= 4.6 && p->z_m <= 7.0);
                ck_assert(scene_project(&desc->camera, p->x_m, 0, p->z_m, px));
                ck_assert(px[0] > 0 && px[0] < 4056);
            }
        }
        for (double t = 0; t < 60; t += 5) {
            seen += seen_at(scene, t, 0) > 0;
            looks++;
        }
        scene_free(scene);
    }
    /* 0.2 * (60 + 30) = 18 each; one in ten may find no way. */
    ck_assert_uint_le(people, 18 * SEEDS);
    ck_assert_uint_ge(people, 16 * SEEDS);
    ck_assert_uint_ge(seen, looks * 95 / 100);
}
END_TEST

/* Do two ways cross on the floor? */
static bool ways_cross(const scene_path_t *a, const scene_path_t *b)
{
    /* Both go from side to side: they cross when who is farther on the left is not on the right. */
    double z[2][2];
    for (int k = 0; k < 2; k++) {
        const scene_path_t *p = k == 0 ? a : b;
        bool in = p->point[0].x_m < 0;
        z[k][0] = p->point[in ? 0 : 1].z_m;
        z[k][1] = p->point[in ? 1 : 0].z_m;
    }
    return (z[0][0] > z[1][0]) != (z[0][1] > z[1][1]);
}

START_TEST(diagonal_ways_cross_and_all_count_once)
{
    uint32_t people = 0, in = 0, out = 0, crossing = 0, pairs = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        scene_truth_t truth;
        scene_timing_t timing = timing_of(320, 2); /* 10.66 s */
        scene_t *scene =
            crowd("diagonal", views[seed & 1], ", \"duration_s\": 10, \"rate_per_s\": 1", seed);
        const scene_desc_t *desc = scene_desc(scene);
        uint32_t counted = 0;
        for (uint32_t i = 0; i < desc->people_count; i++) {
            scene_crossing_t at[2];
            ck_assert_uint_eq(scene_kind_person.crossings(&desc->people[i], at, 2), 1);
            counted += at[0].at_s >= 0.29 && at[0].at_s <= 9.81;
            ck_assert(at[0].at_s < 0 || at[0].at_s >= 0.29);
            for (uint32_t k = 0; k < i; k++, pairs++)
                crossing += ways_cross(&desc->people[i].path, &desc->people[k].path);
        }
        people += counted;
        scene_truth(scene, &timing, 320, &truth);
        in += truth.in;
        out += truth.out;
        ck_assert_uint_ge(truth.in + truth.out, counted);
        scene_free(scene);
    }
    ck_assert_uint_le(people, 10 * SEEDS);
    ck_assert_uint_ge(people, 9 * SEEDS);
    ck_assert(in > 3 * SEEDS && out > 3 * SEEDS);
    ck_assert_uint_ge(crossing, pairs / 3); /* half of them, were depths drawn evenly */
}
END_TEST

START_TEST(in_an_aisle_they_come_from_behind_the_camera_and_stay_in_it)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        scene_t *scene =
            crowd("wander", views[1], ", \"duration_s\": 30, \"x_m\": [-0.8, 0.8]", seed);
        const scene_desc_t *desc = scene_desc(scene);
        ck_assert_uint_gt(desc->people_count, 3);
        for (uint32_t i = 0; i < desc->people_count; i++) {
            const scene_path_t *path = &desc->people[i].path;
            ck_assert(path->point[0].z_m < -1 && path->point[path->count - 1].z_m < -1);
            for (uint32_t k = 0; k < path->count; k++)
                ck_assert(path->point[k].x_m >= -0.8 && path->point[k].x_m <= 0.8);
            for (double t = path->point[0].at_s; t < path->point[0].at_s + 1; t += 0.2)
                if (t > 0)
                    ck_assert_uint_eq(seen_at(scene, t, i + 1), 0);
        }
        scene_free(scene);
    }
}
END_TEST

START_TEST(the_same_seed_makes_the_same_crowd)
{
    for (int m = 0; m < 2; m++) {
        scene_t *a = crowd(m ? "wander" : "diagonal", "", ", \"duration_s\": 30", 9);
        scene_t *b = crowd(m ? "wander" : "diagonal", "", ", \"duration_s\": 30", 9);
        scene_t *c = crowd(m ? "wander" : "diagonal", "", ", \"duration_s\": 30", 10);
        const scene_desc_t *x = scene_desc(a), *y = scene_desc(b), *z = scene_desc(c);
        ck_assert_uint_eq(x->people_count, y->people_count);
        ck_assert_mem_eq(x->people, y->people, sizeof(x->people[0]) * x->people_count);
        ck_assert(x->people[0].look != z->people[0].look);
        scene_free(a);
        scene_free(b);
        scene_free(c);
    }
}
END_TEST

TEST_MAIN("scene wanderers", nobody_comes_nearer_than_half_a_meter,
          everybody_comes_and_leaves_beside_the_view, wanderers_stand_at_places_in_the_view,
          diagonal_ways_cross_and_all_count_once,
          in_an_aisle_they_come_from_behind_the_camera_and_stay_in_it,
          the_same_seed_makes_the_same_crowd)
