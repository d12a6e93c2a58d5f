/*
 * history_test.c - going back in time, on a model whose state is the hash of its own past.
 */
#include "sim/history.h"

#include "sim/sim.h"
#include "tests/test.h"

enum { BYTES = 65536 };

typedef struct {
    sim_comp_t comp;
    sim_event_t tick;
    uint64_t state, ticks;
    uint8_t *memory;
    uint64_t stop_at; /* a breakpoint of the test's, no state */
} walk_t;

/* Every tick leaves a mark in memory, so that each state depends on all before. */
static void on_tick(void *ctx)
{
    walk_t *w = ctx;
    w->ticks++;
    w->state = sim_hash(w->state, w->memory + w->ticks % BYTES, 1) + w->ticks;
    w->memory[w->state % BYTES] = (uint8_t)w->ticks;
    sim_event_at(w->comp.sim, &w->tick, sim_now_ps(w->comp.sim) + 1 + w->state % 20);
    if (w->ticks == w->stop_at)
        sim_stop(w->comp.sim);
}

static size_t memory_bytes(const sim_comp_t *comp)
{
    (void)comp;
    return BYTES;
}

static const sim_field_t fields[] = {
    SIM_FIELD(walk_t, state),
    SIM_FIELD(walk_t, ticks),
    SIM_FIELD_BUF(walk_t, memory, memory_bytes),
    SIM_FIELD_END,
};
static const sim_kind_t kind = {.kind = "walk", .version = 1, .fields = fields};

static sim_t *walk_open(walk_t *w)
{
    sim_t *sim = sim_new();
    memset(w, 0, sizeof(*w));
    w->memory = calloc(1, BYTES);
    ck_assert_int_eq(sim_comp_init(&w->comp, sim, &kind, "walk"), SIM_OK);
    sim_event_init(&w->tick, &w->comp, "tick", SIM_PRIO_DRIVE, on_tick, w);
    sim_event_at(sim, &w->tick, 5);
    return sim;
}

static void walk_close(walk_t *w, sim_t *sim, sim_history_t *history)
{
    sim_history_free(history);
    free(w->memory);
    sim_free(sim);
}

/* The state at that time, of a run without history. */
static uint64_t plain(uint64_t at_ps)
{
    walk_t w;
    sim_t *sim = walk_open(&w);
    sim_run_until_ps(sim, at_ps);
    uint64_t hash = sim_state_hash(sim);
    walk_close(&w, sim, NULL);
    return hash;
}

START_TEST(any_time_of_the_past_is_as_it_was)
{
    walk_t w;
    sim_t *sim = walk_open(&w);
    sim_history_t *h = sim_history_new(sim, &(sim_history_desc_t){100, 1 << 30});
    sim_stream_t random = sim_stream(1, 0, 0);
    ck_assert(sim_history_run(h, 5000));
    ck_assert_uint_eq(sim_now_ps(sim), 5000);
    ck_assert_uint_eq(sim_history_snapshots(h), 50); /* at 0, 100, .. 4900 */
    ck_assert_uint_eq(sim_history_snapshot_ps(h, 1234), 1200);
    uint64_t now_ps = 5000;
    for (int i = 0; i < 60; i++) {
        uint64_t at_ps = sim_stream_below(&random, (uint32_t)now_ps + 1);
        ck_assert(sim_history_back(h, at_ps));
        ck_assert_uint_eq(sim_now_ps(sim), at_ps);
        ck_assert_uint_eq(sim_state_hash(sim), plain(at_ps));
        now_ps = at_ps + sim_stream_below(&random, 900);
        ck_assert(sim_history_run(h, now_ps)); /* and on again */
        ck_assert_uint_eq(sim_state_hash(sim), plain(now_ps));
        now_ps = now_ps < 3000 ? 3000 : now_ps;
        ck_assert(sim_history_run(h, now_ps));
    }
    walk_close(&w, sim, h);
}
END_TEST

START_TEST(memory_is_bounded_and_the_distance_grows)
{
    enum { MOST = 2 << 20 };
    walk_t w;
    sim_t *sim = walk_open(&w);
    sim_history_t *h = sim_history_new(sim, &(sim_history_desc_t){100, MOST});
    ck_assert(sim_history_run(h, 60000));
    ck_assert_uint_lt(sim_history_bytes(h), MOST);
    ck_assert_uint_gt(sim_history_snapshots(h), 10);
    ck_assert_uint_lt(sim_history_snapshots(h), 300);
    ck_assert_uint_eq(sim_history_begin_ps(h), 0);
    for (uint64_t at_ps = 60000; at_ps > 0; at_ps -= 7500) {
        ck_assert(sim_history_back(h, at_ps));
        ck_assert_uint_eq(sim_state_hash(sim), plain(at_ps));
    }
    walk_close(&w, sim, h);
}
END_TEST

