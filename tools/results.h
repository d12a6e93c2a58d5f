/*
 * results.h - the folder of a run: its files, none of them under its final name before it is whole.
 */
#ifndef TOOLS_RESULTS_H
#define TOOLS_RESULTS_H

#include <stdio.h>

#include "sim/types.h"

/* clang-format off */
/* Streams that grow during the run: X(member, file name). */
#define RESULTS_STREAMS(X)                                                                         \
    X(metadata, "metadata.jsonl") X(truth, "truth.jsonl") X(trace, "trace.json")                   \
    X(link, "link.csi2") X(uart, "uart.log") X(postmortem, "postmortem.jsonl") \
    X(host_reads, "host_reads.jsonl") X(tensors, "tensors.jsonl") X(pins, "pins.jsonl")
/* clang-format on */

typedef struct {
    char dir[1024];
#define X(member, name) FILE *member;
    RESULTS_STREAMS(X)
#undef X
} results_t;

/* Makes the folder (and frames/ in it) and opens the streams: empty ones, or, to go on, those that
 * an earlier process left. False with one line in error. */
bool results_open(results_t *results, const char *dir, bool go_on, char *error, size_t error_bytes);
/* Gives every stream its final name. False when one could not be written. */
bool results_commit(results_t *results, char *error, size_t error_bytes);
/* Removes what was not committed. */
void results_abandon(results_t *results);
/* Closes the streams and leaves them for another process to go on with. */
void results_leave(results_t *results);

/* The run's streams as far as they are written: positions and, if asked for, content. Restoring
 * cuts what was written later. */
void results_exchange(results_t *results, sim_snap_t *snap, bool with_content);
/* The same for a file of the folder that was written whole, always with its content. */
void results_exchange_file(const results_t *results, sim_snap_t *snap, const char *name);

#endif
