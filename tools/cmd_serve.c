/*
 * cmd_serve.c - fovea serve: a run whose host is another program.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tools/cli.h"
#include "tools/commands.h"
#include "tools/execution.h"
#include "tools/interrupt.h"
#include "tools/run.h"

static void tell(const run_t *run)
{
    const sensor_t *sensor = run->sensor;
    printf(
        "host      %llu requests in %.6f s: %llu accesses to the bus; %llu packets on the link\n",
        (unsigned long long)run->serve.requests, (double)sim_now_ps(run->sim) / 1e12,
        (unsigned long long)(sensor->cci.writes + sensor->cci.reads),
        (unsigned long long)run->serve.packets);
    printf("results   %s\n", run->results.dir);
}

int cmd_serve(int argc, char **argv)
{
    run_desc_t desc = {.verbose = SIM_LOG_UNIMP, .out_dir = "out/serve", .flags.served = true};
    const char *threads = NULL, *simd = NULL, *verbose = NULL;
    scenario_flags_t *f = &desc.flags;
    const cli_opt_t opts[] = {
        {0, "cci", "ADDRESS", "where the host asks: unix:PATH, :PORT on this machine, ADDRESS:PORT",
         &desc.serve.control},
        {0, "link", "ADDRESS", "where it hears the packets of the link, as link.csi2 has them",
         &desc.serve.link},
        {'s', "scene", "FILE", "scene or PNG to look at (default: the scenario's)", &f->scene},
        {'m', "network", "FILE", "network, .tflite, .onnx or .fnp (default: the scenario's)",
         &f->network},
        {'f', "firmware", "ELF", "program of the core (default: the scenario's)", &f->firmware},
        {'c', "chip", "FILE", "chip data (default: the scenario's)", &f->chip},
        {0, "seed", "N", "seed of the noise", &f->seed},
        {0, "scene-seed", "N", "seed of the world", &f->scene_seed},
        {'o', "out", "DIR", "where results go (default: out/serve)", &desc.out_dir},
        {'j', "threads", "N", "threads (default: one a processor); no effect on results", &threads},
        {0, "simd", "LEVEL",
         "scalar, avx2, avx512 or amx (default: the best); no effect on results", &simd},
        WAVES_OPTIONS(desc.waves),
        {'v', "verbose", NULL, "more messages of the blocks", &verbose},
    };
    const cli_t cli = {"serve",
                       "SCENARIO",
                       "A run whose host is another program, in lock-step with simulated time "
                       "(tools/client/README.md).",
                       opts,
                       SIM_COUNT(opts),
                       1,
                       1};
    char **args;
    int count, over = cli_parse(&cli, argc, argv, &args, &count);
    if (over >= 0)
        return over;
    if (desc.serve.control == NULL)
        return cli_fail(EXIT_USAGE, "serve: --cci ADDRESS is missing");
    if (!execution_options(&cli, threads, simd, &desc.threads) ||
        !waves_options("serve", &desc.waves))
        return EXIT_USAGE;
    desc.scenario = args[0];
    if (verbose != NULL)
        desc.verbose = SIM_LOG_DEBUG;
    desc.shuffle = execution_shuffle();
    desc.interrupted = interrupt_watch();
    interrupt_ignore_pipes();
    run_t *run = calloc(1, sizeof(*run));
    if (run == NULL)
        return cli_fail(EXIT_FAILED, "out of memory");
    int code = run_scenario(run, &desc);
    if (run->error[0] != '\0')
        fprintf(stderr, "fovea serve: %s\n", run->error);
    if (code == EXIT_FINE)
        tell(run);
    run_free(run);
    free(run);
    return code;
}
