/*
 * network_swap_test.c - the program network_swap: whenever the host selects, each frame is the old
 * network's or the new one's, none is missing, and each says what its network says alone; downloads
 * that fail leave what runs, and are told.
 */
#include <stdarg.h>

#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

#define DIR FOVEA_OUT "/network_swap"
#define PERSON "scenes/person_160.tflite"
#define PRESENCE "scenes/models/presence.tflite" /* of another kind, size and speed */

static char text[1 << 16], error[512], script[16384];
static size_t written;
static uint32_t replies;

static void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    written += (size_t)vsnprintf(script + written, sizeof(script) - written, format, args);
    va_end(args);
    ck_assert_uint_lt(written, sizeof(script));
}

static void save(const char *name, const char *content)
{
    char path[256];
    snprintf(path, sizeof(path), DIR "/%s", name);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_file_write(path, content, strlen(content), error, sizeof(error)), SIM_OK);
}

/* What the host got of a run: its metadata, for the caller to free. keys: of the scenario, each
 * with its comma. Frames are short to simulate. */
static char *run(const char *keys, uint32_t frames)
{
    static char scenario[8192];
    size_t bytes;
    snprintf(scenario, sizeof(scenario),
             "{\"chip\": \"../../../logic/chips/imx500.json\", \"firmware\": "
             "\"../../firmware/network_swap.elf\", \"networks\": [\"../../../" PERSON "\", "
             "\"../../../" PRESENCE "\"], \"scene\": {\"seed\": 1, \"crowd\": {}}, "
             "\"output\": {\"isp\": false}, %s \"settings\": {\"score_min\": 1}, \"frames\": %u}",
             keys, frames);
    save("run.json", scenario);
    ck_assert_msg(fovea(text, sizeof(text), "run " DIR "/run.json --out " DIR "/out") == 0, "%s",
                  text);
    char *data =
        (char *)sim_file_read(DIR "/out/metadata.jsonl", 1 << 24, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    data = realloc(data, bytes + 1);
    ck_assert_ptr_nonnull(data);
    data[bytes] = '\0';
    return data;
}

/* ---- metadata ---- */

/* Line of a frame: they come in order, and none is missing. */
static char *line_of(char *all, uint32_t frame)
{
    char start[32];
    snprintf(start, sizeof(start), "{\"frame\":%u,", frame);
    for (uint32_t i = 0; i < frame; i++, all++) {
        all = strchr(all, '\n');
        ck_assert_msg(all != NULL, "no frame %u", frame);
    }
    ck_assert_msg(strncmp(all, start, strlen(start)) == 0, "frame %u: %.100s", frame, all);
    return all;
}

static uint32_t network_of(char *line)
{
    char *at = strstr(line, "\"network\":");
    ck_assert_ptr_nonnull(at);
    return (uint32_t)strtoul(at + 10, NULL, 10);
}

/* The same boxes, to the byte. */
static void expect_same(char *all, char *alone, uint32_t frame)
{
    char *a = strstr(line_of(all, frame), "\"boxes\":"),
         *b = strstr(line_of(alone, frame), "\"boxes\":");
    size_t length = strcspn(a, "]");
    ck_assert_msg(strncmp(a, b, length + 1) == 0, "frame %u:\n%.*s\n%.*s", frame, (int)length, a,
                  (int)length, b);
}

/* ---- tests ---- */

#define SHORT                                                                                      \
    "{\"at\": \"0ms\", \"write\": \"y_addr_end\", \"value\": 799}, "                               \
    "{\"at\": \"0ms\", \"write\": \"y_output_size\", \"value\": 400}, "
#define STREAM "{\"at\": \"0ms\", \"write\": \"mode_select\", \"value\": 1}"

/* Frames have 400 rows; a result is there some 60 rows behind the last one (0.7 ms), of the larger
 * network later. A write on the bus takes 0.13 ms, 10 rows. */
START_TEST(no_frame_is_lost_or_mixed_whenever_the_host_selects)
{
    static const struct {
        uint32_t frame, row, first;
    } phase[] = {{2, 0, 3},      {4, 200, 5},    {6, 380, 7},    {8, 700, 10},
                 {12, 1300, 14}, {16, 2000, 18}, {20, 2560, 22}, {24, 2600, 26}};
    char keys[4096];
    size_t at = 0;
    char *alone[2];
    alone[0] = run("\"host\": [" SHORT STREAM "],", 30);
    alone[1] = run("\"host\": [" SHORT
                   "{\"at\": \"0ms\", \"write\": \"network_select\", \"value\": 1}, " STREAM "],",
                   30);
    at += (size_t)snprintf(keys, sizeof(keys), "\"host\": [" SHORT);
    for (uint32_t i = 0; i < SIM_COUNT(phase); i++)
        at += (size_t)snprintf(keys + at, sizeof(keys) - at,
                               "{\"at\": \"frame:%u+%u\", \"write\": \"network_select\", "
                               "\"value\": %u}, ",
                               phase[i].frame, phase[i].row, (i + 1) % 2);
    snprintf(keys + at, sizeof(keys) - at, STREAM "],");
    char *all = run(keys, 30);
    for (uint32_t frame = 0, i = 0; frame < 30; frame++) {
        i += i < SIM_COUNT(phase) && phase[i].first == frame;
        ck_assert_uint_eq(network_of(line_of(alone[0], frame)), 0);
        ck_assert_uint_eq(network_of(line_of(alone[1], frame)), 1);
        ck_assert_msg(network_of(line_of(all, frame)) == i % 2, "frame %u: %.40s", frame,
                      line_of(all, frame));
        expect_same(all, alone[i % 2], frame);
    }
    free(all);
    free(alone[0]);
    free(alone[1]);
}
END_TEST

START_TEST(what_cannot_be_selected_changes_nothing)
{
    char *all =
        run("\"host\": [" SHORT
            "{\"at\": \"frame:1+10\", \"write\": \"network_select\", \"value\": 9}, "
            "{\"at\": \"frame:2+10\", \"read\": \"network_select\", \"expect\": 0}, "
            "{\"at\": \"frame:2+100\", \"write\": \"network_select\", \"value\": 1}, "
            "{\"at\": \"frame:2+120\", \"write\": \"network_select\", \"value\": 9}, "
            "{\"at\": \"frame:2+200\", \"read\": \"network_select\", \"expect\": 1}, "
            "{\"at\": \"frame:3+100\", \"write\": \"network_select\", \"value\": 0}, "
            "{\"at\": \"frame:3+120\", \"write\": \"network_select\", \"value\": 1}, " STREAM "],",
            5);
    for (uint32_t frame = 0; frame < 5; frame++)
        ck_assert_uint_eq(network_of(line_of(all, frame)), frame > 2);
    free(all);
}
END_TEST

/* ---- downloads ---- */

static void expect_reply(uint32_t reply)
{
    replies++;
    say("expect dd_ref_sts_reply_cnt %u\nexpect dd_cmd_reply_sts 0x%02x\n", replies & 0xffu, reply);
}

static void command(uint32_t type, bool update, const char *size)
{
    say("write dd_load_mode 0\nwrite dd_image_type %u\nwrite dd_download_div_num 0\n"
        "write dd_download_file_size size:%s.bin\nwrite %s 0\n",
        type, size, update ? "dd_update_cmd" : "dd_st_trans_cmd");
    if (!update)
        say("write dd_st_trans_cmd %u\n", type);
    say("write dd_cmd_int %u\ndelay 5\n", update);
}

static void bring(uint32_t type, bool update, const char *size, const char *file, uint32_t reply)
{
    command(type, update, size);
    expect_reply(update ? 0x10 : 0x00);
    say("spi %s.bin\ndelay 20\n", file);
    expect_reply(reply);
}

/* The images of both networks; the second one damaged; the first one as if it were alone. */
static void make_images(void)
{
    size_t bytes;
    ck_assert_msg(fovea(text, sizeof(text),
                        "image build/firmware/network_swap.elf " PERSON " " PRESENCE
                        " --for-host " DIR "/images") == 0,
                  "%s", text);
    ck_assert_msg(fovea(text, sizeof(text),
                        "image build/firmware/network_swap.elf " PERSON " --for-host " DIR
                        "/single") == 0,
                  "%s", text);
    uint8_t *data =
        sim_file_read(DIR "/images/network_1.bin", 1 << 24, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(data);
    data[bytes / 2] ^= 4;
    ck_assert_int_eq(sim_file_write(DIR "/images/flipped.bin", data, bytes, error, sizeof(error)),
                     SIM_OK);
    free(data);
}

/* Events of type download, in their order, from the metadata. */
static void expect_downloads(char *all, const char *expected)
{
    char found[512] = "";
    for (char *at = all; (at = strstr(at, "\"reply\":\"")) != NULL;) {
        at += 9;
        snprintf(found + strlen(found), sizeof(found) - strlen(found), "%.*s ",
                 (int)strcspn(at, "\""), at);
    }
    ck_assert_str_eq(found, expected);
}

START_TEST(bad_downloads_leave_what_runs_and_are_told)
{
    make_images();
    say("delay 9\n");
    bring(0, false, "images/loader", "images/loader", 0x01);
    bring(1, false, "images/main", "images/main", 0x01);
    bring(2, false, "images/network_0", "images/network_0", 0x01);
    say("write y_addr_end 799\nwrite y_output_size 400\nwrite mode_select 1\nwait-frame 1\n");
    command(2, false, "images/network_1"); /* out of order */
    expect_reply(0xff);
    bring(2, true, "images/flipped", "images/flipped", 0xfe);
    bring(2, true, "images/network_1", "images/loader", 0xfa); /* cut */
    bring(2, true, "images/main", "images/main", 0xfa);        /* no network */
    bring(2, true, "images/network_0", "images/network_0", 0xfa);
    say("expect boot_error_a 12\n");
    bring(2, true, "single/network", "single/network", 0xfa); /* made for another layout */
    say("expect boot_error_a 12\n");
    say("wait-frame 20\n");
    bring(2, true, "images/network_1", "images/network_1", 0x11); /* 20 ms */
    say("expect dd_ref_sts_err_cnt 6\nwrite network_select 1\ndelay 1\nexpect network_select 1\n"
        "wait-frame 28\n");
    save("script.txt", script);
    char *all = run("\"boot\": \"host\", \"host_script\": \"script.txt\", \"host\": ["
                    "{\"at\": \"frame:20+1000\", \"write\": \"network_select\", \"value\": 1}, "
                    "{\"at\": \"frame:20+1200\", \"read\": \"network_select\", \"expect\": 0}],",
                    30),
         *last = all; /* frame 20: while its words come */
    expect_downloads(all, "state authentication format format format format done ");
    ck_assert_uint_eq(network_of(line_of(all, 0)), 0);
    for (uint32_t frame = 1; frame < 30; frame++, last = line_of(all, frame - 1))
        ck_assert_uint_ge(network_of(line_of(all, frame)), network_of(last)); /* changes once */
    ck_assert_uint_eq(network_of(line_of(all, 29)), 1);
    free(all);
}
END_TEST

TEST_MAIN("network swap", no_frame_is_lost_or_mixed_whenever_the_host_selects,
          what_cannot_be_selected_changes_nothing, bad_downloads_leave_what_runs_and_are_told)
