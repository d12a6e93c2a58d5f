/*
 * event.h - pending work. An event is a member of the block that owns it; the kernel only links it.
 *
 * Total order: (time, priority, scheduling order). The priorities name the phases of one instant:
 * outputs are driven, requests are made, arbiters choose, what settled is sampled; and, when blocks
 * have done all of that, meters look. Results may not depend on the order within a phase;
 * SIM_SHUFFLE=<seed> shuffles it to prove that.
 */
#ifndef SIM_EVENT_H
#define SIM_EVENT_H

#include "sim/types.h"

typedef enum {
    SIM_PRIO_DRIVE,
    SIM_PRIO_REQUEST,
    SIM_PRIO_ARBITRATE,
    SIM_PRIO_SAMPLE,
    SIM_PRIO_OBSERVE, /* drives nothing that another block sees in the same instant */
    SIM_PRIOS
} sim_prio_t;

#define SIM_EVENT_IDLE UINT32_MAX /* heap_index of an event that is not scheduled */

struct sim_event {
    void (*fire)(void *ctx);
    void *ctx;
    const char *name;
    sim_event_t *next; /* of the same component */
    uint64_t at_ps;
    uint64_t seq;
    uint32_t heap_index;
    sim_prio_t prio;
};

/*
 * Makes ev, a member of comp's struct, ready for use. name is kept by pointer and must be unique
 * within comp. Call once, from X_init, after sim_comp_init.
 */
void sim_event_init(sim_event_t *ev, sim_comp_t *comp, const char *name, sim_prio_t prio,
                    void (*fire)(void *ctx), void *ctx);

/* Schedules ev; an ev that is already pending moves. at_ps must not be in the past (asserted). */
void sim_event_at(sim_t *sim, sim_event_t *ev, uint64_t at_ps);

/* Takes ev back; does nothing when it is not pending. */
void sim_event_cancel(sim_t *sim, sim_event_t *ev);

static inline bool sim_event_pending(const sim_event_t *ev)
{
    return ev->heap_index != SIM_EVENT_IDLE;
}

#endif
