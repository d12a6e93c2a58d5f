/*
 * presence_test.c - glances and looks: views of 16 x 16 zones made by hand.
 */
#include "tests/test.h"

#include "firmware/include/presence.h"
#include "sim/rng.h"

enum { CELLS = 48 };
static const presence_rule_t rule = {
    .enter_score = 128, .leave_score = 96, .leave_looks = 2, .glances = 20, .change = 12};

static presence_t p;
static stats_zones_t view;

/* A picture that is not uniform: 800 to 2345 DN a zone. */
static void empty_view(void)
{
    for (uint32_t z = 0; z < ZONES; z++) {
        uint32_t dn = 200 + z % 37 * 12 + z / ZONES_SIDE * 3;
        view.zone[z] = (stats_zone_t){CELLS * dn, 2 * CELLS * dn, CELLS * dn, CELLS};
    }
}

static void scale(uint32_t first, uint32_t count, uint32_t percent)
{
    for (uint32_t z = first; z < first + count; z++) {
        stats_zone_t *zone = &view.zone[z];
        zone->r = zone->r * percent / 100;
        zone->g = zone->g * percent / 100;
        zone->b = zone->b * percent / 100;
    }
}

/* Nobody was there, and the first glance has shown the empty view. */
static void begin(void)
{
    presence_init(&p, &rule);
    ck_assert(p.wants_look);
    ck_assert(!presence_looked(&p, 0));
    ck_assert(!p.wants_look);
    empty_view();
    presence_glanced(&p, &view);
    ck_assert(!p.wants_look);
}

static void glance(bool looks_then)
{
    presence_glanced(&p, &view);
    ck_assert_int_eq(p.wants_look, looks_then);
}

START_TEST(nothing_new_is_not_looked_at)
{
    begin();
    for (int i = 0; i < 18; i++)
        glance(false);
}
END_TEST

START_TEST(after_so_many_glances_there_is_a_look)
{
    begin();
    for (int i = 0; i < 18; i++)
        glance(false);
    glance(true); /* the twentieth */
    ck_assert(!presence_looked(&p, 0));
    ck_assert(!p.wants_look);
}
END_TEST

START_TEST(two_zones_that_change_are_new_and_one_is_not)
{
    begin();
    scale(100, 1, 70);
    glance(false);
    begin();
    scale(100, 2, 70);
    glance(true);
}
END_TEST

/* 12 / 256 is 4.7 %. */
START_TEST(the_change_that_counts_is_the_hosts)
{
    begin();
    scale(100, 4, 104);
    glance(false);
    begin();
    scale(100, 4, 106);
    glance(true);
}
END_TEST

START_TEST(light_that_changes_for_all_is_not_new)
{
    static const uint32_t percent[] = {150, 50, 20, 400};
    for (size_t i = 0; i < sizeof(percent) / sizeof(percent[0]); i++) {
        begin();
        scale(0, ZONES, percent[i]);
        glance(false);
    }
    begin();
    scale(0, ZONES, 50);
    scale(100, 4, 70);
    glance(true);
}
END_TEST

/* Half of the view goes down to 60 %: no zone stands out from the others. */
START_TEST(a_change_of_half_the_view_is_new)
{
    begin();
    scale(0, 140, 60);
    glance(true);
}
END_TEST

/* Each zone by up to 8 %: the median is some 4 %, below `change`, and nobody is 4 medians off. */
START_TEST(noise_of_all_zones_is_not_new)
{
    sim_stream_t s = sim_stream(3, 1, 0);
    begin();
    for (int i = 0; i < 15; i++) {
        empty_view();
        for (uint32_t z = 0; z < ZONES; z++)
            scale(z, 1, 92 + sim_stream_below(&s, 17));
        glance(false);
    }
}
END_TEST

START_TEST(a_zone_that_leaves_the_range_is_new)
{
    begin();
    view.zone[17] = view.zone[18] = (stats_zone_t){0};
    glance(true);
    empty_view();
    view.zone[17] = view.zone[18] = (stats_zone_t){0};
    presence_init(&p, &rule);
    presence_looked(&p, 0);
    presence_glanced(&p, &view); /* they were out of range at first: as they are */
    glance(false);
}
END_TEST

/* 1 % a glance, up to 15 % in the end. */
START_TEST(what_changes_slowly_is_followed)
{
    begin();
    for (uint32_t i = 1; i <= 15; i++) {
        empty_view();
        scale(100, 30, 100 - i / 2);
        glance(false);
    }
}
END_TEST

START_TEST(somebody_is_told_once_and_watched_by_looks)
{
    begin();
    scale(100, 4, 70);
    glance(true);
    ck_assert(presence_looked(&p, 200));
    ck_assert(p.present);
    for (int i = 0; i < 50; i++) {
        ck_assert(p.wants_look);
        ck_assert(!presence_looked(&p, 200));
    }
}
END_TEST

START_TEST(nobody_is_told_after_looks_in_a_row)
{
    begin();
    presence_looked(&p, 200);
    ck_assert(!presence_looked(&p, 50));
    ck_assert(!presence_looked(&p, 200)); /* seen again: not in a row */
    ck_assert(!presence_looked(&p, 50));
    ck_assert(p.present);
    ck_assert(presence_looked(&p, 50));
    ck_assert(!p.present);
    ck_assert(!p.wants_look);
}
END_TEST

START_TEST(a_score_between_the_two_changes_nothing)
{
    begin();
    for (int i = 0; i < 5; i++)
        ck_assert(!presence_looked(&p, 110));
    presence_looked(&p, 128);
    for (int i = 0; i < 5; i++)
        ck_assert(!presence_looked(&p, 96));
    ck_assert(p.present);
}
END_TEST

/* Somebody left a chair there: a look finds nobody, and the chair is of the empty view then. */
START_TEST(a_look_without_anybody_takes_the_view_as_empty)
{
    begin();
    scale(100, 10, 60);
    glance(true);
    presence_looked(&p, 0);
    for (int i = 0; i < 19; i++)
        glance(false);
}
END_TEST

START_TEST(without_glances_every_frame_is_a_look)
{
    presence_rule_t looks = rule;
    looks.glances = 0;
    presence_init(&p, &looks);
    for (int i = 0; i < 5; i++) {
        ck_assert(p.wants_look);
        presence_looked(&p, 0);
    }
}
END_TEST

TEST_MAIN("firmware presence", nothing_new_is_not_looked_at, after_so_many_glances_there_is_a_look,
          two_zones_that_change_are_new_and_one_is_not, the_change_that_counts_is_the_hosts,
          light_that_changes_for_all_is_not_new, a_change_of_half_the_view_is_new,
          noise_of_all_zones_is_not_new, a_zone_that_leaves_the_range_is_new,
          what_changes_slowly_is_followed, somebody_is_told_once_and_watched_by_looks,
          nobody_is_told_after_looks_in_a_row, a_score_between_the_two_changes_nothing,
          a_look_without_anybody_takes_the_view_as_empty, without_glances_every_frame_is_a_look)
