/*
 * json_test.c - reading with complaints that name file and path; exact output; hostile input.
 */
#include "sim/json.h"
#include "tests/test.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>

static sim_doc_t *doc;
static sim_cfg_t root;

static void open_text(const char *text)
{
    doc = sim_doc_parse(text, strlen(text), "a.json");
    ck_assert_ptr_nonnull(doc);
    root = sim_doc_root(doc);
}

static void close_text(void)
{
    sim_doc_free(doc);
}

static void expect_error(const char *want)
{
    const char *error = sim_doc_error(doc);
    ck_assert_msg(error != NULL, "no complaint, expected: %s", want);
    ck_assert_str_eq(error, want);
    close_text();
}

static void expect_fine(void)
{
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    close_text();
}

/* ---- values ---- */

START_TEST(values_are_read_by_key)
{
    static const char *const kinds[] = {"car", "person", "hand"};
    double nums[3] = {0, 0, 0};
    open_text("{\"n\": 9007199254740992, \"i\": -5, \"x\": 0.25, \"yes\": true, \"no\": false,"
              " \"text\": \"h\\u00e9\", \"t\": \"1.5us\", \"kind\": \"person\","
              " \"v\": [1, -2.5, 1e3]}");
    ck_assert_uint_eq(sim_cfg_u64(&root, "n", 0, UINT64_MAX, 0), UINT64_C(9007199254740992));
    ck_assert_int_eq(sim_cfg_i64(&root, "i", -5, 5, 0), -5);
    ck_assert_double_eq(sim_cfg_num(&root, "x", 0, 1, 9), 0.25);
    ck_assert(sim_cfg_bool(&root, "yes", false));
    ck_assert(!sim_cfg_bool(&root, "no", true));
    ck_assert_str_eq(sim_cfg_str(&root, "text", ""), "h\xc3\xa9");
    ck_assert_uint_eq(sim_cfg_time_ps(&root, "t", 0), 1500000);
    ck_assert_uint_eq(sim_cfg_enum(&root, "kind", kinds, 3, 0), 1);
    sim_cfg_nums(&root, "v", nums, 3, -10, 1000);
    ck_assert_double_eq(nums[0], 1);
    ck_assert_double_eq(nums[1], -2.5);
    ck_assert_double_eq(nums[2], 1000);
    ck_assert(sim_cfg_has(&root, "n"));
    ck_assert(!sim_cfg_has(&root, "N")); /* case matters */
    ck_assert(sim_cfg_is_str(&root, "text"));
    ck_assert(!sim_cfg_is_str(&root, "v"));
    sim_cfg_done(&root);
    expect_fine();
}
END_TEST

START_TEST(absent_values_take_their_defaults)
{
    static const char *const kinds[] = {"car"};
    double nums[2] = {3, 4};
    open_text("{}");
    sim_cfg_t inner = sim_cfg_obj(&root, "sensor"); /* an absent object is a valid cursor */
    sim_cfg_t zero = {0};
    for (const sim_cfg_t *cfg = &root; cfg != NULL; cfg = cfg == &root    ? &inner
                                                          : cfg == &inner ? &zero
                                                                          : NULL) {
        ck_assert_uint_eq(sim_cfg_u64(cfg, "n", 0, 9, 77), 77);
        ck_assert_int_eq(sim_cfg_i64(cfg, "n", 0, 9, -77), -77);
        ck_assert_double_eq(sim_cfg_num(cfg, "n", 0, 9, 7.5), 7.5);
        ck_assert(sim_cfg_bool(cfg, "n", true));
        ck_assert_str_eq(sim_cfg_str(cfg, "n", "none"), "none");
        ck_assert_uint_eq(sim_cfg_time_ps(cfg, "n", 5), 5);
        ck_assert_uint_eq(sim_cfg_enum(cfg, "n", kinds, 1, 42), 42);
        ck_assert_uint_eq(sim_cfg_count(cfg, "n"), 0);
        ck_assert_ptr_null(sim_cfg_str_at(cfg, "n", 3));
        ck_assert(!sim_cfg_has(cfg, "n"));
        ck_assert(!sim_cfg_is_str(cfg, "n"));
        sim_cfg_nums(cfg, "n", nums, 2, 0, 9);
        sim_cfg_done(cfg);
    }
    ck_assert_double_eq(nums[0], 3);
    ck_assert_double_eq(nums[1], 4);
    expect_fine();
}
END_TEST

