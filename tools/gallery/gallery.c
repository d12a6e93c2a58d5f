/*
 * gallery.c - make gallery: pictures of charts and scenes through pixel die and ISP, and of power.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "logic/sensor.h"
#include "scenes/scene.h"
#include "sim/file.h"
#include "tools/charts.h"
#include "tools/cli.h"
#include "tools/compare.h"
#include "tools/develop.h"
#include "tools/gallery/power.h"
#include "tools/sense.h"

typedef struct {
    const char *name, *what;
    chart_t chart; /* at NULL: the entrance */
    uint64_t exposure_us;
    double gain;
    uint32_t window[4]; /* x, y, width, height; width 0: everything, binned */
    double focal_mm;    /* of vignetting */
} picture_t;

/* clang-format off */
static const picture_t pictures[] = {
    {"resolution", "resolution chart, the whole array binned: star, zone plate, bars, slanted edges",
     {chart_resolution, 500, 0, 4, 1}, 30000, 1, {0}, 0},
    {"resolution_center", "the star's middle at full resolution: spokes down to 1.4 photosites",
     {chart_resolution, 500, 0, 4, 1}, 30000, 1, {1014 - 300, 1520 - 240, 1006, 736}, 0},
    {"colors", "24 patches in daylight: as the chart's codes",
     {chart_colors, 1585, 0, 1, 1}, 10000, 1, {0}, 0},
    {"low_light", "the entrance at 5 lux, 33 ms, gain 16",
     {NULL, 5, 0, 1, 1}, 33000, 16, {0}, 0},
    {"rolling_shutter", "a bar that turns 10 times a second, rows read one after another in 19 ms",
     {chart_bar, 14000, 0, 2, 16}, 1000, 1, {0}, 0},
    {"flicker", "gray in the light of a lamp on 50 Hz: bands of 10 ms, 792 rows",
     {chart_gray, 9000, 100, 1, 1}, 1000, 1, {0}, 0},
    {"vignetting", "gray behind a lens of 4.74 mm: cos^4",
     {chart_gray, 900, 0, 1, 1}, 15000, 1, {0}, 4.74},
};
/* clang-format on */

static bool set_up(const picture_t *p, sense_t *sense, char *error, size_t error_bytes)
{
    if (p->window[2] != 0) {
        sense_put(sense, "PIX_BIN", 0x11);
        sense_put(sense, "PIX_X_START", p->window[0]);
        sense_put(sense, "PIX_Y_START", p->window[1]);
        sense_put(sense, "PIX_X_SIZE", p->window[2]);
        sense_put(sense, "PIX_Y_SIZE", p->window[3]);
    }
    return sense_set_exposure(sense, p->exposure_us * SIM_PS_PER_US, error, error_bytes) &&
           sense_set_gain(sense, p->gain, error, error_bytes);
}

static bool develop(const char *dir, const picture_t *p, const sensor_desc_t *chip,
                    const sim_raw_t *raw, char *error, size_t error_bytes)
{
    develop_t dev;
    char path[1200];
    snprintf(path, sizeof(path), "%s/%s.png", dir, p->name);
    bool fine = develop_open(&dev, &chip->isp, raw, error, error_bytes);
    if (fine) {
        develop_set_colors(&dev, raw);
        fine = develop_run(&dev, raw, error, error_bytes) &&
               sim_png_write(path, &dev.image, error, error_bytes) == SIM_OK;
    }
    develop_close(&dev);
    return fine;
}

static scene_t *entrance(const picture_t *p, char *error, size_t error_bytes)
{
    scene_t *scene = NULL, *file = NULL;
    if (scene_load_file("scenes/entrance.json", NULL, &file, error, error_bytes) != SIM_OK)
        return NULL;
    scene_desc_t desc = *scene_desc(file);
    desc.lux = (scene_range_t){(double)p->chart.lux, (double)p->chart.lux};
    desc.flicker_depth = 0;
    (void)scene_make(&desc, &scene, error, error_bytes);
    scene_free(file);
    return scene;
}

static bool make(const char *dir, const picture_t *p, char *error, size_t error_bytes)
{
    sensor_desc_t chip = sensor_desc_default();
    chip.pixel.focal_mm = p->focal_mm;
    scene_t *scene = p->chart.at == NULL ? entrance(p, error, error_bytes) : NULL;
    if (p->chart.at == NULL && scene == NULL)
        return false;
    sim_light_t light = scene != NULL ? scene_light(scene) : chart_light(&p->chart);
    sense_t sense;
    bool fine = sense_open(&sense, &chip.pixel, light, 0, error, error_bytes);
    if (fine && scene != NULL)
        fine = scene_prepare(scene, sim_pool_threads(sense.pool),
                             chip.pixel.width_px + 2 * PIX_BLUR_MAX) == SIM_OK;
    fine = fine && set_up(p, &sense, error, error_bytes) &&
           sense_frame(&sense, 0, error, error_bytes) &&
           develop(dir, p, &chip, &sense.raw, error, error_bytes);
    sense_close(&sense);
    scene_free(scene);
    return fine;
}

/* Of ten frames of the demo. */
static bool compare_picture(const char *dir, char *error, size_t error_bytes)
{
    char out[1100];
    snprintf(out, sizeof(out), "%s/compare", dir);
    const compare_desc_t desc = {.scenario = "scenes/entrance.json",
                                 .out = out,
                                 .flags = {.frames = "10"},
                                 .host_ms = COMPARE_HOST_MS,
                                 .host_mj = COMPARE_HOST_MJ};
    compare_t *compare = calloc(1, sizeof(*compare));
    if (compare == NULL) {
        snprintf(error, error_bytes, "out of memory");
        return false;
    }
    bool fine = compare_run(compare, &desc) == EXIT_FINE;
    if (!fine)
        snprintf(error, error_bytes, "%.500s", compare->error);
    fine = fine && compare_plot(compare, dir, error, error_bytes);
    free(compare);
    return fine;
}

int main(int argc, char **argv)
{
    const char *dir = argc > 1 ? argv[1] : "out/gallery";
    char error[512] = "";
    if (sim_dir_make(dir, error, sizeof(error)) != SIM_OK) {
        fprintf(stderr, "gallery: %s\n", error);
        return 1;
    }
    for (size_t i = 0; i < SIM_COUNT(pictures); i++) {
        if (!make(dir, &pictures[i], error, sizeof(error))) {
            fprintf(stderr, "gallery: %s: %s\n", pictures[i].name, error);
            return 1;
        }
        printf("%s/%s.png: %s\n", dir, pictures[i].name, pictures[i].what);
    }
    if (!power_picture(dir, error, sizeof(error))) {
        fprintf(stderr, "gallery: power: %s\n", error);
        return 1;
    }
    printf("%s/power.png: power of the demo over two frames, energy of one\n", dir);
    if (!compare_picture(dir, error, sizeof(error))) {
        fprintf(stderr, "gallery: compare: %s\n", error);
        return 1;
    }
    printf("%s/compare.svg: a plain camera and its host against the AI sensor\n", dir);
    return 0;
}
