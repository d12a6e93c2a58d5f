/*
 * run.h - one run of a scenario: the sensor, its scene, its host, and the files they leave.
 */
#ifndef TOOLS_RUN_H
#define TOOLS_RUN_H

#include <signal.h>

#include "mipi/capture.h"
#include "sim/snapshot.h"
#include "tools/debug.h"
#include "tools/download.h"
#include "tools/energy_report.h"
#include "tools/fault.h"
#include "tools/host.h"
#include "tools/host_player.h"
#include "tools/image_watch.h"
#include "tools/observe.h"
#include "tools/preview.h"
#include "tools/raw_frames.h"
#include "tools/results.h"
#include "tools/run_layers.h"
#include "tools/run_timeline.h"
#include "tools/scenario.h"
#include "tools/score.h"
#include "tools/script.h"
#include "tools/serve.h"
#include "tools/signal_waves.h"
#include "tools/trace_file.h"
#include "tools/waves.h"

enum { RUN_RING = 16, RUN_ERROR = 1024 };

typedef struct {
    const char *file; /* a snapshot at at_ps goes there; NULL: none */
    uint64_t at_ps;
    const char *restore; /* begin with this one; NULL: at time 0 */
    double every_s;      /* of host time: automatic snapshots, and begin with the last; 0: none */
} run_snapshot_desc_t;

/* run_snapshot.c's. */
typedef struct {
    run_snapshot_desc_t desc;
    sim_snapshot_of_t of;
    double last_s;     /* host time of the last automatic one */
    uint64_t start;    /* state hash at time 0: what is in the memories */
    bool with_content; /* the one that is being taken has the content of files */
    bool resumes;      /* the results that are there go on */
    bool left;         /* they stay for another process to go on with */
    sim_snapshot_t *first;
} run_snapshot_t;

/* Sum and most of one latency; below 0 where a tensor's region ends above the last row. */
typedef struct {
    uint64_t count;
    int64_t sum_ps, max_ps;
} run_latency_t;

typedef struct run run_t;

/*
 * Somebody who watches the run as it happens, and may pace it: told of what goes into its files.
 * Nothing that it does while it is told may change the simulation. All functions may be NULL.
 */
typedef struct {
    /* All is wired, the simulation has not started: the last chance to listen. False with the run's
     * error. */
    bool (*begin)(void *ctx, run_t *run);
    /* In place of sim_run_until_ps; false: the run is to end. */
    bool (*advance)(void *ctx, uint64_t until_ps);
    /* The run ends short of its frames. True: it was put back, and goes on from there. */
    bool (*stay)(void *ctx, const char *why);
    void *ctx; /* of these */
    /* It may change what the host does: run->player is there, with an empty script at least. */
    bool hand;

    void (*span)(void *told, const char *track, const char *name, uint64_t start_ps,
                 uint64_t end_ps, const char *args);
    void (*count)(void *told, const char *track, uint64_t at_ps, const char *values);
    void (*frame_starts)(void *told, const scene_timing_t *timing, uint32_t frame);
    void (*metadata)(void *told, const metadata_t *metadata);
    void (*received)(void *told, const mipi_rx_frame_t *frame); /* by the host */
    void (*frame)(void *told, const timeline_frame_t *frame);
    void (*energy)(void *told, const energy_frame_t *frame);
    void (*uart)(void *told, uint8_t byte);
    void *told; /* of these */
} run_watcher_t;

