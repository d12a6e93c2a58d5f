/*
 * film_truth_test.c - truth beside a recording: JSON lines and COCO, placed on the array and in
 * time.
 */
#include "film_help.h"
#include "scenes/film.h"
#include "tests/test.h"

static char error[512];

static film_truth_t parsed(const char *text)
{
    film_truth_t truth;
    const double px[2] = {100, 50};
    ck_assert_msg(film_truth_parse(&truth, text, strlen(text), "t", px, error, sizeof(error)) ==
                      SIM_OK,
                  "%s", error);
    return truth;
}

static void box_is(const scene_box_t *box, uint32_t id, uint32_t class_id, float x, float y,
                   float w, float h)
{
    ck_assert_uint_eq(box->id, id);
    ck_assert_uint_eq(box->class_id, class_id);
    ck_assert_float_eq_tol(box->x, x, 1e-6f);
    ck_assert_float_eq_tol(box->y, y, 1e-6f);
    ck_assert_float_eq_tol(box->w, w, 1e-6f);
    ck_assert_float_eq_tol(box->h, h, 1e-6f);
}

START_TEST(lines_are_boxes_by_frame_and_id)
{
    film_truth_t truth = parsed(
        "{\"frame\": 2, \"boxes\": [{\"id\": 7, \"class\": \"person\", \"x\": 10, \"y\": 10, "
        "\"w\": "
        "20, \"h\": 25, \"visible\": 0.5}, {\"id\": 3, \"x\": 0, \"y\": 0, \"w\": 100, \"h\": 50, "
        "\"class\": 5}], \"counts\": {\"in\": 1, \"out\": 2}}\n\n"
        "{\"frame\": 0, \"boxes\": [{\"id\": 9, \"class\": \"shape\", \"x\": 0, \"y\": 0, \"w\": "
        "50,"
        " \"h\": 50}]}\n");
    ck_assert_uint_eq(truth.frames, 3);
    ck_assert_uint_eq(truth.boxes, 3);
    ck_assert_uint_eq(truth.frame[0].count, 1);
    ck_assert_uint_eq(truth.frame[1].count, 0);
    box_is(&truth.box[0], 9, SCENE_CLASS_SHAPE, 0, 0, 0.5f, 1);
    ck_assert_uint_eq(truth.frame[2].count, 2);
    ck_assert_uint_eq(truth.frame[2].in, 1);
    ck_assert_uint_eq(truth.frame[2].out, 2);
    box_is(&truth.box[1], 3, 5, 0, 0, 1, 1);
    box_is(&truth.box[2], 7, SCENE_CLASS_PERSON, 0.1f, 0.2f, 0.2f, 0.5f);
    ck_assert_float_eq(truth.box[2].visible, 0.5f);
    film_truth_free(&truth);
}
END_TEST

START_TEST(coco_is_boxes_of_images_in_their_order)
{
    /* Images of two sizes, out of order by id; a crowd; a category that is no person. */
    film_truth_t truth = parsed(
        "{\"info\": {}, \"images\": [{\"id\": 42, \"width\": 200, \"height\": 100, \"file_name\": "
        "\"a.png\"}, {\"id\": 7, \"width\": 10, \"height\": 10}],\n"
        "\"categories\": [{\"id\": 1, \"name\": \"car\"}, {\"id\": 9, \"name\": \"person\"}],\n"
        "\"annotations\": ["
        "{\"id\": 1, \"image_id\": 7, \"category_id\": 9, \"bbox\": [1, 2, 3, 4], \"area\": 12, "
        "\"iscrowd\": 0, \"segmentation\": [[1, 2, 3, 4, 5, 6]]},"
        "{\"id\": 2, \"image_id\": 42, \"category_id\": 1, \"bbox\": [20, 10, 100, 50], "
        "\"visibility\": 7, \"age\": 40},"
        "{\"id\": 3, \"image_id\": 42, \"category_id\": 9, \"bbox\": [0, 0, 9, 9], \"iscrowd\": 1},"
        "{\"id\": 4, \"image_id\": 42, \"category_id\": 9, \"bbox\": [0, 0, 20, 10], \"track_id\": "
        "77}]}");
    ck_assert_uint_eq(truth.frames, 2);
    ck_assert_uint_eq(truth.frame[0].count, 2);
    ck_assert_uint_eq(truth.frame[1].count, 1);
    box_is(&truth.box[0], 2, SCENE_CLASS_OUTSIDE + 1, 0.1f, 0.1f, 0.5f, 0.5f);
    box_is(&truth.box[1], 77, SCENE_CLASS_PERSON, 0, 0, 0.1f, 0.1f);
    box_is(&truth.box[2], 1, SCENE_CLASS_PERSON, 0.1f, 0.2f, 0.3f, 0.4f);
    film_truth_free(&truth);
}
END_TEST