START_TEST(nested_objects_and_arrays_are_walked)
{
    open_text("{\"scene\": {\"people\": [{\"h\": 1}, {\"h\": 2}, {\"h\": 3}],"
              " \"files\": [\"a.png\", \"b.png\"], \"grid\": [[1, 2], [3, 4]]}}");
    sim_cfg_t scene = sim_cfg_obj(&root, "scene");
    ck_assert_uint_eq(sim_cfg_count(&scene, "people"), 3);
    static const uint32_t order[] = {0, 1, 2, 1, 0, 2}; /* forward and back */
    for (size_t i = 0; i < SIM_COUNT(order); i++) {
        sim_cfg_t person = sim_cfg_at(&scene, "people", order[i]);
        ck_assert_uint_eq(sim_cfg_u64(&person, "h", 0, 9, 0), order[i] + 1);
        sim_cfg_done(&person);
    }
    ck_assert_uint_eq(sim_cfg_count(&scene, "files"), 2);
    ck_assert_str_eq(sim_cfg_str_at(&scene, "files", 1), "b.png");
    ck_assert_ptr_null(sim_cfg_str_at(&scene, "files", 2)); /* beyond the end */
    sim_cfg_t row = sim_cfg_at(&scene, "grid", 1);
    double nums[2] = {0};
    ck_assert_uint_eq(sim_cfg_count(&row, NULL), 2); /* NULL: the value itself */
    sim_cfg_nums(&row, NULL, nums, 2, 0, 9);
    ck_assert_double_eq(nums[1], 4);
    sim_cfg_done(&scene);
    sim_cfg_done(&root);
    expect_fine();
}
END_TEST

START_TEST(a_long_array_is_walked_in_linear_time)
{
    const uint32_t count = 200000; /* quadratic would be 2e10 steps */
    char *text = malloc(count * 8 + 16);
    size_t used = (size_t)sprintf(text, "{\"a\":[{}");
    for (uint32_t i = 1; i < count; i++)
        used += (size_t)sprintf(text + used, ",{}");
    used += (size_t)sprintf(text + used, "]}");
    open_text(text);
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t item = sim_cfg_at(&root, "a", i);
        ck_assert_ptr_nonnull(item.node);
        sim_cfg_u64(&item, "absent", 0, 1, 0);
        sim_cfg_done(&item);
    }
    free(text);
    expect_fine();
}
END_TEST

/* ---- complaints: file, path, what ---- */

static const char people[] = "{\"scene\": {\"people\": [{}, {}, {}, {\"height_m\": 9, \"n\": 1.5,"
                             " \"name\": 7, \"big\": 1e300, \"huge\": 1e999}],"
                             " \"size\": [1, 2], \"mode\": \"slow\", \"lag\": \"5 min\"}}";

static void read_bad(int which)
{
    static const char *const modes[] = {"fast", "exact"};
    double nums[3];
    sim_cfg_t scene = sim_cfg_obj(&root, "scene");
    sim_cfg_t person = sim_cfg_at(&scene, "people", 3);
    switch (which) {
    case 0:
        sim_cfg_num(&person, "height_m", 0.5, 2.5, 0);
        break;
    case 1:
        sim_cfg_u64(&person, "n", 0, 9, 0);
        break;
    case 2:
        sim_cfg_str(&person, "name", "");
        break;
    case 3:
        sim_cfg_u64(&person, "big", 0, 9, 0);
        break;
    case 4:
        sim_cfg_num(&person, "huge", 0, INFINITY, 0);
        break;
    case 5:
        sim_cfg_nums(&scene, "size", nums, 3, 0, 9);
        break;
    case 6:
        sim_cfg_nums(&scene, "size", nums, 2, 0, 1);
        break;
    case 7:
        sim_cfg_enum(&scene, "mode", modes, 2, 0);
        break;
    case 8:
        sim_cfg_time_ps(&scene, "lag", 0);
        break;
    case 9:
        sim_cfg_obj(&scene, "mode");
        break;
    case 10:
        sim_cfg_count(&root, "scene");
        break;
    case 11:
        sim_cfg_need(&person, "age");
        break;
    case 12:
        sim_cfg_fail(&person, "height_m", "taller than the door of %d m", 2);
        break;
    case 13:
        sim_cfg_fail(&scene, NULL, "needs %s", "light");
        break;
    case 14:
        sim_cfg_bool(&scene, "mode", true);
        break;
    case 15:
        sim_cfg_i64(&person, "height_m", -8, 8, 0);
        break;
    case 16:
        sim_cfg_str_at(&scene, "size", 1);
        break;
    case 17:
        sim_cfg_at(&scene, "size", 0); /* a number is no object, */
        person = sim_cfg_at(&scene, "size", 0);
        sim_cfg_bool(&person, "x", false); /* said when a key is asked for */
        break;
    case 18:
        sim_cfg_num(&person, "height_m", 10, INFINITY, 0);
        break;
    default:
        sim_cfg_fail(&root, NULL, "empty");
        break;
    }
}

