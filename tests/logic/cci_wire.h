/*
 * cci_wire.h - the oracle of the CCI bus: one transaction as edges of SCL and SDA, made by a naive
 * host and read by a naive target that knows no more than the two lines.
 */
#ifndef TESTS_LOGIC_CCI_WIRE_H
#define TESTS_LOGIC_CCI_WIRE_H

#include "logic/cci.h"

/* A byte that a register took, and when. */
typedef struct {
    uint64_t at_ps;
    uint16_t addr;
    uint8_t byte;
} wire_store_t;

typedef struct {
    uint32_t hz;
    uint8_t memory[65536]; /* the target's registers; as the target would read them */
    uint8_t width[65536];  /* of the register that the byte is in; 0: none */
    uint16_t head[65536];  /* where that one begins */
    uint8_t writable[65536];
    uint64_t free_ps;
    uint16_t index;
    wire_store_t store[1024]; /* of the last transaction */
    uint32_t stores;
} wire_t;

/* With SDA falling at start_ps. Fills what the bus fills, takes the memory along. present: the
 * target acknowledges its device address. */
void wire_play(wire_t *wire, cci_xfer_t *xfer, uint64_t start_ps, uint32_t device, bool present);

#endif
