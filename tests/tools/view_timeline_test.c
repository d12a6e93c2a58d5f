/*
 * view_timeline_test.c - lanes and the viewer's timeline, with a made-up model: what stands where,
 * and how much of it there is.
 */
#include "sim/time.h"
#include "tests/tools/board.h"
#include "tests/tools/view_panel_rig.h"
#include "tools/view/lanes.h"

#define US SIM_PS_PER_US
#define MS SIM_PS_PER_MS

static view_rig_t *rig;

static void setup(void)
{
    rig = view_rig_new();
}

static void teardown(void)
{
    view_rig_free(rig);
}

static void tell(const char *track, const char *name, uint64_t start_ps, uint64_t end_ps,
                 const char *args)
{
    view_tell_span(&rig->model, track, name, start_ps, end_ps, args, end_ps);
    rig->model.now_ps = end_ps;
}

/* From 0 to 1 ms in 100 columns of 10 us. */
static lanes_t *lanes_of_a_ms(void)
{
    plot_time_t time = {0, MS, {0, 0, 100, 100}};
    lanes_t *lanes = lanes_make(&rig->model, &time);
    ck_assert_ptr_nonnull(lanes);
    return lanes;
}

static void check_float(float is, double wanted)
{
    ck_assert_msg(is > wanted - 1e-4 && is < wanted + 1e-4, "%f instead of %f", (double)is, wanted);
}

/* A frame of 10 ms exposure and 20 ms readout that begins at `at`; its metadata leaves 35 ms later.
 */
static void tell_frame(uint32_t frame, uint64_t at)
{
    char args[32], name[32], track[32];
    timeline_frame_t f = {.frame = frame,
                          .exposure_start_ps = at,
                          .exposure_end_ps = at + 30 * MS,
                          .readout_start_ps = at + 10 * MS,
                          .readout_end_ps = at + 30 * MS,
                          .npu_start_ps = at + 31 * MS,
                          .npu_end_ps = at + 33 * MS,
                          .firmware_end_ps = at + 34 * MS,
                          .link_first_ps = at + 34 * MS,
                          .link_last_ps = at + 35 * MS};
    snprintf(args, sizeof(args), "\"frame\": %u", frame);
    snprintf(name, sizeof(name), "frame %u", frame);
    snprintf(track, sizeof(track), "pixel.exposure.%u", frame % 2);
    tell(track, name, at, at + 30 * MS, args);
    tell("pixel.readout", name, at + 10 * MS, at + 30 * MS, args);
    tell("isp", "frame", at + 10 * MS, at + 31 * MS, args);
    tell("npu.mac", "conv", at + 31 * MS, at + 32 * MS, "\"insn\":7,\"layer\":1");
    tell("npu", "program", at + 31 * MS, at + 33 * MS, "\"cycles\":1");
    tell("firmware", "frame", at + 33 * MS, at + 34 * MS, args);
    tell("link.vc1", "metadata", at + 34 * MS, at + 35 * MS, args);
    view_tell_frame(&rig->model, &f);
}

/* ---- lanes ---- */

START_TEST(narrow_spans_are_the_share_of_each_column_that_they_cover)
{
    setup();
    tell("npu.mac", "conv", 100 * US, 101 * US, "\"insn\":1"); /* a tenth of column 10 */
    tell("npu.mac", "conv", 104 * US, 106 * US, "\"insn\":2"); /* and two */
    tell("npu.mac", "conv", 205 * US, 225 * US, "\"insn\":3"); /* half of 20, all of 21, half */
    lanes_t *l = lanes_of_a_ms();
    const lane_t *mac = &l->lane[LANE_MAC];
    ck_assert_uint_eq(mac->narrow, 3);
    ck_assert_uint_eq(mac->wides, 0);
    check_float(mac->cover[9], 0);
    check_float(mac->cover[10], 0.3);
    check_float(mac->cover[11], 0);
    check_float(mac->cover[20], 0.5);
    check_float(mac->cover[21], 1);
    check_float(mac->cover[22], 0.5);
    /* a click on columns 6 to 11 means the longer one, on 18 to 23 the third */
    ck_assert_uint_eq(mac->bucket[10 / LANES_BUCKET], 1 + 1);
    ck_assert_uint_eq(mac->bucket[20 / LANES_BUCKET], 2 + 1);
    ck_assert_uint_eq(l->lane[LANE_VEC].narrow, 0);
    free(l);
    teardown();
}
END_TEST

