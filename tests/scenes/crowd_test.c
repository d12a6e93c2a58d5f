/*
 * crowd_test.c - whatever the seed, the traffic is fair to count.
 */
#include "scene_help.h"
#include "tests/test.h"

#define SEEDS 200
#define END_S 3.0

static scene_t *crowd(uint64_t seed)
{
    return scene_of("{\"crowd\": {}, \"min_visible\": 0, \"background\": {\"kind\": \"plain\"},"
                    " \"door\": {\"shown\": true}}",
                    seed);
}

static bool counted(const scene_person_t *person)
{
    return person->cross_s >= 0 && person->cross_s < END_S;
}

START_TEST(four_or_five_people_cross_in_both_directions)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        scene_t *scene = crowd(seed);
        const scene_desc_t *desc = scene_desc(scene);
        uint32_t in = 0, out = 0;
        for (uint32_t i = 0; i < desc->people_count; i++) {
            const scene_person_t *p = &desc->people[i];
            in += counted(p) && p->direction == SCENE_IN;
            out += counted(p) && p->direction == SCENE_OUT;
            ck_assert(p->speed_mps >= 0.8 && p->speed_mps <= 1.8);
            ck_assert(!counted(p) || (p->cross_s >= 0.3 && p->cross_s <= END_S - 0.2));
        }
        ck_assert_uint_ge(in + out, 4);
        ck_assert_uint_le(in + out, 5);
        ck_assert_uint_ge(in, 1);
        ck_assert_uint_ge(out, 1);
        scene_free(scene);
    }
}
END_TEST

START_TEST(each_direction_keeps_to_its_own_lane)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        scene_t *scene = crowd(seed);
        const scene_desc_t *desc = scene_desc(scene);
        for (uint32_t i = 1; i < desc->people_count; i++) {
            const scene_person_t *a = &desc->people[0], *b = &desc->people[i];
            ck_assert((a->direction == b->direction) == ((a->depth_m < 5.5) == (b->depth_m < 5.5)));
            ck_assert(b->cross_s > desc->people[i - 1].cross_s); /* ids in order of crossing */
        }
        scene_free(scene);
    }
}
END_TEST

START_TEST(nobody_walks_into_the_one_ahead)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        scene_t *scene = crowd(seed);
        const scene_desc_t *desc = scene_desc(scene);
        for (uint32_t k = 0; k < desc->people_count * desc->people_count; k++) {
            const scene_person_t *a = &desc->people[k / desc->people_count];
            const scene_person_t *b = &desc->people[k % desc->people_count];
            if (a >= b || a->direction != b->direction)
                continue;
            double reach = 2028 * b->depth_m / 3950;
            for (double t = 0; t < END_S; t += 0.1) {
                double ahead = a->speed_mps * (t - a->cross_s);
                double behind = b->speed_mps * (t - b->cross_s);
                if (ahead < reach && behind > -reach)
                    ck_assert_double_ge(ahead - behind, 0.69);
            }
        }
        scene_free(scene);
    }
}
END_TEST

typedef struct {
    uint32_t hidden[SCENE_MAX_PEOPLE + 1]; /* frames in a row, by id */
    uint32_t longest, empty;
    float least_at_door;
} watch_t;

static void watch_frame(const scene_t *scene, uint32_t frame, watch_t *watch)
{
    scene_truth_t truth;
    scene_timing_t timing = timing_of(frame, 2);
    scene_truth(scene, &timing, frame, &truth);
    uint32_t seen = 0;
    for (uint32_t i = 0; i < truth.count; i++) {
        const scene_box_t *box = &truth.box[i];
        bool inside = box->x > 0 && box->x + box->w < 4056;
        uint32_t *run = &watch->hidden[box->id];
        *run = inside && box->visible < 0.35f ? *run + 1 : 0;
        watch->longest = *run > watch->longest ? *run : watch->longest;
        seen += box->visible >= 0.35f;
        double off =
            1e-12 * (double)timing.start_ps - scene_desc(scene)->people[box->id - 1].cross_s;
        if (off > -0.05 && off < 0.05 && box->visible < watch->least_at_door)
            watch->least_at_door = box->visible;
    }
    watch->empty += seen == 0;
}

