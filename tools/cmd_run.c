/*
 * cmd_run.c - fovea run: the main job.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/execution.h"
#include "tools/explore/rerun.h"
#include "tools/interrupt.h"
#include "tools/run.h"

/* out/<name of the scenario without folder and ending>. */
static void default_out(const char *scenario, char *out, size_t bytes)
{
    const char *slash = strrchr(scenario, '/');
    const char *name = slash != NULL ? slash + 1 : scenario;
    const char *dot = strrchr(name, '.');
    int length = dot != NULL && dot != name ? (int)(dot - name) : (int)strlen(name);
    snprintf(out, bytes, "out/%.*s", length, name);
}

static int report(const char *name, run_t *run, int code, bool json)
{
    if (run->error[0] != '\0')
        fprintf(stderr, "fovea %s: %s\n", name, run->error);
    if (code == EXIT_FAILED && run->results.dir[0] != '\0' && !json)
        run_print_faults(run, stdout);
    if (code != EXIT_FINE)
        return code;
    if (json) {
        sim_json_t *summary = run_summary_json(run);
        char *text = sim_json_print(summary, true);
        printf("%s\n", text != NULL ? text : "{}");
        free(text);
        sim_json_free(summary);
    } else {
        run_print_summary(run, stdout);
    }
    return code;
}

/* False, with a line on stderr, when they make no sense. */
static bool snapshot_options(const cli_t *cli, const char *at, const char *every,
                             run_snapshot_desc_t *snapshot)
{
    if ((at != NULL) != (snapshot->file != NULL)) {
        cli_fail(EXIT_USAGE, "%s: --snapshot and --snapshot-at need each other", cli->name);
        return false;
    }
    if (at != NULL && !sim_time_parse(at, &snapshot->at_ps)) {
        cli_fail(EXIT_USAGE, "%s: --snapshot-at: '%s' is not <n><ps|ns|us|ms|s>", cli->name, at);
        return false;
    }
    if (every != NULL && !cli_num(cli, "autosnap", every, &snapshot->every_s))
        return false;
    if (every != NULL && !(snapshot->every_s > 0)) {
        cli_fail(EXIT_USAGE, "%s: --autosnap: '%s' is not above 0", cli->name, every);
        return false;
    }
    return true;
}

/* --point FILE.db:ID: everything else is in the file. */
static int run_point(const cli_t *cli, const char *point, const run_desc_t *desc, bool json,
                     int arguments)
{
    static const scenario_flags_t none = {0};
    if (arguments != 0 || desc->gdb != NULL || memcmp(&desc->flags, &none, sizeof(none)) != 0)
        return cli_fail(EXIT_USAGE,
                        "%s: --point takes nothing but --out, --threads, --exact and --json",
                        cli->name);
    const rerun_desc_t how = {.point = point,
                              .out = desc->out_dir,
                              .full = desc->exact,
                              .json = json,
                              .threads = desc->threads};
    return rerun_point(&how);
}

/* Functions that are being called are not in snapshots. */
static bool trace_options(const cli_t *cli, const char *level, run_desc_t *desc)
{
    const run_snapshot_desc_t *s = &desc->snapshot;
    uint64_t number = TRACE_LEVEL_DEFAULT;
    if (level != NULL && !cli_u64(cli, "trace-level", level, 0, TRACE_LEVELS - 1, &number))
        return false;
    desc->trace_level = 1 + (uint32_t)number;
    bool snapshots = s->file != NULL || s->restore != NULL || s->every_s > 0;
    if (number == TRACE_ALL && snapshots)
        cli_fail(EXIT_USAGE, "%s: no --trace-level 3 with snapshots, they would cut it", cli->name);
    return number != TRACE_ALL || !snapshots;
}

