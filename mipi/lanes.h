/*
 * lanes.h - byte k of a packet travels on lane k mod N.
 *
 * Lanes that run out of bytes end one byte time early; a lane without any byte stays in LP-11.
 */
#ifndef MIPI_LANES_H
#define MIPI_LANES_H

#include "mipi/packet.h"
#include "mipi/phy.h"

/* Bytes of a packet that go over one lane. */
uint32_t mipi_lane_bytes(uint32_t lanes, uint32_t lane, uint32_t packet_bytes);

/* out[n] gets mipi_lane_bytes(lanes, n, bytes) bytes. */
void mipi_lanes_split(const uint8_t *packet, uint32_t bytes, uint32_t lanes, uint8_t *const out[]);

/*
 * Puts lanes together again, byte by byte in turn, until a lane runs dry. Returns the bytes
 * merged (at most max_bytes).
 */
uint32_t mipi_lanes_merge(const uint8_t *const in[], const uint32_t lane_bytes[], uint32_t lanes,
                          uint8_t *out, uint32_t max_bytes);

#define MIPI_SYNC_BYTE 0xb8u /* 0001_1101 in time order */

#endif
