/*
 * space_test.c - spaces: levels, values, what is wrong with one; strategies over them.
 */
#include "tests/test.h"

#include <math.h>

#include "tools/explore/evaluate.h"
#include "tools/explore/pareto.h"
#include "tools/explore/sobol.h"
#include "tools/explore/strategy.h"

static space_t space;
static char error[1024];

#define NPU "\"base\": {\"evaluate\": \"npu\", \"models\": [\"m/a.tflite\"]}"
#define WANTED "\"objectives\": [{\"name\": \"npu_ms\"}, {\"name\": \"area_mm2\"}]"

static bool parse(const char *text)
{
    space_free(&space);
    error[0] = '\0';
    return space_parse(&space, text, strlen(text), "d/s.json", evaluate_is_figure, error,
                       sizeof(error));
}

static void read_space(const char *text)
{
    bool fine = parse(text);
    ck_assert_msg(fine, "%s", error);
}

START_TEST(levels_are_lists_steps_and_powers_of_two)
{
    double gene[SPACE_FREE] = {0};
    space_value_t value[SPACE_PARAMS + 1];
    read_space("{" NPU ", \"parameters\": {"
               "\"a\": {\"values\": [3, \"x\", [1, 2]]},"
               "\"b\": {\"range\": [0.1, 0.5], \"step\": 0.1},"
               "\"c\": {\"range\": [64, 1000], \"log2\": true},"
               "\"d\": {\"expr\": \"b * 10 + c\"}}}");
    ck_assert_uint_eq(space.free, 3);
    ck_assert_uint_eq(space.param[0].levels, 3);
    ck_assert_uint_eq(space.param[1].levels, 5);
    ck_assert_uint_eq(space.param[2].levels, 4); /* 64, 128, 256, 512 */
    ck_assert_uint_eq(space_points(&space), 60);
    gene[0] = space_number(&space.param[0], 2);
    gene[1] = space_number(&space.param[1], 2);
    gene[2] = space_number(&space.param[2], 3);
    ck_assert(space_values(&space, gene, value, error, sizeof(error)));
    char *text = space_values_text(&space, value);
    ck_assert_str_eq(text, "{\"a\":[1,2],\"b\":0.3,\"c\":512,\"d\":515}");
    free(text);
}
END_TEST

START_TEST(a_level_is_the_same_wherever_its_number_comes_from)
{
    read_space("{" NPU ", \"parameters\": {\"a\": {\"range\": [1, 1000], \"step\": 1}}}");
    const space_param_t *p = &space.param[0];
    ck_assert_uint_eq(p->levels, 1000);
    for (uint64_t level = 0; level < p->levels; level++)
        ck_assert_uint_eq(space_level(p, space_number(p, level)), level);
    ck_assert_uint_eq(space_level(p, 0), 0);
    ck_assert_uint_eq(space_level(p, 1 - 0x1p-32), 999);
}
END_TEST

START_TEST(several_models_are_a_parameter)
{
    double gene[SPACE_FREE] = {0.25, 0.75};
    space_value_t value[SPACE_PARAMS + 1];
    read_space("{\"base\": {\"evaluate\": \"npu\", \"models\": [\"m/a.tflite\", \"b.onnx\"]}, "
               "\"parameters\": {\"x\": {\"values\": [1, 2]}}, "
               "\"constraints\": [\"model == 'b.onnx' || x < 2\"]}");
    ck_assert_uint_eq(space.free, 2);
    ck_assert_str_eq(space.model[0], "d/m/a.tflite");
    ck_assert(space_values(&space, gene, value, error, sizeof(error)));
    ck_assert_str_eq(value[1].v.text, "b.onnx");
}
END_TEST

#define P(text) "{" NPU ", \"parameters\": {" text "}}"

