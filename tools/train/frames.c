/*
 * frames.c - training frames: input tensors as the simulated sensor makes them, with their truth.
 *
 *   train_frames --tensor 160x120x3 --out DIR VIEWS.jsonl
 *
 * A view is a line of JSON; tools/train/views.py draws them from the files in scenes/train:
 *   name    "aisle": told again in the truth          frames  1..1000 of it, default 8
 *   seed    of world and noise                        every_ms  from frame to frame, default 379
 *   scene   an object as a scenario has it            bin     code of PIX_BIN, default 34 (2 x 2)
 *   lines, gain   exposure and gain code; without them, what the firmware's auto exposure would
 *           choose, with so many `stops` more
 * Each view is seen by the real pixel die and ISP, rolling shutter, noise, color and resize
 * included. Writes DIR/tensors.bin (int8, planes of --tensor, one frame after another) and
 * DIR/truth.jsonl, a line a frame: view, seed, exposure, and as in a run's truth.jsonl boxes in
 * active-array pixels, those of people hardly visible too (visible from 0.05 on).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/include/ae.h"
#include "logic/sensor.h"
#include "scenes/scene.h"
#include "sim/file.h"
#include "sim/json.h"
#include "tools/cli.h"
#include "tools/truth.h"

enum { STATS_ADDR = BUS_L2_BASE, TENSOR_ADDR = BUS_L2_BASE + 8192, TENSOR_MOST = 1 << 20 };
enum { LINE_PCK = 9398, LINE_NS = 12632, FRAME_LINES = 2637, MARGIN_LINES = 22 }; /* power-up */
enum { AE_TARGET = 737, DIGITAL_MAX = 4 * 256, TRIES = 4, SHOWS_AFTER = 2 }; /* firmware/auto.c */
#define TRUTH_MIN_VISIBLE 0.05 /* who is less visible than 0.35 is left alone by training */

typedef struct {
    char name[32];
    uint64_t seed;
    uint32_t frames, bin, frame_lines;
    bool automatic;
    double stops;
    ae_exposure_t exposure;
    scene_t *scene;
} view_t;

typedef struct {
    sim_t *sim;
    sim_pool_t *pool;
    pix_t pixel;
    isp_t isp;
    l2_t l2;
    const sensor_desc_t *chip;
    uint32_t width, height, channels;
    FILE *tensors, *truth;
    view_t view;
    bool misuse;                       /* a file is wrong */
    uint32_t kept, tries, judged_from; /* the first frame that shows the newest exposure */
    uint8_t tensor[TENSOR_MOST];
    char *line; /* its truth */
} maker_t;

/* ---- registers ---- */

static void set(sim_comp_t *comp, const char *name, uint32_t value)
{
    for (const sim_reg_t *reg = comp->kind->regs; reg->name != NULL; reg++)
        if (strcmp(reg->name, name) == 0)
            sim_reg_write(comp, reg->addr, value);
}

static void set_exposure(maker_t *m, const ae_exposure_t *e)
{
    static const char *const digital[] = {"PIX_DGAIN_GR", "PIX_DGAIN_R", "PIX_DGAIN_B",
                                          "PIX_DGAIN_GB"};
    m->view.exposure = *e;
    set(&m->pixel.comp, "PIX_COARSE", e->coarse);
    set(&m->pixel.comp, "PIX_GAIN", e->gain_code);
    for (uint32_t i = 0; i < SIM_COUNT(digital); i++)
        set(&m->pixel.comp, digital[i], e->digital);
}

static void program(maker_t *m)
{
    set(&m->pixel.comp, "PIX_BIN", m->view.bin);
    set(&m->pixel.comp, "PIX_LINE_LENGTH", LINE_PCK);
    set(&m->pixel.comp, "PIX_FRAME_LENGTH", m->view.frame_lines);
    set_exposure(m, &m->view.exposure);
    set(&m->isp.comp, "ISP_STATS_ADDR", STATS_ADDR);
    set(&m->isp.comp, "ISP_TENSOR_ADDR", TENSOR_ADDR);
    set(&m->isp.comp, "ISP_TENSOR_W", m->width);
    set(&m->isp.comp, "ISP_TENSOR_H", m->height);
    set(&m->isp.comp, "ISP_TENSOR_CH", m->channels);
    set(&m->isp.comp, "ISP_IRQ_EN", ISP_STATUS_TENSOR | ISP_STATUS_STATS);
    set(&m->isp.comp, "ISP_CTRL", ISP_CTRL_ENABLE | ISP_CTRL_TENSOR | ISP_CTRL_STATS);
    set(&m->pixel.comp, "PIX_CTRL", PIX_CTRL_STREAM);
}

