/*
 * back_test.c - backgrounds that are built: each is there, made from the seed, and as full as
 * asked.
 */
#include "scene_help.h"
#include "tests/test.h"

static const char *const kinds[] = {"aisle", "door", "shelf_wall", "road", "cell", "car_park"};

static scene_t *place(const char *kind, const char *more, uint64_t seed)
{
    char text[512];
    snprintf(text, sizeof(text),
             "{\"lux\": 1000, \"camera\": {\"array_px\": [811, 608], \"height_m\": 2.6,"
             " \"focal_px\": 560, \"pitch_deg\": 14}, \"background\": {\"kind\": \"%s\"%s}}",
             kind, more);
    return scene_of(text, seed);
}

/* Share of samples whose green differs by more than 1 % of white. */
static double differing(const picture_t *a, const picture_t *b)
{
    size_t count = (size_t)a->width * a->height, off = 0;
    for (size_t i = 0; i < count; i++) {
        float d = a->plane[1][i] - b->plane[1][i];
        off += d > 10.0f || d < -10.0f;
    }
    return (double)off / (double)count;
}

static picture_t picture_at(const char *kind, const char *more, uint64_t seed)
{
    scene_t *scene = place(kind, more, seed);
    picture_t picture = picture_of(scene, 0, 16, 7);
    scene_free(scene);
    return picture;
}

START_TEST(the_same_seed_is_the_same_place_and_another_one_is_not)
{
    for (size_t k = 0; k < SIM_COUNT(kinds); k++) {
        picture_t a = picture_at(kinds[k], "", 5), b = picture_at(kinds[k], "", 5);
        picture_t c = picture_at(kinds[k], "", 6);
        for (int i = 0; i < 3; i++)
            ck_assert_mem_eq(a.plane[i], b.plane[i], (size_t)a.width * a.height * sizeof(float));
        ck_assert_msg(differing(&a, &c) > 0.1, "%s: %g", kinds[k], differing(&a, &c));
        picture_free(&a);
        picture_free(&b);
        picture_free(&c);
    }
}
END_TEST

START_TEST(no_two_kinds_look_alike)
{
    picture_t all[SIM_COUNT(kinds)];
    for (size_t k = 0; k < SIM_COUNT(kinds); k++)
        all[k] = picture_at(kinds[k], "", 5);
    for (size_t k = 0; k < SIM_COUNT(kinds); k++)
        for (size_t j = 0; j < k; j++)
            ck_assert_msg(differing(&all[k], &all[j]) > 0.5, "%s and %s", kinds[k], kinds[j]);
    for (size_t k = 0; k < SIM_COUNT(kinds); k++)
        picture_free(&all[k]);
}
END_TEST

/* Share of samples whose least and most primary differ by more than a fifth of white. */
static double colorful(const picture_t *p)
{
    size_t count = (size_t)p->width * p->height, n = 0;
    for (size_t i = 0; i < count; i++) {
        float r = p->plane[0][i], g = p->plane[1][i], b = p->plane[2][i];
        float low = r < g ? r : g, high = r > g ? r : g;
        low = low < b ? low : b;
        high = high > b ? high : b;
        n += high - low > 200.0f;
    }
    return (double)n / (double)count;
}

START_TEST(of_half_full_shelves_half_is_products)
{
    static const char *const shelves[] = {"aisle", "shelf_wall"};
    for (size_t k = 0; k < SIM_COUNT(shelves); k++) {
        picture_t full = picture_at(shelves[k], ", \"fill\": 1", 5);
        picture_t half = picture_at(shelves[k], ", \"fill\": 0.5", 5);
        picture_t none = picture_at(shelves[k], ", \"fill\": 0", 5);
        double products = colorful(&full) - colorful(&none);
        ck_assert_double_gt(products, 0.1); /* signs and walls have colors, too */
        ck_assert_double_eq_tol((colorful(&half) - colorful(&none)) / products, 0.5, 0.15);
        picture_free(&full);
        picture_free(&half);
        picture_free(&none);
    }
}
END_TEST

