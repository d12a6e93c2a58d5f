/*
 * robot_arm.c - a robot's arm as a kind of actor: a base that turns, two links, a gripper.
 *
 *              elbow o===== wrist o--<  gripper
 *                   //
 *                  //  joints move from pose to pose, softly, all at the same time
 *      shoulder   o
 *              [base]
 *
 * Not modeled: limits of joints, collisions, blur of links that turn.
 */
#include "scenes/actor.h"

static const char *const joint_names[SCENE_JOINTS] = {"yaw_deg", "shoulder_deg", "elbow_deg",
                                                      "wrist_deg", "grip"};
static const double joint_range[SCENE_JOINTS][2] = {
    {-360, 360}, {-90, 180}, {-170, 170}, {-170, 170}, {0, 1}};
static const uint32_t paints[] = {0xe8761e, 0xf0b41c, 0xd9d9d6, 0x2f62a8, 0xc23a2c};

typedef struct {
    scene_cloth_map_t paint, metal, dark;
} look_t;

/* ---- JSON ---- */

static void read_pose(const sim_cfg_t *cfg, const scene_arm_t *arm, scene_arm_pose_t *pose)
{
    sim_cfg_need(cfg, "at_s");
    pose->at_s = sim_cfg_num(cfg, "at_s", -1e6, 1e6, 0);
    for (uint32_t i = 0; i < SCENE_JOINTS; i++)
        pose->joint[i] = sim_cfg_num(cfg, joint_names[i], joint_range[i][0], joint_range[i][1], 0);
    if (arm->pose_count > 0 && pose->at_s <= pose[-1].at_s)
        sim_cfg_fail(cfg, "at_s", "%g is not after %g, when the pose before is taken", pose->at_s,
                     pose[-1].at_s);
    sim_cfg_done(cfg);
}

/* Takes something on one side and puts it down on the other. */
static void draw_poses(scene_arm_t *arm, sim_stream_t *s)
{
    static const double share[8] = {0, 0.12, 0.18, 0.30, 0.50, 0.62, 0.68, 0.80};
    double from = (double)sim_stream_range(s, -110, -40), to = (double)sim_stream_range(s, 40, 110);
    if (sim_stream_below(s, 2) == 0) {
        double swap = from;
        from = to;
        to = swap;
    }
    double over = (double)sim_stream_range(s, 50, 75), down = over - 32;
    for (uint32_t i = 0; i < 8; i++) {
        scene_arm_pose_t *pose = &arm->pose[i];
        bool low = i == 1 || i == 2 || i == 5 || i == 6, open = i <= 1 || i >= 6;
        pose->at_s = share[i] * arm->period_s;
        pose->joint[0] = i < 4 ? from : to;
        pose->joint[1] = low ? down : over;
        pose->joint[2] = low ? -70 : -95;
        pose->joint[3] = -90 - pose->joint[1] - pose->joint[2];
        pose->joint[4] = open ? 1 : 0.2;
    }
    arm->pose_count = 8;
}

static void read_poses(const sim_cfg_t *cfg, scene_arm_t *arm)
{
    uint32_t count = sim_cfg_count(cfg, "poses");
    if (count == 0 || count > SCENE_MAX_POSES) {
        sim_cfg_fail(cfg, "poses", "%u poses, expected 1..%d", (unsigned)count, SCENE_MAX_POSES);
        return;
    }
    for (arm->pose_count = 0; arm->pose_count < count; arm->pose_count++) {
        sim_cfg_t pose = sim_cfg_at(cfg, "poses", arm->pose_count);
        read_pose(&pose, arm, &arm->pose[arm->pose_count]);
    }
    double takes_s = arm->pose[count - 1].at_s - arm->pose[0].at_s;
    if (arm->period_s > 0 && arm->period_s <= takes_s)
        sim_cfg_fail(cfg, "period_s", "%g s is not longer than the poses take", arm->period_s);
}