START_TEST(many_annotations_are_all_there)
{
    /* More than are looked at in one go, each in a frame of its own. */
    enum { COUNT = 600 };
    char *text = malloc(200 * COUNT);
    size_t n = (size_t)sprintf(text, "{\"images\": [");
    for (int i = 0; i < COUNT; i++)
        n += (size_t)sprintf(text + n, "%s{\"id\": %d, \"frame_index\": %d}", i ? "," : "", i,
                             COUNT - 1 - i);
    n += (size_t)sprintf(text + n, "], \"annotations\": [");
    for (int i = 0; i < COUNT; i++)
        n += (size_t)sprintf(
            text + n,
            "%s{\"id\": %d, \"image_id\": %d, \"category_id\": 1, \"bbox\": [%d, 0, 1, 1]}",
            i ? "," : "", i + 1, i, i);
    sprintf(text + n, "]}");
    film_truth_t truth = parsed(text);
    ck_assert_uint_eq(truth.boxes, COUNT);
    for (uint32_t f = 0; f < COUNT; f++) {
        ck_assert_uint_eq(truth.frame[f].count, 1);
        ck_assert_uint_eq(truth.box[f].id, COUNT - f);
        ck_assert_float_eq_tol(truth.box[f].x, (float)(COUNT - 1 - f) / 100, 1e-5f);
    }
    film_truth_free(&truth);
    free(text);
}
END_TEST

