/*
 * film_truth.c - what is true in a recording, as somebody has written it down.
 *
 * JSON lines, as fovea writes them (truth.jsonl): {"frame": 7, "boxes": [{"id": 1, "class":
 * "person", "x": .., "y": .., "w": .., "h": .., "visible": 0.9}], "counts": {"in": 1, "out": 0}};
 * frame counts from 0, visible and counts may be missing. Or COCO (cocodataset.org, "Data format":
 * object detection): images in their order, or by a key frame_index; track_id of annotations tells
 * who stays the same; crowds (iscrowd) are left out. Where fovea has written the file
 * (info.description) numbers of categories are its classes, and visibility, age and pose are read;
 * in other files they may mean anything.
 */
#include <stdlib.h>
#include <string.h>

#include "scenes/film.h"
#include "scenes/world_int.h"
#include "sim/file.h"

enum { MOST_BYTES = 64 << 20, STRIDE = 256 };

/* A box, or with id 0 that there is such a frame. */
typedef struct {
    uint32_t frame;
    scene_box_t box;
} entry_t;

typedef struct {
    const char *name;
    double px[2];
    uint32_t frames, frame_room;
    film_mark_t *mark; /* in and out of frames */
    uint32_t count, room;
    entry_t *entry;
    char *error;
    size_t error_bytes;
} reader_t;

static bool fail(reader_t *r, const char *what)
{
    snprintf(r->error, r->error_bytes, "%s: %s", r->name, what);
    return false;
}

static bool add(reader_t *r, uint32_t frame, const double at[4], const double px[2],
                scene_box_t box)
{
    if (r->count == FILM_MAX_MARKS)
        return fail(r, "too many boxes");
    if (r->count == r->room) {
        uint32_t room = r->room == 0 ? 256 : 2 * r->room;
        entry_t *more = realloc(r->entry, room * sizeof(*more));
        if (more == NULL)
            return fail(r, "no memory");
        r->entry = more;
        r->room = room;
    }
    box.x = (float)(at[0] / px[0]);
    box.y = (float)(at[1] / px[1]);
    box.w = (float)(at[2] / px[0]);
    box.h = (float)(at[3] / px[1]);
    r->entry[r->count++] = (entry_t){frame, box};
    return true;
}

/* There is such a frame. */
static bool see_frame(reader_t *r, uint32_t frame)
{
    if (frame >= r->frame_room) {
        uint32_t room = 2 * frame + 64;
        film_mark_t *more = realloc(r->mark, room * sizeof(*more));
        if (more == NULL)
            return fail(r, "no memory");
        memset(more + r->frame_room, 0, (room - r->frame_room) * sizeof(*more));
        r->mark = more;
        r->frame_room = room;
    }
    r->frames = frame >= r->frames ? frame + 1 : r->frames;
    return true;
}

/* What a box of ours says beside its place. */
static void read_told(const sim_cfg_t *cfg, scene_box_t *box)
{
    box->age = scene_read_told_age(cfg);
    box->pose = scene_read_told_pose(cfg);
}

/* ---- JSON lines ---- */

#define FAR 100000.0 /* px */

static bool read_box(reader_t *r, const sim_cfg_t *cfg, uint32_t frame)
{
    static const char *const keys[] = {"x", "y", "w", "h"};
    scene_box_t box = {.class_id = SCENE_CLASS_PERSON};
    double at[4];
    for (int i = 0; i < 4; i++) {
        sim_cfg_need(cfg, keys[i]);
        at[i] = sim_cfg_num(cfg, keys[i], i < 2 ? -FAR : 0, FAR, 0);
    }
    sim_cfg_need(cfg, "id");
    box.id = (uint32_t)sim_cfg_u64(cfg, "id", 0, INT32_MAX, 0);
    box.visible = (float)sim_cfg_num(cfg, "visible", 0, 1, 1);
    if (sim_cfg_is_num(cfg, "class"))
        box.class_id = (uint32_t)sim_cfg_u64(cfg, "class", 1, INT32_MAX, SCENE_CLASS_PERSON);
    else if (sim_cfg_has(cfg, "class"))
        box.class_id = scene_class_called(sim_cfg_str(cfg, "class", ""));
    if (box.class_id == 0)
        sim_cfg_fail(cfg, "class", "'%.40s' is neither a kind of actor nor a number",
                     sim_cfg_str(cfg, "class", ""));
    read_told(cfg, &box);
    return sim_doc_error(cfg->doc) != NULL || add(r, frame, at, r->px, box);
}

