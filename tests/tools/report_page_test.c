/*
 * report_page_test.c - `fovea report`: sections, figures worked out by hand, markup that is whole,
 * text of files that stays text, and folders that are no run's.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/report_rig.h"
#include "tools/report/page.h"

#define DIR FOVEA_OUT "/report_page"

static char said[8192];

static const char *const ids[] = {"frames", "timeline", "latency", "layers",   "memory",
                                  "link",   "energy",   "events",  "counters", "setup"};

/* The page of a folder; it must be made. */
static char *page_of(const char *dir)
{
    ck_assert_msg(fovea(said, sizeof(said), "report %s -o %s/p.html", dir, dir) == 0, "%s", said);
    char *page = report_rig_get(dir, "p.html");
    ck_assert_ptr_nonnull(page);
    return page;
}

static char *page_of_rig(const char *dir)
{
    report_rig_run(dir);
    return page_of(dir);
}

static bool has(const char *page, const char *part)
{
    return strstr(page, part) != NULL;
}

/* ---- markup ---- */

static bool is_void(const char *name)
{
    static const char *const names[] = {"meta", "img", "br", "input"};
    for (size_t i = 0; i < SIM_COUNT(names); i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* The name of the tag at `at`, and where it ends; quotes may hold anything but quotes and '<'. */
static const char *read_tag(const char *at, char name[32])
{
    size_t n = 0;
    bool quoted = false;
    at += at[0] == '/';
    for (; isalnum((unsigned char)at[n]) && n < 31; n++)
        name[n] = at[n];
    name[n] = '\0';
    for (; *at != '\0' && (quoted || *at != '>'); at++) {
        ck_assert_msg(*at != '<', "'<' within <%s: %.60s", name, at);
        quoted ^= *at == '"';
    }
    ck_assert_msg(*at == '>', "<%s does not end", name);
    return at;
}

/* Every element ends in the right order: what a parser would have to guess is a mistake. */
static void check_markup(const char *page)
{
    static char stack[64][32];
    int depth = 0;
    for (const char *at = strchr(page, '<'); at != NULL; at = strchr(at, '<')) {
        char name[32];
        const char *tag = at + 1;
        bool closes = *tag == '/', empty;
        if (*tag == '!') {
            at = strchr(at, '>');
            continue;
        }
        at = read_tag(tag, name);
        empty = at[-1] == '/' || is_void(name);
        if (closes) {
            ck_assert_msg(depth > 0 && strcmp(stack[depth - 1], name) == 0, "</%s> in <%s>", name,
                          depth > 0 ? stack[depth - 1] : "");
            depth--;
        } else if (!empty) {
            ck_assert_int_lt(depth, 64);
            strcpy(stack[depth++], name);
        }
        if (!closes && (strcmp(name, "script") == 0 || strcmp(name, "style") == 0)) {
            char end[40];
            snprintf(end, sizeof(end), "</%s>", name);
            at = strstr(at, end); /* these have no markup in them */
            ck_assert_ptr_nonnull(at);
        }
    }
    ck_assert_int_eq(depth, 0);
}

START_TEST(a_page_has_every_section_once_and_its_markup_is_whole)
{
    char *page = page_of_rig(DIR "/whole");
    for (size_t i = 0; i < SIM_COUNT(ids); i++) {
        char part[64];
        snprintf(part, sizeof(part), "<section id=\"%s\">", ids[i]);
        ck_assert_int_eq(report_rig_count(page, part), 1);
        snprintf(part, sizeof(part), "<a href=\"#%s\">", ids[i]);
        ck_assert_int_eq(report_rig_count(page, part), 1);
    }
    check_markup(page);
    free(page);
}
END_TEST

START_TEST(a_page_needs_nothing_beside_it)
{
    char *page = page_of_rig(DIR "/alone");
    ck_assert(has(page, "default-src 'none'"));
    ck_assert_int_eq(report_rig_count(page, "http"), 1); /* http-equiv, of the policy */
    ck_assert(!has(page, "url(") && !has(page, "@import") && !has(page, "<link"));
    ck_assert(!has(page, "<script src"));
    free(page);
}
END_TEST

START_TEST(the_same_run_makes_the_same_page_wherever_it_lies)
{
    char *a = page_of_rig(DIR "/x/run"), *b = page_of_rig(DIR "/y/run");
    char *again = page_of(DIR "/x/run");
    ck_assert_str_eq(a, b);
    ck_assert_str_eq(a, again);
    report_rig_put(DIR "/y/run", "host.json", "{\"version\":\"0.0.0-test\",\"wall_s\":99}\n");
    char *slower = page_of(DIR "/y/run");
    ck_assert_str_eq(a, slower);
    free(a);
    free(b);
    free(again);
    free(slower);
}
END_TEST

/* ---- figures ---- */

START_TEST(figures_are_those_of_the_files)
{
    char *page = page_of_rig(DIR "/figures");
    ck_assert(has(page, "<b>11.0 ms</b><span>photon to alert, mean"));  /* (10 + 12) / 2 */
    ck_assert(has(page, "<b>8.00 ms</b><span>readout to alert, mean")); /* (7 + 9) / 2 */
    ck_assert(has(page,
                  "<td>NPU</td><td>the network</td><td class=\"n\" data-v=\"3000000000\">3.00 ms"
                  "</td><td class=\"n\" data-v=\"2000000000\">2.00 ms</td>"
                  "<td class=\"n\" data-v=\"4000000000\">4.00 ms</td>"));
    ck_assert(has(page, ">27.3 %<")); /* NPU's share: 3 of 11 ms */
    ck_assert(has(page, "<tr class=\"pole\"><td class=\"n\" data-v=\"1\">1</td><td>second</td>"));
    ck_assert_int_eq(report_rig_count(page, "class=\"pole\""), 1);
    ck_assert(has(page, ">75.0 %<")); /* second: 300 of 400 cycles; pixel: 0.75 of 1 mJ */
    ck_assert(has(page, "1.00 mJ in all, 250 \xc2\xb5J of it leakage; 20.0 mW on average, at most "
                        "40.0 mW."));
    ck_assert(has(page, "taken for 1.00 ms of 50.0 ms, 2 % of the time: 1.00 kB, 20.0 kB/s"));
    ck_assert(has(page, "sends them: 1.00 MB; the link carried 1.00 kB, 0.1 % of that."));
    ck_assert(has(page, "image: 300 bytes at 1024, layers 0 to 1"));
    ck_assert(has(page, "<td>told</td><td class=\"n\" data-v=\"1000000000\">0.001000</td>"));
    ck_assert(has(page, "line door, direction in"));
    ck_assert(has(page, "Run by fovea 0.0.0-test."));
    ck_assert(has(page, "<td>sensor.mipi.link_bytes</td>"));
    free(page);
}
END_TEST

START_TEST(amounts_have_three_digits_and_a_unit_that_fits)
{
    static const struct {
        double value;
        const char *unit, *text;
    } c[] = {{0, "B", "0 B"},
             {1, "B", "1 B"},
             {999, "B", "999 B"},
             {1000, "B", "1.00 kB"},
             {12345, "B", "12.3 kB"},
             {99960, "B", "100 kB"},
             {0.5, "s", "500 ms"},
             {1.5e-3, "s", "1.50 ms"},
             {2e-6, "s", "2.00 \xc2\xb5s"},
             {-0.25, "s", "-250 ms"},
             {3e-15, "J", "3.00 fJ"},
             {1234567, "W", "1.23 MW"},
             {9.9999e9, "B/s", "10.0 GB/s"}};
    for (size_t i = 0; i < SIM_COUNT(c); i++) {
        char text[PAGE_AMOUNT];
        ck_assert_str_eq(page_amount(text, c[i].value, c[i].unit), c[i].text);
    }
}
END_TEST

/* ---- text of files ---- */

START_TEST(text_of_files_is_never_markup)
{
#define EVIL "<script>alert('x')</script>&\\\"\\u0007"
    report_rig_run(DIR "/evil");
    report_rig_put(DIR "/evil", "stats.json",
                   "{\"networks\":[{\"name\":\"" EVIL "\",\"runs\":1,\"layers\":[{\"name\":\"" EVIL
                   "\",\"op\":\"" EVIL "\",\"long_pole\":\"" EVIL "\",\"mean_cycles\":5,\"stalls\":"
                   "{\"compute\":5}}],\"places\":[{\"name\":\"" EVIL "\",\"offset\":0,\"bytes\":5,"
                   "\"first_layer\":0,\"last_layer\":9}]}],\"state_hash\":\"" EVIL "\","
                   "\"sensor\":{\"" EVIL "\":{\"n\":{\"value\":1,\"unit\":\"" EVIL
                   "\",\"help\":\"" EVIL "\"}}},\"energy\":{\"fj\":1,\"blocks\":{\"" EVIL
                   "\":{\"fj\":1}},"
                   "\"phases\":{\"" EVIL "\":{\"fj\":1,\"blocks\":{\"" EVIL "\":1}}}}}");
    report_rig_put(DIR "/evil", "metadata.jsonl",
                   "{\"frame\":\"" EVIL "\",\"boxes\":[{\"class\":\"" EVIL "\",\"id\":\"" EVIL
                   "\"}],"
                   "\"events\":[{\"type\":\"" EVIL "\",\"zone\":\"" EVIL "\"}],\"" EVIL "\":3}\n");
    report_rig_put(DIR "/evil", "uart.log",
                   "<script>alert(1)</script>\x01\xff\xc0\x80\xed\xa0\x80 end");
    report_rig_put(DIR "/evil", "pins.jsonl", "{\"" EVIL "\":\"" EVIL "\"}\n");
    report_rig_put(DIR "/evil", "config.json", "{\"chip\":\"" EVIL "\",\"" EVIL "\":\"" EVIL "\"}");
    ck_assert_msg(fovea(said, sizeof(said),
                        "report " DIR "/evil -o " DIR "/evil/p.html --title "
                        "'</title><script>alert(2)</script>'") == 0,
                  "%s", said);
    char *page = report_rig_get(DIR "/evil", "p.html");
    check_markup(page);
    ck_assert_int_eq(report_rig_count(page, "<script"), 1); /* its own */
    ck_assert(has(page, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;&#xfffd;"));
    ck_assert(has(page,
                  "&lt;script&gt;alert(1)&lt;/script&gt;&#xfffd;&#xfffd;&#xfffd;&#xfffd;&#xfffd;"
                  "&#xfffd;&#xfffd; end"));
    free(page);
}
END_TEST

START_TEST(numbers_that_cannot_be_drawn_do_not_break_the_page)
{
    report_rig_run(DIR "/wild");
    report_rig_put(
        DIR "/wild", "stats.json",
        "{\"time_ps\":1e308,\"frames\":[{\"frame\":1e300,\"exposure_start_ps\":1,"
        "\"readout_start_ps\":-1e308,\"readout_end_ps\":1e308,\"link_last_ps\":1e308},{}],"
        "\"images\":[{\"frame\":-1,\"first_ps\":-1e308,\"last_ps\":1e308,\"bytes\":1e308}],"
        "\"networks\":[{\"runs\":1e308,\"layers\":[{\"mean_cycles\":1e308,\"macs\":-5,"
        "\"stalls\":{\"compute\":1e308,\"dma\":1e308}},{}],\"places\":[{\"offset\":-1e308,"
        "\"bytes\":1e308,\"first_layer\":-1e308,\"last_layer\":1e308},{}]}],"
        "\"sensor\":{\"mipi\":{\"link_busy_ps\":{\"value\":-1e308}},\"pixel\":{\"die_bits\":"
        "{\"value\":1e-300}}},\"energy\":{\"fj\":0,\"leakage_fj\":1e308,\"power\":3,"
        "\"blocks\":{\"a\":{\"fj\":1e308}},\"phases\":{\"a\":{\"fj\":1e308,\"blocks\":{\"a\":"
        "-1e308}}}}}");
    report_rig_put(DIR "/wild", "metadata.jsonl",
                   "{\"frame\":1e300,\"time_ps\":-1e308,\"latency_us\":1e308}\n");
    char *page = page_of(DIR "/wild");
    check_markup(page);
    static const char *const wrong[] = {"\"inf", "\"-inf", "\"nan", "\"-nan", ">inf",
                                        ">-inf", ">nan",   ">-nan", " inf ",  " nan "};
    for (size_t i = 0; i < SIM_COUNT(wrong); i++)
        ck_assert_msg(!has(page, wrong[i]), "%s", wrong[i]);
    free(page);
}
END_TEST

/* ---- what is missing ---- */

START_TEST(what_a_run_did_not_leave_is_a_line_that_says_how_to_get_it)
{
    report_rig_put(DIR "/bare", "stats.json", "{}");
    char *page = page_of(DIR "/bare");
    check_markup(page);
    for (size_t i = 0; i < SIM_COUNT(ids); i++) {
        char part[64];
        snprintf(part, sizeof(part), "<section id=\"%s\">", ids[i]);
        ck_assert(has(page, part));
    }
    static const char *const notes[] = {
        "picture_every", "metadata.jsonl is empty",  "No trace.json: fovea run writes it",
        "No frame went", "fovea infer MODEL --json", "fovea compile --report",
        "sensor.mipi",   "names no technology",      "No events",
        "No config.json"};
    for (size_t i = 0; i < SIM_COUNT(notes); i++)
        ck_assert_msg(has(page, notes[i]), "%s", notes[i]);
    ck_assert_int_ge(report_rig_count(page, "class=\"note\""), 9);
    free(page);
}
END_TEST

/* A file of a run, what is wrong with it, and what the message must say. */
static const struct {
    const char *file, *text, *want;
} bad[] = {
    {"stats.json", "{\"frames\": [", "stats.json"},
    {"stats.json", "[1, 2]", "stats.json: expected an object"},
    {"stats.json", "{\"frames\": 3}", "stats.json: frames: expected an array"},
    {"stats.json", "{\"frames\": [{}, 3]}", "stats.json: frames[1]: expected an object"},
    {"stats.json", "{\"networks\": [null]}", "stats.json: networks[0]: expected an object"},
    {"stats.json", "", "stats.json"},
    {"config.json", "{", "config.json"},
    {"host.json", "nothing", "host.json"},
    {"metadata.jsonl", "{\"frame\":0}\n{\"frame\":", "metadata.jsonl:2"},
    {"metadata.jsonl", "7\n", "metadata.jsonl:1"},
    {"truth.jsonl", "{\"events\":[3]}\n", "truth.jsonl:1"},
    {"pins.jsonl", "{}\n[\n", "pins.jsonl:2"},
    {"trace.json", "", "trace.json:0: the file is cut"},
    {"trace.json", "{}", "trace.json:1: not the beginning of a trace"},
    {"trace.json", "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n{\"ph\":\"X\"", "trace.json:2"},
    {"trace.json", "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n{\"ph\":\"M\"}\n",
     "trace.json:2: the file is cut"},
    {"trace.json", "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n{}\n]}\n",
     "trace.json:2: an event without ph"},
    {"trace.json",
     "{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n{\"ph\":\"X\",\"pid\":1,\"tid\":999}\n]}\n",
     "trace.json:2: tid"},
    {"frames/frame_00000.png", "no picture", "frame_00000.png"},
};

static void check_bad(size_t n)
{
    static const char *const out = DIR "/never.html", *const part = DIR "/never.html.part";
    char dir[200], frames[240];
    snprintf(dir, sizeof(dir), DIR "/bad%zu", n);
    snprintf(frames, sizeof(frames), "%s/frames", dir);
    report_rig_run(dir);
    report_rig_put(frames, "none", "");
    report_rig_put(dir, bad[n].file, bad[n].text);
    remove(out);
    int code = fovea(said, sizeof(said), "report %s -o %s", dir, out);
    ck_assert_msg(code == 2, "%zu: %d %s", n, code, said);
    ck_assert_msg(has(said, bad[n].want), "%zu: %s", n, said);
    ck_assert_int_eq(line_count(said), 1);
    ck_assert_int_ne(access(out, F_OK), 0);
    ck_assert_int_ne(access(part, F_OK), 0);
}

START_TEST(files_that_are_cut_or_malformed_are_named_and_end_it_with_2)
{
    for (size_t n = 0; n < SIM_COUNT(bad); n++)
        check_bad(n);
}
END_TEST

START_TEST(folders_and_options_that_make_no_sense_end_it_with_2)
{
    report_rig_run(DIR "/usage");
    report_rig_put(DIR "/nothing", "a", "");
    static const struct {
        const char *arguments, *want;
    } c[] = {
        {"report " DIR "/none", "not a folder"},
        {"report " DIR "/usage/stats.json", "not a folder"},
        {"report " DIR "/nothing", "no stats.json"},
        {"report", "expected RUNDIR"},
        {"report " DIR "/usage --pictures x", "--pictures"},
        {"report " DIR "/usage --picture-width 3", "--picture-width"},
        {"report " DIR "/usage -o " DIR "/none/there/p.html", "p.html"},
    };
    for (size_t i = 0; i < SIM_COUNT(c); i++) {
        int code = fovea(said, sizeof(said), "%s", c[i].arguments);
        ck_assert_msg(code == 2 && has(said, c[i].want), "%s: %d %s", c[i].arguments, code, said);
    }
}
END_TEST

/* ---- pictures ---- */

START_TEST(pictures_are_in_the_page_chosen_evenly_and_made_smaller)
{
    static const char *const dir = DIR "/pictures";
    report_rig_run(dir);
    report_rig_put(DIR "/pictures/frames", "frame_x.png", "not one of them");
    for (uint32_t n = 0; n < 9; n++) {
        uint8_t data[40 * 30 * 3];
        char file[200], error[256];
        memset(data, (int)(n * 20), sizeof(data));
        const sim_image_t image = {40, 30, 3, data};
        snprintf(file, sizeof(file), "%s/frames/frame_%05u.png", dir, n);
        ck_assert_int_eq(sim_png_write(file, &image, error, sizeof(error)), SIM_OK);
    }
    ck_assert_int_eq(fovea(said, sizeof(said),
                           "report %s -o %s/p.html --pictures 3 --picture-width 20", dir, dir),
                     0);
    char *page = report_rig_get(dir, "p.html");
    check_markup(page);
    ck_assert_int_eq(report_rig_count(page, "<img width=\"20\" height=\"15\""), 3);
    ck_assert_int_eq(report_rig_count(page, "src=\"data:image/png;base64,iVBORw0KGgo"), 3);
    static const char *const chosen[] = {"frame_00000", "frame_00004", "frame_00008"};
    for (size_t i = 0; i < SIM_COUNT(chosen); i++)
        ck_assert(has(page, chosen[i]));
    /* of frame 0 the truth's box, where it is in the array */
    ck_assert_int_eq(report_rig_count(page, "<rect class=\"true\" x=\"11.00\" y=\"21.00\""), 1);
    free(page);
}
END_TEST

/* ---- a real run ---- */

START_TEST(a_run_of_the_command_has_all_of_it)
{
    static const char *const run = FOVEA_OUT "/report_page/real";
    ck_assert_msg(fovea(said, sizeof(said), "run scenes/entrance.json -n 2 -o %s", run) == 0, "%s",
                  said);
    char *page = page_of(run);
    check_markup(page);
    ck_assert(has(page, "person_160: 2 inferences"));
    ck_assert(has(page, "From the last row to the last byte"));
    ck_assert(has(page, "Power over time"));
    ck_assert(has(page, "frames/frame_00000.png"));
    ck_assert_int_eq(report_rig_count(page, "class=\"pole\""), 1);
    ck_assert_msg(report_rig_count(page, "class=\"note\"") == 1, "%d notes", /* no events */
                  report_rig_count(page, "class=\"note\""));
    free(page);
}
END_TEST

TEST_MAIN("report page", a_page_has_every_section_once_and_its_markup_is_whole,
          a_page_needs_nothing_beside_it, the_same_run_makes_the_same_page_wherever_it_lies,
          figures_are_those_of_the_files, amounts_have_three_digits_and_a_unit_that_fits,
          text_of_files_is_never_markup, numbers_that_cannot_be_drawn_do_not_break_the_page,
          what_a_run_did_not_leave_is_a_line_that_says_how_to_get_it,
          files_that_are_cut_or_malformed_are_named_and_end_it_with_2,
          folders_and_options_that_make_no_sense_end_it_with_2,
          pictures_are_in_the_page_chosen_evenly_and_made_smaller,
          a_run_of_the_command_has_all_of_it)
