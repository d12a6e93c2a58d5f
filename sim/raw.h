/*
 * raw.h - a RAW picture in memory, and files of any kind that hold one.
 */
#ifndef SIM_RAW_H
#define SIM_RAW_H

#include "sim/line.h"

typedef struct {
    uint32_t width_px, height_px;
    uint32_t bits;          /* that hold white: 1..16 */
    sim_bayer_t bayer;      /* order of the first row */
    uint16_t *data;         /* width_px * height_px samples, rows without padding; malloc'ed */
    double black[4];        /* by place: row 0 column 0, row 0 column 1, row 1 column 0, 1 1 */
    uint32_t white;         /* of a saturated sample */
    bool has_color;         /* color_matrix and neutral mean something */
    double color_matrix[9]; /* CIE XYZ of D65 white to camera R, G, B; rows are R, G, B */
    double neutral[3];      /* R, G, B of a white surface in this light, the largest is 1 */
    double exposure_s, f_number, iso; /* 0: not known */
    char model[64];
} sim_raw_t;

/*
 * Reads a DNG or TIFF file (dng.h) or a gray PNG of 8 or 16 bits, told apart by content. What a PNG
 * or a gray TIFF does not say is RGGB, black 0, white full scale. error gets "file: what". The
 * caller frees raw with sim_raw_free, also after an error.
 */
sim_err_t sim_raw_read(const char *file, sim_raw_t *raw, char *error, size_t error_bytes);
void sim_raw_free(sim_raw_t *raw);

#endif
