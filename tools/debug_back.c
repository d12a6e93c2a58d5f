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

bool debug_before(debug_place_t a, debug_place_t b)
{
    return a.steps != b.steps ? a.steps < b.steps : a.ps < b.ps;
}

/* ---- history ---- */

/* The present is another one than the snapshots lead to: the debugger wrote, or it went back behind
 * what it wrote and goes forward from there without. */
static bool was_changed(debug_t *d)
{
    bool wrote = d->stub.writes != d->writes;
    bool back = d->stub.go == GDB_BACK_STEP || d->stub.go == GDB_BACK_CONTINUE;
    bool other = d->rewound && d->writes != d->first_writes && !back;
    d->writes = d->stub.writes;
    d->rewound = back || (d->rewound && !other);
    return wrote || other;
}

void debug_remember(debug_t *d)
{
    const sim_history_desc_t desc = {DEBUG_EVERY_PS, DEBUG_MAX_BYTES};
    bool changed = was_changed(d);
    if (changed && d->desc.once)
        debug_forget(d);
    if (d->history == NULL && d->attached) {
        d->history = sim_history_new(d->desc.sim, &desc);
        d->first_writes = d->writes;
    } else if (d->history != NULL && changed && !sim_history_changed(d->history)) {
        debug_forget(d);
    }
}

void debug_forget(debug_t *d)
{
    sim_history_free(d->history);
    d->history = NULL;
}

/* Puts the simulation to the last snapshot before that place, and tells which place that is. False:
 * there is none. */
static bool put_back(debug_t *d, debug_place_t place, debug_place_t *at)
{
    uint64_t ps = sim_now_ps(d->desc.sim);
    if (d->history == NULL)
        return false;
    for (bool more = true; more;) {
        ps = sim_history_snapshot_ps(d->history, ps);
        more = ps > sim_history_begin_ps(d->history);
        if (!sim_history_back(d->history, ps))
            return false;
        *at = debug_place(d);
        core_moved(d->desc.core);
        if (d->desc.restored != NULL)
            d->desc.restored(d->desc.ctx);
        if (debug_before(*at, place))
            return true;
        ps--;
    }
    return false;
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
    debug_place_t target = debug_place(d), from;
    if (target.steps == 0)
        return at_begin;
    target.steps--;
    target.ps = UINT64_MAX; /* the place after that step */
    if (!put_back(d, target, &from))
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
    while (!d->stopped && sim_stopped(sim) && debug_before(debug_place(d), limit));
    return d->stopped && debug_before(debug_place(d), limit);
}

gdb_stop_t debug_back_continue(debug_t *d)
{
    debug_place_t limit = debug_place(d), from;
    while (put_back(d, limit, &from)) {
        uint32_t stops = 0;
        while (next_stop(d, limit))
            stops++;
        if (stops > 0 && put_back(d, limit, &from)) { /* once more, to the last of them */
            for (uint32_t i = 0; i < stops; i++) {
                d->event[0] = '\0';
                next_stop(d, limit);
            }
            return d->why;
        }
        limit = from;
    }
    d->event[0] = '\0';
    return at_begin;
}
