/*
 * run_trace.h - what the report draws from a run's trace.json: when each frame was in which block,
 * and the power over time.
 *
 * Reads what trace_file.c writes, an event a line, in memory that does not grow with the file
 * beyond what is drawn.
 */
#ifndef TOOLS_REPORT_RUN_TRACE_H
#define TOOLS_REPORT_RUN_TRACE_H

#include "sim/types.h"

/* Rows of the picture of a frame's life: X(row, name). */
/* clang-format off */
#define RUN_TRACE_ROWS(X)                                                                          \
    X(EXPOSURE, "exposure") X(READOUT, "readout") X(ISP, "ISP") X(TENSOR, "tensor")                \
    X(NPU, "NPU") X(CORE, "core") X(LINK, "link")
/* clang-format on */

typedef enum {
#define X(row, name) RUN_TRACE_##row,
    RUN_TRACE_ROWS(X)
#undef X
        RUN_TRACE_ROW_COUNT
} run_trace_row_t;

extern const char *const run_trace_row_names[RUN_TRACE_ROW_COUNT];

enum { RUN_TRACE_TRACKS = 256, RUN_TRACE_NAME = 64, RUN_TRACE_SERIES = 16, RUN_TRACE_SPANS = 4096 };

typedef struct {
    run_trace_row_t row;
    double start_ps, end_ps;
    int64_t frame; /* below 0: not told */
    char name[24];
} run_trace_span_t;

typedef struct {
    double at_ps, value[RUN_TRACE_SERIES]; /* from then on */
} run_trace_sample_t;

typedef struct {
    bool there;
    run_trace_span_t *span; /* the first RUN_TRACE_SPANS, in the file's order */
    uint32_t spans;
    bool more; /* there were others */
    char series[RUN_TRACE_SERIES][RUN_TRACE_NAME];
    uint32_t all_series;
    run_trace_sample_t *sample; /* of power, mW */
    uint32_t samples, sample_room;
    uint64_t events; /* in the file */
} run_trace_t;

/* A file that is not there leaves trace->there false. False with one line in error where it is cut
 * or something else. run_trace_free is due in either case. */
bool run_trace_read(run_trace_t *trace, const char *file, char *error, size_t error_bytes);
void run_trace_free(run_trace_t *trace);

#endif
