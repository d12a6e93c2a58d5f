/*
 * gdb_stub.h - the GDB remote protocol over one core: packets in, packets out. No sockets, no time:
 * the owner feeds it bytes, runs the simulation when it is told to, and tells it why that ended.
 *
 *   bytes --> gdb_feed --> registers, memory, breakpoints of core and bus
 *                 |   `--> send(bytes)
 *                 `------> go: what the owner has to run next
 *
 * Speaks: qSupported, no-ack mode, target.xml with all CSRs of the chip and the privilege mode,
 * g G p P m M X, Z0-Z4 (0 and 1 are the same), c s C S, vCont with range stepping, bc bs when the
 * owner can go back, qRcmd, threads (there is one), D, k, Ctrl-C. Reads of memory and registers
 * have no side effect on devices; a write to a device register is one.
 * Not modeled: non-stop mode, extended-remote (run, restart), searching memory, flash erase.
 */
#ifndef TOOLS_GDB_STUB_H
#define TOOLS_GDB_STUB_H

#include "logic/core.h"
#include "tools/rsp.h"

/* What the owner has to do. */
typedef enum {
    GDB_WAIT,          /* nothing: GDB thinks */
    GDB_CONTINUE,      /* run to the next stop */
    GDB_STEP,          /* one instruction */
    GDB_RANGE,         /* steps while pc is in range[0] .. range[1] - 1 */
    GDB_BACK_CONTINUE, /* to the stop before */
    GDB_BACK_STEP,     /* to before the last instruction */
    GDB_DETACH,        /* run on without GDB */
    GDB_KILL,          /* end */
} gdb_go_t;

/* Why it stopped. */
typedef enum {
    GDB_STOP_TRAP, /* a step, an event of the image, or no particular reason */
    GDB_STOP_BREAK,
    GDB_STOP_READ, /* of addr */
    GDB_STOP_WRITE,
    GDB_STOP_INTERRUPT, /* Ctrl-C */
    GDB_STOP_BEGIN,     /* there is nothing before */
    GDB_STOP_CORE,      /* the core stopped for good */
    GDB_STOP_EXIT,      /* the run is over; code */
} gdb_why_t;

typedef struct {
    gdb_why_t why;
    uint32_t addr;
    uint8_t code;
} gdb_stop_t;

enum { GDB_TEXT = 64 << 10 };

/* An answer to a monitor command, cut where it becomes too long. */
typedef struct {
    char text[GDB_TEXT];
    size_t bytes;
} gdb_text_t;
void gdb_print(gdb_text_t *text, const char *fmt, ...) SIM_PRINTF(2, 3);

/* Whether a monitor command has no more than `most` words behind its own; says so if it has. */
bool gdb_words_fit(const char *word, const char *rest, uint32_t most, gdb_text_t *reply);

typedef struct {
    /* set by the owner */
    core_t *core;
    bus_t *bus;
    bool can_go_back;
    void (*send)(void *ctx, const char *bytes, size_t count);
    /* Does a `monitor` command; NULL: there are none. */
    void (*monitor)(void *ctx, const char *line, gdb_text_t *reply);
    /* Why registers and memory cannot be written now; NULL, also as the function: they can. */
    const char *(*refuses)(void *ctx);
    void *ctx;

    /* to look at */
    gdb_go_t go;
    uint32_t range[2];
    bool interrupt;  /* Ctrl-C came; gdb_stopped clears it */
    uint64_t writes; /* that changed registers or memory */

    rsp_in_t in;
    bool no_ack, hwbreak;
    gdb_stop_t last;
    char reply[RSP_MAX + 1];
    char sent[2 * RSP_MAX + 4];
    size_t sent_bytes;
    gdb_text_t text;   /* of the last monitor command */
    gdb_text_t target; /* target.xml */
} gdb_stub_t;

/* A debugger has come: acks are on again; breakpoints are as they were. */
void gdb_attach(gdb_stub_t *stub);
/* It has gone: its breakpoints and watchpoints go too. */
void gdb_detach(gdb_stub_t *stub);

/* Takes bytes of the line. Stops early, and returns how many it took, when stub->go is no longer
 * GDB_WAIT; while the simulation runs only Ctrl-C is expected. */
size_t gdb_feed(gdb_stub_t *stub, const uint8_t *bytes, size_t count);

/* The simulation has stopped: GDB is told. */
void gdb_stopped(gdb_stub_t *stub, gdb_stop_t stop);
/* A line for GDB's console, while the simulation runs or before it is told of a stop. */
void gdb_console(gdb_stub_t *stub, const char *text);

#endif
