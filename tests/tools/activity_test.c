/*
 * activity_test.c - counters of the whole sensor at odd times in the middle of a run: the same
 * however it is computed, never falling, and never ahead of time.
 */
#include "tests/test.h"
#include "tests/tools/snapshot_rig.h"

#define MS SIM_PS_PER_MS
enum { PROBES = 160, MAX_STATS = 2048, LANES = 4 };

typedef struct {
    uint64_t at_ps[PROBES];
    uint64_t value[PROBES][MAX_STATS];
    uint32_t stats;
} probe_t;

static probe_t unbroken, other;

/* ---- times: anywhere, most of them while rows are read or a network runs --------------------- */

static int by_time(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void choose_times(probe_t *probe)
{
    sim_stream_t random = sim_stream(31, 0, 0);
    for (uint32_t i = 0; i < PROBES; i++) {
        uint64_t ps = (uint64_t)sim_stream_u32(&random) << 32 | sim_stream_u32(&random);
        probe->at_ps[i] = i % 2 == 0 ? ps % (78 * MS) : 39400 * SIM_PS_PER_US + ps % (2 * MS);
    }
    qsort(probe->at_ps, PROBES, sizeof(probe->at_ps[0]), by_time);
}

/* ---- what the counters say --------------------------------------------------------------------
 */

static void read_all(rig_t *rig, uint64_t value[MAX_STATS], uint32_t *stats)
{
    uint32_t n = 0;
    sim_tally(rig->sim);
    for (const sim_comp_t *comp = sim_comp_first(rig->sim); comp != NULL; comp = comp->next)
        for (const sim_stat_t *s = comp->kind->stats; s != NULL && s->name != NULL; s++)
            for (uint32_t i = 0; i < (s->count != 0 ? s->count : 1); i++) {
                ck_assert_uint_lt(n, MAX_STATS);
                value[n++] = sim_stat_value(comp, s, i);
            }
    *stats = n;
}

/* The number that read_all gave it. */
static const sim_stat_t *stat_at(const rig_t *rig, uint32_t number, const sim_comp_t **of)
{
    for (const sim_comp_t *comp = sim_comp_first(rig->sim); comp != NULL; comp = comp->next)
        for (const sim_stat_t *s = comp->kind->stats; s != NULL && s->name != NULL; s++) {
            uint32_t count = s->count != 0 ? s->count : 1;
            *of = comp;
            if (number < count)
                return s;
            number -= count;
        }
    return NULL;
}

/* From probe `first` on, in a run that options make and that begins at the snapshot. */
static void probe(const rig_options_t *options, const sim_snapshot_t *snapshot, uint32_t first,
                  probe_t *to)
{
    rig_t *rig = rig_new(options);
    choose_times(to);
    if (snapshot != NULL)
        ck_assert_msg(sim_snapshot_restore(rig->sim, snapshot) == SIM_OK, "%s",
                      sim_error(rig->sim));
    for (uint32_t i = first; i < PROBES; i++) {
        sim_run_until_ps(rig->sim, to->at_ps[i]);
        read_all(rig, to->value[i], &to->stats);
    }
    rig_free(rig);
}

static void compare(const char *what, const rig_options_t *options, uint32_t first)
{
    rig_t *rig = rig_new(options);
    uint32_t bad = 0;
    ck_assert_uint_eq(other.stats, unbroken.stats);
    for (uint32_t i = first; i < PROBES; i++)
        for (uint32_t n = 0; n < other.stats; n++) {
            const sim_comp_t *comp = NULL;
            if (other.value[i][n] == unbroken.value[i][n] || bad++ >= 20)
                continue;
            const sim_stat_t *stat = stat_at(rig, n, &comp);
            printf("%s, at %llu ps: %s.%s is %llu, not %llu\n", what,
                   (unsigned long long)other.at_ps[i], comp->name, stat->name,
                   (unsigned long long)other.value[i][n], (unsigned long long)unbroken.value[i][n]);
        }
    rig_free(rig);
    ck_assert_uint_eq(bad, 0);
}

static const rig_options_t plain = {.threads = 2, .raw = true};

static void need_unbroken(void)
{
    if (unbroken.stats == 0)
        probe(&plain, NULL, 0, &unbroken);
}

/* ---- tests ------------------------------------------------------------------------------------
 */

START_TEST(they_are_the_same_exact_on_other_threads_and_with_ties_shuffled)
{
    static const rig_options_t ways[] = {
        {.threads = 1, .raw = true, .exact = true},
        {.threads = 3, .raw = true, .shuffle = 77},
        {.threads = 1, .raw = true, .shuffle = SIM_REVERSE},
    };
    need_unbroken();
    for (size_t i = 0; i < SIM_COUNT(ways); i++) {
        probe(&ways[i], NULL, 0, &other);
        compare(ways[i].exact ? "exact" : "shuffled", &plain, 0);
    }
}
END_TEST

START_TEST(they_are_the_same_after_a_snapshot)
{
    static const uint32_t at[] = {20, 60, 75, 100}; /* probes: some while the network runs */
    need_unbroken();
    for (size_t i = 0; i < SIM_COUNT(at); i++) {
        rig_options_t exact = plain;
        exact.exact = i % 2 != 0;
        rig_t *rig = rig_new(&exact);
        sim_run_until_ps(rig->sim, unbroken.at_ps[at[i]] - 12345);
        sim_snapshot_t *snapshot = sim_snapshot_take(rig->sim, NULL);
        ck_assert_msg(snapshot != NULL, "%s", sim_error(rig->sim));
        rig_free(rig);
        probe(&plain, snapshot, at[i], &other);
        sim_snapshot_free(snapshot);
        compare("after a snapshot", &plain, at[i]);
    }
}
END_TEST

/* What is no counter: sizes, peaks, levels, times of one thing. */
static bool is_level(const char *name)
{
    static const char *const levels[] = {"max_",         "longest_", "peak",         "mean_",
                                         "buffer_bytes", "row_pck",  "register_pck", "adc_pck",
                                         "column_pck",   "link_pck", "pll."};
    for (size_t i = 0; i < SIM_COUNT(levels); i++)
        if (strstr(name, levels[i]) != NULL)
            return true;
    return false;
}

/* What is counted when a line has been read may have begun before. */
static uint64_t begun_before_ps(const char *name)
{
    return strcmp(name, "convert_ps") == 0 ? 12631720 : 0; /* a line of the IMX500's */
}

/* Times in ps: of one thing at most as long as it took; of lanes, of all of them. */
START_TEST(they_never_fall_and_times_never_run_ahead)
{
    need_unbroken();
    rig_t *rig = rig_new(&plain);
    for (uint32_t n = 0; n < unbroken.stats; n++) {
        const sim_comp_t *comp = NULL;
        const sim_stat_t *stat = stat_at(rig, n, &comp);
        uint64_t before = 0, then = 0, most = strncmp(stat->name, "lane_", 5) == 0 ? LANES : 1;
        for (uint32_t i = 0; i < PROBES && !is_level(stat->name); i++) {
            uint64_t now = unbroken.value[i][n], passed = unbroken.at_ps[i] - then;
            ck_assert_msg(now >= before, "%s.%s falls at %llu ps", comp->name, stat->name,
                          (unsigned long long)unbroken.at_ps[i]);
            if (strcmp(stat->unit, "ps") == 0)
                ck_assert_msg(now - before <= most * passed + begun_before_ps(stat->name),
                              "%s.%s is ahead at %llu ps", comp->name, stat->name,
                              (unsigned long long)unbroken.at_ps[i]);
            before = now;
            then = unbroken.at_ps[i];
        }
    }
    rig_free(rig);
}
END_TEST

TEST_MAIN("activity", they_are_the_same_exact_on_other_threads_and_with_ties_shuffled,
          they_are_the_same_after_a_snapshot, they_never_fall_and_times_never_run_ahead)
