/*
 * scene_test.c - fovea scene: the ideal picture, the truth in it and beside it; recordings in a
 * run.
 */
#include <sys/stat.h>
#include <unistd.h>

#include "scenes/scene.h"
#include "sim/file.h"
#include "sim/png.h"
#include "tests/sensor/fovea.h"
#include "tests/test.h"

static char text[1 << 20], error[256];
#define OUT FOVEA_OUT "/scene"

static void write_file(const char *name, const void *data, size_t bytes)
{
    char file[128];
    snprintf(file, sizeof(file), OUT "/%s", name);
    ck_assert_int_eq(sim_dir_make(OUT, error, sizeof(error)), SIM_OK);
    ck_assert_msg(sim_file_write(file, data, bytes, error, sizeof(error)) == SIM_OK, "%s", error);
}

static void write_text(const char *name, const char *content)
{
    write_file(name, content, strlen(content));
}

/* Six gray frames of 8 x 6 at 10 a second, full range; a person in columns 2..4, rows 1..5. */
static void write_clip(void)
{
    static const char head[] = "YUV4MPEG2 W8 H6 F10:1 Cmono XCOLORRANGE=FULL\n";
    char data[sizeof(head) + 6 * 54], lines[1024] = "";
    size_t n = sizeof(head) - 1;
    memcpy(data, head, n);
    for (int i = 0; i < 6; i++, n += 54) {
        memcpy(data + n, "FRAME\n", 6);
        memset(data + n + 6, 20 * i, 48);
        snprintf(
            lines + strlen(lines), sizeof(lines) - strlen(lines),
            "{\"frame\": %d, \"boxes\": [{\"id\": 1, \"x\": %g, \"y\": 1, \"w\": 2, \"h\": 4}]}\n",
            i, 2 + 0.25 * i);
    }
    write_file("clip.y4m", data, n);
    write_text("clip.jsonl", lines);
    write_text("clip.json",
               "{\"lux\": 100, \"min_visible\": 0, \"world\": {\"file\": \"clip.y4m\", "
               "\"truth\": \"clip.jsonl\"}}");
}

static void fine(const char *arguments)
{
    int code = fovea(text, sizeof(text), "scene %s", arguments);
    ck_assert_msg(code == 0, "%s: %d: %s", arguments, code, text);
}

static const uint8_t *pixel(const sim_image_t *image, uint32_t x, uint32_t y)
{
    return image->data + 3 * ((size_t)y * image->width_px + x);
}

static sim_image_t picture(const char *name)
{
    sim_image_t image;
    char file[128];
    snprintf(file, sizeof(file), OUT "/%s", name);
    ck_assert_msg(sim_png_read(file, &image, error, sizeof(error)) == SIM_OK, "%s", error);
    ck_assert_uint_eq(image.channels, 3);
    return image;
}

START_TEST(a_picture_shows_the_scene_in_srgb)
{
    /* Half of white is 0.5: sRGB 188 (0.5029) is nearer than 187 (0.4969); a quarter 137 (0.2502).
     */
    write_text("plain.json",
               "{\"lux\": 100, \"background\": {\"kind\": \"plain\", \"reflectance\": 0.5}}");
    fine(OUT "/plain.json -o " OUT "/plain.png");
    sim_image_t image = picture("plain.png");
    ck_assert_uint_eq(image.width_px, 1014);
    ck_assert_uint_eq(image.height_px, 760); /* 3040 / 4056 of it */
    ck_assert_uint_eq(pixel(&image, 0, 0)[0], 188);
    ck_assert_uint_eq(pixel(&image, 1013, 759)[2], 188);
    sim_image_free(&image);
    fine(OUT "/plain.json -o " OUT "/plain.png --white 200 --width 64");
    image = picture("plain.png");
    ck_assert_uint_eq(image.width_px, 64);
    ck_assert_uint_eq(image.height_px, 48);
    ck_assert_uint_eq(pixel(&image, 30, 30)[1], 137);
    sim_image_free(&image);
}
END_TEST

