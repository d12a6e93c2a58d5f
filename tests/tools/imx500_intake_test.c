/*
 * imx500_intake_test.c - a host that brings a second network while the first one runs: good ones,
 * and all kinds of bad ones. Every frame must be there, and be what its network computes.
 */
#include <stdarg.h>

#include "firmware/include/download_stream.h"
#include "sim/file.h"
#include "tests/tools/imx500_rig.h"
#include "tests/tools/one_segment.h"
#include "tools/download.h"
#include "tools/network.h"

#define DIR FOVEA_OUT "/imx500_intake"
#define PERSON "../../../scenes/person_160.tflite"
#define CIFAR "../../../npu/networks/cifar_baseline.topo"
#define MININET "../../../npu/networks/cifar_mininet.topo"

enum { REPLIES_OF_BOOT = 6 };

static char error[512], script[16384];
static size_t written;
static uint32_t replies, errors;
static sensor_desc_t chip;
static npu_prog_t alone[3];

/* ---- files ---- */

static uint8_t *read_image(const char *name, size_t *bytes)
{
    char path[256];
    snprintf(path, sizeof(path), DIR "/images/%s.bin", name);
    uint8_t *data = sim_file_read(path, 1 << 24, bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    return data;
}

static void write_image(const char *name, const uint8_t *data, size_t bytes)
{
    char path[256];
    snprintf(path, sizeof(path), DIR "/images/%s.bin", name);
    ck_assert_int_eq(sim_file_write(path, data, bytes, error, sizeof(error)), SIM_OK);
}

/* An image in one block, as the host sends it. */
static void write_wrapped(const char *name, const boot_image_t *image)
{
    uint32_t bytes = download_wrap(image->data, image->bytes, NULL);
    uint8_t *stream = malloc(bytes);
    ck_assert_ptr_nonnull(stream);
    download_wrap(image->data, image->bytes, stream);
    write_image(name, stream, bytes);
    free(stream);
}

/* The word of network n's table that says where free L2 begins, and its segment. */
static uint32_t *free_addr_of(const boot_image_t *image, uint32_t n, uint32_t **segment)
{
    enum { FREE_ADDR = 0x30, TABLE_BYTES = 1024 };
    uint32_t *header = (uint32_t *)(void *)image->data;
    for (uint32_t i = 0; i < header[BOOT_COUNT_W]; i++) {
        *segment = header + BOOT_HEAD_WORDS + i * BOOT_SEG_WORDS;
        if ((*segment)[BOOT_SEG_ADDR] == BUS_L2_BASE + n * TABLE_BYTES)
            return header + ((*segment)[BOOT_SEG_OFFSET] + FREE_ADDR) / 4;
    }
    ck_abort_msg("no table of network %u", n);
    return NULL;
}

/* The second network as if free L2 began later; and a segment where the first one says it begins,
 * which is where the program has its lines. Neither meets a network. */
static void make_tramplers(const uint8_t *stream, size_t bytes)
{
    uint32_t *segment;
    boot_image_t image = {malloc(bytes),
                          (uint32_t)bytes - DOWNLOAD_HEAD_BYTES - DOWNLOAD_FOOT_BYTES};
    ck_assert_ptr_nonnull(image.data);
    memcpy(image.data, stream + DOWNLOAD_HEAD_BYTES, image.bytes);
    uint32_t *free_addr = free_addr_of(&image, 1, &segment);
    boot_image_t lines = one_segment(*free_addr + 0x100, 0x1000);
    one_segment_seal(&lines);
    write_wrapped("lines", &lines);
    free(lines.data);
    *free_addr += 0x1000;
    uint32_t *header = (uint32_t *)(void *)image.data;
    segment[BOOT_SEG_CRC] =
        sim_crc32(0, image.data + segment[BOOT_SEG_OFFSET], segment[BOOT_SEG_BYTES]);
    header[BOOT_CRC_WORD] = boot_crc(header, BOOT_CRC_WORD);
    write_wrapped("less_free", &image);
    free(image.data);
}

/* The images of three networks laid out together; damaged ones of the second; the first one alone
 * as if nothing else were there. */
static void prepare(void)
{
    static const char *const files[] = {"scenes/person_160.tflite",
                                        "npu/networks/cifar_baseline.topo",
                                        "npu/networks/cifar_mininet.topo"};
    size_t bytes;
    imx500_dir = DIR;
    chip = sensor_desc_default();
    for (uint32_t n = 0; n < SIM_COUNT(files); n++) {
        network_options_t options = {0};
        ck_assert_msg(network_load(files[n], &chip.npu, &options, &alone[n], error, sizeof(error)),
                      "%s", error);
    }
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(fovea(imx500_text, sizeof(imx500_text),
                           "image build/firmware/imx500.elf %s %s %s --for-host " DIR "/images",
                           files[0], files[1], files[2]),
                     0);
    ck_assert_int_eq(fovea(imx500_text, sizeof(imx500_text),
                           "image build/firmware/imx500.elf %s --for-host " DIR "/single",
                           files[1]),
                     0);
    uint8_t *image = read_image("network_1", &bytes);
    image[bytes / 2] ^= 1;
    write_image("flipped", image, bytes);
    image[bytes / 2] ^= 1;
    write_image("cut", image, bytes / 2 & ~(size_t)3);
    make_tramplers(image, bytes);
    image[0] ^= 1;
    write_image("headless", image, bytes);
    free(image);
    written = replies = errors = 0;
}

static void leave(void)
{
    for (uint32_t n = 0; n < SIM_COUNT(alone); n++)
        npu_prog_free(&alone[n]);
}

/* ---- the host's script ---- */

static void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(script + written, sizeof(script) - written, format, args);
    va_end(args);
    ck_assert_int_ge(length, 0);
    written += (size_t)length;
    ck_assert_uint_lt(written, sizeof(script));
}

