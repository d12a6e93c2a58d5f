/*
 * sweep_plots_test.c - the plots of a sweep's page: every point, where its figures say and leading
 * to its line; fronts against SQL; axes; text that would be a command of gnuplot's; no gnuplot.
 */
#include <math.h>
#include <unistd.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/report_rig.h"

#define DIR FOVEA_OUT "/sweep_plots"

static char text[1 << 16], error[1024];

/* Twelve points of two networks, four more are refused. */
static const char space_json[] =
    "{\"name\": \"plots\", \"base\": {\"evaluate\": \"npu\", \"chip\": "
    "\"../../../logic/chips/imx500.json\", "
    "\"models\": [\"../../../scenes/models/presence.tflite\", "
    "\"../../../scenes/models/shelf.tflite\"]}, \"parameters\": {"
    "\"channels\": {\"field\": \"chip.npu.mac.channels\", \"values\": [2, 4, 8, 16]},"
    "\"stripes\": {\"field\": \"chip.npu.compiler.cascade\", \"values\": [\"auto\", \"always\"]}},"
    "\"constraints\": [\"channels < 16\"],"
    "\"objectives\": [{\"name\": \"npu_ms\"}, {\"name\": \"area_logic_mm2\"}, "
    "{\"name\": \"utilization\", \"goal\": \"max\"}]}";

/* Levels that would be commands if they got out of their quotes, none longer than a plot shows;
 * files of these names must not be. */
static const char *const commands[] = {"`touch pwned_a`",
                                       "'; system 'touch pwned_b",
                                       "\\\"; system \\\"touch pwned_c",
                                       "\\nEOD\\n!touch pwned_d",
                                       "@a $b {/*9 c}_d^e \\\\",
                                       "</text><script>x</script>",
                                       "%s%n%d 5 %"};
static const char *const shown[] = {"`touch pwned_a`",
                                    "&#39;; system &#39;touch pwned_b",
                                    "&quot;; system &quot;touch pwned_c",
                                    "?EOD?!touch pwned_d",
                                    "@a $b {/*9 c}_d^e \\",
                                    "&lt;/text&gt;&lt;script&gt;x&lt;/script&gt;",
                                    "%s%n%d 5 %"};

static bool no_gnuplot(void)
{
    bool none = system("command -v gnuplot >/dev/null 2>&1") != 0;
    if (none)
        test_skip("no gnuplot (tools/deps.txt)");
    return none;
}

static void explore(const char *space)
{
    ck_assert_int_eq(system("rm -rf " DIR), 0);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(DIR "/s.json", space, strlen(space), error, sizeof(error)),
                     SIM_OK);
    ck_assert_msg(fovea(text, sizeof(text), "explore " DIR "/s.json --out " DIR "/s.db -j 2") == 0,
                  "%s", text);
}

static char *report(void)
{
    int code = fovea(text, sizeof(text), "explore report " DIR "/s.db");
    ck_assert_msg(code == 0, "%s", text);
    return report_rig_get(DIR, "s.html");
}

/* The nth plot of a section alone. The caller frees it. */
static char *plot_of(const char *page, const char *section, uint32_t n)
{
    char id[64];
    snprintf(id, sizeof(id), "<section id=\"%s\"", section);
    const char *at = strstr(page, id);
    ck_assert_ptr_nonnull(at);
    for (uint32_t i = 0; i <= n; i++) {
        at = strstr(at + 1, "<svg class=\"plot");
        ck_assert_ptr_nonnull(at);
    }
    const char *end = strstr(at, "</svg>");
    ck_assert_ptr_nonnull(end);
    char *plot = calloc(1, (size_t)(end - at) + 1);
    ck_assert(plot != NULL);
    memcpy(plot, at, (size_t)(end - at));
    return plot;
}

static double query(const char *sql)
{
    ck_assert_msg(fovea(text, sizeof(text), "explore query --csv " DIR "/s.db \"%s\"", sql) == 0,
                  "%s", text);
    const char *line = strchr(text, '\n');
    ck_assert_msg(line != NULL, "%s", text);
    return atof(line + 1);
}

/* Points of a model that no other of it beats in x and y, signs for "much is good". */
static double front_by_sql(const char *x, const char *y, const char *sign)
{
    char sql[600];
    snprintf(sql, sizeof(sql),
             "SELECT count(*) FROM points p WHERE state = 'done' AND NOT EXISTS (SELECT 1 FROM "
             "points o WHERE o.state = 'done' AND o.model = p.model AND o.%s <= p.%s AND "
             "%s o.%s <= %s p.%s AND (o.%s < p.%s OR %s o.%s < %s p.%s))",
             x, x, sign, y, sign, y, x, x, sign, y, sign, y);
    return query(sql);
}