static bool read_line(reader_t *r, sim_doc_t *doc)
{
    sim_cfg_t root = sim_doc_root(doc);
    sim_cfg_need(&root, "frame");
    uint32_t frame = (uint32_t)sim_cfg_u64(&root, "frame", 0, FILM_MAX_FRAMES - 1, 0);
    uint32_t count = sim_cfg_count(&root, "boxes");
    if (!see_frame(r, frame))
        return false;
    bool fine = sim_doc_error(doc) == NULL;
    for (uint32_t i = 0; fine && i < count; i++) {
        sim_cfg_t box = sim_cfg_at(&root, "boxes", i);
        fine = read_box(r, &box, frame);
    }
    sim_cfg_t counts = sim_cfg_obj(&root, "counts");
    r->mark[frame].in = (uint32_t)sim_cfg_u64(&counts, "in", 0, INT32_MAX, 0);
    r->mark[frame].out = (uint32_t)sim_cfg_u64(&counts, "out", 0, INT32_MAX, 0);
    return fine;
}

static bool read_lines(reader_t *r, const char *text, size_t bytes)
{
    uint32_t number = 1;
    bool fine = true;
    for (size_t at = 0; fine && at < bytes; number++) {
        const char *end = memchr(text + at, '\n', bytes - at);
        size_t length = end != NULL ? (size_t)(end - text) - at : bytes - at;
        char where[SCENE_PATH + 32];
        snprintf(where, sizeof(where), "%.500s: line %u", r->name, number);
        sim_doc_t *doc = length > 0 ? sim_doc_parse(text + at, length, where) : NULL;
        if (doc != NULL && sim_doc_error(doc) == NULL)
            fine = read_line(r, doc);
        if (doc != NULL && sim_doc_error(doc) != NULL) {
            snprintf(r->error, r->error_bytes, "%s", sim_doc_error(doc));
            fine = false;
        }
        sim_doc_free(doc);
        at += length + 1;
    }
    return fine;
}

/* ---- COCO ---- */

typedef struct {
    uint64_t id;
    uint32_t frame;
    double px[2];
} image_t;

typedef struct {
    uint64_t person; /* number of the category that is "person"; UINT64_MAX: none */
    bool ours;       /* fovea has written the file */
} categories_t;

static int by_image(const void *a, const void *b)
{
    const image_t *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static bool read_images(reader_t *r, const sim_cfg_t *root, image_t *image, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t cfg = sim_cfg_at(root, "images", i);
        sim_cfg_need(&cfg, "id");
        image[i].id = sim_cfg_u64(&cfg, "id", 0, UINT64_C(1) << 53, 0);
        image[i].frame = (uint32_t)sim_cfg_u64(&cfg, "frame_index", 0, FILM_MAX_FRAMES - 1, i);
        image[i].px[0] = sim_cfg_num(&cfg, "width", 1, FAR, r->px[0]);
        image[i].px[1] = sim_cfg_num(&cfg, "height", 1, FAR, r->px[1]);
        if (!see_frame(r, image[i].frame))
            return false;
    }
    qsort(image, count, sizeof(*image), by_image);
    for (uint32_t i = 1; i < count; i++)
        if (image[i].id == image[i - 1].id)
            sim_cfg_fail(root, "images", "id %llu twice", (unsigned long long)image[i].id);
    return sim_doc_error(root->doc) == NULL;
}

