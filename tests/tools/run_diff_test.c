/*
 * run_diff_test.c - `fovea diff`: nothing, each kind of thing that can move, and what is no run.
 */
#include "sim/json.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/report_rig.h"
#include "tools/run_diff.h"

#define DIR FOVEA_OUT "/run_diff"

static char said[16384];

static int diff(const char *arguments)
{
    return fovea(said, sizeof(said), "diff %s", arguments);
}

static bool says(const char *part)
{
    return strstr(said, part) != NULL;
}

/* Two folders of the same run. */
static void two(const char *name)
{
    char dir[200];
    for (int i = 0; i < 2; i++) {
        snprintf(dir, sizeof(dir), DIR "/%s/%c", name, 'a' + i);
        report_rig_run(dir);
    }
}

START_TEST(a_run_is_the_same_as_itself_and_as_its_copy)
{
    two("same");
    report_rig_put(DIR "/same/b", "host.json", "{\"wall_s\":1000}\n"); /* not compared */
    ck_assert_msg(diff(DIR "/same/a " DIR "/same/b") == 0, "%s", said);
    ck_assert(says("the same: "));
    ck_assert_int_eq(diff(DIR "/same/a " DIR "/same/a --json"), 0);
    ck_assert(says("\"same\":\ttrue"));
}
END_TEST

/* What is put in the place of a file of b, what must be told, and the same as JSON. */
static const struct {
    const char *file, *text, *told, *json;
} moved[] = {
    {"stats.json", "{\"time_ps\":50000000000,\"state_hash\":\"0\"}",
     "\"0123456789abcdef\" -> \"0\"", "\"path\":\t\"state_hash\""},
    {"config.json", "{\"chip\":\"a.json\",\"seed\":7}", "b.elf", "\"path\":\t\"firmware\""},
    {"metadata.jsonl", "{\"frame\":0}\n{\"frame\":1}\n",
     "metadata.jsonl: 1 lines differ, 0 only in A, 1 only in B; first line 1: ",
     "\"file\":\t\"metadata.jsonl\""},
    {"truth.jsonl", "",
     "truth.jsonl: 0 lines differ, 1 only in A, 0 only in B; first line 1: only in A",
     "\"why\":\t\"only in A\""},
    {"faults.jsonl", "{\"kind\":\"x\"}\n", "first line 1: only in B", "faults.jsonl"},
    {"uart.log", "steady\n", "uart.log differs", "\"uart.log\""},
    {"link.csi2", "x", "link.csi2 differs", "\"link.csi2\""},
};

START_TEST(what_moved_is_told_and_ends_it_with_1)
{
    for (size_t i = 0; i < SIM_COUNT(moved); i++) {
        char name[32], dir[200], arguments[500];
        snprintf(name, sizeof(name), "moved%zu", i);
        two(name);
        snprintf(dir, sizeof(dir), DIR "/%s/b", name);
        report_rig_put(dir, moved[i].file, moved[i].text);
        snprintf(arguments, sizeof(arguments), DIR "/%s/a %s --all", name, dir);
        ck_assert_int_eq(diff(arguments), 1);
        ck_assert_msg(says(moved[i].told), "%s", said);
        snprintf(arguments, sizeof(arguments), DIR "/%s/a %s --json", name, dir);
        ck_assert_int_eq(diff(arguments), 1);
        ck_assert_msg(says(moved[i].json), "%s", said);
        ck_assert(says("\"same\":\tfalse"));
        sim_doc_t *doc = sim_doc_parse(said, strlen(said), "said");
        ck_assert_msg(sim_doc_error(doc) == NULL, "%s", sim_doc_error(doc));
        sim_doc_free(doc);
    }
}
END_TEST

