/*
 * film_test.c - recordings as the world: which frame a row sees, and what is wrong with them.
 */
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "film_help.h"
#include "sim/png.h"
#include "sim/pool.h"
#include "tests/test.h"

/* Black, white and sRGB 188, which is 0.5028865 (IEC 61966-2-1): 0, 100 and 50.29 lux. */
static const uint8_t codes[] = {0, 255, 188};
static const double lux[] = {0, 100, 50.28865};

static void sees(const scene_t *scene, double start_ms, double exposure_ms, double expected)
{
    double found = film_light(scene, start_ms, exposure_ms);
    ck_assert_msg(fabs(found - expected) < 0.01, "%g + %g ms: found %g, expected %g", start_ms,
                  exposure_ms, found, expected);
    ck_assert_ptr_null(scene_trouble(scene));
}

START_TEST(a_row_sees_the_frame_of_its_time)
{
    scene_t *scene = film_scene("\"file\": \"%s\"", film_gray(0, "F10:1", codes, 3));
    sees(scene, 0, 0, lux[0]);
    sees(scene, 0, 99, lux[0]);
    sees(scene, 100, 100, lux[1]); /* from its first moment to its last */
    sees(scene, 99.999999999, 0, lux[0]);
    sees(scene, 100, 0, lux[1]);
    sees(scene, 250, 10, lux[2]);
    sees(scene, 120, 1, lux[1]); /* a file goes back */
    sees(scene, 1e6, 5, lux[2]); /* the last one stays */
    sees(scene, 280, 40, lux[2]);
    scene_free(scene);
    film_remove();
}
END_TEST

START_TEST(an_exposure_across_a_change_is_a_mean_by_time)
{
    scene_t *scene = film_scene("\"file\": \"%s\"", film_gray(0, "F10:1", codes, 3));
    sees(scene, 75, 100, 75); /* 25 ms of black, 75 of white */
    sees(scene, 90, 120, (10 * 0 + 100 * 100 + 10 * lux[2]) / 120);
    sees(scene, 190, 1000, (10 * 100 + 990 * lux[2]) / 1000);
    scene_free(scene);
    film_remove();
}
END_TEST

START_TEST(rate_start_and_loop_are_the_scenes)
{
    const char *file = film_gray(0, "F10:1", codes, 3);
    scene_t *scene =
        film_scene("\"file\": \"%s\", \"fps\": 50, \"start_s\": 1, \"end\": \"loop\"", file);
    sees(scene, 1000, 20, lux[0]);
    sees(scene, 1020, 20, lux[1]);
    sees(scene, 1060, 20, lux[0]);
    sees(scene, 980, 20, lux[2]); /* before its start, too */
    sees(scene, 1050, 20, (lux[2] + lux[0]) / 2);
    sees(scene, 1000, 120, (lux[0] + lux[1] + lux[2]) / 3); /* two rounds */
    scene_free(scene);
    scene = film_scene("\"file\": \"%s\", \"start_s\": 0.5", file);
    sees(scene, 0, 10, lux[0]); /* the first one is there before */
    sees(scene, 590, 20, 50);
    scene_free(scene);
    film_remove();
}
END_TEST

START_TEST(frames_begin_on_the_picosecond_of_a_fraction)
{
    /* Frame 2 of 30000/1001 begins at 2 * 1001 / 30000 s = 66.7333.. ms: the picosecond after. */
    scene_t *scene =
        film_scene("\"file\": \"%s\", \"fps\": \"30000/1001\"", film_gray(0, "", codes, 3));
    sees(scene, 66.733333333, 0, lux[1]);
    sees(scene, 66.733333334, 0, lux[2]);
    scene_free(scene);
    film_remove();
}
END_TEST

