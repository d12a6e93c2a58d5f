/*
 * view_image_rig.h - a made-up run for the viewer's image panels: an entrance, frame 12 half read.
 * For the one test program, or benchmark, that includes it.
 */
#ifndef TESTS_TOOLS_VIEW_IMAGE_RIG_H
#define TESTS_TOOLS_VIEW_IMAGE_RIG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mipi/packet.h"
#include "tools/view/ui.h"

enum {
    RIG_WIDTH = 2028, /* IMX500, 2 x 2 binned */
    RIG_HEIGHT = 1520,
    RIG_FRAME = 12,
    RIG_BLACK = 64,
};
#define RIG_LINE_PS UINT64_C(12631720)
#define RIG_FRAME_PS UINT64_C(33333333333)
#define RIG_EXPOSURE_PS UINT64_C(8000000000)

/* What the link carries. */
typedef enum { RIG_METADATA, RIG_REGION, RIG_IMAGE } rig_link_t;

typedef struct {
    view_model_t model;
    view_ui_t ui;
    draw_t draw;
    scene_t *scene;
} view_rig_t;

/* The four image panels. */
static const ui_panel_fn_t rig_panels[4] = {panel_ideal, panel_raw, panel_isp, panel_host};
static const char *const rig_names[4] = {"ideal", "raw", "isp", "host"};

static void need(bool fine, const char *what)
{
    if (fine)
        return;
    fprintf(stderr, "view_rig: %s\n", what);
    abort();
}

static scene_timing_t timing_of(uint32_t frame)
{
    return (scene_timing_t){.array_width_px = 2 * RIG_WIDTH,
                            .array_height_px = 2 * RIG_HEIGHT,
                            .y0_px = 0.5f,
                            .y_step_px = 2,
                            .rows = RIG_HEIGHT,
                            .start_ps = frame * RIG_FRAME_PS,
                            .line_ps = RIG_LINE_PS,
                            .exposure_ps = RIG_EXPOSURE_PS,
                            .window = {.width_px = 2 * RIG_WIDTH, .height_px = 2 * RIG_HEIGHT}};
}

/* ---- pictures ---- */

static void take(view_picture_t *p, const sim_image_t *image, uint32_t frame)
{
    p->width_px = image->width_px;
    p->height_px = image->height_px;
    p->room = (size_t)image->width_px * image->height_px * 3;
    p->px.rgb = malloc(p->room);
    need(p->px.rgb != NULL, "no memory");
    memcpy(p->px.rgb, image->data, p->room);
    p->frame = frame;
    p->rows = p->height_px;
    p->window = timing_of(frame).window;
}

/* As a sensor without white balance has it: more of green. */
static void mosaic(view_picture_t *p, const sim_image_t *image)
{
    static const double share[3] = {0.45, 0.8, 0.55};
    static const uint8_t site[4] = {0, 1, 1, 2}; /* RGGB */
    p->width_px = image->width_px;
    p->height_px = image->height_px;
    p->bits = 10;
    p->black = RIG_BLACK;
    p->bayer = SIM_BAYER_RGGB;
    p->room = (size_t)image->width_px * image->height_px * 2;
    p->px.raw = malloc(p->room);
    need(p->px.raw != NULL, "no memory");
    for (uint32_t y = 0; y < p->height_px; y++)
        for (uint32_t x = 0; x < p->width_px; x++) {
            size_t at = (size_t)y * p->width_px + x;
            uint32_t c = site[(y & 1) * 2 + (x & 1)];
            double v = image->data[3 * at + c] / 255.0;
            p->px.raw[at] = (uint16_t)(RIG_BLACK + 900 * v * v * share[c]);
        }
    p->window = timing_of(0).window;
}

/* Rows from rows_read on of the frame before. */
static void draw_world(view_rig_t *rig, uint32_t rows_read)
{
    view_model_t *m = &rig->model;
    sim_image_t now, before, ideal;
    scene_timing_t at = timing_of(RIG_FRAME), was = timing_of(RIG_FRAME - 1);
    double white = scene_desc(rig->scene)->lux.low;
    need(scene_draw(rig->scene, &at, RIG_WIDTH, white, NULL, &now) == SIM_OK &&
             scene_draw(rig->scene, &was, RIG_WIDTH, white, NULL, &before) == SIM_OK &&
             scene_draw(rig->scene, &at, 640, white, NULL, &ideal) == SIM_OK,
         "the scene cannot be drawn");
    size_t row = 3 * (size_t)now.width_px;
    memcpy(now.data + row * rows_read, before.data + row * rows_read,
           row * (now.height_px - rows_read));
    take(&m->picture[VIEW_IDEAL], &ideal, RIG_FRAME);
    take(&m->picture[VIEW_ISP], &now, RIG_FRAME);
    mosaic(&m->picture[VIEW_RAW], &now);
    m->picture[VIEW_RAW].frame = RIG_FRAME;
    m->picture[VIEW_RAW].rows = m->picture[VIEW_ISP].rows = rows_read;
    sim_image_free(&now);
    sim_image_free(&before);
    sim_image_free(&ideal);
}

/* ---- reports ---- */

