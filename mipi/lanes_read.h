/*
 * lanes_read.h - reads the text form of lanes, "CSI2LANES 1" or "CSI2TRIOS 1" (lane_trace.h), into
 * an aligner.
 *
 * Exact: each burst has whole rows of as many tokens as the file has lanes, a byte is two hex
 * digits, seven symbols are seven digits 0..4, and what follows `trail` is 00, ff or `--`. Between
 * bursts the first lines may come again, of either form. `rate` and `t` may stand anywhere and say
 * anything; a number after `t` is taken as the time of the next burst in picoseconds. Empty lines
 * and blanks at the end of a line do not matter.
 *
 * The rows of the trail do not go into the aligner: the file says that they are no data.
 */
#ifndef MIPI_LANES_READ_H
#define MIPI_LANES_READ_H

#include <stdio.h>

#include "mipi/align.h"

#define MIPI_LANES_ERROR_BYTES 160

typedef struct {
    uint32_t lanes; /* or trios; 0: none were named */
    bool trios;
    uint64_t line;      /* number of the last line read, from 1 */
    uint64_t packets;   /* a burst that is lost counts as one, a calibration as none */
    uint64_t rate_mbps; /* of the last `rate` that is a number; 0: none */
    char error[MIPI_LANES_ERROR_BYTES]; /* "line 7: found 'b', expected .." */
} mipi_lanes_info_t;

/*
 * Reads stream to its end. desc, for lanes: their number is the file's, the rest the receiver's
 * (used 0, or above the file's: all). packet, event: as for mipi_align_init. False, with
 * info->error, at the first line that is wrong; bursts before it have been delivered.
 */
bool mipi_lanes_read(FILE *stream, const mipi_align_desc_t *desc, mipi_packet_fn_t packet,
                     mipi_rx_event_fn_t event, void *ctx, mipi_lanes_info_t *info);

#endif
