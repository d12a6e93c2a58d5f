#include "scene_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/time.h"

scene_timing_t timing_of(uint32_t frame, float step)
{
    float lines = 1520.0f * 2.0f / step;
    return (scene_timing_t){.array_width_px = 4056,
                            .array_height_px = 3040,
                            .y0_px = 0.5f * (step - 1.0f),
                            .y_step_px = step,
                            .rows = (uint32_t)lines,
                            .start_ps = sim_edge_ps((uint64_t)frame * 2637 * 9398, 744000000),
                            .line_ps = (uint64_t)(12631720.0f * step / 2.0f),
                            .exposure_ps = 10 * SIM_PS_PER_MS};
}

sim_light_req_t row_of(const scene_timing_t *t, uint32_t frame, uint32_t row)
{
    return (sim_light_req_t){.frame = frame,
                             .array_width_px = t->array_width_px,
                             .array_height_px = t->array_height_px,
                             .width_px = (uint32_t)((float)t->array_width_px / t->y_step_px),
                             .x0_px = t->y0_px,
                             .x_step_px = t->y_step_px,
                             .y_px = t->y0_px + (float)row * t->y_step_px,
                             .start_ps = t->start_ps + row * t->line_ps,
                             .exposure_ps = t->exposure_ps,
                             .planes = 0x7};
}

picture_t picture_of(scene_t *scene, uint32_t frame, float step, uint32_t planes)
{
    scene_timing_t timing = timing_of(frame, step);
    picture_t picture = {.width = row_of(&timing, frame, 0).width_px, .height = timing.rows};
    for (int c = 0; c < 3; c++)
        picture.plane[c] = calloc((size_t)picture.width * picture.height, sizeof(float));
    if (scene_prepare(scene, 1, picture.width) != SIM_OK)
        abort();
    sim_light_t light = scene_light(scene);
    for (uint32_t y = 0; y < timing.rows; y++) {
        sim_light_req_t req = row_of(&timing, frame, y);
        req.planes = planes;
        size_t at = (size_t)y * picture.width;
        sim_light_row_t out = {picture.plane[0] + at, picture.plane[1] + at, picture.plane[2] + at};
        light.row(light.ctx, &req, &out);
    }
    return picture;
}

void picture_free(picture_t *picture)
{
    for (int c = 0; c < 3; c++)
        free(picture->plane[c]);
}

/* The nearest code: IEC 61966-2-1 turned around by search. */
static uint8_t encode(const float *table, float linear)
{
    int low = 0, high = 255;
    while (low < high) {
        int mid = (low + high) / 2;
        if (0.5f * (table[mid] + table[mid + 1]) < linear)
            low = mid + 1;
        else
            high = mid;
    }
    return (uint8_t)low;
}

static double root_2_4(double x) /* x^2.4 by its definition: the fifth root of x^12 */
{
    double y = 1, x12 = x * x * x * x * x * x * x * x * x * x * x * x;
    for (int i = 0; i < 100; i++)
        y -= (y * y * y * y * y - x12) / (5 * y * y * y * y);
    return y;
}

scene_box_t picture_extents(const picture_t *p, float least, float step)
{
    uint32_t x0 = p->width, y0 = p->height, x1 = 0, y1 = 0;
    for (uint32_t y = 0; y < p->height; y++)
        for (uint32_t x = 0; x < p->width; x++) {
            if (p->plane[1][(size_t)y * p->width + x] < least)
                continue;
            x0 = x < x0 ? x : x0;
            x1 = x > x1 ? x : x1;
            y0 = y < y0 ? y : y0;
            y1 = y > y1 ? y : y1;
        }
    return (scene_box_t){.x = (float)x0 * step,
                         .y = (float)y0 * step,
                         .w = (float)(x1 + 1 - x0) * step,
                         .h = (float)(y1 + 1 - y0) * step};
}

sim_image_t picture_encode(const picture_t *picture, float white_lux)
{
    float table[257];
    for (int i = 0; i < 256; i++) {
        double c = i / 255.0;
        table[i] = (float)(c <= 0.04045 ? c / 12.92 : root_2_4((c + 0.055) / 1.055));
    }
    table[256] = 2.0f;
    size_t count = (size_t)picture->width * picture->height;
    sim_image_t image = {picture->width, picture->height, 3, malloc(count * 3)};
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < 3; c++)
            image.data[3 * i + c] = encode(table, picture->plane[c][i] / white_lux);
    return image;
}

scene_t *scene_of(const char *text, uint64_t seed)
{
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "test.json");
    sim_cfg_t root = sim_doc_root(doc);
    scene_t *scene = NULL;
    scene_load(&root, ".", seed != 0 ? &seed : NULL, &scene);
    if (scene == NULL) {
        fprintf(stderr, "%s\n", sim_doc_error(doc));
        abort();
    }
    sim_doc_free(doc);
    return scene;
}
