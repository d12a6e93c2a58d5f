/*
 * kinds_test.c - vehicles, animals, robot arms, shapes and charts: as drawn, as told, as varied.
 */
#include <math.h>

#include "scene_help.h"
#include "scenes/world_int.h"
#include "tests/test.h"

#define STEP 8.0f

/* A world with some actors before a black wall, lit evenly. */
static scene_t *world_of(const char *actors, const char *camera, uint64_t seed)
{
    char text[4096];
    snprintf(text, sizeof(text),
             "{\"lux\": 1000, \"color_temperature_k\": 6500, \"falloff\": 0, \"min_visible\": 0,"
             " \"background\": {\"kind\": \"plain\", \"reflectance\": 0}, %s \"actors\": [%s]}",
             camera, actors);
    return scene_of(text, seed);
}

#define LEVEL "\"camera\": {\"height_m\": 2.9, \"focal_px\": 3000, \"horizon_px\": 600},"
#define TILTED "\"camera\": {\"height_m\": 3.5, \"focal_px\": 3000, \"pitch_deg\": 20},"
#define AT(x, z) "\"path\": [{\"at_s\": 0, \"x_m\": " #x ", \"z_m\": " #z "}]"

static const char *const kinds[] = {
    "{\"kind\": \"vehicle\", \"vehicle\": \"car\", \"color\": [0.8, 0.8, 0.8], "
    "\"heading_deg\": 35, " AT(0.5, 11) "}",
    "{\"kind\": \"vehicle\", \"vehicle\": \"van\", \"color\": [0.8, 0.8, 0.8], "
    "\"heading_deg\": -100, " AT(-0.5, 13) "}",
    "{\"kind\": \"vehicle\", \"vehicle\": \"truck\", \"color\": [0.8, 0.8, 0.8], "
    "\"heading_deg\": 170, " AT(0, 17) "}",
    "{\"kind\": \"animal\", \"animal\": \"dog\", \"color\": [0.6, 0.5, 0.4], \"heading_deg\": "
    "20, " AT(0.2, 4.5) "}",
    "{\"kind\": \"animal\", \"animal\": \"cat\", \"color\": [0.6, 0.5, 0.4], "
    "\"path\": [{\"at_s\": -2, \"x_m\": 2, \"z_m\": 3.8}, {\"at_s\": 4, \"x_m\": -2, \"z_m\": "
    "4.6}]}",
    "{\"kind\": \"robot_arm\", \"color\": [0.8, 0.5, 0.1], \"heading_deg\": 90, " AT(0, 5) "}",
    "{\"kind\": \"shape\", \"shape\": \"disc\", \"color\": [0.8, 0.8, 0.8], \"up_m\": 0.7, " AT(
        -0.4, 5) "}",
    "{\"kind\": \"chart\", \"chart\": \"star\", \"heading_deg\": 40, " AT(0, 4) "}",
    "{\"kind\": \"product\", \"pack\": \"box\", \"sku\": 5, \"facing\": \"a\", \"x_m\": -0.5, "
    "\"z_m\": 3, "
    "\"up_m\": 0.7, \"items\": 2}",
    "{\"kind\": \"product\", \"pack\": \"can\", \"sku\": 5, \"facing\": \"a\", \"x_m\": -0.5, "
    "\"z_m\": 3, "
    "\"up_m\": 0.7, \"items\": 2}",
    "{\"kind\": \"product\", \"pack\": \"bottle\", \"sku\": 5, \"facing\": \"a\", \"x_m\": -0.5, "
    "\"z_m\": 3, "
    "\"up_m\": 0.7, \"items\": 2}",
    "{\"kind\": \"product\", \"pack\": \"bag\", \"sku\": 5, \"facing\": \"a\", \"x_m\": -0.5, "
    "\"z_m\": 3, "
    "\"up_m\": 0.7, \"items\": 2}",
};

