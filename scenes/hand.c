/*
 * hand.c - a hand as a kind of actor: what it does and when.
 */
#include "scenes/hand.h"

#include <string.h>

static const char *const pose_names[SCENE_POSES] = {"open", "fist", "point", "other", "pinch"};
static const char *const sides[] = {"right", "left"};
static const char *const act_names[SCENE_ACTS] = {"wave",    "pinch", "reach",
                                                  "scratch", "fist",  "point"};

/* What an act is like: its pose, how often it swings, how long a swing takes, how far it goes. */
typedef struct {
    scene_pose_t pose;
    scene_range_t times, period_s, way_m;
} manner_t;

/* Assumed. */
/* clang-format off */
static const manner_t manners[SCENE_ACTS] = {
    [SCENE_ACT_WAVE]    = {SCENE_POSE_OPEN,  {2, 4},  {0.40, 0.65}, {0.05, 0.11}},
    [SCENE_ACT_PINCH]   = {SCENE_POSE_OPEN,  {1, 1},  {0.85, 1.40}, {0, 0}},
    [SCENE_ACT_REACH]   = {SCENE_POSE_OTHER, {1, 1},  {1.00, 2.00}, {0.05, 0.15}},
    [SCENE_ACT_SCRATCH] = {SCENE_POSE_OTHER, {3, 6},  {0.25, 0.40}, {0.005, 0.02}},
    [SCENE_ACT_FIST]    = {SCENE_POSE_FIST,  {2, 4},  {0.40, 0.65}, {0.04, 0.10}},
    [SCENE_ACT_POINT]   = {SCENE_POSE_POINT, {1, 1},  {0.80, 2.00}, {0, 0.05}},
};
/* clang-format on */

static const uint32_t skins[] = {0xf2cdb0, 0xe6b591, 0xd29a70, 0xb57f54, 0x8d5c3c, 0x5f3d28};
static const uint32_t sleeves[] = {0x1d1d20, 0x3a3b40, 0x7a7c80, 0xeceae4, 0x1f2a4a, 0x3f5878,
                                   0x2f5fa8, 0x2f7a46, 0xb3262e, 0x5d3b82, 0xc79a2d, 0x6b4a32};

#define PINCH_CLOSE_S 0.22 /* thumb and index take as long to meet and to part */
#define LONGEST_S 60.0     /* distractions are drawn up to here */
#define APART_S 0.4        /* between two acts, where the seed draws them */

/* ---- JSON ---- */

static double ends_s(const scene_act_t *act)
{
    return act->at_s + HAND_LEAD_S + act->lasts_s + HAND_BACK_S;
}

/* The rest of an act whose kind is known. */
static void draw_manner(scene_act_t *act, sim_stream_t *s)
{
    const manner_t *m = &manners[act->act];
    act->times = (double)(uint32_t)(scene_draw_range(s, m->times) + 0.5);
    act->lasts_s = act->times * scene_draw_range(s, m->period_s);
    act->way_m = scene_draw_range(s, m->way_m);
}

static void read_manner(const sim_cfg_t *cfg, scene_act_t *act, sim_stream_t *s)
{
    double times = sim_cfg_num(cfg, "times", 1, 20, act->times);
    double lasts_s = act->lasts_s * times / act->times, way_m = act->way_m;
    act->times = times;
    act->lasts_s = scene_read_drawn(cfg, "lasts_s", 0.5, 60, (scene_range_t){lasts_s, lasts_s}, s);
    act->way_m = scene_read_drawn(cfg, "way_m", 0, 0.5, (scene_range_t){way_m, way_m}, s);
}

static void read_act(const sim_cfg_t *cfg, scene_hand_t *hand, sim_stream_t *s)
{
    scene_act_t *act = &hand->act[hand->act_count];
    sim_cfg_need(cfg, "at_s");
    sim_cfg_need(cfg, "gesture");
    act->at_s = scene_read_drawn(cfg, "at_s", -1e6, 1e6, (scene_range_t){0, 0}, s);
    act->act = (scene_act_kind_t)SCENE_ENUM(cfg, "gesture", act_names, 0);
    draw_manner(act, s);
    read_manner(cfg, act, s);
    if (hand->act_count > 0 && act->at_s < ends_s(act - 1))
        sim_cfg_fail(cfg, "at_s", "%g is before %g, when the one before is over", act->at_s,
                     ends_s(act - 1));
    sim_cfg_done(cfg);
}

/* Keeps the order of time; the list has room. */
static void insert_act(scene_hand_t *hand, const scene_act_t *act)
{
    uint32_t at = hand->act_count++;
    for (; at > 0 && hand->act[at - 1].at_s > act->at_s; at--)
        hand->act[at] = hand->act[at - 1];
    hand->act[at] = *act;
}

