/*
 * shelf_test.c - products in the facings of a shelf: where they are, when they are sold out, who
 * comes to take them; planograms as they are read, drawn and written.
 */
#include <math.h>

#include "scene_help.h"
#include "scenes/world_int.h"
#include "tests/test.h"

#define PRODUCT                                                                                    \
    "{\"kind\": \"product\", \"facing\": \"beans\", \"x_m\": -0.5, \"z_m\": 3, \"up_m\": 1, "      \
    "\"width_m\": 0.4, \"height_m\": 0.3, \"across\": 3"
#define WORLD(actors)                                                                              \
    "{\"lux\": 1000, \"falloff\": 0, \"min_visible\": 0, \"background\": {\"kind\": \"plain\"}, "  \
    "\"camera\": {\"height_m\": 1.25, \"focal_px\": 3000, \"horizon_px\": 1520}, \"actors\": "     \
    "[" actors "]}"
#define SHELF "\"background\": {\"kind\": \"shelf_wall\"}, \"planogram\": "

static void truth_of(const scene_t *scene, double time_s, scene_truth_t *truth)
{
    scene_timing_t timing = timing_of(0, 2);
    timing.start_ps = (uint64_t)(time_s * 1e12);
    scene_truth(scene, &timing, 0, truth);
}

/* ---- a facing ---- */

START_TEST(a_facing_is_where_its_opening_is_whoever_stands_before_it)
{
    scene_truth_t truth;
    scene_t *scene = scene_of(WORLD(PRODUCT ", \"items\": 0}"), 1);
    truth_of(scene, 0, &truth);
    ck_assert_uint_eq(truth.count, 0);
    ck_assert_uint_eq(truth.facings, 1);
    const scene_facing_t *f = &truth.facing[0];
    ck_assert_str_eq(f->name, "beans");
    ck_assert_uint_eq(f->id, 1);
    ck_assert_uint_eq(f->items, 0);
    /* 3000 px at 3 m: 1000 px a meter. Columns 2028 - 700 and - 300; the board is 0.25 m below the
     * horizon, the opening ends 0.05 m above it. */
    ck_assert_float_eq_tol(f->x, 1328, 0.25f);
    ck_assert_float_eq_tol(f->x + f->w, 1728, 0.25f);
    ck_assert_float_eq_tol(f->y, 1470, 0.25f);
    ck_assert_float_eq_tol(f->y + f->h, 1770, 0.25f);
    scene_free(scene);
}
END_TEST

START_TEST(of_what_is_left_each_item_has_its_place)
{
    /* Three places of 133 px: an item is in one end's place, two are in two neighbors. Of its side
     * toward the camera up to 28 px more are seen. */
    for (uint64_t seed = 1; seed <= 8; seed++) {
        scene_truth_t truth;
        scene_t *scene =
            scene_of(WORLD(PRODUCT ", \"items\": 7, \"stock\": [{\"at_s\": 1, \"items\": 2}, "
                                   "{\"at_s\": 2, \"items\": 1}, {\"at_s\": 3, \"items\": 0}]}"),
                     seed);
        for (int left = 3; left >= 0; left--) {
            truth_of(scene, 3.5 - left, &truth);
            ck_assert_uint_eq(truth.facing[0].items, left == 3 ? 7 : (uint32_t)left);
            ck_assert_uint_eq(truth.count, left > 0);
            if (left == 0)
                continue;
            const scene_box_t *b = &truth.box[0];
            bool at_left = b->x < 1328 + 133;
            float end = at_left ? b->x + b->w - 1328 : 1728 - b->x;
            ck_assert_msg(
                end > 133.4f * (float)(left - 1) + 28.0f && end < 133.4f * (float)left + 28.0f,
                "seed %d, %d left: %g..%g", (int)seed, left, (double)b->x, (double)(b->x + b->w));
            ck_assert(b->y >= 1470 && b->y + b->h <= 1775);
            ck_assert_str_eq(scene_class_name(b->class_id), "product");
        }
        scene_free(scene);
    }
}
END_TEST

