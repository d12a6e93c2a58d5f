#include "tools/run_snapshot.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"
#include "tools/cli.h"
#include "tools/execution.h"
#include "tools/version.h"

enum { PATH = 1200, MAX_INPUT_BYTES = 1 << 30 };

/* The first complaint stays. */
static int fail(run_t *run, int code, const char *fmt, ...) SIM_PRINTF(3, 4);
static int fail(run_t *run, int code, const char *fmt, ...)
{
    va_list args;
    if (run->error[0] != '\0')
        return code;
    va_start(args, fmt);
    vsnprintf(run->error, sizeof(run->error), fmt, args);
    va_end(args);
    return code;
}

/* ---- the run as a component ---- */

static size_t raw_bytes(const sim_comp_t *comp)
{
    return ((const run_t *)(const void *)comp)->raw_frames.room_px * sizeof(uint16_t);
}

/* Kept, never hashed: none of it is the sensor's. */
#define K(member) SIM_FIELD_KEPT(run_t, member)
static const sim_field_t fields[] = {
    K(timing),
    K(truth),
    K(events_ps),
    K(score),
    K(first),
    K(photon_to_alert),
    K(readout_to_alert),
    K(npu_time),
    K(count_in),
    K(count_out),
    K(truth_in),
    K(truth_out),
    K(largest_crowd),
    K(last_frame_ps),
    K(host.metadata_frames),
    K(host.raw_frames),
    K(host.rgb_frames),
    K(host.postmortems),
    K(host.tensors.frames),
    K(host.tensors.inputs),
    K(host.tensors.outputs),
    K(host.tensors.each),
    K(host.tensors.input_waits),
    K(host.tensors.input_count),
    K(host.tensors.set_ps),
    K(host.problems),
    K(host.error),
    K(capture.link),
    K(capture.packets),
    K(capture.last_ps),
    K(timeline.rise_ps),
    K(timeline.high),
    K(trace.track),
    K(trace.tracks),
    K(trace.counter),
    K(trace.counters),
    K(trace.spans),
    K(trace.counts),
    K(preview.image.width_px),
    K(preview.image.height_px),
    K(preview.window),
    K(preview.frame),
    K(preview.complete),
    K(raw_frames.raw.width_px),
    K(raw_frames.raw.height_px),
    K(raw_frames.raw.bits),
    K(raw_frames.raw.bayer),
    K(raw_frames.raw.black),
    K(raw_frames.raw.white),
    K(raw_frames.raw.has_color),
    K(raw_frames.raw.color_matrix),
    K(raw_frames.raw.neutral),
    K(raw_frames.raw.exposure_s),
    K(raw_frames.raw.f_number),
    K(raw_frames.raw.iso),
    K(raw_frames.raw.model),
    SIM_FIELD_BUF_KEPT(run_t, raw_frames.raw.data, raw_bytes),
    SIM_FIELD_END,
};
#undef K

/* The files of the frames that a list names. */
static void exchange_list(run_t *run, sim_snap_t *snap, const void *list, size_t bytes,
                          const char *suffix)
{
    for (size_t i = 0; i < bytes / sizeof(uint32_t); i++) {
        uint32_t frame;
        char name[64];
        memcpy(&frame, (const uint8_t *)list + i * sizeof(frame), sizeof(frame));
        snprintf(name, sizeof(name), "frames/frame_%05u.%s", frame, suffix);
        results_exchange_file(&run->results, snap, name);
    }
}

static void exchange_images(run_t *run, sim_snap_t *snap, const char *kind, uint64_t count)
{
    for (uint64_t i = 0; run->host.frames_dir != NULL && i < count; i++) {
        char name[64];
        snprintf(name, sizeof(name), "%s_%05llu.png", kind, (unsigned long long)i);
        results_exchange_file(&run->results, snap, name);
    }
}

static void exchange_tensors(run_t *run, sim_snap_t *snap)
{
    const tensor_files_t *tensors = &run->host.tensors;
    char file[64], name[80];
    for (uint64_t i = 0; i < tensors->inputs; i++) {
        tensor_files_input_name(file, i);
        snprintf(name, sizeof(name), "frames/%s", file);
        results_exchange_file(&run->results, snap, name);
    }
    for (uint64_t i = 0; i < tensors->outputs * tensors->each; i++) {
        tensor_files_output_name(file, i / tensors->each, (uint32_t)(i % tensors->each));
        snprintf(name, sizeof(name), "frames/%s", file);
        results_exchange_file(&run->results, snap, name);
    }
}

static void exchange_pictures(run_t *run, sim_snap_t *snap)
{
    exchange_list(run, snap, run->preview.written, run->preview.written_bytes, "png");
    exchange_list(run, snap, run->raw_frames.written, run->raw_frames.written_bytes, "dng");
    exchange_images(run, snap, "raw", run->host.raw_frames);
    exchange_images(run, snap, "rgb", run->host.rgb_frames);
    exchange_tensors(run, snap);
}

