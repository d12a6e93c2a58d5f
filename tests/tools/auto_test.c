/*
 * auto_test.c - auto exposure and white balance on the whole sensor, under light that changes, with
 * the programs camera and visitor_counter. The test measures on the samples themselves; the host
 * only switches it on.
 */
#include <math.h>

#include "firmware/include/awb.h"
#include "scenes/scene.h"
#include "sim/file.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"
#include "tests/tools/board.h"
#include "tools/network.h"

enum { MODE_SELECT = 0x0100, COARSE = 0x0202, GAIN = 0x0204, FRAME_LENGTH = 0x0340 };
enum { X_START = 0x0344, Y_START = 0x0346, X_END = 0x0348, Y_END = 0x034a };
#define DIR FOVEA_OUT "/auto"
enum { APP_AUTO = 0x9008, APP_TARGET = 0x900a, APP_FLICKER = 0x900c, APP_STATUS = 0x900e };
enum { APP_METERING = 0x9010, APP_CLIP = 0x9012 };
enum { EXPOSURE = 1, WHITE = 2, SETTLED = 1, AT_LIMIT = 2, TARGET = 737 };
enum { WIDTH = 512, HEIGHT = 384, FRAMES = 128, BLACK = 64, WHITE_DN = 1023 };

/* One frame: brightness of green in 12-bit DN, settings, codes of the ISP as linear light. */
typedef struct {
    uint32_t coarse, gain_code, digital;
    double green, light[3];
    double dim_row, bright_row, rows; /* of green; how much they differ, a share of green */
    double clipped;                   /* share of all samples */
    double start_s, end_s;            /* of all its exposures */
} shot_t;

static board_t *board;
static scene_t *scene;
static shot_t shot[FRAMES];
static uint32_t shots; /* whole ones */

/* Green of both kinds of rows, black taken off, on the scale of 12 bits. */
static void on_raw(void *ctx, const sim_line_t *line)
{
    const pix_t *pix = &board->sensor->pixel;
    double sum = 0;
    (void)ctx;
    if (line->frame >= FRAMES)
        return;
    shot_t *s = &shot[line->frame];
    for (uint32_t x = 1 - line->row % 2; x < line->width_px; x += 2)
        sum += line->data.raw[x];
    for (uint32_t x = 0; x < line->width_px; x++)
        s->clipped += (line->data.raw[x] == WHITE_DN) / (double)line->width_px / line->height_px;
    double green = 4 * (sum / (line->width_px / 2) - BLACK);
    s->green += green / line->height_px;
    s->dim_row = line->row == 0 ? green : fmin(s->dim_row, green);
    s->bright_row = line->row == 0 ? green : fmax(s->bright_row, green);
    if ((line->flags & SIM_LINE_LAST) == 0)
        return;
    pix_timing_t timing = pix_timing(pix);
    s->rows = (s->bright_row - s->dim_row) / s->green;
    s->coarse = pix->now.coarse_lines;
    s->gain_code = pix->now.gain_code;
    s->digital = pix->now.digital_gain[PIX_PHASE_GR];
    s->start_s = (double)timing.exposure_start_ps * 1e-12;
    s->end_s = (double)timing.exposure_end_ps * 1e-12;
    shots = line->frame + 1;
}

/* IEC 61966-2-1. */
static double linear(uint8_t code)
{
    double c = code / 255.0;
    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static void on_rgb(void *ctx, const sim_line_t *line)
{
    (void)ctx;
    for (uint32_t i = 0; line->frame < FRAMES && i < 3 * line->width_px; i++)
        shot[line->frame].light[i % 3] +=
            linear(line->data.rgb[i]) / line->width_px / line->height_px;
}

static void host(uint16_t addr, uint32_t value)
{
    ck_assert(ccs_host_write(&board->sensor->ccs, addr, value));
}

static void make_scene(const char *text)
{
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "scene");
    sim_cfg_t root = sim_doc_root(doc);
    sim_err_t err = scene_load(&root, NULL, NULL, &scene);
    ck_assert_msg(err == SIM_OK, "%s", sim_doc_error(doc));
    sim_doc_free(doc);
    ck_assert_int_eq(scene_prepare(scene, 1, PIX_MAX_WIDTH), SIM_OK);
}