START_TEST(first_and_count_choose_frames)
{
    const char *file = film_gray(0, "F10:1", codes, 3);
    scene_t *scene = film_scene("\"file\": \"%s\", \"first\": 1, \"count\": 1", file);
    sees(scene, 0, 10, lux[1]);
    sees(scene, 500, 10, lux[1]);
    scene_free(scene);
    ck_assert_ptr_nonnull(strstr(film_refused("\"file\": \"%s\", \"first\": 2, \"count\": 2", file),
                                 "found 3 frames, expected 4"));
    film_remove();
}
END_TEST

/* ---- numbered files ---- */

static char pattern[64];

static void write_png(uint32_t number, uint32_t side, uint8_t code)
{
    char file[80], error[256];
    sim_image_t image = {side, side, 1, malloc((size_t)side * side)};
    memset(image.data, code, (size_t)side * side);
    snprintf(pattern, sizeof(pattern), "/tmp/fovea_film_%ld_%%03d.png", (long)getpid());
    snprintf(file, sizeof(file), "/tmp/fovea_film_%ld_%03u.png", (long)getpid(), number);
    ck_assert_int_eq(sim_png_write(file, &image, error, sizeof(error)), SIM_OK);
    sim_image_free(&image);
}

static void remove_pngs(void)
{
    char file[80];
    for (uint32_t i = 0; i < 13; i++) {
        snprintf(file, sizeof(file), "/tmp/fovea_film_%ld_%03u.png", (long)getpid(), i);
        unlink(file);
    }
}

START_TEST(numbered_pictures_follow_each_other)
{
    for (uint32_t i = 0; i < 3; i++)
        write_png(8 + i, 4, codes[i]); /* 008, 009, 010 */
    scene_t *scene = film_scene("\"file\": \"%s\", \"first\": 8, \"fps\": 10", pattern);
    sees(scene, 10, 10, lux[0]);
    sees(scene, 110, 10, lux[1]);
    sees(scene, 900, 10, lux[2]);
    sees(scene, 175, 50, 0.5 * (lux[1] + lux[2]));
    scene_free(scene);
    ck_assert_ptr_nonnull(
        strstr(film_refused("\"file\": \"%s\", \"first\": 8, \"fps\": 10, \"count\": 4", pattern),
               "_011.png: missing, frame 3 of 4"));
    write_png(12, 4, 50); /* a gap is no end unless somebody says so */
    ck_assert_ptr_nonnull(
        strstr(film_refused("\"file\": \"%s\", \"first\": 8, \"fps\": 10", pattern),
               "_011.png: missing, and the next one is there"));
    scene = film_scene("\"file\": \"%s\", \"first\": 8, \"fps\": 10, \"count\": 3", pattern);
    sees(scene, 900, 10, lux[2]);
    scene_free(scene);
    ck_assert_ptr_nonnull(
        strstr(film_refused("\"file\": \"%s\", \"fps\": 10", pattern), "_000.png"));
    ck_assert_ptr_nonnull(strstr(film_refused("\"file\": \"%s\", \"first\": 8", pattern), "fps"));
    remove_pngs();
}
END_TEST

START_TEST(a_picture_of_another_size_is_trouble_when_it_comes)
{
    write_png(0, 4, 255);
    write_png(1, 6, 255);
    scene_t *scene = film_scene("\"file\": \"%s\", \"fps\": 10", pattern);
    sees(scene, 10, 10, 100);
    ck_assert_double_eq(film_light(scene, 110, 10), 0); /* black from there on */
    ck_assert_ptr_nonnull(scene_trouble(scene));
    ck_assert_ptr_nonnull(strstr(scene_trouble(scene), "_001.png: 6 x 6, the first one is 4 x 4"));
    scene_free(scene);
    remove_pngs();
}
END_TEST

START_TEST(one_picture_is_a_still_world)
{
    char name[80];
    write_png(0, 4, 188);
    snprintf(name, sizeof(name), "/tmp/fovea_film_%ld_000.png", (long)getpid());
    scene_t *scene = film_scene("\"file\": \"%s\"", name);
    sees(scene, 0, 10, lux[2]);
    sees(scene, 1e5, 1000, lux[2]);
    scene_free(scene);
    ck_assert_ptr_nonnull(strstr(film_refused("\"file\": \"%s\", \"fps\": 5", name), "fps"));
    remove_pngs();
}
END_TEST

