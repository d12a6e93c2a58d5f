/*
 * expr_test.c - expressions: precedence, functions, text, what is wrong and where.
 */
#include "tests/test.h"

#include <math.h>

#include "tools/explore/expr.h"

static char error[256];

static bool look_up(void *ctx, const char *name, expr_value_t *value)
{
    (void)ctx;
    *value = (expr_value_t){0, NULL};
    if (strcmp(name, "rows") == 0)
        value->num = 48;
    else if (strcmp(name, "kind") == 0)
        value->text = "ws";
    else
        return false;
    return true;
}

static double value_of(const char *text)
{
    expr_value_t value;
    expr_t *e = expr_parse(text, error, sizeof(error));
    ck_assert_msg(e != NULL, "%s: %s", text, error);
    bool fine = expr_eval(e, look_up, NULL, &value, error, sizeof(error));
    ck_assert_msg(fine, "%s: %s", text, error);
    ck_assert(value.text == NULL);
    expr_free(e);
    return value.num;
}

static const char *error_of(const char *text)
{
    expr_value_t value;
    expr_t *e = expr_parse(text, error, sizeof(error));
    if (e != NULL)
        ck_assert_msg(!expr_eval(e, look_up, NULL, &value, error, sizeof(error)), "%s", text);
    expr_free(e);
    return error;
}

START_TEST(what_binds_closer_comes_first)
{
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"1 + 2 * 3", 7},
        {"(1 + 2) * 3", 9},
        {"10 - 4 - 3", 3},
        {"48 / 4 / 2", 6},
        {"17 % 5 * 2", 4},
        {"2 ^ 3 ^ 2", 512},
        {"-2 ^ 2", -4},
        {"2 ^ -1", 0.5},
        {"2 * -3", -6},
        {"1 + 1 == 2", 1},
        {"3 < 2 || 2 <= 2 && 1 != 2", 1},
        {"1 || 0 && 0", 1},
        {"!0 + 1", 2},
        {"!(1 > 0)", 0},
        {"rows * 48 >= 2304", 1},
        {"1.5e3 + .5", 1500.5},
        {"1-1", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        ck_assert_msg(fabs(value_of(cases[i].text) - cases[i].value) < 1e-12, "%s", cases[i].text);
}
END_TEST

START_TEST(functions_do_what_they_are_called)
{
    ck_assert_double_eq(value_of("min(3, 2, 7)"), 2);
    ck_assert_double_eq(value_of("max(-3, -2, -7)"), -2);
    ck_assert_double_eq(value_of("ceil(2.1) + floor(-2.1) + round(2.5) + abs(-4)"), 7);
    ck_assert_double_eq(value_of("sqrt(2304)"), 48);
    ck_assert_double_eq(value_of("log2(4096)"), 12);
    ck_assert_double_eq(value_of("if(rows > 40, 1, 2)"), 1);
}
END_TEST

START_TEST(text_is_compared_and_chosen)
{
    ck_assert_double_eq(value_of("kind == 'ws'"), 1);
    ck_assert_double_eq(value_of("kind != \"ws\""), 0);
    ck_assert_double_eq(value_of("if(kind == 'os', 1, 2)"), 2);
    ck_assert_double_eq(value_of("if(rows == 48, kind, 'os') == 'ws'"), 1);
    ck_assert_str_eq(error_of("kind + 1"), "column 1: text, expected a number");
    ck_assert_str_eq(error_of("kind == 1"), "column 6: text is compared with a number");
    ck_assert_str_eq(error_of("min(1, 'a')"), "column 8: text, expected a number");
}
END_TEST

START_TEST(what_is_not_needed_is_not_worked_out)
{
    ck_assert_double_eq(value_of("rows > 1 || 1 / 0"), 1);
    ck_assert_double_eq(value_of("rows < 1 && nobody"), 0);
    ck_assert_double_eq(value_of("if(1, 5, 1 / 0)"), 5);
}
END_TEST

START_TEST(errors_say_where)
{
    static const struct {
        const char *text, *error;
    } cases[] = {
        {"", "column 1: ends where a value is expected"},
        {"1 +", "column 4: ends where a value is expected"},
        {"1 2", "column 3: expected an operator or the end"},
        {"(1", "column 3: expected ')'"},
        {"1 + )", "column 5: expected a value"},
        {"a < b < c", "column 7: expected an operator or the end"},
        {"sin(1)", "column 1: no function 'sin'"},
        {"1 + sqrt(1, 2)", "column 5: sqrt takes 1 operands, not 2"},
        {"min(1)", "column 1: min takes 2 or more operands, not 1"},
        {"0x10", "column 1: not a number"},
        {"1e999", "column 1: number too large"},
        {"12ab", "column 1: not a number"},
        {"'abc", "column 1: text without end"},
        {"1 + nobody", "column 5: no value for nobody"},
        {"rows / (48 - rows)", "column 6: division by 0"},
        {"5 % 0", "column 3: division by 0"},
        {"1 + sqrt(-1)", "column 5: no finite number"},
        {"log2(0)", "column 1: no finite number"},
        {"10 ^ 400", "column 4: no finite number"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        ck_assert_str_eq(error_of(cases[i].text), cases[i].error);
}
END_TEST

static const char *repeated(const char *what, size_t times, const char *end)
{
    static char text[8192];
    text[0] = '\0';
    for (size_t i = 0; i < times; i++)
        strcat(text, what);
    return strcat(text, end);
}

START_TEST(depth_and_length_have_ends)
{
    ck_assert(strstr(error_of(repeated("(", 500, "1")), "nested deeper than 64") != NULL);
    ck_assert(strstr(error_of(repeated("-", 500, "1")), "nested deeper than 64") != NULL);
    ck_assert(strstr(error_of(repeated("2^", 400, "1")), "nested deeper than 64") != NULL);
    ck_assert(strstr(error_of(repeated("1+", 501, "1")), "longer than 1000 bytes") != NULL);
    ck_assert_double_eq(value_of(repeated("1+", 499, "1")), 500);
}
END_TEST

START_TEST(names_are_told_once_with_their_first_place)
{
    uint32_t column = 0;
    expr_t *e = expr_parse("b + a * b <= max(c, 'd')", error, sizeof(error));
    ck_assert_str_eq(expr_name(e, 0, &column), "b");
    ck_assert_uint_eq(column, 1);
    ck_assert_str_eq(expr_name(e, 1, &column), "a");
    ck_assert_uint_eq(column, 5);
    ck_assert_str_eq(expr_name(e, 2, NULL), "c");
    ck_assert(expr_name(e, 3, NULL) == NULL);
    ck_assert_str_eq(expr_text(e), "b + a * b <= max(c, 'd')");
    expr_free(e);
}
END_TEST

TEST_MAIN("tools expr", what_binds_closer_comes_first, functions_do_what_they_are_called,
          text_is_compared_and_chosen, what_is_not_needed_is_not_worked_out, errors_say_where,
          depth_and_length_have_ends, names_are_told_once_with_their_first_place)
