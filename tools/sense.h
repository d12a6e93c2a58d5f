/*
 * sense.h - the pixel die alone: a picture as the world, one RAW frame of it.
 */
#ifndef TOOLS_SENSE_H
#define TOOLS_SENSE_H

#include "logic/ccs.h"
#include "logic/energy.h"
#include "pixel/pixel.h"
#include "sim/raw.h"

typedef struct {
    sim_t *sim;
    sim_pool_t *pool;
    pix_t *pixel;
    energy_t energy;    /* off until sense_meter */
    sim_raw_t raw;      /* of the newest frame */
    bool complete;      /* all of its rows are there */
    uint64_t saturated; /* samples of it at white level or above */
} sense_t;

/* A die that sees that light. False with one line in error; close in any case. */
bool sense_open(sense_t *sense, const pix_desc_t *desc, sim_light_t light, uint32_t threads,
                char *error, size_t error_bytes);
void sense_close(sense_t *sense);

/* Lengths, exposure and binning that the chip's CCS registers hold after power-up. */
void sense_power_up(sense_t *sense, const ccs_desc_t *ccs);

/* The shortest and the longest exposure in lines of the present length, s. */
void sense_exposures(const sense_t *sense, double seconds[2]);

/* Writes PIX_COARSE, PIX_FINE, PIX_EXP_SHIFT and PIX_FRAME_LENGTH for the exposure nearest to that
 * time in lines of the present length. False with one line in error when none of them is near. */
bool sense_set_exposure(sense_t *sense, uint64_t exposure_ps, char *error, size_t error_bytes);
/* The code whose gain is nearest; false with one line in error outside of the range. */
bool sense_set_gain(sense_t *sense, double gain, char *error, size_t error_bytes);

void sense_put(sense_t *sense, const char *reg, uint32_t value);

/* Meters what comes. tech must outlive sense. False with one line in error. */
bool sense_meter(sense_t *sense, const tech_t *tech, char *error, size_t error_bytes);

/* Streams until frame `number` is read, into sense->raw. False with one line in error. */
bool sense_frame(sense_t *sense, uint32_t number, char *error, size_t error_bytes);

#endif
