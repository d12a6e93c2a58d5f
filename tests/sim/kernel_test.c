/*
 * kernel_test.c - order of events, the heap against a naive list, running and stopping.
 */
#include "sim/sim.h"
#include "tests/sim/dies.h"
#include "tests/test.h"

#define MAX_EVENTS 300

/* A block of many events that writes down which of them fired. */
typedef struct {
    sim_comp_t comp;
    struct {
        sim_event_t event;
        uint32_t id;
        char name[16];
        void *bench;
    } item[MAX_EVENTS];
    uint32_t fired[4096], fired_count;
    void (*also)(void *bench, uint32_t id);
} bench_t;

static const sim_kind_t bench_kind = {.kind = "bench", .version = 1};

static sim_t *sim;
static bench_t bench;

static void on_fire(void *ctx)
{
    const uint32_t *id = ctx;
    if (bench.fired_count < SIM_COUNT(bench.fired))
        bench.fired[bench.fired_count++] = *id;
    if (bench.also != NULL)
        bench.also(&bench, *id);
}

/* Event i has priority prio(i). */
static void bench_start(uint32_t events, sim_prio_t (*prio)(uint32_t i))
{
    sim = sim_new();
    ck_assert_ptr_nonnull(sim);
    memset(&bench, 0, sizeof(bench));
    ck_assert_int_eq(sim_comp_init(&bench.comp, sim, &bench_kind, "bench"), SIM_OK);
    for (uint32_t i = 0; i < events; i++) {
        bench.item[i].id = i;
        snprintf(bench.item[i].name, sizeof(bench.item[i].name), "e%u", i);
        sim_event_init(&bench.item[i].event, &bench.comp, bench.item[i].name, prio(i), on_fire,
                       &bench.item[i].id);
    }
    ck_assert_int_eq(sim_check(sim), SIM_OK);
    sim_reset(sim);
    ck_assert_int_eq(sim_start(sim), SIM_OK);
}

static sim_prio_t all_drive(uint32_t i)
{
    (void)i;
    return SIM_PRIO_DRIVE;
}

static sim_prio_t by_number(uint32_t i)
{
    return (sim_prio_t)(i % SIM_PRIOS);
}

static sim_event_t *event(uint32_t i)
{
    return &bench.item[i].event;
}

static void expect_order(const uint32_t *ids, uint32_t count)
{
    ck_assert_uint_eq(bench.fired_count, count);
    for (uint32_t i = 0; i < count; i++)
        ck_assert_uint_eq(bench.fired[i], ids[i]);
}

START_TEST(events_fire_in_order_of_time)
{
    bench_start(4, all_drive);
    sim_event_at(sim, event(0), 30);
    sim_event_at(sim, event(1), 10);
    sim_event_at(sim, event(2), 40);
    sim_event_at(sim, event(3), 20);
    ck_assert_uint_eq(sim_next_event_ps(sim), 10);
    sim_run_until_ps(sim, 35);
    expect_order((uint32_t[]){1, 3, 0}, 3);
    ck_assert_uint_eq(sim_now_ps(sim), 35);
    ck_assert_uint_eq(sim_next_event_ps(sim), 40);
    sim_run_until_ps(sim, 40); /* up to and including */
    expect_order((uint32_t[]){1, 3, 0, 2}, 4);
    ck_assert_uint_eq(sim_events_fired(sim), 4);
    ck_assert(sim_next_event_ps(sim) == SIM_NEVER_PS);
    sim_free(sim);
}
END_TEST

START_TEST(ties_in_time_fire_by_priority_then_in_scheduling_order)
{
    bench_start(10, by_number);
    for (uint32_t i = 10; i-- > 0;)
        sim_event_at(sim, event(i), 5);
    sim_run_until_ps(sim, 5);
    expect_order((uint32_t[]){5, 0, 6, 1, 7, 2, 8, 3, 9, 4}, 10);
    sim_free(sim);
}
END_TEST