START_TEST(numbers_have_their_relative_change_largest_first)
{
    static const char a[] = "{\"x\":{\"value\":100,\"unit\":\"bytes\",\"help\":\"h\"},\"y\":[1,8],"
                            "\"z\":0,\"s\":\"p\"}";
    static const char b[] =
        "{\"x\":{\"value\":102,\"unit\":\"bytes\",\"help\":\"h\"},\"y\":[1,4,2],"
        "\"z\":3,\"s\":\"p\"}";
    report_rig_put(DIR "/numbers/a", "stats.json", a);
    report_rig_put(DIR "/numbers/b", "stats.json", b);
    ck_assert_int_eq(diff(DIR "/numbers/a " DIR "/numbers/b"), 1);
    ck_assert(says("stats.json: 4 values moved, 4 did not")); /* unit, help, y[0], s */
    const char *x = strstr(said, "+2%  x "), *y = strstr(said, "-50%  y[1] "),
               *z = strstr(said, "from 0  z ");
    const char *added = strstr(said, "y[2]");
    ck_assert_msg(x != NULL && y != NULL && z != NULL && added != NULL, "%s", said);
    ck_assert(added < z && z < y && y < x); /* what is no change of a number comes first */
    ck_assert(says("100 -> 102 bytes"));
    ck_assert(says("nothing -> 2"));
    ck_assert_int_eq(diff(DIR "/numbers/a " DIR "/numbers/b --within 2.5"), 1);
    ck_assert(says("stats.json: 3 values moved"));
}
END_TEST

/* Lists of layers and counters: by name, wherever they stand; the second of a name is #2. */
START_TEST(elements_with_names_are_compared_by_name)
{
    static const char a[] = "{\"l\":[{\"name\":\"conv\",\"n\":10},{\"name\":\"conv\",\"n\":20},"
                            "{\"name\":\"pool\",\"n\":30}],\"c\":[{\"block\":\"npu\",\"component\":"
                            "\"load\",\"stat\":\"bytes\",\"n\":5}],\"plain\":[{\"n\":1}]}";
    static const char b[] = "{\"l\":[{\"name\":\"new\",\"n\":1},{\"name\":\"conv\",\"n\":10},"
                            "{\"name\":\"conv\",\"n\":22}],\"c\":[{\"block\":\"npu\",\"component\":"
                            "\"load\",\"stat\":\"bytes\",\"n\":6}],\"plain\":[{\"n\":2}]}";
    report_rig_put(DIR "/named/a", "stats.json", a);
    report_rig_put(DIR "/named/b", "stats.json", b);
    ck_assert_int_eq(diff(DIR "/named/a " DIR "/named/b --all"), 1);
    ck_assert_msg(says("stats.json: 5 values moved"), "%s", said);
    ck_assert(says("+10%  l[conv#2].n "));
    ck_assert(says("+20%  c[npu.load.bytes].n "));
    ck_assert(says("+100%  plain[0].n "));
    ck_assert(says("l[pool] ") && says("l[new] "));
    ck_assert(!says("l[conv].n"));
}
END_TEST

START_TEST(files_of_bytes_say_where_they_part)
{
    two("bytes");
    report_rig_put(DIR "/bytes/a", "link.csi2", "0123456789");
    report_rig_put(DIR "/bytes/b", "link.csi2", "01234X67");
    report_rig_put(DIR "/bytes/a", "trace.json", "the same and");
    report_rig_put(DIR "/bytes/b", "trace.json", "the same");
    ck_assert_int_eq(diff(DIR "/bytes/a " DIR "/bytes/b"), 1);
    ck_assert_msg(says("link.csi2 differs: 10 bytes against 8, from byte 5 on"), "%s", said);
    ck_assert(says("trace.json differs: 12 bytes against 8, from byte 8 on"));
    ck_assert_int_eq(system("rm " DIR "/bytes/b/trace.json"), 0);
    ck_assert_int_eq(diff(DIR "/bytes/a " DIR "/bytes/b"), 1);
    ck_assert(says("trace.json differs: only in A"));
}
END_TEST