static void expect_reply(uint32_t status)
{
    replies++;
    errors += status >= 0xfa;
    say("expect dd_ref_sts_reply_cnt %u\nexpect dd_cmd_reply_sts 0x%02x\n", replies, status);
}

static void command(uint32_t type, bool update, const char *size)
{
    say("write dd_load_mode 0\nwrite dd_image_type %u\nwrite dd_download_div_num 0\n", type);
    say("write dd_download_file_size size:%s\nwrite dd_st_trans_cmd %u\nwrite dd_update_cmd 0\n",
        size, type);
    say("write dd_cmd_int %u\ndelay 5\n", update);
}

/* An image of that file where `size` was promised, and the reply to it. */
static void bring(uint32_t type, bool update, const char *size, const char *file, uint32_t reply)
{
    command(type, update, size);
    expect_reply(update ? 0x10 : 0x00);
    say("expect dd_download_sts 0\nspi %s\ndelay 20\n", file);
    expect_reply(reply);
}

static void update(const char *file, uint32_t reply)
{
    bring(2, true, file, file, reply);
}

/* The first network runs and is on the link. */
static void boot(void)
{
    say("delay 9\n");
    bring(0, false, "images/loader.bin", "images/loader.bin", 0x01);
    bring(1, false, "images/main.bin", "images/main.bin", 0x01);
    bring(2, false, "images/network_0.bin", "images/network_0.bin", 0x01);
    say("write y_addr_end 799\nwrite y_output_size 400\n"); /* short to simulate */
    say("write mipi_output 1\nwrite mipi_pixels 0\nwrite mipi_metadata 1\nwrite dnn_mode 4\n"
        "write mode_select 1\nwait-frame 1\nexpect dd_sys_state 3\n");
}