/* When a time that long is free at from_s: then; else after what is in its way. */
static double free_at(const scene_hand_t *hand, double from_s, double takes_s)
{
    for (uint32_t i = 0; i < hand->act_count; i++) {
        const scene_act_t *act = &hand->act[i];
        if (act->at_s - APART_S < from_s + takes_s && from_s < ends_s(act) + APART_S)
            from_s = ends_s(act) + APART_S;
    }
    return from_s;
}

/* What is no gesture, between the gestures. */
static void draw_distractions(const sim_cfg_t *cfg, scene_hand_t *hand, sim_stream_t *s)
{
    scene_range_t every = scene_read_range(cfg, "distract_s", 0.5, 3600, (scene_range_t){0, 0});
    double at_s = every.low > 0 ? scene_draw_range(s, every) : LONGEST_S;
    while (at_s < LONGEST_S && hand->act_count < SCENE_MAX_ACTS) {
        uint32_t kinds = SCENE_ACTS - SCENE_GESTURES;
        scene_act_t act = {.act = (scene_act_kind_t)(SCENE_GESTURES + sim_stream_below(s, kinds))};
        draw_manner(&act, s);
        act.at_s = free_at(hand, at_s, ends_s(&act));
        insert_act(hand, &act);
        at_s = ends_s(&act) + scene_draw_range(s, every);
    }
}

static void read_acts(const sim_cfg_t *cfg, scene_hand_t *hand, sim_stream_t *s)
{
    uint32_t count = sim_cfg_count(cfg, "gestures");
    if (count > SCENE_MAX_ACTS) {
        sim_cfg_fail(cfg, "gestures", "%u are more than %d", (unsigned)count, SCENE_MAX_ACTS);
        return;
    }
    for (; hand->act_count < count; hand->act_count++) {
        sim_cfg_t act = sim_cfg_at(cfg, "gestures", hand->act_count);
        read_act(&act, hand, s);
    }
    draw_distractions(cfg, hand, s);
}

static void hand_read(const sim_cfg_t *cfg, uint64_t seed, uint32_t index, void *subject)
{
    scene_hand_t *hand = subject;
    sim_stream_t s = sim_stream(seed, SCENE_RNG_ACTOR, index);
    uint64_t look = sim_stream_u32(&s);
    uint32_t side = sim_stream_below(&s, 2), rest = sim_stream_below(&s, SCENE_POSE_PINCH);
    hand->look = sim_cfg_u64(cfg, "look", 0, SCENE_MOST_SEED, look);
    hand->left = SCENE_ENUM(cfg, "hand", sides, side) == 1;
    hand->rest = (scene_pose_t)sim_cfg_enum(cfg, "rest", pose_names, SCENE_POSE_PINCH, rest);
    hand->size_m = scene_read_drawn(cfg, "size_m", 0.08, 0.3, (scene_range_t){0.165, 0.2}, &s);
    hand->up_m = scene_read_drawn(cfg, "up_m", 0, 20, (scene_range_t){1.0, 1.2}, &s);
    hand->turn_deg = scene_read_drawn(cfg, "turn_deg", -180, 180, (scene_range_t){-25, 25}, &s);
    hand->lean_deg = scene_read_drawn(cfg, "lean_deg", -60, 60, (scene_range_t){-12, 20}, &s);
    hand->tilt_deg = scene_read_drawn(cfg, "tilt_deg", -60, 60, (scene_range_t){-15, 15}, &s);
    hand->idle_m = scene_read_drawn(cfg, "idle_m", 0, 0.1, (scene_range_t){0.003, 0.012}, &s);
    scene_read_color(cfg, "skin", skins, SIM_COUNT(skins), &s, hand->skin);
    scene_read_color(cfg, "sleeve", sleeves, SIM_COUNT(sleeves), &s, hand->sleeve);
    read_acts(cfg, hand, &s);
    scene_path_read(cfg, seed, index, true, &hand->path);
    sim_cfg_done(cfg);
}

