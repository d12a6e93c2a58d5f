/*
 * noise.h - the numbers of what a photosite, a column and a converter add to the charge of light.
 *
 * Every term is off where its first number is 0. README.md has the law, the source and the test of
 * each. Fixed patterns follow from the seed; what changes follows from (seed, frame, row, column).
 *
 * Not modeled: the 1/f part of the source follower, counter jitter, kickback; traps that remember
 * their state from frame to frame; spilled charge of rows that are not read.
 */
#ifndef PIXEL_NOISE_H
#define PIXEL_NOISE_H

#include "sim/json.h"

#define PIX_BLOOM_MAX 4u

typedef struct {
    /* Correlated double sampling: two samples of the floating diffusion interval_us apart, one
     * before and one after the charge is transferred; their difference is converted. Off: the
     * second alone, with the reset noise sqrt(k T / C) of a diffusion of C = q / conversion gain.
     */
    bool cds;
    double cds_interval_us;
    double conversion_gain_uv; /* per electron; 0: no reset noise */

    double hot_share;   /* of the photosites have more dark current: */
    double hot_e_per_s; /* exponential with this mean, where dark_e_per_s holds */

    double rtn_share; /* of the source followers have a trap: random telegraph noise */
    double rtn_e;     /* its amplitude: exponential with this mean */
    double rtn_us[2]; /* its mean times to capture and to emit: log-uniform from..to */

    double column_gain;      /* sigma of a column's gain, 1 = 100 % */
    double column_offset_dn; /* sigma of a column's offset, as a sample without CDS has it */
    double column_count_dn;  /* with CDS it is subtracted as counted in steps of this */

    double row_share; /* sigma of a row's offset, in read noise of one photosite */
    double banding_e; /* amplitude of a tone on the supply: offset of a row by its time */
    double banding_hz;

    double inl_dn; /* most that the converter's S-shaped curve departs from a line */

    double knee_e;       /* the well bends off within +- this around full_well_e */
    double bloom_share;  /* of the charge above full_well_e spills over to the four neighbors... */
    uint32_t bloom_rows; /* ...and on, so many times: 1..PIX_BLOOM_MAX; the rest is drained */

    double sun_share; /* of a photosite's charge that its light brings into the reset sample, too */
    double sun_clamp_e; /* the clamp holds the reset sample below this */
} pix_noise_t;

/* What README.md says is on; numbers of the IMX500. */
pix_noise_t pix_noise_default(void);

/* Reads the objects "cds", "hot", "rtn", "columns", "rows", "curve", "saturation", "sun" of a chip
 * file's "pixel" over what noise holds; complaints are in sim_doc_error. */
void pix_noise_read(const sim_cfg_t *pixel, pix_noise_t *noise);

/* Reset noise of a floating diffusion, e-, at a temperature. */
double pix_reset_noise_e(double conversion_gain_uv, double temperature_c);

#endif