START_TEST(what_is_wrong_is_told_with_its_path)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"{", "d/s.json: line 1, column 1: not valid JSON"},
        {"{}", "base: missing"},
        {"{\"base\": {\"evaluate\": \"cpu\"}}", "base.evaluate: \"cpu\" is none of npu, run"},
        {"{\"base\": {\"evaluate\": \"npu\", \"models\": []}}", "base.models: none"},
        {"{\"base\": {\"evaluate\": \"run\"}}", "base.scenarios: missing"},
        {"{\"base\": {\"evaluate\": \"npu\", \"models\": [\"a\", \"b/a\"]}}",
         "base.models: two files of the name a"},
        {"{\"base\": {\"evaluate\": \"run\", \"scenarios\": [\"a\"], \"models\": [\"b\"]}}",
         "base.models: only where \"evaluate\" is \"npu\""},
        {P(""), "parameters: nothing to vary"},
        {P("\"a b\": {\"values\": [1]}"), "parameters.a b: a name is 1 to 47 letters"},
        {P("\"tops\": {\"values\": [1]}"), "parameters.tops: is the name of a figure already"},
        {P("\"a\": {}"), "parameters.a: needs one of values, range, expr"},
        {P("\"a\": {\"values\": [1], \"expr\": \"1\"}"), "needs one of values, range, expr"},
        {P("\"a\": {\"values\": []}"), "parameters.a.values: none"},
        {P("\"a\": {\"values\": 3}"), "parameters.a.values: must be an array"},
        {P("\"a\": {\"range\": [2, 1]}"), "parameters.a.range: 2 is not below 1"},
        {P("\"a\": {\"range\": [0, 1], \"log2\": true}"), "parameters.a.range: 0 is not above 0"},
        {P("\"a\": {\"range\": [0, 1], \"step\": 0}"), "parameters.a.step: 0 makes 0 levels"},
        {P("\"a\": {\"range\": [0, 1], \"stp\": 1}"), "parameters.a.stp: unknown key (did you"},
        {P("\"a\": {\"values\": [1], \"field\": \"npu.mac\"}"),
         "parameters.a.field: \"npu.mac\" does not begin with chip."},
        {P("\"a\": {\"values\": [1], \"field\": \"scenario.seed\"}"), "does not begin with chip."},
        {P("\"a\": {\"values\": [1]}, \"b\": {\"expr\": \"a +\"}"),
         "parameters.b.expr: column 4: ends where"},
        {P("\"b\": {\"expr\": \"2 * a\"}, \"a\": {\"values\": [1]}"),
         "parameters.b.expr: column 5: a is no parameter above this one"},
        {"{" NPU ", \"parameters\": {\"a\": {\"values\": [1]}}, \"constraints\": [\"1 < a\", "
         "\"b > 1\"]}",
         "constraints[1]: column 1: b is neither a parameter nor a figure"},
        {"{" NPU ", \"parameters\": {\"a\": {\"values\": [1]}}, \"constraints\": [7]}",
         "constraints[0]: must be a string"},
        {"{" NPU ", \"parameters\": {\"a\": {\"values\": [1]}}, \"objectives\": [{\"name\": "
         "\"recall\"}]}",
         "objectives[0].name: \"recall\" is neither a parameter nor a figure"},
        {"{" NPU ", \"parameters\": {\"a\": {\"values\": [1]}}, \"objectives\": [{\"name\": "
         "\"a\"}, {\"name\": \"npu_ms\"}, {\"name\": \"a\", \"goal\": \"max\"}]}",
         "objectives[2].name: \"a\" is an objective already"},
        {"{" NPU ", \"parameters\": {\"a\": {\"values\": [1]}}, \"strategy\": \"best\"}",
         "strategy: \"best\" is none of grid, random, sobol, evolve"},
        {"{" NPU ", \"parameters\": {\"a\": {\"values\": [1]}}, \"buget\": 1}",
         "buget: unknown key (did you mean \"budget\"?)"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ck_assert_msg(!parse(cases[i].text), "%s", cases[i].text);
        ck_assert_msg(strstr(error, cases[i].error) != NULL, "'%s' has no '%s'", error,
                      cases[i].error);
    }
}
END_TEST

/* ---- strategies ---- */

static strategy_t *begin(strategy_kind_t kind, uint64_t seed, uint64_t budget)
{
    strategy_t *s = strategy_new(kind, &space, seed, budget, error, sizeof(error));
    ck_assert_msg(s != NULL, "%s", error);
    return s;
}

static char *next_text(strategy_t *s)
{
    double gene[SPACE_FREE];
    space_value_t value[SPACE_PARAMS + 1];
    ck_assert_int_eq(strategy_next(s, gene), STRATEGY_POINT);
    ck_assert(space_values(&space, gene, value, error, sizeof(error)));
    return space_values_text(&space, value);
}

