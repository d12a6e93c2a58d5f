/*
 * imx500_channels_test.c - channels 6 to 9 of the IMX500 on any virtual channels, data types,
 * packings and line sizes: framing by a reader of its own, and the tensors that a host gets are
 * those of the default set-up, which tests/tools/imx500_tensors_test.c holds against the network.
 */
#include "mipi/packet.h"
#include "sim/file.h"
#include "tests/tools/imx500_rig.h"

#define DIR FOVEA_OUT "/imx500_channels"

enum { KPI, INPUT, OUTPUT, PQ, CHANNELS };
enum { IMAGE_DT = MIPI_DT_RAW10, INPUT_BYTES = 160 * 120 * 3, SCORES = 300, BOXES = 1200 };

typedef struct {
    uint32_t x, vc, dt, packing;
} channel_t;

static const char *const names[CHANNELS] = {"ch06_kpi", "ch07_input", "ch08_output", "ch09_pq"};
static char error[512];
static char base[4][200]; /* copies of the default set-up's results */

/* ---- runs ---- */

static const char *const files[] = {"input_00000.png", "output_00000_0.npy", "output_00000_1.npy"};

static void use_dir(void)
{
    imx500_dir = DIR;
}

/* 240 of the array's rows: what the tensors show does not matter. */
#define LOW_WINDOW "{\"at\": \"0ms\", \"write\": \"y_addr_end\", \"value\": 479},\n"

static void make_base(void)
{
    if (base[0][0] != '\0')
        return;
    imx500_ran(IMX500_DETECTOR, LOW_WINDOW IMX500_NO_PIXELS, 1);
    ck_assert_int_eq(system("rm -rf " DIR "/base && cp -r " DIR "/out/frames " DIR "/base"), 0);
    for (size_t i = 0; i < SIM_COUNT(files); i++)
        snprintf(base[i], sizeof(base[i]), DIR "/base/%s", files[i]);
}

static void expect_files(const char *dir)
{
    for (size_t i = 0; i < SIM_COUNT(files); i++) {
        char path[256];
        snprintf(path, sizeof(path), DIR "/%s/%s", dir, files[i]);
        ck_assert_msg(same_file(base[i], path), "%s", path);
    }
}

static void add_step(char *steps, size_t bytes, const char *name, const char *what, uint32_t value)
{
    size_t used = strlen(steps);
    snprintf(steps + used, bytes - used, "{\"at\": \"0ms\", \"write\": \"%s%s\", \"value\": %u},\n",
             name, what, value);
}

static void add_channels(char *steps, size_t bytes, const channel_t *channel)
{
    for (uint32_t n = 0; n < CHANNELS; n++) {
        add_step(steps, bytes, names[n], "_x_size", channel[n].x);
        add_step(steps, bytes, names[n], "_vc", channel[n].vc);
        add_step(steps, bytes, names[n], "_dt", channel[n].dt);
        add_step(steps, bytes, names[n], "_packing", channel[n].packing);
    }
}

/* ---- the capture ---- */

static uint32_t get32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t lines_of(uint32_t bytes, uint32_t line)
{
    return (bytes + line - 1) / line;
}

static uint32_t on_link(const channel_t *c)
{
    return c->packing == 3 ? c->x / 4 * 5 : c->x;
}

/* The channels' lines on the wire until the image's second frame, each with its own VC, DT and
 * length; frames of one VC never within each other, and nothing but FS outside of one. Embedded
 * lines are 2544 bytes, twice. */
