#include "tools/view/listen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isp/rows.h"
#include "isp/yuv.h"
#include "tools/host_image.h"
#include "tools/truth.h"

enum {
    LEAST_PX = 240,
    MOST_PX = 1280,  /* width of the world's picture */
    WORLD_LOOKS = 2, /* for a picture of the world: 15 a second */
    IMAGE_LOOKS = 8, /* for an image that the chip does not make: 4 */
};

static uint64_t now_ps(const view_listen_t *l)
{
    return sim_now_ps(l->run->sim);
}

static void stepped(const view_listen_t *l, play_step_t step)
{
    if (l->stepped != NULL)
        l->stepped(l->ctx, step);
}

/* ---- pictures ---- */

/* Is somebody to see another one, so many looks after the last? Then it is made now. */
static bool is_due(const view_listen_t *l, uint32_t *last, uint32_t looks)
{
    bool due = l->looks - *last >= looks || l->every_image;
    *last = due ? l->looks : *last;
    return due;
}

/* Room for a frame; what was there stays where the size is the same. False without memory. */
static bool make_room(view_picture_t *p, uint32_t width_px, uint32_t height_px, size_t px_bytes)
{
    size_t bytes = (size_t)width_px * height_px * px_bytes;
    if (p->width_px == width_px && p->height_px == height_px && p->room >= bytes)
        return true;
    if (p->room < bytes) {
        free(p->px.rgb);
        p->px.rgb = malloc(bytes);
        p->room = p->px.rgb != NULL ? bytes : 0;
    }
    p->first = true;
    p->width_px = p->px.rgb != NULL ? width_px : 0;
    p->height_px = p->px.rgb != NULL ? height_px : 0;
    if (p->px.rgb != NULL)
        memset(p->px.rgb, 0, bytes);
    return p->px.rgb != NULL;
}

/* The chip file's is of its own bits. */
static uint32_t black_of(const pix_desc_t *die, uint32_t bits)
{
    return (uint32_t)((uint64_t)die->black_dn * (UINT64_C(1) << bits) >> die->adc_bits);
}

static void on_row(void *ctx, const sim_line_t *line)
{
    view_listen_t *l = ctx;
    view_picture_t *p = &l->model->picture[VIEW_RAW];
    view_tell_fill(l->model, now_ps(l), l->run->sensor->mipi.fifo_used);
    if (line->exposure == 0 && make_room(p, line->width_px, line->height_px, 2)) {
        p->frame = line->frame;
        p->rows = line->row + 1;
        p->bits = line->bits;
        p->bayer = line->bayer;
        p->black = black_of(&l->run->sensor->pixel.desc, line->bits);
        p->window = line->window;
        p->told_ps = now_ps(l);
        p->first = p->first && p->rows < p->height_px;
        memcpy(p->px.raw + (size_t)line->row * line->width_px, sim_line_raw(line),
               2 * (size_t)line->width_px);
    }
    stepped(l, STEP_ROW);
}

/* The chip's own image, where one is made of the whole frame, as it leaves. */
static bool is_made(const isp_t *isp)
{
    return isp->image.active && isp->image.job.out_on == 0;
}

static void on_image_line(void *ctx, const sim_line_t *line)
{
    view_listen_t *l = ctx;
    view_picture_t *p = &l->model->picture[VIEW_ISP];
    l->image_window = line->window;
    if (line->row == 0)
        l->image_wanted = is_made(&l->run->sensor->isp) && is_due(l, &l->image_look, 1);
    if (!l->image_wanted || !make_room(p, line->width_px, line->height_px, 3))
        return;
    uint8_t *rgb = p->px.rgb + 3 * (size_t)line->width_px * line->row;
    if (line->format == SIM_LINE_YUV422)
        yuv_unpack_422(line->data.rgb, line->width_px, l->run->sensor->isp.image.job.mode, rgb);
    else
        memcpy(rgb, line->data.rgb, 3 * (size_t)line->width_px);
    p->frame = line->frame;
    p->rows = line->row + 1;
    p->window = line->window;
    p->told_ps = now_ps(l);
}

/* A viewer makes no frame's image: what stages do is state. */
static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

