/*
 * imx500_two_test.c - several networks in firmware/app_imx500.c: the host selects one, and each
 * frame is what its network computes of it, in every bit.
 */
#include "sim/file.h"
#include "sim/png.h"
#include "tests/tools/imx500_rig.h"
#include "tools/network.h"

#define DIR FOVEA_OUT "/imx500_two"
#define CIFAR "../../../npu/networks/cifar_baseline.topo"
#define MININET "../../../npu/networks/cifar_mininet.topo"
#define BOTH IMX500_DETECTOR "\", \"" CIFAR
#define SELECT(at, n) "{\"at\": \"" at "\", \"write\": \"network_select\", \"value\": " n "},"
#define SELECTED(at, n) "{\"at\": \"" at "\", \"read\": \"network_select\", \"expect\": " n "},"

/* 600 rows are read of 900 lines: a tensor is still made in the middle of its frame. */
#define SHORT                                                                                      \
    IMX500_NO_PIXELS "{\"at\": \"0ms\", \"write\": \"y_addr_end\", \"value\": 1199},"              \
                     "{\"at\": \"0ms\", \"write\": \"y_output_size\", \"value\": 600},"            \
                     "{\"at\": \"0ms\", \"write\": \"frame_length_lines\", \"value\": 900},"
enum { FRAME_LINES = 900 };

static char error[512];
static sensor_desc_t chip;
static npu_prog_t alone[3]; /* detector, cifar_baseline, cifar_mininet, each compiled by itself */

static void prepare(void)
{
    static const char *const files[] = {"scenes/person_160.tflite",
                                        "npu/networks/cifar_baseline.topo",
                                        "npu/networks/cifar_mininet.topo"};
    imx500_dir = DIR;
    chip = sensor_desc_default();
    for (uint32_t n = 0; n < SIM_COUNT(files); n++) {
        network_options_t options = {0};
        ck_assert_msg(network_load(files[n], &chip.npu, &options, &alone[n], error, sizeof(error)),
                      "%s", error);
    }
}

static void leave(void)
{
    for (uint32_t n = 0; n < SIM_COUNT(alone); n++)
        npu_prog_free(&alone[n]);
}

/* Line `frame` of the file: its own number, its tensors, its network's id, lines and outputs. */
static void expect_frame(char **line, uint32_t frame, uint32_t network)
{
    char *end = strchr(*line, '\n');
    ck_assert_msg(end != NULL, "%u frames", frame);
    *end = '\0';
    ck_assert_int_eq(imx500_number(*line, "frame"), frame);
    ck_assert_int_eq(imx500_number(*line, "count"), frame & 0xff);
    ck_assert_msg(imx500_number(*line, "network") == (long)network, "frame %u: %s", frame, *line);
    ck_assert_ptr_nonnull(strstr(*line, "\"input_valid\":true,\"output_valid\":true"));
    ck_assert_ptr_nonnull(strstr(*line, alone[network].meta.name));
    imx500_expect_outputs(&alone[network], &chip, frame);
    *line = end + 1;
}

/* expected: a digit a frame. */
static void expect_frames(const char *expected)
{
    char *all = imx500_result("tensors.jsonl"), *line = all;
    for (uint32_t frame = 0; expected[frame] != '\0'; frame++)
        expect_frame(&line, frame, (uint32_t)(expected[frame] - '0'));
    ck_assert_str_eq(line, "");
    free(all);
}

static void expect_console(const char *expected)
{
    char *console = imx500_result("uart.log"), *to = console;
    for (const char *from = console; *from != '\0'; from++)
        if (*from != '\r')
            *to++ = *from;
    *to = '\0';
    ck_assert_str_eq(console, expected);
    free(console);
}

/* ---- when ---- */

/* A write of 8 bits takes 4 bytes of 9 clocks, START, STOP at 400 kHz: 92 us or 7.3 lines. What is
 * written in frame n counts from frame n + 2 on; the last one begins in frame 42 and is written in
 * frame 43. Of 900 lines the phases are 0, 67 .. 871, and 896. */
