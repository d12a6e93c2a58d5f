/*
 * face_test.c - faces in space: exact shares of samples, no seams, near before far, and the truth.
 */
#include "scene_help.h"
#include "scenes/world_int.h"
#include "tests/test.h"

#define SIDE 48 /* of a small picture */

static const scene_noise_t even; /* no noise */

/* A row of a picture whose camera is level, 1 m up, at the picture's middle; one plane. */
static scene_row_t row_at(uint32_t y, float *memory)
{
    memset(memory, 0, 8 * SIDE * sizeof(float));
    return (scene_row_t){.plane = {memory},
                         .width = SIDE,
                         .x0_px = 0.5f,
                         .x_step_px = 1,
                         .y_px = (float)y + 0.5f,
                         .y_step_px = 1,
                         .view_y_px = (float)y + 0.5f,
                         .narrow = 1,
                         .cover = memory + SIDE,
                         .mix = memory + 2 * SIDE,
                         .tone = memory + 3 * SIDE,
                         .keep = {memory + 4 * SIDE},
                         .noise = &even};
}

static const scene_camera_t camera = {.array_width_px = SIDE,
                                      .array_height_px = SIDE,
                                      .height_m = 1,
                                      .focal_px = 40,
                                      .horizon_px = SIDE / 2,
                                      .center_px = SIDE / 2};
static const scene_place_t place = {.z_m = 4};
static const scene_stand_t stand = {.light = {1, 0, 0}, .mirror = 1, .z_m = 4};
static scene_cloth_map_t white = {.color = {{1, 1, 1}, {1, 1, 1}}, .mean = 0.5f};

typedef struct {
    double x, y;
} point_t;

/* What of a convex polygon is on one side of a line: sign * (x or y) >= sign * at. */
static uint32_t cut(point_t *p, uint32_t count, bool along_y, double at, double sign)
{
    point_t out[32];
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++) {
        point_t a = p[i], b = p[(i + 1) % count];
        double u = sign * ((along_y ? a.y : a.x) - at), v = sign * ((along_y ? b.y : b.x) - at);
        if (u >= 0)
            out[n++] = a;
        if ((u >= 0) != (v >= 0))
            out[n++] = (point_t){a.x + (b.x - a.x) * u / (u - v), a.y + (b.y - a.y) * u / (u - v)};
    }
    memcpy(p, out, sizeof(out[0]) * n);
    return n;
}

/* Area of a polygon within one pixel: the polygon cut by its four edges. */
static double area_in(const point_t *polygon, uint32_t count, uint32_t x, uint32_t y)
{
    point_t p[32];
    double sum = 0;
    memcpy(p, polygon, sizeof(p[0]) * count);
    count = cut(p, count, false, x, 1);
    count = cut(p, count, false, x + 1.0, -1);
    count = cut(p, count, true, y, 1);
    count = cut(p, count, true, y + 1.0, -1);
    for (uint32_t i = 0; i < count; i++) {
        point_t a = p[i], b = p[(i + 1) % count];
        sum += 0.5 * (a.x * b.y - b.x * a.y);
    }
    return sum < 0 ? -sum : sum;
}

/* Corners on an ellipse, in order around it, 4 m away. */
static void draw_polygon(sim_stream_t *s, scene_body_t *body, point_t *seen)
{
    uint32_t count = 3 + sim_stream_below(s, 6);
    float turns[8], rx = sim_stream_range(s, 0.05f, 2.6f), ry = sim_stream_range(s, 0.05f, 2.6f);
    float x = sim_stream_range(s, -1.5f, 1.5f), y = sim_stream_range(s, -0.5f, 2.5f), sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += turns[i] = sim_stream_range(s, 0.2f, 1);
    scene_body_clear(body);
    scene_face_t *face = scene_add_face(body, SCENE_SHEET, &white);
    float at = sim_stream_unit(s);
    for (uint32_t i = 0; i < count; i++, at += turns[i - 1] / sum) {
        scene_point_t p = {x + rx * scene_cos((double)at), y + ry * scene_sin((double)at), 0};
        scene_add_corner(face, p);
        seen[i] = (point_t){24 + 40 * (double)p.x / 4, 24 + 40 * (1 - (double)p.y) / 4};
    }
}

