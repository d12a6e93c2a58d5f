/*
 * stock_test.c - states of facings, by hand: a grid of 8 by 6 cells of 100 px, two facings of 12
 * cells each and a corner that belongs to none.
 */
#include "tests/test.h"

#include "firmware/include/fovea_metadata.h"
#include "firmware/include/stock.h"

enum { W = 8, H = 6 };

static const det_roi_t all = {.w = 800, .h = 600};
static const stock_rect_t rects[2] = {{0, 0, 400, 300}, {400, 0, 400, 300}};
static stock_t stock;
static int8_t codes[W * H * STOCK_CLASSES];

static det_tensor_t cells(void)
{
    return (det_tensor_t){.data = codes, .dims = {1, H, W, STOCK_CLASSES}, .scale = 1.0f / 256};
}

static void show_cell(int x, int y, int what)
{
    for (int c = 0; c < STOCK_CLASSES; c++)
        codes[(y * W + x) * STOCK_CLASSES + c] = c == what ? 100 : -100;
}

/* In reading order, of facing n: so many that show product, so many somebody, the others bare. */
static void show(int n, int product, int hidden)
{
    for (int i = 0; i < 12; i++)
        show_cell(4 * n + i % 4, i / 4,
                  i < product            ? STOCK_PRODUCT
                  : i < product + hidden ? STOCK_HIDDEN
                                         : STOCK_EMPTY);
}

static void setup(void)
{
    stock = (stock_t){.rule = {.hold_ms = 900, .share = 60}}; /* 3 of the upper 4 cells */
    stock_set(&stock, rects, 2);
    memset(codes, 0, sizeof(codes));
    for (int i = 0; i < W * H; i++)
        show_cell(i % W, i / W, STOCK_EMPTY);
}

static void see_at(uint32_t time_ms)
{
    det_tensor_t t = cells();
    stock_update(&stock, &t, all, time_ms);
}

static meta_facing_t report(uint32_t n, uint32_t time_ms)
{
    meta_facing_t out[STOCK_MAX];
    ck_assert_uint_eq(stock_report(&stock, time_ms, out), 2);
    ck_assert_uint_eq(out[n].place, n);
    return out[n];
}

/* Full from time 0 on, known at 1000. */
static void fill_both(void)
{
    setup();
    show(0, 12, 0);
    show(1, 12, 0);
    see_at(0);
    see_at(1000);
    ck_assert_uint_eq(stock.events, 0);
    ck_assert_uint_eq(report(0, 1000).state, META_STATE_PRODUCT);
}

START_TEST(what_is_seen_first_is_no_event_and_known_after_the_hold)
{
    setup();
    show(0, 12, 0);
    see_at(5000);
    ck_assert_uint_eq(report(0, 5000).state, META_STATE_COVERED);
    see_at(5899);
    ck_assert_uint_eq(report(0, 5899).state, META_STATE_COVERED);
    see_at(5900);
    ck_assert_uint_eq(report(0, 5900).state, META_STATE_PRODUCT);
    ck_assert_uint_eq(report(0, 5900).ms, 900);
    ck_assert_uint_eq(report(0, 5900).share, 255);
    ck_assert_uint_eq(report(1, 5900).state, META_STATE_EMPTY);
    ck_assert_uint_eq(report(1, 5900).share, 0);
    ck_assert_uint_eq(stock.events, 0);
}
END_TEST

START_TEST(a_facing_is_empty_once_it_has_been_so_for_the_hold)
{
    fill_both();
    show(0, 2, 0); /* less than the share */
    see_at(2000);
    ck_assert_uint_eq(stock.events, 0);
    see_at(3000);
    ck_assert_uint_eq(stock.events, 1);
    ck_assert_uint_eq(stock.event[0].kind, META_EVENT_FACING_EMPTY);
    ck_assert_uint_eq(stock.event[0].place, 0);
    ck_assert_uint_eq(report(0, 3000).state, META_STATE_EMPTY);
    ck_assert_uint_eq(report(0, 3000).ms, 1000);  /* since it was first seen so */
    ck_assert_uint_eq(report(0, 3000).share, 38); /* 175 by 75 of 350 by 250 */
    see_at(4000);
    ck_assert_uint_eq(stock.events, 0); /* once */
    show(0, 3, 0);
    see_at(5000);
    see_at(6000);
    ck_assert_uint_eq(stock.events, 1);
    ck_assert_uint_eq(stock.event[0].kind, META_EVENT_FACING_FILLED);
}
END_TEST