/* steps: of the host, beside its script; each with its comma. */
static void run(uint32_t frames, const char *steps)
{
    static char scenario[2048];
    imx500_save("script.txt", script);
    snprintf(scenario, sizeof(scenario),
             "{\"chip\": \"../../../logic/chips/imx500.json\", \"boot\": \"host\","
             "\"firmware\": \"../../firmware/imx500.elf\", \"networks\": [\"" PERSON "\", \"" CIFAR
             "\", \"" MININET "\"], \"scene\": {\"seed\": 1, \"lux\": 500, \"background\": "
             "{\"kind\": \"room\"}}, \"output\": {\"isp\": false}, \"host\": [%s {\"at\": \"0ms\", "
             "\"write\": \"dnn_mode\", \"value\": 4}], \"host_script\": \"script.txt\", "
             "\"frames\": %u}",
             steps, frames);
    imx500_save("run.json", scenario);
    int code = fovea(imx500_text, sizeof(imx500_text), "run " DIR "/run.json --out " DIR "/out");
    ck_assert_msg(code == 0, "%s", imx500_text);
}

/* A digit a frame: its network. All frames are whole, none is missing, none other than alone. */
static void expect_frames(const char *networks)
{
    char *all = imx500_result("tensors.jsonl"), *line = all;
    for (uint32_t frame = 0; networks[frame] != '\0'; frame++) {
        uint32_t network = (uint32_t)(networks[frame] - '0');
        char *end = strchr(line, '\n');
        ck_assert_msg(end != NULL, "%u frames", frame);
        *end = '\0';
        ck_assert_int_eq(imx500_number(line, "frame"), frame);
        ck_assert_msg(imx500_number(line, "network") == (long)network, "frame %u: %s", frame, line);
        ck_assert_msg(strstr(line, "\"input_valid\":true,\"output_valid\":true") != NULL, "%s",
                      line);
        imx500_expect_outputs(&alone[network], &chip, frame);
        line = end + 1;
    }
    ck_assert_str_eq(line, "");
    free(all);
    char *stats = imx500_result("stats.json");
    ck_assert_int_eq(imx500_stat(stats, "lost_tensors"), 0);
    free(stats);
}

/* ---- tests ---- */

START_TEST(a_network_that_comes_while_another_runs_is_there_to_be_selected)
{
    prepare();
    boot();
    say("write network_select 1\ndelay 1\nexpect network_select 0\n"); /* not yet */
    update("images/network_1.bin", 0x11);
    say("wait-frame 5\nwrite network_select 1\nwait-frame 8\nexpect network_select 1\n"
        "expect dd_ref_sts_err_cnt 0\n");
    run(9, "");
    expect_frames("000000011");
    leave();
}
END_TEST

/* Of 74 KB 17 ms at 35 MHz: half a frame. */
START_TEST(bad_downloads_leave_the_old_network_running)
{
    prepare();
    boot();
    command(2, false, "images/network_1.bin"); /* a transition: out of order */
    expect_reply(0xff);
    command(2, true, "images/loader.bin"); /* taken back */
    expect_reply(0x10);
    say("write dd_update_cancel 1\ndelay 5\n");
    expect_reply(0x12);
    update("images/flipped.bin", 0xfe);
    update("images/headless.bin", 0xfa);
    bring(2, true, "images/network_1.bin", "images/cut.bin", 0xfa);
    update("images/main.bin", 0xfa);
    update("images/network_0.bin", 0xfa); /* that runs */
    say("expect boot_error_a 12\n");
    update("single/network.bin", 0xfa); /* made for another layout */
    say("expect boot_error_a 12\n");
    update("images/lines.bin", 0xfa); /* over what the program uses */
    say("expect boot_error_a 12\n");
    update("images/less_free.bin", 0xfa); /* whose program would use more */
    say("expect boot_error_a 12\n");
    command(2, true, "images/network_1.bin"); /* and nothing comes */
    expect_reply(0x10);
    say("delay 1020\n");
    expect_reply(0xfd);
    say("write network_select 1\ndelay 1\nexpect network_select 0\nexpect dd_sys_state 3\n");
    update("images/network_1.bin", 0x11);
    say("expect boot_error_a 0\nexpect dd_ref_sts_err_cnt %u\n", errors);
    say("wait-frame 48\nwrite network_select 1\n");
    run(52, "");
    char expected[53];
    memset(expected, '0', sizeof(expected));
    memcpy(expected + 50, "11", 3);
    expect_frames(expected);
    leave();
}
END_TEST

