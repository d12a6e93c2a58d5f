#include "film_help.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char names[10][64];
static char text[2048], error[1024];

const char *film_text(int slot, const char *ending, const void *data, size_t bytes)
{
    snprintf(names[slot], sizeof(names[slot]), "/tmp/fovea_film_%ld_%d%s", (long)getpid(), slot,
             ending);
    FILE *to = fopen(names[slot], "wb");
    ck_assert_ptr_nonnull(to);
    fwrite(data, 1, bytes, to);
    fclose(to);
    return names[slot];
}

const char *film_gray(int slot, const char *words, const uint8_t *code, uint32_t frames)
{
    char line[128];
    size_t head =
        (size_t)snprintf(line, sizeof(line), "YUV4MPEG2 W4 H4 Cmono XCOLORRANGE=FULL%s%s\n",
                         words[0] != '\0' ? " " : "", words);
    uint8_t *data = malloc(head + (size_t)frames * 22);
    memcpy(data, line, head);
    for (uint32_t i = 0; i < frames; i++) {
        memcpy(data + head + (size_t)i * 22, "FRAME\n", 6);
        memset(data + head + (size_t)i * 22 + 6, code[i], 16);
    }
    const char *name = film_text(slot, ".y4m", data, head + (size_t)frames * 22);
    free(data);
    return name;
}

void film_remove(void)
{
    for (int i = 0; i < 10; i++)
        if (names[i][0] != '\0')
            unlink(names[i]);
}

static scene_t *load(const char *world, va_list args)
{
    char inner[1024];
    vsnprintf(inner, sizeof(inner), world, args);
    int length =
        snprintf(text, sizeof(text), "{\"lux\": 100, \"min_visible\": 0, \"world\": {%s}}", inner);
    sim_doc_t *doc = sim_doc_parse(text, (size_t)length, "test.json");
    sim_cfg_t root = sim_doc_root(doc);
    scene_t *scene = NULL;
    scene_load(&root, ".", NULL, &scene);
    snprintf(error, sizeof(error), "%s", sim_doc_error(doc) != NULL ? sim_doc_error(doc) : "");
    sim_doc_free(doc);
    return scene;
}

scene_t *film_scene(const char *world, ...)
{
    va_list args;
    va_start(args, world);
    scene_t *scene = load(world, args);
    va_end(args);
    ck_assert_msg(scene != NULL, "%s", error);
    ck_assert_int_eq(scene_prepare(scene, 4, 16), SIM_OK);
    return scene;
}

const char *film_refused(const char *world, ...)
{
    va_list args;
    va_start(args, world);
    scene_t *scene = load(world, args);
    va_end(args);
    ck_assert_msg(scene == NULL, "taken: %s", text);
    ck_assert_ptr_null(strchr(error, '\n'));
    return error;
}

double film_light(const scene_t *scene, double start_ms, double exposure_ms)
{
    float rgb[3][4];
    sim_light_req_t req = {.array_width_px = 4,
                           .array_height_px = 4,
                           .width_px = 4,
                           .x_step_px = 1,
                           .start_ps = (uint64_t)(start_ms * 1e9 + 0.5),
                           .exposure_ps = (uint64_t)(exposure_ms * 1e9 + 0.5),
                           .planes = 7};
    sim_light_t light = scene_light(scene);
    sim_light_row_t out = {rgb[0], rgb[1], rgb[2]};
    light.row(light.ctx, &req, &out);
    double sum = 0;
    for (int i = 0; i < 4; i++)
        sum += (double)rgb[0][i];
    return sum / 4;
}