START_TEST(a_grid_has_every_combination_in_order)
{
    static const char *const all[] = {"{\"a\":1,\"b\":7}", "{\"a\":1,\"b\":8}",
                                      "{\"a\":1,\"b\":9}", "{\"a\":2,\"b\":7}",
                                      "{\"a\":2,\"b\":8}", "{\"a\":2,\"b\":9}"};
    double gene[SPACE_FREE];
    read_space(P("\"a\": {\"values\": [1, 2]}, \"b\": {\"range\": [7, 9], \"step\": 1}"));
    strategy_t *s = begin(STRATEGY_GRID, 1, 100);
    for (size_t i = 0; i < 6; i++) {
        char *text = next_text(s);
        ck_assert_str_eq(text, all[i]);
        free(text);
    }
    ck_assert_int_eq(strategy_next(s, gene), STRATEGY_END);
    strategy_free(s);
}
END_TEST

/* All combinations, each once, then the end. */
static void exhausts(strategy_kind_t kind)
{
    double gene[SPACE_FREE];
    bool seen[12] = {false};
    strategy_t *s = begin(kind, 5, 1000);
    for (int i = 0; i < 12; i++) {
        ck_assert_int_eq(strategy_next(s, gene), STRATEGY_POINT);
        uint64_t at =
            space_level(&space.param[0], gene[0]) * 3 + space_level(&space.param[1], gene[1]);
        ck_assert(!seen[at]);
        seen[at] = true;
    }
    ck_assert_int_eq(strategy_next(s, gene), STRATEGY_END);
    strategy_free(s);
}

START_TEST(no_combination_comes_twice)
{
    read_space(P("\"a\": {\"values\": [1, 2, 3, 4]}, \"b\": {\"values\": [1, 2, 3]}"));
    exhausts(STRATEGY_RANDOM);
    exhausts(STRATEGY_SOBOL);
}
END_TEST

START_TEST(the_seed_decides_on_points)
{
    read_space(P("\"a\": {\"range\": [0, 1]}, \"b\": {\"range\": [1, 100], \"step\": 1}"));
    for (uint32_t k = STRATEGY_RANDOM; k <= STRATEGY_SOBOL; k++) {
        strategy_t *one = begin((strategy_kind_t)k, 7, 50);
        strategy_t *same = begin((strategy_kind_t)k, 7, 50);
        strategy_t *other = begin((strategy_kind_t)k, 8, 50);
        uint32_t differ = 0;
        for (int i = 0; i < 50; i++) {
            char *a = next_text(one), *b = next_text(same), *c = next_text(other);
            ck_assert_str_eq(a, b);
            differ += strcmp(a, c) != 0;
            free(a);
            free(b);
            free(c);
        }
        ck_assert_uint_eq(differ, 50);
        strategy_free(one);
        strategy_free(same);
        strategy_free(other);
    }
}
END_TEST

/* Worked out by hand from the recurrence: dimension 2 has v = 1/2, 3/4, 5/8. */
START_TEST(sobol_begins_as_the_paper_says)
{
    static const double first[8] = {0, 0.5, 0.25, 0.75, 0.125, 0.625, 0.375, 0.875};
    static const double second[8] = {0, 0.5, 0.75, 0.25, 0.625, 0.125, 0.375, 0.875};
    for (uint32_t i = 0; i < 8; i++) {
        ck_assert_double_eq(sobol_u32(0, i) / 0x1p32, first[i]);
        ck_assert_double_eq(sobol_u32(1, i) / 0x1p32, second[i]);
    }
}
END_TEST

/* 2^k points have one in each of 2^k equal parts, along every axis; the first two dimensions also
 * in each box of 2^i x 2^(k-i) parts. */