START_TEST(a_scatter_plot_has_every_point_and_the_fronts_of_sql)
{
    static const struct {
        const char *x, *y, *sign;
    } pairs[] = {{"npu_ms", "area_logic_mm2", ""},
                 {"npu_ms", "utilization", "-"},
                 {"area_logic_mm2", "utilization", "-"}};
    if (no_gnuplot())
        return;
    explore(space_json);
    char *page = report();
    ck_assert_int_eq(report_rig_count(page, "<svg class=\"plot"), 3 + 1 + 1 + 2);
    for (uint32_t i = 0; i < 3; i++) {
        char *plot = plot_of(page, "fronts", i), name[80];
        ck_assert_int_eq(report_rig_count(plot, "<a href=\"#p"), 12);
        ck_assert_int_eq(report_rig_count(plot, "<circle class=\"dot"), 12);
        ck_assert_int_eq(report_rig_count(plot, "<circle class=\"dot front"),
                         (uint32_t)front_by_sql(pairs[i].x, pairs[i].y, pairs[i].sign));
        ck_assert_int_eq(report_rig_count(plot, "<title>point "), 12);  /* what a mouse rests on */
        ck_assert(report_rig_count(plot, "<path class=\"stairs") <= 2); /* one a model */
        ck_assert_int_ge(report_rig_count(plot, "<path class=\"grid\""), 4);
        snprintf(name, sizeof(name), ">%s%s</text>", pairs[i].x, i < 2 ? ", ms" : ", mm2");
        ck_assert_msg(report_rig_count(plot, name) == 1, "%s", name);
        free(plot);
    }
    free(page);
}
END_TEST

/* Where the circle of a point stands. */
static void place_of(const char *plot, uint32_t point, double *x, double *y)
{
    char link[40];
    snprintf(link, sizeof(link), "<a href=\"#p%u\"><circle", point);
    const char *at = strstr(plot, link);
    ck_assert_msg(at != NULL, "%s", link);
    ck_assert_int_eq(sscanf(strstr(at, " cx="), " cx=\"%lf\" cy=\"%lf\"", x, y), 2);
}

static double value_of(const char *figure, uint32_t point)
{
    char sql[200];
    snprintf(sql, sizeof(sql), "SELECT %s FROM points WHERE id = %u", figure, point);
    return query(sql);
}

/* Utilization, a share that does not span a power of ten, stands on a linear axis that points up.
 */
START_TEST(points_stand_where_their_figures_say)
{
    static const uint32_t ids[] = {0, 2, 5, 9};
    double x[4], y[4], v[4];
    if (no_gnuplot())
        return;
    explore(space_json);
    char *page = report(), *plot = plot_of(page, "fronts", 1);
    for (uint32_t i = 0; i < 4; i++) {
        place_of(plot, ids[i], &x[i], &y[i]);
        v[i] = value_of("utilization", ids[i]);
    }
    ck_assert(fabs(v[1] - v[0]) > 1e-6);
    double per = (y[1] - y[0]) / (v[1] - v[0]); /* pixels of one */
    ck_assert(per < 0);
    for (uint32_t i = 2; i < 4; i++)
        ck_assert_double_eq_tol(y[i], y[0] + (v[i] - v[0]) * per, 0.3);
    free(plot);
    free(page);
}
END_TEST