START_TEST(boxes_are_tight_around_what_is_drawn_of_every_kind)
{
    static const char *const cameras[] = {LEVEL, TILTED};
    for (size_t i = 0; i < SIM_COUNT(kinds); i++) {
        for (size_t k = 0; k < SIM_COUNT(cameras); k++) {
            scene_t *scene = world_of(kinds[i], cameras[k], 3);
            picture_t picture = picture_of(scene, 0, STEP, 2);
            scene_timing_t timing = timing_of(0, STEP);
            scene_truth_t truth;
            scene_truth(scene, &timing, 0, &truth);
            ck_assert_uint_eq(truth.count, 1);
            const scene_box_t *b = &truth.box[0];
            scene_box_t d = picture_extents(&picture, 2.0f, STEP);
            float slack = 1.5f * STEP; /* a sample each way, and ends thinner than a sample */
            ck_assert_msg(fabsf(b->x - d.x) <= slack && fabsf(b->y - d.y) <= slack &&
                              fabsf(b->x + b->w - d.x - d.w) <= slack &&
                              fabsf(b->y + b->h - d.y - d.h) <= slack,
                          "kind %zu camera %zu: truth %g %g %g %g, drawn %g %g %g %g", i, k,
                          (double)b->x, (double)b->y, (double)b->w, (double)b->h, (double)d.x,
                          (double)d.y, (double)d.w, (double)d.h);
            ck_assert(b->visible == 1.0f);
            ck_assert_str_eq(scene_class_name(b->class_id), scene->cast[0].kind->name);
            picture_free(&picture);
            scene_free(scene);
        }
    }
}
END_TEST

START_TEST(rows_are_the_same_in_any_order_on_any_worker)
{
    float line[2][3][507];
    for (size_t i = 0; i < SIM_COUNT(kinds); i++) {
        scene_t *scene = world_of(kinds[i], TILTED, 3);
        picture_t picture = picture_of(scene, 0, STEP, 7);
        ck_assert_int_eq(scene_prepare(scene, 2, picture.width), SIM_OK);
        sim_light_t light = scene_light(scene);
        scene_timing_t timing = timing_of(0, STEP);
        for (uint32_t y = timing.rows; y-- > 0;) {
            sim_light_req_t req = row_of(&timing, 0, y);
            req.worker = y % 2;
            sim_light_row_t out = {line[y % 2][0], line[y % 2][1], line[y % 2][2]};
            light.row(light.ctx, &req, &out);
            for (int c = 0; c < 3; c++)
                ck_assert_mem_eq(line[y % 2][c], picture.plane[c] + (size_t)y * picture.width,
                                 picture.width * sizeof(float));
        }
        picture_free(&picture);
        scene_free(scene);
    }
}
END_TEST

START_TEST(samples_with_gaps_are_those_of_the_whole_row)
{
    float whole[3][507], some[3][507];
    for (size_t i = 0; i < SIM_COUNT(kinds); i++) {
        scene_t *scene = world_of(kinds[i], LEVEL, 3);
        ck_assert_int_eq(scene_prepare(scene, 1, 507), SIM_OK);
        sim_light_t light = scene_light(scene);
        scene_timing_t timing = timing_of(0, STEP);
        for (uint32_t y = 100; y < timing.rows; y += 37) {
            sim_light_req_t req = row_of(&timing, 0, y);
            light.row(light.ctx, &req, &(sim_light_row_t){whole[0], whole[1], whole[2]});
            req.x_gap = (sim_gap_t){0, 2}; /* two of four */
            req.width_px = 252;
            light.row(light.ctx, &req, &(sim_light_row_t){some[0], some[1], some[2]});
            for (uint32_t x = 0; x < 252; x++)
                for (int c = 0; c < 3; c++)
                    ck_assert(some[c][x] == whole[c][sim_gap_step(req.x_gap, x)]);
        }
        scene_free(scene);
    }
}
END_TEST