static uint64_t find_person(const sim_cfg_t *root)
{
    uint64_t person = UINT64_MAX;
    uint32_t count = sim_cfg_count(root, "categories");
    for (uint32_t i = 0; i < count; i++) {
        sim_cfg_t cfg = sim_cfg_at(root, "categories", i);
        if (strcmp(sim_cfg_str(&cfg, "name", ""), "person") == 0)
            person = sim_cfg_u64(&cfg, "id", 0, INT32_MAX, 0);
    }
    return person;
}

static bool is_ours(const sim_cfg_t *root)
{
    static const char ours[] = "truth of a scene, by fovea";
    const sim_json_t *info = sim_json_find(root->node, "info");
    const char *by = sim_json_str(sim_json_find(info, "description"), "");
    return strncmp(by, ours, sizeof(ours) - 1) == 0;
}

static bool read_annotation(reader_t *r, const sim_cfg_t *cfg, const image_t *image,
                            uint32_t images, const categories_t *categories)
{
    double at[4] = {0};
    static const char *const needs[] = {"id", "image_id", "category_id", "bbox"};
    for (size_t i = 0; i < SIM_COUNT(needs); i++)
        sim_cfg_need(cfg, needs[i]);
    uint64_t id = sim_cfg_u64(cfg, "id", 0, INT32_MAX, 0);
    image_t key = {.id = sim_cfg_u64(cfg, "image_id", 0, UINT64_C(1) << 53, 0)};
    uint64_t category = sim_cfg_u64(cfg, "category_id", 0, INT32_MAX - SCENE_CLASS_OUTSIDE, 0);
    sim_cfg_nums(cfg, "bbox", at, 4, -FAR, FAR);
    scene_box_t box = {.visible = 1};
    box.id = (uint32_t)sim_cfg_u64(cfg, "track_id", 0, INT32_MAX, id);
    box.class_id = categories->person == category ? SCENE_CLASS_PERSON
                                                  : SCENE_CLASS_OUTSIDE + (uint32_t)category;
    if (categories->ours) {
        box.class_id = (uint32_t)category;
        box.visible = (float)sim_cfg_num(cfg, "visibility", 0, 1, 1);
        read_told(cfg, &box);
    }
    const image_t *of = bsearch(&key, image, images, sizeof(key), by_image);
    if (of == NULL)
        sim_cfg_fail(cfg, "image_id", "no image has the id %llu", (unsigned long long)key.id);
    if (at[2] < 0 || at[3] < 0)
        sim_cfg_fail(cfg, "bbox", "%g x %g", at[2], at[3]);
    if (sim_doc_error(cfg->doc) != NULL || sim_cfg_u64(cfg, "iscrowd", 0, 1, 0) != 0)
        return true;
    return add(r, of->frame, at, of->px, box);
}

/* In strides: an array within an element makes the document forget where it was. */
static bool read_annotations(reader_t *r, const sim_cfg_t *root, const image_t *image,
                             uint32_t images)
{
    const categories_t categories = {find_person(root), is_ours(root)};
    uint32_t count = sim_cfg_count(root, "annotations");
    sim_cfg_t *part = malloc(STRIDE * sizeof(*part));
    bool fine = part != NULL || fail(r, "no memory");
    for (uint32_t from = 0; fine && from < count; from += STRIDE) {
        uint32_t some = count - from < STRIDE ? count - from : STRIDE;
        for (uint32_t i = 0; i < some; i++)
            part[i] = sim_cfg_at(root, "annotations", from + i);
        for (uint32_t i = 0; fine && i < some; i++)
            fine = read_annotation(r, &part[i], image, images, &categories) &&
                   sim_doc_error(root->doc) == NULL;
    }
    free(part);
    return fine;
}

