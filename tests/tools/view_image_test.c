/*
 * view_image_test.c - the viewer's images: which pixel is where, how it is shown, and what the four
 * image panels put on it.
 */
#include <math.h>

#include "mipi/packet.h"
#include "tests/test.h"
#include "tests/tools/view_image_rig.h"
#include "tools/view/image_view.h"
#include "tools/view/link_frames.h"

/* Of 4:3, so that a picture fills it: 400 x 300 and the caption's line. */
enum { CAPTION = 16 };
static const draw_rect_t panel_rect = {10, 20, 400, 300 + CAPTION};

static view_rig_t rig;
static draw_t list;

static const image_place_t *place_of(draw_rect_t area, sim_window_t shown, ui_zoom_t zoom)
{
    static image_place_t place;
    place = image_place(area, &shown, &zoom);
    return &place;
}

static const ui_zoom_t all_of_it = {1, 0.5f, 0.5f};
static const draw_rect_t area_4_3 = {10, 20, 400, 300};

/* ---- what is in a list ---- */

/* The first string from `from` on that begins so; NULL: none does. */
static const draw_cmd_t *find_text(const draw_t *draw, const char *begins)
{
    for (uint32_t i = 0; i < draw->cmds; i++)
        if (draw->cmd[i].op == DRAW_STRING &&
            strncmp(draw_string(draw, &draw->cmd[i]), begins, strlen(begins)) == 0)
            return &draw->cmd[i];
    return NULL;
}

static bool has_text(const draw_t *draw, const char *text)
{
    const draw_cmd_t *cmd = find_text(draw, text);
    return cmd != NULL && strcmp(draw_string(draw, cmd), text) == 0;
}

static uint32_t count_of(const draw_t *draw, draw_op_t op)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < draw->cmds; i++)
        count += draw->cmd[i].op == op;
    return count;
}

static const draw_cmd_t *first_of(const draw_t *draw, draw_op_t op)
{
    for (uint32_t i = 0; i < draw->cmds; i++)
        if (draw->cmd[i].op == op)
            return &draw->cmd[i];
    ck_abort_msg("none of op %d", (int)op);
    return NULL;
}

static bool has_rect(const draw_t *draw, draw_op_t op, draw_rect_t r)
{
    for (uint32_t i = 0; i < draw->cmds; i++) {
        const draw_rect_t *c = &draw->cmd[i].rect;
        if (draw->cmd[i].op == op && c->x == r.x && c->y == r.y && c->w == r.w && c->h == r.h)
            return true;
    }
    return false;
}

static const draw_hit_t *find_hit(const draw_t *draw, uint32_t kind, uint64_t a, uint64_t b)
{
    for (uint32_t i = 0; i < draw->hits; i++)
        if (draw->hit[i].kind == kind && draw->hit[i].a == a && draw->hit[i].b == b)
            return &draw->hit[i];
    return NULL;
}

static const uint8_t *rgba_of(const draw_t *draw, const draw_cmd_t *image, uint32_t x, uint32_t y)
{
    return draw->store + image->data + 4 * ((size_t)y * image->image_w + x);
}

static void check_point(const double at[2], double x, double y)
{
    ck_assert_double_eq_tol(at[0], x, 1e-9);
    ck_assert_double_eq_tol(at[1], y, 1e-9);
}

static void check_rect(draw_rect_t r, int32_t x, int32_t y, int32_t w, int32_t h)
{
    ck_assert_int_eq(r.x, x);
    ck_assert_int_eq(r.y, y);
    ck_assert_int_eq(r.w, w);
    ck_assert_int_eq(r.h, h);
}

/* ---- which pixel is where ---- */

/* 4000 x 3000 of the array in 400 x 300 points: a point is ten of its pixels. */
START_TEST(array_pixels_and_points_map_there_and_back)
{
    const image_place_t *p = place_of(area_4_3, (sim_window_t){0, 0, 4000, 3000, 0, 0}, all_of_it);
    double at[2];
    image_to_point(p, 0, 0, at);
    check_point(at, 10, 20);
    image_to_point(p, 2000, 300, at);
    check_point(at, 210, 50);
    ck_assert(image_from_point(p, 210, 50, at));
    check_point(at, 2000, 300);
    ck_assert(!image_from_point(p, 9.9, 50, at));
    ck_assert(!image_from_point(p, 410, 50, at));
    check_rect(image_box(p, 1000, 600, 500, 900), 110, 80, 50, 90);
}
END_TEST

START_TEST(a_picture_of_another_shape_stands_in_the_middle)
{
    draw_rect_t area = {0, 0, 400, 400};
    const image_place_t *p = place_of(area, (sim_window_t){0, 0, 4000, 3000, 0, 0}, all_of_it);
    double at[2];
    image_to_point(p, 0, 0, at);
    check_point(at, 0, 50);
    image_to_point(p, 4000, 3000, at);
    check_point(at, 400, 350);
}
END_TEST

