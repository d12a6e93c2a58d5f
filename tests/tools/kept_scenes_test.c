/*
 * kept_scenes_test.c - scenes that several runs look at: the same light as a scene of one's own.
 */
#include "sim/file.h"
#include "sim/png.h"
#include "sim/time.h"
#include "tests/test.h"
#include "tools/kept_scenes.h"

#define ROOM "{\"seed\": %u, \"crowd\": {\"duration_s\": 2, \"rate_per_s\": 2}}"

static kept_scenes_t kept;
static bool borrowed;

static scene_t *load(const char *text)
{
    scene_t *scene;
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "scene");
    sim_cfg_t cfg = sim_doc_root(doc);
    sim_err_t err = kept_scenes_load(&kept, &cfg, "tests", &scene, &borrowed);
    ck_assert_msg(err == SIM_OK, "%s", sim_doc_error(doc));
    sim_doc_free(doc);
    return scene;
}

static scene_t *load_room(uint32_t seed)
{
    char text[256];
    snprintf(text, sizeof(text), ROOM, seed);
    return load(text);
}

enum { COLUMNS = 64 };

static void look(scene_t *scene, float light[3][COLUMNS])
{
    sim_light_req_t req = {.array_width_px = 4056,
                           .array_height_px = 3040,
                           .width_px = COLUMNS,
                           .x_step_px = 63,
                           .y_px = 1700,
                           .start_ps = SIM_PS_PER_S,
                           .exposure_ps = SIM_PS_PER_MS,
                           .planes = 7};
    const sim_light_row_t to = {light[0], light[1], light[2]};
    ck_assert_int_eq(scene_prepare(scene, 1, COLUMNS), SIM_OK);
    sim_light_t source = scene_light(scene);
    source.row(source.ctx, &req, &to);
}

START_TEST(a_kept_scene_is_the_same_and_made_once)
{
    static float own[3][COLUMNS], first[3][COLUMNS], again[3][COLUMNS], other[3][COLUMNS];
    char text[256];
    scene_t *mine;
    snprintf(text, sizeof(text), ROOM, 4);
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "scene");
    sim_cfg_t cfg = sim_doc_root(doc);
    ck_assert_int_eq(scene_load(&cfg, "tests", NULL, &mine), SIM_OK);
    sim_doc_free(doc);
    look(mine, own);
    look(load_room(4), first);
    ck_assert(borrowed);
    look(load_room(5), other);
    look(load_room(4), again);
    ck_assert_uint_eq(kept.made, 2);
    ck_assert_mem_eq(own, first, sizeof(own));
    ck_assert_mem_eq(own, again, sizeof(own));
    ck_assert(memcmp(own, other, sizeof(own)) != 0);
    scene_free(mine);
    kept_scenes_free(&kept);
}
END_TEST

START_TEST(the_one_that_nobody_asked_for_for_longest_goes)
{
    for (uint32_t seed = 1; seed <= KEPT_SCENES; seed++)
        load_room(seed);
    load_room(1);
    ck_assert_uint_eq(kept.made, KEPT_SCENES);
    load_room(99); /* takes the place of 2 */
    load_room(1);
    load_room(3);
    ck_assert_uint_eq(kept.made, KEPT_SCENES + 1);
    load_room(2);
    ck_assert_uint_eq(kept.made, KEPT_SCENES + 2);
    kept_scenes_free(&kept);
}
END_TEST

START_TEST(scenes_of_files_and_wrong_ones_are_not_kept)
{
    scene_t *scene;
    char error[256];
    uint8_t gray[16] = {0};
    const sim_image_t image = {4, 4, 1, gray};
    ck_assert_int_eq(sim_dir_make(FOVEA_OUT, error, sizeof(error)), SIM_OK);
    ck_assert_int_eq(sim_png_write(FOVEA_OUT "/gray.png", &image, error, sizeof(error)), SIM_OK);
    scene = load("{\"background\": {\"kind\": \"png\", \"file\": \"../" FOVEA_OUT "/gray.png\"}}");
    ck_assert(!borrowed);
    scene_free(scene);
    static const char wrong[] = "{\"lux\": -1}";
    for (uint32_t i = 0; i < 2; i++) {
        sim_doc_t *doc = sim_doc_parse(wrong, strlen(wrong), "scene");
        sim_cfg_t cfg = sim_doc_root(doc);
        ck_assert_int_ne(kept_scenes_load(&kept, &cfg, "tests", &scene, &borrowed), SIM_OK);
        ck_assert(sim_doc_error(doc) != NULL && !borrowed);
        sim_doc_free(doc);
    }
    ck_assert_uint_eq(kept.made, 0);
    kept_scenes_free(&kept);
}
END_TEST

TEST_MAIN("tools kept scenes", a_kept_scene_is_the_same_and_made_once,
          the_one_that_nobody_asked_for_for_longest_goes,
          scenes_of_files_and_wrong_ones_are_not_kept)
