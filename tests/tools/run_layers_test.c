/*
 * `networks` of stats.json: layers of a run's networks add up to what the NPU counted, whatever
 * interrupts the run, and places are where the programs stand.
 */
#include "sim/json.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/report/report.h"

#define DIR FOVEA_OUT "/run_layers"

static char said[8192];
static sim_doc_t *doc;

static const sim_json_t *stats_of(const char *dir)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/stats.json", dir);
    doc = sim_doc_load(path);
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    return sim_doc_root(doc).node;
}

static void run(const char *arguments)
{
    ck_assert_msg(fovea(said, sizeof(said), "run %s", arguments) == 0, "%s", said);
}

/* Cycles of all layers of all inferences. */
static double cycles_of(const sim_json_t *network)
{
    double sum = 0;
    const sim_json_t *l = sim_json_first(sim_json_find(network, "layers"));
    for (; l != NULL; l = sim_json_next(l)) {
        sum += report_num(l, "runs") * report_num(l, "mean_cycles");
        ck_assert_double_ge(report_num(l, "most_cycles"), report_num(l, "mean_cycles"));
        ck_assert_double_ge(report_num(l, "most_cycles"), report_num(l, "cycles"));
    }
    return sum;
}

START_TEST(layers_of_all_networks_add_up_to_the_cycles_of_the_npu)
{
    run("scenes/cascade/ages.json -n 3 -o " DIR "/two");
    const sim_json_t *stats = stats_of(DIR "/two");
    const sim_json_t *first = sim_json_first(sim_json_find(stats, "networks"));
    const sim_json_t *second = sim_json_next(first);
    ck_assert_str_eq(sim_json_str(sim_json_find(first, "name"), ""), "person_ages");
    ck_assert_str_eq(sim_json_str(sim_json_find(second, "name"), ""), "attribute");
    ck_assert_double_eq(report_num(first, "runs"), 3);
    ck_assert_double_gt(report_num(second, "runs"), 3); /* one for each box */
    double sum = cycles_of(first) + cycles_of(second);
    ck_assert_double_eq_tol(sum, report_num(first, "cycles") + report_num(second, "cycles"), 1e-3);
    double npu = report_num(report_at(stats, "sensor.npu.cycles"), "value");
    ck_assert_double_eq_tol(sum, npu, 1e-3);
    sim_doc_free(doc);
}
END_TEST

/* Ends of the places of a network; all of them below `below`. */
static void check_places(const sim_json_t *network, double least, double below)
{
    const sim_json_t *p = sim_json_first(sim_json_find(network, "places"));
    ck_assert_ptr_nonnull(p);
    for (; p != NULL; p = sim_json_next(p)) {
        ck_assert_double_ge(report_num(p, "offset"), least);
        ck_assert_double_le(report_num(p, "offset") + report_num(p, "bytes"), below);
    }
}

START_TEST(places_are_where_the_networks_stand_beside_each_other)
{
    run("scenes/cascade/ages.json -n 1 -o " DIR "/places");
    const sim_json_t *stats = stats_of(DIR "/places");
    const sim_json_t *first = sim_json_first(sim_json_find(stats, "networks"));
    const sim_json_t *a = sim_json_find(first, "l2");
    const sim_json_t *b = sim_json_find(sim_json_next(first), "l2");
    /* two tables of 1,024 bytes, working memory, program and constants of the second, of the first
     */
    check_places(first, 2048, report_num(b, "program_offset"));
    check_places(sim_json_next(first), 2048, report_num(b, "program_offset"));
    ck_assert_double_le(report_num(b, "constants_offset") + report_num(b, "constants_bytes"),
                        report_num(a, "program_offset"));
    ck_assert_double_le(report_num(a, "constants_offset") + report_num(a, "constants_bytes"),
                        8388480);
    sim_doc_free(doc);
}
END_TEST

START_TEST(a_restored_run_has_the_layers_of_the_whole_one)
{
    run("scenes/entrance.json -n 3 -o " DIR "/whole");
    run("scenes/entrance.json -n 3 -o " DIR "/cut --snapshot-at 70ms --snapshot " DIR "/s.snap");
    run("scenes/entrance.json -n 3 -o " DIR "/restored --restore " DIR "/s.snap");
    ck_assert_msg(runs_differ(DIR "/whole", DIR "/restored") == NULL, "%s",
                  runs_differ(DIR "/whole", DIR "/restored"));
    const sim_json_t *stats = stats_of(DIR "/restored");
    ck_assert_double_eq(report_num(sim_json_first(sim_json_find(stats, "networks")), "runs"), 3);
    sim_doc_free(doc);
}
END_TEST

START_TEST(a_run_without_a_network_has_no_such_key)
{
    run("scenes/plain_camera/yuv.json -n 1 -o " DIR "/none");
    ck_assert_ptr_null(sim_json_find(stats_of(DIR "/none"), "networks"));
    sim_doc_free(doc);
}
END_TEST

TEST_MAIN("run layers", layers_of_all_networks_add_up_to_the_cycles_of_the_npu,
          places_are_where_the_networks_stand_beside_each_other,
          a_restored_run_has_the_layers_of_the_whole_one, a_run_without_a_network_has_no_such_key)
