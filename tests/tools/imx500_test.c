/*
 * imx500_test.c - firmware/app_imx500.c on the whole sensor: which lines leave in which frame, what
 * a host makes of them, and what happens when network or link are too slow. Frames are counted in
 * the capture by a reader of its own (mipi/README.md has the format).
 */
#include "npu/compiler/tensor_io.h"
#include "sim/file.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tools/inference.h"
#include "tools/network.h"

#define DIR FOVEA_OUT "/imx500"
#define DETECTOR "../../../scenes/person_160.tflite"

static char text[1 << 16], error[512];

/* ---- runs ---- */

static void save(const char *name, const char *content)
{
    char path[256];
    snprintf(path, sizeof(path), DIR "/%s", name);
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_msg(sim_file_write(path, content, strlen(content), error, sizeof(error)) == SIM_OK,
                  "%s", error);
}

/* steps: further entries of "host", each with its comma. Network files count from DIR. */
static int run(const char *network, const char *steps, uint32_t frames)
{
    char scenario[4096];
    snprintf(scenario, sizeof(scenario),
             "{\"chip\": \"../../../logic/chips/imx500.json\","
             "\"firmware\": \"../../firmware/imx500.elf\", \"networks\": [\"%s\"],"
             "\"scene\": {\"seed\": 1, \"lux\": 500, \"background\": {\"kind\": \"room\"}},"
             "\"output\": {\"isp\": false},"
             "\"host\": [%s {\"at\": \"0ms\", \"write\": \"mode_select\", \"value\": 1}],"
             "\"frames\": %u}",
             network, steps, frames);
    save("run.json", scenario);
    return fovea(text, sizeof(text), "run " DIR "/run.json --out " DIR "/out");
}

#define NO_PIXELS "{\"at\": \"0ms\", \"write\": \"mipi_pixels\", \"value\": 0},"

static void ran(const char *network, const char *steps, uint32_t frames)
{
    ck_assert_msg(run(network, steps, frames) == 0, "%s", text);
}

/* A file of the run as text. */
static char *result(const char *name)
{
    char path[256];
    size_t bytes;
    snprintf(path, sizeof(path), DIR "/out/%s", name);
    char *data = (char *)sim_file_read(path, 64 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    char *all = realloc(data, bytes + 1);
    all[bytes] = '\0';
    return all;
}

/* The number behind "key": in text; -1: none. */
static long number(const char *from, const char *key)
{
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "\"%s\":", key);
    const char *at = strstr(from, wanted);
    return at == NULL ? -1 : strtol(at + strlen(wanted), NULL, 10);
}

static long stat_of(const char *stats, const char *key)
{
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "\"%s\":", key);
    const char *at = strstr(stats, wanted);
    ck_assert_msg(at != NULL, "no %s", key);
    return number(at, "value");
}

/* ---- the capture ---- */

typedef struct {
    uint8_t vc, dt;
    uint32_t words; /* of a long packet */
} packet_t;

static packet_t packet[20000];
static uint32_t packets;

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
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
        packet[packets] = (packet_t){(uint8_t)(p[0] >> 6), p[0] & 0x3f, p[1] | (uint32_t)p[2] << 8};
        at += 28 + get32(data + at + 4);
    }
    free(data);
}

/* From packet `from` on: FS, two embedded lines, then `lines` of 2560 bytes and pixels of `raw`
 * lines in any order, FE. Returns where the next frame begins. */
static uint32_t expect_frame(uint32_t from, uint32_t lines, uint32_t raw)
{
    uint32_t got[2] = {0, 0}, at = from;
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
    }
    ck_assert_uint_lt(at, packets);
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
    save(name, list);
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
        ran("net.topo", NO_PIXELS, 1);
        read_capture();
        uint32_t next = expect_frame(0, 1 + nets[i].in + nets[i].out + 1, 0);
        ck_assert_uint_le(next, packets);
        char *lines = result("tensors.jsonl");
        ck_assert_ptr_nonnull(strstr(lines, "\"input_valid\":true,\"output_valid\":true"));
        ck_assert_ptr_nonnull(strstr(lines, "\"name\":\"net\""));
        free(lines);
    }
}
END_TEST

START_TEST(beside_pixels_nothing_is_lost_and_frames_keep_their_rate)
{
    save_network("net.topo", 640, 480, 10);
    ran("net.topo", "", 3);
    read_capture();
    uint32_t at = 0;
    for (uint32_t frame = 0; frame < 3; frame++)
        at = expect_frame(at, 365, 1520);
    char *stats = result("stats.json"), *lines = result("tensors.jsonl");
    ck_assert_int_eq(stat_of(stats, "lines_lost"), 0);
    ck_assert_int_eq(stat_of(stats, "metadata_lines_lost"), 0);
    /* 2637 lines of 12.6317 us: 33.3098 ms from start to start */
    const char *second = strchr(lines, '\n') + 1, *third = strchr(second, '\n') + 1;
    long a = number(second, "start_ps"), b = number(third, "start_ps");
    ck_assert_int_gt(b - a, 33300000000);
    ck_assert_int_lt(b - a, 33320000000);
    free(stats);
    free(lines);
}
END_TEST