START_TEST(nobody_is_hidden_for_long_and_all_can_be_seen_at_the_door)
{
    uint32_t empty = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        scene_t *scene = crowd(seed);
        watch_t watch = {.least_at_door = 1.0f};
        for (uint32_t frame = 0; frame < 90; frame++)
            watch_frame(scene, frame, &watch);
        ck_assert_msg(watch.longest <= 6, "seed %llu: %u frames", (unsigned long long)seed,
                      watch.longest); /* 0.2 s */
        ck_assert_msg(watch.least_at_door >= 0.45f, "seed %llu: %g", (unsigned long long)seed,
                      (double)watch.least_at_door);
        empty += watch.empty;
        scene_free(scene);
    }
    ck_assert_uint_le(empty, SEEDS * 90 / 100); /* people in 99 % of the frames */
}
END_TEST

START_TEST(strays_walk_in_the_other_direction_s_lane)
{
    uint32_t strays = 0, people = 0;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        scene_t *scene = scene_of("{\"crowd\": {\"stray_share\": 0.25},"
                                  " \"background\": {\"kind\": \"plain\"}}",
                                  seed);
        const scene_desc_t *desc = scene_desc(scene);
        uint32_t in_near = 0;
        for (uint32_t i = 0; i < desc->people_count; i++)
            in_near += (desc->people[i].direction == SCENE_IN) == (desc->people[i].depth_m < 5.5);
        /* which lane is whose the seed says; the fewer are the strays */
        people += desc->people_count;
        strays += in_near < desc->people_count - in_near ? in_near : desc->people_count - in_near;
        scene_free(scene);
    }
    ck_assert_double_eq_tol((double)strays / people, 0.24, 0.02);
}
END_TEST

START_TEST(one_direction_only_when_asked)
{
    for (uint64_t seed = 1; seed <= 20; seed++) {
        scene_t *scene = scene_of("{\"crowd\": {\"in_share\": 1, \"rate_per_s\": 1.0},"
                                  " \"background\": {\"kind\": \"plain\"}}",
                                  seed);
        const scene_desc_t *desc = scene_desc(scene);
        uint32_t in = 0;
        for (uint32_t i = 0; i < desc->people_count; i++) {
            ck_assert_int_eq(desc->people[i].direction, SCENE_IN);
            in += counted(&desc->people[i]);
        }
        ck_assert_uint_eq(in, 3); /* one a second for three seconds */
        scene_free(scene);
    }
}
END_TEST

START_TEST(a_crowd_of_rate_zero_is_nobody_at_any_time)
{
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        scene_t *scene = scene_of("{\"crowd\": {\"rate_per_s\": 0, \"duration_s\": 4},"
                                  " \"background\": {\"kind\": \"plain\"}}",
                                  seed);
        ck_assert_uint_eq(scene_desc(scene)->people_count, 0);
        scene_free(scene);
    }
}
END_TEST

START_TEST(people_differ)
{
    scene_t *scene = scene_of("{\"crowd\": {\"duration_s\": 60},"
                              " \"background\": {\"kind\": \"plain\"}}",
                              1);
    const scene_desc_t *desc = scene_desc(scene);
    ck_assert_uint_ge(desc->people_count, 80);
    double least = 9, most = 0;
    for (uint32_t i = 0; i < desc->people_count; i++) {
        double height = desc->people[i].height_m;
        least = height < least ? height : least;
        most = height > most ? height : most;
        for (uint32_t k = 0; k < i; k++)
            ck_assert(desc->people[i].look != desc->people[k].look);
    }
    ck_assert_double_lt(least, 1.60);
    ck_assert_double_gt(most, 1.85);
    scene_free(scene);
}
END_TEST

TEST_MAIN("scene crowd", four_or_five_people_cross_in_both_directions,
          each_direction_keeps_to_its_own_lane, nobody_walks_into_the_one_ahead,
          nobody_is_hidden_for_long_and_all_can_be_seen_at_the_door, one_direction_only_when_asked,
          a_crowd_of_rate_zero_is_nobody_at_any_time, strays_walk_in_the_other_direction_s_lane,
          people_differ)
