/*
 * people_test.c - people of all ages, from all sides: feet stay where they stand, boxes are tight,
 * proportions can be measured in the picture.
 */
#include <math.h>
#include <string.h>

#include "scene_help.h"
#include "scenes/world_int.h"
#include "tests/test.h"

#define STEP 8.0f

/* ---- feet ---- */

/* One person of a scene, outside of it. */
typedef struct {
    scene_person_t person;
    scene_look_t look;
    scene_camera_t camera;
} model_t;

static void model_init(model_t *m, const scene_t *scene)
{
    m->person = scene_desc(scene)->people[0];
    m->camera = scene_desc(scene)->camera;
    scene_kind_person.prepare(&m->person, &m->look);
}

/* As the plane of its foot shows it to the camera. */
static void pose(const model_t *m, double time_s, scene_body_t *body)
{
    scene_place_t place;
    scene_kind_person.place(&m->person, time_s, &place);
    scene_body_clear(body);
    scene_kind_person.pose(&m->person, &m->look, time_s, body);
    scene_eye_t eye = scene_eye(&m->camera, &place);
    scene_body_flatten(body, &eye, place.mirror);
}

typedef struct {
    uint32_t count;
    double x[4], y[4]; /* as a pinhole at 1 m sees them, times the distance at the start */
} shoes_t;

/* Soles as the camera sees them: a thing that stands still does not move there. */
static shoes_t shoes_at(const model_t *m, double time_s)
{
    shoes_t shoes = {0};
    scene_place_t place;
    scene_body_t body;
    scene_kind_person.place(&m->person, time_s, &place);
    pose(m, time_s, &body);
    for (uint32_t i = 0; i < body.count; i++) {
        const scene_part_t *p = &body.part[i];
        if (p->cloth != &m->look.shoes || shoes.count == 4)
            continue;
        for (int toe = 0; toe < 2; toe++) {
            double x = place.x_m + (double)(place.mirror * (toe ? p->x1 : p->x0));
            double y = m->camera.height_m - (double)(toe ? p->y1 : p->y0);
            shoes.x[shoes.count] = x / place.z_m;
            shoes.y[shoes.count++] = y / place.z_m;
        }
    }
    return shoes;
}

/* Meters, at the depth of the body, that the heel or toe moves that moves least. */
static double least_slip(const model_t *m, double time_s, double later_s)
{
    shoes_t a = shoes_at(m, time_s), b = shoes_at(m, time_s + later_s);
    scene_place_t place;
    scene_kind_person.place(&m->person, time_s, &place);
    ck_assert_uint_eq(a.count, 4);
    double least = 1e9;
    for (uint32_t i = 0; i < 4; i++)
        for (uint32_t k = i & 1; k < 4; k += 2) /* heels with heels: legs may change places */
            least = fmin(least, hypot(a.x[i] - b.x[k], a.y[i] - b.y[k]));
    return least * place.z_m;
}

static const char *const ages[] = {"adult", "child", "senior"};

/* Somebody who walks 6 m through x, z = 0, 6 with a heading. */
static scene_t *walker(const char *age, double heading_deg, double speed, const char *more)
{
    char text[1024];
    double turns = heading_deg * acos(-1) / 180, dx = 3 * cos(turns), dz = 3 * sin(turns);
    snprintf(
        text, sizeof(text),
        "{\"lux\": 1000, \"color_temperature_k\": 6500, \"min_visible\": 0,"
        " \"background\": {\"kind\": \"plain\", \"reflectance\": 0}, \"people\": [{\"age\": \"%s\","
        "\"path\": [{\"at_s\": 0, \"x_m\": %.6f, \"z_m\": %.6f},"
        "{\"at_s\": %.6f, \"x_m\": %.6f, \"z_m\": %.6f}]%s}]}",
        age, -dx, 6 - dz, 6 / speed, dx, 6 + dz, more);
    return scene_of(text, 0);
}