START_TEST(wide_spans_stand_by_themselves)
{
    setup();
    tell("isp", "frame", 100 * US, 500 * US, "\"frame\":4");
    tell("irq.NPU", "NPU", 500 * US, 540 * US, NULL);
    lanes_t *l = lanes_of_a_ms();
    ck_assert_uint_eq(l->lane[LANE_ISP].wides, 1);
    ck_assert_uint_eq(l->lane[LANE_ISP].wide[0].number, 0);
    ck_assert_int_eq(l->lane[LANE_ISP].wide[0].frame, 4);
    ck_assert_uint_eq(l->lane[LANE_IRQ].wides, 1);
    ck_assert_uint_eq(l->lane[LANE_IRQ].wide[0].number, 1);
    ck_assert_int_eq(l->lane[LANE_IRQ].wide[0].frame, -1);
    ck_assert_str_eq(l->lane[LANE_IRQ].wide[0].name, "NPU");
    ck_assert(l->lane[LANE_ISP].told && !l->lane[LANE_TENSOR].told);
    free(l);
    teardown();
}
END_TEST

START_TEST(tracks_that_only_begin_alike_are_not_in_a_lane)
{
    setup();
    tell("isp.blc", "blc", 100 * US, 500 * US, "\"frame\":4"); /* a stage: not the ISP's frame */
    tell("npu.seq", "fence", 100 * US, 500 * US, NULL);
    tell("isp.tensor", "write", 100 * US, 500 * US, "\"frame\":4");
    lanes_t *l = lanes_of_a_ms();
    ck_assert_uint_eq(l->lane[LANE_ISP].wides, 0);
    ck_assert_uint_eq(l->lane[LANE_NPU].wides, 0);
    ck_assert_uint_eq(l->lane[LANE_TENSOR].wides, 1);
    free(l);
    teardown();
}
END_TEST

START_TEST(what_the_npu_does_is_of_the_frame_that_it_works_on)
{
    setup();
    timeline_frame_t first = {.frame = 8, .npu_start_ps = 100 * US, .npu_end_ps = 300 * US},
                     second = {.frame = 9, .npu_start_ps = 400 * US, .npu_end_ps = 600 * US};
    tell("npu.load", "load", 100 * US, 200 * US, "\"insn\":0");
    tell("npu.load", "load", 410 * US, 500 * US, "\"insn\":0");
    tell("npu.load", "load", 700 * US, 800 * US, "\"insn\":0");
    view_tell_frame(&rig->model, &first);
    view_tell_frame(&rig->model, &second);
    lanes_t *l = lanes_of_a_ms();
    ck_assert_uint_eq(l->lane[LANE_LOAD].wides, 3);
    ck_assert_int_eq(l->lane[LANE_LOAD].wide[0].frame, 8);
    ck_assert_int_eq(l->lane[LANE_LOAD].wide[1].frame, 9);
    ck_assert_int_eq(l->lane[LANE_LOAD].wide[2].frame, -1);
    free(l);
    teardown();
}
END_TEST

START_TEST(only_what_overlaps_the_stretch_is_in_it)
{
    setup();
    tell("npu.vec", "add", 100 * US, 200 * US, NULL);
    tell("npu.vec", "add", 900 * US, 1300 * US, NULL);
    tell("npu.vec", "add", 1500 * US, 1900 * US, NULL);
    tell("npu.vec", "add", 2100 * US, 2400 * US, NULL);
    tell("npu.vec", "add", 50 * US, 2500 * US, NULL); /* told long after */
    plot_time_t time = {1000 * US, 2000 * US, {0, 0, 100, 100}};
    lanes_t *l = lanes_make(&rig->model, &time);
    ck_assert_uint_eq(l->lane[LANE_VEC].wides, 3);
    ck_assert_uint_eq(l->lane[LANE_VEC].wide[0].number, 1);
    ck_assert_uint_eq(l->lane[LANE_VEC].wide[1].number, 2);
    ck_assert_uint_eq(l->lane[LANE_VEC].wide[2].number, 4);
    free(l);
    teardown();
}
END_TEST

