/*
 * compare_test.c - fovea compare: the host that it assumes, its latencies, and a whole comparison.
 */
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/json.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/compare.h"

#define OUT FOVEA_OUT "/compare"
#define MS UINT64_C(1000000000) /* ps */

static char text[1 << 16];

/* Frames every 30 ms, exposed 10 ms before they are read, read in 20, there at once. */
static void make_frames(compare_frame_t *frame, uint32_t frames)
{
    for (uint32_t i = 0; i < frames; i++) {
        uint64_t start = i * 30 * MS;
        frame[i] = (compare_frame_t){start, start + 30 * MS, start + 30 * MS, 0};
    }
}

START_TEST(a_host_faster_than_the_frames_looks_at_each)
{
    compare_frame_t frame[4];
    make_frames(frame, 4);
    ck_assert_uint_eq(compare_host(frame, 4, 20 * MS), 4);
    for (uint32_t i = 0; i < 4; i++)
        ck_assert_uint_eq(frame[i].alert_ps, (i * 30 + 50) * MS);
}
END_TEST

/* Images at 30, 60, .. 180 ms, 70 ms each: at 30 the first; at 100 the newest is that of 90 (60 is
 * passed over); at 170 that of 150 (120 is); at 240 that of 180. */
START_TEST(a_slow_host_takes_the_newest_and_the_others_wait_for_it)
{
    static const uint64_t alert_ms[] = {100, 170, 170, 240, 240, 310};
    compare_frame_t frame[6];
    make_frames(frame, 6);
    ck_assert_uint_eq(compare_host(frame, 6, 70 * MS), 4);
    for (uint32_t i = 0; i < 6; i++)
        ck_assert_msg(frame[i].alert_ps == alert_ms[i] * MS, "frame %u: %llu", i,
                      (unsigned long long)frame[i].alert_ps);
}
END_TEST

START_TEST(an_image_that_comes_as_the_host_gets_free_is_taken)
{
    compare_frame_t frame[3];
    make_frames(frame, 3);
    ck_assert_uint_eq(compare_host(frame, 3, 60 * MS), 2);
    ck_assert_uint_eq(frame[1].alert_ps, 150 * MS); /* passed over at 90 */
    ck_assert_uint_eq(frame[2].alert_ps, 150 * MS);
}
END_TEST

/* Alerts 5, 9, none, 7 and 6 ms after the last row, 30 more after the first photon. */
START_TEST(median_and_worst_are_of_frames_with_an_alert)
{
    static const uint64_t late_ms[] = {5, 9, 0, 7, 6};
    compare_frame_t frame[5];
    compare_latency_t photon, readout;
    make_frames(frame, 5);
    for (uint32_t i = 0; i < 5; i++)
        frame[i].alert_ps = late_ms[i] != 0 ? frame[i].readout_end_ps + late_ms[i] * MS : 0;
    ck_assert_uint_eq(compare_latencies(frame, 5, &photon, &readout), 4);
    ck_assert(readout.median_ms == 6 && readout.worst_ms == 9);
    ck_assert(photon.median_ms == 36 && photon.worst_ms == 39);
    ck_assert_uint_eq(compare_latencies(frame, 0, &photon, &readout), 0);
    ck_assert(photon.worst_ms == 0);
}
END_TEST

static double number(const sim_json_t *json, const char *a, const char *b, const char *c)
{
    const sim_json_t *at = sim_json_find(json, a);
    at = at != NULL && b != NULL ? sim_json_find(at, b) : at;
    at = at != NULL && c != NULL ? sim_json_find(at, c) : at;
    ck_assert_msg(at != NULL, "%s.%s.%s", a, b != NULL ? b : "", c != NULL ? c : "");
    return sim_json_num(at, NAN);
}

static const sim_json_t *mode(const sim_json_t *json, const char *name)
{
    const sim_json_t *found = sim_json_find(sim_json_find(json, "modes"), name);
    ck_assert_msg(found != NULL, "no mode %s", name);
    return found;
}

static void compare(const char *out, int frames, const char *more)
{
    int code = fovea(text, sizeof(text), "compare scenes/entrance.json -n %d -o " OUT "%s %s",
                     frames, out, more);
    ck_assert_msg(code == 0, "exit %d: %s", code, text);
}

