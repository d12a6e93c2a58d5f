/*
 * port.h - memory ports: how NPU, ISP, MIPI, DMA and core reach SRAM without knowing whose it is.
 *
 * The requester owns the request struct and must leave it alone until done. A request made in
 * the drive or request phase of a cycle takes part in the arbitrate phase of the same cycle's
 * grant; the memory answers by calling done in the drive phase of a later cycle, at least one
 * after the request. A burst is beats of the memory's width; each bank serves one beat a cycle and
 * grants stay with a master for the whole burst.
 *
 * Data moves at the time of done (reads: done sees the data; writes: memory has it when done runs).
 */
#ifndef SIM_PORT_H
#define SIM_PORT_H

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
    void *ctx;
    uint32_t master;
    uint32_t beat_bytes;      /* width of one beat */
    uint32_t max_burst_bytes; /* a power of two */
    uint64_t clk_hz;
} sim_mem_port_t;

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

static inline uint8_t *sim_mem_view(const sim_mem_port_t *port, uint32_t addr, uint32_t bytes)
{
    return port->view(port->ctx, addr, bytes);
}

#endif