/* Both commands are one; `debug` waits for a debugger, wherever it is not said. */
static int command(const char *name, const char *about, const char *gdb, int argc, char **argv)
{
    run_desc_t desc = {.verbose = SIM_LOG_UNIMP, .gdb = gdb};
    const char *threads = NULL, *simd = NULL, *json = NULL, *verbose = NULL, *exact = NULL;
    const char *at = NULL, *every = NULL, *point = NULL, *level = NULL;
    scenario_flags_t *f = &desc.flags;
    const cli_opt_t opts[] = {
        {'s', "scene", "FILE",
         "scene, PNG, Y4M or - (Y4M on standard input) to look at (default: the scenario's)",
         &f->scene},
        {'m', "network", "FILE", "network, .tflite, .onnx or .fnp (default: the scenario's)",
         &f->network},
        {0, "model", "FILE", "the same", &f->network},
        {'f', "firmware", "ELF", "program of the core (default: the scenario's)", &f->firmware},
        {'c', "chip", "FILE", "chip data (default: the scenario's)", &f->chip},
        {0, "host", "FILE", "host script: register writes, expectations, delays, a driver's tables",
         &f->host},
        {'n', "frames", "N", "frames to simulate", &f->frames},
        {0, "seed", "N", "seed of the noise", &f->seed},
        {0, "late", "TIME", "the host starts the stream so much later (12us)", &f->late},
        {0, "scene-seed", "N", "seed of the world", &f->scene_seed},
        {'o', "out", "DIR", "where results go (default: out/<scenario>)", &desc.out_dir},
        {'j', "threads", "N", "threads (default: one a processor); no effect on results", &threads},
        {0, "simd", "LEVEL",
         "scalar, avx2, avx512 or amx (default: the best); no effect on results", &simd},
        {0, "exact", NULL,
         "an event for every cycle of the NPU, burst and beat; no effect on results", &exact},
        {0, "snapshot-at", "TIME", "when --snapshot is taken: 40.2ms, 1s of simulated time", &at},
        {0, "snapshot", "FILE", "the whole state then, with the results so far",
         &desc.snapshot.file},
        {0, "restore", "FILE", "go on from that snapshot of the same run", &desc.snapshot.restore},
        {0, "autosnap", "SECONDS",
         "a snapshot in DIR every so often; after a crash the same command goes on from it",
         &every},
        {0, "gdb", "ADDRESS",
         "wait for a debugger: :1234 on this machine only, ADDRESS:PORT, unix:PATH", &desc.gdb},
        {0, "point", "FILE.db:ID", "in place of a scenario: a point of `fovea explore`, once more",
         &point},
        {0, "trace-level", "N",
         "trace.json: 0 frames, 1 blocks, 2 instructions of the NPU and packets (default), 3 rows "
         "and functions of the core",
         &level},
        OBSERVE_OPTIONS(desc.observe),
        WAVES_OPTIONS(desc.waves),
        SIGNAL_WAVES_OPTIONS(desc.signals),
        {0, "json", NULL, "the summary as one JSON object", &json},
        {'v', "verbose", NULL, "more messages of the blocks", &verbose},
    };
    const cli_t cli = {name, "SCENARIO", about, opts, SIM_COUNT(opts), 0, 1};
    char **args, out[512];
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if (!execution_options(&cli, threads, simd, &desc.threads))
        return EXIT_USAGE;
    desc.exact = exact != NULL;
    if (point != NULL)
        return run_point(&cli, point, &desc, json != NULL, count);
    if (count == 0)
        return cli_fail(EXIT_USAGE, "%s: no scenario (see `fovea %s --help`)", name, name);
    if (!snapshot_options(&cli, at, every, &desc.snapshot))
        return EXIT_USAGE;
    if (!waves_options(name, &desc.waves) || !signal_waves_options(name, &desc.signals))
        return EXIT_USAGE;
    if (desc.snapshot.every_s > 0 &&
        (observe_wanted(&desc.observe) || waves_wanted(&desc.waves) || desc.signals.file != NULL))
        return cli_fail(EXIT_USAGE, "%s: no traces and profiles with --autosnap, it would cut them",
                        name);
    if (!trace_options(&cli, level, &desc))
        return EXIT_USAGE;
    desc.scenario = args[0];
    if (desc.out_dir == NULL) {
        default_out(args[0], out, sizeof(out));
        desc.out_dir = out;
    }
    if (verbose != NULL)
        desc.verbose = SIM_LOG_DEBUG;
    desc.shuffle = execution_shuffle();
    desc.interrupted = interrupt_watch();
    run_t *run = calloc(1, sizeof(*run));
    if (run == NULL)
        return cli_fail(EXIT_FAILED, "out of memory");
    int code = report(name, run, run_scenario(run, &desc), json != NULL);
    run_free(run);
    free(run);
    return code;
}

int cmd_run(int argc, char **argv)
{
    return command("run", "Simulates a scenario, scene to host.", NULL, argc, argv);
}

int cmd_debug(int argc, char **argv)
{
    return command("debug",
                   "Simulates a scenario under GDB, forward and back; --gdb :1234 if not said.",
                   ":1234", argc, argv);
}
