/*
 * sim_int.h - the inside of sim_t, shared by kernel.c, comp.c, log.c, trace.c and snapshot*.c only.
 */
#ifndef SIM_SIM_INT_H
#define SIM_SIM_INT_H

#include "sim/sim.h"

#define SIM_LOG_LEVELS (SIM_LOG_DEBUG + 1)
#define SIM_UNIMP_PLACES 1024 /* a power of two */

/*
 * The pending events: a 4-ary heap ordered by key, (at_ps, prio, tie) as one 128-bit number.
 * Keys and events lie in two arrays, so that the four children of a node are one cache line.
 * Unused places hold the largest key, so that the smallest of four needs no bounds check.
 */
typedef struct {
    sim_u128_t *key;
    sim_event_t **event;
    void *key_memory; /* what to free: key is at an offset, for alignment */
    uint32_t count, capacity;
    uint32_t members; /* events that sim_event_init saw: the most that can be pending */
    bool hole;        /* place 0 belongs to the event that is firing; its key is 0 */
} sim_heap_t;

/* Spans and counts that wait until all of their instant are there. */
#define SIM_SPANS 128
#define SIM_SPAN_TEXT 16384
typedef struct {
    uint64_t start_ps, end_ps;
    const char *track, *name, *args; /* in text; name NULL: a count, at start_ps; args NULL: none */
} sim_span_t;
typedef struct {
    uint32_t count, used;
    sim_span_t span[SIM_SPANS]; /* by track, then as they came */
    char text[SIM_SPAN_TEXT];
} sim_spans_t;

struct sim {
    uint64_t now_ps;
    sim_heap_t heap;
    uint64_t scheduled; /* sequence number of the last sim_event_at */
    uint64_t shuffle;
    uint64_t fired;
    uint64_t run_end_ps; /* while running */
    bool stopped, running, no_memory;

    sim_comp_t *first, *last;
    sim_comp_t *first_tally, *last_tally;

    sim_log_fn_t log;
    void *log_ctx;
    sim_log_level_t most_verbose;
    uint64_t log_count[SIM_LOG_LEVELS];
    uint64_t unimp[SIM_UNIMP_PLACES]; /* hashes of (component, format) reported; 0: free place */
    uint32_t unimp_count;

    sim_trace_fn_t trace;
    void *trace_ctx;
    sim_count_fn_t count;
    void *count_ctx;
    sim_spans_t *spans; /* of this instant; NULL: told at once */

    char error[512];
};

/* comp.c: where a field's bytes are, and how many. */
void *sim_field_data(const sim_comp_t *comp, const sim_field_t *field, size_t *bytes);

/* kernel.c, for snapshots: forgets all pending events; makes one pending that was. */
void sim_heap_clear(sim_t *sim);
/* Before fields are read or written from outside. */
void sim_comps_settle(const sim_t *sim);
void sim_event_again(sim_t *sim, sim_event_t *ev, uint64_t at_ps, uint64_t seq);

/* trace.c: the instant is over. */
void sim_trace_tell(sim_t *sim);

/* Makes room for one more pending event. False when the host has no memory. */
bool sim_heap_grow(sim_heap_t *heap);

#endif