START_TEST(flips_turn_the_picture_and_what_stands_on_it)
{
    const image_place_t *p =
        place_of(area_4_3, (sim_window_t){400, 300, 2000, 1500, 1, 1}, all_of_it);
    double at[2];
    image_to_point(p, 400, 300, at); /* its first column is the window's last */
    check_point(at, 410, 320);
    image_to_point(p, 2400, 1800, at);
    check_point(at, 10, 20);
    ck_assert(image_from_point(p, 20, 30, at));
    check_point(at, 2350, 1750);
    check_rect(image_box(p, 2300, 1700, 100, 100), 10, 20, 20, 20);
}
END_TEST

/* 2 x 2 binned: 2000 x 1500 samples of 4000 x 3000, five of them a point. */
START_TEST(pixels_of_the_picture_map_to_points_and_to_the_array)
{
    const view_picture_t pic = {
        .width_px = 2000, .height_px = 1500, .window = {.width_px = 4000, .height_px = 3000}};
    const image_place_t *p = place_of(area_4_3, pic.window, all_of_it);
    uint32_t column, row;
    double at[2];
    ck_assert(image_pixel_at(p, &pic, 10, 20, &column, &row)); /* the middle of the point */
    ck_assert_uint_eq(column, 2);
    ck_assert_uint_eq(row, 2);
    ck_assert(image_pixel_at(p, &pic, 409, 319, &column, &row));
    ck_assert_uint_eq(column, 1997);
    ck_assert_uint_eq(row, 1497);
    ck_assert(!image_pixel_at(p, &pic, 410, 319, &column, &row));
    ck_assert(!image_pixel_at(p, &pic, 9, 20, &column, &row));
    image_pixel_array(&pic, 7, 9, at);
    check_point(at, 15, 19);
    ck_assert_double_eq_tol(image_pixel_points(p, &pic), 0.2, 1e-12);
}
END_TEST

START_TEST(every_pixel_is_found_again_in_its_own_rectangle)
{
    view_picture_t pic = {.width_px = 40, .height_px = 30};
    for (uint32_t flips = 0; flips < 4; flips++) {
        pic.window = (sim_window_t){100, 200, 80, 60, flips & 1, flips >> 1};
        const image_place_t *p = place_of(area_4_3, pic.window, (ui_zoom_t){3, 0.4f, 0.7f});
        for (uint32_t i = 0; i < 40 * 30; i++) {
            draw_rect_t r = image_pixel_rect(p, &pic, i % 40, i / 40);
            uint32_t column, row;
            if (!image_pixel_at(p, &pic, r.x + r.w / 2, r.y + r.h / 2, &column, &row))
                continue; /* outside of the area */
            ck_assert_uint_eq(column, i % 40);
            ck_assert_uint_eq(row, i / 40);
        }
        uint32_t column, row;
        ck_assert(image_pixel_at(p, &pic, 10, 20, &column, &row)); /* no margin when zoomed */
        ck_assert(image_pixel_at(p, &pic, 409, 319, &column, &row));
    }
}
END_TEST

START_TEST(the_wheel_keeps_what_is_under_the_pointer)
{
    const sim_window_t shown = {0, 0, 4000, 3000, 0, 0};
    ui_zoom_t zoom = all_of_it;
    double before[2], after[2];
    const image_place_t *p = place_of(area_4_3, shown, zoom);
    ck_assert(image_from_point(p, 110.5, 80.5, before));
    for (int i = 0; i < 5; i++) {
        image_zoom_at(p, 110, 80, 1.5f, &zoom);
        p = place_of(area_4_3, shown, zoom);
    }
    ck_assert_float_eq_tol(zoom.zoom, 7.59375f, 1e-4f);
    ck_assert(image_from_point(p, 110.5, 80.5, after));
    ck_assert_double_eq_tol(before[0], after[0], 0.01);
    ck_assert_double_eq_tol(before[1], after[1], 0.01);
    for (int i = 0; i < 9; i++) {
        image_zoom_at(p, 110, 80, 1 / 1.5f, &zoom);
        p = place_of(area_4_3, shown, zoom);
    }
    ck_assert_float_eq(zoom.zoom, 1);
    ck_assert_double_eq_tol(p->step, 0.1, 1e-9);
}
END_TEST

START_TEST(zoom_ends_and_dragging_stops_at_the_edge)
{
    const sim_window_t shown = {0, 0, 4000, 3000, 0, 0};
    ui_zoom_t zoom = all_of_it;
    const image_place_t *p = place_of(area_4_3, shown, zoom);
    image_zoom_at(p, 10, 20, 1e9f, &zoom);
    p = place_of(area_4_3, shown, zoom);
    ck_assert_double_eq_tol(p->step, IMAGE_STEP_MOST, 1e-4);
    image_pan(p, 1000000, -1000000, &zoom);
    p = place_of(area_4_3, shown, zoom);
    ck_assert_double_eq_tol(p->left, 10, 1e-6);
    ck_assert_double_eq_tol(p->top, 320 - 3000 * IMAGE_STEP_MOST, 0.01);
    image_pan(p, -48, 0, &zoom); /* one pixel */
    p = place_of(area_4_3, shown, zoom);
    ck_assert_double_eq_tol(p->left, 10 - 48, 0.05);
}
END_TEST

/* ---- how it is shown ---- */

