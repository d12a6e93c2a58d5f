/*
 * report_browser_test.c - the page of `fovea report` in headless Chromium, without a network: no
 * complaint on its console, tables that sort, nothing wider than the page, light, dark and paper.
 *
 * The page itself has no test in it: a copy gets a script of ours, which looks and leaves what it
 * found in the document, and Chromium prints that.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/report_rig.h"

#define DIR FOVEA_OUT "/report_browser"

static const char flags[] =
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync --hide-scrollbars "
    "--host-resolver-rules='MAP * ~NOTFOUND' --enable-logging=stderr";

/* What looks at the page: "name=value;" of each into an attribute of <html>. */
static const char probe[] =
    "<script>addEventListener('load', () => {\n"
    "const out = [], say = (name, value) => out.push(name + '=' + value + ';');\n"
    "say('wide', document.documentElement.scrollWidth - innerWidth);\n"
    "say('width', innerWidth);\n"
    "say('dark', matchMedia('(prefers-color-scheme: dark)').matches);\n"
    "say('paper', getComputedStyle(document.body).backgroundColor);\n"
    "say('ink', getComputedStyle(document.body).color);\n"
    "const table = document.querySelector('#layers table');\n"
    "const head = [...table.tHead.rows[0].cells];\n"
    "const at = head.findIndex((h) => h.textContent === 'cycles');\n"
    "const column = () => [...table.tBodies[0].rows].map((r) => r.cells[at].dataset.v).join(',');\n"
    "say('before', column());\n"
    "head[at].querySelector('button').click(); say('down', column());\n"
    "say('aria', head[at].getAttribute('aria-sort'));\n"
    "head[at].querySelector('button').click(); say('up', column());\n"
    "const name = head.findIndex((h) => h.textContent === 'layer');\n"
    "head[name].querySelector('button').click();\n"
    "say('names', [...table.tBodies[0].rows].map((r) => r.cells[name].textContent).join(','));\n"
    "const box = document.querySelector('rect.true'), shown = () => "
    "getComputedStyle(box).display;\n"
    "say('box', shown()); document.querySelector('[data-hides=no-true]').click();\n"
    "say('hidden', shown());\n"
    "say('pictures', [...document.images].filter((i) => i.complete && i.naturalWidth > "
    "0).length);\n"
    "document.documentElement.dataset.probe = out.join('');\n"
    "});</script></body>";

static bool no_chromium(void)
{
    return system("command -v chromium >/dev/null 2>&1") != 0;
}

/* Runs it with a profile of its own; what it prints into DIR/out, its log into DIR/log. */
static int chromium(const char *page, const char *more)
{
    char command[3000], here[1000], profile[] = DIR "/profile-XXXXXX";
    ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
    ck_assert_ptr_nonnull(mkdtemp(profile));
    snprintf(command, sizeof(command),
             "timeout 100 chromium %s --user-data-dir=%s/%s %s 'file://%s/%s' >" DIR "/out 2>" DIR
             "/log; code=$?; rm -rf %s; exit $code",
             flags, here, profile, more, here, page, profile);
    return system(command);
}

/* The rig's run, its layers in another order than by name, with a picture; and the copy that looks.
 */
static void make_pages(void)
{
    static char said[4096], error[256];
    uint8_t data[40 * 30 * 3];
    memset(data, 90, sizeof(data));
    report_rig_run(DIR "/run");
    report_rig_put(DIR "/run/frames", "none", "");
    const sim_image_t image = {40, 30, 3, data};
    ck_assert_int_eq(sim_png_write(DIR "/run/frames/frame_00000.png", &image, error, sizeof(error)),
                     SIM_OK);
    ck_assert_msg(fovea(said, sizeof(said), "report " DIR "/run -o " DIR "/page.html") == 0, "%s",
                  said);
    char *page = report_rig_get(DIR, "page.html");
    char *end = strstr(page, "</body>");
    ck_assert_ptr_nonnull(end);
    *end = '\0';
    size_t bytes = strlen(page) + sizeof(probe) + 16;
    char *copy = malloc(bytes);
    ck_assert(copy != NULL);
    snprintf(copy, bytes, "%s%s</html>", page, probe);
    report_rig_put(DIR, "probe.html", copy);
    free(copy);
    free(page);
}

