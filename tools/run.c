#include "tools/run.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/file.h"
#include "tools/boot_image.h"
#include "tools/cli.h"
#include "tools/execution.h"
#include "tools/network.h"
#include "tools/run_host.h"
#include "tools/run_listen.h"
#include "tools/run_observe.h"
#include "tools/run_snapshot.h"
#include "tools/stats.h"
#include "tools/version.h"

#define SLICE_PS (5 * SIM_PS_PER_MS) /* between looks at the clock and at Ctrl-C */
/* Without a frame the run is given up; longer where the program takes one now and then. */
#define PATIENCE_PS (2 * SIM_PS_PER_S)
#define LONG_PATIENCE_PS (120 * SIM_PS_PER_S)
enum { MAX_ELF_BYTES = 16 << 20, MAX_FLASH_BYTES = 16 << 20 };

int run_fail(run_t *run, int code, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(run->error, sizeof(run->error), fmt, args);
    va_end(args);
    return code;
}

/* ---- setting up ---- */

static void on_log(void *ctx, uint64_t time_ps, sim_log_level_t level, const char *name,
                   const char *line)
{
    (void)ctx;
    fprintf(stderr, "%.6f ms %s %s: %s\n", (double)time_ps / 1e9, sim_log_level_name(level), name,
            line);
}

static int make_sensor(run_t *run, const run_desc_t *desc)
{
    sensor_desc_t chip = run->scenario.sensor;
    fault_plan(run->scenario.fault, run->scenario.faults, &chip);
    chip.pixel.seed = chip.logic.temp.seed = chip.logic.rng.seed = run->scenario.seed;
    run->sim = sim_new();
    run->pool = sim_pool_new(desc->threads);
    run->sensor = sensor_new();
    if (run->sim == NULL || run->pool == NULL || run->sensor == NULL)
        return run_fail(run, EXIT_FAILED, "out of memory");
    if (desc->memo != NULL)
        run->sensor->memo = desc->memo(desc->memo_ctx, &run->scenario);
    sim_set_log(run->sim, on_log, run, desc->verbose);
    sim_set_shuffle(run->sim, desc->shuffle);
    if (sensor_init(run->sensor, run->sim, &chip, run->pool) != SIM_OK ||
        script_init(&run->script, run->sensor, &run->scenario) != SIM_OK)
        return run_fail(run, EXIT_USAGE, "%s: %s", run->scenario.chip, sim_error(run->sim));
    if (run->served && !serve_init(&run->serve, run->sensor, &desc->serve, desc->interrupted,
                                   run->error, sizeof(run->error)))
        return EXIT_USAGE;
    run->script.repeats = run->scenario.faults != 0;
    run->sensor->npu.exact = desc->exact;
    if (fault_init(&run->faults, run->sensor, run->scenario.fault, run->scenario.faults) != SIM_OK)
        return run_fail(run, EXIT_FAILED, "%s", sim_error(run->sim));
    return EXIT_FINE;
}

/* One file into memory; NULL with the run's error. */
static uint8_t *read_file(run_t *run, const char *file, size_t most, size_t *bytes)
{
    return sim_file_read(file, most, bytes, run->error, sizeof(run->error));
}

/* The boot ROM, or the firmware itself and a jump to it. */
static int load_program(run_t *run)
{
    bool in_place = run->scenario.sensor.logic.clkrst.boot == BOOT_MEMORY;
    const char *file = in_place ? run->scenario.firmware : run->scenario.boot_rom;
    char error[512];
    size_t bytes;
    uint8_t *elf = read_file(run, file, MAX_ELF_BYTES, &bytes);
    if (elf == NULL)
        return EXIT_USAGE;
    sim_err_t err = in_place
                        ? sensor_load_firmware(run->sensor, elf, bytes, file, error, sizeof(error))
                        : sensor_load_rom(run->sensor, elf, bytes, file, error, sizeof(error));
    bool observed = err != SIM_OK || run_observe_program(run, elf, bytes, file);
    free(elf);
    if (err != SIM_OK)
        return run_fail(run, EXIT_USAGE, "%s", error);
    return observed ? EXIT_FINE : EXIT_USAGE;
}