START_TEST(what_lasts_shorter_than_the_hold_is_nothing)
{
    fill_both();
    for (uint32_t t = 2000; t < 20000; t += 1600) {
        show(0, 0, 0);
        see_at(t);
        see_at(t + 800);
        ck_assert_uint_eq(stock.events, 0);
        show(0, 12, 0);
        see_at(t + 1200); /* the hold begins again */
    }
    ck_assert_uint_eq(report(0, 20000).state, META_STATE_PRODUCT);
}
END_TEST

START_TEST(who_is_before_it_keeps_it_as_it_was)
{
    fill_both();
    show(0, 1, 2); /* a tenth of 12 cells is less than 2 */
    for (uint32_t t = 2000; t < 30000; t += 1000) {
        see_at(t);
        ck_assert_uint_eq(stock.events, 0);
    }
    ck_assert_uint_eq(report(0, 30000).state, META_STATE_PRODUCT);
    show(0, 0, 0);
    see_at(30000);
    see_at(31000);
    ck_assert_uint_eq(stock.events, 1);
    show(0, 6, 6); /* what looks like product may be what somebody wears */
    for (uint32_t t = 32000; t < 60000; t += 1000) {
        see_at(t);
        ck_assert_uint_eq(stock.events, 0);
    }
    ck_assert_uint_eq(report(0, 60000).state, META_STATE_EMPTY);
    show(0, 6, 1); /* hardly before it, but in it: three times as long */
    see_at(60000);
    see_at(62699);
    ck_assert_uint_eq(stock.events, 0);
    see_at(62700);
    ck_assert_uint_eq(stock.events, 1);
    ck_assert_uint_eq(stock.event[0].kind, META_EVENT_FACING_FILLED);
}
END_TEST

START_TEST(what_little_is_hidden_may_be_the_last_item)
{
    fill_both();
    show(0, 2, 1); /* 3 are the share */
    for (uint32_t t = 2000; t < 30000; t += 1000) {
        see_at(t);
        ck_assert_uint_eq(stock.events, 0);
    }
    show(0, 1, 1);
    see_at(30000);
    see_at(31000);
    ck_assert_uint_eq(stock.events, 1);
    ck_assert_uint_eq(stock.event[0].kind, META_EVENT_FACING_EMPTY);
}
END_TEST

START_TEST(who_is_before_the_facings_above_or_below_it_is_before_it)
{
    /* Four columns of 3 + 3 cells, one of 3 beside them: a tenth of 24 is less than 3. */
    const stock_rect_t three[3] = {{0, 0, 400, 300}, {0, 300, 400, 300}, {400, 0, 100, 300}};
    setup();
    stock_set(&stock, three, 3);
    show(0, 12, 0);
    see_at(0);
    see_at(1000);
    show(0, 0, 0);
    for (int i = 0; i < 3; i++)
        show_cell(i, 5, STOCK_HIDDEN);
    for (uint32_t t = 2000; t < 30000; t += 1000) {
        see_at(t);
        ck_assert_uint_eq(stock.events, 0);
    }
    show_cell(0, 5, STOCK_EMPTY);
    for (int i = 0; i < 3; i++) {
        show_cell(4, i, STOCK_HIDDEN);     /* beside it */
        show_cell(4, 3 + i, STOCK_HIDDEN); /* in no facing */
    }
    see_at(30000);
    see_at(31000);
    ck_assert_uint_eq(stock.events, 1);
    ck_assert_uint_eq(stock.event[0].kind, META_EVENT_FACING_EMPTY);
    ck_assert_uint_eq(stock.event[0].place, 0);
}
END_TEST

START_TEST(somebody_who_passes_does_not_end_what_was_seen_before)
{
    fill_both();
    show(0, 0, 0);
    see_at(2000);
    show(0, 0, 12);
    see_at(3000);
    see_at(4000);
    ck_assert_uint_eq(stock.events, 0);
    ck_assert_uint_eq(report(0, 4000).state, META_STATE_COVERED);
    ck_assert_uint_eq(report(0, 4000).ms, 1000);
    show(0, 0, 0);
    see_at(5000);
    ck_assert_uint_eq(stock.events, 1);
    ck_assert_uint_eq(report(0, 5000).ms, 3000);
}
END_TEST