START_TEST(ties_turned_round_fire_newest_first_within_their_priority)
{
    bench_start(10, by_number);
    sim_set_shuffle(sim, SIM_REVERSE);
    for (uint32_t i = 10; i-- > 0;)
        sim_event_at(sim, event(i), 5);
    sim_run_until_ps(sim, 5);
    expect_order((uint32_t[]){0, 5, 1, 6, 2, 7, 3, 8, 4, 9}, 10);
    sim_free(sim);
}
END_TEST

START_TEST(time_beats_priority)
{
    bench_start(4, by_number);
    sim_event_at(sim, event(0), 6); /* drive, later */
    sim_event_at(sim, event(3), 5); /* sample, sooner */
    sim_run_until_ps(sim, 10);
    expect_order((uint32_t[]){3, 0}, 2);
    sim_free(sim);
}
END_TEST

START_TEST(a_cancelled_event_does_not_fire)
{
    bench_start(3, all_drive);
    for (uint32_t i = 0; i < 3; i++)
        sim_event_at(sim, event(i), 10 + i);
    ck_assert(sim_event_pending(event(1)));
    sim_event_cancel(sim, event(1));
    ck_assert(!sim_event_pending(event(1)));
    sim_event_cancel(sim, event(1)); /* not pending: nothing happens */
    sim_run_until_ps(sim, 100);
    expect_order((uint32_t[]){0, 2}, 2);
    sim_free(sim);
}
END_TEST

START_TEST(a_rescheduled_event_moves_and_goes_to_the_end_of_its_ties)
{
    bench_start(3, all_drive);
    sim_event_at(sim, event(0), 10);
    sim_event_at(sim, event(1), 10);
    sim_event_at(sim, event(2), 50);
    sim_event_at(sim, event(0), 10); /* again: now behind 1 */
    sim_event_at(sim, event(2), 5);  /* sooner */
    sim_run_until_ps(sim, 100);
    expect_order((uint32_t[]){2, 1, 0}, 3);
    sim_free(sim);
}
END_TEST

/* 0 reschedules itself, moves 1 later, cancels 2, and schedules 3 in an earlier phase of now. */
static void meddle(void *ctx, uint32_t id)
{
    (void)ctx;
    if (id != 0 || bench.fired_count > 1)
        return;
    ck_assert(!sim_event_pending(event(0)));
    ck_assert_uint_eq(sim_next_event_ps(sim), 10); /* event 1; the one that fires does not count */
    sim_event_at(sim, event(1), 30);
    sim_event_cancel(sim, event(2));
    sim_event_at(sim, event(3), 10);
    ck_assert_uint_eq(sim_next_event_ps(sim), 10);
    sim_event_at(sim, event(0), 20);
}

static sim_prio_t zero_samples(uint32_t i)
{
    return i == 0 ? SIM_PRIO_REQUEST : i == 3 ? SIM_PRIO_DRIVE : SIM_PRIO_SAMPLE;
}

START_TEST(an_event_may_move_cancel_and_schedule_others_and_itself)
{
    bench_start(4, zero_samples);
    bench.also = meddle;
    sim_event_at(sim, event(0), 10);
    sim_event_at(sim, event(1), 10);
    sim_event_at(sim, event(2), 10);
    sim_run_until_ps(sim, 100);
    expect_order((uint32_t[]){0, 3, 0, 1}, 4);
    sim_free(sim);
}
END_TEST

/* ---- against a list that is searched from end to end ---- */

typedef struct {
    bool pending;
    uint64_t at_ps, seq;
} naive_t;

static naive_t naive[MAX_EVENTS];
static uint64_t naive_seq;

static void schedule_both(uint32_t i, uint64_t at_ps)
{
    naive[i] = (naive_t){true, at_ps, ++naive_seq};
    sim_event_at(sim, event(i), at_ps);
}

static bool naive_before(uint32_t a, uint32_t b)
{
    if (naive[a].at_ps != naive[b].at_ps)
        return naive[a].at_ps < naive[b].at_ps;
    if (a % SIM_PRIOS != b % SIM_PRIOS) /* priorities are by_number */
        return a % SIM_PRIOS < b % SIM_PRIOS;
    return naive[a].seq < naive[b].seq;
}