START_TEST(what_is_selected_runs_from_the_second_frame_on_at_any_phase)
{
    prepare();
    enum { SWITCHES = 15, EVERY = 3, FRAMES = SWITCHES * EVERY + 3 };
    static char steps[4096], expected[FRAMES + 1];
    uint32_t length = 0, network = 0, due = 0;
    memset(expected, '0', FRAMES);
    length += (uint32_t)snprintf(steps, sizeof(steps), SHORT);
    for (uint32_t k = 0; k < SWITCHES; k++) {
        uint32_t frame = k * EVERY, row = k < SWITCHES - 1 ? k * 67 : FRAME_LINES - 4;
        network = 1 - network;
        due = frame + (k < SWITCHES - 1 ? 2 : 3);
        length += (uint32_t)snprintf(
            steps + length, sizeof(steps) - length,
            "{\"at\": \"frame:%u+%u\", \"write\": \"network_select\", \"value\": %u},", frame, row,
            network);
        memset(expected + due, '0' + (int)network, FRAMES - due);
    }
    imx500_ran(BOTH, steps, FRAMES);
    expect_frames(expected);
    expect_console("imx500 1\nready\n");
    leave();
}
END_TEST

START_TEST(what_is_not_there_is_refused_and_the_old_one_runs_on)
{
    prepare();
    imx500_ran(BOTH,
               SHORT SELECT("frame:1", "2") SELECTED("frame:1+200", "0") SELECT("frame:2", "1")
                   SELECTED("frame:2+200", "1") SELECT("frame:2+400", "16")
                       SELECTED("frame:2+600", "1") SELECT("frame:4+400", "255")
                           SELECTED("frame:4+600", "1"),
               6);
    expect_frames("000011");
    expect_console("imx500 1\nready\nnetwork 2 cannot be selected\nnetwork 16 cannot be selected\n"
                   "network 255 cannot be selected\n");
    leave();
}
END_TEST

/* Taken back in time it never was; what is selected while a change is on its way comes after it. */
START_TEST(the_host_may_change_its_mind)
{
    prepare();
    imx500_ran(BOTH "\", \"" MININET,
               SHORT SELECT("frame:0", "1") SELECT("frame:0+300", "0") SELECT("frame:1", "1")
                   SELECT("frame:1+300", "2") SELECT("frame:4", "1") SELECT("frame:5+800", "0"),
               10);
    expect_frames("0002221000");
    leave();
}
END_TEST

START_TEST(in_standby_it_counts_from_the_first_frame_on)
{
    prepare();
    imx500_ran(BOTH,
               SHORT SELECT("1ms", "0") SELECT("0ms", "1") SELECTED("2ms", "0") SELECT(
                   "3ms", "1") "{\"at\": \"4ms\", \"write\": \"mode_select\", \"value\": 1},",
               2);
    expect_frames("11");
    imx500_ran(BOTH,
               SHORT SELECT("0ms", "1") "{\"at\": \"frame:1+700\", \"write\": "
                                        "\"mode_select\", \"value\": 0}," SELECT(
                                            "100ms",
                                            "0") "{\"at\": \"140ms\", \"write\": \"mode_select\", "
                                                 "\"value\": 1},",
               4);
    expect_frames("1100");
    leave();
}
END_TEST

/* ---- slow ones ---- */

/* Some 14 ms on the NPU, longer than a frame of 11.4. */
static const char slow[] =
    "input image 64 64 3\nc0 conv k=3 c=256 relu\nc1 conv k=3 c=256 relu\nc2 conv k=3 c=256 "
    "relu\nc3 conv k=3 c=256 relu\np maxpool k=8 s=8\nfc fc c=10\n";

/* Frames of network 0, 1, 0 .. as they come; what is valid is what its network computes. From the
 * write on at most 2 frames and those of an inference are the old one's, at least 2. */