START_TEST(of_a_cell_counts_what_lies_within_the_rim_however_the_tensor_is_turned)
{
    det_roi_t seen = {.x = 1000, .y = 2000, .w = 800, .h = 600};
    const stock_rect_t three[3] = {
        {1000, 2000, 100, 100}, {1040, 2020, 120, 80}, {1100, 2000, 49, 49}};
    static const uint32_t product[3] = {50 * 50, 35 * 30, 0}, bare[3] = {0, 35 * 30, 0};
    det_tensor_t t = cells();
    for (int turned = 0; turned < 2; turned++) {
        setup();
        seen.flip_x = seen.flip_y = turned == 1;
        show_cell(turned ? W - 1 : 0, turned ? H - 1 : 0, STOCK_PRODUCT);
        stock_set(&stock, three, 3);
        stock_update(&stock, &t, seen, 0);
        for (int n = 0; n < 3; n++) {
            ck_assert_uint_eq(stock.facing[n].px[STOCK_PRODUCT], product[n]);
            ck_assert_uint_eq(stock.facing[n].px[STOCK_EMPTY], bare[n]);
        }
    }
}
END_TEST

/* Facing 0 ends 60 px into its last column, whose cells show the product of the one beside it. */
START_TEST(a_neighbor_that_reaches_into_the_last_cells_is_no_product)
{
    const stock_rect_t narrow = {0, 0, 360, 300};
    setup();
    stock_set(&stock, &narrow, 1);
    for (int i = 0; i < 3; i++)
        show_cell(3, i, STOCK_PRODUCT);
    see_at(0);
    see_at(1000);
    ck_assert_uint_eq(stock.facing[0].state, META_STATE_EMPTY); /* 35 of 310 */
    for (int i = 0; i < 3; i++)
        show_cell(2, i, STOCK_PRODUCT);
    see_at(2000);
    see_at(3000);
    ck_assert_uint_eq(stock.events, 1);
    ck_assert_uint_eq(stock.event[0].kind, META_EVENT_FACING_FILLED);
}
END_TEST

/* Facing 0 is bare from 0 on; `rows` of the cells to the right of it show somebody from `from_ms`.
 */
static void stand_beside(uint32_t from_ms, int rows)
{
    setup();
    see_at(0);
    see_at(1000);
    for (int i = 0; i < rows; i++)
        show_cell(4, i, STOCK_HIDDEN);
    see_at(from_ms);
}

START_TEST(beside_somebody_product_must_stay_three_times_as_long)
{
    stand_beside(2000, 2);
    show(0, 6, 0);
    see_at(3000);
    see_at(5699);
    ck_assert_uint_eq(stock.events, 0);
    see_at(5700);
    ck_assert_uint_eq(stock.events, 1);
    ck_assert_uint_eq(stock.event[0].kind, META_EVENT_FACING_FILLED);
    show(0, 0, 0); /* that it is bare is not doubted */
    see_at(6000);
    see_at(6900);
    ck_assert_uint_eq(stock.events, 1);
    ck_assert_uint_eq(stock.event[0].kind, META_EVENT_FACING_EMPTY);
}
END_TEST

START_TEST(who_has_gone_from_beside_it_or_hardly_shows_doubts_nothing)
{
    stand_beside(2000, 3);
    show(0, 6, 0);
    see_at(3000);
    show(1, 0, 0); /* gone */
    see_at(4000);
    ck_assert_uint_eq(stock.events, 1);
    stand_beside(2000, 1); /* one cell of three */
    show(0, 6, 0);
    see_at(3000);
    see_at(4000);
    ck_assert_uint_eq(stock.events, 1);
}
END_TEST

START_TEST(what_always_looks_like_somebody_beside_it_doubts_nothing_after_ten_seconds)
{
    for (uint32_t late = 0; late < 2; late++) {
        stand_beside(2000, 3);
        show(0, 6, 0);
        see_at(11000 + late - 1);
        see_at(12000 + late - 1);
        ck_assert_uint_eq(stock.events, late);
    }
}
END_TEST

START_TEST(cells_beside_it_are_those_next_to_it_in_its_rows)
{
    const stock_rect_t middle = {300, 200, 200, 200};
    setup();
    stock_set(&stock, &middle, 1);
    for (int y = 0; y < H; y++)
        for (int x = 0; x < W; x++) {
            bool beside = (x == 2 || x == 5) && (y == 2 || y == 3);
            bool in_it = (x == 3 || x == 4) && (y == 2 || y == 3);
            show_cell(x, y, beside || in_it ? STOCK_EMPTY : STOCK_HIDDEN);
        }
    see_at(0);
    ck_assert(!stock.facing[0].crowded);
    for (int side = 0; side < 2; side++) {
        ck_assert_uint_eq(stock.facing[0].beside[side].cells, 2);
        show_cell(side ? 5 : 2, 3, STOCK_HIDDEN);
        see_at(1000);
        ck_assert(stock.facing[0].crowded);
        ck_assert_uint_eq(stock.facing[0].beside[side].hidden, 1);
        show_cell(side ? 5 : 2, 3, STOCK_EMPTY);
    }
}
END_TEST