static uint32_t naive_first(void)
{
    uint32_t best = MAX_EVENTS;
    for (uint32_t i = 0; i < MAX_EVENTS; i++)
        if (naive[i].pending && (best == MAX_EVENTS || naive_before(i, best)))
            best = i;
    return best;
}

static sim_stream_t choices;

static void churn(void *ctx, uint32_t id)
{
    (void)ctx;
    naive[id].pending = false;
    for (uint32_t n = sim_stream_below(&choices, 4); n > 0; n--) {
        uint32_t i = sim_stream_below(&choices, MAX_EVENTS);
        if (sim_stream_below(&choices, 3) == 0) {
            naive[i].pending = false;
            sim_event_cancel(sim, event(i));
        } else {
            schedule_both(i, sim_now_ps(sim) + sim_stream_below(&choices, 50));
        }
    }
}

START_TEST(the_heap_agrees_with_a_naive_list_on_random_traffic)
{
    bench_start(MAX_EVENTS, by_number);
    memset(naive, 0, sizeof(naive));
    naive_seq = 0;
    bench.also = churn;
    choices = sim_stream(7, 1, 0);
    uint32_t steps = 0;
    for (uint32_t round = 0; round < 40; round++) {
        for (uint32_t i = 0; i < MAX_EVENTS; i += 3)
            schedule_both(i, sim_now_ps(sim) + sim_stream_below(&choices, 200));
        for (uint32_t n = 0; n < 150; n++) {
            uint32_t want = naive_first();
            uint64_t at_ps = want == MAX_EVENTS ? SIM_NEVER_PS : naive[want].at_ps;
            ck_assert(sim_next_event_ps(sim) == at_ps);
            bench.fired_count = 0;
            ck_assert_int_eq(sim_step(sim, SIM_NEVER_PS), want != MAX_EVENTS);
            if (want == MAX_EVENTS)
                break;
            ck_assert_uint_eq(bench.fired[0], want);
            ck_assert_uint_eq(sim_now_ps(sim), at_ps);
            steps++;
        }
    }
    ck_assert_uint_gt(steps, 3000);
    sim_free(sim);
}
END_TEST

/* ---- running ---- */

static void stop_at_two(void *ctx, uint32_t id)
{
    (void)ctx;
    if (id == 2)
        sim_stop(sim);
}

START_TEST(stop_returns_after_the_event_and_the_next_run_goes_on)
{
    bench_start(4, all_drive);
    bench.also = stop_at_two;
    for (uint32_t i = 0; i < 4; i++)
        sim_event_at(sim, event(i), 10 * (i + 1));
    sim_run_until_ps(sim, 100);
    expect_order((uint32_t[]){0, 1, 2}, 3);
    ck_assert(sim_stopped(sim));
    ck_assert_uint_eq(sim_now_ps(sim), 30); /* not 100 */
    sim_run_until_ps(sim, 100);
    ck_assert(!sim_stopped(sim));
    expect_order((uint32_t[]){0, 1, 2, 3}, 4);
    ck_assert_uint_eq(sim_now_ps(sim), 100);
    sim_free(sim);
}
END_TEST

static void pass_on(void *ctx, uint32_t id)
{
    (void)ctx;
    if (id != 0)
        return;
    ck_assert_uint_eq(sim_now_ps(sim), 10);
    ck_assert(sim_pass_to(sim, 19));
    ck_assert_uint_eq(sim_now_ps(sim), 19);
    ck_assert(!sim_pass_to(sim, 20)); /* event 1 */
    ck_assert(!sim_pass_to(sim, 21));
    sim_event_cancel(sim, event(1));
    sim_event_at(sim, event(2), 25);
    ck_assert(sim_pass_to(sim, 24));
    ck_assert(!sim_pass_to(sim, 25));
    sim_event_cancel(sim, event(2));
    ck_assert(sim_pass_to(sim, 30)); /* the end of the run is part of it */
    ck_assert(!sim_pass_to(sim, 31));
    ck_assert_uint_eq(sim_now_ps(sim), 30);
}