START_TEST(the_truth_is_drawn_where_it_is)
{
    /* At 0.25 s frame 2 is there, code 40; the person is in columns 2.5..4.5 of 8, rows 1..5 of 6:
     * 317..570 of 1014 and 127..633 of 760. */
    write_clip();
    fine(OUT "/clip.json --at 250ms --truth -o " OUT "/clip.png");
    sim_image_t image = picture("clip.png");
    ck_assert_uint_eq(pixel(&image, 5, 700)[0], 40);
    ck_assert_uint_eq(pixel(&image, 440, 400)[0], 40);
    ck_assert_mem_eq(pixel(&image, 317, 400), ((const uint8_t[]){90, 255, 90}), 3);
    ck_assert_mem_eq(pixel(&image, 568, 400), ((const uint8_t[]){90, 255, 90}), 3);
    ck_assert_mem_eq(pixel(&image, 400, 632), ((const uint8_t[]){90, 255, 90}), 3);
    ck_assert_mem_eq(pixel(&image, 507, 700), ((const uint8_t[]){255, 210, 60}), 3); /* the line */
    sim_image_free(&image);
    fine(OUT "/clip.json --at 250ms -o " OUT "/clip.png");
    image = picture("clip.png");
    for (uint32_t y = 0; y < image.height_px; y++)
        for (uint32_t x = 0; x < image.width_px; x++)
            ck_assert_uint_eq(pixel(&image, x, y)[1], 40);
    sim_image_free(&image);
}
END_TEST

START_TEST(zones_and_lines_are_drawn_with_their_names)
{
    /* A picture of 1014 x 760, a quarter of the array: the zone's left edge in column 100, the line
     * in row 200; where nothing is drawn there is the wall, 188. */
    static const uint8_t zone[] = {90, 200, 255}, line[] = {255, 210, 60}, wall[] = {188, 188, 188};
    write_text("zones.json",
               "{\"background\": {\"kind\": \"plain\", \"reflectance\": 0.5}, \"zones\": "
               "[{\"name\": \"mat\", \"polygon_px\": [[400, 1200], [800, 1200], [800, 2800], [400,"
               " 2800]]}], \"lines\": [{\"name\": \"gate\", \"segment_px\": [[2400, 800], [3600,"
               " 800]]}]}");
    fine(OUT "/zones.json --truth -o " OUT "/zones.png");
    sim_image_t image = picture("zones.png");
    ck_assert_mem_eq(pixel(&image, 100, 500), zone, 3);
    ck_assert_mem_eq(pixel(&image, 200, 500), zone, 3);
    ck_assert_mem_eq(pixel(&image, 150, 700), zone, 3);
    ck_assert_mem_eq(pixel(&image, 150, 500), wall, 3);
    ck_assert_mem_eq(pixel(&image, 800, 200), line, 3);
    ck_assert_mem_eq(pixel(&image, 800, 205), wall, 3);
    ck_assert_mem_eq(pixel(&image, 104, 301), zone, 3); /* plates of the names */
    ck_assert_mem_eq(pixel(&image, 602, 201), line, 3);
    sim_image_free(&image);
    fine(OUT "/zones.json --json");
    ck_assert(strstr(text, "[[400, 1200], [800, 1200], [800, 2800], [400, 2800]]") != NULL);
}
END_TEST

