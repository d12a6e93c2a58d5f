/*
 * truth_test.c - the truth is what is drawn: boxes, visibility and counts.
 */
#include "scene_help.h"
#include "sim/time.h"
#include "tests/test.h"

#define STEP 8.0f

/* A crowd before a black wall: shadows cannot be seen there, so what differs is body. */
static const char *const black_crowd =
    "{\"lux\": 1000, \"color_temperature_k\": 6500, \"crowd\": {},"
    " \"background\": {\"kind\": \"plain\", \"reflectance\": 0}}";

static scene_t *made(const scene_desc_t *desc)
{
    char error[256];
    scene_t *scene;
    ck_assert_int_eq(scene_make(desc, &scene, error, sizeof(error)), SIM_OK);
    return scene;
}

/* The scene without one of its people. */
static scene_t *without(const scene_t *scene, uint32_t id)
{
    scene_desc_t *desc = malloc(sizeof(*desc));
    *desc = *scene_desc(scene);
    for (uint32_t i = id; i < desc->people_count; i++)
        desc->people[i - 1] = desc->people[i];
    desc->people_count--;
    scene_t *less = made(desc);
    free(desc);
    return less;
}

/* Bounding box of where two pictures differ, in array pixels; false when nowhere. */
static bool difference(const picture_t *a, const picture_t *b, scene_box_t *box)
{
    uint32_t x0 = a->width, x1 = 0, y0 = a->height, y1 = 0;
    for (uint32_t y = 0; y < a->height; y++) {
        for (uint32_t x = 0; x < a->width; x++) {
            size_t i = (size_t)y * a->width + x;
            float off = a->plane[1][i] - b->plane[1][i];
            if (off > -2.0f && off < 2.0f) /* 0.2 % of white */
                continue;
            x0 = x < x0 ? x : x0;
            x1 = x > x1 ? x : x1;
            y0 = y < y0 ? y : y0;
            y1 = y > y1 ? y : y1;
        }
    }
    *box = (scene_box_t){.x = (float)x0 * STEP,
                         .y = (float)y0 * STEP,
                         .w = (float)(x1 + 1 - x0) * STEP,
                         .h = (float)(y1 + 1 - y0) * STEP};
    return x1 >= x0;
}

static float overlap(float a, float aw, float b, float bw)
{
    float from = a > b ? a : b, to = a + aw < b + bw ? a + aw : b + bw;
    return to > from ? to - from : 0;
}

static double iou(const scene_box_t *a, const scene_box_t *b)
{
    float both = overlap(a->x, a->w, b->x, b->w) * overlap(a->y, a->h, b->y, b->h);
    return (double)(both / (a->w * a->h + b->w * b->h - both));
}

/* Compares everybody who is in full view in a frame; returns how many. */
static uint32_t check_frame(scene_t *scene, uint32_t frame)
{
    scene_truth_t truth;
    scene_timing_t timing = timing_of(frame, STEP);
    scene_truth(scene, &timing, frame, &truth);
    picture_t all = picture_of(scene, frame, STEP, 0x2);
    uint32_t checked = 0;
    for (uint32_t i = 0; i < truth.count; i++) {
        if (truth.box[i].visible < 0.995f)
            continue;
        scene_box_t drawn;
        scene_t *less = without(scene, truth.box[i].id);
        picture_t rest = picture_of(less, frame, STEP, 0x2);
        ck_assert(difference(&all, &rest, &drawn));
        ck_assert_msg(iou(&truth.box[i], &drawn) >= 0.85,
                      "frame %u person %u: truth %g %g %g %g, drawn %g %g %g %g", frame,
                      truth.box[i].id, (double)truth.box[i].x, (double)truth.box[i].y,
                      (double)truth.box[i].w, (double)truth.box[i].h, (double)drawn.x,
                      (double)drawn.y, (double)drawn.w, (double)drawn.h);
        checked++;
        picture_free(&rest);
        scene_free(less);
    }
    picture_free(&all);
    return checked;
}

START_TEST(boxes_hold_the_drawn_people)
{
    uint32_t checked = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        scene_t *scene = scene_of(black_crowd, seed);
        checked += check_frame(scene, 15);
        checked += check_frame(scene, 62);
        scene_free(scene);
    }
    ck_assert_uint_ge(checked, 60);
}
END_TEST

START_TEST(boxes_hold_the_people_that_a_tilted_camera_draws)
{
    uint32_t checked = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        scene_t *scene =
            scene_of("{\"lux\": 1000, \"color_temperature_k\": 6500, \"crowd\": {},"
                     " \"camera\": {\"height_m\": 3.5, \"focal_px\": 3000, \"pitch_deg\": 28},"
                     " \"background\": {\"kind\": \"plain\", \"reflectance\": 0}}",
                     seed);
        checked += check_frame(scene, 40);
        scene_free(scene);
    }
    ck_assert_uint_ge(checked, 20);
}
END_TEST