static void draw_alone(const view_picture_t *pic, draw_rect_t area, ui_zoom_t zoom)
{
    sim_window_t shown = {0, 0, pic->width_px, pic->height_px, 0, 0};
    image_place_t place = image_place(area, &shown, &zoom);
    draw_begin(&list, 800, 600);
    image_draw(&list, &place, pic);
}

START_TEST(smaller_pixels_are_averaged)
{
    uint8_t rgb[4 * 4 * 3];
    for (uint32_t i = 0; i < 16; i++) { /* columns of 0 and 200, rows of 10 a row, 40 */
        rgb[3 * i] = i & 1 ? 200 : 0;
        rgb[3 * i + 1] = (uint8_t)(10 * (i / 4));
        rgb[3 * i + 2] = 40;
    }
    const view_picture_t pic = {.width_px = 4, .height_px = 4, .rows = 4, .px = {.rgb = rgb}};
    draw_alone(&pic, (draw_rect_t){5, 5, 2, 2}, all_of_it);
    const draw_cmd_t *image = first_of(&list, DRAW_IMAGE);
    check_rect(image->rect, 5, 5, 2, 2);
    ck_assert_uint_eq(image->image_w, 2);
    ck_assert(image->smooth);
    for (uint32_t y = 0; y < 2; y++) {
        const uint8_t *px = rgba_of(&list, image, y, y);
        ck_assert_uint_eq(px[0], 100);
        ck_assert_uint_eq(px[1], y == 0 ? 5 : 25);
        ck_assert_uint_eq(px[2], 40);
        ck_assert_uint_eq(px[3], 255);
    }
}
END_TEST

START_TEST(larger_pixels_are_squares)
{
    uint8_t rgb[2 * 2 * 3] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    const view_picture_t pic = {.width_px = 2, .height_px = 2, .rows = 2, .px = {.rgb = rgb}};
    draw_alone(&pic, (draw_rect_t){0, 0, 20, 20}, all_of_it);
    const draw_cmd_t *image = first_of(&list, DRAW_IMAGE);
    check_rect(image->rect, 0, 0, 20, 20);
    ck_assert_uint_eq(image->image_w, 2);
    ck_assert_uint_eq(image->image_h, 2);
    ck_assert(!image->smooth);
    ck_assert_int_eq(memcmp(rgba_of(&list, image, 1, 1), "\x0a\x0b\x0c\xff", 4), 0);
    ck_assert_uint_eq(count_of(&list, DRAW_STRING), 0); /* 10 points hold no number */
}
END_TEST

START_TEST(rows_of_the_frame_before_are_dimmed)
{
    uint8_t rgb[2 * 4 * 3];
    memset(rgb, 200, sizeof(rgb));
    const view_picture_t pic = {.width_px = 2, .height_px = 4, .rows = 3, .px = {.rgb = rgb}};
    draw_alone(&pic, (draw_rect_t){0, 0, 2, 4}, all_of_it);
    const draw_cmd_t *image = first_of(&list, DRAW_IMAGE);
    ck_assert_uint_eq(rgba_of(&list, image, 0, 2)[0], 200);
    uint8_t old = rgba_of(&list, image, 0, 3)[0];
    ck_assert_uint_lt(old, 170);
    ck_assert_uint_gt(old, 100);
}
END_TEST

/* RGGB: red 1023, green and blue at the black level. */
static void red_mosaic(uint16_t *raw, uint32_t width, uint32_t height)
{
    for (uint32_t i = 0; i < width * height; i++)
        raw[i] = (i % width) % 2 == 0 && (i / width) % 2 == 0 ? 1023 : 64;
}

START_TEST(raw_is_one_color_of_four_samples_or_the_mosaic)
{
    uint16_t raw[8 * 8];
    view_picture_t pic = {.width_px = 8,
                          .height_px = 8,
                          .rows = 8,
                          .bits = 10,
                          .black = 64,
                          .bayer = SIM_BAYER_RGGB,
                          .px = {.raw = raw}};
    red_mosaic(raw, 8, 8);
    draw_alone(&pic, (draw_rect_t){0, 0, 4, 4}, all_of_it);
    const draw_cmd_t *image = first_of(&list, DRAW_IMAGE);
    ck_assert_int_eq(memcmp(rgba_of(&list, image, 1, 1), "\xff\x00\x00\xff", 4), 0);
    pic.bayer = SIM_BAYER_BGGR; /* the same samples are blue then */
    draw_alone(&pic, (draw_rect_t){0, 0, 4, 4}, all_of_it);
    image = first_of(&list, DRAW_IMAGE);
    ck_assert_int_eq(memcmp(rgba_of(&list, image, 1, 1), "\x00\x00\xff\xff", 4), 0);
    pic.bayer = SIM_BAYER_RGGB;
    draw_alone(&pic, (draw_rect_t){0, 0, 80, 80}, all_of_it);
    image = first_of(&list, DRAW_IMAGE);
    ck_assert_uint_eq(image->image_w, 8);
    ck_assert_uint_eq(rgba_of(&list, image, 2, 2)[0], 255);
    ck_assert_uint_eq(rgba_of(&list, image, 1, 0)[1], 0); /* green without light */
}
END_TEST