/* Its size is that of the newest frame. */
static void exchange_preview(preview_t *preview, sim_snap_t *snap)
{
    void *data = preview->image.data;
    sim_snap_memory(snap, &data, &preview->image_bytes);
    preview->image.data = data;
    sim_snap_memory(snap, &preview->written, &preview->written_bytes);
}

static void exchange(sim_comp_t *comp, sim_snap_t *snap)
{
    run_t *run = (run_t *)(void *)comp;
    uint32_t with_content = run->snapshot.with_content;
    sim_snap_bytes(snap, &with_content, sizeof(with_content));
    uint32_t level = run->trace.level;
    sim_snap_bytes(snap, &level, sizeof(level));
    if (level != (uint32_t)run->trace.level)
        sim_snap_fail(snap, "a run with --trace-level %u, not %u", level, run->trace.level);
    uint64_t start = run->snapshot.start;
    sim_snap_bytes(snap, &start, sizeof(start));
    if (start != run->snapshot.start)
        sim_snap_fail(snap, "a run that began with other contents of its memories");
    sim_snap_memory(snap, &run->frames, &run->frames_bytes);
    sim_snap_memory(snap, &run->edges, &run->edges_bytes);
    sim_snap_memory(snap, &run->images, &run->images_bytes);
    sim_snap_memory(snap, &run->energies, &run->energies_bytes);
    sim_snap_memory(snap, &run->layers.layer, &run->layers.layer_bytes);
    exchange_preview(&run->preview, snap);
    sim_snap_memory(snap, &run->raw_frames.written, &run->raw_frames.written_bytes);
    mipi_rx_exchange(&run->host.rx, snap);
    tensor_set_exchange(&run->host.tensors.set, snap);
    results_exchange(&run->results, snap, with_content != 0);
    if (with_content != 0 && !sim_snap_failed(snap))
        exchange_pictures(run, snap);
}

static const sim_kind_t kind = {
    .kind = "run", .version = 6, .fields = fields, .exchange = exchange, .observer = true};
_Static_assert(offsetof(run_t, comp) == 0, "comp stays first");

bool run_snapshot_connect(run_t *run)
{
    return sim_comp_init(&run->comp, run->sim, &kind, "run") == SIM_OK;
}

/* ---- what a snapshot belongs to ---- */

/* False, with the reason in the run's error, when it cannot be read. */
static bool hash_file(run_t *run, const char *file, uint64_t *hash)
{
    char error[RUN_ERROR];
    size_t bytes;
    uint8_t *data = sim_file_read(file, MAX_INPUT_BYTES, &bytes, error, sizeof(error));
    if (data == NULL)
        return fail(run, EXIT_USAGE, "%s", error) == EXIT_FINE;
    *hash = sim_hash(*hash, data, bytes);
    free(data);
    return true;
}

static bool hash_world(run_t *run, uint64_t *hash)
{
    char error[RUN_ERROR];
    if (scene_hash_files(run->scenario.scene, hash, error, sizeof(error)) == SIM_OK)
        return true;
    return fail(run, EXIT_USAGE, "%s", error) == EXIT_FINE;
}

/* By content, not by name: every file that the run takes in. */
static bool identify(run_t *run)
{
    const scenario_t *s = &run->scenario;
    uint64_t firmware = SIM_HASH_SEED, network = SIM_HASH_SEED, rom = 0, flash = 0, picture = 0;
    bool fine = hash_file(run, s->firmware, &firmware);
    for (uint32_t n = 0; n < s->networks; n++)
        fine = fine && hash_file(run, s->network[n], &network);
    if (s->sensor.logic.clkrst.boot != BOOT_MEMORY)
        fine = fine && hash_file(run, s->boot_rom, &rom);
    for (uint32_t i = 0; i < s->flash_files; i++)
        fine = fine && hash_file(run, s->flash[i].file, &flash);
    fine = fine && hash_world(run, &picture);
    run->snapshot.of = (sim_snapshot_of_t){fovea_version,
                                           {{"chip", s->chip_hash},
                                            {"scenario", s->hash},
                                            {"firmware", firmware},
                                            {"network", network},
                                            {"boot ROM", rom},
                                            {"flash image", flash},
                                            {"picture", picture}}};
    return fine;
}

/* ---- beginning ---- */

static void autosnap_name(const char *dir, char name[PATH])
{
    snprintf(name, PATH, "%s/.autosnap", dir);
}

/* The one that the command names, if it does. */
static int read_named(run_t *run)
{
    char error[RUN_ERROR];
    run_snapshot_t *s = &run->snapshot;
    if (s->desc.restore == NULL)
        return EXIT_FINE;
    s->first = sim_snapshot_load(s->desc.restore, &s->of, error, sizeof(error));
    return s->first != NULL ? EXIT_FINE : fail(run, EXIT_USAGE, "%s", error);
}

static int start_anew(run_t *run, const char *why)
{
    run_snapshot_t *s = &run->snapshot;
    fprintf(stderr, "fovea run: %s; starting anew\n", why);
    sim_snapshot_free(s->first);
    s->first = NULL;
    s->resumes = false;
    return read_named(run);
}