/* ---- pipes ---- */

/* A FIFO into which another process writes that file. */
static const char *fifo_of(const char *file)
{
    static char name[64], command[256];
    snprintf(name, sizeof(name), "/tmp/fovea_film_%ld.fifo", (long)getpid());
    unlink(name);
    ck_assert_int_eq(mkfifo(name, 0600), 0);
    snprintf(command, sizeof(command), "cat %s > %s &", file, name);
    ck_assert_int_eq(system(command), 0);
    return name;
}

START_TEST(a_pipe_is_read_in_order_and_its_last_frame_stays)
{
    const char *fifo = fifo_of(film_gray(0, "F10:1", codes, 3));
    scene_t *scene = film_scene("\"file\": \"%s\"", fifo);
    ck_assert(scene_is_pipe(scene));
    sees(scene, 0, 10, lux[0]);
    sees(scene, 75, 100, 75);
    sees(scene, 20, 10, lux[0]); /* still kept */
    sees(scene, 290, 1000, lux[2]);
    sees(scene, 5000, 10, lux[2]);
    scene_free(scene);
    ck_assert_ptr_nonnull(strstr(film_refused("\"file\": \"%s\", \"end\": \"loop\"",
                                              fifo_of(film_gray(0, "F10:1", codes, 3))),
                                 "a pipe cannot loop"));
    unlink(fifo);
    film_remove();
}
END_TEST

START_TEST(a_pipe_cannot_go_back_behind_what_is_kept)
{
    uint8_t many[80];
    for (int i = 0; i < 80; i++)
        many[i] = i == 16 ? 255 : 0;
    const char *fifo = fifo_of(film_gray(0, "F10:1", many, 80));
    scene_t *scene = film_scene("\"file\": \"%s\"", fifo);
    sees(scene, 7950, 10, 0);
    sees(scene, 1650, 10, 100); /* 64 are kept: 16..79 */
    ck_assert_double_eq(film_light(scene, 1550, 10), 0);
    ck_assert_ptr_nonnull(scene_trouble(scene));
    ck_assert_ptr_nonnull(
        strstr(scene_trouble(scene), "frame 15 of a pipe is gone, the last 64 are kept"));
    scene_free(scene);
    unlink(fifo);
    film_remove();
}
END_TEST

START_TEST(the_last_frame_of_a_pipe_stays_also_when_it_was_passed_over)
{
    uint8_t many[80];
    for (int i = 0; i < 80; i++)
        many[i] = i == 79 ? 255 : 0;
    const char *fifo = fifo_of(film_gray(0, "F10:1", many, 80));
    scene_t *scene = film_scene("\"file\": \"%s\"", fifo);
    sees(scene, 1e6, 10, 100);
    scene_free(scene);
    scene = film_scene("\"file\": \"%s\", \"first\": 3, \"count\": 76",
                       fifo_of(film_gray(0, "F10:1", many, 80)));
    sees(scene, 1e6, 10, 0); /* 3..78 */
    scene_free(scene);
    ck_assert_ptr_nonnull(strstr(
        film_refused("\"file\": \"%s\"", fifo_of(film_gray(0, "F10:1", many, 0))), "no frame"));
    ck_assert_ptr_nonnull(strstr(
        film_refused("\"file\": \"%s\", \"first\": 3", fifo_of(film_gray(0, "F10:1", many, 2))),
        "found 2 frames, expected 4"));
    unlink(fifo);
    film_remove();
}
END_TEST