/* ---- values ---- */

/* Output o of prog as float, out of the NPU alone on the picture that was sent. */
static float *infer(inference_t *in, uint32_t o, uint32_t *elements)
{
    npu_net_tensor_t t = npu_prog_output(in->prog, o);
    uint32_t dtype = in->prog->ends[in->prog->net[NPU_NET_INPUTS_W] + o].dtype;
    uint8_t *codes = malloc(npu_output_bytes(in->prog, o));
    float scale, *values;
    *elements = (uint32_t)npu_net_tensor_elements(&t);
    values = malloc(*elements * sizeof(*values));
    memcpy(&scale, &t.scale_bits, sizeof(scale));
    ck_assert(npu_output_read(in->prog, o, &in->memory, codes));
    for (uint32_t i = 0; i < *elements; i++) {
        int code = dtype == NPU_DTYPE_UINT8 ? codes[i] : (int8_t)codes[i];
        int zero = t.zero_point + (dtype == NPU_DTYPE_UINT8 ? 128 : 0);
        values[i] = scale * (float)(code - zero);
    }
    free(codes);
    return values;
}

/* The newest frame's arrays equal that, bit for bit. */
static void expect_outputs(const npu_prog_t *prog, const sensor_desc_t *chip, uint32_t set)
{
    char path[256];
    sim_image_t image;
    inference_t in = {0};
    uint8_t *inputs[1];
    snprintf(path, sizeof(path), DIR "/out/frames/input_%05u.png", set);
    ck_assert_msg(sim_png_read(path, &image, error, sizeof(error)) == SIM_OK, "%s", error);
    inputs[0] = malloc(npu_input_bytes(prog, 0));
    ck_assert(npu_input_from_pixels(prog, 0, image.data, inputs[0]));
    ck_assert_msg(inference_init(&in, chip, prog) && inference_run(&in, inputs), "%s", in.error);
    for (uint32_t o = 0; o < prog->net[NPU_NET_OUTPUTS_W]; o++) {
        uint32_t elements;
        size_t bytes;
        float *want = infer(&in, o, &elements);
        snprintf(path, sizeof(path), DIR "/out/frames/output_%05u_%u.npy", set, o);
        uint8_t *data = sim_file_read(path, 1 << 24, &bytes, error, sizeof(error));
        ck_assert_msg(data != NULL, "%s", error);
        ck_assert_uint_eq(bytes, 128 + 4 * elements);
        ck_assert_msg(memcmp(data + 128, want, 4 * elements) == 0, "output %u differs", o);
        free(data);
        free(want);
    }
    inference_free(&in);
    free(inputs[0]);
    sim_image_free(&image);
}

static void sent_equals_inferred(const char *network, const char *file)
{
    sensor_desc_t chip = sensor_desc_default();
    network_options_t options = {0};
    npu_prog_t prog;
    ck_assert_msg(network_load(file, &chip.npu, &options, &prog, error, sizeof(error)), "%s",
                  error);
    ran(network, NO_PIXELS, 1);
    expect_outputs(&prog, &chip, 0);
    npu_prog_free(&prog);
}

START_TEST(what_the_host_gets_is_what_the_network_computes)
{
    sent_equals_inferred(DETECTOR, "scenes/person_160.tflite");
}
END_TEST