/* Half of the range above black is 188 of 255 on the curve of sRGB. */
START_TEST(raw_is_shown_without_black_level_on_the_curve_of_srgb)
{
    uint16_t raw[4] = {64 + 2016, 64 + 2016, 64 + 2016, 64 + 2016};
    const view_picture_t pic = {
        .width_px = 2, .height_px = 2, .rows = 2, .bits = 12, .black = 64, .px = {.raw = raw}};
    draw_alone(&pic, (draw_rect_t){0, 0, 1, 1}, all_of_it);
    const uint8_t *px = rgba_of(&list, first_of(&list, DRAW_IMAGE), 0, 0);
    for (uint32_t c = 0; c < 3; c++)
        ck_assert_uint_eq(px[c], 188);
}
END_TEST

START_TEST(values_stand_in_large_pixels)
{
    uint16_t raw[4] = {101, 102, 103, 1004};
    uint8_t rgb[12] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 211, 12};
    view_picture_t pic = {.width_px = 2,
                          .height_px = 2,
                          .rows = 2,
                          .bits = 10,
                          .bayer = SIM_BAYER_GRBG,
                          .px = {.raw = raw}};
    draw_alone(&pic, (draw_rect_t){0, 0, 60, 60}, all_of_it);
    static const char *const texts[] = {"Gr", "R", "B", "Gb", "101", "102", "103", "1004"};
    for (uint32_t i = 0; i < SIM_COUNT(texts); i++)
        ck_assert_msg(has_text(&list, texts[i]), "%s", texts[i]);
    const draw_rect_t *at = &find_text(&list, "103")->rect; /* lower left */
    ck_assert(at->x >= 0 && at->x + at->w <= 30 && at->y >= 30 && at->y + at->h <= 60);
    draw_alone(&pic, (draw_rect_t){0, 0, 40, 40}, all_of_it);
    ck_assert_uint_eq(count_of(&list, DRAW_STRING), 0);
    pic.px.rgb = rgb;
    pic.bits = 0;
    draw_alone(&pic, (draw_rect_t){0, 0, 90, 90}, all_of_it);
    ck_assert(has_text(&list, "211"));
    ck_assert_uint_eq(count_of(&list, DRAW_STRING), 12);
}
END_TEST

/* Odd sizes, sizes of one, areas of nothing: no byte beside the picture (the sanitizers look). */
START_TEST(pictures_of_any_size_fit_areas_of_any_size)
{
    static const uint32_t sizes[] = {1, 2, 3, 5, 16, 33};
    static const int32_t areas[] = {0, 1, 2, 7, 31, 200};
    for (uint32_t i = 0; i < SIM_COUNT(sizes) * SIM_COUNT(sizes) * SIM_COUNT(areas); i++) {
        uint32_t w = sizes[i % 6], h = sizes[i / 6 % 6];
        uint16_t *raw = calloc((size_t)w * h, 2);
        uint8_t *rgb = calloc((size_t)w * h, 3);
        ck_assert(raw != NULL && rgb != NULL);
        view_picture_t pic = {.width_px = w, .height_px = h, .rows = h / 2, .bits = 10};
        draw_rect_t area = {3, 3, areas[i / 36], areas[(i + 1) % 6]};
        for (float zoom = 1; zoom < 200; zoom *= 3.7f) {
            pic.px.raw = raw;
            pic.bits = 10;
            draw_alone(&pic, area, (ui_zoom_t){zoom, 0.9f, 0.1f});
            pic.px.rgb = rgb;
            pic.bits = 0;
            draw_alone(&pic, area, (ui_zoom_t){zoom, 0.1f, 0.9f});
        }
        free(raw);
        free(rgb);
    }
}
END_TEST

/* ---- panels ---- */

static void panel(ui_panel_fn_t fn)
{
    rig_draw(&rig, fn, panel_rect);
}

static void make(uint32_t rows_read, rig_link_t link)
{
    rig_make(&rig, "scenes/entrance.json", rows_read, link);
}

static view_picture_t *forget(view_picture_kind_t kind)
{
    rig.model.picture[kind].width_px = rig.model.picture[kind].height_px = 0;
    return &rig.model.picture[kind];
}

/* A report of frame 11 with one box; the one before had it 507 array pixels more to the left. */
static void two_reports(void)
{
    rig.model.reports = (view_ring_t){0, 0};
    for (uint32_t frame = 10; frame < 12; frame++) {
        view_report_t *r = view_tell_report(&rig.model);
        r->frame = frame;
        r->latency_us = 36600;
        r->boxes = 1;
        r->count_in = 4;
        r->box[0] = (metadata_box_t){.id = 9,
                                     .class_id = 1,
                                     .score = 128,
                                     .x = 507 + 507 * (frame - 10),
                                     .y = 507,
                                     .w = 507,
                                     .h = 1014};
    }
}