START_TEST(what_is_no_truth_is_told_in_one_line)
{
    static const struct {
        const char *text, *says;
    } wrong[] = {
        {"", "t: "},
        {"hello", "t: "},
        {"{}", "images"},
        {"[1, 2]", "t"},
        {"{\"frame\": 0, \"boxes\": [{\"id\": 1}]}", "line 1: boxes[0].x"},
        {"{\"frame\": 0}\n{\"frame\": -1}", "line 2: frame"},
        {"{\"frame\": 0}\n{\"frame\": 1000000}", "line 2: frame"},
        {"{\"frame\": 0}\nrubbish", "line 2"},
        {"{\"frame\": 0, \"boxes\": [{\"id\": 1, \"x\": 0, \"y\": 0, \"w\": -1, \"h\": 1}]}",
         "boxes[0].w"},
        {"{\"frame\": 0, \"boxes\": [{\"id\": 1, \"class\": \"cat\", \"x\": 0, \"y\": 0, \"w\": 1, "
         "\"h\": 1}]}",
         "'cat' is neither"},
        {"{\"frame\": 0, \"boxes\": [{\"id\": 1, \"class\": \"hand\", \"pose\": \"flat\", \"x\": "
         "0, "
         "\"y\": 0, \"w\": 1, \"h\": 1}]}",
         "boxes[0].pose: \"flat\" is none of open, fist, point, other, pinch, between"},
        {"{\"frame\": 0, \"boxes\": [{\"id\": 1, \"x\": 0, \"y\": 0, \"w\": 1, \"h\": 1}, {\"id\": "
         "1, \"x\": 0, "
         "\"y\": 0, \"w\": 1, \"h\": 1}]}",
         "frame 0: id 1 twice"},
        {"{\"info\": {\"description\": \"truth of a scene, by fovea scene\"}, \"images\": "
         "[{\"id\": 1}], "
         "\"annotations\": [{\"id\": 1, \"image_id\": 1, \"category_id\": 1, \"bbox\": [1, 1, 1, "
         "1], "
         "\"visibility\": 2}]}",
         "annotations[0].visibility: 2 not in 0..1"},
        {"{\"images\": [{\"width\": 4}]}", "images[0].id"},
        {"{\"images\": [{\"id\": 4}, {\"id\": 3}, {\"id\": 4}]}", "images: id 4 twice"},
        {"{\"images\": [{\"id\": 1}], \"annotations\": [{\"id\": 1, \"image_id\": 2, "
         "\"category_id\": 1, "
         "\"bbox\": [1, 1, 1, 1]}]}",
         "no image has the id 2"},
        {"{\"images\": [{\"id\": 1}], \"annotations\": [{\"id\": 1, \"image_id\": 1, "
         "\"category_id\": 1, "
         "\"bbox\": [1, 1, 1]}]}",
         "bbox"},
        {"{\"images\": [{\"id\": 1}], \"annotations\": [{\"id\": 1, \"image_id\": 1, "
         "\"category_id\": 1, "
         "\"bbox\": [1, 1, -1, 1]}]}",
         "bbox"},
    };
    for (size_t i = 0; i < SIM_COUNT(wrong); i++) {
        film_truth_t truth;
        const double px[2] = {100, 50};
        error[0] = '\0';
        ck_assert_int_ne(film_truth_parse(&truth, wrong[i].text, strlen(wrong[i].text), "t", px,
                                          error, sizeof(error)),
                         SIM_OK);
        ck_assert_msg(error[0] == 't' && strstr(error, wrong[i].says) != NULL, "%zu: '%s'", i,
                      error);
        ck_assert_ptr_null(strchr(error, '\n'));
        film_truth_free(&truth);
    }
}
END_TEST

/* ---- in front of a sensor: 400 x 300 of the 4 x 4 picture, rows 1 ms each ---- */

static scene_truth_t truth;

static void look(const scene_t *scene, double start_ms)
{
    const scene_timing_t timing = {.array_width_px = 400,
                                   .array_height_px = 300,
                                   .y0_px = 0,
                                   .y_step_px = 1,
                                   .rows = 300,
                                   .start_ps = (uint64_t)(start_ms * 1e9),
                                   .line_ps = 1000000000,
                                   .exposure_ps = 0};
    scene_truth(scene, &timing, 0, &truth);
}

static const uint8_t codes[] = {10, 20, 30};

START_TEST(boxes_of_a_frame_are_placed_on_the_array)
{
    static const char lines[] =
        "{\"frame\": 0, \"boxes\": [{\"id\": 4, \"x\": 1, \"y\": 1, \"w\": 2, \"h\": 1}]}\n"
        "{\"frame\": 1, \"boxes\": [{\"id\": 4, \"x\": 3, \"y\": 1, \"w\": 2, \"h\": 2}], "
        "\"counts\": {\"in\": "
        "3, \"out\": 1}}\n";
    const char *file = film_gray(0, "F1:1", codes, 3);
    const char *marks = film_text(1, ".jsonl", lines, sizeof(lines) - 1);
    scene_t *scene = film_scene("\"file\": \"%s\", \"truth\": \"%s\"", file, marks);
    look(scene, 100);
    ck_assert_uint_eq(truth.count, 1);
    box_is(&truth.box[0], 4, SCENE_CLASS_PERSON, 100, 75, 200, 75);
    ck_assert_float_eq(truth.box[0].visible, 1);
    ck_assert_uint_eq(truth.in, 0);
    look(scene, 1100); /* half of it is beyond the picture */
    ck_assert_uint_eq(truth.count, 1);
    box_is(&truth.box[0], 4, SCENE_CLASS_PERSON, 300, 75, 100, 150);
    ck_assert_float_eq_tol(truth.box[0].visible, 0.5f, 1e-5f);
    ck_assert_uint_eq(truth.in, 3);
    ck_assert_uint_eq(truth.out, 1);
    look(scene, 2100); /* nobody said anything about that frame */
    ck_assert_uint_eq(truth.count, 0);
    scene_free(scene);
    scene = film_scene("\"file\": \"%s\", \"truth\": \"%s\", \"truth_px\": [8, 2]", file, marks);
    look(scene, 100);
    box_is(&truth.box[0], 4, SCENE_CLASS_PERSON, 50, 150, 100, 150);
    scene_free(scene);
    film_remove();
}
END_TEST

