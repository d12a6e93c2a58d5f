/*
 * point_test.c - configurations of points, and what they come to: the same with and without what
 * an evaluator has kept.
 */
#include "tests/test.h"

#include <math.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tools/explore/constraint.h"
#include "tools/explore/point.h"

#define DIR FOVEA_OUT "/point"

static space_t space;
static point_base_t base;
static char error[1024];

/* A space in DIR whose chip and model are those of the tree. */
static void load(const char *rest)
{
    char text[4096];
    snprintf(text, sizeof(text),
             "{\"base\": {\"evaluate\": \"npu\", \"chip\": "
             "\"../../../logic/chips/imx500.json\", \"models\": "
             "[\"../../../scenes/models/presence.tflite\", "
             "\"../../../scenes/models/shelf.tflite\"]}, %s}",
             rest);
    point_base_free(&base);
    space_free(&space);
    ck_assert_msg(space_parse(&space, text, strlen(text), DIR "/s.json", evaluate_is_figure, error,
                              sizeof(error)),
                  "%s", error);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_msg(point_base_load(&base, &space, error, sizeof(error)), "%s", error);
}

/* Of levels, one for each free parameter. */
static char *config_of(const uint64_t *level)
{
    double gene[SPACE_FREE];
    space_value_t value[SPACE_PARAMS + 1];
    for (uint32_t i = 0; i < space.params; i++)
        if (space.param[i].kind != PARAM_EXPR)
            gene[space.param[i].column] =
                space_number(&space.param[i], level[space.param[i].column]);
    ck_assert(space_values(&space, gene, value, error, sizeof(error)));
    return point_config(&base, value, error, sizeof(error));
}

static void check_evaluate(evaluator_t *evaluator, const uint64_t *level, bool full,
                           evaluation_t *e)
{
    const evaluate_desc_t desc = {.full = full, .threads = 1};
    char *config = config_of(level);
    ck_assert_msg(config != NULL, "%s", error);
    evaluate(evaluator, config, &desc, e);
    free(config);
}

static void same_figures(const evaluation_t *a, const evaluation_t *b)
{
    ck_assert_int_eq(a->outcome, b->outcome);
    ck_assert_str_eq(a->reason, b->reason);
    for (uint32_t i = 0; i < EVALUATE_FIGURES; i++)
        ck_assert_msg(memcmp(&a->value[i], &b->value[i], sizeof(double)) == 0 ||
                          (isnan(a->value[i]) && isnan(b->value[i])),
                      "%s: %.17g, %.17g", evaluate_names[i].name, a->value[i], b->value[i]);
}

START_TEST(fields_are_replaced_in_depth)
{
    sim_doc_t *doc = sim_doc_parse("{\"a\":{\"b\":[1,{\"c\":2}]}}", 23, "x");
    const sim_cfg_t root = sim_doc_root(doc);
    sim_json_t *json = sim_cfg_copy(&root), *list = sim_json_array();
    sim_json_add_u64(list, NULL, 7);
    ck_assert(point_set(&json, "a.b[1].c", sim_json_array(), error, sizeof(error)));
    ck_assert(point_set(&json, "a.b[2]", list, error, sizeof(error)));
    ck_assert(point_set(&json, "a.new.deep", sim_json_object(), error, sizeof(error)));
    char *text = sim_json_print(json, false);
    ck_assert_str_eq(text, "{\"a\":{\"b\":[1,{\"c\":[]},[7]],\"new\":{\"deep\":{}}}}");
    free(text);
    ck_assert(!point_set(&json, "a.b.c", sim_json_array(), error, sizeof(error)));
    ck_assert_str_eq(error, "what should have \"c\" is no object");
    ck_assert(!point_set(&json, "a[0]", sim_json_array(), error, sizeof(error)));
    ck_assert(!point_set(&json, "a.b[9]", sim_json_array(), error, sizeof(error)));
    ck_assert_str_eq(error, "[9] of 3 elements");
    ck_assert(!point_set(&json, "a..b", sim_json_array(), error, sizeof(error)));
    ck_assert(!point_set(&json, "a.b[x]", sim_json_array(), error, sizeof(error)));
    sim_json_free(json);
    sim_doc_free(doc);
}
END_TEST