START_TEST(one_foot_stands_still_whatever_the_heading)
{
    for (uint32_t k = 0; k < 3; k++) {
        double speed = k == 2 ? 0.8 : 1.2;
        for (int heading = 0; heading < 360; heading += 15) {
            model_t m;
            scene_t *scene = walker(ages[k], heading, speed, "");
            model_init(&m, scene);
            /* 10 ms: the hip moves 12 mm, or 8. Heels rise while the foot stands. */
            for (double t = 0; t < 6 / speed; t += 0.013)
                ck_assert_msg(least_slip(&m, t, 0.01) < 0.003, "%s, %d degrees, %g s: %g m",
                              ages[k], heading, t, least_slip(&m, t, 0.01));
            scene_free(scene);
        }
    }
}
END_TEST

START_TEST(one_foot_stands_still_in_curves_stops_and_turns)
{
    scene_t *scene = scene_of(
        "{\"background\": {\"kind\": \"plain\"}, \"people\": [{\"path\": ["
        "{\"at_s\": 0, \"x_m\": -2, \"z_m\": 4}, {\"at_s\": 2.5, \"x_m\": 0.5, \"z_m\": 4},"
        "{\"at_s\": 4, \"x_m\": 0.5, \"z_m\": 6}, {\"at_s\": 8, \"x_m\": 0.5, \"z_m\": 6},"
        "{\"at_s\": 11, \"x_m\": -1.5, \"z_m\": 4.2}, {\"at_s\": 13, \"x_m\": 1, \"z_m\": 4.2}]}]}",
        0);
    model_t m;
    model_init(&m, scene);
    for (double t = -1; t < 14; t += 0.013)
        ck_assert_msg(least_slip(&m, t, 0.01) < 0.003, "%g s: %g m", t, least_slip(&m, t, 0.01));
    scene_free(scene);
}
END_TEST

START_TEST(who_stands_has_both_feet_still_and_sways)
{
    scene_t *scene =
        scene_of("{\"background\": {\"kind\": \"plain\"}, \"people\": [{\"path\": ["
                 "{\"at_s\": 0, \"x_m\": -1, \"z_m\": 4}, {\"at_s\": 1, \"x_m\": 0, \"z_m\": 4},"
                 "{\"at_s\": 20, \"x_m\": 0, \"z_m\": 4}]}]}",
                 0);
    model_t m;
    model_init(&m, scene);
    shoes_t first = shoes_at(&m, 2);
    float low = 9, high = -9;
    for (double t = 2; t < 18; t += 0.1) {
        shoes_t now = shoes_at(&m, t);
        for (uint32_t i = 0; i < 4; i++)
            ck_assert(now.x[i] == first.x[i] && now.y[i] == first.y[i]);
        scene_body_t body;
        pose(&m, t, &body);
        low = fminf(low, body.part[body.count - 1].x0); /* a shoulder */
        high = fmaxf(high, body.part[body.count - 1].x0);
    }
    ck_assert_float_gt(high - low, 0.004f); /* centimeters */
    ck_assert_float_lt(high - low, 0.05f);
    scene_free(scene);
}
END_TEST

/* ---- pictures ---- */

typedef struct {
    uint32_t x0, x1, y0, y1; /* inclusive; x1 < x0: nothing */
} extent_t;

static bool lit(const picture_t *p, uint32_t x, uint32_t y)
{
    size_t i = (size_t)y * p->width + x;
    return p->plane[0][i] + p->plane[1][i] + p->plane[2][i] > 12.0f; /* 0.4 % of white */
}

static extent_t extent_of(const picture_t *p)
{
    extent_t e = {p->width, 0, p->height, 0};
    for (uint32_t y = 0; y < p->height; y++) {
        for (uint32_t x = 0; x < p->width; x++) {
            if (!lit(p, x, y))
                continue;
            e.x0 = x < e.x0 ? x : e.x0;
            e.x1 = x > e.x1 ? x : e.x1;
            e.y0 = y < e.y0 ? y : e.y0;
            e.y1 = y > e.y1 ? y : e.y1;
        }
    }
    return e;
}

