/*
 * trace.json: valid JSON of spans and counts, as the Trace Event Format has them; counts only where
 * a value changed.
 */
#include "sim/json.h"
#include "tests/test.h"
#include "tools/trace_file.h"

static trace_file_t trace;
static FILE *file;
static sim_doc_t *doc;
static sim_cfg_t root;

static void begin(void)
{
    file = tmpfile();
    ck_assert_ptr_nonnull(file);
    trace_file_begin(&trace, file, TRACE_LEVEL_DEFAULT);
}

/* Events behind the one that names the process. */
static uint32_t end(void)
{
    trace_file_end(&trace);
    size_t bytes = (size_t)ftell(file);
    char *text = malloc(bytes);
    ck_assert(text != NULL);
    rewind(file);
    ck_assert_uint_eq(fread(text, 1, bytes, file), bytes);
    fclose(file);
    doc = sim_doc_parse(text, bytes, "trace.json");
    free(text);
    root = sim_doc_root(doc);
    uint32_t events = sim_cfg_count(&root, "traceEvents");
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    return events - 1;
}

static sim_cfg_t event(uint32_t n)
{
    return sim_cfg_at(&root, "traceEvents", n + 1);
}

/* What a viewer draws from: phase C, a name, a time in us, a number for each series. */
static void check_count(uint32_t n, const char *track, double ts_us, const char *series,
                        uint64_t value)
{
    sim_cfg_t e = event(n), args = sim_cfg_obj(&e, "args");
    ck_assert_str_eq(sim_cfg_str(&e, "ph", ""), "C");
    ck_assert_str_eq(sim_cfg_str(&e, "name", ""), track);
    ck_assert_double_eq(sim_cfg_num(&e, "ts", 0, 1e12, -1), ts_us);
    ck_assert_uint_eq(sim_cfg_u64(&e, "pid", 0, 9, 0), 1);
    ck_assert_uint_eq(sim_cfg_u64(&args, series, 0, UINT64_MAX, UINT64_MAX), value);
}

START_TEST(a_count_is_an_event_of_phase_c_with_a_number_for_each_series)
{
    begin();
    trace_file_count(&trace, "power \"mW\"", 1500000, "\"pixel\":12,\"logic\":7");
    trace_file_span(&trace, "npu", "conv", 2000000, 3000001, NULL);
    trace_file_count(&trace, "power \"mW\"", 2500001, "\"pixel\":0,\"logic\":7");
    ck_assert_uint_eq(end(), 4); /* the span's track is named by one of them */
    check_count(0, "power \"mW\"", 1.5, "pixel", 12);
    check_count(0, "power \"mW\"", 1.5, "logic", 7);
    check_count(3, "power \"mW\"", 2.500001, "pixel", 0);
    sim_doc_free(doc);
}
END_TEST

START_TEST(a_count_is_written_only_where_its_track_changes)
{
    begin();
    trace_file_count(&trace, "a", 1000000, "\"x\":1");
    trace_file_count(&trace, "b", 1000000, "\"x\":1"); /* another track's first */
    trace_file_count(&trace, "a", 2000000, "\"x\":1");
    trace_file_count(&trace, "a", 3000000, "\"x\":2");
    trace_file_count(&trace, "b", 3000000, "\"x\":1");
    trace_file_count(&trace, "a", 4000000, "\"x\":1");
    ck_assert_uint_eq(end(), 4);
    ck_assert_uint_eq(trace.counts, 4);
    check_count(2, "a", 3, "x", 2);
    check_count(3, "a", 4, "x", 1);
    sim_doc_free(doc);
}
END_TEST

START_TEST(more_tracks_and_longer_values_than_are_kept_are_all_written)
{
    char track[TRACE_NAME + 10], values[TRACE_VALUES + 10];
    begin();
    snprintf(values, sizeof(values), "\"%0*d\":1", TRACE_VALUES, 0);
    for (uint32_t t = 1; t <= 2; t++) {
        trace_file_count(&trace, "a", t, "\"x\":1");
        trace_file_count(&trace, "a", t, values); /* between two of the same: both count */
    }
    for (uint32_t n = 0; n < TRACE_COUNTERS + 5; n++) {
        snprintf(track, sizeof(track), "track %u", n);
        trace_file_count(&trace, track, 5, "\"x\":1");
    }
    snprintf(track, sizeof(track), "%0*d", TRACE_NAME, 0);
    trace_file_count(&trace, track, 5, "\"x\":1");
    trace_file_count(&trace, track, 6, "\"x\":1");
    ck_assert_uint_eq(end(), 4 + TRACE_COUNTERS + 5 + 2);
    sim_doc_free(doc);
}
END_TEST

TEST_MAIN("trace file", a_count_is_an_event_of_phase_c_with_a_number_for_each_series,
          a_count_is_written_only_where_its_track_changes,
          more_tracks_and_longer_values_than_are_kept_are_all_written)
