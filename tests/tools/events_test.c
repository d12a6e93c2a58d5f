/*
 * events_test.c - fovea events: what is found, how it is printed, and what a broken log says.
 */
#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/json_lines.h"

#define DIR FOVEA_OUT "/events"

static char text[1 << 16], error[512];

static void put(const char *name, const char *content, size_t bytes)
{
    char path[128];
    snprintf(path, sizeof(path), DIR "/%s", name);
    ck_assert_int_eq(sim_dir_make(DIR "/run", error, sizeof(error)), SIM_OK);
    ck_assert_msg(sim_file_write(path, content, bytes, error, sizeof(error)) == SIM_OK, "%s",
                  error);
}

static void put_text(const char *name, const char *content)
{
    put(name, content, strlen(content));
}

/* Ten events of five frames, 100 ms each; frame 2 has none, frame 4 no key. */
static void write_run(void)
{
    put_text(
        "run/metadata.jsonl",
        "{\"frame\":0,\"time_ps\":0,\"boxes\":[],\"events\":["
        "{\"type\":\"presence\",\"time_ps\":0,\"present\":true}]}\n"
        "{\"frame\":1,\"time_ps\":100000000000,\"events\":["
        "{\"type\":\"crossing\",\"time_ps\":100000000000,\"id\":7,\"line\":\"door\","
        "\"direction\":\"in\"},"
        "{\"type\":\"crossing\",\"time_ps\":100000000000,\"id\":8,\"line\":1,"
        "\"direction\":\"out\"},"
        "{\"type\":\"zone_enter\",\"time_ps\":100000000000,\"id\":7,\"zone\":\"door\"}]}\n"
        "{\"frame\":2,\"time_ps\":200000000000,\"events\":[]}\n\n"
        "{\"frame\":3,\"time_ps\":300000000000,\"events\":["
        "{\"type\":\"dwell\",\"time_ps\":300000000000,\"id\":7,\"zone\":\"door\",\"ms\":200},"
        "{\"type\":\"facing_empty\",\"time_ps\":300000000000,\"facing\":\"co,\\\"la\"},"
        "{\"type\":\"gesture\",\"time_ps\":300000000000,\"id\":9,\"gesture\":\"wave\"},"
        "{\"type\":\"memory_error\",\"count\":2}]}\n"
        "{\"frame\":4,\"time_ps\":400000000000}\n"
        "{\"frame\":5,\"time_ps\":500000000000,\"events\":["
        "{\"type\":\"crossing\",\"time_ps\":500000000000,\"id\":7,\"line\":\"door\","
        "\"direction\":\"out\"},"
        "{\"type\":\"unknown\",\"time_ps\":500000000000,\"kind\":99,\"place\":0,\"value\":3}]}\n");
    put_text("run/truth.jsonl",
             "{\"frame\":1,\"time_ps\":100000000000,\"events\":[{\"type\":\"crossing\","
             "\"time_ps\":99123456789,\"id\":70000,\"direction\":\"in\",\"line\":\"door\"}]}");
}

/* Exit code of `fovea events <arguments>`; the output is in text. */
static int events(const char *arguments)
{
    return fovea(text, sizeof(text), "events %s", arguments);
}

static void finds(const char *arguments, const char *count)
{
    char all[512];
    snprintf(all, sizeof(all), DIR "/run --count %s", arguments);
    int code = events(all);
    ck_assert_msg(code == (strcmp(count, "0\n") == 0 ? 1 : 0), "%s: %d", all, code);
    ck_assert_msg(strcmp(text, count) == 0, "%s: %s", all, text);
}

START_TEST(each_option_leaves_what_it_names)
{
    write_run();
    finds("", "10\n");
    finds("--type crossing", "3\n");
    finds("-t crossing,dwell,unknown", "5\n");
    finds("--from 100ms", "9\n");
    finds("--from 100001us", "6\n");
    finds("--to 100ms", "1\n");
    finds("--from 100ms --to 300ms", "3\n");
    finds("--from frame:1 --to frame:3", "3\n");
    finds("--from frame:4", "2\n");
    finds("--from frame:2 --to 400ms", "4\n");
    finds("--id 7", "4\n");
    finds("--id 0", "0\n");
    finds("--direction out", "2\n");
    finds("--line door", "2\n");
    finds("--line 1", "1\n");
    finds("--facing 'co,\"la'", "1\n");
    finds("--zone door --type zone_enter,dwell", "2\n");
    finds("--zone door --type crossing", "2\n"); /* the line of that name */
    finds("--zone door --line door", "2\n");
    finds("--zone shelf", "0\n");
    finds("--type loitering", "0\n");
    finds("--type crossing --from 10s --zone door", "0\n");
}
END_TEST

