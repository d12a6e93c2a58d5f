/*
 * view_ui_rig.h - for tests of the window's frame: a small sensor at time 0 whose core spins, a
 * model with something of everything, a player without a run, and what the user does. Each test
 * program that includes it has its own.
 */
#ifndef TESTS_TOOLS_VIEW_UI_RIG_H
#define TESTS_TOOLS_VIEW_UI_RIG_H

#include "mipi/packet.h"
#include "tests/test.h"
#include "tests/tools/view_fake_play.h"
#include "tools/view/inspect.h"
#include "tools/view/ui_int.h"

enum { RIG_W = 320, RIG_H = 240, RIG_ROWS = 150, RIG_BLACK = 64 };

typedef struct {
    sim_t *sim;
    sim_pool_t *pool;
    sensor_t *sensor;
    networks_t networks;
    view_model_t model;
    view_ui_t ui;
    play_t play;
    draw_t draw;
} rig_t;

static inline void rig_light(const void *ctx, const sim_light_req_t *req,
                             const sim_light_row_t *out)
{
    float *const planes[] = {out->r, out->g, out->b};
    (void)ctx;
    for (uint32_t p = 0; p < 3; p++)
        for (uint32_t i = 0; (req->planes >> p & 1) != 0 && i < req->width_px; i++)
            planes[p][i] = 200;
}

static inline void rig_sensor(rig_t *rig)
{
    static const uint8_t spin[4] = {0x6f, 0, 0, 0}; /* jal x0, 0 */
    char error[200];
    sensor_desc_t desc = sensor_desc_default();
    desc.pixel.width_px = desc.pixel.height_px = 128;
    desc.logic.l2.bytes = desc.logic.bus.l2_bytes = desc.npu.l2_bytes = 1 << 20;
    desc.logic.bus.tcm_bytes = 64 << 10;
    ck_assert_msg(sensor_tech_read(&desc, NULL, NULL, error, sizeof(error)), "%s", error);
    rig->sim = sim_new();
    rig->pool = sim_pool_new(1);
    rig->sensor = sensor_new();
    ck_assert_msg(sensor_init(rig->sensor, rig->sim, &desc, rig->pool) == SIM_OK, "%s",
                  sim_error(rig->sim));
    rig->sensor->pixel.light.row = rig_light;
    ck_assert(bus_poke(&rig->sensor->bus, BUS_ROM_BASE, spin, sizeof(spin)));
    ck_assert_msg(sim_check(rig->sim) == SIM_OK, "%s", sim_error(rig->sim));
    sim_reset(rig->sim);
    ck_assert_int_eq(sim_start(rig->sim), SIM_OK);
}

/* RAW: DN is RIG_BLACK + column + row; others: red the column, green the row. */
static inline void rig_pictures(view_model_t *m)
{
    for (uint32_t kind = 0; kind < VIEW_PICTURES; kind++) {
        view_picture_t *p = &m->picture[kind];
        p->width_px = RIG_W;
        p->height_px = RIG_H;
        p->frame = 2;
        p->rows = kind == VIEW_RAW ? RIG_ROWS : RIG_H;
        p->bits = kind == VIEW_RAW ? 10 : 0;
        p->black = RIG_BLACK;
        p->bayer = SIM_BAYER_RGGB;
        p->window = (sim_window_t){.width_px = 2 * RIG_W, .height_px = 2 * RIG_H};
        p->room = (size_t)RIG_W * RIG_H * 3;
        p->px.rgb = calloc(1, p->room);
        ck_assert_ptr_nonnull(p->px.rgb);
        for (uint32_t i = 0; i < RIG_W * RIG_H; i++) {
            if (kind == VIEW_RAW) {
                p->px.raw[i] = (uint16_t)(RIG_BLACK + i % RIG_W + i / RIG_W);
            } else {
                p->px.rgb[3 * i] = (uint8_t)(i % RIG_W);
                p->px.rgb[3 * i + 1] = (uint8_t)(i / RIG_W);
            }
        }
    }
}

static inline void rig_frames(view_model_t *m)
{
    for (uint32_t n = 0; n < 2; n++) {
        uint64_t at = n * UINT64_C(33000000000);
        const timeline_frame_t frame = {.frame = n,
                                        .known = true,
                                        .exposure_start_ps = at + 1,
                                        .exposure_end_ps = at + 10000000000,
                                        .readout_start_ps = at + 2000000000,
                                        .readout_end_ps = at + 20000000000,
                                        .firmware_end_ps = at + 29000000000,
                                        .link_first_ps = at + 29500000000,
                                        .link_last_ps = at + 30000000000};
        view_tell_frame(m, &frame);
        view_report_t *report = view_tell_report(m);
        report->frame = n;
        report->told_ps = at + 30000000000;
        report->latency_us = 36600;
        report->boxes = 1;
        report->box[0] = (metadata_box_t){7, 1, 200 + n, 100 + 10 * n, 50, 80, 160};
    }
}

static inline void rig_packet(view_model_t *m)
{
    static const uint8_t payload[64] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    uint8_t bytes[64 + MIPI_LONG_EXTRA_BYTES];
    view_packet_t *p = view_tell_packet(m);
    mipi_long_packet(bytes, 1, MIPI_DT_RAW10, payload, sizeof(payload));
    p->start_ps = 39000000000;
    p->end_ps = 39001000000;
    p->vc = 1;
    p->dt = MIPI_DT_RAW10;
    p->bytes = sizeof(bytes);
    p->kept = VIEW_HEAD;
    memcpy(p->head, bytes, VIEW_HEAD);
}