static int load_networks(run_t *run)
{
    char error[512];
    const scenario_t *s = &run->scenario;
    const char *file[NPU_NET_PLACES];
    networks_t *to = &run->networks;
    if (s->networks == 0)
        return EXIT_FINE;
    for (uint32_t n = 0; n < s->networks; n++)
        file[n] = s->network[n];
    if (!networks_load(file, s->networks, &s->sensor.npu, to, error, sizeof(error)))
        return run_fail(run, EXIT_USAGE, "%s", error);
    run->sensor->npu.names = to->prog; /* layers of the trace by name */
    run->sensor->npu.more_names = to->count - 1;
    bool in_place = s->sensor.logic.clkrst.boot == BOOT_MEMORY;
    for (uint32_t n = 0; in_place && n < to->count; n++)
        if (sensor_load_network(run->sensor, &to->prog[n], error, sizeof(error)) != SIM_OK)
            return run_fail(run, EXIT_USAGE, "%s", error);
    return EXIT_FINE;
}

static int fill_flash(run_t *run, uint32_t at, const char *file, const uint8_t *data, size_t bytes)
{
    if (flash_load(&run->sensor->flash, at, data, bytes))
        return EXIT_FINE;
    return run_fail(run, EXIT_USAGE, "%s: %zu bytes at %u, the flash has %u", file, bytes, at,
                    run->sensor->flash.desc.bytes);
}

static int load_flash(run_t *run)
{
    const scenario_t *s = &run->scenario;
    char error[512];
    int code = EXIT_FINE;
    if (!s->sensor.logic.flash.fitted)
        return EXIT_FINE;
    if (scenario_boots_image(s)) {
        boot_image_t image;
        if (!boot_image_load(&s->sensor, s->firmware, run->networks.prog, run->networks.count,
                             &image, error, sizeof(error)))
            return run_fail(run, EXIT_USAGE, "%s", error);
        code = fill_flash(run, 0, s->firmware, image.data, image.bytes);
        free(image.data);
    }
    for (uint32_t i = 0; i < s->flash_files && code == EXIT_FINE; i++) {
        size_t bytes;
        uint8_t *data = read_file(run, s->flash[i].file, MAX_FLASH_BYTES, &bytes);
        if (data == NULL)
            return EXIT_USAGE;
        code = fill_flash(run, s->flash[i].at, s->flash[i].file, data, bytes);
        free(data);
    }
    return code;
}

/* The host's images, and the host that brings them, unless the script or a host outside does. */
static int make_download(run_t *run)
{
    const scenario_t *s = &run->scenario;
    char error[512];
    bool somebody_else = run->served || host_script_sends(&s->host);
    if (s->sensor.logic.clkrst.boot != BOOT_HOST || somebody_else ||
        download_init(&run->download, run->sensor, s->firmware, &run->networks,
                      s->stream_after_download, error, sizeof(error)))
        return EXIT_FINE;
    return run_fail(run, EXIT_USAGE, "%s", error);
}

static int start(run_t *run)
{
    if (sim_check(run->sim) != SIM_OK)
        return run_fail(run, EXIT_FAILED, "%s", sim_error(run->sim));
    sim_reset(run->sim);
    if (sim_start(run->sim) != SIM_OK)
        return run_fail(run, EXIT_FAILED, "%s", sim_error(run->sim));
    return EXIT_FINE;
}

/* ---- under a debugger ---- */

static bool on_monitor(void *ctx, const char *word, const char *rest, gdb_text_t *reply)
{
    run_t *run = ctx;
    return image_watch_command(&run->watch, word, rest, reply);
}

static void on_restored(void *ctx)
{
    run_t *run = ctx;
    image_watch_restored(&run->watch);
}

static int wait_for_debugger(run_t *run, const char *address)
{
    char error[RUN_ERROR];
    const debug_desc_t desc = {.sim = run->sim,
                               .core = &run->sensor->core,
                               .bus = &run->sensor->bus,
                               .monitor = on_monitor,
                               .restored = on_restored,
                               .ctx = run,
                               .once = run->observed || waves_wanted(&run->waves.desc) ||
                                       run->signals.file != NULL || run->timeline.call != NULL,
                               .interrupted = run->interrupted};
    run->watch.debug = &run->debug;
    if (!debug_open(&run->debug, &desc, address, error, sizeof(error)))
        return run_fail(run, EXIT_USAGE, "--gdb: %s", error);
    fprintf(stderr, "fovea: waits for gdb-multiarch %s -ex 'target remote %s'\n",
            run->scenario.firmware, run->debug.server.name);
    return EXIT_FINE;
}

/* ---- for a host outside ---- */

