/*
 * waves.h - what is on the lanes of a run's link, in files: all of it as CSI2LANES text
 * (mipi/lane_trace.h), some packets as a VCD (mipi/wave.h), a frame as a picture.
 */
#ifndef TOOLS_WAVES_H
#define TOOLS_WAVES_H

#include "logic/sensor.h"
#include "mipi/lane_trace.h"
#include "mipi/wave.h"
#include "tools/link_picture.h"

#define WAVES_PACKETS 100u /* in a VCD, if it is not said */

/* As given; NULL: not wanted. */
typedef struct {
    const char *lanes, *vcd, *vcd_from, *vcd_to, *picture;
} waves_desc_t;

/* Rows of a table of options (cli_opt_t) for a waves_desc_t. */
#define WAVES_OPTIONS(d)                                                                           \
    {0, "lanes", "FILE", "what is on the lanes of the link, CSI2LANES text", &(d).lanes},          \
        {0, "vcd", "FILE", "LP and HS states of the lanes in time, for GTKWave", &(d).vcd},        \
        {0, "vcd-from", "N", "first packet in it (default: 0)", &(d).vcd_from},                    \
        {0, "vcd-to", "N", "last packet in it (default: 99 more)", &(d).vcd_to},                   \
    {                                                                                              \
        0, "link-png", "FILE", "a frame's packets and its start on the lanes, a picture",          \
            &(d).picture                                                                           \
    }

typedef struct {
    waves_desc_t desc;
    FILE *lanes_file, *vcd_file;
    mipi_lane_trace_t lanes;
    mipi_wave_t wave;
    link_picture_t picture;
} waves_t;

bool waves_wanted(const waves_desc_t *desc);

/* Are these the numbers of packets? False with a line on stderr that names the command. */
bool waves_options(const char *command, const waves_desc_t *desc);

/* Creates the files and listens to the link from now on. False with a line in error; waves_free is
 * due in either case. */
bool waves_init(waves_t *waves, const waves_desc_t *desc, mipi_tx_t *tx, char *error,
                size_t error_bytes);
/* The run is over: the files appear. */
bool waves_end(waves_t *waves, char *error, size_t error_bytes);
/* Removes files that waves_end has not completed. */
void waves_free(waves_t *waves);

#endif
