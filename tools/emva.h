/*
 * emva.h - the pixel die measured as EMVA standard 1288 (release 4.0 linear) measures a camera.
 *
 *   flat light, 490..580 nm, dark to beyond saturation, in pairs --> photon transfer curve
 *   no light, longer and longer exposures, to 8 e-, 2 or 8 DN     --> dark current
 *   many images, dark and at half of saturation                  --> DSNU, PRNU, rows, columns
 *
 * All from samples that pix_row made; nothing is read from the description but what a data sheet of
 * the set-up would say: photosite area and how much light falls on it. The green photosites of red
 * rows of a window in the array's middle are the image. emva_configured works the same numbers out
 * of the description, for comparison. Formulas: facts cited in emva.c.
 */
#ifndef TOOLS_EMVA_H
#define TOOLS_EMVA_H

#include "tools/sense.h"

enum { EMVA_STEPS = 50, EMVA_DARK_STEPS = 6, EMVA_STACK = 32 };

/* clang-format off */
/* X(member, name, unit, decimals, share that it may differ by; 0: not compared) */
#define EMVA_RESULTS(X)                                                                            \
    X(k,           "system gain K",               "DN/e-",  4, 0.02)                                \
    X(qe,          "quantum efficiency",          "%",      2, 0.02)                                \
    X(read_e,      "temporal dark noise",         "e-",     3, 0.05)                                \
    X(dark_e_s,    "dark current",                "e-/s",   3, 0.05)                                \
    X(full_well_e, "full well",                   "e-",     0, 0.02)                                \
    X(sat_e,       "saturation capacity",         "e-",     0, 0)                                   \
    X(dsnu_e,      "DSNU",                        "e-",     3, 0.05)                                \
    X(prnu,        "PRNU",                        "%",      3, 0.05)                                \
    X(snr_max_db,  "maximum SNR",                 "dB",     2, 0)                                   \
    X(threshold,   "sensitivity threshold",       "photons", 2, 0)                                  \
    X(range_db,    "dynamic range",               "dB",     2, 0)                                   \
    X(linearity,   "linearity error",             "%",      3, 0)
/* clang-format on */

typedef struct {
#define X(member, name, unit, decimals, tolerance) double member;
    EMVA_RESULTS(X)
#undef X
} emva_values_t;

/* One light of the photon transfer curve. */
typedef struct {
    double photons;         /* a photosite and exposure */
    double mean_dn, var_dn; /* temporal variance */
} emva_point_t;

typedef struct {
    emva_values_t measured, configured;
    emva_point_t dark, point[EMVA_STEPS];
    struct {
        double seconds, mean_dn;
    } dark_step[EMVA_DARK_STEPS];
    struct {
        double dark_e, light_e; /* spatial noise by parts, dark and at half of saturation */
    } row, column, pixel;
    double saturation_photons;
    bool dark_valid;         /* the dark variance is at least 0.24 DN^2 (EMVA 1288, 6.6) */
    double dark_at_zero;     /* share of the dark image: at most 0.5 % is allowed (EMVA 1288)  */
    bool dark_current_valid; /* the longest exposure collects enough of it */
    uint32_t width_px, height_px; /* of the image: one phase of the window */
    double exposure_s;
} emva_t;

typedef struct {
    double gain;
    uint32_t bits;      /* 0: the chip's own */
    uint32_t threads;   /* 0: as many as there are */
    uint32_t window_px; /* side of the square window, 64..; at most the array */
} emva_options_t;

/* False with one line in error. */
bool emva_measure(const pix_desc_t *desc, const emva_options_t *options, emva_t *emva, char *error,
                  size_t error_bytes);

/* The same numbers by the description's laws, for a frame's gain, bits and exposure. */
emva_values_t emva_configured(const pix_desc_t *desc, const pix_frame_t *frame);

#endif