START_TEST(a_box_is_of_the_frame_that_its_own_rows_see)
{
    /* The frame changes at 1 s: with row 0 at 900 ms rows from 100 on see the second one. Id 1 is
     * at rows 0..75 in both, id 2 at 225..300, id 3 in the second alone, in the middle. */
    static const char lines[] =
        "{\"frame\": 0, \"boxes\": [{\"id\": 1, \"x\": 0, \"y\": 0, \"w\": 1, \"h\": 1}, {\"id\": "
        "2, \"x\": 0, "
        "\"y\": 3, \"w\": 1, \"h\": 1}]}\n"
        "{\"frame\": 1, \"boxes\": [{\"id\": 1, \"x\": 2, \"y\": 0, \"w\": 1, \"h\": 1}, {\"id\": "
        "2, \"x\": 2, "
        "\"y\": 3, \"w\": 1, \"h\": 1}, {\"id\": 3, \"x\": 0, \"y\": 2, \"w\": 1, \"h\": 1}]}\n";
    const char *file = film_gray(0, "F1:1", codes, 3);
    scene_t *scene = film_scene("\"file\": \"%s\", \"truth\": \"%s\"", file,
                                film_text(1, ".jsonl", lines, sizeof(lines) - 1));
    look(scene, 900);
    ck_assert_uint_eq(truth.count, 3);
    box_is(&truth.box[0], 1, SCENE_CLASS_PERSON, 0, 0, 100, 75);
    box_is(&truth.box[1], 2, SCENE_CLASS_PERSON, 200, 225, 100, 75);
    box_is(&truth.box[2], 3, SCENE_CLASS_PERSON, 0, 150, 100, 75);
    scene_free(scene);
    film_remove();
}
END_TEST

START_TEST(truth_follows_how_the_picture_fits)
{
    /* A square picture in 400 x 300 of the same shape as the scene's array: contained it is 3/4 as
     * wide, from 1/8 on. 4056 : 3040 is 1.3342: 0.7495 of the width from 0.1252 on, 50.1 to 349.9,
     * in quarters. */
    static const char lines[] =
        "{\"frame\": 0, \"boxes\": [{\"id\": 1, \"x\": 0, \"y\": 0, \"w\": 4, \"h\": 4}]}\n";
    scene_t *scene = film_scene("\"file\": \"%s\", \"truth\": \"%s\", \"fit\": \"contain\"",
                                film_gray(0, "F1:1", codes, 3),
                                film_text(1, ".jsonl", lines, sizeof(lines) - 1));
    look(scene, 0);
    ck_assert_uint_eq(truth.count, 1);
    box_is(&truth.box[0], 1, SCENE_CLASS_PERSON, 50, 0, 300, 300);
    scene_free(scene);
    film_remove();
}
END_TEST

TEST_MAIN("scene film truth", lines_are_boxes_by_frame_and_id,
          coco_is_boxes_of_images_in_their_order, many_annotations_are_all_there,
          what_is_no_truth_is_told_in_one_line, boxes_of_a_frame_are_placed_on_the_array,
          a_box_is_of_the_frame_that_its_own_rows_see, truth_follows_how_the_picture_fits)