START_TEST(within_takes_small_changes_for_none)
{
    two("within");
    report_rig_put(DIR "/within/a", "stats.json", "{\"n\":1000,\"state_hash\":\"1\"}");
    report_rig_put(DIR "/within/b", "stats.json", "{\"n\":1010,\"state_hash\":\"2\"}");
    report_rig_put(DIR "/within/b", "uart.log", "other\n");
    ck_assert_int_eq(diff(DIR "/within/a " DIR "/within/b --within 1.1"), 0);
    ck_assert_int_eq(diff(DIR "/within/a " DIR "/within/b --within 0.9"), 1);
    ck_assert_int_eq(diff(DIR "/within/a " DIR "/within/b"), 1);
}
END_TEST

START_TEST(events_that_one_of_them_tells_are_listed)
{
    two("events");
    report_rig_put(DIR "/events/b", "metadata.jsonl",
                   "{\"frame\":0,\"events\":[{\"type\":\"crossing\",\"id\":5}]}\n");
    ck_assert_int_eq(diff(DIR "/events/a " DIR "/events/b"), 1);
    ck_assert(says("events: 2 are told by one of them only"));
    ck_assert(says("A metadata.jsonl {\"type\":\"crossing\",\"time_ps\":1000000000,\"id\":4,"));
    ck_assert(says("B metadata.jsonl {\"type\":\"crossing\",\"id\":5}"));
}
END_TEST

/* B has no frame 1, counts anew after frame 2 as A does, and has one more at the end; what else
 * they have is the same but for one value. */
START_TEST(lines_are_compared_by_frame)
{
    two("frames");
    report_rig_put(DIR "/frames/a", "metadata.jsonl",
                   "{\"frame\":0,\"time_ps\":10}\n{\"frame\":1,\"time_ps\":20}\n"
                   "{\"frame\":2,\"time_ps\":30}\n{\"frame\":3,\"time_ps\":40}\n"
                   "{\"frame\":0,\"time_ps\":90}\n{\"frame\":1,\"time_ps\":100}\n");
    report_rig_put(DIR "/frames/b", "metadata.jsonl",
                   "{\"frame\":0,\"time_ps\":10}\n{\"frame\":2,\"time_ps\":31}\n"
                   "{\"frame\":0,\"time_ps\":90}\n{\"frame\":1,\"time_ps\":100}\n"
                   "{\"frame\":2,\"time_ps\":110}\n");
    ck_assert_int_eq(diff(DIR "/frames/a " DIR "/frames/b"), 1);
    ck_assert_msg(says("metadata.jsonl: 1 lines differ, 2 only in A, 1 only in B; first line 2: "
                       "only in A"),
                  "%s", said);
    ck_assert_int_eq(diff(DIR "/frames/b " DIR "/frames/a"), 1);
    ck_assert_msg(says("metadata.jsonl: 1 lines differ, 1 only in A, 2 only in B; first line 2: "
                       "only in B"),
                  "%s", said);
}
END_TEST

static void put_picture(const char *dir, const char *name, uint32_t width_px, uint8_t level)
{
    uint8_t data[16 * 16];
    char file[300], error[400];
    report_rig_put(dir, "none", "");
    memset(data, 100, sizeof(data));
    data[5] = level; /* x 5, y 0 */
    snprintf(file, sizeof(file), "%s/%s", dir, name);
    const sim_image_t image = {width_px, 16, 1, data};
    ck_assert_msg(sim_png_write(file, &image, error, sizeof(error)) == SIM_OK, "%s", error);
}