START_TEST(more_wide_spans_than_there_is_room_for_become_density)
{
    setup();
    plot_time_t time = {0, MS, {0, 0, 2000, 100}}; /* half a microsecond a column */
    for (uint64_t i = 0; i < 200; i++)
        tell("npu.mac", "conv", i * 5 * US, i * 5 * US + 3 * US, NULL); /* 6 columns of 10 */
    lanes_t *l = lanes_make(&rig->model, &time);
    const lane_t *mac = &l->lane[LANE_MAC];
    ck_assert_uint_eq(mac->wides, LANES_WIDE);
    ck_assert_uint_eq(mac->narrow, 200 - LANES_WIDE);
    check_float(mac->cover[10 * LANES_WIDE - 10], 0);
    check_float(mac->cover[10 * LANES_WIDE + 5], 1);
    check_float(mac->cover[10 * LANES_WIDE + 6], 0);
    free(l);
    teardown();
}
END_TEST

START_TEST(what_runs_now_is_there_before_it_is_told)
{
    setup();
    board_t *board = board_new(NULL);
    npu_t *npu = &board->sensor->npu;
    rig->model.sensor = board->sensor;
    rig->model.now_ps = 900 * US;
    npu->running = true;
    npu->start_cycle = npu->desc.clk_hz / 1000 / 2; /* half a millisecond */
    board->sensor->timeline.npu_frame = 3;
    lanes_t *l = lanes_of_a_ms();
    ck_assert_uint_eq(l->lane[LANE_NPU].wides, 1);
    ck_assert_uint_eq(l->lane[LANE_NPU].wide[0].number, LANES_OPEN);
    ck_assert_uint_eq(l->lane[LANE_NPU].wide[0].start_ps, 500 * US);
    ck_assert_uint_eq(l->lane[LANE_NPU].wide[0].end_ps, 900 * US);
    ck_assert_int_eq(l->lane[LANE_NPU].wide[0].frame, 3);
    free(l);
    board_free(board);
    teardown();
}
END_TEST

/* ---- the panel ---- */

enum { LEFT = 62, RIGHT = 6, WIDTH = 1068 }; /* 1000 points of plot */

/* Where a time is, if the plot shows 100 ms that end at end_ps. */
static int32_t x_of(uint64_t ps, uint64_t end_ps)
{
    return LEFT + (int32_t)((double)(ps - (end_ps - 100 * MS)) / (double)(100 * MS) * 1000);
}

START_TEST(a_frame_is_followed_from_exposure_to_link)
{
    setup();
    tell_frame(5, 200 * MS);
    rig->model.now_ps = 250 * MS; /* the plot begins at 150 ms */
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    const draw_hit_t *readout = view_rig_find(rig, HIT_SPAN, 1),
                     *isp = view_rig_find(rig, HIT_SPAN, 2);
    ck_assert_ptr_nonnull(readout);
    ck_assert_int_eq(readout->rect.x, x_of(210 * MS, 250 * MS));
    ck_assert_int_eq(readout->rect.x + readout->rect.w, x_of(230 * MS, 250 * MS) - 1);
    ck_assert_int_gt(isp->rect.y, readout->rect.y);
    uint32_t same = 0;
    for (uint32_t i = 0; i < rig->draw.cmds; i++)
        same += rig->draw.cmd[i].op == DRAW_FILL && rig->draw.cmd[i].color == ui_color(5);
    ck_assert_uint_eq(same, 6); /* readout, ISP, MAC, NPU, firmware, link */
    const draw_hit_t *link = view_rig_find(rig, HIT_SPAN, 6);
    ck_assert_int_eq(link->rect.x, x_of(234 * MS, 250 * MS));
    ck_assert_int_gt(link->rect.y, isp->rect.y);
    teardown();
}
END_TEST

