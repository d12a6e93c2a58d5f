#include "tools/debug.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PIECE_PS SIM_PS_PER_MS /* between looks at the socket */

/* ---- stops ---- */

static void stop(debug_t *d, gdb_why_t why, uint32_t addr)
{
    if (!d->stopped)
        d->why = (gdb_stop_t){.why = why, .addr = addr};
    d->stopped = true;
    sim_stop(d->desc.sim);
}

static void on_stop(void *ctx, core_stop_t why, uint32_t addr)
{
    static const gdb_why_t whys[] = {[CORE_STOP_BREAK] = GDB_STOP_BREAK,
                                     [CORE_STOP_READ] = GDB_STOP_READ,
                                     [CORE_STOP_WRITE] = GDB_STOP_WRITE,
                                     [CORE_STOP_STEP] = GDB_STOP_TRAP};
    debug_t *d = ctx;
    if (!d->quiet)
        stop(d, whys[why], addr);
}

void debug_event(debug_t *d, const char *fmt, ...)
{
    va_list args;
    if (d->quiet || !d->attached)
        return;
    va_start(args, fmt);
    vsnprintf(d->event, sizeof(d->event), fmt, args);
    va_end(args);
    stop(d, GDB_STOP_TRAP, 0);
}

static bool signaled(const debug_t *d)
{
    return d->desc.interrupted != NULL && *d->desc.interrupted != 0;
}

/* ---- the line ---- */

static void on_send(void *ctx, const char *bytes, size_t count)
{
    debug_t *d = ctx;
    server_transmit(&d->server, bytes, count);
}

static void say_goodbye(debug_t *d)
{
    gdb_detach(&d->stub);
    server_hang_up(&d->server);
    debug_forget(d);
    d->attached = false;
}

static void welcome(debug_t *d)
{
    gdb_attach(&d->stub);
    d->attached = true;
    d->stub.last = (gdb_stop_t){.why = GDB_STOP_TRAP};
}

/* Answers packets until there is something to run. False: the run ends. */
static bool serve(debug_t *d)
{
    uint8_t bytes[4096];
    while (d->stub.go == GDB_WAIT && !signaled(d)) {
        if (d->server.peer <
            0) { /* it went without a word: the next one finds things as they are */
            if (!server_accept(&d->server, 200))
                continue;
            welcome(d);
        }
        int count = server_receive(&d->server, bytes, sizeof(bytes), 200);
        if (count > 0)
            gdb_feed(&d->stub, bytes, (size_t)count);
    }
    return !signaled(d) && d->stub.go != GDB_KILL;
}

/* While it runs: a debugger that comes, or Ctrl-C. */
static void listen_in(debug_t *d)
{
    uint8_t bytes[256];
    if (!d->attached && server_accept(&d->server, 0)) {
        welcome(d);
        return;
    }
    int count = d->attached ? server_receive(&d->server, bytes, sizeof(bytes), 0) : 0;
    if (count > 0)
        gdb_feed(&d->stub, bytes, (size_t)count);
    if (count < 0 || d->stub.interrupt) {
        d->why = (gdb_stop_t){.why = GDB_STOP_INTERRUPT};
        d->stopped = true;
    }
}

static void report(debug_t *d)
{
    char line[sizeof(d->event) + 2];
    if (d->event[0] != '\0') {
        snprintf(line, sizeof(line), "%s\n", d->event);
        gdb_console(&d->stub, line);
    }
    d->event[0] = '\0';
    d->stopped = false;
    if (debug_before(d->furthest, debug_place(d)))
        d->furthest = debug_place(d);
    gdb_stopped(&d->stub, d->why);
}

const char *debug_refuses(void *ctx)
{
    const debug_t *d = ctx;
    bool past = d->desc.once && debug_before(debug_place(d), d->furthest);
    return past ? "no changes in the past: what came after has happened" : NULL;
}

/* ---- running ---- */

/* A step inside of the line that GDB steps over goes on by itself, unless at a breakpoint. */
static bool goes_on(debug_t *d)
{
    const core_t *core = d->desc.core;
    if (d->stub.go != GDB_RANGE || d->why.why != GDB_STOP_TRAP || d->event[0] != '\0')
        return false;
    for (uint32_t i = 0; i < core->debug.breaks; i++)
        if (core->debug.break_addr[i] == core->pc) {
            d->why = (gdb_stop_t){.why = GDB_STOP_BREAK};
            return false;
        }
    return core->pc >= d->stub.range[0] && core->pc < d->stub.range[1];
}

