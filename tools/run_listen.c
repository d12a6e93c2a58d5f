#include "tools/run_listen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli.h"
#include "tools/phases.h"
#include "tools/run_snapshot.h"
#include "tools/truth.h"

enum { LATE_FRAMES = 2 }; /* beyond the last one, until metadata is missing */

/* ---- what it hears ---- */

static void write_truth(run_t *run, uint32_t frame)
{
    const scene_timing_t *timing = &run->timing[frame % RUN_RING];
    scene_events_t events = {0};
    uint64_t until_ps = timing->start_ps + 1;
    scene_truth(run->scenario.scene, timing, frame, &run->truth);
    if (!scene_events(run->scenario.scene, run->events_ps, until_ps, &events)) {
        run_fail(run, EXIT_FAILED, "out of memory");
        sim_stop(run->sim);
    }
    truth_write_line(run->results.truth, frame, timing, &run->truth, &events);
    scene_events_free(&events);
    run->events_ps = until_ps;
}

/* Frames that the sensor has read; the newest is under way. */
static uint64_t frames_read(const run_t *run)
{
    uint64_t begun = run->sensor->pixel.frames;
    return begun > 0 ? begun - 1 : 0;
}

/* Where the host wants images only nothing else is to be waited for; nor where a program tells
 * something now and then. */
uint64_t run_frames(const run_t *run)
{
    enum { IMAGE_ONLY_MODE = 0xa700 };
    if (!run->scenario.output.metadata)
        return frames_read(run);
    const host_t *host = &run->host;
    uint64_t reports = host_frames(host);
    uint64_t images = host->raw_frames > host->rgb_frames ? host->raw_frames : host->rgb_frames;
    bool images_only = ccs_byte(&run->sensor->ccs, IMAGE_ONLY_MODE) == 1;
    return images_only && images > reports ? images : reports;
}

bool run_is_complete(const run_t *run)
{
    return !run->served && run_frames(run) >= run->scenario.frames && !host_image_open(&run->host);
}

static void on_frame_start(void *ctx, bool level)
{
    run_t *run = ctx;
    uint32_t frame = run->sensor->pixel.now.frame;
    if (!level)
        return;
    run->last_frame_ps = sim_now_ps(run->sim);
    run->timing[frame % RUN_RING] = truth_timing(&run->sensor->pixel.desc, &run->sensor->pixel.now);
    if (run->watcher != NULL && run->watcher->frame_starts != NULL)
        run->watcher->frame_starts(run->watcher->told, &run->timing[frame % RUN_RING], frame);
    if (run_is_complete(run))
        sim_stop(run->sim);
    else if (frame < run->scenario.frames)
        write_truth(run, frame);
    else if (frame >= run->scenario.frames + LATE_FRAMES)
        sim_stop(run->sim); /* the missing metadata will not come any more */
}

static void on_metadata(void *ctx, const metadata_t *metadata)
{
    run_t *run = ctx;
    char dir[1200];
    scene_truth(run->scenario.scene, &run->timing[metadata->frame % RUN_RING], metadata->frame,
                &run->truth);
    score_frame(&run->score, metadata, &run->truth);
    run->truth_in = run->truth.in;
    run->truth_out = run->truth.out;
    run->count_in = metadata->count_in;
    run->count_out = metadata->count_out;
    if (run->watcher != NULL && run->watcher->metadata != NULL)
        run->watcher->metadata(run->watcher->told, metadata);
    if (metadata->boxes > run->largest_crowd)
        run->largest_crowd = metadata->boxes;
    snprintf(dir, sizeof(dir), "%s/frames", run->results.dir);
    if (!preview_write(&run->preview, metadata, dir, run->error, sizeof(run->error)))
        sim_stop(run->sim);
    if (run_is_complete(run))
        sim_stop(run->sim);
}

static void on_received(void *ctx, const mipi_rx_frame_t *frame)
{
    const run_t *run = ctx;
    if (run->watcher->received != NULL)
        run->watcher->received(run->watcher->told, frame);
}

/* The last metadata may come while its image is still on its way; tensor lines come within it. */
static void on_image(void *ctx)
{
    run_t *run = ctx;
    if (run_is_complete(run))
        sim_stop(run->sim);
}