START_TEST(latency_is_told_and_has_its_bracket)
{
    setup();
    tell_frame(5, 200 * MS);
    rig->model.now_ps = 250 * MS;
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    view_rig_has(rig, "frame 5");
    view_rig_has(rig, "photon to alert");
    view_rig_has(rig, "35.000 ms");
    view_rig_has(rig, "5.000 ms"); /* from the last row */
    view_rig_has(rig, "20.000");   /* readout */
    uint32_t brackets = 0;
    for (uint32_t i = 0; i < rig->draw.cmds; i++) {
        const draw_cmd_t *c = &rig->draw.cmd[i];
        brackets += c->op == DRAW_LINE && c->rect.h == 0 && c->color == ui_color(5) &&
                    c->rect.x == x_of(200 * MS, 250 * MS) &&
                    c->rect.x + c->rect.w == x_of(235 * MS, 250 * MS);
    }
    ck_assert_uint_eq(brackets, 1);
    teardown();
}
END_TEST

START_TEST(that_no_frame_has_left_is_said_until_a_packet_has)
{
    setup();
    rig->model.now_ps = 250 * MS;
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    view_rig_has(rig, "no frame has left the sensor yet");
    view_tell_packet(&rig->model); /* of an image: such frames have no results */
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    view_rig_has(rig, "a color is a frame");
    ck_assert_ptr_null(view_rig_text(rig, "no frame has left"));
    teardown();
}
END_TEST

START_TEST(exposure_leans_as_the_rolling_shutter_does)
{
    setup();
    tell_frame(5, 200 * MS);
    rig->model.now_ps = 250 * MS;
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    const draw_cmd_t *image = view_rig_image(rig, 0);
    uint32_t last = image->image_h - 1;
    draw_color_t exposed = (ui_color(5) & 0xffffff00u) | 150;
    ck_assert_uint_eq(image->image_w, 1000);
    /* the first row from 200 to 210 ms, the last one from nearly 220 to nearly 230 */
    ck_assert_uint_eq(view_rig_pixel(rig, image, 495, 0), 0);
    ck_assert_uint_eq(view_rig_pixel(rig, image, 505, 0), exposed);
    ck_assert_uint_eq(view_rig_pixel(rig, image, 595, 0), exposed);
    ck_assert_uint_eq(view_rig_pixel(rig, image, 620, 0), 0);
    ck_assert_uint_eq(view_rig_pixel(rig, image, 680, last), 0);
    ck_assert_uint_eq(view_rig_pixel(rig, image, 705, last), exposed);
    ck_assert_uint_eq(view_rig_pixel(rig, image, 785, last), exposed);
    ck_assert_uint_eq(view_rig_pixel(rig, image, 805, last), 0);
    /* and so does what can be clicked */
    draw_rect_t row = image->rect;
    ck_assert_ptr_nonnull(view_rig_hit(rig, LEFT + 510, row.y + 1, HIT_SPAN));
    ck_assert_uint_eq(view_rig_hit(rig, LEFT + 510, row.y + 1, HIT_SPAN)->a, 0);
    ck_assert_ptr_null(view_rig_hit(rig, LEFT + 780, row.y + 1, HIT_SPAN));
    ck_assert_ptr_nonnull(view_rig_hit(rig, LEFT + 780, row.y + row.h - 2, HIT_SPAN));
    ck_assert_ptr_null(view_rig_hit(rig, LEFT + 510, row.y + row.h - 2, HIT_SPAN));
    teardown();
}
END_TEST