START_TEST(bytes_of_given_up_snapshots_are_given_back)
{
    walk_t w;
    sim_t *sim = walk_open(&w);
    sim_history_t *h = sim_history_new(sim, &(sim_history_desc_t){100, 1 << 30});
    size_t first = sim_history_bytes(h);
    ck_assert(sim_history_run(h, 5000));
    ck_assert_uint_gt(sim_history_bytes(h), 10 * first);
    ck_assert(sim_history_back(h, 0));
    ck_assert(sim_history_changed(h)); /* all but a new first are gone */
    ck_assert_uint_eq(sim_history_snapshots(h), 1);
    ck_assert_uint_le(sim_history_bytes(h), first + 65536);
    walk_close(&w, sim, h);
}
END_TEST

START_TEST(a_change_from_outside_stays_where_it_was_made)
{
    walk_t w;
    sim_t *sim = walk_open(&w);
    sim_history_t *h = sim_history_new(sim, &(sim_history_desc_t){100, 1 << 19});
    ck_assert(sim_history_run(h, 1000));
    ck_assert(sim_history_back(h, 550));
    w.state ^= 1;
    ck_assert(sim_history_changed(h));
    ck_assert(sim_history_run(h, 30000)); /* so far that snapshots are given up */
    uint64_t changed = sim_state_hash(sim);
    ck_assert_uint_ne(changed, plain(30000));
    ck_assert(sim_history_back(h, 540));
    ck_assert_uint_eq(sim_state_hash(sim), plain(540));
    ck_assert(sim_history_run(h, 549));
    ck_assert(sim_history_back(h, 545));
    ck_assert_uint_eq(sim_state_hash(sim), plain(545));
    walk_close(&w, sim, h);

    sim = walk_open(&w);
    h = sim_history_new(sim, &(sim_history_desc_t){100, 1 << 19});
    sim_run_until_ps(sim, 550);
    w.state ^= 1;
    ck_assert(sim_history_changed(h));
    ck_assert(sim_history_run(h, 30000));
    ck_assert_uint_eq(sim_state_hash(sim), changed);
    ck_assert(sim_history_back(h, 20000));
    ck_assert(sim_history_run(h, 30000));
    ck_assert_uint_eq(sim_state_hash(sim), changed);
    walk_close(&w, sim, h);
}
END_TEST

START_TEST(a_stop_ends_the_run_where_it_happened)
{
    walk_t w;
    sim_t *sim = walk_open(&w);
    sim_history_t *h = sim_history_new(sim, &(sim_history_desc_t){100, 1 << 30});
    w.stop_at = 100;
    ck_assert(sim_history_run(h, 100000));
    ck_assert(sim_stopped(sim));
    ck_assert_uint_eq(w.ticks, 100);
    uint64_t there_ps = sim_now_ps(sim), hash = sim_state_hash(sim);
    w.stop_at = 0;
    ck_assert(sim_history_run(h, 100000));
    ck_assert(sim_history_back(h, there_ps));
    ck_assert_uint_eq(sim_state_hash(sim), hash);
    walk_close(&w, sim, h);
}
END_TEST

START_TEST(where_nothing_happens_no_snapshot_is_taken)
{
    walk_t w;
    sim_t *sim = walk_open(&w);
    sim_event_cancel(sim, &w.tick);
    sim_history_t *h = sim_history_new(sim, &(sim_history_desc_t){1, 1 << 30});
    ck_assert(sim_history_run(h, UINT64_C(1000000000000)));
    ck_assert_uint_eq(sim_now_ps(sim), UINT64_C(1000000000000));
    ck_assert_uint_eq(sim_history_snapshots(h), 1);
    ck_assert(sim_history_back(h, 77));
    ck_assert_uint_eq(sim_now_ps(sim), 77);
    walk_close(&w, sim, h);
}
END_TEST

TEST_MAIN("history", any_time_of_the_past_is_as_it_was, memory_is_bounded_and_the_distance_grows,
          bytes_of_given_up_snapshots_are_given_back, a_change_from_outside_stays_where_it_was_made,
          a_stop_ends_the_run_where_it_happened, where_nothing_happens_no_snapshot_is_taken)
