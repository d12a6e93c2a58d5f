/*
 * cmd_scene.c - fovea scene: a scene without a sensor, its picture and its truth.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"
#include "tools/chip.h"
#include "tools/cli.h"
#include "tools/coco.h"
#include "tools/commands.h"
#include "tools/picture.h"
#include "tools/scenario.h"
#include "tools/sense.h"
#include "tools/truth.h"
#include "tools/when.h"

enum { ERROR = 1024 };

typedef struct {
    const char *out, *truth, *json, *truth_out, *coco;
    const char *frame, *at, *frames, *width, *white, *seed, *chip;
    uint64_t frame_value, at_ps, width_px;
    double white_lux;
} options_t;

typedef struct {
    scenario_t scenario; /* its scene, chip and number of frames */
    pix_frame_t mode;    /* as after power-up */
    scene_truth_t truth;
    scene_events_t events; /* since the frame before */
} stage_t;

/* ---- the scene and the die that would see it ---- */

/* Does the file name a chip: is it a scenario? */
static bool is_scenario(const char *file)
{
    if (!sim_file_ends(file, ".json"))
        return false;
    sim_doc_t *doc = sim_doc_load(file);
    bool chip = false;
    if (doc != NULL && sim_doc_error(doc) == NULL) {
        sim_cfg_t root = sim_doc_root(doc);
        chip = sim_cfg_has(&root, "chip");
    }
    sim_doc_free(doc);
    return chip;
}

static bool load(const options_t *o, const char *file, stage_t *stage, char *error)
{
    const scenario_flags_t flags = {.chip = o->chip, .frames = o->frames, .scene_seed = o->seed};
    static const cli_t cli = {.name = "scene"};
    scenario_t *s = &stage->scenario;
    uint64_t seed = 0, frames = 30;
    if (is_scenario(file))
        return scenario_load(s, file, &flags, error, ERROR);
    error[0] = '\0';
    if ((o->seed != NULL && !cli_u64(&cli, "scene-seed", o->seed, 0, UINT64_MAX, &seed)) ||
        (o->frames != NULL && !cli_u64(&cli, "frames", o->frames, 1, SCENARIO_MAX_FRAMES, &frames)))
        return false;
    s->frames = (uint32_t)frames;
    return chip_load(o->chip, &s->sensor, error, ERROR) &&
           scene_load_file(file, o->seed != NULL ? &seed : NULL, &s->scene, error, ERROR) == SIM_OK;
}

static bool find_mode(stage_t *stage, char *error)
{
    sense_t sense;
    const sensor_desc_t *chip = &stage->scenario.sensor;
    bool fine =
        sense_open(&sense, &chip->pixel, scene_light(stage->scenario.scene), 1, error, ERROR);
    if (fine) {
        sense_power_up(&sense, &chip->ccs);
        stage->mode = pix_frame_asked(sense.pixel);
    }
    sense_close(&sense);
    return fine;
}

/* Row 0 of frame 0 begins at time 0; the others follow at the mode's rate. */
static scene_timing_t timing_of(const stage_t *stage, uint32_t frame)
{
    pix_frame_t mode = stage->mode;
    uint64_t line = mode.line_length_pck;
    mode.frame = frame;
    mode.readout_pck =
        (uint64_t)frame * mode.frame_length_lines * line + mode.coarse_lines * line + mode.fine_pck;
    return truth_timing(&stage->scenario.sensor.pixel, &mode);
}

/* Truth of a frame, and what has happened from from_ps on until it begins. */
static bool look(stage_t *stage, uint32_t frame, const scene_timing_t *timing, uint64_t from_ps)
{
    const scene_t *scene = stage->scenario.scene;
    stage->events.count = 0;
    scene_truth(scene, timing, frame, &stage->truth);
    return scene_events(scene, from_ps, timing->start_ps + 1, &stage->events);
}

/* ---- the picture ---- */

static const rgb_t box_color = {90, 255, 90}, line_color = {255, 210, 60};
static const rgb_t zone_color = {90, 200, 255}, ink = {0, 0, 0};

/* Black on a plate; scale: side of a dot. */
static void draw_label(sim_image_t *image, int32_t x, int32_t y, int32_t scale, rgb_t color,
                       const char *text)
{
    picture_fill(image, x, y, 6 * scale * (int32_t)strlen(text) + 2 * scale, 9 * scale, color);
    picture_text(image, x + scale, y + scale, scale, ink, text);
}