START_TEST(truth_comes_as_json_of_a_frame_and_lines_of_all)
{
    write_clip();
    fine(OUT "/clip.json --at 250ms --json");
    sim_doc_t *doc = sim_doc_parse(text, strlen(text), "json");
    sim_cfg_t root = sim_doc_root(doc);
    sim_cfg_t box = sim_cfg_at(&root, "boxes", 0);
    ck_assert_uint_eq(sim_cfg_count(&root, "boxes"), 1);
    ck_assert_double_eq(sim_cfg_num(&box, "x", 0, 5000, 0), 2.5 * 507);
    ck_assert_double_eq_tol(sim_cfg_num(&box, "y", 0, 5000, 0), 3040.0 / 6, 0.126);
    ck_assert_uint_eq(sim_cfg_u64(&root, "time_ps", 0, UINT64_MAX, 0), 250000000000);
    ck_assert_ptr_null(sim_doc_error(doc));
    sim_doc_free(doc);
    fine(OUT "/clip.json --frames 20 --truth-out " OUT "/all.jsonl");
    size_t bytes;
    char *all = (char *)sim_file_read(OUT "/all.jsonl", 1 << 20, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(all);
    ck_assert_int_eq(line_count(all), 20);
    ck_assert_int_eq(
        strncmp(all, "{\"frame\":0,\"time_ps\":0,\"boxes\":[{\"id\":1,\"class\":\"person\"", 50),
        0);
    free(all);
}
END_TEST

START_TEST(a_scenarios_frame_has_the_truth_that_its_run_has)
{
    char arguments[256];
    int code = fovea(text, sizeof(text), "run scenes/entrance.json -n 2 -o " OUT "/run");
    ck_assert_msg(code == 0, "%s", text);
    size_t bytes;
    char *lines =
        (char *)sim_file_read(OUT "/run/truth.jsonl", 1 << 20, &bytes, error, sizeof(error));
    ck_assert_ptr_nonnull(lines);
    char *second = strchr(lines, '\n') + 1;
    unsigned long long at;
    ck_assert_int_eq(sscanf(second, "{\"frame\":1,\"time_ps\":%llu", &at), 1);
    snprintf(arguments, sizeof(arguments), "scenes/entrance.json -n 1 --at %llups --json", at);
    fine(arguments);
    sim_doc_t *a = sim_doc_parse(second, strcspn(second, "\n"), "run");
    sim_doc_t *b = sim_doc_parse(text, strlen(text), "scene");
    sim_cfg_t run = sim_doc_root(a), scene = sim_doc_root(b);
    uint32_t count = sim_cfg_count(&run, "boxes");
    ck_assert_uint_gt(count, 2);
    ck_assert_uint_eq(sim_cfg_count(&scene, "boxes"), count);
    for (uint32_t i = 0; i < count; i++) {
        static const char *const keys[] = {"id", "x", "y", "w", "h", "visible"};
        sim_cfg_t p = sim_cfg_at(&run, "boxes", i), q = sim_cfg_at(&scene, "boxes", i);
        for (size_t k = 0; k < SIM_COUNT(keys); k++)
            ck_assert_double_eq(sim_cfg_num(&p, keys[k], 0, 1e4, -1),
                                sim_cfg_num(&q, keys[k], 0, 1e4, -2));
    }
    sim_doc_free(a);
    sim_doc_free(b);
    free(lines);
}
END_TEST

/* What pycocotools' COCO.createIndex and COCOeval read: images, annotations, categories by ids that
 * are their own; image_id and category_id that exist; bbox of four, area, iscrowd 0 or 1; no
 * annotation 0, which COCOeval takes for "no match". */
START_TEST(coco_keeps_the_rules_of_pycocotools)
{
    fine("scenes/entrance.json --frames 40 --coco " OUT "/coco.json");
    sim_doc_t *doc = sim_doc_load(OUT "/coco.json");
    ck_assert_ptr_null(sim_doc_error(doc));
    sim_cfg_t root = sim_doc_root(doc);
    uint32_t images = sim_cfg_count(&root, "images"), boxes = sim_cfg_count(&root, "annotations");
    ck_assert_uint_eq(images, 40);
    ck_assert_uint_gt(boxes, 100);
    for (uint32_t i = 0; i < images; i++) {
        sim_cfg_t image = sim_cfg_at(&root, "images", i);
        ck_assert_uint_eq(sim_cfg_u64(&image, "id", 1, 1000, 0), i + 1);
        ck_assert_uint_eq(sim_cfg_u64(&image, "width", 1, 10000, 0), 4056);
        ck_assert_uint_eq(sim_cfg_u64(&image, "height", 1, 10000, 0), 3040);
        ck_assert(sim_cfg_is_str(&image, "file_name"));
    }
    ck_assert_uint_eq(sim_cfg_count(&root, "categories"), 1);
    sim_cfg_t category = sim_cfg_at(&root, "categories", 0);
    ck_assert_uint_eq(sim_cfg_u64(&category, "id", 1, 100, 0), SCENE_CLASS_PERSON);
    ck_assert_str_eq(sim_cfg_str(&category, "name", ""), "person");
    for (uint32_t i = 0; i < boxes; i++) {
        double bbox[4] = {-1, -1, -1, -1};
        sim_cfg_t box = sim_cfg_at(&root, "annotations", i);
        ck_assert_uint_eq(sim_cfg_u64(&box, "id", 1, 100000, 0), i + 1);
        uint64_t image = sim_cfg_u64(&box, "image_id", 0, 1000, 0);
        ck_assert(image >= 1 && image <= images);
        ck_assert_uint_eq(sim_cfg_u64(&box, "category_id", 0, 1000, 0), SCENE_CLASS_PERSON);
        ck_assert_uint_eq(sim_cfg_u64(&box, "iscrowd", 0, 1, 1), 0);
        sim_cfg_nums(&box, "bbox", bbox, 4, 0, 5000);
        ck_assert(bbox[0] + bbox[2] <= 4056 && bbox[1] + bbox[3] <= 3040 && bbox[2] > 0 &&
                  bbox[3] > 0);
        ck_assert_double_eq(sim_cfg_num(&box, "area", 0, 1e9, 0), bbox[2] * bbox[3]);
    }
    ck_assert_ptr_null(sim_doc_error(doc));
    sim_doc_free(doc);
}
END_TEST

/* 6 frames of 12 boxes, each of a class of its own: more than a file may have. */
START_TEST(what_coco_cannot_hold_leaves_no_file)
{
    static char lines[1 << 13];
    write_clip();
    for (int i = 0; i < 72; i++) {
        if (i % 12 == 0)
            sprintf(lines + strlen(lines), "{\"frame\": %d, \"boxes\": [", i / 12);
        sprintf(lines + strlen(lines),
                "{\"class\": %d, \"id\": %d, \"x\": 1, \"y\": 1, \"w\": 2, \"h\": 2}%s", i + 1,
                i + 1, i % 12 == 11 ? "]}\n" : ", ");
    }
    write_text("clip.jsonl", lines);
    unlink(OUT "/classes.json");
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "scene " OUT "/clip.json --frames 30 --coco " OUT "/classes.json"),
                     2);
    ck_assert_msg(strstr(text, "more than 64 classes") != NULL, "%s", text);
    ck_assert_int_ne(access(OUT "/classes.json", F_OK), 0);
}
END_TEST

