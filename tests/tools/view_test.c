/*
 * view_test.c - fovea view as a command: pictures, films, recorded runs, wrong use; without a
 * window.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/view/window.h"

#define DIR FOVEA_OUT "/view"
#define SCENARIO "scenes/entrance.json"

static char text[1 << 16], error[512];

static bool no_window(void)
{
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    if (!window_is_built())
        test_skip("built without SDL2");
    return !window_is_built();
}

static void string_of(const char *json, const char *key, char out[64])
{
    char find[64];
    snprintf(find, sizeof(find), "\"%s\":", key);
    const char *at = strstr(json, find);
    ck_assert_msg(at != NULL, "no %s in %s", key, json);
    ck_assert_int_eq(sscanf(at + strlen(find), " \"%63[^\"]", out), 1);
}

static uint8_t *bytes_of(const char *file, size_t *bytes)
{
    uint8_t *data = sim_file_read(file, 1 << 28, bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    return data;
}

static void same_files(const char *a, const char *b)
{
    size_t bytes_a, bytes_b;
    uint8_t *of_a = bytes_of(a, &bytes_a), *of_b = bytes_of(b, &bytes_b);
    ck_assert_uint_eq(bytes_a, bytes_b);
    ck_assert(memcmp(of_a, of_b, bytes_a) == 0);
    free(of_a);
    free(of_b);
}

static void view(int expected, const char *options)
{
    int code = fovea(text, sizeof(text), "view %s", options);
    ck_assert_msg(code == expected, "view %s: %d: %s", options, code, text);
}

/* Whatever the machine and its threads do, a picture is of its time. */
START_TEST(a_picture_is_of_its_time)
{
    sim_image_t image = {0};
    if (no_window())
        return;
    view(0, SCENARIO " --screenshot " DIR "/a.png --at 45ms");
    view(0, SCENARIO " --screenshot " DIR "/b.png --at 45ms --threads 1 --simd scalar");
    same_files(DIR "/a.png", DIR "/b.png");
    ck_assert_int_eq(sim_png_read(DIR "/a.png", &image, error, sizeof(error)), SIM_OK);
    ck_assert_uint_eq(image.width_px, 1280);
    ck_assert_uint_eq(image.height_px, 800);
    sim_image_free(&image);
    view(0, SCENARIO " --screenshot " DIR "/c.png --at frame:1");
    view(0, SCENARIO " --screenshot " DIR "/c.png --at frame:1+3");
    ck_assert_str_eq(text, "");
    view(0, SCENARIO " --screenshot " DIR "/c.png --at frame:1+700 --size 960x600 --scale 2");
    ck_assert_int_eq(sim_png_read(DIR "/c.png", &image, error, sizeof(error)), SIM_OK);
    ck_assert_uint_eq(image.width_px, 1920);
    ck_assert_uint_eq(image.height_px, 1200);
    sim_image_free(&image);
}
END_TEST

START_TEST(keys_are_typed_before_the_picture)
{
    size_t bytes, others;
    if (no_window())
        return;
    view(0, SCENARIO " --screenshot " DIR "/plain.png --at 30ms");
    view(0, SCENARIO " --screenshot " DIR "/help.png --at 30ms --keys '?'");
    uint8_t *plain = bytes_of(DIR "/plain.png", &bytes), *help = bytes_of(DIR "/help.png", &others);
    ck_assert(bytes != others || memcmp(plain, help, bytes) != 0);
    free(plain);
    free(help);
}
END_TEST