START_TEST(complaints_name_file_and_path)
{
    static const char *const want[] = {
        "a.json: scene.people[3].height_m: 9 not in 0.5..2.5",
        "a.json: scene.people[3].n: 1.5 is not an integer",
        "a.json: scene.people[3].name: must be a string, not a number",
        "a.json: scene.people[3].big: 1e+300 is beyond 2^53, where integers are not exact",
        "a.json: scene.people[3].huge: number too large",
        "a.json: scene.size: must have 3 numbers, not 2",
        "a.json: scene.size[1]: 2 not in 0..1",
        "a.json: scene.mode: \"slow\" is none of fast, exact",
        "a.json: scene.lag: \"5 min\" is not a time: number and ps, ns, us, ms or s",
        "a.json: scene.mode: must be an object, not a string",
        "a.json: scene: must be an array, not an object",
        "a.json: scene.people[3].age: missing",
        "a.json: scene.people[3].height_m: taller than the door of 2 m",
        "a.json: scene: needs light",
        "a.json: scene.mode: must be true or false, not a string",
        "a.json: scene.people[3].height_m: 9 not in -8..8",
        "a.json: scene.size[1]: must be a string, not a number",
        "a.json: scene.size[0]: must be an object, not a number",
        "a.json: scene.people[3].height_m: 9 is less than 10",
        "a.json: empty",
    };
    for (int i = 0; i < (int)SIM_COUNT(want); i++) {
        open_text(people);
        read_bad(i);
        expect_error(want[i]);
    }
}
END_TEST

START_TEST(the_first_complaint_stays_and_later_getters_give_defaults)
{
    open_text("{\"a\": 10, \"b\": 20, \"list\": [1]}");
    ck_assert_uint_eq(sim_cfg_u64(&root, "a", 0, 9, 5), 5);
    ck_assert_uint_eq(sim_cfg_u64(&root, "b", 0, 9, 6), 6);
    ck_assert_uint_eq(sim_cfg_u64(&root, "b", 0, 99, 7), 7); /* fine, but silent by now */
    ck_assert_uint_eq(sim_cfg_count(&root, "list"), 0);
    sim_cfg_need(&root, "c");
    sim_cfg_done(&root);
    expect_error("a.json: a: 10 not in 0..9");
}
END_TEST

START_TEST(negative_and_fractional_numbers_are_no_unsigned_integers)
{
    open_text("{\"a\": -1}");
    sim_cfg_u64(&root, "a", 0, 9, 0);
    expect_error("a.json: a: -1 not in 0..9");
    open_text("{\"a\": 9007199254740994}"); /* 2^53 + 2 */
    sim_cfg_u64(&root, "a", 0, UINT64_MAX, 0);
    expect_error("a.json: a: 9007199254740994 is beyond 2^53, where integers are not exact");
    open_text("{\"a\": 1e2}"); /* an integer, however it is written */
    ck_assert_uint_eq(sim_cfg_u64(&root, "a", 0, 100, 0), 100);
    expect_fine();
}
END_TEST

/* ---- unknown and duplicate keys ---- */

START_TEST(unknown_keys_are_errors_with_a_suggestion)
{
    open_text("{\"scene\": {\"heigth_m\": 1}}");
    sim_cfg_t scene = sim_cfg_obj(&root, "scene");
    sim_cfg_num(&scene, "width_m", 0, 9, 0);
    sim_cfg_num(&scene, "height_m", 0, 9, 0);
    sim_cfg_done(&scene);
    expect_error("a.json: scene.heigth_m: unknown key (did you mean \"height_m\"?)");

    open_text("{\"color\": 1, \"colour\": 2}"); /* near a key that is there */
    sim_cfg_u64(&root, "color", 0, 9, 0);
    sim_cfg_done(&root);
    expect_error("a.json: colour: unknown key (did you mean \"color\"?)");

    open_text("{\"zebra\": 1}");
    sim_cfg_u64(&root, "width", 0, 9, 0);
    sim_cfg_done(&root);
    expect_error("a.json: zebra: unknown key");
}
END_TEST