static void report(view_rig_t *rig, uint32_t frame)
{
    static scene_truth_t truth;
    scene_timing_t timing = timing_of(frame);
    scene_truth(rig->scene, &timing, frame, &truth);
    view_report_t *r = view_tell_report(&rig->model);
    r->frame = frame;
    r->told_ps = timing.start_ps + RIG_FRAME_PS;
    r->latency_us = 36600;
    r->lines = 1;
    r->count_in = truth.in;
    r->count_out = truth.out;
    for (uint32_t i = 0; i < truth.count && r->boxes < VIEW_BOXES; i++) {
        const scene_box_t *b = &truth.box[i];
        r->box[r->boxes++] = (metadata_box_t){.id = b->id,
                                              .class_id = 1,
                                              .score = 230,
                                              .x = (uint32_t)b->x,
                                              .y = (uint32_t)b->y,
                                              .w = (uint32_t)b->w,
                                              .h = (uint32_t)b->h};
    }
}

static void packet(view_rig_t *rig, uint64_t end_ps, uint8_t vc, uint8_t dt, uint32_t bytes)
{
    view_packet_t *p = view_tell_packet(&rig->model);
    p->start_ps = end_ps - 1000;
    p->end_ps = end_ps;
    p->vc = vc;
    p->dt = dt;
    p->bytes = bytes;
}

/* A region of the ISP's image, 640 x 480 of the middle of the array. */
static void region(view_rig_t *rig)
{
    const view_picture_t *isp = &rig->model.picture[VIEW_ISP];
    view_picture_t *p = &rig->model.picture[VIEW_HOST];
    sim_image_t image = {640, 480, 3, malloc((size_t)3 * 640 * 480)};
    need(image.data != NULL, "no memory");
    for (uint32_t y = 0; y < 480; y++)
        memcpy(image.data + (size_t)3 * 640 * y,
               isp->px.rgb + 3 * ((size_t)(y + 520) * isp->width_px + 694), (size_t)3 * 640);
    take(p, &image, RIG_FRAME - 1);
    p->window = (sim_window_t){.x_px = 1388, .y_px = 1040, .width_px = 1280, .height_px = 960};
    sim_image_free(&image);
}

static void send(view_rig_t *rig, uint32_t frame, rig_link_t link)
{
    uint64_t at = frame * RIG_FRAME_PS + 36600000000;
    uint32_t rows = link == RIG_REGION ? 480 : link == RIG_IMAGE ? RIG_HEIGHT : 0;
    uint32_t row = link == RIG_REGION ? 640 * 3 + 6 : RIG_WIDTH * 3 + 6;
    for (uint32_t i = 0; rows != 0 && i < rows + 2; i++)
        packet(rig, at - (rows - i) * 1000000, 0,
               i == 0          ? MIPI_DT_FS
               : i == rows + 1 ? MIPI_DT_FE
                               : MIPI_DT_RGB888,
               i == 0 || i == rows + 1 ? 4 : row);
    packet(rig, at + 3000000, 1, MIPI_DT_FS, 4);
    packet(rig, at + 4000000, 1, MIPI_DT_USER1, 94);
    packet(rig, at + 5000000, 1, MIPI_DT_FE, 4);
}

/* ---- all of it ---- */

/* Pictures of a scene file, RAW and the ISP's as far as rows_read; reports of the frames before,
 * which found who is in the truth. Aborts on what is wrong. */
static void rig_make(view_rig_t *rig, const char *scene_file, uint32_t rows_read, rig_link_t link)
{
    char error[512];
    memset(rig, 0, sizeof(*rig));
    need(view_model_init(&rig->model), "no memory");
    need(scene_load_file(scene_file, NULL, &rig->scene, error, sizeof(error)) == SIM_OK, error);
    view_ui_init(&rig->ui);
    view_model_t *m = &rig->model;
    m->scene = rig->scene;
    m->timing = timing_of(RIG_FRAME);
    m->now_ps = m->timing.start_ps + RIG_EXPOSURE_PS + rows_read * RIG_LINE_PS;
    scene_truth(rig->scene, &m->timing, RIG_FRAME, &m->truth);
    m->truth_known = true;
    draw_world(rig, rows_read);
    for (uint32_t frame = 0; frame < RIG_FRAME; frame++) {
        const timeline_frame_t times = {.frame = frame,
                                        .readout_start_ps = frame * RIG_FRAME_PS + RIG_EXPOSURE_PS};
        report(rig, frame);
        send(rig, frame, link);
        view_tell_frame(m, &times);
    }
    if (link == RIG_REGION)
        region(rig);
    if (link == RIG_IMAGE) {
        const view_picture_t *isp = &m->picture[VIEW_ISP];
        const sim_image_t image = {isp->width_px, isp->height_px, 3, isp->px.rgb};
        take(&m->picture[VIEW_HOST], &image, RIG_FRAME - 1);
    }
}

static void rig_free(view_rig_t *rig)
{
    view_model_free(&rig->model);
    draw_free(&rig->draw);
    scene_free(rig->scene);
}

/* One of them in an empty list. */
static void rig_draw(view_rig_t *rig, ui_panel_fn_t panel, draw_rect_t rect)
{
    const ui_t ui = {.model = &rig->model, .ui = &rig->ui, .draw = &rig->draw};
    draw_begin(&rig->draw, (uint32_t)(rect.x + rect.w), (uint32_t)(rect.y + rect.h));
    panel(&ui, rect);
}

#endif
