/*
 * frames.c - training frames: input tensors as the simulated sensor makes them, with their truth.
 *
 *   train_frames --chip logic/chips/imx500.json --scene scenes/entrance.json --seeds 1000:1400
 * --out DIR
 *
 * For each seed another world, seen by the real pixel die and ISP (rolling shutter, noise, color
 * and resize included) a few times within its three seconds, at several exposures. Writes
 * DIR/tensors.bin (int8, planes of 160 x 120, R G B, one frame after another) and DIR/truth.jsonl.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logic/sensor.h"
#include "scenes/scene.h"
#include "sim/file.h"
#include "sim/json.h"
#include "tools/cli.h"

enum { WIDTH = 160, HEIGHT = 120, CHANNELS = 3, TENSOR_ADDR = BUS_L2_BASE + 4096, ROWS = 1520 };
#define TRUTH_MIN_VISIBLE                                                                          \
    0.05                  /* less visible people are in the truth, for training to leave alone */
#define FRAME_LINES 30000 /* 0.38 s from frame to frame: views that differ */

typedef struct {
    sim_t *sim;
    sim_pool_t *pool;
    pix_t pixel;
    isp_t isp;
    l2_t l2;
    scene_t *scene;
    FILE *tensors, *truth;
    uint32_t frames, wanted;
} maker_t;

static scene_timing_t timing_of(const pix_t *pixel)
{
    const pix_frame_t *now = &pixel->now;
    uint64_t start = pix_row_exposure_start_ps(now, 0);
    return (scene_timing_t){
        .array_width_px = pixel->desc.width_px,
        .array_height_px = pixel->desc.height_px,
        .y0_px = 0.5f,
        .y_step_px = 2.0f,
        .rows = ROWS,
        .start_ps = start,
        .line_ps = pix_line_time_ps(now),
        .exposure_ps = pix_row_readout_start_ps(now, 0) - start,
    };
}

static void write_truth(maker_t *m, uint32_t frame)
{
    static scene_truth_t truth;
    scene_timing_t timing = timing_of(&m->pixel);
    scene_truth(m->scene, &timing, frame, &truth);
    sim_json_t *line = sim_json_object();
    sim_json_add_u64(line, "frame", frame);
    scene_truth_write(&truth, line);
    char *text = sim_json_print(line, false);
    if (text != NULL)
        fprintf(m->truth, "%s\n", text);
    free(text);
    sim_json_free(line);
}

static void on_tensor(void *ctx, bool level)
{
    maker_t *m = ctx;
    uint8_t tensor[CHANNELS * WIDTH * HEIGHT];
    if (!level)
        return;
    if (sim_mem_peek(&m->isp.port, TENSOR_ADDR, tensor, sizeof(tensor)))
        fwrite(tensor, 1, sizeof(tensor), m->tensors);
    write_truth(m, m->pixel.now.frame);
    if (++m->frames >= m->wanted)
        sim_stop(m->sim);
}

static void set(sim_comp_t *comp, const char *name, uint32_t value)
{
    for (const sim_reg_t *reg = comp->kind->regs; reg->name != NULL; reg++)
        if (strcmp(reg->name, name) == 0)
            sim_reg_write(comp, reg->addr, value);
}

/* Exposure and gain around what a firmware would choose, so that the network knows both. */
static void program(maker_t *m, uint64_t seed)
{
    sim_stream_t s = sim_stream(seed, 77, 0);
    set(&m->pixel.comp, "PIX_BIN", 0x22);
    set(&m->pixel.comp, "PIX_LINE_LENGTH", 9398);
    set(&m->pixel.comp, "PIX_FRAME_LENGTH", FRAME_LINES);
    set(&m->pixel.comp, "PIX_COARSE", 500 + sim_stream_below(&s, 1200));
    set(&m->pixel.comp, "PIX_GAIN", sim_stream_below(&s, 600));
    set(&m->isp.comp, "ISP_TENSOR_ADDR", TENSOR_ADDR);
    set(&m->isp.comp, "ISP_TENSOR_W", WIDTH);
    set(&m->isp.comp, "ISP_TENSOR_H", HEIGHT);
    set(&m->isp.comp, "ISP_TENSOR_CH", CHANNELS);
    set(&m->isp.comp, "ISP_CTRL", ISP_CTRL_ENABLE | ISP_CTRL_TENSOR);
    set(&m->pixel.comp, "PIX_CTRL", PIX_CTRL_STREAM);
}

static bool make_blocks(maker_t *m, const sensor_desc_t *chip, uint64_t seed)
{
    pix_desc_t pixel = chip->pixel;
    pixel.seed = seed;
    m->sim = sim_new();
    bool fine = m->sim != NULL && pix_init(&m->pixel, m->sim, &pixel, "pixel", m->pool) == SIM_OK &&
                isp_init(&m->isp, m->sim, &chip->isp, "isp") == SIM_OK &&
                l2_init(&m->l2, m->sim, &chip->logic.l2, "l2") == SIM_OK &&
                l2_port(&m->l2, "isp", &m->isp.port) == SIM_OK &&
                scene_prepare(m->scene, sim_pool_threads(m->pool),
                              pixel.width_px + 2 * PIX_BLUR_MAX) == SIM_OK;
    if (!fine)
        return false;
    m->pixel.light = scene_light(m->scene);
    return pix_add_sink(&m->pixel, isp_sink(&m->isp)) &&
           sim_wire_connect(&m->isp.tensor_done, on_tensor, m) && sim_check(m->sim) == SIM_OK;
}

