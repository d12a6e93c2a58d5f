/*
 * run_observe.h - what the core of a run does, for the files of observe.h.
 */
#ifndef TOOLS_RUN_OBSERVE_H
#define TOOLS_RUN_OBSERVE_H

#include "tools/run.h"

/* When the sensor is made, before anything is loaded: EXIT_FINE, or another code and run->error. */
int run_observe_begin(run_t *run, const observe_desc_t *desc);
/* A program that is loaded, in ROM or TCM. False with run->error. */
bool run_observe_program(run_t *run, const uint8_t *elf, size_t bytes, const char *file);
/* The simulation is about to go on from time 0, or a snapshot. */
void run_observe_start(run_t *run, const run_desc_t *desc);
/* For a message: " (hal.c:12)", where the core is; "" when its programs do not know. */
const char *run_place(run_t *run, char text[SOURCE_PLACE]);

/* Completes the files of a run that ended with code; returns the code to end with. */
int run_observe_end(run_t *run, int code);

#endif