#define SPACE                                                                                      \
    "\"parameters\": {"                                                                            \
    "\"channels\": {\"field\": \"chip.npu.mac.channels\", \"values\": [4, 8]},"                    \
    "\"clock\": {\"field\": [\"chip.npu.clk_hz\", \"chip.logic.clock_hz\"], \"values\": [2e8, "    \
    "4e8]},"                                                                                       \
    "\"leak\": {\"field\": \"tech.logic.blocks[0].leakage_uw\", \"values\": [500, 900]},"          \
    "\"l2\": {\"field\": \"tech.logic.voltage_v\", \"values\": [0.8, 0.9]}}"

START_TEST(a_configuration_says_everything)
{
    char hash[POINT_HASH], other[POINT_HASH];
    load(SPACE);
    char *a = config_of((const uint64_t[]){1, 0, 0, 0, 1});
    char *b = config_of((const uint64_t[]){1, 0, 0, 0, 1});
    char *c = config_of((const uint64_t[]){0, 0, 0, 0, 1});
    ck_assert_str_eq(a, b);
    point_hash(a, hash);
    point_hash(c, other);
    ck_assert_str_ne(hash, other);
    ck_assert(strstr(a, "\"channels\":8") != NULL && strstr(c, "\"channels\":4") != NULL);
    ck_assert(strstr(a, "\"clk_hz\":200000000") != NULL);
    ck_assert(strstr(a, "shelf.tflite") != NULL);
    ck_assert(strstr(a, "\"note\"") == NULL && strstr(a, "\"_") == NULL);
    free(a);
    free(b);
    free(c);
}
END_TEST

/* Every combination, in an order that makes use of what was kept; then anew, each on its own. */
START_TEST(what_is_kept_changes_no_figure)
{
    enum { POINTS = 32 };
    static evaluation_t kept[POINTS], fresh;
    load(SPACE);
    evaluator_t *evaluator = evaluator_new();
    for (uint64_t n = 0; n < POINTS; n++)
        check_evaluate(evaluator,
                       (const uint64_t[]){n >> 4 & 1, n >> 3 & 1, n >> 1 & 1, n & 1, n >> 2 & 1},
                       false, &kept[n]);
    evaluator_work_t work = evaluator_work(evaluator);
    ck_assert_uint_eq(work.graphs, 2);
    ck_assert_uint_eq(work.programs, 4);   /* models x channels */
    ck_assert_uint_eq(work.inferences, 8); /* and clocks */
    evaluator_free(evaluator);
    for (uint64_t n = 0; n < POINTS; n++) {
        evaluator_t *own = evaluator_new();
        check_evaluate(own,
                       (const uint64_t[]){n >> 4 & 1, n >> 3 & 1, n >> 1 & 1, n & 1, n >> 2 & 1},
                       false, &fresh);
        evaluator_free(own);
        ck_assert_int_eq(fresh.outcome, EVALUATE_DONE);
        same_figures(&kept[n], &fresh);
    }
    ck_assert(kept[0].value[EVALUATED_energy_uj] < kept[16].value[EVALUATED_energy_uj] ||
              kept[0].value[EVALUATED_energy_uj] > kept[16].value[EVALUATED_energy_uj]);
}
END_TEST

/* Numbers, every cycle and burst an event: the same figures, all of them. */
START_TEST(in_full_it_is_the_same)
{
    static evaluation_t fast, full;
    load(SPACE);
    evaluator_t *evaluator = evaluator_new();
    for (uint64_t model = 0; model < 2; model++) {
        check_evaluate(evaluator, (const uint64_t[]){0, 1, 0, 0, model}, false, &fast);
        check_evaluate(evaluator, (const uint64_t[]){0, 1, 0, 0, model}, true, &full);
        ck_assert_int_eq(full.outcome, EVALUATE_DONE);
        same_figures(&fast, &full);
    }
    evaluator_free(evaluator);
}
END_TEST