START_TEST(empty_panels_say_what_they_wait_for)
{
    memset(&rig, 0, sizeof(rig));
    ck_assert(view_model_init(&rig.model));
    view_ui_init(&rig.ui);
    static const char *const awaited[] = {"waits for the first frame", "waits for the first row",
                                          "waits for the ISP's first row",
                                          "waits for the first frame on the link"};
    for (uint32_t i = 0; i < SIM_COUNT(rig_panels); i++) {
        panel(rig_panels[i]);
        ck_assert_msg(has_text(&rig.draw, awaited[i]), "%s", rig_names[i]);
        ck_assert_uint_eq(count_of(&rig.draw, DRAW_IMAGE), 0);
    }
    rig_free(&rig);
}
END_TEST

START_TEST(all_of_the_picture_can_be_clicked)
{
    make(700, RIG_METADATA);
    static const view_picture_kind_t kinds[] = {VIEW_IDEAL, VIEW_RAW, VIEW_ISP, VIEW_HOST};
    for (uint32_t i = 0; i < SIM_COUNT(rig_panels); i++) {
        panel(rig_panels[i]);
        const draw_hit_t *hit = image_hit_at(&rig.draw, 200, 200);
        ck_assert_ptr_nonnull(hit);
        ck_assert_uint_eq(hit->a, kinds[i]);
        check_rect(hit->rect, 10, 20, 400, 300);
        image_place_t place = image_place_of(&rig.model, &rig.ui, kinds[i], hit->rect);
        uint32_t column, row;
        if (rig.model.picture[kinds[i]].width_px != 0)
            ck_assert(
                image_pixel_at(&place, &rig.model.picture[kinds[i]], 200, 200, &column, &row));
    }
    rig_free(&rig);
}
END_TEST

/* Row r collects light from start + r line on, for 8 ms: 633 lines and a little. */
START_TEST(the_band_is_the_rows_that_collect_light_now)
{
    make(700, RIG_METADATA);
    panel(panel_raw);
    ck_assert(has_text(&rig.draw, "frame 12 collects light: rows 701-1333"));
    ck_assert(has_text(&rig.draw, "row 700 is read"));
    ck_assert(has_text(&rig.draw, "row 1334 is reset"));
    /* 300 points for 1520 rows: from row 701 to the end of row 1333 */
    draw_rect_t band = {10, 20 + 138, 400, 263 - 138};
    ck_assert(has_rect(&rig.draw, DRAW_FILL, band));
    rig.model.now_ps = rig.model.timing.start_ps + 200 * RIG_LINE_PS;
    rig.model.picture[VIEW_RAW].rows = 0;
    panel(panel_raw);
    ck_assert(has_text(&rig.draw, "frame 12 collects light: rows 0-200"));
    rig.model.now_ps = rig.model.timing.start_ps + RIG_EXPOSURE_PS + RIG_HEIGHT * RIG_LINE_PS;
    rig.model.picture[VIEW_RAW].rows = RIG_HEIGHT;
    panel(panel_raw);
    ck_assert_ptr_null(find_text(&rig.draw, "frame 12 collects"));
    ck_assert_ptr_null(find_text(&rig.draw, "row "));
    rig_free(&rig);
}
END_TEST

/* The sensor knows it before its first row is read. */
START_TEST(the_next_frame_collects_light_while_this_one_is_read)
{
    make(1500, RIG_METADATA);
    sensor_t *sensor = sensor_new();
    ck_assert_ptr_nonnull(sensor);
    pix_desc_t desc = pix_desc_default();
    pix_frame_t *next = &sensor->pixel.next;
    *next = pix_frame_default(&desc);
    next->clk_hz = desc.clk_hz;
    next->frame = 13;
    next->readout_pck = desc.clk_hz; /* at 1 s */
    sensor->pixel.pending = true;
    rig.model.sensor = sensor;
    rig.model.now_ps = pix_row_exposure_start_ps(next, 200);
    rig.model.timing.start_ps = 0;
    panel(panel_raw);
    ck_assert(has_text(&rig.draw, "frame 13 collects light: rows 0-200"));
    ck_assert(has_text(&rig.draw, "row 201 is reset"));
    forget(VIEW_RAW);
    panel(panel_raw);
    ck_assert(has_text(&rig.draw, "frame 13 collects light; waits for its first row"));
    sensor_free(sensor);
    rig_free(&rig);
}
END_TEST

START_TEST(raw_says_frame_row_exposure_and_bits)
{
    make(700, RIG_METADATA);
    panel(panel_raw);
    ck_assert(has_text(&rig.draw, "frame 12, row 700 of 1520, 8.000 ms"));
    ck_assert(has_text(&rig.draw, "10 bit, 2 x 2 as one color, gamma"));
    rig.ui.zoom[VIEW_RAW].zoom = 60;
    panel(panel_raw);
    ck_assert(has_text(&rig.draw, "10 bit, Bayer mosaic RGGB"));
    rig_free(&rig);
}
END_TEST