/* The network that does not run is taken away and comes back; one that is selected is needed. */
START_TEST(selections_in_a_download_are_of_networks_that_are_there)
{
    prepare();
    boot();
    update("images/network_1.bin", 0x11);
    command(2, true, "images/network_1.bin");
    expect_reply(0x10);
    say("wait-frame 5\nwrite network_select 1\ndelay 1\n" /* before its place is written */
        "spi images/network_1.bin\ndelay 20\n");
    expect_reply(0xfa);
    say("expect boot_error_a 12\nwait-frame 9\nexpect network_select 1\n");
    update("images/network_0.bin", 0x11);
    say("wait-frame 12\nwrite network_select 0\n");
    run(13, "");
    expect_frames("0000000111111");
    leave();
}
END_TEST

/* 330 KB take 76 ms at 35 MHz: from frame 5 into frame 7. */
START_TEST(the_network_changes_while_words_of_another_come)
{
    prepare();
    boot();
    update("images/network_1.bin", 0x11);
    say("wait-frame 5\n");
    command(2, true, "images/network_2.bin");
    expect_reply(0x10);
    say("spi images/network_2.bin\ndelay 5\n");
    expect_reply(0x11);
    run(15, "{\"at\": \"frame:5+1500\", \"write\": \"network_select\", \"value\": 1},"
            "{\"at\": \"frame:7+10\", \"write\": \"network_select\", \"value\": 0},"
            "{\"at\": \"frame:10+2000\", \"write\": \"network_select\", \"value\": 2},");
    expect_frames("000000011000222");
    leave();
}
END_TEST

/* Words of 74 KB come for 17 ms, from 993 ms after the command on. */
START_TEST(a_second_is_counted_from_the_last_word)
{
    prepare();
    boot();
    command(2, true, "images/network_1.bin");
    expect_reply(0x10);
    say("delay 988\nspi images/network_1.bin\ndelay 20\n");
    expect_reply(0x11);
    run(34, "");
    leave();
}
END_TEST

/* ---- the examples ---- */

/* The network of each frame as the run tells it. */
static void expect_networks(const char *expected)
{
    char *all = imx500_result("tensors.jsonl"), *line = all;
    for (; *expected != '\0'; expected++, line = strchr(line, '\n') + 1) {
        ck_assert_msg(*line == '{', "%s frames more", expected);
        ck_assert_int_eq(imx500_number(line, "network"), *expected - '0');
        ck_assert_ptr_nonnull(strchr(line, '\n'));
    }
    ck_assert_str_eq(line, "");
    free(all);
}

START_TEST(the_example_scenarios_do_what_they_say)
{
    prepare();
    int code =
        fovea(imx500_text, sizeof(imx500_text), "run scenes/imx500/two.json --out " DIR "/out");
    ck_assert_msg(code == 0, "%s", imx500_text);
    expect_networks("0000111000");
    code = fovea(imx500_text, sizeof(imx500_text), "run scenes/imx500/swap.json --out " DIR "/out");
    ck_assert_msg(code == 0, "%s", imx500_text);
    expect_networks("0000000111");
    leave();
}
END_TEST

TEST_MAIN("imx500 intake", a_second_is_counted_from_the_last_word,
          the_example_scenarios_do_what_they_say, the_network_changes_while_words_of_another_come,
          a_network_that_comes_while_another_runs_is_there_to_be_selected,
          bad_downloads_leave_the_old_network_running,
          selections_in_a_download_are_of_networks_that_are_there)