static void add_latency(run_latency_t *latency, uint64_t from_ps, uint64_t to_ps)
{
    int64_t ps = (int64_t)(to_ps - from_ps);
    latency->sum_ps += ps;
    if (latency->count++ == 0 || ps > latency->max_ps)
        latency->max_ps = ps;
}

/* Appends to a list that grows. */
static void keep(run_t *run, void **list, size_t *list_bytes, const void *item, size_t bytes)
{
    uint8_t *more = realloc(*list, *list_bytes + bytes);
    if (more == NULL) {
        run_fail(run, EXIT_FAILED, "out of memory");
        return;
    }
    memcpy(more + *list_bytes, item, bytes);
    *list = more;
    *list_bytes += bytes;
}

static void on_energy(void *ctx, const energy_frame_t *frame)
{
    run_t *run = ctx;
    keep(run, &run->energies, &run->energies_bytes, frame, sizeof(*frame));
    if (run->watcher != NULL && run->watcher->energy != NULL)
        run->watcher->energy(run->watcher->told, frame);
}

static void on_frame_done(void *ctx, const timeline_frame_t *frame)
{
    run_t *run = ctx;
    keep(run, &run->frames, &run->frames_bytes, frame, sizeof(*frame));
    run_timeline_frame(&run->timeline, frame);
    if (run->watcher != NULL && run->watcher->frame != NULL)
        run->watcher->frame(run->watcher->told, frame);
    if (run->photon_to_alert.count == 0)
        run->first = *frame;
    add_latency(&run->photon_to_alert, frame->exposure_start_ps, frame->link_last_ps);
    add_latency(&run->readout_to_alert, frame->readout_end_ps, frame->link_last_ps);
    add_latency(&run->npu_time, frame->npu_start_ps, frame->npu_end_ps);
}

static void on_image_left(void *ctx, const timeline_image_t *image)
{
    run_t *run = ctx;
    keep(run, &run->images, &run->images_bytes, image, sizeof(*image));
    run_timeline_image(&run->timeline, image);
}

static void on_pins(void *ctx, uint32_t levels, uint32_t changed)
{
    run_t *run = ctx;
    const phases_edge_t edge = {sim_now_ps(run->sim), levels};
    keep(run, &run->edges, &run->edges_bytes, &edge, sizeof(edge));
    for (uint32_t pin = 0; pin < GPIO_PINS; pin++)
        if ((changed >> pin & 1) != 0)
            fprintf(run->results.pins, "{\"time_ps\":%llu,\"pin\":%u,\"level\":%u}\n",
                    (unsigned long long)edge.time_ps, pin, levels >> pin & 1);
}

static void on_uart(void *ctx, uint8_t byte)
{
    run_t *run = ctx;
    fputc(byte, run->results.uart);
    if (run->watcher != NULL && run->watcher->uart != NULL)
        run->watcher->uart(run->watcher->told, byte);
}

/* ---- the wires ---- */

mipi_phy_t run_phy(const run_t *run)
{
    char error[200];
    mipi_phy_t phy;
    (void)mipi_tx_phy(&run->sensor->mipi, &phy, error, sizeof(error));
    return phy;
}

/* The trace and, where they are wanted, waves and a watcher hear of spans. */
static void on_span(void *ctx, const char *track, const char *name, uint64_t start_ps,
                    uint64_t end_ps, const char *args)
{
    run_t *run = ctx;
    trace_file_span(&run->trace, track, name, start_ps, end_ps, args);
    signal_waves_span(&run->signals, track, name, start_ps, end_ps, args);
    if (run->watcher != NULL && run->watcher->span != NULL)
        run->watcher->span(run->watcher->told, track, name, start_ps, end_ps, args);
}

static void on_count(void *ctx, const char *track, uint64_t at_ps, const char *values)
{
    run_t *run = ctx;
    trace_file_count(&run->trace, track, at_ps, values);
    if (run->watcher->count != NULL)
        run->watcher->count(run->watcher->told, track, at_ps, values);
}