/* ---- exposure ---- */

static uint32_t stats_word(const uint8_t *block, uint32_t at)
{
    const uint8_t *b = block + at;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* What the firmware's meter says of the newest frame, 12-bit DN, 20.8. */
static uint32_t brightness(maker_t *m)
{
    static stats_zones_t zones;
    uint8_t block[STATS_BYTES];
    ae_t ae;
    ae_init(&ae, AE_TARGET);
    sim_mem_peek(&m->isp.port, STATS_ADDR, block, sizeof(block));
    uint32_t cells = stats_word(block, 4), at = STATS_BYTES - 16 * ZONES; /* zones come last */
    zones.width = cells & 0xffffu;
    zones.height = cells >> 16;
    for (uint32_t z = 0; z < ZONES; z++, at += 16)
        zones.zone[z] = (stats_zone_t){stats_word(block, at), stats_word(block, at + 4),
                                       stats_word(block, at + 8), stats_word(block, at + 12)};
    return ae_meter(&ae, &zones, 0);
}

static ae_limits_t limits_of(const maker_t *m)
{
    return (ae_limits_t){
        .coarse_min = m->chip->pixel.coarse_min,
        .coarse_max = FRAME_LINES - MARGIN_LINES,
        .gain_code_max = m->chip->pixel.gain_code_max,
        .digital_max = DIGITAL_MAX,
    };
}

/* About right for the light of the scene: 10 ms at 500 lux. */
static void begin_exposure(maker_t *m)
{
    ae_limits_t limits = limits_of(m);
    double lux = scene_desc(m->view.scene)->lux.low;
    uint32_t lines = (uint32_t)(lux < 1 ? 400000 : 400000 / lux);
    m->view.exposure = ae_split(fx_log2(lines), &limits);
}

/* Is the newest frame exposed as it should be, or as well as it can be? */
static bool exposed(maker_t *m)
{
    ae_limits_t limits = limits_of(m);
    uint32_t frame = m->pixel.now.frame;
    if (!m->view.automatic || m->tries >= TRIES)
        return true;
    if (frame < m->judged_from)
        return false;
    int32_t target = fx_log2(AE_TARGET << 8) + (int32_t)(m->view.stops * FX_ONE);
    int32_t error = fx_log2(brightness(m)) - target, now = ae_total(&m->view.exposure);
    ae_exposure_t next = ae_split(now - error, &limits);
    int32_t step = ae_total(&next) - now;
    m->tries++;
    if (abs(step) < FX_ONE / 4) {
        m->tries = TRIES; /* stays so */
        return true;
    }
    set_exposure(m, &next);
    m->judged_from = frame + SHOWS_AFTER;
    return false;
}

/* ---- frames ---- */

static void note_tensor(maker_t *m)
{
    static scene_truth_t truth;
    scene_timing_t timing = truth_timing(&m->pixel.desc, &m->pixel.now);
    scene_truth(m->view.scene, &timing, m->pixel.now.frame, &truth);
    sim_json_t *line = sim_json_object();
    sim_json_add_str(line, "view", m->view.name);
    sim_json_add_u64(line, "seed", m->view.seed);
    sim_json_add_u64(line, "lines", m->view.exposure.coarse);
    sim_json_add_u64(line, "gain", m->view.exposure.gain_code);
    sim_json_add_u64(line, "digital", m->view.exposure.digital);
    sim_json_add_u64(line, "frame", truth.frame);
    scene_truth_write(&truth, line);
    free(m->line);
    m->line = sim_json_print(line, false);
    sim_json_free(line);
    sim_mem_peek(&m->isp.port, TENSOR_ADDR, m->tensor, m->width * m->height * m->channels);
}

static void keep_frame(maker_t *m)
{
    if (m->line == NULL || !exposed(m))
        return;
    fwrite(m->tensor, 1, (size_t)m->width * m->height * m->channels, m->tensors);
    fprintf(m->truth, "%s\n", m->line);
    m->kept++;
}

/* What the ISP has told of is looked at between events. */
static void on_isp(void *ctx, bool level)
{
    maker_t *m = ctx;
    if (level)
        sim_stop(m->sim);
}

static void serve(maker_t *m)
{
    uint32_t status = m->isp.regs.status;
    if ((status & ISP_STATUS_TENSOR) != 0)
        note_tensor(m);
    if ((status & ISP_STATUS_STATS) != 0)
        keep_frame(m);
    set(&m->isp.comp, "ISP_STATUS", status);
}

/* ---- a view ---- */

static bool make_blocks(maker_t *m)
{
    pix_desc_t pixel = m->chip->pixel;
    pixel.seed = m->view.seed;
    m->sim = sim_new();
    bool fine = m->sim != NULL && pix_init(&m->pixel, m->sim, &pixel, "pixel", m->pool) == SIM_OK &&
                isp_init(&m->isp, m->sim, &m->chip->isp, "isp") == SIM_OK &&
                l2_init(&m->l2, m->sim, &m->chip->logic.l2, "l2") == SIM_OK &&
                l2_port(&m->l2, "isp", &m->isp.port) == SIM_OK &&
                scene_prepare(m->view.scene, sim_pool_threads(m->pool),
                              pixel.width_px + 2 * PIX_BLUR_MAX) == SIM_OK;
    if (!fine)
        return false;
    m->pixel.light = scene_light(m->view.scene);
    return pix_add_sink(&m->pixel, isp_sink(&m->isp)) && sim_wire_connect(&m->isp.irq, on_isp, m) &&
           sim_check(m->sim) == SIM_OK;
}

static void free_blocks(maker_t *m)
{
    pix_free(&m->pixel);
    isp_free(&m->isp);
    l2_free(&m->l2);
    sim_free(m->sim);
    free(m->line);
    memset(&m->pixel, 0, sizeof(m->pixel));
    memset(&m->isp, 0, sizeof(m->isp));
    memset(&m->l2, 0, sizeof(m->l2));
    m->line = NULL;
}

static bool make_view(maker_t *m)
{
    bool fine = make_blocks(m);
    if (fine) {
        m->kept = m->tries = m->judged_from = 0;
        if (m->view.automatic)
            begin_exposure(m);
        sim_reset(m->sim);
        fine = sim_start(m->sim) == SIM_OK;
        program(m);
        while (fine && m->kept < m->view.frames) {
            sim_run_until_ps(m->sim, 1000 * SIM_PS_PER_S);
            fine = m->isp.regs.status != 0;
            serve(m);
        }
    }
    if (!fine)
        fprintf(stderr, "train_frames: view %s, seed %llu: %s\n", m->view.name,
                (unsigned long long)m->view.seed,
                m->sim != NULL && sim_error(m->sim) != NULL ? sim_error(m->sim) : "no frames");
    free_blocks(m);
    return fine;
}

/* ---- reading views ---- */

static void read_scene(const sim_cfg_t *cfg, view_t *view)
{
    static scene_desc_t desc;
    char error[512];
    if (scene_desc_read(cfg, ".", &view->seed, &desc) != SIM_OK)
        return;
    desc.min_visible = TRUTH_MIN_VISIBLE;
    if (scene_make(&desc, &view->scene, error, sizeof(error)) != SIM_OK)
        sim_cfg_fail(cfg, NULL, "%s", error);
}

static void read_view(const sim_cfg_t *cfg, view_t *view)
{
    memset(view, 0, sizeof(*view));
    snprintf(view->name, sizeof(view->name), "%s", sim_cfg_str(cfg, "name", ""));
    view->seed = sim_cfg_u64(cfg, "seed", 0, (1ull << 53) - 1, 1);
    view->frames = (uint32_t)sim_cfg_u64(cfg, "frames", 1, 1000, 8);
    view->bin = (uint32_t)sim_cfg_u64(cfg, "bin", 0x11, 0x88, 0x22);
    uint64_t every_ms = sim_cfg_u64(cfg, "every_ms", 34, 800, 379);
    view->frame_lines = (uint32_t)(every_ms * 1000000 / LINE_NS);
    view->automatic = !sim_cfg_has(cfg, "lines");
    view->stops = sim_cfg_num(cfg, "stops", -4, 4, 0);
    view->exposure = (ae_exposure_t){
        .coarse = (uint32_t)sim_cfg_u64(cfg, "lines", 8, FRAME_LINES - MARGIN_LINES, 800),
        .gain_code = (uint32_t)sim_cfg_u64(cfg, "gain", 0, 978, 0),
        .digital = 256,
    };
    sim_cfg_t scene = sim_cfg_obj(cfg, "scene");
    read_scene(&scene, view);
    sim_cfg_done(cfg);
}

static bool make_line(maker_t *m, const char *file, uint32_t number, const char *text)
{
    char name[1100];
    snprintf(name, sizeof(name), "%s:%u", file, (unsigned)number);
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), name);
    if (doc == NULL)
        return false;
    sim_cfg_t root = sim_doc_root(doc);
    if (sim_doc_error(doc) == NULL)
        read_view(&root, &m->view);
    bool fine = sim_doc_error(doc) == NULL && m->view.scene != NULL;
    m->misuse = !fine;
    if (!fine)
        fprintf(stderr, "train_frames: %s\n", sim_doc_error(doc));
    fine = fine && make_view(m);
    scene_free(m->view.scene);
    m->view.scene = NULL;
    sim_doc_free(doc);
    return fine;
}

