/*
 * phases.h - from an entry into a zone to the edge of a pin, for entries at every phase of a frame.
 *
 *               entry                                                                   pin
 *     frames  ----|--------|--------|--------|--
 *     its row     |<-wait->|<-exposure->|<-readout->|<-ISP->|<-NPU->|<-firmware->|
 *                 |<------------------------- latency ------------------------->|
 *
 * The same entry is run again and again; each time the host starts the stream a share of a frame
 * later, so the scene stays what it is and the frames move. An entry is the first zone_enter of the
 * truth; its row is that of the upper edge of whoever enters: a frame in which this row is exposed
 * after the entry shows all of them inside. The alert is the first rising edge of the pin after it
 * was low. Parts are those of the frame whose result raised it: `wait` is until that frame's row
 * begins to be exposed, and below 0 where the rows below were enough, or the network's box was
 * early.
 *
 * The bound is arithmetic: an entry that the row just missed waits for a whole frame, then the
 * longest of each of the other parts. An alert beyond it was late by frames in which the network
 * did not see somebody, or not there.
 */
#ifndef TOOLS_PHASES_H
#define TOOLS_PHASES_H

#include <signal.h>

#include "logic/timeline.h"
#include "tools/scenario.h"

enum { PHASES_MOST = 10000, PHASES_BINS = 16 };

/* Parts of a latency, in their order: X(name). */
#define PHASES_PARTS(X) X(wait) X(exposure) X(readout) X(isp) X(npu) X(firmware)
#define X(name) PHASES_##name,
typedef enum { PHASES_PARTS(X) PHASES_PART_COUNT } phases_part_t;
#undef X
extern const char *const phases_part_names[PHASES_PART_COUNT];

/* A change of pins. */
typedef struct {
    uint64_t time_ps;
    uint32_t levels;
} phases_edge_t;

typedef struct {
    bool alerted;
    uint64_t enter_ps, alert_ps;
    double phase; /* 0..1 of a frame: how long before the entry its row last began to be exposed */
    uint32_t frame; /* whose result it was */
    uint32_t row;   /* of the entry, as read */
    int64_t part_ps[PHASES_PART_COUNT];
} phases_entry_t;

typedef struct {
    uint32_t entries, alerts;
    double min_ms, median_ms, worst_ms; /* of alerts */
    double bound_ms;
    double part_ms[PHASES_PART_COUNT]; /* the longest; wait: the frame */
    struct {
        uint32_t alerts;
        double min_ms, max_ms;
    } bin[PHASES_BINS]; /* by phase */
} phases_sum_t;

typedef struct {
    const char *scenario, *out;
    scenario_flags_t flags;
    uint32_t pin, entries;
    uint32_t threads;
    const volatile sig_atomic_t *interrupted;
} phases_desc_t;

typedef struct {
    phases_desc_t desc;
    uint64_t period_ps; /* of a frame */
    phases_entry_t *entry;
    phases_sum_t sum;
    char error[1024];
} phases_t;

/* One entry from what a run left: its frames in order (each of `rows` rows, `line_ps` apart), edges
 * of pins in order. enter_ps and row are set, the rest is filled in. */
void phases_find(phases_entry_t *entry, const timeline_frame_t *frame, size_t frames,
                 uint64_t line_ps, uint64_t period_ps, const phases_edge_t *edge, size_t edges,
                 uint32_t pin);
/* Sorts nothing, frees nothing. False: no memory. */
bool phases_add_up(const phases_entry_t *entry, uint32_t entries, uint64_t period_ps,
                   phases_sum_t *sum);

/* All runs. EXIT_FINE; EXIT_FAILED, EXIT_USAGE with a line in error. Call phases_free after. */
int phases_run(phases_t *phases, const phases_desc_t *desc);
void phases_free(phases_t *phases);

/* DIR/phases.svg. False with one line in error. */
bool phases_plot(const phases_t *phases, uint32_t count, const char *dir, char *error,
                 size_t error_bytes);

#endif
