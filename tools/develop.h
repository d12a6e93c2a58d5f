/*
 * develop.h - a RAW picture of a file through the ISP alone: the blocks, registers and times of a
 * run, with lines as fast as the ISP takes them.
 */
#ifndef TOOLS_DEVELOP_H
#define TOOLS_DEVELOP_H

#include "isp/isp.h"
#include "logic/energy.h"
#include "sim/png.h"

typedef struct {
    sim_t *sim;
    isp_t *isp;                /* zeroed by develop_open */
    energy_t energy;           /* off until develop_meter */
    sim_image_t image;         /* of the newest frame: RGB */
    uint64_t start_ps, end_ps; /* its first RAW and last RGB sample */
} develop_t;

/* An ISP of chip data `desc`, its frame limits widened to raw's size if need be. False with one
 * line in error. Close in any case. */
bool develop_open(develop_t *dev, const isp_desc_t *desc, const sim_raw_t *raw, char *error,
                  size_t error_bytes);
void develop_close(develop_t *dev);

/* Where a phase (0 R, 1 Gr, 2 Gb, 3 B) is: 0 row 0 column 0, 1 row 0 column 1, 2 and 3 in row 1;
 * and the phase of a place, since every order of colors is its own inverse. */
uint32_t develop_phase(sim_bayer_t bayer, uint32_t phase);

/* Black level, white balance and matrix as raw's black levels, neutral and color matrix ask for;
 * without colors in raw, black alone. */
void develop_set_colors(develop_t *dev, const sim_raw_t *raw);

/* "stage.param=value" is the register ISP_STAGE_PARAM. False with one line in error. */
bool develop_set(develop_t *dev, const char *setting, char *error, size_t error_bytes);

/* Meters what comes. tech must outlive dev. False with one line in error. */
bool develop_meter(develop_t *dev, const tech_t *tech, char *error, size_t error_bytes);

/* One frame into dev->image. Samples of more than 12 bits, or with a white that is not all ones,
 * are brought to 12 bits. False with one line in error. */
bool develop_run(develop_t *dev, const sim_raw_t *raw, char *error, size_t error_bytes);

#endif