static bool read_coco(reader_t *r, const char *text, size_t bytes)
{
    sim_doc_t *doc = sim_doc_parse(text, bytes, r->name);
    bool fine = doc != NULL || fail(r, "no memory");
    if (fine && sim_doc_error(doc) == NULL) {
        sim_cfg_t root = sim_doc_root(doc);
        sim_cfg_need(&root, "images");
        uint32_t images = sim_cfg_count(&root, "images");
        image_t *image = calloc((size_t)images + 1, sizeof(*image));
        fine = images <= FILM_MAX_FRAMES || fail(r, "more than 1000000 images");
        fine = fine && (image != NULL || fail(r, "no memory"));
        fine = fine && read_images(r, &root, image, images) &&
               read_annotations(r, &root, image, images);
        free(image);
    }
    if (doc != NULL && sim_doc_error(doc) != NULL) {
        snprintf(r->error, r->error_bytes, "%s", sim_doc_error(doc));
        fine = false;
    }
    sim_doc_free(doc);
    return fine;
}

/* ---- both ---- */

static int by_frame(const void *a, const void *b)
{
    const entry_t *x = a, *y = b;
    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    return x->box.id < y->box.id ? -1 : x->box.id > y->box.id;
}

/* Boxes by frame and id; a frame without a line has the counts of the one before. */
static bool arrange(reader_t *r, film_truth_t *truth)
{
    char what[80];
    if (r->count > 0)
        qsort(r->entry, r->count, sizeof(*r->entry), by_frame);
    truth->frame = calloc((size_t)r->frames + 1, sizeof(*truth->frame));
    truth->box = calloc((size_t)r->count + 1, sizeof(*truth->box));
    if (truth->frame == NULL || truth->box == NULL)
        return fail(r, "no memory");
    truth->frames = r->frames;
    truth->boxes = r->count;
    for (uint32_t f = 0, i = 0; f < r->frames; f++) {
        film_mark_t *mark = &truth->frame[f];
        *mark = (film_mark_t){.first = i, .in = r->mark[f].in, .out = r->mark[f].out};
        for (; i < r->count && r->entry[i].frame == f; i++) {
            truth->box[i] = r->entry[i].box;
            if (mark->count > 0 && truth->box[i].id == truth->box[i - 1].id) {
                snprintf(what, sizeof(what), "frame %u: id %u twice", f, truth->box[i].id);
                return fail(r, what);
            }
            if (++mark->count > SCENE_MAX_PEOPLE) {
                snprintf(what, sizeof(what), "frame %u: more than %d boxes", f, SCENE_MAX_PEOPLE);
                return fail(r, what);
            }
        }
    }
    return true;
}

/* JSON lines: the first line is an object of its own that has a frame. */
static bool is_lines(const char *text, size_t bytes)
{
    const char *end = memchr(text, '\n', bytes);
    sim_doc_t *doc = sim_doc_parse(text, end != NULL ? (size_t)(end - text) : bytes, "");
    bool lines = false;
    if (doc != NULL && sim_doc_error(doc) == NULL) {
        sim_cfg_t root = sim_doc_root(doc);
        lines = sim_cfg_has(&root, "frame");
    }
    sim_doc_free(doc);
    return lines;
}

sim_err_t film_truth_parse(film_truth_t *truth, const char *text, size_t bytes, const char *name,
                           const double px[2], char *error, size_t error_bytes)
{
    reader_t r = {.name = name, .px = {px[0], px[1]}, .error = error, .error_bytes = error_bytes};
    *truth = (film_truth_t){0};
    bool fine = is_lines(text, bytes) ? read_lines(&r, text, bytes) : read_coco(&r, text, bytes);
    fine = fine && arrange(&r, truth);
    free(r.mark);
    free(r.entry);
    return fine ? SIM_OK : SIM_EPARSE;
}

sim_err_t film_truth_load(film_truth_t *truth, const char *file, const double px[2], char *error,
                          size_t error_bytes)
{
    size_t bytes;
    uint8_t *text = sim_file_read(file, MOST_BYTES, &bytes, error, error_bytes);
    *truth = (film_truth_t){0};
    if (text == NULL)
        return SIM_EFILE;
    sim_err_t err =
        film_truth_parse(truth, (const char *)text, bytes, file, px, error, error_bytes);
    free(text);
    return err;
}

void film_truth_free(film_truth_t *truth)
{
    free(truth->frame);
    free(truth->box);
    *truth = (film_truth_t){0};
}