START_TEST(a_sku_looks_alike_in_any_facing_and_another_one_does_not)
{
    static const char *const skus[3] = {"7", "7", "8"};
    picture_t picture[3];
    for (int i = 0; i < 3; i++) {
        char text[1024];
        snprintf(text, sizeof(text),
                 WORLD(PRODUCT ", \"items\": 3, \"pack\": \"box\", \"sku\": %s}"), skus[i]);
        scene_t *scene = scene_of(text, (uint64_t)i + 1);
        picture[i] = picture_of(scene, 0, 8, 2);
        scene_free(scene);
    }
    double same = 0, other = 0; /* the grain of the print is the scene's */
    for (size_t k = 0; k < (size_t)picture[0].width * picture[0].height; k++) {
        same += fabs((double)(picture[0].plane[1][k] - picture[1].plane[1][k]));
        other += fabs((double)(picture[0].plane[1][k] - picture[2].plane[1][k]));
    }
    ck_assert_msg(10 * same < other, "%g, %g", same, other);
    for (int i = 0; i < 3; i++)
        picture_free(&picture[i]);
}
END_TEST

START_TEST(a_facing_is_empty_from_the_picosecond_its_last_item_goes)
{
    scene_t *scene =
        scene_of(WORLD(PRODUCT ", \"items\": 2, \"stock\": [{\"at_s\": 1.5, \"items\": 1}, "
                               "{\"at_s\": 2.25, \"items\": 0}, {\"at_s\": 4, \"items\": 0}, "
                               "{\"at_s\": 5.125, \"items\": 6}, {\"at_s\": 6, \"items\": 5}]}"),
                 1);
    static const struct {
        uint64_t from_ps, to_ps;
        int empty, filled;
    } asked[] = {
        {0, 10000000000000, 1, 1},
        {0, 2250000000000, 0, 0},
        {2250000000000, 2250000000001, 1, 0},
        {2250000000001, 5125000000000, 0, 0},
        {5125000000000, 5125000000001, 0, 1},
    };
    for (size_t i = 0; i < SIM_COUNT(asked); i++) {
        scene_events_t events = {0};
        int empty = 0, filled = 0;
        ck_assert(scene_events(scene, asked[i].from_ps, asked[i].to_ps, &events));
        for (uint32_t k = 0; k < events.count; k++) {
            empty += events.event[k].type == SCENE_EVENT_FACING_EMPTY;
            filled += events.event[k].type == SCENE_EVENT_FACING_FILLED;
            ck_assert_str_eq(events.event[k].name, "beans");
            ck_assert_uint_eq(events.event[k].id, 1);
        }
        ck_assert_msg(empty == asked[i].empty && filled == asked[i].filled, "time %zu", i);
        scene_events_free(&events);
    }
    scene_free(scene);
}
END_TEST

/* ---- planograms ---- */

static uint32_t products_of(const scene_desc_t *desc)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < desc->actor_count; i++)
        count += desc->actor[i].kind == SCENE_KIND_PRODUCT;
    return count;
}

START_TEST(a_planogram_names_boards_from_above_and_columns_from_the_left)
{
    scene_t *scene =
        scene_of("{" SHELF "{\"boards\": 3, \"columns\": 5, \"facings\": [{"
                 "\"facing\": \"B4\", \"sku\": 99, \"pack\": \"can\", \"items\": 5}]}}",
                 3);
    const scene_desc_t *desc = scene_desc(scene);
    ck_assert_uint_eq(products_of(desc), 15);
    for (uint32_t i = 0; i < 15; i++) {
        const scene_product_t *p = &desc->actor[i].as.product;
        char name[8];
        snprintf(name, sizeof(name), "%c%u", "ABC"[i / 5], (unsigned)(i % 5 + 1));
        ck_assert_str_eq(p->facing, name);
        ck_assert_double_eq_tol(p->z_m, desc->back.depth_m.low, 1e-12);
        if (i % 5 > 0)
            ck_assert_double_gt(p->x_m, desc->actor[i - 1].as.product.x_m);
        if (i >= 5)
            ck_assert_double_lt(p->up_m + p->height_m, desc->actor[i - 5].as.product.up_m);
        ck_assert_uint_ge(p->items, 1);
    }
    const scene_product_t *beans = &desc->actor[8].as.product;
    ck_assert_uint_eq(beans->sku, 99);
    ck_assert_int_eq(beans->pack, SCENE_CAN);
    ck_assert_uint_eq(beans->items, 5);
    scene_free(scene);
}
END_TEST

/* Somebody who walks no more is before it. */
static bool is_attended(const scene_desc_t *desc, const scene_product_t *p, double time_s)
{
    for (uint32_t i = 0; i < desc->people_count; i++) {
        scene_place_t place;
        scene_kind_person.place(&desc->people[i], time_s, &place);
        if (fabs(place.x_m - p->x_m) < 0.2 && p->z_m - place.z_m > 0.4 && p->z_m - place.z_m < 0.8)
            return true;
    }
    return false;
}

