/*
 * run_timeline.h - what a run's trace has beyond what the blocks tell: interrupt lines, packets of
 * the link, rows of the readout, functions of the core, and arrows that follow a frame.
 *
 * Nothing of it is connected at a level that does not show it.
 */
#ifndef TOOLS_RUN_TIMELINE_H
#define TOOLS_RUN_TIMELINE_H

#include "logic/sensor.h"
#include "tools/profile.h"
#include "tools/trace_file.h"

enum { RUN_TIMELINE_IRQS = INTC_SOURCES, RUN_TIMELINE_DEPTH = 256 };

typedef struct run_timeline run_timeline_t;

/* One interrupt line. */
typedef struct {
    run_timeline_t *timeline;
    const char *track;
    uint64_t rise_ps;
    bool high;
} run_irq_t;

/* A function that is being called. */
typedef struct {
    uint32_t func; /* index; CALL_UNKNOWN */
    uint64_t start_cycle;
} run_call_t;

struct run_timeline {
    sensor_t *sensor;
    trace_file_t *file;
    uint64_t
        rise_ps[RUN_TIMELINE_IRQS]; /* by input of the interrupt controller; kept in snapshots */
    uint32_t high;
    run_irq_t irq[RUN_TIMELINE_IRQS];
    core_hooks_t hooks;
    source_lines_t lines;
    profile_t profile;
    uint64_t seen_steps;
    run_call_t (*call)[RUN_TIMELINE_DEPTH]; /* of each stack */
    uint32_t depth[CALL_STACKS];
};

/* Listens to the sensor as far as file->level shows it; packets and rows also where others want
 * them
 * (`all`). programs: ELF files that the core may run,
 * `count` of them, for names of functions. False with one line in error; run_timeline_free is due
 * in either case. */
bool run_timeline_init(run_timeline_t *timeline, sensor_t *sensor, trace_file_t *file, bool all,
                       const char *const *programs, uint32_t count, char *error,
                       size_t error_bytes);
/* The run is over: what is still being called ends now. */
void run_timeline_end(run_timeline_t *timeline);
void run_timeline_free(run_timeline_t *timeline);

/* An arrow from the exposure to the last byte: of metadata, of an image. */
void run_timeline_frame(run_timeline_t *timeline, const timeline_frame_t *frame);
void run_timeline_image(run_timeline_t *timeline, const timeline_image_t *image);

#endif