static void hand_write(const void *subject, sim_json_t *out)
{
    const scene_hand_t *hand = subject;
    sim_json_add_u64(out, "look", hand->look);
    sim_json_add_str(out, "hand", sides[hand->left]);
    sim_json_add_str(out, "rest", pose_names[hand->rest]);
    sim_json_add_num(out, "size_m", hand->size_m);
    sim_json_add_num(out, "up_m", hand->up_m);
    sim_json_add_num(out, "turn_deg", hand->turn_deg);
    sim_json_add_num(out, "lean_deg", hand->lean_deg);
    sim_json_add_num(out, "tilt_deg", hand->tilt_deg);
    sim_json_add_num(out, "idle_m", hand->idle_m);
    scene_write_color(out, "skin", hand->skin);
    scene_write_color(out, "sleeve", hand->sleeve);
    sim_json_t *acts = hand->act_count > 0 ? sim_json_add_array(out, "gestures") : NULL;
    for (uint32_t i = 0; i < hand->act_count; i++) {
        const scene_act_t *act = &hand->act[i];
        sim_json_t *one = sim_json_add_object(acts, NULL);
        sim_json_add_num(one, "at_s", act->at_s);
        sim_json_add_str(one, "gesture", act_names[act->act]);
        sim_json_add_num(one, "times", act->times);
        sim_json_add_num(one, "lasts_s", act->lasts_s);
        sim_json_add_num(one, "way_m", act->way_m);
    }
    scene_path_write(&hand->path, out);
}

/* ---- what it does ---- */

static float at_most_1(double u)
{
    return scene_smooth((float)u);
}

/* The act that goes on; NULL: it rests. */
static const scene_act_t *act_at(const scene_hand_t *hand, double time_s)
{
    for (uint32_t i = 0; i < hand->act_count; i++)
        if (time_s >= hand->act[i].at_s && time_s < ends_s(&hand->act[i]))
            return &hand->act[i];
    return NULL;
}

/* The hand turns about the elbow as it swings: so many degrees a meter. */
#define TILT_PER_M 120.0

static void swing(const scene_act_t *act, double u, hand_moment_t *m)
{
    double turns = u * act->times, edge = turns < act->times - turns ? turns : act->times - turns;
    m->x_m += act->way_m * (double)(scene_sin(turns) * at_most_1(4 * edge));
}

static void bend(const scene_act_t *act, double u, hand_moment_t *m)
{
    float share = 0.5f - 0.5f * scene_cos(u * act->times);
    m->pose[SCENE_POSE_FIST] = 0.6f * share;
    m->pose[SCENE_POSE_OTHER] = 1.0f - 0.6f * share;
    m->y_m += act->way_m * (double)share;
}

static void close_and_part(const scene_act_t *act, double since_s, hand_moment_t *m)
{
    float share =
        at_most_1(since_s / PINCH_CLOSE_S) * at_most_1((act->lasts_s - since_s) / PINCH_CLOSE_S);
    m->pose[SCENE_POSE_PINCH] = share;
    m->pose[SCENE_POSE_OPEN] = 1.0f - share;
}

/* Out and back; which way, by the hand. */
static void go_and_return(const scene_hand_t *hand, const scene_act_t *act, double u,
                          hand_moment_t *m)
{
    float way = at_most_1(3 * u) * at_most_1(3 - 3 * u);
    double turns = (double)(hand->look % 97) / 97 + act->at_s;
    m->x_m += act->way_m * (double)(way * scene_cos(turns));
    m->y_m += 0.7 * act->way_m * (double)(way * scene_sin(turns));
}

static void do_act(const scene_hand_t *hand, const scene_act_t *act, double time_s,
                   hand_moment_t *m)
{
    double since_s = time_s - act->at_s - HAND_LEAD_S;
    since_s = since_s < 0 ? 0 : since_s > act->lasts_s ? act->lasts_s : since_s;
    double u = since_s / act->lasts_s, x_m = m->x_m;
    m->pose[manners[act->act].pose] = 1.0f;
    switch (act->act) {
    case SCENE_ACT_PINCH:
        close_and_part(act, since_s, m);
        break;
    case SCENE_ACT_SCRATCH:
        bend(act, u, m);
        break;
    case SCENE_ACT_WAVE:
    case SCENE_ACT_FIST:
        swing(act, u, m);
        break;
    default:
        go_and_return(hand, act, u, m);
        break;
    }
    m->tilt_deg = TILT_PER_M * (m->x_m - x_m);
}

hand_moment_t hand_at(const scene_hand_t *hand, double time_s)
{
    hand_moment_t m = {0};
    double phase = (double)(hand->look % 89) / 89;
    m.x_m = hand->idle_m * (double)scene_sin(0.31 * time_s + phase);
    m.y_m = 0.7 * hand->idle_m * (double)scene_sin(0.43 * time_s + 1.7 * phase);
    const scene_act_t *act = act_at(hand, time_s);
    if (act == NULL) {
        m.pose[hand->rest] = 1.0f;
        return m;
    }
    do_act(hand, act, time_s, &m);
    float there = at_most_1((time_s - act->at_s) / HAND_LEAD_S) *
                  at_most_1((ends_s(act) - time_s) / HAND_BACK_S);
    for (uint32_t i = 0; i < SCENE_POSES; i++)
        m.pose[i] *= there;
    m.pose[hand->rest] += 1.0f - there;
    return m;
}