START_TEST(sobol_fills_evenly)
{
    enum { K = 10, POINTS = 1 << K };
    bool seen[POINTS];
    for (uint32_t d = 0; d < SOBOL_DIMENSIONS; d++) {
        memset(seen, 0, sizeof(seen));
        for (uint32_t i = 0; i < POINTS; i++)
            seen[sobol_u32(d, i) >> (32 - K)] = true;
        for (uint32_t i = 0; i < POINTS; i++)
            ck_assert_msg(seen[i], "dimension %u", d);
    }
    for (uint32_t a = 1; a < K; a++) {
        memset(seen, 0, sizeof(seen));
        for (uint32_t i = 0; i < POINTS; i++)
            seen[(sobol_u32(0, i) >> (32 - a)) << (K - a) | sobol_u32(1, i) >> (32 - K + a)] = true;
        for (uint32_t i = 0; i < POINTS; i++)
            ck_assert(seen[i]);
    }
}
END_TEST

/* ---- fronts ---- */

START_TEST(fronts_are_peeled_off)
{
    const double value[] = {1, 4, 2, 2, 4, 1, 2, 4, 3, 3, 5, 5, NAN, 0};
    uint32_t rank[7];
    ck_assert(pareto_rank(value, 7, 2, rank));
    const uint32_t expected[] = {0, 0, 0, 1, 1, 2, 3};
    for (int i = 0; i < 7; i++)
        ck_assert_uint_eq(rank[i], expected[i]);
    ck_assert(!pareto_dominates(value, value, 2)); /* equal */
    ck_assert(pareto_dominates(value + 10, value + 12, 2));
    ck_assert(!pareto_dominates(value + 12, value + 10, 2));
}
END_TEST

START_TEST(crowding_is_the_gap_between_neighbors)
{
    const double value[] = {0, 10, 1, 6, 4, 2, 10, 0};
    const uint32_t rank[] = {0, 0, 0, 0};
    double distance[4];
    ck_assert(pareto_crowding(value, 4, 2, rank, distance));
    ck_assert(isinf(distance[0]) && isinf(distance[3]));
    ck_assert_double_eq_tol(distance[1], 4 / 10.0 + 8 / 10.0, 1e-12);
    ck_assert_double_eq_tol(distance[2], 9 / 10.0 + 6 / 10.0, 1e-12);
}
END_TEST

/* Against every pair of rows, with many equal numbers, some missing, two groups. */
START_TEST(a_front_is_what_no_row_dominates)
{
    enum { ROWS = 300, MOST = 4 };
    static double value[ROWS * MOST];
    static uint64_t group[ROWS];
    static bool in[ROWS];
    sim_stream_t random = sim_stream(11, 1, 0);
    for (uint32_t objectives = 1; objectives <= MOST; objectives++) {
        uint32_t size = 0;
        for (uint32_t i = 0; i < ROWS; i++) {
            group[i] = sim_stream_below(&random, 2);
            for (uint32_t m = 0; m < objectives; m++) {
                uint32_t v = sim_stream_below(&random, 12);
                value[i * objectives + m] = v == 11 ? (double)NAN : v == 10 ? (double)INFINITY : v;
            }
        }
        ck_assert(pareto_front(value, group, ROWS, objectives, in));
        for (uint32_t a = 0; a < ROWS; a++) {
            const double *row = value + (size_t)a * objectives;
            bool best = true;
            for (uint32_t m = 0; m < objectives; m++)
                best &= !isnan(row[m]);
            for (uint32_t b = 0; b < ROWS; b++)
                best &= group[a] != group[b] ||
                        !pareto_dominates(value + (size_t)b * objectives, row, objectives);
            ck_assert_msg(in[a] == best, "%u objectives, row %u", objectives, a);
            size += best;
        }
        ck_assert_uint_gt(size, 1);
    }
}
END_TEST

/* Two goals on 64 x 64 levels: x, and a distance that only y = 20 makes small. The front is y = 20.
 */
static void judge(const double *gene, double figure[2])
{
    double x = (double)space_level(&space.param[0], gene[0]);
    double y = (double)space_level(&space.param[1], gene[1]);
    figure[0] = x + fabs(y - 20);
    figure[1] = (63 - x) + fabs(y - 20);
}

/* Of the 64 points of y = 20, how many are among so many. */
static uint32_t on_front(strategy_kind_t kind, uint64_t budget)
{
    double gene[SPACE_FREE], figure[2];
    uint32_t found = 0;
    strategy_t *s = begin(kind, 3, budget);
    for (uint64_t n = 0; strategy_next(s, gene) == STRATEGY_POINT; n++) {
        judge(gene, figure);
        strategy_tell(s, n, figure);
        found += space_level(&space.param[1], gene[1]) == 20;
    }
    strategy_free(s);
    return found;
}