/* Else what the network sees. */
static void on_codes(void *ctx, uint32_t row, const uint8_t *const rgb[ISP_CHANNELS])
{
    view_listen_t *l = ctx;
    const isp_frame_t *now = &l->run->sensor->isp.now;
    view_picture_t *p = &l->model->picture[VIEW_ISP];
    if (row >= now->height_px || !make_room(p, now->width_px, now->height_px, 3))
        return;
    uint8_t *to = p->px.rgb + 3 * (size_t)now->width_px * row;
    l->run->sensor->isp.image.interleave->interleave(rgb, now->width_px, to);
    p->frame = now->frame;
    p->rows = row + 1;
    p->window = now->window;
    p->told_ps = now_ps(l);
}

static bool codes_wanted(void *ctx)
{
    view_listen_t *l = ctx;
    return !is_made(&l->run->sensor->isp) && is_due(l, &l->image_look, IMAGE_LOOKS);
}

/* An image on the link says neither which part of the array it shows nor its colors' order. */
static bool take_image(view_listen_t *l, const mipi_rx_stream_t *stream, uint32_t width_px)
{
    view_picture_t *p = &l->model->picture[VIEW_HOST];
    bool raw = host_image_is_raw(stream);
    const view_picture_t *shown = &l->model->picture[VIEW_RAW];
    if (!make_room(p, width_px, stream->lines, raw ? 2 : 3))
        return false;
    p->bits = raw ? host_image_samples(stream, p->px.raw) : 0;
    if (raw ? p->bits == 0 : !host_image_rgb(stream, p->px.rgb))
        return false;
    p->bayer = shown->bayer;
    p->black = raw ? black_of(&l->run->sensor->pixel.desc, p->bits) : 0;
    p->window = raw ? shown->window : l->image_window;
    return true;
}

static void on_received(void *ctx, const mipi_rx_frame_t *frame)
{
    view_listen_t *l = ctx;
    view_picture_t *p = &l->model->picture[VIEW_HOST];
    bool due = false;
    for (uint32_t i = 0; i < frame->streams; i++) {
        const mipi_rx_stream_t *stream = &frame->stream[i];
        uint32_t width_px = host_image_is(stream) ? host_image_width(stream) : 0;
        if (width_px == 0 || stream->lines == 0)
            continue;
        due = due || is_due(l, &l->host_look, 1);
        if (!due || !take_image(l, stream, width_px))
            continue;
        p->frame = frame->number;
        p->rows = p->height_px;
        p->told_ps = now_ps(l);
    }
}

static void draw_world(view_listen_t *l)
{
    view_model_t *m = l->model;
    view_picture_t *p = &m->picture[VIEW_IDEAL];
    sim_image_t image = {0};
    double white = scene_desc(m->scene)->lux.low;
    if (scene_draw(m->scene, &m->timing, l->ideal_px, white, l->run->pool, &image) != SIM_OK)
        return;
    if (make_room(p, image.width_px, image.height_px, 3)) {
        memcpy(p->px.rgb, image.data, 3 * (size_t)image.width_px * image.height_px);
        p->frame = l->drawn_frame;
        p->rows = p->height_px;
        p->window = m->timing.window;
        p->window.flip_x = p->window.flip_y = 0; /* scene_draw turns nothing */
        p->told_ps = now_ps(l);
    }
    sim_image_free(&image);
}

void view_listen_refresh(view_listen_t *l, uint32_t ideal_px)
{
    view_model_t *m = l->model;
    uint32_t px = ideal_px < LEAST_PX ? LEAST_PX : ideal_px < MOST_PX ? ideal_px : MOST_PX;
    m->now_ps = now_ps(l);
    l->looks++;
    if (ideal_px == 0 || m->scene == NULL || !m->truth_known)
        return;
    bool same = l->drawn && l->ideal_px == px;
    if (same && (l->drawn_frame == m->truth.frame || !is_due(l, &l->world_look, WORLD_LOOKS)))
        return;
    l->drawn = true;
    l->drawn_frame = m->truth.frame;
    l->ideal_px = px;
    draw_world(l);
}

/* ---- what the run tells ---- */

static void on_count(void *ctx, const char *track, uint64_t at_ps, const char *values)
{
    view_listen_t *l = ctx;
    view_tell_count(l->model, track, at_ps, values);
}

static void on_frame(void *ctx, const timeline_frame_t *frame)
{
    view_listen_t *l = ctx;
    view_tell_frame(l->model, frame);
}