/* px: of the picture to one of the array. */
static void draw_box(sim_image_t *image, const scene_box_t *box, const sim_window_t *window,
                     float px, int32_t scale)
{
    char text[64], number[16];
    const char *name = scene_class_name(box->class_id);
    float left = box->x - (float)window->x_px, top = box->y - (float)window->y_px;
    int32_t x = (int32_t)(left * px + 0.5f), x1 = (int32_t)((left + box->w) * px + 0.5f);
    int32_t y = (int32_t)(top * px + 0.5f), y1 = (int32_t)((top + box->h) * px + 0.5f);
    picture_box(image, x, y, x1 - x, y1 - y, scale, box_color);
    snprintf(number, sizeof(number), "%u", box->class_id);
    snprintf(text, sizeof(text), "%s #%u %d%%", name != NULL ? name : number, box->id,
             (int)(box->visible * 100 + 0.5f));
    draw_label(image, x, y < 9 * scale ? y : y - 9 * scale, scale, box_color, text);
}

/* A zone or a line, its name at the first corner that is in the picture. */
static void draw_area(const stage_t *stage, const scene_timing_t *timing, const scene_area_t *area,
                      float px, int32_t scale, rgb_t color, sim_image_t *image)
{
    const sim_window_t *w = &timing->window;
    scene_outline_t out =
        scene_outline(stage->scenario.scene, area, timing->array_width_px, timing->array_height_px);
    int32_t plate = 9 * scale, name_x = -1, name_y = -1;
    for (uint32_t i = 0; i < out.corners; i++) {
        out.px[i][0] = (out.px[i][0] - (float)w->x_px) * px;
        out.px[i][1] = (out.px[i][1] - (float)w->y_px) * px;
        bool inside = out.px[i][0] >= 0 && out.px[i][0] < (float)image->width_px &&
                      out.px[i][1] >= 0 && out.px[i][1] < (float)image->height_px;
        if (inside && name_x < 0) {
            name_x = (int32_t)out.px[i][0];
            name_y = (int32_t)out.px[i][1];
        }
    }
    uint32_t edges = out.corners == 2 ? 1 : out.corners;
    for (uint32_t i = 0; i < edges; i++) {
        const float *from = out.px[i], *to = out.px[(i + 1) % out.corners];
        picture_line(image, from[0], from[1], to[0], to[1], scale, color);
    }
    int32_t below =
        name_y + plate > (int32_t)image->height_px ? (int32_t)image->height_px - plate : name_y;
    if (name_x >= 0)
        draw_label(image, name_x + scale, below, scale, color, area->name);
}

static void draw_areas(const stage_t *stage, const scene_timing_t *timing, float px, int32_t scale,
                       sim_image_t *image)
{
    const scene_desc_t *desc = scene_desc(stage->scenario.scene);
    for (uint32_t i = 0; i < desc->zone_count; i++)
        draw_area(stage, timing, &desc->zone[i], px, scale, zone_color, image);
    for (uint32_t i = 0; i < desc->line_count; i++)
        draw_area(stage, timing, &desc->line[i], px, scale, line_color, image);
}

static void draw_truth(const stage_t *stage, const scene_timing_t *timing, sim_image_t *image)
{
    const scene_truth_t *truth = &stage->truth;
    const sim_window_t *w = &timing->window;
    float px =
        (float)image->width_px / (float)(w->width_px != 0 ? w->width_px : timing->array_width_px);
    int32_t scale = 1 + (int32_t)(image->width_px / 800);
    char text[64];
    draw_areas(stage, timing, px, scale, image);
    for (uint32_t i = 0; i < truth->count; i++)
        draw_box(image, &truth->box[i], w, px, scale);
    snprintf(text, sizeof(text), "frame %u  in %u  out %u", truth->frame, truth->in, truth->out);
    draw_label(image, 4 * scale, 4 * scale, scale, line_color, text);
}

static int draw(const options_t *o, const stage_t *stage, const scene_timing_t *timing)
{
    char error[ERROR];
    sim_image_t image;
    scene_t *scene = stage->scenario.scene;
    double white = o->white != NULL ? o->white_lux : scene_desc(scene)->lux.low;
    if (scene_draw(scene, timing, (uint32_t)o->width_px, white, NULL, &image) != SIM_OK)
        return cli_fail(EXIT_FAILED, "scene: no memory");
    int code = EXIT_FINE;
    if (scene_trouble(scene) != NULL)
        code = cli_fail(EXIT_USAGE, "%s", scene_trouble(scene));
    if (code == EXIT_FINE && o->truth != NULL)
        draw_truth(stage, timing, &image);
    if (code == EXIT_FINE && picture_write(o->out, &image, error, sizeof(error)) != SIM_OK)
        code = cli_fail(EXIT_FAILED, "%s", error);
    sim_image_free(&image);
    return code;
}