START_TEST(a_pipe_that_breaks_off_is_trouble)
{
    static const char text[] = "YUV4MPEG2 W4 H4 F10:1 Cmono\nFRAME\n0123456789abcdefFRAME\n012345";
    const char *fifo = fifo_of(film_text(0, ".y4m", text, sizeof(text) - 1));
    scene_t *scene = film_scene("\"file\": \"%s\"", fifo);
    ck_assert_ptr_null(scene_trouble(scene));
    film_light(scene, 110, 10);
    ck_assert_ptr_nonnull(scene_trouble(scene));
    ck_assert_ptr_nonnull(
        strstr(scene_trouble(scene), "frame 1 is cut: found 6 bytes, expected 16"));
    scene_free(scene);
    unlink(fifo);
    film_remove();
}
END_TEST

/* ---- many threads ---- */

typedef struct {
    const scene_t *scene;
    uint32_t wrong[4];
} crew_t;

static void look(void *ctx, uint32_t job, uint32_t worker)
{
    crew_t *crew = ctx;
    float rgb[3][4];
    uint64_t frame = (job * 37u) % 100; /* up and down, more than are kept */
    sim_light_req_t req = {.array_width_px = 4,
                           .array_height_px = 4,
                           .width_px = 4,
                           .x_step_px = 1,
                           .start_ps = frame * 100000000000 + 1,
                           .worker = worker,
                           .planes = 7};
    sim_light_t light = scene_light(crew->scene);
    sim_light_row_t out = {rgb[0], rgb[1], rgb[2]};
    light.row(light.ctx, &req, &out);
    crew->wrong[worker] += (rgb[0][0] > 50) != (frame % 3 == 0);
}

START_TEST(threads_see_what_one_would)
{
    uint8_t many[100];
    for (uint32_t i = 0; i < 100; i++)
        many[i] = i % 3 == 0 ? 255 : 0;
    crew_t crew = {.scene = film_scene("\"file\": \"%s\"", film_gray(0, "F10:1", many, 100))};
    sim_pool_t *pool = sim_pool_new(4);
    sim_pool_run(pool, look, &crew, 4000);
    for (int i = 0; i < 4; i++)
        ck_assert_uint_eq(crew.wrong[i], 0);
    sim_pool_free(pool);
    scene_free((scene_t *)(uintptr_t)crew.scene);
    film_remove();
}
END_TEST

/* ---- wrong ---- */

START_TEST(what_is_wrong_with_a_world_is_told_in_one_line)
{
    static const char cut[] = "YUV4MPEG2 W4 H4 F10:1 Cmono\nFRAME\n0123456789abcde";
    static const char none[] = "YUV4MPEG2 W4 H4 F10:1 Cmono\n";
    static const char rate[] = "YUV4MPEG2 W4 H4 Cmono\nFRAME\n0123456789abcdef";
    static const char junk[] = "YUV4MPEG2 W4 H4 F10:1 Cmono\nFRAME\n0123456789abcdef012";
    const struct {
        const char *world, *file, *says;
    } wrong[] = {
        {"\"file\": \"%s\"", film_text(0, ".y4m", cut, sizeof(cut) - 1),
         "frame 0 is cut: found 15 bytes, expected 16"},
        {"\"file\": \"%s\"", film_text(1, ".y4m", none, sizeof(none) - 1),
         "found 0 frames, expected 1"},
        {"\"file\": \"%s\"", film_text(2, ".y4m", rate, sizeof(rate) - 1), "say world.fps"},
        {"\"file\": \"%s\"", film_text(3, ".y4m", junk, sizeof(junk) - 1),
         "frame 1 does not begin"},
        {"\"file\": \"%s\"", film_text(4, ".y4m", "", 0), "does not begin with YUV4MPEG2"},
        {"\"file\": \"%s\"", "/tmp", "/tmp: a folder"},
        {"\"file\": \"%s\"", "/nowhere/a.y4m", "/nowhere/a.y4m: No such file"},
        {"\"file\": \"%s\"", "/nowhere/a.png", "/nowhere/a.png"},
        {"\"file\": \"%s\", \"fps\": 1", "/nowhere/%s.png", "has not one %d"},
        {"\"file\": \"%s\", \"fps\": 1", "/nowhere/%d%d.png", "has not one %d"},
        {"\"file\": \"%s\", \"fps\": 1", "/nowhere/%", "has not one %d"},
        {"\"file\": \"%s\", \"fps\": 0", "a.y4m", "0 not in 0.001..10000"},
        {"\"file\": \"%s\", \"fps\": \"30/0\"", "a.y4m", "30/0"},
        {"\"file\": \"%s\", \"fps\": \"nan\"", "a.y4m", "nan"},
        {"\"file\": \"%s\", \"count\": 0", "a.y4m", "count"},
        {"\"file\": \"%s\", \"matrix\": \"bt2020\"", "a.y4m", "bt2020"},
        {"\"file\": \"%s\", \"matrix\": \"bt601\", \"fps\": 1", "a%d.png", "matrix"},
        {"\"files\": \"%s\"", "a.y4m", "file"},
    };
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        char world[256];
        snprintf(world, sizeof(world), "%s", wrong[i].world);
        const char *error = film_refused(world, wrong[i].file);
        ck_assert_msg(strncmp(error, "test.json: ", 11) == 0 &&
                          strstr(error, wrong[i].says) != NULL,
                      "%zu: %s", i, error);
    }
    film_remove();
}
END_TEST

