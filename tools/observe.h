/*
 * observe.h - traces, profiles, coverage and the access report of a program on the core: files that
 * a command writes beside its own results. Nothing of it changes what is simulated; what nobody
 * asked for costs nothing, and so do traps and register accesses. Profile, coverage and accesses
 * look at every instruction: 13 to 15 million a second, of 290 that are not looked at
 * (2.5 GHz Xeon); a trace of instructions writes 0.9 million lines a second.
 *
 * Files are complete when the command ends, however the program ended.
 */
#ifndef TOOLS_OBSERVE_H
#define TOOLS_OBSERVE_H

#include "tools/access_report.h"
#include "tools/core_trace.h"
#include "tools/profile.h"

/* As given; NULL: not wanted. */
typedef struct {
    const char *trace, *trace_events, *profile, *flame, *coverage, *access;
} observe_desc_t;

/* Rows of a table of options (cli_opt_t) for an observe_desc_t. */
#define OBSERVE_OPTIONS(d)                                                                         \
    {0, "trace-core", "FILE", "what the core does, a line an event", &(d).trace},                  \
        {0, "trace-events", "LIST", "of insn, csr, trap, regs (default: all), for --trace-core",   \
         &(d).trace_events},                                                                       \
        {0, "profile", "FILE", "cycles by function and line, for KCachegrind", &(d).profile},      \
        {0, "flame", "FILE", "cycles by chain of callers, for flamegraph.pl", &(d).flame},         \
        {0, "coverage", "FILE", "lines and branches that ran, for genhtml", &(d).coverage},        \
    {                                                                                              \
        0, "access-report", "FILE", "reserved, refused, uninitialized accesses, JSON lines",       \
            &(d).access                                                                            \
    }

enum { OBSERVE_FILES = 5 };

typedef struct {
    observe_desc_t desc;
    core_t *core;
    core_hooks_t hooks;
    uint64_t seen_steps; /* core_steps of the furthest that was seen */
    source_lines_t lines;
    FILE *file[OBSERVE_FILES];
    char command[256];
    bool counts, by_call, accesses; /* what is being made */
    core_trace_t trace;
    profile_t profile;
    access_report_t access;
} observe_t;

bool observe_wanted(const observe_desc_t *desc);

/* Creates the files, and listens to core and its bus from now on: before the program is loaded
 * where access is wanted (else tell it by access_wrote). False with one line of error; observe_free
 * is due in either case. observe must outlive the run. */
bool observe_init(observe_t *observe, const observe_desc_t *desc, core_t *core, char *error,
                  size_t error_bytes);
/* The lines of a program that the core may run. */
bool observe_program(observe_t *observe, const uint8_t *elf, size_t bytes, const char *file,
                     char *error, size_t error_bytes);
/* A port of another block that can write L2. False: too many. */
bool observe_port(observe_t *observe, sim_mem_port_t *port);
/* The core is where a snapshot was: what had been written before is not known. */
void observe_restored(observe_t *observe);

/* The run is over: the files appear. */
bool observe_end(observe_t *observe, char *error, size_t error_bytes);
/* Removes files that observe_end has not completed. */
void observe_free(observe_t *observe);

#endif