film_mark_t film_mark_of(const film_truth_t *truth, uint32_t frame)
{
    return frame < truth->frames ? truth->frame[frame] : (film_mark_t){0};
}

const scene_box_t *film_find(const film_truth_t *truth, uint32_t frame, uint32_t id)
{
    film_mark_t mark = film_mark_of(truth, frame);
    for (uint32_t i = 0; i < mark.count; i++)
        if (truth->box[mark.first + i].id == id)
            return &truth->box[mark.first + i];
    return NULL;
}

bool scene_film_foot(const scene_t *scene, uint32_t id, uint64_t time_ps, double px[2],
                     uint32_t *class_id)
{
    scene_box_px_t place = film_place(scene->film);
    const scene_box_t *box =
        film_find(film_truth(scene->film), film_frame_at(scene->film, time_ps), id);
    if (box == NULL)
        return false;
    float x = scene_lerp(place.left, place.right, box->x + 0.5f * box->w);
    float y = scene_lerp(place.top, place.bottom, box->y + box->h);
    px[0] = (double)x * scene->desc.camera.array_width_px;
    px[1] = (double)y * scene->desc.camera.array_height_px;
    *class_id = box->class_id;
    return true;
}

/* ---- of a frame that the sensor makes ---- */

typedef struct {
    const scene_t *scene;
    const scene_timing_t *timing;
    scene_box_px_t place; /* of the picture, fractions of the array */
} view_t;

/* Which frame the row through that height of the picture sees. */
static uint32_t frame_seen(const view_t *view, float y)
{
    float at = scene_lerp(view->place.top, view->place.bottom, y);
    float array = (float)view->scene->desc.camera.array_height_px;
    uint64_t ps = scene_row_middle_ps(view->scene, view->timing, at * array);
    return film_frame_at(view->scene->film, ps);
}

/* The same one where the row through its middle sees it, if it is there. */
static const scene_box_t *settle(const view_t *view, const film_truth_t *marks,
                                 const scene_box_t *box)
{
    uint32_t frame = frame_seen(view, box->y + 0.5f * box->h);
    const scene_box_t *then = film_find(marks, frame, box->id);
    return then != NULL ? then : box;
}

static scene_box_t place_box(const view_t *view, const scene_box_t *box)
{
    const scene_timing_t *t = view->timing;
    const scene_box_px_t *place = &view->place;
    scene_box_px_t window = scene_window_of(t);
    float w = (float)t->array_width_px, h = (float)t->array_height_px;
    float left = scene_quarter(w * scene_lerp(place->left, place->right, box->x));
    float right = scene_quarter(w * scene_lerp(place->left, place->right, box->x + box->w));
    float top = scene_quarter(h * scene_lerp(place->top, place->bottom, box->y));
    float bottom = scene_quarter(h * scene_lerp(place->top, place->bottom, box->y + box->h));
    float area = (right - left) * (bottom - top);
    scene_box_t out = *box;
    out.x = scene_clamp(left, window.left, window.right);
    out.y = scene_clamp(top, window.top, window.bottom);
    out.w = scene_clamp(right, window.left, window.right) - out.x;
    out.h = scene_clamp(bottom, window.top, window.bottom) - out.y;
    out.visible = area > 0 ? box->visible * (out.w * out.h / area) : 0;
    return out;
}

void scene_film_truth(const scene_t *scene, const scene_timing_t *timing, scene_truth_t *truth)
{
    const film_truth_t *marks = film_truth(scene->film);
    view_t view = {scene, timing, film_place(scene->film)};
    film_mark_t mark = film_mark_of(marks, frame_seen(&view, 0.5f));
    truth->in += mark.in;
    truth->out += mark.out;
    for (uint32_t i = 0; i < mark.count; i++) {
        const scene_box_t *box = &marks->box[mark.first + i];
        scene_box_t out = place_box(&view, settle(&view, marks, box));
        out.id += scene->cast_count;
        bool seen = out.visible > 0 && (double)out.visible >= scene->desc.min_visible;
        if (seen && truth->count < SCENE_MAX_CAST)
            truth->box[truth->count++] = out;
    }
}