START_TEST(a_facing_without_cells_is_never_known)
{
    const stock_rect_t none[3] = {{0, 0, 0, 0}, {900, 0, 100, 100}, {10, 10, 20, 20}};
    meta_facing_t out[STOCK_MAX];
    setup();
    stock_set(&stock, none, 3);
    for (uint32_t t = 0; t < 5000; t += 1000)
        see_at(t);
    ck_assert_uint_eq(stock_report(&stock, 5000, out), 3);
    for (int n = 0; n < 3; n++) {
        ck_assert_uint_eq(out[n].state, META_STATE_COVERED);
        ck_assert_uint_eq(out[n].ms, 0);
    }
}
END_TEST

START_TEST(the_same_facings_again_change_nothing_and_others_begin_anew)
{
    fill_both();
    stock_set(&stock, rects, 2);
    ck_assert_uint_eq(report(1, 2000).state, META_STATE_PRODUCT);
    const stock_rect_t moved[2] = {rects[0], {400, 0, 400, 301}};
    stock_set(&stock, moved, 2);
    ck_assert_uint_eq(report(1, 2000).state, META_STATE_COVERED);
}
END_TEST

START_TEST(events_that_find_no_room_come_in_the_next_frame)
{
    stock_rect_t many[STOCK_MAX];
    for (int i = 0; i < STOCK_MAX; i++)
        many[i] = rects[0];
    setup();
    show(0, 12, 0);
    stock_set(&stock, many, STOCK_MAX);
    see_at(0);
    see_at(1000);
    show(0, 0, 0);
    see_at(2000);
    for (uint32_t first = 0; first < STOCK_MAX; first += STOCK_MAX_EVENTS) {
        see_at(3000 + first);
        ck_assert_uint_eq(stock.events, STOCK_MAX_EVENTS);
        ck_assert_uint_eq(stock.event[0].place, first);
    }
    see_at(9000);
    ck_assert_uint_eq(stock.events, 0);
}
END_TEST

START_TEST(times_may_wrap)
{
    setup();
    show(0, 12, 0);
    show(1, 12, 0);
    see_at(UINT32_MAX - 3000);
    see_at(UINT32_MAX - 2000);
    show(0, 0, 0);
    see_at(UINT32_MAX - 400);
    ck_assert_uint_eq(stock.events, 0);
    see_at(499);
    ck_assert_uint_eq(stock.events, 1); /* 900 ms */
}
END_TEST

START_TEST(only_a_grid_of_three_classes_is_understood)
{
    det_tensor_t t[2] = {cells(), cells()};
    ck_assert(stock_known(t, 1));
    ck_assert(!stock_known(t, 2));
    t[0].dims[3] = 2;
    ck_assert(!stock_known(t, 1));
    t[0] = cells();
    t[0].dims[0] = 2;
    ck_assert(!stock_known(t, 1));
}
END_TEST

TEST_MAIN("stock", what_is_seen_first_is_no_event_and_known_after_the_hold,
          a_facing_is_empty_once_it_has_been_so_for_the_hold,
          what_lasts_shorter_than_the_hold_is_nothing, who_is_before_it_keeps_it_as_it_was,
          what_little_is_hidden_may_be_the_last_item,
          who_is_before_the_facings_above_or_below_it_is_before_it,
          somebody_who_passes_does_not_end_what_was_seen_before,
          of_a_cell_counts_what_lies_within_the_rim_however_the_tensor_is_turned,
          a_neighbor_that_reaches_into_the_last_cells_is_no_product,
          beside_somebody_product_must_stay_three_times_as_long,
          who_has_gone_from_beside_it_or_hardly_shows_doubts_nothing,
          what_always_looks_like_somebody_beside_it_doubts_nothing_after_ten_seconds,
          cells_beside_it_are_those_next_to_it_in_its_rows, a_facing_without_cells_is_never_known,
          the_same_facings_again_change_nothing_and_others_begin_anew,
          events_that_find_no_room_come_in_the_next_frame, times_may_wrap,
          only_a_grid_of_three_classes_is_understood)
