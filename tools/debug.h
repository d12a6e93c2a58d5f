/*
 * debug.h - a simulation under a debugger: runs it as GDB says, forward and back.
 *
 *   owner: debug_run(until) --> sim_run_until_ps, in pieces; stops; waits for GDB's next command
 *
 * Going back is deterministic re-run: snapshots are taken every DEBUG_EVERY_PS of simulated time
 * while a debugger is there; the simulation is put back to the one before the place wanted and run
 * up to it. What happens is the same every time, so the place is told by what the core has done:
 * the number of instructions and traps. A debugger that writes registers or memory makes
 * another run of it from there on; where that cannot be (`once`) it may do so only at the furthest
 * place, which then is the begin.
 */
#ifndef TOOLS_DEBUG_H
#define TOOLS_DEBUG_H

#include <signal.h>

#include "sim/history.h"
#include "tools/gdb_stub.h"
#include "tools/server.h"

#define DEBUG_EVERY_PS (2 * SIM_PS_PER_MS)
#define DEBUG_MAX_BYTES ((size_t)512 << 20)

typedef struct debug debug_t;

typedef struct {
    sim_t *sim;
    core_t *core;
    bus_t *bus;
    /* Commands beyond the ones that every machine has: true when it knew the word. May be NULL. */
    bool (*monitor)(void *ctx, const char *word, const char *rest, gdb_text_t *reply);
    /* The simulation was put back. May be NULL. */
    void (*restored)(void *ctx);
    void *ctx;
    /* What happens is kept, in files or by what a program did outside, so it cannot happen in
     * another way: no changes in the past, and no way back behind a change. */
    bool once;
    const volatile sig_atomic_t *interrupted; /* the signal handler's; may be NULL */
} debug_desc_t;

/* A place in the run; the next is later in steps, or, between two steps, in time. */
typedef struct {
    uint64_t steps, ps;
} debug_place_t;

struct debug {
    debug_desc_t desc;
    core_hooks_t hooks;
    server_t server;
    gdb_stub_t stub;
    bool attached; /* a debugger is there, or was and did not say goodbye */
    bool ended;    /* it ended the run */
    bool stopped;  /* in this piece of the run, because: */
    gdb_stop_t why;
    char event[200];       /* of the image, for the console; "": none */
    bool quiet;            /* breakpoints and events do not stop */
    uint64_t wanted_steps; /* stop when the core has done so many; UINT64_MAX: never */

    sim_history_t *history; /* while a debugger is there that may go back */
    bool rewound;           /* it went back since it ran forward */
    uint64_t writes;        /* the debugger's, that the snapshots know of */
    uint64_t first_writes;  /* that had been when the history began */
    debug_place_t furthest; /* where it has stopped */
};

/* Listens at address and waits until somebody comes; false with one line in error. The simulation
 * has started. Call debug_close in any case. */
bool debug_open(debug_t *debug, const debug_desc_t *desc, const char *address, char *error,
                size_t error_bytes);
void debug_close(debug_t *debug);

/* Like sim_run_until_ps, with stops in between; it may go back on the way. False: the debugger, or
 * a signal, has ended the run. */
bool debug_run(debug_t *debug, uint64_t until_ps);
/* The run is over: the debugger is told. */
void debug_over(debug_t *debug, uint8_t code);

/* For watchers of the image: stops here and says why, "frame 3 begins". */
void debug_event(debug_t *debug, const char *fmt, ...) SIM_PRINTF(2, 3);

/* Why nothing may be changed here and now; NULL: it may. ctx is the debug_t. */
const char *debug_refuses(void *ctx);
/* debug_back.c uses: stops when the core has done so many steps; UINT64_MAX: never. */
void debug_count_steps(debug_t *debug, uint64_t wanted);

/* debug_back.c */
/* Begins to remember; what the debugger changed is remembered too. */
void debug_remember(debug_t *debug);
void debug_forget(debug_t *debug);
/* To the step before, to the stop before; why tells how that ended. */
gdb_stop_t debug_back_step(debug_t *debug);
gdb_stop_t debug_back_continue(debug_t *debug);
debug_place_t debug_place(const debug_t *debug);
bool debug_before(debug_place_t a, debug_place_t b);

/* debug_monitor.c: the commands that every machine has. */
void debug_monitor(void *ctx, const char *line, gdb_text_t *reply);

#endif
