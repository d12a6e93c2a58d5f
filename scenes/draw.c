/*
 * draw.c - a frame as it would be without a sensor.
 */
#include <stdlib.h>
#include <string.h>

#include "scenes/world_int.h"

enum { STEPS = 65536, BAND = 16 }; /* of linear values; rows that a job draws */

/* The nearest sRGB code of each of so many linear values, 0..1. */
static void make_codes(uint8_t codes[STEPS])
{
    float next[256]; /* where the code after each begins */
    for (uint32_t i = 0; i < 255; i++)
        next[i] = 0.5f * (scene_srgb_decode((uint8_t)i) + scene_srgb_decode((uint8_t)(i + 1)));
    next[255] = 2;
    uint8_t code = 0;
    for (uint32_t i = 0; i < STEPS; i++) {
        while (next[code] < (float)i / (STEPS - 1))
            code++;
        codes[i] = code;
    }
}

/* Made when a scene is first drawn. */
static bool has_codes(scene_t *scene)
{
    if (scene->codes != NULL)
        return true;
    scene->codes = malloc(STEPS);
    if (scene->codes != NULL)
        make_codes(scene->codes);
    return scene->codes != NULL;
}

static uint8_t encode(const uint8_t codes[STEPS], float linear)
{
    return codes[(uint32_t)(scene_clamp(linear, 0.0f, 1.0f) * (STEPS - 1) + 0.5f)];
}

/* A row of the picture is seen when the row of the frame is that shows the same height. */
static uint64_t row_start_ps(const scene_timing_t *t, float y_px)
{
    float row = (y_px - t->y0_px) / t->y_step_px + 0.5f;
    uint64_t r = row > 0 ? (uint64_t)row : 0;
    return t->start_ps + (r < t->rows ? r : t->rows - 1) * t->line_ps;
}

typedef struct {
    const scene_t *scene;
    const scene_timing_t *timing;
    float gain; /* linear values of a lux */
    sim_image_t *image;
    float *lines; /* a worker's planes of a row */
} picture_t;

static void draw_row(const picture_t *p, uint32_t y, uint32_t worker)
{
    const scene_timing_t *t = p->timing;
    const sim_light_t light = scene_light(p->scene);
    const scene_box_px_t window = scene_window_of(t);
    const uint32_t width = p->image->width_px;
    float *line = p->lines + (size_t)worker * 3 * width;
    float step = (window.right - window.left) / (float)width;
    sim_light_req_t req = {.array_width_px = t->array_width_px,
                           .array_height_px = t->array_height_px,
                           .width_px = width,
                           .x0_px = window.left + 0.5f * (step - 1),
                           .x_step_px = step,
                           .y_px = window.top + step * ((float)y + 0.5f) - 0.5f,
                           .exposure_ps = t->exposure_ps,
                           .planes = 7,
                           .worker = worker};
    const sim_light_row_t out = {line, line + width, line + 2 * (size_t)width};
    req.start_ps = row_start_ps(t, req.y_px);
    light.row(light.ctx, &req, &out);
    uint8_t *px = p->image->data + (size_t)y * width * 3;
    for (uint32_t x = 0; x < width; x++)
        for (uint32_t c = 0; c < 3; c++)
            px[3 * x + c] = encode(p->scene->codes, line[(size_t)c * width + x] * p->gain);
}

static void draw_band(void *ctx, uint32_t job, uint32_t worker)
{
    const picture_t *p = ctx;
    uint32_t end = (job + 1) * BAND < p->image->height_px ? (job + 1) * BAND : p->image->height_px;
    for (uint32_t y = job * BAND; y < end; y++)
        draw_row(p, y, worker);
}

sim_err_t scene_draw(scene_t *scene, const scene_timing_t *timing, uint32_t width_px,
                     double white_lux, sim_pool_t *pool, sim_image_t *image)
{
    const uint32_t workers = sim_pool_threads(pool);
    scene_box_px_t window = scene_window_of(timing);
    float height = (window.bottom - window.top) / (window.right - window.left) * (float)width_px;
    *image = (sim_image_t){width_px, height < 1 ? 1 : (uint32_t)(height + 0.5f), 3, NULL};
    image->data = malloc((size_t)width_px * image->height_px * 3);
    picture_t picture = {.scene = scene,
                         .timing = timing,
                         .gain = white_lux > 0 ? (float)(1 / white_lux) : 0,
                         .image = image,
                         .lines = malloc((size_t)workers * width_px * 3 * sizeof(float))};
    sim_err_t err = SIM_ENOMEM;
    if (image->data != NULL && picture.lines != NULL && has_codes(scene))
        err = scene_prepare(scene, workers, width_px);
    if (err == SIM_OK)
        sim_pool_run(pool, draw_band, &picture, (image->height_px + BAND - 1) / BAND);
    free(picture.lines);
    if (err != SIM_OK)
        sim_image_free(image);
    return err;
}