START_TEST(a_sample_gets_the_share_of_its_area_that_a_face_covers)
{
    float memory[8 * SIDE];
    scene_body_t body;
    scene_eye_t eye = scene_eye(&camera, &place);
    for (uint32_t k = 0; k < 300; k++) {
        sim_stream_t s = sim_stream(7, 1, k);
        point_t seen[8];
        draw_polygon(&s, &body, seen);
        for (uint32_t y = 0; y < SIDE; y++) {
            scene_row_t row = row_at(y, memory);
            scene_paint_faces(&row, &stand, &eye, &body);
            for (uint32_t x = 0; x < SIDE; x++) {
                double area = area_in(seen, body.face[0].corners, x, y);
                ck_assert_msg((double)memory[x] > area - 5e-4 && (double)memory[x] < area + 5e-4,
                              "polygon %u, %u %u: %g, area %g", k, x, y, (double)memory[x], area);
            }
        }
    }
}
END_TEST

START_TEST(a_blurred_edge_rises_evenly_and_keeps_its_area)
{
    /* Columns 14 to 34 at full height, blurred by 4 samples: ramps of 5 around both edges. */
    float memory[8 * SIDE], sum = 0;
    scene_body_t body;
    scene_eye_t eye = scene_eye(&camera, &place);
    scene_stand_t moving = stand;
    scene_body_clear(&body);
    scene_face_t *face = scene_add_face(&body, SCENE_SHEET, &white);
    static const float at[4][2] = {{-1, -9}, {1, -9}, {1, 9}, {-1, 9}};
    for (int i = 0; i < 4; i++)
        scene_add_corner(face, (scene_point_t){at[i][0], at[i][1], 0});
    moving.blur_px = 4;
    scene_row_t row = row_at(20, memory);
    scene_paint_faces(&row, &moving, &eye, &body);
    for (uint32_t x = 0; x < SIDE; x++)
        sum += memory[x];
    ck_assert_double_eq_tol((double)sum, 20, 1e-4);
    for (int i = 0; i < 6; i++) /* sample 13 ends at the edge: (13.5 - 14) / 5 + 0.5 */
        ck_assert_double_eq_tol((double)memory[11 + i],
                                i == 0 ? 0 : 0.5 + (11 + i + 0.5 - 14) / 5.0, 1e-5);
    ck_assert(memory[24] == 1.0f);
}
END_TEST

/* A box turned by an angle, 4 m away, before a background of a given light. */
static void render_box(float turns, float background, float *picture)
{
    static const float ahead[2] = {-0.7f, 0.9f}, up[2] = {0.1f, 0.6f}, left[2] = {-0.4f, 0.4f};
    float memory[8 * SIDE];
    scene_body_t body;
    scene_eye_t eye = scene_eye(&camera, &place);
    scene_frame_t frame = scene_frame_heading(scene_cos((double)turns), scene_sin((double)turns));
    scene_body_clear(&body);
    scene_add_box(&body, &frame, ahead, up, left, &white);
    for (uint32_t y = 0; y < SIDE; y++) {
        scene_row_t row = row_at(y, memory);
        for (uint32_t x = 0; x < SIDE; x++)
            memory[x] = background;
        scene_paint_faces(&row, &stand, &eye, &body);
        memcpy(picture + y * SIDE, memory, SIDE * sizeof(float));
    }
}

START_TEST(nothing_shines_through_where_two_sides_meet)
{
    /* What changes with the background is the share that the box leaves of a sample: nothing
     * inside the box, that is of every sample whose neighbors are covered. */
    static float black[SIDE * SIDE], bright[SIDE * SIDE];
    for (uint32_t k = 0; k < 40; k++) {
        uint32_t inside = 0;
        render_box(0.013f + (float)k / 40, 0, black);
        render_box(0.013f + (float)k / 40, 1, bright);
        for (uint32_t y = 1; y + 1 < SIDE; y++) {
            for (uint32_t x = 1; x + 1 < SIDE; x++) {
                uint32_t around = 0;
                for (uint32_t i = 0; i < 9; i++) {
                    size_t at = (size_t)(y + i / 3 - 1) * SIDE + x + i % 3 - 1;
                    around += bright[at] - black[at] < 0.3f;
                }
                size_t at = (size_t)y * SIDE + x;
                if (around < 9)
                    continue;
                inside++;
                ck_assert_double_lt((double)(bright[at] - black[at]), 1e-4);
            }
        }
        ck_assert_uint_gt(inside, 25);
    }
}
END_TEST

