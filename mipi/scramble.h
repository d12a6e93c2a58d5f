/*
 * scramble.h - each lane's bytes against a pseudo-random sequence, and back by the same.
 *
 *   x^16 + x^5 + x^4 + x^3 + 1, 16-bit LFSR; its top bit goes over the lane's bits in time order
 *   (bit 0 of a byte first); started anew with the lane's seed behind every sync byte.
 *
 * Everything that follows the sync byte is scrambled: header, payload, CRC, spacers. The trail is
 * the opposite of the last bit sent.
 *
 * Sources: polynomial from a second-hand description of CSI-2 v2.0 (one source); the form of the
 * LFSR is assumed to be that of PCI Express and USB 3, which use the same polynomial and whose
 * published table from seed FFFF is a test; seeds 1008, 1188, 1248 as the reset values of
 * Microchip's CSI-2 receiver (CSI_SCRAMBLING_SEED0..2), 13C8 continues them (assumed).
 * Not modeled: C-PHY's choice among four seeds by kinds of sync words.
 */
#ifndef MIPI_SCRAMBLE_H
#define MIPI_SCRAMBLE_H

#include "sim/types.h"

/* The next 8 bits of the sequence; *lfsr starts as the seed. */
uint8_t mipi_scramble_next(uint16_t *lfsr);

/* Bytes of one lane, in place; *lfsr goes on from piece to piece. Its own inverse. */
void mipi_scramble(uint16_t *lfsr, uint8_t *bytes, size_t count);

#endif