/* Two walkers one behind the other at 1 s, as far as the camera can see. */
static const char *const two =
    "{\"min_visible\": %s, \"background\": {\"kind\": \"plain\"}, \"people\": ["
    "{\"direction\": \"in\", \"cross_s\": 1, \"depth_m\": 4.8, \"height_m\": 1.9, \"build\": 1.2},"
    "{\"direction\": \"in\", \"cross_s\": 1, \"depth_m\": 5.4, \"height_m\": 1.5, \"build\": "
    "0.8}]}";

static scene_truth_t truth_at(const char *text, double time_s)
{
    scene_truth_t truth;
    scene_t *scene = scene_of(text, 0);
    scene_timing_t timing = timing_of(0, 2);
    timing.start_ps = (uint64_t)(time_s * 1e12);
    scene_truth(scene, &timing, 0, &truth);
    scene_free(scene);
    return truth;
}

START_TEST(who_is_hidden_is_listed_only_when_visible_enough)
{
    char all[1024], some[1024];
    snprintf(all, sizeof(all), two, "0");
    snprintf(some, sizeof(some), two, "0.35");
    scene_truth_t truth = truth_at(all, 1.0);
    ck_assert_uint_eq(truth.count, 2);
    ck_assert(truth.box[0].visible == 1.0f);
    ck_assert(truth.box[1].visible < 0.35f);
    truth = truth_at(some, 1.0);
    ck_assert_uint_eq(truth.count, 1);
    ck_assert_uint_eq(truth.box[0].id, 1);
    ck_assert_uint_eq(truth.box[0].class_id, SCENE_CLASS_PERSON);
}
END_TEST

START_TEST(a_body_half_outside_is_half_visible_and_its_box_is_clipped)
{
    /* At 5 m there are 790 px/m: the hip is at column 0 when the door is 2028 / 790 = 2.567 m
     * away, 1.975 s before the crossing at 1.3 m/s. */
    scene_truth_t truth =
        truth_at("{\"background\": {\"kind\": \"plain\"}, \"min_visible\": 0,"
                 " \"people\": [{\"direction\": \"in\", \"cross_s\": 3, \"depth_m\": 5}]}",
                 3 - 1.975);
    ck_assert_uint_eq(truth.count, 1);
    ck_assert(truth.box[0].x == 0.0f);
    ck_assert(truth.box[0].visible > 0.3f && truth.box[0].visible < 0.7f);
    ck_assert(truth.box[0].w > 80.0f && truth.box[0].w < 450.0f);
}
END_TEST

START_TEST(a_box_stands_where_the_camera_says)
{
    /* 1.7 m at 5 m: feet at row 430 + 3950 * 2.9 / 5 = 2721, top of the head 1343 px above; hip
     * on the line at 1 s. */
    scene_truth_t truth =
        truth_at("{\"background\": {\"kind\": \"plain\"}, \"people\": [{\"direction\": \"out\","
                 " \"cross_s\": 1, \"depth_m\": 5, \"height_m\": 1.7}]}",
                 1.0);
    const scene_box_t *box = &truth.box[0];
    ck_assert_double_eq_tol((double)(box->y + box->h), 2721, 20);
    ck_assert_double_eq_tol((double)box->h, 1343, 40);
    ck_assert_double_eq_tol((double)(box->x + 0.5f * box->w), 2028, 120);
}
END_TEST

START_TEST(another_array_sees_the_same_world_stretched)
{
    scene_truth_t big, small;
    scene_t *scene = scene_of(black_crowd, 4);
    scene_timing_t timing = timing_of(30, 2);
    scene_truth(scene, &timing, 30, &big);
    timing.array_width_px = 1014;
    timing.array_height_px = 760;
    timing.y0_px = 0.0f;
    timing.y_step_px = 0.5f; /* the same 1520 rows */
    scene_truth(scene, &timing, 30, &small);
    ck_assert_uint_eq(big.count, small.count);
    for (uint32_t i = 0; i < big.count; i++) {
        ck_assert_double_eq_tol((double)small.box[i].x, (double)big.box[i].x / 4, 0.5);
        ck_assert_double_eq_tol((double)small.box[i].h, (double)big.box[i].h / 4, 0.5);
    }
    ck_assert(scene_line_px(scene, 4056) == 2028.0f);
    ck_assert(scene_line_px(scene, 1014) == 507.0f);
    scene_free(scene);
}
END_TEST

static scene_box_t box_in(scene_t *scene, uint32_t id, sim_window_t window)
{
    scene_truth_t truth;
    scene_timing_t timing = timing_of(30, 2);
    timing.window = window;
    scene_truth(scene, &timing, 30, &truth);
    for (uint32_t i = 0; i < truth.count; i++)
        if (truth.box[i].id == id)
            return truth.box[i];
    return (scene_box_t){0};
}