/* A cloth whose light says how far along u a sample is: 0 at corner 0, 1 at 8 m. */
static scene_cloth_map_t ruler(void)
{
    scene_cloth_map_t cloth = {.color = {{0, 0, 0}, {1, 1, 1}}, .repeats_per_m = 1.0f / 8};
    for (int i = 0; i < SCENE_PATTERN; i++)
        cloth.across[i] = ((float)i + 0.5f) / SCENE_PATTERN;
    cloth.mean = 0.5f;
    return cloth;
}

START_TEST(texture_lies_on_its_face_as_the_camera_sees_it)
{
    /* A wall of 6 m by 2 m, 4 m away in its middle, turned by 0 and by 50 degrees. */
    scene_cloth_map_t cloth = ruler();
    static const scene_flat_t at[4] = {{-3, 0}, {3, 0}, {3, 2}, {-3, 2}};
    float memory[8 * SIDE];
    scene_body_t body;
    scene_eye_t eye = scene_eye(&camera, &place);
    for (int k = 0; k < 2; k++) {
        double turns = k * 50.0 / 360, c = (double)scene_cos(turns), d = (double)scene_sin(turns);
        scene_frame_t frame = scene_frame_heading((float)c, (float)d);
        scene_body_clear(&body);
        scene_add_flat(&body, SCENE_SHEET, &frame, at, 4, &cloth);
        scene_row_t row = row_at(24, memory);
        scene_paint_faces(&row, &stand, &eye, &body);
        double tone = k == 0 ? 1 : d * d * 0.86 + c * c; /* lit from ahead rather than aside */
        uint32_t first = 0, last = SIDE - 1;
        while (memory[first] == 0)
            first++;
        while (memory[last] == 0)
            last--;
        for (uint32_t x = first + 2; x + 2 < last; x++) {
            /* Along the ray, x = X z, and along the wall x = a c, z = 4 + a d. */
            double ray = (x + 0.5 - 24) / 40, a = 4 * ray / (c - ray * d);
            ck_assert_double_eq_tol((double)memory[x] / tone, (a + 3) / 8,
                                    0.025); /* steps of 1/64 */
            ck_assert(memory[x] >= memory[x - 1]);
        }
    }
}
END_TEST

static scene_cloth_map_t shade_of(float tone)
{
    scene_cloth_map_t cloth;
    scene_cloth_plain(&cloth, (scene_rgb_t){tone, tone, tone}, 0, 0);
    return cloth;
}

/* Light at a pixel of boxes beside each other, along the view or across it, in any order. */
static float nearest_of(const scene_cloth_map_t *cloth, const uint32_t *list, float turns,
                        uint32_t x, uint32_t y)
{
    static const float up[2] = {0, 0.8f}, left[2] = {-0.3f, 0.3f};
    float memory[8 * SIDE];
    scene_body_t body;
    scene_eye_t eye = scene_eye(&camera, &place);
    scene_frame_t frame = scene_frame_heading(scene_cos((double)turns), scene_sin((double)turns));
    scene_body_clear(&body);
    for (uint32_t i = 0; i < 3; i++) {
        float from = -0.9f + 0.6f * (float)list[i];
        scene_add_box(&body, &frame, (const float[2]){from, from + 0.6f}, up, left,
                      &cloth[list[i]]);
    }
    scene_row_t row = row_at(y, memory);
    scene_paint_faces(&row, &stand, &eye, &body);
    return memory[x];
}