START_TEST(a_suggestion_comes_from_the_same_object)
{
    open_text("{\"a\": {\"x\": 1}, \"b\": {\"widht\": 1}}");
    sim_cfg_t a = sim_cfg_obj(&root, "a"), b = sim_cfg_obj(&root, "b");
    sim_cfg_u64(&a, "width", 0, 9, 0);
    sim_cfg_done(&b);
    expect_error("a.json: b.widht: unknown key");
}
END_TEST

START_TEST(sources_notes_and_underscores_are_always_allowed)
{
    open_text("{\"source\": \"datasheet\", \"note\": 1, \"comment\": [], \"_x\": {}, \"n\": 1}");
    sim_cfg_u64(&root, "n", 0, 9, 0);
    sim_cfg_done(&root);
    expect_fine();
    open_text("{\"Source\": 1}");
    sim_cfg_done(&root);
    expect_error("a.json: Source: unknown key");
}
END_TEST

START_TEST(duplicate_keys_are_errors_at_any_depth)
{
    open_text("{\"a\": 1, \"b\": 2, \"a\": 3}");
    expect_error("a.json: a: key is there twice");
    open_text("{\"s\": {\"list\": [{\"q\": 1}, {\"q\": 1, \"p\": 0, \"q\": 2}]}}");
    expect_error("a.json: s.list[1].q: key is there twice");
    open_text("{\"a\": {\"x\": 1}, \"b\": {\"x\": 1}, \"A\": 0}");
    expect_fine();
}
END_TEST

/* ---- syntax ---- */

START_TEST(syntax_errors_have_line_and_column)
{
    static const struct {
        const char *text, *error;
    } bad[] = {
        {"{\"a\": 1,\n \"b\": tru}", "a.json: line 2, column 7: not valid JSON"},
        {"", "a.json: line 1, column 1: not valid JSON"},
        {"{} x", "a.json: line 1, column 4: text after the end"},
        {"{}\n{}", "a.json: line 2, column 1: text after the end"},
        {"{\"a\": \"x\ny\"}", "a.json: line 1, column 9: control character in a string"},
        {"{\"a\":\x01 1}", "a.json: line 1, column 6: control character"},
    };
    for (size_t i = 0; i < SIM_COUNT(bad); i++) {
        open_text(bad[i].text);
        ck_assert_ptr_null(root.node);
        ck_assert_uint_eq(sim_cfg_u64(&root, "a", 0, 9, 4), 4);
        expect_error(bad[i].error);
    }
}
END_TEST

START_TEST(what_is_not_json_is_refused)
{
    static const char *const bad[] = {
        "{",        "}",         "[1,]",        "{\"a\":1,}", "{\"a\"}", "{a:1}",     "{'a':1}",
        "[1 2]",    "nul",       "truefalse",   "\"open",     "\"\\x\"", "\"\\u12\"", "-",
        "[1}",      "{\"a\":]}", "\"\\ud800\"", "// c\n{}",   "{,}",     "[,]",       "\"a\\",
        "{\"a\":1", "[\"a\",",   "+1",          ".5",         "NaN",     "Infinity",  "\xff\xfe{",
    };
    for (size_t i = 0; i < SIM_COUNT(bad); i++) {
        open_text(bad[i]);
        ck_assert_msg(sim_doc_error(doc) != NULL, "accepted: %s", bad[i]);
        close_text();
    }
}
END_TEST

START_TEST(nesting_is_limited)
{
    char text[256] = "";
    for (int depth = 64; depth <= 65; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        text[2 * depth] = '\0';
        open_text(text);
        if (depth == 64)
            expect_fine();
        else
            expect_error("a.json: line 1, column 65: nested too deeply");
    }
    open_text(
        "{\"a\": \"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"\"}");
    expect_fine(); /* brackets in a string do not nest */
}
END_TEST

