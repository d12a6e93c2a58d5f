/*
 * view_image_panels_test.c - what the four image panels show and put on it; the last frame on the
 * link.
 */
#include "mipi/packet.h"
#include "pixel/site.h"
#include "tests/tools/view_find.h"
#include "tests/tools/view_image_rig.h"
#include "tools/view/image_view.h"
#include "tools/view/link_frames.h"

/* Of 4:3, so that a picture fills it: 400 x 300 and the caption's line. */
enum { CAPTION = 16 };
static const draw_rect_t panel_rect = {10, 20, 400, 300 + CAPTION};

static view_rig_t rig;

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
        r->lines = 1;
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

/* Frame 13, of which nothing is read before 1 s. */
static pix_frame_t *next_frame(sensor_t *sensor)
{
    ck_assert_ptr_nonnull(sensor);
    pix_desc_t desc = pix_desc_default();
    pix_frame_t *next = &sensor->pixel.next;
    *next = pix_frame_default(&desc);
    next->clk_hz = desc.clk_hz;
    next->frame = 13;
    next->readout_pck = desc.clk_hz;
    sensor->pixel.pending = true;
    rig.model.sensor = sensor;
    return next;
}

/* The sensor knows it before its first row is read. */
START_TEST(the_next_frame_collects_light_while_this_one_is_read)
{
    make(1500, RIG_METADATA);
    sensor_t *sensor = sensor_new();
    pix_frame_t *next = next_frame(sensor);
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

START_TEST(of_two_exposures_the_long_one_is_shown)
{
    make(RIG_HEIGHT, RIG_METADATA);
    sensor_t *sensor = sensor_new();
    pix_frame_t *next = next_frame(sensor);
    next->short_lines = 100;
    next->short_delay = 301;
    ck_assert_uint_eq(pix_frame_exposures(next), 2);
    uint32_t line = 0; /* of row 1400's long exposure */
    while (pix_line_at(next, line).row != 1400 || pix_line_at(next, line).exposure != 0)
        line++;
    rig.model.timing.start_ps = 0;
    rig.model.now_ps = pix_row_exposure_start_ps(next, line);
    panel(panel_raw);
    ck_assert(
        has_text(&rig.draw, "frame 13 collects light: rows 601-1400")); /* 1600 lines, 2 a row */
    ck_assert(has_text(&rig.draw, "row 1401 is reset"));
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
    ck_assert(has_text(&rig.draw, "frame 11: 1 box; 4 in, 0 out"));
    ck_assert(has_rect(&rig.draw, DRAW_FRAME, (draw_rect_t){110, 70, 50, 100}));
    /* 4 + 94 + 4; RAW10: 1520 rows of 2535 + 6, FS, FE: 3862328 */
    ck_assert(has_text(&rig.draw, "102 B a frame: 1/37866 of a raw camera's 3.86 MB"));
    rig_free(&rig);
}
END_TEST

/* A line that nobody counts at is none. */
START_TEST(a_program_that_does_not_count_has_no_line)
{
    make(700, RIG_METADATA);
    two_reports();
    view_tell_report(&rig.model)->frame = 12;
    panel(panel_ideal);
    ck_assert_ptr_null(find_text(&rig.draw, "counting line"));
    ck_assert_ptr_null(find_text(&rig.draw, "truth: "));
    panel(panel_host);
    ck_assert(has_text(&rig.draw, "frame 12: 0 boxes"));
    rig_free(&rig);
}
END_TEST

/* A label that finds no place is left out, the counts never are. */
START_TEST(a_box_over_all_of_the_frame_leaves_the_counts)
{
    make(700, RIG_METADATA);
    two_reports();
    view_report_t *newest = view_tell_report(&rig.model);
    newest->frame = 11;
    newest->lines = 1;
    newest->count_in = 4;
    newest->boxes = 2;
    newest->box[0] =
        (metadata_box_t){.class_id = 1, .score = 255, .w = 2 * RIG_WIDTH, .h = 2 * RIG_HEIGHT};
    newest->box[1] = newest->box[0];
    panel(panel_host);
    ck_assert(has_text(&rig.draw, "frame 11: 2 boxes; 4 in, 0 out"));
    ck_assert(has_text(&rig.draw, "metadata only: no pixel leaves the chip"));
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
    rig.model.picture[VIEW_RAW].height_px /= 2; /* two lines a row */
    panel(panel_host);
    ck_assert(has_text(&rig.draw, "RAW, long and short lines mixed"));
    rig.model.picture[VIEW_RAW].height_px *= 2;
    panel(panel_host);
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

TEST_MAIN("tools view image panels", empty_panels_say_what_they_wait_for,
          all_of_the_picture_can_be_clicked, the_band_is_the_rows_that_collect_light_now,
          the_next_frame_collects_light_while_this_one_is_read,
          of_two_exposures_the_long_one_is_shown, raw_says_frame_row_exposure_and_bits,
          truth_stands_where_it_is_unless_it_is_switched_off,
          facings_are_named_with_what_is_left_in_place_of_their_products,
          each_picture_is_turned_as_its_own_window_says, the_chips_boxes_have_identities_and_trails,
          metadata_mode_shows_boxes_on_black_and_no_image,
          a_program_that_does_not_count_has_no_line, a_box_over_all_of_the_frame_leaves_the_counts,
          a_region_stands_at_its_place, an_image_is_shown_and_called_so,
          raw_on_the_link_is_shown_as_raw, the_last_frame_is_the_newest_whole_one_of_each_channel,
          a_frame_whose_start_is_forgotten_is_told_as_more,
          texts_stay_inside_and_apart_at_every_size, the_inspected_pixel_is_marked_in_every_picture)