static bool make_seed(maker_t *m, const sensor_desc_t *chip, uint64_t seed)
{
    bool fine = make_blocks(m, chip, seed);
    if (fine) {
        m->frames = 0;
        sim_reset(m->sim);
        fine = sim_start(m->sim) == SIM_OK;
        program(m, seed);
        sim_run_until_ps(m->sim, 5 * SIM_PS_PER_S);
    } else if (m->sim != NULL) {
        fprintf(stderr, "train_frames: %s\n", sim_error(m->sim));
    }
    pix_free(&m->pixel);
    isp_free(&m->isp);
    l2_free(&m->l2);
    sim_free(m->sim);
    memset(&m->pixel, 0, sizeof(m->pixel));
    memset(&m->isp, 0, sizeof(m->isp));
    memset(&m->l2, 0, sizeof(m->l2));
    return fine;
}

static scene_t *make_world(const char *file, uint64_t seed)
{
    scene_t *scene = NULL;
    scene_desc_t *desc = malloc(sizeof(*desc));
    char error[512] = "out of memory";
    sim_doc_t *doc = sim_doc_load(file);
    if (desc != NULL && doc != NULL && sim_doc_error(doc) == NULL) {
        sim_cfg_t root = sim_doc_root(doc), cfg = sim_cfg_obj(&root, "scene");
        if (scene_desc_read(&cfg, ".", &seed, desc) == SIM_OK) {
            desc->min_visible = TRUTH_MIN_VISIBLE;
            scene_make(desc, &scene, error, sizeof(error));
        }
    }
    if (scene == NULL)
        fprintf(stderr, "train_frames: %s\n",
                doc != NULL && sim_doc_error(doc) != NULL ? sim_doc_error(doc) : error);
    sim_doc_free(doc);
    free(desc);
    return scene;
}

static bool load_chip(const char *file, sensor_desc_t *chip)
{
    sim_doc_t *doc = sim_doc_load(file);
    if (doc == NULL)
        return false;
    *chip = sensor_desc_default();
    if (sim_doc_error(doc) == NULL) {
        sim_cfg_t root = sim_doc_root(doc);
        sensor_desc_read(&root, chip);
    }
    if (sim_doc_error(doc) != NULL)
        fprintf(stderr, "train_frames: %s\n", sim_doc_error(doc));
    bool fine = sim_doc_error(doc) == NULL;
    sim_doc_free(doc);
    return fine;
}

static FILE *open_in(const char *dir, const char *name, char *path, size_t bytes)
{
    char error[512];
    snprintf(path, bytes, "%s/%s", dir, name);
    FILE *file = sim_dir_make(dir, error, sizeof(error)) == SIM_OK
                     ? sim_file_create(path, error, sizeof(error))
                     : NULL;
    if (file == NULL)
        fprintf(stderr, "train_frames: %s\n", error);
    return file;
}

int main(int argc, char **argv)
{
    const char *chip_file = "logic/chips/imx500.json", *scene_file = "scenes/entrance.json";
    const char *seeds = "1000:1010", *out = "build/train", *each = "7";
    const cli_opt_t opts[] = {
        {0, "chip", "FILE", "chip data", &chip_file},
        {0, "scene", "FILE", "scenario whose scene is drawn again for each seed", &scene_file},
        {0, "seeds", "A:B", "worlds A to B - 1", &seeds},
        {0, "each", "N", "frames of each world", &each},
        {'o', "out", "DIR", "where tensors.bin and truth.jsonl go", &out},
    };
    const cli_t cli = {"train_frames", "", "Makes training frames.", opts, SIM_COUNT(opts), 0, 0};
    char **args, tensors_path[1024], truth_path[1024], error[512];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    unsigned long long first, end;
    uint64_t wanted;
    if (sscanf(seeds, "%llu:%llu", &first, &end) != 2 || end <= first)
        return cli_fail(EXIT_USAGE, "--seeds: '%s' is not A:B", seeds);
    if (!cli_u64(&cli, "each", each, 1, 1000, &wanted))
        return EXIT_USAGE;
    static maker_t m;
    sensor_desc_t chip;
    m.wanted = (uint32_t)wanted;
    m.pool = sim_pool_new(0);
    if (m.pool == NULL || !load_chip(chip_file, &chip))
        return EXIT_USAGE;
    m.tensors = open_in(out, "tensors.bin", tensors_path, sizeof(tensors_path));
    m.truth = open_in(out, "truth.jsonl", truth_path, sizeof(truth_path));
    bool fine = m.tensors != NULL && m.truth != NULL;
    for (uint64_t seed = first; seed < end && fine; seed++) {
        m.scene = make_world(scene_file, seed);
        fine = m.scene != NULL && make_seed(&m, &chip, seed);
        scene_free(m.scene);
    }
    sim_pool_free(m.pool);
    if (fine)
        fine = sim_file_commit(m.tensors, tensors_path, error, sizeof(error)) == SIM_OK &&
               sim_file_commit(m.truth, truth_path, error, sizeof(error)) == SIM_OK;
    return fine ? EXIT_FINE : EXIT_FAILED;
}
