/*
 * imx500_test.c - firmware/app_imx500.c on the whole sensor: which lines leave in which frame, and
 * what happens when network or link are too slow. Frames are counted in the capture by a reader of
 * its own (mipi/README.md has the format).
 */
#include "mipi/packet.h"
#include "sim/file.h"
#include "tests/tools/imx500_rig.h"

#define DIR FOVEA_OUT "/imx500"

static char error[512];

/* ---- the capture ---- */

typedef struct {
    uint8_t vc, dt;
    bool zeros;     /* are all that a long packet has */
    uint32_t words; /* of a long packet */
} packet_t;

static packet_t packet[20000];
static uint32_t packets;

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static bool is_zeros(const uint8_t *at, uint32_t bytes)
{
    while (bytes != 0 && at[bytes - 1] == 0)
        bytes--;
    return bytes == 0;
}

static void read_capture(void)
{
    size_t bytes, at = 32;
    uint8_t *data = sim_file_read(DIR "/out/link.csi2", 256 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    ck_assert_mem_eq(data, "FOVEACS2", 8);
    for (packets = 0; at + 28 <= bytes && memcmp(data + at, "PKT1", 4) == 0; packets++) {
        const uint8_t *p = data + at + 28;
        ck_assert_uint_lt(packets, SIM_COUNT(packet));
        uint32_t words = p[1] | (uint32_t)p[2] << 8;
        bool zeros = !mipi_dt_is_short(p[0] & 0x3f) && is_zeros(p + 4, words);
        packet[packets] = (packet_t){(uint8_t)(p[0] >> 6), p[0] & 0x3f, zeros, words};
        at += 28 + get32(data + at + 4);
    }
    free(data);
}

/* From packet `from` on: FS, two embedded lines, then `lines` of 2560 bytes, the last of zeros
 * (PQ), and pixels of `raw` lines in any order, FE. Returns where the next frame begins. */
static uint32_t expect_frame(uint32_t from, uint32_t lines, uint32_t raw)
{
    uint32_t got[2] = {0, 0}, at = from, last = 0;
    ck_assert_uint_eq(packet[at++].dt, MIPI_DT_FS);
    for (uint32_t i = 0; i < 2; i++, at++) {
        ck_assert_uint_eq(packet[at].dt, MIPI_DT_EMBEDDED);
        ck_assert_uint_eq(packet[at].words, 2544);
    }
    for (; at < packets && packet[at].dt != MIPI_DT_FE; at++) {
        ck_assert_uint_eq(packet[at].vc, 0);
        bool pixels = packet[at].dt == MIPI_DT_RAW10;
        ck_assert(pixels || packet[at].dt == MIPI_DT_EMBEDDED);
        ck_assert_uint_eq(packet[at].words, pixels ? 2535 : 2560);
        got[pixels]++;
        last = pixels ? last : at;
    }
    ck_assert_uint_lt(at, packets);
    ck_assert(last == 0 || packet[last].zeros);
    ck_assert_uint_eq(got[0], lines);
    ck_assert_uint_eq(got[1], raw);
    return at + 1;
}

/* ---- line counts ---- */

/* A small network of that input and so many outputs; its answers mean nothing. */
static void save_network(const char *name, uint32_t width, uint32_t height, uint32_t outputs)
{
    char list[512];
    snprintf(
        list, sizeof(list),
        "input image %u %u 3\nc1 conv k=3 s=2 c=8 relu\np1 maxpool k=2 s=2\np2 maxpool k=2 s=2\n"
        "p3 maxpool k=2 s=2\np4 maxpool k=2 s=2\ng globalpool\nfc fc c=%u\n",
        height, width, outputs);
    imx500_save(name, list);
}

/* facts: line counts of packaged networks; KPI and PQ have one each. */
START_TEST(lines_of_each_size_of_network_stand_in_the_frame)
{
    static const struct {
        uint32_t width, height, outputs, in, out;
    } nets[] = {{640, 480, 10, 361, 2},
                {224, 224, 1000, 60, 2},
                {256, 256, 1000, 78, 2},
                {320, 320, 1000, 121, 2},
                {640, 640, 1000, 481, 2}};
    for (size_t i = 0; i < SIM_COUNT(nets); i++) {
        save_network("net.topo", nets[i].width, nets[i].height, nets[i].outputs);
        imx500_ran("net.topo", IMX500_NO_PIXELS, 1);
        read_capture();
        uint32_t next = expect_frame(0, 1 + nets[i].in + nets[i].out + 1, 0);
        ck_assert_uint_le(next, packets);
        char *lines = imx500_result("tensors.jsonl");
        ck_assert_ptr_nonnull(strstr(lines, "\"input_valid\":true,\"output_valid\":true"));
        ck_assert_ptr_nonnull(strstr(lines, "\"name\":\"net\""));
        free(lines);
    }
}
END_TEST

START_TEST(beside_pixels_nothing_is_lost_and_frames_keep_their_rate)
{
    save_network("net.topo", 640, 480, 10);
    imx500_ran("net.topo", "", 3);
    read_capture();
    uint32_t at = 0;
    for (uint32_t frame = 0; frame < 3; frame++)
        at = expect_frame(at, 365, 1520);
    char *stats = imx500_result("stats.json"), *lines = imx500_result("tensors.jsonl");
    ck_assert_int_eq(imx500_stat(stats, "lines_lost"), 0);
    ck_assert_int_eq(imx500_stat(stats, "metadata_lines_lost"), 0);
    /* 2637 lines of 12.6317 us: 33.3098 ms from start to start */
    const char *second = strchr(lines, '\n') + 1, *third = strchr(second, '\n') + 1;
    long a = imx500_number(second, "start_ps"), b = imx500_number(third, "start_ps");
    ck_assert_int_gt(b - a, 33300000000);
    ck_assert_int_lt(b - a, 33320000000);
    free(stats);
    free(lines);
}
END_TEST

/* ---- slow networks ---- */

/* About 45 ms on the NPU: longer than a frame of 33.3. */
static const char slow[] =
    "input image 64 64 3\nc0 conv k=3 c=256 relu\nc1 conv k=3 c=256 relu\n"
    "c2 conv k=3 c=256 relu\nc3 conv k=3 c=256 relu\nc4 conv k=3 c=256 relu\n"
    "c5 conv k=3 c=256 relu\nc6 conv k=3 c=256 relu\nc7 conv k=3 c=256 relu\n"
    "c8 conv k=3 c=256 relu\nc9 conv k=3 c=256 relu\np maxpool k=8 s=8\n"
    "fc fc c=10\n";

START_TEST(of_a_network_slower_than_a_frame_the_output_comes_later_than_the_input)
{
    /* Tensor at 19.2 ms of frame 0, result in frame 1 or later; the next input in the frame after.
     */
    imx500_save("slow.topo", slow);
    imx500_ran("slow.topo", IMX500_NO_PIXELS, 8);
    char *all = imx500_result("tensors.jsonl"), *line = all;
    bool waits = false;
    long count = -1, pairs = 0, last_input = -1;
    for (long frame = 0; frame < 8; frame++) {
        char *end = strchr(line, '\n');
        ck_assert_ptr_nonnull(end);
        *end = '\0';
        bool in = strstr(line, "\"input_valid\":true") != NULL;
        bool out = strstr(line, "\"output_valid\":true") != NULL;
        ck_assert_int_eq(imx500_number(line, "frame"), frame);
        ck_assert(!(in && out));
        ck_assert(!(in && waits)); /* one at a time */
        if (in) {
            count = imx500_number(line, "count");
            ck_assert_int_eq(count, frame); /* of the frame that it stands in */
            waits = true;
            last_input = frame;
        }
        if (out) {
            ck_assert(waits);
            ck_assert_int_gt(frame, last_input);
            ck_assert_int_eq(imx500_number(line, "count"), count);
            ck_assert_int_gt(imx500_number(line, "dsp_us"), 33310);
            ck_assert_ptr_nonnull(strstr(line, "\"input\":\"input_"));
            waits = false;
            pairs++;
        }
        line = end + 1;
    }
    ck_assert_int_ge(pairs, 2);
    free(all);
    read_capture(); /* all frames have all lines, valid or not */
    uint32_t at = 0;
    for (uint32_t frame = 0; frame < 8; frame++)
        at = expect_frame(at, 1 + 6 + 2 + 1, 0); /* 64 x 64 x 3 / 2560 = 4.8 */
}
END_TEST

/* ---- a blanking too short ---- */

START_TEST(lines_that_do_not_fit_are_dropped_and_told_and_pixels_stay)
{
    /* 80 lines of 12.632 us of blanking, 1.0 ms, for 365 lines of 11.9 us, 4.4 ms */
    save_network("net.topo", 640, 480, 10);
    ck_assert_int_eq(
        imx500_run("net.topo",
                   "{\"at\": \"0ms\", \"write\": \"frame_length_lines\", \"value\": 1600},", 3),
        1);
    ck_assert_ptr_nonnull(strstr(imx500_text, "tensor lines: "));
    ck_assert_ptr_nonnull(strstr(imx500_text, "without all of its inline metadata"));
    ck_assert_ptr_nonnull(strstr(imx500_text, "0 of 3 frames were reported"));
    char *stats = imx500_result("stats.json"), *uart = imx500_result("uart.log");
    ck_assert_int_gt(imx500_stat(stats, "metadata_lines_lost"), 100);
    ck_assert_int_eq(imx500_stat(stats, "lines_lost"), 0);
    ck_assert_ptr_nonnull(strstr(uart, "tensor lines do not fit their frame: 365 lines, "));
    free(stats);
    free(uart);
    read_capture();
    uint32_t raw = 0, frames = 0;
    for (uint32_t i = 0; i < packets; i++) {
        raw += packet[i].dt == MIPI_DT_RAW10;
        frames += packet[i].dt == MIPI_DT_FE;
    }
    ck_assert_uint_ge(raw, frames * 1520);
}
END_TEST

/* ---- the host's registers ---- */

START_TEST(channels_leave_as_the_host_sets_them)
{
    /* ten lines of input more than needed, two of KPI, no PQ; the input as user defined data */
    imx500_run(IMX500_DETECTOR, /* which "fovea run" does not understand */
               IMX500_NO_PIXELS
               "{\"at\": \"0ms\", \"write\": \"ch07_input_y_size\", \"value\": 34},"
               "{\"at\": \"0ms\", \"write\": \"ch07_input_dt\", \"value\": 49},"
               "{\"at\": \"0ms\", \"write\": \"ch06_kpi_x_size\", \"value\": 64},"
               "{\"at\": \"0ms\", \"write\": \"ch09_pq_y_size\", \"value\": 0},"
               "{\"at\": \"100ms\", \"write\": \"mode_select\", \"value\": 0},",
               1);
    read_capture();
    static const packet_t want[] = {{0, MIPI_DT_FS, false, 1},
                                    {0, MIPI_DT_EMBEDDED, false, 2544},
                                    {0, MIPI_DT_EMBEDDED, false, 2544},
                                    {0, MIPI_DT_EMBEDDED, false, 64}};
    for (uint32_t i = 0; i < SIM_COUNT(want); i++) {
        ck_assert_uint_eq(packet[i].dt, want[i].dt);
        ck_assert_uint_eq(packet[i].words, want[i].words);
        ck_assert(packet[i].vc == 0 && !packet[i].zeros);
    }
    for (uint32_t i = 4; i < 4 + 34; i++) {
        ck_assert_uint_eq(packet[i].dt, 49);
        ck_assert_uint_eq(packet[i].words, 2560);
    }
    for (uint32_t i = 38; i < 38 + 3; i++) /* header, 300 and 1200 bytes */
        ck_assert_uint_eq(packet[i].dt, MIPI_DT_EMBEDDED);
    ck_assert_uint_eq(packet[41].dt, MIPI_DT_FE);
}
END_TEST

START_TEST(what_is_off_does_not_leave)
{
    static const struct {
        const char *reg;
        uint32_t value;
        bool frames, lines;
    } off[] = {{"mipi_output", 0, false, false}, {"mipi_metadata", 0, true, false}};
    for (size_t i = 0; i < SIM_COUNT(off); i++) {
        char step[128];
        snprintf(step, sizeof(step), "{\"at\": \"0ms\", \"write\": \"%s\", \"value\": %u},",
                 off[i].reg, off[i].value);
        ck_assert_int_eq(imx500_run(IMX500_DETECTOR, step, 1), 1); /* nothing is reported */
        read_capture();
        ck_assert_int_eq(packets != 0, off[i].frames);
        if (off[i].frames)
            expect_frame(0, 0, 1520);
    }
    /* no network: lines without tensors */
    imx500_ran(IMX500_DETECTOR,
               IMX500_NO_PIXELS "{\"at\": \"0ms\", \"write\": \"dnn_mode\", \"value\": 0},", 2);
    char *lines = imx500_result("tensors.jsonl");
    ck_assert_ptr_null(strstr(lines, "true"));
    free(lines);
}
END_TEST

START_TEST(the_program_reads_nothing_that_nobody_wrote)
{
    imx500_ran(IMX500_DETECTOR, IMX500_NO_PIXELS, 1); /* writes the scenario */
    ck_assert_int_eq(fovea(imx500_text, sizeof(imx500_text),
                           "run " DIR "/run.json --out " DIR "/out --access-report " DIR
                           "/out/access.json"),
                     0);
    char *report = imx500_result("access.json");
    ck_assert_str_eq(report, "");
    free(report);
}
END_TEST

/* A window of 64 x 64, a frame each 2.5 ms. The count of a header is one byte; behind it is the
 * length of lines. */
START_TEST(frame_counts_of_headers_begin_anew_after_255)
{
    static const char *const window[] = {"x_addr_end",
                                         "127",
                                         "y_addr_end",
                                         "127",
                                         "x_output_size",
                                         "64",
                                         "y_output_size",
                                         "64",
                                         "digital_crop_image_width",
                                         "64",
                                         "digital_crop_image_height",
                                         "64",
                                         "frame_length_lines",
                                         "200",
                                         "coarse_integration_time",
                                         "20"};
    char steps[2000] = IMX500_NO_PIXELS;
    for (size_t i = 0, used = strlen(steps); i < SIM_COUNT(window); i += 2)
        used += (size_t)snprintf(steps + used, sizeof(steps) - used,
                                 "{\"at\": \"0ms\", \"write\": \"%s\", \"value\": %s},", window[i],
                                 window[i + 1]);
    imx500_ran("../../../npu/networks/cifar_baseline.topo", steps, 258);
    char *lines = imx500_result("tensors.jsonl"), *line = lines;
    for (uint32_t n = 0; n < 258; n++, line = strchr(line, '\n') + 1) {
        ck_assert_int_eq(imx500_number(line, "count"), n % 256);
        ck_assert_ptr_nonnull(strchr(line, '\n'));
    }
    ck_assert_str_eq(line, "");
    free(lines);
}
END_TEST

/* Two images and no more; without the mode the host waits for lines that do not come. */
START_TEST(a_run_of_images_only_ends_with_the_last_of_them)
{
    imx500_ran(IMX500_DETECTOR,
               "{\"at\": \"0ms\", \"write\": \"mipi_output\", \"value\": 1}, "
               "{\"at\": \"0ms\", \"write\": \"mipi_pixels\", \"value\": 1}, "
               "{\"at\": \"0ms\", \"write\": \"image_only_mode\", \"value\": 1},",
               2);
    ck_assert_msg(strstr(imx500_text, "frames    2 of 2028x1520") != NULL, "%s", imx500_text);
    char *stats = imx500_result("stats.json");
    ck_assert_int_eq(imx500_stat(stats, "frames_sent"), 2);
    free(stats);
    ck_assert_int_eq(imx500_run(IMX500_DETECTOR,
                                "{\"at\": \"0ms\", \"write\": \"mipi_output\", \"value\": 1}, "
                                "{\"at\": \"0ms\", \"write\": \"mipi_pixels\", \"value\": 1}, "
                                "{\"at\": \"0ms\", \"write\": \"mipi_metadata\", \"value\": 0},",
                                1),
                     1);
    ck_assert_ptr_nonnull(strstr(imx500_text, "0 of 1 frames were reported"));
}
END_TEST

static void use_dir(void)
{
    imx500_dir = DIR;
}

TEST_MAIN_AFTER(use_dir, "imx500", frame_counts_of_headers_begin_anew_after_255,
                a_run_of_images_only_ends_with_the_last_of_them,
                lines_of_each_size_of_network_stand_in_the_frame,
                beside_pixels_nothing_is_lost_and_frames_keep_their_rate,
                of_a_network_slower_than_a_frame_the_output_comes_later_than_the_input,
                lines_that_do_not_fit_are_dropped_and_told_and_pixels_stay,
                channels_leave_as_the_host_sets_them, what_is_off_does_not_leave,
                the_program_reads_nothing_that_nobody_wrote)