/* Ten pictures of 100 ms at 100 a second; slower: as many of a tenth of it. */
START_TEST(a_film_has_a_picture_of_every_moment)
{
    size_t bytes;
    if (no_window())
        return;
    view(0, SCENARIO " --record " DIR "/film.y4m --from 20ms --to 120ms --fps 100 --size 960x600");
    char *film = (char *)bytes_of(DIR "/film.y4m", &bytes);
    uint32_t pictures = 0;
    for (char *at = film; at != NULL && at < film + bytes; pictures++) {
        at = memchr(at, '\n', (size_t)(film + bytes - at));
        if (pictures > 0 && at != NULL)
            at += 3 * 960 * 600;
        at = at != NULL ? at + 1 : NULL;
    }
    ck_assert_uint_eq(pictures, 1 + 10); /* the header */
    ck_assert(strncmp(film, "YUV4MPEG2 W960 H600 F100:1", 26) == 0);
    free(film);
    view(0, SCENARIO " --record " DIR "/%02d.png --from 20ms --to 22ms --fps 100 --slow 10 --size "
                     "960x600");
    ck_assert_int_eq(access(DIR "/01.png", F_OK), 0);
    ck_assert_int_ne(access(DIR "/02.png", F_OK), 0);
}
END_TEST

/* In a window that is nowhere: both threads, all that is drawn. */
START_TEST(a_viewed_run_has_the_state_of_an_unviewed_one)
{
    char viewed[64], plain[64];
    size_t bytes;
    if (no_window())
        return;
    view(0, SCENARIO " --frames 3 --headless --close --json");
    string_of(text, "state_hash", viewed);
    ck_assert_int_eq(fovea(text, sizeof(text), "run " SCENARIO " --frames 3 --out " DIR "/run"), 0);
    char *stats = (char *)bytes_of(DIR "/run/stats.json", &bytes);
    stats[bytes - 1] = '\0';
    string_of(stats, "state_hash", plain);
    free(stats);
    ck_assert_str_eq(viewed, plain);
}
END_TEST

/* From its config.json; and the results that --out keeps are those of `run`. */
START_TEST(a_recorded_run_is_shown_again)
{
    if (no_window())
        return;
    ck_assert_int_eq(fovea(text, sizeof(text), "run " SCENARIO " --frames 2 --out " DIR "/rec"), 0);
    view(0, DIR "/rec --headless --close --json");
    ck_assert_msg(strstr(text, "\"as_recorded\":\ttrue") != NULL, "%s", text);
    view(0, SCENARIO " --frames 2 --headless --close --out " DIR "/kept");
    same_files(DIR "/rec/metadata.jsonl", DIR "/kept/metadata.jsonl");
    same_files(DIR "/rec/link.csi2", DIR "/kept/link.csi2");
    same_files(DIR "/rec/stats.json", DIR "/kept/stats.json");
    ck_assert_int_eq(
        system("sed -i 's/\"state_hash\":.*\"\\([0-9a-f]\\)/\"state_hash\": \"f\\1/' " DIR
               "/rec/stats.json"),
        0);
    view(0, DIR "/rec --headless --close --json");
    ck_assert_msg(strstr(text, "\"as_recorded\":\tfalse") != NULL, "%s", text);
    static const char *const damaged[] = {"", "{\"state_hash\"", "\"state_hash\": 5"};
    for (size_t i = 0; i < SIM_COUNT(damaged); i++) {
        ck_assert_int_eq(sim_file_write(DIR "/rec/stats.json", damaged[i], strlen(damaged[i]),
                                        error, sizeof(error)),
                         SIM_OK);
        view(0, DIR "/rec --headless --close --json");
        ck_assert_msg(strstr(text, "as_recorded") == NULL, "%s", text);
        ck_assert_ptr_nonnull(strstr(text, "state_hash"));
    }
}
END_TEST