START_TEST(so_it_is_with_real_models)
{
    static const char *const models[] = {"mobilenet_v1_1.0_224_quant.tflite",
                                         "person_detect.tflite", "resnet8_cifar10_int8.tflite",
                                         "vww_96_int8.tflite", "vww_96_qdq.onnx"};
    const char *dir = test_models_dir();
    char file[1200], from_dir[1300];
    if (dir == NULL) {
        test_skip("no model");
        return;
    }
    for (size_t i = 0; i < SIM_COUNT(models); i++) {
        snprintf(file, sizeof(file), "%s/%s", dir, models[i]);
        snprintf(from_dir, sizeof(from_dir), "%s%s", dir[0] == '/' ? "" : "../../../", file);
        sent_equals_inferred(from_dir, file);
    }
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
    save("slow.topo", slow);
    ran("slow.topo", NO_PIXELS, 8);
    char *all = result("tensors.jsonl"), *line = all;
    bool waits = false;
    long count = -1, pairs = 0, last_input = -1;
    for (long frame = 0; frame < 8; frame++) {
        char *end = strchr(line, '\n');
        ck_assert_ptr_nonnull(end);
        *end = '\0';
        bool in = strstr(line, "\"input_valid\":true") != NULL;
        bool out = strstr(line, "\"output_valid\":true") != NULL;
        ck_assert_int_eq(number(line, "frame"), frame);
        ck_assert(!(in && out));
        ck_assert(!(in && waits)); /* one at a time */
        if (in) {
            count = number(line, "count");
            ck_assert_int_eq(count, frame); /* of the frame that it stands in */
            waits = true;
            last_input = frame;
        }
        if (out) {
            ck_assert(waits);
            ck_assert_int_gt(frame, last_input);
            ck_assert_int_eq(number(line, "count"), count);
            ck_assert_int_gt(number(line, "dsp_us"), 33310);
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

START_TEST(a_restored_run_leaves_the_same_tensors)
{
    static const char *const files[] = {"tensors.jsonl",
                                        "link.csi2",
                                        "stats.json",
                                        "frames/input_00000.png",
                                        "frames/output_00000_1.npy",
                                        "frames/input_00002.png",
                                        "frames/output_00002_0.npy"};
    char a[256], b[256];
    ran(DETECTOR, NO_PIXELS, 3); /* writes the scenario, too */
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "run " DIR "/run.json --out " DIR "/unbroken --snapshot-at 60ms "
                           "--snapshot " DIR "/x.snap"),
                     0);
    ck_assert_int_eq(system("rm -rf " DIR "/restored"), 0);
    ck_assert_msg(fovea(text, sizeof(text),
                        "run " DIR "/run.json --out " DIR "/restored --restore " DIR
                        "/x.snap") == 0,
                  "%s", text);
    for (size_t i = 0; i < SIM_COUNT(files); i++) {
        snprintf(a, sizeof(a), DIR "/out/%s", files[i]);
        snprintf(b, sizeof(b), DIR "/restored/%s", files[i]);
        ck_assert_msg(same_file(a, b), "%s", files[i]);
    }
}
END_TEST

/* ---- a blanking too short ---- */

START_TEST(lines_that_do_not_fit_are_dropped_and_told_and_pixels_stay)
{
    /* 80 lines of 12.632 us of blanking, 1.0 ms, for 365 lines of 11.9 us, 4.4 ms */
    save_network("net.topo", 640, 480, 10);
    ck_assert_int_eq(run("net.topo",
                         "{\"at\": \"0ms\", \"write\": \"frame_length_lines\", \"value\": 1600},",
                         3),
                     1);
    ck_assert_ptr_nonnull(strstr(text, "tensor lines: "));
    ck_assert_ptr_nonnull(strstr(text, "without all of its inline metadata"));
    ck_assert_ptr_nonnull(strstr(text, "0 of 3 frames were reported"));
    char *stats = result("stats.json"), *uart = result("uart.log");
    ck_assert_int_gt(stat_of(stats, "metadata_lines_lost"), 100);
    ck_assert_int_eq(stat_of(stats, "lines_lost"), 0);
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
    run(DETECTOR, /* which "fovea run" does not understand */
        NO_PIXELS "{\"at\": \"0ms\", \"write\": \"ch07_input_y_size\", \"value\": 34},"
                  "{\"at\": \"0ms\", \"write\": \"ch07_input_dt\", \"value\": 49},"
                  "{\"at\": \"0ms\", \"write\": \"ch06_kpi_x_size\", \"value\": 64},"
                  "{\"at\": \"0ms\", \"write\": \"ch09_pq_y_size\", \"value\": 0},"
                  "{\"at\": \"100ms\", \"write\": \"mode_select\", \"value\": 0},",
        1);
    read_capture();
    static const packet_t want[] = {{0, MIPI_DT_FS, 1},
                                    {0, MIPI_DT_EMBEDDED, 2544},
                                    {0, MIPI_DT_EMBEDDED, 2544},
                                    {0, MIPI_DT_EMBEDDED, 64}};
    for (uint32_t i = 0; i < SIM_COUNT(want); i++)
        ck_assert_mem_eq(&packet[i], &want[i], sizeof(want[i]));
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
        ck_assert_int_eq(run(DETECTOR, step, 1), 1); /* nothing is reported */
        read_capture();
        ck_assert_int_eq(packets != 0, off[i].frames);
        if (off[i].frames)
            expect_frame(0, 0, 1520);
    }
    /* no network: lines without tensors */
    ran(DETECTOR, NO_PIXELS "{\"at\": \"0ms\", \"write\": \"dnn_mode\", \"value\": 0},", 2);
    char *lines = result("tensors.jsonl");
    ck_assert_ptr_null(strstr(lines, "true"));
    free(lines);
}
END_TEST

TEST_MAIN("imx500", lines_of_each_size_of_network_stand_in_the_frame,
          beside_pixels_nothing_is_lost_and_frames_keep_their_rate,
          what_the_host_gets_is_what_the_network_computes, so_it_is_with_real_models,
          of_a_network_slower_than_a_frame_the_output_comes_later_than_the_input,
          a_restored_run_leaves_the_same_tensors,
          lines_that_do_not_fit_are_dropped_and_told_and_pixels_stay,
          channels_leave_as_the_host_sets_them, what_is_off_does_not_leave)