START_TEST(a_million_open_brackets_do_no_harm)
{
    const size_t bytes = 1000000;
    char *text = malloc(bytes);
    memset(text, '[', bytes);
    doc = sim_doc_parse(text, bytes, "a.json");
    free(text);
    expect_error("a.json: line 1, column 65: nested too deeply");
}
END_TEST

START_TEST(zero_bytes_and_unterminated_buffers_do_no_harm)
{
    static const char text[] = "{\"a\": 1}\0 ";
    doc = sim_doc_parse(text, sizeof(text) - 1, "a.json");
    expect_error("a.json: line 1, column 9: control character");
    for (size_t bytes = 0; bytes < 8; bytes++) { /* exact copies: a sanitizer sees overreads */
        char *copy = malloc(bytes + (bytes == 0));
        memcpy(copy, text, bytes);
        doc = sim_doc_parse(copy, bytes, "a.json");
        ck_assert_ptr_nonnull(sim_doc_error(doc));
        close_text();
        free(copy);
    }
    char *copy = malloc(8);
    memcpy(copy, text, 8);
    doc = sim_doc_parse(copy, 8, "a.json");
    free(copy);
    root = sim_doc_root(doc);
    ck_assert_uint_eq(sim_cfg_u64(&root, "a", 0, 9, 0), 1);
    expect_fine();
}
END_TEST

START_TEST(long_paths_and_keys_are_cut_and_messages_stay_one_line)
{
    char text[3000], key[1001];
    memset(key, 'k', 1000);
    key[1000] = '\0';
    snprintf(text, sizeof(text), "{\"%s\": {\"%s\": \"\\n\\t\"}}", key, key);
    open_text(text);
    sim_cfg_t inner = sim_cfg_obj(&root, key);
    static const char *const names[] = {"x"};
    sim_cfg_enum(&inner, key, names, 1, 0);
    const char *error = sim_doc_error(doc);
    ck_assert_ptr_nonnull(error);
    ck_assert_uint_lt(strlen(error), 512);
    close_text();

    open_text("{\"a\\nb\": 1}");
    sim_cfg_done(&root);
    expect_error("a.json: a?b: unknown key");
}
END_TEST

START_TEST(every_small_damage_of_a_file_is_survived)
{
    static const char good[] = "{\"a\": {\"b\": [1, \"x\\u0041\", null, -1.5e3, {\"c\": true}]}}";
    char text[sizeof(good)];
    static const char evil[] = "{}[]\",:\\0-e.u\x7f\xff\x01";
    for (size_t at = 0; at < sizeof(good) - 1; at++)
        for (size_t e = 0; e < sizeof(evil); e++) {
            memcpy(text, good, sizeof(good));
            text[at] = evil[e];
            doc = sim_doc_parse(text, sizeof(good) - 1, "a.json");
            root = sim_doc_root(doc);
            sim_cfg_t a = sim_cfg_obj(&root, "a");
            for (uint32_t i = 0; i < sim_cfg_count(&a, "b"); i++)
                sim_cfg_str_at(&a, "b", i);
            sim_cfg_done(&a);
            sim_cfg_done(&root);
            /* a string is asked for where a number is: there must be some complaint */
            ck_assert_msg(sim_doc_error(doc) != NULL, "%s", text);
            close_text();
        }
}
END_TEST

/* ---- files ---- */

START_TEST(a_file_that_is_not_there_is_named)
{
    doc = sim_doc_load("/nonexistent/chip.json");
    root = sim_doc_root(doc);
    ck_assert_uint_eq(sim_cfg_u64(&root, "n", 0, 9, 3), 3);
    expect_error("/nonexistent/chip.json: No such file or directory");
}
END_TEST

/* ---- output ---- */

static void expect_print(sim_json_t *value, bool pretty, const char *want)
{
    char *text = sim_json_print(value, pretty);
    ck_assert_str_eq(text, want);
    free(text);
    sim_json_free(value);
}

START_TEST(values_are_printed)
{
    sim_json_t *top = sim_json_object();
    sim_json_add_u64(top, "max", UINT64_MAX);
    sim_json_add_i64(top, "min", INT64_MIN);
    sim_json_add_num(top, "tenth", 0.1);
    sim_json_add_bool(top, "yes", true);
    sim_json_add_null(top, "none");
    sim_json_add_str(top, "text", "a\"b\\c\n\x01");
    sim_json_t *list = sim_json_add_array(top, "list");
    sim_json_add_u64(list, NULL, 1);
    sim_json_t *inner = sim_json_add_object(list, NULL);
    sim_json_add_bool(inner, "no", false);
    expect_print(top, false,
                 "{\"max\":18446744073709551615,\"min\":-9223372036854775808,\"tenth\":0.1,"
                 "\"yes\":true,\"none\":null,\"text\":\"a\\\"b\\\\c\\n\\u0001\","
                 "\"list\":[1,{\"no\":false}]}");
}
END_TEST

