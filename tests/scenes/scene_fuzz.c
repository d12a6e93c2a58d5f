/*
 * scene_fuzz.c - any text as a scene: read, made when small, a few rows and the truth.
 */
#include <stdlib.h>

#include "scenes/scene.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(scene_t *scene)
{
    float r[64], g[64], b[64];
    sim_light_t light = scene_light(scene);
    sim_light_row_t out = {r, g, b};
    scene_truth_t truth;
    if (scene_prepare(scene, 1, 64) != SIM_OK)
        return;
    for (int i = 0; i < 4; i++) {
        sim_light_req_t req = {.array_width_px = 4056,
                               .array_height_px = 3040,
                               .width_px = 64,
                               .x0_px = 20,
                               .x_step_px = 63,
                               .y_px = 700.0f * (float)i,
                               .start_ps = UINT64_C(400000000000) * (uint64_t)i,
                               .exposure_ps = 10000000000,
                               .planes = 7};
        light.row(light.ctx, &req, &out);
    }
    scene_timing_t timing = {.array_width_px = 4056,
                             .array_height_px = 3040,
                             .y_step_px = 2,
                             .rows = 1520,
                             .start_ps = UINT64_C(500000000000),
                             .line_ps = 12631720,
                             .exposure_ps = 10000000000};
    scene_truth(scene, &timing, 0, &truth);
    scene_events_t events = {0};
    scene_events(scene, 0, timing.start_ps, &events);
    scene_events_free(&events);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char error[512];
    scene_desc_t *desc = malloc(sizeof(*desc));
    sim_doc_t *doc = sim_doc_parse((const char *)data, size, "fuzz.json");
    if (doc != NULL && desc != NULL) {
        sim_cfg_t root = sim_doc_root(doc);
        sim_err_t err = scene_desc_read(&root, ".", NULL, desc);
        scene_t *scene;
        if (desc->world.on || desc->back.kind == SCENE_BACK_PNG)
            err = SIM_EFILE; /* no files here */
        /* Backgrounds of a large array take long to draw: a small one runs the same code. */
        desc->camera.array_width_px = desc->camera.array_width_px % 512 + 16;
        desc->camera.array_height_px = desc->camera.array_height_px % 512 + 16;
        if (err == SIM_OK && scene_make(desc, &scene, error, sizeof(error)) == SIM_OK) {
            look(scene);
            scene_free(scene);
        }
    }
    sim_doc_free(doc);
    free(desc);
    return 0;
}