/* ---- the truth ---- */

static void add_areas(const scene_t *scene, const scene_timing_t *timing, const char *key,
                      const scene_area_t *area, uint32_t count, sim_json_t *out)
{
    sim_json_t *list = sim_json_add_array(out, key);
    for (uint32_t i = 0; i < count; i++) {
        scene_outline_t seen =
            scene_outline(scene, &area[i], timing->array_width_px, timing->array_height_px);
        sim_json_t *item = sim_json_add_object(list, NULL);
        sim_json_add_str(item, "name", area[i].name);
        sim_json_t *corners =
            sim_json_add_array(item, seen.corners == 2 ? "segment_px" : "polygon_px");
        for (uint32_t k = 0; k < seen.corners; k++) {
            sim_json_t *at = sim_json_add_array(corners, NULL);
            sim_json_add_num(at, NULL, (double)seen.px[k][0]);
            sim_json_add_num(at, NULL, (double)seen.px[k][1]);
        }
    }
}

static int print_json(const stage_t *stage, const scene_timing_t *timing)
{
    const scene_t *scene = stage->scenario.scene;
    sim_json_t *out = sim_json_object();
    truth_add(out, stage->truth.frame, timing, &stage->truth, &stage->events);
    sim_json_add_u64(out, "exposure_ps", timing->exposure_ps);
    sim_json_add_u64(out, "line_ps", timing->line_ps);
    sim_json_add_num(out, "line_px", (double)scene_line_px(scene, timing->array_width_px));
    const scene_desc_t *desc = scene_desc(scene);
    add_areas(scene, timing, "zones", desc->zone, desc->zone_count, out);
    add_areas(scene, timing, "lines", desc->line, desc->line_count, out);
    sim_json_add_num(out, "lux", desc->lux.low);
    char *text = sim_json_print(out, true);
    if (text != NULL)
        puts(text);
    free(text);
    sim_json_free(out);
    return EXIT_FINE;
}

static int write_lines(stage_t *stage, const char *file)
{
    char error[ERROR];
    FILE *to = sim_file_create(file, error, sizeof(error));
    if (to == NULL)
        return cli_fail(EXIT_FAILED, "%s", error);
    uint64_t from_ps = 0;
    bool fine = true;
    for (uint32_t frame = 0; fine && frame < stage->scenario.frames; frame++) {
        scene_timing_t timing = timing_of(stage, frame);
        fine = look(stage, frame, &timing, from_ps);
        truth_write_line(to, frame, &timing, &stage->truth, &stage->events);
        from_ps = timing.start_ps + 1;
    }
    if (!fine) {
        sim_file_abandon(to, file);
        return cli_fail(EXIT_FAILED, "scene: no memory");
    }
    if (sim_file_commit(to, file, error, sizeof(error)) != SIM_OK)
        return cli_fail(EXIT_FAILED, "%s", error);
    return EXIT_FINE;
}

static int write_coco(stage_t *stage, const char *file)
{
    char error[ERROR];
    coco_t coco;
    bool fine = true;
    coco_begin(&coco);
    for (uint32_t frame = 0; fine && frame < stage->scenario.frames; frame++) {
        scene_timing_t timing = timing_of(stage, frame);
        scene_truth(stage->scenario.scene, &timing, frame, &stage->truth);
        fine = coco_add(&coco, frame, &timing, &stage->truth);
    }
    if (coco_end(&coco, fine ? file : NULL, error, sizeof(error)) != SIM_OK)
        return cli_fail(EXIT_FAILED, "%s", error);
    if (!fine)
        return cli_fail(EXIT_USAGE, "scene: more than %d classes", COCO_MAX_CLASSES);
    return EXIT_FINE;
}