static void expect_changes(const npu_prog_t *const prog[2], const uint32_t *written,
                           uint32_t changes, uint32_t frames)
{
    char *all = imx500_result("tensors.jsonl"), *line = all;
    uint32_t sets = 0, done = 0, valid[2] = {0};
    for (uint32_t frame = 0; frame < frames; frame++) {
        char *end = strchr(line, '\n');
        ck_assert_msg(end != NULL, "%u frames", frame);
        *end = '\0';
        ck_assert_int_eq(imx500_number(line, "frame"), frame);
        uint32_t network = (uint32_t)imx500_number(line, "network");
        if (network != done % 2) {
            ck_assert_uint_lt(done, changes);
            ck_assert_uint_ge(frame, written[done] + 2);
            ck_assert_uint_le(frame, written[done] + 2 + 3);
            done++;
        }
        ck_assert_uint_eq(network, done % 2);
        if (strstr(line, "\"output_valid\":true") != NULL) {
            imx500_expect_outputs(prog[network], &chip, sets++);
            valid[network]++;
        }
        line = end + 1;
    }
    ck_assert_uint_eq(done, changes);
    ck_assert_uint_ge(valid[0], 3);
    ck_assert_uint_ge(valid[1], 3);
    free(all);
    expect_console("imx500 1\nready\n");
}

START_TEST(an_inference_that_takes_longer_than_its_frame_ends_first)
{
    static const uint32_t written[] = {3, 8, 14, 19, 25, 30};
    static const uint32_t rows[] = {10, 200, 400, 560, 700, 850};
    enum { CHANGES = SIM_COUNT(written), FRAMES = 36 };
    static char steps[2048];
    npu_prog_t other;
    network_options_t options = {0};
    prepare();
    imx500_save("slow.topo", slow);
    ck_assert_msg(network_load(DIR "/slow.topo", &chip.npu, &options, &other, error, sizeof(error)),
                  "%s", error);
    size_t length = (size_t)snprintf(steps, sizeof(steps), SHORT);
    for (uint32_t k = 0; k < CHANGES; k++)
        length += (size_t)snprintf(
            steps + length, sizeof(steps) - length,
            "{\"at\": \"frame:%u+%u\", \"write\": \"network_select\", \"value\": %u},", written[k],
            rows[k], 1 - k % 2);
    imx500_ran("slow.topo\", \"" CIFAR, steps, FRAMES);
    const npu_prog_t *const prog[] = {&other, &alone[1]};
    expect_changes(prog, written, CHANGES, FRAMES);
    npu_prog_free(&other);
    leave();
}
END_TEST

/* ---- what follows ---- */

/* 160 x 120 of a region, then 32 x 32 of another, not shifted: what is written behind the selection
 * counts with it. */
START_TEST(the_way_to_the_tensor_changes_with_the_network)
{
    prepare();
    static const char steps[] = SHORT SELECT(
        "frame:1", "1") "{\"at\": \"frame:1\", \"write\": \"dwp_ap_vc_voff\", \"value\": 1000},"
                        "{\"at\": \"frame:1\", \"write\": \"dwp_ap_vc_vsize\", \"value\": 800},";
    imx500_ran(BOTH, steps, 5);
    expect_frames("00011");
    char *stats = imx500_result("stats.json");
    ck_assert_int_eq(imx500_stat(stats, "lost_tensors"), 0);
    free(stats);
    leave();
}
END_TEST

#define SET(name, value) "{\"at\": \"0ms\", \"write\": \"" name "\", \"value\": " value "},"

static void expect_pixel(uint32_t input, uint8_t r, uint8_t g, uint8_t b)
{
    char path[256];
    sim_image_t image;
    snprintf(path, sizeof(path), DIR "/out/frames/input_%05u.png", input);
    ck_assert_int_eq(sim_png_read(path, &image, error, sizeof(error)), SIM_OK);
    const uint8_t want[] = {r, g, b}, *middle = image.data + 3 * (60 * 160 + 80);
    ck_assert_mem_eq(middle, want, 3);
    sim_image_free(&image);
}