static void arm_read(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, void *subject)
{
    scene_arm_t *arm = subject;
    sim_stream_t s = sim_stream(seed, SCENE_RNG_ACTOR, index);
    bool drawn = !sim_cfg_has(cfg, "poses");
    arm->reach_m = scene_read_drawn(cfg, "reach_m", 0.2, 5, (scene_range_t){1.2, 1.7}, &s);
    arm->base_m = scene_read_drawn(cfg, "base_m", 0.05, 3, (scene_range_t){0.5, 0.8}, &s);
    arm->period_s = scene_read_drawn(cfg, "period_s", drawn ? 0.5 : 0, 3600,
                                     drawn ? (scene_range_t){4, 7} : (scene_range_t){0, 0}, &s);
    scene_read_color(cfg, "color", paints, SIM_COUNT(paints), &s, arm->color);
    if (drawn)
        draw_poses(arm, &s);
    else
        read_poses(cfg, arm);
    scene_path_read(cfg, seed, index, true, &arm->path);
    sim_cfg_done(cfg);
}

static void arm_write(const void *subject, sim_json_t *out)
{
    const scene_arm_t *arm = subject;
    sim_json_add_num(out, "reach_m", arm->reach_m);
    sim_json_add_num(out, "base_m", arm->base_m);
    sim_json_add_num(out, "period_s", arm->period_s);
    scene_write_color(out, "color", arm->color);
    sim_json_t *poses = sim_json_add_array(out, "poses");
    for (uint32_t i = 0; i < arm->pose_count; i++) {
        sim_json_t *pose = sim_json_add_object(poses, NULL);
        sim_json_add_num(pose, "at_s", arm->pose[i].at_s);
        for (uint32_t k = 0; k < SCENE_JOINTS; k++)
            sim_json_add_num(pose, joint_names[k], arm->pose[i].joint[k]);
    }
    scene_path_write(&arm->path, out);
}

static void arm_prepare(const void *subject, void *memory)
{
    const scene_arm_t *arm = subject;
    look_t *look = memory;
    scene_rgb_t paint = {(float)arm->color[0], (float)arm->color[1], (float)arm->color[2]};
    scene_cloth_plain(&look->paint, paint, 0.06f, 2.0f);
    scene_cloth_plain(&look->metal, scene_rgb_hex(0xa9adb1), 0, 0);
    scene_cloth_plain(&look->dark, scene_rgb_hex(0x2b2d30), 0, 0);
}

/* The base stands where its path says, headed as told: a carriage does not turn it. */
static void arm_place(const void *subject, double time_s, scene_place_t *out)
{
    const scene_arm_t *arm = subject;
    scene_step_t step = scene_path_at(&arm->path, time_s);
    double reach = 1.3 * arm->reach_m + 0.3;
    *out = scene_place_turned(&step, reach, reach);
    out->reach_m = out->deep_m = reach;
    out->low = -0.1f;
    out->high = (float)(arm->base_m + reach);
    out->size_m = (float)(arm->base_m + 0.7 * arm->reach_m);
    out->shadow_wide = 0.35f / out->size_m;
    out->shadow_deep = 0.30f / out->size_m;
}

/* ---- joints ---- */

static double mix(double a, double b, double t)
{
    return a + (b - a) * t;
}

static void joints_at(const scene_arm_t *arm, double time_s, double joint[SCENE_JOINTS])
{
    uint32_t last = arm->pose_count - 1, to = 0;
    double since = time_s - arm->pose[0].at_s;
    if (arm->period_s > 0) {
        double rounds = (double)(int64_t)(since / arm->period_s);
        time_s -= (since < 0 ? rounds - 1 : rounds) * arm->period_s;
    }
    while (to <= last && arm->pose[to].at_s <= time_s)
        to++;
    uint32_t from = to > 0 ? to - 1 : 0;
    double begins = arm->pose[from].at_s;
    double ends = to <= last ? arm->pose[to].at_s : arm->pose[0].at_s + arm->period_s;
    to = to <= last ? to : arm->period_s > 0 ? 0 : last;
    double t = ends > begins ? (time_s - begins) / (ends - begins) : 0;
    t = (double)scene_smooth((float)t);
    for (uint32_t i = 0; i < SCENE_JOINTS; i++)
        joint[i] = mix(arm->pose[from].joint[i], arm->pose[to].joint[i], t);
}

/* ---- the body ---- */

