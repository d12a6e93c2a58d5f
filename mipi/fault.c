#include "mipi/fault.h"

#include "sim/rng.h"

enum { RNG_NOISE = 0x11f0, RNG_BURST = 0x11f1 }; /* purposes */

/* What damage finds and leaves. */
typedef struct {
    mipi_packet_t *packet;
    uint8_t *bytes;
    mipi_lane_state_t *state;
    uint32_t lanes;
    bool arrives;
} target_t;

static bool flip(const target_t *at, uint64_t bit)
{
    if (bit / 8 >= at->packet->count)
        return false;
    at->bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    return true;
}

/* Distances between wrong bits are exponential, which is geometric for rates that links have. */
static bool make_noise(const mipi_fault_t *fault, const target_t *at)
{
    sim_stream_t random = sim_stream(fault->seed, RNG_NOISE, (uint32_t)at->packet->number);
    uint64_t bit = sim_stream_exponential(&random, fault->arg), flips = 0;
    for (; flip(at, bit); flips++)
        bit += 1 + sim_stream_exponential(&random, fault->arg);
    return flips != 0;
}

static bool make_burst(const mipi_fault_t *fault, const target_t *at)
{
    sim_stream_t random = sim_stream(fault->seed, RNG_BURST, (uint32_t)at->packet->number);
    bool any = false;
    for (uint32_t i = 0; i < fault->extra; i++) {
        bool edge = i == 0 || i + 1 == fault->extra;
        if ((sim_stream_u32(&random) & 1) != 0 || edge)
            any |= flip(at, (uint64_t)fault->arg + i);
    }
    return any;
}

static bool cut(const mipi_fault_t *fault, const target_t *at)
{
    bool shorter = fault->arg < at->packet->count;
    if (shorter)
        at->packet->count = fault->arg;
    return shorter;
}

static bool damage_lane(const mipi_fault_t *fault, const target_t *at)
{
    mipi_lane_state_t *state = at->state;
    uint32_t lane = fault->arg;
    if (lane >= at->lanes)
        return false;
    if (at->packet->lanes == NULL)
        *state = (mipi_lane_state_t){.lanes = (uint8_t)at->lanes};
    at->packet->lanes = state;
    if (fault->kind == MIPI_FAULT_LOSE_LANE)
        state->lost |= (uint8_t)(1u << lane);
    else if (fault->kind == MIPI_FAULT_SKEW)
        state->late[lane] = (uint8_t)(fault->extra < UINT8_MAX ? fault->extra : UINT8_MAX);
    else
        state->sync[lane] ^= (uint8_t)fault->extra;
    return true;
}

static bool apply_one(const mipi_fault_t *fault, target_t *at)
{
    switch ((mipi_fault_kind_t)fault->kind) {
    case MIPI_FAULT_FLIP:
        return flip(at, fault->arg);
    case MIPI_FAULT_NOISE:
        return make_noise(fault, at);
    case MIPI_FAULT_BURST:
        return make_burst(fault, at);
    case MIPI_FAULT_TRUNCATE:
        return cut(fault, at);
    case MIPI_FAULT_DROP:
    case MIPI_FAULT_DROP_FE:
        at->arrives = false;
        return true;
    case MIPI_FAULT_LOSE_LANE:
    case MIPI_FAULT_SKEW:
    case MIPI_FAULT_SYNC:
        return damage_lane(fault, at);
    }
    return false;
}

/* Once begun it goes on, though numbers begin anew after a reset of the link. */
static bool is_due(const mipi_fault_t *fault, const mipi_packet_t *packet, uint8_t dt)
{
    bool begun = fault->done != 0 || packet->number >= fault->packet;
    return begun && fault->done < fault->packets &&
           (fault->kind != MIPI_FAULT_DROP_FE || dt == MIPI_DT_FE);
}

bool mipi_fault_apply(mipi_fault_t *faults, uint32_t fault_count, uint32_t lanes,
                      mipi_packet_t *packet, uint8_t *bytes, mipi_lane_state_t *state,
                      bool *arrives)
{
    target_t at = {
        .packet = packet, .bytes = bytes, .state = state, .lanes = lanes, .arrives = true};
    mipi_header_t header;
    bool any = false;
    mipi_header_decode(bytes, &header);
    for (uint32_t i = 0; at.arrives && i < fault_count; i++) {
        if (!is_due(&faults[i], packet, header.dt))
            continue;
        bool hit = apply_one(&faults[i], &at);
        faults[i].done++;
        faults[i].hits += hit;
        any |= hit;
    }
    *arrives = at.arrives;
    return any;
}
