/*
 * fault.h - damage to packets on their way from the transmitter to who listens.
 *
 * Time on the link is unchanged. Not modeled: damage to the clock lane.
 */
#ifndef MIPI_FAULT_H
#define MIPI_FAULT_H

#include "mipi/packet.h"

typedef enum {
    MIPI_FAULT_FLIP,      /* arg: bit number, from bit 0 of the first byte */
    MIPI_FAULT_LOSE_LANE, /* arg: lane; its bytes arrive as 0 */
    MIPI_FAULT_TRUNCATE,  /* arg: bytes that arrive */
    MIPI_FAULT_DROP,      /* nothing arrives */
} mipi_fault_kind_t;

typedef struct {
    uint64_t packet; /* its number on this link, from 0 */
    mipi_fault_kind_t kind;
    uint32_t arg;
} mipi_fault_t;

/*
 * Damages the copy of packet number `number` that arrives over that many lanes. Returns how many
 * of the faults struck; *arrives is false when nothing of it does.
 */
uint32_t mipi_fault_apply(const mipi_fault_t *faults, uint32_t fault_count, uint32_t lanes,
                          uint64_t number, uint8_t *bytes, uint32_t *count, bool *arrives);

#endif