START_TEST(what_is_drawn_from_a_range_is_said_and_draws_the_same_again)
{
    char more[128];
    scene_t *drawn = place("car_park", "", 5);
    const scene_back_t *back = &scene_desc(drawn)->back;
    ck_assert(back->width_m.low == back->width_m.high);
    ck_assert(back->width_m.low >= 2.4 && back->width_m.low <= 2.7);
    ck_assert(back->depth_m.low >= 8 && back->depth_m.low <= 11);
    snprintf(more, sizeof(more), ", \"width_m\": %.17g, \"depth_m\": %.17g, \"fill\": %.17g",
             back->width_m.low, back->depth_m.low, back->fill.low);
    picture_t a = picture_of(drawn, 0, 16, 7), b = picture_at("car_park", more, 5);
    for (int i = 0; i < 3; i++)
        ck_assert_mem_eq(a.plane[i], b.plane[i], (size_t)a.width * a.height * sizeof(float));
    picture_free(&a);
    picture_free(&b);
    scene_free(drawn);
}
END_TEST

/* A cell, its bench from 3.54 to 4.46 m away and 0.82 m high, seen level from 2 m up. */
static scene_t *bench(const char *people)
{
    char text[512];
    snprintf(text, sizeof(text),
             "{\"lux\": 1000, \"camera\": {\"array_px\": [811, 608], \"height_m\": 2,"
             " \"focal_px\": 560, \"horizon_px\": 200}, \"background\": {\"kind\": \"cell\","
             " \"depth_m\": 6}, \"people\": [%s]}",
             people);
    return scene_of(text, 5);
}

START_TEST(who_stands_behind_something_is_hidden_by_it)
{
    /* At 4.7 m the edge of the bench (4.46 m) hides what is below 2 - 1.18 / 4.46 * 4.7 = 0.76 m.
     * Height h is seen on row 200 + 560 (2 - h) / 4.7: 0.6 m on 367, the floor on 438, 1.2 m on
     * 295; a picture's row is 3.2 of them. */
    scene_t *with = bench("{\"direction\": \"in\", \"cross_s\": 0, \"depth_m\": 4.7}");
    scene_t *without = bench("");
    picture_t a = picture_of(with, 0, 16, 2), b = picture_of(without, 0, 16, 2);
    size_t row = a.width * sizeof(float);
    for (uint32_t y = 115; y < 140; y++)
        ck_assert_mem_eq(a.plane[1] + (size_t)y * a.width, b.plane[1] + (size_t)y * a.width, row);
    ck_assert_mem_ne(a.plane[1] + (size_t)92 * a.width, b.plane[1] + (size_t)92 * a.width, row);
    scene_truth_t truth;
    scene_timing_t timing = timing_of(0, 2);
    scene_truth(with, &timing, 0, &truth);
    ck_assert_uint_eq(truth.count, 1);
    ck_assert_double_gt((double)truth.box[0].visible, 0.5);
    ck_assert_double_lt((double)truth.box[0].visible, 0.85);
    ck_assert_double_gt((double)(truth.box[0].y + truth.box[0].h), 5 * 430); /* to the feet */
    picture_free(&a);
    picture_free(&b);
    scene_free(with);
    scene_free(without);
}
END_TEST

START_TEST(the_sky_is_lit_evenly_and_a_hall_is_not)
{
    scene_t *road = place("road", "", 5), *hall = place("door", "", 5);
    ck_assert(scene_desc(road)->falloff == 0);
    ck_assert(scene_desc(hall)->falloff > 0);
    scene_free(road);
    scene_free(hall);
}
END_TEST

TEST_MAIN("scene backgrounds", the_same_seed_is_the_same_place_and_another_one_is_not,
          no_two_kinds_look_alike, of_half_full_shelves_half_is_products,
          what_is_drawn_from_a_range_is_said_and_draws_the_same_again,
          who_stands_behind_something_is_hidden_by_it, the_sky_is_lit_evenly_and_a_hall_is_not)