/* RAW10 of 2028 x 1520: 2535 bytes a line, and 6 around them; embedded lines, FS and FE beside. A
 * row of the last line must be on the link in one row time, 12.632 us, so the host has the image
 * within 50 us of the last row, and its alert host_ms later. */
START_TEST(modes_of_the_entrance_differ_by_what_is_on_the_link_and_who_looks)
{
    compare("", 3, "--host-ms 20 --host-mj 100");
    sim_doc_t *doc = sim_doc_load(OUT "/compare.json");
    ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
    const sim_json_t *json = sim_doc_root(doc).node;
    const sim_json_t *plain = mode(json, "plain"), *metadata = mode(json, "metadata"),
                     *full = mode(json, "full");
    double pixels = 2535.0 * 1520;
    ck_assert(number(plain, "image_bytes", NULL, NULL) >= pixels &&
              number(plain, "image_bytes", NULL, NULL) < pixels + 2 * 2535 + 100);
    ck_assert(number(full, "image_bytes", NULL, NULL) == number(plain, "image_bytes", NULL, NULL));
    ck_assert(number(metadata, "image_bytes", NULL, NULL) == 0);
    ck_assert(number(plain, "people_shown", NULL, NULL) == 1);
    ck_assert(number(metadata, "people_shown", NULL, NULL) == 0);
    const sim_json_t *roi = mode(json, "roi");
    ck_assert(number(roi, "people_shown", NULL, NULL) > 0.98); /* from the second frame on */
    ck_assert(number(roi, "images", NULL, NULL) == 2);
    ck_assert(number(roi, "image_bytes", NULL, NULL) < 640 * 480 * 1.5);
    ck_assert(number(metadata, "link_bytes", NULL, NULL) < 400);
    double late = number(plain, "readout_to_alert", "worst_ms", NULL);
    ck_assert_msg(late > 20 && late < 20.05, "%g ms", late);
    ck_assert(number(plain, "energy_mj", "host", NULL) == 100);
    ck_assert(number(metadata, "energy_mj", "host", NULL) == 0);
    ck_assert(number(plain, "energy_mj", "link", NULL) >
              number(metadata, "energy_mj", "link", NULL));
    ck_assert(number(plain, "energy_mj", "left_out", NULL) > 0);
    ck_assert(number(metadata, "energy_mj", "left_out", NULL) == 0);
    ck_assert(number(metadata, "readout_to_alert", "worst_ms", NULL) < 2);
    ck_assert(number(plain, "looked_at", NULL, NULL) == 3);
    sim_doc_free(doc);
    ck_assert_int_ne(access(OUT "/plain/link.csi2", F_OK), 0);
    ck_assert_int_eq(access(OUT "/metadata/link.csi2", F_OK), 0);
}
END_TEST

START_TEST(threads_change_nothing)
{
    compare("_1", 1, "-j 1 --simd scalar");
    compare("_2", 1, "-j 2");
    ck_assert(same_file(OUT "_1/compare.json", OUT "_2/compare.json"));
}
END_TEST

static void refuse(const char *arguments, const char *message)
{
    int code = fovea(text, sizeof(text), "compare %s", arguments);
    ck_assert_msg(code == 2, "%s: exit %d: %s", arguments, code, text);
    ck_assert_msg(strstr(text, message) != NULL, "%s: %s", arguments, text);
}

START_TEST(misuse_is_told_in_a_line)
{
    refuse("", "fovea compare");
    refuse("scenes/none.json", "scenes/none.json");
    refuse("scenes/entrance.json --host-ms -1", "--host-ms: found -1, expected 0..1000000");
    refuse("scenes/entrance.json --host-mj nan", "host-mj");
    refuse("scenes/entrance.json --host-ms soon", "host-ms");
    refuse("scenes/plain_camera/yuv.json", "networks: none, there is nothing to compare");
}
END_TEST

TEST_MAIN("compare", a_host_faster_than_the_frames_looks_at_each,
          a_slow_host_takes_the_newest_and_the_others_wait_for_it,
          an_image_that_comes_as_the_host_gets_free_is_taken,
          median_and_worst_are_of_frames_with_an_alert,
          modes_of_the_entrance_differ_by_what_is_on_the_link_and_who_looks, threads_change_nothing,
          misuse_is_told_in_a_line)