static void same_boxes(const sim_cfg_t *a, const sim_cfg_t *b)
{
    static const char *const numbers[] = {"id", "x", "y", "w", "h"};
    static const char *const names[] = {"class", "age", "pose"};
    uint32_t count = sim_cfg_count(b, "boxes");
    ck_assert_uint_gt(count, 1);
    ck_assert_uint_eq(sim_cfg_count(a, "boxes"), count);
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t p = sim_cfg_at(a, "boxes", i), q = sim_cfg_at(b, "boxes", i);
        for (size_t k = 0; k < SIM_COUNT(numbers); k++)
            ck_assert_double_eq(sim_cfg_num(&p, numbers[k], 0, 1e4, -1),
                                sim_cfg_num(&q, numbers[k], 0, 1e4, -2));
        for (size_t k = 0; k < SIM_COUNT(names); k++)
            ck_assert_str_eq(sim_cfg_str(&p, names[k], "none"), sim_cfg_str(&q, names[k], "none"));
        ck_assert_double_eq_tol(sim_cfg_num(&p, "visible", 0, 1, -1),
                                sim_cfg_num(&q, "visible", 0, 1, -2), 0.0011);
    }
}

/* The same boxes by way of COCO and of lines, for a recording with a frame at each of its own. */
START_TEST(truth_of_a_scene_serves_a_recording_of_it)
{
    static const char *const scenes[] = {"scenes/entrance.json", "scenes/gesture/two.json",
                                         "scenes/cascade/ages.json"};
    static const char *const truth[] = {"\"c.json\"", "\"c.jsonl\", \"truth_px\": [4056, 3040]"};
    write_clip();
    for (size_t s = 0; s < SIM_COUNT(scenes); s++) {
        char command[256];
        snprintf(command, sizeof(command), "%s --frames 6 --coco %s/c.json --truth-out %s/c.jsonl",
                 scenes[s], OUT, OUT);
        fine(command);
        snprintf(command, sizeof(command), "%s -n 4 --json", scenes[s]);
        fine(command);
        sim_doc_t *b = sim_doc_parse(text, strlen(text), "scene");
        sim_cfg_t first = sim_doc_root(b);
        for (int way = 0; way < 2; way++) {
            char scene[256];
            snprintf(scene, sizeof(scene),
                     "{\"world\": {\"file\": \"clip.y4m\", \"fps\": 10, \"end\": \"loop\", "
                     "\"start_s\": -4, \"truth\": %s}}",
                     truth[way]);
            write_text("again.json", scene);
            fine(OUT "/again.json --at 10ms --json"); /* frame 40 modulo 6 frames is frame 4 */
            sim_doc_t *a = sim_doc_parse(text, strlen(text), "again");
            sim_cfg_t again = sim_doc_root(a);
            same_boxes(&again, &first);
            sim_doc_free(a);
        }
        sim_doc_free(b);
    }
}
END_TEST