START_TEST(boxes_end_at_the_window_and_what_is_outside_is_not_visible)
{
    scene_truth_t all;
    scene_t *scene = scene_of("{\"crowd\": {}, \"min_visible\": 0}", 4);
    scene_timing_t timing = timing_of(30, 2);
    scene_truth(scene, &timing, 30, &all);
    ck_assert_uint_gt(all.count, 0);
    for (uint32_t i = 0; i < all.count; i++) {
        const scene_box_t *box = &all.box[i];
        uint32_t middle = (uint32_t)(box->x + box->w / 2) & ~1u, edge = (uint32_t)box->x & ~1u;
        scene_box_t left = box_in(scene, box->id, (sim_window_t){0, 0, middle, 3040, 0, 0});
        scene_box_t right =
            box_in(scene, box->id, (sim_window_t){middle, 0, 4056 - middle, 3040, 1, 1});
        if (left.id != 0) /* otherwise the half is behind somebody */
            ck_assert_double_eq((double)(left.x + left.w), middle);
        if (right.id != 0)
            ck_assert_double_eq((double)right.x, middle);
        ck_assert_double_eq_tol((double)(left.visible + right.visible), (double)box->visible, 0.01);
        scene_box_t none = box_in(scene, box->id, (sim_window_t){0, 0, edge, 3040, 0, 0});
        ck_assert(none.id == 0 || edge == 0); /* no window at all */
    }
    scene_free(scene);
}
END_TEST

START_TEST(counts_step_exactly_when_the_hip_is_at_the_door)
{
    scene_t *scene =
        scene_of("{\"background\": {\"kind\": \"plain\"}, \"min_visible\": 0, \"people\": ["
                 "{\"direction\": \"in\", \"cross_s\": 0.5},"
                 "{\"direction\": \"out\", \"cross_s\": 0.9},"
                 "{\"direction\": \"in\", \"cross_s\": 1.2},"
                 "{\"direction\": \"out\", \"cross_s\": -0.2}]}",
                 0);
    const scene_desc_t *desc = scene_desc(scene);
    for (uint32_t frame = 0; frame < 60; frame++) {
        scene_truth_t truth;
        scene_timing_t timing = timing_of(frame, 2);
        scene_truth(scene, &timing, frame, &truth);
        uint32_t in = 0, out = 0;
        for (uint32_t i = 0; i < truth.count; i++) {
            const scene_box_t *box = &truth.box[i];
            const scene_person_t *person = &desc->people[box->id - 1];
            uint32_t row = (uint32_t)((box->y + 0.5f * box->h - 0.5f - 0.5f) / 2.0f + 0.5f);
            double seen_s = 1e-12 * (double)(timing.start_ps + row * timing.line_ps) + 0.005;
            if (person->cross_s > 0 && seen_s >= person->cross_s)
                *(person->direction == SCENE_IN ? &in : &out) += 1;
        }
        ck_assert_uint_eq(truth.in, in);
        ck_assert_uint_eq(truth.out, out);
    }
    scene_timing_t timing = timing_of(89, 2);
    scene_truth_t truth;
    scene_truth(scene, &timing, 89, &truth);
    ck_assert_uint_eq(truth.in, 2);
    ck_assert_uint_eq(truth.out, 1); /* before time 0 does not count */
    scene_free(scene);
}
END_TEST

START_TEST(a_line_of_truth_has_the_agreed_keys)
{
    scene_truth_t truth = {.frame = 3, .in = 2, .out = 1, .count = 1};
    truth.box[0] = (scene_box_t){
        .id = 7, .class_id = 1, .x = 10.25f, .y = 20, .w = 30, .h = 40.5f, .visible = 0.75f};
    sim_json_t *line = sim_json_object();
    scene_truth_write(&truth, line);
    char *text = sim_json_print(line, false);
    ck_assert_str_eq(text,
                     "{\"boxes\":[{\"id\":7,\"class\":\"person\",\"x\":10.25,\"y\":20,\"w\":30,"
                     "\"h\":40.5,\"visible\":0.75}],\"counts\":{\"in\":2,\"out\":1}}");
    free(text);
    sim_json_free(line);
}
END_TEST

TEST_MAIN("scene truth", boxes_hold_the_drawn_people,
          boxes_hold_the_people_that_a_tilted_camera_draws,
          who_is_hidden_is_listed_only_when_visible_enough,
          a_body_half_outside_is_half_visible_and_its_box_is_clipped,
          a_box_stands_where_the_camera_says, another_array_sees_the_same_world_stretched,
          boxes_end_at_the_window_and_what_is_outside_is_not_visible,
          counts_step_exactly_when_the_hip_is_at_the_door, a_line_of_truth_has_the_agreed_keys)