START_TEST(another_seed_is_another_look_and_the_same_seed_the_same)
{
    static const char *const free_kinds[] = {"{\"kind\": \"vehicle\", " AT(0, 12) "}",
                                             "{\"kind\": \"animal\", " AT(0, 4) "}",
                                             "{\"kind\": \"robot_arm\", " AT(0, 5) "}",
                                             "{\"kind\": \"shape\", " AT(0, 5) "}",
                                             "{\"kind\": \"chart\", " AT(0, 4) "}",
                                             "{\"kind\": \"hand\", \"up_m\": 2.4, " AT(0, 2) "}"};
    for (size_t i = 0; i < SIM_COUNT(free_kinds); i++) {
        uint32_t other = 0;
        for (uint64_t seed = 1; seed <= 4; seed++) {
            scene_t *a = world_of(free_kinds[i], LEVEL, seed);
            scene_t *b = world_of(free_kinds[i], LEVEL, seed % 4 + 1);
            scene_t *c = world_of(free_kinds[i], LEVEL, seed);
            picture_t p = picture_of(a, 0, 32, 7), q = picture_of(b, 0, 32, 7);
            picture_t r = picture_of(c, 0, 32, 7);
            size_t bytes = (size_t)p.width * p.height * sizeof(float);
            ck_assert_mem_eq(p.plane[0], r.plane[0], bytes);
            other += memcmp(p.plane[0], q.plane[0], bytes) != 0;
            picture_free(&p);
            picture_free(&q);
            picture_free(&r);
            scene_free(a);
            scene_free(b);
            scene_free(c);
        }
        ck_assert_uint_eq(other, 4);
    }
}
END_TEST

/* ---- each on its own ---- */

static scene_truth_t truth_at(const scene_t *scene, double time_s)
{
    scene_truth_t truth;
    scene_timing_t timing = timing_of(0, 2);
    timing.line_ps = timing.exposure_ps = 0;
    timing.start_ps = (uint64_t)(time_s * 1e12);
    scene_truth(scene, &timing, 0, &truth);
    return truth;
}

START_TEST(a_car_is_as_long_as_its_length_is_seen)
{
    /* 4 m long, 1.8 m wide, 1.5 m high, across the view 10 m away; 2.9 m up, f 3950, horizon 430.
     * The body's side, 0.97 of the half width: 9.127 m away, so columns 2028 -+ 3950 * 2 / 9.127.
     * Its roof, 0.72 of the half width, is seen up to its far edge at 10.648 m: row 430 + 3950 *
     * 1.4 / 10.648. Its wheels stand 0.91 m before the middle: row 430 + 3950 * 2.9 / 9.09. */
    scene_t *scene =
        world_of("{\"kind\": \"vehicle\", \"vehicle\": \"car\", \"length_m\": 4, \"width_m\": 1.8,"
                 " \"height_m\": 1.5, " AT(0, 10) "}",
                 "", 1);
    scene_truth_t truth = truth_at(scene, 0);
    const scene_box_t *b = &truth.box[0];
    ck_assert_double_eq_tol((double)b->x, 2028 - 865.6, 0.5);
    ck_assert_double_eq_tol((double)b->w, 2 * 865.6, 1);
    ck_assert_double_eq_tol((double)b->y, 949.3, 0.5);
    ck_assert_double_eq_tol((double)(b->y + b->h), 1690.2, 0.5);
    ck_assert_uint_eq(b->class_id, SCENE_CLASS_VEHICLE);
    scene_free(scene);
}
END_TEST