START_TEST(an_event_that_runs_ahead_passes_time_up_to_others_and_the_end_of_the_run)
{
    bench_start(3, all_drive);
    bench.also = pass_on;
    sim_event_at(sim, event(0), 10);
    sim_event_at(sim, event(1), 20);
    sim_run_until_ps(sim, 30);
    expect_order((uint32_t[]){0}, 1);
    ck_assert_uint_eq(sim_events_fired(sim), 4); /* each of the three passes is one more */
    sim_free(sim);
}
END_TEST

static void stop_and_pass(void *ctx, uint32_t id)
{
    (void)ctx;
    (void)id;
    sim_stop(sim);
    ck_assert(!sim_pass_to(sim, 11));
}

START_TEST(time_does_not_pass_in_a_run_that_was_stopped)
{
    bench_start(1, all_drive);
    bench.also = stop_and_pass;
    sim_event_at(sim, event(0), 10);
    sim_run_until_ps(sim, 30);
    ck_assert_uint_eq(sim_now_ps(sim), 10);
    sim_free(sim);
}
END_TEST

START_TEST(step_fires_one_event_and_not_one_beyond_the_end)
{
    bench_start(2, all_drive);
    sim_event_at(sim, event(0), 10);
    sim_event_at(sim, event(1), 20);
    ck_assert(!sim_step(sim, 9));
    ck_assert_uint_eq(sim_now_ps(sim), 0);
    ck_assert(sim_step(sim, 20));
    ck_assert_uint_eq(sim_now_ps(sim), 10);
    ck_assert(sim_step(sim, 20));
    ck_assert(!sim_step(sim, SIM_NEVER_PS));
    sim_free(sim);
}
END_TEST

START_TEST(running_until_never_ends_when_nothing_is_pending)
{
    bench_start(2, all_drive);
    sim_event_at(sim, event(0), 123);
    sim_event_at(sim, event(1), SIM_NEVER_PS); /* a saturated edge: never comes */
    sim_run_until_ps(sim, SIM_NEVER_PS);
    expect_order((uint32_t[]){0}, 1);
    ck_assert_uint_eq(sim_now_ps(sim), 123);
    sim_free(sim);
}
END_TEST

static void schedule_in_the_past(void *ctx)
{
    (void)ctx;
    sim_event_at(sim, event(0), 9);
}

START_TEST(scheduling_in_the_past_is_our_own_error)
{
    bench_start(1, all_drive);
    sim_run_until_ps(sim, 10);
    ck_assert(dies(schedule_in_the_past, NULL));
    sim_event_at(sim, event(0), 10); /* now is not the past */
    sim_run_until_ps(sim, 10);
    expect_order((uint32_t[]){0}, 1);
    sim_free(sim);
}
END_TEST

START_TEST(two_simulations_do_not_know_of_each_other)
{
    bench_start(1, all_drive);
    sim_t *other = sim_new();
    sim_event_at(sim, event(0), 10);
    sim_run_until_ps(other, 50);
    ck_assert_uint_eq(bench.fired_count, 0);
    ck_assert_uint_eq(sim_now_ps(sim), 0);
    sim_fail(other, SIM_EDESC, "other");
    ck_assert_str_eq(sim_error(sim), "");
    sim_free(other);
    sim_free(sim);
}
END_TEST

START_TEST(an_error_message_may_quote_the_last_one)
{
    sim = sim_new();
    ck_assert_str_eq(sim_error(sim), "");
    ck_assert_int_eq(sim_fail(sim, SIM_EDESC, "width: %d", 7), SIM_EDESC);
    ck_assert_int_eq(sim_fail(sim, SIM_EWIRE, "isp.%s", sim_error(sim)), SIM_EWIRE);
    ck_assert_str_eq(sim_error(sim), "isp.width: 7");
    sim_free(sim);
}
END_TEST

/* ---- spans of one instant ---- */

typedef struct {
    sim_comp_t comp;
    sim_event_t event;
    uint32_t again;
} speaker_t;

static char spoken[4096];

static void on_speak(void *ctx)
{
    speaker_t *s = ctx;
    sim_t *sim2 = s->comp.sim;
    char track[80]; /* gone when the call returns */
    snprintf(track, sizeof(track), "t.%s+", s->comp.name);
    sim_trace_count(sim2, track, sim_now_ps(sim2), "\"n\":%u", s->again);
    track[strlen(track) - 1] = '\0';
    sim_trace_span(sim2, track, "one", 0, sim_now_ps(sim2), "\"n\":%u", s->again);
    if (s->again-- > 1)
        sim_event_at(sim2, &s->event, sim_now_ps(sim2) + (s->again == 2 ? 0 : 10));
}

