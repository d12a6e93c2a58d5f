#include "tests/test.h"

#include "firmware/include/detect.h"

/* A grid of 2 x 3 cells over 300 x 200 px at (1000, 500): a cell is 100 px each way. */
enum { GW = 3, GH = 2 };
static int8_t scores[GW * GH], sides[GW * GH * 4];
static const det_roi_t roi = {1000, 500, 300, 200, false, false, 0};
static det_tensor_t tensors[2];

static void setup_grid(void)
{
    memset(scores, -128, sizeof(scores));
    memset(sides, 0, sizeof(sides));
    tensors[0] = (det_tensor_t){scores, {1, GH, GW, 1}, -128, 1.0f / 256};
    tensors[1] = (det_tensor_t){sides, {1, GH, GW, 4}, -8, 1.0f / 16};
}

/* left, top, right, bottom in sixteenths of a cell. */
static void put(int cx, int cy, int score, int l, int t, int r, int b)
{
    int8_t *d = &sides[4 * (cy * GW + cx)];
    scores[cy * GW + cx] = (int8_t)(score - 128);
    d[0] = (int8_t)(l - 8), d[1] = (int8_t)(t - 8), d[2] = (int8_t)(r - 8), d[3] = (int8_t)(b - 8);
}

static int sixteenths(double cells)
{
    return (int)(16 * cells + 0.5);
}

/* A box in parts of the tensor, at the cell of its center. */
static void put_box(double x0, double y0, double x1, double y1)
{
    int cx = (int)((x0 + x1) / 2 * GW), cy = (int)((y0 + y1) / 2 * GH);
    double x = cx + 0.5, y = cy + 0.5;
    put(cx, cy, 200, sixteenths(x - x0 * GW), sixteenths(y - y0 * GH), sixteenths(x1 * GW - x),
        sixteenths(y1 * GH - y));
}

START_TEST(a_cell_above_the_threshold_becomes_a_box)
{
    det_box_t out[DET_MAX_BOXES];
    setup_grid();
    put(1, 0, 200, 8, 4, 16, 24); /* center (150, 50): 50 left, 25 up, 100 right, 150 down */
    ck_assert(det_known(tensors, 2));
    ck_assert_int_eq(det_decode(tensors, 2, roi, 128, out), 1);
    ck_assert_int_eq(out[0].x0, 1100);
    ck_assert_int_eq(out[0].y0, 525);
    ck_assert_int_eq(out[0].x1, 1250);
    ck_assert_int_eq(out[0].y1, 700);
    ck_assert_int_eq(out[0].score, 200);
    ck_assert_int_eq(out[0].class_id, 1);
}
END_TEST

START_TEST(the_threshold_itself_passes_and_one_below_does_not)
{
    det_box_t out[DET_MAX_BOXES];
    setup_grid();
    put(1, 1, 128, 8, 8, 8, 8);
    ck_assert_int_eq(det_decode(tensors, 2, roi, 128, out), 1);
    ck_assert_int_eq(det_decode(tensors, 2, roi, 129, out), 0);
}
END_TEST

START_TEST(of_two_boxes_on_one_thing_the_better_stays)
{
    det_box_t out[DET_MAX_BOXES];
    setup_grid();
    put(0, 0, 180, 8, 8, 24, 8); /* 0..200 */
    put(1, 0, 220, 24, 8, 8, 8); /* 0..200 as well */
    ck_assert_int_eq(det_decode(tensors, 2, roi, 100, out), 1);
    ck_assert_int_eq(out[0].score, 220);
}
END_TEST

START_TEST(boxes_side_by_side_both_stay_best_first)
{
    det_box_t out[DET_MAX_BOXES];
    setup_grid();
    put(0, 0, 180, 8, 8, 8, 8);
    put(2, 1, 220, 8, 8, 8, 8);
    ck_assert_int_eq(det_decode(tensors, 2, roi, 100, out), 2);
    ck_assert_int_eq(out[0].score, 220);
    ck_assert_int_eq(out[1].score, 180);
}
END_TEST

