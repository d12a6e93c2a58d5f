/*
 * draw.c - a frame as it would be without a sensor.
 */
#include <stdlib.h>
#include <string.h>

#include "scenes/world_int.h"

enum { STEPS = 65536 };

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

static void draw_rows(const scene_t *scene, const scene_timing_t *t, const float gain,
                      sim_image_t *image, float *line, const uint8_t *codes)
{
    sim_light_t light = scene_light(scene);
    scene_box_px_t window = scene_window_of(t);
    uint32_t width = image->width_px;
    float step = (window.right - window.left) / (float)width;
    for (uint32_t y = 0; y < image->height_px; y++) {
        sim_light_req_t req = {.array_width_px = t->array_width_px,
                               .array_height_px = t->array_height_px,
                               .width_px = width,
                               .x0_px = window.left + 0.5f * (step - 1),
                               .x_step_px = step,
                               .y_px = window.top + step * ((float)y + 0.5f) - 0.5f,
                               .exposure_ps = t->exposure_ps,
                               .planes = 7};
        sim_light_row_t out = {line, line + width, line + 2 * (size_t)width};
        req.start_ps = row_start_ps(t, req.y_px);
        light.row(light.ctx, &req, &out);
        uint8_t *px = image->data + (size_t)y * width * 3;
        for (uint32_t x = 0; x < width; x++)
            for (uint32_t c = 0; c < 3; c++)
                px[3 * x + c] = encode(codes, line[(size_t)c * width + x] * gain);
    }
}

sim_err_t scene_draw(scene_t *scene, const scene_timing_t *timing, uint32_t width_px,
                     double white_lux, sim_image_t *image)
{
    scene_box_px_t window = scene_window_of(timing);
    float height = (window.bottom - window.top) / (window.right - window.left) * (float)width_px;
    *image = (sim_image_t){width_px, height < 1 ? 1 : (uint32_t)(height + 0.5f), 3, NULL};
    image->data = malloc((size_t)width_px * image->height_px * 3);
    float *line = malloc((size_t)width_px * 3 * sizeof(float));
    uint8_t *codes = malloc(STEPS);
    sim_err_t err = SIM_ENOMEM;
    if (image->data != NULL && line != NULL && codes != NULL)
        err = scene_prepare(scene, 1, width_px);
    if (err == SIM_OK) {
        make_codes(codes);
        draw_rows(scene, timing, white_lux > 0 ? (float)(1 / white_lux) : 0, image, line, codes);
    }
    free(codes);
    free(line);
    if (err != SIM_OK)
        sim_image_free(image);
    return err;
}
