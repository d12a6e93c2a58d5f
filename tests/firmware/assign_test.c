#include <stdbool.h>

#include "tests/test.h"

#include "firmware/include/assign.h"

static assign_t a;
static uint32_t state = 1;

static uint32_t draw(uint32_t below)
{
    state = state * 1664525u + 1013904223u;
    return (uint32_t)((uint64_t)(state >> 8) * below >> 24);
}

static void draw_costs(uint32_t rows, uint32_t columns, uint32_t below)
{
    for (uint32_t r = 0; r < rows; r++)
        for (uint32_t c = 0; c < columns; c++)
            a.cost[r][c] = (int32_t)draw(below);
}

/* The cheapest of all assignments of rows from `row` on to columns not in `taken`. */
static int64_t least(uint32_t row, uint32_t rows, uint32_t columns, uint32_t taken)
{
    int64_t best = INT64_MAX;
    if (row == rows)
        return 0;
    for (uint32_t c = 0; c < columns; c++) {
        if ((taken >> c & 1u) != 0)
            continue;
        int64_t sum = a.cost[row][c] + least(row + 1, rows, columns, taken | 1u << c);
        best = sum < best ? sum : best;
    }
    return best;
}

/* Sum of the assignment, which gives each row a column of its own. */
static int64_t solve(uint32_t rows, uint32_t columns)
{
    int8_t column_of[ASSIGN_MAX];
    int64_t sum = 0;
    uint64_t taken = 0;
    assign_solve(&a, rows, columns, column_of);
    for (uint32_t r = 0; r < rows; r++) {
        ck_assert(column_of[r] >= 0 && (uint32_t)column_of[r] < columns);
        ck_assert((taken >> column_of[r] & 1u) == 0);
        taken |= UINT64_C(1) << column_of[r];
        sum += a.cost[r][column_of[r]];
    }
    return sum;
}

/* Greedy takes 1 and has to pay 100; 2 + 2 is best. */
START_TEST(the_best_pair_is_left_where_all_are_better_off)
{
    a.cost[0][0] = 1, a.cost[0][1] = 2;
    a.cost[1][0] = 2, a.cost[1][1] = 100;
    int8_t column_of[ASSIGN_MAX];
    assign_solve(&a, 2, 2, column_of);
    ck_assert_int_eq(column_of[0], 1);
    ck_assert_int_eq(column_of[1], 0);
}
END_TEST

START_TEST(no_other_assignment_of_random_costs_is_cheaper)
{
    static const uint32_t most[] = {3, 10, 1000, ASSIGN_MOST};
    for (int i = 0; i < 400; i++) {
        uint32_t columns = 1 + draw(7), rows = 1 + draw(columns);
        draw_costs(rows, columns, most[i % 4]);
        ck_assert_int_eq(solve(rows, columns), least(0, rows, columns, 0));
    }
}
END_TEST

/*
 * An assignment is the cheapest exactly when no circle of rows, each of which takes the next one's
 * column, makes it cheaper; columns that nobody has are one more member of circles. All shortest
 * ways by Floyd and Warshall: there is none back to oneself below 0.
 */
static void expect_no_circle_is_cheaper(uint32_t rows, uint32_t columns, const int8_t *column_of)
{
    static int64_t way[ASSIGN_MAX + 1][ASSIGN_MAX + 1];
    bool taken[ASSIGN_MAX] = {false};
    for (uint32_t r = 0; r < rows; r++)
        taken[column_of[r]] = true;
    for (uint32_t r = 0; r < rows; r++) {
        int64_t now = a.cost[r][column_of[r]];
        way[rows][r] = 0;
        way[r][rows] = INT32_MAX;
        for (uint32_t other = 0; other < rows; other++)
            way[r][other] = a.cost[r][column_of[other]] - now;
        for (uint32_t c = 0; c < columns; c++)
            if (!taken[c] && a.cost[r][c] - now < way[r][rows])
                way[r][rows] = a.cost[r][c] - now;
    }
    way[rows][rows] = 0;
    for (uint32_t by = 0; by <= rows; by++)
        for (uint32_t i = 0; i <= rows; i++)
            for (uint32_t k = 0; k <= rows; k++)
                if (way[i][by] + way[by][k] < way[i][k])
                    way[i][k] = way[i][by] + way[by][k];
    for (uint32_t i = 0; i <= rows; i++)
        ck_assert_int_eq(way[i][i], 0);
}

START_TEST(full_tables_leave_no_circle_that_is_cheaper)
{
    int8_t column_of[ASSIGN_MAX];
    for (uint32_t i = 0; i < 60; i++) {
        uint32_t rows = i % 3 == 0 ? ASSIGN_MAX : 1 + draw(ASSIGN_MAX);
        draw_costs(rows, ASSIGN_MAX, i % 2 == 0 ? 50 : ASSIGN_MOST);
        assign_solve(&a, rows, ASSIGN_MAX, column_of);
        expect_no_circle_is_cheaper(rows, ASSIGN_MAX, column_of);
    }
}
END_TEST

START_TEST(nobody_to_assign_is_fine)
{
    int8_t column_of[1] = {5};
    assign_solve(&a, 0, 0, column_of);
    assign_solve(&a, 0, 4, column_of);
    ck_assert_int_eq(column_of[0], 5);
}
END_TEST

/* Costs r x c: each row takes the columns of all before it. 0 x 31 + 1 x 30 + .. + 31 x 0 = 4960.
 */
START_TEST(the_longest_way_is_walked)
{
    for (uint32_t r = 0; r < ASSIGN_MAX; r++)
        for (uint32_t c = 0; c < ASSIGN_MAX; c++)
            a.cost[r][c] = (int32_t)(r * c);
    ck_assert_int_eq(solve(ASSIGN_MAX, ASSIGN_MAX), 4960);
}
END_TEST

TEST_MAIN("firmware assign", the_best_pair_is_left_where_all_are_better_off,
          no_other_assignment_of_random_costs_is_cheaper,
          full_tables_leave_no_circle_that_is_cheaper, nobody_to_assign_is_fine,
          the_longest_way_is_walked)