static bool begin_trace(run_t *run, const run_desc_t *desc)
{
    uint32_t level = desc->trace_level;
    bool waves = desc->signals.file != NULL, watched = run->watcher != NULL;
    const scenario_t *s = &run->scenario;
    const char *const programs[] = {s->firmware, s->boot_rom};
    bool in_place = s->sensor.logic.clkrst.boot == BOOT_MEMORY;
    trace_file_begin(&run->trace, run->results.trace,
                     level != 0 ? (trace_level_t)(level - 1) : TRACE_LEVEL_DEFAULT);
    run->trace.mute = desc->flags.no_files;
    sim_set_trace(run->sim, waves || watched ? on_span : trace_file_span,
                  waves || watched ? (void *)run : (void *)&run->trace);
    sim_set_count(run->sim, watched ? on_count : trace_file_count,
                  watched ? (void *)run : (void *)&run->trace);
    return signal_waves_init(&run->signals, &desc->signals, run->sensor, run->error,
                             sizeof(run->error)) &&
           run_timeline_init(&run->timeline, run->sensor, &run->trace, waves, programs,
                             in_place ? 1 : 2, run->error, sizeof(run->error));
}

int run_listen(run_t *run, const run_desc_t *desc)
{
    sensor_t *sensor = run->sensor;
    if (scene_prepare(run->scenario.scene, sim_pool_threads(run->pool),
                      sensor->pixel.desc.width_px + 2 * PIX_BLUR_MAX) != SIM_OK)
        return run_fail(run, EXIT_FAILED, "out of memory");
    sensor->pixel.light = scene_light(run->scenario.scene);
    if (run->player.script != NULL)
        sensor->pixel.light = lamp_light(&run->player.lamp, sensor->pixel.light);
    sensor->uart.sent = on_uart;
    sensor->uart.sent_ctx = run;
    sensor->timeline.done = on_frame_done;
    sensor->timeline.image = on_image_left;
    sensor->timeline.done_ctx = sensor->timeline.image_ctx = run;
    if (!run->served) { /* a host outside looks itself */
        sensor->gpio.moved = on_pins;
        sensor->gpio.moved_ctx = run;
    }
    sensor->energy.frame_done = on_energy;
    sensor->energy.frame_ctx = run;
    host_init(&run->host, run->results.metadata, run->results.postmortem,
              run->scenario.output.images ? run->results.dir : NULL);
    run->host.names = metadata_names(run->scenario.resolved);
    run->host.on_metadata = on_metadata;
    run->host.on_frame = run->watcher != NULL ? on_received : NULL;
    run->host.on_image = run->host.on_tensors = on_image;
    run->host.elf = run->scenario.firmware;
    run->host.ctx = run;
    snprintf(run->tensors_dir, sizeof(run->tensors_dir), "%s/frames", run->results.dir);
    run->host.tensors.lines = run->results.tensors;
    run->host.tensors.dir = run->tensors_dir;
    char frames_dir[1200];
    snprintf(frames_dir, sizeof(frames_dir), "%s/frames", run->results.dir);
    mipi_phy_t phy = run_phy(run);
    mipi_capture_begin(&run->capture, run->results.link, &phy);
    if (!begin_trace(run, desc))
        return EXIT_USAGE;
    bool fine =
        (desc->flags.no_files || /* which may go on for hours */
         mipi_tx_listen(&sensor->mipi, mipi_capture_packet, &run->capture)) &&
        mipi_tx_listen(&sensor->mipi, host_packet, &run->host) &&
        fault_listen(&run->faults, &run->host) &&
        run_layers_init(&run->layers, &sensor->npu, &run->networks) &&
        sim_wire_connect(&sensor->pixel.frame_start, on_frame_start, run) &&
        preview_init(&run->preview, &sensor->isp, run->scenario.scene,
                     run->scenario.output.picture) &&
        raw_frames_init(&run->raw_frames, &sensor->pixel, &sensor->isp, run->scenario.output.dng,
                        frames_dir, run->error, sizeof(run->error)) &&
        run_snapshot_connect(run) && (!run->debugged || image_watch_connect(&run->watch, sensor));
    run->preview.mute = desc->flags.no_files;
    if (!fine)
        return run_fail(run, EXIT_FAILED, "a port of the sensor has no place left");
    if (run->watcher != NULL && run->watcher->begin != NULL &&
        !run->watcher->begin(run->watcher->ctx, run))
        return EXIT_FAILED;
    return EXIT_FINE;
}