START_TEST(truth_stands_where_it_is_unless_it_is_switched_off)
{
    make(700, RIG_METADATA);
    rig.model.truth.count = 1;
    rig.model.truth.in = 3;
    rig.model.truth.out = 2;
    /* 10.14 array pixels a point */
    rig.model.truth.box[0] = (scene_box_t){.id = 5,
                                           .class_id = SCENE_CLASS_PERSON,
                                           .x = 1014,
                                           .y = 507,
                                           .w = 507,
                                           .h = 1014,
                                           .visible = 0.5f};
    panel(panel_ideal);
    ck_assert(has_rect(&rig.draw, DRAW_FRAME, (draw_rect_t){110, 70, 50, 100}));
    ck_assert(has_text(&rig.draw, "person 5, 50% seen"));
    ck_assert(has_text(&rig.draw, "counting line"));
    ck_assert(has_text(&rig.draw, "frame 12, 1 in view; truth: 3 in, 2 out"));
    ck_assert_ptr_nonnull(find_hit(&rig.draw, HIT_BOX, 5, 1));
    ck_assert_uint_eq(draw_at(&rig.draw, 110, 100)->kind, HIT_BOX);
    ck_assert_uint_eq(draw_at(&rig.draw, 135, 120)->kind, HIT_PIXEL); /* inside, the pixel */
    rig.ui.truth = false;
    panel(panel_ideal);
    ck_assert_ptr_null(find_text(&rig.draw, "person"));
    ck_assert_ptr_null(find_hit(&rig.draw, HIT_BOX, 5, 1));
    rig_free(&rig);
}
END_TEST

/* The world is not turned by what the sensor does; what the host gets is. */
START_TEST(each_picture_is_turned_as_its_own_window_says)
{
    make(700, RIG_METADATA);
    two_reports();
    rig.model.timing.window.flip_x = 1;
    rig.model.truth.count = 1;
    rig.model.truth.box[0] = (scene_box_t){
        .id = 5, .class_id = SCENE_CLASS_PERSON, .x = 1014, .y = 507, .w = 507, .h = 1014};
    panel(panel_ideal);
    ck_assert(has_rect(&rig.draw, DRAW_FRAME, (draw_rect_t){110, 70, 50, 100}));
    panel(panel_host);
    ck_assert(has_rect(&rig.draw, DRAW_FRAME, (draw_rect_t){260, 70, 50, 100}));
    rig_free(&rig);
}
END_TEST

START_TEST(facings_are_named_with_what_is_left_in_place_of_their_products)
{
    make(700, RIG_METADATA);
    scene_truth_t *truth = &rig.model.truth;
    truth->count = 1;
    truth->box[0] = (scene_box_t){
        .id = 5, .class_id = SCENE_CLASS_PRODUCT, .x = 1014, .y = 507, .w = 507, .h = 507};
    truth->facings = 1;
    truth->facing[0] = (scene_facing_t){
        .id = 5, .name = "A1", .items = 2, .x = 1014, .y = 507, .w = 507, .h = 1014};
    panel(panel_ideal);
    ck_assert(has_text(&rig.draw, "A1: 2"));
    ck_assert(has_rect(&rig.draw, DRAW_FRAME, (draw_rect_t){110, 70, 50, 100}));
    ck_assert_ptr_null(find_text(&rig.draw, "product"));
    rig_free(&rig);
}
END_TEST

START_TEST(the_chips_boxes_have_identities_and_trails)
{
    make(700, RIG_METADATA);
    two_reports();
    panel(panel_isp);
    ck_assert(has_rect(&rig.draw, DRAW_FRAME, (draw_rect_t){110, 70, 50, 100}));
    ck_assert(has_text(&rig.draw, "person #9 50%"));
    ck_assert(has_text(&rig.draw, "frame 12; boxes of frame 11, latency 36.6 ms"));
    ck_assert_ptr_nonnull(find_hit(&rig.draw, HIT_BOX, 9, 0));
    /* from the middle of the box before, 75 points from the left, to this one's, 125 */
    const draw_cmd_t *trail = first_of(&rig.draw, DRAW_LINE);
    check_rect(trail->rect, 85, 120, 50, 0);
    rig.model.picture[VIEW_ISP].frame = 10; /* of an older frame, its own boxes */
    panel(panel_isp);
    ck_assert(has_rect(&rig.draw, DRAW_FRAME, (draw_rect_t){60, 70, 50, 100}));
    ck_assert_uint_eq(count_of(&rig.draw, DRAW_LINE), 0);
    rig_free(&rig);
}
END_TEST

START_TEST(metadata_mode_shows_boxes_on_black_and_no_image)
{
    make(700, RIG_METADATA);
    two_reports();
    /* an image that was sent earlier is not shown either */
    rig.model.picture[VIEW_HOST] = rig.model.picture[VIEW_ISP];
    panel(panel_host);
    rig.model.picture[VIEW_HOST] = (view_picture_t){0};
    ck_assert_uint_eq(count_of(&rig.draw, DRAW_IMAGE), 0);
    ck_assert(has_text(&rig.draw, "metadata only: no pixel leaves the chip"));
    ck_assert(has_text(&rig.draw, "person #9 50%"));
    ck_assert(has_text(&rig.draw, "frame 11: 1 boxes; 4 in, 0 out"));
    ck_assert(has_rect(&rig.draw, DRAW_FRAME, (draw_rect_t){110, 70, 50, 100}));
    /* 4 + 94 + 4; RAW10: 1520 rows of 2535 + 6, FS, FE: 3862328 */
    ck_assert(has_text(&rig.draw, "102 B a frame: 1/37866 of a raw camera's 3.86 MB"));
    rig_free(&rig);
}
END_TEST