static int wait_for_host(run_t *run, const serve_desc_t *desc)
{
    mipi_phy_t phy = run_phy(run);
    fprintf(stderr, "fovea: waits for a host at %s%s%s\n", desc->control,
            desc->link != NULL ? " and " : "", desc->link != NULL ? desc->link : "");
    if (serve_wait(&run->serve, &phy))
        return EXIT_FINE;
    bool gone = run->serve.end == SERVE_GONE;
    return run_fail(run, EXIT_FAILED,
                    gone ? "the host hung up before it came to the link" : "interrupted");
}

static int judge_end(run_t *run)
{
    if (run->serve.end == SERVE_BYE)
        return EXIT_FINE;
    if (run->serve.turned_away[0] != '\0')
        return run_fail(run, EXIT_FAILED, "the host was turned away: %s", run->serve.turned_away);
    return run_fail(run, EXIT_FAILED, "the host hung up at %.9f s without a BYE",
                    (double)sim_now_ps(run->sim) / 1e12);
}

/* ---- running ---- */

/* False when the debugger, the host or a watcher ended the run. */
static bool advance(run_t *run, uint64_t until_ps)
{
    if (run->served)
        return serve_run(&run->serve, until_ps);
    if (run->debugged)
        return debug_run(&run->debug, until_ps);
    if (run->watcher != NULL && run->watcher->advance != NULL) {
        run->left = !run->watcher->advance(run->watcher->ctx, until_ps);
        return !run->left;
    }
    sim_run_until_ps(run->sim, until_ps);
    return true;
}

static void print_progress(const run_t *run, double host_s)
{
    char of[32] = "";
    double simulated = (double)sim_now_ps(run->sim) / 1e12;
    if (!run->served)
        snprintf(of, sizeof(of), " of %u", run->scenario.frames);
    fprintf(stderr, "\r%.3f s simulated, frame %llu%s, %.2f x real time ", simulated,
            (unsigned long long)run_frames(run), of, simulated / host_s);
}

/* It stopped for good, and no watchdog will start it again. */
static bool core_is_lost(const sensor_t *sensor)
{
    return sensor->core.state != CORE_RUNS && sensor->wdog.stage == WDOG_OFF;
}

static bool finished(const run_t *run)
{
    return run_is_complete(run) || run->error[0] != '\0' ||
           scene_trouble(run->scenario.scene) != NULL;
}

/* Frames are missing. */
static int fall_short(run_t *run)
{
    enum { MODE_SELECT = 0x0100 };
    const char *dir = run->results.dir;
    char why[160] = "", frames[64];
    uint64_t reset_ps;
    fault_finish(&run->faults);
    if (fault_has_reset(&run->faults, &reset_ps))
        snprintf(why, sizeof(why), ": a brown-out at %.9f s reset the sensor%s",
                 (double)reset_ps / 1e12,
                 ccs_byte(&run->sensor->ccs, MODE_SELECT) == 0
                     ? " and the host did not start its stream again"
                     : "");
    snprintf(frames, sizeof(frames), "%llu of %u frames were %s",
             (unsigned long long)run_frames(run), run->scenario.frames,
             run->scenario.output.metadata ? "reported" : "read");
    if (run->host.postmortems > 0)
        return run_fail(run, EXIT_FAILED, "%s%s, the firmware died (see %s/postmortem.jsonl)",
                        frames, why, dir);
    return run_fail(run, EXIT_FAILED, "%s%s (see %s/uart.log)", frames, why, dir);
}

/* It ends short of its frames: whether a watcher has put it back to an earlier time. */
static bool goes_on(run_t *run, bool lost)
{
    const run_watcher_t *watcher = run->watcher;
    bool signal = run->interrupted != NULL && *run->interrupted != 0;
    if (watcher == NULL || watcher->stay == NULL || signal || finished(run))
        return false;
    return watcher->stay(watcher->ctx, lost ? core_state_name(run->sensor->core.state)
                                            : "no frame comes any more");
}