static void expect_lines(const channel_t *channel, const uint32_t *lines, uint32_t image_vc)
{
    size_t bytes, at = 32;
    uint32_t got[CHANNELS] = {0}, want[CHANNELS] = {0}, embedded = 0, images = 0;
    bool open[MIPI_VCS] = {false};
    uint8_t *data = sim_file_read(DIR "/out/link.csi2", 64 << 20, &bytes, error, sizeof(error));
    ck_assert_msg(data != NULL, "%s", error);
    for (; at + 28 <= bytes && memcmp(data + at, "PKT1", 4) == 0; at += 28 + get32(data + at + 4)) {
        const uint8_t *p = data + at + 28;
        uint32_t dt = p[0] & 0x3f, vc = (uint32_t)(p[0] >> 6 | p[3] >> 6 << 2);
        uint32_t words = p[1] | (uint32_t)p[2] << 8;
        ck_assert_int_eq(open[vc], dt != MIPI_DT_FS);
        open[vc] = dt != MIPI_DT_FE;
        images += dt == MIPI_DT_FS && vc == image_vc && embedded == 2 * images;
        if (images == 2)
            break;
        if (dt < 0x10)
            continue;
        if (vc == image_vc && dt == MIPI_DT_EMBEDDED && words == 2544) {
            embedded++;
            continue;
        }
        for (uint32_t n = 0; n < CHANNELS; n++)
            got[n] += vc == channel[n].vc && dt == channel[n].dt && words == on_link(&channel[n]);
    }
    free(data);
    for (uint32_t n = 0; n < CHANNELS; n++) /* channels that look alike count together */
        for (uint32_t m = 0; m < CHANNELS; m++)
            if (channel[n].vc == channel[m].vc && channel[n].dt == channel[m].dt &&
                on_link(&channel[n]) == on_link(&channel[m]))
                want[n] += lines[m];
    for (uint32_t n = 0; n < CHANNELS; n++)
        ck_assert_msg(got[n] == want[n], "channel %u: %u lines, not %u", 6 + n, got[n], want[n]);
}

/* ---- the sweep ---- */

/* Each channel sees every virtual channel, every legal data type and both packings; channels
 * share some of that, or nothing, or all. */
static void choose(uint32_t k, channel_t *channel, uint32_t *image_vc)
{
    static const uint8_t types[] = {0x12, 0x13, 0x14, 0x15, 0x16, 0x30, 0x31,
                                    0x32, 0x33, 0x34, 0x35, 0x36, 0x37};
    static const uint32_t sizes[] = {2560, 640, 3276, 1000};
    for (uint32_t n = 0; n < CHANNELS; n++) {
        channel[n].packing = 2 + (k >> n & 1);
        channel[n].dt = types[(k + n * (k / 4)) % SIM_COUNT(types)];
        channel[n].x = sizes[(k + n * (k / 8)) % SIM_COUNT(sizes)];
    }
    channel[KPI].vc = k;
    channel[INPUT].vc = k < 8 ? k : k ^ 1;
    channel[OUTPUT].vc = 5 * k % 16;
    channel[PQ].vc = (3 * k + 6) % 16;
    *image_vc = 7 * k % 16;
}

START_TEST(tensors_are_the_same_on_all_channels_types_and_packings)
{
    make_base();
    for (uint32_t k = 0; k < 16; k++) {
        char steps[3000] = LOW_WINDOW;
        channel_t channel[CHANNELS];
        uint32_t image_vc, lines[CHANNELS];
        choose(k, channel, &image_vc);
        add_channels(steps, sizeof(steps), channel);
        add_step(steps, sizeof(steps), "csi_channel_identifier", "", image_vc);
        add_step(steps, sizeof(steps), "mipi_pixels", "", k % 8 == 1);
        imx500_ran(IMX500_DETECTOR, steps, 2);
        expect_files("out/frames");
        char *tensors = imx500_result("tensors.jsonl");
        uint32_t ap = 408; /* header and apParams of this network, see below */
        ck_assert_int_eq(imx500_number(tensors, "dsp_us"), 555);
        free(tensors);
        lines[KPI] = lines[PQ] = 1;
        lines[INPUT] = lines_of(ap, channel[INPUT].x) + lines_of(INPUT_BYTES, channel[INPUT].x);
        lines[OUTPUT] = lines_of(ap, channel[OUTPUT].x) + lines_of(SCORES, channel[OUTPUT].x) +
                        lines_of(BOXES, channel[OUTPUT].x);
        expect_lines(channel, lines, image_vc);
        if (k % 3 != 0)
            continue;
        ck_assert_msg(fovea(imx500_text, sizeof(imx500_text),
                            "decode " DIR "/out/link.csi2 --out " DIR "/decoded") == 0,
                      "%s", imx500_text);
        expect_files("decoded");
    }
}
END_TEST

