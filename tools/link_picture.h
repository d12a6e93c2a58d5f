/*
 * link_picture.h - one frame on the wire as a picture: its packets in time, the first of them close
 * up, and its frame start on the lanes.
 *
 *   FRAME     every packet of the frame, a row for each virtual channel
 *   PACKETS   the first microseconds: what stands between LP-11 and LP-11
 *   LANES     LP levels, HS states and bytes of the frame start, or symbols of C-PHY
 */
#ifndef TOOLS_LINK_PICTURE_H
#define TOOLS_LINK_PICTURE_H

#include "mipi/wire.h"

enum { LINK_PICTURE_PACKETS = 8192 };

typedef struct {
    uint64_t start_ps, end_ps;
    uint32_t count;
    mipi_header_t header;
    uint8_t bytes[MIPI_HEADER_BYTES];
} link_picture_packet_t;

/* Zeroed by the caller. */
typedef struct {
    link_picture_packet_t packet[LINK_PICTURE_PACKETS]; /* the first that came */
    uint32_t packets;
    mipi_phy_t phy; /* with which they were sent */
} link_picture_t;

void link_picture_packet(void *picture, const mipi_packet_t *packet); /* a mipi_packet_fn_t */

/* Draws the first frame of the channel that carries most. False with one line in error; without a
 * frame, too. */
bool link_picture_write(const link_picture_t *picture, const char *file, char *error,
                        size_t error_bytes);

#endif