START_TEST(a_table_has_time_frame_type_who_where_and_the_rest)
{
    write_run();
    ck_assert_int_eq(events(DIR "/run --from frame:1 --to frame:4"), 0);
    ck_assert_str_eq(text,
                     "     time, s   frame  type              id  where         what\n"
                     "    0.100000       1  crossing           7  door          direction in\n"
                     "    0.100000       1  crossing           8  1             direction out\n"
                     "    0.100000       1  zone_enter         7  door\n"
                     "    0.300000       3  dwell              7  door          ms 200\n"
                     "    0.300000       3  facing_empty          co,\"la\n"
                     "    0.300000       3  gesture            9                gesture wave\n"
                     "    0.300000       3  memory_error                        count 2\n");
    ck_assert_int_eq(events(DIR "/run --type unknown,presence"), 0);
    ck_assert_ptr_nonnull(strstr(text, "  present true\n"));
    ck_assert_ptr_nonnull(strstr(text, "  kind 99, place 0, value 3\n"));
}
END_TEST

#define HEAD                                                                                       \
    "time_ps,frame,type,id,line,zone,facing,place,direction,ms,count,gesture,present,reply,fault," \
    "kind,value\n"

START_TEST(json_and_csv_hold_the_same_events)
{
    write_run();
    ck_assert_int_eq(events(DIR "/run --json --type facing_empty,memory_error"), 0);
    ck_assert_str_eq(text, "{\"frame\":3,\"type\":\"facing_empty\",\"time_ps\":300000000000,"
                           "\"facing\":\"co,\\\"la\"}\n"
                           "{\"frame\":3,\"time_ps\":300000000000,\"type\":\"memory_error\","
                           "\"count\":2}\n");
    ck_assert_int_eq(events(DIR "/run --csv --from 300ms"), 0);
    ck_assert_str_eq(text, HEAD "300000000000,3,dwell,7,,door,,,,200,,,,,,,\n"
                                "300000000000,3,facing_empty,,,,\"co,\"\"la\",,,,,,,,,,\n"
                                "300000000000,3,gesture,9,,,,,,,,wave,,,,,\n"
                                "300000000000,3,memory_error,,,,,,,,2,,,,,,\n"
                                "500000000000,5,crossing,7,door,,,,out,,,,,,,,\n"
                                "500000000000,5,unknown,,,,,0,,,,,,,,99,3\n");
    put_text("fault.jsonl", "{\"frame\":1,\"time_ps\":5,\"events\":["
                            "{\"type\":\"fault\",\"time_ps\":5,\"fault\":\"npu_hung\"}]}\n");
    ck_assert_int_eq(events(DIR "/fault.jsonl --csv"), 0);
    ck_assert_str_eq(text, HEAD "5,1,fault,,,,,,,,,,,,npu_hung,,\n");
    ck_assert_int_eq(events(DIR "/run --csv --type dwell --from 9s"), 1); /* none: the head alone */
    ck_assert_str_eq(text, HEAD);
}
END_TEST