static bool is_engine(const char *track)
{
    static const char *const engines[] = {"npu.load", "npu.store", "npu.mac", "npu.vec"};
    for (uint32_t i = 0; i < SIM_COUNT(engines); i++)
        if (strcmp(track, engines[i]) == 0)
            return true;
    return false;
}

static void on_span(void *ctx, const char *track, const char *name, uint64_t start_ps,
                    uint64_t end_ps, const char *args)
{
    view_listen_t *l = ctx;
    view_tell_span(l->model, track, name, start_ps, end_ps, args, now_ps(l));
    if (strcmp(track, "npu.layers") == 0) /* told when all of a layer's turn is through */
        stepped(l, STEP_NLAYER);
    else if (is_engine(track))
        stepped(l, STEP_INSN);
}

static void on_frame_starts(void *ctx, const scene_timing_t *timing, uint32_t frame)
{
    view_listen_t *l = ctx;
    view_model_t *m = l->model;
    m->timing = *timing;
    if (m->scene != NULL) {
        scene_truth(m->scene, timing, frame, &m->truth);
        m->truth_known = true;
    }
    stepped(l, STEP_FRAME);
}

/* "crossing, id 3, line door, direction out": as metadata.jsonl has it, without the time. */
static void tell_event(view_listen_t *l, uint32_t frame, const sim_json_t *event)
{
    char text[VIEW_LINE];
    size_t used = 0;
    text[0] = '\0';
    for (const sim_json_t *e = sim_json_first(event); e != NULL; e = sim_json_next(e)) {
        const char *key = sim_json_key(e);
        if (strcmp(key, "time_ps") == 0 || used >= sizeof(text))
            continue;
        const char *comma = used > 0 ? ", " : "";
        bool type = strcmp(key, "type") == 0;
        char *value = sim_json_kind(e) == SIM_JSON_STR ? NULL : sim_json_print(e, false);
        int n = snprintf(text + used, sizeof(text) - used, "%s%s%s%s", comma, type ? "" : key,
                         type ? "" : " ", value != NULL ? value : sim_json_str(e, ""));
        free(value);
        used += n > 0 ? (size_t)n : 0;
    }
    view_tell_line(l->model, LINE_EVENT, now_ps(l), "frame %u: %.*s", frame, VIEW_LINE - 24, text);
}

static void tell_events(view_listen_t *l, const metadata_t *metadata)
{
    const metadata_names_t names = metadata_names(l->run->scenario.resolved);
    sim_json_t *line = metadata->events != 0 ? metadata_json(metadata, &names) : NULL;
    const sim_json_t *events = line != NULL ? sim_json_find(line, "events") : NULL;
    for (const sim_json_t *e = events != NULL ? sim_json_first(events) : NULL; e != NULL;
         e = sim_json_next(e))
        tell_event(l, metadata->frame, e);
    sim_json_free(line);
}

static void on_metadata(void *ctx, const metadata_t *metadata)
{
    view_listen_t *l = ctx;
    view_report_t *r = view_tell_report(l->model);
    *r = (view_report_t){.told_ps = now_ps(l),
                         .frame = metadata->frame,
                         .network = metadata->network,
                         .latency_us = metadata->latency_us,
                         .lines = metadata->lines,
                         .count_in = metadata->count_in,
                         .count_out = metadata->count_out,
                         .events = metadata->events};
    r->boxes = metadata->boxes < VIEW_BOXES ? metadata->boxes : VIEW_BOXES;
    for (uint32_t i = 0; i < r->boxes; i++)
        r->box[i] = metadata_box(metadata, i);
    tell_events(l, metadata);
}

static void on_energy(void *ctx, const energy_frame_t *frame)
{
    view_listen_t *l = ctx;
    memcpy(l->model->energy_fj, frame->fj, sizeof(frame->fj));
    l->model->energy_frame = frame->frame;
    l->model->energy_ps = now_ps(l);
    l->model->energy_known = true;
}

static void on_uart(void *ctx, uint8_t byte)
{
    view_listen_t *l = ctx;
    bool ends = byte == '\n' || l->uart_used + 1 == sizeof(l->uart);
    if (byte >= ' ' && byte != 0x7f && !ends)
        l->uart[l->uart_used++] = (char)byte;
    if (!ends || l->uart_used == 0)
        return;
    l->uart[l->uart_used] = '\0';
    view_tell_line(l->model, LINE_UART, now_ps(l), "%s", l->uart);
    l->uart_used = 0;
}

