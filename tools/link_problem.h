/*
 * link_problem.h - what is wrong with a link, told: a line of text or of JSON for each violation.
 */
#ifndef TOOLS_LINK_PROBLEM_H
#define TOOLS_LINK_PROBLEM_H

#include <stdio.h>

#include "mipi/capture.h"
#include "mipi/rx.h"
#include "sim/json.h"

typedef struct {
    const char *what, *text; /* "crc", "payload CRC wrong" */
    uint64_t packet;
    bool has_time, has_place, has_lane, has_offset, corrected;
    uint64_t time_ps;
    uint8_t vc, dt, lane;
    uint64_t offset; /* in the file, bytes */
    uint64_t found, expected;
} link_problem_t;

link_problem_t link_problem_of_event(const mipi_rx_event_t *event);
link_problem_t link_problem_of_capture(const mipi_capture_problem_t *problem);

/* "packet 12, 0.001234567890 s, VC 0 RAW10: crc: payload CRC wrong: found 0x1f, expected 0x2e" */
void link_problem_print(const link_problem_t *problem, FILE *to);
/* The same; the caller frees it. */
sim_json_t *link_problem_json(const link_problem_t *problem);

/* Adds "counters", all of a receiver's, and "by_channel_or_lane", those that are not 0. */
void link_counters_json(const mipi_rx_t *rx, sim_json_t *out);

#endif