START_TEST(what_cannot_be_built_has_a_reason)
{
    static evaluation_t e;
    load("\"parameters\": {"
         "\"channels\": {\"field\": \"chip.npu.mac.channels\", \"values\": [0, 8]},"
         "\"l2\": {\"field\": \"chip.logic.l2.bytes\", \"values\": [65536, 8388480]}}");
    evaluator_t *evaluator = evaluator_new();
    check_evaluate(evaluator, (const uint64_t[]){0, 1, 0}, false, &e);
    ck_assert_int_eq(e.outcome, EVALUATE_REFUSED);
    ck_assert_str_eq(e.reason, "point: chip.npu.mac.channels: 0 not in 1..256");
    check_evaluate(evaluator, (const uint64_t[]){1, 0, 0}, false, &e);
    ck_assert_int_eq(e.outcome, EVALUATE_REFUSED);
    ck_assert_msg(strstr(e.reason, "L2") != NULL, "%s", e.reason);
    ck_assert(!isnan(e.value[EVALUATED_area_mm2])); /* known before */
    check_evaluate(evaluator, (const uint64_t[]){1, 1, 0}, false, &e);
    ck_assert_int_eq(e.outcome, EVALUATE_DONE);
    evaluator_free(evaluator);
}
END_TEST

static bool ask(void *ctx, evaluation_t *e)
{
    return constraints_hold(ctx, e, false);
}

/* The area is known before anything is compiled, the program's bytes before it runs. */
START_TEST(constraints_are_asked_as_soon_as_may_be)
{
    static evaluation_t e;
    double gene[SPACE_FREE] = {0};
    space_value_t value[SPACE_PARAMS + 1];
    static const struct {
        const char *constraint, *reason;
        uint64_t programs, inferences;
    } cases[] = {
        {"area_mm2 <= rows", "area_mm2 <= rows: area_mm2 ", 0, 0},
        {"l2_peak_bytes < 1000", "l2_peak_bytes < 1000: l2_peak_bytes ", 1, 0},
        {"npu_ms < 1e-6", "npu_ms < 1e-6: npu_ms ", 1, 1},
        {"area_mm2 / (rows - 1) > 0", "column 10: division by 0", 0, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[512];
        snprintf(text, sizeof(text),
                 "\"parameters\": {\"rows\": {\"values\": [1]}}, \"constraints\": [\"%s\"]",
                 cases[i].constraint);
        load(text);
        evaluator_t *evaluator = evaluator_new();
        ck_assert(space_values(&space, gene, value, error, sizeof(error)));
        char *config = point_config(&base, value, error, sizeof(error));
        constraints_t constraints = {.space = &space, .value = value};
        const evaluate_desc_t desc = {.known = ask, .ctx = &constraints, .threads = 1};
        evaluate(evaluator, config, &desc, &e);
        ck_assert_int_eq(e.outcome, EVALUATE_REFUSED);
        ck_assert_msg(strstr(e.reason, cases[i].reason) != NULL, "%s", e.reason);
        ck_assert_uint_eq(evaluator_work(evaluator).programs, cases[i].programs);
        ck_assert_uint_eq(evaluator_work(evaluator).inferences, cases[i].inferences);
        free(config);
        evaluator_free(evaluator);
    }
}
END_TEST

START_TEST(files_that_changed_are_noticed)
{
    char path[256] = DIR "/m.bin", text[512];
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(path, "one", 3, error, sizeof(error)), SIM_OK);
    load(SPACE);
    char *config = config_of((const uint64_t[]){0, 0, 0, 0, 0});
    sim_doc_t *doc = sim_doc_parse(config, strlen(config), "x");
    ck_assert_msg(point_files_same(sim_doc_root(doc).node, error, sizeof(error)), "%s", error);
    sim_doc_free(doc);
    snprintf(text, sizeof(text), "{\"files\":{\"%s\":\"0123456789abcdef\"}}", path);
    doc = sim_doc_parse(text, strlen(text), "x");
    ck_assert(!point_files_same(sim_doc_root(doc).node, error, sizeof(error)));
    ck_assert_str_eq(error, DIR "/m.bin: not the file that the point was evaluated with");
    sim_doc_free(doc);
    free(config);
}
END_TEST

TEST_MAIN("tools point", fields_are_replaced_in_depth, a_configuration_says_everything,
          what_is_kept_changes_no_figure, in_full_it_is_the_same, what_cannot_be_built_has_a_reason,
          constraints_are_asked_as_soon_as_may_be, files_that_changed_are_noticed)