int run_snapshot_read(run_t *run, const run_desc_t *desc)
{
    char error[RUN_ERROR], name[PATH];
    run_snapshot_t *s = &run->snapshot;
    s->desc = desc->snapshot;
    bool any = s->desc.file != NULL || s->desc.restore != NULL || s->desc.every_s > 0;
    if ((any || run->debugged) && scene_is_pipe(run->scenario.scene))
        return fail(run, EXIT_USAGE, "%s: a pipe cannot be seen again, %s may go back: use a file",
                    scene_desc(run->scenario.scene)->world.file,
                    any ? "a run with snapshots" : "a debugger");
    if (any && !identify(run))
        return EXIT_USAGE;
    autosnap_name(desc->out_dir, name);
    if (s->desc.every_s <= 0 || access(name, F_OK) != 0)
        return read_named(run);
    s->first = sim_snapshot_load(name, &s->of, error, sizeof(error));
    s->resumes = s->first != NULL; /* further on than what the command begins with */
    return s->resumes ? EXIT_FINE : start_anew(run, error);
}

int run_snapshot_open(run_t *run, const run_desc_t *desc)
{
    char error[RUN_ERROR], name[PATH];
    if (run->snapshot.resumes) {
        if (results_open(&run->results, desc->out_dir, true, error, sizeof(error)))
            return EXIT_FINE;
        if (start_anew(run, error) != EXIT_FINE)
            return EXIT_USAGE;
    }
    if (!results_open(&run->results, desc->out_dir, false, error, sizeof(error)))
        return fail(run, EXIT_FAILED, "%s", error);
    autosnap_name(desc->out_dir, name);
    remove(name); /* of a run whose files are gone now */
    return EXIT_FINE;
}

int run_snapshot_begin(run_t *run)
{
    char name[PATH];
    run_snapshot_t *s = &run->snapshot;
    if (s->of.version != NULL) /* there may be snapshots */
        s->start = sim_state_hash(run->sim);
    if (s->first == NULL)
        return EXIT_FINE;
    autosnap_name(run->results.dir, name);
    const char *file = s->resumes ? name : s->desc.restore;
    if (sim_snapshot_restore(run->sim, s->first) != SIM_OK)
        return fail(run, EXIT_USAGE, "%s: %s%s", file, sim_error(run->sim),
                    s->resumes ? "; it is removed" : "");
    if (s->resumes) {
        fprintf(stderr, "fovea run: %s: goes on at %.6f s\n", file,
                (double)sim_now_ps(run->sim) / 1e12);
        if (s->desc.at_ps < sim_now_ps(run->sim))
            s->desc.file = NULL; /* that one was taken */
    }
    sim_snapshot_free(s->first);
    s->first = NULL;
    return EXIT_FINE;
}

/* ---- running ---- */

uint64_t run_snapshot_before(const run_t *run, uint64_t until_ps)
{
    const run_snapshot_desc_t *d = &run->snapshot.desc;
    bool before = d->file != NULL && d->at_ps > sim_now_ps(run->sim) && d->at_ps < until_ps;
    return before ? d->at_ps : until_ps;
}

static bool save(run_t *run, const char *file, bool with_content)
{
    char error[RUN_ERROR];
    run->snapshot.with_content = with_content;
    sim_snapshot_t *s = sim_snapshot_take(run->sim, NULL);
    bool fine =
        s != NULL && sim_snapshot_save(s, file, &run->snapshot.of, error, sizeof(error)) == SIM_OK;
    if (s == NULL)
        fail(run, EXIT_FAILED, "%s: %s", file, sim_error(run->sim));
    else if (!fine)
        fail(run, EXIT_FAILED, "%s", error);
    sim_snapshot_free(s);
    return fine;
}

/* The run does not depend on it. */
static bool save_auto(run_t *run)
{
    char name[PATH];
    autosnap_name(run->results.dir, name);
    if (save(run, name, false))
        return true;
    fprintf(stderr, "fovea run: %s; the run goes on\n", run->error);
    run->error[0] = '\0';
    return false;
}

bool run_snapshot_take(run_t *run)
{
    run_snapshot_t *s = &run->snapshot;
    bool fine = true;
    if (s->desc.file != NULL && sim_now_ps(run->sim) == s->desc.at_ps) {
        fine = save(run, s->desc.file, true);
        s->desc.file = NULL; /* done */
    }
    if (!fine || s->desc.every_s <= 0)
        return fine;
    if (s->last_s == 0)
        s->last_s = execution_seconds();
    if (execution_seconds() - s->last_s >= s->desc.every_s) {
        save_auto(run);
        s->last_s = execution_seconds(); /* the time that it took is not counted */
    }
    return fine;
}

bool run_snapshot_interrupted(run_t *run)
{
    if (run->snapshot.desc.every_s <= 0 || !save_auto(run))
        return false;
    results_leave(&run->results);
    run->snapshot.left = true;
    return true;
}

void run_snapshot_end(const run_t *run)
{
    char name[PATH];
    autosnap_name(run->results.dir, name);
    if (run->snapshot.desc.every_s > 0 && run->results.dir[0] != '\0' && !run->snapshot.left)
        remove(name);
}
