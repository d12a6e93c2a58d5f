/*
 * heat_test.c - the grid of a heat map, by hand and against a search over all cells.
 */
#include "tests/test.h"

#include "firmware/include/heat.h"
#include "sim/rng.h"

static heat_t heat;

/* Its foot is at x, y. */
static det_box_t standing(int32_t x, int32_t y)
{
    return (det_box_t){x - 50, y - 299, x + 50, y + 1, 200, 1};
}

static uint32_t cell(uint32_t column, uint32_t row)
{
    return heat.cell[row * heat.columns + column];
}

START_TEST(a_foot_heats_the_cell_that_it_is_in)
{
    const det_box_t box = standing(450, 320);
    ck_assert(heat_begin(&heat, 4, 3, 800, 600)); /* cells of 200 x 200 */
    heat_add(&heat, 0, &box, 1);
    for (uint32_t row = 0; row < 3; row++)
        for (uint32_t column = 0; column < 4; column++)
            ck_assert_uint_eq(cell(column, row), column == 2 && row == 1);
}
END_TEST

START_TEST(a_cell_counts_frames_not_people)
{
    const det_box_t boxes[] = {standing(450, 320), standing(460, 330), standing(10, 10)};
    heat_begin(&heat, 4, 3, 800, 600);
    heat_add(&heat, 0, boxes, 3);
    heat_add(&heat, 1, boxes, 2);
    heat_add(&heat, 2, boxes, 0);
    ck_assert_uint_eq(cell(2, 1), 2);
    ck_assert_uint_eq(cell(0, 0), 1);
    ck_assert_uint_eq(heat.frames, 3);
}
END_TEST

START_TEST(who_stands_outside_the_array_is_in_the_nearest_cell)
{
    const det_box_t boxes[] = {standing(-70, 700), standing(900, -20)};
    heat_begin(&heat, 4, 3, 800, 600);
    heat_add(&heat, 0, boxes, 2);
    ck_assert_uint_eq(cell(0, 2), 1);
    ck_assert_uint_eq(cell(3, 0), 1);
}
END_TEST

/* Columns at which cell k begins and the next one does, as heat.h says. */
START_TEST(cells_of_any_grid_are_where_the_header_says)
{
    sim_stream_t s = sim_stream(5, 1, 0);
    for (int trial = 0; trial < 200; trial++) {
        uint32_t columns = 1 + sim_stream_below(&s, 48),
                 width = columns + sim_stream_below(&s, 5000);
        uint32_t x = sim_stream_below(&s, width), k = 0;
        const det_box_t box = standing((int32_t)x, 5);
        ck_assert(heat_begin(&heat, columns, 16, width, 160));
        heat_add(&heat, 0, &box, 1);
        while (!(width * k / columns <= x && x < width * (k + 1) / columns))
            k++;
        ck_assert_uint_eq(cell(k, 0), 1);
    }
}
END_TEST

START_TEST(a_cell_does_not_run_over)
{
    const det_box_t box = standing(1, 1);
    heat_begin(&heat, 1, 1, 8, 8);
    for (uint32_t i = 0; i < 65540; i++)
        heat_add(&heat, i, &box, 1);
    ck_assert_uint_eq(cell(0, 0), 65535);
    ck_assert_uint_eq(heat.frames, 65540);
}
END_TEST

START_TEST(the_map_tells_frames_and_time_and_begins_anew)
{
    const det_box_t box = standing(450, 320);
    heat_begin(&heat, 4, 3, 800, 600);
    ck_assert_uint_eq(heat_ms(&heat, 77), 0); /* no frame yet */
    for (uint64_t i = 0; i < 10; i++)
        heat_add(&heat, UINT64_C(3000000000000) + i * UINT64_C(200000000000), &box, 1);
    meta_heat_map_t map = heat_map(&heat, UINT64_C(5000000000000));
    ck_assert_uint_eq(map.columns, 4);
    ck_assert_uint_eq(map.rows, 3);
    ck_assert_uint_eq(map.frames, 10);
    ck_assert_uint_eq(map.interval_ms, 2000);
    ck_assert_uint_eq(map.cells[6], 10);
    heat_clear(&heat);
    ck_assert_uint_eq(heat.frames, 0);
    ck_assert_uint_eq(cell(2, 1), 0);
    heat_add(&heat, UINT64_C(9000000000000), &box, 1);
    ck_assert_uint_eq(heat_ms(&heat, UINT64_C(9500000000000)), 500);
}
END_TEST

START_TEST(grids_that_cannot_be_are_refused_and_the_old_one_stays)
{
    ck_assert(heat_begin(&heat, 4, 3, 800, 600));
    ck_assert(!heat_begin(&heat, 0, 3, 800, 600));
    ck_assert(!heat_begin(&heat, 3, 0, 800, 600));
    ck_assert(!heat_begin(&heat, 33, 24, 800, 600)); /* 792 cells */
    ck_assert(!heat_begin(&heat, UINT32_C(0x10000), UINT32_C(0x10000), 800, 600));
    ck_assert(!heat_begin(&heat, 9, 1, 8, 8)); /* less than a column each */
    ck_assert_uint_eq(heat.columns, 4);
    ck_assert(heat_begin(&heat, 32, 24, 800, 600));
}
END_TEST

TEST_MAIN("firmware heat map", a_foot_heats_the_cell_that_it_is_in, a_cell_counts_frames_not_people,
          who_stands_outside_the_array_is_in_the_nearest_cell,
          cells_of_any_grid_are_where_the_header_says, a_cell_does_not_run_over,
          the_map_tells_frames_and_time_and_begins_anew,
          grids_that_cannot_be_are_refused_and_the_old_one_stays)