static void write_scenario(const char *name, const char *world)
{
    char scenario[1024];
    snprintf(scenario, sizeof(scenario),
             "{\"chip\": \"../../../logic/chips/imx500.json\", \"firmware\": "
             "\"../../firmware/visitor_counter.elf\", \"networks\": "
             "[\"../../../scenes/person_160.tflite\"], \"frames\": 3, \"scene\": {\"lux\": 300, "
             "\"world\": {\"file\": \"%s\", \"fps\": 30, \"truth\": \"clip.jsonl\"}}}",
             world);
    write_text(name, scenario);
}

START_TEST(a_run_sees_a_pipe_as_it_sees_a_file)
{
    char command[256];
    const char *fifo = OUT "/clip.fifo";
    write_clip();
    write_scenario("file.json", "clip.y4m");
    write_scenario("pipe.json", "clip.fifo");
    ck_assert_msg(fovea(text, sizeof(text), "run " OUT "/file.json -o " OUT "/a") == 0, "%s", text);
    unlink(fifo);
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_assert_int_eq(system("cat " OUT "/clip.y4m >" OUT "/clip.fifo &"), 0);
    ck_assert_msg(fovea(text, sizeof(text), "run " OUT "/pipe.json -o " OUT "/b") == 0, "%s", text);
    ck_assert(same_file(OUT "/a/link.csi2", OUT "/b/link.csi2"));
    ck_assert(same_file(OUT "/a/truth.jsonl", OUT "/b/truth.jsonl"));
    ck_assert_int_eq(fovea(text, sizeof(text),
                           "run scenes/entrance.json -n 1 -s - -o " OUT "/b <" OUT "/clip.y4m"),
                     0);
    /* The second frame is cut: found when it is there, one line, 2. */
    snprintf(command, sizeof(command), "head -c 120 %s >%s &", OUT "/clip.y4m", fifo);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(fovea(text, sizeof(text), "run " OUT "/pipe.json -o " OUT "/b"), 2);
    ck_assert_ptr_nonnull(strstr(text, "clip.fifo: frame 1 is cut: found 15 bytes, expected 48\n"));
    /* Snapshots could go back. */
    snprintf(command, sizeof(command), "cat %s >%s &", OUT "/clip.y4m", fifo);
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(fovea(text, sizeof(text), "run " OUT "/pipe.json -o " OUT "/b --autosnap 0.1"),
                     2);
    ck_assert_ptr_nonnull(strstr(text, "a pipe cannot be seen again"));
    unlink(fifo);
}
END_TEST