/* Rows begin at 200 ms and are read from 210 to 230; a shutter closes at 206. */
START_TEST(a_global_reset_begins_all_rows_at_once_and_its_shutter_ends_them)
{
    static const char args[] = "\"frame\": 5, \"lines\": 9, \"global\": 1";
    for (uint32_t closed = 0; closed < 2; closed++) {
        setup();
        tell("pixel.exposure.1", "frame 5", 200 * MS, (closed ? 206 : 230) * MS, args);
        tell("pixel.readout", "frame 5", 210 * MS, 230 * MS, "\"frame\": 5");
        rig->model.now_ps = 250 * MS; /* 150 ms are at column 0, 10 columns a ms */
        view_rig_draw(rig, panel_timeline, WIDTH, 300);
        const draw_cmd_t *image = view_rig_image(rig, 0);
        uint32_t last = image->image_h - 1;
        draw_color_t exposed = (ui_color(5) & 0xffffff00u) | 150;
        draw_rect_t row = image->rect;
        for (uint32_t y = 0; y <= last; y += last) {
            ck_assert_uint_eq(view_rig_pixel(rig, image, 495, y), 0);
            ck_assert_uint_eq(view_rig_pixel(rig, image, 505, y), exposed);
            ck_assert_uint_eq(view_rig_pixel(rig, image, 555, y), exposed);
            ck_assert_uint_eq(view_rig_pixel(rig, image, 595, y), closed ? 0 : exposed);
        }
        ck_assert_uint_eq(view_rig_pixel(rig, image, 620, 0), 0);
        ck_assert_uint_eq(view_rig_pixel(rig, image, 785, last), closed ? 0 : exposed);
        ck_assert_ptr_nonnull(view_rig_hit(rig, LEFT + 510, row.y + row.h - 2, HIT_SPAN));
        ck_assert((view_rig_hit(rig, LEFT + 580, row.y + 1, HIT_SPAN) == NULL) == closed);
        teardown();
    }
}
END_TEST

START_TEST(a_frame_that_is_exposed_now_is_drawn_up_to_now)
{
    setup();
    board_t *board = board_new(NULL);
    pix_t *pixel = &board->sensor->pixel;
    pix_frame_t frame = pix_frame_default(&pixel->desc);
    pix_timing_t t;
    frame.frame = 2;
    frame.clk_hz = pixel->desc.clk_hz;
    frame.readout_pck = frame.clk_hz * 4 / 10; /* at 400 ms */
    t = pix_frame_timing(&frame);
    pixel->next = frame;
    pixel->pending = true;
    rig->model.sensor = board->sensor;
    rig->model.now_ps = (t.exposure_start_ps + t.readout_start_ps) / 2;
    rig->ui.span_ps = 4 * (rig->model.now_ps - t.exposure_start_ps);
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    const draw_cmd_t *image = view_rig_image(rig, 0);
    ck_assert_uint_eq(view_rig_pixel(rig, image, 740, 0), 0); /* a quarter of the plot */
    ck_assert_uint_eq(view_rig_pixel(rig, image, 760, 0), (ui_color(2) & 0xffffff00u) | 150);
    ck_assert_uint_eq(view_rig_pixel(rig, image, 998, 0), (ui_color(2) & 0xffffff00u) | 150);
    board_free(board);
    teardown();
}
END_TEST

START_TEST(of_the_core_it_shows_when_it_is_awake)
{
    setup();
    tell("core", "asleep", 160 * MS, 190 * MS, NULL);
    rig->model.now_ps = 200 * MS; /* the plot begins at 100 ms */
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    const draw_hit_t *asleep = view_rig_find(rig, HIT_SPAN, 0);
    ck_assert_int_eq(asleep->rect.x, x_of(160 * MS, 200 * MS));
    ck_assert_int_eq(asleep->rect.w, 300);
    view_rig_has(rig, "asleep");
    teardown();
}
END_TEST

