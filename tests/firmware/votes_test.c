/*
 * votes_test.c - votes of tracks, and whose turn it is.
 */
#include "tests/test.h"

#include "firmware/include/votes.h"

static votes_t votes;

static void setup(void)
{
    votes = (votes_t){0};
}

static void vote(uint16_t id, uint8_t a, uint8_t b, uint8_t c, uint32_t frame)
{
    const uint8_t score[3] = {a, b, c};
    votes_add(&votes, id, score, 3, frame);
}

static void expect_class(uint16_t id, uint32_t wanted, uint32_t share)
{
    uint32_t class_at;
    uint8_t is;
    ck_assert(votes_of(&votes, id, &class_at, &is));
    ck_assert_uint_eq(class_at, wanted);
    ck_assert_uint_eq(is, share);
}

/* 200 + 60 + 40 of 900: class 1 has 50 + 150 + 200 = 400 of it, 113.8 of 256. */
START_TEST(the_sum_of_all_looks_decides)
{
    const uint16_t ids[] = {5};
    setup();
    votes_see(&votes, ids, 1, 0);
    vote(5, 200, 50, 50, 0);
    expect_class(5, 0, 170);
    vote(5, 60, 150, 90, 1);
    vote(5, 40, 200, 60, 2);
    expect_class(5, 1, 113);
}
END_TEST

START_TEST(nobody_has_a_class_without_a_vote)
{
    const uint16_t ids[] = {5, 0};
    uint32_t class_at;
    uint8_t share;
    setup();
    votes_see(&votes, ids, 2, 0);
    vote(6, 255, 0, 0, 0); /* whom nobody has seen */
    ck_assert(!votes_of(&votes, 5, &class_at, &share));
    ck_assert(!votes_of(&votes, 6, &class_at, &share));
    ck_assert(!votes_of(&votes, 0, &class_at, &share));
    vote(5, 255, 0, 0, 0);
    expect_class(5, 0, 255);
}
END_TEST

START_TEST(who_was_never_looked_at_comes_first_then_who_waits_longest)
{
    const uint16_t ids[] = {1, 2, 3, 4, 0};
    setup();
    votes_see(&votes, ids, 1, 0);     /* 1 is there first */
    votes_see(&votes, ids + 1, 1, 1); /* then 2 */
    votes_see(&votes, ids, 4, 2);
    ck_assert_int_eq(votes_next(&votes, ids, 5, 0), 0);
    ck_assert_int_eq(votes_next(&votes, ids, 5, 1), 1);
    vote(1, 1, 0, 0, 2);
    vote(2, 1, 0, 0, 3);
    ck_assert_int_eq(votes_next(&votes, ids, 5, 0), 2); /* 3, 4: never */
    ck_assert_int_eq(votes_next(&votes, ids, 5, 0x4), 3);
    ck_assert_int_eq(votes_next(&votes, ids, 5, 0xc), 0);
    vote(3, 1, 0, 0, 4);
    vote(4, 1, 0, 0, 4);
    vote(1, 1, 0, 0, 5);
    ck_assert_int_eq(votes_next(&votes, ids, 5, 0), 1);
    ck_assert_int_eq(votes_next(&votes, ids, 5, 0xf), -1);
    ck_assert_int_eq(votes_next(&votes, ids, 0, 0), -1);
}
END_TEST

/* With two looks a frame six people are looked at every third frame. */
START_TEST(with_few_looks_a_frame_all_get_their_turn)
{
    const uint16_t ids[] = {11, 12, 13, 14, 15, 16};
    uint32_t last[6] = {0}, longest = 0;
    setup();
    for (uint32_t frame = 1; frame <= 30; frame++) {
        uint32_t done = 0;
        votes_see(&votes, ids, 6, frame);
        for (int i = 0; i < 2; i++) {
            int next = votes_next(&votes, ids, 6, done);
            ck_assert_int_ge(next, 0);
            done |= 1u << next;
            longest = frame - last[next] > longest ? frame - last[next] : longest;
            last[next] = frame;
            vote(ids[next], 0, 9, 0, frame);
        }
    }
    ck_assert_uint_eq(longest, 3);
}
END_TEST

START_TEST(places_go_to_whom_nobody_has_seen_for_the_longest_time)
{
    uint32_t class_at;
    uint8_t share;
    setup();
    for (uint16_t id = 1; id <= VOTES_TRACKS; id++) {
        votes_see(&votes, &id, 1, id);
        vote(id, 0, 0, 200, id);
    }
    const uint16_t first = 1, more = 1000;
    votes_see(&votes, &first, 1, 100);
    votes_see(&votes, &more, 1, 101);
    ck_assert(votes_of(&votes, 1, &class_at, &share));
    ck_assert(!votes_of(&votes, 2, &class_at, &share));
    ck_assert(votes_of(&votes, 3, &class_at, &share));
}
END_TEST

START_TEST(sums_never_overflow)
{
    const uint16_t id = 9;
    setup();
    votes_see(&votes, &id, 1, 0);
    votes.track[0].sum[1] = (1u << 30) - 1;
    votes.track[0].votes = UINT16_MAX;
    vote(9, 0, 255, 0, 1);
    expect_class(9, 1, 255);
    ck_assert_uint_lt(votes.track[0].sum[1], 1u << 30);
}
END_TEST

TEST_MAIN("firmware votes", the_sum_of_all_looks_decides, nobody_has_a_class_without_a_vote,
          who_was_never_looked_at_comes_first_then_who_waits_longest,
          with_few_looks_a_frame_all_get_their_turn,
          places_go_to_whom_nobody_has_seen_for_the_longest_time, sums_never_overflow)
