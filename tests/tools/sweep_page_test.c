/*
 * sweep_page_test.c - the page of a sweep: what it says of sensitivity, against sums done by hand;
 * its parts, against the file; text that would be markup; in headless Chromium, where it is.
 */
#include <math.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/rng.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/report_rig.h"
#include "tools/explore/effects.h"

#define DIR FOVEA_OUT "/sweep_page"

static char text[1 << 16], error[1024];

/* ---- sensitivity ---- */

/* A sheet of two parameters, a and b, and y, an objective. */
static sheet_t *sheet_of(uint32_t points)
{
    static const char *const names[] = {"a", "b", "y"};
    sheet_t *s = calloc(1, sizeof(*s));
    ck_assert(s != NULL);
    s->columns = 3;
    s->params = 2;
    s->model = -1;
    s->tasks = 1;
    s->objectives = 1;
    s->objective[0].column = 2;
    for (uint32_t c = 0; c < 3; c++) {
        snprintf(s->column[c].name, sizeof(s->column[c].name), "%s", names[c]);
        s->column[c].parameter = s->column[c].free = c < 2;
    }
    s->all = s->points = points;
    s->point = calloc(points, sizeof(*s->point));
    ck_assert(s->point != NULL);
    for (uint32_t i = 0; i < points; i++) {
        s->point[i].done = true;
        s->point[i].value = calloc(3, sizeof(double));
        ck_assert(s->point[i].value != NULL);
    }
    return s;
}

static void set(sheet_t *s, uint32_t i, double a, double b, double y)
{
    s->point[i].value[0] = a;
    s->point[i].value[1] = b;
    s->point[i].value[2] = y;
}

static sheet_t *grid_of(double (*law)(double a, double b))
{
    sheet_t *s = sheet_of(16);
    for (uint32_t i = 0; i < 16; i++)
        set(s, i, i / 4, i % 4, law(i / 4, i % 4));
    s->column[0].different = s->column[1].different = 4;
    return s;
}

static void drop(sheet_t *s)
{
    sheet_free(s);
    free(s);
}

static double additive(double a, double b)
{
    return 3 * a - b;
}

/* +-1, whatever the other one is: only both together say which. */
static double interacting(double a, double b)
{
    return (int)(a + b) % 2 == 0 ? 1 : -1;
}

/* Var(3a) / Var(3a - b) = 9 / 10. */
START_TEST(a_whole_grid_has_its_exact_indices)
{
    effects_t e;
    sheet_t *s = grid_of(additive);
    ck_assert(effects_of(s, "grid", &e));
    ck_assert_int_eq(e.kind, EFFECTS_FACTORIAL);
    ck_assert_uint_eq(e.params, 2);
    ck_assert_double_eq_tol(e.effect[0][0].share, 0.9, 1e-12);
    ck_assert_double_eq_tol(e.effect[1][0].share, 0.1, 1e-12);
    ck_assert(e.effect[0][0].rank > 0.9 && e.effect[1][0].rank < 0);
    drop(s);
    s = grid_of(interacting);
    ck_assert(effects_of(s, "grid", &e));
    ck_assert_double_eq_tol(e.effect[0][0].share, 0, 1e-12);
    ck_assert_double_eq_tol(e.effect[1][0].share, 0, 1e-12);
    drop(s);
}
END_TEST

START_TEST(a_grid_with_a_hole_has_no_indices)
{
    effects_t e;
    sheet_t *s = grid_of(additive);
    s->point[5].done = false;
    ck_assert(effects_of(s, "grid", &e));
    ck_assert_int_eq(e.kind, EFFECTS_PARTIAL);
    ck_assert(e.effect[0][0].share > 0.8 && e.effect[0][0].share < 1);
    ck_assert(effects_of(s, "evolve", &e));
    ck_assert_int_eq(e.kind, EFFECTS_PARTIAL);
    drop(s);
}
END_TEST

