/*
 * view_user_test.c - `fovea view` on a display, driven by a user: keys, clicks, wheel, another
 * size, changes by hand, closed while it runs. Needs Xvfb and xdotool.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/tools/display_rig.h"
#include "tools/view/window.h"

#define OUT FOVEA_OUT "/user"
#define SCENARIO "scenes/entrance.json"

enum { SCREEN_W = 1600, SCREEN_H = 1000, PATIENCE_MS = 60000, STEP_MS = 100, TEXT = 1 << 20 };

typedef struct {
    uint32_t px[SCREEN_W * SCREEN_H];
} screen_t;

static pid_t program;
static unsigned long id;
static char text[TEXT];
static screen_t before, now, again;

/* ---- the program ---- */

static void become_fovea(char *const *arguments)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int out = open(OUT "/out", O_CREAT | O_TRUNC | O_WRONLY, 0666);
    int err = open(OUT "/err", O_CREAT | O_TRUNC | O_WRONLY, 0666);
    dup2(out, 1);
    dup2(err, 2);
    setenv("TMPDIR", OUT "/tmp", 1);
    const char *fovea = getenv("FOVEA");
    execv(fovea != NULL ? fovea : "build/fovea", arguments);
    _exit(127);
}

/* A window of 1280 x 800 with the keyboard in the display's corner; false: skipped. The run goes on
 * until it is told to end. */
static bool start(const char *more, const char *value)
{
    const char *why;
    char error[300];
    if (!window_is_built() || !display_start(FOVEA_OUT "/display", SCREEN_W, SCREEN_H, &why)) {
        test_skip(window_is_built() ? why : "this build has no SDL2");
        return false;
    }
    ck_assert_int_eq(system("rm -rf " OUT "/tmp"), 0); /* of one that failed */
    ck_assert_int_eq(sim_dir_make(OUT "/tmp", error, sizeof(error)), SIM_OK);
    char *const arguments[] = {(char *)(uintptr_t) "fovea",
                               (char *)(uintptr_t) "view",
                               (char *)(uintptr_t)SCENARIO,
                               (char *)(uintptr_t) "--json",
                               (char *)(uintptr_t) "--scale",
                               (char *)(uintptr_t) "1",
                               (char *)(uintptr_t) "--hand",
                               (char *)(uintptr_t)(OUT "/hand.txt"),
                               (char *)(uintptr_t)more,
                               (char *)(uintptr_t)value,
                               NULL};
    program = fork();
    ck_assert_int_ge(program, 0);
    if (program == 0)
        become_fovea(arguments);
    id = display_window(SCENARIO);
    display_user("windowmove --sync %lu 0 0 windowfocus --sync %lu mousemove 1590 990", id, id);
    return true;
}

static void nap(void)
{
    nanosleep(&(struct timespec){0, STEP_MS * 1000000L}, NULL);
}

/* Its exit code, when it has ended by itself. */
static int ended(void)
{
    int status = 0;
    for (uint32_t ms = 0; ms < PATIENCE_MS; ms += STEP_MS) {
        if (waitpid(program, &status, WNOHANG) == program) {
            ck_assert_msg(WIFEXITED(status), "it died of signal %d", WTERMSIG(status));
            return WEXITSTATUS(status);
        }
        nap();
    }
    ck_abort_msg("it does not end");
}

static const char *said(const char *file)
{
    FILE *from = fopen(file, "rb");
    ck_assert_ptr_nonnull(from);
    text[fread(text, 1, TEXT - 1, from)] = '\0';
    fclose(from);
    return text;
}

static bool is_empty(const char *dir)
{
    uint32_t names = 0;
    DIR *d = opendir(dir);
    ck_assert_ptr_nonnull(d);
    while (readdir(d) != NULL)
        names++;
    closedir(d);
    return names == 2; /* . and .. */
}

/* Ends without a complaint, and leaves nothing behind. */
static void check_end(void)
{
    int code = ended();
    ck_assert_str_eq(said(OUT "/err"), "");
    ck_assert_int_eq(code, 0);
    ck_assert(is_empty(OUT "/tmp"));
    display_stop();
}