START_TEST(set_replaces_or_adds)
{
    sim_json_t *top = sim_json_object();
    sim_json_add_u64(top, "a", 1);
    sim_json_set_value(top, "a", sim_json_array());
    sim_json_set_value(top, "b", sim_json_object());
    sim_json_add_value(top, "c", sim_json_array());
    expect_print(top, false, "{\"a\":[],\"b\":{},\"c\":[]}");
}
END_TEST

START_TEST(doubles_are_printed_with_the_fewest_digits_that_read_back_equal)
{
    static const struct {
        double value;
        const char *text;
    } known[] = {
        {0.1, "[0.1]"},
        {0.1 + 0.2, "[0.30000000000000004]"},
        {1.0 / 3.0, "[0.3333333333333333]"},
        {5e-324, "[5e-324]"},
        {DBL_MAX, "[1.7976931348623157e+308]"},
        {9007199254740991.0, "[9007199254740991]"},
        {-2.5, "[-2.5]"},
        {100, "[100]"},
        {(double)NAN, "[null]"},
        {(double)INFINITY, "[null]"},
    };
    for (size_t i = 0; i < SIM_COUNT(known); i++) {
        sim_json_t *list = sim_json_array();
        sim_json_add_num(list, NULL, known[i].value);
        expect_print(list, false, known[i].text);
    }
}
END_TEST

START_TEST(a_copy_prints_what_was_read_exactly)
{
    open_text(
        "{\"chip\": {\"n\": 9007199254740991, \"x\": 0.30000000000000004, \"l\": [1, \"s\"]}}");
    sim_cfg_t chip = sim_cfg_obj(&root, "chip"), none = sim_cfg_obj(&root, "none");
    sim_json_t *copy = sim_cfg_copy(&chip), *empty = sim_cfg_copy(&none);
    expect_fine(); /* the copy outlives the document */
    expect_print(copy, false, "{\"n\":9007199254740991,\"x\":0.30000000000000004,\"l\":[1,\"s\"]}");
    expect_print(empty, false, "{}");
}
END_TEST

START_TEST(pretty_output_reads_back_the_same)
{
    static const char compact[] = "{\"a\":{\"b\":[1,2.5,\"x\"],\"c\":{}},\"d\":null}";
    open_text(compact);
    sim_json_t *copy = sim_cfg_copy(&root);
    close_text();
    char *pretty = sim_json_print(copy, true);
    sim_json_free(copy);
    ck_assert_ptr_nonnull(strchr(pretty, '\n'));
    ck_assert_int_ne(pretty[strlen(pretty) - 1], '\n');
    open_text(pretty);
    free(pretty);
    copy = sim_cfg_copy(&root);
    expect_fine();
    expect_print(copy, false, compact);
}
END_TEST

TEST_MAIN("sim json", values_are_read_by_key, absent_values_take_their_defaults,
          nested_objects_and_arrays_are_walked, a_long_array_is_walked_in_linear_time,
          complaints_name_file_and_path, the_first_complaint_stays_and_later_getters_give_defaults,
          negative_and_fractional_numbers_are_no_unsigned_integers,
          unknown_keys_are_errors_with_a_suggestion, a_suggestion_comes_from_the_same_object,
          sources_notes_and_underscores_are_always_allowed, duplicate_keys_are_errors_at_any_depth,
          syntax_errors_have_line_and_column, what_is_not_json_is_refused, nesting_is_limited,
          a_million_open_brackets_do_no_harm, zero_bytes_and_unterminated_buffers_do_no_harm,
          long_paths_and_keys_are_cut_and_messages_stay_one_line,
          every_small_damage_of_a_file_is_survived, a_file_that_is_not_there_is_named,
          values_are_printed, set_replaces_or_adds,
          doubles_are_printed_with_the_fewest_digits_that_read_back_equal,
          a_copy_prints_what_was_read_exactly, pretty_output_reads_back_the_same)
