/*
 * columns.h - fixed pattern of the column converters: a gain and an offset each.
 *
 * With CDS the reset level is counted down before the signal is counted up: what is left of an
 * offset is its distance to the next whole count. The average of a binned sample has the mean of
 * its two columns, a sum of charge its first column.
 */
#ifndef PIXEL_COLUMNS_H
#define PIXEL_COLUMNS_H

#include "pixel/pixel.h"

typedef struct {
    const float *gain;      /* factors */
    const float *offset_dn; /* of the desc's adc_bits */
} pix_column_row_t;

typedef struct pix_columns {
    float *site_gain, *site_dn; /* of every column */
    float *kept_gain, *kept_dn; /* of the samples of a grid... */
    pix_axis_t x;               /* ...this one; zeroed: of none */
    bool sum;                   /* charge is added */
} pix_columns_t;

/* False without memory. columns is zeroed. */
bool pix_columns_make(pix_columns_t *columns, const pix_desc_t *desc);
void pix_columns_free(pix_columns_t *columns);
/* Keeps those of the frame's samples, and of any window on their grid; whether they are kept, or
 * need not be, for they are those of the array. */
bool pix_columns_keeps(const pix_columns_t *columns, const pix_desc_t *desc,
                       const pix_frame_t *frame);
void pix_columns_keep(pix_columns_t *columns, const pix_desc_t *desc, const pix_frame_t *frame);

/* Those of a frame's unflipped samples, whole vectors. room has 2 pix_padded_px(width) floats and
 * is used where the kept ones do not fit. */
pix_column_row_t pix_columns_row(const pix_columns_t *columns, const pix_desc_t *desc,
                                 const pix_frame_t *frame, float *room);

/* What CDS leaves of a column's offset. */
double pix_column_residual_dn(double offset_dn, double count_dn);

#endif