START_TEST(boxes_are_tight_whatever_the_heading)
{
    for (uint32_t k = 0; k < 3; k++) {
        for (int heading = 0; heading < 360; heading += 30) {
            scene_truth_t truth;
            scene_timing_t timing = timing_of(0, STEP);
            scene_t *scene = walker(ages[k], heading, 1.0, ", \"carry\": \"backpack\"");
            uint32_t frame = 85;
            timing = timing_of(frame, STEP);
            scene_truth(scene, &timing, frame, &truth);
            picture_t picture = picture_of(scene, frame, STEP, 7);
            extent_t e = extent_of(&picture);
            ck_assert_uint_eq(truth.count, 1);
            const scene_box_t *b = &truth.box[0];
            /* Coarse samples of 8 px show what they touch; 10 ms at 1 m/s blur 7 px. */
            const float off = 16;
            ck_assert_msg(fabsf(b->x - (float)e.x0 * STEP) < off &&
                              fabsf(b->x + b->w - (float)(e.x1 + 1) * STEP) < off &&
                              fabsf(b->y - (float)e.y0 * STEP) < off &&
                              fabsf(b->y + b->h - (float)(e.y1 + 1) * STEP) < off,
                          "%s, %d degrees: %g %g %g %g, drawn %g %g..%g %g", ages[k], heading,
                          (double)b->x, (double)b->y, (double)(b->x + b->w), (double)(b->y + b->h),
                          (double)((float)e.x0 * STEP), (double)((float)e.y0 * STEP),
                          (double)((float)e.x1 * STEP), (double)((float)e.y1 * STEP));
            picture_free(&picture);
            scene_free(scene);
        }
    }
}
END_TEST

/* ---- proportions ---- */

/* Lit pixels of a row, and their mean column. */
static uint32_t row_of_body(const picture_t *p, uint32_t y, double *middle)
{
    uint32_t count = 0;
    double sum = 0;
    for (uint32_t x = 0; x < p->width; x++) {
        if (lit(p, x, y)) {
            count++;
            sum += x;
        }
    }
    *middle = count > 0 ? sum / count : 0;
    return count;
}

typedef struct {
    double head;   /* from the top to the shoulders, of the height */
    double wide;   /* of the body at the shoulders, of the height */
    double before; /* middle of the head before that of the hips, of the height */
    double tall_px;
} shape_t;

static shape_t measure(const char *age, double heading, uint32_t look)
{
    char more[96];
    snprintf(more, sizeof(more), ", \"look\": %u, \"carry\": \"nothing\"", look);
    scene_t *scene = walker(age, heading, 0.9, more);
    picture_t p = picture_of(scene, 100, 4, 7); /* 3.3 s: in the middle */
    extent_t e = extent_of(&p);
    double tall = e.y1 + 1 - e.y0, at, head = 0, hip = 0;
    uint32_t face = 0, shoulders = e.y0, widest = 0;
    for (uint32_t y = e.y0; y < e.y0 + (uint32_t)(0.25 * tall); y++) {
        uint32_t wide = row_of_body(&p, y, &at);
        if (y < e.y0 + (uint32_t)(0.08 * tall))
            face = wide > face ? wide : face;
        if (shoulders == e.y0 && wide > face * 3 / 2)
            shoulders = y;
        widest = wide > widest ? wide : widest;
    }
    uint32_t chin = e.y0 + (uint32_t)(0.1 * tall), waist = e.y0 + (uint32_t)(0.45 * tall);
    for (uint32_t y = e.y0; y < chin; y++)
        head += row_of_body(&p, y, &at) > 0 ? at / (chin - e.y0) : 0;
    for (uint32_t y = waist; y < waist + 8; y++)
        hip += row_of_body(&p, y, &at) > 0 ? at / 8 : 0;
    picture_free(&p);
    scene_free(scene);
    return (shape_t){(shoulders - e.y0) / tall, widest / tall, (head - hip) / tall, tall};
}

