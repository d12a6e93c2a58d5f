#include "tests/test.h"

#include "firmware/include/meta.h"
#include "tools/score.h"

static uint32_t packet[META_MAX_BYTES / 4];
static scene_truth_t truth;

/* A packet with these boxes, as the host parsed it. */
static metadata_t reported(const det_box_t *boxes, uint32_t count)
{
    const meta_head_t head = {0};
    metadata_t out;
    meta_t meta;
    char error[160];
    meta_begin(&meta, packet, sizeof(packet), &head);
    ck_assert(meta_add_boxes(&meta, boxes, NULL, count));
    uint32_t bytes = meta_end(&meta, 0);
    ck_assert(metadata_parse((const uint8_t *)packet, bytes, &out, error, sizeof(error)));
    return out;
}

static void true_box(float x, float y, float w, float h)
{
    truth.box[truth.count++] = (scene_box_t){.x = x, .y = y, .w = w, .h = h, .visible = 1};
}

START_TEST(a_box_on_a_person_is_right)
{
    score_t score = {0};
    det_box_t box = {100, 100, 200, 300, 255, 1};
    truth.count = 0;
    true_box(100, 100, 100, 200);
    metadata_t m = reported(&box, 1);
    score_frame(&score, &m, &truth);
    ck_assert_uint_eq(score.right, 1);
    ck_assert_double_eq_tol(score_precision(&score), 1, 1e-12);
    ck_assert_double_eq_tol(score_recall(&score), 1, 1e-12);
}
END_TEST

START_TEST(two_boxes_on_one_person_are_one_right_and_one_wrong)
{
    score_t score = {0};
    det_box_t boxes[2] = {{100, 100, 200, 300, 255, 1}, {110, 100, 210, 300, 200, 1}};
    truth.count = 0;
    true_box(100, 100, 100, 200);
    metadata_t m = reported(boxes, 2);
    score_frame(&score, &m, &truth);
    ck_assert_uint_eq(score.right, 1);
    ck_assert_double_eq_tol(score_precision(&score), 0.5, 1e-12);
}
END_TEST

START_TEST(overlap_of_exactly_the_limit_counts_and_less_does_not)
{
    score_t score = {0};
    /* 100 wide against 100 wide shifted by s: (100 - s) / (100 + s); 0.4 at s = 42.857 */
    det_box_t box = {142, 0, 242, 100, 255, 1};
    truth.count = 0;
    true_box(100, 0, 100, 100);
    metadata_t m = reported(&box, 1);
    score_frame(&score, &m, &truth);
    ck_assert_uint_eq(score.right, 1);
    box = (det_box_t){143, 0, 243, 100, 255, 1};
    m = reported(&box, 1);
    score_frame(&score, &m, &truth);
    ck_assert_uint_eq(score.right, 1);
    ck_assert_uint_eq(score.reported, 2);
}
END_TEST

START_TEST(the_best_pair_is_taken_first)
{
    score_t score = {0};
    /* The first box overlaps both people a little; the second sits on the first person. */
    det_box_t boxes[2] = {{50, 0, 150, 100, 255, 1}, {0, 0, 100, 100, 200, 1}};
    truth.count = 0;
    true_box(0, 0, 100, 100);
    true_box(90, 0, 100, 100);
    metadata_t m = reported(boxes, 2);
    score_frame(&score, &m, &truth);
    ck_assert_uint_eq(score.right, 2);
}
END_TEST

START_TEST(an_empty_frame_without_people_is_not_wrong)
{
    score_t score = {0};
    truth.count = 0;
    metadata_t m = reported(NULL, 0);
    score_frame(&score, &m, &truth);
    ck_assert_double_eq_tol(score_precision(&score), 1, 1e-12);
    ck_assert_double_eq_tol(score_recall(&score), 1, 1e-12);
}
END_TEST

TEST_MAIN("score", a_box_on_a_person_is_right, two_boxes_on_one_person_are_one_right_and_one_wrong,
          overlap_of_exactly_the_limit_counts_and_less_does_not, the_best_pair_is_taken_first,
          an_empty_frame_without_people_is_not_wrong)