/* It stopped for good, and nobody halted it. */
static bool fell_over(const core_t *core)
{
    return core->state != CORE_RUNS && core->state != CORE_HALTED;
}

/* A piece of the run, as the debugger wants it. GDB takes a watchpoint's stop for one before the
 * access on this architecture, and makes the access itself by a step; going back it wants the stop
 * behind it. */
static void run_piece(debug_t *d, uint64_t until_ps)
{
    uint64_t piece_ps = sim_now_ps(d->desc.sim) + PIECE_PS;
    d->stopped = false;
    if (d->stub.go == GDB_STEP || d->stub.go == GDB_RANGE)
        core_step_one(d->desc.core);
    if (piece_ps > until_ps)
        piece_ps = until_ps;
    d->desc.core->debug.early = true;
    if (d->history == NULL)
        sim_run_until_ps(d->desc.sim, piece_ps);
    else if (!sim_history_run(d->history, piece_ps))
        debug_forget(d);
    d->desc.core->debug.early = false;
    if (d->stopped && goes_on(d))
        d->stopped = false;
    else if (!d->stopped && d->attached && fell_over(d->desc.core))
        stop(d, GDB_STOP_CORE, 0);
}

/* What GDB said, unless it is to run. False: the run ends. */
static bool obey(debug_t *d)
{
    if (d->attached && d->stub.go == GDB_WAIT && !serve(d))
        return false;
    debug_remember(d);
    switch (d->stub.go) {
    case GDB_DETACH:
        say_goodbye(d);
        d->stub.go = GDB_CONTINUE;
        return true;
    case GDB_BACK_STEP:
        d->why = debug_back_step(d);
        report(d);
        return true;
    case GDB_BACK_CONTINUE:
        d->why = debug_back_continue(d);
        report(d);
        return true;
    default:
        return d->stub.go != GDB_KILL;
    }
}

bool debug_run(debug_t *d, uint64_t until_ps)
{
    sim_t *sim = d->desc.sim;
    while (sim_now_ps(sim) < until_ps) {
        if (!obey(d)) {
            d->ended = !signaled(d);
            return false;
        }
        if (d->stub.go == GDB_WAIT)
            continue;
        run_piece(d, until_ps);
        if (d->stopped) {
            report(d);
            continue;
        }
        if (sim_stopped(sim) || d->desc.core->state == CORE_HALTED) /* by the run itself */
            return true;
        listen_in(d);
        if (d->stopped)
            report(d);
    }
    return true;
}

void debug_over(debug_t *d, uint8_t code)
{
    if (d->attached && !d->ended)
        gdb_stopped(&d->stub, (gdb_stop_t){.why = GDB_STOP_EXIT, .code = code});
}

/* ---- life ---- */

static void on_insn(void *ctx, const core_note_t *note)
{
    debug_t *d = ctx;
    (void)note;
    if (debug_place(d).steps == d->wanted_steps)
        sim_stop(d->desc.sim);
}

static void on_trap(void *ctx, const core_trap_t *trap)
{
    (void)trap;
    on_insn(ctx, NULL);
}

void debug_count_steps(debug_t *d, uint64_t wanted)
{
    const bool counts = wanted != UINT64_MAX;
    d->hooks.insn = counts ? on_insn : NULL;
    d->hooks.trap = counts ? on_trap : NULL;
    d->wanted_steps = wanted;
}

bool debug_open(debug_t *d, const debug_desc_t *desc, const char *address, char *error,
                size_t error_bytes)
{
    memset(d, 0, sizeof(*d));
    d->desc = *desc;
    d->server.listener = d->server.peer = -1;
    d->stub.core = desc->core;
    d->stub.bus = desc->bus;
    d->stub.can_go_back = true;
    d->stub.refuses = debug_refuses;
    d->stub.send = on_send;
    d->stub.monitor = debug_monitor;
    d->stub.ctx = d;
    if (!server_listen(&d->server, address, error, error_bytes))
        return false;
    d->hooks = (core_hooks_t){.stop = on_stop, .ctx = d};
    core_add_hooks(desc->core, &d->hooks);
    debug_count_steps(d, UINT64_MAX);
    d->attached = true; /* nothing runs before somebody came */
    d->stub.go = GDB_WAIT;
    return true;
}

void debug_close(debug_t *d)
{
    if (d->desc.core != NULL)
        core_remove_hooks(d->desc.core, &d->hooks);
    debug_forget(d);
    server_close(&d->server);
}