START_TEST(a_car_drives_nose_first)
{
    /* Of a car that drives to the right the lamps are at the right end, those of the tail, which
     * are red, at the left; driving to the left it is the other way round. */
    for (int to = -1; to <= 1; to += 2) {
        char text[512];
        snprintf(text, sizeof(text),
                 "{\"kind\": \"vehicle\", \"vehicle\": \"car\", \"color\": [0.1, 0.1, 0.1],"
                 " \"path\": [{\"at_s\": 0, \"x_m\": %d, \"z_m\": 9},"
                 " {\"at_s\": 4, \"x_m\": %d, \"z_m\": 9}]}",
                 -2 * to, 2 * to);
        scene_t *scene = world_of(text, "", 1);
        picture_t p = picture_of(scene, 60, 4, 7); /* in the middle */
        double red[2] = {0}, white[2] = {0};
        for (uint32_t y = 0; y < p.height; y++)
            for (uint32_t x = 0; x < p.width; x++) {
                size_t at = (size_t)y * p.width + x;
                float r = p.plane[0][at], g = p.plane[1][at], b = p.plane[2][at];
                red[x > p.width / 2] += r > 250 && g < 0.3f * r;
                white[x > p.width / 2] += b > 600 && g > 600;
            }
        ck_assert_double_gt(red[to < 0], 20);
        ck_assert_double_eq(red[to > 0], 0);
        ck_assert_double_gt(white[to > 0], 20);
        picture_free(&p);
        scene_free(scene);
    }
}
END_TEST

/* A part of an actor at a time, in its own meters. */
static scene_body_t body_at(const scene_t *scene, double time_s, scene_place_t *place)
{
    scene_body_t body;
    const scene_cast_t *cast = &scene->cast[0];
    scene_body_clear(&body);
    cast->kind->place(cast->subject, time_s, place);
    cast->kind->pose(cast->subject, cast->look, time_s, &body);
    return body;
}

START_TEST(paws_on_the_floor_stand_still)
{
    scene_t *scene =
        world_of("{\"kind\": \"animal\", \"animal\": \"dog\", \"height_m\": 0.5, \"path\": ["
                 "{\"at_s\": 0, \"x_m\": -2, \"z_m\": 4}, {\"at_s\": 4, \"x_m\": 2, \"z_m\": 5}]}",
                 LEVEL, 1);
    uint32_t standing = 0;
    double most = 0;
    for (double t = 1; t < 3; t += 0.01) {
        scene_place_t p, q;
        scene_body_t a = body_at(scene, t, &p), b = body_at(scene, t + 0.002, &q);
        uint32_t now = 0;
        ck_assert_uint_eq(a.count, b.count);
        for (uint32_t i = 0; i < a.count; i++) {
            /* A toe: the front end of a part that lies on the floor, at both times. */
            const scene_part_t *m = &a.part[i], *n = NULL;
            if (m->y1 - m->r1 > 0.01f || m->y0 - m->r0 > 0.01f)
                continue;
            for (uint32_t k = 0; k < b.count; k++)
                if (b.part[k].r0 == m->r0 && b.part[k].r1 == m->r1 && b.part[k].y1 == m->y1 &&
                    fabsf(b.part[k].x1 - m->x1) < 0.01f)
                    n = &b.part[k];
            if (n == NULL)
                continue;
            double x = q.x_m + (double)n->x1 - p.x_m - (double)m->x1;
            double z = q.z_m + (double)n->z1 - p.z_m - (double)m->z1;
            most = fmax(most, fmax(fabs(x), fabs(z)));
            now++;
        }
        ck_assert_uint_ge(now, 2); /* a walk: two or three of four */
        standing += now;
    }
    ck_assert_double_lt(most, 2e-5); /* it has gone 2 mm meanwhile */
    ck_assert_uint_gt(standing, 400);
    scene_free(scene);
}
END_TEST