/* The middle one of some looks, each in its own clothes and hair. */
static shape_t typical(const char *age, double heading)
{
    enum { LOOKS = 9 };
    shape_t s[LOOKS], middle;
    for (uint32_t i = 0; i < LOOKS; i++)
        s[i] = measure(age, heading, 500 + i);
    double *const out[] = {&middle.head, &middle.wide, &middle.before, &middle.tall_px};
    for (uint32_t m = 0; m < SIM_COUNT(out); m++) {
        double v[LOOKS];
        for (uint32_t i = 0; i < LOOKS; i++) {
            const double all[] = {s[i].head, s[i].wide, s[i].before, s[i].tall_px};
            uint32_t k = i;
            for (; k > 0 && v[k - 1] > all[m]; k--)
                v[k] = v[k - 1];
            v[k] = all[m];
        }
        *out[m] = v[LOOKS / 2];
    }
    return middle;
}

START_TEST(ages_can_be_told_by_proportions_in_the_picture)
{
    shape_t adult = typical("adult", 270), child = typical("child", 270);
    shape_t senior = typical("senior", 270);
    /* An adult's shoulders are 0.818 high (Winter), less above: the muscle. A child's head is 1/6
     * of it, an adult's 1/7.75: 0.04 more. */
    ck_assert(adult.head > 0.13 && adult.head < 0.18);
    ck_assert(child.head > adult.head + 0.03 && child.head < adult.head + 0.07);
    /* Shoulders with arms: a quarter and more of the height. */
    ck_assert(adult.wide > 0.24 && adult.wide < 0.31);
    ck_assert(child.wide > 0.22 && child.wide < 0.31);
    /* 1.22 m of 1.72 m; 1.66 m that stoop, toward a camera that looks down: less than 0.97. */
    ck_assert_double_eq_tol(child.tall_px / adult.tall_px, 1.22 / 1.72, 0.03);
    ck_assert(senior.tall_px / adult.tall_px > 0.82 && senior.tall_px / adult.tall_px < 0.95);
    shape_t upright = typical("adult", 0), stooped = typical("senior", 0);
    ck_assert(upright.before > -0.01 && upright.before < 0.06);
    ck_assert(stooped.before > upright.before + 0.03);
}
END_TEST

START_TEST(front_and_back_are_wider_than_the_side_and_only_one_has_a_face)
{
    model_t m;
    scene_t *scene = walker("adult", 270, 1, ", \"look\": 5, \"carry\": \"nothing\"");
    scene_body_t front, back, side;
    model_init(&m, scene);
    pose(&m, 3, &front);
    uint32_t eyes = 0;
    for (uint32_t i = 0; i < front.count; i++)
        eyes += front.part[i].cloth == &m.look.eye;
    ck_assert_uint_eq(eyes, 2);
    scene_free(scene);
    scene = walker("adult", 90, 1, ", \"look\": 5, \"carry\": \"nothing\"");
    model_init(&m, scene);
    pose(&m, 3, &back);
    for (uint32_t i = 0; i < back.count; i++)
        ck_assert(back.part[i].cloth != &m.look.eye);
    scene_free(scene);
    scene = walker("adult", 0, 1, ", \"look\": 5, \"carry\": \"nothing\"");
    model_init(&m, scene);
    pose(&m, 3, &side);
    eyes = 0;
    for (uint32_t i = 0; i < side.count; i++)
        eyes += side.part[i].cloth == &m.look.eye;
    ck_assert_uint_eq(eyes, 1);
    scene_free(scene);
    double wide = typical("adult", 270).wide, deep = typical("adult", 0).wide;
    ck_assert_double_gt(wide, 1.4 * deep);
    ck_assert_double_eq_tol(typical("adult", 90).wide, wide, 0.02);
}
END_TEST