/* y = 2a + b of independent, uniform a and b: 4/5 and 1/5. */
START_TEST(a_sample_is_near_the_indices_of_its_law)
{
    enum { POINTS = 4000 };
    effects_t e;
    sheet_t *s = sheet_of(POINTS);
    sim_stream_t stream = sim_stream(7, 1, 0);
    for (uint32_t i = 0; i < POINTS; i++) {
        double a = (double)sim_stream_u32(&stream) / 4294967296.0,
               b = (double)sim_stream_u32(&stream) / 4294967296.0;
        set(s, i, a, b, 2 * a + b);
    }
    s->column[0].different = s->column[1].different = SHEET_LEVELS;
    ck_assert(effects_of(s, "random", &e));
    ck_assert_int_eq(e.kind, EFFECTS_SAMPLE);
    ck_assert_double_eq_tol(e.effect[0][0].share, 0.8, 0.02);
    ck_assert_double_eq_tol(e.effect[1][0].share, 0.2, 0.03);
    drop(s);
}
END_TEST

/* Two models of which one takes a thousand times as long: within each it is a that matters. */
START_TEST(models_are_tasks)
{
    effects_t e;
    sheet_t *s = grid_of(additive);
    s->tasks = 2;
    for (uint32_t i = 0; i < 16; i++) {
        s->point[i].task = i % 2;
        s->point[i].value[2] = s->point[i].value[0] * (i % 2 == 0 ? 1 : 1000);
    }
    ck_assert(effects_of(s, "grid", &e));
    ck_assert_double_eq_tol(e.effect[0][0].share, 1, 1e-12);
    drop(s);
}
END_TEST

/* ---- the page ---- */

static const char space_json[] =
    "{\"name\": \"a <b> & c\", \"about\": \"<script>alert(1)</script>\", \"base\": "
    "{\"evaluate\": \"npu\", \"chip\": \"../../../logic/chips/imx500.json\", "
    "\"models\": [\"../../../scenes/models/presence.tflite\", "
    "\"../../../scenes/models/shelf.tflite\"]}, \"parameters\": {"
    "\"channels\": {\"field\": \"chip.npu.mac.channels\", \"values\": [2, 4, 8, 16]},"
    "\"stripes\": {\"field\": \"chip.npu.compiler.cascade\", \"values\": [\"auto\", \"always\"]}},"
    "\"constraints\": [\"channels < 16\"],"
    "\"objectives\": [{\"name\": \"npu_ms\"}, {\"name\": \"area_logic_mm2\"}, "
    "{\"name\": \"utilization\", \"goal\": \"max\"}]}";

static char *make_page(void)
{
    ck_assert_int_eq(system("rm -rf " DIR), 0);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(
        sim_file_write(DIR "/s.json", space_json, strlen(space_json), error, sizeof(error)),
        SIM_OK);
    ck_assert_int_eq(fovea(text, sizeof(text), "explore " DIR "/s.json --out " DIR "/s.db -j 2"),
                     0);
    int code = fovea(text, sizeof(text), "explore report " DIR "/s.db");
    ck_assert_msg(code == 0 && strstr(text, DIR "/s.html") != NULL, "%s", text);
    return report_rig_get(DIR, "s.html");
}

START_TEST(the_page_has_what_the_file_has)
{
    static const char *const parts[] = {"<section id=\"space\"",     "<section id=\"fronts\"",
                                        "<section id=\"effects\"",   "<section id=\"parallel\"",
                                        "<section id=\"rooflines\"", "<section id=\"refused\"",
                                        "<section id=\"points\""};
    char *page = make_page();
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        ck_assert_msg(report_rig_count(page, parts[i]) == 1, "%s", parts[i]);
    ck_assert_int_eq(report_rig_count(page, "<tr id=\"p"), 12); /* done; 4 are refused */
    ck_assert(strstr(page, "channels &lt; 16: channels 16") != NULL);
    ck_assert(strstr(page, "fovea run --point " DIR "/s.db:0<") != NULL);
    /* marked lines of the table are those of `explore front` */
    ck_assert_int_eq(fovea(text, sizeof(text), "explore front --csv " DIR "/s.db"), 0);
    ck_assert_int_eq(report_rig_count(page, " class=\"pole\"><td class=\"n\""),
                     report_rig_count(text, "\n") - 1);
    ck_assert_int_eq(fovea(text, sizeof(text), "run --point " DIR "/s.db:0"), 0);
    free(page);
}
END_TEST

