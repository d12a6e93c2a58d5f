/*
 * burst.h - a block of memory cut into bursts: planes x rows of equal runs.
 *
 *   addr --> |run| ..row.. |run| ..row.. |run|      rows runs are a plane
 *            |<-- plane -->|run| ...                a burst ends at an aligned max_bytes
 */
#ifndef SIM_BURST_H
#define SIM_BURST_H

#include "sim/types.h"

typedef struct {
    uint64_t run_bytes;    /* contiguous, 1.. */
    uint64_t row, plane;   /* bytes from a run to the next, from a plane to the next */
    uint32_t rows, planes; /* 1.. */
    /* the cursor */
    uint64_t run_at, plane_at; /* where this run and its plane begin */
    uint64_t offset;           /* of the next burst in its run */
    uint32_t in_row, in_plane; /* in_plane == planes: nothing is left */
} sim_bursts_t;

/* Runs that touch each other become one. */
static inline sim_bursts_t sim_bursts(uint64_t addr, uint64_t bytes, uint32_t rows, uint64_t row,
                                      uint32_t planes, uint64_t plane)
{
    sim_bursts_t b = {.run_bytes = bytes,
                      .row = row,
                      .plane = plane,
                      .rows = rows,
                      .planes = planes,
                      .run_at = addr,
                      .plane_at = addr};
    if (rows == 1 || row == bytes) {
        b.run_bytes *= rows;
        b.rows = 1;
    }
    if (b.rows == 1 && planes > 1 && plane == b.run_bytes) {
        b.run_bytes *= planes;
        b.planes = 1;
    }
    return b;
}

static inline bool sim_bursts_left(const sim_bursts_t *b)
{
    return b->in_plane != b->planes;
}

/* Runs that are not finished, and their bytes. */
static inline uint64_t sim_bursts_runs_left(const sim_bursts_t *b)
{
    return (uint64_t)(b->planes - b->in_plane) * b->rows - b->in_row;
}
static inline uint64_t sim_bursts_bytes_left(const sim_bursts_t *b)
{
    return sim_bursts_runs_left(b) * b->run_bytes - b->offset;
}

static inline void sim_bursts_next_run(sim_bursts_t *b)
{
    b->offset = 0;
    b->run_at += b->row;
    if (++b->in_row < b->rows)
        return;
    b->in_row = 0;
    b->in_plane++;
    b->plane_at += b->plane;
    b->run_at = b->plane_at;
}

/* The next burst; max_bytes is a power of two. Only while something is left. */
static inline uint32_t sim_bursts_next(sim_bursts_t *b, uint32_t max_bytes, uint64_t *addr)
{
    uint64_t left = b->run_bytes - b->offset;
    *addr = b->run_at + b->offset;
    uint64_t room = max_bytes - (*addr & (max_bytes - 1));
    uint32_t bytes = (uint32_t)(left < room ? left : room);
    b->offset += bytes;
    if (b->offset == b->run_bytes)
        sim_bursts_next_run(b);
    return bytes;
}

/* Bursts of one size, each `stride` bytes behind the one before. */
typedef struct {
    uint64_t addr, stride, count;
    uint32_t bytes;
} sim_burst_train_t;

/* Runs of so many bytes from addr on lie in an aligned max_bytes each, if the first does. */
static inline bool sim_bursts_aligned(const sim_bursts_t *b, uint64_t addr, uint32_t max_bytes)
{
    bool power = (b->run_bytes & (b->run_bytes - 1)) == 0;
    return (b->row & (max_bytes - 1)) == 0 ||
           (power && ((addr | b->row) & (b->run_bytes - 1)) == 0);
}

/* The next burst, and those like it: the whole bursts of its run, or one of each run of its plane.
 * Only while something is left. */
static inline sim_burst_train_t sim_bursts_train(sim_bursts_t *b, uint32_t max_bytes)
{
    sim_burst_train_t t = {.stride = max_bytes, .count = 1};
    uint32_t more_runs = b->rows - b->in_row - 1;
    bool starts_run = b->offset == 0;
    t.bytes = sim_bursts_next(b, max_bytes, &t.addr);
    if (starts_run && t.bytes == b->run_bytes && sim_bursts_aligned(b, t.addr, max_bytes)) {
        t.stride = b->row;
        t.count += more_runs;
        if (more_runs > 0) {
            b->in_row = b->rows - 1;
            sim_bursts_next_run(b);
        }
    } else if (b->offset != 0 && t.bytes == max_bytes) {
        uint64_t more = (b->run_bytes - b->offset) / max_bytes;
        t.count += more;
        b->offset += more * max_bytes;
        if (b->offset == b->run_bytes)
            sim_bursts_next_run(b);
    }
    return t;
}

#endif
