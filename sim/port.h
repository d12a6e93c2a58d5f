/*
 * port.h - memory ports: how NPU, ISP, MIPI, DMA and core reach SRAM without knowing whose it is.
 *
 * The requester owns the request struct and must leave it alone until done. A request made in
 * any phase of a cycle takes part in the same cycle's grant; requests of one master are served in
 * the order in which they were made, so a block with several users at one port lets them make
 * theirs in a fixed order (isp.h). The memory answers by calling done in the drive phase of a later
 * cycle, at least one after the request. A burst is beats of the memory's width; each bank serves
 * one beat a cycle and grants stay with a master for the whole burst.
 *
 * Data moves at the time of done (reads: done sees the data; writes: memory has it when done runs).
 *
 * done and ctx of a request or stream are set when its owner is made and stay: a snapshot keeps all
 * else. data points into state, a field of a block (comp.h).
 *
 * A stream is a DMA channel that the memory paces by itself: the same bursts, at the same cycles,
 * as if the requester made them one at a time by the rule below, but without an event for each.
 * Burst k is requested when the channel has let through burst k-1 and burst k-outstanding is done:
 *
 *     request[0] = first_cycle, channel[k] = request[k] + ceil(bytes[k] / rate)
 *     request[k] = max(channel[k-1], done[k-outstanding])
 */
#ifndef SIM_PORT_H
#define SIM_PORT_H

#include "sim/burst.h"
#include "sim/types.h"

typedef struct sim_mem_req sim_mem_req_t;

struct sim_mem_req {
    /* set by the requester */
    uint32_t addr;  /* bus address */
    uint32_t bytes; /* 1..the port's max_burst_bytes; must not cross an aligned max_burst_bytes */
    bool write;
    uint8_t *data; /* bytes to read into or write from; NULL: timing only */
    void (*done)(void *ctx, sim_mem_req_t *req);
    void *ctx;
    /* set by the memory */
    bool error;           /* nothing at that address: reads give 0, writes are lost */
    uint64_t request_ps;  /* when it was made */
    uint64_t grant_ps;    /* when its first beat was served */
    uint64_t wait_cycles; /* cycles between, beyond the unloaded latency: contention */
    sim_mem_req_t *next;  /* the memory's queue */
};

#define SIM_STREAM_MAX_OUTSTANDING 16

typedef struct sim_mem_stream sim_mem_stream_t;

struct sim_mem_stream {
    /* set by the requester, who leaves it alone until done */
    sim_bursts_t bursts; /* addresses beyond 32 bits are errors */
    bool write;          /* no data moves: use peek, poke, view */
    uint32_t rate;       /* bytes a cycle through the channel, 1.. */
    uint32_t outstanding;
    uint64_t first_cycle;                              /* of the port's clock, not in the past */
    void (*done)(void *ctx, sim_mem_stream_t *stream); /* in the cycle of the last burst's done */
    void *ctx;
    /* set by the memory */
    bool error;             /* a burst was outside memory */
    uint64_t last_cycle;    /* none is requested after it: stream_stop */
    uint64_t channel_cycle; /* when the channel has let through the last burst requested */
    sim_mem_req_t head;     /* the burst that competes */
    uint64_t head_cycle;    /* in which it was requested */
    sim_burst_train_t next; /* those behind it */
    uint64_t pace;          /* cycles that each of these, and the head, takes of the channel */
    bool inside;            /* the head, and these, are in memory */
    uint64_t granted;       /* bursts */
    uint64_t come_back;     /* of these, accounted as done */
    uint64_t granted_bytes, done_bytes;              /* of these */
    uint64_t done_cycle[SIM_STREAM_MAX_OUTSTANDING]; /* rings, by number */
    uint64_t sum[SIM_STREAM_MAX_OUTSTANDING];        /* bytes up to that burst */
};

/* Equal rows of bytes in memory. */
typedef struct {
    uint32_t addr, row_bytes, rows, stride;
    bool write;
} sim_mem_rows_t;

/* A master that reads and writes bytes through views, and later than it could: `look` runs before
 * anybody else reads or writes bytes of the memory, by whatever way, and catches up. */
typedef struct {
    void (*look)(void *ctx, uint32_t addr, uint32_t bytes, bool write);
    void *ctx;
} sim_mem_watch_t;

/* The memory's side. Filled by the memory when a master is attached; then copied by value. */
typedef struct {
    /* Queues req. One master may have several outstanding; they complete in order. */
    void (*request)(void *ctx, uint32_t master, sim_mem_req_t *req);
    /* Direct access with no time and no side effect: loaders, debuggers, dumps, and data that a
     * block moves with explicit timing-only requests. False when not wholly inside memory. */
    bool (*peek)(void *ctx, uint32_t addr, void *data, uint32_t bytes);
    bool (*poke)(void *ctx, uint32_t addr, const void *data, uint32_t bytes);
    /* Host pointer to `bytes` of backing store at addr, NULL when not one contiguous piece. For
     * functional kernels that read weights in place; timing is still paid by requests. */
    uint8_t *(*view)(void *ctx, uint32_t addr, uint32_t bytes);
    /* Bytes were moved by peek, poke or a view, as what timing-only requests stand for: `rows` of
     * row_bytes, `stride` apart. Whoever watches the memory wants to know. NULL: nobody. */
    void (*moved)(void *ctx, uint32_t master, const sim_mem_rows_t *rows);
    /* From now on watch->look runs; false: somebody else watches. Calling it again changes nothing.
     * NULL: the memory cannot be watched. */
    bool (*watch)(void *ctx, const sim_mem_watch_t *watch);
    /* Starts a stream; the master has nothing else queued until its done. NULL: the memory has no
     * streams. */
    void (*stream)(void *ctx, uint32_t master, sim_mem_stream_t *stream);
    /* Brings stream->done_bytes up to now. */
    void (*stream_settle)(void *ctx, uint32_t master);
    /* No more requests from now on. True: bursts are still out, done will be called. */
    bool (*stream_stop)(void *ctx, uint32_t master);
    void *ctx;
    uint32_t master;
    uint32_t beat_bytes;      /* width of one beat */
    uint32_t max_burst_bytes; /* a power of two */
    uint64_t clk_hz;
} sim_mem_port_t;

/* How many of `left` bytes from addr on one burst takes: up to the next multiple of its length. */
static inline uint32_t sim_mem_burst_bytes(const sim_mem_port_t *port, uint32_t addr, uint32_t left)
{
    uint32_t to_boundary = port->max_burst_bytes - addr % port->max_burst_bytes;
    return left < to_boundary ? left : to_boundary;
}

static inline void sim_mem_request(const sim_mem_port_t *port, sim_mem_req_t *req)
{
    port->request(port->ctx, port->master, req);
}

static inline bool sim_mem_peek(const sim_mem_port_t *port, uint32_t addr, void *data,
                                uint32_t bytes)
{
    return port->peek(port->ctx, addr, data, bytes);
}

static inline bool sim_mem_poke(const sim_mem_port_t *port, uint32_t addr, const void *data,
                                uint32_t bytes)
{
    return port->poke(port->ctx, addr, data, bytes);
}

static inline void sim_mem_moved(const sim_mem_port_t *port, const sim_mem_rows_t *rows)
{
    if (port->moved != NULL)
        port->moved(port->ctx, port->master, rows);
}

static inline uint8_t *sim_mem_view(const sim_mem_port_t *port, uint32_t addr, uint32_t bytes)
{
    return port->view(port->ctx, addr, bytes);
}

#endif