static void read_plane(void)
{
    read_space("{" NPU ", " WANTED ", \"population\": 16, \"parameters\": {"
               "\"x\": {\"range\": [0, 63], \"step\": 1},"
               "\"y\": {\"range\": [0, 63], \"step\": 1}}}");
}

START_TEST(evolution_finds_what_chance_does_not)
{
    read_plane();
    uint32_t evolved = on_front(STRATEGY_EVOLVE, 400), random = on_front(STRATEGY_RANDOM, 400);
    ck_assert_msg(evolved >= 32 && random <= 13, "%u of 64, at random %u", evolved, random);
}
END_TEST

/* Results in any order, as soon or as late as may be: the same points. */
START_TEST(evolution_knows_no_time)
{
    enum { POINTS = 200, LATE = 12 };
    double gene[SPACE_FREE], figure[2];
    static double first[POINTS][2], genes[POINTS][2];
    read_plane();
    for (uint32_t late = 0; late <= LATE; late += LATE) {
        strategy_t *s = begin(STRATEGY_EVOLVE, 9, POINTS);
        uint64_t told = 0, made = 0;
        for (strategy_answer_t answer = STRATEGY_POINT; answer != STRATEGY_END;) {
            answer = strategy_next(s, gene);
            if (answer == STRATEGY_POINT) {
                memcpy(genes[made], gene, sizeof(genes[0]));
                if (late == 0)
                    memcpy(first[made], gene, sizeof(first[0]));
                else
                    ck_assert_int_eq(memcmp(first[made], gene, sizeof(first[0])), 0);
                made++;
            }
            if (answer == STRATEGY_WAIT || (late == 0 && answer == STRATEGY_POINT)) {
                for (uint64_t n = made; n-- > told;) { /* newest first */
                    judge(genes[n], figure);
                    strategy_tell(s, n, n % 7 == 3 ? NULL : figure);
                }
                told = made;
            }
        }
        ck_assert_uint_eq(made, POINTS);
        strategy_free(s);
    }
}
END_TEST

/* While one generation is on its way the next one can begin. */
START_TEST(a_generation_waits_for_the_last_but_one_only)
{
    double gene[SPACE_FREE], figure[2] = {1, 2};
    read_plane();
    strategy_t *s = begin(STRATEGY_EVOLVE, 1, 100);
    for (int i = 0; i < 32; i++)
        ck_assert_int_eq(strategy_next(s, gene), STRATEGY_POINT);
    ck_assert_int_eq(strategy_next(s, gene), STRATEGY_WAIT);
    for (uint64_t n = 0; n < 16; n++)
        strategy_tell(s, n, figure);
    for (int i = 0; i < 16; i++)
        ck_assert_int_eq(strategy_next(s, gene), STRATEGY_POINT);
    ck_assert_int_eq(strategy_next(s, gene), STRATEGY_WAIT);
    strategy_free(s);
}
END_TEST

START_TEST(a_strategy_says_what_it_needs)
{
    read_space(P("\"a\": {\"range\": [0, 1]}"));
    ck_assert(strategy_new(STRATEGY_GRID, &space, 1, 9, error, sizeof(error)) == NULL);
    ck_assert_str_eq(error, "d/s.json: a grid needs levels: a range without step or log2 has none");
    ck_assert(strategy_new(STRATEGY_EVOLVE, &space, 1, 9, error, sizeof(error)) == NULL);
    ck_assert_str_eq(error, "d/s.json: evolve needs objectives");
}
END_TEST

TEST_MAIN("tools space", a_front_is_what_no_row_dominates, levels_are_lists_steps_and_powers_of_two,
          a_level_is_the_same_wherever_its_number_comes_from, several_models_are_a_parameter,
          what_is_wrong_is_told_with_its_path, a_grid_has_every_combination_in_order,
          no_combination_comes_twice, the_seed_decides_on_points, sobol_begins_as_the_paper_says,
          sobol_fills_evenly, fronts_are_peeled_off, crowding_is_the_gap_between_neighbors,
          evolution_finds_what_chance_does_not, evolution_knows_no_time,
          a_generation_waits_for_the_last_but_one_only, a_strategy_says_what_it_needs)
