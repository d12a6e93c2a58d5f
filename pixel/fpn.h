/*
 * fpn.h - fixed patterns: what makes one photosite differ from the next, in every frame alike.
 *
 * Each photosite takes one random word of (seed, array row, array column): 11 bits choose the
 * quantile of its gain, 11 of its offset, 10 of its dark current, so the tails end at 3.5, 3.5 and
 * 3.3 sigma. Patterns of a binned sample are the average of its photosites. Those of one grid of
 * samples are kept: of the mode that is read; others are gathered row by row.
 */
#ifndef PIXEL_FPN_H
#define PIXEL_FPN_H

#include "pixel/pixel.h"

typedef struct {
    uint32_t stride_px;  /* whole vectors; there is one more behind the last row */
    int8_t *prnu, *dsnu; /* rows of steps */
    uint8_t *dark;       /* rows of steps of the mean dark current */
} pix_map_t;

typedef struct pix_fpn {
    pix_map_t sites;  /* of the array */
    pix_map_t kept;   /* of the samples of a grid... */
    pix_axis_t x, y;  /* ...this one; zeroed: of none */
    bool made;        /* sites has its numbers */
    double prnu_step; /* of one photosite: relative gain */
    double dsnu_step_e;
    double dark_step; /* share of the mean dark current */
} pix_fpn_t;

/* One row of them. */
typedef struct {
    const int8_t *prnu, *dsnu;
    const uint8_t *dark;
} pix_fpn_row_t;

/* Those of a line of a frame, in the order of unflipped samples, whole vectors. room has
 * pix_fpn_room bytes and is used where the kept ones do not fit. */
size_t pix_fpn_room(const pix_desc_t *desc);
pix_fpn_row_t pix_fpn_row(const pix_fpn_t *fpn, const pix_desc_t *desc, const pix_frame_t *frame,
                          uint32_t line, uint8_t *room);

/* Room for all of them; false without memory. fpn is zeroed. */
bool pix_fpn_init(pix_fpn_t *fpn, const pix_desc_t *desc);
/* Makes those of the array. Runs on pool. */
void pix_fpn_make(pix_fpn_t *fpn, const pix_desc_t *desc, sim_pool_t *pool);
/* Keeps those of the frame's samples, and of any window on their grid, and makes those of the array
 * before, if need be; whether they are kept, or need not be, for they are those of the array. Runs
 * on pool. */
bool pix_fpn_keeps(const pix_fpn_t *fpn, const pix_desc_t *desc, const pix_frame_t *frame);
void pix_fpn_keep(pix_fpn_t *fpn, const pix_desc_t *desc, const pix_frame_t *frame,
                  sim_pool_t *pool);
void pix_fpn_free(pix_fpn_t *fpn);

#endif