static int simulate(run_t *run)
{
    double begin = execution_seconds(), shown = begin;
    bool terminal = isatty(STDERR_FILENO) != 0;
    uint64_t patience_ps = run->scenario.output.metadata ? PATIENCE_PS : LONG_PATIENCE_PS;
    for (bool stop = false; !stop && !finished(run);) {
        if (!run_snapshot_take(run))
            break;
        uint64_t boundary_ps = (sim_now_ps(run->sim) / SLICE_PS + 1) * SLICE_PS;
        if (!advance(run, run_snapshot_before(run, boundary_ps)))
            break;
        double now = execution_seconds();
        if (terminal && now - shown > 0.2) {
            shown = now;
            print_progress(run, now - begin);
        }
        /* looked at where every run does, whatever snapshots it takes */
        bool late = sim_now_ps(run->sim) > run_host_patience_ps(run, patience_ps);
        bool over = !run->served && (late || core_is_lost(run->sensor));
        bool stopped = !run->served && sim_stopped(run->sim);
        stop = stopped || (over && sim_now_ps(run->sim) % SLICE_PS == 0) ||
               (run->interrupted != NULL && *run->interrupted != 0);
        stop = stop && !goes_on(run, core_is_lost(run->sensor));
    }
    run->host_s = execution_seconds() - begin;
    if (terminal)
        fputs("\r\033[K", stderr);
    if (run->debugged && run->debug.ended)
        return run_fail(run, EXIT_FAILED, "ended by the debugger");
    if (run->error[0] == '\0' && run->interrupted != NULL && *run->interrupted != 0)
        return run_fail(run, EXIT_FAILED, "interrupted%s",
                        run_snapshot_interrupted(run) ? "; the same command goes on from here"
                                                      : "");
    if (run->left && run->error[0] == '\0') /* what is unfinished is nobody's fault */
        return run_fail(run, EXIT_FAILED, "it was left before its end");
    host_finish(&run->host);
    const char *trouble = scene_trouble(run->scenario.scene);
    if (trouble != NULL)
        return run_fail(run, EXIT_USAGE, "%s", trouble);
    if (run->error[0] != '\0')
        return EXIT_FAILED;
    if (run->snapshot.desc.file != NULL)
        return run_fail(run, EXIT_FAILED,
                        "%s: no snapshot, the run ended at %.9f s before its time",
                        run->snapshot.desc.file, (double)sim_now_ps(run->sim) / 1e12);
    if (run->download.failed)
        return run_fail(run, EXIT_FAILED, "host: the download failed, reply 0x%02x",
                        run->download.reply);
    char place[SOURCE_PLACE];
    if (run->sensor->core.state != CORE_RUNS)
        return run_fail(run, EXIT_FAILED, "core stopped at 0x%08x%s: %s", run->sensor->core.pc,
                        run_place(run, place), core_state_name(run->sensor->core.state));
    if (run->served)
        return judge_end(run);
    return run_frames(run) < run->scenario.frames ? fall_short(run) : EXIT_FINE;
}

/* ---- what stays ---- */

static bool write_json(run_t *run, const char *name, const sim_json_t *value)
{
    char path[1200];
    char *text = sim_json_print(value, true);
    if (text == NULL)
        return false;
    size_t length = strlen(text);
    text[length] = '\n'; /* in place of the terminator: files end in a newline */
    snprintf(path, sizeof(path), "%s/%s", run->results.dir, name);
    bool fine = sim_file_write(path, text, length + 1, run->error, sizeof(run->error)) == SIM_OK;
    free(text);
    return fine;
}

static bool write_stats(run_t *run)
{
    fault_finish(&run->faults);
    sim_json_t *stats = stats_tree(run->sim);
    char hash[24];
    snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)sim_state_hash(run->sim));
    sim_json_add_str(stats, "state_hash", hash);
    sim_json_add_u64(stats, "time_ps", sim_now_ps(run->sim));
    const timeline_frame_t *frame = run->frames;
    sim_json_t *frames = sim_json_add_array(stats, "frames");
    for (size_t i = 0; i < run->frames_bytes / sizeof(*frame); i++)
        stats_add_frame(frames, &frame[i]);
    run_layers_add(&run->layers, stats);
    stats_add_images(stats, run->images, run->images_bytes / sizeof(timeline_image_t));
    energy_settle(&run->sensor->energy);
    energy_add_stats(stats, &run->sensor->energy, run->energies, run->energies_bytes);
    bool fine = write_json(run, "stats.json", stats);
    sim_json_free(stats);
    return fine;
}

/* A line for each fault; a run without faults leaves no such file. */
static bool write_faults(run_t *run)
{
    char path[1200];
    snprintf(path, sizeof(path), "%s/faults.jsonl", run->results.dir);
    if (run->scenario.faults == 0) {
        remove(path);
        return true;
    }
    FILE *to = sim_file_create(path, run->error, sizeof(run->error));
    if (to == NULL)
        return false;
    if (fault_write(&run->faults, to))
        return sim_file_commit(to, path, run->error, sizeof(run->error)) == SIM_OK;
    sim_file_abandon(to, path);
    run_fail(run, EXIT_FAILED, "%s: cannot be written", path);
    return false;
}