START_TEST(a_world_as_written_reads_the_same)
{
    const char *file = film_gray(0, "F30000:1001", codes, 3);
    scene_t *scene =
        film_scene("\"file\": \"%s\", \"first\": 1, \"end\": \"loop\", \"fit\": \"cover\"", file);
    const scene_film_desc_t *world = &scene_desc(scene)->world;
    ck_assert_int_eq(world->matrix, SCENE_MATRIX_BT601); /* 4 rows */
    ck_assert_int_eq(world->levels, SCENE_LEVELS_FULL);
    ck_assert_uint_eq(world->fps_num, 30000);
    ck_assert_uint_eq(world->fps_den, 1001);
    sim_json_t *out = sim_json_object();
    scene_desc_write(scene_desc(scene), out);
    char *text = sim_json_print(out, false);
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "again.json");
    sim_cfg_t root = sim_doc_root(doc);
    scene_desc_t *again = malloc(sizeof(*again));
    ck_assert_msg(scene_desc_read(&root, "/elsewhere", NULL, again) == SIM_OK, "%s",
                  sim_doc_error(doc));
    ck_assert_str_eq(again->world.file, world->file);
    ck_assert_uint_eq(again->world.first, 1);
    ck_assert_uint_eq(again->world.fps_num, 30000);
    ck_assert_uint_eq(again->world.fps_den, 1001);
    ck_assert_int_eq(again->world.end, SCENE_END_LOOP);
    ck_assert_int_eq(again->world.fit, SCENE_FIT_COVER);
    ck_assert_int_eq(again->world.levels, SCENE_LEVELS_FULL);
    ck_assert_int_eq(again->world.matrix, SCENE_MATRIX_BT601);
    ck_assert(!again->door.shown);
    free(again);
    sim_doc_free(doc);
    free(text);
    sim_json_free(out);
    scene_free(scene);
    film_remove();
}
END_TEST

TEST_MAIN("scene film", a_row_sees_the_frame_of_its_time,
          an_exposure_across_a_change_is_a_mean_by_time, rate_start_and_loop_are_the_scenes,
          frames_begin_on_the_picosecond_of_a_fraction, first_and_count_choose_frames,
          numbered_pictures_follow_each_other, a_picture_of_another_size_is_trouble_when_it_comes,
          one_picture_is_a_still_world, a_pipe_is_read_in_order_and_its_last_frame_stays,
          a_pipe_cannot_go_back_behind_what_is_kept,
          the_last_frame_of_a_pipe_stays_also_when_it_was_passed_over,
          a_pipe_that_breaks_off_is_trouble, threads_see_what_one_would,
          what_is_wrong_with_a_world_is_told_in_one_line, a_world_as_written_reads_the_same)
