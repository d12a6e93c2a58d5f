/*
 * run.h - one run of a scenario: the sensor, its scene, its host, and the files they leave.
 */
#ifndef TOOLS_RUN_H
#define TOOLS_RUN_H

#include <signal.h>

#include "mipi/capture.h"
#include "tools/host.h"
#include "tools/preview.h"
#include "tools/results.h"
#include "tools/scenario.h"
#include "tools/score.h"
#include "tools/script.h"
#include "tools/trace_file.h"

enum { RUN_RING = 16, RUN_ERROR = 1024 };

/* Sum and extremes of one latency, ps. */
typedef struct {
    uint64_t count, sum_ps, max_ps;
} run_latency_t;

typedef struct {
    scenario_t scenario;
    npu_prog_t program;
    sim_t *sim;
    sim_pool_t *pool;
    sensor_t *sensor;
    script_t script;
    results_t results;
    host_t host;
    mipi_capture_writer_t capture;
    trace_file_t trace;
    preview_t preview;
    sim_json_t *frames; /* of stats.json */

    scene_timing_t timing[RUN_RING]; /* by frame number modulo */
    scene_truth_t truth;             /* scratch; at the end: of the last frame */
    score_t score;
    timeline_frame_t first; /* frame 0 */
    run_latency_t photon_to_alert, readout_to_alert, npu_time;
    uint32_t count_in, count_out;             /* as the host last heard */
    uint32_t truth_in, truth_out;             /* of the last frame that the host heard of */
    uint32_t largest_crowd;                   /* most boxes in one frame */
    uint64_t last_frame_ps;                   /* when a frame last began */
    double host_s;                            /* wall time of the simulation */
    const volatile sig_atomic_t *interrupted; /* the signal handler's; may be NULL */
    char error[RUN_ERROR];
} run_t;

typedef struct {
    const char *scenario, *out_dir;
    scenario_flags_t flags;
    uint32_t threads;
    bool exact; /* no fast paths in NPU and L2 */
    uint64_t shuffle;
    sim_log_level_t verbose;
    const volatile sig_atomic_t *interrupted;
} run_desc_t;

/* How a run ended: EXIT_FINE, EXIT_FAILED or EXIT_USAGE; run->error has a line unless fine. The
 * caller zeroes run before and calls run_free after. */
int run_scenario(run_t *run, const run_desc_t *desc);
void run_free(run_t *run);

/* The closing summary for people. */
void run_print_summary(const run_t *run, FILE *to);
/* The same figures as an object; the caller frees it. */
sim_json_t *run_summary_json(const run_t *run);

#endif