/* What the copy found, with more flags; "" when it did not come to that. */
static const char *look(const char *more)
{
    static char found[2048];
    char options[400];
    snprintf(options, sizeof(options), "%s --dump-dom", more);
    ck_assert_int_eq(chromium(DIR "/probe.html", options), 0);
    char *dom = report_rig_get(DIR, "out"), *at = strstr(dom, "data-probe=\"");
    ck_assert_msg(at != NULL, "%.300s", dom);
    snprintf(found, sizeof(found), ";%.*s", (int)strcspn(at + 12, "\""), at + 12);
    free(dom);
    return found;
}

static void check_found(const char *found, const char *what)
{
    char part[200];
    snprintf(part, sizeof(part), ";%s;", what);
    ck_assert_msg(strstr(found, part) != NULL, "%s is not in %s", what, found);
}

static double number_of(const char *found, const char *name)
{
    char part[64];
    snprintf(part, sizeof(part), ";%s=", name);
    const char *at = strstr(found, part);
    ck_assert_ptr_nonnull(at);
    return atof(at + strlen(part));
}

START_TEST(the_page_opens_offline_without_a_complaint_and_its_tables_sort)
{
    if (no_chromium()) {
        test_skip("no chromium (tools/deps.txt)");
        return;
    }
    make_pages();
    const char *found = look("--window-size=1280,1000");
    check_found(found, "before=100,300");
    check_found(found, "down=300,100"); /* numbers: the largest first */
    check_found(found, "aria=descending");
    check_found(found, "up=100,300");
    check_found(found, "names=first,second");
    check_found(found, "box=inline");
    check_found(found, "hidden=none");
    check_found(found, "pictures=1");
    char *log = report_rig_get(DIR, "log");
    ck_assert_msg(strstr(log, "CONSOLE") == NULL, "%s", strstr(log, "CONSOLE"));
    free(log);
}
END_TEST

START_TEST(nothing_is_wider_than_the_page_of_a_phone_and_colors_follow_the_reader)
{
    static const struct {
        const char *flags;
        bool dark;
    } c[] = {{"--window-size=390,800 --blink-settings=preferredColorScheme=1", false},
             {"--window-size=390,800 --blink-settings=preferredColorScheme=0", true},
             {"--window-size=1280,800 --blink-settings=preferredColorScheme=0", true}};
    if (no_chromium()) {
        test_skip("no chromium (tools/deps.txt)");
        return;
    }
    make_pages();
    for (size_t i = 0; i < SIM_COUNT(c); i++) {
        const char *found = look(c[i].flags);
        ck_assert_msg(number_of(found, "wide") <= 0, "%s", found);
        ck_assert_msg(i == 2 || number_of(found, "width") <= 520, "%s", found);
        check_found(found, c[i].dark ? "dark=true" : "dark=false");
        check_found(found, c[i].dark ? "paper=rgb(13, 17, 23)" : "paper=rgb(255, 255, 255)");
        check_found(found, c[i].dark ? "ink=rgb(230, 237, 243)" : "ink=rgb(27, 31, 36)");
    }
}
END_TEST

/* More than one color: something is there. */
START_TEST(pictures_of_it_can_be_taken_and_it_can_be_printed)
{
    if (no_chromium()) {
        test_skip("no chromium (tools/deps.txt)");
        return;
    }
    make_pages();
    sim_image_t image;
    char error[256];
    ck_assert_int_eq(
        chromium(DIR "/page.html", "--window-size=1280,1000 --screenshot=" DIR "/a.png"), 0);
    ck_assert_msg(sim_png_read(DIR "/a.png", &image, error, sizeof(error)) == SIM_OK, "%s", error);
    ck_assert_uint_eq(image.width_px, 1280);
    uint32_t other = 0;
    for (size_t i = 0; i < (size_t)image.width_px * image.height_px * image.channels; i++)
        other += image.data[i] != image.data[0];
    ck_assert_uint_gt(other, 10000);
    sim_image_free(&image);
    remove(DIR "/a.pdf");
    ck_assert_int_eq(
        chromium(DIR "/page.html", "--no-pdf-header-footer --print-to-pdf=" DIR "/a.pdf"), 0);
    size_t bytes;
    uint8_t *pdf = sim_file_read(DIR "/a.pdf", 64 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(pdf != NULL, "%s", error);
    ck_assert(bytes > 10000 && memcmp(pdf, "%PDF-", 5) == 0);
    free(pdf);
}
END_TEST

TEST_MAIN("report in a browser", the_page_opens_offline_without_a_complaint_and_its_tables_sort,
          nothing_is_wider_than_the_page_of_a_phone_and_colors_follow_the_reader,
          pictures_of_it_can_be_taken_and_it_can_be_printed)