/* ---- in between ---- */

/* KPI, input and outputs in three frames, some 0.3 ms from the first to the last. */
START_TEST(a_snapshot_between_the_channels_frames_changes_nothing)
{
    char steps[3000] = "", a[256], b[256];
    const channel_t channel[CHANNELS] = {
        {2560, 3, 0x30, 2}, {2560, 2, 0x31, 3}, {640, 1, 0x30, 3}, {64, 1, 0x33, 2}};
    add_channels(steps, sizeof(steps), channel);
    imx500_ran(IMX500_DETECTOR, steps, 2); /* writes the scenario, too */
    char *first = imx500_result("tensors.jsonl");
    ck_assert_ptr_nonnull(strstr(first, "\"dnn_us\":"));
    for (uint32_t k = 0; k < 4; k++) {
        ck_assert_int_eq(fovea(imx500_text, sizeof(imx500_text),
                               "run " DIR "/run.json --out " DIR "/unbroken --snapshot-at %uus "
                               "--snapshot " DIR "/x.snap",
                               42050 + 90 * k),
                         0);
        ck_assert_int_eq(system("rm -rf " DIR "/restored"), 0);
        ck_assert_msg(fovea(imx500_text, sizeof(imx500_text),
                            "run " DIR "/run.json --out " DIR "/restored --restore " DIR
                            "/x.snap") == 0,
                      "%s", imx500_text);
        snprintf(a, sizeof(a), DIR "/out/tensors.jsonl");
        snprintf(b, sizeof(b), DIR "/restored/tensors.jsonl");
        ck_assert_msg(same_file(a, b), "at %u us", 42050 + 90 * k);
    }
    free(first);
}
END_TEST

/* 57,600 lines of 16 bytes, 0.45 us each, take most of a frame of 33 ms; beside pixels there is
 * time for every second frame's. Nothing that comes is torn. */
START_TEST(channels_that_are_slower_than_a_frame_leave_out_frames)
{
    char steps[3000] = "";
    const char *wide = "input image 480 640 3\nc1 conv k=3 s=2 c=8 relu\np1 maxpool k=2 s=2\n"
                       "p2 maxpool k=2 s=2\np3 maxpool k=2 s=2\np4 maxpool k=2 s=2\n"
                       "g globalpool\nfc fc c=10\n";
    imx500_save("wide.topo", wide);
    imx500_ran("wide.topo", "", 1);
    ck_assert_int_eq(system("rm -rf " DIR "/wide && cp -r " DIR "/out/frames " DIR "/wide"), 0);
    channel_t channel[CHANNELS] = {
        {2560, 4, 0x12, 2}, {16, 4, 0x30, 2}, {2560, 4, 0x12, 2}, {2560, 4, 0x12, 2}};
    add_channels(steps, sizeof(steps), channel);
    ck_assert_int_eq(imx500_run("wide.topo", steps, 3), 1); /* the last is still on its way */
    ck_assert_msg(same_file(DIR "/wide/input_00000.png", DIR "/out/frames/input_00000.png"),
                  "input");
    ck_assert_msg(same_file(DIR "/wide/output_00000_0.npy", DIR "/out/frames/output_00000_0.npy"),
                  "output");
    char *uart = imx500_result("uart.log"), *tensors = imx500_result("tensors.jsonl");
    ck_assert_ptr_nonnull(strstr(uart, "tensor lines do not fit their frame: "));
    ck_assert_ptr_nonnull(strstr(tensors, "\"input_valid\":true,\"output_valid\":true"));
    free(uart);
    free(tensors);
}
END_TEST

TEST_MAIN_AFTER(use_dir, "imx500 channels", tensors_are_the_same_on_all_channels_types_and_packings,
                a_snapshot_between_the_channels_frames_changes_nothing,
                channels_that_are_slower_than_a_frame_leave_out_frames)