START_TEST(truth_and_several_files_are_searched_and_named)
{
    write_run();
    ck_assert_int_eq(events("--truth " DIR "/run"), 0);
    ck_assert_str_eq(text, "     time, s   frame  type              id  where         what\n"
                           "    0.099123       1  crossing       70000  door          direction "
                           "in\n");
    ck_assert_int_eq(events("--id 8 " DIR "/run " DIR "/run/metadata.jsonl"), 0);
    ck_assert_str_eq(text, "     time, s   frame  type              id  where         what\n" DIR
                           "/run/metadata.jsonl\n"
                           "    0.100000       1  crossing           8  1             direction "
                           "out\n" DIR "/run/metadata.jsonl\n"
                           "    0.100000       1  crossing           8  1             direction "
                           "out\n");
    ck_assert_int_eq(events("-c " DIR "/run/truth.jsonl " DIR "/run"), 0);
    ck_assert_str_eq(text, DIR "/run/truth.jsonl: 1\n" DIR "/run/metadata.jsonl: 10\n");
    ck_assert_int_eq(events("--csv --id 70000 " DIR "/run/truth.jsonl " DIR "/run"), 0);
    ck_assert_ptr_nonnull(strstr(text, "file,time_ps"));
    ck_assert_ptr_nonnull(strstr(text, "\n" DIR "/run/truth.jsonl,99123456789,1,crossing,70000,"));
    ck_assert_int_eq(events("- -c <" DIR "/run/metadata.jsonl"), 0);
    ck_assert_str_eq(text, "10\n");
}
END_TEST

START_TEST(a_broken_line_is_named_after_what_came_before_it)
{
    static const struct {
        const char *line, *error;
    } cases[] = {
        {"{\"events\": 5}", "bad.jsonl:2: events: must be an array"},
        {"{\"events\": {\"type\": 1}}", "bad.jsonl:2: events: must be an array"},
        {"{\"events\": [5]}", "bad.jsonl:2: events: one of them is no object"},
        {"{\"events\": [{}]}", "bad.jsonl:2: events: one of them has no text \"type\""},
        {"{\"events\": [{\"type\": 3}]}", "bad.jsonl:2: events: one of them has no text \"type\""},
        {"[]", "bad.jsonl:2: must be an object"},
        {"7", "bad.jsonl:2: must be an object"},
        {"{\"frame\": 3, \"ev", "bad.jsonl:2: line 1, column "},
        {"{} {}", "bad.jsonl:2: line 1, column "},
        {"\xff\xfe", "bad.jsonl:2: line 1, column 1"},
        {"{\"a\":1,\"a\":2}", "bad.jsonl:2: a: key is there twice"},
    };
    char content[512];
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        snprintf(content, sizeof(content),
                 "{\"frame\":1,\"time_ps\":1,\"events\":[{\"type\":\"stop\",\"zone\":0}]}\n%s\n",
                 cases[i].line);
        put_text("bad.jsonl", content);
        int code = events(DIR "/bad.jsonl --json");
        ck_assert_msg(code == 2, "case %zu: %d", i, code);
        ck_assert_msg(strstr(text, cases[i].error) != NULL, "case %zu: %s", i, text);
        ck_assert_ptr_nonnull(strstr(text, "{\"frame\":1,\"time_ps\":1,\"type\":\"stop\""));
        ck_assert_int_eq(line_count(text), 2);
    }
}
END_TEST

START_TEST(odd_values_are_printed_on_one_line_and_harm_nothing)
{
    static const char content[] =
        "{\"frame\":1e300,\"time_ps\":5,\"events\":[{\"type\":\"a\\nb\\u001b[2J\",\"id\":{},"
        "\"zone\":[1],\"k\\ney\":\"\\u0007\",\"line\":null}]}\r\n"
        "{\"frame\":null,\"time_ps\":\"x\",\"events\":[{\"type\":\"\"}]}";
    put("odd.jsonl", content, sizeof(content) - 1);
    ck_assert_int_eq(events(DIR "/odd.jsonl"), 0);
    ck_assert_int_eq(line_count(text), 3);
    ck_assert_ptr_nonnull(strstr(text, "a?b?[2J"));
    ck_assert_ptr_nonnull(strstr(text, "k?ey ?"));
    ck_assert_int_eq(events(DIR "/odd.jsonl --csv"), 0);
    ck_assert_int_eq(line_count(text), 3);
    ck_assert_int_eq(events(DIR "/odd.jsonl --json"), 0);
    ck_assert_int_eq(line_count(text), 2);
}
END_TEST

START_TEST(zeros_and_endless_lines_are_refused)
{
    static const char zeros[] = "{\"frame\":1}\n\0\0\n";
    put("zeros.jsonl", zeros, sizeof(zeros) - 1);
    ck_assert_int_eq(events(DIR "/zeros.jsonl"), 2);
    ck_assert_ptr_nonnull(strstr(text, "zeros.jsonl:2: "));
    ck_assert_int_eq(events("/dev/zero"), 2);
    ck_assert_str_eq(text, "fovea: events: /dev/zero:1: a line of more than 16 MiB\n");
}
END_TEST