static void on_span(void *ctx, const char *track, const char *name, uint64_t start_ps,
                    uint64_t end_ps, const char *args)
{
    size_t used = strlen(spoken);
    (void)ctx, (void)start_ps;
    snprintf(spoken + used, sizeof(spoken) - used, "%s/%s@%llu%s ", track, name,
             (unsigned long long)end_ps, args != NULL ? args : "");
}

static void on_count(void *ctx, const char *track, uint64_t at_ps, const char *values)
{
    size_t used = strlen(spoken);
    (void)ctx;
    snprintf(spoken + used, sizeof(spoken) - used, "%s=%s@%llu ", track, values,
             (unsigned long long)at_ps);
}

static void speak(uint64_t shuffle, uint64_t stop_ps)
{
    static const sim_kind_t kind = {.kind = "speaker", .version = 1};
    static const char *const names[] = {"c", "a", "b"};
    speaker_t s[3];
    sim_t *one = sim_new();
    spoken[0] = '\0';
    sim_set_shuffle(one, shuffle);
    sim_set_trace(one, on_span, NULL);
    sim_set_count(one, on_count, NULL);
    for (int i = 0; i < 3; i++) {
        s[i] = (speaker_t){.again = 3};
        ck_assert_int_eq(sim_comp_init(&s[i].comp, one, &kind, names[i]), SIM_OK);
        sim_event_init(&s[i].event, &s[i].comp, "speak", SIM_PRIO_REQUEST, on_speak, &s[i]);
    }
    ck_assert_int_eq(sim_check(one), SIM_OK);
    for (int i = 0; i < 3; i++)
        sim_event_at(one, &s[i].event, 100);
    sim_run_until_ps(one, stop_ps);
    sim_run_until_ps(one, 1000);
    sim_free(one);
}

START_TEST(spans_of_one_instant_are_told_by_track_whoever_is_first)
{
    char first[sizeof(spoken)];
    speak(0, 100);
    memcpy(first, spoken, sizeof(first));
    const char *b = strstr(first, "t.b/one@100"), *a = strstr(first, "t.a/one@100");
    const char *c = strstr(first, "t.c/one@100"), *later = strstr(first, "@110");
    ck_assert(a != NULL && b > a && c > b && later > c);
    /* counts lie among the spans, by track */
    ck_assert_ptr_eq(strstr(first, "t.a/one@100\"n\":3 t.a/one@100\"n\":2 t.a+=\"n\":3@100 "
                                   "t.a+=\"n\":2@100 t.b/"),
                     a);
    for (uint64_t seed = 1; seed < 20; seed++) {
        speak(seed, seed % 2 == 0 ? 100 : 1000); /* broken behind the instant, or not */
        ck_assert_str_eq(spoken, first);
    }
}
END_TEST

TEST_MAIN("sim kernel", spans_of_one_instant_are_told_by_track_whoever_is_first,
          events_fire_in_order_of_time, ties_in_time_fire_by_priority_then_in_scheduling_order,
          ties_turned_round_fire_newest_first_within_their_priority, time_beats_priority,
          a_cancelled_event_does_not_fire,
          a_rescheduled_event_moves_and_goes_to_the_end_of_its_ties,
          an_event_may_move_cancel_and_schedule_others_and_itself,
          the_heap_agrees_with_a_naive_list_on_random_traffic,
          stop_returns_after_the_event_and_the_next_run_goes_on,
          step_fires_one_event_and_not_one_beyond_the_end,
          an_event_that_runs_ahead_passes_time_up_to_others_and_the_end_of_the_run,
          time_does_not_pass_in_a_run_that_was_stopped,
          running_until_never_ends_when_nothing_is_pending, scheduling_in_the_past_is_our_own_error,
          two_simulations_do_not_know_of_each_other, an_error_message_may_quote_the_last_one)