static bool make_file(maker_t *m, const char *file)
{
    static char text[1 << 16];
    bool fine = true;
    FILE *in = fopen(file, "r");
    if (in == NULL) {
        fprintf(stderr, "train_frames: %s: cannot be read\n", file);
        m->misuse = true;
        return false;
    }
    for (uint32_t n = 1; fine && fgets(text, sizeof(text), in) != NULL; n++)
        fine = make_line(m, file, n, text);
    fclose(in);
    return fine;
}

/* ---- the command ---- */

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

static bool make_all(maker_t *m, const char *out, char *const *files, int count)
{
    char tensors[1024], truth[1024], error[512];
    m->tensors = open_in(out, "tensors.bin", tensors, sizeof(tensors));
    m->truth = open_in(out, "truth.jsonl", truth, sizeof(truth));
    bool fine = m->tensors != NULL && m->truth != NULL;
    for (int i = 0; i < count && fine; i++)
        fine = make_file(m, files[i]);
    return fine && sim_file_commit(m->tensors, tensors, error, sizeof(error)) == SIM_OK &&
           sim_file_commit(m->truth, truth, error, sizeof(error)) == SIM_OK;
}

int main(int argc, char **argv)
{
    const char *chip_file = "logic/chips/imx500.json", *out = "build/train";
    const char *tensor = "160x120x3", *threads = "1";
    const cli_opt_t opts[] = {
        {0, "chip", "FILE", "chip data", &chip_file},
        {0, "tensor", "WxHxC", "size of the tensors", &tensor},
        {'j', "threads", "N", "at most 64; 0: one for each processor", &threads},
        {'o', "out", "DIR", "where tensors.bin and truth.jsonl go", &out},
    };
    const cli_t cli = {
        "train_frames", "VIEWS.jsonl...", "Makes training frames.", opts, SIM_COUNT(opts), 1, 1000};
    static maker_t m;
    sensor_desc_t chip;
    char **args, end;
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    uint64_t workers;
    if (over >= 0)
        return over;
    if (!cli_u64(&cli, "threads", threads, 0, 64, &workers))
        return EXIT_USAGE;
    if (sscanf(tensor, "%ux%ux%u%c", &m.width, &m.height, &m.channels, &end) != 3 || m.width == 0 ||
        m.height == 0 || m.channels == 0 || m.channels > 3 ||
        (uint64_t)m.width * m.height * m.channels > TENSOR_MOST)
        return cli_fail(EXIT_USAGE, "--tensor: '%s' is not WxHxC of at most 1 MiB", tensor);
    m.chip = &chip;
    m.pool = sim_pool_new((uint32_t)workers);
    if (m.pool == NULL || !load_chip(chip_file, &chip))
        return EXIT_USAGE;
    bool fine = make_all(&m, out, args, count);
    sim_pool_free(m.pool);
    return fine ? EXIT_FINE : m.misuse ? EXIT_USAGE : EXIT_FAILED;
}
