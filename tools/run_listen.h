/*
 * run_listen.h - what a run hears of the sensor while it goes on: frames, their truth, packets,
 * pins, text, energy; and when it has all that it waits for.
 */
#ifndef TOOLS_RUN_LISTEN_H
#define TOOLS_RUN_LISTEN_H

#include "tools/run.h"

/* Connects scene, host, capture, timeline and files, when all of them are made. An exit code, with
 * a line in the run's error unless EXIT_FINE. */
int run_listen(run_t *run, const run_desc_t *desc);

/* All metadata is there, and no image on its way; never true for a host outside. */
bool run_is_complete(const run_t *run);

/* What the capture's header tells of the link. */
mipi_phy_t run_phy(const run_t *run);

#endif