static bool write_host(run_t *run)
{
    sim_json_t *host = sim_json_object();
    sim_json_add_u64(host, "threads", sim_pool_threads(run->pool));
    sim_json_add_str(host, "simd", sim_simd_name(sim_simd()));
    sim_json_add_str(host, "version", fovea_version);
    sim_json_add_num(host, "wall_s", run->host_s);
    sim_json_add_num(host, "real_time_ratio", (double)sim_now_ps(run->sim) / 1e12 / run->host_s);
    sim_json_add_u64(host, "events", sim_events_fired(run->sim));
    bool fine = write_json(run, "host.json", host);
    sim_json_free(host);
    return fine;
}

static int keep_results(run_t *run)
{
    mipi_capture_end(&run->capture);
    if (!waves_end(&run->waves, run->error, sizeof(run->error)))
        return EXIT_FAILED;
    clocks_end(&run->sensor->clocks);
    traffic_end(&run->sensor->traffic);
    run_timeline_end(&run->timeline);
    trace_file_end(&run->trace);
    if (!signal_waves_end(&run->signals, run->error, sizeof(run->error)))
        return EXIT_FAILED;
    bool fine = write_stats(run) && write_faults(run) && write_host(run) &&
                write_json(run, "config.json", run->scenario.resolved) &&
                results_commit(&run->results, run->error, sizeof(run->error));
    return fine ? EXIT_FINE : EXIT_FAILED;
}

int run_scenario(run_t *run, const run_desc_t *desc)
{
    char error[RUN_ERROR];
    run->interrupted = desc->interrupted;
    run->debugged = desc->gdb != NULL;
    run->served = desc->serve.control != NULL;
    run->watcher = desc->watcher;
    if (!scenario_load(&run->scenario, desc->scenario, &desc->flags, error, sizeof(error)))
        return run_fail(run, EXIT_USAGE, "%s", error);
    int code = run_snapshot_read(run, desc);
    if (code == EXIT_FINE)
        code = make_sensor(run, desc);
    if (code == EXIT_FINE)
        code = run_observe_begin(run, &desc->observe);
    if (code == EXIT_FINE)
        code = load_program(run);
    if (code == EXIT_FINE)
        code = load_networks(run);
    if (code == EXIT_FINE)
        code = load_flash(run);
    if (code == EXIT_FINE)
        code = make_download(run);
    if (code == EXIT_FINE)
        code = run_host_make(run);
    if (code == EXIT_FINE)
        code = run_snapshot_open(run, desc);
    if (code == EXIT_FINE)
        code = run_listen(run, desc);
    if (code == EXIT_FINE &&
        !waves_init(&run->waves, &desc->waves, &run->sensor->mipi, run->error, sizeof(run->error)))
        code = EXIT_USAGE;
    if (code == EXIT_FINE)
        code = start(run);
    if (code == EXIT_FINE)
        code = run_snapshot_begin(run);
    if (code == EXIT_FINE && run->debugged)
        code = wait_for_debugger(run, desc->gdb);
    if (code == EXIT_FINE && run->served)
        code = wait_for_host(run, &desc->serve);
    bool ran = code == EXIT_FINE;
    if (ran) {
        run_observe_start(run, desc);
        code = run_observe_end(run, simulate(run));
    }
    if (run->debugged && run->debug.desc.sim != NULL)
        debug_over(&run->debug, (uint8_t)code);
    if (run->served)
        serve_end(&run->serve);
    bool stopped_short = ran && code == EXIT_FAILED && !run->snapshot.left;
    if (code == EXIT_FINE || stopped_short) {
        run_host_finish(run, code == EXIT_FINE);
        int kept = keep_results(run);
        code = code == EXIT_FINE ? kept : code;
    }
    run_snapshot_end(run);
    if (code == EXIT_FINE)
        code = run_host_judge(run);
    return code;
}

void run_free(run_t *run)
{
    if (run->debugged)
        debug_close(&run->debug);
    results_abandon(&run->results);
    sensor_free(run->sensor);
    sim_pool_free(run->pool);
    sim_free(run->sim);
    host_free(&run->host);
    download_free(&run->download);
    script_free(&run->script);
    host_player_free(&run->player);
    preview_free(&run->preview);
    raw_frames_free(&run->raw_frames);
    run_layers_free(&run->layers);
    run_timeline_free(&run->timeline);
    signal_waves_free(&run->signals);
    networks_free(&run->networks);
    free(run->frames);
    free(run->edges);
    free(run->images);
    free(run->energies);
    sim_snapshot_free(run->snapshot.first);
    scenario_free(&run->scenario);
    observe_free(&run->observe);
    waves_free(&run->waves);
    serve_free(&run->serve);
}