START_TEST(a_flipped_tensor_gives_the_same_box_on_the_array)
{
    for (int flip = 0; flip < 4; flip++) {
        det_box_t out[DET_MAX_BOXES];
        det_roi_t seen = roi;
        bool x = (flip & 1) != 0, y = (flip & 2) != 0;
        seen.flip_x = x;
        seen.flip_y = y;
        setup_grid();
        /* 18.75 left, 6.25 above, 118.75 right, 56.25 below the center of the array's first cell,
         * (1050, 550), as its mirror image shows it */
        put(x ? 2 : 0, y ? 1 : 0, 200, x ? 19 : 3, y ? 9 : 1, x ? 3 : 19, y ? 1 : 9);
        ck_assert_int_eq(det_decode(tensors, 2, seen, 128, out), 1);
        ck_assert_int_le(abs(out[0].x0 - 1031), 1);
        ck_assert_int_le(abs(out[0].y0 - 544), 1);
        ck_assert_int_le(abs(out[0].x1 - 1169), 1);
        ck_assert_int_le(abs(out[0].y1 - 606), 1);
    }
}
END_TEST

START_TEST(a_turned_tensor_gives_the_same_box_on_the_array)
{
    /* The array's box of 10 % .. 40 % across and 20 % .. 80 % down, its corners turned. */
    static const struct {
        double x0, y0, x1, y1;
    } shown[4] = {{0.1, 0.2, 0.4, 0.8}, /* (x, y) -> (1 - y, x) each time */
                  {0.2, 0.1, 0.8, 0.4},
                  {0.6, 0.2, 0.9, 0.8},
                  {0.2, 0.6, 0.8, 0.9}};
    for (uint32_t turn = 0; turn < 4; turn++) {
        det_box_t out[DET_MAX_BOXES];
        det_roi_t seen = roi;
        seen.turn = turn;
        setup_grid();
        put_box(shown[turn].x0, shown[turn].y0, shown[turn].x1, shown[turn].y1);
        ck_assert_int_eq(det_decode(tensors, 2, seen, 128, out), 1);
        ck_assert_int_le(abs(out[0].x0 - (roi.x + roi.w / 10)), roi.w / 20);
        ck_assert_int_le(abs(out[0].y0 - (roi.y + roi.h / 5)), roi.h / 20);
        ck_assert_int_le(abs(out[0].x1 - (roi.x + roi.w * 2 / 5)), roi.w / 20);
        ck_assert_int_le(abs(out[0].y1 - (roi.y + roi.h * 4 / 5)), roi.h / 20);
    }
}
END_TEST

START_TEST(boxes_end_at_the_region)
{
    det_box_t out[DET_MAX_BOXES];
    setup_grid();
    put(0, 0, 200, 119, 119, 119, 119);
    ck_assert_int_eq(det_decode(tensors, 2, roi, 100, out), 1);
    ck_assert_int_eq(out[0].x0, 1000);
    ck_assert_int_eq(out[0].y0, 500);
    ck_assert_int_eq(out[0].x1, 1300);
    ck_assert_int_eq(out[0].y1, 700);
}
END_TEST

START_TEST(the_order_of_the_two_outputs_does_not_matter)
{
    det_box_t out[DET_MAX_BOXES];
    setup_grid();
    put(1, 0, 200, 8, 8, 8, 8);
    det_tensor_t swapped[2] = {tensors[1], tensors[0]};
    ck_assert_int_eq(det_decode(swapped, 2, roi, 128, out), 1);
}
END_TEST

/* As put, with a score for each of three classes. */
static int8_t class_scores[GW * GH * 3];
static void put_classes(int cx, int cy, int first, int second, int third)
{
    int8_t *codes = &class_scores[3 * (cy * GW + cx)];
    put(cx, cy, 0, 8, 8, 8, 8);
    codes[0] = (int8_t)(first - 128), codes[1] = (int8_t)(second - 128);
    codes[2] = (int8_t)(third - 128);
}

static void setup_classes(void)
{
    setup_grid();
    memset(class_scores, -128, sizeof(class_scores));
    tensors[0].data = class_scores;
    tensors[0].dims[3] = 3;
}

START_TEST(a_box_is_of_its_cells_best_class)
{
    det_box_t out[DET_MAX_BOXES];
    setup_classes();
    put_classes(0, 0, 20, 190, 30);
    put_classes(2, 0, 90, 80, 220);
    put_classes(1, 1, 150, 140, 150); /* equal: the first */
    ck_assert_int_eq(det_decode(tensors, 2, roi, 128, out), 3);
    ck_assert_int_eq(out[0].class_id, 3);
    ck_assert_int_eq(out[0].score, 220);
    ck_assert_int_eq(out[0].x0, 1200);
    ck_assert_int_eq(out[1].class_id, 2);
    ck_assert_int_eq(out[1].score, 190);
    ck_assert_int_eq(out[2].class_id, 1);
    ck_assert_int_eq(out[2].score, 150);
}
END_TEST