START_TEST(pictures_are_compared_sample_by_sample)
{
    two("pictures");
    put_picture(DIR "/pictures/a/frames", "frame_00000.png", 16, 100);
    put_picture(DIR "/pictures/b/frames", "frame_00000.png", 16, 100);
    put_picture(DIR "/pictures/a/frames", "frame_00001.png", 16, 100);
    put_picture(DIR "/pictures/b/frames", "frame_00001.png", 16, 164);
    put_picture(DIR "/pictures/a/frames", "frame_00002.png", 16, 100);
    put_picture(DIR "/pictures/b/frames", "frame_00002.png", 8, 100);
    put_picture(DIR "/pictures/b/frames", "frame_00003.png", 16, 100);
    put_picture(DIR "/pictures/a", "raw_00000.png", 16, 100);
    ck_assert_int_eq(diff(DIR "/pictures/a " DIR "/pictures/b"), 1);
    ck_assert_msg(says("pictures: 2 differ, 1 are the same, 1 only in A, 1 only in B"), "%s", said);
    /* 64 of 256 samples: a mean of 0.25, a mean square of 16, 20 lg (255 / 4) dB */
    ck_assert_msg(says("frames/frame_00001.png       mean 0.25, most 64 DN at 5,0, PSNR 36.1 dB"),
                  "%s", said);
    ck_assert(says("frames/frame_00002.png       other size"));
}
END_TEST

START_TEST(what_is_no_run_or_malformed_ends_it_with_2)
{
    two("bad");
    report_rig_put(DIR "/bad/cut", "stats.json", "{\"a\":");
    report_rig_put(DIR "/bad/none", "other", "");
    report_rig_run(DIR "/bad/line");
    report_rig_put(DIR "/bad/line", "metadata.jsonl", "{\"frame\":0}\n{\"fr\n");
    report_rig_run(DIR "/bad/png");
    report_rig_put(DIR "/bad/png/frames", "frame_00000.png", "no picture");
    put_picture(DIR "/bad/a/frames", "frame_00000.png", 16, 100);
    static const struct {
        const char *arguments, *want;
    } c[] = {
        {DIR "/bad/a", "RUN_B"},
        {DIR "/bad/a " DIR "/bad/absent", "not a folder"},
        {DIR "/bad/none " DIR "/bad/a", "no stats.json"},
        {DIR "/bad/a " DIR "/bad/cut", "cut/stats.json"},
        {DIR "/bad/a " DIR "/bad/line", "line/metadata.jsonl:2"},
        {DIR "/bad/a " DIR "/bad/png", "png/frames/frame_00000.png"},
        {DIR "/bad/a " DIR "/bad/b --within x", "--within"},
        {DIR "/bad/a " DIR "/bad/b --within -1", "--within"},
    };
    for (size_t i = 0; i < SIM_COUNT(c); i++) {
        int code = diff(c[i].arguments);
        ck_assert_msg(code == 2 && says(c[i].want), "%s: %d %s", c[i].arguments, code, said);
        ck_assert_int_eq(line_count(said), 1);
    }
}
END_TEST

START_TEST(two_seeds_of_a_scenario_differ_and_two_runs_of_one_do_not)
{
    static const char *const runs[] = {"-o " DIR "/s1", "-o " DIR "/s1b -j 1",
                                       "--seed 2 -o " DIR "/s2"};
    for (size_t i = 0; i < SIM_COUNT(runs); i++)
        ck_assert_msg(fovea(said, sizeof(said), "run scenes/entrance.json -n 1 %s", runs[i]) == 0,
                      "%s", said);
    ck_assert_msg(diff(DIR "/s1 " DIR "/s1b") == 0, "%s", said);
    ck_assert_int_eq(diff(DIR "/s1 " DIR "/s2"), 1);
    ck_assert(says("+100%  seed"));
    ck_assert(says("frames/frame_00000.png"));
}
END_TEST

TEST_MAIN("fovea diff", a_run_is_the_same_as_itself_and_as_its_copy,
          what_moved_is_told_and_ends_it_with_1, numbers_have_their_relative_change_largest_first,
          elements_with_names_are_compared_by_name, files_of_bytes_say_where_they_part,
          within_takes_small_changes_for_none, events_that_one_of_them_tells_are_listed,
          lines_are_compared_by_frame, pictures_are_compared_sample_by_sample,
          what_is_no_run_or_malformed_ends_it_with_2,
          two_seeds_of_a_scenario_differ_and_two_runs_of_one_do_not)
