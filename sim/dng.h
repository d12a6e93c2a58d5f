/*
 * dng.h - RAW pictures as DNG files, out and in; the one place that knows libtiff.
 *
 * Written: DNG 1.4, one uncompressed CFA image of 16 bits a sample in the first directory, with the
 * tags that raw converters need: pattern, black and white level, color matrix (CIE XYZ to camera,
 * D65), as-shot neutral, and exposure time, f-number and ISO in an EXIF directory (Adobe, "Digital
 * Negative Specification" 1.4.0.0, chapter 4).
 * Read: what is written, and the usual DNG of a camera: the CFA image of the first directory or of
 * its SubIFDs, 8 to 16 bits, compression that libtiff knows, linearization table, active area,
 * black level of up to 2 x 2 values. A gray TIFF of 8 or 16 bits is a RAW picture without colors.
 * Not modeled:  lossless JPEG, tiles, CFA patterns other than 2 x 2 of red, green and blue, black
 *               levels by row and column, opcode lists, a second matrix interpolated.
 */
#ifndef SIM_DNG_H
#define SIM_DNG_H

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

/* Samples may not be above 16 bits' range. error gets "file: what". */
sim_err_t sim_dng_write(const char *file, const sim_raw_t *raw, char *error, size_t error_bytes);

/* The caller frees raw with sim_raw_free, also after an error. Above 64 Mpixel: refused. */
sim_err_t sim_dng_read(const char *file, sim_raw_t *raw, char *error, size_t error_bytes);
/* The same from memory; name stands for the file in messages. */
sim_err_t sim_dng_decode(const void *data, size_t bytes, const char *name, sim_raw_t *raw,
                         char *error, size_t error_bytes);
void sim_raw_free(sim_raw_t *raw);

#endif