START_TEST(an_animal_at_rest_does_not_move_its_legs)
{
    scene_t *scene =
        world_of("{\"kind\": \"animal\", \"animal\": \"cat\", " AT(0, 4) "}", LEVEL, 1);
    scene_place_t place;
    scene_body_t a = body_at(scene, 1, &place), b = body_at(scene, 1.3, &place);
    uint32_t k = 0, legs = 0; /* the tail sways: the order of all may change, of these not */
    for (uint32_t i = 0; i < a.count; i++) {
        if (a.part[i].y0 > 0.1f)
            continue;
        while (k < b.count && b.part[k].y0 > 0.1f)
            k++;
        ck_assert(k < b.count && a.part[i].x1 == b.part[k].x1 && a.part[i].y1 == b.part[k].y1);
        legs++;
        k++;
    }
    ck_assert_uint_ge(legs, 6);
    scene_free(scene);
}
END_TEST

START_TEST(an_arm_reaches_as_its_joints_say)
{
    /* Stretched out to the right, 1 m up, 1.4 m of links: thickness is as given for 1.4 m. The hand
     * ends 0.11 + 0.045 cos 90 + 0.07 + 0.07 behind the wrist, plus the finger's 0.012: 1.662 m;
     * the base's foot 0.14 + 0.05 to the left, its motor less. f 3000, 5 m away: 600 px/m. */
    scene_t *scene = world_of("{\"kind\": \"robot_arm\", \"reach_m\": 1.4, \"base_m\": 1,"
                              " \"poses\": [{\"at_s\": 0}], " AT(0, 5) "}",
                              LEVEL, 1);
    scene_truth_t truth = truth_at(scene, 0);
    const scene_box_t *b = &truth.box[0];
    ck_assert_double_eq_tol((double)b->x, 2028 - 600 * 0.19, 2);
    ck_assert_double_eq_tol((double)(b->x + b->w), 2028 + 600 * 1.662, 3);
    /* The motor at the shoulder, r 0.10; seen from 2.9 m its far end is highest, 5.09 m away. */
    ck_assert_double_eq_tol((double)b->y, 600 + 3000 * 1.8 / 5.09, 2);
    scene_free(scene);

    /* The same, pointing up: 1 + 1.662 m high. */
    scene = world_of("{\"kind\": \"robot_arm\", \"reach_m\": 1.4, \"base_m\": 1,"
                     " \"poses\": [{\"at_s\": 0, \"shoulder_deg\": 90}], " AT(0, 5) "}",
                     LEVEL, 1);
    truth = truth_at(scene, 0);
    ck_assert_double_eq_tol((double)truth.box[0].y, 600 + 600 * (2.9 - 2.662), 3);
    scene_free(scene);
}
END_TEST

START_TEST(an_arm_moves_softly_from_pose_to_pose_and_again)
{
    /* Yaw 0 at 0 s, 90 at 2 s, again after 4 s. Half way at 1 s and at 3 s; a quarter of the way in
     * time, 0.15625 of it in angle (3 t^2 - 2 t^3): 14.0625 degrees. */
    static const struct {
        double time_s, deg;
    } at[] = {{0, 0}, {0.5, 14.0625}, {1, 45}, {2, 90}, {3, 45}, {4, 0}, {4.5, 14.0625}, {41, 45}};
    scene_t *scene = world_of("{\"kind\": \"robot_arm\", \"period_s\": 4, \"poses\": ["
                              "{\"at_s\": 0}, {\"at_s\": 2, \"yaw_deg\": 90}], " AT(0, 5) "}",
                              LEVEL, 1);
    for (size_t i = 0; i < SIM_COUNT(at); i++) {
        scene_place_t place;
        scene_body_t body = body_at(scene, at[i].time_s, &place);
        float x = 0, z = 0; /* the farthest end */
        for (uint32_t k = 0; k < body.count; k++) {
            const scene_part_t *p = &body.part[k];
            if (p->x1 * p->x1 + p->z1 * p->z1 > x * x + z * z) {
                x = p->x1;
                z = p->z1;
            }
        }
        ck_assert_double_eq_tol(atan2((double)z, (double)x) * 180 / 3.14159265, at[i].deg, 0.01);
    }
    scene_free(scene);
}
END_TEST