/* A red field: R G B of the first, B G R of the second; of the third half the gain. */
START_TEST(each_network_has_its_own_matrix_and_format)
{
    static const char three[] = IMX500_DETECTOR "\", \"" IMX500_DETECTOR "\", \"" IMX500_DETECTOR;
    prepare();
    imx500_ran(three,
               IMX500_NO_PIXELS SET("test_pattern_mode", "1") SET("test_data_red", "1023")
                   SET("dnn_ycmtrx_1_k00", "0") SET("dnn_ycmtrx_1_k02", "1024")
                       SET("dnn_ycmtrx_1_k20", "1024") SET("dnn_ycmtrx_1_k22", "0")
                           SET("dnn_input_format_2", "1") SET("lev_pl_gain_value_2", "16")
                               SELECT("frame:0", "1") SELECT("frame:2", "2"),
               5);
    expect_pixel(0, 255, 0, 0);
    expect_pixel(2, 0, 0, 255);
    expect_pixel(4, 127, 0, 0);
    leave();
}
END_TEST

/* Behind the middle of frame 1 the next network's way is set already; frame 2 is its first. */
START_TEST(what_the_host_writes_while_a_change_is_under_way_counts_after_it)
{
    prepare();
    imx500_ran(IMX500_DETECTOR "\", \"" IMX500_DETECTOR,
               IMX500_NO_PIXELS SET("test_pattern_mode", "1") SET("test_data_red", "1023")
                   SELECT("frame:0", "1") "{\"at\": \"frame:1+2000\", \"write\": "
                                          "\"dnn_ycmtrx_1_k00\", \"value\": 512},",
               5);
    expect_pixel(2, 255, 0, 0);
    expect_pixel(4, 127, 0, 0);
    leave();
}
END_TEST

/* ---- what does not fit ---- */

START_TEST(more_than_l2_holds_is_refused_in_one_line)
{
    static const char net[] = "../../../npu/networks/mobilenet_v1.topo";
    char both[200];
    prepare();
    snprintf(both, sizeof(both), "%s\", \"%s", net, net); /* 4.2 MB each */
    ck_assert_int_eq(imx500_run(both, "", 1), 2);
    ck_assert_ptr_nonnull(strstr(imx500_text, "L2: 2 networks need "));
    ck_assert_ptr_nonnull(strstr(imx500_text, "8388480 there"));
    ck_assert_int_eq(imx500_run("\", \"", "", 1), 2);
    leave();
}
END_TEST

START_TEST(four_run_in_turn)
{
    static const char many[] = BOTH "\", \"" MININET "\", \"" IMX500_DETECTOR;
    prepare();
    imx500_ran(many, SHORT SELECT("frame:0", "3") SELECT("frame:1", "2") SELECT("frame:2", "1"), 5);
    char *all = imx500_result("tensors.jsonl"), *line = strchr(all, '\n');
    ck_assert_int_eq(imx500_number(all, "network"), 0);
    for (long n = 0; n < 4; n++, line = strchr(line + 1, '\n'))
        ck_assert_int_eq(imx500_number(line, "network"), n == 0 ? 0 : 4 - n);
    imx500_expect_outputs(&alone[0], &chip, 2);
    imx500_expect_outputs(&alone[2], &chip, 3);
    imx500_expect_outputs(&alone[1], &chip, 4);
    free(all);
    leave();
}
END_TEST

TEST_MAIN("imx500, several networks", what_is_selected_runs_from_the_second_frame_on_at_any_phase,
          what_is_not_there_is_refused_and_the_old_one_runs_on, the_host_may_change_its_mind,
          in_standby_it_counts_from_the_first_frame_on,
          an_inference_that_takes_longer_than_its_frame_ends_first,
          the_way_to_the_tensor_changes_with_the_network,
          each_network_has_its_own_matrix_and_format,
          what_the_host_writes_while_a_change_is_under_way_counts_after_it,
          more_than_l2_holds_is_refused_in_one_line, four_run_in_turn)
