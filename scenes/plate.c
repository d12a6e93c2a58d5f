/*
 * plate.c - plain shapes as a kind of actor: a disc, a rectangle, a triangle of one color, whose
 * truth is known to the last digit.
 */
#include "scenes/actor.h"

static const char *const form_names[] = {"disc", "rectangle", "triangle"};
_Static_assert(SIM_COUNT(form_names) == SCENE_FORMS, "a name for each form");

/* sRGB. */
static const uint32_t colors[] = {0xd92b2b, 0x2f7de0, 0x28a745, 0xf2b01e, 0xe8e8e8, 0x7a3fb0};

static void plate_read(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, void *subject)
{
    scene_plate_t *p = subject;
    sim_stream_t s = sim_stream(seed, SCENE_RNG_ACTOR, index);
    uint32_t drawn = sim_stream_below(&s, SCENE_FORMS);
    p->form = (scene_form_t)SCENE_ENUM(cfg, "shape", form_names, drawn);
    p->width_m = scene_read_drawn(cfg, "width_m", 0.01, 20, (scene_range_t){0.3, 0.8}, &s);
    p->height_m = scene_read_drawn(cfg, "height_m", 0.01, 20, (scene_range_t){0.3, 0.8}, &s);
    p->up_m = scene_read_drawn(cfg, "up_m", 0, 20, (scene_range_t){0, 0}, &s);
    if (p->form == SCENE_DISC)
        p->height_m = p->width_m;
    scene_read_color(cfg, "color", colors, SIM_COUNT(colors), &s, p->color);
    scene_path_read(cfg, seed, index, true, &p->path);
    sim_cfg_done(cfg);
}

static void plate_write(const void *subject, sim_json_t *out)
{
    const scene_plate_t *p = subject;
    sim_json_add_str(out, "shape", form_names[p->form]);
    sim_json_add_num(out, "width_m", p->width_m);
    sim_json_add_num(out, "height_m", p->height_m);
    sim_json_add_num(out, "up_m", p->up_m);
    scene_write_color(out, "color", p->color);
    scene_path_write(&p->path, out);
}

static void plate_prepare(const void *subject, void *look)
{
    const scene_plate_t *p = subject;
    scene_rgb_t color = {(float)p->color[0], (float)p->color[1], (float)p->color[2]};
    scene_cloth_plain(look, color, 0.0f, 0.0f);
}

void scene_plate_turn(const scene_path_t *path, scene_step_t *step)
{
    step->dir_x = scene_cos(path->heading_deg / 360);
    step->dir_z = scene_sin(path->heading_deg / 360);
}

scene_frame_t scene_plate_frame(const scene_path_t *path, double time_s)
{
    scene_step_t step = scene_path_at(path, time_s);
    scene_plate_turn(path, &step);
    return scene_frame_heading(step.dir_x, step.dir_z);
}

static void plate_place(const void *subject, double time_s, scene_place_t *out)
{
    const scene_plate_t *p = subject;
    scene_step_t step = scene_path_at(&p->path, time_s);
    scene_plate_turn(&p->path, &step);
    *out = scene_place_turned(&step, 0.5 * p->width_m, 0);
    out->low = (float)p->up_m;
    out->high = (float)(p->up_m + p->height_m);
    out->foot = (float)p->up_m;
    out->size_m = (float)p->height_m;
}

static void plate_pose(const void *subject, const void *look, double time_s, scene_body_t *out)
{
    const scene_plate_t *p = subject;
    float half = 0.5f * (float)p->width_m, low = (float)p->up_m, high = low + (float)p->height_m;
    const scene_flat_t triangle[3] = {{-half, low}, {half, low}, {0, high}};
    const scene_flat_t rectangle[4] = {{-half, low}, {half, low}, {half, high}, {-half, high}};
    scene_frame_t frame = scene_plate_frame(&p->path, time_s);
    scene_point_t middle = {0, low + half, 0};
    if (p->form == SCENE_DISC)
        scene_add_limb(out, &frame, middle, half, middle, half, look)->round = 0.0f;
    else if (p->form == SCENE_TRIANGLE)
        scene_add_flat(out, SCENE_SHEET, &frame, triangle, 3, look);
    else
        scene_add_flat(out, SCENE_SHEET, &frame, rectangle, 4, look);
}

const scene_actor_kind_t scene_kind_shape = {
    .name = "shape",
    .class_id = SCENE_CLASS_SHAPE,
    .look_bytes = sizeof(scene_cloth_map_t),
    .read = plate_read,
    .write = plate_write,
    .prepare = plate_prepare,
    .place = plate_place,
    .pose = plate_pose,
};