struct run {
    sim_comp_t comp; /* stays first; an observer: what was heard and written is in snapshots */
    scenario_t scenario;
    networks_t networks; /* what the scenario names, or brings */
    sim_t *sim;
    sim_pool_t *pool;
    sensor_t *sensor;
    script_t script;
    host_player_t player;     /* of a host script */
    download_host_t download; /* boot "host" */
    fault_set_t faults;
    results_t results;
    host_t host;
    mipi_capture_writer_t capture;
    trace_file_t trace;
    char tensors_dir[1100]; /* pictures and arrays of tensor lines */
    preview_t preview;
    raw_frames_t raw_frames;
    void *frames; /* for stats.json: timeline_frame_t of each frame that was sent */
    size_t frames_bytes;
    void *images; /* the same: timeline_image_t of each image that left */
    size_t images_bytes;
    void *edges; /* for `fovea phases`: phases_edge_t of each change of pins */
    size_t edges_bytes;
    void *energies; /* for stats.json: energy_frame_t of each frame that is over */
    size_t energies_bytes;

    run_layers_t layers;
    run_timeline_t timeline;
    signal_waves_t signals;

    scene_timing_t timing[RUN_RING]; /* by frame number modulo */
    scene_truth_t truth;             /* scratch; at the end: of the last frame */
    uint64_t events_ps;              /* truth has events before this */
    score_t score;
    timeline_frame_t first; /* frame 0 */
    run_latency_t photon_to_alert, readout_to_alert, npu_time;
    uint32_t count_in, count_out;             /* as the host last heard */
    uint32_t truth_in, truth_out;             /* of the last frame that the host heard of */
    uint32_t largest_crowd;                   /* most boxes in one frame */
    uint64_t last_frame_ps;                   /* when a frame last began */
    double host_s;                            /* wall time of the simulation */
    const volatile sig_atomic_t *interrupted; /* the signal handler's; may be NULL */
    run_snapshot_t snapshot;
    bool served; /* by a host outside, who ends it */
    serve_t serve;
    bool debugged; /* then by these two */
    debug_t debug;
    image_watch_t watch;
    observe_t observe;
    bool observed;
    waves_t waves;
    const run_watcher_t *watcher; /* NULL: nobody */
    bool left;                    /* by the watcher, before the end */
    char error[RUN_ERROR];
};

typedef struct {
    const char *scenario, *out_dir;
    scenario_flags_t flags;
    run_snapshot_desc_t snapshot;
    observe_desc_t observe;
    waves_desc_t waves;
    signal_waves_desc_t signals;
    uint32_t threads;
    uint32_t trace_level; /* 1 + trace_level_t; 0: the default */
    bool exact;           /* no fast paths in NPU and L2 */
    /* What keeps results of the front end (pixel.h, isp.h) of that scenario; NULL, or it gives
     * NULL: nothing does. No snapshots then. */
    const sim_memo_t *(*memo)(void *ctx, const scenario_t *scenario);
    void *memo_ctx;
    const char *gdb;              /* address at which a debugger is waited for; NULL: none */
    serve_desc_t serve;           /* control NULL: the scenario is the host */
    const run_watcher_t *watcher; /* NULL: nobody; outlives the run */
    uint64_t shuffle;
    sim_log_level_t verbose;
    const volatile sig_atomic_t *interrupted;
} run_desc_t;

/* How a run ended: EXIT_FINE, EXIT_FAILED or EXIT_USAGE; run->error has a line unless fine. The
 * caller zeroes run before and calls run_free after. */
int run_scenario(run_t *run, const run_desc_t *desc);
void run_free(run_t *run);

/* Frames that the host has heard of: with metadata or tensor lines; where it wants images only
 * (image_only_mode), with those; where the program tells something now and then, those read. */
uint64_t run_frames(const run_t *run);

/* For its parts: the line of the run's error; returns code. */
int run_fail(run_t *run, int code, const char *fmt, ...) SIM_PRINTF(3, 4);

/* The closing summary for people. */
void run_print_summary(const run_t *run, FILE *to);
/* Of it, what became of faults; nothing when the scenario has none. */
void run_print_faults(const run_t *run, FILE *to);
/* The same figures as an object; the caller frees it. */
sim_json_t *run_summary_json(const run_t *run);
/* As summary.json of dir. False with a line in error. */
bool run_write_summary(const run_t *run, const char *dir, char *error, size_t error_bytes);

#endif