START_TEST(the_other_plots_have_their_marks)
{
    if (no_gnuplot())
        return;
    explore(space_json);
    char *page = report(), *plot = plot_of(page, "effects", 0);
    int none = report_rig_count(plot, ">-</text>") + report_rig_count(plot, ">0.0 %</text>");
    ck_assert_int_eq(report_rig_count(plot, " %</text>") + report_rig_count(plot, ">-</text>"),
                     6 + 6); /* ticks */
    ck_assert_int_eq(report_rig_count(plot, "<polygon class=\"bar"), 2 * 3 - none);
    ck_assert_int_lt(none, 4);
    ck_assert_int_eq(report_rig_count(plot, ">channels</text>"), 1);
    ck_assert_int_eq(report_rig_count(plot, ">100 %</text>"), 1);
    free(plot);
    plot = plot_of(page, "parallel", 0);
    ck_assert_int_eq(report_rig_count(plot, "<path class=\"strand"), 12);
    ck_assert_int_eq(report_rig_count(plot, "<a href=\"#p"), 12);
    ck_assert_int_eq(report_rig_count(plot, ">always</text>"), 1); /* a level of text */
    ck_assert_int_eq(report_rig_count(plot, ">npu_ms, ms</text>"), 1);
    ck_assert_int_eq(report_rig_count(plot, ">7</text>"), 1); /* whole numbers, 2 to 8: each */
    ck_assert_int_eq(report_rig_count(plot, ">7.5</text>"), 0);
    free(plot);
    for (uint32_t model = 0; model < 2; model++) {
        plot = plot_of(page, "rooflines", model);
        ck_assert_int_eq(report_rig_count(plot, "<path class=\"roof"), 2);
        ck_assert_int_ge(report_rig_count(plot, "<circle class=\"dot front"),
                         5); /* layers with MACs */
        ck_assert_int_eq(report_rig_count(plot, ">MACs a cycle</text>"), 1);
        free(plot);
    }
    free(page);
}
END_TEST

START_TEST(text_is_no_command)
{
    char space[4096];
    size_t at = (size_t)snprintf(space, sizeof(space),
                                 "{\"base\": {\"evaluate\": \"npu\", \"models\": "
                                 "[\"../../../scenes/models/presence.tflite\"]}, "
                                 "\"parameters\": {\"words\": {\"values\": [");
    if (no_gnuplot())
        return;
    for (size_t i = 0; i < SIM_COUNT(commands); i++)
        at += (size_t)snprintf(space + at, sizeof(space) - at, "%s\"%s\"", i > 0 ? ", " : "",
                               commands[i]);
    snprintf(space + at, sizeof(space) - at,
             "]}, \"channels\": {\"field\": \"chip.npu.mac.channels\", \"values\": [2, 4]}}, "
             "\"objectives\": [{\"name\": \"npu_ms\"}, {\"name\": \"area_logic_mm2\"}]}");
    explore(space);
    /* units come from the file, too */
    bool changed = system("sqlite3 " DIR "/s.db \"UPDATE figure SET unit = '\\`touch pwned_e\\`'\" "
                          "2>/dev/null") == 0;
    char *page = report(), *plot = plot_of(page, "parallel", 0);
    for (size_t i = 0; i < SIM_COUNT(shown); i++) {
        char label[120];
        snprintf(label, sizeof(label), ">%s</text>", shown[i]);
        ck_assert_msg(report_rig_count(plot, label) == 1, "%s", label);
    }
    free(plot);
    plot = plot_of(page, "fronts", 0);
    ck_assert_int_eq(report_rig_count(plot, "`touch pwned_e`</text>"), changed ? 2 : 0);
    ck_assert_int_eq(report_rig_count(plot, "<circle class=\"dot"), 2 * SIM_COUNT(shown));
    ck_assert_int_ne(system("ls | grep -q pwned_"), 0);
    free(plot);
    free(page);
}
END_TEST

START_TEST(without_gnuplot_there_is_the_page_and_a_line)
{
    char command[600];
    const char *program = getenv("FOVEA");
    explore(space_json);
    snprintf(command, sizeof(command),
             "PATH=/nowhere %s explore report " DIR "/s.db 2>" DIR "/said >" DIR "/out",
             program != NULL ? program : "build/fovea");
    ck_assert_int_eq(system(command), 0);
    char *page = report_rig_get(DIR, "s.html"), *said = report_rig_get(DIR, "said");
    ck_assert_str_eq(said, "fovea: explore report: no plots: gnuplot: not found (package "
                           "gnuplot-nox)\n");
    ck_assert_ptr_null(strstr(page, "<svg"));
    ck_assert_int_eq(report_rig_count(page, "No plot: gnuplot: not found (package gnuplot-nox)"),
                     3 + 1 + 1 + 2);
    ck_assert_int_eq(report_rig_count(page, "<tr id=\"p"), 12); /* the tables are all there */
    ck_assert_int_eq(report_rig_count(page, "share of its variance"), 3);
    free(page);
    free(said);
}
END_TEST

TEST_MAIN("tools sweep plots", a_scatter_plot_has_every_point_and_the_fronts_of_sql,
          points_stand_where_their_figures_say, the_other_plots_have_their_marks,
          text_is_no_command, without_gnuplot_there_is_the_page_and_a_line)