START_TEST(ticks_are_round_and_now_has_a_line)
{
    setup();
    tell_frame(5, 200 * MS);
    rig->model.now_ps = 240 * MS;
    rig->ui.end_ps = 260 * MS;
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    ck_assert_int_eq(view_rig_has(rig, "180 ms")->rect.x + view_rig_has(rig, "180 ms")->rect.w / 2,
                     x_of(180 * MS, 260 * MS));
    view_rig_has(rig, "240 ms");
    uint32_t now = 0;
    for (uint32_t i = 0; i < rig->draw.cmds; i++)
        now += rig->draw.cmd[i].op == DRAW_LINE && rig->draw.cmd[i].color == ui_accent &&
               rig->draw.cmd[i].rect.x == x_of(240 * MS, 260 * MS);
    ck_assert_uint_eq(now, 1);
    rig->ui.span_ps = 50 * US; /* parts of a millisecond */
    rig->ui.end_ps = 230 * MS + 20 * US;
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    view_rig_has(rig, "229.980 ms");
    view_rig_has(rig, "230.010 ms");
    teardown();
}
END_TEST

START_TEST(what_is_pointed_at_is_told_and_what_is_selected_is_framed)
{
    setup();
    tell_frame(5, 200 * MS);
    rig->model.now_ps = 250 * MS;
    rig->ui.pointer_x = x_of(220 * MS, 250 * MS);
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    const draw_rect_t isp = view_rig_find(rig, HIT_SPAN, 2)->rect;
    ck_assert_ptr_nonnull(view_rig_hit(rig, x_of(220 * MS, 250 * MS), isp.y + 2, HIT_SPAN));
    rig->ui.pointer_y = isp.y + 2;
    rig->ui.select = (ui_select_t){.kind = HIT_SPAN, .a = 2};
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    view_rig_has(rig, "21.000 ms");
    view_rig_has(rig, "frame 5");
    ck_assert_ptr_null(view_rig_text(rig, "photon to alert"));
    bool framed = false;
    for (uint32_t i = 0; i < rig->draw.cmds; i++)
        framed =
            framed || (rig->draw.cmd[i].op == DRAW_FRAME && rig->draw.cmd[i].color == ui_bright &&
                       rig->draw.cmd[i].rect.y == isp.y);
    ck_assert(framed);
    teardown();
}
END_TEST

START_TEST(a_full_ring_needs_few_commands)
{
    setup();
    static const char *const engines[] = {"npu.load", "npu.mac", "npu.vec", "npu.store"};
    uint64_t at = 0;
    for (uint64_t i = 0; i < VIEW_SPANS + 1000; i++, at += 2 * US)
        tell(engines[i % 4], "insn", at, at + (1 + i % 3) * US, "\"insn\":1");
    for (uint64_t span = 20 * US; span <= 200 * MS; span *= 10) {
        rig->ui.span_ps = span;
        view_rig_draw(rig, panel_timeline, WIDTH, 300);
        ck_assert_uint_lt(rig->draw.cmds, 1500);
        ck_assert_uint_lt(rig->draw.hits, 1500);
        ck_assert_uint_gt(rig->draw.hits, 10);
    }
    /* four engines, each a span of 2 us in 8: a picture of each, a quarter covered everywhere */
    rig->ui.span_ps = 100 * MS;
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    const draw_cmd_t *load = view_rig_image(rig, 1);
    for (uint32_t x = 0; x < 990; x++)
        ck_assert_int_le(abs((int)(view_rig_pixel(rig, load, x, 0) & 0xff) - (110 + 145 / 4)), 8);
    teardown();
}
END_TEST

START_TEST(what_the_ring_has_lost_is_said)
{
    setup();
    for (uint64_t i = 0; i < VIEW_SPANS * 3 / 2; i++)
        tell("npu.mac", "conv", i * US, i * US + US, NULL);
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    ck_assert_ptr_nonnull(view_rig_text(rig, "not kept"));
    rig->ui.span_ps = MS;
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    ck_assert_ptr_null(view_rig_text(rig, "not kept"));
    teardown();
}
END_TEST

START_TEST(going_back_takes_what_was_told_later)
{
    setup();
    tell_frame(5, 200 * MS);
    tell_frame(6, 240 * MS);
    rig->model.now_ps = 280 * MS;
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    view_rig_has(rig, "frame 6");
    view_model_back(&rig->model, 238 * MS);
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    view_rig_has(rig, "frame 5");
    ck_assert_ptr_null(view_rig_text(rig, "frame 6"));
    view_model_back(&rig->model, 215 * MS);
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    ck_assert_ptr_null(view_rig_text(rig, "frame 5"));
    view_rig_has(rig, "no frame has left");
    teardown();
}
END_TEST