START_TEST(text_is_no_markup_and_nothing_is_fetched)
{
    char *page = make_page();
    ck_assert_ptr_null(strstr(page, "<script>alert"));
    ck_assert(strstr(page, "&lt;script&gt;alert(1)&lt;/script&gt;") != NULL);
    ck_assert(strstr(page, "<h1>a &lt;b&gt; &amp; c</h1>") != NULL);
    ck_assert_ptr_null(strstr(page, "http:"));
    ck_assert_ptr_null(strstr(page, "https:"));
    ck_assert_ptr_null(strstr(page, " src="));
    ck_assert_ptr_null(strstr(page, "nan"));
    char *again = make_page(); /* the same sweep has the same page */
    ck_assert_str_eq(page, again);
    free(again);
    free(page);
}
END_TEST

START_TEST(what_is_no_sweep_is_told)
{
    static const char *const wrong[] = {DIR "/none.db", DIR "/s.json", DIR "/s.db -o " DIR "/no/x",
                                        DIR "/s.db " DIR "/s.db", ""};
    free(make_page());
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        ck_assert_msg(fovea(text, sizeof(text), "explore report %s", wrong[i]) == 2, "%s: %s",
                      wrong[i], text);
    ck_assert_int_eq(system("cp " DIR "/s.db " DIR "/empty.db"), 0);
    if (system("sqlite3 " DIR "/empty.db 'DELETE FROM point; DELETE FROM value; UPDATE sweep SET "
               "space = 1' 2>/dev/null") == 0)
        ck_assert_int_eq(fovea(text, sizeof(text), "explore report " DIR "/empty.db"), 0);
    /* numbers that no power of ten is below */
    ck_assert_int_eq(system("cp " DIR "/s.db " DIR "/tiny.db"), 0);
    if (system("sqlite3 " DIR "/tiny.db \"UPDATE value SET number = 5e-324 WHERE point = 1; UPDATE "
               "value SET number = 1e308 WHERE point = 2\" 2>/dev/null") == 0)
        ck_assert_int_eq(fovea(text, sizeof(text), "explore report " DIR "/tiny.db"), 0);
}
END_TEST

/* Bytes that are not what they were, a file that is cut: a page or a line, never a crash. */
START_TEST(a_damaged_file_is_told)
{
    enum { FILES = 24, BYTES = 12 };
    size_t bytes = 0;
    sim_stream_t stream = sim_stream(3, 1, 0);
    free(make_page());
    uint8_t *sweep = sim_file_read(DIR "/s.db", 1 << 28, &bytes, error, sizeof(error));
    ck_assert_msg(sweep != NULL, "%s", error);
    for (uint32_t n = 0; n < FILES; n++) {
        uint8_t *copy = malloc(bytes);
        ck_assert(copy != NULL);
        memcpy(copy, sweep, bytes);
        for (uint32_t i = 0; i < BYTES; i++)
            copy[100 + sim_stream_below(&stream, (uint32_t)bytes - 100)] =
                (uint8_t)sim_stream_below(&stream, 256);
        ck_assert_int_eq(
            sim_file_write(DIR "/d.db", copy, n % 4 == 0 ? bytes / 2 : bytes, error, sizeof(error)),
            SIM_OK);
        int code = fovea(text, sizeof(text), "explore report " DIR "/d.db");
        ck_assert_msg(code == 0 || (code == 2 && text[0] != '\0'), "%u: %d: %s", n, code, text);
        free(copy);
    }
    free(sweep);
}
END_TEST

/* ---- in a browser ---- */

