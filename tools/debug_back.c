/*
 * debug_back.c - back in time: snapshots, and runs from one of them up to a place.
 */
#include "tools/debug.h"

#include <string.h>

static const gdb_stop_t at_begin = {.why = GDB_STOP_BEGIN};

debug_place_t debug_place(const debug_t *d)
{
    const core_t *core = d->desc.core;
    return (debug_place_t){core_steps(core), sim_now_ps(d->desc.sim)};
}

static bool before(debug_place_t a, debug_place_t b)
{
    return a.steps != b.steps ? a.steps < b.steps : a.ps < b.ps;
}

/* ---- snapshots ---- */

void debug_checks_free(debug_t *d)
{
    for (uint32_t i = 0; i < d->checks; i++)
        sim_snapshot_free(d->check[i]);
    d->checks = 0;
    d->next_check_ps = 0;
}

/* Every second one of the older half goes; the first stays. */
static void thin_out(debug_t *d)
{
    uint32_t kept = 1;
    for (uint32_t i = 1; i < d->checks; i++) {
        if (i < DEBUG_CHECKS / 2 && i % 2 == 1) {
            sim_snapshot_free(d->check[i]);
            continue;
        }
        d->check[kept] = d->check[i];
        d->check_place[kept++] = d->check_place[i];
    }
    d->checks = kept;
}

void debug_check(debug_t *d)
{
    sim_t *sim = d->desc.sim;
    debug_place_t here = debug_place(d);
    if (d->stub.writes != d->writes)
        debug_checks_free(d);
    d->writes = d->stub.writes;
    if (!d->attached || d->desc.forward_only || (d->checks != 0 && here.ps < d->next_check_ps))
        return;
    if (d->checks == DEBUG_CHECKS)
        thin_out(d);
    sim_snapshot_t *taken = sim_snapshot_take(sim, d->checks != 0 ? d->check[d->checks - 1] : NULL);
    d->next_check_ps = here.ps + DEBUG_CHECK_PS;
    if (taken == NULL)
        return;
    d->check[d->checks] = taken;
    d->check_place[d->checks++] = here;
}

/* False, and the debugger's session is over, when that fails. */
static bool put_back(debug_t *d, uint32_t check)
{
    bool fine = sim_snapshot_restore(d->desc.sim, d->check[check]) == SIM_OK;
    core_moved(d->desc.core);
    if (fine && d->desc.restored != NULL)
        d->desc.restored(d->desc.ctx);
    return fine;
}

/* The last snapshot before that place; false: there is none. */
static bool find_check(const debug_t *d, debug_place_t place, uint32_t *check)
{
    uint32_t i = d->checks;
    while (i > 0 && !before(d->check_place[i - 1], place))
        i--;
    *check = i - 1;
    return i > 0;
}

/* ---- steps ---- */

/* Without stops, until the core has done so many steps. It is ahead of the others then: they follow
 * to the cycle before its next instruction. */
static void run_to_step(debug_t *d, uint64_t steps)
{
    sim_t *sim = d->desc.sim;
    const core_t *core = d->desc.core;
    d->quiet = true;
    debug_count_steps(d, steps);
    while (core_steps(core) < steps && core->state == CORE_RUNS)
        sim_run_until_ps(sim, sim_now_ps(sim) + SIM_PS_PER_MS);
    uint64_t behind_ps = core->cycle > 0 ? clk_edge_ps(&core->clk, core->cycle - 1) : 0;
    if (behind_ps > sim_now_ps(sim))
        sim_run_until_ps(sim, behind_ps);
    debug_count_steps(d, UINT64_MAX);
    d->quiet = false;
    core_moved(d->desc.core);
}

gdb_stop_t debug_back_step(debug_t *d)
{
    debug_place_t target = debug_place(d);
    uint32_t check;
    if (target.steps == 0)
        return at_begin;
    target.steps--;
    target.ps = UINT64_MAX; /* the place after that step */
    if (!find_check(d, target, &check) || !put_back(d, check))
        return at_begin;
    run_to_step(d, target.steps);
    return (gdb_stop_t){.why = GDB_STOP_TRAP};
}

/* ---- stops ---- */

/* Runs to the next stop before the limit; false: there is none. */
static bool next_stop(debug_t *d, debug_place_t limit)
{
    sim_t *sim = d->desc.sim;
    d->stopped = false;
    do
        sim_run_until_ps(sim, limit.ps);
    while (!d->stopped && sim_stopped(sim) && before(debug_place(d), limit));
    return d->stopped && before(debug_place(d), limit);
}

/* Stops from that snapshot on to the limit. */
static uint32_t count_stops(debug_t *d, uint32_t check, debug_place_t limit)
{
    uint32_t stops = 0;
    if (!put_back(d, check))
        return 0;
    while (next_stop(d, limit))
        stops++;
    return stops;
}

gdb_stop_t debug_back_continue(debug_t *d)
{
    debug_place_t limit = debug_place(d);
    uint32_t check;
    while (find_check(d, limit, &check)) {
        uint32_t stops = count_stops(d, check, limit);
        if (stops > 0 && put_back(d, check)) {
            for (uint32_t i = 0; i < stops; i++) {
                d->event[0] = '\0';
                next_stop(d, limit);
            }
            return d->why;
        }
        limit = d->check_place[check];
    }
    d->event[0] = '\0';
    if (d->checks != 0)
        put_back(d, 0);
    return at_begin;
}