/* Light at a point of the world, upright plane z away; level camera of LEVEL. */
static void light_at(const picture_t *p, double x, double h, double z, double out[3])
{
    double px = 2028 + 3000 * x / z, py = 600 + 3000 * (2.9 - h) / z;
    size_t at = (size_t)(py / (double)STEP) * p->width + (size_t)(px / (double)STEP);
    for (int c = 0; c < 3; c++)
        out[c] = (double)p->plane[c][at];
}

START_TEST(patches_send_their_published_colors)
{
    /* A board of 0.7 m by 0.5 m: patches every 0.1 m, the first at 0.1, 0.4 from its corner. Light
     * is 1000 lux of 6500 K times the decoded code (IEC 61966-2-1). */
    static const struct {
        int row, column;
        uint8_t code[3];
    } patch[] = {{0, 0, {115, 82, 68}}, {0, 5, {103, 189, 170}}, {2, 2, {175, 54, 60}},
                 {2, 5, {8, 133, 161}}, {3, 0, {243, 243, 242}}, {3, 5, {52, 52, 52}}};
    scene_t *scene = world_of("{\"kind\": \"chart\", \"chart\": \"colors\", \"width_m\": 0.7,"
                              " \"up_m\": 1.5, " AT(0, 3) "}",
                              LEVEL, 1);
    picture_t p = picture_of(scene, 0, STEP, 7);
    double white[3];
    scene_rgb_t lamp = scene_illuminant(6500);
    const float lamps[3] = {lamp.r, lamp.g, lamp.b};
    for (size_t i = 0; i < SIM_COUNT(patch); i++) {
        light_at(&p, -0.25 + 0.1 * patch[i].column, 1.5 + 0.4 - 0.1 * patch[i].row, 3, white);
        for (int c = 0; c < 3; c++) {
            double code = patch[i].code[c] / 255.0;
            double linear = code <= 0.04045 ? code / 12.92 : pow((code + 0.055) / 1.055, 2.4);
            ck_assert_double_eq_tol(white[c], 1000 * linear * (double)lamps[c], 0.5);
        }
    }
    picture_free(&p);
    scene_free(scene);
}
END_TEST

START_TEST(gray_steps_halve_and_a_slanted_edge_is_slanted_by_5_degrees)
{
    double last[3], now[3];
    scene_t *scene = world_of("{\"kind\": \"chart\", \"chart\": \"grays\", \"columns\": 5,"
                              " \"width_m\": 1, \"up_m\": 1.5, " AT(0, 3) "}",
                              LEVEL, 1);
    picture_t p = picture_of(scene, 0, STEP, 7);
    for (int i = 0; i < 5; i++) { /* 0.92 m of steps */
        light_at(&p, -0.46 + 0.184 * (i + 0.5), 1.65, 3, now);
        ck_assert_double_eq_tol(now[1],
                                i == 0 ? 900 * (double)scene_illuminant(6500).g : last[1] / 2, 0.2);
        memcpy(last, now, sizeof(now));
    }
    picture_free(&p);
    scene_free(scene);

    /* Where the left edge of the dark square is on two rows 0.3 m apart: 0.3 tan 5 = 0.02625 m. */
    scene = world_of("{\"kind\": \"chart\", \"chart\": \"slanted_edge\", \"width_m\": 1,"
                     " \"up_m\": 1.5, " AT(0, 3) "}",
                     LEVEL, 1);
    p = picture_of(scene, 0, STEP, 2);
    double edge[2];
    for (int k = 0; k < 2; k++) {
        uint32_t y = (uint32_t)((600 + 3000 * (2.9 - (1.85 + 0.3 * k)) / 3) / (double)STEP);
        double light = 0, from = (2028 - 400) / (double)STEP, bright, dark;
        const float *row = p.plane[1] + (size_t)y * p.width;
        bright = (double)row[(uint32_t)from];
        dark = (double)row[253];
        for (uint32_t x = (uint32_t)from; x < 253; x++)
            light += ((double)row[x] - dark) / (bright - dark);
        edge[k] = light * (double)STEP / 1000; /* meters: 1000 px/m */
        ck_assert_double_eq_tol(bright / dark, 4, 1e-3);
    }
    ck_assert_double_eq_tol(edge[0] - edge[1], 0.02625, 0.0006);
    picture_free(&p);
    scene_free(scene);
}
END_TEST