typedef struct {
    const look_t *look;
    scene_body_t *body;
    scene_frame_t frame; /* of the turned base: the arm is in its plane */
    float k;             /* thickness */
} build_t;

static scene_point_t go(scene_point_t from, double turns, float way)
{
    return (scene_point_t){from.x + way * scene_cos(turns), from.y + way * scene_sin(turns),
                           from.z};
}

static void add(const build_t *b, scene_point_t from, float from_r, scene_point_t to, float to_r,
                const scene_cloth_map_t *cloth)
{
    scene_add_limb(b->body, &b->frame, from, from_r * b->k, to, to_r * b->k, cloth);
}

/* A motor through the arm's plane. */
static void add_joint(const build_t *b, scene_point_t at, float r)
{
    scene_point_t left = {at.x, at.y, 0.09f * b->k}, right = {at.x, at.y, -0.09f * b->k};
    add(b, left, r, right, r, &b->look->dark);
    add(b, right, 0.55f * r, right, 0.55f * r, &b->look->metal);
    add(b, left, 0.55f * r, left, 0.55f * r, &b->look->metal);
}

static void add_base(const build_t *b, float height)
{
    scene_point_t foot = {0, 0.04f, 0}, floor = {0, 0.06f, 0}, top = {0, height - 0.14f, 0};
    scene_add_limb(b->body, &b->frame, (scene_point_t){-0.14f * b->k, foot.y, 0}, 0.05f,
                   (scene_point_t){0.14f * b->k, foot.y, 0}, 0.05f, &b->look->dark);
    add(b, floor, 0.16f, top, 0.13f, &b->look->dark);
    add(b, top, 0.145f, (scene_point_t){0, height - 0.02f, 0}, 0.12f, &b->look->paint);
}

static void add_gripper(const build_t *b, scene_point_t wrist, double turns, float open)
{
    scene_point_t palm = go(wrist, turns, 0.11f * b->k);
    add(b, wrist, 0.055f, palm, 0.05f, &b->look->metal);
    for (int side = -1; side <= 1; side += 2) {
        scene_point_t root = go(palm, turns + 0.25 * side, 0.045f * b->k);
        scene_point_t knee = go(root, turns + 0.25 * side, (0.01f + 0.035f * open) * b->k);
        knee = go(knee, turns, 0.07f * b->k);
        add(b, root, 0.022f, knee, 0.018f, &b->look->dark);
        add(b, knee, 0.018f, go(knee, turns, 0.07f * b->k), 0.012f, &b->look->dark);
    }
}

static void arm_pose(const void *subject, const void *memory, double time_s, scene_body_t *out)
{
    const scene_arm_t *arm = subject;
    double joint[SCENE_JOINTS], heading = arm->path.heading_deg;
    joints_at(arm, time_s, joint);
    float upper = 0.54f * (float)arm->reach_m, lower = 0.46f * (float)arm->reach_m;
    build_t b = {memory, out,
                 scene_frame_heading(scene_cos((heading + joint[0]) / 360),
                                     scene_sin((heading + joint[0]) / 360)),
                 (float)arm->reach_m / 1.4f};
    double turns = joint[1] / 360;
    scene_point_t shoulder = {0, (float)arm->base_m, 0}, elbow = go(shoulder, turns, upper);
    turns += joint[2] / 360;
    scene_point_t wrist = go(elbow, turns, lower);
    add_base(&b, (float)arm->base_m);
    add(&b, shoulder, 0.095f, elbow, 0.07f, &b.look->paint);
    add_joint(&b, shoulder, 0.10f);
    add(&b, elbow, 0.068f, wrist, 0.045f, &b.look->paint);
    add_joint(&b, elbow, 0.078f);
    add_joint(&b, wrist, 0.05f);
    add_gripper(&b, wrist, turns + joint[3] / 360, (float)joint[4]);
    scene_body_sort(out);
}

const scene_actor_kind_t scene_kind_robot_arm = {
    .name = "robot_arm",
    .class_id = SCENE_CLASS_ROBOT_ARM,
    .look_bytes = sizeof(look_t),
    .read = arm_read,
    .write = arm_write,
    .prepare = arm_prepare,
    .place = arm_place,
    .pose = arm_pose,
};