static inline void rig_truth(view_model_t *m)
{
    m->timing = (scene_timing_t){.array_width_px = 2 * RIG_W,
                                 .array_height_px = 2 * RIG_H,
                                 .y0_px = 0.5f,
                                 .y_step_px = 2,
                                 .rows = RIG_H,
                                 .start_ps = 30000000000,
                                 .line_ps = 12600000,
                                 .exposure_ps = 10000000000,
                                 .window = {.width_px = 2 * RIG_W, .height_px = 2 * RIG_H}};
    m->truth.frame = 2;
    m->truth.count = 1;
    m->truth.box[0] = (scene_box_t){
        .id = 7, .class_id = 1, .x = 120, .y = 52, .w = 78, .h = 158, .visible = 0.75f};
    m->truth_known = true;
}

static inline void rig_make(rig_t *rig)
{
    memset(rig, 0, sizeof(*rig));
    rig_sensor(rig);
    ck_assert(view_model_init(&rig->model));
    view_model_t *m = &rig->model;
    m->sensor = rig->sensor;
    m->networks = &rig->networks;
    m->now_ps = 40000000000;
    m->frames = 30;
    m->real_time = 0.052;
    rig_pictures(m);
    rig_truth(m);
    rig_frames(m);
    rig_packet(m);
    view_tell_span(m, "npu.layers", "conv_1", 35000000000, 36000000000,
                   "\"frame\":1,\"shape\":{\"h\":3,\"w\":4},\"bytes\":4096", 36000000000);
    view_tell_line(m, LINE_UART, 39000000000, "visitors: %d in", 3);
    m->energy_known = true;
    m->energy_frame = 1;
    for (uint32_t i = 0; i < TECH_BLOCK_COUNT; i++)
        m->energy_fj[i] = (i + 1) * UINT64_C(10000000000);
    view_ui_init(&rig->ui);
    fake_play_init(&rig->play, &rig->sensor->ccs.desc);
}

static inline void rig_free(rig_t *rig)
{
    view_model_free(&rig->model);
    draw_free(&rig->draw);
    sensor_free(rig->sensor);
    sim_pool_free(rig->pool);
    sim_free(rig->sim);
}

static inline void rig_draw(rig_t *rig, uint32_t width, uint32_t height)
{
    const ui_t ui = {.model = &rig->model, .play = &rig->play, .ui = &rig->ui, .draw = &rig->draw};
    draw_begin(&rig->draw, width, height);
    ui_draw(&ui);
    ck_assert(!rig->draw.no_memory);
}

/* ---- looking at a list ---- */

static rig_t rig;

static inline bool inside(draw_rect_t in, draw_rect_t of)
{
    return in.x >= of.x && in.y >= of.y && in.x + in.w <= of.x + of.w && in.y + in.h <= of.y + of.h;
}

static inline bool overlap(draw_rect_t a, draw_rect_t b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/* The first STRING that has text in it; NULL: none. */
static inline const draw_cmd_t *find(const char *text)
{
    for (uint32_t i = 0; i < rig.draw.cmds; i++)
        if (rig.draw.cmd[i].op == DRAW_STRING &&
            strstr(draw_string(&rig.draw, &rig.draw.cmd[i]), text) != NULL)
            return &rig.draw.cmd[i];
    return NULL;
}

static inline void check_shows(const char *text)
{
    ck_assert_msg(find(text) != NULL, "\"%s\" is not shown", text);
}

static inline void check_shows_not(const char *text)
{
    ck_assert_msg(find(text) == NULL, "\"%s\" is shown", text);
}

static inline const draw_hit_t *find_hit(uint32_t kind, uint64_t a, uint64_t b)
{
    for (uint32_t i = 0; i < rig.draw.hits; i++) {
        const draw_hit_t *hit = &rig.draw.hit[i];
        if (hit->kind == kind && hit->a == a && hit->b == b)
            return hit;
    }
    ck_abort_msg("nothing of kind %u, %llu, %llu can be clicked", kind, (unsigned long long)a,
                 (unsigned long long)b);
    return NULL;
}

/* ---- what the user does ---- */

static inline void begin(void)
{
    rig_make(&rig);
    rig_draw(&rig, 1280, 800);
}

static inline bool put(input_t input)
{
    bool stays = ui_input(&rig.ui, &rig.model, &rig.draw, &rig.play, &input);
    rig_draw(&rig, 1280, 800);
    return stays;
}

static inline bool key_with(uint32_t key, uint32_t mods)
{
    return put((input_t){.kind = INPUT_KEY, .key = key, .mods = mods});
}

static inline bool key(uint32_t key)
{
    return key_with(key, 0);
}

static inline void mouse(input_kind_t kind, int32_t x, int32_t y)
{
    put((input_t){.kind = kind, .x = x, .y = y, .button = 1, .clicks = 1});
}

static inline void click(int32_t x, int32_t y)
{
    mouse(INPUT_DOWN, x, y);
    mouse(INPUT_UP, x, y);
}

static inline void click_hit(uint32_t kind, uint64_t a, uint64_t b)
{
    draw_rect_t r = find_hit(kind, a, b)->rect;
    click(r.x + r.w / 2, r.y + r.h / 2);
}

static inline void drag(int32_t x0, int32_t y0, int32_t x1, int32_t y1)
{
    mouse(INPUT_DOWN, x0, y0);
    mouse(INPUT_MOVE, x1, y1);
    mouse(INPUT_UP, x1, y1);
}

static inline void wheel(int32_t x, int32_t y, int32_t steps)
{
    put((input_t){.kind = INPUT_WHEEL, .x = x, .y = y, .wheel = steps});
}

#endif