START_TEST(a_region_stands_at_its_place)
{
    make(700, RIG_REGION);
    panel(panel_host);
    const draw_cmd_t *image = first_of(&rig.draw, DRAW_IMAGE);
    /* array pixels 1388, 1040, 1280 x 960, 10.14 of them a point */
    check_rect(image->rect, 10 + 137, 20 + 103, 263 - 137, 197 - 103);
    ck_assert(has_text(&rig.draw, "region of interest: no other pixel leaves"));
    ck_assert(has_text(&rig.draw, "region 640 x 480"));
    rig_free(&rig);
}
END_TEST

START_TEST(an_image_is_shown_and_called_so)
{
    make(700, RIG_IMAGE);
    panel(panel_host);
    ck_assert_uint_eq(count_of(&rig.draw, DRAW_IMAGE), 1);
    check_rect(first_of(&rig.draw, DRAW_IMAGE)->rect, 10, 20, 400, 300);
    ck_assert(has_text(&rig.draw, "image of the ISP"));
    ck_assert_ptr_null(find_text(&rig.draw, "metadata only"));
    rig_free(&rig);
}
END_TEST

/* What is RAW for the host too is shown as the array's is. */
START_TEST(raw_on_the_link_is_shown_as_raw)
{
    make(RIG_HEIGHT, RIG_METADATA);
    view_picture_t *host = &rig.model.picture[VIEW_HOST];
    *host = rig.model.picture[VIEW_RAW];
    const uint64_t at = rig.model.now_ps;
    view_packet_t *fe = view_tell_packet(&rig.model);
    *fe = (view_packet_t){.start_ps = at, .end_ps = at + 1, .dt = MIPI_DT_RAW10, .bytes = 2541};
    fe = view_tell_packet(&rig.model);
    *fe = (view_packet_t){.start_ps = at + 2, .end_ps = at + 3, .dt = MIPI_DT_FE, .bytes = 4};
    panel(panel_host);
    ck_assert(has_text(&rig.draw, "RAW image and results: every pixel leaves"));
    uint8_t px[4];
    memcpy(px, rgba_of(&rig.draw, first_of(&rig.draw, DRAW_IMAGE), 300, 50), 4);
    panel(panel_raw);
    ck_assert_mem_eq(px, rgba_of(&rig.draw, first_of(&rig.draw, DRAW_IMAGE), 300, 50), 4);
    *host = (view_picture_t){0};
    rig_free(&rig);
}
END_TEST

/* ---- the last frame on the link ---- */

static void sends(uint64_t at_ps, uint8_t vc, uint8_t dt, uint32_t bytes)
{
    view_packet_t *p = view_tell_packet(&rig.model);
    p->start_ps = at_ps;
    p->end_ps = at_ps + 1;
    p->vc = vc;
    p->dt = dt;
    p->bytes = bytes;
}

START_TEST(the_last_frame_is_the_newest_whole_one_of_each_channel)
{
    memset(&rig, 0, sizeof(rig));
    ck_assert(view_model_init(&rig.model));
    ck_assert_uint_eq(link_frames_of(&rig.model).frames, 0);
    const uint64_t ms = 1000000000;
    for (uint32_t f = 0; f < 2; f++) {
        const timeline_frame_t times = {.frame = f, .readout_start_ps = f * 10 * ms};
        view_tell_frame(&rig.model, &times);
        sends(f * 10 * ms, 0, MIPI_DT_FS, 4);
        sends(f * 10 * ms + 10, 0, MIPI_DT_RAW10, 100 + f);
        sends(f * 10 * ms + 20, 1, MIPI_DT_FS, 4);
        sends(f * 10 * ms + 30, 1, MIPI_DT_USER1, 30 + f);
        sends(f * 10 * ms + 40, 0, MIPI_DT_FE, 4);
        sends(f * 10 * ms + 50, 1, MIPI_DT_FE, 4);
    }
    sends(20 * ms, 1, MIPI_DT_FS, 4); /* goes on */
    link_frames_t sent = link_frames_of(&rig.model);
    ck_assert_uint_eq(sent.frames, 2);
    ck_assert_uint_eq(sent.bytes, 4 + 101 + 4 + 4 + 31 + 4);
    ck_assert_uint_eq(sent.packets, 6);
    ck_assert(sent.raw && sent.metadata && !sent.color && !sent.cut);
    for (uint32_t f = 2; f < 6; f++) { /* the image stream stops: a frame later it is no more */
        sends(f * 10 * ms + 30, 1, MIPI_DT_USER1, 30);
        sends(f * 10 * ms + 50, 1, MIPI_DT_FE, 4);
        sends(f * 10 * ms + 60, 1, MIPI_DT_FS, 4);
    }
    sent = link_frames_of(&rig.model);
    ck_assert_uint_eq(sent.frames, 1);
    ck_assert_uint_eq(sent.bytes, 4 + 30 + 4);
    ck_assert(!sent.raw && sent.metadata);
    view_model_free(&rig.model);
}
END_TEST