START_TEST(what_is_taken_and_brought_somebody_takes_and_brings)
{
    uint32_t empty = 0, filled = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        scene_t *scene = scene_of("{" SHELF "{\"duration_s\": 300}}", seed);
        const scene_desc_t *desc = scene_desc(scene);
        uint32_t changes = 0;
        for (uint32_t i = 0; i < desc->actor_count; i++) {
            const scene_product_t *p = &desc->actor[i].as.product;
            uint32_t before = p->items;
            for (uint32_t k = 0; k < p->stock_count; k++) {
                const scene_stock_t *s = &p->stock[k];
                ck_assert(s->at_s >= 0 && s->at_s < 300 && s->items != before);
                ck_assert(is_attended(desc, p, s->at_s));
                ck_assert(s->items < before ? before - s->items <= 3 : before == 0);
                empty += s->items == 0;
                filled += before == 0;
                before = s->items;
                changes++;
            }
        }
        ck_assert_uint_eq(desc->people_count, changes);
        ck_assert_uint_ge(changes, 300 / 25 - 1); /* a visit every 12 to 25 s */
        scene_free(scene);
    }
    ck_assert_uint_ge(empty, 20);
    ck_assert_uint_ge(filled, 10);
}
END_TEST

START_TEST(nobody_comes_for_a_facing_whose_stock_is_given)
{
    scene_t *scene =
        scene_of("{" SHELF "{\"boards\": 1, \"columns\": 2, \"duration_s\": 600, \"facings\": [{"
                 "\"facing\": \"A1\", \"items\": 9, \"stock\": [{\"at_s\": 500, \"items\": 8}]}]}}",
                 1);
    const scene_desc_t *desc = scene_desc(scene);
    const scene_product_t *given = &desc->actor[0].as.product;
    ck_assert_uint_eq(given->stock_count, 1);
    ck_assert_uint_eq(given->stock[0].items, 8);
    ck_assert_uint_eq(desc->actor[1].as.product.stock_count, desc->people_count);
    ck_assert_uint_ge(desc->people_count, 10);
    scene_free(scene);
}
END_TEST

/* The least time from one deed to the next one, over all facings. */
static double closest_deeds(const char *text, uint64_t seed)
{
    double at_s[SCENE_MAX_ACTORS * SCENE_MAX_STOCKS], closest_s = 1e9;
    uint32_t count = 0;
    scene_t *scene = scene_of(text, seed);
    const scene_desc_t *desc = scene_desc(scene);
    for (uint32_t i = 0; i < desc->actor_count; i++)
        for (uint32_t k = 0; k < desc->actor[i].as.product.stock_count; k++)
            at_s[count++] = desc->actor[i].as.product.stock[k].at_s;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < i; k++)
            closest_s = fmin(closest_s, fabs(at_s[i] - at_s[k]));
    ck_assert_uint_ge(count, 15);
    scene_free(scene);
    return closest_s;
}

START_TEST(with_turns_nobody_comes_before_the_one_before_has_long_gone)
{
    double without_s = 1e9;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        without_s = fmin(without_s, closest_deeds("{" SHELF "{\"duration_s\": 300}}", seed));
        /* 5 s, and who comes then stays for 2 s or more, of which 0.6 s afterwards */
        ck_assert_double_ge(closest_deeds("{" SHELF "{\"duration_s\": 300, \"turn_s\": 5}}", seed),
                            6.4 - 1e-9);
    }
    ck_assert_double_lt(without_s, 1);
}
END_TEST

START_TEST(a_planogram_reads_back_as_what_it_made)
{
    char *text[2] = {NULL, NULL};
    scene_t *scene = scene_of("{" SHELF "{\"empty_share\": 0.3, \"duration_s\": 120}}", 11);
    for (int i = 0; i < 2; i++) {
        sim_json_t *out = sim_json_object();
        scene_desc_write(scene_desc(scene), out);
        text[i] = sim_json_print(out, true);
        sim_json_free(out);
        scene_free(scene);
        scene = scene_of(text[0], 0);
    }
    ck_assert_str_eq(text[0], text[1]);
    free(text[0]);
    free(text[1]);
    scene_free(scene);
}
END_TEST