START_TEST(misuse_is_told)
{
    static const struct {
        const char *arguments, *error;
    } cases[] = {
        {"", "events"},
        {DIR "/nothing", "nothing: No such file"},
        {DIR, "events/metadata.jsonl: No such file"},
        {DIR "/run --type fly", "--type: 'fly', expected one or more, with commas, of crossing, "},
        {DIR "/run --type crossing,", "--type: 'crossing,'"},
        {DIR "/run --from soon", "--from: 'soon', expected a time"},
        {DIR "/run --to 5", "--to: '5', expected a time"},
        {DIR "/run --to frame:3+7", "--to: 'frame:3+7'"},
        {DIR "/run --from 2s --to 1s", "--to 1s is not after --from 2s"},
        {DIR "/run --from frame:2 --to frame:2", "is not after"},
        {DIR "/run --direction up", "--direction: 'up', expected in or out"},
        {DIR "/run --id x", "--id"},
        {DIR "/run --zone ''", "--zone: 0 bytes, expected 1..63"},
        {DIR "/run --json --csv", "one of --json, --csv and --count"},
    };
    write_run();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int code = events(cases[i].arguments);
        ck_assert_msg(code == 2, "case %zu: %d", i, code);
        ck_assert_msg(strstr(text, cases[i].error) != NULL, "case %zu: %s", i, text);
        ck_assert_int_eq(line_count(text), 1);
    }
}
END_TEST

/* Somebody leaves half a second after the start, as the truth says, too. */
START_TEST(what_the_firmware_tells_is_found_and_is_true)
{
    static const struct {
        const char *options, *count;
    } cases[] = {{"--direction out --line line", "1\n"}, {"--direction in", "0\n"}};
    char arguments[256];
    int code = fovea(text, sizeof(text), "run scenes/entrance.json -n 18 -o " DIR "/entrance");
    ck_assert_msg(code == 0, "%s", text);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (int truth = 0; truth < 2; truth++) {
            snprintf(arguments, sizeof(arguments), "%s " DIR "/entrance -c -t crossing %s",
                     truth ? "--truth" : "", cases[i].options);
            ck_assert_int_eq(events(arguments), cases[i].count[0] == '0');
            ck_assert_msg(strcmp(text, cases[i].count) == 0, "%s: %s", arguments, text);
        }
}
END_TEST

/* ---- lines ---- */

static bool first_two(void *ctx, const sim_cfg_t *line)
{
    int *seen = ctx;
    ck_assert_int_eq(++*seen, (int)sim_json_num(sim_json_find(line->node, "n"), 0));
    return *seen < 2;
}

START_TEST(no_more_lines_are_read_than_are_wanted)
{
    int seen = 0;
    put_text("lines.jsonl", "{\"n\":1}\n\n{\"n\":2}\nnot JSON\n");
    ck_assert(json_lines(DIR "/lines.jsonl", first_two, &seen, error, sizeof(error)));
    ck_assert_int_eq(seen, 2);
    seen = -9;
    put_text("empty.jsonl", "");
    ck_assert(json_lines(DIR "/empty.jsonl", first_two, &seen, error, sizeof(error)));
    ck_assert_int_eq(seen, -9);
    ck_assert(!json_lines(DIR "/run", first_two, &seen, error, sizeof(error)));
    ck_assert_ptr_nonnull(strstr(error, "directory"));
}
END_TEST

TEST_MAIN("tools events", each_option_leaves_what_it_names,
          a_table_has_time_frame_type_who_where_and_the_rest, json_and_csv_hold_the_same_events,
          truth_and_several_files_are_searched_and_named,
          a_broken_line_is_named_after_what_came_before_it,
          odd_values_are_printed_on_one_line_and_harm_nothing, zeros_and_endless_lines_are_refused,
          misuse_is_told, what_the_firmware_tells_is_found_and_is_true,
          no_more_lines_are_read_than_are_wanted)
