/*
 * render_bench.c - looks at a scene without a sensor, and times it.
 *
 *   render_bench [SCENE [FRAME [OUT.png [SEED [STEP]]]]]
 *
 * Renders one frame as the 2x2-binned IMX500 would see it (STEP 2; larger: coarser), prints ms per
 * megapixel of one thread, and writes an sRGB picture with the truth's boxes when OUT ends in
 * ".boxes.png".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "scene_help.h"
#include "sim/png.h"

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Best time of a frame's rows, each into the same memory, as the pixel die has them rendered. */
static double time_rows(const scene_t *scene, uint32_t frame, float step, uint32_t planes)
{
    static float line[3][4096];
    scene_timing_t timing = timing_of(frame, step);
    sim_light_t light = scene_light(scene);
    sim_light_row_t out = {line[0], line[1], line[2]};
    double best = 1e9;
    for (int i = 0; i < 10; i++) {
        double from = now_s();
        for (uint32_t y = 0; y < timing.rows; y++) {
            sim_light_req_t req = row_of(&timing, frame, y);
            req.planes = planes;
            light.row(light.ctx, &req, &out);
        }
        double took = now_s() - from;
        best = took < best ? took : best;
    }
    return best;
}

static void draw_box(sim_image_t *image, const scene_box_t *box, float step)
{
    uint32_t x0 = (uint32_t)(box->x / step), x1 = (uint32_t)((box->x + box->w) / step);
    uint32_t y0 = (uint32_t)(box->y / step), y1 = (uint32_t)((box->y + box->h) / step);
    for (uint32_t y = y0; y <= y1 && y < image->height_px; y++)
        for (uint32_t x = x0; x <= x1 && x < image->width_px; x++)
            if (y == y0 || y == y1 || x == x0 || x == x1)
                memcpy(image->data + ((size_t)y * image->width_px + x) * 3, "\xff\x20\xff", 3);
}

int main(int argc, char **argv)
{
    const char *file = argc > 1 ? argv[1] : "scenes/entrance.json";
    uint32_t frame = argc > 2 ? (uint32_t)atoi(argv[2]) : 30;
    const char *out = argc > 3 ? argv[3] : NULL;
    uint64_t seed = argc > 4 ? strtoull(argv[4], NULL, 10) : 1;
    float step = argc > 5 ? (float)atof(argv[5]) : 2.0f;
    char error[1024];
    scene_t *scene;
    double start = now_s();
    if (scene_load_file(file, argc > 4 ? &seed : NULL, &scene, error, sizeof(error)) != SIM_OK) {
        fprintf(stderr, "%s\n", error);
        return 2;
    }
    double made = now_s();
    picture_t picture = picture_of(scene, frame, step, 0x7);
    double best = time_rows(scene, frame, step, 0x7);
    double bayer = time_rows(scene, frame, step, 0x3); /* red and green, as a row of RGGB */
    double megapixels = 1e-6 * picture.width * picture.height;
    printf("%s frame %u: made in %.0f ms, %ux%u: %.2f ms/Mpx, %.2f with two planes of three\n",
           file, frame, 1e3 * (made - start), picture.width, picture.height,
           1e3 * best / megapixels, 1e3 * bayer / megapixels);
    scene_truth_t truth;
    scene_timing_t timing = timing_of(frame, step);
    scene_truth(scene, &timing, frame, &truth);
    for (uint32_t i = 0; i < truth.count; i++)
        printf("  person %u: %.0f %.0f %.0f x %.0f visible %.2f\n", truth.box[i].id,
               (double)truth.box[i].x, (double)truth.box[i].y, (double)truth.box[i].w,
               (double)truth.box[i].h, (double)truth.box[i].visible);
    printf("  in %u, out %u; %.0f lux, %.0f K\n", truth.in, truth.out, scene_desc(scene)->lux.low,
           scene_desc(scene)->color_k.low);
    if (out != NULL) {
        sim_image_t image = picture_encode(&picture, (float)scene_desc(scene)->lux.low);
        for (uint32_t i = 0; i < truth.count && strstr(out, ".boxes.") != NULL; i++)
            draw_box(&image, &truth.box[i], step);
        if (sim_png_write(out, &image, error, sizeof(error)) != SIM_OK)
            fprintf(stderr, "%s\n", error);
        sim_image_free(&image);
    }
    picture_free(&picture);
    scene_free(scene);
    return 0;
}
