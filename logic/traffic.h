/*
 * traffic.h - bandwidth over time: bytes of each master and bank of L2, and of the bus, by window.
 *
 *   L2: master.read_bytes + write_bytes ---+    every window_ps, when all blocks have done the
 *   L2: bank.busy_cycles x beat_bytes -----+--> instant: totals, peaks, counters of the trace
 *   bus: read_bytes + write_bytes ---------+
 *
 * A master's bytes are those asked for, in the window in which they are done; a bank's are whole
 * beats, in the window in which the burst is granted. Window n is (n x window_ps, (n + 1) x
 * window_ps]; windows are sampled from counters that run anyway, and all bytes are in exactly one.
 * The trace has the tracks "l2.masters B/s", "l2.banks B/s" and "bus B/s": a window's bytes over
 * its length, from its beginning on.
 *
 * Drives nothing: no result depends on it. Resets of L2 and bus do not reset it.
 */
#ifndef LOGIC_TRAFFIC_H
#define LOGIC_TRAFFIC_H

#include "logic/bus.h"
#include "logic/l2.h"
#include "sim/sim.h"

#define TRAFFIC_MAX_LANES (L2_MAX_MASTERS + L2_MAX_BANKS + 1)

typedef struct traffic traffic_t;

typedef enum { TRAFFIC_MASTERS, TRAFFIC_BANKS, TRAFFIC_BUS, TRAFFIC_TRACKS } traffic_track_t;

typedef struct {
    sim_comp_t comp;
    traffic_t *traffic;
    const char *series; /* in the trace */
    traffic_track_t track;
    uint32_t number; /* of the master or bank */

    uint64_t seen; /* what the counter said last */
    uint64_t bytes, window_bytes, peak_bytes;
    uint64_t last_bytes;                         /* of the window before */
    uint64_t mean_bytes_per_s, peak_bytes_per_s; /* worked out of these */
} traffic_lane_t;

typedef struct {
    uint64_t window_ps; /* 1 us to 1 s */
} traffic_desc_t;

struct traffic {
    sim_comp_t comp;
    traffic_desc_t desc;
    l2_t *l2;
    const bus_t *bus;
    sim_event_t sample;
    uint32_t lanes;
    traffic_lane_t lane[TRAFFIC_MAX_LANES];
    char bank_name[L2_MAX_BANKS][4];

    uint64_t window; /* number of the one that runs */
};

/* 100 us. */
traffic_desc_t traffic_desc_default(void);

/* When all masters are attached to l2. Lanes are "<name>.<master>", "<name>.bank<n>" and
 * "<name>.bus". l2 and bus must outlive traffic. */
sim_err_t traffic_init(traffic_t *traffic, sim_t *sim, l2_t *l2, const bus_t *bus,
                       const traffic_desc_t *desc, const char *name);

/* The end of a run: the trace gets the window that runs, too. */
void traffic_end(traffic_t *traffic);

#endif