/* A coarse view of an arm in the cell or before a wall, or of the same without it. */
static picture_t arm_before(const char *background, bool arm, double *visible)
{
    char text[1024];
    snprintf(text, sizeof(text),
             "{\"lux\": 1000, \"min_visible\": 0, \"falloff\": 0, \"background\": %s,"
             " \"camera\": {\"array_px\": [507, 380], \"height_m\": 2.6, \"pitch_deg\": 14,"
             " \"focal_px\": 375}, \"actors\": [%s]}",
             background,
             arm ? "{\"kind\": \"robot_arm\", \"color\": [1, 1, 1], \"heading_deg\": 90, " AT(
                       -0.8, 5.5) "}"
                 : "");
    scene_t *scene = scene_of(text, 4);
    picture_t p = picture_of(scene, 0, STEP, 2);
    scene_truth_t truth = truth_at(scene, 0);
    *visible = truth.count > 0 ? (double)truth.box[0].visible : 0;
    scene_free(scene);
    return p;
}

static uint32_t changed_by_arm(const char *background, double *visible)
{
    double none;
    uint32_t changed = 0;
    picture_t with = arm_before(background, true, visible);
    picture_t less = arm_before(background, false, &none);
    for (size_t i = 0; i < (size_t)with.width * with.height; i++)
        changed += fabsf(with.plane[1][i] - less.plane[1][i]) > 6.0f;
    picture_free(&with);
    picture_free(&less);
    return changed;
}

START_TEST(what_a_place_hides_of_an_actor_is_neither_drawn_nor_visible)
{
    /* Behind the bench of the cell; before a wall all of it is seen. Its shadow cannot be told
     * from a black wall, and is behind the bench in the cell. */
    double visible, all;
    uint32_t some = changed_by_arm("{\"kind\": \"cell\"}", &visible);
    uint32_t whole = changed_by_arm("{\"kind\": \"plain\", \"reflectance\": 0}", &all);
    ck_assert_double_eq(all, 1);
    ck_assert_double_lt(visible, 0.9);
    ck_assert_double_gt(visible, 0.3);
    ck_assert_double_eq_tol((double)some / whole, visible, 0.06);
}
END_TEST

START_TEST(who_is_beside_a_long_vehicle_is_hidden_or_hides_as_the_camera_sees)
{
    /* A van away from the camera, x -2.9..-1.1, z 5.5..10.5. Both plates are nearer or farther than
     * its middle, yet the one beyond it (x -3.3) is hidden and the one on this side is not. */
    static const char *const vehicle =
        "{\"kind\": \"vehicle\", \"vehicle\": \"van\", \"length_m\": 5, \"width_m\": 1.8,"
        " \"height_m\": 2, \"heading_deg\": 90, " AT(-2, 8) "}";
    static const char *const plates =
        "{\"kind\": \"shape\", \"shape\": \"rectangle\", \"width_m\": 0.3, \"height_m\":"
        " 0.4, " AT(-3.3, 7.9) "}, {\"kind\": \"shape\", \"shape\": \"rectangle\","
                               " \"width_m\": 0.3, \"height_m\": 0.4, " AT(-0.8, 8.1) "}";
    for (int last = 0; last < 2; last++) {
        char text[1024];
        snprintf(text, sizeof(text), "%s, %s", last ? plates : vehicle, last ? vehicle : plates);
        scene_t *scene = world_of(text, LEVEL, 1);
        scene_truth_t truth = truth_at(scene, 0);
        ck_assert_uint_eq(truth.count, 2);
        for (uint32_t i = 0; i < truth.count; i++)
            if (truth.box[i].class_id == SCENE_CLASS_SHAPE) {
                ck_assert_float_eq(truth.box[i].visible, 1.0f);
                ck_assert_float_gt(truth.box[i].x, 1000.0f);
            }
        scene_free(scene);
    }
}
END_TEST

