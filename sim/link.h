/*
 * link.h - a bounded FIFO between two blocks, at least one cycle long in both directions.
 *
 * An item pushed at cycle n is seen by the consumer at n + latency; the place it leaves is seen by
 * the producer at n + 1. So neither side's result depends on who ran first within a cycle.
 * Items have one size and are copied. Storage is allocated by sim_link_init, never later.
 */
#ifndef SIM_LINK_H
#define SIM_LINK_H

#include "sim/comp.h"
#include "sim/event.h"
#include "sim/types.h"

typedef struct {
    uint64_t clk_hz;
    uint32_t capacity;       /* items, 1..65536 */
    uint32_t item_bytes;     /* 1..4096 */
    uint32_t latency_cycles; /* 1.. */
} sim_link_desc_t;

typedef struct {
    sim_comp_t comp;
    sim_link_desc_t desc;
    sim_event_t arrive;         /* the oldest item becomes visible */
    sim_event_t space;          /* a freed place becomes visible */
    void (*on_item)(void *ctx); /* something became visible; consumer, may be NULL */
    void *on_item_ctx;
    void (*on_space)(void *ctx); /* a full link has a place again; producer, may be NULL */
    void *on_space_ctx;

    uint8_t *items;       /* capacity * item_bytes, ring */
    uint64_t *visible_ps; /* per ring place */
    uint64_t *free_ps;    /* per ring place: when its emptiness is visible to the producer */
    uint32_t head, count;
    bool producer_waits;
    uint64_t pushed, popped, refused; /* statistics; refused = pushes into a full link */
    uint64_t max_count;
} sim_link_t;

sim_err_t sim_link_init(sim_link_t *link, sim_t *sim, const sim_link_desc_t *desc,
                        const char *name);
void sim_link_free(sim_link_t *link);

/* Copies item in; false (and on_space later) when no place is visibly free. */
bool sim_link_push(sim_link_t *link, const void *item);
/* The oldest visible item, NULL when there is none. Valid until popped. */
const void *sim_link_peek(const sim_link_t *link);
/* Drops the oldest visible item, copying it to *item unless NULL; false when there is none. */
bool sim_link_pop(sim_link_t *link, void *item);
/* Items a consumer sees now. */
uint32_t sim_link_visible(const sim_link_t *link);

#endif