START_TEST(who_stands_before_the_shelf_hides_it_and_the_shelf_hides_nobody)
{
    /* 0.5 m before the middle of a facing stands somebody: it shows less; the others do not. */
    const char *text =
        "{\"min_visible\": 0, \"camera\": {\"height_m\": 1.25, \"focal_px\": 3900, "
        "\"horizon_px\": 1520}, \"background\": {\"kind\": \"shelf_wall\", \"depth_m\": 3, "
        "\"width_m\": 2.4}, \"planogram\": {\"boards\": 4, \"columns\": 5, \"across\": 3}, "
        "\"people\": [{\"path\": [{\"at_s\": 0, \"x_m\": 0, \"z_m\": 2.5}]}]}";
    scene_t *scene = scene_of(text, 2);
    scene_truth_t truth;
    truth_of(scene, 0, &truth);
    ck_assert_uint_eq(truth.count, 21);
    ck_assert(truth.box[0].visible > 0.5f); /* the feet are below the picture */
    const scene_box_t *hidden = &truth.box[1 + 7], *aside = &truth.box[1 + 5]; /* B3, B1 */
    ck_assert_msg(hidden->visible < 0.6f, "%g", (double)hidden->visible);
    ck_assert_msg(aside->visible > 0.85f, "%g", (double)aside->visible);
    ck_assert_uint_eq(truth.facings, 20);
    scene_free(scene);
}
END_TEST

START_TEST(what_is_wrong_with_a_shelf_is_said)
{
    /* clang-format off */
    static const struct { const char *text, *error; } wrong[] = {
        {"{\"planogram\": {}}", "planogram: needs background.kind shelf_wall"},
        {"{" SHELF "{\"boards\": 7}}", "planogram.boards: 7 not in 1..6"},
        {"{" SHELF "{\"boards\": 6, \"columns\": 12}}", "planogram: 72 facings and 0 actors are more than 64"},
        {"{" SHELF "{\"boards\": 2, \"columns\": 2, \"facings\": [{\"facing\": \"A3\"}]}}",
         "planogram.facings[0].facing: \"A3\" is none of 2 boards of 2"},
        {"{" SHELF "{\"facings\": [{\"facing\": \"A1\", \"item\": 3}]}}", "planogram.facings[0].item: unknown key"},
        {"{" SHELF "{\"facings\": [{\"facing\": \"A1\"}, {\"facing\": \"A1\"}]}}",
         "planogram.facings[1].facing: \"A1\" is there twice"},
        {"{" SHELF "{\"columms\": 3}}", "planogram.columms: unknown key"},
        {"{" SHELF "{\"turn_s\": -1}}", "planogram.turn_s: -1 not in 0..600"},
        {"{\"background\": {\"kind\": \"aisle\", \"boards\": 3}}", "background.boards: unknown key"},
        {"{\"actors\": [{\"kind\": \"product\"}]}", "actors[0].facing: missing"},
        {"{\"actors\": [" PRODUCT ", \"pack\": \"barrel\"}]}", "actors[0].pack:"},
        {"{\"actors\": [" PRODUCT ", \"items\": 1001}]}", "actors[0].items: 1001 not in 0..1000"},
        {"{\"actors\": [" PRODUCT ", \"stock\": [{\"at_s\": 2, \"items\": 0}, {\"at_s\": 2, \"items\": 1}]}]}",
         "actors[0].stock[1].at_s: 2 is not after 2"},
        {"{\"actors\": [" PRODUCT "}, " PRODUCT "}]}", "actors: facing \"beans\" is there twice"},
    };
    /* clang-format on */
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        static scene_desc_t desc;
        sim_doc_t *doc = sim_doc_parse(wrong[i].text, strlen(wrong[i].text), "t.json");
        sim_cfg_t root = sim_doc_root(doc);
        ck_assert_int_ne(scene_desc_read(&root, NULL, NULL, &desc), SIM_OK);
        ck_assert_msg(strstr(sim_doc_error(doc), wrong[i].error) != NULL, "%s\n%s", wrong[i].text,
                      sim_doc_error(doc));
        sim_doc_free(doc);
    }
}
END_TEST

TEST_MAIN("scene shelf", a_facing_is_where_its_opening_is_whoever_stands_before_it,
          of_what_is_left_each_item_has_its_place,
          a_sku_looks_alike_in_any_facing_and_another_one_does_not,
          a_facing_is_empty_from_the_picosecond_its_last_item_goes,
          a_planogram_names_boards_from_above_and_columns_from_the_left,
          what_is_taken_and_brought_somebody_takes_and_brings,
          nobody_comes_for_a_facing_whose_stock_is_given,
          with_turns_nobody_comes_before_the_one_before_has_long_gone,
          a_planogram_reads_back_as_what_it_made,
          who_stands_before_the_shelf_hides_it_and_the_shelf_hides_nobody,
          what_is_wrong_with_a_shelf_is_said)