START_TEST(actors_may_be_anywhere_and_as_fast_as_they_like)
{
    static const char *const paths[] = {
        AT(0, 0),
        AT(0, 0.05),
        AT(0.3, 0.4),
        AT(0, -3),
        AT(1000, 0.1),
        AT(0, 1000),
        "\"path\": [{\"at_s\": -1, \"x_m\": -1000, \"z_m\": -1000}, {\"at_s\": 2, \"x_m\": 1000,"
        " \"z_m\": 1000}]",
        "\"path\": [{\"at_s\": 0.01, \"x_m\": -1000, \"z_m\": 2}, {\"at_s\": 0.012, \"x_m\": 1000,"
        " \"z_m\": 2}]"};
    static const char *const large[] = {
        "{\"kind\": \"vehicle\", \"vehicle\": \"truck\", \"length_m\": 12, \"heading_deg\": 77, ",
        "{\"kind\": \"animal\", \"animal\": \"dog\", \"height_m\": 2, \"heading_deg\": -90, ",
        "{\"kind\": \"robot_arm\", \"reach_m\": 5, \"base_m\": 3, \"heading_deg\": -90, ",
        "{\"kind\": \"shape\", \"shape\": \"triangle\", \"width_m\": 20, \"height_m\": 20,"
        " \"heading_deg\": 90, ",
        "{\"kind\": \"shape\", \"shape\": \"disc\", \"width_m\": 20, ",
        "{\"kind\": \"hand\", \"size_m\": 0.3, \"up_m\": 2.9, \"turn_deg\": 170, ",
        "{\"kind\": \"chart\", \"chart\": \"checker\", \"width_m\": 20, \"columns\": 20,"
        " \"rows\": 10, \"heading_deg\": 89, "};
    for (size_t i = 0; i < SIM_COUNT(paths) * SIM_COUNT(large); i++) {
        char actor[1024];
        snprintf(actor, sizeof(actor), "%s%s}", large[i % SIM_COUNT(large)],
                 paths[i / SIM_COUNT(large)]);
        scene_t *scene = world_of(actor, i % 2 ? TILTED : "", 1);
        picture_t picture = picture_of(scene, 0, 32, 7);
        for (size_t k = 0; k < (size_t)picture.width * picture.height; k++)
            for (int c = 0; c < 3; c++)
                ck_assert_msg(picture.plane[c][k] >= 0.0f && picture.plane[c][k] < 1e4f, "%s: %g",
                              actor, (double)picture.plane[c][k]);
        truth_at(scene, 0.011);
        picture_free(&picture);
        scene_free(scene);
    }
}
END_TEST

TEST_MAIN("scene kinds", boxes_are_tight_around_what_is_drawn_of_every_kind,
          rows_are_the_same_in_any_order_on_any_worker,
          samples_with_gaps_are_those_of_the_whole_row,
          another_seed_is_another_look_and_the_same_seed_the_same,
          a_car_is_as_long_as_its_length_is_seen, a_car_drives_nose_first,
          paws_on_the_floor_stand_still, an_animal_at_rest_does_not_move_its_legs,
          an_arm_reaches_as_its_joints_say, an_arm_moves_softly_from_pose_to_pose_and_again,
          patches_send_their_published_colors,
          gray_steps_halve_and_a_slanted_edge_is_slanted_by_5_degrees,
          what_a_place_hides_of_an_actor_is_neither_drawn_nor_visible,
          who_is_beside_a_long_vehicle_is_hidden_or_hides_as_the_camera_sees,
          actors_may_be_anywhere_and_as_fast_as_they_like)
