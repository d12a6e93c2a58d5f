#include "tools/coco.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/file.h"

static bool know_class(coco_t *coco, uint32_t class_id)
{
    for (uint32_t i = 0; i < coco->classes; i++)
        if (coco->class_id[i] == class_id)
            return true;
    if (coco->classes == COCO_MAX_CLASSES)
        return false;
    coco->class_id[coco->classes++] = class_id;
    return true;
}

void coco_begin(coco_t *coco)
{
    *coco = (coco_t){.root = sim_json_object()};
    sim_json_t *info = sim_json_add_object(coco->root, "info");
    sim_json_add_str(info, "description", "truth of a scene, by fovea scene");
    coco->images = sim_json_add_array(coco->root, "images");
    coco->annotations = sim_json_add_array(coco->root, "annotations");
    know_class(coco, SCENE_CLASS_PERSON); /* also where there is nobody */
}

static void add_image(coco_t *coco, uint32_t frame, const scene_timing_t *timing)
{
    char name[32];
    sim_json_t *out = sim_json_add_object(coco->images, NULL);
    snprintf(name, sizeof(name), "frame_%05u.png", frame);
    sim_json_add_u64(out, "id", ++coco->image);
    sim_json_add_str(out, "file_name", name);
    sim_json_add_u64(out, "width", timing->array_width_px);
    sim_json_add_u64(out, "height", timing->array_height_px);
    sim_json_add_u64(out, "frame_index", frame);
    sim_json_add_u64(out, "time_ps", timing->start_ps);
}

static void add_box(coco_t *coco, const scene_box_t *box)
{
    const double bbox[4] = {(double)box->x, (double)box->y, (double)box->w, (double)box->h};
    sim_json_t *out = sim_json_add_object(coco->annotations, NULL);
    sim_json_add_u64(out, "id", ++coco->annotation);
    sim_json_add_u64(out, "image_id", coco->image);
    sim_json_add_u64(out, "category_id", box->class_id);
    sim_json_t *array = sim_json_add_array(out, "bbox");
    for (uint32_t i = 0; i < 4; i++)
        sim_json_add_num(array, NULL, bbox[i]);
    sim_json_add_num(out, "area", bbox[2] * bbox[3]);
    sim_json_add_u64(out, "iscrowd", 0);
    sim_json_add_u64(out, "track_id", box->id);
    if (box->age != 0)
        sim_json_add_str(out, "age", scene_age_name((scene_age_t)(box->age - 1)));
    if (box->pose != NULL)
        sim_json_add_str(out, "pose", box->pose);
    sim_json_add_num(out, "visibility", (double)(int32_t)(box->visible * 1000 + 0.5f) / 1000);
}

bool coco_add(coco_t *coco, uint32_t frame, const scene_timing_t *timing,
              const scene_truth_t *truth)
{
    add_image(coco, frame, timing);
    for (uint32_t i = 0; i < truth->count; i++) {
        if (!know_class(coco, truth->box[i].class_id))
            return false;
        add_box(coco, &truth->box[i]);
    }
    return true;
}

static void add_categories(const coco_t *coco)
{
    sim_json_t *array = sim_json_add_array(coco->root, "categories");
    for (uint32_t i = 0; i < coco->classes; i++) {
        char number[24];
        const char *name = scene_class_name(coco->class_id[i]);
        sim_json_t *out = sim_json_add_object(array, NULL);
        snprintf(number, sizeof(number), "class_%u", coco->class_id[i]);
        sim_json_add_u64(out, "id", coco->class_id[i]);
        sim_json_add_str(out, "name", name != NULL ? name : number);
        sim_json_add_str(out, "supercategory", "");
    }
}

sim_err_t coco_end(coco_t *coco, const char *file, char *error, size_t error_bytes)
{
    if (file == NULL) {
        sim_json_free(coco->root);
        return SIM_OK;
    }
    add_categories(coco);
    char *text = sim_json_print(coco->root, false);
    sim_json_free(coco->root);
    if (text == NULL) {
        snprintf(error, error_bytes, "%s: no memory", file);
        return SIM_ENOMEM;
    }
    size_t length = strlen(text);
    text[length] = '\n'; /* in place of the terminator: files end in a newline */
    sim_err_t err = sim_file_write(file, text, length + 1, error, error_bytes);
    free(text);
    return err;
}