static void load(const char *file)
{
    char error[256];
    size_t bytes;
    uint8_t *elf = board_file(file, &bytes);
    ck_assert_msg(sensor_load_firmware(board->sensor, elf, bytes, file, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
    free(elf);
}

static void make(const char *scene_text, const char *file)
{
    make_scene(scene_text);
    memset(shot, 0, sizeof(shot));
    shots = 0;
    board = board_new(NULL);
    board->sensor->pixel.light = scene_light(scene);
    ck_assert(pix_add_sink(&board->sensor->pixel, (sim_line_sink_t){.line = on_raw}));
    ck_assert(isp_add_image_sink(&board->sensor->isp, (img_sink_t){.line = {.line = on_rgb}}));
    load(file);
}

/* A window of the array, 2x2-binned, at 30 frames a second; streams from the start. */
static void start(const char *scene_text, uint32_t autos)
{
    make(scene_text, "build/firmware/plain_camera.elf");
    board_start(board);
    host(X_START, 1024);
    host(Y_START, 1024);
    host(X_END, 1024 + WIDTH - 1);
    host(Y_END, 1024 + HEIGHT - 1);
    host(APP_AUTO, autos);
    host(MODE_SELECT, 1);
}

static void stop(void)
{
    board_free(board);
    scene_free(scene);
}

static void run_s(double until_s)
{
    sim_run_until_ps(board->sim, (uint64_t)(until_s * 1e12));
}

#define PLAIN "\"background\": {\"kind\": \"plain\", \"reflectance\": 0.5}}"

/* ---- exposure ---- */

/* The first frame that sees nothing of the light before. */
static uint32_t first_after(double step_s)
{
    uint32_t n = 0;
    while (n < shots && shot[n].start_s < step_s)
        n++;
    return n;
}

static bool same_settings(uint32_t a, uint32_t b)
{
    return shot[a].coarse == shot[b].coarse && shot[a].gain_code == shot[b].gain_code &&
           shot[a].digital == shot[b].digital;
}

static uint32_t changes(uint32_t from, uint32_t to)
{
    uint32_t n = 0;
    for (uint32_t i = from; i < to; i++)
        n += !same_settings(i, i - 1);
    return n;
}

static bool near_target(uint32_t n, double share)
{
    return fabs(shot[n].green / TARGET - 1) <= share;
}

/* Frames after that one until all up to `to` are within 10 % of the target. */
static uint32_t settling(uint32_t from, uint32_t to)
{
    uint32_t frames = 0;
    for (uint32_t n = from; n < to; n++)
        if (!near_target(n, 0.1))
            frames = n + 1 - from;
    return frames;
}

/* Least and most of the target after it has come near for the first time. */
static void beyond(uint32_t from, uint32_t to, double *least, double *most)
{
    *least = *most = 1;
    for (uint32_t n = from + settling(from, to); n < to; n++) {
        *least = fmin(*least, shot[n].green / TARGET);
        *most = fmax(*most, shot[n].green / TARGET);
    }
}

/*
 * One step at 0.3 s, to 16 times less or more light, then as much time as the other step. Down: the
 * first frame shows the light, it is judged at its end, and the registers written then show in the
 * next frame but one: 2 frames. Up: frames clip at 3836 DN (10-bit full scale less black), 2.4
 * stops above the target, so it takes two rounds.
 */
static void step_light(const char *lux, const char *then, uint32_t most_frames,
                       uint32_t most_changes, double step_s)
{
    char text[256];
    double least, most;
    snprintf(text, sizeof(text), "{\"lux\": %s, \"light\": [{\"at_s\": %g, \"lux\": %s}], " PLAIN,
             lux, step_s, then);
    start(text, EXPOSURE);
    run_s(1);
    uint32_t after = first_after(step_s);
    ck_assert_uint_le(settling(0, after - 1), 8);
    ck_assert(near_target(after - 2, 0.1));
    ck_assert_uint_le(settling(after, shots), most_frames);
    ck_assert_uint_le(changes(after, shots), most_changes);
    beyond(after, shots, &least, &most);
    ck_assert_msg(least > 0.93 && most < 1.07, "%g..%g", least, most);
    ck_assert_uint_eq(board_ccs(board, APP_STATUS) & 3, SETTLED);
    ck_assert_uint_eq(board_ccs(board, COARSE), shot[shots - 1].coarse);
    ck_assert_uint_eq(board_ccs(board, GAIN), shot[shots - 1].gain_code);
    stop();
}

START_TEST(four_stops_less_light_settle_in_two_frames)
{
    step_light("500", "31.25", 2, 1, 0.3);
}
END_TEST

START_TEST(four_stops_more_light_settle_in_four_frames)
{
    step_light("31.25", "500", 4, 2, 0.3);
}
END_TEST

/* A frame sees both, and what it asks for is written, too; counted from the first one that sees
 * nothing of the light before, it is no later. */
START_TEST(a_step_amid_an_exposure_settles_no_later)
{
    step_light("500", "31.25", 2, 2, 0.316);
    step_light("31.25", "500", 4, 3, 0.324);
}
END_TEST

/* Frame n's statistics, and the settings that show: n + 2, no sooner, no later. */
START_TEST(registers_show_two_frames_after_the_frame_that_asked)
{
    start("{\"lux\": 500, \"light\": [{\"at_s\": 0.3, \"lux\": 125}], " PLAIN, EXPOSURE);
    run_s(0.6);
    uint32_t after = first_after(0.3);
    ck_assert(same_settings(after, after - 1));
    ck_assert(same_settings(after + 1, after - 1));
    ck_assert(!same_settings(after + 2, after + 1));
    ck_assert(same_settings(after + 3, after + 2));
    ck_assert_double_eq_tol(shot[after].green, shot[after - 1].green / 4, 5);
    ck_assert(near_target(after + 2, 0.05));
    /* Time first: at four times 12 ms it is all there is, and gain makes up for the rest. */
    ck_assert_uint_eq(shot[after + 2].coarse, 2637 - 22);
    ck_assert_uint_gt(shot[after + 2].gain_code, 0);
    ck_assert_uint_lt(shot[after + 2].digital, 0x108);
    stop();
}
END_TEST

/* Half the light every 0.4 s, down to a 64th; then 256 times more at once. */
START_TEST(dusk_is_followed_and_a_morning_at_once_too)
{
    start("{\"lux\": 512, \"light\": [{\"at_s\": 0.3, \"over_s\": 0.4, \"lux\": 256},"
          "{\"at_s\": 0.7, \"over_s\": 0.4, \"lux\": 128}, {\"at_s\": 1.1, \"over_s\": 0.4, "
          "\"lux\": 64},"
          "{\"at_s\": 1.5, \"over_s\": 0.4, \"lux\": 32}, {\"at_s\": 1.9, \"over_s\": 0.4, "
          "\"lux\": 16},"
          "{\"at_s\": 2.3, \"over_s\": 0.4, \"lux\": 8}, {\"at_s\": 3, \"lux\": 2048}], " PLAIN,
          EXPOSURE);
    run_s(3.5);
    uint32_t night = first_after(2.7), day = first_after(3);
    for (uint32_t n = 4; n < day - 1; n++)
        ck_assert_msg(near_target(n, n < night + 5 ? 0.2 : 0.1), "frame %u: %g", n, shot[n].green);
    ck_assert_uint_le(settling(day, shots), 8);
    stop();
}
END_TEST

/* 0.02 lux: no setting is enough. */
START_TEST(in_the_dark_it_rests_at_its_limits_and_says_so)
{
    start("{\"lux\": 0.02, " PLAIN, EXPOSURE);
    run_s(0.5);
    uint32_t last = shots - 1;
    ck_assert_uint_eq(shot[last].coarse, 2637 - 22);
    ck_assert_uint_eq(shot[last].gain_code, 978);
    ck_assert_uint_eq(shot[last].digital, 4 * 256);
    ck_assert_uint_eq(changes(last - 3, last), 0);
    ck_assert_uint_eq(board_ccs(board, APP_STATUS) & 3, SETTLED | AT_LIMIT);
    stop();
}
END_TEST

/* A lamp in the picture, LAMP_TIMES as bright as the wall: 72 x 56 of 512 x 384 pixels. */
enum { LAMP_TIMES = 40, LAMP_X = 1024 + 64, LAMP_Y = 1024 + 32, LAMP_W = 72, LAMP_H = 56 };
#define LAMP_SHARE 0.0205

static void light_with_lamp(const void *ctx, const sim_light_req_t *req, const sim_light_row_t *out)
{
    const sim_light_t *wall = ctx;
    float *const planes[] = {out->r, out->g, out->b};
    wall->row(wall->ctx, req, out);
    bool beside = req->y_px < (float)LAMP_Y || req->y_px >= (float)(LAMP_Y + LAMP_H);
    for (uint32_t i = 0; i < req->width_px && !beside; i++) {
        float x = req->x0_px + (float)i * req->x_step_px;
        for (uint32_t p = 0; p < 3 && x >= (float)LAMP_X && x < (float)(LAMP_X + LAMP_W); p++)
            if ((req->planes >> p & 1) != 0)
                planes[p][i] *= (float)LAMP_TIMES;
    }
}

static uint32_t settled_with_lamp(uint32_t metering, uint32_t clip)
{
    start("{\"lux\": 100, " PLAIN, EXPOSURE);
    const sim_light_t wall = board->sensor->pixel.light;
    board->sensor->pixel.light = (sim_light_t){.row = light_with_lamp, .ctx = &wall};
    host(APP_METERING, metering);
    host(APP_CLIP, clip);
    run_s(0.6);
    ck_assert_uint_eq(board_ccs(board, APP_STATUS) & 3, SETTLED);
    ck_assert_uint_eq(changes(shots - 5, shots), 0);
    stop();
    return shots - 1;
}

/* On average, the frame is at the target and all of the lamp is clipped. With highlights, of which
 * 1 % may be, none is, and the lamp's green is at 3400 DN; where 3 % may be, all is. */
START_TEST(a_lamp_is_clipped_on_average_and_not_where_highlights_count)
{
    const shot_t *last = &shot[settled_with_lamp(1, 100)];
    ck_assert_msg(last->clipped > 0.0195 && last->clipped < 0.021, "%g", last->clipped);
    ck_assert_double_gt(last->green, 0.9 * TARGET);
    last = &shot[settled_with_lamp(2, 100)];
    ck_assert_msg(last->clipped < 0.01, "%g", last->clipped);
    double wall = last->green / (1 + (LAMP_TIMES - 1) * LAMP_SHARE);
    ck_assert_double_eq_tol(wall * LAMP_TIMES, 3400, 0.05 * 3400);
    last = &shot[settled_with_lamp(2, 300)];
    ck_assert_msg(last->clipped < 0.03, "%g", last->clipped);
    ck_assert_double_gt(last->green, 0.9 * TARGET);
}
END_TEST

/* Lamps at 100 Hz of half depth; 10 ms are 744,000,000 / 100 / 9398 = 791.66 lines. Rows within
 * 192 x 12.6 us = 2.4 ms of each other differ when their exposure is no whole period. */
START_TEST(told_of_lamps_it_takes_whole_half_periods)
{
    start("{\"lux\": 500, \"flicker\": {\"depth\": 0.5}, " PLAIN, EXPOSURE);
    run_s(0.3);
    double banded = 0;
    for (uint32_t n = 4; n < shots; n++)
        banded = fmax(banded, shot[n].rows);
    host(APP_FLICKER, 100);
    host(COARSE, 8); /* let it decide anew */
    run_s(0.6);
    uint32_t last = shots - 1;
    ck_assert_uint_eq(shot[last].coarse, 791);
    ck_assert(near_target(last, 0.05));
    ck_assert_double_gt(banded, 0.08);
    ck_assert_double_lt(shot[last].rows, 0.01);
    host(APP_FLICKER, 120); /* 659.7 lines */
    host(COARSE, 8);
    run_s(0.9);
    ck_assert_uint_eq(shot[shots - 1].coarse, 659);
    stop();
}
END_TEST

/* ---- the host ---- */

START_TEST(the_host_decides_when_it_is_off_and_where_it_goes_on)
{
    start("{\"lux\": 500, " PLAIN, 0);
    host(COARSE, 300);
    run_s(0.2);
    ck_assert_uint_eq(shot[shots - 1].coarse, 300);
    ck_assert_uint_eq(changes(2, shots), 0);
    ck_assert_uint_eq(board->sensor->isp.regs.ctrl, ISP_CTRL_ENABLE); /* no statistics either */
    host(APP_AUTO, EXPOSURE);
    run_s(0.4);
    ck_assert(near_target(shots - 1, 0.05));
    uint32_t coarse = shot[shots - 1].coarse;
    host(GAIN, 0xffff); /* nonsense is judged as what the pixel die makes of it */
    host(COARSE, 0);
    run_s(0.5);
    host(COARSE, 100); /* is taken, and judged like any other */
    run_s(0.6);
    ck_assert(near_target(shots - 1, 0.05));
    host(APP_TARGET, 2 * TARGET);
    run_s(0.8);
    ck_assert_double_eq_tol(shot[shots - 1].green, 2 * TARGET, 0.1 * TARGET);
    ck_assert_uint_ge(shot[shots - 1].coarse, 2 * coarse - coarse / 10);
    uint32_t kept = shot[shots - 1].coarse;
    host(APP_AUTO, 0);
    run_s(1);
    ck_assert_uint_eq(shot[shots - 1].coarse, kept);
    ck_assert_uint_eq(board_ccs(board, COARSE), kept);
    stop();
}
END_TEST

/* ---- white balance ---- */

static double off_gray(uint32_t n)
{
    double red = shot[n].light[0] / shot[n].light[1] - 1;
    double blue = shot[n].light[2] / shot[n].light[1] - 1;
    return fmax(fabs(red), fabs(blue));
}

/* From daylight to a bulb's and back. */
START_TEST(gray_is_gray_again_half_a_second_after_the_lamp_changed)
{
    const double step_s[] = {0.3, 1.1, 1.9};
    start("{\"lux\": 500, \"light\": [{\"at_s\": 0.3, \"color_temperature_k\": 2856},"
          "{\"at_s\": 1.1, \"color_temperature_k\": 6500}], " PLAIN,
          EXPOSURE | WHITE);
    run_s(1.95);
    ck_assert_double_lt(off_gray(first_after(0.3) - 2), 0.02);
    for (int i = 0; i < 2; i++) {
        uint32_t from = first_after(step_s[i]), to = first_after(step_s[i + 1]) - 1;
        ck_assert_double_gt(off_gray(from), 0.5);
        for (uint32_t n = from + 1; n < to; n++) {
            ck_assert_double_lt(off_gray(n), off_gray(n - 1) + 0.02); /* never farther off */
            if (n >= from + 15)
                ck_assert_msg(off_gray(n) < 0.05, "frame %u, %u after: %g", n, n - from,
                              off_gray(n));
        }
        ck_assert_double_lt(off_gray(to - 1), 0.02);
    }
    stop();
}
END_TEST

/* A white wall under that light, mean 1. */
static void white_of(uint32_t kelvin, double white[3])
{
    char text[128];
    float rgb[3][4];
    snprintf(text, sizeof(text),
             "{\"lux\": 1, \"color_temperature_k\": %u, \"background\": "
             "{\"kind\": \"plain\", \"reflectance\": 1}}",
             kelvin);
    make_scene(text);
    sim_light_req_t req = {
        .array_width_px = 16, .array_height_px = 16, .width_px = 4, .x_step_px = 1, .planes = 7};
    sim_light_row_t row = {rgb[0], rgb[1], rgb[2]};
    sim_light_t light = scene_light(scene);
    light.row(light.ctx, &req, &row);
    for (int c = 0; c < 3; c++)
        white[c] = (double)rgb[c][0];
    scene_free(scene);
}

START_TEST(the_curve_of_lamps_is_that_of_the_pixel_dies_colors)
{
    pix_desc_t d = pix_desc_default();
    double e[PIX_COLORS][PIX_COLORS];
    for (uint32_t c = 0; c < PIX_COLORS; c++)
        pix_electrons_per_lux_s(&d, c, e[c]);
    for (uint32_t kelvin = 2000; kelvin <= 10000; kelvin += 250) {
        double white[3], seen[3] = {0};
        white_of(kelvin, white);
        for (uint32_t c = 0; c < 9; c++)
            seen[c / 3] += e[c / 3][c % 3] * white[c % 3];
        ck_assert_msg(awb_may_be_gray((uint32_t)(1000 * seen[0]), (uint32_t)(2000 * seen[1]),
                                      (uint32_t)(1000 * seen[2])),
                      "%u K", kelvin);
        for (int away = -1; away <= 1; away += 2) /* half a stop more or less green is no lamp */
            ck_assert_msg(!awb_may_be_gray((uint32_t)(1000 * seen[0]),
                                           (uint32_t)(2000 * seen[1] * exp2(0.5 * away)),
                                           (uint32_t)(1000 * seen[2])),
                          "%u K", kelvin);
    }
}
END_TEST

/* ---- a room with people ---- */

START_TEST(in_a_room_with_people_nothing_swings)
{
    start("{\"seed\": 5, \"lux\": 120, \"color_temperature_k\": 3500, \"crowd\": {}}",
          EXPOSURE | WHITE);
    run_s(2);
    ck_assert(board_ccs(board, APP_STATUS) & SETTLED);
    ck_assert_uint_ge(board_ccs(board, APP_STATUS) >> 8, 16); /* zones that may be gray */
    ck_assert_uint_le(changes(shots - 40, shots), 20);
    for (uint32_t n = 2; n < shots; n++)
        ck_assert_msg(near_target(n, 0.12), "frame %u: %g", n, shot[n].green);
    stop();
}
END_TEST

/* The whole array in a dim room; the network's frames go on meanwhile. */
START_TEST(visitor_counter_finds_its_exposure_and_counts_on)
{
    char error[256];
    npu_prog_t network;
    network_options_t options = {0};
    make("{\"lux\": 30, \"color_temperature_k\": 3000, \"crowd\": {}}",
         "build/firmware/visitor_counter.elf");
    ck_assert_msg(network_load("scenes/person_160.tflite", &board->sensor->desc.npu, &options,
                               &network, error, sizeof(error)) &&
                      sensor_load_network(board->sensor, &network, error, sizeof(error)) == SIM_OK,
                  "%s", error);
    board_start(board);
    host(APP_AUTO, EXPOSURE | WHITE);
    host(MODE_SELECT, 1);
    run_s(0.25);
    ck_assert_double_lt(shot[0].green, 0.3 * TARGET);
    ck_assert_uint_eq(board_ccs(board, APP_STATUS) & 3, SETTLED);
    ck_assert_uint_eq(changes(1, 3), 1);
    ck_assert_double_lt(off_gray(shots - 1), 0.15); /* of a room that is not gray */
    ck_assert(board_ask_cost(board, "frame"));
    ck_assert_uint_ge(board_answer(board, 0), shots - 1);
    npu_prog_free(&network);
    stop();
}
END_TEST

START_TEST(the_plain_camera_reports_its_frames_in_a_run)
{
    static const char scenario[] =
        "{\"chip\": \"../../../logic/chips/imx500.json\","
        "\"firmware\": \"../../../build/firmware/plain_camera.elf\","
        "\"networks\": [\"../../../scenes/person_160.tflite\"], \"frames\": 3,"
        "\"scene\": {\"lux\": 40, " PLAIN ", \"host\": ["
        "{\"at\": \"0ms\", \"write\": \"x_addr_end\", \"value\": 511},"
        "{\"at\": \"0ms\", \"write\": \"y_addr_end\", \"value\": 383},"
        "{\"at\": \"0ms\", \"write\": \"app_auto\", \"value\": 3},"
        "{\"at\": \"frame:2\", \"read\": \"frame_count\", \"expect\": 2}]}";
    char text[4096], error[256];
    ck_assert_int_eq(sim_dir_make(DIR, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(
        sim_file_write(DIR "/camera.json", scenario, strlen(scenario), error, sizeof(error)),
        SIM_OK);
    int code = fovea(text, sizeof(text), "run " DIR "/camera.json --out " DIR "/out");
    ck_assert_msg(code == 0 && strstr(text, "0 problems") != NULL, "%d: %s", code, text);
}
END_TEST

START_TEST(the_example_scenario_runs)
{
    char text[4096];
    int code = fovea(text, sizeof(text), "run scenes/visitor_counter/lamp.json --frames 2 --out " DIR "/lamp");
    ck_assert_msg(code == 0, "%d: %s", code, text);
}
END_TEST

/* ---- what it costs ---- */

/* Of 8.7 million cycles a frame of 33.3 ms. */
START_TEST(both_loops_take_at_most_two_percent_of_the_core)
{
    start("{\"lux\": 500, \"light\": [{\"at_s\": 0.3, \"lux\": 31.25}], " PLAIN, EXPOSURE | WHITE);
    host(APP_METERING, 2); /* which takes longest */
    run_s(0.6);
    ck_assert(board_ask_cost(board, "auto"));
    ck_assert_uint_ge(board_answer(board, 0), shots - 2);
    ck_assert_uint_lt(board_answer(board, 2), 8700000 / 50);
    ck_assert(board_ask_cost(board, "auto.exposure"));
    ck_assert_uint_lt(board_answer(board, 2), 30000);
    ck_assert(board_ask_cost(board, "auto.white"));
    ck_assert_uint_lt(board_answer(board, 2), 120000);
    stop();
}
END_TEST

TEST_MAIN("auto exposure and white balance", four_stops_less_light_settle_in_two_frames,
          four_stops_more_light_settle_in_four_frames, a_step_amid_an_exposure_settles_no_later,
          registers_show_two_frames_after_the_frame_that_asked,
          dusk_is_followed_and_a_morning_at_once_too,
          in_the_dark_it_rests_at_its_limits_and_says_so, told_of_lamps_it_takes_whole_half_periods,
          the_host_decides_when_it_is_off_and_where_it_goes_on,
          a_lamp_is_clipped_on_average_and_not_where_highlights_count,
          gray_is_gray_again_half_a_second_after_the_lamp_changed,
          the_curve_of_lamps_is_that_of_the_pixel_dies_colors, in_a_room_with_people_nothing_swings,
          visitor_counter_finds_its_exposure_and_counts_on,
          the_plain_camera_reports_its_frames_in_a_run, the_example_scenario_runs,
          both_loops_take_at_most_two_percent_of_the_core)
