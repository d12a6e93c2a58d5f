/*
 * fault.h - damage to packets on their way from the transmitter to who listens.
 *
 * Faults of lanes (lost, late, a wrong sync byte) are handed on as packet->lanes: what a receiver
 * gets out of them is align.h's. The others damage the packet's bytes. All is a function of the
 * fault and the packet's number; time on the link is unchanged.
 *
 * Not modeled: damage to the clock lane; noise in sync bytes (MIPI_FAULT_SYNC has them); symbols of
 * C-PHY, whose trios are damaged as lanes of D-PHY are.
 */
#ifndef MIPI_FAULT_H
#define MIPI_FAULT_H

#include "mipi/packet.h"

typedef enum {
    MIPI_FAULT_FLIP,      /* arg: bit number, from bit 0 of the first byte */
    MIPI_FAULT_NOISE,     /* each bit flips with probability 1 / arg */
    MIPI_FAULT_BURST,     /* extra bits from bit arg on: first and last flip, others at random */
    MIPI_FAULT_TRUNCATE,  /* arg: bytes that arrive */
    MIPI_FAULT_DROP,      /* nothing arrives */
    MIPI_FAULT_DROP_FE,   /* the same, of frame ends only: others pass */
    MIPI_FAULT_LOSE_LANE, /* arg: lane; it stays in LP-11 */
    MIPI_FAULT_SKEW,      /* arg: lane; it comes extra byte times (to 255) late */
    MIPI_FAULT_SYNC,      /* arg: lane; its sync byte is xor extra */
} mipi_fault_kind_t;

typedef struct {
    uint64_t packet; /* number, from 0: it strikes from this one on */
    uint64_t seed;   /* of what is random */
    uint32_t kind;   /* mipi_fault_kind_t */
    uint32_t arg, extra;
    uint32_t packets; /* how many it strikes, one after another */
    uint32_t done;    /* of these, so far */
    uint32_t hits;    /* of these, damaged */
    uint32_t tag;     /* the owner's */
} mipi_fault_t;

/*
 * Packet number packet->number goes through all faults that are due: its bytes (of packet->bytes,
 * damaged in place), count, and lanes (*state then holds them, of a link of `lanes` lanes). Returns
 * whether it was damaged; *arrives is false when nothing of it does.
 */
bool mipi_fault_apply(mipi_fault_t *faults, uint32_t fault_count, uint32_t lanes,
                      mipi_packet_t *packet, uint8_t *bytes, mipi_lane_state_t *state,
                      bool *arrives);

#endif