/* ---- what is seen ---- */

static bool same(const screen_t *a, const screen_t *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

static void look(screen_t *screen)
{
    display_read(screen->px, SCREEN_W, SCREEN_H);
}

/* Until the screen is another one than that. */
static void wait_for_change(const screen_t *than, const char *why)
{
    for (uint32_t ms = 0; ms < PATIENCE_MS; ms += STEP_MS) {
        look(&now);
        if (!same(&now, than))
            return;
        nap();
    }
    ck_abort_msg("%s: nothing changes", why);
}

/* Until nothing has changed for a while. */
static void wait_for_rest(screen_t *screen, const char *why)
{
    uint32_t quiet = 0;
    look(screen);
    for (uint32_t ms = 0; ms < PATIENCE_MS; ms += STEP_MS) {
        nap();
        look(&now);
        quiet = same(screen, &now) ? quiet + 1 : 0;
        if (quiet == 5)
            return;
        *screen = now;
    }
    ck_abort_msg("%s: it does not come to rest", why);
}

static void pause_it(void)
{
    look(&before);
    wait_for_change(&before, "a run"); /* it runs */
    display_user("key space");
    wait_for_rest(&before, "paused");
}

START_TEST(keys_steer_the_run)
{
    static const char *const steps[] = {"Right", "r", "n", "p", "i", "Left", "t"};
    if (!start("--live", NULL))
        return;
    pause_it();
    display_user("key question"); /* help covers the panels and goes */
    wait_for_change(&before, "help");
    display_user("key question");
    wait_for_rest(&again, "help is gone");
    ck_assert(same(&before, &again));
    for (size_t i = 0; i < SIM_COUNT(steps); i++) {
        display_user("key %s", steps[i]);
        wait_for_change(&before, steps[i]);
        wait_for_rest(&before, steps[i]);
    }
    display_user("key 3"); /* a panel alone, and all of them again */
    wait_for_change(&before, "a panel alone");
    display_user("key Escape");
    wait_for_rest(&again, "all panels");
    display_user("key q");
    check_end();
}
END_TEST

/* Where the panels are at 1280 x 800: the RAW image in the middle of the upper row's second
 * quarter; the bar's buttons from the left. */
START_TEST(clicks_and_wheel_do_what_keys_do)
{
    if (!start("--live", NULL))
        return;
    look(&before);
    wait_for_change(&before, "a run");
    display_user("mousemove 90 17 click 1"); /* the button of pause */
    wait_for_rest(&before, "paused by a click");
    for (uint32_t i = 0; i < 2; i++) { /* there is an image then, however slow the run is */
        display_user("key Right");
        wait_for_change(&before, "a frame");
        wait_for_rest(&before, "a frame");
    }
    display_user("mousemove 480 230");
    wait_for_rest(&before, "the pointer is over RAW");
    display_user("click --repeat 12 --delay 30 4"); /* closer */
    wait_for_change(&before, "zoom");
    wait_for_rest(&again, "zoomed");
    display_user("mousedown 1 mousemove 440 210 mouseup 1"); /* drags the image along */
    wait_for_change(&again, "drag");
    wait_for_rest(&again, "dragged");
    display_user("mousemove 480 230 click 1"); /* a pixel into the inspector */
    wait_for_change(&again, "a pixel is inspected");
    wait_for_rest(&again, "inspected");
    display_user("mousemove 90 17 click 1"); /* on it goes */
    for (uint32_t i = 0; i < 5; i++) {
        wait_for_change(&again, "play");
        again = now;
    }
    display_user("key q");
    check_end();
}
END_TEST

static uint32_t colors_right_of(const screen_t *screen, uint32_t x, uint32_t width, uint32_t height)
{
    uint32_t other = 0, back = screen->px[(height - 1) * SCREEN_W + width - 1];
    for (uint32_t j = 0; j < height; j++)
        for (uint32_t i = x; i < width; i++)
            other += screen->px[j * SCREEN_W + i] != back;
    return other;
}

/* What is drawn follows from the size: back to the old one, the old picture. */
START_TEST(another_size_is_laid_out_anew)
{
    if (!start("--live", NULL))
        return;
    pause_it();
    display_user("windowsize %lu 1580 980", id);
    wait_for_change(&before, "larger");
    wait_for_rest(&again, "larger");
    ck_assert_uint_ne(again.px[979 * SCREEN_W + 1579], 0);
    ck_assert_uint_eq(again.px[980 * SCREEN_W + 1580], 0); /* outside */
    ck_assert_uint_gt(colors_right_of(&again, 1290, 1580, 980), 5000);
    display_user("windowsize %lu 500 330", id); /* smaller than it wants to be */
    wait_for_change(&again, "smaller");
    wait_for_rest(&again, "smaller");
    display_user("windowsize %lu 1280 800", id);
    wait_for_change(&again, "as it was");
    wait_for_rest(&again, "as it was");
    ck_assert(same(&before, &again));
    display_user("key q");
    check_end();
}
END_TEST

START_TEST(it_may_be_closed_while_it_runs)
{
    if (!start("--live", NULL))
        return;
    look(&before);
    wait_for_change(&before, "a run");
    display_ask_to_close(id);
    check_end();
    ck_assert_ptr_nonnull(strstr(said(OUT "/out"), "\"pictures\""));
}
END_TEST

START_TEST(ctrl_c_ends_it_as_it_does_others)
{
    if (!start("--live", NULL))
        return;
    look(&before);
    wait_for_change(&before, "a run");
    kill(program, SIGINT);
    int code = ended();
    ck_assert_msg(code == 0 || code == 1, "%d: %.300s", code, said(OUT "/err"));
    ck_assert(is_empty(OUT "/tmp"));
    display_stop();
}
END_TEST

static void string_of(const char *json, const char *key, char out[64])
{
    const char *at = strstr(json, key);
    ck_assert_msg(at != NULL, "no %s in %.300s", key, json);
    ck_assert_int_eq(sscanf(at + strlen(key), "\": \"%63[^\"]", out), 1);
}

/* Light and exposure by the keys of their panel; then the same as a script, without a window. */
START_TEST(what_is_changed_by_hand_can_be_run_again)
{
    static char told[TEXT];
    char viewed[64], run[64];
    if (!start("-n", "24"))
        return;
    pause_it();
    display_user("key 0"); /* the panel alone: it has the keys */
    wait_for_change(&before, "registers alone");
    wait_for_rest(&before, "registers alone");
    display_user("key plus");
    wait_for_change(&before, "exposure");
    wait_for_rest(&before, "exposure");
    display_user("key Down Down Down Down minus");
    wait_for_change(&before, "light");
    wait_for_rest(&before, "light");
    display_user("key space"); /* on to the end, where it stays open */
    wait_for_change(&before, "play");
    wait_for_rest(&before, "the end");
    display_user("key q");
    ck_assert_int_eq(ended(), 0);
    ck_assert_ptr_nonnull(strstr(said(OUT "/err"), "2 changes by hand"));
    string_of(said(OUT "/out"), "state_hash", viewed);
    display_stop();
    int code = fovea(told, sizeof(told), "run %s -n 24 --host %s --out %s", SCENARIO,
                     OUT "/hand.txt", OUT "/run");
    ck_assert_msg(code == 0 || code == 1, "%.500s",
                  told); /* its expectations are of another light */
    string_of(said(OUT "/run/stats.json"), "state_hash", run);
    ck_assert_str_eq(viewed, run);
}
END_TEST

TEST_MAIN("view user", keys_steer_the_run, clicks_and_wheel_do_what_keys_do,
          another_size_is_laid_out_anew, it_may_be_closed_while_it_runs,
          ctrl_c_ends_it_as_it_does_others, what_is_changed_by_hand_can_be_run_again)