/* ---- truth ---- */

static const char *age_in(const char *text, uint32_t index, uint64_t seed)
{
    scene_truth_t truth;
    scene_t *scene = scene_of(text, seed);
    scene_timing_t timing = timing_of(30, 2);
    scene_truth(scene, &timing, 30, &truth);
    scene_free(scene);
    ck_assert_uint_lt(index, truth.count);
    uint32_t age = truth.box[index].age;
    return age == 0 ? NULL : scene_age_name((scene_age_t)(age - 1));
}

START_TEST(the_truth_tells_ages_where_the_scene_names_one)
{
    const char *const two = "{\"background\": {\"kind\": \"plain\"}, \"people\": ["
                            "{\"direction\": \"in\", \"cross_s\": 1%s},"
                            "{\"direction\": \"out\", \"cross_s\": 1.4}]}";
    char named[512], not_named[512];
    snprintf(named, sizeof(named), two, ", \"age\": \"child\"");
    snprintf(not_named, sizeof(not_named), two, "");
    ck_assert_str_eq(age_in(named, 0, 0), "child");
    ck_assert_str_eq(age_in(named, 1, 0), "adult");
    ck_assert_ptr_null(age_in(not_named, 0, 0));
    scene_truth_t truth = {.count = 1};
    truth.box[0] = (scene_box_t){.id = 7, .class_id = 1, .w = 3, .h = 4, .visible = 1, .age = 3};
    sim_json_t *line = sim_json_object();
    scene_truth_write(&truth, line);
    char *text = sim_json_print(line, false);
    ck_assert_ptr_nonnull(strstr(text, "\"class\":\"person\",\"age\":\"senior\",\"x\":0"));
    free(text);
    sim_json_free(line);
}
END_TEST

START_TEST(any_age_is_drawn_evenly_and_crowds_have_all)
{
    uint32_t count[SCENE_AGES] = {0};
    for (uint64_t look = 0; look < 3000; look++)
        count[scene_look_age(look)]++;
    for (uint32_t i = 0; i < SCENE_AGES; i++)
        ck_assert(count[i] > 900 && count[i] < 1100); /* 1000, sigma 26 */
    scene_t *scene =
        scene_of("{\"background\": {\"kind\": \"plain\"}, \"crowd\": {\"age\": \"any\","
                 " \"duration_s\": 60}}",
                 3);
    const scene_desc_t *desc = scene_desc(scene);
    uint32_t seniors = 0, slow = 0;
    for (uint32_t i = 0; i < desc->people_count; i++) {
        const scene_person_t *p = &desc->people[i];
        if (p->age == SCENE_AGE_CHILD)
            ck_assert(p->height_m >= 1.02 && p->height_m <= 1.40);
        else
            ck_assert(p->height_m >= 1.45 && p->height_m <= 1.93);
        seniors += p->age == SCENE_AGE_SENIOR;
        slow += p->age == SCENE_AGE_SENIOR && p->speed_mps < 1.1;
    }
    ck_assert_uint_gt(seniors, 10);
    ck_assert_uint_ge(slow, seniors / 3); /* the others walk along with somebody */
    scene_free(scene);
}
END_TEST