static int show(const options_t *o, stage_t *stage)
{
    int code = EXIT_FINE;
    if (o->truth_out != NULL)
        code = write_lines(stage, o->truth_out);
    if (code == EXIT_FINE && o->coco != NULL)
        code = write_coco(stage, o->coco);
    uint32_t frame = (uint32_t)o->frame_value;
    scene_timing_t timing = timing_of(stage, frame);
    uint64_t before_ps = frame > 0 ? timing_of(stage, frame - 1).start_ps + 1 : 0;
    if (o->at != NULL) {
        uint64_t each_ps = timing_of(stage, 1).start_ps - timing_of(stage, 0).start_ps;
        timing.start_ps = o->at_ps;
        before_ps = o->at_ps >= each_ps ? o->at_ps - each_ps + 1 : 0;
    }
    if (!look(stage, frame, &timing, before_ps))
        return cli_fail(EXIT_FAILED, "scene: no memory");
    if (code == EXIT_FINE && o->out != NULL)
        code = draw(o, stage, &timing);
    if (code == EXIT_FINE && o->json != NULL)
        code = print_json(stage, &timing);
    return code;
}

/* ---- the command ---- */

static bool read_options(const cli_t *cli, options_t *o)
{
    when_t when = {.at_ps = 0};
    o->width_px = 1014;
    if (o->at != NULL && (!when_parse(o->at, &when) || when.at_frame)) {
        cli_fail(EXIT_USAGE, "scene: --at: found %s, expected a time as 1.5s", o->at);
        return false;
    }
    o->at_ps = when.at_ps;
    return (o->frame == NULL ||
            cli_u64(cli, "frame", o->frame, 0, SCENARIO_MAX_FRAMES, &o->frame_value)) &&
           (o->width == NULL || cli_u64(cli, "width", o->width, 16, 8192, &o->width_px)) &&
           (o->white == NULL || cli_num(cli, "white", o->white, &o->white_lux));
}

static int run(const options_t *o, const char *file)
{
    char error[ERROR];
    stage_t *stage = calloc(1, sizeof(*stage));
    if (stage == NULL)
        return cli_fail(EXIT_FAILED, "scene: no memory");
    int code = EXIT_USAGE;
    if (load(o, file, stage, error) && find_mode(stage, error))
        code = show(o, stage);
    else if (error[0] != '\0')
        cli_fail(EXIT_USAGE, "%s", error);
    scene_events_free(&stage->events);
    scenario_free(&stage->scenario);
    free(stage);
    return code;
}

int cmd_scene(int argc, char **argv)
{
    options_t o = {0};
    const cli_opt_t opts[] = {
        {'o', "out", "FILE", "the frame as a picture: PNG, .ppm", &o.out},
        {'n', "frame", "N", "which one (0): row 0 of frame 0 is exposed from time 0 on", &o.frame},
        {'a', "at", "TIME", "1.5s and the like: row 0's exposure begins then (a run's time_ps)",
         &o.at},
        {'t', "truth", NULL, "draw the truth in: boxes with identity and visibility, zones, lines",
         &o.truth},
        {'w', "width", "PX", "of the picture (1014)", &o.width},
        {0, "white", "LUX", "light that is white in it (the scene's lux)", &o.white},
        {0, "json", NULL, "the frame's truth on standard output", &o.json},
        {0, "truth-out", "FILE", "truth of all frames, JSON lines as a run's truth.jsonl",
         &o.truth_out},
        {0, "coco", "FILE", "truth of all frames, COCO JSON", &o.coco},
        {0, "frames", "N", "how many all are (the scenario's, or 30)", &o.frames},
        {0, "scene-seed", "N", "another world", &o.seed},
        {'c', "chip", "FILE", "whose frame timing after power-up (the scenario's, or IMX500)",
         &o.chip},
    };
    const cli_t cli = {"scene",
                       "FILE",
                       "Shows a scene, a scenario's scene, a PNG or Y4M file without a sensor: the "
                       "ideal picture of a frame, and the truth.",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       1};
    char **args;
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    const char *const outs[] = {o.out, o.truth_out, o.coco};
    if (o.out == NULL && o.json == NULL && o.truth_out == NULL && o.coco == NULL)
        return cli_fail(EXIT_USAGE, "scene: one of --out, --json, --truth-out, --coco is missing");
    for (size_t i = 0; i < SIM_COUNT(outs); i++)
        if (outs[i] != NULL && !cli_apart(args[0], outs[i]))
            return EXIT_USAGE;
    if (!read_options(&cli, &o))
        return EXIT_USAGE;
    if (o.out != NULL && !picture_knows(o.out))
        return cli_fail(EXIT_USAGE, "scene: --out: %s is neither .png nor .ppm", o.out);
    return run(&o, args[0]);
}
