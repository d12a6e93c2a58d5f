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

#include "sim/raw.h"

/* Samples may not be above 16 bits' range. error gets "file: what". */
sim_err_t sim_dng_write(const char *file, const sim_raw_t *raw, char *error, size_t error_bytes);

/*
 * Reads from memory; name stands for the file in messages. The caller frees raw with sim_raw_free,
 * also after an error. Above 64 Mpixel: refused. For files: sim_raw_read.
 */
sim_err_t sim_dng_decode(const void *data, size_t bytes, const char *name, sim_raw_t *raw,
                         char *error, size_t error_bytes);

#endif