START_TEST(a_tall_one_shows_the_end_of_a_frame_by_itself)
{
    setup();
    tell_frame(5, 200 * MS);
    rig->model.now_ps = 250 * MS;
    view_rig_draw(rig, panel_timeline, WIDTH, 300);
    ck_assert_ptr_null(view_rig_text(rig, "last byte"));
    view_rig_draw(rig, panel_timeline, WIDTH, 700);
    view_rig_has(rig, "from its last row to its last byte");
    view_rig_has(rig, "photon to alert");
    /* from 229.5 to 235.25 ms: the NPU's 2 ms are 348 of its 1000 points */
    bool wide = false;
    for (uint32_t i = 0; i < rig->draw.hits; i++) {
        const draw_hit_t *hit = &rig->draw.hit[i];
        wide = wide || (hit->kind == HIT_SPAN && hit->a == 4 && hit->rect.y > 350 &&
                        abs(hit->rect.w - 347) <= 1);
    }
    ck_assert(wide);
    rig->ui.span_ps = 15 * MS; /* large enough as it is */
    view_rig_draw(rig, panel_timeline, WIDTH, 700);
    ck_assert_ptr_null(view_rig_text(rig, "last byte"));
    teardown();
}
END_TEST

START_TEST(it_stays_inside_of_any_size)
{
    setup();
    tell_frame(4, 160 * MS);
    tell_frame(5, 200 * MS);
    tell("gpio.pin3", "high", 236 * MS, 237 * MS, NULL);
    tell("cci", "write 0x0202", 236 * MS, 237 * MS, NULL);
    tell("dma.0", "copy", 236 * MS, 237 * MS, NULL);
    tell("npu.layers", "conv_1", 236 * MS, 237 * MS, NULL);
    tell("link.packets", "RAW10", 236 * MS, 237 * MS, NULL);
    rig->model.now_ps = 250 * MS;
    for (int32_t w = 0; w < 1200; w = w * 2 + 1)
        for (int32_t h = 0; h < 900; h = h * 2 + 1)
            view_rig_draw(rig, panel_timeline, w, h); /* checks that */
    view_rig_draw(rig, panel_timeline, 950, 148);     /* a window of 1280 x 800 */
    view_rig_has(rig, "engines");
    view_rig_has(rig, "core, irq");
    ck_assert_ptr_null(view_rig_text(rig, "pins")); /* no room */
    view_rig_draw(rig, panel_timeline, 1270, 700);
    view_rig_has(rig, "interrupt");
    view_rig_has(rig, "vector");
    view_rig_has(rig, "pins");
    teardown();
}
END_TEST

TEST_MAIN("view timeline", narrow_spans_are_the_share_of_each_column_that_they_cover,
          wide_spans_stand_by_themselves, tracks_that_only_begin_alike_are_not_in_a_lane,
          what_the_npu_does_is_of_the_frame_that_it_works_on,
          only_what_overlaps_the_stretch_is_in_it,
          more_wide_spans_than_there_is_room_for_become_density,
          what_runs_now_is_there_before_it_is_told, a_frame_is_followed_from_exposure_to_link,
          latency_is_told_and_has_its_bracket, that_no_frame_has_left_is_said_until_a_packet_has,
          exposure_leans_as_the_rolling_shutter_does,
          a_global_reset_begins_all_rows_at_once_and_its_shutter_ends_them,
          a_frame_that_is_exposed_now_is_drawn_up_to_now, of_the_core_it_shows_when_it_is_awake,
          ticks_are_round_and_now_has_a_line,
          what_is_pointed_at_is_told_and_what_is_selected_is_framed, a_full_ring_needs_few_commands,
          what_the_ring_has_lost_is_said, going_back_takes_what_was_told_later,
          a_tall_one_shows_the_end_of_a_frame_by_itself, it_stays_inside_of_any_size)