START_TEST(who_crosses_the_line_on_a_path_counts_each_time)
{
    scene_t *scene = scene_of(
        "{\"background\": {\"kind\": \"plain\"}, \"people\": [{\"path\": ["
        "{\"at_s\": 0, \"x_m\": -1, \"z_m\": 5}, {\"at_s\": 2, \"x_m\": 1, \"z_m\": 5},"
        "{\"at_s\": 3, \"x_m\": 1, \"z_m\": 5}, {\"at_s\": 5, \"x_m\": -1, \"z_m\": 5},"
        "{\"at_s\": 6, \"x_m\": -1, \"z_m\": 5}, {\"at_s\": 8, \"x_m\": 1, \"z_m\": 5}]}]}",
        0);
    /* At 1, 4 and 7 s. Frames are 33.3 ms apart. */
    for (uint32_t frame = 0; frame < 270; frame++) {
        scene_truth_t truth;
        scene_timing_t timing = timing_of(frame, 2);
        scene_truth(scene, &timing, frame, &truth);
        double start_s = 1e-12 * (double)timing.start_ps;
        bool sees = false; /* a crossing while it is read */
        for (double at = 1; at < 8; at += 3)
            sees |= start_s > at - 0.04 && start_s < at;
        if (sees)
            continue;
        ck_assert_uint_eq(truth.in, start_s >= 7 ? 2u : start_s >= 1 ? 1u : 0u);
        ck_assert_uint_eq(truth.out, start_s >= 4 ? 1u : 0u);
    }
    scene_free(scene);
}
END_TEST

START_TEST(rows_are_the_same_in_any_order)
{
    scene_t *scene = walker("any", 240, 1, ", \"carry\": \"any\", \"look\": 77");
    picture_t all = picture_of(scene, 60, STEP, 7);
    scene_timing_t timing = timing_of(60, STEP);
    sim_light_t light = scene_light(scene);
    float line[3][512];
    for (uint32_t y = timing.rows; y-- > 0;) {
        sim_light_req_t req = row_of(&timing, 60, y);
        sim_light_row_t out = {line[0], line[1], line[2]};
        light.row(light.ctx, &req, &out);
        for (int c = 0; c < 3; c++)
            ck_assert_mem_eq(line[c], all.plane[c] + (size_t)y * all.width,
                             all.width * sizeof(float));
    }
    picture_free(&all);
    scene_free(scene);
}
END_TEST

START_TEST(everything_can_be_carried_by_everybody)
{
    static const char *const carried[] = {"usual",    "any",  "nothing",  "backpack", "shoulder",
                                          "bag",      "box",  "umbrella", "phone",    "trolley",
                                          "stroller", "cane", "balloon"};
    for (uint32_t i = 0; i < SIM_COUNT(carried); i++) {
        for (uint32_t k = 0; k < 3; k++) {
            char more[64];
            snprintf(more, sizeof(more), ", \"carry\": \"%s\"", carried[i]);
            for (int heading = 0; heading < 360; heading += 45) {
                scene_t *scene = walker(ages[k], heading, 1, more);
                model_t m;
                scene_body_t body;
                scene_place_t place;
                model_init(&m, scene);
                scene_kind_person.place(&m.person, 3, &place);
                pose(&m, 3, &body);
                for (uint32_t n = 0; n < body.count; n++) { /* within what place() promises */
                    const scene_part_t *p = &body.part[n];
                    double wide = 1.0 + (double)p->stretch;
                    double near = 6 / (6 - place.deep_m), reach = place.reach_m * near;
                    ck_assert(fabs((double)p->x0) + wide * (double)p->r0 < reach);
                    ck_assert(fabs((double)p->x1) + wide * (double)p->r1 < reach);
                    ck_assert((double)(p->y0 + p->r0) < (double)place.high * near);
                }
                scene_free(scene);
            }
        }
    }
}
END_TEST

TEST_MAIN("scene people", one_foot_stands_still_whatever_the_heading,
          one_foot_stands_still_in_curves_stops_and_turns, who_stands_has_both_feet_still_and_sways,
          boxes_are_tight_whatever_the_heading, ages_can_be_told_by_proportions_in_the_picture,
          front_and_back_are_wider_than_the_side_and_only_one_has_a_face,
          the_truth_tells_ages_where_the_scene_names_one,
          any_age_is_drawn_evenly_and_crowds_have_all,
          who_crosses_the_line_on_a_path_counts_each_time, rows_are_the_same_in_any_order,
          everything_can_be_carried_by_everybody)
