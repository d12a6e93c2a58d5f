/*
 * event_match_test.c - reports find their events: by hand, and against all ways to pair them.
 */
#include "tests/test.h"

#include "sim/rng.h"
#include "tools/event_match.h"

#define MS 1e9

static void match(event_item_t *events, size_t n, event_item_t *reports, size_t m, double window_ms)
{
    qsort(events, n, sizeof(*events), event_item_order);
    qsort(reports, m, sizeof(*reports), event_item_order);
    ck_assert(event_match(events, n, reports, m, sizeof(*events), window_ms * MS));
    for (size_t i = 0; i < n; i++)
        if (events[i].match >= 0)
            ck_assert_int_eq(reports[events[i].match].match, (int64_t)i);
    for (size_t i = 0; i < m; i++)
        if (reports[i].match >= 0)
            ck_assert_int_eq(events[reports[i].match].match, (int64_t)i);
}

START_TEST(a_report_tells_the_nearest_event_of_its_key)
{
    event_item_t events[] = {{1, 0 * MS, 0}, {1, 900 * MS, 0}, {2, 850 * MS, 0}};
    event_item_t reports[] = {{1, 850 * MS, 0}};
    match(events, 3, reports, 1, 1000);
    ck_assert_int_eq(events[0].match, -1);
    ck_assert_int_eq(events[1].match, 0);
    ck_assert_int_eq(events[2].match, -1);
}
END_TEST

START_TEST(more_pairs_are_better_than_nearer_ones)
{
    /* 1000 is nearest to 1010, but then 1800 has nobody: 1000-600, 1800-1010 are two pairs. */
    event_item_t events[] = {{1, 1000 * MS, 0}, {1, 1800 * MS, 0}};
    event_item_t reports[] = {{1, 600 * MS, 0}, {1, 1010 * MS, 0}};
    match(events, 2, reports, 2, 800);
    ck_assert_int_eq(events[0].match, 0);
    ck_assert_int_eq(events[1].match, 1);
}
END_TEST

START_TEST(the_window_is_inclusive_and_no_wider)
{
    event_item_t events[] = {{1, 1000 * MS, 0}}, reports[] = {{1, 1500 * MS, 0}};
    match(events, 1, reports, 1, 500);
    ck_assert_int_eq(events[0].match, 0);
    match(events, 1, reports, 1, 499.999);
    ck_assert_int_eq(events[0].match, -1);
    match(events, 0, reports, 1, 500);
    ck_assert_int_eq(reports[0].match, -1);
}
END_TEST

/* All ways: event i of n with any report that is not taken, or with none. */
static void try_all(const event_item_t *events, size_t n, const event_item_t *reports, size_t m,
                    double window_ps, size_t i, uint32_t taken, int pairs, double off,
                    int *most_pairs, double *least_off)
{
    if (i == n) {
        if (pairs > *most_pairs || (pairs == *most_pairs && off < *least_off)) {
            *most_pairs = pairs;
            *least_off = off;
        }
        return;
    }
    try_all(events, n, reports, m, window_ps, i + 1, taken, pairs, off, most_pairs, least_off);
    for (size_t k = 0; k < m; k++) {
        double apart = events[i].at_ps - reports[k].at_ps;
        apart = apart < 0 ? -apart : apart;
        if ((taken >> k & 1) == 0 && events[i].key == reports[k].key && apart <= window_ps)
            try_all(events, n, reports, m, window_ps, i + 1, taken | 1u << k, pairs + 1,
                    off + apart, most_pairs, least_off);
    }
}

START_TEST(no_other_way_to_pair_them_is_better)
{
    sim_stream_t s = sim_stream(7, 1, 0);
    for (int round = 0; round < 2000; round++) {
        event_item_t events[5], reports[5];
        size_t n = sim_stream_below(&s, 6), m = sim_stream_below(&s, 6);
        for (size_t i = 0; i < n; i++)
            events[i] = (event_item_t){sim_stream_below(&s, 2), sim_stream_below(&s, 40) * MS, 0};
        for (size_t i = 0; i < m; i++)
            reports[i] = (event_item_t){sim_stream_below(&s, 2), sim_stream_below(&s, 40) * MS, 0};
        double window_ms = 1 + sim_stream_below(&s, 20);
        match(events, n, reports, m, window_ms);
        int pairs = 0, most = 0;
        double off = 0, least = 0;
        for (size_t i = 0; i < n; i++)
            if (events[i].match >= 0) {
                double apart = events[i].at_ps - reports[events[i].match].at_ps;
                ck_assert_uint_eq(events[i].key, reports[events[i].match].key);
                off += apart < 0 ? -apart : apart;
                pairs++;
            }
        try_all(events, n, reports, m, window_ms * MS, 0, 0, 0, 0, &most, &least);
        ck_assert_int_eq(pairs, most);
        ck_assert_double_eq(off, least); /* whole milliseconds: exact */
    }
}
END_TEST

TEST_MAIN("tools event match", a_report_tells_the_nearest_event_of_its_key,
          more_pairs_are_better_than_nearer_ones, the_window_is_inclusive_and_no_wider,
          no_other_way_to_pair_them_is_better)