/* Wide or not; lines of the table; links of plots, ids that are there twice, the line that a click
 * on a point leads to, the color of a point and of a plot's text. */
static const char probe[] =
    "<script>addEventListener('load', () => {\n"
    "const all = (what) => [...document.querySelectorAll(what)];\n"
    "const ids = all('[id]').map((e) => e.id), links = all('svg a'), dot = all('svg circle')[0];\n"
    "const href = (a) => a.getAttribute('href');\n"
    "const found = [document.documentElement.scrollWidth <= innerWidth ? 'fits' : 'wide',\n"
    "all('#points tbody tr').length, links.every((a) => document.querySelector(href(a))) ? 'led' : "
    "'lost', links.length, ids.length - new Set(ids).size];\n"
    "if (dot) {\n"
    "dot.parentNode.dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}));\n"
    "found.push('#' + document.querySelector('tr:target').id === href(dot.parentNode) ? 'target' : "
    "'elsewhere', getComputedStyle(dot).fill, getComputedStyle(all('svg text')[0]).fill);\n"
    "}\n"
    "document.documentElement.dataset.probe = found.join(' ');\n"
    "});</script></body></html>";

/* A page with what looks at it. */
static void put_probe(void)
{
    char *page = make_page(), *end = strstr(page, "</body>");
    ck_assert_ptr_nonnull(end);
    *end = '\0';
    size_t bytes = strlen(page) + sizeof(probe);
    char *copy = malloc(bytes);
    ck_assert(copy != NULL);
    snprintf(copy, bytes, "%s%s", page, probe);
    report_rig_put(DIR, "probe.html", copy);
    free(copy);
    free(page);
}

static void check_in_browser(const char *flags, const char *found)
{
    char command[2000], here[1000], attribute[200];
    ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
    snprintf(command, sizeof(command),
             "timeout 100 chromium --headless --no-sandbox --disable-gpu --no-first-run "
             "--disable-background-networking --host-resolver-rules='MAP * ~NOTFOUND' "
             "--enable-logging=stderr --user-data-dir=%.400s/" DIR "/profile --window-size=500,900 "
             "%s --dump-dom 'file://%.400s/" DIR "/probe.html' >" DIR "/dom 2>" DIR "/log",
             here, flags, here);
    ck_assert_int_eq(system(command), 0);
    char *dom = report_rig_get(DIR, "dom"), *log = report_rig_get(DIR, "log");
    snprintf(attribute, sizeof(attribute), "data-probe=\"%s\"", found);
    ck_assert_msg(strstr(dom, attribute) != NULL, "%s: %.400s", attribute,
                  strstr(dom, "data-probe") != NULL ? strstr(dom, "data-probe") : dom);
    ck_assert_ptr_null(strstr(log, "CONSOLE"));
    free(log);
    free(dom);
}

START_TEST(it_opens_in_a_browser)
{
    if (system("command -v chromium >/dev/null 2>&1") != 0) {
        test_skip("no chromium (tools/deps.txt)");
        return;
    }
    put_probe();
    if (system("command -v gnuplot >/dev/null 2>&1") != 0) {
        check_in_browser("", "fits 12 led 0 0");
        return;
    }
    /* points of three scatter plots and of the parallel coordinates; ink and the first color */
    check_in_browser("--blink-settings=preferredColorScheme=1",
                     "fits 12 led 48 0 target rgb(0, 114, 178) rgb(27, 31, 36)");
    check_in_browser("--blink-settings=preferredColorScheme=0",
                     "fits 12 led 48 0 target rgb(59, 157, 221) rgb(230, 237, 243)");
}
END_TEST

TEST_MAIN("tools sweep page", a_whole_grid_has_its_exact_indices, a_grid_with_a_hole_has_no_indices,
          a_sample_is_near_the_indices_of_its_law, models_are_tasks, the_page_has_what_the_file_has,
          text_is_no_markup_and_nothing_is_fetched, what_is_no_sweep_is_told,
          a_damaged_file_is_told, it_opens_in_a_browser)