START_TEST(nearer_blocks_hide_farther_ones_in_any_order)
{
    static const uint32_t lists[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                         {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    scene_cloth_map_t cloth[3] = {shade_of(0.2f), shade_of(0.5f), shade_of(0.9f)};
    for (uint32_t k = 0; k < 6; k++) {
        /* Heading away, the first is nearest: its front at 3.1 m, up to 0.8 m: rows 26.6 to 36.9.
         * Heading toward the camera the last one is. */
        ck_assert_double_eq_tol((double)nearest_of(cloth, lists[k], 0.25f, 24, 30), 0.2, 1e-5);
        ck_assert_double_eq_tol((double)nearest_of(cloth, lists[k], 0.75f, 24, 30), 0.9, 1e-5);
    }
    for (uint32_t k = 1; k < 6; k++)
        for (uint32_t y = 20; y < 40; y++)
            for (uint32_t x = 4; x < 44; x += 5)
                ck_assert(nearest_of(cloth, lists[k], 0.13f, x, y) ==
                          nearest_of(cloth, lists[0], 0.13f, x, y));
}
END_TEST

START_TEST(a_face_beside_the_camera_is_cut_off_and_one_behind_it_is_not_seen)
{
    static const scene_place_t around = {.z_m = 0};
    scene_eye_t eye = scene_eye(&camera, &around);
    scene_face_t face = {.kind = SCENE_SHEET, .corners = 4, .cloth = &white};
    scene_sight_t outline;
    static const float at[4][3] = {{-1, 0, -2}, {1, 0, -2}, {1, 0, 8}, {-1, 0, 8}};
    for (int i = 0; i < 4; i++)
        face.at[i] = (scene_point_t){at[i][0], at[i][1], at[i][2]};
    ck_assert(scene_face_sight(&eye, &face, &outline));
    /* Far edge at 24 + 40 * (-+1) / 8, row 24 + 40 / 8; near edge 0.05 m away: 24 -+ 800, 824. */
    ck_assert_uint_eq(outline.count, 4);
    ck_assert_double_eq_tol((double)outline.top, 29, 1e-4);
    ck_assert_double_eq_tol((double)outline.bottom, 824, 1e-2);
    ck_assert_double_eq_tol((double)outline.left, -776, 1e-2);
    for (int i = 2; i < 4; i++)
        face.at[i].z = -1;
    ck_assert(!scene_face_sight(&eye, &face, &outline));
}
END_TEST

/* ---- through a scene ---- */

/* A rectangle 1 m by 0.5 m that moves at 2 m/s, 4 m away, and a triangle that stands behind it. */
static const char *const two =
    "{\"lux\": 1000, \"color_temperature_k\": 6500, \"min_visible\": 0,"
    " \"background\": {\"kind\": \"plain\", \"reflectance\": 0}, %s \"actors\": ["
    "{\"kind\": \"shape\", \"shape\": \"rectangle\", \"width_m\": 1, \"height_m\": 0.5,"
    " \"up_m\": 0.25, \"color\": [1, 1, 1],"
    " \"path\": [{\"at_s\": 0, \"x_m\": -2, \"z_m\": 4}, {\"at_s\": 2, \"x_m\": 2, \"z_m\": 4}]},"
    "{\"kind\": \"shape\", \"shape\": \"triangle\", \"width_m\": 1, \"height_m\": 1,"
    " \"color\": [0.5, 0.5, 0.5], \"path\": [{\"at_s\": 0, \"x_m\": 0, \"z_m\": 5}]}]}";

static scene_t *two_of(const char *more)
{
    char text[1024];
    snprintf(text, sizeof(text), two, more);
    return scene_of(text, 0);
}

static scene_truth_t truth_at(const scene_t *scene, double time_s)
{
    scene_truth_t truth;
    scene_timing_t timing = timing_of(0, 2);
    timing.line_ps = timing.exposure_ps = 0;
    timing.start_ps = (uint64_t)(time_s * 1e12);
    scene_truth(scene, &timing, 0, &truth);
    return truth;
}

START_TEST(boxes_are_the_projected_corners)
{
    /* At 0.5 s the middle is at -1 m: columns 2028 + 3950 * (-1.5 and -0.5) / 4, rows 430 + 3950 *
     * (2.9 - 0.75 and 2.9 - 0.25) / 4. */
    scene_t *scene = two_of("");
    scene_truth_t truth = truth_at(scene, 0.5);
    ck_assert_uint_eq(truth.count, 2);
    ck_assert_double_eq_tol((double)truth.box[0].x, 546.75, 0.25);
    ck_assert_double_eq_tol((double)truth.box[0].w, 987.5, 0.25);
    ck_assert_double_eq_tol((double)truth.box[0].y, 2553.125, 0.25);
    ck_assert_double_eq_tol((double)truth.box[0].h, 486.875, 0.5); /* ends below the picture */
    ck_assert_double_eq_tol((double)truth.box[1].x, 1633, 0.25);
    ck_assert_double_eq_tol((double)truth.box[1].y, 1931, 0.25);
    ck_assert_double_eq_tol((double)truth.box[1].h, 790, 0.25);
    scene_free(scene);
}
END_TEST

START_TEST(a_tilted_camera_sees_the_corners_where_its_pitch_puts_them)
{
    /* 20 degrees down, f 2000, axis 1520, 2.9 m up. The rectangle's upper corners at 0.5 s, x -1.5
     * and -0.5, z 4, 0.75 m up: depth 4 cos + 2.15 sin = 4.49411, down 2.15 cos - 4 sin = 0.65226:
     * row 1810.28, columns 1360.45 and 1805.48. The lower ones: 0.25 m up: depth 4.66512, down
     * 1.12211: row 2001.06, columns 1384.92 and 1813.64. */
    scene_t *scene = two_of("\"camera\": {\"pitch_deg\": 20, \"focal_px\": 2000},");
    scene_truth_t truth = truth_at(scene, 0.5);
    const scene_box_t *box = &truth.box[0];
    ck_assert_double_eq_tol((double)box->x, 1360.45, 0.3);
    ck_assert_double_eq_tol((double)box->y, 1810.28, 0.3);
    ck_assert_double_eq_tol((double)(box->x + box->w), 1813.64, 0.3);
    ck_assert_double_eq_tol((double)(box->y + box->h), 2001.06, 0.3);
    scene_free(scene);
}
END_TEST

START_TEST(what_a_face_hides_is_not_visible)
{
    /* At 1 s the rectangle is in the middle, columns 1534..2522, below row 2553; the triangle is
     * hidden below that: of its height of 790 rows from 1931 on the upper 622 are seen, the share
     * (622 / 790)^2. */
    scene_t *scene = two_of("");
    scene_truth_t truth = truth_at(scene, 1.0);
    ck_assert_double_eq_tol((double)truth.box[1].visible, 0.620, 0.02);
    scene_free(scene);
}
END_TEST

START_TEST(boxes_are_tight_around_what_is_drawn)
{
    static const char *const views[] = {"", "\"camera\": {\"pitch_deg\": 20, \"focal_px\": 2000},",
                                        "\"camera\": {\"pitch_deg\": -5, \"focal_px\": 2500},"};
    for (size_t i = 0; i < SIM_COUNT(views); i++) {
        char text[2048];
        snprintf(text, sizeof(text),
                 "{\"lux\": 1000, \"background\": {\"kind\": \"plain\", \"reflectance\": 0}, %s"
                 "\"actors\": [{\"kind\": \"shape\", \"shape\": \"triangle\", \"width_m\": 1,"
                 " \"height_m\": 0.7, \"up_m\": 1.4, \"color\": [1, 1, 1], \"path\": [{\"at_s\": 0,"
                 " \"x_m\": 0.7, \"z_m\": 6}]}]}",
                 views[i]);
        scene_t *scene = scene_of(text, 0);
        picture_t picture = picture_of(scene, 0, 4, 2);
        scene_truth_t truth;
        scene_timing_t timing = timing_of(0, 4);
        scene_truth(scene, &timing, 0, &truth);
        scene_box_t drawn = picture_extents(&picture, 300.0f, 4);
        ck_assert_uint_eq(truth.count, 1);
        ck_assert_double_eq_tol((double)drawn.x, (double)truth.box[0].x, 4);
        ck_assert_double_eq_tol((double)drawn.w, (double)truth.box[0].w, 8);
        ck_assert_double_eq_tol((double)drawn.h, (double)truth.box[0].h, 12); /* a pointed top */
        ck_assert_double_eq_tol((double)(drawn.y + drawn.h),
                                (double)(truth.box[0].y + truth.box[0].h), 4);
        picture_free(&picture);
        scene_free(scene);
    }
}
END_TEST

TEST_MAIN("scene faces", a_sample_gets_the_share_of_its_area_that_a_face_covers,
          a_blurred_edge_rises_evenly_and_keeps_its_area,
          nothing_shines_through_where_two_sides_meet,
          texture_lies_on_its_face_as_the_camera_sees_it,
          nearer_blocks_hide_farther_ones_in_any_order,
          a_face_beside_the_camera_is_cut_off_and_one_behind_it_is_not_seen,
          boxes_are_the_projected_corners,
          a_tilted_camera_sees_the_corners_where_its_pitch_puts_them,
          what_a_face_hides_is_not_visible, boxes_are_tight_around_what_is_drawn)