/* ---- the kind ---- */

static void hand_prepare(const void *subject, void *memory)
{
    const scene_hand_t *hand = subject;
    hand_look_t *look = memory;
    sim_stream_t s = sim_stream(hand->look, SCENE_RNG_LOOK, 0);
    scene_rgb_t skin = {(float)hand->skin[0], (float)hand->skin[1], (float)hand->skin[2]};
    scene_rgb_t sleeve = {(float)hand->sleeve[0], (float)hand->sleeve[1], (float)hand->sleeve[2]};
    scene_cloth_plain(&look->skin, skin, 0.05f, 12.0f);
    scene_cloth_plain(&look->sleeve, sleeve, 0.15f, 6.0f);
    look->spread = sim_stream_range(&s, 0.6f, 1.3f);
    look->thick = sim_stream_range(&s, 0.9f, 1.12f);
    look->folded = sim_stream_range(&s, 0.0f, 0.3f);
    look->elbow = sim_stream_range(&s, -0.5f, 0.5f);
    look->sleeved = sim_stream_range(&s, 0.3f, 0.9f);
}

/* How fast the middle of the hand goes across the view. */
static double speed_of(const scene_hand_t *hand, const hand_moment_t *now, double time_s)
{
    const double step_s = 1e-3;
    hand_moment_t next = hand_at(hand, time_s + step_s);
    double turned = (next.tilt_deg - now->tilt_deg) / 57.3 * 0.5 * hand->size_m;
    double way = next.x_m - now->x_m + turned;
    return (way < 0 ? -way : way) / step_s;
}

static void hand_place(const void *subject, double time_s, scene_place_t *out)
{
    const scene_hand_t *hand = subject;
    scene_step_t step = scene_path_at(&hand->path, time_s);
    hand_moment_t now = hand_at(hand, time_s);
    double reach = 2.6 * hand->size_m + 0.2;
    *out = (scene_place_t){.x_m = step.x_m + now.x_m,
                           .z_m = step.z_m,
                           .reach_m = reach,
                           .deep_m = 0.5 * hand->size_m,
                           .mirror = 1.0f,
                           .speed_mps = speed_of(hand, &now, time_s)};
    double wrist = hand->up_m + now.y_m;
    out->low = (float)(wrist - 3.5 * hand->size_m - 0.2);
    out->high = (float)(wrist + 1.5 * hand->size_m);
    out->foot = (float)wrist;
    out->size_m = (float)(2 * wrist + hand->size_m);
}

static void hand_pose(const void *subject, const void *look, double time_s, scene_body_t *out)
{
    const scene_hand_t *hand = subject;
    hand_moment_t now = hand_at(hand, time_s);
    hand_body(hand, look, &now, out);
}

static void hand_events(const void *subject, const void *look, uint64_t from_ps, uint64_t to_ps,
                        const scene_emit_t *to)
{
    const scene_hand_t *hand = subject;
    (void)look;
    for (uint32_t i = 0; i < hand->act_count; i++) {
        const scene_act_t *act = &hand->act[i];
        double over_ps = (act->at_s + HAND_LEAD_S + act->lasts_s) * 1e12;
        if (act->act >= SCENE_GESTURES || over_ps < 0)
            continue;
        uint64_t time_ps = (uint64_t)(over_ps + 0.5);
        if (time_ps >= from_ps && time_ps < to_ps)
            scene_emit(to, SCENE_EVENT_GESTURE, time_ps, act_names[act->act]);
    }
}

static const char on_the_way[] = "between";

const char *scene_read_told_pose(const sim_cfg_t *cfg)
{
    const char *names[SCENE_POSES + 1];
    if (!sim_cfg_has(cfg, "pose"))
        return NULL;
    memcpy(names, pose_names, sizeof(pose_names));
    names[SCENE_POSES] = on_the_way;
    return names[sim_cfg_enum(cfg, "pose", names, SCENE_POSES + 1, 0)];
}

/* Nearly one of the poses, else on the way from one to another. */
static const char *hand_posture(const void *subject, double time_s)
{
    hand_moment_t now = hand_at(subject, time_s);
    for (uint32_t i = 0; i < SCENE_POSES; i++)
        if (now.pose[i] > 0.7f)
            return pose_names[i];
    return on_the_way;
}

const scene_actor_kind_t scene_kind_hand = {
    .name = "hand",
    .class_id = SCENE_CLASS_HAND,
    .look_bytes = sizeof(hand_look_t),
    .read = hand_read,
    .write = hand_write,
    .prepare = hand_prepare,
    .place = hand_place,
    .pose = hand_pose,
    .events = hand_events,
    .posture = hand_posture,
};