START_TEST(a_snapshot_goes_on_with_the_same_recording_only)
{
    static const char *const run = "run " OUT "/file.json -o " OUT "/%s %s";
    write_clip();
    write_scenario("file.json", "clip.y4m");
    ck_assert_msg(fovea(text, sizeof(text), run, "a", "") == 0, "%s", text);
    ck_assert_msg(
        fovea(text, sizeof(text), run, "b", "--snapshot-at 60ms --snapshot " OUT "/clip.snap") == 0,
        "%s", text);
    ck_assert_msg(fovea(text, sizeof(text), run, "b", "--restore " OUT "/clip.snap") == 0, "%s",
                  text);
    ck_assert(same_file(OUT "/a/link.csi2", OUT "/b/link.csi2"));
    ck_assert(same_file(OUT "/a/stats.json", OUT "/b/stats.json"));
    write_text("clip.jsonl", "{\"frame\": 0}\n");
    ck_assert_int_eq(fovea(text, sizeof(text), run, "b", "--restore " OUT "/clip.snap"), 2);
    ck_assert_ptr_nonnull(strstr(text, "picture"));
}
END_TEST

START_TEST(wrong_use_is_told_in_one_line)
{
    static const struct {
        const char *arguments, *says;
    } wrong[] = {
        {"scenes/entrance.json", "one of --out, --json"},
        {"/nowhere.json --json", "/nowhere.json"},
        {"/nowhere.y4m --json", "/nowhere.y4m"},
        {"scenes/entrance.json --json --at soon", "--at: found soon"},
        {"scenes/entrance.json --json -n -1", "frame"},
        {"scenes/entrance.json -o a.jpg", "a.jpg"},
        {"scenes/entrance.json -o " OUT "/a.png -w 8", "width"},
        {"scenes/README.md --json", "README.md"},
        {"scenes/entrance.json -o scenes/entrance.json", "scenes/entrance.json"},
        {OUT "/cut.y4m --json", "cut.y4m: frame 0 is cut: found 4 bytes, expected 48"},
    };
    write_clip();
    write_text("cut.y4m", "YUV4MPEG2 W8 H6 F10:1 Cmono\nFRAME\n1234");
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        int code = fovea(text, sizeof(text), "scene %s", wrong[i].arguments);
        ck_assert_msg(code == 2 && strstr(text, wrong[i].says) != NULL && line_count(text) == 1,
                      "%s: %d: %s", wrong[i].arguments, code, text);
    }
}
END_TEST

TEST_MAIN("fovea scene", a_picture_shows_the_scene_in_srgb, the_truth_is_drawn_where_it_is,
          zones_and_lines_are_drawn_with_their_names,
          truth_comes_as_json_of_a_frame_and_lines_of_all,
          a_scenarios_frame_has_the_truth_that_its_run_has, coco_keeps_the_rules_of_pycocotools,
          what_coco_cannot_hold_leaves_no_file, truth_of_a_scene_serves_a_recording_of_it,
          a_run_sees_a_pipe_as_it_sees_a_file, a_snapshot_goes_on_with_the_same_recording_only,
          wrong_use_is_told_in_one_line)