START_TEST(a_frame_whose_start_is_forgotten_is_told_as_more)
{
    memset(&rig, 0, sizeof(rig));
    ck_assert(view_model_init(&rig.model));
    sends(0, 0, MIPI_DT_RAW10, 100);
    sends(10, 0, MIPI_DT_FE, 4);
    link_frames_t sent = link_frames_of(&rig.model);
    ck_assert_uint_eq(sent.bytes, 104);
    ck_assert(sent.cut);
    view_model_free(&rig.model);
}
END_TEST

/* ---- layout ---- */

static bool meet(draw_rect_t a, draw_rect_t b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

static void check_texts(const draw_t *draw, draw_rect_t rect, const char *name)
{
    for (uint32_t i = 0; i < draw->cmds; i++) {
        const draw_cmd_t *a = &draw->cmd[i];
        if (a->op != DRAW_STRING)
            continue;
        const draw_rect_t *r = &a->rect;
        ck_assert_msg(r->x >= rect.x && r->y >= rect.y && r->x + r->w <= rect.x + rect.w &&
                          r->y + r->h <= rect.y + rect.h,
                      "%s: \"%s\" leaves the panel", name, draw_string(draw, a));
        for (uint32_t k = i + 1; k < draw->cmds; k++)
            ck_assert_msg(draw->cmd[k].op != DRAW_STRING || !meet(*r, draw->cmd[k].rect),
                          "%s: \"%s\" on \"%s\"", name, draw_string(draw, a),
                          draw_string(draw, &draw->cmd[k]));
    }
}

START_TEST(texts_stay_inside_and_apart_at_every_size)
{
    static const draw_rect_t rects[] = {
        {8, 77, 231, 161}, {8, 77, 311, 251}, {8, 77, 471, 371}, {8, 77, 1266, 721}};
    for (rig_link_t link = RIG_METADATA; link <= RIG_IMAGE; link++) {
        make(300, link);
        for (uint32_t i = 0; i < SIM_COUNT(rects) * SIM_COUNT(rig_panels); i++) {
            rig_draw(&rig, rig_panels[i / 4], rects[i % 4]);
            check_texts(&rig.draw, rects[i % 4], rig_names[i / 4]);
        }
        rig_free(&rig);
    }
}
END_TEST

START_TEST(the_inspected_pixel_is_marked_in_every_picture)
{
    make(700, RIG_METADATA);
    rig.ui.select = (ui_select_t){.kind = HIT_PIXEL, .a = VIEW_RAW, .x = 507, .y = 760};
    for (uint32_t i = 0; i < SIM_COUNT(rig_panels); i++) {
        panel(rig_panels[i]); /* a quarter of the way across, half of it down */
        bool found = false;
        for (uint32_t k = 0; k < rig.draw.cmds; k++) {
            const draw_rect_t *r = &rig.draw.cmd[k].rect;
            found |= rig.draw.cmd[k].op == DRAW_FRAME && r->w < 16 &&
                     abs(r->x + r->w / 2 - 110) < 2 && abs(r->y + r->h / 2 - 170) < 2;
        }
        ck_assert_msg(found, "%s", rig_names[i]);
    }
    forget(VIEW_RAW); /* none any more */
    panel(panel_isp);
    rig_free(&rig);
}
END_TEST

TEST_MAIN("tools view images", array_pixels_and_points_map_there_and_back,
          a_picture_of_another_shape_stands_in_the_middle,
          flips_turn_the_picture_and_what_stands_on_it,
          pixels_of_the_picture_map_to_points_and_to_the_array,
          every_pixel_is_found_again_in_its_own_rectangle,
          the_wheel_keeps_what_is_under_the_pointer, zoom_ends_and_dragging_stops_at_the_edge,
          smaller_pixels_are_averaged, larger_pixels_are_squares,
          rows_of_the_frame_before_are_dimmed, raw_is_one_color_of_four_samples_or_the_mosaic,
          raw_is_shown_without_black_level_on_the_curve_of_srgb, values_stand_in_large_pixels,
          pictures_of_any_size_fit_areas_of_any_size, empty_panels_say_what_they_wait_for,
          all_of_the_picture_can_be_clicked, the_band_is_the_rows_that_collect_light_now,
          the_next_frame_collects_light_while_this_one_is_read,
          raw_says_frame_row_exposure_and_bits, truth_stands_where_it_is_unless_it_is_switched_off,
          facings_are_named_with_what_is_left_in_place_of_their_products,
          each_picture_is_turned_as_its_own_window_says, the_chips_boxes_have_identities_and_trails,
          metadata_mode_shows_boxes_on_black_and_no_image, a_region_stands_at_its_place,
          an_image_is_shown_and_called_so, raw_on_the_link_is_shown_as_raw,
          the_last_frame_is_the_newest_whole_one_of_each_channel,
          a_frame_whose_start_is_forgotten_is_told_as_more,
          texts_stay_inside_and_apart_at_every_size, the_inspected_pixel_is_marked_in_every_picture)
