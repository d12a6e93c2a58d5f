/*
 * signal_waves.h - waves.vcd: what the blocks did in a window of a run, as signals for GTKWave.
 *
 * A track of the trace is a bit that is 1 within its spans ("npu.mac") and a text that is their
 * name ("npu.mac.what"); rows have their numbers ("pixel.row"), the core the address of the
 * instruction that runs ("core.pc", only if it is asked for by name: it makes the run slower).
 * Value Change Dump as in IEEE 1364-2005, 18, with GTKWave's strings; 1 ps.
 *
 * A bank of L2 is high while it serves beats, its text the master ("l2.bank0").
 *
 * Not modeled: values of buses.
 */
#ifndef TOOLS_SIGNAL_WAVES_H
#define TOOLS_SIGNAL_WAVES_H

#include <stdio.h>

#include "logic/sensor.h"
#include "tools/when.h"

/* As given; NULL: not. */
typedef struct {
    const char *file, *signals, *from, *to;
} signal_waves_desc_t;

/* Rows of a table of options (cli_opt_t) for a signal_waves_desc_t. */
#define SIGNAL_WAVES_OPTIONS(d)                                                                    \
    {0, "waves", "FILE", "signals of the blocks in time, VCD for GTKWave", &(d).file},             \
        {0, "signals", "LIST", "in it: npu.*,irq.*,core.pc (default: all but core.pc)",            \
         &(d).signals},                                                                            \
        {0, "from", "TIME", "where it begins: 40ms, frame:3 (default: the run's)", &(d).from},     \
    {                                                                                              \
        0, "to", "TIME", "where it ends (default: the run's)", &(d).to                             \
    }

enum { SIGNAL_TRACKS = 256, SIGNAL_NAME = 64, SIGNAL_SPANS_MOST = 1 << 22 };

typedef struct {
    uint64_t start_ps, end_ps;
    uint32_t track, text; /* text: place of its name in texts */
    uint32_t number;
} signal_span_t;

typedef struct {
    signal_waves_desc_t desc;
    sensor_t *sensor;
    when_t from_when, to_when;
    uint64_t from_ps, to_ps; /* UINT64_MAX: not known yet */
    FILE *file;
    char track[SIGNAL_TRACKS][SIGNAL_NAME]; /* signals by name */
    bool wanted[SIGNAL_TRACKS], numbered[SIGNAL_TRACKS];
    uint32_t tracks;
    signal_span_t *span;
    uint32_t spans, room;
    char *texts; /* names, each once, with their ends */
    size_t text_bytes, text_room;
    bool too_many, no_memory;
    core_hooks_t hooks;
    uint32_t pc_track, bank_track[L2_MAX_BANKS];
} signal_waves_t;

/* Do they make sense? False with a line on stderr that names the command. */
bool signal_waves_options(const char *command, const signal_waves_desc_t *desc);

/* Creates the file and listens. False with a line in error; signal_waves_free is due in either
 * case. With file NULL nothing is done. */
bool signal_waves_init(signal_waves_t *waves, const signal_waves_desc_t *desc, sensor_t *sensor,
                       char *error, size_t error_bytes);
/* A sim_trace_fn_t: what the blocks say. */
void signal_waves_span(void *waves, const char *track, const char *name, uint64_t start_ps,
                       uint64_t end_ps, const char *args);
/* The run is over: writes the file. */
bool signal_waves_end(signal_waves_t *waves, char *error, size_t error_bytes);
void signal_waves_free(signal_waves_t *waves);

#endif