static void on_packet(void *ctx, const mipi_packet_t *packet)
{
    view_listen_t *l = ctx;
    view_packet_t *p = view_tell_packet(l->model);
    p->start_ps = packet->start_ps;
    p->end_ps = packet->more ? packet->last_byte_ps : packet->end_ps;
    p->number = packet->number;
    p->bytes = packet->count;
    p->kept = packet->count < VIEW_HEAD ? packet->count : VIEW_HEAD;
    memcpy(p->head, packet->bytes, p->kept);
    if (packet->count > 0) { /* the header's first byte, CSI-2 v3.0, 9.1 */
        p->vc = packet->bytes[0] >> 6;
        p->dt = packet->bytes[0] & 0x3f;
    }
    view_tell_fill(l->model, now_ps(l), l->run->sensor->mipi.fifo_used);
    stepped(l, STEP_PACKET);
}

/* Which of the networks it is: by the tables of names that the NPU goes by. */
static void on_inference(void *ctx, bool level)
{
    view_listen_t *l = ctx;
    view_model_t *m = l->model;
    const npu_t *npu = &l->run->sensor->npu;
    const npu_prog_t *names = npu_names(npu);
    if (!level || names == NULL)
        return;
    for (uint32_t i = 0; i < l->run->networks.count; i++)
        if (&l->run->networks.prog[i] == names)
            m->network = i;
    m->layers = names->layer_count < VIEW_LAYERS ? names->layer_count : VIEW_LAYERS;
    for (uint32_t i = 0; i < m->layers; i++) {
        view_layer_t *layer = &m->layer[i];
        snprintf(layer->name, sizeof(layer->name), "%s", names->layers[i].name);
        snprintf(layer->op, sizeof(layer->op), "%.*s", VIEW_NAME - 1, names->layers[i].op);
        layer->known = npu_layer_report(npu, i, &layer->report);
    }
}

/* ---- begin, back, end ---- */

/* A scene of its own, for drawing needs scratch memory of the scene's. A pipe is seen once. */
static bool load_world(view_listen_t *l, run_t *run, const run_desc_t *desc)
{
    char error[RUN_ERROR];
    if (scene_is_pipe(run->scenario.scene))
        return true;
    if (!scenario_load(&l->world, desc->scenario, &desc->flags, error, sizeof(error))) {
        run_fail(run, EXIT_FAILED, "%s", error);
        return false;
    }
    l->model->scene = l->world.scene;
    return true;
}

void view_listen_watch(view_listen_t *l, run_watcher_t *watcher)
{
    watcher->span = on_span;
    watcher->count = on_count;
    watcher->frame_starts = on_frame_starts;
    watcher->metadata = on_metadata;
    watcher->received = on_received;
    watcher->frame = on_frame;
    watcher->energy = on_energy;
    watcher->uart = on_uart;
    watcher->told = l;
}

bool view_listen_begin(view_listen_t *l, run_t *run, const run_desc_t *desc)
{
    sensor_t *sensor = run->sensor;
    l->run = run;
    l->looks = IMAGE_LOOKS; /* the first frame's are wanted */
    l->model->sensor = sensor;
    l->model->networks = &run->networks;
    l->model->frames = run->scenario.frames < VIEW_ENDLESS ? run->scenario.frames : 0;
    if (!load_world(l, run, desc))
        return false;
    sensor->isp.watch = (isp_watch_t){codes_wanted, on_codes, l};
    bool fine = pix_add_sink(&sensor->pixel, (sim_line_sink_t){on_row, l}) &&
                isp_add_image_sink(&sensor->isp,
                                   (img_sink_t){.line = {on_image_line, l}, .wanted = never}) &&
                mipi_tx_listen(&sensor->mipi, on_packet, l) &&
                sim_wire_connect(&sensor->npu.done, on_inference, l);
    if (!fine)
        run_fail(run, EXIT_FAILED, "a port of the sensor has no place left");
    return fine;
}

void view_listen_end(view_listen_t *l)
{
    scenario_free(&l->world);
}

void view_listen_back(view_listen_t *l, uint64_t at_ps)
{
    l->uart_used = 0;
    l->drawn = false;
    view_model_back(l->model, at_ps);
}
