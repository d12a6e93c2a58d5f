/*
 * fpn.h - fixed patterns: what makes one photosite differ from the next, in every frame alike.
 *
 * Each photosite takes one random word of (seed, array row, array column): 11 bits choose the
 * quantile of its gain, 11 of its offset, 10 of its dark current, so the tails end at 3.5, 3.5 and
 * 3.3 sigma. The patterns of the binned mode are the averages of the same photosites.
 */
#ifndef PIXEL_FPN_H
#define PIXEL_FPN_H

#include "pixel/pixel.h"

typedef struct pix_fpn {
    uint32_t stride_px;  /* pix_row_room: columns past the width are 0 */
    int8_t *prnu, *dsnu; /* rows of steps */
    uint8_t *dark;       /* rows of steps of the mean dark current */
    double prnu_step;    /* relative gain */
    double dsnu_step_e;
    double dark_step; /* share of the mean dark current */
} pix_fpn_t;

/* Fills fpn[PIX_MODES]; false without memory. fpn is zeroed. Runs on pool. */
bool pix_fpn_make(pix_fpn_t *fpn, const pix_desc_t *desc, sim_pool_t *pool);
void pix_fpn_free(pix_fpn_t *fpn);

#endif
