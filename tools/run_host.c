#include "tools/run_host.h"

#include "tools/cli.h"

/* A line for each value that the host script reads. */
static void on_host_read(void *ctx, const host_cmd_t *cmd, uint32_t value)
{
    run_t *run = ctx;
    fprintf(run->results.host_reads,
            "{\"time_ps\":%llu,\"line\":%u,\"register\":\"0x%04x\",\"bytes\":%u,\"value\":%u",
            (unsigned long long)sim_now_ps(run->sim), cmd->line, cmd->addr, cmd->bytes, value);
    if (cmd->act == HOST_EXPECT)
        fprintf(run->results.host_reads, ",\"expected\":%u", cmd->value);
    fputs("}\n", run->results.host_reads);
}

/* The host script plays behind the download, whose images are first on the SPI target's tape. */
int run_host_make(run_t *run)
{
    host_player_t *player = &run->player;
    bool hand = run->watcher != NULL && run->watcher->hand;
    if (run->scenario.host.cmds == 0 && !hand)
        return EXIT_FINE;
    player->repeats = run->scenario.faults != 0;
    player->saw = on_host_read;
    player->saw_ctx = run;
    if (host_player_init(player, run->sensor, &run->scenario.host) == SIM_OK)
        return EXIT_FINE;
    return run_fail(run, EXIT_FAILED, "%s", sim_error(run->sim));
}

enum { WARNINGS = 5 };

void run_host_finish(run_t *run, bool warn)
{
    const scenario_step_t *step;
    uint32_t at = 0;
    script_finish(&run->script);
    for (uint32_t n = 0; warn && n < WARNINGS; n++)
        if ((step = script_unreached(&run->script, &at)) != NULL)
            fprintf(stderr, "fovea run: warning: %s: the run ended before this step was through\n",
                    step->path);
    if (warn && run->script.unreached > WARNINGS)
        fprintf(stderr, "fovea run: warning: .. and %llu more\n",
                (unsigned long long)run->script.unreached - WARNINGS);
}

/* An expectation that nobody looked at; NULL: none. */
static const scenario_step_t *missed(const script_t *script)
{
    uint32_t at = 0;
    const scenario_step_t *step = script_unreached(script, &at);
    while (step != NULL && step->kind != STEP_EXPECT && step->kind != STEP_PIN_EXPECT)
        step = script_unreached(script, &at);
    return step;
}

/* The first complaint about what the host script found. */
int run_host_judge(run_t *run)
{
    const host_player_t *player = &run->player;
    uint64_t failed = run->script.failed + player->failed;
    const scenario_step_t *step = missed(&run->script);
    if (failed != 0)
        return run_fail(run, EXIT_FAILED, "%llu expectations of the host script did not hold",
                        (unsigned long long)failed);
    if (step != NULL)
        return run_fail(run, EXIT_FAILED, "%s: the run ended before this expectation was looked at",
                        step->path);
    if (player->unacknowledged != 0)
        return run_fail(run, EXIT_FAILED, "%s: %llu accesses were not acknowledged",
                        run->scenario.host.file, (unsigned long long)player->unacknowledged);
    if (player->script != NULL && !host_player_done(player))
        return run_fail(run, EXIT_FAILED, "%s:%u: the run ended before this line was through",
                        run->scenario.host.file, player->script->cmd[player->at].line);
    return EXIT_FINE;
}

/* From when a frame last began, or the host script was last at something. */
uint64_t run_host_patience_ps(const run_t *run, uint64_t patience_ps)
{
    uint64_t script_ps = run->player.script != NULL ? host_player_still_ps(&run->player) : 0;
    uint64_t still_ps = script_ps > run->last_frame_ps ? script_ps : run->last_frame_ps;
    return still_ps > SIM_NEVER_PS - patience_ps ? SIM_NEVER_PS : still_ps + patience_ps;
}