START_TEST(wrong_use_is_told_before_anything_begins)
{
    static const struct {
        const char *options, *part;
    } wrong[] = {
        {"", "expected"},
        {"no_such.json --screenshot " DIR "/x.png --at 1ms", "no_such.json"},
        {SCENARIO " --screenshot " DIR "/x.png", "--screenshot and --at need each other"},
        {SCENARIO " --at 1ms", "need each other"},
        {SCENARIO " --screenshot " DIR "/x.png --at soon", "--at: 'soon' is neither"},
        {SCENARIO " --size 10x10", "--size: '10x10' is no"},
        {SCENARIO " --size 1280", "--size: '1280' is no"},
        {SCENARIO " --size 1280x800x", "is no <width>x<height>"},
        {SCENARIO " --scale 9", "--scale: 9, expected 0.5..4"},
        {SCENARIO " --scale nan", "--scale"},
        {SCENARIO " --record " DIR "/f.avi", "f.avi"},
        {SCENARIO " --record " DIR "/f.y4m --from 2ms --to 1ms", "--from is not before --to"},
        {SCENARIO " --record " DIR "/f.y4m --fps 0", "--fps"},
        {SCENARIO " --fps 3", "are of --record"},
        {SCENARIO " --live --replay", "--live or --replay"},
        {SCENARIO " --headless", "without --close would never end"},
        {"tests --headless --close", "tests/config.json"},
    };
    if (no_window())
        return;
    for (uint32_t i = 0; i < SIM_COUNT(wrong); i++) {
        view(2, wrong[i].options);
        ck_assert_msg(strstr(text, wrong[i].part) != NULL, "%s: %s", wrong[i].options, text);
    }
    ck_assert_int_ne(access(DIR "/x.png", F_OK), 0);
}
END_TEST

START_TEST(what_does_not_come_to_pass_is_told)
{
    if (no_window())
        return;
    view(1, SCENARIO " --frames 1 --screenshot " DIR "/late.png --at 9s");
    ck_assert_msg(strstr(text, "the run ended at 0.0") != NULL, "%s", text);
    view(1, SCENARIO " --frames 1 --screenshot " DIR "/late.png --at frame:70");
    ck_assert_msg(strstr(text, "before --at") != NULL, "%s", text);
    ck_assert_int_ne(access(DIR "/late.png", F_OK), 0);
    view(1, SCENARIO " --frames 1 --screenshot " DIR "/x.png --at 1ms --font-dir /nowhere");
    ck_assert_msg(strstr(text, "/nowhere") != NULL, "%s", text);
    view(1, SCENARIO " --frames 1 --screenshot " DIR "/x.png --at 1ms --out /proc/no");
    ck_assert_msg(strstr(text, "/proc/no") != NULL, "%s", text); /* not that it ended early */
    view(1, "scenes/must_fail/brown_out_alone.json --headless --close --json");
    ck_assert_msg(strstr(text, "\"state_hash\"") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "11 of 30 frames were reported") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "(see") == NULL, "%s", text); /* a folder that is gone */
    ck_assert_int_eq(system("touch " DIR "/file"), 0);
    view(1, SCENARIO " --record " DIR "/file/film.y4m --from 9s");
    ck_assert_msg(strstr(text, "/file") != NULL && strstr(text, "ended") == NULL, "%s", text);
    view(1, SCENARIO " --frames 1 --headless --close --hand /nowhere/hand.txt");
    ck_assert_msg(strstr(text, "--hand: /nowhere/hand.txt") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "changes by hand") == NULL, "%s", text);
    view(1, SCENARIO " --frames 1 --screenshot /nowhere/x.png --at 1ms");
    ck_assert_msg(strstr(text, "/nowhere/x.png") != NULL, "%s", text);
}
END_TEST

/* The film goes into a pipe, so that it is known to be under way. */
START_TEST(a_film_that_is_interrupted_is_none)
{
    if (no_window())
        return;
    ck_assert_int_eq(system("rm -f " DIR "/pipe.y4m && mkfifo " DIR "/pipe.y4m"), 0);
    view(1, SCENARIO " --record " DIR "/pipe.y4m --size 960x600 2>&1 & program=$!; "
                     "{ head -c 4000000 >/dev/null; kill -TERM $program; cat >/dev/null; } <" DIR
                     "/pipe.y4m; wait $program");
    ck_assert_msg(strstr(text, "view: interrupted") != NULL, "%s", text);
    ck_assert_int_eq(system("rm -f " DIR "/pipe.y4m"), 0);
}
END_TEST

TEST_MAIN("view", a_picture_is_of_its_time, keys_are_typed_before_the_picture,
          a_film_has_a_picture_of_every_moment, a_viewed_run_has_the_state_of_an_unviewed_one,
          a_recorded_run_is_shown_again, wrong_use_is_told_before_anything_begins,
          what_does_not_come_to_pass_is_told, a_film_that_is_interrupted_is_none)