START_TEST(scores_of_classes_are_not_added)
{
    det_box_t out[DET_MAX_BOXES];
    setup_classes();
    put_classes(0, 0, 120, 120, 120);
    ck_assert_int_eq(det_decode(tensors, 2, roi, 128, out), 0);
}
END_TEST

START_TEST(of_one_thing_seen_as_two_classes_the_better_stays)
{
    det_box_t out[DET_MAX_BOXES];
    setup_classes();
    put_classes(0, 0, 180, 0, 0);
    put_classes(1, 0, 0, 220, 0);
    memcpy(&sides[4], &(int8_t[4]){16, 0, 0, 0}, 4); /* 24 left, 8 up, right, down: 0..200 */
    memcpy(&sides[0], &(int8_t[4]){0, 0, 16, 0}, 4);
    ck_assert_int_eq(det_decode(tensors, 2, roi, 128, out), 1);
    ck_assert_int_eq(out[0].class_id, 2);
}
END_TEST

START_TEST(four_classes_are_told_from_boxes_by_their_place)
{
    static int8_t four[GW * GH * 4];
    det_box_t out[DET_MAX_BOXES];
    setup_grid();
    put(1, 0, 0, 8, 8, 8, 8);
    memset(four, -128, sizeof(four));
    four[4 * 1 + 3] = 200 - 128;
    tensors[0].data = four;
    tensors[0].dims[3] = 4;
    ck_assert_int_eq(det_decode(tensors, 2, roi, 128, out), 1);
    ck_assert_int_eq(out[0].class_id, 4);
}
END_TEST

START_TEST(more_classes_than_there_is_room_for_are_refused)
{
    setup_grid();
    tensors[0].dims[3] = DET_MAX_CLASSES;
    ck_assert(det_known(tensors, 2));
    tensors[0].dims[3] = DET_MAX_CLASSES + 1;
    ck_assert(!det_known(tensors, 2));
}
END_TEST

START_TEST(a_classifier_gives_the_whole_region_when_person_wins)
{
    det_box_t out[DET_MAX_BOXES];
    int8_t codes[2] = {-113, 113};
    det_tensor_t t = {codes, {1, 1, 1, 2}, -128, 1.0f / 256};
    ck_assert_int_eq(det_decode(&t, 1, roi, 128, out), 1);
    ck_assert_int_eq(out[0].x0, 1000);
    ck_assert_int_eq(out[0].y1, 700);
    ck_assert_int_eq(out[0].score, 241);
    codes[0] = 57, codes[1] = -57;
    ck_assert_int_eq(det_decode(&t, 1, roi, 0, out), 0);
}
END_TEST

START_TEST(outputs_of_no_known_kind_are_refused)
{
    det_box_t out[DET_MAX_BOXES];
    setup_grid();
    tensors[1].dims[2] = 2;
    ck_assert(!det_known(tensors, 2) && !det_known(tensors, 1) && !det_known(tensors, 0));
    ck_assert_int_eq(det_decode(tensors, 2, roi, 128, out), -1);
    ck_assert_int_eq(det_decode(tensors, 1, roi, 128, out), -1);
}
END_TEST

TEST_MAIN("firmware detect", a_cell_above_the_threshold_becomes_a_box,
          the_threshold_itself_passes_and_one_below_does_not,
          of_two_boxes_on_one_thing_the_better_stays, boxes_side_by_side_both_stay_best_first,
          a_turned_tensor_gives_the_same_box_on_the_array, boxes_end_at_the_region,
          a_flipped_tensor_gives_the_same_box_on_the_array,
          the_order_of_the_two_outputs_does_not_matter, a_box_is_of_its_cells_best_class,
          scores_of_classes_are_not_added, of_one_thing_seen_as_two_classes_the_better_stays,
          four_classes_are_told_from_boxes_by_their_place,
          more_classes_than_there_is_room_for_are_refused,
          a_classifier_gives_the_whole_region_when_person_wins,
          outputs_of_no_known_kind_are_refused)
